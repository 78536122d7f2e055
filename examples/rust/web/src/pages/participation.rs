//! The participation settings: the questions, then everything once more before it is saved.
//!
//! Which questions an answer calls for and which answers pass is the SDK's (`sas_psc::participation`).

use super::arrival::{Place, onward};
use super::{Problem, Shell};
use crate::failure::{Answer as Answered, Failure};
use crate::posted::Posted;
use crate::session::Session;
use askama::Template;
use sas_psc::base::sha256;
use sas_psc::drive::Account;
use sas_psc::onboarding::{Author, State};
use sas_psc::participation::{self, Form, Label, Mode, Refusal, Settings, ValidSettings, Via};
use sas_psc::person::Activity;

#[derive(Template)]
#[template(path = "settings.html")]
pub struct Questions {
    pub s: Shell,
    /// The answers so far.
    pub a: Settings,
    /// The questions that they call for.
    pub asked: Form,
    /// The structure's name or number, as typed.
    pub typed: String,
    pub places: Vec<Place>,
    /// The appointment software that this platform knows.
    pub editors: Vec<Editor>,
    /// The structures that this platform knows by name.
    pub structures: Vec<&'static str>,
}

/// An appointment software, as a box to tick.
pub struct Editor {
    pub id: &'static str,
    pub name: &'static str,
    pub ticked: bool,
}

impl Questions {
    fn chose(&self, via: Via) -> bool {
        self.a.participation_sas && self.a.participation_sas_via == Some(via)
    }
}

#[derive(Template)]
#[template(path = "review.html")]
pub struct Review {
    pub s: Shell,
    pub answers: Vec<Answer>,
    /// The declarations on one's honour, in full.
    pub sworn: Vec<String>,
    /// The hash of what is shown: saving names it, so that another tab cannot change it unseen.
    pub seal: String,
}

/// A question and its answer, in words.
pub struct Answer {
    pub question: String,
    pub answer: String,
}

const ACCEPTED: [State; 2] = [State::SettingsWanted, State::Active];

/// Invented examples: a platform puts its own list here.
const EDITORS: &[(&str, &str)] = &[("1", "Agenda des Lilas (exemple)"), ("2", "RDV Coteaux (exemple)")];

/// `number;name` a line, invented: a platform puts its directory of structures here.
const STRUCTURES: &str = include_str!("../../data/structures.csv");

fn structures() -> impl Iterator<Item = (&'static str, &'static str)> {
    STRUCTURES.lines().filter_map(|line| line.split_once(';'))
}

/// The number of a structure that was typed by its name; what was typed, without spaces, when no name is known.
fn number_of(typed: &str) -> String {
    let named = structures().find(|(_, name)| name.to_lowercase() == typed.trim().to_lowercase());
    named.map_or_else(|| typed.split_whitespace().collect(), |(number, _)| number.to_owned())
}

fn is_known(number: &str) -> Option<bool> {
    structures().any(|(known, _)| known == number).then_some(true)
}

/// `GET /participation`
pub async fn show(session: Session) -> Answered {
    let account = session.account_in(&ACCEPTED).await?;
    let (answers, typed) = draft(&session, &account);
    Ok(session.page(questions(session.shell_for(&account), &account, answers, typed)))
}

/// `POST /participation`: keeps the answers; asks what they newly call for, or goes on to the review.
pub async fn answer(mut session: Session, posted: Posted) -> Answered {
    let account = session.account_in(&ACCEPTED).await?;
    let (answers, typed) = read(&posted, &account);
    let kept = (Some(answers.clone()), typed.clone());
    session.set(|visit| (visit.answers, visit.structure) = kept.clone()).await?;
    let mut s = session.shell_for(&account);
    let seen: Vec<&str> = posted.all("seen").collect();
    if names(&answers).iter().any(|question| !seen.contains(question)) {
        s.notice = Some(session.text().more_asked);
        return Ok(session.page(questions(s, &account, answers, typed)));
    }
    match answers.settled().validate(Mode::Strict, is_known) {
        Ok(_) => Ok(session.redirect("/participation/relecture")),
        Err(problems) => {
            s.problems = problems.iter().map(|problem| in_words(problem, &answers, &session)).collect();
            Ok(session.mistakes(questions(s, &account, answers, typed)))
        }
    }
}

/// `GET /participation/relecture`
pub async fn review(session: Session) -> Answered {
    let account = session.account_in(&ACCEPTED).await?;
    let valid = valid(&session)?;
    let s = session.shell_for(&account);
    let sworn = valid.declarations().iter().map(|sworn| s.words(sworn.label())).collect();
    let (answers, seal) = (in_full(&s, &account, &valid, &session.visit.structure), seal(&valid)?);
    Ok(session.page(Review { s, answers, sworn, seal }))
}

/// `POST /participation/relecture`: « Enregistrer ».
pub async fn save(mut session: Session, posted: Posted) -> Answered {
    let account = session.account_in(&ACCEPTED).await?;
    let valid = valid(&session)?;
    if posted.get("seal") != seal(&valid)? {
        return Ok(session.redirect("/participation/relecture"));
    }
    // In the words of the review, which this button confirms.
    let author = Author::person(session.lang);
    session.app.sign_up.save_settings_as(account.id, &valid, &author).await?;
    session.set(|visit| visit.answers = None).await?;
    onward(session).await
}

/// The answers of this visit, else those that are saved.
fn draft(session: &Session, account: &Account) -> (Settings, String) {
    if let Some(answers) = &session.visit.answers {
        return (answers.clone(), session.visit.structure.clone());
    }
    let saved = account.onboarding.settings().map(|valid| valid.settings().clone()).unwrap_or_default();
    let number = saved.structure_finess.clone().or_else(|| saved.siret.clone()).unwrap_or_default();
    let name = structures().find(|(known, _)| *known == number).map(|(_, name)| name.to_owned());
    (saved, name.unwrap_or(number))
}

/// The answers of this visit, once they pass.
fn valid(session: &Session) -> Result<ValidSettings, Failure> {
    let answers = session.visit.answers.as_ref().map(Settings::settled);
    let valid = answers.and_then(|answers| answers.validate(Mode::Strict, is_known).ok());
    valid.ok_or(Failure::Elsewhere("/participation"))
}

fn seal(valid: &ValidSettings) -> Result<String, Failure> {
    Ok(sha256(&valid.to_stored()?).iter().map(|byte| format!("{byte:02x}")).collect())
}

fn questions(s: Shell, account: &Account, a: Settings, typed: String) -> Questions {
    let places = account.onboarding.places().into_iter().enumerate();
    let editors = EDITORS.iter();
    Questions {
        asked: Form::of(&a),
        places: places.map(|(rank, place)| box_of(rank, place)).collect(),
        editors: editors
            .map(|(id, name)| Editor { id, name, ticked: a.editors.iter().any(|ticked| ticked == id) })
            .collect(),
        structures: structures().map(|(_, name)| name).collect(),
        s,
        a,
        typed,
    }
}

fn box_of(rank: usize, place: &Activity) -> Place {
    Place { id: id_of(rank, place), name: place.label(), address: place.street.clone(), ticked: false }
}

/// What SAS calls `rpps_rang`; the rank in the list where PSC gives no identifier of the place.
fn id_of(rank: usize, place: &Activity) -> String {
    if place.structure_id.is_empty() { format!("lieu-{}", rank + 1) } else { place.structure_id.clone() }
}

/// The answers of a form. A place or a software that its page did not offer is left out: the review could not show it.
fn read(posted: &Posted, account: &Account) -> (Settings, String) {
    let places = account.onboarding.places().into_iter().enumerate();
    let places: Vec<String> = places.map(|(rank, place)| id_of(rank, place)).collect();
    let yes = |name| posted.get(name) == "yes";
    let via = posted.get("participation_sas_via").parse().ok().map(Via::from_code);
    let typed = posted.get(structure_field(via)).to_owned();
    let number = Some(number_of(&typed)).filter(|number| !number.is_empty());
    let answers = Settings {
        participation_sas: yes("participation_sas"),
        participation_sas_via: via,
        structure_finess: number.clone().filter(|_| via != Some(Via::SosMedecins)),
        siret: number.filter(|_| via == Some(Via::SosMedecins)),
        cpts_locations: places
            .into_iter()
            .filter(|id| posted.all("cpts_locations").any(|ticked| ticked == id))
            .collect(),
        has_software: match posted.get("has_software") {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        },
        editor_disabled: yes("editor_disabled"),
        hours_available: yes("hours_available").then_some(true),
        forfait_reo_enabled: yes("forfait_reo_enabled"),
        editors: EDITORS
            .iter()
            .filter(|(id, _)| posted.all("editors").any(|ticked| ticked == *id))
            .map(|(id, _)| (*id).to_owned())
            .collect(),
    };
    (answers, typed)
}

/// The structure has a field for each way to take part, since its question differs.
fn structure_field(via: Option<Via>) -> &'static str {
    match via {
        Some(Via::Msp) => "msp",
        Some(Via::SosMedecins) => "sos",
        _ => "cpts",
    }
}

fn in_words(problem: &participation::Problem, answers: &Settings, session: &Session) -> Problem {
    let field = match problem.field() {
        "structure_finess" | "siret" => structure_field(answers.participation_sas_via),
        field => field,
    };
    Problem::of_code(problem.code(), field, session.lang)
}

/// The questions that these answers call for, as the form's hidden `seen` fields name them.
fn names(answers: &Settings) -> Vec<&'static str> {
    let form = Form::of(answers);
    let all = [
        (form.asks_via, "via"),
        (form.structure.is_some(), structure_field(answers.participation_sas_via)),
        (form.asks_locations, "locations"),
        (form.asks_software, "software"),
        (form.asks_editors, "editors"),
        (form.asks_hours, "hours"),
    ];
    all.into_iter().filter(|(asked, _)| *asked).map(|(_, name)| name).collect()
}

/// Every question that was asked, with its answer in words.
fn in_full(s: &Shell, account: &Account, valid: &ValidSettings, typed: &str) -> Vec<Answer> {
    let (a, form, t) = (valid.settings(), Form::of(valid.settings()), s.t);
    let yes_no = |yes: bool| if yes { t.yes } else { t.no }.to_owned();
    let mut answers = vec![Answer { question: s.words(Label::Participate), answer: yes_no(a.participation_sas) }];
    let mut add = |asked: bool, question: String, answer: String| {
        if asked {
            answers.push(Answer { question, answer });
        }
    };
    let via = a.participation_sas_via.and_then(Via::label).map(|via| s.words(via)).unwrap_or_default();
    add(form.asks_via, t.via.to_owned(), via);
    if let Some(label) = form.structure {
        add(true, s.words(label), typed.to_owned());
    }
    let places = account.onboarding.places().into_iter().enumerate();
    let chosen = places.filter(|(rank, place)| a.cpts_locations.contains(&id_of(*rank, place)));
    let chosen: Vec<String> = chosen.map(|(_, place)| place.label()).collect();
    add(form.asks_locations, s.words(Label::Locations), chosen.join(" ; "));
    add(form.asks_software, s.words(Label::Software), yes_no(a.has_software == Some(true)));
    let editors = EDITORS.iter().filter(|(id, _)| a.editors.iter().any(|ticked| ticked == id));
    let editors: Vec<&str> = editors.map(|(_, name)| *name).collect();
    add(form.asks_editors && !editors.is_empty(), s.words(Label::Editors), editors.join(" ; "));
    add(form.refusal != Refusal::Hidden, s.words(Label::EditorDisabled), yes_no(a.editor_disabled));
    add(true, s.words(Label::ReorientationYes), yes_no(a.forfait_reo_enabled));
    answers
}
