//! Signed notes (C2SP signed-note): a text and lines that say who signed it; the keys as lines of text.
//!
//! Only Ed25519 keys (type 1) sign and verify here. Lines of other keys, such as a witness's, are kept and judged by
//! whoever knows their keys. What the text says is `checkpoint.rs`.

use super::Sha256;
use crate::base::{self, ExposeSecret, Random, SecretString};
use crate::error::{Code, Error, Result};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ed25519_dalek::Signer;
use std::fmt;
use std::str::FromStr;
use zeroize::Zeroizing;

/// The type of an Ed25519 key.
const ED25519: u8 = 1;
/// What stands before a signing key.
const PRIVATE: &str = "PRIVATE+KEY+";
/// What a signature line starts with.
const DASH: &str = "\u{2014} ";
/// No note is longer; sixteen signatures of the longest kind take a tenth of it.
const LARGEST: usize = 1 << 20;
/// A note has at most this many signatures.
const MOST_SIGNATURES: usize = 100;

/// A public key of a log, as its one line of text: `name+id+key` (a "vkey").
///
/// ```
/// let key: sas_psc::consent::VerifierKey =
///     "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k".parse()?;
/// assert_eq!(key.name(), "example.com/foo");
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: [u8; 4],
    key: ed25519_dalek::VerifyingKey,
}

impl VerifierKey {
    /// The name: the log's origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Reads several keys, one a line; blank lines and lines that start with `#` are left out.
    ///
    /// # Errors
    /// `log-key-unreadable`, also when there is none.
    pub fn parse_all(text: &str) -> Result<Vec<VerifierKey>> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let keys: Vec<VerifierKey> = lines.map(str::parse).collect::<Result<_>>()?;
        if keys.is_empty() { Err(Error::new(Code::LOG_KEY_UNREADABLE)) } else { Ok(keys) }
    }

    fn new(name: &str, key: ed25519_dalek::VerifyingKey) -> VerifierKey {
        VerifierKey { name: name.to_owned(), id: id(name, key.as_bytes()), key }
    }
}

impl FromStr for VerifierKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<VerifierKey> {
        let (name, id, key) = key_parts(text)?;
        let key = ed25519_dalek::VerifyingKey::from_bytes(&key).map_err(|_| unreadable())?;
        let key = VerifierKey::new(name, key);
        if key.id == id { Ok(key) } else { Err(unreadable()) }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[ED25519], self.key.as_bytes().as_slice()].concat();
        write!(f, "{}+{:08x}+{}", self.name, u32::from_be_bytes(self.id), BASE64_STANDARD.encode(key))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The key with which a log signs.
#[derive(Clone)]
pub struct SigningKey {
    name: String,
    key: ed25519_dalek::SigningKey,
}

impl SigningKey {
    /// A new key for a log of this origin.
    ///
    /// # Errors
    /// `log-name-invalid` for a name that is empty, long, or holds white space, a control character or `+`;
    /// `no-randomness`.
    pub fn generate(name: &str, random: &mut dyn Random) -> Result<SigningKey> {
        let mut seed = Zeroizing::new([0; 32]);
        random.fill(&mut *seed)?;
        if !is_name(name) {
            return Err(Error::new(Code::LOG_NAME_INVALID));
        }
        Ok(SigningKey { name: name.to_owned(), key: ed25519_dalek::SigningKey::from_bytes(&seed) })
    }

    /// Reads what [`SigningKey::to_secret`] writes, which is also what Go's `note.NewSigner` reads.
    ///
    /// # Errors
    /// `log-key-unreadable`.
    pub fn parse(text: &SecretString) -> Result<SigningKey> {
        let text = text.expose_secret().trim().strip_prefix(PRIVATE).ok_or_else(unreadable)?;
        let (name, id, seed) = key_parts(text)?;
        let key =
            SigningKey { name: name.to_owned(), key: ed25519_dalek::SigningKey::from_bytes(&Zeroizing::new(seed)) };
        if key.verifier().id == id { Ok(key) } else { Err(unreadable()) }
    }

    /// The key as one line of text, to keep where nobody else reads.
    pub fn to_secret(&self) -> SecretString {
        let VerifierKey { name, id, .. } = self.verifier();
        let seed = Zeroizing::new([&[ED25519], self.key.as_bytes().as_slice()].concat());
        let encoded = Zeroizing::new(BASE64_STANDARD.encode(&*seed));
        SecretString::from(format!("{PRIVATE}{name}+{:08x}+{}", u32::from_be_bytes(id), &*encoded))
    }

    /// The name: the log's origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public key.
    pub fn verifier(&self) -> VerifierKey {
        VerifierKey::new(&self.name, self.key.verifying_key())
    }

    /// The signature line under `text`, with its newline.
    fn line(&self, text: &str) -> String {
        let signature = self.key.sign(text.as_bytes()).to_bytes();
        let bytes = [self.verifier().id.as_slice(), &signature].concat();
        format!("{DASH}{} {}\n", self.name, BASE64_STANDARD.encode(bytes))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, •••)", self.name)
    }
}

/// A signature under a note, of a known key or not.
struct Signature<'a> {
    name: &'a str,
    id: [u8; 4],
    signature: Vec<u8>,
}

/// A note read, and not yet verified.
pub(super) struct Note<'a> {
    text: &'a str,
    signatures: Vec<Signature<'a>>,
}

impl<'a> Note<'a> {
    /// # Errors
    /// `note-unreadable`.
    pub(super) fn parse(note: &'a str) -> Result<Note<'a>> {
        let unreadable = || Error::new(Code::NOTE_UNREADABLE);
        let control = |byte: u8| byte < b' ' && byte != b'\n';
        let at = note.rfind("\n\n").ok_or_else(unreadable)?;
        let (text, lines) = (&note[..=at], &note[at + 2..]);
        if note.len() > LARGEST || note.bytes().any(control) || lines.is_empty() || !lines.ends_with('\n') {
            return Err(unreadable());
        }
        let signature = |line: &'a str| {
            let (name, encoded) = line.strip_prefix(DASH)?.split_once(' ')?;
            let bytes = BASE64_STANDARD.decode(encoded).ok()?;
            let (id, signature) = bytes.split_first_chunk()?;
            let whole = is_name(name) && !signature.is_empty();
            whole.then(|| Signature { name, id: *id, signature: signature.to_vec() })
        };
        let signatures: Vec<Signature<'_>> =
            lines.split_terminator('\n').map(signature).collect::<Option<_>>().ok_or_else(unreadable)?;
        if signatures.len() > MOST_SIGNATURES { Err(unreadable()) } else { Ok(Note { text, signatures }) }
    }

    /// The text, with its last newline.
    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// The key of ours that signed; each signature of a key of ours is checked.
    ///
    /// # Errors
    /// `note-not-signed` when none of the keys signed; `note-signature` when a signature is wrong.
    pub(super) fn signer<'k>(&self, keys: &'k [VerifierKey]) -> Result<&'k VerifierKey> {
        let mut found = None;
        for signature in &self.signatures {
            let Some(key) = keys.iter().find(|key| key.name == signature.name && key.id == signature.id) else {
                continue;
            };
            let bytes = ed25519_dalek::Signature::from_slice(&signature.signature);
            // Strict: a signature that another verifier could judge otherwise is none.
            let verified = bytes.and_then(|bytes| key.key.verify_strict(self.text.as_bytes(), &bytes));
            verified.map_err(|_| Error::new(Code::NOTE_SIGNATURE))?;
            found = found.or(Some(key));
        }
        found.ok_or_else(|| Error::new(Code::NOTE_NOT_SIGNED))
    }
}

/// The note over `text`, which ends in a newline and has no empty line.
pub(super) fn sign(text: &str, keys: &[&SigningKey]) -> String {
    let lines: String = keys.iter().map(|key| key.line(text)).collect();
    format!("{text}\n{lines}")
}

/// A hash as a checkpoint or a proof writes it.
pub(super) fn encode(hash: &Sha256) -> String {
    BASE64_STANDARD.encode(hash.0)
}

/// Reads what [`encode`] writes; no other text is the same hash.
pub(super) fn decode(text: &str) -> Option<Sha256> {
    BASE64_STANDARD.decode(text).ok()?.try_into().ok().map(Sha256)
}

fn is_name(name: &str) -> bool {
    (1..=255).contains(&name.len()) && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

fn id(name: &str, key: &[u8; 32]) -> [u8; 4] {
    let [a, b, c, d, ..] = base::sha256_joined(&[name.as_bytes(), &[b'\n', ED25519], key]);
    [a, b, c, d]
}

/// Name, id and the 32 bytes of a key's line.
fn key_parts(text: &str) -> Result<(&str, [u8; 4], [u8; 32])> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(unreadable());
    };
    let hexadecimal = id.len() == 8 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let id = u32::from_str_radix(id, 16).ok().filter(|_| hexadecimal && is_name(name)).ok_or_else(unreadable)?;
    let bytes = Zeroizing::new(BASE64_STANDARD.decode(encoded).map_err(|_| unreadable())?);
    match bytes.split_first() {
        Some((&ED25519, key)) => Ok((name, id.to_be_bytes(), key.try_into().map_err(|_| unreadable())?)),
        _ => Err(unreadable()),
    }
}

fn unreadable() -> Error {
    Error::new(Code::LOG_KEY_UNREADABLE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Counter;

    /// The example of the specification.
    const KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    const NOTE: &str = "This is an example message.\n\n\u{2014} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

    fn code<T>(result: Result<T>) -> Code {
        result.err().unwrap().code()
    }

    #[test]
    fn the_example_of_the_specification_verifies() {
        let key: VerifierKey = KEY.parse().unwrap();
        assert_eq!(key.to_string(), KEY);
        let note = Note::parse(NOTE).unwrap();
        assert_eq!(note.text(), "This is an example message.\n");
        assert_eq!(note.signer(std::slice::from_ref(&key)).unwrap(), &key);
    }

    #[test]
    fn a_changed_byte_of_a_note_is_never_signed() {
        let keys = [KEY.parse().unwrap()];
        for at in 0..NOTE.len() {
            for bit in 0..8 {
                let mut bytes = NOTE.as_bytes().to_vec();
                bytes[at] ^= 1 << bit;
                let Ok(changed) = std::str::from_utf8(&bytes) else { continue };
                assert!(Note::parse(changed).and_then(|note| note.signer(&keys).map(drop)).is_err(), "{changed}");
            }
        }
    }

    #[test]
    fn a_line_of_an_unknown_key_is_no_signature_and_does_no_harm() {
        let keys = [KEY.parse().unwrap()];
        let other = SigningKey::generate("witness.example", &mut Counter(1)).unwrap();
        let text = "This is an example message.\n";
        let both = format!("{NOTE}{}", other.line(text));
        assert!(Note::parse(&both).unwrap().signer(&keys).is_ok());
        assert_eq!(code(Note::parse(&sign(text, &[&other])).unwrap().signer(&keys)), Code::NOTE_NOT_SIGNED);
        // The same name with another key, and a known key's name and id over what it did not sign.
        let namesake = SigningKey::generate("example.com/foo", &mut Counter(2)).unwrap();
        assert_eq!(code(Note::parse(&sign(text, &[&namesake])).unwrap().signer(&keys)), Code::NOTE_NOT_SIGNED);
        let moved = NOTE.replace("example message", "example massage");
        assert_eq!(code(Note::parse(&moved).unwrap().signer(&keys)), Code::NOTE_SIGNATURE);
    }

    #[test]
    fn a_key_goes_to_text_and_back_and_its_debug_hides_it() {
        let key = SigningKey::generate("log.example/1", &mut Counter(1)).unwrap();
        let again = SigningKey::parse(&key.to_secret()).unwrap();
        assert_eq!(again.verifier(), key.verifier());
        assert_eq!(format!("{key:?}"), "SigningKey(log.example/1, •••)");
        assert_eq!(code(SigningKey::parse(&SecretString::from(key.verifier().to_string()))), Code::LOG_KEY_UNREADABLE);
        let listed = format!("# of this year\n\n{}\n{KEY}\n", key.verifier());
        assert_eq!(VerifierKey::parse_all(&listed).unwrap().len(), 2);
        assert_eq!(code(VerifierKey::parse_all("# none\n")), Code::LOG_KEY_UNREADABLE);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for bad in ["", "a+b", "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", &KEY[1..]] {
            assert_eq!(code(bad.parse::<VerifierKey>()), Code::LOG_KEY_UNREADABLE, "{bad}");
        }
        for (from, to) in [("+530d903a", "+530D903A"), ("+Aek", "+Bek"), ("+Aek", "+Ae"), ("+530d", "+530")] {
            assert_eq!(code(KEY.replace(from, to).parse::<VerifierKey>()), Code::LOG_KEY_UNREADABLE, "{to}");
        }
        for bad in ["", "two words", "a+b", "line\n", &"x".repeat(256)] {
            assert_eq!(code(SigningKey::generate(bad, &mut Counter(1))), Code::LOG_NAME_INVALID, "{bad}");
        }
    }

    #[test]
    fn what_is_no_note_is_refused() {
        let line = NOTE.split("\n\n").nth(1).unwrap();
        let crowd = format!("text\n\n{}", line.repeat(101));
        for bad in [
            "",
            "text\n",
            "text\n\n",
            "text\n\nno dash\n",
            &NOTE[..NOTE.len() - 1],
            &NOTE.replace("=\n", "\n"),
            &NOTE.replace("This", "\tThis"),
            &NOTE.replace("foo Uw2Q", "foo  Uw2Q"),
            &crowd,
        ] {
            assert_eq!(code(Note::parse(bad)), Code::NOTE_UNREADABLE, "{bad}");
        }
    }
}
