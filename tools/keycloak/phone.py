"""What Keycloak calls: the e-CPS phone, as its CIBA channel sees it, which answers when a test says so; the place where
logout tokens arrive; the revocation list of the certificates.

Keycloak posts to /ciba what the phone is to show. A test answers for its user: POST /answer with
{"login_hint": "…", "binding_message": "…", "status": "SUCCEED" | "UNAUTHORIZED" | "CANCELLED"}; it gets 404 when the phone
was not asked so, else Keycloak's status. What is never answered expires. Bodies posted to /logout are a JSON list at
/logouts; /ca.crl is the file beside the authority that is the argument.
"""

import base64
import json
import ssl
import sys
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ASKED = {}  # (person, binding message): the token to answer with
LOGOUTS = []  # bodies of the back channel, in their order
AUTHORITY = Path(sys.argv[1])
TRUST = ssl.create_default_context(cafile=AUTHORITY)


def answer(token, status):
    """Tells Keycloak; its address is the issuer of the token it gave. Returns the HTTP status."""
    payload = token.split(".")[1]
    issuer = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["iss"]
    request = urllib.request.Request(
        issuer + "/protocol/openid-connect/ext/ciba/auth/callback",
        json.dumps({"status": status}).encode(),
        {"Content-Type": "application/json", "Authorization": "Bearer " + token},
    )
    try:
        with urllib.request.urlopen(request, context=TRUST, timeout=20) as reply:
            return reply.status
    except urllib.error.HTTPError as error:
        return error.code


class Phone(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/logout":
            LOGOUTS.append(body)
            return self.say(200)
        body = json.loads(body)
        asked = body["login_hint"], body["binding_message"]
        if self.path == "/ciba":
            ASKED[asked] = self.headers["Authorization"].removeprefix("Bearer ")
            return self.say(201)
        self.say(answer(ASKED[asked], body["status"]) if asked in ASKED else 404)

    def do_GET(self):
        if self.path == "/ca.crl":
            return self.say(200, AUTHORITY.with_suffix(".crl").read_bytes())
        self.say(200, json.dumps(LOGOUTS).encode())

    def say(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Phone)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
