//! A simulator of the other side: Pro Santé Connect with its sign-in pages and phone, and a mailbox. Tests only.
//!
//! It never reaches production: no published crate depends on it, its issuer is plain HTTP on loopback, its discovery
//! document says `"x-sas-psc-simulator": true`, its keys are named `sim-…` and its secrets are printed here. It shares
//! no client code with the SDK: from `sas-psc` it takes the words (identifiers, time), so that a mistake there is not
//! made twice. What it answers was observed at Keycloak, on which PSC runs, or read in ANS's own sources.
//!
//! | origin | what |
//! |---|---|
//! | auth | the realm `/auth/realms/esante-wallet`: tokens, userinfo, keys, CIBA, logout |
//! | mtls | the same realm over TLS with client certificates, when the configuration asks for it |
//! | wallet | `/auth` and the sign-in pages: CPS card, e-CPS |
//! | web | the phone, the mailbox, the people, the control of time and faults |
//! | mail | an SMTP server |
//!
//! ```
//! use sas_psc_sim::{Config, Simulator};
//!
//! let running = Simulator::start(Config::default())?;
//! let request = format!(
//!     "{}/auth?response_type=code&client_id=plateforme-sas&scope=openid+scope_all&state=s&nonce=n\
//!      &redirect_uri=http://127.0.0.1:1/retour",
//!     running.wallet_base()
//! );
//! let callback = running.sign_in_by_card(&request, "physician");
//! assert!(callback.starts_with("http://127.0.0.1:1/retour?session_state="));
//! # Ok::<(), std::io::Error>(())
//! ```
#![forbid(unsafe_code)]
#![warn(clippy::unwrap_used)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod bench;
mod browser;
pub mod card;
mod clock;
mod config;
pub mod conformance;
mod desk;
pub mod directory;
mod keys;
mod mail;
mod mtls;
mod pages;
mod people;
mod phone;
mod random;
mod realm;
mod running;
mod scenario;
mod sim;
mod wallet;
mod web;
mod world;

pub use browser::{Answer, Browser};
pub use clock::VirtualClock;
pub use config::{Client, Config};
pub use mail::{Mail, Mailbox};
pub use mtls::Mtls;
pub use people::{Card, Person, Shape, everybody};
pub use phone::{Phone, PhoneRequest};
pub use running::{Running, Simulator};
pub use scenario::{Endpoint, Fault, Rule, Scenario};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Takes a lock; what a panicking test left behind is still good enough to look at.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
