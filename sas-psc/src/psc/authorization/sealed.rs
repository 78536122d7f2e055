//! A pending sign-in sealed in a cookie, so that a server without a memory can have sign-ins under way.
//!
//! The value is bound to the issuer, the client, the redirect address and a random secret of the browser: in another
//! browser, or brought to another service, it does not open. It lives ten minutes. What stops its replay within them:
//! the code works once at PSC and its second use ends the session; [`Returned::cookies`] deletes the cookie; and a
//! server that wants more remembers [`Authorization::once`] in a [`OnceStore`](crate::psc::OnceStore).
//!
//! A sealed value has at most 880 characters, its cookie's name 20: four tabs fit beside the cookies of a site in the
//! 8 kB that servers take. Each tab has a cookie of its own; of more than four, the oldest give way.
//!
//! Cookies are `__Host-`, so that no other host sets them, and `SameSite=Lax`: the way back from PSC is a navigation by
//! GET. Only `form_post`, a POST from another site, needs `SameSite=None`: it has cookies of its own, by other names.

use super::{Authorization, SignInOptions};
use crate::base::{self, ExposeSecret, Random, SecretString, Timestamp, digest};
use crate::error::{Code, Error, Result};
use crate::psc::return_to::LONGEST;
use crate::psc::seal::{KeyRing, OVERHEAD, Seal};
use crate::psc::{Acr, ReturnAddresses, ReturnTo, Service};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use std::fmt;
use std::time::Duration;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

const PURPOSE: &str = "psc pending sign-in";
/// The three secrets, when it began, the level asked for, how fresh, whether used; then the return address.
const FIXED: usize = 3 * 32 + 8 + 1 + 8 + 1;
const LONGEST_SEALED: usize = (FIXED + LONGEST + OVERHEAD).div_ceil(3) * 4;
/// No limit on the age of the authentication.
const ANY_AGE: u64 = u64::MAX;
const TABS: usize = 4;

impl Authorization {
    /// Seals the sign-in for a cookie of the browser whose secret is `browser`, with where to go after it. At most 880
    /// characters of base64url.
    ///
    /// # Errors
    /// `no-randomness`; `return-address-refused` for one longer than 512 bytes.
    pub fn seal(&self, keys: &KeyRing, browser: &str, return_to: &str, random: &mut dyn Random) -> Result<String> {
        if return_to.len() > LONGEST {
            return Err(Error::new(Code::RETURN_ADDRESS_REFUSED));
        }
        let mut plain = Zeroizing::new(Vec::with_capacity(FIXED + return_to.len()));
        for secret in [&self.state, &self.nonce, &self.verifier] {
            let secret = secret.expose_secret();
            // All three are made by `base::token`: 32 bytes in 43 characters.
            BASE64_URL_SAFE_NO_PAD.decode_vec(secret, &mut plain).map_err(|_| Error::new(Code::BROKEN_INVARIANT))?;
        }
        plain.extend_from_slice(&self.started_at.unix_millis().to_be_bytes());
        plain.push(self.acr as u8);
        plain.extend_from_slice(&self.max_age.map_or(ANY_AGE, |age| age.as_secs()).to_be_bytes());
        plain.push(self.used.into());
        plain.extend_from_slice(return_to.as_bytes());
        let bound_to =
            [self.issuer.as_bytes(), self.client_id.as_bytes(), self.redirect_uri.as_bytes(), browser.as_bytes()];
        let sealed = keys.seal(Seal { purpose: PURPOSE, bound_to: &bound_to }, &plain, random)?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Opens a sealed sign-in of `service` in the browser whose secret is `browser`, and says where to go after it: an
    /// address that was in a list when it was sealed, to be parsed again.
    ///
    /// # Errors
    /// `sealed-value-refused` when it was changed, or belongs to another browser, client or provider, or its key is
    /// gone; `authorization-expired` after ten minutes.
    pub fn open(
        service: &Service,
        keys: &KeyRing,
        browser: &str,
        sealed: &str,
        now: Timestamp,
    ) -> Result<(Authorization, String)> {
        let refused = || Error::new(Code::SEALED_VALUE_REFUSED);
        if sealed.len() > LONGEST_SEALED {
            return Err(refused());
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(sealed).map_err(|_| refused())?;
        let (client, issuer) = (service.client(), service.metadata().issuer());
        let bound_to =
            [issuer.as_bytes(), client.id().as_bytes(), client.redirect_uri().as_bytes(), browser.as_bytes()];
        let plain = keys.open(Seal { purpose: PURPOSE, bound_to: &bound_to }, &bytes)?;
        let (fixed, return_to) = plain.split_at_checked(FIXED).ok_or_else(refused)?;
        let mut rest = fixed;
        let mut take = |count: usize| {
            let (taken, left) = rest.split_at(count);
            rest = left;
            taken
        };
        let [state, nonce, verifier] = [(); 3].map(|()| SecretString::from(BASE64_URL_SAFE_NO_PAD.encode(take(32))));
        let number = |bytes: &[u8]| bytes.iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        let started_at = Timestamp::from_unix_millis(number(take(8)).cast_signed());
        let level = take(1)[0];
        let acr = Acr::ALL.into_iter().find(|acr| *acr as u8 == level).ok_or_else(refused)?;
        let max_age = Some(number(take(8))).filter(|age| *age != ANY_AGE).map(Duration::from_secs);
        let used = take(1)[0] != 0;
        let return_to = std::str::from_utf8(return_to).map_err(|_| refused())?.to_owned();
        let (issuer, client_id) = (issuer.to_owned(), client.id().to_owned());
        let redirect_uri = client.redirect_uri().to_owned();
        let pending =
            Authorization { issuer, client_id, redirect_uri, state, nonce, verifier, acr, max_age, started_at, used };
        // One that begins later than now was sealed by a clock that is ahead; ten minutes from then is too long.
        if now >= pending.expires_at() || pending.started_at > now + super::LIFE {
            return Err(Error::new(Code::AUTHORIZATION_EXPIRED));
        }
        Ok((pending, return_to))
    }

    /// The name of this sign-in among those that a [`OnceStore`](crate::psc::OnceStore) has seen; it tells nothing.
    pub fn once(&self) -> [u8; 32] {
        digest("psc used sign-in", &[self.state.expose_secret().as_bytes()])
    }
}

/// How the browser brings the answer back: it decides the names of the cookies and whether other sites' POSTs bear them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ResponseMode {
    /// In the query of the callback's address: a GET, to which `SameSite=Lax` cookies come.
    #[default]
    Query,
    /// In the body of a POST that PSC's page sends: `SameSite=None` cookies of its own.
    FormPost,
}

impl ResponseMode {
    fn same_site(self) -> &'static str {
        match self {
            ResponseMode::Query => "Lax",
            ResponseMode::FormPost => "None",
        }
    }

    fn browser_cookie(self) -> &'static str {
        match self {
            ResponseMode::Query => "__Host-psc-browser",
            ResponseMode::FormPost => "__Host-psc-browser-post",
        }
    }

    fn prefix(self) -> &'static str {
        match self {
            ResponseMode::Query => "__Host-psc-q",
            ResponseMode::FormPost => "__Host-psc-p",
        }
    }

    fn set_cookie(self, name: &str, value: &str, max_age: Option<u64>) -> String {
        let life = max_age.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
        format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite={}{life}", self.same_site())
    }
}

/// The cookies of sign-ins under way, for a server that keeps nothing of them.
///
/// ```no_run
/// use sas_psc::psc::{KeyRing, ReturnAddresses, Service, SignInCookies, SignInOptions};
/// # fn example(service: &Service, random: &mut dyn sas_psc::base::Random, now: sas_psc::base::Timestamp,
/// #     request_cookies: &str, asked: &str, callback: &str) -> sas_psc::Result<()> {
/// let cookies = SignInCookies::new(KeyRing::new(&[7; 32])?, ReturnAddresses::new(["/compte", "/agenda"])?);
/// // "sign in" was clicked: send the browser to `leaving.url` with `leaving.cookies` as Set-Cookie headers.
/// let leaving = cookies.leave(service, &SignInOptions::default(), request_cookies, asked, random, now)?;
/// // it comes back: send `returned.cookies` whatever follows, and go to `returned.return_to` when it went well.
/// let mut returned = cookies.back(service, request_cookies, callback, random, now)?;
/// let exchange = service.finish(&mut returned.pending, callback, now)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct SignInCookies {
    keys: KeyRing,
    returns: ReturnAddresses,
}

/// A browser about to leave for the provider.
#[derive(Clone)]
#[non_exhaustive]
pub struct Leaving {
    /// Where to send it.
    pub url: String,
    /// The values of the Set-Cookie headers to send with it.
    pub cookies: Vec<String>,
}

/// A browser that came back with an answer to a sign-in that it began.
#[non_exhaustive]
pub struct Returned {
    /// The sign-in, to be finished with the same callback.
    pub pending: Authorization,
    /// Where to go when it went well.
    pub return_to: ReturnTo,
    /// The values of the Set-Cookie headers to send whatever comes of it: the sealed sign-in is deleted, and the secret
    /// of the browser is a new one, so that whoever knew the old one knows nothing.
    pub cookies: Vec<String>,
}

impl SignInCookies {
    /// Sealed with these keys; afterwards to an address of this list.
    pub fn new(keys: KeyRing, returns: ReturnAddresses) -> SignInCookies {
        SignInCookies { keys, returns }
    }

    /// Begins a sign-in. `cookies` is the request's Cookie header, empty when there is none; `asked` is where the
    /// person wants to go afterwards: an address of the list, or else its first.
    ///
    /// # Errors
    /// Those of [`Service::begin`].
    pub fn leave(
        &self,
        service: &Service,
        options: &SignInOptions,
        cookies: &str,
        asked: &str,
        random: &mut dyn Random,
        now: Timestamp,
    ) -> Result<Leaving> {
        let mode = options.response_mode;
        let (pending, url) = service.begin(options, random, now)?;
        let mut set = Vec::new();
        let browser = match browser_secret(cookies, mode) {
            Some(secret) => SecretString::from(secret.to_owned()),
            None => {
                let secret = base::token(random)?;
                set.push(mode.set_cookie(mode.browser_cookie(), secret.expose_secret(), None));
                secret
            }
        };
        let browser = browser.expose_secret();
        set.extend(self.surplus(service, mode, cookies, browser, now));
        let return_to = self.returns.parse_or_first(asked);
        let value = pending.seal(&self.keys, browser, return_to.as_str(), random)?;
        set.push(mode.set_cookie(
            &cookie_name(mode, pending.state.expose_secret()),
            &value,
            Some(super::LIFE.as_secs()),
        ));
        Ok(Leaving { url, cookies: set })
    }

    /// Finds the sign-in that a callback answers (its address, its query, or the body of a `form_post`) among those of
    /// the browser.
    ///
    /// # Errors
    /// `authorization-state` when this browser began no such sign-in, or its cookie was lost or changed;
    /// `authorization-expired`; `authorization-answer`.
    pub fn back(
        &self,
        service: &Service,
        cookies: &str,
        callback: &str,
        random: &mut dyn Random,
        now: Timestamp,
    ) -> Result<Returned> {
        let other = || Error::field(Code::AUTHORIZATION_STATE, "state");
        let state = super::CallbackAnswer::parse(callback)?.state.ok_or_else(other)?;
        let found = [ResponseMode::Query, ResponseMode::FormPost].into_iter().find_map(|mode| {
            let name = cookie_name(mode, &state);
            Some((mode, cookie(cookies, &name)?, name, browser_secret(cookies, mode)?))
        });
        let (mode, value, name, browser) = found.ok_or_else(other)?;
        let (pending, return_to) =
            Authorization::open(service, &self.keys, browser, value, now).map_err(|error| match error.code() {
                Code::SEALED_VALUE_REFUSED => other(),
                _ => error,
            })?;
        if !bool::from(pending.state.expose_secret().as_bytes().ct_eq(state.as_bytes())) {
            return Err(other());
        }
        let renewed = base::token(random)?;
        let mut set = vec![mode.set_cookie(&name, "", Some(0))];
        // Other tabs are bound to the secret they left with: it stays until the last of them is back.
        if pending_cookies(cookies, mode).count() == 1 {
            set.push(mode.set_cookie(mode.browser_cookie(), renewed.expose_secret(), None));
        }
        Ok(Returned { pending, return_to: self.returns.parse_or_first(&return_to), cookies: set })
    }

    /// Deletes what no longer opens, and the oldest beyond what a browser may carry with one more.
    fn surplus(
        &self,
        service: &Service,
        mode: ResponseMode,
        cookies: &str,
        browser: &str,
        now: Timestamp,
    ) -> Vec<String> {
        let mut alive = Vec::new();
        let mut gone = Vec::new();
        for (name, value) in pending_cookies(cookies, mode) {
            match Authorization::open(service, &self.keys, browser, value, now) {
                Ok((pending, _)) => alive.push((pending.started_at, name)),
                Err(_) => gone.push(name),
            }
        }
        alive.sort_unstable();
        let surplus = (alive.len() + 1).saturating_sub(TABS);
        gone.extend(alive.iter().take(surplus).map(|(_, name)| *name));
        gone.iter().map(|name| mode.set_cookie(name, "", Some(0))).collect()
    }
}

/// The cookie of the sign-in with this state: its name tells tabs apart and does not tell the state.
fn cookie_name(mode: ResponseMode, state: &str) -> String {
    let id = digest("psc sign-in cookie", &[state.as_bytes()]);
    format!("{}{}", mode.prefix(), BASE64_URL_SAFE_NO_PAD.encode(&id[..6]))
}

fn pairs(cookies: &str) -> impl Iterator<Item = (&str, &str)> {
    cookies.split(';').filter_map(|pair| pair.trim().split_once('='))
}

fn cookie<'a>(cookies: &'a str, name: &str) -> Option<&'a str> {
    pairs(cookies).find(|(found, _)| *found == name).map(|(_, value)| value)
}

fn browser_secret(cookies: &str, mode: ResponseMode) -> Option<&str> {
    cookie(cookies, mode.browser_cookie()).filter(|secret| secret.len() == 43)
}

fn pending_cookies(cookies: &str, mode: ResponseMode) -> impl Iterator<Item = (&str, &str)> {
    let ours = move |name: &str| name.len() == mode.prefix().len() + 8 && name.starts_with(mode.prefix());
    pairs(cookies).filter(move |(name, _)| ours(name)).take(64)
}

impl fmt::Debug for Leaving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Leaving(•••)")
    }
}

impl fmt::Debug for Returned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Returned").field("pending", &self.pending).finish_non_exhaustive()
    }
}
