//! What a request that got no answer means, told by what lies under reqwest's error, without any address in it.

use super::judge::Refusal;
use crate::error::{Code, Error};
use rustls::AlertDescription as Alert;
use rustls::CertificateError;
use std::error::Error as StdError;
use std::io;

/// The error for a request that failed.
pub(in crate::drive) fn failure(error: reqwest::Error) -> Error {
    let error = error.without_url();
    #[cfg(feature = "card")]
    if let Some(own) = chain(&error).find_map(|e| super::card::CardFailure::taken(e.downcast_ref::<rustls::Error>()?)) {
        return own;
    }
    Error::new(code(&error)).caused_by(error)
}

/// Whether a server said that it speaks no version of TLS that we offered.
#[cfg(feature = "blocking")]
pub(in crate::drive) fn is_about_version(error: &reqwest::Error) -> bool {
    let version = rustls::Error::AlertReceived(Alert::ProtocolVersion);
    chain(error).any(|e| e.downcast_ref::<rustls::Error>() == Some(&version))
}

/// The error for a body that could not be read to its end.
#[cfg(feature = "blocking")]
pub(in crate::drive) fn read_failure(error: io::Error) -> Error {
    let timed_out = chain(&error).any(|e| e.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_timeout));
    let timed_out = timed_out || error.kind() == io::ErrorKind::TimedOut;
    // Its text may hold the address: it is left behind.
    Error::new(if timed_out { Code::TIMED_OUT } else { Code::CONNECTION_LOST })
}

pub(in crate::drive) fn too_large() -> Error {
    Error::new(Code::ANSWER_TOO_LARGE)
}

fn code(error: &reqwest::Error) -> Code {
    if let Some(tls) = chain(error).find_map(|e| e.downcast_ref::<rustls::Error>()) {
        return tls_code(tls);
    }
    if let Some(alert) = chain(error).find_map(alert_in_words) {
        return if alert { Code::CLIENT_CERTIFICATE } else { Code::TLS_FAILED };
    }
    let io = chain(error).find_map(|e| e.downcast_ref::<io::Error>()).map(io::Error::kind);
    // hyper-util keeps these types private; their texts name no host.
    let tunnel = chain(error).map(ToString::to_string).find(|text| text.starts_with("tunnel error"));
    match io {
        _ if error.is_builder() => Code::HTTP_SETTINGS,
        _ if error.is_timeout() => Code::TIMED_OUT,
        _ if error.is_dns() => Code::NAME_NOT_FOUND,
        _ if tunnel.as_deref().is_some_and(|text| text.ends_with("authorization required")) => {
            Code::PROXY_AUTHENTICATION
        }
        _ if tunnel.is_some() => Code::PROXY_FAILED,
        Some(io::ErrorKind::UnexpectedEof) if error.is_connect() => Code::TLS_FAILED,
        _ if error.is_connect() => Code::CONNECT_FAILED,
        _ => Code::CONNECTION_LOST,
    }
}

fn tls_code(error: &rustls::Error) -> Code {
    match error {
        rustls::Error::InvalidCertificate(CertificateError::Other(why)) => {
            why.0.downcast_ref::<Refusal>().map_or(Code::SERVER_CERTIFICATE, |refusal| refusal.0)
        }
        rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented => Code::SERVER_CERTIFICATE,
        // In TLS 1.3 the server's refusal of our certificate comes with the first read, after the handshake.
        rustls::Error::AlertReceived(alert) if REFUSALS.contains(alert) => Code::CLIENT_CERTIFICATE,
        _ => Code::TLS_FAILED,
    }
}

/// How a server says that it does not take our certificate.
const REFUSALS: [Alert; 8] = [
    Alert::BadCertificate,
    Alert::UnsupportedCertificate,
    Alert::CertificateRevoked,
    Alert::CertificateExpired,
    Alert::CertificateUnknown,
    Alert::UnknownCA,
    Alert::AccessDenied,
    Alert::CertificateRequired,
];

/// Over HTTP/2 nothing but the words of rustls are left of an alert: whether they say that our certificate is refused.
fn alert_in_words(error: &(dyn StdError + 'static)) -> Option<bool> {
    let words = error.to_string();
    let (_, alert) = words.split_once("received fatal alert: ")?;
    Some(REFUSALS.iter().any(|refusal| alert == format!("{refusal:?}")))
}

/// The errors under an error. An `io::Error` hides the one inside it from `source`.
fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    fn under<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        }
    }
    std::iter::successors(Some(error), |error| under(*error)).take(16)
}
