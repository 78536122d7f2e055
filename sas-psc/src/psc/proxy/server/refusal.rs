//! How a proxy says no: the status of the published API, and a body that names the code.
//!
//! What an outsider could learn from is told alike: a session that never was, that is over or that belongs to another
//! workstation are all "no session".

use crate::error::{Code, Error, Lang};
use serde_json::{Value, json};
use std::time::Duration;

/// A refusal, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    status: u16,
    code: Code,
    retry_after: Option<Duration>,
}

impl Refusal {
    /// What an error becomes on the wire. An error that tells of the proxy's inside is a plain 500 or 503.
    pub fn of(error: &Error) -> Refusal {
        let code = error.code();
        let (status, code) = match code {
            Code::PROXY_SESSION_UNKNOWN
            | Code::PROXY_SESSION_EXPIRED
            | Code::SESSION_ENDED
            | Code::SEALED_VALUE_REFUSED => (401, Code::PROXY_SESSION_UNKNOWN),
            Code::CIBA_REFUSED | Code::CIBA_EXPIRED | Code::CIBA_CANCELLED | Code::PROXY_SIGN_IN_REFUSED => (401, code),
            Code::CIBA_SPENT | Code::CIBA_OTHER_PERSON => (401, Code::PROXY_SIGN_IN_REFUSED),
            Code::WORKSTATION_UNKNOWN | Code::WORKSTATION_REVOKED | Code::ENROLMENT_CODE => (403, code),
            Code::CIBA_UNKNOWN_PERSON | Code::PROXY_PERSON_UNKNOWN => (404, Code::PROXY_PERSON_UNKNOWN),
            Code::BACKEND_UNKNOWN | Code::PROXY_ADDRESS_UNKNOWN => (404, code),
            Code::PROXY_REQUEST_REFUSED | Code::BACKEND_PATH | Code::HEADER_RESERVED | Code::MESSAGE_FRAMING => {
                (400, code)
            }
            Code::TIME_INVALID => (400, Code::PROXY_REQUEST_REFUSED),
            Code::MESSAGE_METHOD => (405, code),
            Code::MESSAGE_INCOMPLETE => (408, code),
            Code::PROXY_BUSY | Code::CIBA_STILL_RUNNING => (409, Code::PROXY_BUSY),
            Code::MESSAGE_TOO_LARGE => (413, code),
            Code::BACKEND_UNAVAILABLE | Code::TOKEN_EXCHANGE_REFUSED => (502, Code::BACKEND_UNAVAILABLE),
            Code::PROVIDER_UNAVAILABLE
            | Code::CIBA_DEVICE_UNAVAILABLE
            | Code::NAME_NOT_FOUND
            | Code::CONNECT_FAILED
            | Code::TIMED_OUT
            | Code::CONNECTION_LOST
            | Code::STORE_UNAVAILABLE => (503, Code::PROXY_UNAVAILABLE),
            _ => (500, Code::PROXY_UNAVAILABLE),
        };
        Refusal { status, code, retry_after: error.facts().retry_after }
    }

    /// The same for a request that was on its way to an API: what fails there is the API's.
    pub fn of_backend(error: &Error) -> Refusal {
        let status = match error.code() {
            Code::TIMED_OUT => 504,
            Code::NAME_NOT_FOUND
            | Code::CONNECT_FAILED
            | Code::CONNECTION_LOST
            | Code::SERVER_CERTIFICATE
            | Code::CLIENT_CERTIFICATE
            | Code::TLS_FAILED
            | Code::PROXY_FAILED => 502,
            _ => return Refusal::of(error),
        };
        Refusal { status, code: Code::BACKEND_UNAVAILABLE, retry_after: None }
    }

    /// The status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The code that the body names.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The value of `Retry-After`, in seconds, rounded up.
    pub fn retry_after(&self) -> Option<u64> {
        self.retry_after.map(|wait| wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
    }

    /// The body: `code`, `message`, and what the workstation itself sent, which the published API gives back.
    pub fn body(&self, lang: Lang, national_id: Option<&str>, client_id: Option<&str>) -> Value {
        let message = format!("{} {}", self.code.message(lang), self.code.hint(lang));
        let mut body = json!({ "code": self.code.name(), "message": message });
        for (name, value) in [("nationalId", national_id), ("clientId", client_id)] {
            if let Some(value) = value {
                body["metadata"][name] = value.into();
            }
        }
        body
    }
}
