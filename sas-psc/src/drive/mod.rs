//! The only code that touches the world.

#[cfg(feature = "blocking")]
mod loopback;
mod ready;
mod sign_up;
#[cfg(feature = "smtp")]
mod smtp;
#[cfg(feature = "system")]
mod system;
#[cfg(test)]
mod tests;

#[cfg(feature = "blocking")]
pub use loopback::Loopback;
pub use ready::block_on;
pub use sign_up::{Account, Mailer, SignUp};
#[cfg(feature = "smtp")]
pub use smtp::{HandedOver, Smtp, SmtpConfig};
#[cfg(feature = "system")]
pub use system::{SystemClock, SystemRandom};
