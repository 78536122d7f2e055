//! What our own side of the way says before anything is sent: the client's certificate and the proxy.

use super::{CheckStatus, Finding, Report};
use crate::base::Timestamp;
use crate::drive::http::{CertificateLife, HttpConfig, ProxyInUse};
use crate::drive::{Psc, World};
use crate::error::{Code, Lang};

impl<W: World> Psc<W> {
    /// Examines the way to the provider, in the order in which it would be mended: our certificate, the proxy, then as
    /// [`Psc::examine_provider`]. Certificate and proxy are those of `config`, with which this world sends.
    pub async fn examine(&self, config: Option<&HttpConfig>, lang: Lang) -> Vec<Finding> {
        let (report, mut findings) = (Report { lang }, Vec::new());
        if let Some(config) = config {
            findings.push(report.certificate(config, self.world().now()));
            findings.push(report.proxy(config.proxy_for(self.environment().issuer()).as_ref()));
        }
        findings.extend(self.examine_provider(lang).await);
        findings
    }
}

impl Report {
    fn certificate(&self, config: &HttpConfig, now: Timestamp) -> Finding {
        let check = "client-certificate";
        let with_days = |mut finding: Finding, days: u64| {
            let days = match self.lang {
                Lang::Fr => format!(" Jours restants : {days}."),
                Lang::En => format!(" Days left: {days}."),
            };
            finding.message.push_str(&days);
            finding
        };
        match config.certificate_life(now) {
            None => self.skipped(check, "Aucun certificat client n'est donné.", "No client certificate is given."),
            Some(CertificateLife::Good(days)) => {
                with_days(self.ok(check, "Le certificat client est valable.", "The client certificate is valid."), days)
            }
            Some(CertificateLife::EndsSoon(days)) => {
                with_days(self.of_code(check, CheckStatus::Warning, Code::CLIENT_CERTIFICATE_ENDS_SOON), days)
            }
            Some(CertificateLife::Ended | CertificateLife::NotYet) => {
                self.of_code(check, CheckStatus::Failed, Code::CLIENT_CERTIFICATE_ENDED)
            }
        }
    }

    fn proxy(&self, proxy: Option<&ProxyInUse>) -> Finding {
        let Some(proxy) = proxy else {
            return self.ok("proxy", "Les requêtes partent sans proxy.", "Requests go without a proxy.");
        };
        let address = &proxy.address;
        let (whose_fr, whose_en) = if proxy.given { ("donné", "given") } else { ("du système", "of the system") };
        let (how_fr, how_en) = if proxy.authenticated {
            ("avec mot de passe", "with a password")
        } else {
            ("sans mot de passe", "without a password")
        };
        let (fr, en) = (
            format!("Les requêtes passent par le proxy {whose_fr} {address}, {how_fr}."),
            format!("Requests go through the proxy {whose_en}, {address}, {how_en}."),
        );
        self.ok("proxy", &fr, &en)
    }
}
