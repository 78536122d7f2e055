//! A signed token in compact form (RFC 7515 §3.1): three parts of strict base64url, a header that says RS256.

use crate::error::{Code, Error, Result};
use crate::psc::json::{self, Fault};
use aws_lc_rs::signature::ParsedPublicKey;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

/// PSC's tokens are near 1.2 kB; one that carries the whole userinfo of a person with many activities is near 20.
const LARGEST: usize = 64 << 10;
const LARGEST_HEADER: usize = 4 << 10;
/// An RSA signature of 8192 bits.
const LARGEST_SIGNATURE: usize = 1366;

pub(super) struct Jws<'a> {
    signed: &'a str,
    header: &'a str,
    payload: &'a str,
    signature: &'a str,
}

pub(super) struct Header {
    pub(super) kid: Option<String>,
}

impl<'a> Jws<'a> {
    pub(super) fn split(token: &'a str) -> Result<Jws<'a>> {
        if token.len() > LARGEST {
            return Err(Error::new(Code::ID_TOKEN_TOO_LARGE));
        }
        let malformed = || Error::new(Code::ID_TOKEN_MALFORMED);
        let (signed, signature) = token.rsplit_once('.').ok_or_else(malformed)?;
        let (header, payload) = signed.split_once('.').ok_or_else(malformed)?;
        if header.len() > LARGEST_HEADER || signature.len() > LARGEST_SIGNATURE {
            return Err(Error::new(Code::ID_TOKEN_TOO_LARGE));
        }
        // A further dot in the payload is no base64url character: it is refused there.
        Ok(Jws { signed, header, payload, signature })
    }

    pub(super) fn header(&self) -> Result<Header> {
        let bytes = decode(self.header, "header")?;
        let header = json::object(&bytes).map_err(|fault| match fault {
            Fault::Malformed => Error::field(Code::ID_TOKEN_MALFORMED, "header"),
            Fault::Duplicate => Error::field(Code::ID_TOKEN_DUPLICATE, "header"),
        })?;
        if header.text("alg") != Some("RS256") {
            return Err(Error::field(Code::ID_TOKEN_ALGORITHM, "alg"));
        }
        // An extension that must be understood (RFC 7515 §4.1.11): we understand none.
        if header.get("crit").is_some() {
            return Err(Error::field(Code::ID_TOKEN_MALFORMED, "crit"));
        }
        if header.get("typ").is_some_and(|typ| !typ.as_text().is_some_and(|t| t.eq_ignore_ascii_case("JWT"))) {
            return Err(Error::field(Code::ID_TOKEN_TYPE, "typ"));
        }
        match header.get("kid") {
            None => Ok(Header { kid: None }),
            Some(kid) => {
                let kid = kid.as_text().ok_or_else(|| Error::field(Code::ID_TOKEN_KEY, "kid"))?;
                Ok(Header { kid: Some(kid.to_owned()) })
            }
        }
    }

    pub(super) fn payload(&self) -> Result<Vec<u8>> {
        decode(self.payload, "payload")
    }

    pub(super) fn verify(&self, key: &ParsedPublicKey) -> Result<()> {
        let signature = decode(self.signature, "signature")?;
        key.verify_sig(self.signed.as_bytes(), &signature).map_err(|_| Error::new(Code::ID_TOKEN_SIGNATURE))
    }
}

/// Base64url without padding, every bit accounted for, so that a token has one spelling only.
fn decode(part: &str, field: &'static str) -> Result<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| Error::field(Code::ID_TOKEN_MALFORMED, field))
}
