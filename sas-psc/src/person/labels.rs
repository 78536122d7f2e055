//! How a person, a practice and a place read on a page, in French: codes become words, numbers are masked.
//!
//! Names are shown as the source spells them, capitals included. A code without a label is shown as it is.

use super::{Activity, Name, Practice, Professional};
use crate::nomenclature;

impl Name {
    /// Given and family name behind the civility: «Dr KIT DOC0000001». A civility without a word is left out.
    pub fn display(&self) -> String {
        titled(&self.civility, self)
    }
}

impl Professional {
    /// The civil name behind the title of the practices, if they give one: «Dr KIT DOC0000001».
    ///
    /// PSC holds «M» or «MME» as the person's civility and «DR» or «PR» as that of a practice.
    ///
    /// ```
    /// use sas_psc::id::IdNat;
    /// use sas_psc::person::{Name, Practice, Professional};
    ///
    /// let name = |civility: &str| Name { family: "DOC0000001".into(), given: "KIT".into(), civility: civility.into() };
    /// let person = Professional {
    ///     id_nat: IdNat::parse("899700218896")?,
    ///     other_ids: vec![],
    ///     name: name("M"),
    ///     practices: vec![Practice { profession: "10".into(), name: name("DR"), ..Practice::default() }],
    /// };
    /// assert_eq!(person.display_name(), "Dr KIT DOC0000001");
    /// assert_eq!(person.masked_number().unwrap(), "RPPS •••••••8896");
    /// # Ok::<(), sas_psc::Error>(())
    /// ```
    pub fn display_name(&self) -> String {
        let held = |title: &&str| self.practices.iter().any(|p| p.name.civility.eq_ignore_ascii_case(title));
        let title = ["PR", "DR"].into_iter().find(held).unwrap_or(&self.name.civility);
        titled(title, &self.name)
    }

    /// Which number is theirs, all but four digits hidden: «RPPS •••••••8896»; none without an RPPS or ADELI number.
    pub fn masked_number(&self) -> Option<String> {
        let rpps = self.rpps().map(|rpps| format!("RPPS {}", rpps.masked()));
        rpps.or_else(|| self.adeli().map(|adeli| format!("ADELI {}", adeli.masked())))
    }
}

impl Practice {
    /// The profession, and the speciality if there is one: «Médecin – Qualifié en Médecine générale».
    pub fn label(&self) -> String {
        [self.profession_label(), self.speciality_label()]
            .into_iter()
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" – ")
    }
}

impl Practice {
    /// The profession in words: «Médecin».
    pub fn profession_label(&self) -> &str {
        or_code(nomenclature::profession, &self.profession)
    }

    /// The category in words: «Civil».
    pub fn category_label(&self) -> &str {
        or_code(nomenclature::category, &self.category)
    }

    /// The speciality in words: «Qualifié en Médecine générale»; empty without one.
    pub fn speciality_label(&self) -> &str {
        or_code(nomenclature::speciality, &self.speciality)
    }
}

impl Activity {
    /// The place on one line: «CABINET M DOC0000001, 75009 PARIS»; the sector when the source names no place.
    pub fn label(&self) -> String {
        let (postcode, city) = (self.postcode.trim(), self.city.trim());
        // `bureauCedex` often begins with the postcode already.
        let town = if city.starts_with(postcode) { city.to_owned() } else { format!("{postcode} {city}") };
        let parts = [self.organization.trim(), town.trim()];
        let line = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
        if line.is_empty() { self.sector_label().to_owned() } else { line }
    }

    /// The sector in words: «Cabinet individuel».
    pub fn sector_label(&self) -> &str {
        or_code(nomenclature::sector, &self.sector)
    }

    /// The mode in words: «Salarié».
    pub fn mode_label(&self) -> &str {
        or_code(nomenclature::mode, &self.mode)
    }

    /// The role in words: «Titulaire de cabinet»; empty without one.
    pub fn role_label(&self) -> &str {
        or_code(nomenclature::role, &self.role)
    }

    /// The kind in words: «Activité de soin et de pharmacie»; empty without one.
    pub fn kind_label(&self) -> &str {
        or_code(nomenclature::activity_kind, &self.kind)
    }

    /// The pharmacist's section in words: «Pharmacien titulaire d'officine»; empty without one.
    pub fn pharmacist_section_label(&self) -> &str {
        or_code(nomenclature::pharmacist_section, &self.pharmacist_section)
    }
}

fn or_code(table: fn(&str) -> Option<&'static str>, code: &str) -> &str {
    table(code).unwrap_or(code)
}

fn titled(civility: &str, name: &Name) -> String {
    let title = match civility.to_ascii_uppercase().as_str() {
        "DR" => "Dr",
        "PR" => "Pr",
        "M" => "M.",
        "MME" => "Mme",
        other => nomenclature::civility(other).unwrap_or(""),
    };
    let words = [title, name.given.trim(), name.family.trim()];
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::IdNat;
    use crate::person::OtherId;

    fn name(civility: &str) -> Name {
        Name { family: "DOC0000001".into(), given: "KIT".into(), civility: civility.into() }
    }

    fn person(id_nat: &str, titles: &[&str]) -> Professional {
        let practice = |title: &&str| Practice { name: name(title), ..Practice::default() };
        Professional {
            id_nat: IdNat::parse(id_nat).unwrap(),
            other_ids: vec![],
            name: name("MME"),
            practices: titles.iter().map(practice).collect(),
        }
    }

    #[test]
    fn a_name_follows_its_civility() {
        let cases = [
            ("DR", "Dr KIT DOC0000001"),
            ("pr", "Pr KIT DOC0000001"),
            ("M", "M. KIT DOC0000001"),
            ("MME", "Mme KIT DOC0000001"),
            ("MC", "Médecin chef KIT DOC0000001"),
            ("", "KIT DOC0000001"),
            ("XYZ", "KIT DOC0000001"),
        ];
        for (civility, shown) in cases {
            assert_eq!(name(civility).display(), shown);
        }
        assert_eq!(Name { given: " ".into(), ..name("DR") }.display(), "Dr DOC0000001");
        assert_eq!(Name::default().display(), "");
    }

    #[test]
    fn the_title_of_a_practice_is_shown_professor_before_doctor() {
        assert_eq!(person("899700218896", &[]).display_name(), "Mme KIT DOC0000001");
        assert_eq!(person("899700218896", &["", "DR"]).display_name(), "Dr KIT DOC0000001");
        assert_eq!(person("899700218896", &["DR", "PR"]).display_name(), "Pr KIT DOC0000001");
        assert_eq!(person("899700218896", &["MME"]).display_name(), "Mme KIT DOC0000001");
    }

    #[test]
    fn a_number_is_shown_by_its_last_four_digits() {
        assert_eq!(person("899700218896", &[]).masked_number().unwrap(), "RPPS •••••••8896");
        assert_eq!(person("00B6087510", &[]).masked_number().unwrap(), "ADELI •••••7510");
        for other in ["30B0057881/CPET0002", "019c5172-a5c0-7188-b81f-5c16807b9140", "899700218897"] {
            assert_eq!(person(other, &[]).masked_number(), None, "{other}");
        }
    }

    #[test]
    fn a_psi_identity_is_known_by_the_number_listed_beside_it() {
        let mut psi = person("019c5172-a5c0-7188-b81f-5c16807b9140", &[]);
        for (id, origin, rpps) in [
            ("899700218896", "RPPS", Some("99700218896")),
            ("99700218896", "rpps", Some("99700218896")),
            ("899700218897", "RPPS", None),
            ("899700218896", "EDIT", None),
        ] {
            psi.other_ids = vec![OtherId { id: IdNat::parse(id).unwrap(), origin: origin.into(), quality: Some(1) }];
            assert_eq!(psi.rpps().as_ref().map(|rpps| rpps.as_str()), rpps, "{id} from {origin}");
        }
        psi.other_ids[0] = OtherId { id: IdNat::parse("00B6087510").unwrap(), origin: "ADELI".into(), quality: None };
        assert_eq!(psi.adeli().unwrap().as_str(), "0B6087510");
    }

    #[test]
    fn a_practice_reads_as_words_and_falls_back_to_its_codes() {
        let practice = |profession: &str, speciality: &str| {
            Practice { profession: profession.into(), speciality: speciality.into(), ..Practice::default() }.label()
        };
        assert_eq!(practice("10", "SM26"), "Médecin – Qualifié en Médecine générale");
        assert_eq!(practice("60", ""), "Infirmier");
        assert_eq!(practice("10", "SM999"), "Médecin – SM999");
        assert_eq!(practice("777", ""), "777");
        assert_eq!(practice("", ""), "");
    }

    #[test]
    fn a_place_reads_on_one_line_whatever_the_source_left_out() {
        let place = |organization: &str, postcode: &str, city: &str| {
            let (organization, postcode, city) = (organization.into(), postcode.into(), city.into());
            Activity { organization, postcode, city, sector: "SA07".into(), ..Activity::default() }.label()
        };
        assert_eq!(place("CABINET M DOC0000001", "75009", "PARIS"), "CABINET M DOC0000001, 75009 PARIS");
        assert_eq!(place("HOPITAL", "75009", "75009 PARIS"), "HOPITAL, 75009 PARIS");
        assert_eq!(place("HOPITAL", "", ""), "HOPITAL");
        assert_eq!(place("", "", "PARIS CEDEX 09"), "PARIS CEDEX 09");
        assert_eq!(place("", "75009", ""), "75009");
        assert_eq!(place(" ", "", ""), "Cabinet individuel");
        let bare = Activity { mode: "S".into(), sector: "SA99".into(), ..Activity::default() };
        assert_eq!((bare.mode_label(), bare.sector_label(), bare.label()), ("Salarié", "SA99", "SA99".to_owned()));
    }

    #[test]
    fn debug_shows_no_name_number_or_place() {
        let mut doctor = person("899700218896", &["DR"]);
        let place = "CABINET M DOC0000001".to_owned();
        doctor.practices[0].activities =
            vec![Activity { organization: place, city: "PARIS".into(), ..Activity::default() }];
        let shown = format!("{doctor:?}");
        for secret in ["DOC0000001", "KIT", "9970021", "CABINET", "PARIS"] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }
}
