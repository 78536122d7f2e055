//! What a card's dialogue needs of a reader, whoever gives it: PC/SC, a test, a program's own.
//!
//! [`play`] is the one way a dialogue is played over it: within a transaction, once more from its beginning when another
//! program reset the card before any code was sent, and ended so that our code does not stay verified.

use super::{Apdu, Atr, Card, CardCache, Dialogue, Ending, PinpadRequest, PinpadUse, Protocol, Step};
use crate::error::{Code, Error, Result};

/// A card in a reader, connected. Calls block; none is made from two threads at once.
pub trait Transport {
    /// The card's answer to reset.
    fn atr(&self) -> Atr;

    /// The protocol in use.
    fn protocol(&self) -> Protocol;

    /// Keeps other programs from the card while `work` is done, then gives it back as `work` says: as it is, or reset.
    ///
    /// # Errors
    /// `card-reset` and `card-removed` before any work; `reader-busy`, `reader-unknown`, `reader-service-absent`,
    /// `reader-failure`.
    fn transaction(&mut self, work: &mut dyn FnMut(&mut dyn Exchanger) -> Ending) -> Result<()>;

    /// Connects again, after `card-reset` or `card-removed`; the ATR may be another one afterwards.
    ///
    /// # Errors
    /// `card-absent`, `card-mute`, and those of [`Transport::transaction`].
    fn reconnect(&mut self) -> Result<()>;

    /// The reader has keys that can be used for this.
    fn pinpad(&self, purpose: PinpadUse) -> bool {
        let _ = purpose;
        false
    }
}

/// The card within a transaction.
pub trait Exchanger {
    /// Sends a command and gives back data and status word.
    ///
    /// # Errors
    /// `card-removed`, `card-reset`, `reader-unknown`, `reader-service-absent`, `reader-failure`.
    fn transmit(&mut self, apdu: &Apdu) -> Result<Vec<u8>>;

    /// Has the reader take a code on its keys and send it.
    ///
    /// # Errors
    /// `card-pinpad-missing`, and those of [`Exchanger::transmit`].
    fn enter_pin(&mut self, request: &PinpadRequest) -> Result<Vec<u8>> {
        let _ = request;
        Err(Error::new(Code::CARD_PINPAD_MISSING))
    }
}

/// How often a dialogue begins anew after another program's reset.
const RETRIES: u8 = 3;

/// Plays a dialogue with the card of `transport`, within one transaction. `make` is called again when another program
/// reset the card before a code was sent.
///
/// # Errors
/// Those of the dialogue and of the transport. A card that was pulled is `card-removed`.
pub fn play<T>(
    transport: &mut (impl Transport + ?Sized),
    cache: &CardCache,
    make: impl Fn(&Card) -> Dialogue<T>,
) -> Result<T> {
    played(transport, cache, make).map_err(|failed| failed.error)
}

/// How a dialogue came to nothing.
pub(super) struct Failed {
    pub(super) error: Error,
    /// A code was sent to the card: it must not be sent again.
    pub(super) pin_was_sent: bool,
}

/// [`play`], for who may begin anew after another program's reset or a card put back.
pub(super) fn played<T>(
    transport: &mut (impl Transport + ?Sized),
    cache: &CardCache,
    make: impl Fn(&Card) -> Dialogue<T>,
) -> Result<T, Failed> {
    let mut retries = 0;
    loop {
        let card = Card::new(&transport.atr(), transport.protocol(), cache);
        let mut dialogue = make(&card.with_pinpad(|purpose| transport.pinpad(purpose)));
        let mut result = None;
        let given_back = transport.transaction(&mut |card| {
            result = Some(converse(card, &mut dialogue));
            dialogue.ending()
        });
        let error = match (result, given_back) {
            (Some(Ok(result)), Ok(())) => return Ok(result),
            // It was done before the card went, and a card that is gone forgets what was verified by itself.
            (Some(Ok(result)), Err(error)) if dialogue.ending() == Ending::Leave || gone(&error) => return Ok(result),
            // What went wrong first says more than that the end went wrong too.
            (Some(Err(error)), _) | (_, Err(error)) => error,
            (None, Ok(())) => Error::new(Code::BROKEN_INVARIANT),
        };
        let pin_was_sent = dialogue.pin_was_sent();
        if error.code() != Code::CARD_RESET || pin_was_sent || retries == RETRIES {
            return Err(Failed { error, pin_was_sent });
        }
        retries += 1;
        transport.reconnect().map_err(|error| Failed { error, pin_was_sent })?;
    }
}

fn converse<T>(card: &mut dyn Exchanger, dialogue: &mut Dialogue<T>) -> Result<T> {
    loop {
        let answer = match dialogue.step()? {
            Step::Done(result) => return Ok(result),
            Step::Transmit(apdu) => card.transmit(&apdu),
            Step::Pinpad(request) => card.enter_pin(&request),
        };
        match answer {
            Ok(answer) => dialogue.answered(&zeroize::Zeroizing::new(answer)),
            Err(error) => dialogue.failed(error),
        }
    }
}

/// The card lost its power, and with it what was verified.
fn gone(error: &Error) -> bool {
    [Code::CARD_REMOVED, Code::CARD_RESET, Code::READER_UNKNOWN].contains(&error.code())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::{CardSerial, Pin, PinEntry, SignRequest, SignatureScheme, Usage};
    use std::collections::VecDeque;

    /// A reader that answers from a list, and writes down what is asked of it.
    #[derive(Default)]
    struct Fake {
        answers: VecDeque<Result<Vec<u8>>>,
        begins: VecDeque<Result<()>>,
        end: Option<Code>,
        done: Vec<String>,
    }

    impl Transport for Fake {
        fn atr(&self) -> Atr {
            Atr::new(&[0x3B, 0xAC, 0, 0x40, 0x2A, 0, 0x12, 0x25, 0, 0x64, 0x80, 0, 3, 0x10, 0, 0x90, 0])
        }
        fn protocol(&self) -> Protocol {
            Protocol::T0
        }
        fn transaction(&mut self, work: &mut dyn FnMut(&mut dyn Exchanger) -> Ending) -> Result<()> {
            self.done.push("begin".into());
            self.begins.pop_front().unwrap_or(Ok(()))?;
            let ending = work(self);
            self.done.push(format!("{ending:?}"));
            self.end.map_or(Ok(()), |code| Err(code.into()))
        }
        fn reconnect(&mut self) -> Result<()> {
            self.done.push("reconnect".into());
            Ok(())
        }
    }

    impl Exchanger for Fake {
        fn transmit(&mut self, apdu: &Apdu) -> Result<Vec<u8>> {
            self.done.push(apdu.masked().split(' ').take(4).collect());
            self.answers.pop_front().unwrap_or(Err(Error::new(Code::CARD_REMOVED)))
        }
    }

    const SERIAL: [u8; 14] = [0x5A, 10, 0x80, 0x25, 0, 0, 1, 0x99, 0, 0, 1, 0x0F, 0x90, 0x00];

    fn serial(fake: &mut Fake) -> Result<CardSerial> {
        play(fake, &CardCache::new(), Card::serial)
    }

    #[test]
    fn a_reset_by_another_program_begins_the_dialogue_anew() {
        fn reset<T>() -> Result<T> {
            Err(Error::new(Code::CARD_RESET))
        }
        let answers = [Ok(vec![0x90, 0]), reset(), Ok(vec![0x90, 0]), Ok(SERIAL.to_vec())];
        let mut fake = Fake { answers: answers.into(), begins: [reset()].into(), ..Fake::default() };
        assert_eq!(serial(&mut fake).unwrap().as_str(), "99000001");
        let once = ["begin", "00a4090c", "00b00000", "Leave"];
        let whole = [&["begin", "reconnect"][..], &once, &["reconnect"], &once].concat();
        assert_eq!(fake.done, whole);
        // A card that is reset for ever is given up.
        let mut fake = Fake { begins: (0..9).map(|_| reset()).collect(), ..Fake::default() };
        assert_eq!(serial(&mut fake).unwrap_err().code(), Code::CARD_RESET);
        assert_eq!(fake.done.iter().filter(|done| *done == "reconnect").count(), 3);
    }

    #[test]
    fn nothing_is_repeated_once_a_code_was_sent() {
        let mut answers: Vec<Result<Vec<u8>>> = vec![Ok(vec![0x90, 0]), Ok(SERIAL.to_vec())];
        let text = std::fs::read_to_string("../vectors/card/cps3-sign-cold.txt").unwrap();
        let lines = text.lines().filter_map(|line| line.strip_prefix("< "));
        let bytes = |line: &str| line.split(' ').map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect();
        answers.extend(lines.skip(2).take(12).map(|line| Ok(bytes(line))));
        answers.extend([Ok(vec![0x90, 0]), Ok(vec![0x63, 0xC3]), Err(Error::new(Code::CARD_RESET))]);
        let mut fake = Fake { answers: answers.into(), ..Fake::default() };
        let pin = || Pin::parse("1234").unwrap();
        let result = play(&mut fake, &CardCache::new(), |card| card.change_pin(PinEntry::typed(pin()), pin()));
        assert_eq!(result.unwrap_err().code(), Code::CARD_RESET);
        assert_eq!(fake.done[fake.done.len() - 2..], ["00200001", "Reset"]);
        assert!(!fake.done.contains(&"reconnect".to_owned()));
    }

    /// The dialogue of a first signature with a CPS3 up to its VERIFY, which is answered like this.
    fn verified_with(answer: [u8; 2]) -> (Code, String) {
        let text = std::fs::read_to_string("../vectors/card/cps3-sign-cold.txt").unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let verify = lines.iter().position(|line| line.starts_with("> 00 20 00 01 04")).unwrap();
        let bytes = |line: &str| line.split(' ').map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect();
        let before = lines[..verify].iter().filter_map(|line| line.strip_prefix("< "));
        let mut answers: VecDeque<Result<Vec<u8>>> = before.map(|line| Ok(bytes(line))).collect();
        answers.push_back(Ok(answer.to_vec()));
        let mut fake = Fake { answers, ..Fake::default() };
        let request = SignRequest::new(Usage::Authentication, SignatureScheme::Pkcs1Sha256, b"a message");
        let pin = PinEntry::typed(Pin::parse("1234").unwrap());
        let error = play(&mut fake, &CardCache::new(), |card| card.sign(request.clone(), pin.clone())).unwrap_err();
        (error.code(), fake.done.pop().unwrap())
    }

    #[test]
    fn a_card_that_may_have_taken_the_code_forgets_it_and_one_that_refused_it_is_left_alone() {
        for refused in [[0x63, 0xC2], [0x69, 0x83], [0x69, 0x82], [0x6A, 0x80], [0x6D, 0x00]] {
            assert_eq!(verified_with(refused).1, "Leave", "{refused:02x?}");
        }
        for odd in [
            [0x61, 0x04],
            [0x6C, 0x04],
            [0x62, 0x82],
            [0x62, 0x00],
            [0x63, 0x00],
            [0x65, 0x81],
            [0x6F, 0x00],
            [0x91, 0x00],
        ] {
            let (code, ending) = verified_with(odd);
            let wanted = if odd[0] == 0x6C { "Leave" } else { "Reset" };
            assert_eq!(ending, wanted, "{odd:02x?}: {code}");
        }
    }

    #[test]
    fn an_end_that_fails_hides_nothing() {
        let answers = || VecDeque::from([Ok(vec![0x90, 0]), Ok(SERIAL.to_vec())]);
        for code in [Code::CARD_REMOVED, Code::READER_UNKNOWN] {
            let mut fake = Fake { answers: answers(), end: Some(code), ..Fake::default() };
            assert!(serial(&mut fake).is_ok(), "the card was read before it went");
            let mut fake = Fake { end: Some(code), ..Fake::default() };
            assert_eq!(serial(&mut fake).unwrap_err().code(), Code::CARD_REMOVED);
        }
        let mut none = Fake::default();
        assert!(!none.pinpad(PinpadUse::Verify));
        let request = PinpadRequest::verify(crate::card::Command::new(0, 0x20, 0, 1), (4, 4), None);
        assert_eq!(none.enter_pin(&request).unwrap_err().code(), Code::CARD_PINPAD_MISSING);
    }
}
