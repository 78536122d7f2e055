"""The scripts people start from, and the examples in the documentation."""

import doctest
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Simulator

import sas_psc

EXAMPLES = Path(__file__).parents[2] / "examples" / "python"


def start(script: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "error", str(EXAMPLES / script), *arguments]
    env = os.environ | {"LANG": "fr_FR.UTF-8"} | environment
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", env=env)


def test_rpps_check() -> None:
    with start("rpps_check.py", "99700218896", "99700218897") as example:
        stdout, stderr = example.communicate()
    assert stdout == "99700218896\tyes\ttest number\n99700218897\tno\tid-key\n"
    assert stderr.startswith("La clé du numéro est fausse")
    assert example.returncode == 1


def test_sign_in_ecps(simulator: Simulator) -> None:
    arguments = [simulator.client_id, "99700218896", "--simulator", simulator.issuer]
    with start("sign_in_ecps.py", *arguments, SECRET=simulator.client_secret) as example:
        assert example.stderr
        label, _, digits = example.stderr.readline().strip().rpartition(" ")
        assert label == "Code :"
        simulator.answer_on_phone("99700218896", digits)
        stdout, _ = example.communicate()
    assert json.loads(stdout)["id_nat"] == "899700218896"
    assert example.returncode == 0


def test_sign_up(simulator: Simulator, tmp_path: Path) -> None:
    address, accounts = "medecin@exemple.invalid", tmp_path / "accounts.sqlite"
    arguments = [simulator.client_id, "99700218896", address, "--smtp", simulator.mail, "--accounts", str(accounts)]
    secrets = {"SECRET": simulator.client_secret, "KEY": "k" * 32}

    def until(example: subprocess.Popen[str], label: str) -> str:
        assert example.stderr
        for line in example.stderr:
            if line.startswith(label):
                return line.removeprefix(label).strip()
        raise AssertionError(label)

    def say(example: subprocess.Popen[str], answer: str) -> None:
        assert example.stdin
        example.stdin.write(answer + "\n")
        example.stdin.flush()

    with start("sign_up.py", *arguments, "--simulator", simulator.issuer, **secrets) as example:
        simulator.answer_on_phone("99700218896", until(example, "Code :"))
        until(example, "Code du courriel :")
        say(example, simulator.mails_to(address)[-1]["code"])
        for question in ("J'accepte (oui) :", "Je le déclare (oui) :"):
            until(example, question)
            say(example, "oui")
        stdout, _ = example.communicate()
    assert stdout == "active sas-appointment-software sas-two-hours\n"
    assert example.returncode == 0


@pytest.mark.parametrize("module", [sas_psc, sas_psc.rpps, sas_psc.ids])
def test_documented_examples(module: object) -> None:
    failed, tried = doctest.testmod(module)  # type: ignore[arg-type]
    assert tried and not failed
