//! Accounts that exist already: which account of the application is the person's who signs in with Pro Santé Connect for
//! the first time, on what proof, and what becomes of a link.
//!
//! An account is found by `SubjectNameID`, else by an `otherIds` entry whose origin the application trusts
//! ([`LinkPolicy`]): never by an e-mail address or a name, which many share and anybody can type. Where no number tells,
//! the person proves the old account in the same session ([`ProofRequest`]), and one record holds both proofs.
//!
//! 1. [`decide`] says what a sign-in means for the accounts that bear the person's numbers: a value, for every face;
//! 2. [`LinkEvidence`] is what a link rests on; it cannot be made by hand:
//!
//! ```compile_fail,E0451
//! # fn forged(evidence: sas_psc::onboarding::link::LinkEvidence) -> sas_psc::onboarding::link::LinkEvidence {
//! sas_psc::onboarding::link::LinkEvidence { proofs: vec![], ..evidence }
//! # }
//! ```
//!
//! 3. [`AccountLink`] is one account's link and its states; each step makes its record:
//!
#![doc = concat!("```text\n", include_str!("link.mmd"), "```")]
//!
//! 4. a [`LinkStore`] keeps them; `drive::AccountLinks` plays the whole;
//! 5. [`LinkPlan`] says beforehand how a whole base would fare, and changes nothing.
//!
//! Sources: Ségur DMN v1.2.2, PSC 4 ("reconcile a legacy account at first PSC login"); `otherIds` as PSC gives it;
//! Keycloak's advisories on linking (CVE-2025-7365, CVE-2026-9087, #53041).

mod decision;
mod evidence;
mod plan;
mod standing;
mod store;

#[cfg(test)]
pub(crate) mod tests;

pub use decision::{Candidate, Decision, LinkPolicy, MatchedBy, Standing, candidates_from_json, decide};
pub use evidence::{LinkEvidence, OldAccountProof, ProofMeans, ProofRequest, SignedInPerson};
pub use plan::{LinkPlan, PlanColumns, PlanResult, PlanRow};
pub use standing::{AccountLink, Decider, Holder, LINK_TRANSITIONS, LinkEvent, LinkState, Verdict};
pub use store::{LinkChange, LinkStore, LocalAccounts, StoredLink};

use crate::error::{Code, Error, Result};
use crate::id::{Adeli, IdNat, Rpps};
use serde::{Deserialize, Serialize};
use std::fmt;

/// An account of the application, by the key that it has there: not necessarily a login name, never shown.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LocalAccount(String);

impl LocalAccount {
    /// The longest key, in bytes.
    pub const LONGEST: usize = 255;

    /// Takes the application's key.
    ///
    /// # Errors
    /// `link-account-name` when it is empty, longer than 255 bytes or holds a control character.
    pub fn new(key: impl Into<String>) -> Result<LocalAccount> {
        let key = key.into();
        let right = (1..=LocalAccount::LONGEST).contains(&key.len()) && !key.chars().any(char::is_control);
        if right { Ok(LocalAccount(key)) } else { Err(Error::new(Code::LINK_ACCOUNT_NAME)) }
    }

    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for LocalAccount {
    type Error = Error;
    fn try_from(key: String) -> Result<LocalAccount> {
        LocalAccount::new(key)
    }
}

impl From<LocalAccount> for String {
    fn from(account: LocalAccount) -> String {
        account.0
    }
}

impl fmt::Debug for LocalAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LocalAccount(•••)")
    }
}

/// Reads a number as applications keep it: an IdNat, an RPPS or ADELI number alone, with or without spaces. Its key is
/// checked; what is no number of a register comes through as it is.
///
/// ```
/// use sas_psc::onboarding::link::read_number;
///
/// assert_eq!(read_number("99 700 218 896")?, read_number("899700218896")?);
/// assert_eq!(read_number("99700218897").unwrap_err().code(), sas_psc::Code::ID_KEY);
/// # Ok::<(), sas_psc::Error>(())
/// ```
///
/// # Errors
/// `id-length`, `id-character`, `id-key`, `id-never-allocated`, `id-withdrawn`.
pub fn read_number(text: &str) -> Result<IdNat> {
    let number: String = text.chars().filter(|c| !c.is_whitespace() && *c != '.').collect();
    let digits = number.bytes().all(|b| b.is_ascii_digit());
    match (digits, number.len()) {
        (true, 11) => return Ok(Rpps::parse(&number)?.to_id_nat()),
        (_, 9) if Adeli::parse(&number).is_ok() || digits => return Ok(Adeli::parse(&number)?.to_id_nat()),
        _ => {}
    }
    match IdNat::check(number.as_bytes()) {
        Ok(_) | Err(Code::ID_KIND_UNKNOWN) => IdNat::parse(&number),
        // Of a shape that no register has: an opaque identifier, unless it claims to be a professional's number.
        Err(code) if digits && matches!(number.len(), 10 | 12) => Err(Error::new(code)),
        Err(_) if !digits && number.len() > 12 => IdNat::parse(&number),
        Err(code) => Err(Error::new(code)),
    }
}
