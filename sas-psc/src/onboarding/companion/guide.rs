//! The steps of the journey on the real platform, in the words of its guide, with the time that a step lives.

use super::Means;
use crate::error::Lang;
use serde::Serialize;

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Step {
    /// Its stable name: `connect`, `card-pin`, `card-certificate`, `ecps-number`, `ecps-phone`, `address`, `mail`, `terms`,
    /// `settings`.
    pub step: &'static str,
    /// What to do.
    pub text: &'static str,
    /// For how many seconds it can be done, when there is an end.
    pub seconds: Option<u32>,
}

const BOTH: [Means; 2] = [Means::Card, Means::Ecps];

/// Step, for whom, seconds, French, English.
type Line = (&'static str, &'static [Means], Option<u32>, &'static str, &'static str);

const LINES: [Line; 9] = [
    (
        "connect",
        &BOTH,
        None,
        "Sur le site : « Se connecter », puis « Pro Santé Connect ».",
        "On the site: “Se connecter”, then “Pro Santé Connect”.",
    ),
    (
        "card-pin",
        &[Means::Card],
        None,
        "Saisissez le code porteur à 4 chiffres de votre carte CPS.",
        "Type the 4-digit code of your CPS card.",
    ),
    (
        "card-certificate",
        &[Means::Card],
        None,
        "Veuillez poursuivre en sélectionnant le certificat lié à votre CPS.",
        "Go on by choosing the certificate of your CPS card.",
    ),
    (
        "ecps-number",
        &[Means::Ecps],
        None,
        "Saisissez votre numéro RPPS, puis « Se connecter avec e-CPS ». Une fenêtre demande un certificat ? Annulez-la.",
        "Type your RPPS number, then “Se connecter avec e-CPS”. A window asks for a certificate? Cancel it.",
    ),
    (
        "ecps-phone",
        &[Means::Ecps],
        Some(120),
        "Sur votre téléphone, dans l'application e-CPS : saisissez votre mot de passe, puis le code affiché à l'écran parmi les trois codes proposés.",
        "On your phone, in the e-CPS app: type your password, then choose the code on the screen among the three.",
    ),
    (
        "address",
        &BOTH,
        None,
        "Saisissez l'adresse de courriel à lier à votre compte, puis « Soumettre ».",
        "Type the e-mail address to link to your account, then “Soumettre”.",
    ),
    (
        "mail",
        &BOTH,
        Some(300),
        "Ouvrez le courriel « Vérification du courriel » de nepasrepondre@sante.fr, et son lien dans ce même navigateur. Rien ? Vérifiez vos spams.",
        "Open the mail “Vérification du courriel” from nepasrepondre@sante.fr, and its link in this same browser. Nothing? Look in your spam.",
    ),
    (
        "terms",
        &BOTH,
        None,
        "Lisez et acceptez les conditions générales d'utilisation, puis « Valider ».",
        "Read and accept the terms of use (CGU), then “Valider”.",
    ),
    (
        "settings",
        &BOTH,
        None,
        "Renseignez vos paramètres de participation, puis « Enregistrer » : votre compte est actif.",
        "Fill in your participation settings, then “Enregistrer”: your account is active.",
    ),
];

/// The steps in their order.
///
/// ```
/// use sas_psc::{Lang, onboarding::companion::{Means, steps}};
///
/// let steps = steps(Means::Ecps, Lang::En);
/// assert_eq!(steps.iter().find(|step| step.step == "ecps-phone").unwrap().seconds, Some(120));
/// ```
pub fn steps(means: Means, lang: Lang) -> Vec<Step> {
    let of_means = LINES.iter().filter(|(_, whose, ..)| whose.contains(&means));
    of_means
        .map(|&(step, _, seconds, fr, en)| Step { step, text: if lang == Lang::Fr { fr } else { en }, seconds })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_means_has_its_own_steps_and_the_rest_in_common() {
        let names = |means| steps(means, Lang::Fr).iter().map(|step| step.step).collect::<Vec<_>>();
        let common = ["address", "mail", "terms", "settings"];
        assert_eq!(names(Means::Card), [&["connect", "card-pin", "card-certificate"][..], &common].concat());
        assert_eq!(names(Means::Ecps), [&["connect", "ecps-number", "ecps-phone"][..], &common].concat());
        assert_eq!(steps(Means::Card, Lang::En).iter().filter_map(|step| step.seconds).collect::<Vec<_>>(), [300]);
    }

    #[test]
    fn the_buttons_and_titles_are_those_of_the_guide() {
        let guide = include_str!("../../../../vectors/guide/fr.txt");
        for means in BOTH {
            for step in steps(means, Lang::Fr) {
                let quoted = step.text.split('«').skip(1).map(|rest| rest.split('»').next().unwrap_or_default());
                for words in quoted.map(|words| words.trim_matches([' ', '\u{a0}', '\u{202f}'])) {
                    assert!(guide.lines().any(|line| line == words), "{words}");
                }
            }
        }
        let certificate = steps(Means::Card, Lang::Fr)[2].text;
        assert!(guide.lines().any(|line| line == certificate.trim_end_matches('.')));
    }
}
