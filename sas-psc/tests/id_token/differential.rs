//! Every vector judged by openidconnect's own verifier too. Where the two differ, the reason stands here; a difference
//! without a reason, or a reason without its difference, fails.

use openidconnect::core::CoreJwsSigningAlgorithm;
use openidconnect::core::{CoreGenderClaim, CoreIdTokenVerifier, CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm};
use openidconnect::{AccessToken, AccessTokenHash, ClientId, EmptyAdditionalClaims, IdToken, IssuerUrl, Nonce};
use sas_psc::base::Timestamp;
use sas_psc::psc::Acr;
use serde_json::Value;
use std::collections::BTreeSet;
use std::str::FromStr;

type Token =
    IdToken<EmptyAdditionalClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

/// Ours refuses and theirs accepts, unless the reason says otherwise.
#[rustfmt::skip]
const DIFFERENCES: &[(&str, &str)] = &[
    ("duplicate-empty-name", "it ignores members that it does not know, twice as well as once"),
    ("duplicate-nested", "it ignores members that it does not know, twice as well as once"),
    ("duplicate-unknown-member", "it ignores members that it does not know, twice as well as once"),
    ("duplicate-unknown-member-escaped", "it ignores members that it does not know, twice as well as once"),
    ("form-signature-other-spelling", "it lets the unused bits of base64url be anything: one token, several spellings"),
    ("form-too-large", "it has no bound on size"),
    ("header-critical-null", "it takes a crit of null for none"),
    ("header-duplicate-unknown-member", "it ignores members that it does not know, twice as well as once"),
    ("header-half-a-surrogate", "it does not read the members that it does not know"),
    ("header-number-beyond-floats", "it does not read the members that it does not know"),
    ("header-too-deep", "it has no bound on depth but its reader's"),
    ("id-token-authentication-mode-not-text", "it does not know the claims of PSC"),
    ("id-token-authentication-time-negative", "it takes any number for a date"),
    ("id-token-azp-empty", "it leaves azp to its caller"),
    ("id-token-azp-in-capitals", "it leaves azp to its caller"),
    ("id-token-azp-other", "it leaves azp to its caller"),
    ("id-token-expiry-in-milliseconds", "it takes any number for a date: this token would live for 55,000 years"),
    ("id-token-identity-a-list", "it does not know the claims of PSC"),
    ("id-token-identity-not-text", "it does not know the claims of PSC"),
    ("id-token-issue-negative", "it takes any number for a date"),
    ("id-token-not-before-as-text", "it does not know nbf"),
    ("id-token-not-before-in-the-future", "it does not know nbf"),
    ("id-token-not-before-milliseconds", "it does not know nbf"),
    ("id-token-session-not-text", "it does not know sid"),
    ("id-token-session-with-a-nul", "it does not know sid"),
    ("id-token-subject-empty", "it takes any text for sub"),
    ("id-token-subject-of-other-letters", "it takes any text for sub"),
    ("id-token-subject-of-wide-digits", "it takes any text for sub"),
    ("id-token-subject-right-to-left", "it takes any text for sub"),
    ("id-token-subject-too-long", "it takes any text for sub"),
    ("id-token-subject-with-a-line-break", "it takes any text for sub"),
    ("id-token-subject-with-a-nul", "it takes any text for sub"),
    ("id-token-subject-with-a-tab", "it takes any text for sub"),
    ("id-token-subject-with-delete", "it takes any text for sub"),
    ("id-token-subject-with-zero-width", "it takes any text for sub"),
    ("id-token-type-bearer", "it does not know Keycloak's typ: an access token with an audience would pass for an identity"),
    ("id-token-type-empty", "it does not know Keycloak's typ"),
    ("id-token-type-in-small-letters", "it does not know Keycloak's typ"),
    ("id-token-type-logout", "it does not know Keycloak's typ"),
    ("id-token-type-not-text", "it does not know Keycloak's typ"),
    ("id-token-type-refresh", "it does not know Keycloak's typ"),
    ("key-of-1024-bits", "it verifies with RSA keys of any size"),
    ("key-operations-as-text", "it does not read key_ops"),
    ("key-operations-empty", "it does not read key_ops"),
    ("key-operations-sign-alone", "it does not read key_ops"),
    ("key-with-its-primes", "it does not look for the private half of a key"),
    ("key-with-its-private-exponent", "it does not look for the private half of a key"),
    ("payload-too-many-members", "it has no bound on members"),
    ("payload-twenty-objects-deep", "it has no bound on depth but its reader's"),
    ("ok-audience-array-of-two", "it refuses what ours accepts: a second audience that is not declared trusted; ours wants azp to be us"),
    ("ok-header-certificate-thumbprint", "it refuses what ours accepts: a cty, which says nothing of a payload that is JSON"),
];

/// Whether openidconnect accepts the token of a vector, asked as strictly as its interface allows.
fn judge(vector: &Value) -> Result<(), String> {
    let options = &vector["options"];
    let text = |name: &str| options[name].as_str().map(str::to_owned);
    let keys: CoreJsonWebKeySet = serde_json::from_value(vector["jwks"].clone()).map_err(|e| e.to_string())?;
    let issuer = IssuerUrl::new(text("issuer").unwrap()).unwrap();
    let (now, leeway) = (options["now"].as_i64().unwrap(), options["leeway"].as_i64().unwrap_or(30));
    // It has no leeway on expiry: the clock it is given is late by as much.
    let late = Value::from(Timestamp::from_unix(now - leeway).to_string());
    let (wanted, max_age) = (text("acr").and_then(|acr| Acr::from_word(&acr)), options["max_age"].as_i64());
    let (exact, missing_allowed) = (options["exact_acr"] == true, options["allow_missing_acr"] == true);
    let not = |refused: bool, why: &str| if refused { Err(why.to_owned()) } else { Ok(()) };
    let verifier = CoreIdTokenVerifier::new_public_client(ClientId::new(text("client_id").unwrap()), issuer, keys)
        .set_allowed_algs([CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256])
        .set_time_fn(move || serde_json::from_value(late.clone()).unwrap())
        .set_issue_time_verifier_fn(move |at| not(at.timestamp() > now + leeway, "issued in the future"))
        .set_auth_time_verifier_fn(move |at| match (at.map(|at| at.timestamp()), max_age) {
            (None, max_age) => not(max_age.is_some(), "no authentication time"),
            (Some(at), max_age) => {
                not(at > now + leeway || max_age.is_some_and(|age| now - at > age + leeway), "authentication time")
            }
        })
        .set_auth_context_verifier_fn(move |acr| match (wanted, acr.map(|acr| Acr::from_word(acr.as_str()))) {
            (None, _) => Ok(()),
            (Some(_), None) => not(!missing_allowed, "no acr"),
            (Some(wanted), Some(acr)) => not(acr < Some(wanted) || (exact && acr != Some(wanted)), "acr"),
        });
    let token = Token::from_str(vector["token"].as_str().unwrap()).map_err(|e| e.to_string())?;
    let sent = text("nonce");
    let nonce = |nonce: Option<&Nonce>| not(sent.is_some() && nonce.map(Nonce::secret) != sent.as_ref(), "nonce");
    let claims = token.claims(&verifier, nonce).map_err(|e| e.to_string())?;
    if let (Some(access_token), Some(hash)) = (text("access_token"), claims.access_token_hash()) {
        let key = token.signing_key(&verifier).map_err(|e| e.to_string())?;
        let alg = token.signing_alg().map_err(|e| e.to_string())?;
        let found = AccessTokenHash::from_token(&AccessToken::new(access_token), alg, key);
        not(found.map_err(|e| e.to_string())? != *hash, "at_hash")?;
    }
    Ok(())
}

#[test]
fn each_difference_from_openidconnect_has_its_reason() {
    let mut found = BTreeSet::new();
    for file in std::fs::read_dir(crate::room()).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let vector: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        if judge(&vector).is_ok() != (vector["expect"] == "ok") {
            found.insert(file.file_stem().unwrap().to_str().unwrap().to_owned());
        }
    }
    let known: BTreeSet<String> = DIFFERENCES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(found, known);
}
