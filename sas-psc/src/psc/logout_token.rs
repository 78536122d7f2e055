//! The check of a logout token (OpenID Connect Back-Channel Logout 1.0 §2.4 and §2.6), ours as that of an ID token is.
//!
//! RS256 by a published key, `typ` `logout+jwt`, the logout event, a person or a session, no nonce: what an attacker who
//! holds any other token of the provider cannot show. A token counts once: its name ([`LogoutToken::once`]) is for a
//! [`OnceStore`](super::OnceStore). Encrypted tokens are not supported.

use super::id_token::jws::Jws;
use super::json::{self, Fault, Json, Object};
use super::{Exchange, Jwks, Keys, Next, Service};
use crate::base::{Response, Timestamp, digest};
use crate::error::{Code, Error, Result};
use openidconnect::url::form_urlencoded;
use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// A token of a longer life is refused: its name would have to be remembered as long. Keycloak's live two minutes.
const LONGEST_LIFE: Duration = Duration::from_secs(24 * 3600);
const LARGEST_BODY: usize = 80 << 10;

/// What a logout token must satisfy.
///
/// ```no_run
/// use sas_psc::psc::{Jwks, LogoutTokenCheck};
/// # let (keys, token, now) = (Jwks::parse(b"")?, "", sas_psc::base::Timestamp::from_unix(0));
/// let logout = LogoutTokenCheck::new("https://issuer.example", "my-service").verify(token, &keys, now)?;
/// println!("sessions of {:?}", logout.session_id());
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct LogoutTokenCheck<'a> {
    issuer: Cow<'a, str>,
    client_id: Cow<'a, str>,
    leeway: Duration,
    untyped: bool,
}

impl<'a> LogoutTokenCheck<'a> {
    /// Sent by `issuer` to `client_id`, in time within 30 seconds.
    pub fn new(issuer: impl Into<Cow<'a, str>>, client_id: impl Into<Cow<'a, str>>) -> LogoutTokenCheck<'a> {
        LogoutTokenCheck {
            issuer: issuer.into(),
            client_id: client_id.into(),
            leeway: Duration::from_secs(30),
            untyped: false,
        }
    }

    /// How far two clocks may differ; at most ten minutes.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway.min(Duration::from_secs(600));
        self
    }

    /// Accepts a header whose `typ` is `JWT` or absent, as providers older than the final specification write it.
    pub fn allow_untyped(mut self) -> Self {
        self.untyped = true;
        self
    }

    /// Verifies a token in compact form. Whether it was seen before is asked of a store, by [`LogoutToken::once`].
    ///
    /// # Errors
    /// `logout-token-malformed`, `logout-token-type`, `logout-token-claim`, `logout-token-audience`,
    /// `logout-token-time`, `logout-token-signature`, with the claim or header member in `facts`; `id-token-key` when it
    /// names a key that is not known, `keys-unusable` when that key is too weak.
    pub fn verify(&self, token: &str, keys: &Jwks, now: Timestamp) -> Result<LogoutToken> {
        let jws = Jws::split(token).map_err(as_logout)?;
        let types: &[&str] = if self.untyped { &["logout+jwt", "JWT"] } else { &["logout+jwt"] };
        let key = jws.header_typed(types, self.untyped, |kid| keys.key(kid)).map_err(as_logout)?;
        let payload = jws.payload().map_err(as_logout)?;
        let object = json::object(payload.as_bytes()).map_err(|fault| match fault {
            Fault::Malformed | Fault::Duplicate => Error::field(Code::LOGOUT_TOKEN_MALFORMED, "payload"),
        })?;
        let logout = self.read(&object, now)?;
        jws.verify(key?).map_err(as_logout)?;
        Ok(logout)
    }

    fn read(&self, object: &Object<'_>, now: Timestamp) -> Result<LogoutToken> {
        let refused = |claim| Error::claim(Code::LOGOUT_TOKEN_CLAIM, claim);
        let text = |claim| match object.get(claim) {
            None => Ok(None),
            Some(value) => {
                let fits = |text: &&str| (1..=255).contains(&text.len()) && !text.chars().any(char::is_control);
                value.as_text().filter(fits).map(Some).ok_or_else(|| refused(claim))
            }
        };
        let date = |claim| {
            let seconds = object.get(claim).and_then(Json::as_seconds).ok_or_else(|| refused(claim))?;
            Ok::<_, Error>(Timestamp::from_unix(seconds))
        };
        // Keycloak's word for the kind of its tokens, beside the header's.
        if text("typ")?.is_some_and(|typ| typ != "Logout") {
            return Err(Error::claim(Code::LOGOUT_TOKEN_TYPE, "typ"));
        }
        if text("iss")?.ok_or_else(|| refused("iss"))? != self.issuer {
            return Err(Error::claim(Code::LOGOUT_TOKEN_AUDIENCE, "iss"));
        }
        let ours = match object.get("aud") {
            Some(Json::Text(aud)) => *aud == self.client_id,
            Some(Json::List(list)) if list.iter().all(|aud| aud.as_text().is_some()) => {
                list.iter().any(|aud| aud.as_text() == Some(&*self.client_id))
            }
            _ => return Err(refused("aud")),
        };
        if !ours {
            return Err(Error::claim(Code::LOGOUT_TOKEN_AUDIENCE, "aud"));
        }
        let (issued_at, expires_at) = (date("iat")?, date("exp")?);
        if issued_at > now + self.leeway {
            return Err(Error::claim(Code::LOGOUT_TOKEN_TIME, "iat"));
        }
        if now >= expires_at + self.leeway || expires_at.since(issued_at) > LONGEST_LIFE {
            return Err(Error::claim(Code::LOGOUT_TOKEN_TIME, "exp"));
        }
        let event = match object.get("events") {
            Some(Json::Object(events)) => matches!(events.get(EVENT), Some(Json::Object(_))),
            _ => false,
        };
        if !event {
            return Err(refused("events"));
        }
        // What an ID token has and a logout token never: without this, one could pass for the other.
        if object.names("nonce") {
            return Err(refused("nonce"));
        }
        let (subject, session_id) = (text("sub")?.map(str::to_owned), text("sid")?.map(str::to_owned));
        if subject.is_none() && session_id.is_none() {
            return Err(refused("sid"));
        }
        let jti = text("jti")?.ok_or_else(|| refused("jti"))?;
        let once = digest("psc logout token", &[self.issuer.as_bytes(), jti.as_bytes()]);
        Ok(LogoutToken { subject, session_id, issued_at, remembered_until: expires_at + self.leeway, once })
    }
}

/// The same faults of form have their own code here, so that nobody looks for them in an ID token.
fn as_logout(error: Error) -> Error {
    let code = match error.code() {
        Code::ID_TOKEN_TYPE => Code::LOGOUT_TOKEN_TYPE,
        Code::ID_TOKEN_ALGORITHM | Code::ID_TOKEN_SIGNATURE => Code::LOGOUT_TOKEN_SIGNATURE,
        Code::ID_TOKEN_KEY => return error,
        _ => Code::LOGOUT_TOKEN_MALFORMED,
    };
    Error::new(code).with(|facts| *facts = error.facts().clone())
}

/// A logout token that passed every check. There is no other way to make one.
#[derive(Clone, PartialEq, Eq)]
pub struct LogoutToken {
    subject: Option<String>,
    session_id: Option<String>,
    issued_at: Timestamp,
    remembered_until: Timestamp,
    once: [u8; 32],
}

impl LogoutToken {
    /// Whose sessions end (`sub`), when said.
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// Which session ends (`sid`), when said: then no other of the person.
    pub fn session_id(&self) -> Option<&str> {
        self.session_id.as_deref()
    }

    /// `iat`.
    pub fn issued_at(&self) -> Timestamp {
        self.issued_at
    }

    /// The name under which a store remembers that it was seen.
    pub fn once(&self) -> [u8; 32] {
        self.once
    }

    /// Until when it must be remembered: it is refused by its age afterwards.
    pub fn remembered_until(&self) -> Timestamp {
        self.remembered_until
    }
}

/// A logout token received, until it is verified: with the provider's keys at hand, or after fetching them.
pub struct LogoutRequest {
    service: Service,
    token: String,
    retry: super::exchange::Retry,
}

impl Service {
    /// Reads the body of a POST to the back-channel logout address: a form with one `logout_token`.
    ///
    /// # Errors
    /// `logout-token-malformed`.
    pub fn logout_request(&self, body: &[u8]) -> Result<LogoutRequest> {
        let malformed = || Error::field(Code::LOGOUT_TOKEN_MALFORMED, "logout_token");
        if body.len() > LARGEST_BODY {
            return Err(malformed());
        }
        let mut tokens = form_urlencoded::parse(body).filter(|(name, _)| name == "logout_token");
        match (tokens.next(), tokens.next()) {
            (Some((_, token)), None) => Ok(LogoutRequest {
                service: self.clone(),
                token: token.into_owned(),
                retry: super::exchange::Retry::default(),
            }),
            _ => Err(malformed()),
        }
    }
}

impl Exchange for LogoutRequest {
    type Output = LogoutToken;

    fn next(&mut self, now: Timestamp) -> Result<Next<LogoutToken>> {
        if let Some(until) = self.retry.waits(now) {
            return Ok(Next::Wait(until));
        }
        let client = self.service.client();
        let mut check = LogoutTokenCheck::new(self.service.metadata().issuer(), client.id());
        if let Some(leeway) = client.settings.leeway {
            check = check.leeway(leeway);
        }
        let mut keys = self.service.keys().current(now)?;
        loop {
            let used = match keys {
                Keys::Found(used) => used,
                Keys::Fetch(request) => return Ok(Next::Send(request)),
                Keys::Wait(until) => return Ok(Next::Wait(until)),
            };
            match check.verify(&self.token, &used, now) {
                Err(error) if error.code() == Code::ID_TOKEN_KEY => {
                    keys = self.service.keys().unknown_key(&used, now)?
                }
                verdict => return verdict.map(Next::Done).map_err(|error| self.service.with_clock(error)),
            }
        }
    }

    fn answered(&mut self, response: &Response, now: Timestamp) -> Result<()> {
        self.service.heard(response, now);
        self.service.keys().fetched(response, now)
    }

    fn failed(&mut self, error: Error, now: Timestamp) -> Result<()> {
        self.service.keys().fetch_failed(&error, now);
        self.retry.failed(error, now)
    }
}

impl fmt::Debug for LogoutToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogoutToken").field("issued_at", &self.issued_at).finish_non_exhaustive()
    }
}

impl fmt::Debug for LogoutRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LogoutRequest")
    }
}
