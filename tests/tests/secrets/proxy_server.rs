//! What a Proxy e-Santé holds: workstations, sessions with every token, requests to APIs, the record of who did what.

use crate::shown::Shown;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;
use sas_psc::base::{ExposeSecret, Method, Response, ServerKey, Timestamp};
use sas_psc::drive::tokio::Http;
use sas_psc::drive::{HttpConfig, Pieces, StreamRequest};
use sas_psc::psc::proxy::server::{
    Actor, ActorKey, ApiRequest, Backend, Backends, Connection, Enrolment, Framing, Need, Notice, Origin, Refusal,
    Session, SessionMark, TokenExchange, Trace, TraceKind, WorkstationKey,
};
use sas_psc::psc::{Client, ClientAuth, Exchange, KeyRing, Next, Thumbprint};
use sas_psc::{Code, Error, Result};
use sas_psc_tests::{Draws, Site};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);
const SECRET: &str = "secret-du-mandataire-chez-l-api";
const PATIENT: &str = "279035121518989";
const WORKSTATION: &str = "Poste-de-Mme-Untel";

/// An API whose tokens are exchanged by a client with a secret, for software in a situation of exercise.
fn api(shown: &mut Shown) -> Backends {
    let der = PrivateKeyDer::from_pem_file("../vectors/client-certificate/client.key").unwrap();
    let key = shown.debug(ActorKey::from_pkcs8(der.secret_der(), Some("k")).unwrap());
    shown.secret("a situation of exercise", "situation-tres-privee");
    let actor = shown.debug(Actor::new(key, "Logiciel", "l-1", "1.0").with_situation("situation-tres-privee"));
    shown.secret("an API's client secret", SECRET);
    let client = Client::new("mandataire", ClientAuth::SecretPost(SECRET.to_owned().into()), "");
    let exchange = TokenExchange::at("https://auth.api.invalid/token", client, "openid", false).unwrap();
    let exchange = exchange.with_revocation("https://auth.api.invalid/revoke", false).unwrap().with_actor(actor);
    let exchange = shown.debug(exchange);
    shown.failed(Backend::new("DMP", "https://api.invalid", false));
    let backend = shown.debug(Backend::new("dmp", "https://api.invalid/fhir", false).unwrap().with_exchange(exchange));
    shown.debug(Backends::new([backend]).unwrap())
}

/// Who is let in.
fn enrolled(shown: &mut Shown, now: Timestamp) -> WorkstationKey {
    let key = ServerKey::new(&[7; 32]).unwrap();
    shown.secret("a workstation", WORKSTATION);
    shown.secret("an operator", "operatrice.nommee");
    let made = Enrolment::invite(WORKSTATION, "operatrice.nommee", DAY, &key, &mut Draws(4), now).unwrap();
    let (mut record, code) = made;
    shown.secret("an enrolment code", code.expose_secret());
    shown.debug(&record);
    let workstation = shown.debug(WorkstationKey::of_certificate(b"certificate"));
    shown.failed(record.accept("AAAA-BBBB-CCCC", workstation, &key, now));
    record.accept(code.expose_secret(), workstation, &key, now).unwrap();
    record.revoke("operatrice.nommee", now);
    shown.debug(&record);
    shown.failed(record.admit(&workstation, now));
    workstation
}

pub fn rules(site: &Site, shown: &mut Shown) {
    let (now, key) = (site.now(), ServerKey::new(&[7; 32]).unwrap());
    let backends = api(shown);
    let backend = backends.get("dmp").unwrap();
    let workstation = enrolled(shown, now);
    let body = br#"{"nationalId":"99700218896","bindingMessage":"07","clientId":"logiciel","channel":"CARD"}"#;
    let connection = shown.debug(Connection::parse(body).unwrap());
    shown.failed(Connection::parse(&body.to_ascii_lowercase()));
    shown.debug(Refusal::of(&Error::new(Code::CIBA_REFUSED)));

    let signed_in = site.by_card("physician").unwrap();
    for token in [Some(signed_in.tokens.access_token()), signed_in.tokens.refresh_token()].into_iter().flatten() {
        shown.secret("a token of a session", token.expose_secret());
    }
    shown.secret("an ID token of a session", signed_in.tokens.id_token().expose_secret());
    let name = Session::name(&mut Draws(5)).unwrap();
    shown.secret("a session's name", name.expose_secret());
    let mark = shown.debug(SessionMark::of(name.expose_secret(), &key));
    let mut session = shown.debug(Session::begin(workstation, "logiciel", &signed_in, now));
    shown.secret("PSC's session", session.session_state());
    let need: Need<'_> = session.need(&Backend::new("autre", "https://api.invalid", false).unwrap(), now).unwrap();
    shown.text("Need", format!("{need:?}"));
    shown.types.insert("psc::proxy::server::session::Need".to_owned());
    shown.failed(session.clone().admit(
        &WorkstationKey::this_machine(),
        &sas_psc::psc::proxy::server::Rules::default(),
        now,
    ));

    let exchange = backend.exchange().unwrap();
    let mut asked = shown.debug(exchange.begin(session.tokens().access_token(), &mut Draws(6), now).unwrap());
    let Next::Send(request) = asked.next(now).unwrap() else { panic!("a request comes first") };
    shown.debug(request);
    let answer = |body: &str| Response { status: 200, headers: Vec::new(), body: body.as_bytes().to_vec() };
    asked.answered(&answer(r#"{"access_token":"jeton-d-une-api","token_type":"Bearer"}"#), now).unwrap();
    shown.secret("an API's token", "jeton-d-une-api");
    let Next::Done(token) = asked.next(now).unwrap() else { panic!("a token") };
    let token = shown.debug(token);
    assert!(!token.bound_to(&Thumbprint::of_der(b"certificate")).unwrap());
    shown.debug(exchange.revocation(&token, now).unwrap().unwrap());
    let service = sas_psc::drive::block_on(site.psc.service()).unwrap();
    shown.debug(Notice::logout(&service, session.tokens()).unwrap());
    session.exchanged(backend, token);
    let keys = KeyRing::new(b"une-cle-tres-secrete-de-32-octets").unwrap();
    let sealed = session.seal(&mark, &keys, &mut Draws(7)).unwrap();
    shown.debug(Session::open(&mark, &keys, &sealed).unwrap());
    shown.failed(Session::open(&SessionMark::of("ailleurs", &key), &keys, &sealed));

    shown.secret("a patient", PATIENT);
    let target = backends.target(&format!("/send/dmp/Patient/{PATIENT}?identifier={PATIENT}")).unwrap();
    shown.debug(target.clone());
    shown.failed(backends.target(&format!("/send/dmp/../{PATIENT}")));
    let request = shown.debug(ApiRequest::new("GET", &target));
    shown.secret("an address of a workstation", "10.77.88.99");
    let origin = Origin { ip_address: "10.77.88.99".into(), ports: [50_123, 8443], dn: WORKSTATION.to_owned() };
    let origin = shown.debug(origin);
    let trace = Trace::of_session(TraceKind::Send, &session, &mark, Some(name.expose_secret()), &origin, now);
    shown.debug(trace.with_request(request));
    shown.debug(Trace::failure(&connection, &origin, now));
    let mut framing = Framing::new(1 << 20);
    framing.feed(b"GET /send/dmp HTTP/1.1\r\nCookie: session-en-clair").unwrap();
    shown.secret("bytes of a cookie", "115, 101, 115, 115, 105, 111, 110");
    shown.debug(&framing);
    shown.failed(framing.feed(b"\x00\r\n"));
}

struct Patient(bool);

impl Pieces for Patient {
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        Ok(std::mem::take(&mut self.0).then(|| PATIENT.as_bytes().to_vec()))
    }
}

/// A request in pieces, and its answer.
pub fn streamed(shown: &mut Shown) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut received = Vec::new();
        while !String::from_utf8_lossy(&received).contains(PATIENT) || !received.ends_with(b"0\r\n\r\n") {
            let mut piece = [0; 1024];
            let count = stream.read(&mut piece).unwrap();
            assert!(count > 0, "the request broke off");
            received.extend_from_slice(&piece[..count]);
        }
        let head =
            format!("HTTP/1.1 200 OK\r\nx-patient: {PATIENT}\r\ncontent-length: 15\r\nconnection: close\r\n\r\n");
        stream.write_all((head + PATIENT).as_bytes()).unwrap();
    });
    let request = shown.debug(StreamRequest {
        method: Method::Post,
        url: format!("http://127.0.0.1:{port}/{SECRET}"),
        headers: vec![("authorization".into(), format!("Bearer {SECRET}"))],
        length: None,
        silent_for: Duration::from_secs(20),
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let http = Http::new(&HttpConfig::default()).unwrap();
    runtime.block_on(async {
        let mut answer = shown.debug(http.stream(request.clone(), Some(Patient(true))).await.unwrap());
        assert_eq!(answer.next().await.unwrap().unwrap(), PATIENT.as_bytes());
        let nowhere = StreamRequest { url: format!("http://127.0.0.1:1/{SECRET}"), ..request };
        shown.failed(http.stream(nowhere, None::<Patient>).await);
    });
    server.join().unwrap();
}
