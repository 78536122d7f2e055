//! The journey from a sign-in to an active account: states, what follows what, who may enter.
//!
//! [`Onboarding`] is one person's sign-up. Each step takes its evidence and the time and changes it, or gives an error
//! and leaves it as it was; where it stands ([`State`]) is derived from what was done. It does no I/O: a driver keeps it
//! in a [`Store`] and hands its mails over (`drive::SignUp`).
//!
#![doc = concat!("```text\n", include_str!("onboarding.mmd"), "```")]

mod eligibility;
mod policy;
mod sign_up;
mod state;
mod store;

#[cfg(test)]
pub(crate) mod tests;

pub use eligibility::{Eligibility, professionals_only};
pub use policy::Policy;
pub use sign_up::{Onboarding, SignInFacts, identities};
pub use state::{Event, State, TRANSITIONS};
pub use store::{AccountId, Change, LogEntry, Store, StoredAccount, VisitKey};
