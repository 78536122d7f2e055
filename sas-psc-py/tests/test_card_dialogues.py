"""Dialogues with a card: the vectors that Rust and C run, byte for byte, and the simulator's card; readers where there may be
none.
"""

import asyncio
import base64
import json
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sas_psc import Error, card, errors, psc
from sas_psc._sas_psc import error_table

ROOM = Path(__file__).parents[2] / "vectors/card"
CASES = sorted(file.stem for file in ROOM.glob("*.txt"))
SIMULATOR = os.environ.get("SAS_PSC_SIM", str(Path(__file__).parents[2] / "target/debug/sas-psc-sim"))
ATR = bytes.fromhex("3bac00402a001225006480000310009000")
HASH = bytes.fromhex("71730e803491568d6f7bec13025ec139efb6b159a0c468130f27f9be5e6eeece")


def begin(name: str, cache: card.CardCache) -> card.CardDialogue:
    here = card.Card(ATR, cache)
    if "read" in name:
        return here.read()
    if "change-pin" in name:
        return here.change_pin("1234", "1234")
    if "unblock" in name:
        return here.unblock("12345678", "1234")
    usage = "signature" if "signature-key" in name else "authentication"
    return here.sign_hash(usage, HASH, "1234")


def play(name: str, cache: card.CardCache) -> tuple[str, card.CardDialogue]:
    """What a case came to, in the words of its header; each command is the one of the file."""
    lines = (ROOM / f"{name}.txt").read_text().splitlines()
    dialogue = begin(name, cache)
    exchanges = 0
    try:
        while (step := dialogue.step()) is not None:
            sent, answer = [line for line in lines if line[0] in "<>"][2 * exchanges :][:2]
            assert step == (bytes.fromhex(sent[1:]), 0), f"exchange {exchanges + 1}"
            dialogue.answered(bytes.fromhex(answer[1:]))
            exchanges += 1
    except Error as error:
        return error.name, dialogue
    expected = next(line for line in lines if line.startswith("# expected: "))[12:]
    return f"{expected.split(',')[0]}, {exchanges} exchanges", dialogue


@pytest.mark.parametrize("name", CASES)
def test_a_dialogue_is_played_as_its_file_says(name: str) -> None:
    cache = card.CardCache()
    if name == "cps3-read-warm":
        play("cps3-read", cache)
    elif "cold" not in name and "read" not in name:
        play("cps3-sign-cold", cache)
    if "known-path" in name:
        cache.forget_certificates()
    lines = (ROOM / f"{name}.txt").read_text().splitlines()
    expected = next(line for line in lines if line.startswith("# expected: "))[12:]
    found, dialogue = play(name, cache)
    assert found == expected
    assert len(cache) == 1
    if expected.startswith("signed"):
        assert dialogue.must_reset
        assert dialogue.result["algorithm"] == "pkcs1-sha256"
        assert card.CardCertificate(base64.b64decode(dialogue.result["certificate"])).der
        assert len(base64.b64decode(dialogue.result["signature"])) == 256
    if expected.startswith("read"):
        assert dialogue.result["serial"] == "99000001"
        assert [one["usage"] for one in dialogue.result["certificates"]] == ["signature", "authentication"]


def test_a_dialogue_that_is_not_over_has_no_result_and_a_pin_has_four_digits() -> None:
    dialogue = card.Card(ATR, card.CardCache()).read()
    with pytest.raises(Error) as raised:
        dialogue.result
    assert raised.value.name == "not-done"
    dialogue.step()
    with pytest.raises(Error) as removed:
        raise_by_name("card-removed", dialogue)
    assert removed.value.name == "card-removed"
    with pytest.raises(Error) as raised:
        card.Card(ATR, card.CardCache()).sign("authentication", b"", "12345")
    assert raised.value.name == "card-pin-form"
    assert "12345" not in str(raised.value)


def raise_by_name(name: str, dialogue: card.CardDialogue) -> None:
    """Ends a dialogue as a reader would that lost its card."""
    code = next(code for code, other, _ in error_table() if other == name)
    dialogue.failed(errors.from_code(code, {}))
    dialogue.step()


class Slot:
    """The simulator's card over the wire that vpcd would speak with it: power, then a command and an answer."""

    def __init__(self, generation: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            address = f"127.0.0.1:{listener.getsockname()[1]}"
            command = [SIMULATOR, "card", "--generation", generation, "--vpcd", address]
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            listener.settimeout(20)
            self.line, _ = listener.accept()
        self.line.settimeout(20)
        self.send(b"\x01")
        self.atr = self.exchange(b"\x04")

    def send(self, frame: bytes) -> None:
        self.line.sendall(len(frame).to_bytes(2, "big") + frame)

    def exchange(self, frame: bytes) -> bytes:
        self.send(frame)
        return self.read(int.from_bytes(self.read(2), "big"))

    def read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self.line.recv(size - len(data))
            assert part
            data += part
        return data

    def play(self, dialogue: card.CardDialogue) -> Any:
        """Plays a dialogue within what would be a transaction."""
        try:
            while (step := dialogue.step()) is not None:
                assert step[1] == 0
                dialogue.answered(self.exchange(step[0]))
            return dialogue.result
        finally:
            if dialogue.must_reset:
                self.send(b"\x02")

    def ask(self, line: str) -> Any:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        while "card" in (answer := json.loads(self.process.stdout.readline())):
            pass
        return answer


@pytest.fixture(params=["cps3", "cps4"])
def slot(request: pytest.FixtureRequest) -> Iterator[Slot]:
    slot = Slot(request.param)
    yield slot
    slot.process.communicate("quit\n", timeout=20)
    slot.line.close()


def test_a_program_with_its_own_reader_reads_signs_changes_and_unblocks(slot: Slot) -> None:
    cache = card.CardCache()
    here = card.Card(slot.atr, cache, t1=slot.atr[1] == 0x9B)
    contents = slot.play(here.read())
    assert (contents["serial"], contents["pin"], contents["pin_tries_left"]) == ("99000001", "needed", 3)
    told = next(one for one in contents["certificates"] if one["usage"] == "authentication")
    assert told["subject_id_nat"] == "899700218896"
    signed = slot.play(here.sign("authentication", b"a message", "1234"))
    certificate = card.CardCertificate(base64.b64decode(signed["certificate"]))
    certificate.check_signature("pkcs1-sha256", b"a message", base64.b64decode(signed["signature"]))
    assert slot.play(here.pin_status()) == {"pin": "needed", "pin_tries_left": 3}
    for left in (2, 1):
        with pytest.raises(Error) as raised:
            slot.play(here.sign("authentication", b"a message", "0000"))
        assert (raised.value.name, raised.value.facts["pin_tries_left"]) == ("card-pin-wrong", left)
    with pytest.raises(Error) as raised:
        slot.play(here.sign("authentication", b"a message", "1234"))
    assert raised.value.name == "card-pin-last-try"
    with pytest.raises(Error) as raised:
        slot.play(here.sign("authentication", b"a message", "0000", use_last_try=True))
    assert raised.value.name == "card-pin-blocked"
    slot.play(here.unblock("12345678", "4321"))
    slot.play(here.change_pin("4321", "1234"))
    slot.play(here.sign("signature", b"a message", "1234"))
    assert slot.ask("status")["tries"] == 3
    with pytest.raises(Error) as raised:
        slot.play(card.Card(slot.atr, cache, t1=slot.atr[1] == 0x9B, expected="99000002").read())
    assert raised.value.name == "card-other"
    with pytest.raises(Error) as raised:
        slot.play(here.sign("authentication", b"a message"))
    assert raised.value.name == "card-pin-required"


def test_readers_answer_wherever_the_program_runs() -> None:
    readers = card.Readers()
    try:
        assert isinstance(readers.list(), list)
    except Error as error:
        assert error.name in ("reader-library-absent", "reader-service-absent", "reader-failure")
    assert card.Readers.is_installed() in (True, False)
    assert card.Readers.session() in (None, "local", "rdp", "citrix")
    with pytest.raises(Error) as raised:
        card.Readers(expected="a card")
    assert raised.value.name == "card-unknown"


def test_a_wait_that_is_cancelled_ends() -> None:
    async def wait() -> str:
        readers = card.AsyncReaders()
        try:
            await readers.wait_for_card("no such reader", timeout=0.3)
        except Error as error:
            return error.name
        return "a card"

    assert asyncio.run(wait()).startswith("reader-")


def test_what_a_workstation_does_when_a_card_comes_and_goes() -> None:
    presence = card.CardPresence()
    assert presence.inserted("99000001") == "nothing"
    presence.signed_in("99000001")
    assert (presence.removed(), presence.is_locked) == ("lock", True)
    assert presence.inserted("99000002") == "refuse-other"
    assert presence.inserted("99000001") == "unlock"
    presence.signed_in("99000001")
    presence.signed_out(now=1_800_000_000)
    assert presence.tick(now=1_800_000_009) == "nothing"
    assert presence.tick(now=1_800_000_010) == "warn-forgotten"
    with pytest.raises(Error) as raised:
        presence.inserted("0")
    assert raised.value.name == "card-unknown"


def test_a_card_is_no_login_at_pro_sante_connect_and_what_is_no_module_is_not_loaded(tmp_path: Path) -> None:
    with pytest.raises(Error) as raised:
        client = psc.Client("id", "http://127.0.0.1/callback", secret="hush")
        psc.Psc(psc.Environment.bas(), client).sign_in_by_certificate()
    assert raised.value.name == "card-login-not-offered"
    (tmp_path / "module.so").write_bytes(b"no module")
    with pytest.raises(Error) as raised:
        card.Pkcs11(tmp_path / "module.so")
    assert raised.value.name == "pkcs11-module"
    assert isinstance(card.Pkcs11.installed(), list)
