//! Signing in through a proxy: one request that the proxy answers when the person has, up to two minutes later.
//!
//! The workstation draws the two digits and shows them with its own countdown: the proxy says nothing meanwhile. The
//! request is sent once, since a second would ring the phone again. PSC offers no way to take a request back: whoever
//! leaves is not signed in, even when the phone accepts; [`Connect::leave`] then ends the session that came too late.

use super::answer::{self, Asked};
use super::{Field, Path, Proxy, ProxySession};
use crate::base::{self, ExposeSecret, Method, Random, Request, Response, Timestamp};
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use crate::psc::{Channel, Exchange, Next};
use std::fmt;

/// What connecting came to.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Connected {
    /// The session.
    pub session: ProxySession,
    /// The session was there already: nobody was asked anything.
    pub already: bool,
}

/// A sign-in through a proxy. Comes to [`Connected`].
///
/// Its errors: `proxy-sign-in-refused`, `proxy-unknown-person`, `proxy-request-refused`, `proxy-busy`,
/// `proxy-unavailable`, `proxy-answer`, `workstation-unknown`, `ciba-refused`, `ciba-expired`, `ciba-cancelled`.
pub struct Connect {
    proxy: Proxy,
    digits: String,
    held: Option<ProxySession>,
    request: Option<Request>,
    ends: Option<Timestamp>,
    outcome: Option<Connected>,
    cancelled: bool,
}

impl Proxy {
    /// Begins to sign `person` in. `held`, the session of before if there is one, spares them when it still lives.
    ///
    /// # Errors
    /// `no-randomness`.
    ///
    /// ```
    /// use sas_psc::psc::{Channel, Exchange, Next, proxy::Proxy};
    /// use sas_psc::{base::Timestamp, drive::SystemRandom, id::Rpps};
    ///
    /// let proxy = Proxy::at("https://proxy.chu.example", "my-software")?;
    /// let doctor = Rpps::parse("99700218896")?.to_id_nat();
    /// let mut connect = proxy.connect(&doctor, Channel::Mobile, None, &mut SystemRandom)?;
    /// println!("On your phone, pick {}", connect.digits());
    /// let now = Timestamp::from_unix(1_795_420_800);
    /// assert!(matches!(connect.next(now)?, Next::Send(_)));
    /// assert_eq!(connect.seconds_left(now), 120);
    /// # Ok::<(), sas_psc::Error>(())
    /// ```
    pub fn connect(
        &self,
        person: &IdNat,
        channel: Channel,
        held: Option<&ProxySession>,
        random: &mut dyn Random,
    ) -> Result<Connect> {
        let digits = base::digits(random, 2)?.expose_secret().to_owned();
        let mut body = serde_json::Map::new();
        for (field, value) in [
            (Field::NationalId, self.name_of(person)),
            (Field::BindingMessage, digits.clone()),
            (Field::ClientId, self.client_id().to_owned()),
            (Field::Channel, channel.as_str().to_owned()),
        ] {
            body.insert(self.field(field).to_owned(), value.into());
        }
        let mut headers =
            vec![("accept", "application/json".to_owned()), ("content-type", "application/json".to_owned())];
        let held = held.filter(|session| session.header(self).is_ok());
        headers.extend(held.and_then(|session| session.header(self).ok()));
        let body = serde_json::to_vec(&body).map_err(|_| Error::new(Code::BROKEN_INVARIANT))?;
        Ok(Connect {
            proxy: self.clone(),
            digits,
            held: held.cloned(),
            request: Some(Request { method: Method::Post, url: self.url(Path::Connect), headers, body }),
            ends: None,
            outcome: None,
            cancelled: false,
        })
    }

    /// What to send when an answer to `/connect` came after the person left: the end of the session that it opened, if
    /// it did.
    pub fn leave(&self, late: &Response) -> Option<Request> {
        let session = if late.status == 200 { ProxySession::answered(self, late).ok() } else { None }?;
        self.disconnect(&session).ok()?.into_request()
    }
}

impl Connect {
    /// The two digits to show, zero kept: the person picks them on the phone among three.
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// Whole seconds left to answer, rounded up, from the moment the request was taken to be sent.
    pub fn seconds_left(&self, now: Timestamp) -> u32 {
        let left = self.ends.unwrap_or_else(|| self.proxy.ends(now)).since(now);
        u32::try_from(left.as_millis().div_ceil(1000)).unwrap_or(u32::MAX)
    }

    /// Leaves: an answer that comes later signs nobody in. Close the connection, so that the proxy stops asking.
    pub fn cancel(&mut self) {
        self.cancelled = true;
        self.outcome = None;
    }

    /// See [`Proxy::leave`].
    pub fn leave(&self, late: &Response) -> Option<Request> {
        self.proxy.leave(late)
    }
}

impl Exchange for Connect {
    type Output = Connected;

    fn next(&mut self, now: Timestamp) -> Result<Next<Connected>> {
        if self.cancelled {
            return Err(Error::new(Code::CIBA_CANCELLED));
        }
        if let Some(outcome) = self.outcome.take() {
            return Ok(Next::Done(outcome));
        }
        let request = self.request.take().ok_or_else(|| Error::new(Code::REQUEST_SPENT))?;
        self.ends = Some(self.proxy.ends(now));
        Ok(Next::Send(request))
    }

    fn answered(&mut self, response: &Response, _: Timestamp) -> Result<()> {
        if self.cancelled {
            return Err(Error::new(Code::CIBA_CANCELLED));
        }
        let (session, already) = match response.status {
            200 => (ProxySession::answered(&self.proxy, response)?, false),
            // 304 has no body and no cookie: the session is the one that was sent along.
            304 => (self.held.take().ok_or_else(|| Error::field(Code::PROXY_ANSWER, "session"))?, true),
            _ => return Err(answer::refusal(response, Asked::Connect)),
        };
        self.outcome = Some(Connected { session, already });
        Ok(())
    }

    fn failed(&mut self, error: Error, _: Timestamp) -> Result<()> {
        Err(if self.cancelled { Error::new(Code::CIBA_CANCELLED) } else { error })
    }
}

impl fmt::Debug for Connect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connect").field("proxy", &self.proxy.base()).finish_non_exhaustive()
    }
}
