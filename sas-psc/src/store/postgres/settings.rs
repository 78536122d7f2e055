//! Where the database is, who may enter, and how long anything may take.
//!
//! The address is PostgreSQL's own form of one. Off this machine the connection is encrypted and the server's certificate
//! and name are checked, whatever `sslmode` says beside: libpq's weaker modes mean the same here.

use super::tls::Trust;
use crate::error::{Code, Error, Result};
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};

/// Every connection works alike, whatever the database's defaults are. Whole tables are never read for a row: what was planned
/// while a table was small would read it when it is large, and every transaction would meet every other one. A statement is
/// planned once and not at each call, and by itself is read committed. Servers know all of these since PostgreSQL 12.
const ALIKE_EVERYWHERE: &str =
    r"-c enable_seqscan=off -c plan_cache_mode=force_generic_plan -c default_transaction_isolation=read\ committed";

/// How to reach a PostgreSQL database. `Debug` shows nothing of it.
///
/// ```
/// use sas_psc::{base::SecretString, store::PostgresSettings};
///
/// let address = "postgres://sas:secret@db1.example.fr,db2.example.fr/sas?sslrootcert=system";
/// let settings = PostgresSettings::new(&SecretString::from(address))?;
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Clone)]
pub struct PostgresSettings {
    pub(super) config: Config,
    pub(super) trust: Trust,
    /// At most this many connections.
    pub(super) connections: usize,
    /// For one statement with its answer.
    pub(super) statement: Duration,
    /// For a whole call, with every try.
    pub(super) patience: Duration,
    local: bool,
    pub(super) plaintext: bool,
}

impl PostgresSettings {
    /// Reads `postgres://user:password@host:port/database?name=value…`. Several hosts, with commas between them, are asked
    /// in turn for the one that takes writes; a folder, as `%2Fvar%2Frun%2Fpostgresql`, is a Unix socket's.
    ///
    /// Of libpq's parameters it knows `sslmode`, `sslrootcert` (a PEM file, or `system`, the default), `sslcert` and
    /// `sslkey` (PEM files), and those of `tokio_postgres::Config`: `connect_timeout`, `keepalives_idle`, `options`…
    ///
    /// # Errors
    /// `store-address`: not such an address, a file that cannot be read, or `sslmode=disable` for another machine.
    pub fn new(address: &SecretString) -> Result<PostgresSettings> {
        let refused = |field| Error::field(Code::STORE_ADDRESS, field);
        let address = address.expose_secret().trim();
        if !["postgres://", "postgresql://"].iter().any(|scheme| address.starts_with(scheme)) {
            return Err(refused("address"));
        }
        let (place, query) = address.split_once('?').unwrap_or((address, ""));
        let (mut rest, mut trust, mut sslmode) = (Vec::new(), Trust::default(), None);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').ok_or_else(|| refused("address"))?;
            match name {
                "sslmode" => sslmode = Some(value),
                "sslrootcert" if value == "system" => trust.roots = None,
                "sslrootcert" => trust.roots = Some(file(value, "sslrootcert")?),
                "sslcert" => trust.certificate = Some(file(value, "sslcert")?),
                "sslkey" => trust.key = Some(file(value, "sslkey")?),
                _ => rest.push(pair),
            }
        }
        // The client's error may repeat what it could not read.
        let mut config: Config = format!("{place}?{}", rest.join("&")).parse().map_err(|_| refused("address"))?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(refused("address"));
        }
        let local = config.get_hosts().iter().all(is_local) && config.get_hostaddrs().iter().all(IpAddr::is_loopback);
        let plaintext = match sslmode {
            None => local && trust.is_default(),
            Some("disable") => true,
            Some("allow" | "prefer" | "require" | "verify-ca" | "verify-full") => false,
            Some(_) => return Err(refused("sslmode")),
        };
        if plaintext && !local {
            return Err(refused("sslmode"));
        }
        if config.get_target_session_attrs() == TargetSessionAttrs::Any {
            config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        if config.get_application_name().is_none() {
            config.application_name("sas-psc");
        }
        // What a machine that vanished held is free again after this long, at both ends.
        config
            .keepalives_idle(Duration::from_secs(15))
            .keepalives_interval(Duration::from_secs(5))
            .keepalives_retries(3);
        let settings = PostgresSettings {
            config,
            trust,
            connections: 8,
            statement: Duration::from_secs(10),
            patience: Duration::from_secs(30),
            local,
            plaintext,
        };
        Ok(settings.connect_timeout(Duration::from_secs(3)))
    }

    /// With this password, which then need not be in the address.
    #[must_use]
    pub fn password(mut self, password: &SecretString) -> PostgresSettings {
        self.config.password(password.expose_secret());
        self
    }

    /// At most this many connections of this instance, 2 to 100; 8 by default.
    #[must_use]
    pub fn connections(mut self, most: usize) -> PostgresSettings {
        self.connections = most.clamp(2, 100);
        self
    }

    /// How long a host may take to accept a connection; 3 seconds by default.
    #[must_use]
    pub fn connect_timeout(mut self, limit: Duration) -> PostgresSettings {
        self.config.connect_timeout(limit).tcp_user_timeout(limit * 3);
        self
    }

    /// How long a statement may take; 10 seconds by default.
    #[must_use]
    pub fn statement_timeout(mut self, limit: Duration) -> PostgresSettings {
        self.statement = limit;
        self
    }

    /// How long a call may take with all its tries, so also for how long a database that starts again or changes its place
    /// is waited for; 30 seconds by default.
    #[must_use]
    pub fn patience(mut self, limit: Duration) -> PostgresSettings {
        self.patience = limit;
        self
    }

    pub(in crate::store) fn without_tls(mut self) -> PostgresSettings {
        self.plaintext = true;
        self
    }

    /// What a connection is opened with.
    pub(super) fn ready(&self) -> Config {
        let mut config = self.config.clone();
        config.ssl_mode(if self.plaintext { SslMode::Disable } else { SslMode::Require });
        // The server ends what its client no longer waits for, and what a dead client left open.
        let limit = self.statement.as_millis();
        let ours =
            format!("-c statement_timeout={limit} -c idle_in_transaction_session_timeout={limit} {ALIKE_EVERYWHERE}");
        let theirs = config.get_options().map(|options| format!(" {options}")).unwrap_or_default();
        config.options(ours + &theirs);
        config
    }
}

fn is_local(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback()),
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

fn file(path: &str, field: &'static str) -> Result<Vec<u8>> {
    let refused = || Error::field(Code::STORE_ADDRESS, field);
    let path = percent_decoded(path).ok_or_else(refused)?;
    std::fs::read(Path::new(&path)).map_err(|error| refused().caused_by(error))
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

impl fmt::Debug for PostgresSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("PostgresSettings");
        shown.field("local", &self.local).field("tls", &!self.plaintext).field("connections", &self.connections);
        shown.finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(address: &str) -> Result<PostgresSettings> {
        PostgresSettings::new(&SecretString::from(address))
    }

    #[test]
    fn the_connection_is_encrypted_off_this_machine_whatever_the_mode_says() {
        let tls = |address: &str| read(address).map(|settings| !settings.plaintext).map_err(|error| error.code());
        for host in ["localhost", "127.0.0.1:5433", "[::1]", "%2Frun%2Fpostgresql"] {
            assert_eq!(tls(&format!("postgres://u@{host}/d")), Ok(false), "{host}");
            assert_eq!(tls(&format!("postgres://u@{host}/d?sslmode=verify-full")), Ok(true), "{host}");
        }
        for mode in ["", "?sslmode=allow", "?sslmode=prefer", "?sslmode=require", "?sslmode=verify-ca"] {
            assert_eq!(tls(&format!("postgresql://u:p@db.invalid/d{mode}")), Ok(true), "{mode}");
        }
        assert_eq!(tls("postgres://u@localhost,db.invalid/d"), Ok(true), "one of them is elsewhere");
        assert_eq!(tls("postgres://u@localhost/d?hostaddr=192.0.2.1"), Ok(true));
        for bad in ["postgres://u@db.invalid/d?sslmode=disable", "postgres://u@localhost,db.invalid/d?sslmode=disable"]
        {
            assert_eq!(tls(bad), Err(Code::STORE_ADDRESS), "{bad}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_and_not_repeated() {
        for bad in [
            "",
            "accounts.sqlite",
            "mysql://u@h/d",
            "postgres:///d",
            "postgres://u:tres-secret@h:x/d",
            "postgres://u@h/d?sslmode=maybe",
            "postgres://u@h/d?tres-secret=1",
            "postgres://u@h/d?sslmode",
            "postgres://u@h/d?sslrootcert=/nowhere/ca.pem",
            "postgres://u@h/d?sslrootcert=%zz",
        ] {
            let error = read(bad).unwrap_err();
            assert_eq!(error.code(), Code::STORE_ADDRESS, "{bad}");
            assert!(!format!("{error:?} {error}").contains("tres-secret"));
        }
    }

    #[test]
    fn every_connection_has_its_limits_beside_what_the_address_asks() {
        let settings = read("postgres://u@localhost/d?options=-c%20search_path%3Dsas").unwrap();
        let config = settings.statement_timeout(Duration::from_secs(2)).ready();
        let options = "-c statement_timeout=2000 -c idle_in_transaction_session_timeout=2000";
        assert_eq!(config.get_options(), Some(&*format!("{options} {ALIKE_EVERYWHERE} -c search_path=sas")));
        assert_eq!(config.get_target_session_attrs(), TargetSessionAttrs::ReadWrite);
    }
}
