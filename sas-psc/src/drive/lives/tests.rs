//! Lives over the memory store, on a virtual clock: a whole life, mails that fail, an erasure that leaves the log whole,
//! and a store that fails at each write in turn.

use super::*;
use crate::base::{Clock, Counter};
use crate::consent::principal;
use crate::drive::{SignUp, block_on};
use crate::email::{Address, LimitKey, LimitRow, LimitStore, LimitSwap, Message};
use crate::error::Lang;
use crate::id::IdNat;
use crate::onboarding::link::tests::{ANNE, PAUL};
use crate::onboarding::tests::{person, policy, settings, sign_in};
use crate::onboarding::{Store, VisitKey};
use crate::store::Memory;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

const TAB: &str = "attempt-1";
const HOME: &str = "https://compte.exemple.fr/";

struct Watch(AtomicI64);

impl Clock for Watch {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix(self.0.load(Ordering::SeqCst))
    }
}

/// Keeps the mails, and refuses while told to.
#[derive(Default)]
struct Postbox {
    mails: Mutex<Vec<Message>>,
    refuse: Mutex<Option<Code>>,
}

impl Mailer for Arc<Postbox> {
    async fn hand_over(&self, message: &Message, _: &Address) -> Result<()> {
        if let Some(code) = *self.refuse.lock().unwrap() {
            return Err(Error::new(code));
        }
        self.mails.lock().unwrap().push(message.clone());
        Ok(())
    }
}

/// A store that loses its power at a write.
struct Failing {
    memory: Memory,
    writes_left: AtomicU32,
}

impl Failing {
    fn write(&self) -> Result<&Memory> {
        let left = self.writes_left.load(Ordering::SeqCst);
        if left == 0 {
            return Err(Error::new(Code::STORE_UNAVAILABLE));
        }
        self.writes_left.store(left - 1, Ordering::SeqCst);
        Ok(&self.memory)
    }
}

impl Store for Failing {
    async fn account(&self, id: AccountId) -> Result<Option<StoredAccount>> {
        self.memory.account(id).await
    }
    async fn accounts_of(&self, issuer: &str, identities: &[IdNat]) -> Result<Vec<StoredAccount>> {
        self.memory.accounts_of(issuer, identities).await
    }
    async fn account_with_email(&self, email: &str) -> Result<Option<AccountId>> {
        self.memory.account_with_email(email).await
    }
    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<AccountId>> {
        self.memory.due(now, limit).await
    }
    async fn commit(&self, change: Change) -> Result<u64> {
        self.write()?.commit(change).await
    }
    async fn log_size(&self) -> Result<u64> {
        self.memory.log_size().await
    }
    async fn log_entries(&self, first: u64, count: u64) -> Result<Vec<LogEntry>> {
        self.memory.log_entries(first, count).await
    }
    async fn visit(&self, key: VisitKey, now: Timestamp) -> Result<Option<Vec<u8>>> {
        self.memory.visit(key, now).await
    }
    async fn save_visit(
        &self,
        key: VisitKey,
        was: Option<Vec<u8>>,
        visit: Vec<u8>,
        ends: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        self.write()?.save_visit(key, was, visit, ends, now).await
    }
    async fn end_visit(&self, key: VisitKey) -> Result<()> {
        self.write()?.end_visit(key).await
    }
    async fn sweep(&self, now: Timestamp) -> Result<u64> {
        self.write()?.sweep(now).await
    }
}

impl LimitStore for Failing {
    async fn limit_rows(&self, keys: &[LimitKey]) -> Result<Vec<Option<LimitRow>>> {
        self.memory.limit_rows(keys).await
    }
    async fn swap_limit_rows(&self, swaps: &[LimitSwap]) -> Result<()> {
        self.memory.swap_limit_rows(swaps).await
    }
    async fn sweep_limit_rows(&self, now: Timestamp) -> Result<u64> {
        self.memory.sweep_limit_rows(now).await
    }
}

impl LifeStore for Failing {
    async fn life(&self, account: AccountId) -> Result<Option<StoredLife>> {
        self.memory.life(account).await
    }
    async fn lives_due(&self, now: Timestamp, limit: u32) -> Result<Vec<AccountId>> {
        self.memory.lives_due(now, limit).await
    }
    async fn lifeless(&self, limit: u32) -> Result<Vec<AccountId>> {
        self.memory.lifeless(limit).await
    }
    async fn commit_life(&self, change: LifeChange) -> Result<u64> {
        self.write()?.commit_life(change).await
    }
    async fn erase(&self, erasure: Erasure) -> Result<Erased> {
        self.write()?.erase(erasure).await
    }
    async fn is_erased(&self, names: &[[u8; 32]], now: Timestamp) -> Result<bool> {
        self.memory.is_erased(names, now).await
    }
}

struct Site {
    sign_up: SignUp<Arc<Failing>, Arc<Postbox>>,
    lives: Lives<Arc<Failing>, Arc<Postbox>>,
    clock: Arc<Watch>,
    post: Arc<Postbox>,
}

fn site_with(rules: LifeRules) -> Site {
    // Until the terms of the tests change, a year is enough for a whole life.
    let clock = Arc::new(Watch(AtomicI64::new(Timestamp::parse_rfc3339("2026-11-24T08:00:00Z").unwrap().unix())));
    let post = Arc::new(Postbox::default());
    let store = Arc::new(Failing { memory: Memory::new(), writes_left: AtomicU32::new(u32::MAX) });
    let sign_up = SignUp::new(store.clone(), post.clone(), policy(), HOME, clock.clone(), Counter(3));
    let lives = Lives::new((store, post.clone()), policy(), rules, HOME, clock.clone(), Counter(9)).unwrap();
    Site { sign_up, lives, clock, post }
}

fn site() -> Site {
    site_with(LifeRules::default())
}

impl Site {
    fn at(&self, day: &str) {
        let at = Timestamp::parse_rfc3339(&format!("{day}T08:00:00Z")).unwrap();
        self.clock.0.store(at.unix(), Ordering::SeqCst);
    }

    fn enter(&self, id: &str) -> (AccountId, Result<LifeState>) {
        let account = block_on(self.sign_up.welcome(&sign_in(person(id, 1)))).unwrap().id;
        (account, block_on(self.lives.signed_in(account)))
    }

    /// An account in use, its terms accepted.
    fn open(&self, id: &str) -> AccountId {
        let (account, state) = self.enter(id);
        assert_eq!(state.unwrap(), LifeState::Draft);
        let address = Address::parse(&format!("kit{id}@cabinet.example")).unwrap();
        block_on(self.sign_up.give_address(account, TAB, &address, Lang::Fr, None)).unwrap();
        block_on(self.sign_up.deliver(account)).unwrap();
        let text = self.post.mails.lock().unwrap().last().unwrap().text().to_owned();
        let code = text.lines().find(|l| l.len() == 9 && l.replace(' ', "").bytes().all(|b| b.is_ascii_digit()));
        block_on(self.sign_up.answer_code(account, TAB, code.unwrap())).unwrap();
        let hash = block_on(self.sign_up.present_terms(account, TAB, Lang::Fr)).unwrap().hash().to_string();
        block_on(self.sign_up.accept_terms(account, TAB, &hash, true)).unwrap();
        block_on(self.sign_up.save_settings(account, &settings())).unwrap();
        assert_eq!(self.enter(id).1.unwrap(), LifeState::Open);
        account
    }

    fn run(&self) -> LivesRan {
        block_on(self.lives.run_due(16)).unwrap()
    }

    fn subjects(&self) -> Vec<String> {
        self.post.mails.lock().unwrap().iter().skip(1).map(|mail| mail.subject().to_owned()).collect()
    }

    fn records(&self) -> Vec<Record> {
        let entries = block_on(self.lives.store.log_entries(0, 999)).unwrap();
        let kept = entries.iter().filter(|entry| !entry.record.is_empty());
        kept.map(|entry| Record::parse(&entry.record).unwrap()).collect()
    }

    fn events(&self) -> Vec<AccountEvent> {
        self.records().iter().filter_map(|record| Some(record.fields().account.as_ref()?.event)).collect()
    }
}

fn ran(noticed: u32, closed: u32, erased: u32, failed: u32) -> LivesRan {
    LivesRan { begun: 0, noticed, closed, erased, failed }
}

#[test]
fn an_unused_account_is_written_to_twice_closed_opened_again_and_in_the_end_erased() {
    let site = site();
    let id = site.open(ANNE);
    site.at("2027-07-23");
    assert_eq!(site.run(), ran(0, 0, 0, 0));
    site.at("2027-07-24");
    assert_eq!((site.run(), site.run()), (ran(1, 0, 0, 0), ran(0, 0, 0, 0)));
    site.at("2027-08-24");
    assert_eq!(site.run(), ran(1, 0, 0, 0));
    site.at("2027-08-30");
    assert_eq!(site.run(), ran(0, 0, 0, 0));
    site.at("2027-08-31");
    assert_eq!(site.run(), ran(0, 1, 0, 0));
    let subjects = [
        "Votre compte n'est plus utilisé",
        "Dernier avis avant la fermeture de votre compte",
        "Votre compte est fermé",
    ];
    assert_eq!(site.subjects(), subjects);
    assert_eq!(site.enter(ANNE).1.unwrap_err().code(), Code::ACCOUNT_CLOSED);
    block_on(site.lives.reopen(id)).unwrap();
    assert_eq!(site.enter(ANNE).1.unwrap(), LifeState::Open);
    use AccountEvent as E;
    assert_eq!(site.events(), [E::FirstNotice, E::LastNotice, E::ClosedForInactivity, E::Reopened]);

    for day in ["2028-04-30", "2028-05-31", "2028-06-07"] {
        site.at(day);
        site.run();
    }
    site.at("2029-06-07");
    assert_eq!(site.run(), ran(0, 0, 1, 0));
    assert_eq!(block_on(site.lives.store.account(id)).unwrap(), None);
    assert_eq!(site.events(), [E::Erased], "what was about the person is gone with them");
    assert_eq!(site.run(), ran(0, 0, 0, 0));
}

#[test]
fn a_sign_in_stops_the_clock_and_a_mail_that_fails_is_sent_later() {
    let site = site();
    let id = site.open(ANNE);
    site.at("2027-07-24");
    *site.post.refuse.lock().unwrap() = Some(Code::CONNECT_FAILED);
    assert_eq!((site.run(), site.events()), (ran(0, 0, 0, 1), vec![]));
    *site.post.refuse.lock().unwrap() = None;
    site.at("2027-07-25");
    assert_eq!(site.run(), ran(1, 0, 0, 0));
    assert_eq!(site.enter(ANNE).1.unwrap(), LifeState::Open);
    site.at("2027-08-31");
    assert_eq!(site.run(), ran(0, 0, 0, 0), "signed in since");
    // A mailbox that is gone for good does not keep the account for ever, and the record says so.
    site.at("2028-03-25");
    *site.post.refuse.lock().unwrap() = Some(Code::MAIL_REFUSED);
    assert_eq!(site.run(), ran(1, 0, 0, 0));
    let record = site.records().pop().unwrap();
    assert_eq!(record.fields().account.as_ref().unwrap().proofs, ["mail-refused"]);
    assert_eq!(block_on(site.lives.life(id)).unwrap().unwrap().last_record(), Some(record.id()));
}

#[test]
fn a_draft_is_erased_after_a_month_and_an_account_of_before_gets_a_life() {
    let site = site();
    let draft = site.enter(PAUL).0;
    // Made by a program that knew no lives.
    let old = block_on(site.sign_up.welcome(&sign_in(person(ANNE, 1)))).unwrap().id;
    assert_eq!(site.run(), LivesRan { begun: 1, ..ran(0, 0, 0, 0) });
    assert_eq!(block_on(site.lives.life(old)).unwrap().unwrap().state(), LifeState::Draft);
    site.at("2026-12-24");
    assert_eq!(site.run(), ran(0, 0, 2, 0));
    for id in [draft, old] {
        assert_eq!(block_on(site.lives.store.account(id)).unwrap(), None);
    }
    assert_eq!(site.events(), [AccountEvent::Erased; 2]);
}

#[test]
fn closing_ones_account_leaves_the_terms_and_both_are_recorded() {
    let site = site();
    let id = site.open(ANNE);
    let nobody = block_on(site.lives.close(AccountId([9; 16])));
    assert_eq!(nobody.unwrap_err().code(), Code::ACCOUNT_UNKNOWN);
    block_on(site.lives.close(id)).unwrap();
    assert_eq!(block_on(site.lives.close(id)).unwrap_err().code(), Code::LIFECYCLE_OUT_OF_ORDER);
    let records = site.records();
    let [accepted, left, closed] = &records[..] else { panic!("{records:?}") };
    assert_eq!((left.fields().event, left.fields().previous), (Event::Withdrawn, Some(accepted.id())));
    assert_eq!(left.fields().terms_hash, accepted.fields().terms_hash);
    assert_eq!(closed.fields().account.as_ref().unwrap().event, AccountEvent::ClosedByPerson);
    assert_eq!(closed.fields().signed_in.as_ref().unwrap().acr, "eidas1");
    assert_eq!(site.enter(ANNE).1.unwrap_err().code(), Code::ACCOUNT_CLOSED);
    block_on(site.lives.reopen(id)).unwrap();
    let state = block_on(site.sign_up.account(id)).unwrap().state;
    assert_eq!(state, crate::onboarding::State::TermsWanted, "who left the terms is asked again");
}

#[test]
fn an_export_holds_all_of_a_person_and_is_recorded() {
    let site = site();
    let id = site.open(ANNE);
    site.open(PAUL);
    let receipt = |_| Some(("c2sp.org/tlog-proof@v1".to_owned(), "{}".to_owned()));
    let export = block_on(site.lives.export(id, receipt)).unwrap();
    let export = export.session(Timestamp::from_unix(0)).visit(Timestamp::from_unix(9)).with("note", "x".into());
    let json: serde_json::Value = serde_json::from_slice(&export.to_json().unwrap()).unwrap();
    assert_eq!(json["format"], "sas-psc person export v1");
    assert_eq!(json["identity"]["id_nat"], ANNE);
    assert_eq!(json["account"]["email"]["typed"], format!("kit{ANNE}@cabinet.example"));
    assert_eq!((&json["life"]["state"], &json["application"]["note"]), (&"open".into(), &"x".into()));
    assert_eq!(json["records"].as_array().unwrap().len(), 1, "theirs alone");
    assert_eq!(json["records"][0]["receipt"]["tlog_proof"], "c2sp.org/tlog-proof@v1");
    assert_eq!((json["sessions"].as_array().unwrap().len(), json["visits"].as_array().unwrap().len()), (1, 1));
    assert!(!json.to_string().contains(PAUL) && json["account"]["challenge"].is_null());
    assert_eq!(site.events(), [AccountEvent::Exported]);

    // Its members are those that the documentation lists.
    let schema = include_str!("../../../../docs/gdpr/export.schema.json");
    let schema: serde_json::Value = serde_json::from_str(schema).unwrap();
    fn same(value: &serde_json::Value, schema: &serde_json::Value, path: &str) {
        let Some(known) = schema["properties"].as_object() else { return };
        if let Some(members) = value.as_object() {
            let (told, found): (Vec<_>, Vec<_>) = (known.keys().collect(), members.keys().collect());
            assert_eq!(found, told, "{path}");
            members.iter().for_each(|(name, value)| same(value, &known[name], &format!("{path}.{name}")));
        }
    }
    same(&json, &schema, "");
    for list in ["records", "sessions", "visits"] {
        same(&json[list][0], &schema["properties"][list]["items"], list);
    }
}

#[test]
fn who_was_erased_is_gone_and_the_log_still_opens_for_the_others() {
    let site = site_with(LifeRules { tombstone_months: 6, ..LifeRules::default() });
    let (id, anne) = (site.open(ANNE), sign_in(person(ANNE, 1)));
    site.open(PAUL);
    let leaves = |site: &Site| -> Vec<Vec<u8>> {
        block_on(site.lives.store.log_entries(0, 99)).unwrap().into_iter().map(|entry| entry.leaf).collect()
    };
    let before = leaves(&site);
    assert_eq!(block_on(site.lives.erase(id)).unwrap().records, 1);
    assert_eq!(leaves(&site)[..before.len()], before, "no entry of the log changed");
    let entries = block_on(site.lives.store.log_entries(0, 99)).unwrap();
    assert!(entries[0].record.is_empty() && entries[0].salt == [0; 32]);
    assert!(crate::consent::Leaf::opens(&entries[1].leaf, &entries[1].salt, &entries[1].record).unwrap());
    let proof = Record::parse(&entries.last().unwrap().record).unwrap();
    let fact = proof.fields().account.clone().unwrap();
    assert_eq!((fact.event, fact.count), (AccountEvent::Erased, Some(1)));
    assert_eq!(fact.other, Some(principal(&policy().key, anne.issuer(), anne.subject())));

    let numbers = [IdNat::parse(ANNE).unwrap()];
    assert!(block_on(site.lives.was_erased(anne.issuer(), &numbers)).unwrap());
    assert!(!block_on(site.lives.was_erased(anne.issuer(), &[IdNat::parse(PAUL).unwrap()])).unwrap());
    site.at("2027-05-24");
    assert!(!block_on(site.lives.was_erased(anne.issuer(), &numbers)).unwrap());
    // They may come back, as somebody new.
    let again = site.open(ANNE);
    assert_ne!(again, id);
}

#[test]
fn a_store_that_fails_at_any_write_leaves_a_step_undone_and_the_next_round_does_it() {
    let days = ["2027-07-24", "2027-08-24", "2027-08-31", "2028-08-31"];
    let left_after = |writes: u32| {
        let site = site();
        let id = site.open(ANNE);
        site.lives.store.writes_left.store(writes, Ordering::SeqCst);
        let mut failed = 0;
        for day in days {
            site.at(day);
            failed += site.run().failed;
            site.lives.store.writes_left.store(u32::MAX, Ordering::SeqCst);
            // The next round, an hour later.
            site.clock.0.fetch_add(3600, Ordering::SeqCst);
            site.run();
            if failed == 0 {
                site.lives.store.writes_left.store(0, Ordering::SeqCst);
            }
        }
        assert_eq!(block_on(site.lives.store.account(id)).unwrap(), None, "{writes}");
        (failed, site.events())
    };
    // Each of the four steps is one write; it fails once, in turn.
    for writes in 0..4 {
        let (failed, events) = left_after(writes);
        assert_eq!((failed, events), (1, vec![AccountEvent::Erased]), "{writes}");
    }

    // What a person asks for, likewise.
    let site = site();
    let id = site.open(ANNE);
    let steps: [&dyn Fn() -> Result<()>; 4] = [
        &|| block_on(site.lives.export(id, |_| None)).map(drop),
        &|| block_on(site.lives.close(id)),
        &|| block_on(site.lives.reopen(id)),
        &|| block_on(site.lives.erase(id)).map(drop),
    ];
    for (number, step) in steps.iter().enumerate() {
        for writes in 0..2 {
            let before = (site.events(), block_on(site.lives.life(id)).unwrap());
            site.lives.store.writes_left.store(writes, Ordering::SeqCst);
            let result = step();
            site.lives.store.writes_left.store(u32::MAX, Ordering::SeqCst);
            match result {
                Ok(()) => break,
                Err(error) => assert_eq!(error.code(), Code::STORE_UNAVAILABLE, "step {number}"),
            }
            assert_eq!((site.events(), block_on(site.lives.life(id)).unwrap()), before, "step {number}, {writes}");
            if writes == 1 {
                step().unwrap();
            }
        }
    }
    assert_eq!(block_on(site.lives.store.account(id)).unwrap(), None);
}

#[test]
fn two_instances_at_once_close_an_account_once() {
    let site = site();
    site.open(ANNE);
    for day in ["2027-07-24", "2027-08-24", "2027-08-31"] {
        site.at(day);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| site.run());
            }
        });
    }
    use AccountEvent as E;
    assert_eq!(site.events(), [E::FirstNotice, E::LastNotice, E::ClosedForInactivity]);
}
