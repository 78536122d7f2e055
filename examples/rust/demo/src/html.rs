//! A page as a person without a script meets it: its heading, its sentences, its links, its forms and their labels.
//!
//! Reads just enough of HTML (elements, labels, visibility by `hidden`) and nothing of CSS. The words are all that the
//! player may know of a page.

use html5gum::emitters::default::{DefaultEmitter, StartTag};
use html5gum::{HtmlString, Token, Tokenizer};
use std::collections::BTreeMap;

/// Elements without an end tag (HTML Living Standard, 13.1.2).
const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

/// A page, its forms as they are filled in so far.
#[derive(Debug, Default)]
pub struct Page {
    /// The heading; without one, the title.
    pub heading: String,
    /// The visible sentences under the heading, in order; what the page reports (a problem, what just happened) first.
    pub sentences: Vec<String>,
    /// The words that stand alone in an element: codes and numbers are found here.
    pub alone: Vec<String>,
    /// Links: their words and their address as written.
    pub links: Vec<(String, String)>,
    /// Forms.
    pub forms: Vec<Form>,
    /// Where the page goes on by itself, at once.
    pub goes_on: Option<String>,
}

/// A form.
#[derive(Debug, Default)]
pub struct Form {
    pub action: Option<String>,
    pub fields: Vec<Field>,
    pub buttons: Vec<Button>,
}

/// A button: its words, and what pressing it adds to the form.
#[derive(Debug)]
pub struct Button {
    pub words: String,
    pub name: Option<(String, String)>,
    pub action: Option<String>,
}

/// A field of a form.
#[derive(Debug)]
pub struct Field {
    pub label: String,
    pub name: String,
    pub value: String,
    /// A box or a radio button: whether it is ticked.
    pub ticked: Option<bool>,
    pub is_radio: bool,
    /// A list: the words and the value of each choice.
    pub choices: Vec<(String, String)>,
    /// Neither seen nor reached, though its value is sent.
    pub hidden: bool,
    pub disabled: bool,
}

#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    children: Vec<Node>,
}

#[derive(Debug)]
enum Node {
    Element(Element),
    Text(String),
}

impl Page {
    /// Reads a page.
    pub fn read(html: &str) -> Page {
        let root = tree(html);
        let mut page = Page::default();
        let mut labels = BTreeMap::new();
        root.each(&mut |element| {
            if let (true, Some(id)) = (element.name == "label", element.get("for")) {
                labels.insert(id.to_owned(), element.text());
            }
            if element.name == "title" {
                page.heading = element.text();
            }
            if element.get("http-equiv") == Some("refresh") {
                let to = element.get("content").and_then(|content| content.strip_prefix("0;url="));
                page.goes_on = to.map(str::to_owned);
            }
        });
        let mut reader = Reader { page, labels, under_heading: false };
        reader.visit(&root, Around::default());
        reader.page
    }

    /// Every word that can be pressed, for the message when one is missing.
    pub fn offers(&self) -> Vec<&str> {
        let buttons = self.forms.iter().flat_map(|form| &form.buttons).map(|button| button.words.as_str());
        buttons.chain(self.links.iter().map(|(words, _)| words.as_str())).collect()
    }
}

impl Form {
    /// What a browser sends: the fields in order, without boxes that are not ticked and what is disabled.
    pub fn filled(&self) -> Vec<(&str, &str)> {
        let sent = self.fields.iter().filter(|f| !f.disabled && !f.name.is_empty() && f.ticked != Some(false));
        sent.map(|field| (field.name.as_str(), field.value.as_str())).collect()
    }
}

/// Whether the page's `text` is these words, whatever the kind of its spaces; words that end in « … » begin it.
pub fn is(text: &str, words: &str) -> bool {
    let text = text.replace(['\u{a0}', '\u{202f}'], " ");
    match words.strip_suffix('…') {
        Some(start) => text.starts_with(start),
        None => text == words,
    }
}

struct Reader {
    page: Page,
    labels: BTreeMap<String, String>,
    under_heading: bool,
}

/// What an element stands in.
#[derive(Clone, Copy, Default)]
struct Around<'a> {
    hidden: bool,
    disabled: bool,
    form: Option<usize>,
    label: Option<&'a str>,
}

impl Reader {
    fn visit(&mut self, element: &Element, around: Around<'_>) {
        let hidden = around.hidden || element.get("hidden").is_some();
        let text = if hidden { String::new() } else { element.text() };
        let disabled = around.disabled || (element.name == "fieldset" && element.get("disabled").is_some());
        let mut inside = Around { hidden, disabled, ..around };
        self.words(element, &text);
        let form = around.form.and_then(|form| self.page.forms.get_mut(form));
        match element.name.as_str() {
            "form" => {
                let action = element.get("action").map(str::to_owned);
                inside.form = Some(self.page.forms.len());
                self.page.forms.push(Form { action, ..Form::default() });
            }
            "a" if !hidden => {
                self.page.links.push((text.clone(), element.get("href").unwrap_or("").to_owned()));
            }
            "button" if !hidden => {
                let name = element.get("name").map(|name| (name.to_owned(), element.get("value").unwrap_or("").into()));
                let action = element.get("formaction").map(str::to_owned);
                let button = Button { words: text.clone(), name, action };
                if let Some(form) = form {
                    form.buttons.push(button);
                }
            }
            "input" | "select" | "textarea" => {
                let label = element.get("id").and_then(|id| self.labels.get(id)).map(String::as_str).or(around.label);
                let field = field(element, inside, label.unwrap_or(""));
                if let Some(form) = form {
                    form.fields.push(field);
                }
            }
            "label" => inside.label = Some(&text),
            _ => {}
        }
        for child in &element.children {
            if let Node::Element(child) = child {
                self.visit(child, inside);
            }
        }
    }

    /// The heading, the sentences, the words that stand alone.
    fn words(&mut self, element: &Element, text: &str) {
        if text.is_empty() {
            return;
        }
        let (page, name) = (&mut self.page, element.name.as_str());
        if name == "h1" {
            page.heading = text.to_owned();
            self.under_heading = true;
        } else if matches!(element.get("role"), Some("alert" | "status")) {
            page.sentences.insert(0, text.to_owned());
        } else if self.under_heading
            && ["p", "legend"].contains(&name)
            && !element.holds(&["input", "select", "button", "a"])
        {
            page.sentences.push(text.to_owned());
        }
        if ["p", "span", "pre"].contains(&name) {
            page.alone.extend(text.lines().map(str::to_owned));
        }
    }
}

fn field(element: &Element, inside: Around<'_>, label: &str) -> Field {
    let kind = element.get("type").unwrap_or("text");
    let is_box = element.name == "input" && ["checkbox", "radio"].contains(&kind);
    let mut choices = Vec::new();
    let mut value = element.get("value").unwrap_or(if is_box { "on" } else { "" }).to_owned();
    element.each(&mut |option| {
        if option.name == "option" {
            let text = option.text();
            let own = option.get("value").unwrap_or(&text).to_owned();
            if choices.is_empty() || option.get("selected").is_some() {
                value.clone_from(&own);
            }
            choices.push((text, own));
        }
    });
    Field {
        label: label.to_owned(),
        name: element.get("name").unwrap_or("").to_owned(),
        value,
        ticked: is_box.then(|| element.get("checked").is_some()),
        is_radio: kind == "radio",
        choices,
        hidden: inside.hidden || kind == "hidden",
        disabled: inside.disabled || element.get("disabled").is_some(),
    }
}

impl Element {
    fn get(&self, attribute: &str) -> Option<&str> {
        self.attributes.get(attribute).map(String::as_str)
    }

    /// This element and those in it, in the order of the page.
    fn each<'a>(&'a self, see: &mut impl FnMut(&'a Element)) {
        see(self);
        for child in &self.children {
            if let Node::Element(child) = child {
                child.each(see);
            }
        }
    }

    fn holds(&self, names: &[&str]) -> bool {
        let mut found = false;
        self.each(&mut |element| found |= names.contains(&element.name.as_str()));
        found
    }

    /// The visible text. Spaces are one, lines are kept in `pre` only.
    fn text(&self) -> String {
        let mut raw = String::new();
        self.collect(&mut raw);
        if self.name == "pre" {
            return raw;
        }
        raw.split(|c: char| c.is_ascii_whitespace()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }

    fn collect(&self, out: &mut String) {
        for child in &self.children {
            match child {
                Node::Text(text) => out.push_str(text),
                Node::Element(child) if child.get("hidden").is_some() => {}
                Node::Element(child) if ["script", "style", "select", "datalist"].contains(&child.name.as_str()) => {}
                Node::Element(child) => {
                    child.collect(out);
                    if ["p", "li", "h1", "h2", "h3", "div", "br"].contains(&child.name.as_str()) {
                        out.push(' ');
                    }
                }
            }
        }
    }
}

/// The elements of a page. An end tag without its start is passed over, as browsers do.
fn tree(html: &str) -> Element {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut open = vec![Element::default()];
    for token in Tokenizer::new_with_emitter(html, emitter) {
        match token {
            Ok(Token::StartTag(tag)) => {
                let is_void = VOID.contains(&string(&tag.name).as_str()) || tag.self_closing;
                open.push(element(&tag));
                if is_void {
                    close(&mut open);
                }
            }
            Ok(Token::EndTag(tag)) => {
                let name = string(&tag.name);
                if open[1..].iter().any(|element| element.name == name) {
                    while open.last().is_some_and(|element| element.name != name) {
                        close(&mut open);
                    }
                    close(&mut open);
                }
            }
            Ok(Token::String(text)) => {
                if let Some(last) = open.last_mut() {
                    last.children.push(Node::Text(string(&text)));
                }
            }
            _ => {}
        }
    }
    while open.len() > 1 {
        close(&mut open);
    }
    open.pop().unwrap_or_default()
}

/// Puts the innermost open element into the one around it.
fn close(open: &mut Vec<Element>) {
    if let Some(done) = open.pop()
        && let Some(around) = open.last_mut()
    {
        around.children.push(Node::Element(done));
    }
}

fn element(tag: &StartTag<()>) -> Element {
    let attributes = tag.attributes.iter().map(|(name, value)| (string(name), string(&value.value))).collect();
    Element { name: string(&tag.name), attributes, children: Vec::new() }
}

fn string(bytes: &HtmlString) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<!doctype html><title>T</title><body><p>before</p><h1>Carte &#38; code</h1>
        <p class=x>Une   phrase&nbsp;: <b>ici</b>.</p><p hidden>rien</p>
        <form method=post action=/a><input type=hidden name=csrf value=t>
        <label for=pin>Code porteur</label><input id=pin name=pin>
        <label><input type=checkbox name=ok value=yes><span>J'accepte</span></label>
        <select name=card><option value=1>Un</option><option value=2 selected>Deux</option></select>
        <input name=off value=1 disabled><fieldset disabled hidden><input name=q></fieldset><p role=alert></p><button>Valider</button><button formaction=/b name=n value=v>Refuser</button>
        </form><a href=\"/c?x=1&amp;y=2\">Autre</a>";

    #[test]
    fn a_page_is_its_words() {
        let page = Page::read(PAGE);
        assert_eq!(page.heading, "Carte & code");
        assert_eq!(page.sentences, ["Une phrase\u{a0}: ici."]);

        assert_eq!(page.offers(), ["Valider", "Refuser", "Autre"]);
        assert_eq!(page.links[0].1, "/c?x=1&y=2");
        let form = &page.forms[0];
        let labels: Vec<_> = form.fields.iter().map(|field| field.label.as_str()).collect();
        assert_eq!(labels, ["", "Code porteur", "J'accepte", "", "", ""]);
        assert_eq!(form.filled(), [("csrf", "t"), ("pin", ""), ("card", "2")]);
        assert_eq!(form.buttons[1].action.as_deref(), Some("/b"));
        assert_eq!(form.buttons[1].name, Some(("n".into(), "v".into())));
    }

    #[test]
    fn words_are_the_pages_own() {
        assert!(is("Pro\u{a0}Santé Connect", "Pro Santé Connect") && is("Pro\u{a0}Santé Connect Carte", "Pro Santé…"));
        assert!(!is("Valider le code", "Valider") && !is("Valider", "Valider le code…"));
    }

    #[test]
    fn a_page_may_go_on_by_itself() {
        let to = |content: &str| Page::read(&format!("<meta http-equiv=refresh content=\"{content}\">")).goes_on;
        assert_eq!(to("0;url=http://a.invalid/?a&amp;b").as_deref(), Some("http://a.invalid/?a&b"));
        assert_eq!(to("2"), None);
    }
}
