"""Authlib (PyPI) before the bench of sas-psc-sim: its Flask client, as its documentation shows it.

Settings: metadata at PSC's own path, client_secret_basic, PKCE S256, ``acr_values``, a time-out of 10 s for each request.
Left to the application by the library, so not its matter here: acr, what PSC's identifiers mean. It has no CIBA, no
back-channel logout.
"""

import json
import os
import sys

from authlib.integrations.flask_client import OAuth
from flask import Flask, session, url_for
from werkzeug.serving import make_server

NEEDS = os.environ["PSC_NEEDS"].split()
if os.environ["PSC_FLOW"] != "code" or {"acr", "identity", "retry"} & set(NEEDS):
    sys.exit(77)

app = Flask(__name__)
app.secret_key = os.urandom(32)
oauth = OAuth(app)
oauth.register(
    "psc",
    client_id=os.environ["PSC_CLIENT_ID"],
    client_secret=os.environ["PSC_CLIENT_SECRET"],
    server_metadata_url=os.environ["PSC_DISCOVERY"],
    client_kwargs={
        "scope": "openid scope_all",
        "code_challenge_method": "S256",
        "token_endpoint_auth_method": "client_secret_basic",
        "default_timeout": 10,
    },
    authorize_params={"acr_values": "eidas1"},
)


@app.get("/login")
def login():
    return oauth.psc.authorize_redirect(url_for("callback", _external=True))


@app.get("/callback")
def callback():
    token = oauth.psc.authorize_access_token()
    session["user"] = token["userinfo"]
    userinfo = oauth.psc.userinfo(token=token)
    return "signed in: " + userinfo["sub"]


server = make_server("127.0.0.1", 0, app, threaded=True)
print(json.dumps({"start_url": f"http://127.0.0.1:{server.server_port}/login"}), flush=True)
server.serve_forever()
