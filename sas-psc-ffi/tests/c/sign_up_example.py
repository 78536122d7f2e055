"""The person in front of examples/c/sign_up.c: their phone, their mailbox, their answers. sign_up_example.py SIM COMMAND…"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import urllib.request
from typing import IO, Any

PERSON, ADDRESS = "99700218896", "medecin@exemple.invalid"


def until(lines: IO[str], label: str) -> str:
    for line in lines:
        if line.startswith(label):
            return line.removeprefix(label).strip()
    raise SystemExit(f"no « {label} »")


def ask(url: str, answer: dict[str, str] | None = None) -> Any:
    body = json.dumps(answer).encode() if answer else None
    with urllib.request.urlopen(url, body, timeout=10) as found:
        return json.loads(found.read() or "null")


def say(example: "subprocess.Popen[str]", answer: str) -> None:
    assert example.stdin
    example.stdin.write(answer + "\n")
    example.stdin.flush()


def play(sim: dict[str, str], command: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        secrets = {"SECRET": sim["client_secret"], "KEY": "k" * 32, "ACCOUNTS": folder + "/accounts.sqlite"}
        arguments = [sim["client_id"], PERSON, ADDRESS, "smtp://" + sim["mail"], sim["issuer"]]
        pipe = subprocess.PIPE
        with subprocess.Popen(
            [*command, *arguments], stdin=pipe, stdout=pipe, stderr=pipe, encoding="utf-8", env=os.environ | secrets
        ) as example:
            assert example.stdout and example.stderr
            digits = until(example.stderr, "Code :")
            [request] = ask(f"{sim['web']}/phone/api/pending?person={PERSON}")
            ask(f"{sim['web']}/phone/api/pending/{request['id']}/approve", {"number": digits})
            until(example.stderr, "Code du courriel :")
            [mail] = ask(f"{sim['web']}/mail/api/messages?to={ADDRESS}")
            assert mail["subject"] == "Vérification du courriel" and mail["html"], mail["subject"]
            say(example, mail["code"])
            for question in ("J'accepte (oui) :", "Je le déclare (oui) :"):
                until(example.stderr, question)
                say(example, "oui")
            stdout, stderr = example.communicate(timeout=60)
        if (example.returncode, stdout) != (0, "active\n"):
            raise SystemExit(f"{example.returncode} {stdout} {stderr}")


with subprocess.Popen([sys.argv[1], "serve"], stdout=subprocess.PIPE, encoding="utf-8") as simulator:
    try:
        assert simulator.stdout
        play(json.loads(simulator.stdout.readline()), sys.argv[2:])
    finally:
        simulator.send_signal(signal.SIGTERM)
