//! Pro Santé Connect, driven: every flow from its first request to its end, over a [`World`] that sends, waits and draws.
//!
//! One loop runs every exchange, for tokio and for a blocking program alike: the futures of a blocking world are ready
//! at once. Metadata is asked for at first need and again every hour; while the provider is down, the last one serves.

use crate::base::{Random, Request, Response, Timestamp};
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use crate::psc::card_login::{CardLogin, Step as CardStep};
use crate::psc::{
    Authorization, Channel, CibaEvent, CibaPoll, Client, Environment, Exchange, Finished, Next, Outage, ReturnTo,
    Service, SignInOptions, SignedIn, TokenSet,
};
use std::fmt;
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

const METADATA_LIFE: Duration = Duration::from_secs(3600);
const METADATA_RETRY: Duration = Duration::from_secs(60);

/// What a flow needs of the world. `drive::tokio::Http` and `drive::blocking::Http` are worlds; a test brings its own.
pub trait World: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;

    /// Where unpredictable bytes come from.
    fn random(&self) -> impl Random + Send;

    /// Sends a request, once, without following redirects.
    ///
    /// # Errors
    /// When no answer came.
    fn send(&self, request: Request) -> impl Future<Output = Result<Response>> + Send;

    /// The provider's outage, where the world keeps account of it.
    fn outage(&self) -> Option<Outage> {
        None
    }

    /// Whether to begin something new now: during an outage nobody new is made to wait for a timeout, while what is
    /// under way is never held back.
    ///
    /// # Errors
    /// `provider-unavailable` during an outage.
    fn ready(&self) -> Result<()> {
        Ok(())
    }

    /// Waits.
    fn sleep(&self, wait: Duration) -> impl Future<Output = ()> + Send;

    /// Runs work that goes on when its caller goes away, where the world can; else as part of the caller.
    fn apart<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> impl Future<Output = T> + Send {
        work
    }
}

/// A service at its provider, ready to sign people in. Share one per program.
pub struct Psc<W> {
    world: W,
    environment: Environment,
    client: Client,
    known: Mutex<Option<Known>>,
}

#[derive(Clone)]
struct Known {
    service: Service,
    until: Timestamp,
}

impl<W: World> Psc<W> {
    /// A service over a world of yours. Nothing is sent yet.
    pub fn over(world: W, environment: Environment, client: Client) -> Psc<W> {
        Psc { world, environment, client, known: Mutex::new(None) }
    }

    /// A service that is at hand: its provider is not asked for its metadata.
    #[cfg(feature = "system")]
    pub(super) fn at_hand(world: W, service: Service) -> Psc<W> {
        let (environment, client) = (Environment::of_service(&service), service.client().clone());
        let known = Known { service, until: Timestamp::from_unix_millis(i64::MAX) };
        Psc { world, environment, client, known: Mutex::new(Some(known)) }
    }

    /// The provider's outage, while there is one: what is wrong, since when, when the next try is.
    pub fn outage(&self) -> Option<Outage> {
        self.world.outage()
    }

    /// The provider.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The world.
    pub fn world(&self) -> &W {
        &self.world
    }

    /// The service, its provider's metadata asked for when it is not known or is an hour old.
    ///
    /// # Errors
    /// `discovery-issuer`, `discovery-host`, `simulator-refused`, `provider-answer`, `provider-unavailable`,
    /// `endpoint-missing`, and those of the network.
    pub async fn service(&self) -> Result<Service> {
        let now = self.world.now();
        let known = self.known().clone();
        if let Some(known) = known.as_ref().filter(|known| now < known.until) {
            return Ok(known.service.clone());
        }
        let service = match (self.run(Service::discover(&self.environment)).await, &known) {
            (Ok(metadata), Some(known)) if *known.service.metadata() == metadata => known.service.clone(),
            (Ok(metadata), _) => Service::new(self.client.clone(), metadata)?,
            (Err(_), Some(known)) => {
                let service = known.service.clone();
                *self.known() = Some(Known { service: service.clone(), until: now + METADATA_RETRY });
                return Ok(service);
            }
            (Err(error), None) => return Err(error),
        };
        *self.known() = Some(Known { service: service.clone(), until: now + METADATA_LIFE });
        Ok(service)
    }

    /// Begins a sign-in in the browser: what to keep, and where to send the browser.
    ///
    /// # Errors
    /// Those of [`Service::begin`] and of [`Psc::service`].
    pub async fn begin(&self, options: &SignInOptions) -> Result<(Authorization, String)> {
        self.world.ready()?;
        self.service().await?.begin(options, &mut self.world.random(), self.world.now())
    }

    /// Finishes a sign-in with what the browser brought back (the callback's query or address).
    ///
    /// # Errors
    /// Those of [`Service::finish`], `code-refused`, `id-token-…`, `userinfo-…`, and those of the network.
    pub async fn finish(&self, pending: &mut Authorization, callback: &str) -> Result<SignedIn> {
        let exchange = self.service().await?.finish(pending, callback, self.world.now())?;
        self.run(exchange).await
    }

    /// Signs in where the certificate of the TLS connection is the login itself: a Keycloak with X.509 login, a hospital's
    /// own provider. The world shows the certificate: a card's with
    /// [`HttpConfig::with_card`](super::HttpConfig::with_card), or one from a file. No page is shown to anybody.
    ///
    /// # Errors
    /// `card-login-not-offered` for PSC's own hosts, whose ways are the system's browser with ANS's middleware, CIBA with
    /// the card as its channel, and a local proof of possession; `card-login-page` when the provider shows a page; those
    /// of [`Psc::begin`] and [`Psc::finish`]; with a card `card-tls-version`, `card-tls-signature` and the card's own.
    pub async fn sign_in_by_certificate(&self, options: &SignInOptions) -> Result<SignedIn> {
        if self.environment.is_psc() {
            return Err(Error::new(Code::CARD_LOGIN_NOT_OFFERED));
        }
        let (mut pending, url) = self.begin(options).await?;
        let (mut login, mut request) = CardLogin::begin(&url, self.client.redirect_uri())?;
        loop {
            match login.next(&self.world.send(request).await?)? {
                CardStep::Send(next) => request = next,
                CardStep::Back(callback) => return self.finish(&mut pending, &callback).await,
            }
        }
    }

    /// The same for a sign-in that must be fresh ([`SignInOptions::fresh_within`]): when PSC answers from a session that
    /// is too old, it says where to send the browser instead, to come back to `back` and sign in again.
    ///
    /// # Errors
    /// Those of [`Psc::finish`], but `sign-in-not-fresh`.
    pub async fn finish_fresh(&self, pending: &mut Authorization, callback: &str, back: &ReturnTo) -> Result<Finished> {
        let mut exchange = self.service().await?.finish(pending, callback, self.world.now())?;
        match play(&self.world, &mut exchange).await {
            Ok(signed_in) => Ok(Finished::SignedIn(Box::new(signed_in))),
            Err(error) => match exchange.sign_out_first(Some(back))? {
                Some(sign_out) => Ok(Finished::TooOld { sign_out: sign_out.into() }),
                None => Err(error),
            },
        }
    }

    /// Asks a person to sign in on their phone or card: their phone rings, the screen shows the digits.
    ///
    /// # Errors
    /// Those of [`crate::psc::CibaStart`] and of the network.
    pub async fn ciba(&self, person: &IdNat, channel: Channel) -> Result<CibaPoll> {
        self.world.ready()?;
        let start = self.service().await?.ciba(person, channel, &mut self.world.random())?;
        self.run(start).await
    }

    /// Goes on with a wait from its stored form.
    ///
    /// # Errors
    /// Those of [`Service::resume_ciba`] and of [`Psc::service`].
    pub async fn resume_ciba(&self, stored: &[u8]) -> Result<CibaPoll> {
        self.service().await?.resume_ciba(stored, self.world.now())
    }

    /// Asks PSC when it is time to, and never waits: none while the person has not answered. For a page that reloads.
    ///
    /// # Errors
    /// Those of [`CibaPoll`].
    pub async fn poll_ciba(&self, poll: &mut CibaPoll) -> Result<Option<SignedIn>> {
        poll_once(&self.world, poll).await
    }

    /// Asks the same person on another channel, in the same attempt: "use the card instead". Once it is asked, only the
    /// new request can win; when it cannot be, the one before goes on.
    ///
    /// # Errors
    /// Those of [`CibaPoll::on_channel`], of [`crate::psc::CibaStart`] and of the network.
    pub async fn switch_ciba(&self, poll: &mut CibaPoll, channel: Channel) -> Result<()> {
        let start = poll.on_channel(channel, &mut self.world.random())?;
        poll.replace(self.run(start).await?)
    }

    /// Waits until the person answers or their time is over, telling the seconds left each second, and what to try at
    /// 20 and 60 seconds. To leave, call [`CibaPoll::cancel`] in `on_event`, or drop the future and cancel.
    ///
    /// # Errors
    /// Those of [`CibaPoll`].
    pub async fn wait_ciba(
        &self,
        poll: &mut CibaPoll,
        on_event: impl FnMut(&mut CibaPoll, CibaEvent) + Send,
    ) -> Result<SignedIn> {
        wait(&self.world, poll, on_event).await
    }

    /// New tokens for old. Keep them instead of those before, at once.
    ///
    /// # Errors
    /// `session-ended` when the person must sign in again; any other error leaves the tokens before to be tried again.
    pub async fn refresh(&self, tokens: &TokenSet) -> Result<TokenSet> {
        let exchange = self.service().await?.refresh(tokens, self.world.now())?;
        self.run(exchange).await
    }

    /// Where to send the browser of a person who clicked "sign out"; see [`Service::logout_url`].
    ///
    /// # Errors
    /// `endpoint-missing`, and those of [`Psc::service`].
    pub async fn logout_url(
        &self,
        tokens: &TokenSet,
        post_logout: Option<&str>,
        state: Option<&str>,
    ) -> Result<String> {
        self.service().await?.logout_url(tokens, post_logout, state)
    }

    /// Runs any exchange to its end.
    ///
    /// # Errors
    /// Those of the exchange and of the network.
    pub async fn run<E: Exchange + Send>(&self, exchange: E) -> Result<E::Output> {
        run(&self.world, exchange).await
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Option<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Step<T> {
    Wait(Timestamp),
    Done(T),
}

/// Runs an exchange to its end.
pub(super) async fn run<W: World, E: Exchange + Send>(world: &W, mut exchange: E) -> Result<E::Output> {
    play(world, &mut exchange).await
}

/// The same with an exchange that is looked at afterwards.
async fn play<W: World, E: Exchange + Send>(world: &W, exchange: &mut E) -> Result<E::Output> {
    loop {
        match advance(world, exchange).await? {
            Step::Done(output) => return Ok(output),
            Step::Wait(until) => sleep_until(world, until).await,
        }
    }
}

/// Asks when it is time to, and never waits.
pub(super) async fn poll_once<W: World, E: Exchange + Send>(world: &W, exchange: &mut E) -> Result<Option<E::Output>> {
    Ok(match advance(world, exchange).await? {
        Step::Done(output) => Some(output),
        Step::Wait(_) => None,
    })
}

/// Waits for a person, and tells what there is to tell.
pub(super) async fn wait<W: World>(
    world: &W,
    poll: &mut CibaPoll,
    mut on_event: impl FnMut(&mut CibaPoll, CibaEvent) + Send,
) -> Result<SignedIn> {
    loop {
        if let Some(event) = poll.event(world.now()) {
            on_event(poll, event);
        }
        match advance(world, poll).await? {
            Step::Done(signed_in) => return Ok(signed_in),
            Step::Wait(until) => {
                let now = world.now();
                let next = until.min(poll.next_event_at(now));
                sleep_until(world, next.max(now + Duration::from_millis(1))).await;
            }
        }
    }
}

/// Sends what is to be sent, until there is nothing to do but to wait, or it is done.
async fn advance<W: World, E: Exchange + Send>(world: &W, exchange: &mut E) -> Result<Step<E::Output>> {
    loop {
        match exchange.next(world.now())? {
            Next::Done(output) => return Ok(Step::Done(output)),
            Next::Wait(until) => return Ok(Step::Wait(until)),
            Next::Send(request) => match world.send(request).await {
                Ok(response) => exchange.answered(&response, world.now())?,
                Err(error) => exchange.failed(error, world.now())?,
            },
        }
    }
}

/// Sleeps until a moment of the world's clock.
pub(super) async fn sleep_until<W: World>(world: &W, until: Timestamp) {
    world.sleep(until.since(world.now())).await;
}

impl<W> fmt::Debug for Psc<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Psc").field("issuer", &self.environment.issuer()).field("client", &self.client).finish()
    }
}
