//! The consent log: one durable acceptance beside a bare SQLite insert, 64 callers together, and per record in a log of
//! ten million: append, prove, verify a receipt, audit.
//!
//! Durable cases are wall-clock time, in turns with the insert they are a multiple of: what is measured is a disk. The
//! others are time on the CPU, as multiples of the two hashes that RFC 6962 asks for an entry (a leaf and a node).

use rusqlite::Connection;
use sas_psc::base::{Clock, Random, ServerKey, Timestamp};
use sas_psc::consent::tile::{TileSource, TileTree, WIDTH};
use sas_psc::consent::{
    self, Change, Document, Growth, Keeping, Leaf, Presented, Receipt, Record, Recorder, Sha256, SignedCheckpoint,
    SigningKey, TermsVersion, merkle,
};
use sas_psc::person::Binding;
use sas_psc::store::{LogFolder, LogOptions, LogWorld};
use sas_psc_benches::{Ratio, Topic, line, median, on_cpu};
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

const TOPIC: &str = "log";
const BARE: &str = "rusqlite, one insert, WAL and synchronous=FULL";
const HASHES: &str = "a leaf and a node, sha2";
const NOW: Timestamp = Timestamp::from_unix(1_795_420_000);

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        NOW + Duration::from_secs(3600)
    }
}

struct Draws(u64);

impl Random for Draws {
    fn fill(&mut self, bytes: &mut [u8]) -> sas_psc::Result<()> {
        for chunk in bytes.chunks_mut(8) {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

/// Records of different people, a millisecond apart: their identities are in the order of time, as those of version 7 are.
fn records(count: u64, from: u64) -> Vec<Record> {
    let cgu = Document::new("CGU", "text/plain; charset=utf-8", "Article 1");
    let terms = TermsVersion::new("cgu", "1", "fr", NOW, Change::Material, vec![cgu]).expect("terms");
    let key = ServerKey::new(&[7; 32]).expect("a key");
    let keeping = Keeping { controller: "Plateforme exemple".into(), exit: "Mon compte".into(), retention_until: None };
    let recorder = Recorder { key: &key, keeping: &keeping };
    let mut draws = Draws(from);
    let record = |number: u64| {
        let person = Binding::new("https://psc.example", format!("f:1:{number}"), "tab");
        let shown = Presented::new(&terms, person.clone(), Sha256([1; 32]), NOW);
        let at = NOW + Duration::from_millis(number - from);
        let answer = shown.accept(true, &terms.hash().to_string(), &terms, &person, at).expect("an answer");
        recorder.accepted(&answer, None, None, &mut draws).expect("a record")
    };
    (from..from + count).map(record).collect()
}

/// On the disk that is measured: not a tmpfs.
fn place() -> PathBuf {
    let place = PathBuf::from(std::env::var("SAS_PSC_BENCH_PLACE").unwrap_or_else(|_| "target/bench/log".into()));
    let _ = fs::remove_dir_all(&place);
    fs::create_dir_all(&place).expect("a folder");
    place
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let quick = arguments.iter().any(|argument| argument == "--quick");
    let place = place();
    if matches!(arguments.first().map(String::as_str), None | Some("--quick")) {
        durable(&place, if quick { 40 } else { 2000 });
    }
    large(&place, if quick { 70_000 } else { 10_000_000 });
    let _ = fs::remove_dir_all(&place);
}

/// To 64 callers, in turn: what comes at the same time was made at the same time.
fn dealt(records: Vec<Record>) -> Vec<Vec<Record>> {
    let mut all = vec![Vec::new(); 64];
    records.into_iter().enumerate().for_each(|(at, record)| all[at % 64].push(record));
    all
}

fn log(place: &Path, name: &str) -> (LogFolder, sas_psc::store::ConsentLog) {
    let folder = LogFolder::new(place.join(name));
    folder.init("exemple.fr/consentements", &LogOptions::default(), &mut Draws(1)).expect("a log");
    let log = folder.open(LogWorld::new(Still, Draws(2))).expect("the log");
    (folder, log)
}

fn durable(place: &Path, turns: usize) {
    let bare = Connection::open(place.join("bare.sqlite")).expect("a database");
    bare.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE r (id BLOB, record BLOB)")
        .expect("a table");
    let mut insert = bare.prepare("INSERT INTO r VALUES (?1, ?2)").expect("a statement");
    let (folder, log) = log(place, "one");
    let each = (turns / 10).max(4);
    let all = dealt(records(64 * each as u64, 1_000_000));
    let clock = Instant::now();
    std::thread::scope(|scope| {
        for mine in &all {
            let log = &log;
            scope.spawn(move || {
                mine.iter()
                    .for_each(|record| drop(black_box(log.append(record).expect("a place").leaf_index.to_string())))
            });
        }
    });
    let value = clock.elapsed().as_secs_f64() * 1e6 / (64 * each) as f64;
    line(TOPIC, "sas-psc, a record among 64 callers, safe on the disk (6 µs at most)", value, "µs", None);
    let log = Arc::new(log);
    let all = dealt(records(64 * each as u64, 2_000_000));
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let clock = Instant::now();
    runtime.block_on(async {
        let callers = all.into_iter().map(|mine| {
            let log = log.clone();
            tokio::spawn(async move {
                for record in &mine {
                    black_box(log.append_async(record).await.expect("a place").leaf_index);
                }
            })
        });
        for caller in callers.collect::<Vec<_>>() {
            caller.await.expect("a caller");
        }
    });
    let value = clock.elapsed().as_secs_f64() * 1e6 / (64 * each) as f64;
    line(TOPIC, "sas-psc, the same for 64 tasks of one thread (6 µs at most)", value, "µs", None);
    let log = Arc::into_inner(log).expect("nobody else has it");
    // Alone, in a log that was written to before: its files have their size.
    let (mut bares, mut ours, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for record in &records(turns as u64, 0) {
        let clock = Instant::now();
        insert.execute((record.id().0, record.as_bytes())).expect("an insert");
        let bare = clock.elapsed().as_secs_f64() * 1e6;
        let clock = Instant::now();
        log.append(record).expect("a place");
        let one = clock.elapsed().as_secs_f64() * 1e6;
        bares.push(bare);
        ours.push(one);
        ratios.push(one / bare);
    }
    line(TOPIC, BARE, median(&mut bares), "µs", None);
    let one = Ratio { to: BARE, median: median(&mut ratios), ratios: &ratios, most: Some(1.3) };
    line(TOPIC, "sas-psc, one acceptance, safe on the disk", median(&mut ours), "µs", Some(one));

    let batch = records(turns as u64 * 5, 900_000_000);
    let clock = Instant::now();
    assert!(log.append_all(&batch).iter().all(Result::is_ok));
    let value = clock.elapsed().as_secs_f64() * 1e6 / batch.len() as f64;
    line(TOPIC, "sas-psc, a record of one batch, safe on the disk", value, "µs", None);
    log.close().expect("closed");
    let keys = folder.keys().expect("keys");
    let (clock, audit) = (on_cpu(), folder.audit(&keys, None).expect("an audit"));
    assert!(audit.is_valid());
    let rate = audit.tree_size as f64 / (on_cpu() - clock).as_secs_f64();
    line(TOPIC, "sas-psc, audit with the private records", rate, "records/s", None);
}

fn large(place: &Path, count: u64) {
    let key = SigningKey::generate("exemple.fr/consentements", &mut Draws(1)).expect("a key");
    let record = records(1, 5).remove(0);
    let folder = LogFolder::new(place.join("large"));
    let write = |files: Vec<(consent::tile::Tile, Vec<u8>)>| {
        for (tile, bytes) in files {
            let path = place.join("large").join(tile.to_string());
            fs::create_dir_all(path.parent().expect("a folder"))
                .and_then(|()| fs::write(&path, bytes))
                .expect("a file");
        }
    };
    let leaf = Leaf::new(&record, &mut Draws(9), NOW).expect("a leaf");
    let (mut growth, mut entry, mut draws) = (Growth::new(), leaf.entry().to_vec(), Draws(3));
    let mut next = || {
        draws.fill(&mut entry[9..]).expect("bytes");
        entry.clone()
    };
    let mut target = 0;
    while growth.size() < count {
        growth.append(&next()).expect("a place");
        if growth.size() == count / 2 {
            target = growth.append(leaf.entry()).expect("a place");
        }
        if growth.size().is_multiple_of(1 << 16) {
            write(growth.take_full());
        }
    }
    write(growth.take_full());
    write(growth.partial());
    let size = growth.size();
    let head = SignedCheckpoint::sign(size, growth.root(), &[&key]).expect("a checkpoint");
    fs::write(place.join("large/checkpoint"), head.as_str()).expect("a file");

    let (one, other) = (Sha256([1; 32]), Sha256([2; 32]));
    let entry = leaf.entry().to_vec();
    let mut topic = Topic::new(TOPIC, HASHES, move || {
        black_box(merkle::node(&merkle::leaf_hash(black_box(&entry)), black_box(&one)));
        black_box(&other);
    });
    let (mut grown, fresh) = (growth.clone(), next());
    topic.case("sas-psc, append to 10 M (1 µs at most)", None, || {
        grown.append(black_box(&fresh)).expect("a place");
        if grown.size().is_multiple_of(1 << 12) {
            black_box(grown.take_full());
        }
    });
    let tree = TileTree::new(&folder, size);
    let mut dice = 1_u64;
    let mut prove_in = |tile: u64| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let index = tile * WIDTH + (dice >> 11) % WIDTH;
        black_box(consent::proof::inclusion(&tree, index, size).expect("a proof"));
    };
    // A stride that meets each full tile once before it meets one again; it is a prime.
    let (mut read, mut again, far) = (0, 0, |turn: u64| turn * 10_007 % (size / WIDTH));
    topic.case("sas-psc, proof in 10 M whose lowest tile was not read before (20 µs at most)", None, || {
        read += 1;
        prove_in(far(read));
    });
    topic.case("sas-psc, proof in 10 M whose lowest tile was read before", None, || {
        again = again % read + 1;
        prove_in(far(again));
    });
    let (keys, receipt) = ([key.verifier()], Receipt::new(leaf.entry(), target, &tree, &head).expect("a receipt"));
    let text = receipt.to_string();
    assert!(text.len() < 2048, "{} bytes", text.len());
    let opening = consent::Opening::new(record, leaf.salt()).to_json().expect("an opening");
    topic.case("sas-psc, receipt of 10 M verified: both files, Ed25519 (100 µs at most)", None, || {
        let opening = consent::Opening::parse(black_box(opening.as_bytes())).expect("an opening");
        black_box(opening.verify(&black_box(&text).parse().expect("a receipt"), &keys).expect("proved"));
    });
    if std::env::args().len() == 1 || std::env::args().any(|argument| argument == "--quick") {
        let clock = on_cpu();
        let audit = consent::audit(&Cold(&folder), &keys, None, None).expect("an audit");
        assert!(audit.is_valid(), "{audit:?}");
        let rate = size as f64 / (on_cpu() - clock).as_secs_f64();
        line(TOPIC, "sas-psc, audit of 10 M (1,000,000 records/s at least)", rate, "records/s", None);
    }
}

/// The files as they are.
struct Cold<'a>(&'a LogFolder);

impl TileSource for Cold<'_> {
    fn read(&self, name: &str) -> sas_psc::Result<Option<Vec<u8>>> {
        self.0.read(name)
    }
}
