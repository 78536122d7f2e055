//! Group commit: many callers, one of which works for all that wait, so that one sync of the disk serves them together.
//!
//! The caller that finds nobody at work takes everything that waits, works, and hands over to the first that came meanwhile. A
//! lone caller pays no change of thread; the callers of a batch are woken together, by one call of the system. What the work is,
//! and whether it may fail, is the caller's matter.

use crate::error::{Code, Error, Result};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// At most this many are worked for at once, so that none waits long.
pub(super) const MOST: usize = 4096;

pub(super) struct Group<I, O> {
    line: Mutex<Line<I, O>>,
}

struct Line<I, O> {
    /// Those that wait, the first to be worked for first.
    waiting: VecDeque<Arc<Batch<I, O>>>,
    at_work: bool,
}

/// Callers that are worked for together: one wake for all of them, whoever many they are.
struct Batch<I, O> {
    state: Mutex<State<I, O>>,
    /// The first of them may be told to work.
    chosen: Condvar,
    done: Condvar,
}

struct State<I, O> {
    items: Vec<I>,
    phase: Phase<O>,
}

enum Phase<O> {
    Waiting,
    /// The first caller is to work.
    Chosen,
    /// One for each, until it is taken.
    Done(Vec<Option<Result<O>>>),
}

impl<I, O> Default for Group<I, O> {
    fn default() -> Group<I, O> {
        Group { line: Mutex::new(Line { waiting: VecDeque::new(), at_work: false }) }
    }
}

impl<I, O> Batch<I, O> {
    fn new() -> Arc<Batch<I, O>> {
        let state = Mutex::new(State { items: Vec::new(), phase: Phase::Waiting });
        Arc::new(Batch { state, chosen: Condvar::new(), done: Condvar::new() })
    }
}

impl<I, O> Group<I, O> {
    /// Has `item` worked for, by `work` of this caller or of another, which gives as many results as it is given items.
    pub(super) fn run(&self, item: I, work: impl FnOnce(&[I]) -> Vec<Result<O>>) -> Result<O> {
        let (batch, place, first) = self.join(item);
        if !first && !batch.wait(place) {
            return batch.take(place);
        }
        // The batch is closed here: who comes now waits for the next one.
        lock(&self.line).waiting.pop_front();
        let items = std::mem::take(&mut lock(&batch.state).items);
        // Whatever happens to this caller, the others go on.
        let mut leaving = Leaving { group: self, batch: &batch, count: items.len(), results: Vec::new() };
        leaving.results = work(&items);
        drop(leaving);
        batch.take(place)
    }

    /// A place in the last batch that waits, or in a new one; and whether nobody is at work, so that this caller is.
    fn join(&self, item: I) -> (Arc<Batch<I, O>>, usize, bool) {
        let mut line = lock(&self.line);
        let open = line.waiting.back().filter(|batch| lock(&batch.state).items.len() < MOST).cloned();
        let batch = open.unwrap_or_else(|| {
            line.waiting.push_back(Batch::new());
            line.waiting[line.waiting.len() - 1].clone()
        });
        let place = {
            let mut state = lock(&batch.state);
            state.items.push(item);
            state.items.len() - 1
        };
        let first = !std::mem::replace(&mut line.at_work, true);
        (batch, place, first)
    }
}

struct Leaving<'a, I, O> {
    group: &'a Group<I, O>,
    batch: &'a Batch<I, O>,
    count: usize,
    results: Vec<Result<O>>,
}

impl<I, O> Drop for Leaving<'_, I, O> {
    fn drop(&mut self) {
        // The next one starts before the others wake.
        {
            let mut line = lock(&self.group.line);
            match line.waiting.front() {
                Some(next) => {
                    lock(&next.state).phase = Phase::Chosen;
                    next.chosen.notify_one();
                }
                None => line.at_work = false,
            }
        }
        let broken = || Err(Error::new(Code::BROKEN_INVARIANT));
        let results = std::mem::take(&mut self.results).into_iter().chain(std::iter::repeat_with(broken));
        let results = results.take(self.count).map(Some).collect();
        lock(&self.batch.state).phase = Phase::Done(results);
        if self.count > 1 {
            self.batch.done.notify_all();
        }
    }
}

impl<I, O> Batch<I, O> {
    /// Waits until this caller is to work (true), or its result is there.
    fn wait(&self, place: usize) -> bool {
        let changed = if place == 0 { &self.chosen } else { &self.done };
        let mut state = lock(&self.state);
        loop {
            match state.phase {
                Phase::Done(_) => return false,
                Phase::Chosen if place == 0 => return true,
                _ => state = changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    fn take(&self, place: usize) -> Result<O> {
        match &mut lock(&self.state).phase {
            Phase::Done(results) => results.get_mut(place).and_then(Option::take),
            _ => None,
        }
        .unwrap_or_else(|| Err(Error::new(Code::BROKEN_INVARIANT)))
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
