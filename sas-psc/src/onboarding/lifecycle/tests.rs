//! Lives played on the calendar: every event in every state, full notice always, and what an export holds.

use super::*;
use crate::onboarding::retention::{DataClass, RETENTION};
use std::collections::BTreeSet;

fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(&format!("{text}T08:00:00Z")).unwrap()
}

fn rules() -> LifeRules {
    LifeRules::default()
}

/// A life in use since then.
fn open(since: &str) -> Life {
    let mut life = Life::begin(at(since));
    life.signed_in(true, at(since)).unwrap();
    life
}

#[test]
fn the_picture_is_the_table() {
    let drawn: BTreeSet<String> = include_str!("life.mmd")
        .lines()
        .map(str::trim)
        .filter(|line| line.contains(" --> ") && !line.contains("[*]"))
        .map(str::to_owned)
        .collect();
    let told: BTreeSet<String> =
        LIFE_TRANSITIONS.iter().map(|(from, by, to)| format!("{from:?} --> {to:?}: {by:?}")).collect();
    assert_eq!(drawn, told);
}

/// A life in a state, and the moment at which the next thing is due there.
fn in_state(state: LifeState) -> (Life, Timestamp) {
    let mut life = if state == LifeState::Draft { Life::begin(at("2026-01-10")) } else { open("2026-01-10") };
    if matches!(state, LifeState::Noticed | LifeState::LastNoticed) {
        life.noticed(Due::FirstNotice, &rules(), at("2026-09-10")).unwrap();
    }
    if state == LifeState::LastNoticed {
        life.noticed(Due::LastNotice, &rules(), at("2026-10-10")).unwrap();
    }
    if state == LifeState::Closed {
        life.close(Closing::Person, &rules(), at("2026-02-01")).unwrap();
    }
    assert_eq!(life.state(), state);
    // A closed life is tried before its erasure is due.
    let now = if state == LifeState::Closed { at("2026-03-01") } else { life.next(&rules()).1 };
    (life, now)
}

#[test]
fn every_event_in_every_state_does_what_the_table_says() {
    use LifeEvent as E;
    let states = [LifeState::Draft, LifeState::Open, LifeState::Noticed, LifeState::LastNoticed, LifeState::Closed];
    let events =
        [E::Proven, E::SignedIn, E::FirstNotice, E::LastNotice, E::ClosedForInactivity, E::ClosedByPerson, E::Reopened];
    for state in states {
        for event in events {
            let (mut life, now) = in_state(state);
            let before = life.clone();
            let result = match event {
                E::Proven => life.signed_in(true, now).map(drop),
                E::SignedIn => life.signed_in(state != LifeState::Draft, now).map(drop),
                E::FirstNotice => life.noticed(Due::FirstNotice, &rules(), now),
                E::LastNotice => life.noticed(Due::LastNotice, &rules(), now),
                E::ClosedForInactivity => life.close(Closing::Inactivity, &rules(), now),
                E::ClosedByPerson => life.close(Closing::Person, &rules(), now),
                E::Reopened => life.reopen(&rules(), now),
            };
            let told = LIFE_TRANSITIONS.iter().find(|(from, by, _)| (*from, *by) == (state, event));
            // A proof of an address belongs to a draft; where there is none it is a sign-in like another.
            if event == E::Proven && state != LifeState::Draft && state != LifeState::Closed {
                assert_eq!(life.state(), LifeState::Open);
                continue;
            }
            match (result, told) {
                (Ok(()), Some((_, _, to))) => assert_eq!(life.state(), *to, "{state:?} {event:?}"),
                (Err(error), None) => {
                    let closed = state == LifeState::Closed && matches!(event, E::Proven | E::SignedIn);
                    let code = if closed { Code::ACCOUNT_CLOSED } else { Code::LIFECYCLE_OUT_OF_ORDER };
                    assert_eq!((error.code(), &life), (code, &before), "{state:?} {event:?}");
                }
                (result, told) => panic!("{state:?} {event:?}: {result:?}, and the table says {told:?}"),
            }
        }
    }
}

#[test]
fn eight_months_nine_months_and_seven_days() {
    let mut life = open("2026-01-31");
    let due = |life: &Life, day: &str| life.due(&rules(), at(day)).map(Due::word);
    assert_eq!((due(&life, "2026-09-29"), due(&life, "2026-09-30")), (None, Some("first-notice")));
    life.noticed(Due::FirstNotice, &rules(), at("2026-09-30")).unwrap();
    assert_eq!((due(&life, "2026-10-30"), due(&life, "2026-10-31")), (None, Some("last-notice")));
    life.noticed(Due::LastNotice, &rules(), at("2026-10-31")).unwrap();
    assert_eq!((due(&life, "2026-11-06"), due(&life, "2026-11-07")), (None, Some("close")));
    life.close(Closing::Inactivity, &rules(), at("2026-11-07")).unwrap();
    assert_eq!(life.closed(), Some((at("2026-11-07"), Closing::Inactivity)));
    assert_eq!((due(&life, "2027-11-06"), due(&life, "2027-11-07")), (None, Some("erase-closed")));
    assert_eq!(life.reopen(&rules(), at("2027-11-07")).unwrap_err().code(), Code::LIFECYCLE_OUT_OF_ORDER);
    life.reopen(&rules(), at("2027-11-06")).unwrap();
    assert_eq!(
        (life.state(), due(&life, "2028-07-05"), due(&life, "2028-07-06")),
        (LifeState::Open, None, Some("first-notice"))
    );
}

#[test]
fn a_platform_that_stood_still_for_a_year_still_gives_everybody_their_full_notice() {
    let mut life = open("2025-01-10");
    assert_eq!(life.due(&rules(), at("2026-06-01")), Some(Due::FirstNotice));
    life.noticed(Due::FirstNotice, &rules(), at("2026-06-01")).unwrap();
    assert_eq!(life.next(&rules()), (Due::LastNotice, at("2026-07-01")), "a month after the first, not at once");
    assert_eq!(rules().closes_at(at("2026-06-01")), at("2026-07-08"), "what the first notice says");
    life.noticed(Due::LastNotice, &rules(), at("2026-07-03")).unwrap();
    assert_eq!(life.next(&rules()), (Due::Close, at("2026-07-10")));
    let early = life.close(Closing::Inactivity, &rules(), at("2026-07-09"));
    assert_eq!(early.unwrap_err().code(), Code::LIFECYCLE_OUT_OF_ORDER);
    assert!(life.signed_in(true, at("2026-07-09")).unwrap());
    assert_eq!(life.next(&rules()), (Due::FirstNotice, at("2027-03-09")), "all is forgotten");
}

#[test]
fn a_draft_lives_thirty_days_and_a_sign_in_of_the_same_day_writes_nothing() {
    let mut draft = Life::begin(at("2026-01-01"));
    assert_eq!(draft.next(&rules()), (Due::EraseDraft, at("2026-01-31")));
    assert!(!draft.signed_in(false, at("2026-01-01") + Duration::from_secs(3600)).unwrap());
    assert!(draft.signed_in(false, at("2026-01-03")).unwrap());
    assert_eq!(draft.next(&rules()).1, at("2026-02-02"));
    assert!(draft.signed_in(true, at("2026-01-03")).unwrap(), "it is proven now");
    assert_eq!(draft.state(), LifeState::Open);
}

#[test]
fn rules_that_leave_nobody_time_are_refused() {
    let bad = [
        (LifeRules { first_notice_months: 0, ..rules() }, "first_notice_months"),
        (LifeRules { last_notice_months: 8, ..rules() }, "last_notice_months"),
        (LifeRules { closing_days: 0, ..rules() }, "closing_days"),
        (LifeRules { draft_days: 0, ..rules() }, "draft_days"),
    ];
    for (rules, field) in bad {
        let error = rules.checked().unwrap_err();
        assert_eq!((error.code(), error.facts().field), (Code::LIFECYCLE_RULES, Some(field)));
    }
    assert_eq!(rules().checked().unwrap(), rules());
}

#[test]
fn the_table_of_periods_says_the_numbers_of_the_rules() {
    let rules = rules();
    let period = |class: DataClass| class.retention().period_fr;
    for part in [
        format!("avis à {} mois", rules.first_notice_months),
        format!("dernier avis à {} mois", rules.last_notice_months),
        format!("fermeture {} jours après", rules.closing_days),
    ] {
        assert!(period(DataClass::Accounts).contains(&part), "{part}");
    }
    assert!(period(DataClass::ClosedAccounts).starts_with(&format!("{} mois", rules.closed_months)));
    assert!(period(DataClass::Drafts).starts_with(&format!("{} jours", rules.draft_days)));
    let drafts = RETENTION.iter().find(|row| row.class == DataClass::Drafts).unwrap();
    assert_eq!((drafts.days, rules.tombstone_months), (rules.draft_days, 0));
}

#[test]
fn a_stored_life_comes_back_and_a_newer_one_is_refused() {
    let (life, _) = in_state(LifeState::LastNoticed);
    let stored = life.to_stored().unwrap();
    assert_eq!(Life::from_stored(&stored).unwrap(), life);
    let newer = String::from_utf8(stored).unwrap().replace("\"v\":1", "\"v\":2");
    assert_eq!(Life::from_stored(newer.as_bytes()).unwrap_err().code(), Code::STORED_FORM_NEWER);
}
