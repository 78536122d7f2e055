//! The discovery document and the keys.
//!
//! The document stands at PSC's own path, `wallet-openid-configuration`, and not at the standard one; the authorization
//! endpoint is on another origin than the issuer. The content follows the one ANS published for BAS
//! (psc-edc-proxy-esante: `mock_discovery_response.json`), useless `acr_values_supported` included; it advertises only
//! what this simulator does.

use crate::lock;
use crate::sim::{REALM, SCOPES, Shared};
use crate::web::{error, json};
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

pub(crate) async fn document(State(sim): State<Shared>) -> Response {
    let issuer = sim.issuer();
    let oidc = format!("{issuer}/protocol/openid-connect");
    let mut methods = json!(["client_secret_basic", "client_secret_post"]);
    let mut document = json!({
        "x-sas-psc-simulator": true,
        "issuer": issuer,
        "authorization_endpoint": format!("{}/auth", sim.wallet),
        "token_endpoint": format!("{oidc}/token"),
        "introspection_endpoint": format!("{oidc}/token/introspect"),
        "userinfo_endpoint": format!("{oidc}/userinfo"),
        "end_session_endpoint": format!("{oidc}/logout"),
        "revocation_endpoint": format!("{oidc}/revoke"),
        "backchannel_authentication_endpoint": format!("{oidc}/ext/ciba/auth"),
        "jwks_uri": format!("{oidc}/certs"),
        "frontchannel_logout_supported": false,
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "grant_types_supported": ["authorization_code", "refresh_token", "urn:openid:params:grant-type:ciba"],
        "acr_values_supported": ["0", "0"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": methods,
        "introspection_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": methods,
        "claims_supported": ["aud", "sub", "iss", "auth_time", "name", "given_name", "family_name",
                             "preferred_username", "email", "acr"],
        "claim_types_supported": ["normal"],
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "scopes_supported": SCOPES,
        "code_challenge_methods_supported": ["plain", "S256"],
        "tls_client_certificate_bound_access_tokens": false,
        "backchannel_token_delivery_modes_supported": ["poll"],
        "authorization_response_iss_parameter_supported": true,
    });
    if let Some(origin) = &sim.mtls {
        if let Some(methods) = methods.as_array_mut() {
            methods.push("tls_client_auth".into());
        }
        let there = format!("{}{REALM}/protocol/openid-connect", origin.base);
        document["tls_client_certificate_bound_access_tokens"] = true.into();
        document["token_endpoint_auth_methods_supported"] = methods;
        document["mtls_endpoint_aliases"] = json!({
            "token_endpoint": format!("{there}/token"),
            "introspection_endpoint": format!("{there}/token/introspect"),
            "userinfo_endpoint": format!("{there}/userinfo"),
            "revocation_endpoint": format!("{there}/revoke"),
            "backchannel_authentication_endpoint": format!("{there}/ext/ciba/auth"),
        });
    }
    json(StatusCode::OK, &document)
}

pub(crate) async fn jwks(State(sim): State<Shared>) -> Response {
    let mut answer = json(StatusCode::OK, &lock(&sim.keys).jwks());
    answer.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-cache"));
    answer
}

pub(crate) async fn unknown(uri: Uri) -> Response {
    match uri.path().strip_prefix("/auth/realms/") {
        Some(path) if !path.starts_with("esante-wallet") => error(404, "Realm does not exist", ""),
        _ if uri.path().starts_with(REALM) => error(404, "HTTP 404 Not Found", ""),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
