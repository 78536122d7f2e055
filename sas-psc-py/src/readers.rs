//! The readers of this machine through PC/SC: work on threads of its own. `sas_psc/card.py` waits for it.

use crate::card::CardCache;
use crate::error::Raised;
use crate::professional::objects;
use pyo3::prelude::*;
use sas_psc::card::{
    CardSerial, DescribedReader, Pin, PinEntry, PinpadUse, Puk, ReaderName, RemoteSession, SignRequest,
};
use sas_psc::drive::{self, Cancel, Pending};
use sas_psc::{Code, Lang};
use std::time::Duration;

/// How long the interpreter is left alone: a Ctrl-C is seen within it.
const SLICE: Duration = Duration::from_millis(100);

type Told = serde_json::Result<serde_json::Value>;
type Waiting = dyn Fn(Duration) -> Option<sas_psc::Result<Told>> + Send + Sync;

/// Work with a reader, under way on a thread of its own.
#[pyclass(frozen, module = "sas_psc.card")]
pub struct CardWork {
    waiting: Box<Waiting>,
    cancel: Cancel,
}

impl CardWork {
    /// The work, and how its result is told.
    fn of<T: Send + 'static>(pending: Pending<T>, told: impl Fn(T) -> Told + Send + Sync + 'static) -> CardWork {
        let cancel = pending.cancel();
        CardWork { waiting: Box::new(move |longest| pending.wait_within(longest).map(|end| end.map(&told))), cancel }
    }
}

#[pymethods]
impl CardWork {
    /// Waits for the end; after the time the work is given up.
    fn wait<'py>(&self, py: Python<'py>, timeout: f64) -> PyResult<Bound<'py, PyAny>> {
        let mut left = Duration::try_from_secs_f64(timeout).unwrap_or_default();
        loop {
            let slice = left.min(SLICE);
            if let Some(told) = py.detach(|| (self.waiting)(slice)) {
                return objects(py, &told.map_err(Raised::from)?.unwrap_or_default());
            }
            py.check_signals().inspect_err(|_| self.cancel.cancel())?;
            left -= slice;
            if left.is_zero() {
                self.cancel.cancel();
                return Err(Raised::from(sas_psc::Error::new(Code::READER_TIMED_OUT)).into());
            }
        }
    }

    /// Gives the work up, from any thread.
    fn cancel(&self) {
        self.cancel.cancel();
    }
}

/// The readers, and what is remembered of cards.
#[pyclass(frozen, module = "sas_psc.card")]
pub struct CardReaders(pub drive::Readers);

fn named(reader: Option<&str>) -> Option<ReaderName> {
    reader.map(ReaderName::new)
}

#[pymethods]
impl CardReaders {
    #[new]
    #[pyo3(signature = (cache, expected=None))]
    fn new(cache: &CardCache, expected: Option<String>) -> Result<CardReaders, Raised> {
        let readers = drive::Readers::with_cache(&cache.0);
        let expected = expected.map(CardSerial::try_from).transpose()?;
        Ok(CardReaders(expected.into_iter().fold(readers, |readers, serial| readers.expecting(serial))))
    }

    #[staticmethod]
    fn is_installed() -> bool {
        drive::Readers::is_installed()
    }

    #[staticmethod]
    fn session() -> Option<&'static str> {
        drive::Readers::session().map(RemoteSession::word)
    }

    fn examine<'py>(&self, py: Python<'py>, lang: &str) -> PyResult<Bound<'py, PyAny>> {
        let found = py.detach(|| self.0.examine(Lang::from_tag(lang)));
        objects(py, &serde_json::to_value(found).unwrap_or_default())
    }

    fn list(&self) -> CardWork {
        let told = |states: Vec<_>| states.iter().map(|state| DescribedReader::of(state, None)).collect::<Vec<_>>();
        CardWork::of(self.0.list(), move |states| serde_json::to_value(told(states)))
    }

    fn wait_for_card(&self, reader: Option<&str>) -> CardWork {
        let waiting = self.0.wait_for_card(named(reader).as_ref());
        CardWork::of(waiting, |state| serde_json::to_value(DescribedReader::of(&state, None)))
    }

    fn read(&self, reader: Option<&str>) -> CardWork {
        CardWork::of(self.0.read(named(reader).as_ref()), |card| serde_json::to_value(card.described()))
    }

    fn pin_status(&self, reader: Option<&str>) -> CardWork {
        CardWork::of(self.0.pin_status(named(reader).as_ref()), |status| serde_json::to_value(status.described()))
    }

    fn pinpad(&self, reader: Option<&str>, change: bool) -> CardWork {
        let purpose = if change { PinpadUse::Change } else { PinpadUse::Verify };
        CardWork::of(self.0.pinpad(named(reader).as_ref(), purpose), serde_json::to_value)
    }

    fn sign(
        &self,
        reader: Option<&str>,
        usage: &str,
        scheme: &str,
        message: &[u8],
        pin: Option<&str>,
        last_try: bool,
    ) -> Result<CardWork, Raised> {
        let request = SignRequest::of_words(usage, scheme, message)?;
        let signing = self.0.sign(named(reader).as_ref(), request, PinEntry::of(pin, last_try)?);
        Ok(CardWork::of(signing, |signed| serde_json::to_value(signed.described())))
    }

    fn change_pin(&self, reader: Option<&str>, old: &str, new: &str, last_try: bool) -> Result<CardWork, Raised> {
        let (old, new) = (PinEntry::of(Some(old), last_try)?, Pin::parse(new)?);
        Ok(CardWork::of(self.0.change_pin(named(reader).as_ref(), old, new), serde_json::to_value))
    }

    fn change_pin_on_pinpad(&self, reader: Option<&str>, last_try: bool) -> CardWork {
        CardWork::of(self.0.change_pin_on_pinpad(named(reader).as_ref(), last_try), serde_json::to_value)
    }

    fn unblock(&self, reader: Option<&str>, puk: &str, new: &str, last_try: bool) -> Result<CardWork, Raised> {
        let (puk, new) = (Puk::parse(puk)?, Pin::parse(new)?);
        Ok(CardWork::of(self.0.unblock(named(reader).as_ref(), puk, new, last_try), serde_json::to_value))
    }

    fn watch(&self) -> crate::card_watch::CardWatch {
        self.0.watch().into()
    }
}
