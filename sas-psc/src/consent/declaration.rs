//! A declaration: an exact sentence, the answer before and after, and who wrote it.
//!
//! The participation settings hold such sentences (two hours a week, an interfaced software, the refusal to be shown).
//! Each answer is a record of its own, never a column that is overwritten. An oath is made by the person alone: whoever else
//! may write takes an answer back, and never swears for somebody. Which sentences there are is not here.

use super::record::{Event, Fields, Kind};
use super::terms::{Document, bundle_hash};
use super::{Record, RecordId, Recorder, Sha256, SignedIn, principal, tlv};
use crate::base::{Random, Timestamp};
use crate::error::{Code, Error, Result};
use crate::person::Binding;
use std::fmt;

/// A sentence that a person answers yes or no to, in the words and the language shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    slug: String,
    version: String,
    lang: String,
    effective_from: Timestamp,
    sentence: String,
    sworn: bool,
}

impl Statement {
    /// `slug` names the declaration (`sas-two-hours`), `version` its wording, in force from `effective_from`; `sentence`
    /// is what the page shows in `lang`, to the letter.
    ///
    /// # Errors
    /// `terms-invalid` when a text is empty, a name longer than 256 bytes, or the sentence longer than 1,024.
    pub fn new(
        slug: impl Into<String>,
        version: impl Into<String>,
        lang: impl Into<String>,
        effective_from: Timestamp,
        sentence: impl Into<String>,
    ) -> Result<Statement> {
        let (slug, version, lang, sentence) = (slug.into(), version.into(), lang.into(), sentence.into());
        let names = [&slug, &version, &lang].iter().all(|name| (1..=256).contains(&name.len()));
        if !names || !(1..=tlv::MAX_TEXT).contains(&sentence.len()) {
            return Err(Error::new(Code::TERMS_INVALID));
        }
        Ok(Statement { slug, version, lang, effective_from, sentence, sworn: false })
    }

    /// The same, made on one's honour.
    pub fn sworn(mut self) -> Statement {
        self.sworn = true;
        self
    }

    /// The name.
    pub fn slug(&self) -> &str {
        &self.slug
    }

    /// The sentence.
    pub fn sentence(&self) -> &str {
        &self.sentence
    }

    /// Whether it is made on one's honour.
    pub fn is_sworn(&self) -> bool {
        self.sworn
    }

    fn document(&self) -> Document {
        Document::new(&self.slug, "text/plain; charset=utf-8", self.sentence.as_bytes())
    }
}

/// Who wrote an answer down.
#[derive(Clone, PartialEq, Eq)]
pub enum Writer {
    /// The person whom it is about.
    Person,
    /// A délégataire of that person, named by provider and subject.
    Delegate(Binding),
    /// An administrator of the platform, named by provider and subject.
    Administrator(Binding),
    /// The manager of the CPTS through which that person takes part, named by provider and subject.
    CptsManager(Binding),
}

/// Who wrote an answer, as a record names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum WrittenBy {
    /// The person whom it is about.
    Person,
    /// A délégataire: see [`principal`].
    Delegate(Sha256),
    /// An administrator: see [`principal`].
    Administrator(Sha256),
    /// The manager of the person's CPTS: see [`principal`].
    CptsManager(Sha256),
}

impl WrittenBy {
    /// `person`, `delegate`, `administrator` or `cpts-manager`.
    pub const fn name(self) -> &'static str {
        match self {
            WrittenBy::Person => "person",
            WrittenBy::Delegate(_) => "delegate",
            WrittenBy::Administrator(_) => "administrator",
            WrittenBy::CptsManager(_) => "cpts-manager",
        }
    }

    pub(super) fn of(name: &str, who: Option<Sha256>) -> Result<WrittenBy> {
        match (name, who) {
            ("person", None) => Ok(WrittenBy::Person),
            ("delegate", Some(who)) => Ok(WrittenBy::Delegate(who)),
            ("administrator", Some(who)) => Ok(WrittenBy::Administrator(who)),
            ("cpts-manager", Some(who)) => Ok(WrittenBy::CptsManager(who)),
            ("person" | "delegate" | "administrator" | "cpts-manager", _) => Err(tlv::unreadable()),
            _ => Err(Error::new(Code::RECORD_NEWER)),
        }
    }

    pub(super) const fn who(&self) -> Option<&Sha256> {
        match self {
            WrittenBy::Person => None,
            WrittenBy::Delegate(who) | WrittenBy::Administrator(who) | WrittenBy::CptsManager(who) => Some(who),
        }
    }
}

/// What a record of a declaration holds beside what every record does.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Declared {
    /// The sentence, to the letter; its hash is the record's document.
    pub sentence: String,
    /// Whether it was made on one's honour.
    pub sworn: bool,
    /// The answer before; none when there was none.
    pub before: Option<bool>,
    /// The answer now; none when it was taken back without another.
    pub after: Option<bool>,
    /// Who wrote it.
    pub by: WrittenBy,
}

impl Declared {
    /// What happened, which follows from the answers: accepted, taken back, or refused.
    pub(super) fn event(&self) -> Event {
        match (self.before, self.after) {
            (_, Some(true)) => Event::Accepted,
            (Some(true), _) => Event::Withdrawn,
            _ => Event::Refused,
        }
    }

    /// Whether an oath was written by somebody else, or nothing changed.
    pub(super) fn check(&self) -> Result<()> {
        let swears = self.sworn && self.after == Some(true);
        if swears && self.by != WrittenBy::Person {
            return Err(Error::new(Code::DECLARATION_BY_ANOTHER));
        }
        if self.before == self.after { Err(Error::field(Code::RECORD_FIELD, "after")) } else { Ok(()) }
    }
}

/// An answer to a [`Statement`], to be recorded by [`Recorder::declared`].
#[derive(Clone)]
pub struct Declaration<'a> {
    /// What was shown.
    pub statement: &'a Statement,
    /// The person whom it is about.
    pub about: &'a Binding,
    /// Who answers.
    pub by: &'a Writer,
    /// The answer before.
    pub before: Option<bool>,
    /// The answer now.
    pub after: Option<bool>,
    /// The hash of the program's build that showed the sentence.
    pub ui_build: Sha256,
    /// When it was shown, when that is known.
    pub presented_at: Option<Timestamp>,
    /// When it was answered.
    pub at: Timestamp,
}

impl Recorder<'_> {
    /// The record of a declaration; `previous` is the person's last record about it, `signed_in` the sign-in of who wrote
    /// it.
    ///
    /// # Errors
    /// `declaration-by-another` when somebody else swears; `record-field` when nothing changed; `no-randomness`.
    pub fn declared(
        &self,
        declaration: &Declaration<'_>,
        signed_in: impl Into<Option<SignedIn>>,
        previous: Option<RecordId>,
        random: &mut dyn Random,
    ) -> Result<Record> {
        let Declaration { statement, about, by, before, after, ui_build, presented_at, at } = declaration;
        let named = |who: &Binding| principal(self.key, &who.issuer, &who.subject);
        let by = match by {
            Writer::Person => WrittenBy::Person,
            Writer::Delegate(who) => WrittenBy::Delegate(named(who)),
            Writer::Administrator(who) => WrittenBy::Administrator(named(who)),
            Writer::CptsManager(who) => WrittenBy::CptsManager(named(who)),
        };
        let sentence = statement.sentence.clone();
        let declared = Declared { sentence, sworn: statement.sworn, before: *before, after: *after, by };
        declared.check()?;
        let documents = vec![statement.document().shown()];
        Record::new(Fields {
            kind: Kind::Declaration,
            event: declared.event(),
            id: RecordId::new(random, *at)?,
            previous,
            slug: statement.slug.clone(),
            version: statement.version.clone(),
            lang: statement.lang.clone(),
            effective_from: statement.effective_from,
            url: None,
            terms_hash: bundle_hash(&documents),
            documents,
            purpose: None,
            declared: Some(declared),
            presented_at: *presented_at,
            at: *at,
            method: "checkbox+button".to_owned(),
            ui_build: Some(*ui_build),
            principal: named(about),
            issuer: about.issuer.clone(),
            signed_in: signed_in.into(),
            evidence: Vec::new(),
            keeping: self.keeping.clone(),
            account: None,
        })
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Writer::Person => "Person",
            Writer::Delegate(_) => "Delegate(•••)",
            Writer::Administrator(_) => "Administrator(•••)",
            Writer::CptsManager(_) => "CptsManager(•••)",
        })
    }
}

impl fmt::Debug for Declaration<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Declaration")
            .field("statement", &self.statement.slug)
            .field("by", &self.by)
            .finish_non_exhaustive()
    }
}
