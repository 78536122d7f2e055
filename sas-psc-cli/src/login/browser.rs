//! `login browser`: the system's browser, and a listener on 127.0.0.1 for its return (RFC 8252).

use super::Login;
use crate::output::Output;
use crate::system_browser::open;
use clap::Args;
use sas_psc::base::Clock;
use sas_psc::drive::{Loopback, SystemClock};
use sas_psc::psc::{SignInOptions, SignedIn};
use sas_psc::{Error, Lang};

/// Arguments of `login browser`.
#[derive(Args)]
pub struct Browser {
    #[command(flatten)]
    pub(super) login: Login,
    /// The port of the return address http://127.0.0.1:N/callback; 0: any that is free
    #[arg(long, value_name = "N", default_value_t = 0)]
    redirect_port: u16,
    /// Open nothing: print {"authorization_url":…} as the first line of stdout, and wait
    #[arg(long)]
    no_open: bool,
}

impl Browser {
    /// Runs it.
    pub fn run(&self, out: &mut Output) -> Result<SignedIn, Error> {
        let listener = Loopback::bind(self.redirect_port)?;
        let psc = self.login.connect(self.login.client(&listener.redirect_uri())?)?;
        let service = psc.service()?;
        let (mut pending, url) = psc.begin(&SignInOptions::default().lang(out.lang))?;
        if self.no_open {
            let line = serde_json::json!({ "authorization_url": url });
            out.result(&line, &line);
        } else {
            out.note(match (open(&url), out.lang) {
                (true, Lang::Fr) => "Poursuivez dans le navigateur qui s'ouvre.".to_owned(),
                (true, Lang::En) => "Go on in the browser that opens.".to_owned(),
                (false, Lang::Fr) => format!("Ouvrez cette adresse dans un navigateur : {url}"),
                (false, Lang::En) => format!("Open this address in a browser: {url}"),
            });
        }
        let take = |callback: &str| service.finish(&mut pending, callback, SystemClock.now());
        psc.run(listener.wait(self.login.timeout(), out.lang, take)?)
    }
}
