//! The simulator's answers against those of a real Keycloak, question by question.
//!
//! `vectors/keycloak/answers.json` holds both; `tools/keycloak/answers.py` asked Keycloak and says what the placeholders
//! mean. A difference here is a mistake of the simulator.

mod common;

use common::{CHALLENGE, VERIFIER, decode};
use sas_psc_sim::{Answer, Browser, Client, Config, Running, Simulator};
use serde_json::{Map, Value, json};
use url::Url;

const CALLBACK: &str = "http://127.0.0.1:9/retour";
const CLIENT: &str = "sas-psc-interop";

fn start() -> Running {
    let client = Client { id: CLIENT.into(), pkce_required: true, ..Client::default() };
    Simulator::start(Config { clients: vec![client], ..Config::default() }).unwrap()
}

/// What is usual at an endpoint, with the question's changes; null leaves a field out.
fn fields(at: &str, changes: &Map<String, Value>) -> Map<String, Value> {
    let usual = match at {
        _ if changes.contains_key("grant_type") => json!({}),
        "authorization" => json!({
            "response_type": "code", "client_id": CLIENT, "redirect_uri": CALLBACK, "scope": "openid scope_all",
            "state": "s", "nonce": "n", "acr_values": "eidas1", "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }),
        "token" => json!({
            "grant_type": "authorization_code", "code": "$code", "redirect_uri": CALLBACK, "code_verifier": VERIFIER,
        }),
        "ciba" => json!({
            "scope": "openid scope_all", "login_hint": "899700218896", "binding_message": "42", "acr_values": "eidas1",
        }),
        _ => json!({}),
    };
    let mut fields = usual.as_object().unwrap().clone();
    fields.extend(changes.clone());
    fields.retain(|_, value| !value.is_null());
    fields
}

struct Asker(Running);

impl Asker {
    fn endpoint(&self, at: &str) -> String {
        let path = match at {
            "authorization" => return format!("{}/auth", self.0.wallet_base()),
            "introspection" => "token/introspect",
            "revocation" => "revoke",
            "ciba" => "ext/ciba/auth",
            other => other,
        };
        common::endpoint(&self.0, path)
    }

    fn url(&self, at: &str, fields: &Map<String, Value>) -> String {
        let pairs: Vec<_> = fields.iter().map(|(name, value)| (name, self.value(value))).collect();
        match pairs.len() {
            0 => self.endpoint(at),
            _ => Url::parse_with_params(&self.endpoint(at), pairs).unwrap().into(),
        }
    }

    fn code(&self) -> String {
        let callback =
            self.0.sign_in_by_card(&self.url("authorization", &fields("authorization", &Map::new())), "physician");
        common::parameter(&callback, "code").unwrap()
    }

    fn post(&self, at: &str, fields: &Map<String, Value>) -> Answer {
        let sent: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), self.value(value))).collect();
        let sent: Vec<_> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let path = self.endpoint(at);
        common::post(&self.0, CLIENT, path.split_once("openid-connect/").unwrap().1, &sent)
    }

    fn redeem(&self, code: &str) -> Value {
        self.post("token", &fields("token", json!({ "code": code }).as_object().unwrap())).json()
    }

    /// A value with its placeholder replaced.
    fn value(&self, value: &Value) -> String {
        let text = value.as_str().unwrap();
        let field = |json: Value, name: &str| json[name].as_str().unwrap().to_owned();
        match text {
            "$client" => CLIENT.into(),
            "$code" => self.code(),
            "$access" => field(self.redeem(&self.code()), "access_token"),
            "$refresh" => field(self.redeem(&self.code()), "refresh_token"),
            "$id" => field(self.redeem(&self.code()), "id_token"),
            "$spent_code" | "$spent_access" => {
                let code = self.code();
                let access = field(self.redeem(&code), "access_token");
                if text == "$spent_access" {
                    self.redeem(&code);
                    return access;
                }
                code
            }
            "$auth_req_id" => field(self.post("ciba", &fields("ciba", &Map::new())).json(), "auth_req_id"),
            _ => text.into(),
        }
    }

    fn ask(&self, question: &Value) -> Value {
        let at = question["at"].as_str().unwrap();
        let changes = question.get("form").or(question.get("query")).and_then(Value::as_object);
        let mut sent = fields(at, changes.unwrap_or(&Map::new()));
        let mut browser = Browser::new();
        if at == "authorization" || question.get("query").is_some() {
            let url = self.url(at, &sent);
            let answer = browser.get(&url).unwrap();
            return match answer.location() {
                Some(page) if page.starts_with(self.0.wallet_base()) => {
                    redirected(302, &self.0.sign_in_by_card(&url, "physician"))
                }
                Some(callback) => redirected(answer.status, &callback),
                None => said(&answer),
            };
        }
        let secret = |client: &str, secret: &str| {
            use base64::Engine;
            format!("Basic {}", base64::prelude::BASE64_STANDARD.encode(format!("{client}:{secret}")))
        };
        let right = "secret-de-simulateur";
        let mut authorization = match question["auth"].as_str().unwrap_or("right") {
            "right" => Some(secret(CLIENT, right)),
            "wrong" => Some(secret(CLIENT, "wrong")),
            "unknown" => Some(secret("nobody", right)),
            "post" => {
                sent.extend([("client_id".into(), json!(CLIENT)), ("client_secret".into(), json!(right))]);
                None
            }
            _ => None,
        };
        if let Some(bearer) = question.get("bearer") {
            authorization = Some(format!("Bearer {}", self.value(bearer)));
        }
        let headers: Vec<_> = authorization.iter().map(|value| ("authorization", value.as_str())).collect();
        let sent: Vec<_> = sent.iter().map(|(name, value)| (name.as_str(), self.value(value))).collect();
        let sent: Vec<_> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
        said(&match question["method"].as_str() {
            Some(method) => browser.send(method, &self.endpoint(at), &headers, "").unwrap(),
            None => browser.post_with(&self.endpoint(at), &headers, &sent).unwrap(),
        })
    }
}

/// A redirect as the vectors record it.
fn redirected(status: u16, callback: &str) -> Value {
    let url = Url::parse(callback).unwrap();
    let in_fragment = url.fragment().is_some();
    let encoded = url.query().or(url.fragment()).unwrap_or("");
    let found: Map<String, Value> =
        url::form_urlencoded::parse(encoded.as_bytes()).map(|(name, value)| (name.into(), json!(value))).collect();
    let to = callback.split(['?', '#']).next().unwrap();
    let mut said = json!({ "status": status, "to": format!("{to}{}", if in_fragment { "#" } else { "" }) });
    for name in ["error", "error_description", "state"] {
        if let Some(value) = found.get(name) {
            said[name] = value.clone();
        }
    }
    said["fields"] = names(&found);
    said
}

/// Any other answer as the vectors record it.
fn said(answer: &Answer) -> Value {
    let mut said = json!({ "status": answer.status });
    if let Some(media) = answer.header("content-type") {
        said["type"] = json!(media.replace("; ", ";").to_lowercase());
    }
    if let Some(challenge) = answer.header("www-authenticate") {
        said["challenge"] = json!(challenge);
    }
    if let Value::Object(body) = answer.json() {
        for name in ["error", "error_description", "active"] {
            if let Some(value) = body.get(name) {
                said[name] = value.clone();
            }
        }
        said["fields"] = names(&body);
    } else if !answer.body.starts_with('<') {
        said["body"] = json!(answer.body);
    }
    said
}

fn names(object: &Map<String, Value>) -> Value {
    let mut names: Vec<_> = object.keys().collect();
    names.sort();
    json!(names)
}

#[test]
fn answers_are_those_of_a_real_keycloak() {
    let questions: Vec<Value> = serde_json::from_str(include_str!("../../vectors/keycloak/answers.json")).unwrap();
    let asker = Asker(start());
    let mut wrong = Vec::new();
    for question in &questions {
        let (keycloak, simulator) = (&question["answer"], asker.ask(question));
        if *keycloak != simulator {
            wrong.push(format!("{}\n  Keycloak  {keycloak}\n  simulator {simulator}", question["case"]));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ\n{}", wrong.len(), questions.len(), wrong.join("\n"));
    assert!(questions.len() > 90);
}

#[test]
fn the_id_token_has_the_claims_of_a_real_one() {
    let sim = start();
    let asker = Asker(sim);
    let tokens = asker.redeem(&asker.code());
    let names: Vec<String> = decode(&tokens["id_token"]).1.as_object().unwrap().keys().cloned().collect();
    // Those of a BAS token of October 2022, by e-CPS: no e-mail, no amr.
    let real = "SubjectNameID acr at_hash aud authMode auth_time azp exp family_name given_name iat iss jti nonce \
                preferred_username session_state sid sub typ";
    assert_eq!(names, real.split_whitespace().collect::<Vec<_>>());
}
