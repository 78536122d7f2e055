//! An instance that dies at any write of the guard, before it happens or after: never two pushes at once, and nobody is
//! locked out.

use super::*;
use sas_psc::Error;
use sas_psc::base::Timestamp;
use sas_psc::psc::{GuardKey, GuardRow};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

struct Dying {
    inner: Arc<Memory>,
    at: u32,
    after: bool,
    writes: AtomicU32,
}

impl GuardStore for Dying {
    async fn guard_row(&self, key: GuardKey) -> Result<Option<GuardRow>> {
        if self.writes.load(Ordering::SeqCst) > self.at {
            return Err(Error::new(Code::STORE_UNAVAILABLE));
        }
        self.inner.guard_row(key).await
    }

    async fn swap_guard_row(&self, key: GuardKey, expected: u64, state: Vec<u8>, ends: Timestamp) -> Result<()> {
        let number = self.writes.fetch_add(1, Ordering::SeqCst);
        if number < self.at || (number == self.at && self.after) {
            self.inner.swap_guard_row(key, expected, state, ends).await?;
        }
        if number < self.at { Ok(()) } else { Err(Error::new(Code::STORE_UNAVAILABLE)) }
    }

    async fn sweep_guard_rows(&self, now: Timestamp) -> Result<u64> {
        self.inner.sweep_guard_rows(now).await
    }
}

#[derive(Clone, Copy, Debug)]
enum Story {
    SignIn,
    Refused,
    Leave,
    Switch,
}

fn play<S: GuardStore>(here: &Instance<'_, S>, story: Story) -> Result<()> {
    let mut poll = here.start(Channel::Mobile, "office")?;
    match story {
        Story::SignIn => here.wait(&mut poll).map(drop),
        Story::Refused => {
            refused(here.psc.world());
            match here.wait(&mut poll) {
                Err(error) if error.code() == Code::CIBA_REFUSED => Ok(()),
                other => other.map(drop),
            }
        }
        Story::Leave => here.leave(&mut poll, "office"),
        Story::Switch => {
            here.switch(&mut poll, Channel::Card, "office")?;
            here.wait(&mut poll).map(drop)
        }
    }
}

#[test]
fn a_death_at_any_write_rings_no_phone_twice_and_locks_nobody_out() {
    for story in [Story::SignIn, Story::Refused, Story::Leave, Story::Switch] {
        let mut deaths = 0;
        for (at, after) in (0..20).flat_map(|at| [(at, false), (at, true)]) {
            let psc = psc();
            let store = Arc::new(Memory::new());
            let dying = Dying { inner: store.clone(), at, after, writes: AtomicU32::new(0) };
            let dead = play(&Instance::new(&psc, dying), story);
            let Err(error) = dead else { break };
            assert_eq!(error.code(), Code::STORE_UNAVAILABLE, "{story:?} {at}");
            deaths += 1;
            psc.world().state().scripts.clear();

            let phone = |psc: &Psc<Fake>| {
                let state = psc.world().state();
                let sent = |body: &[u8]| String::from_utf8_lossy(body).contains("channel=MOBILE");
                state.requests.iter().filter(|(_, request)| sent(&request.body)).count()
            };
            let before = phone(&psc);
            let next = Instance::new(&psc, store);
            let was_refused = matches!(story, Story::Refused | Story::SignIn) && before == 1;
            for workstation in ["office", "elsewhere"] {
                let _ = next.start(Channel::Mobile, workstation);
                // Answered on the phone, it is off the phone: only then may it ring again.
                assert!(phone(&psc) <= before.max(1) + usize::from(was_refused), "{story:?} {at} {after}");
            }
            psc.world().advance(400);
            let before = phone(&psc);
            let mut poll = next.start(Channel::Mobile, "office").unwrap();
            assert!(next.wait(&mut poll).is_ok(), "{story:?} {at} {after}: locked out");
            assert_eq!(phone(&psc), before + 1);
        }
        assert!(deaths >= 6, "{story:?}: {deaths}");
    }
}
