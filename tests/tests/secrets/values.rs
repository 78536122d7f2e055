//! What is made after the sign-in: addresses, mails, accounts, numbers, settings, terms and records.

use crate::shown::Shown;
use crate::{ADDRESS, TAB};
use sas_psc::base::{ExposeSecret, ServerKey};
use sas_psc::consent::tile::TileTree;
use sas_psc::consent::{
    Continuation, Declaration, Event, Evidence, EvidenceKind, Growth, Held, Leaf, Opening, Presented, Receipt, Record,
    Recorder, SealedEvidence, Sha256, SignedCheckpoint, SignedIn, SigningKey, Statement, Writer, audit, verify_receipt,
};
use sas_psc::directory::{self, Index, Query, Quiet};
use sas_psc::drive::{MailEvent, MailEventKind, MailLimits, Smtp, SmtpConfig, SystemClock, block_on};
use sas_psc::email::{
    Address, Answer, Challenge, Lifetime, LimitRules, LimitStore, LimitVerdict, Limiter, MailAsk, Message, Objection,
    SERVICE, SenderDomain,
};
use sas_psc::id::column::Column;
use sas_psc::id::fhir::FhirIdentifier;
use sas_psc::id::{self, IdNat, Kind};
use sas_psc::onboarding::companion::{LinkHosts, Means, Preparation, VerificationLink, steps};
use sas_psc::onboarding::{Author, Change, Store, StoredAccount, VisitKey};
use sas_psc::participation::{Form, Mode, Settings, StructureSettings, Via, check_json};
use sas_psc::person::Binding;
use sas_psc::psc::SignInEvidence;
use sas_psc::store::{
    DirectoryFolder, ImportOptions, LogAnswer, LogFolder, LogOptions, LogPerson, LogWorld, Memory, Postgres,
    PostgresSettings, Sqlite,
};
use sas_psc::{Code, Lang};
use sas_psc_tests::{Draws, LinkToken, NOW, Site, mailer, policy};
use std::collections::HashMap;

/// What the companion knows of a person: what they typed, and the link they pasted.
pub fn companion(shown: &mut Shown) {
    let token = "eyJ0eXAiOiJ2ZXJpZnktZW1haWwifQ"; // {"typ":"verify-email"}
    shown.secret("a pasted link's token", token);
    let hosts = shown.debug(LinkHosts::new(["compte.invalid"]).unwrap());
    let link = format!("https://compte.invalid/realms/sas/login-actions/action-token?key=e30.{token}.c2lnbmF0dXJl");
    let link = shown.debug(VerificationLink::parse(&link, &hosts).unwrap());
    shown.debug(link.purpose());
    shown.failed(VerificationLink::parse(&format!("https://ailleurs.invalid/?key={token}"), &hosts));
    shown.secret("a number typed wrong", "99700218898");
    let means = shown.debug(Means::Ecps);
    let wrong = shown.debug(Preparation::new(means).number("99700218898").address(ADDRESS));
    let line = shown.debug(wrong.checklist(Lang::Fr)[1].clone());
    shown.debug(line.need);
    shown.debug(line.presence);
    shown.failed(wrong.ready());
    shown.debug(steps(means, Lang::Fr)[0]);
}

/// A challenge and its mail, by hand.
pub fn mail(site: &Site, shown: &mut Shown) {
    let address = shown.debug(Address::parse(ADDRESS).unwrap());
    let key = shown.debug(ServerKey::new(&[7; 32]).unwrap());
    let binding = shown.debug(Binding::new("issuer", "f:sujet-tres-secret", TAB));
    shown.secret("a subject", "f:sujet-tres-secret");
    let mut draws = Draws(4);
    let lifetime = shown.debug(Lifetime::default());
    let mut challenge = Challenge::new(binding.clone(), address, lifetime, &mut draws, NOW).unwrap();
    let dispatch = challenge.write(&key, &mut draws, NOW).unwrap();
    let (code, link) = (dispatch.code().expose_secret(), dispatch.link_token().expose_secret());
    shown.secret("a code", code);
    shown.secret("a code as printed", format!("{} {}", &code[..4], &code[4..]));
    // The part before the dot is no secret: the mail's Message-ID has it too.
    shown.secret("a link's token", link.split_once('.').unwrap().1);
    shown.debug(&dispatch);
    shown.debug(Message::verification(Lang::Fr, SERVICE, "https://compte.invalid/c", &dispatch).unwrap());
    shown.debug(Message::already_linked(Lang::Fr, SERVICE, &dispatch));
    shown.failed(dispatch.link("https://moi:secret@compte.invalid"));
    challenge.handed_over(dispatch.number(), NOW).unwrap();
    shown.debug(challenge.status(NOW));
    for wrong in ["12345678", "1234"] {
        match challenge.answer_code(&key, wrong, &binding, NOW) {
            Ok(answer) => drop(shown.debug(answer)),
            Err(error) => shown.error(&error),
        }
    }
    shown.failed(challenge.answer_link("x.y", &binding, NOW));
    shown.debug(SenderDomain::of(challenge.address(), Some("s1")).unwrap());
    let limiter = shown.debug(Limiter::new(key.clone(), LimitRules::default()));
    let network = "192.0.2.147".parse().ok();
    shown.secret("a network", "192.0.2.147");
    let ask = shown.debug(MailAsk { person: b"f:sujet-tres-secret", address: challenge.address(), network });
    let limits = shown.debug(MailLimits::new(limiter.clone(), Memory::new()));
    let mut asked = (0..).map(|_| block_on(limits.ask(&ask, NOW)));
    shown.failed(asked.find(|asked| asked.is_err()).unwrap());
    let keys = limiter.keys(&ask);
    shown.debug(keys[0]);
    let rows = block_on(limits.store().limit_rows(&keys)).unwrap();
    shown.debug(rows[0].clone().unwrap());
    let verdict = shown.debug(limiter.judge(&keys, &[None, None, None], NOW).unwrap());
    let LimitVerdict::Go { swaps, .. } = verdict else { panic!("the first") };
    shown.debug(&swaps[0]);
    let (kind, mailbox) = (MailEventKind::Late, keys[0]);
    let event = shown.debug(MailEvent { kind, mailbox, cause: Some(Code::MAIL_DEFERRED), at: NOW });
    shown.text("an event", serde_json::to_string(&event.report()).unwrap());
    let Answer::Proven(control) = challenge.answer_code(&key, code, &binding, NOW).unwrap() else { panic!("right") };
    shown.debug(control);
    shown.debug(&challenge);
    let sender = Address::parse("nepasrepondre@cabinet-discret.invalid").unwrap();
    let config = SmtpConfig::new("127.0.0.1", sender, "Plateforme").plaintext_on_loopback();
    let config = shown.debug(config.login("moi", "mot-de-passe-smtp".to_owned().into()).port(1));
    let smtp = shown.debug(Smtp::new(config).unwrap());
    let message = Message::already_linked(Lang::Fr, SERVICE, &dispatch);
    shown.failed(block_on(smtp.send(&message, challenge.address())));
    let smtp = mailer(site.sim.mail_addr().port());
    shown.debug(block_on(smtp.send(&message, challenge.address())).unwrap());
}

pub fn journey(site: &Site, shown: &mut Shown) {
    let signed_in = site.by_card("physician").unwrap();
    let account = shown.debug(site.welcome(&signed_in.sign_in).unwrap());
    let id = shown.debug(account.id);
    shown.debug(&account.onboarding);
    shown.debug(account.onboarding.sign_in());
    site.give(id, TAB, ADDRESS).unwrap();
    site.deliver(id).unwrap();
    let mail = site.newest(ADDRESS);
    shown.secret("a code", mail.code().unwrap());
    shown.secret("a link's token", mail.link_token().split_once('.').unwrap().1);
    shown.failed(site.code(id, TAB, "12345678"));
    shown.failed(site.code(id, "autre", &mail.code().unwrap()));
    site.code(id, TAB, &mail.code().unwrap()).unwrap();
    shown.debug(site.account(id).onboarding.challenge().unwrap());
    site.accept(id, TAB).unwrap();
    shown.debug(Author::delegate(&signed_in.sign_in, Lang::Fr));
    let evidence = signed_in.sign_in.evidence().unwrap();
    shown.debug(SignInEvidence::parse(evidence.as_bytes()).unwrap());
    shown.failed(SignInEvidence::parse(&evidence.as_bytes()[1..]));
    site.save(id).unwrap();
    let new = "kit.nouvelle@hopital-discret.invalid";
    shown.secret("an address", new);
    let address = Address::parse(new).unwrap();
    let asked = site.sign_up.change_address(id, TAB, &address, Lang::Fr, None);
    shown.debug(block_on(asked).unwrap().onboarding.address_change().unwrap());
    site.deliver(id).unwrap();
    let (proof, notice) = (site.newest(new), site.newest(ADDRESS));
    for mail in [&proof, &notice] {
        shown.secret("a code", mail.code().unwrap());
        shown.secret("a link's token", mail.link_token().split_once('.').unwrap().1);
    }
    shown.failed(block_on(site.sign_up.object(&notice.link_token(), "12345678")));
    site.code(id, TAB, &proof.code().unwrap()).unwrap();
    shown.debug(&site.account(id).onboarding.former_addresses()[0]);
    let mut objection = shown.debug(Objection::new(NOW, &mut Draws(9)).unwrap());
    let written = objection.write(&ServerKey::new(&[7; 32]).unwrap(), &mut Draws(10), NOW).unwrap();
    shown.secret("a code", written.code().expose_secret());
    shown.debug(written);
    let stored: StoredAccount = shown.debug(site.stored(id));
    let entry = shown.debug(block_on(site.sign_up.store().log_entries(0, 1)).unwrap().remove(0));
    shown.secret("a salt", format!("{:?}", entry.salt).trim_matches(['[', ']']).to_owned());
    let record = shown.debug(Record::parse(&entry.record).unwrap());
    shown.debug(record.fields());
    shown.debug(record.id());
    shown.debug(Change { account: stored, entries: vec![entry] });
    shown.debug(VisitKey([7; 32]));
    shown.debug(site.sign_up.policy());
    shown.debug(site.sign_up.store());
    let directory = tempfile::tempdir().unwrap();
    shown.debug(Sqlite::open(directory.path().join("comptes.sqlite")).unwrap());
    std::fs::write(directory.path().join("abime.sqlite"), ADDRESS.repeat(100)).unwrap();
    shown.failed(Sqlite::open(directory.path().join("abime.sqlite")));
    shown.secret("the password of a database", "mot-de-passe-base");
    let address = |text: &str| PostgresSettings::new(&text.to_owned().into());
    let settings = address("postgres://moi:mot-de-passe-base@127.0.0.1:1/comptes").unwrap();
    let settings = shown.debug(settings.patience(std::time::Duration::from_millis(1)));
    shown.failed(Postgres::open(&settings));
    shown.failed(address("postgres://moi:mot-de-passe-base@base.invalid/comptes?sslmode=disable"));
    shown.failed(address("postgres://moi:mot-de-passe-base@base.invalid:port/comptes"));
    shown.debug(site.account(id));
}

pub fn numbers(shown: &mut Shown) {
    for number in [
        "899700218896",
        "00B6087510",
        "30B0057881/CPET0002",
        "499700366240007",
        "500000001815646/CPAT00045",
        "019c5172-a5c0-7188-b81f-5c16807b9140",
        "540002698",
        "18751275100020",
        "279035121518989",
        "2800636234",
        "C39806996300013",
    ] {
        shown.secret("a number", number);
        for kind in Kind::ALL {
            shown.debug(id::check(*kind, number, true));
            shown.debug(id::judge(*kind, number, true));
        }
        shown.debug(FhirIdentifier::read(None, None, number).unwrap());
    }
    shown.debug(IdNat::parse("899700218896").unwrap());
    shown.debug(id::Rpps::parse("99700218896").unwrap());
    shown.debug(id::Adeli::parse("0B6087510").unwrap());
    shown.debug(id::Finess::parse("540002698").unwrap());
    shown.debug(id::Siret::parse("18751275100020").unwrap());
    shown.debug(id::Siren::parse("187512751").unwrap());
    shown.debug(id::Ins::parse("279035121518989").unwrap());
    shown.debug(id::CardNumber::parse("2800636234").unwrap());
    let column = Column::Text { offsets: &[0, 11], bytes: b"99700218896" };
    shown.debug(column.check(Kind::Rpps, None, false));
    shown.debug(id::StructureId::parse("499700366240007").unwrap());
    shown.debug(id::StructureTechnicalId::parse("C39806996300013").unwrap());
    for wrong in ["99700218897", "9970021889", "9970021889x"] {
        shown.secret("a number typed wrong", wrong);
        shown.failed(id::Rpps::parse(wrong));
        shown.failed(IdNat::parse(&format!("{wrong} ")));
    }
    for wrong in ["kit.specialiste@@cabinet-discret", "kit.specialiste", "a b@cabinet-discret.invalid"] {
        shown.failed(Address::parse(wrong));
        shown.debug(Address::check(wrong));
    }
}

/// An index of the directory, and whoever is in it.
pub fn directory(shown: &mut Shown) {
    for secret in ["DE LA TOUR D'ARGENT", "BÉNÉDICTE", "899700000104", "VICTOR HUGO", "C00000000012345"] {
        shown.secret("a person of the directory", secret);
    }
    let place = tempfile::tempdir().unwrap();
    let folder = shown.debug(DirectoryFolder::new(place.path()));
    shown.failed(folder.open());
    let extract = include_str!("../../../vectors/directory/extract.txt");
    let import = |text: &str| folder.import_stream(text.as_bytes(), &ImportOptions::default(), &mut Quiet);
    shown.debug(import(extract).unwrap());
    for bad in [
        &extract[..extract.len() - 80],
        "8|99700218896|SPECIALISTE0021889",
        &extract.replace("Code postal", "BÉNÉDICTE"),
    ] {
        shown.failed(import(bad));
    }
    let index = shown.debug(folder.open().unwrap());
    let query = Query { name: "DE LA TOUR D'ARGENT", ..Query::default() };
    let query = shown.debug(query);
    let person = shown.debug(index.search(&query).unwrap().remove(0));
    let row = shown.debug(person.rows().next().unwrap().unwrap());
    shown.debug(row.cells().unwrap());
    let summary = shown.debug(person.summary().unwrap());
    shown.debug(&summary.practices[0]);
    shown.debug(&summary.practices[0].activities[0]);
    shown.debug(person.to_professional().unwrap());
    directory::compare(&Index::open(Vec::from(index.bytes())).unwrap(), &index, |change| {
        shown.debug(change);
        Ok(())
    })
    .unwrap();
    shown.debug(directory::Change::Left(person));
    shown.failed(index.search(&Query { name: "'", ..Query::default() }));
    let mut damaged = Vec::from(index.bytes());
    damaged[40] ^= 1;
    shown.failed(Index::open(damaged).and_then(|index| index.verify()));
    shown.debug(index.into_bytes());
}

pub fn settings(shown: &mut Shown) {
    let settings = Settings {
        participation_sas: true,
        participation_sas_via: Some(Via::Cpts),
        structure_finess: Some("540002698".into()),
        cpts_locations: vec!["lieu-1000213519".into()],
        siret: Some("lieu-siret-faux".into()),
        has_software: Some(true),
        editors: vec!["logiciel-tres-secret".into()],
        ..Settings::default()
    };
    for secret in ["540002698", "lieu-1000213519", "lieu-siret-faux", "logiciel-tres-secret"] {
        shown.secret("an answer", secret);
    }
    shown.debug(&settings);
    shown.debug(Form::of(&settings));
    let (structure_id, id_type) = (settings.structure_finess.clone(), Some("lieu-siret-faux".into()));
    shown.debug(StructureSettings { structure_id, id_type, ..StructureSettings::default() });
    shown.debug(settings.validate(Mode::Compatible, |_| None).unwrap());
    let json = r#"{"participation_sas": true, "participation_sas_via": 2, "structure_finess": "54000269X"}"#;
    shown.secret("an answer", "54000269X");
    let check = shown.debug(check_json(json, Mode::Strict, Lang::Fr).unwrap());
    shown.debug(&check.problems[0]);
    shown.failed(check_json("{\"siret\": \"lieu-siret-faux\"", Mode::Strict, Lang::Fr));
}

/// Terms and answers, by hand.
pub fn terms(shown: &mut Shown) {
    let policy = policy();
    let terms = policy.current_terms(Lang::Fr, NOW).unwrap();
    let binding = Binding::new("issuer", "f:sujet-tres-secret", TAB);
    let presented = shown.debug(Presented::new(terms, binding.clone(), Sha256([1; 32]), NOW));
    let hash = shown.debug(terms.hash()).to_string();
    let accepted = shown.debug(presented.accept(true, &hash, terms, &binding, NOW).unwrap());
    shown.debug(presented.refuse(&hash, terms, &binding, NOW).unwrap());
    shown.debug(presented.consent("statistiques", true, &hash, terms, &binding, NOW).unwrap());
    shown.failed(presented.accept(true, "autre", terms, &binding, NOW));
    let signed_in = SignedIn {
        acr: "eidas1".into(),
        amr: vec!["CARD".into()],
        auth_time: NOW,
        id_token_sha256: Sha256([2; 32]),
        client: "plateforme-sas".into(),
    };
    let signed_in = shown.debug(signed_in);
    shown.debug(&policy.keeping);
    let recorder = shown.debug(Recorder { key: &policy.key, keeping: &policy.keeping });
    let record = recorder.accepted(&accepted, signed_in.clone(), None, &mut Draws(3)).unwrap();
    let other = Binding::new("issuer", "f:sujet-tres-secret", TAB);
    let writer = shown.debug(Writer::Delegate(other));
    let statement = Statement::new("sas-two-hours", "1", "fr", NOW, "Je déclare").unwrap().sworn();
    let mut declaration = Declaration {
        statement: &statement,
        about: &binding,
        by: &writer,
        before: None,
        after: Some(true),
        ui_build: Sha256([1; 32]),
        presented_at: None,
        at: NOW,
    };
    shown.debug(declaration.clone());
    shown.failed(recorder.declared(&declaration, signed_in.clone(), None, &mut Draws(4)));
    declaration.by = &Writer::Person;
    shown.debug(recorder.declared(&declaration, signed_in, None, &mut Draws(4)).unwrap());
    shown.secret("what evidence holds", "jeton-du-sujet");
    let piece = shown.debug(Evidence::new(EvidenceKind::SignIn, "jeton-du-sujet").unwrap());
    let sealed = shown.debug(SealedEvidence::seal(&piece, record.id(), &[3; 32]).unwrap());
    shown.failed(sealed.open(record.id(), &[4; 32]));
    shown.failed(piece.belongs_to(&record));
    let leaf = shown.debug(Leaf::new(&record, &mut Draws(5), NOW).unwrap());
    log(shown, record, &leaf);
    shown.failed(Record::parse(b"sujet-tres-secret"));
}

/// A log of one record, its keys, a receipt, an audit of what was damaged.
fn log(shown: &mut Shown, record: Record, leaf: &Leaf) {
    let key = shown.debug(SigningKey::generate("exemple.fr/consentements", &mut Draws(6)).unwrap());
    shown.secret("the log's key", key.to_secret().expose_secret().rsplit_once('+').unwrap().1);
    shown.secret("a salt", Sha256(*leaf.salt()).to_string());
    shown.secret("a salt", format!("{:?}", leaf.salt()));
    let keys = [shown.debug(key.verifier())];
    let mut growth = Growth::new();
    growth.append(leaf.entry()).unwrap();
    shown.debug(&growth);
    let mut files: HashMap<String, Vec<u8>> =
        growth.partial().into_iter().map(|(tile, bytes)| (shown.debug(tile).to_string(), bytes)).collect();
    let head = shown.debug(SignedCheckpoint::sign(1, growth.root(), &[&key]).unwrap());
    shown.debug(head.checkpoint());
    files.insert("checkpoint".into(), head.as_str().into());
    let tree = TileTree::new(&files, 1);
    shown.debug(&tree);
    let receipt = shown.debug(Receipt::new(leaf.entry(), 0, &tree, &head).unwrap());
    shown.debug(Held { index: 0, entry: leaf.entry(), opening: Some((record.as_bytes(), leaf.salt())) });
    let opening = shown.debug(Opening::new(record, leaf.salt()));
    shown.debug(opening.verify(&receipt, &keys).unwrap());
    let (proof, beside) = (receipt.to_string(), opening.to_json().unwrap());
    shown.debug(verify_receipt(proof.as_bytes(), beside.as_bytes(), &keys[0].to_string()).unwrap());
    shown.failed(opening.verify(&receipt, &[SigningKey::generate("a", &mut Draws(7)).unwrap().verifier()]));
    shown.failed(Opening::parse(opening.to_json().unwrap().trim_end().as_bytes()));
    files.get_mut("tile/entries/000.p/1").unwrap()[20] ^= 1;
    let audit = shown.debug(audit(&files, &keys, None, None).unwrap());
    for problem in &audit.problems {
        let problem = shown.debug(problem);
        shown.debug(problem.kind);
        shown.debug(problem.place);
    }
    shown.debug(audit.report(Lang::Fr));
    let new = SigningKey::generate("exemple.fr/suite", &mut Draws(8)).unwrap();
    let note = Continuation::sign(head.as_str(), &new).unwrap();
    shown.debug(Continuation::verify(&note, &[new.verifier()]).unwrap());

    let dir = tempfile::tempdir().unwrap();
    shown.secret("the folder of a log", dir.path().to_str().unwrap());
    let folder = shown.debug(LogFolder::new(dir.path().join("journal-discret")));
    folder.init("exemple.fr/consentements", &LogOptions::default(), &mut Draws(9)).unwrap();
    let world = shown.debug(LogWorld::new(SystemClock, Draws(10)));
    let log = shown.debug(folder.open(world).unwrap());
    let record = opening.record();
    log.append(record).unwrap();
    shown.failed(folder.open(LogWorld::new(SystemClock, Draws(10))));
    let person = shown.debug(LogPerson::parse("f:sujet-tres-secret").unwrap());
    let mut answer = LogAnswer::new(Event::Withdrawn, Sha256([1; 32]), person);
    shown.failed(log.record(&answer));
    log.add_terms(policy().current_terms(Lang::Fr, NOW).unwrap()).unwrap();
    (answer.event, answer.terms) = (Event::Refused, policy().current_terms(Lang::Fr, NOW).unwrap().hash());
    shown.debug(&answer);
    shown.debug(log.record(&answer).unwrap());
    log.close().unwrap();
    shown.debug(folder.record(record.id()).unwrap().unwrap());
    shown.failed(LogFolder::new(dir.path().join("absent")).checkpoint());
}
