"""Sessions against the simulator: begun, kept, shared, signed out of in each way."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import Simulator

from sas_psc import errors, psc

RPPS = "99700218896"
KEYS = [b"k" * 32]
BYE = "https://service.example/bye"

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


def test_a_short_key_is_refused(make: Make) -> None:
    for keys in ([], [b"short"]):
        with pytest.raises(errors.ServerKeyShortError):
            make(keys=keys)
