//! The `auth` origin: the realm's OpenID Connect endpoints, answering as the Keycloak behind PSC does.
//!
//! Statuses, `error` and `error_description` are those observed at Keycloak 26.7. Client authentication is
//! `client_secret_basic` or `client_secret_post`; over TLS (`mtls.rs`) also `tls_client_auth`.

mod ciba;
mod discovery;
mod logout;
mod mint;
mod token;
mod tokens;
mod userinfo;

pub(crate) use logout::end_session;

use crate::config::Client;
use crate::conformance::answer;
use crate::mtls;
use crate::sim::{REALM, Shared, Sim};
use crate::web::{Fields, error, faults, method_not_allowed};
use axum::Router;
use axum::http::{HeaderMap, header};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{any, get, post};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// The realm; in a provider of the bench, behind the layer that changes its answers.
pub(crate) fn router(sim: &Shared) -> Router {
    match sim.hostile {
        None => endpoints(sim),
        Some(_) => standard(sim).merge(endpoints(sim)).layer(from_fn_with_state(sim.clone(), answer::serve)),
    }
}

/// The realm at the other origin of the bench, to which redirects lead: everything there is as it should be.
pub(crate) fn elsewhere(sim: &Shared) -> Router {
    standard(sim).merge(endpoints(sim)).layer(from_fn_with_state(sim.clone(), answer::elsewhere))
}

/// The metadata at the standard path too, for clients of the bench that cannot ask at PSC's.
fn standard(sim: &Shared) -> Router {
    let path = format!("{REALM}/.well-known/openid-configuration");
    Router::new().route(&path, get(discovery::document)).with_state(sim.clone())
}

fn endpoints(sim: &Shared) -> Router {
    let oidc = format!("{REALM}/protocol/openid-connect");
    let only_post = |handler: axum::routing::MethodRouter<Shared>| handler.fallback(method_not_allowed);
    Router::new()
        .route(&format!("{REALM}/.well-known/wallet-openid-configuration"), get(discovery::document))
        .route(&format!("{oidc}/certs"), get(discovery::jwks))
        .route(&format!("{oidc}/token"), only_post(post(token::token)))
        .route(&format!("{oidc}/userinfo"), any(userinfo::userinfo))
        .route(&format!("{oidc}/token/introspect"), only_post(post(tokens::introspect)))
        .route(&format!("{oidc}/revoke"), only_post(post(tokens::revoke)))
        .route(&format!("{oidc}/logout"), get(logout::by_browser).post(logout::by_form))
        .route(&format!("{oidc}/ext/ciba/auth"), only_post(post(ciba::request)))
        .fallback(discovery::unknown)
        .layer(from_fn_with_state(sim.clone(), faults))
        .with_state(sim.clone())
        .merge(crate::web::assets().with_state(sim.clone()))
}

/// The client that a request authenticates; the endpoint names the answer to a failure.
fn authenticate<'a>(sim: &'a Sim, headers: &HeaderMap, form: &Fields) -> Result<&'a Client, Unauthenticated> {
    let basic = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Basic "));
    let pair = basic.and_then(|encoded| {
        let text = String::from_utf8(BASE64_STANDARD.decode(encoded).ok()?).ok()?;
        let (id, secret) = text.split_once(':')?;
        // RFC 6749 §2.3.1: each part is form-encoded before it is joined.
        Some((form_decoded(id), form_decoded(secret)))
    });
    let id = pair.as_ref().map(|(id, _)| id.as_str()).or(form.get("client_id"));
    let secret = pair.as_ref().map(|(_, secret)| secret.as_str()).or(form.get("client_secret"));
    let client = id.and_then(|id| sim.client(id)).ok_or(Unauthenticated { known: false })?;
    match (secret, &client.certificate, mtls::certificate(headers)) {
        (Some(secret), _, _) if *secret == client.secret => Ok(client),
        (None, Some(registered), Some(shown)) if registered == shown => Ok(client),
        // Another certificate than the registered one is told as an unknown client is.
        (None, Some(_), Some(_)) => Err(Unauthenticated { known: false }),
        _ => Err(Unauthenticated { known: true }),
    }
}

struct Unauthenticated {
    known: bool,
}

impl Unauthenticated {
    fn answer(self) -> Response {
        let name = if self.known { "unauthorized_client" } else { "invalid_client" };
        error(401, name, "Invalid client or Invalid client credentials")
    }
}

fn form_decoded(text: &str) -> String {
    let decoded = url::form_urlencoded::parse(text.as_bytes()).next();
    decoded.map_or_else(|| text.to_owned(), |(key, _)| key.into_owned())
}

/// The fields of a POST; as at Keycloak, a body that is no form has none.
fn form(headers: &HeaderMap, body: &[u8]) -> Fields {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let is_form = media.starts_with("application/x-www-form-urlencoded");
    Fields::parse(if is_form { body } else { b"" })
}
