//! One strict, borrowed pass over JSON from a provider: duplicate members, depth and size are refused as they are met.
//!
//! RFC 8259 leaves duplicate members undefined, and two readers that choose differently are how a signed token comes to
//! mean two things: a duplicate at any depth refuses the document. Strings stay borrowed unless they hold an escape.
//! [`object`] gives the whole document; [`read`] fills the members that its caller has a place for and judges the others
//! as strictly without building them: an ID token is read so.

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::time::Duration;

const DEPTH: u8 = 16;
const MEMBERS: usize = 512;
/// The year 9999 in seconds: beyond it, and below the epoch, no date or duration of a token makes sense.
const LATEST: f64 = 253_402_300_799.0;

/// A JSON value that borrows from its text.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) enum Json<'a> {
    #[default]
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

/// The members that somebody wants of an object. A place that stays `null` is a member that was absent.
pub(super) trait Places<'a> {
    /// Where the member of this name goes, when it is wanted.
    fn place(&mut self, name: &str) -> Option<&mut Json<'a>>;
}

/// Reads a text whose top level is an object.
pub(super) fn object(bytes: &[u8]) -> Result<Object<'_>, Fault> {
    let text = std::str::from_utf8(bytes).map_err(|_| Fault::Malformed)?;
    let reader = Reader::new();
    match document(text, &reader, Tree(reader.top()))? {
        Json::Object(object) => Ok(object),
        _ => Err(Fault::Malformed),
    }
}

/// Reads the wanted members of a text whose top level is an object.
#[cfg_attr(not(feature = "psc"), allow(dead_code))]
pub(super) fn read<'a>(text: &'a str, places: &mut impl Places<'a>) -> Result<(), Fault> {
    let reader = Reader::new();
    document(text, &reader, Wanted(reader.top(), places))
}

fn document<'a, S: DeserializeSeed<'a>>(text: &'a str, reader: &Reader<'a>, start: S) -> Result<S::Value, Fault> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = start.deserialize(&mut deserializer).map_err(|_| reader.fault.get())?;
    deserializer.end().map_err(|_| Fault::Malformed)?;
    Ok(value)
}

impl<'a> Object<'a> {
    /// A member; one whose value is `null` counts as absent.
    pub(super) fn get(&self, name: &str) -> Option<&Json<'a>> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value).filter(|value| **value != Json::Null)
    }

    /// Whether there is a member of this name, be it `null`.
    #[cfg_attr(not(feature = "psc"), allow(dead_code))]
    pub(super) fn names(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
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
            Json::Number(number) if (0.0..=LATEST).contains(number) => Some(*number as i64),
            _ => None,
        }
    }

    /// A span of seconds: a number, whole or not, or its digits in a text, as some providers write it.
    pub(super) fn as_span(&self) -> Option<Duration> {
        let seconds = match self {
            Json::Number(number) => *number,
            Json::Text(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok()?,
            _ => return None,
        };
        (0.0..=LATEST).contains(&seconds).then(|| Duration::from_secs_f64(seconds))
    }
}

/// What one pass shares between its levels.
struct Reader<'a> {
    fault: Cell<Fault>,
    /// The names met in the objects that are open, the innermost object's last.
    names: RefCell<Vec<Cow<'a, str>>>,
}

impl<'a> Reader<'a> {
    fn new() -> Reader<'a> {
        Reader { fault: Cell::new(Fault::Malformed), names: RefCell::new(Vec::with_capacity(32)) }
    }

    fn top(&self) -> Level<'_, 'a> {
        Level { reader: self, left: DEPTH }
    }
}

/// Where a pass is: how much deeper it may go.
#[derive(Clone, Copy)]
struct Level<'r, 'a> {
    reader: &'r Reader<'a>,
    left: u8,
}

impl<'a> Level<'_, 'a> {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        let left = self.left.checked_sub(1).ok_or_else(|| E::custom("too deep"))?;
        Ok(Level { left, ..self })
    }

    /// Walks the members of an object, and lets `each` read their values. Names are compared only where a cheap mark of
    /// theirs was met before.
    fn members<A: MapAccess<'a>>(
        self,
        mut access: A,
        mut each: impl FnMut(Cow<'a, str>, &mut A) -> Result<(), A::Error>,
    ) -> Result<(), A::Error> {
        let (names, mut marks) = (&self.reader.names, 0_u64);
        let start = names.borrow().len();
        while let Some(name) = access.next_key_seed(Name)? {
            let mark = mark(&name);
            {
                let mut met = names.borrow_mut();
                if marks & mark != 0 && met[start..].contains(&name) {
                    self.reader.fault.set(Fault::Duplicate);
                    return Err(A::Error::custom("duplicate member"));
                }
                if met.len() - start == MEMBERS {
                    return Err(A::Error::custom("too many members"));
                }
                met.push(name.clone());
            }
            marks |= mark;
            each(name, &mut access)?;
        }
        names.borrow_mut().truncate(start);
        Ok(())
    }
}

/// One bit of 64 for a name.
fn mark(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let end = |byte: Option<&u8>| u32::from(*byte.unwrap_or(&0));
    1 << ((bytes.len() as u32 ^ (end(bytes.first()) << 1) ^ (end(bytes.last()) << 3)) & 63)
}

/// Builds a value.
#[derive(Clone, Copy)]
struct Tree<'r, 'a>(Level<'r, 'a>);

impl<'a> DeserializeSeed<'a> for Tree<'_, 'a> {
    type Value = Json<'a>;
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Json<'a>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Tree<'_, 'a> {
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
        let (inner, mut list) = (Tree(self.0.deeper()?), Vec::new());
        while let Some(value) = access.next_element_seed(inner)? {
            list.push(value);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'a>>(self, access: A) -> Result<Json<'a>, A::Error> {
        let (inner, mut members) = (self.0.deeper()?, Vec::with_capacity(8));
        inner.members(access, |name, access| {
            members.push((name, access.next_value_seed(Tree(inner))?));
            Ok(())
        })?;
        Ok(Json::Object(Object(members)))
    }
}

/// Judges a value as [`Tree`] does, and keeps nothing of it.
#[derive(Clone, Copy)]
struct Judged<'r, 'a>(Level<'r, 'a>);

impl<'a> DeserializeSeed<'a> for Judged<'_, 'a> {
    type Value = ();
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Judged<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut access: A) -> Result<(), A::Error> {
        let inner = Judged(self.0.deeper()?);
        while access.next_element_seed(inner)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'a>>(self, access: A) -> Result<(), A::Error> {
        let inner = self.0.deeper()?;
        inner.members(access, |_, access| access.next_value_seed(Judged(inner)))
    }
}

/// The top level of [`read`].
struct Wanted<'r, 'p, 'a, P>(Level<'r, 'a>, &'p mut P);

impl<'a, P: Places<'a>> DeserializeSeed<'a> for Wanted<'_, '_, 'a, P> {
    type Value = ();
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a, P: Places<'a>> Visitor<'a> for Wanted<'_, '_, 'a, P> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'a>>(self, access: A) -> Result<(), A::Error> {
        let Wanted(level, places) = self;
        let inner = level.deeper()?;
        inner.members(access, |name, access| match places.place(&name) {
            Some(place) => access.next_value_seed(Tree(inner)).map(|value| *place = value),
            None => access.next_value_seed(Judged(inner)),
        })
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

    /// Wants `a` alone.
    #[derive(Default)]
    struct OnlyA<'a>(Json<'a>);

    impl<'a> Places<'a> for OnlyA<'a> {
        fn place(&mut self, name: &str) -> Option<&mut Json<'a>> {
            (name == "a").then_some(&mut self.0)
        }
    }

    /// Both ways of reading, which must judge alike.
    fn object(bytes: &[u8]) -> Result<Object<'_>, Fault> {
        let whole = super::object(bytes);
        if let Ok(text) = std::str::from_utf8(bytes) {
            let mut places = OnlyA::default();
            let some = read(text, &mut places);
            assert_eq!(some, whole.as_ref().map(|_| ()).map_err(|fault| *fault), "{text}");
            if let Ok(whole) = &whole {
                assert_eq!(Some(&places.0).filter(|a| **a != Json::Null), whole.get("a"), "{text}");
            }
        }
        whole
    }

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
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"exp":1,"\u0065xp":2}"#,
            r#"{"x":[{"b":1,"b":2}]}"#,
            r#"{"x":{"b":{"c":1},"b":2}}"#,
        ] {
            assert_eq!(object(text.as_bytes()), Err(Fault::Duplicate), "{text}");
        }
        for text in [r#"{"x":{"b":1},"b":2}"#, r#"{"x":[{"b":1},{"b":1}],"b":{"x":{"b":1}}}"#] {
            assert!(object(text.as_bytes()).is_ok(), "the same name at two places is no duplicate: {text}");
        }
        let wide =
            |last: &str| format!("{{{}\"{last}\":1}}", (0..500).map(|n| format!("\"{n}\":1,")).collect::<String>());
        assert!(object(wide("500").as_bytes()).is_ok());
        assert_eq!(object(wide("77").as_bytes()), Err(Fault::Duplicate));
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
