//! A card's certificate as JSON: what C and Python take from us. It holds the person's name and numbers: it is an answer,
//! never a log line.

use super::{CardCertificate, Holder};
use serde::Serialize;

/// Everything that a certificate says. Empty texts are what it leaves out.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DescribedCertificate<'a> {
    /// `CPS`, `CPF`, `CPE`, `CPA`, `CDE`, `other`; none for a certificate that is in no card.
    pub kind: Option<&'static str>,
    /// `authentication`, `signature`, `technical`, `other`.
    pub purpose: &'static str,
    /// The card's number.
    pub card: Option<String>,
    /// The number of the card's issuer.
    pub issuer_number: Option<&'a str>,
    /// Whether it says that it is of a test card.
    pub test: Option<bool>,
    /// The holder's national identifier; none when it names no holder.
    pub id_nat: Option<&'a str>,
    /// Family name.
    pub family: &'a str,
    /// Given name.
    pub given: &'a str,
    /// The profession as a word, or the kind of staff.
    pub title: &'a str,
    /// Profession code.
    pub profession: &'a str,
    /// The national identifier of the structure, on a staff card.
    pub structure: Option<&'a str>,
    /// The structure's name.
    pub organization: &'a str,
    /// The name of the authority that it says has issued it.
    pub issuer: &'a str,
    /// From when it is good, RFC 3339.
    pub not_before: String,
    /// Until when it is good, RFC 3339.
    pub not_after: String,
    /// SHA-256 of its bytes, hexadecimal.
    pub fingerprint: String,
    /// Where its authority publishes who was revoked.
    pub revocation_lists: &'a [String],
}

impl CardCertificate {
    /// The certificate as JSON.
    pub fn described(&self) -> DescribedCertificate<'_> {
        let holder = self.holder().ok();
        let text = |of: fn(&Holder) -> &str| holder.map_or("", of);
        DescribedCertificate {
            kind: self.card_type().map(|card| card.word()),
            purpose: self.purpose().word(),
            card: self.card().map(|card| card.to_string()),
            issuer_number: self.card_issuer(),
            test: self.says_test(),
            id_nat: holder.map(|holder| holder.id_nat.as_str()),
            family: text(|holder| &holder.family),
            given: text(|holder| &holder.given),
            title: text(|holder| &holder.title),
            profession: text(|holder| &holder.profession),
            structure: holder.and_then(|holder| holder.structure.as_ref()).map(|structure| structure.as_str()),
            organization: text(|holder| &holder.organization),
            issuer: self.issuer(),
            not_before: self.not_before().to_string(),
            not_after: self.not_after().to_string(),
            fingerprint: self.fingerprint().iter().map(|byte| format!("{byte:02x}")).collect(),
            revocation_lists: self.revocation_lists(),
        }
    }
}
