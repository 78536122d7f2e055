//! The CPS card, both generations, as values: what to send to it, what its answers mean, what it holds, whom to believe.
//!
//! Nothing here knows a reader: a driver carries the bytes (`drive`). Sources: ISO/IEC 7816-4 and -15, and the dialogues
//! of real and virtual cards that `vectors/card` keeps; RFC 5280 and the certificates of IGC-Santé. What a card may do for
//! its holder is not decided here.

mod apdu;
mod atr;
mod certificate;
pub mod danger;
mod fcp;
pub mod pkcs15;
mod serial;
mod status;
mod tlv;
mod trust;

pub use apdu::{Apdu, Command, Protocol, Response};
pub use atr::{Atr, CardKind};
pub use certificate::{CardCertificate, CardType, DescribedCertificate, Holder, Purpose, SignatureScheme};
pub use fcp::FileControl;
pub use serial::CardSerial;
pub use status::{Meaning, StatusWord};
pub use tlv::{Tlv, Tlvs, bits};
pub use trust::{
    Crl, CrlCache, CrlNeed, CrlRules, DescribedTrust, Range, Realm, RevocationPolicy, RevocationStatus, Trust,
    TrustedCertificate,
};
