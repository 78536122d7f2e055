//! `directory lookup --fhir`: people of the online directory, and of an index while it is away.

use crate::input;
use crate::output::{Output, sentences};
use clap::Args;
use sas_psc::Error;
use sas_psc::directory::fhir::{Answer, Server};
use sas_psc::directory::{Summary, danger};
use sas_psc::drive::{HttpConfig, blocking::Fhir};
use sas_psc::id::IdNat;
use sas_psc::store::DirectoryFolder;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The online directory.
#[derive(Args)]
pub struct Online {
    /// Ask the online directory at this address, up to and with its version; `ans` is Annuaire Santé's own. With --index,
    /// the index answers while it is away
    #[arg(long, value_name = "URL")]
    fhir: Option<String>,
    /// A file that holds the application's key (ESANTE-API-KEY); `-` is stdin
    #[arg(long, value_name = "FILE", requires = "fhir")]
    fhir_key_file: Option<PathBuf>,
    /// Trust these authorities (PEM) instead of the system's
    #[arg(long, value_name = "FILE", requires = "fhir")]
    ca: Option<PathBuf>,
    /// Allow http, on a loopback address only
    #[arg(long, requires = "fhir")]
    insecure_loopback: bool,
}

#[derive(Serialize)]
struct Found<'a> {
    id: &'a str,
    found: bool,
    source: &'static str,
    people: Vec<Person>,
}

#[derive(Serialize)]
struct Person {
    #[serde(flatten)]
    summary: Summary,
    active: Option<bool>,
    last_updated: Option<String>,
}

impl Online {
    /// Whether it is asked.
    pub fn is_asked(&self) -> bool {
        self.fhir.is_some()
    }

    /// Looks people up.
    pub fn lookup(&self, ids: &[String], index: Option<&Path>, out: &mut Output) -> Result<(), Error> {
        let fhir = Fhir::new(self.server()?, &self.http()?)?;
        let index = index.map(|folder| DirectoryFolder::new(folder).open()).transpose()?;
        for id in ids {
            let person = IdNat::typed(id)?;
            let answer = match &index {
                Some(index) => fhir.lookup_or(&person, index)?,
                None => Answer::Online(fhir.lookup(&person)?.map(Box::new)),
            };
            if let Answer::Offline { why, .. } = &answer {
                out.explain(sentences(why.code(), out.lang));
            }
            tell(id, &answer, out);
        }
        if let Some(index) = &index {
            out.explain(index.meta().attribution());
        }
        Ok(())
    }

    fn server(&self) -> Result<Server, Error> {
        let base = self.fhir.as_deref().unwrap_or_default();
        let key = self.fhir_key_file.as_ref().map(|file| input::secret("fhir_key_file", file)).transpose()?;
        match base {
            "ans" => Server::ans(key.unwrap_or_default()),
            base if self.insecure_loopback => danger::insecure_loopback_fhir(base, key),
            base => Server::at(base, key),
        }
    }

    fn http(&self) -> Result<HttpConfig, Error> {
        let http = HttpConfig::default();
        match &self.ca {
            Some(file) => http.with_only_ca(input::text("ca", file)?.as_bytes()),
            None => Ok(http),
        }
    }
}

fn tell(id: &str, answer: &Answer, out: &mut Output) {
    let online = match answer {
        Answer::Online(person) => person.as_deref(),
        _ => None,
    };
    let source = if matches!(answer, Answer::Online(_)) { "online" } else { "index" };
    let person = answer.professional().map(|professional| Person {
        summary: Summary::from(professional.clone()),
        active: online.and_then(|person| person.active),
        last_updated: online.and_then(|person| person.last_updated).map(|moment| moment.to_string()),
    });
    let word = if person.is_some() { "yes" } else { "no" };
    let line = person.as_ref().map(|person| format!("\n{}", person.summary)).unwrap_or_default();
    let found = Found { id, found: person.is_some(), source, people: person.into_iter().collect() };
    out.answer(found.found, &found, format_args!("{id}\t{word}{line}"));
}
