//! An instance of a platform under load: whole journeys through the SDK's drivers, over a PostgreSQL that others share, or
//! alone over a SQLite file.
//!
//! There is no page and no provider's process: Pro Santé Connect is answered here, with tokens that are signed and verified
//! like any, and mails are files of a folder, as every instance and the person see them. What a person is told is printed
//! when they are told it, a line each, so that whoever started this process knows what it owes when it is killed:
//! `started N`, `accepted N RECORD`, `active N MILLISECONDS`, `error N CODE`, `end`.

use crate::platform::{policy, settings};
use aws_lc_rs::rand::SystemRandom as KeyRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD as B64};
use sas_psc::base::{Clock, Random, Request, Response, SecretString, Timestamp, sha256};
use sas_psc::consent::{Event, Kind, Leaf, Record};
use sas_psc::drive::{Mailer, Psc, SignUp, SystemClock, SystemRandom, World};
use sas_psc::email::{Address, Message};
use sas_psc::id::Rpps;
use sas_psc::onboarding::{State, Store, VisitKey};
use sas_psc::psc::{Client, ClientAuth, Endpoint, Environment, SignInOptions, SignedIn};
use sas_psc::store::{AnyStore, Postgres, PostgresSettings};
use sas_psc::{Code, Error, Lang, Result};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::net::{IpAddr, Ipv6Addr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::time::Instant;

const CLIENT: &str = "sas-psc-test";
const VISIT: Duration = Duration::from_secs(4 * 3600);
/// How many people are here at once, at most.
const CROWD: u32 = 48;
/// How long a person tries.
const PATIENCE: Duration = Duration::from_secs(150);

/// `run DATABASE MAILS FIRST RATE SECONDS`, with people to take up again on the input; or `judge DATABASE`, with what was
/// acknowledged on the input.
pub fn journeys(arguments: &[String]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["run", database, mails, first, rate, seconds] => {
            let number = |word: &str| word.parse().expect("a number");
            let load = Load { first: number(first), rate: number(rate), seconds: number(seconds) };
            runtime.block_on(run(database, mails.into(), load));
        }
        ["judge", database] => runtime.block_on(judge(database)),
        _ => panic!("run DATABASE MAILS FIRST RATE SECONDS | judge DATABASE"),
    }
}

#[derive(Clone, Copy)]
struct Load {
    first: u32,
    rate: u32,
    seconds: u32,
}

struct Platform {
    psc: Psc<Provider>,
    sign_up: SignUp<AnyStore, Mails>,
    mails: PathBuf,
    here: AtomicU32,
}

async fn store(database: &str) -> AnyStore {
    if !AnyStore::is_shared(database) {
        return AnyStore::open(database).expect("the file");
    }
    let settings = PostgresSettings::new(&SecretString::from(database)).expect("an address");
    let settings = settings
        .connect_timeout(Duration::from_secs(1))
        .statement_timeout(Duration::from_secs(2))
        .patience(Duration::from_secs(60));
    AnyStore::Postgres(Postgres::connect(&settings).await.expect("the database"))
}

async fn run(database: &str, mails: PathBuf, Load { first, rate, seconds }: Load) {
    let store = store(database).await;
    let client =
        Client::new(CLIENT, ClientAuth::SecretBasic("secret".to_owned().into()), "https://site.invalid/retour");
    let sign_up = SignUp::new(
        store,
        Mails(mails.clone()),
        policy(),
        "https://site.invalid/lien",
        Arc::new(SystemClock),
        SystemRandom,
    );
    let psc = Psc::over(Provider::new(), Environment::bas(), client);
    let platform = Arc::new(Platform { psc, sign_up, mails, here: AtomicU32::new(0) });
    let worker = platform.clone();
    let due = tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(2)).await;
            let _ = worker.sign_up.run_due().await; // what fails is tried again
        }
    });
    say("ready");
    let again: Vec<u32> = std::io::stdin().lines().map(|line| line.expect("text").parse().expect("a number")).collect();
    let mut people: Vec<_> = again.into_iter().map(|number| tokio::spawn(platform.clone().person(number))).collect();
    let start = tokio::time::Instant::now();
    for turn in 0..rate * seconds {
        tokio::time::sleep_until(start + Duration::from_secs(1) * turn / rate).await;
        while platform.here.load(Ordering::Relaxed) >= CROWD {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        if start.elapsed() > Duration::from_secs(seconds.into()) {
            break; // no more came in this time
        }
        people.push(tokio::spawn(platform.clone().person(first + turn)));
    }
    for person in people {
        person.await.expect("a person");
    }
    due.abort();
    say("end");
}

impl Platform {
    async fn person(self: Arc<Platform>, number: u32) {
        self.here.fetch_add(1, Ordering::Relaxed);
        say(&format!("started {number}"));
        let clock = Instant::now();
        let mut told = false;
        loop {
            match self.journey(number, &mut told).await {
                Ok(()) => {
                    say(&format!("active {number} {}", clock.elapsed().as_millis()));
                    break;
                }
                Err(error) => {
                    say(&format!("error {number} {}", error.code()));
                    if clock.elapsed() > PATIENCE {
                        break;
                    }
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
        self.here.fetch_sub(1, Ordering::Relaxed);
    }

    /// From the sign-in to the end, from wherever the account stands.
    async fn journey(&self, number: u32, told: &mut bool) -> Result<()> {
        let (sign_up, store) = (&self.sign_up, self.sign_up.store());
        let tab = format!("tab-{number}");
        let key = VisitKey(sha256(tab.as_bytes()));
        let SignedIn { sign_in, .. } = self.sign_in(number).await?;
        let mut account = sign_up.welcome(&sign_in).await?;
        let id = account.id;
        let now = SystemClock.now();
        let was = store.visit(key, now).await?;
        store.save_visit(key, was, vec![7; 900], now + VISIT, now).await?;
        for _ in 0..200 {
            // As a page does before anything.
            store.visit(key, SystemClock.now()).await?.ok_or_else(|| Error::new(Code::SESSION_UNKNOWN))?;
            if let (true, Some(record), false) = (
                matches!(account.state, State::SettingsWanted | State::Active),
                account.onboarding.terms_record(),
                *told,
            ) {
                say(&format!("accepted {number} {record}"));
                *told = true;
            }
            account = match account.state {
                State::EmailWanted => {
                    let address = Address::parse(&format!("p{number}@cabinet.invalid"))?;
                    sign_up.give_address(id, &tab, &address, Lang::Fr, Some(network(number))).await?;
                    sign_up.deliver(id).await?
                }
                // In other hands, or left by an instance that died.
                State::MailDue => {
                    tokio::time::sleep(Duration::from_millis(500)).await;
                    sign_up.account(id).await?
                }
                State::MailSent => {
                    let code = std::fs::read_to_string(self.mails.join(number.to_string())).unwrap_or_default();
                    sign_up.answer_code(id, &tab, &code).await?
                }
                State::TermsWanted => {
                    let shown = sign_up.present_terms(id, &tab, Lang::Fr).await?.hash().to_string();
                    sign_up.accept_terms(id, &tab, &shown, true).await?
                }
                State::SettingsWanted => sign_up.save_settings(id, &settings()).await?,
                State::Active => return Ok(()),
                _ => return Err(Error::new(Code::STEP_OUT_OF_ORDER)),
            };
        }
        Err(Error::new(Code::STEP_OUT_OF_ORDER))
    }

    async fn sign_in(&self, number: u32) -> Result<SignedIn> {
        let (mut pending, url) = self.psc.begin(&SignInOptions::default()).await?;
        let parameter = |name: &str| {
            let pairs = url.split(['?', '&']).filter_map(|pair| pair.split_once('='));
            pairs.filter(|(found, _)| *found == name).map(|(_, value)| value.to_owned()).next().unwrap_or_default()
        };
        let callback = format!("code={number}.{}&state={}", parameter("nonce"), parameter("state"));
        self.psc.finish(&mut pending, &callback).await
    }
}

/// A mailbox that every instance reaches: the code of the newest mail, in a file for each person.
struct Mails(PathBuf);

impl Mailer for Mails {
    async fn hand_over(&self, message: &Message, to: &Address) -> Result<()> {
        // On a line of its own, in two groups.
        let mut code = message.text().lines().map(|line| line.replace(' ', ""));
        let code = code.find(|line| line.len() == 8 && line.bytes().all(|byte| byte.is_ascii_digit()));
        let number = to.canonical().trim_start_matches('p').split('@').next().unwrap_or_default();
        let written = std::fs::write(self.0.join(number), code.unwrap_or_default());
        written.map_err(|_| Error::new(Code::MAIL_DEFERRED))
    }
}

/// Pro Santé Connect, for people whose code names them.
struct Provider {
    key: KeyPair,
    keys: Value,
    discovery: Value,
}

const ISSUER: &str = "https://auth.bas.psc.esante.gouv.fr/auth/realms/esante-wallet";

impl Provider {
    fn new() -> Provider {
        let pem = include_str!("../../vectors/id-token/keys/main.pem");
        let der: String =
            pem[pem.find("-----BEGIN").expect("a key")..].lines().filter(|l| !l.starts_with('-')).collect();
        let key = KeyPair::from_der(&BASE64_STANDARD.decode(der).expect("base64")).expect("a key");
        let vector: Value =
            serde_json::from_str(include_str!("../../vectors/id-token/ok-access-token.json")).expect("JSON");
        let bas = Environment::bas();
        let mut discovery = json!({ "issuer": ISSUER });
        for endpoint in Endpoint::ALL {
            discovery[endpoint.member()] = bas.endpoint(endpoint).expect("an address").into();
        }
        Provider { key, keys: vector["jwks"].clone(), discovery }
    }

    fn tokens(&self, number: &str, nonce: &str) -> Value {
        let (now, person) = (SystemClock.now().unix(), identifier(number));
        let access = format!("{number}.access.token");
        let claims = json!({
            "exp": now + 120, "iat": now, "auth_time": now - 5, "iss": ISSUER, "aud": CLIENT, "azp": CLIENT, "typ": "ID",
            "sub": subject(&person), "nonce": nonce, "sid": format!("s{number}"), "authMode": "CARD", "acr": "eidas1",
            "at_hash": B64.encode(&sha256(access.as_bytes())[..16]), "SubjectNameID": person, "preferred_username": person,
        });
        let part = |value: &Value| B64.encode(value.to_string());
        let head = json!({ "alg": "RS256", "typ": "JWT", "kid": "test-main" });
        let message = format!("{}.{}", part(&head), part(&claims));
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key.sign(&RSA_PKCS1_SHA256, &KeyRandom::new(), message.as_bytes(), &mut signature).expect("signed");
        json!({
            "access_token": access, "expires_in": 120, "refresh_token": "r", "refresh_expires_in": 1800,
            "token_type": "Bearer", "id_token": format!("{message}.{}", B64.encode(signature)),
            "scope": "openid profile scope_all",
        })
    }
}

/// An invented RPPS (999…) with its right key, as PSC writes it.
fn identifier(number: &str) -> String {
    let stem = format!("999{number:0>7}");
    let key = (0..10).find(|key| Rpps::parse(&format!("{stem}{key}")).is_ok()).expect("one of ten");
    format!("8{stem}{key}")
}

/// Each person comes from a network of their own, a /48 as the limiter counts: nobody is held back for the others.
fn network(number: u32) -> IpAddr {
    IpAddr::V6(Ipv6Addr::new(0xfd00, (number >> 16) as u16, number as u16, 0, 0, 0, 0, 1))
}

fn subject(person: &str) -> String {
    format!("f:550dc1c8-d97b-4b1e-ac8c-8eb4471cf9dd:{person}")
}

fn userinfo(number: &str) -> Value {
    let person = identifier(number);
    let practice = json!({
        "codeProfession": "10", "codeCategorieProfessionnelle": "C", "codeCiviliteDexercice": "DR",
        "nomDexercice": format!("DOC{number}"), "prenomDexercice": "KIT", "codeTypeSavoirFaire": "S",
        "codeSavoirFaire": "SM26",
        "activities": [{
            "codeModeExercice": "L", "codeSecteurDactivite": "SA07", "codeGenreActivite": "GENR01",
            "identifiantTechniqueDeLaStructure": "R10100000198386", "raisonSocialeSite": "CABINET D'ESSAI",
            "codePostal": "75009", "bureauCedex": "75009 PARIS",
        }],
    });
    json!({
        "sub": subject(&person), "SubjectNameID": person, "preferred_username": person, "given_name": "KIT",
        "family_name": format!("DOC{number}"), "SubjectRefPro": { "codeCivilite": "M", "exercices": [practice] },
    })
}

impl World for Provider {
    fn now(&self) -> Timestamp {
        SystemClock.now()
    }

    fn random(&self) -> impl Random + Send {
        SystemRandom
    }

    async fn send(&self, request: Request) -> Result<Response> {
        let bas = Environment::bas();
        let asked = Endpoint::ALL.into_iter().find(|endpoint| bas.endpoint(*endpoint) == Some(&request.url));
        let header = |name: &str| {
            let found = request.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let body = match asked {
            None if request.url.ends_with("/wallet-openid-configuration") => self.discovery.clone(),
            Some(Endpoint::Jwks) => self.keys.clone(),
            Some(Endpoint::Token) => {
                let form = String::from_utf8_lossy(&request.body).into_owned();
                let code = form.split('&').find_map(|pair| pair.strip_prefix("code=")).unwrap_or_default();
                let (number, nonce) = code.split_once('.').unwrap_or_default();
                self.tokens(number, nonce)
            }
            Some(Endpoint::Userinfo) => {
                let token = header("authorization");
                let token = token.strip_prefix("Bearer ").unwrap_or_default();
                userinfo(token.split('.').next().unwrap_or_default())
            }
            _ => return Err(Error::new(Code::CONNECT_FAILED)),
        };
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Ok(Response { status: 200, headers, body: body.to_string().into_bytes() })
    }

    async fn sleep(&self, wait: Duration) {
        tokio::time::sleep(wait).await;
    }
}

/// What the database must hold of what was acknowledged: `accepted N RECORD` lines on the input.
async fn judge(database: &str) {
    let store = store(database).await;
    let mut owed: BTreeMap<u32, BTreeSet<String>> = BTreeMap::new();
    for line in std::io::stdin().lines() {
        let line = line.expect("text");
        let [_, number, record] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("accepted N RECORD: {line}") };
        owed.entry(number.parse().expect("a number")).or_default().insert(record.to_owned());
    }
    let (mut found, mut by_person, mut first) = (BTreeMap::new(), BTreeMap::<String, u32>::new(), 0);
    loop {
        let entries = store.log_entries(first, 4096).await.expect("entries");
        if entries.is_empty() {
            break;
        }
        for entry in &entries {
            let record = Record::parse(&entry.record).expect("a record");
            assert!(Leaf::opens(&entry.leaf, &entry.salt, &entry.record).expect("a leaf"), "a leaf of another record");
            if record.fields().kind != Kind::Terms {
                continue; // the declarations of the settings
            }
            assert_eq!(record.fields().event, Event::Accepted);
            *found.entry(record.id().to_string()).or_insert(0u32) += 1;
            *by_person.entry(record.fields().principal.to_string()).or_default() += 1;
        }
        first += entries.len() as u64;
    }
    assert_eq!(store.log_size().await.expect("a size"), first, "positions without a gap");
    let lost = owed.values().flatten().filter(|record| !found.contains_key(*record)).count();
    let twice = found.values().filter(|count| **count > 1).count();
    let doubled = by_person.values().filter(|count| **count > 1).count();
    let differing = owed.values().filter(|records| records.len() > 1).count();
    println!(
        "{} acknowledged, {} in the log; {lost} lost, {} doubled, {differing} acknowledged with two records",
        owed.len(),
        found.len(),
        twice + doubled
    );
    assert_eq!((lost, twice, doubled, differing), (0, 0, 0, 0));
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).expect("somebody listens");
}
