//! To object to a change of address: a mail to the address that is to be replaced carries a link and, apart from it, a
//! code. The link opens a page; only the code typed there objects, for robots open links and send forms.
//!
//! Whoever reads that mailbox may object, without a session. An objection keeps hashes only; five wrong codes end it.
//! What an objection brings about is the journey's.

use super::dispatch::link_to;
use super::mark::{Mark, Marks};
use crate::base::{self, ExposeSecret, Random, SecretString, ServerKey, Timestamp};
use crate::error::{Code, Error, Result};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Wrong codes that end an objection.
const TRIES: u8 = 5;
/// Mails of one objection whose codes hold: a mail that was said to have failed may have come all the same.
const MARKS: usize = 8;

/// The means to object, as they are kept.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Objection {
    id: String,
    salt: Mark,
    written: u32,
    wrong: u8,
    until: Timestamp,
    marks: Vec<Marks>,
}

impl Objection {
    /// The means to object until then.
    ///
    /// # Errors
    /// `no-randomness`.
    pub fn new(until: Timestamp, random: &mut dyn Random) -> Result<Objection> {
        let (mut id, mut salt) = ([0; 16], [0; 32]);
        random.fill(&mut id)?;
        random.fill(&mut salt)?;
        let id = BASE64_URL_SAFE_NO_PAD.encode(id);
        Ok(Objection { id, salt: Mark(salt), written: 0, wrong: 0, until, marks: Vec::new() })
    }

    /// Until when.
    pub fn until(&self) -> Timestamp {
        self.until
    }

    /// Writes the mail: a fresh link, a fresh code. A retry writes it again.
    ///
    /// # Errors
    /// `no-randomness`.
    pub fn write(&mut self, key: &ServerKey, random: &mut dyn Random, now: Timestamp) -> Result<Notice> {
        let (token, code) = (base::token(random)?, base::digits(random, 8)?);
        let context = self.context();
        self.written = self.written.saturating_add(1);
        if self.marks.len() >= MARKS {
            self.marks.remove(0);
        }
        self.marks.push(Marks {
            number: self.written,
            link: Mark::link(&context, token.expose_secret()),
            code: Mark::code(key, &context, code.expose_secret()),
        });
        let link = SecretString::from(format!("{}.{}", self.id, token.expose_secret()));
        Ok(Notice { number: self.written, objection: self.id.clone(), link, code, written_at: now, until: self.until })
    }

    /// Whether mail `number` is the newest.
    pub fn is_newest(&self, number: u32) -> bool {
        self.written == number
    }

    /// Whether the page of a link has something to offer. Changes nothing.
    ///
    /// # Errors
    /// As [`Objection::object`], but for the code.
    pub fn open(&self, token: &str, now: Timestamp) -> Result<()> {
        self.mail_of(token, now).map(drop)
    }

    /// Takes the link's token and the code of the same mail; spaces in it do not matter. A wrong one is counted: store it.
    ///
    /// # Errors
    /// `email-code-wrong` with the tries left, `email-tries-used-up`; nothing has changed: `email-code-form`,
    /// `email-link-wrong`, `email-expired`.
    pub fn object(&mut self, key: &ServerKey, token: &str, code: &str, now: Timestamp) -> Result<()> {
        let mail = self.mail_of(token, now)?;
        let code = super::challenge::eight_digits(code).ok_or_else(|| Error::new(Code::EMAIL_CODE_FORM))?;
        if Mark::code(key, &self.context(), code.expose_secret()).is(&mail.code) {
            return Ok(());
        }
        self.wrong = self.wrong.saturating_add(1);
        let code = if self.wrong < TRIES { Code::EMAIL_CODE_WRONG } else { Code::EMAIL_TRIES_USED_UP };
        let left = TRIES.saturating_sub(self.wrong);
        Err(Error::new(code).with(|facts| facts.tries_left = Some(left)))
    }

    fn mail_of(&self, token: &str, now: Timestamp) -> Result<Marks> {
        let (id, token) = token.split_once('.').ok_or_else(|| Error::new(Code::EMAIL_LINK_WRONG))?;
        let mark = Mark::link(&self.context(), token);
        let mail = self.marks.iter().find(|marks| id == self.id && mark.is(&marks.link));
        let mail = mail.ok_or_else(|| Error::new(Code::EMAIL_LINK_WRONG))?;
        if now >= self.until {
            return Err(Error::new(Code::EMAIL_EXPIRED));
        }
        if self.wrong >= TRIES { Err(Error::new(Code::EMAIL_TRIES_USED_UP)) } else { Ok(*mail) }
    }

    fn context(&self) -> Mark {
        Mark(base::digest("sas-psc email objection v1", &[&self.salt.0, self.id.as_bytes()]))
    }
}

impl fmt::Debug for Objection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Objection").field("until", &self.until).finish_non_exhaustive()
    }
}

/// What a mail to the address that is to be replaced must carry. Not stored: a retry writes a new one.
pub struct Notice {
    number: u32,
    objection: String,
    link: SecretString,
    code: SecretString,
    written_at: Timestamp,
    until: Timestamp,
}

impl Notice {
    /// Counts the mails of the objection from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Unique, and no secret: the left part of the mail's Message-ID.
    pub fn id(&self) -> String {
        format!("{}.{}", self.objection, self.number)
    }

    /// What the link carries.
    pub fn link_token(&self) -> &SecretString {
        &self.link
    }

    /// The address to open: `base` and `?c=` and the token.
    ///
    /// # Errors
    /// `email-link-base`, as [`Dispatch::link`](super::Dispatch::link).
    pub fn link(&self, base: &str) -> Result<SecretString> {
        link_to(base, &self.link)
    }

    /// The 8 digits.
    pub fn code(&self) -> &SecretString {
        &self.code
    }

    /// When the mail was written.
    pub fn written_at(&self) -> Timestamp {
        self.written_at
    }

    /// Until when an objection is taken.
    pub fn until(&self) -> Timestamp {
        self.until
    }
}

impl fmt::Debug for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notice").field("number", &self.number).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Counter;
    use std::time::Duration;

    const NOW: Timestamp = Timestamp::from_unix(1_795_420_800);

    fn written() -> (Objection, ServerKey, Counter, Notice) {
        let (mut random, key) = (Counter(5), ServerKey::new(&[7; 32]).unwrap());
        let mut objection = Objection::new(NOW + Duration::from_secs(7 * 86_400), &mut random).unwrap();
        let notice = objection.write(&key, &mut random, NOW).unwrap();
        (objection, key, random, notice)
    }

    fn parts(notice: &Notice) -> (String, String) {
        (notice.link_token().expose_secret().to_owned(), notice.code().expose_secret().to_owned())
    }

    fn code_of<T>(result: Result<T>) -> Code {
        result.map(drop).unwrap_err().code()
    }

    #[test]
    fn the_link_and_the_code_of_one_mail_object_until_the_end() {
        let (mut objection, key, mut random, first) = written();
        let second = objection.write(&key, &mut random, NOW).unwrap();
        let ((link, code), (other_link, other_code)) = (parts(&first), parts(&second));
        assert!(objection.open(&link, NOW).is_ok());
        objection.object(&key, &link, &format!(" {} {}", &code[..4], &code[4..]), NOW).unwrap();
        objection.object(&key, &other_link, &other_code, NOW).unwrap();
        assert_eq!(code_of(objection.object(&key, &link, &other_code, NOW)), Code::EMAIL_CODE_WRONG);
        let end = objection.until();
        assert_eq!(code_of(objection.open(&link, end)), Code::EMAIL_EXPIRED);
        assert_eq!(code_of(objection.object(&key, &link, &code, end)), Code::EMAIL_EXPIRED);
    }

    #[test]
    fn five_wrong_codes_end_it_and_garbage_counts_for_nothing() {
        let (mut objection, key, _, notice) = written();
        let (link, code) = parts(&notice);
        for garbage in ["", ".", "a.b", &code, &link[1..]] {
            assert_eq!(code_of(objection.object(&key, garbage, &code, NOW)), Code::EMAIL_LINK_WRONG);
        }
        assert_eq!(code_of(objection.object(&key, &link, "1234", NOW)), Code::EMAIL_CODE_FORM);
        let wrong = if code.starts_with('1') { "22222222" } else { "11111111" };
        for left in [4, 3, 2, 1] {
            let error = objection.object(&key, &link, wrong, NOW).unwrap_err();
            assert_eq!((error.code(), error.facts().tries_left), (Code::EMAIL_CODE_WRONG, Some(left)));
        }
        assert_eq!(code_of(objection.object(&key, &link, wrong, NOW)), Code::EMAIL_TRIES_USED_UP);
        assert_eq!(code_of(objection.object(&key, &link, &code, NOW)), Code::EMAIL_TRIES_USED_UP);
    }

    #[test]
    fn what_is_kept_holds_no_secret_and_does_not_grow() {
        let (mut objection, key, mut random, notice) = written();
        let text = serde_json::to_string(&objection).unwrap();
        let (link, code) = parts(&notice);
        assert!(!text.contains(&code) && !text.contains(link.split_once('.').unwrap().1));
        let again: Objection = serde_json::from_str(&text).unwrap();
        assert!(again.open(&link, NOW).is_ok());
        for _ in 0..40 {
            objection.write(&key, &mut random, NOW).unwrap();
        }
        assert!(serde_json::to_string(&objection).unwrap().len() < 8 * text.len());
        assert_eq!(code_of(objection.open(&link, NOW)), Code::EMAIL_LINK_WRONG, "forty mails ago");
    }
}
