//! The native half of the Python package `sas_psc`: classes and functions over the SDK, and nothing else.
//!
//! What users see, with its words, stands in `python/sas_psc`. Classes are frozen, so threads may share them; whatever
//! waits releases the interpreter.

mod active_token;
mod availability;
mod card;
mod card_certificate;
mod card_cms;
mod card_dialogue;
mod card_key;
mod card_possession;
mod card_watch;
mod certificate_sign_in;
mod column;
mod companion;
mod consent;
mod crl_cache;
mod directory;
mod doctor;
mod email;
mod environment;
mod error;
mod exchange;
mod fallback;
mod fhir;
mod guard;
mod http;
mod id;
mod id_token;
mod life;
mod link;
mod logout_token;
mod loopback;
mod participation;
mod presence;
mod professional;
mod proxy;
mod readers;
mod return_addresses;
mod service;
mod sessions;
mod sign_in_cookies;
mod sign_up;
mod signed_in;
mod time;
mod token_exchange;
mod tokens;

/// The native module.
#[pyo3::pymodule]
mod _sas_psc {
    #[pymodule_export]
    use super::active_token::ActiveToken;
    #[pymodule_export]
    use super::availability::Availability;
    #[pymodule_export]
    use super::card::{Card, CardCache};
    #[pymodule_export]
    use super::card_certificate::{
        CardCertificate, CardTrust, RevocationList, TrustedCertificate, card_authorities, card_authorities_of_test,
    };
    #[pymodule_export]
    use super::card_cms::{CmsSignature, CmsToSign};
    #[pymodule_export]
    use super::card_dialogue::CardDialogue;
    #[pymodule_export]
    use super::card_key::{CardKey, Pkcs11};
    #[pymodule_export]
    use super::card_possession::{CardChallenge, CardPossession, CertificateChoice};
    #[pymodule_export]
    use super::card_watch::{CardPresence, CardWatch};
    #[pymodule_export]
    use super::certificate_sign_in::CertificateSignIn;
    #[pymodule_export]
    use super::column::{Checks, ids_check};
    #[pymodule_export]
    use super::companion::{companion_prepare, verification_link_read};
    #[pymodule_export]
    use super::consent::{
        ConsentLog, consent_terms_difference, consent_verify, consent_verify_evidence, consent_verify_receipt,
    };
    #[pymodule_export]
    use super::crl_cache::CrlCache;
    #[pymodule_export]
    use super::directory::{Directory, Person, directory_extract_size, directory_import};
    #[pymodule_export]
    use super::doctor::examine;
    #[pymodule_export]
    use super::email::{
        EmailChallenge, EmailControl, EmailDispatch, EmailTemplates, MailLimits, ServerKey, email_check,
    };
    #[pymodule_export]
    use super::environment::{Environment, allow_simulator, insecure_loopback};
    #[pymodule_export]
    use super::error::{error_blames, error_table, error_text};
    #[pymodule_export]
    use super::exchange::{ApiTokenExchange, EndSession, Introspection, Refresh, Revocation};
    #[pymodule_export]
    use super::exchange::{CibaPoll, CibaStart, CodeExchange, Discovery, Done, GuardedStart, Send, Wait};
    #[pymodule_export]
    use super::fallback::{Fallback, LocalSignIn, fallback_with_any_card};
    #[pymodule_export]
    use super::fhir::{FhirLookup, FhirPage, FhirPageRequest, FhirPerson, FhirServer, insecure_loopback_fhir};
    #[pymodule_export]
    use super::guard::{CibaGuard, not_you};
    #[pymodule_export]
    use super::http::{Http, Request, Response};
    #[pymodule_export]
    use super::id_token::{IdTokenCheck, VerifiedIdToken};
    #[pymodule_export]
    use super::life::{life_due, person_export};
    #[pymodule_export]
    use super::link::{LinkPlan, link_decide, link_plan_columns};
    #[pymodule_export]
    use super::logout_token::{LogoutToken, LogoutTokenCheck};
    #[pymodule_export]
    use super::loopback::Loopback;
    #[pymodule_export]
    use super::participation::{
        participation_check, participation_check_absences, participation_check_slot, participation_check_structure,
        participation_slot_days,
    };
    #[pymodule_export]
    use super::presence::{Activity, Presence, PresencePolicy};
    #[pymodule_export]
    use super::professional::{ChosenSituation, Professional, Situation, UserInfo};
    #[pymodule_export]
    use super::return_addresses::ReturnAddresses;
    #[pymodule_export]
    use super::token_exchange::{ApiToken, TokenExchange};
    #[pymodule_export]
    use super::tokens::{Thumbprint, TokenSet};

    #[pymodule_export]
    use super::id::{
        Checked, FhirIdentifier, IdNat, Rpps, id_check, id_fhir_read, id_fhir_token, id_grouped, id_is_valid,
        id_normalized,
    };

    #[pymodule_export]
    use super::proxy::{
        ProxyApi, ProxyConnect, ProxyConnected, ProxyDisconnect, ProxySend, ProxySession, insecure_loopback_proxy,
    };
    #[pymodule_export]
    use super::readers::{CardReaders, CardWork};
    #[pymodule_export]
    use super::service::{Authorization, Client, Metadata, Service};
    #[pymodule_export]
    use super::sessions::{SessionState, Sessions};
    #[pymodule_export]
    use super::sign_in_cookies::SignInCookies;
    #[pymodule_export]
    use super::sign_up::{MailToSend, SignUp, sign_up_declarations};
    #[pymodule_export]
    use super::signed_in::SignedIn;

    #[pymodule_export]
    #[allow(non_upper_case_globals)]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
