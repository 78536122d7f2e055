"""Numbers, against the vectors that every face runs."""

import csv
from pathlib import Path

import pytest

from sas_psc import errors, ids, rpps

VECTORS = Path(__file__).parents[2] / "vectors"


def rows(name: str = "identifiers.csv") -> list[dict[str, str]]:
    with (VECTORS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


KINDS = {
    "idnat_struct": "structure",
    "struct_technical": "structure-technical",
    "cpx_card_number": "card-number",
    "psc_other": "opaque",
    "psc_psi": "opaque",
}


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['kind']}-{row['value']}")
def test_vectors(row: dict[str, str]) -> None:
    kind = "id-nat" if row["kind"].startswith("idnat_ps") else KINDS.get(row["kind"], row["kind"])
    found = ids.check(row["value"], kind=kind)
    assert found.valid is (row["valid"] != "false")
    if found.valid:
        assert found.checked == ("key" if row["valid"] == "true" else "format")
    if kind == "rpps":
        assert rpps.is_valid(row["value"]) is found.valid


def test_an_rpps_is_a_value() -> None:
    number = rpps.parse("99700218896")
    assert str(number) == "99700218896"
    assert number.id_nat == "899700218896"
    assert number.is_test_number
    assert repr(number) == "Rpps('•••8896')"
    assert number == rpps.Rpps("99700218896") and len({number, rpps.parse("99700218896")}) == 1
    with pytest.raises(AttributeError):
        number.id_nat = "8"  # type: ignore[misc]


def test_a_check_tells_the_reason_and_hides_the_number() -> None:
    found = ids.check(" 99700218897 ", kind="rpps")
    assert (found.valid, found.reason, found.checked, found.normalized) == (False, "key", "key", None)
    assert found.value == " 99700218897 " and "8897" not in repr(found)


def test_test_numbers_can_be_refused() -> None:
    assert ids.check("99700218896").test_number
    found = ids.check("99700218896", refuse_test_numbers=True)
    assert (found.valid, found.reason) == (False, "never-allocated")


def test_what_lends_no_column_is_refused() -> None:
    for value in (99700218896, ["99700218896"], None):
        with pytest.raises(TypeError):
            ids.check(value)  # type: ignore[call-overload]

    class Lends:
        def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
            return "no capsule"

    with pytest.raises(TypeError):
        ids.check(Lends())


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(errors.IdKindUnknownError):
        ids.check("99700218896", kind="rpps ")


def test_text_that_is_no_text() -> None:
    with pytest.raises(TypeError):
        rpps.parse(99700218896)  # type: ignore[arg-type]
    with pytest.raises(UnicodeEncodeError):
        rpps.parse("\ud800")


def test_groups() -> None:
    for row in rows("identifiers-grouped.csv"):
        assert ids.grouped(row["value"], kind=row["kind"]) == row["grouped"]
        assert ids.parse(row["value"], kind=row["kind"]) == row["grouped"].replace("\xa0", "")
        assert ids.is_valid(row["value"], kind=row["kind"])
    with pytest.raises(errors.IdKeyError):
        ids.grouped("99700218897")


def test_fhir_identifiers() -> None:
    for row in rows("identifiers-fhir.csv"):
        if row["kind"].startswith("error "):
            with pytest.raises(errors.Error) as raised:
                ids.from_fhir(row["value"], system=row["system"] or None, type_code=row["type_code"] or None)
            assert f"error {raised.value.name}" == row["kind"]
            continue
        found = ids.from_fhir(row["value"], system=row["system"] or None, type_code=row["type_code"] or None)
        assert (found.kind, found.value) == (row["kind"], row["number"])
        assert str(found.rpps or "") == row["rpps"]
        assert row["value"] not in repr(found)


def test_a_national_identifier() -> None:
    known = ids.IdNat("899700218896")
    assert (known.type_digit, str(known.rpps), known.adeli, known.is_test_number) == (8, "99700218896", None, True)
    assert known == ids.IdNat.typed("99700218896") and repr(known) == "IdNat('•••8896')"
    assert ids.fhir_token(known) == "https://rpps.esante.gouv.fr|99700218896"
    staff = ids.IdNat("30B0057881/CPET0002")
    assert (staff.structure, staff.internal, staff.grouped) == ("0B0057881", "CPET0002", "30B0057881/CPET0002")
    psi = ids.IdNat("019c5172-a5c0-7188-b81f-5c16807b9140")
    assert (psi.type_digit, psi.rpps, psi.structure) == (None, None, None)
    with pytest.raises(errors.IdCharacterError):
        ids.IdNat("8997 00218896")


def test_an_rpps_is_shown_whole_or_masked() -> None:
    number = rpps.parse("99700218896")
    assert number.grouped.replace("\xa0", " ") == "99 700 218 896"
    assert number.masked == "•••••••8896"
