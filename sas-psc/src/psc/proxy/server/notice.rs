//! Something told to a server that answers with nothing worth reading: a revocation (RFC 7009), the end of PSC's session.
//!
//! PSC's logout from a server is a POST of the form with `id_token_hint`, as ANS's sample sends it; Keycloak may answer
//! it with a redirect, which is not followed. An unknown token is 200 too (RFC 7009 §2.2).

use crate::base::{ExposeSecret, Method, Request, Response, Timestamp};
use crate::error::{Code, Error, Result};
use crate::psc::{Endpoint, Exchange, Next, Service, TokenSet, answer, oauth};
use std::fmt;

/// A request whose answer only says that it came.
///
/// Its errors: `provider-unavailable`, `provider-answer`, and those of the network.
pub struct Notice {
    request: Option<Request>,
    done: bool,
}

impl Notice {
    pub(super) fn new(request: Request) -> Notice {
        Notice { request: Some(request), done: false }
    }

    /// Ends PSC's session: for a person who signed out, never for a timeout of ours.
    ///
    /// # Errors
    /// `endpoint-missing`.
    pub fn logout(service: &Service, tokens: &TokenSet) -> Result<Notice> {
        let url = service.metadata().endpoint(Endpoint::EndSession)?;
        let query = oauth::with_query("", &[("id_token_hint", tokens.id_token().expose_secret())]);
        let headers = vec![("content-type", "application/x-www-form-urlencoded".to_owned())];
        let body = query.trim_start_matches('?').as_bytes().to_vec();
        Ok(Notice::new(Request { method: Method::Post, url: url.to_owned(), headers, body }))
    }
}

impl Exchange for Notice {
    type Output = ();

    fn next(&mut self, _: Timestamp) -> Result<Next<()>> {
        match self.request.take() {
            Some(request) => Ok(Next::Send(request)),
            None if self.done => Ok(Next::Done(())),
            None => Err(Error::new(Code::REQUEST_SPENT)),
        }
    }

    fn answered(&mut self, response: &Response, _: Timestamp) -> Result<()> {
        self.done = matches!(response.status, 200..=204 | 302 | 303);
        if self.done { Ok(()) } else { Err(answer::unexpected(response)) }
    }

    fn failed(&mut self, error: Error, _: Timestamp) -> Result<()> {
        Err(error)
    }
}

impl fmt::Debug for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notice").finish_non_exhaustive()
    }
}
