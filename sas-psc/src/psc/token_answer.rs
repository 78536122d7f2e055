//! The answers of the token endpoint (RFC 6749 §5): tokens, or a word that says why not, and what that word means here.
//!
//! Keycloak answers a wrong secret with `unauthorized_client` and 401, an unknown client with `invalid_client`: both are
//! a matter of credentials; the same word with 400 is a matter of what the client may do. `invalid_grant` means another
//! thing for a code, a refresh token and a CIBA request. Descriptions are for people who configure, never shown.

use super::answer;
use super::json::Object;
use super::tokens::TokenSet;
use crate::base::{ExposeSecret, Response, SecretString, Timestamp};
use crate::error::{Code, Error, Result};
use std::time::Duration;

/// What was asked for: the same word means other things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grant {
    Code,
    Refresh,
    CibaStart,
    CibaPoll,
    /// About a token held: introspection, revocation, the end of a session.
    Held,
}

/// A bearer token without a stated life is taken to live this long.
const UNSTATED: Duration = Duration::from_secs(60);

/// Reads the tokens of an answer, or says what its refusal means. The ID token is not verified yet; without one, the
/// one of `before` stays.
pub(super) fn tokens(response: &Response, grant: Grant, before: Option<&TokenSet>, now: Timestamp) -> Result<TokenSet> {
    if response.status != 200 {
        return Err(refusal(response, grant));
    }
    let answer = answer::object(response)?;
    if answer.get("error").is_some() {
        // What says no and yes at once says no.
        return Err(refusal(response, grant));
    }
    let unreadable = |field| move || Error::field(Code::PROVIDER_ANSWER, field);
    let secret =
        |name| answer.text(name).filter(|text| !text.is_empty()).map(|text| SecretString::from(text.to_owned()));
    let ends = |name| -> Result<Option<Timestamp>> {
        let Some(life) = answer.get(name) else { return Ok(None) };
        Ok(Some(now + life.as_span().ok_or_else(unreadable(name))?))
    };
    if !answer.text("token_type").is_some_and(|kind| kind.eq_ignore_ascii_case("Bearer")) {
        return Err(unreadable("token_type")());
    }
    let access_token = secret("access_token").ok_or_else(unreadable("access_token"))?;
    // It goes into a header: what no header may hold would be another header (RFC 6750 §2.1).
    if !access_token.expose_secret().bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(unreadable("access_token")());
    }
    let id_token = secret("id_token").or_else(|| before.map(|set| set.id_token.clone()));
    Ok(TokenSet {
        access_token,
        access_expires_at: ends("expires_in")?.unwrap_or(now + UNSTATED),
        refresh_token: secret("refresh_token"),
        // Keycloak says 0 for a token that lives as long as an offline session.
        refresh_expires_at: ends("refresh_expires_in")?.filter(|at| *at > now),
        id_token: id_token.ok_or_else(|| Error::new(Code::ID_TOKEN_MISSING))?,
        granted_scope: answer.text("scope").unwrap_or_default().to_owned(),
        subject: before.map(|set| set.subject.clone()).unwrap_or_default(),
    })
}

/// What a refusal means. Its `facts.oauth_error` is the word, when a specification defines it.
pub(super) fn refusal(response: &Response, grant: Grant) -> Error {
    let Some((word, description)) = error_word(response) else { return answer::unexpected(response) };
    let credentials = response.status == 401;
    let code = match (word, grant) {
        ("server_error" | "temporarily_unavailable", Grant::CibaStart) => Code::CIBA_DEVICE_UNAVAILABLE,
        ("server_error" | "temporarily_unavailable", _) => Code::PROVIDER_UNAVAILABLE,
        ("invalid_client", _) => Code::CLIENT_REFUSED,
        ("unauthorized_client", Grant::CibaStart | Grant::CibaPoll) if !credentials => Code::CIBA_NOT_ENABLED,
        ("unauthorized_client", _) if credentials => Code::CLIENT_REFUSED,
        ("unauthorized_client" | "unsupported_grant_type", _) => Code::CLIENT_NOT_ALLOWED,
        ("invalid_grant", Grant::Code) => Code::CODE_REFUSED,
        ("invalid_grant", Grant::Refresh) => Code::SESSION_ENDED,
        // Keycloak has one word for three things; only its description tells them apart.
        ("invalid_grant", Grant::CibaPoll) if description.contains("disabled") => Code::CIBA_UNKNOWN_PERSON,
        ("invalid_grant", Grant::CibaPoll) if description.contains("not allowed") => Code::CIBA_NOT_ENABLED,
        ("invalid_grant", Grant::CibaPoll) if !credentials => Code::CIBA_SPENT,
        ("invalid_grant", Grant::CibaStart | Grant::CibaPoll) => Code::CIBA_NOT_ENABLED,
        ("access_denied" | "transaction_failed", Grant::CibaStart | Grant::CibaPoll) => Code::CIBA_REFUSED,
        ("expired_token", Grant::CibaPoll) => Code::CIBA_EXPIRED,
        ("unknown_user_id", Grant::CibaStart) => Code::CIBA_UNKNOWN_PERSON,
        // Keycloak knows no better word for a person it does not know: "invalid_user", "invalid user".
        ("invalid_request", Grant::CibaStart) if description.contains("user") => Code::CIBA_UNKNOWN_PERSON,
        ("invalid_binding_message", Grant::CibaStart) => Code::CIBA_DIGITS,
        _ if response.status >= 500 => return answer::unexpected(response),
        _ => Code::REQUEST_REFUSED,
    };
    let retry_after = answer::retry_after(response, None);
    Error::new(code).with(|facts| {
        facts.http_status = Some(response.status);
        facts.oauth_error = Some(word);
        facts.retry_after = retry_after;
    })
}

/// The `error` of an answer, and its description in lower case. A word that no specification defines is `other`.
pub(super) fn error_word(response: &Response) -> Option<(&'static str, String)> {
    let body: Object<'_> = answer::body(response).ok()?;
    let description = body.text("error_description").unwrap_or_default().to_ascii_lowercase();
    Some((known_word(body.text("error")?), description))
}

/// The words of RFC 6749, OpenID Connect Core, CIBA Core and RFC 8628, so that no text of a provider reaches a log.
pub(super) fn known_word(word: &str) -> &'static str {
    const WORDS: &[&str] = &[
        "access_denied",
        "account_selection_required",
        "authorization_pending",
        "consent_required",
        "expired_token",
        "interaction_required",
        "invalid_binding_message",
        "invalid_client",
        "invalid_grant",
        "invalid_request",
        "invalid_request_object",
        "invalid_request_uri",
        "invalid_scope",
        "invalid_token",
        "invalid_user_code",
        "login_required",
        "missing_user_code",
        "request_not_supported",
        "request_uri_not_supported",
        "server_error",
        "slow_down",
        "temporarily_unavailable",
        "transaction_failed",
        "unauthorized_client",
        "unknown_user_id",
        "unmet_authentication_requirements",
        "unsupported_grant_type",
        "unsupported_response_type",
    ];
    WORDS.iter().find(|known| **known == word).copied().unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use super::super::answer::tests::answer;
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix(1_795_420_800);
    const GOOD: &str = r#"{"access_token":"a","token_type":"bearer","expires_in":120,"refresh_expires_in":1800,
        "refresh_token":"r","id_token":"i","not-before-policy":0,"session_state":"s","scope":"openid profile"}"#;

    fn read(body: &str) -> Result<TokenSet> {
        tokens(&answer(200, "application/json", body), Grant::Code, None, NOW)
    }

    #[test]
    fn an_answer_of_keycloak_is_read() {
        let set = read(GOOD).unwrap();
        assert_eq!(set.access_expires_at(), NOW + Duration::from_secs(120));
        assert_eq!(set.refresh_expires_at(), Some(NOW + Duration::from_secs(1800)));
        assert_eq!(set.granted_scope(), "openid profile");
        let text = GOOD.replace("120", "\"120\"").replace("1800", "0");
        assert_eq!(read(&text).unwrap().access_expires_at(), NOW + Duration::from_secs(120));
        assert_eq!(read(&text).unwrap().refresh_expires_at(), None);
        assert_eq!(read(&GOOD.replace("\"expires_in\":120,", "")).unwrap().access_expires_at(), NOW + UNSTATED);
    }

    #[test]
    fn an_answer_without_tokens_is_refused() {
        for (from, to, code) in [
            ("\"access_token\":\"a\",", "", Code::PROVIDER_ANSWER),
            ("\"access_token\":\"a\"", "\"access_token\":\"\"", Code::PROVIDER_ANSWER),
            ("bearer", "mac", Code::PROVIDER_ANSWER),
            ("\"access_token\":\"a\"", "\"access_token\":\"a\\r\\nx: y\"", Code::PROVIDER_ANSWER),
            ("{\"acc", "{\"error\":\"invalid_grant\",\"acc", Code::CODE_REFUSED),
            ("120", "-1", Code::PROVIDER_ANSWER),
            ("\"id_token\":\"i\",", "", Code::ID_TOKEN_MISSING),
            ("{\"acc", "{\"access_token\":\"b\",\"acc", Code::PROVIDER_ANSWER),
        ] {
            assert_eq!(read(&GOOD.replace(from, to)).unwrap_err().code(), code, "{from} -> {to}");
        }
    }

    #[test]
    fn a_refreshed_answer_without_identity_keeps_the_one_before() {
        let before = read(GOOD).unwrap();
        let body = GOOD.replace("\"id_token\":\"i\",", "");
        let response = answer(200, "application/json", &body);
        let after = tokens(&response, Grant::Refresh, Some(&before), NOW).unwrap();
        assert_eq!(after.id_token().expose_secret(), "i");
    }

    #[test]
    fn each_refusal_says_who_must_act() {
        let table = [
            (401, "unauthorized_client", Grant::Code, Code::CLIENT_REFUSED),
            (400, "unauthorized_client", Grant::Code, Code::CLIENT_NOT_ALLOWED),
            (400, "unauthorized_client", Grant::CibaPoll, Code::CIBA_NOT_ENABLED),
            (401, "unauthorized_client", Grant::CibaPoll, Code::CLIENT_REFUSED),
            (401, "invalid_client", Grant::Refresh, Code::CLIENT_REFUSED),
            (400, "invalid_client", Grant::Code, Code::CLIENT_REFUSED),
            (400, "invalid_grant", Grant::Code, Code::CODE_REFUSED),
            (400, "invalid_grant", Grant::Refresh, Code::SESSION_ENDED),
            (400, "invalid_grant", Grant::CibaPoll, Code::CIBA_SPENT),
            (401, "invalid_grant", Grant::CibaStart, Code::CIBA_NOT_ENABLED),
            (400, "unsupported_grant_type", Grant::Code, Code::CLIENT_NOT_ALLOWED),
            (400, "invalid_scope", Grant::Code, Code::REQUEST_REFUSED),
            (400, "access_denied", Grant::CibaPoll, Code::CIBA_REFUSED),
            (400, "expired_token", Grant::CibaPoll, Code::CIBA_EXPIRED),
            (400, "unknown_user_id", Grant::CibaStart, Code::CIBA_UNKNOWN_PERSON),
            (400, "invalid_binding_message", Grant::CibaStart, Code::CIBA_DIGITS),
            (503, "server_error", Grant::CibaStart, Code::CIBA_DEVICE_UNAVAILABLE),
            (500, "server_error", Grant::Code, Code::PROVIDER_UNAVAILABLE),
            (503, "something_new", Grant::Code, Code::PROVIDER_UNAVAILABLE),
            (400, "something_new", Grant::Code, Code::REQUEST_REFUSED),
        ];
        for (status, word, grant, code) in table {
            let response = answer(status, "application/json", &format!(r#"{{"error":"{word}"}}"#));
            let error = refusal(&response, grant);
            assert_eq!(error.code(), code, "{status} {word} {grant:?}");
            assert!(error.facts().oauth_error.is_none_or(|said| said == word || said == "other"));
        }
        let missing = answer(400, "application/json", r#"{"error":"invalid_request","error_description":"missing x"}"#);
        assert_eq!(refusal(&missing, Grant::CibaStart).code(), Code::REQUEST_REFUSED);
        let nobody =
            answer(400, "application/json", r#"{"error":"invalid_request","error_description":"invalid_user"}"#);
        assert_eq!(refusal(&nobody, Grant::CibaStart).code(), Code::CIBA_UNKNOWN_PERSON);
    }

    #[test]
    fn an_answer_that_is_not_oauth_is_judged_by_its_status() {
        assert_eq!(refusal(&answer(502, "text/html", "<h1>"), Grant::Code).code(), Code::PROVIDER_UNAVAILABLE);
        assert_eq!(refusal(&answer(404, "text/html", "<h1>"), Grant::Code).code(), Code::PROVIDER_ANSWER);
        assert_eq!(refusal(&answer(405, "application/json", "{}"), Grant::Code).code(), Code::PROVIDER_ANSWER);
    }
}
