"""The directory asked beside DuckDB, over the same extract: who has a number, who works at a place, who bears a name. Then
the same extract with its columns in another order, as another program might write it: every answer stays.

DuckDB reads the rows that the import took; the list of the others is the import's own (rejects.csv).
"""

import csv
import random
import sys
from pathlib import Path

import duckdb

from sas_psc import directory

EXTRACT, PLACE = Path(sys.argv[1]), Path(sys.argv[2])
DRAW = random.Random(11)


def imported(extract: Path, folder: Path) -> directory.Directory:
    directory.import_extract(extract, folder)
    return directory.Directory(folder)


def taken(folder: Path) -> Path:
    """The extract without the rows that the import refused."""
    with open(folder / "rejects.csv", encoding="utf-8", newline="") as file:
        refused = {int(row["line"]) for row in csv.DictReader(file)}
    assert refused, "the generator writes a few broken rows"
    lines = EXTRACT.read_bytes().split(b"\n")
    kept = [line for number, line in enumerate(lines, 1) if number not in refused]
    file = PLACE / "taken.txt"
    file.write_bytes(b"\n".join(kept))
    return file


def shuffled(file: Path) -> Path:
    """The same rows, their columns in another order."""
    rows = [line.split("|")[:-1] for line in file.read_text(encoding="utf-8").split("\n") if line]
    order = list(range(len(rows[0])))
    DRAW.shuffle(order)
    other = PLACE / "shuffled.txt"
    other.write_text("".join("|".join(row[at] for at in order) + "|\n" for row in rows), encoding="utf-8")
    return other


def people(index: directory.Directory, found: list[directory.Person]) -> set[str]:
    return {person.id_nat for person in found}


def main() -> None:
    index = imported(EXTRACT, PLACE / "index")
    file = taken(PLACE / "index")
    base = duckdb.connect()
    base.execute(
        "CREATE TABLE p AS SELECT * FROM read_csv(?, delim='|', quote='', escape='', header=true, all_varchar=true,"
        " null_padding=true, max_line_size=20000000, strict_mode=false)",
        [str(file)],
    )
    base.execute("CREATE VIEW q AS SELECT *, \"Identification nationale PP\" AS id FROM p")

    def ask(question: str, *values: str) -> list[tuple[str, ...]]:
        return base.execute(question, list(values)).fetchall()

    rows, ids = ask("SELECT count(*) FROM q")[0][0], sorted(row[0] for row in ask("SELECT DISTINCT id FROM q"))
    assert (index.meta["rows"], len(index)) == (rows, len(ids)), (index.meta, rows, len(ids))

    technical = '"Identifiant technique de la structure"'
    for id in DRAW.sample(ids, 400):
        person = index.find(id)
        assert person is not None, "nobody has it"
        said = ask(
            f"SELECT \"Nom d'exercice\", \"Prénom d'exercice\", \"Code profession\", coalesce({technical}, ''),"
            ' coalesce("Code postal (coord. structure)", \'\') FROM q WHERE id = ?',
            id,
        )
        known = person.to_dict()
        assert {row[2] or "" for row in said} == {practice["profession"] for practice in known["practices"]}
        places = sorted((row[3].strip(), row[4].strip()) for row in said if row[3])
        activities = [activity for practice in known["practices"] for activity in practice["activities"]]
        assert places == sorted((it["structure_id"], it["postcode"]) for it in activities if it["structure_id"])
        assert (known["family_name"], known["given_name"]) in {(row[0].strip(), row[1].strip()) for row in said}

    structures = [row[0] for row in ask(f"SELECT DISTINCT {technical} FROM q WHERE {technical} <> ''")]
    for structure in DRAW.sample(sorted(structures), 200):
        wanted = {row[0] for row in ask(f"SELECT DISTINCT id FROM q WHERE {technical} = ?", structure)}
        assert people(index, index.lookup(structure)) == wanted

    pairs = ask(
        'SELECT DISTINCT "Code profession", "Code postal (coord. structure)" FROM q'
        ' WHERE "Code postal (coord. structure)" <> \'\' AND "Code profession" <> \'\' ORDER BY ALL'
    )
    for profession, postcode in DRAW.sample(pairs, 200):
        wanted = {
            row[0]
            for row in ask(
                'SELECT id FROM q WHERE "Code profession" = ? INTERSECT'
                ' SELECT id FROM q WHERE "Code postal (coord. structure)" = ?',
                profession,
                postcode,
            )
        }
        assert people(index, index.search(profession=profession, postcode=postcode, limit=10_000)) == wanted

    names = [row[0] for row in ask("SELECT DISTINCT \"Nom d'exercice\" FROM q ORDER BY 1")]
    for name in DRAW.sample([name for name in names if name.isascii() and name.isalpha() and len(name) > 4], 100):
        start = name[:4].lower()
        wanted = {
            row[0]
            for row in ask(
                "SELECT DISTINCT id FROM q WHERE regexp_matches(lower(strip_accents(\"Nom d'exercice\")),"
                " '(^|[^a-z0-9])' || array_to_string(string_split(?, ''), '[^a-z0-9]*'))",
                start,
            )
        }
        assert people(index, index.search(name=start, limit=10_000)) == wanted, start

    other = imported(shuffled(file), PLACE / "other")
    assert (len(other), other.meta["rows"], other.meta["rejected"]) == (len(index), index.meta["rows"], 0)
    for at, id in enumerate(ids):
        one, two = index.find(id), other.find(id)
        assert one is not None and two is not None and one.to_dict() == two.to_dict(), at
    assert not other.changes_since(index)
    print(f"{rows} rows, {len(ids)} people: DuckDB {duckdb.__version__} says the same, and so does another order of columns")


main()
