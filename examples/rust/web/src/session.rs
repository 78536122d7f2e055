//! A browser's cookie and what the server keeps of its visit.
//!
//! The cookie is a random token. Its SHA-256 is the key under which the visit is stored, and another hash of it the key
//! that seals the visit (AES-256-GCM), so that a stolen database opens no session and shows no token of PSC. At
//! sign-in and at sign-out the cookie is renewed and the old visit deleted: who comes next inherits nothing.

use crate::app::App;
use crate::failure::Failure;
use crate::pages::{Shell, Who};
use crate::security;
use crate::text::Text;
use askama::Template;
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use axum::extract::FromRequestParts;
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sas_psc::base::{ExposeSecret, Timestamp, digest, sha256, token};
use sas_psc::drive::{Account, SystemRandom};
use sas_psc::onboarding::lifecycle::LifeState;
use sas_psc::onboarding::link::LocalAccount;
use sas_psc::onboarding::{AccountId, State, Store, VisitKey};
use sas_psc::participation::Settings as Answers;
use sas_psc::{Code, Error, Lang};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// How long a visit lives, as long as PSC's own session.
const LIFE: Duration = Duration::from_secs(4 * 3600);
/// How often a change is made again that lost against another instance.
const ROUNDS: u32 = 8;
/// The cookies. Chromium and Firefox take them from a loopback address over plain http too; Safari only over https.
pub const VISIT: &str = "__Host-visit";
pub const LANG: &str = "__Host-lang";
/// Which browser this is, whoever sits at it: the guard of e-CPS tells a doctor's own from a stranger's.
pub const PLACE: &str = "__Host-place";

/// What is kept of a browser's visit.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Visit {
    pub stage: Stage,
    /// Unique, and no secret: the proofs given in this visit are bound to it.
    pub attempt: String,
    /// The answers on the settings that are not saved yet, and the structure as typed.
    pub answers: Option<Answers>,
    pub structure: String,
    ends: Option<Timestamp>,
}

/// Where a visit stands. The stored forms are the SDK's.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub enum Stage {
    #[default]
    Nobody,
    /// The browser is at PSC, in each of these tabs.
    AtPsc(Vec<Away>),
    /// The phone was rung.
    AtPhone { poll: Stored, rpps: String, demand: String },
    /// The phone's answer was no, or did not come: why, and the number to try again with.
    PhoneEnded { code: u32, rpps: String },
    /// Somebody signed in. `confirmed` once they said that it is them.
    SignedIn { account: AccountId, tokens: Stored, confirmed: bool, before: Before },
    /// Somebody signed in who may not open an account: why.
    TurnedAway { code: u32, tokens: Stored },
}

/// What a person is still to say of the accounts that they had before.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub enum Before {
    #[default]
    Nothing,
    /// Whether this one, which was linked just now, is theirs.
    Linked(LocalAccount),
    /// Which of these is theirs.
    Several(Vec<LocalAccount>),
}

/// A stored form of the SDK, as text.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Stored(pub Vec<u8>);

impl From<Stored> for String {
    fn from(stored: Stored) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(stored.0)
    }
}

impl TryFrom<String> for Stored {
    type Error = base64::DecodeError;
    fn try_from(text: String) -> Result<Stored, base64::DecodeError> {
        BASE64_URL_SAFE_NO_PAD.decode(text).map(Stored)
    }
}

/// A tab that left for PSC.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Away {
    pub pending: Stored,
    pub since: Timestamp,
}

impl Visit {
    /// Until when it is kept.
    pub fn ends(&self) -> Option<Timestamp> {
        self.ends
    }

    /// Keeps what a tab that leaves for PSC needs on its way back; the last four tabs are enough.
    pub fn leave(&mut self, away: Away) {
        let mut tabs = match std::mem::take(&mut self.stage) {
            Stage::AtPsc(tabs) => tabs,
            _ => vec![],
        };
        tabs.insert(0, away);
        tabs.truncate(4);
        self.stage = Stage::AtPsc(tabs);
    }
}

/// A request's session. Every answer is made by it, so that the cookie follows.
#[derive(Clone)]
pub struct Session {
    pub app: Arc<App>,
    pub lang: Lang,
    pub visit: Visit,
    /// Where the browser asks from, when that is known.
    pub client: Option<IpAddr>,
    cookie: String,
    new_cookie: bool,
    place: Option<String>,
    new_place: bool,
    lang_chosen: bool,
    /// The query of a page that has one, for the language link.
    query: String,
}

impl Session {
    /// Reads the cookies of a request, and the visit they lead to. Writes nothing: a cookie without a visit is as good.
    pub async fn of(app: Arc<App>, parts: &Parts) -> Result<Session, Error> {
        let cookie = cookie(&parts.headers, VISIT).filter(|value| value.len() == 43);
        let query = parts.uri.query().unwrap_or_default();
        let pairs = || query.split('&').filter_map(|pair| pair.split_once('='));
        let lang_chosen = pairs().find(|(name, _)| *name == "lang").map(|(_, lang)| lang);
        let accepted = || parts.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let lang = lang_chosen.or_else(|| self::cookie(&parts.headers, LANG)).or_else(accepted).unwrap_or("fr");
        let mut session = Session {
            lang: Lang::from_tag(lang),
            lang_chosen: lang_chosen.is_some(),
            query: pairs().filter(|(name, _)| *name == "c").map(|(_, value)| format!("c={value}&")).collect(),
            visit: Visit::default(),
            client: security::client_address(parts, app.settings.client_address_header.as_deref()),
            new_cookie: cookie.is_none(),
            place: self::cookie(&parts.headers, PLACE).filter(|value| value.len() == 43).map(str::to_owned),
            new_place: false,
            cookie: match cookie {
                Some(cookie) => cookie.to_owned(),
                None => new_token()?,
            },
            app,
        };
        session.visit = session.load().await?.0;
        Ok(session)
    }

    pub fn text(&self) -> &'static Text {
        Text::of(self.lang)
    }

    /// What tells this browser from another; drawn when it is first needed.
    pub fn workstation(&mut self) -> Result<Vec<u8>, Error> {
        if self.place.is_none() {
            (self.place, self.new_place) = (Some(new_token()?), true);
        }
        Ok(self.place.clone().unwrap_or_default().into_bytes())
    }

    /// The CSRF token of this session's forms.
    pub fn csrf(&self) -> String {
        security::csrf_token(&self.cookie)
    }

    pub fn csrf_is(&self, token: &str) -> bool {
        security::is_csrf_token(&self.cookie, token)
    }

    /// The frame of a page.
    pub fn shell(&self) -> Shell {
        Shell {
            t: self.text(),
            lang: self.lang,
            service: self.app.settings.service.clone(),
            csrf: self.csrf(),
            query: self.query.clone(),
            who: None,
            problems: vec![],
            notice: None,
        }
    }

    /// The frame of a page for the person who signed in.
    pub fn shell_for(&self, account: &Account) -> Shell {
        Shell { who: Some(Who::of(account.onboarding.person())), ..self.shell() }
    }

    /// A page.
    pub fn page(&self, view: impl Template) -> Response {
        self.page_as(StatusCode::OK, view)
    }

    /// A form given back with its mistakes.
    pub fn mistakes(&self, view: impl Template) -> Response {
        self.page_as(StatusCode::UNPROCESSABLE_ENTITY, view)
    }

    pub fn page_as(&self, status: StatusCode, view: impl Template) -> Response {
        match view.render() {
            Ok(html) => self.with_cookies((status, Html(html)).into_response()),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }

    /// On to another page, as every POST ends.
    pub fn redirect(&self, path: &str) -> Response {
        let mut response = StatusCode::SEE_OTHER.into_response();
        if let Ok(path) = HeaderValue::from_str(path) {
            response.headers_mut().insert(LOCATION, path);
        }
        self.with_cookies(response)
    }

    /// The account of the person who signed in and said that it is them; one that is closed has a page of its own.
    pub async fn account(&self) -> Result<Account, Failure> {
        let account = self.account_even_closed().await?;
        if self.is_closed(account.id).await? { Err(Failure::Elsewhere("/compte/ferme")) } else { Ok(account) }
    }

    async fn is_closed(&self, account: AccountId) -> Result<bool, Error> {
        Ok(self.app.lives.life(account).await?.is_some_and(|life| life.state() == LifeState::Closed))
    }

    /// The same, on the pages that a closed account has too.
    pub async fn account_even_closed(&self) -> Result<Account, Failure> {
        match self.visit.stage {
            Stage::SignedIn { account, confirmed: true, .. } => match self.app.sign_up.account(account).await {
                Err(error) if error.code() == Code::ACCOUNT_UNKNOWN => Err(Failure::Elsewhere("/")),
                account => Ok(account?),
            },
            _ => Err(Failure::Elsewhere("/suite")),
        }
    }

    /// The same, on a page that belongs to these states; from any other the person is led to where they are.
    pub async fn account_in(&self, states: &[State]) -> Result<Account, Failure> {
        let account = self.account().await?;
        if states.contains(&account.state) { Ok(account) } else { Err(Failure::Elsewhere("/suite")) }
    }

    /// The page where this visit stands.
    pub async fn place(&self) -> Result<&'static str, Failure> {
        Ok(match self.visit.stage {
            Stage::Nobody | Stage::AtPsc(_) => "/",
            Stage::AtPhone { .. } => "/e-cps/attente",
            Stage::PhoneEnded { .. } => "/e-cps",
            Stage::TurnedAway { .. } => "/sans-compte",
            Stage::SignedIn { confirmed: false, .. } => "/retrouvailles",
            Stage::SignedIn { account, .. } if self.is_closed(account).await? => "/compte/ferme",
            Stage::SignedIn { ref before, .. } if *before != Before::Nothing => "/compte-retrouve",
            Stage::SignedIn { account, .. } => match self.app.sign_up.account(account).await.map(|a| a.state) {
                Ok(State::PlacesWanted) => "/lieux",
                Ok(State::EmailWanted) => "/courriel",
                Ok(State::MailDue | State::MailSent) => "/courriel/code",
                Ok(State::TermsWanted) => "/conditions",
                Ok(State::TermsRefused) => "/conditions/refus",
                Ok(State::SettingsWanted) => "/participation",
                Ok(_) => "/compte",
                Err(error) if error.code() == Code::ACCOUNT_UNKNOWN => "/",
                Err(error) => return Err(error.into()),
            },
        })
    }

    /// Where somebody who signed in already is to go instead of signing in; none for anybody else.
    pub async fn place_of_somebody(&self) -> Result<Option<&'static str>, Failure> {
        Ok(Some(self.place().await?).filter(|place| !["/", "/e-cps", "/e-cps/attente"].contains(place)))
    }

    /// Changes the visit as it is stored now, not as this request found it: another tab may have been here.
    /// Where another instance was faster, the change is made again on what it left.
    pub async fn change<T>(&mut self, mut apply: impl FnMut(&mut Visit) -> Result<T, Failure>) -> Result<T, Failure> {
        let app = Arc::clone(&self.app);
        let _held = app.visits.lock().await;
        for _ in 0..ROUNDS {
            let (mut visit, was) = self.load().await?;
            let done = apply(&mut visit)?;
            if self.save(visit, was).await? {
                return Ok(done);
            }
        }
        Err(Failure::Elsewhere("/suite"))
    }

    /// The same for a change that never fails.
    pub async fn set(&mut self, mut apply: impl FnMut(&mut Visit)) -> Result<(), Failure> {
        self.change(|visit| {
            apply(visit);
            Ok(())
        })
        .await
    }

    /// Ends the visit and begins another under a new cookie.
    pub async fn renew(&mut self, stage: Stage) -> Result<(), Failure> {
        self.renew_from(|_| true, stage).await
    }

    /// The same, unless the visit has left the stage that leads there: another tab may have been here.
    pub async fn renew_from(&mut self, still: impl FnOnce(&Stage) -> bool, stage: Stage) -> Result<(), Failure> {
        let app = Arc::clone(&self.app);
        let _held = app.visits.lock().await;
        if !still(&self.load().await?.0.stage) {
            return Err(Failure::Elsewhere("/suite"));
        }
        app.sign_up.store().end_visit(self.key()).await?;
        (self.cookie, self.new_cookie) = (new_token()?, true);
        let visit = Visit { stage, attempt: new_token()?, ..Visit::default() };
        if self.save(visit, None).await? { Ok(()) } else { Err(Failure::Elsewhere("/suite")) }
    }

    /// The visit, and how it is stored.
    async fn load(&self) -> Result<(Visit, Option<Vec<u8>>), Error> {
        let sealed = self.app.sign_up.store().visit(self.key(), self.app.now()).await?;
        // A visit that cannot be read is a visit that is over.
        Ok((sealed.clone().and_then(|sealed| self.open(sealed)).unwrap_or_default(), sealed))
    }

    /// Stores a visit in the place of what was read; false when another instance was faster.
    async fn save(&mut self, mut visit: Visit, was: Option<Vec<u8>>) -> Result<bool, Error> {
        let ends = *visit.ends.get_or_insert(self.app.now() + LIFE);
        let broken = |_| Error::new(Code::BROKEN_INVARIANT);
        let mut sealed = serde_json::to_vec(&visit).map_err(|_| Error::new(Code::BROKEN_INVARIANT))?;
        let nonce = self.seal().and_then(|key| key.seal_in_place_append_tag(Aad::empty(), &mut sealed));
        sealed.extend_from_slice(nonce.map_err(broken)?.as_ref());
        let saved = self.app.sign_up.store().save_visit(self.key(), was, sealed, ends, self.app.now()).await;
        match saved {
            Err(error) if error.code() == Code::STORE_CONFLICT => return Ok(false),
            saved => saved?,
        }
        self.visit = visit;
        Ok(true)
    }

    fn open(&self, mut sealed: Vec<u8>) -> Option<Visit> {
        let end = sealed.len().checked_sub(NONCE_LEN)?;
        let (text, nonce) = sealed.split_at_mut(end);
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let text = self.seal().ok()?.open_in_place(nonce, Aad::empty(), text).ok()?;
        serde_json::from_slice(text).ok()
    }

    fn seal(&self) -> Result<RandomizedNonceKey, aws_lc_rs::error::Unspecified> {
        RandomizedNonceKey::new(&AES_256_GCM, &digest("visit seal", &[self.cookie.as_bytes()]))
    }

    fn key(&self) -> VisitKey {
        VisitKey(sha256(self.cookie.as_bytes()))
    }

    fn with_cookies(&self, mut response: Response) -> Response {
        let mut set = |cookie: String| {
            if let Ok(value) = HeaderValue::from_str(&cookie) {
                response.headers_mut().append(SET_COOKIE, value);
            }
        };
        // Lax, not Strict: the way back from PSC and the link of the mail come from other sites.
        if self.new_cookie {
            set(format!("{VISIT}={}; Path=/; Secure; HttpOnly; SameSite=Lax", self.cookie));
        }
        if let (Some(place), true) = (&self.place, self.new_place) {
            set(format!("{PLACE}={place}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000"));
        }
        if self.lang_chosen {
            set(format!("{LANG}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000", self.lang.tag()));
        }
        response
    }
}

/// The session that `routes::session` has put in the request.
impl<S: Send + Sync> FromRequestParts<S> for Session {
    type Rejection = StatusCode;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Session, StatusCode> {
        parts.extensions.get::<Session>().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|line| line.split("; "));
    all.filter_map(|pair| pair.split_once('=')).find(|(found, _)| *found == name).map(|(_, value)| value)
}

pub fn new_token() -> Result<String, Error> {
    Ok(token(&mut SystemRandom)?.expose_secret().to_owned())
}
