//! The future home of this crate.
fn main() {}
