//! The national extract becomes an index: every row checked, every way to ask in it, as a multiple of reading the file,
//! checking its UTF-8 and counting its lines.
//!
//! The file is invented (`benches/prepare/directory-import`). SQLite gets every column as text, an index on the identifier
//! and FTS5 on the names, journal and fsync off; ours checks identifier and key too, and asks the disk to keep the file.

use memchr::memchr_iter;
use rusqlite::{Connection, params_from_iter};
use sas_psc::directory::{Column, Quiet};
use sas_psc::store::{DirectoryFolder, ImportOptions};
use sas_psc_benches::{Ratio, directory, line, median, on_cpu};
use std::fs::{self, File};
use std::hint::black_box;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

const TOPIC: &str = "directory-import";
const FLOOR: &str = "read, UTF-8 checked, lines counted";

fn main() {
    let mode = std::env::args().nth(1).unwrap_or_default();
    let extract = directory::extract(mode == "--quick");
    if mode == "--baseline" {
        println!("{}", floor(&extract) * 1e6);
        return;
    }
    let rounds = if mode == "--quick" { 1 } else { 5 };
    let place = directory::place();
    fs::create_dir_all(&place).expect("target/bench");
    floor(&extract);
    let (mut floors, mut ours, mut ratios, mut walls, mut memory) = (vec![], vec![], vec![], vec![], 0);
    for _ in 0..rounds {
        floors.push(floor(&extract));
        let _ = fs::remove_dir_all(place.join("index"));
        let (start, cpu) = (Instant::now(), on_cpu());
        let (imported, most) = watched(|| {
            let folder = DirectoryFolder::new(place.join("index"));
            folder.import(&[extract.clone()], &ImportOptions::default(), &mut Quiet).expect("imported")
        });
        ours.push((on_cpu() - cpu).as_secs_f64());
        walls.push(start.elapsed().as_secs_f64());
        ratios.push(ours[ours.len() - 1] / floors[floors.len() - 1]);
        memory = memory.max(most);
        assert!(imported.meta.rejected <= 25);
    }
    let index = fs::metadata(place.join("index/directory.index")).expect("the index").len();
    let size = fs::metadata(&extract).expect("the extract").len();
    line(TOPIC, FLOOR, median(&mut floors), "s", None);
    let ratio = Ratio { to: FLOOR, median: median(&mut ratios), ratios: &ratios.clone(), most: Some(7.7) };
    line(TOPIC, "sas-psc, every row checked, all indexes", median(&mut ours), "s", Some(ratio));
    line(TOPIC, "sas-psc, the same by the clock on the wall, fsync included", median(&mut walls), "s", None);
    line(TOPIC, "sas-psc, most memory of its own", memory as f64 / 1e6, "MB", None);
    line(TOPIC, "sas-psc, on disk", index as f64 / 1e6, "MB", None);
    line(TOPIC, "the extract", size as f64 / 1e6, "MB", None);

    let cpu = on_cpu();
    let database = sqlite(&extract, &place.join("extract.sqlite"));
    let took = (on_cpu() - cpu).as_secs_f64();
    let ratios = [took / median(&mut floors)];
    let ratio = Ratio { to: FLOOR, median: ratios[0], ratios: &ratios, most: None };
    line(TOPIC, "SQLite, index on the identifier, FTS5 on the names", took, "s", Some(ratio));
    line(TOPIC, "SQLite, on disk", database as f64 / 1e6, "MB", None);
}

/// Seconds on the CPU.
fn floor(extract: &Path) -> f64 {
    let start = on_cpu();
    let mut bytes = Vec::new();
    File::open(extract).and_then(|mut file| file.read_to_end(&mut bytes)).expect("the extract");
    let broken = bytes.split(|byte| *byte == b'\n').filter(|line| std::str::from_utf8(line).is_err()).count();
    black_box((broken, memchr_iter(b'\n', &bytes).count()));
    (on_cpu() - start).as_secs_f64()
}

/// Runs something, and the most anonymous memory that the process had meanwhile beyond what it had before.
fn watched<T>(run: impl FnOnce() -> T) -> (T, u64) {
    let anonymous = || {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap_or_default().trim().to_owned();
        line.split(' ').next().and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) * 1024
    };
    let (over, most, before) = (AtomicBool::new(false), AtomicU64::new(0), anonymous());
    let done = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                most.fetch_max(anonymous(), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        let done = run();
        over.store(true, Ordering::Relaxed);
        done
    });
    (done, most.load(Ordering::Relaxed).saturating_sub(before))
}

/// The extract as a table of texts; its size on disk.
fn sqlite(extract: &Path, file: &Path) -> u64 {
    let _ = fs::remove_file(file);
    let mut database = Connection::open(file).expect("a database");
    let columns = (0..Column::ALL.len()).map(|at| format!("c{at} TEXT")).collect::<Vec<_>>().join(",");
    let places = vec!["?"; Column::ALL.len()].join(",");
    database
        .execute_batch(&format!("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; CREATE TABLE p ({columns})"))
        .expect("a table");
    let transaction = database.transaction().expect("a transaction");
    {
        let mut insert = transaction.prepare(&format!("INSERT INTO p VALUES ({places})")).expect("a statement");
        let mut lines = BufReader::with_capacity(1 << 20, File::open(extract).expect("the extract"));
        let mut bytes = Vec::new();
        while lines.read_until(b'\n', &mut bytes).expect("a line") > 0 {
            let row = std::str::from_utf8(&bytes).ok().and_then(|text| text.strip_suffix("|\n"));
            if let Some(row) = row.filter(|row| memchr_iter(b'|', row.as_bytes()).count() == Column::ALL.len() - 1) {
                insert.execute(params_from_iter(row.split('|'))).expect("a row");
            }
            bytes.clear();
        }
    }
    let (id, family, given) = (Column::IdNat as usize, Column::FamilyName as usize, Column::GivenName as usize);
    transaction
        .execute_batch(&format!(
            "DELETE FROM p WHERE rowid = 1;
             CREATE INDEX i ON p (c{id});
             CREATE VIRTUAL TABLE names USING fts5 (family, given, id UNINDEXED, tokenize = \"unicode61 remove_diacritics 2\");
             INSERT INTO names SELECT c{family}, c{given}, c{id} FROM p GROUP BY c{id}"
        ))
        .expect("indexes");
    transaction.commit().expect("committed");
    drop(database);
    fs::metadata(file).expect("the database").len()
}
