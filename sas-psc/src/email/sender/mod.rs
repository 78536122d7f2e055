//! What the DNS says of a sender: may this server send for the domain (SPF, RFC 7208), are its mails signed (DKIM,
//! RFC 6376), what is to be done with those that are not (DMARC, RFC 7489). Mailboxes refuse, or put among the unwanted,
//! what does not answer all three.
//!
//! Rules without I/O: [`SenderDomain::questions`] are the names whose TXT records are to be asked, [`SenderDomain::judge`]
//! says of the answers what is wrong and what to publish. It does not follow includes, nor know which servers send: an
//! SPF record that names the wrong ones looks right here. The organisation's policy is sought by walking up the names.

mod dkim;
mod dmarc;
mod spf;
#[cfg(test)]
mod tests;

use super::Address;
use crate::error::{Code, Error, Lang, Result};
use std::fmt;

/// The domain that mails are sent from, and the selector of its DKIM key.
#[derive(Clone, PartialEq, Eq)]
pub struct SenderDomain {
    domain: String,
    selector: Option<String>,
}

/// What one name's TXT records are: each joined of its strings; none when the name has none.
pub type TxtAnswer = Result<Vec<String>>;

/// Which of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SenderCheck {
    /// Who may send.
    Spf,
    /// Whose signature counts.
    Dkim,
    /// What to do with the rest.
    Dmarc,
}

impl SenderCheck {
    /// `spf`, `dkim`, `dmarc`.
    pub const fn name(self) -> &'static str {
        match self {
            SenderCheck::Spf => "spf",
            SenderCheck::Dkim => "dkim",
            SenderCheck::Dmarc => "dmarc",
        }
    }

    /// The code of a failure: `sender-spf`, `sender-dkim`, `sender-dmarc`.
    pub const fn code(self) -> Code {
        match self {
            SenderCheck::Spf => Code::SENDER_SPF,
            SenderCheck::Dkim => Code::SENDER_DKIM,
            SenderCheck::Dmarc => Code::SENDER_DMARC,
        }
    }
}

/// What is wrong with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SenderProblem {
    /// There is none.
    Missing,
    /// There are several: receivers then read none.
    Several,
    /// It cannot be read.
    Syntax,
    /// It lets anybody send.
    Open,
    /// It does not say what to do with other servers.
    NoEnd,
    /// It asks for more than ten look-ups: receivers then stop reading.
    TooManyLookups,
    /// Its key is empty: revoked.
    Revoked,
    /// Its RSA key has fewer than 1024 bits: receivers ignore it.
    ShortKey,
    /// Its RSA key has fewer than 2048 bits.
    WeakKey,
    /// It says that it is only tried.
    Testing,
    /// It asks for nothing to be done.
    NotEnforced,
    /// No selector was given, so that no key was looked for.
    NoSelector,
    /// The DNS did not answer.
    Unanswered,
}

impl SenderProblem {
    /// `missing`, `several`, `syntax`, `open`, `no-end`, `too-many-lookups`, `revoked`, `short-key`, `weak-key`,
    /// `testing`, `not-enforced`, `no-selector`, `unanswered`.
    pub const fn name(self) -> &'static str {
        match self {
            SenderProblem::Missing => "missing",
            SenderProblem::Several => "several",
            SenderProblem::Syntax => "syntax",
            SenderProblem::Open => "open",
            SenderProblem::NoEnd => "no-end",
            SenderProblem::TooManyLookups => "too-many-lookups",
            SenderProblem::Revoked => "revoked",
            SenderProblem::ShortKey => "short-key",
            SenderProblem::WeakKey => "weak-key",
            SenderProblem::Testing => "testing",
            SenderProblem::NotEnforced => "not-enforced",
            SenderProblem::NoSelector => "no-selector",
            SenderProblem::Unanswered => "unanswered",
        }
    }

    /// Whether mails are lost to it; the others should be mended in time.
    pub const fn fails(self) -> bool {
        !matches!(
            self,
            SenderProblem::NoEnd
                | SenderProblem::WeakKey
                | SenderProblem::Testing
                | SenderProblem::NotEnforced
                | SenderProblem::NoSelector
                | SenderProblem::Unanswered
        )
    }

    /// A sentence for the operator.
    pub const fn text(self, lang: Lang) -> &'static str {
        let (fr, en) = match self {
            SenderProblem::Missing => ("Il n'y a pas d'enregistrement.", "There is no record."),
            SenderProblem::Several => {
                ("Il y a plusieurs enregistrements : aucun n'est lu.", "There are several records: none is read.")
            }
            SenderProblem::Syntax => ("L'enregistrement est illisible.", "The record cannot be read."),
            SenderProblem::Open => ("L'enregistrement laisse envoyer n'importe qui.", "The record lets anybody send."),
            SenderProblem::NoEnd => (
                "L'enregistrement ne dit pas que faire des autres serveurs.",
                "The record does not say what to do with other servers.",
            ),
            SenderProblem::TooManyLookups => (
                "L'enregistrement demande plus de dix consultations : il n'est pas lu jusqu'au bout.",
                "The record asks for more than ten look-ups: it is not read to its end.",
            ),
            SenderProblem::Revoked => ("La clé est révoquée.", "The key is revoked."),
            SenderProblem::ShortKey => {
                ("La clé a moins de 1024 bits : elle est ignorée.", "The key has fewer than 1024 bits: it is ignored.")
            }
            SenderProblem::WeakKey => ("La clé a moins de 2048 bits.", "The key has fewer than 2048 bits."),
            SenderProblem::Testing => ("L'enregistrement se dit à l'essai.", "The record says that it is only tried."),
            SenderProblem::NotEnforced => {
                ("La politique ne demande rien (p=none).", "The policy asks for nothing (p=none).")
            }
            SenderProblem::NoSelector => (
                "Aucun sélecteur n'est donné : la clé n'a pas été cherchée.",
                "No selector is given: the key was not looked for.",
            ),
            SenderProblem::Unanswered => ("Le DNS n'a pas répondu.", "The DNS did not answer."),
        };
        match lang {
            Lang::Fr => fr,
            Lang::En => en,
        }
    }
}

/// What was found of one of the three.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SenderFinding {
    /// Which.
    pub check: SenderCheck,
    /// What is wrong; none when nothing is.
    pub problem: Option<SenderProblem>,
    /// The record to publish, as a zone file has it; none when there is nothing to publish.
    pub publish: Option<String>,
}

impl SenderDomain {
    /// The domain of a sender's address; `selector` is the word under which the mail server publishes its key.
    ///
    /// # Errors
    /// `email-domain` with the field `selector` for one that is no name.
    pub fn of(sender: &Address, selector: Option<&str>) -> Result<SenderDomain> {
        let domain = sender.canonical().split_once('@').map_or("", |(_, domain)| domain).to_owned();
        let label = |l: &str| {
            (1..=63).contains(&l.len()) && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        if selector.is_some_and(|selector| selector.len() > 100 || !selector.split('.').all(label)) {
            return Err(Error::field(Code::EMAIL_DOMAIN, "selector"));
        }
        Ok(SenderDomain { domain, selector: selector.map(str::to_ascii_lowercase) })
    }

    /// The names whose TXT records are to be asked.
    pub fn questions(&self) -> Vec<String> {
        let mut names = vec![self.domain.clone()];
        names.extend(self.dkim_name());
        names.extend(self.dmarc_names());
        names
    }

    /// What the answers say. `answer` is asked for names of [`SenderDomain::questions`] alone.
    pub fn judge(&self, answer: impl Fn(&str) -> TxtAnswer) -> Vec<SenderFinding> {
        let unanswered = Err(SenderProblem::Unanswered);
        let spf = answer(&self.domain).map_or(unanswered, |records| spf::judge(&records));
        let dkim = match self.dkim_name() {
            None => Err(SenderProblem::NoSelector),
            Some(name) => answer(&name).map_or(unanswered, |records| dkim::judge(&records)),
        };
        let mut dmarc = Err(SenderProblem::Missing);
        for (place, name) in self.dmarc_names().iter().enumerate() {
            dmarc = answer(name).map_or(unanswered, |records| dmarc::judge(&records, place > 0));
            if dmarc != Err(SenderProblem::Missing) {
                break;
            }
        }
        let checks = [(SenderCheck::Spf, spf), (SenderCheck::Dkim, dkim), (SenderCheck::Dmarc, dmarc)];
        let found = checks.into_iter().map(|(check, judged)| {
            let problem = judged.err();
            let publish = problem.and_then(|problem| self.publish(check, problem));
            SenderFinding { check, problem, publish }
        });
        found.collect()
    }

    fn publish(&self, check: SenderCheck, problem: SenderProblem) -> Option<String> {
        use SenderProblem::{NoSelector, Unanswered};
        let domain = &self.domain;
        match (check, problem) {
            (_, NoSelector | Unanswered) => None,
            (SenderCheck::Spf, _) => Some(format!("{domain}. TXT \"v=spf1 mx -all\"")),
            (SenderCheck::Dkim, SenderProblem::Testing) => Some(format!("{}. TXT \"v=DKIM1; p=…\"", self.dkim_name()?)),
            (SenderCheck::Dkim, _) => Some(format!("{}. TXT \"v=DKIM1; k=rsa; p=…\"", self.dkim_name()?)),
            (SenderCheck::Dmarc, _) => {
                Some(format!("_dmarc.{domain}. TXT \"v=DMARC1; p=quarantine; rua=mailto:postmaster@{domain}\""))
            }
        }
    }

    fn dkim_name(&self) -> Option<String> {
        self.selector.as_ref().map(|selector| format!("{selector}._domainkey.{}", self.domain))
    }

    /// The domain's own, then those above it, down to two labels.
    fn dmarc_names(&self) -> Vec<String> {
        let labels: Vec<&str> = self.domain.split('.').collect();
        let from = |first: usize| format!("_dmarc.{}", labels[first..].join("."));
        (0..labels.len().saturating_sub(1)).take(8).map(from).collect()
    }
}

impl fmt::Debug for SenderDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SenderDomain").field("selector", &self.selector).finish_non_exhaustive()
    }
}

/// The `name=value` pairs of DKIM and DMARC records: RFC 6376 §3.2.
fn tags(record: &str) -> Option<Vec<(&str, &str)>> {
    let parts = record.split(';').map(str::trim);
    let mut pairs = Vec::new();
    for part in parts.filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=')?;
        let name = name.trim();
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        if name.is_empty() || !name.bytes().all(plain) || pairs.iter().any(|(known, _)| *known == name) {
            return None;
        }
        pairs.push((name, value.trim()));
    }
    Some(pairs)
}
