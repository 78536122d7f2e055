//! What a sign-up keeps of the latest sign-in, and as a consent record names it.

use crate::base::{ServerKey, Timestamp};
use crate::consent::{Sha256, SignedIn, principal};
use crate::psc::{Acr, AuthMode, SignIn};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What is kept of the latest sign-in: to whom a step belongs, and on what it rests.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInFacts {
    /// The provider.
    pub issuer: String,
    /// The person at that provider.
    pub subject: String,
    /// The service they signed in to.
    pub client_id: String,
    /// The level.
    pub acr: Option<Acr>,
    /// By card or by phone.
    pub auth_mode: Option<AuthMode>,
    /// When the person proved who they are.
    pub auth_time: Timestamp,
    /// SHA-256 of the ID token.
    pub id_token_sha256: Sha256,
}

impl SignInFacts {
    pub(in crate::onboarding) fn of(sign_in: &SignIn) -> SignInFacts {
        SignInFacts {
            issuer: sign_in.issuer().to_owned(),
            subject: sign_in.subject().to_owned(),
            client_id: sign_in.client_id().to_owned(),
            acr: sign_in.acr().into(),
            auth_mode: sign_in.auth_mode().cloned(),
            auth_time: sign_in.auth_time(),
            id_token_sha256: Sha256(sign_in.id_token_sha256()),
        }
    }

    /// How the person stands in consent records under the platform's key.
    pub fn principal(&self, key: &ServerKey) -> Sha256 {
        principal(key, &self.issuer, &self.subject)
    }

    /// As a consent record names it.
    pub fn for_record(&self) -> SignedIn {
        SignedIn {
            acr: self.acr.map_or("absent", Acr::as_str).to_owned(),
            amr: self.auth_mode.iter().map(|mode| mode.as_str().to_owned()).collect(),
            auth_time: self.auth_time,
            id_token_sha256: self.id_token_sha256,
            client: self.client_id.clone(),
        }
    }
}

impl From<&SignIn> for SignInFacts {
    fn from(sign_in: &SignIn) -> SignInFacts {
        SignInFacts::of(sign_in)
    }
}

impl fmt::Debug for SignInFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignInFacts").field("issuer", &self.issuer).field("acr", &self.acr).finish_non_exhaustive()
    }
}
