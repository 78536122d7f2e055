//! The addresses we accept: absolute https, or http on a loopback address where that danger was named.
//!
//! Written here because the core without features carries no URL crate. It reads far fewer addresses than RFC 3986
//! allows: no user information, no fragment, ASCII only. A host is compared as text, in lower case, with its port when it
//! is not the scheme's own: another port of a trusted host is another server.

use crate::error::{Code, Error, Result};
use core::net::{Ipv4Addr, Ipv6Addr};

/// The host of an address that a client may send to, with its port unless it is the scheme's: `a.example`,
/// `a.example:8443`.
///
/// # Errors
/// `address-refused`: not https (nor, with `insecure_loopback`, http on a loopback address), or not a plain address.
pub(crate) fn host(url: &str, insecure_loopback: bool) -> Result<String> {
    parse(url, insecure_loopback).ok_or_else(|| Error::new(Code::ADDRESS_REFUSED))
}

/// An issuer: an address without query, compared byte for byte ever after.
pub(crate) fn issuer(url: &str, insecure_loopback: bool) -> Result<String> {
    if url.contains('?') {
        return Err(Error::field(Code::ADDRESS_REFUSED, "issuer"));
    }
    host(url, insecure_loopback).map_err(|_| Error::field(Code::ADDRESS_REFUSED, "issuer"))
}

fn parse(url: &str, insecure_loopback: bool) -> Option<String> {
    let plain = |b: u8| b.is_ascii_graphic() && !b"\"<>\\^`{|}#@".contains(&b);
    if url.len() > 2048 || !url.bytes().all(plain) {
        return None;
    }
    let (secure, rest) = match url.strip_prefix("https://") {
        Some(rest) => (true, rest),
        None => (false, url.strip_prefix("http://")?),
    };
    let authority = rest.split(['/', '?']).next()?;
    let (host, port) = match authority.strip_prefix('[') {
        Some(bracketed) => {
            let (ip, port) = bracketed.split_once(']')?;
            ip.parse::<Ipv6Addr>().ok()?;
            (&authority[..ip.len() + 2], port)
        }
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let port_ok = port.is_empty() || port.strip_prefix(':').is_some_and(|p| p.parse::<u16>().is_ok());
    let named = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_[]:".contains(&b));
    let own = if secure { ":443" } else { ":80" };
    let port = if port == own { "" } else { port };
    (port_ok && named && (secure || (insecure_loopback && is_loopback(host))))
        .then(|| format!("{}{port}", host.to_ascii_lowercase()))
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
        || host.trim_matches(['[', ']']).parse::<Ipv6Addr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_is_accepted_and_its_host_told() {
        for (url, expected) in [
            ("https://auth.esw.esante.gouv.fr/auth/realms/esante-wallet", "auth.esw.esante.gouv.fr"),
            ("https://Wallet.example:8443?x=1", "wallet.example:8443"),
            ("https://wallet.example:443/", "wallet.example"),
            ("https://wallet.example:80/", "wallet.example:80"),
            ("https://[2001:db8::1]:443/a", "[2001:db8::1]"),
        ] {
            assert_eq!(host(url, false).unwrap(), expected);
        }
    }

    #[test]
    fn plain_http_needs_the_danger_named_and_a_loopback_address() {
        for url in ["http://127.0.0.1:8080/a", "http://[::1]/a", "http://localhost:1"] {
            assert_eq!(host(url, false).unwrap_err().code(), Code::ADDRESS_REFUSED);
            assert!(host(url, true).is_ok(), "{url}");
        }
        for url in ["http://example.org/", "http://10.0.0.1/", "http://127.0.0.1.example.org/", "http://localhost.fr/"]
        {
            assert_eq!(host(url, true).unwrap_err().code(), Code::ADDRESS_REFUSED, "{url}");
        }
    }

    #[test]
    fn addresses_that_hide_something_are_refused() {
        for url in [
            "",
            "https://",
            "https:///a",
            "ftp://a/",
            "HTTPS://a/",
            "https://a@b/",
            "https://a/#f",
            "https://a/ b",
            "https://a\\b/",
            "https://a:99999/",
            "https://a:b/",
            "https://é/",
            "https://[::1/",
            "https://[zz]/",
            "https://a\n/",
        ] {
            assert_eq!(host(url, true).unwrap_err().code(), Code::ADDRESS_REFUSED, "{url:?}");
        }
        assert!(issuer("https://a/realms/x?y", false).is_err());
    }
}
