//! The online directory: its key, whom it was asked about, whom it told of.

use crate::shown::Shown;
use sas_psc::base::{Exchange, Next, Request, Response, Timestamp};
use sas_psc::directory::danger;
use sas_psc::directory::fhir::{Answer, Search, Server};
use sas_psc::drive::{HttpConfig, SystemRandom, blocking, tokio};
use sas_psc::id::IdNat;
use serde_json::Value;

const NOW: Timestamp = Timestamp::from_unix(1_795_420_800);

pub fn directory(shown: &mut Shown) {
    for secret in ["cle-de-l-annuaire", "DOC0021889", "DIDOT", "CABINET SAINT ANTOINE", "2800262487", "u0AmXEZS9W7"] {
        shown.secret("of the online directory", secret);
    }
    let server = Server::at("https://directory.example/fhir/v2", Some("cle-de-l-annuaire".to_owned().into())).unwrap();
    let server = shown.debug(server);
    for case in ["lookup-v2", "lookup-pages", "lookup-query-refused", "lookup-failure", "lookup-link-elsewhere"] {
        let file = format!("../vectors/fhir/{case}.json");
        let case: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let answers = case["answers"].as_array().unwrap();
        looked_up(&server, answers, shown);
        answers.iter().for_each(|answer| paged(&server, answer, shown));
    }
    shown.failed(Search::practitioners().with("family:DOC0021889", "DOC0021889"));
    let nowhere =
        danger::insecure_loopback_fhir("http://127.0.0.1:1/fhir", Some("cle-de-l-annuaire".to_owned().into())).unwrap();
    let fhir = shown.debug(blocking::Fhir::new(nowhere.clone(), &HttpConfig::default()).unwrap());
    shown.failed(fhir.lookup(&IdNat::typed("99700218896").unwrap()));
    shown.debug(tokio::Fhir::new(nowhere, &HttpConfig::default()).unwrap());
}

fn looked_up(server: &Server, answers: &[Value], shown: &mut Shown) {
    let mut lookup = server.lookup(&[IdNat::typed("99700218896").unwrap()], &mut SystemRandom).unwrap();
    for answer in answers {
        shown.debug(asked(&mut lookup));
        if let Err(error) = lookup.answered(&shown.debug(said(answer)), NOW) {
            return shown.error(&error);
        }
        lookup = shown.debug(lookup);
    }
    match lookup.next(NOW) {
        Ok(Next::Done(people)) => {
            let person = shown.debug(people[0].clone());
            person.cards.into_iter().for_each(|card| drop(shown.debug(card)));
            shown.debug(Answer::Online(Some(Box::new(people[0].clone()))));
        }
        Ok(_) => panic!("another answer is asked for"),
        Err(error) => shown.error(&error),
    }
}

fn paged(server: &Server, answer: &Value, shown: &mut Shown) {
    let search = shown.debug(Search::practitioners().with("family", "DOC0021889").unwrap());
    let mut page = shown.debug(server.page(&search, &mut SystemRandom).unwrap());
    shown.debug(asked(&mut page));
    if let Err(error) = page.answered(&said(answer), NOW) {
        return shown.error(&error);
    }
    match shown.debug(page).next(NOW) {
        Ok(Next::Done(page)) => {
            let page = shown.debug(page);
            page.organizations.into_iter().for_each(|place| drop(shown.debug(place)));
            page.next.into_iter().for_each(|cursor| drop(shown.debug(cursor)));
        }
        Ok(_) => panic!("it is over"),
        Err(error) => shown.error(&error),
    }
}

fn asked(exchange: &mut impl Exchange) -> Request {
    match exchange.next(NOW) {
        Ok(Next::Send(request)) => request,
        _ => panic!("a request comes first"),
    }
}

fn said(answer: &Value) -> Response {
    let status = answer["status"].as_u64().unwrap() as u16;
    Response { status, headers: Vec::new(), body: answer["body"].to_string().into_bytes() }
}
