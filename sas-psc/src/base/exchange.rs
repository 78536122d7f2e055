//! An HTTP exchange as a value: what a protocol asks a driver to send, and what came back.
//!
//! Bodies and headers may hold secrets, so neither side shows them in `Debug`.

use super::Timestamp;
use crate::error::{Code, Error, Result};
use std::fmt;
use std::str::FromStr;

/// The method of a [`Request`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// GET
    Get,
    /// POST
    Post,
    /// PUT
    Put,
    /// PATCH
    Patch,
    /// DELETE
    Delete,
}

impl Method {
    /// The word on the wire: `GET`, `POST`…
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

impl FromStr for Method {
    type Err = Error;

    /// Reads the word on the wire.
    ///
    /// # Errors
    /// `message-method`.
    fn from_str(word: &str) -> Result<Method> {
        let mut all = [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete].into_iter();
        all.find(|method| method.as_str() == word).ok_or_else(|| Error::new(Code::MESSAGE_METHOD))
    }
}

/// A request that a driver is asked to send. Redirects must not be followed.
#[derive(Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The absolute address.
    pub url: String,
    /// Header names in lower case, with their values.
    pub headers: Vec<(&'static str, String)>,
    /// The body; empty for a GET or a DELETE.
    pub body: Vec<u8>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.url.split(['?', '#']).next().unwrap_or("");
        f.debug_struct("Request").field("method", &self.method).field("url", &path).finish_non_exhaustive()
    }
}

/// What a server answered.
#[derive(Clone)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// The body, of bounded size: a driver refuses more than its settings say, 1 MiB when they do not.
    pub body: Vec<u8>,
}

impl Response {
    /// The first value of a header; `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// By how many seconds the clock that gave `sent` and `received` is behind the server's, whose `Date` the answer
    /// bears; negative when it is ahead, zero within what the way there and back and a whole second may explain. None
    /// without a `Date`, or from a cache, which repeats an old one.
    pub fn clock_skew(&self, sent: Timestamp, received: Timestamp) -> Option<i64> {
        if self.header("age").is_some_and(|age| age.trim() != "0") {
            return None;
        }
        let date = Timestamp::parse_http_date(self.header("date")?)?.unix_millis();
        let (sent, received) = (sent.min(received).unix_millis(), received.unix_millis());
        // The server's second began at `date` at the latest when it wrote it, between `sent` and `received`.
        Some(match (date.checked_add(999)?.checked_sub(sent)?, date.checked_sub(received)?) {
            (behind, _) if behind < 0 => behind / 1000,
            (_, ahead) if ahead > 0 => ahead / 1000,
            _ => 0,
        })
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response").field("status", &self.status).field("body", &self.body.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix(1_795_420_800); // Mon, 23 Nov 2026 08:00:00 GMT

    fn skew(headers: &[(&str, &str)], sent: i64, received: i64) -> Option<i64> {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let at = |millis| Timestamp::from_unix_millis(NOW.unix_millis() + millis);
        Response { status: 200, headers, body: Vec::new() }.clock_skew(at(sent), at(received))
    }

    #[test]
    fn the_clock_is_compared_with_the_server_s() {
        let date = [("date", "Mon, 23 Nov 2026 08:00:00 GMT")];
        assert_eq!(skew(&date, 0, 200), Some(0));
        assert_eq!(skew(&date, 900, 1100), Some(0), "within the server's second");
        assert_eq!(skew(&date, -9_000, 100), Some(0), "a slow answer");
        assert_eq!(skew(&date, -300_000, -299_000), Some(299), "ours is five minutes behind");
        assert_eq!(skew(&date, 240_999, 241_500), Some(-240), "ours is four minutes ahead");
        assert_eq!(skew(&[("date", "yesterday")], 0, 0), None);
        assert_eq!(skew(&[], 0, 0), None);
        assert_eq!(skew(&[date[0], ("age", "3600")], 0, 0), None, "a cache's answer");
    }
}
