//! The tokens of one person at one service: access, refresh, identity, and until when each is good.
//!
//! An access token of PSC lives two minutes, a refresh token thirty. The ID token is kept, expired as it may be: it is
//! what names the session when the person signs out. To forget a person on a local timeout, drop the set and do
//! nothing else: PSC's own session is then left alone, as ANS asks; on a click, send the browser to the logout address.

use crate::base::{ExposeSecret, SecretString, Timestamp, from_stored, to_stored};
use crate::error::Result;
use serde::{Deserialize, Serialize};
use std::fmt;

const VERSION: u32 = 1;

/// The tokens received, to be kept by a server only.
#[derive(Clone)]
pub struct TokenSet {
    pub(super) access_token: SecretString,
    pub(super) access_expires_at: Timestamp,
    pub(super) refresh_token: Option<SecretString>,
    pub(super) refresh_expires_at: Option<Timestamp>,
    pub(super) id_token: SecretString,
    pub(super) granted_scope: String,
    pub(super) subject: String,
}

impl TokenSet {
    /// Opens the APIs that PSC protects. Opaque: its audience and form are not ours to check.
    pub fn access_token(&self) -> &SecretString {
        &self.access_token
    }

    /// When the access token ends.
    pub fn access_expires_at(&self) -> Timestamp {
        self.access_expires_at
    }

    /// Buys a new set, as long as the session lives.
    pub fn refresh_token(&self) -> Option<&SecretString> {
        self.refresh_token.as_ref()
    }

    /// When the refresh token ends, when the provider says it.
    pub fn refresh_expires_at(&self) -> Option<Timestamp> {
        self.refresh_expires_at
    }

    /// The identity as received, for the logout that it names.
    pub fn id_token(&self) -> &SecretString {
        &self.id_token
    }

    /// The scopes granted, which may be wider than those asked for; empty when the provider does not say.
    pub fn granted_scope(&self) -> &str {
        &self.granted_scope
    }

    /// Whose tokens they are (`sub`).
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The stored form. It holds every token: seal it before it leaves the server's memory.
    ///
    /// # Errors
    /// `broken-invariant`.
    pub fn to_stored(&self) -> Result<Vec<u8>> {
        to_stored(VERSION, &Stored::from(self))
    }

    /// Reads a stored form. An expired set is given back all the same: its ID token still serves to sign out.
    ///
    /// # Errors
    /// `stored-form-unreadable`, `stored-form-newer`.
    pub fn resume(stored: &[u8]) -> Result<TokenSet> {
        from_stored::<Stored>(VERSION, stored).map(TokenSet::from)
    }
}

impl fmt::Debug for TokenSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSet")
            .field("access_expires_at", &self.access_expires_at)
            .field("refresh_expires_at", &self.refresh_expires_at)
            .field("granted_scope", &self.granted_scope)
            .finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct Stored {
    access_token: String,
    access_expires_at: Timestamp,
    refresh_token: Option<String>,
    refresh_expires_at: Option<Timestamp>,
    id_token: String,
    granted_scope: String,
    subject: String,
}

impl From<&TokenSet> for Stored {
    fn from(set: &TokenSet) -> Stored {
        Stored {
            access_token: set.access_token.expose_secret().to_owned(),
            access_expires_at: set.access_expires_at,
            refresh_token: set.refresh_token.as_ref().map(|token| token.expose_secret().to_owned()),
            refresh_expires_at: set.refresh_expires_at,
            id_token: set.id_token.expose_secret().to_owned(),
            granted_scope: set.granted_scope.clone(),
            subject: set.subject.clone(),
        }
    }
}

impl From<Stored> for TokenSet {
    fn from(stored: Stored) -> TokenSet {
        TokenSet {
            access_token: stored.access_token.into(),
            access_expires_at: stored.access_expires_at,
            refresh_token: stored.refresh_token.map(SecretString::from),
            refresh_expires_at: stored.refresh_expires_at,
            id_token: stored.id_token.into(),
            granted_scope: stored.granted_scope,
            subject: stored.subject,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    #[test]
    fn a_set_comes_back_from_its_stored_form_and_shows_no_token() {
        let set = TokenSet {
            access_token: "access-1".to_owned().into(),
            access_expires_at: Timestamp::from_unix(120),
            refresh_token: Some("refresh-1".to_owned().into()),
            refresh_expires_at: Some(Timestamp::from_unix(1800)),
            id_token: "identity-1".to_owned().into(),
            granted_scope: "openid profile scope_all".to_owned(),
            subject: "f:u:899700000013".to_owned(),
        };
        let back = TokenSet::resume(&set.to_stored().unwrap()).unwrap();
        assert_eq!(back.access_token().expose_secret(), "access-1");
        assert_eq!(back.refresh_token().unwrap().expose_secret(), "refresh-1");
        assert_eq!(back.id_token().expose_secret(), "identity-1");
        let shown = format!("{back:?}");
        assert!(!shown.contains("-1") && !shown.contains("8997"), "{shown}");
        assert_eq!(TokenSet::resume(b"{\"v\":1,\"state\":{}}").unwrap_err().code(), Code::STORED_FORM_UNREADABLE);
        assert_eq!(TokenSet::resume(b"{\"v\":2}").unwrap_err().code(), Code::STORED_FORM_NEWER);
    }
}
