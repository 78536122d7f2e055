//! Who signed in, as JSON without any token: what the command prints, and what C and Python hand to their program.

use super::SignedIn;
use crate::base::Timestamp;
use crate::person::Practice;
use serde::Serialize;

/// `{"subject","id_nat","family_name","given_name","acr","auth_mode","practices","access_token_expires_in"}`.
///
/// It holds the person's name and number: it is an answer, never a log line.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Summary<'a> {
    /// The provider's key of the person.
    pub subject: &'a str,
    /// The national identifier.
    pub id_nat: &'a str,
    /// Family name.
    pub family_name: &'a str,
    /// Given name.
    pub given_name: &'a str,
    /// The level of the authentication.
    pub acr: &'a str,
    /// `CARD`, `MOBILE`, another word, or nothing when the provider does not say.
    pub auth_mode: Option<&'a str>,
    /// The person's practices with their activities.
    pub practices: &'a [Practice],
    /// Seconds left to the access token.
    pub access_token_expires_in: u64,
}

impl SignedIn {
    /// Who signed in, without any token.
    pub fn summary(&self, now: Timestamp) -> Summary<'_> {
        let (sign_in, person) = (&self.sign_in, self.sign_in.professional());
        Summary {
            subject: sign_in.subject(),
            id_nat: person.id_nat.as_str(),
            family_name: &person.name.family,
            given_name: &person.name.given,
            acr: sign_in.acr().as_str(),
            auth_mode: sign_in.auth_mode().map(|mode| mode.as_str()),
            practices: &person.practices,
            access_token_expires_in: self.tokens.access_expires_at().since(now).as_secs(),
        }
    }
}
