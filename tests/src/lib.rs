//! What the tests of the whole share: a platform with its terms, a site on the virtual clock of the simulator, the same
//! site in a process of its own and the person before it, a browser for what is not the simulator.
#![allow(missing_docs)] // the vocabulary of the tests: the names say it

pub mod browser;
pub mod fault;
mod journeys;
#[cfg(target_os = "linux")]
pub mod pcsc;
mod person;
mod platform;
mod server;
mod site;

pub use journeys::journeys;
pub use person::{Means, Person, Process, Stopped};
pub use platform::{Draws, NOW, TERMS_CHANGE, policy, settings};
pub use server::serve;
pub use site::{LINK_BASE, LinkToken, Loopback, Site, TAB, client, environment, mailer};
pub mod slot;
