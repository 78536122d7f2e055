//! The accounts that the platform had before Pro Santé Connect: an example of a table of one's own, read from a file.
//!
//! `account;number` a line, with a header. A real platform asks its database; what counts is that accounts are looked up
//! by number alone. The SDK decides whose they are.

use sas_psc::id::IdNat;
use sas_psc::onboarding::link::{LocalAccount, LocalAccounts, read_number};
use std::path::Path;

/// The table: each account with its number as it is kept.
#[derive(Default)]
pub struct LocalTable(Vec<(LocalAccount, String)>);

impl LocalTable {
    /// Reads the file.
    pub fn load(file: &Path) -> Result<LocalTable, String> {
        let said = |why: &dyn std::fmt::Display| format!("{}: {why}", file.display());
        let text = std::fs::read_to_string(file).map_err(|error| said(&error))?;
        let row = |line: &str| {
            let (account, number) = line.split_once(';').ok_or_else(|| said(&"account;number a line"))?;
            let account = LocalAccount::new(account.trim()).map_err(|error| said(&error))?;
            Ok((account, number.trim().to_owned()))
        };
        text.lines().skip(1).filter(|line| !line.trim().is_empty()).map(row).collect::<Result<_, _>>().map(LocalTable)
    }
}

impl LocalAccounts for LocalTable {
    async fn bearing(&self, numbers: &[IdNat]) -> sas_psc::Result<Vec<(LocalAccount, Vec<String>)>> {
        let bears = |(_, number): &&(LocalAccount, String)| read_number(number).is_ok_and(|id| numbers.contains(&id));
        let found = self.0.iter().filter(bears);
        Ok(found.map(|(account, number)| (account.clone(), vec![number.clone()])).collect())
    }
}
