//! A log in a folder, records to put in it, and a clock and randomness of their own for each process.

use sas_psc::base::{Clock, Random, ServerKey, Timestamp};
use sas_psc::consent::{Change, Document, Keeping, Presented, Record, Recorder, Sha256, TermsVersion};
use sas_psc::person::Binding;
use sas_psc::store::{LogFolder, LogOptions, LogWorld};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

pub const NOW: Timestamp = Timestamp::from_unix(1_795_420_000);

pub struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        NOW
    }
}

/// A mixing counter from a start; the salts of two processes differ.
pub struct Draws(pub u64);

impl Draws {
    pub fn of_this_process() -> Draws {
        #[expect(clippy::disallowed_methods, reason = "each process draws differently")]
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Draws(now.as_nanos() as u64 ^ u64::from(std::process::id()) << 40)
    }
}

impl Random for Draws {
    fn fill(&mut self, bytes: &mut [u8]) -> sas_psc::Result<()> {
        for chunk in bytes.chunks_mut(8) {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

pub fn world() -> LogWorld {
    LogWorld::new(Still, Draws::of_this_process())
}

pub fn init(path: &Path) -> LogFolder {
    let folder = LogFolder::new(path);
    folder.init("exemple.fr/consentements", &LogOptions::default(), &mut Draws(1)).unwrap();
    folder
}

/// A record that only its number makes.
pub fn record(number: u64) -> Record {
    let cgu = Document::new("CGU", "text/plain; charset=utf-8", "Article 1");
    let terms = TermsVersion::new("cgu", "1", "fr", Timestamp::from_unix(0), Change::Material, vec![cgu]).unwrap();
    let person = Binding::new("https://psc.example", format!("f:1:{}", number % 100), "tab");
    let shown = Presented::new(&terms, person.clone(), Sha256([1; 32]), NOW);
    let answer = shown.accept(true, &terms.hash().to_string(), &terms, &person, NOW).unwrap();
    let keeping = Keeping { controller: "Plateforme".into(), exit: "Mon compte".into(), retention_until: None };
    let key = ServerKey::new(&[42; 32]).unwrap();
    Recorder { key: &key, keeping: &keeping }.accepted(&answer, None, None, &mut Draws(number << 8)).unwrap()
}
