//! Group commit: many callers, one of which works for all that wait, so that one sync of the disk serves them together.
//!
//! The caller that finds nobody at work takes everything that waits, works, and hands over to one that came meanwhile. A
//! lone caller pays no change of thread. What the work is, and whether it may fail, is the caller's matter.

use crate::error::{Code, Error, Result};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// At most this many are worked for at once, so that none waits long.
const MOST: usize = 4096;

pub(super) struct Group<I, O> {
    line: Mutex<Line<I, O>>,
}

struct Line<I, O> {
    waiting: Vec<Waiting<I, O>>,
    at_work: bool,
}

struct Waiting<I, O> {
    item: I,
    slot: Arc<Slot<O>>,
}

struct Slot<O> {
    state: Mutex<State<O>>,
    changed: Condvar,
}

enum State<O> {
    Waiting,
    /// This caller is to work next.
    Chosen,
    Done(Result<O>),
}

impl<I, O> Default for Group<I, O> {
    fn default() -> Group<I, O> {
        Group { line: Mutex::new(Line { waiting: Vec::new(), at_work: false }) }
    }
}

impl<I, O> Group<I, O> {
    /// Has `item` worked for, by `work` of this caller or of another, which gives as many results as it is given items.
    pub(super) fn run(&self, item: I, work: impl FnOnce(&[I]) -> Vec<Result<O>>) -> Result<O> {
        let slot = Arc::new(Slot { state: Mutex::new(State::Waiting), changed: Condvar::new() });
        let first = {
            let mut line = lock(&self.line);
            line.waiting.push(Waiting { item, slot: slot.clone() });
            !std::mem::replace(&mut line.at_work, true)
        };
        if !first && let Some(result) = slot.wait() {
            return result;
        }
        let (items, slots): (Vec<I>, Vec<Arc<Slot<O>>>) = {
            let mut line = lock(&self.line);
            let count = line.waiting.len().min(MOST);
            line.waiting.drain(..count).map(|waiting| (waiting.item, waiting.slot)).unzip()
        };
        // Whatever happens to this caller, the others go on.
        let mut leaving = Leaving { group: self, slots, results: Vec::new() };
        leaving.results = work(&items);
        drop(leaving);
        slot.wait().unwrap_or_else(|| Err(Error::new(Code::BROKEN_INVARIANT)))
    }
}

struct Leaving<'a, I, O> {
    group: &'a Group<I, O>,
    slots: Vec<Arc<Slot<O>>>,
    results: Vec<Result<O>>,
}

impl<I, O> Drop for Leaving<'_, I, O> {
    fn drop(&mut self) {
        // The next one starts before the others wake.
        {
            let mut line = lock(&self.group.line);
            match line.waiting.first() {
                Some(next) => next.slot.set(State::Chosen),
                None => line.at_work = false,
            }
        }
        let mut results = std::mem::take(&mut self.results).into_iter();
        for slot in &self.slots {
            slot.set(State::Done(results.next().unwrap_or_else(|| Err(Error::new(Code::BROKEN_INVARIANT)))));
        }
    }
}

impl<O> Slot<O> {
    fn set(&self, state: State<O>) {
        *lock(&self.state) = state;
        self.changed.notify_one();
    }

    /// The result; none when this caller is to work.
    fn wait(&self) -> Option<Result<O>> {
        let mut state = lock(&self.state);
        loop {
            match std::mem::replace(&mut *state, State::Waiting) {
                State::Done(result) => return Some(result),
                State::Chosen => return None,
                State::Waiting => state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is locked is never left half changed by a panic: it is replaced, or read again from the disk.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn everybody_gets_their_own_answer_and_the_work_is_shared() {
        let (group, runs) = (Group::<usize, usize>::default(), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for caller in 0..16 {
                let (group, runs) = (&group, &runs);
                scope.spawn(move || {
                    for n in 0..50 {
                        let item = caller * 1000 + n;
                        let result = group.run(item, |items| {
                            runs.fetch_add(1, Ordering::SeqCst);
                            std::thread::sleep(std::time::Duration::from_micros(200));
                            items.iter().map(|item| Ok(item + 1)).collect()
                        });
                        assert_eq!(result.unwrap(), item + 1);
                    }
                });
            }
        });
        assert!(runs.load(Ordering::SeqCst) < 16 * 50, "{runs:?} runs for 800 items");
    }

    #[test]
    fn a_caller_that_panics_at_work_leaves_the_others_going() {
        let group = Group::<u8, u8>::default();
        let broken = catch_unwind(AssertUnwindSafe(|| group.run(1, |_| panic!("in a test"))));
        assert!(broken.is_err());
        assert_eq!(group.run(2, |items| items.iter().map(|item| Ok(*item)).collect()).unwrap(), 2);
        assert_eq!(group.run(3, |_| Vec::new()).unwrap_err().code(), Code::BROKEN_INVARIANT);
    }
}
