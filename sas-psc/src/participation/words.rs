//! The words of the settings forms, in French as the SAS site writes them, with an English twin.
//!
//! French source: `DashboardSettingsModal.component.vue` and `DashboardSettingsAutocomplete.component.vue` for an effector,
//! `StructureLabelConstant.php` for a structure, whose title and oath are in [`StructureIdType`](super::StructureIdType). A test
//! compares them with `vectors/guide/fr.txt`. SAS has no English form: the English is ours and has no legal standing.

use crate::error::Lang;

macro_rules! labels {
    ($($name:ident $fr:literal $en:literal;)*) => {
        /// A label or sentence of the forms.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Label {
            $(#[doc = concat!("«", $fr, "»")] $name,)*
        }

        impl Label {
            /// Every label, in the order of the forms: an effector's, then a health centre's.
            pub const ALL: &[Label] = &[$(Label::$name),*];

            /// The words.
            pub const fn text(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Label::$name, Lang::Fr) => $fr, (Label::$name, Lang::En) => $en,)*
                }
            }
        }
    };
}

labels! {
    Overbooking "Créneaux en sus de mes disponibilités" "Slots on top of my availability";
    Participate "Je participe au SAS" "I take part in the SAS";
    ViaIndividual "à titre individuel" "on my own";
    ViaCpts "via ma CPTS" "through my CPTS";
    ViaMsp "via ma MSP" "through my MSP";
    ViaSosMedecins "via mon association SOS Médecins" "through my SOS Médecins association";
    NameOfCpts "Indiquez le nom de votre CPTS" "Give the name of your CPTS";
    NameOfMsp "Indiquez le nom de votre MSP" "Give the name of your MSP";
    NameOfSosMedecins "Indiquez le nom de votre association SOS Médecins" "Give the name of your SOS Médecins association";
    Locations "Quel(s) lieu(x) d'activité est/sont rattaché(s) à votre CPTS ?" "Which of your places of activity belong to your CPTS?";
    Software "Utilisez-vous une solution de prise de rendez-vous ?" "Do you use an appointment software?";
    SoftwareNo "Non" "No";
    SoftwareYes "Oui, je déclare sur l'honneur utiliser un (ou plusieurs) logiciel de prise de rendez-vous interfacé avec la plateforme" "Yes, I declare on my honour that I use one (or several) appointment software interfaced with the platform";
    Editors "Indiquez votre/vos logiciel(s) de gestion de rendez-vous" "Give your appointment software";
    EditorSlots "Remontée des créneaux de ma solution de prise de rendez-vous" "Slots from my appointment software";
    EditorDisabled "Je refuse d'afficher mes créneaux « grand public » et/ou « professionnel » disponibles dans la plateforme numérique SAS" "I refuse to show my free slots for the public and/or for professionals on the SAS platform";
    Hours "Je déclare sur l'honneur mettre en visibilité à minima 2 heures de disponibilité par semaine sur mon agenda de la plateforme numérique SAS" "I declare on my honour that I show at least 2 hours of availability a week on my agenda of the SAS platform";
    NotEligible "Si vous renseignez directement sur l'agenda de la plateforme numérique 2 heures par semaine, sans avoir coché la section « Je participe au SAS », alors vous n'êtes pas éligible à la rémunération SAS prévue par l'avenant n°9." "If you fill in 2 hours a week directly on the platform's agenda without having ticked “I take part in the SAS”, you are not eligible for the SAS pay of amendment no. 9.";
    Reorientation "Forfait de réorientation" "Reorientation fee";
    ReorientationYes "Je participe au forfait de réorientation des urgences" "I take part in the emergency reorientation fee";
    Save "Enregistrer" "Save";
    PractitionerCount "Nombre de professionnel de santé du Centre de santé participant au SAS" "Number of health professionals of the health centre who take part in the SAS";
    PractitionerCountMissing "Attention afin d'enregistrer votre participation au SAS, vous devez à minima déclarer un professionnel de santé" "Please note: to save that you take part in the SAS, you have to declare at least one health professional";
    StructureParticipate "J'accepte d'être directement contacté par la régulation afin que le Centre soit sollicité pour prendre des patients en sus de ses disponibilités" "I accept that the call centre contacts me directly, to ask the health centre to take patients on top of its availability";
}

/// A declaration made on one's honour: shown again, in its exact words, before it is saved.
///
/// RGAA 11.12: a form with legal consequences lets the person review, correct or confirm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Declaration {
    /// Using an appointment software interfaced with the platform.
    Software,
    /// Showing two hours a week on the platform's agenda.
    Hours,
}

impl Declaration {
    /// Both declarations.
    pub const ALL: [Declaration; 2] = [Declaration::Software, Declaration::Hours];

    /// The label that carries the sentence.
    pub const fn label(self) -> Label {
        match self {
            Declaration::Software => Label::SoftwareYes,
            Declaration::Hours => Label::Hours,
        }
    }

    /// The exact sentence; the English one only helps to read it.
    pub const fn text(self, lang: Lang) -> &'static str {
        self.label().text(lang)
    }

    /// The field whose `true` makes the declaration.
    pub const fn field(self) -> &'static str {
        match self {
            Declaration::Software => "has_software",
            Declaration::Hours => "hours_available",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_french_words_are_the_guides() {
        let guide = include_str!("../../../vectors/guide/fr.txt");
        let page = |name| guide.split(&format!("# page: {name}\n")).nth(1).unwrap().split("\n#").next().unwrap();
        let lines = ["settings", "structure"].into_iter().flat_map(|name| page(name).lines());
        let expected: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
        let ours: Vec<&str> = Label::ALL.iter().map(|label| label.text(Lang::Fr)).collect();
        assert_eq!(ours, expected);
    }

    #[test]
    fn every_label_has_its_english_twin() {
        for label in Label::ALL {
            assert_ne!(label.text(Lang::Fr), label.text(Lang::En));
        }
    }
}
