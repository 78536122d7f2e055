//! Whole dialogues of OpenSC 0.23 (`dialogues/*.txt`): the card answers each command as it was answered there.

use super::{hex, powered, send, shown};
use sas_psc_sim::card::{Generation, Profile};
use std::fs;
use std::path::Path;

fn number<T: std::str::FromStr>(text: &str, before: &str) -> Option<T> {
    let rest = text.split_once(before)?.1;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[test]
fn every_command_of_the_dialogues_is_answered_as_it_was() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/virtual_card/dialogues");
    let mut count = 0;
    for file in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let (name, text) = (file.display(), fs::read_to_string(&file).unwrap());
        let mut profile = Profile::of(Generation::Cps3);
        profile.tries = number(&text, "# tries ").unwrap();
        profile.third_failure = 0x6983;
        profile.puk_uses = number(&text, "puk uses ").unwrap_or(100);
        let mut card = powered(profile);
        let mut answer = String::new();
        for (at, line) in text.lines().enumerate() {
            let wanted = match line.split_once(' ') {
                Some((">", command)) => {
                    answer = send(&mut card, command);
                    continue;
                }
                Some(("<", wanted)) => wanted,
                _ if line == "# power on" => {
                    card.power_on();
                    continue;
                }
                _ => continue,
            };
            let same = if wanted == "signature 90 00" {
                answer.len() == 2 * 258 && answer.ends_with("9000")
            } else if let Some(size) = number::<usize>(wanted, "certificate ") {
                answer.len() == 2 * (size + 2) && answer.ends_with("9000")
            } else {
                answer == shown(&hex(wanted))
            };
            assert!(same, "{name}:{}: {answer}, not {wanted}", at + 1);
        }
        let exchanges = number::<u64>(&text, "authorship; ").unwrap();
        assert_eq!(card.counts().exchanges, exchanges, "{name}");
        count += 1;
    }
    assert_eq!(count, 19);
}
