#!/usr/bin/env python3
"""Makes the files of this folder with the Python package "cryptography"; keys that are missing are drawn anew.

"make.py possessions" writes those of ../card-possession too.

The authorities of pki/ are SYNTHETIC: named after IGC-Santé's so that the rules on their names apply, with keys of nobody.
What holds for real certificates is told by those of ANS in igc-ca/ (igc-ca/SOURCES.tsv says where each was found).
"""

import base64
import datetime as dt
import json
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID as EKU
from cryptography.x509.oid import NameOID as N

HERE = Path(__file__).parent
PKI = HERE / "pki"
IGC = HERE / "igc-ca"
UTC = dt.timezone.utc
NOW = dt.datetime(2026, 11, 25, 10, tzinfo=UTC)
AUTHORITIES = ("FORT", "STANDARD", "ELEMENTAIRE")


def key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    file = PKI / f"{name}.key"
    if not file.exists():
        made = rsa.generate_private_key(65537, bits)
        file.write_bytes(
            made.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    return serialization.load_pem_private_key(file.read_bytes(), None)


def authority_name(cn: str) -> x509.Name:
    parts = [(N.COUNTRY_NAME, "FR"), (N.ORGANIZATION_NAME, "SAS-PSC SYNTHETIC"), (N.COMMON_NAME, cn)]
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def authority(cn, own, issuer_cn=None, issuer_key=None, path=None):
    builder = (
        x509.CertificateBuilder()
        .subject_name(authority_name(cn))
        .issuer_name(authority_name(issuer_cn or cn))
        .public_key(own.public_key())
        .serial_number(int.from_bytes(cn.encode()[-8:], "big"))
        .not_valid_before(dt.datetime(2013, 6, 25, tzinfo=UTC))
        .not_valid_after(dt.datetime(2033, 6, 24, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(True, path), True)
        .add_extension(usage(key_cert_sign=True, crl_sign=True), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), False)
    )
    return builder.sign(issuer_key or own, hashes.SHA256())


def usage(**wanted):
    names = (
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign crl_sign "
        "encipher_only decipher_only"
    ).split()
    return x509.KeyUsage(**{name: wanted.get(name, False) for name in names})


def private(oid: str, der: bytes):
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), der)


def integer(value: int) -> bytes:
    return bytes([2, 1, value])


def text(value: str) -> bytes:
    return bytes([0x13, len(value)]) + value.encode()


CPS = dict(cn="899700218896", family="SPECIALISTE", given="ÉLODIE", title="Médecin", kind=integer(0), profession=integer(10))
CPE = dict(
    cn="30B0057881/CPET0002",
    family="ADMINISTRATIF",
    given="CHARLES",
    title="Personnel santé ou social",
    kind=integer(2),
    structure=("10B0057881", "HOPITAL DES 3 DAMES", "Paris (75)"),
)
AUTH = dict(ku=usage(digital_signature=True), eku=[EKU.CLIENT_AUTH, x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.2")])
SIGN = dict(ku=usage(content_commitment=True), eku=[EKU.EMAIL_PROTECTION])


def leaf(
    issuer,
    issuer_key,
    own,
    *,
    cn,
    family="",
    given="",
    pseudonym="",
    title="",
    structure=None,
    kind=None,
    profession=None,
    future=None,
    card=text("8025000001/2800636234"),
    cert_type=b"\x04\x01\x80",
    ku=None,
    eku=None,
    start=dt.datetime(2025, 3, 1, tzinfo=UTC),
    end=dt.datetime(2028, 3, 1, tzinfo=UTC),
    serial=0x5A5A,
    more=(),
    algorithm=hashes.SHA256(),
    crl="http://igc-sante.esante.gouv.fr/CRL/ACI-FO-PP-TEST.crl",
    prefix=(),
):
    name = [x509.RelativeDistinguishedName([x509.NameAttribute(N.COUNTRY_NAME, "FR")])]
    one = lambda oid, value: name.append(x509.RelativeDistinguishedName([x509.NameAttribute(oid, value)]))
    if structure:
        one(N.STATE_OR_PROVINCE_NAME, structure[2])
        one(N.ORGANIZATION_NAME, structure[1])
        one(N.ORGANIZATIONAL_UNIT_NAME, structure[0])
    if title:
        one(N.TITLE, title)
    for oid, value in prefix:
        one(oid, value)
    holder = [(N.GIVEN_NAME, given), (N.COMMON_NAME, cn), (N.SURNAME, family), (N.PSEUDONYM, pseudonym)]
    name.append(x509.RelativeDistinguishedName([x509.NameAttribute(oid, value) for oid, value in holder if value]))
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(name))
        .issuer_name(issuer.subject)
        .public_key(own.public_key())
        .serial_number(serial)
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(False, None), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False)
    )
    if ku:
        builder = builder.add_extension(ku, True)
    if eku:
        builder = builder.add_extension(x509.ExtendedKeyUsage(eku), False)
    points = [crl, "ldap://annuaire-igc.esante.gouv.fr/cn=SYNTHETIC?certificaterevocationlist;binary"]
    points = [x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, None) for url in points]
    builder = builder.add_extension(x509.CRLDistributionPoints(points), False)
    arc = "1.2.250.1.71.1.2."
    for number, der in ((5, cert_type), (2, kind), (3, card), (7, profession), (8, future)):
        if der:
            builder = builder.add_extension(private(arc + str(number), der), False)
    for extension, critical in more:
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer_key, algorithm)


def revocations(issuer, issuer_key, revoked=(), *, this=None, following=None, number=7, delta=False, version=True):
    this = this or NOW - dt.timedelta(hours=4)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(this)
        .next_update(following or this + dt.timedelta(days=2))
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False)
        .add_extension(x509.CRLNumber(number), False)
    )
    if delta:
        builder = builder.add_extension(x509.DeltaCRLIndicator(number - 1), True)
    for serial in [0x1001, 0x1002, 0x7FFFFFFFFFFF, *revoked]:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(this - dt.timedelta(days=30))
        entry = entry.add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), False)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def der(certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def of_ans(name: str) -> bytes:
    file = next(IGC.glob(f"*{name}*"))
    return der(x509.load_pem_x509_certificate(file.read_bytes()))


def pki():
    chain = {}
    pem = "# SYNTHETIC authorities: anyone can read their keys, in this folder. Nothing real was signed by them.\n"
    for rank in AUTHORITIES:
        root_cn, cn = f"AC RACINE IGC-SANTE {rank} SYNTHETIC", f"AC IGC-SANTE {rank} PERSONNES SYNTHETIC"
        root_key, own = key(f"root-{rank.lower()}"), key(f"people-{rank.lower()}")
        root = authority(root_cn, root_key)
        people = authority(cn, own, root_cn, root_key, 0)
        chain[rank] = (people, own, root, root_key)
        for certificate in (root, people):
            pem += certificate.public_bytes(serialization.Encoding.PEM).decode()
    (PKI / "authorities.pem").write_text(pem)
    return chain


CASES: dict[str, dict] = {}


def case(name, source, certificate, expect, about=None, *, trust="synthetic", purpose="authentication", now=NOW, crls=(), found=None, **policy):
    assert name not in CASES, name
    CASES[name] = {
        "source": source,
        "expect": expect,
        "about": about,
        "trust": trust,
        "purpose": purpose,
        "now": int(now.timestamp()),
        "certificate": base64.b64encode(certificate).decode(),
        "crls": [base64.b64encode(one).decode() for one in crls],
        "policy": policy,
        "found": found,
    }


def write():
    chain = pki()
    fort, fort_key, root, root_key = chain["FORT"]
    standard, standard_key, *_ = chain["STANDARD"]
    elementary, elementary_key, *_ = chain["ELEMENTAIRE"]
    card = key("holder")
    good, good_standard = revocations(fort, fort_key), revocations(standard, standard_key)
    TEMPLATE = "IGC-Santé leafs of ANS, form of igc-ca/"
    RFC = "RFC 5280"
    cps = leaf(fort, fort_key, card, **CPS, **AUTH)
    cpe = leaf(standard, standard_key, card, **CPE, **AUTH, serial=0x5B)
    sign = leaf(fort, fort_key, card, **CPS, **SIGN)
    (PKI / "cps-authentication.pem").write_bytes(cps.public_bytes(serialization.Encoding.PEM))
    (PKI / "cps-signature.pem").write_bytes(sign.public_bytes(serialization.Encoding.PEM))
    (PKI / "cpe-authentication.pem").write_bytes(cpe.public_bytes(serialization.Encoding.PEM))
    (PKI / "cps.der").write_bytes(der(cps))
    (PKI / "cpe.der").write_bytes(der(cpe))
    (PKI / "fort.crl").write_bytes(good)
    doctor = {
        "kind": "CPS", "purpose": "authentication", "card": "2800636234", "issuer_number": "8025000001", "test": True,
        "id_nat": "899700218896", "family": "SPECIALISTE", "given": "ÉLODIE", "title": "Médecin", "profession": "10",
        "structure": None, "organization": "", "revocation": "good",
    }
    staff = {
        "kind": "CPE", "purpose": "authentication", "card": "2800636234", "issuer_number": "8025000001", "test": True,
        "id_nat": "30B0057881/CPET0002", "family": "ADMINISTRATIF", "given": "CHARLES",
        "title": "Personnel santé ou social", "profession": "", "structure": "10B0057881",
        "organization": "HOPITAL DES 3 DAMES", "revocation": "good",
    }

    # Right ones.
    case("ok-cps", TEMPLATE, der(cps), "ok", crls=[good], found=doctor)
    case("ok-cps-signature", TEMPLATE, der(sign), "ok", purpose="signature", crls=[good], found={**doctor, "purpose": "signature"})
    case("ok-cpe", TEMPLATE, der(cpe), "ok", crls=[good_standard, good], found=staff)
    future = {**CPS, "cn": "899700366240", "profession": None}
    cpf = leaf(fort, fort_key, card, **{**future, "kind": integer(1), "future": integer(10)}, **AUTH)
    trainee = {**doctor, "kind": "CPF", "id_nat": "899700366240", "profession": "10"}
    case("ok-cpf", "TRE_G16", der(cpf), "ok", crls=[good], found=trainee)
    service = dict(cn="30B0057881/7", pseudonym="EMPLOYE 7", title="Carte de service santé ou social", kind=integer(3), structure=CPE["structure"])
    cde = leaf(standard, standard_key, card, **service, **AUTH, serial=0x5C)
    found = {**staff, "kind": "CDE", "id_nat": "30B0057881/7", "family": "EMPLOYE 7", "given": "", "title": service["title"]}
    case("ok-cde", "a CDE's subject, public code", der(cde), "ok", crls=[good_standard], found=found)
    clerk = dict(cn="500000000029751/CPAT0001", family="ADMIN", given="PAUL", kind=integer(3), structure=("300000000029751", "TEST", "Paris (75)"))
    cpa = leaf(standard, standard_key, card, **clerk, **AUTH, serial=0x5D)
    found = {**staff, "kind": "CPA", "id_nat": clerk["cn"], "family": "ADMIN", "given": "PAUL", "title": "", "structure": "300000000029751", "organization": "TEST"}
    case("ok-cpa", "a CPA's subject, public code", der(cpa), "ok", crls=[good_standard], found=found)
    as_text = leaf(fort, fort_key, card, **{**CPS, "profession": text("10"), "kind": text("0")}, **AUTH)
    case("ok-extensions-as-text", "rpps-annuaire-igc §3.4: parse leniently", der(as_text), "ok", crls=[good], found=doctor)
    strange = leaf(fort, fort_key, card, **{**CPS, "profession": b"\x30\x03\x02\x01\x0a"}, **AUTH, more=[(private("1.2.250.1.71.4.2.5", text("SM26")), False)])
    case("ok-extension-of-another-form", "rpps-annuaire-igc §3.4: ignore what is not known", der(strange), "ok", crls=[good], found={**doctor, "profession": ""})
    case("ok-trailing-bytes", "the file of a card is longer than its certificate (OpenSC)", der(cps) + b"\xff" * 40, "ok", crls=[good], found=doctor)
    broken = bytearray(der(cps))
    assert broken[-257] == 0
    broken[-257] = 5
    case("ok-unused-bits", "cps.md §5: ANS sets this octet to 0 before use", bytes(broken), "ok", crls=[good], found=doctor)
    case("ok-last-second", RFC, der(cps), "ok", now=dt.datetime(2028, 3, 1, tzinfo=UTC), crls=[revocations(fort, fort_key, this=dt.datetime(2028, 2, 29, tzinfo=UTC))], found=doctor)

    # What ANS issued, as published.
    REAL = "ANS, igc-ca/SOURCES.tsv"
    at = lambda *day: dt.datetime(*day, 12, tzinfo=UTC)
    real_staff = {**staff, "card": "2600301752", "family": "ADMINISTRATIF-CH057880002", "revocation": "unknown"}
    case("ans-cpe", REAL, of_ans("5da0d21f"), "ok", trust="test", now=at(2018, 6, 1), unknown="accept", found=real_staff)
    case("ans-cpe-without-crl", REAL, of_ans("5da0d21f"), "revocation-unknown", "missing", trust="test", now=at(2018, 6, 1))
    case("ans-cpe-altered", REAL, of_ans("a2a0df5d"), "card-certificate-signature", trust="test", now=at(2018, 6, 1), unknown="accept")
    case("ans-cpe-expired", REAL, of_ans("5da0d21f"), "card-certificate-expired", trust="test", unknown="accept")
    case("ans-cpe-in-production", REAL, of_ans("5da0d21f"), "card-certificate-test", trust="production", now=at(2018, 6, 1), unknown="accept")
    case("ans-cps-without-its-authority", REAL, of_ans("c3d58763"), "card-certificate-authority", trust="test", purpose="signature", now=at(2021, 6, 1), unknown="accept")
    case("ans-cps-in-production", REAL, of_ans("c3d58763"), "card-certificate-test", trust="production", purpose="signature", now=at(2021, 6, 1), unknown="accept")
    case("ans-software", REAL, of_ans("dc17acfa"), "card-certificate-range", trust="test", purpose="signature", now=at(2020, 6, 1), unknown="accept")
    case("ans-organisation", REAL, of_ans("c6dac0ea"), "card-certificate-holder", trust="production", now=at(2024, 6, 1), unknown="accept")
    case("ans-organisation-of-test", REAL, of_ans("dfd04c32"), "card-certificate-holder", trust="test", now=at(2022, 6, 1), unknown="accept")
    case("ans-server", REAL, of_ans("15ef5a9b"), "card-certificate-holder", trust="production", now=at(2018, 6, 1), unknown="accept")
    case("ans-authority-as-a-card", REAL, of_ans("38284e4f"), "card-certificate-holder", trust="production", unknown="accept")

    # Times.
    case("expired", RFC, der(cps), "card-certificate-expired", now=dt.datetime(2028, 3, 1, 0, 0, 1, tzinfo=UTC), crls=[good])
    case("not-yet-valid", RFC, der(cps), "card-certificate-not-yet-valid", now=dt.datetime(2025, 2, 28, 23, 59, 59, tzinfo=UTC), crls=[good])
    long = leaf(fort, fort_key, card, **CPS, **AUTH, end=dt.datetime(2036, 3, 1, tzinfo=UTC))
    case("outlives-its-authority", RFC, der(long), "card-certificate-authority", now=dt.datetime(2034, 1, 1, tzinfo=UTC), unknown="accept")

    # Other authorities.
    own = key("other")
    other = authority("AC UNE AUTRE IGC", own)
    case("other-authority", "another PKI", der(leaf(other, own, card, **CPS, **AUTH)), "card-certificate-authority", crls=[good])
    namesake = authority("AC IGC-SANTE FORT PERSONNES SYNTHETIC", own)
    case("forged-authority", "another PKI under the same name", der(leaf(namesake, own, card, **CPS, **AUTH)), "card-certificate-signature", crls=[good])
    self_signed = leaf(namesake, card, card, **CPS, **AUTH)
    case("self-signed", "another PKI", der(self_signed), "card-certificate-signature", crls=[good])
    by_root = leaf(root, root_key, card, **CPS, **AUTH)
    case("issued-by-the-root", "IGC-Santé: cards come from PERSONNES", der(by_root), "card-certificate-range", unknown="accept")
    by_card = leaf(cps, card, own, **{**CPS, "cn": "899700000013"}, **AUTH)
    case("issued-by-a-card", RFC, der(by_card), "card-certificate-authority", crls=[good])
    case("synthetic-in-production", "the test authorities are apart", der(cps), "card-certificate-authority", trust="production", unknown="accept")
    tampered = bytearray(der(cps))
    tampered[tampered.index(b"899700218896")] ^= 1
    case("altered-number", "igc-ca/leaf-person…a2a0df5d", bytes(tampered), "card-certificate-signature", crls=[good])
    flipped = bytearray(der(cps))
    flipped[-1] ^= 1
    case("altered-signature", "igc-ca/leaf-person…a2a0df5d", bytes(flipped), "card-certificate-signature", crls=[good])

    # Ranges and usages.
    case("cps-of-the-standard-range", "rpps-annuaire-igc §3.1", der(leaf(standard, standard_key, card, **CPS, **AUTH)), "card-certificate-range", unknown="accept")
    case("cpe-of-the-strong-range", "rpps-annuaire-igc §3.1", der(leaf(fort, fort_key, card, **CPE, **AUTH)), "card-certificate-range", unknown="accept")
    soft = leaf(elementary, elementary_key, card, **{**CPS, "kind": None}, **AUTH, card=None, cert_type=b"\x04\x01\x83")
    case("software-certificate", "rpps-annuaire-igc §3.1", der(soft), "card-certificate-range", unknown="accept")
    case("signature-for-authentication", "rpps-annuaire-igc §3.3", der(sign), "card-certificate-usage", "authentication", crls=[good])
    case("authentication-for-signature", "rpps-annuaire-igc §3.3", der(cps), "card-certificate-usage", "signature", purpose="signature", crls=[good])
    tech = dict(cn="8025000001/2800636234", kind=integer(0))
    technical = leaf(fort, fort_key, card, **tech, **AUTH, serial=0x5E)
    case("technical", "cps.md §8: of the card, not of the person", der(technical), "card-certificate-holder", crls=[good])
    named = leaf(fort, fort_key, card, **CPS, ku=usage(digital_signature=True), eku=[EKU.CODE_SIGNING])
    case("technical-with-a-name", "cps.md §8", der(named), "card-certificate-holder", crls=[good])
    no_eku = leaf(fort, fort_key, card, **CPS, ku=usage(digital_signature=True))
    case("no-extended-usage", "rpps-annuaire-igc §3.3", der(no_eku), "card-certificate-holder", crls=[good])
    no_ku = leaf(fort, fort_key, card, **CPS, eku=AUTH["eku"])
    case("no-usage", "rpps-annuaire-igc §3.3", der(no_ku), "card-certificate-usage", "authentication", crls=[good])
    cipher = leaf(fort, fort_key, card, **CPS, ku=usage(key_encipherment=True), eku=AUTH["eku"])
    case("encipherment", "rpps-annuaire-igc §3.3", der(cipher), "card-certificate-usage", "authentication", crls=[good])

    # Revocation lists.
    case("revoked", RFC, der(cps), "card-certificate-revoked", crls=[revocations(fort, fort_key, [0x5A5A])])
    case("revoked-and-the-list-is-old", RFC, der(cps), "card-certificate-revoked", unknown="accept",
         crls=[revocations(fort, fort_key, [0x5A5A], this=NOW - dt.timedelta(days=40))])
    roots_list = revocations(root, root_key, [int.from_bytes("AC IGC-SANTE FORT PERSONNES SYNTHETIC".encode()[-8:], "big")])
    case("authority-revoked", RFC, der(cps), "card-certificate-authority", crls=[good, roots_list])
    case("list-missing", RFC, der(cps), "revocation-unknown", "missing")
    case("list-missing-and-accepted", RFC, der(cps), "ok", unknown="accept", found={**doctor, "revocation": "unknown"})
    case("list-of-another-authority", RFC, der(cps), "revocation-unknown", "missing", crls=[good_standard])
    old = revocations(fort, fort_key, this=NOW - dt.timedelta(days=3))
    case("list-past-its-end", RFC, der(cps), "revocation-unknown", "old", crls=[old])
    case("list-past-its-end-and-accepted", RFC, der(cps), "ok", crls=[old], unknown="accept", found={**doctor, "revocation": "unknown"})
    case("list-older-than-the-policy", "issue: CRL no older than a set age", der(cps), "revocation-unknown", "old", crls=[good], max_age=3600)
    case("list-as-old-as-the-policy", "issue: CRL no older than a set age", der(cps), "ok", crls=[good], max_age=4 * 3600, found=doctor)
    case("list-of-tomorrow", RFC, der(cps), "crl-not-yet-valid", crls=[revocations(fort, fort_key, this=NOW + dt.timedelta(days=1))])
    case("list-of-in-a-minute", "clocks differ", der(cps), "ok", crls=[revocations(fort, fort_key, this=NOW + dt.timedelta(minutes=1))], found=doctor)
    case("list-signed-by-another", RFC, der(cps), "crl-signature", crls=[revocations(namesake, own)])
    altered = bytearray(good)
    altered[-1] ^= 1
    case("list-altered", RFC, der(cps), "crl-signature", crls=[bytes(altered)])
    case("list-of-nobody", RFC, der(cps), "crl-authority", crls=[revocations(other, own)])
    case("list-signed-by-the-card", RFC, der(cps), "crl-authority", crls=[revocations(cps, card)])
    case("list-of-changes-only", "RFC 5280 §5.2.4", der(cps), "crl-unreadable", crls=[revocations(fort, fort_key, delta=True)])
    case("list-cut", RFC, der(cps), "crl-unreadable", crls=[good[:-3]])
    case("list-a-web-page", "a portal that answers in the list's place", der(cps), "crl-unreadable", crls=[b"<html>Portail</html>"])
    case("list-with-bytes-behind", RFC, der(cps), "crl-unreadable", crls=[good + b"\0"])
    newer = revocations(fort, fort_key, [0x5A5A], this=NOW - dt.timedelta(hours=1), number=8)
    case("revoked-in-the-newer-of-two", RFC, der(cps), "card-certificate-revoked", crls=[good, newer])
    case("revoked-in-the-newer-given-first", RFC, der(cps), "card-certificate-revoked", crls=[newer, good])

    # Forms.
    UNREADABLE = "card-certificate-unreadable"
    case("empty", RFC, b"", UNREADABLE)
    case("cut", RFC, der(cps)[:-1], UNREADABLE)
    case("not-der", RFC, b"\x30\x80" + der(cps)[4:] + b"\0\0", UNREADABLE)
    case("a-list-as-a-certificate", RFC, good, UNREADABLE)
    huge = leaf(fort, fort_key, card, **CPS, **AUTH, more=[(private("1.2.250.1.71.9.9", b"\x04\x83\x01\x11\x70" + bytes(70_000)), False)])
    case("too-large", "no card holds so much", der(huge), UNREADABLE, crls=[good])
    two = leaf(fort, fort_key, card, **CPS, **AUTH, prefix=[(N.COMMON_NAME, "899700000013")])
    case("two-numbers", "one subject, one person", der(two), UNREADABLE, "subject", crls=[good])
    spaced = leaf(fort, fort_key, card, **{**CPS, "cn": "8 997 00218896"}, **AUTH)
    case("a-number-with-spaces", "the CN is the IdNat_PS", der(spaced), "card-certificate-holder", crls=[good])
    control = leaf(fort, fort_key, card, **{**CPS, "family": "SPE\nCIALISTE"}, **AUTH)
    case("a-name-on-two-lines", "a guard of pages and logs", der(control), UNREADABLE, "subject", crls=[good])
    critical = leaf(fort, fort_key, card, **CPS, **AUTH, more=[(private("1.2.250.1.71.9.9", integer(1)), True)])
    case("unknown-critical-extension", "RFC 5280 §4.2", der(critical), "card-certificate-unsupported", crls=[good])
    weak_key = key("weak", 1024)
    weak_ca = authority("AC IGC-SANTE FORT PERSONNES SYNTHETIC", weak_key)
    short = leaf(fort, fort_key, weak_key, **CPS, **AUTH)
    case("key-of-1024-bits", "rpps-annuaire-igc §3.1: the old IGC-CPS is refused", der(short), "card-certificate-unsupported", crls=[good])
    long_hash = leaf(fort, fort_key, card, **CPS, **AUTH, algorithm=hashes.SHA512())
    case("ok-sha512", "RFC 4055", der(long_hash), "ok", crls=[good], found=doctor)

    for file in HERE.glob("*.json"):
        file.unlink()
    for name, body in CASES.items():
        (HERE / f"{name}.json").write_text(json.dumps(body, indent=2, ensure_ascii=False) + "\n")
    print(len(CASES), "cases")


ROOM = HERE.parent / "card-possession"
MARK = b"sas-psc: possession of a card, 1\n"
PKCS1 = padding.PKCS1v15()


def pss(salt):
    return padding.PSS(padding.MGF1(hashes.SHA256()), salt)


def to_sign(state) -> bytes:
    purpose, service = state["purpose"].encode(), state["service"].encode()
    words = bytes([len(purpose)]) + purpose + bytes([len(service)]) + service
    return MARK + words + state["made"].to_bytes(8, "big") + bytes(state["nonce"])


def possessions():
    """Files of card-possession/: a challenge as it is kept, and what is answered. PSS draws a salt: its files change."""
    made = int(NOW.timestamp()) * 1000
    right = {"purpose": "open-the-ward", "service": "https://ward.example", "nonce": list(range(32)), "made": made, "ends": made + 120_000}
    holder, other = key("holder"), key("other")
    message = to_sign(right)
    count = 0

    def one(name, expect, about=None, *, asked=right, signed=message, by=holder, how=PKCS1, hash=hashes.SHA256(), scheme="pkcs1-sha256", spent=False, believed=1, at=30, certificate="cps-authentication.pem", change=lambda signature: signature):
        nonlocal count
        count += 1
        signature = change(by.sign(signed, how, hash))
        body = {
            "source": "card::CardChallenge", "expect": expect, "about": about, "challenge": {"v": 1, "state": [asked, spent]},
            "certificate": certificate, "believed_at": made // 1000 + believed, "now": made // 1000 + at, "scheme": scheme,
            "signature": base64.b64encode(signature).decode(),
        }
        (ROOM / f"{name}.json").write_text(json.dumps(body, indent=2) + "\n")

    no, late = "possession-signature", "possession-expired"
    one("ok", "ok")
    one("ok-pss", "ok", how=pss(32), scheme="pss-sha256")
    one("ok-last-second", "ok", at=120)
    one("ok-believed-at-once", "ok", believed=0)
    one("pss-as-pkcs1", no, how=pss(32))
    one("pkcs1-as-pss", no, scheme="pss-sha256")
    one("pss-without-salt", no, how=pss(0), scheme="pss-sha256")
    one("pss-with-a-short-salt", no, how=pss(20), scheme="pss-sha256")
    one("sha1", no, hash=hashes.SHA1())
    one("sha512", no, hash=hashes.SHA512())
    one("by-another-key", no, by=other)
    one("for-another-purpose", no, asked={**right, "purpose": "open-the-safe"})
    one("for-another-service", no, asked={**right, "service": "https://ward.example.org"})
    one("of-another-time", no, asked={**right, "made": made - 1})
    one("of-another-challenge", no, asked={**right, "nonce": [1] + list(range(1, 32))})
    one("words-moved", no, asked={**right, "purpose": "open-the-war", "service": "dhttps://ward.example"})
    one("without-its-mark", no, signed=message[len(MARK):])
    one("of-nothing", no, signed=b"")
    one("cut", no, change=lambda signature: signature[:-1])
    one("longer", no, change=lambda signature: signature + b"\0")
    one("empty", no, change=lambda signature: b"")
    one("zero", no, change=lambda signature: bytes(256))
    one("too-late", late, at=121)
    one("before-it-was-made", late, at=-1)
    one("certificate-believed-before", late, "certificate", believed=-1)
    one("replayed", "possession-replayed", spent=True)
    one("by-the-signature-key", "card-certificate-usage", "authentication", certificate="cps-signature.pem")
    one("challenge-of-an-hour", "stored-form-unreadable", asked={**right, "ends": made + 3_600_000})
    one("challenge-for-nothing", "stored-form-unreadable", asked={**right, "purpose": ""})
    print(count, "possessions")


if __name__ == "__main__":
    PKI.mkdir(exist_ok=True)
    write()
    if "possessions" in sys.argv:
        possessions()
