//! The mail: its link and its code, wrong, elsewhere, twice, late, replaced; a mail server that is slow or says no.

use crate::refusal;
use sas_psc::Code;
use sas_psc::drive::block_on;
use sas_psc::email::{LinkPage, Status};
use sas_psc::onboarding::{AccountId, State};
use sas_psc_sim::{Fault, Mail, Rule};
use sas_psc_tests::{LINK_BASE, LinkToken, Site, TAB};
use std::time::Duration;

const ADDRESS: &str = "kit@cabinet.invalid";

fn sent() -> (Site, AccountId, Mail) {
    let site = Site::new();
    let id = site.enter("physician").id;
    let mail = site.mail_to(id, ADDRESS);
    (site, id, mail)
}

fn wrong(code: &str) -> String {
    let first = if code.starts_with('1') { '2' } else { '1' };
    format!("{first}{}", &code[1..])
}

#[test]
fn the_mail_says_what_it_is_until_when_and_what_to_do_otherwise() {
    let (_, _, mail) = sent();
    assert_eq!(mail.subject, "Vérification du courriel");
    for text in ["Ce lien expire dans 5 minutes.", "Sinon, ignorez ce message.", "Service d'accès aux soins"] {
        assert!(mail.text.contains(text), "{text}: {}", mail.text);
    }
    // NOW is nine in Paris, in winter.
    assert!(mail.text.contains("à 09 h 05 (heure de Paris)"), "{}", mail.text);
    let (link, code) = (mail.link().unwrap(), mail.code().unwrap());
    assert!(link.starts_with(LINK_BASE) && !link.contains(&code), "the two are independent");
    assert!(mail.html.contains(&link) && !mail.subject.contains(&code));
    assert_eq!(mail.to, [ADDRESS]);
}

#[test]
fn opening_the_link_changes_nothing_for_anyone() {
    let (site, id, mail) = sent();
    let token = mail.link_token();
    let before = site.stored(id);
    let other = site.enter("nurse").id;
    for _ in 0..3 {
        assert_eq!(site.open(None, &token).unwrap(), LinkPage::Elsewhere, "a robot, another machine");
        assert_eq!(site.open(Some((id, "tab-2")), &token).unwrap(), LinkPage::Elsewhere);
        assert_eq!(site.open(Some((other, TAB)), &token).unwrap(), LinkPage::Elsewhere);
        assert_eq!(site.open(Some((id, TAB)), &token).unwrap(), LinkPage::Confirm);
    }
    assert_eq!(site.stored(id), before);
    assert_eq!(site.confirm(id, TAB, &token).unwrap(), State::TermsWanted);
}

#[test]
fn garbage_for_a_link() {
    let (site, id, mail) = sent();
    let token = mail.link_token();
    let (challenge, secret) = token.split_once('.').unwrap();
    let cut = &token[..token.len() - 1];
    let swapped = format!("{secret}.{challenge}");
    let before = site.stored(id);
    for garbage in ["", ".", challenge, secret, cut, &swapped, &"x".repeat(100_000), "é\0\u{202e}"] {
        assert_eq!(site.open(None, garbage).unwrap(), LinkPage::Elsewhere);
        assert_eq!(refusal(site.confirm(id, TAB, garbage)), Code::EMAIL_LINK_WRONG);
    }
    assert_eq!(site.stored(id), before);
    assert!(site.confirm(id, TAB, &token).is_ok());
}

#[test]
fn a_link_confirmed_in_another_session() {
    let (site, id, mail) = sent();
    assert_eq!(refusal(site.confirm(id, "tab-2", &mail.link_token())), Code::EMAIL_OTHER_SESSION);
    assert_eq!(site.state(id), State::MailSent);
}

#[test]
fn a_code_typed_in_another_session_is_refused_and_not_counted() {
    let (site, id, mail) = sent();
    let code = mail.code().unwrap();
    for _ in 0..10 {
        assert_eq!(refusal(site.code(id, "tab-2", &code)), Code::EMAIL_OTHER_SESSION);
    }
    assert_eq!(site.code(id, TAB, &code).unwrap(), State::TermsWanted);
}

#[test]
fn a_link_confirmed_twice_says_the_same() {
    let (site, id, mail) = sent();
    let token = mail.link_token();
    for _ in 0..2 {
        assert_eq!(site.confirm(id, TAB, &token).unwrap(), State::TermsWanted);
    }
    assert_eq!(site.open(Some((id, TAB)), &token).unwrap(), LinkPage::AlreadyProven);
    assert_eq!(site.open(None, &token).unwrap(), LinkPage::Elsewhere);
}

#[test]
fn five_wrong_codes_end_the_mail_and_another_is_asked_for() {
    let (site, id, mail) = sent();
    let code = mail.code().unwrap();
    for left in [4, 3, 2, 1] {
        let error = site.code(id, TAB, &wrong(&code)).unwrap_err();
        assert_eq!((error.code(), error.facts().tries_left), (Code::EMAIL_CODE_WRONG, Some(left)));
    }
    assert_eq!(refusal(site.code(id, TAB, &wrong(&code))), Code::EMAIL_TRIES_USED_UP);
    assert_eq!(refusal(site.code(id, TAB, &code)), Code::EMAIL_TRIES_USED_UP);
    assert_eq!(refusal(site.confirm(id, TAB, &mail.link_token())), Code::EMAIL_TRIES_USED_UP);
    site.pass(30);
    site.mail_again(id, TAB).unwrap();
    let code = site.newest(ADDRESS).code().unwrap();
    assert_eq!(site.code(id, TAB, &code).unwrap(), State::TermsWanted);
}

#[test]
fn what_is_not_eight_digits_is_no_try() {
    let (site, id, mail) = sent();
    for typed in ["", "1234567", "123456789", "1234567a", "-1234567"] {
        assert_eq!(refusal(site.code(id, TAB, typed)), Code::EMAIL_CODE_FORM, "{typed}");
    }
    let code = mail.code().unwrap();
    let as_printed = format!(" {} {}\n", &code[..4], &code[4..]);
    assert_eq!(site.code(id, TAB, &as_printed).unwrap(), State::TermsWanted);
}

#[test]
fn after_five_minutes_link_and_code_are_late_and_a_new_mail_works() {
    let (site, id, mail) = sent();
    site.clock.advance(Duration::from_millis(299_999));
    assert_eq!(site.open(Some((id, TAB)), &mail.link_token()).unwrap(), LinkPage::Confirm);
    site.clock.advance(Duration::from_millis(1));
    assert_eq!(refusal(site.open(Some((id, TAB)), &mail.link_token())), Code::EMAIL_EXPIRED);
    assert_eq!(refusal(site.confirm(id, TAB, &mail.link_token())), Code::EMAIL_EXPIRED);
    assert_eq!(refusal(site.code(id, TAB, &mail.code().unwrap())), Code::EMAIL_EXPIRED);
    let status = site.account(id).onboarding.challenge().unwrap().status(site.now());
    assert_eq!(status, Status::Expired);
    site.mail_again(id, TAB).unwrap();
    assert!(site.code(id, TAB, &site.newest(ADDRESS).code().unwrap()).is_ok());
}

#[test]
fn after_a_resend_the_first_mail_is_replaced() {
    let (site, id, mail) = sent();
    site.pass(30);
    site.mail_again(id, TAB).unwrap();
    assert_eq!(refusal(site.code(id, TAB, &mail.code().unwrap())), Code::EMAIL_SUPERSEDED);
    assert_eq!(refusal(site.confirm(id, TAB, &mail.link_token())), Code::EMAIL_SUPERSEDED);
    assert!(site.confirm(id, TAB, &site.newest(ADDRESS).link_token()).is_ok());
}

#[test]
fn a_resend_waits_thirty_seconds_and_longer_each_time() {
    let (site, id, _) = sent();
    for wait in [30, 60, 120] {
        let early = block_on(site.sign_up.resend(id, TAB, None)).unwrap_err();
        let left = early.facts().retry_after.unwrap().as_secs();
        assert_eq!((early.code(), left), (Code::EMAIL_RESEND_TOO_EARLY, wait));
        site.pass(wait);
        site.mail_again(id, TAB).unwrap();
    }
    assert_eq!(site.sim.mailbox().all(ADDRESS).len(), 4);
}

#[test]
fn another_address_ends_the_mail_to_the_first() {
    let (site, id, mail) = sent();
    let second = site.mail_to(id, "autre@cabinet.invalid");
    assert!(site.code(id, TAB, &mail.code().unwrap()).is_err());
    assert!(site.confirm(id, TAB, &mail.link_token()).is_err());
    assert!(site.code(id, TAB, &second.code().unwrap()).is_ok());
    let kept = site.account(id).onboarding;
    assert_eq!(kept.proven_address().unwrap().as_typed(), "autre@cabinet.invalid");
}

#[test]
fn an_address_already_linked_is_neither_linked_nor_revealed() {
    let site = Site::new();
    site.open_account("physician", ADDRESS);
    let nurse = site.enter("nurse").id;
    let free = site.give(nurse, TAB, "libre@cabinet.invalid").map(|account| account.state).unwrap();
    let taken = site.give(nurse, TAB, "KIT@Cabinet.invalid").map(|account| account.state).unwrap();
    assert_eq!(free, taken);
    assert_eq!(site.deliver(nurse).unwrap().state, State::MailSent);
    let mail = site.newest("KIT@cabinet.invalid");
    assert_eq!(mail.subject, "Votre courriel est déjà lié à un compte");
    assert_eq!((mail.link(), mail.code()), (None, None));
    assert_eq!(refusal(site.code(nurse, TAB, "12345678")), Code::EMAIL_CODE_WRONG, "as any wrong code");
}

#[test]
fn an_address_proven_by_two_at_once_goes_to_the_first() {
    let site = Site::new();
    let accounts = ["physician", "nurse"].map(|person| site.enter(person).id);
    let codes = accounts.map(|id| site.mail_to(id, ADDRESS).code().unwrap());
    assert!(site.code(accounts[0], TAB, &codes[0]).is_ok());
    assert_eq!(refusal(site.code(accounts[1], TAB, &codes[1])), Code::STORE_EMAIL_TAKEN);
    assert!(site.account(accounts[1]).onboarding.proven_address().is_none());
    let other = site.mail_to(accounts[1], "mael@cabinet.invalid");
    assert!(site.code(accounts[1], TAB, &other.code().unwrap()).is_ok());
}

#[test]
fn a_mail_server_that_says_later_is_tried_again_by_itself() {
    for fault in [Fault::Smtp, Fault::SmtpData] {
        let site = Site::new();
        let id = site.enter("physician").id;
        site.once(Rule { status: Some(451), ..Rule::new(fault) });
        site.give(id, TAB, ADDRESS).unwrap();
        assert_eq!(refusal(site.deliver(id)), Code::MAIL_DEFERRED);
        assert_eq!(site.state(id), State::MailDue);
        assert_eq!(block_on(site.sign_up.run_due()).unwrap(), 0, "not before its time");
        site.pass(5);
        assert_eq!(block_on(site.sign_up.run_due()).unwrap(), 1);
        assert_eq!(site.sim.mailbox().all(ADDRESS).len(), 1);
        let code = site.newest(ADDRESS).code().unwrap();
        site.pass(299);
        assert!(site.code(id, TAB, &code).is_ok(), "the five minutes start at the hand-over");
    }
}

#[test]
fn a_mail_server_that_refuses_the_address() {
    let site = Site::new();
    let id = site.enter("physician").id;
    for address in ["kit@refuse.invalid", ADDRESS] {
        site.give(id, TAB, address).unwrap();
        if address == ADDRESS {
            site.once(Rule { status: Some(550), ..Rule::new(Fault::Smtp) });
        }
        let code = refusal(site.deliver(id));
        assert_eq!((code, site.state(id)), (Code::MAIL_REFUSED, State::EmailWanted), "{address}");
        assert_eq!(block_on(site.sign_up.run_due()).unwrap(), 0);
    }
    assert_eq!(site.complete(id, "autre@cabinet.invalid"), State::Active);
}

#[test]
fn a_mail_server_that_is_down_for_long_is_given_up_and_asked_again_by_a_click() {
    let site = Site::new();
    let id = site.enter("physician").id;
    site.sim.inject(Rule { status: Some(451), ..Rule::new(Fault::Smtp) });
    site.give(id, TAB, ADDRESS).unwrap();
    for _ in 0..180 {
        assert_eq!(block_on(site.sign_up.run_due()).unwrap(), 0);
        site.pass(5);
    }
    let status = site.account(id).onboarding.challenge().unwrap().status(site.now());
    assert_eq!(status, Status::SendFailed);
    site.sim.set_scenario(sas_psc_sim::Scenario::default());
    assert_eq!(block_on(site.sign_up.run_due()).unwrap(), 0);
    site.mail_again(id, TAB).unwrap();
    assert!(site.code(id, TAB, &site.newest(ADDRESS).code().unwrap()).is_ok());
}

#[test]
fn a_mail_that_no_link_can_outlive_by_fifteen_minutes() {
    let site = Site::new();
    let id = site.enter("physician").id;
    site.give(id, TAB, ADDRESS).unwrap();
    site.pass(600);
    site.deliver(id).unwrap();
    let (code, asked) = (site.newest(ADDRESS).code().unwrap(), 600);
    site.pass(900 - asked - 1);
    assert!(site.code(id, TAB, &code).is_ok());
    let id = site.enter("nurse").id;
    site.give(id, TAB, "mael@cabinet.invalid").unwrap();
    site.pass(601);
    assert_eq!(refusal(site.deliver(id)), Code::EMAIL_SEND_WINDOW_OVER);
}
