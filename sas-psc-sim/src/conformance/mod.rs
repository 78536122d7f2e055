//! The offline bench of Pro Santé Connect clients: a provider that is wrong in one way at a time, or right in a way that an
//! over-strict client refuses.
//!
//! A [`Case`] says what the provider does; a [`Provider`] serves one, for one client under test. The honest part of every
//! answer is the simulator's own realm. Sources: OpenID Connect Core, Discovery and Back-Channel Logout 1.0, CIBA Core 1.0,
//! RFC 6749, 7515, 7517, 7519, 8725, 9207. Not tried here: TLS (every address is plain HTTP on loopback).

mod all;
pub(crate) mod answer;
mod case;
mod provider;
mod signing;
mod token;
mod words;

pub(crate) use answer::Hostile;

pub use all::cases;
pub use answer::Seen;
pub use case::{Case, Expect, Flow, Serve, Severity, Step};
pub use provider::Provider;
