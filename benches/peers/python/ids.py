"""A column of RPPS numbers judged from Python: our package through Arrow, and by way of NumPy, Numba, DuckDB, Polars and
python-stdnum, which gets one number in a hundred and is told as a hundred times that."""

from importlib.metadata import version
from pathlib import Path

import duckdb
import numba
import numpy
import polars
import pyarrow
from stdnum import luhn

from bench import QUICK, case
from sas_psc import ids

TOPIC, TO = "ids", "10 M, a plain loop over the digits"
COUNT = 1_000_000 if QUICK else 10_000_000
bytes_ = (Path(__file__).parents[3] / f"target/bench/ids/numbers-{COUNT}.txt").read_bytes()
offsets = pyarrow.py_buffer(numpy.arange(0, len(bytes_) + 1, 11, dtype=numpy.int32).tobytes())
column = pyarrow.StringArray.from_buffers(COUNT, offsets, pyarrow.py_buffer(bytes_))
digits = numpy.frombuffer(bytes_, dtype=numpy.uint8).reshape(COUNT, 11)
numbers = (digits.astype(numpy.int64) - 48) @ (10 ** numpy.arange(10, -1, -1))
integers = pyarrow.array(numbers)
doubled = numpy.array([0, 2, 4, 6, 8, 1, 3, 5, 7, 9], dtype=numpy.uint8)
right = ids.check(column, kind="rpps").accepted


def ours() -> None:
    assert ids.check(column, kind="rpps").accepted == right


def ours_of_integers() -> None:
    assert ids.check(integers, kind="rpps").accepted == right


def with_numpy() -> None:
    total = 0
    for start in range(0, COUNT, 1 << 16):
        part = digits[start : start + (1 << 16)] - 48
        good = (part < 10).all(axis=1)
        sums = part[:, ::2].sum(axis=1, dtype=numpy.uint16) + doubled[part[:, 1::2] % 10].sum(axis=1, dtype=numpy.uint16)
        total += int((good & (sums % 10 == 0)).sum())
    assert total == right


@numba.njit
def compiled(rows: numpy.ndarray, verdicts: numpy.ndarray) -> int:
    total = 0
    for row in range(rows.shape[0]):
        good, sums = True, 0
        for at in range(11):
            digit = rows[row, at] - 48
            good = good and 0 <= digit < 10
            if at % 2 == 1:
                digit = digit * 2 if digit < 5 else digit * 2 - 9
            sums += digit
        verdicts[row] = good and sums % 10 == 0
        total += verdicts[row]
    return total


def with_numba() -> None:
    assert compiled(digits, numpy.empty(COUNT, dtype=numpy.bool_)) == right


connection = duckdb.connect(config={"threads": 1})
connection.register("numbers", pyarrow.table({"n": column}))
at = [f"(ascii(n[{place + 1}]) - 48)" for place in range(11)]
terms = [digit if place % 2 == 0 else f"({digit} * 2 - CASE WHEN {digit} > 4 THEN 9 ELSE 0 END)" for place, digit in enumerate(at)]
question = f"SELECT count(*) FROM numbers WHERE length(n) = 11 AND ({' + '.join(terms)}) % 10 = 0"


def with_duckdb() -> None:
    assert connection.execute(question).fetchall()[0][0] == right


frame = polars.DataFrame({"n": polars.Series(numbers)})
place = [polars.col("n") // 10 ** (10 - at) % 10 for at in range(11)]
sums = sum((digit if at % 2 == 0 else digit * 2 - (digit > 4).cast(polars.Int64) * 9 for at, digit in enumerate(place)), polars.lit(0))


def with_polars() -> None:
    assert frame.lazy().select((sums % 10 == 0).sum()).collect().item() == right


texts = [bytes_[at : at + 11].decode() for at in range(0, 11 * COUNT // 100, 11)]


def with_stdnum() -> None:
    for text in texts:
        luhn.is_valid(text)


case(TOPIC, "sas-psc from Python, 10 M, through Arrow", TO, ours, 0.8)
case(TOPIC, "sas-psc from Python, 10 M integers, through Arrow", TO, ours_of_integers, 0.8)
case(TOPIC, f"Numba {version('numba')}, 10 M", TO, with_numba)
case(TOPIC, f"NumPy {version('numpy')}, 10 M", TO, with_numpy)
case(TOPIC, f"DuckDB {version('duckdb')}, 10 M, one thread", TO, with_duckdb)
case(TOPIC, f"Polars {version('polars')}, 10 M integers", TO, with_polars)
case(TOPIC, f"python-stdnum {version('python-stdnum')}, 10 M", TO, with_stdnum, times=100)
