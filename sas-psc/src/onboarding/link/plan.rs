//! How a whole base of accounts would fare, before anything is linked: each account linked, ambiguous, unknown, or with a
//! wrong number. It changes nothing and asks Pro Santé Connect nothing.
//!
//! Two passes over the rows, in any order and of any number: [`LinkPlan::see`] counts who bears which number, in some
//! 30 bytes an account, then [`LinkPlan::judge`] answers row by row. With a directory, the caller tells whether a number is known.

use super::read_number;
use crate::base::sha256;
use crate::error::{Code, Error, Result};
use crate::id::{IdNat, IdNatKind};
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use std::fmt;

/// What would become of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PlanResult {
    /// Its person will find it by its number.
    Linked,
    /// Several accounts bear its number, or its numbers belong to several people: a choice, or an administrator.
    Ambiguous,
    /// It bears no number, one of no register, or one that the directory does not know: its person proves it.
    Unknown,
    /// Its number cannot be right: its key or its form is wrong.
    WrongNumber,
}

impl PlanResult {
    /// Every one, in the order of the summary.
    pub const ALL: [PlanResult; 4] =
        [PlanResult::Linked, PlanResult::Ambiguous, PlanResult::Unknown, PlanResult::WrongNumber];

    /// `linked`, `ambiguous`, `unknown`, `wrong-number`.
    pub const fn word(self) -> &'static str {
        match self {
            PlanResult::Linked => "linked",
            PlanResult::Ambiguous => "ambiguous",
            PlanResult::Unknown => "unknown",
            PlanResult::WrongNumber => "wrong-number",
        }
    }
}

/// An account of the base: its key there, and the numbers that it bears, as they are kept.
#[derive(Clone, Copy)]
pub struct PlanRow<'a> {
    /// The key.
    pub account: &'a str,
    /// The numbers; an empty one is none.
    pub numbers: &'a [&'a str],
}

impl fmt::Debug for PlanRow<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlanRow(•••)")
    }
}

/// Who bears which number.
#[derive(Default)]
pub struct LinkPlan {
    /// By the hash of a number: the hash of the one account that bears it, or 0 when several do.
    bearers: HashMap<u64, u64>,
    /// The hashes of the accounts.
    accounts: HashSet<u64>,
    rows: u64,
}

impl LinkPlan {
    /// Nothing seen yet.
    pub fn new() -> LinkPlan {
        LinkPlan::default()
    }

    /// How many rows were seen.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The first pass: counts a row.
    ///
    /// # Errors
    /// `plan-account-missing` when it has no account; `plan-account-twice` when the account was seen before. The row is
    /// not counted then.
    pub fn see(&mut self, row: PlanRow<'_>) -> Result<()> {
        if row.account.is_empty() {
            return Err(Error::new(Code::PLAN_ACCOUNT_MISSING));
        }
        let account = hash("account", row.account);
        if !self.accounts.insert(account) {
            return Err(Error::new(Code::PLAN_ACCOUNT_TWICE));
        }
        self.rows += 1;
        for number in numbers(row).flatten() {
            let bearer = self.bearers.entry(hash("number", number.as_str())).or_insert(account);
            if *bearer != account {
                *bearer = 0;
            }
        }
        Ok(())
    }

    /// The second pass: what would become of a row that was seen. `people` says whom the directory knows under these
    /// numbers, as one text for each person, and none at all without a directory.
    ///
    /// ```
    /// use sas_psc::onboarding::link::{LinkPlan, PlanResult, PlanRow};
    ///
    /// let mut plan = LinkPlan::new();
    /// let row = PlanRow { account: "1742", numbers: &["99700218896"] };
    /// plan.see(row)?;
    /// assert_eq!(plan.judge(row, |_| None), PlanResult::Linked);
    /// # Ok::<(), sas_psc::Error>(())
    /// ```
    pub fn judge(&self, row: PlanRow<'_>, people: impl Fn(&IdNat) -> Option<Vec<String>>) -> PlanResult {
        let (account, mut known, mut all) = (hash("account", row.account), Vec::<String>::new(), Vec::new());
        for number in numbers(row) {
            match number {
                Ok(number) => all.push(number),
                Err(_) => return PlanResult::WrongNumber,
            }
        }
        let of_a_register = |id: &IdNat| !matches!(id.kind(), IdNatKind::Other);
        if !all.iter().any(of_a_register) {
            return PlanResult::Unknown;
        }
        if all.iter().any(|number| self.bearers.get(&hash("number", number.as_str())) != Some(&account)) {
            return PlanResult::Ambiguous;
        }
        // Two RPPS numbers are two people, whatever a directory says.
        let mut rpps: Vec<&IdNat> = all.iter().filter(|id| id.kind() == IdNatKind::Rpps).collect();
        rpps.dedup();
        if rpps.len() > 1 {
            return PlanResult::Ambiguous;
        }
        let mut asked = false;
        for number in &all {
            if let Some(found) = people(number) {
                asked = true;
                known.extend(found);
            }
        }
        known.sort_unstable();
        known.dedup();
        match (asked, known.len()) {
            (false, _) | (true, 1) => PlanResult::Linked,
            (true, 0) => PlanResult::Unknown,
            (true, _) => PlanResult::Ambiguous,
        }
    }
}

impl fmt::Debug for LinkPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkPlan").field("rows", &self.rows).finish_non_exhaustive()
    }
}

fn numbers(row: PlanRow<'_>) -> impl Iterator<Item = Result<IdNat>> {
    row.numbers.iter().map(|number| number.trim()).filter(|number| !number.is_empty()).map(read_number)
}

/// 64 bits of SHA-256: among ten million accounts two meet with a chance of 3 in a million, and then both are told
/// ambiguous, never linked. Zero is kept for "several".
fn hash(label: &str, text: &str) -> u64 {
    let digest = sha256(&[label.as_bytes(), b"\0", text.as_bytes()].concat());
    let [a, b, c, d, e, f, g, h, ..] = digest;
    u64::from_be_bytes([a, b, c, d, e, f, g, h]).max(1)
}

/// Which columns of a table hold the account and its numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanColumns {
    /// The column of the account, counted from 0.
    pub account: usize,
    /// Those of the numbers.
    pub numbers: Vec<usize>,
}

/// The names of columns, without accents, case, spaces and signs; the first of a table that fits counts.
const ACCOUNT: &[&str] = &[
    "account",
    "accountid",
    "compte",
    "idcompte",
    "identifiantcompte",
    "cle",
    "login",
    "user",
    "userid",
    "username",
    "utilisateur",
    "idutilisateur",
    "id",
    "uid",
];
const NUMBER: &[&str] = &[
    "rpps",
    "norpps",
    "nrpps",
    "numrpps",
    "numerorpps",
    "adeli",
    "noadeli",
    "nadeli",
    "numadeli",
    "numeroadeli",
    "idnat",
    "idnatps",
    "subjectnameid",
    "nationalid",
    "identifiantnational",
    "identificationnationale",
    "identificationnationalepp",
    "identifiantpp",
    "number",
    "numero",
    "psi",
];

impl PlanColumns {
    /// Finds them by the header of the table, under the names that bases give them: `account`, `compte`, `login`…;
    /// `rpps`, `N° RPPS`, `adeli`, `SubjectNameID`, `Identification nationale PP`…
    ///
    /// # Errors
    /// `column-missing`, with the field `account` or `number`.
    pub fn of(header: &[impl AsRef<str>]) -> Result<PlanColumns> {
        let names: Vec<String> = header.iter().map(|name| plain(name.as_ref())).collect();
        let missing = |field| Error::field(Code::COLUMN_MISSING, field);
        let is_account = |name: &String| ACCOUNT.contains(&name.as_str());
        let account = names.iter().position(is_account).ok_or_else(|| missing("account"))?;
        let is_number = |(_, name): &(usize, &String)| NUMBER.contains(&name.as_str());
        let numbers: Vec<usize> = names.iter().enumerate().filter(is_number).map(|(at, _)| at).collect();
        if numbers.is_empty() { Err(missing("number")) } else { Ok(PlanColumns { account, numbers }) }
    }
}

fn plain(name: &str) -> String {
    let fold = |c: char| match c.to_ascii_lowercase() {
        'é' | 'è' | 'É' | 'È' => Some('e'),
        c if c.is_ascii_alphanumeric() => Some(c),
        _ => None,
    };
    name.chars().filter_map(fold).collect()
}
