//! What the journeys left, as files a person can read: mails, accounts, a receipt per acceptance.

use crate::journey::ADDRESSES;
use crate::story::{Story, print};
use crate::window::Result;
use sas_psc::consent::{Event, Kind};
use sas_psc::drive::block_on;
use sas_psc::email::Address;
use sas_psc::onboarding::{Onboarding, Store, identities};
use sas_psc::participation::ValidSettings;
use sas_psc::psc::{Acr, AuthMode};
use sas_psc::store::{AnyStore, LogFolder, LoggedRecord};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

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

/// Reads the site's database, `accounts.sqlite` or another, and its consent log, and writes what is in them. Says what
/// there is.
pub fn left(story: Story, folder: &Path, database: Option<&Path>, log: Option<&Path>) -> Result<()> {
    let said = |error: sas_psc::Error| format!("accounts.sqlite: {error}");
    let store = AnyStore::open(database.unwrap_or(&folder.join("accounts.sqlite"))).map_err(said)?;
    let mut accounts = Vec::new();
    for address in ADDRESSES {
        let id = block_on(store.account_with_email(address)).map_err(said)?;
        let id = id.ok_or_else(|| format!("accounts.sqlite: {address}?"))?;
        let stored = block_on(store.account(id)).map_err(said)?.ok_or("accounts.sqlite")?;
        accounts.push(account(&stored.state).map_err(said)?);
    }
    write_json(&folder.join("accounts.json"), &Value::Array(accounts))?;
    let entries = block_on(store.log_size()).map_err(said)?;
    let log = LogFolder::new(log.unwrap_or(&folder.join("consent-log")));
    let receipts = receipts(&log, entries, &folder.join("receipts"))?;
    print(&told(story, folder, ADDRESSES.len(), entries, receipts));
    Ok(())
}

/// Writes the receipt of every acceptance, once the site has brought so many records into the log: what is verified, and
/// the page to print. Says how many.
fn receipts(log: &LogFolder, entries: u64, folder: &Path) -> Result<usize> {
    let said = |error: sas_psc::Error| format!("consent-log: {error}");
    let published = || log.checkpoint().is_ok_and(|head| head.checkpoint().size >= entries);
    let waited = || sleep(Duration::from_millis(20));
    if !(0..500).any(|_| published() || (waited(), false).1) {
        return Err("consent-log: not fed in 10 s".into());
    }
    let mut accepted = Vec::new();
    let each = |logged: LoggedRecord| {
        let fields = logged.record.fields();
        if (fields.kind, fields.event) == (Kind::Terms, Event::Accepted) {
            accepted.push(fields.id);
        }
        Ok(())
    };
    log.records(None, each).map_err(said)?;
    make(folder)?;
    let keys = log.keys().map_err(said)?;
    for id in &accepted {
        let (receipt, opening) = log.receipt(*id).map_err(said)?;
        write(&folder.join(format!("{id}.tlog-proof")), &receipt.to_string())?;
        write(&folder.join(format!("{id}.json")), &opening.to_json().map_err(said)?)?;
        write(&folder.join(format!("{id}.html")), &opening.page(&receipt, &keys).map_err(said)?)?;
    }
    Ok(accepted.len())
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
        "receipt": sign_up.terms_record().map(|id| format!("receipts/{id}.tlog-proof")),
        "settings": sign_up.settings().map(ValidSettings::payload),
    }))
}

fn told(story: Story, folder: &Path, accounts: usize, entries: u64, receipts: usize) -> String {
    let folder = folder.display();
    if story.english() {
        format!(
            "\nLeft in {folder}/\n\
             \x20 accounts.sqlite    what the site keeps: {accounts} accounts\n\
             \x20 accounts.json      the same accounts, readable\n\
             \x20 mails/             each mail as it came (.eml), and its text (.txt)\n\
             \x20 consent-log/       {entries} entries, under a signed checkpoint\n\
             \x20 receipts/          {receipts} acceptances: two files to verify, a page to print\n"
        )
    } else {
        format!(
            "\nDans {folder}/\n\
             \x20 accounts.sqlite    ce que garde le site : {accounts} comptes\n\
             \x20 accounts.json      les mêmes comptes, lisibles\n\
             \x20 mails/             chaque courriel tel que reçu (.eml), et son texte (.txt)\n\
             \x20 consent-log/       {entries} entrées, sous un point de contrôle signé\n\
             \x20 receipts/          {receipts} acceptations : deux fichiers à vérifier, une page à imprimer\n"
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
