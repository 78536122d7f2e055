"""People looked up from Python by their identifier, random and warm: our package, SQLite, DuckDB and Polars over the same
extract (the latter two as directory_import left it)."""

import itertools
import sqlite3
from importlib.metadata import version
from pathlib import Path

import duckdb
import polars

from bench import case
from sas_psc.directory import Directory

TOPIC, TO = "directory-lookup", "rusqlite, every column"
PLACE = Path(__file__).parents[3] / "target/bench/directory"
ids = (PLACE / "ids.txt").read_text().split("\n")
index = Directory(PLACE / "index")
turns = itertools.cycle(ids)


def ours() -> None:
    person = index.find(next(turns))
    assert person


def to_the_name() -> None:
    person = index.find(next(turns))
    assert person and person.family_name


def every_field() -> None:
    person = index.find(next(turns))
    assert person and person.to_dict()


sqlite = sqlite3.connect(PLACE / "extract.sqlite")


def with_sqlite() -> None:
    assert sqlite.execute("SELECT * FROM p WHERE c2 = ?", (next(turns),)).fetchall()


duck = duckdb.connect(str(PLACE / "extract.duckdb"), read_only=True, config={"threads": 1})


def with_duckdb() -> None:
    assert duck.execute('SELECT * FROM p WHERE "Identification nationale PP" = ?', [next(turns)]).fetchall()


frame = polars.scan_parquet(PLACE / "extract.parquet")


def with_polars() -> None:
    wanted = polars.col("Identification nationale PP") == next(turns)
    assert frame.filter(wanted).collect().height


case(TOPIC, "sas-psc from Python, to the record", TO, ours, 0.39)
case(TOPIC, "sas-psc from Python, to the name", TO, to_the_name)
case(TOPIC, "sas-psc from Python, the person as a dict", TO, every_field)
case(TOPIC, "sqlite3 of Python, every column", TO, with_sqlite)
case(TOPIC, f"DuckDB {version('duckdb')}, every column", TO, with_duckdb)
case(TOPIC, f"Polars {version('polars')}, every column", TO, with_polars)
