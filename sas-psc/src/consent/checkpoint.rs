//! The signed head of the log (C2SP tlog-checkpoint): whose log, how many entries, the root over them.
//!
//! [`SignedCheckpoint`] is evidence: it exists only verified or just signed. Lines of witnesses stay where they are. That
//! a log signs nothing that contradicts what it signed before is held by the store that appends.

use super::Sha256;
use super::note::{self, Note, SigningKey, VerifierKey};
use super::proof::{Subtrees, consistency, verify_consistency};
use crate::error::{Code, Error, Result};
use std::fmt;

/// What a checkpoint says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's identity, such as `exemple.fr/consentements`.
    pub origin: String,
    /// How many entries.
    pub size: u64,
    /// The root over them.
    pub root: Sha256,
}

impl Checkpoint {
    /// Reads the text of a note. Extension lines, which the specification advises against, are refused: nobody could
    /// audit them.
    pub(super) fn parse(text: &str) -> Result<Checkpoint> {
        let read = || {
            let mut lines = text.strip_suffix('\n')?.split('\n');
            let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
            let checkpoint = Checkpoint { origin: origin.to_owned(), size: number(size)?, root: note::decode(root)? };
            (lines.next().is_none() && !origin.is_empty()).then_some(checkpoint)
        };
        read().ok_or_else(|| Error::new(Code::CHECKPOINT_UNREADABLE))
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}\n", self.origin, self.size, note::encode(&self.root))
    }
}

/// A decimal number with no zero before it.
pub(super) fn number(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// A checkpoint whose signature was verified, with its note as received.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: String,
}

impl SignedCheckpoint {
    /// Verifies a note with keys of the log: a key's name is the origin it may sign for.
    ///
    /// # Errors
    /// `note-unreadable`, `note-not-signed`, `note-signature`, `checkpoint-unreadable`; `checkpoint-origin` when the
    /// signer's name is not the checkpoint's origin.
    pub fn verify(note: &str, keys: &[VerifierKey]) -> Result<SignedCheckpoint> {
        let parsed = Note::parse(note)?;
        let signer = parsed.signer(keys)?;
        let checkpoint = Checkpoint::parse(parsed.text())?;
        if checkpoint.origin != signer.name() {
            return Err(Error::new(Code::CHECKPOINT_ORIGIN));
        }
        Ok(SignedCheckpoint { checkpoint, note: note.to_owned() })
    }

    /// Signs with each key of the log; two while the old one is being replaced.
    ///
    /// # Errors
    /// `checkpoint-origin` without a key, or with one of another name.
    pub fn sign(size: u64, root: Sha256, keys: &[&SigningKey]) -> Result<SignedCheckpoint> {
        let [first, rest @ ..] = keys else { return Err(Error::new(Code::CHECKPOINT_ORIGIN)) };
        if rest.iter().any(|key| key.name() != first.name()) {
            return Err(Error::new(Code::CHECKPOINT_ORIGIN));
        }
        let checkpoint = Checkpoint { origin: first.name().to_owned(), size, root };
        let note = note::sign(&checkpoint.to_string(), keys);
        Ok(SignedCheckpoint { checkpoint, note })
    }

    /// The same with further signature lines, such as those of witnesses (C2SP tlog-cosignature), each ended by a
    /// newline. They are not verified here.
    ///
    /// # Errors
    /// `note-unreadable`.
    pub fn with_lines(&self, lines: &str) -> Result<SignedCheckpoint> {
        let note = format!("{}{lines}", self.note);
        let same = Note::parse(&note)?.text() == self.checkpoint.to_string();
        if !same {
            return Err(Error::new(Code::NOTE_UNREADABLE));
        }
        Ok(SignedCheckpoint { checkpoint: self.checkpoint.clone(), note })
    }

    /// What it says.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note as it was received or signed.
    pub fn as_str(&self) -> &str {
        &self.note
    }

    /// Fails when this and a later checkpoint cannot be of one log: `tree` is the log that the later one heads.
    ///
    /// # Errors
    /// `log-fork` when they contradict each other or `later` is shorter; `checkpoint-origin`; those of `tree`.
    pub fn precedes(&self, later: &SignedCheckpoint, tree: &impl Subtrees) -> Result<()> {
        let (old, new) = (&self.checkpoint, &later.checkpoint);
        if old.origin != new.origin {
            return Err(Error::new(Code::CHECKPOINT_ORIGIN));
        }
        if old.size > new.size {
            return Err(Error::new(Code::LOG_FORK));
        }
        let proof = consistency(tree, old.size, new.size)?;
        verify_consistency((old.size, &old.root), (new.size, &new.root), &proof)
    }
}

impl fmt::Debug for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.checkpoint, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Counter;
    use crate::consent::merkle;

    fn key(seed: u64) -> SigningKey {
        SigningKey::generate("log.example/1", &mut Counter(seed)).unwrap()
    }

    fn code<T>(result: Result<T>) -> Code {
        result.err().unwrap().code()
    }

    #[test]
    fn what_a_key_signs_its_public_key_verifies() {
        let (key, root) = (key(1), merkle::root(&[]));
        let signed = SignedCheckpoint::sign(0, root, &[&key]).unwrap();
        assert!(
            signed.as_str().starts_with("log.example/1\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\u{2014} ")
        );
        let verified = SignedCheckpoint::verify(signed.as_str(), &[key.verifier()]).unwrap();
        assert_eq!(verified.checkpoint(), &Checkpoint { origin: "log.example/1".into(), size: 0, root });
    }

    #[test]
    fn while_a_key_is_replaced_both_verify() {
        let (old, new) = (key(1), key(2));
        let signed = SignedCheckpoint::sign(7, Sha256([7; 32]), &[&new, &old]).unwrap();
        for key in [&old, &new] {
            assert!(SignedCheckpoint::verify(signed.as_str(), &[key.verifier()]).is_ok());
        }
        let after = SignedCheckpoint::sign(8, Sha256([8; 32]), &[&new]).unwrap();
        assert_eq!(code(SignedCheckpoint::verify(after.as_str(), &[old.verifier()])), Code::NOTE_NOT_SIGNED);
    }

    #[test]
    fn a_key_signs_for_its_own_log_only() {
        let (here, elsewhere) = (key(1), SigningKey::generate("log.example/2", &mut Counter(2)).unwrap());
        let note = note::sign("log.example/1\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", &[&elsewhere]);
        let keys = [here.verifier(), elsewhere.verifier()];
        assert_eq!(code(SignedCheckpoint::verify(&note, &keys)), Code::CHECKPOINT_ORIGIN);
        let root = merkle::root(&[]);
        assert_eq!(code(SignedCheckpoint::sign(0, root, &[&here, &elsewhere])), Code::CHECKPOINT_ORIGIN);
        assert_eq!(code(SignedCheckpoint::sign(0, root, &[])), Code::CHECKPOINT_ORIGIN);
    }

    #[test]
    fn a_witness_s_line_stays_and_a_second_text_does_not() {
        let (key, witness) = (key(1), SigningKey::generate("witness.example", &mut Counter(2)).unwrap());
        let signed = SignedCheckpoint::sign(0, merkle::root(&[]), &[&key]).unwrap();
        let note = note::sign(&signed.checkpoint().to_string(), &[&witness]);
        let line = note.split("\n\n").nth(1).unwrap();
        let both = signed.with_lines(line).unwrap();
        assert_eq!(both.checkpoint(), signed.checkpoint());
        assert!(both.as_str().ends_with(line));
        assert!(SignedCheckpoint::verify(both.as_str(), &[key.verifier()]).is_ok());
        assert_eq!(code(signed.with_lines(&format!("\n{line}"))), Code::NOTE_UNREADABLE);
        assert_eq!(signed.with_lines("").unwrap(), signed);
    }

    #[test]
    fn what_is_no_checkpoint_is_refused() {
        let key = key(1);
        for text in [
            "log.example/1\n",
            "log.example/1\n01\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
            "log.example/1\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
            "log.example/1\n1\n47DEQpj8HBSa\n",
            "log.example/1\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n",
            "log.example/1\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nextension\n",
        ] {
            let note = note::sign(text, &[&key]);
            assert_eq!(code(SignedCheckpoint::verify(&note, &[key.verifier()])), Code::CHECKPOINT_UNREADABLE, "{text}");
        }
    }
}
