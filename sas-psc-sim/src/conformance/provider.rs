//! A provider of one case, while it runs: its addresses, the browser and the phone of its person, what it was asked.

use super::answer::{self, Hostile, Seen};
use super::case::{self, Callback, Case};
use super::token;
use crate::sim::Sim;
use crate::{Browser, Client, Config, Running, Scenario, Simulator};
use serde_json::json;
use std::io;
use url::Url;
use url::form_urlencoded::{Serializer, parse};

/// A provider that serves one case, on ports of its own, until it is dropped.
pub struct Provider(Running);

impl Provider {
    /// Starts it on 127.0.0.1.
    ///
    /// # Errors
    /// When no port can be had.
    pub fn start(case: &Case) -> io::Result<Provider> {
        let client = Client { id: format!("bench-{}", case.name), ..Client::default() };
        let config = Config {
            clients: vec![client],
            ciba_interval: 1,
            scenario: Scenario { rules: case.serve.faults.clone() },
            case: Some(case.clone()),
            ..Config::default()
        };
        Simulator::start(config).map(Provider)
    }

    fn sim(&self) -> &Sim {
        self.0.sim()
    }

    fn hostile(&self) -> &Hostile {
        self.sim().hostile.as_ref().unwrap_or_else(|| panic!("a provider has its case"))
    }

    /// The issuer.
    pub fn issuer(&self) -> String {
        self.0.issuer()
    }

    /// The client registered for this case; its secret is no secret.
    pub fn client(&self) -> Client {
        self.sim().clients.first().cloned().unwrap_or_default()
    }

    /// Whom a right client must say that it signed in.
    pub fn subject(&self) -> String {
        self.sim().people[answer::person(self.sim(), self.hostile())].sub()
    }

    /// The same person's national identifier: the `login_hint` of CIBA.
    pub fn id_nat(&self) -> String {
        self.sim().people[answer::person(self.sim(), self.hostile())].id_nat.clone()
    }

    /// What was asked, in order.
    pub fn seen(&self) -> Vec<Seen> {
        self.hostile().seen()
    }

    /// Where the authorization endpoint is: a browser sent there signs in.
    pub fn is_sign_in_page(&self, url: &str) -> bool {
        url.starts_with(&format!("{}/auth?", self.0.wallet_base()))
    }

    /// How often an endpoint was asked.
    pub fn count(&self, what: &str) -> usize {
        self.seen().iter().filter(|seen| seen.what == what).count()
    }

    /// Signs the person in by card at an authorization address, in a browser, and gives the address it comes back to,
    /// as the case has it.
    ///
    /// # Errors
    /// Where the sign-in stopped: the request was not one that PSC takes.
    pub fn sign_in(&self, browser: &mut Browser, authorization_url: &str) -> Result<String, String> {
        let person = self.sim().people[answer::person(self.sim(), self.hostile())].key.clone();
        let back = self.0.try_sign_in_by_card(browser, authorization_url, &person)?;
        let words = answer::words(self.sim(), self.hostile());
        let asked = Url::parse(authorization_url).map_err(|error| error.to_string())?;
        let state = asked.query_pairs().find(|(name, _)| name == "state").map(|(_, value)| value.into_owned());
        let words = words.with("state", state.unwrap_or_default());
        otherwise(&back, &self.hostile().case.serve.callback, |text| words.text(text))
    }

    /// Answers on the person's phone, when a request waits there.
    pub fn answer_phone(&self) -> bool {
        let id_nat = self.id_nat();
        match self.hostile().case.serve.phone {
            case::Phone::Approve => self.0.phone().approve(&id_nat),
            case::Phone::Refuse => self.0.phone().deny(&id_nat),
        }
    }

    /// The back-channel logout token of this case (OpenID Connect Back-Channel Logout 1.0 §2.4), for the session of the
    /// last sign-in; without one, for a session `a-session`.
    pub fn logout_token(&self) -> String {
        let words = answer::words(self.sim(), self.hostile());
        let claims = json!({
            "iss": "{issuer}", "aud": "{client_id}", "iat": "{now}", "exp": "{now+120}", "typ": "Logout",
            "jti": self.sim().random.uuid(), "sub": "{sub}", "sid": "{sid}",
            "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
        });
        let claims = words.map(claims.as_object().unwrap_or(&serde_json::Map::new()));
        let honest = crate::lock(&self.sim().keys).sign_as(&claims, "logout+jwt");
        let change = &self.hostile().case.serve.logout;
        if change.is_none() { honest } else { token::changed(&honest, change, &words) }
    }
}

/// The callback as a case has it.
fn otherwise(back: &str, change: &Callback, fill: impl Fn(&str) -> String) -> Result<String, String> {
    let mut url = Url::parse(back).map_err(|error| error.to_string())?;
    if let Some(query) = &change.query {
        url.set_query(Some(&fill(query)));
        return Ok(url.into());
    }
    let mut pairs: Vec<(String, String)> = parse(url.query().unwrap_or_default().as_bytes()).into_owned().collect();
    pairs.retain(|(name, _)| !change.remove.contains(name) && !change.set.contains_key(name));
    pairs.extend(change.set.iter().map(|(name, value)| (name.clone(), fill(value))));
    pairs.extend(change.append.iter().map(|[name, value]| (name.clone(), fill(value))));
    url.set_query(Some(&Serializer::new(String::new()).extend_pairs(pairs).finish()));
    Ok(url.into())
}
