//! What follows a sign-in: who came back, who may not open an account, which places of activity.

use super::{Shell, Who};
use askama::Template;

#[derive(Template)]
#[template(path = "came_back.html")]
pub struct CameBack {
    pub s: Shell,
    pub who: Who,
}

#[derive(Template)]
#[template(path = "ineligible.html")]
pub struct Ineligible {
    pub s: Shell,
    pub why: String,
    /// The role to ask for, and whom.
    pub ask_for: String,
}

#[derive(Template)]
#[template(path = "taken.html")]
pub struct Taken {
    pub s: Shell,
    pub contact: Option<String>,
}

#[derive(Template)]
#[template(path = "places.html")]
pub struct Places {
    pub s: Shell,
    pub places: Vec<Place>,
}

/// A place of activity, as a box to tick.
pub struct Place {
    pub id: String,
    pub name: String,
    pub address: String,
    pub ticked: bool,
}
