//! The client under test, as a process: started once a case, spoken to by lines, ended by its number.
//!
//! It is told everything by environment variables (`docs/CONFORMANCE.md` lists them), and says on stdout, one JSON object
//! a line, where the browser shall go and in the end who signed in. Its exit status is its verdict.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// A first line longer than this is no address.
const LONGEST_LINE: u64 = 64 << 10;
const MOST_OUTPUT: u64 = 1 << 20;

/// A client that runs.
pub(super) struct Client {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<Value>,
    stderr: Option<thread::JoinHandle<String>>,
}

/// What a client said or did.
pub(super) enum Event {
    Line(Value),
    /// It ended, with this status, or by a signal.
    Ended(Option<i32>),
    Nothing,
}

impl Client {
    /// Starts a command by the shell, in a process group of its own.
    pub fn start(command: &str, environment: &[(&str, String)]) -> std::io::Result<Client> {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("exec {command}")]).envs(environment.iter().map(|(name, value)| (name, value)));
        shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut shell, 0);
        let mut child = shell.spawn()?;
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (sender, lines) = mpsc::channel();
        if let Some(stdout) = stdout {
            thread::spawn(move || {
                let mut stdout = BufReader::new(stdout);
                loop {
                    let mut line = String::new();
                    match stdout.by_ref().take(LONGEST_LINE).read_line(&mut line) {
                        Ok(count) if count > 0 => {
                            let value = serde_json::from_str(&line).unwrap_or(Value::Null);
                            if value.is_object() && sender.send(value).is_err() {
                                return;
                            }
                        }
                        _ => return,
                    }
                }
            });
        }
        let stderr = stderr.map(|stderr| {
            thread::spawn(move || {
                let mut text = Vec::new();
                let _ = stderr.take(MOST_OUTPUT).read_to_end(&mut text);
                let text = String::from_utf8_lossy(&text);
                let lines: Vec<&str> = text.lines().rev().take(6).collect();
                let last: Vec<&str> = lines.into_iter().rev().collect();
                last.join("\n").chars().take(1200).collect()
            })
        });
        Ok(Client { child, stdin, lines, stderr })
    }

    /// What happens within `wait`.
    pub fn event(&mut self, wait: Duration) -> Event {
        match self.lines.recv_timeout(wait) {
            Ok(line) => Event::Line(line),
            Err(RecvTimeoutError::Timeout) => Event::Nothing,
            Err(RecvTimeoutError::Disconnected) => match self.child.try_wait() {
                Ok(Some(status)) => Event::Ended(status.code()),
                _ => {
                    thread::sleep(wait.min(Duration::from_millis(20)));
                    Event::Nothing
                }
            },
        }
    }

    /// Gives the client a line.
    pub fn say(&mut self, line: &str) -> std::io::Result<()> {
        match &mut self.stdin {
            Some(stdin) => writeln!(stdin, "{line}").and_then(|()| stdin.flush()),
            None => Ok(()),
        }
    }

    /// Ends it and all that it started, asking first; gives what it wrote on stderr last.
    pub fn end(mut self) -> String {
        drop(self.stdin.take());
        let group = format!("-{}", self.child.id());
        for signal in ["-TERM", "-KILL"] {
            // The group may outlive its first process: a server's workers.
            let _ = Command::new("kill").args([signal, "--", &group]).stderr(Stdio::null()).status();
            for _ in 0..100 {
                match self.child.try_wait() {
                    Ok(None) => thread::sleep(Duration::from_millis(10)),
                    _ => break,
                }
            }
        }
        let _ = self.child.wait();
        self.stderr.take().and_then(|stderr| stderr.join().ok()).unwrap_or_default()
    }
}
