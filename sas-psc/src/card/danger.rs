//! What weakens trust in cards. Each is a call that says so; no feature and no default does it.

use super::fallback::Fallback;
use super::trust::{Realm, Trust};
use crate::error::Result;

/// IGC-Santé's test authorities, whose cards anyone can order: who holds one is nobody.
///
/// # Errors
/// `card-authorities`, which a test excludes.
pub fn test_authorities() -> Result<Trust> {
    Trust::of_pem(include_str!("trust/test.pem"), Realm::Test)
}

/// Other authorities, as PEM: roots, which sign themselves, and those below them. Whoever holds one of their keys is
/// anyone. Their names decide as IGC-Santé's do: FORT issues CPS, STANDARD staff cards, PERSONNES certificates of persons.
///
/// # Errors
/// `card-authorities` when the text holds no root, or something that is no certificate.
pub fn authorities(pem: &str) -> Result<Trust> {
    Trust::of_pem(pem, Realm::Other)
}

/// Local sign-in with cards of any authorities that a [`Trust`] holds, tests' among them: who holds one may be anyone.
pub fn fallback_with_any_card(mut fallback: Fallback) -> Fallback {
    fallback.any_realm = true;
    fallback
}
