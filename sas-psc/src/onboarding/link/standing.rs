//! One account's link: whom it belongs to, what happened to it, and the one table of what follows what.
//!
//! Each step makes its record, which names the account's record before it. An error leaves the link as it was.

use super::LocalAccount;
use super::decision::{LinkPolicy, Standing};
use super::evidence::LinkEvidence;
use crate::base::{Random, Timestamp, from_stored, to_stored};
use crate::consent::{AccountEvent, AccountFact, AccountParty, RecordId, Recorder, principal};
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use crate::onboarding::{LogEntry, SignInFacts};
use crate::psc::SignIn;
use LinkEvent as E;
use LinkState as S;
use serde::{Deserialize, Serialize};
use std::fmt;

const STORED_VERSION: u32 = 1;

/// Where an account's link stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum LinkState {
    /// Nobody was ever linked to it.
    Free,
    /// It is a person's.
    Linked,
    /// It is a person's, and another one proved it: the first stays until it is decided.
    Disputed,
    /// Its person uses another account.
    SetAside,
    /// Its link was wrong: nobody's, and the one who had it gets it back by a proof alone.
    Undone,
}

/// What can happen to a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum LinkEvent {
    /// A person was linked.
    Linked,
    /// The person came under another national identifier.
    Renumbered,
    /// It is the second account of a person who chose another one.
    SecondAccount,
    /// Another person proved the account.
    Claimed,
    /// The dispute ended: it stays.
    Kept,
    /// The dispute ended: it passes on.
    Moved,
    /// The link was undone.
    Undone,
}

/// From a state, by an event, to a state. What is not here is `link-out-of-order`.
pub const LINK_TRANSITIONS: &[(LinkState, LinkEvent, LinkState)] = &[
    (S::Free, E::Linked, S::Linked),
    (S::Free, E::SecondAccount, S::SetAside),
    (S::Linked, E::Renumbered, S::Linked),
    (S::Linked, E::Claimed, S::Disputed),
    (S::Linked, E::Undone, S::Undone),
    (S::Disputed, E::Renumbered, S::Disputed),
    (S::Disputed, E::Kept, S::Linked),
    (S::Disputed, E::Moved, S::Linked),
    (S::Disputed, E::Undone, S::Undone),
    (S::SetAside, E::Undone, S::Undone),
    (S::Undone, E::Linked, S::Linked),
    (S::Undone, E::SecondAccount, S::SetAside),
];

/// A person an account is or was linked to.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holder {
    issuer: String,
    subject: String,
    /// The current one first.
    identities: Vec<IdNat>,
    proofs: Vec<String>,
    since: Timestamp,
}

impl Holder {
    fn of(evidence: &LinkEvidence, now: Timestamp) -> Holder {
        let SignInFacts { issuer, subject, .. } = &evidence.facts;
        Holder {
            issuer: issuer.clone(),
            subject: subject.clone(),
            identities: evidence.identities.clone(),
            proofs: evidence.proofs.clone(),
            since: now,
        }
    }

    /// The issuer of their identity.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// What they are known by, the current national identifier first.
    pub fn identities(&self) -> &[IdNat] {
        &self.identities
    }

    /// What the link rests on, in words.
    pub fn proofs(&self) -> &[String] {
        &self.proofs
    }

    /// Since when.
    pub fn since(&self) -> Timestamp {
        self.since
    }

    fn party(&self) -> AccountParty<'_> {
        AccountParty { issuer: &self.issuer, subject: &self.subject, signed_in: None }
    }
}

impl fmt::Debug for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Holder").field("proofs", &self.proofs).field("since", &self.since).finish_non_exhaustive()
    }
}

/// Who decides about a link beside its holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decider {
    /// The person it is linked to.
    Holder,
    /// Whoever administers the accounts.
    Administrator,
}

impl Decider {
    const fn method(self) -> &'static str {
        match self {
            Decider::Holder => "button",
            Decider::Administrator => "administrator",
        }
    }
}

/// The end of a dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It stays with whom it is linked to.
    Keep,
    /// It passes to who claims it.
    Move,
}

/// The link of one account of the application.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountLink {
    account: LocalAccount,
    holder: Option<Holder>,
    claimant: Option<Holder>,
    /// The account that its person uses instead.
    instead: Option<LocalAccount>,
    former: Option<Holder>,
    last_record: Option<RecordId>,
}

impl AccountLink {
    /// The account, linked to nobody.
    pub fn free(account: LocalAccount) -> AccountLink {
        AccountLink { account, holder: None, claimant: None, instead: None, former: None, last_record: None }
    }

    /// The account.
    pub fn account(&self) -> &LocalAccount {
        &self.account
    }

    /// Where the link stands.
    pub fn state(&self) -> LinkState {
        match self {
            AccountLink { claimant: Some(_), .. } => S::Disputed,
            AccountLink { instead: Some(_), .. } => S::SetAside,
            AccountLink { holder: Some(_), .. } => S::Linked,
            AccountLink { former: Some(_), .. } => S::Undone,
            _ => S::Free,
        }
    }

    /// Whom it is linked to; while disputed, who had it first.
    pub fn holder(&self) -> Option<&Holder> {
        self.holder.as_ref().filter(|_| self.instead.is_none())
    }

    /// Who claims it, while disputed.
    pub fn claimant(&self) -> Option<&Holder> {
        self.claimant.as_ref()
    }

    /// For a set-aside account: the one that its person uses.
    pub fn instead(&self) -> Option<&LocalAccount> {
        self.instead.as_ref()
    }

    /// What [`decide`](super::decide) needs to know of it.
    pub fn standing(&self) -> Standing {
        let of = |holder: &Option<Holder>| holder.as_ref().map_or(Vec::new(), |h| h.identities.clone());
        match self.state() {
            S::Linked | S::Disputed => Standing::Linked(of(&self.holder)),
            S::SetAside => Standing::SetAside,
            S::Undone => Standing::Undone(of(&self.former)),
            S::Free => Standing::Free,
        }
    }

    /// The latest record about it.
    pub fn last_record(&self) -> Option<RecordId> {
        self.last_record
    }

    /// Links the person: one record holds both proofs.
    ///
    /// # Errors
    /// `link-claimed` when it is another person's; `link-out-of-order`; `no-randomness`, `record-field`.
    pub fn link(
        &mut self,
        evidence: &LinkEvidence,
        recorder: Recorder<'_>,
        random: &mut dyn Random,
        now: Timestamp,
    ) -> Result<LogEntry> {
        self.about(evidence)?;
        if matches!(self.state(), S::Linked | S::Disputed) {
            return Err(Error::new(Code::LINK_CLAIMED));
        }
        self.expect(E::Linked)?;
        let entry = self.record(
            AccountEvent::Linked,
            evidence.party(),
            &evidence.proofs,
            None,
            "button",
            recorder,
            random,
            now,
        )?;
        self.keep(&entry, |it| (it.holder, it.former) = (Some(Holder::of(evidence, now)), None));
        Ok(entry)
    }

    /// The person signed in again. When their identifiers changed, the link knows the new ones too, and a record says so.
    ///
    /// # Errors
    /// `another-person` when the link is not theirs; `link-out-of-order`; `no-randomness`, `record-field`.
    pub fn signed_in(
        &mut self,
        sign_in: &SignIn,
        policy: &LinkPolicy,
        recorder: Recorder<'_>,
        random: &mut dyn Random,
        now: Timestamp,
    ) -> Result<Option<LogEntry>> {
        self.expect(E::Renumbered)?;
        let holder = self.holder.as_ref().ok_or_else(|| Error::new(Code::BROKEN_INVARIANT))?;
        let mut identities: Vec<IdNat> =
            policy.identities(sign_in.professional()).into_iter().map(|(id, _)| id).collect();
        let shared = identities.iter().any(|id| holder.identities.contains(id));
        if sign_in.issuer() != holder.issuer || !shared {
            return Err(Error::new(Code::ANOTHER_PERSON));
        }
        let renumbered = holder.identities.first() != identities.first() || sign_in.subject() != holder.subject;
        // What they were known by before finds them still.
        for id in &holder.identities {
            if !identities.contains(id) {
                identities.push(id.clone());
            }
        }
        if !renumbered && identities == holder.identities {
            return Ok(None);
        }
        let facts = SignInFacts::of(sign_in);
        let before = principal(recorder.key, &holder.issuer, &holder.subject);
        let party =
            AccountParty { issuer: &facts.issuer, subject: &facts.subject, signed_in: Some(facts.for_record()) };
        let proofs = ["psc-sign-in".to_owned()];
        let other = Some(before).filter(|_| sign_in.subject() != holder.subject);
        let entry = self.record(AccountEvent::Renumbered, party, &proofs, other, "system", recorder, random, now)?;
        let subject = facts.subject;
        self.keep(&entry, |it| {
            if let Some(holder) = &mut it.holder {
                (holder.subject, holder.identities) = (subject, identities);
            }
        });
        Ok(Some(entry))
    }

    /// The person chose another account: this one stays theirs and opens nothing.
    ///
    /// # Errors
    /// `link-out-of-order`; `no-randomness`, `record-field`.
    pub fn set_aside(
        &mut self,
        evidence: &LinkEvidence,
        recorder: Recorder<'_>,
        random: &mut dyn Random,
        now: Timestamp,
    ) -> Result<LogEntry> {
        self.expect(E::SecondAccount)?;
        let other = Some(recorder.account_hash(evidence.account.as_str()));
        let (party, proofs) = (evidence.party(), &evidence.proofs);
        let entry = self.record(AccountEvent::SetAside, party, proofs, other, "button", recorder, random, now)?;
        self.keep(&entry, |it| {
            (it.holder, it.former) = (Some(Holder::of(evidence, now)), None);
            it.instead = Some(evidence.account.clone());
        });
        Ok(entry)
    }

    /// Another person proved the account. Who has it keeps it until an administrator decides; the other gets nothing.
    ///
    /// # Errors
    /// `link-out-of-order`; `no-randomness`, `record-field`.
    pub fn claim(
        &mut self,
        evidence: &LinkEvidence,
        recorder: Recorder<'_>,
        random: &mut dyn Random,
        now: Timestamp,
    ) -> Result<LogEntry> {
        self.about(evidence)?;
        self.expect(E::Claimed)?;
        let holder = self.holder.as_ref().ok_or_else(|| Error::new(Code::BROKEN_INVARIANT))?;
        if evidence.issuer() == holder.issuer && evidence.identities.iter().any(|id| holder.identities.contains(id)) {
            return Err(Error::new(Code::LINK_OUT_OF_ORDER));
        }
        let other = Some(principal(recorder.key, &holder.issuer, &holder.subject));
        let (party, proofs) = (evidence.party(), &evidence.proofs);
        let entry = self.record(AccountEvent::Disputed, party, proofs, other, "button", recorder, random, now)?;
        self.keep(&entry, |it| it.claimant = Some(Holder::of(evidence, now)));
        Ok(entry)
    }

    /// An administrator ends a dispute.
    ///
    /// # Errors
    /// `link-out-of-order`; `no-randomness`, `record-field`.
    pub fn decided(
        &mut self,
        verdict: Verdict,
        recorder: Recorder<'_>,
        random: &mut dyn Random,
        now: Timestamp,
    ) -> Result<LogEntry> {
        self.expect(if verdict == Verdict::Keep { E::Kept } else { E::Moved })?;
        let (Some(holder), Some(claimant)) = (self.holder.clone(), self.claimant.clone()) else {
            return Err(Error::new(Code::BROKEN_INVARIANT));
        };
        let (event, to, from) = match verdict {
            Verdict::Keep => (AccountEvent::Kept, holder, claimant),
            Verdict::Move => (AccountEvent::Moved, claimant, holder),
        };
        let other = Some(principal(recorder.key, &from.issuer, &from.subject));
        let proofs = [to.proofs.as_slice(), &["administrator".to_owned()]].concat();
        let entry = self.record(event, to.party(), &proofs, other, "administrator", recorder, random, now)?;
        self.keep(&entry, |it| (it.holder, it.claimant) = (Some(to.clone()), None));
        Ok(entry)
    }

    /// Undoes a link that was wrong. A number no longer gives the account back to the same person; a proof does.
    ///
    /// # Errors
    /// `link-out-of-order`; `no-randomness`, `record-field`.
    pub fn undo(
        &mut self,
        by: Decider,
        recorder: Recorder<'_>,
        random: &mut dyn Random,
        now: Timestamp,
    ) -> Result<LogEntry> {
        self.expect(E::Undone)?;
        let holder = self.holder.clone().ok_or_else(|| Error::new(Code::BROKEN_INVARIANT))?;
        let proofs: &[String] = match by {
            Decider::Holder => &[],
            Decider::Administrator => &["administrator".to_owned()],
        };
        let entry =
            self.record(AccountEvent::Unlinked, holder.party(), proofs, None, by.method(), recorder, random, now)?;
        self.keep(&entry, |it| {
            (it.holder, it.claimant, it.instead) = (None, None, None);
            it.former = Some(holder);
        });
        Ok(entry)
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// `stored-form-newer`, `stored-form-unreadable`.
    pub fn from_stored(bytes: &[u8]) -> Result<AccountLink> {
        from_stored(STORED_VERSION, bytes)
    }

    /// Writes the stored form.
    ///
    /// # Errors
    /// `broken-invariant`, which no link causes.
    pub fn to_stored(&self) -> Result<Vec<u8>> {
        to_stored(STORED_VERSION, self)
    }

    fn about(&self, evidence: &LinkEvidence) -> Result<()> {
        if evidence.account == self.account { Ok(()) } else { Err(Error::new(Code::LINK_OUT_OF_ORDER)) }
    }

    fn expect(&self, event: LinkEvent) -> Result<()> {
        let may = LINK_TRANSITIONS.iter().any(|(from, by, _)| (*from, *by) == (self.state(), event));
        if may { Ok(()) } else { Err(Error::new(Code::LINK_OUT_OF_ORDER)) }
    }

    #[expect(clippy::too_many_arguments, reason = "a record is all of these, and one place makes it")]
    fn record(
        &self,
        event: AccountEvent,
        party: AccountParty<'_>,
        proofs: &[String],
        other: Option<crate::consent::Sha256>,
        method: &str,
        recorder: Recorder<'_>,
        random: &mut dyn Random,
        now: Timestamp,
    ) -> Result<LogEntry> {
        let mut fact = AccountFact::new(event, recorder.account_hash(self.account.as_str())).with(other);
        fact.proofs = proofs.to_vec();
        let record = recorder.account(fact, party, method, self.last_record, random, now)?;
        LogEntry::of(&record, random, now)
    }

    fn keep(&mut self, entry: &LogEntry, change: impl FnOnce(&mut AccountLink)) {
        change(self);
        self.last_record = Some(RecordId(entry.record_id));
    }
}

impl fmt::Debug for AccountLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountLink").field("state", &self.state()).finish_non_exhaustive()
    }
}
