//! Sessions, blocking: each call of [`crate::drive::Sessions`] without its `await`.

use super::{Http, Psc};
use crate::base::SecretString;
use crate::drive::{self, BackChannelLogout, SignOut, block_on};
use crate::error::Result;
use crate::psc::{KeyRing, OnceStore, ReturnTo, SessionRules, SessionState, SessionStore, SignedIn};
use std::fmt;

/// The sessions of a service. Cheap to clone; share one per program.
///
/// ```no_run
/// use sas_psc::drive::blocking::{Psc, Sessions};
/// use sas_psc::psc::{KeyRing, SessionRules, SignedIn};
/// use sas_psc::store::Memory;
///
/// # fn example(psc: &Psc, signed_in: &SignedIn) -> sas_psc::Result<()> {
/// let sessions = Sessions::new(psc, Memory::new(), KeyRing::new(&[7; 32])?, SessionRules::default());
/// let id = sessions.begin(signed_in)?; // into the browser's cookie
/// let token = sessions.access_token(&id)?; // at each call of an API
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Sessions<S>(drive::Sessions<Http, S>);

impl<S: SessionStore + 'static> Sessions<S> {
    /// See [`drive::Sessions::new`].
    pub fn new(psc: &Psc, store: S, keys: KeyRing, rules: SessionRules) -> Sessions<S> {
        Sessions(drive::Sessions::new(psc.0.clone(), store, keys, rules))
    }

    /// See [`drive::Sessions::begin`].
    pub fn begin(&self, signed_in: &SignedIn) -> Result<SecretString> {
        block_on(self.0.begin(signed_in))
    }

    /// See [`drive::Sessions::access_token`].
    pub fn access_token(&self, id: &SecretString) -> Result<SecretString> {
        block_on(self.0.access_token(id))
    }

    /// See [`drive::Sessions::state`].
    pub fn state(&self, id: &SecretString) -> Result<SessionState> {
        block_on(self.0.state(id))
    }

    /// See [`drive::Sessions::sign_out`].
    pub fn sign_out(&self, id: &SecretString, back: Option<&ReturnTo>) -> Result<SignOut> {
        block_on(self.0.sign_out(id, back))
    }

    /// See [`drive::Sessions::sign_out_on_server`].
    pub fn sign_out_on_server(&self, id: &SecretString) -> Result<()> {
        block_on(self.0.sign_out_on_server(id))
    }

    /// See [`drive::Sessions::forget`].
    pub fn forget(&self, id: &SecretString) -> Result<()> {
        block_on(self.0.forget(id))
    }
}

impl<S: SessionStore + OnceStore + 'static> Sessions<S> {
    /// See [`drive::Sessions::back_channel_logout`].
    pub fn back_channel_logout(&self, body: &[u8]) -> BackChannelLogout {
        block_on(self.0.back_channel_logout(body))
    }
}

impl<S> fmt::Debug for Sessions<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
