//! Where the two topics of the directory find the invented extract and leave what they make of it.

use std::path::{Path, PathBuf};

/// The index, the database, the questions.
pub fn place() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench/directory")
}

/// The extract that `benches/prepare/directory-import` wrote.
pub fn extract(quick: bool) -> PathBuf {
    place().join(if quick { "PS_LibreAcces_20000.txt" } else { "PS_LibreAcces_2300000.txt" })
}
