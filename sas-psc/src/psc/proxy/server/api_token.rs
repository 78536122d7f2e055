//! RFC 8693 token exchange: PSC's access token for one of the target API's own authorization server.
//!
//! `subject_issuer` is Keycloak's parameter; ANS's sample sends `psc`. The client certificate is the connection's. A
//! token is used for three quarters of its life; its form is not ours to check, but one that says it is bound to a
//! certificate must be bound to ours ([`ApiToken::bound_to`]), or no request with it could pass.
//!
//! Source: RFC 8693 §2; ansforge/psc-edc-proxy-esante; ansforge/IG-securisation-transport-api-rest.

use super::Actor;
use crate::base::ExposeSecret;
use crate::base::{Random, Request, Response, SecretString, Timestamp};
use crate::error::{Code, Error, Result};
use crate::psc::json::Json;
use crate::psc::token_answer::error_word;
use crate::psc::{Client, Exchange, Next, Thumbprint, address, answer, oauth};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;
use zeroize::Zeroizing;

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";
/// What a token is taken to live that does not say it.
const UNSTATED: Duration = Duration::from_secs(60);

/// Where and how PSC's token is exchanged for one of an API.
#[derive(Debug, Clone)]
pub struct TokenExchange {
    token_url: String,
    revocation_url: Option<String>,
    client: Client,
    scope: String,
    subject_token_type: String,
    subject_issuer: Option<String>,
    actor: Option<Actor>,
}

impl TokenExchange {
    /// At this token endpoint, as this client, for this scope. `insecure_loopback` allows http on a loopback address.
    ///
    /// # Errors
    /// `backend-settings`.
    pub fn at(token_url: &str, client: Client, scope: &str, insecure_loopback: bool) -> Result<TokenExchange> {
        let refused = |_| Error::field(Code::BACKEND_SETTINGS, "token_url");
        address::host(token_url, insecure_loopback).map_err(refused)?;
        Ok(TokenExchange {
            token_url: token_url.to_owned(),
            revocation_url: None,
            client,
            scope: scope.to_owned(),
            subject_token_type: ACCESS_TOKEN.to_owned(),
            subject_issuer: Some("psc".to_owned()),
            actor: None,
        })
    }

    /// Revokes tokens there (RFC 7009) when the person signs out.
    ///
    /// # Errors
    /// `backend-settings`.
    pub fn with_revocation(mut self, url: &str, insecure_loopback: bool) -> Result<TokenExchange> {
        let refused = |_| Error::field(Code::BACKEND_SETTINGS, "revocation_url");
        address::host(url, insecure_loopback).map_err(refused)?;
        self.revocation_url = Some(url.to_owned());
        Ok(self)
    }

    /// Calls PSC's token a JWT instead of an access token, where the server wants it so.
    pub fn with_subject_as_jwt(mut self) -> TokenExchange {
        self.subject_token_type = JWT.to_owned();
        self
    }

    /// Another `subject_issuer`, or none.
    pub fn with_subject_issuer(mut self, issuer: Option<&str>) -> TokenExchange {
        self.subject_issuer = issuer.map(str::to_owned);
        self
    }

    /// Says with which software and in which situation the person acts.
    pub fn with_actor(mut self, actor: Actor) -> TokenExchange {
        self.actor = Some(actor);
        self
    }

    /// The client.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Begins an exchange of PSC's access token.
    ///
    /// # Errors
    /// `no-randomness`, `assertion-key`, `broken-invariant`.
    pub fn begin(&self, subject_token: &SecretString, random: &mut dyn Random, now: Timestamp) -> Result<Exchanged> {
        let actor = match &self.actor {
            Some(actor) => Some(actor.token(self.client.id(), &self.token_url, random, now)?),
            None => None,
        };
        let mut pairs = vec![
            ("grant_type", GRANT_TYPE),
            ("subject_token", subject_token.expose_secret()),
            ("subject_token_type", self.subject_token_type.as_str()),
            ("requested_token_type", ACCESS_TOKEN),
        ];
        pairs.extend(self.subject_issuer.as_deref().map(|issuer| ("subject_issuer", issuer)));
        pairs.extend((!self.scope.is_empty()).then_some(("scope", self.scope.as_str())));
        if let Some(token) = &actor {
            pairs.extend([("actor_token", token.expose_secret()), ("actor_token_type", JWT)]);
        }
        let request = oauth::form_at(&self.client, &self.token_url, &self.token_url, &pairs, now)?;
        Ok(Exchanged { request: Some(request), token: None })
    }

    /// The request that revokes a token, where the server takes any.
    ///
    /// # Errors
    /// `assertion-key`.
    pub fn revocation(&self, token: &ApiToken, now: Timestamp) -> Result<Option<super::Notice>> {
        let Some(url) = self.revocation_url.as_deref() else { return Ok(None) };
        let pairs = [("token", token.token.expose_secret()), ("token_type_hint", "access_token")];
        oauth::form_at(&self.client, url, &self.token_url, &pairs, now).map(|request| Some(super::Notice::new(request)))
    }
}

/// An exchange of tokens on its way. Comes to an [`ApiToken`].
///
/// Its errors: `token-exchange-refused`, `client-refused`, `provider-unavailable`, `provider-answer`.
pub struct Exchanged {
    request: Option<Request>,
    token: Option<ApiToken>,
}

impl Exchange for Exchanged {
    type Output = ApiToken;

    fn next(&mut self, _: Timestamp) -> Result<Next<ApiToken>> {
        match (self.request.take(), self.token.take()) {
            (Some(request), _) => Ok(Next::Send(request)),
            (None, Some(token)) => Ok(Next::Done(token)),
            (None, None) => Err(Error::new(Code::REQUEST_SPENT)),
        }
    }

    fn answered(&mut self, response: &Response, now: Timestamp) -> Result<()> {
        if response.status != 200 {
            return Err(refusal(response));
        }
        let answer = answer::object(response)?;
        if answer.get("error").is_some() {
            // What says no and yes at once says no.
            return Err(refusal(response));
        }
        let unreadable = |field| Error::field(Code::PROVIDER_ANSWER, field);
        if !answer.text("token_type").is_some_and(|kind| kind.eq_ignore_ascii_case("Bearer")) {
            return Err(unreadable("token_type"));
        }
        let token = answer.text("access_token").filter(|token| is_token(token));
        let life = answer.get("expires_in").and_then(Json::as_span).unwrap_or(UNSTATED);
        self.token = Some(ApiToken {
            token: token.ok_or_else(|| unreadable("access_token"))?.to_owned().into(),
            expires_at: now + life,
            renew_at: now + life * 3 / 4,
        });
        Ok(())
    }

    fn failed(&mut self, error: Error, _: Timestamp) -> Result<()> {
        Err(error)
    }
}

impl fmt::Debug for Exchanged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchanged").finish_non_exhaustive()
    }
}

fn refusal(response: &Response) -> Error {
    let word = error_word(response).map(|(word, _)| word);
    let code = match word {
        Some("invalid_client") => Code::CLIENT_REFUSED,
        _ if response.status >= 500 || response.status == 429 || word.is_none() => return answer::unexpected(response),
        _ => Code::TOKEN_EXCHANGE_REFUSED,
    };
    Error::new(code).with(|facts| {
        facts.http_status = Some(response.status);
        facts.oauth_error = word;
    })
}

/// RFC 6750 §2.1: what may stand in an Authorization header, and of a size that a header may have.
fn is_token(token: &str) -> bool {
    let b64 = |b: u8| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b);
    (1..=16_384).contains(&token.len()) && token.bytes().all(b64)
}

/// A token of an API.
#[derive(Clone)]
pub struct ApiToken {
    token: SecretString,
    expires_at: Timestamp,
    renew_at: Timestamp,
}

impl ApiToken {
    /// The token.
    pub fn token(&self) -> &SecretString {
        &self.token
    }

    /// When it ends.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// When it is to be exchanged anew: at three quarters of its life.
    pub fn renew_at(&self) -> Timestamp {
        self.renew_at
    }

    /// As JSON for C: `{"access_token","expires_at","renew_at"}`, times in milliseconds since 1970. It holds the token.
    pub fn to_json(&self) -> Zeroizing<String> {
        let token = self.token.expose_secret();
        let (expires_at, renew_at) = (self.expires_at.unix_millis(), self.renew_at.unix_millis());
        // What may stand in a token needs no escape.
        Zeroizing::new(format!("{{\"access_token\":\"{token}\",\"expires_at\":{expires_at},\"renew_at\":{renew_at}}}"))
    }

    /// Whether the token says that it is bound to this certificate, in either encoding of `cnf`; false when it says
    /// nothing, or is no JWT. The API verifies the token, not we: this only tells a mistaken setting early.
    ///
    /// # Errors
    /// `token-binding` when it is bound to another certificate.
    pub fn bound_to(&self, certificate: &Thumbprint) -> Result<bool> {
        let claims = self.token.expose_secret().split('.').nth(1);
        let claims = claims.and_then(|part| BASE64_URL_SAFE_NO_PAD.decode(part).ok());
        let claims: Option<serde_json::Map<_, _>> = claims.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        claims.map_or(Ok(false), |claims| certificate.check(&claims))
    }
}

impl fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiToken").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct Stored {
    token: String,
    expires_at: Timestamp,
    renew_at: Timestamp,
}

impl From<&ApiToken> for Stored {
    fn from(token: &ApiToken) -> Stored {
        let ApiToken { token, expires_at, renew_at } = token;
        Stored { token: token.expose_secret().to_owned(), expires_at: *expires_at, renew_at: *renew_at }
    }
}

impl From<Stored> for ApiToken {
    fn from(stored: Stored) -> ApiToken {
        ApiToken { token: stored.token.into(), expires_at: stored.expires_at, renew_at: stored.renew_at }
    }
}
