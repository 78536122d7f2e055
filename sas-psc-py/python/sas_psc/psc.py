"""Sign-in with Pro Santé Connect: by the browser, or on a server by a push to the e-CPS app.

``Psc`` blocks, ``AsyncPsc`` is awaited; both play the same steps. A program with its own HTTP plays them itself: it
asks ``exchange.next()`` what to do, gets ``Send``, ``Wait`` or ``Done``, and tells ``answered`` or ``failed``.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from ._blocking import ended
from ._sas_psc import (
    ActiveToken,
    Activity,
    ApiToken,
    ApiTokenExchange,
    Authorization,
    Availability,
    CertificateSignIn,
    ChosenSituation,
    CibaGuard,
    CibaPoll,
    CibaStart,
    Client,
    CodeExchange,
    Discovery,
    Done,
    EndSession,
    Environment,
    GuardedStart,
    Http,
    IdTokenCheck,
    Introspection,
    LogoutToken,
    LogoutTokenCheck,
    Loopback,
    Metadata,
    Presence,
    PresencePolicy,
    Professional,
    Refresh,
    Request,
    Response,
    ReturnAddresses,
    Revocation,
    Send,
    Service,
    SessionState,
    Sessions,
    SignInCookies,
    SignedIn,
    Situation,
    Thumbprint,
    TokenExchange,
    TokenSet,
    UserInfo,
    VerifiedIdToken,
    Wait,
    examine,
    not_you,
)
from .errors import Error

__all__ = [
    "ActiveToken",
    "Activity",
    "ApiToken",
    "ApiTokenExchange",
    "AsyncPsc",
    "Authorization",
    "Availability",
    "CertificateSignIn",
    "ChosenSituation",
    "CibaGuard",
    "CibaPoll",
    "CibaStart",
    "Client",
    "CodeExchange",
    "Discovery",
    "Done",
    "EndSession",
    "Environment",
    "Exchange",
    "GuardedStart",
    "Http",
    "IdTokenCheck",
    "Introspection",
    "LogoutToken",
    "LogoutTokenCheck",
    "Loopback",
    "Metadata",
    "Presence",
    "PresencePolicy",
    "Professional",
    "Psc",
    "Refresh",
    "Request",
    "Response",
    "ReturnAddresses",
    "Revocation",
    "Send",
    "Service",
    "SessionState",
    "Sessions",
    "SignInCookies",
    "SignedIn",
    "Situation",
    "Thumbprint",
    "TokenExchange",
    "TokenSet",
    "UserInfo",
    "VerifiedIdToken",
    "Wait",
    "examine",
    "not_you",
]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Exchange(Protocol[T_co]):
    """A protocol in progress: what every exchange of this module has."""

    def next(self, *, now: float | None = None) -> Send | Wait | Done[T_co]:
        """What to do now."""

    def answered(self, response: Response, *, now: float | None = None) -> None:
        """Takes the answer to the request sent last."""

    def failed(self, error: Exception, *, now: float | None = None) -> None:
        """Says that the request sent last got no answer; raises the error unless the exchange goes on."""


class AsyncPsc:
    """A service at its provider. Share one per program.

    ``http`` sends the requests, on threads; by default it trusts the system's authorities.
    """

    def __init__(self, environment: Environment, client: Client, *, http: Http | None = None) -> None:
        self._environment = environment
        self._client = client
        self._http = http or Http()
        self._known: Service | None = None

    async def service(self) -> Service:
        """The service, once its provider's metadata is known."""
        if self._known is None:
            self._known = Service(self._client, await self.run(Service.discover(self._environment)))
        return self._known

    async def examine(self, *, observe: bool = False, lang: str = "fr") -> list[dict[str, Any]]:
        """What stands between us and the provider; see ``examine``. Nobody signs in."""

        def examined() -> list[dict[str, Any]]:
            return examine(self._environment, self._client, http=self._http, observe=observe, lang=lang)

        return await self._apart(examined)

    async def _apart(self, work: Callable[[], T]) -> T:
        return await asyncio.to_thread(work)

    async def begin(
        self,
        *,
        form_post: bool = False,
        fresh_within: float | None = None,
        prompt: str | None = None,
        lang: str = "fr",
    ) -> tuple[Authorization, str]:
        """Begins a sign-in in the browser: what to keep, and where to send the browser. See ``Service.begin``."""
        service = await self.service()
        return service.begin(form_post=form_post, fresh_within=fresh_within, prompt=prompt, lang=lang)

    async def finish(self, authorization: Authorization, callback: str) -> SignedIn:
        """Finishes a sign-in with what the browser brought back: the callback's address or its query."""
        return await self.run((await self.service()).finish(authorization, callback))

    async def sign_in_by_certificate(self, *, lang: str = "fr") -> SignedIn:
        """Signs in where the certificate of the TLS connection is the login itself: a Keycloak with X.509 login, a
        hospital's own provider. ``http`` shows the certificate: ``Http(card=...)``, or one from a file.

        Pro Santé Connect is not one: ``card-login-not-offered``; ``card-login-page`` where a page is shown.
        """
        return await self.run(CertificateSignIn(self._environment, self._client, lang=lang))

    async def finish_fresh(
        self, authorization: Authorization, callback: str, returns: ReturnAddresses, back: str
    ) -> SignedIn | str:
        """The same for a sign-in that must be fresh: when the provider answers from a session that is too old, the address to
        send the browser to instead, which ends that session and comes to ``back``, an address of ``returns``. It holds a
        token: a redirect, never a log line.
        """
        exchange = (await self.service()).finish(authorization, callback)
        try:
            return await self.run(exchange)
        except Error:
            if way_on := exchange.sign_out_first(returns, back):
                return way_on
            raise

    async def ciba(
        self, person: str, channel: str = "mobile", *, guard: CibaGuard | None = None, workstation: bytes = b""
    ) -> CibaPoll:
        """Asks a person, by RPPS number or national identifier: their phone rings, show ``digits``.

        A server that faces people gives its ``guard``, and what it tells its workstations apart by: the token of a
        cookie, the key of an enrolled machine.
        """
        service = await self.service()
        if guard is None:
            return await self.run(service.ciba(person, channel))
        return await self.run(guard.start(service, person, channel, workstation))

    async def switch(
        self, poll: CibaPoll, channel: str, *, guard: CibaGuard | None = None, workstation: bytes = b""
    ) -> CibaPoll:
        """Goes on with another channel in the same attempt: "use the card instead". Wait for what it returns; the wait
        before can win no more. When the person cannot be asked there, it raises, and the wait before goes on. ``guard``
        and ``workstation`` as at the start.
        """
        if guard is None:
            instead = await self.run(poll.on_channel(channel))
        else:
            instead = await self.run(guard.switch(await self.service(), poll, channel, workstation))
        poll.replaced()
        return instead

    async def resume_ciba(self, stored: bytes) -> CibaPoll:
        """Goes on with a wait from its stored form."""
        return (await self.service()).resume_ciba(stored)

    async def wait(
        self,
        poll: CibaPoll,
        on_event: Callable[[dict[str, Any]], None] | None = None,
        *,
        guard: CibaGuard | None = None,
        lang: str = "fr",
    ) -> SignedIn:
        """Waits until the person answers or their time is over. ``on_event`` is told ``seconds_left`` about each second,
        and at 20 and 60 seconds without an answer ``help``: what to try, in order, as ``step`` and ``text``.
        """

        def tell() -> None:
            if on_event and (event := poll.event(lang=lang)):
                on_event(event)

        try:
            signed_in = await self.run(poll, tell if on_event else None)
        except Error as error:
            if guard:
                guard.settle(await self.service(), poll, error)
            raise
        if guard:
            guard.settle(await self.service(), poll)
        return signed_in

    async def refresh(self, tokens: TokenSet) -> TokenSet:
        """New tokens for old; keep them in place of those before, at once. ``Sessions`` does all of it."""
        return await self.run((await self.service()).refresh(tokens))

    async def introspect(self, token: str) -> ActiveToken | None:
        """Asks whether a token works; none when it does not for this service, which is no proof that it is dead."""
        return await self.run((await self.service()).introspect(token))

    async def revoke(self, token: str) -> None:
        """Asks that a token stop working; that of a refresh token ends the provider's session."""
        await self.run((await self.service()).revoke(token))

    async def end_session(self, signed_in: SignedIn) -> None:
        """Ends the provider's session without a browser: for a person who signed out of a sign-in by CIBA."""
        await self.run((await self.service()).end_session(signed_in))

    async def run(self, exchange: Exchange[T], on_wait: Callable[[], None] | None = None) -> T:
        """Plays an exchange to its end. ``on_wait``, where given, is called about each second of a wait."""
        while True:
            match exchange.next():
                case Send(request):
                    try:
                        response = await self._send(request)
                    except Error as error:
                        exchange.failed(error)
                    else:
                        exchange.answered(response)
                case Wait(until):
                    if on_wait:
                        on_wait()
                    left = max(0.0, until - time.time())
                    await self._sleep(min(left, 1.0) if on_wait else left)
                case Done(output):
                    return output

    async def _send(self, request: Request) -> Response:
        return await asyncio.to_thread(self._http.send, request)

    async def _sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class _Blocking(AsyncPsc):
    """The same over a world that blocks: its coroutines end without ever waiting."""

    async def _send(self, request: Request) -> Response:
        return self._http.send(request)

    async def _sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    async def _apart(self, work: Callable[[], T]) -> T:
        return work()


class Psc:
    """As ``AsyncPsc``, but blocking; the interpreter is released while a request is under way."""

    def __init__(self, environment: Environment, client: Client, *, http: Http | None = None) -> None:
        self._psc = _Blocking(environment, client, http=http)

    def service(self) -> Service:
        """See ``AsyncPsc.service``."""
        return ended(self._psc.service())

    def examine(self, *, observe: bool = False, lang: str = "fr") -> list[dict[str, Any]]:
        """See ``AsyncPsc.examine``."""
        return ended(self._psc.examine(observe=observe, lang=lang))

    def begin(
        self,
        *,
        form_post: bool = False,
        fresh_within: float | None = None,
        prompt: str | None = None,
        lang: str = "fr",
    ) -> tuple[Authorization, str]:
        """See ``AsyncPsc.begin``."""
        return ended(self._psc.begin(form_post=form_post, fresh_within=fresh_within, prompt=prompt, lang=lang))

    def finish(self, authorization: Authorization, callback: str) -> SignedIn:
        """See ``AsyncPsc.finish``."""
        return ended(self._psc.finish(authorization, callback))

    def sign_in_by_certificate(self, *, lang: str = "fr") -> SignedIn:
        """See ``AsyncPsc.sign_in_by_certificate``."""
        return ended(self._psc.sign_in_by_certificate(lang=lang))

    def finish_fresh(
        self, authorization: Authorization, callback: str, returns: ReturnAddresses, back: str
    ) -> SignedIn | str:
        """See ``AsyncPsc.finish_fresh``."""
        return ended(self._psc.finish_fresh(authorization, callback, returns, back))

    def ciba(
        self, person: str, channel: str = "mobile", *, guard: CibaGuard | None = None, workstation: bytes = b""
    ) -> CibaPoll:
        """See ``AsyncPsc.ciba``."""
        return ended(self._psc.ciba(person, channel, guard=guard, workstation=workstation))

    def switch(
        self, poll: CibaPoll, channel: str, *, guard: CibaGuard | None = None, workstation: bytes = b""
    ) -> CibaPoll:
        """See ``AsyncPsc.switch``."""
        return ended(self._psc.switch(poll, channel, guard=guard, workstation=workstation))

    def resume_ciba(self, stored: bytes) -> CibaPoll:
        """See ``AsyncPsc.resume_ciba``."""
        return ended(self._psc.resume_ciba(stored))

    def wait(
        self,
        poll: CibaPoll,
        on_event: Callable[[dict[str, Any]], None] | None = None,
        *,
        guard: CibaGuard | None = None,
        lang: str = "fr",
    ) -> SignedIn:
        """See ``AsyncPsc.wait``."""
        return ended(self._psc.wait(poll, on_event, guard=guard, lang=lang))

    def refresh(self, tokens: TokenSet) -> TokenSet:
        """See ``AsyncPsc.refresh``."""
        return ended(self._psc.refresh(tokens))

    def introspect(self, token: str) -> ActiveToken | None:
        """See ``AsyncPsc.introspect``."""
        return ended(self._psc.introspect(token))

    def revoke(self, token: str) -> None:
        """See ``AsyncPsc.revoke``."""
        ended(self._psc.revoke(token))

    def end_session(self, signed_in: SignedIn) -> None:
        """See ``AsyncPsc.end_session``."""
        ended(self._psc.end_session(signed_in))

    def run(self, exchange: Exchange[T], on_wait: Callable[[], None] | None = None) -> T:
        """See ``AsyncPsc.run``."""
        return ended(self._psc.run(exchange, on_wait))
