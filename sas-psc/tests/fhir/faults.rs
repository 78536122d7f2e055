//! Both drivers against a server that answers, fails, hangs, cuts, is late, and is away: over real sockets.

use super::server::{Does, Server, serve, serve_own};
use super::{ids, parts, vectors};
use sas_psc::base::Clock;
use sas_psc::directory::fhir::{Answer, Pace, Search};
use sas_psc::directory::{Builder, Index, Origin, Quiet, danger};
use sas_psc::drive::{HttpConfig, SystemClock, blocking, tokio};
use sas_psc::id::{IdNat, Rpps};
use sas_psc::{Code, Result};
use serde_json::json;
use std::future::Future;
use std::net::TcpListener;
use std::ops::ControlFlow;
use std::time::Duration;

fn person() -> IdNat {
    Rpps::parse("99700218896").unwrap().to_id_nat()
}

fn says(body: &serde_json::Value) -> Does {
    Does::Says(200, vec![], body.to_string().into_bytes())
}

fn nobody() -> Does {
    says(&json!({ "resourceType": "Bundle" }))
}

fn http() -> HttpConfig {
    HttpConfig::default().without_proxy()
}

fn fhir_at(base: &str) -> blocking::Fhir {
    let server = danger::insecure_loopback_fhir(base, Some("key-of-a-test".to_owned().into())).unwrap();
    blocking::Fhir::new(server, &http()).unwrap()
}

fn async_fhir_at(base: &str) -> tokio::Fhir {
    let server = danger::insecure_loopback_fhir(base, Some("key-of-a-test".to_owned().into())).unwrap();
    tokio::Fhir::new(server, &http()).unwrap()
}

fn wait<F: Future>(future: F) -> F::Output {
    ::tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// What a look-up comes to, by both drivers, which must agree; and how many requests one of them sent.
fn verdict(does: &[Does]) -> (Result<usize, Code>, usize) {
    let (one, two) = (serve(does.to_vec()), serve(does.to_vec()));
    let blocking = fhir_at(&one.base).lookup_all(&[person()]).map(|people| people.len()).map_err(|error| error.code());
    let fhir = async_fhir_at(&two.base);
    let awaited = wait(fhir.lookup_all(&[person()])).map(|people| people.len()).map_err(|error| error.code());
    let sent = |server: &Server| server.asked.lock().unwrap().len();
    assert_eq!((&blocking, sent(&one)), (&awaited, sent(&two)));
    (blocking, sent(&one))
}

#[test]
fn a_person_is_found_over_the_network_and_the_key_goes_along() {
    let (_, vector) = vectors().into_iter().find(|(name, _)| name == "lookup-v2").unwrap();
    let does = vector["answers"].as_array().unwrap().iter().map(|answer| {
        let (status, headers, body) = parts(answer);
        Does::Says(status, headers, body)
    });
    let server = serve(does.collect());
    let found = fhir_at(&server.base).lookup(&ids(&vector)[0]).unwrap().unwrap();
    assert_eq!(serde_json::to_value(found.summary()).unwrap(), vector["people"][0]);
    let asked = server.asked.lock().unwrap();
    let paths: Vec<&str> = asked.iter().map(|(path, _)| path.strip_prefix("/fhir/v2/").unwrap()).collect();
    assert_eq!(json!(paths), vector["requests"]);
    assert!(asked.iter().all(|(_, key)| key.as_deref() == Some("key-of-a-test")));
}

#[test]
fn whatever_the_server_does_has_a_name_and_none_of_them_is_nobody_found() {
    assert_eq!(verdict(&[nobody()]), (Ok(0), 1));
    assert_eq!(verdict(&[Does::Hangs, nobody()]).0, Ok(0), "a connection that broke once");
    assert_eq!(verdict(&[Does::Cuts, nobody()]).0, Ok(0), "a body that broke once");
    assert_eq!(verdict(&[Does::Says(200, vec![], b"{}".to_vec())]), (Err(Code::FHIR_ANSWER), 1));
    assert_eq!(verdict(&[Does::Says(403, vec![], vec![])]), (Err(Code::FHIR_KEY_REFUSED), 1));
    assert_eq!(verdict(&[Does::Says(500, vec![], vec![])]), (Err(Code::FHIR_UNAVAILABLE), 1));
    let moved = vec![("location".to_owned(), "https://elsewhere.example/".to_owned())];
    assert_eq!(verdict(&[Does::Says(302, moved, vec![])]), (Err(Code::FHIR_ANSWER), 1), "no redirect is followed");
}

#[test]
fn who_is_too_late_is_told_apart_from_who_is_unknown() {
    let server = serve(vec![Does::Waits(Duration::from_secs(60))]);
    let target = danger::insecure_loopback_fhir(&server.base, None).unwrap();
    let driver =
        blocking::Http::new(&http().with_timeouts(Duration::from_secs(1), Duration::from_millis(200))).unwrap();
    let fhir = sas_psc::drive::Fhir::over(driver, target);
    let error = sas_psc::drive::block_on(fhir.lookup(&person())).unwrap_err();
    assert_eq!((error.code(), server.asked.lock().unwrap().len()), (Code::TIMED_OUT, 2));
}

#[test]
fn an_index_answers_instead_of_a_server_that_is_away_but_not_of_a_wrong_key() {
    let mut builder = Builder::new(Vec::new()).unwrap();
    builder.read(&include_bytes!("../../../vectors/directory/extract.txt")[..], &mut Quiet).unwrap();
    let index = Index::open(builder.finish(&Origin { date: "2026-09-23".into() }).unwrap().0).unwrap();
    let known = IdNat::typed("99700366240").unwrap();

    // Nobody listens there any more.
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let away = fhir_at(&format!("http://{gone}/fhir/v2")).lookup_or(&known, &index).unwrap();
    let Answer::Offline { source_date, why, .. } = &away else { panic!("{away:?}") };
    assert_eq!((source_date.as_str(), why.code()), ("2026-09-23", Code::CONNECT_FAILED));
    assert_eq!(away.professional().unwrap().name.family, "DOC0036624");

    let online = fhir_at(&serve(vec![nobody()]).base).lookup_or(&known, &index).unwrap();
    assert!(matches!(online, Answer::Online(None)) && online.professional().is_none(), "an answer is an answer");

    let refused = fhir_at(&serve(vec![Does::Says(401, vec![], vec![])]).base).lookup_or(&known, &index).unwrap_err();
    assert_eq!(refused.code(), Code::FHIR_KEY_REFUSED);
}

#[test]
fn pages_are_read_to_the_last_and_a_reading_goes_on_where_it_stopped() {
    let page = |base: &str, number: usize| {
        let next = format!("{base}/_page?id=u{}", number + 1);
        let links = if number < 3 { json!([{ "relation": "next", "url": next }]) } else { json!([]) };
        let person = json!({ "resourceType": "Practitioner", "id": number.to_string(), "identifier": [
            { "type": { "coding": [{ "code": "IDNPS" }] }, "value": format!("ANS{number}") }] });
        says(&json!({ "resourceType": "Bundle", "link": links, "entry": [{ "resource": person }] }))
    };
    let server = serve_own(|base| (0..4).map(|number| page(base, number)).collect());
    let fhir = fhir_at(&server.base).with_pace(Pace::per_second(1000));
    let (mut seen, mut stopped) = (Vec::new(), None);
    fhir.each(&Search::practitioners(), |page| {
        seen.extend(page.people.iter().map(|person| person.professional.id_nat.as_str().to_owned()));
        stopped = page.next.clone();
        if seen.len() == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
    .unwrap();
    assert_eq!(seen, ["ANS0", "ANS1"]);
    fhir.each_after(stopped.unwrap(), |page| {
        seen.extend(page.people.iter().map(|person| person.professional.id_nat.as_str().to_owned()));
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(seen, ["ANS0", "ANS1", "ANS2", "ANS3"]);
}

#[test]
fn seventeen_calls_a_second_whoever_calls() {
    let server = serve(vec![nobody()]);
    let fhir = std::sync::Arc::new(async_fhir_at(&server.base));
    let begun = SystemClock.now();
    wait(async {
        let calls: Vec<_> = (0..40)
            .map(|_| {
                let fhir = fhir.clone();
                ::tokio::spawn(async move { fhir.lookup(&person()).await.unwrap() })
            })
            .collect();
        for call in calls {
            assert!(call.await.unwrap().is_none());
        }
    });
    assert!(SystemClock.now().since(begun) >= Duration::from_secs(2));
    assert_eq!(server.asked.lock().unwrap().len(), 40);
}
