//! The sentences of the form whose answers are kept as declarations: two oaths and one refusal.
//!
//! An answer counts only where the form asks: nobody has declared what they were not shown.

use super::form::{Form, Refusal};
use super::valid::ValidSettings;
use super::words::{Declaration, Label};
use crate::error::Lang;

/// A sentence that is answered yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Sentence {
    /// Sworn: an interfaced appointment software is used.
    Software,
    /// Sworn: two hours a week on the platform's agenda.
    Hours,
    /// The refusal to show the slots of one's software.
    NotShown,
}

impl Sentence {
    /// All of them, in the order of the form.
    pub const ALL: [Sentence; 3] = [Sentence::Software, Sentence::Hours, Sentence::NotShown];
    /// The wording: the commit of ansforge/SAS-moteur-recherche that it was read in.
    pub const VERSION: &str = "e951be9";
    /// The day of that commit, 2026-02-19T00:00:00Z, in seconds since 1970.
    pub const SINCE: i64 = 1_771_459_200;

    /// The name of the declaration in records.
    pub const fn name(self) -> &'static str {
        match self {
            Sentence::Software => "sas-appointment-software",
            Sentence::Hours => "sas-two-hours",
            Sentence::NotShown => "sas-slots-not-shown",
        }
    }

    /// Whether it is made on one's honour.
    pub const fn is_sworn(self) -> bool {
        !matches!(self, Sentence::NotShown)
    }

    /// The label that carries it.
    pub const fn label(self) -> Label {
        match self {
            Sentence::Software => Declaration::Software.label(),
            Sentence::Hours => Declaration::Hours.label(),
            Sentence::NotShown => Label::EditorDisabled,
        }
    }

    /// The exact words; the English ones only help to read them.
    pub const fn text(self, lang: Lang) -> &'static str {
        self.label().text(lang)
    }
}

impl ValidSettings {
    /// What these answers say to a sentence; none when the form does not ask it, or it was left unanswered.
    pub fn answer_to(&self, sentence: Sentence) -> Option<bool> {
        let settings = self.settings().settled();
        let form = Form::of(&settings);
        match sentence {
            Sentence::Software => settings.has_software,
            Sentence::Hours => settings.hours_available,
            // A box left empty says nothing; one ticked by the form itself, or not shown, neither.
            Sentence::NotShown => (form.refusal == Refusal::Free && settings.editor_disabled).then_some(true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::participation::{Mode, Settings, Via};

    fn valid(settings: Settings) -> ValidSettings {
        settings.validate(Mode::Strict, |_| None).unwrap()
    }

    #[test]
    fn an_answer_counts_only_where_the_form_asks() {
        let mut alone = Settings {
            participation_sas: true,
            participation_sas_via: Some(Via::Individual),
            has_software: Some(false),
            hours_available: Some(true),
            ..Settings::default()
        };
        let answers = |settings: &Settings| Sentence::ALL.map(|sentence| valid(settings.clone()).answer_to(sentence));
        assert_eq!(answers(&alone), [Some(false), Some(true), None], "without software the refusal is the form's");
        (alone.has_software, alone.hours_available) = (Some(true), Some(true));
        assert_eq!(answers(&alone), [Some(true), None, None], "with software shown the hours are not asked");
        alone.editor_disabled = true;
        assert_eq!(answers(&alone), [Some(true), Some(true), Some(true)]);
        alone.participation_sas = false;
        assert_eq!(answers(&alone), [None, None, Some(true)], "who takes no part swears nothing");
        let sos = Settings {
            participation_sas: true,
            participation_sas_via: Some(Via::SosMedecins),
            siret: Some("73282932000074".into()),
            hours_available: Some(true),
            ..Settings::default()
        };
        assert_eq!(answers(&sos), [None, None, None], "SOS Médecins: nobody is asked");
    }

    #[test]
    fn what_the_settings_swear_is_what_the_sentences_say() {
        let settings = Settings {
            participation_sas: true,
            participation_sas_via: Some(Via::Individual),
            has_software: Some(true),
            editor_disabled: true,
            hours_available: Some(true),
            ..Settings::default()
        };
        let valid = valid(settings);
        let sworn: Vec<Label> = valid.declarations().into_iter().map(Declaration::label).collect();
        let said: Vec<Label> = Sentence::ALL
            .into_iter()
            .filter(|sentence| sentence.is_sworn() && valid.answer_to(*sentence) == Some(true))
            .map(Sentence::label)
            .collect();
        assert_eq!(said, sworn);
    }
}
