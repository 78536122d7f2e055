//! proof that a person controls a mailbox.
