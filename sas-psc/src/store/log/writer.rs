//! The thread that logs for callers who must not block: all that waits when it comes is one batch, with one sync of the
//! disk.
//!
//! It starts with the first of them, and what the work is, is the caller's matter, as in `group.rs`.

use super::group::{MOST, lock};
use crate::error::{Code, Error, Result};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread::JoinHandle;

type Work<I, O> = Box<dyn Fn(&[I]) -> Vec<Result<O>> + Send>;

/// The line, and the thread that works for it.
pub(super) struct Writer<I, O> {
    line: Arc<Line<I, O>>,
    thread: OnceLock<JoinHandle<()>>,
}

struct Line<I, O> {
    waiting: Mutex<Waiting<I, O>>,
    changed: Condvar,
}

struct Waiting<I, O> {
    callers: Vec<(I, Answer<O>)>,
    /// Whether the thread sleeps until there is something.
    idle: bool,
    end: bool,
}

/// What a caller waits for. One that gives up leaves its item in the line.
pub(super) struct Answer<O>(Arc<Mutex<State<O>>>);

enum State<O> {
    Waiting(Option<Waker>),
    Done(Option<Result<O>>),
}

impl<I, O> Default for Writer<I, O> {
    fn default() -> Writer<I, O> {
        let waiting = Waiting { callers: Vec::new(), idle: false, end: false };
        Writer {
            line: Arc::new(Line { waiting: Mutex::new(waiting), changed: Condvar::new() }),
            thread: OnceLock::new(),
        }
    }
}

impl<I: Send + 'static, O: Send + 'static> Writer<I, O> {
    /// Puts an item into the line; `work` is made once, for the thread, and gives as many results as it is given items.
    pub(super) fn run(&self, item: I, work: impl FnOnce() -> Work<I, O>) -> Answer<O> {
        self.thread.get_or_init(|| {
            let (line, work) = (self.line.clone(), work());
            std::thread::spawn(move || line.work(&*work))
        });
        let answer = Answer(Arc::new(Mutex::new(State::Waiting(None))));
        let mut waiting = lock(&self.line.waiting);
        waiting.callers.push((item, Answer(answer.0.clone())));
        if waiting.idle {
            self.line.changed.notify_one();
        }
        answer
    }
}

impl<I, O> Line<I, O> {
    fn work(&self, work: &dyn Fn(&[I]) -> Vec<Result<O>>) {
        while let Some((items, answers)) = self.next() {
            // Whatever happens to one batch, the others go on.
            let results = catch_unwind(AssertUnwindSafe(|| work(&items))).unwrap_or_default();
            let broken = std::iter::repeat_with(|| Err(Error::new(Code::BROKEN_INVARIANT)));
            answers.into_iter().zip(results.into_iter().chain(broken)).for_each(|(answer, result)| answer.give(result));
        }
    }

    /// All that waits, once there is something; none in the end.
    fn next(&self) -> Option<(Vec<I>, Vec<Answer<O>>)> {
        let mut waiting = lock(&self.waiting);
        while waiting.callers.is_empty() {
            if waiting.end {
                return None;
            }
            waiting.idle = true;
            waiting = self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
            waiting.idle = false;
            // Those that came with the first are about to join.
            drop(waiting);
            std::thread::yield_now();
            waiting = lock(&self.waiting);
        }
        let count = waiting.callers.len().min(MOST);
        Some(waiting.callers.drain(..count).unzip())
    }
}

impl<I, O> Writer<I, O> {
    /// Works for all that waits, then ends.
    pub(super) fn stop(&mut self) {
        lock(&self.line.waiting).end = true;
        self.line.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl<I, O> Drop for Writer<I, O> {
    fn drop(&mut self) {
        self.stop();
    }
}

impl<O> Answer<O> {
    fn give(self, result: Result<O>) {
        let before = std::mem::replace(&mut *lock(&self.0), State::Done(Some(result)));
        if let State::Waiting(Some(waker)) = before {
            waker.wake();
        }
    }
}

impl<O> Future for Answer<O> {
    type Output = Result<O>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<O>> {
        match &mut *lock(&self.0) {
            State::Done(result) => {
                Poll::Ready(result.take().unwrap_or_else(|| Err(Error::new(Code::BROKEN_INVARIANT))))
            }
            State::Waiting(waker) => {
                *waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drive::block_on;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    fn plus_one(runs: &Arc<AtomicUsize>) -> Work<usize, usize> {
        let runs = runs.clone();
        Box::new(move |items| {
            runs.fetch_add(1, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(1));
            items.iter().map(|item| Ok(item + 1)).collect()
        })
    }

    #[test]
    fn everybody_gets_their_own_answer_and_who_comes_together_is_worked_for_together() {
        let (writer, runs) = (Writer::<usize, usize>::default(), Arc::default());
        let answers: Vec<_> = (0..500).map(|item| writer.run(item, || plus_one(&runs))).collect();
        for (item, answer) in answers.into_iter().enumerate() {
            assert_eq!(block_on(answer).unwrap(), item + 1);
        }
        assert!(runs.load(Ordering::SeqCst) < 50, "{runs:?} runs for 500 items");
    }

    #[test]
    fn who_gives_up_is_worked_for_all_the_same_also_in_the_end() {
        let (writer, runs) = (Writer::<usize, usize>::default(), Arc::default());
        drop(writer.run(1, || plus_one(&runs)));
        drop(writer);
        assert_eq!(runs.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn a_panic_is_the_answer_of_its_batch_alone() {
        let writer = Writer::<u8, u8>::default();
        let work = || -> Work<u8, u8> {
            Box::new(|items| {
                assert!(!items.contains(&0), "in a test");
                items.iter().map(|item| Ok(*item)).collect()
            })
        };
        assert_eq!(block_on(writer.run(0, work)).unwrap_err().code(), Code::BROKEN_INVARIANT);
        assert_eq!(block_on(writer.run(7, work)).unwrap(), 7);
    }
}
