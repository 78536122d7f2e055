//! The directory asked beside a reader that has nothing in common with it: the same extract as lines, cut at `|`, scanned
//! for every question. Whatever is asked, both say the same.

use sas_psc::directory::{Builder, Column, Index, Origin, Query, Quiet};
use sas_psc_sim::directory::Extract;
use std::collections::{BTreeMap, BTreeSet};

/// The rows that are whole, each as its columns in the order of [`Column::ALL`].
struct Lines(Vec<Vec<String>>);

impl Lines {
    /// Only rows with the right number of columns, in UTF-8, without control characters and with a right key.
    fn read(text: &[u8]) -> Lines {
        let mut lines = text.split(|byte| *byte == b'\n');
        let header: Vec<String> = columns(lines.next().unwrap()).unwrap();
        let places: Vec<Option<usize>> =
            Column::ALL.iter().map(|column| header.iter().position(|name| name == column.label())).collect();
        let row = |line| -> Option<Vec<String>> {
            let cells = columns(line).filter(|cells| cells.len() == header.len())?;
            let row: Vec<String> =
                places.iter().map(|place| place.map_or_else(String::new, |at| cells[at].clone())).collect();
            let id = &row[Column::Id as usize];
            let right = if id.len() == 11 { luhn(id) } else { id.len() == 9 };
            right.then_some(row)
        };
        Lines(lines.filter_map(row).collect())
    }

    fn people(&self, holds: impl Fn(&[String]) -> bool) -> BTreeSet<&str> {
        self.0.iter().filter(|row| holds(row)).map(|row| row[Column::IdNat as usize].as_str()).collect()
    }
}

fn columns(line: &[u8]) -> Option<Vec<String>> {
    let text = std::str::from_utf8(line).ok().filter(|text| !text.contains('\0'))?;
    Some(text.strip_suffix('|')?.split('|').map(str::to_owned).collect())
}

fn luhn(digits: &str) -> bool {
    let sum = digits.bytes().rev().enumerate().map(|(at, digit)| {
        let digit = u32::from(digit - b'0') << (at % 2);
        digit / 10 + digit % 10
    });
    sum.sum::<u32>().is_multiple_of(10)
}

/// Letters of a name in lower case without marks, from each of its parts on.
fn parts(name: &str) -> Vec<String> {
    let plain: String = name
        .to_lowercase()
        .chars()
        .map(|c| match c {
            'à' | 'â' | 'ä' => 'a',
            'ç' => 'c',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'î' | 'ï' => 'i',
            'ô' | 'ö' => 'o',
            'ù' | 'û' | 'ü' => 'u',
            'ÿ' => 'y',
            c if c.is_alphanumeric() => c,
            _ => ' ',
        })
        .collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    (0..words.len()).map(|at| words[at..].concat()).collect()
}

fn both(extract: &Extract) -> (Index<Vec<u8>>, Lines) {
    let mut text = Vec::new();
    extract.write(&mut text).unwrap();
    let mut builder = Builder::new(Vec::new()).unwrap();
    builder.read(&text[..], &mut Quiet).unwrap();
    let (bytes, _) = builder.finish(&Origin { date: String::new() }).unwrap();
    (Index::open(bytes).unwrap(), Lines::read(&text))
}

fn ids(people: &[sas_psc::directory::Record<'_>]) -> BTreeSet<String> {
    people.iter().map(|person| person.id_nat().unwrap().as_str().to_owned()).collect()
}

#[test]
fn every_field_of_every_row_is_that_of_the_file() {
    for extract in [Extract::default(), Extract { columns: 48, shuffled: true, rows: 3000, ..Extract::default() }] {
        let (index, lines) = both(&extract);
        let mut people: BTreeMap<&str, Vec<&[String]>> = BTreeMap::new();
        for row in &lines.0 {
            people.entry(&row[Column::IdNat as usize]).or_default().push(row);
        }
        assert_eq!(index.len() as usize, people.len());
        assert_eq!(index.meta().rows as usize, lines.0.len());
        for (id, rows) in people {
            let person = index.find(id).unwrap().unwrap_or_else(|| panic!("nobody has {id}"));
            assert_eq!(person.rows().len(), rows.len());
            for (found, wanted) in person.rows().zip(rows) {
                let found = found.unwrap();
                let cells = found.cells().unwrap();
                for column in &Column::ALL[Column::FamilyName as usize..] {
                    assert_eq!(found.column(*column).unwrap(), wanted[*column as usize].trim(), "{id} {column:?}");
                    assert_eq!(cells.get(*column), wanted[*column as usize].trim(), "{id} {column:?}");
                }
            }
        }
    }
}

#[test]
fn every_structure_has_the_people_that_the_file_gives_it() {
    let (index, lines) = both(&Extract { rows: 6000, ..Extract::default() });
    let mut asked = 0;
    for column in [Column::Siret, Column::Siren, Column::FinessSite, Column::FinessEntity, Column::StructureId] {
        let mut staff: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for row in lines.0.iter().filter(|row| !row[column as usize].is_empty()) {
            staff.entry(&row[column as usize]).or_default().insert(row[Column::IdNat as usize].clone());
        }
        for (id, mut wanted) in staff {
            // The same nine characters may be somebody's ADELI number.
            wanted.extend(lines.people(|row| row[Column::Id as usize] == id).iter().map(|id| (*id).to_owned()));
            assert_eq!(ids(&index.lookup(id).unwrap()), wanted, "{column:?} {id}");
            asked += 1;
        }
    }
    assert!(asked > 1000, "{asked}");
}

#[test]
fn a_search_finds_whom_a_scan_finds() {
    let (index, lines) = both(&Extract { rows: 2500, ..Extract::default() });
    let all = |query: Query<'_>| ids(&index.search(&Query { limit: 10_000, ..query }).unwrap());
    let names: BTreeSet<&str> = lines.0.iter().map(|row| row[Column::FamilyName as usize].as_str()).collect();
    let mut found = 0;
    for name in names.iter().step_by(37) {
        let folded = parts(name);
        for typed in [&folded[0], folded[folded.len() - 1].get(..3).unwrap_or(&folded[0])] {
            let bears =
                |row: &[String]| parts(&row[Column::FamilyName as usize]).iter().any(|part| part.starts_with(typed));
            let wanted = lines.people(bears);
            found += wanted.len();
            assert_eq!(
                all(Query { name: typed, ..Query::default() }),
                wanted.iter().map(|id| (*id).to_owned()).collect()
            );
            let given =
                |row: &[String]| parts(&row[Column::GivenName as usize]).iter().any(|part| part.starts_with('m'));
            let wanted = lines.people(|row| bears(row) && given(row));
            assert_eq!(
                all(Query { name: typed, given: "M", ..Query::default() }),
                wanted.iter().map(|id| (*id).to_owned()).collect()
            );
        }
    }
    assert!(found > 200, "{found}");
    let cell = |column: Column| lines.0.iter().map(move |row| row[column as usize].as_str()).collect::<BTreeSet<_>>();
    for postcode in cell(Column::Postcode).into_iter().filter(|postcode| !postcode.is_empty()) {
        for profession in ["", "10", "60"] {
            let holds = |row: &[String]| {
                row[Column::Postcode as usize] == postcode
                    && (profession.is_empty() || row[Column::Profession as usize] == profession)
            };
            let wanted = lines.people(holds).iter().map(|id| (*id).to_owned()).collect();
            assert_eq!(all(Query { postcode, profession, ..Query::default() }), wanted, "{postcode} {profession}");
        }
    }
    for speciality in cell(Column::Speciality).into_iter().filter(|code| !code.is_empty()) {
        let wanted = lines.people(|row| row[Column::Speciality as usize] == speciality);
        assert_eq!(all(Query { speciality, ..Query::default() }), wanted.iter().map(|id| (*id).to_owned()).collect());
    }
}
