"""The scripts people start from, and the examples in the documentation."""

import doctest
import os
import subprocess
import sys
from pathlib import Path

import pytest

import sas_psc

EXAMPLES = Path(__file__).parents[2] / "examples" / "python"


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", str(EXAMPLES / script), *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=os.environ | {"LANG": "fr_FR.UTF-8"})


def test_rpps_check() -> None:
    done = run("rpps_check.py", "99700218896", "99700218897")
    assert done.stdout == "99700218896\tyes\ttest number\n99700218897\tno\tid-key\n"
    assert done.stderr.startswith("La clé du numéro est fausse")
    assert done.returncode == 1


@pytest.mark.parametrize("module", [sas_psc, sas_psc.rpps, sas_psc.ids])
def test_documented_examples(module: object) -> None:
    failed, tried = doctest.testmod(module)  # type: ignore[arg-type]
    assert tried and not failed
