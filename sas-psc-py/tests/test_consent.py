"""Consent logs, over the receipts that every face judges, and over a log that the command made."""

import json
import os
import subprocess
import threading
from datetime import datetime, timezone
from pathlib import Path

import pytest

from sas_psc import consent, errors

TOP = Path(__file__).parents[2]
VECTORS = sorted((TOP / "vectors" / "consent-log").glob("*.json"))
COMMAND = Path(os.environ.get("CARGO_TARGET_DIR", TOP / "target")) / "debug" / "sas-psc"


@pytest.mark.parametrize("file", VECTORS, ids=lambda file: file.stem)
def test_every_receipt_of_the_vectors(file: Path) -> None:
    case = json.loads(file.read_text(encoding="utf-8"))
    if case["expect"] is None:
        proven = consent.verify_receipt(case["proof"], case["opening"], case["vkey"])
        assert proven["tree_size"] == 300 and proven["what"]["event"] == "accepted"
        return
    with pytest.raises(errors.Error) as caught:
        consent.verify_receipt(case["proof"].encode(), case["opening"], case["vkey"])
    assert caught.value.name == case["expect"]


EVIDENCE = sorted((TOP / "vectors" / "consent-evidence").glob("*.json"))


@pytest.mark.parametrize("file", EVIDENCE, ids=lambda file: file.stem)
def test_every_evidence_of_the_vectors(file: Path) -> None:
    case = json.loads(file.read_text(encoding="utf-8"))
    if case["expect"] is None:
        proven = consent.verify_evidence(case["opening"], case["evidence"])
        assert (proven["id_nat"], proven["acr"]) == ("899700000013", "eidas1")
        return
    with pytest.raises(errors.Error) as caught:
        consent.verify_evidence(case["opening"].encode(), case["evidence"])
    assert caught.value.name == case["expect"]


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, str, str]:
    """A log, the hash of its terms, its public key."""

    def run(*arguments: str) -> dict[str, str]:
        said = subprocess.run([COMMAND, "--json", "consent", *arguments], check=True, capture_output=True, text=True)
        return json.loads(said.stdout)  # type: ignore[no-any-return]

    folder, cgu = tmp_path / "journal", tmp_path / "cgu.txt"
    cgu.write_text("Article 1", encoding="utf-8")
    vkey = run("init", "--log", str(folder), "--origin", "exemple.fr/consentements")["vkey"]
    names = ["--slug", "cgu", "--version", "1", "--lang", "fr", "--file", str(cgu)]
    return folder, run("terms", "add", "--log", str(folder), *names)["sha256"], vkey


def test_answers_are_recorded_proved_and_forgotten(made: tuple[Path, str, str]) -> None:
    folder, terms, vkey = made
    with consent.ConsentLog(folder) as log:
        assert "8997" not in repr(log)
        first = log.accept(terms, "899700218896", at=datetime(2026, 11, 1, tzinfo=timezone.utc))
        assert (first["leaf_index"], first["tree_size"]) == (0, 1)
        signed_in = {"issuer": "https://psc.example", "subject": "f:1:1", "acr": "eidas1", "auth_time": 1795420000}
        log.refuse(terms, {**signed_in, "client": "c", "id_token_sha256": "0" * 64})
        assert log.withdraw(terms, "899700218896")["leaf_index"] == 2
        with pytest.raises(errors.RecordNoneBeforeError):
            log.withdraw(terms, "899700245667")
        with pytest.raises(errors.LogBusyError):
            consent.ConsentLog(folder)
        proven = consent.verify_receipt(*log.receipt(first["record_id"]), vkey)
        assert proven["what"]["at"] == "2026-11-01T00:00:00Z"
        assert log.forget("899700218896") == 2
        with pytest.raises(errors.RecordUnknownError):
            log.receipt(first["record_id"])
        with pytest.raises(errors.RecordUnreadableError):
            log.append(b"SPCR")
    assert consent.verify(folder, vkey) == {"valid": True, "tree_size": 3, "problems": []}


def test_evidence_lies_sealed_beside_its_record(made: tuple[Path, str, str]) -> None:
    folder, terms, vkey = made
    evidence = json.loads((TOP / "vectors" / "consent-evidence" / "sign-in.json").read_text(encoding="utf-8"))["evidence"]
    at = datetime.fromisoformat(json.loads(evidence)["verified_at"].replace("Z", "+00:00"))
    with consent.ConsentLog(folder) as log:
        recorded = log.accept(terms, "899700000013", at=at, evidence=evidence)
        plain = log.accept(terms, "899700245667")
        assert log.evidence(recorded["record_id"]) == evidence
        assert log.evidence(plain["record_id"]) is None
        proof, opening = log.receipt(recorded["record_id"])
        assert consent.verify_receipt(proof, opening, vkey)["evidence"] == "sign-in"
        assert consent.verify_evidence(opening, evidence)["subject"].endswith(":899700000013")
        with pytest.raises(errors.EvidenceOtherSignInError):
            log.accept(terms, "899700245667", at=at, evidence=evidence)
        assert log.forget("899700000013") == 1
        with pytest.raises(errors.RecordUnknownError):
            log.evidence(recorded["record_id"])


def test_what_changed_in_the_terms_is_a_text(made: tuple[Path, str, str], tmp_path: Path) -> None:
    folder, terms, _ = made
    text = tmp_path / "cgu.txt"
    text.write_text("Article 1 bis", encoding="utf-8")
    names = ["--slug", "cgu", "--version", "2", "--lang", "fr", "--file", str(text)]
    run = [str(COMMAND), "consent", "terms", "add", "--log", str(folder), *names]
    new = subprocess.run(run, check=True, capture_output=True, text=True).stdout.strip()
    shown = consent.terms_difference(folder, terms, new)
    assert shown == "Version 1 → version 2\n\ncgu\n- Article 1\n+ Article 1 bis\n"
    with pytest.raises(errors.TermsUnknownError):
        consent.terms_difference(folder, terms, "0" * 64, lang="en")


def test_threads_share_a_log_and_damage_is_named(made: tuple[Path, str, str]) -> None:
    folder, terms, vkey = made
    log = consent.ConsentLog(folder)
    threads = [threading.Thread(target=log.accept, args=(terms, f"personne-{n}")) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.close()
    since = (folder / "checkpoint").read_text(encoding="utf-8")
    assert consent.verify(folder, vkey, since=since)["tree_size"] == 8
    entries = folder / "tile" / "entries" / "000.p" / "8"
    changed = bytearray(entries.read_bytes())
    changed[43 * 5 + 20] ^= 1
    entries.write_bytes(changed)
    found = consent.verify(folder, vkey, lang="en")
    assert {"index": 5, "kind": "changed", "message": "Entry 5: not what was logged."} in found["problems"]
    assert not found["valid"]
