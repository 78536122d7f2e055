//! Sign-in by authorization code (OpenID Connect Core 1.0 §3.1): PKCE S256 (RFC 7636), state, nonce, `iss` (RFC 9207).
//!
//! [`Authorization`] is what a server keeps while the browser is away: ten minutes, one use. It holds secrets: keep it
//! in the browser's session on the server, or sealed ([`SignInCookies`]). An answer that does not belong to it leaves it as it was.
//! PSC offers no embedded view and no implicit flow; neither exists here.

mod sealed;

pub use sealed::{Leaving, ResponseMode, Returned, SignInCookies};

use super::completion::Completion;
use super::token_answer::{self, Grant};
use super::verification::Expected;
use super::{Acr, Exchange, Next, ReturnTo, Service, SignedIn, oauth};
use crate::base::{self, ExposeSecret, Random, Response, SecretString, Timestamp};
use crate::error::{Code, Error, Lang, Result};
use openidconnect::core::{CoreAuthPrompt, CoreResponseType};
use openidconnect::url::form_urlencoded;
use openidconnect::{
    AuthenticationContextClass, AuthenticationFlow, CsrfToken, LanguageTag, Nonce, PkceCodeChallenge, PkceCodeVerifier,
    Scope,
};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;
use subtle::ConstantTimeEq;

const LIFE: Duration = Duration::from_secs(600);
const VERSION: u32 = 1;
const LARGEST_QUERY: usize = 16 << 10;

/// What a sign-in may ask beyond the client's defaults. `SignInOptions::default()` asks nothing.
///
/// Whether PSC honours `prompt` and `max_age` is not documented: what was asked is checked in the token all the same.
#[derive(Debug, Clone, Default)]
pub struct SignInOptions {
    prompt: Option<Prompt>,
    max_age: Option<Duration>,
    lang: Option<Lang>,
    response_mode: ResponseMode,
}

/// How the provider shall treat a session that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Prompt {
    /// Ask the person again.
    Login,
    /// Show no page: answer `sign-in-required` when the person would have to act.
    None,
}

impl FromStr for Prompt {
    type Err = Error;

    /// Reads the word of OpenID Connect: `login`, `none`.
    ///
    /// # Errors
    /// `prompt-unknown`.
    fn from_str(word: &str) -> Result<Prompt> {
        match word {
            "login" => Ok(Prompt::Login),
            "none" => Ok(Prompt::None),
            _ => Err(Error::field(Code::PROMPT_UNKNOWN, "prompt")),
        }
    }
}

impl SignInOptions {
    /// How to treat a session that is open already.
    pub fn prompt(mut self, prompt: Prompt) -> SignInOptions {
        self.prompt = Some(prompt);
        self
    }

    /// The person proved who they are within this time, in whole seconds: sends `max_age`, and compares `auth_time` with
    /// the client's leeway; else `sign-in-not-fresh`, whose way on is [`CodeExchange::sign_out_first`]. For the
    /// provider to ask in any case, add [`Prompt::Login`].
    pub fn fresh_within(mut self, within: Duration) -> SignInOptions {
        self.max_age = Some(within);
        self
    }

    /// How the answer comes back: in the query, unless `form_post` is asked for.
    pub fn response_mode(mut self, mode: ResponseMode) -> SignInOptions {
        self.response_mode = mode;
        self
    }

    /// The language of the provider's pages.
    pub fn lang(mut self, lang: Lang) -> SignInOptions {
        self.lang = Some(lang);
        self
    }
}

/// A sign-in whose answer is awaited.
pub struct Authorization {
    issuer: String,
    client_id: String,
    redirect_uri: String,
    state: SecretString,
    nonce: SecretString,
    verifier: SecretString,
    acr: Acr,
    max_age: Option<Duration>,
    started_at: Timestamp,
    used: bool,
}

impl Service {
    /// Begins a sign-in: what to keep, and where to send the browser.
    ///
    /// # Errors
    /// `endpoint-missing`, `address-refused`, `no-randomness`.
    pub fn begin(
        &self,
        options: &SignInOptions,
        random: &mut dyn Random,
        now: Timestamp,
    ) -> Result<(Authorization, String)> {
        let (client, metadata) = (self.client(), self.metadata());
        let pending = Authorization {
            issuer: metadata.issuer().to_owned(),
            client_id: client.id().to_owned(),
            redirect_uri: client.redirect_uri().to_owned(),
            state: base::token(random)?,
            nonce: base::token(random)?,
            verifier: base::token(random)?,
            acr: client.acr(),
            max_age: options.max_age,
            started_at: now,
            used: false,
        };
        let oidc = oauth::oidc(client, metadata)?;
        let copy = |secret: &SecretString| secret.expose_secret().to_owned();
        let (state, nonce) = (copy(&pending.state), copy(&pending.nonce));
        let verifier = PkceCodeVerifier::new(copy(&pending.verifier));
        let scopes = client.scope().split(' ').filter(|scope| *scope != "openid");
        let mut request = oidc
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .add_scopes(scopes.map(|scope| Scope::new(scope.to_owned())))
            .add_auth_context_value(AuthenticationContextClass::new(client.acr().as_str().to_owned()))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        if let Some(prompt) = options.prompt {
            request = request.add_prompt(match prompt {
                Prompt::Login => CoreAuthPrompt::Login,
                Prompt::None => CoreAuthPrompt::None,
            });
        }
        if let Some(max_age) = options.max_age {
            request = request.set_max_age(max_age);
        }
        if let Some(lang) = options.lang {
            request = request.add_ui_locale(LanguageTag::new(lang.tag().to_owned()));
        }
        if options.response_mode == ResponseMode::FormPost {
            request = request.add_extra_param("response_mode", "form_post");
        }
        if let Some(alias) = &client.settings.idp_hint {
            request = request.add_extra_param("kc_idp_hint", alias);
        }
        let (url, _, _) = request.url();
        Ok((pending, url.into()))
    }

    /// Takes what the browser brought back: the query of the callback, its whole address, or the body of a `form_post`.
    ///
    /// On success `pending` is used up, and the exchange goes on with the code. What the provider says for an error uses
    /// it up too: a person who left may still accept on their phone, and that acceptance is never used. On any other
    /// error it stays as it was, so that an answer meant for another sign-in cannot end this one. Keep it in each case.
    ///
    /// # Errors
    /// `authorization-state` when the answer belongs to another sign-in; `authorization-expired` after ten minutes;
    /// `authorization-used`; `authorization-issuer`; `authorization-answer`; and what the provider says:
    /// `sign-in-cancelled`, `sign-in-required`, `provider-unavailable`, `request-refused`, `id-token-acr`.
    pub fn finish(&self, pending: &mut Authorization, callback: &str, now: Timestamp) -> Result<CodeExchange> {
        let answer = CallbackAnswer::parse(callback)?;
        pending.check(self, &answer, now)?;
        let code = match (answer.error, answer.code) {
            (Some(error), _) => {
                pending.used = true;
                return Err(refusal(&error));
            }
            (None, Some(code)) if (1..=4096).contains(&code.len()) => SecretString::from(code),
            _ => return Err(Error::field(Code::AUTHORIZATION_ANSWER, "code")),
        };
        let request = oauth::code_request(self.client(), self.metadata(), &code, &pending.verifier, now)?;
        let expected = Expected { nonce: Some(pending.nonce.clone()), max_age: pending.max_age, ..Expected::default() };
        pending.used = true;
        Ok(CodeExchange(Phase::Code { service: self.clone(), request: Some(request), acr: pending.acr, expected }))
    }
}

impl Authorization {
    /// The `state` of this sign-in, to find it among those of several tabs. It is a secret between the browser and us.
    pub fn state(&self) -> &SecretString {
        &self.state
    }

    /// When it stops being good.
    pub fn expires_at(&self) -> Timestamp {
        self.started_at + LIFE
    }

    /// The stored form. It holds secrets.
    ///
    /// # Errors
    /// `broken-invariant`.
    pub fn to_stored(&self) -> Result<Vec<u8>> {
        let copy = |secret: &SecretString| secret.expose_secret().to_owned();
        let stored = Stored {
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            redirect_uri: self.redirect_uri.clone(),
            state: copy(&self.state),
            nonce: copy(&self.nonce),
            verifier: copy(&self.verifier),
            acr: self.acr,
            max_age: self.max_age.map(|age| age.as_secs()),
            started_at: self.started_at,
            used: self.used,
        };
        base::to_stored(VERSION, &stored)
    }

    /// Reads a stored form.
    ///
    /// # Errors
    /// `stored-form-unreadable`, `stored-form-newer`; `authorization-expired` after ten minutes.
    pub fn resume(stored: &[u8], now: Timestamp) -> Result<Authorization> {
        let stored: Stored = base::from_stored(VERSION, stored)?;
        let pending = Authorization {
            issuer: stored.issuer,
            client_id: stored.client_id,
            redirect_uri: stored.redirect_uri,
            state: stored.state.into(),
            nonce: stored.nonce.into(),
            verifier: stored.verifier.into(),
            acr: stored.acr,
            max_age: stored.max_age.map(Duration::from_secs),
            started_at: stored.started_at,
            used: stored.used,
        };
        if now >= pending.expires_at() { Err(Error::new(Code::AUTHORIZATION_EXPIRED)) } else { Ok(pending) }
    }

    fn check(&self, service: &Service, answer: &CallbackAnswer, now: Timestamp) -> Result<()> {
        let state = answer.state.as_deref().unwrap_or_default();
        let same = bool::from(state.as_bytes().ct_eq(self.state.expose_secret().as_bytes()));
        let (client, metadata) = (service.client(), service.metadata());
        let ours = self.issuer == metadata.issuer()
            && self.client_id == client.id()
            && self.redirect_uri == client.redirect_uri();
        if !same || !ours {
            return Err(Error::field(Code::AUTHORIZATION_STATE, "state"));
        }
        if self.used {
            return Err(Error::new(Code::AUTHORIZATION_USED));
        }
        if now >= self.expires_at() {
            return Err(Error::new(Code::AUTHORIZATION_EXPIRED));
        }
        match &answer.issuer {
            Some(issuer) if *issuer != self.issuer => Err(Error::field(Code::AUTHORIZATION_ISSUER, "iss")),
            None if metadata.sends_issuer_on_callback() => Err(Error::field(Code::AUTHORIZATION_ISSUER, "iss")),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization")
            .field("issuer", &self.issuer)
            .field("started_at", &self.started_at)
            .field("used", &self.used)
            .finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    issuer: String,
    client_id: String,
    redirect_uri: String,
    state: String,
    nonce: String,
    verifier: String,
    acr: Acr,
    max_age: Option<u64>,
    started_at: Timestamp,
    used: bool,
}

#[derive(Default)]
struct CallbackAnswer {
    state: Option<String>,
    code: Option<String>,
    issuer: Option<String>,
    error: Option<String>,
}

impl CallbackAnswer {
    /// A parameter said twice refuses the answer: which one counts would be a guess (RFC 6749 §3.1).
    fn parse(callback: &str) -> Result<CallbackAnswer> {
        let refused = || Error::new(Code::AUTHORIZATION_ANSWER);
        if callback.len() > LARGEST_QUERY {
            return Err(refused());
        }
        let query = callback.split_once('?').map_or(callback, |(_, query)| query);
        let query = query.split('#').next().unwrap_or_default();
        let mut answer = CallbackAnswer::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let slot = match &*name {
                "state" => &mut answer.state,
                "code" => &mut answer.code,
                "iss" => &mut answer.issuer,
                "error" => &mut answer.error,
                _ => continue,
            };
            if slot.replace(value.into_owned()).is_some() {
                return Err(refused());
            }
        }
        Ok(answer)
    }
}

/// What an `error` on the callback means (RFC 6749 §4.1.2.1, Core §3.1.2.6).
fn refusal(word: &str) -> Error {
    let word = token_answer::known_word(word);
    let code = match word {
        "access_denied" => Code::SIGN_IN_CANCELLED,
        "login_required" | "interaction_required" | "account_selection_required" | "consent_required" => {
            Code::SIGN_IN_REQUIRED
        }
        "server_error" | "temporarily_unavailable" => Code::PROVIDER_UNAVAILABLE,
        "unmet_authentication_requirements" => Code::ID_TOKEN_ACR,
        _ => Code::REQUEST_REFUSED,
    };
    Error::new(code).with(|facts| facts.oauth_error = Some(word))
}

/// A code on its way to evidence: tokens, then the provider's keys where needed, then userinfo. A token request that got
/// no answer ends it: the code may have been spent, and a code used twice kills the session that it opened.
pub struct CodeExchange(Phase);

enum Phase {
    Code { service: Service, request: Option<base::Request>, acr: Acr, expected: Expected },
    Tokens(Completion),
}

impl CodeExchange {
    /// The way on after `sign-in-not-fresh`: where to send the browser so that PSC's session ends, after which it comes
    /// to `back` and a new sign-in asks the person again. None for any other end.
    ///
    /// # Errors
    /// `endpoint-missing`.
    pub fn sign_out_first(&self, back: Option<&ReturnTo>) -> Result<Option<String>> {
        match &self.0 {
            Phase::Tokens(completion) if completion.too_old() => completion.logout_url(back).map(Some),
            _ => Ok(None),
        }
    }
}

/// What a sign-in that had to be fresh came to.
#[derive(Debug)]
#[non_exhaustive]
pub enum Finished {
    /// The person signed in, lately enough.
    SignedIn(Box<SignedIn>),
    /// PSC answered from a session that is too old (`sign-in-not-fresh`). Send the browser to `sign_out`: PSC's session
    /// ends, the browser comes back to the address given for it, and a new sign-in asks the person again.
    TooOld {
        /// Where to send the browser. It holds a token: a redirect, never a log line.
        sign_out: SecretString,
    },
}

impl Exchange for CodeExchange {
    type Output = SignedIn;

    fn next(&mut self, now: Timestamp) -> Result<Next<SignedIn>> {
        match &mut self.0 {
            Phase::Code { request, .. } => {
                request.take().map(Next::Send).ok_or_else(|| Error::new(Code::REQUEST_SPENT))
            }
            Phase::Tokens(completion) => completion.next(now),
        }
    }

    fn answered(&mut self, response: &Response, now: Timestamp) -> Result<()> {
        match &mut self.0 {
            Phase::Code { service, acr, expected, .. } => {
                service.heard(response, now);
                let tokens = token_answer::tokens(response, Grant::Code, None, now)?;
                let completion = Completion::new(service.clone(), *acr, expected.clone(), tokens);
                self.0 = Phase::Tokens(completion);
                Ok(())
            }
            Phase::Tokens(completion) => completion.answered(response, now),
        }
    }

    fn failed(&mut self, error: Error, now: Timestamp) -> Result<()> {
        match &mut self.0 {
            Phase::Code { .. } => Err(error),
            Phase::Tokens(completion) => completion.failed(error, now),
        }
    }
}

impl fmt::Debug for CodeExchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeExchange")
    }
}
