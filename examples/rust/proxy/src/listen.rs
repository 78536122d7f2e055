//! The listener: connections taken, TLS made, each served apart, all ended in order when the program is told to stop.

use crate::Start;
use crate::app::App;
use crate::guarded::Guarded;
use crate::peer::Peer;
use crate::settings::Settings;
use crate::{routes, tls};
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use sas_psc::psc::proxy::server::WorkstationKey;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

const CONNECTIONS: usize = 1024;
const HANDSHAKE: Duration = Duration::from_secs(10);
/// A head of a request may take this long, and so may a connection wait for its next one.
const HEAD: Duration = Duration::from_secs(30);
/// What is under way when the program is told to stop may go on so long.
const LAST_REQUESTS: Duration = Duration::from_secs(20);

/// Serves until told to stop.
pub async fn serve(settings: Settings) -> Start<()> {
    let said = |error: std::io::Error| error.to_string();
    let acceptor = match (&settings.tls_certificate, &settings.tls_key) {
        (Some(certificate), Some(key)) => Some(TlsAcceptor::from(tls::config(certificate, key)?)),
        _ if settings.insecure_loopback && settings.listen.ip().is_loopback() => None,
        _ => return Err("without TLS the proxy serves a loopback address only, with --insecure-loopback".to_owned()),
    };
    let listener = TcpListener::bind(settings.listen).await.map_err(said)?;
    let scheme = if acceptor.is_some() { "https" } else { "http" };
    let app = App::new(settings)?;
    println!("The proxy is at {scheme}://{}", listener.local_addr().map_err(said)?);
    let sweeper = tokio::spawn(app.clone().sweep());
    let router = routes::router(app.clone());
    let (stopping, stop) = watch::channel(());
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut told = pin!(told_to_stop());
    loop {
        let place = tokio::select! {
            place = places.clone().acquire_owned() => place.map_err(|error| error.to_string())?,
            () = &mut told => break,
        };
        let taken = tokio::select! { taken = listener.accept() => taken, () = &mut told => break };
        let Ok((stream, from)) = taken else {
            // Out of file descriptors, most likely: give the others time to end.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let (app, acceptor, router, stop) = (app.clone(), acceptor.clone(), router.clone(), stop.clone());
        tokio::spawn(async move {
            one(&app, acceptor, router, stop, stream, from).await;
            drop(place);
        });
    }
    // Who comes now is refused at once, and may go to another instance.
    drop(listener);
    drop(stopping);
    sweeper.abort();
    let all = u32::try_from(CONNECTIONS).unwrap_or(u32::MAX);
    let _ = timeout(LAST_REQUESTS, places.acquire_many(all)).await;
    Ok(())
}

/// One connection, to its end.
async fn one(
    app: &App,
    acceptor: Option<TlsAcceptor>,
    router: Router,
    stop: watch::Receiver<()>,
    stream: TcpStream,
    from: SocketAddr,
) {
    let (Ok(to), Ok(())) = (stream.local_addr(), stream.set_nodelay(true)) else { return };
    let Some(acceptor) = acceptor else {
        let key = Some(WorkstationKey::this_machine());
        return serve_on(app, stream, router.layer(axum::Extension(Peer { from, to, key })), stop).await;
    };
    let Ok(Ok(stream)) = timeout(HANDSHAKE, acceptor.accept(stream)).await else { return };
    let certificate = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
    let key = certificate.map(|certificate| WorkstationKey::of_certificate(certificate));
    serve_on(app, stream, router.layer(axum::Extension(Peer { from, to, key })), stop).await;
}

async fn serve_on<S>(app: &App, stream: S, router: Router, mut stop: watch::Receiver<()>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let guarded = TokioIo::new(Guarded::new(stream, app.settings.largest_body));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).half_close(false).max_buf_size(32 * 1024);
    let mut connection = pin!(http.serve_connection(guarded, TowerToHyperService::new(router)));
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stop.changed() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

/// Waits for Ctrl-C, or for what a service manager sends.
async fn told_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! { _ = terminated.recv() => {}, _ = interrupted => {} }
            return;
        }
    }
    interrupted.await.unwrap_or_default();
}
