//! The driver of accounts that exist already: it finds those that bear a person's numbers, decides, and keeps the link.
//!
//! Generic over the store of links and the application's own accounts. Nothing is held in memory between two calls; when
//! two meet on one account or one person, the loser reads again and decides on what it then finds.

#[cfg(test)]
mod tests;

use crate::base::{Clock, Random, ServerKey, Timestamp};
use crate::consent::{AccountEvent, AccountFact, AccountParty, Keeping, PLATFORM, Recorder};
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use crate::onboarding::LogEntry;
use crate::onboarding::link::{
    AccountLink, Candidate, Decider, Decision, LinkChange, LinkEvidence, LinkPolicy, LinkState, LinkStore,
    LocalAccount, LocalAccounts, OldAccountProof, SignedInPerson, StoredLink, Verdict, decide,
};
use crate::psc::SignIn;
use std::fmt;
use std::sync::{Arc, Mutex};

/// How often a step is tried again after it lost against another one.
const ROUNDS: u32 = 8;

/// Links between people and the accounts that the application had before.
pub struct AccountLinks<S, A> {
    store: S,
    accounts: A,
    policy: LinkPolicy,
    key: ServerKey,
    keeping: Keeping,
    clock: Arc<dyn Clock>,
    random: Mutex<Box<dyn Random + Send>>,
}

impl<S: LinkStore, A: LocalAccounts> AccountLinks<S, A> {
    /// Joins the parts; `key` and `keeping` are those of the platform's consent records.
    pub fn new(
        store: S,
        accounts: A,
        policy: LinkPolicy,
        (key, keeping): (ServerKey, Keeping),
        clock: Arc<dyn Clock>,
        random: impl Random + Send + 'static,
    ) -> AccountLinks<S, A> {
        AccountLinks { store, accounts, policy, key, keeping, clock, random: Mutex::new(Box::new(random)) }
    }

    /// The store.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// What the sign-in means: to show it before anything is linked. Changes nothing.
    ///
    /// # Errors
    /// Those of the store and of the application's accounts; so for each step below.
    pub async fn look(&self, sign_in: &SignIn) -> Result<Decision> {
        let candidates = self.candidates(&sign_in.into()).await?;
        Ok(decide(sign_in.professional(), &candidates, &self.policy))
    }

    /// Receives a person who signed in. One account that bears their number is linked; one that is linked already is told,
    /// and a new national identifier is kept. Every other decision changes nothing and is for the person, or an
    /// administrator.
    ///
    /// # Errors
    /// `store-conflict` after eight lost races.
    pub async fn sign_in(&self, sign_in: &SignIn) -> Result<Decision> {
        for _ in 0..ROUNDS {
            let candidates = self.candidates(&sign_in.into()).await?;
            let decision = decide(sign_in.professional(), &candidates, &self.policy);
            let done = match &decision {
                Decision::SignIn { account, .. } => self.known(sign_in, account).await,
                Decision::Link { .. } => {
                    let evidence = LinkEvidence::by_number(sign_in, &candidates, &self.policy)?;
                    self.link(&evidence, &[]).await
                }
                _ => Ok(()),
            };
            match done {
                Err(error) if lost(&error) => {}
                Err(error) => return Err(error),
                Ok(()) => return Ok(decision),
            }
        }
        Err(Error::new(Code::STORE_CONFLICT))
    }

    /// Links the account that the person chose among several, and sets the others aside: one change. `who` is the sign-in,
    /// or the journey that keeps it.
    ///
    /// # Errors
    /// `link-not-found`, `link-claimed`; `store-conflict`, `store-identity-taken` when another call was faster.
    pub async fn choose<'a>(&self, who: impl Into<SignedInPerson<'a>>, account: &LocalAccount) -> Result<()> {
        let who = who.into();
        let candidates = self.candidates(&who).await?;
        let (evidence, others) = LinkEvidence::by_choice(who, &candidates, account, &self.policy)?;
        self.link(&evidence, &others).await
    }

    /// Links the account that the person proved, in the browser session `attempt`. When it is another person's, their
    /// claim is kept, with its record, for an administrator to decide.
    ///
    /// # Errors
    /// `link-claimed` when it is another person's: the claim is kept then; `link-other-session`, `link-proof-expired`;
    /// `link-several` when the person has another account already; `store-conflict` when another call was faster.
    pub async fn prove<'a>(
        &self,
        who: impl Into<SignedInPerson<'a>>,
        proof: &OldAccountProof,
        attempt: &str,
    ) -> Result<()> {
        let who = who.into();
        let evidence = LinkEvidence::by_proof(who.clone(), proof, attempt, &self.policy, self.clock.now())?;
        let account = evidence.account();
        let mine = self.store.links_of(who.issuer(), &self.identities(&who)).await?;
        if let Some(mine) = mine.first() {
            // Proven again by who has it: nothing to do. A second account beside it: theirs to undo first.
            return if mine.account == *account { Ok(()) } else { Err(Error::new(Code::LINK_SEVERAL)) };
        }
        let (mut link, version) = self.load(account).await?;
        match link.state() {
            LinkState::Linked => {
                let entry = self.made(|recorder, random| link.claim(&evidence, recorder, random, self.clock.now()))?;
                self.commit(vec![StoredLink::of(&link, version)?], vec![entry]).await?;
                Err(Error::new(Code::LINK_CLAIMED))
            }
            LinkState::Disputed => Err(Error::new(Code::LINK_CLAIMED)),
            _ => self.link(&evidence, &[]).await,
        }
    }

    /// The link of an account, for a page of whoever administers them.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn account(&self, account: &LocalAccount) -> Result<AccountLink> {
        Ok(self.load(account).await?.0)
    }

    /// Undoes a link that was wrong.
    ///
    /// # Errors
    /// `link-out-of-order`; `store-conflict`.
    pub async fn undo(&self, account: &LocalAccount, by: Decider) -> Result<()> {
        self.step(account, |link, recorder, random, now| link.undo(by, recorder, random, now)).await
    }

    /// Ends a dispute.
    ///
    /// # Errors
    /// `link-out-of-order`; `store-conflict`; `store-identity-taken` when who claims it was linked elsewhere meanwhile.
    pub async fn decide(&self, account: &LocalAccount, verdict: Verdict) -> Result<()> {
        self.step(account, |link, recorder, random, now| link.decided(verdict, recorder, random, now)).await
    }

    /// Deletes the link of an account, with its history, as when its person is erased. That it was done is recorded.
    ///
    /// # Errors
    /// `link-out-of-order` when there is none; `store-conflict`.
    pub async fn forget(&self, account: &LocalAccount) -> Result<()> {
        let Some(stored) = self.store.link(account).await? else { return Err(Error::new(Code::LINK_OUT_OF_ORDER)) };
        let now = self.clock.now();
        let entry = self.made(|recorder, random| {
            let fact = AccountFact::new(AccountEvent::Erased, recorder.account_hash(account.as_str())).by("link");
            let party = AccountParty { issuer: PLATFORM, subject: "erasure", signed_in: None };
            let record = recorder.account(fact, party, "system", None, random, now)?;
            LogEntry::of(&record, random, now)
        })?;
        self.store.forget_link(account, stored.version, entry).await
    }

    fn identities(&self, who: &SignedInPerson<'_>) -> Vec<IdNat> {
        self.policy.identities(who.professional()).into_iter().map(|(id, _)| id).collect()
    }

    /// The accounts that bear the person's numbers, and those linked to them, each with its standing.
    async fn candidates(&self, who: &SignedInPerson<'_>) -> Result<Vec<Candidate>> {
        let identities = self.identities(who);
        let mut candidates = Vec::new();
        for stored in self.store.links_of(who.issuer(), &identities).await? {
            let standing = AccountLink::from_stored(&stored.state)?.standing();
            candidates.push(Candidate { account: stored.account, numbers: Vec::new(), standing });
        }
        for (account, numbers) in self.accounts.bearing(&identities).await? {
            if !candidates.iter().any(|known| known.account == account) {
                let standing = self.load(&account).await?.0.standing();
                candidates.push(Candidate { account, numbers, standing });
            }
        }
        Ok(candidates)
    }

    async fn known(&self, sign_in: &SignIn, account: &LocalAccount) -> Result<()> {
        let (mut link, version) = self.load(account).await?;
        let now = self.clock.now();
        let entry = self.made(|recorder, random| link.signed_in(sign_in, &self.policy, recorder, random, now))?;
        match entry {
            Some(entry) => self.commit(vec![StoredLink::of(&link, version)?], vec![entry]).await,
            None => Ok(()),
        }
    }

    async fn link(&self, evidence: &LinkEvidence, others: &[LocalAccount]) -> Result<()> {
        let now = self.clock.now();
        let (mut link, version) = self.load(evidence.account()).await?;
        let mut entries = vec![self.made(|recorder, random| link.link(evidence, recorder, random, now))?];
        let mut links = vec![StoredLink::of(&link, version)?];
        for other in others {
            let (mut link, version) = self.load(other).await?;
            entries.push(self.made(|recorder, random| link.set_aside(evidence, recorder, random, now))?);
            links.push(StoredLink::of(&link, version)?);
        }
        self.commit(links, entries).await
    }

    async fn step(
        &self,
        account: &LocalAccount,
        apply: impl Fn(&mut AccountLink, Recorder<'_>, &mut dyn Random, Timestamp) -> Result<LogEntry> + Send,
    ) -> Result<()> {
        let (mut link, version) = self.load(account).await?;
        let entry = self.made(|recorder, random| apply(&mut link, recorder, random, self.clock.now()))?;
        self.commit(vec![StoredLink::of(&link, version)?], vec![entry]).await
    }

    async fn load(&self, account: &LocalAccount) -> Result<(AccountLink, u64)> {
        match self.store.link(account).await? {
            Some(stored) => Ok((AccountLink::from_stored(&stored.state)?, stored.version)),
            None => Ok((AccountLink::free(account.clone()), 0)),
        }
    }

    async fn commit(&self, links: Vec<StoredLink>, entries: Vec<LogEntry>) -> Result<()> {
        self.store.commit_links(LinkChange { links, entries }).await
    }

    fn made<T>(&self, make: impl FnOnce(Recorder<'_>, &mut dyn Random) -> Result<T>) -> Result<T> {
        // A thread that panicked while drawing left no half-drawn state behind.
        let mut random = self.random.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        make(Recorder { key: &self.key, keeping: &self.keeping }, &mut **random)
    }
}

fn lost(error: &Error) -> bool {
    // A link that another call made a moment ago is found by the next look.
    [Code::STORE_CONFLICT, Code::STORE_IDENTITY_TAKEN, Code::LINK_CLAIMED].contains(&error.code())
}

impl<S, A> fmt::Debug for AccountLinks<S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountLinks").field("policy", &self.policy).finish_non_exhaustive()
    }
}
