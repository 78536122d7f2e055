//! Every page with sample people, written to `target/preview/`: what to look at while changing the look.
//!
//! `cargo test -p sas-psc-example-web preview`, then open `target/preview/index.html`. People are invented: their
//! numbers start with 997 or 999.

use super::account::Account;
use super::arrival::{CameBack, Ineligible, Place, Places, Taken};
use super::ecps::{Ecps, Wait};
use super::email::{Email, Mail, Sent};
use super::home::{Home, Leaving};
use super::legal::{Cgu, Cookies, Credits, Notice};
use super::link::{DeadLink, Elsewhere, Link};
use super::message::Message;
use super::participation::{Answer, Editor, Questions, Review};
use super::terms::{Document, Refused, Terms};
use super::{Problem, Shell, Who};
use crate::text::{Text, spaced};
use askama::Template;
use sas_psc::participation::{Form, Label, Settings, Via};
use sas_psc::{Code, Lang};
use std::fmt::Write;
use std::{fs, path::Path};

fn who() -> Who {
    Who { name: "Dr Camille DURAND".into(), number_kind: "RPPS", number_tail: "8896".into() }
}

fn shell(lang: Lang, signed_in: bool) -> Shell {
    Shell {
        t: Text::of(lang),
        lang,
        service: "Plateforme digitale SAS".into(),
        csrf: "token".into(),
        who: signed_in.then(who),
        problems: vec![],
        notice: None,
    }
}

fn wrong(lang: Lang, field: &'static str, code: Code) -> Shell {
    let problem = Problem { field, message: spaced(code.message(lang)), hint: spaced(code.hint(lang)) };
    Shell { problems: vec![problem], ..shell(lang, true) }
}

fn places() -> Vec<Place> {
    let place = |id: &str, name: &str, address: &str| Place {
        id: id.into(),
        name: name.into(),
        address: address.into(),
        ticked: id == "1",
    };
    vec![
        place("1", "Cabinet du Dr Durand", "12 rue des Lilas, 75020 Paris"),
        place("2", "Maison de santé des Coteaux", "3 place du Marché, 69005 Lyon"),
    ]
}

fn documents(lang: Lang) -> Vec<Document> {
    let t = Text::of(lang);
    let texts = match lang {
        Lang::Fr => [include_str!("../../terms/cgu.fr.txt"), include_str!("../../terms/confidentialite.fr.txt")],
        Lang::En => [include_str!("../../terms/cgu.en.txt"), include_str!("../../terms/confidentialite.en.txt")],
    };
    let titles = [t.terms_cgu, t.terms_privacy];
    let document = |(title, text): (&'static str, &str)| Document {
        title,
        text: text.into(),
        version: "2026-11".into(),
        lang: lang.tag(),
    };
    titles.into_iter().zip(texts).map(document).collect()
}

/// Every page in one language: its file name and its HTML.
pub fn every_page(lang: Lang) -> Vec<(&'static str, String)> {
    let t = Text::of(lang);
    let out = || shell(lang, false);
    let signed = || shell(lang, true);
    let questions = |s: Shell, a: Settings| Questions {
        s,
        asked: Form::of(&a),
        a,
        typed: String::new(),
        places: places(),
        editors: vec![Editor { id: "1".into(), name: "Agenda des Lilas".into() }],
        structures: vec![],
    };
    let via = |via, has_software| Settings {
        participation_sas: true,
        participation_sas_via: Some(via),
        has_software,
        ..Settings::default()
    };
    let sent =
        |s: Shell, state: Mail, again_in: u64| Sent { s, address: "c•••@exemple.fr".into(), state, again_in };
    let until = || Mail::Open { until: "14 h 05 (heure de Paris)".into() };
    let dead = |title, todo, offer_again| DeadLink { s: signed(), title, todo, offer_again };
    let message = |title, todo, next_text, code| Message { s: out(), title, todo, next: "/suite", next_text, code };
    let answer = |label: Label, answer: &str| Answer { question: label.text(lang).into(), answer: answer.into() };
    let page = |name: &'static str, view: &dyn Renders| (name, view.html());
    vec![
        page("accueil", &Home { s: out() }),
        page("accueil-quitte", &Home { s: Shell { notice: Some(t.wait_quitted), ..out() } }),
        page("vers-psc", &Leaving { s: out(), url: "https://psc.example/auth?state=x&nonce=y".into() }),
        page("e-cps", &Ecps { s: out(), rpps: String::new() }),
        page("e-cps-faux", &Ecps { s: wrong(lang, "rpps", Code::ID_KEY), rpps: "99700218897".into() }),
        page("e-cps-attente", &Wait { s: out(), digits: "07".into(), seconds: 118 }),
        page("e-cps-patience", &Wait { s: Shell { notice: Some(t.wait_not_yet), ..out() }, digits: "42".into(), seconds: 61 }),
        page("retrouvailles", &CameBack { s: out(), who: who() }),
        page("inéligible", &Ineligible { s: signed(), why: "Votre carte est une carte de personnel de structure (FINESS).".into(), ask_for: "Demandez un compte « délégataire » ou « gestionnaire de structure » au gestionnaire de comptes de votre territoire.".into() }),
        page("déjà-utilisé", &Taken { s: signed(), contact: Some("aide@exemple.fr".into()) }),
        page("lieux", &Places { s: signed(), places: places() }),
        page("lieux-faux", &Places { s: wrong(lang, "places", Code::ID_LENGTH), places: places() }),
        page("courriel", &Email { s: signed(), typed: String::new() }),
        page("courriel-faux", &Email { s: wrong(lang, "email", Code::ID_CHARACTER), typed: "camille.durand@".into() }),
        page("envoi-en-cours", &sent(signed(), Mail::Waiting, 30)),
        page("envoyé", &sent(signed(), until(), 0)),
        page("envoyé-faux", &sent(wrong(lang, "code", Code::ID_LENGTH), until(), 0)),
        page("trop-tard", &sent(signed(), Mail::Late, 0)),
        page("trop-de-codes", &sent(signed(), Mail::Worn, 0)),
        page("lien", &Link { s: signed(), path: "/lien/x".into() }),
        page("lien-ailleurs", &Elsewhere { s: out() }),
        page("lien-expiré", &dead(t.link_late, t.late_todo, true)),
        page("lien-utilisé", &dead(t.link_used, t.link_used_todo, false)),
        page("lien-ancien", &dead(t.link_old, t.link_old_todo, false)),
        page("conditions", &Terms { s: signed(), documents: documents(lang), bundle: "x".into(), changed: false }),
        page("conditions-faux", &Terms { s: Shell { problems: vec![Problem { field: "accept", message: t.terms_box_missing.into(), hint: t.terms_box_todo.into() }], ..signed() }, documents: documents(lang), bundle: "x".into(), changed: true }),
        page("refus", &Refused { s: signed() }),
        page("participation", &questions(signed(), Settings::default())),
        page("participation-cpts", &questions(signed(), via(Via::Cpts, Some(true)))),
        page("participation-sos", &questions(signed(), via(Via::SosMedecins, None))),
        page("participation-faux", &questions(wrong(lang, "msp", Code::SETTINGS_FINESS_MISSING), via(Via::Msp, Some(false)))),
        page("relecture", &Review { s: signed(), answers: vec![answer(Label::Participate, t.yes), answer(Label::Software, Label::SoftwareNo.text(lang))], sworn: vec![Label::Hours.text(lang).into()], seal: "x".into() }),
        page("compte", &Account { s: signed(), email: "camille.durand@exemple.fr".into(), terms_at: "23/11/2026, 14 h 09".into(), participation: Label::ViaIndividual.text(lang).into() }),
        page("erreur", &message(t.error, Code::NO_RANDOMNESS.hint(lang), t.resume, "no-randomness")),
        page("introuvable", &message(t.not_found, t.not_found_todo, t.resume, "")),
        page("périmée", &message(t.forged, t.forged_todo, t.resume, "")),
        page("déconnecté", &message(t.signed_out, t.signed_out_todo, t.sign_in_again, "")),
        page("cgu", &Cgu { s: out(), documents: documents(lang) }),
        page("crédits", &Credits { s: out() }),
        page("cookies", &Cookies { s: out(), visit_cookie: "__Host-visit", lang_cookie: "__Host-lang" }),
        page("mentions-légales", &Notice { s: out(), contact: Some("aide@exemple.fr".into()) }),
    ]
}

trait Renders {
    fn html(&self) -> String;
}

impl<T: Template> Renders for T {
    fn html(&self) -> String {
        self.render().unwrap()
    }
}

#[test]
fn preview() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let dir = home.join("../../../target/preview");
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
