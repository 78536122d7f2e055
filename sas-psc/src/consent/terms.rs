//! The contractual documents: a version is a bundle (CGU, Politique de confidentialité), immutable, and known by the
//! hash of the exact bytes shown.
//!
//! The hash covers, for each document in order, its title, its media type, its length and its SHA-256: whoever has the
//! files recomputes it with `sha256sum` (docs/consent-format.md). The difference between two versions is
//! `difference.rs`; publishing, and languages chosen by negotiation, are not here.

use super::{Sha256, TermsDifference};
use crate::base::{self, Timestamp};
use crate::error::{Code, Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One document as it is shown: the bytes are those that a person reads, nothing is normalised.
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    title: String,
    media_type: String,
    bytes: Vec<u8>,
}

impl Document {
    /// `title` as the page shows it, `media_type` such as `text/html; charset=utf-8`, the bytes.
    pub fn new(title: impl Into<String>, media_type: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Document {
        Document { title: title.into(), media_type: media_type.into(), bytes: bytes.into() }
    }

    /// The title.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The media type.
    pub fn media_type(&self) -> &str {
        &self.media_type
    }

    /// The bytes to show, and to keep for as long as a record names them.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn shown(&self) -> Shown {
        Shown {
            title: self.title.clone(),
            media_type: self.media_type.clone(),
            length: self.bytes.len() as u64,
            sha256: Sha256(base::sha256(&self.bytes)),
        }
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("title", &self.title)
            .field("length", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

/// What a record keeps of a document: enough to recognise its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The title.
    pub title: String,
    /// The media type.
    pub media_type: String,
    /// How many bytes.
    pub length: u64,
    /// Their SHA-256, as `sha256sum` prints it.
    pub sha256: Sha256,
}

/// The hash of a bundle.
pub(super) fn bundle_hash(documents: &[Shown]) -> Sha256 {
    let lengths: Vec<[u8; 8]> = documents.iter().map(|d| d.length.to_be_bytes()).collect();
    let parts = documents.iter().zip(&lengths);
    let parts = parts.flat_map(|(d, length)| [d.title.as_bytes(), d.media_type.as_bytes(), length, &d.sha256.0]);
    Sha256(base::digest("sas-psc terms bundle v1", &parts.collect::<Vec<&[u8]>>()))
}

/// What a new version changes, which decides what is asked of those who accepted an older one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// Spelling, layout: nothing is asked.
    Editorial,
    /// The person is told.
    Minor,
    /// The person must accept again.
    Material,
}

/// What to do with a person at sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing.
    Nothing,
    /// Tell that the terms changed, and let go on.
    Notify,
    /// Show the terms and ask.
    Accept,
}

/// One version of the terms in one language. It never changes: what would change it is another version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermsVersion {
    slug: String,
    version: String,
    lang: String,
    effective_from: Timestamp,
    change: Change,
    url: Option<String>,
    documents: Vec<Document>,
    shown: Vec<Shown>,
    hash: Sha256,
}

impl TermsVersion {
    /// `slug` names the terms (`cgu-sas`), `version` this version (`2026-11`), `lang` its language (`fr`);
    /// `change` says what it changes from the version before.
    ///
    /// # Errors
    /// `terms-invalid` when a name is empty or longer than 256 bytes, or when there are not 1 to 16 documents with
    /// their bytes.
    ///
    /// ```
    /// use sas_psc::{base::Timestamp, consent::{Change, Document, TermsVersion}};
    ///
    /// let cgu = Document::new("Conditions générales d'utilisation", "text/plain; charset=utf-8", "Article 1…");
    /// let privacy = Document::new("Politique de confidentialité", "text/plain; charset=utf-8", "Nous gardons…");
    /// let start = Timestamp::parse_rfc3339("2026-11-01T00:00:00Z")?;
    /// let terms = TermsVersion::new("cgu", "1", "fr", start, Change::Material, vec![cgu, privacy])?;
    /// assert_eq!(terms.hash().to_string().len(), 64);
    /// # Ok::<(), sas_psc::Error>(())
    /// ```
    pub fn new(
        slug: impl Into<String>,
        version: impl Into<String>,
        lang: impl Into<String>,
        effective_from: Timestamp,
        change: Change,
        documents: Vec<Document>,
    ) -> Result<TermsVersion> {
        let (slug, version, lang) = (slug.into(), version.into(), lang.into());
        let name = |text: &str| (1..=MAX_NAME).contains(&text.len());
        let document = |d: &Document| name(&d.title) && name(&d.media_type) && !d.bytes.is_empty();
        let named = name(&slug) && name(&version) && name(&lang);
        if !named || !(1..=MAX_DOCUMENTS).contains(&documents.len()) || !documents.iter().all(document) {
            return Err(Error::new(Code::TERMS_INVALID));
        }
        let shown: Vec<Shown> = documents.iter().map(Document::shown).collect();
        let hash = bundle_hash(&shown);
        Ok(TermsVersion { slug, version, lang, effective_from, change, url: None, documents, shown, hash })
    }

    /// With the address where the text stays readable.
    pub fn at_url(mut self, url: impl Into<String>) -> TermsVersion {
        self.url = Some(url.into()).filter(|url| !url.is_empty());
        self
    }

    /// The name of the terms.
    pub fn slug(&self) -> &str {
        &self.slug
    }

    /// The name of the version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The language.
    pub fn lang(&self) -> &str {
        &self.lang
    }

    /// From when it holds.
    pub fn effective_from(&self) -> Timestamp {
        self.effective_from
    }

    /// What it changes.
    pub fn change(&self) -> Change {
        self.change
    }

    /// Where the text stays readable.
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// The documents, in the order shown.
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// What a record keeps of them.
    pub fn shown(&self) -> &[Shown] {
        &self.shown
    }

    /// The identity of the bundle.
    pub fn hash(&self) -> Sha256 {
        self.hash
    }
}

const MAX_NAME: usize = 256;
pub(super) const MAX_DOCUMENTS: usize = 16;

/// Every version of one set of terms, the oldest first; a version may exist in several languages.
#[derive(Debug, Clone)]
pub struct Terms(Vec<TermsVersion>);

impl Terms {
    /// The versions, the oldest first, the languages of one version one after another; the first is the fallback.
    ///
    /// # Errors
    /// `terms-invalid` when there is none, when names differ, when two have the same version and language, or when
    /// the dates do not grow from one version to the next, or differ within one.
    pub fn new(versions: Vec<TermsVersion>) -> Result<Terms> {
        let follows = |pair: &[TermsVersion]| {
            let [one, next] = pair else { return true };
            let same = one.version == next.version;
            let dates =
                if same { one.effective_from == next.effective_from } else { one.effective_from < next.effective_from };
            one.slug == next.slug && dates && (!same || one.change == next.change)
        };
        let twice =
            |(at, v): (usize, &TermsVersion)| versions[..at].iter().any(|w| w.version == v.version && w.lang == v.lang);
        if versions.is_empty() || !versions.windows(2).all(follows) || versions.iter().enumerate().any(twice) {
            return Err(Error::new(Code::TERMS_INVALID));
        }
        Ok(Terms(versions))
    }

    /// Every version, in the order of [`Terms::new`].
    pub fn versions(&self) -> &[TermsVersion] {
        &self.0
    }

    /// The version in force at `now`, in `lang` if it exists so, else in its first language; none before the first.
    pub fn current(&self, lang: &str, now: Timestamp) -> Option<&TermsVersion> {
        let last = self.0.iter().rfind(|v| v.effective_from <= now)?;
        let mut same = self.0.iter().filter(|v| v.version == last.version);
        same.clone().find(|v| v.lang == lang).or_else(|| same.next())
    }

    /// The version with this hash.
    pub fn with_hash(&self, hash: &Sha256) -> Option<&TermsVersion> {
        self.0.iter().find(|v| v.hash == *hash)
    }

    /// What changed for a person whose last acceptance names this hash, from the text they accepted to the one in force in
    /// `lang`, both in that language when they exist in it; none when nothing did, or when the text is not among these.
    pub fn difference(&self, accepted: &Sha256, lang: &str, now: Timestamp) -> Option<TermsDifference> {
        let (old, new) = (self.with_hash(accepted)?, self.current(lang, now)?);
        let same = self.0.iter().find(|v| v.version == old.version && v.lang == new.lang);
        Some(new.difference_since(same.unwrap_or(old))).filter(|difference| !difference.is_empty())
    }

    /// What to ask of a person whose last acceptance names this hash: the gravest change since decides. Somebody who
    /// accepted nothing, or a text that is not among these versions, is asked.
    pub fn needed(&self, accepted: Option<&Sha256>, now: Timestamp) -> Need {
        let Some(accepted) = accepted.and_then(|hash| self.with_hash(hash)) else { return Need::Accept };
        let since = self.0.iter().filter(|v| v.effective_from > accepted.effective_from && v.effective_from <= now);
        match since.map(|v| v.change).max() {
            Some(Change::Material) => Need::Accept,
            Some(Change::Minor) => Need::Notify,
            Some(Change::Editorial) | None => Need::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64) -> Timestamp {
        Timestamp::from_unix(day * 86_400)
    }

    fn version(name: &str, lang: &str, day: i64, change: Change) -> TermsVersion {
        let cgu = Document::new("CGU", "text/plain; charset=utf-8", format!("CGU {name} {lang}"));
        let privacy = Document::new("Politique de confidentialité", "text/plain; charset=utf-8", "Vie privée");
        TermsVersion::new("cgu", name, lang, at(day), change, vec![cgu, privacy]).unwrap()
    }

    #[test]
    fn the_hash_knows_every_byte_and_the_order() {
        let hash = |documents: Vec<Document>| {
            TermsVersion::new("cgu", "1", "fr", at(0), Change::Material, documents).unwrap().hash()
        };
        let (a, b) = (Document::new("A", "text/plain", "aa"), Document::new("B", "text/plain", "bb"));
        let all = [
            hash(vec![a.clone(), b.clone()]),
            hash(vec![b.clone(), a.clone()]),
            hash(vec![a.clone()]),
            hash(vec![Document::new("A", "text/html", "aa"), b.clone()]),
            hash(vec![Document::new("A'", "text/plain", "aa"), b.clone()]),
            hash(vec![Document::new("A", "text/plain", "aa\n"), b]),
        ];
        for (at, one) in all.iter().enumerate() {
            assert!(!all[..at].contains(one), "{at}");
        }
    }

    #[test]
    fn an_incomplete_version_is_refused() {
        let document = || vec![Document::new("A", "text/plain", "a")];
        let new = |slug: &str, version: &str, lang: &str, documents| {
            TermsVersion::new(slug, version, lang, at(0), Change::Minor, documents).map(|_| ()).map_err(|e| e.code())
        };
        assert_eq!(new("cgu", "1", "fr", document()), Ok(()));
        for (slug, version, lang, documents) in [
            ("", "1", "fr", document()),
            ("cgu", "", "fr", document()),
            ("cgu", "1", "", document()),
            (&*"x".repeat(257), "1", "fr", document()),
            ("cgu", "1", "fr", vec![]),
            ("cgu", "1", "fr", vec![Document::new("A", "text/plain", "")]),
            ("cgu", "1", "fr", vec![Document::new("", "text/plain", "a")]),
            ("cgu", "1", "fr", vec![document()[0].clone(); 17]),
        ] {
            assert_eq!(new(slug, version, lang, documents), Err(Code::TERMS_INVALID), "{slug} {version} {lang}");
        }
    }

    #[test]
    fn a_history_out_of_order_is_refused() {
        let (one, two) = (version("1", "fr", 0, Change::Material), version("2", "fr", 10, Change::Minor));
        assert!(Terms::new(vec![one.clone(), version("1", "en", 0, Change::Material), two.clone()]).is_ok());
        for bad in [
            vec![],
            vec![two.clone(), one.clone()],
            vec![one.clone(), one.clone()],
            vec![one.clone(), version("1", "en", 1, Change::Material)],
            vec![one.clone(), version("1", "en", 0, Change::Minor)],
            vec![one.clone(), two.clone(), version("1", "fr", 20, Change::Minor)],
        ] {
            assert_eq!(Terms::new(bad).unwrap_err().code(), Code::TERMS_INVALID);
        }
    }

    #[test]
    fn the_gravest_change_since_the_last_acceptance_decides() {
        let (one, material) = (version("1", "fr", 0, Change::Material), version("2", "fr", 10, Change::Material));
        let (editorial, minor) = (version("3", "fr", 20, Change::Editorial), version("4", "fr", 30, Change::Minor));
        let hashes = [&one, &material, &editorial, &minor].map(|v| v.hash());
        let terms = Terms::new(vec![one, material, editorial, minor]).unwrap();
        let needed = |accepted: usize, day| terms.needed(Some(&hashes[accepted]), at(day));
        assert_eq!(terms.needed(None, at(5)), Need::Accept);
        assert_eq!(terms.needed(Some(&Sha256([7; 32])), at(5)), Need::Accept, "a text that is not ours");
        assert_eq!(needed(0, 5), Need::Nothing);
        assert_eq!(needed(0, 10), Need::Accept);
        assert_eq!(needed(0, 25), Need::Accept, "an editorial change does not hide the material one before it");
        assert_eq!(needed(1, 25), Need::Nothing);
        assert_eq!(needed(1, 30), Need::Notify);
        assert_eq!(needed(3, 25), Need::Nothing, "accepted ahead of its date");
    }

    #[test]
    fn the_difference_is_from_what_the_person_accepted_in_the_language_of_today() {
        let all = vec![
            version("1", "fr", 0, Change::Material),
            version("1", "en", 0, Change::Material),
            version("2", "fr", 10, Change::Minor),
            version("2", "en", 10, Change::Minor),
            version("3", "fr", 20, Change::Material),
        ];
        let (french, english) = (all[0].hash(), all[1].hash());
        let terms = Terms::new(all).unwrap();
        let told = |accepted: &Sha256, lang, day| {
            let difference = terms.difference(accepted, lang, at(day))?;
            Some((difference.from.clone(), difference.to.clone(), difference.to_text(crate::error::Lang::Fr)))
        };
        assert_eq!(told(&french, "fr", 5), None, "nothing changed");
        let (from, to, text) = told(&french, "en", 10).unwrap();
        assert_eq!((&*from, &*to, text.contains("- CGU 1 en\n+ CGU 2 en\n")), ("1", "2", true), "{text}");
        let (_, to, text) = told(&english, "en", 20).unwrap();
        assert_eq!((&*to, text.contains("- CGU 1 fr\n+ CGU 3 fr\n")), ("3", true), "the newest is in French alone");
        assert_eq!(told(&Sha256([7; 32]), "fr", 20), None, "a text that is not ours");
    }

    #[test]
    fn another_language_of_the_same_version_counts_and_is_the_fallback() {
        let (fr, en) = (version("1", "fr", 0, Change::Material), version("1", "en", 0, Change::Material));
        let terms = Terms::new(vec![fr.clone(), en.clone(), version("2", "fr", 10, Change::Material)]).unwrap();
        assert_eq!(terms.current("en", at(5)), Some(&en));
        assert_eq!(terms.current("br", at(5)), Some(&fr));
        assert_eq!(terms.current("en", at(10)).unwrap().version(), "2");
        assert_eq!(terms.current("fr", at(-1)), None);
        assert_eq!(terms.needed(Some(&en.hash()), at(5)), Need::Nothing);
    }
}
