//! CIBA, for servers: a person signs in on their phone or card while the screen shows two digits (CIBA Core 1.0, poll).
//!
//! ANS asks for an intermediate server between a workstation and PSC: a workstation never runs this, it would need the
//! service's secret. PSC offers poll mode alone, wants the two digits drawn by the client, and adds `channel`.
//!
//! Source: industriels.esante.gouv.fr, CIBA; ansforge/psc-edc-proxy-esante (`channel`, the digits).

mod poll;

pub use poll::CibaPoll;

use super::json::Json;
use super::token_answer::{self, Grant};
use super::{Endpoint, Exchange, Next, Service, answer, oauth};
use crate::base::{self, ExposeSecret, Random, Request, Response, Timestamp};
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// What the person answers with.
///
/// ```
/// use sas_psc::{Code, psc::Channel};
///
/// assert_eq!("card".parse::<Channel>()?, Channel::Card);
/// assert_eq!("fax".parse::<Channel>().unwrap_err().code(), Code::CHANNEL_UNKNOWN);
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Channel {
    /// `MOBILE`: the e-CPS app.
    #[default]
    Mobile,
    /// `CARD`: the CPS card, through CPS-Gestion on the person's workstation.
    Card,
}

impl Channel {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Channel::Mobile => "MOBILE",
            Channel::Card => "CARD",
        }
    }
}

impl FromStr for Channel {
    type Err = Error;

    /// Reads `mobile` or `card`, in either case.
    ///
    /// # Errors
    /// `channel-unknown`.
    fn from_str(word: &str) -> Result<Channel> {
        let mut channels = [Channel::Mobile, Channel::Card].into_iter();
        let found = channels.find(|channel| channel.as_str().eq_ignore_ascii_case(word));
        found.ok_or_else(|| Error::field(Code::CHANNEL_UNKNOWN, "channel"))
    }
}

impl Service {
    /// Begins to ask `person` to sign in. The exchange comes to a [`CibaPoll`], which waits for them.
    ///
    /// # Errors
    /// `endpoint-missing`, `no-randomness`.
    pub fn ciba(&self, person: &IdNat, channel: Channel, random: &mut dyn Random) -> Result<CibaStart> {
        let digits = base::digits(random, 2)?;
        self.ciba_showing(person, channel, digits.expose_secret())
    }

    /// As [`Service::ciba`], with the two digits that another program shows: a Proxy e-Santé gets them from the
    /// workstation, which drew them.
    ///
    /// # Errors
    /// `endpoint-missing`; `ciba-digits` when they are not two.
    pub fn ciba_showing(&self, person: &IdNat, channel: Channel, digits: &str) -> Result<CibaStart> {
        if digits.len() != 2 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Error::field(Code::CIBA_DIGITS, "digits"));
        }
        let digits = digits.to_owned();
        let url = self.metadata().endpoint(Endpoint::Ciba)?;
        let client = self.client();
        let pairs = [
            ("scope", client.scope()),
            ("acr_values", client.acr().as_str()),
            ("login_hint", person.as_str()),
            ("binding_message", &digits),
            ("channel", channel.as_str()),
        ];
        let request = oauth::form_request(client, url, &pairs);
        Ok(CibaStart { service: self.clone(), person: person.clone(), digits, request: Some(request), poll: None })
    }
}

/// The request that makes the phone ring. It is sent once: when no answer comes, a second would ring it again.
///
/// Its errors: `ciba-unknown-person`, `ciba-not-enabled`, `ciba-device-unavailable`, `ciba-digits`, `client-refused`,
/// `request-refused`, `provider-unavailable`, `provider-answer`.
pub struct CibaStart {
    service: Service,
    person: IdNat,
    digits: String,
    request: Option<Request>,
    poll: Option<CibaPoll>,
}

impl Exchange for CibaStart {
    type Output = CibaPoll;

    fn next(&mut self, _: Timestamp) -> Result<Next<CibaPoll>> {
        if let Some(poll) = self.poll.take() {
            return Ok(Next::Done(poll));
        }
        self.request.take().map(Next::Send).ok_or_else(|| Error::new(Code::REQUEST_SPENT))
    }

    fn answered(&mut self, response: &Response, now: Timestamp) -> Result<()> {
        if response.status != 200 {
            return Err(token_answer::refusal(response, Grant::CibaStart));
        }
        let answer = answer::object(response)?;
        let id = answer.text("auth_req_id").filter(|id| (1..=8192).contains(&id.len()));
        let id = id.ok_or_else(|| Error::field(Code::PROVIDER_ANSWER, "auth_req_id"))?;
        let seconds = |name, default: u64, least: u64, most: u64| {
            let stated = answer.get(name).and_then(Json::as_seconds).and_then(|seconds| u64::try_from(seconds).ok());
            Duration::from_secs(stated.unwrap_or(default).clamp(least, most))
        };
        // The defaults are Keycloak's and CIBA Core's; the bounds keep a mistaken answer from polling without pause
        // or for ever.
        let (life, interval) = (seconds("expires_in", 120, 1, 3600), seconds("interval", 5, 1, 60));
        self.poll = Some(poll::begin(
            self.service.clone(),
            poll::Waiting {
                auth_req_id: id.to_owned().into(),
                person: self.person.clone(),
                digits: self.digits.clone(),
                interval,
                next_at: now + interval,
                expires_at: now + life,
            },
        ));
        Ok(())
    }

    fn failed(&mut self, error: Error, _: Timestamp) -> Result<()> {
        Err(error)
    }
}

impl fmt::Debug for CibaStart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CibaStart").field("service", &self.service).finish_non_exhaustive()
    }
}
