//! Sign French health professionals in with Pro Santé Connect and open their account on a SAS platform.
//!
//! The folders are layers; a file uses its own folder and any layer below it:
//!
//! | layer | modules |
//! |---|---|
//! | 4 world | [`drive`], [`store`] |
//! | 3 journey | [`onboarding`] |
//! | 2 concepts | [`psc`], `card`, `directory`, [`email`], [`consent`], [`participation`] |
//! | 1 words | [`id`], [`nomenclature`], [`person`] |
//! | 0 ground | [`error`], [`base`] |
//!
//! Nothing below layer 4 does I/O or reads a clock: a flow in progress is a value, it takes an input and the time,
//! and answers with its next state and what the driver must do.
//!
//! ```
//! use sas_psc::id::Rpps;
//!
//! let rpps = Rpps::parse("99700218896")?;
//! assert_eq!(rpps.to_id_nat().as_str(), "899700218896");
//! # Ok::<(), sas_psc::Error>(())
//! ```
#![forbid(unsafe_code)]
#![deny(clippy::disallowed_methods)]
#![warn(clippy::unwrap_used)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod base;
#[cfg(feature = "card")]
#[cfg_attr(docsrs, doc(cfg(feature = "card")))]
pub mod card;
pub mod consent;
#[cfg(feature = "directory")]
#[cfg_attr(docsrs, doc(cfg(feature = "directory")))]
pub mod directory;
pub mod drive;
pub mod email;
pub mod error;
pub mod id;
pub mod nomenclature;
pub mod onboarding;
pub mod participation;
pub mod person;
pub mod psc;
pub mod store;

pub use error::{Blame, Code, Error, Lang, Result};

#[cfg(all(doctest, feature = "pcsc"))]
#[doc = include_str!("../../docs/cards.md")]
struct Cards;

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[doc = include_str!("../../README.en.md")]
struct ReadMe;
