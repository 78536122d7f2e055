//! The authentication key of a card in a reader, for TLS.

use super::Readers;
use crate::card::{CardKey, PinEntry, ReaderName};
use crate::error::Result;

impl Readers {
    /// The authentication key of the card in this reader; without a name, in the only reader that has a CPS. It blocks
    /// while the card is read and, with a typed code, while the code is tried: see [`CardKey::over`].
    ///
    /// # Errors
    /// Those of [`CardKey::over`] and of [`Readers::play`].
    pub fn key(&self, reader: Option<&ReaderName>, pin: PinEntry) -> Result<CardKey> {
        let contents = self.read(reader).wait()?;
        let (readers, reader) = (self.expecting(contents.serial), reader.cloned());
        CardKey::of(&contents, pin, move |request, pin| readers.sign(reader.as_ref(), request, pin).wait())
    }
}
