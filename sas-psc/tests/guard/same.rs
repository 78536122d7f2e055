//! Nobody can tell from outside whom the guard holds back, who has no e-CPS and which number is nobody's.

use super::*;
use sas_psc::psc::CibaEvent;
use std::time::Duration;

/// All that a screen sees of a start and of the two minutes after it.
#[derive(Debug, PartialEq, Clone)]
struct Seen {
    answered_after: Duration,
    digits: usize,
    shown: String,
    stored: usize,
    events: Vec<CibaEvent>,
    lasted: Duration,
    end: Code,
    again: bool,
}

fn seen(here: &Instance<'_, Memory>, person: &IdNat, workstation: &str) -> Seen {
    let world = here.psc.world();
    let begun = world.now();
    let poll = here.start_for(person, Channel::Mobile, workstation).unwrap();
    let answered_after = world.now().since(begun);
    let (digits, shown, shown_at) = (poll.digits().to_owned(), format!("{poll:?}"), world.now());
    // The page is loaded again: the same digits, the same countdown.
    world.advance(3);
    let mut again = here.start_for(person, Channel::Mobile, workstation).unwrap();
    let same = again.digits() == digits && again.expires_at() == poll.expires_at();
    let mut events = Vec::new();
    let told = block_on(here.guarded.wait(world, &here.service, &mut again, |_, event| events.push(event)));
    let shown = shown.replace(&poll.expires_at().to_string(), "…").replace(&format!("{person:?}"), "…");
    let stored = serde_json::from_slice::<serde_json::Value>(&poll.to_stored().unwrap()).unwrap();
    Seen {
        answered_after,
        digits: digits.len(),
        shown,
        stored: stored["state"].as_object().unwrap().len(),
        events,
        lasted: world.now().since(shown_at),
        end: told.unwrap_err().code(),
        again: same,
    }
}

#[test]
fn nobody_without_e_cps_under_guard_and_unanswered_look_the_same() {
    let psc = psc();
    let here = Instance::new(&psc, Memory::new());
    let other = |text: &str| IdNat::parse(text).unwrap();
    pending(psc.world(), 60);
    let unanswered = seen(&here, &person(), "elsewhere");
    assert_eq!(unanswered.end, Code::CIBA_EXPIRED);
    assert!(unanswered.again && unanswered.events.iter().filter(|event| !event.help.is_empty()).count() == 2);
    assert!(!psc.world().asked(Endpoint::Token).is_empty());

    let invalid = json!({"error": "invalid_request", "error_description": "invalid_user"});
    psc.world().answer(Endpoint::Ciba, 400, invalid);
    assert_eq!(seen(&here, &other("899700218896"), "elsewhere"), unanswered, "nobody's number");
    psc.world().answer(Endpoint::Ciba, 503, json!({"error": "server_error"}));
    assert_eq!(seen(&here, &other("899700366240"), "elsewhere"), unanswered, "no e-CPS");

    let rung = here.rung();
    here.start(Channel::Mobile, "office").unwrap();
    assert_eq!(here.rung(), rung + 1);
    assert_eq!(seen(&here, &person(), "elsewhere"), unanswered, "held back: another one runs");
    // The provider ends it before its countdown: a decoy would not.
    psc.world().advance(300);
    psc.world().state().scripts.clear();
    pending(psc.world(), 21);
    psc.world().answer(Endpoint::Token, 400, json!({"error": "expired_token"}));
    let early = seen(&here, &other("899700245667"), "elsewhere");
    assert_eq!(early, unanswered, "a request that the provider ended early");
}

#[test]
fn a_slow_provider_slows_decoys_down_as_much() {
    let psc = psc();
    let here = Instance::new(&psc, Memory::new());
    let after = |here: &Instance<'_, Memory>, workstation: &str| {
        let begun = psc.world().now();
        here.start(Channel::Mobile, workstation).unwrap();
        psc.world().now().since(begun)
    };
    assert_eq!(after(&here, "a"), Duration::from_millis(500));
    assert_eq!(after(&here, "b"), Duration::from_millis(500), "a decoy");
    psc.world().advance(200);
    psc.world().state().ciba_takes = Duration::from_millis(1700);
    assert_eq!(after(&here, "c"), Duration::from_millis(2000));
    assert_eq!(after(&here, "d"), Duration::from_millis(2000), "a decoy");
    assert_eq!(here.rung(), 2);
}

#[test]
fn a_page_that_asks_is_answered_at_a_beat_whatever_it_waits_for() {
    let psc = psc();
    let here = Instance::new(&psc, Memory::new());
    let mut real = here.start(Channel::Mobile, "a").unwrap();
    let mut decoy = here.start(Channel::Mobile, "b").unwrap();
    pending(psc.world(), 3);
    psc.world().advance(6);
    for poll in [&mut real, &mut decoy] {
        let begun = psc.world().now();
        assert!(block_on(here.guarded.poll(psc.world(), &here.service, poll)).unwrap().is_none());
        assert_eq!(psc.world().now().since(begun), Duration::from_millis(500));
    }
    assert_eq!(psc.world().asked(Endpoint::Token).len(), 1);
}
