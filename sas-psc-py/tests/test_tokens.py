"""ID tokens and people: the vectors that Rust and C run, and what Python adds to them."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from sas_psc import Error, errors, psc

VECTORS = Path(__file__).parents[2] / "vectors"


def cases(room: str) -> list[Any]:
    files = sorted((VECTORS / room).glob("*.json"))
    return [pytest.param(json.loads(file.read_text()), id=file.stem) for file in files]


def check(case: dict[str, Any]) -> psc.IdTokenCheck:
    options = case["options"]
    asked = {name: options[name] for name in ("acr", "max_age", "leeway") if name in options}
    return psc.IdTokenCheck(
        options["issuer"],
        options["client_id"],
        json.dumps(case["jwks"]).encode(),
        exact_acr=options.get("exact_acr", False),
        allow_missing_acr=options.get("allow_missing_acr", False),
        **asked,
    )


def verify(case: dict[str, Any]) -> psc.VerifiedIdToken:
    options = case["options"]
    return check(case).verify(
        case["token"], nonce=options.get("nonce"), access_token=options.get("access_token"), now=options["now"]
    )


@pytest.mark.parametrize("case", cases("id-token"))
def test_a_token_is_judged_as_its_file_says(case: dict[str, Any]) -> None:
    if case["expect"] == "ok":
        verified = verify(case)
        assert verified.issuer == verified.claims["iss"] == case["options"]["issuer"]
        assert (verified.subject, verified.id_nat) == (verified.claims["sub"], "899700000013")
        assert verified.session_id == verified.claims.get("sid")
        assert verified.expires_at == int(verified.claims["exp"])
        return
    with pytest.raises(Error) as caught:
        verify(case)
    assert caught.value.name == case["expect"]
    assert (caught.value.facts.get("claim") or caught.value.facts.get("field")) == case.get("about")


@pytest.mark.parametrize("case", cases("logout-token"))
def test_a_logout_token_is_judged_as_its_file_says(case: dict[str, Any]) -> None:
    options = case["options"]

    def verify_logout() -> psc.LogoutToken:
        check = psc.LogoutTokenCheck(
            options["issuer"],
            options["client_id"],
            json.dumps(case["jwks"]).encode(),
            leeway=options.get("leeway"),
            allow_untyped=options.get("allow_untyped", False),
        )
        return check.verify(case["token"], now=options["now"])

    if case["expect"] == "ok":
        verified = verify_logout()
        assert len(verified.once) == 32 and verified.once == verify_logout().once
        assert verified.subject or verified.session_id
        assert verified.issued_at < verified.remembered_until
        for secret in filter(None, (verified.subject, verified.session_id)):
            assert secret not in repr(verified)
        return
    with pytest.raises(Error) as caught:
        verify_logout()
    assert caught.value.name == case["expect"]
    assert (caught.value.facts.get("claim") or caught.value.facts.get("field")) == case.get("about")


@pytest.mark.parametrize("case", cases("userinfo"))
def test_a_userinfo_is_read_or_refused_as_its_file_says(case: dict[str, Any]) -> None:
    body = case["text"] if "text" in case else json.dumps(case["userinfo"])
    if case["expect"] != "ok":
        with pytest.raises(Error) as caught:
            psc.UserInfo(body.encode())
        assert (caught.value.name, caught.value.facts.get("claim")) == (case["expect"], case.get("about"))
        return
    info = psc.UserInfo(body.encode())
    person, found = info.professional, case["found"]["professional"]
    assert (person.id_nat, person.rpps) == (found["id_nat"], case["found"]["rpps"])
    assert (person.family_name, person.given_name) == (found["name"]["family"], found["name"]["given"])
    assert (info.auth_mode, info.claims) == (case["found"]["auth_mode"], case["userinfo"])
    told = person.to_dict()
    assert told["other_ids"] == found["other_ids"]
    for practice, wanted in zip(told["practices"], found["practices"], strict=True):
        assert {name: practice[name] for name in wanted if name != "activities"}.items() <= wanted.items()
        for activity, of in zip(practice["activities"], wanted["activities"], strict=True):
            assert of.items() <= activity.items()
    assert [(one.key, one.label) for one in person.situations] == [(s["key"], s["label"]) for s in told["situations"]]
    assert all(person.choose(one.key).key == one.key for one in person.situations)
    assert found["name"]["family"] == "" or found["name"]["family"] not in repr(info) + repr(person)


def test_claims_are_read_once_and_cannot_be_changed() -> None:
    verified = verify(json.loads((VECTORS / "id-token/ok.json").read_text()))
    assert verified.claims is verified.claims
    with pytest.raises(TypeError):
        verified.claims["sub"] = "other"  # type: ignore[index]
    with pytest.raises(AttributeError):
        verified.subject = "other"  # type: ignore[misc]
    for secret in ("899700000013", "DOC0000001"):
        assert secret not in repr(verified)
    assert (verified.acr, verified.auth_mode, verified.client_id) == ("eidas1", "MOBILE", "sas-psc-test")
    assert verified.auth_time is not None and verified.auth_time <= verified.issued_at


def test_what_a_check_is_made_of_is_checked() -> None:
    jwks = json.dumps(json.loads((VECTORS / "id-token/ok.json").read_text())["jwks"]).encode()
    with pytest.raises(errors.AcrUnknownError):
        psc.IdTokenCheck("https://psc.example", "c", jwks, acr="eidas9")
    with pytest.raises(errors.ProviderAnswerError):
        psc.IdTokenCheck("https://psc.example", "c", b"[]")
    with pytest.raises(errors.KeysUnusableError):
        psc.IdTokenCheck("https://psc.example", "c", b'{"keys":[]}')


def person(name: str) -> psc.Professional:
    return psc.UserInfo(json.dumps(json.loads((VECTORS / "userinfo" / name).read_text())["userinfo"]).encode()).professional


def test_a_situation_is_chosen_by_its_person_alone() -> None:
    doctor = person("v2-two-activities.json")
    first, second = doctor.situations
    assert first.key != second.key and first.label.startswith("Médecin – Qualifié en Médecine générale – ")
    assert first.activity and first.activity["kind_label"] == "Activité de soin et de pharmacie"
    chosen = doctor.choose(second.key)
    assert chosen.practice["activities"] == [second.activity] and chosen.person == doctor.id_nat
    assert chosen.is_of(doctor)
    assert second.label not in repr(second) + repr(chosen)
    other = person("no-practice.json")
    assert not chosen.is_of(other)
    with pytest.raises(errors.SituationUnknownError):
        other.choose(second.key)


def test_a_change_of_number_is_recognised() -> None:
    psi = person("psi-with-rpps.json")
    assert psi.rpps
    assert psi.continuity(psi.id_nat) == "same"
    assert psi.continuity("8" + psi.rpps) == "renumbered"
    assert psi.continuity("0759999999") == "unknown"
    changed = json.loads((VECTORS / "userinfo/adeli-became-rpps.json").read_text())
    now = psc.UserInfo(json.dumps(changed["userinfo"]).encode()).professional
    assert (now.adeli, now.continuity("00B6087510")) == ("0B6087510", "adeli-to-rpps")


def test_an_access_token_is_exchanged_for_one_of_an_api() -> None:
    client = psc.Client("proxy", "https://proxy.example/cb", secret="hush")
    with pytest.raises(errors.Error) as plain:
        psc.TokenExchange("http://auth.api.example/token", client, "openid")
    assert plain.value.name == "backend-settings"
    exchange = psc.TokenExchange("https://auth.api.example/token", client, "openid").begin("psc.1", now=1000.0)
    match exchange.next(now=1000.0):
        case psc.Send(request):
            form = parse_qs(request.body.decode())
            assert request.url == "https://auth.api.example/token"
            assert (form["subject_token"], form["subject_issuer"], form["scope"]) == (["psc.1"], ["psc"], ["openid"])
        case other:
            raise AssertionError(other)
    body = b'{"access_token":"api.1","token_type":"Bearer","expires_in":400}'
    exchange.answered(psc.Response(200, [("content-type", "application/json")], body), now=1000.0)
    match exchange.next(now=1000.0):
        case psc.Done(token):
            assert (token.access_token, token.renew_at, token.expires_at) == ("api.1", 1300.0, 1400.0)
            assert "api.1" not in repr(token)
        case other:
            raise AssertionError(other)
    bare = psc.TokenExchange("https://auth.api.example/token", client, "", subject_issuer=None, subject_as_jwt=True)
    refused = bare.begin("psc.1")
    refused.next()
    with pytest.raises(errors.Error) as refusal:
        refused.answered(psc.Response(400, [("content-type", "application/json")], b'{"error":"invalid_grant"}'))
    assert refusal.value.name == "token-exchange-refused"
