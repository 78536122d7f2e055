//! Invented extracts of the national directory, for tests and benchmarks: no real one may be in the repository.
//!
//! Everybody is an ANS test identity or invented: RPPS from 997 and 999 with right keys, FINESS with a letter, SIRET of
//! zeros. Repeatable from a seed. The shapes follow what is published: 1.4 rows a person, some without a structure,
//! accents, `"` and `'` in names, foreign postcodes, a few broken rows. It lives here because the simulator holds the
//! other side of whatever the SDK reads, and never reaches an installation.

mod words;

use sas_psc::directory::Column;
use std::io::{self, Write};

/// What to write.
#[derive(Debug, Clone)]
pub struct Extract {
    /// Rows, broken ones included.
    pub rows: u64,
    /// The same seed gives the same bytes.
    pub seed: u64,
    /// 48, 52 or 56.
    pub columns: usize,
    /// Rows that no reader should take, at most; one in 4,000.
    pub broken: u64,
    /// Another order of the columns, as another program might write them.
    pub shuffled: bool,
}

impl Default for Extract {
    fn default() -> Self {
        Extract { rows: 20_000, seed: 1, columns: 56, broken: 20, shuffled: false }
    }
}

/// SplitMix64: repeatable, good for nothing else.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len() as u64) as usize]
    }

    fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }
}

type Fields = [String; Column::ALL.len()];

fn set(fields: &mut Fields, column: Column, value: impl Into<String>) {
    fields[column as usize] = value.into();
}

impl Extract {
    /// Writes the file of activities; gives how many rows are broken.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, out: impl Write) -> io::Result<u64> {
        let mut out = io::BufWriter::with_capacity(1 << 18, out);
        let mut order: Vec<usize> = (0..self.columns.min(Column::ALL.len())).collect();
        if self.shuffled {
            let mut dice = Dice(self.seed ^ 0x5eed);
            for at in (1..order.len()).rev() {
                order.swap(at, dice.below(at as u64 + 1) as usize);
            }
        }
        line(&mut out, order.iter().map(|at| Column::ALL[*at].label()))?;
        let (mut written, mut broken, mut person) = (0, 0, 0);
        let mut later: Option<Fields> = None;
        while written < self.rows {
            let mut dice = Dice(self.seed.wrapping_mul(0x1000_0000_01b3) ^ person);
            let mut fields: Fields = std::array::from_fn(|_| String::new());
            self.person(person, &mut dice, &mut fields);
            person += 1;
            let activities = match dice.below(1000) {
                0..740 => 1,
                740..900 => 2,
                900..960 => 3,
                960..985 => 4,
                other => 5 + other % 8,
            };
            let idle = activities == 1 && dice.percent(22);
            for _ in 0..activities {
                if !idle {
                    self.activity(&mut dice, &mut fields);
                }
                if written % 4000 == 3999 && broken < self.broken {
                    break_row(&mut out, &order, &fields, broken)?;
                    (broken, written) = (broken + 1, written + 1);
                    continue;
                }
                // Now and then a row stands apart from the person's others.
                let row = match later.take() {
                    None if dice.percent(3) => {
                        later = Some(fields.clone());
                        continue;
                    }
                    None => None,
                    apart => apart,
                };
                for row in [Some(&fields), row.as_ref()].into_iter().flatten() {
                    if written < self.rows {
                        line(&mut out, order.iter().map(|at| row[*at].as_str()))?;
                        written += 1;
                    }
                }
            }
        }
        out.flush()?;
        Ok(broken)
    }

    fn person(&self, person: u64, dice: &mut Dice, fields: &mut Fields) {
        use Column::*;
        // A permutation, so that the file is not sorted.
        let number = person.wrapping_mul(7_654_321) % 10_000_000;
        let prefix = if (person / 10_000_000).is_multiple_of(2) { "997" } else { "999" };
        let (kind, id) = match person % 500 {
            // Who has no RPPS yet: an ADELI number, with a letter as test numbers have.
            499 => ("0", format!("{}C{:07}", person / 500 % 10, person / 5000 % 10_000_000)),
            _ => ("8", with_key(&format!("{prefix}{number:07}"))),
        };
        set(fields, IdType, kind);
        set(fields, IdNat, format!("{kind}{id}"));
        set(fields, Id, id);
        let woman = dice.percent(65);
        set(fields, Civility, if woman { "MME" } else { "M" });
        set(fields, CivilityLabel, if woman { "Madame" } else { "Monsieur" });
        set(fields, FamilyName, family(dice));
        let mut given = dice.one(words::GIVEN).to_string();
        while dice.percent(14) && given.len() < 40 {
            given = format!("{given}'{}", dice.one(words::GIVEN));
        }
        set(fields, GivenName, given);
        let mut roll = dice.below(words::PROFESSIONS.iter().map(|(weight, ..)| weight).sum());
        let (_, code, label) = words::PROFESSIONS
            .iter()
            .find(|(weight, ..)| {
                let found = roll < *weight;
                roll = roll.saturating_sub(*weight);
                found
            })
            .unwrap_or(&words::PROFESSIONS[0]);
        set(fields, Profession, *code);
        set(fields, ProfessionLabel, *label);
        let student = dice.percent(3);
        set(fields, Category, if student { "E" } else { "C" });
        set(fields, CategoryLabel, if student { "Etudiant" } else { "Civil" });
        if *code == "10" {
            set(fields, ExerciseCivility, "DR");
            set(fields, ExerciseCivilityLabel, "Docteur");
            let (code, label) = dice.one(words::SPECIALITIES);
            set(fields, SpecialityKind, "S");
            set(fields, SpecialityKindLabel, "Spécialité ordinale");
            set(fields, Speciality, *code);
            set(fields, SpecialityLabel, *label);
        }
    }

    /// The structure, drawn from a pool, and how the person works there.
    fn activity(&self, dice: &mut Dice, fields: &mut Fields) {
        use Column::*;
        let pool = (self.rows / 4).max(4);
        // A third of the rows are at one structure in a hundred.
        let hospital = dice.percent(33);
        let structure = if hospital { dice.below((pool / 100).max(1)) } else { dice.below(pool) };
        self.structure(structure, structure < (pool / 100).max(1), fields);
        let mode = if hospital || dice.percent(25) {
            ("S", "Salarié")
        } else {
            ("L", "Libéral, indépendant, artisan, commerçant")
        };
        set(fields, Mode, mode.0);
        set(fields, ModeLabel, mode.1);
        let sector = if hospital { &words::SECTORS[3 + dice.below(3) as usize] } else { dice.one(words::SECTORS) };
        set(fields, Sector, sector.0);
        set(fields, SectorLabel, sector.1);
        if fields[Profession as usize] == "21" {
            let section = *dice.one(&["A", "B", "D", "H"]);
            set(fields, PharmacistSection, section);
            set(fields, PharmacistSectionLabel, format!("Section {section}"));
        }
        let role = if dice.percent(35) { *dice.one(words::ROLES) } else { ("", "") };
        set(fields, Role, role.0);
        set(fields, RoleLabel, role.1);
        let kind = if dice.percent(40) { ("GENR01", "Activité standard de soin ou de pharmacien") } else { ("", "") };
        set(fields, ActivityKind, kind.0);
        set(fields, ActivityKindLabel, kind.1);
    }

    fn structure(&self, number: u64, hospital: bool, fields: &mut Fields) {
        use Column::*;
        for column in Column::ALL.iter().filter(|column| (19..48).contains(&(**column as usize))) {
            set(fields, *column, "");
        }
        let dice = &mut Dice(self.seed ^ number.wrapping_mul(0xd6e8_feb8_6659_fd93));
        let finess = format!("{}C{:07}", number / 10_000_000 % 10, number % 10_000_000);
        let siret = format!("000000{:08}", number % 100_000_000);
        let (postcode, commune, town, department, department_label) = *dice.one(words::TOWNS);
        if hospital || dice.percent(20) {
            set(fields, FinessSite, &finess);
            set(fields, FinessEntity, format!("9D{:07}", number / 3));
            set(fields, StructureId, format!("F{finess}"));
            set(fields, Siret, &siret);
            set(fields, Siren, &siret[..9]);
        } else if dice.percent(60) {
            set(fields, Siret, &siret);
            set(fields, Siren, &siret[..9]);
            set(fields, StructureId, format!("C{siret}"));
        } else {
            set(fields, StructureId, format!("R{}", 10_100_000_000_000 + number));
        }
        let name = if hospital {
            format!("{} DE {}", dice.one(words::HOSPITALS), town.to_uppercase())
        } else if dice.percent(4) {
            format!("{} \"{}\"", dice.one(words::PLACES), dice.one(words::STREET_NAMES))
        } else {
            format!("{} {} {}", dice.one(words::PLACES), family(dice), dice.one(words::GIVEN))
        };
        set(fields, Organization, &name);
        if dice.percent(20) {
            set(fields, Brand, &name);
        }
        if dice.percent(15) {
            set(fields, Recipient, &name);
        }
        if dice.percent(10) {
            set(fields, Spot, format!("BATIMENT {} ETAGE {} PORTE DROITE", dice.below(30), dice.below(9)));
        }
        let street = dice.one(words::STREETS);
        set(fields, StreetNumber, if dice.percent(2) { "P".to_owned() } else { (1 + dice.below(300)).to_string() });
        if dice.percent(5) {
            set(fields, StreetRepetition, "B");
        }
        set(fields, StreetType, street.0);
        set(fields, StreetTypeLabel, street.1);
        set(fields, StreetName, *dice.one(words::STREET_NAMES));
        if dice.percent(10) {
            set(fields, Distribution, format!("BP {}", dice.below(9999)));
        }
        set(fields, Postcode, postcode);
        set(fields, Commune, commune);
        set(fields, CommuneLabel, town);
        set(fields, Cedex, format!("{postcode} {}", town.to_uppercase()));
        set(fields, Country, "99000");
        set(fields, CountryLabel, "France");
        set(fields, Department, department);
        set(fields, DepartmentLabel, department_label);
        if dice.percent(1) {
            set(fields, Postcode, *dice.one(&["GL", "1000", "L-1234", "SW1A 1AA"]));
            set(fields, Country, "99131");
            set(fields, CountryLabel, "Belgique");
        }
        if dice.percent(65) {
            set(fields, Phone, format!("01990{:05}", number % 100_000));
        }
        if dice.percent(20) {
            set(fields, Fax, format!("01991{:05}", number % 100_000));
        }
        if dice.percent(15) {
            set(fields, Email, format!("accueil.{number}@structure-de-test.invalid"));
        }
        set(fields, FormerStructureId, format!("1{finess}"));
        set(fields, RegistrationAuthority, if hospital { "ARS/ARS/ARS" } else { "CNOM/CNOM/CNOM" });
    }
}

fn family(dice: &mut Dice) -> String {
    let mut one = || match dice.below(100) {
        0..22 => dice.one(words::COMMON).to_string(),
        _ => format!(
            "{}{}{}{}",
            dice.one(words::HEADS),
            dice.one(words::MIDDLES),
            dice.one(words::MIDDLES),
            dice.one(words::TAILS)
        ),
    };
    let (first, second) = (one(), one());
    match dice.below(1000) {
        0..60 => format!("{first}-{second}"),
        60..110 => format!("{}{first}", dice.one(words::PARTICLES)),
        110..114 => format!("{first} \"{second}\""),
        114..120 => format!("{first} {second}"),
        _ => first,
    }
}

/// Ten digits and their Luhn key.
fn with_key(digits: &str) -> String {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, digit)| match (at % 2, u32::from(digit - b'0')) {
            (0, digit) => digit * 2 / 10 + digit * 2 % 10,
            (_, digit) => digit,
        })
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

fn line<'a>(out: &mut impl Write, fields: impl Iterator<Item = &'a str>) -> io::Result<()> {
    for field in fields {
        out.write_all(field.as_bytes())?;
        out.write_all(b"|")?;
    }
    out.write_all(b"\n")
}

/// A row that nobody should take; each kind in its turn.
fn break_row(out: &mut impl Write, order: &[usize], fields: &Fields, broken: u64) -> io::Result<()> {
    let mut row = Vec::new();
    line(&mut row, order.iter().map(|at| fields[*at].as_str()))?;
    let at = row.len() / 2;
    match broken % 5 {
        0 => row.truncate(at),
        1 => row[at] = 0,
        2 => row.splice(at..at, *b"\xff\xfe").for_each(drop),
        3 => row = vec![b'x'; 100_000],
        _ => {
            let mut wrong = fields.clone();
            for column in [Column::Id, Column::IdNat] {
                let digits = &mut wrong[column as usize];
                let last = digits.pop().and_then(|c| c.to_digit(10)).unwrap_or(0);
                digits.push(char::from_digit((last + 1) % 10, 10).unwrap_or('0'));
                digits.push(if fields[0] == "0" { 'x' } else { ' ' });
                *digits = digits.trim_end().to_owned();
            }
            row.clear();
            line(&mut row, order.iter().map(|at| wrong[*at].as_str()))?;
        }
    }
    if !row.ends_with(b"\n") {
        row.push(b'\n');
    }
    out.write_all(&row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sas_psc::directory::{Builder, Index, Observer, Origin, Progress, Reject};
    use std::ops::ControlFlow;

    struct Count(u64);

    impl Observer for Count {
        fn rejected(&mut self, _: Reject) {
            self.0 += 1;
        }
        fn progress(&mut self, _: Progress) -> ControlFlow<()> {
            ControlFlow::Continue(())
        }
    }

    fn index(extract: &Extract) -> (Index<Vec<u8>>, u64) {
        let mut text = Vec::new();
        let broken = extract.write(&mut text).unwrap();
        let (mut builder, mut count) = (Builder::new(Vec::new()).unwrap(), Count(0));
        builder.read(&text[..], &mut count).unwrap();
        assert_eq!(count.0, broken);
        let (bytes, built) = builder.finish(&Origin { date: String::new() }).unwrap();
        assert_eq!(built.rows + broken, extract.rows);
        (Index::open(bytes).unwrap(), broken)
    }

    #[test]
    fn everybody_is_invented_and_only_the_broken_rows_are_refused() {
        for columns in [48, 52, 56] {
            let (index, broken) = index(&Extract { columns, ..Extract::default() });
            assert_eq!(broken, 5);
            for at in 0..index.len() {
                assert!(index.person(at).unwrap().id_nat().unwrap().is_test_number());
            }
        }
    }

    #[test]
    fn a_seed_repeats_and_the_order_of_the_columns_changes_nothing() {
        let plain = Extract { rows: 3000, ..Extract::default() };
        let (mut a, mut b) = (Vec::new(), Vec::new());
        plain.write(&mut a).unwrap();
        plain.write(&mut b).unwrap();
        assert!(a == b);
        let (one, other) = (index(&plain).0, index(&Extract { shuffled: true, ..plain }).0);
        let mut changes = 0;
        sas_psc::directory::compare(&one, &other, |_| {
            changes += 1;
            Ok(())
        })
        .unwrap();
        assert_eq!(changes, 0);
    }
}
