//! The command as scripts see it: each file of `transcripts/` is replayed against the real binary, byte for byte.
//!
//! A line `$ sas-psc …` is a command (single quotes group words; `< file` is its stdin); what it prints follows, stdout
//! as it is, stderr after `! `, and `? N` for a status that is not 0. The folder is `tests/files`, the locale French. The
//! word `@simulator` stands for the arguments of one that runs here; its ports are shown as PORT.
//! `UPDATE=1` writes what was found.

use sas_psc_sim::{Config, Running, Simulator};
use std::fmt::Write;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), None::<String>, false);
    for c in line.chars() {
        match c {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// A simulator for the transcripts that ask for one.
fn simulator() -> &'static Running {
    static SIMULATOR: LazyLock<Running> = LazyLock::new(|| Simulator::start(Config::default()).unwrap());
    &SIMULATOR
}

/// `127.0.0.1:PORT` for every port.
fn without_ports(text: &str) -> String {
    let mut parts = text.split("127.0.0.1:");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + "127.0.0.1:PORT" + part.trim_start_matches(|c: char| c.is_ascii_digit()))
}

fn replay(line: &str, folder: &Path) -> String {
    let (line_words, stdin) = line.split_once(" < ").map_or((line, None), |(line, file)| (line, Some(file)));
    let mut words = words(line_words);
    assert_eq!(words[0], "sas-psc", "{line}");
    let simulated = words.iter().position(|word| word == "@simulator");
    if let Some(at) = simulated {
        let issuer = simulator().issuer();
        let arguments = ["--issuer", &issuer, "--insecure-loopback", "--dangerously-allow-simulator"];
        words.splice(at..=at, arguments.map(str::to_owned));
    }
    let output = Command::new(env!("CARGO_BIN_EXE_sas-psc"))
        .args(&words[1..])
        .current_dir(folder)
        .env_clear()
        .env("LANG", "fr_FR.UTF-8")
        .stdin(stdin.map_or(Stdio::null(), |file| File::open(folder.join(file)).unwrap().into()))
        .output()
        .unwrap();
    let mut text = format!("$ {line}\n{}", String::from_utf8(output.stdout).unwrap());
    for line in String::from_utf8(output.stderr).unwrap().lines() {
        writeln!(text, "! {line}").unwrap();
    }
    match output.status.code().unwrap() {
        0 => {}
        status => writeln!(text, "? {status}").unwrap(),
    }
    if simulated.is_some() { without_ports(&text) } else { text }
}

#[test]
fn the_command_does_what_the_transcripts_say() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut differ = Vec::new();
    for entry in fs::read_dir(tests.join("transcripts")).unwrap() {
        let file = entry.unwrap().path();
        let written = fs::read_to_string(&file).unwrap();
        let (mut found, mut blank) = (String::new(), "");
        for line in written.lines() {
            // A blank line that a command or a comment follows is the transcript's; any other was printed.
            match line.strip_prefix("$ ") {
                Some(command) => found += &format!("{blank}{}", replay(command, &tests.join("files"))),
                None if line.starts_with('#') => found += &format!("{blank}{line}\n"),
                None => {}
            }
            blank = if line.is_empty() { "\n" } else { "" };
        }
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&file, &found).unwrap();
        } else if found != written {
            differ.push(format!("{}\n{found}", file.display()));
        }
    }
    assert!(differ.is_empty(), "found instead:\n{}", differ.join("\n"));
}
