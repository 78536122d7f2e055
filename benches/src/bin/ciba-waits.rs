//! How many CIBA waits one server holds: memory of each, and how late its polls are, against the simulator as another
//! process over loopback. One JSON line per case, as every benchmark; `ratio` is the part of what was promised.
//!
//! `ciba-waits [--quick | WAITS SECONDS]`: 10,000 waits for 60 seconds, at most 20,000 for 100. It runs on the CPU it was
//! pinned to; the simulator, which it expects beside itself, gets the first one.
//!
//! Lateness is counted from the moment a poll was due (the previous answer and the interval of 5 seconds): to the moment
//! it is sent, and, with the provider's own time in it, to the moment its answer is read.

use sas_psc::base::{Random, Request, Response, Timestamp};
use sas_psc::drive::tokio::{Http, Psc};
use sas_psc::drive::{CibaWaits, HttpConfig, World};
use sas_psc::id::Rpps;
use sas_psc::psc::{Channel, Client, ClientAuth, danger};
use sas_psc_benches::memory;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const INTERVAL: Duration = Duration::from_secs(5);

/// The library's own HTTP, with a watch.
struct Timed {
    http: Http,
    watch: Mutex<Watch>,
}

#[derive(Default)]
struct Watch {
    /// When the last answer of each wait came, by a hash of its request.
    answered: HashMap<u64, Instant>,
    sent: Vec<u32>,
    read: Vec<u32>,
    /// All polls so far, and those told to slow down.
    polls: u32,
    slowed: u32,
    errors: u32,
}

fn micros(late: Duration) -> u32 {
    u32::try_from(late.as_micros()).unwrap_or(u32::MAX)
}

impl World for Timed {
    fn now(&self) -> Timestamp {
        self.http.now()
    }

    fn random(&self) -> impl Random + Send {
        self.http.random()
    }

    async fn send(&self, request: Request) -> sas_psc::Result<Response> {
        let mut hash = DefaultHasher::new();
        request.body.hash(&mut hash);
        let name = hash.finish();
        let due = self.watch.lock().unwrap().answered.get(&name).map(|at| *at + INTERVAL);
        let sent = Instant::now();
        let result = self.http.send(request).await;
        let read = Instant::now();
        let mut watch = self.watch.lock().unwrap();
        watch.answered.insert(name, read);
        if let Some(due) = due {
            watch.sent.push(micros(sent.saturating_duration_since(due)));
            watch.read.push(micros(read.saturating_duration_since(due)));
        }
        watch.polls += 1;
        let slowed = |response: &Response| response.body.windows(9).any(|word| word == b"slow_down");
        watch.slowed += u32::from(result.as_ref().is_ok_and(slowed));
        watch.errors += u32::from(result.as_ref().map_or(true, |response| response.status != 400));
        result
    }

    async fn sleep(&self, wait: Duration) {
        self.http.sleep(wait).await;
    }
}

/// Time on the CPU, in clock ticks of a hundredth of a second.
fn ticks() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

struct Simulator(Child, serde_json::Value);

impl Simulator {
    fn start() -> Simulator {
        let program = std::env::current_exe().unwrap().with_file_name("sas-psc-sim");
        let spawn = |mut command: Command| command.arg("serve").stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut pinned = Command::new("taskset");
        pinned.args(["-c", "0"]).arg(&program);
        let child = spawn(pinned).or_else(|_| spawn(Command::new(&program)));
        let mut child = child.expect("the simulator: cargo build --release -p sas-psc-sim");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Simulator(child, serde_json::from_str(&line).unwrap())
    }

    fn say(&self, name: &str) -> String {
        self.1[name].as_str().unwrap().to_owned()
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn percentile(values: &mut [u32], part: f64) -> f64 {
    values.sort_unstable();
    let at = ((values.len() as f64 - 1.0) * part) as usize;
    f64::from(values.get(at).copied().unwrap_or_default()) / 1000.0
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |text: &str| text.parse::<u64>().expect("--quick, or WAITS SECONDS");
    let (waits, seconds) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => (10_000, 60),
        ["--quick"] => (200, 12),
        [waits, seconds] => (number(waits).min(20_000), number(seconds).min(100)),
        _ => panic!("arguments: nothing, --quick, or WAITS SECONDS"),
    };
    let simulator = Simulator::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(run(&simulator, waits as usize, Duration::from_secs(seconds)));
}

/// One case; what is promised, when something is.
fn line(case: &str, value: f64, unit: &str, promised: Option<f64>) {
    let mut line = serde_json::json!({ "topic": "ciba-waits", "case": case, "value": value, "unit": unit });
    if let Some(promised) = promised {
        line["ratio_to"] = "what was promised".into();
        line["ratio"] = (value / promised).into();
        line["most"] = 1.into();
    }
    println!("{line}");
}

async fn run(simulator: &Simulator, waits: usize, time: Duration) {
    let environment = danger::allow_simulator(danger::insecure_loopback(&simulator.say("issuer")).unwrap());
    let auth = ClientAuth::SecretBasic(simulator.say("client_secret").into());
    let client = Client::new(simulator.say("client_id"), auth, "http://127.0.0.1:1/callback");
    let psc = Psc::new(environment, client, &HttpConfig::default()).unwrap();
    psc.service().await.unwrap();
    let person = Rpps::parse("99700218896").unwrap().to_id_nat();

    let before = memory("VmRSS:");
    let timed = Arc::new(Timed { http: psc.world().clone(), watch: Mutex::default() });
    let queue = CibaWaits::new(timed.clone());
    let mut held = Vec::with_capacity(waits);
    let begun = Instant::now();
    // Starts come over one interval, as people do, and not in one instant.
    for number in 0..waits {
        let at = begun + INTERVAL.mul_f64(number as f64 / waits as f64);
        tokio::time::sleep_until(at.into()).await;
        held.push(queue.wait(psc.ciba(&person, Channel::Mobile).await.unwrap()));
    }
    let started = begun.elapsed();
    let (cpu, from, before_polls) = (ticks(), Instant::now(), timed.watch.lock().unwrap().polls);
    tokio::time::sleep(time).await;
    let cpu = (ticks() - cpu) as f64 / from.elapsed().as_secs_f64();
    let after = memory("VmHWM:");

    let mut watch = std::mem::take(&mut *timed.watch.lock().unwrap());
    let polls = f64::from(watch.polls - before_polls) / from.elapsed().as_secs_f64();
    let max = f64::from(watch.read.iter().max().copied().unwrap_or_default()) / 1000.0;
    let grown = (after - before) as f64 / 1024.0;
    assert_eq!(watch.errors, 0, "a poll was not answered as pending");
    line("polls told to slow down", f64::from(watch.slowed), "", None);
    line("waits held", held.len() as f64, "", None);
    line("all of them started within", started.as_secs_f64(), "s", None);
    line("polls", polls, "a second", None);
    line("memory (VmHWM less VmRSS before)", grown, "MB", Some(100.0));
    line("CPU of one core", cpu, "%", Some(100.0));
    line("poll sent late, p50", percentile(&mut watch.sent, 0.5), "ms", None);
    line("poll sent late, p99", percentile(&mut watch.sent, 0.99), "ms", Some(50.0));
    line("answer read late, p50", percentile(&mut watch.read, 0.5), "ms", None);
    line("answer read late, p99", percentile(&mut watch.read, 0.99), "ms", Some(50.0));
    line("answer read late, at most", max, "ms", None);
}
