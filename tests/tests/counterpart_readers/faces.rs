//! Programs in C and Python at the same reader, and where the library is hidden.

use super::desk::{Desk, hidden};
use sas_psc_sim::card::{Generation, Profile};
use std::process::Command;

fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name}: tools/parts/counterpart-readers says where it is"))
}

/// The program in C, the one in Python.
fn programs() -> [Vec<String>; 2] {
    [vec![setting("SAS_PSC_READERS_C")], vec!["python3".to_owned(), setting("SAS_PSC_READERS_PY")]]
}

fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

const BOTH: &str = "list: as expected
read: as expected
keys: as expected
sign: as expected
wrong: card-pin-wrong, 2 left
without a PIN: card-pin-required, 2 left
status: as expected
change: as expected
unblock: as expected
key, wrong PIN: card-pin-wrong";
const C: &str = "
key: [\"pkcs1-sha256\",\"pkcs1-sha384\",\"pkcs1-sha512\"]
signed: 0
waiting: not done
given up: user-cancelled
watched: the card
nothing more: yes
another session: card-other
";
const PYTHON: &str = ", 2 left
key: ['pkcs1-sha256', 'pkcs1-sha384', 'pkcs1-sha512']
waiting: not done
given up: at once
watched: Virtual PCD 00 00 cps3
nothing more: None
another session: card-other
";

#[test]
fn programs_in_c_and_python_read_sign_wait_and_watch() {
    for (program, own) in programs().into_iter().zip([C, PYTHON]) {
        let desk = Desk::with(Profile::of(Generation::Cps3));
        assert_eq!(said(Command::new(&program[0]).args(&program[1..]).arg("all")), format!("{BOTH}{own}"));
        assert_eq!(desk.card(|card| (card.tries(), card.is_verified())), (3, false));
    }
}

/// The C library and the wheel are loaded all the same.
#[test]
fn where_pc_sc_is_not_installed_programs_start_and_say_so() {
    for program in programs() {
        let whole: Vec<&str> = program.iter().map(String::as_str).chain(["list"]).collect();
        assert_eq!(said(&mut hidden(&whole)), "list: reader-library-absent\n");
    }
}
