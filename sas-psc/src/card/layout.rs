//! Where a card has its keys, certificates and codes, put together from its PKCS#15 directories.
//!
//! A certificate and a key belong together by their identifier. What a key is for comes from its usage flags, on a
//! contactless card from the interface: its key is the card's own, never the holder's.

use super::chip::Chip;
use super::pkcs15::{self, FilePath};
use crate::error::{Code, Error, Result};
use serde::{Deserialize, Serialize};

/// What a key of a card is for, as its directories say: known before any certificate is read, which then has the
/// [`Purpose`](super::Purpose) of its own usages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Usage {
    /// It proves that the holder is there: sign-in, TLS. Asks for the PIN.
    Authentication,
    /// Its signatures engage the holder. Asks for the PIN.
    Signature,
    /// The card's own, over the air and without PIN: it says that this card is near, not that its holder is.
    Technical,
}

impl Usage {
    /// `authentication`, `signature`, `technical`: as JSON, C and Python have it.
    pub const fn word(self) -> &'static str {
        match self {
            Usage::Authentication => "authentication",
            Usage::Signature => "signature",
            Usage::Technical => "technical",
        }
    }

    /// The usage of this word.
    ///
    /// # Errors
    /// `card-purpose-unknown`.
    pub fn of_word(word: &str) -> Result<Usage> {
        let all = [Usage::Authentication, Usage::Signature, Usage::Technical];
        all.into_iter()
            .find(|usage| usage.word() == word)
            .ok_or_else(|| Error::field(Code::CARD_PURPOSE_UNKNOWN, "usage"))
    }
}

/// A key with its certificate's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) usage: Usage,
    pub(super) label: String,
    pub(super) certificate: FilePath,
    pub(super) key: u8,
}

/// How a code is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CodeRules {
    pub(super) reference: u8,
    pub(super) length: (u8, u8),
    pub(super) filled: Option<(u8, u8)>,
}

impl CodeRules {
    /// What is sent for a code: filled up where the card wants it so.
    pub(super) fn block(&self, code: &[u8]) -> zeroize::Zeroizing<Vec<u8>> {
        let length = self.filled.map_or(code.len(), |(length, _)| code.len().max(length.into()));
        let mut block = zeroize::Zeroizing::new(Vec::with_capacity(length));
        block.extend_from_slice(code);
        block.resize(length, self.filled.map_or(0xFF, |(_, filler)| filler));
        block
    }
}

/// The places of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) contactless: bool,
    pub(super) places: Vec<Place>,
    pub(super) pin: Option<CodeRules>,
    pub(super) puk: Option<CodeRules>,
}

impl Layout {
    /// Reads the directories: the one that lists them, certificates, keys and, where there is a PIN, codes.
    pub(super) async fn discover(chip: &Chip) -> Result<Layout> {
        let application = chip.application();
        let directories = pkcs15::directories(&chip.read_file(&FilePath::new(&[application, 0x5031])).await?);
        let within = |path: Option<FilePath>| path.map(|path| path.within(application));
        let missing = || Error::new(Code::CARD_DIRECTORY);
        let certificates = within(directories.certificates).ok_or_else(missing)?;
        let certificates = pkcs15::certificates(&chip.read_file(&certificates).await?);
        let keys = pkcs15::keys(&chip.read_file(&within(directories.keys).ok_or_else(missing)?).await?);
        let places = places(certificates, &keys, application, chip.contactless());
        if places.is_empty() {
            return Err(missing());
        }
        let codes = match within(directories.codes) {
            // Nothing of a contactless card asks for a code.
            Some(path) if !chip.contactless() => pkcs15::codes(&chip.read_file(&path).await?),
            _ => Vec::new(),
        };
        let rules = |unblocking| codes.iter().find(|code| code.unblocking == unblocking).map(rules);
        Ok(Layout { contactless: chip.contactless(), places, pin: rules(false), puk: rules(true) })
    }

    /// The place of a usage.
    ///
    /// # Errors
    /// `card-contactless` when a contact reader would have it, `card-key-missing`.
    pub(super) fn place(&self, usage: Usage) -> Result<&Place> {
        self.places.iter().find(|place| place.usage == usage).ok_or_else(|| self.missing(Code::CARD_KEY_MISSING))
    }

    fn missing(&self, code: Code) -> Error {
        Error::new(if self.contactless { Code::CARD_CONTACTLESS } else { code })
    }

    /// The rules of the PIN.
    ///
    /// # Errors
    /// `card-directory`, `card-contactless`.
    pub(super) fn pin(&self) -> Result<CodeRules> {
        self.pin.ok_or_else(|| self.missing(Code::CARD_DIRECTORY))
    }

    /// The rules of the PUK.
    ///
    /// # Errors
    /// `card-directory`, `card-contactless`.
    pub(super) fn puk(&self) -> Result<CodeRules> {
        self.puk.ok_or_else(|| self.missing(Code::CARD_DIRECTORY))
    }
}

fn rules(code: &pkcs15::CodeObject) -> CodeRules {
    CodeRules { reference: code.reference, length: code.length, filled: code.filled }
}

fn places(
    certificates: Vec<pkcs15::CertificatePlace>,
    keys: &[pkcs15::Key],
    application: u16,
    contactless: bool,
) -> Vec<Place> {
    let place = |certificate: pkcs15::CertificatePlace| {
        let key = keys.iter().find(|key| key.id == certificate.id)?;
        let usage = match (contactless, key.non_repudiation(), key.sign()) {
            (true, ..) => Usage::Technical,
            (_, true, _) => Usage::Signature,
            (_, _, true) => Usage::Authentication,
            _ => return None,
        };
        let path = certificate.path.within(application);
        Some(Place { usage, label: certificate.label, certificate: path, key: key.reference })
    };
    certificates.into_iter().filter_map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_filled_up_where_the_card_wants_it_and_nowhere_else() {
        let plain = CodeRules { reference: 1, length: (4, 8), filled: None };
        assert_eq!(plain.block(b"1234").as_slice(), b"1234");
        let filled = CodeRules { filled: Some((8, 0xFF)), ..plain };
        assert_eq!(filled.block(b"1234").as_slice(), b"1234\xFF\xFF\xFF\xFF");
        let shorter = CodeRules { filled: Some((2, 0xFF)), ..plain };
        assert_eq!(shorter.block(b"1234").as_slice(), b"1234");
    }

    #[test]
    fn a_usage_is_known_by_its_word() {
        for usage in [Usage::Authentication, Usage::Signature, Usage::Technical] {
            assert_eq!(Usage::of_word(usage.word()).unwrap(), usage);
        }
        assert_eq!(Usage::of_word("auth").unwrap_err().code(), Code::CARD_PURPOSE_UNKNOWN);
    }
}
