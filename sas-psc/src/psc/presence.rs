//! When a workstation locks and when a person must prove again who they are: a value that judges times.
//!
//! Ségur DMN: IEPS 6 (the renewal of the authentication can be forced at a period that is set), IEPS 12 (sign-out on
//! demand), IEPS 13 (lock after an inactivity that is set). A lock is local: PSC's session is left alone, as ANS asks.
//! What a lock looks like and how it opens again is the application's.

use super::SignIn;
use crate::base::Timestamp;
use std::time::Duration;

/// The times that a site has chosen; by default it has chosen none.
///
/// ```
/// use sas_psc::base::Timestamp;
/// use sas_psc::psc::{Activity, Presence, PresencePolicy};
/// use std::time::Duration;
///
/// let policy = PresencePolicy::default().lock_after(Duration::from_secs(600)).renew_every(Duration::from_secs(8 * 3600));
/// let eight = Timestamp::parse_rfc3339("2026-11-23T08:00:00Z")?;
/// let activity = Activity::signed_in(eight, eight);
/// assert_eq!(policy.judge(&activity, eight), Presence::Open { until: Some(eight + Duration::from_secs(600)) });
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PresencePolicy {
    inactivity: Option<Duration>,
    renewal: Option<Duration>,
}

/// What is known of a person at a workstation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activity {
    authenticated_at: Timestamp,
    active_at: Timestamp,
    locked: bool,
}

/// What a person at a workstation may do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Presence {
    /// Work, until then if nothing happens.
    Open {
        /// When it changes without activity; none when nothing is set.
        until: Option<Timestamp>,
    },
    /// Nothing before the lock is opened, by this application alone. PSC's session goes on.
    Lock {
        /// When a renewal is due all the same; none when none is set.
        renew_at: Option<Timestamp>,
    },
    /// Nothing before they have proved again who they are: a sign-in with `fresh_within`.
    Renew,
}

impl Presence {
    /// The word in C and in Python: `open`, `lock`, `renew`.
    pub const fn name(self) -> &'static str {
        match self {
            Presence::Open { .. } => "open",
            Presence::Lock { .. } => "lock",
            Presence::Renew => "renew",
        }
    }

    /// When it changes although nothing happens; none when it does not.
    pub const fn changes_at(self) -> Option<Timestamp> {
        match self {
            Presence::Open { until: at } | Presence::Lock { renew_at: at } => at,
            Presence::Renew => None,
        }
    }
}

impl PresencePolicy {
    /// Locks after this long without activity (IEPS 13).
    pub fn lock_after(mut self, inactivity: Duration) -> PresencePolicy {
        self.inactivity = Some(inactivity);
        self
    }

    /// Asks the person to prove again who they are this long after they last did, whatever they do (IEPS 6).
    pub fn renew_every(mut self, period: Duration) -> PresencePolicy {
        self.renewal = Some(period);
        self
    }

    /// What the person may do now. A renewal that is due goes before a lock: opening the lock would not be enough.
    pub fn judge(&self, activity: &Activity, now: Timestamp) -> Presence {
        let renew_at = self.renewal.map(|period| activity.authenticated_at + period);
        if renew_at.is_some_and(|at| now >= at) {
            return Presence::Renew;
        }
        let lock_at = self.inactivity.map(|inactivity| activity.active_at + inactivity);
        if activity.locked || lock_at.is_some_and(|at| now >= at) {
            return Presence::Lock { renew_at };
        }
        Presence::Open { until: [lock_at, renew_at].into_iter().flatten().min() }
    }
}

impl Activity {
    /// Somebody who authenticated then and is here now.
    pub fn signed_in(authenticated_at: Timestamp, now: Timestamp) -> Activity {
        Activity { authenticated_at, active_at: now, locked: false }
    }

    /// The same from the evidence: PSC's own session may make the authentication older than the sign-in.
    pub fn of(sign_in: &SignIn, now: Timestamp) -> Activity {
        Activity::signed_in(sign_in.auth_time(), now)
    }

    /// The same again from what was kept of it, for a server that forgets between two requests.
    pub fn kept(authenticated_at: Timestamp, active_at: Timestamp, locked: bool) -> Activity {
        Activity { authenticated_at, active_at, locked }
    }

    /// When the person proved who they are.
    pub fn authenticated_at(&self) -> Timestamp {
        self.authenticated_at
    }

    /// When they last did something that counted.
    pub fn active_at(&self) -> Timestamp {
        self.active_at
    }

    /// Whether the lock was closed; a lock that is due and that nobody has met yet is not told here.
    pub fn is_locked(&self) -> bool {
        self.locked
    }

    /// The person did something. What they do while the policy says `Lock` or `Renew` counts for nothing: a key pressed
    /// on a locked screen opens no session.
    pub fn touched(&mut self, policy: &PresencePolicy, now: Timestamp) -> Presence {
        let presence = policy.judge(self, now);
        match presence {
            Presence::Open { .. } => self.active_at = self.active_at.max(now),
            _ => self.locked = true,
        }
        policy.judge(self, now)
    }

    /// The person locked the workstation, or it was told to.
    pub fn lock(&mut self) {
        self.locked = true;
    }

    /// The application's own lock was opened.
    pub fn unlocked(&mut self, now: Timestamp) {
        (self.locked, self.active_at) = (false, self.active_at.max(now));
    }

    /// The person proved again who they are.
    pub fn renewed(&mut self, authenticated_at: Timestamp, now: Timestamp) {
        *self = Activity::signed_in(authenticated_at, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);
    const EIGHT: Timestamp = Timestamp::from_unix(1_795_420_800);

    fn at(minutes: u32) -> Timestamp {
        EIGHT + MINUTE * minutes
    }

    #[test]
    fn inactivity_locks_here_only_and_activity_puts_it_off() {
        let policy = PresencePolicy::default().lock_after(MINUTE * 10);
        let mut person = Activity::signed_in(EIGHT, EIGHT);
        assert_eq!(policy.judge(&person, at(9)), Presence::Open { until: Some(at(10)) });
        assert_eq!(person.touched(&policy, at(9)), Presence::Open { until: Some(at(19)) });
        assert_eq!(policy.judge(&person, at(19)), Presence::Lock { renew_at: None });
        assert_eq!(person.touched(&policy, at(20)), Presence::Lock { renew_at: None }, "a key on a locked screen");
        assert_eq!(policy.judge(&person, at(21)), Presence::Lock { renew_at: None });
        person.unlocked(at(22));
        assert_eq!(policy.judge(&person, at(22)), Presence::Open { until: Some(at(32)) });
        person.lock();
        assert_eq!(policy.judge(&person, at(22)), Presence::Lock { renew_at: None });
    }

    #[test]
    fn a_renewal_is_due_whatever_the_person_does() {
        let policy = PresencePolicy::default().lock_after(MINUTE * 10).renew_every(MINUTE * 60);
        let mut person = Activity::signed_in(at(0), at(5));
        for minute in (5..60).step_by(5) {
            assert!(matches!(person.touched(&policy, at(minute)), Presence::Open { .. }));
        }
        assert_eq!(policy.judge(&person, at(59)), Presence::Open { until: Some(at(60)) });
        assert_eq!(person.touched(&policy, at(60)), Presence::Renew);
        person.unlocked(at(61));
        assert_eq!(policy.judge(&person, at(61)), Presence::Renew, "the local lock is not enough");
        person.renewed(at(62), at(62));
        assert_eq!(policy.judge(&person, at(62)), Presence::Open { until: Some(at(72)) });
        assert_eq!(policy.judge(&person, at(72)), Presence::Lock { renew_at: Some(at(122)) });
    }

    #[test]
    fn what_is_kept_of_a_person_goes_on_elsewhere_as_it_was() {
        let policy = PresencePolicy::default().lock_after(MINUTE * 10).renew_every(MINUTE * 60);
        let mut person = Activity::signed_in(at(0), at(5));
        person.touched(&policy, at(7));
        for minute in [16, 17, 60] {
            let again = Activity::kept(person.authenticated_at(), person.active_at(), person.is_locked());
            assert_eq!(again, person);
            let presence = person.touched(&policy, at(minute));
            assert_eq!(policy.judge(&again, at(minute)).name(), presence.name());
            assert_eq!(presence.changes_at().is_none(), presence == Presence::Renew);
        }
        person.lock();
        let again = Activity::kept(person.authenticated_at(), person.active_at(), person.is_locked());
        assert_eq!(policy.judge(&again, at(17)).name(), "lock");
    }

    #[test]
    fn nothing_set_is_always_open_and_a_clock_that_goes_back_takes_nothing_away() {
        let none = PresencePolicy::default();
        assert_eq!(none.judge(&Activity::signed_in(at(0), at(0)), at(9999)), Presence::Open { until: None });
        let policy = none.lock_after(MINUTE * 10);
        let mut person = Activity::signed_in(at(0), at(9));
        assert_eq!(person.touched(&policy, at(3)), Presence::Open { until: Some(at(19)) });
    }
}
