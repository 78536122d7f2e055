//! Which headers go through. Towards the API: a list, and what the operator adds. Everything else stays behind.
//!
//! A header that the proxy, the API or a server between them would believe, and that a workstation sends, is not
//! dropped but refused: an attempt is to be seen. `_` counts as `-`, as many servers read it. The connection's own
//! headers (RFC 9110 §7.6.1) end at each side.

use super::super::forwarded::FORWARDED;
use super::{Backend, Target};
use crate::error::{Code, Error, Result};

/// What only the proxy, or a server before it, may say.
const RESERVED: &[&str] = &[
    "authorization",
    "client-cert",
    "client-cert-chain",
    "dpop",
    "forwarded",
    "front-end-https",
    "proxy-authenticate",
    "proxy-authorization",
    "true-client-ip",
    "via",
    "x-client-cert",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-forwarded",
    "x-host",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-original-host",
    "x-original-url",
    "x-real-ip",
    "x-remote-user",
    "x-rewrite-url",
    "x-ssl-cert",
    "x-worksituation",
];
const RESERVED_STARTS: &[&str] =
    &["proxy-", "sec-websocket-", "ssl-client-", "x-actor", "x-forwarded-", "x-lps-", "x-ssl-client-"];

/// What an answer loses: its connection, the API's own session, and orders to the program that asked.
const KEPT_BACK: &[&str] = &[
    "alt-svc",
    "connection",
    "content-length",
    "keep-alive",
    "proxy-authenticate",
    "proxy-connection",
    "set-cookie",
    "set-cookie2",
    "strict-transport-security",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

fn reserved(name: &str, backend: &Backend) -> bool {
    RESERVED.contains(&name)
        || RESERVED_STARTS.iter().any(|start| name.starts_with(start))
        || backend.own_headers().iter().any(|own| own == name)
}

/// The headers of a request as they go to `backend`: without the workstation's cookie, without what is not on the list.
///
/// # Errors
/// `header-reserved`.
pub fn forward_request(headers: &[(String, String)], backend: &Backend) -> Result<Vec<(String, String)>> {
    let mut forwarded = Vec::new();
    for (name, value) in headers {
        let name = name.to_ascii_lowercase();
        if reserved(&name.replace('_', "-"), backend) {
            return Err(Error::new(Code::HEADER_RESERVED));
        }
        let plain = value.bytes().all(|b| b == b'\t' || (b' '..=b'~').contains(&b));
        if plain && (FORWARDED.contains(&name.as_str()) || backend.extra_headers().contains(&name)) {
            forwarded.push((name, value.clone()));
        }
    }
    Ok(forwarded)
}

/// The headers of an answer as they go to the workstation. An address below the API's becomes one below ours; any other
/// is left out, so that no program is sent past the proxy.
pub fn forward_response(headers: &[(String, String)], target: &Target<'_>) -> Vec<(String, String)> {
    let named = headers.iter().filter(|(name, _)| name == "connection").flat_map(|(_, value)| value.split(','));
    let named: Vec<String> = named.map(|word| word.trim().to_ascii_lowercase()).collect();
    let kept = headers.iter().filter(|(name, _)| !KEPT_BACK.contains(&name.as_str()) && !named.contains(name));
    kept.filter_map(|(name, value)| match name.as_str() {
        "location" | "content-location" => Some((name.clone(), target.backend().below_ours(value)?)),
        _ => Some((name.clone(), value.clone())),
    })
    .collect()
}

/// The session that a request names in its cookie.
///
/// # Errors
/// `message-framing` when it names two.
pub fn session_cookie<'a>(headers: &'a [(String, String)], name: &str) -> Result<Option<&'a str>> {
    let cookies = headers.iter().filter(|(header, _)| header.eq_ignore_ascii_case("cookie"));
    let pairs = cookies.flat_map(|(_, value)| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut ours = pairs.filter(|(cookie, _)| *cookie == name).map(|(_, value)| value);
    match (ours.next(), ours.next()) {
        (_, Some(_)) => Err(Error::new(Code::MESSAGE_FRAMING)),
        (found, None) => Ok(found),
    }
}
