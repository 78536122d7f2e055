"""The e-CPS phone, as Keycloak's CIBA channel sees it: asked over HTTP, it answers when a test says so.

Keycloak posts to /ciba what the phone is to show. A test answers for its user: POST /answer with
{"login_hint": "…", "binding_message": "…", "status": "SUCCEED" | "UNAUTHORIZED" | "CANCELLED"}; it gets 404 when the phone
was not asked so, else Keycloak's status. What is never answered expires.
"""

import base64
import json
import ssl
import sys
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ASKED = {}  # (person, binding message): the token to answer with
TRUST = ssl.create_default_context(cafile=sys.argv[1])


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
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        asked = body["login_hint"], body["binding_message"]
        if self.path == "/ciba":
            ASKED[asked] = self.headers["Authorization"].removeprefix("Bearer ")
            self.send_response(201)
        else:
            self.send_response(answer(ASKED[asked], body["status"]) if asked in ASKED else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Phone)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
