//! How sure PSC is of a person (`acr`), and by which means it signed them in (`authMode`).
//!
//! PSC documents `eidas1` alone; `eidas3` with the card was observed in 2021 and 2023. What was asked is a floor:
//! a token may say more, never less. An unknown level is refused where a level is required.

use crate::error::{Code, Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The eIDAS level of an authentication, in order: a higher one satisfies a request for a lower one.
///
/// ```
/// use sas_psc::psc::Acr;
///
/// assert!(Acr::Eidas3 > Acr::Eidas1);
/// assert_eq!("eidas2".parse::<Acr>()?, Acr::Eidas2);
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Acr {
    /// `eidas1`: the level that PSC documents and grants to the e-CPS and to the card.
    Eidas1,
    /// `eidas2`.
    Eidas2,
    /// `eidas3`.
    Eidas3,
}

impl Acr {
    /// Every level, the lowest first.
    pub const ALL: [Acr; 3] = [Acr::Eidas1, Acr::Eidas2, Acr::Eidas3];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Acr::Eidas1 => "eidas1",
            Acr::Eidas2 => "eidas2",
            Acr::Eidas3 => "eidas3",
        }
    }

    /// Reads the word on the wire; none for a level we do not know.
    pub fn from_word(word: &str) -> Option<Acr> {
        Acr::ALL.into_iter().find(|acr| acr.as_str() == word)
    }
}

impl FromStr for Acr {
    type Err = Error;

    /// # Errors
    /// `acr-unknown`.
    fn from_str(word: &str) -> Result<Acr> {
        Acr::from_word(word).ok_or_else(|| Error::field(Code::ACR_UNKNOWN, "acr"))
    }
}

impl fmt::Display for Acr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// By which means PSC signed the person in. An open set: a delegated identity provider may add words.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[non_exhaustive]
pub enum AuthMode {
    /// `CARD`: the CPS card.
    Card,
    /// `MOBILE`: the e-CPS app.
    Mobile,
    /// Another word, as received.
    Other(String),
}

impl AuthMode {
    /// The word on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            AuthMode::Card => "CARD",
            AuthMode::Mobile => "MOBILE",
            AuthMode::Other(word) => word,
        }
    }

    /// Reads the word on the wire.
    pub fn from_word(word: &str) -> AuthMode {
        match word {
            "CARD" => AuthMode::Card,
            "MOBILE" => AuthMode::Mobile,
            _ => AuthMode::Other(word.to_owned()),
        }
    }
}

impl From<String> for AuthMode {
    fn from(word: String) -> AuthMode {
        AuthMode::from_word(&word)
    }
}

impl From<AuthMode> for String {
    fn from(mode: AuthMode) -> String {
        mode.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_ordered_and_unknown_ones_refused() {
        assert!(Acr::Eidas1 < Acr::Eidas2 && Acr::Eidas2 < Acr::Eidas3);
        for word in ["", "EIDAS1", "eidas4", "0", "1"] {
            assert_eq!(word.parse::<Acr>().unwrap_err().code(), Code::ACR_UNKNOWN);
        }
    }

    #[test]
    fn an_unknown_means_is_kept_as_received() {
        assert_eq!(AuthMode::from("CARD".to_owned()), AuthMode::Card);
        assert_eq!(AuthMode::from("OKTA_CHU".to_owned()).as_str(), "OKTA_CHU");
    }
}
