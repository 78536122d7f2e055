//! the journey from sign-in to an active account.
