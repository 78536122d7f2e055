//! `sas_psc_request` and `sas_psc_response`: what the program's own HTTP sends and receives.

use crate::export::export;
use crate::handle::Handle;
use crate::string::{c_text, sas_psc_string};
use sas_psc::base::{Request, Response};
use std::ffi::{CString, c_char, c_void};

/// A request to send: over TLS, without following redirects. Its headers and body may hold secrets.
pub struct sas_psc_request {
    method: CString,
    url: CString,
    headers: Vec<(CString, sas_psc_string)>,
    body: sas_psc_string,
}

impl Handle for sas_psc_request {}

impl From<Request> for sas_psc_request {
    fn from(request: Request) -> sas_psc_request {
        sas_psc_request {
            method: c_text(request.method.as_str()),
            url: c_text(&request.url),
            headers: request.headers.iter().map(|(name, value)| (c_text(name), value.as_str().into())).collect(),
            body: request.body.into(),
        }
    }
}

/// An answer received, to be filled and handed to the library.
pub struct sas_psc_response(pub(crate) Response);

impl Handle for sas_psc_response {}

export! {
    /// "GET" or "POST".
    fn sas_psc_request_method(request: *const sas_psc_request) -> *const c_char {
        request.method.as_ptr()
    }

    /// The absolute address.
    fn sas_psc_request_url(request: *const sas_psc_request) -> *const c_char {
        request.url.as_ptr()
    }

    /// How many headers.
    fn sas_psc_request_header_count(request: *const sas_psc_request) -> usize {
        request.headers.len()
    }

    /// The name of a header, from 0; null past the last.
    fn sas_psc_request_header_name(request: *const sas_psc_request, index: usize) -> *const c_char {
        request.headers.get(index).map_or(std::ptr::null(), |(name, _)| name.as_ptr())
    }

    /// The value of a header, from 0; null past the last.
    fn sas_psc_request_header_value(request: *const sas_psc_request, index: usize) -> *const c_char {
        request.headers.get(index).map_or(std::ptr::null(), |(_, value)| value.as_ptr())
    }

    /// The body.
    fn sas_psc_request_body(request: *const sas_psc_request) -> *const c_void {
        request.body.as_ptr().cast()
    }

    /// How many bytes the body has; 0 for a GET.
    fn sas_psc_request_body_len(request: *const sas_psc_request) -> usize {
        request.body.len()
    }

    /// Wipes and frees a request. Null is allowed.
    fn sas_psc_request_free(request: *mut sas_psc_request) -> Freed {}

    /// An answer with this status and this body, of at most 1 MiB.
    fn sas_psc_response_new(
        status: u32,
        body: *const c_void,
        body_len: usize,
        response: *mut *mut sas_psc_response,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let body = unsafe { body.bytes(body_len) }?.to_vec();
        response.give(sas_psc_response(Response { status: u16::try_from(status).unwrap_or(0), headers: Vec::new(), body }));
        Ok(())
    }

    /// Adds a header that was received.
    fn sas_psc_response_add_header(
        response: *mut sas_psc_response,
        name: *const c_char,
        value: *const c_char,
    ) -> Status {
        response.0.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        Ok(())
    }

    /// Frees an answer. Null is allowed.
    fn sas_psc_response_free(response: *mut sas_psc_response) -> Freed {}
}
