//! Readers, cards and signatures as JSON: what the command prints and C and Python take. It holds the holder's name and
//! numbers: it is an answer, never a log line.

use super::{Atr, CardCertificate, CardContents, CardEvent, PinStatus, ReaderState, Signed, StoredCertificate};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;

/// A reader, with what its card shows.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DescribedReader {
    /// The reader's name.
    pub reader: String,
    /// `cps3`, `cps3-contactless`, `cps4`, `none`, `unknown`.
    pub card: &'static str,
    /// The ATR in hexadecimal.
    pub atr: Option<String>,
    /// The serial number of the card.
    pub serial: Option<String>,
    /// Tries left of the PIN: 0 when it is blocked, none when it is verified or there is no PIN.
    pub pin_tries_left: Option<u8>,
    /// Its certificates.
    pub certificates: Vec<DescribedStored>,
}

/// A certificate of the card in a reader. Texts are empty where it says nothing.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DescribedStored {
    /// As the card calls it.
    pub label: String,
    /// `authentication`, `signature`, `technical`.
    pub usage: &'static str,
    /// The holder's national identifier; none on a technical one.
    pub subject_id_nat: Option<String>,
    /// Family name.
    pub family_name: String,
    /// Given name.
    pub given_name: String,
    /// Profession code, or the title where there is no code.
    pub profession: String,
    /// The name of the authority that it says has issued it.
    pub issuer: String,
    /// From when it is good, RFC 3339.
    pub not_before: Option<String>,
    /// Until when it is good, RFC 3339.
    pub not_after: Option<String>,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
}

/// What a card shows without a PIN.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DescribedCard {
    /// `cps3`, `cps3-contactless`, `cps4`.
    pub card: &'static str,
    /// Its serial number.
    pub serial: String,
    /// `verified`, `needed`, `blocked`; none on a contactless card.
    pub pin: Option<&'static str>,
    /// Tries left of the PIN.
    pub pin_tries_left: Option<u8>,
    /// Its certificates.
    pub certificates: Vec<DescribedStored>,
}

/// A signature.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DescribedSigned {
    /// Its bytes, base64.
    pub signature: String,
    /// The certificate of the key, DER, base64.
    pub certificate: String,
    /// SHA-256 of the certificate, hexadecimal.
    pub certificate_sha256: String,
    /// `pkcs1-sha256`, `pkcs1-sha384`, `pkcs1-sha512`, `pss-sha256`.
    pub algorithm: &'static str,
    /// `authentication`, `signature`, `technical`.
    pub usage: &'static str,
    /// The serial number of the card.
    pub serial: String,
}

/// What happened at a reader.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DescribedEvent {
    /// `reader-added`, `reader-removed`, `card-inserted`, `card-mute`, `card-removed`, `service-lost`, `service-found`.
    pub event: &'static str,
    /// The reader's name; none for what happened to the service.
    pub reader: Option<String>,
    /// What a card that was put in announces: `cps3`, `cps3-contactless`, `cps4`, `unknown`.
    pub card: Option<&'static str>,
    /// Its ATR in hexadecimal.
    pub atr: Option<String>,
}

/// The state of a PIN.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DescribedPin {
    /// `verified`, `needed`, `blocked`.
    pub pin: &'static str,
    /// Tries left: none when it is verified.
    pub pin_tries_left: Option<u8>,
}

impl CardEvent {
    /// The event as JSON.
    pub fn described(&self) -> DescribedEvent {
        let (event, reader, atr) = match self {
            CardEvent::ReaderAdded(reader) => ("reader-added", Some(reader), None),
            CardEvent::ReaderRemoved(reader) => ("reader-removed", Some(reader), None),
            CardEvent::CardInserted { reader, atr } => ("card-inserted", Some(reader), Some(atr)),
            CardEvent::CardMute(reader) => ("card-mute", Some(reader), None),
            CardEvent::CardRemoved(reader) => ("card-removed", Some(reader), None),
            CardEvent::ServiceLost => ("service-lost", None, None),
            CardEvent::ServiceFound => ("service-found", None, None),
        };
        let (reader, card) = (reader.map(ToString::to_string), atr.map(|atr| atr.kind().name()));
        DescribedEvent { event, reader, card, atr: atr.map(Atr::to_hex) }
    }
}

impl PinStatus {
    /// The state as JSON.
    pub fn described(self) -> DescribedPin {
        DescribedPin { pin: self.word(), pin_tries_left: self.tries_left() }
    }
}

impl CardContents {
    /// The card as JSON.
    pub fn described(&self) -> DescribedCard {
        DescribedCard {
            card: self.kind.name(),
            serial: self.serial.as_str().to_owned(),
            pin: self.pin.map(PinStatus::word),
            pin_tries_left: self.pin.and_then(PinStatus::tries_left),
            certificates: self.certificates.iter().map(DescribedStored::of).collect(),
        }
    }
}

impl Signed {
    /// The signature as JSON.
    pub fn described(&self) -> DescribedSigned {
        DescribedSigned {
            signature: BASE64_STANDARD.encode(&self.signature),
            certificate: BASE64_STANDARD.encode(&self.certificate),
            certificate_sha256: hexadecimal(&self.certificate_sha256()),
            algorithm: self.scheme.word(),
            usage: self.usage.word(),
            serial: self.serial.as_str().to_owned(),
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl DescribedReader {
    /// A reader, and what was read of its card.
    pub fn of(state: &ReaderState, contents: Option<&CardContents>) -> DescribedReader {
        let card = match (contents, &state.atr, state.mute) {
            (Some(contents), ..) => contents.kind.name(),
            // Not read, or not to be read: what it announces.
            (None, Some(atr), _) => atr.kind().name(),
            (None, None, false) => "none",
            (None, None, true) => "unknown",
        };
        DescribedReader {
            reader: state.name.to_string(),
            card,
            atr: state.atr.as_ref().map(|atr| atr.to_hex()),
            serial: contents.map(|contents| contents.serial.as_str().to_owned()),
            pin_tries_left: contents.and_then(|contents| contents.pin?.tries_left()),
            certificates: contents
                .map_or_else(Vec::new, |contents| contents.certificates.iter().map(DescribedStored::of).collect()),
        }
    }
}

impl DescribedStored {
    fn of(stored: &StoredCertificate) -> DescribedStored {
        let read = stored.certificate();
        // What cannot be read is there all the same: label, usage and hash tell which one it is.
        let described = read.as_ref().ok().map(CardCertificate::described);
        let described = described.as_ref();
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let code = described.map(|it| it.profession).filter(|code| !code.is_empty());
        DescribedStored {
            label: stored.label.clone(),
            usage: stored.usage.word(),
            subject_id_nat: described.and_then(|it| it.id_nat).map(str::to_owned),
            family_name: text(described.map(|it| it.family)),
            given_name: text(described.map(|it| it.given)),
            profession: text(code.or(described.map(|it| it.title))),
            issuer: text(described.map(|it| it.issuer)),
            not_before: described.map(|it| it.not_before.clone()),
            not_after: described.map(|it| it.not_after.clone()),
            sha256: hexadecimal(&stored.sha256()),
        }
    }
}
