//! A session of the proxy: one person, one software, one workstation; their tokens; when it ends.
//!
//! The workstation holds an opaque name. The store knows a keyed hash of it and the session sealed, bound to that hash:
//! who reads the store, or moves a row to another place, has nothing. A session ends by whichever comes first: the
//! proxy's own life, half an hour without use, PSC's four hours.

use super::{ApiToken, Backend, WorkstationKey};
use crate::base::{self, Random, SecretString, ServerKey, Timestamp};
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use crate::psc::seal::Seal;
use crate::psc::{KeyRing, SignedIn, TokenSet, tokens};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

const VERSION: u32 = 1;
/// A token that ends sooner than this is not used any more: the request would arrive after it.
const NEARLY_OVER: Duration = Duration::from_secs(10);
/// How exactly the last use is kept, so that not every request writes.
const GRAIN: Duration = Duration::from_secs(60);

/// How long a session lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// The proxy's own session: 14 400 s, the example of ANS's API.
    pub life: Duration,
    /// Without use: 30 minutes, as PSC's own session.
    pub idle: Duration,
    /// PSC's session: 4 hours at most.
    pub psc: Duration,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules { life: Duration::from_secs(14_400), idle: Duration::from_secs(1800), psc: Duration::from_secs(14_400) }
    }
}

/// What a store knows of a session's name: a keyed hash. It opens nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SessionMark(pub [u8; 32]);

impl SessionMark {
    /// Of the name that a workstation sent.
    pub fn of(name: &str, key: &ServerKey) -> SessionMark {
        SessionMark(key.mac("proxy session", &[name.as_bytes()]))
    }

    /// What traces call the session: enough to follow it, nothing to take it over with.
    pub fn trace_name(&self) -> String {
        self.0[..12].iter().fold(String::with_capacity(24), |text, byte| text + &format!("{byte:02x}"))
    }
}

/// What a request to an API needs before it can go.
#[derive(Debug)]
pub enum Need<'s> {
    /// Nothing: this token is good.
    Nothing(&'s SecretString),
    /// A token of the API, for PSC's access token.
    Exchange,
    /// New tokens of PSC first.
    Refresh,
}

/// A session. It holds every token of the person.
#[derive(Clone)]
pub struct Session {
    workstation: WorkstationKey,
    client_id: String,
    person: IdNat,
    session_state: String,
    began_at: Timestamp,
    used_at: Timestamp,
    tokens: TokenSet,
    api_tokens: BTreeMap<String, ApiToken>,
}

impl Session {
    /// A new name for a session, to be given to the workstation and forgotten: the store keeps its mark.
    ///
    /// # Errors
    /// `no-randomness`.
    pub fn name(random: &mut dyn Random) -> Result<SecretString> {
        base::token(random)
    }

    /// A session for who signed in, from this workstation, with this software.
    pub fn begin(workstation: WorkstationKey, client_id: &str, signed_in: &SignedIn, now: Timestamp) -> Session {
        Session {
            workstation,
            client_id: client_id.to_owned(),
            person: signed_in.sign_in.professional().id_nat.clone(),
            session_state: signed_in.sign_in.session_id().unwrap_or_default().to_owned(),
            began_at: now,
            used_at: now,
            tokens: signed_in.tokens.clone(),
            api_tokens: BTreeMap::new(),
        }
    }

    /// Lets a request in. True when the session was used, which is to be stored.
    ///
    /// # Errors
    /// `proxy-session-unknown` from another workstation, as for a session that never was; `proxy-session-expired`.
    pub fn admit(&mut self, workstation: &WorkstationKey, rules: &Rules, now: Timestamp) -> Result<bool> {
        if self.workstation != *workstation {
            return Err(Error::new(Code::PROXY_SESSION_UNKNOWN));
        }
        if now >= self.ends_at(rules) {
            return Err(Error::new(Code::PROXY_SESSION_EXPIRED));
        }
        let used = now.since(self.used_at) >= GRAIN;
        if used {
            self.used_at = now;
        }
        Ok(used)
    }

    /// When it ends if it is not used again.
    pub fn ends_at(&self, rules: &Rules) -> Timestamp {
        // The last use is known to a minute.
        (self.began_at + rules.life.min(rules.psc)).min(self.used_at + rules.idle + GRAIN)
    }

    /// What a request to `backend` needs.
    ///
    /// # Errors
    /// `proxy-session-expired` when PSC's session ended: only a new sign-in helps.
    pub fn need(&self, backend: &Backend, now: Timestamp) -> Result<Need<'_>> {
        let own = self.api_tokens.get(backend.name()).filter(|token| now < token.renew_at());
        let fresh = now + NEARLY_OVER < self.tokens.access_expires_at();
        let ended = self.tokens.refresh_token().is_none()
            || self.tokens.refresh_expires_at().is_some_and(|at| now + NEARLY_OVER >= at);
        match (backend.exchange(), own) {
            (Some(_), Some(token)) => Ok(Need::Nothing(token.token())),
            (None, _) if fresh => Ok(Need::Nothing(self.tokens.access_token())),
            (Some(_), None) if fresh => Ok(Need::Exchange),
            _ if !ended => Ok(Need::Refresh),
            // A token of the API may outlive PSC's session: it serves to its end, and no longer.
            _ => match self.api_tokens.get(backend.name()).filter(|token| now + NEARLY_OVER < token.expires_at()) {
                Some(token) => Ok(Need::Nothing(token.token())),
                None => Err(Error::new(Code::PROXY_SESSION_EXPIRED)),
            },
        }
    }

    /// Takes PSC's new tokens.
    pub fn refreshed(&mut self, tokens: TokenSet) {
        self.tokens = tokens;
    }

    /// Takes a token of an API; the one before it, which is to be revoked.
    pub fn exchanged(&mut self, backend: &Backend, token: ApiToken) -> Option<ApiToken> {
        self.api_tokens.insert(backend.name().to_owned(), token)
    }

    /// Takes a token out that an API refused, or that is to be revoked.
    pub fn forget(&mut self, backend: &str) -> Option<ApiToken> {
        self.api_tokens.remove(backend)
    }

    /// The APIs whose tokens it holds.
    pub fn backends(&self) -> impl Iterator<Item = &str> {
        self.api_tokens.keys().map(String::as_str)
    }

    /// Who is signed in.
    pub fn person(&self) -> &IdNat {
        &self.person
    }

    /// From where.
    pub fn workstation(&self) -> &WorkstationKey {
        &self.workstation
    }

    /// The software.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// PSC's name of its session.
    pub fn session_state(&self) -> &str {
        &self.session_state
    }

    /// PSC's tokens.
    pub fn tokens(&self) -> &TokenSet {
        &self.tokens
    }

    /// The session sealed for the row of `mark`.
    ///
    /// # Errors
    /// `no-randomness`.
    pub fn seal(&self, mark: &SessionMark, keys: &KeyRing, random: &mut dyn Random) -> Result<Vec<u8>> {
        let stored = Stored {
            workstation: self.workstation,
            client_id: self.client_id.clone(),
            person: self.person.clone(),
            session_state: self.session_state.clone(),
            began_at: self.began_at,
            used_at: self.used_at,
            tokens: (&self.tokens).into(),
            api_tokens: self.api_tokens.iter().map(|(name, token)| (name.clone(), token.into())).collect(),
        };
        let plain = zeroize::Zeroizing::new(base::to_stored(VERSION, &stored)?);
        keys.seal(Seal { purpose: PURPOSE, bound_to: &[&mark.0] }, &plain, random)
    }

    /// Opens the row of `mark`.
    ///
    /// # Errors
    /// `sealed-value-refused`, `stored-form-unreadable`, `stored-form-newer`.
    pub fn open(mark: &SessionMark, keys: &KeyRing, sealed: &[u8]) -> Result<Session> {
        let seal = Seal { purpose: PURPOSE, bound_to: &[&mark.0] };
        let stored: Stored = base::from_stored(VERSION, &keys.open(seal, sealed)?)?;
        Ok(Session {
            workstation: stored.workstation,
            client_id: stored.client_id,
            person: stored.person,
            session_state: stored.session_state,
            began_at: stored.began_at,
            used_at: stored.used_at,
            tokens: stored.tokens.into(),
            api_tokens: stored.api_tokens.into_iter().map(|(name, token)| (name, token.into())).collect(),
        })
    }
}

const PURPOSE: &str = "proxy session";

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("began_at", &self.began_at)
            .field("used_at", &self.used_at)
            .finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    workstation: WorkstationKey,
    client_id: String,
    person: IdNat,
    session_state: String,
    began_at: Timestamp,
    used_at: Timestamp,
    tokens: tokens::Stored,
    api_tokens: BTreeMap<String, super::api_token::Stored>,
}
