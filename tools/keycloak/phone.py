"""The e-CPS phone, as Keycloak's CIBA channel sees it: asked over HTTP, it answers when a test says so.

Keycloak posts to /ciba what the phone is to show. A test answers for its user: POST /answer with
{"binding_message": "…", "status": "SUCCEED" | "UNAUTHORIZED" | "CANCELLED"}; what is never answered expires. The binding
message, unlike the person, tells two requests made at once apart. The reply holds Keycloak's status and the request as shown.
"""

import base64
import json
import ssl
import sys
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ASKED = {}  # binding message: (what Keycloak sent, the token to answer with)
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
        if self.path == "/ciba":
            ASKED[body["binding_message"]] = body, self.headers["Authorization"].removeprefix("Bearer ")
            return self.reply(201, {})
        asked, token = ASKED.get(body["binding_message"], (None, None))
        if not asked:
            return self.reply(404, {})
        self.reply(200, {"keycloak": answer(token, body["status"]), "asked": asked})

    def reply(self, status, value):
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Phone)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
