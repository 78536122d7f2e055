"""Sign-ins sealed in cookies against the simulator, and the doctor."""

import asyncio

import pytest
from conftest import CALLBACK, Simulator

from sas_psc import danger, errors, psc

KEYS = [b"k" * 32]
RETURNS = ["/compte", "/agenda"]


def held(set_cookies: list[str]) -> str:
    """What a browser sends back of these."""
    return "; ".join(cookie.split(";")[0] for cookie in set_cookies)


def test_a_sealed_sign_in_comes_back_to_its_browser_and_to_no_other(simulator: Simulator) -> None:
    service = psc.Psc(simulator.environment(), simulator.client())
    cookies = psc.SignInCookies(KEYS, RETURNS)
    url, set_cookies = cookies.leave(service.service(), "", "/agenda")
    assert all(cookie.startswith("__Host-psc-") and "SameSite=Lax" in cookie for cookie in set_cookies)
    callback = simulator.sign_in_by_card(url, "physician")
    for jar, keys in [("", KEYS), (held(set_cookies), [b"n" * 32])]:
        with pytest.raises(errors.AuthorizationStateError):
            psc.SignInCookies(keys, RETURNS).back(service.service(), jar, callback)
    # A key that is no longer the newest opens what it sealed.
    newer = psc.SignInCookies([b"n" * 32, *KEYS], RETURNS)
    pending, back, deleted = newer.back(service.service(), held(set_cookies), callback)
    assert back == "/agenda" and any("Max-Age=0" in cookie for cookie in deleted)
    assert service.finish(pending, callback).professional.family_name == "SPECIALISTE0021889"
    assert repr(cookies) == "SignInCookies(•••)"


def test_two_tabs_have_two_sign_ins_and_an_address_of_no_list_is_the_first(simulator: Simulator) -> None:
    service = psc.Psc(simulator.environment(), simulator.client())
    cookies = psc.SignInCookies(KEYS, RETURNS)
    first, one = cookies.leave(service.service(), "", "https://evil.example/")
    second, two = cookies.leave(service.service(), held(one), "/agenda")
    jar = held([*one, *two])
    for url, expected in [(second, "/agenda"), (first, "/compte")]:
        callback = simulator.sign_in_by_card(url, "nurse")
        pending, back, _ = cookies.back(service.service(), jar, callback)
        assert back == expected
        service.finish(pending, callback)


def test_a_posted_answer_has_cookies_of_its_own(simulator: Simulator) -> None:
    service = psc.Psc(simulator.environment(), simulator.client()).service()
    cookies = psc.SignInCookies(KEYS, RETURNS)
    url, set_cookies = cookies.leave(service, "", form_post=True, fresh_within=60)
    assert "response_mode=form_post" in url and "max_age=60" in url
    assert all("SameSite=None" in cookie for cookie in set_cookies)
    with pytest.raises(errors.ServerKeyShortError):
        psc.SignInCookies([b"short"], RETURNS)
    with pytest.raises(errors.AddressRefusedError):
        psc.SignInCookies(KEYS, ["//evil.example"])


def test_the_doctor_names_what_is_wrong_first(simulator: Simulator) -> None:
    here = psc.Psc(simulator.environment(), simulator.client())
    found = {finding["check"]: finding for finding in here.examine(lang="en")}
    assert {found[check]["status"] for check in ("issuer", "discovery", "keys", "clock")} == {"ok"}
    assert found["client-certificate"]["status"] == "skipped"
    nowhere = psc.AsyncPsc(danger.insecure_loopback("http://127.0.0.1:1"), psc.Client("c", CALLBACK, secret="s"))
    findings = asyncio.run(nowhere.examine())
    failed = [finding for finding in findings if finding["status"] == "failed"]
    assert (failed[0]["check"], failed[0]["code"]) == ("issuer", 10003) and failed[0]["hint"]
    seen = psc.examine(simulator.environment(), simulator.client(), observe=True)
    assert seen and {finding["check"] for finding in seen} == {"observation"}
