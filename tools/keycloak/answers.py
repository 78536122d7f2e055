"""Asks a real Keycloak every question of vectors/keycloak/answers.json: tools/keycloak/run python3 tools/keycloak/answers.py [--write]

Without --write, fails when an answer is not the recorded one. The simulator has to give the same answers
(sas-psc-sim/tests/keycloak.rs), so that what the SDK is tried against is what Keycloak does, not what we think it does.

A question: "at" (the endpoint), "form" or "query", "auth" (right, wrong, unknown, none, post) or "bearer". In its values
$code is the code of a fresh sign-in by card, $access, $refresh and $id its tokens, $spent_code and $spent_access what is
left of a code used twice, $auth_req_id a fresh CIBA request, $client the client.
"""

import base64
import http.client
import json
import os
import ssl
import sys
import urllib.parse as url
from pathlib import Path

FILE = Path(__file__).parents[2] / "vectors/keycloak/answers.json"
ISSUER = os.environ["SAS_PSC_ISSUER"]
CLIENT, SECRET = "sas-psc-interop", "interop-not-a-secret"
CALLBACK = "http://127.0.0.1:9/retour"
# RFC 7636 appendix B
VERIFIER, CHALLENGE = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
PATHS = {"authorization": "auth", "introspection": "token/introspect", "revocation": "revoke", "ciba": "ext/ciba/auth"}
TRUST = ssl.create_default_context(cafile=os.environ["SAS_PSC_PKI"] + "/ca.pem")
CARD = ssl.create_default_context(cafile=os.environ["SAS_PSC_PKI"] + "/ca.pem")
CARD.load_cert_chain(os.environ["SAS_PSC_PKI"] + "/card-899700218896.pem")


def ask(at, method="POST", form=None, query=None, headers=None, context=TRUST):
    issuer = url.urlsplit(ISSUER)
    path = f"{issuer.path}/protocol/openid-connect/{PATHS.get(at, at)}" + ("?" + url.urlencode(query) if query else "")
    body = None if form is None else url.urlencode(form)
    sent = {"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {}
    connection = http.client.HTTPSConnection(issuer.hostname, issuer.port, context=context, timeout=60)
    connection.request(method, path, body, sent | (headers or {}))
    reply = connection.getresponse()
    text = reply.read().decode()
    connection.close()
    return reply, text


def basic(client=CLIENT, secret=SECRET):
    return {"Authorization": "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()}


AUTHORIZATION = {
    "response_type": "code", "client_id": CLIENT, "redirect_uri": CALLBACK, "scope": "openid scope_all", "state": "s",
    "nonce": "n", "acr_values": "eidas1", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
}
TOKEN = {"grant_type": "authorization_code", "code": "$code", "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
CIBA = {"scope": "openid scope_all", "login_hint": "899700218896", "binding_message": "42", "acr_values": "eidas1"}
USUAL = {"authorization": AUTHORIZATION, "token": TOKEN, "ciba": CIBA}


def fields(at, changes):
    """What is usual at the endpoint, with the question's changes; null leaves a field out."""
    usual = {} if "grant_type" in (changes or {}) else USUAL.get(at, {})
    return {name: value for name, value in (usual | (changes or {})).items() if value is not None}


def code():
    reply, text = ask("authorization", "GET", query=AUTHORIZATION, context=CARD)
    assert reply.status == 302, text
    return dict(url.parse_qsl(url.urlsplit(reply.headers["Location"]).query))["code"]


def tokens(of):
    reply, text = ask("token", form=TOKEN | {"code": of}, headers=basic())
    return json.loads(text)


def value(text):
    """A value with its placeholder replaced."""
    if text == "$code":
        return code()
    if text in ("$access", "$refresh", "$id"):
        return tokens(code())[text[1:] + "_token"]
    if text in ("$spent_code", "$spent_access"):
        of = code()
        access = tokens(of)["access_token"]
        if text == "$spent_access":
            tokens(of)
        return of if text == "$spent_code" else access
    if text == "$client":
        return CLIENT
    if text == "$auth_req_id":
        return json.loads(ask("ciba", form=CIBA, headers=basic())[1])["auth_req_id"]
    return text


def answer(question):
    """What Keycloak says, as the vectors record it."""
    at, auth = question["at"], question.get("auth", "right")
    sent = {name: value(text) for name, text in fields(at, question.get("form") or question.get("query")).items()}
    headers = {"right": basic(), "wrong": basic(secret="wrong"), "unknown": basic("nobody")}.get(auth, {})
    if auth == "post":
        sent |= {"client_id": CLIENT, "client_secret": SECRET}
    if "bearer" in question:
        headers = {"Authorization": "Bearer " + value(question["bearer"])}
    if at == "authorization" or "query" in question:
        reply, text = ask(at, "GET", query=sent, context=CARD)
    else:
        reply, text = ask(at, question.get("method", "POST"), form=sent, headers=headers)
    said = {"status": reply.status}
    location = reply.headers.get("Location")
    if location:
        parts = url.urlsplit(location)
        found = dict(url.parse_qsl(parts.query or parts.fragment, keep_blank_values=True))
        said["to"] = location.split("?")[0].split("#")[0] + ("#" if parts.fragment else "")
        said |= {name: found[name] for name in ("error", "error_description", "state") if name in found}
        said["fields"] = sorted(found)
        return said
    said["type"] = (reply.headers.get("Content-Type") or "").replace("; ", ";").lower() or None
    said["challenge"] = reply.headers.get("WWW-Authenticate")
    if text.startswith("{"):
        body = json.loads(text)
        said |= {name: body[name] for name in ("error", "error_description", "active") if name in body}
        said["fields"] = sorted(body)
    elif not text.startswith("<"):
        said["body"] = text
    return {name: what for name, what in said.items() if what is not None}


questions = json.loads(FILE.read_text())
changed = []
for question in questions:
    said = answer(question)
    if said != question.get("answer"):
        changed.append(f"{question['case']}\n  recorded {question.get('answer')}\n  now      {said}")
    question["answer"] = said
if "--write" in sys.argv:
    lines = ",\n".join(json.dumps(question, ensure_ascii=False) for question in questions)
    FILE.write_text(f"[\n{lines}\n]\n")
elif changed:
    sys.exit("\n".join(changed))
print(f"{len(questions)} answers of Keycloak, {len(changed)} of them new", file=sys.stderr)
