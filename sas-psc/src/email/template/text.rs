//! A text with named places: `{{code}}`. What is put in is text; in HTML it is escaped, so that no value writes a tag.

use super::Place;
use crate::base::escaped;
use crate::error::{Code, Error, Result};

/// A text read once, filled for each mail.
#[derive(Clone)]
pub(super) struct Text(Vec<Piece>);

#[derive(Clone)]
enum Piece {
    Words(String),
    Place(Place),
}

/// What a mail says in its places.
pub(super) struct Values<'a> {
    pub(super) service: &'a str,
    pub(super) link: &'a str,
    /// In two groups of four.
    pub(super) code: &'a str,
    pub(super) duration: &'a str,
    pub(super) expires: &'a str,
}

impl Values<'_> {
    fn of(&self, place: Place) -> &str {
        match place {
            Place::Service => self.service,
            Place::Link => self.link,
            Place::Code => self.code,
            Place::Duration => self.duration,
            Place::Expires => self.expires,
        }
    }
}

impl Text {
    /// Reads a text.
    ///
    /// # Errors
    /// `email-template-place`: braces that name no place of ours, or do not close.
    pub(super) fn parse(text: &str) -> Result<Text> {
        let (mut pieces, mut rest) = (Vec::new(), text);
        while let Some((words, after)) = rest.split_once("{{") {
            let unknown = || Error::new(Code::EMAIL_TEMPLATE_PLACE);
            let (name, after) = after.split_once("}}").ok_or_else(unknown)?;
            pieces.push(Piece::Words(words.to_owned()));
            pieces.push(Piece::Place(Place::named(name.trim()).ok_or_else(unknown)?));
            rest = after;
        }
        pieces.push(Piece::Words(rest.to_owned()));
        Ok(Text(pieces))
    }

    pub(super) fn has(&self, place: Place) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Place(found) if *found == place))
    }

    /// As plain text.
    pub(super) fn fill(&self, values: &Values<'_>) -> String {
        self.filled(|place| values.of(place).to_owned())
    }

    /// As HTML.
    pub(super) fn fill_html(&self, values: &Values<'_>) -> String {
        self.filled(|place| escaped(values.of(place)))
    }

    fn filled(&self, value: impl Fn(Place) -> String) -> String {
        let mut out = String::with_capacity(2048);
        for piece in &self.0 {
            match piece {
                Piece::Words(words) => out.push_str(words),
                Piece::Place(place) => out.push_str(&value(*place)),
            }
        }
        out
    }
}
