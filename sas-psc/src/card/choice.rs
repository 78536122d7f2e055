//! The certificates found, as a list for the person to choose from, with the sensible default.
//!
//! Source: the sign-up guide, «Veuillez poursuivre en sélectionnant le certificat lié à votre CPS». A reader, a second
//! reader and the system's store show many: signature keys, technical ones, cards that ended. Only those that could do are
//! listed; one that cannot says why. Nothing is chosen for two people.

use super::certificate::{CardCertificate, Purpose};
use super::trust::{Crl, RevocationPolicy, Trust, TrustedCertificate};
use crate::base::Timestamp;
use crate::error::{Code, Error, Lang, Result};
use crate::nomenclature;
use serde::Serialize;
use std::fmt;

/// What a person may choose from.
#[derive(Clone)]
pub struct CertificateChoice {
    options: Vec<CertificateOption>,
    last: Option<String>,
}

/// One certificate of the list. Its `Debug` hides who.
#[derive(Clone)]
pub struct CertificateOption {
    key: String,
    certificate: CardCertificate,
    verdict: std::result::Result<TrustedCertificate, Code>,
}

/// An option as JSON: what C and Python show.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DescribedOption {
    /// What to give to [`CertificateChoice::choose`].
    pub key: String,
    /// The line to show.
    pub label: String,
    /// Why it cannot be used, by the name of the error; none for one that can.
    pub refused: Option<&'static str>,
    /// Whether it is the one to begin with.
    pub default: bool,
}

impl CertificateChoice {
    /// The certificates of cards that are for authentication, each once; those that can be used first, the longest lived
    /// before others. Signature and technical certificates, and those of no card, are left out.
    pub fn of(
        certificates: &[CardCertificate],
        trust: &Trust,
        lists: &[Crl],
        policy: &RevocationPolicy,
        now: Timestamp,
    ) -> CertificateChoice {
        let mut options: Vec<CertificateOption> = Vec::new();
        for certificate in certificates.iter().filter(|one| one.purpose() == Purpose::Authentication) {
            let print = certificate.fingerprint();
            let key: String = print[..8].iter().map(|byte| format!("{byte:02x}")).collect();
            if certificate.card_type().is_none() || options.iter().any(|option| option.key == key) {
                continue;
            }
            let verdict = trust.verify(certificate, Purpose::Authentication, lists, policy, now);
            let verdict = verdict.map_err(|error| error.code());
            options.push(CertificateOption { key, certificate: certificate.clone(), verdict });
        }
        options.sort_by_key(|option| (option.verdict.is_err(), std::cmp::Reverse(option.certificate.not_after())));
        CertificateChoice { options, last: None }
    }

    /// Remembers what was chosen at this workstation the last time: the key of an option.
    pub fn with_last(mut self, key: &str) -> CertificateChoice {
        self.last = Some(key.to_owned());
        self
    }

    /// The sentence above the list, as in the guide.
    pub const fn title(lang: Lang) -> &'static str {
        match lang {
            Lang::Fr => "Veuillez poursuivre en sélectionnant le certificat lié à votre CPS",
            Lang::En => "Please go on by selecting the certificate of your CPS card",
        }
    }

    /// The list.
    pub fn options(&self) -> &[CertificateOption] {
        &self.options
    }

    /// The one to begin with: the last choice, when it can be used still; else the longest lived of one person with one
    /// profession. None when there are two people, or a person with two cards for two professions.
    pub fn default_option(&self) -> Option<&CertificateOption> {
        let usable = || self.options.iter().filter(|option| option.verdict.is_ok());
        let last = self.last.as_deref().and_then(|last| usable().find(|option| option.key == last));
        let first = usable().next()?;
        let who = |option: &CertificateOption| {
            let holder = option.certificate.holder().ok();
            holder.map(|holder| (holder.id_nat.clone(), holder.profession.clone()))
        };
        last.or_else(|| usable().all(|option| who(option) == who(first)).then_some(first))
    }

    /// Takes the person's choice.
    ///
    /// # Errors
    /// `certificate-choice` when there is no such option; the option's own code when it cannot be used.
    pub fn choose(&self, key: &str) -> Result<&TrustedCertificate> {
        let found = self.options.iter().find(|option| option.key == key);
        let found = found.ok_or_else(|| Error::new(Code::CERTIFICATE_CHOICE))?;
        found.verdict.as_ref().map_err(|code| Error::new(*code))
    }

    /// The list as JSON, with its lines in `lang`.
    pub fn described(&self, lang: Lang) -> Vec<DescribedOption> {
        let default = self.default_option().map(|option| option.key.as_str());
        let described = |option: &CertificateOption| DescribedOption {
            key: option.key.clone(),
            label: option.label(lang),
            refused: option.refused().map(Code::name),
            default: default == Some(&option.key),
        };
        self.options.iter().map(described).collect()
    }
}

impl CertificateOption {
    /// What to give to [`CertificateChoice::choose`]: 16 hexadecimal digits, which say nothing of the person.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The certificate.
    pub fn certificate(&self) -> &CardCertificate {
        &self.certificate
    }

    /// Why it cannot be used: show the code's message and hint.
    pub fn refused(&self) -> Option<Code> {
        self.verdict.as_ref().err().copied()
    }

    /// The line to show: «ÉLODIE SPECIALISTE – Médecin – CPS 2 800 636 234 – jusqu'au 01/03/2028».
    pub fn label(&self, lang: Lang) -> String {
        let holder = self.certificate.holder().ok();
        let name = holder.map(|holder| format!("{} {}", holder.given, holder.family).trim().to_owned());
        let work = holder.map(|holder| match nomenclature::profession(&holder.profession) {
            Some(label) => label.to_owned(),
            None if holder.title.is_empty() => holder.organization.clone(),
            None => holder.title.clone(),
        });
        let card = self.certificate.card_type().map(|card| card.word());
        let number = self.certificate.card().map(|number| number.grouped());
        let card = [card.map(str::to_owned), number].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let date = self.certificate.not_after().to_string();
        let parts = (date.get(..4), date.get(5..7), date.get(8..10));
        let end = match (lang, parts) {
            (Lang::Fr, (Some(year), Some(month), Some(day))) => format!("jusqu'au {day}/{month}/{year}"),
            (_, (Some(year), Some(month), Some(day))) => format!("until {year}-{month}-{day}"),
            _ => String::new(),
        };
        let parts = [name.unwrap_or_default(), work.unwrap_or_default(), card, end];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" – ")
    }
}

impl fmt::Debug for CertificateChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.options).finish()
    }
}

impl fmt::Debug for CertificateOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (certificate, refused) = (&self.certificate, self.refused());
        f.debug_struct("CertificateOption").field("certificate", certificate).field("refused", &refused).finish()
    }
}
