//! The words in braces of a case file, and the values that stand for them in one sign-in.

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The values of a case.
#[derive(Debug, Clone, Default)]
pub(crate) struct Words {
    pub now: i64,
    pub words: BTreeMap<&'static str, String>,
}

impl Words {
    pub fn with(mut self, word: &'static str, value: impl Into<String>) -> Words {
        self.words.insert(word, value.into());
        self
    }

    /// The text with its words replaced; a word that is not known stays.
    pub fn text(&self, text: &str) -> String {
        let (mut filled, mut rest) = (String::with_capacity(text.len()), text);
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            match after.split_once('}').and_then(|(word, behind)| Some((self.word(word)?, behind))) {
                Some((value, behind)) => {
                    filled.push_str(&value);
                    rest = behind;
                }
                None => {
                    filled.push('{');
                    rest = after;
                }
            }
        }
        filled + rest
    }

    fn word(&self, word: &str) -> Option<String> {
        match word.strip_prefix("now") {
            Some(offset) => self.time(offset).map(|time| time.to_string()),
            None => self.words.get(word).cloned(),
        }
    }

    /// `+20`, `-600.5`, or nothing.
    fn time(&self, offset: &str) -> Option<Value> {
        match offset {
            "" => Some(self.now.into()),
            _ if offset.contains('.') => Some((self.now as f64 + offset.parse::<f64>().ok()?).into()),
            _ => Some((self.now + offset.parse::<i64>().ok()?).into()),
        }
    }

    /// The same in each text of a value; a text that is a time and nothing else becomes a number.
    pub fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => {
                let time = text.strip_prefix("{now").and_then(|rest| rest.strip_suffix('}'));
                time.and_then(|offset| self.time(offset)).unwrap_or_else(|| self.text(text).into())
            }
            Value::Array(list) => list.iter().map(|value| self.value(value)).collect(),
            Value::Object(map) => Value::Object(self.map(map)),
            other => other.clone(),
        }
    }

    /// The same in each value of an object.
    pub fn map(&self, map: &Map<String, Value>) -> Map<String, Value> {
        map.iter().map(|(name, value)| (self.text(name), self.value(value))).collect()
    }

    /// Replaces in a text, each pair once filled.
    pub fn replaced(&self, text: String, pairs: &[[String; 2]]) -> String {
        pairs.iter().fold(text, |text, [from, to]| text.replacen(&self.text(from), &self.text(to), 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn words_and_times_are_filled_and_other_braces_stay() {
        let words = Words { now: 100, ..Words::default() }.with("issuer", "http://a");
        assert_eq!(words.text("{issuer}/ {{x} {now-7} {"), "http://a/ {{x} 93 {");
        let value = json!({ "a": "{now+20}", "b": ["{now-0.5}", "at {now}", 3], "c": { "d": "{issuer}" } });
        let filled = json!({ "a": 120, "b": [99.5, "at 100", 3], "c": { "d": "http://a" } });
        assert_eq!(words.value(&value), filled);
        assert_eq!(words.replaced("x{}".into(), &[["x".into(), "{issuer}".into()]]), "http://a{}");
    }
}
