//! What the tests share: where Keycloak is, who its people and services are, what a person does on the phone, what an
//! administrator does.

use sas_psc::Result;
use sas_psc::base::ExposeSecret;
use sas_psc::drive::tokio::Psc;
use sas_psc::drive::{ClientCertificate, HttpConfig};
use sas_psc::id::IdNat;
use sas_psc::psc::{CibaPoll, Client, ClientAuth, Environment, SignInOptions, SignedIn};
use sas_psc_tests::browser::{Browser, Visit};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

pub(crate) const CALLBACK: &str = "http://127.0.0.1:8765/callback";
pub(crate) const SECRET: &str = "interop-not-a-secret";

// Those of tools/keycloak/people.json. Each test that makes a phone ring has its own person: two requests of one person
// may show the same two digits.
pub(crate) const DOCTOR: &str = "899700218896";
pub(crate) const NURSE: &str = "899700245667";
pub(crate) const LOCUM: &str = "899700366240";
pub(crate) const INTERN: &str = "899700237045";
pub(crate) const EMPLOYEE: &str = "500000001815646/CPAT00045";
pub(crate) const PHARMACIST: &str = "899700123450";
pub(crate) const LEAVER: &str = "899700999990";
pub(crate) const BY_CERTIFICATE: &str = "899700100011";
pub(crate) const BY_ASSERTION: &str = "899700100029";
pub(crate) const PATIENT: &str = "899700100037";
pub(crate) const UNLUCKY: &str = "899700100045";

pub(crate) fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run tools/test keycloak"))
}

pub(crate) fn pki(file: &str) -> PathBuf {
    PathBuf::from(setting("SAS_PSC_PKI")).join(file)
}

pub(crate) fn environment() -> Environment {
    Environment::custom(&setting("SAS_PSC_ISSUER")).unwrap()
}

pub(crate) fn client(secret: &str) -> Client {
    Client::new("sas-psc-interop", ClientAuth::SecretBasic(secret.to_owned().into()), CALLBACK)
}

pub(crate) fn http() -> HttpConfig {
    HttpConfig::default().with_extra_ca(&fs::read(pki("ca.pem")).unwrap()).unwrap()
}

pub(crate) fn psc() -> Psc {
    Psc::new(environment(), client(SECRET), &http()).unwrap()
}

pub(crate) fn browser(card: Option<&str>) -> Browser {
    Browser::new(&pki("ca.pem"), card.map(|id| pki(&format!("card-{id}.pem"))).as_deref())
}

pub(crate) fn person(id: &str) -> IdNat {
    IdNat::parse(id).unwrap()
}

/// What the person does on the phone (see `tools/keycloak/phone.py`); the phone shows the digits of the screen.
pub(crate) async fn on_the_phone(poll: &CibaPoll, status: &str) {
    let answer = serde_json::json!({
        "login_hint": poll.person().as_str(), "binding_message": poll.digits(), "status": status,
    });
    let status = browser(None).post(&(setting("SAS_PSC_PHONE") + "/answer"), answer.to_string()).await;
    assert_eq!(status, 200, "404: the phone was not asked with these digits; else what Keycloak said");
}

pub(crate) async fn sign_in(psc: &Psc, browser: &mut Browser, options: &SignInOptions) -> Result<SignedIn> {
    let (mut pending, url) = psc.begin(options).await?;
    let callback = browser.sent_back(&url).await;
    psc.finish(&mut pending, &callback).await
}

pub(crate) fn file(name: &str) -> Vec<u8> {
    fs::read(pki(name)).unwrap()
}

/// A certificate of the folder that shows itself to Keycloak: `service`, `other` or `revoked`.
pub(crate) fn pem(name: &str) -> ClientCertificate {
    let key = String::from_utf8(file(&format!("{name}.key"))).unwrap();
    ClientCertificate::from_pem(&file(&format!("{name}.pem")), &key.into()).unwrap()
}

pub(crate) fn pkcs12() -> ClientCertificate {
    ClientCertificate::from_pkcs12(&file("service.p12"), &"motdepasse".to_owned().into()).unwrap()
}

/// The claims of a token that is nobody's business but a test's.
pub(crate) fn claims(token: &str) -> Value {
    part(token, 1)
}

/// The name of the key that signed a token.
pub(crate) fn kid(token: &sas_psc::base::SecretString) -> String {
    part(token.expose_secret(), 0)["kid"].as_str().unwrap().to_owned()
}

fn part(token: &str, at: usize) -> Value {
    use base64::Engine;
    let part = token.split('.').nth(at).unwrap();
    serde_json::from_slice(&base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// Calls Keycloak's administration, below `/admin/realms/esante-wallet`, and reads its answer.
pub(crate) async fn admin(method: &str, path: &str, body: Option<Value>) -> Value {
    let (issuer, browser) = (setting("SAS_PSC_ISSUER"), browser(None));
    let base = issuer.strip_suffix("/realms/esante-wallet").unwrap();
    let admin = setting("SAS_PSC_ADMIN");
    let (name, password) = admin.split_once(' ').unwrap();
    let form = format!("grant_type=password&client_id=admin-cli&username={name}&password={password}");
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let token = format!("{base}/realms/master/protocol/openid-connect/token");
    let (status, answer) = browser.send("POST", &token, &headers, form).await;
    assert_eq!(status, 200, "{answer}");
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let bearer = format!("Bearer {}", answer["access_token"].as_str().unwrap());
    let headers = [("content-type", "application/json"), ("authorization", &bearer)];
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    let (status, answer) =
        browser.send(method, &format!("{base}/admin/realms/esante-wallet{path}"), &headers, body).await;
    assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
    serde_json::from_str(&answer).unwrap_or_default()
}

/// The bodies that Keycloak posted to the back-channel logout address so far.
pub(crate) async fn logouts() -> Vec<String> {
    match browser(None).visit(&(setting("SAS_PSC_PHONE") + "/logouts")).await {
        Visit::Page(200, list) => serde_json::from_str(&list).unwrap(),
        other => panic!("{other:?}"),
    }
}
