//! Unit tests of the online directory: what is asked, what is refused before it is sent, the pace, pages.

use super::*;

use crate::base::{Counter, Exchange, Next, Request, Response, Timestamp};
use crate::directory::danger;
use crate::error::{Code, Error, Result};
use crate::id::{IdNat, Rpps};
use serde_json::{Value, json};
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_unix(1_795_420_800);

fn server() -> Server {
    Server::at("https://directory.example/fhir/v2/", Some("key-of-a-test".to_owned().into())).unwrap()
}

fn person() -> IdNat {
    Rpps::parse("99700218896").unwrap().to_id_nat()
}

fn answer(status: u16, body: &Value) -> Response {
    Response { status, headers: vec![], body: body.to_string().into_bytes() }
}

fn request<E: Exchange>(exchange: &mut E, now: Timestamp) -> Request {
    match exchange.next(now) {
        Ok(Next::Send(request)) => request,
        _ => panic!("a request comes first"),
    }
}

fn page_of(server: &Server, bundle: &Value) -> Result<Page> {
    let mut page = server.page(&Search::practitioners(), &mut Counter(1)).unwrap();
    request(&mut page, NOW);
    page.answered(&answer(200, bundle), NOW)?;
    match page.next(NOW)? {
        Next::Done(page) => Ok(page),
        _ => panic!("it is over"),
    }
}

fn next_is(url: &str) -> Value {
    json!({ "resourceType": "Bundle", "link": [{ "relation": "next", "url": url }] })
}

#[test]
fn the_key_goes_in_a_header_and_nowhere_else() {
    let mut lookup = server().lookup(&[person()], &mut Counter(1)).unwrap();
    let sent = request(&mut lookup, NOW);
    assert_eq!(sent.url, "https://directory.example/fhir/v2/Practitioner?identifier=899700218896&_count=50");
    assert!(sent.headers.contains(&("esante-api-key", "key-of-a-test".to_owned())));
    let shown = format!("{sent:?} {lookup:?} {:?}", server());
    assert!(!shown.contains("key-of-a-test") && !shown.contains("99700218896"), "{shown}");
}

#[test]
fn settings_that_cannot_be_used_are_refused_where_they_are_given() {
    let key = |key: &str| Server::ans(key.to_owned().into()).unwrap_err();
    for wrong in ["", "two\nlines", "clé", &"k".repeat(513)] {
        assert_eq!((key(wrong).code(), key(wrong).facts().field), (Code::FHIR_SETTINGS, Some("key")));
    }
    for pages in [0, 201] {
        assert_eq!(server().with_page_size(pages).unwrap_err().facts().field, Some("page"));
    }
    for base in ["http://directory.example/fhir", "https://directory.example/fhir?x=1", "directory.example", ""] {
        assert_eq!(Server::at(base, None).unwrap_err().code(), Code::ADDRESS_REFUSED, "{base}");
    }
    assert!(danger::insecure_loopback_fhir("http://127.0.0.1:8080/fhir", None).is_ok());
    assert_eq!(
        danger::insecure_loopback_fhir("http://directory.example", None).unwrap_err().code(),
        Code::ADDRESS_REFUSED
    );
}

#[test]
fn what_ans_does_not_search_by_is_not_sent() {
    let refused = |search: Search, name: &str, value: &str| {
        let error = search.with(name, value).unwrap_err();
        (error.code(), error.facts().field)
    };
    let parameter = (Code::FHIR_QUESTION, Some("parameter"));
    for name in ["rpps", "family:below", "_count", "_include", "organization", ""] {
        assert_eq!(refused(Search::practitioners(), name, "x"), parameter, "{name}");
    }
    assert_eq!(refused(Search::roles(), "identifier-type", "RPPS"), parameter, "HAPI-0389 (#306)");
    assert_eq!(refused(Search::organizations(), "name", ""), (Code::FHIR_QUESTION, Some("value")));
    assert_eq!("Patient".parse::<Resource>().unwrap_err().code(), Code::FHIR_QUESTION);
    for resource in [Resource::Practitioner, Resource::PractitionerRole, Resource::Organization] {
        assert_eq!(resource.name().parse::<Resource>().unwrap(), resource);
    }
    let none: Result<Lookup> = server().lookup(&[], &mut Counter(1));
    assert_eq!(none.unwrap_err().code(), Code::FHIR_QUESTION);
    let many = vec![person(); 51];
    assert_eq!(server().lookup(&many, &mut Counter(1)).unwrap_err().facts().field, Some("ids"));
}

#[test]
fn a_search_is_spelt_as_fhir_spells_it() {
    let url = |search: &Search| {
        let url = request(&mut server().page(search, &mut Counter(1)).unwrap(), NOW).url;
        url.strip_prefix("https://directory.example/fhir/v2/").unwrap().to_owned()
    };
    assert_eq!(url(&Search::practitioners()), "Practitioner?_count=50");
    let named = Search::practitioners().with("family:contains", "LE GOFF & fils").unwrap().active(true).with_related();
    assert_eq!(
        url(&named),
        "Practitioner?family:contains=LE%20GOFF%20%26%20fils&active=true&_revinclude=PractitionerRole:practitioner&_count=50"
    );
    let coded = Search::roles().with("role", "https://mos.example/TRE|318").unwrap().with_related();
    assert!(url(&coded).starts_with("PractitionerRole?role=https:%2F%2Fmos.example%2FTRE%7C318&_include="));
    let odd = IdNat::parse("1a,b|c$d\\e").unwrap();
    assert_eq!(
        url(&Search::organizations().identified_by(&[odd])),
        "Organization?identifier=1a%5C%2Cb%5C%7Cc%5C%24d%5C%5Ce&_count=50"
    );
    let since = Search::practitioners().updated_since(NOW - Duration::from_secs(86_400), NOW).unwrap();
    assert_eq!(url(&since), "Practitioner?_lastUpdated=ge2026-11-22T08:00:00Z&_count=50");
    let month = Search::practitioners().updated_since(NOW - Duration::from_secs(31 * 86_400), NOW);
    assert_eq!(month.unwrap_err().code(), Code::FHIR_DELTA_TOO_OLD);
}

#[test]
fn a_next_link_is_followed_to_the_same_server_only() {
    for url in ["https://directory.example/fhir/v2/_page?id=u1", "https://Directory.example:443/x?_getpages=1"] {
        let next = page_of(&server(), &next_is(url)).unwrap().next.unwrap();
        // However the link spells the server, it is asked by its own name.
        let asked = request(&mut server().page_after(&next, &mut Counter(1)).unwrap(), NOW).url;
        assert!(asked.starts_with("https://directory.example/"), "{asked}");
    }
    for url in [
        "http://directory.example/fhir/v2/_page?id=u1",
        "https://directory.example:8443/_page",
        "https://directory.example.org/_page",
        "https://directory.example@evil.example/_page",
        "//evil.example/_page",
        "_page?id=u1",
        "",
    ] {
        let error = page_of(&server(), &next_is(url)).unwrap_err();
        assert_eq!(error.code(), Code::FHIR_LINK_ELSEWHERE, "{url}");
    }
    let gateway = server().with_rewritten_links();
    let page = page_of(&gateway, &next_is("https://gateway.api.esante.gouv.fr/fhir/v2/_page?id=u1")).unwrap();
    let mut after = gateway.page_after(&page.next.unwrap(), &mut Counter(1)).unwrap();
    assert_eq!(request(&mut after, NOW).url, "https://directory.example/fhir/v2/_page?id=u1");
}

#[test]
fn a_reading_goes_on_from_its_stored_form_at_its_own_server() {
    let page = page_of(&server(), &next_is("https://directory.example/fhir/v2/_page?id=u1")).unwrap();
    let stored = page.next.unwrap().to_stored().unwrap();
    let cursor = Cursor::resume(&stored).unwrap();
    assert!(!format!("{cursor:?}").contains("u1"));
    let mut after = server().page_after(&cursor, &mut Counter(1)).unwrap();
    assert_eq!(request(&mut after, NOW).url, "https://directory.example/fhir/v2/_page?id=u1");
    for status in [404, 410] {
        let mut after = server().page_after(&cursor, &mut Counter(1)).unwrap();
        request(&mut after, NOW);
        assert_eq!(after.answered(&answer(status, &json!({})), NOW).unwrap_err().code(), Code::FHIR_PAGE_GONE);
    }
    let elsewhere = Server::at("https://other.example/fhir/v2", None).unwrap();
    assert_eq!(elsewhere.page_after(&cursor, &mut Counter(1)).unwrap_err().code(), Code::FHIR_LINK_ELSEWHERE);
    assert_eq!(Cursor::resume(b"{}").unwrap_err().code(), Code::STORED_FORM_UNREADABLE);
}

#[test]
fn tries_are_apart_by_growing_and_uneven_pauses() {
    let pauses = |seed| {
        let mut lookup = server().lookup(&[person()], &mut Counter(seed)).unwrap();
        let (mut now, mut pauses) = (NOW, Vec::new());
        for _ in 0..3 {
            request(&mut lookup, now);
            lookup.failed(Error::new(Code::CONNECTION_LOST), now).unwrap();
            let Ok(Next::Wait(until)) = lookup.next(now) else { panic!("a pause") };
            pauses.push(until.since(now).as_millis());
            now = until;
        }
        request(&mut lookup, now);
        assert_eq!(lookup.failed(Error::new(Code::CONNECTION_LOST), now).unwrap_err().code(), Code::CONNECTION_LOST);
        pauses
    };
    let (one, two) = (pauses(1), pauses(2));
    assert_ne!(one, two);
    for (pause, most) in one.iter().zip([500, 2000, 8000]) {
        assert!((most / 2..most).contains(pause), "{one:?}");
    }
}

#[test]
fn the_server_s_own_patience_is_waited_for() {
    let mut lookup = server().lookup(&[person()], &mut Counter(1)).unwrap();
    request(&mut lookup, NOW);
    let headers = vec![("retry-after".to_owned(), "17".to_owned())];
    lookup.answered(&Response { status: 429, headers, body: vec![] }, NOW).unwrap();
    let Ok(Next::Wait(until)) = lookup.next(NOW) else { panic!("a pause") };
    assert_eq!(until.since(NOW), Duration::from_secs(17));
}

#[test]
fn no_second_holds_more_calls_than_ans_grants() {
    let mut pace = Pace::default();
    let mut now = NOW;
    let mut calls = Vec::new();
    for step in 0_u64..500 {
        calls.push(pace.reserve(now));
        now = now + Duration::from_millis(step % 7 * 30);
    }
    assert!(calls.is_sorted());
    for window in calls.windows(18) {
        assert!(window[17].since(window[0]) > Duration::from_secs(1));
    }
    let earlier = NOW - Duration::from_secs(3600);
    assert_eq!(pace.reserve(earlier), earlier, "a clock that was set back holds nobody for an hour");
    let mut slow = Pace::per_second(0);
    slow.reserve(NOW);
    assert_eq!(slow.reserve(NOW).since(NOW), Duration::from_millis(1001));
}

#[test]
fn a_page_tells_places_and_counts_what_it_cannot_read() {
    let bundle = json!({
        "resourceType": "Bundle", "total": 12,
        "entry": [
            { "resource": { "resourceType": "Organization", "id": "1", "active": true, "name": "CABINET",
                "meta": { "lastUpdated": "2026-09-01T01:00:00.000+02:00" },
                "telecom": [{ "system": "phone", "value": "01" }, { "system": "phone", "value": "02", "use": "old" },
                    { "system": "phone", "value": "03" }, { "system": "phone", "value": "04" }],
                "identifier": [
                    { "type": { "coding": [{ "code": "SIRET" }] }, "value": "00000000012345" },
                    { "type": { "coding": [{ "code": "SIREN" }] }, "value": "000000000" },
                    { "type": { "coding": [{ "code": "FINEJ" }] }, "value": "0B0139374" },
                    { "system": "https://finess.esante.gouv.fr", "value": "0B0057881" },
                    { "system": "urn:oid:1.2.250.1.71.4.2.2", "value": "40" }] } },
            { "resource": { "resourceType": "Organization", "id": "2", "name": 7 } },
            { "resource": { "resourceType": "Practitioner", "identifier": [] } },
            { "resource": { "resourceType": "Device" } },
            {},
        ],
    });
    let page = page_of(&server(), &bundle).unwrap();
    assert_eq!((page.total, page.unreadable, page.next.is_none(), page.people.len()), (Some(12), 1, true, 0));
    let [one] = &page.organizations[..] else { panic!("{page:?}") };
    assert_eq!((one.id.as_str(), one.active), ("1", Some(true)));
    assert_eq!(one.last_updated, Some(Timestamp::parse_rfc3339("2026-08-31T23:00:00Z").unwrap()));
    let place = &one.place;
    assert_eq!((place.phone.as_str(), place.phone2.as_str()), ("01", "03"));
    assert_eq!((place.siret.as_str(), place.finess_entity.as_str()), ("00000000012345", "0B0139374"));
    assert_eq!((place.finess_site.as_str(), place.siren.as_str()), ("0B0057881", "000000000"));
    assert!(!format!("{page:?} {one:?}").contains("CABINET"));
}

#[test]
fn a_server_that_always_names_a_next_page_is_stopped() {
    let mut lookup = server().lookup(&[person()], &mut Counter(1)).unwrap();
    let next = next_is("https://directory.example/fhir/v2/_page?id=u1");
    let mut pages = 0;
    let end = loop {
        match lookup.next(NOW) {
            Ok(Next::Send(_)) => lookup.answered(&answer(200, &next), NOW).unwrap(),
            Ok(_) => panic!("it never ends by itself"),
            Err(error) => break error,
        }
        pages += 1;
    };
    assert_eq!((pages, end.code()), (40, Code::FHIR_ANSWER));
}

#[test]
fn a_person_without_a_profession_that_the_directory_names_keeps_their_activity() {
    let bundle = json!({ "resourceType": "Bundle", "entry": [
        { "resource": { "resourceType": "Practitioner", "id": "1", "identifier": [
            { "system": "urn:oid:1.2.250.1.71.4.2.1", "value": "00B6087510" },
            { "type": { "coding": [{ "code": "RPPS" }] }, "value": "99700218896" }],
            "name": [{ "family": "DOC0021889", "given": ["KIT", "LOU"], "prefix": ["MME"] }] } },
        { "resource": { "resourceType": "PractitionerRole", "id": "2", "practitioner": { "reference":
            "https://directory.example/fhir/v2/Practitioner/1/_history/3" },
            "code": [{ "coding": [{ "system": "https://smt.esante.gouv.fr/fhir/CodeSystem/tre-r85-rolepriseCharge", "code": "313" }] }] } },
    ]});
    let page = page_of(&server(), &bundle).unwrap();
    let [found] = &page.people[..] else { panic!("{page:?}") };
    assert_eq!((found.active, found.unknown_places), (None, 0));
    let who = &found.professional;
    assert_eq!((who.name.given.as_str(), who.name.civility.as_str()), ("KIT LOU", "MME"));
    assert_eq!((who.id_nat.as_str(), who.adeli().unwrap().as_str()), ("899700218896", "0B6087510"));
    assert_eq!(who.practices[0].activities[0].role, "313");
    assert!(found.has(&IdNat::parse("00B6087510").unwrap()) && !found.has(&IdNat::parse("899700366240").unwrap()));
    assert!(!format!("{found:?}").contains("DOC0021889"));
}
