//! "Pro Santé Connect is unavailable", as a state that can be explained: what is wrong, since when, when to try again.
//!
//! A small circuit without I/O: a driver tells it what came of each request. It opens after three failures in a row over
//! at least ten seconds, lets one try through when the time has come, and closes at the first answer. An answer that
//! speaks the protocol, even to refuse, is an answer: only silence, a broken connection and a foreign error page count.

use super::answer;
use crate::base::{Response, Timestamp};
use crate::error::{Code, Error, Lang, Result};
use std::time::Duration;

const OPENS_AFTER: u32 = 3;
const OPENS_OVER: Duration = Duration::from_secs(10);
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Whether a provider can be reached, as far as its last answers tell.
///
/// ```
/// use sas_psc::base::Timestamp;
/// use sas_psc::psc::Availability;
/// use sas_psc::{Code, Error, Lang};
/// use std::time::Duration;
///
/// let (mut psc, start) = (Availability::default(), Timestamp::from_unix(1_795_420_800));
/// for seconds in [0, 6, 12] {
///     psc.failed(&Error::new(Code::TIMED_OUT), start + Duration::from_secs(seconds));
/// }
/// let outage = psc.outage().unwrap();
/// assert_eq!((outage.cause, outage.since), (Code::TIMED_OUT, start));
/// let text = outage.explain(Lang::En, start + Duration::from_secs(12));
/// assert!(text.contains("for 12 seconds") && text.contains("Next try in 5 seconds"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Availability {
    failing: Option<Failing>,
}

#[derive(Debug, Clone, Copy)]
struct Failing {
    outage: Outage,
    open: bool,
}

/// A provider that cannot be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outage {
    /// What the last try came to: `timed-out`, `name-not-found`, `provider-unavailable`…
    pub cause: Code,
    /// The first try that failed.
    pub since: Timestamp,
    /// When another try makes sense.
    pub next_try: Timestamp,
    /// Tries that failed in a row.
    pub failures: u32,
}

impl Availability {
    /// Takes an answer: from the protocol, it ends an outage.
    pub fn answered(&mut self, response: &Response, now: Timestamp) {
        let foreign = matches!(response.status, 500..=599) && answer::body(response).is_err();
        if foreign { self.failed(&answer::unexpected(response), now) } else { self.failing = None }
    }

    /// Takes a request that came to no answer. An error that another try could not mend (a setting) is not the provider's
    /// absence and changes nothing.
    pub fn failed(&mut self, error: &Error, now: Timestamp) {
        if !is_absence(error.code()) {
            return;
        }
        let since = self.failing.map_or(now, |failing| failing.outage.since.min(now));
        let failures = self.failing.map_or(0, |failing| failing.outage.failures).saturating_add(1);
        let doublings = failures.saturating_sub(OPENS_AFTER).min(8);
        let pause = error.facts().retry_after.unwrap_or(FIRST_PAUSE * (1 << doublings)).min(LONGEST_PAUSE);
        let outage = Outage { cause: error.code(), since, next_try: now + pause, failures };
        let open = failures >= OPENS_AFTER && now.since(since) >= OPENS_OVER;
        self.failing = Some(Failing { outage, open });
    }

    /// The outage, while there is one.
    pub fn outage(&self) -> Option<Outage> {
        self.failing.filter(|failing| failing.open).map(|failing| failing.outage)
    }

    /// Whether to begin something new now. During an outage one caller at a time is let through, when its time has come.
    ///
    /// # Errors
    /// `provider-unavailable` with `facts.retry_after` and `facts.unavailable_since`.
    pub fn ready(&mut self, now: Timestamp) -> Result<()> {
        let Some(failing) = self.failing.as_mut().filter(|failing| failing.open) else { return Ok(()) };
        let outage = &mut failing.outage;
        if now >= outage.next_try {
            outage.next_try = now + FIRST_PAUSE;
            return Ok(());
        }
        Err(Error::new(Code::PROVIDER_UNAVAILABLE).with(|facts| {
            facts.retry_after = Some(outage.next_try.since(now));
            facts.unavailable_since = u64::try_from(outage.since.unix()).ok();
        }))
    }
}

impl Outage {
    /// As JSON for C and Python: `cause` (the name of a code), `since` and `next_try` in milliseconds since 1970, `failures`,
    /// and in `text` the sentences of [`Outage::explain`].
    pub fn to_json(&self, lang: Lang, now: Timestamp) -> String {
        serde_json::json!({
            "cause": self.cause.name(),
            "since": self.since.unix_millis(),
            "next_try": self.next_try.unix_millis(),
            "failures": self.failures,
            "text": self.explain(lang, now),
        })
        .to_string()
    }

    /// Sentences for a person: what is wrong, for how long, when the next try is.
    pub fn explain(&self, lang: Lang, now: Timestamp) -> String {
        let (what, lasting) = (self.cause.message(lang), spoken(now.since(self.since), lang));
        let next = spoken(self.next_try.since(now), lang);
        match lang {
            Lang::Fr => format!("{what} Cela dure depuis {lasting}. Prochain essai dans {next}."),
            Lang::En => format!("{what} This has lasted for {lasting}. Next try in {next}."),
        }
    }
}

fn is_absence(code: Code) -> bool {
    matches!(
        code,
        Code::NAME_NOT_FOUND
            | Code::CONNECT_FAILED
            | Code::TIMED_OUT
            | Code::CONNECTION_LOST
            | Code::PROXY_FAILED
            | Code::PROXY_AUTHENTICATION
            | Code::TLS_FAILED
            | Code::TLS_INSPECTED
            | Code::SERVER_CERTIFICATE
            | Code::SERVER_CERTIFICATE_NAME
            | Code::SERVER_CERTIFICATE_TIME
            | Code::PROVIDER_UNAVAILABLE
    )
}

/// A duration as people say it: seconds, then minutes, then hours, rounded up.
fn spoken(duration: Duration, lang: Lang) -> String {
    let seconds = duration.as_secs() + u64::from(duration.subsec_nanos() > 0);
    let (count, [one, many]) = match (seconds, lang) {
        (0..=89, Lang::Fr) => (seconds, ["seconde", "secondes"]),
        (0..=89, Lang::En) => (seconds, ["second", "seconds"]),
        (90..=5399, _) => (seconds.div_ceil(60), ["minute", "minutes"]),
        (_, Lang::Fr) => (seconds.div_ceil(3600), ["heure", "heures"]),
        (_, Lang::En) => (seconds.div_ceil(3600), ["hour", "hours"]),
    };
    let plural = if lang == Lang::Fr { count > 1 } else { count != 1 };
    format!("{count} {}", if plural { many } else { one })
}

#[cfg(test)]
mod tests {
    use super::super::answer::tests::answer as response;
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix(1_795_420_800);

    fn at(seconds: u64) -> Timestamp {
        NOW + Duration::from_secs(seconds)
    }

    fn failing(times: &[u64]) -> Availability {
        let mut availability = Availability::default();
        times.iter().for_each(|seconds| availability.failed(&Error::new(Code::TIMED_OUT), at(*seconds)));
        availability
    }

    #[test]
    fn a_hiccup_is_no_outage() {
        assert!(failing(&[0, 1, 2, 3, 4, 9]).outage().is_none(), "many within ten seconds");
        assert!(failing(&[0, 60]).outage().is_none(), "two");
        assert!(failing(&[0, 5, 10]).outage().is_some());
    }

    #[test]
    fn while_it_lasts_one_try_at_a_time_is_let_through() {
        let mut psc = failing(&[0, 5, 10]);
        let error = psc.ready(at(12)).unwrap_err();
        assert_eq!(error.code(), Code::PROVIDER_UNAVAILABLE);
        assert_eq!(error.facts().retry_after, Some(Duration::from_secs(3)));
        assert_eq!(error.facts().unavailable_since, Some(NOW.unix().unsigned_abs()));
        assert!(psc.ready(at(15)).is_ok(), "its time has come");
        assert!(psc.ready(at(15)).is_err(), "the others wait for what the first finds");
        psc.failed(&Error::new(Code::CONNECT_FAILED), at(16));
        let outage = psc.outage().unwrap();
        assert_eq!((outage.cause, outage.failures, outage.next_try), (Code::CONNECT_FAILED, 4, at(26)));
        for seconds in 30..60 {
            psc.failed(&Error::new(Code::TIMED_OUT), at(seconds));
        }
        assert_eq!(psc.outage().unwrap().next_try, at(59 + 30), "never longer than half a minute");
        psc.answered(&response(400, "application/json", r#"{"error":"invalid_grant"}"#), at(61));
        assert!(psc.outage().is_none() && psc.ready(at(61)).is_ok());
    }

    #[test]
    fn a_refusal_is_an_answer_and_a_foreign_error_page_is_none() {
        let mut psc = failing(&[0, 5]);
        psc.answered(&response(503, "application/json", r#"{"error":"server_error"}"#), at(10));
        assert!(psc.failing.is_none(), "the phone's service is down, the provider speaks");
        let mut psc = failing(&[0, 5]);
        psc.answered(&response(502, "text/html", "<h1>Bad gateway</h1>"), at(10));
        assert_eq!(psc.outage().unwrap().cause, Code::PROVIDER_UNAVAILABLE);
        let mut psc = failing(&[0, 5]);
        psc.failed(&Error::new(Code::HTTP_SETTINGS), at(10));
        assert!(psc.outage().is_none(), "a setting is not the provider's absence");
    }

    #[test]
    fn it_can_be_explained() {
        let outage = failing(&[0, 60, 200]).outage().unwrap();
        assert_eq!(
            outage.explain(Lang::Fr, at(200)),
            "Le serveur n'a pas répondu à temps. Cela dure depuis 4 minutes. Prochain essai dans 5 secondes."
        );
        assert_eq!(spoken(Duration::from_secs(7200), Lang::En), "2 hours");
        assert_eq!(spoken(Duration::ZERO, Lang::Fr), "0 seconde");
        assert_eq!(spoken(Duration::from_millis(900), Lang::En), "1 second");
    }
}
