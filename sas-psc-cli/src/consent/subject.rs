//! The person of a consent record, as a file says who it is.

use crate::input;
use sas_psc::base::{ServerKey, Timestamp};
use sas_psc::consent::{Sha256, SignedIn, principal};
use sas_psc::person::Binding;
use sas_psc::store::LogFolder;
use sas_psc::{Code, Error};
use serde::Deserialize;
use std::path::Path;

/// Who, and the sign-in that tells so when there was one.
pub struct Subject {
    /// Who vouches for the name; the log itself when nobody is named.
    issuer: Option<String>,
    subject: String,
    pub signed_in: Option<SignedIn>,
}

#[derive(Deserialize)]
struct Written {
    issuer: Option<String>,
    subject: String,
    acr: Option<String>,
    #[serde(default)]
    amr: Vec<String>,
    auth_time: Option<i64>,
    id_token_sha256: Option<Sha256>,
    client: Option<String>,
}

impl Subject {
    /// Reads the file: JSON, or a line of text that names the person.
    pub fn read(file: &Path) -> Result<Subject, Error> {
        let text = input::text("subject-file", file)?;
        let text = text.trim_start_matches('\u{feff}').trim();
        let refuse = |field| Error::field(Code::RECORD_FIELD, field);
        let subject = if text.starts_with('{') {
            let Written { issuer, subject, acr, amr, auth_time, id_token_sha256, client } =
                serde_json::from_str(text).map_err(|_| refuse("subject-file"))?;
            let signed_in = match (acr, auth_time, id_token_sha256, client) {
                (Some(acr), Some(at), Some(id_token_sha256), Some(client)) => {
                    Some(SignedIn { acr, amr, auth_time: Timestamp::from_unix(at), id_token_sha256, client })
                }
                (None, None, None, None) => None,
                // Half a sign-in is a mistake, not a record without one.
                _ => return Err(refuse("acr")),
            };
            Subject { issuer, subject, signed_in }
        } else {
            Subject { issuer: None, subject: text.to_owned(), signed_in: None }
        };
        if subject.subject.is_empty() || subject.subject.contains('\n') {
            Err(refuse("subject-file"))
        } else {
            Ok(subject)
        }
    }

    fn issuer<'a>(&'a self, origin: &'a str) -> &'a str {
        self.issuer.as_deref().unwrap_or(origin)
    }

    pub fn binding(&self, origin: &str) -> Binding {
        Binding::new(self.issuer(origin), &self.subject, "sas-psc consent")
    }

    pub fn principal(&self, key: &ServerKey, origin: &str) -> Sha256 {
        principal(key, self.issuer(origin), &self.subject)
    }

    pub fn principal_in(&self, folder: &LogFolder) -> Result<Sha256, Error> {
        let origin = folder.checkpoint()?.checkpoint().origin.clone();
        Ok(self.principal(&folder.principal_key()?, &origin))
    }
}
