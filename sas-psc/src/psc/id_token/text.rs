//! A text of a payload: where it stands there, so that a verified token copies nothing; on its own when it holds escapes.

/// One text. It means what it says only beside the payload that it was made with.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Text {
    At { start: u32, length: u32 },
    Escaped(Box<str>),
}

impl Text {
    /// `said`, which was read from `payload`.
    pub(super) fn of(said: &str, payload: &str) -> Text {
        let start = (said.as_ptr() as usize).wrapping_sub(payload.as_ptr() as usize);
        // Text that stands elsewhere was unescaped into memory of its own: there is none, or another, at that place.
        let stands = payload.get(start..).is_some_and(|rest| rest.starts_with(said));
        match (u32::try_from(start), u32::try_from(said.len())) {
            (Ok(start), Ok(length)) if stands => Text::At { start, length },
            _ => Text::Escaped(said.into()),
        }
    }

    /// The text.
    pub(super) fn read<'a>(&'a self, payload: &'a str) -> &'a str {
        match self {
            Text::At { start, length } => {
                let start = *start as usize;
                payload.get(start..start + *length as usize).unwrap_or_default()
            }
            Text::Escaped(text) => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_told_from_its_place_or_from_its_copy() {
        let payload = r#"{"sub":"f:u:899700000013","sid":""}"#.to_owned();
        let (standing, empty) = (&payload[8..24], &payload[33..33]);
        for (said, stands) in [(standing, true), (empty, true), ("f:u:899700000013", false), ("é", false)] {
            let text = Text::of(said, &payload);
            assert_eq!(text.read(&payload), said);
            assert_eq!(matches!(text, Text::At { .. }), stands, "{said}");
        }
        let moved = payload;
        assert_eq!(Text::At { start: 8, length: 16 }.read(&moved), "f:u:899700000013");
        assert_eq!(Text::At { start: 8, length: 16 }.read("another"), "", "never a panic");
    }
}
