//! The settings as they are saved: each declaration among them that changes is a record of its own.

use super::{Event, Onboarding, Policy, SignInFacts, proof};
use crate::base::{Random, Timestamp};
use crate::consent::{Declaration, Evidence, RecordId, Statement, Writer};
use crate::error::{Code, Error, Lang, Result};
use crate::id::Finess;
use crate::onboarding::LogEntry;
use crate::participation::{Sentence, ValidSettings};
use crate::psc::SignIn;
use serde::{Deserialize, Serialize};

/// Who saves settings, in which language they were shown: one of the four whom SAS lets write (`SasUserDataAccess.php`).
///
/// Who is an administrator, who is a délégataire of whom, and who manages which CPTS, is for the platform to know.
#[derive(Debug, Clone)]
pub struct Author {
    writer: Writer,
    /// Of the manager of a CPTS: those that they manage.
    managed: Vec<Finess>,
    /// None: the sign-in of the sign-up itself.
    rests_on: Option<(SignInFacts, Option<Evidence>)>,
    lang: Lang,
    shown_at: Option<Timestamp>,
}

impl Author {
    /// The person whose settings they are.
    pub fn person(lang: Lang) -> Author {
        Author { writer: Writer::Person, managed: Vec::new(), rests_on: None, lang, shown_at: None }
    }

    /// A délégataire of that person, by their own sign-in.
    pub fn delegate(sign_in: &SignIn, lang: Lang) -> Author {
        Author::other(Writer::Delegate, sign_in, lang)
    }

    /// An administrator, by their own sign-in.
    pub fn administrator(sign_in: &SignIn, lang: Lang) -> Author {
        Author::other(Writer::Administrator, sign_in, lang)
    }

    /// The manager of these CPTS, by their own sign-in: of a person whose saved settings take part through one of them.
    pub fn cpts_manager(sign_in: &SignIn, managed: &[Finess], lang: Lang) -> Author {
        Author { managed: managed.to_vec(), ..Author::other(Writer::CptsManager, sign_in, lang) }
    }

    /// Somebody else by the words of their role: `delegate`, `administrator`, or `cpts-manager` and the FINESS numbers of the
    /// CPTS that they manage.
    ///
    /// # Errors
    /// `usage` for other words; those of [`Finess::parse`].
    pub fn of_role(role: &str, sign_in: &SignIn, lang: Lang) -> Result<Author> {
        let words: Vec<&str> = role.split_whitespace().collect();
        match *words {
            ["delegate"] => Ok(Author::delegate(sign_in, lang)),
            ["administrator"] => Ok(Author::administrator(sign_in, lang)),
            ["cpts-manager", ref managed @ ..] => {
                let managed: Vec<Finess> = managed.iter().map(|number| Finess::parse(number)).collect::<Result<_>>()?;
                Ok(Author::cpts_manager(sign_in, &managed, lang))
            }
            _ => Err(Error::field(Code::USAGE, "role")),
        }
    }

    /// With the time at which the sentences were shown.
    pub fn shown_at(mut self, at: Timestamp) -> Author {
        self.shown_at = Some(at);
        self
    }

    fn other(writer: fn(crate::person::Binding) -> Writer, sign_in: &SignIn, lang: Lang) -> Author {
        let facts = SignInFacts::of(sign_in);
        let who = crate::person::Binding::new(&facts.issuer, &facts.subject, "settings");
        let rests_on = Some((facts, proof::of(sign_in)));
        Author { writer: writer(who), managed: Vec::new(), rests_on, lang, shown_at: None }
    }

    /// Whether this author may take the place of the settings saved last.
    fn may_write(&self, saved: Option<&ValidSettings>) -> bool {
        match self.writer {
            Writer::CptsManager(_) => saved.is_some_and(|saved| saved.takes_part_through(&self.managed)),
            Writer::Person | Writer::Delegate(_) | Writer::Administrator(_) => true,
        }
    }
}

/// The last answer to a declaration.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LastDeclared {
    slug: String,
    answer: Option<bool>,
    record_id: RecordId,
}

impl Onboarding {
    /// Saves settings that passed the rules. The first time, the account becomes active. Returns a record to append for each
    /// declaration whose answer changed: the sentence in the words shown, the answer before and after, who wrote it.
    ///
    /// # Errors
    /// `step-out-of-order`; `cpts-not-managed` when the manager of other CPTS writes; `declaration-by-another` when somebody
    /// else swears for the person; `no-randomness`.
    pub fn save_settings(
        &mut self,
        settings: ValidSettings,
        author: &Author,
        policy: &Policy,
        random: &mut dyn Random,
        now: Timestamp,
    ) -> Result<Vec<LogEntry>> {
        self.expect(Event::SettingsSaved, policy, now)?;
        let about = self.binding("settings");
        let (rests_on, evidence) = author.rests_on.clone().unwrap_or_else(|| {
            (self.sign_in.clone(), proof::waiting(self.evidence.as_ref(), &self.sign_in, &policy.key))
        });
        let mut account = self.account.clone().ok_or_else(|| Error::new(Code::BROKEN_INVARIANT))?;
        if !author.may_write(account.settings.as_ref()) {
            return Err(Error::new(Code::CPTS_NOT_MANAGED));
        }
        let mut entries = Vec::new();
        for sentence in Sentence::ALL {
            let slug = sentence.name();
            let last = account.declared.iter().find(|last| last.slug == slug);
            let (before, after) = (last.and_then(|last| last.answer), settings.answer_to(sentence));
            if before == after {
                continue;
            }
            let statement = statement(sentence, author.lang)?;
            let declaration = Declaration {
                statement: &statement,
                about: &about,
                by: &author.writer,
                before,
                after,
                ui_build: policy.ui_build,
                presented_at: author.shown_at,
                at: now,
            };
            let previous = last.map(|last| last.record_id);
            let record = policy.recorder().declared(&declaration, rests_on.for_record(), previous, random)?;
            let (record, entry) = proof::entry(record, evidence.as_ref(), &mut account.evidence, random, now)?;
            account.declared.retain(|last| last.slug != slug);
            account.declared.push(LastDeclared { slug: slug.to_owned(), answer: after, record_id: record.id() });
            entries.push(entry);
        }
        account.settings = Some(settings);
        account.settings_saved_at = Some(now);
        self.account = Some(account);
        Ok(entries)
    }

    /// The record of the last answer to a declaration of the settings.
    pub fn declaration_record(&self, sentence: Sentence) -> Option<RecordId> {
        let declared = &self.account.as_ref()?.declared;
        declared.iter().find(|last| last.slug == sentence.name()).map(|last| last.record_id)
    }
}

fn statement(sentence: Sentence, lang: Lang) -> Result<Statement> {
    let (version, since) = (Sentence::VERSION, Timestamp::from_unix(Sentence::SINCE));
    let statement = Statement::new(sentence.name(), version, lang.tag(), since, sentence.text(lang))?;
    Ok(if sentence.is_sworn() { statement.sworn() } else { statement })
}
