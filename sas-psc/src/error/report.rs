//! An error as JSON, with its texts in one language: the shape that the command prints and that services may log.

use super::{Error, FactValue, Lang};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// `{"code","name","blame","message","hint","facts"}`: see [`Error::report`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The stable number.
    pub code: u32,
    /// The stable name.
    pub name: &'static str,
    /// Who must act.
    pub blame: &'static str,
    /// What happened.
    pub message: &'static str,
    /// What to do now.
    pub hint: &'static str,
    /// What a caller may act on: an object in JSON.
    #[serde(serialize_with = "object")]
    pub facts: Vec<(&'static str, FactValue)>,
}

impl Error {
    /// The error as a value that serializes, with its texts in `lang`.
    ///
    /// ```
    /// use sas_psc::{id::Rpps, Lang};
    ///
    /// let report = Rpps::parse("9970021889").unwrap_err().report(Lang::En);
    /// assert_eq!((report.code, report.name, report.blame), (2001, "id-length", "user"));
    /// ```
    pub fn report(&self, lang: Lang) -> Report {
        Report {
            code: self.code().number(),
            name: self.code().name(),
            blame: self.blame().name(),
            message: self.message(lang),
            hint: self.hint(lang),
            facts: self.facts().pairs(),
        }
    }
}

fn object<S: Serializer>(facts: &[(&'static str, FactValue)], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(facts.len()))?;
    for (name, value) in facts {
        match value {
            FactValue::Word(word) => map.serialize_entry(name, word)?,
            FactValue::Number(number) => map.serialize_entry(name, number)?,
        }
    }
    map.end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    #[test]
    fn the_json_of_an_error_has_its_fixed_shape() {
        let error = Error::field(Code::NULL_ARGUMENT, "text").with(|facts| facts.tries_left = Some(2));
        assert_eq!(
            serde_json::to_string(&error.report(Lang::En)).unwrap(),
            concat!(
                r#"{"code":1001,"name":"null-argument","blame":"caller","message":"A required argument is null.","#,
                r#""hint":"Pass a valid pointer for every argument that is not marked optional.","#,
                r#""facts":{"field":"text","tries_left":2}}"#
            )
        );
    }
}
