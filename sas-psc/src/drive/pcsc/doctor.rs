//! What of a sign-in with the card is at this machine: readers, ANS's software, a session that is elsewhere. No card is read.

use super::Readers;
use crate::card::{CardKind, ReaderState, RemoteSession};
use crate::drive::{CheckStatus, Finding, Pkcs11};
use crate::error::{Code, Lang, Result};
use std::time::Duration;

/// A service that does not answer within this is not there.
const LONGEST: Duration = Duration::from_secs(10);

impl Readers {
    /// Examines what a sign-in with the card needs at this machine, as `sas-psc doctor --card` does: `card-readers`,
    /// `card-middleware` (ANS's software, with which the system's browser asks for the card), `card-session`. Nothing of it
    /// fails: the e-CPS needs none.
    pub fn examine(&self, lang: Lang) -> Vec<Finding> {
        let middleware = Pkcs11::installed_of_ans().is_some();
        vec![
            readers(self.list().wait_for(LONGEST), lang),
            if middleware { ok("card-middleware", FOUND, lang) } else { missing(lang) },
            session(Readers::session(), lang),
        ]
    }
}

type Words = (&'static str, &'static str);

const FOUND: Words =
    ("Le logiciel de la carte CPS (ANS) est installé.", "ANS's software for the CPS card is installed.");
const WITH: Words = ("Un lecteur de cartes est là, avec une carte CPS.", "A card reader is there, with a CPS card.");
const EMPTY: Words = ("Un lecteur de cartes est là, sans carte CPS.", "A card reader is there, without a CPS card.");
const MISSING: Words = (
    "Le logiciel de la carte CPS (ANS) n'est pas installé : le navigateur ne demandera pas la carte.",
    "ANS's software for the CPS card is not installed: the browser will not ask for the card.",
);
const INSTALL: Words = (
    "Installez le logiciel de la carte CPS depuis le site de l'ANS, ou connectez-vous avec l'e-CPS.",
    "Install the software of the CPS card from ANS's site, or sign in with the e-CPS.",
);
const LOCAL: Words = ("Cette session est sur cette machine.", "This session is at this machine.");
const REMOTE: Words = (
    "Cette session est à distance : les lecteurs sont ceux du poste où vous êtes assis, et les cartes y sont plus lentes.",
    "This session is remote: the readers are those of the desk where you sit, and cards are slower.",
);
const UNTOLD: Words = (
    "Le système ne dit pas si cette session est à distance.",
    "The system does not say whether this session is remote.",
);

fn said((fr, en): Words, lang: Lang) -> String {
    match lang {
        Lang::Fr => fr.to_owned(),
        Lang::En => en.to_owned(),
    }
}

fn found(check: &'static str, status: CheckStatus, words: Words, lang: Lang) -> Finding {
    Finding { check, status, code: None, message: said(words, lang), hint: String::new(), observed: None }
}

fn ok(check: &'static str, words: Words, lang: Lang) -> Finding {
    found(check, CheckStatus::Ok, words, lang)
}

fn missing(lang: Lang) -> Finding {
    Finding {
        code: Some(Code::PREREQUISITE_MISSING),
        hint: said(INSTALL, lang),
        ..found("card-middleware", CheckStatus::Warning, MISSING, lang)
    }
}

fn readers(listed: Result<Vec<ReaderState>>, lang: Lang) -> Finding {
    let code = match listed {
        Ok(states) if states.iter().any(|state| state.kind().is_some_and(|kind| kind != CardKind::Unknown)) => {
            return ok("card-readers", WITH, lang);
        }
        Ok(states) if !states.is_empty() => return ok("card-readers", EMPTY, lang),
        Ok(_) => Code::READER_NONE,
        Err(error) => error.code(),
    };
    Finding {
        check: "card-readers",
        status: CheckStatus::Warning,
        code: Some(code),
        message: code.message(lang).to_owned(),
        hint: code.hint(lang).to_owned(),
        observed: None,
    }
}

fn session(session: Option<RemoteSession>, lang: Lang) -> Finding {
    match session {
        Some(session) if session.is_remote() => found("card-session", CheckStatus::Warning, REMOTE, lang),
        Some(_) => ok("card-session", LOCAL, lang),
        None => found("card-session", CheckStatus::Skipped, UNTOLD, lang),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::{Atr, ReaderName};

    const CPS3: [u8; 17] = [0x3B, 0xAC, 0, 0x40, 0x2A, 0, 0x12, 0x25, 0, 0x64, 0x80, 0, 3, 0x10, 0, 0x90, 0];

    #[test]
    fn each_state_of_the_readers_is_told_with_what_to_do() {
        let reader = |atr: Option<Atr>| ReaderState { name: ReaderName::new("a"), atr, mute: false, exclusive: false };
        let told = |listed| {
            let finding = readers(listed, Lang::En);
            (finding.status, finding.code, finding.hint.is_empty())
        };
        assert_eq!(told(Ok(vec![reader(None), reader(Some(Atr::new(&CPS3)))])), (CheckStatus::Ok, None, true));
        assert_eq!(told(Ok(vec![reader(None)])), (CheckStatus::Ok, None, true));
        assert_eq!(told(Ok(vec![])), (CheckStatus::Warning, Some(Code::READER_NONE), false));
        for code in [Code::READER_LIBRARY_ABSENT, Code::READER_SERVICE_ABSENT, Code::READER_TIMED_OUT] {
            assert_eq!(told(Err(code.into())), (CheckStatus::Warning, Some(code), false));
        }
    }

    #[test]
    fn nothing_of_the_card_stops_the_doctor_and_a_remote_session_is_told() {
        for lang in [Lang::Fr, Lang::En] {
            let findings = Readers::new().examine(lang);
            assert_eq!(
                findings.iter().map(|found| found.check).collect::<Vec<_>>(),
                ["card-readers", "card-middleware", "card-session"]
            );
            assert!(findings.iter().all(|found| !found.failed() && !found.message.is_empty()));
        }
        let status = |it| session(it, Lang::Fr).status;
        assert_eq!(status(Some(RemoteSession::Rdp)), CheckStatus::Warning);
        assert_eq!(status(Some(RemoteSession::Citrix)), CheckStatus::Warning);
        assert_eq!(status(Some(RemoteSession::Local)), CheckStatus::Ok);
        assert_eq!(status(None), CheckStatus::Skipped);
        assert!(!missing(Lang::Fr).failed() && !missing(Lang::Fr).hint.is_empty());
    }
}
