//! The revocation lists held, and when to ask for them again: a value that a driver plays.
//!
//! ANS's site answers 403 to every client of an address after a few requests (measured 2026-09-01), so a list is kept until
//! it nears its end, failures are waited out, one request is under way at a time, and a refusal holds back all of them. Only
//! addresses on the site are asked for: a certificate that nobody believes yet names any it likes.

use super::{Crl, Trust};
use crate::base::{Timestamp, from_stored, to_stored};
use crate::error::{Code, Error, Result};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

const VERSION: u32 = 1;
/// No installation needs more: three authorities of persons, three roots, and those of tests.
const MOST_LISTS: usize = 16;

/// When lists are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrlRules {
    /// The host that publishes lists; others are not asked.
    pub host: String,
    /// A list is asked for anew this long before its end, or when a tenth of its life is left, whichever is later.
    pub before_end: Duration,
    /// The least time between two requests for one list.
    pub least: Duration,
    /// The longest wait after failures, which double from `least`.
    pub longest: Duration,
    /// How long everything waits after the site has refused (403, 429).
    pub refused: Duration,
}

impl Default for CrlRules {
    /// `igc-sante.esante.gouv.fr`; 6 hours; 15 minutes; 6 hours; one hour.
    fn default() -> CrlRules {
        let minutes = |count: u64| Duration::from_secs(60 * count);
        CrlRules {
            host: "igc-sante.esante.gouv.fr".into(),
            before_end: minutes(360),
            least: minutes(15),
            longest: minutes(360),
            refused: minutes(60),
        }
    }
}

/// A list to ask for now, with the marks of the one that is held: send them, so that it is not sent again unchanged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CrlNeed {
    /// Its address.
    pub address: String,
    /// The `ETag` it came with.
    pub etag: Option<String>,
    /// The `Last-Modified` it came with.
    pub last_modified: Option<String>,
}

/// The lists held, by address.
#[derive(Clone)]
pub struct CrlCache {
    rules: CrlRules,
    entries: Vec<Entry>,
    not_before: Option<Timestamp>,
    under_way: Option<Timestamp>,
}

#[derive(Clone)]
struct Entry {
    address: String,
    list: Option<Crl>,
    etag: Option<String>,
    last_modified: Option<String>,
    not_before: Option<Timestamp>,
    failures: u32,
}

/// How long a request is waited for before another may begin.
const UNDER_WAY: Duration = Duration::from_secs(120);

impl CrlCache {
    /// A cache without lists.
    pub fn new(rules: CrlRules) -> CrlCache {
        CrlCache { rules, entries: Vec::new(), not_before: None, under_way: None }
    }

    /// Wants the list at this address from now on; one of [`super::super::CardCertificate::revocation_lists`].
    ///
    /// # Errors
    /// `crl-address` when it is not on the site of the rules, or there are too many.
    pub fn want(&mut self, address: &str) -> Result<()> {
        if self.entries.iter().any(|entry| entry.address == address) {
            return Ok(());
        }
        let rest = address.strip_prefix("http://").or_else(|| address.strip_prefix("https://"));
        let path = rest.and_then(|rest| rest.strip_prefix(self.rules.host.as_str()));
        let plain = |path: &str| path.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\@#\"<>".contains(&byte));
        if !path.is_some_and(|path| path.starts_with('/') && path.len() < 256 && plain(path))
            || self.entries.len() >= MOST_LISTS
        {
            return Err(Code::CRL_ADDRESS.into());
        }
        let address = address.to_owned();
        let (list, etag, last_modified, not_before) = (None, None, None, None);
        self.entries.push(Entry { address, list, etag, last_modified, not_before, failures: 0 });
        Ok(())
    }

    /// The list to ask for now, if one is due and may be asked for. Until it is answered for, or two minutes have passed,
    /// there is no other.
    pub fn next(&mut self, now: Timestamp) -> Option<CrlNeed> {
        let waiting = |until: Option<Timestamp>| until.is_some_and(|until| now < until);
        if waiting(self.not_before) || waiting(self.under_way) {
            return None;
        }
        let due = |entry: &&Entry| !waiting(entry.not_before) && entry.is_due(&self.rules, now);
        // Those that are missing come first.
        let missing = self.entries.iter().filter(due).find(|entry| entry.list.is_none());
        let entry = missing.or_else(|| self.entries.iter().find(due))?;
        let need = CrlNeed {
            address: entry.address.clone(),
            etag: entry.etag.clone(),
            last_modified: entry.last_modified.clone(),
        };
        self.under_way = Some(now + UNDER_WAY);
        Some(need)
    }

    /// Takes the bytes that came, with their `ETag` and `Last-Modified`. A list that cannot be believed counts as a failure.
    ///
    /// # Errors
    /// Those of [`Trust::revocation_list`]; `crl-older` when the one held is newer; `crl-authority` when it is another
    /// authority's; `crl-not-yet-valid`.
    pub fn fetched(
        &mut self,
        address: &str,
        bytes: &[u8],
        marks: (Option<&str>, Option<&str>),
        trust: &Trust,
        now: Timestamp,
    ) -> Result<()> {
        let list = trust.revocation_list(bytes).and_then(|list| self.fits(address, list, now));
        let list = list.inspect_err(|_| self.failed(address, None, now))?;
        let least = self.rules.least;
        if let Some(entry) = self.answered(address) {
            let mark = |mark: Option<&str>| mark.filter(|mark| mark.len() < 256).map(str::to_owned);
            (entry.etag, entry.last_modified) = (mark(marks.0), mark(marks.1));
            (entry.list, entry.failures, entry.not_before) = (Some(list), 0, Some(now + least));
        }
        Ok(())
    }

    fn fits(&self, address: &str, list: Crl, now: Timestamp) -> Result<Crl> {
        let held = self.entries.iter().find(|entry| entry.address == address).and_then(|entry| entry.list.as_ref());
        if list.this_update() > now + Duration::from_secs(300) {
            return Err(Code::CRL_NOT_YET_VALID.into());
        }
        match held {
            Some(held) if held.issuer() != list.issuer() => Err(Code::CRL_AUTHORITY.into()),
            Some(held) if held.this_update() > list.this_update() => Err(Code::CRL_OLDER.into()),
            _ => Ok(list),
        }
    }

    /// The site says that the list held is the newest (304).
    pub fn unchanged(&mut self, address: &str, now: Timestamp) {
        let least = self.rules.least;
        if let Some(entry) = self.answered(address) {
            // Near its end it is asked for again after the usual time; before, it is not due.
            (entry.failures, entry.not_before) = (0, Some(now + least));
        }
    }

    /// The request came to nothing; `status` is that of an HTTP answer, when there was one.
    pub fn failed(&mut self, address: &str, status: Option<u16>, now: Timestamp) {
        let (least, longest, refused) = (self.rules.least, self.rules.longest, self.rules.refused);
        if matches!(status, Some(403 | 429)) {
            self.not_before = Some(now + refused);
        }
        if let Some(entry) = self.answered(address) {
            let wait = least.saturating_mul(1 << entry.failures.min(16)).min(longest);
            (entry.failures, entry.not_before) = (entry.failures.saturating_add(1), Some(now + wait));
        }
    }

    fn answered(&mut self, address: &str) -> Option<&mut Entry> {
        self.under_way = None;
        self.entries.iter_mut().find(|entry| entry.address == address)
    }

    /// When [`CrlCache::next`] may have something to ask for, while nothing is under way; none when no list is wanted.
    pub fn due_at(&self) -> Option<Timestamp> {
        let due = |entry: &Entry| {
            let list = entry.list.as_ref().map(|list| refresh_at(list, &self.rules));
            list.max(entry.not_before).max(self.not_before).unwrap_or(Timestamp::from_unix(0))
        };
        self.entries.iter().map(due).min()
    }

    /// The lists held, for [`Trust::verify`].
    pub fn lists(&self) -> Vec<Crl> {
        self.entries.iter().filter_map(|entry| entry.list.clone()).collect()
    }

    /// What to keep on disk, so that a program that starts does not ask for everything.
    ///
    /// # Errors
    /// `broken-invariant`.
    pub fn to_stored(&self) -> Result<Vec<u8>> {
        let entry = |entry: &Entry| StoredEntry {
            address: entry.address.clone(),
            list: entry.list.as_ref().map(|list| BASE64_STANDARD.encode(list.der())),
            etag: entry.etag.clone(),
            last_modified: entry.last_modified.clone(),
            not_before: entry.not_before,
            failures: entry.failures,
        };
        let entries = self.entries.iter().map(entry).collect();
        to_stored(VERSION, &Stored { not_before: self.not_before, entries })
    }

    /// Takes back what was kept. Lists that these authorities have not signed are left out.
    ///
    /// # Errors
    /// `stored-form-unreadable`, `stored-form-newer`.
    pub fn resume(rules: CrlRules, trust: &Trust, stored: &[u8]) -> Result<CrlCache> {
        let stored: Stored = from_stored(VERSION, stored)?;
        let mut cache = CrlCache::new(rules);
        cache.not_before = stored.not_before;
        for kept in stored.entries {
            cache.want(&kept.address).map_err(|_| Error::new(Code::STORED_FORM_UNREADABLE))?;
            let Some(entry) = cache.entries.iter_mut().find(|entry| entry.address == kept.address) else { continue };
            let list = kept.list.and_then(|list| BASE64_STANDARD.decode(list).ok());
            entry.list = list.and_then(|der| trust.revocation_list(&der).ok());
            (entry.not_before, entry.failures) = (kept.not_before, kept.failures);
            if entry.list.is_some() {
                (entry.etag, entry.last_modified) = (kept.etag, kept.last_modified);
            }
        }
        Ok(cache)
    }
}

impl Entry {
    fn is_due(&self, rules: &CrlRules, now: Timestamp) -> bool {
        self.list.as_ref().is_none_or(|list| now >= refresh_at(list, rules))
    }
}

fn refresh_at(list: &Crl, rules: &CrlRules) -> Timestamp {
    let life = list.next_update().since(list.this_update());
    list.next_update() - rules.before_end.min(life / 10)
}

#[derive(Serialize, Deserialize)]
struct Stored {
    not_before: Option<Timestamp>,
    entries: Vec<StoredEntry>,
}

#[derive(Serialize, Deserialize)]
struct StoredEntry {
    address: String,
    list: Option<String>,
    etag: Option<String>,
    last_modified: Option<String>,
    not_before: Option<Timestamp>,
    failures: u32,
}

impl fmt::Debug for CrlCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lists: Vec<_> = self.entries.iter().map(|entry| &entry.list).collect();
        f.debug_struct("CrlCache").field("lists", &lists).field("not_before", &self.not_before).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
