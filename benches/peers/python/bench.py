"""How a case in Python is measured: the Rust baseline right before it, in its own process; the ratio of the pair."""

import json
import os
import statistics
import subprocess
import time
from collections.abc import Callable

QUICK = bool(os.environ.get("QUICK"))
ROUNDS, SAMPLE = (2, 0.004) if QUICK else (15, 0.02)


def seconds(run: Callable[[], object], count: int) -> float:
    start = time.process_time()
    for _ in range(count):
        run()
    return (time.process_time() - start) / count


def baseline() -> float:
    """Microseconds of the topic's baseline, measured now."""
    return float(subprocess.run([*os.environ["BASELINE"].split(), "--baseline"], check=True, capture_output=True).stdout)


def case(
    topic: str, name: str, ratio_to: str, run: Callable[[], object], most: float | None = None, times: float = 1
) -> None:
    """Measures a case and prints its line; with ``times``, that many of it are the work of the baseline."""
    run()
    count = 1
    while (took := seconds(run, count)) * count < SAMPLE / 4:
        count *= 4
    count = max(1, int(SAMPLE / took))
    # What takes seconds is not run for minutes.
    rounds = ROUNDS if took < 0.2 else min(ROUNDS, 5)
    values, ratios = [], []
    for _ in range(rounds):
        base = baseline()
        values.append(seconds(run, count) * 1e6 * times)
        ratios.append(values[-1] / base)
    result = {"topic": topic, "case": name, "value": statistics.median(values), "unit": "µs", "ratio_to": ratio_to}
    result |= {"ratio": statistics.median(ratios), "spread": [min(ratios), max(ratios)], "most": most}
    print(json.dumps(result), flush=True)
