//! `actor_token` of a token exchange: with which software, and in which situation of exercise, the person acts.
//!
//! ANS names the members `lps_nom`, `lps_id`, `lps_version` and `situation_exercice`; how the token is signed is not
//! published. It is an RS256 JWT (RFC 7519) of one minute here, signed with a key of the proxy, `iss` and `sub` the
//! client, `aud` the token endpoint.

use crate::base::{self, ExposeSecret, Random, SecretString, Timestamp};
use crate::error::{Code, Error, Result};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::json;
use std::fmt;
use std::sync::Arc;

/// The key that signs actor tokens.
#[derive(Clone)]
pub struct ActorKey {
    pair: Arc<KeyPair>,
    kid: Option<String>,
}

impl ActorKey {
    /// An RSA key as PKCS#8 (DER), and its name where the server knows several.
    ///
    /// # Errors
    /// `backend-settings`.
    pub fn from_pkcs8(der: &[u8], kid: Option<&str>) -> Result<ActorKey> {
        let pair = KeyPair::from_pkcs8(der).map_err(|_| Error::field(Code::BACKEND_SETTINGS, "actor_key"))?;
        Ok(ActorKey { pair: Arc::new(pair), kid: kid.map(str::to_owned) })
    }
}

impl fmt::Debug for ActorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ActorKey(•••)")
    }
}

/// The software, and the situation in which the person acts.
#[derive(Clone)]
pub struct Actor {
    key: ActorKey,
    software: [String; 3],
    situation: Option<String>,
}

impl Actor {
    /// The software's name, identifier and version, as its operator declared them.
    pub fn new(key: ActorKey, name: &str, id: &str, version: &str) -> Actor {
        Actor { key, software: [name, id, version].map(str::to_owned), situation: None }
    }

    /// The person's situation of exercise.
    pub fn with_situation(mut self, situation: &str) -> Actor {
        self.situation = Some(situation.to_owned());
        self
    }

    pub(super) fn token(
        &self,
        client_id: &str,
        audience: &str,
        random: &mut dyn Random,
        now: Timestamp,
    ) -> Result<SecretString> {
        let [name, id, version] = &self.software;
        let mut header = json!({ "alg": "RS256", "typ": "JWT" });
        if let Some(kid) = &self.key.kid {
            header["kid"] = kid.as_str().into();
        }
        let mut claims = json!({
            "iss": client_id, "sub": client_id, "aud": audience, "iat": now.unix(), "exp": now.unix() + 60,
            "jti": base::token(random)?.expose_secret(), "lps_nom": name, "lps_id": id, "lps_version": version,
        });
        if let Some(situation) = &self.situation {
            claims["situation_exercice"] = situation.as_str().into();
        }
        let part = |value: &serde_json::Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let mut signature = vec![0; self.key.pair.public_modulus_len()];
        // PKCS#1 v1.5 draws nothing; the type asks for a source all the same.
        self.key
            .pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .map_err(|_| Error::new(Code::BROKEN_INVARIANT))?;
        Ok(format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature)).into())
    }
}

impl fmt::Debug for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Actor").field("software", &self.software).finish_non_exhaustive()
    }
}
