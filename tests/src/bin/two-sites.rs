//! The simulated Pro Santé Connect and a service that keeps nothing of its sign-ins, for a browser that sees two sites.
//!
//! `two-sites REDIRECT_URI AUTHORIZATION_URL` says where both listen, as JSON on one line: the addresses given are those that
//! the browser knows, of whatever stands between it and these two. `tests/site/two-sites.test.mjs` starts it.

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use sas_psc::base::Clock;
use sas_psc::drive::tokio::Psc;
use sas_psc::drive::{HttpConfig, SystemClock, SystemRandom};
use sas_psc::psc::{
    Client, ClientAuth, Endpoint, KeyRing, ResponseMode, ReturnAddresses, SignInCookies, SignInOptions,
};
use sas_psc::{Error, Lang, Result};
use sas_psc_sim::{Config, Simulator};
use std::sync::Arc;

struct Service {
    psc: Psc,
    cookies: SignInCookies,
}

#[tokio::main]
async fn main() {
    let [redirect_uri, authorization] =
        std::env::args().skip(1).collect::<Vec<_>>().try_into().expect("REDIRECT_URI AUTHORIZATION_URL");
    let mut client = sas_psc_sim::Client::default();
    client.redirect_uris.push(redirect_uri.clone());
    let known = Client::new(&client.id, ClientAuth::SecretBasic(client.secret.clone().into()), redirect_uri);
    let config = Config { clients: vec![client], ..Config::default() };
    let sim = tokio::task::spawn_blocking(|| Simulator::start(config)).await.expect("no panic").expect("it starts");
    let environment = sas_psc_tests::environment(&sim.issuer()).with_endpoint(Endpoint::Authorization, &authorization);
    let psc = Psc::new(environment.expect("an address"), known, &HttpConfig::default()).expect("settings");
    let keys = KeyRing::new(b"a key of a test, of 32 bytes at least").expect("long enough");
    let returns = ReturnAddresses::new(["/accueil", "/agenda", "/dossier"]).expect("paths");
    let service = Service { psc, cookies: SignInCookies::new(keys, returns) };
    let routes = Router::new()
        .route("/connexion", get(leave))
        .route("/retour", get(back).post(posted))
        .with_state(Arc::new(service));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let here = listener.local_addr().expect("an address");
    println!("{}", serde_json::json!({ "service": format!("http://{here}"), "wallet": sim.wallet_base() }));
    axum::serve(listener, routes).await.expect("it serves");
}

fn cookies(headers: &HeaderMap) -> String {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.collect::<Vec<_>>().join("; ")
}

fn with_cookies(mut answer: Response, cookies: &[String]) -> Response {
    for cookie in cookies {
        answer.headers_mut().append(header::SET_COOKIE, cookie.parse().expect("a header"));
    }
    answer
}

/// `?post` has the answer posted, `?/agenda` goes there afterwards.
async fn leave(State(service): State<Arc<Service>>, headers: HeaderMap, RawQuery(asked): RawQuery) -> Response {
    let asked = asked.unwrap_or_default();
    let (mode, asked) = match asked.strip_prefix("post") {
        Some(asked) => (ResponseMode::FormPost, asked),
        None => (ResponseMode::Query, asked.as_str()),
    };
    let options = SignInOptions::default().response_mode(mode);
    let leaving = async {
        let psc = service.psc.service().await?;
        let (held, now) = (cookies(&headers), SystemClock.now());
        service.cookies.leave(&psc, &options, &held, asked, &mut SystemRandom, now)
    };
    match leaving.await {
        Ok(leaving) => {
            let answer = (StatusCode::SEE_OTHER, [(header::LOCATION, leaving.url)]).into_response();
            with_cookies(answer, &leaving.cookies)
        }
        Err(error) => refused(&error),
    }
}

async fn back(State(service): State<Arc<Service>>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    arrived(&service, &headers, &query.unwrap_or_default()).await
}

async fn posted(State(service): State<Arc<Service>>, headers: HeaderMap, body: String) -> Response {
    arrived(&service, &headers, &body).await
}

async fn arrived(service: &Service, headers: &HeaderMap, callback: &str) -> Response {
    let (held, now) = (cookies(headers), SystemClock.now());
    let known = match service.psc.service().await {
        Ok(known) => known,
        Err(error) => return refused(&error),
    };
    let mut returned = match service.cookies.back(&known, &held, callback, &mut SystemRandom, now) {
        Ok(returned) => returned,
        Err(error) => return refused(&error),
    };
    let signed_in: Result<_> = service.psc.finish(&mut returned.pending, callback).await;
    let answer = match signed_in {
        Ok(signed_in) => {
            let (who, to) = (signed_in.sign_in.professional().name.family.clone(), returned.return_to.as_str());
            Html(format!("<h1>Connecté</h1><p id=who>{who}</p><p id=to>{to}</p>")).into_response()
        }
        Err(error) => refused(&error),
    };
    with_cookies(answer, &returned.cookies)
}

fn refused(error: &Error) -> Response {
    let page = format!("<h1>Refusé</h1><p id=code>{}</p><p>{}</p>", error.code().name(), error.message(Lang::Fr));
    (StatusCode::BAD_REQUEST, Html(page)).into_response()
}
