//! Links of the application's accounts in memory.

use super::Memory;
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use crate::onboarding::LogEntry;
use crate::onboarding::link::{LinkChange, LinkStore, LocalAccount, StoredLink};
use crate::store::distinct;

impl LinkStore for Memory {
    async fn link(&self, account: &LocalAccount) -> Result<Option<StoredLink>> {
        Ok(self.state().links.get(account).cloned())
    }

    async fn links_of(&self, issuer: &str, identities: &[IdNat]) -> Result<Vec<StoredLink>> {
        let holds =
            |link: &&StoredLink| link.issuer == issuer && link.identities.iter().any(|id| identities.contains(id));
        Ok(self.state().links.values().filter(holds).cloned().collect())
    }

    async fn commit_links(&self, LinkChange { links, entries }: LinkChange) -> Result<()> {
        let mut state = self.state();
        for (at, link) in links.iter().enumerate() {
            let found = state.links.get(&link.account).map_or(0, |found| found.version);
            if found != link.version || links[..at].iter().any(|before| before.account == link.account) {
                return Err(Error::new(Code::STORE_CONFLICT));
            }
        }
        // What is left as it is, and what changes before it.
        let kept = state.links.values().filter(|kept| !links.iter().any(|link| link.account == kept.account));
        for (at, link) in links.iter().enumerate() {
            let shares = |other: &StoredLink| {
                other.issuer == link.issuer && other.identities.iter().any(|id| link.identities.contains(id))
            };
            if kept.clone().chain(&links[..at]).any(shares) {
                return Err(Error::new(Code::STORE_IDENTITY_TAKEN));
            }
        }
        state.check_entries(&entries)?;
        for mut link in links {
            link.version += 1;
            link.identities = distinct(&link.identities);
            state.links.insert(link.account.clone(), link);
        }
        state.log.extend(entries);
        Ok(())
    }

    async fn forget_link(&self, account: &LocalAccount, version: u64, entry: LogEntry) -> Result<()> {
        let mut state = self.state();
        if state.links.get(account).map(|link| link.version) != Some(version) {
            return Err(Error::new(Code::STORE_CONFLICT));
        }
        state.check_entries(std::slice::from_ref(&entry))?;
        state.links.remove(account);
        state.log.push(entry);
        Ok(())
    }
}
