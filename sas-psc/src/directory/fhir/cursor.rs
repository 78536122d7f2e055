//! Where to go on reading: the `next` link of a page, as a value that outlives the process.

use crate::base::{from_stored, to_stored};
use crate::error::Result;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The page after another. It holds no key; ANS forgets it after a time that it does not tell.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    url: String,
}

impl Cursor {
    pub(super) fn new(url: String) -> Cursor {
        Cursor { url }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The stored form, to go on after a stop.
    ///
    /// # Errors
    /// `broken-invariant`, which no cursor causes.
    pub fn to_stored(&self) -> Result<Vec<u8>> {
        to_stored(1, self)
    }

    /// Reads a stored form. That its page is the server's own is checked when it is asked for.
    ///
    /// # Errors
    /// `stored-form-unreadable`, `stored-form-newer`.
    pub fn resume(stored: &[u8]) -> Result<Cursor> {
        from_stored(1, stored)
    }
}

impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cursor(•••)")
    }
}
