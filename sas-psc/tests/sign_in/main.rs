//! Sign-in from the first request to evidence, over a provider and a clock that exist only here: by code, by CIBA, and
//! every wrong, late, repeated and hostile answer on the way.

mod ciba;
mod clock;
mod code;
mod doctor;
mod fake;
mod held;
#[cfg(all(feature = "tokio", feature = "sqlite"))]
mod many;
#[path = "../id_token/minting.rs"]
#[allow(dead_code)]
mod minting;
mod sealed;
mod session;
mod sessions;
#[cfg(feature = "system")]
mod step_sessions;
mod waiting;
