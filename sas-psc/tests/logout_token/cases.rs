//! What is in each file of `vectors/logout-token/`: a right logout token of Keycloak, and beside it each way to be wrong.

use crate::minting::*;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as B64;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

const SPEC: &str = "OpenID Connect Back-Channel Logout 1.0 §2.6";
const FORM: &str = "OpenID Connect Back-Channel Logout 1.0 §2.4";
const KEYCLOAK: &str = "Keycloak 26, observed";
const JWT_BCP: &str = "RFC 8725";
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

pub fn all() -> Vec<Vector> {
    [accepted(), headers(), keys(), forms(), claims(), times(), oddities()]
        .into_iter()
        .flatten()
        .map(Case::write)
        .collect()
}

fn token(name: &'static str, source: &'static str, expect: &'static str, about: Option<&'static str>) -> Case {
    let mut token = case(name, source, expect, about).header("typ", "logout+jwt");
    for claim in ["nonce", "auth_time", "azp", "session_state", "at_hash", "authMode", "acr", "SubjectNameID"] {
        token = token.claim(claim, Value::Null);
    }
    for claim in ["preferred_username", "given_name", "family_name"] {
        token = token.claim(claim, Value::Null);
    }
    token = token.option("nonce", Value::Null).option("acr", Value::Null);
    token.claim("typ", "Logout").claim("events", json!({ EVENT: {}, "revoke_offline_access": false }))
}

/// A token that passes.
pub fn right(name: &'static str) -> Case {
    token(name, KEYCLOAK, "ok", None)
}

fn ok(name: &'static str, source: &'static str) -> Case {
    token(name, source, "ok", None)
}

fn no(name: &'static str, source: &'static str, expect: &'static str, about: &'static str) -> Case {
    token(name, source, expect, Some(about))
}

fn accepted() -> Vec<Case> {
    vec![
        right("ok"),
        ok("ok-session-only", SPEC).claim("sub", Value::Null),
        ok("ok-person-only", SPEC).claim("sid", Value::Null),
        ok("ok-audience-array", FORM).claim("aud", json!(["another-service", CLIENT])),
        ok("ok-type-in-capitals", "RFC 7515 §4.1.9").header("typ", "LOGOUT+JWT"),
        ok("ok-type-claim-absent", FORM).claim("typ", Value::Null),
        ok("ok-other-event-beside", "RFC 8417 §2.2").claim("events", json!({ EVENT: {}, "https://other.example": {} })),
        ok("ok-event-not-empty", FORM).claim("events", json!({ EVENT: { "reason": "idle" } })),
        ok("ok-unknown-claims", SPEC).claim("groups", json!([{ "a": 1 }])),
        ok("ok-expired-20-seconds-ago", SPEC).claim("exp", NOW - 20),
        ok("ok-issued-in-20-seconds", SPEC).claim("iat", NOW + 20),
        ok("ok-dates-with-decimals", "RFC 7519 §2").claim("iat", NOW as f64 - 10.5),
        ok("ok-second-key", SPEC).header("kid", "test-second").signed_by(Key::Second),
        ok("ok-untyped-where-allowed", FORM).header("typ", "JWT").option("allow_untyped", true),
        ok("ok-type-absent-where-allowed", FORM).header("typ", Value::Null).option("allow_untyped", true),
    ]
}

fn headers() -> Vec<Case> {
    let typ = |name, typ: Value| no(name, FORM, "logout-token-type", "typ").header("typ", typ);
    let alg = |name, alg: Value| no(name, JWT_BCP, "logout-token-signature", "alg").header("alg", alg);
    let malformed = |name, about| no(name, "RFC 7515", "logout-token-malformed", about);
    let public_key = B64.decode(Key::Main.jwk("x")["n"].as_str().unwrap()).unwrap();
    let hs256 = alg("algorithm-hs256-by-public-key", "HS256".into());
    let mut mac = Hmac::<Sha256>::new_from_slice(&public_key).unwrap();
    mac.update(hs256.message().as_bytes());
    vec![
        typ("type-jwt", "JWT".into()),
        typ("type-access-token", "at+jwt".into()),
        typ("type-absent", Value::Null),
        typ("type-not-text", 1.into()),
        typ("type-access-token-where-untyped-is-allowed", "at+jwt".into()).option("allow_untyped", true),
        alg("algorithm-none", "none".into()).signature(""),
        alg("algorithm-ps256", "PS256".into()),
        alg("algorithm-absent", Value::Null),
        hs256.signature(mac.finalize().into_bytes().to_vec()),
        malformed("header-critical-extension", "crit").header("crit", json!(["exp"])),
        malformed("header-duplicate-algorithm", "header")
            .header_text(r#"{"typ":"logout+jwt","alg":"none","alg":"RS256","kid":"test-main"}"#),
    ]
}

fn keys() -> Vec<Case> {
    let forged = |name| token(name, JWT_BCP, "logout-token-signature", None).signed_by(Key::Attacker);
    vec![
        forged("signature-of-another-key"),
        forged("key-in-header").header("jwk", Key::Attacker.jwk("test-main")),
        forged("key-address-in-header").header("jku", "https://evil.example/jwks.json"),
        token("signature-empty", JWT_BCP, "logout-token-signature", None).signature(""),
        no("key-unknown", SPEC, "id-token-key", "kid").header("kid", "test-other"),
        no("key-for-encryption", SPEC, "id-token-key", "kid").header("kid", "test-enc").signed_by(Key::Attacker),
        no("key-of-1024-bits", JWT_BCP, "keys-unusable", "kid")
            .header("kid", "test-weak")
            .signed_by(Key::Weak)
            .jwks(vec![Key::Main.jwk("test-main"), Key::Weak.jwk("test-weak")]),
    ]
}

fn forms() -> Vec<Case> {
    let malformed = |name, about| token(name, "RFC 7515", "logout-token-malformed", about);
    vec![
        malformed("form-empty", None).mangle(|_| String::new()),
        malformed("form-two-parts", None).mangle(|token| token.replacen('.', "", 2)),
        malformed("form-four-parts", Some("payload")).mangle(|token| format!("{token}.AAAA")),
        malformed("form-too-large", None).claim("padding", "x".repeat(60_000)),
        malformed("payload-not-json", Some("payload")).payload("sid=1"),
        malformed("payload-an-array", Some("payload")).payload("[]"),
        malformed("payload-too-deep", Some("payload"))
            .rewrite("\"typ\":\"Logout\"", &format!("\"x\":{}1{}", "[".repeat(200), "]".repeat(200))),
        malformed("duplicate-session", Some("payload")).rewrite("\"typ\":\"Logout\"", "\"sid\":\"another\""),
        malformed("duplicate-event", Some("payload"))
            .rewrite(&format!("\"{EVENT}\":{{}}"), &format!("\"{EVENT}\":{{}},\"{EVENT}\":{{}}")),
    ]
}

fn claims() -> Vec<Case> {
    let wrong =
        |name, claim: &'static str, value: Value| no(name, FORM, "logout-token-claim", claim).claim(claim, value);
    let other =
        |name, claim: &'static str, value: Value| no(name, SPEC, "logout-token-audience", claim).claim(claim, value);
    vec![
        wrong("issuer-missing", "iss", Value::Null),
        other("issuer-with-slash", "iss", format!("{ISSUER}/").into()),
        other("issuer-of-production", "iss", "https://auth.esw.esante.gouv.fr/auth/realms/esante-wallet".into()),
        wrong("audience-missing", "aud", Value::Null),
        wrong("audience-not-text", "aud", 7.into()),
        wrong("audience-array-not-text", "aud", json!([CLIENT, 7])),
        other("audience-other", "aud", "another-service".into()),
        other("audience-empty-array", "aud", json!([])),
        wrong("name-missing", "jti", Value::Null),
        wrong("name-empty", "jti", "".into()),
        wrong("name-not-text", "jti", 7.into()),
        wrong("name-too-long", "jti", "j".repeat(256).into()),
        wrong("event-missing", "events", Value::Null),
        wrong("event-other", "events", json!({ "http://schemas.openid.net/event/frontchannel-logout": {} })),
        wrong("event-a-list", "events", json!([EVENT])),
        wrong("event-a-text", "events", EVENT.into()),
        wrong("event-not-an-object", "events", json!({ EVENT: true })),
        wrong("nonce-present", "nonce", "n-0S6_WzA2Mj".into()),
        wrong("nonce-empty", "nonce", "".into()),
        wrong("person-and-session-missing", "sid", Value::Null).claim("sub", Value::Null),
        wrong("session-not-text", "sid", json!(["a"])),
        wrong("session-empty", "sid", "".into()),
        wrong("person-not-text", "sub", 7.into()),
        no("id-token", SPEC, "logout-token-type", "typ").header("typ", "JWT").claim("typ", "ID"),
        no("id-token-in-a-logout-header", SPEC, "logout-token-type", "typ").claim("typ", "ID"),
        no("access-token-in-a-logout-header", SPEC, "logout-token-type", "typ").claim("typ", "Bearer"),
    ]
}

fn times() -> Vec<Case> {
    let wrong =
        |name, claim: &'static str, value: Value| no(name, FORM, "logout-token-claim", claim).claim(claim, value);
    let late = |name, claim: &'static str, at: i64| no(name, SPEC, "logout-token-time", claim).claim(claim, at);
    vec![
        wrong("issue-missing", "iat", Value::Null),
        wrong("expiry-missing", "exp", Value::Null),
        wrong("expiry-as-text", "exp", (NOW + 110).to_string().into()),
        wrong("expiry-in-milliseconds", "exp", ((NOW + 110) * 1000).into()),
        late("expired", "exp", NOW - 30),
        late("issued-in-the-future", "iat", NOW + 31),
        late("lives-too-long", "exp", NOW + 86_400),
        late("expired-without-leeway", "exp", NOW).option("leeway", 0),
    ]
}

/// What a provider that reads the specification otherwise than we do might send.
fn oddities() -> Vec<Case> {
    let claim =
        |name, claim: &'static str, value: Value| no(name, SPEC, "logout-token-claim", claim).claim(claim, value);
    let event = |name, events: Value| claim(name, "events", events);
    let typ = |name, typ: &str| no(name, FORM, "logout-token-type", "typ").header("typ", typ);
    let alg = |name, alg: &str| no(name, JWT_BCP, "logout-token-signature", "alg").header("alg", alg);
    let audience = |name, about, claim, value: &str| no(name, SPEC, "logout-token-audience", about).claim(claim, value);
    let payload = |name, member: &str| {
        no(name, "RFC 8259", "logout-token-malformed", "payload")
            .rewrite("\"typ\":\"Logout\"", &format!("\"typ\":\"Logout\",{member}"))
    };
    let mut primes = Key::Main.jwk("test-main");
    (primes["p"], primes["q"]) = ("AQAB".into(), "AQAB".into());
    vec![
        ok("ok-type-with-application", "RFC 7515 §4.1.9").header("typ", "application/logout+jwt"),
        ok("ok-lives-a-day", FORM).claim("iat", NOW).claim("exp", NOW + 86_400),
        ok("ok-expires-when-issued-within-leeway", SPEC).claim("iat", NOW).claim("exp", NOW),
        ok("ok-escaped-event", "RFC 8259 §7").rewrite(EVENT, &EVENT.replace('/', "\\/")),
        ok("ok-session-of-255", FORM).claim("sid", "s".repeat(255)),
        event("event-null", json!({ EVENT: null })),
        event("event-true", json!({ EVENT: true })),
        event("event-in-capitals", json!({ EVENT.to_ascii_uppercase(): {} })),
        event("event-with-slash", json!({ format!("{EVENT}/"): {} })),
        event("event-https", json!({ EVENT.replacen("http", "https", 1): {} })),
        event("event-inside-another", json!({ "x": { EVENT: {} } })),
        event("events-null", Value::Null),
        event("events-a-list", json!([{ EVENT: {} }])),
        no("nonce-null", SPEC, "logout-token-claim", "nonce")
            .rewrite("\"typ\":\"Logout\"", "\"typ\":\"Logout\",\"nonce\":null"),
        claim("person-empty", "sub", "".into()),
        claim("person-with-a-nul", "sub", "f:u:899700000013\0".into()),
        claim("person-too-long", "sub", "s".repeat(256).into()),
        claim("session-with-a-nul", "sid", "c1f1\0".into()),
        claim("session-too-long", "sid", "s".repeat(256).into()),
        claim("session-a-list", "sid", json!(["c1f1a1c5-9d0f-4f0e-8a57-0d6a3f6f5b11"])),
        claim("name-with-a-line-break", "jti", "a\r\nb".into()),
        claim("issue-as-text", "iat", (NOW - 10).to_string().into()),
        claim("issue-negative", "iat", (-1).into()),
        claim("expiry-a-list", "exp", json!([NOW + 110])),
        claim("audience-an-object", "aud", json!({ "0": CLIENT })),
        audience("audience-with-blank", "aud", "aud", &format!("{CLIENT} ")),
        audience("audience-of-other-letters", "aud", "aud", &CLIENT.replacen('a', "\u{430}", 1)),
        audience("issuer-http", "iss", "iss", &ISSUER.replacen("https", "http", 1)),
        audience("issuer-with-port", "iss", "iss", &ISSUER.replacen(".fr/", ".fr:443/", 1)),
        typ("type-empty", ""),
        typ("type-application-alone", "application/"),
        typ("type-with-parameter", "logout+jwt; x=1"),
        alg("algorithm-rs512", "RS512"),
        alg("algorithm-in-small-letters", "rs256"),
        no("header-critical-null", "RFC 7515 §4.1.11", "logout-token-malformed", "crit")
            .header_text(r#"{"alg":"RS256","typ":"logout+jwt","kid":"test-main","crit":null}"#),
        no("key-with-its-primes", "RFC 7517 §9.2", "keys-unusable", "kid")
            .jwks(vec![primes, Key::Second.jwk("test-second")]),
        payload("payload-not-a-number", "\"x\":NaN"),
        payload("payload-half-a-surrogate", "\"x\":\"\\ud800\""),
        payload("duplicate-name-escaped", "\"\\u006ati\":\"x\""),
        no("payload-trailing-text", "RFC 8259", "logout-token-malformed", "payload").payload("{}x"),
        no("form-line-break", "RFC 7515", "logout-token-malformed", "signature").mangle(|token| format!("{token}\n")),
        no("form-padded", "RFC 7515", "logout-token-malformed", "signature").mangle(|token| format!("{token}==")),
        case_of("signature-of-an-id-token", "logout-token-signature")
            .signature(Key::Main.sign(&case("", "", "", None).message())),
    ]
}

fn case_of(name: &'static str, expect: &'static str) -> Case {
    token(name, SPEC, expect, None)
}
