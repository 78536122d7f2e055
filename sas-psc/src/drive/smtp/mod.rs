//! Hands a mail over to a mail server by SMTP (RFC 5321), with TLS and a login (lettre).
//!
//! TLS is required: STARTTLS unless told otherwise, never given up when the server does not offer it. One connection per
//! mail: a sign-up site sends few, and the hand-over is what the person waits for. Retries and queues are the caller's.

use crate::base::{ExposeSecret, SecretString};
use crate::drive::Mailer;
use crate::email::{Address, Message};
use crate::error::{Code, Error, Result};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, SmtpTransport, Tokio1Executor, Transport};
use std::fmt;
use std::io;
use std::net::IpAddr;
use std::time::{Duration, UNIX_EPOCH};

/// How to reach the mail server, and who sends.
#[derive(Clone)]
pub struct SmtpConfig {
    host: String,
    port: Option<u16>,
    security: Security,
    login: Option<(String, SecretString)>,
    extra_ca: Vec<u8>,
    timeout: Duration,
    sender: Address,
    sender_name: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Security {
    StartTls,
    ImplicitTls,
    PlaintextOnLoopback,
}

impl SmtpConfig {
    /// The server `host` at port 587 with STARTTLS; `sender` is the address that mails come from, which must exist,
    /// `sender_name` what mail programs show.
    pub fn new(host: impl Into<String>, sender: Address, sender_name: impl Into<String>) -> SmtpConfig {
        SmtpConfig {
            host: host.into(),
            port: None,
            security: Security::StartTls,
            login: None,
            extra_ca: Vec::new(),
            timeout: Duration::from_secs(30),
            sender,
            sender_name: sender_name.into(),
        }
    }

    /// TLS from the first byte; port 465 unless set.
    pub fn implicit_tls(mut self) -> SmtpConfig {
        self.security = Security::ImplicitTls;
        self
    }

    /// No TLS, for a server on this very machine (a relay, a test). Refused for any other host.
    pub fn plaintext_on_loopback(mut self) -> SmtpConfig {
        self.security = Security::PlaintextOnLoopback;
        self
    }

    /// Another port than the usual one.
    pub fn port(mut self, port: u16) -> SmtpConfig {
        self.port = Some(port);
        self
    }

    /// Logs in.
    pub fn login(mut self, user: impl Into<String>, password: SecretString) -> SmtpConfig {
        self.login = Some((user.into(), password));
        self
    }

    /// Trusts the authorities in `pem` beside those of the system.
    pub fn extra_ca(mut self, pem: &[u8]) -> SmtpConfig {
        self.extra_ca = pem.to_vec();
        self
    }

    /// How long a hand-over may take; 30 seconds unless set.
    pub fn timeout(mut self, timeout: Duration) -> SmtpConfig {
        self.timeout = timeout;
        self
    }

    fn tls(&self) -> Result<Tls> {
        if self.security == Security::PlaintextOnLoopback {
            let loopback = self.host == "localhost" || self.host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
            return if loopback { Ok(Tls::None) } else { Err(settings("host")) };
        }
        let mut tls = TlsParameters::builder(self.host.clone());
        if !self.extra_ca.is_empty() {
            // lettre takes a file without any certificate in it for an empty list.
            let some = String::from_utf8_lossy(&self.extra_ca).contains("-----BEGIN CERTIFICATE-----");
            let ca = Certificate::from_pem(&self.extra_ca).ok().filter(|_| some);
            tls = tls.add_root_certificate(ca.ok_or_else(|| settings("extra_ca"))?);
        }
        let tls = tls.build_rustls().map_err(|_| settings("extra_ca"))?;
        Ok(if self.security == Security::ImplicitTls { Tls::Wrapper(tls) } else { Tls::Required(tls) })
    }
}

impl fmt::Debug for SmtpConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpConfig").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

/// A mail server. Within a tokio runtime (its I/O and timers on) it waits without blocking; elsewhere it blocks the
/// calling thread, so that a program without a runtime needs nothing more.
pub struct Smtp {
    waiting: AsyncSmtpTransport<Tokio1Executor>,
    blocking: SmtpTransport,
    timeout: Duration,
    sender: Mailbox,
}

/// The server took a mail: from here on it answers for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedOver {
    /// The Message-ID under which the server's log knows it.
    pub message_id: String,
}

impl Smtp {
    /// Reads the settings; connects to nothing yet.
    ///
    /// # Errors
    /// `mail-settings` with the field at fault: `host` (empty, or not loopback for plain text), `extra_ca`, `sender`.
    pub fn new(config: SmtpConfig) -> Result<Smtp> {
        if config.host.is_empty() {
            return Err(settings("host"));
        }
        let tls = config.tls()?;
        let usual = if config.security == Security::ImplicitTls { 465 } else { 587 };
        let port = config.port.unwrap_or(usual);
        let credentials = config.login.map(|(user, password)| Credentials::new(user, password.expose_secret().into()));
        let mut waiting = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.host)
            .port(port)
            .timeout(Some(config.timeout))
            .tls(tls.clone());
        let mut blocking =
            SmtpTransport::builder_dangerous(&config.host).port(port).timeout(Some(config.timeout)).tls(tls);
        if let Some(credentials) = credentials {
            waiting = waiting.credentials(credentials.clone());
            blocking = blocking.credentials(credentials);
        }
        let name = Some(config.sender_name).filter(|name| !name.is_empty());
        let sender = Mailbox::new(name, envelope(&config.sender).ok_or_else(|| settings("sender"))?);
        Ok(Smtp { waiting: waiting.build(), blocking: blocking.build(), timeout: config.timeout, sender })
    }

    /// Hands `message` over for `to`.
    ///
    /// # Errors
    /// For good: `mail-refused` (the server refuses the address), `mail-rejected` (it refuses the mail or the sender),
    /// `mail-login-refused`. Worth another try: `mail-deferred`, `connect-failed`, `name-not-found`, `timed-out`,
    /// `connection-lost`. To mend: `tls-failed` (among others, no STARTTLS), `server-certificate`. None names the
    /// address; the source gives the server's reply code.
    pub async fn send(&self, message: &Message, to: &Address) -> Result<HandedOver> {
        let (mail, handed_over) = self.compose(message, to)?;
        if tokio::runtime::Handle::try_current().is_err() {
            return self.blocking.send(&mail).map(|_| handed_over).map_err(said);
        }
        // lettre's own limit is on each wait; this one is on the whole.
        match tokio::time::timeout(self.timeout, self.waiting.send(mail)).await {
            Ok(result) => result.map(|_| handed_over).map_err(said),
            Err(_) => Err(Error::new(Code::TIMED_OUT)),
        }
    }

    fn compose(&self, message: &Message, to: &Address) -> Result<(lettre::Message, HandedOver)> {
        let bug = || Error::new(Code::BROKEN_INVARIANT);
        let to = envelope(to).ok_or_else(|| Error::new(Code::MAIL_REFUSED))?;
        let message_id = format!("<{}@{}>", message.id(), self.sender.email.domain());
        let millis = u64::try_from(message.date().unix_millis()).unwrap_or(0);
        let mut mail = lettre::Message::builder()
            .from(self.sender.clone())
            .to(Mailbox::new(None, to))
            .subject(message.subject())
            .date(UNIX_EPOCH + Duration::from_millis(millis))
            .message_id(Some(message_id.clone()));
        for (name, value) in message.headers() {
            let name = HeaderName::new_from_ascii(name.to_owned()).map_err(|_| bug())?;
            mail = mail.raw_header(HeaderValue::new(name, value.to_owned()));
        }
        let parts = MultiPart::alternative_plain_html(message.text().to_owned(), message.html().to_owned());
        Ok((mail.multipart(parts).map_err(|_| bug())?, HandedOver { message_id }))
    }
}

impl Mailer for Smtp {
    async fn hand_over(&self, message: &Message, to: &Address) -> Result<()> {
        self.send(message, to).await.map(|_| ())
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

fn settings(field: &'static str) -> Error {
    Error::field(Code::MAIL_SETTINGS, field)
}

fn envelope(address: &Address) -> Option<lettre::Address> {
    let (local, domain) = address.envelope().split_once('@')?;
    lettre::Address::new(local, domain).ok()
}

/// What the server replied, without its text, which quotes addresses.
#[derive(Debug)]
struct Reply {
    /// RFC 5321 §4.2.
    code: u16,
    /// RFC 3463.
    status: Option<[u16; 3]>,
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the mail server replied {}", self.code)?;
        self.status.map_or(Ok(()), |[class, subject, detail]| write!(f, " {class}.{subject}.{detail}"))
    }
}

impl std::error::Error for Reply {}

/// lettre's error as ours.
fn said(error: lettre::transport::smtp::Error) -> Error {
    if let Some(code) = error.status() {
        let text = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        let reply = Reply { code: code.into(), status: status(&text) };
        return Error::new(refusal(&reply)).caused_by(reply);
    }
    let mut cause = std::error::Error::source(&error);
    while let Some(found) = cause {
        let inner = found.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let tls = inner.and_then(|e| e.downcast_ref::<rustls::Error>()).or_else(|| found.downcast_ref());
        match tls {
            Some(rustls::Error::InvalidCertificate(_)) => return Error::new(Code::SERVER_CERTIFICATE),
            Some(_) => return Error::new(Code::TLS_FAILED),
            None => {}
        }
        if let Some(io) = found.downcast_ref::<io::Error>() {
            return Error::new(network(io));
        }
        cause = found.source();
    }
    // What lettre says itself: no STARTTLS, no way to log in that both know, an answer that is no SMTP.
    let text = error.to_string();
    Error::new(match text.as_str() {
        _ if error.is_timeout() => Code::TIMED_OUT,
        _ if error.is_tls() || text.contains("STARTTLS") => Code::TLS_FAILED,
        _ if text.contains("authentication") => Code::MAIL_LOGIN_REFUSED,
        _ => Code::CONNECTION_LOST,
    })
}

fn network(error: &io::Error) -> Code {
    match error.kind() {
        // A read that reaches its limit is WouldBlock on Unix.
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Code::TIMED_OUT,
        io::ErrorKind::ConnectionRefused
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::AddrNotAvailable
        | io::ErrorKind::PermissionDenied => Code::CONNECT_FAILED,
        // The resolver's failures have no kind of their own.
        _ if error.to_string().contains("lookup") => Code::NAME_NOT_FOUND,
        _ => Code::CONNECTION_LOST,
    }
}

/// The enhanced status code that opens a reply.
fn status(text: &str) -> Option<[u16; 3]> {
    let mut numbers = text.split_whitespace().next()?.split('.').map(str::parse);
    let mut next = || numbers.next()?.ok();
    let status = [next()?, next()?, next()?];
    next().is_none().then_some(status)
}

fn refusal(reply: &Reply) -> Code {
    match (reply.code, reply.status) {
        (530 | 534 | 535 | 538, _) => Code::MAIL_LOGIN_REFUSED,
        (..500, _) => Code::MAIL_DEFERRED,
        // X.1.7 and X.1.8 are about the sender, the rest of X.1 about the recipient's address, X.2 about their mailbox;
        // a full one (X.2.2) counts too: another address is the way on.
        (_, Some([_, 1, 7 | 8])) => Code::MAIL_REJECTED,
        (_, Some([_, 1 | 2, _])) => Code::MAIL_REFUSED,
        // X.0.0 says nothing beyond the code.
        (550 | 551 | 553, None | Some([_, 0, 0])) => Code::MAIL_REFUSED,
        _ => Code::MAIL_REJECTED,
    }
}

#[cfg(test)]
mod tests;
