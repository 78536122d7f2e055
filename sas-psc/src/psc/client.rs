//! A service as PSC knows it: its client_id, how it authenticates, where the browser comes back, what it asks for.
//!
//! A client certificate (IGC-Santé ORG AUTH_CLI) belongs to the connection: give it to the driver. Every method may be
//! used together with one, as ANS's own example does with a secret: see [`Client::with_certificate`].

use super::Acr;
#[cfg(feature = "psc")]
use super::AssertionKey;
use crate::base::SecretString;
#[cfg(feature = "psc")]
use crate::id::IdNat;
use std::fmt;
use std::time::Duration;

/// How a client authenticates at the token endpoint.
#[derive(Clone)]
#[non_exhaustive]
pub enum ClientAuth {
    /// `client_secret_basic`: the secret in the Authorization header.
    SecretBasic(SecretString),
    /// `client_secret_post`: the secret in the body.
    SecretPost(SecretString),
    /// `tls_client_auth` (RFC 8705): the certificate of the connection is the proof; `client_id` in the body.
    TlsClientAuth,
    /// `private_key_jwt` (RFC 7523): a signed assertion. Not at PSC, which advertises it and does not support it.
    #[cfg(feature = "psc")]
    PrivateKeyJwt(AssertionKey),
    /// No proof, for a public client of another provider: PKCE alone protects the code. PSC offers none.
    Public,
}

impl fmt::Debug for ClientAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ClientAuth::SecretBasic(_) => "SecretBasic(•••)",
            ClientAuth::SecretPost(_) => "SecretPost(•••)",
            ClientAuth::TlsClientAuth => "TlsClientAuth",
            #[cfg(feature = "psc")]
            ClientAuth::PrivateKeyJwt(_) => "PrivateKeyJwt(•••)",
            ClientAuth::Public => "Public",
        })
    }
}

/// A service registered at PSC. By default it asks for `openid scope_all` and `eidas1`, the values PSC documents.
///
/// ```
/// use sas_psc::psc::{Client, ClientAuth};
///
/// let auth = ClientAuth::SecretBasic("the secret of DataPass".to_owned().into());
/// let client = Client::new("my-service", auth, "https://service.example.fr/callback");
/// assert_eq!(client.scope(), "openid scope_all");
/// ```
#[derive(Debug, Clone)]
pub struct Client {
    id: String,
    auth: ClientAuth,
    redirect_uri: String,
    scope: String,
    acr: Acr,
    certificate: bool,
    pub(super) settings: Settings,
}

/// What PSC does not document, or documents otherwise than some of its tokens are.
#[derive(Debug, Clone, Default)]
pub(super) struct Settings {
    pub(super) exact_acr: bool,
    pub(super) missing_acr: bool,
    pub(super) leeway: Option<Duration>,
    pub(super) login_hint: LoginHint,
    pub(super) idp_hint: Option<String>,
}

/// How the request of a CIBA sign-in names the person (`login_hint`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum LoginHint {
    /// By the national identifier, as `SubjectNameID` has it: `899700218896`. Inferred from ANS's proxy.
    #[default]
    IdNat,
    /// By the RPPS alone: `99700218896`. A person without one is named by the national identifier.
    Rpps,
}

#[cfg(feature = "psc")]
impl LoginHint {
    pub(super) fn of(self, person: &IdNat) -> String {
        match (self, person.rpps()) {
            (LoginHint::Rpps, Some(rpps)) => rpps.as_str().to_owned(),
            _ => person.as_str().to_owned(),
        }
    }
}

impl Client {
    /// A client. PSC compares `redirect_uri` character by character with the registered one.
    pub fn new(id: impl Into<String>, auth: ClientAuth, redirect_uri: impl Into<String>) -> Client {
        Client {
            id: id.into(),
            auth,
            redirect_uri: redirect_uri.into(),
            scope: "openid scope_all".to_owned(),
            acr: Acr::Eidas1,
            certificate: false,
            settings: Settings::default(),
        }
    }

    /// Asks for other scopes; `openid` is added when it is not among them.
    pub fn with_scope(mut self, scope: &str) -> Client {
        let named = scope.split_ascii_whitespace().filter(|word| *word != "openid");
        self.scope = std::iter::once("openid").chain(named).collect::<Vec<_>>().join(" ");
        self
    }

    /// Asks for at least this level.
    pub fn with_acr(mut self, acr: Acr) -> Client {
        self.acr = acr;
        self
    }

    /// Accepts the level asked for and no higher one: as ANS's own Keycloak plugin does.
    pub fn with_exact_acr(mut self) -> Client {
        self.settings.exact_acr = true;
        self
    }

    /// Takes an ID token that names no level for one of `eidas1`, as ANS's own Keycloak plugin does.
    pub fn with_missing_acr_allowed(mut self) -> Client {
        self.settings.missing_acr = true;
        self
    }

    /// How far the provider's clock may be off in the times of its tokens: at most ten minutes. 30 seconds by default; tokens
    /// of PSC live two minutes.
    pub fn with_leeway(mut self, leeway: Duration) -> Client {
        self.settings.leeway = Some(leeway);
        self
    }

    /// Names people in another way in CIBA requests: which forms PSC takes is not documented.
    pub fn with_login_hint(mut self, login_hint: LoginHint) -> Client {
        self.settings.login_hint = login_hint;
        self
    }

    /// Sends the browser on to the local identity provider that PSC delegates to (`kc_idp_hint`): `OKTA_` and its alias, or a
    /// number of DataPass.
    pub fn with_idp_hint(mut self, alias: impl Into<String>) -> Client {
        self.settings.idp_hint = Some(alias.into());
        self
    }

    /// Authenticates in another way than it was made with.
    pub fn with_auth(mut self, auth: ClientAuth) -> Client {
        self.auth = auth;
        self
    }

    /// Says that the driver shows a client certificate beside this authentication: tokens may be bound to it, and where
    /// the provider has addresses for such clients (RFC 8705 §5) they are used. `TlsClientAuth` says so by itself.
    pub fn with_certificate(mut self) -> Client {
        self.certificate = true;
        self
    }

    /// Whether the driver shows a client certificate.
    pub fn presents_certificate(&self) -> bool {
        self.certificate || matches!(self.auth, ClientAuth::TlsClientAuth)
    }

    /// The client_id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How it authenticates.
    pub fn auth(&self) -> &ClientAuth {
        &self.auth
    }

    /// Where the browser comes back.
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// The scopes asked for, separated by spaces.
    pub fn scope(&self) -> &str {
        &self.scope
    }

    /// The level asked for.
    pub fn acr(&self) -> Acr {
        self.acr
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret_and_openid_is_always_asked() {
        let client = Client::new("c", ClientAuth::SecretPost("hush".to_owned().into()), "https://a.example/cb");
        assert!(!format!("{client:?}").contains("hush"));
        assert_eq!(client.with_scope("scope_all  rpps").scope(), "openid scope_all rpps");
    }
}
