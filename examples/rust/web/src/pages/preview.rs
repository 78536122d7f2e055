//! Every page with sample people, written to `target/preview/`: what to look at while changing the look.
//!
//! `cargo test -p sas-psc-example-web preview`, then open `target/preview/index.html`. People are invented: their
//! numbers start with 997 or 999.

use super::account::Account;
use super::address::{NewEmail, Objection};
use super::arrival::{CameBack, Ineligible, Place, Places, Taken};
use super::before::{Found, Several};
use super::data::{Close, Closed, Data};
use super::ecps::{Ecps, Wait};
use super::email::{Email, Mail, Sent};
use super::home::{Home, Leaving};
use super::legal::{Cgu, Cookies, Credits, Notice};
use super::link::{DeadLink, Elsewhere, Link};
use super::message::Message;
use super::participation::{Answer, Editor, Questions, Review};
use super::proofs::Proof;
use super::terms::{Document, Invitation, Terms, documents};
use super::{Problem, Shell, Who, words};
use crate::terms;
use crate::text::{Text, spaced};
use askama::Template;
use sas_psc::base::Timestamp;
use sas_psc::participation::{Form, Label, Settings, Via};
use sas_psc::psc::Channel;
use sas_psc::{Code, Lang};
use std::fmt::Write;
use std::{fs, path::Path};

/// Pages of one language, made one after another.
struct Pages {
    lang: Lang,
    t: &'static Text,
    made: Vec<(&'static str, String)>,
}

impl Pages {
    fn add(&mut self, name: &'static str, view: impl Template) {
        self.made.push((name, view.render().unwrap()));
    }

    /// The frame before anybody signed in.
    fn out(&self) -> Shell {
        Shell {
            t: self.t,
            lang: self.lang,
            service: "Plateforme digitale SAS".into(),
            csrf: "token".into(),
            query: String::new(),
            who: None,
            problems: vec![],
            notice: None,
        }
    }

    fn signed_in(&self) -> Shell {
        Shell { who: Some(who()), ..self.out() }
    }

    fn wrong(&self, field: &'static str, code: Code) -> Shell {
        Shell { problems: vec![Problem::of_code(code, field, self.lang)], ..self.signed_in() }
    }

    fn sent(&self, s: Shell, state: Mail) -> Sent {
        let again_in = if matches!(state, Mail::Waiting) { 30 } else { 0 };
        Sent { s, address: "camille.durand@exemple.fr".into(), state, first: true, base: "/courriel", again_in }
    }

    fn new_email(&self, s: Shell, typed: &str) -> NewEmail {
        NewEmail { s, current: "camille.durand@exemple.fr".into(), typed: typed.into() }
    }

    fn questions(&self, s: Shell, a: Settings) -> Questions {
        let editors = vec![Editor { id: "1", name: "Agenda des Lilas", ticked: true }];
        Questions { s, asked: Form::of(&a), a, typed: String::new(), places: places(), editors, structures: vec![] }
    }

    fn dead(&self, title: &'static str, todo: &'static str, offer_again: bool) -> DeadLink {
        DeadLink { s: self.signed_in(), title, todo, offer_again }
    }

    fn message(&self, title: &'static str, todo: &str, code: &'static str) -> Message {
        Message { s: self.out(), title, todo: spaced(todo), next: "/suite", next_text: self.t.resume, code }
    }

    fn documents(&self) -> Vec<Document> {
        let now = Timestamp::parse_rfc3339("2026-11-23T08:00:00Z").unwrap();
        documents(terms::load().unwrap().current(self.lang.tag(), now).unwrap())
    }

    fn terms(&self, s: Shell, changed: bool) -> Terms {
        let (documents, version) = (self.documents(), "2026-11".into());
        let difference = changed.then(difference);
        Terms { s, documents, version, bundle: "hash".into(), changed, difference, other_language: changed }
    }

    fn answer(&self, question: Label, answer: &str) -> Answer {
        Answer { question: spaced(question.text(self.lang)), answer: answer.into() }
    }
}

fn difference() -> String {
    "Version 2026-10 → version 2026-11\n\nCGU\n  Article 1\n- Un an.\n+ Deux ans.\n".into()
}

fn who() -> Who {
    Who { name: "Dr Camille DURAND".into(), number_kind: "RPPS".into(), number_tail: "8896".into() }
}

fn places() -> Vec<Place> {
    let place = |id: &str, name: &str, address: &str, ticked| Place {
        id: id.into(),
        name: name.into(),
        address: address.into(),
        ticked,
    };
    vec![
        place("0", "Cabinet du Dr Durand, 75020 Paris", "12 rue des Lilas", true),
        place("1", "Maison de santé des Coteaux, 69005 Lyon", "3 place du Marché", false),
    ]
}

fn via(via: Via, has_software: Option<bool>) -> Settings {
    Settings { participation_sas: true, participation_sas_via: Some(via), has_software, ..Settings::default() }
}

/// Every page in one language: its file name and its HTML.
pub fn every_page(lang: Lang) -> Vec<(&'static str, String)> {
    let t = Text::of(lang);
    let mut p = Pages { lang, t, made: vec![] };

    p.add("accueil", Home { s: p.out() });
    p.add("accueil-quitte", Home { s: Shell { notice: Some(t.wait_quitted), ..p.out() } });
    p.add("vers-psc", Leaving { s: p.out(), title: t.leaving, url: "https://psc.invalid/auth?state=x".into() });
    p.add("e-cps", Ecps { s: p.out(), rpps: String::new() });
    p.add("e-cps-faux", Ecps { s: p.wrong("rpps", Code::ID_KEY), rpps: "99700218897".into() });
    let wait = |s, digits: &str, seconds, channel| Wait::of(s, digits.to_owned(), seconds, 120 - seconds, channel);
    p.add("e-cps-attente", wait(p.out(), "07", 118, Channel::Mobile));
    p.add("e-cps-attente-aide", wait(p.out(), "07", 99, Channel::Mobile));
    p.add("e-cps-attente-carte", wait(p.out(), "31", 50, Channel::Card));
    let patience = Shell { notice: Some(t.wait_not_yet), ..p.out() };
    p.add("e-cps-attente-patience", wait(patience, "42", 61, Channel::Mobile));
    p.add("retrouvailles", CameBack { s: p.out(), who: who() });
    let (why, ask_for) =
        (Code::ELIGIBILITY_STRUCTURE_STAFF.message(lang), Code::ELIGIBILITY_STRUCTURE_STAFF.hint(lang));
    p.add("sans-compte", Ineligible { s: p.out(), why: spaced(why), ask_for: spaced(ask_for) });
    p.add("deja-utilise", Taken { s: p.out(), contact: Some("aide@exemple.fr".into()) });
    p.add("lieux", Places { s: p.signed_in(), places: places() });
    let none = Problem { field: "places", message: t.places_none.into(), hint: t.places_none_todo.into() };
    p.add("lieux-faux", Places { s: Shell { problems: vec![none], ..p.signed_in() }, places: places() });

    p.add("courriel", Email { s: p.signed_in(), typed: String::new() });
    p.add("courriel-faux", Email { s: p.wrong("email", Code::EMAIL_AT_SIGN), typed: "camille.durand".into() });
    p.add("code-en-route", p.sent(p.signed_in(), Mail::Waiting));
    let until = || Mail::Open { until: t.hour.replace("{h}", "14").replace("{m}", "05") };
    p.add("code", p.sent(p.signed_in(), until()));
    p.add("code-faux", p.sent(p.wrong("code", Code::EMAIL_CODE_WRONG), until()));
    p.add("code-trop-tard", p.sent(p.signed_in(), Mail::Late));
    p.add("code-trop-de-fautes", p.sent(p.wrong("", Code::EMAIL_TRIES_USED_UP), Mail::Worn));
    p.add("code-pas-parti", p.sent(p.signed_in(), Mail::Unsent));
    p.add("code-autre-visite", p.sent(p.signed_in(), Mail::Other));
    p.add("lien", Link { s: p.signed_in(), token: "x.y".into() });
    p.add("lien-ailleurs", Elsewhere { s: p.out() });
    p.add("lien-trop-tard", p.dead(t.link_late, t.late_todo, true));
    p.add("lien-deja-servi", p.dead(t.link_used, t.link_used_todo, false));
    p.add("lien-ancien", p.dead(t.link_old, t.link_old_todo, false));

    p.add("conditions", p.terms(p.signed_in(), false));
    p.add("conditions-faux", p.terms(p.wrong("accept", Code::TERMS_NOT_TICKED), true));
    let (title, todo, read) = (t.refused, t.refused_todo, t.refused_again);
    p.add("conditions-refus", Invitation { s: p.signed_in(), title, todo, read });

    p.add("participation", p.questions(p.signed_in(), Settings::default()));
    p.add("participation-cpts", p.questions(p.signed_in(), via(Via::Cpts, Some(true))));
    p.add(
        "participation-msp-faux",
        p.questions(p.wrong("msp", Code::SETTINGS_FINESS_MISSING), via(Via::Msp, Some(false))),
    );
    let more = Shell { notice: Some(t.more_asked), ..p.signed_in() };
    p.add("participation-sos", p.questions(more, via(Via::SosMedecins, None)));
    let answers = vec![p.answer(Label::Participate, t.yes), p.answer(Label::Software, t.no)];
    let sworn = vec![Label::Hours.text(lang).to_owned()];
    p.add("relecture", Review { s: p.signed_in(), answers, sworn, seal: "hash".into() });
    let (email, places) =
        ("camille.durand@exemple.fr".to_owned(), vec!["Cabinet du Dr Durand, 75020 Paris".to_owned()]);
    let participation = Label::ViaIndividual.text(lang).to_owned();
    let told = Account {
        s: p.signed_in(),
        email: email.clone(),
        places: places.clone(),
        participation: participation.clone(),
        notice: true,
        difference: Some(difference()),
    };
    p.add("compte-avis", told);
    let (notice, difference) = (false, None);
    p.add("compte", Account { s: p.signed_in(), email, places, participation, notice, difference });

    p.add("nouvelle-adresse", p.new_email(p.signed_in(), ""));
    p.add("nouvelle-adresse-faux", p.new_email(p.wrong("email", Code::EMAIL_AT_SIGN), "camille"));
    p.add("nouvelle-adresse-code", Sent { first: false, base: "/compte/courriel", ..p.sent(p.signed_in(), until()) });
    p.add("objection", Objection { s: p.out(), token: "x.y".into() });
    p.add("objection-faux", Objection { s: p.wrong("code", Code::EMAIL_CODE_WRONG), token: "x.y".into() });
    p.add("objection-faite", p.message(t.objected, t.objected_undone, ""));
    p.add("objection-tardive", p.message(t.objection_late, t.objection_late_todo, ""));
    let proof = |what: &str, evidence| Proof {
        id: "019ab54c-1c00-7000-8000-000000000001".into(),
        what: what.into(),
        when: "23/11/2026 à 08:05".into(),
        evidence,
    };
    let proofs = vec![
        proof("Déclaration (PARTICIPATION 2026-11)", false),
        proof("Acceptation de conditions d'utilisation (CGU 2026-11)", true),
    ];
    p.add("mes-donnees", Data { s: p.signed_in(), proofs });
    p.add("fermer", Close { s: p.signed_in(), months: 12 });
    let unticked = |field| Problem { field, message: t.close_unticked.into(), hint: t.close_unticked_todo.into() };
    p.add("fermer-faux", Close { s: Shell { problems: vec![unticked("close")], ..p.signed_in() }, months: 12 });
    p.add("ferme", Closed { s: p.signed_in(), until: "23/11/2027".into() });
    p.add("compte-retrouve", Found { s: p.signed_in(), account: "1742".into() });
    let several = |s| Several { s, accounts: vec!["1742".into(), "1743".into()], contact: None };
    p.add("comptes-retrouves", several(p.signed_in()));
    p.add("comptes-retrouves-faux", several(p.wrong("account", Code::LINK_CLAIMED)));

    let down = Code::PROVIDER_UNAVAILABLE;
    p.add("erreur", p.message(t.error, &format!("{} {}", down.message(lang), down.hint(lang)), down.name()));
    p.add("introuvable", p.message(t.not_found, t.not_found_todo, ""));
    p.add("perimee", p.message(t.forged, t.forged_todo, ""));
    p.add("deconnecte", p.message(t.signed_out, t.signed_out_todo, ""));
    p.add("cgu", Cgu { s: p.out(), documents: p.documents(), version: "2026-11".into() });
    p.add("credits", Credits { s: p.out() });
    p.add("cookies", Cookies { s: p.out(), names: ["__Host-visit", "__Host-lang", "__Host-place"] });
    p.add("mentions-legales", Notice { s: p.out(), contact: Some("aide@exemple.fr".into()) });
    p.made
}

/// What only the operator can mend is not put in the words that are written for the operator.
#[test]
fn a_doctor_is_not_sent_to_look_for_a_dns() {
    for lang in [Lang::Fr, Lang::En] {
        let ours = words(Code::NAME_NOT_FOUND, lang);
        assert_eq!(ours, words(Code::CLIENT_REFUSED, lang));
        assert_eq!(ours.0, Text::of(lang).not_yours);
        assert_eq!(words(Code::CIBA_EXPIRED, lang).1, spaced(Code::CIBA_EXPIRED.hint(lang)));
        assert_eq!(words(Code::PROVIDER_UNAVAILABLE, lang).1, spaced(Code::PROVIDER_UNAVAILABLE.hint(lang)));
    }
}

#[test]
fn preview() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let dir = home.join("../../../target/preview");
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(dir.join("assets")).unwrap();
    for asset in fs::read_dir(home.join("assets")).unwrap().map(|a| a.unwrap()) {
        let local = fs::read_to_string(asset.path()).unwrap().replace("/assets/", "");
        fs::write(dir.join("assets").join(asset.file_name()), local).unwrap();
    }
    let mut index = String::from("<!doctype html><meta charset=utf-8><title>Preview</title><ul>");
    for lang in [Lang::Fr, Lang::En] {
        for (name, html) in every_page(lang) {
            let file = format!("{name}.{}.html", lang.tag());
            fs::write(dir.join(&file), html.replace("\"/assets/", "\"assets/")).unwrap();
            write!(index, "<li><a href=\"{file}\">{file}</a>").unwrap();
        }
    }
    fs::write(dir.join("index.html"), index).unwrap();
}
