//! One section of a PEM text (RFC 7468), for keys that no library of ours reads by itself.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use zeroize::Zeroizing;

/// No key is larger.
const LARGEST: usize = 1 << 20;

/// The content of the first section of this name: none when there is no such section, an error when it cannot be read.
pub(crate) fn pem(text: &str, label: &str) -> Option<Result<Zeroizing<Vec<u8>>, Unreadable>> {
    let start = format!("-----BEGIN {label}-----");
    let (_, rest) = text.get(..LARGEST.min(text.len())).unwrap_or_default().split_once(&start)?;
    let inside =
        rest.split_once("-----END ").map(|(inside, _)| Zeroizing::new(inside.split_whitespace().collect::<String>()));
    let decoded = inside.and_then(|base64| BASE64_STANDARD.decode(base64.as_bytes()).ok());
    Some(decoded.map(Zeroizing::new).ok_or(Unreadable))
}

/// A section that does not end, or is no base64.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_section_asked_for_is_read_among_others() {
        let text =
            "about it\n-----BEGIN A-----\r\nAQI=\r\n-----END A-----\n-----BEGIN B-----\nAw\n==\n-----END B-----\n";
        assert_eq!(pem(text, "A").unwrap().unwrap().as_slice(), [1, 2]);
        assert_eq!(pem(text, "B").unwrap().unwrap().as_slice(), [3]);
        assert!(pem(text, "C").is_none());
        for broken in ["-----BEGIN A-----\nAQI=", "-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\nAQI=\n-----END A-----"] {
            assert_eq!(pem(broken, "A").unwrap().unwrap_err(), Unreadable, "{broken}");
        }
    }
}
