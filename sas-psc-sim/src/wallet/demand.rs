//! An authorization request, read and checked, and the answer on its way back.
//!
//! As at Keycloak, a request whose client or address is wrong gets a page and no redirect; any other fault goes back to
//! the address with `error`, `state` and `iss` (RFC 9207).

use crate::pages::FormPost;
use crate::scenario::Fault;
use crate::sim::{SCOPES, Sim};
use crate::web::{Fields, page, redirect};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use url::Url;

/// How the answer goes back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Query,
    Fragment,
    FormPost,
}

/// A request that passed the checks.
#[derive(Clone)]
pub(crate) struct Demand {
    pub client: String,
    pub redirect_uri: String,
    pub scope: String,
    pub nonce: Option<String>,
    /// PKCE: method and challenge.
    pub challenge: Option<(String, String)>,
    pub prompt_none: bool,
    pub prompt_login: bool,
    /// Seconds.
    pub max_age: Option<u64>,
    state: Option<String>,
    mode: Mode,
}

/// Why a request goes no further.
pub(super) enum Refusal {
    /// A page with this text.
    Page(&'static str),
    /// An answer to the service.
    Back(Response),
}

impl Demand {
    pub(super) fn parse(sim: &Sim, fields: &Fields) -> Result<Demand, Refusal> {
        let text = |name: &str| fields.get(name).map(str::to_owned);
        let client = fields.get("client_id").ok_or(Refusal::Page("Paramètre manquant : client_id"))?;
        let client = sim.client(client).ok_or(Refusal::Page("Service inconnu (client_id)"))?;
        let redirect_uri = text("redirect_uri").ok_or(Refusal::Page("Paramètre manquant : redirect_uri"))?;
        if !client.accepts(&redirect_uri) {
            return Err(Refusal::Page("Paramètre invalide : redirect_uri"));
        }
        if fields.get("request_uri").is_some() || fields.get("request").is_some() {
            return Err(Refusal::Page("Paramètre refusé : request, request_uri"));
        }
        let max_age = match fields.get("max_age").map(str::parse::<i64>) {
            None => None,
            Some(Ok(age)) => Some(age),
            Some(Err(_)) => return Err(Refusal::Page("Paramètre invalide : max_age")),
        };
        let prompt: Vec<&str> = fields.get("prompt").unwrap_or("").split_ascii_whitespace().collect();
        let mut demand = Demand {
            client: client.id.clone(),
            redirect_uri,
            scope: text("scope").unwrap_or_default(),
            nonce: text("nonce"),
            challenge: None,
            prompt_none: prompt.contains(&"none"),
            prompt_login: prompt.contains(&"login"),
            // A negative one is as if it were not there.
            max_age: max_age.and_then(|age| age.try_into().ok()),
            state: text("state"),
            mode: Mode::Query,
        };
        let back = |demand: &Demand, error: &str, description: &str| {
            let answer = [("error", error), ("error_description", description)];
            Refusal::Back(demand.answer(sim, &answer[..if description.is_empty() { 1 } else { 2 }]))
        };
        if fields.is_repeated() {
            return Err(back(&demand, "invalid_request", "duplicated parameter"));
        }
        match fields.get("response_type") {
            Some("code") => {}
            None => return Err(back(&demand, "invalid_request", "Missing parameter: response_type")),
            Some("token" | "id_token" | "id_token token") => {
                demand.mode = Mode::Fragment;
                let why = "Client is not allowed to initiate browser login with given response_type. \
                           Implicit flow is disabled for the client.";
                return Err(back(&demand, "unauthorized_client", why));
            }
            Some(_) => return Err(back(&demand, "unsupported_response_type", "")),
        }
        demand.mode = match fields.get("response_mode") {
            None | Some("query") => Mode::Query,
            Some("fragment") => Mode::Fragment,
            Some("form_post") => Mode::FormPost,
            Some(_) => return Err(back(&demand, "invalid_request", "Invalid parameter: response_mode")),
        };
        if !demand.scope.split_ascii_whitespace().all(|word| SCOPES.contains(&word)) {
            let why = format!("Invalid scopes: {}", demand.scope);
            return Err(back(&demand, "invalid_scope", &why));
        }
        let method = fields.get("code_challenge_method");
        demand.challenge = match (method, fields.get("code_challenge")) {
            (None, None) => None,
            (Some(_), None) => return Err(back(&demand, "invalid_request", "Missing parameter: code_challenge")),
            (method, Some(challenge)) => Some((method.unwrap_or("plain").to_owned(), challenge.to_owned())),
        };
        let why = match &demand.challenge {
            _ if client.pkce_required && method.is_none() => "Missing parameter: code_challenge_method",
            Some((method, _)) if method != "S256" && (client.pkce_required || method != "plain") => {
                "Invalid parameter: code challenge method is not matching the configured one"
            }
            Some((_, challenge)) if !is_challenge(challenge) => "Invalid parameter: code_challenge",
            _ => return Ok(demand),
        };
        Err(back(&demand, "invalid_request", why))
    }

    /// The name of the service that asks.
    pub fn service<'a>(&'a self, sim: &'a Sim) -> &'a str {
        sim.client(&self.client).map_or(&self.client, |client| &client.name)
    }

    /// Sends `parameters` back to the service, with `state` and `iss`.
    pub(super) fn answer(&self, sim: &Sim, parameters: &[(&str, &str)]) -> Response {
        let issuer = sim.issuer();
        let mut all = parameters.to_vec();
        let state = sim.fault(Fault::WrongState).map(|_| "another-state").or(self.state.as_deref());
        all.extend(state.map(|state| ("state", state)));
        let issuer = sim.fault(Fault::WrongCallbackIssuer).map_or(issuer.as_str(), |_| "https://auth.invalid/auth");
        all.push(("iss", issuer));
        let Ok(mut back) = Url::parse(&self.redirect_uri) else {
            return StatusCode::BAD_REQUEST.into_response();
        };
        match self.mode {
            Mode::Query => drop(back.query_pairs_mut().extend_pairs(all)),
            Mode::Fragment => {
                let fragment = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(all).finish();
                back.set_fragment(Some(&fragment));
            }
            Mode::FormPost => return page(200, &FormPost { action: back.as_str(), fields: all }),
        }
        redirect(StatusCode::FOUND, back.as_str())
    }
}

fn is_challenge(text: &str) -> bool {
    (43..=128).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c))
}
