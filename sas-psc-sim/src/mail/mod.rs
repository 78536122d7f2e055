//! The mailbox.

/// A mail as received.
pub(crate) struct Mail;
