//! A hospital in a folder: the simulator, the API, the proxy as a process of its own, workstations with their keys.

use crate::api::Api;
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use sas_psc::drive::HttpConfig;
use sas_psc::drive::blocking::Proxy;
use sas_psc::id::IdNat;
use sas_psc::psc::Channel;
use sas_psc::psc::proxy::{self, Connected, ProxySession};
use sas_psc_sim::{Config, Running, Simulator};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::ops::ControlFlow;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

pub const PERSON: &str = "899700218896";

/// A workstation: a certificate that it signed itself, and the key.
pub struct Workstation {
    pub certificate: String,
    pub key: String,
}

impl Workstation {
    pub fn new(name: &str) -> Workstation {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec![name.to_owned()]).unwrap().self_signed(&key).unwrap();
        Workstation { certificate: certificate.pem(), key: key.serialize_pem() }
    }
}

pub struct Place {
    pub sim: Running,
    pub api: Api,
    pub folder: TempDir,
    pub options: Vec<String>,
    pub server: Workstation,
    pub process: Option<Serving>,
}

/// The proxy's process. Ended when dropped.
pub struct Serving {
    pub child: Child,
    pub address: SocketAddr,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Place {
    pub fn new(options: &[&str]) -> Place {
        let sim = Simulator::start(Config { ciba_interval: 1, ..Config::default() }).unwrap();
        let (api, folder) = (Api::start(), tempfile::tempdir().unwrap());
        let server = Workstation::new("localhost");
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("server.pem", &server.certificate);
        write("server.key", &server.key);
        write("secret", &sas_psc_sim::Client::default().secret);
        write("api-secret", "secret-api");
        let base = &api.base;
        write(
            "apis.json",
            &serde_json::json!({
                "software": ["logiciel"],
                "apis": [
                    { "name": "echo", "base": format!("{base}/fhir/v1"), "answers_within_seconds": 2,
                      "exchange": { "token_url": format!("{base}/token"), "revocation_url": format!("{base}/revoke"),
                                    "client_id": "proxy", "client_secret_file": folder.path().join("api-secret"),
                                    "scope": "openid" } },
                    { "name": "plain", "base": format!("{base}/fhir/v1") },
                    { "name": "gone", "base": "http://127.0.0.1:1" }
                ]
            })
            .to_string(),
        );
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        let mut place = Place { sim, api, folder, options, server, process: None };
        place.start();
        place
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sas-psc-example-proxy"));
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    /// Starts the proxy, or starts it again.
    pub fn start(&mut self) {
        self.process = None;
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0", "--apis", "apis.json"]);
        command.args(["--tls-certificate", "server.pem", "--tls-key", "server.key"]);
        command.args([
            "--issuer",
            &self.sim.issuer(),
            "--client-id",
            "plateforme-sas",
            "--client-secret-file",
            "secret",
        ]);
        command.args(["--insecure-loopback", "--dangerously-allow-simulator"]).args(&self.options);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        let address = line.trim_end().rsplit("https://").next().unwrap().parse().unwrap_or_else(|_| panic!("{line}"));
        // Read on, so that the process never waits for us.
        std::thread::spawn(move || drop(std::io::copy(&mut stdout, &mut std::io::sink())));
        self.process = Some(Serving { child, address });
    }

    pub fn address(&self) -> SocketAddr {
        self.process.as_ref().unwrap().address
    }

    /// A code for a workstation of this name.
    pub fn invite(&self, name: &str) -> String {
        let output = self.command(&["invite", "--name", name, "--by", "essai"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// A workstation that is enrolled, and the code that it used.
    pub fn enrolled(&self, name: &str) -> (Workstation, String) {
        let (workstation, code) = (Workstation::new(name), self.invite(name));
        let body = format!(r#"{{"code":"{code}"}}"#);
        let length = body.len();
        let request = format!("POST /enrol HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n{body}");
        assert_eq!(self.raw(Some(&workstation), request.as_bytes()).0, 201);
        (workstation, code)
    }

    pub fn tls(&self, from: Option<&Workstation>) -> StreamOwned<ClientConnection, TcpStream> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.server.certificate.as_bytes()).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let builder = builder.with_root_certificates(roots);
        let config = match from {
            None => builder.with_no_client_auth(),
            Some(from) => {
                let chain = vec![CertificateDer::from_pem_slice(from.certificate.as_bytes()).unwrap()];
                let key = PrivateKeyDer::from_pem_slice(from.key.as_bytes()).unwrap();
                builder.with_client_auth_cert(chain, key).unwrap()
            }
        };
        let name = ServerName::try_from("localhost").unwrap();
        let stream = TcpStream::connect(self.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), stream)
    }

    /// Sends bytes and reads one answer: its status and its body. Status 0 when the connection was closed without one.
    pub fn raw(&self, from: Option<&Workstation>, request: &[u8]) -> (u16, String) {
        let mut stream = self.tls(from);
        // A refusal may come, and the connection end, before everything has left.
        let _ = stream.write_all(request);
        let _ = stream.flush();
        read_answer(&mut stream)
    }

    /// The workstation's own client.
    pub fn client(&self, from: &Workstation) -> Proxy {
        let http = HttpConfig::default().with_only_ca(self.server.certificate.as_bytes()).unwrap();
        let key = from.key.clone().into();
        let http = http.with_client_certificate(from.certificate.as_bytes(), &key).unwrap();
        let port = self.address().port();
        let which = proxy::Proxy::at(&format!("https://localhost:{port}"), "logiciel").unwrap();
        Proxy::new(which, &http).unwrap()
    }

    /// Signs the physician in, who picks the right digits on the phone.
    pub fn connect(&self, from: &Workstation) -> Connected {
        let mut chosen = false;
        let person = IdNat::parse(PERSON).unwrap();
        let connected = self.client(from).connect(&person, Channel::Mobile, None, |digits, _| {
            chosen = chosen || self.sim.phone().choose("physician", digits);
            ControlFlow::Continue(())
        });
        connected.unwrap_or_else(|error| panic!("{error:?}"))
    }
}

/// The session's own name, which a program never needs and a thief would take.
pub fn name(session: &ProxySession) -> String {
    let stored: serde_json::Value = serde_json::from_slice(&session.to_stored().unwrap()).unwrap();
    stored["state"]["id"].as_str().unwrap().to_owned()
}

pub fn read_answer(stream: &mut impl Read) -> (u16, String) {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16 * 1024];
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned));
            let length = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
            if body.len() >= length {
                let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
                return (status, body.to_owned());
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return (0, String::from_utf8_lossy(&bytes).into_owned()),
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
        }
    }
}
