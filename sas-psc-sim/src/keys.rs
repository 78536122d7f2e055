//! The realm's keys: RSA-2048 for tokens, one more for encryption (published, never used), HMAC for refresh tokens.
//!
//! Each is generated when a process first starts a simulator, is never written anywhere, and carries a `kid` that
//! starts with `sim-`: nobody mistakes it for a key of Pro Santé Connect. JWT headers are written with the blanks that
//! Keycloak writes.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey};
use aws_lc_rs::{digest, hmac, rand};
use base64::Engine;
pub(crate) use base64::prelude::BASE64_URL_SAFE_NO_PAD as B64;
use serde_json::{Map, Value, json};
use std::sync::OnceLock;

struct RsaKey {
    kid: String,
    pair: KeyPair,
}

impl RsaKey {
    fn generate() -> RsaKey {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap_or_else(|_| panic!("RSA keys can be generated"));
        let der = pair.public_key().as_der().map(|der| der.as_ref().to_vec()).unwrap_or_default();
        let thumbprint = B64.encode(digest::digest(&digest::SHA256, &der));
        RsaKey { kid: format!("sim-{}", &thumbprint[..32]), pair }
    }

    fn jwk(&self, usage: &str, alg: &str) -> Value {
        let public = self.pair.public_key();
        json!({
            "kid": self.kid, "kty": "RSA", "alg": alg, "use": usage,
            "n": B64.encode(public.modulus().big_endian_without_leading_zero()),
            "e": B64.encode(public.exponent().big_endian_without_leading_zero()),
        })
    }
}

/// One key ring a process: making RSA keys is the slowest thing here, and every simulator's keys are worthless alike.
fn rsa(at: usize) -> &'static RsaKey {
    static KEYS: [OnceLock<RsaKey>; 4] = [const { OnceLock::new() }; 4];
    KEYS[at].get_or_init(RsaKey::generate)
}

/// A signing key of the realm and its name, for the bench of `conformance`.
pub(crate) fn pair(at: usize) -> (&'static KeyPair, &'static str) {
    (&rsa(at).pair, &rsa(at).kid)
}

const ENCRYPTION: usize = 3;

/// The keys of one simulator.
pub(crate) struct Keys {
    /// Published signing keys, the active one first.
    published: Vec<usize>,
    refresh: hmac::Key,
}

impl Keys {
    pub fn new() -> Keys {
        let mut secret = [0; 64];
        rand::fill(&mut secret).unwrap_or_else(|_| panic!("the system has no randomness"));
        Keys { published: vec![0, 1], refresh: hmac::Key::new(hmac::HMAC_SHA512, &secret) }
    }

    /// A key never seen before signs from now on; the two older ones stay published.
    pub fn rotate(&mut self) {
        if !self.published.contains(&2) {
            self.published.insert(0, 2);
        }
    }

    /// The old keys are withdrawn: only the active one stays published.
    pub fn withdraw(&mut self) {
        self.published.truncate(1);
    }

    pub fn jwks(&self) -> Value {
        let mut keys: Vec<_> = self.published.iter().map(|at| rsa(*at).jwk("sig", "RS256")).collect();
        keys.push(rsa(ENCRYPTION).jwk("enc", "RSA-OAEP"));
        json!({ "keys": keys })
    }

    /// An RS256 token. `kid` replaces the true one in the header.
    pub fn sign(&self, claims: &Map<String, Value>, kid: Option<&str>) -> String {
        let key = rsa(self.published[0]);
        let input = signing_input("RS256", kid.unwrap_or(&key.kid), claims);
        let mut signature = vec![0; key.pair.public_modulus_len()];
        let random = rand::SystemRandom::new();
        key.pair
            .sign(&RSA_PKCS1_SHA256, &random, input.as_bytes(), &mut signature)
            .unwrap_or_else(|_| panic!("a 2048-bit key signs SHA-256"));
        format!("{input}.{}", B64.encode(signature))
    }

    /// An RS256 token of another `typ`.
    pub fn sign_as(&self, claims: &Map<String, Value>, typ: &str) -> String {
        let key = rsa(self.published[0]);
        let header = json!({ "alg": "RS256", "typ": typ, "kid": key.kid }).to_string();
        let input = format!("{}.{}", B64.encode(header), B64.encode(Value::Object(claims.clone()).to_string()));
        let mut signature = vec![0; key.pair.public_modulus_len()];
        let signed = key.pair.sign(&RSA_PKCS1_SHA256, &rand::SystemRandom::new(), input.as_bytes(), &mut signature);
        signed.unwrap_or_else(|_| panic!("a 2048-bit key signs SHA-256"));
        format!("{input}.{}", B64.encode(signature))
    }

    /// An HS512 token: what Keycloak's refresh tokens are.
    pub fn seal(&self, claims: &Map<String, Value>) -> String {
        let input = signing_input("HS512", "sim-refresh", claims);
        let tag = hmac::sign(&self.refresh, input.as_bytes());
        format!("{input}.{}", B64.encode(tag))
    }

    /// The claims of a token that this realm signed with a key still published.
    pub fn open(&self, token: &str) -> Option<Map<String, Value>> {
        let (input, signature) = token.rsplit_once('.')?;
        let (header, claims) = input.split_once('.')?;
        let header: Value = serde_json::from_slice(&B64.decode(header).ok()?).ok()?;
        let signature = B64.decode(signature).ok()?;
        match header["alg"].as_str()? {
            "RS256" => {
                let key = self.published.iter().map(|at| rsa(*at)).find(|key| header["kid"] == *key.kid)?;
                let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.pair.public_key().as_ref());
                public.verify(input.as_bytes(), &signature).ok()?;
            }
            "HS512" => hmac::verify(&self.refresh, input.as_bytes(), &signature).ok()?,
            _ => return None,
        }
        serde_json::from_slice(&B64.decode(claims).ok()?).ok()
    }
}

fn signing_input(alg: &str, kid: &str, claims: &Map<String, Value>) -> String {
    let header = format!(r#"{{"alg":"{alg}","typ" : "JWT","kid" : "{kid}"}}"#);
    let claims = Value::Object(claims.clone()).to_string();
    format!("{}.{}", B64.encode(header), B64.encode(claims))
}

/// `at_hash` of an access token: the left half of its SHA-256 (OpenID Connect Core §3.1.3.6).
pub(crate) fn at_hash(access_token: &str) -> String {
    B64.encode(&digest::digest(&digest::SHA256, access_token.as_bytes()).as_ref()[..16])
}

/// The S256 challenge of a verifier (RFC 7636 §4.2).
pub(crate) fn s256(verifier: &str) -> String {
    s256_bytes(verifier.as_bytes())
}

/// The base64url of the SHA-256 of something.
pub(crate) fn s256_bytes(bytes: &[u8]) -> String {
    B64.encode(digest::digest(&digest::SHA256, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> Map<String, Value> {
        Map::from_iter([("jti".to_owned(), json!("x"))])
    }

    #[test]
    fn opens_what_it_signed_and_nothing_else() {
        let keys = Keys::new();
        for token in [keys.sign(&claims(), None), keys.seal(&claims())] {
            assert_eq!(keys.open(&token), Some(claims()));
            let last = if token.ends_with('A') { "B" } else { "A" };
            assert_eq!(keys.open(&format!("{}{last}", &token[..token.len() - 1])), None);
        }
        assert_eq!(keys.open(&Keys::new().seal(&claims())), None);
        assert_eq!(keys.open("garbage"), None);
        assert_eq!(keys.open(&keys.sign(&claims(), Some("sim-unknown"))), None);
    }

    #[test]
    fn a_withdrawn_key_opens_no_more() {
        let mut keys = Keys::new();
        let before = keys.sign(&claims(), None);
        keys.rotate();
        assert_eq!(keys.jwks()["keys"].as_array().unwrap().len(), 4);
        assert!(keys.open(&before).is_some());
        keys.withdraw();
        assert!(keys.open(&before).is_none());
        assert_eq!(keys.jwks()["keys"].as_array().unwrap().len(), 2);
        assert!(
            keys.jwks()["keys"].as_array().unwrap().iter().all(|key| key["kid"].as_str().unwrap().starts_with("sim-"))
        );
    }
}
