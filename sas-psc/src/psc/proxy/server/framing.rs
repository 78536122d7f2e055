//! The bytes of a connection read beside the HTTP library, and refused where two readers could understand two things.
//!
//! Request smuggling (RFC 9112 §11.2) needs a message whose end two programs put at two places. A library mends what it
//! can: it drops the `Content-Length` beside a `Transfer-Encoding`, joins folded lines, takes the first of two equal
//! lengths. Here none of it passes: HTTP/1.1 only, a plain path, each line ended by CRLF, one `Host`, one length or
//! `chunked` alone, chunks without extensions or trailers, no CONNECT, no upgrade. What passes has one meaning, so it
//! does not matter which library reads it next.

use crate::error::{Code, Error, Result};
use std::fmt;

/// A head of a request is at most this long, all lines together.
const HEAD: usize = 16 * 1024;
const HEADERS: usize = 64;
const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE"];

/// A connection's requests, as their bytes arrive. One per connection.
///
/// ```
/// use sas_psc::Code;
/// use sas_psc::psc::proxy::server::Framing;
///
/// let mut framing = Framing::new(1 << 20);
/// framing.feed(b"POST /connect HTTP/1.1\r\nHost: proxy\r\nContent-Length: 2\r\n\r\n{}")?;
/// let smuggled = b"POST /connect HTTP/1.1\r\nHost: proxy\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n";
/// assert_eq!(framing.feed(smuggled).unwrap_err().code(), Code::MESSAGE_FRAMING);
/// # Ok::<(), sas_psc::Error>(())
/// ```
pub struct Framing {
    state: State,
    line: Vec<u8>,
    head: Head,
    largest_body: u64,
}

enum State {
    RequestLine,
    Headers,
    Body(u64),
    ChunkSize(u64),
    ChunkData { left: u64, before: u64 },
    ChunkEnd(u64),
    LastLine,
}

#[derive(Default)]
struct Head {
    bytes: usize,
    headers: usize,
    hosts: usize,
    length: Option<u64>,
    chunked: bool,
}

impl Framing {
    /// A new connection, whose requests have bodies of at most `largest_body` bytes.
    pub fn new(largest_body: u64) -> Framing {
        Framing { state: State::RequestLine, line: Vec::new(), head: Head::default(), largest_body }
    }

    /// Whether a request's head has begun and not ended: it may not take for ever.
    pub fn in_head(&self) -> bool {
        match self.state {
            State::RequestLine => !self.line.is_empty(),
            State::Headers => true,
            _ => false,
        }
    }

    /// Whether nothing of a request is under way.
    pub fn is_idle(&self) -> bool {
        matches!(self.state, State::RequestLine) && self.line.is_empty()
    }

    /// Takes the bytes that arrived.
    ///
    /// # Errors
    /// `message-framing`, `message-method`, `message-too-large`: answer it, and close the connection.
    pub fn feed(&mut self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            let whole = match &mut self.state {
                State::Body(left) | State::ChunkData { left, .. } => {
                    let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                    *left -= taken as u64;
                    bytes = &bytes[taken..];
                    *left == 0
                }
                _ => match bytes.iter().position(|b| *b == b'\n') {
                    Some(at) => {
                        self.line.extend_from_slice(&bytes[..=at]);
                        bytes = &bytes[at + 1..];
                        true
                    }
                    None => {
                        self.line.extend_from_slice(bytes);
                        bytes = &[];
                        false
                    }
                },
            };
            if self.head.bytes + self.line.len() > HEAD {
                return Err(Error::new(Code::MESSAGE_TOO_LARGE));
            }
            if whole {
                self.step()?;
            }
        }
        Ok(())
    }

    /// Goes on from the end of a line or of data.
    fn step(&mut self) -> Result<()> {
        let line = std::mem::take(&mut self.line);
        if let State::Body(_) = self.state {
            self.state = State::RequestLine;
            return Ok(());
        }
        if let State::ChunkData { before, .. } = self.state {
            self.state = State::ChunkEnd(before);
            return Ok(());
        }
        let text = line.strip_suffix(b"\r\n").filter(|line| !line.contains(&b'\r')).ok_or_else(framing)?;
        self.state = match self.state {
            State::RequestLine => {
                self.head = Head { bytes: line.len(), ..Head::default() };
                request_line(text)?;
                State::Headers
            }
            State::Headers if text.is_empty() => self.body()?,
            State::Headers => {
                self.head.bytes += line.len();
                self.head.header(text)?;
                State::Headers
            }
            State::ChunkSize(before) => match chunk_size(text)? {
                0 => State::LastLine,
                left if before.saturating_add(left) > self.largest_body => {
                    return Err(Error::new(Code::MESSAGE_TOO_LARGE));
                }
                left => State::ChunkData { left, before: before + left },
            },
            State::ChunkEnd(before) if text.is_empty() => State::ChunkSize(before),
            State::LastLine if text.is_empty() => State::RequestLine,
            _ => return Err(framing()),
        };
        Ok(())
    }

    /// What follows the head.
    fn body(&mut self) -> Result<State> {
        let head = std::mem::take(&mut self.head);
        match (head.hosts, head.chunked, head.length) {
            (1, true, None) => Ok(State::ChunkSize(0)),
            (1, false, Some(length)) if length > self.largest_body => Err(Error::new(Code::MESSAGE_TOO_LARGE)),
            (1, false, Some(length)) if length > 0 => Ok(State::Body(length)),
            (1, false, _) => Ok(State::RequestLine),
            _ => Err(framing()),
        }
    }
}

fn framing() -> Error {
    Error::new(Code::MESSAGE_FRAMING)
}

/// `METHOD SP path SP HTTP/1.1`: no absolute form, no authority form, no `*`, no bare word of another protocol.
fn request_line(line: &[u8]) -> Result<()> {
    let line = std::str::from_utf8(line).map_err(|_| framing())?;
    let mut words = line.split(' ');
    let (Some(method), Some(target), Some("HTTP/1.1"), None) = (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(framing());
    };
    if !METHODS.contains(&method) {
        let named = !method.is_empty() && method.bytes().all(|b| b.is_ascii_uppercase());
        return Err(if named { Error::new(Code::MESSAGE_METHOD) } else { framing() });
    }
    let plain = target.bytes().all(|b| b.is_ascii_graphic() && !b"#\"<>\\^`{|}".contains(&b));
    if !target.starts_with('/') || target.starts_with("//") || !plain {
        return Err(framing());
    }
    Ok(())
}

impl Head {
    fn header(&mut self, line: &[u8]) -> Result<()> {
        self.headers += 1;
        if self.headers > HEADERS {
            return Err(Error::new(Code::MESSAGE_TOO_LARGE));
        }
        let at = line.iter().position(|b| *b == b':').ok_or_else(framing)?;
        let (name, value) = (&line[..at], &line[at + 1..]);
        // A blank before the colon, a folded line and a control character all end here.
        let token = |b: &u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(b);
        let shown = |b: &u8| *b == b'\t' || (*b >= b' ' && *b != 0x7f);
        if name.is_empty() || !name.iter().all(token) || !value.iter().all(shown) {
            return Err(framing());
        }
        let value = value.trim_ascii();
        match name.to_ascii_lowercase().as_slice() {
            b"host" => {
                let plain = |b: &u8| b.is_ascii_alphanumeric() || b".-:[]".contains(b);
                self.hosts += 1;
                if value.is_empty() || !value.iter().all(plain) {
                    return Err(framing());
                }
            }
            b"content-length" => {
                let digits = !value.is_empty() && value.len() <= 18 && value.iter().all(u8::is_ascii_digit);
                let length = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
                if !digits || self.length.is_some() || length.is_none() {
                    return Err(framing());
                }
                self.length = length;
            }
            b"transfer-encoding" => {
                if self.chunked || !value.eq_ignore_ascii_case(b"chunked") {
                    return Err(framing());
                }
                self.chunked = true;
            }
            b"connection" => {
                let mut words = value.split(|b| *b == b',').map(<[u8]>::trim_ascii);
                if !words.all(|word| [&b"close"[..], b"keep-alive"].iter().any(|ours| word.eq_ignore_ascii_case(ours)))
                {
                    return Err(framing());
                }
            }
            b"expect" if !value.eq_ignore_ascii_case(b"100-continue") => return Err(framing()),
            b"upgrade" | b"te" | b"trailer" | b"http2-settings" | b"proxy-connection" => return Err(framing()),
            _ => {}
        }
        Ok(())
    }
}

/// Hexadecimal digits alone: an extension of a chunk is read in two ways by too many programs.
fn chunk_size(line: &[u8]) -> Result<u64> {
    let text = std::str::from_utf8(line).map_err(|_| framing())?;
    let digits = (1..=12).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit());
    if digits { u64::from_str_radix(text, 16).map_err(|_| framing()) } else { Err(framing()) }
}

impl fmt::Debug for Framing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The line under way may be a cookie.
        f.debug_struct("Framing").field("largest_body", &self.largest_body).finish_non_exhaustive()
    }
}
