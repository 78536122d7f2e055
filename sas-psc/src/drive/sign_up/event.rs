//! What an operator wants to know of the mails. It names nobody: a mailbox is a keyed hash.

use crate::base::Timestamp;
use crate::email::LimitKey;
use crate::error::Code;
use serde::Serialize;

/// Something about a mail, for whoever runs the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailEvent {
    /// What.
    pub kind: MailEventKind,
    /// The mailbox, under the platform's key.
    pub mailbox: LimitKey,
    /// The error behind it, when there is one.
    pub cause: Option<Code>,
    /// When.
    pub at: Timestamp,
}

impl MailEvent {
    /// The event as JSON shows it: `{"kind":"dead-letter","mailbox":"1f…","cause":"mail-deferred","at":1795420800}`.
    pub fn report(&self) -> impl Serialize + use<> {
        Report {
            kind: self.kind.name(),
            mailbox: self.mailbox.to_string(),
            cause: self.cause.map(Code::name),
            at: self.at.unix(),
        }
    }
}

#[derive(Serialize)]
struct Report {
    kind: &'static str,
    mailbox: String,
    cause: Option<&'static str>,
    at: i64,
}

/// What happened to a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MailEventKind {
    /// A person or a network asked for too many: nothing is sent.
    HeldBack,
    /// Others asked for the same mailbox: the mail leaves later.
    Late,
    /// It could not be handed over; another try follows.
    Deferred,
    /// The mail server refuses the address for good; the person is asked for another one.
    Refused,
    /// It was given up: the mail server refuses it for good for a reason that is not the address, or every try failed.
    /// The person is offered to send it again.
    DeadLetter,
    /// The reader of an address that was to be replaced, or was, objects; with `store-email-taken` as cause when the old
    /// address could not be given back. Somebody should look into it.
    Objected,
}

impl MailEventKind {
    /// `held-back`, `late`, `deferred`, `refused`, `dead-letter`, `objected`.
    pub const fn name(self) -> &'static str {
        match self {
            MailEventKind::HeldBack => "held-back",
            MailEventKind::Late => "late",
            MailEventKind::Deferred => "deferred",
            MailEventKind::Refused => "refused",
            MailEventKind::DeadLetter => "dead-letter",
            MailEventKind::Objected => "objected",
        }
    }
}
