//! The PKCS#15 directory files of a card, byte for byte as those that OpenSC's and ANS's programs read in the traces.
//!
//! With what real cards do beside X.690: the flags of a certificate are a BIT STRING whose initial octet is 8.
//! Sources: facts on the CPS card §4. CPS4's are said to be laid out alike; its key references are those of §9.

use super::Generation;
use super::der::{bits, join, octets, oid, seq, tlv, utf8};

/// The application's AID; the last byte tells contact (10) from contactless (20).
pub(crate) fn aid(last: u8) -> Vec<u8> {
    vec![0xe8, 0x28, 0xbd, 0x08, 0x0f, 0x80, 0x25, 0x00, 0x00, 0x01, 0xff, 0x00, last]
}

/// The applet's AID, which is also the MF's.
pub(crate) const APPLET: [u8; 8] = [0x80, 0x25, 0, 0, 1, 0xff, 1, 0];

/// EF.ATR, as dumped from a real card.
pub(crate) const EF_ATR: [u8; 57] = [
    0x80, 0x43, 0x01, 0xb8, 0x46, 0x04, 0x04, 0xb0, 0xec, 0xc1, 0x47, 0x03, 0x94, 0x01, 0x80, 0x4f, 0x08, 0x80, 0x25,
    0x00, 0x00, 0x01, 0xff, 0x01, 0x00, 0xe0, 0x10, 0x02, 0x02, 0x01, 0x04, 0x02, 0x02, 0x01, 0x04, 0x02, 0x02, 0x01,
    0x00, 0x02, 0x02, 0x01, 0x00, 0x78, 0x08, 0x06, 0x06, 0x2b, 0x81, 0x22, 0xf8, 0x78, 0x02, 0x82, 0x02, 0x90, 0x00,
];

fn id(application: u8, key: u8) -> Vec<u8> {
    octets(&[aid(application), vec![key]].concat())
}

/// `SEQUENCE { OCTET STRING }`: a path relative to the application.
fn path(file: u16) -> Vec<u8> {
    seq(&[octets(&file.to_be_bytes())])
}

/// EF.DIR: contactless first; both name the contact application in their DDO, as real cards do.
pub(crate) fn directory() -> Vec<u8> {
    let record = |last: u8, label: &str, folder: u8| {
        let ddo = tlv(0x73, &tlv(0x4f, &aid(0x10)));
        let place = tlv(0x51, &[0x3f, 0, 0, folder]);
        tlv(0x61, &join(&[tlv(0x4f, &aid(last)), tlv(0x50, label.as_bytes()), place, ddo]))
    };
    join(&[record(0x20, "CPX IAS CL", 2), record(0x10, "CPX IAS", 1)])
}

/// ODF of the contact application, and of the contactless one.
pub(crate) fn odf(contact: bool) -> Vec<u8> {
    let files: &[(u32, u16)] = if contact {
        &[(0xa8, 0x7001), (0xa0, 0x7002), (0xa4, 0x7005), (0xa7, 0x7006)]
    } else {
        &[(0xa0, 0x7002), (0xa4, 0x7005)]
    };
    join(&files.iter().map(|(tag, file)| tlv(*tag, &path(*file))).collect::<Vec<_>>())
}

/// Reference, PKCS#11 mechanism, operations (unused bits, bits), OID, the card's own number.
type Algorithm = (u8, &'static [u8], (u8, u8), &'static str, u8);

/// TokenInfo; with a code to type or without.
pub(crate) fn token_info(label: &str, login: bool) -> Vec<u8> {
    let algorithms: [Algorithm; 6] = [
        (1, &[0x02, 0x20], (1, 0x02), "1.3.14.3.2.26", 0x10),
        (2, &[0x02, 0x50], (1, 0x02), "2.16.840.1.101.3.4.2.1", 0x40),
        (3, &[0x06], (6, 0x40), "1.2.840.113549.1.1.5", 0x12),
        (4, &[0x40], (6, 0x40), "1.2.840.113549.1.1.11", 0x42),
        (5, &[0x01], (6, 0x40), "1.2.840.113549.1.1.1", 0x02),
        (6, &[0x01], (2, 0x04), "1.2.840.113549.1.1.1", 0x1a),
    ];
    let listed: Vec<_> = algorithms
        .iter()
        .map(|(reference, mechanism, (unused, operations), object, own)| {
            seq(&[
                tlv(2, &[*reference]),
                tlv(2, mechanism),
                tlv(5, &[]),
                bits(*unused, &[*operations]),
                oid(object),
                tlv(2, &[*own]),
            ])
        })
        .collect();
    seq(&[
        tlv(2, &[0]),
        utf8("ASIP SANTE"),
        tlv(0x80, label.as_bytes()),
        if login { bits(6, &[0xc0]) } else { bits(7, &[0x80]) },
        tlv(0xa2, &join(&listed)),
        tlv(0xa5, &tlv(0x18, b"20100316110000Z")),
    ])
}

/// One key of a PrKDF.
struct Key<'a> {
    label: &'a str,
    flags: Vec<u8>,
    rules: Vec<Vec<u8>>,
    id: Vec<u8>,
    usage: Vec<u8>,
    reference: u8,
}

impl Key<'_> {
    fn entry(&self, login: bool) -> Vec<u8> {
        let code = if login { octets(&[1]) } else { Vec::new() };
        // keyReference is one octet with its top bit set on CPS3: DER would have it negative, and so it is written.
        let reference = [tlv(1, &[0xff]), bits(4, &[0xb0]), tlv(2, &[0, self.reference])];
        let modulus = seq(&[seq(&[octets(&[])]), tlv(2, &[0x08, 0x00])]);
        seq(&[
            seq(&[utf8(self.label), self.flags.clone(), code, seq(&self.rules)]),
            seq(&[self.id.clone(), self.usage.clone(), join(&reference)]),
            tlv(0xa1, &modulus),
        ])
    }
}

/// A rule: the modes of access, and the code they ask for.
fn rule(unused: u8, modes: &[u8], code: bool) -> Vec<u8> {
    seq(&[bits(unused, modes), if code { octets(&[1]) } else { tlv(5, &[]) }])
}

/// PrKDF of the contact application.
pub(crate) fn private_keys(generation: Generation) -> Vec<u8> {
    let (signature, authentication) = if generation == Generation::Cps4 { (0x21, 0x20) } else { (0x81, 0x82) };
    let signature = Key {
        label: "CPS_PRIV_SIG",
        flags: bits(7, &[0x80]),
        rules: vec![rule(2, &[0x04], true)],
        id: id(0x10, 1),
        usage: bits(6, &[0x00, 0x40]),
        reference: signature,
    };
    let authentication = Key {
        label: "CPS_PRIV_AUT",
        flags: bits(5, &[0xe0]),
        rules: vec![rule(0, &[0x01], true), rule(6, &[0x00, 0x40], true)],
        id: id(0x10, 2),
        usage: bits(5, &[0x60]),
        reference: authentication,
    };
    join(&[signature.entry(true), authentication.entry(true)])
}

/// PrKDF of the contactless application.
pub(crate) fn technical_key() -> Vec<u8> {
    let key = Key {
        label: "CPS_PRIV_TECH_AUT",
        flags: bits(0, &[]),
        rules: vec![rule(6, &[0x00, 0x40], false)],
        id: id(0x20, 1),
        usage: bits(5, &[0x20]),
        reference: 0x81,
    };
    key.entry(false)
}

fn certificate(label: &str, id: Vec<u8>, file: u16) -> Vec<u8> {
    // Initial octet 8 over no bits: what X.690 8.6.2 forbids and real cards hold.
    seq(&[seq(&[utf8(label), bits(8, &[])]), seq(&[id]), tlv(0xa1, &seq(&[path(file)]))])
}

/// CDF of the contact application.
pub(crate) fn certificates() -> Vec<u8> {
    join(&[
        certificate("Certificat de Signature CPS", id(0x10, 1), 0xa001),
        certificate("Certificat d'Authentification CPS", id(0x10, 2), 0xa002),
    ])
}

/// CDF of the contactless application.
pub(crate) fn technical_certificate() -> Vec<u8> {
    certificate("Certificat Technique CPS", id(0x20, 1), 0xa001)
}

/// AODF: the holder's code, and the one that unblocks it.
pub(crate) fn codes() -> Vec<u8> {
    let attributes = |flags: Vec<u8>, lengths: [u8; 3], reference: u8| {
        let [least, stored, most] = lengths.map(|length| tlv(2, &[length]));
        let kind = tlv(0x0a, &[1]);
        tlv(0xa1, &seq(&[flags, kind, least, stored, most, tlv(0x80, &[reference]), tlv(4, &[0xff])]))
    };
    let pin = seq(&[
        seq(&[utf8("Code Porteur"), bits(6, &[0xc0]), octets(&[2])]),
        seq(&[octets(&[1])]),
        attributes(bits(3, &[0x08]), [4, 4, 8], 1),
    ]);
    let puk = seq(&[
        seq(&[utf8("Code de Deblocage"), bits(7, &[0x80])]),
        seq(&[octets(&[2])]),
        attributes(bits(0, &[0x0b]), [8, 8, 8], 2),
    ]);
    join(&[pin, puk])
}

/// DODF: the number of the card, free; an activity, behind the code.
pub(crate) fn data_objects() -> Vec<u8> {
    let object = |label: &str, flags: Vec<u8>, code: Vec<u8>, file: u16| {
        seq(&[seq(&[utf8(label), flags, code]), seq(&[utf8("CPS")]), tlv(0xa1, &path(file))])
    };
    join(&[
        object("CPS_ID_CARD", bits(0, &[]), Vec::new(), 0xd101),
        object("CPS_ACTIVITY_01_PS", bits(7, &[0x80]), octets(&[1]), 0xd120),
    ])
}
