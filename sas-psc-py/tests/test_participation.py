"""Participation: every case of vectors/participation, as Rust, C and the command say."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sas_psc import errors, participation

VECTORS = Path(__file__).parents[2] / "vectors" / "participation"
TIMED = {"slot": participation.check_slot, "slot-days": participation.slot_days, "absences": participation.check_absences}
CASES = [pytest.param(json.loads(file.read_text()), id=file.stem) for file in sorted(VECTORS.glob("*.json"))]


@pytest.mark.parametrize("case", CASES)
def test_the_verdict_is_what_the_file_says(case: Any) -> None:
    settings, compatible = case["settings"], case["mode"] == "compatible"
    match case.get("kind"):
        case None:
            verdict = participation.check(settings, compatible=compatible)
        case "structure":
            verdict = participation.check_structure(settings, compatible=compatible)
        case kind:
            now = datetime.fromisoformat(case["now"].replace("Z", "+00:00"))
            verdict = TIMED[kind](settings, now=now, compatible=compatible)
    assert verdict == case["expected"]


def test_words_come_in_both_languages_and_only_settings_are_read() -> None:
    assert participation.check({"participation_sas": True}, lang="en")["problems"][0]["message"].isascii()
    with pytest.raises(errors.SettingsUnreadableError):
        participation.check({"siret": "0" * 70_000})
    with pytest.raises(ValueError):
        participation.check_slot({}, now=datetime(2026, 11, 26))
    assert participation.check_slot({"date": "2000-01-01", "start_hours": "0800"})["problems"][0]["field"] == "start_hours"
