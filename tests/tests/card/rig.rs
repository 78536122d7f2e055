//! The simulator's reader as a transport of the SDK, with a trace of what passed as the SDK would write it.

use sas_psc::card::{
    Apdu, Atr, Card, CardCache, Dialogue, Ending, Exchanger, Pin, PinEntry, Protocol, Puk, SignRequest,
    SignatureScheme, Transport, Usage, play,
};
use sas_psc::{Code, Error, Result};
use sas_psc_sim::card::{Generation, Handle, Profile, Reader, ReaderError, VirtualCard};

pub const PIN: &str = "7314";
pub const PUK: &str = "90817263";

/// A card in a reader, the program that uses it, and what that program remembers.
pub struct Rig {
    pub reader: Reader,
    pub cache: CardCache,
    pub trace: Vec<String>,
    handle: Handle,
}

impl Rig {
    pub fn new(generation: Generation) -> Rig {
        Rig::with(profile(generation))
    }

    pub fn with(profile: Profile) -> Rig {
        let reader = Reader::with(VirtualCard::new(profile));
        let handle = reader.connect().unwrap();
        Rig { reader, handle, cache: CardCache::new(), trace: Vec::new() }
    }

    pub fn play<T>(&mut self, dialogue: impl Fn(&Card) -> Dialogue<T>) -> Result<T> {
        let cache = self.cache.clone();
        play(self, &cache, dialogue)
    }

    /// The exchanges that a dialogue took, and what came of it.
    pub fn counted<T>(&mut self, dialogue: impl Fn(&Card) -> Dialogue<T>) -> (u64, Result<T>) {
        self.reader.take_counts();
        let result = self.play(dialogue);
        (self.reader.take_counts().exchanges, result)
    }

    pub fn card<T>(&self, look: impl FnOnce(&mut VirtualCard) -> T) -> T {
        self.reader.card(look).unwrap()
    }

    /// The card as it was before anything went wrong: met, or never.
    pub fn afresh(&mut self, met: bool) {
        self.card(|card| {
            card.clear_faults();
            card.reset();
        });
        self.reconnect().unwrap();
        self.trace.clear();
        if !met {
            self.cache.clear();
        } else if self.cache.is_empty() {
            self.play(|card| card.read()).unwrap();
        }
    }

    /// After any dialogue: no try is lost, no code of ours is verified, none was ever in a trace.
    pub fn nothing_lost(&self, context: &str) {
        if self.reader.has_card() {
            assert_eq!(self.card(|card| card.tries()), 3, "{context}: a try was lost");
            assert!(!self.card(|card| card.is_verified()), "{context}: the PIN is still verified");
        }
        for line in &self.trace {
            for code in [PIN, PUK] {
                let hex: String = code.bytes().map(|byte| format!(" {byte:02x}")).collect();
                assert!(!line.contains(&hex) && !line.contains(code), "{context}: a code in {line}");
            }
        }
    }
}

pub fn profile(generation: Generation) -> Profile {
    Profile { pin: PIN.into(), puk: PUK.into(), ..Profile::of(generation) }
}

pub fn typed() -> PinEntry {
    PinEntry::typed(Pin::parse(PIN).unwrap())
}

pub fn request(usage: Usage) -> SignRequest {
    SignRequest::new(usage, SignatureScheme::Pkcs1Sha256, b"a message")
}

/// What is done with a card, by name.
pub type Job = (&'static str, fn(&Card) -> Dialogue<()>);

/// Every dialogue there is, its result thrown away.
pub fn jobs(generation: Generation) -> Vec<Job> {
    let mut jobs: Vec<Job> = vec![("serial", |card| card.serial().map(drop)), ("read", |card| card.read().map(drop))];
    if generation == Generation::Cps3Contactless {
        jobs.push(("technical", |card| card.sign(request(Usage::Technical), PinEntry::none()).map(drop)));
        return jobs;
    }
    jobs.extend::<[Job; 5]>([
        ("status", |card| card.pin_status().map(drop)),
        ("authentication", |card| card.sign(request(Usage::Authentication), typed()).map(drop)),
        ("signature", |card| card.sign(request(Usage::Signature), typed()).map(drop)),
        ("change", |card| card.change_pin(typed(), Pin::parse(PIN).unwrap())),
        ("unblock", |card| card.unblock(Puk::parse(PUK).unwrap(), Pin::parse(PIN).unwrap(), false)),
    ]);
    jobs
}

fn error(error: ReaderError) -> Error {
    Error::new(match error {
        ReaderError::NoCard => Code::CARD_ABSENT,
        ReaderError::Removed => Code::CARD_REMOVED,
        ReaderError::Reset => Code::CARD_RESET,
        ReaderError::Unplugged => Code::READER_UNKNOWN,
    })
}

impl Transport for Rig {
    fn atr(&self) -> Atr {
        Atr::new(&self.handle.atr().unwrap_or_default())
    }

    fn protocol(&self) -> Protocol {
        let t0 = self.reader.card(|card| card.profile().generation.is_t0()).unwrap_or_default();
        if t0 { Protocol::T0 } else { Protocol::T1 }
    }

    fn transaction(&mut self, work: &mut dyn FnMut(&mut dyn Exchanger) -> Ending) -> Result<()> {
        self.handle.begin().map_err(error)?;
        let ending = work(&mut Inside { handle: &mut self.handle, trace: &mut self.trace });
        self.handle.end(ending == Ending::Reset);
        Ok(())
    }

    fn reconnect(&mut self) -> Result<()> {
        self.handle.reconnect().map_err(error)
    }
}

struct Inside<'a> {
    handle: &'a mut Handle,
    trace: &'a mut Vec<String>,
}

impl Exchanger for Inside<'_> {
    fn transmit(&mut self, apdu: &Apdu) -> Result<Vec<u8>> {
        self.trace.push(format!("{} {apdu:?}", apdu.masked()));
        self.handle.transmit(apdu.expose()).map_err(error)
    }
}
