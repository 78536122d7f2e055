//! How numbers are shown, and how FHIR names them: the rows that C and Python read too. And one answer, with or without texts.

use proptest::prelude::*;
use sas_psc::id::fhir::{self, FhirIdentifier};
use sas_psc::id::{IdNat, Kind, check, grouped, judge, normalized};

fn rows(text: &'static str, count: usize) -> Vec<Vec<&'static str>> {
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), count, "rows were added or lost");
    rows
}

#[test]
fn numbers_are_shown_in_the_groups_of_their_kind() {
    for row in rows(include_str!("../../vectors/identifiers-grouped.csv"), 21) {
        let [kind, value, shown] = row[..] else { panic!("{row:?}") };
        let kind: Kind = kind.parse().unwrap();
        assert_eq!(grouped(kind, value).unwrap(), shown);
        let bare: String = shown.chars().filter(|c| *c != '\u{a0}').collect();
        assert_eq!(normalized(kind, value).unwrap(), bare, "groups only add no-break spaces");
    }
}

#[test]
fn what_fhir_names_is_read_by_type_code_then_system_then_shape() {
    for row in rows(include_str!("../../vectors/identifiers-fhir.csv"), 36) {
        let [system, type_code, value, kind, number, rpps] = row[..] else { panic!("{row:?}") };
        let some = |cell: &'static str| (!cell.is_empty()).then_some(cell);
        match FhirIdentifier::read(some(system), some(type_code), value) {
            Ok(found) => {
                assert_eq!((found.kind(), found.as_str()), (kind, number), "{row:?}");
                assert_eq!(found.rpps().map(|rpps| rpps.to_string()).as_deref(), some(rpps), "{row:?}");
            }
            Err(error) => assert_eq!(format!("error {}", error.code().name()), kind, "{row:?}"),
        }
    }
    let json = |id: FhirIdentifier| serde_json::to_string(&id).unwrap();
    let id = FhirIdentifier::read(Some(fhir::ID_NAT), None, "899700218896").unwrap();
    assert_eq!(json(id), r#"{"kind":"id-nat","value":"899700218896","rpps":"99700218896"}"#);
}

#[test]
fn a_search_takes_the_number_that_the_directory_knows() {
    let token = |id| fhir::token(&IdNat::parse(id).unwrap());
    assert_eq!(token("899700218896"), "https://rpps.esante.gouv.fr|99700218896");
    assert_eq!(token("00B6077602"), "urn:oid:1.2.250.1.71.4.2.1|00B6077602");
}

proptest! {
    #[test]
    fn the_check_without_texts_says_the_same(value in "[ \u{a0}é]?[0-9A-Zab/]{0,16}[ \n]?|[0-9a]{60,70}", refuse in any::<bool>()) {
        for kind in Kind::ALL {
            let (texts, bare) = (check(*kind, &value, refuse), judge(*kind, &value, refuse));
            prop_assert_eq!((texts.kind, texts.valid, texts.checked), (bare.kind, bare.is_valid(), bare.checked));
            prop_assert_eq!((texts.reason, texts.test_number, texts.code()), (bare.reason, bare.test_number, bare.code()));
            prop_assert_eq!(texts.normalized, bare.normalized(&value).map(|normal| normal.into_owned()));
            if !refuse {
                let code = normalized(*kind, &value).err().map(|error| error.code());
                prop_assert_eq!(code, bare.code());
            }
        }
    }
}
