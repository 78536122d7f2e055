//! Whether the person before us is the one known under another national identifier: ADELI ended, its holders have RPPS.
//!
//! A provider lists a person's other numbers beside the current one (`otherIds`). A number of a register kept before and
//! found there is the same person, renumbered; an opaque value may stand at several people and joins nobody. Nothing is
//! concluded from a name. Whether the numbers are to be believed is the caller's question: those of a
//! [`crate::person::Professional`] that a sign-in brought are the provider's word.
//!
//! Source: ANS, psc-toggle-ids `PsIdType.java` (a person toggled from type 0 to type 8); TRE_G08.

use super::{OtherId, Professional};
use crate::id::{IdNat, IdNatKind};
use std::fmt;

/// The origin under which we list an identifier that the provider gave once and no longer lists.
pub(crate) const FORMER: &str = "former";

/// What a national identifier kept before is to the person before us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Continuity {
    /// It is theirs still.
    Same,
    /// It was theirs, or is one of theirs; their national identifier is another now.
    Renumbered(Renumbered),
    /// The source does not say that it was theirs.
    Unknown,
}

impl Continuity {
    /// `same`, `adeli-to-rpps`, `renumbered` for any other change, `unknown`: the word for a program in C or Python.
    pub fn word(&self) -> &'static str {
        match self {
            Continuity::Same => "same",
            Continuity::Renumbered(change) if change.is_adeli_to_rpps() => "adeli-to-rpps",
            Continuity::Renumbered(_) => "renumbered",
            Continuity::Unknown => "unknown",
        }
    }
}

/// The same person under a new national identifier. Only [`Professional::continuity`] makes one. Its `Debug` shows the
/// kinds alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Renumbered {
    former: IdNat,
    current: IdNat,
}

impl Renumbered {
    /// The identifier kept before.
    pub fn former(&self) -> &IdNat {
        &self.former
    }

    /// The identifier of today: keep this one from now on, and the former as one more.
    pub fn current(&self) -> &IdNat {
        &self.current
    }

    /// Whether it is the change that the end of ADELI brings about: a professional's ADELI number became an RPPS number.
    pub fn is_adeli_to_rpps(&self) -> bool {
        (self.former.kind(), self.current.kind()) == (IdNatKind::Adeli, IdNatKind::Rpps)
    }
}

impl fmt::Debug for Renumbered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Renumbered({:?} -> {:?})", self.former.kind(), self.current.kind())
    }
}

impl Professional {
    /// Everything this person may be known by: the national identifier first, then their other numbers of a register
    /// (TRE_G08), an RPPS or ADELI number listed without its type digit in its full form. An opaque value listed beside
    /// them joins nobody, unless it was the national identifier itself.
    pub fn identities(&self) -> Vec<IdNat> {
        let mut all = vec![self.id_nat.clone()];
        let numbers = [self.rpps().map(|rpps| rpps.to_id_nat()), self.adeli().map(|adeli| adeli.to_id_nat())];
        let of_a_register = |other: &&OtherId| other.id.kind() != IdNatKind::Other || other.origin == FORMER;
        let others = self.other_ids.iter().filter(of_a_register).map(|other| &other.id);
        for id in others.chain(numbers.iter().flatten()) {
            if !all.contains(id) {
                all.push(id.clone());
            }
        }
        all
    }

    /// What an identifier kept before is to this person.
    ///
    /// ```
    /// use sas_psc::id::IdNat;
    /// use sas_psc::person::{Continuity, Name, OtherId, Professional};
    ///
    /// let adeli = IdNat::parse("00B6087510")?;
    /// let person = Professional {
    ///     id_nat: IdNat::parse("899700218896")?,
    ///     other_ids: vec![OtherId { id: adeli.clone(), origin: "ADELI".into(), quality: None }],
    ///     name: Name::default(),
    ///     practices: vec![],
    /// };
    /// let Continuity::Renumbered(change) = person.continuity(&adeli) else { panic!() };
    /// assert!(change.is_adeli_to_rpps());
    /// assert_eq!(person.continuity(&IdNat::parse("0759999999")?), Continuity::Unknown);
    /// # Ok::<(), sas_psc::Error>(())
    /// ```
    pub fn continuity(&self, kept: &IdNat) -> Continuity {
        if *kept == self.id_nat {
            Continuity::Same
        } else if self.identities().contains(kept) {
            Continuity::Renumbered(Renumbered { former: kept.clone(), current: self.id_nat.clone() })
        } else {
            Continuity::Unknown
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::Name;

    fn person(id_nat: &str, others: &[(&str, &str)]) -> Professional {
        let other = |(id, origin): &(&str, &str)| OtherId {
            id: IdNat::parse(id).unwrap(),
            origin: (*origin).to_owned(),
            quality: None,
        };
        Professional {
            id_nat: IdNat::parse(id_nat).unwrap(),
            other_ids: others.iter().map(other).collect(),
            name: Name::default(),
            practices: vec![],
        }
    }

    fn change(person: &Professional, kept: &str) -> Option<bool> {
        match person.continuity(&IdNat::parse(kept).unwrap()) {
            Continuity::Renumbered(change) => {
                assert_eq!((change.former().as_str(), change.current()), (kept, &person.id_nat));
                Some(change.is_adeli_to_rpps())
            }
            Continuity::Same => panic!("not the same"),
            Continuity::Unknown => None,
        }
    }

    #[test]
    fn adeli_becomes_rpps_and_the_person_stays_themselves() {
        let now = person("899700218896", &[("00B6087510", "ADELI"), ("899700218896", "RPPS")]);
        assert_eq!(now.continuity(&now.id_nat), Continuity::Same);
        assert_eq!(change(&now, "00B6087510"), Some(true));
        // Listed without the type digit, and kept with it.
        assert_eq!(change(&person("899700218896", &[("0B6087510", "ADELI")]), "00B6087510"), Some(true));
        // The provider that gives the old number still, and lists the new one.
        assert_eq!(change(&person("00B6087510", &[("899700218896", "RPPS")]), "899700218896"), Some(false));
    }

    #[test]
    fn another_kind_of_change_is_told_and_is_not_that_one() {
        let psi = person("019c5172-a5c0-7188-b81f-5c16807b9140", &[("99700218896", "RPPS")]);
        assert_eq!(change(&psi, "899700218896"), Some(false));
        let former = person("899700218896", &[("ANS20231122132732", FORMER)]);
        assert_eq!(change(&former, "ANS20231122132732"), Some(false));
    }

    #[test]
    fn what_the_source_does_not_say_is_not_concluded() {
        let now = person("899700218896", &[("EDIT-1", "EDIT"), ("00B6087510", "ADELI")]);
        for kept in ["EDIT-1", "0759999999", "899700000013", "99700218896"] {
            assert_eq!(change(&now, kept), None, "{kept}");
        }
    }

    #[test]
    fn each_answer_has_its_word() {
        let now = person("899700218896", &[("00B6087510", "ADELI"), ("30B0057881/CPET0002", "FINESS")]);
        let word = |kept: &str| now.continuity(&IdNat::parse(kept).unwrap()).word();
        let kept = ["899700218896", "00B6087510", "30B0057881/CPET0002", "0759999999"];
        assert_eq!(kept.map(word), ["same", "adeli-to-rpps", "renumbered", "unknown"]);
    }

    #[test]
    fn debug_tells_the_kinds_alone() {
        let now = person("899700218896", &[("00B6087510", "ADELI")]);
        let shown = format!("{:?}", now.continuity(&IdNat::parse("00B6087510").unwrap()));
        assert_eq!(shown, "Renumbered(Renumbered(Adeli -> Rpps))");
    }
}
