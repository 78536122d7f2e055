//! A browser window in the hands of a person: it shows pages, and obeys the words that they show.
//!
//! Nothing is reached but what a visible link, button or label offers, and a missing word ends the demonstration with the
//! name of the page and what it offered instead. Words that end in « … » stand for those that begin so. Only [`Window::open`] takes an address, as the address bar does.

use crate::html::{Field, Page, is};
use crate::story::Story;
use sas_psc_sim::Browser;
use std::time::Duration;
use url::Url;

/// What went wrong, in words.
pub type Result<T> = std::result::Result<T, String>;

/// How often a person looks whether a page has changed, and for how long: 20 s.
const LOOK: Duration = Duration::from_secs(1);
const LOOKS: u32 = 30;

/// A window with the page that it shows.
pub struct Window {
    story: Story,
    /// The name of the place by the start of its address; the first that fits.
    places: Vec<(String, &'static str)>,
    browser: Browser,
    url: Url,
    page: Page,
}

impl Window {
    /// Opens a window with its own cookies at an address. `places` names what is shown by the start of its address.
    pub fn new(story: Story, places: &[(String, &'static str)], address: &str) -> Result<Window> {
        let url = Url::parse(address).map_err(|_| format!("{address}: not an address"))?;
        let places = places.to_vec();
        let mut window = Window { story, places, browser: Browser::new(), url, page: Page::default() };
        window.look(address)?;
        Ok(window)
    }

    /// Goes to an address, and shows the page.
    pub fn open(&mut self, address: &str) -> Result<()> {
        self.look(address)?;
        self.show();
        Ok(())
    }

    /// Goes on by the link or button with these words, and shows the page that follows.
    pub fn press(&mut self, words: &str) -> Result<()> {
        self.tell_press(words);
        self.follow(words)?;
        self.show();
        Ok(())
    }

    /// Presses, again if need be, until this page is left; then shows the one that follows.
    pub fn press_until_left(&mut self, words: &str) -> Result<()> {
        self.tell_press(words);
        let heading = self.page.heading.clone();
        self.follow(words)?;
        self.wait(|window| window.page.heading != heading, |window| window.follow(words))
    }

    /// Does `again` until `done`, with a pause before each; then shows the page.
    pub fn wait(
        &mut self,
        done: impl Fn(&Window) -> bool,
        mut again: impl FnMut(&mut Window) -> Result<()>,
    ) -> Result<()> {
        for _ in 0..LOOKS {
            if done(self) {
                self.show();
                return Ok(());
            }
            std::thread::sleep(LOOK);
            again(self)?;
        }
        Err(format!("{}\n{}", self.story.say("Rien ne vient.", "Nothing comes."), self.described()))
    }

    /// Types into the field with this label.
    pub fn type_in(&mut self, label: &str, text: &str) -> Result<()> {
        let into = self.story.say("dans", "into");
        let deed = format!("{} {text} {into} {}", self.story.say("saisit", "types"), self.quote(label));
        let field = self.field(label, |field| field.ticked.is_none() && field.choices.is_empty())?;
        text.clone_into(&mut field.value);
        self.story.act(&deed);
        Ok(())
    }

    /// Ticks the box, or the radio button, with this label.
    pub fn tick(&mut self, label: &str) -> Result<()> {
        let field = self.field(label, |field| field.ticked.is_some())?;
        field.ticked = Some(true);
        let (is_radio, name, value) = (field.is_radio, field.name.clone(), field.value.clone());
        for other in self.page.forms.iter_mut().flat_map(|form| &mut form.fields).filter(|f| is_radio && f.name == name)
        {
            other.ticked = Some(other.value == value);
        }
        let deed = if is_radio { self.story.say("choisit", "chooses") } else { self.story.say("coche", "ticks") };
        self.story.act(&format!("{deed} {}", self.quote(label)));
        Ok(())
    }

    /// Chooses `words` in the list with this label.
    pub fn choose(&mut self, label: &str, words: &str) -> Result<()> {
        let field = self.field(label, |field| !field.choices.is_empty())?;
        let choice = field.choices.iter().find(|(shown, _)| is(shown, words));
        let Some((_, value)) = choice.cloned() else { return Err(self.missing(words)) };
        field.value = value;
        self.story.act(&format!("{} {}", self.story.say("choisit", "chooses"), self.quote(words)));
        Ok(())
    }

    /// Reads aloud the sentences of the page after the first.
    pub fn read_on(&self, sentences: usize) {
        self.page.sentences.iter().skip(1).take(sentences).for_each(|sentence| self.story.read(sentence));
    }

    /// The words of `count` digits that stand alone on the page, spaces left out.
    pub fn digits(&self, count: usize) -> Result<String> {
        let alone = self.page.alone.iter().map(|words| words.replace([' ', '\u{a0}', '\u{202f}'], ""));
        let found = alone.into_iter().find(|w| w.len() == count && w.bytes().all(|b| b.is_ascii_digit()));
        found.ok_or_else(|| self.missing(&format!("{count} {}", self.story.say("chiffres", "digits"))))
    }

    /// The links with these words.
    pub fn links(&self, words: &str) -> Vec<&str> {
        self.page.links.iter().map(|(shown, _)| shown.as_str()).filter(|shown| is(shown, words)).collect()
    }

    /// The heading of the page.
    pub fn heading(&self) -> &str {
        &self.page.heading
    }

    /// Whether a box or radio button with this label can be ticked.
    pub fn offers(&self, label: &str) -> bool {
        let mut fields = self.page.forms.iter().flat_map(|form| &form.fields);
        fields.any(|field| !field.hidden && !field.disabled && field.ticked.is_some() && is(&field.label, label))
    }

    /// Fails unless the page has this heading.
    pub fn expect(&self, heading: &str) -> Result<()> {
        if is(&self.page.heading, heading) { Ok(()) } else { Err(self.missing(heading)) }
    }

    /// Loads this page again.
    pub fn reload(&mut self) -> Result<()> {
        self.look(self.url.clone().as_str())
    }

    /// Prints the page: where it is, its heading, its first sentence.
    pub fn show(&self) {
        let place = self.places.iter().find(|(start, _)| self.url.as_str().starts_with(start));
        let sentence = self.page.sentences.first().map_or("", String::as_str);
        self.story.page(place.map_or("", |(_, name)| name), &self.page.heading, sentence);
    }

    fn tell_press(&self, words: &str) {
        self.story.act(&format!("{} {}", self.story.say("appuie sur", "presses"), self.quote(words)));
        self.story.turn();
    }

    /// Goes on by the link or button with these words.
    fn follow(&mut self, words: &str) -> Result<()> {
        if let Some((_, address)) = self.page.links.iter().find(|(shown, _)| is(shown, words)) {
            return self.look(&self.join(address)?);
        }
        let mut forms = self.page.forms.iter();
        let found = forms.find_map(|form| Some((form, form.buttons.iter().find(|b| is(&b.words, words))?)));
        let (form, button) = found.ok_or_else(|| self.missing(words))?;
        let address = self.join(button.action.as_ref().or(form.action.as_ref()).map_or("", String::as_str))?;
        let mut fields = form.filled();
        fields.extend(button.name.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let answer = self.browser.post(&address, &fields);
        self.arrive(answer, address)
    }

    fn look(&mut self, address: &str) -> Result<()> {
        let answer = self.browser.get(address);
        self.arrive(answer, address.to_owned())
    }

    /// Follows redirects, and pages that go on by themselves, to a page.
    fn arrive(&mut self, mut answer: std::io::Result<sas_psc_sim::Answer>, mut address: String) -> Result<()> {
        for _ in 0..10 {
            let got = answer.map_err(|error| format!("{address}: {error}"))?;
            self.url = Url::parse(&address).map_err(|_| format!("{address}: not an address"))?;
            self.page = Page::read(&got.body);
            let next = match got.status {
                301..=303 | 307 | 308 => got.location(),
                _ => self.page.goes_on.as_deref().map(|next| self.join(next)).transpose()?,
            };
            match next {
                Some(next) => address = next,
                None if got.status >= 500 => {
                    return Err(format!("{address}: HTTP {}, {}", got.status, self.described()));
                }
                None => return Ok(()),
            }
            answer = self.browser.get(&address);
        }
        Err(format!("{address}: redirects without end"))
    }

    fn field(&mut self, label: &str, fits: impl Fn(&Field) -> bool) -> Result<&mut Field> {
        let missing = self.missing(label);
        let fields = self.page.forms.iter_mut().flat_map(|form| &mut form.fields);
        let mut seen = fields.filter(|field| !field.hidden && !field.disabled && fits(field));
        seen.find(|field| is(&field.label, label)).ok_or(missing)
    }

    fn join(&self, address: &str) -> Result<String> {
        self.url.join(address).map(String::from).map_err(|_| format!("{address}: not an address"))
    }

    fn missing(&self, words: &str) -> String {
        format!("{} {}.\n{}", self.story.say("Il manque", "Missing:"), self.quote(words), self.described())
    }

    /// The page, its address without what may be secret in it, what it says and what it offers.
    fn described(&self) -> String {
        let say = |fr, en| self.story.say(fr, en);
        let place = &self.url[..url::Position::AfterPath];
        let labels =
            self.page.forms.iter().flat_map(|form| &form.fields).filter(|f| !f.hidden).map(|f| f.label.as_str());
        let offers = self.page.offers().into_iter().chain(labels).filter(|words| !words.is_empty());
        let offers: Vec<String> = offers.map(|words| self.quote(words)).collect();
        let (page, says, offers) = (self.quote(&self.page.heading), self.page.sentences.join(" "), offers.join(", "));
        let (dit, propose) = (say("Elle dit\u{a0}:", "It says:"), say("Elle propose\u{a0}:", "It offers:"));
        format!("Page {page}, {place}\n{dit} {says}\n{propose} {offers}")
    }

    fn quote(&self, words: &str) -> String {
        let words = words.trim_end_matches('…');
        if self.story.english() { format!("“{words}”") } else { format!("«\u{a0}{words}\u{a0}»") }
    }
}
