//! The contractual documents of the platform: two files per language under `terms/`, shown and hashed byte for byte.
//!
//! To change them, add a version below with its date; never edit a file that somebody accepted.

use sas_psc::Result;
use sas_psc::base::Timestamp;
use sas_psc::consent::{Change, Document, Terms, TermsVersion};

/// What draws them on the screen; its hash stands in each record of an answer.
pub const SHOWN_BY: [&str; 4] = [
    include_str!("../templates/layout.html"),
    include_str!("../templates/form.html"),
    include_str!("../templates/terms.html"),
    include_str!("../assets/style.css"),
];

/// Every version, the oldest first; French first, for it is the one that holds.
pub fn load() -> Result<Terms> {
    let from = Timestamp::parse_rfc3339("2026-11-01T00:00:00Z")?;
    let version = |lang, cgu: (&str, &str), privacy: (&str, &str)| {
        let document = |(title, text): (&str, &str)| Document::new(title, "text/plain; charset=utf-8", text);
        TermsVersion::new("cgu", "2026-11", lang, from, Change::Material, vec![document(cgu), document(privacy)])
    };
    Terms::new(vec![
        version(
            "fr",
            ("Conditions générales d'utilisation (CGU)", include_str!("../terms/cgu.fr.txt")),
            ("Politique de confidentialité", include_str!("../terms/confidentialite.fr.txt")),
        )?,
        version(
            "en",
            ("General terms of use", include_str!("../terms/cgu.en.txt")),
            ("Privacy policy", include_str!("../terms/confidentialite.en.txt")),
        )?,
    ])
}
