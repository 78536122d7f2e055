//! `login proxy`: the same from a workstation, through a Proxy e-Santé; it needs no secret and is given no token.

use crate::input;
use crate::output::Output;
use clap::Args;
use sas_psc::base::Clock;
use sas_psc::drive::blocking::Proxy as Driver;
use sas_psc::drive::{HttpConfig, SystemClock};
use sas_psc::id::IdNat;
use sas_psc::psc::proxy::{NationalId, Path, Proxy as Which};
use sas_psc::psc::{Channel, danger};
use sas_psc::{Error, Lang};
use serde::Serialize;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Duration;

/// Arguments of `login proxy`.
#[derive(Args)]
pub struct Proxy {
    /// The proxy, an https address
    #[arg(long, value_name = "URL")]
    proxy: String,
    /// The software, as the proxy knows it
    #[arg(long, value_name = "ID")]
    client_id: String,
    /// Who is asked: an RPPS number or a national identifier
    #[arg(long, value_name = "N", value_parser = IdNat::typed)]
    id_nat: IdNat,
    /// What they answer with: mobile or card
    #[arg(long, default_value = "mobile")]
    channel: Channel,
    /// Trust these authorities (PEM) instead of the system's
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// The workstation's certificate (PEM), by which the proxy knows it
    #[arg(long, value_name = "FILE", requires = "client_key")]
    client_certificate: Option<PathBuf>,
    /// The key of the certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "client_certificate")]
    client_key: Option<PathBuf>,
    /// Go through this HTTP proxy; by default the one of the environment (HTTPS_PROXY)
    #[arg(long, value_name = "URL")]
    http_proxy: Option<String>,
    /// Where this proxy takes the sign-in
    #[arg(long, value_name = "PATH", default_value = "/connect")]
    connect_path: String,
    /// Where this proxy takes the sign-out
    #[arg(long, value_name = "PATH", default_value = "/disconnect")]
    disconnect_path: String,
    /// The name of this proxy's cookie
    #[arg(long, value_name = "NAME", default_value = "proxy_session_id")]
    cookie: String,
    /// Name the person by their bare RPPS number, where this proxy wants it so
    #[arg(long)]
    bare_rpps: bool,
    /// Seconds that the person has to answer
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    timeout: u64,
    /// Allow http, on a loopback address only
    #[arg(long)]
    insecure_loopback: bool,
}

/// The shape of every `login`. A proxy tells the workstation the session alone: what it does not tell is null.
#[derive(Serialize)]
struct Who<'a> {
    subject: Option<()>,
    id_nat: &'a str,
    family_name: Option<()>,
    given_name: Option<()>,
    acr: Option<()>,
    auth_mode: Option<()>,
    practices: [(); 0],
    access_token_expires_in: Option<()>,
    session_state: Option<&'a str>,
}

impl Proxy {
    /// Signs in, says so, and signs out again: a shell keeps no session.
    pub fn run(&self, out: &mut Output) -> Result<(), Error> {
        let proxy = Driver::new(self.which()?, &self.http()?)?;
        let give_up_at = SystemClock.now() + Duration::from_secs(self.timeout);
        let mut told = false;
        let connected = proxy.connect(&self.id_nat, self.channel, None, |digits, left| {
            if !std::mem::replace(&mut told, true) {
                out.note(match out.lang {
                    Lang::Fr => format!("Sur l'application e-CPS, sélectionnez le code {digits}."),
                    Lang::En => format!("On the e-CPS app, pick the code {digits}."),
                });
            }
            out.countdown(
                left,
                match out.lang {
                    Lang::Fr => format!("Il vous reste {left} secondes pour valider votre demande d'authentification."),
                    Lang::En => format!("You have {left} seconds left to answer."),
                },
            );
            // A little later than the proxy's own end, so that its answer says how it went.
            let over = SystemClock.now() >= give_up_at + Duration::from_secs(5);
            if over { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        out.countdown_over();
        let session = connected?.session;
        let who = Who {
            subject: None,
            id_nat: self.id_nat.as_str(),
            family_name: None,
            given_name: None,
            acr: None,
            auth_mode: None,
            practices: [],
            access_token_expires_in: None,
            session_state: session.session_state(),
        };
        out.result(&who, format_args!("{}\t{}", who.id_nat, who.session_state.unwrap_or("-")));
        proxy.disconnect(&session)
    }

    fn which(&self) -> Result<Which, Error> {
        let at = if self.insecure_loopback { danger::insecure_loopback_proxy } else { Which::at };
        let form = if self.bare_rpps { NationalId::Rpps } else { NationalId::IdNat };
        let which = at(&self.proxy, self.client_id.clone())?.with_cookie(&self.cookie).with_national_id(form);
        let which = which.with_path(Path::Connect, &self.connect_path);
        Ok(which.with_path(Path::Disconnect, &self.disconnect_path).with_wait(Duration::from_secs(self.timeout)))
    }

    fn http(&self) -> Result<HttpConfig, Error> {
        let mut http = HttpConfig::default();
        if let Some(file) = &self.ca {
            http = http.with_only_ca(input::text("ca", file)?.as_bytes())?;
        }
        if let (Some(chain), Some(key)) = (&self.client_certificate, &self.client_key) {
            let chain = input::text("client_certificate", chain)?;
            http = http.with_client_certificate(chain.as_bytes(), &input::secret("client_key", key)?)?;
        }
        if let Some(address) = &self.http_proxy {
            http = http.with_proxy(&address.clone().into())?;
        }
        Ok(http)
    }
}
