"""An e-mail challenge made and checked from Python, beside what signs a token and checks it: hmac, PyJWT."""

import hmac

import jwt

from bench import case
from sas_psc import email

TOPIC, TO = "email-proof", "two HMACs, aws-lc-rs"
KEY, NOW = email.ServerKey(bytes([7] * 32)), 1_795_420_800.0
SESSION = (
    "https://auth.esw.esante.gouv.fr/auth/realms/esante-wallet",
    "f:550dc1c8-d97b-4b1e-ac8c-8eb4471cf9dd:899700218896",
    "5J0Ff6cL0pJrW8mKq2nXv3bT7yZ1aSdE",
)
SIGNED = ("".join(SESSION) + "jeanne.dupont@exemple.fr" + "x" * 54 + "12345678").encode()


def ours() -> None:
    challenge = email.EmailChallenge(*SESSION, "jeanne.dupont@exemple.fr", now=NOW)
    mail = challenge.write(KEY, now=NOW)
    challenge.handed_over(mail, now=NOW)
    challenge.answer_code(KEY, mail.code, *SESSION, now=NOW)


def raw() -> None:
    for _ in range(2):
        hmac.digest(b"\7" * 32, SIGNED, "sha256")


def token() -> None:
    claims = {"iss": SESSION[0], "sub": SESSION[1], "jti": SESSION[2], "eml": "jeanne.dupont@exemple.fr", "exp": 1 << 40}
    jwt.decode(jwt.encode(claims, "7" * 32, "HS256"), "7" * 32, ["HS256"])


case(TOPIC, "sas-psc from Python, a challenge made and checked", TO, ours)
case(TOPIC, "Python, two HMACs", TO, raw)
case(TOPIC, f"PyJWT {jwt.__version__}, a token made and checked", TO, token)
