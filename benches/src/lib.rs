//! How a benchmark measures: the baseline right before every case, the ratio of the pair, the median of the ratios.
//!
//! Time is the thread's time on the CPU, so a neighbour that takes the CPU away costs nothing; what it does to caches and
//! clocks moves a time by half and such a ratio by a few per cent, so ratios are what is told. A program makes one [`Topic`] and prints one JSON line per case: `{"topic","case","value","unit","ratio_to","ratio"}`
//! with `spread` (least and greatest ratio) and, where one is promised, `most` (what the ratio may be). `tools/bench`
//! reads the lines. Arguments: `--quick` measures briefly, `--baseline` prints the baseline's value alone (peers in
//! other languages pair with it), `--spin CASE N` runs a case N times for a tool that counts instructions.

pub mod directory;

use rustix::time::{ClockId, clock_gettime};
use std::hint::black_box;
use std::time::Duration;

/// One subject: a baseline, and cases that are told as multiples of it.
pub struct Topic<'a> {
    name: &'static str,
    baseline: &'static str,
    run: Box<dyn FnMut() + 'a>,
    mode: Mode,
    base_count: u32,
}

#[derive(Debug, Clone, PartialEq)]
enum Mode {
    Measure { rounds: usize, sample: Duration },
    Baseline,
    Spin { case: String, count: u64 },
}

impl<'a> Topic<'a> {
    /// A topic whose baseline does its work once a call. Times are in microseconds a call.
    pub fn new(name: &'static str, baseline: &'static str, run: impl FnMut() + 'a) -> Topic<'a> {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let mode = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            [] => Mode::Measure { rounds: 31, sample: Duration::from_millis(15) },
            ["--quick"] => Mode::Measure { rounds: 2, sample: Duration::from_millis(4) },
            ["--baseline"] => Mode::Baseline,
            ["--spin", case, count] => {
                Mode::Spin { case: case.to_owned(), count: count.parse().expect("a number of calls") }
            }
            _ => panic!("arguments: nothing, --quick, --baseline, or --spin CASE N"),
        };
        let mut topic = Topic { name, baseline, run: Box::new(run), mode, base_count: 0 };
        match topic.mode.clone() {
            Mode::Measure { rounds, sample } => {
                topic.base_count = calibrate(&mut topic.run, sample);
                let mut values: Vec<f64> = (0..rounds).map(|_| time(&mut topic.run, topic.base_count)).collect();
                line(name, baseline, median(&mut values), "µs", None);
            }
            Mode::Baseline => {
                let count = calibrate(&mut topic.run, Duration::from_millis(60));
                println!("{}", time(&mut topic.run, count));
            }
            Mode::Spin { case, count } if case == baseline => (0..count).for_each(|_| (topic.run)()),
            Mode::Spin { .. } => {}
        }
        topic
    }

    /// Whether cases are measured: neither the baseline alone nor a tool that counts instructions is wanted.
    pub fn measures(&self) -> bool {
        matches!(self.mode, Mode::Measure { .. })
    }

    /// Measures a case. `most` is the ratio that is promised, when one is.
    pub fn case(&mut self, case: &str, most: Option<f64>, mut run: impl FnMut()) {
        match self.mode.clone() {
            Mode::Measure { rounds, sample } => {
                let count = calibrate(&mut run, sample);
                let (mut values, mut ratios) = (Vec::new(), Vec::new());
                for _ in 0..rounds {
                    let base = time(&mut self.run, self.base_count);
                    let value = time(&mut run, count);
                    values.push(value);
                    ratios.push(value / base);
                }
                let ratio = Ratio { to: self.baseline, median: median(&mut ratios), ratios: &ratios, most };
                line(self.name, case, median(&mut values), "µs", Some(ratio));
            }
            Mode::Spin { case: wanted, count } if wanted == case => (0..count).for_each(|_| run()),
            _ => {}
        }
    }
}

/// A value as a multiple of another.
pub struct Ratio<'a> {
    /// The name of the case it is a multiple of.
    pub to: &'a str,
    /// The median of the paired ratios.
    pub median: f64,
    /// All of them.
    pub ratios: &'a [f64],
    /// The most that is promised.
    pub most: Option<f64>,
}

/// Prints a result as the one line that `tools/bench` reads. For a topic whose cases are not calls that repeat.
pub fn line(topic: &str, case: &str, value: f64, unit: &str, ratio: Option<Ratio<'_>>) {
    let mut result = serde_json::json!({ "topic": topic, "case": case, "value": value, "unit": unit });
    if let Some(ratio) = ratio {
        let least = ratio.ratios.iter().copied().fold(f64::INFINITY, f64::min);
        let greatest = ratio.ratios.iter().copied().fold(0.0, f64::max);
        result["ratio_to"] = ratio.to.into();
        result["ratio"] = ratio.median.into();
        result["spread"] = serde_json::json!([least, greatest]);
        result["most"] = ratio.most.into();
    }
    println!("{result}");
}

/// The middle of some values.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// How many calls take about `sample`.
fn calibrate(run: &mut dyn FnMut(), sample: Duration) -> u32 {
    run();
    let mut count = 1;
    loop {
        let start = on_cpu();
        (0..count).for_each(|_| black_box(&mut *run)());
        let took = on_cpu() - start;
        if took * 4 >= sample || count > 1 << 26 {
            let scale = sample.as_secs_f64() / took.as_secs_f64().max(1e-9);
            return (f64::from(count) * scale).ceil().max(1.0) as u32;
        }
        count *= 2;
    }
}

/// Microseconds a call.
fn time(run: &mut dyn FnMut(), count: u32) -> f64 {
    let start = on_cpu();
    for _ in 0..count {
        run();
    }
    (on_cpu() - start).as_secs_f64() * 1e6 / f64::from(count)
}

/// A line of /proc/self/status, such as `VmHWM:`, in KiB.
pub fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the state of this process");
    let line = status.lines().find(|line| line.starts_with(name)).expect("that line");
    line.split_whitespace().nth(1).and_then(|size| size.parse().ok()).expect("a size")
}

/// How long this thread has been on a CPU.
pub fn on_cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}
