//! An e-mail address: as typed, for sending, and in the canonical form by which two are the same.
//!
//! The rules are RFC 5321's for length and dot-atoms, and stricter where its freedom only serves attacks: no quoted
//! local part, no comment, no domain literal, no accent before the `@` (a policy: SMTPUTF8 is not asked of servers).
//! The domain is UTS #46's A-label in lower case. Dots and `+` are kept: whether they matter is the mailbox's affair.
//! Nothing is looked up: an address that parses may still not exist.

use crate::error::{Code, Error, Lang, Result};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// An e-mail address that follows the rules of this module.
///
/// ```
/// use sas_psc::email::Address;
///
/// let address = Address::parse("Jeanne.Dupont@Exemple.FR")?;
/// assert_eq!(address.as_typed(), "Jeanne.Dupont@Exemple.FR");
/// assert_eq!(address.canonical(), "jeanne.dupont@exemple.fr");
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address(Arc<Forms>);

/// Shared: a challenge and the proof that comes of it hold the same ones.
struct Forms {
    typed: String,
    /// Local part as typed, `@`, the domain's A-label in lower case.
    envelope: String,
    canonical: String,
}

impl Address {
    /// Reads an address. Spaces around it are dropped, as `<input type=email>` does; nothing else is repaired.
    ///
    /// # Errors
    /// `email-length`, `email-at-sign`, `email-character`, `email-local-part`, `email-domain`;
    /// `email-domain-international` for an accented domain when the feature `idn` is off.
    pub fn parse(text: &str) -> Result<Address> {
        let typed = text.trim_matches(' ');
        let error = |code| Err(Error::new(code));
        if typed.len() > MAX_TYPED {
            return error(Code::EMAIL_LENGTH);
        }
        if typed.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return error(Code::EMAIL_CHARACTER);
        }
        let Some((local, domain)) = typed.split_once('@').filter(|(_, domain)| !domain.contains('@')) else {
            return error(Code::EMAIL_AT_SIGN);
        };
        check_local(local)?;
        let domain = to_a_label(domain)?;
        check_domain(&domain)?;
        let envelope = format!("{local}@{domain}");
        if envelope.len() > MAX_ADDRESS {
            return error(Code::EMAIL_LENGTH);
        }
        let (typed, canonical) = (typed.to_owned(), envelope.to_ascii_lowercase());
        Ok(Address(Arc::new(Forms { typed, envelope, canonical })))
    }

    /// The address as the person typed it, for the screen.
    pub fn as_typed(&self) -> &str {
        &self.0.typed
    }

    /// The address for SMTP: the local part as typed, the domain's A-label. Always ASCII.
    pub fn envelope(&self) -> &str {
        &self.0.envelope
    }

    /// The form by which two addresses are the same: all in lower case, the domain's A-label. Always ASCII.
    pub fn canonical(&self) -> &str {
        &self.0.canonical
    }

    /// The answer of `sas-psc email check`.
    pub fn check(text: &str) -> AddressCheck {
        let (canonical, reason, warnings) = match Address::parse(text) {
            Ok(address) => {
                let warnings = address.warnings().into_iter().map(AddressWarning::name).collect();
                (Some(address.canonical().to_owned()), None, warnings)
            }
            Err(error) => (None, Some(error.code().name().trim_start_matches("email-")), Vec::new()),
        };
        AddressCheck { address: text.to_owned(), valid: reason.is_none(), canonical, reason, warnings }
    }

    /// What a person should look at twice, without being refused: domains of other scripts than ours are legal. Empty
    /// without the feature `idn`.
    pub fn warnings(&self) -> Vec<AddressWarning> {
        #[cfg(feature = "idn")]
        return looks::warnings(self.canonical().split_once('@').map_or("", |(_, domain)| domain));
        #[cfg(not(feature = "idn"))]
        Vec::new()
    }
}

/// What may mislead the eye in a domain (UTS #39).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AddressWarning {
    /// A part of the domain mixes letters of several scripts, such as Latin and Cyrillic.
    MixedScript,
    /// The domain looks like another one, written in plain ASCII letters.
    Confusable,
}

impl AddressWarning {
    /// `mixed-script`, `confusable`.
    pub const fn name(self) -> &'static str {
        match self {
            AddressWarning::MixedScript => "mixed-script",
            AddressWarning::Confusable => "confusable",
        }
    }

    /// A sentence for the person.
    pub const fn text(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (AddressWarning::MixedScript, Lang::Fr) => {
                "Le domaine mélange plusieurs alphabets : vérifiez-le signe par signe."
            }
            (AddressWarning::MixedScript, Lang::En) => "The domain mixes several alphabets: check it letter by letter.",
            (AddressWarning::Confusable, Lang::Fr) => {
                "Le domaine ressemble à un autre, écrit en signes latins : vérifiez-le signe par signe."
            }
            (AddressWarning::Confusable, Lang::En) => {
                "The domain looks like another one in Latin letters: check it letter by letter."
            }
        }
    }
}

#[cfg(feature = "idn")]
mod looks {
    use super::AddressWarning;
    use unicode_security::MixedScript;
    use unicode_security::confusable_detection::skeleton;

    /// `domain` in its canonical form.
    pub(super) fn warnings(domain: &str) -> Vec<AddressWarning> {
        let (shown, _) = idna::domain_to_unicode(domain);
        if shown.is_ascii() {
            return Vec::new();
        }
        let mixed = shown.split('.').any(|label| !label.is_single_script());
        let ascii = skeleton(&shown).all(|c| c.is_ascii());
        let found = [(mixed, AddressWarning::MixedScript), (ascii, AddressWarning::Confusable)];
        found.into_iter().filter_map(|(is, warning)| is.then_some(warning)).collect()
    }
}

/// RFC 5321 §4.5.3.1.3: a path is at most 256 octets with its angle brackets.
const MAX_ADDRESS: usize = 254;
/// RFC 5321 §4.5.3.1.1.
const MAX_LOCAL: usize = 64;
/// An internationalised domain is longer in UTF-8 than in its A-label, so that the typed form has a bound of its own.
const MAX_TYPED: usize = 4 * MAX_ADDRESS;

/// A dot-atom of RFC 5321 §4.1.2.
fn check_local(local: &str) -> Result<()> {
    let atext = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b);
    if !local.bytes().all(atext) {
        return Err(Error::new(Code::EMAIL_CHARACTER));
    }
    if local.len() > MAX_LOCAL {
        return Err(Error::new(Code::EMAIL_LENGTH));
    }
    if local.split('.').any(str::is_empty) {
        return Err(Error::new(Code::EMAIL_LOCAL_PART));
    }
    Ok(())
}

/// A host name with at least one dot, whose last label is not a number.
fn check_domain(domain: &str) -> Result<()> {
    let ldh = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    let label = |l: &str| (1..=63).contains(&l.len()) && l.bytes().all(ldh) && !l.starts_with('-') && !l.ends_with('-');
    let last = domain.rsplit('.').next().unwrap_or("");
    let named = domain.contains('.') && !last.bytes().all(|b| b.is_ascii_digit());
    if named && domain.split('.').all(label) { Ok(()) } else { Err(Error::new(Code::EMAIL_DOMAIN)) }
}

/// An ASCII domain is only lowered, so that it has one canonical form with and without the feature.
fn to_a_label(domain: &str) -> Result<String> {
    if domain.is_ascii() {
        return Ok(domain.to_ascii_lowercase());
    }
    #[cfg(feature = "idn")]
    return idna::domain_to_ascii_strict(domain).map_err(|_| Error::new(Code::EMAIL_DOMAIN));
    #[cfg(not(feature = "idn"))]
    Err(Error::new(Code::EMAIL_DOMAIN_INTERNATIONAL))
}

/// Whether a text is an address, as JSON has it. Holds what was typed: `Debug` masks it.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct AddressCheck {
    /// The text given.
    pub address: String,
    /// Whether it is an address.
    pub valid: bool,
    /// Its canonical form, when it is one.
    pub canonical: Option<String>,
    /// Why not: `length`, `at-sign`, `character`, `local-part`, `domain`, `domain-international`.
    pub reason: Option<&'static str>,
    /// What to look at twice: `mixed-script`, `confusable`. Absent from the JSON when there is nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<&'static str>,
}

impl AddressCheck {
    /// The error code that says it, when the text is no address.
    pub fn code(&self) -> Option<Code> {
        Code::from_name(&format!("email-{}", self.reason?))
    }
}

impl fmt::Debug for AddressCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AddressCheck").field("valid", &self.valid).field("reason", &self.reason).finish_non_exhaustive()
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(•••)")
    }
}

/// By the canonical form.
impl PartialEq for Address {
    fn eq(&self, other: &Address) -> bool {
        self.canonical() == other.canonical()
    }
}

impl Eq for Address {}

impl FromStr for Address {
    type Err = Error;
    fn from_str(text: &str) -> Result<Address> {
        Address::parse(text)
    }
}

impl TryFrom<String> for Address {
    type Error = Error;
    fn try_from(text: String) -> Result<Address> {
        Address::parse(&text)
    }
}

impl From<Address> for String {
    fn from(address: Address) -> String {
        address.as_typed().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One line: the address with \-escapes in double quotes, canonical or empty, reason or empty, `idn` or empty.
    #[test]
    fn every_row_of_the_vectors() {
        let text = include_str!("../../../vectors/email/addresses.csv");
        let mut rows = 0;
        for line in text.lines().filter(|l| !l.starts_with('#') && !l.is_empty()).skip(1) {
            let [address, canonical, reason, needs] = line.split(';').collect::<Vec<_>>()[..] else { panic!("{line}") };
            let address: String = serde_json::from_str(address).unwrap();
            let (mut canonical, mut reason) = (canonical, reason);
            if needs == "idn" && !cfg!(feature = "idn") {
                (canonical, reason) = ("", "domain-international");
            }
            let check = Address::check(&address);
            assert_eq!(check.reason.unwrap_or(""), reason, "{line}");
            assert_eq!(check.canonical.as_deref().unwrap_or(""), canonical, "{line}");
            assert_eq!(check.valid, reason.is_empty(), "{line}");
            rows += 1;
        }
        assert!(rows > 50, "{rows} rows");
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_typed_the_canonical_form_is_its_own(text in "[ -~]{0,12}@?[a-zA-Z.é-]{0,12}|\\PC{0,40}") {
            if let Ok(address) = Address::parse(&text) {
                let canonical = address.canonical();
                proptest::prop_assert!(canonical.is_ascii() && canonical.len() <= MAX_ADDRESS);
                let again = Address::parse(canonical).unwrap();
                proptest::prop_assert_eq!(again.canonical(), canonical);
            }
        }
    }

    #[test]
    fn the_lengths_of_rfc_5321() {
        let at = |local: usize, domain: usize| {
            let labels = ["a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(63)].join(".");
            Address::parse(&format!("{}@{}.fr", "x".repeat(local), &labels[..domain - 3])).map(|a| a.canonical().len())
        };
        assert_eq!(at(64, 189).unwrap(), 254);
        assert_eq!(at(64, 190).unwrap_err().code(), Code::EMAIL_LENGTH);
        assert_eq!(at(65, 20).unwrap_err().code(), Code::EMAIL_LENGTH);
        assert_eq!(Address::parse(&"x".repeat(1_000_000)).unwrap_err().code(), Code::EMAIL_LENGTH);
    }

    #[test]
    fn an_address_shows_nothing_of_itself_in_debug_and_comes_back_from_json() {
        let address = Address::parse("Jeanne@Exemple.fr").unwrap();
        assert!(!format!("{address:?} {:?}", Address::check("Jeanne@Exemple.fr")).to_lowercase().contains("jeanne"));
        let json = serde_json::to_string(&address).unwrap();
        assert_eq!(json, r#""Jeanne@Exemple.fr""#);
        assert_eq!(serde_json::from_str::<Address>(&json).unwrap(), address);
        assert!(serde_json::from_str::<Address>(r#""jeanne""#).is_err());
    }

    /// Ours are invented; the techniques are those of UTS #39's examples.
    #[test]
    #[cfg(feature = "idn")]
    fn a_domain_that_misleads_the_eye_is_told_and_taken() {
        use AddressWarning::{Confusable, MixedScript};
        for (domain, expected) in [
            ("exemple.fr", &[][..]),
            ("hôpital-éléonore.fr", &[]),
            ("пример.рф", &[]),
            ("例え.jp", &[]),
            ("straße.de", &[]),
            ("ехеmрlе.fr", &[MixedScript, Confusable]), // Cyrillic е, х, р
            ("xn--80ak6aa92e.com", &[Confusable]),      // all Cyrillic, as `apple`
            ("сабіnет.fr", &[MixedScript]),
            ("cabinet.ѕаѕ.fr", &[Confusable]),
        ] {
            let address = Address::parse(&format!("jeanne@{domain}")).unwrap();
            assert_eq!(address.warnings(), expected, "{domain}");
            let check = Address::check(&format!("jeanne@{domain}"));
            assert!(check.valid);
            assert_eq!(check.warnings, expected.iter().map(|w| w.name()).collect::<Vec<_>>());
        }
        for warning in [MixedScript, Confusable] {
            assert_ne!(warning.text(Lang::Fr), warning.text(Lang::En));
        }
        assert!(Address::check("a b@c.fr").warnings.is_empty());
    }

    #[test]
    fn the_check_is_the_json_of_the_command() {
        let json = |text| serde_json::to_string(&Address::check(text)).unwrap();
        assert_eq!(json("A@b.fr"), r#"{"address":"A@b.fr","valid":true,"canonical":"a@b.fr","reason":null}"#);
        assert_eq!(json("a b@c.fr"), r#"{"address":"a b@c.fr","valid":false,"canonical":null,"reason":"character"}"#);
    }
}
