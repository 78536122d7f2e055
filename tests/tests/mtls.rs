//! Sign-in with a client certificate (RFC 8705) at the simulator's TLS origin, over both drivers: the certificate stands
//! for the secret, tokens are bound to it, and another certificate of the same authority is refused.

use sas_psc::base::{ExposeSecret, Method, Request, Response, SecretString};
use sas_psc::drive::tokio::Psc;
use sas_psc::drive::{ClientCertificate, HttpConfig, blocking};
use sas_psc::id::IdNat;
use sas_psc::psc::{AuthMode, Channel, Client, ClientAuth, Endpoint, SignInOptions, SignedIn};
use sas_psc::{Code, Result};
use sas_psc_sim::{Config, Mtls, Running, Simulator};
use sas_psc_tests::environment;
use serde_json::Value;
use std::fs;

const CALLBACK: &str = "http://127.0.0.1:1/retour";

fn file(name: &str) -> Vec<u8> {
    fs::read(format!("{}/../vectors/client-certificate/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn text(name: &str) -> String {
    String::from_utf8(file(name)).unwrap()
}

fn password(word: &str) -> SecretString {
    word.to_owned().into()
}

fn pkcs12() -> ClientCertificate {
    ClientCertificate::from_pkcs12(&file("client.p12"), &password("motdepasse")).unwrap()
}

fn pem() -> ClientCertificate {
    ClientCertificate::from_encrypted_pem(
        &file("client.pem"),
        &text("client-encrypted.key").into(),
        &password("motdepasse"),
    )
    .unwrap()
}

/// Good for the TLS origin, and not the one of our client.
fn other() -> ClientCertificate {
    ClientCertificate::from_pem(&file("other.pem"), &text("other.key").into()).unwrap()
}

/// A simulator where the ordinary client is registered with the certificate `client`.
fn simulator(hexadecimal: bool) -> Running {
    let client = sas_psc_sim::Client { certificate: Some(pem().thumbprint().to_x5t()), ..Default::default() };
    let mtls = Mtls { chain: text("server.pem"), key: text("server.key"), authority: text("ca.pem"), hexadecimal };
    let config = Config { clients: vec![client], ciba_interval: 1, mtls: Some(mtls), ..Config::default() };
    Simulator::start(config).unwrap()
}

fn http(certificate: Option<ClientCertificate>) -> HttpConfig {
    let http = HttpConfig::default().with_only_ca(&file("server-ca.pem")).unwrap();
    certificate.into_iter().fold(http, |http, certificate| http.with_certificate(certificate).unwrap())
}

fn client(auth: ClientAuth) -> Client {
    Client::new("plateforme-sas", auth, CALLBACK)
}

fn secret() -> ClientAuth {
    ClientAuth::SecretBasic(sas_psc_sim::Client::default().secret.into())
}

fn service(sim: &Running, client: Client, http: &HttpConfig) -> blocking::Psc {
    blocking::Psc::new(environment(&sim.issuer()), client, http).unwrap()
}

fn by_code(sim: &Running, psc: &blocking::Psc) -> Result<SignedIn> {
    let (mut pending, url) = psc.begin(&SignInOptions::default())?;
    psc.finish(&mut pending, &sim.sign_in_by_card(&url, "physician"))
}

/// Asks userinfo itself with an access token, over TLS.
fn userinfo(psc: &blocking::Psc, certificate: Option<ClientCertificate>, signed_in: &SignedIn) -> Response {
    let url = psc.service().unwrap().metadata().mtls_endpoint(Endpoint::Userinfo).unwrap().to_owned();
    assert!(url.starts_with("https://"), "{url}");
    let bearer = format!("Bearer {}", signed_in.tokens.access_token().expose_secret());
    let request = Request { method: Method::Get, url, headers: vec![("authorization", bearer)], body: Vec::new() };
    blocking::Http::new(&http(certificate)).unwrap().send(request).unwrap()
}

fn access_claims(signed_in: &SignedIn) -> Value {
    use base64::Engine;
    let token = signed_in.tokens.access_token().expose_secret().to_owned();
    let claims = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}

#[test]
fn a_certificate_stands_for_the_secret_in_every_flow_and_form() {
    let sim = simulator(false);
    for certificate in [pem(), pkcs12()] {
        let psc = service(&sim, client(ClientAuth::TlsClientAuth), &http(Some(certificate)));
        let signed_in = by_code(&sim, &psc).unwrap();
        assert_eq!(signed_in.sign_in.auth_mode(), Some(&AuthMode::Card));
        let refreshed = psc.refresh(&signed_in.tokens).unwrap();
        assert_eq!(refreshed.subject(), signed_in.sign_in.subject());

        let mut poll = psc.ciba(&IdNat::parse("899700218896").unwrap(), Channel::Mobile).unwrap();
        assert!(sim.phone().choose("physician", poll.digits()));
        let signed_in = psc.wait_ciba(&mut poll, |_, _| ()).unwrap();
        assert_eq!(signed_in.sign_in.auth_mode(), Some(&AuthMode::Mobile));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_driver_for_tokio_does_the_same() {
    let sim = simulator(false);
    for certificate in [pem(), pkcs12()] {
        let client = client(ClientAuth::TlsClientAuth);
        let psc = Psc::new(environment(&sim.issuer()), client, &http(Some(certificate))).unwrap();
        let (mut pending, url) = psc.begin(&SignInOptions::default()).await.unwrap();
        let callback = tokio::task::block_in_place(|| sim.sign_in_by_card(&url, "physician"));
        let signed_in = psc.finish(&mut pending, &callback).await.unwrap();
        assert_eq!(signed_in.sign_in.professional().rpps().unwrap().to_string(), "99700218896");
        psc.refresh(&signed_in.tokens).await.unwrap();
    }
}

#[test]
fn tokens_are_bound_in_either_encoding_and_useless_with_another_certificate() {
    for hexadecimal in [false, true] {
        let sim = simulator(hexadecimal);
        for auth in [ClientAuth::TlsClientAuth, secret()] {
            let psc = service(&sim, client(auth).with_certificate(), &http(Some(pem())));
            let signed_in = by_code(&sim, &psc).unwrap();
            let claims = access_claims(&signed_in);
            assert!(pem().thumbprint().check(claims.as_object().unwrap()).unwrap(), "{}", claims["cnf"]);
            let refused = other().thumbprint().check(claims.as_object().unwrap()).unwrap_err();
            assert_eq!(refused.code(), Code::TOKEN_BINDING);

            assert_eq!(userinfo(&psc, Some(pkcs12()), &signed_in).status, 200);
            for certificate in [Some(other()), None] {
                let answer = userinfo(&psc, certificate, &signed_in);
                assert!(answer.status == 401 && answer.header("www-authenticate").unwrap().contains("did NOT match"));
            }
        }
    }
}

#[test]
fn tokens_of_a_secret_alone_are_bound_to_nothing() {
    let sim = simulator(false);
    let signed_in = by_code(&sim, &service(&sim, client(secret()), &http(None))).unwrap();
    assert!(!pem().thumbprint().check(access_claims(&signed_in).as_object().unwrap()).unwrap());
}

#[test]
fn another_certificate_none_and_one_of_a_stranger_are_each_told() {
    let sim = simulator(false);
    let auth = || client(ClientAuth::TlsClientAuth);
    let refused = |http: &HttpConfig| by_code(&sim, &service(&sim, auth(), http)).unwrap_err();
    assert_eq!(refused(&http(Some(other()))).code(), Code::CLIENT_REFUSED);
    assert_eq!(refused(&http(None)).code(), Code::CLIENT_REFUSED);

    let key = rcgen::KeyPair::generate().unwrap();
    let stranger = rcgen::CertificateParams::new(vec!["x.example".to_owned()]).unwrap().self_signed(&key).unwrap();
    let stranger = ClientCertificate::from_pem(stranger.pem().as_bytes(), &key.serialize_pem().into()).unwrap();
    assert_eq!(refused(&http(Some(stranger))).code(), Code::CLIENT_CERTIFICATE);
}

#[test]
fn a_session_goes_on_with_its_own_certificate_alone() {
    let sim = simulator(false);
    let with = |certificate| service(&sim, client(secret()).with_certificate(), &http(Some(certificate)));
    let signed_in = by_code(&sim, &with(pem())).unwrap();
    // The secret is right: the certificate beside it is what keeps the refresh token from being used.
    assert_eq!(with(other()).refresh(&signed_in.tokens).unwrap_err().code(), Code::CLIENT_NOT_ALLOWED);
    with(pkcs12()).refresh(&signed_in.tokens).unwrap();
}
