//! Signing in with the e-CPS phone app from this site: the RPPS form, then the page with the two digits.

use super::{Problem, Shell, arrival};
use crate::app::report;
use crate::failure::{Answer, Failure};
use crate::posted::Posted;
use crate::session::{Session, Stage, Stored, new_token};
use crate::text::spaced;
use askama::Template;
use axum::extract::RawQuery;
use axum::http::header::{ACCEPT, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use sas_psc::id::Rpps;
use sas_psc::psc::{Channel, CibaPoll, HelpStep, not_you};
use sas_psc::{Blame, Code, Error};

/// When help is shown, in seconds; the SDK's own marks.
const HELP: [u32; 2] = [20, 60];

#[derive(Template)]
#[template(path = "ecps.html")]
pub struct Ecps {
    pub s: Shell,
    /// What was typed, given back.
    pub rpps: String,
}

#[derive(Template)]
#[template(path = "wait.html")]
pub struct Wait {
    s: Shell,
    /// The two digits to choose on the phone.
    digits: String,
    seconds: u32,
    card: bool,
    not_you: String,
    /// What to try, in order; how many seconds until it is shown, and until it is shown again.
    help: Vec<String>,
    help_in: u32,
    more_in: u32,
    /// When the page is to be drawn anew without a script.
    again_in: u32,
}

impl Wait {
    pub fn of(s: Shell, digits: String, seconds: u32, passed: u32, channel: Channel) -> Wait {
        let [help_in, more_in] = HELP.map(|mark| mark.saturating_sub(passed));
        let next = HELP.into_iter().find(|mark| *mark > passed).map_or(seconds, |mark| mark - passed);
        Wait {
            digits,
            seconds,
            card: channel == Channel::Card,
            not_you: spaced(not_you(s.lang)),
            help: HelpStep::of(channel).iter().map(|step| spaced(step.text(s.lang))).collect(),
            help_in,
            more_in,
            again_in: next.min(seconds) + 1,
            s,
        }
    }

    fn page(session: &Session, s: Shell, poll: &CibaPoll) -> Answer {
        let now = session.app.now();
        let passed = u32::try_from(now.since(poll.started_at()).as_secs()).unwrap_or(u32::MAX);
        Ok(session.page(Wait::of(s, poll.digits().to_owned(), poll.seconds_left(now), passed, poll.channel())))
    }
}

/// `GET /e-cps`
pub async fn show(session: Session) -> Answer {
    let mut view = Ecps { s: session.shell(), rpps: String::new() };
    if let Stage::PhoneEnded { code, rpps } = &session.visit.stage {
        view.s.problems =
            Code::from_number(*code).map(|code| Problem::of_code(code, "rpps", session.lang)).into_iter().collect();
        view.rpps = rpps.clone();
    }
    Ok(session.page(view))
}

/// `POST /e-cps`: the phone rings, if the guard lets it. The page is the same in any case, and comes as fast.
pub async fn ring(mut session: Session, posted: Posted) -> Answer {
    if let Some(place) = session.place_of_somebody().await? {
        return Ok(session.redirect(place));
    }
    let app = session.app.clone();
    let typed = posted.get("rpps");
    let digits: String = typed.split_whitespace().collect();
    let rung = match Rpps::parse(&digits) {
        Ok(rpps) => match app.psc.service().await {
            Ok(service) => {
                let workstation = session.workstation()?;
                let person = rpps.to_id_nat();
                app.guarded.start(app.psc.world(), &service, &person, Channel::Mobile, &workstation).await
            }
            Err(error) => Err(error),
        },
        Err(error) => Err(error),
    };
    match rung {
        Ok(poll) => {
            let demand = new_token()?;
            let stage = Stage::AtPhone { poll: Stored(poll.to_stored()?), rpps: digits, demand };
            session.set(|visit| visit.stage = stage.clone()).await?;
            Ok(session.redirect("/e-cps/attente"))
        }
        Err(error) => {
            tell(&error);
            let problems = vec![Problem::of(&error, "rpps", session.lang)];
            Ok(session.mistakes(Ecps { s: Shell { problems, ..session.shell() }, rpps: typed.to_owned() }))
        }
    }
}

/// `GET /e-cps/attente`
pub async fn wait(session: Session, RawQuery(query): RawQuery) -> Answer {
    let Stage::AtPhone { poll, rpps, .. } = &session.visit.stage else { return Err(Failure::Elsewhere("/suite")) };
    match session.app.psc.resume_ciba(&poll.0).await {
        Ok(poll) => {
            let notice = (query.as_deref() == Some("patience")).then_some(session.text().wait_not_yet);
            Wait::page(&session, Shell { notice, ..session.shell() }, &poll)
        }
        Err(error) => {
            let problems = vec![Problem::of(&error, "rpps", session.lang)];
            Ok(session.page(Ecps { s: Shell { problems, ..session.shell() }, rpps: rpps.clone() }))
        }
    }
}

/// `POST /e-cps/suite`: has the phone answered? The script asks every two seconds, the button once.
pub async fn ask(session: Session, headers: HeaderMap, _: Posted) -> Answer {
    let by_script = headers.get(ACCEPT).is_some_and(|accept| accept == "text/plain");
    // In a task of its own: PSC gives its tokens once, and a connection that drops must not lose them.
    let answered =
        tokio::spawn(answer(session)).await.unwrap_or_else(|_| Err(Error::new(Code::BROKEN_INVARIANT).into()));
    if by_script { as_text(answered) } else { answered }
}

async fn answer(mut session: Session) -> Answer {
    let Stage::AtPhone { poll: stored, rpps, demand } = session.visit.stage.clone() else {
        return Err(Failure::Elsewhere("/suite"));
    };
    // Who has left meanwhile, or asked again, is not signed in by an answer that comes after.
    let still = |stage: &Stage| matches!(stage, Stage::AtPhone { demand: asked, .. } if *asked == demand);
    let app = session.app.clone();
    let service = app.psc.service().await?;
    let next = match service.resume_ciba(&stored.0, app.now()) {
        Ok(mut poll) => match app.guarded.poll(app.psc.world(), &service, &mut poll).await {
            Ok(Some(signed_in)) => match arrival::arrive(session.clone(), signed_in, true, still).await {
                Err(Failure::Sdk(error)) => ended(&error, rpps),
                answered => return answered,
            },
            Ok(None) => Stage::AtPhone { poll: Stored(poll.to_stored()?), rpps, demand: demand.clone() },
            // The script and the button, or two tabs, asked at once: the other one has the tokens.
            Err(error) if error.code() == Code::CIBA_SPENT => return Ok(session.redirect("/e-cps/attente?patience")),
            Err(error) => ended(&error, rpps),
        },
        Err(error) => ended(&error, rpps),
    };
    let waits = matches!(next, Stage::AtPhone { .. });
    session
        .change(|visit| {
            if !still(&visit.stage) {
                return Err(Failure::Elsewhere("/suite"));
            }
            visit.stage = next.clone();
            Ok(())
        })
        .await?;
    Ok(session.redirect(if waits { "/e-cps/attente?patience" } else { "/e-cps" }))
}

/// What is no affair of the person is the operator's.
fn tell(error: &Error) {
    if error.blame() != Blame::User {
        report(error);
    }
}

fn ended(error: &Error, rpps: String) -> Stage {
    tell(error);
    Stage::PhoneEnded { code: error.code().number(), rpps }
}

/// The place of a redirect as text, for the script: its `fetch` would follow the redirect itself and take the page that
/// it leads to for a place.
fn as_text(answered: Answer) -> Answer {
    let (mut parts, _) = match answered {
        Ok(response) => response.into_parts(),
        Err(Failure::Elsewhere(place)) => return Ok(place.into_response()),
        Err(failure) => return Err(failure),
    };
    let place = parts.headers.remove(LOCATION);
    let place = place.as_ref().and_then(|place| place.to_str().ok()).unwrap_or("/suite");
    parts.status = StatusCode::OK;
    Ok((parts.headers, place.split('?').next().unwrap_or_default().to_owned()).into_response())
}

/// `POST /e-cps/canal`: goes on with the card, or again with the phone, without losing the attempt.
pub async fn switch(mut session: Session, _: Posted) -> Answer {
    let Stage::AtPhone { poll: stored, rpps, .. } = session.visit.stage.clone() else {
        return Err(Failure::Elsewhere("/suite"));
    };
    let app = session.app.clone();
    let service = app.psc.service().await?;
    let mut poll = service.resume_ciba(&stored.0, app.now())?;
    let other = if poll.channel() == Channel::Card { Channel::Mobile } else { Channel::Card };
    let workstation = session.workstation()?;
    match app.guarded.switch(app.psc.world(), &service, &mut poll, other, &workstation).await {
        Ok(()) => {
            let stage = Stage::AtPhone { poll: Stored(poll.to_stored()?), rpps, demand: new_token()? };
            session.set(|visit| visit.stage = stage.clone()).await?;
            Ok(session.redirect("/e-cps/attente"))
        }
        Err(error) => {
            tell(&error);
            let problems = vec![Problem::of(&error, "", session.lang)];
            Wait::page(&session, Shell { problems, ..session.shell() }, &poll)
        }
    }
}

/// `POST /e-cps/quitter`
pub async fn quit(mut session: Session, _: Posted) -> Answer {
    if let Stage::AtPhone { poll, .. } = session.visit.stage.clone() {
        let app = session.app.clone();
        let service = app.psc.service().await?;
        if let Ok(mut poll) = service.resume_ciba(&poll.0, app.now()) {
            let workstation = session.workstation()?;
            if let Err(error) = app.guarded.leave(app.now(), &service, &mut poll, &workstation).await {
                tell(&error);
            }
        }
    }
    session
        .set(|visit| {
            if let Stage::AtPhone { .. } | Stage::PhoneEnded { .. } = visit.stage {
                visit.stage = Stage::Nobody;
            }
        })
        .await?;
    Ok(session.redirect("/?quitte"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use axum::http::HeaderValue;

    /// Another tab has left, or was faster: the script must be told a place, not be led through a redirect to a page.
    #[tokio::test]
    async fn the_script_is_told_a_place_and_never_redirected() {
        let mut here = StatusCode::SEE_OTHER.into_response();
        here.headers_mut().insert(LOCATION, HeaderValue::from_static("/e-cps/attente?patience"));
        for (answered, place) in [(Ok(here), "/e-cps/attente"), (Err(Failure::Elsewhere("/suite")), "/suite")] {
            let Ok(response) = as_text(answered) else { panic!("{place}") };
            assert_eq!((response.status(), response.headers().get(LOCATION)), (StatusCode::OK, None));
            assert_eq!(to_bytes(response.into_body(), 64).await.unwrap(), place);
        }
        assert!(as_text(Err(Failure::Forged)).is_err());
    }
}
