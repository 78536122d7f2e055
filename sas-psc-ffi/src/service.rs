//! `sas_psc_client`, `sas_psc_service`: who we are at a provider, and what sign-ins start from.

use crate::argument::Maybe;
use crate::environment::sas_psc_environment;
use crate::export::export;
use crate::handle::Handle;
use sas_psc::drive::SystemRandom;
use sas_psc::psc::{AssertionKey, Client, ClientAuth, LoginHint, Metadata, Service};
use std::ffi::c_char;
use std::time::Duration;

/// A service as the provider knows it.
pub struct sas_psc_client(pub(crate) Client);

/// A service at its provider: what sign-ins start from. Made once, used by any number of threads.
pub struct sas_psc_service(pub(crate) Service);

impl Handle for sas_psc_client {}
impl Handle for sas_psc_service {}

export! {
    /// A client: its client_id, its secret, and where the browser comes back, as registered at the provider. A null
    /// secret is a client that its TLS certificate proves (tls_client_auth): present it in your own requests.
    fn sas_psc_client_new(
        client_id: *const c_char,
        secret: Maybe<*const c_char>,
        redirect_uri: *const c_char,
        client: *mut *mut sas_psc_client,
    ) -> Status {
        let secret = secret.map(|secret| ClientAuth::SecretBasic(secret.to_owned().into()));
        let auth = secret.unwrap_or(ClientAuth::TlsClientAuth);
        client.give(sas_psc_client(Client::new(client_id, auth, redirect_uri)));
        Ok(())
    }

    /// Sends the secret in the body (client_secret_post) in place of the authentication it was made with.
    fn sas_psc_client_set_secret_in_body(client: *mut sas_psc_client, secret: *const c_char) -> Status {
        client.0 = client.0.clone().with_auth(ClientAuth::SecretPost(secret.to_owned().into()));
        Ok(())
    }

    /// Signs an assertion for each request (private_key_jwt) in place of the authentication it was made with: with this
    /// key (PEM without a password, RSA or P-256), its name in the published keys and the audience that the provider
    /// wants; a null audience is the issuer. Not at Pro Santé Connect. SAS_PSC_ERROR_ASSERTION_KEY.
    fn sas_psc_client_set_private_key(
        client: *mut sas_psc_client,
        private_key: *const c_char,
        key_id: Maybe<*const c_char>,
        audience: Maybe<*const c_char>,
    ) -> Status {
        let key = AssertionKey::from_pem(&private_key.to_owned().into(), key_id, &mut SystemRandom)?;
        let key = audience.into_iter().fold(key, |key, audience| key.with_audience(audience));
        client.0 = client.0.clone().with_auth(ClientAuth::PrivateKeyJwt(key));
        Ok(())
    }

    /// Says that your requests present a client certificate beside this authentication: where the provider has addresses
    /// for such clients, they are used. A client without a secret says so by itself.
    fn sas_psc_client_set_presents_certificate(client: *mut sas_psc_client) -> Status {
        client.0 = client.0.clone().with_certificate();
        Ok(())
    }

    /// Asks for other scopes than "openid scope_all", separated by spaces.
    fn sas_psc_client_set_scope(client: *mut sas_psc_client, scope: *const c_char) -> Status {
        client.0 = client.0.clone().with_scope(scope);
        Ok(())
    }

    /// Asks for at least this level: "eidas1" (the default), "eidas2", "eidas3". SAS_PSC_ERROR_ACR_UNKNOWN.
    fn sas_psc_client_set_acr(client: *mut sas_psc_client, acr: *const c_char) -> Status {
        client.0 = client.0.clone().with_acr(acr.parse()?);
        Ok(())
    }

    /// Accepts the level asked for and no higher one.
    fn sas_psc_client_set_exact_acr(client: *mut sas_psc_client) -> Status {
        client.0 = client.0.clone().with_exact_acr();
        Ok(())
    }

    /// Takes an ID token that names no level for one of "eidas1".
    fn sas_psc_client_set_allow_missing_acr(client: *mut sas_psc_client) -> Status {
        client.0 = client.0.clone().with_missing_acr_allowed();
        Ok(())
    }

    /// How many seconds the provider's clock may be off in the times of its tokens: 30 by default, at most 600.
    fn sas_psc_client_set_leeway(client: *mut sas_psc_client, seconds: u64) -> Status {
        client.0 = client.0.clone().with_leeway(Duration::from_secs(seconds));
        Ok(())
    }

    /// Names people by their RPPS alone in CIBA requests, in place of the national identifier: which of both Pro Santé
    /// Connect takes is not documented.
    fn sas_psc_client_set_login_hint_rpps(client: *mut sas_psc_client) -> Status {
        client.0 = client.0.clone().with_login_hint(LoginHint::Rpps);
        Ok(())
    }

    /// Sends the browser on to the local identity provider that Pro Santé Connect delegates to (kc_idp_hint): "OKTA_" and
    /// its alias, or a number of DataPass.
    fn sas_psc_client_set_idp_hint(client: *mut sas_psc_client, alias: *const c_char) -> Status {
        client.0 = client.0.clone().with_idp_hint(alias);
        Ok(())
    }

    /// Frees a client. Null is allowed.
    fn sas_psc_client_free(client: *mut sas_psc_client) -> Freed {}

    /// The client at the provider, by the addresses that the library knows of it; for any other provider, see
    /// sas_psc_discovery_new. Both arguments are copied.
    fn sas_psc_service_new(
        environment: *const sas_psc_environment,
        client: *const sas_psc_client,
        service: *mut *mut sas_psc_service,
    ) -> Status {
        let made = Service::new(client.0.clone(), Metadata::of_preset(&environment.0))?;
        service.give(sas_psc_service(made));
        Ok(())
    }

    /// Frees a service; sign-ins begun with it go on. Null is allowed.
    fn sas_psc_service_free(service: *mut sas_psc_service) -> Freed {}
}
