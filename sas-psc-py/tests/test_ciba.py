"""CIBA: the vectors that every face runs, what a wait tells the screen, and the guard."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import Simulator

from sas_psc import errors, psc

VECTORS = sorted((Path(__file__).parents[2] / "vectors" / "ciba").glob("*.json"))
RPPS = "99700218896"
CALLBACK = "https://service.example/callback"


class Play:
    """Plays a vector: time moves only when there is something to wait for."""

    def __init__(self, vector: dict[str, Any]) -> None:
        self.begun = self.now = float(vector["now"])
        self.answers: list[dict[str, Any]] = list(vector["answers"])
        self.posted: list[int] = []

    def run(self, exchange: Any) -> Any:
        while True:
            step = exchange.next(now=self.now)
            match step:
                case psc.Done(output):
                    return output
                case psc.Wait(until):
                    if not self.answers:
                        return None
                    self.now = until
                case psc.Send(request):
                    if request.method == "POST":
                        self.posted.append(round(self.now - self.begun))
                    if not self.answers:
                        return None
                    answer = self.answers.pop(0)
                    if "failed" in answer:
                        exchange.failed(error_called(answer["failed"]), now=self.now)
                        continue
                    headers = list(answer["headers"].items())
                    response = psc.Response(answer["status"], headers, answer["body"].encode())
                    exchange.answered(response, now=self.now)


def error_called(name: str) -> errors.Error:
    return next(error for code in range(10001, 10100) if (error := errors.from_code(code)).name == name)


@pytest.mark.parametrize("file", VECTORS, ids=lambda file: file.stem)
def test_vectors(file: Path) -> None:
    vector = json.loads(file.read_text())
    service = psc.Service(psc.Client("sas-psc-test", CALLBACK), psc.Metadata.of_preset(psc.Environment.bas()))
    play, seconds_left = Play(vector), None
    try:
        poll = play.run(service.ciba(vector["person"], vector["channel"]))
        seconds_left = poll.seconds_left(now=play.now)
        signed_in = play.run(poll)
        verdict = "ok" if signed_in else "waiting"
    except errors.Error as error:
        verdict = error.name
    found = {"verdict": verdict, "seconds_left": seconds_left, "posted": play.posted}
    assert found == vector["expect"]
    assert not play.answers


def test_all_the_vectors_were_found() -> None:
    assert len(VECTORS) >= 60


def test_what_psc_does_not_document_is_the_clients_to_set() -> None:
    client = psc.Client(
        "sas-psc-test", CALLBACK, exact_acr=True, allow_missing_acr=True, leeway=60, login_hint_rpps=True, idp_hint="OKTA_chu"
    )
    service = psc.Service(client, psc.Metadata.of_preset(psc.Environment.bas()))
    asked = service.ciba("899700000013", "MOBILE").next()
    assert isinstance(asked, psc.Send)
    assert b"login_hint=99700000013&" in asked.request.body
    assert "&kc_idp_hint=OKTA_chu" in service.begin()[1]


def test_help_comes_at_20_and_60_seconds(simulator: Simulator) -> None:
    poll = psc.Psc(simulator.environment(), simulator.client()).ciba(RPPS)
    begun = poll_begun(poll)
    told = [poll.event(lang="en", now=begun + second) for second in range(0, 120)]
    helped = [second for second, event in enumerate(told) if event and event["help"]]
    assert helped == [20, 60]
    event = told[20]
    assert event and [step["step"] for step in event["help"]] == [
        "open-app",
        "update",
        "battery-saver",
        "activate-again",
        "use-card",
    ]
    assert "e-CPS app" in event["help"][0]["text"]
    assert poll.event(now=begun + 119) is None, "told"


def poll_begun(poll: psc.CibaPoll) -> float:
    times = json.loads(poll.to_stored())["state"]["times"]
    return float(times["started_at"]) / 1000


def test_the_card_instead(simulator: Simulator) -> None:
    service = psc.Psc(simulator.environment(), simulator.client())
    phone = service.ciba("99700245667")
    card = service.switch(phone, "card")
    assert (card.channel, card.attempt) == ("card", phone.attempt)
    with pytest.raises(errors.CibaReplacedError):
        service.wait(phone)


def test_the_sentence_under_the_digits() -> None:
    assert psc.not_you().startswith("Si vous n'êtes pas à l'origine de cette demande, refusez-la")
    assert psc.not_you("en").startswith("If you did not make this request")


def test_the_card_instead_behind_the_guard(simulator: Simulator, tmp_path: Path) -> None:
    person = "99700366240"

    async def switched() -> None:
        service = psc.AsyncPsc(simulator.environment(), simulator.client())
        guard = psc.CibaGuard(tmp_path / "guard.sqlite", b"7" * 32)
        phone = await service.ciba(person, guard=guard, workstation=b"office")
        elsewhere = await service.resume_ciba(phone.to_stored())
        card = await service.switch(phone, "card", guard=guard, workstation=b"office")
        assert (card.channel, card.attempt) == ("card", phone.attempt)
        with pytest.raises(errors.CibaReplacedError):
            await service.wait(phone, guard=guard)
        with pytest.raises(errors.CibaReplacedError):
            guard.settle(await service.service(), elsewhere)
        shown = await service.ciba(person, guard=guard, workstation=b"office")
        assert (shown.channel, shown.digits) == ("card", card.digits)
        simulator.answer_with_card(person)
        assert (await service.wait(card, guard=guard)).rpps == person
        assert guard.sweep(now=time.time() + 91 * 86400) == 2

    asyncio.run(switched())


def test_the_guard(simulator: Simulator, tmp_path: Path) -> None:
    service = psc.Psc(simulator.environment(), simulator.client())
    instances = [psc.CibaGuard(tmp_path / "guard.sqlite", b"7" * 32) for _ in range(2)]
    poll = service.ciba(RPPS, guard=instances[0], workstation=b"office")
    again = service.ciba(RPPS, guard=instances[1], workstation=b"office")
    decoy = service.ciba(RPPS, guard=instances[1], workstation=b"elsewhere")
    assert (again.digits, again.attempt) == (poll.digits, poll.attempt)
    assert decoy.attempt != poll.attempt and 115 < decoy.seconds_left() <= 120
    (alarm,) = instances[1].alarms()
    assert (alarm["kind"], alarm["count"]) == ("held-back", 1) and RPPS not in str(alarm)
    simulator.answer_on_phone(RPPS, poll.digits)
    assert service.wait(poll, guard=instances[0]).rpps == RPPS

    instances[0].leave(service.service(), decoy, b"elsewhere")
    with pytest.raises(errors.CibaCancelledError):
        service.wait(decoy, guard=instances[0])
    with pytest.raises(errors.CibaStillRunningError) as caught:
        service.ciba(RPPS, guard=instances[1], workstation=b"elsewhere")
    assert 0 < int(caught.value.facts["retry_after"]) <= 120
    with pytest.raises(errors.ServerKeyShortError):
        psc.CibaGuard(tmp_path / "other.sqlite", b"short")
