//! Logout on the back channel, end to end: the simulator tells a service whose session ended, and the service ends its own.

use sas_psc::Code;
use sas_psc::drive::blocking::Http;
use sas_psc::drive::{HttpConfig, Psc, Sessions, block_on};
use sas_psc::psc::{KeyRing, SessionRules, SessionState, SignInOptions, SignedIn, SignedOut};
use sas_psc::store::Memory;
use sas_psc_sim::{Client, Config, Running, Simulator};
use sas_psc_tests::{client, environment};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// An address of ours, and the bodies posted to it.
fn listener() -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/logout?by=psc", listener.local_addr().unwrap());
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let (mut text, mut piece) = (String::new(), [0; 4096]);
            let whole = |text: &str| {
                let (head, body) = text.split_once("\r\n\r\n")?;
                let length = head.split("Content-Length: ").nth(1)?.lines().next()?.parse().ok()?;
                (body.len() >= length).then(|| body.to_owned())
            };
            while whole(&text).is_none() {
                let read = stream.read(&mut piece).unwrap();
                assert!(read > 0, "{text}");
                text.push_str(&String::from_utf8_lossy(&piece[..read]));
            }
            assert!(text.starts_with("POST /logout?by=psc HTTP/1.1\r\n"), "{text}");
            stream.write_all(b"HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: 0\r\n\r\n").unwrap();
            tell.send(whole(&text).unwrap()).unwrap();
        }
    });
    (address, told)
}

fn by_card(sim: &Running, psc: &Psc<Http>) -> SignedIn {
    let (mut pending, url) = block_on(psc.begin(&SignInOptions::default())).unwrap();
    block_on(psc.finish(&mut pending, &sim.sign_in_by_card(&url, "physician"))).unwrap()
}

#[test]
fn a_session_that_ends_at_the_provider_ends_at_the_service_that_is_told_and_no_other_does() {
    let (address, told) = listener();
    let ours = Client { backchannel_logout: Some(address), ..Client::default() };
    let sim = Simulator::start(Config { clients: vec![ours, Client::other()], ..Config::default() }).unwrap();
    let http = Http::new(&HttpConfig::default()).unwrap();
    let psc = Arc::new(Psc::over(http, environment(&sim.issuer()), client()));
    let sessions = Sessions::new(psc.clone(), Memory::new(), KeyRing::new(&[7; 32]).unwrap(), SessionRules::default());
    let service = block_on(psc.service()).unwrap();

    let [first, second] = [by_card(&sim, &psc), by_card(&sim, &psc)];
    let [one, other] = [&first, &second].map(|signed_in| block_on(sessions.begin(signed_in)).unwrap());
    let soon = Duration::from_secs(10);
    block_on(psc.run(service.end_session(&first.tokens).unwrap())).unwrap();
    let body = told.recv_timeout(soon).unwrap();
    let answer = block_on(sessions.back_channel_logout(body.as_bytes()));
    assert_eq!((answer.status, answer.ended), (200, 1));
    assert_eq!(block_on(sessions.state(&one)).unwrap(), SessionState::SignedOut(SignedOut::ByProvider));
    block_on(sessions.access_token(&other)).unwrap();
    let again = block_on(sessions.back_channel_logout(body.as_bytes()));
    assert_eq!((again.status, again.error.unwrap().code()), (400, Code::LOGOUT_TOKEN_REPLAYED));

    // Revoking the refresh token ends the session too; an end is told once.
    block_on(psc.run(service.revoke(second.tokens.refresh_token().unwrap()).unwrap())).unwrap();
    let body = told.recv_timeout(soon).unwrap();
    assert_eq!(block_on(sessions.back_channel_logout(body.as_bytes())).ended, 1);
    block_on(psc.run(service.end_session(&second.tokens).unwrap())).unwrap();
    assert!(told.recv_timeout(Duration::from_millis(300)).is_err());
}
