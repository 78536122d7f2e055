//! Proof that a person controls a mailbox: the address, the challenge, the mail.
//!
//! 1. [`Challenge::new`] for an [`Address`] and a [`Binding`](crate::person::Binding);
//! 2. [`Challenge::write`] gives a [`Dispatch`], [`Message::verification`] the mail; a driver hands it over and says so
//!    with [`Challenge::handed_over`]: the 5 minutes start;
//! 3. [`Challenge::answer_code`] or [`Challenge::answer_link`], in the session that started, gives [`EmailControl`].

mod address;
mod challenge;
mod control;
mod dispatch;
mod inactivity;
mod lifetime;
mod limit;
mod mark;
mod message;
mod notice;
mod paris;
mod sender;
mod template;
#[cfg(test)]
mod tests;

pub use address::{Address, AddressCheck, AddressWarning};
pub use challenge::{Answer, Challenge, LinkPage, Status};
pub use control::{By, EmailControl};
pub use dispatch::Dispatch;
#[cfg(feature = "system")]
pub(crate) use dispatch::check_link_base;
pub use inactivity::InactivityMail;
pub use lifetime::Lifetime;
pub use limit::{LimitKey, LimitRow, LimitRule, LimitRules, LimitStore, LimitSwap, LimitVerdict, Limiter, MailAsk};
pub use message::{Message, SERVICE};
pub use notice::{Notice, Objection};
pub use paris::hour as hour_in_paris;
pub use sender::{SenderCheck, SenderDomain, SenderFinding, SenderProblem, TxtAnswer};
pub use template::{MailKind, Templates};
