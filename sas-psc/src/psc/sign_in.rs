//! Evidence that a person signed in: made only from a verified ID token and the userinfo of the same subject.
//!
//! It is what the journey takes as proof. It holds no token that opens anything; the ID token lies in its evidence. Whether the sign-in is recent enough is the caller's
//! question ([`SignIn::is_fresh`]): PSC's own session lives up to four hours and answers for the person meanwhile.

use super::{Acr, AuthMode};
use crate::base::Timestamp;
use crate::person::Professional;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Proof that a professional signed in. There is no way to build one but to sign in.
#[derive(Clone, PartialEq, Eq)]
pub struct SignIn {
    pub(super) issuer: String,
    pub(super) client_id: String,
    pub(super) subject: String,
    pub(super) session_id: Option<String>,
    pub(super) professional: Professional,
    pub(super) acr: Acr,
    pub(super) auth_mode: Option<AuthMode>,
    pub(super) auth_time: Option<Timestamp>,
    pub(super) issued_at: Timestamp,
    pub(super) id_token_sha256: [u8; 32],
    pub(super) evidence: Option<Arc<str>>,
}

impl SignIn {
    /// The provider that vouches for the person.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The service that the sign-in was made for.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The provider's own key of the person (`sub`): `f:<uuid>:<IdNat>` at PSC.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Who signed in.
    pub fn professional(&self) -> &Professional {
        &self.professional
    }

    /// The level of the authentication: at least the one asked for.
    pub fn acr(&self) -> Acr {
        self.acr
    }

    /// By card or by app, when PSC says it.
    pub fn auth_mode(&self) -> Option<&AuthMode> {
        self.auth_mode.as_ref()
    }

    /// When the person last proved who they are; the issue of the token when the provider does not say.
    pub fn auth_time(&self) -> Timestamp {
        self.auth_time.unwrap_or(self.issued_at)
    }

    /// Whether the person proved who they are within the last `within`. A provider that does not say when is not fresh.
    pub fn is_fresh(&self, now: Timestamp, within: Duration) -> bool {
        self.auth_time.is_some_and(|at| now.since(at) <= within)
    }

    /// The provider's session (`sid`), which a back-channel logout names.
    pub fn session_id(&self) -> Option<&str> {
        self.session_id.as_deref()
    }

    /// SHA-256 of the ID token as received, to name this sign-in in a record.
    pub fn id_token_sha256(&self) -> [u8; 32] {
        self.id_token_sha256
    }

    /// The ID token and the key that verified it, as the file of [`SignInEvidence`](super::SignInEvidence): what proves
    /// this sign-in years later. It holds the token, expired soon; keep it sealed with the record that rests on it.
    pub fn evidence(&self) -> Option<&str> {
        self.evidence.as_deref()
    }
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignIn")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .field("professional", &self.professional.id_nat)
            .field("acr", &self.acr)
            .field("auth_mode", &self.auth_mode)
            .field("auth_time", &self.auth_time)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
impl SignIn {
    /// A sign-in for the unit tests of the layers above: `eidas1` by the app, as `sub` `f:<uuid>:<IdNat>`.
    pub(crate) fn for_test(professional: Professional, auth_time: Timestamp) -> SignIn {
        SignIn {
            issuer: "https://auth.bas.psc.esante.gouv.fr/auth/realms/esante-wallet".to_owned(),
            client_id: "sas-psc".to_owned(),
            subject: format!("f:550dc1c8-d97b-4b1e-ac8c-8eb4471cf9dd:{}", professional.id_nat.as_str()),
            session_id: None,
            professional,
            acr: Acr::Eidas1,
            auth_mode: Some(AuthMode::Mobile),
            auth_time: Some(auth_time),
            issued_at: auth_time,
            id_token_sha256: [0; 32],
            evidence: None,
        }
    }

    pub(crate) fn with_evidence(self, file: &str) -> SignIn {
        SignIn { evidence: Some(file.into()), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::IdNat;
    use crate::person::Name;

    #[test]
    fn fresh_means_proved_lately_and_nothing_else() {
        let name = Name { family: "DOC0000001".into(), given: "KIT".into(), civility: "M".into() };
        let id_nat = IdNat::parse("899700000013").unwrap();
        let person = Professional { id_nat, other_ids: Vec::new(), name, practices: Vec::new() };
        let at = Timestamp::from_unix(1_795_420_800);
        let sign_in = SignIn::for_test(person, at);
        let minute = Duration::from_secs(60);
        assert!(sign_in.is_fresh(at + minute, minute));
        assert!(!sign_in.is_fresh(at + minute + Duration::from_millis(1), minute));
        assert!(!SignIn { auth_time: None, ..sign_in.clone() }.is_fresh(at, minute), "silence is not freshness");
        let shown = format!("{sign_in:?}");
        assert!(!shown.contains("DOC0000001") && !shown.contains("899700000013"), "{shown}");
    }
}
