//! A card as the client certificate of TLS: `openssl s_server` on the other side, the virtual card in the process.
//!
//! What the server was shown is what it says itself (`-www` prints the client's certificate). Sign-in by card at a whole
//! provider is `counterpart_keycloak`.

use sas_psc::card::{CardKey, SignatureScheme, Signer};
use sas_psc::drive::{HttpConfig, blocking};
use sas_psc::psc::{Client, ClientAuth, Environment, SignInOptions};
use sas_psc::{Code, Result};
use sas_psc_sim::card::{Fault, Generation, Profile, Reader, VirtualCard, authorities};
use sas_psc_tests::slot::key;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

fn reader(generation: Generation) -> Reader {
    Reader::with(VirtualCard::new(Profile::of(generation)))
}

/// `openssl s_server`, ended with the value.
struct Server {
    process: Child,
    port: u16,
    folder: TempDir,
}

impl Server {
    fn start(options: &str) -> Server {
        Server::trusting(&authorities(), options)
    }

    fn trusting(authorities: &str, options: &str) -> Server {
        let folder = TempDir::new().unwrap();
        let own = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let file = |name: &str| folder.path().join(name);
        fs::write(file("server.pem"), own.cert.pem() + &own.signing_key.serialize_pem()).unwrap();
        fs::write(file("clients.pem"), authorities).unwrap();
        let mut process = Command::new("openssl")
            .args(["s_server", "-accept", "127.0.0.1:0", "-www", "-naccept", "1"])
            .args(["-cert", "server.pem", "-CAfile", "clients.pem"])
            .args(options.split_whitespace())
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(std::result::Result::ok);
        let accept =
            lines.inspect(|line| assert!(!line.contains("rror"), "{line}")).find(|line| line.starts_with("ACCEPT"));
        let port =
            accept.and_then(|line| line.rsplit(':').next()?.parse().ok()).expect("s_server says where it listens");
        Server { process, port, folder }
    }

    fn authority(&self) -> PathBuf {
        self.folder.path().join("server.pem")
    }

    /// What it says to a client that shows this key.
    fn asked_with(&self, key: CardKey) -> Result<String> {
        let pem = fs::read(self.authority()).unwrap();
        let http = HttpConfig::default().with_only_ca(&pem)?.with_card(key)?;
        let request = sas_psc::base::Request {
            method: sas_psc::base::Method::Get,
            url: format!("https://localhost:{}/", self.port),
            headers: Vec::new(),
            body: Vec::new(),
        };
        blocking::Http::new(&http)?.send(request).map(|answer| String::from_utf8_lossy(&answer.body).into_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

const DOCTOR: &str = "899700218896";

fn shows(answer: &str, parts: &[&str]) {
    for part in parts {
        assert!(answer.contains(part), "{part} is not in: {answer}");
    }
}

#[test]
fn a_cps3_is_shown_over_tls_1_2_whoever_demands_it_or_only_asks() {
    for options in ["-Verify 3 -verify_return_error", "-verify 3", "-tls1_2 -Verify 3 -verify_return_error"] {
        let reader = reader(Generation::Cps3);
        let key = key(&reader, "1234").unwrap();
        reader.take_counts();
        let answer = Server::start(options).asked_with(key).unwrap();
        shows(&answer, &["TLSv1.2", "Client certificate", DOCTOR, "SPECIALISTE0021889"]);
        assert_eq!(reader.take_counts().exchanges, 8, "a signature whose certificate is known");
        assert!(!reader.card(|card| card.is_verified()).unwrap(), "the code is forgotten");
    }
}

#[test]
fn a_cps3_signs_what_the_server_takes_of_pkcs1() {
    for algorithms in ["RSA+SHA512", "RSA+SHA384:rsa_pss_rsae_sha256"] {
        let options = format!("-tls1_2 -Verify 3 -verify_return_error -client_sigalgs {algorithms}");
        let answer = Server::start(&options).asked_with(key(&reader(Generation::Cps3), "1234").unwrap()).unwrap();
        shows(&answer, &["Client certificate", DOCTOR]);
    }
}

#[test]
fn a_server_that_a_cps3_cannot_satisfy_is_told_by_name_and_never_met_without_a_certificate() {
    let refused = |options: &str| {
        let reader = reader(Generation::Cps3);
        let key = key(&reader, "1234").unwrap();
        reader.take_counts();
        let error = Server::start(options).asked_with(key).unwrap_err();
        assert_eq!(reader.take_counts().exchanges, 0, "the card was not asked: {options}");
        error.code()
    };
    assert_eq!(refused("-tls1_3 -Verify 3"), Code::CARD_TLS_VERSION);
    // A server that only asks would go on without: the person would not be who they are.
    for demands in ["-Verify 3", "-verify 3"] {
        let options = format!("-tls1_2 {demands} -client_sigalgs rsa_pss_rsae_sha256:rsa_pss_rsae_sha384");
        assert_eq!(refused(&options), Code::CARD_TLS_SIGNATURE, "{demands}");
    }
}

#[test]
fn a_cps4_signs_pss_over_tls_1_3_and_what_there_is_over_1_2() {
    let options = [
        ("-tls1_3", "TLSv1.3"),
        ("-tls1_2", "TLSv1.2"),
        ("-tls1_2 -client_sigalgs RSA+SHA256", "TLSv1.2"),
        ("", "TLSv1.3"),
    ];
    for (options, version) in options {
        let server = Server::start(&format!("-Verify 3 -verify_return_error {options}"));
        let answer = server.asked_with(key(&reader(Generation::Cps4), "1234").unwrap()).unwrap();
        shows(&answer, &[version, "Client certificate", DOCTOR]);
    }
}

#[test]
fn a_server_that_asks_for_nothing_sees_no_card() {
    let reader = reader(Generation::Cps3);
    let key = key(&reader, "1234").unwrap();
    reader.take_counts();
    let answer = Server::start("").asked_with(key).unwrap();
    shows(&answer, &["no client certificate available"]);
    assert_eq!(reader.take_counts().exchanges, 0);
}

#[test]
fn a_certificate_that_the_server_does_not_take_is_told_in_both_versions() {
    let stranger = rcgen::generate_simple_self_signed(vec!["other".to_owned()]).unwrap().cert.pem();
    for (generation, version) in [(Generation::Cps3, "-tls1_2"), (Generation::Cps4, "-tls1_3")] {
        let server = Server::trusting(&stranger, &format!("-Verify 3 -verify_return_error {version}"));
        let error = server.asked_with(key(&reader(generation), "1234").unwrap()).unwrap_err();
        assert_eq!(error.code(), Code::CLIENT_CERTIFICATE, "{version}");
    }
}

#[test]
fn a_wrong_code_and_a_blocked_card_are_known_before_anybody_is_connected_to() {
    let cards = reader(Generation::Cps3);
    let error = key(&cards, "0000").unwrap_err();
    assert_eq!((error.code(), error.facts().pin_tries_left), (Code::CARD_PIN_WRONG, Some(2)));
    cards.card(|card| card.set_tries(1)).unwrap();
    assert_eq!(key(&cards, "1234").unwrap_err().code(), Code::CARD_PIN_LAST_TRY);
    cards.card(|card| card.set_tries(0)).unwrap();
    let error = key(&cards, "1234").unwrap_err();
    assert_eq!((error.code(), error.facts().pin_tries_left), (Code::CARD_PIN_BLOCKED, Some(0)));
    assert_eq!(key(&reader(Generation::Cps3Contactless), "1234").unwrap_err().code(), Code::CARD_CONTACTLESS);
}

#[test]
fn a_card_that_goes_or_is_another_one_in_the_handshake_is_told_as_that() {
    let cards = reader(Generation::Cps3);
    let gone = key(&cards, "1234").unwrap();
    cards.card(|card| card.at(3, Fault::Remove)).unwrap();
    let server = Server::start("-Verify 3");
    assert_eq!(server.asked_with(gone).unwrap_err().code(), Code::CARD_REMOVED);

    let cards = reader(Generation::Cps3);
    let exchanged = key(&cards, "1234").unwrap();
    cards.insert(VirtualCard::new(Profile::other(Generation::Cps3)));
    let server = Server::start("-Verify 3");
    assert_eq!(server.asked_with(exchanged).unwrap_err().code(), Code::CARD_OTHER);
    assert_eq!(cards.card(|card| card.tries()), Some(3), "the other card's code was not tried");

    // Reset by another program meanwhile, the same card goes on.
    let cards = reader(Generation::Cps3);
    let reset = key(&cards, "1234").unwrap();
    cards.connect().unwrap().end(true);
    let server = Server::start("-Verify 3 -verify_return_error");
    shows(&server.asked_with(reset).unwrap(), &["Client certificate", DOCTOR]);
}

#[test]
fn a_key_says_what_it_can_and_refuses_the_rest() {
    let cps3 = key(&reader(Generation::Cps3), "1234").unwrap();
    assert!(!cps3.schemes().contains(&SignatureScheme::PssSha256));
    assert_eq!(cps3.sign(SignatureScheme::PssSha256, b"message").unwrap_err().code(), Code::CARD_ALGORITHM);
    let cps4 = key(&reader(Generation::Cps4), "1234").unwrap();
    assert_eq!(cps4.sign(SignatureScheme::PssSha256, b"message").unwrap().len(), 256);
    assert_eq!(cps4.clone().with_authorities([vec![1]]).chain().len(), 2);
    assert_eq!(format!("{cps4:?}"), "CardKey { kind: Cps4, .. }");
}

#[test]
fn a_driver_whose_threads_serve_others_refuses_a_card_which_blocks_them() {
    let http = HttpConfig::default().with_card(key(&reader(Generation::Cps3), "1234").unwrap()).unwrap();
    let error = sas_psc::drive::tokio::Http::new(&http).unwrap_err();
    assert_eq!((error.code(), error.facts().field), (Code::HTTP_SETTINGS, Some("card")));
}

#[test]
fn psc_itself_is_not_signed_in_to_by_certificate_and_nothing_is_sent_to_it() {
    for environment in [Environment::production(), Environment::bas()] {
        let client = Client::new("service", ClientAuth::Public, "http://127.0.0.1/callback");
        let psc = blocking::Psc::new(environment, client, &HttpConfig::default()).unwrap();
        let error = psc.sign_in_by_certificate(&SignInOptions::default()).unwrap_err();
        assert_eq!(error.code(), Code::CARD_LOGIN_NOT_OFFERED);
        for way in ["login browser", "login ecps --channel card", "proof of possession"] {
            assert!(error.hint(sas_psc::Lang::En).contains(way), "{way}");
        }
    }
}
