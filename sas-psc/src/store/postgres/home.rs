//! Where the connections live: in the runtime of the program, or in one of the store's own for a program without.
//!
//! Work is handed to it and awaited from anywhere, so that a thread that blocks, C and Python use the same store.

use crate::error::{Code, Error, Result};
use std::sync::mpsc;
use std::thread::JoinHandle;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

pub(super) struct Home {
    handle: Handle,
    _own: Option<Own>,
}

/// A thread that turns a runtime until it is told to stop.
struct Own {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Home {
    /// That of the calling task.
    pub(super) fn here() -> Result<Home> {
        // No runtime: the caller meant the constructor that brings one.
        let handle = Handle::try_current().map_err(|_| Error::field(Code::STORE_ADDRESS, "runtime"))?;
        Ok(Home { handle, _own: None })
    }

    /// One of its own.
    pub(super) fn own() -> Result<Home> {
        let failed = |error: std::io::Error| Error::new(Code::STORE_UNAVAILABLE).caused_by(error);
        let (stop, stopped) = oneshot::channel();
        let (tell, told) = mpsc::channel();
        let thread = std::thread::Builder::new().name("sas-psc store".into()).spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build();
            match runtime {
                Ok(runtime) => {
                    let _ = tell.send(Ok(runtime.handle().clone()));
                    let _ = runtime.block_on(stopped);
                    // A name that is being looked up would be waited for.
                    runtime.shutdown_background();
                }
                Err(error) => drop(tell.send(Err(error))),
            }
        });
        let thread = thread.map_err(failed)?;
        let handle = told.recv().map_err(|_| Error::new(Code::STORE_UNAVAILABLE))?.map_err(failed)?;
        Ok(Home { handle, _own: Some(Own { stop: Some(stop), thread: Some(thread) }) })
    }

    pub(super) fn spawn<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) {
        drop(self.handle.spawn(work));
    }

    /// Works there, and waits here, whatever runs this task.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        // A task that was thrown away with its runtime has no answer.
        self.handle.spawn(work).await.unwrap_or_else(|_| Err(Error::new(Code::STORE_UNAVAILABLE)))
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
        {
            let _ = thread.join();
        }
    }
}
