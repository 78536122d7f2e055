//! The files of a card, where they lie, and how a card describes them (FCP).
//!
//! The tree is that of facts on the CPS card §3. Which number each directory file has is the usual profile and no more:
//! a client reads it in the ODF.

use super::der::{join, octets, seq, tlv, utf8};
use super::pki::{Leaf, Usage};
use super::{Generation, Profile, pkcs15};

/// A dedicated file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Folder {
    Mf,
    Contact,
    Contactless,
}

impl Folder {
    pub fn id(self) -> u16 {
        match self {
            Folder::Mf => 0x3f00,
            Folder::Contact => 0x0001,
            Folder::Contactless => 0x0002,
        }
    }

    pub fn of(id: u16) -> Option<Folder> {
        [Folder::Mf, Folder::Contact, Folder::Contactless].into_iter().find(|folder| folder.id() == id)
    }

    /// FCP; the MF has none.
    pub fn describe(self) -> Vec<u8> {
        let last = match self {
            Folder::Mf => return Vec::new(),
            Folder::Contact => 0x10,
            Folder::Contactless => 0x20,
        };
        let never = [0x7b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        join(&[
            tlv(0x82, &[0x38]),
            tlv(0x83, &self.id().to_be_bytes()),
            tlv(0x84, &pkcs15::aid(last)),
            tlv(0xa1, &join(&[tlv(0x8c, &never), tlv(0x9c, &never)])),
            tlv(0x8a, &[5]),
        ])
    }
}

/// An elementary file.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub folder: Folder,
    pub id: u16,
    pub short: u8,
    /// Read only with the holder's code.
    pub guarded: bool,
    pub content: Vec<u8>,
    /// The size that the card says, when it is not that of the content.
    pub announced: Option<u16>,
}

impl File {
    pub fn describe(&self) -> Vec<u8> {
        let size = self.announced.unwrap_or(self.content.len() as u16);
        let contact = if self.guarded { 0x11 } else { 0 };
        let contactless = if self.folder == Folder::Contact { 0xff } else { 0 };
        let rules = [
            tlv(0x8c, &[0x7b, 0x45, 0xff, 0xff, 0xff, 0x45, contact]),
            tlv(0x9c, &[0x7b, 0xff, 0xff, 0xff, 0xff, 0xff, contactless]),
        ];
        join(&[
            tlv(0x80, &size.to_be_bytes()),
            tlv(0x82, &[1]),
            tlv(0x83, &self.id.to_be_bytes()),
            if self.short == 0 { tlv(0x88, &[]) } else { tlv(0x88, &[self.short << 3]) },
            tlv(0xa1, &join(&rules)),
            tlv(0x8a, &[5]),
        ])
    }
}

/// EF.SN: the issuer 80 250 00001, eight digits, their Luhn key and a filler.
fn serial(number: u32) -> Vec<u8> {
    let digits: Vec<u8> = format!("{:08}", number % 100_000_000).bytes().map(|byte| byte - b'0').collect();
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match (at % 2, u32::from(*digit)) {
            (0, digit) if digit > 4 => digit * 2 - 9,
            (0, digit) => digit * 2,
            (_, digit) => digit,
        })
        .sum();
    let mut bytes = vec![0x80, 0x25, 0, 0, 1];
    bytes.extend(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]));
    bytes.push(((10 - sum % 10) % 10) as u8 * 16 + 15);
    tlv(0x5a, &bytes)
}

/// `YYYYMMDDhhmmss` as packed digits.
fn packed(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).map(|byte| byte - b'0').collect();
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// EF.ACTUA, which is there after the first update of a card.
pub(crate) fn update(start: &str, end: &str) -> Vec<u8> {
    tlv(0xec, &join(&[tlv(0x81, &packed(start)), tlv(0x82, &packed(end))]))
}

/// Every file of a card.
pub(crate) fn all(profile: &Profile) -> Vec<File> {
    use Folder::{Contact, Contactless, Mf};
    let file = |folder, id, short, content| File { folder, id, short, guarded: false, content, announced: None };
    let kind = if profile.generation == Generation::Cps4 { "CPS4v1" } else { "CPS3v3" };
    let label = format!("{kind}-{:010}", profile.number);
    let card = format!("8025000001/{:010}", profile.number);
    let leaf = |usage| {
        let keys = profile.keys();
        let key = match usage {
            Usage::Authentication => keys.0,
            Usage::Signature => keys.1,
            Usage::Technical => keys.2,
        };
        Leaf { holder: &profile.holder, card: &card, usage, key, validity: profile.validity, crl: &profile.crl }.der()
    };
    let synthetic = |text: &str| seq(&[utf8(text)]);
    let mut files = vec![
        file(Mf, 0x2f00, 0x1e, pkcs15::directory()),
        file(Mf, 0x2f01, 0x1d, pkcs15::EF_ATR.to_vec()),
        file(Mf, 0xd003, 0x1c, serial(profile.serial)),
        file(Contact, 0x5031, 0, pkcs15::odf(true)),
        file(Contact, 0x5032, 0, pkcs15::token_info(&label, true)),
        file(Contact, 0x7001, 0, pkcs15::codes()),
        file(Contact, 0x7002, 0, pkcs15::private_keys(profile.generation)),
        file(Contact, 0x7005, 0, pkcs15::certificates()),
        file(Contact, 0x7006, 0, pkcs15::data_objects()),
        file(Contact, 0xa001, 0, leaf(Usage::Signature)),
        file(Contact, 0xa002, 0, leaf(Usage::Authentication)),
        file(Contact, 0xd101, 0, synthetic("SYNTHETIC")),
        file(Contact, 0xd107, 0, octets(&[0; 8])),
        File { guarded: true, ..file(Contact, 0xd120, 0, synthetic("SYNTHETIC ACTIVITY")) },
    ];
    if profile.generation != Generation::Cps4 {
        files.extend([
            file(Contactless, 0x5031, 0, pkcs15::odf(false)),
            file(Contactless, 0x5032, 0, pkcs15::token_info(&label, false)),
            file(Contactless, 0x7002, 0, pkcs15::technical_key()),
            file(Contactless, 0x7005, 0, pkcs15::technical_certificate()),
            file(Contactless, 0xa001, 0, leaf(Usage::Technical)),
        ]);
    }
    if let Some((start, end)) = &profile.updated {
        files.push(file(Mf, 0xd010, 0, update(start, end)));
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_serial_number_is_that_of_the_traces() {
        assert_eq!(serial(99_000_001), [0x5a, 0x0a, 0x80, 0x25, 0, 0, 1, 0x99, 0, 0, 1, 0x0f]);
        assert_eq!(serial(12_345_678)[6..], [1, 0x12, 0x34, 0x56, 0x78, 0x2f]);
    }

    #[test]
    fn the_dates_of_an_update_are_packed_digits() {
        let file = update("20260102030405", "20290102030405");
        assert_eq!(file[..11], [0xec, 18, 0x81, 7, 0x20, 0x26, 1, 2, 3, 4, 5]);
    }
}
