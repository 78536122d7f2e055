//! What the simulated PSC remembers: sessions, codes, sign-in pages in progress, requests on phones, cards.
//!
//! Plain data behind one lock; nothing here does I/O. Lifetimes (ANS, IG "sécurisation du transport des API REST"):
//! session 4 h or 30 min idle, refresh token 30 min, access and ID token 120 s, e-CPS request 120 s.

use crate::wallet::Demand;
use sas_psc::base::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

pub(crate) const CODE: Duration = Duration::from_secs(60);
pub(crate) const TOKEN: Duration = Duration::from_secs(120);
pub(crate) const REFRESH: Duration = Duration::from_secs(30 * 60);
pub(crate) const SESSION: Duration = Duration::from_secs(4 * 3600);
pub(crate) const IDLE: Duration = Duration::from_secs(30 * 60);
pub(crate) const ASK: Duration = Duration::from_secs(120);
pub(crate) const PIN_TRIES: u8 = 3;

/// How a person signed in: `authMode`, and CIBA's `channel`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Means {
    Card,
    Mobile,
}

impl Means {
    pub fn auth_mode(self) -> &'static str {
        match self {
            Means::Card => "CARD",
            Means::Mobile => "MOBILE",
        }
    }
}

/// A session of a person at PSC.
pub(crate) struct Session {
    /// Where in the list of people.
    pub person: usize,
    pub means: Means,
    /// What the browser holds; none for CIBA.
    pub cookie: Option<String>,
    pub auth_time: Timestamp,
    pub started: Timestamp,
    pub used: Timestamp,
    /// The services that have tokens of it.
    pub services: BTreeSet<String>,
    pub ended: bool,
}

impl Session {
    /// One that begins now.
    pub fn new(person: usize, means: Means, cookie: Option<String>, now: Timestamp) -> Session {
        let services = BTreeSet::new();
        Session { person, means, cookie, auth_time: now, started: now, used: now, services, ended: false }
    }

    /// Whether it may be used.
    pub fn alive(&self, now: Timestamp) -> bool {
        !self.ended && now.since(self.started) < SESSION && now.since(self.used) < IDLE
    }
}

/// An authorization code.
pub(crate) struct Code {
    pub demand: Demand,
    pub sid: String,
    pub issued: Timestamp,
    pub used: bool,
}

/// A sign-in in progress on the pages.
pub(crate) struct Attempt {
    pub demand: Demand,
    /// Whose card has been opened with its code, and waits for the choice of the certificate.
    pub card: Option<usize>,
    /// The request on the phone.
    pub ask: Option<String>,
    /// Left or answered: only a late acceptance may still come.
    pub ended: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum AskState {
    Waiting,
    Approved,
    /// Refused on the phone: left there, or a wrong number.
    Refused,
    /// The page that started it was left.
    Left,
    Expired,
}

/// A request to a person's phone (or, on the card channel, to CPS-Gestion on the workstation).
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub person: usize,
    pub means: Means,
    pub service: String,
    /// The number to choose; none when a CIBA client sent no binding message.
    pub right: Option<String>,
    /// The numbers offered, in their order.
    pub numbers: Vec<String>,
    pub ends: Timestamp,
    /// Never shown on the phone.
    pub silent: bool,
    /// The password was typed.
    pub unlocked: bool,
    pub state: AskState,
}

impl Ask {
    /// A request that starts now.
    pub fn new(person: usize, means: Means, service: &str, right: Option<&str>, now: Timestamp) -> Ask {
        let (service, right) = (service.to_owned(), right.map(str::to_owned));
        let numbers = right.iter().cloned().collect();
        let state = AskState::Waiting;
        Ask { person, means, service, right, numbers, ends: now + ASK, silent: false, unlocked: false, state }
    }

    /// The state, with the two minutes counted.
    pub fn state_at(&self, now: Timestamp) -> AskState {
        if self.state == AskState::Waiting && now >= self.ends { AskState::Expired } else { self.state }
    }

    /// Ends a request that still waits; tells whether it did.
    pub fn settle(&mut self, state: AskState, now: Timestamp) -> bool {
        let waits = self.state_at(now) == AskState::Waiting;
        if waits {
            self.state = state;
        }
        waits
    }
}

/// A CIBA request, known by its `auth_req_id`.
pub(crate) struct Ciba {
    pub client: String,
    pub scope: String,
    /// Where in [`World::asks`], which only grows.
    pub ask: usize,
    pub polled: Option<Timestamp>,
    /// It gave its tokens.
    pub spent: bool,
}

#[derive(Default)]
pub(crate) struct World {
    pub sessions: BTreeMap<String, Session>,
    pub codes: BTreeMap<String, Code>,
    pub attempts: BTreeMap<String, Attempt>,
    /// In the order of their making: the newest is what a phone shows first.
    pub asks: Vec<(String, Ask)>,
    pub ciba: BTreeMap<String, Ciba>,
    /// Tries left of each card, by person, once one was used.
    pub pin_tries: BTreeMap<usize, u8>,
    /// `jti` of revoked access tokens.
    pub revoked: BTreeSet<String>,
}

impl World {
    pub fn session_of_cookie(&self, cookie: &str, now: Timestamp) -> Option<&str> {
        let mut alive = self.sessions.iter().filter(|(_, session)| session.alive(now));
        alive.find(|(_, session)| session.cookie.as_deref() == Some(cookie)).map(|(sid, _)| sid.as_str())
    }

    /// Ends a session, and gives it when it had not ended before.
    pub fn end_session(&mut self, sid: &str) -> Option<&Session> {
        let session = self.sessions.get_mut(sid).filter(|session| !session.ended)?;
        session.ended = true;
        Some(session)
    }

    pub fn ask(&mut self, id: &str) -> Option<&mut Ask> {
        self.asks.iter_mut().find(|(known, _)| known == id).map(|(_, ask)| ask)
    }
}
