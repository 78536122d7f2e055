//! Programs in C and Python at the same reader, and where the library is hidden.

use super::desk::{Desk, hidden, sas_psc_with};
use sas_psc_sim::card::{Generation, Press, Profile};
use sas_psc_tests::pcsc;
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
another hash: card-algorithm
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

const KEYS: &str = "keys: as expected
keys for a change: as expected
sign: as expected
change: as expected
cancelled: card-pin-not-entered
wrong: card-pin-wrong, 2 left
";

/// pcscd has no virtual reader with keys: the library in its place has one.
#[test]
fn programs_in_c_and_python_let_the_person_type_on_the_readers_keys() {
    for program in programs() {
        let desk = pcsc::Desk::new(Generation::Cps3);
        let person = ["1234", "1234", "4321", "4321"].map(Press::code);
        desk.pad().will(person.into_iter().chain([Press::Cancel, Press::code("0000")]));
        let mut command = Command::new(&program[0]);
        command.args(&program[1..]).arg("keys").env("LD_LIBRARY_PATH", desk.folder());
        assert_eq!(said(&mut command), KEYS, "{program:?}");
        assert_eq!(desk.card(|card| (card.tries(), card.is_verified())), (2, false));
    }
}

#[test]
fn the_command_changes_the_pin_on_the_readers_keys_and_asks_for_it_at_the_terminal_nowhere() {
    let desk = pcsc::Desk::new(Generation::Cps3);
    let library = desk.folder();
    let run = |arguments: &[&str], stdin| sas_psc_with(arguments, stdin, &library);
    desk.pad().will(["1234", "4321", "4321"].map(Press::code));
    let (status, lines) = run(&["--json", "card", "change-pin"], "");
    assert_eq!((status, &lines[0]["done"]), (0, &true.into()), "{lines:?}");
    assert_eq!(desk.take_asked(), [pcsc::CHANGE]);
    for (presses, name) in [
        (vec![Press::code("4321"), Press::code("1111"), Press::code("1112")], "card-pin-not-entered"),
        (vec![Press::Nothing], "card-pin-not-entered"),
        (vec![Press::code("0000"), Press::code("1111"), Press::code("1111")], "card-pin-wrong"),
    ] {
        desk.pad().will(presses);
        let (status, lines) = run(&["--json", "card", "change-pin"], "");
        assert_eq!((status, &lines[0]["error"]["name"]), (3, &name.into()));
    }
    desk.take_asked();
    // Who gives codes on stdin is asked for none.
    assert_eq!(run(&["card", "change-pin", "--pin-stdin"], "4321\n1234\n").0, 0);
    // A CPS4 takes the two apart: that is for the terminal, and there is none.
    drop(desk);
    let desk = pcsc::Desk::new(Generation::Cps4);
    let (status, lines) = run(&["--json", "card", "change-pin"], "");
    assert_eq!((status, &lines[0]["error"]["name"]), (3, &"card-pin-required".into()));
    // A blocked card asks nobody.
    desk.card(|card| card.set_tries(0));
    let sign = ["--json", "card", "sign", "--usage", "authentication", "--in", "/dev/null", "--out", "/dev/null"];
    assert_eq!(run(&sign, "").1[0]["error"]["name"], "card-pin-blocked");
    assert!(desk.take_asked().is_empty());
}
