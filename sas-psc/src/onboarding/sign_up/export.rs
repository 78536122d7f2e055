//! What a sign-up holds of its person, in words, for the file that they are given (GDPR art. 15 and 20). Secrets of a
//! challenge stay out: its code and link are known to the mailbox alone.

use super::Onboarding;
use crate::base::Timestamp;
use crate::email::Status;
use crate::onboarding::Policy;
use serde_json::{Value, json};

impl Onboarding {
    /// `identity`, `sign_in` and `account` of the export.
    pub(in crate::onboarding) fn exported(&self, policy: &Policy, now: Timestamp) -> [(&'static str, Value); 3] {
        let text = |at: Timestamp| at.to_string();
        let facts = &self.sign_in;
        let account = self.account.as_ref();
        let address =
            |address: &crate::email::Address| json!({ "typed": address.as_typed(), "canonical": address.canonical() });
        let challenge = self.challenge.as_ref().filter(|_| account.is_none()).map(|challenge| {
            let status = match challenge.status(now) {
                Status::Sending => "sending",
                Status::SendFailed => "send-failed",
                Status::AddressRefused => "address-refused",
                Status::Live { .. } => "live",
                Status::Expired => "expired",
                Status::TriesUsedUp => "tries-used-up",
                Status::Proven => "proven",
            };
            json!({ "address": address(challenge.address()), "status": status })
        });
        let places: Vec<Value> = self.places().iter().map(|place| json!(place.described())).collect();
        let terms = account.and_then(|account| account.terms.as_ref()).map(|answer| {
            json!({
                "sha256": answer.hash,
                "accepted": answer.accepted,
                "at": text(answer.at),
                "record_id": answer.record_id,
            })
        });
        let state = format!("{:?}", self.state(policy, now));
        [
            ("identity", json!(self.person.described())),
            (
                "sign_in",
                json!({
                    "issuer": facts.issuer,
                    "subject": facts.subject,
                    "client_id": facts.client_id,
                    "acr": facts.acr,
                    "auth_mode": facts.auth_mode,
                    "auth_time": text(facts.auth_time),
                    "id_token_sha256": facts.id_token_sha256,
                }),
            ),
            (
                "account",
                json!({
                    "state": state,
                    "begun_at": text(self.begun_at),
                    "lang": self.lang.tag(),
                    "places": places,
                    "email": account.map(|account| address(&account.email)),
                    "email_proven_at": account.map(|account| text(account.email_proven_at)),
                    "challenge": challenge,
                    "terms": terms,
                    "settings": account.and_then(|account| account.settings.as_ref()),
                    "settings_saved_at": account.and_then(|account| account.settings_saved_at).map(text),
                }),
            ),
        ]
    }
}
