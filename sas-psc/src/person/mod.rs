//! The professional that a token, a directory row or a card describes: what `psc`, `directory` and `card` each fill in.

mod binding;
mod continuity;
mod crosscheck;
mod described;
mod labels;
mod professional;
mod situation;
mod spelling;

pub use binding::Binding;
pub(crate) use continuity::FORMER;
pub use continuity::{Continuity, Renumbered};
pub use crosscheck::{Crosscheck, Difference, DifferenceKind, MatchedActivity, SamePerson};
pub use described::{Described, DescribedActivity, DescribedPractice, DescribedSituation};
pub use professional::{Activity, Name, OtherId, Practice, Professional};
pub use situation::{ChosenSituation, Situation};
#[cfg(feature = "directory")]
pub(crate) use spelling::{is_between, plain_letter};
