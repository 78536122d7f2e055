//! The serial number of a card's chip, EF.SN.ICC (`D003`), which also says that the card is a CPS.
//!
//! `5A` with the issuer, 80 25 00 00 01 for ANS, and eight digits; the rest is their check digit and filling. Sources:
//! ANS's Cryptolib CPS 5.2, `pkcs15.c` and `card-cps.c`. It is not the number printed on the card.

use super::Tlvs;
use crate::error::{Code, Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;

/// ANS, as issuer of cards: 80, country 250, 00001.
const ISSUER: [u8; 5] = [0x80, 0x25, 0x00, 0x00, 0x01];

/// The serial number of a CPS.
///
/// ```
/// use sas_psc::card::CardSerial;
///
/// let file = [0x5A, 0x0A, 0x80, 0x25, 0x00, 0x00, 0x01, 0x99, 0x00, 0x00, 0x01, 0x0F];
/// assert_eq!(CardSerial::read(&file)?.as_str(), "99000001");
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CardSerial([u8; 8]);

impl CardSerial {
    /// Reads the file.
    ///
    /// # Errors
    /// `card-unknown`: another issuer, or no serial number at all.
    pub fn read(file: &[u8]) -> Result<CardSerial> {
        let value = Tlvs::new(file).tagged(0x5A).map(|object| object.value);
        let packed = value.and_then(|value| value.strip_prefix(&ISSUER)).and_then(|rest| rest.first_chunk::<4>());
        let packed = packed.ok_or_else(|| Error::new(Code::CARD_UNKNOWN))?;
        let mut digits = [0; 8];
        for (at, digit) in digits.iter_mut().enumerate() {
            *digit = b'0' + (packed[at / 2] >> (4 * (1 - at % 2)) & 0x0F);
        }
        CardSerial::of(digits)
    }

    fn of(digits: [u8; 8]) -> Result<CardSerial> {
        if digits.iter().all(u8::is_ascii_digit) { Ok(CardSerial(digits)) } else { Err(Error::new(Code::CARD_UNKNOWN)) }
    }

    /// The eight digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl TryFrom<String> for CardSerial {
    type Error = Error;

    fn try_from(text: String) -> Result<CardSerial> {
        CardSerial::of(text.as_bytes().try_into().map_err(|_| Error::new(Code::CARD_UNKNOWN))?)
    }
}

impl From<CardSerial> for String {
    fn from(serial: CardSerial) -> String {
        serial.as_str().to_owned()
    }
}

impl fmt::Debug for CardSerial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardSerial(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_issuer_and_what_is_no_number_are_not_a_cps() {
        for file in [
            &[][..],
            &[0x5A, 0x0A, 0x80, 0x25, 0x00, 0x00, 0x02, 0x99, 0, 0, 1, 0x0F],
            &[0x5A, 0x08, 0x80, 0x25, 0x00, 0x00, 0x01, 0x99, 0, 0],
            &[0x5A, 0x0A, 0x80, 0x25, 0x00, 0x00, 0x01, 0x99, 0, 0xA0, 1, 0x0F],
            &[0x5B, 0x0A, 0x80, 0x25, 0x00, 0x00, 0x01, 0x99, 0, 0, 1, 0x0F],
        ] {
            assert_eq!(CardSerial::read(file).unwrap_err().code(), Code::CARD_UNKNOWN, "{file:?}");
        }
        assert!(CardSerial::try_from("9900000x".to_owned()).is_err());
        assert!(!format!("{:?}", CardSerial::try_from("99000001".to_owned()).unwrap()).contains('9'));
    }
}
