"""A second implementation of docs/consent-format.md, written from that page. It writes the vectors beside it.

Run it in this folder after a change of the page: python3 reference.py
"""

import hashlib
import hmac
import json
import pathlib
import struct

HERE = pathlib.Path(__file__).parent
KEY = bytes([42]) * 32
MINUTE = 60_000
SHOWN = 1_795_419_000_000  # 2026-11-23T07:30:00Z


def lp(value):
    return struct.pack(">I", len(value)) + value


def parts(label, values):
    return lp(label.encode()) + b"".join(map(lp, values))


def sha256(value):
    return hashlib.sha256(value).digest()


def time(millis):
    return struct.pack(">q", millis)


DOCUMENTS = [
    ("Conditions générales d'utilisation", "text/plain; charset=utf-8", "Article 1".encode()),
    ("Politique de confidentialité", "text/plain; charset=utf-8", "Vie privée".encode()),
]


def documents():
    for title, media_type, content in DOCUMENTS:
        yield from (title.encode(), media_type.encode(), struct.pack(">Q", len(content)), sha256(content))


def uuid7(millis, random):
    value = bytearray(struct.pack(">Q", millis)[2:] + random)
    value[6] = value[6] & 0x0F | 0x70
    value[8] = value[8] & 0x3F | 0x80
    return bytes(value)


def encode(kind, event, fields):
    record = b"SPCR\x01" + bytes([kind, event])
    for tag in sorted(fields):
        record += struct.pack(">H", tag) + lp(fields[tag])
    return record


def fields(at, identity, **more):
    issuer, subject = "https://psc.example", "f:1:899700218896"
    person = hmac.new(KEY, parts("sas-psc consent principal v1", [issuer.encode(), subject.encode()]), "sha256")
    base = {
        1: uuid7(at, identity),
        10: b"cgu-sas",
        11: b"1",
        12: b"fr",
        13: time(0),
        15: b"".join(map(lp, documents())),
        16: sha256(parts("sas-psc terms bundle v1", list(documents()))),
        21: time(at),
        30: issuer.encode(),
        31: person.digest(),
        50: "Plateforme exemple, dpo@exemple.fr".encode(),
        51: "Fermer le compte : page « Mon compte »".encode(),
    }
    return base | {int(tag[1:]): value for tag, value in more.items()}


def account(at, identity, **more):
    """A record of kind account names no text."""
    named = fields(at, identity, **more)
    return {tag: value for tag, value in named.items() if not 10 <= tag <= 16}


def account_hash(name):
    return hmac.new(KEY, parts("sas-psc consent account v1", [name]), "sha256").digest()


SIGNED_IN = {
    "t40": b"eidas1",
    "t42": time(SHOWN - 5 * MINUTE),
    "t43": sha256(b"the token"),
    "t44": b"sas-client",
}
SCREEN = {"t20": time(SHOWN), "t23": bytes([0xB1]) * 32}
IDENTITY = bytes(range(10))
ACCEPTED = SHOWN + 2 * MINUTE
ACCEPTED_ID = uuid7(ACCEPTED, IDENTITY)

SENTENCE = "Je déclare sur l'honneur mettre en visibilité à minima 2 heures de disponibilité par semaine".encode()
DELEGATE = hmac.new(KEY, parts("sas-psc consent principal v1", [b"https://psc.example", b"f:1:899700245667"]), "sha256")
PLAIN = b"text/plain; charset=utf-8"
NO, YES = b"\x01", b"\x02"


def declaration(identity, at=ACCEPTED, **more):
    shown = [b"sas-two-hours", PLAIN, struct.pack(">Q", len(SENTENCE)), sha256(SENTENCE)]
    named = {
        "t10": b"sas-two-hours",
        "t15": b"".join(map(lp, shown)),
        "t16": sha256(parts("sas-psc terms bundle v1", shown)),
        "t18": SENTENCE,
        "t22": b"checkbox+button",
    }
    return fields(at, identity, **named, **SCREEN, **SIGNED_IN, **more)


def evidence(kind, content):
    return lp(kind) + lp(sha256(parts("sas-psc consent evidence v1", [kind, content])))


BOTH = evidence(b"card-signature", b"the signature") + evidence(b"sign-in", b"the token and the key")
SWORN = declaration(IDENTITY, t19=b"\x01", t26=YES, t27=b"person")

GOOD = {
    "terms-accepted": (1, 1, fields(ACCEPTED, IDENTITY, t22=b"checkbox+button", **SCREEN, **SIGNED_IN)),
    "terms-accepted-every-field": (
        1,
        1,
        fields(
            ACCEPTED,
            IDENTITY,
            t2=uuid7(SHOWN, bytes(10)),
            t14=b"https://exemple.fr/cgu",
            t22=b"checkbox+button",
            t41=lp(b"sc") + lp(b"pin"),
            t52=time(SHOWN * 2),
            **SCREEN,
            **SIGNED_IN,
        ),
    ),
    "terms-refused": (1, 2, fields(ACCEPTED, IDENTITY, t22=b"button", **SCREEN, **SIGNED_IN)),
    "terms-superseded": (1, 3, fields(ACCEPTED + MINUTE, bytes(10), t2=ACCEPTED_ID, t22=b"system")),
    "consent-given": (2, 1, fields(ACCEPTED, IDENTITY, t17=b"annuaire public", t22=b"button", **SCREEN, **SIGNED_IN)),
    "consent-withheld": (2, 2, fields(ACCEPTED, IDENTITY, t17=b"annuaire public", t22=b"button", **SCREEN, **SIGNED_IN)),
    "consent-withdrawn": (
        2,
        4,
        fields(
            ACCEPTED + MINUTE, bytes(10), t2=ACCEPTED_ID, t17=b"annuaire public", t22=b"button", **SIGNED_IN
        ),
    ),
    "account-linked": (
        4,
        6,
        account(
            ACCEPTED,
            IDENTITY,
            t22=b"button",
            t80=b"linked",
            t81=account_hash(b"1742"),
            t82=lp(b"psc-sign-in") + lp(b"password"),
            **SIGNED_IN,
        ),
    ),
    "account-purged": (
        4,
        6,
        account(
            ACCEPTED,
            IDENTITY,
            t22=b"system",
            t80=b"purged",
            t81=account_hash(b"visits"),
            t83=bytes([9]) * 32,
            t84=struct.pack(">Q", 120),
        ),
    ),
    "terms-accepted-with-evidence": (
        1,
        1,
        fields(ACCEPTED, IDENTITY, t22=b"checkbox+button", t45=BOTH, **SCREEN, **SIGNED_IN),
    ),
    "declaration-sworn": (3, 1, SWORN),
    "declaration-taken-back-by-a-delegate": (
        3,
        4,
        declaration(
            bytes(10),
            at=ACCEPTED + MINUTE,
            t2=ACCEPTED_ID,
            t19=b"\x01",
            t25=YES,
            t26=NO,
            t27=b"delegate",
            t28=DELEGATE.digest(),
        ),
    ),
    "declaration-taken-back-by-a-cpts-manager": (
        3,
        4,
        declaration(
            bytes(10),
            at=ACCEPTED + MINUTE,
            t2=ACCEPTED_ID,
            t19=b"\x01",
            t25=YES,
            t26=NO,
            t27=b"cpts-manager",
            t28=DELEGATE.digest(),
        ),
    ),
}


def good():
    for number, (name, (kind, event, values)) in enumerate(GOOD.items()):
        record, salt, logged = encode(kind, event, values), bytes([0x50 + number]) * 32, time(ACCEPTED + MINUTE)
        entry = b"\x01" + logged + sha256(parts("sas-psc consent leaf v1", [salt, logged, record]))
        yield name, {
            "record": record.hex(),
            "salt": salt.hex(),
            "entry": entry.hex(),
            "leaf": sha256(b"\x00" + entry).hex(),
        }


def bad():
    kind, event, values = GOOD["terms-accepted-every-field"]

    def changed(**more):
        return encode(kind, event, values | {int(tag[1:]): value for tag, value in more.items()})

    def without(tag):
        return encode(kind, event, {k: v for k, v in values.items() if k != tag})

    whole = changed()
    field = struct.pack(">H", 52) + lp(time(0))
    def sworn(event=1, **more):
        changes = {int(tag[1:]): value for tag, value in more.items()}
        return encode(3, event, {k: v for k, v in (SWORN | changes).items() if v is not None})

    newer = {
        "evidence-of-a-kind": changed(t45=evidence(b"palm", b"x")),
        "written-by": sworn(t27=b"machine"),
        "version": whole[:4] + b"\x02" + whole[5:],
        "kind": whole[:5] + b"\x09" + whole[6:],
        "event": whole[:6] + b"\x09" + whole[7:],
        "field-first": changed(t3=b"x"),
        "field-between": changed(t24=b"x"),
        "field-last": changed(t60=b"x"),
        "account-word": encode(4, 6, GOOD["account-linked"][2] | {80: b"abducted"}),
    }
    unreadable = {
        "nothing": b"",
        "magic": b"SPCX" + whole[4:],
        "version-zero": whole[:4] + b"\x00" + whole[5:],
        "header-cut": whole[:6],
        "field-cut": whole[:-1],
        "tag-cut": whole + b"\x00",
        "field-twice": whole + field,
        "field-out-of-order": whole + struct.pack(">H", 12) + lp(b"fr"),
        "length-too-long": whole + struct.pack(">H", 60) + b"\xff\xff\xff\xff",
        "value-empty": changed(t14=b""),
        "text-not-utf8": changed(t14=b"\xff"),
        "text-too-long": changed(t14=b"x" * 1025),
        "record-too-long": whole + b"\x00" * 70_000,
        "id-missing": without(1),
        "id-of-version-4": changed(t1=bytes(6) + b"\x40" + bytes(1) + b"\x80" + bytes(7)),
        "time-short": changed(t21=b"\x00"),
        "hash-short": changed(t31=b"\x00"),
        "terms-hash-of-other-documents": changed(t16=bytes(32)),
        "documents-not-in-fours": changed(t15=lp(b"x")),
        "sign-in-half": without(43),
        "amr-empty": changed(t41=b""),
        "amr-item-empty": changed(t41=lp(b"")),
        "terms-with-purpose": changed(t17=b"x"),
        "evidence-twice": changed(t45=evidence(b"sign-in", b"a") + evidence(b"sign-in", b"b")),
        "evidence-out-of-order": changed(t45=evidence(b"sign-in", b"a") + evidence(b"card-signature", b"b")),
        "evidence-without-hash": changed(t45=lp(b"sign-in")),
        "terms-with-sentence": changed(t18=b"x", t26=YES, t27=b"person"),
        "terms-with-answer": changed(t26=YES),
        "declaration-without-sentence": sworn(t18=None),
        "declaration-of-another-sentence": sworn(t18=SENTENCE + b"."),
        "declaration-without-writer": sworn(t27=None),
        "declaration-of-no-change": sworn(t25=YES),
        "declaration-of-another-event": sworn(event=2),
        "declaration-answer-unknown": sworn(t26=b"\x03"),
        "sworn-by-a-delegate": sworn(t27=b"delegate", t28=DELEGATE.digest()),
        "sworn-by-a-cpts-manager": sworn(t27=b"cpts-manager", t28=DELEGATE.digest()),
        "sworn-by-nobody-named": sworn(t27=b"administrator"),
        "sworn-of-another-form": sworn(t19=b"\x02"),
        "consent-without-purpose": encode(2, event, values),
        "account-of-an-answer": encode(4, 1, GOOD["account-linked"][2]),
        "answer-that-happened": encode(1, 6, values),
        "account-hash-short": encode(4, 6, GOOD["account-linked"][2] | {81: b"x"}),
        "account-count-short": encode(4, 6, GOOD["account-purged"][2] | {84: b"x"}),
        "account-proof-long": encode(4, 6, GOOD["account-linked"][2] | {82: lp(b"x" * 65)}),
        "account-without-event": encode(4, 6, {k: v for k, v in GOOD["account-linked"][2].items() if k != 80}),
    }
    for code, cases in (("record-newer", newer), ("record-unreadable", unreadable)):
        for name, record in cases.items():
            yield f"{code}-{name}", {"code": code, "record": record.hex()}


(HERE / "evidence-hash.txt").write_text(sha256(parts("sas-psc consent evidence v1", [b"sign-in", b"the token and the key"])).hex() + "\n")
for name, content in [*good(), *bad()]:
    (HERE / f"{name}.json").write_text(json.dumps(content, indent=1) + "\n")
