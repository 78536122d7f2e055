//! `sas_psc_signed_in`: a person signed in, to begin their session from, and what the evidence says.

use crate::ciba::sas_psc_ciba;
use crate::exchange::sas_psc_exchange;
use crate::export::export;
use crate::handle::Handle;
use crate::string::LazyText;
use sas_psc::base::Timestamp;
use sas_psc::psc::{AuthMode, SignedIn};
use std::ffi::c_char;
use std::time::Duration;

/// A person signed in. It holds who they are and their tokens.
pub struct sas_psc_signed_in {
    pub(crate) person: SignedIn,
    texts: [LazyText; 4],
}

impl Handle for sas_psc_signed_in {}

impl From<&SignedIn> for sas_psc_signed_in {
    fn from(person: &SignedIn) -> sas_psc_signed_in {
        sas_psc_signed_in { person: person.clone(), texts: Default::default() }
    }
}

export! {
    /// Who signed in through the browser. SAS_PSC_ERROR_NOT_DONE before the exchange is over.
    fn sas_psc_signed_in_of_exchange(
        exchange: *const sas_psc_exchange,
        signed_in: *mut *mut sas_psc_signed_in,
    ) -> Status {
        signed_in.give(exchange.signed_in()?);
        Ok(())
    }

    /// Who signed in on the phone or the card. SAS_PSC_ERROR_NOT_DONE before the wait is over.
    fn sas_psc_signed_in_of_ciba(ciba: *const sas_psc_ciba, signed_in: *mut *mut sas_psc_signed_in) -> Status {
        signed_in.give(ciba.signed_in()?);
        Ok(())
    }

    /// The provider's key of the person (sub).
    fn sas_psc_signed_in_subject(signed_in: *const sas_psc_signed_in) -> *const c_char {
        signed_in.texts[0].of(|| Some(signed_in.person.sign_in.subject()))
    }

    /// "eidas1", "eidas2", "eidas3".
    fn sas_psc_signed_in_acr(signed_in: *const sas_psc_signed_in) -> *const c_char {
        signed_in.texts[1].of(|| Some(signed_in.person.sign_in.acr().as_str()))
    }

    /// "CARD", "MOBILE" or another word; null when not said.
    fn sas_psc_signed_in_auth_mode(signed_in: *const sas_psc_signed_in) -> *const c_char {
        signed_in.texts[2].of(|| signed_in.person.sign_in.auth_mode().map(AuthMode::as_str))
    }

    /// The provider's session (sid); null when it names none.
    fn sas_psc_signed_in_session_id(signed_in: *const sas_psc_signed_in) -> *const c_char {
        signed_in.texts[3].of(|| signed_in.person.sign_in.session_id())
    }

    /// When the person proved who they are.
    fn sas_psc_signed_in_auth_time(signed_in: *const sas_psc_signed_in) -> i64 {
        signed_in.person.sign_in.auth_time().unix_millis()
    }

    /// Whether they proved it within these seconds.
    fn sas_psc_signed_in_is_fresh(signed_in: *const sas_psc_signed_in, now: i64, seconds: u64) -> bool {
        signed_in.person.sign_in.is_fresh(Timestamp::from_unix_millis(now), Duration::from_secs(seconds))
    }

    /// Frees it. Null is allowed.
    fn sas_psc_signed_in_free(signed_in: *mut sas_psc_signed_in) -> Freed {}
}
