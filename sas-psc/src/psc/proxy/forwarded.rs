//! The headers that a workstation may send to an API through the proxy: the client sends no other, and the server lets no
//! other pass. What says who is signed in is the proxy's to add.

/// Their names, in lower case.
pub(super) const FORWARDED: &[&str] = &[
    "accept",
    "accept-charset",
    "accept-language",
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-md5",
    "content-type",
    "digest",
    "if-match",
    "if-modified-since",
    "if-none-exist",
    "if-none-match",
    "if-unmodified-since",
    "mime-version",
    "prefer",
    "range",
    "soapaction",
    "x-correlation-id",
    "x-request-id",
];
