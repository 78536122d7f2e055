//! Settings out of JSON as SAS writes it: tolerant of what PHP and the SAS site mean by yes, no and nothing.
//!
//! A switch is a boolean, 0, 1, "0" or "1"; nothing is `null`, `""`, for the rest also `false` (the site sends it for
//! a way or a SIRET that is not there). Numbers may come as text and the reverse. Unknown members are ignored: SAS's
//! answers hold more than the settings. The PHP-serialised column of the database is not read.

use super::rules::Problem;
use super::settings::{Settings, Via};
use crate::error::Code;
use serde_json::{Map, Value};

impl Settings {
    /// Reads the members of SAS's body or answer; `editors` or `editorIds` may stand beside them.
    ///
    /// ```
    /// use sas_psc::participation::{Settings, Via};
    ///
    /// let json: serde_json::Value = serde_json::from_str(r#"{"participation_sas":"1","participation_sas_via":"2","siret":false}"#)?;
    /// let settings = Settings::from_sas(json.as_object().unwrap()).unwrap();
    /// assert_eq!(settings.participation_sas_via, Some(Via::Cpts));
    /// assert_eq!(settings.has_software, None); // never asked: not the same as "no"
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    /// A problem `settings-field-unreadable` for each member of a wrong kind.
    pub fn from_sas(members: &Map<String, Value>) -> Result<Settings, Vec<Problem>> {
        let mut reader = Reader::new(members);
        let mut settings = Settings {
            participation_sas: reader.switch("participation_sas").unwrap_or(false),
            participation_sas_via: reader.number("participation_sas_via").map(Via::from_code),
            structure_finess: reader.text("structure_finess"),
            cpts_locations: reader.list("cpts_locations"),
            siret: reader.text("siret"),
            has_software: reader.switch("has_software"),
            editor_disabled: reader.switch("editor_disabled").unwrap_or(false),
            hours_available: reader.switch("hours_available"),
            forfait_reo_enabled: reader.switch("forfait_reo_enabled").unwrap_or(false),
            editors: reader.list("editors"),
        };
        if settings.editors.is_empty() {
            settings.editors = reader.list("editorIds");
        }
        reader.done(settings)
    }
}

/// Members, and those among them that could not be read.
pub(super) struct Reader<'a> {
    members: &'a Map<String, Value>,
    unreadable: Vec<Problem>,
}

/// A member of the wrong kind.
struct Unreadable;

impl<'a> Reader<'a> {
    pub(super) fn new(members: &'a Map<String, Value>) -> Reader<'a> {
        Reader { members, unreadable: Vec::new() }
    }

    pub(super) fn switch(&mut self, field: &'static str) -> Option<bool> {
        self.get(field, switch)
    }

    pub(super) fn number(&mut self, field: &'static str) -> Option<i64> {
        self.get(field, number)
    }

    /// A number that is not below 0.
    pub(super) fn count(&mut self, field: &'static str) -> Option<u32> {
        self.get(field, |value| number(value)?.map(|count| u32::try_from(count).map_err(|_| Unreadable)).transpose())
    }

    pub(super) fn text(&mut self, field: &'static str) -> Option<String> {
        self.get(field, text)
    }

    pub(super) fn list(&mut self, field: &'static str) -> Vec<String> {
        self.get(field, list).unwrap_or_default()
    }

    pub(super) fn numbers(&mut self, field: &'static str) -> Vec<i64> {
        let numbers = |value: &Value| {
            let parsed = |items: Vec<String>| items.iter().map(|item| item.parse().map_err(|_| Unreadable)).collect();
            list(value)?.map(parsed).transpose()
        };
        self.get(field, numbers).unwrap_or_default()
    }

    /// A list of objects, of each the texts of these members.
    pub(super) fn rows<const N: usize>(&mut self, field: &'static str, members: [&str; N]) -> Vec<[Option<String>; N]> {
        let row = |value: &Value| -> Result<[Option<String>; N], Unreadable> {
            let row = value.as_object().ok_or(Unreadable)?;
            let mut texts = [const { None }; N];
            for (text_of, member) in texts.iter_mut().zip(members) {
                *text_of = row.get(member).map_or(Ok(None), text)?;
            }
            Ok(texts)
        };
        let rows = |value: &Value| match value {
            Value::Null | Value::Bool(false) => Ok(None),
            Value::Array(items) => items.iter().map(row).collect::<Result<_, _>>().map(Some),
            _ => Err(Unreadable),
        };
        self.get(field, rows).unwrap_or_default()
    }

    /// What was read, unless something could not be.
    pub(super) fn done<T>(self, read: T) -> Result<T, Vec<Problem>> {
        if self.unreadable.is_empty() { Ok(read) } else { Err(self.unreadable) }
    }

    fn get<T>(&mut self, field: &'static str, read: impl FnOnce(&Value) -> Result<Option<T>, Unreadable>) -> Option<T> {
        read(self.members.get(field)?).unwrap_or_else(|Unreadable| {
            self.unreadable.push(Problem::new(field, Code::SETTINGS_FIELD_UNREADABLE));
            None
        })
    }
}

fn switch(value: &Value) -> Result<Option<bool>, Unreadable> {
    match value {
        Value::Bool(yes) => Ok(Some(*yes)),
        _ => match number(value)? {
            None => Ok(None),
            Some(0) => Ok(Some(false)),
            Some(1) => Ok(Some(true)),
            Some(_) => Err(Unreadable),
        },
    }
}

fn number(value: &Value) -> Result<Option<i64>, Unreadable> {
    match value {
        Value::Number(number) => number.as_i64().map(Some).ok_or(Unreadable),
        _ => text(value)?.map(|text| text.parse().map_err(|_| Unreadable)).transpose(),
    }
}

fn text(value: &Value) -> Result<Option<String>, Unreadable> {
    match value {
        Value::Null | Value::Bool(false) => Ok(None),
        Value::String(text) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
        Value::Number(number) => number.as_u64().map(|digits| Some(digits.to_string())).ok_or(Unreadable),
        _ => Err(Unreadable),
    }
}

fn list(value: &Value) -> Result<Option<Vec<String>>, Unreadable> {
    match value {
        Value::Null | Value::Bool(false) => Ok(None),
        Value::Array(items) => {
            items.iter().filter_map(|item| text(item).transpose()).collect::<Result<_, _>>().map(Some)
        }
        _ => Err(Unreadable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(json: Value) -> Result<Settings, Vec<Problem>> {
        Settings::from_sas(json.as_object().unwrap())
    }

    #[test]
    fn an_answer_of_sas_comes_in() {
        let settings = read(json!({
            "id": "7", "user_id": "99700218896", "participation_sas": "1", "participation_sas_via": "2",
            "structure_finess": "540002698", "cpts_locations": ["1000213519", "", null, 1000213520],
            "siret": false, "has_software": 0, "editor_disabled": true, "hours_available": null,
            "forfait_reo_enabled": "0", "editorIds": [12]
        }));
        let expected = Settings {
            participation_sas: true,
            participation_sas_via: Some(Via::Cpts),
            structure_finess: Some("540002698".into()),
            cpts_locations: vec!["1000213519".into(), "1000213520".into()],
            has_software: Some(false),
            editor_disabled: true,
            editors: vec!["12".into()],
            ..Settings::default()
        };
        assert_eq!(settings, Ok(expected));
    }

    #[test]
    fn no_is_not_nothing() {
        assert_eq!(read(json!({"has_software": false})).unwrap().has_software, Some(false));
        assert_eq!(read(json!({"has_software": "0"})).unwrap().has_software, Some(false));
        for nothing in [json!({}), json!({"has_software": null}), json!({"has_software": ""})] {
            assert_eq!(read(nothing).unwrap().has_software, None);
        }
        assert_eq!(read(json!({"participation_sas_via": false})).unwrap().participation_sas_via, None);
    }

    #[test]
    fn each_member_of_a_wrong_kind_is_named() {
        let problems = read(json!({
            "participation_sas": "oui", "participation_sas_via": 1.5, "structure_finess": {}, "cpts_locations": "a",
            "siret": true, "has_software": 2, "editors": [[]]
        }))
        .unwrap_err();
        let fields: Vec<&str> = problems.iter().map(Problem::field).collect();
        let expected = [
            "participation_sas",
            "participation_sas_via",
            "structure_finess",
            "cpts_locations",
            "siret",
            "has_software",
            "editors",
        ];
        assert_eq!(fields, expected);
        assert!(problems.iter().all(|problem| problem.code() == Code::SETTINGS_FIELD_UNREADABLE));
    }
}
