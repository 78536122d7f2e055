//! Card readers through PC/SC: pcsc-lite, WinSCard, macOS, by the `pcsc` crate; the library need not be there.
//!
//! Each piece of work has a thread and a context of its own: a card that another program holds keeps nobody else
//! waiting, no runtime is blocked, and a service that was stopped and started again is simply met again. What is done
//! with a card are the dialogues of [`card`](crate::card).

#[cfg(all(feature = "psc", feature = "pkcs11"))]
mod doctor;
mod errors;
mod key;
mod link;
mod pending;
mod watch;

pub use pending::{Cancel, Pending};
pub use watch::CardWatch;

use crate::card::{
    Card, CardCache, CardContents, CardKind, CardSerial, Dialogue, Pin, PinEntry, PinStatus, PinpadUse, Puk,
    ReaderName, ReaderState, RemoteSession, SignRequest, Signed, Transport, play,
};
use crate::error::{Code, Error, Result};
use errors::error;
use link::Link;
use pcsc::{Context, Scope, State};
use std::time::Duration;

/// How long a wait looks away: a work that was given up ends within this.
const SLICE: Duration = Duration::from_millis(250);

/// The readers of this machine, and the cards in them. Clones share what they remember of cards.
///
/// ```no_run
/// use sas_psc::card::{Pin, PinEntry, SignRequest, SignatureScheme, Usage};
/// use sas_psc::drive::Readers;
/// use std::time::Duration;
///
/// let readers = Readers::new();
/// let contents = readers.read(None).wait_for(Duration::from_secs(20))?;
/// let request = SignRequest::new(Usage::Authentication, SignatureScheme::Pkcs1Sha256, b"a challenge");
/// let pin = PinEntry::typed(Pin::parse("1234")?);
/// let signed = readers.expecting(contents.serial).sign(None, request, pin).wait()?;
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Readers {
    cache: CardCache,
    expected: Option<CardSerial>,
}

impl Readers {
    /// The readers, and nothing remembered of any card.
    pub fn new() -> Readers {
        Readers::default()
    }

    /// The readers, and what `cache` remembers.
    pub fn with_cache(cache: &CardCache) -> Readers {
        Readers { cache: cache.clone(), expected: None }
    }

    /// The same, refusing any other card than this one (`card-other`): the card of the session.
    pub fn expecting(&self, serial: CardSerial) -> Readers {
        Readers { expected: Some(serial), ..self.clone() }
    }

    /// What is remembered of cards.
    pub fn cache(&self) -> &CardCache {
        &self.cache
    }

    /// Whether the system has PC/SC at all, running or not.
    pub fn is_installed() -> bool {
        sas_psc_sys::pcsc::is_installed()
    }

    /// The readers there are, and what is in each.
    ///
    /// # Errors
    /// Of the work: `reader-library-absent`, `reader-service-absent`, `reader-failure`. No reader is no error.
    pub fn list(&self) -> Pending<Vec<ReaderState>> {
        Pending::new(|_| list(&establish()?))
    }

    /// Waits until there is a card, in this reader or in any.
    ///
    /// # Errors
    /// Of the work: those of [`Readers::list`]; `user-cancelled` when it is given up.
    pub fn wait_for_card(&self, reader: Option<&ReaderName>) -> Pending<ReaderState> {
        let reader = reader.cloned();
        Pending::new(move |cancel| {
            let context = establish()?;
            loop {
                cancel.check()?;
                let here = |state: &ReaderState| reader.as_ref().is_none_or(|reader| state.name == *reader);
                let states = list(&context)?;
                if let Some(found) = states.into_iter().find(|state| state.atr.is_some() && here(state)) {
                    return Ok(found);
                }
                watch::any_change(&context, SLICE)?;
            }
        })
    }

    /// Plays a dialogue with the card in this reader; without a name, in the only reader that has a CPS.
    ///
    /// # Errors
    /// Of the work: those of the dialogue and of [`Readers::list`]; `reader-none`, `reader-unknown`, `reader-several`,
    /// `reader-busy`, `card-absent`, `card-mute`, `card-removed`, `card-reset`.
    pub fn play<T: Send + 'static>(
        &self,
        reader: Option<&ReaderName>,
        dialogue: impl Fn(&Card) -> Dialogue<T> + Send + 'static,
    ) -> Pending<T> {
        let (Readers { cache, expected }, reader) = (self.clone(), reader.cloned());
        Pending::new(move |cancel| {
            let context = establish()?;
            let reader = chosen(reader, &context)?;
            cancel.check()?;
            let mut link = Link::connect(&context, &reader, cancel)?;
            play(&mut link, &cache, |card| match expected {
                Some(serial) => dialogue(&card.clone().expecting(serial)),
                None => dialogue(card),
            })
        })
    }

    /// Reads a card: [`Card::read`].
    ///
    /// # Errors
    /// Of the work: those of [`Card::read`] and [`Readers::play`].
    pub fn read(&self, reader: Option<&ReaderName>) -> Pending<CardContents> {
        self.play(reader, Card::read)
    }

    /// Has a card sign: [`Card::sign`].
    ///
    /// # Errors
    /// Of the work: those of [`Card::sign`] and [`Readers::play`].
    pub fn sign(&self, reader: Option<&ReaderName>, request: SignRequest, pin: PinEntry) -> Pending<Signed> {
        self.play(reader, move |card| card.sign(request.clone(), pin.clone()))
    }

    /// Changes the PIN: [`Card::change_pin`].
    ///
    /// # Errors
    /// Of the work: those of [`Card::change_pin`] and [`Readers::play`].
    pub fn change_pin(&self, reader: Option<&ReaderName>, old: PinEntry, new: Pin) -> Pending<()> {
        self.play(reader, move |card| card.change_pin(old.clone(), new.clone()))
    }

    /// Changes the PIN on the reader's keys: [`Card::change_pin_on_pinpad`].
    ///
    /// # Errors
    /// Of the work: those of [`Card::change_pin_on_pinpad`] and [`Readers::play`].
    pub fn change_pin_on_pinpad(&self, reader: Option<&ReaderName>, last_try: bool) -> Pending<()> {
        self.play(reader, move |card| card.change_pin_on_pinpad(last_try))
    }

    /// Unblocks the PIN: [`Card::unblock`].
    ///
    /// # Errors
    /// Of the work: those of [`Card::unblock`] and [`Readers::play`].
    pub fn unblock(&self, reader: Option<&ReaderName>, puk: Puk, new: Pin, last_try: bool) -> Pending<()> {
        self.play(reader, move |card| card.unblock(puk.clone(), new.clone(), last_try))
    }

    /// Asks for the state of the PIN: [`Card::pin_status`].
    ///
    /// # Errors
    /// Of the work: those of [`Card::pin_status`] and [`Readers::play`].
    pub fn pin_status(&self, reader: Option<&ReaderName>) -> Pending<PinStatus> {
        self.play(reader, Card::pin_status)
    }

    /// Whether the reader has keys of its own that can be used for this with the card in it: [`PinEntry::on_pinpad`],
    /// [`Readers::change_pin_on_pinpad`].
    ///
    /// # Errors
    /// Of the work: those of [`Readers::play`].
    pub fn pinpad(&self, reader: Option<&ReaderName>, purpose: PinpadUse) -> Pending<bool> {
        let reader = reader.cloned();
        Pending::new(move |cancel| {
            let context = establish()?;
            let link = Link::connect(&context, &chosen(reader, &context)?, cancel)?;
            let card = Card::new(&link.atr(), link.protocol(), &CardCache::new());
            Ok(card.with_pinpad(|purpose| link.pinpad(purpose)).takes_on_pinpad(purpose))
        })
    }

    /// Where the person of this session sits, as Windows tells it in the environment (`SESSIONNAME`) when the program starts;
    /// none where it does not. A program that outlives its session asks WTSQuerySessionInformation:
    /// [`RemoteSession::of_client_protocol`].
    pub fn session() -> Option<RemoteSession> {
        RemoteSession::of_session_name(&std::env::var("SESSIONNAME").ok()?)
    }

    /// Follows readers and cards as they come and go, from now on.
    pub fn watch(&self) -> CardWatch {
        CardWatch::new()
    }
}

fn establish() -> Result<Context> {
    Context::establish(Scope::User).map_err(error)
}

fn chosen(reader: Option<ReaderName>, context: &Context) -> Result<ReaderName> {
    match reader {
        Some(reader) => Ok(reader),
        None => only(&list(context)?),
    }
}

/// The reader that has a CPS when it is the only one, or the only one that has a card.
fn only(states: &[ReaderState]) -> Result<ReaderName> {
    if states.is_empty() {
        return Err(Error::new(Code::READER_NONE));
    }
    let with_card: Vec<_> = states.iter().filter(|state| state.atr.is_some()).collect();
    let cps = |state: &&&ReaderState| state.kind().is_some_and(|kind| kind != CardKind::Unknown);
    let candidates: Vec<_> = with_card.iter().filter(cps).copied().collect();
    match (&candidates[..], &with_card[..]) {
        ([one], _) | ([], [one]) => Ok(one.name.clone()),
        ([], []) if states.iter().any(|state| state.mute) => Err(Error::new(Code::CARD_MUTE)),
        ([], []) => Err(Error::new(Code::CARD_ABSENT)),
        _ => Err(Error::new(Code::READER_SEVERAL)),
    }
}

fn names(context: &Context) -> Result<Vec<ReaderName>, pcsc::Error> {
    match context.list_readers_owned() {
        Ok(names) => Ok(names.iter().map(|name| ReaderName::new(name.to_string_lossy())).collect()),
        Err(pcsc::Error::NoReadersAvailable) => Ok(Vec::new()),
        Err(code) => Err(code),
    }
}

fn list(context: &Context) -> Result<Vec<ReaderState>> {
    let names = names(context).map_err(error)?;
    let mut states: Vec<_> = names.iter().filter_map(|name| watch::asked(name, State::UNAWARE)).collect();
    match context.get_status_change(Duration::ZERO, &mut states) {
        // A reader that went away meanwhile is one that is not there.
        Ok(()) | Err(pcsc::Error::Timeout | pcsc::Error::UnknownReader) => {}
        Err(code) => return Err(error(code)),
    }
    Ok(states.iter().filter(|state| !state.event_state().contains(State::UNKNOWN)).map(watch::state).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::Atr;

    const CPS3: [u8; 17] = [0x3B, 0xAC, 0, 0x40, 0x2A, 0, 0x12, 0x25, 0, 0x64, 0x80, 0, 3, 0x10, 0, 0x90, 0];

    fn reader(name: &str, atr: Option<&[u8]>) -> ReaderState {
        ReaderState { name: ReaderName::new(name), atr: atr.map(Atr::new), mute: false, exclusive: false }
    }

    #[test]
    fn without_a_name_the_only_reader_with_a_cps_is_taken() {
        let other: &[u8] = &[0x3B, 0x00];
        let chosen = |states: &[ReaderState]| only(states).map(|name| name.as_str().to_owned());
        let code = |states: &[ReaderState]| only(states).unwrap_err().code();
        assert_eq!(chosen(&[reader("a", None), reader("b", Some(&CPS3)), reader("c", Some(other))]).unwrap(), "b");
        assert_eq!(chosen(&[reader("a", None), reader("c", Some(other))]).unwrap(), "c", "it will say what it is");
        assert_eq!(code(&[]), Code::READER_NONE);
        assert_eq!(code(&[reader("a", None)]), Code::CARD_ABSENT);
        assert_eq!(code(&[ReaderState { mute: true, ..reader("a", None) }]), Code::CARD_MUTE);
        assert_eq!(code(&[reader("a", Some(&CPS3)), reader("b", Some(&CPS3))]), Code::READER_SEVERAL);
        assert_eq!(code(&[reader("a", Some(other)), reader("b", Some(other))]), Code::READER_SEVERAL);
    }
}
