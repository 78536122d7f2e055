//! The professional that a token, a directory row or a card describes: what `psc`, `directory` and `card` each fill in.

mod binding;
mod labels;
mod professional;

pub use binding::Binding;
pub use professional::{Activity, Name, OtherId, Practice, Professional};
