"""Sessions against the simulator: begun, kept, shared, signed out of in each way."""

import asyncio
import base64
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest
from conftest import Simulator

from sas_psc import errors, psc

RPPS = "99700218896"
KEYS = [b"k" * 32]
BYE = "https://service.example/bye"

T = TypeVar("T")
Make = Callable[..., psc.Sessions]


@pytest.fixture
def make(simulator: Simulator) -> Make:
    def sessions(path: Path | None = None, keys: list[bytes] = KEYS) -> psc.Sessions:
        return psc.Sessions(simulator.environment(), simulator.client(), keys=keys, path=path, returns=[BYE])

    return sessions


@pytest.fixture(scope="module")
def signed_in(simulator: Simulator) -> psc.SignedIn:
    service = psc.Psc(simulator.environment(), simulator.client())
    pending, url = service.begin()
    return service.finish(pending, simulator.sign_in_by_card(url, "physician"))


def test_a_session_gives_its_token_until_the_person_signs_out(make: Make, signed_in: psc.SignedIn) -> None:
    sessions = make()
    session = sessions.begin(signed_in)
    assert sessions.access_token(session) == signed_in.access_token
    state = sessions.state(session)
    assert (state.name, state.until, state.since, state.retry_at, state.why) == ("fresh", None, None, None, None)
    assert state.refresh_at is not None
    for back in ("https://elsewhere.example/", "/"):
        with pytest.raises(errors.ReturnAddressRefusedError):
            sessions.sign_out(session, back)
    url, brought_back = sessions.sign_out(session, BYE)
    assert "id_token_hint=" in url and url.endswith(f"bye&state={brought_back}")
    assert (sessions.state(session).name, sessions.state(session).why) == ("signed-out", "by-person")
    with pytest.raises(errors.SessionEndedError):
        sessions.access_token(session)
    with pytest.raises(errors.SessionUnknownError):
        sessions.access_token("another")
    assert repr(sessions) == "Sessions(•••)" and session not in repr(sessions.state(session))


def test_a_file_is_shared_by_programs_that_have_its_key(make: Make, signed_in: psc.SignedIn, tmp_path: Path) -> None:
    path = tmp_path / "sessions.sqlite"
    session = make(path).begin(signed_in)
    other = make(path, [b"n" * 32, *KEYS])
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(other.access_token, [session] * 64)) == {signed_in.access_token}
    with pytest.raises(errors.SealedValueRefusedError):
        make(path, [b"n" * 32]).access_token(session)
    other.forget(session)
    assert make(path, [b"n" * 32]).state(session).why == "locally"  # sealed anew by the newest key
    assert signed_in.access_token.encode() not in path.read_bytes() and session.encode() not in path.read_bytes()


def test_without_a_browser_and_on_the_back_channel(make: Make, signed_in: psc.SignedIn) -> None:
    sessions = make()
    session = sessions.begin(signed_in)
    for body in (b"", b"logout_token=a.b.c", b"logout_token=a&logout_token=b"):
        with pytest.raises(errors.LogoutTokenMalformedError):
            sessions.back_channel_logout(body)
    sessions.sign_out_on_server(session)
    assert sessions.state(session).why == "by-person"
    with pytest.raises(errors.SessionEndedError):
        sessions.sign_out_on_server(session)


def test_the_times_of_a_session_are_settings(make: Make, simulator: Simulator, signed_in: psc.SignedIn) -> None:
    sessions = psc.Sessions(simulator.environment(), simulator.client(), keys=KEYS, longest=0, idle=60, lease=60)
    session = sessions.begin(signed_in)
    assert sessions.access_token(session) == signed_in.access_token  # good to its end, and never renewed
    assert sessions.sweep() == 0 and sessions.sweep(now=time.time() + 86400) == 1
    with pytest.raises(errors.SessionUnknownError):
        sessions.state(session)


def test_a_program_that_keeps_its_tokens_refreshes_and_ends_them(simulator: Simulator) -> None:
    service = psc.Psc(simulator.environment(), simulator.client())
    pending, url = service.begin(prompt="login")
    assert "prompt=login" in url
    before = service.finish(pending, simulator.sign_in_by_card(url, "nurse")).tokens
    after = service.refresh(psc.TokenSet.resume(before.to_stored()))
    assert after.access_token != before.access_token and after.subject == before.subject
    assert after.refresh_token and after.refresh_expires_at and after.refresh_expires_at > after.access_expires_at
    assert "openid" in after.granted_scope and before.access_token not in repr(before)
    found = service.introspect(after.access_token)
    assert found and found.subject == after.subject
    url = service.service().logout_url(after, BYE, "there")
    assert url.startswith(simulator.issuer) and f"id_token_hint={after.id_token}" in url and url.endswith("state=there")
    service.revoke(after.refresh_token)
    with pytest.raises(errors.SessionEndedError):
        service.refresh(after)
    with pytest.raises(errors.StoredFormUnreadableError):
        psc.TokenSet.resume(b"{}")


class Late(psc.AsyncPsc):
    """One whose clock is a minute ahead when the browser comes back."""

    async def run(self, exchange: psc.Exchange[T], on_wait: Callable[[], None] | None = None) -> T:
        now = time.time() + (60 if isinstance(exchange, psc.CodeExchange) else 0)
        while True:
            match exchange.next(now=now):
                case psc.Send(request):
                    exchange.answered(self._http.send(request), now=now)
                case psc.Wait():
                    raise AssertionError("nothing to wait for")
                case done:
                    return done.output


def test_a_sign_in_that_is_too_old_says_where_to_go_on(simulator: Simulator) -> None:
    back = psc.ReturnAddresses([BYE])
    fresh = psc.Psc(simulator.environment(), simulator.client())
    pending, url = fresh.begin(fresh_within=300)
    assert "max_age=300" in url
    done = fresh.finish_fresh(pending, simulator.sign_in_by_card(url, "nurse"), back, BYE)
    assert isinstance(done, psc.SignedIn) and done.is_fresh(300) and not done.is_fresh(1, now=time.time() + 60)

    async def late() -> psc.SignedIn | str:
        service = Late(simulator.environment(), simulator.client())
        pending, url = await service.begin(fresh_within=0)
        return await service.finish_fresh(pending, simulator.sign_in_by_card(url, "nurse"), back, BYE)

    way_on = asyncio.run(late())
    assert isinstance(way_on, str) and "id_token_hint=" in way_on and "service.example%2Fbye" in way_on
    with pytest.raises(errors.PromptUnknownError):
        fresh.begin(prompt="consent")
    service = fresh.service()
    pending, url = service.begin(prompt="none")
    exchange = service.finish(pending, simulator.sign_in_by_card(url.replace("prompt=none", "x=y"), "nurse"))
    assert exchange.sign_out_first() is None


def test_a_workstation_locks_and_renews(signed_in: psc.SignedIn) -> None:
    policy = psc.PresencePolicy(lock_after=600, renew_every=3600)
    person = psc.Activity(1000, 1000)
    assert (policy.judge(person, now=1500).name, policy.judge(person, now=1500).changes_at) == ("open", 1600)
    assert person.touched(policy, now=1500).changes_at == 2100
    assert person.touched(policy, now=2100).name == "lock" and person.locked
    again = psc.Activity(person.authenticated_at, person.active_at, locked=person.locked)
    assert policy.judge(again, now=1501).name == "lock" and again.active_at == 1500
    again.unlocked(now=2200)
    assert policy.judge(again, now=2200).name == "open"
    again.lock()
    assert repr(policy.judge(again, now=2200)) == "Presence('lock')"
    assert policy.judge(again, now=4600).name == "renew" and policy.judge(again, now=4600).changes_at is None
    again.renewed(4600, now=4600)
    assert policy.judge(again, now=4600).name == "open"
    assert psc.Activity.of(signed_in).authenticated_at == signed_in.auth_time
    assert psc.PresencePolicy().judge(psc.Activity(0, 0), now=1e9).changes_at is None
    assert signed_in.acr == "eidas1" and signed_in.auth_mode == "CARD" and signed_in.session_id


def test_an_outage_is_told_and_ends_with_an_answer() -> None:
    here = psc.Availability()
    for second in (0, 6, 12):
        here.ready(now=second)
        assert here.outage() is None
        here.failed(errors.TimedOutError(10003), now=second)
    outage = here.outage(lang="en", now=12)
    assert outage and outage["failures"] == 3 and outage["since"] == 0 and "for 12 seconds" in outage["text"]
    with pytest.raises(errors.ProviderUnavailableError) as error:
        here.ready(now=13)
    assert error.value.facts["retry_after"] == 4
    here.answered(psc.Response(400, [], b'{"error":"invalid_grant"}'), now=14)
    here.ready(now=14)
    assert psc.Http().outage() is None


def test_a_token_is_bound_to_its_certificate() -> None:
    ours = psc.Thumbprint(b"abc")
    assert ours.x5t == "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0" and ours.hex.startswith("ba7816bf")
    in_hex = base64.b64encode(ours.hex.encode()).decode()
    assert ours.matches(ours.x5t) and ours.matches(in_hex) and not ours.matches("ungWv48")
    assert ours.check({"cnf": {"x5t#S256": in_hex}}) and not ours.check({})
    with pytest.raises(errors.TokenBindingError):
        psc.Thumbprint(b"abd").check({"cnf": {"x5t#S256": ours.x5t}})


def test_addresses_of_a_provider_are_settings() -> None:
    elsewhere = psc.Environment.of("https://login.example.fr/realms/sante")
    with pytest.raises(errors.EndpointUnknownError):
        elsewhere.with_endpoint("token", "https://login.example.fr/token")
    with pytest.raises(errors.AddressRefusedError):
        elsewhere.with_endpoint("token_endpoint", "http://login.example.fr/token")
    there = elsewhere.with_endpoint("token_endpoint", "https://t.example.fr/").with_hosts(["login.example.fr"])
    discovery = psc.Service.discover(there)
    assert isinstance(discovery.next(), psc.Send)
    document = {"issuer": there.issuer, "token_endpoint": "https://login.example.fr/t"}
    headers = [("content-type", "application/json")]
    discovery.answered(psc.Response(200, headers, json.dumps(document).encode()))
    found = discovery.next()
    assert isinstance(found, psc.Done)
    assert found.output.endpoint("token_endpoint") == "https://t.example.fr/" and found.output.drift() == []
    preset = psc.Metadata.of_preset(psc.Environment.bas())
    assert preset.endpoint("authorization_endpoint").startswith("https://wallet.bas.")
    with pytest.raises(errors.EndpointUnknownError):
        preset.endpoint("wallet")
    with pytest.raises(errors.ReturnAddressRefusedError):
        psc.ReturnAddresses(["/compte"]).parse("/compte/")
    assert psc.ReturnAddresses(["/compte", "/a"]).parse_or_first("//evil") == "/compte"


def test_a_short_key_is_refused(make: Make) -> None:
    for keys in ([], [b"short"]):
        with pytest.raises(errors.ServerKeyShortError):
            make(keys=keys)
