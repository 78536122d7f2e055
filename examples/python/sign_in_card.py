"""Signs a person in with their CPS card, at a provider whose login is the certificate of the connection: a Keycloak with X.509
login, a hospital's own. Pro Santé Connect is not one.

    SECRET=… python sign_in_card.py https://idp.example.fr/realms/hospital my-client-id http://127.0.0.1/callback
"""

import argparse
import getpass
import json
import os
import sys
from pathlib import Path

import sas_psc
from sas_psc import card, psc


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("issuer")
    parser.add_argument("client_id")
    parser.add_argument("redirect_uri", help="as it is registered; nothing listens there")
    parser.add_argument("--ca", metavar="FILE", type=Path, help="the provider's authorities (PEM) instead of the usual ones")
    options = parser.parse_args()

    try:
        client = psc.Client(options.client_id, options.redirect_uri, secret=os.environ["SECRET"])
        readers = card.Readers()
        # The reader's own keys first: no program sees what is typed there.
        pin = None if readers.has_pinpad() else getpass.getpass("PIN: ") if sys.stdin.isatty() else sys.stdin.readline()
        # A wrong PIN is known here, before anybody is connected to.
        http = psc.Http(card=readers.key(pin), ca=options.ca and options.ca.read_bytes())
        signed_in = psc.Psc(psc.Environment.of(options.issuer), client, http=http).sign_in_by_certificate()
    except sas_psc.Error as error:
        print(error.name, error.message(), error.hint(), file=sys.stderr)
        return 1
    print(json.dumps(signed_in.summary(), ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
