//! One strict, borrowed pass over JSON from a provider: duplicate members, depth and size are refused as they are met.
//!
//! RFC 8259 leaves duplicate members undefined, and two readers that choose differently are how a signed token comes to
//! mean two things: a duplicate at any depth refuses the document. Strings stay borrowed unless they hold an escape.

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

const DEPTH: u8 = 16;
const MEMBERS: usize = 512;

/// A JSON value that borrows from its text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json<'a> {
    Null,
    Bool(bool),
    Number(f64),
    Text(Cow<'a, str>),
    List(Vec<Json<'a>>),
    Object(Object<'a>),
}

/// The members of an object, in order; each name once.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Object<'a>(Vec<(Cow<'a, str>, Json<'a>)>);

/// Why a text was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Malformed,
    Duplicate,
}

/// Reads a text whose top level is an object.
pub(super) fn object(bytes: &[u8]) -> Result<Object<'_>, Fault> {
    let text = std::str::from_utf8(bytes).map_err(|_| Fault::Malformed)?;
    let fault = Cell::new(Fault::Malformed);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Seed { depth: DEPTH, fault: &fault }.deserialize(&mut deserializer).map_err(|_| fault.get())?;
    deserializer.end().map_err(|_| Fault::Malformed)?;
    match value {
        Json::Object(object) => Ok(object),
        _ => Err(Fault::Malformed),
    }
}

impl<'a> Object<'a> {
    /// A member; one whose value is `null` counts as absent.
    pub(super) fn get(&self, name: &str) -> Option<&Json<'a>> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value).filter(|value| **value != Json::Null)
    }

    /// A member that is text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Json::as_text)
    }
}

#[cfg_attr(not(feature = "psc"), allow(dead_code))]
impl Json<'_> {
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn as_list(&self) -> Option<&[Self]> {
        match self {
            Json::List(list) => Some(list),
            _ => None,
        }
    }

    /// Whole seconds, whether written `1800`, `1800.0` or `1.8e3`; not as text.
    pub(super) fn as_seconds(&self) -> Option<i64> {
        match self {
            // The year 9999 in seconds: beyond it, and below the epoch, no date or duration of a token makes sense.
            Json::Number(number) if (0.0..=253_402_300_799.0).contains(number) => Some(*number as i64),
            _ => None,
        }
    }
}

#[derive(Clone, Copy)]
struct Seed<'f> {
    depth: u8,
    fault: &'f Cell<Fault>,
}

impl<'a> DeserializeSeed<'a> for Seed<'_> {
    type Value = Json<'a>;
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Json<'a>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Seed<'_> {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        let depth = self.depth.checked_sub(1).ok_or_else(|| E::custom("too deep"))?;
        Ok(Seed { depth, ..self })
    }
}

impl<'a> Visitor<'a> for Seed<'_> {
    type Value = Json<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E>(self) -> Result<Json<'a>, E> {
        Ok(Json::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Json<'a>, E> {
        Ok(Json::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Json<'a>, E> {
        Ok(Json::Number(value as f64))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Json<'a>, E> {
        Ok(Json::Number(value as f64))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Json<'a>, E> {
        Ok(Json::Number(value))
    }
    fn visit_borrowed_str<E>(self, value: &'a str) -> Result<Json<'a>, E> {
        Ok(Json::Text(Cow::Borrowed(value)))
    }
    fn visit_str<E>(self, value: &str) -> Result<Json<'a>, E> {
        Ok(Json::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut access: A) -> Result<Json<'a>, A::Error> {
        let (seed, mut list) = (self.deeper()?, Vec::new());
        while let Some(value) = access.next_element_seed(seed)? {
            list.push(value);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'a>>(self, mut access: A) -> Result<Json<'a>, A::Error> {
        let (seed, mut members) = (self.deeper()?, Vec::<(Cow<'a, str>, Json<'a>)>::with_capacity(24));
        while let Some(name) = access.next_key_seed(Name)? {
            if members.iter().any(|(other, _)| *other == name) {
                self.fault.set(Fault::Duplicate);
                return Err(A::Error::custom("duplicate member"));
            }
            if members.len() == MEMBERS {
                return Err(A::Error::custom("too many members"));
            }
            members.push((name, access.next_value_seed(seed)?));
        }
        Ok(Json::Object(Object(members)))
    }
}

struct Name;

impl<'a> DeserializeSeed<'a> for Name {
    type Value = Cow<'a, str>;
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Cow<'a, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'a> Visitor<'a> for Name {
    type Value = Cow<'a, str>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }
    fn visit_borrowed_str<E>(self, value: &'a str) -> Result<Cow<'a, str>, E> {
        Ok(Cow::Borrowed(value))
    }
    fn visit_str<E>(self, value: &str) -> Result<Cow<'a, str>, E> {
        Ok(Cow::Owned(value.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_and_null_is_absent() {
        let text = br#"{"a":"x","b":null,"c":[1,"\u0031"],"d":1.8e3}"#;
        let object = object(text).unwrap();
        assert_eq!(object.text("a"), Some("x"));
        assert_eq!(object.get("b"), None);
        assert_eq!(object.get("c").unwrap().as_list().unwrap()[1].as_text(), Some("1"));
        assert_eq!(object.get("d").unwrap().as_seconds(), Some(1800));
    }

    #[test]
    fn a_duplicate_is_refused_at_any_depth_and_however_it_is_spelled() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"exp":1,"\u0065xp":2}"#, r#"{"x":[{"b":1,"b":2}]}"#] {
            assert_eq!(object(text.as_bytes()), Err(Fault::Duplicate), "{text}");
        }
        assert!(object(br#"{"x":{"b":1},"b":2}"#).is_ok(), "the same name at two places is no duplicate");
    }

    #[test]
    fn what_is_not_one_json_object_is_malformed() {
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(40), "]".repeat(40));
        let wide = format!("{{{}\"z\":1}}", (0..600).map(|n| format!("\"{n}\":1,")).collect::<String>());
        for text in ["", "1", "[]", "{} {}", "{\"a\":}", "{\"a\":NaN}", "{'a':1}", "{\"a\":1,}", &deep, &wide] {
            assert_eq!(object(text.as_bytes()), Err(Fault::Malformed), "{text}");
        }
        assert_eq!(object(b"{\"a\":\"\xff\"}"), Err(Fault::Malformed));
        assert_eq!(object(b"\xef\xbb\xbf{}"), Err(Fault::Malformed), "a byte order mark");
    }

    #[test]
    fn a_date_is_a_number_within_reason() {
        let text = br#"{"t":"1","n":-1,"h":1e300,"f":1795420800.5}"#;
        let object = object(text).unwrap();
        for name in ["t", "n", "h"] {
            assert_eq!(object.get(name).unwrap().as_seconds(), None, "{name}");
        }
        assert_eq!(object.get("f").unwrap().as_seconds(), Some(1_795_420_800));
    }
}
