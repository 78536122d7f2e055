//! Processes that are killed, and a disk that is full.

use crate::support::{init, record, world};
use sas_psc::Code;
use sas_psc::store::{LogFolder, LoggedRecord};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Not a promise by itself: what the tests below start as a process. Four callers append, and each place is told on
/// stdout once it is acknowledged, as `number place`; or the code of the error that ended it.
#[test]
fn appends_until_it_is_ended() {
    let Some(folder) = std::env::var_os("LOG_OF") else { return };
    let first: u64 = std::env::var("FIRST").unwrap().parse().unwrap();
    let log = LogFolder::new(PathBuf::from(folder)).open(world()).unwrap();
    std::thread::scope(|scope| {
        for caller in 0..4 {
            let log = &log;
            scope.spawn(move || {
                for number in (first + caller..).step_by(4) {
                    let line = match log.append(&record(number)) {
                        Ok(place) => format!("{number} {}\n", place.leaf_index),
                        Err(error) => format!("{}\n", error.code()),
                    };
                    // One write, so that a kill leaves whole lines.
                    std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
                    if !line.contains(' ') {
                        return;
                    }
                }
            });
        }
    });
}

fn appender(folder: &Path, first: u64) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "mishaps::appends_until_it_is_ended", "--nocapture"]);
    command.env("LOG_OF", folder).env("FIRST", first.to_string());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// What a process said: the places that it acknowledged.
fn acknowledged(lines: impl Iterator<Item = String>) -> BTreeMap<u64, u64> {
    lines
        .filter_map(|line| line.split_once(' ').and_then(|(n, at)| Some((n.parse().ok()?, at.parse().ok()?))))
        .collect()
}

fn said(child: &mut Child) -> impl Iterator<Item = String> + use<> {
    BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok)
}

/// `tools/parts/long-kills` asks for 1,000.
fn kills() -> u64 {
    std::env::var("SAS_PSC_KILLS").ok().map_or(50, |count| count.parse().unwrap())
}

#[test]
fn whenever_it_is_killed_nothing_acknowledged_is_lost_and_the_log_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log");
    let folder = init(&path);
    let (mut everything, mut dice) = (BTreeMap::new(), 1_u64);
    for kill in 0..kills() {
        let first = kill * 1_000_000;
        let mut child = appender(&path, first).spawn().unwrap();
        let (lines, out) = std::sync::mpsc::channel();
        let output = said(&mut child);
        let reader = std::thread::spawn(move || output.for_each(|line| drop(lines.send(line))));
        // Killed some records after the first, at a moment that differs each time.
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let mut heard: Vec<String> = Vec::new();
        let wanted = dice >> 60;
        while heard.iter().filter(|line| line.contains(' ') && line.as_bytes()[0].is_ascii_digit()).count() as u64
            <= wanted
        {
            heard.push(out.recv().expect("the process said why it ended"));
        }
        std::thread::sleep(Duration::from_micros(dice >> 44 & 0x3fff));
        child.kill().unwrap();
        child.wait().unwrap();
        reader.join().unwrap();
        heard.extend(out);
        let places = acknowledged(heard.into_iter());
        assert!(places.len() as u64 > wanted);
        // Whoever opens it next finds each, and gets the same place for the same record.
        let log = folder.open(world()).unwrap();
        for (number, place) in places.iter().take(3).chain(places.iter().rev().take(3)) {
            assert_eq!(log.append(&record(*number)).unwrap().leaf_index, *place);
        }
        log.close().unwrap();
        everything.extend(places);
    }
    let audit = folder.audit(&folder.keys().unwrap(), None).unwrap();
    assert!(audit.is_valid(), "{audit:?}");
    let mut found = BTreeMap::new();
    let mut keep = |logged: LoggedRecord| {
        found.insert(logged.leaf_index, logged.record);
        Ok(())
    };
    folder.records(None, &mut keep).unwrap();
    assert_eq!(found.len() as u64, audit.tree_size);
    for (number, place) in &everything {
        assert!(found[place] == record(*number), "record {number} at {place}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_nothing_acknowledged_is_lost_and_with_room_it_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let (small, kept) = (dir.path().join("small"), dir.path().join("kept"));
    std::fs::create_dir(&small).unwrap();
    // Where the user may have a disk of their own: root, or a user namespace.
    let may = Command::new("unshare").args(["--map-root-user", "--mount", "true"]).status();
    if !may.is_ok_and(|status| status.success()) {
        println!("not run: no right to mount a small disk; the unit tests let each write fail instead");
        return;
    }
    init(&kept);
    let appending = appender(&small.join("log"), 0);
    let script = format!(
        "mount -t tmpfs -o size=1600k tmpfs {0} && cp -r {1} {0}/log && \"$0\" \"$@\"; rm -rf {1}; cp -r {0}/log {1}",
        small.display(),
        kept.display()
    );
    let mut unshare = Command::new("unshare");
    unshare.args(["--map-root-user", "--mount", "sh", "-c", &script]).arg(appending.get_program());
    unshare.args(appending.get_args()).env("LOG_OF", small.join("log")).env("FIRST", "0");
    let output = unshare.stdin(Stdio::null()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains(Code::STORE_UNAVAILABLE.name()), "{text}");
    let places = acknowledged(text.lines().map(str::to_owned));
    assert!(places.len() > 50, "{}", places.len());
    // The folder as it was when the disk was full, on a disk with room.
    let folder = LogFolder::new(&kept);
    let log = folder.open(world()).unwrap();
    for (number, place) in &places {
        assert_eq!(log.append(&record(*number)).unwrap().leaf_index, *place);
    }
    log.append(&record(900_000)).unwrap();
    log.close().unwrap();
    let audit = folder.audit(&folder.keys().unwrap(), None).unwrap();
    assert!(audit.is_valid() && audit.tree_size > places.len() as u64, "{audit:?}");
}
