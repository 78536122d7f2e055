//! The rules on a clock that a test moves: what is told, what is late, what a stolen row gives away.

use super::*;
use crate::error::Code;
use std::collections::BTreeMap;

const NOW: Timestamp = Timestamp::from_unix(1_795_420_800);

fn limiter(rules: LimitRules) -> Limiter {
    Limiter::new(ServerKey::new(&[7; 32]).unwrap(), rules)
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

/// A store of one process, as plain as can be.
#[derive(Default)]
struct Rows(BTreeMap<LimitKey, LimitRow>);

impl Rows {
    /// How long to wait, or how late the mail is.
    fn ask(&mut self, limiter: &Limiter, person: &str, to: &str, from: Option<&str>, now: Timestamp) -> Asked {
        let address = address(to);
        let network = from.map(|ip| ip.parse().unwrap());
        let keys = limiter.keys(&MailAsk { person: person.as_bytes(), address: &address, network });
        let rows: Vec<_> = keys.iter().map(|key| self.0.get(key).cloned()).collect();
        match limiter.judge(&keys, &rows, now).unwrap() {
            LimitVerdict::Wait(wait) => Asked::Wait(wait.as_secs()),
            LimitVerdict::Go { swaps, not_before } => {
                for LimitSwap { key, expected, state, .. } in swaps {
                    self.0.insert(key, LimitRow { version: expected + 1, state });
                }
                Asked::Late(not_before.since(now).as_secs())
            }
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Wait(u64),
    Late(u64),
}

#[test]
fn a_person_corrects_three_times_then_waits_thirty_seconds_and_longer_each_time() {
    let (limiter, mut rows, mut now) = (limiter(LimitRules::default()), Rows::default(), NOW);
    let mut ask = |n: u32, now| rows.ask(&limiter, "anne", &format!("a{n}@exemple.fr"), None, now);
    for n in 0..4 {
        assert_eq!(ask(n, now), Asked::Late(0));
    }
    for (n, wait) in (4..).zip([30, 60, 120, 240, 480, 900, 900]) {
        assert_eq!(ask(n, now), Asked::Wait(wait));
        now = now + Duration::from_secs(wait - 1);
        assert_eq!(ask(n, now), Asked::Wait(1), "what is refused is not counted");
        now = now + Duration::from_secs(1);
        assert_eq!(ask(n, now), Asked::Late(0));
    }
}

#[test]
fn a_day_has_a_cap_and_ends() {
    let (limiter, mut rows, mut now) = (limiter(LimitRules::default()), Rows::default(), NOW);
    let mut sent = 0;
    loop {
        match rows.ask(&limiter, "anne", &format!("a{sent}@exemple.fr"), None, now) {
            Asked::Late(0) => sent += 1,
            Asked::Wait(wait) if wait <= 900 => now = now + Duration::from_secs(wait),
            Asked::Wait(wait) => {
                assert_eq!(sent, 20);
                let over = now + Duration::from_secs(wait);
                let day = over.since(NOW).as_secs();
                assert!((86_400..=90_000).contains(&day), "{day}");
                assert_eq!(rows.ask(&limiter, "anne", "x@exemple.fr", None, over), Asked::Late(0));
                break;
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn many_who_ask_for_one_mailbox_are_answered_alike_and_its_mails_are_late() {
    let (limiter, mut rows) = (limiter(LimitRules::default()), Rows::default());
    let mut ask = |n: u32, to: &str| rows.ask(&limiter, &format!("person {n}"), to, None, NOW);
    for (n, late) in (0..).zip([0, 0, 0, 30, 60, 120, 240, 480, 900, 900]) {
        assert_eq!(ask(n, &format!("Victime+{n}@Exemple.fr")), Asked::Late(late), "a tag is no other mailbox");
    }
    let Asked::Late(day) = ask(10, "victime@exemple.fr") else { panic!("told") };
    assert!(day > 85_000, "the day's ten are used up: {day}");
    assert_eq!(ask(0, "autre@exemple.fr"), Asked::Late(0));
}

#[test]
fn a_network_is_its_prefix() {
    let mut rules = LimitRules::default();
    (rules.network.free, rules.network.a_day) = (2, 4);
    let limiter = limiter(rules);
    let ask = |ips: [&str; 3]| {
        let mut rows = Rows::default();
        let mut n = 0;
        ips.map(|ip| {
            n += 1;
            rows.ask(&limiter, &format!("p{n}"), &format!("a{n}@exemple.fr"), Some(ip), NOW)
        })
    };
    let third_waits = [Asked::Late(0), Asked::Late(0), Asked::Wait(5)];
    let none_waits = [Asked::Late(0), Asked::Late(0), Asked::Late(0)];
    assert_eq!(ask(["192.0.2.1", "192.0.2.200", "192.0.2.9"]), third_waits);
    assert_eq!(ask(["192.0.2.1", "::ffff:192.0.2.7", "192.0.2.9"]), third_waits);
    assert_eq!(ask(["2001:db8:1:2::1", "2001:db8:1:ffff::2", "2001:db8:1::"]), third_waits);
    assert_eq!(ask(["192.0.2.1", "192.0.3.1", "192.0.4.1"]), none_waits);
    assert_eq!(ask(["2001:db8:1::1", "2001:db8:2::1", "2001:db8:3::1"]), none_waits);
    assert_eq!(ask(["127.0.0.1", "127.0.0.1", "::1"]), none_waits, "a proxy on this machine is nobody's network");
}

#[test]
fn a_clock_that_went_back_locks_nobody_out() {
    let (limiter, mut rows) = (limiter(LimitRules::default()), Rows::default());
    for n in 0..8 {
        let _ = rows.ask(&limiter, "anne", "a@exemple.fr", None, NOW + Duration::from_secs(1000 * n));
    }
    let back = NOW - Duration::from_secs(30 * 86_400);
    assert_eq!(rows.ask(&limiter, "anne", "a@exemple.fr", None, back), Asked::Late(0));
    for late in [0, 0, 30] {
        assert_eq!(rows.ask(&limiter, "anne", "a@exemple.fr", None, back), Asked::Late(late), "and counts from there");
    }
}

#[test]
fn a_row_says_no_address_and_stays_small() {
    let (limiter, mut rows) = (limiter(LimitRules::default()), Rows::default());
    for n in 0..30 {
        let at = NOW + Duration::from_secs(3600 * n);
        let _ = rows.ask(&limiter, "anne", "a@exemple.fr", Some("192.0.2.1"), at);
    }
    assert_eq!(rows.0.len(), 3);
    for row in rows.0.values() {
        let text = String::from_utf8(row.state.clone()).unwrap();
        assert!(!text.contains("exemple") && !text.contains("anne") && !text.contains("192"), "{text}");
        assert!(text.len() < 400, "{} bytes", text.len());
    }
    let other = Limiter::new(ServerKey::new(&[8; 32]).unwrap(), LimitRules::default());
    assert_ne!(limiter.mailbox(&address("a@b.fr")), other.mailbox(&address("a@b.fr")));
}

#[test]
fn rules_come_from_json_and_are_checked() {
    assert_eq!(LimitRules::from_json("{}").unwrap(), LimitRules::default());
    let json = serde_json::to_string(&LimitRules::default()).unwrap();
    assert_eq!(LimitRules::from_json(&json).unwrap(), LimitRules::default());
    let rule = |free, first, longest, a_day| {
        format!(r#"{{"free":{free},"first_wait":{first},"longest_wait":{longest},"a_day":{a_day}}}"#)
    };
    let rules = LimitRules::from_json(&format!(r#"{{"person":{},"v6_prefix":56}}"#, rule(1, 60, 60, 5))).unwrap();
    assert_eq!((rules.person.first_wait.as_secs(), rules.v6_prefix, rules.v4_prefix), (60, 56, 24));
    for (json, field) in [
        (r#"{"v4_prefix":33}"#.to_owned(), Some("v4_prefix")),
        (r#"{"v6_prefix":0}"#.to_owned(), Some("v6_prefix")),
        (format!(r#"{{"person":{}}}"#, rule(1, 30, 900, 0)), Some("person")),
        (format!(r#"{{"address":{}}}"#, rule(1, 30, 29, 9)), Some("address")),
        (format!(r#"{{"network":{}}}"#, rule(1, 30, 86_401, 9)), Some("network")),
        (r#"{"mailbox":1}"#.to_owned(), None),
        ("[".to_owned(), None),
    ] {
        let error = LimitRules::from_json(&json).unwrap_err();
        assert_eq!((error.code(), error.facts().field), (Code::EMAIL_LIMIT_RULES, field), "{json}");
    }
}
