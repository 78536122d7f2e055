//! A person of the index, borrowed from it: fields are cut out of their text when they are asked for.

use super::columns::{Column, Group};
use super::key;
use super::layout::{NONE, OWN_NAME, Section};
use super::view::{View, damaged};
use crate::error::Result;
use crate::id::IdNat;
use crate::person::{Activity, Name, Practice, Professional};
use std::fmt;

/// A person of the index. It costs nothing to copy, and its `Debug` shows nothing.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    view: View<'a>,
    /// Its place in the index.
    at: u32,
    key: u64,
    /// `civility|family|given`.
    name: &'a str,
    rows: (u32, u32),
}

impl<'a> Record<'a> {
    pub(super) fn new(view: View<'a>, at: u32) -> Result<Record<'a>> {
        let rows = view.item(Section::RowEnd, at)?;
        if rows.0 > rows.1 {
            return Err(damaged());
        }
        let name = view.entry(Section::NameText, Section::NameEnd, at)?;
        Ok(Record { view, at, key: view.u64(Section::Key, at)?, name, rows })
    }

    /// The place in the index, for [`Index::person`](super::Index::person).
    pub fn position(&self) -> u32 {
        self.at
    }

    /// The national identifier.
    ///
    /// # Errors
    /// `directory-damaged`.
    pub fn id_nat(&self) -> Result<IdNat> {
        let text = match key::rank(self.key) {
            None => key::text(self.key),
            Some(rank) => self.view.entry(Section::OtherText, Section::OtherEnd, rank)?.to_owned(),
        };
        IdNat::parse(&text).map_err(|_| damaged())
    }

    /// The family name, as the extract spells it.
    pub fn family_name(&self) -> &'a str {
        self.name.split('|').nth(1).unwrap_or_default()
    }

    /// The given name.
    pub fn given_name(&self) -> &'a str {
        self.name.split('|').nth(2).unwrap_or_default()
    }

    /// The rows of the extract, each one an activity or a practice without any.
    ///
    /// # Errors
    /// `directory-damaged`, for each row.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Result<Row<'a>>> + use<'a> {
        let (view, name) = (self.view, self.name);
        (self.rows.0..self.rows.1).map(move |at| Row::new(view, at, name))
    }

    /// The person as PSC describes one: practices, and the activities of each.
    ///
    /// # Errors
    /// `directory-damaged`.
    pub fn to_professional(&self) -> Result<Professional> {
        let practices = self.practices()?;
        let civility = practices.first().map_or("", |first| first.cells.get(Column::Civility));
        let name = Name {
            family: self.family_name().trim().to_owned(),
            given: self.given_name().trim().to_owned(),
            civility: civility.to_owned(),
        };
        let practice = |of: &Practised<'_>| Practice {
            activities: of.activities.iter().map(Cells::activity).collect(),
            ..of.cells.practice()
        };
        let practices = practices.iter().map(practice).collect();
        Ok(Professional { id_nat: self.id_nat()?, other_ids: Vec::new(), name, practices })
    }

    /// Each practice, in the order of the source.
    pub(super) fn practices(&self) -> Result<Vec<Practised<'a>>> {
        let mut practices: Vec<Practised<'a>> = Vec::new();
        for row in self.rows() {
            let row = row?;
            let cells = row.cells()?;
            // Under one name is one practice; the file of savoir-faire tells no civility.
            let this = (row.practice, row.name()?.1);
            let at = match practices.iter().position(|seen| seen.key == this) {
                Some(at) => at,
                None => {
                    practices.push(Practised { key: this, cells, activities: Vec::new() });
                    practices.len() - 1
                }
            };
            if row.is_active()? {
                practices[at].activities.push(cells);
            }
        }
        Ok(practices)
    }
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Record(•••, {} rows)", self.rows.1 - self.rows.0)
    }
}

/// A practice, and the rows that say where or how the person is active in it.
pub(super) struct Practised<'a> {
    /// The number of the practice, and the name under which it is exercised.
    key: (u32, &'a str),
    /// Its first row.
    pub cells: Cells<'a>,
    pub activities: Vec<Cells<'a>>,
}

/// A row of the extract: its numbers, and each text once it is asked for. Its `Debug` shows nothing.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    view: View<'a>,
    at: u32,
    /// The person's first name; the row may have one of its own.
    first_name: &'a str,
    owns_name: bool,
    structure: u32,
    practice: u32,
    activity: u32,
}

impl<'a> Row<'a> {
    fn new(view: View<'a>, at: u32, first_name: &'a str) -> Result<Row<'a>> {
        let [structure, profile] = view.pair(Section::Row, at)?;
        let [practice, activity] = view.pair(Section::Profile, profile & !OWN_NAME)?;
        Ok(Row { view, at, first_name, owns_name: profile & OWN_NAME != 0, structure, practice, activity })
    }

    /// A column, without the blanks around it; empty when the source left it out. The three columns of the identifier
    /// are the [`Record`]'s.
    ///
    /// # Errors
    /// `directory-damaged`.
    pub fn column(&self, column: Column) -> Result<&'a str> {
        column.group().map_or(Ok(""), |group| Ok(piece(self.text(group)?, column)))
    }

    /// Whether the row says where or how the person is active; else it only tells a practice.
    ///
    /// # Errors
    /// `directory-damaged`.
    pub fn is_active(&self) -> Result<bool> {
        Ok(self.structure != NONE || self.text(Group::Activity)?.bytes().any(|byte| byte != b'|'))
    }

    /// Every column at once, each text cut once: for whoever reads many of them.
    ///
    /// # Errors
    /// `directory-damaged`.
    pub fn cells(&self) -> Result<Cells<'a>> {
        let mut cells = Cells([""; Column::ALL.len()]);
        for group in Group::ALL {
            for (place, piece) in group.places().zip(self.text(group)?.split('|')) {
                cells.0[place] = piece.trim();
            }
        }
        Ok(cells)
    }

    /// The columns of a group as the source has them, with the `|` between.
    fn text(&self, group: Group) -> Result<&'a str> {
        let view = self.view;
        match group {
            Group::Civility => {
                let number = self.name()?.0.parse().map_err(|_| damaged())?;
                view.entry(Section::CivilityText, Section::CivilityEnd, number)
            }
            Group::Name => Ok(self.name()?.1),
            Group::Practice => view.entry(Section::PracticeText, Section::PracticeEnd, self.practice),
            Group::Activity => view.entry(Section::ActivityText, Section::ActivityEnd, self.activity),
            Group::Structure if self.structure == NONE => Ok(""),
            Group::Structure => view.entry(Section::StructureText, Section::StructureEnd, self.structure),
        }
    }

    /// The number of the civility, and `family|given`.
    fn name(&self) -> Result<(&'a str, &'a str)> {
        let name = if self.owns_name { own_name(self.view, self.at)? } else { self.first_name };
        name.split_once('|').ok_or_else(damaged)
    }
}

/// The columns of a row, without the blanks around them. Its `Debug` shows nothing.
#[derive(Clone, Copy)]
pub struct Cells<'a>([&'a str; Column::ALL.len()]);

impl<'a> Cells<'a> {
    /// A column; empty when the source left it out, and for the three of the identifier, which are the [`Record`]'s.
    pub fn get(&self, column: Column) -> &'a str {
        self.0[column as usize]
    }

    /// The name of the place.
    pub(super) fn organization(&self) -> &'a str {
        self.first_of(Column::Organization, Column::Brand)
    }

    /// The city as an envelope names it.
    pub(super) fn city(&self) -> &'a str {
        self.first_of(Column::Cedex, Column::CommuneLabel)
    }

    /// Number and street: the columns that PSC's userinfo has, in its order.
    pub(super) fn street(&self) -> String {
        const STREET: [Column; 7] = [
            Column::Recipient,
            Column::Spot,
            Column::StreetNumber,
            Column::StreetRepetition,
            Column::StreetType,
            Column::StreetName,
            Column::Distribution,
        ];
        let mut street = String::new();
        for part in STREET.map(|column| self.get(column)).into_iter().filter(|part| !part.is_empty()) {
            if !street.is_empty() {
                street.push(' ');
            }
            street.push_str(part);
        }
        street
    }

    fn first_of(&self, one: Column, other: Column) -> &'a str {
        if self.get(one).is_empty() { self.get(other) } else { self.get(one) }
    }

    fn practice(&self) -> Practice {
        let get = |column| self.get(column).to_owned();
        Practice {
            profession: get(Column::Profession),
            category: get(Column::Category),
            name: Name {
                family: get(Column::FamilyName),
                given: get(Column::GivenName),
                civility: get(Column::ExerciseCivility),
            },
            speciality_kind: get(Column::SpecialityKind),
            speciality: get(Column::Speciality),
            activities: Vec::new(),
        }
    }

    fn activity(&self) -> Activity {
        let get = |column| self.get(column).to_owned();
        Activity {
            mode: get(Column::Mode),
            sector: get(Column::Sector),
            pharmacist_section: get(Column::PharmacistSection),
            role: get(Column::Role),
            kind: get(Column::ActivityKind),
            organization: self.organization().to_owned(),
            structure_id: get(Column::StructureId),
            former_structure_id: get(Column::FormerStructureId),
            finess_site: get(Column::FinessSite),
            finess_entity: get(Column::FinessEntity),
            siret: get(Column::Siret),
            siren: get(Column::Siren),
            street: self.street(),
            postcode: get(Column::Postcode),
            city: self.city().to_owned(),
            registration_authority: get(Column::RegistrationAuthority),
            trade_name: get(Column::Brand),
            commune: get(Column::Commune),
            department: get(Column::Department),
            country: get(Column::Country),
            phone: get(Column::Phone),
            phone2: get(Column::Phone2),
            fax: get(Column::Fax),
            email: get(Column::Email),
        }
    }
}

impl fmt::Debug for Cells<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cells(•••)")
    }
}

impl fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Row(•••)")
    }
}

/// A column out of the text of its group.
pub(super) fn piece(text: &str, column: Column) -> &str {
    text.split('|').nth(column.place()).unwrap_or_default().trim()
}

/// The name of a row that has one of its own.
fn own_name(view: View<'_>, row: u32) -> Result<&str> {
    let count = view.count(Section::OwnName) / 3;
    let at = view.partition(count, |at| Ok(view.u32(Section::OwnName, at * 3)? < row))?;
    if at == count || view.u32(Section::OwnName, at * 3)? != row {
        return Err(damaged());
    }
    view.text(Section::NameText, view.u32(Section::OwnName, at * 3 + 1)?, view.u32(Section::OwnName, at * 3 + 2)?)
}
