//! The rules, minute by minute.

use super::*;
use crate::base::ServerKey;

const ATTACKER: GuardKey = GuardKey([1; 32]);
const OFFICE: GuardKey = GuardKey([2; 32]);
const PERSON: GuardKey = GuardKey([9; 32]);

struct Doctor {
    guard: CibaGuard,
    state: Option<PersonState>,
    number: u32,
    alarms: Vec<(GuardAlarmKind, u32)>,
}

impl Doctor {
    fn new() -> Doctor {
        let guard = CibaGuard::new(ServerKey::new(&[7; 32]).unwrap(), GuardRules::default());
        Doctor { guard, state: None, number: 0, alarms: Vec::new() }
    }

    /// Whether the phone (or the card) is asked at `minute`; the name of the attempt.
    fn start(&mut self, station: GuardKey, channel: Channel, minute: f64) -> Option<String> {
        self.number += 1;
        let attempt = format!("attempt {}", self.number);
        let ask = GuardAsk { attempt: &attempt, channel, station, switch: false };
        match self.guard.start(self.state.as_ref(), None, &ask, PERSON, at(minute)) {
            Verdict::Ring(next) => self.state = Some(next),
            Verdict::HoldBack(next, alarm) => {
                self.alarms.extend(alarm.map(|alarm| (alarm.kind, alarm.count)));
                self.state = Some(next);
                return None;
            }
            other => panic!("{other:?}"),
        }
        Some(attempt)
    }

    fn end(&mut self, attempt: &str, channel: Channel, end: GuardEnd, minute: f64) -> bool {
        let state = self.state.clone().unwrap();
        let ended = self.guard.end(&state, attempt, channel, end, PERSON, at(minute));
        let Some(GuardEnded { next, alarm, .. }) = ended else { return false };
        self.alarms.extend(alarm.map(|alarm| (alarm.kind, alarm.count)));
        self.state = Some(PersonState::resume(&next.to_stored().unwrap()).unwrap());
        true
    }

    /// Asked and refused at once.
    fn refused(&mut self, station: GuardKey, minute: f64) -> bool {
        let Some(attempt) = self.start(station, Channel::Mobile, minute) else { return false };
        assert!(self.end(&attempt, Channel::Mobile, GuardEnd::NotAnswered, minute));
        true
    }
}

fn at(minute: f64) -> Timestamp {
    Timestamp::from_unix(1_795_420_800) + Duration::from_secs_f64(minute * 60.0)
}

#[test]
fn after_two_in_a_row_starts_wait_1_5_15_and_60_minutes() {
    let mut doctor = Doctor::new();
    assert!(doctor.refused(ATTACKER, 0.0) && doctor.refused(ATTACKER, 0.1));
    let mut minute = 0.1;
    for wait in [1.0, 5.0, 15.0, 60.0, 60.0] {
        assert!(!doctor.refused(ATTACKER, minute + wait - 0.01), "{wait}");
        minute += wait;
        assert!(doctor.refused(ATTACKER, minute), "{wait}");
    }
    let told: Vec<u32> = doctor.alarms.iter().filter(|a| a.0 == GuardAlarmKind::InARow).map(|a| a.1).collect();
    assert_eq!(told, [2, 3, 4, 5, 6, 7]);
}

#[test]
fn what_nobody_answered_counts_when_its_time_is_over() {
    let mut doctor = Doctor::new();
    assert!(doctor.start(ATTACKER, Channel::Mobile, 0.0).is_some());
    assert!(doctor.start(ATTACKER, Channel::Mobile, 2.0).is_none(), "it may still be on the phone");
    assert!(doctor.start(ATTACKER, Channel::Mobile, 2.25).is_some());
    assert!(doctor.start(ATTACKER, Channel::Mobile, 4.6).is_none(), "two in a row: one minute");
    assert!(doctor.start(ATTACKER, Channel::Mobile, 5.6).is_some());
}

#[test]
fn ten_a_day_that_were_not_accepted_and_no_more() {
    let mut doctor = Doctor::new();
    let rung: Vec<u32> = (0..48).filter(|hour| doctor.refused(ATTACKER, f64::from(*hour) * 61.0)).collect();
    assert_eq!(rung[..11], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 24], "the first is a day old, and makes place for one");
    let mut doctor = Doctor::new();
    for number in 0..30 {
        let minute = f64::from(number) * 3.0;
        let attempt = doctor.start(OFFICE, Channel::Mobile, minute).expect("accepted ones do not count");
        assert!(doctor.end(&attempt, Channel::Mobile, GuardEnd::SignedIn, minute + 1.0));
    }
}

#[test]
fn the_known_workstation_keeps_three_of_the_ten_and_is_never_held_back_while_they_last() {
    let mut doctor = Doctor::new();
    let attempt = doctor.start(OFFICE, Channel::Mobile, 0.0).unwrap();
    assert!(doctor.end(&attempt, Channel::Mobile, GuardEnd::SignedIn, 0.5));
    let strangers = (1..20).filter(|hour| doctor.refused(ATTACKER, f64::from(*hour) * 61.0)).count();
    assert_eq!(strangers, 7);
    let minute = 20.0 * 61.0;
    assert!((0..3).all(|_| doctor.refused(OFFICE, minute)));
    assert!(!doctor.refused(OFFICE, minute), "ten in all");
    assert!(doctor.start(OFFICE, Channel::Card, minute).is_some(), "the card is never held back by the phone");
}

#[test]
fn the_known_workstation_takes_the_card_over_from_a_stranger() {
    let mut doctor = Doctor::new();
    let attempt = doctor.start(OFFICE, Channel::Card, 0.0).unwrap();
    assert!(doctor.end(&attempt, Channel::Card, GuardEnd::SignedIn, 0.5));
    let stranger = doctor.start(ATTACKER, Channel::Card, 1.0).unwrap();
    let mine = doctor.start(OFFICE, Channel::Card, 1.1).unwrap();
    assert!(!doctor.end(&stranger, Channel::Card, GuardEnd::SignedIn, 1.2), "it cannot win any more");
    assert!(doctor.end(&mine, Channel::Card, GuardEnd::SignedIn, 1.3));
}

#[test]
fn what_was_left_cannot_win_and_keeps_its_place() {
    let mut doctor = Doctor::new();
    let attempt = doctor.start(OFFICE, Channel::Mobile, 0.0).unwrap();
    assert!(doctor.end(&attempt, Channel::Mobile, GuardEnd::Left, 0.2));
    assert!(doctor.start(ATTACKER, Channel::Mobile, 1.0).is_none());
    assert!(!doctor.end(&attempt, Channel::Mobile, GuardEnd::SignedIn, 1.0));
}

#[test]
fn a_request_that_was_never_sent_costs_nothing() {
    let mut doctor = Doctor::new();
    for _ in 0..30 {
        let attempt = doctor.start(OFFICE, Channel::Mobile, 0.0).unwrap();
        assert!(doctor.end(&attempt, Channel::Mobile, GuardEnd::NotSent, 0.0));
    }
}

#[test]
fn alarms_for_starts_held_back_come_at_each_doubling() {
    let mut doctor = Doctor::new();
    doctor.start(OFFICE, Channel::Mobile, 0.0).unwrap();
    for _ in 0..1000 {
        assert!(doctor.start(ATTACKER, Channel::Mobile, 0.5).is_none());
    }
    let told: Vec<u32> = doctor.alarms.iter().map(|alarm| alarm.1).collect();
    assert_eq!(told, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
}

#[test]
fn a_clock_that_was_far_ahead_holds_nobody_back_for_as_long() {
    let mut doctor = Doctor::new();
    let year = 366.0 * 24.0 * 60.0;
    for minute in [0.0, 3.0, 6.0, 60.0] {
        doctor.refused(ATTACKER, year + minute);
    }
    doctor.start(ATTACKER, Channel::Mobile, year + 200.0);
    assert!(doctor.start(OFFICE, Channel::Mobile, 0.0).is_some());
}

#[test]
fn a_workstation_sees_its_own_request_again_until_it_left_it() {
    let doctor = Doctor::new();
    let mut shown = StationState::shown("a", Channel::Mobile, "07", at(0.0), Duration::from_secs(120));
    let ask = |attempt| GuardAsk { attempt, channel: Channel::Mobile, station: OFFICE, switch: false };
    let verdict = |shown: &StationState, attempt, minute| {
        doctor.guard.start(None, Some(shown), &ask(attempt), PERSON, at(minute))
    };
    assert_eq!(verdict(&shown, "b", 1.0), Verdict::Show);
    assert!(matches!(verdict(&shown, "a", 1.0), Verdict::Ring(_)), "its own try before");
    assert!(matches!(verdict(&shown, "b", 2.0), Verdict::Ring(_)), "over");
    shown.leave();
    assert_eq!(verdict(&shown, "b", 1.5), Verdict::StillRunning(Duration::from_secs(30)));
}
