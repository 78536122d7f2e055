//! What may be done to a card while programs use it, a line each: from a scenario's file, or typed while it runs.
//!
//! ```text
//! remove · insert · insert-other · reset · quit
//! serial 99000002 · tries 1 · slow 1200 8000          (microseconds a byte, an exchange)
//! at 3 word 6f00 · at 3 remove · at 3 remove-after · at 3 reset · at 3 wait 500 (milliseconds)
//! at 3 answer 9000 · at 3 extra 00ff · at 3 cut 1
//! file 3f00/0001/a002 cut 700 · … flip 40 · … append 0000 · … set 3000 · … size 4096
//! counts · log · status
//! ```

use super::vpcd::Vpcd;
use super::{Fault, Profile, Usage, VirtualCard};
use crate::lock;
use serde_json::{Value, json};
use std::sync::Mutex;
use std::time::Duration;

/// The hand on a linked card.
pub struct Control {
    vpcd: Vpcd,
    profile: Profile,
    /// The card while it is out.
    out: Mutex<Option<VirtualCard>>,
}

impl Control {
    /// A hand on the card that `profile` made.
    pub fn new(vpcd: Vpcd, profile: Profile) -> Control {
        Control { vpcd, profile, out: Mutex::new(None) }
    }

    /// Does what a line says; what it answers.
    ///
    /// # Errors
    ///
    /// What is wrong with the line.
    pub fn obey(&self, line: &str) -> Result<Value, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            [] | ["#", ..] => {}
            ["remove"] => {
                let card = self.vpcd.remove().ok_or("no card is in")?;
                *lock(&self.out) = Some(card);
            }
            ["insert"] => {
                // Pulled by a fault, the card lies where it was.
                let card = lock(&self.out).take().or_else(|| self.vpcd.remove()).ok_or("no card is out")?;
                self.vpcd.insert(card);
            }
            ["insert-other"] => {
                let old = self.vpcd.remove();
                lock(&self.out).get_or_insert_with(|| old.unwrap_or_else(|| VirtualCard::new(self.profile.clone())));
                self.vpcd.insert(VirtualCard::new(Profile::other(self.profile.generation)));
            }
            ["quit"] => self.vpcd.stop(),
            _ => return self.on_card(&words).map_err(|problem| format!("{line}: {problem}")),
        }
        Ok(json!({ "done": line.trim() }))
    }

    /// What needs the card, in the reader or out of it.
    fn on_card(&self, words: &[&str]) -> Result<Value, String> {
        if let Some(card) = lock(&self.out).as_mut() {
            return apply(card, words);
        }
        self.vpcd.reader().card(|card| apply(card, words)).unwrap_or_else(|| Err("no card".into()))
    }
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text}: not a number here"))
}

fn hex(text: &str) -> Result<Vec<u8>, String> {
    let pairs = text.as_bytes().chunks(2);
    let byte = |pair: &[u8]| {
        str::from_utf8(pair).ok().filter(|_| pair.len() == 2).and_then(|p| u8::from_str_radix(p, 16).ok())
    };
    pairs.map(byte).collect::<Option<_>>().ok_or_else(|| format!("{text}: not hexadecimal"))
}

fn shown(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn apply(card: &mut VirtualCard, words: &[&str]) -> Result<Value, String> {
    match words {
        ["reset"] => card.reset(),
        ["serial", digits] => card.set_serial(number(digits)?),
        ["tries", left] => card.set_tries(number(left)?),
        ["slow", byte] => card.slow(Duration::from_micros(number(byte)?), Duration::ZERO),
        ["slow", byte, exchange] => {
            card.slow(Duration::from_micros(number(byte)?), Duration::from_micros(number(exchange)?));
        }
        ["at", n, what @ ..] => {
            let fault = match what {
                ["word", word] => Fault::StatusWord(u16::from_str_radix(word, 16).map_err(|_| "a word is 6f00")?),
                ["answer", bytes] => Fault::Answer(hex(bytes)?),
                ["extra", bytes] => Fault::Extra(hex(bytes)?),
                ["cut", size] => Fault::Cut(number(size)?),
                ["remove"] => Fault::Remove,
                ["remove-after"] => Fault::RemoveAfter,
                ["reset"] => Fault::Reset,
                ["wait", time] => Fault::Wait(Duration::from_millis(number(time)?)),
                _ => return Err("word, answer, extra, cut, remove, remove-after, reset or wait".into()),
            };
            card.at(number(n)?, fault);
        }
        ["file", path, what @ ..] => {
            let path: Option<Vec<u16>> = path.split('/').map(|id| u16::from_str_radix(id, 16).ok()).collect();
            let path = path.ok_or("a path is 3f00/0001/a002")?;
            if let ["size", size] = what {
                card.announce(&path, number(size)?);
            } else {
                let content = card.file_mut(&path).ok_or("no such file")?;
                match what {
                    ["cut", size] => content.truncate(number(size)?),
                    ["flip", at] => *content.get_mut(number::<usize>(at)?).ok_or("beyond the end")? ^= 0xff,
                    ["append", bytes] => content.extend(hex(bytes)?),
                    ["set", bytes] => *content = hex(bytes)?,
                    _ => return Err("cut, flip, append, set or size".into()),
                }
            }
        }
        ["counts"] => {
            let counts = card.take_counts();
            return Ok(json!({
                "exchanges": counts.exchanges, "get_responses": counts.get_responses,
                "received": counts.received, "sent": counts.sent,
            }));
        }
        ["log"] => {
            let line = |exchange: super::Exchange| json!([shown(&exchange.command), shown(&exchange.answer)]);
            return Ok(card.take_log().into_iter().map(line).collect());
        }
        ["status"] => {
            return Ok(json!({
                "present": card.is_present(), "tries": card.tries(), "verified": card.is_verified(),
                "resets": card.resets(), "serial": format!("{:08}", card.profile().serial),
                "certificate": shown(&card.certificate(Usage::Authentication)),
            }));
        }
        _ => return Err("not understood".into()),
    }
    Ok(json!({ "done": words.join(" ") }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::{Generation, Reader};

    fn control() -> (Control, Reader) {
        let profile = Profile::of(Generation::Cps3);
        let reader = Reader::with(VirtualCard::new(profile.clone()));
        (Control::new(Vpcd::new(reader.clone(), "127.0.0.1:1"), profile), reader)
    }

    fn status(reader: &Reader) -> Vec<u8> {
        reader.card(|card| card.transmit(&[0, 0x20, 0, 1])).unwrap_or_default()
    }

    #[test]
    fn a_line_does_what_it_says() {
        let (control, reader) = control();
        for line in ["tries 1", "at 2 word 6f00", "at 3 extra 00ff", "slow 0 1", "", "# a remark", "serial 99000007"] {
            control.obey(line).unwrap();
        }
        let answers = [status(&reader), status(&reader), status(&reader)];
        assert_eq!(answers.map(|answer| shown(&answer)), ["63c1", "6f00", "00ff63c1"]);
        assert_eq!(
            control.obey("counts").unwrap(),
            json!({"exchanges": 3, "get_responses": 0, "received": 12, "sent": 8})
        );
        assert_eq!(control.obey("status").unwrap()["serial"], "99000007");
        assert_eq!(control.obey("log").unwrap()[1], json!(["00200001", "6f00"]));
        control.obey("file 3f00/0001/5031 set 3000").unwrap();
        control.obey("file 3f00/0001/5031 append ff").unwrap();
        control.obey("file 3f00/0001/5031 flip 0").unwrap();
        control.obey("file 3f00/0001/5031 cut 2").unwrap();
        control.obey("file 3f00/0001/5031 size 9").unwrap();
        let file = reader.card(|card| card.file_mut(&[0x3f00, 1, 0x5031]).cloned()).flatten();
        assert_eq!(file.unwrap(), [0xcf, 0]);
    }

    #[test]
    fn a_card_is_pulled_put_in_again_and_exchanged() {
        let (control, reader) = control();
        control.obey("remove").unwrap();
        assert!(!reader.has_card());
        assert!(control.obey("remove").is_err());
        control.obey("tries 2").unwrap();
        control.obey("insert").unwrap();
        assert_eq!(status(&reader), [0x63, 0xc2], "what is done to a card that is out is done");
        control.obey("insert-other").unwrap();
        let other = reader.card(|card| card.profile().serial).unwrap();
        assert_eq!((other, status(&reader)), (99_000_002, vec![0x63, 0xc3]));
        control.obey("insert").unwrap();
        assert_eq!(status(&reader), [0x63, 0xc2], "the first one again");
        control.obey("at 1 remove-after").unwrap();
        assert!(status(&reader).is_empty() && !reader.has_card());
        control.obey("insert").unwrap();
        assert!(reader.has_card());
    }

    #[test]
    fn a_line_that_says_nothing_is_refused() {
        let (control, _) = control();
        let wrong = [
            "jump",
            "at 1",
            "at x remove",
            "at 1 word zz",
            "tries many",
            "file 3f00 cut 1",
            "file zz cut 1",
            "serial",
            "file 3f00/0001/a002 flip 99999",
            "file 3f00/0001/a002 bend",
            "at 1 answer 123",
            "slow",
        ];
        for line in wrong {
            assert!(control.obey(line).is_err(), "{line}");
        }
    }
}
