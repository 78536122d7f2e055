//! Sessions for a program with its own HTTP: what [`Sessions`] does, each call an exchange or done at once.
//!
//! Each call stands to the others as another instance of the program does: the store alone keeps a refresh to one of
//! them, however many threads and processes ask. A call that is dropped in the middle is a process that died there.

use super::psc::Psc;
use super::session::{Sessions, SignOut};
use super::{StepWorld, Steps};
use crate::base::{SecretString, Timestamp};
use crate::error::Result;
use crate::psc::{KeyRing, OnceStore, ReturnTo, Service, SessionRules, SessionState, SessionStore, SignedIn};
use std::fmt;
use std::sync::Arc;

/// The sessions of a service, step by step. Cheap to clone; share one per program.
///
/// ```no_run
/// use sas_psc::base::Timestamp;
/// use sas_psc::drive::StepSessions;
/// use sas_psc::psc::{Exchange, KeyRing, Next, Service, SessionRules, SignedIn};
/// use sas_psc::store::Memory;
///
/// # fn example(service: Service, signed_in: &SignedIn, now: Timestamp) -> sas_psc::Result<()> {
/// let sessions = StepSessions::new(service, Memory::new(), KeyRing::new(&[7; 32])?, SessionRules::default());
/// let id = sessions.begin(signed_in, now)?; // into the browser's cookie
/// let mut call = sessions.access_token(&id, now);
/// while let Next::Send(request) = call.next(now)? {
///     // send it, then `call.answered(&response, now)?`
///     # let _ = request;
/// }
/// # Ok(())
/// # }
/// ```
pub struct StepSessions<S> {
    service: Service,
    store: Arc<S>,
    keys: KeyRing,
    rules: SessionRules,
}

impl<S: SessionStore + 'static> StepSessions<S> {
    /// Sessions kept in `store`, an embedded one, sealed with `keys`, which must not lie in it.
    pub fn new(service: Service, store: S, keys: KeyRing, rules: SessionRules) -> StepSessions<S> {
        StepSessions { service, store: Arc::new(store), keys, rules }
    }

    /// The store.
    pub fn store(&self) -> &S {
        &self.store
    }

    fn over(&self, world: StepWorld) -> Sessions<StepWorld, Arc<S>> {
        let psc = Arc::new(Psc::at_hand(world, self.service.clone()));
        Sessions::new(psc, self.store.clone(), self.keys.clone(), self.rules)
    }

    /// See [`Sessions::begin`]. Nothing is sent.
    ///
    /// # Errors
    /// Those of [`Sessions::begin`].
    pub fn begin(&self, signed_in: &SignedIn, now: Timestamp) -> Result<SecretString> {
        let signed_in = signed_in.clone();
        Steps::at_once(now, |world| {
            let sessions = self.over(world);
            async move { sessions.begin(&signed_in).await }
        })
    }

    /// See [`Sessions::access_token`].
    pub fn access_token(&self, id: &SecretString, now: Timestamp) -> Steps<SecretString> {
        let id = id.clone();
        Steps::of(now, |world| {
            let sessions = self.over(world);
            async move { sessions.access_token(&id).await }
        })
    }

    /// See [`Sessions::state`].
    ///
    /// # Errors
    /// Those of [`Sessions::state`].
    pub fn state(&self, id: &SecretString, now: Timestamp) -> Result<SessionState> {
        let id = id.clone();
        Steps::at_once(now, |world| {
            let sessions = self.over(world);
            async move { sessions.state(&id).await }
        })
    }

    /// See [`Sessions::sign_out`]. Nothing is sent but the browser.
    ///
    /// # Errors
    /// Those of [`Sessions::sign_out`].
    pub fn sign_out(&self, id: &SecretString, back: Option<&ReturnTo>, now: Timestamp) -> Result<SignOut> {
        let (id, back) = (id.clone(), back.cloned());
        Steps::at_once(now, |world| {
            let sessions = self.over(world);
            async move { sessions.sign_out(&id, back.as_ref()).await }
        })
    }

    /// See [`Sessions::sign_out_on_server`].
    pub fn sign_out_on_server(&self, id: &SecretString, now: Timestamp) -> Steps<()> {
        let id = id.clone();
        Steps::of(now, |world| {
            let sessions = self.over(world);
            async move { sessions.sign_out_on_server(&id).await }
        })
    }

    /// See [`Sessions::forget`].
    ///
    /// # Errors
    /// Those of [`Sessions::forget`].
    pub fn forget(&self, id: &SecretString, now: Timestamp) -> Result<()> {
        let id = id.clone();
        Steps::at_once(now, |world| {
            let sessions = self.over(world);
            async move { sessions.forget(&id).await }
        })
    }
}

impl<S: SessionStore + OnceStore + 'static> StepSessions<S> {
    /// See [`Sessions::back_channel_logout`]: how many sessions ended. Answer 200, or 400 for any error.
    pub fn back_channel_logout(&self, body: &[u8], now: Timestamp) -> Steps<usize> {
        let body = body.to_vec();
        Steps::of(now, |world| {
            let sessions = self.over(world);
            async move {
                let done = sessions.back_channel_logout(&body).await;
                done.error.map_or(Ok(done.ended), Err)
            }
        })
    }
}

impl<S> Clone for StepSessions<S> {
    fn clone(&self) -> Self {
        let (service, store) = (self.service.clone(), self.store.clone());
        StepSessions { service, store, keys: self.keys.clone(), rules: self.rules }
    }
}

impl<S> fmt::Debug for StepSessions<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StepSessions").field("rules", &self.rules).finish_non_exhaustive()
    }
}
