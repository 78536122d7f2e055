//! One file per parser. What a target checks beyond «no panic» is said in its file.

pub mod card;
pub mod card_bytes;
pub mod directory;
pub mod identifiers;
pub mod provider;
pub mod proxy;
