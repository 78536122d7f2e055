//! Each write of a log, counted, so that a test can let any of them fail. In a program it does nothing.

use std::io;

#[derive(Clone, Default)]
pub(super) struct Steps {
    #[cfg(test)]
    pub(super) left: Option<std::sync::Arc<std::sync::atomic::AtomicI64>>,
}

impl Steps {
    /// # Errors
    /// In a test, once the steps that may succeed are over.
    #[cfg_attr(
        not(test),
        expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "a test has more to do here")
    )]
    pub(super) fn step(&self) -> io::Result<()> {
        #[cfg(test)]
        if let Some(left) = &self.left
            && left.fetch_sub(1, std::sync::atomic::Ordering::SeqCst) <= 0
        {
            return Err(io::Error::other("this write fails"));
        }
        Ok(())
    }
}
