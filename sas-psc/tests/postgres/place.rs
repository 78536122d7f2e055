//! A schema of its own for each test, on the server of `tools/postgres`.

use sas_psc::base::SecretString;
use sas_psc::store::{Postgres, PostgresSettings};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

static NEXT: AtomicU32 = AtomicU32::new(0);

pub fn told(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is told by tools/postgres"))
}

/// A schema, gone when it is dropped.
pub struct Place {
    pub schema: String,
}

impl Place {
    pub fn new() -> Place {
        let schema = format!("t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        sql(&format!("CREATE SCHEMA {schema}; GRANT ALL ON SCHEMA {schema} TO sas, sas_cert"));
        Place { schema }
    }

    /// Parameters that lead into the schema.
    pub fn query(&self) -> String {
        format!("options=-c%20search_path%3D{}", self.schema)
    }

    pub fn settings(&self) -> PostgresSettings {
        settings(&format!("{}?{}", told("SAS_PSC_POSTGRES"), self.query())).patience(Duration::from_secs(20))
    }

    /// For the user `sas`, by TCP, at a host's name.
    pub fn by_tcp(&self, host: &str, more: &str) -> String {
        let (_, port) = self.tcp();
        format!("postgres://sas:secret@{host}:{port}/postgres?{}{more}", self.query())
    }

    /// The loopback address, and the port.
    pub fn tcp(&self) -> (String, u16) {
        let address = told("SAS_PSC_POSTGRES_TCP");
        let (host, port) = address.split_once(':').unwrap();
        (host.to_owned(), port.parse().unwrap())
    }

    pub fn open(&self) -> Postgres {
        Postgres::open(&self.settings()).unwrap()
    }

    /// A transaction that has done this, and stays open until it is dropped.
    pub fn hold(&self, sql: &str) -> Held {
        let mut psql = Command::new("psql");
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]).arg(told("SAS_PSC_POSTGRES"));
        let mut child = psql.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        writeln!(input, "SET search_path = {}; BEGIN; {sql}; \\echo held", self.schema).unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap() == "held"));
        Held { child, input: Some(input) }
    }

    /// Runs SQL in the schema, and gives what it prints, a row a line.
    pub fn sql(&self, sql: &str) -> String {
        self::sql(&format!("SET search_path = {}; {sql}", self.schema))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // After `alone` the server may be down; the cluster goes anyway.
        let _ = psql(&format!("DROP SCHEMA {} CASCADE", self.schema)).output();
    }
}

pub struct Held {
    child: Child,
    input: Option<ChildStdin>,
}

impl Drop for Held {
    fn drop(&mut self) {
        // The end of its input is the end of psql; the server would see it some time later.
        let _ = self.input.take().map(|mut input| writeln!(input, "ROLLBACK;"));
        let _ = self.child.wait();
    }
}

pub fn settings(address: &str) -> PostgresSettings {
    PostgresSettings::new(&SecretString::from(address)).unwrap()
}

fn psql(sql: &str) -> Command {
    let mut psql = Command::new("psql");
    psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql]).arg(told("SAS_PSC_POSTGRES"));
    psql
}

pub fn sql(sql: &str) -> String {
    let output = psql(sql).output().unwrap();
    assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

pub fn control(what: &str) {
    assert!(Command::new(told("SAS_PSC_POSTGRES_CTL")).arg(what).status().unwrap().success(), "{what}");
}
