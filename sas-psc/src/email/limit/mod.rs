//! How many mails may be asked for: to one mailbox, by one person, from one network; 30 seconds and growing, with a cap
//! for a day. All instances of a platform count together, in a [`LimitStore`].
//!
//! Rules without I/O: what the store holds of the three, and the time, give a [`LimitVerdict`] and what it holds next.
//! A person or a network that asks too often is told how long to wait. A mailbox for which *others* asked too is not
//! told of: its mail leaves later ([`LimitVerdict::Go`]`::not_before`), so that nobody learns who else writes to it.
//! Whether an address belongs to an account is no input here, so no answer depends on it.
//!
//! Rows stand under keyed hashes: a stolen database names no address and no person. Retries of one mail do not count.
//! Wrong codes are the challenge's own affair. What it does not do: it does not send, wait or look an address up.

mod rules;
mod state;
mod store;
#[cfg(test)]
mod tests;

pub use rules::{LimitRule, LimitRules};
pub use store::{LimitRow, LimitStore, LimitSwap};

use super::Address;
use crate::base::{ServerKey, Timestamp, from_stored, to_stored};
use crate::error::Result;
use core::net::IpAddr;
use serde::{Deserialize, Serialize};
use state::LimitState;
use std::fmt;
use std::time::Duration;

const STORED_VERSION: u32 = 1;

/// A mailbox, a person or a network as a store knows them: a keyed hash.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LimitKey(pub [u8; 32]);

impl fmt::Display for LimitKey {
    /// The first 16 hexadecimal digits: enough to tell two events apart, nothing to find a person by.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0[..8].iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for LimitKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LimitKey({self})")
    }
}

/// A mail that somebody asks for.
#[derive(Clone, Copy)]
pub struct MailAsk<'a> {
    /// Who asks: bytes that stay the same over their sign-ins, such as the account's key.
    pub person: &'a [u8],
    /// The mailbox.
    pub address: &'a Address,
    /// Where they ask from; none when it is not known. A loopback address (a proxy on this machine) counts as unknown.
    pub network: Option<IpAddr>,
}

impl fmt::Debug for MailAsk<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailAsk(•••)")
    }
}

/// What is to be done with an ask.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "write what `Go` says, or the ask is not counted"]
pub enum LimitVerdict {
    /// Write these rows, all or none; the mail leaves at `not_before`, which may have passed.
    Go {
        /// What the store holds next.
        swaps: Vec<LimitSwap>,
        /// When the mail may leave.
        not_before: Timestamp,
    },
    /// Too many: write nothing, and ask again after this.
    Wait(Duration),
}

/// The limiter of a platform: its rules, and the key under which it counts.
///
/// ```
/// use sas_psc::base::{ServerKey, Timestamp};
/// use sas_psc::email::{Address, LimitRules, LimitVerdict, Limiter, MailAsk};
///
/// let limiter = Limiter::new(ServerKey::new(&[7; 32])?, LimitRules::default());
/// let address = Address::parse("jeanne@exemple.fr")?;
/// let ask = MailAsk { person: b"account 1", address: &address, network: "192.0.2.7".parse().ok() };
/// let keys = limiter.keys(&ask);
/// let verdict = limiter.judge(&keys, &[None, None, None], Timestamp::from_unix(1_795_420_800))?;
/// assert!(matches!(verdict, LimitVerdict::Go { swaps, .. } if swaps.len() == 3));
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Limiter {
    key: ServerKey,
    rules: LimitRules,
}

impl Limiter {
    /// A limiter with these rules. Every instance of a platform has the same key.
    pub fn new(key: ServerKey, rules: LimitRules) -> Limiter {
        Limiter { key, rules }
    }

    /// Its rules.
    pub fn rules(&self) -> &LimitRules {
        &self.rules
    }

    /// The rows to read for an ask: the mailbox, the person, and the network when it is known.
    pub fn keys(&self, ask: &MailAsk<'_>) -> Vec<LimitKey> {
        let key = |label, parts: &[&[u8]]| LimitKey(self.key.mac(label, parts));
        let mut keys = vec![self.mailbox(ask.address), key("sas-psc mail limit person", &[ask.person])];
        keys.extend(
            ask.network
                .and_then(|ip| self.rules.prefix(ip))
                .map(|(version, prefix)| key("sas-psc mail limit network", &[&[version], &prefix])),
        );
        keys
    }

    /// The key of a mailbox alone. What follows a `+` does not count: most servers bring it to the same mailbox, and
    /// here that can only delay a mail.
    pub fn mailbox(&self, address: &Address) -> LimitKey {
        let (local, domain) = address.canonical().split_once('@').unwrap_or_default();
        let local = local.split('+').next().filter(|plain| !plain.is_empty()).unwrap_or(local);
        LimitKey(self.key.mac("sas-psc mail limit address", &[local.as_bytes(), domain.as_bytes()]))
    }

    /// What to do with an ask, given the rows of its [`Limiter::keys`], in their order.
    ///
    /// # Errors
    /// `stored-form-newer`, `stored-form-unreadable`.
    pub fn judge(&self, keys: &[LimitKey], rows: &[Option<LimitRow>], now: Timestamp) -> Result<LimitVerdict> {
        let rules = [&self.rules.address, &self.rules.person, &self.rules.network];
        let (mut swaps, mut not_before, mut wait) = (Vec::with_capacity(keys.len()), now, Duration::ZERO);
        for (place, (key, rule)) in keys.iter().zip(rules).enumerate() {
            let row = rows.get(place).and_then(Option::as_ref);
            let mut state = match row {
                Some(row) => from_stored::<LimitState>(STORED_VERSION, &row.state)?,
                None => LimitState::default(),
            };
            let at = state.next_at(rule, now);
            if place == 0 {
                not_before = not_before.max(at);
            } else {
                wait = wait.max(at.since(now));
            }
            state.count(now);
            swaps.push(LimitSwap {
                key: *key,
                expected: row.map_or(0, |row| row.version),
                state: to_stored(STORED_VERSION, &state)?,
                ends: state.ends(),
            });
        }
        Ok(if wait.is_zero() { LimitVerdict::Go { swaps, not_before } } else { LimitVerdict::Wait(wait) })
    }
}
