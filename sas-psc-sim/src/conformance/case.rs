//! A case: what the provider does, what a right client does about it, and why. One file of `vectors/conformance` each.
//!
//! A file says only what differs from an ordinary sign-in; the rest is answered by the realm as ever. In each text,
//! `{issuer}`, `{client_id}`, `{sub}`… stand for the values of the case (`words.rs`); `{now+20}` alone is a number.

use crate::Rule;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What a right client does in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expect {
    /// Signs the person in: a client that refuses is over-strict.
    Accept,
    /// Signs nobody in, in time.
    Refuse,
}

/// Where the provider does it, and so where a right client stops at the latest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)] // the steps of a sign-in
pub enum Step {
    Discovery,
    Callback,
    Ciba,
    Poll,
    Token,
    Keys,
    IdToken,
    Userinfo,
    Refresh,
    Logout,
}

/// What the client is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flow {
    /// Sign a person in by authorization code.
    #[default]
    Code,
    /// Sign a person in by CIBA.
    Ciba,
    /// The same as `code`, then refresh the tokens.
    Refresh,
    /// Receive a back-channel logout token.
    Logout,
}

/// How bad it is when a client gets it wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Anyone can sign in as anyone.
    Critical,
    /// Someone with a token, a link or a place on the network can do harm.
    High,
    /// A rule of the specification that keeps other mistakes harmless.
    Medium,
    /// A form that a careful client does not take.
    Low,
    /// Nobody is harmed, but people cannot sign in, or a program does not end.
    Availability,
}

/// A case of the bench.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The name of its file; a case made from a token of `vectors/id-token` has that file's name after `token-`.
    #[serde(skip)]
    pub name: String,
    /// What the provider does, in one sentence.
    pub does: String,
    /// What a right client does.
    pub expect: Expect,
    /// Where.
    pub at: Step,
    /// The code that the SDK raises; none for `accept`.
    #[serde(default)]
    pub code: Option<String>,
    /// The clause.
    pub source: String,
    /// How bad.
    pub severity: Severity,
    /// What the client is asked to do.
    #[serde(default)]
    pub flow: Flow,
    /// How many times the person signs in.
    #[serde(default = "one")]
    pub logins: u32,
    /// The check that a client needs for it beyond OpenID Connect Core: `acr`, `userinfo`.
    #[serde(default)]
    pub needs: Vec<String>,
    /// What is served otherwise than as ever.
    #[serde(default)]
    pub serve: Serve,
}

fn one() -> u32 {
    1
}

/// What is served otherwise.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Serve {
    pub(crate) discovery: Change,
    pub(crate) jwks: Change,
    /// The keys published instead of the realm's.
    pub(crate) publish: Vec<Published>,
    pub(crate) callback: Callback,
    pub(crate) token: Change,
    pub(crate) id_token: TokenChange,
    /// A file of `vectors/id-token`, minted for the sign-in in progress.
    #[serde(skip)]
    pub(crate) vector: Option<Value>,
    pub(crate) userinfo: Change,
    pub(crate) ciba: Change,
    pub(crate) poll: Change,
    pub(crate) refresh: Change,
    pub(crate) refreshed: TokenChange,
    pub(crate) logout: TokenChange,
    /// The person does not answer on the phone, or refuses there.
    pub(crate) phone: Phone,
    /// Faults of the simulator (`scenario.rs`).
    pub(crate) faults: Vec<Rule>,
    /// Which person of `people.json` signs in.
    pub(crate) person: Option<String>,
}

/// What the person does on the phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Phone {
    #[default]
    Approve,
    Refuse,
}

/// Another answer of an endpoint: its JSON changed, its text replaced, its delivery broken.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Change {
    /// Passed by this often first.
    pub skip: u32,
    /// Applied this often; always when absent.
    pub times: Option<u32>,
    /// Members set; a name that starts with `/` is a JSON pointer.
    pub set: Map<String, Value>,
    pub remove: Vec<String>,
    /// A member `nested` this many arrays deep.
    pub nest: usize,
    /// A member `padding` of this many bytes.
    pub pad: usize,
    /// Replacements in the text, after all of the above.
    pub replace: Vec<[String; 2]>,
    pub status: Option<u16>,
    pub content_type: Option<String>,
    pub headers: BTreeMap<String, String>,
    /// The whole body: a text, or JSON.
    pub body: Option<Value>,
    /// The whole body, when it is no UTF-8.
    pub body_base64: Option<String>,
    pub way: Way,
}

impl Change {
    /// Whether it changes nothing.
    pub fn is_none(&self) -> bool {
        self.set.is_empty()
            && self.remove.is_empty()
            && (self.nest, self.pad) == (0, 0)
            && self.replace.is_empty()
            && self.status.is_none()
            && self.content_type.is_none()
            && self.headers.is_empty()
            && self.body.is_none()
            && self.body_base64.is_none()
            && self.way == Way::Whole
    }
}

/// How an answer is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Way {
    #[default]
    Whole,
    /// No answer at all.
    Silent,
    /// The head, then nothing.
    Stalled,
    /// A blank each second before the body.
    Slow,
    /// Blanks without end.
    Endless,
    /// The connection ends in the middle.
    Cut,
}

/// A key to publish.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Published {
    /// Whose public half: `realm`, `second`, `main`, `attacker`, `weak`, `ec`; none for what `set` says alone.
    pub of: Option<String>,
    pub set: Map<String, Value>,
    pub remove: Vec<String>,
    /// This many of it, each with a `kid` of its own.
    pub times: Option<usize>,
}

/// What the browser brings back otherwise.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Callback {
    pub set: BTreeMap<String, String>,
    pub remove: Vec<String>,
    /// Said once more, at the end.
    pub append: Vec<[String; 2]>,
    /// The whole query.
    pub query: Option<String>,
}

/// Another token.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TokenChange {
    /// Claims set.
    pub set: Map<String, Value>,
    pub remove: Vec<String>,
    /// Members of the header set.
    pub header: Map<String, Value>,
    pub header_remove: Vec<String>,
    /// The whole header.
    pub header_text: Option<String>,
    /// Replacements in the text of the payload.
    pub replace: Vec<[String; 2]>,
    pub payload: Option<String>,
    pub sign: Option<Sign>,
    /// Replacements in the finished token.
    pub token_replace: Vec<[String; 2]>,
    /// The whole token.
    pub token: Option<String>,
    /// A claim `padding` of this many bytes.
    pub pad: usize,
}

impl TokenChange {
    /// Whether it changes nothing.
    pub fn is_none(&self) -> bool {
        self.set.is_empty()
            && self.remove.is_empty()
            && self.header.is_empty()
            && self.header_remove.is_empty()
            && self.header_text.is_none()
            && self.replace.is_empty()
            && self.payload.is_none()
            && self.sign.is_none()
            && self.token_replace.is_empty()
            && self.token.is_none()
            && self.pad == 0
    }
}

/// How a token is signed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Sign {
    /// RS256 when absent; `none` leaves the signature empty. The header says the same unless it is set.
    pub alg: Option<String>,
    /// `realm` when absent; `main`, `second`, `attacker`, `weak`, `ec`, or `exponent-1`, which needs no private key.
    pub key: Option<String>,
    /// For HS256 and its kin: `public-pem`, `public-der`, `modulus`, `client-secret`, or the secret itself.
    pub secret: Option<String>,
}

impl Case {
    /// Reads a case file.
    ///
    /// # Errors
    /// When it is not what this page describes.
    pub fn parse(name: &str, text: &str) -> serde_json::Result<Case> {
        let case: Case = serde_json::from_str(text)?;
        Ok(Case { name: name.to_owned(), ..case })
    }

    /// Whether the provider makes the client wait: its time-out is what is tried.
    pub fn is_slow(&self) -> bool {
        let serve = &self.serve;
        let all =
            [&serve.discovery, &serve.jwks, &serve.token, &serve.userinfo, &serve.ciba, &serve.poll, &serve.refresh];
        all.iter().any(|change| matches!(change.way, Way::Silent | Way::Stalled | Way::Slow))
    }

    /// The part of the name before the first hyphen.
    pub fn group(&self) -> &str {
        self.name.split_once('-').map_or(&self.name, |(group, _)| group)
    }
}
