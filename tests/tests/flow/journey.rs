//! From "Se connecter" to an active account, each way in, on each store; and coming back.

use sas_psc::base::Clock;
use sas_psc::drive::block_on;
use sas_psc::email::LimitStore;
use sas_psc::onboarding::{State, Store};
use sas_psc::participation::Sentence;
use sas_psc::psc::{Acr, AuthMode, SignedIn};
use sas_psc::store::{Memory, Sqlite};
use sas_psc_tests::{LinkToken, NOW, Site, TAB, TERMS_CHANGE};
use std::time::Duration;

const ADDRESS: &str = "kit.specialiste@cabinet.invalid";
const RPPS: &str = "899700218896";

/// The journey on the store in memory and on SQLite: `$sign_in` takes the site and gives the person signed in.
macro_rules! on_both_stores {
    ($($name:ident: $sign_in:expr;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            fn in_memory() {
                play(&Site::over(Memory::new()), $sign_in);
            }

            #[test]
            fn on_sqlite() {
                let directory = tempfile::tempdir().unwrap();
                play(&Site::over(Sqlite::open(directory.path().join("comptes.sqlite")).unwrap()), $sign_in);
            }
        }
    )*};
}

on_both_stores! {
    by_card: |site| site.by_card("physician").unwrap();
    by_ecps_on_pscs_page: |site| site.by_ecps("physician").unwrap();
    by_ecps_on_our_page: |site| {
        let mut poll = site.ring(RPPS).unwrap();
        assert!(site.sim.phone().approve("physician"));
        site.answer(&mut poll).unwrap()
    };
}

/// Each step by itself, as a page would take it.
fn play<S: Store + LimitStore>(site: &Site<S>, sign_in: impl Fn(&Site<S>) -> SignedIn) {
    let signed_in = sign_in(site).sign_in;
    assert_eq!(signed_in.professional().rpps().unwrap().as_str(), "99700218896");
    assert_eq!(signed_in.acr(), Acr::Eidas1);
    let account = site.welcome(&signed_in).unwrap();
    let id = account.id;
    assert_eq!(account.state, State::EmailWanted);
    assert_eq!(site.give(id, TAB, ADDRESS).unwrap().state, State::MailDue);
    assert_eq!(site.deliver(id).unwrap().state, State::MailSent);
    let mail = site.newest(ADDRESS);
    assert_eq!(mail.subject, "Vérification du courriel");
    assert_eq!(site.code(id, TAB, &mail.code().unwrap()).unwrap(), State::TermsWanted);
    assert_eq!(site.accept(id, TAB).unwrap(), State::SettingsWanted);
    assert_eq!(site.save(id).unwrap(), State::Active);

    let kept = site.account(id).onboarding;
    assert_eq!(kept.proven_address().unwrap().as_typed(), ADDRESS);
    assert_eq!(kept.settings().unwrap().declarations().len(), 1);
    assert_eq!(site.log_size(), 2, "the acceptance, and the one declaration");
    assert!(kept.declaration_record(Sentence::Software).is_some());
    assert_eq!(site.sim.mailbox().all(ADDRESS).len(), 1);
    let back = site.welcome(&sign_in(site).sign_in).unwrap();
    assert_eq!((back.id, back.state), (id, State::Active), "coming back signs straight in");
}

#[test]
fn the_means_of_the_sign_in_is_told() {
    let site = Site::new();
    assert_eq!(site.by_card("physician").unwrap().sign_in.auth_mode(), Some(&AuthMode::Card));
    assert_eq!(site.by_ecps("physician").unwrap().sign_in.auth_mode(), Some(&AuthMode::Mobile));
}

#[test]
fn by_the_link_of_the_mail() {
    let site = Site::new();
    let id = site.enter("physician").id;
    let token = site.mail_to(id, ADDRESS).link_token();
    assert_eq!(site.confirm(id, TAB, &token).unwrap(), State::TermsWanted);
}

#[test]
fn several_places_are_chosen_first() {
    let site = Site::new();
    let account = site.enter("physician-two-places");
    assert_eq!(account.state, State::PlacesWanted);
    let chosen = block_on(site.sign_up.choose_places(account.id, &[1])).unwrap();
    assert_eq!(chosen.state, State::EmailWanted);
    assert_eq!(chosen.onboarding.places()[0].organization, "HOPITAL GENERIQUE FIN VARI");
    assert_eq!(site.complete(account.id, ADDRESS), State::Active);
}

#[test]
fn an_interrupted_journey_goes_on_where_it_stopped() {
    let site = Site::new();
    let comes_back = |state| {
        let account = site.enter("physician");
        assert_eq!(account.state, state);
        account.id
    };
    let id = comes_back(State::EmailWanted);
    site.give(id, TAB, ADDRESS).unwrap();
    comes_back(State::MailDue);
    site.deliver(id).unwrap();
    comes_back(State::MailSent);
    site.code(id, TAB, &site.newest(ADDRESS).code().unwrap()).unwrap();
    comes_back(State::TermsWanted);
    site.refuse(id, TAB).unwrap();
    comes_back(State::TermsRefused);
    site.accept(id, TAB).unwrap();
    comes_back(State::SettingsWanted);
    site.save(id).unwrap();
    comes_back(State::Active);
}

#[test]
fn changed_terms_ask_again_and_keep_the_settings() {
    let site = Site::new();
    let id = site.open_account("physician", ADDRESS);
    site.clock.advance(TERMS_CHANGE);
    assert_eq!(site.enter("physician").state, State::TermsWanted);
    assert_eq!(site.accept(id, TAB).unwrap(), State::Active);
    assert_eq!(site.log_size(), 3);
}

#[test]
fn a_sign_in_that_pscs_session_answered_is_told_as_old() {
    let site = Site::new();
    let mut browser = sas_psc_sim::Browser::new();
    let mut sign_in = || {
        let (mut pending, url) = site.begin();
        let callback = site.sim.sign_in_by_card_in(&mut browser, &url, "physician");
        site.back(&mut pending, &callback).unwrap().sign_in
    };
    let minute = Duration::from_secs(60);
    assert!(sign_in().is_fresh(site.now(), minute));
    site.pass(25 * 60);
    let again = sign_in();
    assert!(!again.is_fresh(site.now(), minute));
    assert_eq!(again.auth_time(), NOW);
    assert_ne!(site.clock.now(), NOW);
}
