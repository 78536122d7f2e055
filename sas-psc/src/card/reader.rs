//! Readers: their names, what is in them, and whether they stand on this desk.
//!
//! In a remote session the readers are those of the desk where the person sits: Windows passes every PC/SC call on to
//! that machine, so that it is the session that is remote and not a reader, and cards are slower there. Sources:
//! Microsoft's and Citrix's documentation of WTSQuerySessionInformation and of SESSIONNAME. Asking the system is a driver's
//! work (`Readers::session`).

use super::{Atr, CardKind};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A reader's name, as the system has it: `Gemalto PC Twin Reader 00 00`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReaderName(String);

impl ReaderName {
    /// The reader of this name.
    pub fn new(name: impl Into<String>) -> ReaderName {
        ReaderName(name.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Of several readers the one that `wanted` means: by its whole name, or by a part of it that no other has.
    ///
    /// ```
    /// use sas_psc::card::ReaderName;
    ///
    /// let readers = ["Virtual PCD 00 00", "Virtual PCD 00 01"].map(ReaderName::new);
    /// assert_eq!(ReaderName::meant(&readers, "pcd 00 01").unwrap().as_str(), "Virtual PCD 00 01");
    /// assert!(ReaderName::meant(&readers, "Virtual").is_none());
    /// ```
    pub fn meant<'a>(readers: impl IntoIterator<Item = &'a ReaderName>, wanted: &str) -> Option<&'a ReaderName> {
        let wanted_lower = wanted.to_lowercase();
        let mut part = None;
        let mut parts = 0;
        for reader in readers {
            if reader.0 == wanted {
                return Some(reader);
            }
            if reader.0.to_lowercase().contains(&wanted_lower) {
                (part, parts) = (Some(reader), parts + 1);
            }
        }
        part.filter(|_| parts == 1)
    }
}

impl fmt::Display for ReaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A reader now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderState {
    /// Its name.
    pub name: ReaderName,
    /// The ATR of the card in it; none when there is no card, or one that does not answer.
    pub atr: Option<Atr>,
    /// There is a card, and it does not answer: it is upside down, or broken.
    pub mute: bool,
    /// Another program has the card for itself.
    pub exclusive: bool,
}

impl ReaderState {
    /// What its card announces.
    pub fn kind(&self) -> Option<CardKind> {
        self.atr.as_ref().map(Atr::kind)
    }
}

/// What happened at the readers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CardEvent {
    /// A reader was plugged in, or was there from the beginning.
    ReaderAdded(ReaderName),
    /// A reader was unplugged.
    ReaderRemoved(ReaderName),
    /// A card was put in, or was there from the beginning.
    CardInserted {
        /// Where.
        reader: ReaderName,
        /// What it announces.
        atr: Atr,
    },
    /// A card that does not answer was put in.
    CardMute(ReaderName),
    /// The card was pulled.
    CardRemoved(ReaderName),
    /// The system's card service is not there, or stopped: readers and cards are gone until it is back.
    ServiceLost,
    /// It is there again.
    ServiceFound,
}

/// Where the person of this session sits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RemoteSession {
    /// At this machine.
    Local,
    /// Elsewhere, by Remote Desktop.
    Rdp,
    /// Elsewhere, by Citrix (ICA).
    Citrix,
}

impl RemoteSession {
    /// By the WTSClientProtocolType that Windows gives for the session: 0 console, 1 ICA, 2 RDP.
    pub const fn of_client_protocol(protocol: u16) -> Option<RemoteSession> {
        match protocol {
            0 => Some(RemoteSession::Local),
            1 => Some(RemoteSession::Citrix),
            2 => Some(RemoteSession::Rdp),
            _ => None,
        }
    }

    /// By the name that Windows gives the session (`SESSIONNAME`): `Console`, `RDP-Tcp#3`, `ICA-tcp#1`.
    pub fn of_session_name(name: &str) -> Option<RemoteSession> {
        match name.split('#').next()?.trim().to_ascii_lowercase().as_str() {
            "console" => Some(RemoteSession::Local),
            "rdp-tcp" => Some(RemoteSession::Rdp),
            "ica-tcp" | "ica-cgp" => Some(RemoteSession::Citrix),
            _ => None,
        }
    }

    /// `local`, `rdp`, `citrix`.
    pub const fn word(self) -> &'static str {
        match self {
            RemoteSession::Local => "local",
            RemoteSession::Rdp => "rdp",
            RemoteSession::Citrix => "citrix",
        }
    }

    /// Cards are read through a network: give them more time, and say which reader is meant.
    pub const fn is_remote(self) -> bool {
        !matches!(self, RemoteSession::Local)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_is_meant_by_its_whole_name_or_by_a_part_that_is_its_own() {
        let readers = ["Xiring Leo V2 (1) 00 00", "Xiring Leo V2 (1) 00 00 B"].map(ReaderName::new);
        let meant = |wanted| ReaderName::meant(&readers, wanted).map(ReaderName::as_str);
        assert_eq!(meant("Xiring Leo V2 (1) 00 00"), Some("Xiring Leo V2 (1) 00 00"));
        assert_eq!(meant("00 b"), Some("Xiring Leo V2 (1) 00 00 B"));
        assert_eq!(meant("leo"), None, "both have it");
        assert_eq!(meant("omnikey"), None);
    }

    #[test]
    fn a_session_is_remote_by_what_windows_says() {
        let of = RemoteSession::of_client_protocol;
        assert_eq!(
            [of(0), of(1), of(2)].map(|session| session.map(RemoteSession::is_remote)),
            [Some(false), Some(true), Some(true)]
        );
        assert_eq!(of(7), None);
        let named = |name| RemoteSession::of_session_name(name).map(RemoteSession::word);
        assert_eq!(
            ["Console", "RDP-Tcp#12", "ICA-tcp#1", "rdp-tcp", "Services", ""].map(named),
            [Some("local"), Some("rdp"), Some("citrix"), Some("rdp"), None, None]
        );
    }
}
