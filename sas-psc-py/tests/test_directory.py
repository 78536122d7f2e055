"""The directory offline, over the vectors that every face runs."""

import json
from pathlib import Path

import pytest

from sas_psc import directory, errors

VECTORS = Path(__file__).parents[2] / "vectors" / "directory"
EXTRACT = VECTORS / "extract.txt"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    directory.import_extract(EXTRACT, tmp_path / "annuaire")
    return tmp_path / "annuaire"


def test_every_person_of_the_vectors(folder: Path) -> None:
    index = directory.Directory(folder)
    people = [json.loads(line) for line in (VECTORS / "people.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(index) == len(people) == index.meta["people"]
    for wanted in people:
        person = index.find(wanted["id_nat"])
        assert person and person.to_dict() == wanted
        assert (person.id_nat, person.family_name, person.given_name) == tuple(wanted.values())[:3]
        assert [found.id_nat for found in index.lookup(wanted["id_nat"])] == [person.id_nat]
        assert wanted["family_name"] not in repr(person)
    index.verify()


def test_a_number_of_any_kind_and_nobody(folder: Path) -> None:
    index = directory.Directory(folder)
    doctor = index.find("99700366240")
    assert doctor and doctor.professional.rpps == "99700366240"
    assert [len(practice["activities"]) for practice in doctor.to_dict()["practices"]] == [2]
    assert doctor.professional.situations[0].label
    assert len(index.lookup("300000000012345")) == len(index.lookup("00000000012345")) == 3
    assert index.find("99700366249") is None and index.lookup("00000000099999") == []


def test_search_folds_and_asks_something(folder: Path) -> None:
    index = directory.Directory(folder)
    found = index.search(name="la tour", given="benedicte")
    assert [person.id_nat for person in found] == ["899700000104"]
    assert len(index.search(postcode="75009", limit=2)) == 2
    with pytest.raises(errors.DirectoryQuestionError):
        index.search(name="-'")


def test_a_newer_index_tells_who_changed(folder: Path, tmp_path: Path) -> None:
    older = directory.Directory(folder)
    lines = EXTRACT.read_text(encoding="utf-8").splitlines(keepends=True)
    later = tmp_path / "PS_LibreAcces_Personne_activite_202610010812.txt"
    later.write_text("".join(lines[:6] + lines[7:]).replace("|75009|", "|75010|"), encoding="utf-8")
    imported = directory.import_extract([later], str(folder), allow_shrink=True)
    assert (imported["source_date"], imported["rows"]) == ("2026-10-01", 10)
    newer = directory.Directory(folder)
    changes = newer.changes_since(older)
    assert {word for word, _ in changes} == {"left", "changed"}
    # Who had the older one open still reads it.
    assert all(person.family_name and older.find(person.id_nat) for _, person in changes)


def test_what_is_refused_leaves_the_index(folder: Path, tmp_path: Path) -> None:
    before = (folder / "directory.index").read_bytes()
    cut = tmp_path / "cut.txt"
    cut.write_bytes(EXTRACT.read_bytes()[:-80])
    with pytest.raises(errors.ExtractCutError) as raised:
        directory.import_extract(cut, folder)
    assert raised.value.blame == "caller"
    assert directory.import_extract(cut, folder, allow_shrink=True)["rejected"] == 4
    with pytest.raises(errors.DirectoryMissingError):
        directory.Directory(tmp_path)
    (folder / "directory.index").write_bytes(before[:-1])
    with pytest.raises(errors.DirectoryDamagedError):
        directory.Directory(folder)


def test_progress_is_told_and_may_stop(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    directory.import_extract(EXTRACT, tmp_path, progress=lambda rows, read: told.append((rows, read)))
    assert told[-1][1] == directory.extract_size(EXTRACT) == EXTRACT.stat().st_size
    with pytest.raises(errors.FileUnreadableError):
        directory.extract_size(tmp_path / "absent.txt")
    assert told[-1] == (14, EXTRACT.stat().st_size)

    def stop(rows: int, read: int) -> None:
        raise TimeoutError

    before = (tmp_path / "directory.index").read_bytes()
    with pytest.raises(TimeoutError):
        directory.import_extract(EXTRACT, tmp_path, progress=stop)
    assert (tmp_path / "directory.index").read_bytes() == before
