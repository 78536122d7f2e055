//! The professional that a token, a directory row or a card describes: what `psc`, `directory` and `card` each fill in.

mod professional;

pub use professional::{Activity, Name, OtherId, Practice, Professional};
