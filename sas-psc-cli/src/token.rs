//! `token verify`: did this provider issue this ID token to this client, and does it hold what is asked.

use crate::input;
use crate::output::Output;
use crate::provider::Provider;
use clap::{Args, Subcommand};
use sas_psc::base::{Clock, Timestamp};
use sas_psc::drive::SystemClock;
use sas_psc::drive::blocking::Psc;
use sas_psc::psc::{Acr, Client, ClientAuth, Endpoint, IdTokenCheck, Jwks, KeyCache, SignInEvidence};
use sas_psc::{Code, Error};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Commands on tokens.
#[derive(Subcommand)]
pub enum Command {
    /// Verify an ID token: prints its claims as received, or what is wrong with it
    Verify(Verify),
}

/// Arguments of `token verify`.
#[derive(Args)]
#[command(group = clap::ArgGroup::new("keys").required(true))]
pub struct Verify {
    #[command(flatten)]
    provider: Provider,
    /// The client that the token must be for
    #[arg(long, value_name = "ID")]
    client_id: String,
    /// The provider's keys, a JWK set
    #[arg(long, value_name = "FILE", group = "keys")]
    jwks: Option<PathBuf>,
    /// Ask the provider for its keys
    #[arg(long, group = "keys")]
    discover: bool,
    /// The nonce that the token must hold
    #[arg(long)]
    nonce: Option<String>,
    /// At least this level
    #[arg(long)]
    acr: Option<Acr>,
    /// Accept a token without a level
    #[arg(long)]
    allow_missing_acr: bool,
    /// The access token received with it, which `at_hash` must fit
    #[arg(long, value_name = "FILE")]
    access_token: Option<PathBuf>,
    /// Seconds that two clocks may differ by
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    leeway: u64,
    /// The person proved who they are within these seconds
    #[arg(long, value_name = "SECONDS")]
    max_age: Option<u64>,
    /// The time, in seconds since 1970; by default the clock's
    #[arg(long, value_name = "UNIX")]
    now: Option<i64>,
    /// Also write what proves it years later: the token, and the key that verified it
    #[arg(long, value_name = "F.evidence")]
    evidence: Option<PathBuf>,
    /// The token; `-` is stdin
    file: PathBuf,
}

impl Command {
    /// Runs it.
    pub fn run(&self, out: &mut Output) -> Result<(), Error> {
        let Command::Verify(verify) = self;
        let token = input::text("file", &verify.file)?;
        let access_token = verify.access_token.as_ref().map(|file| input::text("access_token", file));
        let access_token = access_token.transpose()?;
        let (keys, jwks_uri) = verify.keys()?;
        let now = verify.now.map_or_else(|| SystemClock.now(), Timestamp::from_unix);
        match verify.check(access_token.as_deref()).verify(token.trim(), &keys, now) {
            Ok(verified) => {
                if let Some(file) = &verify.evidence {
                    let (uri, issuer) = (jwks_uri.as_deref(), &verify.provider.issuer);
                    let kept = SignInEvidence::new(token.trim(), &keys, uri, issuer, &verify.client_id, now)?;
                    input::write_private("evidence", file, kept.as_str().as_bytes())?;
                }
                let claims = verified.claims();
                out.answer(true, &claims, format_args!("{:#}", serde_json::Value::from(claims.clone())));
            }
            Err(error) => out.refused(&error),
        }
        Ok(())
    }
}

impl Verify {
    /// The keys, and where they were fetched.
    fn keys(&self) -> Result<(Arc<Jwks>, Option<String>), Error> {
        if let Some(file) = &self.jwks {
            let unreadable = |error| Error::field(Code::FILE_UNREADABLE, "jwks").caused_by(error);
            let keys = Jwks::parse(input::text("jwks", file)?.as_bytes()).map_err(unreadable)?;
            return Ok((Arc::new(keys), None));
        }
        let client = Client::new(&self.client_id, ClientAuth::Public, "");
        let psc = Psc::new(self.provider.environment()?, client, &self.provider.reach.http()?)?;
        let service = psc.service()?;
        let uri = service.metadata().endpoint(Endpoint::Jwks)?.to_owned();
        Ok((psc.run(KeyCache::new(service.metadata())?)?, Some(uri)))
    }

    fn check<'a>(&'a self, access_token: Option<&'a str>) -> IdTokenCheck<'a> {
        let mut check = IdTokenCheck::new(&self.provider.issuer, &self.client_id);
        check = check.leeway(Duration::from_secs(self.leeway));
        if let Some(nonce) = &self.nonce {
            check = check.nonce(nonce);
        }
        if let Some(acr) = self.acr {
            check = check.acr(acr);
        }
        if self.allow_missing_acr {
            check = check.allow_missing_acr();
        }
        if let Some(token) = access_token {
            check = check.access_token(token.trim());
        }
        if let Some(seconds) = self.max_age {
            check = check.max_age(Duration::from_secs(seconds));
        }
        check
    }
}
