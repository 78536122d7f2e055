//! A platform as the tests run it: its key, its terms, the settings a person saves, randomness that repeats.

use sas_psc::Result;
use sas_psc::base::{Random, ServerKey, Timestamp};
use sas_psc::consent::{Change, Document, Keeping, Sha256, Terms, TermsVersion};
use sas_psc::onboarding::Policy;
use sas_psc::participation::{Mode, Settings, ValidSettings, Via};
use std::time::Duration;

/// 2026-11-23T08:00:00Z, a Monday in Paris at nine.
pub const NOW: Timestamp = Timestamp::from_unix(1_795_420_800);
/// How long after [`NOW`] new terms take effect, which ask for a new answer.
pub const TERMS_CHANGE: Duration = Duration::from_secs(7 * 86_400);

/// The rules of the platform: SAS's, with two versions of its terms in two languages.
pub fn policy() -> Policy {
    let key = ServerKey::new(&[7; 32]).expect("32 bytes");
    let versions = [("1", Timestamp::from_unix(0)), ("2", NOW + TERMS_CHANGE)];
    let versions = versions.iter().flat_map(|(name, from)| ["fr", "en"].map(|lang| terms(name, lang, *from)));
    let terms = Terms::new(versions.collect()).expect("the versions follow one another");
    let keeping =
        Keeping { controller: "Plateforme d'essai".into(), exit: "Page du compte".into(), retention_until: None };
    Policy::new(key, terms, Sha256([0xb1; 32]), keeping)
}

fn terms(name: &str, lang: &str, from: Timestamp) -> TermsVersion {
    let document = |title: &str| {
        Document::new(title, "text/plain; charset=utf-8", format!("{title}, version {name} ({lang}). Article 1…"))
    };
    let documents = vec![document("Conditions générales d'utilisation"), document("Politique de confidentialité")];
    TermsVersion::new("cgu", name, lang, from, Change::Material, documents).expect("named and not empty")
}

/// A person who takes part by themselves, with a software: one sworn declaration.
pub fn settings() -> ValidSettings {
    let settings = Settings {
        participation_sas: true,
        participation_sas_via: Some(Via::Individual),
        has_software: Some(true),
        ..Settings::default()
    };
    settings.validate(Mode::Strict, |_| None).expect("the settings pass the rules")
}

/// Randomness that repeats: a 64-bit mixing counter.
pub struct Draws(pub u64);

impl Random for Draws {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
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
