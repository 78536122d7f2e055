//! The drivers that block the calling thread. They may not be used on a thread of an asynchronous runtime.

#[cfg(feature = "directory")]
mod fhir;
mod session;

#[cfg(feature = "directory")]
pub use fhir::Fhir;
pub use session::Sessions;

use super::http::{self, HttpConfig};
use super::{Finding, SystemClock, SystemRandom, Watch, World, block_on};
use crate::base::{Clock, Method, Random, Request, Response, Timestamp};
use crate::error::{Error, Lang, Result};
use crate::id::IdNat;
use crate::psc::{
    Authorization, Channel, CibaEvent, CibaPoll, Client, Environment, Exchange, Finished, Outage, ReturnTo, Service,
    SignInOptions, SignedIn, TokenSet,
};
use std::fmt;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

pub use super::proxy::blocking::Proxy;

type Explain = dyn Fn(Error, bool) -> Error + Send + Sync;

/// Sends requests; cheap to clone, its connections are shared.
#[derive(Clone)]
pub struct Http {
    elsewhere: reqwest::blocking::Client,
    loopback: reqwest::blocking::Client,
    largest_answer: usize,
    watch: Watch,
    explain: Arc<Explain>,
}

impl Http {
    /// A sender with these settings.
    ///
    /// # Errors
    /// `http-settings`.
    pub fn new(config: &HttpConfig) -> Result<Http> {
        let watch = Watch::new(config);
        let build = |builder| reqwest::blocking::ClientBuilder::from(builder).build().map_err(http::failure);
        let [elsewhere, loopback] = config.builders()?.map(build);
        let explain = Arc::new(config.explainer());
        Ok(Http { elsewhere: elsewhere?, loopback: loopback?, largest_answer: config.largest_answer(), watch, explain })
    }

    /// Sends a request and reads its whole answer.
    ///
    /// # Errors
    /// `name-not-found`, `connect-failed`, `timed-out`, `server-certificate`, `client-certificate`, `tls-failed`,
    /// `proxy-failed`, `connection-lost`, `answer-too-large`.
    pub fn send(&self, request: Request) -> Result<Response> {
        let sent = SystemClock.now();
        self.watch.before(sent);
        let result = self.exchange(request);
        self.watch.after(result.as_ref(), sent, SystemClock.now());
        result
    }

    /// What the answers so far told beside themselves.
    pub fn watch(&self) -> &Watch {
        &self.watch
    }

    fn exchange(&self, request: Request) -> Result<Response> {
        let client = if http::is_loopback(&request.url) { &self.loopback } else { &self.elsewhere };
        let mut sending = match request.method {
            Method::Get => client.get(request.url),
            Method::Post => client.post(request.url).body(request.body),
            Method::Put => client.put(request.url).body(request.body),
            Method::Patch => client.patch(request.url).body(request.body),
            Method::Delete => client.delete(request.url),
        };
        for (name, value) in request.headers {
            sending = sending.header(name, value);
        }
        let received = sending.send().map_err(|error| {
            let about_version = http::is_about_version(&error);
            (self.explain)(http::failure(error), about_version)
        })?;
        if received.content_length().is_some_and(|length| length > self.largest_answer as u64) {
            return Err(http::too_large());
        }
        let (status, headers) = (received.status().as_u16(), http::headers(received.headers()));
        let (mut body, limit) = (Vec::new(), self.largest_answer as u64);
        received.take(limit + 1).read_to_end(&mut body).map_err(http::read_failure)?;
        if body.len() > self.largest_answer {
            return Err(http::too_large());
        }
        Ok(Response { status, headers, body })
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("blocking::Http")
    }
}

impl World for Http {
    fn now(&self) -> Timestamp {
        SystemClock.now()
    }

    fn random(&self) -> impl Random + Send {
        SystemRandom
    }

    fn outage(&self) -> Option<Outage> {
        self.watch.outage()
    }

    fn ready(&self) -> Result<()> {
        self.watch.ready(SystemClock.now())
    }

    async fn send(&self, request: Request) -> Result<Response> {
        Http::send(self, request)
    }

    async fn sleep(&self, wait: Duration) {
        std::thread::sleep(wait);
    }
}

/// Pro Santé Connect, blocking: each call of [`super::Psc`] without its `await`.
///
/// ```no_run
/// use sas_psc::drive::{HttpConfig, blocking::Psc};
/// use sas_psc::id::Rpps;
/// use sas_psc::psc::{Channel, Client, ClientAuth, Environment};
///
/// # fn example(secret: String) -> sas_psc::Result<()> {
/// let client = Client::new("my-service", ClientAuth::SecretBasic(secret.into()), "https://my-service.fr/callback");
/// let psc = Psc::new(Environment::bas(), client, &HttpConfig::default())?;
///
/// let mut poll = psc.ciba(&Rpps::parse("99700218896")?.to_id_nat(), Channel::Mobile)?;
/// println!("On your phone, pick {}", poll.digits());
/// let signed_in = psc.wait_ciba(&mut poll, |_, event| println!("{} s left", event.seconds_left))?;
/// println!("{:?}", signed_in.sign_in.professional().rpps());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Psc(Arc<super::Psc<Http>>);

impl Psc {
    /// A service at a provider. Nothing is sent yet.
    ///
    /// # Errors
    /// `http-settings`.
    pub fn new(environment: Environment, client: Client, http: &HttpConfig) -> Result<Psc> {
        Ok(Psc(Arc::new(super::Psc::over(Http::new(http)?, environment, client))))
    }

    /// See [`super::Psc::outage`].
    pub fn outage(&self) -> Option<Outage> {
        self.0.outage()
    }

    /// What the provider's answers told beside themselves.
    pub fn watch(&self) -> &Watch {
        self.0.world().watch()
    }

    /// See [`super::Psc::examine`]; with the settings of [`Psc::new`].
    pub fn examine(&self, lang: Lang) -> Vec<Finding> {
        block_on(self.0.examine(Some(self.watch().config()), lang))
    }

    /// See [`super::Psc::observe`].
    pub fn observe(&self, lang: Lang) -> Vec<Finding> {
        block_on(self.0.observe(lang))
    }

    /// See [`super::Psc::service`].
    pub fn service(&self) -> Result<Service> {
        block_on(self.0.service())
    }

    /// See [`super::Psc::begin`].
    pub fn begin(&self, options: &SignInOptions) -> Result<(Authorization, String)> {
        block_on(self.0.begin(options))
    }

    /// See [`super::Psc::finish`].
    pub fn finish(&self, pending: &mut Authorization, callback: &str) -> Result<SignedIn> {
        block_on(self.0.finish(pending, callback))
    }

    /// See [`super::Psc::sign_in_by_certificate`].
    pub fn sign_in_by_certificate(&self, options: &SignInOptions) -> Result<SignedIn> {
        block_on(self.0.sign_in_by_certificate(options))
    }

    /// See [`super::Psc::finish_fresh`].
    pub fn finish_fresh(&self, pending: &mut Authorization, callback: &str, back: &ReturnTo) -> Result<Finished> {
        block_on(self.0.finish_fresh(pending, callback, back))
    }

    /// See [`super::Psc::ciba`].
    pub fn ciba(&self, person: &IdNat, channel: Channel) -> Result<CibaPoll> {
        block_on(self.0.ciba(person, channel))
    }

    /// See [`super::Psc::resume_ciba`].
    pub fn resume_ciba(&self, stored: &[u8]) -> Result<CibaPoll> {
        block_on(self.0.resume_ciba(stored))
    }

    /// See [`super::Psc::poll_ciba`].
    pub fn poll_ciba(&self, poll: &mut CibaPoll) -> Result<Option<SignedIn>> {
        block_on(self.0.poll_ciba(poll))
    }

    /// See [`super::Psc::wait_ciba`].
    pub fn wait_ciba(
        &self,
        poll: &mut CibaPoll,
        on_event: impl FnMut(&mut CibaPoll, CibaEvent) + Send,
    ) -> Result<SignedIn> {
        block_on(self.0.wait_ciba(poll, on_event))
    }

    /// See [`super::Psc::switch_ciba`].
    pub fn switch_ciba(&self, poll: &mut CibaPoll, channel: Channel) -> Result<()> {
        block_on(self.0.switch_ciba(poll, channel))
    }

    /// See [`super::Psc::refresh`].
    pub fn refresh(&self, tokens: &TokenSet) -> Result<TokenSet> {
        block_on(self.0.refresh(tokens))
    }

    /// See [`super::Psc::logout_url`].
    pub fn logout_url(&self, tokens: &TokenSet, post_logout: Option<&str>, state: Option<&str>) -> Result<String> {
        block_on(self.0.logout_url(tokens, post_logout, state))
    }

    /// See [`super::Psc::run`].
    pub fn run<E: Exchange + Send>(&self, exchange: E) -> Result<E::Output> {
        block_on(self.0.run(exchange))
    }
}
