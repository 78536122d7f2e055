//! IdNat_PS: the national identifier of a person, one type digit and a value (TRE_G08, OID 1.2.250.1.71.1.2.15).
//!
//! The same string stands in `SubjectNameID` of a PSC token and in the CN of a card certificate. Foreign identities
//! (`ANS2021010716`, a PSI UUID) come through as opaque values: it is eligibility that decides what one may do.

use super::{Rpps, masked};
use crate::error::{Code, Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A national identifier as its source spells it: 1 to 64 bytes, printable, without spaces.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IdNat(String);

impl IdNat {
    /// Takes an identifier from a token or a certificate, known or not.
    ///
    /// # Errors
    /// `id-length` when empty or longer than 64 bytes; `id-character` for a space or a control character.
    pub fn parse(text: &str) -> Result<IdNat> {
        if text.is_empty() || text.len() > 64 {
            return Err(Error::new(Code::ID_LENGTH));
        }
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(Error::new(Code::ID_CHARACTER));
        }
        Ok(IdNat(text.to_owned()))
    }

    pub(super) fn of_rpps(rpps: &Rpps) -> IdNat {
        IdNat(format!("8{rpps}"))
    }

    /// The identifier as received.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The RPPS number, when the identifier is `8` and a valid one.
    pub fn rpps(&self) -> Option<Rpps> {
        self.0.strip_prefix('8').and_then(|value| Rpps::parse(value).ok())
    }
}

impl fmt::Debug for IdNat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        masked(&self.0, f)
    }
}

impl FromStr for IdNat {
    type Err = Error;
    fn from_str(text: &str) -> Result<IdNat> {
        IdNat::parse(text)
    }
}

impl TryFrom<String> for IdNat {
    type Error = Error;
    fn try_from(text: String) -> Result<IdNat> {
        IdNat::parse(&text)
    }
}

impl From<IdNat> for String {
    fn from(id: IdNat) -> String {
        id.0
    }
}
