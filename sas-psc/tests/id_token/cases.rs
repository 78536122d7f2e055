//! What is in each file of `vectors/id-token/`: a right token of PSC, and beside it each way to be wrong.

use crate::minting::*;
use crate::oddities;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
pub use base64::prelude::BASE64_URL_SAFE_NO_PAD as B64;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

pub const CORE: &str = "OpenID Connect Core 1.0 §3.1.3.7";
pub const JWS: &str = "RFC 7515";
pub const JWT_BCP: &str = "RFC 8725";
pub const PSC: &str = "ANS, prosanteconnect/proof-of-concept";
pub const KEYCLOAK: &str = "Keycloak 26, observed";

pub fn all() -> Vec<Vector> {
    let groups = [
        accepted(),
        algorithms(),
        keys(),
        headers(),
        forms(),
        payloads(),
        claims(),
        times(),
        options(),
        oddities::all(),
    ];
    groups.into_iter().flatten().map(Case::write).collect()
}

pub fn ok(name: &'static str, source: &'static str) -> Case {
    case(name, source, "ok", None)
}

pub fn no(name: &'static str, source: &'static str, expect: &'static str, about: &'static str) -> Case {
    case(name, source, expect, Some(about))
}

/// Right tokens, some of which an over-strict client refuses.
fn accepted() -> Vec<Case> {
    let userinfo =
        json!([{ "codeProfession": "10", "activities": vec![json!({ "raisonSocialeSite": "CABINET" }); 400] }]);
    vec![
        ok("ok", PSC),
        ok("ok-card-eidas3", PSC).claim("acr", "eidas3").claim("authMode", "CARD"),
        ok("ok-header-with-blanks", KEYCLOAK)
            .header_text("{\n  \"alg\" : \"RS256\",\n  \"typ\" : \"JWT\",\n  \"kid\" : \"test-main\"\n}"),
        ok("ok-header-type-absent", JWS).header("typ", Value::Null),
        ok("ok-header-type-lower-case", JWS).header("typ", "jwt"),
        ok("ok-header-unknown-member", JWS).header("x5t", "q1w2e3"),
        ok("ok-header-key-address-never-used", JWT_BCP).header("jku", "https://evil.example/jwks"),
        ok("ok-second-key", CORE).header("kid", "test-second").signed_by(Key::Second),
        ok("ok-key-name-absent-single-key", CORE)
            .header("kid", Value::Null)
            .jwks(vec![encryption_key(), Key::Main.jwk("test-main")]),
        ok("ok-audience-array-of-one", CORE).claim("aud", json!([CLIENT])),
        ok("ok-audience-array-of-two", CORE).claim("aud", json!(["account", CLIENT])),
        ok("ok-azp-absent", CORE).claim("azp", Value::Null),
        ok("ok-unknown-claims", CORE).claim("groups", json!([{ "a": 1 }])).claim("x", 1.5),
        ok("ok-null-is-absent", CORE).rewrite("\"typ\":\"ID\"", "\"typ\":null,\"nbf\":null,\"amr\":null"),
        ok("ok-type-claim-absent", CORE).claim("typ", Value::Null),
        ok("ok-escaped-claim-name", "RFC 8259 §7").rewrite("\"exp\"", "\"\\u0065xp\""),
        ok("ok-escaped-subject", "RFC 8259 §7").rewrite("\"sub\":\"f:", "\"sub\":\"\\u0066:"),
        ok("ok-accents", PSC).claim("family_name", "L’HÉRITIER-ŒUVRÉ").claim("given_name", "ANNE-ZOÉ"),
        ok("ok-userinfo-in-token", KEYCLOAK).claim("SubjectRefPro", json!({ "exercices": userinfo })),
        ok("ok-no-authentication-mode", PSC).claim("authMode", Value::Null),
        ok("ok-expired-20-seconds-ago", PSC).claim("exp", NOW - 20),
        ok("ok-issued-in-20-seconds", PSC).claim("iat", NOW + 20).claim("auth_time", NOW + 20),
        ok("ok-not-before-in-20-seconds", PSC).claim("nbf", NOW + 20),
        ok("ok-dates-with-decimals", "RFC 7519 §2").claim("exp", NOW as f64 + 110.5).claim("iat", NOW as f64 - 10.5),
        ok("ok-date-with-exponent", "RFC 7519 §2").rewrite(&format!("\"exp\":{}", NOW + 110), "\"exp\":1.79542091e9"),
    ]
}

fn algorithms() -> Vec<Case> {
    let refused = |name, alg: Value| no(name, JWT_BCP, "id-token-algorithm", "alg").header("alg", alg);
    let by_hmac = |case: Case, secret: &[u8]| {
        let message = case.message();
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
        mac.update(message.as_bytes());
        case.signature(mac.finalize().into_bytes().to_vec())
    };
    let public_key = Key::Main.jwk("test-main")["n"].as_str().unwrap().to_owned();
    vec![
        refused("algorithm-none", "none".into()).signature(""),
        refused("algorithm-none-in-capitals", "NONE".into()).signature(""),
        refused("algorithm-none-signed", "none".into()),
        by_hmac(refused("algorithm-hs256-by-public-key", "HS256".into()), &B64.decode(public_key).unwrap()),
        by_hmac(refused("algorithm-hs256-by-client-secret", "HS256".into()), b"the secret of the client"),
        refused("algorithm-ps256", "PS256".into()),
        refused("algorithm-rs384", "RS384".into()),
        refused("algorithm-rs512", "RS512".into()),
        refused("algorithm-es256", "ES256".into()),
        refused("algorithm-rs256-in-small-letters", "rs256".into()),
        refused("algorithm-absent", Value::Null),
        refused("algorithm-not-text", json!(["RS256"])),
    ]
}

fn keys() -> Vec<Case> {
    let unknown = |name| no(name, CORE, "id-token-key", "kid");
    let mut ps256 = Key::Second.jwk("test-second");
    ps256["alg"] = "PS256".into();
    let mut exponent_one = Key::Main.jwk("test-one");
    exponent_one["e"] = "AQ".into();
    let forged = |name| case(name, JWT_BCP, "id-token-signature", None).signed_by(Key::Attacker);
    let set = |key| vec![Key::Main.jwk("test-main"), key];
    vec![
        unknown("key-unknown").header("kid", "test-other"),
        unknown("key-name-empty").header("kid", ""),
        unknown("key-name-not-text").header("kid", 7),
        unknown("key-name-like-a-path").header("kid", "../../dev/null"),
        unknown("key-name-absent-several-keys").header("kid", Value::Null),
        unknown("key-for-encryption").header("kid", "test-enc").signed_by(Key::Attacker),
        unknown("key-for-another-algorithm").header("kid", "test-second").signed_by(Key::Second).jwks(set(ps256)),
        unknown("key-name-of-two-keys").header("kid", "test-main").jwks(set(Key::Second.jwk("test-main"))),
        no("key-of-1024-bits", JWT_BCP, "keys-unusable", "kid")
            .header("kid", "test-weak")
            .signed_by(Key::Weak)
            .jwks(set(Key::Weak.jwk("test-weak"))),
        no("key-with-exponent-1", JWT_BCP, "keys-unusable", "kid").header("kid", "test-one").jwks(set(exponent_one)),
        forged("key-in-header").header("jwk", Key::Attacker.jwk("test-main")),
        forged("key-address-in-header").header("jku", "https://evil.example/jwks.json"),
        forged("key-certificate-in-header").header("x5c", json!([BASE64_STANDARD.encode("certificate")])),
    ]
}

fn headers() -> Vec<Case> {
    let malformed = |name, about| no(name, JWS, "id-token-malformed", about);
    let type_refused = |name, typ: &str| no(name, JWT_BCP, "id-token-type", "typ").header("typ", typ);
    vec![
        malformed("header-critical-extension", "crit").header("crit", json!(["exp"])),
        malformed("header-unencoded-payload", "crit").header("crit", json!(["b64"])).header("b64", false),
        malformed("header-not-json", "header").header_text("alg=RS256"),
        malformed("header-not-an-object", "header").header_text("[\"RS256\"]"),
        malformed("header-empty", "header").header_text(""),
        no("header-duplicate-algorithm", JWS, "id-token-duplicate", "header")
            .header_text(r#"{"alg":"none","alg":"RS256","kid":"test-main"}"#),
        no("header-duplicate-key-name", JWS, "id-token-duplicate", "header")
            .header_text(r#"{"alg":"RS256","kid":"test-other","k\u0069d":"test-main"}"#),
        type_refused("header-type-logout", "logout+jwt"),
        type_refused("header-type-access-token", "at+jwt"),
        no("header-type-not-text", JWT_BCP, "id-token-type", "typ").header("typ", 1),
        case("header-too-large", JWS, "id-token-too-large", None).header("kid", "k".repeat(5000)),
    ]
}

fn forms() -> Vec<Case> {
    let malformed = |name, about: Option<&'static str>| case(name, JWS, "id-token-malformed", about);
    let signature = |name| case(name, JWS, "id-token-signature", None);
    vec![
        malformed("form-empty", None).mangle(|_| String::new()),
        malformed("form-one-part", None).mangle(|token| token.replace('.', "")),
        malformed("form-two-parts", None)
            .mangle(|token| token.rsplit_once('.').unwrap().0.rsplit_once('.').unwrap().0.into()),
        malformed("form-without-signature-part", Some("header"))
            .mangle(|token| format!(".{}", token.rsplit_once('.').unwrap().0)),
        malformed("form-four-parts", Some("payload")).mangle(|token| format!("{token}.AAAA")),
        malformed("form-encrypted", Some("payload")).mangle(|token| format!("{token}.AAAA.AAAA")),
        malformed("form-header-padded", Some("header")).mangle(|token| token.replacen('.', "=.", 1)),
        malformed("form-payload-padded", Some("payload")).mangle(|token| {
            let (signed, signature) = token.rsplit_once('.').unwrap();
            format!("{signed}=.{signature}")
        }),
        malformed("form-signature-padded", Some("signature")).mangle(|token| format!("{token}==")),
        malformed("form-signature-other-spelling", Some("signature")).mangle(|token| {
            // The last character of 256 bytes holds two bits of meaning and four that must be zero.
            let (head, last) = token.split_at(token.len() - 1);
            let other = match last {
                "A" => "B",
                "Q" => "R",
                "g" => "h",
                _ => "x",
            };
            format!("{head}{other}")
        }),
        malformed("form-standard-base64", Some("signature"))
            .signature([0xfb; 256])
            .mangle(|token| token.replace('-', "+")),
        malformed("form-line-break", Some("signature")).mangle(|token| format!("{token}\n")),
        malformed("form-leading-blank", Some("header")).mangle(|token| format!(" {token}")),
        malformed("form-quoted", Some("header")).mangle(|token| format!("\"{token}\"")),
        case("form-too-large", JWS, "id-token-too-large", None).claim("padding", "x".repeat(60_000)),
        case("form-signature-too-large", JWS, "id-token-too-large", None).signature([1; 2048]),
        signature("signature-empty").signature(""),
        signature("signature-of-another-key").signed_by(Key::Attacker),
        signature("signature-of-the-second-key").signed_by(Key::Second),
        signature("signature-cut").signature([7; 255]),
        signature("signature-zero").signature([0; 256]),
        signature("signature-longer-than-the-key").signature([7; 257]),
        signature("signature-of-another-payload").mangle(|token| {
            let parts: Vec<&str> = token.split('.').collect();
            let payload = String::from_utf8(B64.decode(parts[1]).unwrap()).unwrap();
            let payload = B64.encode(payload.replace("899700000013", "899700218896"));
            format!("{}.{payload}.{}", parts[0], parts[2])
        }),
    ]
}

fn payloads() -> Vec<Case> {
    let malformed = |name| no(name, "RFC 7519 §7.2", "id-token-malformed", "payload");
    let duplicate = |name| no(name, "RFC 8259 §4", "id-token-duplicate", "payload");
    vec![
        malformed("payload-empty").payload(""),
        malformed("payload-not-json").payload("exp=1"),
        malformed("payload-an-array").payload("[]"),
        malformed("payload-a-text").payload("\"sub\""),
        malformed("payload-two-objects").payload("{}{}"),
        malformed("payload-byte-order-mark").payload("\u{feff}{}"),
        malformed("payload-not-utf8").payload(*b"{\"sub\":\"\xff\xfe\"}"),
        malformed("payload-half-a-surrogate").rewrite("DOC0000001", "\\ud800"),
        malformed("payload-control-character").rewrite("DOC0000001", "DOC\u{1}"),
        malformed("payload-trailing-comma").rewrite("\"typ\":\"ID\"", "\"typ\":\"ID\","),
        malformed("payload-too-deep")
            .rewrite("\"typ\":\"ID\"", &format!("\"x\":{}1{}", "[".repeat(200), "]".repeat(200))),
        malformed("payload-too-many-members").rewrite(
            "\"typ\":\"ID\"",
            (0..600).map(|n| format!("\"x{n}\":1,")).collect::<String>().trim_end_matches(','),
        ),
        duplicate("duplicate-expiry").rewrite("\"typ\":\"ID\"", "\"exp\":4102444800"),
        duplicate("duplicate-expiry-escaped").rewrite("\"typ\":\"ID\"", "\"e\\u0078p\":4102444800"),
        duplicate("duplicate-unknown-member").rewrite("\"typ\":\"ID\"", "\"x\":1,\"x\":1"),
        duplicate("duplicate-nested").rewrite("\"typ\":\"ID\"", "\"x\":[{\"y\":1,\"y\":2}]"),
        duplicate("duplicate-subject").rewrite("\"typ\":\"ID\"", "\"sub\":\"f:u:899700218896\""),
    ]
}

fn claims() -> Vec<Case> {
    let missing = |name, claim: &'static str| no(name, CORE, "id-token-claim-missing", claim).claim(claim, Value::Null);
    let malformed =
        |name, claim: &'static str, value: Value| no(name, CORE, "id-token-claim-malformed", claim).claim(claim, value);
    let issuer = |name, issuer: &str| no(name, CORE, "id-token-issuer", "iss").claim("iss", issuer);
    let audience = |name, about, aud: Value| no(name, CORE, "id-token-audience", about).claim("aud", aud);
    let typ = |name, typ: &str| no(name, KEYCLOAK, "id-token-type", "typ").claim("typ", typ);
    let production = "https://auth.esw.esante.gouv.fr/auth/realms/esante-wallet";
    vec![
        missing("id-token-issuer-missing", "iss"),
        malformed("id-token-issuer-not-text", "iss", json!([ISSUER])),
        issuer("id-token-issuer-with-slash", &format!("{ISSUER}/")),
        issuer("id-token-issuer-of-production", production),
        issuer("id-token-issuer-of-the-wallet", &ISSUER.replace("auth.bas", "wallet.bas")),
        issuer("id-token-issuer-in-capitals", &ISSUER.to_ascii_uppercase()),
        issuer("id-token-issuer-empty", ""),
        missing("id-token-subject-missing", "sub"),
        malformed("id-token-subject-empty", "sub", "".into()),
        malformed("id-token-subject-not-text", "sub", 899_700_000_013_i64.into()),
        malformed("id-token-subject-too-long", "sub", "s".repeat(256).into()),
        malformed("id-token-subject-with-a-nul", "sub", "f:u:899700000013\u{0}".into()),
        malformed("id-token-subject-with-a-line-break", "sub", "f:u:899700000013\r\n".into()),
        missing("id-token-audience-missing", "aud"),
        malformed("id-token-audience-not-text", "aud", 7.into()),
        malformed("id-token-audience-array-not-text", "aud", json!([CLIENT, 7])),
        audience("id-token-audience-other", "aud", "another-service".into()),
        audience("id-token-audience-in-capitals", "aud", CLIENT.to_ascii_uppercase().into()),
        audience("id-token-audience-longer", "aud", format!("{CLIENT}-2").into()),
        audience("id-token-audience-empty-array", "aud", json!([])),
        audience("id-token-audience-array-without-us", "aud", json!(["account", "another-service"])),
        audience("id-token-audience-several-without-azp", "azp", json!([CLIENT, "account"])).claim("azp", Value::Null),
        audience("id-token-azp-other", "azp", CLIENT.into()).claim("azp", "another-service"),
        malformed("id-token-azp-not-text", "azp", json!([CLIENT])),
        typ("id-token-type-bearer", "Bearer"),
        typ("id-token-type-refresh", "Refresh"),
        typ("id-token-type-logout", "Logout"),
        malformed("id-token-type-not-text", "typ", 1.into()),
        malformed("id-token-session-not-text", "sid", 1.into()),
        malformed("id-token-identity-not-text", "SubjectNameID", 899_700_000_013_i64.into()),
    ]
}

fn times() -> Vec<Case> {
    let missing = |name, claim: &'static str| no(name, CORE, "id-token-claim-missing", claim).claim(claim, Value::Null);
    let malformed =
        |name, claim: &'static str, value: Value| no(name, CORE, "id-token-claim-malformed", claim).claim(claim, value);
    let expired = |name, exp: i64| no(name, CORE, "id-token-expired", "exp").claim("exp", exp);
    let early = |name, claim: &'static str, at: i64| no(name, CORE, "id-token-not-yet-valid", claim).claim(claim, at);
    vec![
        expired("id-token-expired", NOW - 30),
        expired("id-token-expired-a-day-ago", NOW - 86_400),
        expired("id-token-expired-at-the-epoch", 0),
        missing("id-token-expiry-missing", "exp"),
        malformed("id-token-expiry-as-text", "exp", (NOW + 110).to_string().into()),
        malformed("id-token-expiry-negative", "exp", (-1).into()),
        malformed("id-token-expiry-in-milliseconds", "exp", ((NOW + 110) * 1000).into()),
        malformed("id-token-expiry-beyond-time", "exp", 1e300.into()),
        missing("id-token-issued-at-missing", "iat"),
        malformed("id-token-issued-at-as-text", "iat", NOW.to_string().into()),
        early("id-token-issued-in-the-future", "iat", NOW + 31),
        early("id-token-not-before-in-the-future", "nbf", NOW + 31),
        malformed("id-token-not-before-as-text", "nbf", NOW.to_string().into()),
        early("id-token-authenticated-in-the-future", "auth_time", NOW + 31),
        malformed("id-token-authentication-time-as-text", "auth_time", NOW.to_string().into()),
    ]
}

/// What the options ask for beyond what every token must say.
fn options() -> Vec<Case> {
    let nonce = |name, value: Value| no(name, CORE, "id-token-nonce", "nonce").claim("nonce", value);
    let acr = |name, value: Value| no(name, PSC, "id-token-acr", "acr").claim("acr", value);
    let at_hash = |name, value: &str| {
        no(name, "OpenID Connect Core 1.0 §3.1.3.6", "id-token-access-token", "at_hash")
            .option("access_token", ACCESS_TOKEN)
            .claim("at_hash", value)
    };
    vec![
        nonce("id-token-nonce-missing", Value::Null),
        nonce("id-token-nonce-empty", "".into()),
        nonce("id-token-nonce-other", "n-0S6_WzA2Mk".into()),
        nonce("id-token-nonce-longer", "n-0S6_WzA2Mj2".into()),
        no("id-token-nonce-not-text", CORE, "id-token-claim-malformed", "nonce").claim("nonce", 1),
        ok("ok-nonce-not-asked", CORE).option("nonce", Value::Null),
        ok("ok-nonce-absent-not-asked", KEYCLOAK).option("nonce", Value::Null).claim("nonce", Value::Null),
        acr("id-token-acr-missing", Value::Null),
        acr("id-token-acr-empty", "".into()),
        acr("id-token-acr-unknown", "eidas4".into()),
        acr("id-token-acr-keycloak-number", "1".into()),
        acr("id-token-acr-in-capitals", "EIDAS1".into()),
        acr("id-token-acr-lower", "eidas1".into()).option("acr", "eidas2"),
        acr("id-token-acr-higher-than-exactly-asked", "eidas3".into()).option("exact_acr", true),
        acr("id-token-acr-unknown-where-missing-is-allowed", "eidas4".into()).option("allow_missing_acr", true),
        no("id-token-acr-not-text", PSC, "id-token-claim-malformed", "acr").claim("acr", 1),
        ok("ok-acr-equal-to-exactly-asked", PSC).option("exact_acr", true),
        ok("ok-acr-missing-allowed", PSC).claim("acr", Value::Null).option("allow_missing_acr", true),
        ok("ok-acr-unknown-not-asked", PSC).claim("acr", "0").option("acr", Value::Null),
        ok("ok-access-token", "OpenID Connect Core 1.0 §3.1.3.6").option("access_token", ACCESS_TOKEN),
        ok("ok-access-token-without-hash", "OpenID Connect Core 1.0 §3.1.3.6")
            .option("access_token", ACCESS_TOKEN)
            .claim("at_hash", Value::Null),
        at_hash("id-token-access-token-other", &crate::minting::at_hash("another access token")),
        at_hash("id-token-access-token-hash-empty", ""),
        at_hash("id-token-access-token-hash-whole", "not the left half but something longer"),
        no("id-token-access-token-hash-not-text", CORE, "id-token-claim-malformed", "at_hash").claim("at_hash", 1),
        ok("ok-max-age", CORE).option("max_age", 366),
        ok("ok-max-age-within-leeway", CORE).option("max_age", 340),
        no("id-token-authenticated-too-long-ago", CORE, "sign-in-not-fresh", "auth_time").option("max_age", 335),
        no("id-token-authentication-time-missing", CORE, "id-token-claim-missing", "auth_time")
            .option("max_age", 366)
            .claim("auth_time", Value::Null),
        ok("ok-leeway-of-two-minutes", PSC).option("leeway", 120).claim("exp", NOW - 119),
        no("id-token-expired-without-leeway", CORE, "id-token-expired", "exp").option("leeway", 0).claim("exp", NOW),
        no("id-token-issued-one-second-ahead-without-leeway", CORE, "id-token-not-yet-valid", "iat")
            .option("leeway", 0)
            .claim("iat", NOW + 1),
    ]
}
