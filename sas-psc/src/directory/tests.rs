//! Unit tests of the directory, over the small extract of `vectors/`: reading, looking up, searching, damage.

use super::*;
use crate::error::{Code, Error};
use crate::id::Rpps;
use proptest::prelude::*;
use std::io::Cursor;
use std::ops::ControlFlow;

pub(super) const EXTRACT: &str = include_str!("../../../vectors/directory/extract.txt");
const EXPERTISE: &str = include_str!("../../../vectors/directory/savoir-faire.txt");

/// Keeps the rejects, and stops after so many reports.
#[derive(Default)]
struct Seen {
    rejects: Vec<(u32, u64, &'static str)>,
    stop: bool,
}

impl Observer for Seen {
    fn rejected(&mut self, reject: Reject) {
        self.rejects.push((reject.source, reject.line, reject.reason.name()));
    }
    fn progress(&mut self, _: Progress) -> ControlFlow<()> {
        if self.stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

fn built(sources: &[&[u8]]) -> Result<(Index<Vec<u8>>, Seen), Error> {
    let (mut builder, mut seen) = (Builder::new(Vec::new())?, Seen::default());
    for source in sources {
        builder.read_file(Cursor::new(source), &mut seen)?;
    }
    let (bytes, _) = builder.finish(&Origin { date: "2026-09-23".into() })?;
    Ok((Index::open(bytes)?, seen))
}

fn refused(source: &[u8]) -> Code {
    built(&[source]).err().unwrap().code()
}

fn small() -> Index<Vec<u8>> {
    built(&[EXTRACT.as_bytes()]).unwrap().0
}

fn ids(people: &[Record<'_>]) -> Vec<String> {
    people.iter().map(|person| person.id_nat().unwrap().as_str().to_owned()).collect()
}

/// The extract with other lines; the header stays.
fn with(change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = EXTRACT.lines().map(|line| line.as_bytes().to_vec()).collect();
    change(&mut lines);
    lines.join(&b'\n').into_iter().chain(*b"\n").collect()
}

#[test]
fn every_row_is_taken_or_told_by_its_line_and_reason() {
    let (index, seen) = built(&[EXTRACT.as_bytes()]).unwrap();
    assert_eq!(seen.rejects, [(1, 5, "id-key"), (1, 8, "columns"), (1, 10, "id-mismatch")]);
    let meta = index.meta();
    assert_eq!((meta.rows, meta.people, meta.structures, meta.rejected), (11, 9, 3, 3));
    assert_eq!(meta.attribution(), "Source : ANS, Annuaire Santé, 2026-09-23 (Licence Ouverte 2.0)");
    assert!(index.verify().is_ok() && !index.is_empty());
}

#[test]
fn a_person_has_practices_and_each_its_activities() {
    let index = small();
    let doctor = index.by_rpps(&Rpps::parse("99700366240").unwrap()).unwrap().unwrap();
    let doctor = doctor.to_professional().unwrap();
    assert_eq!((doctor.name.family.as_str(), doctor.name.civility.as_str()), ("DOC0036624", "MME"));
    let [practice] = &doctor.practices[..] else { panic!("one practice") };
    assert_eq!((practice.profession.as_str(), practice.speciality.as_str()), ("10", "SM26"));
    let [cabinet, hospital] = &practice.activities[..] else { panic!("two activities") };
    assert_eq!(cabinet.organization, "CABINET \"L'ÉTANG\" DU DR DE LA TOUR");
    assert_eq!((cabinet.street.as_str(), cabinet.city.as_str()), ("P AV VICTOR HUGO", "Lyon"));
    assert_eq!((hospital.finess_site.as_str(), hospital.city.as_str()), ("0B0139374", "PARIS CEDEX 09"));
    assert_eq!((hospital.street.as_str(), hospital.role.as_str()), ("12 B R DE PARIS", "FON-17"));

    // Two practices, each under its own name.
    let both = index.by_id_nat("899700000112").unwrap().unwrap().to_professional().unwrap();
    let names: Vec<_> = both.practices.iter().map(|p| (p.profession.as_str(), p.name.family.as_str())).collect();
    assert_eq!(names, [("10", "LEFÈVRE"), ("60", "LEFÈVRE-ŒUVRARD")]);
    // A row without a place is a practice without an activity.
    let idle = index.by_id_nat("899700123450").unwrap().unwrap().to_professional().unwrap();
    assert_eq!((idle.practices.len(), idle.activities().count()), (1, 0));
    // Every column that was there is still there.
    let row = index.by_id_nat("899700218896").unwrap().unwrap().rows().next().unwrap().unwrap();
    let text: Vec<&str> = Column::ALL[3..].iter().map(|column| row.column(*column).unwrap()).collect();
    let line: Vec<&str> = EXTRACT.lines().nth(1).unwrap().split('|').skip(3).collect();
    assert_eq!(text, line[..53]);
}

#[test]
fn a_person_in_few_words_is_the_same_with_and_without_the_way_through_a_professional() {
    let (index, _) = built(&[EXTRACT.as_bytes(), EXPERTISE.as_bytes()]).unwrap();
    for at in 0..index.len() {
        let person = index.person(at).unwrap();
        let (short, long) = (person.summary().unwrap(), Summary::from(person.to_professional().unwrap()));
        assert!(short == long, "{at}");
    }
}

#[test]
fn people_are_found_by_every_kind_of_identifier() {
    let index = small();
    for (id, wanted) in [
        ("99700218896", &["899700218896"][..]),
        (" 899700218896 ", &["899700218896"]),
        ("0B6087510", &["00B6087510"]),
        ("00B6087510", &["00B6087510"]),
        ("0b6087510", &["00B6087510"]),
        ("30b0057881/cpet0002", &["30B0057881/CPET0002"]),
        ("30B0057881/CPET0002", &["30B0057881/CPET0002"]),
        ("00000000012345", &["00B6087510", "899700000104", "899700366240"]),
        ("300000000012345", &["00B6087510", "899700000104", "899700366240"]),
        ("C00000000012345", &["00B6087510", "899700000104", "899700366240"]),
        ("R10100000198386", &["899700000112"]),
        ("r10100000198386", &["899700000112"]),
        ("410100000198386", &["899700000112"]),
        ("9D0000001", &["899700000112", "899700218896", "899700245667", "899700366240", "30B0057881/CPET0002"]),
        ("10B0139374", &["899700000112", "899700218896", "899700245667", "899700366240", "30B0057881/CPET0002"]),
        ("99700218897", &[]),
        ("99700999990", &[]),
        ("", &[]),
    ] {
        assert_eq!(ids(&index.lookup(id).unwrap()), wanted, "{id}");
    }
}

#[test]
fn a_search_folds_names_and_takes_every_condition() {
    let index = small();
    let of = |query: Query<'_>| ids(&index.search(&query).unwrap());
    let name = |name| of(Query { name, ..Query::default() });
    for typed in ["de la tour", "La Tour", "TOUR D’ARGENT", "delatour", "argent", "DE-LA-TOUR"] {
        assert_eq!(name(typed), ["899700000104"], "{typed}");
    }
    for typed in ["L'Étang Garçon", "etang", "garcon", "LETANG"] {
        assert_eq!(name(typed), ["899700245667"], "{typed}");
    }
    assert_eq!(name("oeuvrard"), ["899700000112"]);
    // A particle that the directory does not have; those that it has are looked for first, and a particle alone is a name.
    for typed in ["d'Œuvrard", "de L'ŒUVRARD", "van den oeuvr"] {
        assert_eq!(name(typed), ["899700000112"], "{typed}");
    }
    assert_eq!(name("de la argent"), ["899700000104"]);
    assert_eq!(name("du"), [""; 0]);
    assert_eq!(name("o'neil"), ["899900000128"]);
    assert_eq!(name("personne"), [""; 0]);
    assert_eq!(of(Query { given: "henry", ..Query::default() }), ["899700245667"]);
    assert_eq!(of(Query { given: "benedicte", ..Query::default() }), ["899700000104"]);
    assert_eq!(of(Query { name: "lefevre", given: "bapt", ..Query::default() }), ["899700000112"]);
    assert_eq!(of(Query { name: "lefevre", given: "luc", ..Query::default() }), [""; 0]);
    assert_eq!(of(Query { profession: "10", postcode: "69003", ..Query::default() }), ["899700366240"]);
    assert_eq!(of(Query { postcode: "GL", ..Query::default() }), ["899700000112"]);
    assert_eq!(of(Query { speciality: "SM26", ..Query::default() }), ["899700000112", "899700366240"]);
    assert_eq!(of(Query { profession: "60", speciality: "SM26", ..Query::default() }), [""; 0]);
    assert_eq!(of(Query { postcode: "75009", limit: 2, ..Query::default() }).len(), 2);
    assert_eq!(of(Query { postcode: "75009", limit: 0, ..Query::default() }).len(), 0);
    for nothing in [Query::default(), Query { name: "-'", ..Query::default() }] {
        assert_eq!(index.search(&nothing).unwrap_err().code(), Code::DIRECTORY_QUESTION);
    }
}

#[test]
fn the_file_of_savoir_faire_adds_practices_and_people() {
    let (index, _) = built(&[EXTRACT.as_bytes(), EXPERTISE.as_bytes()]).unwrap();
    let doctor = index.by_id_nat("899700218896").unwrap().unwrap().to_professional().unwrap();
    let skills: Vec<_> = doctor.practices.iter().map(|p| (p.speciality.as_str(), p.activities.len())).collect();
    assert_eq!(skills, [("SM04", 1), ("CAPA04", 0)]);
    assert_eq!(ids(&index.lookup("99700000138").unwrap()).len(), 1);
}

#[test]
fn bad_rows_are_refused_one_by_one() {
    let bad = with(|lines| {
        lines[1][20] = 0;
        lines[2].splice(30..30, *b"\xff\xfe");
        lines[3].splice(0..0, vec![b'x'; 10 << 20]);
        lines[4] =
            EXTRACT.lines().nth(1).unwrap().replace("8|99700218896|899700218896", "8|9970021889|89970021889").into();
        lines[5] = EXTRACT.lines().nth(1).unwrap().replace("8|99700218896|899700218896", "8||").into();
        lines[6].push(b'|');
    });
    let (index, seen) = built(&[&bad]).unwrap();
    let reasons: Vec<_> = seen.rejects.iter().map(|(_, line, reason)| (*line, *reason)).collect();
    assert_eq!(
        reasons,
        [
            (2, "control-character"),
            (3, "encoding"),
            (4, "too-long"),
            (5, "id-length"),
            (6, "id-length"),
            (7, "columns"),
            (8, "columns"),
            (10, "id-mismatch")
        ]
    );
    assert_eq!(index.meta().rows, 6);
}

#[test]
fn a_file_in_windows_1252_is_the_same_file() {
    let other: Vec<u8> = EXTRACT
        .chars()
        .map(|c| match c {
            'Œ' => 0x8c,
            c => u8::try_from(u32::from(c)).unwrap(),
        })
        .collect();
    let (one, two) = (small(), built(&[&other]).unwrap().0);
    compare(&one, &two, |change| panic!("{}", change.name())).unwrap();
}

#[test]
fn a_source_that_is_no_whole_extract_is_refused_as_a_whole() {
    let cut = &EXTRACT.as_bytes()[..EXTRACT.len() - 90];
    assert_eq!(refused(cut), Code::EXTRACT_CUT);
    assert_eq!(refused(b""), Code::EXTRACT_HEADER);
    assert_eq!(refused(&vec![b'x'; 10 << 20]), Code::EXTRACT_HEADER);
    assert_eq!(refused(EXTRACT.lines().next().unwrap().as_bytes()), Code::EXTRACT_EMPTY);
    assert_eq!(refused(&with(|lines| lines[0].extend(b"Code profession|"))), Code::EXTRACT_COLUMN_TWICE);
    assert_eq!(refused(&with(|lines| (0..200).for_each(|_| lines.push(b"x".to_vec())))), Code::EXTRACT_REJECTED);
    let mut builder = Builder::new(Vec::new()).unwrap().largest(1000);
    assert_eq!(builder.read(EXTRACT.as_bytes(), &mut Quiet).unwrap_err().code(), Code::EXTRACT_TOO_LARGE);
    let mut builder = Builder::new(Vec::new()).unwrap();
    let mut stopped = Seen { stop: true, ..Seen::default() };
    assert_eq!(builder.read(EXTRACT.as_bytes(), &mut stopped).unwrap_err().code(), Code::USER_CANCELLED);
    let mut builder = Builder::new(Vec::new()).unwrap().allow_cut();
    assert!(builder.read(cut, &mut Quiet).is_ok());
}

#[test]
fn two_indexes_tell_who_arrived_left_and_changed() {
    let later = with(|lines| {
        lines.remove(6); // who has no activity
        lines.swap(1, 2); // the order changes nothing
        let moved = String::from_utf8(lines[3].clone()).unwrap().replace("|75009|", "|75010|");
        lines[3] = moved.into();
        lines.push(EXTRACT.lines().nth(1).unwrap().replace("99700218896", "99700000138").into());
    });
    let (older, newer) = (small(), built(&[&later]).unwrap().0);
    let mut changes = Vec::new();
    compare(&older, &newer, |change| {
        changes.push((change.name(), change.record().id_nat()?.as_str().to_owned()));
        Ok(())
    })
    .unwrap();
    let changes: Vec<_> = changes.iter().map(|(name, id)| (*name, id.as_str())).collect();
    assert_eq!(changes, [("arrived", "899700000138"), ("left", "899700123450"), ("changed", "899700245667")]);
    compare(&older, &small(), |change| panic!("{}", change.name())).unwrap();
}

/// Everything that can be asked of an index, as text; or the first error.
fn everything(bytes: &[u8]) -> Result<String, Error> {
    let index = Index::open(bytes)?;
    let mut said = format!("{:?}", index.meta());
    for at in 0..index.len() {
        said += &serde_json::to_string(&index.person(at)?.to_professional()?).unwrap();
    }
    for id in ["99700218896", "30B0057881/CPET0002", "00000000012345", "9D0000001", "R10100000198386"] {
        said += &ids_of(&index.lookup(id)?)?;
    }
    for query in [
        Query { name: "lefevre", given: "j", ..Query::default() },
        Query { postcode: "75009", ..Query::default() },
        Query { given: "kit", ..Query::default() },
    ] {
        said += &ids_of(&index.search(&query)?)?;
    }
    compare(&index, &small(), |change| {
        said += change.name();
        Ok(())
    })?;
    Ok(said)
}

fn ids_of(people: &[Record<'_>]) -> Result<String, Error> {
    people.iter().map(|person| person.id_nat().map(|id| id.as_str().to_owned())).collect()
}

fn image() -> Vec<u8> {
    let mut builder = Builder::new(Vec::new()).unwrap();
    builder.read(EXTRACT.as_bytes(), &mut Quiet).unwrap();
    builder.finish(&Origin { date: "2026-09-23".into() }).unwrap().0
}

#[test]
fn one_bit_flipped_anywhere_is_an_error_and_never_another_answer() {
    let (whole, mut bytes) = (image(), image());
    let wanted = everything(&whole).unwrap();
    for at in 0..bytes.len() {
        let bit = 1 << (at % 8);
        bytes[at] ^= bit;
        let found = Index::open(&bytes[..]).and_then(|index| index.verify());
        let code = found.expect_err("verify sees every bit").code();
        let typed = [Code::DIRECTORY_DAMAGED, Code::DIRECTORY_VERSION, Code::DIRECTORY_FOREIGN];
        assert!(typed.contains(&code), "{at}: {code}");
        // What does not read the damaged block may still answer, and rightly.
        assert!(everything(&bytes).is_ok_and(|said| said == wanted) || everything(&bytes).is_err(), "{at}");
        bytes[at] ^= bit;
    }
}

#[test]
fn an_index_cut_or_of_another_version_or_of_another_program_is_told_as_such() {
    let whole = image();
    let code = |bytes: &[u8]| Index::open(bytes).err().map(|error| error.code());
    for length in (12..whole.len()).step_by(7) {
        assert_eq!(code(&whole[..length]), Some(Code::DIRECTORY_DAMAGED), "{length}");
    }
    let mut newer = whole.clone();
    newer[8] = 2;
    assert_eq!(code(&newer), Some(Code::DIRECTORY_VERSION));
    assert_eq!(code(b"SQLite format 3\0"), Some(Code::DIRECTORY_FOREIGN));
    assert_eq!(code(b""), Some(Code::DIRECTORY_FOREIGN));
    assert_eq!(code(&whole), None);
}

/// An index whose checksums are right and whose content is not: the worst that a file can be.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    use super::layout::{BLOCK, SECTIONS, TABLE_ROW, TRAILER};
    let trailer = bytes.len() - TRAILER;
    let data = usize::try_from(u64::from_le_bytes(*bytes[trailer..].first_chunk().unwrap())).unwrap();
    for (block, start) in (0..data).step_by(BLOCK).enumerate() {
        let sum = crc32fast::hash(&bytes[start..data.min(start + BLOCK)]);
        bytes[data + block * 4..][..4].copy_from_slice(&sum.to_le_bytes());
    }
    assert_eq!(trailer, data + data.div_ceil(BLOCK) * 4 + SECTIONS * TABLE_ROW);
    let sum = crc32fast::hash(&bytes[data..trailer]);
    bytes[trailer + 16..][..4].copy_from_slice(&sum.to_le_bytes());
    let sum = crc32fast::hash(&bytes[trailer..][..20]);
    bytes[trailer + 20..][..4].copy_from_slice(&sum.to_le_bytes());
    bytes
}

proptest! {
    #[test]
    fn no_bytes_make_the_index_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = everything(&bytes);
    }

    #[test]
    fn an_index_with_right_checksums_and_wrong_content_never_panics(at in 16_usize..6000, value in any::<u32>()) {
        let mut bytes = image();
        let at = at % (bytes.len() - 1000);
        bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        let bytes = sealed(bytes);
        let _ = everything(&bytes);
    }

    #[test]
    fn no_bytes_make_the_row_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let header = EXTRACT.lines().next().unwrap();
        let source = [header.as_bytes(), b"\n", &bytes].concat();
        let _ = built(&[&source]);
        let _ = built(&[&bytes]);
    }

    #[test]
    fn what_is_written_in_a_row_is_read_back(family in "[A-Z'\" ÉÈŒ-]{1,30}", given in "[A-Z'é-]{0,20}", town in "\\PC{0,20}") {
        let town = town.replace(['|', '\u{2028}', '\u{2029}'], " ");
        let line = EXTRACT.lines().nth(1).unwrap();
        let line = line.replace("SPECIALISTE0021889|KIT", &format!("{family}|{given}")).replace("PARIS CEDEX 09", &town);
        let source = format!("{}\n{line}\n", EXTRACT.lines().next().unwrap());
        let (index, seen) = built(&[source.as_bytes()]).unwrap();
        prop_assert!(seen.rejects.is_empty());
        let person = index.person(0).unwrap();
        prop_assert_eq!((person.family_name(), person.given_name()), (family.as_str(), given.as_str()));
        let professional = person.to_professional().unwrap();
        let city = &professional.practices[0].activities[0].city;
        prop_assert_eq!(city.as_str(), if town.trim().is_empty() { "Paris" } else { town.trim() });
    }
}
