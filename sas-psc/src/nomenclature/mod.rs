//! The published code tables as words: the French label of a code that a token, a card or the directory holds.
//!
//! Source: ANS, Nomenclature des objets de santé (Terminologies de santé). The tables gain codes every few months, so a
//! code stays a string everywhere and a look-up may find nothing: show the code then. Labels are French as published;
//! they are not translated.
//!
//! ```
//! use sas_psc::nomenclature;
//!
//! assert_eq!(nomenclature::profession("10"), Some("Médecin"));
//! assert_eq!(nomenclature::speciality("SM54"), Some("Médecine générale"));
//! assert_eq!(nomenclature::sector("SA999"), None);
//! ```

mod activity;
mod profession;
mod role;
mod savoir_faire;

/// Codes and labels, sorted by code.
type Table = &'static [(&'static str, &'static str)];

fn label(table: Table, code: &str) -> Option<&'static str> {
    table.binary_search_by_key(&code, |row| row.0).ok().map(|at| table[at].1)
}

/// Profession (TRE_G15, TRE_R94, TRE_R95, TRE_R291): `10` is «Médecin».
pub fn profession(code: &str) -> Option<&'static str> {
    label(profession::PROFESSIONS, code)
}

/// Professional category (TRE_R09): `C` is «Civil», `E` «Etudiant».
pub fn category(code: &str) -> Option<&'static str> {
    label(profession::CATEGORIES, code)
}

/// Civility (TRE_R81, TRE_R11): `DR` is «Docteur».
pub fn civility(code: &str) -> Option<&'static str> {
    label(profession::CIVILITIES, code)
}

/// Savoir-faire that is an ordinal speciality (TRE_R38): `SM26` is «Qualifié en Médecine générale».
pub fn speciality(code: &str) -> Option<&'static str> {
    label(savoir_faire::SPECIALITIES, code)
}

/// Kind of savoir-faire (TRE_R04): `S` is «Spécialité ordinale».
pub fn speciality_kind(code: &str) -> Option<&'static str> {
    label(savoir_faire::KINDS, code)
}

/// Sector of an activity (TRE_R02): `SA07` is «Cabinet individuel».
pub fn sector(code: &str) -> Option<&'static str> {
    label(activity::SECTORS, code)
}

/// Role in an activity (TRE_R21): `FON-02` is «Associé dans une société d'exercice (SEL ou SCP)»; for profession 99, the
/// role that is the profession (TRE_R85): `313` is «Aide-soignant».
pub fn role(code: &str) -> Option<&'static str> {
    label(role::ROLES, code)
}

/// Kind of an activity (TRE_R22): `GENR01` is «Activité de soin et de pharmacie».
pub fn activity_kind(code: &str) -> Option<&'static str> {
    label(role::KINDS, code)
}

/// Section of a pharmacist (TRE_G05): `A` is «Pharmacien titulaire d'officine».
pub fn pharmacist_section(code: &str) -> Option<&'static str> {
    label(role::PHARMACIST_SECTIONS, code)
}

/// Mode of an activity (TRE_R23): `S` is «Salarié».
pub fn mode(code: &str) -> Option<&'static str> {
    label(activity::MODES, code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_sorted_without_a_code_twice_and_finds_each_row() {
        let tables = [
            profession::PROFESSIONS,
            profession::CATEGORIES,
            profession::CIVILITIES,
            savoir_faire::SPECIALITIES,
            savoir_faire::KINDS,
            activity::SECTORS,
            activity::MODES,
            role::ROLES,
            role::KINDS,
            role::PHARMACIST_SECTIONS,
        ];
        for table in tables {
            assert!(table.is_sorted_by(|one, next| one.0 < next.0), "{}", table[0].0);
            for (code, text) in table {
                assert_eq!(label(table, code), Some(*text));
                assert!(!text.is_empty() && text.trim() == *text, "{code}");
            }
        }
    }

    #[test]
    fn a_code_that_is_not_in_its_table_has_no_label() {
        for code in ["", "1", "010", "10 ", "950", "médecin"] {
            assert_eq!(profession(code), None, "{code}");
        }
        assert_eq!(speciality("sm26"), None);
        assert_eq!(mode("X"), None);
    }

    #[test]
    fn the_codes_of_the_sign_in_have_their_labels() {
        assert_eq!(sector("SA07"), Some("Cabinet individuel"));
        assert_eq!(mode("L"), Some("Libéral, indépendant, artisan, commerçant"));
        assert_eq!(category("C"), Some("Civil"));
        assert_eq!(civility("DR"), Some("Docteur"));
        assert_eq!(speciality_kind("S"), Some("Spécialité ordinale"));
        assert_eq!(speciality("SM26"), Some("Qualifié en Médecine générale"));
        assert_eq!(role("FON-02"), Some("Associé dans une société d'exercice (SEL ou SCP)"));
        assert_eq!(role("313"), Some("Aide-soignant"));
        assert_eq!(activity_kind("GENR01"), Some("Activité de soin et de pharmacie"));
        assert_eq!(pharmacist_section("A"), Some("Pharmacien titulaire d'officine"));
        assert_eq!(profession("93"), Some("Psychologue"));
    }
}
