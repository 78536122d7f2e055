"""The extract loaded by the tools of a data team, on one core: DuckDB, Polars to sorted Parquet, and a Python dictionary.

Each runs once, in a process of its own, whose CPU time and memory are told; what it leaves on disk too."""

import csv
import json
import os
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import duckdb
import polars

from bench import QUICK, baseline

TOPIC, TO = "directory-import", "read, UTF-8 checked, lines counted"
PLACE = Path(__file__).parents[3] / "target/bench/directory"
EXTRACT = PLACE / f"PS_LibreAcces_{20_000 if QUICK else 2_300_000}.txt"
IDENTIFIER = "Identification nationale PP"


def told(case: str, value: float, unit: str, base: float | None = None) -> None:
    result: dict[str, object] = {"topic": TOPIC, "case": case, "value": value, "unit": unit}
    if base:
        result |= {"ratio_to": TO, "ratio": value / base, "spread": [value / base] * 2, "most": None}
    print(json.dumps(result), flush=True)


def alone(case: str, run: Callable[[], object], file: Path | None) -> None:
    """Runs something in a child, and tells its time on the CPU, its memory and what it left."""
    if file:
        file.unlink(missing_ok=True)
    base = baseline() / 1e6
    child = os.fork()
    if child == 0:
        try:
            run()
            os._exit(0)
        except BaseException as error:
            print(error, file=sys.stderr)
            os._exit(1)
    _, status, used = os.wait4(child, 0)
    assert status == 0, case
    told(case, used.ru_utime + used.ru_stime, "s", base)
    told(f"{case}: memory", used.ru_maxrss / 1e3, "MB")
    if file:
        told(f"{case}: on disk", file.stat().st_size / 1e6, "MB")


def with_duckdb() -> None:
    with duckdb.connect(str(PLACE / "extract.duckdb"), config={"threads": 1}) as database:
        database.execute(
            "CREATE TABLE p AS SELECT * FROM read_csv(?, delim='|', quote='', escape='', header=true, all_varchar=true,"
            " null_padding=true, ignore_errors=true, strict_mode=false)",
            [str(EXTRACT)],
        )
        database.execute(f'CREATE INDEX i ON p ("{IDENTIFIER}")')


def with_polars() -> None:
    rows = polars.read_csv(
        EXTRACT, separator="|", quote_char=None, infer_schema=False, encoding="utf8-lossy", truncate_ragged_lines=True
    )
    rows.sort(IDENTIFIER).write_parquet(PLACE / "extract.parquet")


def with_csv() -> None:
    people: dict[str, list[list[str]]] = {}
    with EXTRACT.open(encoding="utf-8", errors="replace", newline="") as file:
        rows = csv.reader((line.replace("\0", "") for line in file), delimiter="|", quoting=csv.QUOTE_NONE)
        for row in rows:
            if len(row) > 2:
                people.setdefault(row[2], []).append(row)


alone(f"DuckDB {version('duckdb')}, index on the identifier", with_duckdb, PLACE / "extract.duckdb")
alone(f"Polars {version('polars')}, sorted Parquet", with_polars, PLACE / "extract.parquet")
alone("Python's csv, a dictionary", with_csv, None)
