//! The PIN and the PUK in dialogue: their state first, which costs nothing; never the last try unless the caller says
//! so; never a code sent twice.
//!
//! What the card answers is told with the tries that are left. Sources: ISO/IEC 7816-4 clause 11.6, dialogues of OpenSC
//! and of ANS's module. How a code is typed is not known here.

use super::chip::{Chip, Dialect};
use super::in_reader::known;
use super::layout::CodeRules;
use super::pin::Source;
use super::{Card, Command, Dialogue, Ending, Meaning, Pin, PinEntry, PinStatus, PinpadRequest, Puk, StatusWord};
use crate::error::{Code, Error, Result};

/// A PIN or a PUK: the same words of the card mean one or the other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    Pin,
    Puk,
}

impl Card {
    /// Gives the card a new PIN. The old one is verified first, so that a wrong one costs one try and changes nothing.
    ///
    /// With [`PinEntry::on_pinpad`] the reader asks for both, and `new` is not used: [`Card::change_pin_on_pinpad`].
    ///
    /// # Errors
    /// The dialogue's: those of [`Card::read`], `card-pin-wrong` with `facts.pin_tries_left`, `card-pin-blocked`,
    /// `card-pin-last-try`, `card-pin-required`, `card-pin-not-entered`, `card-contactless`.
    pub fn change_pin(&self, old: PinEntry, new: Pin) -> Dialogue<()> {
        self.open(|chip, cache| async move {
            let rules = known(&chip, &cache).await?.layout.pin()?;
            chip.enter().await?;
            change(&chip, rules, &old, Some(&new)).await
        })
    }

    /// The same on the reader's keys: it asks for the old PIN, and twice for the new one. No program sees either.
    ///
    /// # Errors
    /// The dialogue's: those of [`Card::change_pin`]; `card-pinpad-missing` when the reader has no such keys, or with a CPS4,
    /// which takes the two apart.
    pub fn change_pin_on_pinpad(&self, last_try: bool) -> Dialogue<()> {
        self.open(move |chip, cache| async move {
            let rules = known(&chip, &cache).await?.layout.pin()?;
            chip.enter().await?;
            change(&chip, rules, &PinEntry { from: Source::Pinpad, last_try }, None).await
        })
    }

    /// Unblocks the PIN with the PUK, and gives the card a new PIN. `last_try` says that a wrong PUK may be the one that
    /// makes the card useless for ever.
    ///
    /// # Errors
    /// The dialogue's: those of [`Card::read`], `card-puk-wrong` with `facts.puk_tries_left`, `card-puk-blocked`,
    /// `card-puk-last-try`, `card-contactless`.
    pub fn unblock(&self, puk: Puk, new: Pin, last_try: bool) -> Dialogue<()> {
        self.open(move |chip, cache| async move {
            let layout = known(&chip, &cache).await?.layout;
            chip.enter().await?;
            unblock(&chip, layout.pin()?, layout.puk()?, &puk, &new, last_try).await
        })
    }
}

/// The state of the PIN.
pub(super) async fn status(chip: &Chip, rules: CodeRules) -> Result<PinStatus> {
    state(chip, rules, Which::Pin).await
}

async fn state(chip: &Chip, rules: CodeRules, which: Which) -> Result<PinStatus> {
    if chip.contactless() {
        return Err(Error::new(Code::CARD_CONTACTLESS));
    }
    let word = chip.wire.run(&chip.command(0x20, 0x00, rules.reference)).await?.status();
    match word.meaning() {
        Meaning::Done => Ok(PinStatus::Verified),
        Meaning::PinWrong { tries_left } => Ok(PinStatus::Needed { tries_left }),
        Meaning::PinBlocked => Ok(PinStatus::Blocked),
        _ => Err(refused(word, which)),
    }
}

/// Verifies the PIN unless it is already: then it is left as it was found.
pub(super) async fn unlock(chip: &Chip, rules: CodeRules, entry: &PinEntry) -> Result<()> {
    let found = status(chip, rules).await?;
    if found == PinStatus::Verified {
        return Ok(());
    }
    check(found, entry.last_try, Which::Pin)?;
    let verify = chip.command(0x20, 0x00, rules.reference);
    match &entry.from {
        Source::Typed(pin) => send(chip, verify.with_data(&rules.block(pin.bytes())), Which::Pin).await,
        Source::Pinpad => pinpad(chip, rules, PinpadRequest::verify(verify, rules.length, rules.filled)).await,
        Source::Reader if chip.keys.verify => {
            pinpad(chip, rules, PinpadRequest::verify(verify, rules.length, rules.filled)).await
        }
        Source::Nowhere | Source::Reader => Err(required(found)),
    }
}

async fn change(chip: &Chip, rules: CodeRules, old: &PinEntry, new: Option<&Pin>) -> Result<()> {
    let found = status(chip, rules).await?;
    // Verified by another program: all its tries are there. It is dropped at the end all the same: what that program
    // knows is no longer the PIN.
    check(found, old.last_try, Which::Pin)?;
    let whole = chip.command(0x24, 0x00, rules.reference);
    let typed = match &old.from {
        Source::Typed(pin) => rules.block(pin.bytes()),
        Source::Nowhere => return Err(required(found)),
        Source::Reader if !chip.keys.change => return Err(required(found)),
        // A keypad fills in the old and the new code one after the other: CPS4 does not take them so.
        Source::Pinpad | Source::Reader if chip.dialect == Dialect::Ias => {
            return pinpad(chip, rules, PinpadRequest::change(whole, rules.length, rules.filled)).await;
        }
        Source::Pinpad | Source::Reader => return Err(Error::new(Code::CARD_PINPAD_MISSING)),
    };
    let new = rules.block(new.ok_or_else(|| Error::new(Code::CARD_PIN_REQUIRED))?.bytes());
    send(chip, chip.command(0x20, 0x00, rules.reference).with_data(&typed), Which::Pin).await?;
    let command = match chip.dialect {
        Dialect::Ias => whole.with_data(&zeroize::Zeroizing::new([&typed[..], &new].concat())),
        Dialect::ChipDoc => chip.command(0x24, 0x01, rules.reference).with_data(&new),
    };
    order(chip, command, Which::Pin).await
}

async fn unblock(chip: &Chip, pin: CodeRules, puk: CodeRules, code: &Puk, new: &Pin, last_try: bool) -> Result<()> {
    check(state(chip, puk, Which::Puk).await?, last_try, Which::Puk)?;
    let verify = chip.command(0x20, 0x00, puk.reference).with_data(&puk.block(code.bytes()));
    send(chip, verify, Which::Puk).await?;
    let new = pin.block(new.bytes());
    match chip.dialect {
        Dialect::Ias => order(chip, chip.command(0x2C, 0x02, pin.reference).with_data(&new), Which::Puk).await,
        Dialect::ChipDoc => {
            order(chip, chip.command(0x2C, 0x03, pin.reference | 0x80), Which::Puk).await?;
            order(chip, chip.command(0x24, 0x01, pin.reference).with_data(&new), Which::Puk).await
        }
    }
}

fn required(found: PinStatus) -> Error {
    Error::new(Code::CARD_PIN_REQUIRED).with(|facts| facts.pin_tries_left = found.tries_left())
}

/// Is there a try to spend?
fn check(found: PinStatus, last_try: bool, which: Which) -> Result<()> {
    let (blocked, last) = match which {
        Which::Pin => (Code::CARD_PIN_BLOCKED, Code::CARD_PIN_LAST_TRY),
        Which::Puk => (Code::CARD_PUK_BLOCKED, Code::CARD_PUK_LAST_TRY),
    };
    match found {
        PinStatus::Blocked => Err(left(Error::new(blocked), which, Some(0))),
        PinStatus::Needed { tries_left: ..=1 } if !last_try => Err(left(Error::new(last), which, Some(1))),
        _ => Ok(()),
    }
}

/// Sends a code, once.
async fn send(chip: &Chip, command: Command, which: Which) -> Result<()> {
    // Before it is known whether it is right: the link may break in between.
    chip.wire.end_by(Ending::Reset);
    let word = chip.wire.run(&command).await?.status();
    if word.refuses() {
        // Nothing is verified that has to be dropped, and a reset would disturb other programs.
        chip.wire.end_by(Ending::Leave);
    }
    if word == StatusWord::OK { Ok(()) } else { Err(refused(word, which)) }
}

async fn pinpad(chip: &Chip, rules: CodeRules, request: PinpadRequest) -> Result<()> {
    if rules.filled.is_some_and(|(block, _)| block > PinpadRequest::LONGEST_BLOCK) {
        // Sent without what fills it up it could cost a try.
        return Err(Error::new(Code::CARD_PINPAD_MISSING));
    }
    chip.wire.end_by(Ending::Reset);
    let word = chip.wire.pinpad(request).await?;
    match word.value() {
        0x9000 => Ok(()),
        // PC/SC part 10, 2.5.2: time out, cancelled, two new codes that differ, too short or too long.
        0x6400..=0x6403 => {
            chip.wire.end_by(Ending::Leave);
            Err(Error::new(Code::CARD_PIN_NOT_ENTERED).with(|facts| facts.status_word = Some(word.value())))
        }
        _ => {
            if word.refuses() {
                chip.wire.end_by(Ending::Leave);
            }
            Err(refused(word, Which::Pin))
        }
    }
}

async fn order(chip: &Chip, command: Command, which: Which) -> Result<()> {
    let word = chip.wire.run(&command).await?.status();
    if word == StatusWord::OK { Ok(()) } else { Err(refused(word, which)) }
}

/// What a refusal means where a code was sent.
fn refused(word: StatusWord, which: Which) -> Error {
    let error = word.error().unwrap_or_else(|| Error::new(Code::CARD_ANSWER));
    match (which, word.meaning()) {
        (Which::Pin, _) => error,
        (Which::Puk, Meaning::PinWrong { tries_left }) => told(Code::CARD_PUK_WRONG, word, tries_left),
        (Which::Puk, Meaning::PinBlocked) => told(Code::CARD_PUK_BLOCKED, word, 0),
        (Which::Puk, _) => error,
    }
}

fn told(code: Code, word: StatusWord, tries: u8) -> Error {
    left(Error::new(code), Which::Puk, Some(tries)).with(|facts| facts.status_word = Some(word.value()))
}

fn left(error: Error, which: Which, tries: Option<u8>) -> Error {
    error.with(|facts| match which {
        Which::Pin => facts.pin_tries_left = tries,
        Which::Puk => facts.puk_tries_left = tries,
    })
}
