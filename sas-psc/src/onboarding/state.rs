//! Where a sign-up stands, what can happen to it, and the one table of what follows what.
//!
//! `onboarding.mmd` draws this table; a test compares them, and another applies every event to every state.

use crate::error::Lang;
use Event as E;
use State as S;

/// Where a sign-up stands: the page that a person is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum State {
    /// Several places of practice: which ones take part.
    PlacesWanted,
    /// Which address to link.
    EmailWanted,
    /// A mail has to be handed to the mail server.
    MailDue,
    /// The mail has left: its link or its code is awaited.
    MailSent,
    /// The account is initialised: the terms have to be read and answered.
    TermsWanted,
    /// The person refused the terms; they may change their mind.
    TermsRefused,
    /// The participation settings have to be filled in.
    SettingsWanted,
    /// The account is active.
    Active,
}

/// What can happen to a sign-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Event {
    /// The places were chosen.
    PlacesChosen,
    /// An address was given, the first or another one.
    AddressGiven,
    /// The mail server took the mail.
    MailHandedOver,
    /// The mail server refuses this address for good.
    MailRefused,
    /// Another mail was asked for.
    ResendAsked,
    /// The person proved that they control the mailbox.
    EmailProven,
    /// The terms in force were accepted.
    TermsAccepted,
    /// The terms in force were refused.
    TermsRefused,
    /// New terms that ask for a new answer came into force.
    TermsChanged,
    /// Settings that passed the rules were saved.
    SettingsSaved,
    /// Another address was given for the account; the old one stays until it is proven.
    AddressChangeAsked,
    /// The other address was proven: it is the account's.
    NewAddressProven,
    /// The reader of the old address objected.
    AddressChangeObjected,
}

/// From a state, by an event, to a state. What is not here is `step-out-of-order`.
pub const TRANSITIONS: &[(State, Event, State)] = &[
    (S::PlacesWanted, E::PlacesChosen, S::EmailWanted),
    (S::EmailWanted, E::AddressGiven, S::MailDue),
    (S::MailDue, E::MailHandedOver, S::MailSent),
    (S::MailDue, E::MailRefused, S::EmailWanted),
    (S::MailDue, E::ResendAsked, S::MailDue),
    (S::MailDue, E::AddressGiven, S::MailDue),
    (S::MailSent, E::ResendAsked, S::MailDue),
    (S::MailSent, E::AddressGiven, S::MailDue),
    (S::MailSent, E::EmailProven, S::TermsWanted),
    (S::TermsWanted, E::TermsAccepted, S::SettingsWanted),
    (S::TermsWanted, E::TermsAccepted, S::Active),
    (S::TermsWanted, E::TermsRefused, S::TermsRefused),
    (S::TermsRefused, E::TermsAccepted, S::SettingsWanted),
    (S::TermsRefused, E::TermsAccepted, S::Active),
    (S::TermsRefused, E::TermsChanged, S::TermsWanted),
    (S::SettingsWanted, E::SettingsSaved, S::Active),
    (S::SettingsWanted, E::TermsChanged, S::TermsWanted),
    (S::Active, E::SettingsSaved, S::Active),
    (S::Active, E::TermsChanged, S::TermsWanted),
    (S::Active, E::AddressChangeAsked, S::Active),
    (S::Active, E::NewAddressProven, S::Active),
    (S::Active, E::AddressChangeObjected, S::Active),
];

impl State {
    /// Every state, in the order of the journey.
    pub const ALL: [State; 8] = [
        S::PlacesWanted,
        S::EmailWanted,
        S::MailDue,
        S::MailSent,
        S::TermsWanted,
        S::TermsRefused,
        S::SettingsWanted,
        S::Active,
    ];

    /// `places-wanted`, `email-wanted`, `mail-due`, `mail-sent`, `terms-wanted`, `terms-refused`, `settings-wanted`,
    /// `active`.
    pub const fn name(self) -> &'static str {
        match self {
            S::PlacesWanted => "places-wanted",
            S::EmailWanted => "email-wanted",
            S::MailDue => "mail-due",
            S::MailSent => "mail-sent",
            S::TermsWanted => "terms-wanted",
            S::TermsRefused => "terms-refused",
            S::SettingsWanted => "settings-wanted",
            S::Active => "active",
        }
    }

    /// What the person is asked for here, in one sentence.
    pub const fn text(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (S::PlacesWanted, Lang::Fr) => "Choisissez les lieux d'exercice qui participent.",
            (S::PlacesWanted, Lang::En) => "Choose the places of practice that take part.",
            (S::EmailWanted, Lang::Fr) => "Donnez l'adresse de courriel à lier au compte.",
            (S::EmailWanted, Lang::En) => "Give the e-mail address to link to the account.",
            (S::MailDue, Lang::Fr) => "Un courriel de vérification va partir.",
            (S::MailDue, Lang::En) => "A verification e-mail is about to leave.",
            (S::MailSent, Lang::Fr) => "Ouvrez le lien du courriel, ou saisissez son code.",
            (S::MailSent, Lang::En) => "Open the link of the e-mail, or type its code.",
            (S::TermsWanted, Lang::Fr) => "Lisez les conditions, puis acceptez-les ou refusez-les.",
            (S::TermsWanted, Lang::En) => "Read the terms, then accept or refuse them.",
            (S::TermsRefused, Lang::Fr) => "Les conditions sont refusées ; vous pouvez encore les accepter.",
            (S::TermsRefused, Lang::En) => "The terms are refused; you may still accept them.",
            (S::SettingsWanted, Lang::Fr) => "Remplissez les paramètres de participation.",
            (S::SettingsWanted, Lang::En) => "Fill in the participation settings.",
            (S::Active, Lang::Fr) => "Le compte est actif.",
            (S::Active, Lang::En) => "The account is active.",
        }
    }

    /// What the person may do here, in the words of the steps of `drive::SignUp`. Opening the terms' page comes before an
    /// answer to them.
    pub fn steps(self) -> Vec<&'static str> {
        let mut steps = Vec::new();
        for (_, event, _) in TRANSITIONS.iter().filter(|(from, _, _)| *from == self) {
            for step in event.steps() {
                if !steps.contains(step) {
                    steps.push(*step);
                }
            }
        }
        steps
    }

    /// Whether `event` may happen here.
    pub fn allows(self, event: Event) -> bool {
        TRANSITIONS.iter().any(|(from, by, _)| (*from, *by) == (self, event))
    }
}

impl Event {
    /// The steps by which the person makes it happen. What a mail server, the time or another mailbox does is none.
    const fn steps(self) -> &'static [&'static str] {
        match self {
            E::PlacesChosen => &["choose_places"],
            E::AddressGiven => &["give_address"],
            E::ResendAsked => &["resend"],
            E::EmailProven => &["answer_code", "answer_link"],
            E::TermsAccepted => &["present_terms", "accept_terms"],
            E::TermsRefused => &["refuse_terms"],
            E::SettingsSaved => &["save_settings"],
            E::AddressChangeAsked => &["change_address"],
            E::MailHandedOver | E::MailRefused | E::TermsChanged | E::NewAddressProven | E::AddressChangeObjected => {
                &[]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// A word and both sentences of its own for each state, and somebody always has a way on.
    #[test]
    fn each_state_has_its_words_and_a_way_on() {
        let words: BTreeSet<&str> =
            S::ALL.iter().flat_map(|state| [state.name(), state.text(Lang::Fr), state.text(Lang::En)]).collect();
        assert_eq!(words.len(), 3 * S::ALL.len());
        assert!(S::ALL.iter().all(|state| !state.steps().is_empty()));
        assert_eq!(S::MailSent.steps(), ["resend", "give_address", "answer_code", "answer_link"]);
        assert_eq!(S::TermsRefused.steps(), ["present_terms", "accept_terms"]);
        assert_eq!(S::Active.steps(), ["save_settings", "change_address"]);
    }

    /// The picture and the table say the same.
    #[test]
    fn the_picture_is_the_table() {
        let picture = include_str!("onboarding.mmd");
        let drawn: BTreeSet<String> = picture
            .lines()
            .map(str::trim)
            .filter(|line| line.contains(" --> ") && !line.contains("[*]"))
            .map(str::to_owned)
            .collect();
        let told: BTreeSet<String> =
            TRANSITIONS.iter().map(|(from, by, to)| format!("{from:?} --> {to:?}: {by:?}")).collect();
        assert_eq!(drawn, told);
    }

    #[test]
    fn every_state_is_reached_and_left_towards_active() {
        let mut reaches = BTreeSet::from([S::Active]);
        for _ in S::ALL {
            for (from, _, to) in TRANSITIONS {
                if reaches.contains(to) {
                    reaches.insert(*from);
                }
            }
        }
        assert_eq!(reaches, BTreeSet::from(S::ALL));
    }
}
