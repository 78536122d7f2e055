//! The statement of a new log that it continues an old one, which was lost in part: signed by the new log's key, with
//! the old log's last known checkpoint in it as it was.
//!
//! A log that was restored from a backup must not be appended to: whoever holds a later checkpoint would see two logs. The
//! statement says where the one ends and the other begins. What was between is lost, and who lost it says so.

use super::SignedCheckpoint;
use super::checkpoint::Checkpoint;
use super::note::{self, Note, SigningKey, VerifierKey};
use crate::error::{Code, Error, Result};

const FIRST_LINE: &str = "sas-psc consent log continues v1";

/// A statement that was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Continuation {
    origin: String,
    old: Checkpoint,
    old_note: String,
}

impl Continuation {
    /// Signs it with the new log's key. `old` is the old log's checkpoint as it was kept; the old key is not needed.
    ///
    /// # Errors
    /// `note-unreadable`, `checkpoint-unreadable`; `log-name-invalid` when both logs have one name.
    pub fn sign(old: &str, key: &SigningKey) -> Result<String> {
        let checkpoint = Checkpoint::parse(Note::parse(old)?.text())?;
        if checkpoint.origin == key.name() {
            return Err(Error::new(Code::LOG_NAME_INVALID));
        }
        Ok(note::sign(&format!("{FIRST_LINE}\n{}\n\n{old}", key.name()), &[key]))
    }

    /// Verifies it with the new log's keys. The old checkpoint in it is judged by [`Continuation::verify_old`].
    ///
    /// # Errors
    /// `note-unreadable`, `note-not-signed`, `note-signature`, `checkpoint-unreadable`; `checkpoint-origin`.
    pub fn verify(note: &str, keys: &[VerifierKey]) -> Result<Continuation> {
        let parsed = Note::parse(note)?;
        let signer = parsed.signer(keys)?;
        let unreadable = || Error::new(Code::CHECKPOINT_UNREADABLE);
        let rest = parsed.text().strip_prefix(FIRST_LINE).and_then(|rest| rest.strip_prefix('\n'));
        let (origin, old_note) = rest.and_then(|rest| rest.split_once("\n\n")).ok_or_else(unreadable)?;
        if origin != signer.name() {
            return Err(Error::new(Code::CHECKPOINT_ORIGIN));
        }
        let old = Checkpoint::parse(Note::parse(old_note)?.text())?;
        Ok(Continuation { origin: origin.to_owned(), old, old_note: old_note.to_owned() })
    }

    /// The name of the new log.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// What the old log had signed, as the statement says.
    pub fn old(&self) -> &Checkpoint {
        &self.old
    }

    /// The same, verified with the old log's keys.
    ///
    /// # Errors
    /// Those of [`SignedCheckpoint::verify`].
    pub fn verify_old(&self, keys: &[VerifierKey]) -> Result<SignedCheckpoint> {
        SignedCheckpoint::verify(&self.old_note, keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Counter;
    use crate::consent::Sha256;

    #[test]
    fn a_new_log_names_the_old_one_and_both_signatures_can_be_checked() {
        let key = |name: &str, seed| SigningKey::generate(name, &mut Counter(seed)).unwrap();
        let (old, new) = (key("log.example/1", 1), key("log.example/2", 2));
        let lost = SignedCheckpoint::sign(500, Sha256([5; 32]), &[&old]).unwrap();
        let note = Continuation::sign(lost.as_str(), &new).unwrap();
        let found = Continuation::verify(&note, &[new.verifier()]).unwrap();
        assert_eq!((found.origin(), found.old()), ("log.example/2", lost.checkpoint()));
        assert_eq!(found.verify_old(&[old.verifier()]).unwrap(), lost);

        let code = |result: Result<Continuation>| result.unwrap_err().code();
        assert_eq!(code(Continuation::verify(&note, &[old.verifier()])), Code::NOTE_NOT_SIGNED);
        let changed = note.replace("\n500\n", "\n400\n");
        assert_eq!(code(Continuation::verify(&changed, &[new.verifier()])), Code::NOTE_SIGNATURE);
        let other = note::sign(&format!("{FIRST_LINE}\nlog.example/3\n\n{}", lost.as_str()), &[&new]);
        assert_eq!(code(Continuation::verify(&other, &[new.verifier()])), Code::CHECKPOINT_ORIGIN);
        assert_eq!(code(Continuation::verify(lost.as_str(), &[old.verifier()])), Code::CHECKPOINT_UNREADABLE);
        let same = Continuation::sign(lost.as_str(), &old).unwrap_err();
        assert_eq!(same.code(), Code::LOG_NAME_INVALID);
    }
}
