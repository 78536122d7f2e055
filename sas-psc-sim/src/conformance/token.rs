//! Tokens as a case wants them: an honest one taken apart, changed, and signed again; or a vector of `vectors/id-token`
//! minted anew for the sign-in in progress.

use super::case::TokenChange;
use super::signing;
use super::words::Words;
use crate::keys::B64;
use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Value};

/// The values that the vectors are written for: `sas-psc/tests/id_token/minting.rs`.
const VECTOR_NOW: i64 = 1_795_420_800;
const VECTOR_PERSON: &str = "899700000013";
const VECTOR_ACCESS_TOKEN_HASH: &str = "mSkgz08gvC49YoLTaCjtow";

/// The claims of a token, unverified.
pub(crate) fn claims(token: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&B64.decode(token.split('.').nth(1)?).ok()?).ok()
}

fn header(token: &str) -> Map<String, Value> {
    let header = token.split('.').next().and_then(|part| B64.decode(part).ok()).unwrap_or_default();
    serde_json::from_slice(&header).unwrap_or_default()
}

/// An honest token, changed.
pub(crate) fn changed(token: &str, change: &TokenChange, words: &Words) -> String {
    if let Some(whole) = &change.token {
        return words.text(whole);
    }
    let mut claims = claims(token).unwrap_or_default();
    claims.extend(words.map(&change.set));
    change.remove.iter().for_each(|claim| drop(claims.remove(claim)));
    if change.pad > 0 {
        claims.insert("padding".into(), "x".repeat(change.pad).into());
    }
    let payload = change.payload.as_ref().map(|text| words.text(text));
    let payload = payload.unwrap_or_else(|| words.replaced(Value::Object(claims).to_string(), &change.replace));

    let sign = change.sign.clone().unwrap_or_default();
    let alg = sign.alg.unwrap_or_else(|| "RS256".into());
    let key = sign.key.unwrap_or_else(|| "realm".into());
    let header = change.header_text.as_ref().map(|text| words.text(text));
    let header =
        header.or_else(|| as_written(token, change, &alg)).unwrap_or_else(|| header_of(token, &alg, change, words));

    let secret = match sign.secret.as_deref() {
        Some(form @ ("public-pem" | "public-der" | "modulus")) => signing::public("realm", form),
        Some(secret) => words.text(secret).into_bytes(),
        None => Vec::new(),
    };
    let message = format!("{}.{}", B64.encode(header), B64.encode(payload));
    let signature = signing::sign(&alg, &key, &secret, &message);
    words.replaced(format!("{message}.{signature}"), &change.token_replace)
}

/// The header as the realm wrote it, blanks included, where nothing of it changes.
fn as_written(token: &str, change: &TokenChange, alg: &str) -> Option<String> {
    if !change.header.is_empty() || !change.header_remove.is_empty() || alg != "RS256" {
        return None;
    }
    String::from_utf8(B64.decode(token.split('.').next()?).ok()?).ok()
}

fn header_of(token: &str, alg: &str, change: &TokenChange, words: &Words) -> String {
    let mut header = header(token);
    header.insert("alg".into(), alg.into());
    header.extend(words.map(&change.header));
    change.header_remove.iter().for_each(|member| drop(header.remove(member)));
    Value::Object(header).to_string()
}

/// A vector's token with the issuer, client, nonce, person, access token and time of this sign-in, signed again by the
/// key that had signed it; what was mangled stays so.
pub(crate) fn of_vector(vector: &Value, words: &Words) -> String {
    let token = vector["token"].as_str().unwrap_or_default();
    let [header_at, payload_at, signature_at] = runs(token);
    let (old_header, old_payload) = (&token[header_at.clone()], &token[payload_at.clone()]);
    let lenient = GeneralPurpose::new(
        &URL_SAFE,
        GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let (Ok(header), Ok(payload)) = (lenient.decode(old_header), lenient.decode(old_payload)) else {
        return token.to_owned();
    };
    let option = |name: &str| vector["options"][name].as_str().unwrap_or_default();
    let word = |name: &'static str| words.words.get(name).cloned().unwrap_or_default();
    let mut bytes = payload;
    let nonce = word("nonce");
    for (from, to) in [
        (option("issuer").to_owned(), word("issuer")),
        (option("issuer").to_ascii_uppercase(), word("issuer").to_ascii_uppercase()),
        (option("issuer").replace('/', "\\/"), word("issuer").replace('/', "\\/")),
        (option("client_id").to_owned(), word("client_id")),
        (option("client_id").to_ascii_uppercase(), word("client_id").to_ascii_uppercase()),
        (option("nonce").to_owned(), if nonce.is_empty() { option("nonce").to_owned() } else { nonce }),
        (VECTOR_PERSON.to_owned(), word("id_nat")),
        (VECTOR_ACCESS_TOKEN_HASH.to_owned(), word("at_hash")),
    ] {
        bytes = replaced(&bytes, from.as_bytes(), to.as_bytes());
    }
    let bytes = moved(&bytes, words.now - VECTOR_NOW);
    let new_header = if header.is_empty() { String::new() } else { B64.encode(&header) };
    let message = format!("{new_header}.{}", B64.encode(bytes));

    let old_message = format!("{old_header}.{old_payload}");
    let old_signature = &token[signature_at.clone()];
    let named: Value = serde_json::from_slice(&header).unwrap_or_default();
    let made = lenient.decode(old_signature).unwrap_or_default();
    let by = signing::signer(&old_message, &made);
    let one = vector["jwks"]["keys"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|key| key["kid"] == named["kid"] && key["e"] == "AQ");
    let alg = named["alg"].as_str().unwrap_or_default();
    let signature = match (alg, by) {
        (_, Some(_)) if one => signing::sign("RS256", "exponent-1", b"", &message),
        (alg @ ("PS256" | "RS384" | "RS512"), Some(key)) => signing::sign(alg, key, b"", &message),
        (_, Some(key)) => signing::sign("RS256", key, b"", &message),
        ("HS256", None) => {
            let secrets = [signing::public("main", "modulus"), b"the secret of the client".to_vec()];
            let known =
                secrets.iter().position(|secret| signing::sign("HS256", "", secret, &old_message) == old_signature);
            let secret = if known == Some(0) { secrets[0].clone() } else { word("client_secret").into_bytes() };
            signing::sign("HS256", "", &secret, &message)
        }
        (_, None) => old_signature.to_owned(),
    };
    // Another spelling of the same signature: a last character that decodes to the same bytes.
    let signature = match by {
        Some(_) if old_signature != B64.encode(&made) => respelled(&signature),
        _ => signature,
    };
    let mut text = token[..header_at.start].to_owned() + &new_header;
    text.push_str(&token[header_at.end..payload_at.start]);
    text.push_str(message.split_once('.').map_or("", |(_, payload)| payload));
    text.push_str(&token[payload_at.end..signature_at.start]);
    text + &signature + &token[signature_at.end..]
}

fn respelled(signature: &str) -> String {
    let (head, last) = signature.split_at(signature.len().saturating_sub(1));
    let other = match last {
        "A" => "B",
        "Q" => "R",
        "g" => "h",
        _ => "x",
    };
    format!("{head}{other}")
}

/// Where the first three runs of base64url characters are.
fn runs(token: &str) -> [std::ops::Range<usize>; 3] {
    let is = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let bytes = token.as_bytes();
    let mut at = 0;
    std::array::from_fn(|_| {
        let start = (at..bytes.len()).find(|i| is(bytes[*i])).unwrap_or(bytes.len());
        at = (start..bytes.len()).find(|i| !is(bytes[*i])).unwrap_or(bytes.len());
        start..at
    })
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let (mut made, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while at < bytes.len() {
        if !from.is_empty() && bytes[at..].starts_with(from) {
            made.extend(to);
            at += from.len();
        } else {
            made.push(bytes[at]);
            at += 1;
        }
    }
    made
}

/// A vector wrong by a second beyond our leeway is wrong by ten minutes more here: time goes on while a token travels, and
/// another client may have twice our leeway.
fn beyond(date: i64) -> i64 {
    match date - VECTOR_NOW {
        -60..=-25 => -600,
        25..=60 => 600,
        _ => 0,
    }
}

/// Every date near the vectors' moment, in seconds, milliseconds or with an exponent, moved by `by` seconds.
fn moved(bytes: &[u8], by: i64) -> Vec<u8> {
    let bytes = replaced(bytes, b"1.79542091e9", format!("{:e}", (1_795_420_910 + by) as f64).as_bytes());
    let (mut made, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while at < bytes.len() {
        let end = (at..bytes.len()).find(|i| !bytes[*i].is_ascii_digit()).unwrap_or(bytes.len());
        let digits = std::str::from_utf8(&bytes[at..end]).unwrap_or_default();
        let scale = match digits.len() {
            10 => 1,
            13 => 1000,
            _ => 0,
        };
        let moved = digits.parse::<i64>().ok().filter(|date| scale > 0 && (date / scale - VECTOR_NOW).abs() < 200_000);
        match moved {
            Some(date) => made.extend((date + (by + beyond(date / scale)) * scale).to_string().bytes()),
            None => made.extend(&bytes[at..end]),
        }
        if end < bytes.len() {
            made.push(bytes[end]);
        }
        at = end + 1;
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_near_the_vectors_are_moved_and_nothing_else() {
        let text = br#"{"exp":1795420910,"late":1795420831,"ms":1795420910000,"id":899700000013,"old":0,"far":4102444800,"e":1.79542091e9}"#;
        let moved = moved(text, 60);
        let expected =
            br#"{"exp":1795420970,"late":1795421491,"ms":1795420970000,"id":899700000013,"old":0,"far":4102444800,"e":1.79542097e9}"#;
        assert_eq!(String::from_utf8_lossy(&moved), String::from_utf8_lossy(expected));
    }

    #[test]
    fn the_parts_of_a_mangled_token_are_found() {
        assert_eq!(runs("\"aa=.b-_.\n"), [1..3, 5..8, 10..10]);
    }
}
