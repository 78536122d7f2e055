"""A Spark job over Parquet, on a cluster of two workers of their own processes: each batch goes through the wheel where it is.

The answers are compared with those of each value alone, and with the counts of the generator.
"""

import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow
import pyarrow.parquet
from pyspark.sql import SparkSession

from sas_psc import ids

ROWS = 300_000
PLACE = Path(sys.argv[1])


def key(body: str) -> int:
    """The Luhn key, the slow way."""
    digits = [int(digit) for digit in body]
    doubled = [digit if at % 2 == 0 else sum(divmod(2 * digit, 10)) for at, digit in enumerate(digits)]
    return -sum(doubled) % 10


def write() -> tuple[int, int]:
    """Parquet files of invented numbers; how many are right, and how many are missing."""
    draw = random.Random(7)
    right = missing = 0
    for part in range(6):
        values: list[str | None] = []
        for _ in range(ROWS // 6):
            body = f"{draw.choice(['997', '999'])}{draw.randrange(10**7):07}"
            fate = draw.random()
            if fate < 0.05:
                values.append(None)
                missing += 1
            elif fate < 0.15:
                values.append(f"{body}{(key(body) + 1) % 10}")
            elif fate < 0.20:
                values.append(f" {body}{key(body)}")
                right += 1
            else:
                values.append(f"{body}{key(body)}")
                right += 1
        table = pyarrow.table({"row": range(part * ROWS // 6, (part + 1) * ROWS // 6), "rpps": values})
        pyarrow.parquet.write_table(table, PLACE / f"part-{part}.parquet")
    return right, missing


def checked(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
    """Runs on a worker, a batch at a time."""
    for batch in batches:
        answer = pyarrow.record_batch(pyarrow.table(ids.check(batch.column("rpps"), kind="rpps")).combine_chunks().to_batches()[0])
        yield pyarrow.record_batch(
            {
                "row": batch.column("row"),
                "rpps": batch.column("rpps"),
                "valid": answer.column("valid"),
                "normalized": answer.column("normalized").cast(pyarrow.string()),
                "reason": answer.column("reason").cast(pyarrow.string()),
            }
        )


def main() -> None:
    right, missing = write()
    spark = SparkSession.builder.master("local-cluster[2,1,1024]").appName("sas-psc").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    schema = "row long, rpps string, valid boolean, normalized string, reason string"
    frame = spark.read.parquet(str(PLACE)).mapInArrow(checked, schema).cache()
    assert frame.count() == ROWS
    assert frame.where("valid").count() == right
    assert frame.where("valid is null").count() == missing == frame.where("rpps is null").count()
    reasons = {row["reason"] for row in frame.where("not valid").select("reason").distinct().collect()}
    assert reasons == {"key"}, reasons
    for row in frame.where("rpps is not null").orderBy("row").limit(2000).collect():
        alone = ids.check(row["rpps"], kind="rpps")
        assert (row["valid"], row["normalized"], row["reason"]) == (alone.valid, alone.normalized, alone.reason), row["row"]
    workers = spark.sparkContext._jsc.sc().getExecutorMemoryStatus().size()
    assert workers >= 2, f"{workers} processes"
    spark.stop()
    print(f"{ROWS} rows, {right} right, {missing} missing, on {workers - 1} workers")


if __name__ == "__main__":
    main()
