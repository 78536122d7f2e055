//! What `/connect` is asked, read strictly: four fields of text, each there, each what it must be.

use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use crate::psc::{Channel, json};
use std::fmt;

/// A request to connect.
#[derive(Clone)]
pub struct Connection {
    person: IdNat,
    digits: String,
    client_id: String,
    channel: Channel,
}

impl Connection {
    /// Reads the JSON of a request. The person may be named by RPPS or by national identifier.
    ///
    /// # Errors
    /// `proxy-request-refused` with the field.
    pub fn parse(body: &[u8]) -> Result<Connection> {
        let refused = |field| Error::field(Code::PROXY_REQUEST_REFUSED, field);
        if body.len() > 4096 {
            return Err(refused("body"));
        }
        let members = json::object(body).map_err(|_| refused("body"))?;
        let text = |name: &'static str| members.text(name).ok_or_else(|| refused(name));
        let digits = text("bindingMessage")?;
        if digits.len() != 2 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(refused("bindingMessage"));
        }
        let client_id = text("clientId")?;
        let plain = |b: u8| b.is_ascii_graphic() && !b"\"\\<>".contains(&b);
        if !(1..=128).contains(&client_id.len()) || !client_id.bytes().all(plain) {
            return Err(refused("clientId"));
        }
        let named = text("nationalId")?;
        let person = IdNat::typed(named).map_err(|_| refused("nationalId"))?;
        // What has the form of an RPPS number is one: a mistyped number might be another person's.
        let digits_only = named.len() >= 11 && named.bytes().all(|b| b.is_ascii_digit());
        if digits_only && person.rpps().is_none() && (named.len() == 11 || named.starts_with('8')) {
            return Err(refused("nationalId"));
        }
        let channel = text("channel")?;
        let channel = [Channel::Card, Channel::Mobile].into_iter().find(|known| known.as_str() == channel);
        Ok(Connection {
            person,
            digits: digits.to_owned(),
            client_id: client_id.to_owned(),
            channel: channel.ok_or_else(|| refused("channel"))?,
        })
    }

    /// Who is to be asked.
    pub fn person(&self) -> &IdNat {
        &self.person
    }

    /// The two digits that the workstation shows.
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// The software.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// What the person answers with.
    pub fn channel(&self) -> Channel {
        self.channel
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("person", &self.person)
            .field("channel", &self.channel)
            .finish_non_exhaustive()
    }
}
