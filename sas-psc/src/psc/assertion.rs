//! `private_key_jwt` (RFC 7523 §3, OpenID Connect Core 1.0 §9): a service proves who it is by signing, and no secret
//! travels. For providers other than PSC, which advertises it and does not support it.
//!
//! One audience, as text: the issuer, unless said otherwise (draft-ietf-oauth-rfc7523bis: a list, or an endpoint's
//! address, lets one provider use an assertion at another). Good for one minute; no two have the same `jti`.

use crate::base::{ExposeSecret, Random, SecretString, Timestamp, pem, token};
use crate::error::{Code, Error, Result};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::json;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const LIFE: i64 = 60;

/// The key of a service that authenticates by `private_key_jwt`. Cheap to clone; its `Debug` shows no key.
///
/// ```no_run
/// use sas_psc::psc::{AssertionKey, Client, ClientAuth};
///
/// # fn example(pem: String, random: &mut dyn sas_psc::base::Random) -> sas_psc::Result<()> {
/// let key = AssertionKey::from_pem(&pem.into(), Some("2026-11"), random)?;
/// let client = Client::new("my-service", ClientAuth::PrivateKeyJwt(key), "https://service.example.fr/callback");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct AssertionKey {
    key: Arc<Key>,
    kid: Option<String>,
    audience: Option<String>,
}

struct Key {
    pair: Pair,
    /// 256 random bits and a count make each `jti`: nothing is drawn while a request is built.
    nonce: String,
    count: AtomicU64,
}

enum Pair {
    Rsa(KeyPair),
    P256(EcdsaKeyPair),
}

impl AssertionKey {
    /// An RSA key of 2048 to 8192 bits (RS256) or a P-256 key (ES256), as PEM without a password: PKCS#8, PKCS#1 or
    /// SEC1. `kid` is its name in the service's published keys.
    ///
    /// # Errors
    /// `assertion-key`; `no-randomness`.
    pub fn from_pem(key: &SecretString, kid: Option<&str>, random: &mut dyn Random) -> Result<AssertionKey> {
        let refused = || Error::field(Code::ASSERTION_KEY, "assertion_key");
        let text = key.expose_secret();
        let section =
            ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"].into_iter().find_map(|label| pem(text, label));
        let der = section.ok_or_else(refused)?.map_err(|_| refused())?;
        let rsa = || KeyPair::from_pkcs8(&der).or_else(|_| KeyPair::from_der(&der)).ok();
        let p256 = || EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, &der).ok();
        let pair = rsa().map(Pair::Rsa).or_else(|| p256().map(Pair::P256)).ok_or_else(refused)?;
        let nonce = token(random)?.expose_secret().to_owned();
        let key = Arc::new(Key { pair, nonce, count: AtomicU64::new(0) });
        Ok(AssertionKey { key, kid: kid.map(str::to_owned), audience: None })
    }

    /// Names another audience than the issuer: some providers want the address of their token endpoint.
    pub fn with_audience(mut self, audience: &str) -> AssertionKey {
        self.audience = Some(audience.to_owned());
        self
    }

    /// `RS256` or `ES256`.
    pub fn algorithm(&self) -> &'static str {
        match self.key.pair {
            Pair::Rsa(_) => "RS256",
            Pair::P256(_) => "ES256",
        }
    }

    /// An assertion for one request.
    pub(super) fn sign(&self, client_id: &str, issuer: &str, now: Timestamp) -> Result<SecretString> {
        let mut header = json!({ "alg": self.algorithm(), "typ": "JWT" });
        if let Some(kid) = &self.kid {
            header["kid"] = kid.as_str().into();
        }
        let count = self.key.count.fetch_add(1, Ordering::Relaxed);
        let claims = json!({
            "iss": client_id,
            "sub": client_id,
            "aud": self.audience.as_deref().unwrap_or(issuer),
            "jti": format!("{}.{count}", self.key.nonce),
            "iat": now.unix(),
            "exp": now.unix() + LIFE,
        });
        let part = |value: &serde_json::Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature = BASE64_URL_SAFE_NO_PAD.encode(self.signature(signed.as_bytes())?);
        Ok(format!("{signed}.{signature}").into())
    }

    /// PKCS#1 v1.5 needs no randomness, and aws-lc draws ECDSA's by itself: the argument is the shape of ring's API.
    fn signature(&self, message: &[u8]) -> Result<Vec<u8>> {
        let failed = |_| Error::field(Code::ASSERTION_KEY, "assertion_key");
        let unused = SystemRandom::new();
        match &self.key.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &unused, message, &mut signature).map_err(failed)?;
                Ok(signature)
            }
            Pair::P256(pair) => Ok(pair.sign(&unused, message).map_err(failed)?.as_ref().to_vec()),
        }
    }
}

impl fmt::Debug for AssertionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AssertionKey").field("algorithm", &self.algorithm()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Counter;
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_FIXED, KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
    };
    use serde_json::Value;

    const NOW: Timestamp = Timestamp::from_unix(1_795_420_800);

    fn key(name: &str) -> Result<AssertionKey> {
        let folder = format!("{}/../vectors/client-certificate", env!("CARGO_MANIFEST_DIR"));
        let pem = std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
        AssertionKey::from_pem(&pem.into(), Some("k1"), &mut Counter(1))
    }

    fn parts(assertion: &SecretString) -> (Value, Value, String, Vec<u8>) {
        let (signed, signature) = assertion.expose_secret().rsplit_once('.').unwrap();
        let (header, claims) = signed.split_once('.').unwrap();
        let decode = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).unwrap();
        let read = |part: &str| serde_json::from_slice(&decode(part)).unwrap();
        (read(header), read(claims), signed.to_owned(), decode(signature))
    }

    #[test]
    fn both_kinds_of_key_sign_what_their_public_key_verifies() {
        for (name, alg) in [("client.key", "RS256"), ("client-pkcs1.key", "RS256"), ("other.key", "ES256")] {
            let key = key(name).unwrap();
            let (header, claims, signed, signature) = parts(&key.sign("service", "https://a.example", NOW).unwrap());
            assert_eq!(header, json!({ "alg": alg, "typ": "JWT", "kid": "k1" }));
            assert_eq!((&claims["iss"], &claims["sub"]), (&json!("service"), &json!("service")));
            assert_eq!(claims["aud"], json!("https://a.example"), "one audience, as text");
            assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), LIFE);
            assert_eq!(claims["iat"], json!(NOW.unix()));
            let (algorithm, public): (&'static dyn VerificationAlgorithm, Vec<u8>) = match &key.key.pair {
                Pair::Rsa(pair) => (&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref().to_vec()),
                Pair::P256(pair) => (&ECDSA_P256_SHA256_FIXED, pair.public_key().as_ref().to_vec()),
            };
            UnparsedPublicKey::new(algorithm, public).verify(signed.as_bytes(), &signature).unwrap();
        }
    }

    #[test]
    fn no_two_assertions_have_the_same_identifier_and_the_audience_is_a_setting() {
        let key = key("other.key").unwrap().with_audience("https://a.example/token");
        let again = key.clone();
        let jti = |key: &AssertionKey| parts(&key.sign("service", "https://a.example", NOW).unwrap()).1["jti"].clone();
        let (one, two, three) = (jti(&key), jti(&again), jti(&key));
        assert!(one != two && two != three && one != three);
        let claims = parts(&key.sign("service", "https://a.example", NOW).unwrap()).1;
        assert_eq!(claims["aud"], json!("https://a.example/token"));
        assert_eq!(format!("{key:?}"), "AssertionKey { algorithm: \"ES256\", .. }");
    }

    #[test]
    fn a_key_that_cannot_sign_is_refused() {
        for name in ["client-encrypted.key", "client-old-encryption.key", "client.pem", "client.p12.none"] {
            let error = match name {
                "client.p12.none" => {
                    AssertionKey::from_pem(&"no PEM".to_owned().into(), None, &mut Counter(1)).unwrap_err()
                }
                _ => key(name).unwrap_err(),
            };
            assert_eq!(error.code(), Code::ASSERTION_KEY, "{name}");
        }
    }
}
