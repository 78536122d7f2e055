//! Tokens bound to a client certificate (RFC 8705 §3): is the certificate of this connection the one a token names?
//!
//! `cnf.x5t#S256` is the base64url of the certificate's SHA-256. The samples that ANS publishes hold the base64 of that
//! hash written in lower-case hexadecimal; which of both PSC's own tokens use is not known, so both are compared.
//!
//! Source: RFC 8705 §3.1; ansforge/IG-securisation-transport-api-rest (samples, decoded).

use crate::error::{Code, Error, Result};
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::fmt;

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);

/// The SHA-256 of a certificate. It is public, and not secret.
///
/// ```
/// use sas_psc::psc::Thumbprint;
///
/// let ours = Thumbprint::of_der(b"the certificate of this connection, as DER");
/// let claims = serde_json::json!({ "cnf": { "x5t#S256": ours.to_x5t() } });
/// assert_eq!(ours.check(claims.as_object().unwrap()).unwrap(), true);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Thumbprint([u8; 32]);

impl Thumbprint {
    /// Of a certificate as DER.
    pub fn of_der(certificate: &[u8]) -> Thumbprint {
        Thumbprint(Sha256::digest(certificate).into())
    }

    /// The hash.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// As RFC 8705 writes it: base64url without padding.
    pub fn to_x5t(&self) -> String {
        base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(self.0)
    }

    /// In lower-case hexadecimal, 64 digits.
    pub fn to_hex(&self) -> String {
        self.0.iter().fold(String::with_capacity(64), |hex, byte| hex + &format!("{byte:02x}"))
    }

    /// Whether a `x5t#S256` names this certificate, in either encoding, with or without padding.
    pub fn matches(&self, x5t: &str) -> bool {
        if x5t.len() > 128 {
            return false;
        }
        [URL_SAFE, STANDARD]
            .iter()
            .filter_map(|alphabet| alphabet.decode(x5t).ok())
            .any(|bytes| bytes == self.0 || bytes == self.to_hex().as_bytes())
    }

    /// Compares with the `cnf` of a token's claims or of an introspection answer: `true` when the token is bound to this
    /// certificate, `false` when it is bound to none.
    ///
    /// # Errors
    /// `token-binding` when it is bound to something else.
    pub fn check(&self, claims: &Map<String, Value>) -> Result<bool> {
        let Some(cnf) = claims.get("cnf").filter(|cnf| !cnf.is_null()) else { return Ok(false) };
        match cnf.get("x5t#S256").and_then(Value::as_str) {
            Some(x5t) if self.matches(x5t) => Ok(true),
            _ => Err(Error::claim(Code::TOKEN_BINDING, "cnf")),
        }
    }
}

impl Thumbprint {
    /// The same with the claims as the JSON object that they are.
    ///
    /// # Errors
    /// `token-binding`; `provider-answer` when it is no JSON object.
    pub fn check_json(&self, claims: &[u8]) -> Result<bool> {
        let claims: Map<String, Value> =
            serde_json::from_slice(claims).map_err(|_| Error::field(Code::PROVIDER_ANSWER, "claims"))?;
        self.check(&claims)
    }
}

impl fmt::Debug for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_x5t())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(claims: Value) -> Result<bool> {
        Thumbprint::of_der(b"certificate").check(claims.as_object().unwrap())
    }

    #[test]
    fn both_encodings_name_the_certificate() {
        let ours = Thumbprint::of_der(b"certificate");
        assert_eq!(ours.to_hex(), "03d66dd08835c1ca3f128cceacd1f31ac94163096b20f445ae84285bc0832d72");
        let hex = ours.to_hex();
        for x5t in [
            ours.to_x5t(),
            format!("{}=", ours.to_x5t()),
            STANDARD.encode(ours.as_bytes()),
            STANDARD.encode(&hex),
            URL_SAFE.encode(&hex),
            base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(&hex),
        ] {
            assert!(of(json!({ "cnf": { "x5t#S256": x5t } })).unwrap(), "{x5t}");
        }
    }

    #[test]
    fn a_token_bound_to_nothing_is_told_from_one_bound_elsewhere() {
        assert!(!of(json!({})).unwrap());
        assert!(!of(json!({ "cnf": null })).unwrap());
        let other = Thumbprint::of_der(b"another");
        for cnf in [
            json!({ "x5t#S256": other.to_x5t() }),
            json!({ "x5t#S256": STANDARD.encode(other.to_hex()) }),
            json!({ "x5t#S256": Thumbprint::of_der(b"certificate").to_hex() }),
            json!({ "x5t#S256": "A".repeat(10_000) }),
            json!({ "x5t#S256": 7 }),
            json!({ "jkt": "a key, not a certificate" }),
            json!({}),
            json!("x"),
        ] {
            assert_eq!(of(json!({ "cnf": cnf })).unwrap_err().code(), Code::TOKEN_BINDING, "{cnf}");
        }
    }
}
