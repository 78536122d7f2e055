"""The sign-up journey: the vectors that every face runs, and whole journeys of people of the simulator."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import TARGET, Simulator
from test_ciba import Play

from sas_psc import consent, email, errors, psc, sign_up

ROOM = Path(__file__).parents[2] / "vectors"
VECTORS = sorted(file for file in (ROOM / "sign-up").glob("*.json") if file.name != "policy.json")
POLICY = json.loads((ROOM / "sign-up" / "policy.json").read_text())
PAGE = "https://compte.exemple.fr/lien"
KEY = email.ServerKey(bytes([7] * 32))
SETTINGS = {"participation_sas": True, "participation_sas_via": 1, "has_software": False, "hours_available": True}


def site_in(folder: Path) -> sign_up.SignUp:
    return sign_up.SignUp(folder / "accounts.sqlite", KEY, POLICY, PAGE)


def read(mail: sign_up.MailToSend) -> tuple[str, str]:
    """The code and the link's token, as the reader of the mail finds them."""
    text = mail.message["text"]
    code, token = re.search(r"^\s*(\d{4}.?\d{4})\s*$", text, re.M), re.search(r"\?c=(\S+)", text)
    assert code and token
    return code[1], token[1]


def changed(terms: dict[str, Any] | None) -> str:
    """The first line of what changed between two versions of the terms."""
    return str(terms["difference"].splitlines()[0]) if terms and terms["difference"] else "none"


class Journey:
    """One journey, and what its person has in hand."""

    def __init__(self, folder: Path) -> None:
        vector = json.loads((ROOM / "ciba" / "wait-accepted-at-once.json").read_text())
        service = psc.Service(
            psc.Client("sas-psc-test", "https://service.example/callback"), psc.Metadata.of_preset(psc.Environment.bas())
        )
        play = Play(vector)
        self.signed_in = play.run(play.run(service.ciba(vector["person"], vector["channel"])))
        self.now, self.site, self.account = play.now, site_in(folder), ""
        self.mails: list[tuple[str, str]] = []
        self.shown = ""

    def of_mail(self, value: str, part: int) -> str:
        return self.mails[int(value.removeprefix("mail ")) - 1][part]

    def mail(self, outcome: str) -> str:
        mail = self.site.next_mail(self.account, now=self.now)
        if mail is None:
            return "none"
        self.mails.append(read(mail))
        if outcome == "handed-over":
            return str(self.site.handed_over(mail, now=self.now)["state"])
        why = next(error for code in range(10020, 10025) if (error := errors.from_code(code)).name == outcome)
        self.site.not_handed_over(mail, why, now=self.now)
        return str(self.site.account(self.account, now=self.now)["state"])

    def code(self, value: str) -> str:
        if value.startswith("mail "):
            return self.of_mail(value, 0)
        if value != "wrong":
            return value
        last = self.mails[-1][0]
        return ("2" if last[0] == "1" else "1") + last[1:]

    def run_due(self) -> str:
        ran = self.site.run_due(now=self.now)
        if ran["mails"]:
            return str(ran["mails"][0]["due"])
        return "erased" if ran["erased"] else "none"

    def object(self, value: str, wrong: bool) -> str:
        return self.site.object(self.of_mail(value, 1), self.code("wrong") if wrong else self.of_mail(value, 0), now=self.now)

    def step(self, do: str, value: str, attempt: str) -> str:
        site, account, now = self.site, self.account, self.now
        hash = self.shown if value == "shown" else value
        match do:
            case "wait":
                self.now += float(value)
                return "-"
            case "mail":
                return self.mail(value)
            case "close" | "erase":
                getattr(site, do)(account, now=now)
                return "-"
            case "export":
                return f"{len(site.export(account, now=now)['records'])} records"
            case "run_due":
                return self.run_due()
            case "noticed" | "noticed_refused":
                site.noticed(account, value, refused=do == "noticed_refused", now=now)
                return "-"
            case "open_objection":
                site.open_objection(self.of_mail(value, 1), now=now)
                return "-"
            case "object" | "object_wrong":
                return self.object(value, do == "object_wrong")
            case "terms_notice":
                return changed(site.terms_notice(account, now=now))
            case "open_link":
                return site.open_link(self.of_mail(value, 1), account, attempt, now=now)
            case "present_terms" | "terms_difference":
                terms = site.present_terms(account, attempt, now=now)
                self.shown = terms["hash"]
                return "shown" if do == "present_terms" else changed(terms)
            case "terms_noticed":
                found = site.terms_noticed(account, now=now)
            case _ if do.startswith("save_settings_as_"):
                role = do.removeprefix("save_settings_as_")
                found = site._sign_up.save_settings_as(account, role, self.signed_in, value, "fr", now)
            case "welcome" | "reopen":
                found = getattr(site, do)(self.signed_in, now=now)
            case "account" | "drop_address_change":
                found = getattr(site, do)(account, now=now)
            case "account_of":
                found = site.account(value, now=now)
            case "give_address" | "change_address":
                found = getattr(site, do)(account, attempt, value, now=now)
            case "resend":
                found = site.resend(account, attempt, network="192.0.2.7", now=now)
            case "answer_code":
                found = site.answer_code(account, attempt, self.code(value), now=now)
            case "answer_link":
                found = site.answer_link(account, attempt, self.of_mail(value, 1), now=now)
            case "accept_terms" | "accept_terms_unticked":
                found = site.accept_terms(account, attempt, hash, do == "accept_terms", now=now)
            case "refuse_terms":
                found = site.refuse_terms(account, attempt, hash, now=now)
            case "save_settings":
                # What is no object cannot be passed in Python: the native half judges it.
                found = site._sign_up.save_settings(account, value, "fr", now)
            case _:
                raise AssertionError(do)
        self.account = found["account"]
        return str(found["state"])


@pytest.mark.parametrize("file", VECTORS, ids=lambda file: file.stem)
def test_vectors(file: Path, tmp_path: Path) -> None:
    journey = Journey(tmp_path)
    for at, step in enumerate(json.loads(file.read_text())["steps"], 1):
        try:
            found = journey.step(step["do"], step.get("value", ""), step.get("attempt", "tab-1"))
        except errors.Error as error:
            found = error.name
        assert found == step["expect"], f"step {at}: {step}"


def test_all_the_vectors_were_found() -> None:
    assert len(VECTORS) >= 36


def sign_in(simulator: Simulator, person: str) -> psc.SignedIn:
    service = psc.Psc(simulator.environment(), simulator.client())
    pending, url = service.begin()
    return service.finish(pending, simulator.sign_in_by_card(url, person))


def proven(site: sign_up.SignUp, account: dict[str, Any], address: str) -> dict[str, Any]:
    if account["state"] == "places-wanted":
        account = site.choose_places(account["account"], [0])
    site.give_address(account["account"], "tab", address)
    mail = site.next_mail()
    assert mail and mail.to == address and mail.account == account["account"]
    site.handed_over(mail)
    return site.answer_code(account["account"], "tab", read(mail)[0])


def test_a_whole_journey_and_its_receipts(simulator: Simulator, tmp_path: Path) -> None:
    def command(*arguments: str) -> str:
        said = subprocess.run([TARGET / "sas-psc", "consent", *arguments], check=True, capture_output=True, text=True)
        return said.stdout.strip()

    log = str(tmp_path / "journal")
    vkey = command("init", "--log", log, "--origin", "exemple.fr/consentements")
    site, signed_in = site_in(tmp_path), sign_in(simulator, "99700218896")
    account = proven(site, site.welcome(signed_in), "medecin@exemple.invalid")
    terms = site.present_terms(account["account"], "tab", lang="en")
    assert [document["title"] for document in terms["documents"]] == ["General terms of use", "Privacy policy"]
    site.accept_terms(account["account"], "tab", terms["hash"], True)
    sworn = sign_up.declarations(SETTINGS)
    assert all(one["sworn"] for one in sworn) and "honneur" in sworn[-1]["sentence"]
    active = site.save_settings(account["account"], SETTINGS)
    assert (active["state"], active["email"]) == ("active", "medecin@exemple.invalid")
    assert set(active["records"]["declarations"]) == {one["name"] for one in sworn}
    assert site.welcome(sign_in(simulator, "99700218896"))["account"] == account["account"]
    with consent.ConsentLog(log) as journal:
        assert site.feed(journal) == 1 + len(sworn)
        assert site.feed(journal) == 0
        proof, opening = journal.receipt(active["records"]["terms"])
        exported = site.export(account["account"], journal)
        assert all(record["receipt"]["tlog_proof"] for record in exported["records"])
    what = consent.verify_receipt(proof, opening, vkey)["what"]
    assert what["event"] == "accepted" and what["terms"]["sha256"] == terms["hash"]


def test_two_people_and_one_address(simulator: Simulator, tmp_path: Path) -> None:
    site = site_in(tmp_path)
    proven(site, site.welcome(sign_in(simulator, "99700218896")), "cabinet@exemple.invalid")
    other = site.welcome(sign_in(simulator, "99700245667"))
    if other["state"] == "places-wanted":
        with pytest.raises(errors.PlacesUnknownError):
            site.choose_places(other["account"], [99])
        other = site.choose_places(other["account"], [0])
    asked = site.give_address(other["account"], "tab", "cabinet@exemple.invalid")
    assert asked["state"] == "mail-due"
    mail = site.next_mail(other["account"])
    assert mail and "?c=" not in mail.message["text"], "the reader has an account: the mail has no link"
    assert site.handed_over(mail)["state"] == "mail-sent"


def test_no_evidence_can_be_written_by_hand(simulator: Simulator, tmp_path: Path) -> None:
    site, signed_in = site_in(tmp_path), sign_in(simulator, "99700218896")
    for forged in (signed_in.summary(), json.dumps(signed_in.summary()), signed_in.userinfo, signed_in.professional, None):
        with pytest.raises(TypeError):
            site.welcome(forged)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        psc.SignedIn()
    with pytest.raises(TypeError):
        sign_up.MailToSend()
    site.welcome(signed_in)
    assert "99700218896" not in repr(site) + repr(signed_in)


def test_a_policy_with_a_fault(tmp_path: Path) -> None:
    with pytest.raises(errors.PolicyUnreadableError):
        sign_up.SignUp(tmp_path / "a.sqlite", KEY, POLICY | {"colour": "blue"}, PAGE)
    with pytest.raises(errors.TermsInvalidError):
        sign_up.SignUp(tmp_path / "a.sqlite", KEY, POLICY | {"terms": []}, PAGE)
    with pytest.raises(errors.EmailLinkBaseError):
        sign_up.SignUp(tmp_path / "a.sqlite", KEY, POLICY, "http://compte.exemple.fr/lien")
