//! A clock that is off by minutes: the refusal of a good token tells by how much, and which way.

use crate::fake::{PERSON, answer, psc};
use sas_psc::Code;
use sas_psc::drive::block_on;
use sas_psc::error::FactValue;
use sas_psc::id::IdNat;
use sas_psc::psc::{Channel, Endpoint};

/// The facts of a sign-in whose token was issued at a clock so many seconds from ours, in an answer of that date.
fn refused(offset: i64, date: Option<&str>) -> (Code, Option<u64>, Option<&'static str>) {
    let psc = psc();
    let mut poll = block_on(psc.ciba(&IdNat::parse(PERSON).unwrap(), Channel::Mobile)).unwrap();
    let there = poll.expires_at().unix() - 120 + offset;
    for (claim, at) in [("iat", there), ("auth_time", there), ("exp", there + 120)] {
        psc.world().state().claims.insert(claim.into(), at.into());
    }
    let mut response = answer(200, &psc.world().tokens());
    response.headers.extend(date.map(|date| ("date".to_owned(), date.to_owned())));
    psc.world().script(Endpoint::Token, move |_| Ok(response));
    let error = block_on(psc.wait_ciba(&mut poll, |_, _| ())).unwrap_err();
    assert!(error.facts().pairs().iter().all(|(name, value)| *name != "clock" || matches!(value, FactValue::Word(_))));
    (error.code(), error.facts().clock_skew_seconds, error.facts().clock)
}

#[test]
fn the_size_and_the_direction_come_with_the_refusal() {
    // The answer comes five seconds after the clock of the test began at 08:00:00.
    let (code, seconds, clock) = refused(300, Some("Mon, 23 Nov 2026 08:05:05 GMT"));
    assert_eq!((code, clock), (Code::ID_TOKEN_NOT_YET_VALID, Some("behind")));
    assert!((298..=302).contains(&seconds.unwrap()), "{seconds:?}");
    let (code, seconds, clock) = refused(-600, Some("Mon, 23 Nov 2026 07:50:05 GMT"));
    assert_eq!((code, clock), (Code::ID_TOKEN_EXPIRED, Some("ahead")));
    assert!((598..=602).contains(&seconds.unwrap()), "{seconds:?}");
}

#[test]
fn a_clock_that_is_right_is_not_accused_and_one_unknown_not_guessed() {
    assert_eq!(refused(-600, Some("Mon, 23 Nov 2026 08:00:05 GMT")), (Code::ID_TOKEN_EXPIRED, Some(0), None));
    assert_eq!(refused(300, None), (Code::ID_TOKEN_NOT_YET_VALID, None, None));
}
