//! The workstation's client of a Proxy e-Santé, driven: `blocking::Proxy` and `tokio::Proxy`.
//!
//! The proxy answers `/connect` when the person has, so that request waits longer than any other; meanwhile the caller
//! is told the seconds left, each second, and may leave. Whoever leaves on tokio closes the connection. A blocking
//! request cannot be closed from outside: it ends by itself, and a session that it still opens is ended at once.

use super::HttpConfig;
use crate::base::{Clock, Request, Response, Timestamp};
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use crate::psc::proxy::{self, Connect, Connected, ProxySession, SendRequest};
use crate::psc::{Channel, Exchange, Next};
use std::ops::ControlFlow;
use std::time::Duration;

/// How long after the person's time is over the proxy's own answer is still waited for.
const GRACE: Duration = Duration::from_secs(10);

/// What the two drivers share: which proxy, and two ways to send.
#[derive(Debug)]
struct Parts<H> {
    proxy: proxy::Proxy,
    /// With time for the person.
    connects: H,
    calls: H,
}

impl<H> Parts<H> {
    fn new(proxy: proxy::Proxy, http: &HttpConfig, make: impl Fn(&HttpConfig) -> Result<H>) -> Result<Parts<H>> {
        Ok(Parts { connects: make(&http.patient(proxy.wait() + GRACE))?, calls: make(http)?, proxy })
    }
}

/// What an exchange of one request comes to, once its answer is there.
fn finish<E: Exchange>(mut exchange: E, answer: Result<Response>, now: impl Fn() -> Timestamp) -> Result<E::Output> {
    match answer {
        Ok(response) => exchange.answered(&response, now())?,
        Err(error) => exchange.failed(error, now())?,
    }
    match exchange.next(now())? {
        Next::Done(output) => Ok(output),
        _ => Err(Error::new(Code::BROKEN_INVARIANT)),
    }
}

fn request<E: Exchange>(exchange: &mut E, now: Timestamp) -> Result<Request> {
    match exchange.next(now)? {
        Next::Send(request) => Ok(request),
        _ => Err(Error::new(Code::BROKEN_INVARIANT)),
    }
}

#[cfg(feature = "blocking")]
pub(super) mod blocking {
    use super::*;
    use crate::drive::blocking::Http;
    use crate::drive::{SystemClock, SystemRandom};
    use std::sync::mpsc::{RecvTimeoutError, channel};

    /// A Proxy e-Santé, for a program that waits.
    ///
    /// ```no_run
    /// use sas_psc::drive::{HttpConfig, blocking::Proxy};
    /// use sas_psc::psc::{Channel, proxy};
    /// use sas_psc::{base::SecretString, id::Rpps};
    /// use std::ops::ControlFlow;
    ///
    /// # fn example(certificate: &[u8], key: SecretString) -> sas_psc::Result<()> {
    /// let http = HttpConfig::default().with_client_certificate(certificate, &key)?; // the enrolled workstation's
    /// let proxy = Proxy::new(proxy::Proxy::at("https://proxy.chu.example", "my-software")?, &http)?;
    /// let doctor = Rpps::parse("99700218896")?.to_id_nat();
    ///
    /// let connected = proxy.connect(&doctor, Channel::Mobile, None, |digits, left| {
    ///     println!("Pick {digits} on your phone, {left} s left");
    ///     ControlFlow::Continue(()) // Break(()) leaves
    /// })?;
    /// let answer = proxy.send(&connected.session, proxy::SendRequest::get("dmp", "/Patient/1"))?;
    /// println!("{}", answer.status);
    /// proxy.disconnect(&connected.session)
    /// # }
    /// ```
    #[derive(Debug)]
    pub struct Proxy(Parts<Http>);

    impl Proxy {
        /// A client of this proxy. Nothing is sent yet. `http` presents the workstation's certificate.
        ///
        /// # Errors
        /// `http-settings`.
        pub fn new(proxy: proxy::Proxy, http: &HttpConfig) -> Result<Proxy> {
            Ok(Proxy(Parts::new(proxy, http, Http::new)?))
        }

        /// Which proxy.
        pub fn proxy(&self) -> &proxy::Proxy {
            &self.0.proxy
        }

        /// Signs a person in; `on_tick` is told the digits to show and the seconds left, and may leave.
        ///
        /// # Errors
        /// Those of [`Connect`] and of the network; `ciba-cancelled` when `on_tick` left.
        pub fn connect(
            &self,
            person: &IdNat,
            channel: Channel,
            held: Option<&ProxySession>,
            on_tick: impl FnMut(&str, u32) -> ControlFlow<()>,
        ) -> Result<Connected> {
            self.run(self.0.proxy.connect(person, channel, held, &mut SystemRandom)?, on_tick)
        }

        /// Goes through a sign-in that was begun.
        ///
        /// # Errors
        /// Those of [`Proxy::connect`].
        pub fn run(
            &self,
            mut connect: Connect,
            mut on_tick: impl FnMut(&str, u32) -> ControlFlow<()>,
        ) -> Result<Connected> {
            let now = || SystemClock.now();
            let request = request(&mut connect, now())?;
            let (answers, answer) = channel();
            let (http, leaver) = (self.0.connects.clone(), self.0.proxy.clone());
            std::thread::spawn(move || {
                // Nobody takes the answer: the person left, and a session that came all the same is ended.
                if let Err(unread) = answers.send(http.send(request))
                    && let Ok(late) = unread.0
                    && let Some(end) = leaver.leave(&late)
                {
                    let _ = http.send(end);
                }
            });
            loop {
                let left = connect.seconds_left(now());
                if on_tick(connect.digits(), left).is_break() {
                    connect.cancel();
                    // An answer that lies in the channel already would be dropped with it.
                    if let Ok(Ok(late)) = answer.try_recv()
                        && let Some(end) = connect.leave(&late)
                    {
                        let _ = self.0.calls.send(end);
                    }
                    return finish(connect, Err(Error::new(Code::CIBA_CANCELLED)), now);
                }
                match answer.recv_timeout(Duration::from_secs(1)) {
                    Ok(answer) => return finish(connect, answer, now),
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => {
                        return Err(Error::new(Code::BROKEN_INVARIANT));
                    }
                }
            }
        }

        /// Signs out.
        ///
        /// # Errors
        /// Those of [`proxy::Disconnect`].
        pub fn disconnect(&self, session: &ProxySession) -> Result<()> {
            self.call(self.0.proxy.disconnect(session)?)
        }

        /// Sends a request to an API behind the proxy.
        ///
        /// # Errors
        /// Those of [`proxy::Send`] and of the network.
        pub fn send(&self, session: &ProxySession, request: SendRequest) -> Result<Response> {
            self.call(self.0.proxy.send(session, request)?)
        }

        fn call<E: Exchange>(&self, mut exchange: E) -> Result<E::Output> {
            let now = || SystemClock.now();
            let request = request(&mut exchange, now())?;
            finish(exchange, self.0.calls.send(request), now)
        }
    }
}

#[cfg(feature = "tokio")]
pub(super) mod tokio {
    use super::*;
    use crate::drive::tokio::Http;
    use crate::drive::{SystemClock, SystemRandom};
    use ::tokio::time::timeout;
    use std::pin::pin;

    /// A Proxy e-Santé on tokio. Dropping a call closes its connection.
    #[derive(Debug)]
    pub struct Proxy(Parts<Http>);

    impl Proxy {
        /// A client of this proxy. Nothing is sent yet. `http` presents the workstation's certificate.
        ///
        /// # Errors
        /// `http-settings`.
        pub fn new(proxy: proxy::Proxy, http: &HttpConfig) -> Result<Proxy> {
            Ok(Proxy(Parts::new(proxy, http, Http::new)?))
        }

        /// Which proxy.
        pub fn proxy(&self) -> &proxy::Proxy {
            &self.0.proxy
        }

        /// Signs a person in; `on_tick` is told the digits to show and the seconds left, and may leave.
        ///
        /// # Errors
        /// Those of [`Connect`] and of the network; `ciba-cancelled` when `on_tick` left.
        pub async fn connect(
            &self,
            person: &IdNat,
            channel: Channel,
            held: Option<&ProxySession>,
            on_tick: impl FnMut(&str, u32) -> ControlFlow<()>,
        ) -> Result<Connected> {
            self.run(self.0.proxy.connect(person, channel, held, &mut SystemRandom)?, on_tick).await
        }

        /// Goes through a sign-in that was begun.
        ///
        /// # Errors
        /// Those of [`Proxy::connect`].
        pub async fn run(
            &self,
            mut connect: Connect,
            mut on_tick: impl FnMut(&str, u32) -> ControlFlow<()>,
        ) -> Result<Connected> {
            let now = || SystemClock.now();
            let mut sending = pin!(self.0.connects.send(request(&mut connect, now())?));
            loop {
                if on_tick(connect.digits(), connect.seconds_left(now())).is_break() {
                    connect.cancel();
                    return finish(connect, Err(Error::new(Code::CIBA_CANCELLED)), now);
                }
                if let Ok(answer) = timeout(Duration::from_secs(1), &mut sending).await {
                    return finish(connect, answer, now);
                }
            }
        }

        /// Signs out.
        ///
        /// # Errors
        /// Those of [`proxy::Disconnect`].
        pub async fn disconnect(&self, session: &ProxySession) -> Result<()> {
            self.call(self.0.proxy.disconnect(session)?).await
        }

        /// Sends a request to an API behind the proxy.
        ///
        /// # Errors
        /// Those of [`proxy::Send`] and of the network.
        pub async fn send(&self, session: &ProxySession, request: SendRequest) -> Result<Response> {
            self.call(self.0.proxy.send(session, request)?).await
        }

        async fn call<E: Exchange>(&self, mut exchange: E) -> Result<E::Output> {
            let now = || SystemClock.now();
            let request = request(&mut exchange, now())?;
            finish(exchange, self.0.calls.send(request).await, now)
        }
    }
}
