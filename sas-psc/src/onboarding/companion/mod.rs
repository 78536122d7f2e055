//! The companion for the real platform, <https://sas.sante.fr/>, which has no public API: what to have at hand, what comes
//! when, how long each thing lives, and what a pasted verification link says of itself.
//!
//! It prepares and explains. It fills in no page of the platform, sends nothing there and opens no link: opening the site
//! in the person's browser is the program's affair. Sources: the user guide of the SAS account creation, whose words the
//! steps use (`vectors/guide/fr.txt`); for the link, Keycloak's action tokens, which are the platform's affair alone, so
//! that nothing of it is verified here.

mod described;
mod guide;
mod link;
mod preparation;

pub use described::{DescribedLink, Prepared, prepare};
pub use guide::{Step, steps};
pub use link::{LinkHosts, LinkPurpose, VerificationLink};
pub use preparation::{Means, Need, Preparation, Prerequisite, Presence};

/// Where the journey begins.
pub const SITE: &str = "https://sas.sante.fr/";
