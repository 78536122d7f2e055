"""Card certificates: the vectors that Rust and C run, and what Python adds to them."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from sas_psc import Error, card, danger

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
