//! The claims of an ID token, read with their types, and the rules they must satisfy, cheapest refusal first.
//!
//! A claim that is `null` counts as absent. `aud` may be a text or a list; dates may be whole or not.

use super::IdTokenCheck;
use crate::base::Timestamp;
use crate::error::{Code, Error, Result};
use crate::psc::Acr;
use crate::psc::json::{Json, Object};
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

impl<'a> Claims<'a> {
    pub(super) fn read(object: &'a Object<'a>) -> Result<Claims<'a>> {
        let missing = |claim| move || Error::claim(Code::ID_TOKEN_CLAIM_MISSING, claim);
        let malformed = |claim| move || Error::claim(Code::ID_TOKEN_CLAIM_MALFORMED, claim);
        let text = |claim| match object.get(claim) {
            None => Ok(None),
            Some(value) => value.as_text().map(Some).ok_or_else(malformed(claim)),
        };
        let date = |claim| match object.get(claim) {
            None => Ok(None),
            Some(value) => value.as_seconds().map(|at| Some(Timestamp::from_unix(at))).ok_or_else(malformed(claim)),
        };
        // Keycloak's word for the kind of its tokens: Bearer, Refresh and Logout may be signed by the same key.
        if text("typ")?.is_some_and(|typ| typ != "ID") {
            return Err(Error::claim(Code::ID_TOKEN_TYPE, "typ"));
        }
        let sub = text("sub")?.ok_or_else(missing("sub"))?;
        if sub.is_empty() || sub.len() > 255 {
            return Err(malformed("sub")());
        }
        Ok(Claims {
            iss: text("iss")?.ok_or_else(missing("iss"))?,
            sub,
            aud: object.get("aud").ok_or_else(missing("aud"))?,
            azp: text("azp")?,
            exp: date("exp")?.ok_or_else(missing("exp"))?,
            iat: date("iat")?.ok_or_else(missing("iat"))?,
            nbf: date("nbf")?,
            auth_time: date("auth_time")?,
            nonce: text("nonce")?,
            acr: text("acr")?,
            at_hash: text("at_hash")?,
            sid: text("sid")?.or(text("session_state")?),
            auth_mode: text("authMode")?,
            subject_name_id: text("SubjectNameID")?,
            preferred_username: text("preferred_username")?,
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
            (Some(token), Some(hash)) if at_hash(token) != hash => {
                Err(Error::claim(Code::ID_TOKEN_ACCESS_TOKEN, "at_hash"))
            }
            _ => Ok(()),
        }
    }

    fn check_audience(&self, claims: &Claims<'_>) -> Result<()> {
        let (named, several) = match claims.aud {
            Json::Text(aud) => (aud == self.client_id, false),
            Json::List(list) if list.iter().all(|aud| aud.as_text().is_some()) => {
                (list.iter().any(|aud| aud.as_text() == Some(self.client_id)), list.len() > 1)
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

/// The left half of the SHA-256 of the access token (Core §3.1.3.6).
fn at_hash(access_token: &str) -> String {
    let hash = digest::digest(&digest::SHA256, access_token.as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16])
}
