//! Who may open an account of their own. A rule that a platform may replace.
//!
//! The default follows the SAS platform: an account of an effector belongs to a number of a professional, RPPS (type 8)
//! or ADELI (type 0), the person's own or, for a PSI identity, the RPPS that PSC lists beside it. Cards of staff
//! (types 1, 3, 4, 5, 6) stop here, and the answer names the role to ask for.
//!
//! Source: ansforge/SAS-moteur-recherche `SasUserConstants.php` (roles, pattern `^(0|8)(\d+)$`); TRE_G08 (type digits).

use crate::error::{Code, Error, Result};
use crate::id::IdNatKind;
use crate::person::Professional;

/// A rule: `Ok` lets the person go on; the error is what they are told.
pub type Eligibility = fn(&Professional) -> Result<()>;

/// The default rule.
///
/// # Errors
/// `eligibility-structure-staff`: ask for the role of structure manager.
/// `eligibility-practice-staff`: ask for the role of delegate.
/// `eligibility-unknown-identity`: ask the account manager of the territory.
pub fn professionals_only(person: &Professional) -> Result<()> {
    // A staff card stays one, whatever other numbers its holder has.
    Err(Error::new(match person.id_nat.kind() {
        IdNatKind::Finess | IdNatKind::Siren | IdNatKind::Siret => Code::ELIGIBILITY_STRUCTURE_STAFF,
        IdNatKind::AdeliPractice | IdNatKind::RppsPractice => Code::ELIGIBILITY_PRACTICE_STAFF,
        _ if person.rpps().is_some() || person.adeli().is_some() => return Ok(()),
        _ => Code::ELIGIBILITY_UNKNOWN_IDENTITY,
    }))
}
