//! What every answer and every POST go through: headers, the host, where a form was sent from, its CSRF token.

use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sas_psc::base::digest;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// Nothing but our own style, script and pictures; forms go home; nobody frames us.
const CSP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                   form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

static HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, CSP),
    // A link of the mail is in the address of its page: it must not travel on.
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
];

/// Refuses another host's requests and forms sent from another site, then sets the headers.
pub async fn guard(State(base_url): State<Arc<str>>, request: Request, next: Next) -> Response {
    let refused = if !is_our_host(&base_url, request.headers()) {
        Some(StatusCode::MISDIRECTED_REQUEST)
    } else if request.method() == Method::POST && !is_from_here(&base_url, request.headers()) {
        Some(StatusCode::FORBIDDEN)
    } else {
        None
    };
    let mut response = match refused {
        Some(status) => status.into_response(),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    // A page may be stricter than all of them; none is less.
    for (name, value) in &HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if base_url.starts_with("https://") {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    // Pages are personal; only the assets say otherwise.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn is_our_host(base_url: &str, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    host.is_some() && host == base_url.split_once("://").map(|(_, authority)| authority)
}

/// What the browser says of a form's origin. Under `Referrer-Policy: no-referrer` its `Origin` is "null", so that
/// `Sec-Fetch-Site` decides where there is one; the CSRF token decides in any case.
fn is_from_here(base_url: &str, headers: &HeaderMap) -> bool {
    let says = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    says("sec-fetch-site").is_none_or(|site| site == "same-origin")
        && says("origin").is_none_or(|origin| origin == "null" || origin == base_url)
}

/// The CSRF token of a session: a hash of its cookie, so that nothing is stored and a new session has a new one.
pub fn csrf_token(cookie: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest("form token", &[cookie.as_bytes()]))
}

/// Whether a form carries the token of this session.
pub fn is_csrf_token(cookie: &str, token: &str) -> bool {
    csrf_token(cookie).as_bytes().ct_eq(token.as_bytes()).into()
}

/// Where a browser asks from. `header` is the one that our own proxy writes: its last address is the proxy's word, those
/// before it are whatever the browser sent. Without it, the connection's other end, unless that is this machine.
pub fn client_address(parts: &Parts, header: Option<&str>) -> Option<IpAddr> {
    match header {
        Some(name) => {
            let told = parts.headers.get_all(name).iter().next_back()?.to_str().ok()?;
            told.rsplit(',').next()?.trim().parse().ok()
        }
        None => {
            let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip();
            (!peer.is_loopback()).then_some(peer)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browsers_address_is_the_proxys_word_or_the_connections() {
        let parts = |peer: &str, pairs: &[(&'static str, &'static str)]| {
            let mut request = axum::http::Request::new(());
            *request.headers_mut() = headers(pairs);
            request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
            request.into_parts().0
        };
        let (name, forged) = ("x-forwarded-for", ("x-forwarded-for", "203.0.113.9, 192.0.2.7"));
        let seen = |parts: Parts, header| client_address(&parts, header).map(|ip| ip.to_string());
        assert_eq!(seen(parts("127.0.0.1", &[forged]), Some(name)).as_deref(), Some("192.0.2.7"));
        assert_eq!(seen(parts("127.0.0.1", &[(name, "2001:db8::1")]), Some(name)).as_deref(), Some("2001:db8::1"));
        assert_eq!(seen(parts("192.0.2.8", &[forged]), None).as_deref(), Some("192.0.2.8"), "nobody's word but ours");
        assert_eq!(seen(parts("127.0.0.1", &[forged]), None), None);
        for nothing in [&[][..], &[(name, "unknown")], &[(name, "")]] {
            assert_eq!(seen(parts("127.0.0.1", nothing), Some(name)), None);
        }
    }

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v))).collect()
    }

    #[test]
    fn a_form_of_another_site_is_refused() {
        let base = "https://sas.invalid";
        for good in
            [&[][..], &[("origin", "null"), ("sec-fetch-site", "same-origin")], &[("origin", "https://sas.invalid")]]
        {
            assert!(is_from_here(base, &headers(good)), "{good:?}");
        }
        for bad in
            [("origin", "https://evil.invalid"), ("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site")]
        {
            assert!(!is_from_here(base, &headers(&[bad])), "{bad:?}");
        }
    }

    #[test]
    fn only_our_host_is_answered() {
        assert!(is_our_host("http://127.0.0.1:81", &headers(&[("host", "127.0.0.1:81")])));
        for bad in [&[][..], &[("host", "127.0.0.1")], &[("host", "evil.invalid")]] {
            assert!(!is_our_host("http://127.0.0.1:81", &headers(bad)), "{bad:?}");
        }
    }

    #[test]
    fn a_token_belongs_to_its_session() {
        assert!(is_csrf_token("a", &csrf_token("a")));
        for bad in ["", &csrf_token("b"), &csrf_token("a")[1..]] {
            assert!(!is_csrf_token("a", bad));
        }
    }
}
