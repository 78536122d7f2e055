//! The future home of this crate.
