//! The key of a selector: RFC 6376 §3.6.1, RFC 8301 (sizes), RFC 8463 (Ed25519).

use super::{SenderProblem, tags};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

pub(super) fn judge(records: &[String]) -> Result<(), SenderProblem> {
    let [record] = records else {
        return Err(if records.is_empty() { SenderProblem::Missing } else { SenderProblem::Several });
    };
    let tags = tags(record).ok_or(SenderProblem::Syntax)?;
    let of = |name: &str| tags.iter().find(|(tag, _)| *tag == name).map(|(_, value)| *value);
    let version = tags.iter().position(|(tag, _)| *tag == "v");
    if version.is_some_and(|place| place != 0) || of("v").is_some_and(|version| version != "DKIM1") {
        return Err(SenderProblem::Syntax);
    }
    let key: String = of("p").ok_or(SenderProblem::Syntax)?.split_whitespace().collect();
    if key.is_empty() {
        return Err(SenderProblem::Revoked);
    }
    let key = BASE64_STANDARD.decode(key).map_err(|_| SenderProblem::Syntax)?;
    let weak = match of("k").unwrap_or("rsa") {
        "ed25519" if key.len() == 32 => false,
        "rsa" => match modulus_bits(&key).ok_or(SenderProblem::Syntax)? {
            0..1024 => return Err(SenderProblem::ShortKey),
            bits => bits < 2048,
        },
        _ => return Err(SenderProblem::Syntax),
    };
    if of("t").is_some_and(|flags| flags.split(':').any(|flag| flag.trim() == "y")) {
        return Err(SenderProblem::Testing);
    }
    if weak { Err(SenderProblem::WeakKey) } else { Ok(()) }
}

/// The bits of an RSA key's modulus, in a SubjectPublicKeyInfo or, as some publish, the bare key.
fn modulus_bits(key: &[u8]) -> Option<usize> {
    let (outer, _) = element(key, 0x30)?;
    let bare = match element(outer, 0x30) {
        Some((_, rest)) => {
            let (bits, _) = element(rest, 0x03)?;
            element(bits.strip_prefix(&[0])?, 0x30)?.0
        }
        None => outer,
    };
    let (modulus, _) = element(bare, 0x02)?;
    let modulus = &modulus[modulus.iter().take_while(|byte| **byte == 0).count()..];
    Some(8 * modulus.len() - modulus.first().map_or(0, |byte| byte.leading_zeros() as usize))
}

/// The content of a DER element with this tag, and what follows it.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let rest = bytes.strip_prefix(&[tag])?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match usize::from(*first) {
        short @ 0..0x80 => (short, rest),
        // A length that is told at the end: not in DER.
        0x80 => return None,
        long @ 0x81..=0x83 => {
            let (digits, rest) = rest.split_at_checked(long - 0x80)?;
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}
