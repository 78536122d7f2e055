//! What proves a sign-in years later: the ID token as received, and the provider's key that verified it.
//!
//! A JSON file of one form. It is judged offline, as of the sign-in: times by when it was verified then, not by today's
//! clock. That the key was the provider's is the word of who made the file, until its thumbprint (RFC 7638) is compared
//! with the provider's published keys of that time, or with files that others hold. The token's nonce is not judged
//! again. It holds the whole token: seal it where it is kept (`consent::Evidence`).
//!
//! Source: OpenID Connect Core 1.0 §2 and §3.1.3.7; RFC 7517, RFC 7638.

use super::id_token::jws::Jws;
use super::jwks::PublicJwk;
use super::{Acr, IdTokenCheck, Jwks, VerifiedIdToken};
use crate::base::{Timestamp, sha256};
use crate::error::{Code, Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

const FORMAT: &str = "sas-psc sign-in evidence v1";
/// As much as any check of a sign-in may allow: what passed then passes again.
const LEEWAY: Duration = Duration::from_secs(600);
/// A token of at most 64 KiB and a key of at most 8192 bits.
const LARGEST: usize = 80 << 10;

/// The ID token of a sign-in and the key that verified it. A value of this type was verified.
///
/// ```no_run
/// use sas_psc::psc::SignInEvidence;
///
/// # fn shown(file: &[u8]) -> sas_psc::Result<()> {
/// let evidence = SignInEvidence::parse(file)?; // verifies the provider's signature, as of the sign-in
/// println!("{} signed for {} with {}", evidence.issuer(), evidence.subject(), evidence.key_thumbprint());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SignInEvidence {
    text: String,
    file: File,
    token: VerifiedIdToken,
}

/// The file, its members in their order.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    issuer: String,
    client_id: String,
    /// Where the key was published; absent when it was given otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks_uri: Option<String>,
    verified_at: String,
    jwk: PublicJwk,
    id_token: String,
}

impl SignInEvidence {
    /// Keeps a token that `keys` verify for this issuer and service now, with the one of them that does; `jwks_uri` is
    /// where they were fetched, if they were.
    ///
    /// # Errors
    /// Those of [`IdTokenCheck::verify`].
    pub fn new(
        id_token: &str,
        keys: &Jwks,
        jwks_uri: Option<&str>,
        issuer: &str,
        client_id: &str,
        now: Timestamp,
    ) -> Result<SignInEvidence> {
        let jwk = Jws::split(id_token)?.header(|kid| keys.public(kid))??;
        let file = File {
            format: FORMAT.to_owned(),
            issuer: issuer.to_owned(),
            client_id: client_id.to_owned(),
            jwks_uri: jwks_uri.map(str::to_owned),
            verified_at: now.to_string(),
            jwk,
            id_token: id_token.to_owned(),
        };
        SignInEvidence::judge(file)
    }

    /// Reads the file, and verifies the token in it as of its sign-in.
    ///
    /// # Errors
    /// `evidence-unreadable`; those of [`IdTokenCheck::verify`].
    pub fn parse(bytes: &[u8]) -> Result<SignInEvidence> {
        let unreadable = || Error::new(Code::EVIDENCE_UNREADABLE);
        if bytes.len() > LARGEST {
            return Err(unreadable());
        }
        let file: File = serde_json::from_slice(bytes).map_err(|_| unreadable())?;
        let evidence = SignInEvidence::judge(file)?;
        // One form only, so that one hash names it.
        if evidence.text.as_bytes() == bytes { Ok(evidence) } else { Err(unreadable()) }
    }

    fn judge(file: File) -> Result<SignInEvidence> {
        let unreadable = |_| Error::new(Code::EVIDENCE_UNREADABLE);
        if file.format != FORMAT {
            return Err(Error::new(Code::EVIDENCE_UNREADABLE));
        }
        let at = Timestamp::parse_rfc3339(&file.verified_at).map_err(unreadable)?;
        if at.to_string() != file.verified_at {
            return Err(Error::new(Code::EVIDENCE_UNREADABLE));
        }
        let keys = file.jwk.set()?;
        let check = IdTokenCheck::new(&*file.issuer, &*file.client_id).leeway(LEEWAY);
        let token = check.verify(&file.id_token, &keys, at)?;
        SignInEvidence::written(file, token)
    }

    /// Of a token that was just verified with one of these keys.
    pub(super) fn of_verified(
        token: VerifiedIdToken,
        id_token: &str,
        keys: &Jwks,
        jwks_uri: &str,
        now: Timestamp,
    ) -> Result<SignInEvidence> {
        let file = File {
            format: FORMAT.to_owned(),
            issuer: token.issuer().to_owned(),
            client_id: token.client_id().to_owned(),
            jwks_uri: Some(jwks_uri.to_owned()),
            verified_at: now.to_string(),
            jwk: Jws::split(id_token)?.header(|kid| keys.public(kid))??,
            id_token: id_token.to_owned(),
        };
        SignInEvidence::written(file, token)
    }

    fn written(file: File, token: VerifiedIdToken) -> Result<SignInEvidence> {
        let text = serde_json::to_string_pretty(&file).map_err(|_| Error::new(Code::BROKEN_INVARIANT))? + "\n";
        Ok(SignInEvidence { text, file, token })
    }

    /// The file.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The token, verified.
    pub fn token(&self) -> &VerifiedIdToken {
        &self.token
    }

    /// The provider that signed.
    pub fn issuer(&self) -> &str {
        &self.file.issuer
    }

    /// The service that the token was made for.
    pub fn client_id(&self) -> &str {
        &self.file.client_id
    }

    /// The person at that provider.
    pub fn subject(&self) -> &str {
        self.token.subject()
    }

    /// When the person proved who they are; the issue of the token when the provider does not say.
    pub fn auth_time(&self) -> Timestamp {
        self.token.auth_time().unwrap_or(self.token.issued_at())
    }

    /// When the token was verified, which is when its times are judged.
    pub fn verified_at(&self) -> Timestamp {
        // It was read when this value was made.
        Timestamp::parse_rfc3339(&self.file.verified_at).unwrap_or(self.token.issued_at())
    }

    /// Where the key was published.
    pub fn jwks_uri(&self) -> Option<&str> {
        self.file.jwks_uri.as_deref()
    }

    /// The key (RFC 7638, SHA-256): compare it with the provider's, or with what others kept.
    pub fn key_thumbprint(&self) -> String {
        self.file.jwk.thumbprint()
    }

    /// SHA-256 of the token as received.
    pub fn id_token_sha256(&self) -> [u8; 32] {
        sha256(self.file.id_token.as_bytes())
    }

    /// What it proves, for JSON: `{"issuer","client","subject","id_nat","acr","auth_time","verified_at","jwks_uri",
    /// "key_thumbprint"}`.
    pub fn report(&self) -> impl Serialize {
        EvidenceReport {
            issuer: self.issuer().to_owned(),
            client: self.client_id().to_owned(),
            subject: self.subject().to_owned(),
            id_nat: self.token.id_nat().map(|id| id.as_str().to_owned()),
            acr: self.token.acr().map(Acr::as_str),
            auth_time: self.auth_time().to_string(),
            verified_at: self.verified_at().to_string(),
            jwks_uri: self.file.jwks_uri.clone(),
            key_thumbprint: self.key_thumbprint(),
        }
    }
}

#[derive(Serialize)]
struct EvidenceReport {
    issuer: String,
    client: String,
    subject: String,
    id_nat: Option<String>,
    acr: Option<&'static str>,
    auth_time: String,
    verified_at: String,
    jwks_uri: Option<String>,
    key_thumbprint: String,
}

impl fmt::Debug for SignInEvidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignInEvidence")
            .field("issuer", &self.file.issuer)
            .field("key", &self.key_thumbprint())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn vector() -> (Value, Jwks, Timestamp) {
        let vector: Value = serde_json::from_slice(include_bytes!("../../../vectors/id-token/ok.json")).unwrap();
        let keys = Jwks::parse(vector["jwks"].to_string().as_bytes()).unwrap();
        let now = Timestamp::from_unix(vector["options"]["now"].as_i64().unwrap());
        (vector, keys, now)
    }

    fn evidence() -> SignInEvidence {
        let (vector, keys, now) = vector();
        let option = |name: &str| vector["options"][name].as_str().unwrap();
        let uri = Some("https://psc.example/certs");
        let token = vector["token"].as_str().unwrap();
        SignInEvidence::new(token, &keys, uri, option("issuer"), option("client_id"), now).unwrap()
    }

    #[test]
    fn a_sign_in_is_judged_as_of_its_day_whenever_that_was() {
        let evidence = evidence();
        let read = SignInEvidence::parse(evidence.as_str().as_bytes()).unwrap();
        assert_eq!((&read, read.verified_at()), (&evidence, vector().2));
        assert_eq!(read.id_token_sha256(), sha256(vector().0["token"].as_str().unwrap().as_bytes()));
        // Long after the token has ended, or before it was made: by the file's own time alone.
        for (at, code) in [
            ("2019-01-01T00:00:00Z", Code::ID_TOKEN_NOT_YET_VALID),
            ("2099-01-01T00:00:00Z", Code::ID_TOKEN_EXPIRED),
            ("yesterday", Code::EVIDENCE_UNREADABLE),
        ] {
            let moved = evidence.as_str().replace(&evidence.file.verified_at, at);
            assert_eq!(SignInEvidence::parse(moved.as_bytes()).unwrap_err().code(), code, "{at}");
        }
        let shown = format!("{evidence:?}");
        assert!(!shown.contains(evidence.subject()) && shown.contains(&evidence.key_thumbprint()));
    }

    #[test]
    fn no_byte_of_it_changes_unseen() {
        let text = evidence().as_str().to_owned();
        let whole = SignInEvidence::parse(text.as_bytes()).unwrap();
        for at in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] ^= 1;
            // What is no claim of the token (where and when its key was had) is another file, with another hash.
            if let Ok(other) = SignInEvidence::parse(&changed) {
                assert_ne!(other.as_str(), whole.as_str());
                let same = |f: &File| (f.issuer.clone(), f.client_id.clone(), f.id_token.clone(), f.jwk.thumbprint());
                assert_eq!(same(&other.file), same(&whole.file), "byte {at}");
            }
        }
    }

    #[test]
    fn another_key_another_form_and_what_is_no_evidence_are_refused() {
        let (vector, keys, now) = vector();
        let text = evidence().as_str().to_owned();
        let compact: Value = serde_json::from_str(&text).unwrap();
        for bad in ["", "{}", &compact.to_string(), &text.replace(FORMAT, "sas-psc sign-in evidence v2")] {
            assert_eq!(SignInEvidence::parse(bad.as_bytes()).unwrap_err().code(), Code::EVIDENCE_UNREADABLE);
        }
        let long = vec![b' '; LARGEST + 1];
        assert_eq!(SignInEvidence::parse(&long).unwrap_err().code(), Code::EVIDENCE_UNREADABLE);
        let modulus = &compact["jwk"]["n"].as_str().unwrap()[4..20];
        let other = text.replace(modulus, &modulus.chars().rev().collect::<String>());
        assert_eq!(SignInEvidence::parse(other.as_bytes()).unwrap_err().code(), Code::ID_TOKEN_SIGNATURE);
        let client = vector["options"]["client_id"].as_str().unwrap();
        let refused = SignInEvidence::new(vector["token"].as_str().unwrap(), &keys, None, "https://x", client, now);
        assert_eq!(refused.unwrap_err().code(), Code::ID_TOKEN_ISSUER);
    }
}
