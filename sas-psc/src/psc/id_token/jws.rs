//! A signed token in compact form (RFC 7515 §3.1): three parts of strict base64url, a header that says RS256.
//!
//! Header and signature are decoded on the stack, the payload once, into the text that the verified token keeps.

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
const APPLICATION: &str = "application/";

pub(in crate::psc) struct Jws<'a> {
    signed: &'a str,
    header: &'a str,
    payload: &'a str,
    signature: &'a str,
}

impl<'a> Jws<'a> {
    pub(in crate::psc) fn split(token: &'a str) -> Result<Jws<'a>> {
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

    /// Judges the header of an ID token, then gives what `chosen` makes of the name of the key.
    pub(in crate::psc) fn header<T>(&self, chosen: impl FnOnce(Option<&str>) -> T) -> Result<T> {
        self.header_typed(&["JWT"], true, chosen)
    }

    /// The same of a token whose `typ` is one of these, in any case of letters, or absent where that is allowed.
    pub(in crate::psc) fn header_typed<T>(
        &self,
        types: &[&str],
        untyped: bool,
        chosen: impl FnOnce(Option<&str>) -> T,
    ) -> Result<T> {
        decoded(self.header, "header", |bytes| {
            let malformed = |_| Error::field(Code::ID_TOKEN_MALFORMED, "header");
            let mut header = Header::default();
            json::read(std::str::from_utf8(bytes).map_err(malformed)?, &mut header).map_err(|fault| match fault {
                Fault::Malformed => Error::field(Code::ID_TOKEN_MALFORMED, "header"),
                Fault::Duplicate => Error::field(Code::ID_TOKEN_DUPLICATE, "header"),
            })?;
            header.judge(types, untyped, chosen)
        })
    }

    pub(in crate::psc) fn payload(&self) -> Result<String> {
        let malformed = || Error::field(Code::ID_TOKEN_MALFORMED, "payload");
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(self.payload).map_err(|_| malformed())?;
        String::from_utf8(bytes).map_err(|_| malformed())
    }

    pub(in crate::psc) fn verify(&self, key: &ParsedPublicKey) -> Result<()> {
        decoded(self.signature, "signature", |bytes| {
            let verified = key.verify_sig(self.signed.as_bytes(), bytes);
            verified.map_err(|_| Error::new(Code::ID_TOKEN_SIGNATURE))
        })
    }
}

/// Decodes a part and hands its bytes over: base64url without padding, every bit accounted for, so that a token has one
/// spelling only. A part of usual size is decoded on the stack.
fn decoded<T>(part: &str, field: &'static str, then: impl FnOnce(&[u8]) -> Result<T>) -> Result<T> {
    let malformed = || Error::field(Code::ID_TOKEN_MALFORMED, field);
    if part.len() > 512 {
        return then(&BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| malformed())?);
    }
    let mut bytes = [0; 384];
    let length = BASE64_URL_SAFE_NO_PAD.decode_slice(part, &mut bytes).map_err(|_| malformed())?;
    then(&bytes[..length])
}

/// The members that count.
#[derive(Default)]
struct Header<'a> {
    alg: Json<'a>,
    /// Whether `crit` is there: even `null` is no list that we could understand.
    crit: bool,
    typ: Json<'a>,
    kid: Json<'a>,
}

impl<'a> Header<'a> {
    fn judge<T>(&'a self, types: &[&str], untyped: bool, chosen: impl FnOnce(Option<&str>) -> T) -> Result<T> {
        if self.alg.as_text() != Some("RS256") {
            return Err(Error::field(Code::ID_TOKEN_ALGORITHM, "alg"));
        }
        // An extension that must be understood (RFC 7515 §4.1.11): we understand none.
        if self.crit {
            return Err(Error::field(Code::ID_TOKEN_MALFORMED, "crit"));
        }
        // `application/` may be left out, and a reader puts it there (RFC 7515 §4.1.9): with it, the type is the same.
        let short = |typ: &'a str| match typ.split_at_checked(APPLICATION.len()) {
            Some((start, rest)) if start.eq_ignore_ascii_case(APPLICATION) => rest,
            _ => typ,
        };
        let known = |typ: &'a str| types.iter().any(|known| known.eq_ignore_ascii_case(short(typ)));
        if !(untyped && self.typ == Json::Null || self.typ.as_text().is_some_and(known)) {
            return Err(Error::field(Code::ID_TOKEN_TYPE, "typ"));
        }
        match &self.kid {
            Json::Null => Ok(chosen(None)),
            Json::Text(kid) => Ok(chosen(Some(kid))),
            _ => Err(Error::field(Code::ID_TOKEN_KEY, "kid")),
        }
    }
}

impl<'a> Places<'a> for Header<'a> {
    fn place(&mut self, name: &str) -> Option<&mut Json<'a>> {
        match name {
            "alg" => Some(&mut self.alg),
            "crit" => {
                self.crit = true;
                None
            }
            "typ" => Some(&mut self.typ),
            "kid" => Some(&mut self.kid),
            _ => None,
        }
    }
}
