//! From "Se connecter" to an active account, each way in, on each store; and coming back.

use sas_psc::base::Clock;
use sas_psc::drive::block_on;
use sas_psc::onboarding::{State, Store};
use sas_psc::psc::{Acr, AuthMode, SignedIn};
use sas_psc::store::{Memory, Sqlite};
use sas_psc_tests::{LinkToken, NOW, TAB, TERMS_CHANGE, World, run};
use std::time::Duration;

const ADDRESS: &str = "kit.specialiste@cabinet.invalid";
const RPPS: &str = "899700218896";

/// The journey on the store in memory and on SQLite: `$sign_in` takes the world and gives the person signed in.
macro_rules! on_both_stores {
    ($($name:ident: $sign_in:expr;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            fn in_memory() {
                play(&World::over(Memory::new()), $sign_in);
            }

            #[test]
            fn on_sqlite() {
                let directory = tempfile::tempdir().unwrap();
                play(&World::over(Sqlite::open(directory.path().join("comptes.sqlite")).unwrap()), $sign_in);
            }
        }
    )*};
}

on_both_stores! {
    by_card: |world| world.by_card("physician").unwrap();
    by_ecps_on_pscs_page: |world| world.by_ecps("physician").unwrap();
    by_ecps_on_our_page: |world| {
        let poll = world.ring(RPPS).unwrap();
        assert!(world.sim.phone().approve("physician"));
        run(&world.clock, poll).unwrap()
    };
}

/// Each step by itself, as a page would take it.
fn play<S: Store>(world: &World<S>, sign_in: impl Fn(&World<S>) -> SignedIn) {
    let signed_in = sign_in(world).sign_in;
    assert_eq!(signed_in.professional().rpps().unwrap().as_str(), "99700218896");
    assert_eq!(signed_in.acr(), Acr::Eidas1);
    let account = world.welcome(&signed_in).unwrap();
    let id = account.id;
    assert_eq!(account.state, State::EmailWanted);
    assert_eq!(world.give(id, TAB, ADDRESS).unwrap().state, State::MailDue);
    assert_eq!(world.deliver(id).unwrap().state, State::MailSent);
    let mail = world.newest(ADDRESS);
    assert_eq!(mail.subject, "Vérification du courriel");
    assert_eq!(world.code(id, TAB, &mail.code().unwrap()).unwrap(), State::TermsWanted);
    assert_eq!(world.accept(id, TAB).unwrap(), State::SettingsWanted);
    assert_eq!(world.save(id).unwrap(), State::Active);

    let kept = world.account(id).onboarding;
    assert_eq!(kept.proven_address().unwrap().as_typed(), ADDRESS);
    assert_eq!(kept.settings().unwrap().declarations().len(), 1);
    assert_eq!(world.log_size(), 1);
    assert_eq!(world.sim.mailbox().all(ADDRESS).len(), 1);
    let back = world.welcome(&sign_in(world).sign_in).unwrap();
    assert_eq!((back.id, back.state), (id, State::Active), "coming back signs straight in");
}

#[test]
fn the_means_of_the_sign_in_is_told() {
    let world = World::new();
    assert_eq!(world.by_card("physician").unwrap().sign_in.auth_mode(), Some(&AuthMode::Card));
    assert_eq!(world.by_ecps("physician").unwrap().sign_in.auth_mode(), Some(&AuthMode::Mobile));
}

#[test]
fn by_the_link_of_the_mail() {
    let world = World::new();
    let id = world.enter("physician").id;
    let token = world.mail_to(id, ADDRESS).link_token();
    assert_eq!(world.confirm(id, TAB, &token).unwrap(), State::TermsWanted);
}

#[test]
fn several_places_are_chosen_first() {
    let world = World::new();
    let account = world.enter("physician-two-places");
    assert_eq!(account.state, State::PlacesWanted);
    let chosen = block_on(world.sign_up.choose_places(account.id, &[1])).unwrap();
    assert_eq!(chosen.state, State::EmailWanted);
    assert_eq!(chosen.onboarding.places()[0].organization, "HOPITAL GENERIQUE FIN VARI");
    assert_eq!(world.complete(account.id, ADDRESS), State::Active);
}

#[test]
fn an_interrupted_journey_goes_on_where_it_stopped() {
    let world = World::new();
    let comes_back = |state| {
        let account = world.enter("physician");
        assert_eq!(account.state, state);
        account.id
    };
    let id = comes_back(State::EmailWanted);
    world.give(id, TAB, ADDRESS).unwrap();
    comes_back(State::MailDue);
    world.deliver(id).unwrap();
    comes_back(State::MailSent);
    world.code(id, TAB, &world.newest(ADDRESS).code().unwrap()).unwrap();
    comes_back(State::TermsWanted);
    world.refuse(id, TAB).unwrap();
    comes_back(State::TermsRefused);
    world.accept(id, TAB).unwrap();
    comes_back(State::SettingsWanted);
    world.save(id).unwrap();
    comes_back(State::Active);
}

#[test]
fn changed_terms_ask_again_and_keep_the_settings() {
    let world = World::new();
    let id = world.open_account("physician", ADDRESS);
    world.clock.advance(TERMS_CHANGE);
    assert_eq!(world.enter("physician").state, State::TermsWanted);
    assert_eq!(world.accept(id, TAB).unwrap(), State::Active);
    assert_eq!(world.log_size(), 2);
}

#[test]
fn a_sign_in_that_pscs_session_answered_is_told_as_old() {
    let world = World::new();
    let mut browser = sas_psc_sim::Browser::new();
    let mut sign_in = || {
        let (mut pending, url) = world.begin();
        let callback = world.sim.sign_in_by_card_in(&mut browser, &url, "physician");
        world.back(&mut pending, &callback).unwrap().sign_in
    };
    let minute = Duration::from_secs(60);
    assert!(sign_in().is_fresh(world.now(), minute));
    world.pass(25 * 60);
    let again = sign_in();
    assert!(!again.is_fresh(world.now(), minute));
    assert_eq!(again.auth_time(), NOW);
    assert_ne!(world.clock.now(), NOW);
}
