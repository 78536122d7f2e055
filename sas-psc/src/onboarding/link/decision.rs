//! What a sign-in means for the accounts that bear the person's numbers: one table of cases, without I/O.
//!
//! The application looks accounts up as it likes; what it finds is judged here again, so that an account found by its
//! address or its name is never the person's.

use super::{LocalAccount, read_number};
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use crate::person::{FORMER, OtherId, Professional};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Which identifiers of Pro Santé Connect the application believes to be the person's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkPolicy {
    /// Origins of `otherIds` (`origine`) that may find an account; case does not matter.
    pub trusted_origins: Vec<String>,
}

impl Default for LinkPolicy {
    /// The two registers of professionals: `RPPS` and `ADELI`.
    fn default() -> LinkPolicy {
        LinkPolicy { trusted_origins: vec!["RPPS".to_owned(), "ADELI".to_owned()] }
    }
}

impl LinkPolicy {
    /// Reads origins separated by commas; none is an empty list: `SubjectNameID` alone counts then.
    pub fn of_origins(origins: &str) -> LinkPolicy {
        let words = origins.split(',').map(str::trim).filter(|word| !word.is_empty());
        LinkPolicy { trusted_origins: words.map(str::to_owned).collect() }
    }

    fn trusts(&self, other: &OtherId) -> bool {
        self.trusted_origins.iter().any(|origin| origin.eq_ignore_ascii_case(&other.origin))
    }

    /// Everything by which this person may be found, the strongest first, each once. What an earlier sign-in gave and
    /// Pro Santé Connect no longer lists is the holder's own, and is kept with the link.
    pub fn identities(&self, person: &Professional) -> Vec<(IdNat, MatchedBy)> {
        let mut found = vec![(person.id_nat.clone(), MatchedBy::SubjectNameId)];
        for other in person.other_ids.iter().filter(|other| self.trusts(other) && other.origin != FORMER) {
            // Listed with or without its type digit. A number with a wrong key finds nobody.
            if let Ok(id) = read_number(other.id.as_str())
                && !found.iter().any(|(known, _)| *known == id)
            {
                found.push((id, MatchedBy::OtherId));
            }
        }
        found
    }
}

/// By which identifier an account was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MatchedBy {
    /// The person's national identifier of today.
    SubjectNameId,
    /// Another identifier whose origin is trusted.
    OtherId,
}

impl MatchedBy {
    /// `subject-name-id`, `other-id`.
    pub const fn word(self) -> &'static str {
        match self {
            MatchedBy::SubjectNameId => "subject-name-id",
            MatchedBy::OtherId => "other-id",
        }
    }
}

/// What is known of an account's link.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Standing {
    /// Linked to nobody, ever.
    #[default]
    Free,
    /// Linked to the person known by these identifiers, the current one first.
    Linked(Vec<IdNat>),
    /// Set aside: its person uses another account.
    SetAside,
    /// Its link to the person known by these was undone: they get it back by a proof alone.
    Undone(Vec<IdNat>),
}

/// An account that may be the person's.
#[derive(Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The account.
    pub account: LocalAccount,
    /// The numbers that it bears, as the application keeps them. One that cannot be read finds nobody.
    pub numbers: Vec<String>,
    /// Its link.
    pub standing: Standing,
}

impl fmt::Debug for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Candidate(•••)")
    }
}

impl Candidate {
    fn matched(&self, identities: &[(IdNat, MatchedBy)]) -> Option<MatchedBy> {
        let numbers: Vec<IdNat> = self.numbers.iter().filter_map(|number| read_number(number).ok()).collect();
        identities.iter().filter(|(id, _)| numbers.contains(id)).map(|(_, by)| *by).min()
    }
}

/// What a sign-in means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "decision", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Decision {
    /// The account is linked to this person already.
    SignIn {
        /// The account.
        account: LocalAccount,
        /// Whether the person has another national identifier than the link knows: ADELI became RPPS, or PSI came.
        renumbered: bool,
        /// Accounts that bear their numbers too and are nobody's: to be set aside, or looked at.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        others: Vec<LocalAccount>,
    },
    /// One account bears the person's number and is nobody's yet: link it.
    Link {
        /// The account.
        account: LocalAccount,
        /// By what.
        by: MatchedBy,
    },
    /// Several accounts bear their numbers: the person chooses one, the others are set aside.
    Several {
        /// The accounts, in the order given.
        accounts: Vec<LocalAccount>,
    },
    /// The account bears their number and is linked to another person: a matter for an administrator.
    Claimed {
        /// The account.
        account: LocalAccount,
    },
    /// No account bears their number: offer to prove an old one, or open a new one.
    Prove,
}

impl Decision {
    /// `sign-in`, `link`, `several`, `claimed`, `prove`.
    pub const fn word(&self) -> &'static str {
        match self {
            Decision::SignIn { .. } => "sign-in",
            Decision::Link { .. } => "link",
            Decision::Several { .. } => "several",
            Decision::Claimed { .. } => "claimed",
            Decision::Prove => "prove",
        }
    }
}

/// Says what the sign-in of `person` means, given the accounts that the application found and those that are linked to
/// any of their identifiers.
///
/// ```
/// use sas_psc::onboarding::link::{Candidate, Decision, LinkPolicy, LocalAccount, Standing, decide};
/// # use sas_psc::{id::IdNat, person::{Name, Professional}};
/// # let id_nat = IdNat::parse("899700218896")?;
/// # let person = Professional { id_nat, other_ids: vec![], name: Name::default(), practices: vec![] };
///
/// let account = LocalAccount::new("1742")?;
/// let found = Candidate { account, numbers: vec!["99700218896".into()], standing: Standing::Free };
/// assert_eq!(decide(&person, &[found], &LinkPolicy::default()).word(), "link");
/// # Ok::<(), sas_psc::Error>(())
/// ```
pub fn decide(person: &Professional, candidates: &[Candidate], policy: &LinkPolicy) -> Decision {
    let identities = policy.identities(person);
    let theirs = |known: &[IdNat]| known.iter().any(|id| identities.iter().any(|(mine, _)| mine == id));
    let names = |of: &[&Candidate]| of.iter().map(|candidate| candidate.account.clone()).collect::<Vec<_>>();

    let (mut mine, mut free, mut claimed) = (Vec::new(), Vec::new(), Vec::new());
    for candidate in candidates {
        let matched = candidate.matched(&identities);
        match (&candidate.standing, matched) {
            (Standing::Linked(known), _) if theirs(known) => mine.push(candidate),
            (Standing::Linked(_), Some(_)) => claimed.push(candidate),
            (Standing::Undone(known), _) if theirs(known) => {}
            (Standing::Free | Standing::Undone(_), Some(by)) => free.push((candidate, by)),
            (Standing::SetAside, _) | (_, None) => {}
        }
    }
    let nobodys: Vec<&Candidate> = free.iter().map(|(candidate, _)| *candidate).collect();
    match (&*mine, &*free, &*claimed) {
        ([one], ..) => {
            let current = match &one.standing {
                Standing::Linked(known) => known.first(),
                _ => None,
            };
            let renumbered = current != Some(&person.id_nat);
            Decision::SignIn { account: one.account.clone(), renumbered, others: names(&nobodys) }
        }
        ([], [], []) => Decision::Prove,
        ([], [(one, by)], []) => Decision::Link { account: one.account.clone(), by: *by },
        ([], [], [one, ..]) => Decision::Claimed { account: one.account.clone() },
        _ => Decision::Several { accounts: names(&[&*mine, &*nobodys, &*claimed].concat()) },
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    account: LocalAccount,
    #[serde(default)]
    numbers: Vec<String>,
    #[serde(default)]
    linked: Option<Vec<IdNat>>,
    #[serde(default)]
    undone: Option<Vec<IdNat>>,
    #[serde(default)]
    set_aside: bool,
}

/// Reads candidates from JSON, for the faces: `[{"account","numbers":[…],"linked":[…],"undone":[…],"set_aside":bool}]`, of
/// the last three one at most; `linked` holds the identifiers of the person linked, the current one first.
///
/// # Errors
/// `link-accounts-unreadable`.
pub fn candidates_from_json(json: &str) -> Result<Vec<Candidate>> {
    let unreadable = || Error::new(Code::LINK_ACCOUNTS_UNREADABLE);
    let written: Vec<Written> = serde_json::from_str(json).map_err(|_| unreadable())?;
    let standing = |written: &Written| match (&written.linked, &written.undone, written.set_aside) {
        (None, None, false) => Ok(Standing::Free),
        (Some(linked), None, false) => Ok(Standing::Linked(linked.clone())),
        (None, Some(undone), false) => Ok(Standing::Undone(undone.clone())),
        (None, None, true) => Ok(Standing::SetAside),
        _ => Err(unreadable()),
    };
    let candidate = |written: Written| {
        Ok(Candidate { standing: standing(&written)?, account: written.account, numbers: written.numbers })
    };
    written.into_iter().map(candidate).collect()
}
