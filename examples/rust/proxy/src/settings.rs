//! What the operator decides: arguments, each also an environment variable, and one file that lists the APIs.

use crate::Start;
use clap::{Args, Parser, Subcommand};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;
use sas_psc::base::SecretString;
use sas_psc::drive::HttpConfig;
use sas_psc::psc::proxy::server::{Actor, ActorKey, Backend, Backends, Rules, TokenExchange};
use sas_psc::psc::{Client, ClientAuth, Environment, danger};
use serde::Deserialize;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A Proxy e-Santé.
#[derive(Parser)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Serve workstations until Ctrl-C
    Serve(Box<Settings>),
    /// Invite a workstation: prints the code that its installer types, once
    Invite(Invite),
    /// List the workstations
    Workstations(Data),
    /// Withdraw a workstation, at once
    Revoke(Revoke),
}

/// Where the proxy keeps its store, and the key that opens it.
#[derive(Args, Clone)]
pub struct Data {
    /// The store, one SQLite file
    #[arg(long, env = "PROXY_STORE", default_value = "proxy.sqlite")]
    pub store: PathBuf,
    /// 32 random bytes at least, kept apart from the store; made at the first start
    #[arg(long, env = "PROXY_KEY", default_value = "proxy.key")]
    pub key: PathBuf,
    /// The key of before, while sessions and codes of its time live: what it made opens, nothing new is made with it
    #[arg(long, env = "PROXY_OLDER_KEY")]
    pub older_key: Option<PathBuf>,
}

#[derive(Args)]
pub struct Invite {
    #[command(flatten)]
    pub data: Data,
    /// What people call the workstation
    #[arg(long)]
    pub name: String,
    /// Who invites it
    #[arg(long)]
    pub by: String,
    /// How many hours the code lives
    #[arg(long, default_value_t = 24)]
    pub hours: u64,
}

#[derive(Args)]
pub struct Revoke {
    #[command(flatten)]
    pub data: Data,
    /// What people call the workstation
    #[arg(long)]
    pub name: String,
    /// Who withdraws it
    #[arg(long)]
    pub by: String,
}

#[derive(Args, Clone)]
pub struct Settings {
    #[command(flatten)]
    pub data: Data,
    /// Where to listen
    #[arg(long, env = "PROXY_LISTEN", default_value = "127.0.0.1:8443")]
    pub listen: SocketAddr,
    /// The certificate of the proxy with its chain (PEM)
    #[arg(long, env = "PROXY_TLS_CERTIFICATE", requires = "tls_key")]
    pub tls_certificate: Option<PathBuf>,
    /// Its key (PEM)
    #[arg(long, env = "PROXY_TLS_KEY", requires = "tls_certificate")]
    pub tls_key: Option<PathBuf>,
    /// Pro Santé Connect's issuer
    #[arg(long, env = "PROXY_ISSUER", default_value = "https://auth.bas.psc.esante.gouv.fr/auth/realms/esante-wallet")]
    issuer: String,
    /// The proxy's client at Pro Santé Connect
    #[arg(long, env = "PROXY_CLIENT_ID")]
    client_id: String,
    /// A file that holds the client's secret
    #[arg(long, env = "PROXY_CLIENT_SECRET_FILE")]
    client_secret_file: Option<PathBuf>,
    /// The client's certificate with its chain (PEM), for PSC and for the APIs
    #[arg(long, env = "PROXY_CLIENT_CERTIFICATE", requires = "client_key")]
    client_certificate: Option<PathBuf>,
    /// Its key (PEM)
    #[arg(long, env = "PROXY_CLIENT_KEY", requires = "client_certificate")]
    client_key: Option<PathBuf>,
    /// Trust these authorities too (PEM)
    #[arg(long, env = "PROXY_EXTRA_CA")]
    extra_ca: Option<PathBuf>,
    /// The software that may ask and the APIs behind the proxy, as JSON; see apis.example.json
    #[arg(long, env = "PROXY_APIS")]
    apis: PathBuf,
    /// Seconds that a session lives
    #[arg(long, default_value_t = 14_400)]
    session_seconds: u64,
    /// Seconds after which a session that nobody used is over
    #[arg(long, default_value_t = 1800)]
    idle_seconds: u64,
    /// Seconds that Pro Santé Connect gives a person to answer
    #[arg(long, default_value_t = 120)]
    pub ciba_seconds: u64,
    /// The largest body that a workstation may send, in bytes
    #[arg(long, default_value_t = 256 << 20)]
    pub largest_body: u64,
    /// Seconds that a workstation may be silent in the middle of a request
    #[arg(long, default_value_t = 30)]
    pub silent_seconds: u64,
    /// Serve /traces, and name sessions in it as ANS's conformity tests compare them; never in production
    #[arg(long)]
    pub conformity: bool,
    /// Allow http, on loopback addresses only
    #[arg(long)]
    pub insecure_loopback: bool,
    /// Accept the simulator as Pro Santé Connect: anyone can sign in as anyone
    #[arg(long)]
    dangerously_allow_simulator: bool,
}

/// `apis.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Apis {
    software: Vec<String>,
    apis: Vec<Api>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Api {
    name: String,
    base: String,
    #[serde(default)]
    headers: Vec<String>,
    answers_within_seconds: Option<u64>,
    exchange: Option<Exchange>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exchange {
    token_url: String,
    revocation_url: Option<String>,
    client_id: String,
    client_secret_file: Option<PathBuf>,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    subject_as_jwt: bool,
    subject_issuer: Option<String>,
    actor: Option<ActorSettings>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActorSettings {
    key_file: PathBuf,
    kid: Option<String>,
    lps_nom: String,
    lps_id: String,
    lps_version: String,
    situation_exercice: Option<String>,
}

impl Settings {
    pub fn rules(&self) -> Rules {
        let seconds = Duration::from_secs;
        Rules { life: seconds(self.session_seconds), idle: seconds(self.idle_seconds), ..Rules::default() }
    }

    pub fn environment(&self) -> Start<Environment> {
        let of = if self.insecure_loopback { danger::insecure_loopback } else { Environment::of };
        let environment = of(&self.issuer).map_err(said)?;
        Ok(if self.dangerously_allow_simulator { danger::allow_simulator(environment) } else { environment })
    }

    pub fn client(&self) -> Start<Client> {
        // CIBA alone: no browser ever comes back here.
        Ok(Client::new(&self.client_id, auth(self.client_secret_file.as_deref())?, ""))
    }

    pub fn http(&self) -> Start<HttpConfig> {
        let mut http = HttpConfig::default();
        if let Some(file) = &self.extra_ca {
            http = http.with_extra_ca(&read(file)?).map_err(said)?;
        }
        if let (Some(chain), Some(key)) = (&self.client_certificate, &self.client_key) {
            http = http.with_client_certificate(&read(chain)?, &secret(key)?).map_err(said)?;
        }
        Ok(http)
    }

    /// The software that may ask, and the APIs.
    pub fn apis(&self) -> Start<(Vec<String>, Backends)> {
        let wrong = |error: serde_json::Error| format!("{}: {error}", self.apis.display());
        let apis: Apis = serde_json::from_slice(&read(&self.apis)?).map_err(wrong)?;
        let backends = apis.apis.into_iter().map(|api| self.backend(api)).collect::<Start<Vec<_>>>()?;
        Ok((apis.software, Backends::new(backends).map_err(said)?))
    }

    fn backend(&self, api: Api) -> Start<Backend> {
        let mut backend = Backend::new(&api.name, &api.base, self.insecure_loopback).map_err(said)?;
        for header in &api.headers {
            backend = backend.with_header(header).map_err(said)?;
        }
        if let Some(seconds) = api.answers_within_seconds {
            backend = backend.with_answers_within(Duration::from_secs(seconds));
        }
        let Some(exchange) = api.exchange else { return Ok(backend) };
        let client = Client::new(exchange.client_id, auth(exchange.client_secret_file.as_deref())?, "");
        let insecure = self.insecure_loopback;
        let mut at = TokenExchange::at(&exchange.token_url, client, &exchange.scope, insecure).map_err(said)?;
        if let Some(url) = &exchange.revocation_url {
            at = at.with_revocation(url, insecure).map_err(said)?;
        }
        if exchange.subject_as_jwt {
            at = at.with_subject_as_jwt();
        }
        if let Some(issuer) = &exchange.subject_issuer {
            at = at.with_subject_issuer(Some(issuer).filter(|issuer| !issuer.is_empty()).map(String::as_str));
        }
        if let Some(actor) = exchange.actor {
            let wrong = |error| format!("{}: {error}", actor.key_file.display());
            let key = PrivateKeyDer::from_pem_slice(&read(&actor.key_file)?).map_err(wrong)?;
            let key = ActorKey::from_pkcs8(key.secret_der(), actor.kid.as_deref()).map_err(said)?;
            let mut said_by = Actor::new(key, &actor.lps_nom, &actor.lps_id, &actor.lps_version);
            if let Some(situation) = &actor.situation_exercice {
                said_by = said_by.with_situation(situation);
            }
            at = at.with_actor(said_by);
        }
        Ok(backend.with_exchange(at))
    }
}

/// An error of the SDK, as an operator reads it.
pub fn said(error: sas_psc::Error) -> String {
    let lang = sas_psc::Lang::Fr;
    let facts = error.facts().pairs().iter().map(|(name, value)| format!(" {name}={value}")).collect::<String>();
    format!("{} {} [{}{facts}]", error.message(lang), error.hint(lang), error.code())
}

fn auth(secret_file: Option<&Path>) -> Start<ClientAuth> {
    Ok(match secret_file {
        Some(file) => ClientAuth::SecretBasic(secret(file)?),
        None => ClientAuth::TlsClientAuth,
    })
}

pub fn read(file: &Path) -> Start<Vec<u8>> {
    fs::read(file).map_err(|error| format!("{}: {error}", file.display()))
}

fn secret(file: &Path) -> Start<SecretString> {
    let text = String::from_utf8(read(file)?).map_err(|_| format!("{}: not text", file.display()))?;
    Ok(text.trim().to_owned().into())
}
