//! Which provider a command talks to, and through which network: the arguments that `login`, `token` and `doctor` share.

use crate::input;
use clap::Args;
use sas_psc::Error;
use sas_psc::drive::{ClientCertificate, HttpConfig};
use sas_psc::psc::{Environment, danger};
use std::path::PathBuf;

/// The provider and the network.
#[derive(Args)]
pub struct Provider {
    /// The issuer, an https address
    #[arg(long, value_name = "URL")]
    pub issuer: String,
    #[command(flatten)]
    pub reach: Reach,
}

/// The way to a provider.
#[derive(Args)]
pub struct Reach {
    /// What follows the issuer in the address of its metadata; no other is tried
    #[arg(long, value_name = "PATH", default_value = "/.well-known/wallet-openid-configuration")]
    discovery_path: String,
    /// Trust these authorities (PEM) instead of the system's
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Go through this proxy; by default the one of the environment (HTTPS_PROXY)
    #[arg(long, value_name = "URL")]
    http_proxy: Option<String>,
    /// Allow http, on a loopback address only
    #[arg(long)]
    insecure_loopback: bool,
    /// Accept the simulator as a provider: its keys are public, so that anyone can sign in as anyone
    #[arg(long)]
    dangerously_allow_simulator: bool,
}

/// The client's certificate, shown on TLS.
#[derive(Args)]
pub struct Certificate {
    /// The client's certificate with its chain (PEM), or with its key too (PKCS#12)
    #[arg(long, value_name = "FILE")]
    client_certificate: Option<PathBuf>,
    /// The key of the certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "client_certificate")]
    client_key: Option<PathBuf>,
    /// A file that holds the password of the key or of the PKCS#12 file; `-` is stdin
    #[arg(long, value_name = "FILE", requires = "client_certificate")]
    key_password_file: Option<PathBuf>,
}

impl Provider {
    /// The provider.
    pub fn environment(&self) -> Result<Environment, Error> {
        self.reach.environment(&self.issuer)
    }
}

impl Reach {
    /// The provider of an issuer.
    pub fn environment(&self, issuer: &str) -> Result<Environment, Error> {
        let of = if self.insecure_loopback { danger::insecure_loopback } else { Environment::of };
        let environment = of(issuer)?.with_discovery_path(&self.discovery_path);
        Ok(if self.dangerously_allow_simulator { danger::allow_simulator(environment) } else { environment })
    }

    /// The network.
    pub fn http(&self) -> Result<HttpConfig, Error> {
        let mut http = HttpConfig::default();
        if let Some(file) = &self.ca {
            http = http.with_only_ca(input::text("ca", file)?.as_bytes())?;
        }
        if let Some(address) = &self.http_proxy {
            http = http.with_proxy(&address.clone().into())?;
        }
        Ok(http)
    }
}

impl Certificate {
    /// Whether one is given.
    pub fn is_given(&self) -> bool {
        self.client_certificate.is_some()
    }

    /// The network, on which it is shown.
    pub fn show(&self, http: HttpConfig) -> Result<HttpConfig, Error> {
        let Some(file) = &self.client_certificate else { return Ok(http) };
        let secret = |field, file: &Option<PathBuf>| file.as_ref().map(|file| input::secret(field, file)).transpose();
        let key = secret("client_key", &self.client_key)?;
        let password = secret("key_password_file", &self.key_password_file)?;
        let file = input::bytes("client_certificate", file)?;
        http.with_certificate(ClientCertificate::read(&file, key.as_ref(), password.as_ref())?)
    }
}
