//! `companion`: what to have at hand for the sign-up at the real platform, and each of its steps as the person gets there.
//!
//! It opens the site in the person's browser and does nothing there.

use crate::output::Output;
use crate::{input, system_browser};
use clap::{Args, ValueEnum};
use sas_psc::base::Clock;
use sas_psc::drive::SystemClock;
use sas_psc::email::hour_in_paris;
use sas_psc::onboarding::companion::{LinkHosts, Means, Preparation, Presence, SITE, Step, VerificationLink, steps};
use sas_psc::{Error, Lang};
use std::io::{self, BufRead, IsTerminal};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// Arguments of `companion`.
#[derive(Args)]
pub struct Companion {
    /// How the person will sign in
    #[arg(long, value_enum, default_value = "card")]
    with: With,
    /// The person's RPPS or ADELI number, to be checked
    #[arg(long, value_name = "N")]
    number: Option<String>,
    /// The e-mail address to link, to be checked
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// The participation settings, as JSON, to be checked
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// The person signs in at another machine: what is at this one is not looked at
    #[arg(long)]
    elsewhere: bool,
    /// Do not open the site
    #[arg(long)]
    no_open: bool,
    /// The platform's sign-in server, on which a verification link must be; may be given several times
    #[arg(long, value_name = "HOST")]
    link_host: Vec<String>,
    /// Read a verification link from a file, `-` is stdin, say what it tells of itself, and do nothing else
    #[arg(long, value_name = "FILE", requires = "link_host")]
    link: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum With {
    Card,
    Ecps,
}

impl Companion {
    /// Runs it.
    pub fn run(&self, out: &mut Output) -> Result<(), Error> {
        let hosts = if self.link_host.is_empty() { None } else { Some(LinkHosts::new(&self.link_host)?) };
        if let (Some(file), Some(hosts)) = (&self.link, &hosts) {
            match VerificationLink::parse(&input::text("link", file)?, hosts) {
                Ok(link) => tell(&link, out),
                Err(error) => out.refused(&error),
            }
            return Ok(());
        }
        let means = match self.with {
            With::Card => Means::Card,
            With::Ecps => Means::Ecps,
        };
        if !self.prepared(means, out)? {
            return Ok(());
        }
        if !self.no_open && !system_browser::open(SITE) {
            out.note(SITE);
        }
        let steps = steps(means, out.lang);
        if io::stdin().is_terminal() && io::stderr().is_terminal() {
            let lines = lines();
            steps.iter().try_for_each(|step| accompany(step, &lines, hosts.as_ref(), out))
        } else {
            steps.iter().for_each(|step| show(step, out));
            Ok(())
        }
    }

    /// Prints the checklist; whether nothing on it is missing.
    fn prepared(&self, means: Means, out: &mut Output) -> Result<bool, Error> {
        let mut ready = Preparation::new(means);
        if means == Means::Card && !self.elsewhere {
            ready = crate::card::looked(ready);
        }
        if let Some(number) = &self.number {
            ready = ready.number(number);
        }
        if let Some(address) = &self.email {
            ready = ready.address(address);
        }
        if let Some(file) = &self.settings {
            ready = ready.settings(&input::text("settings", file)?)?;
        }
        for line in ready.checklist(out.lang) {
            let mark = match line.presence {
                Presence::Ready => "✓",
                Presence::Missing => "✗",
                _ => "?",
            };
            out.answer(line.presence != Presence::Missing, &line, format_args!("{mark} {}", line.text));
            if !line.hint.is_empty() {
                out.explain(&line.hint);
            }
        }
        Ok(ready.nothing_missing())
    }
}

fn show(step: &Step, out: &mut Output) {
    out.result(step, step.text);
}

/// What a link tells of itself, which only the platform can verify.
fn tell(link: &VerificationLink, out: &mut Output) {
    let end = link.claimed_end();
    let hour = end.map(hour_in_paris).map_or_else(|| "?".to_owned(), |(hour, minute)| format!("{hour:02}:{minute:02}"));
    out.result(
        &link.described(),
        match out.lang {
            Lang::Fr => format!("D'après lui-même (non vérifié), ce lien vit jusqu'à {hour}."),
            Lang::En => format!("By its own words (not verified), this link lives until {hour}."),
        },
    );
}

/// The lines that the person types. The thread ends with the program.
fn lines() -> Receiver<String> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    lines
}

/// Shows a step, with its seconds when it has some, until the person says that it is done.
fn accompany(step: &Step, lines: &Receiver<String>, hosts: Option<&LinkHosts>, out: &mut Output) -> Result<(), Error> {
    show(step, out);
    out.note(match out.lang {
        Lang::Fr => "  Entrée quand c'est fait.",
        Lang::En => "  Enter when it is done.",
    });
    let end = step.seconds.map(|seconds| SystemClock.now() + Duration::from_secs(seconds.into()));
    loop {
        let left = end.map(|end| end.since(SystemClock.now()).as_secs() as u32);
        if let Some(left) = left {
            out.countdown(left, format_args!("  {left} s"));
        }
        match (lines.recv_timeout(Duration::from_secs(1)), hosts) {
            (Ok(link), Some(hosts)) if link.trim_start().starts_with("https:") => {
                match VerificationLink::parse(&link, hosts) {
                    Ok(link) => tell(&link, out),
                    Err(error) => out.explain(crate::output::sentences(error.code(), out.lang)),
                }
            }
            (Ok(_) | Err(RecvTimeoutError::Disconnected), _) => return Ok(()),
            (Err(RecvTimeoutError::Timeout), _) => {}
        }
    }
}
