//! The participation settings: the questions, then everything once more before it is saved.

use super::Shell;
use super::arrival::Place;
use askama::Template;

#[derive(Template)]
#[template(path = "settings.html")]
pub struct Settings {
    pub s: Shell,
    pub f: Form,
    pub places: Vec<Place>,
}

/// The form as the browser sends it. Fields bear the names of SAS's own record.
#[derive(Clone, Default)]
pub struct Form {
    pub participation_sas: String,
    pub participation_sas_via: String,
    pub structure_finess: String,
    pub siret: String,
    pub cpts_locations: Vec<String>,
    pub has_software: String,
    pub hours_available: bool,
    pub editor_disabled: bool,
    pub forfait_reo_enabled: bool,
}

/// Which questions the answers so far call for. `data-when` in the template says the same to the script.
impl Form {
    pub fn asks_via(&self) -> bool {
        self.participation_sas == "yes"
    }
    pub fn asks_finess(&self) -> bool {
        self.asks_via() && matches!(self.participation_sas_via.as_str(), "2" | "3")
    }
    pub fn asks_siret(&self) -> bool {
        self.asks_via() && self.participation_sas_via == "4"
    }
    pub fn asks_places(&self) -> bool {
        self.asks_via() && self.participation_sas_via == "2"
    }
    pub fn asks_software(&self) -> bool {
        self.asks_via() && matches!(self.participation_sas_via.as_str(), "1" | "2" | "3")
    }
    pub fn asks_hours(&self) -> bool {
        self.asks_software() && !self.has_software.is_empty()
    }
    pub fn asks_editor(&self) -> bool {
        self.asks_hours() && self.has_software == "yes"
    }
}

#[derive(Template)]
#[template(path = "review.html")]
pub struct Review {
    pub s: Shell,
    pub answers: Vec<Answer>,
    /// The declarations on one's honour, in full.
    pub sworn: Vec<&'static str>,
    /// The hash of what is shown: saving names it, so that another tab cannot change it unseen.
    pub seal: String,
}

/// A question and its answer, in words.
pub struct Answer {
    pub question: &'static str,
    pub answer: String,
}
