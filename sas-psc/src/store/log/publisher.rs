//! Makes the public files follow the private side: a thread that writes tiles, then the checkpoint over them.
//!
//! Records are acknowledged before this happens. The thread waits a moment for more, so that a burst is published once, and never
//! longer than a tenth of a second while records come.

use super::core::Core;
use super::files::Files;
use super::group::lock;
use crate::consent::SignedCheckpoint;
use crate::consent::tile::Tile;
use crate::error::{Error, Result};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long it waits for more records.
const MOMENT: Duration = Duration::from_millis(4);
/// How many such moments at most.
const MOMENTS: u32 = 25;

/// What is to be written: the files that became full, those that are partial, and the checkpoint over them.
pub(super) struct Published {
    pub(super) full: Vec<(Tile, Vec<u8>)>,
    pub(super) partial: Vec<(Tile, Vec<u8>)>,
    pub(super) head: SignedCheckpoint,
}

#[derive(Default)]
pub(super) struct Signal {
    /// Counts what was logged; the thread publishes until it has caught up.
    logged: AtomicU64,
    /// Whether the thread waits to be woken.
    idle: AtomicBool,
    end: Mutex<bool>,
    changed: Condvar,
}

impl Signal {
    /// Something was logged.
    pub(super) fn logged(&self) {
        self.logged.fetch_add(1, Ordering::SeqCst);
        if self.idle.load(Ordering::SeqCst) {
            let _waiting = lock(&self.end);
            self.changed.notify_one();
        }
    }
}

/// The thread. It ends when this is dropped; what is not published then is for whoever drops it.
pub(super) struct Publisher {
    signal: Arc<Signal>,
    thread: Option<JoinHandle<()>>,
}

impl Publisher {
    pub(super) fn start(work: impl Fn() + Send + 'static) -> Publisher {
        let signal = Arc::new(Signal::default());
        let seen = signal.clone();
        Publisher { signal, thread: Some(std::thread::spawn(move || run(&seen, &work))) }
    }

    pub(super) fn signal(&self) -> Arc<Signal> {
        self.signal.clone()
    }

    pub(super) fn stop(&mut self) {
        *lock(&self.signal.end) = true;
        self.signal.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been reported where it happened.
            let _ = thread.join();
        }
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.stop();
    }
}

fn run(signal: &Signal, work: &impl Fn()) {
    let logged = || signal.logged.load(Ordering::SeqCst);
    let mut done = 0;
    let mut end = lock(&signal.end);
    loop {
        signal.idle.store(true, Ordering::SeqCst);
        while logged() == done && !*end {
            end = signal.changed.wait(end).unwrap_or_else(PoisonError::into_inner);
        }
        signal.idle.store(false, Ordering::SeqCst);
        for _ in 0..MOMENTS {
            let seen = logged();
            end = signal.changed.wait_timeout_while(end, MOMENT, |end| !*end).unwrap_or_else(PoisonError::into_inner).0;
            if logged() == seen || *end {
                break;
            }
        }
        if *end {
            return;
        }
        done = logged();
        drop(end);
        work();
        end = lock(&signal.end);
    }
}

/// Full files that could not be written yet.
#[derive(Default)]
pub(super) struct Unwritten(Vec<(Tile, Vec<u8>)>);

/// Writes what is to be written; with `settle`, also asks the disk to keep all of it.
pub(super) fn publish(core: &Mutex<Core>, files: &Files, unwritten: &Mutex<Unwritten>, settle: bool) -> Result<()> {
    // One at a time; the checkpoint is taken after, so that the later one writes the later checkpoint.
    let mut unwritten = lock(unwritten);
    let Published { full, partial, head } = lock(core).take_published()?;
    unwritten.0.extend(full);
    let mut written = 0;
    let outcome = unwritten.0.iter().try_for_each(|(tile, bytes)| {
        files.write_tile(*tile, bytes, true)?;
        written += 1;
        Ok::<(), Error>(())
    });
    unwritten.0.drain(..written);
    outcome?;
    for (tile, bytes) in &partial {
        files.write_tile(*tile, bytes, settle)?;
    }
    files.write_checkpoint(head.as_str(), settle)?;
    lock(core).settle(head.checkpoint().size);
    Ok(())
}
