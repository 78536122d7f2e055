//! SIRET: the number of a company's site. SIREN and 5 digits, Luhn over all 14; La Poste's sites have their own key.
//!
//! Source: INSEE; python-stdnum `stdnum.fr.siret`: the sites of La Poste (356 000 000) but its seat have a digit sum
//! that is a multiple of 5. Whether the site exists is not asked here.

use super::{Siren, digits, luhn};
use crate::error::Code;
use serde::{Deserialize, Serialize};

/// A SIRET number.
///
/// ```
/// use sas_psc::id::Siret;
///
/// let siret = Siret::parse("18751275100020")?;
/// assert_eq!(siret.grouped(), "187\u{a0}512\u{a0}751\u{a0}00020");
/// assert_eq!(siret.siren().unwrap().as_str(), "187512751");
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Siret([u8; 14]);

impl Siret {
    /// Reads 14 digits, without allocating. The key of the SIREN inside is checked too.
    ///
    /// # Errors
    /// `id-character`, `id-length`, `id-never-allocated` (zeros only), `id-key`.
    pub const fn check(text: &[u8]) -> Result<Siret, Code> {
        let siret = match digits::exactly::<14>(text) {
            Ok(digits) if digits::only_zeros(&digits) => return Err(Code::ID_NEVER_ALLOCATED),
            Ok(digits) => Siret(digits),
            Err(code) => return Err(code),
        };
        let key =
            if siret.is_of_la_poste() { digits::sum(&siret.0).is_multiple_of(5) } else { luhn::is_valid(&siret.0) };
        let (siren, _) = siret.0.split_at(9);
        if key && luhn::is_valid(siren) { Ok(siret) } else { Err(Code::ID_KEY) }
    }

    /// The 14 digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The company; none for the test number whose first nine digits are zeros.
    pub const fn siren(&self) -> Option<Siren> {
        match Siren::check(self.0.split_at(9).0) {
            Ok(siren) => Some(siren),
            Err(_) => None,
        }
    }

    /// Whether this is a test number: six leading zeros, as on ANS's test cards.
    pub const fn is_test_number(&self) -> bool {
        digits::siren_is_test(&self.0)
    }

    /// `187 512 751 00020`, with no-break spaces.
    pub fn grouped(&self) -> String {
        digits::grouped(self.as_str(), &[3, 3, 3, 5])
    }

    /// A site of La Poste other than its seat, whose key is a plain Luhn.
    const fn is_of_la_poste(&self) -> bool {
        matches!(self.0.split_at(9), (b"356000000", site) if !matches!(site, b"00048"))
    }
}

digits::verbs!(Siret);
