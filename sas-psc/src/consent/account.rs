//! What happened to an account, as a record of kind `account` keeps it: linked, told apart, given notice, closed, erased,
//! purged. It is no answer to a text: such a record names none.
//!
//! The account of the application and the other person or account concerned stand in it as keyed hashes, as the person
//! does ([`principal`]). What the words mean for a page is `onboarding`'s; here they are bytes (docs/consent-format.md).

use super::record::{Derived, derived};
use super::{Event, Fields, Keeping, Kind, Record, RecordId, Recorder, Sha256, SignedIn, principal};
use crate::base::{Random, ServerKey, Timestamp};
use crate::error::{Lang, Result};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident $word:literal $fr:literal $en:literal;)*) => {
        /// What happened to an account.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum AccountEvent {
            $($(#[$doc])* $name,)*
        }

        impl AccountEvent {
            /// Every one.
            pub const ALL: &[AccountEvent] = &[$(AccountEvent::$name),*];

            /// The word of the record: `linked`, `closed-by-person`…
            pub const fn word(self) -> &'static str {
                match self {
                    $(AccountEvent::$name => $word,)*
                }
            }

            /// In words, for a person.
            pub const fn text(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((AccountEvent::$name, Lang::Fr) => $fr, (AccountEvent::$name, Lang::En) => $en,)*
                }
            }
        }
    };
}

words! {
    /// An account that existed became the person's.
    Linked "linked" "liaison d'un compte existant" "an existing account linked";
    /// The person is the same under another national identifier.
    Renumbered "renumbered" "changement d'identifiant national" "national identifier changed";
    /// A second account of the same person was set aside.
    SetAside "set-aside" "mise de côté d'un second compte" "a second account set aside";
    /// Another person proved an account that is linked already.
    Disputed "disputed" "compte revendiqué par une autre personne" "account claimed by another person";
    /// A dispute ended: the account stays with whom it was linked to.
    Kept "kept" "fin de contestation, compte conservé" "end of a dispute, account kept";
    /// A dispute ended: the account passed to the person of this record.
    Moved "moved" "fin de contestation, compte transmis" "end of a dispute, account passed on";
    /// A link that was wrong was undone.
    Unlinked "unlinked" "annulation d'une liaison" "a link undone";
    /// The first notice of inactivity left.
    FirstNotice "first-notice" "premier avis d'inactivité" "first notice of inactivity";
    /// The last notice of inactivity left.
    LastNotice "last-notice" "dernier avis d'inactivité" "last notice of inactivity";
    /// The account was closed for inactivity.
    ClosedForInactivity "closed-for-inactivity" "fermeture pour inactivité" "closed for inactivity";
    /// The person closed the account.
    ClosedByPerson "closed-by-person" "fermeture par la personne" "closed by the person";
    /// The account was opened again.
    Reopened "reopened" "réouverture" "opened again";
    /// The person was given all their data.
    Exported "exported" "export des données" "data exported";
    /// The data of the account were erased.
    Erased "erased" "effacement des données" "data erased";
    /// Data whose period had ended were deleted; nobody's in particular.
    Purged "purged" "purge périodique" "periodic purge";
}

/// The issuer of records that are about the platform and not a person: purges, the proofs of erasures.
pub const PLATFORM: &str = "sas-psc:platform";

/// What a record of kind `account` says beside who and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountFact {
    /// What happened.
    pub event: AccountEvent,
    /// The account, or the class of data that was purged: see [`Recorder::account_hash`].
    pub account: Sha256,
    /// What it rests on, in words: `psc-sign-in`, `subject-name-id`, `password`, `administrator`… At most 16.
    pub proofs: Vec<String>,
    /// The other person or account concerned, if there is one.
    pub other: Option<Sha256>,
    /// How many things were deleted, for a purge and an erasure.
    pub count: Option<u64>,
}

impl AccountFact {
    /// An event of an account, without proofs yet.
    pub fn new(event: AccountEvent, account: Sha256) -> AccountFact {
        AccountFact { event, account, proofs: Vec::new(), other: None, count: None }
    }

    /// On what it rests, one more word.
    #[must_use]
    pub fn by(mut self, proof: impl Into<String>) -> AccountFact {
        self.proofs.push(proof.into());
        self
    }

    /// With another person or account.
    #[must_use]
    pub fn with(mut self, other: impl Into<Option<Sha256>>) -> AccountFact {
        self.other = other.into();
        self
    }
}

/// Who a record of kind `account` is about, and by which sign-in they acted.
#[derive(Clone)]
pub struct AccountParty<'a> {
    /// The issuer of the person's identity.
    pub issuer: &'a str,
    /// The subject there.
    pub subject: &'a str,
    /// The sign-in, when the person acted.
    pub signed_in: Option<SignedIn>,
}

impl std::fmt::Debug for AccountParty<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AccountParty(•••)")
    }
}

/// An account of the application as records name it: a keyed hash of its key there.
pub fn account_hash(key: &ServerKey, account: &str) -> Sha256 {
    Sha256(key.mac("sas-psc consent account v1", &[account.as_bytes()]))
}

impl Recorder<'_> {
    /// An account of the application as records name it.
    pub fn account_hash(&self, account: &str) -> Sha256 {
        account_hash(self.key, account)
    }

    /// The record of what happened to an account; `previous` is the account's record before, `method` is `button` when
    /// the person acted, `administrator`, or `system`.
    ///
    /// # Errors
    /// `no-randomness`, `record-field`.
    pub fn account(
        &self,
        fact: AccountFact,
        party: AccountParty<'_>,
        method: &str,
        previous: Option<RecordId>,
        random: &mut dyn Random,
        now: Timestamp,
    ) -> Result<Record> {
        Record::new(self.account_fields(fact, party, method, previous, RecordId::new(random, now)?, now))
    }

    /// The same, for what must be recorded once however often it is tried: the identity follows from `once`.
    ///
    /// # Errors
    /// `record-field`.
    pub fn account_once(
        &self,
        fact: AccountFact,
        party: AccountParty<'_>,
        method: &str,
        once: &[&[u8]],
        now: Timestamp,
    ) -> Result<Record> {
        let drawn = derived("sas-psc consent account once v1", once);
        let id = RecordId::new(&mut Derived(&drawn), now)?;
        Record::new(self.account_fields(fact, party, method, None, id, now))
    }

    fn account_fields(
        &self,
        fact: AccountFact,
        party: AccountParty<'_>,
        method: &str,
        previous: Option<RecordId>,
        id: RecordId,
        now: Timestamp,
    ) -> Fields {
        let keeping: &Keeping = self.keeping;
        Fields {
            kind: Kind::Account,
            event: Event::Happened,
            id,
            previous,
            slug: String::new(),
            version: String::new(),
            lang: String::new(),
            effective_from: Timestamp::from_unix(0),
            url: None,
            documents: Vec::new(),
            terms_hash: Sha256([0; 32]),
            purpose: None,
            declared: None,
            presented_at: None,
            at: now,
            method: method.to_owned(),
            ui_build: None,
            issuer: party.issuer.to_owned(),
            principal: principal(self.key, party.issuer, party.subject),
            signed_in: party.signed_in,
            evidence: Vec::new(),
            keeping: keeping.clone(),
            account: Some(fact),
        }
    }
}
