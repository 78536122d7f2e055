//! The realm over TLS with client certificates, beside the plain one: what `mtls_endpoint_aliases` point to.
//!
//! As at Keycloak with `tls_client_auth` and certificate-bound tokens: the certificate of the connection stands for the
//! client's secret, its SHA-256 goes into the tokens (`cnf`), and userinfo refuses a token on another's connection.

use crate::keys::{B64, s256_bytes};
use crate::sim::Sim;
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig, crypto::aws_lc_rs};
use tokio_rustls::server::TlsStream;

/// Keycloak's words for a bound token on another's connection, or on one without a certificate.
pub(crate) const UNBOUND: &str =
    "Client certificate missing, or its thumbprint and one in the refresh token did NOT match";

/// Carries the thumbprint of the connection's certificate from the listener to the endpoints.
static CERTIFICATE: HeaderName = HeaderName::from_static("x-sim-client-certificate");

/// What the TLS origin shows and accepts, as PEM.
#[derive(Debug, Clone)]
pub struct Mtls {
    /// The server's certificate, for 127.0.0.1.
    pub chain: String,
    /// Its key.
    pub key: String,
    /// The authorities of client certificates.
    pub authority: String,
    /// Writes `x5t#S256` as in ANS's samples: the base64 of the hash in hexadecimal.
    pub hexadecimal: bool,
}

/// A listener whose connections are TLS and may show a certificate.
pub(crate) struct Tls(mpsc::Receiver<(TlsStream<TcpStream>, Peer)>);

/// The thumbprint of a connection's certificate.
#[derive(Debug, Clone)]
pub(crate) struct Peer(Option<String>);

impl Tls {
    pub(crate) fn new(listener: TcpListener, mtls: &Mtls) -> io::Result<Tls> {
        let unusable = |error: &dyn std::fmt::Display| io::Error::other(error.to_string());
        let mut roots = RootCertStore::empty();
        for authority in CertificateDer::pem_slice_iter(mtls.authority.as_bytes()).filter_map(Result::ok) {
            roots.add(authority).map_err(|e| unusable(&e))?;
        }
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone());
        let verifier = verifier.allow_unauthenticated().build().map_err(|e| unusable(&e))?;
        let chain = CertificateDer::pem_slice_iter(mtls.chain.as_bytes()).filter_map(Result::ok).collect();
        let key = PrivateKeyDer::from_pem_slice(mtls.key.as_bytes()).map_err(|e| unusable(&e))?;
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|e| unusable(&e))?
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain, key)
            .map_err(|e| unusable(&e))?;
        let (ready, connections) = mpsc::channel(16);
        tokio::spawn(handshakes(listener, TlsAcceptor::from(Arc::new(config)), ready));
        Ok(Tls(connections))
    }
}

/// Each handshake on a task of its own, so that one that stalls holds nobody up.
async fn handshakes(listener: TcpListener, acceptor: TlsAcceptor, ready: mpsc::Sender<(TlsStream<TcpStream>, Peer)>) {
    while !ready.is_closed() {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let (acceptor, ready) = (acceptor.clone(), ready.clone());
        tokio::spawn(async move {
            let handshake = tokio::time::timeout(Duration::from_secs(5), acceptor.accept(stream));
            let Ok(Ok(stream)) = handshake.await else { return };
            let certificates = stream.get_ref().1.peer_certificates();
            let thumbprint = certificates.and_then(|chain| chain.first()).map(|own| s256_bytes(own));
            let _ = ready.send((stream, Peer(thumbprint))).await;
        });
    }
}

impl Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Addr = Peer;

    async fn accept(&mut self) -> (TlsStream<TcpStream>, Peer) {
        match self.0.recv().await {
            Some(connection) => connection,
            // The task above ended with the runtime: so does this one.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Peer> {
        Ok(Peer(None))
    }
}

impl Connected<IncomingStream<'_, Tls>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Tls>) -> Peer {
        stream.remote_addr().clone()
    }
}

/// Hands the connection's certificate on.
pub(crate) async fn hand_on(ConnectInfo(peer): ConnectInfo<Peer>, mut request: Request, next: Next) -> Response {
    request.headers_mut().remove(&CERTIFICATE);
    if let Some(value) = peer.0.and_then(|thumbprint| HeaderValue::from_str(&thumbprint).ok()) {
        request.headers_mut().insert(CERTIFICATE.clone(), value);
    }
    next.run(request).await
}

/// Over plain HTTP there is no certificate, whatever a request says.
pub(crate) async fn strip(mut request: Request, next: Next) -> Response {
    request.headers_mut().remove(&CERTIFICATE);
    next.run(request).await
}

/// The thumbprint of the connection's certificate, as RFC 8705 writes it.
pub(crate) fn certificate(headers: &HeaderMap) -> Option<&str> {
    headers.get(&CERTIFICATE)?.to_str().ok()
}

/// The same as tokens bear it: as RFC 8705 writes it, or as ANS's samples.
pub(crate) fn bound(sim: &Sim, thumbprint: &str) -> String {
    if !sim.mtls.as_ref().is_some_and(|mtls| mtls.hexadecimal) {
        return thumbprint.to_owned();
    }
    let hash = B64.decode(thumbprint).unwrap_or_default();
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    BASE64_STANDARD.encode(hex)
}

/// Whether a token may be used on a connection with this certificate: any when it is bound to none.
pub(crate) fn fits(sim: &Sim, claims: &Map<String, Value>, certificate: Option<&str>) -> bool {
    let wanted = claims.get("cnf").map(|cnf| &cnf["x5t#S256"]);
    wanted.is_none_or(|wanted| certificate.is_some_and(|shown| *wanted == *bound(sim, shown)))
}
