//! `sas_psc_card_work`: work with a reader, under way on a thread of its own.

use crate::export::export;
use crate::handle::Handle;
use crate::string::sas_psc_string;
use sas_psc::drive::{Cancel, Pending};
use sas_psc::{Code, Error};
use std::time::Duration;

type Waiting = dyn Fn(Duration) -> Option<Result<String, Error>> + Send + Sync;

/// Work with a reader, under way on a thread of its own: it blocks nobody. Any number of threads may use it.
pub struct sas_psc_card_work {
    waiting: Box<Waiting>,
    cancel: Cancel,
}

impl Handle for sas_psc_card_work {}

impl sas_psc_card_work {
    /// The work, and how its result is told.
    pub fn of<T: Send + 'static>(
        pending: Pending<T>,
        told: impl Fn(T) -> Result<String, Error> + Send + Sync + 'static,
    ) -> sas_psc_card_work {
        let cancel = pending.cancel();
        let waiting = move |longest| pending.wait_within(longest).map(|result| result.and_then(&told));
        sas_psc_card_work { waiting: Box::new(waiting), cancel }
    }

    /// Work that comes to nothing but its end.
    pub fn done(pending: Pending<()>) -> sas_psc_card_work {
        sas_psc_card_work::of(pending, |()| Ok("{}".to_owned()))
    }
}

export! {
    /// Waits for the end, at most so long (0: only looks), and gives the result, once, as JSON. SAS_PSC_ERROR_NOT_DONE while
    /// it is under way: wait again, or free it. SAS_PSC_ERROR_USER_CANCELLED after a cancel, and those of the work.
    fn sas_psc_card_work_wait(
        work: *const sas_psc_card_work,
        timeout_ms: u64,
        result: *mut *mut sas_psc_string,
    ) -> Status {
        let ended = (work.waiting)(Duration::from_millis(timeout_ms));
        result.give(ended.ok_or_else(|| Error::new(Code::NOT_DONE))??);
        Ok(())
    }

    /// Gives the work up, from any thread: a PIN that was not sent yet never is. Who waits is told.
    fn sas_psc_card_work_cancel(work: *const sas_psc_card_work) -> Status {
        work.cancel.cancel();
        Ok(())
    }

    /// Gives the work up where it is still under way, and frees it. Null is allowed.
    fn sas_psc_card_work_free(work: *mut sas_psc_card_work) -> Freed {}
}
