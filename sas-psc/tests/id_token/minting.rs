//! Tokens for the vectors, right and wrong: signed by the published test keys.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD as B64};
use openidconnect::PrivateSigningKey;
use openidconnect::core::{CoreJwsSigningAlgorithm, CoreRsaPrivateSigningKey};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

pub const ISSUER: &str = "https://auth.bas.psc.esante.gouv.fr/auth/realms/esante-wallet";
pub const CLIENT: &str = "sas-psc-test";
pub const NONCE: &str = "n-0S6_WzA2Mj";
pub const ACCESS_TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.access.token";
/// 2026-11-23T08:00:00Z, 10 seconds after the tokens are issued.
pub const NOW: i64 = 1_795_420_800;

/// A file of `vectors/id-token/`.
pub struct Vector {
    pub name: &'static str,
    pub json: Value,
}

/// The key that signs.
#[derive(Clone, Copy)]
pub enum Key {
    Main,
    Second,
    Attacker,
    Weak,
}

impl Key {
    fn pem(self) -> &'static str {
        let pem = match self {
            Key::Main => include_str!("../../../vectors/id-token/keys/main.pem"),
            Key::Second => include_str!("../../../vectors/id-token/keys/second.pem"),
            Key::Attacker => include_str!("../../../vectors/id-token/keys/attacker.pem"),
            Key::Weak => include_str!("../../../vectors/id-token/keys/weak.pem"),
        };
        &pem[pem.find("-----BEGIN").unwrap()..]
    }

    pub fn sign(self, message: &str) -> Vec<u8> {
        let der: String = self.pem().lines().filter(|line| !line.starts_with('-')).collect();
        let Ok(key) = KeyPair::from_der(&BASE64_STANDARD.decode(der).unwrap()) else {
            // aws-lc refuses to sign with 1024 bits; openidconnect's signer does not.
            let key = CoreRsaPrivateSigningKey::from_pem(self.pem(), None).unwrap();
            return key.sign(&CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, message.as_bytes()).unwrap();
        };
        let mut signature = vec![0; key.public_modulus_len()];
        key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature).unwrap();
        signature
    }

    /// The public half as a member of a key set.
    pub fn jwk(self, kid: &str) -> Value {
        static PUBLIC: LazyLock<[Value; 4]> = LazyLock::new(|| {
            [Key::Main, Key::Second, Key::Attacker, Key::Weak].map(|key| {
                let key = CoreRsaPrivateSigningKey::from_pem(key.pem(), None).unwrap();
                serde_json::to_value(key.as_verification_key()).unwrap()
            })
        });
        let mut jwk = PUBLIC[self as usize].clone();
        jwk["kid"] = kid.into();
        jwk["use"] = "sig".into();
        jwk["alg"] = "RS256".into();
        jwk
    }
}

/// A case being written: a right token, then what is wrong with it.
pub struct Case {
    name: &'static str,
    source: &'static str,
    expect: &'static str,
    about: Option<&'static str>,
    options: Map<String, Value>,
    jwks: Vec<Value>,
    header: Value,
    claims: Map<String, Value>,
    payload: Option<Vec<u8>>,
    header_text: Option<String>,
    key: Key,
    signature: Option<Vec<u8>>,
    mangle: fn(String) -> String,
}

/// A right token of PSC (BAS, e-CPS), and the options that accept it.
pub fn case(name: &'static str, source: &'static str, expect: &'static str, about: Option<&'static str>) -> Case {
    let person = "899700000013";
    let claims = json!({
        "exp": NOW + 110, "iat": NOW - 10, "auth_time": NOW - 366, "jti": "7f4e1b0a-52c3-4d51-9d3f-0a6f6f1d2c3b",
        "iss": ISSUER, "aud": CLIENT, "sub": format!("f:550dc1c8-d97b-4b1e-ac8c-8eb4471cf9dd:{person}"), "typ": "ID",
        "azp": CLIENT, "nonce": NONCE, "session_state": "c1f1a1c5-9d0f-4f0e-8a57-0d6a3f6f5b11",
        "at_hash": at_hash(ACCESS_TOKEN), "sid": "c1f1a1c5-9d0f-4f0e-8a57-0d6a3f6f5b11", "authMode": "MOBILE",
        "acr": "eidas1", "SubjectNameID": person, "preferred_username": person, "given_name": "KIT",
        "family_name": "DOC0000001",
    });
    let options = json!({ "issuer": ISSUER, "client_id": CLIENT, "nonce": NONCE, "acr": "eidas1", "now": NOW });
    let (Value::Object(claims), Value::Object(options)) = (claims, options) else { unreachable!() };
    Case {
        name,
        source,
        expect,
        about,
        options,
        jwks: vec![encryption_key(), Key::Main.jwk("test-main"), Key::Second.jwk("test-second")],
        header: json!({ "alg": "RS256", "typ": "JWT", "kid": "test-main" }),
        claims,
        payload: None,
        header_text: None,
        key: Key::Main,
        signature: None,
        mangle: |token| token,
    }
}

/// Keycloak publishes an encryption key beside those for signatures.
pub fn encryption_key() -> Value {
    let mut jwk = Key::Attacker.jwk("test-enc");
    jwk["use"] = "enc".into();
    jwk["alg"] = "RSA-OAEP".into();
    jwk
}

impl Case {
    /// Sets a claim; `null` removes it.
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Case {
        match value.into() {
            Value::Null => self.claims.remove(name),
            value => self.claims.insert(name.to_owned(), value),
        };
        self
    }

    /// Sets a member of the header; `null` removes it.
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Case {
        match value.into() {
            Value::Null => self.header.as_object_mut().unwrap().remove(name),
            value => self.header.as_object_mut().unwrap().insert(name.to_owned(), value),
        };
        self
    }

    /// The header as this text.
    pub fn header_text(mut self, text: impl Into<String>) -> Case {
        self.header_text = Some(text.into());
        self
    }

    /// Sets an option of the check; `null` removes it.
    pub fn option(mut self, name: &str, value: impl Into<Value>) -> Case {
        match value.into() {
            Value::Null => self.options.remove(name),
            value => self.options.insert(name.to_owned(), value),
        };
        self
    }

    /// The payload as these bytes.
    pub fn payload(mut self, bytes: impl Into<Vec<u8>>) -> Case {
        self.payload = Some(bytes.into());
        self
    }

    /// Changes the text of the payload, the claims as set before.
    pub fn rewrite(self, from: &str, to: &str) -> Case {
        let text = Value::Object(self.claims.clone()).to_string();
        assert!(text.contains(from), "{from} is not in {text}");
        self.payload(text.replacen(from, to, 1))
    }

    /// Signs with another key than the one the header names.
    pub fn signed_by(mut self, key: Key) -> Case {
        self.key = key;
        self
    }

    /// Puts these bytes in the place of the signature.
    pub fn signature(mut self, bytes: impl Into<Vec<u8>>) -> Case {
        self.signature = Some(bytes.into());
        self
    }

    /// Publishes these keys instead.
    pub fn jwks(mut self, keys: Vec<Value>) -> Case {
        self.jwks = keys;
        self
    }

    /// Changes the finished token.
    pub fn mangle(mut self, change: fn(String) -> String) -> Case {
        self.mangle = change;
        self
    }

    /// What is signed: the header and the payload, encoded.
    pub fn message(&self) -> String {
        let header = self.header_text.clone().unwrap_or_else(|| self.header.to_string());
        let payload =
            self.payload.clone().unwrap_or_else(|| Value::Object(self.claims.clone()).to_string().into_bytes());
        format!("{}.{}", B64.encode(header), B64.encode(payload))
    }

    pub fn write(self) -> Vector {
        let signed = self.message();
        let signature = self.signature.unwrap_or_else(|| self.key.sign(&signed));
        let token = (self.mangle)(format!("{signed}.{}", B64.encode(signature)));
        let mut json = json!({
            "source": self.source, "expect": self.expect, "options": self.options,
            "jwks": { "keys": self.jwks }, "token": token,
        });
        if let Some(about) = self.about {
            json["about"] = about.into();
        }
        Vector { name: self.name, json }
    }
}

/// The left half of the SHA-256 of an access token.
pub fn at_hash(access_token: &str) -> String {
    B64.encode(&Sha256::digest(access_token)[..16])
}
