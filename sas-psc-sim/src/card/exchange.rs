//! One exchange with the card: what goes wrong in it, how long it takes, what is counted and written down.
//!
//! The transmission protocol is here too: how a result becomes answers, with `61xx`, `6Cxx` and GET RESPONSE on T=0.

use super::apdu::{CONDITIONS, Command, OK, Reply, Sw, WRONG_LENGTH};
use super::{Generation, VirtualCard};
use std::thread::sleep;
use std::time::Duration;

/// Something that goes wrong at one exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// This status word instead of doing anything.
    StatusWord(u16),
    /// These bytes instead of doing anything: an answer of any length, also none.
    Answer(Vec<u8>),
    /// The command is done, and these bytes stand before its status word.
    Extra(Vec<u8>),
    /// The command is done, and only so many bytes of its answer arrive.
    Cut(usize),
    /// The card is pulled before the command reaches it.
    Remove,
    /// The card is pulled while it answers: the command was done.
    RemoveAfter,
    /// The card is reset before the command.
    Reset,
    /// The command takes so much longer.
    Wait(Duration),
}

/// What goes wrong, and when.
#[derive(Debug, Default)]
pub(super) struct Hooks {
    faults: Vec<(u64, Fault)>,
    per_byte: Duration,
    per_exchange: Duration,
}

/// What went over the line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Commands, each with its answer; GET RESPONSE is one.
    pub exchanges: u64,
    /// Those that were GET RESPONSE.
    pub get_responses: u64,
    /// Bytes to the card.
    pub received: u64,
    /// Bytes from the card, status words included.
    pub sent: u64,
}

/// A command and its answer. The codes in VERIFY, CHANGE and RESET RETRY COUNTER are written as `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The command.
    pub command: Vec<u8>,
    /// The answer.
    pub answer: Vec<u8>,
}

impl VirtualCard {
    /// Makes something go wrong at the `n`th exchange from now; 1 is the next one.
    pub fn at(&mut self, n: u64, fault: Fault) {
        self.hooks.faults.push((self.counts.exchanges + n, fault));
    }

    /// Forgets what was to go wrong.
    pub fn clear_faults(&mut self) {
        self.hooks.faults.clear();
    }

    /// Makes the line slow: so long for each byte either way, and so long for each exchange.
    pub fn slow(&mut self, per_byte: Duration, per_exchange: Duration) {
        (self.hooks.per_byte, self.hooks.per_exchange) = (per_byte, per_exchange);
    }

    /// What went over the line since the start or the last [`take_counts`](VirtualCard::take_counts).
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// The counts, which start again; faults still to come are kept at their distance.
    pub fn take_counts(&mut self) -> Counts {
        let counts = std::mem::take(&mut self.counts);
        for (at, _) in &mut self.hooks.faults {
            *at = at.saturating_sub(counts.exchanges);
        }
        counts
    }

    /// The exchanges since the start or the last call.
    pub fn take_log(&mut self) -> Vec<Exchange> {
        std::mem::take(&mut self.log)
    }

    /// A command to the card: its answer with the status word, or nothing when the card is not there.
    pub fn transmit(&mut self, command: &[u8]) -> Vec<u8> {
        if !self.present {
            return Vec::new();
        }
        self.counts.exchanges += 1;
        let answer = self.suffer(command);
        self.counts.get_responses += u64::from(command.get(1) == Some(&GET_RESPONSE));
        self.counts.received += command.len() as u64;
        self.counts.sent += answer.len() as u64;
        let bytes = u32::try_from(command.len() + answer.len()).unwrap_or(u32::MAX);
        let time = self.hooks.per_exchange + self.hooks.per_byte.saturating_mul(bytes);
        if !time.is_zero() {
            sleep(time);
        }
        if self.log.len() < MOST_LOGGED {
            self.log.push(Exchange { command: masked(command), answer: answer.clone() });
        }
        answer
    }

    fn suffer(&mut self, command: &[u8]) -> Vec<u8> {
        let now = self.counts.exchanges;
        let mut answer = None;
        while let Some(at) = self.hooks.faults.iter().position(|(at, _)| *at == now) {
            match self.hooks.faults.remove(at).1 {
                Fault::StatusWord(word) => answer = Some(word.to_be_bytes().to_vec()),
                Fault::Answer(bytes) => answer = Some(bytes),
                Fault::Extra(bytes) => {
                    let done = answer.take().unwrap_or_else(|| self.execute(command));
                    let (data, word) = done.split_at(done.len().saturating_sub(2));
                    answer = Some([data, &bytes, word].concat());
                }
                Fault::Cut(size) => {
                    let mut done = answer.take().unwrap_or_else(|| self.execute(command));
                    done.truncate(size);
                    answer = Some(done);
                }
                Fault::Remove => {
                    self.remove();
                    answer = Some(Vec::new());
                }
                Fault::RemoveAfter => {
                    let _lost = answer.take().unwrap_or_else(|| self.execute(command));
                    self.remove();
                    answer = Some(Vec::new());
                }
                Fault::Reset => self.reset(),
                Fault::Wait(time) => sleep(time),
            }
        }
        answer.unwrap_or_else(|| self.execute(command))
    }

    fn execute(&mut self, bytes: &[u8]) -> Vec<u8> {
        let command = match Command::parse(bytes) {
            Ok(command) => command,
            Err(word) => return word.to_be_bytes().to_vec(),
        };
        let t0 = self.profile.generation.is_t0();
        if command.ins == GET_RESPONSE {
            return self.get_response(command.le.unwrap_or(256));
        }
        self.session.pending.clear();
        // T=0 has no case 4: the reader would have to split the command itself, and readers differ.
        if t0 && !command.data.is_empty() && command.le.is_some() {
            return WRONG_LENGTH.to_be_bytes().to_vec();
        }
        let reply = match self.profile.generation {
            Generation::Cps4 => self.chipdoc(&command),
            Generation::Cps3 | Generation::Cps3Contactless => self.ias(&command),
        };
        match reply {
            Reply::Word(word) => word.to_be_bytes().to_vec(),
            Reply::Read(data) => {
                let wanted = command.le.unwrap_or(256);
                match wanted > data.len() && (t0 || wanted < 256) {
                    true => (0x6c00 | (data.len() as Sw & 0xff)).to_be_bytes().to_vec(),
                    false => with_word(&data[..wanted.min(data.len())], OK),
                }
            }
            Reply::Result(data) if data.is_empty() => OK.to_be_bytes().to_vec(),
            Reply::Result(data) => {
                self.session.pending = data;
                match command.le {
                    Some(wanted) if !t0 => self.get_response(wanted),
                    _ => self.more(&[]),
                }
            }
        }
    }

    /// So many bytes of what is pending.
    fn get_response(&mut self, wanted: usize) -> Vec<u8> {
        let there = self.session.pending.len();
        if there == 0 {
            return CONDITIONS.to_be_bytes().to_vec();
        }
        if wanted > there && self.profile.generation.is_t0() {
            return (0x6c00 | (there as Sw & 0xff)).to_be_bytes().to_vec();
        }
        let given: Vec<u8> = self.session.pending.drain(..wanted.min(there)).collect();
        self.more(&given)
    }

    /// Bytes, and `61xx` while more are pending.
    fn more(&self, given: &[u8]) -> Vec<u8> {
        match self.session.pending.len() {
            0 => with_word(given, OK),
            left => with_word(given, 0x6100 | if left >= 256 { 0 } else { left as Sw }),
        }
    }
}

const GET_RESPONSE: u8 = 0xc0;
const MOST_LOGGED: usize = 10_000;

fn with_word(data: &[u8], word: Sw) -> Vec<u8> {
    [data, &word.to_be_bytes()].concat()
}

fn masked(command: &[u8]) -> Vec<u8> {
    let mut masked = command.to_vec();
    if matches!(command.get(1), Some(0x20 | 0x24 | 0x2c)) {
        masked.iter_mut().skip(5).for_each(|byte| *byte = b'*');
    }
    masked
}
