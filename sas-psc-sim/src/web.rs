//! What the HTTP parts share: form fields, cookies, answers, and the faults of the network.

use crate::scenario::Endpoint;
use crate::sim::Shared;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use http_body::Frame;
use serde_json::Value;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// The fields of a query or a form, in their order.
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    pub fn parse(encoded: &[u8]) -> Fields {
        Fields(url::form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// The first value of a field; an empty one counts as absent.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    pub fn is_repeated(&self) -> bool {
        self.0.iter().enumerate().any(|(at, (key, _))| self.0[..at].iter().any(|(before, _)| before == key))
    }
}

/// A cookie of the request.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(key, _)| *key == name).map(|(_, value)| value).next()
}

/// A JSON answer as Keycloak writes it: no charset, never stored.
pub(crate) fn json(status: StatusCode, value: &Value) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, value.to_string()).into_response()
}

/// `{"error", "error_description"}`.
pub(crate) fn error(status: u16, error: &str, description: &str) -> Response {
    let mut body = serde_json::json!({ "error": error });
    if !description.is_empty() {
        body["error_description"] = description.into();
    }
    json(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST), &body)
}

/// Keycloak's answer to a method that an endpoint does not have.
pub(crate) async fn method_not_allowed() -> Response {
    error(405, "HTTP 405 Method Not Allowed", "")
}

/// A page. Nothing on it may be kept, framed, or load anything from elsewhere.
pub(crate) fn page(status: u16, template: &impl askama::Template) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    match template.render() {
        Ok(html) => {
            let policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                          img-src data:; frame-ancestors 'none'; base-uri 'none'";
            let headers = [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_SECURITY_POLICY, policy)];
            (status, headers, Html(html)).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// `302` to an answer's address, `303` between pages.
pub(crate) fn redirect(status: StatusCode, to: &str) -> Response {
    match HeaderValue::from_str(to) {
        Ok(to) => (status, [(header::LOCATION, to), (header::CACHE_CONTROL, NO_STORE)]).into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// Goes on with a GET of another page.
pub(crate) fn see_other(to: &str) -> Response {
    redirect(StatusCode::SEE_OTHER, to)
}

/// Nothing stands at this address.
pub(crate) fn not_found() -> Response {
    StatusCode::NOT_FOUND.into_response()
}

/// The style and the one script, on each origin that has pages.
pub(crate) fn assets() -> axum::Router<Shared> {
    let file = |media: &'static str, text: &'static str| {
        axum::routing::get(move || async move { ([(header::CONTENT_TYPE, media)], text) })
    };
    axum::Router::new()
        .route("/static/style.css", file("text/css; charset=utf-8", include_str!("../static/style.css")))
        .route("/static/wait.js", file("text/javascript; charset=utf-8", include_str!("../static/wait.js")))
}

/// A body that ends in an error: the connection is closed without an answer, or in the middle of it.
struct BrokenOff;

impl http_body::Body for BrokenOff {
    type Data = axum::body::Bytes;
    type Error = std::io::Error;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Self::Data>>>> {
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into())))
    }
}

/// The endpoint that a path belongs to.
pub(crate) fn endpoint(path: &str) -> Option<Endpoint> {
    let last = path.rsplit_once('/').map_or(path, |(_, last)| last);
    Some(match last {
        "wallet-openid-configuration" | "openid-configuration" => Endpoint::Discovery,
        "certs" => Endpoint::Jwks,
        "token" => Endpoint::Token,
        "userinfo" => Endpoint::Userinfo,
        "introspect" => Endpoint::Introspection,
        "revoke" => Endpoint::Revocation,
        "logout" => Endpoint::Logout,
        "auth" if path == "/auth" => Endpoint::Authorization,
        "auth" => Endpoint::Ciba,
        _ => return None,
    })
}

/// Applies the `answer` rules of the scenario before the endpoint is asked.
pub(crate) async fn faults(State(sim): State<Shared>, request: Request, next: Next) -> Response {
    let Some(rule) = endpoint(request.uri().path()).and_then(|endpoint| sim.fault_at(endpoint)) else {
        return next.run(request).await;
    };
    tokio::time::sleep(Duration::from_millis(rule.delay_ms)).await;
    if rule.hang_up {
        return Body::new(BrokenOff).into_response();
    }
    if rule.status.is_none() && rule.body.is_none() {
        return next.run(request).await;
    }
    let status = rule.status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::OK);
    let media = rule.content_type.as_deref().and_then(|text| HeaderValue::from_str(text).ok());
    let media = media.unwrap_or(HeaderValue::from_static("application/json"));
    (status, [(header::CONTENT_TYPE, media)], Body::from(rule.body.unwrap_or_default())).into_response()
}
