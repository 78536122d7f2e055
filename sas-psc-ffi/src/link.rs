//! `sas_psc_link_decide` and `sas_psc_link_plan`: accounts that exist already, and to whom they belong.

use crate::argument::Maybe;
use crate::export::export;
use crate::handle::Handle;
use crate::professional::sas_psc_professional;
use crate::string::{json, sas_psc_string};
use sas_psc::onboarding::link::{LinkPlan, LinkPolicy, PlanRow, candidates_from_json, decide};
use std::ffi::c_char;

/// Who bears which number, in a base of accounts.
pub struct sas_psc_link_plan {
    plan: LinkPlan,
}

impl Handle for sas_psc_link_plan {}

/// The numbers of an account, one a line.
fn lines(numbers: &str) -> Vec<&str> {
    numbers.lines().collect()
}

export! {
    /// What a first sign-in means for accounts of yours. accounts is JSON, the accounts that you found by number:
    /// [{"account","numbers":[…],"linked":[…],"undone":[…],"set_aside":bool}], of the last three one at most. An account found
    /// by its address or a name is never the person's. trusted_origins: the origins of otherIds that you believe, separated
    /// by commas; null for RPPS and ADELI. The answer is {"decision":"sign-in"|"link"|"several"|"claimed"|"prove",…}.
    /// SAS_PSC_ERROR_LINK_ACCOUNTS_UNREADABLE.
    fn sas_psc_link_decide(
        person: *const sas_psc_professional,
        accounts: *const c_char,
        trusted_origins: Maybe<*const c_char>,
        decision: *mut *mut sas_psc_string,
    ) -> Status {
        let policy = trusted_origins.map_or_else(LinkPolicy::default, LinkPolicy::of_origins);
        decision.give(json(&decide(&person.person, &candidates_from_json(accounts)?, &policy))?);
        Ok(())
    }

    /// A plan of nothing yet.
    fn sas_psc_link_plan_new(plan: *mut *mut sas_psc_link_plan) -> Status {
        plan.give(sas_psc_link_plan { plan: LinkPlan::new() });
        Ok(())
    }

    /// The first pass over your base: an account and its numbers, one a line.
    /// SAS_PSC_ERROR_PLAN_ACCOUNT_MISSING, _PLAN_ACCOUNT_TWICE: the row is not counted then.
    fn sas_psc_link_plan_see(
        plan: *mut sas_psc_link_plan,
        account: *const c_char,
        numbers: *const c_char,
    ) -> Status {
        plan.plan.see(PlanRow { account, numbers: &lines(numbers) })
    }

    /// The second pass: "linked", "ambiguous", "unknown" or "wrong-number". people: the identifiers of the people whom a
    /// directory knows under these numbers, one a line; null without a directory.
    fn sas_psc_link_plan_judge(
        plan: *const sas_psc_link_plan,
        account: *const c_char,
        numbers: *const c_char,
        people: Maybe<*const c_char>,
        result: *mut *mut sas_psc_string,
    ) -> Status {
        let known = |_: &_| people.map(|people| people.lines().map(str::to_owned).collect());
        let judged = plan.plan.judge(PlanRow { account, numbers: &lines(numbers) }, known);
        result.give(judged.word());
        Ok(())
    }

    /// Frees a plan. Null is allowed.
    fn sas_psc_link_plan_free(plan: *mut sas_psc_link_plan) -> Freed {}
}
