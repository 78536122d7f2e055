//! The Proxy e-Santé: the server between a workstation and Pro Santé Connect, as its clients and as itself see it.
//!
//! ANS lets no workstation talk to PSC: a proxy holds the client's secret and the tokens, the workstation an application
//! session only. This module is the workstation's side, [`server`] the rules of the proxy's. The API is the one that ANS publishes with its sample; beyond the conformity tests it binds nobody, so that
//! paths, field names and the cookie's name are settings. Sending is the driver's work (`drive::blocking::Proxy`, `drive::tokio::Proxy`).
//!
//! Source: ansforge/psc-edc-proxy-esante, `API-Proxy-eSante.json` 1.0.

mod answer;
mod call;
mod connect;
mod forwarded;
pub mod server;
mod session;
mod settings;

pub use call::{Disconnect, Send, SendRequest};
pub use connect::{Connect, Connected};
pub use session::ProxySession;
pub use settings::{Field, NationalId, Path, Proxy};

#[cfg(test)]
mod tests;
