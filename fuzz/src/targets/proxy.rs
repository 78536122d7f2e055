//! What a workstation sends to a Proxy e-Santé: the bytes of a connection, and the body of `/connect`.
//!
//! The verdict on a connection does not depend on how its bytes were cut: a reader in pieces is the same reader.

use crate::seeds;
use sas_psc::psc::proxy::server::{Connection, Framing};
use sas_psc::{Code, Result};
use std::path::Path;

const LARGEST: u64 = 64 << 10;

/// The requests of `vectors/proxy`, as they go over the line.
pub fn requests(folder: &Path) -> Vec<Vec<u8>> {
    let bytes = |file: Vec<u8>| {
        let text = String::from_utf8_lossy(&file).into_owned();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let raw: String =
            lines.map(|line| line.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0")).collect();
        raw.into_bytes()
    };
    seeds::files(folder).into_iter().map(bytes).collect()
}

fn verdict(pieces: impl Iterator<Item = impl AsRef<[u8]>>) -> (Result<()>, bool, bool) {
    let mut framing = Framing::new(LARGEST);
    let result = pieces.map(|piece| framing.feed(piece.as_ref())).find(Result::is_err).unwrap_or(Ok(()));
    (result, framing.in_head(), framing.is_idle())
}

/// Reads the bytes as a connection: whole, byte by byte, in two halves.
pub fn framing(bytes: &[u8]) {
    let code = |(result, head, idle): (Result<()>, bool, bool)| match result {
        Ok(()) => (None, head, idle),
        Err(error) => (Some(error.code()), false, false),
    };
    let whole = code(verdict([bytes].into_iter()));
    assert_eq!(whole, code(verdict(bytes.chunks(1))), "byte by byte");
    assert_eq!(whole, code(verdict(bytes.chunks(bytes.len().div_ceil(2).max(1)))), "in halves");
    let known = [Code::MESSAGE_FRAMING, Code::MESSAGE_METHOD, Code::MESSAGE_TOO_LARGE];
    assert!(whole.0.is_none_or(|code| known.contains(&code)));
}

/// Reads the bytes as the body of `/connect`.
pub fn connect(bytes: &[u8]) {
    let Ok(connection) = Connection::parse(bytes) else { return };
    let digits = connection.digits();
    assert!(digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_digit()));
    assert!(!connection.client_id().is_empty());
    assert!(!format!("{connection:?}").contains(connection.person().as_str()), "whom it asks is not shown");
}

/// Right bodies of `/connect`, by the published API.
pub fn bodies(_: &Path) -> Vec<Vec<u8>> {
    let body = |channel: &str| {
        format!(r#"{{"nationalId":"899700218896","bindingMessage":"07","clientId":"logiciel","channel":"{channel}"}}"#)
    };
    ["MOBILE", "CARD"].map(|channel| body(channel).into_bytes()).to_vec()
}
