//! What a provider sends: ID tokens, logout tokens, keys, userinfo, the discovery document.
//!
//! Nobody who fuzzes holds the keys of `vectors`, so a token that passes is one of the seeds, byte for byte: any other
//! would be a second spelling of a signed token, or worse.

use crate::seeds;
use sas_psc::base::{Response, Timestamp};
use sas_psc::psc::{Endpoint, Environment, IdTokenCheck, Jwks, LogoutTokenCheck, Metadata, UserInfo};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

const ISSUER: &str = "https://auth.bas.psc.esante.gouv.fr/auth/realms/esante-wallet";
const CLIENT: &str = "sas-psc-test";
const NOW: Timestamp = Timestamp::from_unix(1_795_420_800);
/// More than the longest token that is read.
const SENT: usize = 64 << 10;

fn vectors() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors"))
}

/// The tokens of a folder of `vectors`.
pub fn tokens(folder: &Path) -> Vec<Vec<u8>> {
    let short = |token: &Vec<u8>| token.len() <= SENT;
    seeds::members(folder, &["token"]).into_iter().filter(short).collect()
}

/// The key sets and, where a file has one, the text that is none.
pub fn key_sets(vectors: &Path) -> Vec<Vec<u8>> {
    let sets: BTreeSet<_> = ["id-token", "logout-token"]
        .into_iter()
        .flat_map(|folder| seeds::members(&vectors.join(folder), &["jwks"]))
        .collect();
    sets.into_iter().collect()
}

/// The answers of `vectors/userinfo`.
pub fn answers(folder: &Path) -> Vec<Vec<u8>> {
    seeds::members(folder, &["text", "userinfo"])
}

struct Known {
    keys: Jwks,
    tokens: BTreeSet<Vec<u8>>,
}

impl Known {
    fn of(folder: &str) -> Known {
        let folder = vectors().join(folder);
        let ok: Value = serde_json::from_slice(&seeds::these(&folder, &["ok.json"])[0]).expect("JSON");
        Known {
            keys: Jwks::parse(ok["jwks"].to_string().as_bytes()).expect("keys"),
            tokens: tokens(&folder).into_iter().collect(),
        }
    }
}

static ID_TOKENS: LazyLock<Known> = LazyLock::new(|| Known::of("id-token"));
static LOGOUT_TOKENS: LazyLock<Known> = LazyLock::new(|| Known::of("logout-token"));

/// Reads the bytes as an ID token.
pub fn id_token(bytes: &[u8]) {
    let (known, text) = (&*ID_TOKENS, String::from_utf8_lossy(bytes));
    let check = IdTokenCheck::new(ISSUER, CLIENT).allow_missing_acr();
    let verdict = check.verify(&text, &known.keys, NOW);
    match &verdict {
        Ok(token) => {
            assert!(known.tokens.contains(text.as_bytes()), "a token that nobody signed");
            assert_eq!((token.issuer(), token.client_id()), (ISSUER, CLIENT));
            let claims: Map<String, Value> = serde_json::from_str(token.claims_json()).expect("JSON");
            assert_eq!(claims, token.claims());
        }
        Err(error) => assert!(!error.code().name().is_empty()),
    }
    // Asking for more refuses what was refused.
    let strict = check.nonce("n-0S6_WzA2Mj").exact_acr().verify(&text, &known.keys, NOW);
    assert!(verdict.is_ok() || strict.is_err());
}

/// Reads the bytes as a logout token.
pub fn logout_token(bytes: &[u8]) {
    let (known, text) = (&*LOGOUT_TOKENS, String::from_utf8_lossy(bytes));
    for check in [LogoutTokenCheck::new(ISSUER, CLIENT), LogoutTokenCheck::new(ISSUER, CLIENT).allow_untyped()] {
        if let Ok(logout) = check.verify(&text, &known.keys, NOW) {
            assert!(known.tokens.contains(text.as_bytes()), "a token that nobody signed");
            assert!(logout.subject().is_some() || logout.session_id().is_some(), "it names a person or a session");
            assert!(logout.remembered_until() > NOW);
            // What signs somebody out never signs anybody in.
            assert!(IdTokenCheck::new(ISSUER, CLIENT).allow_missing_acr().verify(&text, &known.keys, NOW).is_err());
        }
    }
}

/// Reads the bytes as a provider's keys, and judges a right token by them.
pub fn keys(bytes: &[u8]) {
    static RIGHT: LazyLock<String> = LazyLock::new(|| {
        let ok = seeds::these(&vectors().join("id-token"), &["ok.json"]);
        let ok: Value = serde_json::from_slice(&ok[0]).expect("JSON");
        ok["token"].as_str().expect("a token").to_owned()
    });
    let Ok(keys) = Jwks::parse(bytes) else { return };
    let check = IdTokenCheck::new(ISSUER, CLIENT).allow_missing_acr();
    let [once, again] = [(); 2].map(|()| check.verify(&RIGHT, &keys, NOW).map(drop).map_err(|error| error.code()));
    assert_eq!(once, again, "a key set judges the same twice");
}

/// Reads the bytes as an answer of userinfo.
pub fn userinfo(bytes: &[u8]) {
    let Ok(info) = UserInfo::parse(bytes) else { return };
    assert!(!info.subject().is_empty());
    let again =
        UserInfo::parse(Value::Object(info.claims().clone()).to_string().as_bytes()).expect("what was read once");
    assert_eq!(again.professional(), info.professional());
    assert_eq!((again.subject(), again.auth_mode()), (info.subject(), info.auth_mode()));
    let shown = format!("{info:?}");
    assert!(info.subject().len() < 8 || !shown.contains(info.subject()), "whom it describes is not shown");
}

/// A discovery document of BAS.
pub fn discovery_documents(_: &Path) -> Vec<Vec<u8>> {
    let environment = Environment::bas();
    let mut document = Map::from_iter([("issuer".to_owned(), Value::from(environment.issuer()))]);
    for endpoint in Endpoint::ALL {
        document.extend(environment.endpoint(endpoint).map(|url| (endpoint.member().to_owned(), url.into())));
    }
    let plain = Value::Object(document.clone());
    document.insert("mtls_endpoint_aliases".to_owned(), plain.clone());
    document.insert("authorization_response_iss_parameter_supported".to_owned(), true.into());
    vec![plain.to_string().into_bytes(), Value::Object(document).to_string().into_bytes()]
}

/// Reads the bytes as a discovery document of BAS.
pub fn discovery(bytes: &[u8]) {
    let environment = Environment::bas();
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    let response = Response { status: 200, headers, body: bytes.to_vec() };
    let Ok(metadata) = Metadata::discovered(&environment, &response) else { return };
    assert_eq!(metadata.issuer(), ISSUER);
    for endpoint in Endpoint::ALL {
        for url in [metadata.endpoint(endpoint), metadata.mtls_endpoint(endpoint)].into_iter().flatten() {
            let rest = url.strip_prefix("https://").expect("https");
            let host = rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())].to_ascii_lowercase();
            let ours = ["auth.bas.psc.esante.gouv.fr", "wallet.bas.psc.esante.gouv.fr"];
            assert!(ours.contains(&host.as_str()), "an address elsewhere: {host}");
        }
    }
}
