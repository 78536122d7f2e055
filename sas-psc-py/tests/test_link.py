"""Accounts that exist already and their lives: every case of vectors/link and vectors/life, and plans over columns."""

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

import sas_psc
from sas_psc import errors, life, link, psc
from sas_psc._sas_psc import link_decide

VECTORS = Path(__file__).parents[2] / "vectors"


def cases(room: str) -> list[Any]:
    files = sorted((VECTORS / room).glob("*.json"))
    assert len(files) >= 20
    return [pytest.param(json.loads(file.read_text()), id=file.stem) for file in files]


@pytest.mark.parametrize("case", cases("link"))
def test_a_sign_in_means_what_its_file_says(case: Any) -> None:
    person = psc.UserInfo(json.dumps(case["person"]).encode()).professional
    origins = case.get("trusted_origins")
    trusted = None if origins is None else [word for word in origins.split(",") if word]
    if "code" in case:
        with pytest.raises(sas_psc.Error) as caught:
            link_decide(person, json.dumps(case["accounts"]), trusted)
        assert caught.value.name == case["code"]
    else:
        assert link.decide(person, case["accounts"], trusted_origins=trusted) == case["expect"]


def test_columns_of_a_base_are_planned() -> None:
    pyarrow = pytest.importorskip("pyarrow")
    accounts = pyarrow.array([1, 2, 3, 4])
    rpps = pyarrow.array(["99700218896", "99700245667", None, "99700218897"])
    idnat = pyarrow.array([None, None, "899700245667", None])
    assert link.plan(accounts, rpps, idnat) == ["linked", "ambiguous", "ambiguous", "wrong-number"]
    assert link.plan(["1"], ["99700218896"], people=lambda number: []) == ["unknown"]
    assert link.plan(["1"], ["99700218896"], people=lambda number: ["a", "b"]) == ["ambiguous"]
    assert link.plan(["1"], [float("nan")]) == ["unknown"]


def test_rows_of_a_table_are_planned_by_the_names_of_its_columns() -> None:
    assert link.plan_columns(["Nom", "N° RPPS", "Compte"]) == (2, [1])
    with pytest.raises(errors.ColumnMissingError) as missing:
        link.plan_columns(["compte", "email"])
    assert missing.value.facts["field"] == "number"
    with pytest.raises(errors.PlanAccountTwiceError):
        link.plan_rows([("1", []), ("1", [])])
    with pytest.raises(errors.PlanAccountMissingError):
        link.plan_rows([("", [])])
    assert repr(link.LinkPlan()) == "LinkPlan(0 rows)"


@pytest.mark.parametrize("case", cases("life"))
def test_what_is_due_is_what_the_file_says(case: Any) -> None:
    now = datetime.fromisoformat(case["now"].replace("Z", "+00:00"))
    if "code" in case:
        with pytest.raises(sas_psc.Error) as caught:
            life.due(case["life"], now=now, rules=case.get("rules"))
        assert caught.value.name == case["code"]
    else:
        assert life.due(case["life"], now=now, rules=case.get("rules")) == case["expect"]


def test_an_export_has_the_members_of_the_schema() -> None:
    now = datetime(2026, 11, 24, tzinfo=timezone.utc)
    file = json.loads(life.export({"service": "SAS", "application": {"note": 1}}, now=now))
    schema = json.loads((VECTORS.parent / "docs" / "gdpr" / "export.schema.json").read_text())
    assert sorted(file) == sorted(schema["properties"])
    assert (file["made_at"], file["application"]) == ("2026-11-24T00:00:00Z", {"note": 1})
    with pytest.raises(errors.ExportMemberError):
        life.export({"emails": []}, now=now)
    with pytest.raises(ValueError):
        life.export({}, now=datetime(2026, 11, 24))
