//! The site in a process of its own, without pages: a command a line, an answer a line.
//!
//! With `--stops` it says so before and after everything it does to the world (a request to PSC, a mail, a write), and
//! goes on when told: whoever started it may kill it there. It keeps nothing in memory between two commands.

use crate::platform::{policy, settings};
use crate::site::{LINK_BASE, Loopback, client, environment, mailer};
use sas_psc::base::{Clock, ExposeSecret, Random, Request, Response, SecretString, Timestamp, sha256, token};
use sas_psc::drive::{Account, Mailer, Psc, SignUp, Smtp, SystemRandom, World, block_on};
use sas_psc::email::{Address, LimitKey, LimitRow, LimitStore, LimitSwap, Message};
use sas_psc::id::IdNat;
use sas_psc::onboarding::{AccountId, Change, LogEntry, Store, StoredAccount, VisitKey};
use sas_psc::psc::{Authorization, Channel, SignIn, SignInOptions};
use sas_psc::store::{Memory, Sqlite};
use sas_psc::{Code, Error, Lang, Result};
use sas_psc_sim::VirtualClock;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

/// Serves until its input ends: `ISSUER MAIL_PORT STORE [--stops]`, STORE a path or `memory`.
pub fn serve(arguments: &[String]) {
    let [issuer, mail_port, store, rest @ ..] = arguments else { panic!("ISSUER MAIL_PORT STORE [--stops]") };
    let stops = rest.iter().any(|word| word == "--stops");
    let mail_port = mail_port.parse().expect("a port");
    if store == "memory" {
        Server::new(issuer, mail_port, Memory::new(), stops).run();
    } else {
        Server::new(issuer, mail_port, Sqlite::open(store).expect("the store opens"), stops).run();
    }
}

struct Server<S> {
    clock: VirtualClock,
    psc: Psc<Stops<Loopback>>,
    sign_up: SignUp<Stops<S>, Stops<Smtp>>,
}

/// What the site knows of a browser.
#[derive(Default, Serialize, Deserialize)]
struct Visit {
    /// A sign-in whose answer is awaited.
    pending: Option<Vec<u8>>,
    /// A request to a phone.
    ringing: Option<Vec<u8>>,
    /// Who signed in, and the name of their session.
    account: Option<(AccountId, String)>,
}

const VISIT: Duration = Duration::from_secs(4 * 3600);

impl<S: Store + LimitStore> Server<S> {
    fn new(issuer: &str, mail_port: u16, store: S, stops: bool) -> Server<S> {
        let clock = VirtualClock::still(Timestamp::from_unix(0));
        let mut seed = [0; 8];
        SystemRandom.fill(&mut seed).expect("the system's randomness");
        let world = Loopback::new(&clock, u64::from_le_bytes(seed));
        let psc = Psc::over(Stops(world, stops), environment(issuer), client());
        let (store, mailer) = (Stops(store, stops), Stops(mailer(mail_port), stops));
        let sign_up = SignUp::new(store, mailer, policy(), LINK_BASE, Arc::new(clock.clone()), SystemRandom);
        Server { clock, psc, sign_up }
    }

    fn run(&self) {
        while let Some(line) = hear() {
            let words: Vec<&str> = line.split(' ').collect();
            let [now, browser, command, ref rest @ ..] = words[..] else { panic!("NOW BROWSER COMMAND …: {line}") };
            let now = Timestamp::from_unix_millis(now.parse().expect("milliseconds"));
            self.clock.advance(now.since(self.clock.now()));
            match block_on(self.command(browser, command, rest.first().copied().unwrap_or(""))) {
                Ok(answer) => say(&format!("ok {answer}")),
                Err(error) => say(&format!("error {}", error.code())),
            }
        }
    }

    async fn command(&self, browser: &str, command: &str, word: &str) -> Result<String> {
        let key = VisitKey(sha256(browser.as_bytes()));
        let stored = self.sign_up.store().visit(key, self.clock.now()).await?;
        let mut visit: Visit =
            stored.map_or_else(Visit::default, |bytes| serde_json::from_slice(&bytes).expect("ours"));
        match command {
            "where" => return self.place(&visit).await,
            "begin" => {
                let (pending, url) = self.psc.begin(&SignInOptions::default()).await?;
                visit = Visit { pending: Some(pending.to_stored()?), ..Visit::default() };
                self.save(key, &visit).await?;
                return Ok(url);
            }
            "back" => {
                let pending = visit.pending.take().unwrap_or_default();
                let mut pending = Authorization::resume(&pending, self.clock.now())?;
                return match self.psc.finish(&mut pending, word).await {
                    Ok(signed_in) => self.enter(key, &signed_in.sign_in).await,
                    Err(error) => {
                        self.save(key, &visit).await?;
                        Err(error)
                    }
                };
            }
            "ring" => {
                let poll = self.psc.ciba(&IdNat::parse(word)?, Channel::Mobile).await?;
                visit = Visit { ringing: Some(poll.to_stored()?), ..Visit::default() };
                self.save(key, &visit).await?;
                return Ok(poll.digits().to_owned());
            }
            "look" => {
                let ringing = visit.ringing.take().unwrap_or_default();
                let mut poll = self.psc.resume_ciba(&ringing).await?;
                let looked = self.psc.poll_ciba(&mut poll).await;
                if let Ok(Some(signed_in)) = &looked {
                    return self.enter(key, &signed_in.sign_in).await;
                }
                visit.ringing = looked.is_ok().then(|| poll.to_stored()).transpose()?;
                self.save(key, &visit).await?;
                return looked.map(|_| "waiting".to_owned());
            }
            "due" => return Ok(self.sign_up.run_due().await?.to_string()),
            _ => {}
        }
        let (id, tab) = visit.account.ok_or_else(|| Error::new(Code::STEP_OUT_OF_ORDER))?;
        if command == "terms" {
            return Ok(self.sign_up.present_terms(id, &tab, Lang::Fr).await?.hash().to_string());
        }
        self.step(id, &tab, command, word).await.map(|account| format!("{:?}", account.state))
    }

    async fn step(&self, id: AccountId, tab: &str, command: &str, word: &str) -> Result<Account> {
        let it = &self.sign_up;
        match command {
            "places" => it.choose_places(id, &[0]).await,
            "address" => {
                it.give_address(id, tab, &Address::parse(word)?, Lang::Fr, None).await?;
                it.deliver(id).await
            }
            "code" => it.answer_code(id, tab, word).await,
            "link" => it.answer_link(id, tab, word).await,
            "accept" => it.accept_terms(id, tab, word, true).await,
            "refuse" => it.refuse_terms(id, tab, word).await,
            "settings" => it.save_settings(id, &settings()).await,
            other => panic!("no such command: {other}"),
        }
    }

    /// The page that the browser would show.
    async fn place(&self, visit: &Visit) -> Result<String> {
        Ok(match visit {
            Visit { account: Some((id, _)), .. } => format!("{:?}", self.sign_up.account(*id).await?.state),
            Visit { pending: Some(_), .. } => "pending".to_owned(),
            Visit { ringing: Some(ringing), .. } => match self.psc.resume_ciba(ringing).await {
                Ok(poll) => format!("ringing {}", poll.digits()),
                Err(_) => "nobody".to_owned(),
            },
            _ => "nobody".to_owned(),
        })
    }

    async fn enter(&self, key: VisitKey, sign_in: &SignIn) -> Result<String> {
        let account = self.sign_up.welcome(sign_in).await?;
        let tab: SecretString = token(&mut SystemRandom)?;
        let visit = Visit { account: Some((account.id, tab.expose_secret().to_owned())), ..Visit::default() };
        self.save(key, &visit).await?;
        Ok(format!("{:?}", account.state))
    }

    async fn save(&self, key: VisitKey, visit: &Visit) -> Result<()> {
        let bytes = serde_json::to_vec(visit).expect("a visit is JSON");
        let (store, now) = (self.sign_up.store(), self.clock.now());
        let was = store.visit(key, now).await?;
        store.save_visit(key, was, bytes, now + VISIT, now).await
    }
}

/// What touches the world, and whether it stops before and after.
struct Stops<T>(T, bool);

impl<T> Stops<T> {
    async fn at<R>(&self, what: &str, doing: impl Future<Output = R>) -> R {
        self.stop("before", what);
        let done = doing.await;
        self.stop("after", what);
        done
    }

    fn stop(&self, when: &str, what: &str) {
        if self.1 {
            say(&format!("stop {when} {what}"));
            assert_eq!(hear().as_deref(), Some("go"));
        }
    }
}

/// The next line; none at the end.
fn hear() -> Option<String> {
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line).expect("text");
    (read > 0).then(|| line.trim_end().to_owned())
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).expect("somebody listens");
}

impl<W: World> World for Stops<W> {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
    fn random(&self) -> impl Random + Send {
        self.0.random()
    }
    async fn send(&self, request: Request) -> Result<Response> {
        self.at("the request", self.0.send(request)).await
    }
    async fn sleep(&self, wait: Duration) {
        self.0.sleep(wait).await;
    }
}

impl<M: Mailer> Mailer for Stops<M> {
    async fn hand_over(&self, message: &Message, to: &Address) -> Result<()> {
        self.at("the mail", self.0.hand_over(message, to)).await
    }
}

impl<S: Store> Store for Stops<S> {
    async fn account(&self, id: AccountId) -> Result<Option<StoredAccount>> {
        self.0.account(id).await
    }
    async fn accounts_of(&self, issuer: &str, identities: &[IdNat]) -> Result<Vec<StoredAccount>> {
        self.0.accounts_of(issuer, identities).await
    }
    async fn account_with_email(&self, email: &str) -> Result<Option<AccountId>> {
        self.0.account_with_email(email).await
    }
    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<AccountId>> {
        self.0.due(now, limit).await
    }
    async fn commit(&self, change: Change) -> Result<u64> {
        self.at("the commit", self.0.commit(change)).await
    }
    async fn log_size(&self) -> Result<u64> {
        self.0.log_size().await
    }
    async fn log_entries(&self, first: u64, count: u64) -> Result<Vec<LogEntry>> {
        self.0.log_entries(first, count).await
    }
    async fn visit(&self, key: VisitKey, now: Timestamp) -> Result<Option<Vec<u8>>> {
        self.0.visit(key, now).await
    }
    async fn save_visit(
        &self,
        key: VisitKey,
        was: Option<Vec<u8>>,
        visit: Vec<u8>,
        ends: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        self.at("the visit", self.0.save_visit(key, was, visit, ends, now)).await
    }
    async fn end_visit(&self, key: VisitKey) -> Result<()> {
        self.at("the visit", self.0.end_visit(key)).await
    }
    async fn sweep(&self, now: Timestamp) -> Result<u64> {
        self.at("the sweep", self.0.sweep(now)).await
    }
}

impl<S: LimitStore> LimitStore for Stops<S> {
    async fn limit_rows(&self, keys: &[LimitKey]) -> Result<Vec<Option<LimitRow>>> {
        self.0.limit_rows(keys).await
    }
    async fn swap_limit_rows(&self, swaps: &[LimitSwap]) -> Result<()> {
        self.at("the count", self.0.swap_limit_rows(swaps)).await
    }
    async fn sweep_limit_rows(&self, now: Timestamp) -> Result<u64> {
        self.at("the sweep", self.0.sweep_limit_rows(now)).await
    }
}
