//! A card connected through PC/SC, as a dialogue needs it: shared with other programs, in transactions of ours.

use super::errors::error;
use super::pending::Cancel;
use crate::card::{Apdu, Atr, Ending, Exchanger, PinpadRequest, PinpadUse, Protocol, ReaderName, Transport};
use crate::error::{Code, Error, Result};
use pcsc::{Card, Context, Disposition, Protocols, ShareMode};
use std::ffi::CString;
use zeroize::Zeroizing;

/// CM_IOCTL_GET_FEATURE_REQUEST, PC/SC part 10, 2.2.
const FEATURES: u32 = 3400;
const VERIFY_PIN_DIRECT: u8 = PinpadUse::Verify.feature();
const MODIFY_PIN_DIRECT: u8 = PinpadUse::Change.feature();
/// Data, status word, and room for a reader that gives more: it is refused, not cut.
const BUFFER: usize = 512;

pub(super) struct Link {
    /// Taken out only when it is dropped.
    card: Option<Card>,
    atr: Atr,
    protocol: Protocol,
    keys: Keys,
    cancel: Cancel,
    /// A code of ours may have stayed verified: the reset that should have dropped it failed.
    unclean: bool,
}

/// The control codes of a reader's keys.
#[derive(Clone, Copy, Default)]
struct Keys {
    verify: Option<u32>,
    change: Option<u32>,
}

impl Keys {
    fn code(self, purpose: PinpadUse) -> Option<u32> {
        match purpose {
            PinpadUse::Verify => self.verify,
            PinpadUse::Change => self.change,
        }
    }

    /// Tag, length 4, control code, big-endian; one after the other (PC/SC part 10, 2.2).
    fn read(mut bytes: &[u8]) -> Keys {
        let mut keys = Keys::default();
        while let [tag, 4, a, b, c, d, rest @ ..] = bytes {
            let code = Some(u32::from_be_bytes([*a, *b, *c, *d]));
            match *tag {
                VERIFY_PIN_DIRECT => keys.verify = code,
                MODIFY_PIN_DIRECT => keys.change = code,
                _ => {}
            }
            bytes = rest;
        }
        keys
    }
}

impl Link {
    pub(super) fn connect(context: &Context, reader: &ReaderName, cancel: &Cancel) -> Result<Link> {
        let name = CString::new(reader.as_str()).map_err(|_| Error::new(Code::READER_UNKNOWN))?;
        let card = context.connect(&name, ShareMode::Shared, Protocols::ANY).map_err(error)?;
        let cancel = cancel.clone();
        let (atr, protocol) = (Atr::new(&[]), Protocol::T1);
        let mut link = Link { card: Some(card), atr, protocol, keys: Keys::default(), cancel, unclean: false };
        match link.look() {
            // Another program was here between the two calls: nothing was done yet.
            Err(error) if error.code() == Code::CARD_RESET => link.reconnect()?,
            looked => looked?,
        }
        let mut answer = [0; BUFFER];
        let features = link.card()?.control(pcsc::ctl_code(FEATURES.into()), &[], &mut answer);
        // A reader that does not know the question has no keys.
        link.keys = features.map(Keys::read).unwrap_or_default();
        Ok(link)
    }

    fn card(&mut self) -> Result<&mut Card> {
        self.card.as_mut().ok_or_else(|| Error::new(Code::BROKEN_INVARIANT))
    }

    fn look(&mut self) -> Result<()> {
        let status = self.card()?.status2_owned().map_err(error)?;
        self.atr = Atr::new(status.atr());
        self.protocol = match status.protocol2() {
            Some(pcsc::Protocol::T0) => Protocol::T0,
            _ => Protocol::T1,
        };
        Ok(())
    }
}

impl Transport for Link {
    fn atr(&self) -> Atr {
        self.atr.clone()
    }

    fn protocol(&self) -> Protocol {
        self.protocol
    }

    fn transaction(&mut self, work: &mut dyn FnMut(&mut dyn Exchanger) -> Ending) -> Result<()> {
        let (cancel, keys) = (self.cancel.clone(), self.keys);
        let transaction = self.card()?.transaction().map_err(error)?;
        // Another program may have held the card for long: who asked may be gone.
        cancel.check()?;
        let ending = work(&mut Inside { card: &transaction, cancel, keys });
        let disposition = match ending {
            Ending::Leave => Disposition::LeaveCard,
            Ending::Reset => Disposition::ResetCard,
        };
        let ended = transaction.end(disposition).map_err(|(_, code)| error(code));
        self.unclean = ended.is_err() && ending == Ending::Reset;
        ended
    }

    fn reconnect(&mut self) -> Result<()> {
        let again = self.card()?.reconnect(ShareMode::Shared, Protocols::ANY, Disposition::LeaveCard);
        again.map_err(error)?;
        self.look()
    }

    fn pinpad(&self, purpose: PinpadUse) -> bool {
        self.keys.code(purpose).is_some()
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        let Some(card) = self.card.take() else { return };
        // The card's own Drop would reset it, and with it what other programs verified.
        let disposition = if self.unclean { Disposition::ResetCard } else { Disposition::LeaveCard };
        drop(card.disconnect(disposition));
    }
}

/// The card within a transaction.
struct Inside<'a> {
    card: &'a Card,
    cancel: Cancel,
    keys: Keys,
}

impl Exchanger for Inside<'_> {
    fn transmit(&mut self, apdu: &Apdu) -> Result<Vec<u8>> {
        self.cancel.check()?;
        let mut buffer = Zeroizing::new([0; BUFFER]);
        match self.card.transmit(apdu.expose(), &mut buffer[..]) {
            Ok(answer) => Ok(answer.to_vec()),
            Err(pcsc::Error::InsufficientBuffer) => Err(Error::new(Code::CARD_ANSWER)),
            Err(code) => Err(error(code)),
        }
    }

    fn enter_pin(&mut self, request: &PinpadRequest) -> Result<Vec<u8>> {
        let code = self.keys.code(request.purpose()).ok_or_else(|| Error::new(Code::CARD_PINPAD_MISSING))?;
        self.cancel.check()?;
        let mut buffer = [0; BUFFER];
        match self.card.control(code.into(), &request.to_bytes(), &mut buffer) {
            Ok(answer) => Ok(answer.to_vec()),
            Err(pcsc::Error::InsufficientBuffer) => Err(Error::new(Code::CARD_ANSWER)),
            Err(code) => Err(error(code)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_a_reader_are_read_from_its_features() {
        let keys = Keys::read(&[0x12, 4, 0x42, 0x33, 0, 0x12, 0x06, 4, 0x42, 0x33, 0, 0x06, 0x07, 4, 0x42, 0x33, 0, 7]);
        assert_eq!(keys.code(PinpadUse::Verify), Some(0x4233_0006));
        assert_eq!(keys.code(PinpadUse::Change), Some(0x4233_0007));
        for wrong in [&[][..], &[0x06], &[0x06, 3, 1, 2, 3], &[0x06, 4, 1]] {
            assert_eq!(Keys::read(wrong).code(PinpadUse::Verify), None, "{wrong:?}");
        }
    }
}
