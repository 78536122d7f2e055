//! Readers and cards as they come and go: an iterator for a thread, a future for a runtime.
//!
//! It waits in short slices rather than for ever: a wait that has to be broken from another thread can miss the call
//! that breaks it (pcsc-lite), and a service that went away is noticed the same way. A card that was pulled and put back
//! within one slice is told by the reader's own count of changes.

use super::errors::is_service;
use super::{SLICE, names};
use crate::card::{Atr, CardEvent, ReaderName, ReaderState};
use crate::error::Result;
use pcsc::{Context, PNP_NOTIFICATION, Scope, State};
use std::collections::{HashMap, VecDeque};
use std::ffi::CString;
use std::fmt;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context as TaskContext, Poll, Waker};
use std::thread;
use std::time::Duration;

/// Events that wait to be taken, at most; the oldest go first.
const MOST: usize = 1024;

/// Follows readers and cards. Dropped, it stops.
pub struct CardWatch(Arc<Shared>);

struct Shared {
    events: Mutex<Events>,
    more: Condvar,
    stop: AtomicBool,
}

#[derive(Default)]
struct Events {
    waiting: VecDeque<CardEvent>,
    waker: Option<Waker>,
}

impl Shared {
    fn events(&self) -> MutexGuard<'_, Events> {
        // Nothing panics while it is held.
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, event: CardEvent) {
        let mut events = self.events();
        if events.waiting.len() >= MOST {
            events.waiting.pop_front();
        }
        events.waiting.push_back(event);
        let waker = events.waker.take();
        drop(events);
        self.more.notify_all();
        waker.into_iter().for_each(Waker::wake);
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }
}

impl CardWatch {
    pub(super) fn new() -> CardWatch {
        let shared = Arc::new(Shared { events: Mutex::default(), more: Condvar::new(), stop: AtomicBool::new(false) });
        let watched = shared.clone();
        let started = thread::Builder::new().name("sas-psc-readers".into()).spawn(move || watch(&watched));
        if started.is_err() {
            shared.tell(CardEvent::ServiceLost);
        }
        CardWatch(shared)
    }

    /// The next event, waiting at most so long.
    pub fn next_within(&mut self, longest: Duration) -> Option<CardEvent> {
        let events = self.0.events();
        let waited = self.0.more.wait_timeout_while(events, longest, |events| events.waiting.is_empty());
        waited.unwrap_or_else(PoisonError::into_inner).0.waiting.pop_front()
    }

    /// The next event, awaited on any runtime.
    pub async fn next_event(&mut self) -> CardEvent {
        poll_fn(|context| self.poll_event(context)).await
    }

    /// The next event, as a stream would be polled for it.
    pub fn poll_event(&mut self, context: &mut TaskContext<'_>) -> Poll<CardEvent> {
        let mut events = self.0.events();
        match events.waiting.pop_front() {
            Some(event) => Poll::Ready(event),
            None => {
                events.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Iterator for CardWatch {
    type Item = CardEvent;

    /// The next event, waiting for it; there is always a next one.
    fn next(&mut self) -> Option<CardEvent> {
        loop {
            if let Some(event) = self.next_within(Duration::from_secs(3600)) {
                return Some(event);
            }
        }
    }
}

impl Drop for CardWatch {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::Release);
    }
}

impl fmt::Debug for CardWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CardWatch").field("waiting", &self.0.events().waiting.len()).finish()
    }
}

/// A reader with what is known of it, for the next question.
pub(super) fn asked(name: &ReaderName, known: State) -> Option<pcsc::ReaderState> {
    Some(pcsc::ReaderState::new(CString::new(name.as_str()).ok()?, known))
}

/// What PC/SC says of a reader.
pub(super) fn state(state: &pcsc::ReaderState) -> ReaderState {
    let seen = state.event_state();
    let present = seen.contains(State::PRESENT);
    let mute = present && seen.contains(State::MUTE);
    ReaderState {
        name: ReaderName::new(state.name().to_string_lossy()),
        atr: (present && !mute && !state.atr().is_empty()).then(|| Atr::new(state.atr())),
        mute,
        exclusive: seen.contains(State::EXCLUSIVE),
    }
}

/// Waits until a reader or a card comes or goes, at most so long.
///
/// # Errors
/// Those of the service.
pub(super) fn any_change(context: &Context, longest: Duration) -> Result<()> {
    let mut states = vec![pcsc::ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE)];
    states.extend(names(context).map_err(super::error)?.iter().filter_map(|name| asked(name, State::UNAWARE)));
    // The first question tells how things are, the second waits until they are otherwise.
    for wait in [Duration::ZERO, longest] {
        states.iter_mut().for_each(pcsc::ReaderState::sync_current_state);
        match context.get_status_change(wait, &mut states) {
            Ok(()) | Err(pcsc::Error::Timeout | pcsc::Error::UnknownReader) => {}
            Err(code) => return Err(super::error(code)),
        }
    }
    Ok(())
}

fn watch(shared: &Shared) {
    // Nothing is said of a service that is there from the beginning.
    let mut lost = false;
    while !shared.stopped() {
        if let Ok(context) = Context::establish(Scope::User) {
            if std::mem::take(&mut lost) {
                shared.tell(CardEvent::ServiceFound);
            }
            follow(shared, &context);
        }
        if !shared.stopped() && !lost {
            lost = true;
            shared.tell(CardEvent::ServiceLost);
        }
        thread::sleep(SLICE);
    }
}

/// Follows the readers of one context until the service goes or the watch is dropped.
fn follow(shared: &Shared, context: &Context) {
    let mut plugged = pcsc::ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE);
    let mut known: Vec<pcsc::ReaderState> = Vec::new();
    let mut counts: HashMap<ReaderName, u32> = HashMap::new();
    while !shared.stopped() {
        let Ok(names) = names(context) else { break };
        known.retain(|reader| {
            let stays = names.iter().any(|name| name.as_str() == reader.name().to_string_lossy());
            if !stays {
                gone(shared, reader);
            }
            stays
        });
        for name in &names {
            if !known.iter().any(|reader| reader.name().to_string_lossy() == name.as_str()) {
                shared.tell(CardEvent::ReaderAdded(name.clone()));
                known.extend(asked(name, State::UNAWARE));
            }
        }
        let mut states: Vec<pcsc::ReaderState> = std::mem::take(&mut known);
        states.push(plugged);
        let told = context.get_status_change(SLICE, &mut states);
        // It was pushed last.
        plugged = states.pop().unwrap_or_else(|| pcsc::ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE));
        plugged.sync_current_state();
        known = states;
        match told {
            Ok(()) => known.iter_mut().for_each(|reader| changed(shared, reader, &mut counts)),
            Err(pcsc::Error::Timeout | pcsc::Error::UnknownReader | pcsc::Error::ReaderUnavailable) => {}
            Err(code) if is_service(code) => break,
            // Whatever it is, it must not turn in a circle.
            Err(_) => thread::sleep(SLICE),
        }
    }
    if !shared.stopped() {
        known.iter().for_each(|reader| gone(shared, reader));
    }
}

/// One reader, before and after.
fn changed(shared: &Shared, reader: &mut pcsc::ReaderState, counts: &mut HashMap<ReaderName, u32>) {
    let name = ReaderName::new(reader.name().to_string_lossy());
    let (had, has) = (reader.current_state(), reader.event_state());
    let (had, has) = (had.contains(State::PRESENT), has.contains(State::PRESENT));
    // Each insertion and each removal is counted: another count with a card before and after is another insertion.
    let count = reader.event_count();
    let again = counts.insert(name.clone(), count).is_some_and(|before| before != count) && had && has;
    if had && (!has || again) {
        shared.tell(CardEvent::CardRemoved(name));
    }
    if has && (!had || again) {
        let state = state(reader);
        shared.tell(match state.atr {
            Some(atr) => CardEvent::CardInserted { reader: state.name, atr },
            None => CardEvent::CardMute(state.name),
        });
    }
    reader.sync_current_state();
}

fn gone(shared: &Shared, reader: &pcsc::ReaderState) {
    let name = ReaderName::new(reader.name().to_string_lossy());
    if reader.current_state().contains(State::PRESENT) {
        shared.tell(CardEvent::CardRemoved(name.clone()));
    }
    shared.tell(CardEvent::ReaderRemoved(name));
}
