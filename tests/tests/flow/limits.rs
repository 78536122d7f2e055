//! How many mails may be asked for, over whole sign-ups: by one person, to one mailbox, from one network; what the
//! operator is told.

use crate::refusal;
use sas_psc::Code;
use sas_psc::base::Clock;
use sas_psc::drive::{SignUp, block_on};
use sas_psc::email::LimitRules;
use sas_psc::onboarding::State;
use sas_psc::store::Memory;
use sas_psc_sim::{Fault, Rule};
use sas_psc_tests::{Draws, LINK_BASE, Site, TAB, mailer, policy};
use std::sync::{Arc, Mutex};

const ADDRESS: &str = "kit@cabinet.invalid";

/// A site with these limits, and what its operator was told.
fn site(rules: &str) -> (Site, Arc<Mutex<Vec<String>>>) {
    let mut site = Site::new();
    let mut policy = policy();
    policy.mail_limits = LimitRules::from_json(rules).unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = told.clone();
    let smtp = mailer(site.sim.mail_addr().port());
    site.sign_up = SignUp::new(Memory::new(), smtp, policy, LINK_BASE, Arc::new(site.clock.clone()), Draws(1))
        .on_event(move |event| {
            let json = serde_json::to_string(&event.report()).unwrap();
            assert!(!json.contains("kit") && !json.contains("invalid"), "{json}");
            tell.lock().unwrap().push(event.kind.name().to_owned());
        });
    (site, told)
}

#[test]
fn the_journeys_own_waits_come_first_and_what_they_refuse_is_not_counted() {
    let (site, told) = site("{}");
    let id = site.enter("physician").id;
    for n in 0..4 {
        site.mail_to(id, &format!("kit{n}@cabinet.invalid"));
    }
    site.pass(15 * 60);
    for (n, wait) in [(4, 30), (5, 60)] {
        site.mail_to(id, &format!("kit{n}@cabinet.invalid"));
        let before = site.stored(id);
        let error = site.give(id, TAB, "kit@ailleurs.invalid").unwrap_err();
        assert_eq!(error.code(), Code::EMAIL_RESEND_TOO_EARLY, "{n}");
        assert!(error.facts().retry_after.unwrap().as_secs() >= wait);
        assert_eq!(site.stored(id), before);
        site.pass(15 * 60);
    }
    assert_eq!(*told.lock().unwrap(), Vec::<String>::new());
}

#[test]
fn a_day_of_mails_has_an_end_that_signing_in_again_does_not_move() {
    let rules = r#"{"person":{"free":3,"first_wait":0,"longest_wait":0,"a_day":3}}"#;
    let (site, told) = site(rules);
    let id = site.enter("physician").id;
    for n in 0..3 {
        site.mail_to(id, &format!("kit{n}@cabinet.invalid"));
        site.pass(15 * 60);
    }
    let id = site.enter("physician").id;
    let before = site.stored(id);
    let error = site.give(id, "tab-2", ADDRESS).unwrap_err();
    assert_eq!(error.code(), Code::EMAIL_TOO_MANY);
    assert!(error.facts().retry_after.unwrap().as_secs() > 20 * 3600);
    assert_eq!(site.stored(id), before, "nothing was asked for");
    let refused = block_on(site.sign_up.resend(id, "tab-2", None));
    assert_eq!(refusal(refused), Code::EMAIL_TOO_MANY);
    assert_eq!(*told.lock().unwrap(), ["held-back", "held-back"]);
    site.pass(25 * 3600);
    assert_eq!(site.complete(id, ADDRESS), State::Active);
}

#[test]
fn a_network_is_held_back_and_another_is_not() {
    let (site, _) = site(r#"{"network":{"free":2,"first_wait":30,"longest_wait":60,"a_day":9}}"#);
    let ask = |person: &str, ip| {
        let id = site.enter(person).id;
        site.give_from(id, TAB, &format!("{person}@cabinet.invalid"), Some(ip))
    };
    ask("physician", "192.0.2.1").unwrap();
    ask("nurse", "192.0.2.77").unwrap();
    let error = ask("pharmacist", "192.0.2.200").unwrap_err();
    assert_eq!((error.code(), error.facts().retry_after.unwrap().as_secs()), (Code::EMAIL_TOO_MANY, 30));
    ask("pharmacist", "192.0.3.200").unwrap();
}

#[test]
fn one_mailbox_asked_for_by_several_gets_its_mails_late_and_nobody_is_told() {
    let (site, told) = site(r#"{"address":{"free":1,"first_wait":30,"longest_wait":900,"a_day":10}}"#);
    let [physician, nurse] = ["physician", "nurse"].map(|person| site.enter(person).id);
    site.mail_to(physician, ADDRESS);
    // The same answer as for any address; the mail waits.
    let given = site.give(nurse, TAB, ADDRESS).unwrap();
    assert_eq!((given.state, site.deliver(nurse).unwrap().state), (State::MailDue, State::MailDue));
    assert_eq!(site.sim.mailbox().all(ADDRESS).len(), 1);
    site.pass(29);
    assert_eq!(block_on(site.sign_up.run_due()).unwrap(), 0);
    site.pass(1);
    assert_eq!(block_on(site.sign_up.run_due()).unwrap(), 1);
    assert_eq!(site.state(nurse), State::MailSent);
    assert!(site.code(nurse, TAB, &site.newest(ADDRESS).code().unwrap()).is_ok());
    assert_eq!(*told.lock().unwrap(), ["late"]);
}

#[test]
fn what_becomes_of_a_mail_is_told_to_the_operator() {
    let (site, told) = site("{}");
    let id = site.enter("physician").id;
    let heard = || std::mem::take(&mut *told.lock().unwrap());
    site.give(id, TAB, ADDRESS).unwrap();
    site.once(Rule { status: Some(451), ..Rule::new(Fault::Smtp) });
    assert_eq!(refusal(site.deliver(id)), Code::MAIL_DEFERRED);
    assert_eq!(heard(), ["deferred"]);
    site.pass(5);
    assert_eq!(block_on(site.sign_up.run_due()).unwrap(), 1);
    assert_eq!(heard(), Vec::<String>::new());

    // A refusal that is not about the address: no second try.
    site.pass(30);
    site.once(Rule { status: Some(554), ..Rule::new(Fault::SmtpData) });
    assert_eq!(refusal(site.mail_again(id, TAB)), Code::MAIL_REJECTED);
    assert_eq!(heard(), ["dead-letter"]);
    for _ in 0..200 {
        site.pass(5);
        assert_eq!(block_on(site.sign_up.run_due()).unwrap(), 0);
    }
    assert_eq!(heard(), Vec::<String>::new());

    // Down for long: given up once.
    site.sim.inject(Rule { status: Some(451), ..Rule::new(Fault::Smtp) });
    block_on(site.sign_up.resend(id, TAB, None)).unwrap();
    for _ in 0..180 {
        assert_eq!(block_on(site.sign_up.run_due()).unwrap(), 0);
        site.pass(5);
    }
    let heard_of = heard();
    assert!(heard_of.len() >= 9, "{heard_of:?}");
    assert_eq!(heard_of.last().unwrap(), "dead-letter");
    assert_eq!(heard_of.iter().filter(|kind| *kind == "dead-letter").count(), 1);
    assert!(site.now() == site.clock.now());
    site.sim.set_scenario(sas_psc_sim::Scenario::default());

    site.give(id, TAB, "kit@refuse.invalid").unwrap();
    assert_eq!(refusal(site.deliver(id)), Code::MAIL_REFUSED);
    assert_eq!(heard(), ["refused"]);
    site.pass(15 * 60);
    assert_eq!(site.complete(id, ADDRESS), State::Active);
}
