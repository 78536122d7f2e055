//! The limiter of mails over a store: what a program that sends its own mails asks before each.
//!
//! [`SignUp`](super::SignUp) does so by itself. One compare-and-set an ask; who loses it reads and judges again.

use crate::base::Timestamp;
use crate::email::{LimitStore, LimitVerdict, Limiter, MailAsk};
use crate::error::{Code, Error, Result};
use std::fmt;

/// How often a change is tried again when another instance was faster.
const TRIES: u32 = 100;

/// A limiter over the store that all instances of a platform share.
///
/// ```
/// use sas_psc::base::{ServerKey, Timestamp};
/// use sas_psc::drive::{MailLimits, block_on};
/// use sas_psc::email::{Address, LimitRules, Limiter, MailAsk};
/// use sas_psc::store::Memory;
///
/// let limiter = Limiter::new(ServerKey::new(&[7; 32])?, LimitRules::default());
/// let (limits, now) = (MailLimits::new(limiter, Memory::new()), Timestamp::from_unix(1_795_420_800));
/// let address = Address::parse("jeanne@exemple.fr")?;
/// let ask = MailAsk { person: b"account 1", address: &address, network: "192.0.2.7".parse().ok() };
/// assert_eq!(block_on(limits.ask(&ask, now))?, now, "the mail may leave at once");
/// # Ok::<(), sas_psc::Error>(())
/// ```
pub struct MailLimits<S> {
    limiter: Limiter,
    store: S,
}

impl<S: LimitStore> MailLimits<S> {
    /// A limiter over a store.
    pub fn new(limiter: Limiter, store: S) -> MailLimits<S> {
        MailLimits { limiter, store }
    }

    /// The store.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// Counts an ask, and says when its mail may leave: `now`, or later when others asked for the same mailbox. The
    /// person is not to be told which.
    ///
    /// # Errors
    /// `email-too-many` with `retry_after`: nothing was counted; those of the store.
    pub async fn ask(&self, ask: &MailAsk<'_>, now: Timestamp) -> Result<Timestamp> {
        take(&self.limiter, &self.store, ask, now).await
    }
}

impl<S> fmt::Debug for MailLimits<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailLimits").field("rules", self.limiter.rules()).finish_non_exhaustive()
    }
}

pub(super) async fn take(
    limiter: &Limiter,
    store: &impl LimitStore,
    ask: &MailAsk<'_>,
    now: Timestamp,
) -> Result<Timestamp> {
    let keys = limiter.keys(ask);
    for _ in 0..TRIES {
        let rows = store.limit_rows(&keys).await?;
        match limiter.judge(&keys, &rows, now)? {
            LimitVerdict::Wait(wait) => {
                return Err(Error::new(Code::EMAIL_TOO_MANY).with(|facts| facts.retry_after = Some(wait)));
            }
            LimitVerdict::Go { swaps, not_before } => match store.swap_limit_rows(&swaps).await {
                Err(error) if error.code() == Code::STORE_CONFLICT => {}
                written => return written.map(|()| not_before),
            },
        }
    }
    Err(Error::new(Code::STORE_CONFLICT))
}
