//! What a wait tells the screen: the seconds left, and after 20 and 60 seconds without an answer, what to try, in order.
//!
//! Each step is typed, has one sentence in French and in English, and names where it comes from. A step never ends the
//! wait: "use the card instead" is [`CibaPoll::on_channel`](super::CibaPoll::on_channel), in the same attempt.

use super::Channel;
use crate::error::Lang;
use serde::Serialize;
use std::time::Duration;

/// When help comes, counted from the moment the request was sent.
pub(super) const HELP_AFTER: [Duration; 2] = [Duration::from_secs(20), Duration::from_secs(60)];

/// Something the person may try while the request waits.
///
/// ```
/// use sas_psc::{Lang, psc::{Channel, HelpStep}};
///
/// assert_eq!(HelpStep::of(Channel::Mobile)[0], HelpStep::OpenApp);
/// assert!(HelpStep::UseCard.text(Lang::Fr).contains("carte CPS"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HelpStep {
    /// The notification did not come: open the app by hand.
    OpenApp,
    /// Update the app and the telephone's system.
    Update,
    /// Android: take the browser and the app out of the battery saver.
    BatterySaver,
    /// New telephone, or e-CPS expired: delete it and activate again.
    ActivateAgain,
    /// Go on with the card, in the same attempt.
    UseCard,
    /// On the card: the card in the reader, CPS-Gestion running.
    CpsGestion,
    /// On the card: go on with the telephone, in the same attempt.
    UsePhone,
}

/// Name, French, English, source.
type Row = (HelpStep, &'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const TABLE: [Row; 7] = [
    (HelpStep::OpenApp, "open-app",
        "Ouvrez vous-même l'application e-CPS sur votre téléphone : la demande s'y trouve, même sans notification.",
        "Open the e-CPS app on your phone yourself: the request is there, even without a notification.",
        "from experience; no published page says it"),
    (HelpStep::Update, "update",
        "Mettez à jour l'application e-CPS et le système du téléphone.",
        "Update the e-CPS app and the phone's system.",
        "ANS, e-CPS troubleshooting guide, on esante.gouv.fr"),
    (HelpStep::BatterySaver, "battery-saver",
        "Sur Android, désactivez l'économiseur de batterie pour l'application e-CPS et pour le navigateur.",
        "On Android, turn the battery saver off for the e-CPS app and for the browser.",
        "ANS, e-CPS troubleshooting guide, on esante.gouv.fr (Android 15)"),
    (HelpStep::ActivateAgain, "activate-again",
        "Nouveau téléphone, ou e-CPS expirée : supprimez l'e-CPS dans l'application, puis activez-la de nouveau.",
        "New phone, or expired e-CPS: delete the e-CPS in the app, then activate it again.",
        "esante.gouv.fr, frequent questions on e-CPS, 15 January 2025"),
    (HelpStep::UseCard, "use-card",
        "Vous pouvez aussi continuer avec votre carte CPS, sans recommencer.",
        "You can also go on with your CPS card, without starting again.",
        "industriels.esante.gouv.fr, CIBA: channel=CARD"),
    (HelpStep::CpsGestion, "cps-gestion",
        "Insérez votre carte CPS dans le lecteur et vérifiez que CPS-Gestion (1.3.7 ou plus récent) est lancé.",
        "Put your CPS card into the reader and check that CPS-Gestion (1.3.7 or newer) is running.",
        "industriels.esante.gouv.fr, CIBA: CPS-Gestion 1.3.7 for Windows"),
    (HelpStep::UsePhone, "use-phone",
        "Vous pouvez aussi continuer avec l'e-CPS sur votre téléphone, sans recommencer.",
        "You can also go on with e-CPS on your phone, without starting again.",
        "industriels.esante.gouv.fr, CIBA: channel=MOBILE"),
];

impl HelpStep {
    /// The steps for someone asked on `channel`, in the order to try them.
    pub const fn of(channel: Channel) -> &'static [HelpStep] {
        use HelpStep::*;
        match channel {
            Channel::Mobile => &[OpenApp, Update, BatterySaver, ActivateAgain, UseCard],
            Channel::Card => &[CpsGestion, UsePhone],
        }
    }

    /// `open-app`, `update`, `battery-saver`, `activate-again`, `use-card`; on the card `cps-gestion`, `use-phone`.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// One sentence for the person.
    pub fn text(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Fr => self.row().2,
            Lang::En => self.row().3,
        }
    }

    /// Where the advice comes from.
    pub fn source(self) -> &'static str {
        self.row().4
    }

    fn row(self) -> &'static Row {
        // Every step has its row: a test says so.
        TABLE.iter().find(|row| row.0 == self).unwrap_or(&TABLE[0])
    }
}

/// To be shown under the digits: PSC numbers are public, so a request may be a stranger's.
pub const fn not_you(lang: Lang) -> &'static str {
    match lang {
        Lang::Fr => {
            "Si vous n'êtes pas à l'origine de cette demande, refusez-la et prévenez votre support. \
             Personne ne vous demandera ce code par téléphone."
        }
        Lang::En => {
            "If you did not make this request, refuse it and tell your support. \
             Nobody will ask you for this code by telephone."
        }
    }
}

/// What a wait has to tell: each second once, the help at 20 and at 60 seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CibaEvent {
    /// Whole seconds left to answer, rounded up; 0 when time is over.
    pub seconds_left: u32,
    /// What to try, in order; empty except at 20 and 60 seconds without an answer.
    pub help: &'static [HelpStep],
}

impl CibaEvent {
    /// The event as JSON shows it: `{"seconds_left":100,"help":[{"step":"open-app","text":"…"}]}`.
    pub fn report(&self, lang: Lang) -> impl Serialize + use<> {
        let help = self.help.iter().map(|step| StepReport { step: step.name(), text: step.text(lang) });
        EventReport { seconds_left: self.seconds_left, help: help.collect() }
    }
}

#[derive(Serialize)]
struct EventReport {
    seconds_left: u32,
    help: Vec<StepReport>,
}

#[derive(Serialize)]
struct StepReport {
    step: &'static str,
    text: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_its_own_row_texts_and_source() {
        let mut names = Vec::new();
        for channel in [Channel::Mobile, Channel::Card] {
            for step in HelpStep::of(channel) {
                assert_eq!(step.row().0, *step);
                assert!(!step.source().is_empty() && step.text(Lang::Fr) != step.text(Lang::En));
                assert!(!names.contains(&step.name()), "{}", step.name());
                names.push(step.name());
            }
        }
        assert_eq!(names.len(), TABLE.len());
        assert_eq!(names[..5], ["open-app", "update", "battery-saver", "activate-again", "use-card"]);
    }

    #[test]
    fn the_warning_is_the_one_that_was_asked_for() {
        let text = "Si vous n'êtes pas à l'origine de cette demande, refusez-la et prévenez votre support. Personne ne \
                    vous demandera ce code par téléphone.";
        assert_eq!(not_you(Lang::Fr), text);
    }
}
