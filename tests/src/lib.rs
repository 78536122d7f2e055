//! What the tests of the whole share: a platform with its terms, a site on the virtual clock of the simulator, and a
//! browser for what is not the simulator.
#![allow(missing_docs)] // the vocabulary of the tests: the names say it

pub mod browser;
mod platform;
mod world;

pub use platform::{CONTROLLER, Draws, NOW, TERMS_CHANGE, policy, settings};
pub use world::{LINK_BASE, LinkToken, TAB, World, mailer, run, service, step};
