"""Writes the tables of docs/PERFORMANCE.md from target/bench/TOPIC.jsonl, each between its two markers."""

import datetime
import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/PERFORMANCE.md"


def said(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout.strip()


def machine() -> str:
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    name = cpu.group(1) if cpu else platform.processor()
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{name}, {os.cpu_count()} CPUs (load {load}), {platform.system()} {platform.release()}"


def number(value: float) -> str:
    digits = 3 if value < 1 else 2 if value < 20 else 1 if value < 200 else 0
    return f"{value:,.{digits}f}"


def times(ratio: float) -> str:
    return f"{ratio:.3g}" if ratio < 1000 else f"{ratio:,.0f}"


def row(line: dict, head: str) -> str:
    ratio, most, spread = line.get("ratio"), line.get("most"), line.get("spread")
    cells = [line["case"], f"{number(line['value'])} {line['unit']}"]
    # A figure of its own kind (memory, a rate) is a multiple of nothing.
    cells.append(f"{times(ratio)} ×" if ratio else "1 ×" if line["case"] == head else "")
    cells.append("–".join(map(times, spread)) if spread else "")
    cells.append("" if most is None else f"≤ {most:g} × " + ("held" if ratio <= most else "**missed**"))
    return f"| {' | '.join(cells)} |"


def section(topic: str) -> str:
    lines = [json.loads(line) for line in (ROOT / f"target/bench/{topic}.jsonl").read_text().splitlines()]
    head = next((line["ratio_to"] for line in lines if "ratio_to" in line), "")
    table = [f"| case | | × {head} | paired ratios | promised |", "|---|---|---|---|---|", *(row(line, head) for line in lines)]
    commit = said("git", "describe", "--always", "--dirty")
    day = datetime.date.today().isoformat()
    facts = f"`make bench TOPIC={topic}`, {day}, commit {commit}, {said('rustc', '--version')}; {machine()}."
    return "\n".join([facts, "", *table])


def main() -> None:
    page = PAGE.read_text()
    for topic in sys.argv[1:]:
        start, end = f"<!-- bench {topic} -->", f"<!-- end {topic} -->"
        if start not in page:
            page = f"{page.rstrip()}\n\n## {topic}\n\n{start}\n{end}\n"
        before, rest = page.split(start)
        page = f"{before}{start}\n{section(topic)}\n{end}{rest.split(end)[1]}"
    PAGE.write_text(page)
    print(PAGE.relative_to(ROOT))


main()
