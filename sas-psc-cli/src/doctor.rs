//! `doctor`: what stands between this machine and Pro Santé Connect, examined without signing in.

use crate::output::Output;
use crate::provider::{Certificate, Reach};
use clap::Args;
use sas_psc::Error;
use sas_psc::drive::Readers;
use sas_psc::drive::blocking::Psc;
use sas_psc::drive::examine_sender;
use sas_psc::email::{Address, SenderDomain};
use sas_psc::psc::{Client, ClientAuth};
use std::net::SocketAddr;

/// Arguments of `doctor`.
#[derive(Args)]
pub struct Doctor {
    /// The issuer, an https address
    #[arg(long, value_name = "URL", default_value = "https://auth.esw.esante.gouv.fr/auth/realms/esante-wallet")]
    issuer: String,
    #[command(flatten)]
    reach: Reach,
    #[command(flatten)]
    certificate: Certificate,
    /// Tell what the provider says of itself, too
    #[arg(long)]
    observe: bool,
    /// Look for card readers and for ANS's software at this machine, too
    #[arg(long)]
    card: bool,
    /// Examine what the DNS says of this sender of mails, too: SPF, DKIM, DMARC
    #[arg(long, value_name = "ADDRESS")]
    sender: Option<String>,
    /// The selector of the sender's DKIM key
    #[arg(long, value_name = "NAME", requires = "sender")]
    dkim_selector: Option<String>,
    /// Ask this DNS resolver instead of the system's
    #[arg(long, value_name = "IP:PORT", requires = "sender")]
    dns: Option<SocketAddr>,
}

impl Doctor {
    /// Runs it.
    pub fn run(&self, out: &mut Output) -> Result<(), Error> {
        let http = self.certificate.show(self.reach.http()?)?;
        // Nobody signs in: any client will do.
        let client = Client::new("doctor", ClientAuth::Public, "");
        let psc = Psc::new(self.reach.environment(&self.issuer)?, client, &http)?;
        let mut findings = psc.examine(out.lang);
        if self.observe {
            findings.extend(psc.observe(out.lang));
        }
        if self.card {
            findings.extend(Readers::new().examine(out.lang));
        }
        if let Some(sender) = &self.sender {
            let sender = SenderDomain::of(&Address::parse(sender)?, self.dkim_selector.as_deref())?;
            findings.extend(examine_sender(&sender, self.dns, out.lang)?);
        }
        for found in findings {
            let line = format!("{}\t{}\t{}", found.status.name(), found.check, found.message);
            out.answer(!found.failed(), &found, line);
            if !found.hint.is_empty() {
                out.explain(&found.hint);
            }
        }
        Ok(())
    }
}
