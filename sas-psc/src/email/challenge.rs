//! A challenge: does the person who signed in control this mailbox? A mail carries a link and, apart from it, a code;
//! one of them comes back in the session that started.
//!
//! A challenge is bound to the issuer, the subject, the attempt and the address. It keeps hashes only. Both answers die
//! at their end, at use, when a newer mail is asked for, and when the address changes; five wrong codes end them too.
//! Opening the link changes nothing ([`Challenge::open_link`] takes `&self`): a robot in the mailbox opens links, runs
//! scripts and submits forms, and has no session of the person. Limits across challenges (a day, a network, an
//! address) are a store's.

use super::mark::{Mark, Marks};
use super::{Address, By, Dispatch, EmailControl, Lifetime};
use crate::base::{self, ExposeSecret, Random, SecretString, ServerKey, Timestamp};
use crate::error::{Code, Error, Result};
use crate::person::Binding;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

/// Wrong codes that end a challenge.
const TRIES: u8 = 5;
/// Retries of a mail must fit in this much more than its lifetime: 15 minutes in all by default.
const RETRY_TIME: Duration = Duration::from_secs(10 * 60);
/// The time before a second mail; it doubles with each, up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_secs(30);
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);
/// Corrections of the address that need no wait.
const FREE_CHANGES: u32 = 3;
/// Marks of older mails, kept to tell "replaced" from "wrong".
const OLD_MARKS: usize = 8;
/// How far apart the clocks of two instances may be.
const SKEW: Duration = Duration::from_secs(60);
/// 2: `unsent`.
const STORED_VERSION: u32 = 2;

/// A challenge in progress. Serializes as part of a larger stored form, or alone with [`Challenge::to_stored`].
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Challenge {
    id: String,
    binding: Binding,
    address: Address,
    lifetime: Lifetime,
    salt: Mark,
    /// When the mail was last asked for, by the person.
    requested_at: Timestamp,
    /// Mails asked for.
    requests: u32,
    changes: u32,
    /// Mails written, retries included.
    written: u32,
    wrong: u8,
    phase: Phase,
    current: Option<Marks>,
    old: Vec<Marks>,
    /// [`Challenge::context`], once it was asked for.
    #[serde(skip)]
    context: OnceLock<Mark>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Phase {
    Requested,
    Refused,
    Unsent,
    Live { from: Timestamp, until: Timestamp },
    Dead,
    Proven { at: Timestamp, by: By },
}

/// Where a challenge stands, for the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// The mail is about to be sent: [`Challenge::write`] it.
    Sending,
    /// The mail could not be sent in time: offer to send again or to change the address.
    SendFailed,
    /// The mail server refused the address: offer to change it.
    AddressRefused,
    /// The mail left; the link and the code hold until then.
    Live {
        /// The end.
        until: Timestamp,
    },
    /// The mail came too late: offer to send again.
    Expired,
    /// Too many wrong codes: offer to send again.
    TriesUsedUp,
    /// Done.
    Proven,
}

impl Status {
    /// `sending`, `send-failed`, `address-refused`, `live`, `expired`, `tries-used-up`, `proven`.
    pub const fn name(self) -> &'static str {
        match self {
            Status::Sending => "sending",
            Status::SendFailed => "send-failed",
            Status::AddressRefused => "address-refused",
            Status::Live { .. } => "live",
            Status::Expired => "expired",
            Status::TriesUsedUp => "tries-used-up",
            Status::Proven => "proven",
        }
    }
}

impl LinkPage {
    /// `confirm`, `already-proven`, `elsewhere`.
    pub const fn name(self) -> &'static str {
        match self {
            LinkPage::Confirm => "confirm",
            LinkPage::AlreadyProven => "already-proven",
            LinkPage::Elsewhere => "elsewhere",
        }
    }
}

impl Answer {
    /// The evidence, or the error of a wrong code, which was counted.
    ///
    /// # Errors
    /// `email-code-wrong`, `email-tries-used-up`.
    pub fn proven(self) -> Result<EmailControl> {
        match self {
            Answer::Proven(control) => Ok(control),
            Answer::Wrong(error) => Err(error),
        }
    }
}

/// What came of a code.
#[derive(Debug)]
#[must_use = "store the challenge in both cases: a wrong code counts"]
pub enum Answer {
    /// The person controls the mailbox.
    Proven(EmailControl),
    /// `email-code-wrong` with the tries left, or `email-tries-used-up`: the try was counted.
    Wrong(Error),
}

/// What to show to whoever opens the link. None of it changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkPage {
    /// The session that started: one button, which posts to [`Challenge::answer_link`].
    Confirm,
    /// Already done, here: go on.
    AlreadyProven,
    /// Anywhere else: no form, no name, no address; "go back to the first window and type the code of the mail".
    Elsewhere,
}

impl Challenge {
    /// Asks for a mail to `address`. Nothing is sent: [`Challenge::write`] it, hand it over, then say so.
    ///
    /// # Errors
    /// `no-randomness`.
    pub fn new(
        binding: Binding,
        address: Address,
        lifetime: Lifetime,
        random: &mut dyn Random,
        now: Timestamp,
    ) -> Result<Challenge> {
        // Drawn at once: the system is asked once.
        let (mut drawn, mut salt) = ([0; 48], [0; 32]);
        random.fill(&mut drawn)?;
        let (id, rest) = drawn.split_at(16);
        salt.copy_from_slice(rest);
        Ok(Challenge {
            id: BASE64_URL_SAFE_NO_PAD.encode(id),
            binding,
            address,
            lifetime,
            salt: Mark(salt),
            requested_at: now,
            requests: 1,
            changes: 0,
            written: 0,
            wrong: 0,
            phase: Phase::Requested,
            current: None,
            old: Vec::new(),
            context: OnceLock::new(),
        })
    }

    /// 22 characters, unique and no secret: the part of a link's token before the dot.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// To whom the proof will belong.
    pub fn binding(&self) -> &Binding {
        &self.binding
    }

    /// The address.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Where it stands.
    pub fn status(&self, now: Timestamp) -> Status {
        match self.phase {
            _ if self.is_overdue(now) => Status::SendFailed,
            Phase::Requested => Status::Sending,
            Phase::Refused => Status::AddressRefused,
            Phase::Unsent => Status::SendFailed,
            Phase::Live { from, until } if !holds(from, until, now) => Status::Expired,
            Phase::Live { until, .. } => Status::Live { until },
            Phase::Dead => Status::TriesUsedUp,
            Phase::Proven { .. } => Status::Proven,
        }
    }

    /// Wrong codes that may still be typed.
    pub fn tries_left(&self) -> u8 {
        TRIES.saturating_sub(self.wrong)
    }

    /// When [`Challenge::resend`] will be accepted.
    pub fn resend_at(&self) -> Timestamp {
        self.requested_at + FIRST_WAIT.saturating_mul(1 << self.requests.saturating_sub(1).min(10)).min(LONGEST_WAIT)
    }

    /// The evidence, once given.
    pub fn control(&self) -> Option<EmailControl> {
        let Phase::Proven { at, by } = self.phase else { return None };
        Some(EmailControl { binding: self.binding.clone(), address: self.address.clone(), proven_at: at, by })
    }

    /// Writes the mail: a fresh link, a fresh code, a new end. A retry writes it again, and what was written before
    /// is replaced.
    ///
    /// # Errors
    /// `email-send-window-over` when the link would end later than 15 minutes after the request (10 more than its
    /// lifetime); `email-nothing-to-send` when the mail was handed over; `email-already-proven`; `no-randomness`.
    pub fn write(&mut self, key: &ServerKey, random: &mut dyn Random, now: Timestamp) -> Result<Dispatch> {
        match self.phase {
            _ if self.is_overdue(now) => Err(Error::new(Code::EMAIL_SEND_WINDOW_OVER)),
            Phase::Requested => Ok(()),
            Phase::Proven { .. } => Err(Error::new(Code::EMAIL_ALREADY_PROVEN)),
            _ => Err(Error::new(Code::EMAIL_NOTHING_TO_SEND)),
        }?;
        let (token, code) = (base::token(random)?, base::digits(random, 8)?);
        let (number, context) = (self.written.saturating_add(1), self.context());
        self.retire_current();
        self.written = number;
        self.current = Some(Marks {
            number,
            link: Mark::link(&context, token.expose_secret()),
            code: Mark::code(key, &context, code.expose_secret()),
        });
        Ok(Dispatch {
            number,
            link: SecretString::from([&self.id, ".", token.expose_secret()].concat()),
            code,
            written_at: now,
            expires: now + self.lifetime.duration(),
            minutes: self.lifetime.into(),
        })
    }

    /// Whether the mail was not sent in time, and nobody has been told: [`Challenge::give_up`].
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.phase == Phase::Requested && now > self.last_writing()
    }

    /// Gives up a mail that was not sent in time. Says whether it was this call.
    pub fn give_up(&mut self, now: Timestamp) -> bool {
        let overdue = self.is_overdue(now);
        if overdue {
            self.phase = Phase::Unsent;
        }
        overdue
    }

    /// Whether mail `number` is the one being handed over.
    pub fn is_sending(&self, number: u32) -> bool {
        self.phase == Phase::Requested && self.current.is_some_and(|marks| marks.number == number)
    }

    /// The mail server took mail `number`: the lifetime starts. Returns its end. Saying it twice changes nothing.
    ///
    /// # Errors
    /// `email-superseded` when a later mail was written or asked for.
    pub fn handed_over(&mut self, number: u32, now: Timestamp) -> Result<Timestamp> {
        match self.phase {
            _ if self.current.is_none_or(|marks| marks.number != number) => Err(Error::new(Code::EMAIL_SUPERSEDED)),
            Phase::Live { until, .. } => Ok(until),
            Phase::Requested => {
                let until = (now + self.lifetime.duration()).min(self.requested_at + self.window());
                self.phase = Phase::Live { from: now, until };
                Ok(until)
            }
            _ => Err(Error::new(Code::EMAIL_SUPERSEDED)),
        }
    }

    /// The mail server refused the address for good in mail `number`: no retry will help.
    ///
    /// # Errors
    /// `email-superseded` when a later mail was written or asked for.
    pub fn refused(&mut self, number: u32) -> Result<()> {
        if !self.is_sending(number) {
            return Err(Error::new(Code::EMAIL_SUPERSEDED));
        }
        self.phase = Phase::Refused;
        Ok(())
    }

    /// The mail server refused mail `number` for good, for a reason that is not its address: another may be asked for.
    ///
    /// # Errors
    /// `email-superseded` when a later mail was written or asked for.
    pub fn rejected(&mut self, number: u32) -> Result<()> {
        if !self.is_sending(number) {
            return Err(Error::new(Code::EMAIL_SUPERSEDED));
        }
        self.phase = Phase::Unsent;
        Ok(())
    }

    /// Asks for the mail again; the old link and code die.
    ///
    /// # Errors
    /// `email-resend-too-early` with `retry_after`: 30 seconds, doubled with each mail up to 15 minutes;
    /// `email-already-proven`.
    pub fn resend(&mut self, now: Timestamp) -> Result<()> {
        self.may_ask(now)?;
        self.ask(now);
        Ok(())
    }

    /// Asks for the mail at another address; the old link and code die.
    ///
    /// # Errors
    /// As [`Challenge::resend`], but the first three changes need no wait.
    pub fn change_address(&mut self, address: Address, now: Timestamp) -> Result<()> {
        if self.changes >= FREE_CHANGES || self.proven() || address.envelope() == self.address.envelope() {
            self.may_ask(now)?;
        }
        self.changes = self.changes.saturating_add(1);
        self.address = address;
        self.context = OnceLock::new();
        self.ask(now);
        Ok(())
    }

    /// The challenge in another session of the same person, for which nothing was written yet: another identity, and no
    /// old link or code is known there. The waits and the count of changes go on.
    ///
    /// # Errors
    /// `no-randomness`.
    pub fn moved_to(&self, binding: Binding, random: &mut dyn Random) -> Result<Challenge> {
        let fresh = Challenge::new(binding, self.address.clone(), self.lifetime, random, self.requested_at)?;
        Ok(Challenge { requests: self.requests, changes: self.changes, written: self.written, ..fresh })
    }

    /// Takes the code that `by` typed; spaces in it do not matter. On `Ok` the challenge has changed: store it. The
    /// right code, sent again after the proof, gives the same evidence again.
    ///
    /// # Errors
    /// Nothing has changed and no try is counted: `email-other-session`, `email-code-form`, `email-expired`,
    /// `email-superseded`, `email-not-sent`, `email-tries-used-up`, `email-already-proven`.
    pub fn answer_code(&mut self, key: &ServerKey, code: &str, by: &Binding, now: Timestamp) -> Result<Answer> {
        self.check_session(by)?;
        let code = eight_digits(code).ok_or_else(|| Error::new(Code::EMAIL_CODE_FORM))?;
        let mark = Mark::code(key, &self.context(), code.expose_secret());
        let (right, old) = self.known(|marks| mark.is(&marks.code));
        if self.judge(right, old, now)? {
            return self.prove(By::Code, now).map(Answer::Proven);
        }
        self.wrong = self.wrong.saturating_add(1);
        let code = if self.wrong < TRIES { Code::EMAIL_CODE_WRONG } else { Code::EMAIL_TRIES_USED_UP };
        if self.wrong >= TRIES {
            self.phase = Phase::Dead;
        }
        let left = self.tries_left();
        Ok(Answer::Wrong(Error::new(code).with(|facts| facts.tries_left = Some(left))))
    }

    /// Takes the token of the link that `by` confirmed by the button. The same token again gives the same evidence.
    ///
    /// # Errors
    /// Nothing has changed: `email-other-session`, `email-link-wrong`, `email-expired`, `email-superseded`,
    /// `email-not-sent`, `email-tries-used-up`, `email-already-proven`.
    pub fn answer_link(&mut self, token: &str, by: &Binding, now: Timestamp) -> Result<EmailControl> {
        self.check_session(by)?;
        let (right, old) = self.match_link(token);
        if !self.judge(right, old, now)? {
            return Err(Error::new(Code::EMAIL_LINK_WRONG));
        }
        self.prove(By::Link, now)
    }

    /// What to show to whoever opens the link with GET: `session` is the browser's, if it has one.
    ///
    /// # Errors
    /// In the session that started only: those of [`Challenge::answer_link`].
    pub fn open_link(&self, token: &str, session: Option<&Binding>, now: Timestamp) -> Result<LinkPage> {
        if !session.is_some_and(|session| session.is(&self.binding)) || Challenge::id_in(token) != Some(&self.id) {
            return Ok(LinkPage::Elsewhere);
        }
        let (right, old) = self.match_link(token);
        match self.judge(right, old, now)? {
            true if self.proven() => Ok(LinkPage::AlreadyProven),
            true => Ok(LinkPage::Confirm),
            false => Err(Error::new(Code::EMAIL_LINK_WRONG)),
        }
    }

    /// The identifier of the challenge that a link's token belongs to.
    pub fn id_in(token: &str) -> Option<&str> {
        token.split_once('.').map(|(id, _)| id)
    }

    /// The stored form.
    ///
    /// # Errors
    /// `broken-invariant`, which no challenge causes.
    pub fn to_stored(&self) -> Result<Vec<u8>> {
        base::to_stored(STORED_VERSION, self)
    }

    /// Reads the stored form back.
    ///
    /// # Errors
    /// `stored-form-newer`, `stored-form-unreadable`.
    pub fn resume(stored: &[u8]) -> Result<Challenge> {
        base::from_stored(STORED_VERSION, stored)
    }

    /// Whether an answer is right, when the challenge can be answered at all.
    fn judge(&self, right: bool, old: bool, now: Timestamp) -> Result<bool> {
        let refuse = |code| Err(Error::new(code));
        match self.phase {
            Phase::Proven { .. } if right => Ok(true),
            Phase::Proven { .. } => refuse(Code::EMAIL_ALREADY_PROVEN),
            Phase::Dead => refuse(Code::EMAIL_TRIES_USED_UP),
            _ if old && !right => refuse(Code::EMAIL_SUPERSEDED),
            Phase::Requested | Phase::Refused | Phase::Unsent => refuse(Code::EMAIL_NOT_SENT),
            Phase::Live { from, until } if !holds(from, until, now) => refuse(Code::EMAIL_EXPIRED),
            Phase::Live { .. } => Ok(right),
        }
    }

    fn prove(&mut self, by: By, now: Timestamp) -> Result<EmailControl> {
        if !self.proven() {
            self.phase = Phase::Proven { at: now, by };
        }
        self.control().ok_or_else(|| Error::new(Code::BROKEN_INVARIANT))
    }

    fn match_link(&self, token: &str) -> (bool, bool) {
        let Some((id, token)) = token.split_once('.') else { return (false, false) };
        let mark = Mark::link(&self.context(), token);
        self.known(|marks| id == self.id && mark.is(&marks.link))
    }

    /// Whether an answer is that of the current mail, and whether it is that of an older one to the same address.
    fn known(&self, is: impl Fn(&Marks) -> bool) -> (bool, bool) {
        (self.current.as_ref().is_some_and(&is), self.old.iter().any(is))
    }

    fn check_session(&self, by: &Binding) -> Result<()> {
        if by.is(&self.binding) { Ok(()) } else { Err(Error::new(Code::EMAIL_OTHER_SESSION)) }
    }

    fn may_ask(&self, now: Timestamp) -> Result<()> {
        if self.proven() {
            return Err(Error::new(Code::EMAIL_ALREADY_PROVEN));
        }
        // A clock that went back far must not lock the person out.
        let (at, jumped) = (self.resend_at(), now + LONGEST_WAIT < self.requested_at);
        if now >= at || jumped {
            return Ok(());
        }
        Err(Error::new(Code::EMAIL_RESEND_TOO_EARLY).with(|facts| facts.retry_after = Some(at.since(now))))
    }

    fn ask(&mut self, now: Timestamp) {
        self.retire_current();
        self.requested_at = now;
        self.requests = self.requests.saturating_add(1);
        self.wrong = 0;
        self.phase = Phase::Requested;
    }

    fn retire_current(&mut self) {
        if let Some(marks) = self.current.take() {
            if self.old.len() >= OLD_MARKS {
                self.old.remove(0);
            }
            self.old.push(marks);
        }
    }

    fn proven(&self) -> bool {
        matches!(self.phase, Phase::Proven { .. })
    }

    fn window(&self) -> Duration {
        self.lifetime.duration() + RETRY_TIME
    }

    fn last_writing(&self) -> Timestamp {
        self.requested_at + RETRY_TIME
    }

    /// What the marks are bound to.
    fn context(&self) -> Mark {
        *self.context.get_or_init(|| self.hashed_context())
    }

    fn hashed_context(&self) -> Mark {
        let Binding { issuer, subject, attempt } = &self.binding;
        let parts = [&self.id, issuer, subject, attempt, self.address.envelope()].map(str::as_bytes);
        let [id, issuer, subject, attempt, address] = parts;
        Mark(base::digest("sas-psc email challenge v1", &[&self.salt.0, id, issuer, subject, attempt, address]))
    }
}

impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Challenge").field("id", &self.id).field("requests", &self.requests).finish_non_exhaustive()
    }
}

/// A clock that went back by more than the skew does not make a link live longer: it ends it.
fn holds(from: Timestamp, until: Timestamp, now: Timestamp) -> bool {
    now < until && from <= now + SKEW
}

/// The digits of a typed or pasted code: `1234 5678` is `12345678`.
pub(super) fn eight_digits(text: &str) -> Option<SecretString> {
    if text.len() > 64 {
        return None;
    }
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let right = digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_digit());
    right.then(|| SecretString::from(digits))
}
