//! The only code that touches the world.

#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(feature = "dns")]
mod dns;
#[cfg(feature = "psc")]
mod doctor;
#[cfg(all(feature = "card", feature = "psc"))]
mod fallback;
mod feed;
#[cfg(all(feature = "directory", feature = "psc"))]
mod fhir;
#[cfg(feature = "psc")]
mod guarded;
#[cfg(feature = "http")]
#[cfg_attr(not(any(feature = "blocking", feature = "tokio")), allow(dead_code, unused_imports))]
mod http;
mod links;
mod lives;
#[cfg(any(feature = "blocking", feature = "system"))]
mod loopback;
mod mail_limits;
mod mail_templates;
#[cfg(feature = "pcsc")]
mod pcsc;
#[cfg(feature = "pkcs11")]
mod pkcs11;
#[cfg(any(feature = "blocking", feature = "tokio"))]
mod proxy;
#[cfg(feature = "psc")]
mod psc;
mod purge;
mod ready;
#[cfg(all(feature = "card", feature = "psc"))]
mod revocation_lists;
#[cfg(feature = "psc")]
mod session;
mod sign_up;
#[cfg(feature = "smtp")]
mod smtp;
#[cfg(all(feature = "psc", feature = "system"))]
mod step_sessions;
#[cfg(all(feature = "psc", feature = "system"))]
mod steps;
#[cfg(feature = "tokio")]
mod stream;
#[cfg(feature = "system")]
mod system;
#[cfg(test)]
mod tests;
#[cfg(feature = "system")]
mod timed_sign_up;
#[cfg(feature = "tokio")]
pub mod tokio;
#[cfg(feature = "tokio")]
mod waits;
#[cfg(feature = "http")]
#[cfg_attr(not(any(feature = "blocking", feature = "tokio")), allow(dead_code))]
mod watch;

#[cfg(feature = "dns")]
pub use dns::examine_sender;
#[cfg(feature = "psc")]
pub use doctor::{CheckStatus, Finding};
pub use feed::{LogFed, LogFeed};
#[cfg(all(feature = "directory", feature = "psc"))]
pub use fhir::Fhir;
#[cfg(feature = "psc")]
pub use guarded::GuardedCiba;
#[cfg(feature = "http")]
pub use http::{CertificateLife, ClientCertificate, HttpConfig};
pub use links::AccountLinks;
pub use lives::{LifeMail, Lives, LivesRan, LivesTaken};
#[cfg(any(feature = "blocking", feature = "system"))]
pub use loopback::Loopback;
pub use mail_limits::MailLimits;
pub use mail_templates::mail_templates;
#[cfg(feature = "pcsc")]
#[cfg_attr(docsrs, doc(cfg(feature = "pcsc")))]
pub use pcsc::{Cancel, CardWatch, Pending, Readers};
#[cfg(feature = "pkcs11")]
#[cfg_attr(docsrs, doc(cfg(feature = "pkcs11")))]
pub use pkcs11::{Pkcs11, Pkcs11Key, Pkcs11Token};
#[cfg(feature = "psc")]
pub use psc::{Psc, World};
pub use purge::Purge;
pub use ready::block_on;
#[cfg(all(feature = "card", feature = "psc"))]
pub use revocation_lists::{LARGEST_REVOCATION_LIST, fetch_revocation_lists};
#[cfg(feature = "psc")]
pub use session::{BackChannelLogout, Sessions, SignOut};
pub use sign_up::{Account, MailEvent, MailEventKind, MailToSend, Mailer, SignUp};
#[cfg(feature = "smtp")]
pub use smtp::{HandedOver, Smtp, SmtpConfig};
#[cfg(all(feature = "psc", feature = "system"))]
pub use step_sessions::StepSessions;
#[cfg(all(feature = "psc", feature = "system"))]
pub use steps::{StepWorld, Steps};
#[cfg(feature = "tokio")]
pub use stream::{Pieces, StreamRequest, Streamed};
#[cfg(feature = "system")]
pub use system::{SystemClock, SystemRandom};
#[cfg(feature = "system")]
pub use timed_sign_up::{TimedSignUp, declarations};
#[cfg(feature = "tokio")]
pub use waits::{CibaWaiting, CibaWaits};
#[cfg(feature = "http")]
pub use watch::{Notice, Watch};
