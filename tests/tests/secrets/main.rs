//! No secret and nothing personal in any log line, any error, or the `Debug` of any public type, over whole journeys and
//! their mishaps. Names, numbers, addresses, places, codes, tokens, keys and sessions count; so do their parts.

mod capture;
mod card;
mod card_certificate;
mod links;
mod lives;
mod online;
mod proxy;
mod proxy_server;
mod session;
mod shown;
mod sign_in;
mod values;

use sas_psc::base::{Method, Request};
use sas_psc::drive::{
    ClientCertificate, HttpConfig, Loopback as Listener, Psc, SystemRandom, block_on, blocking, tokio,
};
use sas_psc::psc::{AssertionKey, Client, ClientAuth, SignInOptions};
use sas_psc::{Code, Error};
use sas_psc_sim::{Endpoint, Fault, Rule};
use sas_psc_tests::{Loopback, Site, client, environment};
use shown::Shown;
use std::collections::BTreeSet;
use std::path::Path;

const TAB: &str = "onglet-tres-secret";
const ADDRESS: &str = "kit.specialiste@cabinet-discret.invalid";

/// Types that hold nothing personal, or have no `Debug` at all.
const NOTHING_TO_SHOW: &[&str] = &[
    "base::zone::Zone",
    "card::certificate::CardType",
    "card::certificate::Purpose",
    "card::certificate::SignatureScheme",
    "card::certificate::described::DescribedCertificate",
    "card::choice::DescribedOption",
    "card::fallback::described::DescribedOpening",
    "card::fallback::described::DescribedRecord",
    "card::trust::DescribedTrust",
    "card::trust::Realm",
    "card::trust::authority::Range",
    "card::trust::cache::CrlNeed",
    "card::trust::cache::CrlRules",
    "card::trust::revocation::RevocationStatus",
    "card::apdu::Protocol",
    "card::cache::CardCache",
    "card::in_reader::Card",
    "card::layout::Usage",
    "card::pinpad::PinpadUse",
    "card::presence::CardAdvice",
    "card::presence::CardPresence",
    "card::presence::CardPresencePolicy",
    "card::pin::PinStatus",
    "card::reader::CardEvent",
    "card::reader::ReaderName",
    "card::reader::ReaderState",
    "card::reader::RemoteSession",
    "card::wire::Dialogue",
    "card::wire::Ending",
    "card::wire::Step",
    "card::atr::Atr",
    "card::atr::CardKind",
    "card::described::DescribedCard",
    "card::described::DescribedEvent",
    "card::described::DescribedPin",
    "card::described::DescribedReader",
    "card::described::DescribedSigned",
    "card::described::DescribedStored",
    "card::fcp::FileControl",
    "card::pkcs15::CertificatePlace",
    "card::pkcs15::CodeObject",
    "card::pkcs15::Directories",
    "card::pkcs15::FilePath",
    "card::pkcs15::Key",
    "card::status::Meaning",
    "card::status::StatusWord",
    "card::tlv::Tlv",
    "card::tlv::Tlvs",
    "consent::account::AccountEvent",
    "consent::declaration::Declared",
    "consent::declaration::Statement",
    "consent::declaration::WrittenBy",
    "consent::difference::DifferenceLine",
    "consent::difference::DocumentChange",
    "consent::difference::LineChange",
    "consent::difference::TermsDifference",
    "consent::evidence::EvidenceKind",
    "consent::evidence::NamedEvidence",
    "consent::record::Event",
    "consent::record::Kind",
    "consent::terms::Change",
    "consent::terms::Document",
    "consent::terms::Need",
    "consent::terms::Shown",
    "consent::terms::TermsVersion",
    "consent::terms::Terms",
    "drive::doctor::CheckStatus",
    "drive::doctor::Finding",
    "drive::http::certificate::CertificateLife",
    "directory::builder::Builder",
    "directory::builder::Built",
    "directory::builder::Progress",
    "directory::builder::Quiet",
    "directory::fhir::pace::Pace",
    "directory::fhir::search::Resource",
    "directory::meta::Meta",
    "directory::meta::Origin",
    "directory::reject::Reason",
    "directory::reject::Reject",
    "drive::pcsc::Readers",
    "drive::pcsc::pending::Cancel",
    "drive::pcsc::pending::Pending",
    "drive::pcsc::watch::CardWatch",
    "drive::pkcs11::Pkcs11",
    "drive::pkcs11::Pkcs11Key",
    "drive::pkcs11::Pkcs11Token",
    "drive::sign_up::SignUp",
    "drive::system::SystemClock",
    "drive::system::SystemRandom",
    "drive::watch::Notice",
    "email::challenge::LinkPage",
    "email::address::AddressWarning",
    "email::control::By",
    "email::limit::rules::LimitRule",
    "email::limit::rules::LimitRules",
    "drive::sign_up::event::MailEventKind",
    "email::sender::SenderCheck",
    "email::sender::SenderFinding",
    "email::sender::SenderProblem",
    "email::template::MailKind",
    "email::template::Templates",
    "onboarding::sign_up::address::Objected",
    "error::Blame",
    "error::FactValue",
    "error::Lang",
    "error::codes::Code",
    "error::report::Report",
    "id::column::Column",
    "id::column::Presence",
    "id::column::Repairs",
    "id::id_nat::IdNatKind",
    "id::structure::StructureKind",
    "onboarding::lifecycle::life::Closing",
    "onboarding::lifecycle::life::Due",
    "onboarding::lifecycle::life::LifeEvent",
    "onboarding::lifecycle::life::LifeState",
    "onboarding::lifecycle::life::NoticeOutcome",
    "onboarding::retention::DataClass",
    "onboarding::retention::Keeper",
    "onboarding::link::decision::MatchedBy",
    "onboarding::link::evidence::ProofMeans",
    "onboarding::link::plan::PlanResult",
    "onboarding::link::standing::Decider",
    "onboarding::link::standing::LinkEvent",
    "onboarding::link::standing::LinkState",
    "onboarding::link::standing::Verdict",
    "onboarding::state::Event",
    "onboarding::state::State",
    "participation::absences::Absence",
    "participation::absences::Absences",
    "participation::form::Refusal",
    "participation::rules::Mode",
    "participation::rules::Problem",
    "participation::settings::Via",
    "participation::slot::Slot",
    "participation::structure::StructureIdType",
    "onboarding::companion::described::DescribedLink",
    "onboarding::companion::described::Prepared",
    "participation::sentence::Sentence",
    "participation::words::Declaration",
    "participation::words::Label",
    "base::clock::Timestamp",
    "base::exchange::Method",
    "consent::tile::Holds",
    "person::crosscheck::DifferenceKind",
    "person::crosscheck::SamePerson",
    "person::described::Described",
    "person::described::DescribedActivity",
    "person::described::DescribedPractice",
    "person::described::DescribedSituation",
    "psc::acr::Acr",
    "psc::authorization::Prompt",
    "psc::authorization::sealed::ResponseMode",
    "psc::availability::Availability",
    "psc::availability::Outage",
    "psc::authorization::SignInOptions",
    "drive::steps::StepWorld",
    "drive::waits::CibaWaiting",
    "drive::waits::CibaWaits",
    "psc::ciba::Channel",
    "psc::client::LoginHint",
    "psc::ciba::guard::rules::GuardAlarmKind",
    "psc::ciba::guard::rules::GuardEnd",
    "psc::ciba::guard::rules::GuardRules",
    "psc::ciba::help::CibaEvent",
    "psc::ciba::help::HelpStep",
    "psc::environment::Endpoint",
    "psc::environment::Endpoints",
    "psc::environment::Environment",
    "psc::id_token::IdTokenCheck",
    "psc::metadata::Drift",
    "psc::metadata::Metadata",
    "psc::observation::Observed",
    "psc::proxy::server::session::Rules",
    "psc::proxy::server::trace::TraceKind",
    "psc::proxy::server::workstation::EnrolmentStatus",
    "psc::presence::Activity",
    "psc::presence::Presence",
    "psc::presence::PresencePolicy",
    "psc::session::rules::SessionRules",
    "psc::session::state::SignedOut",
    "psc::proxy::settings::Field",
    "psc::proxy::settings::NationalId",
    "psc::proxy::settings::Path",
    "psc::proxy::settings::Proxy",
    "psc::summary::Summary",
    "psc::thumbprint::Thumbprint",
    "store::directory::Delta",
    "store::directory::ImportOptions",
    "store::log::core::Place",
    "store::log::folder::LogOptions",
    // Only beside a server: the last test of sas-psc/tests/postgres/refusals.rs.
    "store::postgres::Postgres",
];

#[test]
fn nothing_secret_or_personal_is_ever_shown() {
    capture::start();
    let mut shown = Shown::default();
    fixture(&mut shown);
    let site = Site::new();
    sign_in::by_code(&site, &mut shown);
    sign_in::by_phone(&site, &mut shown);
    proxy::workstation(&mut shown);
    proxy_server::rules(&site, &mut shown);
    proxy_server::streamed(&mut shown);
    sign_in::guarded(&site, &mut shown);
    session::sealed(&site, &mut shown);
    session::lived(&site, &mut shown);
    values::companion(&mut shown);
    values::mail(&site, &mut shown);
    values::journey(&site, &mut shown);
    links::links(&site, &mut shown);
    lives::lives(&site, &mut shown);
    values::numbers(&mut shown);
    values::directory(&mut shown);
    online::directory(&mut shown);
    values::settings(&mut shown);
    values::terms(&mut shown);
    card::commands(&mut shown);
    card_certificate::certificates(&mut shown);
    mishaps(&mut shown);
    let lines = capture::lines();
    assert!(lines.len() > 100, "{} lines: is the capture at work?", lines.len());
    for line in lines {
        shown.text("a log line", line);
    }

    let (texts, found) = shown.judge();
    assert!(found.is_empty(), "{found:#?}");
    assert!(texts > 300, "{texts} texts: was the journey cut?");
    let missing: Vec<_> = public_types().into_iter().filter(|name| !shown.types.contains(name)).collect();
    let missing: Vec<_> = missing.iter().filter(|name| !NOTHING_TO_SHOW.contains(&name.as_str())).collect();
    assert!(missing.is_empty(), "show these here, or say that they hold nothing personal: {missing:#?}");
}

/// What `people.json` and this file say of the people.
fn fixture(shown: &mut Shown) {
    for (what, secret) in [
        ("a family name", "SPECIALISTE0021889"),
        ("a family name", "DOC0036624"),
        ("an RPPS", "99700218896"),
        ("an RPPS", "99700366240"),
        ("a place", "HOPITAL GENERIQUE FIN VARI"),
        ("a structure", "R10100000198386"),
        ("a structure", "0B0139374"),
        ("a town", "75009"),
        ("a street", "LIBELLEVOIE"),
        ("a street", "DE PARIS"),
        ("an address", ADDRESS),
        ("an address", "cabinet-discret"),
        ("a session", TAB),
        ("the client's secret", "secret-de-simulateur"),
        ("the platform's key", "7, 7, 7, 7"),
        ("a mail login", "mot-de-passe-smtp"),
        ("a proxy login", "mot-de-passe-mandataire"),
    ] {
        shown.secret(what, secret);
    }
}

/// What goes wrong on the way: each error as it would be shown.
fn mishaps(shown: &mut Shown) {
    for fault in [
        Fault::WrongNonce,
        Fault::WrongAudience,
        Fault::WrongIssuer,
        Fault::ExpiredIdToken,
        Fault::MissingAcr,
        Fault::WrongAtHash,
        Fault::UnknownKid,
        Fault::WrongSignature,
        Fault::OtherSubject,
    ] {
        let site = Site::new();
        site.once(Rule::new(fault));
        shown.failed(site.by_card("physician"));
    }
    for at in [Endpoint::Token, Endpoint::Userinfo, Endpoint::Jwks] {
        for (status, body) in
            [(200, ADDRESS), (400, r#"{"error":"99700218896","error_description":"SPECIALISTE0021889"}"#)]
        {
            let site = Site::new();
            site.once(Rule { content_type: Some("application/json".into()), ..Rule::answer(at, status, body) });
            shown.failed(site.by_card("physician"));
        }
    }
    for status in [451, 550, 554] {
        let site = Site::new();
        let id = site.enter("physician").id;
        site.once(Rule { status: Some(status), ..Rule::new(Fault::Smtp) });
        site.give(id, TAB, ADDRESS).unwrap();
        shown.failed(site.deliver(id));
    }
    let site = Site::new();
    for staff in ["staff-finess", "staff-cabinet", "opaque"] {
        shown.failed(site.welcome(&site.by_card(staff).unwrap().sign_in));
    }
    shown.failed(site.ring("899700000013"));
    // Nobody listens there.
    let nowhere = environment("http://127.0.0.1:1/realms/esante-wallet");
    let psc = Psc::over(Loopback::new(&site.clock, 5), nowhere.clone(), client());
    shown.failed(block_on(psc.begin(&SignInOptions::default())));
    let proxy = "http://moi:mot-de-passe-mandataire@127.0.0.1:1".to_owned().into();
    let config = shown.debug(HttpConfig::default().with_proxy(&proxy).unwrap());
    let http = shown.debug(blocking::Http::new(&config).unwrap());
    let elsewhere = Request {
        method: Method::Get,
        url: "https://psc.invalid/?login_hint=899700218896".into(),
        headers: vec![("authorization", "Bearer mot-de-passe-mandataire".into())],
        body: Vec::new(),
    };
    shown.failed(http.send(elsewhere));
    shown.debug(tokio::Http::new(&config).unwrap());
    let secret = ClientAuth::SecretPost("secret-de-simulateur".to_owned().into());
    let other = Client::new("plateforme-sas", secret, "http://127.0.0.1:1/retour");
    shown.debug(blocking::Psc::new(nowhere, other, &HttpConfig::default()).unwrap());
    shown.debug(Listener::bind(0).unwrap());
    certificates(shown);
    shown.error(&Error::new(Code::PANIC));
}

/// A service's certificate and keys, good and wrong.
fn certificates(shown: &mut Shown) {
    let read = |name: &str| std::fs::read_to_string(format!("../vectors/client-certificate/{name}")).unwrap();
    let (chain, key, other, encrypted) =
        (read("client.pem"), read("client.key"), read("other.key"), read("client-encrypted.key"));
    for key in [&key, &other, &encrypted] {
        shown.secret("a private key", key.lines().nth(1).unwrap());
    }
    shown.secret("a key's password", "motdepasse");
    let certificate = shown.debug(ClientCertificate::from_pem(chain.as_bytes(), &key.clone().into()).unwrap());
    shown.failed(ClientCertificate::from_pem(chain.as_bytes(), &other.into()));
    let wrong = "motdepasse-faux".to_owned().into();
    shown.failed(ClientCertificate::from_encrypted_pem(chain.as_bytes(), &encrypted.into(), &wrong));
    let config = shown.debug(HttpConfig::default().with_certificate(certificate).unwrap());
    shown.debug(blocking::Http::new(&config).unwrap().watch());
    let key = shown.debug(AssertionKey::from_pem(&key.into(), Some("k"), &mut SystemRandom).unwrap());
    shown.debug(Client::new("c", ClientAuth::PrivateKeyJwt(key), "https://a.example/cb"));
}

/// `email::address::Address` for each `pub struct` and `pub enum` of the library that a program can name.
fn public_types() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sas-psc/src");
    let mut found = BTreeSet::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("tests.rs") {
                let module = path.strip_prefix(&root).unwrap().with_extension("");
                let parts: Vec<_> = module.iter().map(|part| part.to_str().unwrap()).collect();
                let module: Vec<_> = parts.into_iter().filter(|part| !["mod", "lib"].contains(part)).collect();
                for line in std::fs::read_to_string(&path).unwrap().lines() {
                    let rest = line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub enum "));
                    let name = rest.and_then(|rest| rest.split(|c: char| !c.is_alphanumeric()).next());
                    found.extend(name.map(|name| [&module[..], &[name]].concat().join("::")));
                }
            }
        }
    }
    found
}
