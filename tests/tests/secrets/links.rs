//! Accounts that exist already: neither whose they are nor what they are called shows.

use super::TAB;
use super::shown::Shown;
use sas_psc::Result;
use sas_psc::base::ServerKey;
use sas_psc::consent::{AccountFact, AccountParty, Keeping, Record};
use sas_psc::drive::{AccountLinks, SystemClock, SystemRandom, block_on};
use sas_psc::id::IdNat;
use sas_psc::onboarding::Store;
use sas_psc::onboarding::link::{
    AccountLink, Candidate, Decider, LinkChange, LinkEvidence, LinkPlan, LinkPolicy, LinkStore, LocalAccount,
    LocalAccounts, PlanColumns, PlanRow, ProofMeans, ProofRequest, SignedInPerson, Standing, StoredLink,
    candidates_from_json,
};
use sas_psc::store::Memory;
use sas_psc_tests::{NOW, Site};
use std::sync::Arc;

struct Table(Vec<(LocalAccount, Vec<String>)>);

impl LocalAccounts for Table {
    async fn bearing(&self, _: &[IdNat]) -> Result<Vec<(LocalAccount, Vec<String>)>> {
        Ok(self.0.clone())
    }
}

pub fn links(site: &Site, shown: &mut Shown) {
    const LOGIN: &str = "identifiant-tres-discret";
    shown.secret("an account of the application", LOGIN);
    let sign_in = site.by_card("physician").unwrap().sign_in;
    let account = shown.debug(LocalAccount::new(LOGIN).unwrap());
    shown.failed(LocalAccount::new(format!("{LOGIN}\n")));
    let numbers = vec![sign_in.professional().id_nat.as_str().to_owned()];
    let candidate = Candidate { account: account.clone(), numbers: numbers.clone(), standing: Standing::Free };
    let candidate = shown.debug(candidate);
    shown.debug(Standing::Linked(vec![sign_in.professional().id_nat.clone()]));
    shown.failed(candidates_from_json(&format!("[{{\"account\":\"{LOGIN}\",\"email\":1}}]")));
    let policy = shown.debug(LinkPolicy::default());
    shown.debug(SignedInPerson::from(&sign_in));
    let evidence = LinkEvidence::by_number(&sign_in, std::slice::from_ref(&candidate), &policy).unwrap();
    shown.debug(&evidence);
    shown.failed(LinkEvidence::by_number(&sign_in, &[], &policy));

    let request = shown.debug(ProofRequest::begin(&sign_in, TAB, NOW, ProofRequest::LIFETIME));
    shown.failed(request.proven(account.clone(), ProofMeans::Password, "autre", NOW));
    let proof = shown.debug(request.proven(account.clone(), ProofMeans::Password, TAB, NOW).unwrap());
    shown.failed(LinkEvidence::by_proof(&sign_in, &proof, "autre", &policy, NOW));

    let keeping = Keeping { controller: "Plateforme".into(), exit: "Page du compte".into(), retention_until: None };
    let (table, key) = (Table(vec![(account.clone(), numbers)]), ServerKey::new(&[7; 32]).unwrap());
    let links = AccountLinks::new(Memory::new(), table, policy, (key, keeping), Arc::new(SystemClock), SystemRandom);
    shown.debug(block_on(links.look(&sign_in)).unwrap());
    shown.debug(block_on(links.sign_in(&sign_in)).unwrap());
    let stored: StoredLink = shown.debug(block_on(links.store().link(&account)).unwrap().unwrap());
    let link = shown.debug(AccountLink::from_stored(&stored.state).unwrap());
    shown.debug(link.holder().unwrap());
    shown.failed(AccountLink::from_stored(LOGIN.as_bytes()));
    shown.debug(&links);
    block_on(links.undo(&account, Decider::Holder)).unwrap();
    shown.failed(block_on(links.undo(&account, Decider::Holder)));
    let entry = block_on(links.store().log_entries(0, 1)).unwrap().remove(0);
    let record = Record::parse(&entry.record).unwrap();
    let fact: &AccountFact = record.fields().account.as_ref().unwrap();
    shown.debug(fact);
    shown.debug(AccountParty { issuer: sign_in.issuer(), subject: sign_in.subject(), signed_in: None });
    shown.debug(LinkChange { links: vec![stored], entries: vec![entry] });

    let row = shown.debug(PlanRow { account: LOGIN, numbers: &["899700218896"] });
    let mut plan = LinkPlan::new();
    plan.see(row).unwrap();
    shown.failed(plan.see(row));
    shown.debug(plan);
    shown.debug(PlanColumns::of(&["compte", "rpps"]).unwrap());
    shown.failed(PlanColumns::of(&[LOGIN]));
}
