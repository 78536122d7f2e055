//! The CPS card, both generations, as values: what to send to it, what its answers mean, what it holds, whom to believe.
//!
//! [`Card`] begins dialogues, [`play`] plays one over a [`Transport`]. Nothing here knows a reader: a driver carries the
//! bytes (`drive`). Sources: ISO/IEC 7816-4 and -15, and the dialogues of real and virtual cards that `vectors/card`
//! keeps; RFC 5280 and the certificates of IGC-Santé. What a card may do for its holder is not decided here.

mod apdu;
mod atr;
mod cache;
mod certificate;
mod chip;
mod choice;
mod cms;
pub mod danger;
mod described;
pub mod fallback;
mod fcp;
mod in_reader;
mod layout;
mod pin;
mod pinpad;
pub mod pkcs15;
mod possession;
mod presence;
mod reader;
mod serial;
mod sign;
mod signer;
mod status;
mod tlv;
mod transport;
mod trust;
mod unlock;
mod wire;

pub use apdu::{Apdu, Command, Protocol, Response};
pub use atr::{Atr, CardKind};
pub use cache::CardCache;
pub use certificate::{CardCertificate, CardType, DescribedCertificate, Holder, Purpose, SignatureScheme};
pub use choice::{CertificateChoice, CertificateOption, DescribedOption};
pub use cms::{CmsSignature, CmsToSign};
pub use described::{DescribedCard, DescribedEvent, DescribedPin, DescribedReader, DescribedSigned, DescribedStored};
pub use fcp::FileControl;
pub use in_reader::{Card, CardContents, StoredCertificate};
pub use layout::Usage;
pub use pin::{Pin, PinEntry, PinStatus, Puk};
pub use pinpad::{PinpadRequest, PinpadUse};
pub use possession::{CardChallenge, CardPossession};
pub use presence::{CardAdvice, CardPresence, CardPresencePolicy};
pub use reader::{CardEvent, ReaderName, ReaderState, RemoteSession};
pub use serial::CardSerial;
pub use sign::{SignRequest, Signed};
#[cfg(feature = "pkcs11")]
pub(crate) use signer::Spent;
pub use signer::{CardKey, Signer};
pub use status::{Meaning, StatusWord};
pub use tlv::{Tlv, Tlvs, bits};
pub use transport::{Exchanger, Transport, play};
pub use trust::{
    Crl, CrlCache, CrlNeed, CrlRules, DescribedTrust, Range, Realm, RevocationPolicy, RevocationStatus, Trust,
    TrustedCertificate,
};
pub use wire::{Dialogue, Ending, Step};

#[cfg(test)]
mod tests;
