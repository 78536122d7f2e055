//! What linking needs of a store, and of the application: links changed by compare-and-set, and its own accounts found
//! by number.

use super::LocalAccount;
use super::standing::{AccountLink, LinkState};
use crate::error::Result;
use crate::id::IdNat;
use crate::onboarding::LogEntry;
use std::fmt;
use std::future::Future;

/// A link as a store keeps it.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredLink {
    /// The account of the application: the key.
    pub account: LocalAccount,
    /// Counts the commits of this link from 1. In a [`LinkChange`]: the version that was read, 0 for a new one.
    pub version: u64,
    /// The stored form of the [`AccountLink`].
    pub state: Vec<u8>,
    /// The issuer that the identifiers belong to; empty when it is nobody's.
    pub issuer: String,
    /// The identifiers of who it is linked to: each belongs to one link per issuer. None when it is nobody's.
    pub identities: Vec<IdNat>,
}

impl StoredLink {
    /// The row of a link that was read at `version`.
    ///
    /// # Errors
    /// `broken-invariant`, which no link causes.
    pub fn of(link: &AccountLink, version: u64) -> Result<StoredLink> {
        let holds = matches!(link.state(), LinkState::Linked | LinkState::Disputed);
        let holder = link.holder().filter(|_| holds);
        Ok(StoredLink {
            account: link.account().clone(),
            version,
            state: link.to_stored()?,
            issuer: holder.map_or_else(String::new, |holder| holder.issuer().to_owned()),
            identities: holder.map_or_else(Vec::new, |holder| holder.identities().to_vec()),
        })
    }
}

impl fmt::Debug for StoredLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredLink").field("version", &self.version).finish_non_exhaustive()
    }
}

/// What one step changes: all of it or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkChange {
    /// The links, new or changed, each account once.
    pub links: Vec<StoredLink>,
    /// The records that the step made, in order; they join the log of [`crate::onboarding::Store`].
    pub entries: Vec<LogEntry>,
}

/// Where links are kept.
pub trait LinkStore: Send + Sync {
    /// The link of an account.
    ///
    /// # Errors
    /// Those of the store (block 11), here and below.
    fn link(&self, account: &LocalAccount) -> impl Future<Output = Result<Option<StoredLink>>> + Send;

    /// The links, none, one or several, that hold any of these identifiers for this issuer, each once.
    fn links_of(&self, issuer: &str, identities: &[IdNat]) -> impl Future<Output = Result<Vec<StoredLink>>> + Send;

    /// Writes a change whole.
    ///
    /// # Errors
    /// `store-conflict` when the version of a link is no longer the one read; `store-identity-taken` when another link
    /// holds one of the identifiers. Nothing is written then.
    fn commit_links(&self, change: LinkChange) -> impl Future<Output = Result<()>> + Send;

    /// Deletes the link of an account, as when its person is erased, and appends the record of it, whole.
    ///
    /// # Errors
    /// `store-conflict` when its version is no longer `version`. Nothing is written then.
    fn forget_link(
        &self,
        account: &LocalAccount,
        version: u64,
        entry: LogEntry,
    ) -> impl Future<Output = Result<()>> + Send;
}

/// The application's own accounts, as far as linking asks.
pub trait LocalAccounts: Send + Sync {
    /// The accounts that bear any of these numbers, with all the numbers that each bears as they are kept there. Look for
    /// an RPPS or ADELI number with and without its type digit; what does not bear one is not used.
    ///
    /// # Errors
    /// The application's own; `store-unavailable` fits.
    fn bearing(&self, numbers: &[IdNat]) -> impl Future<Output = Result<Vec<(LocalAccount, Vec<String>)>>> + Send;
}
