//! `sas_psc_session_rules`: the times of a session.

use crate::export::export;
use crate::handle::Handle;
use sas_psc::psc::SessionRules;
use std::time::Duration;

/// The times of a session: what ANS states of Pro Santé Connect, each to be set.
pub struct sas_psc_session_rules(pub(crate) SessionRules);

impl Handle for sas_psc_session_rules {}

export! {
    /// The times that ANS states.
    fn sas_psc_session_rules_new(rules: *mut *mut sas_psc_session_rules) -> Status {
        rules.give(sas_psc_session_rules(SessionRules::default()));
        Ok(())
    }

    /// How long a refresh token lives when the provider does not say, in seconds: 1800.
    fn sas_psc_session_rules_set_idle(rules: *mut sas_psc_session_rules, seconds: u64) -> Status {
        rules.0 = rules.0.idle(Duration::from_secs(seconds));
        Ok(())
    }

    /// How long a session may last after the person proved who they are, in seconds: 14400.
    fn sas_psc_session_rules_set_longest(rules: *mut sas_psc_session_rules, seconds: u64) -> Status {
        rules.0 = rules.0.longest(Duration::from_secs(seconds));
        Ok(())
    }

    /// How long other callers and processes leave a refresh to the one that began it, in seconds: 45. Longer than your
    /// requests may last and than the clocks of the instances differ.
    fn sas_psc_session_rules_set_lease(rules: *mut sas_psc_session_rules, seconds: u64) -> Status {
        rules.0 = rules.0.lease(Duration::from_secs(seconds));
        Ok(())
    }

    /// The provider takes a refresh token again after it was used: after a refresh whose answer was lost, the same token is
    /// sent once more.
    fn sas_psc_session_rules_set_provider_takes_a_token_twice(rules: *mut sas_psc_session_rules) -> Status {
        rules.0 = rules.0.provider_takes_a_token_twice();
        Ok(())
    }

    /// Frees rules. Null is allowed.
    fn sas_psc_session_rules_free(rules: *mut sas_psc_session_rules) -> Freed {}
}
