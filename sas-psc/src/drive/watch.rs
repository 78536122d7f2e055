//! What the answers of a server tell beside themselves: whether it can be reached, how far our clock is off, and that
//! our own certificate ends. A driver feeds it; a program asks it, or has itself told.

use super::http::{CertificateLife, HttpConfig};
use crate::base::{Response, Timestamp};
use crate::error::{Error, Lang, Result};
use crate::psc::{Availability, Outage};
use serde_json::json;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A difference below this is not told: seconds are all that a `Date` header has, and an answer takes time.
const CLOCK_TOLERANCE: u64 = 10;
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Something an operator should hear of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// The client certificate ends soon, has ended or is not good yet. Told once a day.
    Certificate(CertificateLife),
    /// This machine's clock and the server's differ by so many seconds; positive when ours is behind. Told when it
    /// changes by more than ten seconds.
    ClockSkew(i64),
    /// The server cannot be reached.
    Unavailable(Outage),
    /// The server answers again; it was away since then.
    AvailableAgain(Timestamp),
}

impl Notice {
    /// As JSON for Python: `notice` (`certificate` with `life` and `days`, `clock-skew` with `seconds`, `unavailable` with
    /// the members of [`Outage::to_json`], `available-again` with `since` in milliseconds since 1970).
    pub fn to_json(&self, lang: Lang, now: Timestamp) -> String {
        let (name, members) = match self {
            Notice::Certificate(life) => {
                let (word, days) = match life {
                    CertificateLife::Good(days) => ("good", *days),
                    CertificateLife::EndsSoon(days) => ("ends-soon", *days),
                    CertificateLife::Ended => ("ended", 0),
                    CertificateLife::NotYet => ("not-yet", 0),
                };
                ("certificate", json!({ "life": word, "days": days }))
            }
            Notice::ClockSkew(seconds) => ("clock-skew", json!({ "seconds": seconds })),
            Notice::Unavailable(outage) => {
                ("unavailable", serde_json::from_str(&outage.to_json(lang, now)).unwrap_or_default())
            }
            Notice::AvailableAgain(since) => ("available-again", json!({ "since": since.unix_millis() })),
        };
        let mut members = members;
        members["notice"] = name.into();
        members.to_string()
    }
}

pub(super) type Tell = Arc<dyn Fn(&Notice) + Send + Sync>;

/// What is known of a server from its answers. Cheap to clone: clones are the same watch.
#[derive(Clone)]
pub struct Watch(Arc<Inner>);

struct Inner {
    config: HttpConfig,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    availability: Availability,
    skew: Option<i64>,
    told_skew: i64,
    told_certificate: Option<Timestamp>,
}

impl Watch {
    pub(super) fn new(config: &HttpConfig) -> Watch {
        Watch(Arc::new(Inner { config: config.clone(), state: Mutex::default() }))
    }

    /// The settings with which requests are sent.
    #[cfg(feature = "blocking")]
    pub(super) fn config(&self) -> &HttpConfig {
        &self.0.config
    }

    /// The outage, while there is one: an application shows [`Outage::explain`].
    pub fn outage(&self) -> Option<Outage> {
        self.state().availability.outage()
    }

    /// Whether to begin something new now; see [`Availability::ready`].
    ///
    /// # Errors
    /// `provider-unavailable`.
    pub fn ready(&self, now: Timestamp) -> Result<()> {
        self.state().availability.ready(now)
    }

    /// By how many seconds this machine's clock is behind the server's (negative: ahead), by its last answer.
    pub fn clock_skew(&self) -> Option<i64> {
        self.state().skew
    }

    /// Before a request: once a day, whether our certificate still is good.
    pub(super) fn before(&self, now: Timestamp) {
        let Some(life) = self.0.config.certificate_life(now) else { return };
        let mut state = self.state();
        let due = state.told_certificate.is_none_or(|told| now.since(told) >= DAY);
        if due && !matches!(life, CertificateLife::Good(_)) {
            state.told_certificate = Some(now);
            drop(state);
            self.tell(Notice::Certificate(life));
        }
    }

    /// After a request, whatever came of it.
    pub(super) fn after(&self, result: std::result::Result<&Response, &Error>, sent: Timestamp, now: Timestamp) {
        let mut notices = Vec::new();
        {
            let mut state = self.state();
            let before = state.availability.outage();
            match result {
                Ok(response) => state.availability.answered(response, now),
                Err(error) => state.availability.failed(error, now),
            }
            match (before, state.availability.outage()) {
                (None, Some(outage)) => notices.push(Notice::Unavailable(outage)),
                (Some(outage), None) => notices.push(Notice::AvailableAgain(outage.since)),
                _ => {}
            }
            if let Some(skew) = result.ok().and_then(|response| response.clock_skew(sent, now)) {
                state.skew = Some(skew);
                if skew.abs_diff(state.told_skew) > CLOCK_TOLERANCE {
                    state.told_skew = skew;
                    notices.push(Notice::ClockSkew(skew));
                }
            }
        }
        notices.into_iter().for_each(|notice| self.tell(notice));
    }

    fn tell(&self, notice: Notice) {
        if let Some(tell) = self.0.config.tell() {
            tell(&notice);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        let outage = state.availability.outage();
        f.debug_struct("Watch").field("outage", &outage).field("clock_skew", &state.skew).finish()
    }
}
