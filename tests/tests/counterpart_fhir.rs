//! The online directory at a real FHIR server (HAPI), whose resources are shaped as the guide's examples: its own links
//! between pages, its OperationOutcomes, its reading of parameters. Run by tools/parts/long-fhir.

use sas_psc::Code;
use sas_psc::base::{Clock, Timestamp};
use sas_psc::directory::danger;
use sas_psc::directory::fhir::{Cursor, Pace, Page, Search, Server};
use sas_psc::drive::{HttpConfig, SystemClock, blocking, tokio};
use sas_psc::id::{IdNat, Rpps};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::ops::ControlFlow;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const KEY: &str = "key-of-a-test";
const PEOPLE: usize = 130;

/// The server, until it is dropped.
struct Hapi {
    child: Child,
    base: String,
}

impl Hapi {
    fn start(bundle: &Value) -> Hapi {
        let place = std::env::var("SAS_PSC_FHIR_SERVER").expect("run tools/parts/long-fhir");
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bundle.to_string()).unwrap();
        let mut child = Command::new("java")
            .args(["-Xmx400m", "-cp", &format!("{place}/classes:{place}/lib/*"), "Directory"])
            .arg(file.path())
            .arg(KEY)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let base = lines.find_map(|line| line.ok().filter(|line| line.starts_with("http://"))).expect("its address");
        Hapi { child, base }
    }

    fn server(&self, key: &str) -> Server {
        danger::insecure_loopback_fhir(&self.base, Some(key.to_owned().into())).unwrap()
    }
}

impl Drop for Hapi {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An invented number: 999 and seven digits, with its key.
fn rpps(at: usize) -> Rpps {
    let body = format!("999{at:07}");
    (0..10).find_map(|key| Rpps::parse(&format!("{body}{key}")).ok()).unwrap()
}

fn coded(table: &str, code: &str) -> Value {
    json!({ "coding": [{ "system": format!("https://mos.esante.gouv.fr/NOS/TRE_{table}/FHIR/TRE-{table}"), "code": code }] })
}

/// One hospital; people with a profession each, of whom every tenth has two; an activity for each profession.
fn people() -> Value {
    let mut entries = vec![json!({ "resource": {
        "resourceType": "Organization", "id": "001-1", "active": true, "name": "HOPITAL GENERIQUE FIN VARI",
        "identifier": [{ "system": "https://finess.esante.gouv.fr", "value": "0B0139374",
            "type": { "coding": [{ "system": sas_psc::id::fhir::TYPE, "code": "FINEG" }] } }],
        "address": [{ "city": "PARIS", "postalCode": "75009" }],
    }})];
    for at in 0..PEOPLE {
        let number = rpps(at);
        for (place, profession) in ["10", "60"].iter().enumerate().take(1 + usize::from(at % 10 == 0)) {
            let (id, ended) = (format!("003-{at}-{place}"), at % 13 == 12);
            let mut practitioner = json!({
                "resourceType": "Practitioner", "id": id, "active": !ended,
                "meta": { "lastUpdated": if at % 2 == 0 { "2026-11-20T00:00:00Z" } else { "2026-10-01T00:00:00Z" } },
                "identifier": [
                    { "system": sas_psc::id::fhir::ID_NAT, "value": format!("8{number}"),
                        "type": { "coding": [{ "system": sas_psc::id::fhir::TYPE, "code": "IDNPS" }] } },
                    { "system": sas_psc::id::fhir::RPPS, "value": number,
                        "type": { "coding": [{ "system": sas_psc::id::fhir::TYPE, "code": "RPPS" }] } }],
            });
            if !ended {
                practitioner["name"] = json!([{ "family": format!("DOC{at:07}"), "given": ["KIT"], "prefix": ["M"] }]);
                practitioner["qualification"] = json!([{ "code": coded("G15-ProfessionSante", profession) }]);
            }
            entries.push(json!({ "resource": practitioner }));
            entries.push(json!({ "resource": {
                "resourceType": "PractitionerRole", "id": format!("005-{at}-{place}"), "active": true,
                "practitioner": { "reference": format!("Practitioner/{id}") },
                "organization": { "reference": "Organization/001-1" },
                "code": [coded("R23-ModeExercice", "S"), coded("R22-GenreActivite", "GENR01")],
            }}));
        }
    }
    json!({ "resourceType": "Bundle", "type": "collection", "entry": entries })
}

#[test]
fn hapi_and_the_client_understand_each_other() {
    let hapi = Hapi::start(&people());
    let fhir = blocking::Fhir::new(hapi.server(KEY), &HttpConfig::default()).unwrap().with_pace(Pace::per_second(500));
    let id = |at| rpps(at).to_id_nat();

    // Two professions, one person; the place comes with the activity.
    let person = fhir.lookup(&id(20)).unwrap().unwrap();
    let practices = &person.professional.practices;
    assert_eq!(practices.iter().map(|it| it.profession.as_str()).collect::<Vec<_>>(), ["10", "60"]);
    assert_eq!((person.active, person.unknown_places), (Some(true), 0));
    for practice in practices {
        let [activity] = &practice.activities[..] else { panic!("one activity each") };
        assert_eq!((activity.finess_site.as_str(), activity.postcode.as_str()), ("0B0139374", "75009"));
        assert_eq!((activity.mode.as_str(), activity.kind.as_str()), ("S", "GENR01"));
    }
    assert_eq!(fhir.lookup(&id(12)).unwrap().unwrap().active, Some(false), "ended, and known");
    assert!(fhir.lookup(&IdNat::typed("99700218896").unwrap()).unwrap().is_none());

    // Fifty at once, over pages of ten.
    let small = hapi.server(KEY).with_page_size(10).unwrap();
    let small = blocking::Fhir::new(small, &HttpConfig::default()).unwrap().with_pace(Pace::per_second(500));
    let fifty: Vec<IdNat> = (0..50).map(id).collect();
    let found = small.lookup_all(&fifty).unwrap();
    assert_eq!(found.len(), 50);
    let activities = found.iter().map(|person| person.professional.activities().count()).sum::<usize>();
    let ended = found.iter().filter(|person| person.active == Some(false)).count();
    assert_eq!((activities, ended), (50 - 3 + 5, 3));

    the_whole_directory(&hapi, &small);
    refusals(&hapi);
}

/// Every page by HAPI's own links, stopped and gone on with; what changed; the same awaited.
fn the_whole_directory(hapi: &Hapi, fhir: &blocking::Fhir) {
    let (mut seen, mut pages, mut kept) = (BTreeSet::new(), 0, None);
    let mut take = |page: &Page| {
        pages += 1;
        seen.extend(page.people.iter().map(|person| person.professional.id_nat.as_str().to_owned()));
        kept = page.next.as_ref().map(|next| next.to_stored().unwrap());
        if pages == 4 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    fhir.each(&Search::practitioners().with_related(), &mut take).unwrap();
    let cursor = Cursor::resume(kept.as_ref().expect("more pages")).unwrap();
    let mut rest = 0;
    fhir.each_after(cursor, |page| {
        rest += 1;
        seen.extend(page.people.iter().map(|person| person.professional.id_nat.as_str().to_owned()));
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(seen.len(), PEOPLE);
    assert!(rest > 8, "{rest} pages after the stop");

    let now = SystemClock.now().max(Timestamp::parse_rfc3339("2026-11-25T00:00:00Z").unwrap());
    let since = now - Duration::from_secs(29 * 24 * 3600);
    let changed = Search::practitioners().updated_since(since, now).unwrap().with("qualification-code", "10").unwrap();
    let mut count = 0;
    fhir.each(&changed, |page| {
        count += page.people.len();
        ControlFlow::Continue(())
    })
    .unwrap();
    // Every second one changed in November; of those the ended ones have no qualification.
    let expected = (0..PEOPLE).filter(|at| at % 2 == 0 && at % 13 != 12).count();
    assert_eq!(count, if since < Timestamp::parse_rfc3339("2026-11-20T00:00:00Z").unwrap() { expected } else { 0 });

    let runtime = ::tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let awaited = tokio::Fhir::new(hapi.server(KEY), &HttpConfig::default()).unwrap();
    let places = runtime.block_on(awaited.page(&Search::organizations().active(true))).unwrap();
    assert_eq!((places.organizations.len(), places.people.len()), (1, 0));
}

/// A wrong key, a page that HAPI no longer holds.
fn refusals(hapi: &Hapi) {
    let wrong = blocking::Fhir::new(hapi.server("another"), &HttpConfig::default()).unwrap();
    let error = wrong.lookup(&rpps(1).to_id_nat()).unwrap_err();
    assert_eq!((error.code(), error.facts().http_status), (Code::FHIR_KEY_REFUSED, Some(401)));

    let fhir = blocking::Fhir::new(hapi.server(KEY), &HttpConfig::default()).unwrap();
    let gone =
        json!({ "v": 1, "state": { "url": format!("{}?_getpages=00000000-0000-0000-0000-000000000000", hapi.base) } });
    let gone = Cursor::resume(gone.to_string().as_bytes()).unwrap();
    assert_eq!(fhir.page_after(&gone).unwrap_err().code(), Code::FHIR_PAGE_GONE);

    let named = Search::practitioners().with("family:exact", "DOC0000007").unwrap();
    assert_eq!(fhir.page(&named).unwrap().people.len(), 1);
    let unknown = Search::practitioners().with("mailbox-mss:contains", "x").unwrap();
    assert_eq!(fhir.page(&unknown).unwrap_err().code(), Code::FHIR_QUERY_REFUSED, "HAPI does not know it");
}
