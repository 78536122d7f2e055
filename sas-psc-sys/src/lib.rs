//! The only unsafe code beside the faces: what the SDK asks of the system and safe Rust cannot give.
//!
//! Each `unsafe` block says why it is sound and what the caller of this crate has to keep. Nothing here decides anything.
#![deny(clippy::undocumented_unsafe_blocks)]

mod map;
#[cfg(feature = "pcsc")]
pub mod pcsc;

pub use map::Map;
