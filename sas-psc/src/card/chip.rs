//! The two dialects of the CPS: IAS-ECC of CPS3 (class 00) and ChipDoc of CPS4 (logical channel 1, class 01).
//!
//! One card, opened: it is a CPS because its serial number says so, and from then on files are selected and read in its
//! own way. Sources: dialogues of OpenSC 0.23 and of ANS's module with real and virtual cards. On a CPS4 channel 0
//! belongs to SESAM-Vitale's applet: nothing is sent there but to free channel 1.

use super::pinpad::ReaderKeys;
use super::pkcs15::FilePath;
use super::wire::Wire;
use super::{CardKind, CardSerial, Command, FileControl, Meaning, Response, Tlv};
use crate::error::{Code, Error, Result};

/// The largest file that is read; READ BINARY counts to 32,767.
const MAX_FILE: usize = 0x4000;
/// The largest certificate.
const MAX_CERTIFICATE: usize = 0x2000;
/// One READ BINARY gives at most this much.
const BLOCK: usize = 256;

const APPLET: [u8; 8] = [0x80, 0x25, 0x00, 0x00, 0x01, 0xFF, 0x01, 0x00];
const CARD_MANAGER: [u8; 7] = [0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00];
const CPS2TER: [u8; 8] = [0x80, 0x25, 0x00, 0x00, 0x01, 0xFF, 0x00, 0x02];
const SERIAL: u16 = 0xD003;
const SERIAL_LENGTH: u16 = 12;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Ias,
    ChipDoc,
}

/// A CPS, opened.
pub(super) struct Chip {
    pub(super) wire: Wire,
    pub(super) dialect: Dialect,
    pub(super) kind: CardKind,
    pub(super) serial: CardSerial,
    pub(super) keys: ReaderKeys,
}

impl Chip {
    /// Selects what has to be, and reads the serial number. A generation that the ATR got wrong, or did not tell, is
    /// found by asking.
    pub(super) async fn open(wire: Wire, kind: CardKind, keys: ReaderKeys) -> Result<Chip> {
        let tried = match kind {
            CardKind::Cps3 => [Dialect::Ias, Dialect::ChipDoc],
            // Class 01 first: a CPS3 refuses it, and a CPS4 is not disturbed on channel 0.
            CardKind::Cps4 | CardKind::Unknown => [Dialect::ChipDoc, Dialect::Ias],
            // No other dialect is known over the air.
            CardKind::Cps3Contactless => [Dialect::Ias, Dialect::Ias],
        };
        let first = serial(&wire, tried[0]).await;
        let (dialect, serial) = match first {
            Ok(serial) => (tried[0], serial),
            Err(error) if another(&error, kind) && tried[0] != tried[1] => match serial(&wire, tried[1]).await {
                Ok(serial) => (tried[1], serial),
                // The first says more of a card that is known, and of one that is not nothing is to be said.
                Err(second) if spoken(&second) && kind == CardKind::Unknown => {
                    return Err(Error::new(Code::CARD_UNKNOWN));
                }
                Err(second) if spoken(&second) => return Err(error),
                Err(second) => return Err(second),
            },
            Err(error) => return Err(error),
        };
        let kind = match (dialect, kind) {
            (Dialect::ChipDoc, _) => CardKind::Cps4,
            (Dialect::Ias, CardKind::Cps3Contactless) => CardKind::Cps3Contactless,
            (Dialect::Ias, _) => CardKind::Cps3,
        };
        Ok(Chip { wire, dialect, kind, serial, keys })
    }

    /// Class byte of its commands.
    pub(super) fn class(&self) -> u8 {
        self.dialect.class()
    }

    /// The card shows nothing of its holder.
    pub(super) fn contactless(&self) -> bool {
        self.kind == CardKind::Cps3Contactless
    }

    /// The folder of the PKCS#15 application.
    pub(super) fn application(&self) -> u16 {
        if self.contactless() { 0x0002 } else { 0x0001 }
    }

    pub(super) fn command(&self, instruction: u8, p1: u8, p2: u8) -> Command {
        Command::new(self.class(), instruction, p1, p2)
    }

    /// Makes the application the current one: its keys are used from within.
    pub(super) async fn enter(&self) -> Result<()> {
        select(&self.wire, self.dialect, &[self.application()]).await
    }

    /// Reads a file by the size that it announces; what is beyond its end is not there.
    pub(super) async fn read_file(&self, path: &FilePath) -> Result<Vec<u8>> {
        let response = self.wire.send(&selection(self.dialect, path.files(), true)).await?.done()?;
        let size = FileControl::read(response.data()).size.map_or(MAX_FILE, usize::from);
        self.read_to(Vec::new(), size.min(MAX_FILE)).await
    }

    /// Reads a small file whose size nobody knows: one selection, one reading. None when there is no such file.
    pub(super) async fn read_optional(&self, file: u16) -> Result<Option<Vec<u8>>> {
        match select(&self.wire, self.dialect, &[file]).await {
            Err(error) if error.code() == Code::CARD_OBJECT_MISSING => return Ok(None),
            other => other?,
        }
        let response = self.read_at(0, BLOCK).await?;
        match response.status().error() {
            None => Ok(Some(response.data().to_vec())),
            // An empty file has no first byte.
            Some(error) if error.code() == Code::CARD_COMMAND_REFUSED => Ok(Some(Vec::new())),
            Some(error) => Err(error),
        }
    }

    /// Reads a certificate: as long as its own header says, whatever the file's size.
    pub(super) async fn read_certificate(&self, path: &FilePath) -> Result<Vec<u8>> {
        select(&self.wire, self.dialect, path.files()).await?;
        let start = self.read_to(Vec::new(), BLOCK).await?;
        let length = Tlv::announced(&start)?;
        if start.first() != Some(&0x30) || length > MAX_CERTIFICATE {
            return Err(Error::new(Code::CARD_ANSWER));
        }
        let mut certificate = self.read_to(start, length).await?;
        if certificate.len() < length {
            return Err(Error::new(Code::CARD_ANSWER));
        }
        certificate.truncate(length);
        Ok(certificate)
    }

    /// Reads on until there are `size` bytes or the file ends.
    async fn read_to(&self, mut bytes: Vec<u8>, size: usize) -> Result<Vec<u8>> {
        while bytes.len() < size {
            let wanted = (size - bytes.len()).min(BLOCK);
            let response = self.read_at(bytes.len(), wanted).await?;
            let data = response.data();
            match (response.status().meaning(), response.status().error()) {
                (Meaning::EndOfFile, _) if data.len() <= wanted => {
                    bytes.extend_from_slice(data);
                    break;
                }
                (Meaning::Done, _) if !data.is_empty() && data.len() <= wanted => bytes.extend_from_slice(data),
                (_, None) => return Err(Error::new(Code::CARD_ANSWER)),
                // 6B00: the file ended exactly here.
                (Meaning::CommandRefused, _) if !bytes.is_empty() => break,
                (_, Some(error)) => return Err(error),
            }
        }
        Ok(bytes)
    }

    async fn read_at(&self, offset: usize, length: usize) -> Result<Response> {
        let [high, low] = u16::try_from(offset).unwrap_or(u16::MAX).to_be_bytes();
        // At most 256: a block.
        self.wire.send(&self.command(0xB0, high & 0x7F, low).expecting(length as u16)).await
    }
}

impl Dialect {
    fn class(self) -> u8 {
        match self {
            Dialect::Ias => 0x00,
            Dialect::ChipDoc => 0x01,
        }
    }
}

async fn serial(wire: &Wire, dialect: Dialect) -> Result<CardSerial> {
    if dialect == Dialect::ChipDoc {
        applet(wire).await?;
    }
    select(wire, dialect, &[SERIAL]).await?;
    let read = Command::new(dialect.class(), 0xB0, 0, 0).expecting(SERIAL_LENGTH);
    CardSerial::read(wire.send(&read).await?.done()?.data())
}

/// Opens the applet on channel 1; a channel that another program left elsewhere is freed first.
async fn applet(wire: &Wire) -> Result<()> {
    let by_name = |class, name: &[u8]| Command::new(class, 0xA4, 0x04, 0x0C).with_data(name);
    let open = by_name(0x01, &APPLET);
    match wire.order(&open).await {
        Err(error) if error.code() == Code::CARD_CONDITIONS => {
            wire.order(&by_name(0x01, &CARD_MANAGER)).await?;
            wire.order(&by_name(0x00, &CPS2TER)).await?;
            wire.order(&open).await
        }
        other => other,
    }
}

async fn select(wire: &Wire, dialect: Dialect, path: &[u16]) -> Result<()> {
    wire.order(&selection(dialect, path, false)).await
}

/// SELECT by path from the master file, with what the file says of itself or without.
fn selection(dialect: Dialect, path: &[u16], described: bool) -> Command {
    let files: Vec<u8> = path.iter().flat_map(|file| file.to_be_bytes()).collect();
    match dialect {
        Dialect::Ias => {
            let from_root = [&[0x3F, 0x00][..], &files].concat();
            let select = Command::new(0x00, 0xA4, 0x09, if described { 0x04 } else { 0x0C }).with_data(&from_root);
            if described { select.expecting(256) } else { select }
        }
        // Files answer with what they are, the folder with nothing: as ANS's module asks.
        Dialect::ChipDoc => {
            let select = Command::new(0x01, 0xA4, 0x08, 0x00).with_data(&files);
            if path.len() == 1 && path[0] < 0x0100 { select } else { select.expecting(256) }
        }
    }
}

/// The card answered, in whatever way: asking in the other dialect may help.
fn spoken(error: &Error) -> bool {
    error.facts().status_word.is_some() || error.code() == Code::CARD_UNKNOWN
}

/// What makes the other dialect worth a try: a class or instruction that the card does not know; for a card that is not
/// known at all, any refusal.
fn another(error: &Error, kind: CardKind) -> bool {
    error.code() == Code::CARD_DIALECT || (kind == CardKind::Unknown && spoken(error))
}
