//! What to have at hand before the journey, so that nothing stops it in the middle.
//!
//! A program tells what it could look at itself (reader, card, middleware) and gives what the person typed; the numbers,
//! addresses and settings are judged by the rules they will meet. What nobody looked at is told as such, never as ready.

use crate::email::Address;
use crate::error::{Code, Error, Lang, Result};
use crate::id::{Adeli, Rpps};
use crate::participation::{Mode, check_json};
use serde::Serialize;

/// How the person will sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Means {
    /// The CPS card.
    Card,
    /// The e-CPS app on a phone.
    Ecps,
}

/// One thing to have at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Need {
    /// A card reader that this machine sees.
    Reader,
    /// A CPS card in it.
    Card,
    /// The software of ANS that shows the card to the browser.
    Middleware,
    /// The e-CPS app, activated, at its newest version, on a phone whose system is up to date.
    App,
    /// The RPPS number, or the ADELI number of professions without one.
    Number,
    /// The e-mail address to link.
    Address,
    /// The answers to the participation questions.
    Settings,
}

/// Whether it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Presence {
    /// It is.
    Ready,
    /// It is not, or it would be refused.
    Missing,
    /// Nobody looked.
    NotChecked,
}

/// A line of the checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Prerequisite {
    /// The thing.
    pub need: Need,
    /// Whether it is there.
    pub presence: Presence,
    /// What it is, for the person.
    pub text: &'static str,
    /// What is wrong with it and what to do; empty when nothing is known to be.
    pub hint: String,
}

/// What is at hand.
///
/// ```
/// use sas_psc::{Lang, onboarding::companion::{Means, Need, Preparation, Presence}};
///
/// let ready = Preparation::new(Means::Ecps).look(Need::App, true).number("99700245667");
/// let list = ready.checklist(Lang::En);
/// assert_eq!(list[1].presence, Presence::Ready);
/// assert_eq!(list[2].presence, Presence::NotChecked, "no address was given");
/// assert!(ready.nothing_missing());
/// ```
#[derive(Debug, Clone)]
pub struct Preparation {
    means: Means,
    /// What was looked at, and what is wrong with it.
    seen: Vec<(Need, Option<Code>)>,
}

impl Preparation {
    /// Nothing looked at yet.
    pub fn new(means: Means) -> Preparation {
        Preparation { means, seen: Vec::new() }
    }

    /// What the program looked at itself: is it there?
    pub fn look(self, need: Need, there: bool) -> Preparation {
        self.saw(need, (!there).then_some(Code::PREREQUISITE_MISSING))
    }

    /// The RPPS or ADELI number that the person typed.
    pub fn number(self, text: &str) -> Preparation {
        let wrong = match (Rpps::parse(text), Adeli::parse(text)) {
            (Err(error), Err(_)) => Some(error.code()),
            _ => None,
        };
        self.saw(Need::Number, wrong)
    }

    /// The address to link.
    pub fn address(self, text: &str) -> Preparation {
        self.saw(Need::Address, Address::parse(text).err().map(|error| error.code()))
    }

    /// The settings as JSON, as [`check_json`] takes them, by the strict rules.
    ///
    /// # Errors
    /// `settings-unreadable`.
    pub fn settings(self, json: &str) -> Result<Preparation> {
        let check = check_json(json, Mode::Strict, Lang::En)?;
        Ok(self.saw(Need::Settings, check.problems.first().and_then(|problem| Code::from_number(problem.code))))
    }

    fn saw(mut self, need: Need, wrong: Option<Code>) -> Preparation {
        self.seen.retain(|(seen, _)| *seen != need);
        self.seen.push((need, wrong));
        self
    }

    /// What this means of signing in needs, in the order in which it is needed.
    pub fn checklist(&self, lang: Lang) -> Vec<Prerequisite> {
        let sign_in: &[Need] = match self.means {
            Means::Card => &[Need::Reader, Need::Card, Need::Middleware],
            Means::Ecps => &[Need::App],
        };
        let needs = sign_in.iter().chain(&[Need::Number, Need::Address, Need::Settings]);
        needs.map(|&need| self.line(need, lang)).collect()
    }

    fn line(&self, need: Need, lang: Lang) -> Prerequisite {
        let (presence, hint) = match self.seen.iter().find(|(seen, _)| *seen == need) {
            None => (Presence::NotChecked, String::new()),
            Some((_, None)) => (Presence::Ready, String::new()),
            Some((_, Some(Code::PREREQUISITE_MISSING))) => (Presence::Missing, need.hint(lang).to_owned()),
            Some((_, Some(code))) => (Presence::Missing, format!("{} {}", code.message(lang), code.hint(lang))),
        };
        Prerequisite { need, presence, text: need.text(lang), hint }
    }

    /// Nothing that was looked at is missing.
    pub fn nothing_missing(&self) -> bool {
        self.seen.iter().all(|(_, wrong)| wrong.is_none())
    }

    /// The same as an answer for a program that goes on only when all is ready.
    ///
    /// # Errors
    /// The code of the first thing that is missing, with its name in the fact `field`.
    pub fn ready(&self) -> Result<()> {
        match self.seen.iter().find_map(|(need, wrong)| wrong.map(|code| (need, code))) {
            Some((need, code)) => Err(Error::field(code, need.name())),
            None => Ok(()),
        }
    }
}

impl Need {
    /// Its name: `reader`, `card`, `middleware`, `app`, `number`, `address`, `settings`.
    pub fn name(self) -> &'static str {
        match self {
            Need::Reader => "reader",
            Need::Card => "card",
            Need::Middleware => "middleware",
            Need::App => "app",
            Need::Number => "number",
            Need::Address => "address",
            Need::Settings => "settings",
        }
    }

    /// What it is.
    fn text(self, lang: Lang) -> &'static str {
        let (fr, en) = match self {
            Need::Reader => ("Un lecteur de cartes", "A card reader"),
            Need::Card => ("Votre carte CPS, dans le lecteur", "Your CPS card, in the reader"),
            Need::Middleware => ("Le logiciel de la carte CPS (ANS)", "The software of the CPS card (ANS)"),
            Need::App => (
                "L'application e-CPS activée, à sa dernière version, sur un téléphone à jour",
                "The e-CPS app, activated, at its newest version, on a phone that is up to date",
            ),
            Need::Number => ("Votre numéro RPPS ou ADELI", "Your RPPS or ADELI number"),
            Need::Address => ("L'adresse de courriel à lier", "The e-mail address to link"),
            Need::Settings => {
                ("Vos réponses aux paramètres de participation", "Your answers to the participation settings")
            }
        };
        if lang == Lang::Fr { fr } else { en }
    }

    /// What to do when it is not there.
    fn hint(self, lang: Lang) -> &'static str {
        let (fr, en) = match self {
            Need::Reader => ("Branchez le lecteur de cartes.", "Plug the card reader in."),
            Need::Card => ("Insérez votre carte CPS, puce vers l'avant.", "Put your CPS card in, chip first."),
            Need::Middleware => (
                "Installez le logiciel de l'ANS pour la carte CPS, ou utilisez l'e-CPS.",
                "Install ANS's software for the CPS card, or use the e-CPS.",
            ),
            Need::App => (
                "Installez l'application e-CPS et activez-la, ou utilisez la carte CPS.",
                "Install the e-CPS app and activate it, or use the CPS card.",
            ),
            Need::Number => ("Il est sur votre carte CPS.", "It is on your CPS card."),
            Need::Address => ("Choisissez une adresse que vous lisez.", "Choose an address that you read."),
            Need::Settings => {
                ("Préparez-les : elles sont demandées à la fin.", "Prepare them: they are asked at the end.")
            }
        };
        if lang == Lang::Fr { fr } else { en }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn presence(preparation: &Preparation, need: Need) -> Presence {
        preparation.checklist(Lang::Fr).into_iter().find(|line| line.need == need).unwrap().presence
    }

    #[test]
    fn each_means_asks_for_what_it_needs() {
        let needs =
            |means| Preparation::new(means).checklist(Lang::Fr).into_iter().map(|line| line.need).collect::<Vec<_>>();
        let rest = [Need::Number, Need::Address, Need::Settings];
        assert_eq!(needs(Means::Card), [&[Need::Reader, Need::Card, Need::Middleware][..], &rest].concat());
        assert_eq!(needs(Means::Ecps), [&[Need::App][..], &rest].concat());
    }

    #[test]
    fn what_nobody_looked_at_is_neither_ready_nor_missing() {
        let nothing = Preparation::new(Means::Card);
        assert!(
            nothing
                .checklist(Lang::Fr)
                .iter()
                .all(|line| line.presence == Presence::NotChecked && line.hint.is_empty())
        );
        assert!(nothing.nothing_missing() && nothing.ready().is_ok());
    }

    #[test]
    fn what_would_be_refused_is_missing_with_the_reason() {
        let wrong = Preparation::new(Means::Ecps)
            .look(Need::App, false)
            .number("99700245668")
            .address("docteur@exemple")
            .settings(r#"{"participation_sas": true}"#)
            .unwrap();
        for (line, hint) in wrong.checklist(Lang::Fr).iter().zip(["Installez", "La clé", "", ""]) {
            assert_eq!(line.presence, Presence::Missing, "{line:?}");
            assert!(!line.hint.is_empty() && line.hint.starts_with(hint), "{line:?}");
            assert!(!line.hint.contains("99700245668") && !line.hint.contains("docteur"), "{line:?}");
        }
        let error = wrong.ready().unwrap_err();
        assert_eq!((error.code(), error.facts().field), (Code::PREREQUISITE_MISSING, Some("app")));
        assert_eq!(Preparation::new(Means::Card).settings("[").unwrap_err().code(), Code::SETTINGS_UNREADABLE);
    }

    #[test]
    fn what_is_looked_at_again_is_told_anew() {
        let seen =
            Preparation::new(Means::Card).look(Need::Reader, false).look(Need::Reader, true).number("99700245667");
        assert_eq!(presence(&seen, Need::Reader), Presence::Ready);
        assert!(seen.nothing_missing());
        let adeli = Preparation::new(Means::Card).address("docteur@exemple.fr");
        assert_eq!(presence(&adeli, Need::Address), Presence::Ready);
    }
}
