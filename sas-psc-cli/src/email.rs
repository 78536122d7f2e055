//! `email check`: is this an address to which the verification mail can go.

use crate::output::{Output, sentences};
use clap::{Args, Subcommand};
use sas_psc::Error;
use sas_psc::email::Address;

/// Commands on e-mail addresses.
#[derive(Subcommand)]
pub enum Command {
    /// Check addresses: prints address, yes or no, and its canonical form or why it is refused
    Check(Check),
}

/// Arguments of `email check`.
#[derive(Args)]
pub struct Check {
    /// The addresses
    #[arg(required = true)]
    addresses: Vec<String>,
}

impl Command {
    /// Runs it.
    pub fn run(&self, out: &mut Output) -> Result<(), Error> {
        let Command::Check(check) = self;
        for address in &check.addresses {
            let found = Address::check(address);
            let answer = if found.valid { "yes" } else { "no" };
            let why = found.canonical.as_deref().or(found.reason).unwrap_or_default();
            out.answer(found.valid, &found, format_args!("{address}\t{answer}\t{why}"));
            if let Some(code) = found.code() {
                out.explain(sentences(code, out.lang));
            }
        }
        Ok(())
    }
}
