//! What the demonstration prints: the page, its one sentence, what the person does. 80 columns, French or English.

use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _, stdout};
use std::time::Duration;

/// Where the text of a page begins, and where a line ends.
const INDENT: usize = 14;
const WIDTH: usize = 78;

/// On a terminal, the time to read a page.
const PAUSE: Duration = Duration::from_millis(250);

/// The one who tells.
#[derive(Clone, Copy)]
pub struct Story {
    english: bool,
    /// On a terminal: bold headings, a short pause at each page.
    live: bool,
}

impl Story {
    /// In English, or in French.
    pub fn new(english: bool) -> Story {
        Story { english, live: stdout().is_terminal() }
    }

    /// Whether it is told in English.
    pub fn english(self) -> bool {
        self.english
    }

    /// The words in the language of the story.
    pub fn say<'a>(self, fr: &'a str, en: &'a str) -> &'a str {
        if self.english { en } else { fr }
    }

    /// A new part.
    pub fn part(self, title: &str) {
        print(&format!("\n{}\n{}\n\n", self.bold(title), "─".repeat(title.chars().count().min(WIDTH))));
    }

    /// A remark of the one who tells.
    pub fn note(self, words: &str) {
        print(&format!("\n{}\n", fold(words, WIDTH).join("\n")));
    }

    /// A page: where it shows, its heading, its sentence.
    pub fn page(self, place: &str, heading: &str, sentence: &str) {
        let mut text = String::new();
        let heading = fold(heading, WIDTH - INDENT);
        for (at, line) in heading.iter().enumerate() {
            let place = if at == 0 { place } else { "" };
            let _ = writeln!(text, "  {place:<width$}{}", self.bold(line), width = INDENT - 2);
        }
        print(&text);
        self.read(sentence);
        if self.live {
            std::thread::sleep(PAUSE);
        }
    }

    /// One more sentence of the page.
    pub fn read(self, sentence: &str) {
        self.lines("", sentence);
    }

    /// What the person does.
    pub fn act(self, deed: &str) {
        self.lines("→ ", deed);
    }

    /// The page is left.
    pub fn turn(self) {
        print("\n");
    }

    fn lines(self, mark: &str, words: &str) {
        let mut text = String::new();
        let width = mark.chars().count();
        for (at, line) in fold(words, WIDTH - INDENT - width).iter().enumerate() {
            let mark = if at == 0 { mark } else { "" };
            let _ = writeln!(text, "{:INDENT$}{mark:<width$}{line}", "");
        }
        print(&text);
    }

    fn bold(self, text: &str) -> String {
        if self.live { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// Prints, and does not mind a reader that has gone (`make demo | head`).
pub fn print(text: &str) {
    let mut out = stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// The words on lines of at most `width` characters; a longer word has a line of its own.
pub fn fold(words: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split([' ', '\n']).filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_hold_whole_words() {
        assert_eq!(fold("un deux trois", 7), ["un deux", "trois"]);
        assert_eq!(fold("«\u{a0}un\u{a0}» immense", 5), ["«\u{a0}un\u{a0}»", "immense"]);
        assert!(fold("  ", 5).is_empty());
    }
}
