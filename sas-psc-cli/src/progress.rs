//! A line on the terminal that tells how far a long work has come; nothing in a pipe.
#![expect(clippy::disallowed_methods, reason = "a progress line measures its own time")]

use crate::output::Output;
use sas_psc::Lang;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// How often the line is written.
const EACH: Duration = Duration::from_millis(200);

/// The progress of a work that knows how many bytes it will read, or does not.
pub struct Progress {
    lang: Lang,
    total: Option<u64>,
    start: Instant,
    shown: Option<Instant>,
    visible: bool,
}

impl Progress {
    /// Starts; `total` are the bytes to read.
    pub fn new(out: &Output, total: Option<u64>) -> Progress {
        let visible = std::io::stderr().is_terminal();
        Progress { lang: out.lang, total, start: Instant::now(), shown: None, visible }
    }

    /// The seconds since it started.
    pub fn seconds(&self) -> f64 {
        self.start.elapsed().as_secs_f64()
    }

    /// Tells how far the work is, now and then.
    pub fn at(&mut self, bytes: u64, rows: u64) {
        if self.visible && self.shown.is_none_or(|shown| shown.elapsed() >= EACH) {
            self.shown = Some(Instant::now());
            eprint!("\r\x1b[2K{}", self.line(bytes, rows, self.seconds()));
        }
    }

    /// Leaves the line.
    pub fn over(&self) {
        if self.shown.is_some() {
            eprint!("\r\x1b[2K");
        }
    }

    fn line(&self, bytes: u64, rows: u64, seconds: f64) -> String {
        let (a_row, left) = match self.lang {
            Lang::Fr => ("lignes", "reste"),
            Lang::En => ("rows", "left:"),
        };
        let speed = rows as f64 / seconds.max(0.001);
        let rest = match self.total.filter(|total| *total >= bytes && bytes > 0) {
            Some(total) => {
                let share = bytes as f64 / total as f64;
                format!(" · {:.0} % · {left} {:.0} s", share * 100.0, seconds / share - seconds)
            }
            None => String::new(),
        };
        format!("{rows} {a_row} · {speed:.0} {a_row}/s{rest}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_tells_speed_and_what_is_left_when_the_size_is_known() {
        let mut progress = Progress::new(&Output::new(false, Lang::Fr), Some(1000));
        assert_eq!(progress.line(250, 500, 2.0), "500 lignes · 250 lignes/s · 25 % · reste 6 s");
        progress.total = None;
        progress.lang = Lang::En;
        assert_eq!(progress.line(250, 500, 2.0), "500 rows · 250 rows/s");
    }
}
