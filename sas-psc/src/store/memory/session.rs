//! The sessions of a service in memory, the names seen once, and a shared store behind an `Arc`.

use super::Memory;
use crate::base::Timestamp;
use crate::error::{Code, Error, Result};
use crate::psc::{OnceStore, SessionKey, SessionStore, StoredSession};
use std::sync::Arc;

impl SessionStore for Memory {
    async fn session(&self, key: SessionKey) -> Result<Option<StoredSession>> {
        Ok(self.state().sessions.get(&key).cloned())
    }

    async fn save_session(&self, mut session: StoredSession) -> Result<u64> {
        let sessions = &mut self.state().sessions;
        if sessions.get(&session.key).map_or(0, |found| found.version) != session.version {
            return Err(Error::new(Code::STORE_CONFLICT));
        }
        session.version += 1;
        let version = session.version;
        sessions.insert(session.key, session);
        Ok(version)
    }

    async fn sessions_marked(&self, marks: &[[u8; 32]]) -> Result<Vec<SessionKey>> {
        let bears = |session: &&StoredSession| session.marks.iter().any(|mark| marks.contains(mark));
        Ok(self.state().sessions.values().filter(bears).map(|session| session.key).collect())
    }

    async fn sweep_sessions(&self, now: Timestamp) -> Result<u64> {
        let sessions = &mut self.state().sessions;
        let before = sessions.len();
        sessions.retain(|_, session| session.ends > now);
        Ok((before - sessions.len()) as u64)
    }
}

impl OnceStore for Memory {
    async fn first_time(&self, name: [u8; 32], until: Timestamp, now: Timestamp) -> Result<bool> {
        let seen = &mut self.state().seen;
        seen.retain(|_, until| *until > now);
        let first = !seen.contains_key(&name);
        seen.entry(name).or_insert(until);
        Ok(first)
    }
}

impl<S: SessionStore> SessionStore for Arc<S> {
    async fn session(&self, key: SessionKey) -> Result<Option<StoredSession>> {
        S::session(self, key).await
    }

    async fn save_session(&self, session: StoredSession) -> Result<u64> {
        S::save_session(self, session).await
    }

    async fn sessions_marked(&self, marks: &[[u8; 32]]) -> Result<Vec<SessionKey>> {
        S::sessions_marked(self, marks).await
    }

    async fn sweep_sessions(&self, now: Timestamp) -> Result<u64> {
        S::sweep_sessions(self, now).await
    }
}

impl<S: OnceStore> OnceStore for Arc<S> {
    async fn first_time(&self, name: [u8; 32], until: Timestamp, now: Timestamp) -> Result<bool> {
        S::first_time(self, name, until, now).await
    }
}
