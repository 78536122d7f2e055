//! The participation settings: the questions, then everything once more before it is saved.

use super::Shell;
use super::arrival::Place;
use askama::Template;
use sas_psc::participation::{Form, Label, Refusal, Settings, Via};

/// The questions. What they are, and which an answer calls for, is the SDK's; here is how they look.
#[derive(Template)]
#[template(path = "settings.html")]
pub struct Questions {
    pub s: Shell,
    /// The answers so far, as typed.
    pub a: Settings,
    /// What they call for.
    pub asked: Form,
    /// The structure's name or number, as typed.
    pub typed: String,
    pub places: Vec<Place>,
    /// The appointment software that this platform knows.
    pub editors: Vec<Editor>,
    /// The structures that this platform knows by name.
    pub structures: Vec<String>,
}

/// An appointment software.
pub struct Editor {
    pub id: String,
    pub name: String,
}

impl Questions {
    fn chose(&self, via: Via) -> bool {
        self.a.participation_sas && self.a.participation_sas_via == Some(via)
    }
}

#[derive(Template)]
#[template(path = "review.html")]
pub struct Review {
    pub s: Shell,
    pub answers: Vec<Answer>,
    /// The declarations on one's honour, in full.
    pub sworn: Vec<String>,
    /// The hash of what is shown: saving names it, so that another tab cannot change it unseen.
    pub seal: String,
}

/// A question and its answer, in words.
pub struct Answer {
    pub question: String,
    pub answer: String,
}
