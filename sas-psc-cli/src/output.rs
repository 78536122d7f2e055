//! What a command prints, and the exit status it earns: the worst of its answers and errors.

use sas_psc::error::Report;
use sas_psc::{Blame, Code, Error, Lang};
use serde::Serialize;
use std::fmt::{Display, Write as _};
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::process::ExitCode;

/// An answer was no.
const NO: u8 = 1;
/// The statuses, worst first.
const WORST_FIRST: [u8; 8] = [70, 6, 5, 4, 3, 2, NO, 0];

/// The last line of a command that failed.
#[derive(Serialize)]
struct Failed {
    error: Report,
}

/// Where a command prints.
#[derive(Clone)]
pub struct Output {
    json: bool,
    /// The language of texts for people.
    pub lang: Lang,
    status: u8,
    /// Lines that wait to be written together, while a file is read.
    held: Option<String>,
}

/// How much is written at once.
const HELD: usize = 1 << 16;

impl Output {
    /// Nothing printed yet: status 0.
    pub fn new(json: bool, lang: Lang) -> Output {
        Output { json, lang, status: 0, held: None }
    }

    /// From here on lines are written many at a time, until [`release`](Output::release).
    pub fn hold(&mut self) {
        self.held = Some(String::new());
    }

    /// Writes what was held, and each line at once again.
    pub fn release(&mut self) {
        let held = self.held.take().unwrap_or_default();
        self.write(&held);
    }

    /// Prints one result: its JSON, or a line for people.
    pub fn result(&mut self, result: &impl Serialize, line: impl Display) {
        match serde_json::to_string(result) {
            Ok(json) if self.json => self.line(&json),
            _ => self.line(&line),
        }
    }

    /// Prints one answer; a no becomes the status.
    pub fn answer(&mut self, yes: bool, result: &impl Serialize, line: impl Display) {
        self.worst(if yes { 0 } else { NO });
        self.result(result, line);
    }

    /// Takes the answer of a question whose results are already printed.
    pub fn found(&mut self, any: bool) {
        self.worst(if any { 0 } else { NO });
    }

    /// Tells the person something.
    pub fn note(&self, text: impl Display) {
        let _ = writeln!(io::stderr(), "{text}");
    }

    /// Tells the person why an answer is no; programs read it in the JSON.
    pub fn explain(&self, text: impl Display) {
        if !self.json {
            self.note(text);
        }
    }

    /// Tells the seconds left: on a terminal in place, each second; elsewhere at 60, 30 and 10.
    pub fn countdown(&self, left: u32, text: impl Display) {
        if io::stderr().is_terminal() {
            let _ = write!(io::stderr(), "\r\x1b[2K{text}");
        } else if matches!(left, 60 | 30 | 10) {
            self.note(text);
        }
    }

    /// Leaves the line of the countdown.
    pub fn countdown_over(&self) {
        if io::stderr().is_terminal() {
            self.note("");
        }
    }

    /// Prints what is wrong with the file examined: an answer, and it is no.
    pub fn refused(&mut self, error: &Error) {
        self.worst(NO);
        self.print(error);
    }

    /// Prints an error, as the last line of stdout or as text, and takes its status.
    pub fn error(&mut self, error: &Error) {
        self.worst(status(error.blame()));
        self.print(error);
    }

    fn print(&mut self, error: &Error) {
        let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
        self.explain(format_args!("{} [{}{cause}]", sentences(error.code(), self.lang), tag(error)));
        self.print_json(error);
    }

    /// Takes the status of an error that the person was already told about; JSON still gets its line.
    pub fn status_of(&mut self, error: &Error) {
        self.worst(status(error.blame()));
        self.print_json(error);
    }

    fn print_json(&mut self, error: &Error) {
        let failed = serde_json::to_string(&Failed { error: error.report(self.lang) });
        if let (true, Ok(failed)) = (self.json, failed) {
            self.line(&failed);
        }
    }

    /// The status.
    pub fn exit(&self) -> ExitCode {
        ExitCode::from(self.status)
    }

    /// Ends the program with the status, from whatever thread.
    pub fn leave(&self) -> ! {
        std::process::exit(self.status.into())
    }

    fn worst(&mut self, status: u8) {
        let rank = |status| WORST_FIRST.iter().position(|s| *s == status);
        if rank(status) < rank(self.status) {
            self.status = status;
        }
    }

    fn line(&mut self, line: &impl Display) {
        let Some(held) = &mut self.held else { return self.write(&format!("{line}\n")) };
        let _ = writeln!(held, "{line}"); // a String takes it
        if held.len() >= HELD {
            let full = std::mem::take(held);
            self.write(&full);
        }
    }

    fn write(&mut self, text: &str) {
        let Err(error) = io::stdout().write_all(text.as_bytes()).and_then(|()| io::stdout().flush()) else { return };
        // Nobody reads on: `| head` took what it wanted, or the disk is full.
        if error.kind() != ErrorKind::BrokenPipe {
            self.worst(status(Blame::Environment));
            self.note(error);
        }
        self.leave();
    }
}

/// What happened and what to do.
pub fn sentences(code: Code, lang: Lang) -> String {
    format!("{} {}", code.message(lang), code.hint(lang))
}

/// The name of an error and its facts, for who looks further: `file-unreadable field=ca`.
fn tag(error: &Error) -> String {
    error
        .facts()
        .pairs()
        .iter()
        .fold(error.code().name().to_owned(), |tag, (name, value)| format!("{tag} {name}={value}"))
}

/// The exit status of an error.
fn status(blame: Blame) -> u8 {
    match blame {
        Blame::Caller => 2,
        Blame::User => 3,
        Blame::Card => 4,
        Blame::Provider => 5,
        Blame::Environment => 6,
        _ => 70,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_is_the_worst_of_all() {
        let mut out = Output::new(false, Lang::En);
        assert_eq!(out.status, 0);
        for (earned, status) in [(NO, 1), (2, 2), (NO, 2), (3, 3), (4, 4), (5, 5), (3, 5), (6, 6), (70, 70), (0, 70)] {
            out.worst(earned);
            assert_eq!(out.status, status);
        }
    }

    #[test]
    fn each_blame_has_its_status() {
        assert_eq!(Blame::ALL.map(status), [2, 3, 4, 5, 6, 70]);
    }
}
