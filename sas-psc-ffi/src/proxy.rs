//! `sas_psc_proxy`: a workstation's client of a Proxy e-Santé, over the HTTP of the program that uses it.

use crate::argument::Maybe;
use crate::export::export;
use crate::handle::Handle;
use crate::http::{sas_psc_request, sas_psc_response};
use crate::string::{c_text, sas_psc_string};
use sas_psc::base::Timestamp;
use sas_psc::drive::SystemRandom;
use sas_psc::id::IdNat;
use sas_psc::psc::proxy::{Connect, Proxy, ProxySession, Send, SendRequest};
use sas_psc::psc::{Exchange, Next};
use sas_psc::{Code, Error};
use std::ffi::{CString, c_char, c_void};

/// Which proxy, and how it spells the published API.
pub struct sas_psc_proxy(Proxy);

/// The session that a proxy gave. Whoever holds it acts as the person.
pub struct sas_psc_proxy_session(ProxySession);

/// A sign-in through a proxy: one request, which the proxy answers when the person has.
pub struct sas_psc_proxy_connect {
    steps: Connect,
    digits: CString,
}

/// A request to an API behind the proxy.
pub struct sas_psc_proxy_send(Send);

impl Handle for sas_psc_proxy {}
impl Handle for sas_psc_proxy_session {}
impl Handle for sas_psc_proxy_connect {}
impl Handle for sas_psc_proxy_send {}

/// The one request of an exchange.
fn request<E: Exchange>(steps: &mut E, now: i64) -> Result<sas_psc_request, Error> {
    match steps.next(Timestamp::from_unix_millis(now))? {
        Next::Send(request) => Ok(request.into()),
        _ => Err(Error::new(Code::REQUEST_SPENT)),
    }
}

/// What an exchange of one request comes to with its answer.
fn outcome<E: Exchange>(steps: &mut E, response: &sas_psc_response, now: i64) -> Result<E::Output, Error> {
    let now = Timestamp::from_unix_millis(now);
    steps.answered(&response.0, now)?;
    match steps.next(now)? {
        Next::Done(output) => Ok(output),
        _ => Err(Error::new(Code::NOT_DONE)),
    }
}

export! {
    /// A proxy at an https address; client_id is the software's, as the proxy knows it.
    fn sas_psc_proxy_new(
        base: *const c_char,
        client_id: *const c_char,
        proxy: *mut *mut sas_psc_proxy,
    ) -> Status {
        proxy.give(sas_psc_proxy(Proxy::at(base, client_id)?));
        Ok(())
    }

    /// Another way of spelling the API: "connect-path", "disconnect-path", "send-path", "cookie", "national-id" ("id-nat"
    /// or "rpps"), "wait-seconds", "field-national-id", "field-binding-message", "field-client-id", "field-channel".
    /// SAS_PSC_ERROR_PROXY_SETTING.
    fn sas_psc_proxy_set(proxy: *mut sas_psc_proxy, name: *const c_char, value: *const c_char) -> Status {
        proxy.0 = proxy.0.clone().with_setting(name, value)?;
        Ok(())
    }

    /// Frees a proxy; what was begun with it goes on. Null is allowed.
    fn sas_psc_proxy_free(proxy: *mut sas_psc_proxy) -> Freed {}

    /// Begins to sign a person in, by RPPS number or national identifier, who answers with "mobile" or "card".
    fn sas_psc_proxy_connect_new(
        proxy: *const sas_psc_proxy,
        person: *const c_char,
        channel: *const c_char,
        connect: *mut *mut sas_psc_proxy_connect,
    ) -> Status {
        let steps = proxy.0.connect(&IdNat::typed(person)?, channel.parse()?, None, &mut SystemRandom)?;
        let digits = c_text(steps.digits());
        connect.give(sas_psc_proxy_connect { steps, digits });
        Ok(())
    }

    /// The two digits to show, zero kept: the person picks them on the phone.
    fn sas_psc_proxy_connect_digits(connect: *const sas_psc_proxy_connect) -> *const c_char {
        connect.digits.as_ptr()
    }

    /// Whole seconds left to answer, rounded up: show them, each second. now is in milliseconds since 1970.
    fn sas_psc_proxy_connect_seconds_left(connect: *const sas_psc_proxy_connect, now: i64) -> u32 {
        connect.steps.seconds_left(Timestamp::from_unix_millis(now))
    }

    /// The request to send, once, with two minutes and a little for its answer, on a thread or an event loop of yours
    /// while you show the countdown.
    fn sas_psc_proxy_connect_request(
        connect: *mut sas_psc_proxy_connect,
        now: i64,
        request: *mut *mut sas_psc_request,
    ) -> Status {
        request.give(self::request(&mut connect.steps, now)?);
        Ok(())
    }

    /// Takes the answer: the session, or why there is none.
    fn sas_psc_proxy_connect_answered(
        connect: *mut sas_psc_proxy_connect,
        response: *const sas_psc_response,
        now: i64,
        session: *mut *mut sas_psc_proxy_session,
    ) -> Status {
        session.give(sas_psc_proxy_session(outcome(&mut connect.steps, response, now)?.session));
        Ok(())
    }

    /// Leaves: close the connection. An answer that comes all the same signs nobody in: give it to
    /// sas_psc_proxy_connect_late.
    fn sas_psc_proxy_connect_cancel(connect: *mut sas_psc_proxy_connect) -> Status {
        connect.steps.cancel();
        Ok(())
    }

    /// What to send when an answer came after the person left: the end of the session that it opened; null when it
    /// opened none.
    fn sas_psc_proxy_connect_late(
        connect: *const sas_psc_proxy_connect,
        response: *const sas_psc_response,
        request: *mut *mut sas_psc_request,
    ) -> Status {
        if let Some(end) = connect.steps.leave(&response.0) {
            request.give(end);
        }
        Ok(())
    }

    /// Frees a sign-in. Null is allowed.
    fn sas_psc_proxy_connect_free(connect: *mut sas_psc_proxy_connect) -> Freed {}

    /// The stored form of a session. It is a secret: keep it where only this person's programs read it.
    fn sas_psc_proxy_session_store(
        session: *const sas_psc_proxy_session,
        stored: *mut *mut sas_psc_string,
    ) -> Status {
        stored.give(session.0.to_stored()?);
        Ok(())
    }

    /// Reads a stored form.
    fn sas_psc_proxy_session_resume(
        stored: *const c_void,
        stored_len: usize,
        session: *mut *mut sas_psc_proxy_session,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let stored = unsafe { stored.bytes(stored_len) }?;
        session.give(sas_psc_proxy_session(ProxySession::resume(stored)?));
        Ok(())
    }

    /// Wipes and frees a session; at the proxy it lives on. Null is allowed.
    fn sas_psc_proxy_session_free(session: *mut sas_psc_proxy_session) -> Freed {}

    /// The request that signs out. Any answer of 200 or 401 means that the session is over.
    fn sas_psc_proxy_disconnect(
        proxy: *const sas_psc_proxy,
        session: *const sas_psc_proxy_session,
        request: *mut *mut sas_psc_request,
    ) -> Status {
        request.give(self::request(&mut proxy.0.disconnect(&session.0)?, 0)?);
        Ok(())
    }

    /// Begins to send a request to an API behind the proxy: "GET", "POST", "PUT", "PATCH" or "DELETE", the proxy's name of
    /// the API, the path and query there, the type of the body or null, the body.
    fn sas_psc_proxy_send_new(
        proxy: *const sas_psc_proxy,
        session: *const sas_psc_proxy_session,
        method: *const c_char,
        backend: *const c_char,
        path: *const c_char,
        content_type: Maybe<*const c_char>,
        body: *const c_void,
        body_len: usize,
        send: *mut *mut sas_psc_proxy_send,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let body = unsafe { body.bytes(body_len) }?;
        let asked = SendRequest::new(method.parse()?, backend, path, body);
        let asked = content_type.into_iter().try_fold(asked, |asked, kind| asked.header("content-type", kind))?;
        send.give(sas_psc_proxy_send(proxy.0.send(&session.0, asked)?));
        Ok(())
    }

    /// The request to send, once.
    fn sas_psc_proxy_send_request(
        send: *mut sas_psc_proxy_send,
        now: i64,
        request: *mut *mut sas_psc_request,
    ) -> Status {
        request.give(self::request(&mut send.0, now)?);
        Ok(())
    }

    /// Says what the answer is: 0 when it is the API's, which you read yourself; else what the proxy says, such as
    /// SAS_PSC_ERROR_PROXY_SESSION_UNKNOWN.
    fn sas_psc_proxy_send_answered(
        send: *mut sas_psc_proxy_send,
        response: *const sas_psc_response,
        now: i64,
    ) -> Status {
        outcome(&mut send.0, response, now).map(drop)
    }

    /// Frees a request. Null is allowed.
    fn sas_psc_proxy_send_free(send: *mut sas_psc_proxy_send) -> Freed {}
}
