//! The two codes of a CPS: the holder's PIN (code porteur), and the PUK that unblocks it; and how one is used.
//!
//! Neither is ever shown, stored or repeated: the bytes are wiped when dropped. Their form is the same on every CPS;
//! that a card wants them filled up is known from its directories.

use crate::error::{Code, Error, Result};
use std::fmt;
use zeroize::Zeroizing;

/// The holder's code: four digits.
///
/// ```
/// use sas_psc::card::Pin;
///
/// let pin = Pin::parse("1234")?;
/// assert_eq!(format!("{pin:?}"), "Pin(…)");
/// assert!(Pin::parse("123").is_err());
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Clone)]
pub struct Pin(Zeroizing<[u8; 4]>);

/// The unblocking code: eight digits.
#[derive(Clone)]
pub struct Puk(Zeroizing<[u8; 8]>);

impl Pin {
    /// Reads four digits; spaces around them are ignored.
    ///
    /// # Errors
    /// `card-pin-form`.
    pub fn parse(text: &str) -> Result<Pin> {
        digits(text).map(Pin).ok_or_else(|| Error::new(Code::CARD_PIN_FORM))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0[..]
    }
}

impl Puk {
    /// Reads eight digits; spaces around them are ignored.
    ///
    /// # Errors
    /// `card-puk-form`.
    pub fn parse(text: &str) -> Result<Puk> {
        digits(text).map(Puk).ok_or_else(|| Error::new(Code::CARD_PUK_FORM))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0[..]
    }
}

fn digits<const N: usize>(text: &str) -> Option<Zeroizing<[u8; N]>> {
    let bytes = text.trim().as_bytes();
    let mut digits = Zeroizing::new([0; N]);
    if bytes.len() != N || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    digits.copy_from_slice(bytes);
    Some(digits)
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}

impl fmt::Debug for Puk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Puk(…)")
    }
}

/// What the card says of a code, which costs no try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinStatus {
    /// It was verified, by us or by another program.
    Verified,
    /// It has to be entered.
    Needed {
        /// Tries left, at least 1.
        tries_left: u8,
    },
    /// No try is left.
    Blocked,
}

impl PinStatus {
    /// `verified`, `needed`, `blocked`.
    pub const fn word(self) -> &'static str {
        match self {
            PinStatus::Verified => "verified",
            PinStatus::Needed { .. } => "needed",
            PinStatus::Blocked => "blocked",
        }
    }

    /// Tries left: none is known once the code is verified.
    pub const fn tries_left(self) -> Option<u8> {
        match self {
            PinStatus::Verified => None,
            PinStatus::Needed { tries_left } => Some(tries_left),
            PinStatus::Blocked => Some(0),
        }
    }
}

/// Where a code comes from when the card asks for it, and whether the last try may be spent on it.
#[derive(Debug, Clone)]
pub struct PinEntry {
    pub(super) from: Source,
    pub(super) last_try: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Source {
    Nowhere,
    Typed(Pin),
    Pinpad,
    /// The reader's keys, where it has them.
    Reader,
}

impl PinEntry {
    /// None is given: works when the card does not ask, as when another program verified it.
    pub fn none() -> PinEntry {
        PinEntry { from: Source::Nowhere, last_try: false }
    }

    /// What a face has: the digits that the person typed, or none, which is [`PinEntry::on_pinpad_if_any`]; and whether
    /// the last try may be spent.
    ///
    /// # Errors
    /// `card-pin-form`.
    pub fn of(pin: Option<&str>, last_try: bool) -> Result<PinEntry> {
        let from = pin.map(Pin::parse).transpose()?.map_or(Source::Reader, Source::Typed);
        Ok(PinEntry { from, last_try })
    }

    /// The person typed it.
    pub fn typed(pin: Pin) -> PinEntry {
        PinEntry { from: Source::Typed(pin), last_try: false }
    }

    /// The person will type it on the reader's own keys: no program sees it.
    pub fn on_pinpad() -> PinEntry {
        PinEntry { from: Source::Pinpad, last_try: false }
    }

    /// The same where the reader has keys; where it has none, as [`PinEntry::none`]: the card may not ask.
    pub fn on_pinpad_if_any() -> PinEntry {
        PinEntry { from: Source::Reader, last_try: false }
    }

    /// Where a code is best entered: on the reader's keys (`pinpad`); else by the PKCS#11 module itself, on a keypad or in
    /// its own window (`own_entry`); else as the person types it to us, by `ask`, which is none where nobody can be
    /// asked. It is called in the last case only.
    ///
    /// # Errors
    /// `card-pin-required` when nobody can be asked; those of `ask`.
    pub fn preferred(pinpad: bool, own_entry: bool, ask: impl FnOnce() -> Result<Option<Pin>>) -> Result<PinEntry> {
        match (pinpad, own_entry) {
            (true, _) => Ok(PinEntry::on_pinpad()),
            (false, true) => Ok(PinEntry::none()),
            (false, false) => ask()?.map(PinEntry::typed).ok_or_else(|| Error::new(Code::CARD_PIN_REQUIRED)),
        }
    }

    /// A wrong code may be the one that blocks the card: the person was told, and said yes.
    pub fn spending_the_last_try(mut self) -> PinEntry {
        self.last_try = true;
        self
    }
}

#[cfg(feature = "pkcs11")]
impl PinEntry {
    /// The code that was typed, for a module that takes it as text.
    pub(crate) fn typed_pin(&self) -> Option<crate::base::SecretString> {
        match &self.from {
            Source::Typed(pin) => Some(String::from_utf8_lossy(pin.bytes()).into_owned().into()),
            _ => None,
        }
    }

    pub(crate) fn may_spend_the_last_try(&self) -> bool {
        self.last_try
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_has_four_digits_and_a_puk_eight() {
        assert_eq!(Pin::parse(" 0731\n").unwrap().bytes(), b"0731");
        assert_eq!(Puk::parse("00000731").unwrap().bytes(), b"00000731");
        for wrong in ["", "123", "12345", "12a4", "１２３４", "12 34"] {
            assert_eq!(Pin::parse(wrong).unwrap_err().code(), Code::CARD_PIN_FORM, "{wrong}");
            assert_eq!(Puk::parse(wrong).unwrap_err().code(), Code::CARD_PUK_FORM, "{wrong}");
        }
    }

    #[test]
    fn nobody_is_asked_for_a_code_that_can_be_entered_elsewhere() {
        let never = || -> Result<Option<Pin>> { panic!("nobody is asked") };
        for own_entry in [false, true] {
            let entry = PinEntry::preferred(true, own_entry, never).unwrap();
            assert!(matches!(entry.from, Source::Pinpad));
        }
        assert!(matches!(PinEntry::preferred(false, true, never).unwrap().from, Source::Nowhere));
        let typed = PinEntry::preferred(false, false, || Pin::parse("1234").map(Some)).unwrap();
        assert!(matches!(typed.from, Source::Typed(_)));
        let nobody = PinEntry::preferred(false, false, || Ok(None));
        assert_eq!(nobody.unwrap_err().code(), Code::CARD_PIN_REQUIRED);
        let wrong = PinEntry::preferred(false, false, || Pin::parse("1").map(Some));
        assert_eq!(wrong.unwrap_err().code(), Code::CARD_PIN_FORM);
    }

    #[test]
    fn neither_is_shown() {
        let entry = PinEntry::typed(Pin::parse("7531").unwrap()).spending_the_last_try();
        let shown = format!("{entry:?} {:?}", Puk::parse("86427531").unwrap());
        assert!(!shown.contains("7531") && !shown.contains("55"), "{shown}");
    }
}
