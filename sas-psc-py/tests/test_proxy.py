"""The workstation's side of a Proxy e-Santé, against a small one: blocking and awaited."""

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from sas_psc import danger, errors, proxy, psc

RPPS = "99700218896"
COOKIE = "proxy_session_id=session-tres-secrete"


class Hospital(ThreadingHTTPServer):
    """A proxy that answers as the published one; its person answers when told to."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = threading.Event()
        self.status = 200
        self.asked: list[dict[str, Any]] = []
        self.ended = threading.Event()

    def api(self, **settings: str) -> proxy.ProxyApi:
        named = {name.replace("_", "-"): value for name, value in settings.items()}
        return danger.insecure_loopback_proxy(f"http://127.0.0.1:{self.server_port}", "my-software", named)


class Handler(BaseHTTPRequestHandler):
    """Its answers."""

    server: Hospital

    def _answer(self, status: int, body: bytes = b"", *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (*headers, ("content-length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path != "/connect":
            return self._answer(201, body.upper(), ("x-way", self.headers["content-type"]))
        if self.headers["cookie"] == COOKIE:
            return self._answer(304)
        self.server.asked.append(json.loads(body))
        self.server.answers.wait(20)
        status = self.server.status
        cookie = [("set-cookie", f"{COOKIE}; Path=/; HttpOnly")] if status == 200 else []
        return self._answer(status, json.dumps({"session_state": "etat"}).encode(), *cookie)

    def do_GET(self) -> None:
        self._answer(200 if self.headers["cookie"] == COOKIE else 401, self.path.encode())

    def do_DELETE(self) -> None:
        self.server.ended.set()
        self._answer(200)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def hospital() -> Iterator[Hospital]:
    with Hospital() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_doctor_signs_in_works_and_signs_out(hospital: Hospital) -> None:
    desk = proxy.Proxy(hospital.api())
    shown: list[tuple[str, int]] = []

    def show(digits: str, left: int) -> None:
        shown.append((digits, left))
        hospital.answers.set()

    with desk.signed_in(RPPS, on_tick=show) as session:
        digits, left = shown[0]
        asked = {"nationalId": "8" + RPPS, "bindingMessage": digits, "clientId": "my-software", "channel": "MOBILE"}
        assert hospital.asked == [asked] and left == 120
        assert session.session_state == "etat" and "secrete" not in repr(session)
        session = proxy.ProxySession.resume(session.to_stored())
        answer = desk.send(session, "GET", "dmp", "/Patient/1?_summary=true")
        assert (answer.status, answer.body) == (200, b"/send/dmp/Patient/1?_summary=true")
        answer = desk.send(session, "POST", "dmp", "/Patient", headers={"content-type": "text/plain"}, body=b"a")
        assert (answer.status, answer.body) == (201, b"A") and ("x-way", "text/plain") in answer.headers
        assert desk.connect(RPPS, held=session).already and len(hospital.asked) == 1
        with pytest.raises(errors.HeaderReservedError):
            desk.send(session, "GET", "dmp", "/a", headers={"authorization": "Bearer x"})
        assert not hospital.ended.is_set()
    assert hospital.ended.is_set()


def test_each_refusal_has_its_exception(hospital: Hospital) -> None:
    desk = proxy.Proxy(hospital.api())
    hospital.answers.set()
    for status, error in [
        (401, errors.ProxySignInRefusedError),
        (404, errors.ProxyUnknownPersonError),
        (409, errors.ProxyBusyError),
        (503, errors.ProxyUnavailableError),
    ]:
        hospital.status = status
        with pytest.raises(error):
            desk.connect(RPPS)
    with pytest.raises(errors.ProxySettingError):
        proxy.ProxyApi("https://proxy.chu.example", "my-software", {"colour": "blue"})
    with pytest.raises(errors.ConnectFailedError):
        proxy.Proxy(danger.insecure_loopback_proxy("http://127.0.0.1:1", "my-software")).connect(RPPS)


class Left(Exception):
    """The person clicked "leave"."""


def test_who_leaves_is_signed_in_nowhere(hospital: Hospital) -> None:
    def leave(digits: str, left: int) -> None:
        if hospital.asked:
            raise Left

    with pytest.raises(Left):
        proxy.Proxy(hospital.api()).connect(RPPS, on_tick=leave)
    assert not hospital.ended.is_set()
    hospital.answers.set()
    assert hospital.ended.wait(10), "the session that came too late lives"


def test_awaited(hospital: Hospital) -> None:
    desk = proxy.AsyncProxy(hospital.api(wait_seconds="60"), http=psc.Http(timeout=5))

    async def work() -> None:
        told: list[int] = []

        def show(digits: str, left: int) -> None:
            told.append(left)
            if len(told) == 2:
                hospital.answers.set()

        async with desk.signed_in(RPPS, "card", on_tick=show) as session:
            assert (await desk.send(session, "GET", "dmp", "/a")).status == 200
        assert hospital.ended.is_set() and told[0] == 60 and told == sorted(told, reverse=True)
        hospital.status = 409
        with pytest.raises(errors.ProxyBusyError):
            await desk.connect(RPPS)

    asyncio.run(work())


def test_a_task_that_is_cancelled_leaves(hospital: Hospital) -> None:
    async def work() -> None:
        task = asyncio.create_task(proxy.AsyncProxy(hospital.api()).connect(RPPS))
        while not hospital.asked:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(work())
    hospital.answers.set()
    assert hospital.ended.wait(10), "the session that came too late lives"
