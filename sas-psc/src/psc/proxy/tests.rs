//! The workstation's side, over answers as the published API has them and as others spell it.

use super::*;
use crate::base::{Counter, Method, Request, Response, Timestamp};
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use crate::psc::{Channel, Exchange, Next, danger};
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_unix(1_795_420_800);
const ID: &str = "496fe9d6-9b81-11ef-adf1-4bdf50bfb5a6";

fn proxy() -> Proxy {
    Proxy::at("https://proxy.chu.example/", "logiciel").unwrap()
}

fn person() -> IdNat {
    IdNat::parse("899700218896").unwrap()
}

fn answer(status: u16, cookie: Option<&str>, body: &str) -> Response {
    let headers = cookie.map(|cookie| ("set-cookie".to_owned(), cookie.to_owned())).into_iter().collect();
    Response { status, headers, body: body.as_bytes().to_vec() }
}

fn begun(proxy: &Proxy, held: Option<&ProxySession>) -> (Connect, Request) {
    let mut connect = proxy.connect(&person(), Channel::Card, held, &mut Counter(3)).unwrap();
    let Next::Send(request) = connect.next(NOW).unwrap() else { panic!("a request comes first") };
    (connect, request)
}

fn connected(response: &Response) -> Result<Connected> {
    let (mut connect, _) = begun(&proxy(), None);
    connect.answered(response, NOW)?;
    match connect.next(NOW)? {
        Next::Done(connected) => Ok(connected),
        other => panic!("{other:?}"),
    }
}

fn session() -> ProxySession {
    connected(&answer(200, Some(&format!("proxy_session_id={ID}; Path=/")), "{}")).unwrap().session
}

#[test]
fn the_request_is_the_published_one() {
    let (connect, request) = begun(&proxy(), None);
    assert_eq!((request.method, request.url.as_str()), (Method::Post, "https://proxy.chu.example/connect"));
    let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
    let expected = serde_json::json!({
        "nationalId": "899700218896", "bindingMessage": connect.digits(), "clientId": "logiciel", "channel": "CARD"
    });
    assert_eq!(body, expected);
    assert_eq!(connect.digits().len(), 2);
    assert!(request.headers.iter().all(|(name, _)| *name != "cookie"));
}

#[test]
fn another_vendor_spells_it_another_way() {
    let other = proxy()
        .with_path(Path::Connect, "api/login/")
        .with_field(Field::NationalId, "rpps")
        .with_field(Field::BindingMessage, "code")
        .with_national_id(NationalId::Rpps)
        .with_cookie("SESSION");
    let (mut connect, request) = begun(&other, None);
    assert_eq!(request.url, "https://proxy.chu.example/api/login");
    let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!((body["rpps"].as_str(), body["nationalId"].as_str()), (Some("99700218896"), None));
    connect.answered(&answer(200, Some("SESSION=abcdefgh"), ""), NOW).unwrap();
    assert!(matches!(connect.next(NOW).unwrap(), Next::Done(_)));
}

#[test]
fn a_setting_has_a_name_and_a_value_that_fits() {
    let mut other = proxy();
    for (name, value) in [
        ("connect-path", "/login"),
        ("disconnect-path", "/logout"),
        ("send-path", "/api"),
        ("cookie", "SESSION"),
        ("national-id", "rpps"),
        ("wait-seconds", "60"),
        ("field-national-id", "id"),
        ("field-binding-message", "code"),
        ("field-client-id", "software"),
        ("field-channel", "means"),
    ] {
        other = other.with_setting(name, value).unwrap();
    }
    let (connect, request) = begun(&other, None);
    let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
    let digits = connect.digits();
    assert_eq!(body, serde_json::json!({"id":"99700218896","code":digits,"software":"logiciel","means":"CARD"}));
    assert_eq!((request.url.as_str(), connect.seconds_left(NOW)), ("https://proxy.chu.example/login", 60));
    for (name, value) in
        [("national-id", "nir"), ("wait-seconds", "soon"), ("colour", "red"), ("cookie", "a b"), ("", "")]
    {
        assert_eq!(proxy().with_setting(name, value).unwrap_err().code(), Code::PROXY_SETTING, "{name}");
    }
}

#[test]
fn the_session_comes_in_the_cookie_or_in_the_body() {
    let body = format!(r#"{{"proxy_session_id":"{ID}","session_state":"etat-1"}}"#);
    for cookie in [Some(format!("proxy_session_id={ID}; Path=/; HttpOnly")), None] {
        let connected = connected(&answer(200, cookie.as_deref(), &body)).unwrap();
        assert_eq!(connected.session.session_state(), Some("etat-1"));
        assert!(!connected.already);
        let Next::Send(request) = proxy().disconnect(&connected.session).unwrap().next(NOW).unwrap() else { panic!() };
        assert_eq!(request.headers, [("cookie", format!("proxy_session_id={ID}"))]);
    }
    for bad in [r#"{"proxy_session_id":"a\r\nX: b; c"}"#, r#"{"proxy_session_id":7}"#, "{}", "<html>", ""] {
        assert_eq!(connected(&answer(200, None, bad)).unwrap_err().code(), Code::PROXY_ANSWER, "{bad}");
    }
}

#[test]
fn a_session_that_lives_asks_nobody() {
    let held = session();
    let (mut connect, request) = begun(&proxy(), Some(&held));
    assert!(request.headers.iter().any(|(name, value)| *name == "cookie" && value.ends_with(ID)));
    connect.answered(&answer(304, None, ""), NOW).unwrap();
    assert!(matches!(connect.next(NOW).unwrap(), Next::Done(connected) if connected.already));
    // Without one, "already connected" says nothing that can be used.
    assert_eq!(connected(&answer(304, None, "")).unwrap_err().code(), Code::PROXY_ANSWER);
}

#[test]
fn each_refusal_says_who_must_act() {
    for (status, body, code) in [
        (400, "", Code::PROXY_REQUEST_REFUSED),
        (401, r#"{"code":"401","message":"refus"}"#, Code::PROXY_SIGN_IN_REFUSED),
        (401, r#"{"code":"ciba-expired"}"#, Code::CIBA_EXPIRED),
        (401, r#"{"code":"ciba-refused"}"#, Code::CIBA_REFUSED),
        // Names outside what a proxy may say are not believed.
        (401, r#"{"code":"mail-refused"}"#, Code::PROXY_SIGN_IN_REFUSED),
        (403, "", Code::WORKSTATION_UNKNOWN),
        (403, r#"{"code":"workstation-revoked"}"#, Code::WORKSTATION_REVOKED),
        (404, "", Code::PROXY_PERSON_UNKNOWN),
        (409, "", Code::PROXY_BUSY),
        (500, "", Code::PROXY_UNAVAILABLE),
        (503, "<html>", Code::PROXY_UNAVAILABLE),
        (302, "", Code::PROXY_ANSWER),
        (204, "", Code::PROXY_ANSWER),
    ] {
        let error = connected(&answer(status, None, body)).unwrap_err();
        assert_eq!((error.code(), error.facts().http_status), (code, Some(status)), "{status} {body}");
    }
}

#[test]
fn the_countdown_is_the_workstations_own() {
    let (connect, _) = begun(&proxy(), None);
    assert_eq!(connect.seconds_left(NOW), 120);
    assert_eq!(connect.seconds_left(NOW + Duration::from_millis(59_001)), 61);
    assert_eq!(connect.seconds_left(NOW + Duration::from_secs(300)), 0);
}

#[test]
fn who_leaves_is_not_signed_in_and_the_session_that_came_too_late_is_ended() {
    let (mut connect, _) = begun(&proxy(), None);
    connect.cancel();
    let late = answer(200, Some(&format!("proxy_session_id={ID}")), "{}");
    let request = connect.leave(&late).unwrap();
    assert_eq!((request.method, request.url.as_str()), (Method::Delete, "https://proxy.chu.example/disconnect"));
    assert!(connect.leave(&answer(401, None, "")).is_none());
    assert_eq!(connect.answered(&late, NOW).unwrap_err().code(), Code::CIBA_CANCELLED);
    assert_eq!(connect.next(NOW).unwrap_err().code(), Code::CIBA_CANCELLED);
}

#[test]
fn the_request_is_sent_once() {
    let (mut connect, _) = begun(&proxy(), None);
    assert_eq!(connect.next(NOW).unwrap_err().code(), Code::REQUEST_SPENT);
    assert_eq!(connect.failed(Error::new(Code::TIMED_OUT), NOW).unwrap_err().code(), Code::TIMED_OUT);
}

#[test]
fn a_sign_out_of_a_session_that_is_over_is_no_error() {
    for (status, code) in [(200, None), (401, None), (503, Some(Code::PROXY_UNAVAILABLE))] {
        let mut call = proxy().disconnect(&session()).unwrap();
        assert!(matches!(call.next(NOW).unwrap(), Next::Send(_)));
        assert_eq!(call.answered(&answer(status, None, ""), NOW).err().map(|error| error.code()), code);
        assert_eq!(call.next(NOW).is_ok(), code.is_none());
    }
}

#[test]
fn a_backends_answer_passes_and_the_proxys_own_is_told() {
    let ask = |status, body| -> Result<Response> {
        let request =
            SendRequest::new(Method::Post, "dmp", "/a/b?c=d", "corps").header("Content-Type", "text/plain")?;
        let mut send = proxy().send(&session(), request)?;
        let Next::Send(request) = send.next(NOW)? else { panic!("a request comes first") };
        assert_eq!(request.url, "https://proxy.chu.example/send/dmp/a/b?c=d");
        send.answered(&answer(status, None, body), NOW)?;
        match send.next(NOW)? {
            Next::Done(response) => Ok(response),
            other => panic!("{other:?}"),
        }
    };
    for status in [200, 204, 400, 404, 422, 500] {
        assert_eq!(ask(status, "").unwrap().status, status);
    }
    for (status, body, code) in [
        (401, "", Code::PROXY_SESSION_UNKNOWN),
        (504, "", Code::BACKEND_UNAVAILABLE),
        (404, r#"{"code":"backend-unknown"}"#, Code::BACKEND_UNKNOWN),
    ] {
        assert_eq!(ask(status, body).unwrap_err().code(), code);
    }
}

#[test]
fn a_request_never_leaves_the_proxys_own_addresses() {
    for (backend, path) in [
        ("dmp/..", "a"),
        ("..", "a"),
        ("", "a"),
        ("dmp", "../connect"),
        ("dmp", "a/../../b"),
        ("dmp", "a b"),
        ("dmp", "a\r\nHost: b"),
        ("dmp", "a#b"),
        ("d?x", "a"),
    ] {
        let error = proxy().send(&session(), SendRequest::get(backend, path)).unwrap_err();
        assert_eq!(error.code(), Code::BACKEND_PATH, "{backend} {path}");
    }
    for (name, value) in [("Authorization", "x"), ("x-forwarded-for", "x"), ("accept", "a\r\nb"), ("cookie", "a=b")] {
        let error = SendRequest::get("dmp", "a").header(name, value).unwrap_err();
        assert_eq!(error.code(), Code::HEADER_RESERVED, "{name}");
    }
}

#[test]
fn a_session_goes_to_the_proxy_that_gave_it_and_to_no_other() {
    let other = Proxy::at("https://other.example", "logiciel").unwrap();
    assert_eq!(other.disconnect(&session()).unwrap_err().code(), Code::PROXY_SESSION_UNKNOWN);
    let (_, request) = begun(&other, Some(&session()));
    assert!(request.headers.iter().all(|(name, _)| *name != "cookie"));
    let back = ProxySession::resume(&session().to_stored().unwrap()).unwrap();
    assert!(proxy().disconnect(&back).is_ok());
    let broken = String::from_utf8(back.to_stored().unwrap()).unwrap().replace(ID, "a;b");
    assert_eq!(ProxySession::resume(broken.as_bytes()).unwrap_err().code(), Code::STORED_FORM_UNREADABLE);
}

#[test]
fn plain_http_needs_the_danger_named() {
    assert_eq!(Proxy::at("http://127.0.0.1:1", "c").unwrap_err().code(), Code::ADDRESS_REFUSED);
    assert!(danger::insecure_loopback_proxy("http://127.0.0.1:1", "c").is_ok());
    assert!(danger::insecure_loopback_proxy("http://10.0.0.1", "c").is_err());
    assert_eq!(Proxy::at("https://proxy.example/?a", "c").unwrap_err().code(), Code::ADDRESS_REFUSED);
}
