//! Pro Santé Connect.
