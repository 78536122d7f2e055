//! The states played one by one, and every event tried in every state.

use super::*;
use crate::base::{Counter, ExposeSecret, ServerKey, Timestamp};
use crate::consent::{self, Document, Keeping, Sha256, Terms, TermsVersion};
use crate::email::{Address, Dispatch, LinkPage, Status};
use crate::error::{Code, Lang, Result};
use crate::id::IdNat;
use crate::participation::{Mode, Sentence, Settings, ValidSettings, Via};
use crate::person::{Activity, Binding, Name, OtherId, Practice, Professional};
use crate::psc::SignIn;
use std::time::Duration;

mod authors;

const NOW: Timestamp = Timestamp::from_unix(1_795_420_800);
const TAB: &str = "attempt-1";

fn later(seconds: u64) -> Timestamp {
    NOW + Duration::from_secs(seconds)
}

pub(crate) fn person(id: &str, places: usize) -> Professional {
    let name = Name { family: "DOC0000001".into(), given: "KIT".into(), civility: "M".into() };
    let place = |n| Activity { organization: format!("CABINET {n}"), ..Activity::default() };
    let practice = Practice { activities: (0..places).map(place).collect(), ..Practice::default() };
    Professional { id_nat: IdNat::parse(id).unwrap(), other_ids: vec![], name, practices: vec![practice] }
}

pub(crate) fn version(name: &str, from: Timestamp, change: consent::Change) -> TermsVersion {
    let documents = vec![Document::new("CGU", "text/plain; charset=utf-8", format!("Article 1, {name}"))];
    TermsVersion::new("cgu", name, "fr", from, change, documents).unwrap()
}

pub(crate) fn policy() -> Policy {
    let terms = vec![
        version("1", Timestamp::from_unix(0), consent::Change::Material),
        version("2", later(86_400), consent::Change::Material),
    ];
    let keeping = Keeping { controller: "Plateforme".into(), exit: "Page du compte".into(), retention_until: None };
    let key = ServerKey::new(&[7; 32]).unwrap();
    Policy::new(key, Terms::new(terms).unwrap(), Sha256([0xb1; 32]), keeping)
}

pub(crate) fn sign_in(person: Professional) -> SignIn {
    SignIn::for_test(person, NOW)
}

pub(crate) fn settings() -> ValidSettings {
    Settings::default().validate(Mode::Strict, |_| None).unwrap()
}

fn address() -> Address {
    Address::parse("kit@cabinet.example").unwrap()
}

/// The address that takes its place.
fn other() -> Address {
    Address::parse("kit@ailleurs.example").unwrap()
}

/// A sign-up with what it takes to play it.
struct Play {
    policy: Policy,
    random: Counter,
    it: Onboarding,
    mail: Option<Dispatch>,
}

impl Play {
    fn new(places: usize) -> Play {
        let policy = policy();
        let it = Onboarding::begin(&sign_in(person("899700000013", places)), &policy, NOW).unwrap();
        Play { policy, random: Counter(1), it, mail: None }
    }

    fn state(&self, now: Timestamp) -> State {
        self.it.state(&self.policy, now)
    }

    fn hash(&self, now: Timestamp) -> String {
        self.policy.current_terms(Lang::Fr, now).unwrap().hash().to_string()
    }

    /// Makes an event happen, the way a person or a driver would.
    fn event(&mut self, event: Event, now: Timestamp) -> Result<()> {
        let Play { policy, random, it, mail } = self;
        match event {
            Event::PlacesChosen => it.choose_places(&[0], policy, now),
            Event::AddressGiven => it.give_address(address(), TAB, Lang::Fr, policy, random, now),
            Event::MailHandedOver => {
                let written = it.write_mail(policy, random, now)?;
                it.mail_handed_over(written.number(), now)?;
                *mail = Some(written);
                Ok(())
            }
            Event::MailRefused => {
                let written = it.write_mail(policy, random, now)?;
                it.mail_refused(written.number())
            }
            Event::ResendAsked => it.ask_resend(TAB, policy, random, now),
            Event::EmailProven => {
                let code = mail.as_ref().map_or("00000000".into(), |m| m.code().expose_secret().to_owned());
                it.answer_code(&code, TAB, policy, now)
            }
            Event::TermsAccepted | Event::TermsRefused => {
                it.present_terms(Lang::Fr, TAB, policy, now)?;
                let hash = policy.current_terms(Lang::Fr, now)?.hash().to_string();
                if event == Event::TermsAccepted {
                    it.accept_terms(true, &hash, TAB, policy, random, now).map(|_| ())
                } else {
                    it.refuse_terms(&hash, TAB, policy, random, now).map(|_| ())
                }
            }
            Event::TermsChanged => Ok(()),
            Event::AddressChangeAsked => it.ask_address_change(other(), TAB, Lang::Fr, policy, random, now),
            Event::NewAddressProven => {
                it.ask_address_change(other(), TAB, Lang::Fr, policy, random, now)?;
                let written = it.write_mail(policy, random, now)?;
                it.mail_handed_over(written.number(), now)?;
                it.answer_code(written.code().expose_secret(), TAB, policy, now)
            }
            Event::AddressChangeObjected => {
                it.ask_address_change(other(), TAB, Lang::Fr, policy, random, now)?;
                let notice = it.write_notice(policy, random, now)?;
                let (link, code) = (notice.link_token().expose_secret(), notice.code().expose_secret());
                it.object(link, code, policy, now).map(|_| ())
            }
            Event::SettingsSaved => {
                it.save_settings(settings(), &Author::person(Lang::Fr), policy, random, now).map(|_| ())
            }
        }
    }

    /// A sign-up in this state, and a time at which every wait is over.
    fn in_state(state: State) -> (Play, Timestamp) {
        use Event::*;
        let mut play = Play::new(usize::from(state == State::PlacesWanted) * 2);
        let steps: &[Event] = match state {
            State::PlacesWanted | State::EmailWanted => &[],
            State::MailDue => &[AddressGiven],
            State::MailSent => &[AddressGiven, MailHandedOver],
            State::TermsWanted => &[AddressGiven, MailHandedOver, EmailProven],
            State::TermsRefused => &[AddressGiven, MailHandedOver, EmailProven, TermsRefused],
            State::SettingsWanted => &[AddressGiven, MailHandedOver, EmailProven, TermsAccepted],
            State::Active => &[AddressGiven, MailHandedOver, EmailProven, TermsAccepted, SettingsSaved],
        };
        for step in steps {
            play.event(*step, NOW).unwrap();
        }
        assert_eq!(play.state(NOW), state);
        (play, later(40))
    }
}

#[test]
fn every_event_in_every_state_does_what_the_table_says() {
    use Event::*;
    let events = [
        PlacesChosen,
        AddressGiven,
        MailHandedOver,
        MailRefused,
        ResendAsked,
        EmailProven,
        TermsAccepted,
        TermsRefused,
        SettingsSaved,
        AddressChangeAsked,
        NewAddressProven,
        AddressChangeObjected,
    ];
    for state in State::ALL {
        for event in events {
            let (mut play, now) = Play::in_state(state);
            let before = play.it.to_stored().unwrap();
            let happened = play.event(event, now);
            let after = play.state(now);
            if state.allows(event) {
                assert!(happened.is_ok(), "{state:?} {event:?}: {happened:?}");
                assert!(TRANSITIONS.contains(&(state, event, after)), "{state:?} --> {after:?}: {event:?}");
            } else if (state, event) == (State::EmailWanted, EmailProven) || happened.is_err() {
                let code = happened.unwrap_err().code();
                let told = [Code::STEP_OUT_OF_ORDER, Code::EMAIL_NOT_SENT].contains(&code);
                assert!(told, "{state:?} {event:?}: {code:?}");
                // Showing the terms again is a step of its own.
                let same = play.it.to_stored().unwrap() == before || event == TermsRefused;
                assert!(same && after == state, "{state:?} {event:?} changed something");
            } else {
                // The right code once more, after the proof: the same answer, and nothing else.
                assert_eq!((event, after), (EmailProven, state), "{state:?} {event:?}");
            }
        }
    }
}

#[test]
fn terms_that_change_materially_ask_again_and_keep_the_settings() {
    for state in [State::TermsRefused, State::SettingsWanted, State::Active] {
        let (mut play, _) = Play::in_state(state);
        let tomorrow = later(86_400);
        assert_eq!(play.state(tomorrow), State::TermsWanted);
        assert!(TRANSITIONS.contains(&(state, Event::TermsChanged, State::TermsWanted)));
        play.event(Event::TermsAccepted, tomorrow).unwrap();
        let done = if state == State::Active { State::Active } else { State::SettingsWanted };
        assert_eq!(play.state(tomorrow), done);
    }
}

#[test]
fn a_person_who_changes_their_mind_accepts_after_refusing() {
    let (mut play, now) = Play::in_state(State::TermsRefused);
    play.event(Event::TermsAccepted, now).unwrap();
    assert_eq!(play.state(now), State::SettingsWanted);
}

#[test]
fn terms_are_shown_to_one_session_until_they_are_answered() {
    let (mut play, now) = Play::in_state(State::TermsWanted);
    assert!(play.it.terms_shown(TAB).is_none());
    play.it.present_terms(Lang::Fr, TAB, &play.policy, now).unwrap();
    assert_eq!(play.it.terms_shown(TAB).unwrap().lang(), "fr");
    assert!(play.it.terms_shown("another session").is_none());
    let hash = play.hash(now);
    play.it.accept_terms(true, &hash, TAB, &play.policy, &mut play.random, now).unwrap();
    assert!(play.it.terms_shown(TAB).is_none());
}

#[test]
fn records_follow_one_another_and_hold_no_name() {
    let (mut play, now) = Play::in_state(State::TermsWanted);
    let hash = play.hash(now);
    play.it.present_terms(Lang::Fr, TAB, &play.policy, now).unwrap();
    let refused = play.it.refuse_terms(&hash, TAB, &play.policy, &mut play.random, now).unwrap();
    play.it.present_terms(Lang::Fr, TAB, &play.policy, now).unwrap();
    let accepted = play.it.accept_terms(true, &hash, TAB, &play.policy, &mut play.random, now).unwrap();
    let record = consent::Record::parse(&accepted.record).unwrap();
    assert_eq!(record.fields().previous.map(|id| id.0), Some(refused.record_id));
    assert_eq!(play.it.terms_record(), Some(record.id()));
    assert!(consent::Leaf::opens(&accepted.leaf, &accepted.salt, &accepted.record).unwrap());
    for bytes in [&accepted.record, &accepted.leaf] {
        for hidden in ["DOC0000001", "899700000013", "kit@"] {
            assert!(!bytes.windows(hidden.len()).any(|w| w == hidden.as_bytes()), "{hidden}");
        }
    }
}

#[test]
fn an_answer_to_a_text_that_was_not_shown_is_out_of_order() {
    let (mut play, now) = Play::in_state(State::TermsWanted);
    let hash = play.hash(now);
    let result = play.it.accept_terms(true, &hash, TAB, &play.policy, &mut play.random, now);
    assert_eq!(result.unwrap_err().code(), Code::STEP_OUT_OF_ORDER);
}

#[test]
fn five_wrong_codes_end_the_mail_and_each_is_counted() {
    let (mut play, now) = Play::in_state(State::MailSent);
    for left in [4, 3, 2, 1, 0] {
        let error = play.it.answer_code("12345678", TAB, &play.policy, now).unwrap_err();
        assert_eq!(error.facts().tries_left, Some(left));
        play.it = Onboarding::from_stored(&play.it.to_stored().unwrap()).unwrap();
    }
    let right = play.event(Event::EmailProven, now).unwrap_err();
    assert_eq!(right.code(), Code::EMAIL_TRIES_USED_UP);
    assert_eq!(play.state(now), State::MailSent);
    play.event(Event::ResendAsked, now).unwrap();
    play.event(Event::MailHandedOver, now).unwrap();
    play.event(Event::EmailProven, now).unwrap();
}

#[test]
fn a_link_or_code_in_another_session_is_refused_and_shows_nothing() {
    let (mut play, now) = Play::in_state(State::MailSent);
    let mail = play.mail.take().unwrap();
    let (link, code) = (mail.link_token().expose_secret(), mail.code().expose_secret());
    assert_eq!(play.it.open_link(link, "attempt-2", now).unwrap(), LinkPage::Elsewhere);
    let by_code = play.it.answer_code(code, "attempt-2", &play.policy, now).unwrap_err();
    let by_link = play.it.answer_link(link, "attempt-2", now).unwrap_err();
    assert_eq!((by_code.code(), by_link.code()), (Code::EMAIL_OTHER_SESSION, Code::EMAIL_OTHER_SESSION));
    assert_eq!(play.it.open_link(link, TAB, now).unwrap(), LinkPage::Confirm);
    play.it.answer_link(link, TAB, now).unwrap();
    assert_eq!(play.state(now), State::TermsWanted);
    assert_eq!(play.it.open_link(link, TAB, now).unwrap(), LinkPage::AlreadyProven);
}

#[test]
fn the_same_person_in_another_browser_asks_for_a_mail_of_their_own() {
    let (mut play, _) = Play::in_state(State::MailSent);
    let early = play.it.ask_resend("attempt-2", &play.policy, &mut play.random, later(5)).unwrap_err();
    assert_eq!(early.code(), Code::EMAIL_RESEND_TOO_EARLY);
    play.it.ask_resend("attempt-2", &play.policy, &mut play.random, later(31)).unwrap();
    let mail = play.it.write_mail(&play.policy, &mut play.random, later(31)).unwrap();
    play.it.mail_handed_over(mail.number(), later(31)).unwrap();
    let code = mail.code().expose_secret();
    let again = play.it.ask_resend("attempt-3", &play.policy, &mut play.random, later(62)).unwrap_err();
    assert_eq!(again.code(), Code::EMAIL_RESEND_TOO_EARLY, "the waits grow across sessions");
    let first = play.it.answer_code(code, TAB, &play.policy, later(32)).unwrap_err();
    assert_eq!(first.code(), Code::EMAIL_OTHER_SESSION);
    play.it.answer_code(code, "attempt-2", &play.policy, later(32)).unwrap();
}

#[test]
fn a_refused_address_goes_back_to_the_form() {
    let (mut play, now) = Play::in_state(State::MailDue);
    play.event(Event::MailRefused, now).unwrap();
    assert_eq!(play.state(now), State::EmailWanted);
    play.event(Event::AddressGiven, now).unwrap();
    assert_eq!(play.state(now), State::MailDue);
}

#[test]
fn a_mail_that_fails_is_tried_later_and_later_then_given_up() {
    let (mut play, _) = Play::in_state(State::MailDue);
    let (mut now, mut waits) = (NOW, Vec::new());
    while let Some(at) = play.it.wake_at(&play.policy, now) {
        now = at.max(now);
        let Ok(mail) = play.it.write_mail(&play.policy, &mut play.random, now) else { break };
        play.it.mail_failed(mail.number(), &mut play.random, now).unwrap();
        waits.push(play.it.wake_at(&play.policy, now).map_or(0, |at| at.since(now).as_millis()));
    }
    let whole = [5, 10, 20, 40, 80].into_iter().chain(std::iter::repeat(120)).map(|s| s * 1000);
    let within = waits.iter().zip(whole.clone()).filter(|(wait, whole)| (whole / 2..=*whole).contains(*wait)).count();
    assert!(waits.len() >= 9 && within == waits.len(), "{waits:?}");
    assert!(waits.iter().zip(whole).any(|(wait, whole)| *wait != whole), "chance takes something off");
    assert_eq!(play.state(now), State::MailDue, "the page says so and offers to send again");
    play.event(Event::ResendAsked, now + Duration::from_secs(600)).unwrap();
}

#[test]
fn a_mail_refused_for_another_reason_than_its_address_is_given_up_at_once() {
    let (mut play, now) = Play::in_state(State::MailDue);
    let mail = play.it.write_mail(&play.policy, &mut play.random, now).unwrap();
    play.it.mail_rejected(mail.number()).unwrap();
    assert_eq!(play.it.challenge().unwrap().status(now), Status::SendFailed);
    assert_eq!((play.state(now), play.it.wake_at(&play.policy, now)), (State::MailDue, None));
    let again = Onboarding::from_stored(&play.it.to_stored().unwrap()).unwrap();
    assert_eq!(again.challenge().unwrap().status(now), Status::SendFailed);
    play.event(Event::ResendAsked, now + Duration::from_secs(30)).unwrap();
    assert_eq!(play.it.challenge().unwrap().status(now), Status::Sending);
}

#[test]
fn a_mail_that_is_held_leaves_at_its_time() {
    let (mut play, now) = Play::in_state(State::MailDue);
    play.it.hold_mail(now, now);
    assert_eq!(play.it.wake_at(&play.policy, now), Some(now));
    play.it.hold_mail(later(40), now);
    assert_eq!(play.it.wake_at(&play.policy, now), Some(later(40)));
    play.event(Event::ResendAsked, later(31)).unwrap();
    assert_eq!(play.it.wake_at(&play.policy, later(31)), Some(later(31)), "another ask is judged anew");
}

/// The change of an active account's address, asked for; its mail and its notice.
fn changing() -> (Play, Timestamp, Dispatch, crate::email::Notice) {
    changing_from(Counter(1))
}

/// The same with links and codes of its own.
fn changing_from(random: Counter) -> (Play, Timestamp, Dispatch, crate::email::Notice) {
    let (mut play, now) = Play::in_state(State::Active);
    play.random = random;
    play.event(Event::AddressChangeAsked, now).unwrap();
    let mail = play.it.write_mail(&play.policy, &mut play.random, now).unwrap();
    play.it.mail_handed_over(mail.number(), now).unwrap();
    let notice = play.it.write_notice(&play.policy, &mut play.random, now).unwrap();
    play.it.notice_ended(notice.number()).unwrap();
    (play, now, mail, notice)
}

impl Play {
    fn email(&self) -> &str {
        self.it.proven_address().unwrap().canonical()
    }

    fn again(&mut self) {
        self.it = Onboarding::from_stored(&self.it.to_stored().unwrap()).unwrap();
    }

    fn objects(&mut self, notice: &crate::email::Notice, now: Timestamp) -> Result<Objected> {
        let (link, code) = (notice.link_token().expose_secret(), notice.code().expose_secret());
        self.it.object(link, code, &self.policy, now)
    }
}

const OLD: &str = "kit@cabinet.example";
const NEW: &str = "kit@ailleurs.example";

#[test]
fn the_old_address_stays_until_the_new_one_is_proven_and_all_else_is_untouched() {
    let (mut play, now, mail, _) = changing();
    play.again();
    assert_eq!((play.email(), play.state(now)), (OLD, State::Active));
    let (terms, record) = (play.it.settings().cloned(), play.it.terms_record());
    assert_eq!(play.it.answer_code("12345678", TAB, &play.policy, now).unwrap_err().code(), Code::EMAIL_CODE_WRONG);
    let link = mail.link_token().expose_secret();
    assert_eq!(play.it.open_link(link, "tab-2", now).unwrap(), LinkPage::Elsewhere);
    assert_eq!(play.it.open_link(link, TAB, now).unwrap(), LinkPage::Confirm);
    assert_eq!(play.email(), OLD);
    play.it.answer_link(link, TAB, now).unwrap();
    play.again();
    assert_eq!((play.email(), play.state(now)), (NEW, State::Active));
    assert_eq!((play.it.settings().cloned(), play.it.terms_record()), (terms, record));
    let former = &play.it.former_addresses()[0];
    assert_eq!((former.address.canonical(), former.proven_at, former.until), (OLD, NOW, now));
    assert!(!play.it.address_change().unwrap().is_open());
    assert_eq!(play.it.wake_at(&play.policy, now), None);
}

#[test]
fn the_reader_of_the_old_mailbox_stops_a_change_or_undoes_it_for_a_week() {
    let (mut play, now, mail, notice) = changing();
    let (link, code) = (notice.link_token().expose_secret(), notice.code().expose_secret());
    assert!(play.it.open_objection(link, now).is_ok());
    assert_eq!(play.objects(&notice, now).unwrap(), Objected::Dropped);
    assert_eq!(play.objects(&notice, now).unwrap(), Objected::Before);
    let late = play.it.answer_code(mail.code().expose_secret(), TAB, &play.policy, now).unwrap_err();
    assert_eq!((late.code(), play.email()), (Code::EMAIL_ALREADY_PROVEN, OLD));

    let (mut play, now, mail, notice) = changing_from(Counter(77));
    play.it.answer_code(mail.code().expose_secret(), TAB, &play.policy, now).unwrap();
    assert_eq!(play.email(), NEW);
    assert_eq!(play.it.notice_address().unwrap().canonical(), OLD);
    let week = now + Duration::from_secs(7 * 86_400);
    assert_eq!(play.it.object(link, code, &play.policy, now).unwrap_err().code(), Code::EMAIL_LINK_WRONG);
    let mut late = Play { policy: play.policy.clone(), random: Counter(9), it: play.it.clone(), mail: None };
    assert_eq!(late.objects(&notice, week).unwrap_err().code(), Code::EMAIL_EXPIRED);
    assert_eq!(play.objects(&notice, week - Duration::from_secs(1)).unwrap(), Objected::Undone);
    play.again();
    assert_eq!(play.email(), OLD);
    assert_eq!(play.it.former_addresses().len(), 2);
}

#[test]
fn no_chain_of_changes_outruns_an_objection() {
    let (mut play, now, mail, notice) = changing();
    let third = || Address::parse("kit@troisieme.example").unwrap();
    // While it is in progress, another address takes the place of the one asked for; the old one's reader still objects.
    play.it.ask_address_change(third(), TAB, Lang::Fr, &play.policy, &mut play.random, now).unwrap();
    assert!(play.it.answer_code(mail.code().expose_secret(), TAB, &play.policy, now).is_err());
    assert_eq!(play.it.notice_at(now), None, "told once");
    let mail = play.it.write_mail(&play.policy, &mut play.random, now).unwrap();
    play.it.mail_handed_over(mail.number(), now).unwrap();
    play.it.answer_code(mail.code().expose_secret(), TAB, &play.policy, now).unwrap();
    assert_eq!(play.email(), "kit@troisieme.example");
    let error = play.event(Event::AddressChangeAsked, now).unwrap_err();
    assert_eq!(
        (error.code(), error.facts().retry_after.unwrap().as_secs()),
        (Code::ADDRESS_CHANGED_LATELY, 7 * 86_400)
    );
    assert_eq!(play.objects(&notice, now + Duration::from_secs(60)).unwrap(), Objected::Undone);
    let error = play.event(Event::AddressChangeAsked, now + Duration::from_secs(61)).unwrap_err();
    assert_eq!(error.code(), Code::ADDRESS_CHANGED_LATELY, "contested");
    // The terms of these tests change in a day: what follows asks for an answer to them first.
    let later = now + Duration::from_secs(8 * 86_400);
    play.event(Event::TermsAccepted, later).unwrap();
    play.event(Event::AddressChangeAsked, later).unwrap();
}

#[test]
fn a_change_can_be_dropped_and_its_mails_are_tried_again() {
    let (mut play, now) = Play::in_state(State::Active);
    assert_eq!(play.it.drop_address_change().unwrap_err().code(), Code::ADDRESS_CHANGE_NONE);
    assert_eq!(play.it.open_objection("a.b", now).unwrap_err().code(), Code::ADDRESS_CHANGE_NONE);
    let same = Address::parse(OLD).unwrap();
    let asked = play.it.ask_address_change(same, TAB, Lang::Fr, &play.policy, &mut play.random, now);
    assert_eq!(asked.unwrap_err().code(), Code::EMAIL_ALREADY_PROVEN);
    play.event(Event::AddressChangeAsked, now).unwrap();
    assert_eq!(play.it.wake_at(&play.policy, now), Some(now));
    let mut tries = 0;
    let mut at = now;
    while play.it.notice_at(at).is_some() {
        let notice = play.it.write_notice(&play.policy, &mut play.random, at).unwrap();
        assert_eq!(
            play.it.notice_failed(notice.number() - 1, &mut play.random, at).unwrap_err().code(),
            Code::EMAIL_SUPERSEDED
        );
        let given_up = play.it.notice_failed(notice.number(), &mut play.random, at).unwrap();
        tries += 1;
        assert_eq!(given_up, play.it.notice_at(at).is_none());
        at = play.it.notice_at(at).unwrap_or(at);
    }
    assert!(at.since(now) > Duration::from_secs(1800) && tries > 20, "{tries} tries over {:?}", at.since(now));
    assert_eq!(
        play.it.write_notice(&play.policy, &mut play.random, at).unwrap_err().code(),
        Code::EMAIL_NOTHING_TO_SEND
    );
    assert!(play.it.mail_given_up(at) && !play.it.mail_given_up(at), "once");
    play.it.ask_resend(TAB, &play.policy, &mut play.random, at).unwrap();
    play.it.drop_address_change().unwrap();
    assert!(play.it.address_change().is_none());
    assert_eq!((play.email(), play.it.wake_at(&play.policy, at)), (OLD, None));
}

#[test]
fn a_kill_between_writing_and_handing_over_is_made_good() {
    let (mut play, _) = Play::in_state(State::MailDue);
    play.it.write_mail(&play.policy, &mut play.random, NOW).unwrap();
    assert_eq!(play.it.wake_at(&play.policy, NOW), Some(later(60)));
}

#[test]
fn staff_and_unknown_identities_are_told_whom_to_ask() {
    let refused = |id: &str| {
        let begun = Onboarding::begin(&sign_in(person(id, 1)), &policy(), NOW);
        begun.map(|_| ()).map_err(|error| error.code())
    };
    assert_eq!(refused("899700218896"), Ok(()));
    assert_eq!(refused("00B6087510"), Ok(()));
    for staff in ["30B0057881/CPET0002", "500000000029751/CPAT0001"] {
        assert_eq!(refused(staff), Err(Code::ELIGIBILITY_STRUCTURE_STAFF), "{staff}");
    }
    assert_eq!(refused("699700218896001/000000018"), Err(Code::ELIGIBILITY_PRACTICE_STAFF));
    for unknown in ["ANS2021010716", "019c5172-a5c0-7188-b81f-5c16807b9140", "899700218897"] {
        assert_eq!(refused(unknown), Err(Code::ELIGIBILITY_UNKNOWN_IDENTITY), "{unknown}");
    }
    let mut psi = person("019c5172-a5c0-7188-b81f-5c16807b9140", 0);
    let id = IdNat::parse("99700218896").unwrap();
    psi.other_ids.push(OtherId { id, origin: "RPPS".into(), quality: Some(1) });
    assert!(Onboarding::begin(&sign_in(psi.clone()), &policy(), NOW).is_ok());
    let staff = Professional { id_nat: IdNat::parse("30B0057881/CPET0002").unwrap(), ..psi };
    let error = Onboarding::begin(&sign_in(staff), &policy(), NOW).unwrap_err();
    assert_eq!(error.code(), Code::ELIGIBILITY_STRUCTURE_STAFF, "an RPPS listed beside a staff card");
}

#[test]
fn a_number_listed_without_its_type_digit_is_the_same_number() {
    let mut psi = person("019c5172-a5c0-7188-b81f-5c16807b9140", 0);
    for (id, origin) in [("99700218896", "RPPS"), ("0B6087510", "ADELI")] {
        psi.other_ids.push(OtherId { id: IdNat::parse(id).unwrap(), origin: origin.into(), quality: None });
    }
    for number in ["899700218896", "00B6087510"] {
        assert!(identities(&psi).contains(&IdNat::parse(number).unwrap()), "{number}");
    }
}

#[test]
fn another_person_never_inherits_a_sign_up() {
    let (mut play, _) = Play::in_state(State::MailSent);
    let before = play.it.to_stored().unwrap();
    let other = sign_in(person("899700218896", 1));
    let error = play.it.signed_in_again(&other, &play.policy).unwrap_err();
    assert_eq!(error.code(), Code::ANOTHER_PERSON);
    assert!(play.it.to_stored().unwrap() == before);
}

#[test]
fn an_adeli_number_that_became_an_rpps_stays_the_same_person() {
    let policy = policy();
    let mut it = Onboarding::begin(&sign_in(person("00B6087510", 1)), &policy, NOW).unwrap();
    let mut today = person("899700218896", 1);
    today.other_ids.push(OtherId { id: IdNat::parse("00B6087510").unwrap(), origin: "ADELI".into(), quality: None });
    it.signed_in_again(&sign_in(today), &policy).unwrap();
    it.signed_in_again(&sign_in(person("899700218896", 1)), &policy).unwrap();
    let known = identities(it.person());
    assert!(known.contains(&IdNat::parse("899700218896").unwrap()));
    assert!(known.contains(&IdNat::parse("00B6087510").unwrap()), "the old number still finds the account");
}

#[test]
fn places_are_chosen_among_ones_own() {
    let mut play = Play::new(3);
    for bad in [&[][..], &[3], &[0, 9]] {
        let error = play.it.choose_places(bad, &play.policy, NOW).unwrap_err();
        assert_eq!(error.code(), Code::PLACES_UNKNOWN);
    }
    play.it.choose_places(&[0, 2], &play.policy, NOW).unwrap();
    let names: Vec<&str> = play.it.places().iter().map(|p| p.organization.as_str()).collect();
    assert_eq!(names, ["CABINET 0", "CABINET 2"]);
}

#[test]
fn nothing_of_the_person_shows_in_debug() {
    let (play, _) = Play::in_state(State::Active);
    let shown = format!("{:?} {:?}", play.it, play.it.sign_in());
    for hidden in ["DOC0000001", "899700000013", "kit@cabinet"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}

#[test]
fn an_acceptance_that_newer_terms_overtook_is_not_current() {
    let (mut play, now) = Play::in_state(State::TermsWanted);
    let (terms, by) = (
        play.policy.current_terms(Lang::Fr, now).unwrap().clone(),
        Binding::new(&play.it.sign_in().issuer, &play.it.sign_in().subject, TAB),
    );
    let shown = consent::Presented::new(&terms, by.clone(), Sha256([0xb1; 32]), now);
    let accepted = shown.accept(true, &terms.hash().to_string(), &terms, &by, now).unwrap();
    let late = play.it.terms_accepted(&accepted, &play.policy, &mut play.random, later(86_400)).unwrap_err();
    assert_eq!(late.code(), Code::TERMS_NOT_CURRENT);
    play.it.terms_accepted(&accepted, &play.policy, &mut play.random, now).unwrap();
}

#[test]
fn before_its_first_version_takes_effect_there_are_no_terms_to_show() {
    let (play, _) = Play::in_state(State::TermsWanted);
    let early = play.policy.current_terms(Lang::Fr, Timestamp::from_unix(-1)).unwrap_err();
    assert_eq!(early.code(), Code::TERMS_NOT_CURRENT);
}

#[test]
fn an_older_mail_that_fails_does_not_touch_the_newer_one() {
    let (mut play, _) = Play::in_state(State::MailDue);
    let old = play.it.write_mail(&play.policy, &mut play.random, NOW).unwrap();
    play.event(Event::ResendAsked, later(31)).unwrap();
    play.it.write_mail(&play.policy, &mut play.random, later(31)).unwrap();
    let before = play.it.wake_at(&play.policy, later(32));
    let failed = play.it.mail_failed(old.number(), &mut play.random, later(32));
    assert_eq!(failed.unwrap_err().code(), Code::EMAIL_SUPERSEDED);
    assert_eq!(play.it.mail_rejected(old.number()).unwrap_err().code(), Code::EMAIL_SUPERSEDED);
    assert_eq!(play.it.wake_at(&play.policy, later(32)), before);
}

#[test]
fn an_opaque_value_beside_the_number_joins_nobody() {
    let listed = |id: &str| {
        let mut one = person(id, 1);
        one.other_ids.push(OtherId { id: IdNat::parse("EDIT").unwrap(), origin: "EDIT".into(), quality: Some(1) });
        identities(&one)
    };
    assert_eq!(listed("899700218896"), [IdNat::parse("899700218896").unwrap()]);
    let psi = person("019c5172-a5c0-7188-b81f-5c16807b9140", 0);
    assert_eq!(
        identities(&psi),
        std::slice::from_ref(&psi.id_nat),
        "the national identifier itself counts, whatever its kind"
    );
}

/// The record of an entry.
fn read(entry: &LogEntry) -> consent::Record {
    consent::Record::parse(&entry.record).unwrap()
}

fn sworn(has_software: Option<bool>) -> ValidSettings {
    let settings = Settings {
        participation_sas: true,
        participation_sas_via: Some(Via::Individual),
        has_software,
        hours_available: Some(true),
        editor_disabled: true,
        ..Settings::default()
    };
    settings.validate(Mode::Strict, |_| None).unwrap()
}

#[test]
fn each_declaration_that_changes_is_a_record_of_its_own() {
    let (mut play, now) = Play::in_state(State::SettingsWanted);
    let Play { policy, random, it, .. } = &mut play;
    let person = Author::person(Lang::Fr).shown_at(NOW);
    let saved = it.save_settings(sworn(Some(true)), &person, policy, random, now).unwrap();
    let records: Vec<consent::Record> = saved.iter().map(read).collect();
    let told = |record: &consent::Record| {
        let (fields, declared) = (record.fields(), record.fields().declared.clone().unwrap());
        (fields.slug.clone(), declared.sworn, declared.before, declared.after)
    };
    assert_eq!(
        records.iter().map(told).collect::<Vec<_>>(),
        [
            ("sas-appointment-software".to_owned(), true, None, Some(true)),
            ("sas-two-hours".to_owned(), true, None, Some(true)),
            ("sas-slots-not-shown".to_owned(), false, None, Some(true)),
        ]
    );
    let hours = records[1].fields();
    assert_eq!(hours.declared.as_ref().unwrap().sentence, Sentence::Hours.text(Lang::Fr));
    assert_eq!((hours.kind, hours.event, &*hours.lang), (consent::Kind::Declaration, consent::Event::Accepted, "fr"));
    assert_eq!((hours.presented_at, hours.at, hours.ui_build), (Some(NOW), now, Some(policy.ui_build)));
    assert_eq!(hours.signed_in.as_ref().unwrap().id_token_sha256, it.sign_in().id_token_sha256);
    assert_eq!(it.declaration_record(Sentence::Hours), Some(records[1].id()));

    assert!(it.save_settings(sworn(Some(true)), &person, policy, random, now).unwrap().is_empty(), "nothing changed");
    let changed = it.save_settings(sworn(Some(false)), &person, policy, random, now).unwrap();
    let changed: Vec<consent::Record> = changed.iter().map(read).collect();
    assert_eq!(
        changed.iter().map(|r| (told(r), r.fields().event, r.fields().previous)).collect::<Vec<_>>(),
        [
            (
                ("sas-appointment-software".to_owned(), true, Some(true), Some(false)),
                consent::Event::Withdrawn,
                Some(records[0].id())
            ),
            (
                ("sas-slots-not-shown".to_owned(), false, Some(true), None),
                consent::Event::Withdrawn,
                Some(records[2].id())
            ),
        ]
    );
    let again = Onboarding::from_stored(&it.to_stored().unwrap()).unwrap();
    assert_eq!(again.declaration_record(Sentence::Software), Some(changed[0].id()));
}

#[test]
#[cfg(feature = "psc")]
fn the_evidence_of_the_sign_in_is_sealed_with_each_record_that_rests_on_it() {
    let policy = policy();
    let signed_in = sign_in(person("899700000013", 1)).with_evidence("the token and its key");
    let it = Onboarding::begin(&signed_in, &policy, NOW).unwrap();
    let mut play = Play { policy, random: Counter(1), it, mail: None };
    for event in [Event::AddressGiven, Event::MailHandedOver, Event::EmailProven] {
        play.event(event, NOW).unwrap();
    }
    let (hash, Play { policy, random, it, .. }) = (play.hash(NOW), &mut play);
    it.present_terms(Lang::Fr, TAB, policy, NOW).unwrap();
    let waiting = String::from_utf8(it.to_stored().unwrap()).unwrap();
    assert!(!waiting.contains("the token and its key"), "it waits sealed");
    let changed = Policy { key: ServerKey::new(&[9; 32]).unwrap(), ..policy.clone() };
    let without = it.clone().accept_terms(true, &hash, TAB, &changed, random, NOW).unwrap();
    assert_eq!(read(&without).fields().evidence_names(), "none", "the server's key is another one");
    let accepted = it.accept_terms(true, &hash, TAB, policy, random, NOW).unwrap();
    let saved = it.save_settings(sworn(Some(true)), &Author::person(Lang::Fr), policy, random, NOW).unwrap();
    let stored = it.to_stored().unwrap();
    let mut again = Onboarding::from_stored(&stored).unwrap();
    for entry in [&accepted].into_iter().chain(&saved) {
        let record = read(entry);
        assert_eq!(record.fields().evidence_names(), "sign-in");
        let kept = again.evidence(record.id(), consent::EvidenceKind::SignIn, &entry.salt).unwrap().unwrap();
        kept.belongs_to(&record).unwrap();
        assert_eq!(kept.as_bytes(), b"the token and its key");
        let gone = again.evidence(record.id(), consent::EvidenceKind::SignIn, &[0; 32]).unwrap_err();
        assert_eq!(gone.code(), Code::SEALED_VALUE_REFUSED, "a salt that was deleted");
    }
    let id = read(&accepted).id();
    assert!(again.evidence(id, consent::EvidenceKind::CardSignature, &accepted.salt).unwrap().is_none());
    assert_eq!(again.drop_evidence(), 4);
    assert!(again.evidence(id, consent::EvidenceKind::SignIn, &accepted.salt).unwrap().is_none());
}

#[test]
fn a_minor_change_is_told_once_and_a_material_one_asks_again() {
    let (mut play, _) = Play::in_state(State::Active);
    let terms = [("1", 0, consent::Change::Material), ("2", 100, consent::Change::Minor)].into_iter();
    let terms = terms.chain([("3", 200, consent::Change::Editorial), ("4", 300, consent::Change::Minor)]);
    let terms = terms.chain([("5", 400, consent::Change::Material)]);
    let terms = terms.map(|(name, at, change)| {
        let from = if at == 0 { Timestamp::from_unix(0) } else { later(at) };
        version(name, from, change)
    });
    play.policy.terms = Terms::new(terms.collect()).unwrap();
    let Play { policy, it, .. } = &mut play;
    let told =
        |it: &Onboarding, at| it.terms_notice(Lang::Fr, policy, later(at)).map(|terms| terms.version().to_owned());
    assert_eq!(told(it, 50), None);
    assert_eq!(it.terms_noticed(policy, later(50)).unwrap_err().code(), Code::STEP_OUT_OF_ORDER);
    assert_eq!(told(it, 100).as_deref(), Some("2"));
    assert_eq!(it.state(policy, later(100)), State::Active, "nothing is barred");
    let changed = it.terms_changed(Lang::Fr, policy, later(100)).unwrap().to_text(Lang::Fr);
    assert!(changed.contains("- Article 1, 1\n+ Article 1, 2\n"), "{changed}");
    it.terms_noticed(policy, later(150)).unwrap();
    *it = Onboarding::from_stored(&it.to_stored().unwrap()).unwrap();
    assert_eq!(told(it, 150), None, "once");
    assert_eq!(told(it, 250), None, "an editorial change is not told");
    assert_eq!(told(it, 300).as_deref(), Some("4"));
    assert_eq!((told(it, 400), it.state(policy, later(400))), (None, State::TermsWanted), "a material one asks");
    let changed = it.terms_changed(Lang::Fr, policy, later(400)).unwrap();
    assert_eq!((&*changed.from, &*changed.to), ("1", "5"), "since what was accepted");
}
