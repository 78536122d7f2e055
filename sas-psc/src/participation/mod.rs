//! The participation settings of an effector or a structure, slots of the agenda and absences from it: what is asked, the rules,
//! the sworn declarations, the payload for SAS.
//!
//! Follows the public part of the SAS site (ansforge/SAS-moteur-recherche e951be9): the entity `sas_snp_user_data`, its
//! constraint `EffectorSettingsValid` and the form `DashboardSettingsModal`. It calls no SAS server: those are internal.
//!
//! ```
//! use sas_psc::participation::{Mode, Settings, Via};
//!
//! let mut settings = Settings { participation_sas: true, participation_sas_via: Some(Via::Individual), ..Settings::default() };
//! let problems = settings.validate(Mode::Strict, |_| None).unwrap_err();
//! assert_eq!(problems[0].field(), "has_software");
//!
//! settings.has_software = Some(false);
//! settings.hours_available = Some(true);
//! let valid = settings.validate(Mode::Strict, |_| None).unwrap();
//! assert_eq!(valid.declarations().len(), 1); // sworn: to be reviewed before it is saved
//! assert_eq!(valid.payload()["participation_sas_via"], 1);
//! ```

mod absences;
mod check;
mod form;
mod read;
mod rules;
mod sentence;
mod settings;
mod slot;
mod structure;
mod times;
mod valid;
mod weekly;
mod words;

pub use absences::{Absence, Absences};
#[cfg(feature = "system")]
pub(crate) use check::members;
pub use check::{
    Check, CheckProblem, check_absences_json, check_json, check_slot_json, check_structure_json, slot_days_json,
};
pub use form::{Form, Refusal};
pub use rules::{Mode, Problem};
pub use sentence::Sentence;
pub use settings::{Settings, Via};
pub use slot::{MODALITIES, Slot};
pub use structure::{StructureIdType, StructureSettings};
pub use valid::ValidSettings;
pub use words::{Declaration, Label};
