//! The columns of the extract, by name: three versions of the file in eight years had 48, 52 and 56 of them.
//!
//! Source: the published `PS_LibreAcces_Personne_activite` and `PS_LibreAcces_SavoirFaire` headers. A name is compared
//! without accents, case and punctuation; some have two spellings. Unknown columns are passed over, the order is free.

use super::fold::Folded;
use crate::error::{Code, Error, Result};

macro_rules! columns {
    ($($variant:ident $label:literal $($alias:literal)*;)*) => {
        /// A column of the extract.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Column { $(#[doc = concat!("`", $label, "`")] $variant,)* }

        impl Column {
            /// All of them, in the order of the file of 56 columns.
            pub const ALL: &[Column] = &[$(Column::$variant),*];

            /// The name in the header, as ANS spells it today.
            pub const fn label(self) -> &'static str {
                match self { $(Column::$variant => $label,)* }
            }

            fn names(self) -> &'static [&'static str] {
                match self { $(Column::$variant => &[$label, $($alias),*],)* }
            }
        }
    };
}

columns! {
    IdType "Type d'identifiant PP";
    Id "Identifiant PP";
    IdNat "Identification nationale PP";
    ExerciseCivility "Code civilité d'exercice";
    ExerciseCivilityLabel "Libellé civilité d'exercice";
    Civility "Code civilité";
    CivilityLabel "Libellé civilité";
    FamilyName "Nom d'exercice";
    GivenName "Prénom d'exercice";
    Profession "Code profession";
    ProfessionLabel "Libellé profession";
    Category "Code catégorie professionnelle";
    CategoryLabel "Libellé catégorie professionnelle";
    SpecialityKind "Code type savoir-faire";
    SpecialityKindLabel "Libellé type savoir-faire";
    Speciality "Code savoir-faire";
    SpecialityLabel "Libellé savoir-faire";
    Mode "Code mode exercice";
    ModeLabel "Libellé mode exercice";
    Siret "Numéro SIRET site";
    Siren "Numéro SIREN site";
    FinessSite "Numéro FINESS site";
    FinessEntity "Numéro FINESS établissement juridique";
    StructureId "Identifiant technique de la structure";
    Organization "Raison sociale site";
    Brand "Enseigne commerciale site";
    Recipient "Complément destinataire (coord. structure)";
    Spot "Complément point géographique (coord. structure)";
    StreetNumber "Numéro Voie (coord. structure)";
    StreetRepetition "Indice répétition voie (coord. structure)";
    StreetType "Code type de voie (coord. structure)";
    StreetTypeLabel "Libellé type de voie (coord. structure)";
    StreetName "Libellé Voie (coord. structure)";
    Distribution "Mention distribution (coord. structure)";
    Cedex "Bureau cedex (coord. structure)";
    Postcode "Code postal (coord. structure)";
    Commune "Code commune (coord. structure)";
    CommuneLabel "Libellé commune (coord. structure)";
    Country "Code pays (coord. structure)";
    CountryLabel "Libellé pays (coord. structure)";
    Phone "Téléphone (coord. structure)";
    Phone2 "Téléphone 2 (coord. structure)";
    Fax "Télécopie (coord. structure)";
    Email "Adresse e-mail (coord. structure)";
    Department "Code Département (structure)" "Code département (coord. structure)";
    DepartmentLabel "Libellé Département (structure)" "Libellé département (coord. structure)";
    FormerStructureId "Ancien identifiant de la structure";
    RegistrationAuthority "Autorité d'enregistrement";
    Sector "Code secteur d'activité";
    SectorLabel "Libellé secteur d'activité";
    PharmacistSection "Code section tableau pharmaciens";
    PharmacistSectionLabel "Libellé section tableau pharmaciens";
    Role "Code rôle" "Code fonction";
    RoleLabel "Libellé rôle" "Libellé fonction";
    ActivityKind "Code genre activité" "Code genre d'activité";
    ActivityKindLabel "Libellé genre activité" "Libellé genre d'activité";
}

/// Columns that are kept as one text: a few thousand distinct practices, a few hundred ways to be active, and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Civility,
    Name,
    Practice,
    Activity,
    Structure,
}

impl Group {
    pub const ALL: [Group; 5] = [Group::Civility, Group::Name, Group::Practice, Group::Activity, Group::Structure];

    /// The numbers of its columns, in the order in which its text holds them.
    pub fn places(self) -> impl Iterator<Item = usize> {
        let [first, then] = match self {
            Group::Civility => [3..7, 0..0],
            Group::Name => [7..9, 0..0],
            Group::Practice => [9..17, 0..0],
            Group::Activity => [17..19, 48..56],
            Group::Structure => [19..48, 0..0],
        };
        first.chain(then)
    }

    /// The columns of the group, in the order in which its text holds them.
    pub fn columns(self) -> impl Iterator<Item = Column> {
        Column::ALL.iter().copied().filter(move |column| column.group() == Some(self))
    }
}

impl Column {
    /// The group that holds the column; none for the identifier.
    pub(super) const fn group(self) -> Option<Group> {
        Some(match self as u8 {
            0..=2 => return None,
            3..=6 => Group::Civility,
            7..=8 => Group::Name,
            9..=16 => Group::Practice,
            17..=18 | 48.. => Group::Activity,
            19..=47 => Group::Structure,
        })
    }

    /// The place of the column in the text of its group.
    pub(super) const fn place(self) -> usize {
        let at = self as usize;
        match at {
            0..=2 => at,
            3..=6 => at - 3,
            7..=8 => at - 7,
            9..=16 => at - 9,
            17..=18 => at - 17,
            19..=47 => at - 19,
            _ => at - 46,
        }
    }

    /// The error of an extract without the column.
    pub(super) fn is_missing(self) -> Error {
        Error::field(Code::EXTRACT_HEADER, self.label())
    }

    /// Whether a file without the column is not the extract: the last eight came in 2022 and later.
    const fn is_required(self) -> bool {
        (self as u8) < 48
    }

    /// Whether the file of savoir-faire has it too.
    const fn is_in_expertise(self) -> bool {
        matches!(self as u8, 0..=2 | 7..=16)
    }

    /// Whether only an extract that is read here has it: a place or a savoir-faire. The file of diplomas has neither.
    const fn tells(self) -> bool {
        matches!(self as u8, 13..=16 | 19..=47)
    }
}

/// Columns that stand side by side in the source and in their group; or columns that the source has not.
enum Run {
    Source(usize, usize),
    Missing(usize),
}

/// What the first line of a file says.
pub(super) enum Header {
    /// An extract that is known.
    Extract(Plan),
    /// Another file, which lacks this column among others.
    Other(Column),
}

/// Where the columns of a source stand.
pub(super) struct Plan {
    /// How many columns each row has.
    pub width: usize,
    /// Whether each row ends with a `|` that opens no column.
    trailing: bool,
    /// Where type, identifier and national identifier stand.
    pub identity: [usize; 3],
    runs: [Vec<Run>; 5],
}

impl Plan {
    /// Reads a header, as UTF-8.
    ///
    /// # Errors
    /// `extract-header` with the name of the first column that an extract lacks, `extract-column-twice`.
    pub fn read(header: &str) -> Result<Header> {
        let mut names: Vec<String> = header.split('|').map(|name| Folded::new(name).text).collect();
        // The trailing `|` of ANS makes one more, without a name.
        let trailing = names.last().is_some_and(String::is_empty);
        if trailing {
            names.pop();
        }
        let mut places = [None; Column::ALL.len()];
        for column in Column::ALL {
            let spellings: Vec<String> = column.names().iter().map(|name| Folded::new(name).text).collect();
            let mut found = names.iter().enumerate().filter(|(_, name)| spellings.contains(name)).map(|(at, _)| at);
            places[*column as usize] = found.next();
            if found.next().is_some() {
                return Err(Error::field(Code::EXTRACT_COLUMN_TWICE, column.label()));
            }
        }
        let place = |column: Column| places[column as usize];
        // A file that has none of the places is the one of savoir-faire.
        let whole = Group::Structure.columns().any(|column| place(column).is_some());
        let needed = |column: &&Column| if whole { column.is_required() } else { column.is_in_expertise() };
        if let Some(missing) = Column::ALL.iter().filter(needed).find(|column| place(**column).is_none()) {
            let damaged = Column::ALL.iter().any(|column| column.tells() && place(*column).is_some());
            return if damaged { Err(missing.is_missing()) } else { Ok(Header::Other(*missing)) };
        }
        let at = |column| place(column).unwrap_or_default();
        Ok(Header::Extract(Plan {
            width: names.len(),
            trailing,
            identity: [at(Column::IdType), at(Column::Id), at(Column::IdNat)],
            runs: Group::ALL.map(|group| runs(group.columns().map(place))),
        }))
    }

    /// Whether a row has each column. Where the header has a trailing `|`, a row that has one has it besides its columns:
    /// one column less would shift the others unseen.
    pub fn fits(&self, row: &Cut<'_>) -> bool {
        let (columns, ended) = (row.starts.len() - 1, row.row.ends_with('|'));
        columns == self.width + usize::from(self.trailing && ended)
            || (!self.trailing && ended && columns == self.width + 1)
    }

    /// The text of a group in a row: borrowed when its columns stand side by side, else put together in `scratch`.
    pub fn group<'a>(&self, group: Group, row: &Cut<'a>, scratch: &'a mut String) -> &'a str {
        let runs = &self.runs[group as usize];
        if let [Run::Source(first, last)] = runs[..] {
            return row.columns(first, last);
        }
        scratch.clear();
        for (at, run) in runs.iter().enumerate() {
            if at > 0 {
                scratch.push('|');
            }
            match *run {
                Run::Source(first, last) => scratch.push_str(row.columns(first, last)),
                Run::Missing(count) => scratch.extend(std::iter::repeat_n('|', count - 1)),
            }
        }
        scratch
    }
}

fn runs(places: impl Iterator<Item = Option<usize>>) -> Vec<Run> {
    let mut runs = Vec::new();
    for place in places {
        match (place, runs.last_mut()) {
            (Some(place), Some(Run::Source(_, last))) if *last + 1 == place => *last = place,
            (Some(place), _) => runs.push(Run::Source(place, place)),
            (None, Some(Run::Missing(count))) => *count += 1,
            (None, _) => runs.push(Run::Missing(1)),
        }
    }
    runs
}

/// A row and where its columns start.
pub(super) struct Cut<'a> {
    row: &'a str,
    starts: &'a [u32],
}

impl<'a> Cut<'a> {
    /// Cuts a row at its `|`; `starts` is memory to use again.
    pub fn new(row: &'a str, starts: &'a mut Vec<u32>) -> Cut<'a> {
        starts.clear();
        starts.push(0);
        places(b'|', row.as_bytes(), |at| starts.push(at + 1));
        starts.push(row.len() as u32 + 1);
        Cut { row, starts }
    }

    pub fn column(&self, at: usize) -> &'a str {
        self.columns(at, at)
    }

    /// The columns from `first` to `last`, with the `|` between them.
    fn columns(&self, first: usize, last: usize) -> &'a str {
        match (self.starts.get(first), self.starts.get(last + 1)) {
            (Some(start), Some(end)) => self.row.get(*start as usize..*end as usize - 1).unwrap_or_default(),
            _ => "",
        }
    }
}

/// Tells each place of an ASCII byte, in order: 64 bytes at a time, as a row has one every few bytes.
fn places(wanted: u8, bytes: &[u8], mut tell: impl FnMut(u32)) {
    let mut start = 0;
    for block in bytes.chunks(64) {
        let (words, rest) = block.as_chunks::<8>();
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        let mut found = 0_u64;
        for (at, word) in words.iter().chain((!rest.is_empty()).then_some(&last)).enumerate() {
            found |= u64::from(equal(u64::from_le_bytes(*word), wanted)) << (8 * at);
        }
        while found != 0 {
            tell(start + found.trailing_zeros());
            found &= found - 1;
        }
        start += block.len() as u32;
    }
}

/// One bit for each of eight bytes: whether it is the wanted one.
fn equal(word: u64, wanted: u8) -> u8 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const LOW: u64 = ONES * 0x7f;
    let differs = word ^ (ONES * u64::from(wanted));
    // The upper bit of each byte: zero where no bit differs.
    let upper = ((differs & LOW) + LOW) | differs | LOW;
    // Gathers the upper bits into the uppermost byte.
    ((!upper >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_of_a_byte_is_told_whatever_stands_beside_it() {
        let mut dice = 7_u64;
        for length in 0..200 {
            let bytes: Vec<u8> = (0..length)
                .map(|_| {
                    dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    // `|` is 0x7c: its neighbours, and what differs in the upper bit, are near misses.
                    [b'|', b'|', b'}', b'{', 0xfc, 0, 0x7f, 0xff][(dice >> 61) as usize]
                })
                .collect();
            let mut told = Vec::new();
            places(b'|', &bytes, |at| told.push(at as usize));
            assert_eq!(told, memchr::memchr_iter(b'|', &bytes).collect::<Vec<_>>());
        }
    }

    fn header(columns: &[Column]) -> String {
        columns.iter().map(|column| format!("{}|", column.label())).collect()
    }

    fn plan(header: &str) -> Plan {
        match Plan::read(header).unwrap() {
            Header::Extract(plan) => plan,
            Header::Other(column) => panic!("{column:?} is missing"),
        }
    }

    #[test]
    fn the_places_of_a_group_are_those_of_its_columns() {
        for group in Group::ALL {
            assert!(group.places().eq(group.columns().map(|column| column as usize)));
        }
    }

    #[test]
    fn a_group_is_borrowed_from_todays_order_and_put_together_from_any_other() {
        let row: String = (0..56).map(|at| format!("{at}|")).collect();
        let backwards: Vec<Column> = Column::ALL.iter().rev().copied().collect();
        let reversed: String = (0..56).rev().map(|at| format!("{at}|")).collect();
        for (columns, row) in [(Column::ALL, &row), (&backwards, &reversed)] {
            let plan = plan(&header(columns));
            let (mut starts, mut scratch) = (Vec::new(), String::new());
            let cut = Cut::new(row, &mut starts);
            assert_eq!(plan.group(Group::Practice, &cut, &mut scratch), "9|10|11|12|13|14|15|16");
            let mut scratch = String::new();
            assert_eq!(plan.group(Group::Activity, &cut, &mut scratch), "17|18|48|49|50|51|52|53|54|55");
            assert_eq!(cut.column(plan.identity[2]), "2");
        }
        for column in Column::ALL.iter().filter(|column| column.group().is_some()) {
            let group: Vec<Column> = column.group().unwrap().columns().collect();
            assert_eq!(group[column.place()], *column);
        }
    }

    #[test]
    fn the_three_counts_and_both_spellings_are_read() {
        for count in [48, 52, 56] {
            assert_eq!(plan(&header(&Column::ALL[..count])).width, count);
        }
        let other = header(Column::ALL)
            .replace("Code rôle", "Code fonction")
            .replace("Code genre activité", "Code genre d'activité")
            .replace("Code Département (structure)", "Code département (coord. structure)");
        assert_eq!(plan(&other).width, 56);
        let plan = plan(&header(&Column::ALL[..48]));
        let (mut starts, mut scratch) = (Vec::new(), String::new());
        let row = "x|".repeat(48);
        let cut = Cut::new(&row, &mut starts);
        assert_eq!(plan.group(Group::Activity, &cut, &mut scratch), "x|x||||||||");
    }

    #[test]
    fn a_header_that_lacks_a_column_or_has_it_twice_is_refused_by_its_name() {
        let refused = |header: &str| {
            let error = Plan::read(header).err().unwrap();
            (error.code(), error.facts().field)
        };
        let whole = header(Column::ALL);
        let renamed = whole.replace("Code postal (coord. structure)", "Codes postaux");
        assert_eq!(refused(&renamed), (Code::EXTRACT_HEADER, Some("Code postal (coord. structure)")));
        assert_eq!(refused(&header(&Column::ALL[..40])).0, Code::EXTRACT_HEADER);
        let twice = format!("{whole}Code profession|");
        assert_eq!(refused(&twice), (Code::EXTRACT_COLUMN_TWICE, Some("Code profession")));
        assert_eq!(plan(&format!("{whole}Une colonne de demain|")).width, 57);
        // Of savoir-faire, none of the places; of another file, nothing that tells.
        let expertise: Vec<Column> = Column::ALL.iter().copied().filter(|column| column.is_in_expertise()).collect();
        assert_eq!(plan(&header(&expertise)).width, 13);
        let renamed = header(&expertise).replace("Code savoir-faire", "Savoir-faire");
        assert_eq!(refused(&renamed), (Code::EXTRACT_HEADER, Some("Code savoir-faire")));
        for (header, lacks) in [("nom;prenom", Column::IdType), (&header(&Column::ALL[..9]), Column::Profession)] {
            assert!(matches!(Plan::read(header).unwrap(), Header::Other(column) if column == lacks));
        }
    }

    #[test]
    fn a_row_has_as_many_columns_as_the_header_and_the_trailing_bar_opens_none() {
        let fits = |header: &str, row: &str| plan(header).fits(&Cut::new(row, &mut Vec::new()));
        let (whole, row) = (header(Column::ALL), "x|".repeat(56));
        let bare = |text: &str| text.strip_suffix('|').unwrap().to_owned();
        assert!(fits(&whole, &row) && fits(&whole, &bare(&row)));
        assert!(fits(&bare(&whole), &row) && fits(&bare(&whole), &bare(&row)));
        assert!(fits(&whole, &"|".repeat(56)) && fits(&bare(&whole), &"|".repeat(55)));
        for (few, many) in [("x|".repeat(55), "x|".repeat(57)), ("|".repeat(55), "|".repeat(57))] {
            assert!(!fits(&whole, &few) && !fits(&whole, &many) && !fits(&bare(&whole), &many));
        }
    }
}
