//! The options of `login`: what is asked of the provider, by which way, with which certificate; and that a token never
//! shows, whatever goes wrong.

use crate::{Place, ended, last, name};
use sas_psc::drive::ClientCertificate;
use sas_psc_sim::{Browser, Client, Config, Endpoint, Fault, Mtls, Rule};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::Command;
use std::thread;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/client-certificate");

fn text(name: &str) -> String {
    fs::read_to_string(format!("{FOLDER}/{name}")).unwrap()
}

/// A simulator that takes the certificate `client` in place of the secret, with its files beside.
fn place() -> Place {
    let certificate = ClientCertificate::read(text("client.pem").as_bytes(), Some(&text("client.key").into()), None);
    let certificate = Some(certificate.unwrap().thumbprint().to_x5t());
    let mtls =
        Mtls { chain: text("server.pem"), key: text("server.key"), authority: text("ca.pem"), hexadecimal: false };
    let clients = vec![Client { certificate, ..Client::default() }];
    let place = Place::of(Config { clients, mtls: Some(mtls), ..Config::default() });
    fs::write(place.folder.path().join("password"), "motdepasse\n").unwrap();
    place
}

/// The command with options that name files of the vectors by `@`.
fn command(place: &Place, what: &str, options: &str) -> Command {
    let mut command = place.command(what);
    command.args(options.split(' ').map(|word| word.replacen('@', &format!("{FOLDER}/"), 1)));
    command
}

#[test]
fn a_certificate_signs_in_without_a_secret_from_pem_and_from_pkcs12() {
    let place = place();
    let pem = "--ca @server-ca.pem --client-certificate @client.pem --client-key @client.key";
    let browsing = Place::browsing(command(&place, "--json login browser --no-open", pem));
    Browser::new().get(&place.sim.sign_in_by_card(&browsing.url, "physician")).unwrap();
    let (status, person) = browsing.end();
    assert_eq!((status, &person["id_nat"]), (0, &"899700218896".into()));

    let pkcs12 = "--ca @server-ca.pem --client-certificate @client.p12 --key-password-file password";
    let (child, digits) = Place::ringing(command(&place, "--json login ecps --id-nat 99700218896", pkcs12));
    assert!(place.sim.phone().choose("physician", &digits));
    let (status, person) = ended(&child.wait_with_output().unwrap());
    assert_eq!((status, &person["auth_mode"]), (0, &"MOBILE".into()));

    // The certificate beside the secret: the tokens are bound to it, and userinfo is asked with it.
    let with = "--ca @server-ca.pem --client-certificate @client.pem --client-key @client-encrypted.key \
                --key-password-file password --client-secret-file secret";
    let (child, digits) = Place::ringing(command(&place, "--json login ecps --id-nat 99700218896", with));
    assert!(place.sim.phone().choose("physician", &digits));
    assert_eq!(ended(&child.wait_with_output().unwrap()).0, 0);
}

#[test]
fn a_certificate_that_does_not_open_is_told_by_who_must_act() {
    let place = place();
    let login = "--json login ecps --id-nat 99700218896";
    for (options, status, code) in [
        ("--ca @server-ca.pem --client-certificate @other.pem --client-key @other.key", 2, "client-refused"),
        ("--client-certificate @client.pem --client-key @client.key", 6, "server-certificate"),
        ("--ca @ca.pem --client-certificate @client.pem --client-key @client.key", 6, "server-certificate"),
        ("--client-certificate @client.pem --client-key @other.key", 2, "client-key-mismatch"),
        ("--client-certificate @client.pem --client-key @client-encrypted.key", 2, "client-key-encrypted"),
        ("--client-certificate @client.pem", 2, "client-key-form"),
        ("--client-certificate @client.p12 --key-password-file secret", 2, "client-key-password"),
        ("--client-certificate @client.p12 --key-password-file absent", 6, "file-unreadable"),
        ("--client-certificate absent --client-key @client.key", 6, "file-unreadable"),
    ] {
        let (found, error) = ended(&command(&place, login, options).output().unwrap());
        let named = name(&error).replace("trust-store-empty", "server-certificate");
        assert_eq!((found, named.as_str()), (status, code), "{options}: {error}");
    }
}

#[test]
fn what_is_asked_for_is_in_the_address() {
    let place = Place::new();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut login = place.login("--json login browser --no-open");
    login.args(["--scope", "scope_all rpps", "--acr", "eidas2", "--redirect-port", &port.to_string()]);
    let browsing = Place::browsing(login);
    for part in [
        "scope=openid+scope_all+rpps",
        "acr_values=eidas2",
        &format!("redirect_uri=http%3A%2F%2F127.0.0.1%3A{port}%2Fcallback"),
        "code_challenge_method=S256",
    ] {
        assert!(browsing.url.contains(part), "{part}: {}", browsing.url);
    }
    // The simulator knows eidas1 only: less than was asked for is the provider's fault.
    Browser::new().get(&place.sim.sign_in_by_card(&browsing.url, "physician")).unwrap();
    let (status, error) = browsing.end();
    assert_eq!((status, name(&error)), (5, "id-token-acr"));
}

#[test]
fn what_psc_does_not_document_is_an_option() {
    let place = Place::new();
    place.sim.inject(Rule::new(Fault::MissingAcr));
    for (options, status) in [
        ("", 5),
        (" --allow-missing-acr", 0),
        (" --allow-missing-acr --exact-acr --leeway 5 --idp-hint OKTA_hopital", 0),
    ] {
        let browsing = place.browser(options);
        assert_eq!(browsing.url.contains("kc_idp_hint=OKTA_hopital"), options.contains("OKTA"), "{}", browsing.url);
        Browser::new().get(&place.sim.sign_in_by_card(&browsing.url, "physician")).unwrap();
        let (found, answer) = browsing.end();
        assert_eq!(found, status, "{options}: {answer}");
    }

    let (child, digits) = place.ecps("--id-nat 99700218896 --hint-by-rpps --allow-missing-acr");
    assert!(place.sim.phone().choose("physician", &digits));
    assert_eq!(ended(&child.wait_with_output().unwrap()).0, 0);
}

#[test]
fn a_port_that_is_taken_is_said() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let output = Place::new().login(&format!("--json login browser --no-open --redirect-port {port}")).output();
    let (status, error) = ended(&output.unwrap());
    assert_eq!((status, name(&error)), (6, "port-unavailable"));
}

#[test]
fn a_proxy_that_asks_for_a_password_is_named_and_the_one_given_is_not_shown() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(|stream| stream.ok()) {
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(|line| line.ok());
            while lines.next().is_some_and(|line| !line.is_empty()) {}
            let _ = stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
        }
    });
    for way in ["--json login ecps --id-nat 99700218896", "--json login browser --no-open", "--json doctor"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sas-psc"));
        command.args(way.split(' ')).args(["--issuer", "https://auth.example"]);
        if !way.ends_with("doctor") {
            command.args(["--client-id", "c"]);
        }
        let output = command.args(["--http-proxy", &format!("http://jeanne:hush-hush@{proxy}")]).output().unwrap();
        let text = String::from_utf8([output.stdout.clone(), output.stderr.clone()].concat()).unwrap();
        assert!(!text.contains("jeanne") && !text.contains("hush-hush"), "{text}");
        if way.ends_with("doctor") {
            assert_eq!(output.status.code(), Some(1));
            assert!(text.contains("10030") && text.contains(&format!("http://{proxy}")), "{text}");
        } else {
            assert_eq!((output.status.code(), name(&last(&text))), (Some(6), "proxy-authentication"), "{way}");
        }
    }
}

#[test]
fn whatever_the_provider_does_wrong_is_its_own_and_no_token_shows() {
    for (rule, code) in [
        (Rule::new(Fault::WrongNonce).once(), "id-token-nonce"),
        (Rule::new(Fault::WrongSignature).once(), "id-token-signature"),
        (Rule::new(Fault::WrongAudience).once(), "id-token-audience"),
        (Rule::new(Fault::OtherSubject).once(), "userinfo-subject"),
        (Rule::answer(Endpoint::Userinfo, 401, ""), "access-token-refused"),
        (Rule::answer(Endpoint::Token, 503, ""), "provider-unavailable"),
    ] {
        let place = Place::new();
        place.sim.inject(rule);
        let browsing = place.browser("");
        Browser::new().get(&place.sim.sign_in_by_card(&browsing.url, "physician")).unwrap();
        let (status, error) = browsing.end();
        assert_eq!((status, name(&error)), (5, code), "{error}");
        assert!(!error.to_string().contains("eyJ"), "a token was printed");
    }
}
