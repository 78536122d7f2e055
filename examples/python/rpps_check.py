"""Checks RPPS numbers: one line each on stdout, what is wrong on stderr.

    python rpps_check.py 99700218896 99700218897
"""

import os
import sys

import sas_psc


def main(numbers: list[str]) -> int:
    lang = os.environ.get("LANG", "fr")
    status = 0
    for text in numbers:
        try:
            rpps = sas_psc.rpps.parse(text)
            print(rpps, "yes", "test number" if rpps.is_test_number else "", sep="\t")
        except sas_psc.Error as error:
            print(text, "no", error.name, sep="\t")
            print(error.message(lang), error.hint(lang), file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
