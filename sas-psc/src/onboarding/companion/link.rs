//! The link of the mail «Vérification du courriel», pasted by the person: opaque, secret, and never fetched.
//!
//! Whoever opens it proves the address, so it is held as a secret and handed back only to be opened in the person's own
//! browser. Its token is read for two things to show, what it is for and when it says it ends; both are the token's own
//! words, which only the platform can verify.

use crate::base::Timestamp;
use crate::error::{Code, Error, Result};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Keycloak's address of action tokens in the realm of the platform.
const PATH: &str = "/realms/sas/login-actions/action-token";
/// The longest link that is read: a token of some 700 bytes, and what surrounds it.
const LONGEST: usize = 4096;

/// The hosts on which a verification link may be, each compared as a whole: the platform's sign-in server.
///
/// No list is built in: which host serves production stands in no public source.
#[derive(Debug, Clone)]
pub struct LinkHosts(Vec<String>);

impl LinkHosts {
    /// A list of at least one host name, with `:port` where it is not 443.
    ///
    /// # Errors
    /// `address-refused` for an empty list, and for what is not a host: a scheme, a path, a space.
    pub fn new<I: IntoIterator<Item = S>, S: AsRef<str>>(hosts: I) -> Result<LinkHosts> {
        let plain =
            |host: &str| !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:".contains(&b));
        let hosts: Vec<String> = hosts.into_iter().map(|host| host.as_ref().to_ascii_lowercase()).collect();
        if hosts.is_empty() || !hosts.iter().all(|host| plain(host)) {
            return Err(Error::field(Code::ADDRESS_REFUSED, "link_host"));
        }
        Ok(LinkHosts(hosts))
    }
}

/// What a link says it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LinkPurpose {
    /// `verify-email`: to prove the address of the account that is being created.
    VerifyEmail,
    /// `idp-verify-account-via-email`: to join Pro Santé Connect to an account that exists already under that address.
    LinkExistingAccount,
}

/// A verification link. Neither `Debug` nor `Serialize` shows it.
///
/// ```
/// use sas_psc::onboarding::companion::{LinkHosts, VerificationLink};
///
/// let hosts = LinkHosts::new(["seconnecter.example"])?;
/// // {"typ":"verify-email","exp":1790000300}
/// let text = "https://seconnecter.example/realms/sas/login-actions/action-token\
///             ?key=e30.eyJ0eXAiOiJ2ZXJpZnktZW1haWwiLCJleHAiOjE3OTAwMDAzMDB9.c2ln&client_id=sas";
/// let link = VerificationLink::parse(text, &hosts)?;
/// assert_eq!(link.claimed_end().map(|end| end.unix()), Some(1_790_000_300));
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Clone)]
pub struct VerificationLink {
    address: SecretString,
    purpose: LinkPurpose,
    end: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Claims {
    typ: String,
    exp: Option<i64>,
}

impl VerificationLink {
    /// Reads a link as it was pasted; spaces around it are dropped.
    ///
    /// # Errors
    /// `verification-link`, with the part that is not as it must be in the fact `field`: `scheme` (not https), `host` (not
    /// in the list), `path`, `key` (no token in it), `length`; `verification-link-purpose` when it is for something else,
    /// such as a new password.
    pub fn parse(text: &str, hosts: &LinkHosts) -> Result<VerificationLink> {
        let refused = |part| Error::field(Code::VERIFICATION_LINK, part);
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(refused("length"));
        }
        let rest = text.strip_prefix("https://").ok_or_else(|| refused("scheme"))?;
        let (host, place) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if !hosts.0.iter().any(|known| known.eq_ignore_ascii_case(host)) {
            return Err(refused("host"));
        }
        let query =
            place.strip_prefix(PATH).and_then(|query| query.strip_prefix('?')).ok_or_else(|| refused("path"))?;
        // A mail program that breaks lines leaves a part of the link, or a part of the next sentence.
        if !query.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~=&%".contains(&b)) {
            return Err(refused("key"));
        }
        let mut keys = query.split('&').filter_map(|pair| pair.strip_prefix("key="));
        let (Some(key), None) = (keys.next(), keys.next()) else { return Err(refused("key")) };
        let claims = read(key).ok_or_else(|| refused("key"))?;
        let purpose = match claims.typ.as_str() {
            "verify-email" => LinkPurpose::VerifyEmail,
            "idp-verify-account-via-email" => LinkPurpose::LinkExistingAccount,
            _ => return Err(Error::new(Code::VERIFICATION_LINK_PURPOSE)),
        };
        // The host as the list spells it: what the browser is given is what was compared.
        let address = format!("https://{}{place}", host.to_ascii_lowercase()).into();
        Ok(VerificationLink { address, purpose, end: claims.exp.map(Timestamp::from_unix) })
    }

    /// What it says it is for. Not verified.
    pub fn purpose(&self) -> LinkPurpose {
        self.purpose
    }

    /// When it says it ends. Not verified: to show, never to decide by.
    pub fn claimed_end(&self) -> Option<Timestamp> {
        self.end
    }

    /// The link, to be opened in the person's own browser. Never fetch, preview or log it: opening it proves the address.
    pub fn expose(&self) -> &str {
        self.address.expose_secret()
    }
}

/// The claims of a token of three parts, whose signature is left alone.
fn read(token: &str) -> Option<Claims> {
    let parts: Vec<&str> = token.split('.').collect();
    let [_, payload, signature] = parts[..] else { return None };
    if signature.is_empty() {
        return None;
    }
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

impl fmt::Debug for VerificationLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerificationLink").field("purpose", &self.purpose).field("claimed_end", &self.end).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts() -> LinkHosts {
        LinkHosts::new(["seconnecter.example", "localhost:8443"]).unwrap()
    }

    fn token(claims: &str) -> String {
        format!("eyJhbGciOiJIUzI1NiJ9.{}.c2ln", BASE64_URL_SAFE_NO_PAD.encode(claims))
    }

    fn link(claims: &str) -> String {
        format!("https://seconnecter.example{PATH}?key={}&client_id=sas&tab_id=t", token(claims))
    }

    fn refused(text: &str) -> (Code, Option<&'static str>) {
        let error = VerificationLink::parse(text, &hosts()).unwrap_err();
        (error.code(), error.facts().field)
    }

    const GOOD: &str = r#"{"typ":"verify-email","exp":1790000300,"eml":"a@b.example","sub":"c0ffee"}"#;

    #[test]
    fn a_link_says_what_it_is_for_and_when_it_ends() {
        let read = VerificationLink::parse(&format!("  {}\n", link(GOOD)), &hosts()).unwrap();
        assert_eq!((read.purpose(), read.claimed_end().unwrap().unix()), (LinkPurpose::VerifyEmail, 1_790_000_300));
        assert_eq!(read.expose(), link(GOOD), "what is opened is what was pasted");
        let other = link(r#"{"typ":"idp-verify-account-via-email"}"#).replace("seconnecter.example", "LOCALHOST:8443");
        let read = VerificationLink::parse(&other, &hosts()).unwrap();
        assert_eq!((read.purpose(), read.claimed_end()), (LinkPurpose::LinkExistingAccount, None));
        assert!(read.expose().starts_with("https://localhost:8443/realms/sas/"));
    }

    #[test]
    fn what_is_not_a_link_of_the_platform_is_refused_by_its_part() {
        let good = link(GOOD);
        let refuses = |from: &str, to: &str| refused(&good.replace(from, to));
        let part = |part| (Code::VERIFICATION_LINK, Some(part));
        assert_eq!(refuses("https:", "http:"), part("scheme"));
        assert_eq!(refuses("https:", "javascript:"), part("scheme"));
        for host in
            ["evil.example", "seconnecter.example.evil.example", "seconnecter.example:444", "me@seconnecter.example"]
        {
            assert_eq!(refuses("seconnecter.example", host), part("host"), "{host}");
        }
        assert_eq!(refused("https://evil.example?seconnecter.example/"), part("host"));
        for path in ["realms/other", "realms/sas/../sas", "realms/sas/login-actions/reset?x="] {
            assert_eq!(refuses("realms/sas", path), part("path"), "{path}");
        }
        assert_eq!(refused("https://seconnecter.example"), part("path"));
        assert_eq!(refuses("&client_id", "&key=x&client_id"), part("key"), "two tokens");
        assert_eq!(refuses("key=", "quay="), part("key"));
        assert_eq!(refuses(".c2ln", "."), part("key"), "cut by the mail program");
        assert_eq!(refuses(".c2ln", ".c2ln.more"), part("key"));
        assert_eq!(refuses("&tab_id=t", " Ce lien expire"), part("key"), "the next sentence came along");
        assert_eq!(refuses("&tab_id=t", "#fragment"), part("key"));
        assert_eq!(refused(&link("not json")), part("key"));
        assert_eq!(refused(&(good + &"a".repeat(LONGEST))), part("length"));
    }

    #[test]
    fn a_link_for_something_else_is_refused() {
        for kind in ["reset-credentials", "execute-actions", "VERIFY-EMAIL"] {
            let found = refused(&link(&format!(r#"{{"typ":"{kind}","exp":1}}"#)));
            assert_eq!(found, (Code::VERIFICATION_LINK_PURPOSE, None), "{kind}");
        }
    }

    #[test]
    fn debug_shows_no_link() {
        let shown = format!("{:?}", VerificationLink::parse(&link(GOOD), &hosts()).unwrap());
        assert!(!shown.contains("seconnecter") && !shown.contains("eyJ") && !shown.contains("c0ffee"), "{shown}");
    }

    #[test]
    fn a_list_of_hosts_holds_hosts() {
        for hosts in [&[][..], &[""], &["https://seconnecter.example"], &["a.example/"], &["a.example", "*"]] {
            let error = LinkHosts::new(hosts).unwrap_err();
            assert_eq!((error.code(), error.facts().field), (Code::ADDRESS_REFUSED, Some("link_host")), "{hosts:?}");
        }
    }
}
