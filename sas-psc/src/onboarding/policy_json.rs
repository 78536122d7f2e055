//! A platform's policy as JSON, for programs that are not written in Rust. What is left out is SAS's.
//!
//! The rule of eligibility is SAS's, templates are given apart: one is code, the others are files.

use super::Policy;
use crate::base::{ServerKey, Timestamp};
use crate::consent::{Change, Document, Keeping, Sha256, Terms, TermsVersion};
use crate::email::{Lifetime, LimitRules};
use crate::error::{Code, Error, Result};
use serde::Deserialize;
use std::time::Duration;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    service: Option<String>,
    mail_minutes: Option<u8>,
    mail_limits: Option<LimitRules>,
    objection_days: Option<u32>,
    terms: Vec<WrittenTerms>,
    ui_build: Sha256,
    controller: String,
    exit: String,
    retention_until: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTerms {
    slug: String,
    version: String,
    lang: String,
    effective_from: String,
    change: Change,
    url: Option<String>,
    documents: Vec<WrittenDocument>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenDocument {
    title: String,
    media_type: String,
    text: String,
}

impl Policy {
    /// Reads `{"terms":[…],"ui_build","controller","exit"}`, and the members that differ from SAS's: `service`,
    /// `mail_minutes` (1 to 60), `mail_limits` ([`LimitRules::from_json`]), `objection_days`, `retention_until`. Times are in
    /// RFC 3339; `ui_build` is the SHA-256, in hexadecimal, of the program that shows the terms. A version of the terms is
    /// `{"slug","version","lang","effective_from","change":"editorial"|"minor"|"material","documents":[{"title",
    /// "media_type","text"}]}`, with a `url` if there is one; the oldest first. The bytes shown are those of `text`.
    ///
    /// # Errors
    /// `policy-unreadable`; `terms-invalid`, `email-lifetime`, `email-limit-rules`, `time-invalid`.
    ///
    /// ```
    /// use sas_psc::{base::ServerKey, onboarding::Policy};
    ///
    /// let json = r#"{"controller": "Exemple SAS", "exit": "https://compte.exemple.fr/fermer", "mail_minutes": 10,
    ///     "ui_build": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ///     "terms": [{"slug": "cgu", "version": "1", "lang": "fr", "effective_from": "2026-11-01T00:00:00Z",
    ///         "change": "material",
    ///         "documents": [{"title": "CGU", "media_type": "text/plain; charset=utf-8", "text": "Article 1"}]}]}"#;
    /// let policy = Policy::from_json(ServerKey::new(&[7; 32])?, json)?;
    /// assert_eq!(policy.keeping.controller, "Exemple SAS");
    /// # Ok::<(), sas_psc::Error>(())
    /// ```
    pub fn from_json(key: ServerKey, json: &str) -> Result<Policy> {
        let written: Written = serde_json::from_str(json).map_err(|_| Error::new(Code::POLICY_UNREADABLE))?;
        let terms = written.terms.into_iter().map(version).collect::<Result<_>>()?;
        let retention_until = written.retention_until.as_deref().map(Timestamp::parse_rfc3339).transpose()?;
        let keeping = Keeping { controller: written.controller, exit: written.exit, retention_until };
        let mut policy = Policy::new(key, Terms::new(terms)?, written.ui_build, keeping);
        if let Some(service) = written.service {
            policy.service = service;
        }
        if let Some(minutes) = written.mail_minutes {
            policy.mail_lifetime = Lifetime::minutes(minutes)?;
        }
        if let Some(limits) = written.mail_limits {
            limits.check()?;
            policy.mail_limits = limits;
        }
        if let Some(days) = written.objection_days {
            policy.objection = Duration::from_secs(u64::from(days) * 86_400);
        }
        Ok(policy)
    }
}

fn version(written: WrittenTerms) -> Result<TermsVersion> {
    let document = |it: WrittenDocument| Document::new(it.title, it.media_type, it.text);
    let documents = written.documents.into_iter().map(document).collect();
    let from = Timestamp::parse_rfc3339(&written.effective_from)?;
    let made = TermsVersion::new(written.slug, written.version, written.lang, from, written.change, documents)?;
    Ok(made.at_url(written.url.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = r#"{"controller":"c","exit":"e","service":"Exemple","mail_minutes":10,"objection_days":2,
        "mail_limits":{"person":{"free":1,"first_wait":30,"longest_wait":900,"a_day":3}},
        "ui_build":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "terms":[{"slug":"cgu","version":"1","lang":"fr","effective_from":"2026-11-01T00:00:00Z","change":"material",
        "documents":[{"title":"CGU","media_type":"text/plain","text":"Article 1"}]}]}"#;

    fn read(json: &str) -> Result<Policy> {
        Policy::from_json(ServerKey::new(&[7; 32]).unwrap(), json)
    }

    #[test]
    fn every_member_is_read() {
        let policy = read(POLICY).unwrap();
        assert_eq!((policy.service.as_str(), policy.objection.as_secs()), ("Exemple", 172_800));
        assert_eq!((policy.mail_lifetime, policy.mail_limits.person.a_day), (Lifetime::minutes(10).unwrap(), 3));
        let terms = policy.current_terms(crate::Lang::Fr, Timestamp::from_unix(1_795_420_800)).unwrap();
        assert_eq!(terms.documents()[0].bytes(), b"Article 1");
    }

    #[test]
    fn a_policy_with_a_fault_is_refused_by_its_name() {
        let with = |old: &str, new: &str| read(&POLICY.replacen(old, new, 1)).unwrap_err().code();
        assert_eq!(with("\"exit\"", "\"exot\""), Code::POLICY_UNREADABLE);
        assert_eq!(with("e3b0", "E3B"), Code::POLICY_UNREADABLE);
        assert_eq!(with("material", "huge"), Code::POLICY_UNREADABLE);
        assert_eq!(with(":10", ":61"), Code::EMAIL_LIFETIME);
        assert_eq!(with("\"a_day\":3", "\"a_day\":0"), Code::EMAIL_LIMIT_RULES);
        assert_eq!(with("2026-11-01T", "2026-13-01T"), Code::TIME_INVALID);
        assert_eq!(with("Article 1", ""), Code::TERMS_INVALID);
        assert_eq!(read("{").unwrap_err().code(), Code::POLICY_UNREADABLE);
    }
}
