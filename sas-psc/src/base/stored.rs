//! Stored forms: JSON with the version of the form in front, so that an old program refuses what it cannot know.

use crate::error::{Code, Error, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

#[derive(Serialize)]
struct Write<'a, T> {
    v: u32,
    state: &'a T,
}

#[derive(Deserialize)]
struct Version {
    v: u32,
}

#[derive(Deserialize)]
struct Read<T> {
    state: T,
}

/// Writes `state` as version `version` of its form.
///
/// # Errors
/// `broken-invariant` if the form cannot be written, which no form of ours causes.
pub fn to_stored<T: Serialize>(version: u32, state: &T) -> Result<Vec<u8>> {
    serde_json::to_vec(&Write { v: version, state }).map_err(|_| Error::new(Code::BROKEN_INVARIANT))
}

/// Reads a form of at most version `newest`; `read` is given the version found and the bytes' own state.
///
/// # Errors
/// `stored-form-newer` when the form is newer than `newest`; `stored-form-unreadable` when it is not a form of ours.
pub fn from_stored<T: DeserializeOwned>(newest: u32, bytes: &[u8]) -> Result<T> {
    let unreadable = |_| Error::new(Code::STORED_FORM_UNREADABLE);
    let Version { v } = serde_json::from_slice(bytes).map_err(unreadable)?;
    if v > newest {
        return Err(Error::new(Code::STORED_FORM_NEWER));
    }
    let Read { state } = serde_json::from_slice(bytes).map_err(unreadable)?;
    Ok(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_comes_back_and_a_newer_one_is_refused() {
        let bytes = to_stored(2, &"état").unwrap();
        assert_eq!(from_stored::<String>(2, &bytes).unwrap(), "état");
        assert_eq!(from_stored::<String>(1, &bytes).unwrap_err().code(), Code::STORED_FORM_NEWER);
        assert_eq!(from_stored::<String>(2, b"{}").unwrap_err().code(), Code::STORED_FORM_UNREADABLE);
        assert_eq!(from_stored::<u8>(2, &bytes).unwrap_err().code(), Code::STORED_FORM_UNREADABLE);
    }
}
