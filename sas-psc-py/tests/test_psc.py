"""Sign-in against the simulator: blocking, awaited, and step by step over another HTTP."""

import asyncio
import base64
import json
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from conftest import CALLBACK, Simulator

import sas_psc
from sas_psc import errors, psc

RPPS = "99700218896"


@pytest.fixture
def blocking(simulator: Simulator) -> psc.Psc:
    return psc.Psc(simulator.environment(), simulator.client())


def test_by_browser(simulator: Simulator, blocking: psc.Psc) -> None:
    pending, url = blocking.begin()
    pending = psc.Authorization.resume(pending.to_stored())
    callback = simulator.sign_in_by_card(url, "physician")
    with pytest.raises(errors.AuthorizationStateError):
        blocking.finish(pending, callback.replace("state=", "state=x"))
    signed_in = blocking.finish(pending, callback)
    assert (signed_in.rpps, signed_in.id_nat) == (RPPS, "8" + RPPS)
    summary = signed_in.summary()
    assert summary["family_name"] == "SPECIALISTE0021889" and summary["practices"][0]["profession"] == "10"
    assert signed_in.access_token not in str(summary)
    person = signed_in.professional
    assert (person.id_nat, signed_in.userinfo.subject) == (signed_in.id_nat, signed_in.subject)
    assert person.choose(person.situations[0].key).is_of(signed_in.userinfo.professional)
    for secret in (RPPS, "SPECIALISTE", signed_in.access_token):
        assert secret not in repr(signed_in)
    with pytest.raises(errors.AuthorizationUsedError):
        blocking.finish(pending, callback)


def test_by_phone(simulator: Simulator, blocking: psc.Psc) -> None:
    poll = blocking.resume_ciba(blocking.ciba(RPPS).to_stored())
    simulator.answer_on_phone(RPPS, poll.digits)
    told: list[int] = []
    assert blocking.wait(poll, lambda event: told.append(event["seconds_left"])).rpps == RPPS
    assert told and told == sorted(told, reverse=True) and told[0] <= 120


def test_a_token_held_is_asked_about_revoked_and_its_session_ended(simulator: Simulator, blocking: psc.Psc) -> None:
    poll = blocking.ciba(RPPS)
    simulator.answer_on_phone(RPPS, poll.digits)
    signed_in = blocking.wait(poll)
    token = blocking.introspect(signed_in.access_token)
    assert token and (token.id_nat, token.subject) == (signed_in.id_nat, signed_in.subject)
    assert token.client_id == simulator.client_id and token.claims["sid"] == token.session_id
    assert (token.acr, token.auth_mode) == ("eidas1", "MOBILE") and token.auth_time and token.expires_at
    assert RPPS not in repr(token)
    blocking.revoke(signed_in.access_token)
    assert blocking.introspect(signed_in.access_token) is None
    assert blocking.introspect("garbage") is None
    blocking.end_session(signed_in)
    stranger = psc.Psc(simulator.environment(), psc.Client(simulator.client_id, CALLBACK, secret="wrong"))
    with pytest.raises(errors.ClientRefusedError):
        stranger.introspect(signed_in.access_token)


def test_what_the_person_or_the_caller_does_wrong(simulator: Simulator, blocking: psc.Psc) -> None:
    refused = blocking.ciba(RPPS)
    simulator.answer_on_phone(RPPS, None)
    with pytest.raises(errors.CibaRefusedError) as caught:
        blocking.wait(refused)
    assert isinstance(caught.value, errors.UserError)

    left = blocking.ciba("899700245667")
    left.cancel()
    with pytest.raises(errors.CibaCancelledError):
        blocking.wait(left)
    with pytest.raises(errors.ChannelUnknownError):
        blocking.ciba(RPPS, "fax")
    with pytest.raises(errors.AcrUnknownError):
        psc.Client("c", CALLBACK, acr="eidas9")
    with pytest.raises(errors.AddressRefusedError):
        psc.Environment.of("http://service.example.fr")
    with pytest.raises(errors.HttpSettingsError):
        psc.Http(ca=b"no PEM")


CERTIFICATES = Path(__file__).parents[2] / "vectors" / "client-certificate"


def test_certificates_of_the_client_from_pem_and_from_pkcs12() -> None:
    chain, whole = (CERTIFICATES / "client.pem").read_bytes(), (CERTIFICATES / "client.p12").read_bytes()
    encrypted = (CERTIFICATES / "client-encrypted.key").read_text()
    psc.Http(client_certificate=chain, client_key=(CERTIFICATES / "client.key").read_text())
    psc.Http(client_certificate=chain, client_key=encrypted, client_key_password="motdepasse")
    psc.Http(client_certificate=whole, client_key_password="motdepasse")
    with pytest.raises(errors.ClientKeyPasswordError) as caught:
        psc.Http(client_certificate=whole, client_key_password="autre")
    assert isinstance(caught.value, errors.CallerError) and "autre" not in str(caught.value)
    with pytest.raises(errors.ClientKeyEncryptedError):
        psc.Http(client_certificate=chain, client_key=encrypted)
    with pytest.raises(errors.ClientKeyMismatchError):
        psc.Http(client_certificate=chain, client_key=(CERTIFICATES / "other.key").read_text())


def form(client: psc.Client) -> tuple[dict[str, str], dict[str, str]]:
    """The headers and the form of the request that asks a person's phone."""
    service = psc.Service(client, psc.Metadata.of_preset(psc.Environment.bas()))
    step = service.ciba(RPPS).next()
    assert isinstance(step, psc.Send)
    return dict(step.request.headers), dict(urllib.parse.parse_qsl(step.request.body.decode()))


def test_each_authentication_of_a_client() -> None:
    headers, fields = form(psc.Client("c", CALLBACK, secret="hush"))
    assert headers["authorization"].startswith("Basic ") and "client_secret" not in fields
    headers, fields = form(psc.Client("c", CALLBACK, secret="hush", secret_in_body=True))
    assert "authorization" not in headers and fields["client_secret"] == "hush"
    headers, fields = form(psc.Client("c", CALLBACK))
    assert "authorization" not in headers and fields["client_id"] == "c"

    key = (CERTIFICATES / "other.key").read_text()
    signer = psc.Client("c", CALLBACK, private_key=key, key_id="k1", audience="https://a.example/token")
    headers, fields = form(signer)
    header, claims = (
        json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        for part in fields["client_assertion"].split(".")[:2]
    )
    assert (header["alg"], header["kid"]) == ("ES256", "k1")
    assert (claims["iss"], claims["sub"], claims["aud"]) == ("c", "c", "https://a.example/token")
    assert fields["client_assertion"] != form(signer)[1]["client_assertion"]
    assert "PRIVATE" not in repr(signer)
    with pytest.raises(errors.AssertionKeyError):
        psc.Client("c", CALLBACK, private_key="no PEM")


def test_the_simulator_is_refused_unless_named(simulator: Simulator) -> None:
    environment = sas_psc.danger.insecure_loopback(simulator.issuer)
    with pytest.raises(errors.SimulatorRefusedError):
        psc.Psc(environment, simulator.client()).begin()


def test_nobody_there() -> None:
    environment = sas_psc.danger.insecure_loopback("http://127.0.0.1:1")
    with pytest.raises(errors.EnvironmentError):
        psc.Psc(environment, psc.Client("c", CALLBACK)).begin()


def test_awaited(simulator: Simulator) -> None:
    async def both() -> tuple[psc.SignedIn, psc.SignedIn]:
        service = psc.AsyncPsc(simulator.environment(), simulator.client())
        pending, url = await service.begin()
        poll = await service.ciba("899700245667")
        await asyncio.to_thread(simulator.answer_on_phone, "99700245667", poll.digits)
        waiting = asyncio.create_task(service.wait(poll))
        callback = await asyncio.to_thread(simulator.sign_in_by_card, url, "physician")
        return await service.finish(pending, callback), await waiting

    by_card, by_phone = asyncio.run(both())
    assert (by_card.rpps, by_phone.rpps) == (RPPS, "99700245667")


def test_step_by_step_over_another_http(simulator: Simulator) -> None:
    def send(request: psc.Request) -> psc.Response:
        asked = urllib.request.Request(request.url, request.body or None, dict(request.headers), method=request.method)
        with urllib.request.urlopen(asked) as answer:
            return psc.Response(answer.status, answer.getheaders(), answer.read())

    discovery = psc.Service.discover(simulator.environment())
    step = discovery.next()
    assert isinstance(step, psc.Send) and step.request.url.startswith(simulator.issuer)
    discovery.answered(send(step.request))
    step = discovery.next()
    assert isinstance(step, psc.Done)
    service = psc.Service(simulator.client(), step.output)

    pending, url = service.begin(lang="en")
    exchange = service.finish(pending, simulator.sign_in_by_card(url, "physician"))
    while not isinstance(next_step := exchange.next(), psc.Done):
        assert isinstance(next_step, psc.Send)
        assert simulator.client_secret not in repr(next_step.request)
        exchange.answered(send(next_step.request))
    assert next_step.output.rpps == RPPS


def test_a_request_without_an_answer_ends_what_may_not_be_sent_twice() -> None:
    service = psc.Service(psc.Client("c", CALLBACK), psc.Metadata.of_preset(psc.Environment.bas()))
    start = service.ciba(RPPS)
    assert isinstance(start.next(), psc.Send)
    with pytest.raises(errors.TimedOutError):
        start.failed(errors.from_code(10004))
    assert "hush" not in repr(psc.Client("c", CALLBACK, secret="hush"))
