//! What a server asks of the provider about a token it holds: whether it works (RFC 7662), that it stop (RFC 7009), that
//! the session end without a browser (RP-Initiated Logout 1.0, by POST, as ANS's own proxy does for CIBA).
//!
//! Revocation is judged by its status alone: a Keycloak answers 200 with the body of an error for a token that it does
//! not know, which is then as good as revoked.

use super::exchange::Retry;
use super::token_answer::{self, Grant};
use super::{Acr, AuthMode, Endpoint, Exchange, Next, Service, TokenSet, answer, oauth};
use crate::base::{ExposeSecret, Response, SecretString, Timestamp};
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use serde_json::{Map, Value};
use std::fmt;

/// What the provider says of a token.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Introspected {
    /// It works.
    Active(Box<ActiveToken>),
    /// It does not work for this service. That is no proof that it is dead: a Keycloak says so of any token whose `aud`
    /// does not name the service that asks, and PSC's access tokens name nobody.
    NotActive,
}

impl Introspected {
    /// The answer as JSON, as RFC 7662 §2.2 has it: `{"active":false}`, or every member. It names the person.
    pub fn to_json(&self) -> String {
        let mut members = Map::new();
        if let Introspected::Active(token) = self {
            members.clone_from(&token.claims);
        }
        members.insert("active".to_owned(), matches!(self, Introspected::Active(_)).into());
        Value::Object(members).to_string()
    }
}

/// A token that works, as the provider describes it.
#[derive(Clone, PartialEq)]
pub struct ActiveToken {
    claims: Map<String, Value>,
}

impl ActiveToken {
    fn text(&self, name: &str) -> Option<&str> {
        self.claims.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    fn time(&self, name: &str) -> Option<Timestamp> {
        let seconds = self.claims.get(name)?.as_f64().filter(|seconds| (0.0..=253_402_300_799.0).contains(seconds))?;
        Some(Timestamp::from_unix(seconds as i64))
    }

    /// The person (`SubjectNameID`): said of an access token only.
    pub fn id_nat(&self) -> Option<IdNat> {
        IdNat::parse(self.text("SubjectNameID")?).ok()
    }

    /// The provider's key of the person (`sub`).
    pub fn subject(&self) -> Option<&str> {
        self.text("sub")
    }

    /// The service that the token was made for (`client_id`, else `azp`).
    pub fn client_id(&self) -> Option<&str> {
        self.text("client_id").or_else(|| self.text("azp"))
    }

    /// The provider's session (`sid`, else `session_state`).
    pub fn session_id(&self) -> Option<&str> {
        self.text("sid").or_else(|| self.text("session_state"))
    }

    /// The level of the authentication, when it is there and known.
    pub fn acr(&self) -> Option<Acr> {
        Acr::from_word(self.text("acr")?)
    }

    /// By card or by app, when said.
    pub fn auth_mode(&self) -> Option<AuthMode> {
        self.text("authMode").map(|mode| AuthMode::from(mode.to_owned()))
    }

    /// When the person proved who they are.
    pub fn auth_time(&self) -> Option<Timestamp> {
        self.time("auth_time")
    }

    /// When it ends.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.time("exp")
    }

    /// The scopes granted, separated by spaces.
    pub fn scope(&self) -> Option<&str> {
        self.text("scope")
    }

    /// Every member as received. It names the person.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }
}

impl fmt::Debug for ActiveToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActiveToken").field("expires_at", &self.expires_at()).finish_non_exhaustive()
    }
}

/// Asks whether a token works.
pub struct Introspection(Asking<Introspected>);

/// Asks that a token stop working.
pub struct Revocation(Asking<()>);

/// Asks that the provider's session end, without a browser.
pub struct EndSession(Asking<()>);

/// A form that may be sent again without harm, written anew each time (an assertion of the client counts once), and what
/// its answer means.
struct Asking<T> {
    service: Service,
    endpoint: Endpoint,
    field: (&'static str, SecretString),
    read: fn(&Response) -> Result<T>,
    done: Option<T>,
    retry: Retry,
}

impl Service {
    /// Begins to ask whether a token works: an access or a refresh token. The service must be entitled to.
    ///
    /// # Errors
    /// `endpoint-missing`.
    pub fn introspect(&self, token: &SecretString) -> Result<Introspection> {
        self.asking(Endpoint::Introspection, ("token", token), introspected).map(Introspection)
    }

    /// Begins to ask that a token stop working. That of a refresh token ends the session at Keycloak, with its access
    /// tokens; that of an access token ends this one alone.
    ///
    /// # Errors
    /// `endpoint-missing`.
    pub fn revoke(&self, token: &SecretString) -> Result<Revocation> {
        self.asking(Endpoint::Revocation, ("token", token), by_status).map(Revocation)
    }

    /// Begins to end the provider's session without a browser: for a person who signed out of a sign-in by CIBA. The ID
    /// token, expired as it may be, names the session.
    ///
    /// # Errors
    /// `endpoint-missing`.
    pub fn end_session(&self, tokens: &TokenSet) -> Result<EndSession> {
        self.asking(Endpoint::EndSession, ("id_token_hint", tokens.id_token()), by_status_or_redirect).map(EndSession)
    }

    fn asking<T>(
        &self,
        endpoint: Endpoint,
        (name, value): (&'static str, &SecretString),
        read: fn(&Response) -> Result<T>,
    ) -> Result<Asking<T>> {
        self.metadata().endpoint_for(self.client(), endpoint)?;
        let field = (name, value.clone());
        Ok(Asking { service: self.clone(), endpoint, field, read, done: None, retry: Retry::default() })
    }
}

fn introspected(response: &Response) -> Result<Introspected> {
    if response.status != 200 {
        return Err(token_answer::refusal(response, Grant::Held));
    }
    let unreadable = || Error::field(Code::PROVIDER_ANSWER, "active");
    // The strict reading refuses what two readers could take for two things; the members are kept from the same bytes.
    answer::object(response)?;
    let mut claims: Map<String, Value> = serde_json::from_slice(&response.body).map_err(|_| unreadable())?;
    match claims.remove("active") {
        Some(Value::Bool(true)) => Ok(Introspected::Active(Box::new(ActiveToken { claims }))),
        Some(Value::Bool(false)) => Ok(Introspected::NotActive),
        _ => Err(unreadable()),
    }
}

fn by_status(response: &Response) -> Result<()> {
    match response.status {
        200 | 204 => Ok(()),
        _ => Err(token_answer::refusal(response, Grant::Held)),
    }
}

/// The page of a session that is closed, or the redirect to it: nobody is there to follow it.
fn by_status_or_redirect(response: &Response) -> Result<()> {
    match response.status {
        200 | 204 | 302 | 303 => Ok(()),
        400 => Err(Error::new(Code::REQUEST_REFUSED).with(|facts| facts.http_status = Some(400))),
        _ => Err(token_answer::refusal(response, Grant::Held)),
    }
}

impl<T: Clone> Asking<T> {
    fn next(&self, now: Timestamp) -> Result<Next<T>> {
        Ok(match (&self.done, self.retry.waits(now)) {
            (Some(output), _) => Next::Done(output.clone()),
            (None, Some(until)) => Next::Wait(until),
            (None, None) => {
                let pairs = [(self.field.0, self.field.1.expose_secret())];
                let (client, metadata) = (self.service.client(), self.service.metadata());
                Next::Send(oauth::form_request(client, metadata, self.endpoint, &pairs, now)?)
            }
        })
    }
}

macro_rules! exchange {
    ($($name:ident to $output:ty;)*) => {$(
        impl Exchange for $name {
            type Output = $output;

            fn next(&mut self, now: Timestamp) -> Result<Next<$output>> {
                self.0.next(now)
            }

            fn answered(&mut self, response: &Response, _: Timestamp) -> Result<()> {
                self.0.done = Some((self.0.read)(response)?);
                Ok(())
            }

            fn failed(&mut self, error: Error, now: Timestamp) -> Result<()> {
                self.0.retry.failed(error, now)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    )*};
}

exchange! {
    Introspection to Introspected;
    Revocation to ();
    EndSession to ();
}
