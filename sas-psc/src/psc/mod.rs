//! Pro Santé Connect: environments, sign-in by authorization code and by CIBA, tokens, claims, logout. Protocols as values.
//!
//! Every flow starts from a [`Service`] and is an [`Exchange`]: it makes [`crate::base::Request`]s and reads
//! [`crate::base::Response`]s, a driver sends them (`drive::tokio::Psc`, `drive::blocking::Psc`). Evidence that a person
//! signed in is a [`SignIn`], which only a verified ID token and the userinfo of its subject make. Presets, metadata and
//! userinfo need no feature; what requests or checks a token needs `psc`.
//!
//! Source: OpenID Connect Core 1.0, CIBA Core 1.0, RFC 6749, 7636, 8705, 9207; the PSC facts are cited where used.

mod acr;
mod answer;
mod availability;
mod client;
pub mod danger;
mod environment;
#[cfg(feature = "psc")]
mod evidence;
mod json;
mod metadata;
mod observation;
mod presence;
mod return_to;
mod sign_in;
mod thumbprint;
mod tokens;
mod userinfo;

#[cfg(feature = "psc")]
mod assertion;
#[cfg(feature = "psc")]
mod authorization;
#[cfg(feature = "psc")]
pub(crate) mod card_login;
#[cfg(feature = "psc")]
mod ciba;
#[cfg(feature = "psc")]
mod completion;
#[cfg(feature = "psc")]
mod exchange;
#[cfg(feature = "psc")]
mod id_token;
#[cfg(feature = "psc")]
mod jwks;
#[cfg(feature = "psc")]
mod logout_token;
#[cfg(feature = "psc")]
mod oauth;
#[cfg(feature = "psc")]
pub mod proxy;
#[cfg(feature = "psc")]
mod refresh;
#[cfg(feature = "psc")]
mod seal;
#[cfg(feature = "psc")]
mod service;
#[cfg(feature = "psc")]
mod session;
#[cfg(feature = "psc")]
mod summary;
#[cfg(feature = "psc")]
mod token_answer;
#[cfg(feature = "psc")]
mod token_end;
#[cfg(feature = "psc")]
mod verification;

use crate::base::address;

pub use acr::{Acr, AuthMode};
pub use availability::{Availability, Outage};
pub use client::{Client, ClientAuth, LoginHint};
pub use environment::{Endpoint, Endpoints, Environment};
pub use metadata::{Drift, Metadata};
pub use observation::{Observed, observe};
pub use presence::{Activity, Presence, PresencePolicy};
pub use return_to::{ReturnAddresses, ReturnTo};
pub use sign_in::SignIn;
pub use thumbprint::Thumbprint;
pub use tokens::TokenSet;
pub use userinfo::UserInfo;

#[cfg(feature = "psc")]
pub use assertion::AssertionKey;
#[cfg(feature = "psc")]
pub use authorization::{
    Authorization, CodeExchange, Finished, Leaving, Prompt, ResponseMode, Returned, SignInCookies, SignInOptions,
};
#[cfg(feature = "psc")]
pub use ciba::{
    Channel, CibaEvent, CibaGuard, CibaPoll, CibaStart, GuardAlarm, GuardAlarmKind, GuardAsk, GuardEnd, GuardEnded,
    GuardKey, GuardRow, GuardRules, GuardStore, HelpStep, PersonState, StationState, Verdict, not_you,
};
#[cfg(feature = "psc")]
pub use completion::SignedIn;
#[cfg(feature = "psc")]
pub use evidence::SignInEvidence;
#[cfg(feature = "psc")]
pub use exchange::{Exchange, Next};
#[cfg(feature = "psc")]
pub use id_token::{IdTokenCheck, VerifiedIdToken};
#[cfg(feature = "psc")]
pub use jwks::{Jwks, KeyCache, Keys};
#[cfg(feature = "psc")]
pub use logout_token::{LogoutRequest, LogoutToken, LogoutTokenCheck};
#[cfg(feature = "psc")]
pub use refresh::Refresh;
#[cfg(feature = "psc")]
pub use seal::KeyRing;
#[cfg(feature = "psc")]
pub use service::{Discovery, Service};
#[cfg(feature = "psc")]
pub use session::{
    OnceStore, Session, SessionKey, SessionNext, SessionRules, SessionState, SessionStore, SignedOut, StoredSession,
};
#[cfg(feature = "psc")]
pub use summary::Summary;
#[cfg(feature = "psc")]
pub use token_end::{ActiveToken, EndSession, Introspected, Introspection, Revocation};
