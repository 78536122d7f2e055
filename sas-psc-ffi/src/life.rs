//! `sas_psc_life_due` and `sas_psc_export`: an account's life, and the file that a person is given of theirs.

use crate::argument::Maybe;
use crate::export::export;
use crate::string::{json, sas_psc_string};
use sas_psc::base::Timestamp;
use sas_psc::onboarding::lifecycle::{Life, LifeRules, PersonExport};
use std::ffi::c_char;

export! {
    /// What is due in the life of an account at now. life is JSON: {"active_at","draft","first_notice_at","last_notice_at",
    /// "closed_at"}, times in RFC 3339. rules: the members that differ from SAS's 8 months, 9 months and 7 days
    /// ({"first_notice_months","last_notice_months","closing_days","draft_days","closed_months"}); null for those. The answer is
    /// {"state","due":null|"first-notice"|"last-notice"|"close"|"erase-draft"|"erase-closed","next":{"due","at"}}.
    /// SAS_PSC_ERROR_LIFE_UNREADABLE, _LIFECYCLE_RULES, _TIME_INVALID.
    fn sas_psc_life_due(
        life: *const c_char,
        rules: Maybe<*const c_char>,
        now: i64,
        due: *mut *mut sas_psc_string,
    ) -> Status {
        let rules = LifeRules::from_json(rules.unwrap_or("{}"))?;
        due.give(json(&Life::from_json(life)?.described(&rules, Timestamp::from_unix_millis(now)))?);
        Ok(())
    }

    /// The file of all that is held of a person (docs/gdpr/export.schema.json), of the parts that you hold: a JSON object whose
    /// members are the schema's; what is your own goes under "application". SAS_PSC_ERROR_EXPORT_MEMBER.
    fn sas_psc_export(parts: *const c_char, now: i64, file: *mut *mut sas_psc_string) -> Status {
        file.give(PersonExport::of_parts(parts, Timestamp::from_unix_millis(now))?.to_json()?);
        Ok(())
    }
}
