"""Columns of numbers lent by pyarrow, Polars, pandas and DuckDB: each row is judged as its value alone is, and each library
takes the answers back. pyarrow's own full validation judges the memory that we give."""

import csv
import sys

import duckdb
import pandas
import polars
import pyarrow

from sas_psc import errors, ids

with open(sys.argv[1], encoding="utf-8", newline="") as file:
    VALUES: list[str | None] = [row["value"] for row in csv.DictReader(file)]
VALUES += [None, " 99700218896", "0b0057881", "30B0057881/CPET0002 ", "", "é", "00000000000", "x" * 100, None]
NUMBERS = [99700218896, 99700218897, None, 540002698, 10000024, -1, 0, 18751275100020]

TEXTS = [pyarrow.string(), pyarrow.large_string(), pyarrow.string_view()]
DICTIONARIES = [pyarrow.dictionary(pyarrow.int8(), text) for text in TEXTS[:2]] + [pyarrow.dictionary(pyarrow.uint32(), TEXTS[0])]


def wanted(values: list[str | None], kind: str, refuse: bool = False) -> list[dict[str, object]]:
    """What each value gives by itself."""
    rows = []
    for value in values:
        if value is None:
            row = {"valid": None, "normalized": None, "test_number": None, "reason": None, "kind": None}
        else:
            found = ids.check(value, kind=kind, refuse_test_numbers=refuse)
            row = {name: getattr(found, name) for name in ("valid", "normalized", "test_number", "reason", "kind")}
        if kind != "auto":
            del row["kind"]
        rows.append(row)
    return rows


def rows(answer: ids.Checks) -> list[dict[str, object]]:
    """The answers, read by pyarrow, which looks at every offset of them."""
    table = pyarrow.table(answer)
    table.validate(full=True)
    return table.to_pylist()


def arrow() -> None:
    for kind in ("auto", "rpps", "id-nat", "finess", "opaque"):
        for refuse in (False, True):
            want = wanted(VALUES, kind, refuse)
            for type in TEXTS + DICTIONARIES:
                column = pyarrow.array(VALUES, type)
                answer = ids.check(column, kind=kind, refuse_test_numbers=refuse)
                assert rows(answer) == want, (kind, type)
                assert pyarrow.table(answer).schema.field("normalized").type == type
                assert (len(answer), answer.absent) == (len(VALUES), 2)
                assert answer.accepted == sum(row["valid"] is True for row in want)
                for start, count in ((0, 0), (1, 7), (3, 64), (len(VALUES), 0)):
                    part = ids.check(column.slice(start, count), kind=kind, refuse_test_numbers=refuse)
                    assert rows(part) == want[start : start + count], (kind, type, start)
                chunks = pyarrow.chunked_array([column, column.slice(5, 20), column.slice(0, 0)])
                assert rows(ids.check(chunks, kind=kind, refuse_test_numbers=refuse)) == want + want[5:25]
    for kind in ("auto", "rpps", "finess", "siret"):
        width = {"finess": 9, "siret": 14}.get(kind, 0)
        texts = [None if number is None else f"{number:0{width if number > 0 else 0}}" for number in NUMBERS]
        found = rows(ids.check(pyarrow.array(NUMBERS, pyarrow.int64()), kind=kind))
        for row, want in zip(found, wanted(texts, kind), strict=True):
            assert (row["valid"], row["reason"]) == (want["valid"], want["reason"]), (kind, row)
    table = pyarrow.table({"other": range(len(VALUES)), "number": pyarrow.array(VALUES, pyarrow.string())})
    assert rows(ids.check(table, column="number")) == wanted(VALUES, "auto")
    batch = pyarrow.record_batch(ids.check(pyarrow.array(["99700218896"])))
    assert batch.to_pylist()[0]["valid"] is True


def shared() -> None:
    """Right values are not copied: the same address before and after."""
    column = pyarrow.array(["99700218896", "99700218897"] * 1000)
    normalized = pyarrow.record_batch(ids.check(column, kind="rpps")).column("normalized")
    assert normalized.buffers()[2].address == column.buffers()[2].address
    # And they outlive what they came from.
    answer = ids.check(pyarrow.array([f"{number:011}" for number in range(10_000)]), kind="rpps")
    assert sum(row["valid"] for row in rows(answer)) == answer.accepted == 999


def frames() -> None:
    want = wanted(VALUES, "auto")
    found = polars.DataFrame(ids.check(polars.Series(VALUES)))
    assert found.to_dicts() == want
    frame = polars.DataFrame({"number": VALUES, "row": range(len(VALUES))})
    assert polars.DataFrame(ids.check(frame, column="number")).to_dicts() == want
    categories = polars.DataFrame(ids.check(polars.Series(VALUES, dtype=polars.Categorical)))
    assert categories.cast({"normalized": polars.String}).to_dicts() == want

    found = pandas.DataFrame.from_arrow(ids.check(pandas.Series(VALUES, dtype="str")))
    assert found["valid"].sum() == sum(row["valid"] is True for row in want) and len(found) == len(want)
    assert [row or None for row in found["reason"].astype(object).where(found["reason"].notna(), None)] == [row["reason"] for row in want]

    numbers = pyarrow.table({"number": pyarrow.array(VALUES, pyarrow.string())})
    answer = ids.check(duckdb.sql("select number from numbers"), kind="auto")
    assert rows(answer) == want
    counted = duckdb.sql("select count(*) filter (valid), count(*) filter (reason = 'key') from answer").fetchall()[0]
    assert counted == (answer.accepted, sum(row["reason"] == "key" for row in want))


def larger_than_memory() -> None:
    """Two million rows pass, made when they are asked for; memory stays that of a batch."""
    right = pyarrow.array(["99700218896", "99700218897"] * 50_000)

    def made():
        for _ in range(20):
            yield pyarrow.record_batch({"number": right, "row": pyarrow.array(range(len(right)))})
            most.append(pyarrow.total_allocated_bytes())

    most: list[int] = []
    schema = pyarrow.schema({"number": pyarrow.string(), "row": pyarrow.int64()})
    reader = pyarrow.RecordBatchReader.from_batches(schema, made())
    count = sum(found.accepted for found in ids.check_each(reader, kind="rpps", column="number"))
    assert count == 20 * 50_000
    assert max(most[5:]) <= most[2] + 4_000_000, most


def refusals() -> None:
    def refused(error: type[Exception], data: object, **asked: object) -> None:
        try:
            ids.check(data, **asked)  # type: ignore[call-overload]
        except error as raised:
            assert not any(value in str(raised) for value in VALUES if value and len(value) > 8)
        else:
            raise AssertionError(f"{error.__name__} was not raised")

    refused(errors.IdColumnTypeError, pyarrow.array([1.5]))
    refused(errors.IdColumnTypeError, pyarrow.array([b"99700218896"]))
    refused(errors.IdColumnTypeError, pyarrow.array([["99700218896"]]))
    refused(errors.IdKindUnknownError, pyarrow.array(["1"]), kind="nir")
    table = pyarrow.table({"a": ["1"], "b": ["1"]})
    refused(errors.ColumnMissingError, table)
    refused(errors.ColumnMissingError, table, column="c")
    refused(TypeError, ["99700218896"])

    def stops():
        yield pyarrow.record_batch({"number": ["99700218896"]})
        raise ValueError("the disk that held 99700218896 is gone")

    schema = pyarrow.schema({"number": pyarrow.string()})
    refused(errors.ArrowSourceError, pyarrow.RecordBatchReader.from_batches(schema, stops()))
    chunked = ids.check(pyarrow.chunked_array([["1"], ["2"]]))
    try:
        pyarrow.array(chunked)
    except errors.ArrowChunkedError:
        pass
    else:
        raise AssertionError("two pieces came as one array")


for part in (arrow, shared, frames, larger_than_memory, refusals):
    part()
versions = ", ".join(f"{library.__name__} {library.__version__}" for library in (pyarrow, polars, pandas, duckdb))
print(f"{len(VALUES)} values in {len(TEXTS) + len(DICTIONARIES)} layouts: {versions}")
