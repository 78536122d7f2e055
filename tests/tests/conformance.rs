//! Our own client before the bench of `sas-psc-sim conformance`: every case, in process, with the code that its file says.
//!
//! Each case has a provider of its own on loopback; the person signs in there by card or phone. Clients of others go
//! through the same bench as programs (`docs/CONFORMANCE.md`).

use sas_psc::base::ExposeSecret;
use sas_psc::drive::HttpConfig;
use sas_psc::drive::blocking::Psc;
use sas_psc::id::IdNat;
use sas_psc::psc::{Channel, Client, ClientAuth, SignInOptions, SignedIn, danger};
use sas_psc::{Code, Error};
use sas_psc_sim::Browser;
use sas_psc_sim::conformance::{Case, Expect, Flow, Provider, Step, cases};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const REDIRECT: &str = "http://127.0.0.1:1/retour";

fn psc(provider: &Provider, case: &Case) -> Result<Psc, Error> {
    let environment = danger::allow_simulator(danger::insecure_loopback(&provider.issuer())?);
    let client = provider.client();
    let client = Client::new(client.id, ClientAuth::SecretBasic(client.secret.into()), REDIRECT);
    // What is tried in a slow case is that a limit holds; elsewhere a busy machine must not meet one.
    let total = Duration::from_secs(if case.is_slow() { 2 } else { 60 });
    Psc::new(environment, client, &HttpConfig::default().with_timeouts(Duration::from_secs(2), total))
}

fn by_code(psc: &Psc, provider: &Provider) -> Result<SignedIn, Error> {
    let (mut pending, url) = psc.begin(&SignInOptions::default())?;
    let callback = provider.sign_in(&mut Browser::new(), &url).unwrap();
    psc.finish(&mut pending, &callback)
}

fn by_ciba(psc: &Psc, provider: &Provider) -> Result<SignedIn, Error> {
    let mut poll = psc.ciba(&IdNat::parse(&provider.id_nat())?, Channel::Mobile)?;
    provider.answer_phone();
    psc.wait_ciba(&mut poll, |_, _| {})
}

fn play(psc: &Psc, provider: &Provider, case: &Case) -> Result<SignedIn, Error> {
    let mut last = match case.flow {
        Flow::Ciba => by_ciba(psc, provider)?,
        _ => by_code(psc, provider)?,
    };
    for _ in 1..case.logins {
        last = by_code(psc, provider)?;
    }
    if case.flow == Flow::Logout {
        // The characters of a token stand for themselves in a form.
        let body = format!("logout_token={}", provider.logout_token());
        let logout = psc.run(psc.service()?.logout_request(body.as_bytes())?)?;
        let (sign_in, named) = (&last.sign_in, logout.session_id().is_some() || logout.subject().is_some());
        assert!(named && logout.session_id().is_none_or(|sid| Some(sid) == sign_in.session_id()));
        assert!(logout.subject().is_none_or(|subject| subject == sign_in.subject()));
    }
    if case.flow == Flow::Refresh {
        last.tokens = psc.refresh(&last.tokens)?;
        assert!(!last.tokens.access_token().expose_secret().is_empty());
    }
    Ok(last)
}

/// What is wrong with what the client did, if anything.
fn judged(case: &Case) -> Option<String> {
    let provider = Provider::start(case).unwrap();
    let done = psc(&provider, case).and_then(|psc| play(&psc, &provider, case));
    let found = match &done {
        Ok(_) => "accepted",
        Err(error) => error.code().name(),
    };
    let expected = case.code.as_deref().unwrap_or("accepted");
    if found != expected {
        return Some(format!("{}: expected {expected}, found {found}", case.name));
    }
    let seen = provider.seen();
    if let Some(leaked) = seen.iter().find(|seen| seen.what.starts_with("elsewhere-")) {
        return Some(format!("{}: followed to {}", case.name, leaked.what));
    }
    let asked = |what: &str| seen.iter().any(|seen| seen.what == what);
    let too_far = match case.at {
        Step::Discovery => asked("token") || asked("jwks"),
        Step::Callback if case.code.as_deref() != Some(Code::CODE_REFUSED.name()) => asked("token"),
        Step::Token | Step::Keys | Step::IdToken => asked("userinfo"),
        _ => false,
    };
    if case.expect == Expect::Refuse && too_far {
        return Some(format!("{}: refused too late: {seen:?}", case.name));
    }
    let subject = done.ok().map(|signed_in| signed_in.sign_in.subject().to_owned());
    let other = subject.is_some_and(|subject| subject != provider.subject());
    other.then(|| format!("{}: signed another person in", case.name))
}

#[test]
fn every_case_ends_as_its_file_says() {
    let only = std::env::var("CASE").unwrap_or_default();
    let cases: Vec<Case> = cases().into_iter().filter(|case| case.name.contains(&only)).collect();
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Some(problem) = judged(case) {
                        wrong.lock().unwrap().push(problem);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
