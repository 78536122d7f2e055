//! The proxy's rules, and the hostile requests of `vectors/proxy` that the framing alone refuses.

use super::*;
use crate::base::{Counter, ExposeSecret, Method, Response, ServerKey, Timestamp};
use crate::error::{Code, Error, Lang, Result};
use crate::psc::{Acr, Client, ClientAuth, Exchange, KeyRing, Next, SignIn, SignedIn, Thumbprint, TokenSet, UserInfo};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_unix(1_795_420_800);
const DAY: Duration = Duration::from_secs(86_400);

fn key() -> ServerKey {
    ServerKey::new(&[7; 32]).unwrap()
}

fn code<T>(result: Result<T>) -> Code {
    result.err().expect("an error").code()
}

fn workstation(name: &[u8]) -> WorkstationKey {
    WorkstationKey::of_certificate(name)
}

/// The request of a vector, and the code that it expects.
fn vector(text: &str) -> (Vec<u8>, String) {
    let (head, rest): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with("# "));
    let expect = head.iter().find_map(|line| line.strip_prefix("# expect: ")).unwrap();
    let mut text = rest
        .concat()
        .replace("{host}", "proxy")
        .replace("{session}", &"s".repeat(43))
        .replace("{used-code}", "AAAA-BBBB-CCCC");
    while let Some(at) = text.find("{repeat:") {
        let end = at + text[at..].find('}').unwrap();
        let (count, what) = text[at + 8..end].split_once(':').unwrap();
        let repeated = what.repeat(count.parse().unwrap());
        text.replace_range(at..=end, &repeated);
    }
    let (mut bytes, mut chars) = (Vec::new(), text.chars());
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            (_, Some('r')) => bytes.push(b'\r'),
            (_, Some('n')) => bytes.push(b'\n'),
            (_, Some('t')) => bytes.push(b'\t'),
            (_, Some('\\')) => bytes.push(b'\\'),
            (_, Some('x')) => {
                let hex: String = chars.by_ref().take(2).collect();
                bytes.push(u8::from_str_radix(&hex, 16).unwrap());
            }
            (c, None) => bytes.extend_from_slice(c.to_string().as_bytes()),
            other => panic!("{other:?} is no escape"),
        }
    }
    (bytes, expect.split(' ').nth(1).unwrap().to_owned())
}

#[test]
fn every_hostile_message_of_the_vectors_is_refused_however_it_arrives() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/proxy");
    let mut refused = 0;
    for file in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let (bytes, expected) = vector(&std::fs::read_to_string(&file).unwrap());
        for piece in [1, 7, bytes.len()] {
            let mut framing = Framing::new(256 << 20);
            let outcome = bytes.chunks(piece).try_for_each(|piece| framing.feed(piece));
            let by_framing = ["framing-", "method-", "size-"].iter().any(|start| name.starts_with(start));
            let elsewhere = ["method-get-connect", "size-path"].contains(&name.as_str());
            if by_framing && !elsewhere {
                assert_eq!(code(outcome).name(), expected, "{name} in pieces of {piece}");
                refused += 1;
            } else if let Err(error) = outcome {
                assert_eq!(error.code().name(), expected, "{name} in pieces of {piece}");
            } else {
                assert!(framing.is_idle() || name == "connect-too-large", "{name} is not whole");
            }
        }
    }
    assert!(refused >= 3 * 50, "{refused}");
}

#[test]
fn what_means_one_thing_passes() {
    let requests = [
        "GET /send/dmp/Patient?a=b&c=%20d HTTP/1.1\r\nHost: proxy.chu.example:8443\r\n\r\n",
        "POST /connect HTTP/1.1\r\nhost: [::1]:8443\r\ncontent-length: 2\r\n\r\n{}",
        "PUT /send/dmp/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n",
        "PATCH /send/dmp/a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello",
        "DELETE /disconnect HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nContent-Length: 0\r\nX-Note: été\r\n\r\n",
    ];
    let all = requests.concat().into_bytes();
    for piece in [1, 3, all.len()] {
        let mut framing = Framing::new(1 << 20);
        for piece in all.chunks(piece) {
            framing.feed(piece).unwrap();
        }
        assert!(framing.is_idle() && !framing.in_head());
        framing.feed(b"GET / HT").unwrap();
        assert!(framing.in_head());
    }
    let mut small = Framing::new(4);
    assert_eq!(code(small.feed(requests[1].replace("2", "5").as_bytes())), Code::MESSAGE_TOO_LARGE);
    assert_eq!(code(Framing::new(14).feed(requests[2].as_bytes())), Code::MESSAGE_TOO_LARGE);
}

#[test]
fn a_workstation_is_let_in_once_by_its_code() {
    let invite = || Enrolment::invite("Accueil 2", "support", DAY, &key(), &mut Counter(5), NOW).unwrap();
    let (mut record, typed) = invite();
    let typed = typed.expose_secret().to_owned();
    assert_eq!((typed.len(), record.status(NOW)), (14, EnrolmentStatus::Invited));
    assert_eq!(code(record.admit(&workstation(b"a"), NOW)), Code::WORKSTATION_UNKNOWN);
    assert_eq!(code(record.accept("AAAA-BBBB-CCCC", workstation(b"a"), &key(), NOW)), Code::ENROLMENT_CODE);
    let sloppy = format!(" {} ", typed.to_lowercase().replace('-', " "));
    assert_eq!(code(record.clone().accept(&sloppy, workstation(b"a"), &key(), NOW + DAY)), Code::ENROLMENT_CODE);
    record.accept(&sloppy, workstation(b"a"), &key(), NOW).unwrap();
    assert_eq!(code(record.accept(&typed, workstation(b"b"), &key(), NOW)), Code::ENROLMENT_CODE);
    let mut record = Enrolment::resume(&record.to_stored().unwrap()).unwrap();
    record.admit(&workstation(b"a"), NOW + DAY * 400).unwrap();
    assert_eq!(code(record.admit(&workstation(b"b"), NOW)), Code::WORKSTATION_UNKNOWN);
    record.revoke("support", NOW);
    assert_eq!(code(record.admit(&workstation(b"a"), NOW)), Code::WORKSTATION_REVOKED);
    let (unused, _) = invite();
    assert_eq!(unused.status(NOW + DAY), EnrolmentStatus::Expired);
    assert!(!String::from_utf8(unused.to_stored().unwrap()).unwrap().contains(&typed));
}

fn backends() -> Backends {
    let dmp = Backend::new("dmp", "https://api.example/fhir/v1/", false).unwrap();
    Backends::new([dmp.with_header("X-Api-Version").unwrap().with_own_header("X_Site")]).unwrap()
}

#[test]
fn a_request_goes_below_its_api_or_nowhere() {
    let backends = backends();
    for (path, url) in [
        ("/send/dmp", "https://api.example/fhir/v1"),
        ("/send/dmp/", "https://api.example/fhir/v1/"),
        ("/send/dmp/Patient/$everything?_count=5", "https://api.example/fhir/v1/Patient/$everything?_count=5"),
        ("/send/dmp/a;v=1/b.c/...", "https://api.example/fhir/v1/a;v=1/b.c/..."),
        ("/send/dmp/%C3%A9t%C3%A9?q=a%2Fb", "https://api.example/fhir/v1/%C3%A9t%C3%A9?q=a%2Fb"),
    ] {
        assert_eq!(backends.target(path).unwrap().url(), url);
    }
    for path in ["/send/dmp/..", "/send/dmp/a/%2e%2e", "/send/dmp/a%2Fb", "/send/dmp//", "/send/dmp/%", "/other"] {
        assert_eq!(code(backends.target(path)), Code::BACKEND_PATH, "{path}");
    }
    for path in ["/send/", "/send/DMP/a", "/send/127.0.0.1/a", "/send/dmp@x/a", "/send/https:/x"] {
        assert_eq!(code(backends.target(path)), Code::BACKEND_UNKNOWN, "{path}");
    }
    let target = backends.target("/send/dmp/Patient/1?nir=279035121518989").unwrap();
    assert_eq!(target.path(), "/Patient/1");
}

#[test]
fn an_operators_mistake_is_told_at_the_start() {
    for (name, base) in [
        ("", "https://a.example"),
        ("DMP", "https://a.example"),
        ("a/b", "https://a.example"),
        ("a", "http://a.example"),
        ("a", "https://u@a.example"),
        ("a", "https://a.example/x/../y"),
        ("a", "https://a.example/?q"),
    ] {
        assert_eq!(code(Backend::new(name, base, true)), Code::BACKEND_SETTINGS, "{name} {base}");
    }
    let backend = Backend::new("a", "https://a.example", false).unwrap();
    for header in ["Authorization", "Host", "Cookie", "X-Forwarded-For", "transfer_encoding", "X-LPS-Nom", "a b", ""] {
        assert_eq!(code(backend.clone().with_header(header)), Code::BACKEND_SETTINGS, "{header}");
    }
    assert_eq!(code(Backends::new([backend.clone(), backend])), Code::BACKEND_SETTINGS);
}

fn headers(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn a_workstation_writes_no_header_of_ours() {
    let backends = backends();
    let dmp = backends.get("dmp").unwrap();
    let sent = headers(&[
        ("host", "proxy"),
        ("Accept", "application/fhir+json"),
        ("user-agent", "logiciel"),
        ("cookie", "proxy_session_id=secret"),
        ("x-api-version", "2"),
        ("if-match", "W/\"3\""),
        ("content-length", "5"),
    ]);
    let kept = headers(&[("accept", "application/fhir+json"), ("x-api-version", "2"), ("if-match", "W/\"3\"")]);
    assert_eq!(forward_request(&sent, dmp).unwrap(), kept);
    for name in
        ["Authorization", "forwarded", "X-Forwarded-Host", "x_real_ip", "X-Site", "x_site", "Client-Cert", "X-LPS-Nom"]
    {
        assert_eq!(code(forward_request(&headers(&[(name, "x")]), dmp)), Code::HEADER_RESERVED, "{name}");
    }
}

#[test]
fn an_answer_loses_its_connection_its_cookies_and_every_way_past_us() {
    let backends = backends();
    let target = backends.target("/send/dmp/Patient").unwrap();
    let answered = headers(&[
        ("content-type", "application/fhir+json"),
        ("set-cookie", "JSESSIONID=1"),
        ("connection", "close, x-hop"),
        ("x-hop", "1"),
        ("etag", "W/\"1\""),
        ("location", "https://api.example/fhir/v1/Patient/7"),
        ("content-location", "https://elsewhere.example/fhir/v1/Patient/7"),
    ]);
    let kept = [("content-type", "application/fhir+json"), ("etag", "W/\"1\""), ("location", "/send/dmp/Patient/7")];
    assert_eq!(forward_response(&answered, &target), headers(&kept));
    for (location, expected) in [
        ("/fhir/v1/Patient/7?x=1", Some("/send/dmp/Patient/7?x=1")),
        ("/fhir/v10/Patient", None),
        ("https://api.example.evil/fhir/v1/x", None),
        ("https://api.example/fhir/v1/../admin", None),
        ("Patient/7", None),
    ] {
        let kept = forward_response(&headers(&[("location", location)]), &target);
        assert_eq!(kept.first().map(|(_, value)| value.as_str()), expected, "{location}");
    }
}

#[test]
fn a_request_names_one_session() {
    let one = headers(&[("Cookie", "a=b; proxy_session_id=x; c=d")]);
    assert_eq!(session_cookie(&one, "proxy_session_id").unwrap(), Some("x"));
    assert_eq!(session_cookie(&headers(&[("cookie", "a=b")]), "proxy_session_id").unwrap(), None);
    let two = headers(&[("cookie", "proxy_session_id=x"), ("cookie", "proxy_session_id=x")]);
    assert_eq!(code(session_cookie(&two, "proxy_session_id")), Code::MESSAGE_FRAMING);
}

fn exchange() -> TokenExchange {
    let client = Client::new("proxy", ClientAuth::SecretPost("hush".to_owned().into()), "");
    TokenExchange::at("https://auth.api.example/token", client, "openid", false).unwrap()
}

fn exchanged(status: u16, body: &str) -> Result<ApiToken> {
    let mut begun = exchange().begin(&"psc-token".to_owned().into(), &mut Counter(1), NOW).unwrap();
    assert!(matches!(begun.next(NOW).unwrap(), Next::Send(_)));
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    begun.answered(&Response { status, headers, body: body.as_bytes().to_vec() }, NOW)?;
    match begun.next(NOW)? {
        Next::Done(token) => Ok(token),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_exchange_is_rfc_8693_with_keycloaks_issuer() {
    let signer = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
    let der = aws_lc_rs::encoding::AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&signer).unwrap();
    let actor = Actor::new(ActorKey::from_pkcs8(der.as_ref(), Some("k1")).unwrap(), "Logiciel", "LPS-1", "2.0");
    let exchange = exchange().with_actor(actor.with_situation("10C"));
    let mut begun = exchange.begin(&"psc-token".to_owned().into(), &mut Counter(1), NOW).unwrap();
    let Next::Send(request) = begun.next(NOW).unwrap() else { panic!("a request comes first") };
    assert_eq!((request.method, request.url.as_str()), (Method::Post, "https://auth.api.example/token"));
    let form: std::collections::BTreeMap<String, String> =
        openidconnect::url::form_urlencoded::parse(&request.body).into_owned().collect();
    for (name, value) in [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token", "psc-token"),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ("subject_issuer", "psc"),
        ("scope", "openid"),
        ("client_id", "proxy"),
        ("actor_token_type", "urn:ietf:params:oauth:token-type:jwt"),
    ] {
        assert_eq!(form[name], value, "{name}");
    }
    let parts: Vec<&str> = form["actor_token"].split('.').collect();
    let claims: serde_json::Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    let said = [&claims["lps_nom"], &claims["lps_id"], &claims["lps_version"], &claims["situation_exercice"]];
    assert_eq!(said, ["Logiciel", "LPS-1", "2.0", "10C"]);
    assert_eq!(claims["exp"].as_i64(), Some(NOW.unix() + 60));
    use aws_lc_rs::signature::KeyPair;
    let public = aws_lc_rs::signature::UnparsedPublicKey::new(
        &aws_lc_rs::signature::RSA_PKCS1_2048_8192_SHA256,
        signer.public_key().as_ref(),
    );
    let signature = BASE64_URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
    public.verify(format!("{}.{}", parts[0], parts[1]).as_bytes(), &signature).unwrap();
    assert_eq!(code(ActorKey::from_pkcs8(b"no key", None)), Code::BACKEND_SETTINGS);
}

#[test]
fn an_apis_token_serves_three_quarters_of_its_life() {
    let token = exchanged(200, r#"{"access_token":"api.1","token_type":"Bearer","expires_in":400}"#).unwrap();
    assert_eq!(token.renew_at(), NOW + Duration::from_secs(300));
    assert_eq!(token.expires_at(), NOW + Duration::from_secs(400));
    assert_eq!(
        *token.to_json(),
        format!(
            r#"{{"access_token":"api.1","expires_at":{},"renew_at":{}}}"#,
            1000 * (NOW.unix() + 400),
            1000 * (NOW.unix() + 300)
        )
    );
    let text = exchanged(200, r#"{"access_token":"a","token_type":"Bearer","expires_in":"400"}"#).unwrap();
    assert_eq!(text.expires_at(), NOW + Duration::from_secs(400));
    for (status, body, expected) in [
        (200, r#"{"error":"access_denied","access_token":"a","token_type":"Bearer"}"#, Code::TOKEN_EXCHANGE_REFUSED),
        (200, r#"{"access_token":"a b","token_type":"Bearer"}"#, Code::PROVIDER_ANSWER),
        (200, r#"{"access_token":"a","token_type":"N_A"}"#, Code::PROVIDER_ANSWER),
        (200, r#"{"token_type":"Bearer"}"#, Code::PROVIDER_ANSWER),
        (400, r#"{"error":"invalid_grant"}"#, Code::TOKEN_EXCHANGE_REFUSED),
        (403, r#"{"error":"access_denied"}"#, Code::TOKEN_EXCHANGE_REFUSED),
        (401, r#"{"error":"invalid_client"}"#, Code::CLIENT_REFUSED),
        (503, "", Code::PROVIDER_UNAVAILABLE),
    ] {
        assert_eq!(code(exchanged(status, body)), expected, "{status} {body}");
    }
}

#[test]
fn both_encodings_of_the_certificate_are_read() {
    let ours = Thumbprint::of_der(b"certificate");
    let token = |cnf: String| {
        let claims = serde_json::json!({ "cnf": { "x5t#S256": cnf } }).to_string();
        let jwt = format!("e30.{}.c2ln", BASE64_URL_SAFE_NO_PAD.encode(claims));
        exchanged(200, &format!(r#"{{"access_token":"{jwt}","token_type":"Bearer"}}"#)).unwrap()
    };
    assert!(token(ours.to_x5t()).bound_to(&ours).unwrap());
    assert!(token(BASE64_STANDARD.encode(ours.to_hex())).bound_to(&ours).unwrap());
    assert_eq!(code(token(Thumbprint::of_der(b"other").to_x5t()).bound_to(&ours)), Code::TOKEN_BINDING);
    let opaque = exchanged(200, r#"{"access_token":"opaque","token_type":"Bearer"}"#).unwrap();
    assert!(!opaque.bound_to(&ours).unwrap());
}

#[test]
fn a_token_is_revoked_where_that_is_taken() {
    let token = exchanged(200, r#"{"access_token":"api.1","token_type":"Bearer"}"#).unwrap();
    assert!(exchange().revocation(&token, NOW).unwrap().is_none());
    let exchange = exchange().with_revocation("https://auth.api.example/revoke", false).unwrap();
    let mut notice = exchange.revocation(&token, NOW).unwrap().unwrap();
    let Next::Send(request) = notice.next(NOW).unwrap() else { panic!("a request comes first") };
    assert!(String::from_utf8(request.body).unwrap().starts_with("token=api.1&"));
    notice.answered(&Response { status: 200, headers: Vec::new(), body: b"{\"error\":\"x\"}".to_vec() }, NOW).unwrap();
    assert!(matches!(notice.next(NOW).unwrap(), Next::Done(())));
}

#[test]
fn a_request_to_connect_is_whole_or_nothing() {
    let good = r#"{"nationalId":"99700218896","bindingMessage":"07","clientId":"logiciel","channel":"CARD"}"#;
    let read = Connection::parse(good.as_bytes()).unwrap();
    assert_eq!((read.person().as_str(), read.digits(), read.client_id()), ("899700218896", "07", "logiciel"));
    for (from, to, field) in [
        ("\"07\"", "\"7\"", "bindingMessage"),
        ("\"07\"", "7", "bindingMessage"),
        ("CARD", "card", "channel"),
        ("logiciel", "", "clientId"),
        ("99700218896", "99700218897", "nationalId"),
        ("clientId", "client", "clientId"),
        ("{", "[", "body"),
        ("\"channel\"", "\"clientId\"", "body"),
    ] {
        let error = Connection::parse(good.replace(from, to).as_bytes()).unwrap_err();
        assert_eq!((error.code(), error.facts().field), (Code::PROXY_REQUEST_REFUSED, Some(field)), "{from}");
    }
}

#[test]
fn an_outsider_learns_nothing_from_a_refusal() {
    let of = |code| Refusal::of(&Error::new(code));
    for code in [Code::PROXY_SESSION_UNKNOWN, Code::PROXY_SESSION_EXPIRED, Code::SEALED_VALUE_REFUSED] {
        assert_eq!(of(code), of(Code::PROXY_SESSION_UNKNOWN));
    }
    for (code, status) in [
        (Code::CIBA_REFUSED, 401),
        (Code::CIBA_EXPIRED, 401),
        (Code::WORKSTATION_REVOKED, 403),
        (Code::CIBA_UNKNOWN_PERSON, 404),
        (Code::PROXY_BUSY, 409),
        (Code::STORE_UNAVAILABLE, 503),
        (Code::CLIENT_REFUSED, 500),
        (Code::STORE_CORRUPT, 500),
    ] {
        assert_eq!(of(code).status(), status, "{code}");
    }
    for (code, status) in [(Code::TIMED_OUT, 504), (Code::SERVER_CERTIFICATE, 502), (Code::CONNECT_FAILED, 502)] {
        let refusal = Refusal::of_backend(&Error::new(code));
        assert_eq!((refusal.status(), refusal.code()), (status, Code::BACKEND_UNAVAILABLE));
    }
    let inside = of(Code::STORE_CORRUPT).body(Lang::En, None, None);
    assert_eq!(inside["code"], "proxy-unavailable");
    let busy = Refusal::of(
        &Error::new(Code::CIBA_STILL_RUNNING).with(|facts| facts.retry_after = Some(Duration::from_millis(1500))),
    );
    assert_eq!(busy.retry_after(), Some(2));
    let body = of(Code::PROXY_PERSON_UNKNOWN).body(Lang::Fr, Some("8997"), Some("logiciel"));
    assert_eq!((&body["metadata"]["nationalId"], &body["code"]), (&"8997".into(), &"proxy-unknown-person".into()));
}

#[test]
fn a_range_of_traces_has_a_beginning() {
    let range = |query| Trace::range(query, NOW);
    let (from, to) = range("start=2026-11-23T00:00:00Z&end=2026-11-24T00%3A00%3A00%2B01:00").unwrap();
    assert_eq!((from.to_string(), to.to_string()), ("2026-11-23T00:00:00Z".into(), "2026-11-23T23:00:00Z".into()));
    assert_eq!(range("start=2026-11-23T00:00:00+01:00").unwrap().1, NOW);
    for query in ["", "end=2026-11-23T00:00:00Z", "start=hier", "start=2026-11-23T00:00:00Z&end="] {
        assert_eq!(code(range(query)), Code::PROXY_REQUEST_REFUSED, "{query}");
    }
}

fn signed_in() -> SignedIn {
    let userinfo = r#"{"sub":"f:u:899700218896","SubjectNameID":"899700218896","preferred_username":"899700218896",
        "family_name":"SPECIALISTE0021889","given_name":"KIT"}"#;
    let userinfo = UserInfo::parse(userinfo.as_bytes()).unwrap();
    let sign_in = SignIn {
        issuer: "https://auth.example".to_owned(),
        client_id: "proxy".to_owned(),
        subject: userinfo.subject().to_owned(),
        session_id: Some("etat-psc".to_owned()),
        professional: userinfo.professional().clone(),
        acr: Acr::Eidas1,
        auth_mode: None,
        auth_time: None,
        issued_at: NOW,
        id_token_sha256: [0; 32],
        evidence: None,
    };
    SignedIn { sign_in, userinfo, tokens: tokens(NOW) }
}

fn tokens(now: Timestamp) -> TokenSet {
    TokenSet {
        access_token: "psc-access".to_owned().into(),
        access_expires_at: now + Duration::from_secs(120),
        refresh_token: Some("psc-refresh".to_owned().into()),
        refresh_expires_at: Some(now + Duration::from_secs(1800)),
        id_token: "psc-identity".to_owned().into(),
        granted_scope: String::new(),
        subject: "f:u:899700218896".to_owned(),
    }
}

fn session() -> Session {
    Session::begin(workstation(b"a"), "logiciel", &signed_in(), NOW)
}

#[test]
fn a_session_belongs_to_one_workstation_and_ends() {
    let (rules, minute) = (Rules::default(), Duration::from_secs(60));
    let mut session = session();
    assert_eq!(code(session.admit(&workstation(b"b"), &rules, NOW)), Code::PROXY_SESSION_UNKNOWN);
    assert!(!session.admit(&workstation(b"a"), &rules, NOW + minute / 2).unwrap(), "a use within the minute");
    assert!(session.admit(&workstation(b"a"), &rules, NOW + minute * 29).unwrap());
    assert_eq!(session.ends_at(&rules), NOW + minute * 60);
    assert_eq!(code(session.clone().admit(&workstation(b"a"), &rules, NOW + minute * 60)), Code::PROXY_SESSION_EXPIRED);
    // However often it is used, four hours end it.
    let mut at = NOW + minute * 29;
    while at < NOW + minute * 239 {
        at = at + minute * 15;
        session.admit(&workstation(b"a"), &rules, at).unwrap_or_else(|_| panic!("{at}"));
    }
    assert_eq!(code(session.admit(&workstation(b"a"), &rules, NOW + minute * 240)), Code::PROXY_SESSION_EXPIRED);
    let short = Rules { life: minute, ..rules };
    assert_eq!(self::session().ends_at(&short), NOW + minute);
}

#[test]
fn a_session_is_sealed_in_its_own_row() {
    let keys = KeyRing::new(&[7; 32]).unwrap();
    let (here, there) = (SessionMark::of("one", &key()), SessionMark::of("two", &key()));
    let mut session = session();
    let backends = Backends::new([exchanging()]).unwrap();
    let token = exchanged(200, r#"{"access_token":"api.1","token_type":"Bearer","expires_in":400}"#).unwrap();
    session.exchanged(backends.get("dmp").unwrap(), token);
    let sealed = session.seal(&here, &keys, &mut Counter(2)).unwrap();
    for secret in ["psc-access", "api.1", "899700218896"] {
        assert!(!String::from_utf8_lossy(&sealed).contains(secret));
    }
    let back = Session::open(&here, &keys, &sealed).unwrap();
    assert_eq!((back.person().as_str(), back.client_id()), ("899700218896", "logiciel"));
    assert_eq!((back.session_state(), back.backends().collect::<Vec<_>>()), ("etat-psc", vec!["dmp"]));
    assert_eq!(code(Session::open(&there, &keys, &sealed)), Code::SEALED_VALUE_REFUSED);
    assert!(!here.trace_name().is_empty() && here.trace_name() != there.trace_name());
}

fn exchanging() -> Backend {
    Backend::new("dmp", "https://api.example/fhir", false).unwrap().with_exchange(exchange())
}

#[test]
fn a_request_waits_for_the_token_it_needs() {
    let (plain, exchanging) = (Backend::new("plain", "https://a.example", false).unwrap(), exchanging());
    let mut session = session();
    let after = |seconds| NOW + Duration::from_secs(seconds);
    let need = |session: &Session, backend: &Backend, at| match session.need(backend, at).map_err(|error| error.code())
    {
        Ok(Need::Nothing(token)) => token.expose_secret().to_owned(),
        Ok(wanted) => format!("{wanted:?}"),
        Err(code) => code.name().to_owned(),
    };
    assert_eq!(need(&session, &plain, NOW), "psc-access");
    assert_eq!(need(&session, &plain, after(111)), "Refresh");
    assert_eq!(need(&session, &exchanging, NOW), "Exchange");
    assert_eq!(need(&session, &exchanging, after(111)), "Refresh");
    assert_eq!(need(&session, &plain, after(1795)), "proxy-session-expired");
    let token = exchanged(200, r#"{"access_token":"api.1","token_type":"Bearer","expires_in":4000}"#).unwrap();
    assert!(session.exchanged(&exchanging, token).is_none());
    assert_eq!(need(&session, &exchanging, after(2999)), "api.1");
    // At three quarters of its life a new one is wanted; when PSC's session is over, the old one serves to its end.
    assert_eq!(need(&session, &exchanging, after(3000)), "api.1");
    assert_eq!(need(&session, &exchanging, after(3991)), "proxy-session-expired");
    session.refreshed(tokens(after(3000)));
    assert_eq!(need(&session, &exchanging, after(3000)), "Exchange");
    session.forget("dmp");
    assert_eq!(need(&session, &exchanging, after(3000)), "Exchange");
}

#[test]
fn a_trace_has_the_members_of_anss_sample_and_takes_nobodys_session_over() {
    let mark = SessionMark::of("the-name", &key());
    let origin = Origin { ip_address: "10.1.2.3".into(), ports: [50000, 8443], dn: "Accueil 2".into() };
    let backends = backends();
    let target = backends.target("/send/dmp/Patient/1?nir=2").unwrap();
    let trace = |told| Trace::of_session(TraceKind::Send, &session(), &mark, told, &origin, NOW);
    let line = serde_json::to_value(trace(None).with_request(ApiRequest::new("GET", &target))).unwrap();
    let expected = serde_json::json!({
        "type": "SEND", "clientId": "logiciel", "IdRPPS": "899700218896", "ipAddress": "10.1.2.3",
        "ports": [50000, 8443], "proxy_id_session": mark.trace_name(), "session_state": "etat-psc",
        "dn": "Accueil 2", "timestamp": NOW.to_string(),
        "apiRequest": { "nomApiPsc": "dmp", "methode": "GET", "path": "/Patient/1" }
    });
    assert_eq!(line, expected);
    let back: Trace = serde_json::from_value(line).unwrap();
    assert_eq!((back.kind(), back.at()), (TraceKind::Send, NOW));
    assert_eq!(serde_json::to_value(trace(Some("the-name"))).unwrap()["proxy_id_session"], "the-name");
    let connection = br#"{"nationalId":"99700218896","bindingMessage":"07","clientId":"logiciel","channel":"CARD"}"#;
    let failure = Trace::failure(&Connection::parse(connection).unwrap(), &origin, NOW);
    assert_eq!(serde_json::to_value(failure).unwrap()["type"], "CONNECT_FAILURE");
}
