//! Which provider a command talks to, and through which network: the arguments that `login` and `token` share.

use crate::input;
use clap::Args;
use sas_psc::Error;
use sas_psc::drive::HttpConfig;
use sas_psc::psc::{Environment, danger};
use std::path::PathBuf;

/// The provider and the network.
#[derive(Args)]
pub struct Provider {
    /// The issuer, an https address
    #[arg(long, value_name = "URL")]
    pub issuer: String,
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

impl Provider {
    /// The provider.
    pub fn environment(&self) -> Result<Environment, Error> {
        let of = if self.insecure_loopback { danger::insecure_loopback } else { Environment::of };
        let environment = of(&self.issuer)?.with_discovery_path(&self.discovery_path);
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
