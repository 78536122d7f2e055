//! Unit tests of the directory, over the small extract of `vectors/`.
