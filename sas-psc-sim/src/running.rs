//! Starting a simulator, and the shortcuts by which a test plays the person.
//!
//! The servers run on threads of their own, so a test may be blocking or async. Dropping [`Running`] stops them.

use crate::browser::{Answer, Browser};
use crate::config::Config;
use crate::mail::{Mailbox, smtp};
use crate::phone::Phone;
use crate::sim::{Shared, Sim};
use crate::{Rule, Scenario, VirtualClock, desk, lock, mtls, realm, wallet};
use axum::middleware::from_fn;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use tokio::runtime::Runtime;

/// The simulator, before it runs.
pub struct Simulator;

impl Simulator {
    /// Opens the ports on 127.0.0.1 and serves until [`Running`] is dropped.
    ///
    /// # Errors
    /// A port that is taken.
    pub fn start(config: Config) -> io::Result<Running> {
        let listen = |offset: u16| {
            let port = if config.port == 0 { 0 } else { config.port.saturating_add(offset) };
            let listener = TcpListener::bind(("127.0.0.1", port))?;
            listener.set_nonblocking(true)?;
            Ok::<_, io::Error>((listener.local_addr()?.port(), listener))
        };
        let ((auth_port, auth), (wallet_port, wallet)) = (listen(0)?, listen(1)?);
        let ((web_port, web), (mail_port, mail)) = (listen(2)?, listen(3)?);
        let tls = config.mtls.clone().map(|mtls| Ok::<_, io::Error>((mtls, listen(4)?))).transpose()?;
        let tls_port = tls.as_ref().map(|(_, (port, _))| *port);
        let sim: Shared = Arc::new(Sim::new(config, [auth_port, wallet_port, web_port], tls_port));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        {
            let _inside = runtime.enter();
            let other = if sim.hostile.is_some() { realm::elsewhere(&sim) } else { desk::router(&sim) };
            let auth_router = realm::router(&sim).layer(from_fn(mtls::strip));
            for (listener, router) in [(auth, auth_router), (wallet, wallet::router(&sim)), (web, other)] {
                let listener = tokio::net::TcpListener::from_std(listener)?;
                runtime.spawn(async move { axum::serve(listener, router).await });
            }
            if let Some((mtls, (_, listener))) = tls {
                let listener = mtls::Tls::new(tokio::net::TcpListener::from_std(listener)?, &mtls)?;
                let router = realm::router(&sim).layer(from_fn(mtls::hand_on));
                let service = router.into_make_service_with_connect_info::<mtls::Peer>();
                runtime.spawn(async move { axum::serve(listener, service).await });
            }
            runtime.spawn(smtp::serve(tokio::net::TcpListener::from_std(mail)?, sim.clone()));
        }
        let mail_addr = SocketAddr::from(([127, 0, 0, 1], mail_port));
        Ok(Running { sim, mail_addr, runtime: Some(runtime) })
    }
}

/// A simulator that runs.
pub struct Running {
    sim: Shared,
    mail_addr: SocketAddr,
    runtime: Option<Runtime>,
}

impl Running {
    /// `http://127.0.0.1:PORT`, where the realm is.
    pub fn auth_base(&self) -> &str {
        &self.sim.auth
    }

    /// `http://127.0.0.1:PORT`, where the sign-in pages are.
    pub fn wallet_base(&self) -> &str {
        &self.sim.wallet
    }

    /// `http://127.0.0.1:PORT`, where the phone, the mailbox and the control are.
    pub fn web_base(&self) -> &str {
        &self.sim.web
    }

    /// `https://127.0.0.1:PORT`, where the realm is for clients with a certificate, when the configuration says so.
    pub fn mtls_base(&self) -> Option<&str> {
        self.sim.mtls.as_ref().map(|origin| origin.base.as_str())
    }

    /// Where the SMTP server listens.
    pub fn mail_addr(&self) -> SocketAddr {
        self.mail_addr
    }

    /// The phones.
    pub fn phone(&self) -> Phone<'_> {
        Phone(&self.sim)
    }

    /// The mails that came.
    pub fn mailbox(&self) -> Mailbox<'_> {
        Mailbox(&self.sim)
    }

    /// The issuer: the `auth` origin and the realm's path.
    pub fn issuer(&self) -> String {
        self.sim.issuer()
    }

    /// Stops the servers; dropping does the same.
    pub fn stop(self) {}

    /// The simulator's time; clones move it.
    pub fn clock(&self) -> &VirtualClock {
        &self.sim.clock
    }

    /// Adds a fault behind those in force.
    pub fn inject(&self, rule: Rule) {
        lock(&self.sim.scenario).rules.push(rule);
    }

    /// Replaces the faults; the default has none.
    pub fn set_scenario(&self, scenario: Scenario) {
        *lock(&self.sim.scenario) = scenario;
    }

    /// What a browser without cookies does: opens the authorization address, shows the card of `person` (a key of
    /// `people.json`, an IdNat or an RPPS) and its code, chooses the certificate. Answers with the address that it is
    /// sent back to.
    ///
    /// # Panics
    /// When the sign-in does not lead back to the service: the status and page where it stopped.
    pub fn sign_in_by_card(&self, authorization_url: &str, person: &str) -> String {
        self.sign_in_by_card_in(&mut Browser::new(), authorization_url, person)
    }

    /// As [`Running::sign_in_by_card`], in a browser that keeps its cookies: the second time it may come straight back.
    ///
    /// # Panics
    /// As [`Running::sign_in_by_card`].
    pub fn sign_in_by_card_in(&self, browser: &mut Browser, authorization_url: &str, person: &str) -> String {
        self.try_sign_in_by_card(browser, authorization_url, person).unwrap_or_else(|stopped| panic!("{stopped}"))
    }

    /// The same, or where it stopped: the address may be another program's.
    pub(crate) fn try_sign_in_by_card(
        &self,
        browser: &mut Browser,
        authorization_url: &str,
        person: &str,
    ) -> Result<String, String> {
        let failed = |error: io::Error| format!("the simulator does not answer: {error}");
        let answer = browser.get(authorization_url).map_err(failed)?;
        let page = match answer.location() {
            Some(page) if page.starts_with(&self.sim.wallet) => page,
            Some(callback) => return Ok(callback),
            None => return Err(format!("no sign-in page: {} {}", answer.status, answer.body)),
        };
        let person = &self.sim.people[self.person(person)];
        let pin = [("card", person.key.as_str()), ("pin", wallet::PIN)];
        let next = browser.post(&format!("{page}/carte"), &pin).map_err(failed)?;
        let next = next.location().ok_or_else(|| format!("the code was refused: {}", next.body))?;
        let answer = browser.post(&next, &[("certificate", "cps")]).map_err(failed)?;
        let callback = answer.location().filter(|to| !to.starts_with(&self.sim.wallet));
        callback.ok_or_else(|| format!("not sent back to the service: {} {}", answer.status, answer.body))
    }

    pub(crate) fn sim(&self) -> &Sim {
        &self.sim
    }

    /// What a browser and a phone do: opens the authorization address, types the number of `person`, chooses the right
    /// number on the phone, goes on. Answers with the address that the browser is sent back to.
    ///
    /// # Panics
    /// As [`Running::sign_in_by_card`].
    pub fn sign_in_by_ecps(&self, authorization_url: &str, person: &str) -> String {
        self.sign_in_by_ecps_in(&mut Browser::new(), authorization_url, person)
    }

    /// As [`Running::sign_in_by_ecps`], in a browser that keeps its cookies.
    ///
    /// # Panics
    /// As [`Running::sign_in_by_card`].
    pub fn sign_in_by_ecps_in(&self, browser: &mut Browser, authorization_url: &str, person: &str) -> String {
        let page = match self.open(browser, authorization_url) {
            Ok(page) => page,
            Err(callback) => return callback,
        };
        let id_nat = &self.sim.people[self.person(person)].id_nat;
        let waiting = must(browser.post(&format!("{page}/e-cps"), &[("rpps", id_nat)]));
        assert!(waiting.status == 303, "the number was refused: {}", waiting.body);
        assert!(self.phone().approve(person), "nothing waits on the phone of {person}");
        self.callback(must(browser.get(&format!("{page}/suite"))))
    }

    fn person(&self, name: &str) -> usize {
        self.sim.person(name).unwrap_or_else(|| panic!("nobody in people.json is called {name}"))
    }

    /// The sign-in page, or the callback when no page is needed.
    fn open(&self, browser: &mut Browser, authorization_url: &str) -> Result<String, String> {
        let answer = must(browser.get(authorization_url));
        match answer.location() {
            Some(page) if page.starts_with(&self.sim.wallet) => Ok(page),
            Some(callback) => Err(callback),
            None => panic!("no sign-in page: {} {}", answer.status, answer.body),
        }
    }

    fn callback(&self, answer: Answer) -> String {
        let callback = answer.location().filter(|to| !to.starts_with(&self.sim.wallet));
        callback.unwrap_or_else(|| panic!("not sent back to the service: {} {}", answer.status, answer.body))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Not waited for, so that this may happen inside another runtime.
            runtime.shutdown_background();
        }
    }
}

fn must(answer: io::Result<Answer>) -> Answer {
    answer.unwrap_or_else(|error| panic!("the simulator does not answer: {error}"))
}
