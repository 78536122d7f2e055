//! The keys that sign the tokens of the bench, right and wrong, and how each signs.
//!
//! `main`, `second`, `attacker` and `weak` are the published test keys of `vectors/id-token/keys`; `realm` and
//! `realm-second` are the simulator's own; `ec` is made at the start. Nothing here is secret.

use crate::keys::{self, B64};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{
    self, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
    RsaEncoding, UnparsedPublicKey,
};
use aws_lc_rs::{digest, hmac};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use openidconnect::PrivateSigningKey;
use openidconnect::core::{CoreJwsSigningAlgorithm, CoreRsaPrivateSigningKey};
use serde_json::{Value, json};
use std::sync::LazyLock;

/// A key of the bench; those of tests are read once a process.
#[derive(Clone, Copy)]
enum Key {
    Rsa(&'static KeyPair),
    /// 1024 bits: aws-lc refuses to sign with it, openidconnect's signer does not.
    Weak(&'static CoreRsaPrivateSigningKey),
    Ec(&'static EcdsaKeyPair),
}

static TEST_KEYS: LazyLock<[(&str, Key); 5]> = LazyLock::new(|| {
    let ec = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
    let ec = ec.unwrap_or_else(|_| panic!("EC keys can be generated"));
    [
        ("main", rsa(include_str!("../../../vectors/id-token/keys/main.pem"))),
        ("second", rsa(include_str!("../../../vectors/id-token/keys/second.pem"))),
        ("attacker", rsa(include_str!("../../../vectors/id-token/keys/attacker.pem"))),
        ("weak", rsa(include_str!("../../../vectors/id-token/keys/weak.pem"))),
        ("ec", Key::Ec(Box::leak(Box::new(ec)))),
    ]
});

fn rsa(pem: &str) -> Key {
    let pem = &pem[pem.find("-----BEGIN").unwrap_or(0)..];
    let der: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = BASE64_STANDARD.decode(der).unwrap_or_default();
    match KeyPair::from_der(&der) {
        Ok(pair) => Key::Rsa(Box::leak(Box::new(pair))),
        Err(_) => {
            let key = CoreRsaPrivateSigningKey::from_pem(pem, None);
            Key::Weak(Box::leak(Box::new(key.unwrap_or_else(|_| panic!("a test key is unreadable")))))
        }
    }
}

/// A key by its name: a test key, or one of the realm's. An unknown name is a mistake in a case file, found by a test.
fn key(name: &str) -> Key {
    match name {
        "realm" => Key::Rsa(keys::pair(0).0),
        "realm-second" => Key::Rsa(keys::pair(1).0),
        _ => {
            let found = TEST_KEYS.iter().find(|(known, _)| *known == name);
            found.unwrap_or_else(|| panic!("no key is called {name}")).1
        }
    }
}

/// The public half, as a member of a key set.
pub(crate) fn jwk(name: &str) -> Value {
    let kid = match name {
        "realm" | "realm-second" => keys::pair(usize::from(name == "realm-second")).1.to_owned(),
        other => format!("test-{other}"),
    };
    match key(name) {
        Key::Rsa(pair) => {
            let public = pair.public_key();
            json!({
                "kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid,
                "n": B64.encode(public.modulus().big_endian_without_leading_zero()),
                "e": B64.encode(public.exponent().big_endian_without_leading_zero()),
            })
        }
        Key::Weak(key) => {
            let public = serde_json::to_value(key.as_verification_key()).unwrap_or_default();
            json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": public["n"], "e": public["e"] })
        }
        Key::Ec(pair) => {
            let point = &pair.public_key().as_ref()[1..];
            let (x, y) = point.split_at(point.len() / 2);
            let (x, y) = (B64.encode(x), B64.encode(y));
            json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": kid, "x": x, "y": y })
        }
    }
}

/// The DER of a public key (SubjectPublicKeyInfo), its PEM, and its modulus: the "secrets" of an HS256 forgery.
pub(crate) fn public(name: &str, form: &str) -> Vec<u8> {
    let Key::Rsa(pair) = key(name) else { panic!("{name} is no RSA key") };
    let der = pair.public_key().as_der().map(|der: aws_lc_rs::encoding::PublicKeyX509Der<'_>| der.as_ref().to_vec());
    let der = der.unwrap_or_default();
    match form {
        "modulus" => pair.public_key().modulus().big_endian_without_leading_zero().to_vec(),
        "public-der" => der,
        _ => {
            let text = BASE64_STANDARD.encode(der);
            let lines: Vec<&str> =
                text.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
            format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n")).into_bytes()
        }
    }
}

/// The signature of a message, as base64url; empty for `none`.
pub(crate) fn sign(alg: &str, name: &str, secret: &[u8], message: &str) -> String {
    let bytes = message.as_bytes();
    let mac = |algorithm| hmac::sign(&hmac::Key::new(algorithm, secret), bytes).as_ref().to_vec();
    let signature = match (alg, name) {
        ("none", _) => Vec::new(),
        ("HS256", _) => mac(hmac::HMAC_SHA256),
        ("HS384", _) => mac(hmac::HMAC_SHA384),
        ("HS512", _) => mac(hmac::HMAC_SHA512),
        (_, "exponent-1") => padded(bytes, 256),
        _ => match key(name) {
            Key::Rsa(pair) => {
                let encoding: &'static dyn RsaEncoding = match alg {
                    "RS384" => &signature::RSA_PKCS1_SHA384,
                    "RS512" => &signature::RSA_PKCS1_SHA512,
                    "PS256" => &signature::RSA_PSS_SHA256,
                    "PS384" => &signature::RSA_PSS_SHA384,
                    "PS512" => &signature::RSA_PSS_SHA512,
                    _ => &signature::RSA_PKCS1_SHA256,
                };
                let mut made = vec![0; pair.public_modulus_len()];
                let signed = pair.sign(encoding, &SystemRandom::new(), bytes, &mut made);
                signed.unwrap_or_else(|_| panic!("a 2048-bit key signs"));
                made
            }
            Key::Weak(key) => key
                .sign(&CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, bytes)
                .unwrap_or_else(|_| panic!("a key signs")),
            Key::Ec(pair) => {
                let made = pair.sign(&SystemRandom::new(), bytes);
                made.map(|made| made.as_ref().to_vec()).unwrap_or_else(|_| panic!("a P-256 key signs"))
            }
        },
    };
    B64.encode(signature)
}

/// The padded hash of a message (RFC 8017 §9.2): what a signature must decrypt to, and so a signature under `e` = 1.
fn padded(message: &[u8], length: usize) -> Vec<u8> {
    // DigestInfo of SHA-256.
    const PREFIX: [u8; 19] = [
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04,
        0x20,
    ];
    let hash = digest::digest(&digest::SHA256, message);
    let mut block = vec![0x00, 0x01];
    block.resize(length - PREFIX.len() - hash.as_ref().len() - 1, 0xff);
    block.push(0x00);
    block.extend(PREFIX);
    block.extend(hash.as_ref());
    block
}

/// Which test key made an RS256 signature.
pub(crate) fn signer(message: &str, signature: &[u8]) -> Option<&'static str> {
    let made_by = |key: Key| match key {
        Key::Rsa(pair) => {
            let public = pair.public_key().as_ref();
            let public = UnparsedPublicKey::new(&RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, public);
            public.verify(message.as_bytes(), signature).is_ok()
        }
        // PKCS#1 v1.5 has one signature for one message.
        Key::Weak(..) => sign("RS256", "weak", b"", message) == B64.encode(signature),
        Key::Ec(_) => false,
    };
    TEST_KEYS.iter().find(|(_, key)| made_by(*key)).map(|(name, _)| *name)
}
