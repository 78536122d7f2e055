//! Work of a thread that somebody waits for: by blocking, with a limit, or as a future of any runtime.
//!
//! Who stops waiting gives the work up: it ends before its next exchange with the card, and a code that was not sent yet
//! never is. What the work is, is not known here.

use crate::error::{Code, Error, Result};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

/// Work in progress on a thread of its own. Dropped, it is given up.
#[must_use = "dropped, the work is given up"]
pub struct Pending<T>(Arc<Shared<T>>);

/// Gives work up from elsewhere: a button, a signal.
#[derive(Debug, Clone)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Gives the work up: it ends with `user-cancelled` as soon as it can.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Release);
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// # Errors
    /// `user-cancelled`.
    pub(super) fn check(&self) -> Result<()> {
        if self.is_cancelled() { Err(Error::new(Code::USER_CANCELLED)) } else { Ok(()) }
    }
}

struct Shared<T> {
    slot: Mutex<Slot<T>>,
    done: Condvar,
    cancel: Cancel,
}

struct Slot<T> {
    result: Option<Result<T>>,
    waker: Option<Waker>,
}

impl<T> Shared<T> {
    fn slot(&self) -> MutexGuard<'_, Slot<T>> {
        // Nothing panics while it is held.
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The working thread's end: a result is left even when it panics.
struct Worker<T>(Arc<Shared<T>>);

impl<T> Worker<T> {
    fn leave(&self, result: Result<T>) {
        let mut slot = self.0.slot();
        slot.result.get_or_insert(result);
        let waker = slot.waker.take();
        drop(slot);
        self.0.done.notify_all();
        waker.into_iter().for_each(Waker::wake);
    }
}

impl<T> Drop for Worker<T> {
    fn drop(&mut self) {
        self.leave(Err(Error::new(Code::PANIC)));
    }
}

impl<T: Send + 'static> Pending<T> {
    /// Does `work` on a thread.
    pub(super) fn new(work: impl FnOnce(&Cancel) -> Result<T> + Send + 'static) -> Pending<T> {
        let cancel = Cancel(Arc::new(AtomicBool::new(false)));
        let slot = Mutex::new(Slot { result: None, waker: None });
        let shared = Arc::new(Shared { slot, done: Condvar::new(), cancel: cancel.clone() });
        let worker = Worker(shared.clone());
        let started = thread::Builder::new().name("sas-psc-card".into()).spawn(move || {
            let result = work(&cancel);
            worker.leave(result);
        });
        // Without a thread the worker is dropped, and has left its error.
        drop(started);
        Pending(shared)
    }
}

impl<T> Pending<T> {
    /// Waits for the end.
    ///
    /// # Errors
    /// Those of the work.
    pub fn wait(self) -> Result<T> {
        let mut slot = self.0.slot();
        loop {
            match slot.result.take() {
                Some(result) => return result,
                None => slot = self.0.done.wait(slot).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    /// Waits for the end, at most so long; then the work is given up.
    ///
    /// # Errors
    /// `reader-timed-out`: another program may hold the card. Those of the work.
    pub fn wait_for(self, longest: Duration) -> Result<T> {
        self.wait_within(longest).unwrap_or_else(|| Err(Error::new(Code::READER_TIMED_OUT)))
    }

    /// Waits for the end, at most so long; none when it is still under way, which it then goes on being. The result is
    /// given once.
    pub fn wait_within(&self, longest: Duration) -> Option<Result<T>> {
        let slot = self.0.slot();
        let waited = self.0.done.wait_timeout_while(slot, longest, |slot| slot.result.is_none());
        let (mut slot, _) = waited.unwrap_or_else(PoisonError::into_inner);
        slot.result.take()
    }

    /// A handle that gives it up.
    pub fn cancel(&self) -> Cancel {
        self.0.cancel.clone()
    }
}

impl<T> Future for Pending<T> {
    type Output = Result<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<T>> {
        let mut slot = self.0.slot();
        match slot.result.take() {
            Some(result) => Poll::Ready(result),
            None => {
                slot.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl<T> Drop for Pending<T> {
    fn drop(&mut self) {
        self.0.cancel.cancel();
    }
}

impl<T> fmt::Debug for Pending<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").field("done", &self.0.slot().result.is_some()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn a_result_is_waited_for_by_blocking_and_as_a_future() {
        assert_eq!(Pending::new(|_| Ok(7)).wait().unwrap(), 7);
        assert_eq!(Pending::new(|_| Ok(7)).wait_for(Duration::from_secs(60)).unwrap(), 7);
        let (go, wait) = mpsc::channel::<()>();
        let pending = Pending::new(move |_| Ok(wait.recv().is_ok()));
        assert!(pending.wait_within(Duration::from_millis(20)).is_none(), "it goes on");
        go.send(()).unwrap();
        assert!(pending.wait_within(Duration::from_secs(60)).unwrap().unwrap());
        assert!(pending.wait_within(Duration::ZERO).is_none(), "it was given");
        let (go, wait) = mpsc::channel::<()>();
        let pending = Pending::new(move |_| Ok(wait.recv().is_ok()));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        assert!(runtime.block_on(async {
            go.send(()).unwrap();
            pending.await.unwrap()
        }));
    }

    #[test]
    fn who_stops_waiting_gives_the_work_up() {
        let (told, heard) = mpsc::channel();
        let work = move |cancel: &Cancel| {
            while !cancel.is_cancelled() {
                thread::yield_now();
            }
            told.send(cancel.check().unwrap_err().code()).unwrap();
            Ok(())
        };
        let pending = Pending::new(work.clone());
        assert_eq!(pending.wait_for(Duration::from_millis(20)).unwrap_err().code(), Code::READER_TIMED_OUT);
        assert_eq!(heard.recv().unwrap(), Code::USER_CANCELLED);
        drop(Pending::new(work.clone()));
        assert_eq!(heard.recv().unwrap(), Code::USER_CANCELLED);
        let pending = Pending::new(work);
        pending.cancel().cancel();
        pending.wait().unwrap();
        assert_eq!(heard.recv().unwrap(), Code::USER_CANCELLED);
    }

    #[test]
    fn work_that_panics_ends_the_wait() {
        let pending = Pending::<()>::new(|_| panic!("as a test"));
        assert_eq!(pending.wait().unwrap_err().code(), Code::PANIC);
    }
}
