//! What every module stands on: time, randomness, secrets, and the HTTP exchange as a value.

pub(crate) mod address;
mod clock;
mod exchange;
mod hash;
mod html;
#[cfg(any(feature = "psc", feature = "card"))]
mod pem;
mod protocol;
mod random;
mod same;
mod stored;
mod zone;

pub use clock::{Clock, Timestamp};
pub use exchange::{Method, Request, Response};
pub use hash::{ServerKey, digest, sha256};
pub(crate) use hash::{sha256_joined, sha256_nodes};
pub(crate) use html::escaped;
#[cfg(any(feature = "psc", feature = "card"))]
pub(crate) use pem::pem;
pub use protocol::{Exchange, Next};
pub use random::{Random, below, digits, token};
pub(crate) use same::same;
pub use secrecy::{ExposeSecret, SecretString};
pub use stored::{from_stored, to_stored};
pub use zone::Zone;

#[cfg(test)]
pub(crate) use random::tests::Counter;
