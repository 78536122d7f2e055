//! Sessions, driven: one refresh at a time for each, in this process and across instances, over any [`SessionStore`].
//!
//! A refresh is written down before it is sent, and what it brought before anybody uses it. Callers whose token is still
//! good never wait for it; the others wait for the one that is under way, here or elsewhere. A caller that goes away in
//! the middle leaves the refresh to go on where the world can run it apart (tokio): its outcome is not lost.

use super::psc::{Psc, World};
use crate::base::{ExposeSecret, SecretString, Timestamp, token};
use crate::error::{Code, Error, Result};
use crate::psc::{
    KeyRing, OnceStore, ReturnTo, Service, Session, SessionKey, SessionNext, SessionRules, SessionState, SessionStore,
    SignedIn, SignedOut, StoredSession, TokenSet,
};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often one looks whether another is done.
const LOOK: Duration = Duration::from_millis(25);
/// How often a store that does not answer is asked again to keep what a refresh brought.
const SAVE_AGAIN: Duration = Duration::from_millis(250);

/// The sessions of a service. Cheap to clone; share one per program.
pub struct Sessions<W, S>(Arc<Inner<W, S>>);

struct Inner<W, S> {
    psc: Arc<Psc<W>>,
    store: S,
    keys: KeyRing,
    rules: SessionRules,
    /// The sessions that a caller of this process is refreshing.
    busy: Mutex<BTreeSet<SessionKey>>,
}

/// The way out of a person who clicked "sign out": our session is over, PSC's ends when the browser gets there.
#[derive(Debug)]
#[non_exhaustive]
pub struct SignOut {
    /// Where to send the browser. It holds a token: a redirect, never a log line.
    pub url: SecretString,
    /// What the browser brings back in `state`.
    pub state: SecretString,
}

/// What a back-channel logout came to, and what to answer.
#[derive(Debug)]
#[non_exhaustive]
pub struct BackChannelLogout {
    /// The status to answer with: 200 or 400. Add `Cache-Control: no-store`; the body stays empty.
    pub status: u16,
    /// How many sessions ended.
    pub ended: usize,
    /// Why it was refused; for the log, not for the answer.
    pub error: Option<Error>,
}

impl<W, S> Clone for Sessions<W, S> {
    fn clone(&self) -> Self {
        Sessions(self.0.clone())
    }
}

impl<W: World + 'static, S: SessionStore + 'static> Sessions<W, S> {
    /// Sessions kept in `store`, sealed with `keys`, which must not lie in it.
    pub fn new(psc: Arc<Psc<W>>, store: S, keys: KeyRing, rules: SessionRules) -> Sessions<W, S> {
        Sessions(Arc::new(Inner { psc, store, keys, rules, busy: Mutex::default() }))
    }

    /// The store.
    pub fn store(&self) -> &S {
        &self.0.store
    }

    /// Begins the session of a person who signed in, and gives its secret identifier, always a new one: put it in the
    /// browser's cookie instead of the one before.
    ///
    /// # Errors
    /// Those of the store; `no-randomness`.
    pub async fn begin(&self, signed_in: &SignedIn) -> Result<SecretString> {
        let inner = &self.0;
        let id = token(&mut inner.psc.world().random())?;
        let service = inner.psc.service().await?;
        let session = Session::new(signed_in, inner.rules, inner.now());
        let mut held = Held { key: SessionKey::of(&id), version: 0, marks: Vec::new(), session };
        held.marks = inner.keys.session_marks(&service, held.session.provider_session(), signed_in.tokens.subject());
        inner.save(&service, &mut held).await?;
        Ok(id)
    }

    /// An access token that is good now, refreshed when it is due.
    ///
    /// # Errors
    /// `session-unknown`; `session-ended` when the person must sign in again; `session-unreachable` when the token has
    /// ended and PSC could not be asked for another: they are still signed in. Those of the store and of [`Psc::service`].
    pub async fn access_token(&self, id: &SecretString) -> Result<SecretString> {
        let (inner, key) = (&self.0, SessionKey::of(id));
        let service = inner.psc.service().await?;
        let mut refreshed = false;
        loop {
            let mut held = inner.load(&service, key).await?;
            let now = inner.now();
            let state = held.session.state(now);
            let good = held.session.access_token(now);
            if matches!(state, SessionState::Fresh { .. } | SessionState::SignedOut(_)) || (refreshed && good.is_err())
            {
                return good.cloned();
            }
            // Only one that may go on at once is worth a turn: the others have their answer, or wait.
            let turn = Turn::take(inner, key);
            match (turn, good) {
                (None, Ok(token)) => return Ok(token.clone()),
                (None, Err(_)) => {
                    while inner.busy().contains(&key) {
                        inner.psc.world().sleep(LOOK).await;
                    }
                }
                (Some(turn), good) => {
                    let good = good.cloned();
                    match held.session.next(&service, now)? {
                        SessionNext::Wait(until) => {
                            drop(turn);
                            // A good token, or one that nothing will renew for now. Else another instance is at it.
                            if good.is_ok() || matches!(state, SessionState::Unreachable { .. }) {
                                return good;
                            }
                            let wait = until.since(now).clamp(Duration::from_millis(1), LOOK);
                            inner.psc.world().sleep(wait).await;
                        }
                        SessionNext::SignedOut(_) | SessionNext::Send(_) => {
                            let (inner, service) = (inner.clone(), service.clone());
                            let work = async move { inner.refresh(&service, key, turn).await };
                            // Where another was faster, its outcome is to be waited for.
                            refreshed = self.0.psc.world().apart(work).await?;
                        }
                    }
                }
            }
        }
    }

    /// How a session stands, from what is stored; nothing is sent.
    ///
    /// # Errors
    /// `session-unknown`, and those of the store and of [`Psc::service`].
    pub async fn state(&self, id: &SecretString) -> Result<SessionState> {
        let service = self.0.psc.service().await?;
        Ok(self.0.load(&service, SessionKey::of(id)).await?.session.state(self.0.now()))
    }

    /// The person clicked "sign out": our session is over from here on, and PSC's ends when the browser is sent to the
    /// address given back. It comes back to `back`, registered at PSC as such.
    ///
    /// # Errors
    /// `session-unknown`, `session-ended` when it was over already, and those of the store and of [`Psc::service`]. Ours
    /// is over all the same when only the address could not be had.
    pub async fn sign_out(&self, id: &SecretString, back: Option<&ReturnTo>) -> Result<SignOut> {
        let inner = &self.0;
        let state = token(&mut inner.psc.world().random())?;
        let (service, tokens) = inner.end(SessionKey::of(id), SignedOut::ByPerson).await?;
        let tokens = tokens.ok_or_else(|| Error::new(Code::SESSION_ENDED))?;
        let url = service.logout_url(&tokens, back.map(ReturnTo::as_str), Some(state.expose_secret()))?;
        Ok(SignOut { url: url.into(), state })
    }

    /// The same without a browser, for a sign-in by CIBA: our session is over, and PSC is asked to end its own; when it
    /// does not end it, the refresh token is revoked, which ends it at a Keycloak too.
    ///
    /// # Errors
    /// As [`Sessions::sign_out`], and when PSC did neither: ours is over all the same.
    pub async fn sign_out_on_server(&self, id: &SecretString) -> Result<()> {
        let psc = &self.0.psc;
        let (service, tokens) = self.0.end(SessionKey::of(id), SignedOut::ByPerson).await?;
        let tokens = tokens.ok_or_else(|| Error::new(Code::SESSION_ENDED))?;
        match (psc.run(service.end_session(&tokens)?).await, tokens.refresh_token()) {
            (Err(_), Some(token)) => psc.run(service.revoke(token)?).await,
            (ended, _) => ended,
        }
    }

    /// A local timeout: our session is over, PSC's is left alone, as ANS asks.
    ///
    /// # Errors
    /// `session-unknown`, and those of the store and of [`Psc::service`].
    pub async fn forget(&self, id: &SecretString) -> Result<()> {
        self.0.end(SessionKey::of(id), SignedOut::Locally).await.map(drop)
    }
}

impl<W: World + 'static, S: SessionStore + OnceStore + 'static> Sessions<W, S> {
    /// Takes the body of a POST to the back-channel logout address, and says what to answer. The sessions that the token
    /// names end here; a token counts once, in whatever process it arrives.
    pub async fn back_channel_logout(&self, body: &[u8]) -> BackChannelLogout {
        match self.logout_of(body).await {
            Ok(ended) => BackChannelLogout { status: 200, ended, error: None },
            // Back-Channel Logout 1.0 §2.8: 400 for a token that is not valid and for a logout that failed.
            Err(error) => BackChannelLogout { status: 400, ended: 0, error: Some(error) },
        }
    }

    async fn logout_of(&self, body: &[u8]) -> Result<usize> {
        let inner = &self.0;
        let service = inner.psc.service().await?;
        let token = inner.psc.run(service.logout_request(body)?).await?;
        if !inner.store.first_time(token.once(), token.remembered_until(), inner.now()).await? {
            return Err(Error::new(Code::LOGOUT_TOKEN_REPLAYED));
        }
        let mut keys: Option<Vec<SessionKey>> = None;
        for marks in inner.keys.logout_marks(&service, &token) {
            let found = inner.store.sessions_marked(&marks).await?;
            keys = Some(
                keys.map_or_else(|| found.clone(), |keys| keys.into_iter().filter(|key| found.contains(key)).collect()),
            );
        }
        let mut ended = 0;
        for key in keys.unwrap_or_default() {
            match inner.end(key, SignedOut::ByProvider).await {
                Ok((_, tokens)) => ended += usize::from(tokens.is_some()),
                Err(error) if error.code() == Code::SESSION_UNKNOWN => {}
                Err(error) => return Err(error),
            }
        }
        Ok(ended)
    }
}

impl<W: World, S: SessionStore> Inner<W, S> {
    fn now(&self) -> Timestamp {
        self.psc.world().now()
    }

    fn busy(&self) -> MutexGuard<'_, BTreeSet<SessionKey>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn load(&self, service: &Service, key: SessionKey) -> Result<Held> {
        let stored = self.store.session(key).await?.ok_or_else(|| Error::new(Code::SESSION_UNKNOWN))?;
        let session = Session::open(service, &self.keys, key, &stored.sealed, self.rules)?;
        Ok(Held { key, version: stored.version, marks: stored.marks, session })
    }

    async fn save(&self, service: &Service, held: &mut Held) -> Result<()> {
        let sealed = held.session.seal(service, &self.keys, held.key, &mut self.psc.world().random())?;
        let (key, version, ends) = (held.key, held.version, held.session.kept_until(self.now()));
        held.version =
            self.store.save_session(StoredSession { key, version, sealed, ends, marks: held.marks.clone() }).await?;
        held.session.saved();
        Ok(())
    }

    /// One refresh, from its note in the store to its tokens there; false when another has written meanwhile, or is at it.
    async fn refresh(&self, service: &Service, key: SessionKey, _turn: Turn<W, S>) -> Result<bool> {
        let mut held = self.load(service, key).await?;
        let (world, mut asked) = (self.psc.world(), false);
        loop {
            let next = held.session.next(service, world.now())?;
            if !held.session.is_saved() && !self.kept(service, &mut held).await? {
                return Ok(false);
            }
            match next {
                SessionNext::Send(request) => {
                    asked = true;
                    match world.send(request).await {
                        Ok(response) => held.session.answered(&response, world.now())?,
                        Err(error) => held.session.failed(error, world.now())?,
                    }
                }
                SessionNext::Wait(until) if held.session.is_refreshing() => {
                    world.sleep(until.since(world.now())).await;
                }
                SessionNext::Wait(_) => return Ok(asked),
                SessionNext::SignedOut(_) => return Ok(true),
            }
        }
    }

    /// Writes; false when another has written since. What cannot be had twice is tried again while the store is away.
    async fn kept(&self, service: &Service, held: &mut Held) -> Result<bool> {
        let give_up = self.now() + self.rules.patience();
        loop {
            match self.save(service, held).await {
                Ok(()) => return Ok(true),
                Err(error) if error.code() == Code::STORE_CONFLICT => return Ok(false),
                Err(error) if !held.session.holds_news() || self.now() >= give_up => return Err(error),
                Err(_) => self.psc.world().sleep(SAVE_AGAIN).await,
            }
        }
    }

    /// Ends a session, whatever is under way, and gives the tokens that it had.
    async fn end(&self, key: SessionKey, why: SignedOut) -> Result<(Service, Option<TokenSet>)> {
        let service = self.psc.service().await?;
        loop {
            let mut held = self.load(&service, key).await?;
            let Some(tokens) = held.session.tokens().cloned() else { return Ok((service, None)) };
            held.session.end(why, self.now());
            match self.save(&service, &mut held).await {
                Err(error) if error.code() == Code::STORE_CONFLICT => {}
                saved => return saved.map(|()| (service, Some(tokens))),
            }
        }
    }
}

/// A session as read, with what its write needs.
struct Held {
    key: SessionKey,
    version: u64,
    marks: Vec<[u8; 32]>,
    session: Session,
}

/// The turn of one caller of this process to refresh a session.
struct Turn<W, S>(Arc<Inner<W, S>>, SessionKey);

impl<W: World, S: SessionStore> Turn<W, S> {
    fn take(inner: &Arc<Inner<W, S>>, key: SessionKey) -> Option<Turn<W, S>> {
        inner.busy().insert(key).then(|| Turn(inner.clone(), key))
    }
}

impl<W, S> Drop for Turn<W, S> {
    fn drop(&mut self) {
        self.0.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}

impl<W, S> fmt::Debug for Sessions<W, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").field("rules", &self.0.rules).finish_non_exhaustive()
    }
}
