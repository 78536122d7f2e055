//! Sign-in where the certificate of the TLS connection is the login itself: redirects, from the authorization address to
//! the return address, and no page.
//!
//! Keycloak's X.509 login, a hospital's own provider. PSC is not one: its own pages ask for the card through ANS's
//! middleware. Only the provider's own origin is followed; cookies live as long as this value.

use crate::base::{Method, Request, Response};
use crate::error::{Code, Error, Result};

/// More than any login by certificate takes.
const MOST_REDIRECTS: u8 = 10;

/// A sign-in on its way.
pub(crate) struct CardLogin {
    origin: String,
    redirect_uri: String,
    cookies: Vec<(String, String)>,
    redirects: u8,
}

/// What comes next.
pub(crate) enum Step {
    /// Send this, on the connection that shows the certificate.
    Send(Request),
    /// The provider sent us back to this address.
    Back(String),
}

impl CardLogin {
    /// Begins at the authorization address.
    pub fn begin(url: &str, redirect_uri: &str) -> Result<(CardLogin, Request)> {
        let origin = origin(url).ok_or(Code::CARD_LOGIN_PAGE)?.to_owned();
        let login = CardLogin { origin, redirect_uri: redirect_uri.to_owned(), cookies: Vec::new(), redirects: 0 };
        let request = login.request(url.to_owned());
        Ok((login, request))
    }

    fn request(&self, url: String) -> Request {
        let mut headers = vec![("accept", "text/html".to_owned())];
        if !self.cookies.is_empty() {
            let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            headers.push(("cookie", pairs.join("; ")));
        }
        Request { method: Method::Get, url, headers, body: Vec::new() }
    }

    /// Goes on from an answer.
    pub fn next(&mut self, answer: &Response) -> Result<Step> {
        if answer.status >= 500 {
            return Err(Error::new(Code::PROVIDER_UNAVAILABLE));
        }
        let location = answer.header("location").filter(|_| (300..400).contains(&answer.status));
        let location = location.ok_or(Code::CARD_LOGIN_PAGE)?;
        if location.strip_prefix(&self.redirect_uri).is_some_and(|rest| rest.starts_with('?')) {
            return Ok(Step::Back(location.to_owned()));
        }
        for cookie in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let pair = cookie.1.split(';').next().unwrap_or("");
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.retain(|(other, _)| other != name.trim());
                if !value.trim().is_empty() {
                    self.cookies.push((name.trim().to_owned(), value.trim().to_owned()));
                }
            }
        }
        self.redirects += 1;
        let own = location.starts_with('/') && !location.starts_with("//");
        let next = if own { format!("{}{location}", self.origin) } else { location.to_owned() };
        if self.redirects > MOST_REDIRECTS || origin(&next) != Some(self.origin.as_str()) {
            return Err(Error::new(Code::CARD_LOGIN_PAGE));
        }
        Ok(Step::Send(self.request(next)))
    }
}

/// `https://host:port` of an address.
fn origin(address: &str) -> Option<&str> {
    let start = address.find("://")? + 3;
    let end = address[start..].find(['/', '?', '#']).map_or(address.len(), |end| start + end);
    let origin = &address[..end];
    // Who hides another host behind a name of ours writes it so.
    (end > start && !origin.contains(['@', '\\'])).then_some(origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: &str = "https://login.example.fr/auth?client_id=a";
    const BACK: &str = "http://127.0.0.1/callback";

    fn begin() -> CardLogin {
        let (login, request) = CardLogin::begin(START, BACK).unwrap();
        assert_eq!((request.url.as_str(), request.headers.len()), (START, 1));
        login
    }

    fn answer(status: u16, headers: &[(&str, &str)]) -> Response {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Response { status, headers, body: Vec::new() }
    }

    fn sent(login: &mut CardLogin, headers: &[(&str, &str)]) -> Request {
        match login.next(&answer(302, headers)).unwrap() {
            Step::Send(request) => request,
            Step::Back(address) => panic!("back at {address}"),
        }
    }

    #[test]
    fn redirects_are_followed_with_their_cookies_until_the_return_address() {
        let mut login = begin();
        let cookies = [("set-cookie", "A=1; Path=/; HttpOnly"), ("set-cookie", "B=2"), ("location", "/next?x=1")];
        let next = sent(&mut login, &cookies);
        assert_eq!(next.url, "https://login.example.fr/next?x=1");
        assert_eq!(next.headers[1], ("cookie", "A=1; B=2".to_owned()));
        let next = sent(&mut login, &[("set-cookie", "A="), ("location", "https://login.example.fr/more")]);
        assert_eq!(next.headers[1], ("cookie", "B=2".to_owned()));
        let back = format!("{BACK}?code=c&state=s");
        match login.next(&answer(302, &[("location", &back)])).unwrap() {
            Step::Back(address) => assert_eq!(address, back),
            Step::Send(request) => panic!("{request:?}"),
        }
    }

    #[test]
    fn a_page_another_host_and_a_ring_are_no_login_by_card() {
        let page = |status, headers: &[(&str, &str)]| begin().next(&answer(status, headers)).err().unwrap().code();
        assert_eq!(page(200, &[]), Code::CARD_LOGIN_PAGE);
        assert_eq!(page(200, &[("location", "/next")]), Code::CARD_LOGIN_PAGE);
        assert_eq!(page(503, &[]), Code::PROVIDER_UNAVAILABLE);
        let elsewhere = [
            "https://other.example.fr/",
            "//other.example.fr/",
            "http://login.example.fr/",
            "https://login.example.fr@other.example.fr/",
            "https://login.example.fr:444/",
            "http://127.0.0.1/callback.other?code=c",
            "javascript:alert(1)",
            "",
        ];
        for location in elsewhere {
            assert_eq!(page(302, &[("location", location)]), Code::CARD_LOGIN_PAGE, "{location}");
        }
        let mut login = begin();
        for _ in 0..MOST_REDIRECTS {
            sent(&mut login, &[("location", "/again")]);
        }
        assert_eq!(login.next(&answer(302, &[("location", "/again")])).err().unwrap().code(), Code::CARD_LOGIN_PAGE);
    }
}
