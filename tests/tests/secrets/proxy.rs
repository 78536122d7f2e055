//! What a workstation holds of a Proxy e-Santé: the session, and the requests that carry it.

use crate::shown::Shown;
use sas_psc::base::{Response, Timestamp};
use sas_psc::id::IdNat;
use sas_psc::psc::proxy::{Proxy, ProxySession, SendRequest};
use sas_psc::psc::{Channel, Exchange, Next};
use sas_psc_tests::Draws;

const NOW: Timestamp = Timestamp::from_unix(1_795_420_800);
const SESSION: &str = "session-du-mandataire-7f3a";

pub fn workstation(shown: &mut Shown) {
    shown.secret("a session of a proxy", SESSION);
    let proxy = Proxy::at("https://proxy.invalid", "logiciel").unwrap();
    let person = IdNat::parse("899700218896").unwrap();
    let begin = || proxy.connect(&person, Channel::Mobile, None, &mut Draws(9)).unwrap();
    let mut connect = shown.debug(begin());
    let Next::Send(request) = connect.next(NOW).unwrap() else { panic!("a request comes first") };
    shown.debug(request);
    let refusal = br#"{"code":"x","message":"899700218896","metadata":{"nationalId":"899700218896"}}"#.to_vec();
    for status in [400, 401, 404, 418] {
        let refused = Response { status, headers: Vec::new(), body: refusal.clone() };
        shown.failed(begin().answered(&refused, NOW));
    }
    let headers = vec![("set-cookie".to_owned(), format!("proxy_session_id={SESSION}; Path=/"))];
    connect.answered(&Response { status: 200, headers, body: Vec::new() }, NOW).unwrap();
    let Next::Done(connected) = connect.next(NOW).unwrap() else { panic!("connected") };
    let connected = shown.debug(connected);
    let session: ProxySession = shown.debug(connected.session);
    let request = SendRequest::get("dmp", "/Patient/279035121518989").header("prefer", SESSION).unwrap();
    let request = shown.debug(request);
    shown.debug(proxy.send(&session, request).unwrap());
    shown.debug(proxy.disconnect(&session).unwrap());
    shown.failed(proxy.send(&session, SendRequest::get("dmp", "../899700218896")));
}
