//! PINs and PUKs: from stdin, one a line, or asked for on the terminal without showing them. Never an argument, never
//! kept, never asked for twice but to confirm a new one.

use crate::output::Output;
use clap::Args;
use sas_psc::card::{Pin, PinEntry, PinStatus, PinpadUse, Puk, ReaderName};
use sas_psc::drive::Readers;
use sas_psc::{Code, Error, Lang};
use std::io::{self, BufRead, IsTerminal};
use zeroize::Zeroizing;

/// Where codes come from.
#[derive(Args)]
pub struct Codes {
    /// Read PINs from stdin, one a line, instead of asking for them
    #[arg(long)]
    pin_stdin: bool,
    /// Spend the last try: a wrong code blocks the card
    #[arg(long)]
    pub use_last_try: bool,
}

impl Codes {
    /// The PIN for an operation: none when the card does not ask, the reader's own keys when it has them.
    ///
    /// # Errors
    /// `card-pin-required` where nobody can be asked; `card-pin-form`; those of the reader.
    pub fn pin(&self, readers: &Readers, reader: Option<&ReaderName>, out: &Output) -> Result<PinEntry, Error> {
        if self.pin_stdin {
            return Ok(self.spending(PinEntry::typed(Pin::parse(&line()?)?)));
        }
        match readers.pin_status(reader).wait_for(super::LONGEST) {
            // Nobody is asked for a code that the card does not want, or will not take.
            Ok(PinStatus::Verified | PinStatus::Blocked) => return Ok(PinEntry::none()),
            // A contactless card asks for nothing; what else is wrong, the operation itself will say.
            Err(error) if error.code() == Code::CARD_CONTACTLESS => return Ok(PinEntry::none()),
            other => other?,
        };
        let pinpad = readers.pinpad(reader, PinpadUse::Verify).wait_for(super::LONGEST)?;
        if pinpad {
            out.note(say(out.lang, "Saisissez le code porteur sur le lecteur.", "Enter the PIN on the reader."));
        }
        let prompt = || Pin::parse(&ask(say(out.lang, "Code porteur : ", "PIN: "))?).map(Some);
        Ok(self.spending(PinEntry::preferred(pinpad, false, prompt)?))
    }

    /// The PIN for a module, which cannot be asked whether it wants one; none where it asks for it itself.
    ///
    /// # Errors
    /// `card-pin-required`, `card-pin-form`.
    pub fn for_module(&self, own_entry: bool, out: &Output) -> Result<PinEntry, Error> {
        if own_entry {
            let here = say(
                out.lang,
                "Saisissez le code porteur là où le module le demande.",
                "Enter the PIN where the module asks for it.",
            );
            out.note(here);
        }
        let prompt = || Pin::parse(&self.code(say(out.lang, "Code porteur : ", "PIN: "))?).map(Some);
        Ok(self.spending(PinEntry::preferred(false, own_entry, prompt)?))
    }

    /// Whether the PIN is changed on the reader's own keys: then no code is asked for here.
    ///
    /// # Errors
    /// Those of the reader.
    pub fn change_on_keys(&self, readers: &Readers, reader: Option<&ReaderName>, out: &Output) -> Result<bool, Error> {
        let keys = !self.pin_stdin && readers.pinpad(reader, PinpadUse::Change).wait_for(super::LONGEST)?;
        if keys {
            let here = say(
                out.lang,
                "Sur le lecteur, saisissez l'ancien code porteur, puis deux fois le nouveau.",
                "On the reader, enter the old PIN, then twice the new one.",
            );
            out.note(here);
        }
        Ok(keys)
    }

    /// The old and the new PIN.
    ///
    /// # Errors
    /// `card-pin-required`, `card-pin-form`, `card-pin-mismatch`.
    pub fn old_and_new(&self, out: &Output) -> Result<(PinEntry, Pin), Error> {
        let old = self.code(say(out.lang, "Ancien code porteur : ", "Old PIN: "))?;
        let old = Pin::parse(&old)?;
        Ok((self.spending(PinEntry::typed(old)), self.new_pin(out)?))
    }

    /// The PUK and the new PIN.
    ///
    /// # Errors
    /// `card-pin-required`, `card-puk-form`, `card-pin-form`, `card-pin-mismatch`.
    pub fn puk_and_new(&self, out: &Output) -> Result<(Puk, Pin), Error> {
        let puk = self.code(say(out.lang, "Code de déblocage (PUK) : ", "Unblocking code (PUK): "))?;
        Ok((Puk::parse(&puk)?, self.new_pin(out)?))
    }

    fn new_pin(&self, out: &Output) -> Result<Pin, Error> {
        let new = self.code(say(out.lang, "Nouveau code porteur : ", "New PIN: "))?;
        let pin = Pin::parse(&new)?;
        if !self.pin_stdin {
            same(&new, &ask(say(out.lang, "Encore une fois : ", "Once more: "))?)?;
        }
        Ok(pin)
    }

    fn code(&self, prompt: &str) -> Result<Zeroizing<String>, Error> {
        if self.pin_stdin || !io::stdin().is_terminal() { line() } else { ask(prompt) }
    }

    fn spending(&self, entry: PinEntry) -> PinEntry {
        if self.use_last_try { entry.spending_the_last_try() } else { entry }
    }
}

/// A new code is typed twice: nobody can read what was typed.
fn same(new: &str, again: &str) -> Result<(), Error> {
    if new == again { Ok(()) } else { Err(Error::new(Code::CARD_PIN_MISMATCH)) }
}

fn line() -> Result<Zeroizing<String>, Error> {
    let mut line = Zeroizing::new(String::with_capacity(64));
    let read = io::stdin().lock().read_line(&mut line);
    match read {
        Ok(length) if length > 0 => Ok(line),
        _ => Err(Error::new(Code::CARD_PIN_REQUIRED)),
    }
}

/// Asks the person at the terminal; a service has none.
fn ask(prompt: &str) -> Result<Zeroizing<String>, Error> {
    let asked = rpassword::prompt_password(prompt).map(Zeroizing::new);
    asked.map_err(|error| Error::new(Code::CARD_PIN_REQUIRED).caused_by(error))
}

fn say(lang: Lang, fr: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Fr => fr,
        Lang::En => en,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_code_typed_differently_the_second_time_is_refused() {
        assert!(same("4321", "4321").is_ok());
        assert_eq!(same("4321", "4312").unwrap_err().code(), Code::CARD_PIN_MISMATCH);
    }
}
