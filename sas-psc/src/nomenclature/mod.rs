//! the published code tables, as words.
