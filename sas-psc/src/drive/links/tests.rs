//! Accounts that exist already, over the memory store: whole stories, races, and a store that fails at each write.

use super::*;
use crate::base::{Clock, Counter, Timestamp};
use crate::consent::{AccountEvent, Record};
use crate::drive::block_on;
use crate::onboarding::Store;
use crate::onboarding::link::tests::{ANNE, PAUL, account, with};
use crate::onboarding::link::{MatchedBy, ProofMeans, ProofRequest};
use crate::onboarding::tests::sign_in;
use crate::store::Memory;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

const TAB: &str = "attempt-1";

#[derive(Clone)]
struct At(Arc<AtomicI64>);

impl Clock for At {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix(1_795_420_800 + self.0.load(Ordering::SeqCst))
    }
}

/// The application's table: key, numbers, and an address that must never matter.
struct Table(Vec<(&'static str, Vec<&'static str>)>);

impl LocalAccounts for Table {
    async fn bearing(&self, numbers: &[IdNat]) -> Result<Vec<(LocalAccount, Vec<String>)>> {
        let bare = |id: &IdNat| id.as_str().get(1..).map(str::to_owned);
        let bears =
            |own: &&'static str| numbers.iter().any(|id| id.as_str() == *own || bare(id).as_deref() == Some(own));
        let found = self.0.iter().filter(|(_, own)| own.iter().any(&bears));
        Ok(found.map(|(key, own)| (account(key), own.iter().map(|n| (*n).to_owned()).collect())).collect())
    }
}

/// A store that loses its power at a write.
struct Failing {
    memory: Memory,
    writes_left: AtomicU32,
}

impl LinkStore for Failing {
    async fn link(&self, account: &LocalAccount) -> Result<Option<StoredLink>> {
        self.memory.link(account).await
    }
    async fn links_of(&self, issuer: &str, identities: &[IdNat]) -> Result<Vec<StoredLink>> {
        self.memory.links_of(issuer, identities).await
    }
    async fn commit_links(&self, change: LinkChange) -> Result<()> {
        if self.writes_left.load(Ordering::SeqCst) == 0 {
            return Err(Error::new(Code::STORE_UNAVAILABLE));
        }
        self.writes_left.fetch_sub(1, Ordering::SeqCst);
        self.memory.commit_links(change).await
    }
    async fn forget_link(&self, account: &LocalAccount, version: u64, entry: LogEntry) -> Result<()> {
        self.memory.forget_link(account, version, entry).await
    }
}

type Site = AccountLinks<Failing, Table>;

fn site(table: &[(&'static str, &[&'static str])]) -> (Site, At) {
    let clock = At(Arc::default());
    let table = Table(table.iter().map(|(key, numbers)| (*key, numbers.to_vec())).collect());
    let store = Failing { memory: Memory::new(), writes_left: AtomicU32::new(u32::MAX) };
    let keeping = Keeping { controller: "Plateforme".into(), exit: "Page du compte".into(), retention_until: None };
    let key = ServerKey::new(&[7; 32]).unwrap();
    let links =
        AccountLinks::new(store, table, LinkPolicy::default(), (key, keeping), Arc::new(clock.clone()), Counter(1));
    (links, clock)
}

fn anne() -> SignIn {
    sign_in(with(ANNE, &[]))
}

fn paul() -> SignIn {
    sign_in(with(PAUL, &[]))
}

fn proof(site: &Site, who: &SignIn, key: &str) -> OldAccountProof {
    let request = ProofRequest::begin(who, TAB, site.clock.now(), ProofRequest::LIFETIME);
    request.proven(account(key), ProofMeans::Password, TAB, site.clock.now()).unwrap()
}

fn events(site: &Site) -> Vec<AccountEvent> {
    let entries = block_on(site.store.memory.log_entries(0, 99)).unwrap();
    let event = |entry: &LogEntry| Record::parse(&entry.record).unwrap().fields().account.as_ref().unwrap().event;
    entries.iter().map(event).collect()
}

fn state(site: &Site, key: &str) -> LinkState {
    block_on(site.account(&account(key))).unwrap().state()
}

#[test]
fn the_first_sign_in_links_the_account_that_bears_the_number_and_the_second_finds_it() {
    let (site, _) = site(&[("anne", &["99700218896"]), ("paul", &[PAUL])]);
    let linked = Decision::Link { account: account("anne"), by: MatchedBy::SubjectNameId };
    assert_eq!(block_on(site.look(&anne())).unwrap(), linked);
    assert_eq!(state(&site, "anne"), LinkState::Free, "looking changes nothing");
    assert_eq!(block_on(site.sign_in(&anne())).unwrap(), linked);
    let again = block_on(site.sign_in(&anne())).unwrap();
    assert_eq!(again, Decision::SignIn { account: account("anne"), renumbered: false, others: vec![] });
    assert_eq!(events(&site), [AccountEvent::Linked]);
    assert_eq!(state(&site, "paul"), LinkState::Free);
}

#[test]
fn an_adeli_account_follows_its_person_to_rpps_and_on_to_psi() {
    let (site, _) = site(&[("anne", &["0B6087510"])]);
    block_on(site.sign_in(&sign_in(with("00B6087510", &[])))).unwrap();
    let rpps = sign_in(with(ANNE, &[("00B6087510", "ADELI")]));
    let again = block_on(site.sign_in(&rpps)).unwrap();
    assert_eq!(again, Decision::SignIn { account: account("anne"), renumbered: true, others: vec![] });
    let psi = sign_in(with("019c5172-a5c0-7188-b81f-5c16807b9140", &[("99700218896", "RPPS")]));
    assert_eq!(block_on(site.sign_in(&psi)).unwrap().word(), "sign-in");
    assert_eq!(events(&site), [AccountEvent::Linked, AccountEvent::Renumbered, AccountEvent::Renumbered]);
    // An identity that says nothing of them is another person, who finds the account claimed.
    let stranger = sign_in(with("019c5172-ffff-7188-b81f-5c16807b9140", &[("00B6087510", "ADELI")]));
    assert_eq!(block_on(site.sign_in(&stranger)).unwrap().word(), "sign-in", "the ADELI number is theirs: trusted");
    let untrusted = sign_in(with("019c5172-eeee-7188-b81f-5c16807b9140", &[("00B6087510", "EDIT")]));
    assert_eq!(block_on(site.sign_in(&untrusted)).unwrap(), Decision::Prove);
}

#[test]
fn two_accounts_of_one_person_are_chosen_from_and_the_other_is_set_aside() {
    let (site, _) = site(&[("new", &[ANNE]), ("old", &["0B6087510"])]);
    let anne = sign_in(with(ANNE, &[("0B6087510", "ADELI")]));
    let several = Decision::Several { accounts: vec![account("new"), account("old")] };
    assert_eq!(block_on(site.sign_in(&anne)).unwrap(), several);
    assert_eq!(events(&site), [], "nothing is linked without a choice");
    block_on(site.choose(&anne, &account("old"))).unwrap();
    assert_eq!((state(&site, "old"), state(&site, "new")), (LinkState::Linked, LinkState::SetAside));
    assert_eq!(block_on(site.account(&account("new"))).unwrap().instead(), Some(&account("old")));
    let again = block_on(site.sign_in(&anne)).unwrap();
    assert_eq!(again, Decision::SignIn { account: account("old"), renumbered: false, others: vec![] });
    assert_eq!(events(&site), [AccountEvent::Linked, AccountEvent::SetAside]);
    assert_eq!(block_on(site.choose(&anne, &account("new"))).unwrap_err().code(), Code::LINK_NOT_FOUND);
}

#[test]
fn an_account_without_a_number_is_proven_in_the_same_session() {
    let (site, clock) = site(&[("anne", &[])]);
    assert_eq!(block_on(site.sign_in(&anne())).unwrap(), Decision::Prove);
    let proven = proof(&site, &anne(), "anne");
    let code = |result: Result<()>| result.unwrap_err().code();
    assert_eq!(code(block_on(site.prove(&anne(), &proven, "attempt-2"))), Code::LINK_OTHER_SESSION);
    assert_eq!(code(block_on(site.prove(&paul(), &proven, TAB))), Code::LINK_OTHER_SESSION);
    clock.0.store(600, Ordering::SeqCst);
    assert_eq!(code(block_on(site.prove(&anne(), &proven, TAB))), Code::LINK_PROOF_EXPIRED);
    assert_eq!((events(&site), state(&site, "anne")), (vec![], LinkState::Free));
    clock.0.store(599, Ordering::SeqCst);
    block_on(site.prove(&anne(), &proven, TAB)).unwrap();
    block_on(site.prove(&anne(), &proven, TAB)).unwrap();
    assert_eq!(events(&site), [AccountEvent::Linked], "a second press of the button is nothing new");
    assert_eq!(block_on(site.sign_in(&anne())).unwrap().word(), "sign-in");
    let second = proof(&site, &anne(), "second");
    assert_eq!(code(block_on(site.prove(&anne(), &second, TAB))), Code::LINK_SEVERAL);
}

#[test]
fn one_account_claimed_by_two_stays_with_the_first_until_it_is_decided() {
    for (verdict, holder, left) in [(Verdict::Keep, ANNE, Decision::Prove), (Verdict::Move, PAUL, Decision::Prove)] {
        let (site, _) = site(&[("shared", &[])]);
        block_on(site.prove(&anne(), &proof(&site, &anne(), "shared"), TAB)).unwrap();
        for _ in 0..2 {
            let claim = block_on(site.prove(&paul(), &proof(&site, &paul(), "shared"), TAB));
            assert_eq!(claim.unwrap_err().code(), Code::LINK_CLAIMED);
        }
        assert_eq!(state(&site, "shared"), LinkState::Disputed);
        assert_eq!(block_on(site.sign_in(&anne())).unwrap().word(), "sign-in");
        assert_eq!(block_on(site.sign_in(&paul())).unwrap(), Decision::Prove);
        block_on(site.decide(&account("shared"), verdict)).unwrap();
        let (yes, no) = if holder == ANNE { (anne(), paul()) } else { (paul(), anne()) };
        assert_eq!(block_on(site.sign_in(&yes)).unwrap().word(), "sign-in");
        assert_eq!(block_on(site.sign_in(&no)).unwrap(), left);
        let ended = if verdict == Verdict::Keep { AccountEvent::Kept } else { AccountEvent::Moved };
        assert_eq!(events(&site), [AccountEvent::Linked, AccountEvent::Disputed, ended]);
        assert_eq!(block_on(site.decide(&account("shared"), verdict)).unwrap_err().code(), Code::LINK_OUT_OF_ORDER);
    }
}

#[test]
fn a_number_that_stands_in_another_persons_account_is_told_and_not_taken() {
    let (site, _) = site(&[("wrong", &[ANNE])]);
    block_on(site.prove(&paul(), &proof(&site, &paul(), "wrong"), TAB)).unwrap();
    let claimed = Decision::Claimed { account: account("wrong") };
    assert_eq!(block_on(site.sign_in(&anne())).unwrap(), claimed);
    assert_eq!(block_on(site.sign_in(&paul())).unwrap().word(), "sign-in");
}

#[test]
fn a_wrong_link_is_undone_and_its_number_does_not_bring_it_back() {
    let (site, _) = site(&[("homonym", &[ANNE])]);
    block_on(site.sign_in(&anne())).unwrap();
    block_on(site.undo(&account("homonym"), Decider::Administrator)).unwrap();
    assert_eq!(block_on(site.sign_in(&anne())).unwrap(), Decision::Prove);
    block_on(site.prove(&anne(), &proof(&site, &anne(), "homonym"), TAB)).unwrap();
    block_on(site.undo(&account("homonym"), Decider::Holder)).unwrap();
    assert_eq!(block_on(site.undo(&account("homonym"), Decider::Holder)).unwrap_err().code(), Code::LINK_OUT_OF_ORDER);
    let made = [AccountEvent::Linked, AccountEvent::Unlinked, AccountEvent::Linked, AccountEvent::Unlinked];
    assert_eq!(events(&site), made);
}

#[test]
fn a_link_is_forgotten_with_its_person_and_the_record_names_nobody() {
    let (site, _) = site(&[("anne", &[ANNE])]);
    block_on(site.sign_in(&anne())).unwrap();
    block_on(site.forget(&account("anne"))).unwrap();
    assert_eq!(state(&site, "anne"), LinkState::Free);
    assert_eq!(events(&site), [AccountEvent::Linked, AccountEvent::Erased]);
    assert_eq!(block_on(site.forget(&account("anne"))).unwrap_err().code(), Code::LINK_OUT_OF_ORDER);
    let entries = block_on(site.store.memory.log_entries(1, 1)).unwrap();
    let record = Record::parse(&entries[0].record).unwrap();
    assert_eq!(record.fields().issuer, "sas-psc:platform");
    assert_eq!(record.fields().account.as_ref().unwrap().other, None, "the log of answers is another matter");
}

#[test]
fn sixteen_sign_ins_at_once_make_one_link_and_one_record() {
    let (site, _) = site(&[("anne", &[ANNE])]);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| assert!(["link", "sign-in"].contains(&block_on(site.sign_in(&anne())).unwrap().word())));
        }
    });
    assert_eq!(events(&site), [AccountEvent::Linked]);
}

#[test]
fn two_people_who_prove_one_account_at_once_are_one_link_and_one_claim() {
    for _ in 0..20 {
        let (site, _) = site(&[("shared", &[])]);
        let outcomes: Vec<Result<()>> = std::thread::scope(|scope| {
            let site = &site;
            let prove = |who: SignIn| {
                scope.spawn(move || {
                    // A lost race is tried again, as a person who presses the button again.
                    loop {
                        match block_on(site.prove(&who, &proof(site, &who, "shared"), TAB)) {
                            Err(error) if error.code() == Code::STORE_CONFLICT => {}
                            other => return other,
                        }
                    }
                })
            };
            [prove(anne()), prove(paul())].map(|thread| thread.join().unwrap()).into_iter().collect()
        });
        let won = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        let claimed = outcomes.iter().filter(|o| o.as_ref().is_err_and(|e| e.code() == Code::LINK_CLAIMED)).count();
        assert_eq!((won, claimed, state(&site, "shared")), (1, 1, LinkState::Disputed));
        assert_eq!(events(&site), [AccountEvent::Linked, AccountEvent::Disputed]);
    }
}

#[test]
fn a_store_that_fails_at_any_write_leaves_a_step_undone_and_it_can_be_done_again() {
    let story = |site: &Site, from: usize| -> Result<usize> {
        let steps: [&dyn Fn() -> Result<()>; 5] = [
            &|| block_on(site.sign_in(&anne())).map(drop),
            &|| match block_on(site.prove(&paul(), &proof(site, &paul(), "anne"), TAB)) {
                Err(error) if error.code() == Code::LINK_CLAIMED => Ok(()),
                other => other,
            },
            &|| block_on(site.decide(&account("anne"), Verdict::Move)),
            &|| block_on(site.undo(&account("anne"), Decider::Administrator)),
            &|| block_on(site.prove(&anne(), &proof(site, &anne(), "anne"), TAB)),
        ];
        for (number, step) in steps.iter().enumerate().skip(from) {
            step().map_err(|error| {
                assert_eq!(error.code(), Code::STORE_UNAVAILABLE);
                Error::new(Code::STORE_UNAVAILABLE).at_line(number as u64)
            })?;
        }
        Ok(steps.len())
    };
    for writes in 0..5 {
        let (site, _) = site(&[("anne", &[ANNE])]);
        site.store.writes_left.store(writes, Ordering::SeqCst);
        let failed = story(&site, 0).unwrap_err().facts().line.unwrap();
        assert_eq!((failed, events(&site).len()), (u64::from(writes), writes as usize));
        site.store.writes_left.store(u32::MAX, Ordering::SeqCst);
        assert_eq!(story(&site, failed as usize).unwrap(), 5);
        assert_eq!(events(&site).len(), 5);
        assert_eq!(state(&site, "anne"), LinkState::Linked);
    }
}
