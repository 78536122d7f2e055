"""Card certificates: the vectors that Rust and C run, and what Python adds to them."""

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sas_psc import Error, card, danger, psc

ROOM = Path(__file__).parents[2] / "vectors/card-certificate"
CASES = [pytest.param(json.loads(file.read_text()), id=file.stem) for file in sorted(ROOM.glob("*.json"))]


def trust(realm: str) -> card.CardTrust:
    if realm == "production":
        return card.CardTrust()
    if realm == "test":
        return danger.card_authorities_of_test()
    return danger.card_authorities((ROOM / "pki/authorities.pem").read_text())


def verify(case: dict[str, Any]) -> card.TrustedCertificate:
    believed = trust(case["trust"])
    certificate = card.CardCertificate(base64.b64decode(case["certificate"]))
    lists = [believed.revocation_list(base64.b64decode(one)) for one in case["crls"]]
    policy = case["policy"]
    return believed.verify(
        certificate,
        case["purpose"],
        lists=lists,
        max_age=policy.get("max_age"),
        accept_unknown=policy.get("unknown") == "accept",
        now=case["now"],
    )


@pytest.mark.parametrize("case", CASES)
def test_a_certificate_is_judged_as_its_file_says(case: dict[str, Any]) -> None:
    if case["expect"] != "ok":
        with pytest.raises(Error) as caught:
            verify(case)
        assert (caught.value.name, caught.value.facts.get("field")) == (case["expect"], case["about"])
        return
    trusted = verify(case)
    assert case["found"].items() <= trusted.to_dict().items()
    certificate, found = trusted.certificate, case["found"]
    assert (certificate.kind, certificate.purpose) == (found["kind"], found["purpose"])
    assert certificate.professional.id_nat == found["id_nat"]
    assert certificate.not_before < case["now"] <= certificate.not_after
    for secret in (found["id_nat"], found["family"], found["card"]):
        assert secret not in repr(trusted) + repr(certificate)


def pki(name: str) -> card.CardCertificate:
    return card.CardCertificate((ROOM / "pki" / name).read_bytes())


def test_a_certificate_read_without_contact_is_the_cards() -> None:
    certificate = pki("cps-authentication.pem")
    contactless = card.CardCertificate(certificate.der, contactless=True)
    assert (certificate.purpose, contactless.purpose) == ("authentication", "technical")
    with pytest.raises(Error) as caught:
        contactless.professional  # noqa: B018
    assert caught.value.name == "card-certificate-holder"


def test_a_signature_of_another_key_is_refused() -> None:
    with pytest.raises(Error) as caught:
        pki("cps-authentication.pem").check_signature("pkcs1-sha256", b"message", bytes(256))
    assert caught.value.name == "possession-signature"
    with pytest.raises(Error) as caught:
        pki("cps-authentication.pem").check_signature("rsa", b"message", bytes(256))
    assert caught.value.name == "card-purpose-unknown"


def test_authorities_are_told_apart() -> None:
    assert [card.CardTrust().realm, trust("test").realm, trust("synthetic").realm] == ["production", "test", "other"]
    assert repr(card.CardTrust()) == "Trust(production)"
    case = json.loads((ROOM / "revoked.json").read_text())
    listed = trust("synthetic").revocation_list(base64.b64decode(case["crls"][0]))
    assert len(listed) == 4 and listed.this_update < listed.next_update
    assert "FORT" in repr(listed)


NOW = 1795600800.0


def people(room: str) -> list[Any]:
    files = sorted((ROOM.parent / room).glob("*.json"))
    return [pytest.param(json.loads(file.read_text()), id=file.stem) for file in files]


def believed(name: str, now: float) -> card.TrustedCertificate:
    certificate = pki(name)
    return trust("synthetic").verify(certificate, certificate.purpose, accept_unknown=True, now=now)


@pytest.mark.parametrize("case", people("card-possession"))
def test_a_possession_is_judged_as_its_file_says(case: dict[str, Any]) -> None:
    trusted = believed(case["certificate"], case["believed_at"])

    def prove() -> card.CardPossession:
        challenge = card.CardChallenge.resume(json.dumps(case["challenge"]).encode())
        signature = base64.b64decode(case["signature"])
        return challenge.prove(trusted, signature, scheme=case["scheme"], now=case["now"])

    if case["expect"] != "ok":
        with pytest.raises(Error) as caught:
            prove()
        assert (caught.value.name, caught.value.facts.get("field")) == (case["expect"], case["about"])
        return
    possession = prove()
    assert (possession.purpose, possession.service) == ("open-the-ward", "https://ward.example")
    assert possession.professional.rpps == "99700218896" and len(possession.once) == 32
    assert possession.certificate.certificate.kind == "CPS" and possession.remembered_until == NOW + 120
    assert "99700218896" not in repr(possession)


def test_a_challenge_is_fresh_and_spent_by_its_first_answer() -> None:
    challenge = card.CardChallenge("sign-in", "ward", lifetime=60, now=NOW)
    other = card.CardChallenge("sign-in", "ward", lifetime=60, now=NOW)
    assert challenge.to_sign != other.to_sign and challenge.to_sign.startswith(b"sas-psc: possession of a card, 1\n")
    assert card.CardChallenge.resume(challenge.to_stored()).to_sign == challenge.to_sign
    trusted = believed("cps-authentication.pem", NOW)
    for expected in ("possession-signature", "possession-replayed"):
        with pytest.raises(Error) as caught:
            challenge.prove(trusted, bytes(256), now=NOW)
        assert caught.value.name == expected
    with pytest.raises(Error) as caught:
        card.CardChallenge("", "ward")
    assert caught.value.name == "challenge-text"
    assert "sign-in" in repr(challenge)


def test_the_list_begins_with_the_sensible_certificate() -> None:
    found = [pki("cps-signature.pem"), pki("cps-authentication.pem"), pki("cpe-authentication.pem")]
    choice = card.CertificateChoice(found, trust("synthetic"), accept_unknown=True, now=NOW)
    doctor, staff = sorted(choice.options(), key=lambda option: "CPE" in option["label"])
    assert not doctor["default"] and not staff["default"], "two people"
    again = card.CertificateChoice(found, trust("synthetic"), accept_unknown=True, last=staff["key"], now=NOW)
    assert [option["key"] for option in again.options("en") if option["default"]] == [staff["key"]]
    assert choice.choose(doctor["key"]).certificate.kind == "CPS"
    refused = card.CertificateChoice(found[1:2], card.CardTrust(), now=NOW).options()
    assert refused[0]["refused"] == "card-certificate-authority"
    with pytest.raises(Error) as caught:
        choice.choose("0123456789abcdef")
    assert caught.value.name == "certificate-choice"
    assert "SPECIALISTE" not in repr(choice)


@pytest.mark.parametrize("case", people("crosscheck"))
def test_two_descriptions_are_compared_as_their_file_says(case: dict[str, Any]) -> None:
    one, other = (psc.UserInfo(json.dumps(case[side]).encode()).professional for side in ("one", "other"))
    found = one.crosscheck(other, active=case["one_active"], other_active=case["other_active"])
    expected = case["expect"]
    assert (found["person"], found["active"]) == (expected["person"], expected["active"])
    assert found["professions"] == expected["professions"]
    assert [activity["by"] for activity in found["activities"]] == expected["by"]
    assert [[d["what"], d["one"], d["other"]] for d in found["differences"]] == expected["differences"]
    words = [difference["what"] for difference in found["differences"]]
    for word in words:
        with pytest.raises(Error) as caught:
            one.crosscheck(other, active=case["one_active"], other_active=case["other_active"], refuse=[word])
        assert caught.value.name.startswith("crosscheck-")


def test_a_card_is_compared_with_a_sign_in() -> None:
    userinfo = {"sub": "f:u:899700218896", "SubjectNameID": "899700218896", "family_name": "Spécialiste", "given_name": "Elodie"}
    signed_in = psc.UserInfo(json.dumps(userinfo).encode()).professional
    found = pki("cps-authentication.pem").professional.crosscheck(signed_in, refuse=["person", "family-name", "given-name"])
    assert (found["person"], found["differences"]) == ("same", [])
    with pytest.raises(Error) as caught:
        signed_in.crosscheck(signed_in, refuse=["hair"])
    assert caught.value.name == "crosscheck-word"


def test_local_sign_in_is_closed_until_it_is_opened_and_ends(tmp_path: Path) -> None:
    fallback = card.Fallback(tmp_path / "local.sqlite")
    assert fallback.opening(now=NOW) is None
    with pytest.raises(Error) as caught:
        fallback.challenge("ward", now=NOW)
    assert caught.value.name == "fallback-closed"
    assert not fallback.outage(NOW, 10004, now=NOW + 14 * 60)
    assert fallback.outage(NOW, 10004, now=NOW + 15 * 60)
    opening = fallback.opening(now=NOW + 15 * 60)
    assert opening is not None and (opening["by"], opening["cause"]) == ("outage", "timed-out")
    fallback.answered()
    assert fallback.opening(now=NOW + 16 * 60) is None
    fallback.open("Dr Garde", "panne", NOW + 3600, now=NOW)
    assert "Garde" not in repr(fallback)
    challenge = fallback.challenge("ward", now=NOW)
    case = json.loads((ROOM / "ok-cps.json").read_text())
    authorities = trust("synthetic")
    lists = [authorities.revocation_list(base64.b64decode(one)) for one in case["crls"]]
    trusted = authorities.verify(pki("cps-authentication.pem"), lists=lists, now=NOW)
    with pytest.raises(Error) as caught:
        fallback.finish(challenge, trusted, bytes(256), now=NOW)
    assert caught.value.name == "fallback-realm", "synthetic cards sign nobody in"
    danger.fallback_with_any_card(fallback)
    for expected in ("fallback-directory", "possession-replayed"):
        with pytest.raises(Error) as caught:
            fallback.finish(challenge, trusted, bytes(256), unknown=True, now=NOW)
        assert caught.value.name in (expected, "possession-signature")
    with pytest.raises(Error) as caught:
        fallback.set("anything", 1)
    assert caught.value.name == "fallback-rule"
    fallback.set("longest", 60)
    with pytest.raises(Error) as caught:
        fallback.open("Dr Garde", "panne", NOW + 3600, now=NOW)
    assert (caught.value.name, caught.value.facts["field"]) == ("fallback-opening", "until")
    fallback.close()
    assert fallback.opening(now=NOW) is None and fallback.waiting() == []


def signed(message: bytes) -> bytes:
    """Signs as a card would, with the openssl command."""
    key = ROOM / "pki/holder.key"
    command = ["openssl", "dgst", "-sha256", "-sign", str(key)]
    return subprocess.run(command, input=message, capture_output=True, check=True).stdout


def test_a_local_sign_in_is_kept_and_compared_with_the_next_one(tmp_path: Path) -> None:
    fallback = card.Fallback(tmp_path / "local.sqlite")
    danger.fallback_with_any_card(fallback)
    fallback.open("Dr Garde", "panne", NOW + 3600, now=NOW)
    case = json.loads((ROOM / "ok-cps.json").read_text())
    authorities = trust("synthetic")
    lists = [authorities.revocation_list(base64.b64decode(one)) for one in case["crls"]]
    trusted = authorities.verify(pki("cps-authentication.pem"), lists=lists, now=NOW)
    found = psc.UserInfo(b'{"sub":"f:u:899700218896","SubjectNameID":"899700218896"}').professional
    challenge = fallback.challenge("ward", now=NOW)
    copy = card.CardChallenge.resume(challenge.to_stored())
    signature = signed(challenge.to_sign)
    sign_in = fallback.finish(challenge, trusted, signature, found=found, active=True, now=NOW)
    assert (sign_in.professional.rpps, sign_in.ends) == ("99700218896", NOW + 3600)
    with pytest.raises(Error) as caught:
        fallback.finish(copy, trusted, signature, now=NOW)
    assert caught.value.name == "possession-replayed"
    record = sign_in.to_dict()
    assert (record["id_nat"], record["opening"]["name"], record["confirmed"]) == ("899700218896", "Dr Garde", None)
    assert [waiting["id"] for waiting in fallback.waiting(NOW + 1)] == [record["id"]]
    assert [compared["confirmed"] for compared in fallback.reconcile(found, now=NOW + 7200)] == [True]
    assert fallback.reconcile(found, now=NOW + 7201) == fallback.waiting(NOW + 1) == []
    assert "99700218896" not in repr(sign_in)


def test_revocation_lists_are_kept_and_only_the_site_is_asked() -> None:
    cache, authorities = card.CrlCache(), trust("synthetic")
    address = "http://igc-sante.esante.gouv.fr/CRL/ACI-FO-PP.crl"
    cache.want(address)
    assert cache.due_at == 0
    with pytest.raises(Error) as caught:
        cache.want("http://169.254.169.254/latest")
    assert caught.value.name == "crl-address"
    case = json.loads((ROOM / "ok-cps.json").read_text())
    cache.fetched(address, base64.b64decode(case["crls"][0]), authorities, etag='"7"', now=NOW)
    assert cache.due_at is not None and cache.due_at > NOW + 3600
    assert len(cache.lists) == 1 and "FORT" in repr(cache)
    again = card.CrlCache.resume(cache.to_stored(), authorities)
    assert again.due_at == cache.due_at and len(again.lists) == 1
    assert authorities.verify(pki("cps-authentication.pem"), lists=again.lists, now=NOW).to_dict()["revocation"] == "good"
    assert card.CrlCache.resume(cache.to_stored(), card.CardTrust()).lists == []
    assert card.CrlCache().fetch(psc.Http(), authorities) == []
    with pytest.raises(Error) as caught:
        cache.fetched(address, b"<html>", authorities, now=NOW)
    assert caught.value.name == "crl-unreadable"


CMS = sorted((Path(__file__).parents[2] / "vectors/card-cms").glob("*.json"))


@pytest.mark.parametrize("file", CMS, ids=lambda file: file.stem)
def test_a_signed_document_is_judged_as_its_file_says(file: Path) -> None:
    case = json.loads(file.read_text(encoding="utf-8"))
    cms, document = base64.b64decode(case["cms"]), base64.b64decode(case["document"])

    def judged() -> card.TrustedCertificate:
        signature = card.CmsSignature(cms)
        return signature.verify(document, trust("synthetic"), accept_unknown=True, at=case["at"])

    if case["expect"] is None:
        assert judged().certificate.professional.id_nat == "899700218896"
        assert card.CmsSignature(cms).certificate.purpose == "signature"
        assert "8997002" not in repr(card.CmsSignature(cms)) and card.CmsSignature(cms).signing_time <= case["at"]
        return
    with pytest.raises(Error) as caught:
        judged()
    assert caught.value.name == case["expect"]


def test_a_document_is_signed_by_the_signature_key_alone() -> None:
    to_sign = card.CmsToSign(pki("cps-signature.pem"), b"text", now=1_795_600_800.0)
    assert to_sign.to_sign[0] == 0x31 and "8997002" not in repr(to_sign)
    with pytest.raises(Error) as caught:
        to_sign.finish(b"none")
    assert caught.value.name == "cms-signature"
    with pytest.raises(Error) as caught:
        card.CmsToSign(pki("cps-authentication.pem"), b"text")
    assert caught.value.name == "card-certificate-usage"
