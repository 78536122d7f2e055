"""Topic id-token: PyJWT, joserfc and Authlib on the token of vectors/id-token/ok-access-token.json, keys parsed before."""

import json
from importlib.metadata import version
from pathlib import Path

import jwt
from authlib.jose import JsonWebKey, JsonWebToken  # it warns: it sends its users to joserfc, measured too
from bench import case
from joserfc import jwt as jose
from joserfc.jwk import KeySet

from sas_psc import psc

vector = json.loads((Path(__file__).parents[3] / "vectors/id-token/ok-access-token.json").read_text())
token, options, now = vector["token"], vector["options"], vector["options"]["now"]
TO = "raw verify, aws-lc-rs"


def rest(claims: dict[str, object]) -> None:
    """What a relying party checks beside what the library does, the clock being the vector's."""
    assert claims["nonce"] == options["nonce"] and claims["azp"] == options["client_id"]
    assert claims["acr"] == "eidas1" and claims["iat"] <= now + 30 and claims["exp"] > now - 30


check = psc.IdTokenCheck(options["issuer"], options["client_id"], json.dumps(vector["jwks"]).encode(), acr="eidas1")
nonce, access_token = options["nonce"], options["access_token"]


def ours() -> psc.VerifiedIdToken:
    return check.verify(token, nonce=nonce, access_token=access_token, now=now)


case("id-token", "sas-psc from Python, every claim", TO, ours, 1.25)
case("id-token", "sas-psc from Python, its claims read too", TO, lambda: ours().claims)

pyjwt_keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(vector["jwks"]).keys}


def pyjwt() -> None:
    key = pyjwt_keys[jwt.get_unverified_header(token)["kid"]]
    checks = {"verify_exp": False, "verify_iat": False}
    rest(jwt.decode(token, key, ["RS256"], checks, audience=options["client_id"], issuer=options["issuer"]))


case("id-token", f"PyJWT {version('PyJWT')}", TO, pyjwt)

key_set = KeySet.import_key_set(vector["jwks"])
registry = jose.JWTClaimsRegistry(
    now=now,
    leeway=30,
    iss={"essential": True, "value": options["issuer"]},
    aud={"essential": True, "value": options["client_id"]},
    nonce={"essential": True, "value": options["nonce"]},
)


def joserfc() -> None:
    claims = jose.decode(token, key_set, algorithms=["RS256"]).claims
    registry.validate(claims)
    rest(claims)


case("id-token", f"joserfc {version('joserfc')}", TO, joserfc)

authlib_keys = JsonWebKey.import_key_set(vector["jwks"])
authlib_jwt = JsonWebToken(["RS256"])
wanted = {"iss": {"values": [options["issuer"]]}, "aud": {"values": [options["client_id"]]}}


def authlib() -> None:
    claims = authlib_jwt.decode(token, authlib_keys, claims_options=wanted)
    claims.validate(now=now, leeway=30)
    rest(claims)


case("id-token", f"Authlib {version('Authlib')}", TO, authlib)
