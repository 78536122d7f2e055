import os
import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar, final

__all__ = [
    "ActiveToken",
    "Activity",
    "ApiToken",
    "ApiTokenExchange",
    "Authorization",
    "Availability",
    "Card",
    "CardCache",
    "CardCertificate",
    "CardChallenge",
    "CardDialogue",
    "CardKey",
    "CardPossession",
    "CardPresence",
    "CardReaders",
    "CardTrust",
    "CardWatch",
    "CardWork",
    "CertificateChoice",
    "CertificateSignIn",
    "Checked",
    "Checks",
    "ChosenSituation",
    "CibaGuard",
    "CibaPoll",
    "CibaStart",
    "Client",
    "CmsSignature",
    "CmsToSign",
    "CodeExchange",
    "ConsentLog",
    "CrlCache",
    "Directory",
    "Discovery",
    "Done",
    "EmailChallenge",
    "EmailControl",
    "EmailDispatch",
    "EmailTemplates",
    "EndSession",
    "Environment",
    "Fallback",
    "FhirIdentifier",
    "FhirLookup",
    "FhirPage",
    "FhirPageRequest",
    "FhirPerson",
    "FhirServer",
    "GuardedStart",
    "Http",
    "IdNat",
    "IdTokenCheck",
    "Introspection",
    "LinkPlan",
    "LocalSignIn",
    "LogoutToken",
    "LogoutTokenCheck",
    "Loopback",
    "MailLimits",
    "MailToSend",
    "Metadata",
    "Person",
    "Pkcs11",
    "Presence",
    "PresencePolicy",
    "Professional",
    "ProxyApi",
    "ProxyConnect",
    "ProxyConnected",
    "ProxyDisconnect",
    "ProxySend",
    "ProxySession",
    "Refresh",
    "Request",
    "Response",
    "ReturnAddresses",
    "Revocation",
    "RevocationList",
    "Rpps",
    "Send",
    "ServerKey",
    "Service",
    "SessionState",
    "Sessions",
    "SignInCookies",
    "SignUp",
    "SignedIn",
    "Situation",
    "Thumbprint",
    "TokenExchange",
    "TokenSet",
    "TrustedCertificate",
    "UserInfo",
    "VerifiedIdToken",
    "Wait",
    "__version__",
    "allow_simulator",
    "card_authorities",
    "card_authorities_of_test",
    "companion_prepare",
    "consent_terms_difference",
    "consent_verify",
    "consent_verify_evidence",
    "consent_verify_receipt",
    "directory_extract_size",
    "directory_import",
    "email_check",
    "error_blames",
    "error_table",
    "error_text",
    "examine",
    "fallback_with_any_card",
    "id_check",
    "id_fhir_read",
    "id_fhir_token",
    "id_grouped",
    "id_is_valid",
    "id_normalized",
    "ids_check",
    "insecure_loopback",
    "insecure_loopback_fhir",
    "insecure_loopback_proxy",
    "life_due",
    "link_decide",
    "link_plan_columns",
    "not_you",
    "participation_check",
    "participation_check_absences",
    "participation_check_slot",
    "participation_check_structure",
    "participation_slot_days",
    "person_export",
    "sign_up_declarations",
    "verification_link_read",
]

_T_co = TypeVar("_T_co", covariant=True)

__version__: str

def error_blames() -> list[str]:
    """Every blame, by name."""

def error_table() -> list[tuple[int, str, str]]:
    """Every error: code, name, blame."""

def error_text(code: int, lang: str) -> tuple[str, str]:
    """Message and hint of a code; empty when the code is not known."""

@final
class Rpps:
    """An RPPS number with a right key. Its repr hides all but the last four digits."""

    def __new__(cls, text: str) -> Rpps: ...
    @staticmethod
    def is_valid(text: str) -> bool:
        """Whether the text is an RPPS number."""
    @property
    def is_test_number(self) -> bool:
        """Whether it is one of ANS's test numbers (997…, 999…)."""
    @property
    def id_nat(self) -> str:
        """The national identifier: 8 and the number."""
    @property
    def grouped(self) -> str:
        """The 11 digits in groups, with no-break spaces."""
    @property
    def masked(self) -> str:
        """The last four digits behind seven dots, to show someone which number is theirs."""
    def __lt__(self, other: Rpps, /) -> bool: ...
    def __le__(self, other: Rpps, /) -> bool: ...
    def __gt__(self, other: Rpps, /) -> bool: ...
    def __ge__(self, other: Rpps, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class IdNat:
    """A national identifier (IdNat_PS) as its source spells it, known or not. Its repr hides all but the last four
    characters."""

    def __new__(cls, text: str) -> IdNat: ...
    @staticmethod
    def typed(text: str) -> IdNat:
        """What a person types: a national identifier, or the RPPS number alone."""
    @property
    def type_digit(self) -> int | None:
        """The type digit; None for an identity of no known kind."""
    @property
    def rpps(self) -> Rpps | None:
        """The RPPS number, when there is a valid one."""
    @property
    def adeli(self) -> str | None:
        """The ADELI number, when there is a valid one."""
    @property
    def structure(self) -> str | None:
        """The structure of a staff number."""
    @property
    def internal(self) -> str | None:
        """The number inside the structure."""
    @property
    def is_test_number(self) -> bool:
        """Whether it is a test identity."""
    @property
    def grouped(self) -> str:
        """The type digit apart, then the number in groups, with no-break spaces."""
    def __lt__(self, other: IdNat, /) -> bool: ...
    def __le__(self, other: IdNat, /) -> bool: ...
    def __gt__(self, other: IdNat, /) -> bool: ...
    def __ge__(self, other: IdNat, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Checks:
    """What was found in a column, row by row, for any library that reads Arrow. Its repr holds counts only."""

    def __len__(self) -> int:
        """The number of rows."""
    @property
    def accepted(self) -> int:
        """How many numbers are accepted."""
    @property
    def refused(self) -> int:
        """How many numbers are refused."""
    @property
    def absent(self) -> int:
        """How many rows are null."""
    def __arrow_c_schema__(self) -> object:
        """The type of the answers."""
    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
        """The answers as one array."""
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The answers as a stream of arrays."""

@final
class Checked:
    """What a check found. Its repr hides the number."""

    @property
    def value(self) -> str:
        """The value as given."""
    @property
    def kind(self) -> str:
        """The kind asked for; with ``auto`` the one found."""
    @property
    def valid(self) -> bool:
        """Whether the number is accepted."""
    @property
    def checked(self) -> str:
        """How far the check went: ``key`` or ``format``."""
    @property
    def normalized(self) -> str | None:
        """The number as it should be stored, when it is valid."""
    @property
    def test_number(self) -> bool:
        """Whether it is a test number, accepted or not."""
    @property
    def reason(self) -> str | None:
        """Why it is refused: length, character, key, withdrawn, never-allocated, kind-unknown."""

def id_check(value: str, kind: str, refuse_test_numbers: bool) -> Checked: ...

@final
class FhirIdentifier:
    """An identifier of a FHIR resource. Its repr hides all but the last four characters."""

    @property
    def kind(self) -> str:
        """What it is: ``rpps``, ``id-nat``, ``adeli``, ``structure``, ``finess``, ``activity``, ``other``."""
    @property
    def value(self) -> str:
        """The number; that of an RPPS practice has the type digit that FHIR leaves out."""
    @property
    def rpps(self) -> Rpps | None:
        """The RPPS number, from itself or a national identifier."""

def id_fhir_read(value: str, system: str | None, type_code: str | None) -> FhirIdentifier:
    """Reads an identifier of a FHIR resource."""

def id_fhir_token(id_nat: IdNat) -> str:
    """A national identifier as a FHIR search takes it."""

def id_is_valid(value: str, kind: str, refuse_test_numbers: bool) -> bool:
    """Whether a number of a kind is accepted."""

def id_normalized(value: str, kind: str) -> str:
    """A number of a kind as it should be stored."""

def id_grouped(value: str, kind: str) -> str:
    """A number of a kind in the usual groups."""

def ids_check(data: object, kind: str, refuse_test_numbers: bool, column: str | None) -> Checks:
    """Checks a column."""

@final
class Request:
    """A request to send: over TLS, without following redirects. Its headers and body may hold secrets; its repr does not."""

    @property
    def method(self) -> str:
        """``GET``, ``POST``, ``PUT``, ``PATCH`` or ``DELETE``."""
    @property
    def url(self) -> str:
        """The absolute address."""
    @property
    def headers(self) -> list[tuple[str, str]]:
        """Names in lower case, with their values."""
    @property
    def body(self) -> bytes:
        """The body; empty for a ``GET``."""

@final
class Response:
    """What a server answered."""

    def __new__(cls, status: int, headers: list[tuple[str, str]], body: bytes) -> Response: ...
    @property
    def status(self) -> int:
        """The status."""
    @property
    def headers(self) -> list[tuple[str, str]]:
        """Names in lower case, with their values."""
    @property
    def body(self) -> bytes:
        """The body."""

@final
class Http:
    """Sends requests over TLS. One may serve any number of threads.

    ``client_certificate`` is PEM, with its key in ``client_key`` or in itself, or PKCS#12; ``client_key_password``
    opens an encrypted key or the PKCS#12 file. ``card`` is a card's key in their place: TLS 1.2 with a CPS3, 1.3 with a CPS4.
    ``on_notice`` is told, on the thread that sends, what an operator should hear
    of, by ``notice``: ``certificate`` (ours; ``life`` is ``ends-soon``, ``ended`` or ``not-yet``, ``days`` what is left),
    ``clock-skew`` (``seconds``, positive when our clock is behind), ``unavailable`` (as ``outage``, in ``lang``) and
    ``available-again``.
    """

    def __new__(
        cls,
        *,
        ca: bytes | None = None,
        extra_ca: bytes | None = None,
        client_certificate: bytes | None = None,
        client_key: str | None = None,
        client_key_password: str | None = None,
        card: CardKey | None = None,
        proxy: str | None = None,
        timeout: float | None = None,
        on_notice: Callable[[dict[str, Any]], None] | None = None,
        lang: str = "fr",
    ) -> Http: ...
    def patient(self, seconds: float) -> Http:
        """The same, with at least this many seconds for an answer that a person gives first."""
    def outage(self, *, lang: str = "fr") -> dict[str, Any] | None:
        """The provider's outage, while there is one: ``cause``, ``since`` and ``next_try`` in milliseconds since 1970,
        ``failures``, and in ``text`` what to tell a person.
        """
    def send(self, request: Request) -> Response:
        """Sends a request and reads its whole answer, the interpreter released meanwhile."""

@final
class Send:
    """Send this once, then tell the exchange what came."""

    __match_args__: tuple[str] = ("request",)
    @property
    def request(self) -> Request: ...

@final
class Wait:
    """Nothing to do before this time, in seconds since 1970."""

    __match_args__: tuple[str] = ("until",)
    @property
    def until(self) -> float: ...

@final
class Done(Generic[_T_co]):
    """It is over, and this is what it came to."""

    __match_args__: tuple[str] = ("output",)
    @property
    def output(self) -> _T_co: ...
    def __class_getitem__(cls, key: Any) -> Any: ...

@final
class Discovery:
    """Asks a provider for its metadata."""

    def next(self, *, now: float | None = None) -> Send | Wait | Done[Metadata]:
        """What to do now."""
    def answered(self, response: Response, *, now: float | None = None) -> None:
        """Takes the answer to the request sent last."""
    def failed(self, error: Exception, *, now: float | None = None) -> None:
        """Says that the request sent last got no answer; raises the error unless the exchange goes on."""

@final
class CodeExchange:
    """A code on its way to who signed in."""

    def next(self, *, now: float | None = None) -> Send | Wait | Done[SignedIn]:
        """What to do now."""
    def answered(self, response: Response, *, now: float | None = None) -> None:
        """Takes the answer to the request sent last."""
    def failed(self, error: Exception, *, now: float | None = None) -> None:
        """Says that the request sent last got no answer; raises the error unless the exchange goes on."""
    def sign_out_first(self, returns: ReturnAddresses | None = None, back: str | None = None) -> str | None:
        """The way on after ``SignInNotFreshError``: where to send the browser so that the provider's session ends, to come to
        ``back``, an address of ``returns``, where a new sign-in asks the person again. None after any other end. It holds a
        token: a redirect, never a log line.
        """

@final
class Refresh:
    """Asks for new tokens."""

    def next(self, *, now: float | None = None) -> Send | Wait | Done[TokenSet]:
        """What to do now."""
    def answered(self, response: Response, *, now: float | None = None) -> None:
        """Takes the answer to the request sent last."""
    def failed(self, error: Exception, *, now: float | None = None) -> None:
        """Says that the request sent last got no answer; raises the error unless the exchange goes on."""

@final
class CertificateSignIn:
    """A sign-in where the certificate of the TLS connection is the login itself; see ``Psc.sign_in_by_certificate``."""

    def __new__(
        cls, environment: Environment, client: Client, *, lang: str = "fr", now: float | None = None
    ) -> CertificateSignIn: ...
    def next(self, *, now: float | None = None) -> Send | Wait | Done[SignedIn]:
        """What to do now."""
    def answered(self, response: Response, *, now: float | None = None) -> None:
        """Takes the answer to the request sent last."""
    def failed(self, error: Exception, *, now: float | None = None) -> None:
        """Says that the request sent last got no answer; raises the error unless the exchange goes on."""

@final
class CibaStart:
    """The request that makes the phone ring."""

    def next(self, *, now: float | None = None) -> Send | Wait | Done[CibaPoll]:
        """What to do now."""
    def answered(self, response: Response, *, now: float | None = None) -> None:
        """Takes the answer to the request sent last."""
    def failed(self, error: Exception, *, now: float | None = None) -> None:
        """Says that the request sent last got no answer; raises the error unless the exchange goes on."""

@final
class GuardedStart:
    """A start behind a guard."""

    def next(self, *, now: float | None = None) -> Send | Wait | Done[CibaPoll]:
        """What to do now."""
    def answered(self, response: Response, *, now: float | None = None) -> None:
        """Takes the answer to the request sent last."""
    def failed(self, error: Exception, *, now: float | None = None) -> None:
        """Says that the request sent last got no answer; raises the error unless the exchange goes on."""

def not_you(lang: str = "fr") -> str:
    """The sentence to show under the digits: the numbers are public, so a request may be a stranger's."""

@final
class CibaGuard:
    """Keeps a doctor's phone from being bombarded. One may serve any number of threads.

    ``path`` is the SQLite file that all instances of a machine share, or ``postgres://user@host/name`` for those of many.
    """

    def __new__(cls, path: str | os.PathLike[str], key: bytes) -> CibaGuard: ...
    def start(
        self, service: Service, person: str, channel: str, workstation: bytes, *, now: float | None = None
    ) -> GuardedStart:
        """Begins to ask a person, if the guard lets it; comes to the same ``CibaPoll`` in any case."""
    def switch(
        self, service: Service, poll: CibaPoll, channel: str, workstation: bytes, *, now: float | None = None
    ) -> GuardedStart:
        """Begins to ask the same person on another channel, in the same attempt. Once it is over, the wait before is to
        be told that it was ``replaced``.
        """
    def settle(
        self, service: Service, poll: CibaPoll, error: Exception | None = None, *, now: float | None = None
    ) -> None:
        """Tells the guard how a wait ended: with this error, or with a sign-in. Raises the error again, or
        ``CibaReplacedError`` for a sign-in that no longer counts.
        """
    def leave(self, service: Service, poll: CibaPoll, workstation: bytes, *, now: float | None = None) -> None:
        """Leaves a wait: an acceptance that comes later is never used, through no instance."""
    def alarms(self) -> list[dict[str, Any]]:
        """The alarms since the last call: ``kind``, ``person``, ``station`` (keyed hashes), ``count``, ``at``."""
    def sweep(self, *, now: float | None = None) -> int:
        """Deletes what is of no use any more, and says how many rows."""

@final
class CibaPoll:
    """A sign-in that waits for its person. Its repr hides who."""

    def next(self, *, now: float | None = None) -> Send | Wait | Done[SignedIn]:
        """What to do now."""
    def answered(self, response: Response, *, now: float | None = None) -> None:
        """Takes the answer to the request sent last."""
    def failed(self, error: Exception, *, now: float | None = None) -> None:
        """Says that the request sent last got no answer; raises the error unless the exchange goes on."""
    @property
    def digits(self) -> str:
        """The two digits to show, zero kept."""
    def seconds_left(self, *, now: float | None = None) -> int:
        """Whole seconds left to answer, rounded up."""
    @property
    def channel(self) -> str:
        """What they answer with: ``mobile`` or ``card``."""
    @property
    def attempt(self) -> str:
        """Names this sign-in; a request on another channel in its place has the same name."""
    def event(self, *, lang: str = "fr", now: float | None = None) -> dict[str, Any] | None:
        """What there is to tell the screen now and was not told before: ``seconds_left`` and ``help``, the latter empty
        except at 20 and 60 seconds without an answer.
        """
    def on_channel(self, channel: str) -> CibaStart:
        """Begins to ask the same person on another channel, in the same attempt."""
    def replaced(self) -> None:
        """Another request took this one's place: it can win no more."""
    def cancel(self) -> None:
        """Leaves: an acceptance that comes later is never used."""
    def to_stored(self) -> bytes:
        """The stored form. It holds secrets."""

@final
class Introspection:
    """Asks whether a token works. It comes to none when it does not work for this service, which is no proof that it is
    dead: a Keycloak says so of any token whose ``aud`` does not name the service that asks.
    """

    def next(self, *, now: float | None = None) -> Send | Wait | Done[ActiveToken | None]:
        """What to do now."""
    def answered(self, response: Response, *, now: float | None = None) -> None:
        """Takes the answer to the request sent last."""
    def failed(self, error: Exception, *, now: float | None = None) -> None:
        """Says that the request sent last got no answer; raises the error unless the exchange goes on."""

@final
class Revocation:
    """Asks that a token stop working."""

    def next(self, *, now: float | None = None) -> Send | Wait | Done[None]:
        """What to do now."""
    def answered(self, response: Response, *, now: float | None = None) -> None:
        """Takes the answer to the request sent last."""
    def failed(self, error: Exception, *, now: float | None = None) -> None:
        """Says that the request sent last got no answer; raises the error unless the exchange goes on."""

@final
class EndSession:
    """Asks that the provider's session end, without a browser."""

    def next(self, *, now: float | None = None) -> Send | Wait | Done[None]:
        """What to do now."""
    def answered(self, response: Response, *, now: float | None = None) -> None:
        """Takes the answer to the request sent last."""
    def failed(self, error: Exception, *, now: float | None = None) -> None:
        """Says that the request sent last got no answer; raises the error unless the exchange goes on."""

@final
class TokenExchange:
    """Where and how the provider's access token is exchanged for one of an API (RFC 8693): at the token endpoint of the API's
    own authorization server, an https address, as this client, for these scopes. ``subject_issuer`` is ``psc`` unless another or none is named, ``subject_as_jwt`` calls the provider's
    token a JWT.
    """

    def __new__(
        cls,
        token_url: str,
        client: Client,
        scope: str,
        *,
        subject_issuer: str | None = ...,
        subject_as_jwt: bool = False,
    ) -> TokenExchange: ...
    def begin(self, access_token: str, *, now: float | None = None) -> ApiTokenExchange:
        """Begins to exchange an access token: give it to ``Psc.run``."""

@final
class ApiTokenExchange:
    """An access token on its way to one of an API."""

    def next(self, *, now: float | None = None) -> Send | Wait | Done[ApiToken]:
        """What to do now."""
    def answered(self, response: Response, *, now: float | None = None) -> None:
        """Takes the answer to the request sent last."""
    def failed(self, error: Exception, *, now: float | None = None) -> None:
        """Says that the request sent last got no answer; raises the error unless the exchange goes on."""

@final
class ApiToken:
    """A token of an API. Its repr hides it."""

    @property
    def access_token(self) -> str:
        """The token."""
    @property
    def expires_at(self) -> float:
        """When it ends, in seconds since 1970."""
    @property
    def renew_at(self) -> float:
        """When it is to be exchanged anew: at three quarters of its life."""

@final
class ActiveToken:
    """A token that works, as the provider describes it. Its repr hides whose."""

    @property
    def id_nat(self) -> str | None:
        """The person: said of an access token only."""
    @property
    def subject(self) -> str | None:
        """The provider's key of the person."""
    @property
    def client_id(self) -> str | None:
        """The service that the token was made for."""
    @property
    def session_id(self) -> str | None:
        """The provider's session."""
    @property
    def acr(self) -> str | None:
        """``eidas1``, ``eidas2``, ``eidas3``; none when absent or unknown."""
    @property
    def auth_mode(self) -> str | None:
        """``CARD``, ``MOBILE`` or another word, when said."""
    @property
    def auth_time(self) -> float | None:
        """When the person proved who they are, when said."""
    @property
    def expires_at(self) -> float | None:
        """When it ends, when said."""
    @property
    def scope(self) -> str | None:
        """The scopes granted, separated by spaces."""
    @property
    def claims(self) -> dict[str, Any]:
        """Every member as received."""

def examine(
    environment: Environment,
    client: Client,
    *,
    http: Http | None = None,
    observe: bool = False,
    lang: str = "fr",
) -> list[dict[str, Any]]:
    """Examines the way to the provider, in the order in which it would be mended: our certificate, the proxy, the issuer,
    its document, its addresses, its keys, the clock. Each finding has ``check``, ``status`` (``ok``, ``warning``,
    ``failed``, ``skipped``), ``code``, ``message`` and ``hint``. With ``observe``, what the provider shows of itself.
    """

@final
class SignInCookies:
    """Sign-ins under way, sealed in the browser's cookies for ten minutes, for a server that keeps nothing of them. One may
    serve any number of threads.

    ``keys`` seal, the newest first, at least 32 random bytes each. ``returns`` are the addresses that a browser may be sent
    to afterwards, the first when nothing is asked. The cookies are the values of ``Cookie`` and ``Set-Cookie`` headers.
    """

    def __new__(cls, keys: list[bytes], returns: list[str]) -> SignInCookies: ...
    def leave(
        self,
        service: Service,
        cookies: str,
        asked: str = "",
        *,
        form_post: bool = False,
        fresh_within: float | None = None,
        prompt: str | None = None,
        lang: str = "fr",
        now: float | None = None,
    ) -> tuple[str, list[str]]:
        """Begins a sign-in: where to send the browser, and the cookies to set with it. ``form_post`` has the provider's page
        post the answer, to cookies of its own that another site's POST bears."""
    def back(
        self, service: Service, cookies: str, callback: str, *, now: float | None = None
    ) -> tuple[Authorization, str, list[str]]:
        """Finds the sign-in that a callback answers (its address, its query, or a posted body): what to finish, where to go
        when it went well, and the cookies to set whatever comes of it."""

@final
class Sessions:
    """The sessions of a service: tokens in time, kept sealed. One may serve any number of threads.

    ``keys`` seal what is stored, the newest first, at least 32 random bytes each; keep them out of the store. With ``path``
    the store is a SQLite file that several programs may share, or with ``postgres://user@host/name`` a database that many
    machines share; else memory. ``returns`` are the addresses that a browser may come back to after a sign-out.
    ``takes_token_twice`` says that the provider takes a refresh token again.
    ``idle`` is how long a refresh token lives when the provider does not say (1800 seconds), ``longest`` how long a session may
    last after the person proved who they are (14400), ``lease`` how long others leave a refresh to the one that began it (45).
    """

    def __new__(
        cls,
        environment: Environment,
        client: Client,
        *,
        keys: Sequence[bytes],
        path: str | os.PathLike[str] | None = None,
        http: Http | None = None,
        returns: Sequence[str] | None = None,
        takes_token_twice: bool = False,
        idle: float | None = None,
        longest: float | None = None,
        lease: float | None = None,
    ) -> Sessions: ...
    def begin(self, signed_in: SignedIn) -> str:
        """Begins the session of a person who signed in, and gives its secret identifier, always a new one: put it in the
        browser's cookie instead of the one before.
        """
    def access_token(self, id: str) -> str:
        """An access token that is good now, refreshed when it is due, once for however many callers.

        Raises ``SessionEndedError`` when the person must sign in again, ``SessionUnreachableError`` when the provider cannot
        be asked for another token: they are still signed in.
        """
    def state(self, id: str) -> SessionState:
        """How a session stands, from what is stored; nothing is sent."""
    def sign_out(self, id: str, back: str | None = None) -> tuple[str, str]:
        """The person clicked "sign out": our session is over; the address to send the browser to, which ends PSC's, and the
        ``state`` that it brings back.
        """
    def sign_out_on_server(self, id: str) -> None:
        """The same without a browser, for a sign-in by CIBA."""
    def forget(self, id: str) -> None:
        """A local timeout: our session is over, PSC's is left alone."""
    def back_channel_logout(self, body: bytes) -> int:
        """Takes the body of a POST to the back-channel logout address, ends the sessions that it names, and says how many.

        Answer 200 then, and 400 to what raises; ``Cache-Control: no-store`` and an empty body in both cases.
        """
    def sweep(self, *, now: float | None = None) -> int:
        """Deletes the sessions that are of no use any more, and says how many. Once an hour is often enough."""

@final
class SessionState:
    """How a session stands."""

    @property
    def name(self) -> str:
        """``fresh``, ``stale``, ``expired``, ``unreachable`` or ``signed-out``."""
    @property
    def refresh_at(self) -> float | None:
        """When a refresh is due, while it is fresh."""
    @property
    def until(self) -> float | None:
        """When the access token ends, while a refresh is due."""
    @property
    def since(self) -> float | None:
        """Since when the provider cannot be asked, while it is unreachable: the person is still signed in."""
    @property
    def retry_at(self) -> float | None:
        """When the next try may be made, while it is unreachable; none when a sign-in is the way on."""
    @property
    def why(self) -> str | None:
        """Why it is over, when it is: ``by-person``, ``locally``, ``by-provider``, ``at-provider``, ``refresh-expired``,
        ``too-long``, ``no-refresh-token``, ``untrusted``.
        """

@final
class LogoutTokenCheck:
    """What a logout token must satisfy, and the provider's keys, parsed once. One may serve any number of threads.

    ``jwks`` is the provider's JWK set, as bytes; ``leeway`` is in seconds. ``allow_untyped`` accepts a header whose ``typ``
    is ``JWT`` or absent, as providers older than the final specification write it.
    """

    def __new__(
        cls, issuer: str, client_id: str, jwks: bytes, *, leeway: int | None = None, allow_untyped: bool = False
    ) -> LogoutTokenCheck: ...
    def verify(self, token: str, *, now: float | None = None) -> LogoutToken:
        """Verifies the ``logout_token`` of a back-channel request; it counts once: remember ``once``."""

@final
class LogoutToken:
    """A logout token that passed every check. Its repr hides whose."""

    @property
    def subject(self) -> str | None:
        """Whose sessions end, when said."""
    @property
    def session_id(self) -> str | None:
        """Which session ends, when said: then no other of the person."""
    @property
    def once(self) -> bytes:
        """The name under which to remember that it was seen."""
    @property
    def remembered_until(self) -> float:
        """Until when to remember it: afterwards it is refused by its age."""
    @property
    def issued_at(self) -> float:
        """When it was issued."""

@final
class Environment:
    """Which provider."""

    @staticmethod
    def production() -> Environment:
        """Pro Santé Connect in production."""
    @staticmethod
    def bas() -> Environment:
        """Pro Santé Connect's sandbox, the bac à sable."""
    @staticmethod
    def of(issuer: str) -> Environment:
        """The provider of this issuer, an https address."""
    def with_discovery_path(self, path: str) -> Environment:
        """The same with another path of its metadata; no other is ever tried."""
    def with_endpoint(self, endpoint: str, url: str) -> Environment:
        """The same with another address of an endpoint, named as in the metadata (``token_endpoint``), whatever the metadata
        says. Its host joins the accepted ones.
        """
    def with_hosts(self, hosts: Sequence[str]) -> Environment:
        """The same, accepting discovered addresses on these hosts alone, each with its port unless it is 443."""
    @property
    def issuer(self) -> str:
        """The issuer."""

def insecure_loopback(issuer: str) -> Environment:
    """An environment over plain http, on a loopback address only: whoever runs on this machine can read and change it."""

def allow_simulator(environment: Environment) -> Environment:
    """Accepts a provider that says it is the simulator, whose keys are public: anyone can sign as anyone."""

@final
class CardCache:
    """What is remembered of cards that were read: directories and certificates, in memory, never a PIN."""

    def __new__(cls) -> CardCache: ...
    def clear(self) -> None:
        """Forgets all."""
    def forget_certificates(self) -> None:
        """Forgets the certificates, who holds them, and keeps where they are."""
    def __len__(self) -> int: ...

@final
class Card:
    """The card in a reader that the program holds itself, by its ATR; ``t1`` when the reader speaks T=1 with it.

    ``expected`` is the serial number of the session's card: any other is refused. ``verify_on_pinpad`` and
    ``change_on_pinpad`` say that the reader has keys of its own (PC/SC part 10): they are used where no PIN is given.
    """

    def __new__(
        cls,
        atr: bytes,
        cache: CardCache,
        *,
        t1: bool = False,
        expected: str | None = None,
        verify_on_pinpad: bool = False,
        change_on_pinpad: bool = False,
    ) -> Card: ...
    def pin_status(self) -> CardDialogue:
        """Begins to ask for the state of the PIN, which costs no try: ``pin``, ``pin_tries_left``."""
    def read(self) -> CardDialogue:
        """Begins to read what the card shows without a PIN.

        Its result has ``card``, ``serial``, ``pin``, ``pin_tries_left`` and ``certificates``.
        """
    def sign(
        self,
        usage: str,
        message: bytes,
        pin: str | None = None,
        *,
        scheme: str = "pkcs1-sha256",
        use_last_try: bool = False,
    ) -> CardDialogue:
        """Begins to sign a message by the key for ``authentication``, ``signature`` or ``technical``.

        Its result has ``signature`` and ``certificate`` in base64, ``certificate_sha256``, ``algorithm``, ``usage``, ``serial``.
        """
    def sign_hash(
        self,
        usage: str,
        digest: bytes,
        pin: str | None = None,
        *,
        scheme: str = "pkcs1-sha256",
        use_last_try: bool = False,
    ) -> CardDialogue:
        """As ``sign``, of a hash that was made elsewhere."""
    def change_pin(self, old_pin: str, new_pin: str, *, use_last_try: bool = False) -> CardDialogue:
        """Begins to give the card a new PIN."""
    def change_pin_on_pinpad(self, *, use_last_try: bool = False) -> CardDialogue:
        """The same, both codes taken by the reader's keys."""
    def unblock(self, puk: str, new_pin: str, *, use_last_try: bool = False) -> CardDialogue:
        """Begins to unblock the PIN with the PUK and to give it a new value."""

@final
class CardDialogue:
    """A dialogue with a card in progress, within one transaction of the reader."""

    def step(self) -> tuple[bytes, int] | None:
        """The next command, or None when it is over. It may hold a PIN: keep it nowhere.

        Beside it 0: it is for the card. 6 or 7 is the PC/SC feature (VERIFY_PIN_DIRECT, MODIFY_PIN_DIRECT) by whose control
        code the bytes go to the reader, which answers in the card's place.
        """
    def answered(self, answer: bytes) -> None:
        """What the card answered: data and status word."""
    def failed(self, error: Exception) -> None:
        """No answer came: the next step raises the error."""
    @property
    def must_reset(self) -> bool:
        """The transaction must end with a reset, whether the dialogue came to its end or not."""
    @property
    def result(self) -> Any:
        """What it came to. Raises when it is not over."""

@final
class CardReaders:
    """The native half of ``card.Readers`` and ``card.AsyncReaders``."""

    def __new__(cls, cache: CardCache, expected: str | None = None) -> CardReaders: ...
    @staticmethod
    def is_installed() -> bool: ...
    @staticmethod
    def session() -> str | None: ...
    def examine(self, lang: str) -> list[dict[str, Any]]: ...
    def list(self) -> CardWork: ...
    def wait_for_card(self, reader: str | None) -> CardWork: ...
    def read(self, reader: str | None) -> CardWork: ...
    def pin_status(self, reader: str | None) -> CardWork: ...
    def pinpad(self, reader: str | None, change: bool) -> CardWork: ...
    def sign(
        self, reader: str | None, usage: str, scheme: str, message: bytes, pin: str | None, last_try: bool
    ) -> CardWork: ...
    def change_pin(self, reader: str | None, old: str, new: str, last_try: bool) -> CardWork: ...
    def change_pin_on_pinpad(self, reader: str | None, last_try: bool) -> CardWork: ...
    def unblock(self, reader: str | None, puk: str, new: str, last_try: bool) -> CardWork: ...
    def watch(self) -> CardWatch: ...

@final
class CardWork:
    """Work with a reader, under way on a thread of its own."""

    def wait(self, timeout: float) -> Any: ...
    def cancel(self) -> None: ...

@final
class CardWatch:
    """Follows readers and cards as they come and go, until it is dropped."""

    def next(self, timeout: float) -> dict[str, Any] | None:
        """The next event within so many seconds: ``event``, ``reader``, ``card``, ``atr``.

        ``event`` is ``reader-added``, ``reader-removed``, ``card-inserted``, ``card-mute``, ``card-removed``,
        ``service-lost`` or ``service-found``.
        """

@final
class CardPresence:
    """The card of a session, and what the workstation does when it comes and goes.

    Each call advises ``nothing``, ``lock``, ``unlock``, ``refuse-other`` or ``warn-forgotten``. ``warn_after`` is how many
    seconds after the sign-out a card that stayed is worth a warning; None is never.
    """

    def __new__(cls, *, lock_on_removal: bool = True, warn_after: float | None = 10.0) -> CardPresence: ...
    def signed_in(self, serial: str) -> None:
        """The holder of this card signed in, or unlocked the session with the PIN."""
    def signed_out(self, *, now: float | None = None) -> None:
        """The holder signed out."""
    def inserted(self, serial: str) -> str:
        """A card was put in, and its serial number read."""
    def removed(self) -> str:
        """The card was pulled, or its reader unplugged."""
    def tick(self, *, now: float | None = None) -> str:
        """Time passes: call it every second or so."""
    @property
    def is_locked(self) -> bool:
        """The session waits for its card."""

@final
class CardKey:
    """The authentication key of a card, with the PIN that opens it, wiped with it. It signs on the card."""

    @staticmethod
    def in_reader(readers: CardReaders, reader: str | None, pin: str | None, last_try: bool) -> CardKey: ...
    @property
    def certificate(self) -> bytes:
        """The certificate, DER."""
    @property
    def schemes(self) -> list[str]:
        """What the key can really do, the best first. Without ``pss-sha256`` (a CPS3) TLS 1.3 is not possible."""
    def sign(self, message: bytes, *, scheme: str = "pkcs1-sha256") -> bytes:
        """Signs a message, which is hashed here. It blocks as long as the card takes."""
    def sign_hash(self, hash: bytes, *, scheme: str = "pkcs1-sha256") -> bytes:
        """Signs a hash that was made elsewhere, of the scheme's algorithm: 32 bytes for ``pkcs1-sha256``."""

@final
class Pkcs11:
    """A module of PKCS#11, loaded into this process: load only what the administrator installed."""

    def __new__(cls, module: str | os.PathLike[str]) -> Pkcs11: ...
    @staticmethod
    def installed() -> list[pathlib.Path]:
        """The modules for health cards that are installed here, ANS's first."""
    def tokens(self) -> list[dict[str, Any]]:
        """The tokens that are there: ``label``, ``manufacturer``, ``own_pin_entry``, ``has_pin``, ``tries_left``."""
    def key(self, pin: str | None = None, *, label: str | None = None, use_last_try: bool = False) -> CardKey:
        """The authentication key of a token, of the first that has one. Where the module asks for the PIN itself
        (``own_pin_entry``), give none.
        """

@final
class CardCertificate:
    """A certificate as a card holds it. Its repr hides who.

    ``certificate`` is DER or PEM; bytes behind it, as a card's file has them, are left out. With ``contactless``, that of a
    card's contactless side: technical, never the holder's.
    """

    def __new__(cls, certificate: bytes, *, contactless: bool = False) -> CardCertificate: ...
    @property
    def purpose(self) -> str:
        """``authentication``, ``signature``, ``technical`` (of the card, never of the holder), ``other``."""
    @property
    def kind(self) -> str | None:
        """``CPS``, ``CPF``, ``CPE``, ``CPA``, ``CDE``, ``other``; None when it is in no card."""
    @property
    def professional(self) -> Professional:
        """The holder. Raises when it names none."""
    @property
    def not_before(self) -> float:
        """From when it is good."""
    @property
    def not_after(self) -> float:
        """Until when it is good."""
    @property
    def der(self) -> bytes:
        """Its bytes, DER."""
    def to_dict(self) -> dict[str, Any]:
        """Everything it says."""
    def check_signature(self, scheme: str, message: bytes, signature: bytes) -> None:
        """Raises unless the signature is by the key of this certificate; ``scheme`` is ``pkcs1-sha256``, ``pss-sha256``."""

@final
class CardTrust:
    """The authorities that are believed to say who holds a card: IGC-Santé's, which are part of the library."""

    def __new__(cls) -> CardTrust: ...
    @property
    def realm(self) -> str:
        """``production``, ``test``, ``other``."""
    def revocation_list(self, revocation_list: bytes) -> RevocationList:
        """Believes a revocation list, DER or PEM, that one of these authorities has signed."""
    def verify(
        self,
        certificate: CardCertificate,
        purpose: str = "authentication",
        *,
        lists: Sequence[RevocationList] = ...,
        max_age: int | None = None,
        accept_unknown: bool = False,
        now: float | None = None,
    ) -> TrustedCertificate:
        """Believes a certificate: for this purpose, good now, issued by an authority of persons, and not revoked.

        ``max_age`` is the oldest list that counts, in seconds. Without a list that is new enough it raises, unless
        ``accept_unknown`` lets it go on.
        """

@final
class CmsToSign:
    """A document that a card is to sign, as a detached CMS (CAdES-BES). Its repr hides who."""

    def __new__(cls, certificate: CardCertificate, document: bytes, *, now: float | None = None) -> CmsToSign: ...
    @property
    def to_sign(self) -> bytes:
        """What the card signs, with RSA PKCS#1 v1.5 and SHA-256."""
    def finish(self, signature: bytes) -> bytes:
        """The CMS, DER, once the card has signed: the content of a ``.p7s`` file."""

@final
class CmsSignature:
    """A detached CMS, DER or PEM, read. Its repr hides who."""

    def __new__(cls, cms: bytes) -> CmsSignature: ...
    @property
    def certificate(self) -> CardCertificate:
        """The certificate in it, not believed yet."""
    @property
    def signing_time(self) -> float:
        """When it was signed, by the signer's own clock."""
    def verify(
        self,
        document: bytes,
        trust: CardTrust,
        *,
        lists: Sequence[RevocationList] = ...,
        max_age: int | None = None,
        accept_unknown: bool = False,
        at: float | None = None,
    ) -> TrustedCertificate:
        """Judges it: of this document, by the signature key of a card of these authorities, good at ``at``."""

@final
class RevocationList:
    """A revocation list that was believed."""

    @property
    def this_update(self) -> float:
        """When it was signed."""
    @property
    def next_update(self) -> float:
        """When the next is due."""
    def __len__(self) -> int: ...

@final
class TrustedCertificate:
    """A certificate that was believed, at that moment. Its repr hides who."""

    @property
    def certificate(self) -> CardCertificate:
        """The certificate."""
    def to_dict(self) -> dict[str, Any]:
        """What it says, with ``realm``, ``revocation`` (``good``, ``unknown``) and ``revocation_as_of``."""

@final
class CardChallenge:
    """What a card is asked to sign, once, within two minutes or ``lifetime`` seconds.

    ``purpose`` is a word of the application's, ``service`` its name or address, each of 1 to 255 bytes on one line.
    """

    def __new__(
        cls, purpose: str, service: str, *, lifetime: int | None = None, now: float | None = None
    ) -> CardChallenge: ...
    @staticmethod
    def resume(stored: bytes) -> CardChallenge:
        """Takes back what was kept."""
    @property
    def to_sign(self) -> bytes:
        """The bytes to sign by the card's authentication key, hashed with SHA-256 as any message."""
    def to_stored(self) -> bytes:
        """What to keep until the answer comes. Nobody may read or change it."""
    def prove(
        self,
        certificate: TrustedCertificate,
        signature: bytes,
        *,
        scheme: str = "pkcs1-sha256",
        now: float | None = None,
    ) -> CardPossession:
        """Takes the signature, with the certificate that was believed after the challenge was made.

        ``scheme`` is ``pkcs1-sha256`` or ``pss-sha256``. Right or wrong, the challenge is spent.
        """

@final
class CardPossession:
    """Proof that a card was there with its PIN, for one purpose at one service. Its repr hides whose."""

    @property
    def professional(self) -> Professional:
        """The holder."""
    @property
    def certificate(self) -> TrustedCertificate:
        """The certificate, as it was believed."""
    @property
    def purpose(self) -> str:
        """What it was for."""
    @property
    def service(self) -> str:
        """At which service."""
    @property
    def once(self) -> bytes:
        """The name under which to remember that it was seen, where several may take back one challenge."""
    @property
    def remembered_until(self) -> float:
        """Until when to remember it."""

@final
class CertificateChoice:
    """The certificates found in readers and stores, as a list for the person to choose from. Its repr hides who.

    ``last`` is the key that was chosen at this workstation the last time; the rest is as in ``CardTrust.verify``.
    """

    def __new__(
        cls,
        certificates: Sequence[CardCertificate],
        trust: CardTrust,
        *,
        lists: Sequence[RevocationList] = ...,
        max_age: int | None = None,
        accept_unknown: bool = False,
        last: str | None = None,
        now: float | None = None,
    ) -> CertificateChoice: ...
    def options(self, lang: str = "fr") -> list[dict[str, Any]]:
        """The list to show: ``key``, ``label``, ``refused`` (the name of an error, or None) and ``default``."""
    def choose(self, key: str) -> TrustedCertificate:
        """Takes the person's choice."""

@final
class Fallback:
    """Local sign-in with the card while Pro Santé Connect is unreachable: closed when it is made.

    ``path`` is the SQLite file where sign-ins are kept, made when it is not there, or ``postgres://user@host/name``. A
    program that makes none has it off.
    """

    def __new__(cls, path: str | os.PathLike[str]) -> Fallback: ...
    def set(self, name: str, value: int) -> None:
        """Sets a rule, a time in seconds, a yes as 1.

        ``list_max_age`` (7 days), ``accept_unknown_revocation`` (0), ``directory_required`` (0), ``opens_after`` (15
        minutes; 0: only an administrator opens it), ``longest`` (12 hours), ``session`` (4 hours).
        """
    def open(self, administrator: str, reason: str, until: float, *, now: float | None = None) -> None:
        """An administrator opens it, with their name and the reason, both kept in every record."""
    def outage(self, since: float, cause: int, *, now: float | None = None) -> bool:
        """An outage is seen, since its first failed try, whose error has this code; says whether it is open.

        It opens by itself once it has lasted as long as the rules want.
        """
    def answered(self) -> None:
        """Pro Santé Connect answers: what an outage opened is closed; what an administrator opened stays."""
    def close(self) -> None:
        """Closes it."""
    def opening(self, *, now: float | None = None) -> dict[str, Any] | None:
        """The opening, while it lasts: ``by``, ``name``, ``reason``, ``since``, ``cause``, ``from``, ``until``."""
    def challenge(self, service: str, *, now: float | None = None) -> CardChallenge:
        """A challenge for the card, at this service."""
    def finish(
        self,
        challenge: CardChallenge,
        certificate: TrustedCertificate,
        signature: bytes,
        *,
        scheme: str = "pkcs1-sha256",
        found: Professional | None = None,
        active: bool | None = None,
        unknown: bool = False,
        now: float | None = None,
    ) -> LocalSignIn:
        """Takes the card's answer and keeps the sign-in.

        ``found`` is whom the local directory has under the number, ``active`` whether it says that they practise;
        ``unknown`` that there is a directory and it does not know the number.
        """
    def reconcile(self, signed_in: Professional, *, now: float | None = None) -> list[dict[str, Any]]:
        """Compares every local sign-in of a person with their sign-in at Pro Santé Connect: call it at each."""
    def waiting(self, before: float | None = None) -> list[dict[str, Any]]:
        """The records from before a time that were not compared yet: for whoever looks after them."""

@final
class LocalSignIn:
    """A sign-in with the card alone, kept in a record: no ID token. Its repr hides whose."""

    @property
    def professional(self) -> Professional:
        """Who signed in, as their card says it."""
    @property
    def ends(self) -> float:
        """When the session must end at the latest."""
    def to_dict(self) -> dict[str, Any]:
        """The record that was kept."""

def fallback_with_any_card(fallback: Fallback) -> None:
    """Takes cards of any authorities that a trust holds, tests' among them: who holds one may be anyone."""

@final
class CrlCache:
    """The revocation lists held, and when to ask ANS's site for them again, which refuses who asks too often."""

    def __new__(cls) -> CrlCache: ...
    @staticmethod
    def resume(stored: bytes, trust: CardTrust) -> CrlCache:
        """Takes back what was kept; lists that these authorities have not signed are left out."""
    def want(self, address: str) -> None:
        """Wants the list at this address from now on: one of a certificate's ``revocation_lists``."""
    def fetch(self, http: Http, trust: CardTrust) -> list[tuple[str, str | None]]:
        """Fetches what is due now; each address with the name of its error, None for one that is well."""
    def fetched(
        self,
        address: str,
        body: bytes,
        trust: CardTrust,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        now: float | None = None,
    ) -> None:
        """Takes a list that a program fetched by itself."""
    @property
    def due_at(self) -> float | None:
        """When something may be due; None when no list is wanted."""
    @property
    def lists(self) -> list[RevocationList]:
        """The lists held, for ``CardTrust.verify``."""
    def to_stored(self) -> bytes:
        """What to keep on disk."""

def card_authorities(pem: str) -> CardTrust:
    """Trust in other authorities, as PEM, a root among them: whoever holds one of their keys is anyone."""

def card_authorities_of_test() -> CardTrust:
    """Trust in the authorities of ANS's test cards, which anyone can order: who holds one is nobody."""

@final
class Client:
    """A service as the provider knows it. Its repr hides the secret.

    It proves itself by its ``secret`` (in the body with ``secret_in_body``), by an assertion signed with ``private_key``
    (PEM; ``key_id`` is its name in the published keys, ``audience`` the issuer unless given; not at Pro Santé Connect),
    or without either by the certificate of its connection. ``certificate`` says that ``Http`` shows one beside a secret.

    ``acr`` is the least level of a sign-in: the only one with ``exact_acr``; ``allow_missing_acr`` takes tokens that name none.
    ``leeway``: how many seconds the provider's clock may be off in the times of its tokens, 30 by default, at most 600.
    ``login_hint_rpps`` names people in CIBA requests by their RPPS alone. ``idp_hint`` sends the browser on to the local identity
    provider that Pro Santé Connect delegates to (``kc_idp_hint``).
    """

    def __new__(
        cls,
        client_id: str,
        redirect_uri: str,
        *,
        secret: str | None = None,
        secret_in_body: bool = False,
        private_key: str | None = None,
        key_id: str | None = None,
        audience: str | None = None,
        certificate: bool = False,
        scope: str | None = None,
        acr: str | None = None,
        exact_acr: bool = False,
        allow_missing_acr: bool = False,
        leeway: int | None = None,
        login_hint_rpps: bool = False,
        idp_hint: str | None = None,
    ) -> Client: ...

@final
class Metadata:
    """What a provider says of itself."""

    @staticmethod
    def of_preset(environment: Environment) -> Metadata:
        """What is known of a provider without asking it: production and the sandbox only."""
    @property
    def issuer(self) -> str:
        """The issuer."""
    def endpoint(self, endpoint: str) -> str:
        """The address of an endpoint, named as in the metadata."""
    def drift(self) -> list[dict[str, str | None]]:
        """Which addresses differ from those that the library knows: ``endpoint``, ``expected``, ``found``, the latter none
        where the provider no longer names one.
        """

@final
class Service:
    """A service at its provider: what sign-ins start from. One may serve any number of threads."""

    def __new__(cls, client: Client, metadata: Metadata) -> Service: ...
    @staticmethod
    def discover(environment: Environment) -> Discovery:
        """Asks a provider for its metadata."""
    def begin(
        self,
        *,
        form_post: bool = False,
        fresh_within: float | None = None,
        prompt: str | None = None,
        lang: str = "fr",
        now: float | None = None,
    ) -> tuple[Authorization, str]:
        """Begins a sign-in: what to keep, and where to send the browser.

        ``fresh_within``: the person proved who they are within these seconds, else ``SignInNotFreshError``, whose way on is
        ``CodeExchange.sign_out_first``. ``prompt``: ``login`` asks the person again, ``none`` shows no page.
        """
    def finish(self, authorization: Authorization, callback: str, *, now: float | None = None) -> CodeExchange:
        """Takes what the browser brought back: the callback's address or its query."""
    def ciba(self, person: str, channel: str = "mobile") -> CibaStart:
        """Begins to ask a person, by RPPS number or national identifier, to answer with ``mobile`` or ``card``."""
    def introspect(self, token: str) -> Introspection:
        """Begins to ask whether an access or a refresh token works; the service must be entitled to."""
    def revoke(self, token: str) -> Revocation:
        """Begins to ask that a token stop working; that of a refresh token ends the provider's session."""
    def refresh(self, tokens: TokenSet, *, now: float | None = None) -> Refresh:
        """Begins to get new tokens for old, for a program that keeps its tokens itself (``Sessions`` does all of it): keep
        what comes in place of those before, at once. Raises ``SessionEndedError`` when the person must sign in again.
        """
    def logout_url(self, tokens: TokenSet, post_logout: str | None = None, state: str | None = None) -> str:
        """Where to send the browser of a person who clicked "sign out": it ends the provider's session too. On a local timeout
        do not use it. ``post_logout`` must be registered. The address holds a token: a redirect, never a log line.
        """
    def end_session(self, signed_in: SignedIn) -> EndSession:
        """Begins to end the provider's session without a browser, after a sign-in by CIBA."""
    def resume_ciba(self, stored: bytes, *, now: float | None = None) -> CibaPoll:
        """Reads the stored form of a wait."""

@final
class Authorization:
    """A sign-in whose answer is awaited: ten minutes, one use. It holds secrets; its repr does not."""

    def to_stored(self) -> bytes:
        """The stored form, for a server that forgets between two requests. It holds secrets."""
    @staticmethod
    def resume(stored: bytes, *, now: float | None = None) -> Authorization:
        """Reads a stored form."""

@final
class Loopback:
    """A listener on 127.0.0.1 for the answer of one sign-in in the system's browser (RFC 8252), for a program on a workstation:
    give ``redirect_uri`` to its ``Client``, begin, open the address with ``webbrowser``, and wait. PSC compares the address to
    the letter: register it with the port that you listen on. 0 lets the system choose.
    """

    def __new__(cls, port: int = 0) -> Loopback: ...
    @property
    def redirect_uri(self) -> str:
        """Where the browser comes back."""
    def wait(
        self, service: Service, authorization: Authorization, *, within: float = 600.0, lang: str = "fr"
    ) -> CodeExchange:
        """Waits for the browser and takes what it brings back: run what this gives to know who signed in. Another sign-in's
        answer is refused, and the wait goes on. Raises ``AuthorizationExpiredError`` when nobody came within these seconds.
        """

@final
class ReturnAddresses:
    """The addresses to which a browser may be sent, compared byte for byte: paths of this site (``/compte``), or absolute
    https addresses; with ``loopback`` plain http on a loopback address too.
    """

    def __new__(cls, addresses: Sequence[str], *, loopback: bool = False) -> ReturnAddresses: ...
    def parse(self, address: str) -> str:
        """The address, when it is in the list; else raises ``ReturnAddressRefusedError``."""
    def parse_or_first(self, address: str) -> str:
        """The address when it is in the list, else the first one: for a parameter that anybody may have written."""

@final
class TokenSet:
    """The tokens of a person who signed in. Each is a secret, for a server only; the repr shows none."""

    @property
    def access_token(self) -> str:
        """The token that opens the APIs which the provider protects."""
    @property
    def access_expires_at(self) -> float:
        """When the access token ends."""
    @property
    def refresh_token(self) -> str | None:
        """The token that brings others, when there is one."""
    @property
    def refresh_expires_at(self) -> float | None:
        """When the refresh token ends, when the provider says."""
    @property
    def id_token(self) -> str:
        """The ID token: it names the session for a sign-out, expired as it may be."""
    @property
    def granted_scope(self) -> str:
        """The scopes granted, separated by spaces."""
    @property
    def subject(self) -> str:
        """Whose tokens they are."""
    def to_stored(self) -> bytes:
        """The stored form. It holds every token: seal it before it leaves the server's memory."""
    @staticmethod
    def resume(stored: bytes) -> TokenSet:
        """Reads a stored form; tokens that have ended too, whose ID token still serves to sign out."""

@final
class Thumbprint:
    """The SHA-256 of a certificate (DER), to compare with what a token is bound to (RFC 8705)."""

    def __new__(cls, certificate: bytes) -> Thumbprint: ...
    @property
    def x5t(self) -> str:
        """As RFC 8705 writes it."""
    @property
    def hex(self) -> str:
        """In hexadecimal."""
    def matches(self, x5t: str) -> bool:
        """Whether an ``x5t#S256`` names this certificate, in either encoding."""
    def check(self, claims: Mapping[str, Any]) -> bool:
        """Compares with the ``cnf`` of a token's claims or of an introspection: true when it is bound to this certificate,
        false when it is bound to none; raises ``TokenBindingError`` when it is bound to another.
        """

@final
class PresencePolicy:
    """When a workstation locks without activity (IEPS 13), when a person must prove again who they are (IEPS 6); in seconds,
    none of both by default.
    """

    def __new__(cls, *, lock_after: float | None = None, renew_every: float | None = None) -> PresencePolicy: ...
    def judge(self, activity: Activity, *, now: float | None = None) -> Presence:
        """What the person may do now."""

@final
class Presence:
    """What a person at a workstation may do now."""

    @property
    def name(self) -> str:
        """``open``; ``lock``, nothing before this application's own lock is opened, the provider's session goes on; ``renew``,
        nothing before a sign-in with ``fresh_within``.
        """
    @property
    def changes_at(self) -> float | None:
        """When it changes although nothing happens; none when it does not."""

@final
class Activity:
    """What is known of a person at a workstation: when they proved who they are, when they last did something."""

    def __new__(
        cls, authenticated_at: float, active_at: float | None = None, *, locked: bool = False
    ) -> Activity: ...
    @staticmethod
    def of(signed_in: SignedIn, *, now: float | None = None) -> Activity:
        """Of a person who signed in; the provider's own session may make the proof older than the sign-in."""
    def touched(self, policy: PresencePolicy, *, now: float | None = None) -> Presence:
        """The person did something; what they do while it is not ``open`` counts for nothing."""
    def lock(self) -> None:
        """The person locked the workstation, or it was told to."""
    def unlocked(self, *, now: float | None = None) -> None:
        """The application's own lock was opened."""
    def renewed(self, authenticated_at: float, *, now: float | None = None) -> None:
        """The person proved again who they are."""
    @property
    def authenticated_at(self) -> float:
        """When the person proved who they are."""
    @property
    def active_at(self) -> float:
        """When they last did something that counted."""
    @property
    def locked(self) -> bool:
        """Whether the lock was closed; what the person may do is ``PresencePolicy.judge``."""

@final
class Availability:
    """Whether a provider can be reached, as far as its last answers tell, for a program with its own HTTP; one with ``Http``
    asks ``Http.outage``.
    """

    def __new__(cls) -> Availability: ...
    def answered(self, response: Response, *, now: float | None = None) -> None:
        """Takes an answer: from the protocol, even to refuse, it ends an outage."""
    def failed(self, error: Exception, *, now: float | None = None) -> None:
        """Takes a request that came to no answer."""
    def ready(self, *, now: float | None = None) -> None:
        """Raises ``ProviderUnavailableError`` during an outage, when nothing new should begin; one caller at a time is let
        through.
        """
    def outage(self, *, lang: str = "fr", now: float | None = None) -> dict[str, Any] | None:
        """The outage, or none: ``cause``, ``since`` and ``next_try`` in milliseconds since 1970, ``failures``, and in ``text``
        what to tell a person.
        """

@final
class SignedIn:
    """A person signed in. Its repr hides who."""

    def summary(self, *, now: float | None = None) -> dict[str, Any]:
        """Who signed in, without any token: ``subject``, ``id_nat``, ``family_name``, ``given_name``, ``acr``,
        ``auth_mode``, ``practices``, ``access_token_expires_in``.
        """
    @property
    def professional(self) -> Professional:
        """The person, with what they practise and what they may choose from."""
    @property
    def userinfo(self) -> UserInfo:
        """What the provider said of them."""
    @property
    def id_nat(self) -> str:
        """The national identifier."""
    @property
    def rpps(self) -> str | None:
        """The RPPS number, when the person has one."""
    @property
    def subject(self) -> str:
        """The provider's key of the person."""
    @property
    def tokens(self) -> TokenSet:
        """The tokens."""
    @property
    def acr(self) -> str:
        """The level of the authentication: ``eidas1``, ``eidas2``, ``eidas3``."""
    @property
    def auth_mode(self) -> str | None:
        """``CARD``, ``MOBILE``, another word, or none when the provider does not say."""
    @property
    def auth_time(self) -> float:
        """When the person proved who they are."""
    @property
    def session_id(self) -> str | None:
        """The provider's session, when it names one."""
    def is_fresh(self, within: float, *, now: float | None = None) -> bool:
        """Whether they proved it within these seconds."""
    @property
    def access_token(self) -> str:
        """The token that opens the APIs which the provider protects. A secret, for a server only."""
    @property
    def evidence(self) -> str | None:
        """What proves the sign-in years later: the ID token and the provider's key that verified it, as a file."""

@final
class IdTokenCheck:
    """What an ID token must satisfy, and the provider's keys, parsed once. One may serve any number of threads.

    ``jwks`` is the provider's JWK set, as bytes. ``acr`` is the least level; ``max_age`` and ``leeway`` are in seconds.
    """

    def __new__(
        cls,
        issuer: str,
        client_id: str,
        jwks: bytes,
        *,
        acr: str | None = None,
        exact_acr: bool = False,
        allow_missing_acr: bool = False,
        max_age: int | None = None,
        leeway: int | None = None,
    ) -> IdTokenCheck: ...
    def verify(
        self,
        token: str,
        *,
        nonce: str | None = None,
        access_token: str | None = None,
        now: float | None = None,
    ) -> VerifiedIdToken:
        """Verifies a token in compact form; raises what is wrong with it, the claim in ``facts``."""

@final
class VerifiedIdToken:
    """An ID token that passed every check. Its repr hides who."""

    @property
    def claims(self) -> Mapping[str, Any]:
        """Every claim as received, read when first asked for; it cannot be changed."""
    @property
    def issuer(self) -> str:
        """The issuer."""
    @property
    def client_id(self) -> str:
        """The service it was issued for."""
    @property
    def subject(self) -> str:
        """The provider's key of the person."""
    @property
    def id_nat(self) -> str | None:
        """The national identifier, when the token names one."""
    @property
    def session_id(self) -> str | None:
        """The provider's session."""
    @property
    def acr(self) -> str | None:
        """``eidas1``, ``eidas2``, ``eidas3``; none when absent or unknown."""
    @property
    def auth_mode(self) -> str | None:
        """``CARD``, ``MOBILE`` or another word, when said."""
    @property
    def auth_time(self) -> float | None:
        """When the person proved who they are, when said."""
    @property
    def issued_at(self) -> float:
        """When it was issued."""
    @property
    def expires_at(self) -> float:
        """When it ends."""

@final
class UserInfo:
    """A userinfo document, in any of the shapes that the provider has used. Its repr hides who.

    It proves nothing: compare its subject with that of the verified ID token.
    """

    def __new__(cls, body: bytes) -> UserInfo: ...
    @property
    def subject(self) -> str:
        """The provider's key of the person."""
    @property
    def auth_mode(self) -> str | None:
        """``CARD``, ``MOBILE`` or another word, when said."""
    @property
    def professional(self) -> Professional:
        """The person."""
    @property
    def claims(self) -> dict[str, Any]:
        """Every claim as received, known to the library or not."""

@final
class Professional:
    """A health professional. Its repr hides who."""

    @property
    def id_nat(self) -> str:
        """The national identifier."""
    @property
    def rpps(self) -> str | None:
        """The RPPS number, when they have one."""
    @property
    def adeli(self) -> str | None:
        """The ADELI number, when they have one."""
    @property
    def family_name(self) -> str:
        """Family name."""
    @property
    def given_name(self) -> str:
        """Given name."""
    @property
    def display_name(self) -> str:
        """The name behind its title, to show."""
    def to_dict(self) -> dict[str, Any]:
        """Everything known, with the French label of each code."""
    @property
    def situations(self) -> list[Situation]:
        """What they may choose from: each activity, and each practice without one."""
    def choose(self, key: str) -> ChosenSituation:
        """Takes the person's choice: the key of one of their situations."""
    def crosscheck(
        self,
        other: Professional,
        *,
        active: bool | None = None,
        other_active: bool | None = None,
        refuse: Sequence[str] = ...,
    ) -> dict[str, Any]:
        """Compares this description with another, whichever of Pro Santé Connect, the directory and a card made them.

        ``active`` and ``other_active`` are whether each source says that they practise. Gives ``person`` (``same``,
        ``different``, ``unknown``), ``active``, ``professions`` and ``activities`` in common, and ``differences``, each
        with ``what``, ``one``, ``other``. Nothing is fatal but the words of ``refuse``.
        """
    def continuity(self, kept_id_nat: str) -> str:
        """What an identifier kept before is to this person: ``same``, ``adeli-to-rpps``, ``renumbered``, ``unknown``."""

@final
class Situation:
    """One thing to choose. Its repr hides the place."""

    @property
    def key(self) -> str:
        """What to send back when this one is chosen; the same at every sign-in."""
    @property
    def label(self) -> str:
        """The line to show, in French."""
    @property
    def practice(self) -> dict[str, Any]:
        """The practice with its labels."""
    @property
    def activity(self) -> dict[str, Any] | None:
        """The activity with its labels; none for a practice without one."""

@final
class ChosenSituation:
    """A situation that was this person's own when they chose it. Its repr hides the place."""

    @property
    def key(self) -> str:
        """Its key: keep it, and choose it again at the next sign-in."""
    @property
    def person(self) -> str:
        """The national identifier of whose it is."""
    @property
    def practice(self) -> dict[str, Any]:
        """The practice with its labels, the chosen activity alone in it."""
    def is_of(self, person: Professional) -> bool:
        """Whether it is still one of this person's."""

@final
class Directory:
    """The index in a folder, open for reading. One may serve any number of threads.

    It stays as it is, also when an import puts a newer one in its place; open again to see that one.
    """

    def __new__(cls, folder: str | os.PathLike[str]) -> Directory: ...
    def __len__(self) -> int: ...
    @property
    def meta(self) -> dict[str, Any]:
        """What it is made from: ``source``, ``source_date``, ``licence``, ``rows``, ``people``, ``structures``, ``rejected``."""
    @property
    def attribution(self) -> str:
        """The line that the open licence asks to show beside the data."""
    def find(self, id: str) -> Person | None:
        """The person with an RPPS number, an ADELI number or a national identifier; none when it is nobody's."""
    def lookup(self, id: str) -> list[Person]:
        """Everybody with an identifier of any kind: of a person, or of a structure (FINESS, SIREN, SIRET, national or
        technical), then all who work there.
        """
    def search(
        self,
        *,
        name: str = "",
        given: str = "",
        profession: str = "",
        speciality: str = "",
        postcode: str = "",
        limit: int = 20,
    ) -> list[Person]:
        """Searches people; all that is asked has to hold. ``name`` and ``given`` are how a name starts, from any of its
        parts on, whatever its accents, case and hyphens; ``profession`` and ``speciality`` are codes. Raises
        ``DirectoryQuestionError`` when nothing is asked.
        """
    def changes_since(self, older: Directory) -> list[tuple[str, Person]]:
        """Who ``arrived``, ``left`` or ``changed`` since an older index, in the order of the identifiers."""
    def verify(self) -> None:
        """Computes the checksum of every block of the file. Raises ``DirectoryDamagedError``."""

@final
class Person:
    """A person of the index: what is asked is read when it is asked. Its repr hides who."""

    @property
    def id_nat(self) -> str:
        """The national identifier."""
    @property
    def family_name(self) -> str:
        """The family name, as ANS spells it."""
    @property
    def given_name(self) -> str:
        """The given name."""
    @property
    def professional(self) -> Professional:
        """The person as Pro Santé Connect describes one: every practice, with the activities of each."""
    def to_dict(self) -> dict[str, Any]:
        """The person in few words: ``id_nat``, ``family_name``, ``given_name``, ``practices`` with their ``activities``."""

def directory_extract_size(file: str) -> int: ...
def directory_import(
    files: list[str], folder: str, allow_shrink: bool, progress: Callable[[int, int], object] | None
) -> dict[str, Any]: ...
@final
class FhirServer:
    """Which server of the online directory, its key and how large a page is; ANS's own without ``base``.

    ``key`` is the application's of portal.api.esante.gouv.fr (``ESANTE-API-KEY``). ANS grants 17 calls a second to an
    application, all its programs together.
    """

    def __new__(
        cls, key: str | None = None, *, base: str | None = None, page_size: int = 50, calls_per_second: int = 17
    ) -> FhirServer: ...
    def lookup(self, ids: list[str]) -> FhirLookup:
        """Begins to look people up by RPPS number or national identifier, at most 50."""
    def page(
        self,
        resource: str,
        asked: Mapping[str, str],
        *,
        related: bool = False,
        updated_since: float | None = None,
        now: float | None = None,
    ) -> FhirPageRequest:
        """Begins to read the first page of a search."""
    def page_after(self, cursor: bytes) -> FhirPageRequest:
        """Begins to read the page that another one named."""
    def turn(self, *, now: float | None = None) -> float:
        """When the next request may be sent, in seconds since 1970: it is reserved."""
    @property
    def base(self) -> str:
        """The address."""

def insecure_loopback_fhir(
    base: str, key: str | None = None, *, page_size: int = 50, calls_per_second: int = 17
) -> FhirServer:
    """A server over plain http, on a loopback address only: whoever runs on this machine can read and change it."""

@final
class FhirPerson:
    """A person of the online directory. Its repr hides who."""

    @property
    def professional(self) -> Professional:
        """The person as Pro Santé Connect describes one: every practice, with the activities of each."""
    @property
    def active(self) -> bool | None:
        """Whether one of their professions is open; none when the directory does not say."""
    @property
    def last_updated(self) -> float | None:
        """When one of their professions or activities changed last, in seconds since 1970."""
    @property
    def unknown_places(self) -> int:
        """Activities whose place was not in the answer: it is unknown, not absent."""
    @property
    def cards(self) -> list[dict[str, str]]:
        """Their cards: ``kind``, ``number``, ``valid_from``, ``valid_to``, ``opposed``."""
    def to_dict(self) -> dict[str, Any]:
        """The person in few words: ``id_nat``, ``family_name``, ``given_name``, ``practices`` with their ``activities``."""

@final
class FhirPage:
    """A page of a search. Its repr shows counts only."""

    @property
    def people(self) -> list[FhirPerson]:
        """People, each once; a person's other profession may stand on another page."""
    @property
    def organizations(self) -> list[dict[str, Any]]:
        """Places: ``id``, ``active``, ``last_updated``, ``place``."""
    @property
    def total(self) -> int | None:
        """How many matches there are on all pages, when the server counted them."""
    @property
    def unreadable(self) -> int:
        """Resources that could not be read, of kinds that are."""
    @property
    def cursor(self) -> bytes | None:
        """Where the next page is, to be kept; none after the last."""

@final
class FhirLookup:
    """A look-up of people; it comes to those who were found."""

    def next(self, *, now: float | None = None) -> Send | Wait | Done[list[FhirPerson]]:
        """What to do now."""
    def answered(self, response: Response, *, now: float | None = None) -> None:
        """Takes the answer to the request sent last."""
    def failed(self, error: Exception, *, now: float | None = None) -> None:
        """Says that the request sent last got no answer; raises the error unless the exchange goes on."""

@final
class FhirPageRequest:
    """A page being asked for."""

    def next(self, *, now: float | None = None) -> Send | Wait | Done[FhirPage]:
        """What to do now."""
    def answered(self, response: Response, *, now: float | None = None) -> None:
        """Takes the answer to the request sent last."""
    def failed(self, error: Exception, *, now: float | None = None) -> None:
        """Says that the request sent last got no answer; raises the error unless the exchange goes on."""

@final
class ProxyApi:
    """Which Proxy e-Santé, and how it spells the published API.

    ``settings`` are those of its vendor: ``connect-path``, ``disconnect-path``, ``send-path``, ``cookie``, ``national-id``
    (``id-nat`` or ``rpps``), ``wait-seconds``, ``field-national-id``, ``field-binding-message``, ``field-client-id``,
    ``field-channel``.
    """

    def __new__(cls, base: str, client_id: str, settings: Mapping[str, str] | None = None) -> ProxyApi: ...
    def connect(self, person: str, channel: str = "mobile", held: ProxySession | None = None) -> ProxyConnect:
        """Begins to sign a person in, by RPPS number or national identifier, who answers with ``mobile`` or ``card``. With
        a session that still lives nobody is asked.
        """
    def send(
        self,
        session: ProxySession,
        method: str,
        backend: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> ProxySend:
        """Begins to send a request to an API behind the proxy, by the proxy's name of it."""
    def disconnect(self, session: ProxySession) -> ProxyDisconnect:
        """Begins to end a session."""
    @property
    def base(self) -> str:
        """The address."""
    @property
    def wait(self) -> float:
        """Seconds that a person has to answer."""

def insecure_loopback_proxy(base: str, client_id: str, settings: Mapping[str, str] | None = None) -> ProxyApi:
    """A proxy over plain http, on a loopback address only: whoever runs on this machine can read and change it."""

@final
class ProxySession:
    """The session that a proxy gave. Whoever holds it acts as the person; its repr does not show it."""

    @property
    def session_state(self) -> str | None:
        """PSC's name of its own session, where the proxy tells it."""
    def to_stored(self) -> bytes:
        """The stored form. It is a secret: keep it where only this person's programs read it."""
    @staticmethod
    def resume(stored: bytes) -> ProxySession:
        """Reads a stored form."""

@final
class ProxyConnected:
    """Who asked is connected."""

    @property
    def session(self) -> ProxySession:
        """The session."""
    @property
    def already(self) -> bool:
        """Whether the session held before still lived, so that nobody was asked."""

@final
class ProxyConnect:
    """A sign-in through a proxy: one request, which the proxy answers when the person has. Its repr hides who."""

    def next(self, *, now: float | None = None) -> Send | Wait | Done[ProxyConnected]:
        """What to do now."""
    def answered(self, response: Response, *, now: float | None = None) -> None:
        """Takes the answer to the request sent last."""
    def failed(self, error: Exception, *, now: float | None = None) -> None:
        """Says that the request sent last got no answer; raises the error unless the exchange goes on."""
    @property
    def digits(self) -> str:
        """The two digits to show, zero kept."""
    def seconds_left(self, *, now: float | None = None) -> int:
        """Whole seconds left to answer, rounded up."""
    def cancel(self) -> None:
        """Leaves: give an answer that comes later to ``late``."""
    def late(self, response: Response) -> Request | None:
        """What to send when an answer came after the person left: the end of the session that it opened, if any."""

@final
class ProxySend:
    """A request to an API behind the proxy; it comes to the API's answer."""

    def next(self, *, now: float | None = None) -> Send | Wait | Done[Response]:
        """What to do now."""
    def answered(self, response: Response, *, now: float | None = None) -> None:
        """Takes the answer to the request sent last."""
    def failed(self, error: Exception, *, now: float | None = None) -> None:
        """Says that the request sent last got no answer; raises the error unless the exchange goes on."""

@final
class ProxyDisconnect:
    """The end of a session."""

    def next(self, *, now: float | None = None) -> Send | Wait | Done[None]:
        """What to do now."""
    def answered(self, response: Response, *, now: float | None = None) -> None:
        """Takes the answer to the request sent last."""
    def failed(self, error: Exception, *, now: float | None = None) -> None:
        """Says that the request sent last got no answer; raises the error unless the exchange goes on."""

@final
class ConsentLog:
    """A consent log open for appending; :class:`sas_psc.consent.ConsentLog` is the one to use."""

    def __new__(cls, folder: str | os.PathLike[str]) -> ConsentLog: ...
    def record(self, answer: str) -> dict[str, Any]: ...
    def append(self, record: bytes) -> dict[str, Any]: ...
    def forget(self, person: str) -> int: ...
    def receipt(self, record_id: str) -> tuple[str, str]: ...
    def evidence(self, record_id: str) -> str | None: ...
    def close(self) -> None: ...

def email_check(text: str) -> dict[str, Any]: ...

@final
class ServerKey:
    """A secret of the server, at least 32 random bytes, the same in every instance. Keep it out of the database."""

    def __new__(cls, bytes: bytes) -> ServerKey: ...

@final
class EmailChallenge:
    """Does the person who signed in control this mailbox? Bound to ``issuer``, ``subject``, ``attempt`` and address.

    ``lifetime`` is in minutes, from 1 to 60. Keeps hashes only; its repr shows nothing.
    """

    def __new__(
        cls,
        issuer: str,
        subject: str,
        attempt: str,
        address: str,
        *,
        lifetime: int = 5,
        now: float | None = None,
    ) -> EmailChallenge: ...
    @staticmethod
    def resume(stored: bytes) -> EmailChallenge:
        """Takes back what was kept."""
    def to_stored(self) -> bytes:
        """What to keep until the answer comes."""
    @property
    def id(self) -> str:
        """The part of a link's token before the dot: unique, and no secret."""
    @property
    def address(self) -> str:
        """The address as typed."""
    @property
    def tries_left(self) -> int:
        """Wrong codes that may still be typed."""
    @property
    def resend_at(self) -> float:
        """When another mail may be asked for."""
    def status(self, *, now: float | None = None) -> str:
        """``sending``, ``send-failed``, ``address-refused``, ``live``, ``expired``, ``tries-used-up`` or ``proven``."""
    def write(self, key: ServerKey, *, now: float | None = None) -> EmailDispatch:
        """Writes the mail: a fresh link, a fresh code, a new end. A retry writes it again."""
    def handed_over(self, dispatch: EmailDispatch, *, now: float | None = None) -> float:
        """The mail server took it: the lifetime starts. Gives its end."""
    def refused(self, dispatch: EmailDispatch) -> None:
        """The mail server refuses the address for good."""
    def resend(self, *, now: float | None = None) -> None:
        """Asks for the mail again; the old link and code die."""
    def change_address(self, address: str, *, now: float | None = None) -> None:
        """Asks for the mail at another address; the old link and code die."""
    def answer_code(
        self,
        key: ServerKey,
        code: str,
        issuer: str,
        subject: str,
        attempt: str,
        *,
        now: float | None = None,
    ) -> EmailControl:
        """Takes the code typed in the session that started. A wrong one raises ``EmailCodeWrongError`` and is counted:
        keep :meth:`to_stored` in both cases.
        """
    def answer_link(
        self, token: str, issuer: str, subject: str, attempt: str, *, now: float | None = None
    ) -> EmailControl:
        """Takes the link's token, confirmed by a button in the session that started."""
    def open_link(
        self, token: str, session: tuple[str, str, str] | None = None, *, now: float | None = None
    ) -> str:
        """What to show to whoever opens the link: ``confirm``, ``already-proven`` or ``elsewhere``. Changes nothing."""

@final
class EmailDispatch:
    """What a mail must carry. Not stored: a retry writes a new one. Its repr shows nothing."""

    @property
    def number(self) -> int:
        """Counts the mails of the challenge from 1."""
    @property
    def code(self) -> str:
        """The 8 digits."""
    @property
    def expires(self) -> float:
        """The end to print in the mail."""
    def link(self, base: str) -> str:
        """The address to open: ``base``, a page of the site, with the token."""

@final
class EmailControl:
    """Evidence that a person controlled a mailbox, in one attempt. Only a challenge makes it."""

    @property
    def address(self) -> str:
        """The address as typed."""
    @property
    def canonical(self) -> str:
        """The form by which two addresses are the same."""
    @property
    def subject(self) -> str:
        """The person at the issuer."""
    @property
    def proven_at(self) -> float:
        """When."""
    @property
    def by(self) -> str:
        """``link`` or ``code``."""

@final
class EmailTemplates:
    """The words of the mails: ours, or those of a folder of templates, checked when they are read.

    ``kind`` is ``verification``, ``new-address``, ``already-linked`` or ``address-change``. A mail is a dict: ``id`` (the
    left part of the Message-ID), ``subject``, ``text``, ``html``, ``headers``.
    """

    def __new__(cls, folder: str | os.PathLike[str] | None = None) -> EmailTemplates: ...
    def with_file(self, name: str, content: str) -> EmailTemplates:
        """The same with the content of a file, such as ``verification.fr.txt``, in the place of ours."""
    def challenge(
        self, kind: str, lang: str, service: str, link_base: str, dispatch: EmailDispatch
    ) -> dict[str, Any]:
        """The mail that carries a link and a code; ``kind`` is ``verification`` or ``new-address``."""
    def already_linked(self, lang: str, service: str, dispatch: EmailDispatch) -> dict[str, Any]:
        """The mail to the reader of a mailbox that another account holds already: no link, no code."""
    def preview(self, kind: str, lang: str, service: str) -> dict[str, Any]:
        """A mail as it will look, with an invented link and code."""

@final
class MailLimits:
    """How many mails may be asked for; :class:`sas_psc.email.MailLimits` is the one to use."""

    def __new__(cls, path: str | os.PathLike[str], key: ServerKey, rules: str = "{}") -> MailLimits: ...
    def ask(
        self, person: bytes, address: str, network: str | None = None, *, now: float | None = None
    ) -> float: ...
    def sweep(self, *, now: float | None = None) -> int: ...

def consent_verify(folder: str | os.PathLike[str], vkey: str, since: str | None, lang: str) -> dict[str, Any]: ...
def verification_link_read(link: str, hosts: list[str]) -> dict[str, Any]: ...
def companion_prepare(asked: str, lang: str) -> dict[str, Any]: ...
def consent_terms_difference(folder: str | os.PathLike[str], old: str, new: str, lang: str) -> str: ...
def consent_verify_evidence(opening: bytes, evidence: bytes) -> dict[str, Any]: ...
def consent_verify_receipt(proof: bytes, opening: bytes, vkey: str) -> dict[str, Any]: ...


def link_decide(person: Professional, accounts: str, trusted_origins: Sequence[str] | None) -> dict[str, Any]:
    """What a sign-in means for the accounts, which come as JSON: see ``link.decide``."""

def link_plan_columns(header: Sequence[str]) -> tuple[int, list[int]]:
    """The column of the account and those of the numbers, by the header of a table."""

@final
class LinkPlan:
    """Who bears which number, in a base of accounts: two passes over it, which change nothing."""

    def __new__(cls) -> LinkPlan:
        """A plan of nothing yet."""

    def see(self, account: str, numbers: Sequence[str]) -> None:
        """The first pass: an account and its numbers. Raises ``PlanAccountMissingError``, ``PlanAccountTwiceError``."""

    def judge(self, account: str, numbers: Sequence[str], people: Sequence[str] | None = None) -> str:
        """The second pass: ``linked``, ``ambiguous``, ``unknown`` or ``wrong-number``. ``people`` are those whom a directory
        knows under these numbers."""

def life_due(life: str, rules: str, now: int) -> dict[str, Any]:
    """What is due in a life, which comes as JSON, by rules, likewise: see ``life.due``."""

def participation_check(settings: str, compatible: bool, lang: str) -> dict[str, Any]:
    """The verdict on an effector's settings, which come as JSON: see ``participation.check``."""

def participation_check_absences(absences: str, compatible: bool, lang: str, now: int) -> dict[str, Any]:
    """The verdict on absences, which come as JSON, as they are at a moment: see ``participation.check_absences``."""

def participation_check_structure(settings: str, compatible: bool, lang: str) -> dict[str, Any]:
    """The verdict on a structure's settings, which come as JSON: see ``participation.check_structure``."""

def participation_check_slot(slot: str, compatible: bool, lang: str, now: int) -> dict[str, Any]:
    """The verdict on a slot, which comes as JSON, as it is at a moment: see ``participation.check_slot``."""

def participation_slot_days(slot: str, compatible: bool, lang: str, now: int) -> dict[str, Any]:
    """The days on which a slot stands, likewise: see ``participation.slot_days``."""

def person_export(parts: str, now: int) -> bytes:
    """The file of all that is held of a person, of parts that come as JSON: see ``life.export``."""

@final
class SignUp:
    def __new__(
        cls,
        path: str | os.PathLike[str],
        key: ServerKey,
        policy: str,
        link_page: str,
        objection_page: str | None = None,
        templates: EmailTemplates | None = None,
    ) -> SignUp: ...
    def welcome(self, signed_in: SignedIn, lang: str, now: float | None) -> dict[str, Any]: ...
    def reopen(self, signed_in: SignedIn, lang: str, now: float | None) -> dict[str, Any]: ...
    def account(self, account: str, lang: str, now: float | None) -> dict[str, Any]: ...
    def choose_places(self, account: str, ranks: Sequence[int], lang: str, now: float | None) -> dict[str, Any]: ...
    def give_address(
        self, account: str, attempt: str, address: str, lang: str, network: str | None, now: float | None
    ) -> dict[str, Any]: ...
    def change_address(
        self, account: str, attempt: str, address: str, lang: str, network: str | None, now: float | None
    ) -> dict[str, Any]: ...
    def drop_address_change(self, account: str, lang: str, now: float | None) -> dict[str, Any]: ...
    def resend(
        self, account: str, attempt: str, lang: str, network: str | None, now: float | None
    ) -> dict[str, Any]: ...
    def next_mail(self, account: str | None = None, *, now: float | None = None) -> MailToSend | None: ...
    def handed_over(self, mail: MailToSend, lang: str, now: float | None) -> dict[str, Any]: ...
    def not_handed_over(self, mail: MailToSend, why: object, *, now: float | None = None) -> None: ...
    def answer_code(
        self, account: str, attempt: str, code: str, lang: str, now: float | None
    ) -> dict[str, Any]: ...
    def open_link(
        self, token: str, account: str | None = None, attempt: str | None = None, *, now: float | None = None
    ) -> str: ...
    def answer_link(
        self, account: str, attempt: str, token: str, lang: str, now: float | None
    ) -> dict[str, Any]: ...
    def present_terms(self, account: str, attempt: str, lang: str, now: float | None) -> dict[str, Any]: ...
    def accept_terms(
        self, account: str, attempt: str, terms: str, ticked: bool, lang: str, now: float | None
    ) -> dict[str, Any]: ...
    def refuse_terms(
        self, account: str, attempt: str, terms: str, lang: str, now: float | None
    ) -> dict[str, Any]: ...
    def terms_notice(self, account: str, lang: str, now: float | None) -> dict[str, Any] | None: ...
    def terms_noticed(self, account: str, lang: str, now: float | None) -> dict[str, Any]: ...
    def save_settings(self, account: str, settings: str, lang: str, now: float | None) -> dict[str, Any]: ...
    def save_settings_as(
        self, account: str, role: str, signed_in: SignedIn, settings: str, lang: str, now: float | None
    ) -> dict[str, Any]: ...
    def open_objection(self, token: str, *, now: float | None = None) -> None: ...
    def object(self, token: str, code: str, *, now: float | None = None) -> str: ...
    def close(self, account: str, *, now: float | None = None) -> None: ...
    def erase(self, account: str, *, now: float | None = None) -> int: ...
    def export(self, account: str, log: ConsentLog | None = None, *, now: float | None = None) -> bytes: ...
    def run_due(self, limit: int, *, now: float | None = None) -> dict[str, Any]: ...
    def noticed(self, account: str, due: str, refused: bool, *, now: float | None = None) -> None: ...
    def feed(self, log: ConsentLog, *, now: float | None = None) -> int: ...

@final
class MailToSend:
    """A mail to send. It carries the link and the code: do not keep it."""

    @property
    def account(self) -> str:
        """The account that it is of."""

    @property
    def to(self) -> str:
        """The address that it goes to."""

    @property
    def message(self) -> dict[str, Any]:
        """What it says: ``id`` (the left part of the Message-ID), ``subject``, ``text``, ``html``, ``headers``."""

def sign_up_declarations(settings: str, lang: str) -> list[dict[str, Any]]: ...
