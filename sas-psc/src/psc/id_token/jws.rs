//! A signed token in compact form (RFC 7515 §3.1): three parts of strict base64url, a header that says RS256.
//!
//! Header and signature are decoded on the stack; the payload once, into the text that the verified token keeps.

use crate::error::{Code, Error, Result};
use crate::psc::json::{self, Fault, Json, Places};
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

    /// Judges the header, then gives what `chosen` makes of the name of the key.
    pub(super) fn header<T>(&self, chosen: impl FnOnce(Option<&str>) -> T) -> Result<T> {
        let malformed = || Error::field(Code::ID_TOKEN_MALFORMED, "header");
        let mut bytes = [0; LARGEST_HEADER / 4 * 3];
        let length = BASE64_URL_SAFE_NO_PAD.decode_slice(self.header, &mut bytes).map_err(|_| malformed())?;
        let text = std::str::from_utf8(&bytes[..length]).map_err(|_| malformed())?;
        let mut header = Header::default();
        json::read(text, &mut header).map_err(|fault| match fault {
            Fault::Malformed => malformed(),
            Fault::Duplicate => Error::field(Code::ID_TOKEN_DUPLICATE, "header"),
        })?;
        if header.alg.as_text() != Some("RS256") {
            return Err(Error::field(Code::ID_TOKEN_ALGORITHM, "alg"));
        }
        // An extension that must be understood (RFC 7515 §4.1.11): we understand none.
        if header.crit != Json::Null {
            return Err(Error::field(Code::ID_TOKEN_MALFORMED, "crit"));
        }
        if header.typ != Json::Null && !header.typ.as_text().is_some_and(|typ| typ.eq_ignore_ascii_case("JWT")) {
            return Err(Error::field(Code::ID_TOKEN_TYPE, "typ"));
        }
        match &header.kid {
            Json::Null => Ok(chosen(None)),
            Json::Text(kid) => Ok(chosen(Some(kid))),
            _ => Err(Error::field(Code::ID_TOKEN_KEY, "kid")),
        }
    }

    pub(super) fn payload(&self) -> Result<String> {
        let malformed = || Error::field(Code::ID_TOKEN_MALFORMED, "payload");
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(self.payload).map_err(|_| malformed())?;
        String::from_utf8(bytes).map_err(|_| malformed())
    }

    pub(super) fn verify(&self, key: &ParsedPublicKey) -> Result<()> {
        let mut bytes = [0; LARGEST_SIGNATURE.div_ceil(4) * 3];
        let length = BASE64_URL_SAFE_NO_PAD.decode_slice(self.signature, &mut bytes);
        let length = length.map_err(|_| Error::field(Code::ID_TOKEN_MALFORMED, "signature"))?;
        let verified = key.verify_sig(self.signed.as_bytes(), &bytes[..length]);
        verified.map_err(|_| Error::new(Code::ID_TOKEN_SIGNATURE))
    }
}

/// The members that count. Base64url without padding and every bit accounted for, so that a token has one spelling only.
#[derive(Default)]
struct Header<'a> {
    alg: Json<'a>,
    crit: Json<'a>,
    typ: Json<'a>,
    kid: Json<'a>,
}

impl<'a> Places<'a> for Header<'a> {
    fn place(&mut self, name: &str) -> Option<&mut Json<'a>> {
        match name {
            "alg" => Some(&mut self.alg),
            "crit" => Some(&mut self.crit),
            "typ" => Some(&mut self.typ),
            "kid" => Some(&mut self.kid),
            _ => None,
        }
    }
}
