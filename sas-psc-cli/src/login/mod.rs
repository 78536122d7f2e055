//! `login`: sign in at a provider, by the system's browser, by a push to the e-CPS app or through a Proxy e-Santé, and
//! print who signed in.

mod browser;
mod card;
mod ecps;
mod proxy;

use crate::input;
use crate::output::Output;
use crate::provider::{Certificate, Provider};
use clap::{Args, Subcommand};
use sas_psc::base::Clock;
use sas_psc::drive::blocking::Psc;
use sas_psc::drive::{HttpConfig, SystemClock};
use sas_psc::psc::{Acr, Client, ClientAuth, SignedIn};
use sas_psc::{Code, Error};
use std::path::PathBuf;
use std::time::Duration;

/// Ways to sign in.
#[derive(Subcommand)]
pub enum Command {
    /// Open the system's browser and wait for its return on a loopback address
    Browser(browser::Browser),
    /// Show the card's own certificate, at a provider whose login it is
    Card(card::Card),
    /// Ask a person to answer on their e-CPS app or card; for a server or a test, which holds the client's secret
    Ecps(ecps::Ecps),
    /// Ask a person from a workstation, through a Proxy e-Santé, which holds the secrets
    Proxy(proxy::Proxy),
}

impl Command {
    /// Runs it.
    pub fn run(&self, out: &mut Output) -> Result<(), Error> {
        let (signed_in, login) = match self {
            Command::Browser(browser) => (browser.run(out)?, &browser.login),
            Command::Card(card) => (card.run(out)?, &card.login),
            Command::Ecps(ecps) => (ecps.run(out)?, &ecps.login),
            Command::Proxy(proxy) => return proxy.run(out),
        };
        login.keep(&signed_in)?;
        print(out, &signed_in);
        Ok(())
    }
}

fn print(out: &mut Output, signed_in: &SignedIn) {
    let who = signed_in.summary(SystemClock.now());
    let by = who.auth_mode.unwrap_or("-");
    out.result(&who, format_args!("{}\t{}\t{}\t{}\t{by}", who.id_nat, who.family_name, who.given_name, who.acr));
}

/// What every way needs.
#[derive(Args)]
pub struct Login {
    #[command(flatten)]
    provider: Provider,
    /// The client, as registered at the provider
    #[arg(long, value_name = "ID")]
    client_id: String,
    /// A file that holds the client's secret; `-` is stdin
    #[arg(long, value_name = "FILE")]
    client_secret_file: Option<PathBuf>,
    #[command(flatten)]
    certificate: Certificate,
    /// The scopes to ask for
    #[arg(long, default_value = "openid scope_all")]
    scope: String,
    /// At least this level
    #[arg(long, default_value_t = Acr::Eidas1)]
    acr: Acr,
    /// Exactly this level, and no higher one
    #[arg(long)]
    exact_acr: bool,
    /// Accept an ID token without a level
    #[arg(long)]
    allow_missing_acr: bool,
    /// Seconds that the provider's clock may be off by
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    leeway: u64,
    /// Go on to the local identity provider that PSC delegates to: OKTA_ and its alias, or a number of DataPass
    #[arg(long, value_name = "ALIAS")]
    idp_hint: Option<String>,
    /// Give up after these seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    timeout: u64,
    /// Also write what proves the sign-in years later: the ID token, and the provider's key that verified it
    #[arg(long, value_name = "F.evidence")]
    evidence: Option<PathBuf>,
}

impl Login {
    fn connect(&self, client: Client) -> Result<Psc, Error> {
        self.over(client, &self.certificate.show(self.provider.reach.http()?)?)
    }

    /// The same over a network that shows a certificate already.
    fn over(&self, client: Client, http: &HttpConfig) -> Result<Psc, Error> {
        Psc::new(self.provider.environment()?, client, http)
    }

    fn client(&self, redirect_uri: &str) -> Result<Client, Error> {
        let auth = match &self.client_secret_file {
            Some(file) => ClientAuth::SecretBasic(input::secret("client_secret_file", file)?),
            None if self.certificate.is_given() => ClientAuth::TlsClientAuth,
            None => ClientAuth::Public,
        };
        let mut client = Client::new(&self.client_id, auth, redirect_uri)
            .with_scope(&self.scope)
            .with_acr(self.acr)
            .with_leeway(Duration::from_secs(self.leeway));
        if self.exact_acr {
            client = client.with_exact_acr();
        }
        if self.allow_missing_acr {
            client = client.with_missing_acr_allowed();
        }
        if let Some(alias) = &self.idp_hint {
            client = client.with_idp_hint(alias);
        }
        if self.certificate.is_given() {
            client = client.with_certificate();
        }
        Ok(client)
    }

    /// Writes the evidence of a sign-in, if it is wanted.
    fn keep(&self, signed_in: &SignedIn) -> Result<(), Error> {
        match (&self.evidence, signed_in.sign_in.evidence()) {
            (Some(file), Some(evidence)) => input::write_private("evidence", file, evidence.as_bytes()),
            (Some(_), None) => Err(Error::new(Code::EVIDENCE_NONE)),
            (None, _) => Ok(()),
        }
    }

    fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }
}
