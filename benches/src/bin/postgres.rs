//! One durable acceptance in PostgreSQL beside the server's own single insert, and many callers together.
//!
//! The server is one of its own (tools/postgres), synced, on a Unix socket; the client of the baseline is tokio-postgres in
//! the same runtime. Everything is wall-clock time: what is measured is a disk and the way to it, so durable cases alternate
//! with the insert they are a multiple of.

use sas_psc::base::SecretString;
use sas_psc::id::IdNat;
use sas_psc::onboarding::{AccountId, Change, LogEntry, Store, StoredAccount};
use sas_psc::store::{Postgres, PostgresSettings};
use sas_psc_benches::{Ratio, line, median};
use std::process::Command;
use std::time::Instant;

const TOPIC: &str = "postgres";
const BARE: &str = "tokio-postgres, one insert";
/// What the stored form of a journey weighs, and what its record does.
const STATE: usize = 1500;
const RECORD: usize = 600;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--baseline" || argument == "--spin") {
        return; // no peer of another language pairs with this topic
    }
    let Ok(address) = std::env::var("SAS_PSC_POSTGRES") else {
        let me = std::env::current_exe().expect("this program");
        let mut beside = Command::new("tools/postgres");
        beside.env("SAS_PSC_POSTGRES_SYNC", "1").arg(me).args(&arguments);
        assert!(beside.status().expect("tools/postgres").success());
        return;
    };
    let turns = if arguments.iter().any(|argument| argument == "--quick") { 40 } else { 2000 };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(measure(&address, turns));
    blocking(&address, turns / 2);
}

fn settings(address: &str) -> PostgresSettings {
    PostgresSettings::new(&SecretString::from(address)).expect("settings")
}

fn account(number: u64) -> StoredAccount {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    let mut account = StoredAccount::new(AccountId(id), "https://psc.example");
    account.state = vec![7; STATE];
    account.identities = vec![IdNat::parse(&format!("ANS{number}")).expect("a number")];
    account.email = Some(format!("{number}@cabinet.invalid"));
    account
}

/// The next step of an account, with an acceptance.
fn acceptance(account: &StoredAccount, number: u64) -> Change {
    let mut record_id = [0; 16];
    record_id[..8].copy_from_slice(&number.to_be_bytes()); // by time, as those of version 7 are
    let entry = LogEntry { record_id, leaf: vec![1; 41], record: vec![2; RECORD], salt: [3; 32] };
    let mut account = account.clone();
    account.state[..8].copy_from_slice(&number.to_be_bytes());
    Change { account, entries: vec![entry] }
}

async fn begun(store: &Postgres, number: u64) -> StoredAccount {
    let mut account = account(number);
    account.version = store.commit(Change { account: account.clone(), entries: Vec::new() }).await.expect("begun");
    account
}

async fn measure(address: &str, turns: u64) {
    let store = Postgres::connect(&settings(address)).await.expect("the store");
    let (bare, connection) = tokio_postgres::connect(address, tokio_postgres::NoTls).await.expect("a connection");
    tokio::spawn(connection);
    bare.batch_execute("CREATE TABLE bare (id BYTEA, record BYTEA)").await.expect("a table");
    let insert = bare.prepare("INSERT INTO bare VALUES ($1, $2)").await.expect("a statement");

    let mut one = begun(&store, 0).await;
    let (mut bares, mut ours, mut steps) = (Vec::new(), Vec::new(), Vec::new());
    let (mut ratios, mut step_ratios) = (Vec::new(), Vec::new());
    let record = vec![2u8; RECORD];
    for turn in 0..turns + 20 {
        let id = turn.to_be_bytes();
        let clock = Instant::now();
        bare.execute(&insert, &[&&id[..], &record]).await.expect("an insert");
        let plain = micros(clock);
        let change = acceptance(&one, turn);
        let clock = Instant::now();
        one.version = store.commit(change).await.expect("accepted");
        let accepted = micros(clock);
        let step = Change { account: one.clone(), entries: Vec::new() };
        let clock = Instant::now();
        one.version = store.commit(step).await.expect("a step");
        let stepped = micros(clock);
        if turn < 20 {
            continue; // plans are made, caches warm
        }
        bares.push(plain);
        ours.push(accepted);
        steps.push(stepped);
        ratios.push(accepted / plain);
        step_ratios.push(stepped / plain);
    }
    line(TOPIC, BARE, median(&mut bares), "µs", None);
    let ratio = Ratio { to: BARE, median: median(&mut ratios), ratios: &ratios, most: Some(1.3) };
    line(TOPIC, "sas-psc, one acceptance: account and record", median(&mut ours), "µs", Some(ratio));
    let ratio = Ratio { to: BARE, median: median(&mut step_ratios), ratios: &step_ratios, most: Some(1.3) };
    line(TOPIC, "sas-psc, one step without a record", median(&mut steps), "µs", Some(ratio));

    let each = (turns / 10).max(4);
    for callers in [64, 256] {
        let (value, waits) = together(&store, callers, each, turns * 100 * callers).await;
        let case = format!("sas-psc, an acceptance among {callers} callers (15 µs at most)");
        line(TOPIC, &case, value, "µs", None);
        line(TOPIC, &format!("sas-psc, how long each of {callers} callers waited, median"), waits, "µs", None);
    }

    // The same rows by the server alone, a thousand in one transaction.
    let mut accounts = Vec::new();
    for number in 0..64 {
        accounts.push(begun(&store, 900_000 + number).await);
    }
    let entries = |from: u64| (0..1000).map(move |n| acceptance(&account(1), from + n).entries.remove(0));
    let mut batch = Vec::new();
    for round in 0..(turns / 100).max(3) {
        let mut change = acceptance(&accounts[round as usize % 64], round);
        change.account.version += round / 64;
        change.entries = entries(1 << 40 | round << 20).collect();
        let clock = Instant::now();
        store.commit(change).await.expect("accepted");
        batch.push(micros(clock) / 1000.0);
    }
    line(TOPIC, "sas-psc, a record of one change with a thousand", median(&mut batch), "µs", None);
}

async fn together(store: &Postgres, callers: u64, each: u64, from: u64) -> (f64, f64) {
    let mut accounts = Vec::new();
    for caller in 0..callers {
        accounts.push(begun(store, from + caller).await);
    }
    let clock = Instant::now();
    let tasks: Vec<_> = (accounts.into_iter().zip(0..))
        .map(|(mut account, caller): (_, u64)| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut waits = Vec::new();
                for turn in 0..each {
                    let change = acceptance(&account, from * 1000 + turn * callers + caller);
                    let clock = Instant::now();
                    account.version = store.commit(change).await.expect("accepted");
                    waits.push(micros(clock));
                }
                waits
            })
        })
        .collect();
    let mut waits = Vec::new();
    for task in tasks {
        waits.extend(task.await.expect("a task"));
    }
    (micros(clock) / (callers * each) as f64, median(&mut waits))
}

/// From a thread without a runtime, as C and Python call it.
fn blocking(address: &str, turns: u64) {
    let store = Postgres::open(&settings(address)).expect("the store");
    let block_on = sas_psc::drive::block_on;
    let mut one = account(1 << 50);
    one.version = block_on(store.commit(Change { account: one.clone(), entries: Vec::new() })).expect("begun");
    let mut values = Vec::new();
    for turn in 0..turns + 20 {
        let change = acceptance(&one, 1 << 50 | turn);
        let clock = Instant::now();
        one.version = block_on(store.commit(change)).expect("accepted");
        if turn >= 20 {
            values.push(micros(clock));
        }
    }
    line(TOPIC, "sas-psc, one acceptance from a thread without a runtime", median(&mut values), "µs", None);
}

fn micros(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e6
}
