//! Requests whose bodies pass in pieces, for a server between two others: nothing is held but the piece under way.
//!
//! The next piece is asked for when the one before has left, so a slow receiver slows the sender. Each side may be silent
//! for so long and no longer; redirects are not followed, as everywhere.

use super::http;
use super::tokio::Http;
use crate::base::Method;
use crate::error::{Code, Error, Result};
use ::tokio::time::{Instant, sleep_until, timeout};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

/// However well it goes, no request takes longer.
const LONGEST: Duration = Duration::from_secs(3600);

/// Where the pieces of a body come from.
pub trait Pieces: Send + Unpin + 'static {
    /// The next one; none at the end. An error breaks the request off.
    fn next(&mut self) -> impl Future<Output = Result<Option<Vec<u8>>>> + Send;
}

/// A request without its body.
#[derive(Clone)]
pub struct StreamRequest {
    /// The method.
    pub method: Method,
    /// The absolute address.
    pub url: String,
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// How many bytes the body has, when it is known.
    pub length: Option<u64>,
    /// How long either side may be silent.
    pub silent_for: Duration,
}

impl fmt::Debug for StreamRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamRequest").field("method", &self.method).finish_non_exhaustive()
    }
}

/// An answer whose body is still to come.
pub struct Streamed {
    /// The status.
    pub status: u16,
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// How many bytes the body has, when the server says it.
    pub length: Option<u64>,
    body: reqwest::Response,
    silent_for: Duration,
}

impl Streamed {
    /// The next piece of the body; none at its end.
    ///
    /// # Errors
    /// `timed-out`, `connection-lost`.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        match timeout(self.silent_for, self.body.chunk()).await {
            Ok(piece) => piece.map(|piece| piece.map(Into::into)).map_err(http::failure),
            Err(_) => Err(Error::new(Code::TIMED_OUT)),
        }
    }
}

impl fmt::Debug for Streamed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Streamed").field("status", &self.status).finish_non_exhaustive()
    }
}

impl Http {
    /// Sends a request whose body passes in pieces, and gives the answer as soon as its head is there.
    ///
    /// # Errors
    /// Those of [`Http::send`] but `answer-too-large`; that of `body`, when it broke off.
    pub async fn stream<P: Pieces>(&self, request: StreamRequest, body: Option<P>) -> Result<Streamed> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut sending = self.client_for(&request.url).request(method, &request.url).timeout(LONGEST);
        for (name, value) in &request.headers {
            sending = sending.header(name, value);
        }
        let progress = Progress::default();
        if let Some(pieces) = body {
            let body =
                Passing { state: Mutex::new(State::Idle(pieces)), left: request.length, progress: progress.clone() };
            sending = sending.body(reqwest::Body::wrap(body));
        }
        let mut sent = pin!(sending.send());
        let received = loop {
            let until = progress.at() + request.silent_for;
            let mut quiet = pin!(sleep_until(until));
            let first = std::future::poll_fn(|context| match sent.as_mut().poll(context) {
                Poll::Ready(answer) => Poll::Ready(Some(answer)),
                Poll::Pending => quiet.as_mut().poll(context).map(|()| None),
            });
            match first.await {
                Some(Ok(received)) => break received,
                Some(Err(error)) => return Err(progress.broken().unwrap_or_else(|| http::failure(error))),
                None if Instant::now() >= progress.at() + request.silent_for => {
                    return Err(Error::new(Code::TIMED_OUT));
                }
                None => {}
            }
        };
        Ok(Streamed {
            status: received.status().as_u16(),
            headers: http::headers(received.headers()),
            length: received.content_length(),
            body: received,
            silent_for: request.silent_for,
        })
    }
}

/// When a piece last left, and why none leaves any more.
#[derive(Clone)]
struct Progress(Arc<Mutex<(Instant, Option<Error>)>>);

impl Default for Progress {
    fn default() -> Progress {
        Progress(Arc::new(Mutex::new((Instant::now(), None))))
    }
}

impl Progress {
    fn at(&self) -> Instant {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    fn made(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0 = Instant::now();
    }

    fn breaks(&self, error: Error) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1 = Some(error);
    }

    fn broken(&self) -> Option<Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.take()
    }
}

type Step<P> = Pin<Box<dyn Future<Output = (P, Result<Option<Vec<u8>>>)> + Send>>;

enum State<P> {
    Idle(P),
    Busy(Step<P>),
    Over,
}

/// A body as reqwest takes it.
struct Passing<P> {
    // Never contended: it makes the body `Sync`, which reqwest asks for.
    state: Mutex<State<P>>,
    left: Option<u64>,
    progress: Progress,
}

#[derive(Debug, thiserror::Error)]
#[error("the body broke off")]
struct BrokeOff;

impl<P: Pieces> Body for Passing<P> {
    type Data = Bytes;
    type Error = BrokeOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<std::result::Result<Frame<Bytes>, BrokeOff>>> {
        let this = &mut *self;
        let state = this.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        let mut step = match std::mem::replace(state, State::Over) {
            State::Over => return Poll::Ready(None),
            State::Busy(step) => step,
            State::Idle(mut pieces) => Box::pin(async move {
                let piece = pieces.next().await;
                (pieces, piece)
            }) as Step<P>,
        };
        let Poll::Ready((pieces, piece)) = step.as_mut().poll(context) else {
            *state = State::Busy(step);
            return Poll::Pending;
        };
        match piece {
            Ok(None) => Poll::Ready(None),
            Ok(Some(piece)) => {
                *state = State::Idle(pieces);
                this.progress.made();
                this.left = this.left.map(|left| left.saturating_sub(piece.len() as u64));
                Poll::Ready(Some(Ok(Frame::data(piece.into()))))
            }
            Err(error) => {
                this.progress.breaks(error);
                Poll::Ready(Some(Err(BrokeOff)))
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.left.map(SizeHint::with_exact).unwrap_or_default()
    }
}
