//! What the tests of the simulator share: a service that signs people in, written without the SDK.
#![allow(dead_code)] // each test file uses a part of it

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use sas_psc::base::Timestamp;
use sas_psc_sim::{Answer, Browser, Config, Running, Simulator, VirtualClock};
use serde_json::Value;
use url::Url;

pub const CALLBACK: &str = "http://127.0.0.1:1/retour";
/// 43 characters, and its S256 challenge (RFC 7636 appendix B).
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub const AT: &str = "2026-11-23T08:00:00Z";

/// Fields that a case changes.
pub type Fields<'a> = &'a [(&'a str, &'a str)];

/// A simulator whose clock stands still.
pub fn start() -> Running {
    let clock = VirtualClock::still(Timestamp::parse_rfc3339(AT).unwrap());
    Simulator::start(Config { clock, seed: Some(7), ..Config::default() }).unwrap()
}

/// An authorization address with `extra` parameters; an extra one replaces an ordinary one, an empty one removes it.
pub fn authorization(sim: &Running, extra: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("response_type", "code"),
        ("client_id", "plateforme-sas"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid scope_all"),
        ("acr_values", "eidas1"),
        ("state", "the-state"),
        ("nonce", "the-nonce"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    fields.retain(|(name, _)| !extra.iter().any(|(other, _)| other == name));
    fields.extend(extra.iter().filter(|(_, value)| !value.is_empty()));
    Url::parse_with_params(&format!("{}/auth", sim.wallet_base()), fields).unwrap().into()
}

/// A parameter of a callback.
pub fn parameter(callback: &str, name: &str) -> Option<String> {
    let url = Url::parse(callback).unwrap();
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

pub fn endpoint(sim: &Running, path: &str) -> String {
    format!("{}/protocol/openid-connect/{path}", sim.issuer())
}

/// POST with the credentials of `client`.
pub fn post(sim: &Running, client: &str, path: &str, form: &[(&str, &str)]) -> Answer {
    let basic = BASE64_STANDARD.encode(format!("{client}:secret-de-simulateur"));
    let headers = [("authorization", format!("Basic {basic}"))];
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Browser::new().post_with(&endpoint(sim, path), &headers, form).unwrap()
}

pub fn redeem(sim: &Running, code: &str) -> Answer {
    let form =
        [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)];
    post(sim, "plateforme-sas", "token", &form)
}

/// The code of a fresh sign-in.
pub fn code(sim: &Running, person: &str) -> String {
    parameter(&sim.sign_in_by_card(&authorization(sim, &[]), person), "code").unwrap()
}

/// The tokens of a fresh sign-in.
pub fn tokens(sim: &Running, person: &str) -> Value {
    let answer = redeem(sim, &code(sim, person));
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

pub fn userinfo(sim: &Running, access_token: &Value) -> Answer {
    let bearer = format!("Bearer {}", access_token.as_str().unwrap());
    Browser::new().send("GET", &endpoint(sim, "userinfo"), &[("authorization", &bearer)], "").unwrap()
}

/// Header and claims of a token, signature unchecked.
pub fn decode(token: &Value) -> (Value, Value) {
    let parts: Vec<_> = token.as_str().unwrap().split('.').collect();
    let part = |at: usize| serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(parts[at]).unwrap()).unwrap();
    (part(0), part(1))
}

/// Status, `error` and `error_description`.
pub fn error(answer: &Answer) -> (u16, String, String) {
    let json = answer.json();
    let text = |name: &str| json[name].as_str().unwrap_or("").to_owned();
    (answer.status, text("error"), text("error_description"))
}
