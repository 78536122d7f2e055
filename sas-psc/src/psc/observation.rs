//! What can be seen of a provider without signing in: the open questions about PSC that its own answers settle.
//!
//! The lists are what the discovery document says, not what works: PSC advertises `private_key_jwt` and does not support
//! it, and its `acr_values_supported` is `["0","0"]`. Nothing here is relied on anywhere.

use super::answer;
use super::json::{Json, Object};
use super::{Endpoint, Environment, Metadata};
use crate::base::Response;
use crate::error::Result;
use serde::Serialize;
use serde_json::{Value, json};

/// The longest list and the longest word of it that are repeated.
const MOST: usize = 64;

/// One thing seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Observed {
    /// What, by the name of the metadata where it has one.
    pub observed: &'static str,
    /// The value seen; null when the provider says nothing of it.
    pub value: Value,
}

/// Reads what a provider says of itself. `standard` is the answer at `/.well-known/openid-configuration`, when one came.
///
/// # Errors
/// Those of [`Metadata::discovered`].
pub fn observe(environment: &Environment, document: &Response, standard: Option<&Response>) -> Result<Vec<Observed>> {
    let metadata = Metadata::discovered(environment, document)?;
    let object = answer::object(document)?;
    let mut seen = vec![Observed { observed: "issuer", value: metadata.issuer().into() }];
    for observed in [
        "token_endpoint_auth_methods_supported",
        "token_endpoint_auth_signing_alg_values_supported",
        "id_token_signing_alg_values_supported",
        "code_challenge_methods_supported",
        "response_modes_supported",
        "grant_types_supported",
        "scopes_supported",
        "acr_values_supported",
        "prompt_values_supported",
        "backchannel_token_delivery_modes_supported",
    ] {
        seen.push(Observed { observed, value: words(&object, observed) });
    }
    for observed in [
        "authorization_response_iss_parameter_supported",
        "tls_client_certificate_bound_access_tokens",
        "require_pushed_authorization_requests",
        "backchannel_logout_supported",
        "backchannel_logout_session_supported",
        "frontchannel_logout_supported",
        "request_uri_parameter_supported",
        "claims_parameter_supported",
    ] {
        let value = if let Some(Json::Bool(value)) = object.get(observed) { json!(value) } else { Value::Null };
        seen.push(Observed { observed, value });
    }
    seen.push(Observed { observed: "mtls_endpoint_aliases", value: aliases(&object, &metadata).into() });
    seen.push(Observed { observed: "standard_discovery_path", value: standard_path(environment, &metadata, standard) });
    Ok(seen)
}

fn words(object: &Object<'_>, name: &str) -> Value {
    let Some(list) = object.get(name).and_then(Json::as_list) else { return Value::Null };
    let plain = |word: &&str| word.len() <= MOST && word.bytes().all(|b| b.is_ascii_graphic());
    list.iter().filter_map(Json::as_text).filter(plain).take(MOST).collect()
}

/// `absent`, `same` as the ordinary addresses, or `other`.
fn aliases(object: &Object<'_>, metadata: &Metadata) -> &'static str {
    let differs =
        |endpoint| matches!((metadata.mtls_endpoint(endpoint), metadata.endpoint(endpoint)), (Ok(a), Ok(b)) if a != b);
    match object.get("mtls_endpoint_aliases") {
        None => "absent",
        Some(_) if Endpoint::ALL.into_iter().any(differs) => "other",
        Some(_) => "same",
    }
}

/// Whether the standard path answers, and whether it leads to the same pages: on plain Keycloak it would not.
fn standard_path(environment: &Environment, metadata: &Metadata, answer: Option<&Response>) -> Value {
    let Some(answer) = answer else { return Value::Null };
    let found = Metadata::discovered(environment, answer);
    let at = |metadata: &Metadata| metadata.endpoint(Endpoint::Authorization).ok().map(str::to_owned);
    json!({
        "status": answer.status,
        "same_issuer": found.is_ok(),
        "same_authorization_endpoint": found.is_ok_and(|found| at(&found) == at(metadata)),
    })
}

#[cfg(test)]
mod tests {
    use super::super::answer::tests::answer;
    use super::*;

    fn document(change: impl FnOnce(&mut Value)) -> Response {
        let bas = Environment::bas();
        let mut document = json!({
            "issuer": bas.issuer(),
            "token_endpoint_auth_methods_supported": ["private_key_jwt", "tls_client_auth", 7, "x".repeat(65), "a b"],
            "acr_values_supported": ["0", "0"],
            "tls_client_certificate_bound_access_tokens": true,
            "authorization_endpoint": "https://wallet.bas.psc.esante.gouv.fr/auth",
            "token_endpoint": bas.endpoint(Endpoint::Token),
        });
        change(&mut document);
        answer(200, "application/json", &document.to_string())
    }

    fn value(seen: &[Observed], name: &str) -> Value {
        seen.iter().find(|observed| observed.observed == name).unwrap().value.clone()
    }

    #[test]
    fn what_the_document_says_is_repeated_and_what_it_does_not_is_null() {
        let bas = Environment::bas();
        let seen = observe(&bas, &document(|_| ()), None).unwrap();
        assert_eq!(
            value(&seen, "token_endpoint_auth_methods_supported"),
            json!(["private_key_jwt", "tls_client_auth"])
        );
        assert_eq!(value(&seen, "acr_values_supported"), json!(["0", "0"]));
        assert_eq!(value(&seen, "tls_client_certificate_bound_access_tokens"), json!(true));
        for silent in ["scopes_supported", "backchannel_logout_supported", "standard_discovery_path"] {
            assert_eq!(value(&seen, silent), Value::Null);
        }
        assert_eq!(value(&seen, "mtls_endpoint_aliases"), json!("absent"));
    }

    #[test]
    fn the_standard_path_and_the_aliases_are_compared() {
        let bas = Environment::bas();
        let aliased = document(|document| {
            document["mtls_endpoint_aliases"] = json!({ "token_endpoint": bas.endpoint(Endpoint::Token) });
        });
        let native = document(|document| {
            document["authorization_endpoint"] = "https://auth.bas.psc.esante.gouv.fr/native".into();
        });
        let seen = observe(&bas, &aliased, Some(&native)).unwrap();
        assert_eq!(value(&seen, "mtls_endpoint_aliases"), json!("same"));
        let expected = json!({ "status": 200, "same_issuer": true, "same_authorization_endpoint": false });
        assert_eq!(value(&seen, "standard_discovery_path"), expected);
        let seen = observe(&bas, &aliased, Some(&answer(404, "text/html", ""))).unwrap();
        assert_eq!(value(&seen, "standard_discovery_path")["status"], json!(404));
    }
}
