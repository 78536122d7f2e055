//! The card in a reader: what can be done with it, each as a dialogue.
//!
//! A dialogue says first which card it talks to: the serial number costs two exchanges and is what the cache, and the
//! check that it is still the same card, stand on. Who is allowed what is not decided here.

use super::cache::{Known, Update};
use super::chip::Chip;
use super::layout::Layout;
use super::pinpad::ReaderKeys;
use super::{
    Atr, CardCache, CardCertificate, CardKind, CardSerial, Dialogue, PinStatus, PinpadUse, Protocol, Tlvs, Usage,
    unlock,
};
use crate::base::sha256;
use crate::error::{Code, Error, Result};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

/// The date of the last update of the card.
const UPDATE: u16 = 0xD010;

/// The card that a reader holds, by its ATR.
#[derive(Debug, Clone)]
pub struct Card {
    kind: CardKind,
    protocol: Protocol,
    cache: CardCache,
    expected: Option<CardSerial>,
    keys: ReaderKeys,
}

impl Card {
    /// The card of this ATR, over the protocol that the reader chose.
    ///
    /// ```
    /// use sas_psc::card::{Atr, Card, CardCache, Protocol, Step};
    ///
    /// let atr = Atr::new(&[0x3B, 0xAC, 0, 0x40, 0x2A, 0, 0x12, 0x25, 0, 0x64, 0x80, 0, 3, 0x10, 0, 0x90, 0]);
    /// let card = Card::new(&atr, Protocol::T0, &CardCache::new());
    /// let mut dialogue = card.serial();
    /// let Step::Transmit(select) = dialogue.step()? else { panic!("a command comes first") };
    /// assert_eq!(select.masked(), "00 a4 09 0c 04 3f 00 d0 03");
    /// dialogue.answered(&[0x90, 0x00]);
    /// let Step::Transmit(read) = dialogue.step()? else { panic!("then it is read") };
    /// assert_eq!(read.masked(), "00 b0 00 00 0c");
    /// dialogue.answered(&[0x5A, 10, 0x80, 0x25, 0, 0, 1, 0x99, 0, 0, 1, 0x0F, 0x90, 0x00]);
    /// let Step::Done(serial) = dialogue.step()? else { panic!("it is over") };
    /// assert_eq!((serial.as_str(), dialogue.exchanges()), ("99000001", 2));
    /// # Ok::<(), sas_psc::Error>(())
    /// ```
    pub fn new(atr: &Atr, protocol: Protocol, cache: &CardCache) -> Card {
        let keys = ReaderKeys::default();
        Card { kind: atr.kind(), protocol, cache: cache.clone(), expected: None, keys }
    }

    /// The same in a reader that has keys of its own for these: [`PinEntry::on_pinpad_if_any`](super::PinEntry) uses them.
    pub fn with_pinpad(self, can: impl Fn(PinpadUse) -> bool) -> Card {
        Card { keys: ReaderKeys { verify: can(PinpadUse::Verify), change: can(PinpadUse::Change) }, ..self }
    }

    /// Whether a code of this card can be taken on the reader's keys for this: a CPS4 takes the old and the new one apart, which
    /// keys do not.
    pub fn takes_on_pinpad(&self, purpose: PinpadUse) -> bool {
        match purpose {
            PinpadUse::Verify => self.keys.verify,
            PinpadUse::Change => self.keys.change && self.kind != CardKind::Cps4,
        }
    }

    /// The same, refusing any other card than this one: `card-other`.
    pub fn expecting(self, serial: CardSerial) -> Card {
        Card { expected: Some(serial), ..self }
    }

    /// What its ATR announces.
    pub fn kind(&self) -> CardKind {
        self.kind
    }

    /// Reads the serial number, which says too that it is a CPS.
    ///
    /// # Errors
    /// The dialogue's: `card-unknown`, `card-other`, and each of [`StatusWord::error`](super::StatusWord::error).
    pub fn serial(&self) -> Dialogue<CardSerial> {
        self.open(|chip, _| async move { Ok(chip.serial) })
    }

    /// Reads what the card shows without a code: its certificates, and the state of its PIN. Certificates that are
    /// remembered are not read again unless the card was updated since.
    ///
    /// # Errors
    /// The dialogue's: those of [`Card::serial`], `card-directory`, `card-update-unfinished`, `card-answer`.
    pub fn read(&self) -> Dialogue<CardContents> {
        self.open(|chip, cache| async move { read(&chip, &cache).await })
    }

    /// Asks for the state of the PIN, which costs no try.
    ///
    /// # Errors
    /// The dialogue's: those of [`Card::read`]; `card-contactless`.
    pub fn pin_status(&self) -> Dialogue<PinStatus> {
        self.open(|chip, cache| async move {
            let known = known(&chip, &cache).await?;
            chip.enter().await?;
            unlock::status(&chip, known.layout.pin()?).await
        })
    }

    pub(super) fn open<T, F, D>(&self, dialogue: F) -> Dialogue<T>
    where
        F: FnOnce(Chip, CardCache) -> D + Send + 'static,
        D: Future<Output = Result<T>> + Send,
    {
        let Card { kind, protocol, cache, expected, keys } = self.clone();
        Dialogue::of(protocol, move |wire| async move {
            let chip = Chip::open(wire, kind, keys).await?;
            if expected.is_some_and(|expected| expected != chip.serial) {
                return Err(Error::new(Code::CARD_OTHER));
            }
            dialogue(chip, cache).await
        })
    }
}

/// What is remembered of a card, or its directories read now.
pub(super) async fn known(chip: &Chip, cache: &CardCache) -> Result<Known> {
    if let Some(known) = cache.get(&chip.serial) {
        return Ok(known);
    }
    let layout = Layout::discover(chip).await?;
    let known = Known { layout, update: None, certificates: BTreeMap::new() };
    cache.put(chip.serial, known.clone());
    Ok(known)
}

async fn read(chip: &Chip, cache: &CardCache) -> Result<CardContents> {
    let update = match chip.contactless() {
        // EF.ACTUA is for contact readers.
        true => Update(None),
        false => update(chip.read_optional(UPDATE).await?)?,
    };
    if cache.get(&chip.serial).is_some_and(|known| known.update.as_ref() != Some(&update)) {
        cache.forget(&chip.serial);
    }
    let mut known = known(chip, cache).await?;
    let mut within = false;
    let mut certificates = Vec::new();
    for place in &known.layout.places {
        let der = match known.certificates.get(&place.certificate) {
            Some(der) => der.clone(),
            None => {
                let der: Arc<[u8]> = match chip.read_certificate(&place.certificate).await {
                    Ok(der) => der.into(),
                    // The directory names a file that is not there: the card has one certificate less.
                    Err(error) if error.code() == Code::CARD_OBJECT_MISSING => continue,
                    Err(error) => return Err(error),
                };
                within = true;
                known.certificates.insert(place.certificate.clone(), der.clone());
                der
            }
        };
        certificates.push(StoredCertificate { usage: place.usage, label: place.label.clone(), der });
    }
    let pin = match known.layout.pin {
        Some(rules) => {
            if !within {
                chip.enter().await?;
            }
            Some(unlock::status(chip, rules).await?)
        }
        None => None,
    };
    known.update = Some(update);
    cache.put(chip.serial, known);
    Ok(CardContents { kind: chip.kind, serial: chip.serial, pin, certificates })
}

/// EC { 81 start, 82 end }, each a date of seven packed bytes. A file that is there and does not hold both is the trace
/// of an update that was cut off: ANS's module refuses such a card.
fn update(file: Option<Vec<u8>>) -> Result<Update> {
    let Some(file) = file else { return Ok(Update(None)) };
    let template = Tlvs::new(&file).tagged(0xEC);
    let date = |tag| template.and_then(|template| template.find(tag)).is_some_and(|date| date.value.len() == 7);
    if date(0x81) && date(0x82) { Ok(Update(Some(file))) } else { Err(Error::new(Code::CARD_UPDATE_UNFINISHED)) }
}

/// What a card shows without a code.
#[derive(Clone)]
pub struct CardContents {
    /// What it is, as it turned out.
    pub kind: CardKind,
    /// Its serial number.
    pub serial: CardSerial,
    /// The state of its PIN; none on a contactless card, which has no PIN there.
    pub pin: Option<PinStatus>,
    /// Its certificates, in its own order.
    pub certificates: Vec<StoredCertificate>,
}

impl CardContents {
    /// The certificate of a usage.
    ///
    /// # Errors
    /// `card-contactless` when a contact reader would have it, `card-key-missing`.
    pub fn find(&self, usage: Usage) -> Result<&StoredCertificate> {
        let contactless = self.kind == CardKind::Cps3Contactless;
        let code = if contactless { Code::CARD_CONTACTLESS } else { Code::CARD_KEY_MISSING };
        self.certificates.iter().find(|stored| stored.usage == usage).ok_or_else(|| Error::new(code))
    }
}

impl fmt::Debug for CardContents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CardContents { kind, serial, pin, certificates } = self;
        let mut shown = f.debug_struct("CardContents");
        shown.field("kind", kind).field("serial", serial).field("pin", pin).field("certificates", certificates).finish()
    }
}

/// A certificate as a card has it.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredCertificate {
    /// What its key is for.
    pub usage: Usage,
    /// As the card calls it.
    pub label: String,
    /// X.509, DER. Nothing in it was checked.
    pub der: Arc<[u8]>,
}

impl StoredCertificate {
    /// What it says.
    ///
    /// # Errors
    /// `card-certificate-unreadable`.
    pub fn certificate(&self) -> Result<CardCertificate> {
        match self.usage {
            Usage::Technical => CardCertificate::read_contactless(&self.der),
            _ => CardCertificate::read(&self.der),
        }
    }

    /// SHA-256 of its bytes.
    pub fn sha256(&self) -> [u8; 32] {
        sha256(&self.der)
    }

    /// Its bytes as PEM, RFC 7468.
    pub fn to_pem(&self) -> String {
        let text = BASE64_STANDARD.encode(&self.der);
        let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (line, after) = rest.split_at(rest.len().min(64));
            pem.push_str(line);
            pem.push('\n');
            rest = after;
        }
        pem + "-----END CERTIFICATE-----\n"
    }
}

impl fmt::Debug for StoredCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredCertificate").field("usage", &self.usage).field("bytes", &self.der.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_written_as_pem_in_lines_of_64() {
        let der: Vec<u8> = (0..100).collect();
        let pem = StoredCertificate { usage: Usage::Signature, label: String::new(), der: der.into() }.to_pem();
        let lines: Vec<usize> = pem.lines().map(str::len).collect();
        assert_eq!(lines, [27, 64, 64, 8, 25]);
        assert!(pem.contains("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v\n"));
    }

    #[test]
    fn an_update_that_was_cut_off_is_told() {
        let whole = [&[0xEC, 18, 0x81, 7][..], &[0x20; 7], &[0x82, 7], &[0x21; 7]].concat();
        assert_eq!(update(Some(whole.clone())).unwrap(), Update(Some(whole.clone())));
        assert_eq!(update(None).unwrap(), Update(None), "never updated");
        for cut in [&[][..], &[0xEC, 0], &[0; 20], &whole[..11], &[0xEC, 9, 0x81, 7, 0, 0, 0, 0, 0, 0, 0]] {
            assert_eq!(update(Some(cut.to_vec())).unwrap_err().code(), Code::CARD_UPDATE_UNFINISHED, "{cut:?}");
        }
    }
}
