//! What the journeys left, as files a person can read: mails, accounts, the consent log, a receipt per acceptance.
//!
//! A receipt of this step is the record, its salt and its entry of the log: who holds it can check that the entry commits
//! to the record (docs/consent-format.md). That the entry is in the log, and since when, is not proven by it.

use crate::journey::ADDRESSES;
use crate::story::{Story, print};
use crate::window::Result;
use sas_psc::consent::{Event, Kind, Leaf, Record, SignedIn, merkle};
use sas_psc::drive::block_on;
use sas_psc::email::Address;
use sas_psc::onboarding::{LogEntry, Onboarding, Store, identities};
use sas_psc::participation::ValidSettings;
use sas_psc::psc::{Acr, AuthMode};
use sas_psc::store::AnyStore;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Keeps every mail of the simulator's mailbox: as it came (`.eml`), and its text.
pub fn mails(simulator: &str, folder: &Path) -> Result<()> {
    let folder = folder.join("mails");
    make(&folder)?;
    let address = format!("{simulator}/mail/api/messages");
    let answer = sas_psc_sim::Browser::new().get(&address).map_err(|error| format!("{address}: {error}"))?;
    for (at, mail) in answer.json().as_array().into_iter().flatten().enumerate() {
        let text = |name: &str| mail[name].as_str().unwrap_or_default();
        let to = mail["to"][0].as_str().unwrap_or_default();
        write(&folder.join(format!("{}.eml", at + 1)), text("raw"))?;
        let readable = format!("{} → {to}\n{}\n\n{}", text("from"), text("subject"), text("text"));
        write(&folder.join(format!("{}.txt", at + 1)), &readable)?;
    }
    Ok(())
}

/// Reads the site's database, `accounts.sqlite` or another, and writes what is in it. Says what there is.
pub fn database(story: Story, folder: &Path, database: Option<&Path>) -> Result<()> {
    let said = |error: sas_psc::Error| format!("accounts.sqlite: {error}");
    let store = AnyStore::open(database.unwrap_or(&folder.join("accounts.sqlite"))).map_err(said)?;
    let mut accounts = Vec::new();
    for address in ADDRESSES {
        let id = block_on(store.account_with_email(address)).map_err(said)?;
        let id = id.ok_or_else(|| format!("accounts.sqlite: {address}?"))?;
        let stored = block_on(store.account(id)).map_err(said)?.ok_or("accounts.sqlite")?;
        accounts.push(account(&stored.state).map_err(said)?);
    }
    let size = block_on(store.log_size()).map_err(said)?;
    let entries = block_on(store.log_entries(0, size)).map_err(said)?;
    let receipts = folder.join("receipts");
    make(&receipts)?;
    let (mut log, mut accepted) = (Vec::new(), 0);
    for (index, entry) in entries.iter().enumerate() {
        let record = Record::parse(&entry.record).map_err(said)?;
        if !Leaf::opens(&entry.leaf, &entry.salt, &entry.record).map_err(said)? {
            return Err(format!("consent log, entry {index}: it does not commit to its record"));
        }
        let told = told(entry, &record);
        if (record.fields().kind, record.fields().event) == (Kind::Terms, Event::Accepted) {
            accepted += 1;
            write_json(&receipts.join(format!("{}.json", record.id())), &told)?;
        }
        log.push(told);
    }
    write_json(&folder.join("accounts.json"), &Value::Array(accounts))?;
    write_json(&folder.join("consent-log.json"), &Value::Array(log))?;
    print(&left(story, folder, ADDRESSES.len(), entries.len(), accepted));
    Ok(())
}

/// An account: who, where, on which sign-in it last rested, what was agreed and chosen.
fn account(state: &[u8]) -> sas_psc::Result<Value> {
    let sign_up = Onboarding::from_stored(state)?;
    let (person, sign_in) = (sign_up.person(), sign_up.sign_in());
    Ok(json!({
        "name": format!("{} {}", person.name.given, person.name.family),
        "identifiers": identities(person).iter().map(|id| id.as_str()).collect::<Vec<_>>(),
        "places": sign_up.places().iter().map(|place| place.label()).collect::<Vec<_>>(),
        "email": sign_up.proven_address().map(Address::canonical),
        "signed_in": {
            "by": sign_in.auth_mode.as_ref().map(AuthMode::as_str), "acr": sign_in.acr.map(Acr::as_str),
            "at": sign_in.auth_time.to_string(),
        },
        "receipt": sign_up.terms_record().map(|id| format!("receipts/{id}.json")),
        "settings": sign_up.settings().map(ValidSettings::payload),
    }))
}

/// An entry of the log with its record and salt: `bytes` and `salt` are what `entry` commits to.
fn told(entry: &LogEntry, record: &Record) -> Value {
    let f = record.fields();
    let signed_in = |s: &SignedIn| {
        json!({
            "acr": s.acr, "amr": s.amr, "auth_time": s.auth_time.to_string(), "client": s.client,
            "id_token_sha256": s.id_token_sha256.to_string(),
        })
    };
    let documents: Vec<Value> = (f.documents.iter())
        .map(|d| json!({ "title": d.title, "media_type": d.media_type, "bytes": d.length, "sha256": d.sha256.to_string() }))
        .collect();
    json!({
        "entry": hex(&entry.leaf),
        "leaf_hash": merkle::leaf_hash(&entry.leaf).to_string(),
        "salt": hex(&entry.salt),
        "record": {
            "bytes": hex(&entry.record),
            "id": record.id().to_string(),
            "previous": f.previous.map(|id| id.to_string()),
            "kind": format!("{:?}", f.kind).to_lowercase(),
            "event": format!("{:?}", f.event).to_lowercase(),
            "at": f.at.to_string(),
            "method": f.method,
            "terms": {
                "slug": f.slug, "version": f.version, "lang": f.lang, "effective_from": f.effective_from.to_string(),
                "sha256": f.terms_hash.to_string(), "documents": documents,
                "presented_at": f.presented_at.map(|at| at.to_string()),
                "ui_build": f.ui_build.map(|hash| hash.to_string()),
            },
            "declared": f.declared.as_ref().map(|d| json!({
                "sentence": d.sentence, "sworn": d.sworn, "before": d.before, "after": d.after, "by": d.by.name(),
            })),
            "evidence": f.evidence_names(),
            "person": { "issuer": f.issuer, "principal": f.principal.to_string() },
            "signed_in": f.signed_in.as_ref().map(signed_in),
            "controller": f.keeping.controller,
            "exit": f.keeping.exit,
            "retention_until": f.keeping.retention_until.map(|at| at.to_string()),
        },
    })
}

fn left(story: Story, folder: &Path, accounts: usize, entries: usize, receipts: usize) -> String {
    let folder = folder.display();
    if story.english() {
        format!(
            "\nLeft in {folder}/\n\
             \x20 accounts.sqlite    what the site keeps: {accounts} accounts\n\
             \x20 accounts.json      the same accounts, readable\n\
             \x20 mails/             each mail as it came (.eml), and its text (.txt)\n\
             \x20 consent-log.json   {entries} entries: leaf, salt, record\n\
             \x20 receipts/          {receipts} acceptances: record, salt, leaf\n"
        )
    } else {
        format!(
            "\nDans {folder}/\n\
             \x20 accounts.sqlite    ce que garde le site : {accounts} comptes\n\
             \x20 accounts.json      les mêmes comptes, lisibles\n\
             \x20 mails/             chaque courriel tel que reçu (.eml), et son texte (.txt)\n\
             \x20 consent-log.json   {entries} entrées : feuille, sel, enregistrement\n\
             \x20 receipts/          {receipts} acceptations : enregistrement, sel, feuille\n"
        )
    }
}

fn make(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))
}

fn write(file: &Path, text: &str) -> Result<()> {
    fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))
}

fn write_json(file: &Path, value: &Value) -> Result<()> {
    write(file, &format!("{value:#}\n"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
