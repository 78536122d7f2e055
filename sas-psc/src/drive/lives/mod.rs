//! The driver of an account's life: it notes sign-ins, sends notices, closes and erases what is due, and gives a person
//! all that is held of them.
//!
//! Generic over the store and the mailer. A step is written after its mail left: a program killed in between sends one
//! notice twice, never none. When two instances run at once, the loser of a write leaves the account to the other.

mod round;
mod taken;
#[cfg(test)]
mod tests;

pub use round::LivesRan;
pub use taken::{LifeMail, LivesTaken};

use super::Mailer;
use crate::base::{Clock, Random, Timestamp};
use crate::consent::{
    AccountEvent, AccountFact, AccountParty, Event, Kind, PLATFORM, Record, RecordId, Recorder, Sha256, SignedIn,
};
use crate::error::{Code, Error, Result};
use crate::onboarding::lifecycle::{
    Closing, Erased, Erasure, ExportedRecord, Life, LifeChange, LifeRules, LifeState, LifeStore, PersonExport,
    StoredLife, months_after, tombstone,
};
use crate::onboarding::{AccountId, Change, LogEntry, Onboarding, Policy, SignInFacts, StoredAccount};
use std::fmt;
use std::sync::{Arc, Mutex};

/// Entries of the log that are read at once.
const BATCH: u64 = 512;

/// The lives of the accounts of a platform.
pub struct Lives<S, M> {
    store: S,
    mailer: M,
    policy: Policy,
    rules: LifeRules,
    site: String,
    clock: Arc<dyn Clock>,
    random: Mutex<Box<dyn Random + Send>>,
}

impl<S: LifeStore, M: Send + Sync> Lives<S, M> {
    /// Joins the parts. `policy` is the one of the sign-up, `site` the address of the site's first page.
    ///
    /// # Errors
    /// `lifecycle-rules`.
    pub fn new(
        (store, mailer): (S, M),
        policy: Policy,
        rules: LifeRules,
        site: impl Into<String>,
        clock: Arc<dyn Clock>,
        random: impl Random + Send + 'static,
    ) -> Result<Lives<S, M>> {
        let (rules, random) = (rules.checked()?, Mutex::new(Box::new(random) as Box<dyn Random + Send>));
        Ok(Lives { store, mailer, policy, rules, site: site.into(), clock, random })
    }

    /// The store.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// The rules.
    pub fn rules(&self) -> &LifeRules {
        &self.rules
    }

    /// The life of an account; none until its first [`Lives::signed_in`].
    ///
    /// # Errors
    /// Those of the store.
    pub async fn life(&self, id: AccountId) -> Result<Option<Life>> {
        self.store.life(id).await?.map(|stored| Life::from_stored(&stored.state)).transpose()
    }

    /// The person of this account signed in. Call it after `SignUp::welcome`, and before anything is opened to them.
    ///
    /// # Errors
    /// `account-closed`: offer to open it again. `account-unknown`; those of the store.
    pub async fn signed_in(&self, id: AccountId) -> Result<LifeState> {
        let (_, onboarding) = self.account(id).await?;
        let proven = onboarding.proven_address().is_some();
        let (mut life, version) = self.load(id).await?.unwrap_or_else(|| (Life::begin(self.clock.now()), 0));
        let changed = life.signed_in(proven, self.clock.now())?;
        if changed || version == 0 {
            match self.commit(id, &life, version, Vec::new()).await {
                // Another window of the same person was faster: the sign-in is noted.
                Err(error) if error.code() == Code::STORE_CONFLICT => {}
                other => other?,
            }
        }
        Ok(life.state())
    }

    /// The person who is signed in closes their account: leaving the terms is closing it, and both are recorded. As the
    /// steps of a sign-up, this and the following belong to the session of that person; the records name the latest sign-in.
    ///
    /// # Errors
    /// `lifecycle-out-of-order` when it is closed already; `account-unknown`, `store-conflict`.
    pub async fn close(&self, id: AccountId) -> Result<()> {
        let (_, onboarding) = self.account(id).await?;
        let now = self.clock.now();
        let (life, version) = self.load(id).await?.unwrap_or_else(|| (Life::begin(now), 0));
        let mut life = current(life, &onboarding)?;
        life.close(Closing::Person, &self.rules, now)?;
        let facts = onboarding.sign_in().clone();
        let mut entries = Vec::new();
        if let Some(terms) = self.terms_of(&onboarding).await? {
            let left = self.with_random(|random| terms.withdrawn(facts.for_record(), random, now))?;
            entries.push(self.with_random(|random| LogEntry::of(&left, random, now))?);
        }
        let event = (AccountEvent::ClosedByPerson, &["psc-sign-in"][..], "button", Some(facts.for_record()));
        entries.push(self.entry(id, &onboarding, &mut life, event, now)?);
        self.commit(id, &life, version, entries).await
    }

    /// The person opens their closed account again. The terms that they left ask for a new answer.
    ///
    /// # Errors
    /// `lifecycle-out-of-order` when it is not closed or is about to be erased; else as [`Lives::close`].
    pub async fn reopen(&self, id: AccountId) -> Result<()> {
        let (stored, mut onboarding) = self.account(id).await?;
        let (mut life, version) = self.load(id).await?.ok_or_else(|| Error::new(Code::LIFECYCLE_OUT_OF_ORDER))?;
        let by_person = life.closed().is_some_and(|(_, why)| why == Closing::Person);
        life.reopen(&self.rules, self.clock.now())?;
        if by_person && onboarding.terms_left() {
            // First the answer that no longer holds: a death between the two leaves a closed account that asks again.
            let account = StoredAccount { state: onboarding.to_stored()?, ..stored };
            self.store.commit(Change { account, entries: Vec::new() }).await?;
        }
        let signed_in = onboarding.sign_in().for_record();
        let event = (AccountEvent::Reopened, &["psc-sign-in"][..], "button", Some(signed_in));
        self.step(id, &onboarding, &mut life, version, event).await
    }

    /// All that is held of the person, to be completed with what the application alone holds; that it was given is
    /// recorded. `receipt` gives the two files of a record's receipt where the log has one.
    ///
    /// # Errors
    /// As [`Lives::close`].
    pub async fn export(
        &self,
        id: AccountId,
        receipt: impl Fn(RecordId) -> Option<(String, String)> + Send,
    ) -> Result<PersonExport> {
        let (_, onboarding) = self.account(id).await?;
        let now = self.clock.now();
        let mut export = PersonExport::new(&onboarding, &self.policy, now);
        for (record, entry) in self.records(&onboarding).await? {
            let receipt = receipt(record.id());
            let receipt = receipt.as_ref().map(|(proof, opening)| (proof.as_str(), opening.as_str()));
            export = export.record(&ExportedRecord { record: &record, salt: &entry.salt, receipt });
        }
        let (life, version) = self.load(id).await?.unwrap_or_else(|| (Life::begin(now), 0));
        let mut life = current(life, &onboarding)?;
        let signed_in = onboarding.sign_in().for_record();
        let event = (AccountEvent::Exported, &["psc-sign-in"][..], "button", Some(signed_in));
        self.step(id, &onboarding, &mut life, version, event).await?;
        Ok(export.life(&life, &self.rules))
    }

    /// Erases the account at the person's word: its row, its numbers and address, its life, the content and the salts of
    /// their records. What proves that it was done stays, and tells nobody who it was.
    ///
    /// # Errors
    /// As [`Lives::close`].
    pub async fn erase(&self, id: AccountId) -> Result<Erased> {
        let (stored, onboarding) = self.account(id).await?;
        let version = self.store.life(id).await?.map_or(0, |life| life.version);
        self.erase_account(&stored, &onboarding, version, "psc-sign-in", "button").await
    }

    async fn erase_account(
        &self,
        stored: &StoredAccount,
        onboarding: &Onboarding,
        life_version: u64,
        proof: &str,
        method: &str,
    ) -> Result<Erased> {
        let now = self.clock.now();
        let records: Vec<[u8; 16]> = self.records(onboarding).await?.iter().map(|(record, _)| record.id().0).collect();
        let recorder = self.recorder();
        // The platform's own record: what is forgotten of the person leaves it alone.
        let mut fact = AccountFact::new(AccountEvent::Erased, self.hash(stored.id)).by(proof);
        fact.other = Some(onboarding.sign_in().principal(&self.policy.key));
        fact.count = Some(records.len() as u64);
        let party = AccountParty { issuer: PLATFORM, subject: "erasure", signed_in: None };
        let record = self.with_random(|random| recorder.account(fact, party, method, None, random, now))?;
        let entry = self.with_random(|random| LogEntry::of(&record, random, now))?;
        let until = months_after(now, u32::from(self.rules.tombstone_months));
        let names = stored.identities.iter().filter(|_| self.rules.tombstone_months > 0);
        let tombstones = names.map(|id| (tombstone(&self.policy.key, &stored.issuer, id), until)).collect();
        let (account, version) = (stored.id, stored.version);
        self.store.erase(Erasure { account, version, life_version, records, tombstones, entries: vec![entry] }).await
    }

    /// Whether an account of these identifiers was erased, and the rules say to remember it.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn was_erased(&self, issuer: &str, identities: &[crate::id::IdNat]) -> Result<bool> {
        let names: Vec<[u8; 32]> = identities.iter().map(|id| tombstone(&self.policy.key, issuer, id)).collect();
        self.store.is_erased(&names, self.clock.now()).await
    }

    /// The records of the person, in the order of the log, those forgotten left out.
    async fn records(&self, onboarding: &Onboarding) -> Result<Vec<(Record, LogEntry)>> {
        let theirs = onboarding.sign_in().principal(&self.policy.key);
        let (mut first, mut found) = (0, Vec::new());
        loop {
            let entries = self.store.log_entries(first, BATCH).await?;
            if entries.is_empty() {
                return Ok(found);
            }
            first += entries.len() as u64;
            for entry in entries.into_iter().filter(|entry| !entry.record.is_empty()) {
                let record = Record::parse(&entry.record)?;
                if record.fields().principal == theirs {
                    found.push((record, entry));
                }
            }
        }
    }

    /// The acceptance of the terms that holds, if there is one.
    async fn terms_of(&self, onboarding: &Onboarding) -> Result<Option<Record>> {
        let Some(last) = onboarding.terms_record() else { return Ok(None) };
        let records = self.records(onboarding).await?;
        let of_terms = |record: &&Record| record.id() == last && record.fields().kind == Kind::Terms;
        let found = records.iter().map(|(record, _)| record).find(of_terms);
        Ok(found.filter(|record| record.fields().event == Event::Accepted).cloned())
    }

    async fn account(&self, id: AccountId) -> Result<(StoredAccount, Onboarding)> {
        let stored = self.store.account(id).await?.ok_or_else(|| Error::new(Code::ACCOUNT_UNKNOWN))?;
        let onboarding = Onboarding::from_stored(&stored.state)?;
        Ok((stored, onboarding))
    }

    async fn load(&self, id: AccountId) -> Result<Option<(Life, u64)>> {
        let stored = self.store.life(id).await?;
        stored.map(|stored| Ok((Life::from_stored(&stored.state)?, stored.version))).transpose()
    }

    async fn step(
        &self,
        id: AccountId,
        onboarding: &Onboarding,
        life: &mut Life,
        version: u64,
        event: Happening<'_>,
    ) -> Result<()> {
        let entry = self.entry(id, onboarding, life, event, self.clock.now())?;
        self.commit(id, life, version, vec![entry]).await
    }

    fn entry(
        &self,
        id: AccountId,
        onboarding: &Onboarding,
        life: &mut Life,
        (event, proofs, method, signed_in): Happening<'_>,
        now: Timestamp,
    ) -> Result<LogEntry> {
        let SignInFacts { issuer, subject, .. } = onboarding.sign_in();
        let mut fact = AccountFact::new(event, self.hash(id));
        fact.proofs = proofs.iter().map(|proof| (*proof).to_owned()).collect();
        let (party, previous) = (AccountParty { issuer, subject, signed_in }, life.last_record());
        let recorder = self.recorder();
        let record = self.with_random(|random| recorder.account(fact, party, method, previous, random, now))?;
        life.recorded(record.id());
        self.with_random(|random| LogEntry::of(&record, random, now))
    }

    async fn commit(&self, id: AccountId, life: &Life, version: u64, entries: Vec<LogEntry>) -> Result<()> {
        let life = StoredLife::of(id, life, version, &self.rules)?;
        self.store.commit_life(LifeChange { life, entries }).await.map(drop)
    }

    fn hash(&self, id: AccountId) -> Sha256 {
        self.recorder().account_hash(&id.to_hex())
    }

    fn recorder(&self) -> Recorder<'_> {
        Recorder { key: &self.policy.key, keeping: &self.policy.keeping }
    }

    fn with_random<T>(&self, draw: impl FnOnce(&mut dyn Random) -> T) -> T {
        // A thread that panicked while drawing left no half-drawn state behind.
        let mut random = self.random.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        draw(&mut **random)
    }
}

/// A life as it stands: an address that was proven since it was written makes it no draft any more.
fn current(mut life: Life, onboarding: &Onboarding) -> Result<Life> {
    if life.state() == LifeState::Draft && onboarding.proven_address().is_some() {
        life.signed_in(true, onboarding.sign_in().auth_time)?;
    }
    Ok(life)
}

/// What happened, on what it rests, how, and by which sign-in.
type Happening<'a> = (AccountEvent, &'a [&'a str], &'static str, Option<SignedIn>);

impl<S, M> fmt::Debug for Lives<S, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lives").field("rules", &self.rules).finish_non_exhaustive()
    }
}
