//! `sas_psc_fallback`: local sign-in with the card while Pro Santé Connect is unreachable, kept in a SQLite file or a PostgreSQL database.

use crate::card_possession::sas_psc_card_challenge;
use crate::card_trust::sas_psc_card_trust;
use crate::export::export;
use crate::handle::Handle;
use crate::string::{json, sas_psc_string};
use sas_psc::Code;
use sas_psc::base::Timestamp;
use sas_psc::card::danger;
use sas_psc::card::fallback::{Fallback, FallbackRules, OutageSeen};
use sas_psc::drive::SystemRandom;
use sas_psc::store::AnyStore;
use std::ffi::c_char;

/// Whether people may sign in locally now, and where their sign-ins are kept.
pub struct sas_psc_fallback {
    pub(crate) state: Fallback,
    pub(crate) store: AnyStore,
}

impl Handle for sas_psc_fallback {}

pub(crate) fn at(now: i64) -> Timestamp {
    Timestamp::from_unix_millis(now)
}

export! {
    /// Local sign-in, allowed and closed, over the SQLite file at this path, made when it is not there, or over a database as
    /// sas_psc_ciba_guard_new takes one. A program that makes none has it off.
    fn sas_psc_fallback_new(path: *const c_char, fallback: *mut *mut sas_psc_fallback) -> Status {
        let store = AnyStore::open(path)?;
        fallback.give(sas_psc_fallback { state: Fallback::on(FallbackRules::default()), store });
        Ok(())
    }

    /// DANGER: takes cards of any authorities that a trust holds, tests' among them.
    fn sas_psc_danger_fallback_any_card(fallback: *mut sas_psc_fallback) -> Status {
        fallback.state = danger::fallback_with_any_card(fallback.state.clone());
        Ok(())
    }

    /// Sets a rule, a time in seconds, a yes as 1: "list_max_age" (7 days), "accept_unknown_revocation" (0),
    /// "directory_required" (0), "opens_after" (15 minutes; 0: only an administrator opens it), "longest" (12 hours), "session"
    /// (4 hours). SAS_PSC_ERROR_FALLBACK_RULE.
    fn sas_psc_fallback_set(fallback: *mut sas_psc_fallback, name: *const c_char, value: u64) -> Status {
        fallback.state.set(name, value)
    }

    /// An administrator opens it, with their name and the reason, both kept in every record. SAS_PSC_ERROR_FALLBACK_OPENING.
    fn sas_psc_fallback_open(
        fallback: *mut sas_psc_fallback,
        administrator: *const c_char,
        reason: *const c_char,
        until: i64,
        now: i64,
    ) -> Status {
        fallback.state.open(administrator, reason, at(until), at(now))
    }

    /// An outage is seen: since its first failed try, whose error has the code cause. It opens by itself once it has lasted as
    /// long as the rules want. open is whether it is.
    fn sas_psc_fallback_outage(
        fallback: *mut sas_psc_fallback,
        since: i64,
        cause: u32,
        now: i64,
        open: *mut bool,
    ) -> Status {
        let cause = Code::from_number(cause).unwrap_or(Code::PROVIDER_UNAVAILABLE);
        open.set(fallback.state.outage(OutageSeen { since: at(since), cause }, at(now))?);
        Ok(())
    }

    /// Pro Santé Connect answers: what an outage opened is closed; what an administrator opened stays.
    fn sas_psc_fallback_answered(fallback: *mut sas_psc_fallback) -> Status {
        fallback.state.answered();
        Ok(())
    }

    /// Closes it.
    fn sas_psc_fallback_close(fallback: *mut sas_psc_fallback) -> Status {
        fallback.state.close();
        Ok(())
    }

    /// The opening as JSON, {"by","name","reason","since","cause","from","until"}; the JSON null while it is closed.
    fn sas_psc_fallback_opening(fallback: *const sas_psc_fallback, now: i64, opening: *mut *mut sas_psc_string) -> Status {
        opening.give(json(&fallback.state.opening(at(now)).map(|opening| opening.described()))?);
        Ok(())
    }

    /// Wants of a trust's revocation lists what the rules want: call it before the certificate is believed.
    fn sas_psc_fallback_apply_policy(fallback: *const sas_psc_fallback, trust: *mut sas_psc_card_trust) -> Status {
        trust.policy = fallback.state.revocation_policy()?;
        Ok(())
    }

    /// A challenge for the card, at this service. SAS_PSC_ERROR_FALLBACK_CLOSED, _CHALLENGE_TEXT.
    fn sas_psc_fallback_challenge(
        fallback: *const sas_psc_fallback,
        service: *const c_char,
        now: i64,
        challenge: *mut *mut sas_psc_card_challenge,
    ) -> Status {
        challenge.give(fallback.state.challenge(service, &mut SystemRandom, at(now))?);
        Ok(())
    }

    /// Frees it; sign-ins stay. Null is allowed.
    fn sas_psc_fallback_free(fallback: *mut sas_psc_fallback) -> Freed {}
}
