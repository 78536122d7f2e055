//! The simulated people, for who tries the site by hand.

use crate::journey::{PASSWORD, PIN};
use crate::story::{fold, print};
use std::fmt::Write;

/// Prints them in 80 columns.
pub fn list() {
    let mut text = format!("  Code porteur de toutes les cartes : {PIN}. Mot de passe e-CPS : {PASSWORD}.\n\n");
    let _ = writeln!(text, "  {:<25}{:<13}", "Personne", "RPPS");
    for person in sas_psc_sim::everybody() {
        let (name, rpps) = (person.full_name(), person.rpps().unwrap_or_default());
        for (at, line) in fold(&person.kind, 38).iter().enumerate() {
            let (name, rpps) = if at == 0 { (name.as_str(), rpps.as_str()) } else { ("", "") };
            let _ = writeln!(text, "  {name:<25}{rpps:<13}{line}");
        }
    }
    print(&text);
}
