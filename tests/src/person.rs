//! The person before a site in a process of its own: browser, card, phone and mailbox, until the account is active,
//! however often that process is killed meanwhile.

use crate::site::LinkToken;
use sas_psc::base::Clock;
use sas_psc_sim::{Browser, Running};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// A site in a process of its own: see [`crate::serve`].
pub struct Process {
    child: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
    stops: bool,
}

/// The process was killed before it answered.
#[derive(Debug)]
pub struct Stopped;

impl Process {
    /// Starts `program`, which serves with these arguments. `watched`: it stops at each thing it does to the world.
    pub fn start(program: &mut Command, sim: &Running, store: &Path, watched: bool) -> Process {
        program.arg(sim.issuer()).arg(sim.mail_addr().port().to_string()).arg(store);
        program.args(watched.then_some("--stops")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = program.spawn().expect("the program starts");
        let (commands, answers) = (child.stdin.take(), child.stdout.take());
        let (commands, answers) = (commands.expect("piped"), BufReader::new(answers.expect("piped")));
        Process { child, commands, answers, stops: watched }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a command; the answer, or the name of its error. `kill` is asked at each stop, by its name.
    fn ask(&mut self, line: &str, kill: &mut dyn FnMut(&str) -> bool) -> Result<Result<String, String>, Stopped> {
        let command = line.split(' ').nth(2).unwrap_or_default().to_owned();
        self.tell(line);
        loop {
            let mut answer = String::new();
            self.answers.read_line(&mut answer).expect("text");
            let answer = answer.trim_end();
            let (kind, rest) = answer.split_once(' ').unwrap_or((answer, ""));
            let (stop, answer) = match kind {
                "stop" => (format!("{command}: {rest}"), None),
                "ok" => (format!("{command}: answered"), Some(Ok(rest.to_owned()))),
                "error" => (format!("{command}: answered"), Some(Err(rest.to_owned()))),
                _ => panic!("the process ended by itself at {command}"),
            };
            if self.stops && kill(&stop) {
                // SIGKILL: nothing of the process runs after it.
                self.child.kill().expect("killed");
                self.child.wait().expect("gone");
                return Err(Stopped);
            }
            match answer {
                Some(answer) => return Ok(answer),
                None => self.tell("go"),
            }
        }
    }

    fn tell(&mut self, line: &str) {
        writeln!(self.commands, "{line}").expect("the process listens");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Gone already, if it was killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How a person signs in, and proves their address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// The card; the code of the mail.
    Card,
    /// The phone, asked by our own page; the link of the mail.
    Phone,
}

/// What a person does, and what they remember when the site is gone.
pub struct Person<'a> {
    pub sim: &'a Running,
    pub key: &'static str,
    pub id_nat: &'static str,
    pub address: String,
    pub means: Means,
    pub hesitates: bool,
    browser: Browser,
    /// The page that PSC sent the browser back to, not answered yet.
    callback: Option<String>,
}

impl<'a> Person<'a> {
    pub fn new(sim: &'a Running, key: &'static str, id_nat: &'static str, address: &str, means: Means) -> Person<'a> {
        let (browser, address) = (Browser::new(), address.to_owned());
        Person { sim, key, id_nat, address, means, hesitates: false, browser, callback: None }
    }

    /// Refuses the terms at first, then changes their mind.
    pub fn hesitating(self) -> Person<'a> {
        Person { hesitates: true, ..self }
    }

    /// Does what the page asks, until the account is active.
    ///
    /// # Errors
    /// When the process was killed: start another, and call this again.
    pub fn go_on(&mut self, site: &mut Process, kill: &mut dyn FnMut(&str) -> bool) -> Result<(), Stopped> {
        for _ in 0..100 {
            let mut ask = |command: &str| {
                let now = self.sim.clock().now().unix_millis();
                site.ask(&format!("{now} {} {command}", self.key), kill)
            };
            let place = ask("where")?.expect("there is always a page");
            let (place, digits) = place.split_once(' ').unwrap_or((&place, ""));
            // What fails is shown by the next page: a person does not read codes.
            match place {
                "pending" if self.callback.is_some() => {
                    let back = format!("back {}", self.callback.as_deref().unwrap_or_default());
                    let _ = ask(&back)?;
                    self.callback = None;
                }
                "nobody" | "pending" if self.means == Means::Card => {
                    let url = ask("begin")?.expect("a sign-in begins");
                    self.callback = Some(self.sim.sign_in_by_card_in(&mut self.browser, &url, self.key));
                }
                "nobody" | "pending" => {
                    let digits = ask(&format!("ring {}", self.id_nat))?.expect("the phone rings");
                    assert!(self.sim.phone().choose(self.key, &digits));
                }
                "ringing" => {
                    // Killed before the digits were shown: they are now.
                    let _ = self.sim.phone().choose(self.key, digits);
                    self.pass(5);
                    let _ = ask("look")?;
                }
                "PlacesWanted" => drop(ask("places")?),
                "EmailWanted" => drop(ask(&format!("address {}", self.address))?),
                "MailDue" => {
                    // What the site does by itself, in the background.
                    self.pass(61);
                    drop(ask("due")?);
                }
                "MailSent" => {
                    let mail = self.sim.mailbox().last(&self.address).expect("a mail came");
                    drop(ask(&match self.means {
                        Means::Card => format!("code {}", mail.code().expect("a code")),
                        Means::Phone => format!("link {}", mail.link_token()),
                    })?);
                }
                "TermsWanted" | "TermsRefused" => {
                    let hash = ask("terms")?.expect("the terms are shown");
                    let refuses = self.hesitates && place == "TermsWanted";
                    drop(ask(&format!("{} {hash}", if refuses { "refuse" } else { "accept" }))?);
                }
                "SettingsWanted" => drop(ask("settings")?),
                "Active" => return Ok(()),
                other => panic!("no such page: {other}"),
            }
        }
        panic!("the journey does not end");
    }

    fn pass(&self, seconds: u64) {
        self.sim.clock().advance(Duration::from_secs(seconds));
    }
}
