//! The mail: its link and its code, wrong, elsewhere, twice, late, replaced; a mail server that is slow or says no.

use crate::refusal;
use sas_psc::Code;
use sas_psc::drive::block_on;
use sas_psc::email::{LinkPage, Status};
use sas_psc::onboarding::{AccountId, State};
use sas_psc_sim::{Fault, Mail, Rule};
use sas_psc_tests::{LINK_BASE, LinkToken, TAB, World};
use std::time::Duration;

const ADDRESS: &str = "kit@cabinet.invalid";

fn sent() -> (World, AccountId, Mail) {
    let world = World::new();
    let id = world.enter("physician").id;
    let mail = world.mail_to(id, ADDRESS);
    (world, id, mail)
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
    let (world, id, mail) = sent();
    let token = mail.link_token();
    let before = world.stored(id);
    let other = world.enter("nurse").id;
    for _ in 0..3 {
        assert_eq!(world.open(None, &token).unwrap(), LinkPage::Elsewhere, "a robot, another machine");
        assert_eq!(world.open(Some((id, "tab-2")), &token).unwrap(), LinkPage::Elsewhere);
        assert_eq!(world.open(Some((other, TAB)), &token).unwrap(), LinkPage::Elsewhere);
        assert_eq!(world.open(Some((id, TAB)), &token).unwrap(), LinkPage::Confirm);
    }
    assert_eq!(world.stored(id), before);
    assert_eq!(world.confirm(id, TAB, &token).unwrap(), State::TermsWanted);
}

#[test]
fn garbage_for_a_link() {
    let (world, id, mail) = sent();
    let token = mail.link_token();
    let (challenge, secret) = token.split_once('.').unwrap();
    let cut = &token[..token.len() - 1];
    let swapped = format!("{secret}.{challenge}");
    let before = world.stored(id);
    for garbage in ["", ".", challenge, secret, cut, &swapped, &"x".repeat(100_000), "é\0\u{202e}"] {
        assert_eq!(world.open(None, garbage).unwrap(), LinkPage::Elsewhere);
        assert_eq!(refusal(world.confirm(id, TAB, garbage)), Code::EMAIL_LINK_WRONG);
    }
    assert_eq!(world.stored(id), before);
    assert!(world.confirm(id, TAB, &token).is_ok());
}

#[test]
fn a_link_confirmed_in_another_session() {
    let (world, id, mail) = sent();
    assert_eq!(refusal(world.confirm(id, "tab-2", &mail.link_token())), Code::EMAIL_OTHER_SESSION);
    assert_eq!(world.state(id), State::MailSent);
}

#[test]
fn a_code_typed_in_another_session_is_refused_and_not_counted() {
    let (world, id, mail) = sent();
    let code = mail.code().unwrap();
    for _ in 0..10 {
        assert_eq!(refusal(world.code(id, "tab-2", &code)), Code::EMAIL_OTHER_SESSION);
    }
    assert_eq!(world.code(id, TAB, &code).unwrap(), State::TermsWanted);
}

#[test]
fn a_link_confirmed_twice_says_the_same() {
    let (world, id, mail) = sent();
    let token = mail.link_token();
    for _ in 0..2 {
        assert_eq!(world.confirm(id, TAB, &token).unwrap(), State::TermsWanted);
    }
    assert_eq!(world.open(Some((id, TAB)), &token).unwrap(), LinkPage::AlreadyProven);
    assert_eq!(world.open(None, &token).unwrap(), LinkPage::Elsewhere);
}

#[test]
fn five_wrong_codes_end_the_mail_and_another_is_asked_for() {
    let (world, id, mail) = sent();
    let code = mail.code().unwrap();
    for left in [4, 3, 2, 1] {
        let error = world.code(id, TAB, &wrong(&code)).unwrap_err();
        assert_eq!((error.code(), error.facts().tries_left), (Code::EMAIL_CODE_WRONG, Some(left)));
    }
    assert_eq!(refusal(world.code(id, TAB, &wrong(&code))), Code::EMAIL_TRIES_USED_UP);
    assert_eq!(refusal(world.code(id, TAB, &code)), Code::EMAIL_TRIES_USED_UP);
    assert_eq!(refusal(world.confirm(id, TAB, &mail.link_token())), Code::EMAIL_TRIES_USED_UP);
    world.pass(30);
    world.mail_again(id, TAB).unwrap();
    let code = world.newest(ADDRESS).code().unwrap();
    assert_eq!(world.code(id, TAB, &code).unwrap(), State::TermsWanted);
}

#[test]
fn what_is_not_eight_digits_is_no_try() {
    let (world, id, mail) = sent();
    for typed in ["", "1234567", "123456789", "1234567a", "-1234567"] {
        assert_eq!(refusal(world.code(id, TAB, typed)), Code::EMAIL_CODE_FORM, "{typed}");
    }
    let code = mail.code().unwrap();
    let as_printed = format!(" {} {}\n", &code[..4], &code[4..]);
    assert_eq!(world.code(id, TAB, &as_printed).unwrap(), State::TermsWanted);
}

#[test]
fn after_five_minutes_link_and_code_are_late_and_a_new_mail_works() {
    let (world, id, mail) = sent();
    world.clock.advance(Duration::from_millis(299_999));
    assert_eq!(world.open(Some((id, TAB)), &mail.link_token()).unwrap(), LinkPage::Confirm);
    world.clock.advance(Duration::from_millis(1));
    assert_eq!(refusal(world.open(Some((id, TAB)), &mail.link_token())), Code::EMAIL_EXPIRED);
    assert_eq!(refusal(world.confirm(id, TAB, &mail.link_token())), Code::EMAIL_EXPIRED);
    assert_eq!(refusal(world.code(id, TAB, &mail.code().unwrap())), Code::EMAIL_EXPIRED);
    let status = world.account(id).onboarding.challenge().unwrap().status(world.now());
    assert_eq!(status, Status::Expired);
    world.mail_again(id, TAB).unwrap();
    assert!(world.code(id, TAB, &world.newest(ADDRESS).code().unwrap()).is_ok());
}

#[test]
fn after_a_resend_the_first_mail_is_replaced() {
    let (world, id, mail) = sent();
    world.pass(30);
    world.mail_again(id, TAB).unwrap();
    assert_eq!(refusal(world.code(id, TAB, &mail.code().unwrap())), Code::EMAIL_SUPERSEDED);
    assert_eq!(refusal(world.confirm(id, TAB, &mail.link_token())), Code::EMAIL_SUPERSEDED);
    assert!(world.confirm(id, TAB, &world.newest(ADDRESS).link_token()).is_ok());
}

#[test]
fn a_resend_waits_thirty_seconds_and_longer_each_time() {
    let (world, id, _) = sent();
    for wait in [30, 60, 120] {
        let early = block_on(world.sign_up.resend(id, TAB)).unwrap_err();
        let left = early.facts().retry_after.unwrap().as_secs();
        assert_eq!((early.code(), left), (Code::EMAIL_RESEND_TOO_EARLY, wait));
        world.pass(wait);
        world.mail_again(id, TAB).unwrap();
    }
    assert_eq!(world.sim.mailbox().all(ADDRESS).len(), 4);
}

#[test]
fn another_address_ends_the_mail_to_the_first() {
    let (world, id, mail) = sent();
    let second = world.mail_to(id, "autre@cabinet.invalid");
    assert!(world.code(id, TAB, &mail.code().unwrap()).is_err());
    assert!(world.confirm(id, TAB, &mail.link_token()).is_err());
    assert!(world.code(id, TAB, &second.code().unwrap()).is_ok());
    let kept = world.account(id).onboarding;
    assert_eq!(kept.proven_address().unwrap().as_typed(), "autre@cabinet.invalid");
}

#[test]
fn an_address_already_linked_is_neither_linked_nor_revealed() {
    let world = World::new();
    world.open_account("physician", ADDRESS);
    let nurse = world.enter("nurse").id;
    let free = world.give(nurse, TAB, "libre@cabinet.invalid").map(|account| account.state).unwrap();
    let taken = world.give(nurse, TAB, "KIT@Cabinet.invalid").map(|account| account.state).unwrap();
    assert_eq!(free, taken);
    assert_eq!(world.deliver(nurse).unwrap().state, State::MailSent);
    let mail = world.newest("KIT@cabinet.invalid");
    assert_eq!(mail.subject, "Votre courriel est déjà lié à un compte");
    assert_eq!((mail.link(), mail.code()), (None, None));
    assert_eq!(refusal(world.code(nurse, TAB, "12345678")), Code::EMAIL_CODE_WRONG, "as any wrong code");
}

#[test]
fn an_address_proven_by_two_at_once_goes_to_the_first() {
    let world = World::new();
    let accounts = ["physician", "nurse"].map(|person| world.enter(person).id);
    let codes = accounts.map(|id| world.mail_to(id, ADDRESS).code().unwrap());
    assert!(world.code(accounts[0], TAB, &codes[0]).is_ok());
    assert_eq!(refusal(world.code(accounts[1], TAB, &codes[1])), Code::STORE_EMAIL_TAKEN);
    assert!(world.account(accounts[1]).onboarding.proven_address().is_none());
    let other = world.mail_to(accounts[1], "mael@cabinet.invalid");
    assert!(world.code(accounts[1], TAB, &other.code().unwrap()).is_ok());
}

#[test]
fn a_mail_server_that_says_later_is_tried_again_by_itself() {
    for fault in [Fault::Smtp, Fault::SmtpData] {
        let world = World::new();
        let id = world.enter("physician").id;
        world.once(Rule { status: Some(451), ..Rule::new(fault) });
        world.give(id, TAB, ADDRESS).unwrap();
        assert_eq!(refusal(world.deliver(id)), Code::MAIL_DEFERRED);
        assert_eq!(world.state(id), State::MailDue);
        assert_eq!(block_on(world.sign_up.run_due()).unwrap(), 0, "not before its time");
        world.pass(5);
        assert_eq!(block_on(world.sign_up.run_due()).unwrap(), 1);
        assert_eq!(world.sim.mailbox().all(ADDRESS).len(), 1);
        let code = world.newest(ADDRESS).code().unwrap();
        world.pass(299);
        assert!(world.code(id, TAB, &code).is_ok(), "the five minutes start at the hand-over");
    }
}

#[test]
fn a_mail_server_that_refuses_the_address() {
    let world = World::new();
    let id = world.enter("physician").id;
    for address in ["kit@refuse.invalid", ADDRESS] {
        world.give(id, TAB, address).unwrap();
        if address == ADDRESS {
            world.once(Rule { status: Some(550), ..Rule::new(Fault::Smtp) });
        }
        let code = refusal(world.deliver(id));
        assert_eq!((code, world.state(id)), (Code::MAIL_REFUSED, State::EmailWanted), "{address}");
        assert_eq!(block_on(world.sign_up.run_due()).unwrap(), 0);
    }
    assert_eq!(world.complete(id, "autre@cabinet.invalid"), State::Active);
}

#[test]
fn a_mail_server_that_is_down_for_long_is_given_up_and_asked_again_by_a_click() {
    let world = World::new();
    let id = world.enter("physician").id;
    world.sim.inject(Rule { status: Some(451), ..Rule::new(Fault::Smtp) });
    world.give(id, TAB, ADDRESS).unwrap();
    for _ in 0..180 {
        assert_eq!(block_on(world.sign_up.run_due()).unwrap(), 0);
        world.pass(5);
    }
    let status = world.account(id).onboarding.challenge().unwrap().status(world.now());
    assert_eq!(status, Status::SendFailed);
    world.sim.set_scenario(sas_psc_sim::Scenario::default());
    assert_eq!(block_on(world.sign_up.run_due()).unwrap(), 0);
    world.mail_again(id, TAB).unwrap();
    assert!(world.code(id, TAB, &world.newest(ADDRESS).code().unwrap()).is_ok());
}

#[test]
fn a_mail_that_no_link_can_outlive_by_fifteen_minutes() {
    let world = World::new();
    let id = world.enter("physician").id;
    world.give(id, TAB, ADDRESS).unwrap();
    world.pass(600);
    world.deliver(id).unwrap();
    let (code, asked) = (world.newest(ADDRESS).code().unwrap(), 600);
    world.pass(900 - asked - 1);
    assert!(world.code(id, TAB, &code).is_ok());
    let id = world.enter("nurse").id;
    world.give(id, TAB, "mael@cabinet.invalid").unwrap();
    world.pass(601);
    assert_eq!(refusal(world.deliver(id)), Code::EMAIL_SEND_WINDOW_OVER);
}
