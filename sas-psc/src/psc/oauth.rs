//! OAuth 2.0 through openidconnect: the address of the sign-in page and the requests for tokens.
//!
//! openidconnect sends a request through a function that it is given; ours keeps the request, for the driver to send.
//! CIBA, which the crate does not know, gets its form here with the same client authentication (RFC 6749 §2.3.1). An
//! assertion (`private_key_jwt`) is signed for each request, as it is built.

use super::{Client, ClientAuth, Endpoint, Metadata};
use crate::base::{ExposeSecret, Method, Request, SecretString, Timestamp};
use crate::error::{Code, Error, Result};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use openidconnect::core::CoreClient;
use openidconnect::url::form_urlencoded;
use openidconnect::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, IssuerUrl, JsonWebKeySet, PkceCodeVerifier, RedirectUrl, RefreshToken, SyncHttpClient, TokenUrl,
};
use std::cell::RefCell;

pub(super) type Oidc =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet, EndpointNotSet>;

/// The client as openidconnect knows it.
pub(super) fn oidc(client: &Client, metadata: &Metadata) -> Result<Oidc> {
    let refused = |field| move |_| Error::field(Code::ADDRESS_REFUSED, field);
    let issuer = IssuerUrl::new(metadata.issuer().to_owned()).map_err(refused("issuer"))?;
    let auth_url = metadata.endpoint(Endpoint::Authorization)?.to_owned();
    let token_url = metadata.endpoint_for(client, Endpoint::Token)?.to_owned();
    let redirect_uri = RedirectUrl::new(client.redirect_uri().to_owned()).map_err(refused("redirect_uri"))?;
    let oidc = CoreClient::new(ClientId::new(client.id().to_owned()), issuer, JsonWebKeySet::default())
        .set_auth_uri(AuthUrl::new(auth_url).map_err(refused("authorization_endpoint"))?)
        .set_token_uri(TokenUrl::new(token_url).map_err(refused("token_endpoint"))?)
        .set_redirect_uri(redirect_uri);
    let secret = |secret: &SecretString| ClientSecret::new(secret.expose_secret().to_owned());
    Ok(match client.auth() {
        ClientAuth::SecretBasic(it) => oidc.set_client_secret(secret(it)).set_auth_type(AuthType::BasicAuth),
        ClientAuth::SecretPost(it) => oidc.set_client_secret(secret(it)).set_auth_type(AuthType::RequestBody),
        ClientAuth::TlsClientAuth | ClientAuth::PrivateKeyJwt(_) | ClientAuth::Public => {
            oidc.set_auth_type(AuthType::RequestBody)
        }
    })
}

/// The request that turns a code into tokens.
pub(super) fn code_request(
    client: &Client,
    metadata: &Metadata,
    code: &SecretString,
    verifier: &SecretString,
    now: Timestamp,
) -> Result<Request> {
    let keep = Keep::default();
    let request = oidc(client, metadata)?;
    let code = AuthorizationCode::new(code.expose_secret().to_owned());
    let verifier = PkceCodeVerifier::new(verifier.expose_secret().to_owned());
    let _ = request.exchange_code(code).set_pkce_verifier(verifier).request(&keep);
    asserted(keep.request()?, client, metadata.issuer(), now)
}

/// The request that turns a refresh token into new tokens.
pub(super) fn refresh_request(
    client: &Client,
    metadata: &Metadata,
    token: &SecretString,
    now: Timestamp,
) -> Result<Request> {
    let keep = Keep::default();
    let token = RefreshToken::new(token.expose_secret().to_owned());
    let _ = oidc(client, metadata)?.exchange_refresh_token(&token).request(&keep);
    asserted(keep.request()?, client, metadata.issuer(), now)
}

/// A form for an endpoint, with the client's authentication.
///
/// # Errors
/// `endpoint-missing`; `assertion-key`.
pub(super) fn form_request(
    client: &Client,
    metadata: &Metadata,
    endpoint: Endpoint,
    pairs: &[(&str, &str)],
    now: Timestamp,
) -> Result<Request> {
    form_at(client, metadata.endpoint_for(client, endpoint)?, metadata.issuer(), pairs, now)
}

/// The same at a server of which the address is all that is known. `audience` is for whom an assertion is made: the issuer,
/// or that address (RFC 7523 §3).
///
/// # Errors
/// `assertion-key`.
pub(super) fn form_at(
    client: &Client,
    url: &str,
    audience: &str,
    pairs: &[(&str, &str)],
    now: Timestamp,
) -> Result<Request> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(pairs);
    let mut headers = vec![
        ("accept", "application/json".to_owned()),
        ("content-type", "application/x-www-form-urlencoded".to_owned()),
    ];
    match client.auth() {
        ClientAuth::SecretBasic(secret) => {
            let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            let pair = format!("{}:{}", encode(client.id()), encode(secret.expose_secret()));
            headers.push(("authorization", format!("Basic {}", BASE64_STANDARD.encode(pair))));
        }
        ClientAuth::SecretPost(secret) => {
            form.append_pair("client_id", client.id()).append_pair("client_secret", secret.expose_secret());
        }
        ClientAuth::TlsClientAuth | ClientAuth::PrivateKeyJwt(_) | ClientAuth::Public => {
            form.append_pair("client_id", client.id());
        }
    }
    let request = Request { method: Method::Post, url: url.to_owned(), headers, body: form.finish().into_bytes() };
    asserted(request, client, audience, now)
}

/// The request with the client's assertion, when it authenticates by one.
fn asserted(mut request: Request, client: &Client, audience: &str, now: Timestamp) -> Result<Request> {
    if let ClientAuth::PrivateKeyJwt(key) = client.auth() {
        let assertion = key.sign(client.id(), audience, now)?;
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        form.append_pair("client_assertion", assertion.expose_secret());
        request.body.push(b'&');
        request.body.extend_from_slice(form.finish().as_bytes());
    }
    Ok(request)
}

/// Adds parameters to an address that may have some.
pub(super) fn with_query(url: &str, pairs: &[(&str, &str)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(pairs);
    let join = if url.contains('?') { '&' } else { '?' };
    format!("{url}{join}{}", form.finish())
}

/// Keeps the request that it is asked to send.
#[derive(Default)]
struct Keep(RefCell<Option<HttpRequest>>);

#[derive(Debug, thiserror::Error)]
#[error("kept for the driver")]
struct Kept;

impl SyncHttpClient for Keep {
    type Error = Kept;
    fn call(&self, request: HttpRequest) -> std::result::Result<HttpResponse, Kept> {
        self.0.replace(Some(request));
        Err(Kept)
    }
}

impl Keep {
    fn request(self) -> Result<Request> {
        let (parts, body) = self.0.into_inner().ok_or_else(|| Error::new(Code::BROKEN_INVARIANT))?.into_parts();
        let known = ["accept", "content-type", "authorization"];
        let value = |name| Some((name, parts.headers.get(name)?.to_str().ok()?.to_owned()));
        let headers = known.into_iter().filter_map(value).collect();
        Ok(Request { method: Method::Post, url: parts.uri.to_string(), headers, body })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Environment;
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix(1_795_420_800);

    #[test]
    fn an_assertion_stands_in_every_form_and_is_another_each_time() {
        let path = format!("{}/../vectors/client-certificate/other.key", env!("CARGO_MANIFEST_DIR"));
        let pem = std::fs::read_to_string(path).unwrap();
        let key = super::super::AssertionKey::from_pem(&pem.into(), None, &mut crate::base::Counter(1)).unwrap();
        let metadata = Metadata::of_preset(&Environment::bas());
        let client = client(ClientAuth::PrivateKeyJwt(key));
        let (token, verifier) = (SecretString::from("t".to_owned()), SecretString::from("v".repeat(43)));
        let bodies = [
            code_request(&client, &metadata, &token, &verifier, NOW),
            refresh_request(&client, &metadata, &token, NOW),
            form_request(&client, &metadata, Endpoint::Ciba, &[("a", "b")], NOW),
        ]
        .map(|request| String::from_utf8(request.unwrap().body).unwrap());
        let assertion = |body: &String| {
            assert!(body.contains("client_id=sas+psc&") && !body.contains("client_secret"), "{body}");
            let kind = "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
            let (_, rest) = body.split_once(kind).unwrap();
            rest.strip_prefix("&client_assertion=").unwrap().to_owned()
        };
        let [one, two, three] = bodies.each_ref().map(assertion);
        assert!(one.split('.').count() == 3 && one != two && two != three);
    }

    fn client(auth: ClientAuth) -> Client {
        Client::new("sas psc", auth, "https://service.example/callback")
    }

    fn secret() -> SecretString {
        "s+cr&t é".to_owned().into()
    }

    #[test]
    fn both_ways_of_building_a_form_authenticate_alike() {
        let metadata = Metadata::of_preset(&Environment::bas());
        for auth in [
            ClientAuth::SecretBasic(secret()),
            ClientAuth::SecretPost(secret()),
            ClientAuth::TlsClientAuth,
            ClientAuth::Public,
        ] {
            let client = client(auth);
            let theirs = refresh_request(&client, &metadata, &"r".to_owned().into(), NOW).unwrap();
            let pairs = [("grant_type", "refresh_token"), ("refresh_token", "r")];
            let ours = form_request(&client, &metadata, Endpoint::Token, &pairs, NOW).unwrap();
            assert_eq!(theirs.headers, ours.headers);
            assert_eq!(String::from_utf8(theirs.body).unwrap(), String::from_utf8(ours.body).unwrap());
        }
    }

    #[test]
    fn the_code_is_sent_with_its_verifier_and_the_same_redirect_address() {
        let metadata = Metadata::of_preset(&Environment::bas());
        let client = client(ClientAuth::TlsClientAuth);
        let request = code_request(&client, &metadata, &"c0de".to_owned().into(), &"v".repeat(43).into(), NOW).unwrap();
        let body = String::from_utf8(request.body).unwrap();
        for part in [
            "grant_type=authorization_code",
            "code=c0de",
            "code_verifier=vvv",
            "client_id=sas+psc",
            "redirect_uri=https%3A%2F%2Fservice.example%2Fcallback",
        ] {
            assert!(body.contains(part), "{part} is not in {body}");
        }
        assert_eq!(request.url, metadata.endpoint(Endpoint::Token).unwrap());
    }

    #[test]
    fn a_redirect_address_that_is_none_is_the_callers_fault() {
        let metadata = Metadata::of_preset(&Environment::bas());
        let client = Client::new("c", ClientAuth::Public, "callback");
        let error = code_request(&client, &metadata, &"c".to_owned().into(), &"v".to_owned().into(), NOW).unwrap_err();
        assert_eq!((error.code(), error.facts().field), (Code::ADDRESS_REFUSED, Some("redirect_uri")));
    }
}
