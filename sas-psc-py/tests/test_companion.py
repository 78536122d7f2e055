"""The companion for the real platform: it prepares, reads a pasted link, and opens nothing."""

import pytest

from sas_psc import companion, errors

LINK = (
    "https://seconnecter.example/realms/sas/login-actions/action-token"
    "?key=e30.eyJ0eXAiOiJ2ZXJpZnktZW1haWwiLCJleHAiOjE3OTAwMDAzMDB9.c2ln&client_id=sas"
)


def test_what_is_missing_is_said_before_the_journey() -> None:
    seen = {"reader": False, "card": True}
    prepared = companion.prepare("card", number="99700218896", address="docteur@exemple", seen=seen, lang="en")
    assert not prepared["ready"]
    presence = {line["need"]: line["presence"] for line in prepared["checklist"]}
    assert presence == {
        "reader": "missing",
        "card": "ready",
        "middleware": "not-checked",
        "number": "ready",
        "address": "missing",
        "settings": "not-checked",
    }
    assert prepared["steps"][0]["step"] == "connect" and prepared["site"] == "https://sas.sante.fr/"
    assert companion.prepare("ecps", settings={})["ready"]
    with pytest.raises(errors.Error) as caught:
        companion.prepare("sms")
    assert caught.value.name == "usage"


def test_a_pasted_link_says_what_it_is_and_is_not_believed() -> None:
    said = companion.read_link(LINK, ["seconnecter.example"])
    assert said == {"purpose": "verify-email", "claimed_end": "2026-09-21T14:18:20Z", "verified": False}
    with pytest.raises(errors.Error) as caught:
        companion.read_link(LINK, ["autre.example"])
    assert (caught.value.name, caught.value.facts.get("field")) == ("verification-link", "host")
