//! What a link rests on: a number that Pro Santé Connect gave, or the old account proven in the same session.
//!
//! A proof belongs to the person at the issuer, to the browser session and to a time: carried to another of them it is
//! refused (CVE-2025-7365, CVE-2026-9087). An address or a name is no proof, so there is no way to make one from them.

use super::LocalAccount;
use super::decision::{Candidate, Decision, LinkPolicy, decide};
use crate::base::Timestamp;
use crate::consent::AccountParty;
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use crate::onboarding::{Onboarding, SignInFacts};
use crate::person::{Binding, Professional};
use crate::psc::SignIn;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// How the person proved an old account to the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ProofMeans {
    /// Its password.
    Password,
    /// Its password and a second factor.
    PasswordAndSecondFactor,
    /// A session that was open in the old account, in the same browser.
    OpenSession,
    /// In person, to whoever administers the accounts.
    InPerson,
}

impl ProofMeans {
    /// `password`, `password-and-second-factor`, `open-session`, `in-person`.
    pub const fn word(self) -> &'static str {
        match self {
            ProofMeans::Password => "password",
            ProofMeans::PasswordAndSecondFactor => "password-and-second-factor",
            ProofMeans::OpenSession => "open-session",
            ProofMeans::InPerson => "in-person",
        }
    }
}

/// The request to prove an old account, made when a person has signed in and no account was found. Keep it in the session.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofRequest {
    binding: Binding,
    begun_at: Timestamp,
    ends_at: Timestamp,
}

impl ProofRequest {
    /// How long a person has to prove an old account, unless told otherwise.
    pub const LIFETIME: Duration = Duration::from_secs(10 * 60);

    /// Begins, for the person who signed in, in the browser session `attempt`.
    pub fn begin(sign_in: &SignIn, attempt: &str, now: Timestamp, lifetime: Duration) -> ProofRequest {
        let binding = Binding::new(sign_in.issuer(), sign_in.subject(), attempt);
        ProofRequest { binding, begun_at: now, ends_at: now + lifetime }
    }

    /// Until when.
    pub fn ends_at(&self) -> Timestamp {
        self.ends_at
    }

    /// The application vouches that, just now and in the browser session `attempt`, the person proved `account` by
    /// `means`. Call it where the password was found right, nowhere else.
    ///
    /// # Errors
    /// `link-other-session`, `link-proof-expired`.
    pub fn proven(
        &self,
        account: LocalAccount,
        means: ProofMeans,
        attempt: &str,
        now: Timestamp,
    ) -> Result<OldAccountProof> {
        if self.binding.attempt != attempt {
            return Err(Error::new(Code::LINK_OTHER_SESSION));
        }
        // A clock that went back gives no time.
        if !(self.begun_at..self.ends_at).contains(&now) {
            return Err(Error::new(Code::LINK_PROOF_EXPIRED));
        }
        Ok(OldAccountProof { account, means, binding: self.binding.clone(), ends_at: self.ends_at })
    }
}

impl fmt::Debug for ProofRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProofRequest").field("ends_at", &self.ends_at).finish_non_exhaustive()
    }
}

/// Evidence that a person proved an old account, in this session. Only [`ProofRequest::proven`] makes one.
#[derive(Clone)]
pub struct OldAccountProof {
    account: LocalAccount,
    means: ProofMeans,
    binding: Binding,
    ends_at: Timestamp,
}

impl OldAccountProof {
    /// The account that was proven.
    pub fn account(&self) -> &LocalAccount {
        &self.account
    }
}

impl fmt::Debug for OldAccountProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OldAccountProof").field("means", &self.means).finish_non_exhaustive()
    }
}

/// Whose link it is to be, and the sign-in that vouches for them: a [`SignIn`], or the one that a sign-up keeps, so that
/// a choice can be made on a later page.
#[derive(Clone)]
pub struct SignedInPerson<'a> {
    person: &'a Professional,
    facts: SignInFacts,
}

impl SignedInPerson<'_> {
    /// The person.
    pub fn professional(&self) -> &Professional {
        self.person
    }

    /// The issuer of their identity.
    pub fn issuer(&self) -> &str {
        &self.facts.issuer
    }
}

impl<'a> From<&'a SignIn> for SignedInPerson<'a> {
    fn from(sign_in: &'a SignIn) -> SignedInPerson<'a> {
        SignedInPerson { person: sign_in.professional(), facts: SignInFacts::of(sign_in) }
    }
}

impl<'a> From<&'a Onboarding> for SignedInPerson<'a> {
    fn from(onboarding: &'a Onboarding) -> SignedInPerson<'a> {
        SignedInPerson { person: onboarding.person(), facts: onboarding.sign_in().clone() }
    }
}

impl fmt::Debug for SignedInPerson<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedInPerson").field("facts", &self.facts).finish_non_exhaustive()
    }
}

/// What a link rests on: who signed in, which account, and every proof.
#[derive(Clone)]
pub struct LinkEvidence {
    pub(super) account: LocalAccount,
    pub(super) facts: SignInFacts,
    pub(super) identities: Vec<IdNat>,
    pub(super) proofs: Vec<String>,
}

impl LinkEvidence {
    fn new(who: SignedInPerson<'_>, account: LocalAccount, policy: &LinkPolicy, proof: &str) -> LinkEvidence {
        let identities = policy.identities(who.person).into_iter().map(|(id, _)| id).collect();
        let proofs = ["psc-sign-in", proof].map(str::to_owned).to_vec();
        LinkEvidence { account, facts: who.facts, identities, proofs }
    }

    /// The one account that bears the person's number.
    ///
    /// # Errors
    /// `link-several`, `link-claimed`, `link-not-found`; `link-out-of-order` when it is linked to them already.
    pub fn by_number<'a>(
        who: impl Into<SignedInPerson<'a>>,
        candidates: &[Candidate],
        policy: &LinkPolicy,
    ) -> Result<LinkEvidence> {
        let who = who.into();
        match decide(who.person, candidates, policy) {
            Decision::Link { account, by } => Ok(LinkEvidence::new(who, account, policy, by.word())),
            Decision::Several { .. } => Err(Error::new(Code::LINK_SEVERAL)),
            Decision::Claimed { .. } => Err(Error::new(Code::LINK_CLAIMED)),
            Decision::Prove => Err(Error::new(Code::LINK_NOT_FOUND)),
            Decision::SignIn { .. } => Err(Error::new(Code::LINK_OUT_OF_ORDER)),
        }
    }

    /// The account that the person chose among several that bear their numbers and are nobody else's. The others come
    /// with it, to be set aside.
    ///
    /// # Errors
    /// `link-not-found` when `account` is none of them; `link-claimed` when it is another person's.
    pub fn by_choice<'a>(
        who: impl Into<SignedInPerson<'a>>,
        candidates: &[Candidate],
        account: &LocalAccount,
        policy: &LinkPolicy,
    ) -> Result<(LinkEvidence, Vec<LocalAccount>)> {
        let who = who.into();
        let Decision::Several { accounts } = decide(who.person, candidates, policy) else {
            return Err(Error::new(Code::LINK_NOT_FOUND));
        };
        // Alone, it must be one to link.
        let alone = |one: &LocalAccount| {
            let one: Vec<Candidate> = candidates.iter().filter(|c| c.account == *one).cloned().collect();
            LinkEvidence::by_number(who.clone(), &one, policy)
        };
        let mut evidence = alone(account)?;
        evidence.proofs.push("choice".to_owned());
        let others = accounts.into_iter().filter(|other| other != account && alone(other).is_ok()).collect();
        Ok((evidence, others))
    }

    /// An account that the person proved in the same session, whatever number it bears.
    ///
    /// # Errors
    /// `link-other-session`, `link-proof-expired`.
    pub fn by_proof<'a>(
        who: impl Into<SignedInPerson<'a>>,
        proof: &OldAccountProof,
        attempt: &str,
        policy: &LinkPolicy,
        now: Timestamp,
    ) -> Result<LinkEvidence> {
        let who = who.into();
        if !proof.binding.is(&Binding::new(&who.facts.issuer, &who.facts.subject, attempt)) {
            return Err(Error::new(Code::LINK_OTHER_SESSION));
        }
        if now >= proof.ends_at {
            return Err(Error::new(Code::LINK_PROOF_EXPIRED));
        }
        Ok(LinkEvidence::new(who, proof.account.clone(), policy, proof.means.word()))
    }

    /// The account.
    pub fn account(&self) -> &LocalAccount {
        &self.account
    }

    /// The issuer of the person's identity.
    pub fn issuer(&self) -> &str {
        &self.facts.issuer
    }

    pub(super) fn party(&self) -> AccountParty<'_> {
        let SignInFacts { issuer, subject, .. } = &self.facts;
        AccountParty { issuer, subject, signed_in: Some(self.facts.for_record()) }
    }
}

impl fmt::Debug for LinkEvidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkEvidence").field("proofs", &self.proofs).finish_non_exhaustive()
    }
}
