//! A record: who answered what to which text, when, and on the strength of which sign-in. Written once, never changed:
//! a withdrawal or a newer version is another record that names this one.
//!
//! The fields are chosen from ISO/IEC TS 27560 and Kantara CR 1.1 as their public profiles list them; no conformance is
//! claimed. The bytes are final (docs/consent-format.md): what a leaf commits to must not depend on a JSON writer. The
//! person stands in it as a keyed hash, the ID token as its SHA-256. Place in a log, signatures, time stamps and
//! receipts are about a record, not in it.

use super::answer::Decision;
use super::encoding::{MAX_RECORD, read, write};
use super::{
    AccountFact, ConsentAnswer, Declared, Evidence, EvidenceKind, NamedEvidence, Sha256, Shown, TermsAcceptance,
    TermsRefusal, tlv,
};
use crate::base::{Random, ServerKey, Timestamp};
use crate::error::{Code, Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What kind of answer a record keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// To contractual terms (CGU): binding, not a consent. Leaving them is closing the account.
    Terms,
    /// To a request for consent in the sense of GDPR art. 7, for one purpose; it can be withdrawn.
    Consent,
    /// To one sentence, such as a sworn declaration of the participation settings.
    Declaration,
    /// No answer: what happened to an account, in [`Fields::account`]. It names no text.
    Account,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The person accepted, or gave consent.
    Accepted,
    /// The person refused, or withheld consent.
    Refused,
    /// A newer version took the place of what `previous` accepted.
    Superseded,
    /// The person took back what `previous` gave.
    Withdrawn,
    /// Of an account: [`Fields::account`] says what.
    Happened,
}

/// The identity of a record: a UUID, version 7 (RFC 9562 §5.7), so that records sort by time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RecordId(pub [u8; 16]);

impl RecordId {
    /// A new identity.
    ///
    /// # Errors
    /// `no-randomness`.
    pub fn new(random: &mut dyn Random, now: Timestamp) -> Result<RecordId> {
        let mut bytes = [0; 10];
        random.fill(&mut bytes)?;
        let millis = u64::try_from(now.unix_millis()).unwrap_or(0);
        Ok(RecordId(uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid().into_bytes()))
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<RecordId> {
        let bytes = bytes.try_into().map_err(|_| tlv::unreadable())?;
        let uuid = uuid::Uuid::from_bytes(bytes);
        let right = uuid.get_version_num() == 7 && uuid.get_variant() == uuid::Variant::RFC4122;
        if right { Ok(RecordId(bytes)) } else { Err(tlv::unreadable()) }
    }
}

impl TryFrom<String> for RecordId {
    type Error = Error;
    fn try_from(text: String) -> Result<RecordId> {
        let uuid = uuid::Uuid::try_parse(&text).map_err(|_| tlv::unreadable())?;
        RecordId::parse(uuid.as_bytes())
    }
}

impl From<RecordId> for String {
    fn from(id: RecordId) -> String {
        id.to_string()
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&uuid::Uuid::from_bytes(self.0).hyphenated(), f)
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The sign-in that an answer rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Assurance level: `eidas1`…
    pub acr: String,
    /// Means of authentication, as the token lists them; may be empty.
    pub amr: Vec<String>,
    /// When the person authenticated.
    pub auth_time: Timestamp,
    /// SHA-256 of the ID token as received.
    pub id_token_sha256: Sha256,
    /// The client that the token was made for.
    pub client: String,
}

/// Who keeps the record, until when, and how a person leaves. Settings of the platform: none is claimed as law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keeping {
    /// The controller: name and contact.
    pub controller: String,
    /// How to withdraw a consent, or to close the account.
    pub exit: String,
    /// Until when the record is to be kept, if that is known when it is written.
    pub retention_until: Option<Timestamp>,
}

/// The fields of a record. Read them; a record is made from an answer.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fields {
    /// What kind of answer.
    pub kind: Kind,
    /// What happened.
    pub event: Event,
    /// The record.
    pub id: RecordId,
    /// The record that this one follows, of the same person.
    pub previous: Option<RecordId>,
    /// The terms.
    pub slug: String,
    /// Their version.
    pub version: String,
    /// The language read.
    pub lang: String,
    /// From when the text holds.
    pub effective_from: Timestamp,
    /// Where it stays readable.
    pub url: Option<String>,
    /// The documents shown, in order; their bytes are kept under their hashes.
    pub documents: Vec<Shown>,
    /// The hash of the bundle: it always follows from `documents`.
    pub terms_hash: Sha256,
    /// For a consent: what for.
    pub purpose: Option<String>,
    /// For a declaration: the sentence, the answers, who wrote it.
    pub declared: Option<Declared>,
    /// When the text was shown; none when nothing was.
    pub presented_at: Option<Timestamp>,
    /// When the event happened.
    pub at: Timestamp,
    /// How the answer was given: `checkbox+button`, `button`, `system`.
    pub method: String,
    /// The hash of the program's build that showed the text.
    pub ui_build: Option<Sha256>,
    /// The issuer of the person's identity.
    pub issuer: String,
    /// The person: see [`principal`].
    pub principal: Sha256,
    /// The sign-in; none when the person did not act, or when none is known.
    pub signed_in: Option<SignedIn>,
    /// What lies sealed beside the record, by its hash; empty when nothing does.
    pub evidence: Vec<NamedEvidence>,
    /// Who keeps the record.
    pub keeping: Keeping,
    /// For an account: what happened. The fields about a text, `slug` to `terms_hash`, are empty then.
    pub account: Option<AccountFact>,
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fields")
            .field("kind", &self.kind)
            .field("event", &self.event)
            .field("id", &self.id)
            .field("terms_hash", &self.terms_hash)
            .finish_non_exhaustive()
    }
}

/// The person as a record names them: HMAC-SHA-256 of issuer and subject under the platform's key, so that nobody
/// without the key can tell whose a record is, or that two platforms know the same person.
pub fn principal(key: &ServerKey, issuer: &str, subject: &str) -> Sha256 {
    Sha256(key.mac("sas-psc consent principal v1", &[issuer.as_bytes(), subject.as_bytes()]))
}

/// A record in its canonical bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    fields: Fields,
    bytes: Vec<u8>,
}

impl Record {
    /// Reads the canonical bytes; no other bytes mean the same record.
    ///
    /// # Errors
    /// `record-unreadable`; `record-newer` for a version, kind, event or field that this program does not know.
    pub fn parse(bytes: &[u8]) -> Result<Record> {
        if bytes.len() > MAX_RECORD {
            return Err(tlv::unreadable());
        }
        let fields = read(bytes)?;
        // Strict by construction: what is read is what would be written.
        let written = write(&fields).map_err(|_| tlv::unreadable())?;
        if written != bytes {
            return Err(tlv::unreadable());
        }
        Ok(Record { fields, bytes: written })
    }

    /// The canonical bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The fields.
    pub fn fields(&self) -> &Fields {
        &self.fields
    }

    /// The identity.
    pub fn id(&self) -> RecordId {
        self.fields.id
    }

    /// The record that says the person takes this one back, by the sign-in `signed_in`. For terms: closes the account.
    ///
    /// # Errors
    /// `no-randomness`, `record-field`.
    pub fn withdrawn(
        &self,
        signed_in: impl Into<Option<SignedIn>>,
        random: &mut dyn Random,
        now: Timestamp,
    ) -> Result<Record> {
        self.followed(Event::Withdrawn, "button", signed_in.into(), random, now)
    }

    /// The record that says a newer version takes the place of what this one accepted; nobody acted.
    ///
    /// # Errors
    /// `no-randomness`, `record-field`.
    pub fn superseded(&self, random: &mut dyn Random, now: Timestamp) -> Result<Record> {
        self.followed(Event::Superseded, "system", None, random, now)
    }

    fn followed(
        &self,
        event: Event,
        method: &str,
        signed_in: Option<SignedIn>,
        random: &mut dyn Random,
        now: Timestamp,
    ) -> Result<Record> {
        Record::new(Fields {
            event,
            id: RecordId::new(random, now)?,
            previous: Some(self.fields.id),
            presented_at: None,
            at: now,
            method: method.to_owned(),
            ui_build: None,
            signed_in,
            evidence: Vec::new(),
            ..self.fields.clone()
        })
    }

    /// The same record, which also commits to this evidence; before it is logged.
    ///
    /// # Errors
    /// `record-field` when two pieces are of one kind.
    pub fn with_evidence(self, evidence: &[Evidence]) -> Result<Record> {
        let mut fields = self.fields;
        fields.evidence.extend(evidence.iter().map(Evidence::named));
        fields.evidence.sort_by_key(|named| named.kind.name());
        Record::new(fields)
    }

    /// What a card signs to sign this record: its canonical bytes without the name of the signature itself.
    ///
    /// # Errors
    /// `broken-invariant`, which no record causes.
    pub fn signed_form(&self) -> Result<Vec<u8>> {
        let mut fields = self.fields.clone();
        fields.evidence.retain(|named| named.kind != EvidenceKind::CardSignature);
        write(&fields).map_err(|_| Error::new(Code::BROKEN_INVARIANT))
    }

    pub(super) fn new(fields: Fields) -> Result<Record> {
        Ok(Record { bytes: write(&fields)?, fields })
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.fields, f)
    }
}

/// What a platform adds to each record it makes.
#[derive(Clone, Copy)]
pub struct Recorder<'a> {
    /// The platform's key.
    pub key: &'a ServerKey,
    /// Who keeps the records.
    pub keeping: &'a Keeping,
}

impl Recorder<'_> {
    /// The record of an acceptance of the terms; `previous` is the person's last record about them.
    ///
    /// # Errors
    /// `no-randomness`, `record-field`; the same for the two below.
    pub fn accepted(
        &self,
        answer: &TermsAcceptance,
        signed_in: impl Into<Option<SignedIn>>,
        previous: Option<RecordId>,
        random: &mut dyn Random,
    ) -> Result<Record> {
        self.record(&answer.0, (Kind::Terms, Event::Accepted, "checkbox+button"), None, signed_in, previous, random)
    }

    /// The record of a refusal of the terms.
    ///
    /// # Errors
    /// `no-randomness`, `record-field`.
    pub fn refused(
        &self,
        answer: &TermsRefusal,
        signed_in: impl Into<Option<SignedIn>>,
        previous: Option<RecordId>,
        random: &mut dyn Random,
    ) -> Result<Record> {
        self.record(&answer.0, (Kind::Terms, Event::Refused, "button"), None, signed_in, previous, random)
    }

    /// The record of an answer to a request for consent.
    ///
    /// # Errors
    /// `no-randomness`, `record-field`.
    pub fn consent(
        &self,
        answer: &ConsentAnswer,
        signed_in: impl Into<Option<SignedIn>>,
        previous: Option<RecordId>,
        random: &mut dyn Random,
    ) -> Result<Record> {
        let event = if answer.given { Event::Accepted } else { Event::Refused };
        let purpose = Some(answer.purpose.clone());
        self.record(&answer.decision, (Kind::Consent, event, "button"), purpose, signed_in, previous, random)
    }

    /// The record of an acceptance that another system kept as a date alone, such as SAS's `date_accept_cgu`: of terms
    /// called `slug` whose text is not known. Its version is `unknown`, its language `und`, its one document of no bytes,
    /// its method `legacy`; no sign-in is known. The same row always makes the same record, so that a second import adds
    /// nothing.
    ///
    /// # Errors
    /// `record-field`.
    pub fn imported(&self, slug: &str, issuer: &str, subject: &str, accepted_at: Timestamp) -> Result<Record> {
        let principal = principal(self.key, issuer, subject);
        let at = accepted_at.unix_millis().to_be_bytes();
        let drawn = derived("sas-psc consent imported v1", &[slug.as_bytes(), &principal.0, &at]);
        let documents = vec![Shown {
            title: "unknown".to_owned(),
            media_type: "application/octet-stream".to_owned(),
            length: 0,
            sha256: Sha256(crate::base::sha256(b"")),
        }];
        Record::new(Fields {
            kind: Kind::Terms,
            event: Event::Accepted,
            id: RecordId::new(&mut Derived(&drawn), accepted_at)?,
            previous: None,
            slug: slug.to_owned(),
            version: "unknown".to_owned(),
            lang: "und".to_owned(),
            effective_from: accepted_at,
            url: None,
            terms_hash: super::terms::bundle_hash(&documents),
            documents,
            purpose: None,
            declared: None,
            presented_at: None,
            at: accepted_at,
            method: "legacy".to_owned(),
            ui_build: None,
            issuer: issuer.to_owned(),
            principal,
            signed_in: None,
            evidence: Vec::new(),
            keeping: self.keeping.clone(),
            account: None,
        })
    }

    fn record(
        &self,
        decision: &Decision,
        (kind, event, method): (Kind, Event, &str),
        purpose: Option<String>,
        signed_in: impl Into<Option<SignedIn>>,
        previous: Option<RecordId>,
        random: &mut dyn Random,
    ) -> Result<Record> {
        let shown = decision.presented.clone();
        Record::new(Fields {
            kind,
            event,
            id: RecordId::new(random, decision.at)?,
            previous,
            slug: shown.slug,
            version: shown.version,
            lang: shown.lang,
            effective_from: shown.effective_from,
            url: shown.url,
            documents: shown.documents,
            terms_hash: shown.hash,
            purpose,
            declared: None,
            presented_at: Some(shown.at),
            at: decision.at,
            method: method.to_owned(),
            ui_build: Some(shown.ui_build),
            principal: principal(self.key, &shown.binding.issuer, &shown.binding.subject),
            issuer: shown.binding.issuer,
            signed_in: signed_in.into(),
            evidence: Vec::new(),
            keeping: self.keeping.clone(),
            account: None,
        })
    }
}

/// Bytes for [`Derived`] that follow from `parts`.
pub(super) fn derived(label: &str, parts: &[&[u8]]) -> [u8; 32] {
    crate::base::digest(label, parts)
}

/// Bytes that follow from what is recorded.
pub(super) struct Derived<'a>(pub(super) &'a [u8; 32]);

impl Random for Derived<'_> {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
        bytes.iter_mut().zip(self.0).for_each(|(byte, derived)| *byte = *derived);
        Ok(())
    }
}

impl fmt::Debug for Recorder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("keeping", self.keeping).finish_non_exhaustive()
    }
}
