//! `sas_psc_presence`: when a workstation locks and when a person must prove again who they are (Ségur IEPS 6, 12, 13).

use crate::argument::Out;
use crate::export::export;
use crate::handle::Handle;
use crate::signed_in::sas_psc_signed_in;
use crate::string::c_text;
use sas_psc::base::Timestamp;
use sas_psc::psc::{Activity, Presence, PresencePolicy};
use std::ffi::{CString, c_char};
use std::time::Duration;

/// A person at a workstation, and the times that the site has chosen.
pub struct sas_psc_presence {
    policy: PresencePolicy,
    activity: Activity,
    words: [CString; 3],
}

impl Handle for sas_psc_presence {}

fn at(now: i64) -> Timestamp {
    Timestamp::from_unix_millis(now)
}

impl From<Activity> for sas_psc_presence {
    fn from(activity: Activity) -> sas_psc_presence {
        let words = ["open", "lock", "renew"].map(c_text);
        sas_psc_presence { policy: PresencePolicy::default(), activity, words }
    }
}

impl sas_psc_presence {
    fn told(&self, presence: Presence, changes_at: Out<'_, i64>) -> *const c_char {
        changes_at.set(presence.changes_at().map_or(0, Timestamp::unix_millis));
        let word = self.words.iter().find(|word| word.as_bytes() == presence.name().as_bytes());
        word.map_or(std::ptr::null(), |word| word.as_ptr())
    }
}

export! {
    /// Somebody who proved who they are then and is here now. By default nothing locks and nothing is renewed.
    fn sas_psc_presence_new(authenticated_at: i64, now: i64, presence: *mut *mut sas_psc_presence) -> Status {
        presence.give(Activity::signed_in(at(authenticated_at), at(now)));
        Ok(())
    }

    /// The same from the evidence: the provider's own session may make the proof older than the sign-in.
    fn sas_psc_presence_of(
        signed_in: *const sas_psc_signed_in,
        now: i64,
        presence: *mut *mut sas_psc_presence,
    ) -> Status {
        presence.give(Activity::of(&signed_in.person.sign_in, at(now)));
        Ok(())
    }

    /// The same again from what was kept of it.
    fn sas_psc_presence_kept(
        authenticated_at: i64,
        active_at: i64,
        locked: bool,
        presence: *mut *mut sas_psc_presence,
    ) -> Status {
        presence.give(Activity::kept(at(authenticated_at), at(active_at), locked));
        Ok(())
    }

    /// Locks after these seconds without activity (IEPS 13).
    fn sas_psc_presence_set_lock_after(presence: *mut sas_psc_presence, seconds: u64) -> Status {
        presence.policy = presence.policy.lock_after(Duration::from_secs(seconds));
        Ok(())
    }

    /// Asks for a new proof these seconds after the last, whatever the person does (IEPS 6).
    fn sas_psc_presence_set_renew_every(presence: *mut sas_psc_presence, seconds: u64) -> Status {
        presence.policy = presence.policy.renew_every(Duration::from_secs(seconds));
        Ok(())
    }

    /// What the person may do now: "open"; "lock", nothing before this application's own lock is opened, the provider's
    /// session goes on; "renew", nothing before a sign-in with fresh_within. changes_at is when that changes although
    /// nothing happens, 0 when it does not. The word lives as long as the presence.
    fn sas_psc_presence_judge(presence: *const sas_psc_presence, now: i64, changes_at: *mut i64) -> *const c_char {
        presence.told(presence.policy.judge(&presence.activity, at(now)), changes_at)
    }

    /// The person did something; what they do while the answer is "lock" or "renew" counts for nothing. As _judge.
    fn sas_psc_presence_touched(presence: *mut sas_psc_presence, now: i64, changes_at: *mut i64) -> *const c_char {
        let judged = presence.activity.touched(&presence.policy, at(now));
        presence.told(judged, changes_at)
    }

    /// The person locked the workstation, or it was told to.
    fn sas_psc_presence_lock(presence: *mut sas_psc_presence) -> Status {
        presence.activity.lock();
        Ok(())
    }

    /// The application's own lock was opened.
    fn sas_psc_presence_unlocked(presence: *mut sas_psc_presence, now: i64) -> Status {
        presence.activity.unlocked(at(now));
        Ok(())
    }

    /// The person proved again who they are.
    fn sas_psc_presence_renewed(presence: *mut sas_psc_presence, authenticated_at: i64, now: i64) -> Status {
        presence.activity.renewed(at(authenticated_at), at(now));
        Ok(())
    }

    /// When the person proved who they are, to be kept.
    fn sas_psc_presence_authenticated_at(presence: *const sas_psc_presence) -> i64 {
        presence.activity.authenticated_at().unix_millis()
    }

    /// When they last did something that counted, to be kept.
    fn sas_psc_presence_active_at(presence: *const sas_psc_presence) -> i64 {
        presence.activity.active_at().unix_millis()
    }

    /// Whether the lock was closed, to be kept; what the person may do is sas_psc_presence_judge.
    fn sas_psc_presence_is_locked(presence: *const sas_psc_presence) -> bool {
        presence.activity.is_locked()
    }

    /// Frees it. Null is allowed.
    fn sas_psc_presence_free(presence: *mut sas_psc_presence) -> Freed {}
}
