//! The only code that touches the world.

mod ready;
mod sign_up;

pub use ready::block_on;
pub use sign_up::{Account, Mailer, SignUp};
