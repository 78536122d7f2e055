//! What sessions need of a store: a value replaced only by who read the last one, and names seen once.
//!
//! A compare-and-swap on a version is all that keeps a refresh to one instance and a rotated token from being lost, so
//! any database with transactions will do. What is stored is sealed; its key stays elsewhere.

use crate::base::Timestamp;
use crate::error::Result;
use std::fmt;
use std::future::Future;

/// The key of a session: the hash of its secret identifier ([`SessionKey::of`]).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionKey(pub [u8; 32]);

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey(•••)")
    }
}

/// A session as a store keeps it.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredSession {
    /// The key.
    pub key: SessionKey,
    /// Counts the writes from 1. In a write: the version that was read, 0 for a new session.
    pub version: u64,
    /// The session, sealed.
    pub sealed: Vec<u8>,
    /// When it may be deleted.
    pub ends: Timestamp,
    /// Keyed hashes by which a back-channel logout finds it: of the provider's session, of the person.
    pub marks: Vec<[u8; 32]>,
}

impl fmt::Debug for StoredSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredSession").field("version", &self.version).finish_non_exhaustive()
    }
}

/// Where sessions are kept. The errors are those of the store (block 11).
pub trait SessionStore: Send + Sync {
    /// The session with this key.
    fn session(&self, key: SessionKey) -> impl Future<Output = Result<Option<StoredSession>>> + Send;

    /// Writes a session whole, with its marks, and returns its new version.
    ///
    /// # Errors
    /// `store-conflict` when the version is no longer the one read. Nothing is written then.
    fn save_session(&self, session: StoredSession) -> impl Future<Output = Result<u64>> + Send;

    /// The sessions that bear any of these marks, each once.
    fn sessions_marked(&self, marks: &[[u8; 32]]) -> impl Future<Output = Result<Vec<SessionKey>>> + Send;

    /// Deletes the sessions that ended before `now`, and says how many.
    fn sweep_sessions(&self, now: Timestamp) -> impl Future<Output = Result<u64>> + Send;
}

/// Where names are remembered that may be used once: of logout tokens, of sign-ins under way.
pub trait OnceStore: Send + Sync {
    /// Remembers a name until `until`, and says whether it is seen for the first time. Of several that ask at once, in
    /// any process, one is told so. Names whose time is over at `now` are forgotten.
    fn first_time(&self, name: [u8; 32], until: Timestamp, now: Timestamp)
    -> impl Future<Output = Result<bool>> + Send;
}
