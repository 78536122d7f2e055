//! What is in each file of `vectors/ciba/`: the answers of a provider in their order, and what they come to.

use crate::minting::{self, ACCESS_TOKEN, Key, NOW};
use serde_json::{Map, Value, json};

const PERSON: &str = "899700000013";
const PSC: &str = "industriels.esante.gouv.fr, CIBA";
const KEYCLOAK: &str = "Keycloak 26.7, observed";
const CORE: &str = "OpenID CIBA Core 1.0";
const HTTP: &str = "RFC 9110";
const OURS: &str = "hostile";

/// A file of `vectors/ciba/`.
pub struct Vector {
    pub name: &'static str,
    pub json: Value,
}

fn answer(status: u16, body: impl Into<String>) -> Value {
    json!({ "status": status, "headers": { "content-type": "application/json" }, "body": body.into() })
}

fn with(mut answer: Value, name: &str, value: &str) -> Value {
    answer["headers"][name] = value.into();
    answer
}

fn error(status: u16, word: &str, description: &str) -> Value {
    answer(status, json!({ "error": word, "error_description": description }).to_string())
}

fn failed(why: &str) -> Value {
    json!({ "failed": why })
}

fn good() -> Value {
    answer(200, json!({ "auth_req_id": "e.y.J.W.E", "expires_in": 120, "interval": 5 }).to_string())
}

fn pending() -> Value {
    let text = "The authorization request is still pending as the end-user hasn't yet been authenticated.";
    error(400, "authorization_pending", text)
}

fn html(status: u16) -> Value {
    with(answer(status, "<html><h1>Portail</h1></html>"), "content-type", "text/html")
}

/// Tokens issued `after` seconds, with these claims, then the keys and the profile.
fn accepted(after: i64, claims: Value) -> Vec<Value> {
    signed(after, claims, Key::Main, json!({}))
}

fn signed(after: i64, claims: Value, key: Key, profile: Value) -> Vec<Value> {
    let now = NOW + after;
    let mut case = minting::case("", "", "", None).signed_by(key).claim("nonce", Value::Null);
    case = case.claim("iat", now).claim("auth_time", now - 1).claim("exp", now + 120);
    let Value::Object(claims) = claims else { panic!() };
    for (name, value) in claims {
        case = case.claim(&name, value);
    }
    let token = case.write().json;
    let sub = format!("f:550dc1c8-d97b-4b1e-ac8c-8eb4471cf9dd:{PERSON}");
    let mut userinfo = json!({ "sub": sub, "SubjectNameID": PERSON, "family_name": "DOC0000001", "given_name": "KIT" });
    userinfo.as_object_mut().unwrap().extend(profile.as_object().unwrap().clone());
    let tokens = json!({
        "access_token": ACCESS_TOKEN, "expires_in": 120, "refresh_token": "refresh", "refresh_expires_in": 1800,
        "token_type": "Bearer", "id_token": token["token"], "scope": "openid profile scope_all",
    });
    vec![answer(200, tokens.to_string()), answer(200, token["jwks"].to_string()), answer(200, userinfo.to_string())]
}

struct Cases(Vec<Vector>);

impl Cases {
    fn add(
        &mut self,
        name: &'static str,
        source: &str,
        answers: Vec<Value>,
        verdict: &str,
        left: Value,
        posted: &[u64],
    ) {
        self.0.push(Vector {
            name,
            json: json!({
                "source": source, "now": NOW, "person": PERSON, "channel": "mobile", "answers": answers,
                "expect": { "verdict": verdict, "seconds_left": left, "posted": posted },
            }),
        });
    }

    /// A start that is refused.
    fn no_start(&mut self, name: &'static str, source: &str, answer: Value, code: &str) {
        self.add(name, source, vec![answer], code, Value::Null, &[0]);
    }

    /// A start with these members, and when its first poll comes.
    fn start(&mut self, name: &'static str, source: &str, members: Value, left: u32, first: u64) {
        let answers = vec![answer(200, members.to_string()), pending()];
        self.add(name, source, answers, "waiting", left.into(), &[0, first]);
    }

    /// A good start, then these answers.
    fn wait(&mut self, name: &'static str, source: &str, answers: Vec<Value>, verdict: &str, posted: &[u64]) {
        let answers = [vec![good()], answers].concat();
        self.add(name, source, answers, verdict, 120.into(), &[&[0], posted].concat());
    }

    /// The answers to a poll that end the wait at once.
    fn ends(&mut self, name: &'static str, source: &str, answer: Value, code: &str) {
        self.wait(name, source, vec![answer], code, &[5]);
    }

    /// Tokens that are refused.
    fn no_tokens(&mut self, name: &'static str, source: &str, mut answers: Vec<Value>, asked: usize, code: &str) {
        answers.truncate(asked);
        self.wait(name, source, answers, code, &[5]);
    }
}

pub fn all() -> Vec<Vector> {
    let mut cases = Cases(Vec::new());
    starts(&mut cases);
    refused_starts(&mut cases);
    waits(&mut cases);
    ends(&mut cases);
    tokens(&mut cases);
    oddities(&mut cases);
    cases.0
}

fn starts(cases: &mut Cases) {
    let id = "e.y.J.W.E";
    cases.start("start-of-keycloak", KEYCLOAK, json!({"auth_req_id": id, "expires_in": 120, "interval": 5}), 120, 5);
    cases.start(
        "start-of-the-ans-mock",
        "ansforge/psc-edc-proxy-esante, mock",
        json!({"auth_req_id": id, "expires_in": 120, "interval": 1}),
        120,
        1,
    );
    cases.start("start-without-times", CORE, json!({"auth_req_id": id}), 120, 5);
    cases.start(
        "start-with-unknown-members",
        CORE,
        json!({"auth_req_id": id, "expires_in": 90, "x": [1, {"y": null}]}),
        90,
        5,
    );
    cases.start("start-with-a-long-id", KEYCLOAK, json!({"auth_req_id": "j".repeat(1100), "interval": 2}), 120, 2);
    cases.start("start-with-the-longest-id", OURS, json!({"auth_req_id": "j".repeat(8192)}), 120, 5);
    cases.start("start-interval-zero", OURS, json!({"auth_req_id": id, "interval": 0}), 120, 1);
    cases.start("start-interval-negative", OURS, json!({"auth_req_id": id, "interval": -5}), 120, 5);
    cases.start("start-interval-as-text", OURS, json!({"auth_req_id": id, "interval": "2"}), 120, 2);
    cases.start("start-interval-huge", OURS, json!({"auth_req_id": id, "interval": 1e15}), 120, 5);
    cases.start("start-interval-long", OURS, json!({"auth_req_id": id, "interval": 99}), 120, 99);
    cases.start("start-life-of-a-day", OURS, json!({"auth_req_id": id, "expires_in": 86400}), 3600, 5);
    let short = vec![answer(200, json!({"auth_req_id": id, "expires_in": 0}).to_string())];
    cases.add("start-life-zero", OURS, short, "waiting", 1.into(), &[0]);
    let charset = with(good(), "content-type", "application/json;charset=UTF-8");
    cases.add("start-media-type-with-charset", KEYCLOAK, vec![charset, pending()], "waiting", 120.into(), &[0, 5]);
}

fn refused_starts(cases: &mut Cases) {
    let unknown = "ciba-unknown-person";
    cases.no_start("start-unknown-user", KEYCLOAK, error(400, "invalid_request", "invalid_user"), unknown);
    cases.no_start("start-invalid-user-in-words", KEYCLOAK, error(400, "invalid_request", "Invalid user"), unknown);
    cases.no_start("start-unknown-user-id", CORE, error(400, "unknown_user_id", ""), unknown);
    cases.no_start(
        "start-missing-hint",
        KEYCLOAK,
        error(400, "invalid_request", "missing parameter : login_hint"),
        "request-refused",
    );
    cases.no_start(
        "start-invalid-scope",
        KEYCLOAK,
        error(400, "invalid_scope", "Invalid scopes: x"),
        "request-refused",
    );
    cases.no_start("start-invalid-binding-message", KEYCLOAK, error(400, "invalid_binding_message", ""), "ciba-digits");
    let not_allowed = "Client not allowed OIDC CIBA Grant";
    cases.no_start("start-client-without-ciba", KEYCLOAK, error(401, "invalid_grant", not_allowed), "ciba-not-enabled");
    cases.no_start("start-unauthorized-client", CORE, error(400, "unauthorized_client", ""), "ciba-not-enabled");
    cases.no_start("start-wrong-secret", KEYCLOAK, error(401, "unauthorized_client", ""), "client-refused");
    cases.no_start("start-unknown-client", KEYCLOAK, error(401, "invalid_client", ""), "client-refused");
    cases.no_start("start-access-denied", CORE, error(403, "access_denied", ""), "ciba-refused");
    let device = "Unexpected response from authentication device";
    cases.no_start("start-device-down", KEYCLOAK, error(503, "server_error", device), "ciba-device-unavailable");
    cases.no_start("start-word-of-nobody", OURS, error(400, "i_made_this_up", ""), "request-refused");
    cases.no_start("start-gateway-page", OURS, html(502), "provider-unavailable");
    cases.no_start("start-too-many-requests", HTTP, with(html(429), "retry-after", "9"), "provider-unavailable");
    cases.no_start("start-portal-page", OURS, html(200), "provider-answer");
    cases.no_start("start-redirected", OURS, with(html(302), "location", "https://evil.example/"), "provider-answer");
    cases.no_start("start-not-found", KEYCLOAK, answer(404, r#"{"error":"HTTP 404 Not Found"}"#), "request-refused");
    cases.no_start("start-without-id", OURS, answer(200, r#"{"expires_in":120}"#), "provider-answer");
    cases.no_start("start-empty-id", OURS, answer(200, r#"{"auth_req_id":""}"#), "provider-answer");
    cases.no_start("start-id-is-a-number", OURS, answer(200, r#"{"auth_req_id":7}"#), "provider-answer");
    let long = json!({ "auth_req_id": "j".repeat(8193) }).to_string();
    cases.no_start("start-id-too-long", OURS, answer(200, long), "provider-answer");
    cases.no_start("start-id-twice", OURS, answer(200, r#"{"auth_req_id":"a","auth_req_id":"b"}"#), "provider-answer");
    cases.no_start("start-not-an-object", OURS, answer(200, r#"["auth_req_id"]"#), "provider-answer");
    cases.no_start("start-cut-short", OURS, answer(200, r#"{"auth_req_id":"a"#), "provider-answer");
    cases.no_start("start-empty", OURS, answer(200, ""), "provider-answer");
    for (name, why) in [("start-connection-lost", "connection-lost"), ("start-timed-out", "timed-out")] {
        cases.no_start(name, "a second request would ring the phone again", failed(why), why);
    }
}

fn waits(cases: &mut Cases) {
    let none = || json!({});
    cases.wait("wait-accepted-at-once", PSC, accepted(5, none()), "ok", &[5]);
    cases.wait("wait-accepted-later", PSC, [vec![pending(); 3], accepted(20, none())].concat(), "ok", &[5, 10, 15, 20]);
    let slow = error(400, "slow_down", "too early to access");
    cases.wait("wait-slow-down", CORE, [vec![slow.clone()], accepted(15, none())].concat(), "ok", &[5, 15]);
    let slower = [vec![slow.clone(), slow.clone()], accepted(30, none())].concat();
    cases.wait("wait-slow-down-twice", CORE, slower, "ok", &[5, 15, 30]);
    let refused = error(400, "access_denied", "not authorized");
    cases.wait("wait-slow-down-hides-a-refusal", KEYCLOAK, vec![slow.clone(), refused], "ciba-refused", &[5, 15]);
    let busy = |value: &str| with(html(503), "retry-after", value);
    cases.wait("wait-retry-after", HTTP, [vec![busy("30")], accepted(35, none())].concat(), "ok", &[5, 35]);
    cases.wait("wait-retry-after-shorter", HTTP, [vec![busy("1")], accepted(10, none())].concat(), "ok", &[5, 10]);
    let date = with(busy("Mon, 23 Nov 2026 08:00:45 GMT"), "date", "Mon, 23 Nov 2026 08:00:05 GMT");
    cases.wait("wait-retry-after-date", HTTP, [vec![date], accepted(45, none())].concat(), "ok", &[5, 45]);
    let skewed = with(busy("Fri, 23 Nov 2029 08:00:25 GMT"), "date", "Fri, 23 Nov 2029 08:00:05 GMT");
    cases.wait(
        "wait-retry-after-date-of-another-clock",
        HTTP,
        [vec![skewed], accepted(25, none())].concat(),
        "ok",
        &[5, 25],
    );
    let alone = busy("Mon, 23 Nov 2026 08:00:25 GMT");
    cases.wait(
        "wait-retry-after-date-without-date",
        HTTP,
        [vec![alone], accepted(25, none())].concat(),
        "ok",
        &[5, 25],
    );
    let past = busy("Sun, 06 Nov 1994 08:49:37 GMT");
    cases.wait("wait-retry-after-in-the-past", HTTP, [vec![past], accepted(10, none())].concat(), "ok", &[5, 10]);
    let absurd = [vec![busy("bientôt")], accepted(10, none())].concat();
    cases.wait("wait-retry-after-unreadable", OURS, absurd, "ok", &[5, 10]);
    let patient = with(slow, "retry-after", "20");
    cases.wait("wait-slow-down-with-retry-after", HTTP, [vec![patient], accepted(25, none())].concat(), "ok", &[5, 25]);
    let limited = with(html(429), "retry-after", "12");
    cases.wait("wait-too-many-requests", HTTP, [vec![limited], accepted(17, none())].concat(), "ok", &[5, 17]);
    let down = error(503, "temporarily_unavailable", "");
    cases.wait("wait-provider-down", CORE, [vec![down], accepted(10, none())].concat(), "ok", &[5, 10]);
    cases.wait("wait-gateway-page", OURS, [vec![html(502)], accepted(10, none())].concat(), "ok", &[5, 10]);
    let broken = error(500, "server_error", "");
    cases.wait("wait-server-error", KEYCLOAK, [vec![broken], accepted(10, none())].concat(), "ok", &[5, 10]);
    for (name, why) in [("wait-connection-lost", "connection-lost"), ("wait-timed-out", "timed-out")] {
        cases.wait(
            name,
            "a poll may be sent again",
            [vec![failed(why)], accepted(10, none())].concat(),
            "ok",
            &[5, 10],
        );
    }
    let polls: Vec<u64> = (1..24).map(|number| number * 5).collect();
    cases.wait("wait-nobody-answers", CORE, vec![pending(); 23], "waiting", &polls);
    let over = [vec![pending(); 22], vec![error(400, "expired_token", "authentication timed out")]].concat();
    cases.wait("wait-expired-at-the-provider", KEYCLOAK, over, "ciba-expired", &polls);
}

fn ends(cases: &mut Cases) {
    cases.ends("end-refused", KEYCLOAK, error(400, "access_denied", "not authorized"), "ciba-refused");
    cases.ends("end-transaction-failed", CORE, error(400, "transaction_failed", ""), "ciba-refused");
    cases.ends("end-expired", KEYCLOAK, error(400, "expired_token", "authentication timed out"), "ciba-expired");
    cases.ends("end-used-id", KEYCLOAK, error(400, "invalid_grant", "Invalid auth_req_id"), "ciba-spent");
    cases.ends("end-garbage-id", KEYCLOAK, error(400, "invalid_grant", "Invalid Auth Req ID"), "ciba-spent");
    cases.ends("end-of-another-client", KEYCLOAK, error(400, "invalid_grant", "unauthorized client"), "ciba-spent");
    cases.ends("end-person-disabled", KEYCLOAK, error(400, "invalid_grant", "User disabled"), "ciba-unknown-person");
    let not_allowed = "Client not allowed OIDC CIBA Grant";
    cases.ends("end-client-without-ciba", KEYCLOAK, error(401, "invalid_grant", not_allowed), "ciba-not-enabled");
    cases.ends("end-client-lost-ciba", KEYCLOAK, error(400, "invalid_grant", not_allowed), "ciba-not-enabled");
    cases.ends("end-unauthorized-client", CORE, error(400, "unauthorized_client", ""), "ciba-not-enabled");
    cases.ends("end-wrong-secret", KEYCLOAK, error(401, "unauthorized_client", ""), "client-refused");
    cases.ends("end-unknown-client", KEYCLOAK, error(401, "invalid_client", ""), "client-refused");
    cases.ends(
        "end-invalid-request",
        KEYCLOAK,
        error(400, "invalid_request", "Missing parameter: auth_req_id"),
        "request-refused",
    );
    cases.ends("end-word-of-nobody", OURS, error(400, "i_made_this_up", ""), "request-refused");
    cases.ends("end-portal-page", OURS, html(200), "provider-answer");
    cases.ends("end-redirected", OURS, with(html(302), "location", "https://evil.example/"), "provider-answer");
    let twice = r#"{"error":"authorization_pending","error":"access_denied"}"#;
    cases.ends("end-error-twice", OURS, answer(400, twice), "provider-answer");
}

fn tokens(cases: &mut Cases) {
    let text = |answers: &[Value], from: &str, to: &str| {
        let body = answers[0]["body"].as_str().unwrap();
        assert!(body.contains(from));
        vec![answer(200, body.replacen(from, to, 1))]
    };
    let right = accepted(5, json!({}));
    let no_id: Map<String, Value> = {
        let mut members: Map<String, Value> = serde_json::from_str(right[0]["body"].as_str().unwrap()).unwrap();
        members.remove("id_token");
        members
    };
    let no_id = vec![answer(200, Value::Object(no_id).to_string())];
    cases.no_tokens("tokens-without-id-token", CORE, no_id, 1, "id-token-missing");
    cases.no_tokens("tokens-of-another-type", OURS, text(&right, "Bearer", "mac"), 1, "provider-answer");
    cases.no_tokens("tokens-cut-short", OURS, text(&right, "\"}", "\""), 1, "provider-answer");
    let own = [
        ("tokens-of-this-request", "urn:openid:params:jwt:claim:auth_req_id"),
        ("tokens-of-this-request-short", "auth_req_id"),
    ];
    for (name, claim) in own {
        cases.wait(name, CORE, accepted(5, json!({ claim: "e.y.J.W.E" })), "ok", &[5]);
    }
    let other = [
        ("tokens-of-another-request", "urn:openid:params:jwt:claim:auth_req_id"),
        ("tokens-of-another-request-short", "auth_req_id"),
    ];
    for (name, claim) in other {
        cases.no_tokens(name, CORE, accepted(5, json!({ claim: "another" })), 2, "ciba-other-request");
    }
    let number = accepted(5, json!({ "auth_req_id": 7 }));
    cases.no_tokens("tokens-request-is-a-number", OURS, number, 2, "ciba-other-request");
    let person = "899700218896";
    let another = json!({ "SubjectNameID": person, "preferred_username": person, "sub": format!("f:u:{person}") });
    cases.no_tokens("tokens-of-another-person", PSC, accepted(5, another), 2, "ciba-other-person");
    let mixed = accepted(5, json!({ "SubjectNameID": person }));
    cases.no_tokens("tokens-of-two-persons", OURS, mixed, 2, "ciba-other-person");
    let nameless = json!({ "SubjectNameID": null, "preferred_username": null, "sub": "opaque" });
    cases.no_tokens("tokens-of-nobody", OURS, accepted(5, nameless), 2, "ciba-other-person");
    let by_sub = json!({ "SubjectNameID": null, "preferred_username": null });
    cases.wait("tokens-named-by-sub-alone", "PSC tokens of October 2022", accepted(5, by_sub), "ok", &[5]);
    let attacker = signed(5, json!({}), Key::Attacker, json!({}));
    cases.no_tokens("tokens-signed-by-another", OURS, attacker, 2, "id-token-signature");
    cases.no_tokens("tokens-for-another-client", OURS, accepted(5, json!({ "aud": "x" })), 2, "id-token-audience");
    cases.no_tokens("tokens-without-level", OURS, accepted(5, json!({ "acr": null })), 2, "id-token-acr");
    cases.no_tokens("tokens-of-a-lower-level", OURS, accepted(5, json!({ "acr": "eidas0" })), 2, "id-token-acr");
    let hash = accepted(5, json!({ "at_hash": "another" }));
    cases.no_tokens("tokens-of-another-access-token", OURS, hash, 2, "id-token-access-token");
    let profile = signed(5, json!({}), Key::Main, json!({ "sub": "f:u:899700218896" }));
    cases.no_tokens("tokens-profile-of-another", OURS, profile, 3, "userinfo-subject");
    let retried = [vec![right[0].clone(), failed("connection-lost")], right[1..].to_vec()].concat();
    cases.wait("tokens-keys-fetched-again", "the keys may be asked for again", retried, "ok", &[5]);
}

/// What a provider that reads the specification otherwise than we do might answer.
fn oddities(cases: &mut Cases) {
    let id = "e.y.J.W.E";
    let start = |members: Value| {
        let mut all = json!({ "auth_req_id": id });
        all.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        all
    };
    cases.start("start-interval-with-decimals", OURS, start(json!({ "interval": 7.4 })), 120, 7);
    cases.start("start-interval-as-long-text", OURS, start(json!({ "interval": "20" })), 120, 20);
    cases.start("start-interval-as-words", OURS, start(json!({ "interval": "five" })), 120, 5);
    cases.start("start-interval-null", CORE, start(json!({ "interval": null })), 120, 5);
    cases.start("start-interval-a-list", OURS, start(json!({ "interval": [2] })), 120, 5);
    cases.start("start-interval-with-exponent", CORE, json!({ "auth_req_id": id, "interval": 1e1 }), 120, 10);
    cases.start("start-life-negative", OURS, start(json!({ "expires_in": -5 })), 120, 5);
    cases.start("start-life-as-text", OURS, start(json!({ "expires_in": "90" })), 90, 5);
    cases.start("start-life-with-decimals", CORE, start(json!({ "expires_in": 90.0 })), 90, 5);
    cases.start("start-life-null", CORE, start(json!({ "expires_in": null })), 120, 5);
    cases.start("start-life-beyond-time", OURS, start(json!({ "expires_in": 1e300 })), 120, 5);
    cases.start("start-id-with-line-break", OURS, json!({ "auth_req_id": "a\r\nb&c=d" }), 120, 5);
    cases.start("start-id-of-other-letters", OURS, json!({ "auth_req_id": "é😀+ %" }), 120, 5);
    cases.start("start-error-null", OURS, start(json!({ "error": null })), 120, 5);
    let slow = start(json!({ "interval": 200 }));
    cases.add(
        "start-interval-beyond-the-life",
        "an interval is obeyed: nobody is asked before it",
        vec![answer(200, slow.to_string())],
        "waiting",
        120.into(),
        &[0],
    );
    cases.no_start("start-error-with-200", OURS, error(200, "unknown_user_id", ""), "ciba-unknown-person");
    let both = answer(200, start(json!({ "error": "access_denied" })).to_string());
    cases.no_start("start-error-beside-an-id", OURS, both, "ciba-refused");
    cases.no_start("start-error-a-number", OURS, answer(400, r#"{"error":7}"#), "provider-answer");
    cases.no_start("start-id-null", OURS, answer(200, r#"{"auth_req_id":null}"#), "provider-answer");
    cases.no_start("start-id-a-list", OURS, answer(200, r#"{"auth_req_id":["a"]}"#), "provider-answer");
    let escaped = r#"{"auth_req_id":"a","\u0061uth_req_id":"b"}"#;
    cases.no_start("start-id-twice-escaped", OURS, answer(200, escaped), "provider-answer");
    cases.no_start("start-byte-order-mark", OURS, answer(200, "\u{feff}{\"auth_req_id\":\"a\"}"), "provider-answer");
    cases.no_start("start-trailing-text", OURS, answer(200, r#"{"auth_req_id":"a"}ok"#), "provider-answer");
    cases.no_start("start-not-a-number", OURS, answer(200, r#"{"auth_req_id":"a","interval":NaN}"#), "provider-answer");
    cases.no_start("start-half-a-surrogate", OURS, answer(200, r#"{"auth_req_id":"\ud800"}"#), "provider-answer");
    let text = with(answer(200, r#"{"auth_req_id":"a"}"#), "content-type", "text/plain");
    cases.no_start("start-as-text", OURS, text, "provider-answer");
    cases.no_start("start-accepted-for-later", OURS, answer(202, r#"{"auth_req_id":"a"}"#), "provider-answer");

    let none = || json!({});
    let pending_ok = error(200, "authorization_pending", "");
    cases.wait("wait-pending-with-200", OURS, [vec![pending_ok], accepted(10, none())].concat(), "ok", &[5, 10]);
    let slow_ok = error(200, "slow_down", "");
    cases.wait("wait-slow-down-with-200", OURS, [vec![slow_ok], accepted(15, none())].concat(), "ok", &[5, 15]);
    let pending_401 = error(401, "authorization_pending", "");
    cases.wait("wait-pending-with-401", OURS, [vec![pending_401], accepted(10, none())].concat(), "ok", &[5, 10]);
    let pending_503 = error(503, "authorization_pending", "");
    cases.wait("wait-pending-with-503", OURS, [vec![pending_503], accepted(10, none())].concat(), "ok", &[5, 10]);
    let retry = |value: &str| with(html(503), "retry-after", value);
    for (name, value) in [("wait-retry-after-negative", "-5"), ("wait-retry-after-with-decimals", "30.5")] {
        cases.wait(name, HTTP, [vec![retry(value)], accepted(10, none())].concat(), "ok", &[5, 10]);
    }
    let never = vec![retry("99999999")];
    cases.wait("wait-retry-after-beyond-the-life", HTTP, never, "waiting", &[5]);
    let long = vec![answer(200, start(json!({ "interval": 70 })).to_string()), error(400, "slow_down", "")];
    cases.add("wait-slow-down-of-a-long-interval", CORE, long, "waiting", 120.into(), &[0, 70]);

    cases.ends("end-refused-with-200", OURS, error(200, "access_denied", ""), "ciba-refused");
    cases.ends("end-refused-with-403", OURS, error(403, "access_denied", ""), "ciba-refused");
    cases.ends("end-expired-with-200", OURS, error(200, "expired_token", ""), "ciba-expired");
    cases.ends("end-error-a-list", OURS, answer(400, r#"{"error":["slow_down"]}"#), "provider-answer");
    cases.ends("end-error-in-capitals", OURS, error(400, "AUTHORIZATION_PENDING", ""), "request-refused");
    cases.ends("end-error-with-blank", OURS, error(400, "slow_down ", ""), "request-refused");
    cases.ends("end-error-of-other-letters", OURS, error(400, "slow_d\u{43e}wn", ""), "request-refused");
    cases.ends("end-error-empty", OURS, error(400, "", ""), "request-refused");
    cases.ends("end-empty-body", OURS, answer(400, ""), "provider-answer");
    cases.ends("end-no-content", OURS, answer(204, ""), "provider-answer");
    cases.ends("end-two-errors", OURS, answer(400, r#"{"error":"slow_down","\u0065rror":"x"}"#), "provider-answer");

    let mut both = accepted(5, none());
    let said = both[0]["body"].as_str().unwrap().replacen('{', "{\"error\":\"authorization_pending\",", 1);
    both[0]["body"] = said.into();
    let waits = [vec![both[0].clone()], accepted(10, none())].concat();
    cases.wait("wait-pending-beside-tokens", "what says no and yes at once says no", waits, "ok", &[5, 10]);
    let mut null = accepted(5, none());
    null[0]["body"] = null[0]["body"].as_str().unwrap().replacen('{', "{\"error\":null,", 1).into();
    cases.wait("tokens-with-error-null", OURS, null, "ok", &[5]);
    let request = "urn:openid:params:jwt:claim:auth_req_id";
    cases.no_tokens("tokens-request-a-list", CORE, accepted(5, json!({ request: [id] })), 2, "ciba-other-request");
    cases.no_tokens("tokens-request-empty", CORE, accepted(5, json!({ request: "" })), 2, "ciba-other-request");
    cases.no_tokens(
        "tokens-request-in-capitals",
        CORE,
        accepted(5, json!({ request: "E.Y.J.W.E" })),
        2,
        "ciba-other-request",
    );
    cases.no_tokens(
        "tokens-issued-a-minute-before",
        CORE,
        accepted(-60, json!({"exp": NOW + 120})),
        2,
        "ciba-other-request",
    );
    let wide = "f:550dc1c8-d97b-4b1e-ac8c-8eb4471cf9dd:８９９７０００００００１３";
    cases.no_tokens("tokens-of-wide-digits", OURS, accepted(5, json!({ "sub": wide })), 2, "id-token-claim-malformed");
    let mut twice = accepted(5, none());
    twice[0]["body"] = twice[0]["body"].as_str().unwrap().replacen('{', "{\"\\u0069d_token\":\"x\",", 1).into();
    cases.no_tokens("tokens-id-token-twice-escaped", OURS, twice, 1, "provider-answer");
    let profile = |of: &str| signed(5, none(), Key::Main, json!({ "sub": of }));
    cases.no_tokens("tokens-profile-of-wide-digits", OURS, profile(wide), 3, "userinfo-subject");
}
