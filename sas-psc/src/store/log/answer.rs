//! An answer that a program took from a person, to be recorded: who, to which terms, when, on which sign-in.
//!
//! For programs that keep no sign-up of ours: the command, and the C and Python faces. The text was shown by them.

use super::{ConsentLog, LogFolder, Place};
use crate::base::{self, ServerKey, Timestamp};
use crate::consent::{Event, Keeping, Presented, Record, RecordId, Recorder, Sha256, SignedIn, principal};
#[cfg(feature = "psc")]
use crate::consent::{Evidence, EvidenceKind};
use crate::error::{Code, Error, Result};
use crate::person::Binding;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A person, as a program names one.
#[derive(Clone)]
pub struct LogPerson {
    /// Who vouches for the name; the log itself when nobody is named.
    issuer: Option<String>,
    subject: String,
    signed_in: Option<SignedIn>,
}

#[derive(Deserialize)]
struct Written {
    issuer: Option<String>,
    subject: String,
    acr: Option<String>,
    #[serde(default)]
    amr: Vec<String>,
    auth_time: Option<i64>,
    id_token_sha256: Option<Sha256>,
    client: Option<String>,
}

impl LogPerson {
    /// Reads a line of text that names the person, or a JSON object: `issuer`, `subject`, and of the sign-in, all or
    /// none, `acr`, `auth_time` (seconds), `id_token_sha256`, `client`, with `amr`.
    ///
    /// # Errors
    /// `record-field`.
    pub fn parse(text: &str) -> Result<LogPerson> {
        let text = text.trim_start_matches('\u{feff}').trim();
        let refuse = |field| Error::field(Code::RECORD_FIELD, field);
        if !text.starts_with('{') {
            let one_line = !text.is_empty() && !text.contains('\n');
            let person = LogPerson { issuer: None, subject: text.to_owned(), signed_in: None };
            return if one_line { Ok(person) } else { Err(refuse("person")) };
        }
        let Written { issuer, subject, acr, amr, auth_time, id_token_sha256, client } =
            serde_json::from_str(text).map_err(|_| refuse("person"))?;
        let signed_in = match (acr, auth_time, id_token_sha256, client) {
            (Some(acr), Some(at), Some(id_token_sha256), Some(client)) => {
                Some(SignedIn { acr, amr, auth_time: Timestamp::from_unix(at), id_token_sha256, client })
            }
            (None, None, None, None) => None,
            // Half a sign-in is a mistake, not a record without one.
            _ => return Err(refuse("acr")),
        };
        if subject.is_empty() { Err(refuse("person")) } else { Ok(LogPerson { issuer, subject, signed_in }) }
    }

    fn issuer<'a>(&'a self, origin: &'a str) -> &'a str {
        self.issuer.as_deref().unwrap_or(origin)
    }

    fn principal(&self, key: &ServerKey, origin: &str) -> Sha256 {
        principal(key, self.issuer(origin), &self.subject)
    }
}

impl fmt::Debug for LogPerson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LogPerson(•••)")
    }
}

/// An answer to be recorded.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LogAnswer {
    /// Accepted, refused or withdrawn.
    pub event: Event,
    /// The terms, which [`ConsentLog::add_terms`] took.
    pub terms: Sha256,
    /// Who answered.
    pub person: LogPerson,
    /// When; by default now.
    pub at: Option<Timestamp>,
    /// Who keeps the record; by default the name of the log.
    pub controller: Option<String>,
    /// How the person leaves or withdraws.
    pub exit: String,
    /// The evidence of the sign-in: a file of `psc::SignInEvidence`.
    #[cfg(feature = "psc")]
    pub evidence: Option<crate::psc::SignInEvidence>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAnswer {
    event: String,
    terms: String,
    person: serde_json::Value,
    at: Option<String>,
    controller: Option<String>,
    exit: Option<String>,
    evidence: Option<String>,
}

/// How a person leaves when nobody says otherwise.
const EXIT: &str = "sas-psc consent withdraw";

impl LogAnswer {
    /// An answer given now.
    pub fn new(event: Event, terms: Sha256, person: LogPerson) -> LogAnswer {
        LogAnswer {
            event,
            terms,
            person,
            at: None,
            controller: None,
            exit: EXIT.to_owned(),
            #[cfg(feature = "psc")]
            evidence: None,
        }
    }

    /// Reads a JSON object: `event` (`accepted`, `refused`, `withdrawn`), `terms` (64 hexadecimal digits), `person` (a
    /// text, or an object as [`LogPerson::parse`] reads it), and when they differ from what is usual `at` (RFC 3339),
    /// `controller`, `exit`, and `evidence`, the text of a file of `psc::SignInEvidence`.
    ///
    /// # Errors
    /// `record-field`, `hash-unreadable`, `time-invalid`; those of `psc::SignInEvidence::parse`.
    pub fn parse(json: &str) -> Result<LogAnswer> {
        let refuse = |field| Error::field(Code::RECORD_FIELD, field);
        let written: WrittenAnswer = serde_json::from_str(json).map_err(|_| refuse("answer"))?;
        let event = match written.event.as_str() {
            "accepted" => Event::Accepted,
            "refused" => Event::Refused,
            "withdrawn" => Event::Withdrawn,
            _ => return Err(refuse("event")),
        };
        let person = match &written.person {
            serde_json::Value::String(text) => LogPerson::parse(text)?,
            object => LogPerson::parse(&object.to_string())?,
        };
        let at = written.at.as_deref().map(Timestamp::parse_rfc3339).transpose()?;
        let exit = written.exit.unwrap_or_else(|| EXIT.to_owned());
        let mut answer = LogAnswer::new(event, written.terms.parse()?, person);
        (answer.at, answer.controller, answer.exit) = (at, written.controller, exit);
        #[cfg(feature = "psc")]
        if let Some(file) = &written.evidence {
            answer.evidence = Some(crate::psc::SignInEvidence::parse(file.as_bytes())?);
        }
        // Without the code that judges it, evidence is refused rather than dropped.
        #[cfg(not(feature = "psc"))]
        if written.evidence.is_some() {
            return Err(refuse("evidence"));
        }
        Ok(answer)
    }
}

#[cfg(feature = "psc")]
impl LogAnswer {
    /// The sign-in as the program said it, or as the evidence proves it; when both are there, they agree.
    fn signed_in(&self, at: Timestamp) -> Result<Option<SignedIn>> {
        let Some(evidence) = &self.evidence else { return Ok(self.person.signed_in.clone()) };
        let proven = crate::onboarding::signed_in_of(evidence);
        crate::onboarding::agree(self.person.signed_in.as_ref().unwrap_or(&proven), evidence, at)?;
        let other = |field| Err(Error::field(Code::EVIDENCE_OTHER_SIGN_IN, field));
        if self.person.issuer.as_ref().is_some_and(|issuer| issuer != evidence.issuer()) {
            return other("issuer");
        }
        // A program that names people by their number need not know the provider's own name for them.
        let number = evidence.token().id_nat();
        if self.person.subject != evidence.subject() && number.is_none_or(|id| id.as_str() != self.person.subject) {
            return other("subject");
        }
        Ok(self.person.signed_in.clone().or(Some(proven)))
    }

    /// The record, committed to its evidence, and what is to lie beside it.
    fn with_evidence(&self, record: Record) -> Result<(Record, super::evidence::Attached)> {
        let Some(evidence) = &self.evidence else { return Ok((record, Vec::new())) };
        let pieces = vec![Evidence::new(EvidenceKind::SignIn, evidence.as_str())?];
        Ok((record.with_evidence(&pieces)?, pieces))
    }
}

#[cfg(not(feature = "psc"))]
impl LogAnswer {
    fn signed_in(&self, _: Timestamp) -> Result<Option<SignedIn>> {
        Ok(self.person.signed_in.clone())
    }

    fn with_evidence(&self, record: Record) -> Result<(Record, super::evidence::Attached)> {
        Ok((record, super::evidence::Attached::default()))
    }
}

/// A record made and logged.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Recorded {
    /// The record.
    pub record_id: RecordId,
    /// Its place.
    #[serde(flatten)]
    pub place: Place,
}

impl LogFolder {
    /// The person as the records of this log name them.
    ///
    /// # Errors
    /// `log-missing`, `log-key-unreadable`; those of the checkpoint.
    pub fn principal(&self, person: &LogPerson) -> Result<Sha256> {
        let origin = self.checkpoint()?.checkpoint().origin.clone();
        Ok(person.principal(&self.principal_key()?, &origin))
    }
}

impl ConsentLog {
    /// Makes the record of an answer, after the person's last one about these terms, and logs it.
    ///
    /// # Errors
    /// `terms-unknown`; `evidence-other-sign-in` when the evidence is of another person or sign-in; `record-none-before` for a withdrawal of what was not accepted; `record-field`; those of
    /// [`ConsentLog::append`].
    pub fn record(&self, answer: &LogAnswer) -> Result<Recorded> {
        let (now, mut random) = self.draw()?;
        let folder = self.folder();
        let LogAnswer { event, terms: hash, person, at, controller, exit, .. } = answer;
        let terms = folder.terms(hash)?.ok_or_else(|| Error::new(Code::TERMS_UNKNOWN))?;
        let (origin, key) = (self.head().checkpoint().origin.clone(), folder.principal_key()?);
        let (at, mut last) = (at.unwrap_or(now), None);
        folder.records(Some(&person.principal(&key, &origin)), |found| {
            last = Some(found.record).filter(|record| record.fields().slug == terms.slug()).or(last.take());
            Ok(())
        })?;
        let signed_in = answer.signed_in(at)?;
        let record = if *event == Event::Withdrawn {
            let accepted = |record: &Record| {
                let fields = record.fields();
                fields.event == Event::Accepted && fields.terms_hash == *hash
            };
            let last = last.filter(accepted).ok_or_else(|| Error::new(Code::RECORD_NONE_BEFORE))?;
            last.withdrawn(signed_in, &mut random, at)?
        } else {
            let who = Binding::new(person.issuer(&origin), &person.subject, "consent log");
            let build = Sha256(base::sha256(concat!("sas-psc ", env!("CARGO_PKG_VERSION")).as_bytes()));
            let shown = Presented::new(&terms, who.clone(), build, at);
            let controller = controller.clone().unwrap_or_else(|| origin.clone());
            let keeping = Keeping { controller, exit: exit.clone(), retention_until: None };
            let (recorder, previous) = (Recorder { key: &key, keeping: &keeping }, last.map(|record| record.id()));
            let form = hash.to_string();
            match event {
                Event::Accepted => {
                    let answer = shown.accept(true, &form, &terms, &who, at)?;
                    recorder.accepted(&answer, signed_in, previous, &mut random)?
                }
                Event::Refused => {
                    recorder.refused(&shown.refuse(&form, &terms, &who, at)?, signed_in, previous, &mut random)?
                }
                _ => return Err(Error::field(Code::RECORD_FIELD, "event")),
            }
        };
        let (record, attached) = answer.with_evidence(record)?;
        Ok(Recorded { record_id: record.id(), place: self.append_attached(&record, attached)? })
    }
}
