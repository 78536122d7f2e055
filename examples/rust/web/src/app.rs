//! The site's parts, joined: settings, the journey over its store and mail server, Pro Santé Connect.

use crate::journal::Journal;
use crate::local::LocalTable;
use crate::session::Before;
use crate::settings::Settings;
use crate::terms;
use sas_psc::Code;
use sas_psc::base::{Clock, Random, SecretString, ServerKey, Timestamp, sha256};
use sas_psc::consent::{Keeping, Sha256};
use sas_psc::drive::tokio::Psc;
use sas_psc::drive::{
    AccountLinks, GuardedCiba, HttpConfig, Lives, Purge, SignUp, Smtp, SmtpConfig, SystemClock, SystemRandom,
    mail_templates,
};
use sas_psc::email::{Address, Lifetime, LimitRules, Templates};
use sas_psc::onboarding::lifecycle::LifeRules;
use sas_psc::onboarding::link::{AccountLink, Decision, LinkPolicy, LinkStore};
use sas_psc::onboarding::{AccountId, Policy, SignInFacts, identities};
use sas_psc::person::Professional;
use sas_psc::psc::{CibaGuard, Client, ClientAuth, Environment, GuardRules, SignIn, danger};
use sas_psc::store::{AnyStore, Postgres, PostgresSettings};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// Shared by every request.
pub struct App {
    pub settings: Settings,
    pub sign_up: SignUp<AnyStore, Smtp>,
    /// What becomes of an account afterwards: notices, closing, erasure, and a person's own data.
    pub lives: Lives<AnyStore, Smtp>,
    /// The accounts that the platform had before.
    pub links: AccountLinks<AnyStore, LocalTable>,
    purge: Purge<AnyStore>,
    /// The log of the records, where receipts come from; an instance beside others may have none.
    pub journal: Option<Journal>,
    pub psc: Psc,
    /// Between `POST /e-cps` and the telephones: RPPS numbers are public.
    pub guarded: GuardedCiba<AnyStore>,
    /// Held while a visit is read, changed and written: two tabs share one.
    pub visits: tokio::sync::Mutex<()>,
}

/// What stops the start: a sentence for whoever starts the site.
pub type Start<T> = Result<T, String>;

impl App {
    /// Opens the database, reads the secrets. Nothing else is sent: PSC and the mail server may be down meanwhile.
    pub async fn new(settings: Settings) -> Start<Arc<App>> {
        let said = |error: sas_psc::Error| format!("{error} {}", error.hint(sas_psc::Lang::En));
        let auth = match &settings.client_secret_file {
            Some(file) => ClientAuth::SecretBasic(secret_in(file)?),
            None => ClientAuth::TlsClientAuth,
        };
        let client = Client::new(settings.client_id.clone(), auth, settings.base_url.clone() + "/retour");
        let environment = environment(&settings).map_err(said)?;
        let key = key(&settings)?;
        let mut rules = GuardRules::default();
        rules.life = Duration::from_secs(settings.e_cps_seconds.into());
        let policy = Policy {
            service: settings.mail_service.clone(),
            mail_lifetime: Lifetime::minutes(settings.mail_minutes).map_err(said)?,
            templates: match &settings.mail_templates {
                Some(folder) => mail_templates(folder).map_err(said)?,
                None => Templates::default(),
            },
            mail_limits: LimitRules::from_json(settings.mail_limits.as_deref().unwrap_or("{}")).map_err(said)?,
            ..Policy::new(
                key.clone(),
                terms::load().map_err(said)?,
                Sha256(sha256(terms::SHOWN_BY.concat().as_bytes())),
                Keeping {
                    controller: settings.service.clone(),
                    exit: settings.base_url.clone() + "/mentions-legales",
                    retention_until: None,
                },
            )
        };
        let store = store(&settings.database).await.map_err(said)?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let guarded = GuardedCiba::new(CibaGuard::new(key.clone(), rules), store.clone());
        let home = settings.base_url.clone() + "/";
        let (parts, of_records) = ((store.clone(), mailer(&settings)?), || (key.clone(), policy.keeping.clone()));
        let lives = Lives::new(parts, policy.clone(), LifeRules::default(), home, clock.clone(), SystemRandom);
        let table = settings.local_accounts.as_deref().map(LocalTable::load).transpose()?.unwrap_or_default();
        let links =
            AccountLinks::new(store.clone(), table, LinkPolicy::default(), of_records(), clock.clone(), SystemRandom);
        let purge = Purge::new(store.clone(), of_records(), clock.clone(), SystemRandom);
        let mailer = mailer(&settings)?;
        let link_page = settings.base_url.clone() + "/lien";
        Ok(Arc::new(App {
            lives: lives.map_err(said)?,
            links,
            purge,
            journal: Journal::of(&settings),
            sign_up: SignUp::new(store, mailer, policy, link_page, clock, SystemRandom)
                .objections_at(settings.base_url.clone() + "/objection")
                .on_event(|event| {
                    let cause = event.cause.map_or("", sas_psc::Code::name);
                    eprintln!("mail: {} {} {cause}", event.kind.name(), event.mailbox);
                }),
            psc: Psc::new(environment, client, &http(&settings)?).map_err(said)?,
            guarded: guarded.on_alarm(|alarm| {
                eprintln!("e-cps: {} {} {}", alarm.kind.name(), alarm.person, alarm.count);
            }),
            visits: tokio::sync::Mutex::new(()),
            settings,
        }))
    }

    pub fn now(&self) -> Timestamp {
        SystemClock.now()
    }

    /// Links the account of before that bears the person's number, if there is one. Of several, they will say which; one that
    /// is another person's is for whoever administers the accounts.
    pub async fn accounts_of_before(&self, sign_in: &SignIn) -> sas_psc::Result<Before> {
        Ok(match self.links.sign_in(sign_in).await? {
            Decision::Link { account, .. } => Before::Linked(account),
            Decision::Several { accounts } => Before::Several(accounts),
            Decision::Claimed { .. } => {
                eprintln!("an account of before needs a decision");
                Before::Nothing
            }
            _ => Before::Nothing,
        })
    }

    /// The links of a person who signed in.
    pub async fn links_of(&self, person: &Professional, by: &SignInFacts) -> sas_psc::Result<Vec<AccountLink>> {
        let stored = self.links.store().links_of(&by.issuer, &identities(person)).await?;
        stored.iter().map(|link| AccountLink::from_stored(&link.state)).collect()
    }

    /// Hands the mail of an account over. The page does not wait for a slow mail server: what is not sent after three
    /// seconds goes on by itself, and what fails is tried again by [`App::work`].
    pub async fn deliver(self: &Arc<App>, account: AccountId) {
        let app = Arc::clone(self);
        let delivery = tokio::spawn(async move {
            if let Err(error) = app.sign_up.deliver(account).await {
                report(&error);
            }
        });
        let _ = timeout(Duration::from_secs(3), delivery).await;
    }

    /// Brings the records of the accounts into the consent log, as they are made. Runs for ever.
    pub async fn log(self: Arc<App>) {
        let Some(journal) = &self.journal else { return };
        let mut last = None;
        loop {
            let brought = journal.bring(self.sign_up.store(), &self.sign_up.policy().terms).await;
            // What lasts is told once; that another instance is at it, never.
            let failed = brought.err().filter(|error| error.code() != Code::LOG_BUSY);
            let code = failed.as_ref().map(sas_psc::Error::code);
            if let Some(error) = failed.filter(|_| code != last) {
                report(&error);
            }
            last = code;
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// What nobody waits for: mails to try again, accounts that are not used, data whose time is over. Runs for ever.
    pub async fn work(self: Arc<App>) {
        for turn in 0u64.. {
            tokio::time::sleep(Duration::from_secs(2)).await;
            let mails = self.sign_up.run_due().await.err();
            let hourly = turn % 1800 == 0;
            let lives = if hourly { self.lives.run_due(64).await.err() } else { None };
            let purged = if hourly { self.purge.run().await.err() } else { None };
            for error in [mails, lives, purged].into_iter().flatten() {
                report(&error);
            }
        }
    }
}

/// One line for the operator: the code of an error, and nothing of the person.
pub fn report(error: &sas_psc::Error) {
    eprintln!("{} ({})", error.code(), error.blame().name());
}

fn environment(settings: &Settings) -> sas_psc::Result<Environment> {
    match settings.issuer.as_str() {
        "production" => Ok(Environment::production()),
        "bas" => Ok(Environment::bas()),
        issuer if settings.insecure_loopback => danger::insecure_loopback(issuer).map(danger::allow_simulator),
        issuer => Environment::custom(issuer),
    }
}

fn http(settings: &Settings) -> Start<HttpConfig> {
    let said = |error: sas_psc::Error| format!("{error} {}", error.hint(sas_psc::Lang::En));
    let mut http = HttpConfig::default();
    if let Some(file) = &settings.ca {
        http = http.with_extra_ca(&bytes_in(file)?).map_err(said)?;
    }
    if let (Some(chain), Some(key)) = (&settings.client_certificate, &settings.client_key) {
        http = http.with_client_certificate(&bytes_in(chain)?, &secret_in(key)?).map_err(said)?;
    }
    if let Some(proxy) = &settings.http_proxy {
        http = http.with_proxy(&SecretString::from(proxy.clone())).map_err(said)?;
    }
    Ok(http)
}

fn mailer(settings: &Settings) -> Start<Smtp> {
    let said = |error: sas_psc::Error| format!("mail: {error} {}", error.hint(sas_psc::Lang::En));
    let (host, port) = settings.smtp.rsplit_once(':').ok_or("--smtp is host:port")?;
    let port = port.parse().map_err(|_| "--smtp is host:port")?;
    let sender = Address::parse(&settings.sender).map_err(said)?;
    let mut config = SmtpConfig::new(host, sender, settings.service.clone()).port(port);
    if port == 465 {
        config = config.implicit_tls();
    } else if settings.insecure_loopback {
        config = config.plaintext_on_loopback();
    }
    if let Some(file) = &settings.ca {
        config = config.extra_ca(&bytes_in(file)?);
    }
    if let (Some(user), Some(file)) = (&settings.smtp_user, &settings.smtp_password_file) {
        config = config.login(user.clone(), secret_in(file)?);
    }
    Smtp::new(config).map_err(said)
}

fn bytes_in(file: &Path) -> Start<Vec<u8>> {
    std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))
}

fn secret_in(file: &Path) -> Start<SecretString> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(SecretString::from(text.trim_end().to_owned()))
}

/// A file of this machine, or a database that other instances share.
async fn store(database: &Path) -> sas_psc::Result<AnyStore> {
    if !AnyStore::is_shared(database) {
        return AnyStore::open(database);
    }
    let address = SecretString::from(database.to_string_lossy().into_owned());
    Ok(AnyStore::Postgres(Postgres::connect(&PostgresSettings::new(&address)?).await?))
}

/// The server's key; that of one SQLite file is made at the first start. Without it, codes already mailed no longer hold.
fn key(settings: &Settings) -> Start<ServerKey> {
    let file = match &settings.key_file {
        Some(file) => file.clone(),
        None if AnyStore::is_shared(&settings.database) => {
            return Err("--key-file is needed: all instances have the same key (head -c 32 /dev/urandom)".into());
        }
        None => settings.database.with_extension("key"),
    };
    let said = |error: std::io::Error| format!("{}: {error}", file.display());
    if settings.key_file.is_none() && !file.exists() {
        let mut bytes = [0; 32];
        SystemRandom.fill(&mut bytes).map_err(|error| error.to_string())?;
        let mut options = std::fs::OpenOptions::new();
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.write(true).create_new(true).open(&file).and_then(|mut new| new.write_all(&bytes)).map_err(said)?;
    }
    ServerKey::new(&std::fs::read(&file).map_err(said)?).map_err(|error| error.to_string())
}
