//! To whom a proof belongs: the identity at its issuer, and the attempt in which it was given.
//!
//! A proof without all three can be carried to another person or another session (CVE-2025-7365, CVE-2026-9087).

use crate::base::same;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The person and the attempt that a proof is bound to. Never shown: its `Debug` is masked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// The issuer of the identity: PSC's, as in its tokens.
    pub issuer: String,
    /// The subject (`sub`) at that issuer.
    pub subject: String,
    /// The sign-up attempt, unique on this platform.
    pub attempt: String,
}

impl Binding {
    /// Binds to a subject of an issuer, in an attempt.
    pub fn new(issuer: impl Into<String>, subject: impl Into<String>, attempt: impl Into<String>) -> Binding {
        Binding { issuer: issuer.into(), subject: subject.into(), attempt: attempt.into() }
    }

    /// Whether both are the same person in the same attempt; the time it takes does not tell where they differ.
    pub fn is(&self, other: &Binding) -> bool {
        let same = |a: &str, b: &str| same(a.as_bytes(), b.as_bytes());
        (same(&self.issuer, &other.issuer) & same(&self.subject, &other.subject) & same(&self.attempt, &other.attempt))
            .into()
    }
}

impl fmt::Debug for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Binding(•••)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binding_is_itself_alone_whatever_the_lengths() {
        let texts = ["", "a", "1234567", "12345678", "123456789", "1234567\0", "12345678\0", "é", "1234567890123456"];
        for a in texts {
            for b in texts {
                let (one, other) = (Binding::new(a, "s", "t"), Binding::new(b, "s", "t"));
                assert_eq!((one.is(&other), one == other), (a == b, a == b));
            }
        }
        let one = Binding::new("i", "s", "t");
        for other in [Binding::new("x", "s", "t"), Binding::new("i", "x", "t"), Binding::new("i", "s", "x")] {
            assert!(!one.is(&other));
        }
    }
}
