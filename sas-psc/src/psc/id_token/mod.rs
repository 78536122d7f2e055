//! The check of an ID token (OpenID Connect Core 1.0 §3.1.3.7), ours because it is what the project exists for.
//!
//! RS256 only, by a published key, every claim PSC sends, sizes and depth bounded, duplicate members refused. Whatever
//! can be refused without the RSA operation is refused before it, so a bad token costs less than a good one. Keys named
//! inside a token (`jwk`, `jku`, `x5u`, `x5c`) are never used. Encrypted tokens and other algorithms are not supported.

pub(super) mod jws;
mod rules;
mod text;

use super::json::{self, Fault};
use super::{Acr, AuthMode, Jwks};
use crate::base::Timestamp;
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use rules::{Claims, Members};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt;
use std::time::Duration;
use text::Text;

/// What an ID token must satisfy.
///
/// ```no_run
/// use sas_psc::psc::{Acr, IdTokenCheck, Jwks};
/// use sas_psc::base::Timestamp;
///
/// # let (jwks, token, now) = (&b""[..], "", Timestamp::from_unix(0));
/// let keys = Jwks::parse(jwks)?;
/// let issuer = "https://auth.bas.psc.esante.gouv.fr/auth/realms/esante-wallet";
/// let token = IdTokenCheck::new(issuer, "my-service").acr(Acr::Eidas1).verify(token, &keys, now)?;
/// println!("{}", token.subject());
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Clone)]
pub struct IdTokenCheck<'a> {
    issuer: Cow<'a, str>,
    client_id: Cow<'a, str>,
    nonce: Option<&'a str>,
    access_token: Option<&'a str>,
    acr: Option<Acr>,
    exact_acr: bool,
    allow_missing_acr: bool,
    max_age: Option<Duration>,
    leeway: Duration,
}

impl<'a> IdTokenCheck<'a> {
    /// Issued by `issuer` for `client_id`, in time within 30 seconds, whatever the level.
    pub fn new(issuer: impl Into<Cow<'a, str>>, client_id: impl Into<Cow<'a, str>>) -> IdTokenCheck<'a> {
        IdTokenCheck {
            issuer: issuer.into(),
            client_id: client_id.into(),
            nonce: None,
            access_token: None,
            acr: None,
            exact_acr: false,
            allow_missing_acr: false,
            max_age: None,
            leeway: Duration::from_secs(30),
        }
    }

    /// The nonce that was sent: the token must hold the same.
    pub fn nonce(mut self, nonce: &'a str) -> Self {
        self.nonce = Some(nonce);
        self
    }

    /// At least this level; a token without a level, or with an unknown one, is refused.
    pub fn acr(mut self, acr: Acr) -> Self {
        self.acr = Some(acr);
        self
    }

    /// The level asked for and no other, not even a higher one.
    pub fn exact_acr(mut self) -> Self {
        self.exact_acr = true;
        self
    }

    /// Accepts a token without a level.
    pub fn allow_missing_acr(mut self) -> Self {
        self.allow_missing_acr = true;
        self
    }

    /// The access token received with it: `at_hash`, where there is one, must be its hash.
    pub fn access_token(mut self, token: &'a str) -> Self {
        self.access_token = Some(token);
        self
    }

    /// The person proved who they are within this time (`auth_time`, then required).
    pub fn max_age(mut self, within: Duration) -> Self {
        self.max_age = Some(within);
        self
    }

    /// How far two clocks may differ: on `exp`, `nbf`, `iat` and `auth_time`. At most ten minutes.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway.min(Duration::from_secs(600));
        self
    }

    /// The same check for one sign-in: its nonce and its access token, where they are known.
    pub fn of<'b>(&'b self, nonce: Option<&'b str>, access_token: Option<&'b str>) -> IdTokenCheck<'b> {
        let (issuer, client_id) = (Cow::Borrowed(&*self.issuer), Cow::Borrowed(&*self.client_id));
        IdTokenCheck { issuer, client_id, nonce, access_token, ..*self }
    }

    /// Verifies a token in compact form.
    ///
    /// # Errors
    /// `id-token-…` by what is wrong, with the claim or header member in `facts`; `keys-unusable` when the key it names
    /// is too weak; `sign-in-not-fresh` beyond `max_age`.
    pub fn verify(&self, token: &str, keys: &Jwks, now: Timestamp) -> Result<VerifiedIdToken> {
        let jws = jws::Jws::split(token)?;
        let key = jws.header(|kid| keys.key(kid))?;
        let payload = jws.payload()?;
        let mut members = Members::default();
        json::read(&payload, &mut members).map_err(|fault| match fault {
            Fault::Malformed => Error::field(Code::ID_TOKEN_MALFORMED, "payload"),
            Fault::Duplicate => Error::field(Code::ID_TOKEN_DUPLICATE, "payload"),
        })?;
        let claims = Claims::read(&members)?;
        self.check(&claims, now)?;
        // After the claims: a token of another provider says so, rather than that its key is unknown here.
        jws.verify(key?)?;
        let text = |said| Text::of(said, &payload);
        let (issuer, subject, session_id) = (text(claims.iss), text(claims.sub), claims.sid.map(text));
        let names = [claims.subject_name_id, claims.preferred_username].map(|name| name.map(text));
        let (acr, auth_mode) = (claims.acr.and_then(Acr::from_word), claims.auth_mode.map(AuthMode::from_word));
        let (auth_time, issued_at, expires_at) = (claims.auth_time, claims.iat, claims.exp);
        let client_id = (*self.client_id).into();
        drop(members);
        Ok(VerifiedIdToken {
            payload,
            issuer,
            client_id,
            subject,
            session_id,
            acr,
            auth_mode,
            auth_time,
            issued_at,
            expires_at,
            names,
        })
    }
}

/// The nonce that an ID token holds which was verified when it was received.
pub(super) fn nonce_of(verified: &str) -> Option<String> {
    let payload = jws::Jws::split(verified).and_then(|jws| jws.payload()).ok()?;
    json::object(payload.as_bytes()).ok()?.text("nonce").map(str::to_owned)
}

/// An ID token that passed every check. There is no other way to make one.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifiedIdToken {
    payload: String,
    issuer: Text,
    client_id: Box<str>,
    subject: Text,
    session_id: Option<Text>,
    acr: Option<Acr>,
    auth_mode: Option<AuthMode>,
    auth_time: Option<Timestamp>,
    issued_at: Timestamp,
    expires_at: Timestamp,
    names: [Option<Text>; 2],
}

impl VerifiedIdToken {
    /// The issuer.
    pub fn issuer(&self) -> &str {
        self.issuer.read(&self.payload)
    }

    /// The service it was issued for.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// `sub`.
    pub fn subject(&self) -> &str {
        self.subject.read(&self.payload)
    }

    /// `sid`, or `session_state` of an older provider.
    pub fn session_id(&self) -> Option<&str> {
        self.session_id.as_ref().map(|text| text.read(&self.payload))
    }

    /// The level, when it is there and known.
    pub fn acr(&self) -> Option<Acr> {
        self.acr
    }

    /// By card or by app, when said.
    pub fn auth_mode(&self) -> Option<&AuthMode> {
        self.auth_mode.as_ref()
    }

    /// When the person proved who they are, when said.
    pub fn auth_time(&self) -> Option<Timestamp> {
        self.auth_time
    }

    /// `iat`.
    pub fn issued_at(&self) -> Timestamp {
        self.issued_at
    }

    /// `exp`.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// The national identifier it names: `SubjectNameID`, else `preferred_username`.
    pub fn id_nat(&self) -> Option<IdNat> {
        self.names().next().and_then(|name| IdNat::parse(name).ok())
    }

    /// Whether the token is that person's: by `SubjectNameID`, `preferred_username` and the end of `sub`, of which those
    /// present must all agree; `sub` counts only in its form `f:<uuid>:<IdNat>`, and one of the three must be there.
    pub fn is_of(&self, person: &IdNat) -> bool {
        let of_sub = self.subject().strip_prefix("f:").and_then(|rest| rest.split_once(':')).map(|(_, name)| name);
        let mut names = self.names().chain(of_sub).peekable();
        names.peek().is_some() && names.all(|name| name == person.as_str())
    }

    /// Every claim as received: built at each call, so keep what it gives.
    pub fn claims(&self) -> Map<String, Value> {
        // It was read as one JSON object without duplicates before.
        serde_json::from_str(&self.payload).unwrap_or_default()
    }

    /// Every claim as received, as the JSON text that was signed.
    pub fn claims_json(&self) -> &str {
        &self.payload
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().flatten().map(|name| name.read(&self.payload))
    }
}

impl fmt::Debug for VerifiedIdToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedIdToken")
            .field("issuer", &self.issuer())
            .field("client_id", &self.client_id)
            .field("acr", &self.acr)
            .field("auth_time", &self.auth_time)
            .finish_non_exhaustive()
    }
}
