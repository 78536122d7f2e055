//! What the database said, as one of our codes and as what to do about it: try again, connect again, or tell.
//!
//! Of a server's message its SQLSTATE alone is kept: the rest repeats rows.

use crate::error::{Code, Error};
use std::error::Error as _;
use std::fmt;
use std::io;
use tokio_postgres::error::SqlState;

/// Why a piece of work did not come to its end.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: Error,
    pub(super) then: Then,
    /// What the server called it.
    pub(super) state: Option<SqlState>,
    /// The rule of the tables that was broken.
    pub(super) rule: Option<Rule>,
}

/// What may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// Another transaction was in the way: once more, soon. Nothing was written.
    Again,
    /// The connection, or the server behind it, is no use: once more over another. What was sent may have been done.
    Elsewhere,
    /// Nothing.
    Tell,
}

/// A unique index of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    Identity,
    Email,
    Other,
}

impl Failure {
    pub(super) fn new(code: Code, then: Then) -> Failure {
        Failure { error: Error::new(code), then, state: None, rule: None }
    }

    /// The answer did not come in time.
    pub(super) fn late() -> Failure {
        Failure::new(Code::STORE_UNAVAILABLE, Then::Elsewhere)
    }
}

impl From<Code> for Failure {
    fn from(code: Code) -> Failure {
        Failure::new(code, Then::Tell)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure { error, then: Then::Tell, state: None, rule: None }
    }
}

/// The five characters that name a condition (PostgreSQL, appendix A).
#[derive(Debug)]
struct Condition(String);

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SQLSTATE {}", self.0)
    }
}

impl std::error::Error for Condition {}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Failure {
        let Some(state) = error.code() else { return without_answer(&error) };
        let (code, then) = judged(state);
        let rule = (*state == SqlState::UNIQUE_VIOLATION).then(|| {
            match error.as_db_error().and_then(|said| said.constraint()) {
                Some("sas_identity_pkey") => Rule::Identity,
                Some("sas_account_email") => Rule::Email,
                _ => Rule::Other,
            }
        });
        let cause = Condition(state.code().to_owned());
        Failure { error: Error::new(code).caused_by(cause), then, state: Some(state.clone()), rule }
    }
}

fn judged(state: &SqlState) -> (Code, Then) {
    match state.code() {
        // Serialization failure, deadlock; CockroachDB's statement that is not sure is 40003.
        "40001" | "40P01" => (Code::STORE_CONTENDED, Then::Again),
        "23505" => (Code::STORE_CONFLICT, Then::Tell),
        // A plan or a prepared statement that is no longer the server's.
        "0A000" | "26000" => (Code::STORE_UNAVAILABLE, Then::Elsewhere),
        // A standby, or one that was a primary until now.
        "25006" => (Code::STORE_READ_ONLY, Then::Elsewhere),
        "28000" | "28P01" | "3D000" => (Code::STORE_LOGIN_REFUSED, Then::Tell),
        "42501" => (Code::STORE_FORBIDDEN, Then::Tell),
        // A value of a kind that we never wrote, tables that are not ours.
        code if ["22", "23", "42"].contains(&&code[..2]) => (Code::STORE_CORRUPT, Then::Tell),
        // A full disk stays full for longer than a call lasts.
        "53100" => (Code::STORE_UNAVAILABLE, Then::Tell),
        // 08 connection, 40003 unknown, 53 resources, 55 state, 57 shut down or timed out, 58 and XX the server itself.
        _ => (Code::STORE_UNAVAILABLE, Then::Elsewhere),
    }
}

/// The connection failed, or the client could not read a value.
fn without_answer(error: &tokio_postgres::Error) -> Failure {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(tls) = inner.downcast_ref::<rustls::Error>() {
            return untrusted(tls);
        }
        if let Some(io) = inner.downcast_ref::<io::Error>() {
            if let Some(tls) = io.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
                return untrusted(tls);
            }
            let code = match io.kind() {
                // What the client says when every host is a standby.
                io::ErrorKind::PermissionDenied if io.get_ref().is_some() => Code::STORE_READ_ONLY,
                _ => Code::STORE_UNAVAILABLE,
            };
            let error = Error::new(code).caused_by(io::Error::from(io.kind()));
            return Failure { error, ..Failure::new(code, Then::Elsewhere) };
        }
        cause = inner.source();
    }
    let said = error.to_string();
    if said.contains("TLS") {
        return Code::STORE_TLS.into(); // "server does not support TLS"
    }
    if said.contains("deserializing column") {
        return Code::STORE_CORRUPT.into();
    }
    Failure::new(Code::STORE_UNAVAILABLE, Then::Elsewhere)
}

/// Which setting is at fault; the error itself repeats names.
fn untrusted(error: &rustls::Error) -> Failure {
    use rustls::CertificateError as Wrong;
    let error = match error {
        rustls::Error::InvalidCertificate(Wrong::NotValidForName | Wrong::NotValidForNameContext { .. }) => {
            Error::field(Code::STORE_TLS, "host")
        }
        rustls::Error::InvalidCertificate(_) => Error::field(Code::STORE_TLS, "sslrootcert"),
        _ => Error::new(Code::STORE_TLS),
    };
    error.into()
}

impl From<deadpool_postgres::PoolError> for Failure {
    fn from(error: deadpool_postgres::PoolError) -> Failure {
        match error {
            deadpool_postgres::PoolError::Backend(error) => error.into(),
            _ => Failure::late(),
        }
    }
}
