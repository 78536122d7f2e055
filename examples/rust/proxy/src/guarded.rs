//! A connection whose bytes pass the SDK's `Framing` before any HTTP library reads them.
//!
//! What is refused is answered here and the connection closed: the library never sees it.

use sas_psc::psc::proxy::server::{Framing, Refusal};
use sas_psc::{Error, Lang};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

pub struct Guarded<S> {
    stream: S,
    framing: Framing,
    /// The refusal on its way out, and how much of it has left.
    refusing: Option<(Vec<u8>, usize)>,
}

impl<S> Guarded<S> {
    pub fn new(stream: S, largest_body: u64) -> Guarded<S> {
        Guarded { stream, framing: Framing::new(largest_body), refusing: None }
    }
}

/// The answer to what could not be read, in whole.
fn refusal(error: &Error) -> Vec<u8> {
    let refusal = Refusal::of(error);
    let reason = match refusal.status() {
        405 => "Method Not Allowed",
        413 => "Content Too Large",
        _ => "Bad Request",
    };
    let body = refusal.body(Lang::Fr, None, None).to_string();
    let (status, length) = (refusal.status(), body.len());
    let head = "content-type: application/json\r\nconnection: close";
    format!("HTTP/1.1 {status} {reason}\r\n{head}\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes()
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            if let Some((bytes, left)) = &mut this.refusing {
                while *left < bytes.len() {
                    *left += match ready!(Pin::new(&mut this.stream).poll_write(context, &bytes[*left..])) {
                        Ok(written) if written > 0 => written,
                        _ => return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
                    };
                }
                let _ = ready!(Pin::new(&mut this.stream).poll_shutdown(context));
                return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
            }
            let before = into.filled().len();
            ready!(Pin::new(&mut this.stream).poll_read(context, into))?;
            match this.framing.feed(&into.filled()[before..]) {
                Ok(()) => return Poll::Ready(Ok(())),
                Err(error) => {
                    into.set_filled(before);
                    this.refusing = Some((refusal(&error), 0));
                }
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.refusing.is_some() {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
