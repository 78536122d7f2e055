"""sas-psc by its Python face before the bench of sas-psc-sim: by browser, and by CIBA."""

import json
import os
import sys

import sas_psc
from sas_psc import danger, psc

FLOW = os.environ["PSC_FLOW"]
if FLOW not in ("code", "ciba"):
    sys.exit(77)

environment = danger.allow_simulator(danger.insecure_loopback(os.environ["PSC_ISSUER"]))
redirect_uri = os.environ["PSC_REDIRECT_URI"]
client = psc.Client(os.environ["PSC_CLIENT_ID"], redirect_uri, secret=os.environ["PSC_CLIENT_SECRET"])
service = psc.Psc(environment, client)
subject = ""
try:
    for _ in range(int(os.environ["PSC_LOGINS"])):
        if FLOW == "ciba":
            subject = service.wait(service.ciba(os.environ["PSC_LOGIN_HINT"])).subject
            continue
        pending, url = service.begin()
        print(json.dumps({"authorization_url": url}), flush=True)
        subject = service.finish(pending, sys.stdin.readline().strip()).subject
except sas_psc.Error as error:
    print(error.name, file=sys.stderr)
    sys.exit(1)
print(json.dumps({"subject": subject}))
