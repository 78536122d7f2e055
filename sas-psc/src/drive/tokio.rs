//! The drivers for tokio.

use super::http::{self, HttpConfig};
use super::{SystemClock, SystemRandom, Watch, World};
use crate::base::{Clock, Method, Random, Request, Response, Timestamp};
use crate::error::Result;
use crate::psc::{Client, Environment, Outage};
use std::fmt;
use std::future::Future;
use std::time::Duration;

pub use super::proxy::tokio::Proxy;

/// Sends requests; cheap to clone, its connections are shared.
#[derive(Clone)]
pub struct Http {
    elsewhere: reqwest::Client,
    loopback: reqwest::Client,
    largest_answer: usize,
    watch: Watch,
}

impl Http {
    /// A sender with these settings.
    ///
    /// # Errors
    /// `http-settings`.
    pub fn new(config: &HttpConfig) -> Result<Http> {
        config.signs_at_once()?;
        let watch = Watch::new(config);
        let [elsewhere, loopback] = config.builders()?.map(|builder| builder.build().map_err(http::failure));
        Ok(Http { elsewhere: elsewhere?, loopback: loopback?, largest_answer: config.largest_answer(), watch })
    }

    pub(super) fn client_for(&self, url: &str) -> &reqwest::Client {
        if http::is_loopback(url) { &self.loopback } else { &self.elsewhere }
    }

    /// Sends a request and reads its whole answer.
    ///
    /// # Errors
    /// `name-not-found`, `connect-failed`, `timed-out`, `server-certificate`, `client-certificate`, `tls-failed`,
    /// `proxy-failed`, `connection-lost`, `answer-too-large`.
    pub async fn send(&self, request: Request) -> Result<Response> {
        let sent = SystemClock.now();
        self.watch.before(sent);
        let result = self.exchange(request).await;
        self.watch.after(result.as_ref(), sent, SystemClock.now());
        result
    }

    /// What the answers so far told beside themselves.
    pub fn watch(&self) -> &Watch {
        &self.watch
    }

    async fn exchange(&self, request: Request) -> Result<Response> {
        let client = self.client_for(&request.url);
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
        let mut received = sending.send().await.map_err(http::failure)?;
        if received.content_length().is_some_and(|length| length > self.largest_answer as u64) {
            return Err(http::too_large());
        }
        let (status, headers) = (received.status().as_u16(), http::headers(received.headers()));
        let mut body = Vec::new();
        while let Some(chunk) = received.chunk().await.map_err(http::failure)? {
            if body.len() + chunk.len() > self.largest_answer {
                return Err(http::too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response { status, headers, body })
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tokio::Http")
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
        Http::send(self, request).await
    }

    async fn sleep(&self, wait: Duration) {
        ::tokio::time::sleep(wait).await;
    }

    fn apart<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> impl Future<Output = T> + Send {
        let task = ::tokio::spawn(work);
        async move {
            match task.await {
                Ok(output) => output,
                Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                // The runtime is shutting down, and this caller with it.
                Err(_) => std::future::pending().await,
            }
        }
    }
}

/// Pro Santé Connect on tokio.
///
/// ```no_run
/// use sas_psc::drive::{HttpConfig, tokio::Psc};
/// use sas_psc::psc::{Client, ClientAuth, Environment, SignInOptions};
///
/// # async fn example(secret: String, callback: &str) -> sas_psc::Result<()> {
/// let client = Client::new("my-service", ClientAuth::SecretBasic(secret.into()), "https://my-service.fr/callback");
/// let psc = Psc::new(Environment::bas(), client, &HttpConfig::default())?;
///
/// let (mut pending, url) = psc.begin(&SignInOptions::default()).await?;
/// // keep `pending` in the browser's session, send the browser to `url`; when it comes back:
/// let signed_in = psc.finish(&mut pending, callback).await?;
/// println!("{:?}", signed_in.sign_in.professional().rpps());
/// # Ok(())
/// # }
/// ```
pub type Psc = super::Psc<Http>;

impl Psc {
    /// A service at a provider. Nothing is sent yet.
    ///
    /// # Errors
    /// `http-settings`.
    pub fn new(environment: Environment, client: Client, http: &HttpConfig) -> Result<Psc> {
        Ok(super::Psc::over(Http::new(http)?, environment, client))
    }
}

/// The online directory on tokio; see [`super::Fhir`] for its calls.
///
/// ```no_run
/// use sas_psc::directory::fhir::Server;
/// use sas_psc::drive::{HttpConfig, tokio::Fhir};
/// use sas_psc::id::Rpps;
///
/// # async fn example(key: String) -> sas_psc::Result<()> {
/// let fhir = Fhir::new(Server::ans(key.into())?, &HttpConfig::default())?;
/// let person = fhir.lookup(&Rpps::parse("99700218896")?.to_id_nat()).await?;
/// println!("{}", if person.is_some() { "in the directory" } else { "not in the directory" });
/// # Ok(())
/// # }
/// ```
#[cfg(feature = "directory")]
pub type Fhir = super::Fhir<Http>;

#[cfg(feature = "directory")]
impl Fhir {
    /// A server, asked with these settings; an answer may take 35 seconds. Nothing is sent yet.
    ///
    /// # Errors
    /// `http-settings`.
    pub fn new(server: crate::directory::fhir::Server, http: &HttpConfig) -> Result<Fhir> {
        Ok(super::Fhir::over(Http::new(&super::fhir::patient(http))?, server))
    }
}
