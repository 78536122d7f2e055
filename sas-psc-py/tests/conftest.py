"""The simulator, as a process, and the person in front of it."""

import json
import os
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest

from sas_psc import danger, psc

CALLBACK = "http://127.0.0.1:1/callback"
TARGET = Path(__file__).parents[2] / "target" / "debug"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Gives a redirect back instead of following it."""

    def http_error_302(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        return fp

    http_error_303 = http_error_302


@dataclass
class Simulator:
    """What the simulator announces, and shortcuts that play the person."""

    issuer: str
    wallet: str
    web: str
    mail: str
    client_id: str
    client_secret: str

    def environment(self) -> psc.Environment:
        return danger.allow_simulator(danger.insecure_loopback(self.issuer))

    def client(self) -> psc.Client:
        return psc.Client(self.client_id, CALLBACK, secret=self.client_secret)

    def sign_in_by_card(self, url: str, person: str) -> str:
        """Shows a card, types its code, chooses the certificate; the address that the browser is sent back to."""
        browser = urllib.request.build_opener(NoRedirect, urllib.request.HTTPCookieProcessor(CookieJar()))

        def follow(url: str, form: dict[str, str] | None = None) -> str:
            data = urllib.parse.urlencode(form).encode() if form else None
            with browser.open(url, data) as page:
                return urllib.parse.urljoin(url, str(page.headers["location"]))

        page = follow(url)
        certificates = follow(f"{page}/carte", {"card": person, "pin": "1234"})
        return follow(certificates, {"certificate": "cps"})

    def mails_to(self, address: str) -> list[dict[str, Any]]:
        """What the mailbox of this address has, as its reader sees it."""
        with urllib.request.urlopen(f"{self.web}/mail/api/messages?to={address}") as messages:
            return list(json.load(messages))

    def answer_on_phone(self, person: str, digits: str | None) -> None:
        """Chooses these digits of the request that waits on the person's phone, or leaves it."""
        self._answer(person, {"number": digits} if digits else None)

    def answer_with_card(self, person: str) -> None:
        """Types the code of the person's card, which the request that waits asks for."""
        self._answer(person, {"pin": "1234"})

    def _answer(self, person: str, answer: dict[str, str] | None) -> None:
        with urllib.request.urlopen(f"{self.web}/phone/api/pending?person={person}") as pending:
            newest = json.load(pending)[0]["id"]
        url = f"{self.web}/phone/api/pending/{newest}/{'approve' if answer else 'deny'}"
        with urllib.request.urlopen(url, json.dumps(answer).encode()):
            pass


@pytest.fixture(scope="session")
def simulator() -> Iterator[Simulator]:
    program = os.environ.get("SAS_PSC_SIM", str(TARGET / "sas-psc-sim"))
    with subprocess.Popen([program, "serve"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        said = json.loads(process.stdout.readline())
        yield Simulator(**{name: said[name] for name in Simulator.__dataclass_fields__})
        process.terminate()
