"""Writes the table of docs/CONFORMANCE.md from the reports of the bench: summary.py REPORTS PAGE."""

import json
import pathlib
import sys

START, END = "<!-- results -->", "<!-- /results -->"


def main(reports, page):
    found = [json.loads(path.read_text()) for path in sorted(reports.glob("*/report.json"))]
    found.sort(key=lambda report: (not report["client"].startswith("sas-psc"), report["client"]))
    lines = ["| client | hard cases stopped | right sign-ins accepted | not its matter |", "|---|---|---|---|"]
    for report in found:
        t = report["totals"]
        lines.append(
            f"| {report['client']} | {t['stopped']} of {t['hard']} | {t['accepted']} of {t['right']} | {t['not_applicable']} |"
        )
    lines.append(f"\n{max(report['date'] for report in found)[:10]}, {found[0]['bench']}.")
    for report in found:
        failed = [case for case in report["cases"] if case["verdict"] == "failed"]
        if not failed:
            continue
        lines += [f"\n### {report['client']}\n", "| case | the provider | what the client did | source |", "|---|---|---|---|"]
        for case in sorted(failed, key=lambda case: (case["severity"], case["case"])):
            cells = [f"`{case['case']}`", case["provider"], case["did"], case["source"]]
            lines.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
    text = page.read_text()
    before, rest = text.split(START)
    page.write_text(before + START + "\n" + "\n".join(lines) + "\n" + END + rest.split(END)[1])


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
