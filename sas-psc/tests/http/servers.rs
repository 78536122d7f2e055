//! Servers of a few lines: one answer for every request, over TCP or TLS, on a port that the kernel chooses.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// Reads one request: its head, and as much body as it announces.
fn read_request(stream: &mut impl Read) -> String {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    // A TLS greeting is no HTTP: it is answered at once.
    while bytes.first() != Some(&0x16) {
        let text = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                break;
            }
        }
        match stream.read(&mut buffer) {
            Ok(read) if read > 0 => bytes.extend_from_slice(&buffer[..read]),
            _ => break,
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A server that gives `answer` to everything and tells what it was asked. It keeps the connection open, silent, unless
/// the path asked for is `/close`.
pub fn plain(answer: &str) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (answer, seen) = (answer.to_owned(), Arc::new(Mutex::new(Vec::new())));
    let log = seen.clone();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(|stream| stream.ok()) {
            let (answer, log) = (answer.clone(), log.clone());
            thread::spawn(move || one_answer(stream, &answer, &log));
        }
    });
    (url, seen)
}

fn one_answer(mut stream: TcpStream, answer: &str, log: &Mutex<Vec<String>>) {
    loop {
        let request = read_request(&mut stream);
        if request.is_empty() {
            return;
        }
        let close = request.contains(" /close");
        log.lock().unwrap().push(request);
        let _ = stream.write_all(answer.as_bytes());
        if close {
            return;
        }
    }
}

/// A server that does with each connection what `serve` does, once the request is read.
pub fn raw(serve: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(|stream| stream.ok()) {
            let serve = serve.clone();
            thread::spawn(move || {
                if !read_request(&mut stream).is_empty() {
                    serve(&mut stream);
                }
            });
        }
    });
    url
}

/// A proxy that inspects TLS: it opens the tunnel, then speaks for the server with a certificate of its own authority.
pub fn inspecting_proxy(authority: &Authority, name: &str) -> String {
    let config = server_config(authority, name, None);
    raw(move |stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n");
        let connection = ServerConnection::new(config.clone()).unwrap();
        let mut stream = StreamOwned::new(connection, stream);
        if !read_request(&mut stream).is_empty() {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        }
    })
}

/// A certificate authority of a test.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub fn new() -> Authority {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        let key = KeyPair::generate().unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, format!("test {:x?}", &key.public_key_raw()[..8]));
        Authority(CertifiedIssuer::self_signed(params, key).unwrap())
    }

    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate for `name` and its key, as PEM.
    pub fn issue(&self, name: &str) -> (String, String) {
        self.sign(CertificateParams::new(vec![name.to_owned()]).unwrap())
    }

    fn sign(&self, params: CertificateParams) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        (certificate.pem(), key.serialize_pem())
    }
}

/// A TLS server whose certificate is for `name`. With a version, it speaks that one alone and demands a certificate of
/// the same authority.
pub fn tls(authority: &Authority, name: &str, demand: Option<&'static SupportedProtocolVersion>) -> String {
    serve_tls(server_config(authority, name, demand.map(|version| (version, authority.pem()))))
}

/// The same for certificates of the authority of this PEM.
pub fn tls_for(authority: &Authority, clients: &str) -> String {
    serve_tls(server_config(authority, "127.0.0.1", Some((&rustls::version::TLS13, clients.to_owned()))))
}

/// The same over HTTP/2, as Keycloak serves: a client that it takes is answered nothing.
pub fn tls_h2_for(authority: &Authority, clients: &str) -> String {
    let config = server_config(authority, "127.0.0.1", Some((&rustls::version::TLS13, clients.to_owned())));
    let mut config = Arc::unwrap_or_clone(config);
    config.alpn_protocols = vec![b"h2".to_vec()];
    serve_tls(Arc::new(config))
}

/// The same whose certificate ended long ago.
pub fn tls_ended(authority: &Authority) -> String {
    let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2000, 1, 1);
    params.not_after = rcgen::date_time_ymd(2001, 1, 1);
    serve_tls(config_of(authority.sign(params), None))
}

fn server_config(
    authority: &Authority,
    name: &str,
    demand: Option<(&'static SupportedProtocolVersion, String)>,
) -> Arc<ServerConfig> {
    config_of(authority.issue(name), demand)
}

fn config_of(
    (chain, key): (String, String),
    demand: Option<(&'static SupportedProtocolVersion, String)>,
) -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone());
    let builder = match demand {
        None => builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth(),
        Some((version, clients)) => {
            let mut roots = RootCertStore::empty();
            roots.add(CertificateDer::from_pem_slice(clients.as_bytes()).unwrap()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
            builder.with_protocol_versions(&[version]).unwrap().with_client_cert_verifier(verifier)
        }
    };
    let chain = vec![CertificateDer::from_pem_slice(chain.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    Arc::new(builder.with_single_cert(chain, key).unwrap())
}

fn serve_tls(config: Arc<ServerConfig>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming().map_while(|stream| stream.ok()) {
            let connection = ServerConnection::new(config.clone()).unwrap();
            thread::spawn(move || {
                let mut stream = StreamOwned::new(connection, stream);
                if !read_request(&mut stream).is_empty() {
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                }
                let _ = stream.flush();
                // A refused client reads the alert before the connection is reset under it.
                thread::sleep(Duration::from_millis(200));
            });
        }
    });
    url
}
