//! `sas_psc_card_dialogue`: a dialogue with a card, step by step.

use crate::export::export;
use crate::handle::Handle;
use crate::string::sas_psc_string;
use sas_psc::card::{Dialogue, Ending, Step};
use sas_psc::{Code, Error};
use std::ffi::c_void;
use std::sync::{Mutex, PoisonError};

/// A dialogue with a card in progress. Loop, within one transaction: sas_psc_card_dialogue_step; send its command;
/// sas_psc_card_dialogue_answered; until there is no command.
pub struct sas_psc_card_dialogue {
    // A flow is not for several threads at once.
    dialogue: Mutex<Dialogue<Result<String, Error>>>,
    result: Option<String>,
    must_reset: bool,
}

impl Handle for sas_psc_card_dialogue {}

impl From<Dialogue<Result<String, Error>>> for sas_psc_card_dialogue {
    fn from(dialogue: Dialogue<Result<String, Error>>) -> sas_psc_card_dialogue {
        sas_psc_card_dialogue { dialogue: dialogue.into(), result: None, must_reset: false }
    }
}

impl sas_psc_card_dialogue {
    fn inner(&mut self) -> &mut Dialogue<Result<String, Error>> {
        self.dialogue.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A dialogue that comes to nothing but its end.
pub fn done(dialogue: Dialogue<()>) -> Dialogue<Result<String, Error>> {
    dialogue.map(|()| Ok("{}".to_owned()))
}

/// Bytes that may hold a PIN, with room for the NUL at once: growing would leave a copy behind.
fn wiped(bytes: &[u8]) -> Vec<u8> {
    let mut room = Vec::with_capacity(bytes.len() + 1);
    room.extend_from_slice(bytes);
    room
}

export! {
    /// The next command for the card, to be sent and answered; null when the dialogue is over. It may hold a PIN: free it
    /// at once, which wipes it. feature is 0 for a command. In a reader whose keys were told
    /// (sas_psc_card_set_pinpad), 6 or 7 is the PC/SC feature (VERIFY_PIN_DIRECT, MODIFY_PIN_DIRECT) by whose control code
    /// the bytes go to the reader, which answers in the card's place. One of SAS_PSC_ERROR_CARD_….
    fn sas_psc_card_dialogue_step(
        dialogue: *mut sas_psc_card_dialogue,
        command: *mut *mut sas_psc_string,
        feature: *mut u32,
    ) -> Status {
        let step = dialogue.inner().step();
        dialogue.must_reset = dialogue.inner().ending() == Ending::Reset;
        match step? {
            Step::Transmit(apdu) => command.give(wiped(apdu.expose())),
            Step::Pinpad(request) => {
                feature.set(request.purpose().feature().into());
                command.give(request.to_bytes());
            }
            Step::Done(result) => dialogue.result = Some(result?),
        }
        Ok(())
    }

    /// What the card answered: data and status word.
    fn sas_psc_card_dialogue_answered(
        dialogue: *mut sas_psc_card_dialogue,
        answer: *const c_void,
        answer_len: usize,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        dialogue.inner().answered(unsafe { answer.bytes(answer_len) }?);
        Ok(())
    }

    /// Says that no answer came, and why as far as you know: SAS_PSC_ERROR_CARD_REMOVED, _CARD_RESET, _READER_UNKNOWN,
    /// else _READER_FAILURE. The next step ends with it.
    fn sas_psc_card_dialogue_failed(dialogue: *mut sas_psc_card_dialogue, why: i32) -> Status {
        let why = Code::from_number(why.cast_unsigned()).unwrap_or(Code::READER_FAILURE);
        dialogue.inner().failed(Error::new(why));
        Ok(())
    }

    /// The transaction must end with a reset (SCARD_RESET_CARD), whether the dialogue came to its end or not: a PIN of ours
    /// may be verified.
    fn sas_psc_card_dialogue_must_reset(dialogue: *const sas_psc_card_dialogue) -> bool {
        dialogue.must_reset
    }

    /// The result as a JSON object. SAS_PSC_ERROR_NOT_DONE.
    fn sas_psc_card_dialogue_json(
        dialogue: *const sas_psc_card_dialogue,
        result: *mut *mut sas_psc_string,
    ) -> Status {
        result.give(dialogue.result.clone().ok_or_else(|| Error::new(Code::NOT_DONE))?);
        Ok(())
    }

    /// Gives a dialogue up. Null is allowed.
    fn sas_psc_card_dialogue_free(dialogue: *mut sas_psc_card_dialogue) -> Freed {}
}
