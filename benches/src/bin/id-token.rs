//! An ID token of PSC verified with all its claims, keys at hand, as a multiple of the RSA operation alone.
//!
//! The token, its keys and what is asked of it are those of `vectors/id-token/ok-access-token.json`; peers in other
//! languages read the same file. A peer that does not check all that ours does is measured with what it checks.

use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::RSA_PKCS1_2048_8192_SHA256;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as B64;
use sas_psc::base::Timestamp;
use sas_psc::psc::{Acr, IdTokenCheck, Jwks};
use sas_psc_benches::Topic;
use serde_json::Value;
use std::hint::black_box;

const VECTOR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/id-token/ok-access-token.json");

fn main() {
    let vector: Value = serde_json::from_slice(&std::fs::read(VECTOR).expect("the vector")).expect("JSON");
    let option = |name: &str| vector["options"][name].as_str().expect("an option");
    let (token, jwks) = (vector["token"].as_str().expect("a token"), vector["jwks"].to_string());
    let seconds = vector["options"]["now"].as_i64().expect("a time");

    let (signed, signature) = token.rsplit_once('.').expect("three parts");
    let signature = B64.decode(signature).expect("base64url");
    let key = vector["jwks"]["keys"].as_array().expect("keys").iter().find(|key| key["kid"] == "test-main");
    let number = |name: &str| B64.decode(key.expect("the key")[name].as_str().expect("text")).expect("base64url");
    let components = PublicKeyComponents { n: number("n"), e: number("e") };
    let parsed = components.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).expect("a key");
    let mut topic = Topic::new("id-token", "raw verify, aws-lc-rs", || {
        parsed.verify_sig(black_box(signed).as_bytes(), &signature).expect("verified");
    });

    let keys = Jwks::parse(jwks.as_bytes()).expect("keys");
    let now = Timestamp::from_unix(seconds);
    let check = IdTokenCheck::new(option("issuer"), option("client_id"))
        .nonce(option("nonce"))
        .acr(Acr::Eidas1)
        .access_token(option("access_token"));
    topic.case("sas-psc, every claim", Some(1.15), || {
        black_box(check.verify(black_box(token), &keys, now).expect("verified"));
    });
    let none = token.replacen("eyJhbGciOiJSUzI1NiIs", "eyJhbGciOiJub25lIiwg", 1);
    assert!(check.verify(&none, &keys, now).is_err_and(|error| error.code().name() == "id-token-algorithm"));
    topic.case("sas-psc, refused on its header", Some(0.15), || {
        black_box(check.verify(black_box(&none), &keys, now).expect_err("refused"));
    });

    #[cfg(feature = "peers")]
    peers::all(&mut topic, &vector, token, seconds);
}

#[cfg(feature = "peers")]
mod peers {
    use super::*;
    use openidconnect::core::CoreIdTokenVerifier;
    use openidconnect::{ClientId, IssuerUrl, Nonce};
    use serde::Deserialize;

    #[derive(Deserialize)]
    #[allow(dead_code, non_snake_case)]
    struct Claims {
        sub: String,
        azp: Option<String>,
        nonce: Option<String>,
        acr: Option<String>,
        iat: i64,
        at_hash: Option<String>,
        sid: Option<String>,
        authMode: Option<String>,
        SubjectNameID: Option<String>,
    }

    pub fn all(topic: &mut Topic<'_>, vector: &Value, token: &str, seconds: i64) {
        let option = |name: &str| vector["options"][name].as_str().expect("an option");
        jsonwebtoken(topic, vector, token, seconds);
        josekit(topic, vector, token, seconds);
        let keys = serde_json::from_value(vector["jwks"].clone()).expect("keys");
        let issuer = IssuerUrl::new(option("issuer").to_owned()).expect("an issuer");
        let late = Value::from(Timestamp::from_unix(seconds).to_string());
        let verifier =
            CoreIdTokenVerifier::new_public_client(ClientId::new(option("client_id").to_owned()), issuer, keys)
                .set_time_fn(move || serde_json::from_value(late.clone()).expect("a date"));
        let nonce = Nonce::new(option("nonce").to_owned());
        topic.case("openidconnect", None, || {
            let token: openidconnect::core::CoreIdToken = black_box(token).parse().expect("a token");
            black_box(token.claims(&verifier, &nonce).expect("verified"));
        });
    }

    fn jsonwebtoken(topic: &mut Topic<'_>, vector: &Value, token: &str, seconds: i64) {
        use jsonwebtoken::jwk::JwkSet;
        use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
        let option = |name: &str| vector["options"][name].as_str().expect("an option");
        let set: JwkSet = serde_json::from_value(vector["jwks"].clone()).expect("keys");
        let keys: Vec<(String, DecodingKey)> = set
            .keys
            .iter()
            .filter_map(|key| Some((key.common.key_id.clone()?, DecodingKey::from_jwk(key).ok()?)))
            .collect();
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_issuer(&[option("issuer")]);
        validation.set_audience(&[option("client_id")]);
        validation.validate_exp = false; // its clock is the system's: the date is compared below
        let (client_id, nonce) = (option("client_id"), option("nonce"));
        topic.case("jsonwebtoken, aws-lc-rs", None, || {
            let kid = decode_header(black_box(token)).expect("a header").kid.expect("kid");
            let key = &keys.iter().find(|(name, _)| *name == kid).expect("the key").1;
            let claims = decode::<Claims>(token, key, &validation).expect("verified").claims;
            assert!(claims.nonce.as_deref() == Some(nonce) && claims.azp.as_deref() == Some(client_id));
            assert!(claims.acr.as_deref() == Some("eidas1") && claims.iat <= seconds + 30);
            black_box(claims);
        });
    }

    fn josekit(topic: &mut Topic<'_>, vector: &Value, token: &str, seconds: i64) {
        use josekit::jwk::JwkSet;
        use josekit::jws::RS256;
        use josekit::jwt::{self, JwtPayloadValidator};
        use std::time::{Duration, SystemTime};
        let option = |name: &str| vector["options"][name].as_str().expect("an option");
        let set = JwkSet::from_bytes(vector["jwks"].to_string().as_bytes()).expect("keys");
        let verifiers: Vec<_> = set
            .keys()
            .into_iter()
            .filter(|key| key.algorithm() == Some("RS256"))
            .map(|key| (key.key_id().expect("kid").to_owned(), RS256.verifier_from_jwk(key).expect("a verifier")))
            .collect();
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.unsigned_abs());
        let mut validator = JwtPayloadValidator::new();
        validator.set_issuer(option("issuer"));
        validator.set_audience(option("client_id"));
        validator.set_base_time(now);
        let nonce = option("nonce");
        topic.case("josekit, OpenSSL", None, || {
            let (payload, _) = jwt::decode_with_verifier_selector(black_box(token), |header| {
                Ok(verifiers.iter().find(|(kid, _)| Some(kid.as_str()) == header.key_id()).map(|(_, v)| v as _))
            })
            .expect("verified");
            validator.validate(&payload).expect("valid");
            assert!(payload.claim("nonce").and_then(Value::as_str) == Some(nonce));
            assert!(payload.claim("acr").and_then(Value::as_str) == Some("eidas1"));
            black_box(payload);
        });
    }
}
