//! The evidence that a challenge ends with: this person controlled this mailbox, in this attempt.

use super::Address;
use crate::base::Timestamp;
use crate::person::Binding;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How control of the mailbox was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// The link, opened and confirmed in the session that started.
    Link,
    /// The code, typed there.
    Code,
}

impl By {
    /// `link`, `code`.
    pub const fn name(self) -> &'static str {
        match self {
            By::Link => "link",
            By::Code => "code",
        }
    }
}

/// Evidence that a person controlled a mailbox, in this attempt. Only a challenge makes it.
#[derive(Clone)]
pub struct EmailControl {
    pub(super) binding: Binding,
    pub(super) address: Address,
    pub(super) proven_at: Timestamp,
    pub(super) by: By,
}

impl EmailControl {
    /// The issuer of the identity.
    pub fn issuer(&self) -> &str {
        &self.binding.issuer
    }

    /// The subject at that issuer.
    pub fn subject(&self) -> &str {
        &self.binding.subject
    }

    /// The attempt.
    pub fn attempt(&self) -> &str {
        &self.binding.attempt
    }

    /// The three together.
    pub fn binding(&self) -> &Binding {
        &self.binding
    }

    /// The address.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// When.
    pub fn proven_at(&self) -> Timestamp {
        self.proven_at
    }

    /// How.
    pub fn by(&self) -> By {
        self.by
    }
}

impl fmt::Debug for EmailControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmailControl").field("proven_at", &self.proven_at).field("by", &self.by).finish_non_exhaustive()
    }
}
