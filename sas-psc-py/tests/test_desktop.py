"""A program on a workstation: the system's browser comes back to it; and what an operator is told of the way there."""

import email.utils
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from conftest import Simulator

from sas_psc import danger, errors, psc


def opened(url: str) -> tuple[int, str]:
    """What a browser is shown at an address."""
    try:
        with urllib.request.urlopen(url) as page:
            return page.status, page.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def test_the_browser_comes_back_to_the_program_and_a_stranger_does_not(simulator: Simulator) -> None:
    listener = psc.Loopback()
    client = psc.Client(simulator.client_id, listener.redirect_uri, secret=simulator.client_secret)
    here = psc.Psc(simulator.environment(), client)
    pending, url = here.begin()
    callback = simulator.sign_in_by_card(url, "physician")
    assert callback.startswith(listener.redirect_uri)
    pages: list[tuple[int, str]] = []

    def browse() -> None:
        pages.append(opened(f"{listener.redirect_uri}?code=c&state=another"))
        pages.append(opened(callback))

    browser = threading.Thread(target=browse)
    browser.start()
    exchange = listener.wait(here.service(), pending, within=20, lang="en")
    browser.join()
    assert here.run(exchange).rpps == "99700218896"
    assert [status for status, _ in pages] == [400, 200] and "Go back to your program" in pages[1][1]


def test_nobody_comes_and_a_port_in_use(simulator: Simulator) -> None:
    listener = psc.Loopback()
    service = psc.Psc(simulator.environment(), simulator.client())
    pending, _ = service.begin()
    with pytest.raises(errors.AuthorizationExpiredError):
        listener.wait(service.service(), pending, within=0.1)
    with pytest.raises(errors.PortUnavailableError):
        psc.Loopback(int(listener.redirect_uri.split(":")[2].split("/")[0]))


class Late(BaseHTTPRequestHandler):
    """A server whose clock is ten minutes behind."""

    def do_GET(self) -> None:
        self.send_response(404)
        self.end_headers()

    def date_time_string(self, timestamp: float | None = None) -> str:
        return email.utils.formatdate(time.time() - 600, usegmt=True)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def test_an_operator_is_told_of_a_clock_and_of_an_outage() -> None:
    told: list[dict[str, Any]] = []
    http = psc.Http(on_notice=told.append, timeout=5)
    with HTTPServer(("127.0.0.1", 0), Late) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        issuer = f"http://127.0.0.1:{server.server_port}"
        asked = psc.Service.discover(danger.insecure_loopback(issuer)).next()
        assert isinstance(asked, psc.Send)
        for _ in range(2):
            assert http.send(asked.request).status == 404
        server.shutdown()
    assert [notice["notice"] for notice in told] == ["clock-skew"], "once"
    assert -610 < told[0]["seconds"] < -590 or 590 < told[0]["seconds"] < 610
