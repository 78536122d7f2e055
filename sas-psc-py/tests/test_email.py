"""Mailboxes: addresses as every face judges them, a challenge from end to end, templates, limits."""

import json
from pathlib import Path

import pytest

from sas_psc import email, errors

TOP = Path(__file__).parents[2]
KEY = email.ServerKey(bytes(range(32)))
SESSION = ("https://psc.example", "f:subject", "attempt 1")
NOW = 1_795_420_800.0


def rows() -> list[list[str]]:
    lines = (TOP / "vectors" / "email" / "addresses.csv").read_text(encoding="utf-8").splitlines()
    return [line.split(";") for line in lines if line and not line.startswith("#")][1:]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0][:40])
def test_every_address_of_the_vectors(row: list[str]) -> None:
    address, canonical, reason, _ = row
    found = email.check_address(json.loads(address))
    assert (found["canonical"] or "", found["reason"] or "") == (canonical, reason)
    assert found["valid"] is (reason == "")


def test_a_domain_that_misleads_the_eye_is_told_and_taken() -> None:
    found = email.check_address("jean@ехеmрlе.fr")
    assert found["valid"] and found["warnings"] == ["mixed-script", "confusable"]
    assert "warnings" not in email.check_address("jean@exemple.fr")


def sent(now: float = NOW) -> tuple[email.EmailChallenge, email.EmailDispatch]:
    challenge = email.EmailChallenge(*SESSION, "Jeanne@Exemple.fr", now=now)
    assert challenge.status(now=now) == "sending"
    mail = challenge.write(KEY, now=now)
    assert challenge.handed_over(mail, now=now) == now + 300
    return challenge, mail


def token(mail: email.EmailDispatch) -> str:
    return mail.link("https://site.example/lien").removeprefix("https://site.example/lien?c=")


def test_the_code_proves_in_the_session_that_started_and_is_told_again() -> None:
    challenge, mail = sent()
    with pytest.raises(errors.EmailOtherSessionError):
        challenge.answer_code(KEY, mail.code, *SESSION[:2], "attempt 2", now=NOW)
    challenge = email.EmailChallenge.resume(challenge.to_stored())
    proof = challenge.answer_code(KEY, mail.code, *SESSION, now=NOW + 1)
    assert (proof.address, proof.canonical, proof.by) == ("Jeanne@Exemple.fr", "jeanne@exemple.fr", "code")
    assert (proof.subject, proof.proven_at) == (SESSION[1], NOW + 1)
    assert challenge.answer_code(KEY, mail.code, *SESSION, now=NOW + 9).proven_at == NOW + 1
    assert challenge.status(now=NOW + 9) == "proven"
    for shown in (repr(challenge), repr(mail), repr(proof)):
        assert mail.code not in shown and "eanne" not in shown


def test_the_link_changes_nothing_until_the_button() -> None:
    challenge, mail = sent()
    before = challenge.to_stored()
    assert token(mail).startswith(challenge.id + ".")
    assert challenge.open_link(token(mail), now=NOW) == "elsewhere"
    assert challenge.open_link(token(mail), SESSION, now=NOW) == "confirm"
    assert challenge.to_stored() == before
    assert challenge.answer_link(token(mail), *SESSION, now=NOW).by == "link"
    assert challenge.open_link(token(mail), SESSION, now=NOW) == "already-proven"
    with pytest.raises(errors.EmailLinkBaseError):
        mail.link("http://site.example/lien")


def test_wrong_codes_count_and_time_ends_it() -> None:
    challenge, mail = sent()
    wrong = "11111111" if mail.code != "11111111" else "22222222"
    with pytest.raises(errors.EmailCodeWrongError) as caught:
        challenge.answer_code(KEY, wrong, *SESSION, now=NOW)
    assert caught.value.facts["tries_left"] == 4 == challenge.tries_left
    with pytest.raises(errors.EmailExpiredError):
        challenge.answer_code(KEY, mail.code, *SESSION, now=NOW + 300)
    with pytest.raises(errors.EmailResendTooEarlyError):
        challenge.resend(now=NOW + 29)
    assert challenge.resend_at == NOW + 30
    challenge.resend(now=NOW + 30)
    again = challenge.write(KEY, now=NOW + 30)
    assert again.number == 2 and again.expires == NOW + 330
    challenge.refused(again)
    assert challenge.status(now=NOW + 31) == "address-refused"
    challenge.change_address("autre@exemple.fr", now=NOW + 31)
    assert challenge.address == "autre@exemple.fr"


def test_templates_are_checked_and_filled(tmp_path: Path) -> None:
    _, mail = sent()
    ours = email.EmailTemplates().challenge("verification", "fr", "SAS", "https://site.example/lien", mail)
    assert ours["subject"] == "Vérification du courriel" and ours["headers"]["Auto-Submitted"] == "auto-generated"
    assert f"{mail.code[:4]} {mail.code[4:]}" in ours["text"] and token(mail) in ours["html"]
    (tmp_path / "verification.fr.txt").write_text("Subject: Adresse\n\n{{link}} {{code}} {{expires}}\n", encoding="utf-8")
    theirs = email.EmailTemplates(tmp_path).preview("verification", "fr", "SAS")
    assert (theirs["subject"], theirs["text"].split()[1:3]) == ("Adresse", ["1234", "5678"])
    assert email.EmailTemplates().already_linked("en", "SAS", mail)["subject"].startswith("Your e-mail address")
    with pytest.raises(errors.EmailTemplatePlaceError) as caught:
        email.EmailTemplates().with_file("verification.fr.html", "<p>{{link}} {{code}}</p>")
    assert caught.value.facts == {"field": "expires", "template": "verification.fr.html"}
    with pytest.raises(errors.EmailTemplateNameError):
        email.EmailTemplates().preview("bienvenue", "fr", "SAS")


def test_limits_are_shared_by_all_who_open_the_file(tmp_path: Path) -> None:
    rules = {"person": {"free": 1, "first_wait": 30, "longest_wait": 900, "a_day": 5}}
    first, second = (email.MailLimits(tmp_path / "limits.sqlite", KEY, rules) for _ in range(2))
    assert first.ask(b"anne", "a@exemple.fr", "192.0.2.1", now=NOW) == NOW
    with pytest.raises(errors.EmailTooManyError) as caught:
        second.ask(b"anne", "b@exemple.fr", now=NOW)
    assert caught.value.facts["retry_after"] == 30
    for person in (b"p1", b"p2"):
        assert second.ask(person, "a@exemple.fr", now=NOW) == NOW
    assert second.ask(b"p3", "a@exemple.fr", now=NOW) == NOW + 30
    assert first.sweep(now=NOW) == 0
    assert first.sweep(now=NOW + 90_000) > 0
    with pytest.raises(errors.EmailLimitRulesError):
        email.MailLimits(tmp_path / "limits.sqlite", KEY, {"v4_prefix": 0})
    with pytest.raises(errors.ServerKeyShortError):
        email.ServerKey(b"short")
