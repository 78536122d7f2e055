//! What a proxy's refusal means: by the status it publishes, and by our own codes' names where the proxy is ours.

use crate::base::Response;
use crate::error::{Code, Error};
use crate::psc::answer::retry_after;

/// What was asked: the same status means other things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Connect,
    Disconnect,
    Send,
}

/// The error for an answer that is not the one hoped for.
pub(super) fn refusal(response: &Response, asked: Asked) -> Error {
    let code = named(response).unwrap_or(match (response.status, asked) {
        (401, Asked::Connect) => Code::PROXY_SIGN_IN_REFUSED,
        (401, _) => Code::PROXY_SESSION_UNKNOWN,
        (400, Asked::Connect) => Code::PROXY_REQUEST_REFUSED,
        (403, _) => Code::WORKSTATION_UNKNOWN,
        (404, Asked::Connect) => Code::PROXY_PERSON_UNKNOWN,
        (409 | 429, Asked::Connect) => Code::PROXY_BUSY,
        (502..=504, Asked::Send) => Code::BACKEND_UNAVAILABLE,
        (429 | 500..=599, _) => Code::PROXY_UNAVAILABLE,
        _ => Code::PROXY_ANSWER,
    });
    Error::new(code).with(|facts| {
        facts.http_status = Some(response.status);
        facts.retry_after = retry_after(response, None);
    })
}

/// The code that a proxy of ours names. Of another's words none is believed: they might be anything.
pub(super) fn named(response: &Response) -> Option<Code> {
    let body: serde_json::Value = serde_json::from_slice(&response.body).ok()?;
    let code = Code::from_name(body.get("code")?.as_str()?)?;
    matches!(code.number(), 3070..=3079 | 3150..=3179).then_some(code)
}
