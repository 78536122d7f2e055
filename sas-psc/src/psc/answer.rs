//! What any answer of a provider must be before it is read: a right status, JSON, of bounded size.
//!
//! A captive portal, an inspecting proxy or a load balancer answers HTML as readily as JSON; none of it is believed.

use super::json::{self, Object};
use crate::base::{Response, Timestamp};
use crate::error::{Code, Error, Result};
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

const LARGEST: usize = 1 << 20;

/// The object in a 200 answer.
///
/// # Errors
/// `provider-unavailable` for 429 and 5xx; `provider-answer` for another status or what is not a JSON object.
pub(super) fn object<'a>(response: &'a Response) -> Result<Object<'a>> {
    if response.status != 200 {
        return Err(unexpected(response));
    }
    body(response)
}

/// The object in an answer of any status.
pub(super) fn body(response: &Response) -> Result<Object<'_>> {
    let refused = || Error::new(Code::PROVIDER_ANSWER).with(|facts| facts.http_status = Some(response.status));
    if response.body.len() > LARGEST || !is_json(response.header("content-type")) {
        return Err(refused());
    }
    json::object(&response.body).map_err(|_| refused())
}

/// The error for an answer whose status is not the one expected.
pub(super) fn unexpected(response: &Response) -> Error {
    let code = match response.status {
        429 | 500..=599 => Code::PROVIDER_UNAVAILABLE,
        _ => Code::PROVIDER_ANSWER,
    };
    Error::new(code).with(|facts| {
        facts.http_status = Some(response.status);
        facts.retry_after = retry_after(response, None);
    })
}

/// `Retry-After` (RFC 9110 §10.2.3), at most an hour: in seconds, or as a date, which is counted from the answer's own
/// `Date` so that our clock has no say, else from `now` when it is known.
pub(super) fn retry_after(response: &Response, now: Option<Timestamp>) -> Option<Duration> {
    let text = response.header("retry-after")?.trim();
    let seconds = text.parse().ok().map(Duration::from_secs).or_else(|| {
        let from = response.header("date").and_then(http_date).or(now)?;
        Some(http_date(text)?.since(from))
    });
    seconds.map(|wait| wait.min(Duration::from_secs(3600)))
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`; the two obsolete forms of RFC 9110 §5.6.7 are not read.
fn http_date(text: &str) -> Option<Timestamp> {
    let moment = OffsetDateTime::parse(text.trim(), &Rfc2822).ok()?;
    Some(Timestamp::from_unix(moment.unix_timestamp()))
}

fn is_json(content_type: Option<&str>) -> bool {
    let Some(content_type) = content_type else { return true };
    let essence = content_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// An answer for tests.
    pub(in crate::psc) fn answer(status: u16, content_type: &str, body: &str) -> Response {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Response { status, headers, body: body.as_bytes().to_vec() }
    }

    #[test]
    fn json_is_read_and_nothing_else() {
        let code = |response: &Response| object(response).map(|_| ()).map_err(|error| error.code());
        assert_eq!(code(&answer(200, "application/json", "{}")), Ok(()));
        assert_eq!(code(&answer(200, "application/jwk-set+json; charset=UTF-8", "{}")), Ok(()));
        for response in [
            answer(200, "text/html", "{}"),
            answer(200, "application/json", "<html>"),
            answer(200, "application/json", r#"{"a":1,"a":2}"#),
            answer(302, "application/json", "{}"),
            answer(404, "application/json", "{}"),
            answer(200, "application/json", &format!("{{\"a\":\"{}\"}}", "x".repeat(LARGEST))),
        ] {
            assert_eq!(code(&response), Err(Code::PROVIDER_ANSWER));
        }
    }

    #[test]
    fn an_unavailable_provider_says_when_to_come_back() {
        let mut response = answer(503, "text/html", "");
        response.headers.push(("retry-after".into(), "7".into()));
        let error = object(&response).unwrap_err();
        assert_eq!(error.code(), Code::PROVIDER_UNAVAILABLE);
        assert_eq!(error.facts().http_status, Some(503));
        assert_eq!(error.facts().retry_after, Some(Duration::from_secs(7)));
        response.headers[1].1 = "99999999999999999999".into();
        assert_eq!(object(&response).unwrap_err().facts().retry_after, None);
    }

    #[test]
    fn retry_after_may_be_a_date() {
        let wait = |headers: &[(&str, &str)], now: Option<i64>| {
            let mut response = answer(503, "text/html", "");
            response.headers.extend(headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
            retry_after(&response, now.map(Timestamp::from_unix)).map(|wait| wait.as_secs())
        };
        let (at, date) = ("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:07 GMT");
        assert_eq!(wait(&[("retry-after", at), ("date", date)], Some(0)), Some(30), "by the provider's own clock");
        assert_eq!(wait(&[("retry-after", at)], Some(784_111_770)), Some(7));
        assert_eq!(wait(&[("retry-after", at)], Some(784_111_999)), Some(0), "in the past");
        assert_eq!(wait(&[("retry-after", at)], Some(0)), Some(3600), "bounded");
        assert_eq!(wait(&[("retry-after", at)], None), None);
        assert_eq!(wait(&[("retry-after", "demain")], Some(0)), None);
    }
}
