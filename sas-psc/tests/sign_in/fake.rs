//! A provider and a world that exist only here: answers are made on the spot, time moves only when someone waits.

use crate::minting::{ACCESS_TOKEN, CLIENT, ISSUER, Key, NOW};
use sas_psc::base::{Method, Random, Request, Response, Timestamp};
use sas_psc::drive::{Psc, World};
use sas_psc::psc::{Client, ClientAuth, Endpoint, Environment};
use sas_psc::{Code, Error, Result};
use serde_json::{Map, Value, json};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

pub const PERSON: &str = "899700000013";
pub const REDIRECT: &str = "https://service.example/callback";

/// What the provider does instead of its usual answer to the next request for an endpoint.
pub type Script = Box<dyn FnOnce(&Request) -> Result<Response> + Send>;

pub struct State {
    draws: u64,
    pub now: Timestamp,
    pub requests: Vec<(Timestamp, Request)>,
    pub scripts: VecDeque<(Endpoint, Script)>,
    /// Set in every ID token.
    pub claims: Map<String, Value>,
    pub key: Key,
    pub kid: &'static str,
    pub published: Vec<Value>,
    pub userinfo: Value,
    /// How long a CIBA request takes.
    pub ciba_takes: Duration,
    pub discovery: Value,
    /// The `Date` of the discovery document.
    pub date: Option<String>,
}

pub struct Fake(Mutex<State>);

impl Fake {
    pub fn new() -> Fake {
        let bas = Environment::bas();
        let mut discovery = json!({ "issuer": ISSUER, "authorization_response_iss_parameter_supported": true });
        for endpoint in Endpoint::ALL {
            discovery[endpoint.member()] = bas.endpoint(endpoint).unwrap().into();
        }
        let sub = format!("f:550dc1c8-d97b-4b1e-ac8c-8eb4471cf9dd:{PERSON}");
        Fake(Mutex::new(State {
            draws: 0,
            now: Timestamp::from_unix(NOW),
            requests: Vec::new(),
            scripts: VecDeque::new(),
            claims: Map::new(),
            key: Key::Main,
            kid: "test-main",
            published: vec![Key::Main.jwk("test-main")],
            userinfo: json!({ "sub": sub, "SubjectNameID": PERSON, "family_name": "DOC0000001", "given_name": "KIT" }),
            ciba_takes: Duration::ZERO,
            discovery,
            date: None,
        }))
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// The next request for `endpoint` gets this answer.
    pub fn script(&self, endpoint: Endpoint, script: impl FnOnce(&Request) -> Result<Response> + Send + 'static) {
        self.state().scripts.push_back((endpoint, Box::new(script)));
    }

    /// The next request for `endpoint` gets this answer.
    pub fn answer(&self, endpoint: Endpoint, status: u16, body: Value) {
        self.script(endpoint, move |_| Ok(answer(status, &body)));
    }

    /// The next request for `endpoint` gets no answer.
    pub fn cut(&self, endpoint: Endpoint) {
        self.script(endpoint, |_| Err(Error::new(Code::CONNECTION_LOST)));
    }

    /// When requests for `endpoint` came.
    pub fn asked(&self, endpoint: Endpoint) -> Vec<i64> {
        let url = Environment::bas().endpoint(endpoint).unwrap().to_owned();
        self.state().requests.iter().filter(|(_, request)| request.url == url).map(|(at, _)| at.unix() - NOW).collect()
    }

    /// The form that was sent last to `endpoint`.
    pub fn form(&self, endpoint: Endpoint) -> String {
        let url = Environment::bas().endpoint(endpoint).unwrap().to_owned();
        let state = self.state();
        let (_, request) = state.requests.iter().rfind(|(_, request)| request.url == url).unwrap();
        String::from_utf8(request.body.clone()).unwrap()
    }

    /// An answer with tokens, as the state says.
    pub fn tokens(&self) -> Value {
        let state = self.state();
        tokens(&state)
    }

    pub fn advance(&self, seconds: u64) {
        let mut state = self.state();
        state.now = state.now + Duration::from_secs(seconds);
    }
}

fn tokens(state: &State) -> Value {
    let mut case = crate::minting::case("", "", "", None).header("kid", state.kid).signed_by(state.key);
    let now = state.now.unix();
    case = case.claim("iat", now).claim("auth_time", now - 5).claim("exp", now + 120);
    for (name, value) in &state.claims {
        case = case.claim(name, value.clone());
    }
    json!({
        "access_token": ACCESS_TOKEN, "expires_in": 120, "refresh_token": "refresh-1", "refresh_expires_in": 1800,
        "token_type": "Bearer", "id_token": case.write().json["token"], "scope": "openid profile scope_all",
    })
}

pub fn answer(status: u16, body: &Value) -> Response {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Response { status, headers, body: body.to_string().into_bytes() }
}

impl World for Fake {
    fn now(&self) -> Timestamp {
        self.state().now
    }

    fn random(&self) -> impl Random + Send {
        let mut state = self.state();
        state.draws += 1;
        Counter(state.draws)
    }

    async fn send(&self, request: Request) -> Result<Response> {
        let bas = Environment::bas();
        let mut state = self.state();
        let now = state.now;
        state.requests.push((now, request.clone()));
        let asked = Endpoint::ALL.into_iter().find(|endpoint| bas.endpoint(*endpoint) == Some(&request.url));
        if asked == Some(Endpoint::Ciba) {
            state.now = now + state.ciba_takes;
        }
        let script = state.scripts.iter().position(|(endpoint, _)| Some(*endpoint) == asked);
        if let Some((_, script)) = script.and_then(|at| state.scripts.remove(at)) {
            drop(state);
            return script(&request);
        }
        let get = request.method == Method::Get;
        Ok(match asked {
            None if request.url.ends_with("/wallet-openid-configuration") => {
                let mut answer = answer(200, &state.discovery);
                answer.headers.extend(state.date.iter().map(|date| ("date".to_owned(), date.clone())));
                answer
            }
            Some(Endpoint::Jwks) if get => answer(200, &json!({ "keys": state.published })),
            Some(Endpoint::Userinfo) if get => answer(200, &state.userinfo),
            Some(Endpoint::Token) => answer(200, &tokens(&state)),
            Some(Endpoint::Ciba) => {
                answer(200, &json!({ "auth_req_id": "e.y.J.W.E", "expires_in": 120, "interval": 5 }))
            }
            _ => answer(404, &json!({ "error": "HTTP 404 Not Found" })),
        })
    }

    async fn sleep(&self, wait: Duration) {
        let mut state = self.state();
        state.now = state.now + wait;
    }
}

struct Counter(u64);

impl Random for Counter {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = (self.0 >> 33) as u8;
        }
        Ok(())
    }
}

/// A service at the fake provider.
pub fn psc() -> Psc<Fake> {
    over(Fake::new())
}

/// A service at the provider of another world.
pub fn over<W: World>(world: W) -> Psc<W> {
    let auth = ClientAuth::SecretBasic("the-secret-of-the-client".to_owned().into());
    Psc::over(world, Environment::bas(), Client::new(CLIENT, auth, REDIRECT))
}
