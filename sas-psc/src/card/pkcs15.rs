//! The directories of ISO/IEC 7816-15 on a card: which keys, certificates and codes it has, and where.
//!
//! Only what a client needs is read, laxly: an entry that cannot be understood is passed over, an attribute that is
//! absent is absent. What a key may be used for comes from here and never from a label or an order.

use super::{Tlv, Tlvs, bits};

/// At most this many entries of a directory are kept: real cards have two.
const MAX_ENTRIES: usize = 32;
/// At most this many bytes of an identifier or a label.
const MAX_NAME: usize = 64;

/// Where a file lies: file identifiers below the master file, or below the application when there is one only.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FilePath(Vec<u16>);

impl FilePath {
    /// The path of these file identifiers, from the master file, which is not among them.
    pub fn new(files: &[u16]) -> FilePath {
        FilePath(files.to_vec())
    }

    /// Reads the value of a Path's OCTET STRING: identifiers of two bytes, at most four of them.
    pub fn read(bytes: &[u8]) -> Option<FilePath> {
        if !matches!(bytes.len(), 2 | 4 | 6 | 8) {
            return None;
        }
        let files: Vec<u16> = bytes.chunks_exact(2).map(|file| u16::from_be_bytes([file[0], file[1]])).collect();
        let below = if files[0] == 0x3F00 { &files[1..] } else { &files[..] };
        (!below.is_empty()).then(|| FilePath(below.to_vec()))
    }

    /// The same below `application` when it is only a name there.
    pub fn within(self, application: u16) -> FilePath {
        if self.0.len() == 1 { FilePath(vec![application, self.0[0]]) } else { self }
    }

    /// The file identifiers.
    pub fn files(&self) -> &[u16] {
        &self.0
    }
}

/// The object directory file (EF.ODF): where the other directories are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Directories {
    /// Private keys (PrKDF).
    pub keys: Option<FilePath>,
    /// Certificates (CDF).
    pub certificates: Option<FilePath>,
    /// Codes (AODF).
    pub codes: Option<FilePath>,
}

/// Reads EF.ODF.
///
/// ```
/// use sas_psc::card::pkcs15;
///
/// let odf = [0xA8, 6, 0x30, 4, 4, 2, 0x70, 0x01, 0xA4, 6, 0x30, 4, 4, 2, 0x70, 0x05];
/// let directories = pkcs15::directories(&odf);
/// assert_eq!(directories.certificates.unwrap().files(), [0x7005]);
/// assert!(directories.keys.is_none());
/// ```
pub fn directories(bytes: &[u8]) -> Directories {
    let mut found = Directories::default();
    for entry in Tlvs::new(bytes) {
        let place = match entry.tag {
            0xA0 => &mut found.keys,
            0xA4 => &mut found.certificates,
            0xA8 => &mut found.codes,
            _ => continue,
        };
        // The first of a kind: one card has one application and one directory of each.
        if place.is_none() {
            *place = entry.find(0x30).and_then(path);
        }
    }
    found
}

/// A private key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// What ties it to its certificate.
    pub id: Vec<u8>,
    /// By which number the card is told to use it: `0x82`.
    pub reference: u8,
    /// The key usage flags: bit 0 encrypt, 1 decrypt, 2 sign, 9 non-repudiation.
    pub usage: u32,
    /// How many bits its modulus has, 0 when it is not said.
    pub bits: u16,
}

impl Key {
    /// Its signatures engage the holder.
    pub fn non_repudiation(&self) -> bool {
        self.usage & 1 << 9 != 0
    }

    /// It signs: challenges, TLS.
    pub fn sign(&self) -> bool {
        self.usage & 1 << 2 != 0
    }
}

/// Reads a directory of private keys.
pub fn keys(bytes: &[u8]) -> Vec<Key> {
    entries(bytes, |entry| {
        let [_, class, rest @ ..] = &parts(entry)[..] else { return None };
        let mut key = Key { id: Vec::new(), reference: 0, usage: 0, bits: 0 };
        let (mut usage, mut reference) = (None, None);
        for object in class.inner() {
            match object.tag {
                0x04 => key.id = name(object.value),
                // Usage comes first, access flags after.
                0x03 if usage.is_none() => usage = Some(bits(object.value)),
                0x02 => reference = integer(object.value),
                _ => {}
            }
        }
        // 0x81 may be written as a negative number, 02 01 81.
        key.reference = u8::try_from(reference?.rem_euclid(256)).ok()?;
        key.usage = usage?;
        let modulus = rest.iter().find(|part| part.tag == 0xA1).and_then(|part| part.find(0x30)?.find(0x02));
        key.bits = modulus.and_then(|bits| u16::try_from(integer(bits.value)?).ok()).unwrap_or(0);
        Some(key)
    })
}

/// A certificate's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificatePlace {
    /// The id of its key.
    pub id: Vec<u8>,
    /// As the card calls it: `Certificat d'Authentification CPS`.
    pub label: String,
    /// Its file.
    pub path: FilePath,
}

/// Reads a directory of certificates.
pub fn certificates(bytes: &[u8]) -> Vec<CertificatePlace> {
    entries(bytes, |entry| {
        let [common, class, rest @ ..] = &parts(entry)[..] else { return None };
        let value = rest.iter().find(|part| part.tag == 0xA1)?.find(0x30)?;
        Some(CertificatePlace {
            id: name(class.find(0x04)?.value),
            label: label(*common),
            path: path(value.find(0x30)?)?,
        })
    })
}

/// A code: the PIN, or the code that unblocks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeObject {
    /// By which number the card is told which one it is.
    pub reference: u8,
    /// It unblocks another one.
    pub unblocking: bool,
    /// Its shortest and longest form, in characters.
    pub length: (u8, u8),
    /// The length it is filled up to, and with what, when the card wants it so.
    pub filled: Option<(u8, u8)>,
}

/// Reads a directory of codes.
pub fn codes(bytes: &[u8]) -> Vec<CodeObject> {
    entries(bytes, |entry| {
        let value = parts(entry).into_iter().find(|part| part.tag == 0xA1)?.find(0x30)?;
        let mut flags = None;
        let (mut lengths, mut reference, mut filler) = (Vec::new(), None, None);
        for object in value.inner() {
            match object.tag {
                0x03 if flags.is_none() => flags = Some(bits(object.value)),
                0x02 if lengths.len() < 3 => lengths.push(u8::try_from(integer(object.value)?).ok()?),
                0x80 => reference = integer(object.value),
                0x04 => filler = object.value.first().copied(),
                _ => {}
            }
        }
        let flags = flags?;
        // Minimum, stored and, when there is one, maximum.
        let (shortest, stored) = (*lengths.first()?, *lengths.get(1)?);
        let longest = lengths.get(2).copied().unwrap_or(stored);
        Some(CodeObject {
            reference: u8::try_from(reference.unwrap_or(0).rem_euclid(256)).ok()?,
            unblocking: flags & (1 << 6 | 1 << 7) != 0,
            length: (shortest, longest),
            filled: (flags & 1 << 5 != 0).then_some((stored, filler.unwrap_or(0xFF))),
        })
    })
}

fn entries<T>(bytes: &[u8], read: impl Fn(Tlv<'_>) -> Option<T>) -> Vec<T> {
    Tlvs::new(bytes).filter(|entry| entry.tag == 0x30).filter_map(read).take(MAX_ENTRIES).collect()
}

/// Common attributes, class attributes, then subclass and type attributes by their tags.
fn parts(entry: Tlv<'_>) -> Vec<Tlv<'_>> {
    entry.inner().take(8).collect()
}

fn label(common: Tlv<'_>) -> String {
    let bytes = common.find(0x0C).map_or(&[][..], |label| label.value);
    let text = String::from_utf8_lossy(bytes);
    text.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect()
}

fn name(bytes: &[u8]) -> Vec<u8> {
    bytes[..bytes.len().min(MAX_NAME)].to_vec()
}

fn path(path: Tlv<'_>) -> Option<FilePath> {
    FilePath::read(path.find(0x04)?.value)
}

fn integer(bytes: &[u8]) -> Option<i32> {
    let (first, rest) = bytes.split_first().filter(|_| bytes.len() <= 4)?;
    Some(rest.iter().fold(i32::from(*first as i8), |number, byte| number << 8 | i32::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directories_of_a_card_are_read() {
        // As a virtual CPS3 that OpenSC and ANS's module accept has them (vectors/card).
        let prkdf = hex(
            "30 50 30 20 0c 0c 43 50 53 5f 50 52 49 56 5f 53 49 47 03 02 07 80 04 01 01 30 09 30 07 03 02 02 04 04 01 \
             01 30 20 04 0e e8 28 bd 08 0f 80 25 00 00 01 ff 00 10 01 03 03 06 00 40 01 01 ff 03 02 04 b0 02 02 00 81 \
             a1 0a 30 08 30 02 04 00 02 02 08 00",
        );
        let [signature] = &keys(&prkdf)[..] else { panic!("one key") };
        assert_eq!((signature.reference, signature.bits), (0x81, 2048));
        assert!(signature.non_repudiation() && !signature.sign());
        assert_eq!(signature.id.len(), 14);
        let aodf = hex(
            "30 36 30 15 0c 0c 43 6f 64 65 20 50 6f 72 74 65 75 72 03 02 06 c0 04 01 02 30 03 04 01 01 a1 18 30 16 03 \
             02 03 08 0a 01 01 02 01 04 02 01 04 02 01 08 80 01 01 04 01 ff 30 38 30 17 0c 11 43 6f 64 65 20 64 65 20 \
             44 65 62 6c 6f 63 61 67 65 03 02 07 80 30 03 04 01 02 a1 18 30 16 03 02 00 0b 0a 01 01 02 01 08 02 01 08 \
             02 01 08 80 01 02 04 01 ff",
        );
        let [pin, puk] = &codes(&aodf)[..] else { panic!("two codes") };
        assert_eq!(*pin, CodeObject { reference: 1, unblocking: false, length: (4, 8), filled: None });
        assert_eq!(*puk, CodeObject { reference: 2, unblocking: true, length: (8, 8), filled: None });
    }

    #[test]
    fn a_negative_reference_flags_that_break_the_standard_and_filling_are_read() {
        let key = hex("30 16 30 00 30 0e 04 01 02 03 02 05 60 03 02 00 b0 02 01 82 a1 02 30 00 ff ff");
        let [key] = &keys(&key)[..] else { panic!("one key") };
        assert_eq!((key.reference, key.usage, key.bits), (0x82, 0b110, 0));
        let filled = hex("30 16 30 00 30 00 a1 10 30 0e 03 02 02 24 02 01 04 02 01 08 80 01 01 00");
        let [code] = &codes(&filled)[..] else { panic!("one code") };
        assert_eq!((code.length, code.filled), ((4, 8), Some((8, 0xFF))));
        let place = hex("30 18 30 05 0c 00 03 01 08 30 03 04 01 02 a1 0a 30 08 30 06 04 04 00 01 a0 02");
        let [place] = &certificates(&place)[..] else { panic!("one certificate") };
        assert_eq!(place.path.files(), [1, 0xA002]);
    }

    #[test]
    fn an_entry_that_makes_no_sense_is_passed_over() {
        let broken = "30 02 30 00 30 05 30 00 30 01 ff 31 00 30 08 30 00 30 00 a1 02 30 00";
        let with = |entry: &str| hex(&format!("{broken} {entry}"));
        assert_eq!(keys(&with("30 0c 30 00 30 08 03 02 05 20 02 02 00 82")).len(), 1);
        assert_eq!(certificates(&with("30 11 30 00 30 03 04 01 02 a1 08 30 06 30 04 04 02 a0 02")).len(), 1);
        for directory in [directories(&hex("a4 03 30 01 04")), directories(&hex("a4 05 30 03 04 01 70"))] {
            assert_eq!(directory, Directories::default());
        }
        assert_eq!(certificates(&hex("30 81")).len(), 0);
    }

    #[test]
    fn a_path_is_below_the_master_file_or_below_its_application() {
        let path = |text: &str| FilePath::read(&hex(text));
        assert_eq!(path("a0 02").unwrap().within(1).files(), [1, 0xA002]);
        assert_eq!(path("3f 00 00 02 a0 01").unwrap().within(1).files(), [2, 0xA001]);
        for wrong in ["a0", "3f 00", "a0 02 03"] {
            assert_eq!(path(wrong), None, "{wrong}");
        }
    }

    fn hex(text: &str) -> Vec<u8> {
        text.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
    }
}
