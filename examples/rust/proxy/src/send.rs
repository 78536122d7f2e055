//! `/send/NAME/…`: a request to an API of the list, in pieces both ways, with the person's token and nothing else of ours.

use crate::app::{Shared, pairs};
use crate::failure::Failure;
use crate::peer::Peer;
use crate::tokens;
use axum::Extension;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body::Frame;
use sas_psc::base::{ExposeSecret, Method};
use sas_psc::drive::{Pieces, StreamRequest, Streamed};
use sas_psc::psc::proxy::server::{ApiRequest, Trace, TraceKind, forward_request, forward_response};
use sas_psc::{Code, Error, Result};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::timeout;

pub async fn send(
    State(app): State<Shared>,
    Extension(peer): Extension<Peer>,
    request: Request,
) -> std::result::Result<Response, Failure> {
    let now = app.now();
    let (key, origin) = peer.admitted(&app, now)?;
    let headers = pairs(request.headers());
    let (mark, session) = app.session(&headers, &key)?;
    let path = request.uri().path_and_query().map(|path| path.as_str()).unwrap_or_default().to_owned();
    let target = app.backends.target(&path)?;
    let backend = target.backend();
    let method: Method = request.method().as_str().parse()?;
    let mut forwarded = forward_request(&headers, backend)?;
    let token = tokens::token(&app, &mark, &session, backend).await.map_err(|error| match error.code() {
        // These are between us and the API's own server.
        Code::TOKEN_EXCHANGE_REFUSED | Code::TOKEN_BINDING | Code::CLIENT_REFUSED => {
            Failure::of_backend(&Error::new(Code::CONNECT_FAILED))
        }
        _ => error.into(),
    })?;
    let trace = Trace::of_session(TraceKind::Send, &session, &mark, None, &origin, now);
    app.store.trace(&trace.with_request(ApiRequest::new(method.as_str(), &target)))?;

    forwarded.push(("authorization".to_owned(), format!("Bearer {}", token.expose_secret())));
    let body = request.into_body();
    let length = body.size_hint().exact();
    let outgoing = StreamRequest {
        method,
        url: target.url().to_owned(),
        headers: forwarded,
        length,
        silent_for: backend.answers_within(),
    };
    let silent_for = Duration::from_secs(app.settings.silent_seconds);
    let pieces = (length != Some(0)).then_some(Incoming { body, silent_for });
    let answer = app.http.stream(outgoing, pieces).await.map_err(|error| Failure::of_backend(&error))?;
    if answer.status == 401 {
        // 401 means "no session" to a workstation: the API's word is kept between us and it.
        tokens::refused(&app, &mark, backend).await?;
        return Err(Failure::of_backend(&Error::new(Code::CONNECT_FAILED)));
    }
    let status = StatusCode::from_u16(answer.status).map_err(|_| Error::new(Code::PROVIDER_ANSWER))?;
    let mut sent = HeaderMap::new();
    for (name, value) in forward_response(&answer.headers, &target) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            sent.append(name, value);
        }
    }
    if let Some(length) = answer.length {
        sent.insert(CONTENT_LENGTH, length.into());
    }
    Ok((status, sent, Body::new(Outgoing::new(answer))).into_response())
}

/// The workstation's body, a piece at a time, each within a time.
struct Incoming {
    body: Body,
    silent_for: Duration,
}

impl Pieces for Incoming {
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        loop {
            let frame = std::future::poll_fn(|context| Pin::new(&mut self.body).poll_frame(context));
            match timeout(self.silent_for, frame).await {
                Err(_) => return Err(Error::new(Code::MESSAGE_INCOMPLETE)),
                Ok(None) => return Ok(None),
                Ok(Some(Err(_))) => return Err(Error::new(Code::MESSAGE_FRAMING)),
                Ok(Some(Ok(frame))) => match frame.into_data() {
                    Ok(piece) => return Ok(Some(piece.into())),
                    Err(_) => continue,
                },
            }
        }
    }
}

type Piece = Pin<Box<dyn Future<Output = (Streamed, Result<Option<Vec<u8>>>)> + Send>>;

/// The API's body as axum sends it: the next piece is asked for when the one before has left.
struct Outgoing(Option<Piece>);

impl Outgoing {
    fn new(answer: Streamed) -> Outgoing {
        Outgoing(Some(next(answer)))
    }
}

fn next(mut answer: Streamed) -> Piece {
    Box::pin(async move {
        let piece = answer.next().await;
        (answer, piece)
    })
}

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<std::result::Result<Frame<Bytes>, Error>>> {
        let Some(piece) = &mut self.0 else { return Poll::Ready(None) };
        let Poll::Ready((answer, piece)) = piece.as_mut().poll(context) else { return Poll::Pending };
        self.0 = None;
        match piece {
            Ok(None) => Poll::Ready(None),
            Ok(Some(piece)) => {
                self.0 = Some(next(answer));
                Poll::Ready(Some(Ok(Frame::data(piece.into()))))
            }
            Err(error) => Poll::Ready(Some(Err(error))),
        }
    }
}
