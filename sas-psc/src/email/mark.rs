//! What a challenge keeps of the link and the code it sent: hashes, never the values.
//!
//! The link's token has 256 bits, so a salted SHA-256 hides it. A code has 26: its hash is keyed by the server's key,
//! without which a stolen database would give it up at once. Both are bound to the person, the attempt and the
//! address.

use crate::base::{ServerKey, digest, same};
use crate::error::{Code, Error};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// 32 bytes: a hash or a salt. Stored as base64url.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Mark(pub(super) [u8; 32]);

impl Mark {
    pub(super) fn link(context: &Mark, token: &str) -> Mark {
        Mark(digest("sas-psc email link v1", &[&context.0, token.as_bytes()]))
    }

    pub(super) fn code(key: &ServerKey, context: &Mark, code: &str) -> Mark {
        Mark(key.mac("sas-psc email code v1", &[&context.0, code.as_bytes()]))
    }

    pub(super) fn is(&self, other: &Mark) -> bool {
        same(&self.0, &other.0).into()
    }
}

impl TryFrom<String> for Mark {
    type Error = Error;
    fn try_from(text: String) -> Result<Mark, Error> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Mark).ok_or_else(|| Error::new(Code::STORED_FORM_UNREADABLE))
    }
}

impl From<Mark> for String {
    fn from(mark: Mark) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(mark.0)
    }
}

/// The marks of one mail.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct Marks {
    pub(super) number: u32,
    pub(super) link: Mark,
    pub(super) code: Mark,
}
