//! What the site is started with: options, or environment variables that begin with `SAS_WEB_`.
//!
//! There is no default for what must be chosen (provider, sender, database), and none that weakens security.

use clap::Parser;
use std::net::SocketAddr;
use std::path::PathBuf;

/// A sign-up site for health professionals, by Pro Santé Connect.
#[derive(Parser)]
#[command(name = "sas-psc-example-web")]
pub struct Settings {
    /// The Pro Santé Connect to use: `production`, `bas`, or the issuer of another provider.
    #[arg(long, env = "SAS_WEB_ISSUER")]
    pub issuer: String,
    /// The client_id that PSC gave to this site.
    #[arg(long, env = "SAS_WEB_CLIENT_ID")]
    pub client_id: String,
    /// A file that holds the client's secret and nothing else.
    #[arg(long, env = "SAS_WEB_CLIENT_SECRET_FILE", required_unless_present = "client_certificate")]
    pub client_secret_file: Option<PathBuf>,
    /// The certificate chain (PEM) that the site shows to PSC, with its key: `tls_client_auth` when there is no secret.
    #[arg(long, env = "SAS_WEB_CLIENT_CERTIFICATE", requires = "client_key")]
    pub client_certificate: Option<PathBuf>,
    /// The key of that certificate (PEM).
    #[arg(long, env = "SAS_WEB_CLIENT_KEY", requires = "client_certificate")]
    pub client_key: Option<PathBuf>,
    /// Authorities (PEM) to accept beside the system's, for the provider and the mail server.
    #[arg(long, env = "SAS_WEB_CA")]
    pub ca: Option<PathBuf>,
    /// The proxy to go through to the provider; else the one of the environment (`HTTPS_PROXY`), if any.
    #[arg(long, env = "SAS_WEB_HTTP_PROXY")]
    pub http_proxy: Option<String>,
    /// The address by which browsers reach the site, without a path: `https://sas.example.fr`.
    #[arg(long, env = "SAS_WEB_BASE_URL")]
    pub base_url: String,
    /// Where to listen: behind a proxy that does TLS, a loopback address.
    #[arg(long, env = "SAS_WEB_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// The database: one SQLite file, made when it is missing, or `postgres://user@host/name`, which many instances share.
    /// An address with a password belongs in the environment, not on the command line.
    #[arg(long, env = "SAS_WEB_DATABASE", hide_env_values = true)]
    pub database: PathBuf,
    /// The file of the server's key, the same for all instances: 32 random bytes. Beside a SQLite file, `….key` is made
    /// when it is missing.
    #[arg(long, env = "SAS_WEB_KEY_FILE")]
    pub key_file: Option<PathBuf>,
    /// The mail server, `host:port`.
    #[arg(long, env = "SAS_WEB_SMTP")]
    pub smtp: String,
    /// The user name at the mail server; its password is in `--smtp-password-file`.
    #[arg(long, env = "SAS_WEB_SMTP_USER", requires = "smtp_password_file")]
    pub smtp_user: Option<String>,
    /// A file that holds the password of the mail server and nothing else.
    #[arg(long, env = "SAS_WEB_SMTP_PASSWORD_FILE")]
    pub smtp_password_file: Option<PathBuf>,
    /// The sender of the mails: an address that exists.
    #[arg(long, env = "SAS_WEB_SENDER")]
    pub sender: String,
    /// The name of the site.
    #[arg(long, env = "SAS_WEB_SERVICE", default_value = "Plateforme digitale SAS")]
    pub service: String,
    /// What the mail says the account is for.
    #[arg(long, env = "SAS_WEB_MAIL_SERVICE", default_value = sas_psc::email::SERVICE)]
    pub mail_service: String,
    /// How many minutes the link and the code of a mail live, from 1 to 60.
    #[arg(long, env = "SAS_WEB_MAIL_MINUTES", default_value_t = 5)]
    pub mail_minutes: u8,
    /// A folder of mail templates that take the place of ours: `sas-psc email preview` shows them.
    #[arg(long, env = "SAS_WEB_MAIL_TEMPLATES")]
    pub mail_templates: Option<PathBuf>,
    /// How many mails may be asked for: JSON, as `email::LimitRules` of the SDK reads it; what is absent is its default.
    #[arg(long, env = "SAS_WEB_MAIL_LIMITS")]
    pub mail_limits: Option<String>,
    /// The header in which the proxy before the site names the browser's address; the last address in it counts. Without
    /// it the connection's own address does, unless that is a loopback address.
    #[arg(long, env = "SAS_WEB_CLIENT_ADDRESS_HEADER")]
    pub client_address_header: Option<String>,
    /// How many seconds a request to the e-CPS app is shown: what PSC gives.
    #[arg(long, env = "SAS_WEB_E_CPS_SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u16).range(5..=600))]
    pub e_cps_seconds: u16,
    /// The accounts that the platform had before: a file of `account;number`, with a header.
    #[arg(long, env = "SAS_WEB_LOCAL_ACCOUNTS")]
    pub local_accounts: Option<PathBuf>,
    /// The folder of the consent log, from which receipts come. Beside a SQLite file it is `….consents`, made when it is
    /// missing; with a shared database, give it to one instance, or to all on a disk that they share.
    #[arg(long, env = "SAS_WEB_CONSENT_LOG")]
    pub consent_log: Option<PathBuf>,
    /// A file on another disk where the log's last checkpoint is kept too, so that a lost or restored log is noticed.
    #[arg(long, env = "SAS_WEB_CONSENT_LOG_ELSEWHERE")]
    pub consent_log_elsewhere: Option<PathBuf>,
    /// The database was restored from a backup, and what it lost stays lost: the log, which knows more, goes on. Once.
    #[arg(long, env = "SAS_WEB_CONSENT_LOG_AFTER_LOSS")]
    pub consent_log_after_loss: bool,
    /// Where people may write for help.
    #[arg(long, env = "SAS_WEB_CONTACT")]
    pub contact: Option<String>,
    /// Accepts plain http on loopback addresses, for the issuer and the mail server, and the simulator. Never in
    /// production: whoever runs on the machine can read and change everything.
    #[arg(long, env = "SAS_WEB_INSECURE_LOOPBACK")]
    pub insecure_loopback: bool,
}

impl Settings {
    /// Refuses what would weaken the site unless it was asked for.
    pub fn check(&self) -> Result<(), String> {
        let rest = self.base_url.strip_prefix("https://").or_else(|| {
            let rest = self.base_url.strip_prefix("http://")?;
            let host = rest.rsplit_once(':').map_or(rest, |(host, _)| host);
            ["127.0.0.1", "localhost", "[::1]"].contains(&host).then_some(rest)
        });
        match rest {
            Some(rest) if !rest.is_empty() && !rest.contains(['/', '?', '#', '@']) => Ok(()),
            _ => Err("--base-url is https://host, or http:// on a loopback address, without a path".into()),
        }
    }
}
