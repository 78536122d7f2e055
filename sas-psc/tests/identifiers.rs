//! The published identifiers, row by row, through the public API; then what holds for every number of each kind.

use proptest::prelude::*;
use sas_psc::Code;
use sas_psc::id::{
    Adeli, CardNumber, Depth, Finess, IdNat, IdNatKind, Ins, Kind, Reason, Rpps, Siren, Siret, StructureId,
    StructureKind, StructureTechnicalId, check,
};

struct Row {
    line: usize,
    value: &'static str,
    kind: &'static str,
    valid: &'static str,
}

fn rows() -> Vec<Row> {
    let text = include_str!("../../vectors/identifiers.csv");
    let row = |(at, line): (usize, &'static str)| {
        let mut cells = line.splitn(4, ',');
        let mut cell = || cells.next().unwrap();
        Row { line: at + 1, value: cell(), kind: cell(), valid: cell() }
    };
    let rows: Vec<Row> = text.lines().enumerate().skip(1).map(row).collect();
    assert_eq!(rows.len(), 86, "rows were added or lost");
    rows
}

fn kind_of(word: &str) -> Kind {
    match word {
        "idnat_struct" => Kind::Structure,
        "struct_technical" => Kind::StructureTechnical,
        "cpx_card_number" => Kind::CardNumber,
        "psc_other" | "psc_psi" => Kind::Opaque,
        _ if word.starts_with("idnat_ps_") => Kind::IdNat,
        _ => word.parse().unwrap(),
    }
}

/// Why each row that is not valid is refused; the others have a wrong key.
fn reason_of(row: &Row) -> Reason {
    match (row.kind, row.value) {
        ("rpps", "1234567890" | "123" | "899700218896") => Reason::Length,
        ("rpps", "1234567890A" | "123-456-78903") => Reason::Character,
        ("idnat_ps_8", "810012345678901" | "99700218896") => Reason::Length,
        ("idnat_ps_9", _) => Reason::Withdrawn,
        _ => Reason::Key,
    }
}

#[test]
fn every_published_row_is_judged_as_published() {
    for row in rows() {
        let found = check(kind_of(row.kind), row.value, false);
        let at = format!("line {}: {} as {}: {:?}", row.line, row.value, row.kind, found);
        assert_eq!(found.kind, kind_of(row.kind), "{at}");
        match row.valid {
            "true" => assert_eq!((found.valid, found.checked, found.reason), (true, Depth::Key, None), "{at}"),
            "format-only" => {
                assert_eq!((found.valid, found.checked, found.reason), (true, Depth::Format, None), "{at}")
            }
            "false" => assert_eq!((found.valid, found.reason), (false, Some(reason_of(&row))), "{at}"),
            other => panic!("line {}: {other}", row.line),
        }
        assert_eq!(found.normalized.as_deref(), found.valid.then_some(row.value), "{at}");
    }
}

#[test]
fn every_published_row_finds_its_kind_by_itself() {
    for row in rows() {
        let found = check(Kind::Auto, row.value, false);
        let kind = match (row.kind, row.value) {
            // Nine digits look alike, and have the same key.
            ("adeli" | "siren", _) => Kind::Finess,
            // Given for another kind than theirs.
            ("rpps", "899700218896") => Kind::IdNat,
            ("idnat_ps_8", "99700218896") => Kind::Rpps,
            // Fifteen digits that start with 8.
            ("idnat_ps_8", "810012345678901") => Kind::Ins,
            // No kind has this shape.
            ("rpps", "1234567890" | "123" | "1234567890A" | "123-456-78903") | ("idnat_ps_9", _) => Kind::Auto,
            (word, _) => kind_of(word),
        };
        assert_eq!(found.kind, kind, "line {}: {}", row.line, row.value);
        let elsewhere = matches!((row.kind, row.value), ("rpps", "899700218896") | ("idnat_ps_8", "99700218896"));
        assert_eq!(found.valid, row.valid != "false" || elsewhere, "line {}: {}", row.line, row.value);
    }
}

#[test]
fn a_token_carries_every_published_identity_known_or_not() {
    for row in rows().into_iter().filter(|row| row.kind.starts_with("idnat_ps_") || row.kind.starts_with("psc_")) {
        let id = IdNat::parse(row.value).unwrap();
        assert_eq!(id.to_string(), row.value);
        let digit = row.kind.strip_prefix("idnat_ps_").and_then(|digit| digit.parse().ok());
        let another_shape = reason_of(&row) == Reason::Length;
        assert_eq!(id.kind().digit(), digit.filter(|_| !another_shape), "line {}: {}", row.line, row.value);
        assert_eq!(id.rpps().is_some(), row.kind == "idnat_ps_8" && row.valid == "true", "line {}", row.line);
    }
}

#[test]
fn the_parts_of_a_staff_number() {
    for (text, kind, structure, internal) in [
        ("30B0057881/CPET0002", IdNatKind::Finess, "0B0057881", "CPET0002"),
        ("3760021832/000000018", IdNatKind::Finess, "760021832", "000000018"),
        ("500000000029751/CPAT0001", IdNatKind::Siret, "00000000029751", "CPAT0001"),
        ("4187512751/A1", IdNatKind::Siren, "187512751", "A1"),
        ("699700366240007/0001", IdNatKind::RppsPractice, "99700366240007", "0001"),
        ("175912415900/0001", IdNatKind::AdeliPractice, "75912415900", "0001"),
    ] {
        let id = IdNat::parse(text).unwrap();
        assert_eq!((id.kind(), id.structure(), id.internal()), (kind, Some(structure), Some(internal)), "{text}");
        assert!(!kind.is_professional() && !kind.is_withdrawn());
    }
    for text in ["899700218896", "00B6087510", "290123456/1", "019c5172-a5c0-7188-b81f-5c16807b9140", "8/1", "/"] {
        let id = IdNat::parse(text).unwrap();
        assert_eq!((id.structure(), id.internal()), (None, None), "{text}");
    }
    assert_eq!(IdNat::parse("00B6087510").unwrap().adeli().unwrap().as_str(), "0B6087510");
    assert_eq!(Adeli::parse("0B6087510").unwrap().to_id_nat().as_str(), "00B6087510");
}

#[test]
fn an_identity_is_refused_for_the_first_thing_that_is_wrong() {
    for (text, code) in [
        ("", Code::ID_LENGTH),
        ("8", Code::ID_LENGTH),
        ("8997002188967", Code::ID_LENGTH),
        ("10101010105", Code::ID_LENGTH),
        ("3760021832", Code::ID_LENGTH),
        ("3760021832/", Code::ID_LENGTH),
        ("376002183/1", Code::ID_LENGTH),
        ("3760021832/1/2", Code::ID_CHARACTER),
        ("376002183X/1", Code::ID_CHARACTER),
        ("89970021889A", Code::ID_CHARACTER),
        ("899700218896 ", Code::ID_CHARACTER),
        ("899700218897", Code::ID_KEY),
        ("0299109803", Code::ID_KEY),
        ("800000000000", Code::ID_NEVER_ALLOCATED),
        ("2ABC", Code::ID_WITHDRAWN),
        ("90123456", Code::ID_WITHDRAWN),
        ("799700218896", Code::ID_KIND_UNKNOWN),
        ("ANS2021010716", Code::ID_KIND_UNKNOWN),
        ("019c5172-a5c0-7188-b81f-5c16807b9140", Code::ID_KIND_UNKNOWN),
    ] {
        assert_eq!(IdNat::check(text.as_bytes()).unwrap_err(), code, "{text:?}");
    }
    for text in ["", "8997 00218896", "8997\u{7f}", &"8".repeat(65)] {
        assert!(IdNat::parse(text).is_err(), "{text:?}");
    }
    assert!(IdNat::parse(&"8".repeat(64)).is_ok());
}

#[test]
fn the_parts_of_a_structure() {
    for (text, kind, value) in [
        ("075912415900", StructureKind::AdeliPractice, "75912415900"),
        ("10B0172805", StructureKind::Finess, "0B0172805"),
        ("2187512751", StructureKind::Siren, "187512751"),
        ("318751275100020", StructureKind::Siret, "18751275100020"),
        ("499700366240007", StructureKind::RppsPractice, "99700366240007"),
        ("40A12", StructureKind::National, "A12"),
    ] {
        let id = StructureId::parse(text).unwrap();
        assert_eq!((id.kind(), id.value(), id.as_str()), (kind, value, text));
        assert_eq!(format!("{}{}", kind.prefix(), value), text);
    }
    for (text, code) in [
        ("", Code::ID_LENGTH),
        ("1", Code::ID_LENGTH),
        ("40", Code::ID_LENGTH),
        ("31875127510002", Code::ID_LENGTH),
        ("3187512751000A0", Code::ID_CHARACTER),
        ("1ABCDEFGHI", Code::ID_CHARACTER),
        ("5123", Code::ID_WITHDRAWN),
        ("6123", Code::ID_WITHDRAWN),
        ("7123", Code::ID_KIND_UNKNOWN),
    ] {
        assert_eq!(StructureId::parse(text).unwrap_err().code(), code, "{text:?}");
    }
    let national = |digits: usize| StructureId::parse(&format!("40{}", "1".repeat(digits)));
    assert!(national(62).is_ok());
    assert_eq!(national(63).unwrap_err().code(), Code::ID_LENGTH);
    for (text, code) in [
        ("", Code::ID_LENGTH),
        ("R", Code::ID_LENGTH),
        ("R1A", Code::ID_CHARACTER),
        ("F76002183", Code::ID_LENGTH),
        ("C1234567890", Code::ID_LENGTH),
        ("X123", Code::ID_KIND_UNKNOWN),
    ] {
        assert_eq!(StructureTechnicalId::parse(text).unwrap_err().code(), code, "{text:?}");
    }
    for (text, code) in
        [(format!("R{}", "1".repeat(20)), None), (format!("R{}", "1".repeat(21)), Some(Code::ID_LENGTH))]
    {
        assert_eq!(StructureTechnicalId::parse(&text).err().map(|error| error.code()), code);
    }
    for text in ["F0B0193488", "C75912415900", "R102671"] {
        assert_eq!(StructureTechnicalId::parse(text).unwrap().as_str(), text);
    }
}

#[test]
fn la_poste_has_its_own_key() {
    // Its seat has a plain Luhn; a site has a digit sum that is a multiple of 5.
    for text in ["35600000000048", "35600000000010"] {
        assert_eq!(Siret::parse(text).map(|siret| siret.to_string()).ok().as_deref(), Some(text));
    }
    assert_eq!(Siret::parse("35600000000011").unwrap_err().code(), Code::ID_KEY);
    // The rule is La Poste's alone: the same sum elsewhere is a wrong key.
    assert_eq!(Siret::parse("18751275100022").unwrap_err().code(), Code::ID_KEY);
}

#[test]
fn a_siret_whose_siren_has_a_wrong_key_is_refused() {
    // One site number in ten has the right key over 14 digits; the one over the first 9 is wrong.
    assert!((0..100).all(|site| Siret::parse(&format!("187512752{site:05}")).is_err()));
}

#[test]
fn corsica_counts_as_19_and_18() {
    for (body, counted) in [("279032A151518", 2_790_319_151_518u64), ("279032B151518", 2_790_318_151_518)] {
        let key = 97 - counted % 97;
        assert!(Ins::parse(&format!("{body}{key:02}")).is_ok());
        assert_eq!(Ins::parse(&format!("{body}{:02}", key % 97 + 1)).unwrap_err().code(), Code::ID_KEY);
    }
    // A letter elsewhere, or after another digit, is not Corsica.
    for text in ["A79035121518989", "27903A121518989", "279032121A18989", "279032C15151824"] {
        assert_eq!(Ins::parse(text).unwrap_err().code(), Code::ID_CHARACTER, "{text}");
    }
}

#[test]
fn corsica_is_no_test_and_a_test_number_has_no_key() {
    for (text, test) in [("2A0000123", false), ("2B0000123", false), ("0B6087510", true), ("2C0000123", true)] {
        for kind in [Kind::Adeli, Kind::Finess, Kind::Auto] {
            let found = check(kind, text, false);
            assert_eq!((found.valid, found.checked, found.test_number), (true, Depth::Format, test), "{text}");
        }
    }
}

#[test]
fn test_numbers_pass_unless_they_are_refused() {
    for (kind, text) in [
        (Kind::Rpps, "99700218896"),
        (Kind::Rpps, "99900023351"),
        (Kind::Adeli, "0B6087510"),
        (Kind::Finess, "0B0057881"),
        (Kind::Siret, "00000000029751"),
        (Kind::IdNat, "899700218896"),
        (Kind::IdNat, "00B6087510"),
        (Kind::IdNat, "30B0057881/CPET0002"),
        (Kind::IdNat, "500000000029751/CPAT0001"),
        (Kind::Structure, "499700366240007"),
        (Kind::Structure, "10B0172805"),
        (Kind::StructureTechnical, "F0B0193488"),
    ] {
        let open = check(kind, text, false);
        assert!(open.valid && open.test_number, "{text}");
        let refused = check(kind, text, true);
        assert_eq!((refused.valid, refused.test_number), (false, true), "{text}");
        assert_eq!((refused.reason, refused.normalized.as_deref()), (Some(Reason::NeverAllocated), None), "{text}");
        assert_eq!(refused.code(), Some(Code::ID_TEST_NUMBER));
    }
    for (kind, text) in [(Kind::Rpps, "10101010105"), (Kind::Siren, "187512751"), (Kind::Ins, "279035121518989")] {
        assert!(check(kind, text, true).valid, "{text}");
    }
    // What is wrong comes before what is a test.
    assert_eq!(check(Kind::Rpps, "99700218897", true).reason, Some(Reason::Key));
}

#[test]
fn zeros_only_were_never_given_to_anyone() {
    for (kind, length) in [(Kind::Rpps, 11), (Kind::Adeli, 9), (Kind::Finess, 9), (Kind::Siren, 9), (Kind::Siret, 14)] {
        let found = check(kind, &"0".repeat(length), false);
        assert_eq!((found.reason, found.code()), (Some(Reason::NeverAllocated), Some(Code::ID_NEVER_ALLOCATED)));
    }
    assert_eq!(check(Kind::Ins, "000000000000097", false).reason, Some(Reason::NeverAllocated));
}

#[test]
fn the_character_is_told_before_the_length() {
    for kind in [Kind::Rpps, Kind::Adeli, Kind::Finess, Kind::Siren, Kind::Siret, Kind::Ins, Kind::CardNumber] {
        for (text, reason) in [
            ("", Reason::Length),
            ("1", Reason::Length),
            ("1234567890123456", Reason::Length),
            ("12-34", Reason::Character),
            ("1234567890123456 7", Reason::Character),
            ("٣٣٣٣٣٣٣٣٣٣٣", Reason::Character),
        ] {
            assert_eq!(check(kind, text, false).reason, Some(reason), "{text:?} as {kind}");
        }
    }
}

#[test]
fn only_the_ends_and_the_case_are_repaired() {
    for (kind, typed, stored) in [
        (Kind::Rpps, " 99700218896\r\n", "99700218896"),
        (Kind::Rpps, "\u{a0}99700218896", "99700218896"),
        (Kind::Finess, "0b0057881", "0B0057881"),
        (Kind::Auto, "0b0057881 ", "0B0057881"),
        (Kind::StructureTechnical, "r95141", "R95141"),
        (Kind::IdNat, " 30B0057881/cpet0002", "30B0057881/cpet0002"),
        (Kind::Opaque, " 019c5172-a5c0-7188-b81f-5c16807b9140 ", "019c5172-a5c0-7188-b81f-5c16807b9140"),
    ] {
        let found = check(kind, typed, false);
        assert_eq!((found.value.as_str(), found.normalized.as_deref()), (typed, Some(stored)));
    }
    assert!(Rpps::parse(" 99700218896").is_err(), "parse repairs nothing");
    assert_eq!(check(Kind::Siret, "187 512 751 00020", false).reason, Some(Reason::Character));
    assert_eq!(check(Kind::Opaque, "a b", false).reason, Some(Reason::Character));
    assert_eq!(check(Kind::Opaque, "", false).reason, Some(Reason::Length));
}

#[test]
fn a_kind_is_read_by_its_name() {
    for kind in Kind::ALL {
        assert_eq!(kind.name().parse::<Kind>().unwrap(), *kind);
    }
    for word in ["", "RPPS", "id_nat", "nir"] {
        assert_eq!(word.parse::<Kind>().unwrap_err().code(), Code::ID_KIND_UNKNOWN);
    }
}

#[test]
fn the_json_is_the_line_of_the_command() {
    let json = |kind, value| serde_json::to_string(&check(kind, value, false)).unwrap();
    assert_eq!(
        json(Kind::Auto, "899700218896"),
        r#"{"value":"899700218896","kind":"id-nat","valid":true,"checked":"key","normalized":"899700218896","test_number":true,"reason":null}"#
    );
    assert_eq!(
        json(Kind::Auto, "what?"),
        r#"{"value":"what?","kind":"auto","valid":false,"checked":"format","normalized":null,"test_number":false,"reason":"kind-unknown"}"#
    );
}

#[test]
fn a_number_shows_its_last_four_characters_in_debug_and_comes_back_from_json() {
    let rpps = Rpps::parse("99700218896").unwrap();
    assert_eq!(format!("{rpps:?}"), "•••8896");
    assert_eq!(serde_json::to_string(&rpps).unwrap(), r#""99700218896""#);
    assert_eq!(serde_json::from_str::<Rpps>(r#""99700218896""#).unwrap(), rpps);
    assert!(serde_json::from_str::<Rpps>(r#""99700218897""#).is_err());
    assert!(!format!("{:?}", check(Kind::Rpps, "99700218896", false)).contains("8896"));
}

#[test]
fn numbers_in_a_program_are_checked_when_it_is_built() {
    const RPPS: Result<Rpps, Code> = Rpps::check(b"99700218896");
    const SIRET: Result<Siret, Code> = Siret::check(b"18751275100020");
    const INS: Result<Ins, Code> = Ins::check(b"279035121518989");
    assert!(RPPS.is_ok() && SIRET.is_ok() && INS.is_ok());
}

/// A kind whose key is a Luhn, the length, and whether `text` passes it.
type Keyed = (&'static str, usize, fn(&str) -> bool);

const LUHN: &[Keyed] = &[
    ("rpps", 11, |text| Rpps::parse(text).is_ok_and(|number| number.to_string() == text)),
    ("adeli", 9, |text| Adeli::parse(text).is_ok_and(|number| number.to_string() == text)),
    ("finess", 9, |text| Finess::parse(text).is_ok_and(|number| number.to_string() == text)),
    ("siren", 9, |text| Siren::parse(text).is_ok_and(|number| number.to_string() == text)),
    ("id-nat", 11, |text| IdNat::check(format!("8{text}").as_bytes()).is_ok()),
];

fn digits(count: usize) -> impl Strategy<Value = Vec<u8>> {
    // Not all zeros: those are refused for another reason.
    prop::collection::vec(0..10u8, count).prop_filter("zeros only", |digits| digits.iter().any(|digit| *digit > 0))
}

fn print(digits: &[u8]) -> String {
    digits.iter().map(|digit| char::from(b'0' + digit)).collect()
}

/// Every number that differs by one digit, and every one with two neighbours swapped that a Luhn can tell.
fn typos(digits: &[u8], blind: fn(u8, u8) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for at in 0..digits.len() {
        for other in (0..10).filter(|other| *other != digits[at]) {
            let mut typo = digits.to_vec();
            typo[at] = other;
            found.push(print(&typo));
        }
        if at > 0 && digits[at - 1] != digits[at] && !blind(digits[at - 1], digits[at]) {
            let mut typo = digits.to_vec();
            typo.swap(at - 1, at);
            found.push(print(&typo));
        }
    }
    found
}

/// A Luhn cannot tell 09 from 90.
fn luhn_is_blind(one: u8, other: u8) -> bool {
    matches!((one, other), (0, 9) | (9, 0))
}

proptest! {
    #[test]
    fn a_luhn_number_has_one_key_and_tells_every_typo(body in digits(10)) {
        for (name, length, passes) in LUHN {
            let mut number = body[..length - 1].to_vec();
            prop_assume!(number.iter().any(|digit| *digit > 0));
            number.push(0);
            let keys: Vec<u8> = (0..10).filter(|key| { number[length - 1] = *key; passes(&print(&number)) }).collect();
            prop_assert_eq!(keys.len(), 1, "{} {:?}", name, number);
            number[length - 1] = keys[0];
            for typo in typos(&number, luhn_is_blind) {
                prop_assert!(!passes(&typo), "{} {} for {:?}", name, typo, number);
            }
        }
    }

    #[test]
    fn a_siret_tells_every_typo(company in digits(8), site in digits(4)) {
        let passes = |text: &str| Siret::parse(text).is_ok_and(|number| number.to_string() == text);
        let with_key = |body: &[u8], passes: &dyn Fn(&str) -> bool| {
            (0..10).map(|key| [body, &[key]].concat()).find(|number| passes(&print(number))).unwrap()
        };
        let siren = with_key(&company, &|text| Siren::parse(text).is_ok());
        prop_assume!(print(&siren) != "356000000");
        let siret = with_key(&[siren, site].concat(), &passes);
        for typo in typos(&siret, luhn_is_blind) {
            prop_assert!(!passes(&typo), "{} for {:?}", typo, siret);
        }
    }

    #[test]
    fn an_ins_tells_every_typo(body in 1..9_999_999_999_999u64) {
        let text = format!("{body:013}{:02}", 97 - body % 97);
        prop_assert_eq!(Ins::parse(&text).unwrap().to_string(), text.clone());
        let digits: Vec<u8> = text.bytes().map(|byte| byte - b'0').collect();
        for typo in typos(&digits, |_, _| false) {
            prop_assert!(Ins::parse(&typo).is_err(), "{} for {}", typo, text);
        }
    }

    #[test]
    fn whatever_is_typed_gets_one_answer(text in "\\PC{0,20}|[0-9A-Z/ -]{0,20}|[0-9]{8,16}", refuse in any::<bool>()) {
        for kind in Kind::ALL {
            let found = check(*kind, &text, refuse);
            prop_assert_eq!(found.valid, found.reason.is_none());
            prop_assert_eq!(found.valid, found.normalized.is_some());
            prop_assert_eq!(found.valid, found.code().is_none());
            prop_assert_eq!(&found.value, &text);
            if let Some(normal) = &found.normalized {
                let again = check(found.kind, normal, refuse);
                prop_assert_eq!(again.normalized.as_ref(), Some(normal));
                prop_assert!(IdNat::parse(normal).is_ok());
            }
        }
        let _ = (StructureId::parse(&text), StructureTechnicalId::parse(&text), CardNumber::parse(&text));
        if let Ok(id) = IdNat::parse(&text) {
            prop_assert_eq!(id.as_str(), &text);
            let _ = (id.kind(), id.rpps(), id.adeli(), id.structure(), id.internal(), id.is_test_number());
        }
    }
}
