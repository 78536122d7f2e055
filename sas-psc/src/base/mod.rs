//! What every module stands on: time, randomness, secrets, and the HTTP exchange as a value.

mod clock;
mod exchange;
mod random;
mod stored;

pub use clock::{Clock, Timestamp};
pub use exchange::{Method, Request, Response};
pub use random::{Random, below, digits, token};
pub use secrecy::{ExposeSecret, SecretString};
pub use stored::{from_stored, to_stored};
