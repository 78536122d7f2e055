//! People found in the whole country's index, random and warm, as a multiple of SQLite (rusqlite, prepared, every column
//! read) over the same extract; names searched beside FTS5; the first answer of a process.
//!
//! What is asked is the same for all: 20,000 identifiers and 2,000 starts of names, drawn from the index and written where
//! the peers in other languages read them.

use rusqlite::Connection;
use sas_psc::directory::{Column, Index, Query, Record};
use sas_psc::id::Rpps;
use sas_psc::store::DirectoryFolder;
use sas_psc_benches::{Topic, directory, line, median, memory};
use std::fs;
use std::hint::black_box;
use std::process::Command;
use std::time::Instant;

const TOPIC: &str = "directory-lookup";
const BASELINE: &str = "rusqlite, every column";
/// Makes the program ask one question and end: for the first answer of a process.
const FIRST: &str = "SAS_PSC_BENCH_FIRST";

fn main() {
    let place = directory::place();
    let folder = DirectoryFolder::new(place.join("index"));
    if let Some(id) = std::env::var_os(FIRST) {
        let start = Instant::now();
        let index = folder.open().expect("the index");
        let found = index.lookup(id.to_str().expect("a number")).expect("an answer");
        assert_eq!(found.len(), 1);
        black_box(found[0].summary().expect("a summary"));
        // The most that was in memory, the pages of the index that were looked at among it.
        println!("{} {}", start.elapsed().as_secs_f64(), memory("VmHWM:") as f64 * 1.024 / 1000.0);
        return;
    }
    let index = folder.open().expect("the index: run the topic directory-import first");
    let (ids, starts) = questions(&index);
    fs::write(place.join("ids.txt"), ids.join("\n")).expect("ids.txt");
    fs::write(place.join("starts.txt"), starts.join("\n")).expect("starts.txt");
    let numbers: Vec<Rpps> = ids.iter().map(|id| Rpps::parse(&id[1..]).expect("an RPPS")).collect();

    let database = Connection::open(place.join("extract.sqlite")).expect("the database");
    let by_id = format!("SELECT * FROM p WHERE c{} = ?", Column::IdNat as usize);
    let mut statement = database.prepare(&by_id).expect("a statement");
    let mut at = turns(ids.len());
    let mut topic = Topic::new(TOPIC, BASELINE, move || {
        let mut rows = statement.query([&ids[at()]]).expect("rows");
        let mut length = 0;
        while let Some(row) = rows.next().expect("a row") {
            length += (0..Column::ALL.len())
                .map(|at| row.get_ref(at).expect("a cell").as_str().map_or(0, str::len))
                .sum::<usize>();
        }
        assert!(black_box(length) > 0);
    });
    let mut at = turns(numbers.len());
    let mut found = || index.by_rpps(&numbers[at()]).expect("an answer").expect("a person");
    topic.case("sas-psc, to the record with its rows", Some(0.156), || {
        let person = found();
        black_box((person.family_name(), person.rows().filter(|row| black_box(row).is_ok()).count()));
    });
    topic.case("sas-psc, every column", None, || {
        let person = found();
        let length = person.rows().map(|row| {
            let cells = row.expect("a row").cells().expect("the columns");
            Column::ALL.iter().map(|column| cells.get(*column).len()).sum::<usize>()
        });
        assert!(black_box(length.sum::<usize>()) > 0);
    });
    topic.case("sas-psc, as a Professional", None, || drop(black_box(found().to_professional())));

    let mut search =
        database.prepare("SELECT id, family, given FROM names WHERE family MATCH ? LIMIT 20").expect("a statement");
    let quoted: Vec<String> = starts.iter().map(|start| format!("\"{start}\"*")).collect();
    let mut at = turns(quoted.len());
    topic.case("FTS5, start of a name, 20 people", None, || {
        let mut rows = search.query([&quoted[at()]]).expect("rows");
        while let Some(row) = rows.next().expect("a row") {
            black_box(row.get_ref(0).expect("a cell"));
        }
    });
    let mut at = turns(starts.len());
    let search = |start: &str| index.search(&Query { name: start, ..Query::default() }).expect("an answer");
    topic.case("sas-psc, start of a name, 20 people", None, || drop(black_box(search(&starts[at()]))));
    if !topic.measures() {
        return;
    }
    let mut times: Vec<f64> = starts
        .iter()
        .map(|start| {
            let clock = Instant::now();
            black_box(search(start));
            clock.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    line(TOPIC, "sas-psc, start of a name, 99 of 100 within", times[times.len() * 99 / 100], "µs", None);
    first(&numbers);
}

/// The first answer of a process: the whole of it, its own work, its memory.
fn first(numbers: &[Rpps]) {
    let program = std::env::current_exe().expect("this program");
    let (mut wholes, mut owns, mut memories) = (Vec::new(), Vec::new(), Vec::new());
    for number in &numbers[..15] {
        let clock = Instant::now();
        let said = Command::new(&program).env(FIRST, number.as_str()).output().expect("an answer");
        wholes.push(clock.elapsed().as_secs_f64() * 1e3);
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        let (seconds, memory) = said.trim().split_once(' ').expect("two numbers");
        owns.push(seconds.parse::<f64>().expect("seconds") * 1e3);
        memories.push(memory.parse().expect("megabytes"));
    }
    line(TOPIC, "sas-psc, a process from its start to its first answer", median(&mut wholes), "ms", None);
    line(TOPIC, "sas-psc, its own work in that", median(&mut owns), "ms", None);
    line(TOPIC, "sas-psc, the memory of that process", median(&mut memories), "MB", None);
}

/// Identifiers, and how family names start.
fn questions(index: &Index<impl AsRef<[u8]>>) -> (Vec<String>, Vec<String>) {
    let people = u64::from(index.len());
    let (mut ids, mut starts, mut dice) = (Vec::new(), Vec::new(), 1_u64);
    while ids.len() < 20_000 {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let person: Record<'_> = index.person(((dice >> 33) % people) as u32).expect("a person");
        let id = person.id_nat().expect("an identifier");
        let start: String = person.family_name().chars().take(5).collect();
        if id.rpps().is_some() {
            ids.push(id.as_str().to_owned());
            if starts.len() < 2000 && start.chars().all(|c| c.is_ascii_alphabetic()) {
                starts.push(start);
            }
        }
    }
    (ids, starts)
}

/// 0 to `count` - 1, again and again.
fn turns(count: usize) -> impl FnMut() -> usize {
    let mut at = 0;
    move || {
        at = (at + 1) % count;
        at
    }
}
