"""Signs a person in by a push to their e-CPS app. For a server: it holds the service's secret.

    SECRET=… python sign_in_ecps.py my-client-id 99700218896
"""

import argparse
import json
import os
import sys
from typing import Any

import sas_psc
from sas_psc import danger, psc


def show(event: dict[str, Any]) -> None:
    """The seconds left, and what to try when nothing happens."""
    for step in event["help"]:
        print("-", step["text"], file=sys.stderr)
    print(event["seconds_left"], end=" s\r", file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("client_id")
    parser.add_argument("person", help="an RPPS number or a national identifier")
    parser.add_argument("--simulator", metavar="ISSUER", help="a simulator on this machine instead of the sandbox")
    options = parser.parse_args()

    environment = psc.Environment.bas()
    if options.simulator:
        environment = danger.allow_simulator(danger.insecure_loopback(options.simulator))
    client = psc.Client(options.client_id, "https://service.example.fr/callback", secret=os.environ["SECRET"])
    service = psc.Psc(environment, client)

    try:
        poll = service.ciba(options.person)
        print("Code :", poll.digits, file=sys.stderr, flush=True)
        signed_in = service.wait(poll, on_event=show)
    except sas_psc.Error as error:
        print(error.name, error.message(), error.hint(), file=sys.stderr)
        return 1
    print(json.dumps(signed_in.summary(), ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
