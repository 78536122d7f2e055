//! CIBA, for servers: a person signs in on their phone or card while the screen shows two digits (CIBA Core 1.0, poll).
//!
//! ANS asks for an intermediate server between a workstation and PSC: a workstation never runs this, it would need the
//! service's secret. PSC offers poll mode alone, wants the two digits drawn by the client, and adds `channel`.
//!
//! Source: industriels.esante.gouv.fr, CIBA; ansforge/psc-edc-proxy-esante (`channel`, the digits).

mod guard;
mod help;
mod poll;

pub use guard::*;
pub use help::{CibaEvent, HelpStep, not_you};
pub use poll::CibaPoll;

use super::json::Json;
use super::token_answer::{self, Grant};
use super::{Endpoint, Exchange, Next, Service, answer, oauth};
use crate::base::{self, ExposeSecret, Random, Response, Timestamp};
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use serde::{Deserialize, Serialize};
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
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
        let (attempt, digits) = (base::token(random)?, base::digits(random, 2)?);
        self.ciba_in(person, channel, attempt.expose_secret(), digits.expose_secret())
    }

    /// As [`Service::ciba`], with the two digits that another program shows: a Proxy e-Santé gets them from the
    /// workstation, which drew them.
    ///
    /// # Errors
    /// `endpoint-missing`; `ciba-digits` when they are not two.
    pub fn ciba_showing(&self, person: &IdNat, channel: Channel, digits: &str) -> Result<CibaStart> {
        self.ciba_in(person, channel, "", digits)
    }

    /// The same in an attempt of a random name, as [`Service::ciba`] begins one.
    pub(crate) fn ciba_named(
        &self,
        person: &IdNat,
        channel: Channel,
        digits: &str,
        random: &mut dyn Random,
    ) -> Result<CibaStart> {
        self.ciba_in(person, channel, base::token(random)?.expose_secret(), digits)
    }

    /// In an attempt of this name; an empty one is given a name with its request's.
    fn ciba_in(&self, person: &IdNat, channel: Channel, attempt: &str, digits: &str) -> Result<CibaStart> {
        if digits.len() != 2 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Error::field(Code::CIBA_DIGITS, "digits"));
        }
        let (attempt, digits) = (attempt.to_owned(), digits.to_owned());
        self.metadata().endpoint(Endpoint::Ciba)?;
        let client = self.client();
        let form = [
            ("scope", client.scope().to_owned()),
            ("acr_values", client.acr().as_str().to_owned()),
            ("login_hint", client.settings.login_hint.of(person)),
            ("binding_message", digits.clone()),
            ("channel", channel.as_str().to_owned()),
        ];
        let asked = Asked { person: person.clone(), channel, attempt, digits };
        Ok(CibaStart { service: self.clone(), asked, form: Some(form), poll: None })
    }
}

/// Who is asked, how, and with which digits.
#[derive(Clone)]
struct Asked {
    person: IdNat,
    channel: Channel,
    /// Names the sign-in that a change of channel goes on with.
    attempt: String,
    digits: String,
}

/// The request that makes the phone ring. It is sent once: when no answer comes, a second would ring it again.
///
/// Its errors: `ciba-unknown-person`, `ciba-not-enabled`, `ciba-device-unavailable`, `ciba-digits`, `client-refused`,
/// `request-refused`, `provider-unavailable`, `provider-answer`.
pub struct CibaStart {
    service: Service,
    asked: Asked,
    /// What is asked; none once it was sent.
    form: Option<[(&'static str, String); 5]>,
    poll: Option<CibaPoll>,
}

impl CibaStart {
    /// Names the sign-in: [`CibaPoll::attempt`].
    pub fn attempt(&self) -> &str {
        &self.asked.attempt
    }

    /// The two digits that will be shown.
    pub fn digits(&self) -> &str {
        &self.asked.digits
    }

    /// Who is asked.
    pub fn person(&self) -> &IdNat {
        &self.asked.person
    }
}

impl Exchange for CibaStart {
    type Output = CibaPoll;

    fn next(&mut self, now: Timestamp) -> Result<Next<CibaPoll>> {
        if let Some(poll) = self.poll.take() {
            return Ok(Next::Done(poll));
        }
        let form = self.form.take().ok_or_else(|| Error::new(Code::REQUEST_SPENT))?;
        let pairs = form.each_ref().map(|(name, value)| (*name, value.as_str()));
        let (client, metadata) = (self.service.client(), self.service.metadata());
        oauth::form_request(client, metadata, Endpoint::Ciba, &pairs, now).map(Next::Send)
    }

    fn answered(&mut self, response: &Response, now: Timestamp) -> Result<()> {
        if response.status != 200 {
            return Err(token_answer::refusal(response, Grant::CibaStart));
        }
        let answer = answer::object(response)?;
        if answer.get("error").is_some() {
            // What says no and yes at once says no.
            return Err(token_answer::refusal(response, Grant::CibaStart));
        }
        let id = answer.text("auth_req_id").filter(|id| (1..=8192).contains(&id.len()));
        let id = id.ok_or_else(|| Error::field(Code::PROVIDER_ANSWER, "auth_req_id"))?;
        let seconds = |name, default: u64, least: u64, most: u64| {
            let [default, least, most] = [default, least, most].map(Duration::from_secs);
            answer.get(name).and_then(Json::as_span).unwrap_or(default).clamp(least, most)
        };
        // The defaults are Keycloak's and CIBA Core's; the bounds keep a mistaken answer from polling without pause
        // or for ever. An interval is obeyed however long: the provider decides how often it is asked.
        let (life, interval) = (seconds("expires_in", 120, 1, 3600), seconds("interval", 5, 1, 3600));
        if self.asked.attempt.is_empty() {
            let name = base::digest("sas-psc ciba attempt", &[id.as_bytes()]);
            self.asked.attempt = name.iter().map(|byte| format!("{byte:02x}")).collect();
        }
        let request = poll::Asking { auth_req_id: id.to_owned().into(), interval, next_at: now + interval };
        self.poll = Some(poll::begin(self.service.clone(), self.asked.clone(), request, life, now));
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
