//! Another address for an active account: proven, told to the old one, objected to, raced for, killed in between.

use crate::refusal;
use sas_psc::drive::block_on;
use sas_psc::email::{Address, LimitStore, LinkPage, Status};
use sas_psc::onboarding::{AccountId, Objected, State, Store};
use sas_psc::store::{Memory, Sqlite};
use sas_psc::{Code, Lang};
use sas_psc_sim::{Fault, Mail, Rule};
use sas_psc_tests::{LinkToken, Site, TAB};

const OLD: &str = "kit@cabinet.invalid";
const NEW: &str = "kit@hopital.invalid";
const WEEK: u64 = 7 * 86_400;

fn ask<S: Store + LimitStore>(site: &Site<S>, id: AccountId, address: &str) -> sas_psc::Result<State> {
    let address = Address::parse(address)?;
    let asked = site.sign_up.change_address(id, TAB, &address, Lang::Fr, None);
    block_on(asked).map(|account| account.state)
}

fn email<S: Store + LimitStore>(site: &Site<S>, id: AccountId) -> Option<String> {
    let stored = site.stored(id).email;
    assert_eq!(stored.as_deref(), site.account(id).onboarding.proven_address().map(Address::canonical));
    stored
}

/// The link's token and the code of the mail to the old address.
fn objection(mail: &Mail) -> (String, String) {
    assert_eq!(mail.subject, "L'adresse de votre compte va changer");
    assert!(!mail.text.contains("hopital") && !mail.html.contains("hopital"), "it does not name the new one");
    (mail.link_token(), mail.code().expect("a code"))
}

fn object<S: Store + LimitStore>(site: &Site<S>, mail: &Mail) -> sas_psc::Result<Objected> {
    let (token, code) = objection(mail);
    block_on(site.sign_up.object(&token, &code))
}

/// Asks, hands both mails over.
fn changing<S: Store + LimitStore>(site: &Site<S>) -> (AccountId, Mail, Mail) {
    let id = site.open_account("physician", OLD);
    assert_eq!(ask(site, id, NEW).unwrap(), State::Active);
    assert_eq!(site.deliver(id).unwrap().state, State::Active);
    (id, site.newest(NEW), site.newest(OLD))
}

fn a_change_from_end_to_end<S: Store + LimitStore>(site: &Site<S>) {
    let (id, mail, notice) = changing(site);
    assert_eq!(mail.subject, "Vérification de votre nouvelle adresse");
    assert_eq!(email(site, id).as_deref(), Some(OLD));
    assert_eq!(site.open(None, &mail.link_token()).unwrap(), LinkPage::Elsewhere);
    assert_eq!(site.open(Some((id, TAB)), &mail.link_token()).unwrap(), LinkPage::Confirm);
    assert_eq!(email(site, id).as_deref(), Some(OLD), "opening a link changes nothing");
    assert_eq!(site.confirm(id, TAB, &mail.link_token()).unwrap(), State::Active);
    assert_eq!(email(site, id).as_deref(), Some(NEW));
    let log = site.log_size();
    // The old one is free, and the way back for whoever reads it.
    assert_eq!(object(site, &notice).unwrap(), Objected::Undone);
    assert_eq!(email(site, id).as_deref(), Some(OLD));
    assert_eq!(object(site, &notice).unwrap(), Objected::Before);
    assert_eq!((site.log_size(), site.state(id)), (log, State::Active));
    assert_eq!(site.account(id).onboarding.former_addresses().len(), 2);
}

#[test]
fn a_change_from_end_to_end_in_memory() {
    a_change_from_end_to_end(&Site::over(Memory::new()));
}

#[test]
fn a_change_from_end_to_end_on_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    a_change_from_end_to_end(&Site::over(Sqlite::open(directory.path().join("comptes.sqlite")).unwrap()));
}

#[test]
fn opening_the_page_of_an_objection_changes_nothing_and_its_code_is_needed() {
    let site = Site::new();
    let (id, mail, notice) = changing(&site);
    let (token, code) = objection(&notice);
    let before = site.stored(id);
    for _ in 0..3 {
        block_on(site.sign_up.open_objection(&token)).unwrap();
    }
    for garbage in ["", ".", "a.b", &token[1..], &mail.link_token()] {
        assert_eq!(refusal(block_on(site.sign_up.open_objection(garbage))), Code::EMAIL_LINK_WRONG, "{garbage}");
        assert_eq!(refusal(block_on(site.sign_up.object(garbage, &code))), Code::EMAIL_LINK_WRONG);
    }
    assert_eq!(
        refusal(block_on(site.sign_up.object(&token, ""))),
        Code::EMAIL_CODE_FORM,
        "a robot that sends the form"
    );
    assert_eq!(site.stored(id), before);
    let wrong = block_on(site.sign_up.object(&token, &mail.code().unwrap())).unwrap_err();
    assert_eq!((wrong.code(), wrong.facts().tries_left), (Code::EMAIL_CODE_WRONG, Some(4)));
    assert_eq!(object(&site, &notice).unwrap(), Objected::Dropped);
    assert!(site.code(id, TAB, &mail.code().unwrap()).is_err());
    assert_eq!(email(&site, id).as_deref(), Some(OLD));
    assert_eq!(refusal(ask(&site, id, NEW)), Code::ADDRESS_CHANGED_LATELY);
}

#[test]
fn after_a_week_an_objection_is_late_and_another_change_is_taken() {
    let site = Site::new();
    let (id, mail, notice) = changing(&site);
    site.code(id, TAB, &mail.code().unwrap()).unwrap();
    assert_eq!(refusal(ask(&site, id, "kit@ailleurs.invalid")), Code::ADDRESS_CHANGED_LATELY);
    site.pass(WEEK);
    assert_eq!(refusal(object(&site, &notice)), Code::EMAIL_LINK_WRONG, "what finds the account is gone");
    // New terms took effect meanwhile.
    site.accept(id, TAB).unwrap();
    ask(&site, id, "kit@ailleurs.invalid").unwrap();
}

#[test]
fn two_who_race_for_one_address_and_one_who_asks_for_anothers() {
    let site = Site::new();
    let physician = site.open_account("physician", OLD);
    let nurse = {
        let id = site.enter("nurse").id;
        site.complete(id, "mael@cabinet.invalid");
        id
    };
    // Both want the same address; whoever proves it first has it.
    let codes = [physician, nurse].map(|id| {
        ask(&site, id, NEW).unwrap();
        site.deliver(id).unwrap();
        site.newest(NEW).code().unwrap()
    });
    assert_eq!(site.code(nurse, TAB, &codes[1]).unwrap(), State::Active);
    assert_eq!(refusal(site.code(physician, TAB, &codes[0])), Code::STORE_EMAIL_TAKEN);
    assert_eq!((email(&site, physician).as_deref(), email(&site, nurse).as_deref()), (Some(OLD), Some(NEW)));
    // Asked for again, its owner is told, and the page says the same.
    site.pass(3600);
    let asked = ask(&site, physician, "Kit@Hopital.invalid").unwrap();
    assert_eq!((asked, site.deliver(physician).unwrap().state), (State::Active, State::Active));
    let told = site.newest("Kit@hopital.invalid");
    assert_eq!((told.subject.as_str(), told.link()), ("Votre courriel est déjà lié à un compte", None));
    assert_eq!(refusal(site.code(physician, TAB, "12345678")), Code::EMAIL_CODE_WRONG);
    block_on(site.sign_up.drop_address_change(physician)).unwrap();
    assert_eq!(refusal(block_on(site.sign_up.drop_address_change(physician))), Code::ADDRESS_CHANGE_NONE);
}

#[test]
fn an_old_address_that_another_took_meanwhile_is_not_given_back() {
    let site = Site::new();
    let (id, mail, notice) = changing(&site);
    site.code(id, TAB, &mail.code().unwrap()).unwrap();
    let nurse = site.enter("nurse").id;
    assert_eq!(site.complete(nurse, OLD), State::Active);
    assert_eq!(refusal(object(&site, &notice)), Code::STORE_EMAIL_TAKEN);
    assert_eq!((email(&site, id).as_deref(), email(&site, nurse).as_deref()), (Some(NEW), Some(OLD)));
}

#[test]
fn a_mail_server_that_says_later_or_no_to_either_mail() {
    let site = Site::new();
    let id = site.open_account("physician", OLD);
    ask(&site, id, NEW).unwrap();
    // Both wait, then both leave.
    site.sim.inject(Rule { status: Some(451), ..Rule::new(Fault::Smtp) });
    assert_eq!(refusal(site.deliver(id)), Code::MAIL_DEFERRED);
    let before = site.sim.mailbox().all(OLD).len();
    site.sim.set_scenario(sas_psc_sim::Scenario::default());
    site.pass(5);
    assert_eq!(block_on(site.sign_up.run_due()).unwrap(), 2);
    assert_eq!(site.sim.mailbox().all(OLD).len(), before + 1);
    site.pass(86_400);
    assert_eq!(block_on(site.sign_up.run_due()).unwrap(), 0, "nothing is left to do");
    // A new address that does not exist: the person is told, and gives another.
    ask(&site, id, "kit@refuse.invalid").unwrap();
    assert_eq!(refusal(site.deliver(id)), Code::MAIL_REFUSED);
    let status = site.account(id).onboarding.address_change().unwrap().challenge().status(site.now());
    assert_eq!(status, Status::AddressRefused);
    ask(&site, id, NEW).unwrap();
    site.deliver(id).unwrap();
    site.code(id, TAB, &site.newest(NEW).code().unwrap()).unwrap();
    assert_eq!(email(&site, id).as_deref(), Some(NEW));
}

#[test]
fn only_an_active_account_changes_its_address() {
    let site = Site::new();
    let id = site.enter("physician").id;
    assert_eq!(refusal(ask(&site, id, NEW)), Code::STEP_OUT_OF_ORDER);
    let code = site.mail_to(id, OLD).code().unwrap();
    site.code(id, TAB, &code).unwrap();
    assert_eq!(refusal(ask(&site, id, NEW)), Code::STEP_OUT_OF_ORDER);
    site.accept(id, TAB).unwrap();
    site.save(id).unwrap();
    assert_eq!(refusal(ask(&site, id, OLD)), Code::EMAIL_ALREADY_PROVEN);
    ask(&site, id, NEW).unwrap();
}
