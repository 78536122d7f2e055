//! The private extensions of IGC-Santé in a card's certificates: which card it is, and the holder's profession.
//!
//! Source: arc 1.2.250.1.71.1.2, read in the leafs that ANS published; no public text says their forms, so an INTEGER, a
//! string of digits and an OCTET STRING are all read, and what is of another form is left out.

use super::{CardType, Holder};
use crate::id::CardNumber;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::{Decode, Tag, Tagged, asn1::AnyRef};
use x509_cert::ext::Extension;

const CARD_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.250.1.71.1.2.2");
const CARD_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.250.1.71.1.2.3");
const CERTIFICATE_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.250.1.71.1.2.5");
const PROFESSION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.250.1.71.1.2.7");
const FUTURE_PROFESSION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.250.1.71.1.2.8");

/// What they say.
#[derive(Clone, PartialEq, Eq, Default)]
pub(super) struct PrivateExtensions {
    pub card_type: Option<u32>,
    /// The issuer's number and the card's.
    pub card: Option<(String, CardNumber)>,
    pub certificate_type: Option<u8>,
    /// TRE_G15.
    pub profession: Option<u32>,
    /// TRE_G16.
    pub future_profession: Option<u32>,
}

impl PrivateExtensions {
    pub fn read(extensions: &[Extension]) -> PrivateExtensions {
        let value = |oid| {
            let found = extensions.iter().find(|extension| extension.extn_id == oid)?;
            AnyRef::from_der(found.extn_value.as_bytes()).ok()
        };
        let card = value(CARD_ID).and_then(text).and_then(|text| {
            let (issuer, number) = text.split_once('/')?;
            let issuer = (issuer.len() == 10 && issuer.bytes().all(|byte| byte.is_ascii_digit())).then_some(issuer)?;
            Some((issuer.to_owned(), CardNumber::parse(number).ok()?))
        });
        PrivateExtensions {
            card_type: value(CARD_TYPE).and_then(number),
            card,
            certificate_type: value(CERTIFICATE_TYPE).and_then(number).and_then(|number| u8::try_from(number).ok()),
            profession: value(PROFESSION).and_then(number),
            future_profession: value(FUTURE_PROFESSION).and_then(number),
        }
    }

    /// Type 3 is of two cards: that of a post names no family.
    pub fn card_type(&self, holder: Option<&Holder>) -> Option<CardType> {
        let service = holder.is_some_and(|holder| holder.is_post);
        match (self.card_type, self.card.is_some()) {
            (Some(0 | 1), _) if self.future_profession.is_some() => Some(CardType::Cpf),
            (Some(0), _) => Some(CardType::Cps),
            (Some(1), _) => Some(CardType::Cpf),
            (Some(2 | 3), _) if service => Some(CardType::Cde),
            (Some(2), _) => Some(CardType::Cpe),
            (Some(3), _) => Some(CardType::Cpa),
            (Some(_), _) | (None, true) => Some(CardType::Other),
            (None, false) => None,
        }
    }
}

fn text(value: AnyRef<'_>) -> Option<&str> {
    let strings = [Tag::PrintableString, Tag::Utf8String, Tag::Ia5String];
    strings.contains(&value.tag()).then(|| std::str::from_utf8(value.value()).ok()).flatten()
}

fn number(value: AnyRef<'_>) -> Option<u32> {
    let whole =
        |bytes: &[u8]| (bytes.len() <= 4).then(|| bytes.iter().fold(0, |all, byte| all << 8 | u32::from(*byte)));
    match value.tag() {
        Tag::Integer if value.value().first().is_some_and(|first| *first < 0x80) => whole(value.value()),
        Tag::OctetString if !value.value().is_empty() => whole(value.value()),
        _ => text(value).and_then(|text| text.parse().ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_in_every_form_that_says_one() {
        let read = |der: &[u8]| AnyRef::from_der(der).ok().and_then(number);
        for (der, wanted) in [
            (&[0x02, 1, 60][..], Some(60)),
            (&[0x02, 2, 0, 0x80], Some(128)),
            (&[0x02, 1, 0xFF], None),
            (&[0x02, 5, 1, 0, 0, 0, 0], None),
            (&[0x04, 1, 0x83], Some(0x83)),
            (&[0x04, 0], None),
            (&[0x13, 2, b'6', b'0'], Some(60)),
            (&[0x0C, 2, b'6', b'x'], None),
            (&[0x30, 3, 2, 1, 60], None),
            (&[0x05, 0], None),
        ] {
            assert_eq!(read(der), wanted, "{der:?}");
        }
    }
}
