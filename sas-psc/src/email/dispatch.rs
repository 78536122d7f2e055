//! One mail to write and hand over: a fresh link, a fresh code, and until when both hold.
//!
//! The link and the code are independent: a robot that opens the link learns nothing about the code.

use super::Challenge;
use crate::base::{ExposeSecret, SecretString, Timestamp};
use crate::error::{Code, Error, Result};
use std::fmt;

/// What a mail must carry, from [`Challenge::write`](super::Challenge::write). Not stored: a retry writes a new one.
pub struct Dispatch {
    pub(super) number: u32,
    pub(super) link: SecretString,
    pub(super) code: SecretString,
    pub(super) written_at: Timestamp,
    pub(super) expires: Timestamp,
    pub(super) minutes: u8,
}

impl Dispatch {
    /// Counts the mails of the challenge from 1. Give it back to
    /// [`Challenge::handed_over`](super::Challenge::handed_over).
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Unique, and no secret: the left part of the mail's Message-ID.
    pub fn id(&self) -> String {
        let challenge = Challenge::id_in(self.link.expose_secret()).unwrap_or_default();
        format!("{challenge}.{}", self.number)
    }

    /// What the link carries: the challenge's identifier, a dot, 43 random characters.
    pub fn link_token(&self) -> &SecretString {
        &self.link
    }

    /// The address to open: `base` and `?c=` and the token. `base` is a page of the site.
    ///
    /// # Errors
    /// `email-link-base` unless `base` is https, or http on a loopback address, without query or fragment.
    ///
    /// ```
    /// # use sas_psc::{base::{ExposeSecret, Random, ServerKey}, email::*, person::Binding};
    /// # struct Fixed; impl Random for Fixed { fn fill(&mut self, b: &mut [u8]) -> sas_psc::Result<()> { b.fill(7); Ok(()) } }
    /// # let (now, key) = (sas_psc::base::Timestamp::from_unix(0), ServerKey::new(&[1; 32])?);
    /// # let mut challenge = Challenge::new(Binding::new("i", "s", "a"), Address::parse("a@b.fr")?, Lifetime::default(), &mut Fixed, now)?;
    /// # let dispatch = challenge.write(&key, &mut Fixed, now)?;
    /// let link = dispatch.link("https://compte.exemple.fr/courriel")?;
    /// assert!(link.expose_secret().starts_with("https://compte.exemple.fr/courriel?c="));
    /// # Ok::<(), sas_psc::Error>(())
    /// ```
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

    /// The end to print in the mail: never later than the real one.
    pub fn expires(&self) -> Timestamp {
        self.expires
    }

    /// The lifetime in minutes.
    pub fn minutes(&self) -> u8 {
        self.minutes
    }
}

impl fmt::Debug for Dispatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dispatch").field("number", &self.number).finish_non_exhaustive()
    }
}

/// Whether links of mails may open this page.
pub(crate) fn check_link_base(base: &str) -> Result<()> {
    if is_link_base(base) { Ok(()) } else { Err(Error::new(Code::EMAIL_LINK_BASE)) }
}

/// The address of a page of the site with a token.
pub(super) fn link_to(base: &str, token: &SecretString) -> Result<SecretString> {
    check_link_base(base)?;
    Ok(SecretString::from(format!("{base}?c={}", token.expose_secret())))
}

/// An absolute address made of characters that need no escape anywhere: not in a mail, not in HTML.
fn is_link_base(base: &str) -> bool {
    let (rest, plain) = match (base.strip_prefix("https://"), base.strip_prefix("http://")) {
        (Some(rest), _) => (rest, false),
        (_, Some(rest)) => (rest, true),
        _ => return false,
    };
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (host, port) = match authority.strip_prefix('[').and_then(|v6| v6.split_once(']')) {
        Some((v6, "")) => (v6, None),
        Some((v6, port)) => (v6, port.strip_prefix(':').or(Some(""))),
        None => authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
    };
    let v6 = authority.starts_with('[');
    let host_ok =
        !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b) || v6 && b == b':');
    let port_ok = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|p| p > 0) && !port.starts_with('+'));
    let path_ok = path.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~/".contains(&b));
    let loopback = matches!(host, "localhost" | "127.0.0.1" | "::1");
    base.len() <= 512 && host_ok && port_ok && path_ok && (!plain || loopback)
}

#[cfg(test)]
mod tests {
    use super::is_link_base;

    #[test]
    fn links_are_https_or_loopback() {
        for good in [
            "https://compte.exemple.fr/courriel",
            "https://exemple.fr",
            "https://exemple.fr:8443/a/b",
            "http://127.0.0.1:8080/courriel",
            "http://localhost/c",
            "http://[::1]:80/c",
        ] {
            assert!(is_link_base(good), "{good}");
        }
        for bad in [
            "",
            "exemple.fr",
            "ftp://exemple.fr",
            "http://exemple.fr/c",
            "http://127.0.0.1.exemple.fr/c",
            "https:///c",
            "https://exemple.fr/c?a=b",
            "https://exemple.fr/#c",
            "https://moi@exemple.fr/c",
            "https://exemple.fr:0/c",
            "https://exemple.fr:port/c",
            "https://exemple.fr/c d",
            "https://exemple.fr/\"><b>",
            "https://exemple.fr/é",
            "https://exemple.fr/c\r\nBcc: x",
            "https://a:b:c/d",
        ] {
            assert!(!is_link_base(bad), "{bad}");
        }
    }
}
