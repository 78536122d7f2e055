//! The claims of an ID token, read with their types, and the rules they must satisfy, cheapest refusal first.
//!
//! A claim that is `null` counts as absent. `aud` may be a text or a list; dates may be whole or not. Claims that are not
//! read here are judged as JSON and kept as received, never built.

use super::IdTokenCheck;
use crate::base::Timestamp;
use crate::error::{Code, Error, Result};
use crate::psc::Acr;
use crate::psc::json::{Json, Places};
use crate::psc::userinfo::is_subject;
use aws_lc_rs::digest;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

pub(super) struct Claims<'a> {
    pub(super) iss: &'a str,
    pub(super) sub: &'a str,
    aud: &'a Json<'a>,
    azp: Option<&'a str>,
    pub(super) exp: Timestamp,
    pub(super) iat: Timestamp,
    nbf: Option<Timestamp>,
    pub(super) auth_time: Option<Timestamp>,
    nonce: Option<&'a str>,
    pub(super) acr: Option<&'a str>,
    at_hash: Option<&'a str>,
    pub(super) sid: Option<&'a str>,
    pub(super) auth_mode: Option<&'a str>,
    pub(super) subject_name_id: Option<&'a str>,
    pub(super) preferred_username: Option<&'a str>,
}

/// The claims that are read, as they stand.
#[derive(Default)]
pub(super) struct Members<'a> {
    iss: Json<'a>,
    sub: Json<'a>,
    aud: Json<'a>,
    azp: Json<'a>,
    exp: Json<'a>,
    iat: Json<'a>,
    nbf: Json<'a>,
    auth_time: Json<'a>,
    nonce: Json<'a>,
    acr: Json<'a>,
    at_hash: Json<'a>,
    typ: Json<'a>,
    sid: Json<'a>,
    session_state: Json<'a>,
    auth_mode: Json<'a>,
    subject_name_id: Json<'a>,
    preferred_username: Json<'a>,
}

impl<'a> Places<'a> for Members<'a> {
    fn place(&mut self, name: &str) -> Option<&mut Json<'a>> {
        Some(match name {
            "iss" => &mut self.iss,
            "sub" => &mut self.sub,
            "aud" => &mut self.aud,
            "azp" => &mut self.azp,
            "exp" => &mut self.exp,
            "iat" => &mut self.iat,
            "nbf" => &mut self.nbf,
            "auth_time" => &mut self.auth_time,
            "nonce" => &mut self.nonce,
            "acr" => &mut self.acr,
            "at_hash" => &mut self.at_hash,
            "typ" => &mut self.typ,
            "sid" => &mut self.sid,
            "session_state" => &mut self.session_state,
            "authMode" => &mut self.auth_mode,
            "SubjectNameID" => &mut self.subject_name_id,
            "preferred_username" => &mut self.preferred_username,
            _ => return None,
        })
    }
}

fn missing(claim: &'static str) -> Error {
    Error::claim(Code::ID_TOKEN_CLAIM_MISSING, claim)
}

fn malformed(claim: &'static str) -> Error {
    Error::claim(Code::ID_TOKEN_CLAIM_MALFORMED, claim)
}

fn text<'a>(value: &'a Json<'_>, claim: &'static str) -> Result<Option<&'a str>> {
    match value {
        Json::Null => Ok(None),
        value => value.as_text().map(Some).ok_or_else(|| malformed(claim)),
    }
}

fn date(value: &Json<'_>, claim: &'static str) -> Result<Option<Timestamp>> {
    match value {
        Json::Null => Ok(None),
        value => value.as_seconds().map(|at| Some(Timestamp::from_unix(at))).ok_or_else(|| malformed(claim)),
    }
}

impl<'a> Claims<'a> {
    pub(super) fn read(members: &'a Members<'a>) -> Result<Claims<'a>> {
        // Keycloak's word for the kind of its tokens: Bearer, Refresh and Logout may be signed by the same key.
        if text(&members.typ, "typ")?.is_some_and(|typ| typ != "ID") {
            return Err(Error::claim(Code::ID_TOKEN_TYPE, "typ"));
        }
        let sub = text(&members.sub, "sub")?.ok_or_else(|| missing("sub"))?;
        if !is_subject(sub) {
            return Err(malformed("sub"));
        }
        if members.aud == Json::Null {
            return Err(missing("aud"));
        }
        // The name by which a logout finds the session.
        let sid = text(&members.sid, "sid")?.or(text(&members.session_state, "session_state")?);
        if sid.is_some_and(|sid| sid.chars().any(char::is_control)) {
            return Err(malformed("sid"));
        }
        Ok(Claims {
            iss: text(&members.iss, "iss")?.ok_or_else(|| missing("iss"))?,
            sub,
            aud: &members.aud,
            azp: text(&members.azp, "azp")?,
            exp: date(&members.exp, "exp")?.ok_or_else(|| missing("exp"))?,
            iat: date(&members.iat, "iat")?.ok_or_else(|| missing("iat"))?,
            nbf: date(&members.nbf, "nbf")?,
            auth_time: date(&members.auth_time, "auth_time")?,
            nonce: text(&members.nonce, "nonce")?,
            acr: text(&members.acr, "acr")?,
            at_hash: text(&members.at_hash, "at_hash")?,
            sid,
            auth_mode: text(&members.auth_mode, "authMode")?,
            subject_name_id: text(&members.subject_name_id, "SubjectNameID")?,
            preferred_username: text(&members.preferred_username, "preferred_username")?,
        })
    }
}

impl IdTokenCheck<'_> {
    pub(super) fn check(&self, claims: &Claims<'_>, now: Timestamp) -> Result<()> {
        if claims.iss != self.issuer {
            return Err(Error::claim(Code::ID_TOKEN_ISSUER, "iss"));
        }
        self.check_audience(claims)?;
        self.check_times(claims, now)?;
        if let Some(sent) = self.nonce {
            let same = claims.nonce.is_some_and(|nonce| bool::from(nonce.as_bytes().ct_eq(sent.as_bytes())));
            if !same {
                return Err(Error::claim(Code::ID_TOKEN_NONCE, "nonce"));
            }
        }
        self.check_acr(claims)?;
        match (self.access_token, claims.at_hash) {
            (Some(token), Some(hash)) if !at_hash_is(hash, token) => {
                Err(Error::claim(Code::ID_TOKEN_ACCESS_TOKEN, "at_hash"))
            }
            _ => Ok(()),
        }
    }

    fn check_audience(&self, claims: &Claims<'_>) -> Result<()> {
        let (named, several) = match claims.aud {
            Json::Text(aud) => (*aud == self.client_id, false),
            Json::List(list) if list.iter().all(|aud| aud.as_text().is_some()) => {
                (list.iter().any(|aud| aud.as_text() == Some(&*self.client_id)), list.len() > 1)
            }
            _ => return Err(Error::claim(Code::ID_TOKEN_CLAIM_MALFORMED, "aud")),
        };
        if !named {
            return Err(Error::claim(Code::ID_TOKEN_AUDIENCE, "aud"));
        }
        // A token for several services must say which one asked for it (Core §3.1.3.7 items 4 and 5).
        if claims.azp.is_some_and(|azp| azp != self.client_id) || (several && claims.azp.is_none()) {
            return Err(Error::claim(Code::ID_TOKEN_AUDIENCE, "azp"));
        }
        Ok(())
    }

    fn check_times(&self, claims: &Claims<'_>, now: Timestamp) -> Result<()> {
        if now >= claims.exp + self.leeway {
            return Err(Error::claim(Code::ID_TOKEN_EXPIRED, "exp"));
        }
        let past = [("iat", Some(claims.iat)), ("nbf", claims.nbf), ("auth_time", claims.auth_time)];
        for (claim, at) in past {
            if at.is_some_and(|at| at > now + self.leeway) {
                return Err(Error::claim(Code::ID_TOKEN_NOT_YET_VALID, claim));
            }
        }
        match (self.max_age, claims.auth_time) {
            (None, _) => Ok(()),
            (Some(_), None) => Err(Error::claim(Code::ID_TOKEN_CLAIM_MISSING, "auth_time")),
            (Some(max_age), Some(at)) if now.since(at) > max_age.saturating_add(self.leeway) => {
                Err(Error::claim(Code::SIGN_IN_NOT_FRESH, "auth_time"))
            }
            _ => Ok(()),
        }
    }

    fn check_acr(&self, claims: &Claims<'_>) -> Result<()> {
        let Some(wanted) = self.acr else { return Ok(()) };
        let enough = match claims.acr {
            None => self.allow_missing_acr,
            Some(word) => {
                let granted = Acr::from_word(word);
                granted.is_some_and(|acr| if self.exact_acr { acr == wanted } else { acr >= wanted })
            }
        };
        if enough { Ok(()) } else { Err(Error::claim(Code::ID_TOKEN_ACR, "acr")) }
    }
}

/// The left half of the SHA-256 of the access token (Core §3.1.3.6), in base64url.
fn at_hash_is(said: &str, access_token: &str) -> bool {
    let (hash, mut text) = (digest::digest(&digest::SHA256, access_token.as_bytes()), [0; 22]);
    let written = BASE64_URL_SAFE_NO_PAD.encode_slice(&hash.as_ref()[..16], &mut text);
    written == Ok(text.len()) && said.as_bytes() == text
}
