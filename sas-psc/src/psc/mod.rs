//! Pro Santé Connect: environments, sign-in by authorization code and by CIBA, tokens, claims, logout. Protocols as values.
//!
//! Every exchange makes [`crate::base::Request`]s and reads [`crate::base::Response`]s; a driver sends them (see
//! `drive`). Evidence that a person signed in is a [`SignIn`], which only a verified ID token and its userinfo make.
//! Claim types, presets and userinfo need no feature; everything that checks or requests a token needs `psc`.
//!
//! Source: OpenID Connect Core 1.0, CIBA Core 1.0, RFC 6749, 7636, 8705, 9207; the PSC facts are cited where used.

mod acr;
mod address;
mod client;
pub mod danger;
mod environment;
mod sign_in;

pub use acr::{Acr, AuthMode};
pub use client::{Client, ClientAuth};
pub use environment::{Endpoint, Endpoints, Environment};
pub use sign_in::SignIn;
