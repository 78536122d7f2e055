//! The SYNTHETIC test PKI: a root, its sub-authorities, the certificates of a card, a revocation list.
//!
//! Same names, extensions and private OIDs as the certificates of IGC-Santé's test cards, with "SYNTHETIC" in the name
//! of every authority and in the policy notice of every leaf. Keys are fixed and every byte is a function of the
//! arguments. No address in them answers: nothing goes to ANS. What public certificates do not show (the technical
//! certificate's subject) is invented here. The authorities of people have 2048 bits, not 4096, and name no address of
//! their own certificate: so a leaf has the size with which other programs' dialogues were counted.

use super::der::{bits, join, octets, oid, seq, tlv, unsigned, utf8};
use super::holder::{Family, Holder, authority};
use super::key::{Key, Which};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

/// From when until when something is valid, as `YYYYMMDDhhmmssZ`.
///
/// Longer than the three years of a card, so that tests do not expire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// First second.
    pub from: &'static str,
    /// Last second.
    pub to: &'static str,
}

impl Default for Validity {
    fn default() -> Validity {
        Validity { from: "20250101000000Z", to: "20450101000000Z" }
    }
}

/// What a card's certificate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usage {
    /// Sign-in and TLS: `digitalSignature`, `clientAuth`.
    Authentication,
    /// Documents: `nonRepudiation`.
    Signature,
    /// The card's own, without a code and without a person (contactless).
    Technical,
}

/// A range of the test PKI: its authorities bear its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    /// Cards of professionals.
    Fort,
    /// Cards of establishments.
    Standard,
}

impl Range {
    /// The range that issues a family of cards.
    pub fn of(family: Family) -> Range {
        if matches!(family, Family::Cps | Family::Cpf) { Range::Fort } else { Range::Standard }
    }

    fn word(self) -> &'static str {
        if self == Range::Fort { "FORT" } else { "STANDARD" }
    }

    fn root_name(self) -> Vec<u8> {
        authority(&format!("SYNTHETIC TEST AC RACINE IGC-SANTE {}", self.word()))
    }

    fn name(self) -> Vec<u8> {
        authority(&format!("SYNTHETIC TEST AC IGC-SANTE {} PERSONNES", self.word()))
    }

    /// The range's root, DER.
    pub fn root(self) -> Vec<u8> {
        let name = self.root_name();
        let own = [basic(None), key_usage(&[1, 0x06])];
        certificate(Which::Root, Which::Root, &name, &name, Validity::default(), &join(&own))
    }

    /// The range's authority of people, issued by its root, DER.
    pub fn authority(self) -> Vec<u8> {
        let any_policy = seq(&[seq(&[oid("2.5.29.32.0")])]);
        let own = [basic(Some(0)), key_usage(&[1, 0x06]), extension("2.5.29.32", false, &any_policy)];
        certificate(Which::Root, Which::Authority, &self.root_name(), &self.name(), Validity::default(), &join(&own))
    }

    /// The authority's revocation list, DER: serial numbers as their bytes, all revoked at its first second.
    pub fn crl(self, revoked: &[Vec<u8>], validity: Validity) -> Vec<u8> {
        let entries: Vec<_> = revoked.iter().map(|serial| seq(&[unsigned(serial), time(validity.from)])).collect();
        let list = if entries.is_empty() { Vec::new() } else { seq(&entries) };
        let own = seq(&[authority_key(Which::Authority), extension("2.5.29.20", false, &unsigned(&[1]))]);
        let tbs = seq(&[
            unsigned(&[1]),
            algorithm(),
            self.name(),
            time(validity.from),
            time(validity.to),
            list,
            tlv(0xa0, &own),
        ]);
        signed(Which::Authority, &tbs)
    }
}

/// The roots and authorities of both ranges, PEM: what a server is told to trust.
pub fn authorities() -> String {
    let all = [Range::Fort, Range::Standard].map(|range| [range.root(), range.authority()]);
    all.iter().flatten().map(|der| pem(der)).collect()
}

/// A certificate as PEM.
pub fn pem(der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).filter_map(|line| str::from_utf8(line).ok()).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}

/// How the certificates of one card are made.
pub(crate) struct Leaf<'a> {
    pub holder: &'a Holder,
    pub card: &'a str,
    pub usage: Usage,
    pub key: Which,
    pub validity: Validity,
    pub crl: &'a str,
}

impl Leaf<'_> {
    pub fn der(&self) -> Vec<u8> {
        let range = Range::of(self.holder.family);
        let subject = match self.usage {
            Usage::Technical => authority(&format!("SYNTHETIC {}", self.card)),
            _ => self.holder.name(),
        };
        // The notice is stretched until the certificate has that size; a holder with long names has a longer one.
        let made = |notice: usize| {
            let own = self.extensions(range, &format!("{NOTICE}{}", ".".repeat(notice)));
            tbs(Which::Authority, self.key, &range.name(), &subject, self.validity, &own)
        };
        let wanted = if self.usage == Usage::Authentication { 1414 } else { 1379 };
        let size = |tbs: &[u8]| seq(&[tbs.to_vec(), algorithm(), bits(0, &[0; 256])]).len();
        let stretched = (0..150).map(made).find(|tbs| size(tbs) == wanted);
        signed(Which::Authority, &stretched.unwrap_or_else(|| made(0)))
    }

    fn extensions(&self, range: Range, notice: &str) -> Vec<u8> {
        let short = if range == Range::Fort { "FO" } else { "ST" };
        let qualifiers = seq(&[
            seq(&[oid("1.3.6.1.5.5.7.2.1"), tlv(0x16, b"http://igc-sante.example.invalid/PC TEST")]),
            seq(&[oid("1.3.6.1.5.5.7.2.2"), seq(&[utf8(notice)])]),
        ]);
        let policies = seq(&[seq(&[oid("1.2.250.1.213.1.7.2.1.1.1.1"), qualifiers])]);
        let crl = match self.crl {
            "" => format!("http://igc-sante.example.invalid/CRL/ACI-{short}-PP-TEST.crl"),
            given => given.to_owned(),
        };
        let points = seq(&[seq(&[tlv(0xa0, &tlv(0xa0, &tlv(0x86, crl.as_bytes())))])]);
        let access = seq(&[seq(&[oid("1.3.6.1.5.5.7.48.1"), tlv(0x86, b"http://ocsp.example.invalid")])]);
        let (usage, extended): (&[u8], _) = match self.usage {
            Usage::Authentication => (&[7, 0x80], vec![oid(CLIENT_AUTH), oid("1.3.6.1.4.1.311.20.2.2")]),
            Usage::Signature => (&[6, 0x40], vec![oid("1.3.6.1.5.5.7.3.4")]),
            Usage::Technical => (&[7, 0x80], vec![oid(CLIENT_AUTH)]),
        };
        let mut own = vec![
            extension("2.5.29.19", false, &seq(&[])),
            key_usage(usage),
            extension("2.5.29.37", false, &seq(&extended)),
            subject_key(self.key),
            authority_key(Which::Authority),
            extension("2.5.29.32", false, &policies),
            extension("2.5.29.31", false, &points),
            extension("1.3.6.1.5.5.7.1.1", false, &access),
        ];
        if self.usage == Usage::Authentication {
            let upn = tlv(0xa0, &utf8(&format!("{}@carte-cps.fr", self.holder.id_nat)));
            own.push(extension("2.5.29.17", false, &seq(&[tlv(0xa0, &join(&[oid("1.3.6.1.4.1.311.20.2.3"), upn]))])));
        }
        if self.usage == Usage::Signature {
            let period = [tlv(0x80, self.validity.from.as_bytes()), tlv(0x81, self.validity.to.as_bytes())];
            own.push(extension("2.5.29.16", false, &seq(&period)));
        }
        own.extend([
            extension("1.2.250.1.71.1.2.2", false, &unsigned(&[self.holder.family as u8])),
            extension("1.2.250.1.71.1.2.3", false, &tlv(0x13, self.card.as_bytes())),
            extension("1.2.250.1.71.1.2.5", false, &octets(&[0x80])),
        ]);
        if let (Some(code), true) = (self.holder.profession, self.usage != Usage::Technical) {
            let arc = if self.holder.family == Family::Cpf { 8 } else { 7 };
            own.push(extension(&format!("1.2.250.1.71.1.2.{arc}"), false, &unsigned(&[code])));
        }
        join(&own)
    }
}

const NOTICE: &str = "SYNTHETIC";
const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";

fn algorithm() -> Vec<u8> {
    seq(&[oid("1.2.840.113549.1.1.11"), tlv(0x05, &[])])
}

/// UTCTime until 2049, GeneralizedTime after (RFC 5280 §4.1.2.5).
fn time(text: &str) -> Vec<u8> {
    match text.strip_prefix("20") {
        Some(short) if text < "2050" => tlv(0x17, short.as_bytes()),
        _ => tlv(0x18, text.as_bytes()),
    }
}

fn extension(id: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let flag = if critical { tlv(0x01, &[0xff]) } else { Vec::new() };
    seq(&[oid(id), flag, octets(value)])
}

fn basic(path: Option<u8>) -> Vec<u8> {
    let path = path.map_or(Vec::new(), |length| unsigned(&[length]));
    extension("2.5.29.19", true, &seq(&[tlv(0x01, &[0xff]), path]))
}

/// Unused bits, then the bits.
fn key_usage(value: &[u8]) -> Vec<u8> {
    extension("2.5.29.15", true, &tlv(0x03, value))
}

fn public_key(which: Which) -> Vec<u8> {
    let key = Key::of(which);
    seq(&[unsigned(&key.modulus()), unsigned(&key.exponent())])
}

/// RFC 7093 §2, method 1.
fn key_id(which: Which) -> Vec<u8> {
    Sha256::digest(public_key(which))[..20].to_vec()
}

fn subject_key(which: Which) -> Vec<u8> {
    extension("2.5.29.14", false, &octets(&key_id(which)))
}

fn authority_key(which: Which) -> Vec<u8> {
    extension("2.5.29.35", false, &seq(&[tlv(0x80, &key_id(which))]))
}

fn tbs(by: Which, key: Which, issuer: &[u8], subject: &[u8], validity: Validity, own: &[u8]) -> Vec<u8> {
    let mut serial = Sha256::digest([subject, &public_key(key), validity.to.as_bytes()].concat())[..18].to_vec();
    serial[0] = serial[0] & 0x3f | 0x40; // 18 bytes, as IGC-Santé's
    let spki = seq(&[seq(&[oid("1.2.840.113549.1.1.1"), tlv(0x05, &[])]), bits(0, &public_key(key))]);
    let mut extensions = own.to_vec();
    if matches!(key, Which::Root | Which::Authority) {
        extensions.extend(subject_key(key));
        extensions.extend(authority_key(by));
    }
    seq(&[
        tlv(0xa0, &unsigned(&[2])),
        unsigned(&serial),
        algorithm(),
        issuer.to_vec(),
        seq(&[time(validity.from), time(validity.to)]),
        subject.to_vec(),
        spki,
        tlv(0xa3, &tlv(0x30, &extensions)),
    ])
}

fn signed(by: Which, tbs: &[u8]) -> Vec<u8> {
    seq(&[tbs.to_vec(), algorithm(), bits(0, &Key::of(by).sign(tbs))])
}

fn certificate(by: Which, key: Which, issuer: &[u8], subject: &[u8], validity: Validity, own: &[u8]) -> Vec<u8> {
    signed(by, &tbs(by, key, issuer, subject, validity, own))
}

/// The serial number of a certificate made here.
pub fn serial_number(certificate: &[u8]) -> Vec<u8> {
    // Two headers of four bytes, then [0] { 2 }, then INTEGER of 18 bytes.
    certificate.get(4 + 4 + 5 + 2..4 + 4 + 5 + 2 + 18).map(<[u8]>::to_vec).unwrap_or_default()
}
