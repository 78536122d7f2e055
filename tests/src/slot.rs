//! The simulator's virtual card, as the SDK sees one: a transport over a reader in the process.
//!
//! The same card behind a real PC/SC is `tools/pcscd`.

use sas_psc::card::{
    Apdu, Atr, CardCache, CardKey, Ending, Exchanger, Pin, PinEntry, PinpadRequest, PinpadUse, Protocol, Transport,
};
use sas_psc::{Code, Error, Result};
use sas_psc_sim::card::{Generation, Handle, Pinpad, Reader, ReaderError};

/// The simulator's reader, as the SDK's transport.
pub struct Slot {
    handle: Handle,
    generation: Generation,
    pinpad: Option<Pinpad>,
    /// The commands that a program of ours sent, as its own trace would have them.
    pub trace: Vec<String>,
}

fn code(error: ReaderError) -> Error {
    Error::new(match error {
        ReaderError::NoCard => Code::CARD_ABSENT,
        ReaderError::Removed => Code::CARD_REMOVED,
        ReaderError::Reset => Code::CARD_RESET,
        ReaderError::Unplugged => Code::READER_UNKNOWN,
    })
}

impl Transport for Slot {
    fn atr(&self) -> Atr {
        Atr::new(self.generation.atr())
    }

    fn protocol(&self) -> Protocol {
        if self.generation.is_t0() { Protocol::T0 } else { Protocol::T1 }
    }

    fn transaction(&mut self, work: &mut dyn FnMut(&mut dyn Exchanger) -> Ending) -> Result<()> {
        self.handle.begin().map_err(code)?;
        let ending = work(self);
        self.handle.end(ending == Ending::Reset);
        Ok(())
    }

    fn reconnect(&mut self) -> Result<()> {
        self.handle.reconnect().map_err(code)
    }

    fn pinpad(&self, _: PinpadUse) -> bool {
        self.pinpad.is_some()
    }
}

impl Exchanger for Slot {
    fn transmit(&mut self, apdu: &Apdu) -> Result<Vec<u8>> {
        self.trace.push(apdu.masked());
        self.handle.transmit(apdu.expose()).map_err(code)
    }

    fn enter_pin(&mut self, request: &PinpadRequest) -> Result<Vec<u8>> {
        let pinpad = self.pinpad.as_ref().ok_or(Code::CARD_PINPAD_MISSING)?;
        pinpad.control(request.purpose().feature(), &request.to_bytes(), &mut self.handle).map_err(code)
    }
}

impl Slot {
    /// The card that is in the reader now.
    pub fn of(reader: &Reader) -> Slot {
        let handle = reader.connect().expect("a card is in the reader");
        let generation = reader.card(|card| card.profile().generation).expect("a card is in the reader");
        Slot { handle, generation, pinpad: None, trace: Vec::new() }
    }

    /// The same in a reader with keys.
    pub fn with_pinpad(self, pinpad: &Pinpad) -> Slot {
        Slot { pinpad: Some(pinpad.clone()), ..self }
    }
}

/// The authentication key of the card in the reader, opened with a code.
///
/// # Errors
/// Those of [`CardKey::over`].
pub fn key(reader: &Reader, pin: &str) -> Result<CardKey> {
    CardKey::over(Slot::of(reader), &CardCache::new(), PinEntry::typed(Pin::parse(pin)?))
}
