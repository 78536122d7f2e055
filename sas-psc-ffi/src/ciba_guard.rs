//! `sas_psc_ciba_guard`: keeps a doctor's phone from being bombarded, over a SQLite file or a PostgreSQL database that all instances share.

use crate::ciba::{sas_psc_ciba, sas_psc_ciba_start};
use crate::export::export;
use crate::handle::Handle;
use crate::service::sas_psc_service;
use crate::string::{json, sas_psc_string};
use sas_psc::base::{ServerKey, Timestamp};
use sas_psc::drive::{GuardedCiba, Steps, block_on};
use sas_psc::id::IdNat;
use sas_psc::psc::{CibaGuard, GuardAlarm, GuardRules, GuardStore};
use sas_psc::store::AnyStore;
use sas_psc::{Code, Error};
use std::ffi::{c_char, c_void};
use std::sync::Arc;

/// A guard of CIBA. Make one per program; any number of threads may use it.
pub struct sas_psc_ciba_guard(Arc<GuardedCiba<AnyStore>>);

impl Handle for sas_psc_ciba_guard {}

fn at(now: i64) -> Timestamp {
    Timestamp::from_unix_millis(now)
}

export! {
    /// A guard over the SQLite file at this path, made when it is not there, or over a database that many machines share,
    /// postgres://…, in a library built with that feature (else SAS_PSC_ERROR_STORE_ADDRESS). key is a secret of at least 32 bytes, the same
    /// in every instance: people stand in the file as hashes under it. SAS_PSC_ERROR_SERVER_KEY_SHORT, and those of the
    /// store.
    fn sas_psc_ciba_guard_new(
        path: *const c_char,
        key: *const c_void,
        key_len: usize,
        guard: *mut *mut sas_psc_ciba_guard,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let key = unsafe { key.bytes(key_len) }?;
        let rules = CibaGuard::new(ServerKey::new(key)?, GuardRules::default());
        guard.give(sas_psc_ciba_guard(Arc::new(GuardedCiba::new(rules, AnyStore::open(path)?))));
        Ok(())
    }

    /// As sas_psc_ciba_start_new, if the guard lets it: it comes to a wait that looks the same in any case. workstation is
    /// what your program tells its workstations apart by: the token of a cookie, the key of an enrolled machine; never an
    /// address, which many share. The start ends with SAS_PSC_ERROR_CIBA_STILL_RUNNING on a workstation that left its own
    /// request, with "retry_after".
    fn sas_psc_ciba_guard_start(
        guard: *const sas_psc_ciba_guard,
        service: *const sas_psc_service,
        person: *const c_char,
        channel: *const c_char,
        workstation: *const c_void,
        workstation_len: usize,
        now: i64,
        start: *mut *mut sas_psc_ciba_start,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let workstation = unsafe { workstation.bytes(workstation_len) }?;
        let (guarded, service) = (guard.0.clone(), service.0.clone());
        let (person, channel) = (IdNat::typed(person)?, channel.parse()?);
        let steps = Steps::guarded(guarded, service, person, channel, workstation, at(now));
        start.give(sas_psc_ciba_start::over(steps));
        Ok(())
    }

    /// As sas_psc_ciba_on_channel, behind the guard.
    fn sas_psc_ciba_guard_switch(
        guard: *const sas_psc_ciba_guard,
        service: *const sas_psc_service,
        ciba: *const sas_psc_ciba,
        channel: *const c_char,
        workstation: *const c_void,
        workstation_len: usize,
        now: i64,
        start: *mut *mut sas_psc_ciba_start,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let workstation = unsafe { workstation.bytes(workstation_len) }?;
        let (guarded, service) = (guard.0.clone(), service.0.clone());
        let steps = Steps::guarded_switch(guarded, service, &ciba.poll, channel.parse()?, workstation, at(now))?;
        start.give(sas_psc_ciba_start::over(steps));
        Ok(())
    }

    /// Tells the guard how a wait ended: 0 for a sign-in, else the code of its error, which this call gives back.
    /// SAS_PSC_ERROR_CIBA_REPLACED is a sign-in that no longer counts: nobody signed in. Call it at every end.
    fn sas_psc_ciba_guard_settle(
        guard: *const sas_psc_ciba_guard,
        service: *const sas_psc_service,
        ciba: *mut sas_psc_ciba,
        ended: i32,
        now: i64,
    ) -> Status {
        let code = || Code::from_number(ended.cast_unsigned()).unwrap_or(Code::BROKEN_INVARIANT);
        let result = if ended == 0 { Ok(()) } else { Err(Error::new(code())) };
        let settled = block_on(guard.0.settle(at(now), &service.0, &mut ciba.poll, result));
        if settled.is_err() {
            ciba.done = None;
        }
        settled
    }

    /// Leaves a wait: an acceptance that comes later is never used, through no instance. workstation as at the start.
    fn sas_psc_ciba_guard_leave(
        guard: *const sas_psc_ciba_guard,
        service: *const sas_psc_service,
        ciba: *mut sas_psc_ciba,
        workstation: *const c_void,
        workstation_len: usize,
        now: i64,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let workstation = unsafe { workstation.bytes(workstation_len) }?;
        block_on(guard.0.leave(at(now), &service.0, &mut ciba.poll, workstation))
    }

    /// The alarms since the last call, at most 256, for the hospital: [{"kind":"in-a-row" or "held-back","person","station",
    /// "count","at"}]. People and workstations are keyed hashes.
    fn sas_psc_ciba_guard_alarms(guard: *const sas_psc_ciba_guard, alarms: *mut *mut sas_psc_string) -> Status {
        alarms.give(json(&guard.0.take_alarms().iter().map(GuardAlarm::report).collect::<Vec<_>>())?);
        Ok(())
    }

    /// Deletes what is of no use any more, and says how many rows. Once an hour is often enough.
    fn sas_psc_ciba_guard_sweep(guard: *const sas_psc_ciba_guard, now: i64, rows: *mut u64) -> Status {
        rows.set(block_on(guard.0.store().sweep_guard_rows(at(now)))?);
        Ok(())
    }

    /// Frees a guard; what was begun with it goes on. Null is allowed.
    fn sas_psc_ciba_guard_free(guard: *mut sas_psc_ciba_guard) -> Freed {}
}
