//! A thousand callers on one expiring session, over four instances that share a store: one refresh. By tasks of tokio
//! and by threads, in memory and in a file of SQLite.

use crate::fake::{Fake, PERSON, over, psc};
use sas_psc::Result;
use sas_psc::base::{ExposeSecret, Random, Request, Response, Timestamp};
use sas_psc::drive::{HttpConfig, Psc, Sessions, World, block_on, tokio::Http};
use sas_psc::id::IdNat;
use sas_psc::psc::{Channel, Endpoint, KeyRing, SessionKey, SessionRules, SessionStore, StoredSession};
use sas_psc::store::{Memory, Sqlite};
use serde_json::Value;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const CALLERS: usize = 1000;
const INSTANCES: usize = 4;
/// How long the provider takes for a refresh.
const SLOW: Duration = Duration::from_millis(120);

/// The fake provider, whose waits take time: those of the thread, or those of tokio's clock.
struct Slow {
    fake: Fake,
    tokio: Option<Http>,
    refreshes: AtomicUsize,
}

impl World for Slow {
    fn now(&self) -> Timestamp {
        self.fake.now()
    }

    fn random(&self) -> impl Random + Send {
        self.fake.random()
    }

    async fn send(&self, request: Request) -> Result<Response> {
        if String::from_utf8_lossy(&request.body).contains("grant_type=refresh_token") {
            self.refreshes.fetch_add(1, Ordering::SeqCst);
            self.sleep(SLOW).await;
        }
        self.fake.send(request).await
    }

    async fn sleep(&self, wait: Duration) {
        match &self.tokio {
            Some(http) => http.sleep(wait).await,
            None => std::thread::sleep(wait),
        }
    }

    async fn apart<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> T {
        match &self.tokio {
            Some(http) => http.apart(work).await,
            None => work.await,
        }
    }
}

type Instances<S> = Vec<Sessions<Slow, S>>;

/// Instances over stores of one content, and the tokens of a person whose access token has `left` seconds to live.
fn instances<S: SessionStore + 'static>(
    tokio: Option<Http>,
    left: u64,
    store: impl Fn() -> S,
) -> (Arc<Psc<Slow>>, Instances<S>, sas_psc::base::SecretString) {
    let quick = psc();
    let mut poll = block_on(quick.ciba(&IdNat::parse(PERSON).unwrap(), Channel::Mobile)).unwrap();
    let signed_in = block_on(quick.wait_ciba(&mut poll, |_, _| ())).unwrap();
    let psc = Arc::new(over(Slow { fake: Fake::new(), tokio, refreshes: AtomicUsize::new(0) }));
    let keys = KeyRing::new(&[1; 32]).unwrap();
    let each = || Sessions::new(psc.clone(), store(), keys.clone(), SessionRules::default());
    let sessions: Vec<_> = (0..INSTANCES).map(|_| each()).collect();
    let id = block_on(sessions[0].begin(&signed_in)).unwrap();
    let fake = &psc.world().fake;
    fake.state().claims.insert("nonce".into(), Value::Null);
    fake.advance(120 - left);
    let mut answer = fake.tokens();
    (answer["access_token"], answer["refresh_token"]) = ("a2".into(), "refresh-2".into());
    answer.as_object_mut().unwrap().remove("id_token");
    fake.answer(Endpoint::Token, 200, answer);
    (psc, sessions, id)
}

fn by_tasks<S: SessionStore + 'static>(left: u64, store: impl Fn() -> S) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    runtime.block_on(async {
        let http = Http::new(&HttpConfig::default()).unwrap();
        let (psc, sessions, id) = instances(Some(http), left, store);
        let ask = |n: usize| {
            let (sessions, id) = (sessions[n % INSTANCES].clone(), id.clone());
            tokio::spawn(async move { sessions.access_token(&id).await.unwrap().expose_secret().to_owned() })
        };
        let callers: Vec<_> = (0..CALLERS).map(ask).collect();
        for caller in callers {
            judge(&caller.await.unwrap(), left);
        }
        assert_eq!(psc.world().refreshes.load(Ordering::SeqCst), 1);
        assert_eq!(sessions[1].access_token(&id).await.unwrap().expose_secret(), "a2");
    });
}

fn by_threads<S: SessionStore + 'static>(left: u64, store: impl Fn() -> S) {
    let (psc, sessions, id) = instances(None, left, store);
    std::thread::scope(|scope| {
        for n in 0..CALLERS {
            let (sessions, id) = (&sessions[n % INSTANCES], &id);
            let ask = move || judge(block_on(sessions.access_token(id)).unwrap().expose_secret(), left);
            std::thread::Builder::new().stack_size(512 << 10).spawn_scoped(scope, ask).unwrap();
        }
    });
    assert_eq!(psc.world().refreshes.load(Ordering::SeqCst), 1);
    assert_eq!(block_on(sessions[1].access_token(&id)).unwrap().expose_secret(), "a2");
}

/// The new token; or the one before, for as long as it is good.
fn judge(token: &str, left: u64) {
    assert!(token == "a2" || left > 5 && token == crate::minting::ACCESS_TOKEN, "{token}");
}

#[test]
fn a_thousand_tasks_refresh_a_session_in_memory_once() {
    let store = Arc::new(Memory::new());
    by_tasks(0, || store.clone());
    let store = Arc::new(Memory::new());
    by_tasks(20, || store.clone());
}

#[test]
fn a_thousand_threads_refresh_a_session_in_memory_once() {
    let store = Arc::new(Memory::new());
    by_threads(0, || store.clone());
    let store = Arc::new(Memory::new());
    by_threads(20, || store.clone());
}

#[test]
fn a_thousand_tasks_over_files_of_sqlite_refresh_once() {
    let directory = tempfile::tempdir().unwrap();
    by_tasks(0, || Sqlite::open(directory.path().join("sessions.sqlite")).unwrap());
}

#[test]
fn a_thousand_threads_over_files_of_sqlite_refresh_once() {
    let directory = tempfile::tempdir().unwrap();
    by_threads(0, || Sqlite::open(directory.path().join("sessions.sqlite")).unwrap());
}

#[test]
fn a_caller_that_goes_away_leaves_the_refresh_to_go_on() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let http = Http::new(&HttpConfig::default()).unwrap();
        let store = Arc::new(Memory::new());
        let (psc, sessions, id) = instances(Some(http), 0, || store.clone());
        let (theirs, their_id) = (sessions[0].clone(), id.clone());
        let caller = tokio::spawn(async move { theirs.access_token(&their_id).await.map(drop) });
        while psc.world().refreshes.load(Ordering::SeqCst) == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        assert_eq!(sessions[1].access_token(&id).await.unwrap().expose_secret(), "a2");
        assert_eq!(psc.world().refreshes.load(Ordering::SeqCst), 1);
    });
}

/// A store in which another is faster, between the first two readings of a caller.
struct Overtaken {
    memory: Memory,
    readings: AtomicUsize,
    faster: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl SessionStore for Overtaken {
    async fn session(&self, key: SessionKey) -> Result<Option<StoredSession>> {
        if self.readings.fetch_add(1, Ordering::SeqCst) == 1 {
            let faster = self.faster.lock().unwrap().take();
            faster.into_iter().for_each(|faster| faster());
        }
        self.memory.session(key).await
    }

    async fn save_session(&self, session: StoredSession) -> Result<u64> {
        self.memory.save_session(session).await
    }

    async fn sessions_marked(&self, marks: &[[u8; 32]]) -> Result<Vec<SessionKey>> {
        self.memory.sessions_marked(marks).await
    }

    async fn sweep_sessions(&self, now: Timestamp) -> Result<u64> {
        self.memory.sweep_sessions(now).await
    }
}

#[test]
fn a_caller_that_another_instance_overtook_waits_for_its_outcome() {
    let store = Arc::new(Overtaken { memory: Memory::new(), readings: AtomicUsize::new(0), faster: Mutex::new(None) });
    let (psc, sessions, id) = instances(None, 0, || store.clone());
    let (other, their_id, world) = (sessions[1].clone(), id.clone(), psc.clone());
    *store.faster.lock().unwrap() = Some(Box::new(move || {
        std::thread::spawn(move || block_on(other.access_token(&their_id)).map(drop));
        while world.world().refreshes.load(Ordering::SeqCst) == 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
    }));
    store.readings.store(0, Ordering::SeqCst);
    assert_eq!(block_on(sessions[0].access_token(&id)).unwrap().expose_secret(), "a2");
    assert_eq!(psc.world().refreshes.load(Ordering::SeqCst), 1);
}
