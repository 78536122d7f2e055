//! Signature keys of a provider (RFC 7517): parsed once, chosen by `kid`, fetched again once when a `kid` is unknown.
//!
//! RSA keys for signature of 2048 to 8192 bits with an odd exponent from 3, without their private half; anything else in the document (encryption
//! keys, other algorithms) is stepped over. The cache is a value: it says what to fetch, the driver fetches.

use super::answer;
use super::json::{Json, Object};
use super::{Endpoint, Exchange, Metadata, Next};
use crate::base::{Method, Request, Response, Timestamp};
use crate::error::{Code, Error, Result};
use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The keys of a provider, ready to verify with.
pub struct Jwks(Vec<Entry>);

struct Entry {
    kid: Option<String>,
    /// None for an RSA signature key too weak to trust, kept so that its refusal can be told.
    key: Option<ParsedPublicKey>,
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl Jwks {
    /// Reads a JWK set.
    ///
    /// # Errors
    /// `provider-answer` when it is not a JSON object with an array `keys`; `keys-unusable` when no key of it can
    /// verify RS256.
    pub fn parse(body: &[u8]) -> Result<Jwks> {
        let document = super::json::object(body).map_err(|_| Error::new(Code::PROVIDER_ANSWER))?;
        Jwks::of(&document)
    }

    fn of(document: &Object<'_>) -> Result<Jwks> {
        let keys = document.get("keys").and_then(Json::as_list).ok_or_else(|| Error::new(Code::PROVIDER_ANSWER))?;
        let entries: Vec<Entry> = keys.iter().filter_map(entry).take(MOST).collect();
        if entries.iter().all(|entry| entry.key.is_none()) {
            return Err(Error::new(Code::KEYS_UNUSABLE));
        }
        Ok(Jwks(entries))
    }

    /// The key a token names; without a name, the only key there is.
    pub(super) fn key(&self, kid: Option<&str>) -> Result<&ParsedPublicKey> {
        self.entry(kid)?.key.as_ref().ok_or_else(|| Error::field(Code::KEYS_UNUSABLE, "kid"))
    }

    /// The same key as a JWK of its public members: `kid`, modulus, exponent.
    pub(super) fn public(&self, kid: Option<&str>) -> Result<PublicJwk> {
        let entry = self.entry(kid)?;
        let [n, e] = [&entry.modulus, &entry.exponent].map(|number| BASE64_URL_SAFE_NO_PAD.encode(number));
        Ok(PublicJwk { kty: RSA.to_owned(), kid: entry.kid.clone(), n, e })
    }

    fn entry(&self, kid: Option<&str>) -> Result<&Entry> {
        let unknown = || Error::field(Code::ID_TOKEN_KEY, "kid");
        let mut named = self.0.iter().filter(|entry| kid.is_none() || entry.kid.as_deref() == kid);
        let first = named.next().ok_or_else(unknown)?;
        // The same key listed twice is harmless; two keys of one name would let the order of a list decide.
        if named.any(|other| (&other.modulus, &other.exponent) != (&first.modulus, &first.exponent)) {
            return Err(unknown());
        }
        Ok(first)
    }
}

const RSA: &str = "RSA";
/// RSA keys for signatures that are kept of one set; what else it lists costs nothing.
const MOST: usize = 64;

/// A public key as RFC 7517 writes it, without what changes with its certificate.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PublicJwk {
    kty: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
    n: String,
    e: String,
}

impl PublicJwk {
    /// A set of this key alone.
    pub(super) fn set(&self) -> Result<Jwks> {
        let key = serde_json::to_string(self).map_err(|_| Error::new(Code::BROKEN_INVARIANT))?;
        Jwks::parse(format!("{{\"keys\":[{key}]}}").as_bytes())
    }

    /// RFC 7638: the base64url of the SHA-256 of the required members, by which the same key is known anywhere.
    pub(super) fn thumbprint(&self) -> String {
        let PublicJwk { e, kty, n, .. } = self;
        let members = format!("{{\"e\":\"{e}\",\"kty\":\"{kty}\",\"n\":\"{n}\"}}");
        BASE64_URL_SAFE_NO_PAD.encode(crate::base::sha256(members.as_bytes()))
    }
}

impl fmt::Debug for Jwks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|entry| &entry.kid)).finish()
    }
}

/// An RSA key for signatures; none for a key of another kind.
fn entry(key: &Json<'_>) -> Option<Entry> {
    let Json::Object(key) = key else { return None };
    let is = |name, expected| key.get(name).is_none_or(|value| value.as_text() == Some(expected));
    let verify = |operation: &Json<'_>| operation.as_text() == Some("verify");
    let verifies = key.get("key_ops").is_none_or(|said| said.as_list().is_some_and(|list| list.iter().any(verify)));
    if key.text("kty") != Some(RSA) || !is("use", "sig") || !is("alg", "RS256") || !verifies {
        return None;
    }
    let number = |name| {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(key.text(name)?).ok()?;
        // RFC 7518 §6.3.1.1 forbids leading zeros, and some writers put one all the same.
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        Some(bytes[zeros..].to_vec())
    };
    let (modulus, exponent) = (number("n")?, number("e")?);
    let bits = modulus.len() * 8 - modulus.first().map_or(0, |byte| byte.leading_zeros() as usize);
    // A key whose private half is published beside it, or what that half is made of, signs for anybody.
    let sound = ["d", "p", "q", "dp", "dq", "qi", "oth"].iter().all(|secret| key.get(secret).is_none())
        && (2048..=8192).contains(&bits)
        && modulus.last().is_some_and(|byte| byte & 1 == 1)
        && exponent.len() <= 4
        && exponent.last().is_some_and(|byte| byte & 1 == 1)
        && exponent != [1];
    let parsed = || {
        #[cfg(test)]
        tests::PARSED.set(tests::PARSED.get() + 1);
        let components = PublicKeyComponents { n: &modulus, e: &exponent };
        components.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).ok()
    };
    let parsed = sound.then(parsed).flatten();
    Some(Entry { kid: key.text("kid").map(str::to_owned), key: parsed, modulus, exponent })
}

/// The keys of one provider over time.
///
/// They are fetched at first need, again after an hour so that a withdrawn key is forgotten, and again at once when a
/// token names a key they lack; after such a fetch, not for 30 seconds more, whatever tokens come. However many callers
/// need them at once, one fetches; the others wait for it, and share its failure.
#[derive(Debug)]
pub struct KeyCache {
    url: String,
    keys: Option<(Arc<Jwks>, Timestamp)>,
    asked_at: Option<Timestamp>,
    rested_until: Option<Timestamp>,
    refetching: bool,
    failed: Option<Failure>,
}

/// A fetch that came to nothing, for the callers that waited for it.
#[derive(Debug, Clone, Copy)]
struct Failure {
    code: Code,
    http_status: Option<u16>,
    retry_after: Option<Duration>,
    until: Timestamp,
}

/// What a [`KeyCache`] answers.
#[derive(Debug)]
pub enum Keys {
    /// The keys, at hand.
    Found(Arc<Jwks>),
    /// Send this, and give the answer to [`KeyCache::fetched`].
    Fetch(Request),
    /// Another caller is fetching them: ask again then.
    Wait(Timestamp),
}

const LIFETIME: Duration = Duration::from_secs(3600);
const COOL_DOWN: Duration = Duration::from_secs(30);
/// A fetch whose answer has not come by then is given up, and the next caller fetches.
const PATIENCE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(100);
/// Who waited asks again within a pause; the caller whose fetch failed tries again after half a second.
const SHARED: Duration = Duration::from_millis(400);

impl KeyCache {
    /// An empty cache of the provider's keys.
    ///
    /// # Errors
    /// `endpoint-missing`.
    pub fn new(metadata: &Metadata) -> Result<KeyCache> {
        let url = metadata.endpoint(Endpoint::Jwks)?.to_owned();
        Ok(KeyCache { url, keys: None, asked_at: None, rested_until: None, refetching: false, failed: None })
    }

    /// The keys as known, fetched when there are none or they are old.
    ///
    /// # Errors
    /// Those of another caller's fetch that failed a moment ago.
    pub fn current(&mut self, now: Timestamp) -> Result<Keys> {
        match &self.keys {
            Some((keys, at)) if now.since(*at) < LIFETIME => Ok(Keys::Found(keys.clone())),
            _ => self.fetch(now),
        }
    }

    /// What to do when `used` lacked the key of a token.
    ///
    /// # Errors
    /// `id-token-key` when they were fetched for such a token a moment ago: there is no such key. Those of another
    /// caller's fetch that failed a moment ago.
    pub fn unknown_key(&mut self, used: &Arc<Jwks>, now: Timestamp) -> Result<Keys> {
        match &self.keys {
            Some((keys, _)) if !Arc::ptr_eq(keys, used) => Ok(Keys::Found(keys.clone())),
            _ if self.rested_until.is_some_and(|until| now < until) => Err(Error::field(Code::ID_TOKEN_KEY, "kid")),
            _ => {
                self.refetching = true;
                self.fetch(now)
            }
        }
    }

    /// Takes the answer to a fetch. On an error the keys known before stay.
    ///
    /// # Errors
    /// `provider-unavailable`, `provider-answer`, `keys-unusable`.
    pub fn fetched(&mut self, response: &Response, now: Timestamp) -> Result<()> {
        let keys = answer::object(response).and_then(|document| Jwks::of(&document));
        let keys = keys.inspect_err(|error| self.fetch_failed(error, now))?;
        self.asked_at = None;
        self.failed = None;
        self.keys = Some((Arc::new(keys), now));
        if std::mem::take(&mut self.refetching) {
            self.rested_until = Some(now + COOL_DOWN);
        }
        Ok(())
    }

    /// Says that a fetch did not come to an answer, so that no caller need wait for it.
    pub fn fetch_failed(&mut self, error: &Error, now: Timestamp) {
        let (facts, until) = (error.facts(), now + SHARED);
        let (http_status, retry_after) = (facts.http_status, facts.retry_after);
        self.failed = Some(Failure { code: error.code(), http_status, retry_after, until });
        self.asked_at = None;
    }

    fn fetch(&mut self, now: Timestamp) -> Result<Keys> {
        if let Some(failure) = self.failed.filter(|failure| now < failure.until) {
            return Err(Error::new(failure.code).with(|facts| {
                facts.http_status = failure.http_status;
                facts.retry_after = failure.retry_after;
            }));
        }
        if self.asked_at.is_some_and(|at| at <= now && now.since(at) < PATIENCE) {
            return Ok(Keys::Wait(now + PAUSE));
        }
        self.asked_at = Some(now);
        let headers = vec![("accept", "application/json".to_owned())];
        Ok(Keys::Fetch(Request { method: Method::Get, url: self.url.clone(), headers, body: Vec::new() }))
    }
}

/// Fetches the keys, for a program that holds a token and nothing else. A flow does it by itself.
impl Exchange for KeyCache {
    type Output = Arc<Jwks>;

    fn next(&mut self, now: Timestamp) -> Result<Next<Arc<Jwks>>> {
        Ok(match self.current(now)? {
            Keys::Found(keys) => Next::Done(keys),
            Keys::Fetch(request) => Next::Send(request),
            Keys::Wait(until) => Next::Wait(until),
        })
    }

    fn answered(&mut self, response: &Response, now: Timestamp) -> Result<()> {
        self.fetched(response, now)
    }

    fn failed(&mut self, error: Error, now: Timestamp) -> Result<()> {
        self.fetch_failed(&error, now);
        Err(error)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Environment;
    use super::super::answer::tests::answer;
    use super::*;

    thread_local! {
        /// How many keys this test's thread has parsed.
        pub(super) static PARSED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
    }

    #[test]
    fn a_key_is_parsed_once_however_many_tokens_it_verifies() {
        let vector = include_bytes!("../../../vectors/id-token/ok.json");
        let vector: serde_json::Value = serde_json::from_slice(vector).unwrap();
        let option = |name: &str| vector["options"][name].as_str().unwrap();
        let mut cache = cache();
        cache.current(NOW).unwrap();
        cache.fetched(&answer(200, "application/json", &vector["jwks"].to_string()), NOW).unwrap();
        assert_eq!(PARSED.get(), 2, "one key of the three is for encryption");
        let check = super::super::IdTokenCheck::new(option("issuer"), option("client_id"));
        let now = Timestamp::from_unix(vector["options"]["now"].as_i64().unwrap());
        for _ in 0..100 {
            check.verify(vector["token"].as_str().unwrap(), &found(cache.current(NOW)), now).unwrap();
        }
        assert_eq!(PARSED.get(), 2);
    }

    const NOW: Timestamp = Timestamp::from_unix(1_795_420_800);
    /// An odd modulus of `bytes` bytes: no key, but the shape of one.
    fn modulus(bytes: usize) -> String {
        let mut n = vec![0xc5; bytes];
        n[bytes - 1] = 0x01;
        BASE64_URL_SAFE_NO_PAD.encode(n)
    }

    fn key(kid: &str, extra: &str) -> String {
        format!(r#"{{"kty":"RSA","kid":"{kid}","use":"sig","alg":"RS256","n":"{}","e":"AQAB"{extra}}}"#, modulus(256))
    }

    fn set(keys: &[String]) -> String {
        format!(r#"{{"keys":[{}]}}"#, keys.join(","))
    }

    fn parse(keys: &[String]) -> Result<Jwks> {
        Jwks::parse(set(keys).as_bytes())
    }

    #[test]
    fn keys_of_other_kinds_are_stepped_over() {
        let others = [
            r#"{"kty":"EC","kid":"a","use":"sig","crv":"P-256","x":"AA","y":"AA"}"#.to_owned(),
            key("a", "").replace("sig", "enc").replace("RS256", "RSA-OAEP"),
            key("a", "").replace("RS256", "PS256"),
            key("a", r#","key_ops":["encrypt"]"#),
            "7".to_owned(),
        ];
        assert_eq!(parse(&others).unwrap_err().code(), Code::KEYS_UNUSABLE);
        let keys = parse(&[&others[..], &[key("b", "")]].concat()).unwrap();
        assert!(keys.key(Some("b")).is_ok() && keys.key(None).is_ok(), "the only key needs no name");
        assert_eq!(keys.key(Some("a")).unwrap_err().code(), Code::ID_TOKEN_KEY);
    }

    #[test]
    fn weak_keys_are_refused_by_name() {
        let good = key("good", "");
        for weak in [
            key("weak", "").replace(&modulus(256), &modulus(128)),
            key("weak", "").replace("AQAB", "AQ"),
            key("weak", "").replace("AQAB", "Ag"),
            key("weak", "").replace("AQAB", "AQAAAAE"),
        ] {
            let keys = parse(&[good.clone(), weak.clone()]).unwrap();
            assert_eq!(keys.key(Some("weak")).unwrap_err().code(), Code::KEYS_UNUSABLE, "{weak}");
            assert_eq!(parse(&[weak]).unwrap_err().code(), Code::KEYS_UNUSABLE);
        }
    }

    #[test]
    fn two_keys_of_one_name_decide_nothing() {
        let other = key("a", "").replace("\"n\":\"xc", "\"n\":\"zc");
        assert_eq!(parse(&[key("a", ""), other]).unwrap().key(Some("a")).unwrap_err().code(), Code::ID_TOKEN_KEY);
        assert!(parse(&[key("a", ""), key("a", "")]).unwrap().key(Some("a")).is_ok(), "the same key twice");
        let two = parse(&[key("a", ""), key("b", "").replace("\"n\":\"xc", "\"n\":\"zc")]).unwrap();
        assert_eq!(two.key(None).unwrap_err().code(), Code::ID_TOKEN_KEY, "no name among several");
    }

    #[test]
    fn what_is_no_key_set_is_refused() {
        for text in ["", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":[],"keys":[]}"#] {
            assert_eq!(Jwks::parse(text.as_bytes()).unwrap_err().code(), Code::PROVIDER_ANSWER, "{text}");
        }
        assert_eq!(Jwks::parse(br#"{"keys":[]}"#).unwrap_err().code(), Code::KEYS_UNUSABLE);
    }

    fn cache() -> KeyCache {
        KeyCache::new(&Metadata::of_preset(&Environment::bas())).unwrap()
    }

    fn found(keys: Result<Keys>) -> Arc<Jwks> {
        let Ok(Keys::Found(keys)) = keys else { panic!("{keys:?}") };
        keys
    }

    #[test]
    fn an_unknown_key_is_asked_for_once_then_not_before_the_cool_down() {
        let (mut cache, jwks) = (cache(), answer(200, "application/json", &set(&[key("a", "")])));
        assert!(matches!(cache.current(NOW), Ok(Keys::Fetch(_))));
        assert!(matches!(cache.current(NOW), Ok(Keys::Wait(_))), "one caller fetches, the others wait");
        cache.fetched(&jwks, NOW).unwrap();
        let first = found(cache.current(NOW));
        assert!(matches!(cache.unknown_key(&first, NOW).unwrap(), Keys::Fetch(_)), "at once after an ordinary fetch");
        cache.fetched(&jwks, NOW).unwrap();
        let second = found(cache.unknown_key(&first, NOW));
        assert_eq!(cache.unknown_key(&second, NOW + COOL_DOWN / 2).unwrap_err().code(), Code::ID_TOKEN_KEY);
        assert!(matches!(cache.unknown_key(&second, NOW + COOL_DOWN).unwrap(), Keys::Fetch(_)));
    }

    #[test]
    fn old_keys_are_fetched_again_and_a_failed_fetch_keeps_them() {
        let (mut cache, jwks) = (cache(), answer(200, "application/json", &set(&[key("a", "")])));
        cache.current(NOW).unwrap();
        cache.fetched(&jwks, NOW).unwrap();
        assert!(matches!(cache.current(NOW + LIFETIME), Ok(Keys::Fetch(_))));
        let late = NOW + LIFETIME;
        let error = cache.fetched(&answer(503, "text/html", ""), late).unwrap_err();
        assert_eq!(error.code(), Code::PROVIDER_UNAVAILABLE);
        assert!(matches!(cache.current(NOW), Ok(Keys::Found(_))));
        let shared = cache.current(late + PAUSE).unwrap_err();
        assert_eq!((shared.code(), shared.facts().http_status), (Code::PROVIDER_UNAVAILABLE, Some(503)));
        assert!(matches!(cache.current(late + SHARED), Ok(Keys::Fetch(_))), "and again, a moment later");
        cache.fetch_failed(&Error::new(Code::TIMED_OUT), late + SHARED);
        assert_eq!(cache.current(late + SHARED).unwrap_err().code(), Code::TIMED_OUT);
    }

    /// Sixty-four callers at once, each with a token of an unknown key: what each comes to, and how often was fetched.
    fn together(answer: Response) -> (Vec<Result<Arc<Jwks>>>, usize) {
        let known = crate::psc::answer::tests::answer(200, "application/json", &set(&[key("old", "")]));
        let mut filled = cache();
        filled.current(NOW).unwrap();
        filled.fetched(&known, NOW).unwrap();
        let used = found(filled.current(NOW));
        let (cache, fetches) = (std::sync::Mutex::new(filled), std::sync::atomic::AtomicUsize::new(0));
        let barrier = std::sync::Barrier::new(64);
        let caller = || {
            barrier.wait();
            let mut millis = 0;
            loop {
                // Each waits a real moment for what the cache says is a pause.
                let now = NOW + Duration::from_millis(millis);
                let keys = cache.lock().unwrap().unknown_key(&used, now)?;
                match keys {
                    Keys::Found(keys) => return Ok(keys),
                    Keys::Wait(_) => {}
                    Keys::Fetch(_) => {
                        fetches.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                        std::thread::sleep(Duration::from_millis(30));
                        cache.lock().unwrap().fetched(&answer, now)?;
                        continue;
                    }
                }
                std::thread::sleep(Duration::from_millis(2));
                millis += 2;
            }
        };
        let ends = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..64).map(|_| scope.spawn(caller)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        (ends, fetches.into_inner())
    }

    #[test]
    fn many_callers_with_an_unknown_key_cause_one_fetch() {
        let (ends, fetches) = together(answer(200, "application/json", &set(&[key("old", ""), key("new", "")])));
        assert_eq!(fetches, 1);
        for keys in ends {
            assert!(keys.unwrap().key(Some("new")).is_ok());
        }
        let (ends, fetches) = together(answer(503, "text/html", ""));
        assert_eq!(fetches, 1, "a failure is shared too");
        assert!(ends.into_iter().all(|end| end.unwrap_err().code() == Code::PROVIDER_UNAVAILABLE));
    }
}
