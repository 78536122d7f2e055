//! A signature by a CPS card beside OpenSC's, in one run through one pcscd: exchanges, bytes, time on a serial reader, time on
//! the CPU.
//!
//! The card is the simulator's, in the reader of vpcd: a process of its own (`target/release/sas-psc-sim`), which counts what
//! passes and is slow on demand, 1.2 ms a byte as a serial reader of 9600 bit/s. It needs no time of its own for RSA. Run by
//! `tools/bench`, under `tools/pcscd`. `--quick` leaves the slow line out.

use rustix::time::{ClockId, clock_gettime};
use sas_psc::card::{Pin, PinEntry, SignRequest, SignatureScheme, Usage};
use sas_psc::drive::Readers;
use sas_psc_benches::{Ratio, line};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

const TOPIC: &str = "card";
const OURS: &str = "sas-psc, CPS3 met";
/// Microseconds a byte and an exchange.
const SERIAL: &str = "slow 1200 0";
const KEY: &str = "e828bd080f8025000001ff001002";

/// The simulator's card in vpcd's reader.
struct Card {
    process: Child,
    answers: BufReader<ChildStdout>,
}

impl Card {
    fn new(generation: &str) -> Card {
        let simulator = std::env::current_exe().expect("our own path").with_file_name("sas-psc-sim");
        let mut process = Command::new(simulator)
            .args(["card", "--generation", generation])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("tools/bench builds the simulator");
        let answers = BufReader::new(process.stdout.take().expect("piped"));
        let card = Card { process, answers };
        until(true);
        card
    }

    fn ask(&mut self, order: &str) -> Value {
        writeln!(self.process.stdin.as_mut().expect("piped"), "{order}").expect("the card takes orders");
        loop {
            let mut answer = String::new();
            self.answers.read_line(&mut answer).expect("the card answers");
            let answer: Value = serde_json::from_str(&answer).expect("JSON");
            // It tells each connection too.
            if answer.get("card").is_none() {
                return answer;
            }
        }
    }

    /// Exchanges, and bytes both ways, of some work.
    fn counted(&mut self, work: impl FnOnce()) -> (f64, f64) {
        self.ask("counts");
        work();
        let counts = self.ask("counts");
        let count = |name: &str| counts[name].as_f64().expect("a count");
        (count("exchanges"), count("received") + count("sent"))
    }

    fn end(mut self) {
        self.ask("quit");
        self.process.wait().expect("it ends");
        until(false);
    }
}

/// pcscd looks every 400 ms or so.
fn until(present: bool) {
    for _ in 0..200 {
        let states = Readers::new().list().wait_for(Duration::from_secs(20)).expect("run by tools/pcscd");
        if states.iter().any(|state| state.atr.is_some()) == present {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("pcscd never saw the card come or go");
}

fn sign(readers: &Readers, usage: Usage) {
    let request = SignRequest::new(usage, SignatureScheme::Pkcs1Sha256, b"A message that nobody needs");
    let pin = PinEntry::typed(Pin::parse("1234").expect("a code"));
    readers.sign(None, request, pin).wait().expect("signed");
}

/// The time of all our threads on the CPU.
fn on_cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}

/// The time of the programs that we ran, user and system, in milliseconds: Linux counts hundredths of a second.
fn children_on_cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let after = stat.rsplit_once(')').expect("a name in brackets").1;
    let fields: Vec<&str> = after.split_whitespace().collect();
    // cutime and cstime are fields 16 and 17 of proc(5); the first one after the name is field 3.
    fields[13..15].iter().map(|ticks| ticks.parse::<f64>().expect("ticks")).sum::<f64>() * 10.0
}

fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

/// One of OpenSC's programs, as a user would call it.
struct OpenSc<'a> {
    name: &'static str,
    folder: &'a Path,
    cached: bool,
}

impl OpenSc<'_> {
    fn sign(&self) {
        let at = |name: &str| self.folder.join(name).to_str().expect("UTF-8").to_owned();
        let mut command = Command::new(self.name);
        match self.name {
            "pkcs15-crypt" => command
                .args(["--sign", "--key", KEY, "--pin", "1234", "--pkcs1", "--raw", "--input", &at("info")])
                .args(["--output", &at("signature")]),
            _ => command
                .args(["--module", &module(), "-l", "-p", "1234", "--sign", "-m", "RSA-PKCS", "--id", KEY])
                .args(["-i", &at("info"), "-o", &at("signature")]),
        };
        command.env("HOME", self.folder);
        if self.cached {
            command.env("OPENSC_CONF", self.folder.join("opensc.conf"));
        }
        let done = command.output().expect("OpenSC is installed by tools/setup card");
        assert!(done.status.success(), "{}: {}", self.name, String::from_utf8_lossy(&done.stderr));
        assert_eq!(std::fs::metadata(at("signature")).expect("a signature").len(), 256);
    }

    fn what(&self) -> String {
        format!("OpenSC {}{}", self.name, if self.cached { ", its file cache warm" } else { "" })
    }
}

fn module() -> String {
    let libraries = std::fs::read_dir("/usr/lib").expect("/usr/lib").flatten();
    let places = libraries.map(|folder| folder.path().join("opensc-pkcs11.so")).find(|place| place.exists());
    places.expect("opensc-pkcs11 is installed by tools/setup card").to_str().expect("UTF-8").to_owned()
}

/// What OpenSC reads: a DigestInfo, and a setting that lets it keep files.
fn prepared() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("sas-psc-bench-card-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut info = vec![0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20];
    info.extend([0x5A; 32]);
    std::fs::write(folder.join("info"), info).expect("a file");
    let cache = "app default { framework pkcs15 { use_file_caching = yes; } }\n";
    std::fs::write(folder.join("opensc.conf"), cache).expect("a file");
    folder
}

/// A value, as a multiple of ours.
fn tell(case: &str, value: f64, unit: &str, ours: f64) {
    let ratio = [value / ours];
    line(TOPIC, case, value, unit, Some(Ratio { to: OURS, median: ratio[0], ratios: &ratio, most: None }));
}

/// A value, as a part of what is promised.
fn promised(case: &str, value: f64, unit: &str, most: f64) {
    let ratio = [value / most];
    line(TOPIC, case, value, unit, Some(Ratio { to: OURS, median: ratio[0], ratios: &ratio, most: Some(1.0) }));
}

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let folder = prepared();
    let mut card = Card::new("cps3");

    // Ours, met: what the rest is a multiple of.
    let readers = Readers::new();
    sign(&readers, Usage::Authentication);
    let (exchanges, bytes) = card.counted(|| sign(&readers, Usage::Authentication));
    line(TOPIC, &format!("{OURS}: exchanges"), exchanges, "exchanges", None);
    line(TOPIC, &format!("{OURS}: bytes both ways"), bytes, "bytes", None);
    let count = if quick { 5 } else { 200 };
    let start = on_cpu();
    (0..count).for_each(|_| sign(&readers, Usage::Authentication));
    let cpu = (on_cpu() - start).as_secs_f64() * 1e3 / f64::from(count);
    line(TOPIC, &format!("{OURS}: on the CPU"), cpu, "ms", None);
    let mut serial = 0.0;
    if !quick {
        card.ask(SERIAL);
        serial = seconds(|| sign(&readers, Usage::Authentication));
        card.ask("slow 0 0");
        line(TOPIC, &format!("{OURS}: serial reader"), serial, "s", None);
    }

    // OpenSC, whose cache is cold in an empty folder, then warm.
    for name in ["pkcs15-crypt", "pkcs11-tool"] {
        for cached in [false, true] {
            let peer = OpenSc { name, folder: &folder, cached };
            if cached {
                peer.sign();
            }
            let found = card.counted(|| peer.sign());
            tell(&format!("{}: exchanges", peer.what()), found.0, "exchanges", exchanges);
            tell(&format!("{}: bytes both ways", peer.what()), found.1, "bytes", bytes);
            let runs = if quick { 1 } else { 20 };
            let start = children_on_cpu();
            (0..runs).for_each(|_| peer.sign());
            tell(&format!("{}: on the CPU", peer.what()), (children_on_cpu() - start) / f64::from(runs), "ms", cpu);
            if !quick {
                card.ask(SERIAL);
                tell(&format!("{}: serial reader", peer.what()), seconds(|| peer.sign()), "s", serial);
                card.ask("slow 0 0");
            }
        }
    }
    card.end();

    // Ours, in every state, with every card.
    for (generation, usage) in
        [("cps3", Usage::Authentication), ("cps3-contactless", Usage::Technical), ("cps4", Usage::Authentication)]
    {
        let mut card = Card::new(generation);
        let readers = Readers::new();
        for state in ["never met", "certificate not kept", "met"] {
            if state == "certificate not kept" {
                readers.cache().forget_all_certificates();
            }
            let found = card.counted(|| sign(&readers, usage));
            tell(&format!("sas-psc, {generation}, {state}: exchanges"), found.0, "exchanges", exchanges);
            tell(&format!("sas-psc, {generation}, {state}: bytes both ways"), found.1, "bytes", bytes);
        }
        card.end();
    }
    promised("promised: under 1 ms on the CPU", cpu, "ms", 1.0);
    if !quick {
        promised("promised: under 0.6 s on a serial reader", serial, "s", 0.6);
    }
    std::fs::remove_dir_all(folder).expect("ours");
}
