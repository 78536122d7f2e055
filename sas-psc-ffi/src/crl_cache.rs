//! `sas_psc_crl_cache`: the revocation lists held, and when to ask for them again. Your program sends the requests.

use crate::argument::Maybe;
use crate::card_trust::sas_psc_card_trust;
use crate::export::export;
use crate::handle::Handle;
use crate::string::{json, sas_psc_string};
use sas_psc::base::Timestamp;
use sas_psc::card::{CrlCache, CrlRules};
use std::ffi::{c_char, c_void};

/// The revocation lists held, by address.
pub struct sas_psc_crl_cache {
    cache: CrlCache,
}

impl Handle for sas_psc_crl_cache {}

fn at(now: i64) -> Timestamp {
    Timestamp::from_unix_millis(now)
}

export! {
    /// A cache without lists, of ANS's site.
    fn sas_psc_crl_cache_new(cache: *mut *mut sas_psc_crl_cache) -> Status {
        cache.give(sas_psc_crl_cache { cache: CrlCache::new(CrlRules::default()) });
        Ok(())
    }

    /// Wants the list at this address from now on: one of "revocation_lists" of sas_psc_card_certificate_json.
    /// SAS_PSC_ERROR_CRL_ADDRESS for one that is not on the site.
    fn sas_psc_crl_cache_want(cache: *mut sas_psc_crl_cache, address: *const c_char) -> Status {
        cache.cache.want(address)
    }

    /// The list to ask for now, by a GET without redirects, as JSON: {"address","etag","last_modified"}, the two marks, where
    /// they are, as If-None-Match and If-Modified-Since; the JSON null when there is none. One of
    /// sas_psc_crl_cache_fetched, _unchanged and _failed tells what came of it; until then there is no other.
    fn sas_psc_crl_cache_next(cache: *mut sas_psc_crl_cache, now: i64, need: *mut *mut sas_psc_string) -> Status {
        need.give(json(&cache.cache.next(at(now)))?);
        Ok(())
    }

    /// Takes the body that came (200), with its ETag and Last-Modified or null. SAS_PSC_ERROR_CRL_UNREADABLE, _CRL_SIGNATURE,
    /// _CRL_AUTHORITY, _CRL_OLDER, _CRL_NOT_YET_VALID: then it is waited before it is asked for again.
    fn sas_psc_crl_cache_fetched(
        cache: *mut sas_psc_crl_cache,
        address: *const c_char,
        body: *const c_void,
        body_len: usize,
        etag: Maybe<*const c_char>,
        last_modified: Maybe<*const c_char>,
        trust: *const sas_psc_card_trust,
        now: i64,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let body = unsafe { body.bytes(body_len) }?;
        cache.cache.fetched(address, body, (etag, last_modified), &trust.trust, at(now))
    }

    /// The site says that the list held is the newest (304).
    fn sas_psc_crl_cache_unchanged(cache: *mut sas_psc_crl_cache, address: *const c_char, now: i64) -> Status {
        cache.cache.unchanged(address, at(now));
        Ok(())
    }

    /// The request came to nothing: the status of the answer, 0 when there was none.
    fn sas_psc_crl_cache_failed(
        cache: *mut sas_psc_crl_cache,
        address: *const c_char,
        status: u32,
        now: i64,
    ) -> Status {
        cache.cache.failed(address, u16::try_from(status).ok(), at(now));
        Ok(())
    }

    /// Gives the lists held to a trust, in the place of those it had.
    fn sas_psc_crl_cache_apply(cache: *const sas_psc_crl_cache, trust: *mut sas_psc_card_trust) -> Status {
        trust.lists = cache.cache.lists();
        Ok(())
    }

    /// What to keep on disk.
    fn sas_psc_crl_cache_to_stored(cache: *const sas_psc_crl_cache, stored: *mut *mut sas_psc_string) -> Status {
        stored.give(cache.cache.to_stored()?);
        Ok(())
    }

    /// Takes back what was kept; lists that these authorities have not signed are left out.
    /// SAS_PSC_ERROR_STORED_FORM_UNREADABLE, _STORED_FORM_NEWER.
    fn sas_psc_crl_cache_resume(
        stored: *const c_void,
        stored_len: usize,
        trust: *const sas_psc_card_trust,
        cache: *mut *mut sas_psc_crl_cache,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let stored = unsafe { stored.bytes(stored_len) }?;
        cache.give(sas_psc_crl_cache { cache: CrlCache::resume(CrlRules::default(), &trust.trust, stored)? });
        Ok(())
    }

    /// Frees a cache. Null is allowed.
    fn sas_psc_crl_cache_free(cache: *mut sas_psc_crl_cache) -> Freed {}
}
