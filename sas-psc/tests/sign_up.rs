//! The vectors of `vectors/sign-up/`: journeys in order and out of it, each over a store of its own. C and Python run the
//! same files.

use sas_psc::base::{Random, Response, ServerKey, Timestamp};
use sas_psc::drive::{Account, MailToSend, TimedSignUp, declarations};
use sas_psc::id::IdNat;
use sas_psc::onboarding::lifecycle::{Due, NoticeOutcome};
use sas_psc::onboarding::{AccountId, Author, Policy};
use sas_psc::psc::{Client, ClientAuth, Environment, Exchange, Metadata, Next, Service, SignIn};
use sas_psc::store::{AnyStore, Memory};
use sas_psc::{Code, Error, Lang, Result};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

const LINK_PAGE: &str = "https://compte.exemple.fr/lien";

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors")
}

fn json(path: PathBuf) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

struct Sevens;

impl Random for Sevens {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
        bytes.fill(7);
        Ok(())
    }
}

/// What an exchange comes to over written answers; time moves only when there is something to wait for.
fn run<E: Exchange>(exchange: &mut E, answers: &mut impl Iterator<Item = Value>, now: &mut Timestamp) -> E::Output {
    loop {
        match exchange.next(*now).unwrap() {
            Next::Done(output) => return output,
            Next::Wait(until) => *now = until,
            Next::Send(_) => {
                let answer = answers.next().unwrap();
                let body = answer["body"].as_str().unwrap().as_bytes().to_vec();
                let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
                exchange.answered(&Response { status: 200, headers, body }, *now).unwrap();
            }
        }
    }
}

fn signed_in() -> (SignIn, Timestamp) {
    let vector = json(vectors().join("ciba/wait-accepted-at-once.json"));
    let client = Client::new("sas-psc-test", ClientAuth::Public, "https://service.example/callback");
    let service = Service::new(client, Metadata::of_preset(&Environment::bas())).unwrap();
    let person = IdNat::parse(vector["person"].as_str().unwrap()).unwrap();
    let mut now = Timestamp::from_unix(vector["now"].as_i64().unwrap());
    let mut answers = vector["answers"].as_array().unwrap().clone().into_iter();
    let mut start = service.ciba(&person, vector["channel"].as_str().unwrap().parse().unwrap(), &mut Sevens).unwrap();
    let mut poll = run(&mut start, &mut answers, &mut now);
    (run(&mut poll, &mut answers, &mut now).sign_in, now)
}

fn policy() -> Policy {
    let text = std::fs::read_to_string(vectors().join("sign-up/policy.json")).unwrap();
    Policy::from_json(ServerKey::new(&[7; 32]).unwrap(), &text).unwrap()
}

/// One journey, and what its person has in hand.
struct Journey {
    sign_up: TimedSignUp<AnyStore>,
    sign_in: SignIn,
    now: Timestamp,
    id: AccountId,
    /// The codes and the links' tokens of the mails taken.
    mails: Vec<(String, String)>,
    shown: String,
}

impl Journey {
    fn new() -> Journey {
        let store = AnyStore::Memory(Arc::new(Memory::default()));
        let sign_up = TimedSignUp::new(store, policy(), LINK_PAGE, None).unwrap();
        let (sign_in, now) = signed_in();
        Journey { sign_up, sign_in, now, id: AccountId([0; 16]), mails: Vec::new(), shown: String::new() }
    }

    fn state(&self, account: Account) -> String {
        account.state.name().to_owned()
    }

    fn read(&mut self, mail: &MailToSend) {
        let text = mail.message().text();
        let token = text.split("?c=").nth(1).map(|rest| rest.split_whitespace().next().unwrap().to_owned());
        let digits = |line: &&str| line.chars().filter(char::is_ascii_digit).count() == 8 && !line.contains('?');
        let code = text.lines().map(str::trim).find(|line| digits(line) && !line.contains(char::is_alphabetic));
        self.mails.push((code.unwrap().to_owned(), token.unwrap()));
    }

    fn mail(&mut self, outcome: &str) -> Result<String> {
        let Some(mail) = self.sign_up.next_mail(Some(self.id), self.now)? else { return Ok("none".to_owned()) };
        self.read(&mail);
        if outcome == "handed-over" {
            return self.sign_up.handed_over(&mail, self.now).map(|account| self.state(account));
        }
        self.sign_up.not_handed_over(&mail, Code::from_name(outcome).unwrap(), self.now)?;
        self.sign_up.account(self.id, self.now).map(|account| self.state(account))
    }

    fn of_mail(&self, value: &str) -> Option<&(String, String)> {
        let rank: usize = value.strip_prefix("mail ")?.parse().unwrap();
        Some(&self.mails[rank - 1])
    }

    fn code(&self, value: &str) -> String {
        match (value, self.of_mail(value)) {
            (_, Some((code, _))) => code.clone(),
            ("wrong", None) => {
                let last = &self.mails.last().unwrap().0;
                let other = if last.starts_with('1') { '2' } else { '1' };
                format!("{other}{}", &last[1..])
            }
            _ => value.to_owned(),
        }
    }

    /// The first line of what changed between two versions of the terms.
    fn changed(shown: &Value) -> String {
        shown["difference"].as_str().and_then(|text| text.lines().next()).unwrap_or("none").to_owned()
    }

    /// What is due, when something is.
    fn run_due(&self) -> Result<String> {
        let ran = serde_json::to_value(self.sign_up.take_due(16, self.now)?).unwrap();
        let erased = if ran["erased"] == 0 { "none" } else { "erased" };
        Ok(ran["mails"][0]["due"].as_str().unwrap_or(erased).to_owned())
    }

    fn export(&self) -> Result<String> {
        let file = self.sign_up.export(self.id, |_| None, self.now)?.to_json()?;
        let file: Value = serde_json::from_slice(&file).unwrap();
        Ok(format!("{} records", file["records"].as_array().unwrap().len()))
    }

    /// The code of the notice, or another one.
    fn object(&self, value: &str, wrong: bool) -> Result<String> {
        let (code, token) = self.of_mail(value).unwrap();
        let code = if wrong { self.code("wrong") } else { code.clone() };
        self.sign_up.object(token, &code, self.now).map(|objected| objected.name().to_owned())
    }

    fn step(&mut self, step: &Value) -> Result<String> {
        let text = |name: &str| step[name].as_str();
        let (attempt, value) = (text("attempt").unwrap_or("tab-1"), text("value").unwrap_or_default());
        let (it, id, now) = (&self.sign_up, self.id, self.now);
        let token = || self.of_mail(value).unwrap().1.as_str();
        let hash = if value == "shown" { &self.shown } else { value };
        let account = match text("do").unwrap() {
            "welcome" => it.welcome(&self.sign_in, now),
            "reopen" => it.reopen(&self.sign_in, now),
            "account" => it.account(id, now),
            "account_of" => AccountId::from_hex(value).and_then(|id| it.account(id, now)),
            "give_address" => it.give_address(id, attempt, value, Lang::Fr, None, now),
            "change_address" => it.change_address(id, attempt, value, Lang::Fr, None, now),
            "drop_address_change" => it.drop_address_change(id, now),
            "resend" => it.resend(id, attempt, Some("192.0.2.7"), now),
            "answer_code" => it.answer_code(id, attempt, &self.code(value), now),
            "answer_link" => it.answer_link(id, attempt, token(), now),
            "accept_terms" => it.accept_terms(id, attempt, hash, true, now),
            "accept_terms_unticked" => it.accept_terms(id, attempt, hash, false, now),
            "refuse_terms" => it.refuse_terms(id, attempt, hash, now),
            "save_settings" => it.save_settings(id, value, Lang::Fr, now),
            "terms_noticed" => it.terms_noticed(id, now),
            by if by.starts_with("save_settings_as_") => {
                let author = Author::of_role(&by["save_settings_as_".len()..], &self.sign_in, Lang::Fr);
                author.and_then(|author| it.save_settings_as(id, value, &author, now))
            }
            "open_link" => return it.open_link(Some((id, attempt)), token(), now).map(|page| page.name().to_owned()),
            "close" => return it.close(id, now).map(|()| "-".to_owned()),
            "erase" => return it.erase(id, now).map(|_| "-".to_owned()),
            "export" => return self.export(),
            "run_due" => return self.run_due(),
            step @ ("noticed" | "noticed_refused") => {
                let due = Due::of_word(value).ok_or_else(|| Error::new(Code::USAGE))?;
                let outcome = if step == "noticed" { NoticeOutcome::HandedOver } else { NoticeOutcome::Refused };
                return it.noticed(id, due, outcome, now).map(|()| "-".to_owned());
            }
            "open_objection" => return it.open_objection(token(), now).map(|()| "-".to_owned()),
            step @ ("object" | "object_wrong") => return self.object(value, step == "object_wrong"),
            "terms_notice" => {
                let notice = serde_json::to_value(it.terms_notice(id, Lang::Fr, now)?).unwrap();
                return Ok(Journey::changed(&notice));
            }
            "mail" => return self.mail(value),
            "wait" => {
                self.now = now + Duration::from_secs(value.parse().unwrap());
                return Ok("-".to_owned());
            }
            step @ ("present_terms" | "terms_difference") => {
                let shown = serde_json::to_value(it.present_terms(id, attempt, Lang::Fr, now)?).unwrap();
                self.shown = shown["hash"].as_str().unwrap().to_owned();
                return Ok(if step == "present_terms" { "shown".to_owned() } else { Journey::changed(&shown) });
            }
            other => panic!("no step is called {other}"),
        };
        let account = account?;
        self.id = account.id;
        Ok(self.state(account))
    }
}

#[test]
fn every_step_comes_to_what_its_file_says() {
    let (mut wrong, mut cases) = (Vec::new(), 0);
    for file in std::fs::read_dir(vectors().join("sign-up")).unwrap().map(|entry| entry.unwrap().path()) {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        if file.extension().is_none_or(|extension| extension != "json") || name == "policy" {
            continue;
        }
        let (mut journey, vector) = (Journey::new(), json(file));
        for (at, step) in vector["steps"].as_array().unwrap().iter().enumerate() {
            let found = journey.step(step).unwrap_or_else(|error| error.code().name().to_owned());
            if step["expect"] != *found {
                wrong.push(format!("{name}, step {}: {step}, found {found}", at + 1));
                break;
            }
        }
        cases += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases >= 36, "{cases} files");
}

#[test]
fn an_account_says_what_its_page_shows() {
    let mut journey = Journey::new();
    let step = |journey: &mut Journey, json: Value| journey.step(&json).unwrap();
    let report = |journey: &Journey| {
        let account = journey.sign_up.account(journey.id, journey.now).unwrap();
        serde_json::to_value(account.report(journey.sign_up.policy(), Lang::En, journey.now)).unwrap()
    };
    step(&mut journey, serde_json::json!({"do": "welcome"}));
    assert_eq!(report(&journey)["steps"], serde_json::json!(["give_address"]));
    step(&mut journey, serde_json::json!({"do": "give_address", "value": "medecin@exemple.invalid"}));
    assert!(report(&journey)["wake_at"].is_string());
    step(&mut journey, serde_json::json!({"do": "mail", "value": "handed-over"}));
    let waiting = report(&journey);
    assert_eq!(waiting["text"], "Open the link of the e-mail, or type its code.");
    assert_eq!((&waiting["mail"]["tries_left"], &waiting["email"]), (&Value::from(5), &Value::Null));
    let until = Timestamp::parse_rfc3339(waiting["mail"]["until"].as_str().unwrap()).unwrap();
    assert_eq!(until, journey.now + Duration::from_secs(300));
    for json in [r#"{"do":"answer_code","value":"mail 1"}"#, r#"{"do":"present_terms"}"#] {
        step(&mut journey, serde_json::from_str(json).unwrap());
    }
    step(&mut journey, serde_json::json!({"do": "accept_terms", "value": "shown"}));
    let settings =
        r#"{"participation_sas":true,"participation_sas_via":1,"has_software":false,"hours_available":true}"#;
    step(&mut journey, serde_json::json!({"do": "save_settings", "value": settings}));
    let active = report(&journey);
    assert_eq!((&active["email"], &active["mail"]), (&Value::from("medecin@exemple.invalid"), &Value::Null));
    assert_eq!(active["settings"]["participation_sas_via"], 1);
    assert_eq!(active["records"]["terms"].as_str().unwrap().len(), 36);
    let sworn = serde_json::to_value(declarations(settings, Lang::En).unwrap()).unwrap();
    let recorded = active["records"]["declarations"].as_object().unwrap();
    let named: Vec<&str> = sworn.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(recorded.keys().map(String::as_str).collect::<Vec<_>>(), named);
}

#[test]
fn what_is_no_page_no_policy_and_no_network_is_refused() {
    let store = || AnyStore::Memory(Arc::new(Memory::default()));
    for page in ["http://compte.exemple.fr/lien", "lien", "https://compte.exemple.fr/lien?a=b"] {
        let refused = TimedSignUp::new(store(), policy(), page, None).unwrap_err();
        assert_eq!(refused.code(), Code::EMAIL_LINK_BASE, "{page}");
        let refused = TimedSignUp::new(store(), policy(), LINK_PAGE, Some(page)).unwrap_err();
        assert_eq!(refused.code(), Code::EMAIL_LINK_BASE, "{page}");
    }
    let mut journey = Journey::new();
    journey.step(&serde_json::json!({"do": "welcome"})).unwrap();
    let (id, now) = (journey.id, journey.now);
    let refused = journey.sign_up.give_address(id, "tab-1", "medecin@exemple.invalid", Lang::Fr, Some("here"), now);
    assert_eq!(refused.unwrap_err().code(), Code::USAGE);
}
