//! What a record is, in a few words for a person: the heading of a receipt, a line of a list.

use super::{Event, Kind, Record};
use crate::error::Lang;

impl Record {
    /// « acceptation de conditions d'utilisation », “acceptance of terms of use”…: without a capital, so that it stands in a
    /// sentence.
    pub fn title(&self, lang: Lang) -> &'static str {
        let fields = self.fields();
        let (french, english) = match (fields.kind, fields.event) {
            (Kind::Terms, Event::Accepted) => ("acceptation de conditions d'utilisation", "acceptance of terms of use"),
            (Kind::Terms, Event::Refused) => ("refus de conditions d'utilisation", "refusal of terms of use"),
            (Kind::Terms, Event::Withdrawn) => {
                ("retrait d'une acceptation de conditions d'utilisation", "withdrawal of an acceptance of terms of use")
            }
            (Kind::Consent, Event::Accepted) => ("consentement donné", "consent given"),
            (Kind::Consent, Event::Refused) => ("consentement refusé", "consent refused"),
            (Kind::Consent, Event::Withdrawn) => ("consentement retiré", "consent withdrawn"),
            (Kind::Declaration, Event::Accepted) => ("déclaration", "declaration"),
            (Kind::Declaration, Event::Refused) => ("déclaration non faite", "declaration not made"),
            (Kind::Declaration, Event::Withdrawn) => ("déclaration retirée", "declaration withdrawn"),
            (Kind::Account, _) | (_, Event::Happened) => {
                return fields.account.as_ref().map_or("", |fact| fact.event.text(lang));
            }
            (_, Event::Superseded) => ("remplacement par une version plus récente", "replacement by a later version"),
        };
        match lang {
            Lang::Fr => french,
            Lang::En => english,
        }
    }
}
