//! Asks the DNS what it says of the sender of mails (hickory-resolver): part of what `sas-psc doctor` prints.
//!
//! The system's resolver, or one that is named. Records are read as they come; whether the zone is signed (DNSSEC) is the
//! resolver's affair.

use super::doctor::{CheckStatus, Finding};
use crate::email::{SenderDomain, SenderFinding, TxtAnswer};
use crate::error::{Code, Error, Lang, Result};
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::RData;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

/// How long one question may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Examines what the DNS says of the sender of mails: SPF, DKIM and DMARC. `server` is a resolver to ask in the place of
/// the system's. Blocks the calling thread; must not be called on a thread of a tokio runtime.
///
/// # Errors
/// `http-settings` with the field `dns` when the system names no resolver. A resolver that does not answer is a finding.
pub fn examine_sender(sender: &SenderDomain, server: Option<SocketAddr>, lang: Lang) -> Result<Vec<Finding>> {
    let settings = || Error::field(Code::HTTP_SETTINGS, "dns");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| settings().caused_by(error))?;
    let answers = runtime.block_on(async {
        let resolver = resolver(server).ok_or_else(settings)?;
        let mut answers = BTreeMap::new();
        for name in sender.questions() {
            answers.insert(name.clone(), txt(&resolver, &name).await);
        }
        Ok::<_, Error>(answers)
    })?;
    let answer = |name: &str| match answers.get(name) {
        Some(Ok(records)) => Ok(records.clone()),
        _ => Err(Error::new(Code::TIMED_OUT)),
    };
    Ok(sender.judge(answer).into_iter().map(|found| finding(found, lang)).collect())
}

fn resolver(server: Option<SocketAddr>) -> Option<TokioResolver> {
    let mut builder = match server {
        None => TokioResolver::builder_tokio().ok()?,
        Some(server) => {
            let mut named = NameServerConfig::udp_and_tcp(server.ip());
            for connection in &mut named.connections {
                connection.port = server.port();
            }
            let config = ResolverConfig::from_parts(None, Vec::new(), vec![named]);
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
        }
    };
    let options = builder.options_mut();
    (options.timeout, options.attempts) = (TIMEOUT, 2);
    builder.build().ok()
}

async fn txt(resolver: &TokioResolver, name: &str) -> TxtAnswer {
    // With its last dot: no domain of the machine is put after it.
    match resolver.txt_lookup(format!("{name}.")).await {
        Ok(found) => {
            let texts = found.answers().iter().filter_map(|record| match &record.data {
                RData::TXT(txt) => Some(txt.txt_data.iter().flat_map(|part| part.iter().copied()).collect::<Vec<u8>>()),
                _ => None,
            });
            Ok(texts.map(|text| String::from_utf8_lossy(&text).into_owned()).collect())
        }
        Err(error) if error.is_no_records_found() || error.is_nx_domain() => Ok(Vec::new()),
        Err(_) => Err(Error::new(Code::TIMED_OUT)),
    }
}

fn finding(SenderFinding { check, problem, publish }: SenderFinding, lang: Lang) -> Finding {
    let fails = problem.is_some_and(|problem| problem.fails());
    let status = match problem {
        None => CheckStatus::Ok,
        Some(crate::email::SenderProblem::NoSelector) => CheckStatus::Skipped,
        Some(_) if fails => CheckStatus::Failed,
        Some(_) => CheckStatus::Warning,
    };
    let fine = match lang {
        Lang::Fr => "L'enregistrement est en ordre.",
        Lang::En => "The record is in order.",
    };
    let hint = publish.map_or_else(String::new, |record| match lang {
        Lang::Fr => format!("{} Publiez : {record}", check.code().hint(lang)),
        Lang::En => format!("{} Publish: {record}", check.code().hint(lang)),
    });
    let message = problem.map_or(fine, |problem| problem.text(lang)).to_owned();
    Finding { check: check.name(), status, code: problem.map(|_| check.code()), message, hint, observed: None }
}
