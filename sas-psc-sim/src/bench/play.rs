//! One case with one client: the round trip that the bench drives as browser and phone, and what the client did.

use super::Options;
use super::client::{Client, Event};
use crate::Browser;
use crate::conformance::{Case, Flow, Provider, Seen};
use std::time::{Duration, Instant};

/// The return address of a client that has no listener: the bench gives it the callback on stdin.
const REDIRECT: &str = "http://127.0.0.1:1/callback";
/// The status by which a client says that a case is not its matter.
const NOT_APPLICABLE: i32 = 77;
const HOPS: usize = 12;

/// What a client did in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Did {
    /// It said that this person signed in (or that it took the logout).
    Accepted(Option<String>),
    /// It said no, this way.
    Refused(String),
    /// It says that the case is not its matter.
    NotApplicable(String),
    /// It had not decided in time.
    Hung,
    /// It ended by a signal.
    Crashed,
    /// It could not be started, or did not keep to the protocol of the bench.
    Broken(String),
}

/// What became of a case.
pub(super) struct Played {
    pub did: Did,
    pub seen: Vec<Seen>,
    pub subject: String,
    pub stderr: String,
    pub took: Duration,
}

#[expect(clippy::disallowed_methods, reason = "a bench measures its own time")]
fn clock() -> Instant {
    Instant::now()
}

/// Plays a case.
pub(super) fn play(case: &Case, options: &Options) -> Played {
    let started = clock();
    let ended = |did, provider: Option<&Provider>, stderr| Played {
        did,
        seen: provider.map(Provider::seen).unwrap_or_default(),
        subject: provider.map(Provider::subject).unwrap_or_default(),
        stderr,
        took: started.elapsed(),
    };
    let provider = match Provider::start(case) {
        Ok(provider) => provider,
        Err(error) => return ended(Did::Broken(format!("no port for the provider: {error}")), None, String::new()),
    };
    let mut client = match Client::start(&options.client, &environment(case, &provider)) {
        Ok(client) => client,
        Err(error) => return ended(Did::Broken(format!("not started: {error}")), Some(&provider), String::new()),
    };
    let did = drive(case, options, &provider, &mut client, started);
    let stderr = client.end();
    ended(did, Some(&provider), stderr)
}

fn environment(case: &Case, provider: &Provider) -> Vec<(&'static str, String)> {
    let registered = provider.client();
    let flow = match case.flow {
        Flow::Code => "code",
        Flow::Ciba => "ciba",
        Flow::Refresh => "refresh",
        Flow::Logout => "logout",
    };
    let mut all = vec![
        ("PSC_DISCOVERY", format!("{}/.well-known/wallet-openid-configuration", provider.issuer())),
        ("PSC_ISSUER", provider.issuer()),
        ("PSC_CLIENT_ID", registered.id),
        ("PSC_CLIENT_SECRET", registered.secret),
        ("PSC_REDIRECT_URI", REDIRECT.to_owned()),
        ("PSC_FLOW", flow.to_owned()),
        ("PSC_LOGINS", case.logins.to_string()),
        ("PSC_LOGIN_HINT", provider.id_nat()),
        ("PSC_NEEDS", case.needs.join(" ")),
    ];
    if case.flow == Flow::Logout {
        all.push(("PSC_LOGOUT_TOKEN", provider.logout_token()));
    }
    all
}

fn drive(case: &Case, options: &Options, provider: &Provider, client: &mut Client, started: Instant) -> Did {
    let (mut subject, mut answered) = (None, None);
    let mut browser = Browser::patient(options.timeout);
    loop {
        if case.flow == Flow::Ciba {
            provider.answer_phone();
        }
        match client.event(Duration::from_millis(30)) {
            Event::Line(line) => {
                let text = |name: &str| line[name].as_str();
                if let Some(reason) = text("not_applicable") {
                    return Did::NotApplicable(reason.to_owned());
                } else if let Some(who) = text("subject") {
                    subject = Some(who.to_owned());
                } else if options.browser != text("start_url").is_some() {
                    let wanted = if options.browser { "start_url" } else { "authorization_url" };
                    return Did::Broken(format!("a line without {wanted}"));
                } else if let Some(url) = text("start_url") {
                    return web(case, provider, &mut browser, url, text("backchannel_logout_uri"));
                } else if let Some(url) = text("authorization_url") {
                    match provider.sign_in(&mut Browser::new(), url) {
                        Err(stopped) => return Did::Broken(format!("its authorization request: {stopped}")),
                        Ok(callback) if callback.starts_with(REDIRECT) => {
                            // A client that ended meanwhile is told by its status.
                            let _ = client.say(&callback);
                        }
                        Ok(callback) => match browser.get(&callback) {
                            Ok(page) if page.status >= 400 => answered = Some((page.status, clock())),
                            _ => {}
                        },
                    }
                }
            }
            Event::Ended(Some(0)) if subject.is_none() && case.flow != Flow::Logout => {
                return Did::Broken("ended with status 0 without the line {\"subject\":…}".into());
            }
            Event::Ended(Some(0)) => return Did::Accepted(subject),
            Event::Ended(Some(NOT_APPLICABLE)) => return Did::NotApplicable("said by the client".into()),
            Event::Ended(Some(status)) if status > 125 => return Did::Broken(format!("status {status}")),
            Event::Ended(Some(status)) => return Did::Refused(format!("status {status}")),
            Event::Ended(None) => return Did::Crashed,
            Event::Nothing => {}
        }
        // A program that waits for the right answer has refused this one.
        if let Some((status, _)) = answered.filter(|(_, at)| at.elapsed() > Duration::from_secs(1)) {
            return Did::Refused(format!("answered the callback with {status}"));
        }
        if started.elapsed() >= options.timeout {
            return Did::Hung;
        }
    }
}

/// A web application: a browser goes to its start, signs in, and reads the page where it ends.
fn web(case: &Case, provider: &Provider, browser: &mut Browser, start: &str, logout: Option<&str>) -> Did {
    let mut last = Did::Broken("no sign-in".into());
    for _ in 0..case.logins.max(1) {
        let mut fresh = Browser::clone(browser);
        last = visit(provider, &mut fresh, start);
        if !matches!(last, Did::Accepted(_)) {
            return last;
        }
    }
    match (case.flow, logout) {
        (Flow::Logout, Some(url)) => {
            let token = provider.logout_token();
            match browser.post(url, &[("logout_token", &token)]) {
                Ok(page) if page.status < 300 => Did::Accepted(None),
                Ok(page) => Did::Refused(format!("answered the logout token with {}", page.status)),
                Err(error) => Did::Broken(error.to_string()),
            }
        }
        (Flow::Logout, None) => Did::NotApplicable("no back-channel logout".into()),
        _ => last,
    }
}

fn visit(provider: &Provider, browser: &mut Browser, start: &str) -> Did {
    let mut url = start.to_owned();
    for _ in 0..HOPS {
        if provider.is_sign_in_page(&url) {
            url = match provider.sign_in(&mut Browser::new(), &url) {
                Ok(callback) => callback,
                Err(stopped) => return Did::Broken(format!("its authorization request: {stopped}")),
            };
        }
        let page = match browser.get(&url) {
            Ok(page) => page,
            Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {
                return Did::Hung;
            }
            Err(error) => return Did::Refused(format!("no page: {error}")),
        };
        match page.location().filter(|_| (300..400).contains(&page.status)) {
            Some(next) => url = next,
            None if page.status == 200 && page.body.contains(&provider.subject()) => {
                return Did::Accepted(Some(provider.subject()));
            }
            // A page that names someone else signed someone else in.
            None if page.status == 200 && page.body.contains("f:550dc1c8-d97b-4b1e-ac8c-8eb4471cf9dd:") => {
                return Did::Accepted(None);
            }
            None => return Did::Refused(format!("the browser ended on a page with status {}", page.status)),
        }
    }
    Did::Refused("the browser was sent in circles".into())
}
