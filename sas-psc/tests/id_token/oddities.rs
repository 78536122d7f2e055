//! More of `vectors/id-token/`: what a provider that reads the specifications otherwise than we do might send.

use crate::cases::{B64, CORE, JWS, JWT_BCP, KEYCLOAK, PSC, no, ok};
use crate::minting::*;
use base64::Engine;
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};

const JSON: &str = "RFC 8259";
const JWK: &str = "RFC 7517";

pub fn all() -> Vec<Case> {
    let groups = [accepted(), headers(), keys(), weak_keys(), forms(), payloads(), claims(), times()];
    groups.into_iter().flatten().collect()
}

fn main_with(change: impl FnOnce(&mut Value)) -> Vec<Value> {
    let mut key = Key::Main.jwk("test-main");
    change(&mut key);
    vec![key, Key::Second.jwk("test-second")]
}

fn modulus() -> Vec<u8> {
    B64.decode(Key::Main.jwk("test-main")["n"].as_str().unwrap()).unwrap()
}

fn accepted() -> Vec<Case> {
    let member = |text: &'static str| ("\"typ\":\"ID\"", format!("\"typ\":\"ID\",{text}"));
    let with = |name, text| {
        let (from, to) = member(text);
        ok(name, JSON).rewrite(from, &to)
    };
    let elliptic = json!({ "kty": "EC", "crv": "P-256", "kid": "test-main", "use": "sig", "x": "AA", "y": "AA" });
    let mut for_encryption = encryption_key();
    for_encryption["kid"] = "test-main".into();
    let hundred = (0..100).map(|n| json!({ "kty": "EC", "kid": format!("ec-{n}"), "crv": "P-256" }));
    let mut nameless = Key::Main.jwk("");
    nameless.as_object_mut().unwrap().remove("kid");
    vec![
        ok("ok-header-type-with-application", "RFC 7515 §4.1.9").header("typ", "application/jwt"),
        ok("ok-header-type-null", JWS).header_text(r#"{"alg":"RS256","typ":null,"kid":"test-main"}"#),
        ok("ok-header-escaped", "RFC 8259 §7").header_text(r#"{"\u0061lg":"\u0052S256","kid":"test\u002dmain"}"#),
        ok("ok-header-certificate-thumbprint", JWS).header("x5t#S256", "q1w2e3").header("cty", "json"),
        ok("ok-key-modulus-with-leading-zero", "some writers of keys, against RFC 7518 §6.3.1.1").jwks(main_with(
            |key| {
                key["n"] = B64.encode([&[0], &modulus()[..]].concat()).into();
            },
        )),
        ok("ok-key-exponent-with-leading-zero", "some writers of keys, against RFC 7518 §6.3.1.2")
            .jwks(main_with(|key| key["e"] = "AAEAAQ".into())),
        ok("ok-key-beside-elliptic-of-the-same-name", JWK).jwks(vec![elliptic, Key::Main.jwk("test-main")]),
        ok("ok-key-beside-encryption-of-the-same-name", JWK).jwks(vec![for_encryption, Key::Main.jwk("test-main")]),
        ok("ok-key-operations-verify", JWK).jwks(main_with(|key| {
            key.as_object_mut().unwrap().remove("use");
            key["key_ops"] = json!(["verify"]);
        })),
        ok("ok-key-operations-sign-and-verify", JWK).jwks(main_with(|key| key["key_ops"] = json!(["sign", "verify"]))),
        ok("ok-key-after-a-hundred", JWK).jwks(hundred.chain([Key::Main.jwk("test-main")]).collect()),
        ok("ok-key-without-name-single", CORE).header("kid", Value::Null).jwks(vec![nameless]),
        ok("ok-payload-with-blanks", JSON).rewrite("{\"SubjectNameID\"", "\r\n\t {\n \"SubjectNameID\" "),
        with(
            "ok-payload-big-numbers",
            r#""a":18446744073709551616,"b":-9223372036854775809,"c":123456789012345678901234567890"#,
        ),
        with("ok-payload-small-numbers", r#""a":1e-400,"b":-0,"c":-0.0,"d":5E-324"#),
        with("ok-payload-pair-of-surrogates", r#""a":"\ud83d\ude00","b":"😀""#),
        with("ok-payload-nul-in-an-unknown-claim", r#""a":"\u0000""#),
        with("ok-payload-ten-deep", r#""a":[[[[[[[[[[1]]]]]]]]]]"#),
        with("ok-payload-member-named-proto", r#""__proto__":{"exp":1},"constructor":"x","":0"#),
        ok("ok-issuer-with-escaped-slashes", "RFC 8259 §7").rewrite(ISSUER, &ISSUER.replace('/', "\\/")),
        ok("ok-audience-repeated", CORE).claim("aud", json!([CLIENT, CLIENT])),
        ok("ok-subject-of-255", CORE).claim("sub", "s".repeat(255)),
        ok("ok-subject-of-a-structure-employee", PSC)
            .claim("sub", "f:550dc1c8-d97b-4b1e-ac8c-8eb4471cf9dd:500000001815646/CPAT00045"),
        ok("ok-session-empty", "OpenID Connect Session Management").claim("sid", ""),
        ok("ok-acr-eidas2", PSC).claim("acr", "eidas2"),
        ok("ok-access-token-hash-null", CORE)
            .option("access_token", ACCESS_TOKEN)
            .rewrite(&format!("\"at_hash\":\"{}\"", at_hash(ACCESS_TOKEN)), "\"at_hash\":null"),
        ok("ok-not-before-zero", "Keycloak before 4").claim("nbf", 0),
        ok("ok-authentication-time-zero", "Keycloak before 4").claim("auth_time", 0),
        ok("ok-lives-a-day", CORE).claim("exp", NOW + 86_400),
    ]
}

fn headers() -> Vec<Case> {
    let malformed = |name, text: &str| no(name, JWS, "id-token-malformed", "header").header_text(text);
    let typ = |name, typ: &str| no(name, JWT_BCP, "id-token-type", "typ").header("typ", typ);
    let alg = |name, alg: &str| no(name, JWT_BCP, "id-token-algorithm", "alg").header("alg", alg);
    let unknown = |name, kid: Value| no(name, CORE, "id-token-key", "kid").header("kid", kid);
    vec![
        malformed("header-byte-order-mark", "\u{feff}{\"alg\":\"RS256\",\"kid\":\"test-main\"}"),
        malformed("header-trailing-text", r#"{"alg":"RS256","kid":"test-main"}x"#),
        malformed("header-trailing-nul", "{\"alg\":\"RS256\",\"kid\":\"test-main\"}\0"),
        malformed("header-two-objects", r#"{"alg":"RS256","kid":"test-main"}{}"#),
        malformed("header-half-a-surrogate", r#"{"alg":"RS256","kid":"test-main","x":"\ud800"}"#),
        malformed("header-number-beyond-floats", r#"{"alg":"RS256","kid":"test-main","x":1e400}"#),
        malformed("header-not-a-number", r#"{"alg":"RS256","kid":"test-main","x":NaN}"#),
        malformed(
            "header-too-deep",
            &format!(r#"{{"alg":"RS256","kid":"test-main","x":{}{}}}"#, "[".repeat(40), "]".repeat(40)),
        ),
        no("header-duplicate-unknown-member", JSON, "id-token-duplicate", "header")
            .header_text(r#"{"alg":"RS256","kid":"test-main","x":1,"\u0078":2}"#),
        no("header-critical-null", "RFC 7515 §4.1.11", "id-token-malformed", "crit")
            .header_text(r#"{"alg":"RS256","kid":"test-main","crit":null}"#),
        no("header-critical-empty", "RFC 7515 §4.1.11", "id-token-malformed", "crit").header("crit", json!([])),
        typ("header-type-empty", ""),
        typ("header-type-with-parameter", "JWT; charset=utf-8"),
        typ("header-type-application-alone", "application/"),
        typ("header-type-security-event", "secevent+jwt"),
        alg("algorithm-with-blank", "RS256 "),
        alg("algorithm-with-a-nul", "RS256\0"),
        alg("algorithm-of-other-letters", "R\u{405}256"),
        alg("algorithm-eddsa", "EdDSA"),
        alg("algorithm-of-encryption", "RSA-OAEP"),
        alg("algorithm-empty", ""),
        unknown("key-name-with-blank", "test-main ".into()),
        unknown("key-name-in-capitals", "TEST-MAIN".into()),
        unknown("key-name-with-a-nul", "test-main\0".into()),
        unknown("key-name-an-object", json!({ "kid": "test-main" })),
        unknown("key-name-long", "k".repeat(2500).into()),
        unknown("key-name-a-wildcard", "*".into()),
        no("key-name-null-several-keys", CORE, "id-token-key", "kid").header_text(r#"{"alg":"RS256","kid":null}"#),
    ]
}

/// Keys that are not for verifying RS256, or no keys.
fn keys() -> Vec<Case> {
    let unknown = |name, change: fn(&mut Value)| no(name, JWK, "id-token-key", "kid").jwks(main_with(change));
    vec![
        unknown("key-operations-as-text", |key| key["key_ops"] = "verify".into()),
        unknown("key-operations-empty", |key| key["key_ops"] = json!([])),
        unknown("key-operations-sign-alone", |key| key["key_ops"] = json!(["sign"])),
        unknown("key-use-a-list", |key| key["use"] = json!(["sig"])),
        unknown("key-use-in-capitals", |key| key["use"] = "SIG".into()),
        unknown("key-algorithm-a-list", |key| key["alg"] = json!(["RS256"])),
        unknown("key-kind-in-small-letters", |key| key["kty"] = "rsa".into()),
        unknown("key-kind-symmetric-with-modulus", |key| key["kty"] = "oct".into()),
        unknown("key-name-a-number-in-the-set", |key| key["kid"] = 7.into()).header("kid", "7"),
        unknown("key-name-null-in-the-set", |key| key["kid"] = Value::Null),
        unknown("key-modulus-padded", |key| key["n"] = format!("{}==", key["n"].as_str().unwrap()).into()),
        unknown("key-modulus-with-line-break", |key| key["n"] = format!("{}\n", key["n"].as_str().unwrap()).into()),
        unknown("key-modulus-a-list", |key| key["n"] = json!([key["n"]])),
        unknown("key-exponent-a-number", |key| key["e"] = 65537.into()),
        unknown("key-certificate-alone", |key| {
            let key = key.as_object_mut().unwrap();
            key.remove("n");
            key.remove("e");
            key.insert("x5c".into(), json!(["MIIC"]));
        }),
    ]
}

/// Keys too weak to trust, beside a right one.
fn weak_keys() -> Vec<Case> {
    let weak = |name, source, change: &dyn Fn(&mut Value)| {
        no(name, source, "keys-unusable", "kid").jwks(main_with(|key| change(key)))
    };
    let number = |bytes: Vec<u8>| Value::from(B64.encode(bytes));
    let long = |bytes: usize| [vec![0xc5; bytes - 1], vec![1]].concat();
    vec![
        weak("key-of-2040-bits", JWT_BCP, &|key| key["n"] = number(long(255))),
        weak("key-of-16384-bits", "a bound on the work of a verification", &|key| key["n"] = number(long(2048))),
        weak("key-with-even-modulus", JWT_BCP, &|key| {
            let mut even = modulus();
            *even.last_mut().unwrap() ^= 1;
            key["n"] = number(even);
        }),
        weak("key-with-exponent-2", JWT_BCP, &|key| key["e"] = "Ag".into()),
        weak("key-with-exponent-of-33-bits", "a bound on the work of a verification", &|key| {
            key["e"] = "AQAAAAE".into()
        }),
        weak("key-with-exponent-of-2048-bits", "a bound on the work of a verification", &|key| {
            key["e"] = number(long(256))
        }),
        weak("key-with-exponent-empty", JWT_BCP, &|key| key["e"] = "".into()),
        weak("key-with-modulus-zero", JWT_BCP, &|key| key["n"] = number(vec![0; 256])),
        weak("key-with-its-private-exponent", "RFC 7517 §9.2", &|key| key["d"] = "AQAB".into()),
        weak("key-with-its-primes", "RFC 7517 §9.2", &|key| {
            key["p"] = "AQAB".into();
            key["q"] = "AQAB".into();
        }),
    ]
}

fn forms() -> Vec<Case> {
    let malformed = |name, about: &'static str, mangle: fn(String) -> String| {
        no(name, "RFC 7515 §3.1", "id-token-malformed", about).mangle(mangle)
    };
    let signature = |name| case(name, JWS, "id-token-signature", None);
    // With it, a payload whose base64url has the characters in which the two alphabets differ.
    let odd = |case: Case| case.claim("family_name", "~~~???>>>\u{ff}\u{ff}\u{ff}");
    let part = |token: &str, n: usize| token.split('.').nth(n).unwrap().to_owned();
    let right = ok("", "");
    let message = right.message();
    let made = Key::Main.sign(&message);
    let (mut flipped, reversed) = (made.clone(), made.iter().rev().copied().collect::<Vec<_>>());
    flipped[128] ^= 1;
    let (header, payload) = (part(&message, 0), B64.decode(part(&message, 1)).unwrap());
    let unencoded = [header.as_bytes(), b".", &payload].concat();
    vec![
        malformed("form-payload-of-impossible-length", "payload", |token| {
            let (signed, signature) = token.rsplit_once('.').unwrap();
            let (header, payload) = signed.split_once('.').unwrap();
            format!("{header}.{}A.{signature}", &payload[..payload.len() / 4 * 4])
        }),
        malformed("form-payload-other-spelling", "payload", |token| {
            let (signed, signature) = token.rsplit_once('.').unwrap();
            let (head, last) = signed.split_at(signed.len() - 1);
            assert!("AEIMQUYcgkosw048".contains(last), "no bits to spare in {last}");
            format!("{head}{}.{signature}", char::from(last.as_bytes()[0] + 1))
        })
        .claim("family_name", "DOC00000001"),
        malformed("form-header-other-spelling", "header", |token| {
            let (header, rest) = token.split_once('.').unwrap();
            let (head, last) = header.split_at(header.len() - 1);
            assert!("AEIMQUYcgkosw048".contains(last), "no bits to spare in {last}");
            format!("{head}{}.{rest}", char::from(last.as_bytes()[0] + 1))
        })
        .header("x", "1"),
        odd(malformed("form-payload-standard-base64", "payload", |token| {
            let (header, rest) = token.split_once('.').unwrap();
            let (payload, signature) = rest.rsplit_once('.').unwrap();
            let other = payload.replace('-', "+").replace('_', "/");
            assert_ne!(other, payload);
            format!("{header}.{other}.{signature}")
        })),
        malformed("form-payload-with-blank", "payload", |token| token.replacen('.', ". ", 1)),
        malformed("form-folded", "header", |token| format!("{}\r\n {}", &token[..20], &token[20..])),
        malformed("form-with-bearer", "header", |token| format!("Bearer {token}")),
        malformed("form-only-dots", "header", |_| "..".into()),
        malformed("form-dots-before", "header", |token| format!("..{token}")),
        malformed("form-dot-after", "payload", |token| format!("{token}.")),
        case("form-dots-of-another-alphabet", JWS, "id-token-malformed", None)
            .mangle(|token| token.replace('.', "\u{3002}")),
        malformed("form-percent-encoded", "signature", |token| format!("{token}%3D%3D")),
        malformed("form-twice", "payload", |token| format!("{token}.{token}")),
        signature("signature-one-bit-flipped").signature(flipped),
        signature("signature-reversed").signature(reversed),
        signature("signature-with-a-leading-zero").signature([&[0], &made[..]].concat()),
        signature("signature-of-ones").signature([0xff; 256]),
        signature("signature-one").signature([vec![0; 255], vec![1]].concat()),
        signature("signature-of-the-modulus").signature(modulus()),
        signature("signature-of-the-header-alone").signature(Key::Main.sign(&header)),
        signature("signature-of-the-unencoded-payload")
            .signature(Key::Main.sign(std::str::from_utf8(&unencoded).unwrap())),
        signature("signature-of-an-older-token").signature(Key::Main.sign(&ok("", "").claim("exp", NOW).message())),
    ]
}

fn payloads() -> Vec<Case> {
    let malformed = |name, member: &str| {
        no(name, JSON, "id-token-malformed", "payload").rewrite("\"typ\":\"ID\"", &format!("\"typ\":\"ID\",{member}"))
    };
    let whole = |name, change: fn(Vec<u8>) -> Vec<u8>| {
        let text = B64.decode(ok("", "").message().split_once('.').unwrap().1).unwrap();
        no(name, JSON, "id-token-malformed", "payload").payload(change(text))
    };
    let duplicate = |name, member: &str| {
        no(name, "RFC 8259 §4", "id-token-duplicate", "payload")
            .rewrite("\"typ\":\"ID\"", &format!("\"typ\":\"ID\",{member}"))
    };
    vec![
        malformed("payload-not-a-number", "\"x\":NaN"),
        malformed("payload-minus-infinity", "\"x\":-Infinity"),
        malformed("payload-number-beyond-floats", "\"x\":1e400"),
        malformed("payload-number-with-leading-zero", "\"x\":01"),
        malformed("payload-number-with-plus", "\"x\":+1"),
        malformed("payload-number-ends-in-a-point", "\"x\":1."),
        malformed("payload-number-hexadecimal", "\"x\":0x10"),
        malformed("payload-single-quotes", "'x':1"),
        malformed("payload-name-without-quotes", "x:1"),
        malformed("payload-comment", "/* x */\"x\":1"),
        malformed("payload-vertical-tab", "\u{b}\"x\":1"),
        malformed("payload-no-break-space", "\u{a0}\"x\":1"),
        malformed("payload-unknown-escape", "\"x\":\"\\a\""),
        malformed("payload-escape-cut", "\"x\":\"\\u12\""),
        malformed("payload-low-surrogate-alone", "\"x\":\"\\ude00\""),
        malformed("payload-surrogates-the-wrong-way-round", "\"x\":\"\\ude00\\ud83d\""),
        malformed("payload-literal-in-capitals", "\"x\":True"),
        malformed("payload-twenty-objects-deep", &format!("\"x\":{}1{}", "{\"x\":".repeat(20), "}".repeat(20))),
        whole("payload-trailing-nul", |text| [&text[..], b"\0"].concat()),
        whole("payload-trailing-text", |text| [&text[..], b"}"].concat()),
        whole("payload-cut", |text| text[..text.len() - 1].to_vec()),
        whole("payload-utf-16", |text| text.iter().flat_map(|byte| [*byte, 0]).collect()),
        whole("payload-overlong-utf8", |text| [&text[..text.len() - 1], b",\"x\":\"\xc0\xae\"}"].concat()),
        whole("payload-surrogates-in-utf8", |text| {
            [&text[..text.len() - 1], b",\"x\":\"\xed\xa0\xbd\xed\xb8\x80\"}"].concat()
        }),
        whole("payload-beyond-unicode", |text| [&text[..text.len() - 1], b",\"x\":\"\xf4\x90\x80\x80\"}"].concat()),
        whole("payload-base64-again", |text| B64.encode(text).into_bytes()),
        duplicate("duplicate-issuer-escaped", &format!("\"\\u0069ss\":\"{ISSUER}\"")),
        duplicate("duplicate-unknown-member-escaped", "\"x\":1,\"\\u0078\":2"),
        duplicate("duplicate-nonce-null", "\"nonce\":null"),
        duplicate("duplicate-empty-name", "\"\":1,\"\":2"),
    ]
}

fn claims() -> Vec<Case> {
    let malformed =
        |name, claim: &'static str, value: Value| no(name, CORE, "id-token-claim-malformed", claim).claim(claim, value);
    let issuer = |name, issuer: &str| no(name, CORE, "id-token-issuer", "iss").claim("iss", issuer);
    let audience = |name, aud: Value| no(name, CORE, "id-token-audience", "aud").claim("aud", aud);
    let subject =
        |name, person: &str| malformed(name, "sub", format!("f:550dc1c8-d97b-4b1e-ac8c-8eb4471cf9dd:{person}").into());
    let nonce = |name, nonce: &str| no(name, CORE, "id-token-nonce", "nonce").claim("nonce", nonce);
    let acr = |name, acr: &str| no(name, PSC, "id-token-acr", "acr").claim("acr", acr);
    let hash = |name, hash: &str| {
        no(name, CORE, "id-token-access-token", "at_hash").option("access_token", ACCESS_TOKEN).claim("at_hash", hash)
    };
    let digest = Sha256::digest(ACCESS_TOKEN);
    let hex: String = digest[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    let right_half = B64.encode(&digest[16..]);
    let of_sha512 = B64.encode(&Sha512::digest(ACCESS_TOKEN)[..32]);
    vec![
        issuer("id-token-issuer-with-port", &ISSUER.replacen(".fr/", ".fr:443/", 1)),
        issuer("id-token-issuer-http", &ISSUER.replacen("https", "http", 1)),
        issuer("id-token-issuer-of-other-letters", &ISSUER.replacen("esante", "es\u{430}nte", 1)),
        issuer("id-token-issuer-percent-encoded", &ISSUER.replacen("realms", "%72ealms", 1)),
        issuer("id-token-issuer-with-dot-segment", &ISSUER.replacen("/auth/", "/./auth/", 1)),
        issuer("id-token-issuer-with-a-nul", &format!("{ISSUER}\0")),
        issuer("id-token-issuer-with-query", &format!("{ISSUER}?")),
        issuer("id-token-issuer-host-in-capitals", &ISSUER.replacen("auth.bas", "AUTH.BAS", 1)),
        audience("id-token-audience-of-other-letters", CLIENT.replacen('a', "\u{430}", 1).into()),
        audience("id-token-audience-with-blank", format!("{CLIENT} ").into()),
        audience("id-token-audience-with-a-nul", format!("{CLIENT}\0").into()),
        audience("id-token-audience-with-comma", format!("account,{CLIENT}").into()),
        audience("id-token-audience-empty", "".into()),
        malformed("id-token-audience-true", "aud", true.into()),
        malformed("id-token-audience-array-of-null", "aud", json!([CLIENT, null])),
        malformed("id-token-audience-array-nested", "aud", json!([[CLIENT]])),
        no("id-token-azp-empty", CORE, "id-token-audience", "azp").claim("azp", ""),
        no("id-token-azp-in-capitals", CORE, "id-token-audience", "azp").claim("azp", CLIENT.to_ascii_uppercase()),
        subject("id-token-subject-of-wide-digits", "８９９７０００００００１３"),
        subject("id-token-subject-with-zero-width", "8997000\u{200b}00013"),
        subject("id-token-subject-right-to-left", "\u{202e}310000007998"),
        subject("id-token-subject-of-other-letters", "\u{430}99700000013"),
        subject("id-token-subject-with-a-tab", "899700000013\t"),
        subject("id-token-subject-with-delete", "899700000013\u{7f}"),
        malformed("id-token-subject-a-list", "sub", json!(["f:u:899700000013"])),
        malformed("id-token-session-with-a-nul", "sid", "c1f1\0".into()),
        malformed("id-token-identity-a-list", "SubjectNameID", json!(["899700000013"])),
        malformed("id-token-authentication-mode-not-text", "authMode", 1.into()),
        nonce("id-token-nonce-in-capitals", &NONCE.to_ascii_uppercase()),
        nonce("id-token-nonce-cut", &NONCE[..NONCE.len() - 1]),
        nonce("id-token-nonce-with-a-nul", &format!("{NONCE}\0")),
        malformed("id-token-nonce-a-number", "nonce", 7.into()),
        acr("id-token-acr-with-blank", "eidas1 "),
        acr("id-token-acr-several", "eidas1 eidas2"),
        acr("id-token-acr-zero", "eidas0"),
        acr("id-token-acr-beyond", "eidas4"),
        acr("id-token-acr-ten", "eidas10"),
        acr("id-token-acr-of-europe", "http://eidas.europa.eu/LoA/high"),
        malformed("id-token-acr-a-list", "acr", json!(["eidas1"])),
        no("id-token-type-in-small-letters", KEYCLOAK, "id-token-type", "typ").claim("typ", "id"),
        no("id-token-type-empty", KEYCLOAK, "id-token-type", "typ").claim("typ", ""),
        hash("id-token-access-token-hash-padded", &format!("{}==", at_hash(ACCESS_TOKEN))),
        hash("id-token-access-token-hash-hexadecimal", &hex),
        hash("id-token-access-token-hash-of-the-right-half", &right_half),
        hash("id-token-access-token-hash-of-sha512", &of_sha512),
        hash("id-token-access-token-hash-cut", &at_hash(ACCESS_TOKEN)[..21]),
        hash("id-token-access-token-hash-in-capitals", &at_hash(ACCESS_TOKEN).to_ascii_uppercase()),
    ]
}

fn times() -> Vec<Case> {
    let malformed = |name, claim: &'static str, text: &str| {
        let (from, value) = match claim {
            "exp" => (NOW + 110, text),
            "iat" => (NOW - 10, text),
            _ => (NOW - 366, text),
        };
        no(name, "RFC 7519 §2", "id-token-claim-malformed", claim)
            .rewrite(&format!("\"{claim}\":{from}"), &format!("\"{claim}\":{value}"))
    };
    vec![
        ok("ok-expires-when-issued-within-leeway", CORE).claim("iat", NOW).claim("exp", NOW),
        ok("ok-issued-ahead-and-expired-within-leeway", CORE).claim("iat", NOW + 20).claim("exp", NOW - 20),
        no("id-token-expired-before-issued", CORE, "id-token-expired", "exp").claim("iat", NOW).claim("exp", NOW - 31),
        no("id-token-issued-after-expiry", CORE, "id-token-not-yet-valid", "iat").claim("iat", NOW + 200),
        no("id-token-authenticated-after-expiry", CORE, "id-token-not-yet-valid", "auth_time")
            .claim("auth_time", NOW + 200),
        malformed("id-token-expiry-largest-integer", "exp", "9223372036854775807"),
        malformed("id-token-expiry-beyond-integers", "exp", "18446744073709551616"),
        malformed("id-token-expiry-text-empty", "exp", "\"\""),
        malformed("id-token-expiry-a-list", "exp", &format!("[{}]", NOW + 110)),
        malformed("id-token-expiry-an-object", "exp", &format!("{{\"$date\":{}}}", NOW + 110)),
        malformed("id-token-issue-negative", "iat", "-1"),
        malformed("id-token-issue-in-milliseconds", "iat", &format!("{}000", NOW - 10)),
        malformed("id-token-issue-false", "iat", "false"),
        malformed("id-token-authentication-time-negative", "auth_time", "-1"),
        malformed("id-token-authentication-time-in-milliseconds", "auth_time", &format!("{}000", NOW - 366)),
        no("id-token-expiry-null", CORE, "id-token-claim-missing", "exp")
            .rewrite(&format!("\"exp\":{}", NOW + 110), "\"exp\":null"),
        no("id-token-not-before-milliseconds", "RFC 7519 §2", "id-token-claim-malformed", "nbf")
            .claim("nbf", (NOW - 10) * 1000),
    ]
}
