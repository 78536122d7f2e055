//! What somebody sees who gives an address that is another account's, beside what they see when it is free: the same
//! answers, waits and pages, and the same calls to the store, whatever they do.

use super::{Mailer, SignUp};
use crate::base::{Clock, Counter, Timestamp};
use crate::drive::block_on;
use crate::email::{Address, LimitKey, LimitRow, LimitStore, LimitSwap, Message};
use crate::error::{Code, Error, Lang, Result};
use crate::id::IdNat;
use crate::onboarding::tests::{person, policy, sign_in};
use crate::onboarding::{AccountId, Change, LogEntry, Store, StoredAccount, VisitKey};
use crate::store::Memory;
use proptest::prelude::*;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

const TAB: &str = "attempt-1";
const BASE: &str = "https://compte.exemple.fr/courriel";
const OWNED: &str = "cabinet@exemple.fr";

struct Watch(AtomicI64);

impl Clock for Watch {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix(self.0.load(Ordering::SeqCst))
    }
}

/// The mail server: keeps subjects, and says what it is told to.
#[derive(Default)]
struct Post(Mutex<Vec<(String, String)>>, Mutex<Option<Code>>);

impl Mailer for Arc<Post> {
    async fn hand_over(&self, message: &Message, to: &Address) -> Result<()> {
        if let Some(code) = self.1.lock().unwrap().take() {
            return Err(Error::new(code));
        }
        self.0.lock().unwrap().push((to.canonical().to_owned(), message.subject().to_owned()));
        Ok(())
    }
}

/// Every call to the store, with the size of what was read or written.
#[derive(Default)]
struct Told {
    memory: Memory,
    calls: Mutex<Vec<(&'static str, usize)>>,
}

impl Told {
    fn note(&self, name: &'static str, size: usize) {
        self.calls.lock().unwrap().push((name, size));
    }
}

impl Store for Told {
    async fn account(&self, id: AccountId) -> Result<Option<StoredAccount>> {
        let found = self.memory.account(id).await?;
        self.note("account", found.as_ref().map_or(0, |found| found.state.len()));
        Ok(found)
    }
    async fn accounts_of(&self, issuer: &str, identities: &[IdNat]) -> Result<Vec<StoredAccount>> {
        self.note("accounts of", identities.len());
        self.memory.accounts_of(issuer, identities).await
    }
    async fn account_with_email(&self, email: &str) -> Result<Option<AccountId>> {
        self.note("account with email", email.len());
        self.memory.account_with_email(email).await
    }
    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<AccountId>> {
        let due = self.memory.due(now, limit).await?;
        self.note("due", due.len());
        Ok(due)
    }
    async fn commit(&self, change: Change) -> Result<u64> {
        self.note("commit", change.account.state.len());
        self.memory.commit(change).await
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
        self.memory.save_visit(key, was, visit, ends, now).await
    }
    async fn end_visit(&self, key: VisitKey) -> Result<()> {
        self.memory.end_visit(key).await
    }
    async fn sweep(&self, now: Timestamp) -> Result<u64> {
        self.memory.sweep(now).await
    }
}

impl LimitStore for Told {
    async fn limit_rows(&self, keys: &[LimitKey]) -> Result<Vec<Option<LimitRow>>> {
        self.note("limit rows", keys.len());
        self.memory.limit_rows(keys).await
    }
    async fn swap_limit_rows(&self, swaps: &[LimitSwap]) -> Result<()> {
        self.note("swap limit rows", swaps.iter().map(|swap| swap.state.len()).sum());
        self.memory.swap_limit_rows(swaps).await
    }
    async fn sweep_limit_rows(&self, now: Timestamp) -> Result<u64> {
        self.memory.sweep_limit_rows(now).await
    }
}

/// What somebody may do before a proof.
#[derive(Debug, Clone)]
enum Act {
    Give(usize),
    Deliver,
    Resend,
    Guess(u32),
    Open,
    Confirm,
    Pass(i64),
    RunDue,
    ServerSays(Code),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (0usize..3).prop_map(Act::Give),
        4 => Just(Act::Deliver),
        2 => Just(Act::Resend),
        2 => (0u32..100_000_000).prop_map(Act::Guess),
        1 => Just(Act::Open),
        1 => Just(Act::Confirm),
        3 => prop_oneof![Just(1), Just(31), Just(61), Just(301), Just(3600)].prop_map(Act::Pass),
        2 => Just(Act::RunDue),
        1 => prop_oneof![Just(Code::MAIL_DEFERRED), Just(Code::MAIL_REFUSED), Just(Code::MAIL_REJECTED)]
            .prop_map(Act::ServerSays),
    ]
}

/// A platform where Anne's account holds an address, and Paul signs up.
struct Scene {
    sign_up: SignUp<Told, Arc<Post>>,
    clock: Arc<Watch>,
    post: Arc<Post>,
    paul: AccountId,
}

impl Scene {
    /// `of_anne`: the address of her account.
    fn new(of_anne: &str) -> Scene {
        let (clock, post) = (Arc::new(Watch(AtomicI64::new(1_795_420_800))), Arc::new(Post::default()));
        let sign_up = SignUp::new(Told::default(), post.clone(), policy(), BASE, clock.clone(), Counter(3));
        let anne = StoredAccount {
            email: Some(of_anne.to_owned()),
            identities: vec![IdNat::parse("899700218896").unwrap()],
            ..StoredAccount::new(AccountId([9; 16]), "https://psc.test")
        };
        block_on(sign_up.store().memory.commit(Change { account: anne, entries: vec![] })).unwrap();
        let paul = block_on(sign_up.welcome(&sign_in(person("899700245667", 1)))).unwrap().id;
        Scene { sign_up, clock, post, paul }
    }

    /// Does it, and tells all that Paul can learn of it.
    fn play(&self, act: &Act) -> String {
        let (it, id) = (&self.sign_up, self.paul);
        let said = |result: Result<String>| match result {
            Ok(done) => done,
            Err(error) => format!("{} {:?}", error.code(), error.facts().pairs()),
        };
        let addresses = [OWNED, "libre@exemple.fr", "Cabinet@EXEMPLE.fr"];
        let answer = match act {
            Act::Give(which) => {
                let address = Address::parse(addresses[*which]).unwrap();
                let from = "192.0.2.7".parse().ok();
                said(block_on(it.give_address(id, TAB, &address, Lang::Fr, from)).map(|a| format!("{:?}", a.state)))
            }
            Act::Deliver => said(block_on(it.deliver(id)).map(|account| format!("{:?}", account.state))),
            Act::Resend => said(block_on(it.resend(id, TAB, None)).map(|account| format!("{:?}", account.state))),
            Act::Guess(code) => {
                let code = format!("{code:08}");
                said(block_on(it.answer_code(id, TAB, &code)).map(|account| format!("{:?}", account.state)))
            }
            Act::Open => said(block_on(it.open_link(Some((id, TAB)), "x.y")).map(|page| format!("{page:?}"))),
            Act::Confirm => {
                said(block_on(it.answer_link(id, TAB, "x.y")).map(|account| format!("{:?}", account.state)))
            }
            Act::Pass(seconds) => {
                self.clock.0.fetch_add(*seconds, Ordering::SeqCst);
                String::new()
            }
            Act::RunDue => said(block_on(it.run_due()).map(|left| left.to_string())),
            Act::ServerSays(code) => {
                *self.post.1.lock().unwrap() = Some(*code);
                String::new()
            }
        };
        let calls = std::mem::take(&mut *it.store().calls.lock().unwrap());
        let account = block_on(it.account(id)).unwrap();
        let challenge = account.onboarding.challenge();
        let status = challenge.map(|c| (c.status(self.clock.now()), c.resend_at(), c.tries_left()));
        let wakes = account.onboarding.wake_at(it.policy(), self.clock.now());
        it.store().calls.lock().unwrap().clear();
        format!("{answer} {:?} {status:?} {wakes:?} {calls:?}", account.state)
    }

    fn mails(&self) -> Vec<(String, String)> {
        self.post.0.lock().unwrap().clone()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn an_address_of_another_account_looks_like_a_free_one(acts in proptest::collection::vec(act(), 1..25)) {
        let (taken, free) = (Scene::new(OWNED), Scene::new("ailleurs@exemple.fr"));
        for act in &acts {
            prop_assert_eq!(taken.play(act), free.play(act), "{:?}", act);
        }
        // The same mailboxes got mail, and only their readers can tell.
        let to = |mails: &[(String, String)]| mails.iter().map(|(to, _)| to.clone()).collect::<Vec<_>>();
        prop_assert_eq!(to(&taken.mails()), to(&free.mails()));
        for (to, subject) in taken.mails() {
            let told = subject == "Votre courriel est déjà lié à un compte";
            prop_assert_eq!(told, to == OWNED, "{}", subject);
        }
    }
}

#[test]
fn the_right_code_of_a_mail_that_nobody_got_says_nothing_before_it_is_known() {
    // The link and the code of a challenge for a linked address are made, kept as hashes, and sent to nobody.
    let scene = Scene::new(OWNED);
    scene.play(&Act::Give(0));
    scene.play(&Act::Deliver);
    let mails = scene.mails();
    assert_eq!(mails.len(), 1);
    for guess in 0..5 {
        let seen = scene.play(&Act::Guess(guess));
        assert!(seen.starts_with("email-code-wrong") || seen.starts_with("email-tries-used-up"), "{seen}");
    }
    assert!(scene.play(&Act::Guess(7)).starts_with("email-tries-used-up"));
}
