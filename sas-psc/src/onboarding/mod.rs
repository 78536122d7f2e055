//! The journey from a sign-in to an active account: states, what follows what, who may enter.
//!
//! [`Onboarding`] is one person's sign-up. Each step takes its evidence and the time and changes it, or gives an error
//! and leaves it as it was; where it stands ([`State`]) is derived from what was done. It does no I/O: a driver keeps it
//! in a [`Store`] and hands its mails over (`drive::SignUp`).
//!
//! No evidence can be made by hand, so no step can be had without its check:
//!
//! ```compile_fail,E0451
//! # fn forged(proof: sas_psc::email::EmailControl) -> sas_psc::email::EmailControl {
//! sas_psc::email::EmailControl { proven_at: sas_psc::base::Timestamp::from_unix(0), ..proof }
//! # }
//! ```
//! ```compile_fail,E0451
//! # fn forged(sign_in: sas_psc::psc::SignIn) -> sas_psc::psc::SignIn {
//! sas_psc::psc::SignIn { subject: String::from("someone else"), ..sign_in }
//! # }
//! ```
//! ```compile_fail,E0603
//! # fn forged(answer: sas_psc::consent::TermsAcceptance) {
//! let _ = sas_psc::consent::TermsAcceptance(answer);
//! # }
//! ```
//! ```compile_fail,E0451
//! # fn forged(settings: sas_psc::participation::ValidSettings) -> sas_psc::participation::ValidSettings {
//! sas_psc::participation::ValidSettings { mode: sas_psc::participation::Mode::Strict, ..settings }
//! # }
//! ```
//!
#![doc = concat!("```text\n", include_str!("onboarding.mmd"), "```")]

#[cfg(feature = "card")]
mod card_signature;
pub mod companion;
mod eligibility;
#[cfg(feature = "psc")]
mod evidence;
mod feed;
pub mod lifecycle;
pub mod link;
mod policy;
mod policy_json;
pub mod retention;
mod sign_up;
mod state;
mod store;

#[cfg(test)]
pub(crate) mod tests;

#[cfg(feature = "card")]
pub use card_signature::verify_card_signature;
pub use eligibility::{Eligibility, professionals_only};
#[cfg(all(feature = "log", feature = "psc", feature = "sqlite"))]
pub(crate) use evidence::agree;
#[cfg(feature = "psc")]
pub use evidence::{signed_in_of, verify_evidence};
pub use feed::{Fed, RecordLog};
pub use policy::Policy;
pub use sign_up::{AddressChange, Author, FormerAddress, Objected, Onboarding, SignInFacts, identities};
pub use state::{Event, State, TRANSITIONS};
pub use store::{AccountId, Change, LogEntry, Store, StoredAccount, VisitKey};
