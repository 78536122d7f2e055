//! An account as JSON shows it: where it stands, what can be done, until when.

use super::Account;
use crate::base::Timestamp;
use crate::consent::RecordId;
use crate::email::{Challenge, Status};
use crate::error::Lang;
use crate::onboarding::Policy;
use crate::participation::{Sentence, ValidSettings};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Report {
    account: String,
    state: &'static str,
    text: &'static str,
    steps: Vec<&'static str>,
    places: Vec<String>,
    email: Option<String>,
    mail: Option<Mail>,
    wake_at: Option<String>,
    settings: Option<Value>,
    records: Records,
}

#[derive(Serialize)]
struct Mail {
    address: String,
    status: &'static str,
    until: Option<String>,
    resend_at: String,
    tries_left: u8,
}

#[derive(Serialize)]
struct Records {
    terms: Option<RecordId>,
    declarations: BTreeMap<&'static str, RecordId>,
}

impl Account {
    /// `{"account","state","text","steps","places","email","mail","wake_at","settings","records"}`: the state's word, its
    /// sentence in `lang`, the steps that are open; the places to choose from, by rank; the proven address; the mail whose
    /// answer is awaited (`{"address","status","until","resend_at","tries_left"}`) or null; when the program must look for a
    /// mail to send; the settings as SAS takes them; the records of the last answers (`{"terms","declarations"}`). Times are in
    /// RFC 3339. It names the person: it is for their own page.
    pub fn report(&self, policy: &Policy, lang: Lang, now: Timestamp) -> impl Serialize + use<> {
        let (onboarding, state) = (&self.onboarding, self.onboarding.state(policy, now));
        let change = onboarding.address_change().filter(|change| change.is_open());
        let awaited = match change {
            Some(change) => Some(change.challenge()),
            None => onboarding.challenge().filter(|_| onboarding.proven_address().is_none()),
        };
        let mut steps = state.steps();
        if change.is_some() {
            steps.extend(["resend", "answer_code", "answer_link", "drop_address_change"]);
        }
        if onboarding.terms_notice(lang, policy, now).is_some() {
            steps.push("terms_notice");
        }
        let declared = |sentence: Sentence| Some((sentence.name(), onboarding.declaration_record(sentence)?));
        Report {
            account: self.id.to_hex(),
            state: state.name(),
            text: state.text(lang),
            steps,
            places: onboarding.person().activities().map(|place| place.label()).collect(),
            email: onboarding.proven_address().map(|address| address.as_typed().to_owned()),
            mail: awaited.map(|challenge| mail(challenge, now)),
            wake_at: onboarding.wake_at(policy, now).map(|at| at.to_string()),
            settings: onboarding.settings().map(ValidSettings::payload),
            records: Records {
                terms: onboarding.terms_record(),
                declarations: Sentence::ALL.into_iter().filter_map(declared).collect(),
            },
        }
    }
}

fn mail(challenge: &Challenge, now: Timestamp) -> Mail {
    let status = challenge.status(now);
    Mail {
        address: challenge.address().as_typed().to_owned(),
        status: status.name(),
        until: if let Status::Live { until } = status { Some(until.to_string()) } else { None },
        resend_at: challenge.resend_at().to_string(),
        tries_left: challenge.tries_left(),
    }
}
