//! CIBA behind its guard: what a server that faces people uses, over any world and any store.
//!
//! Every start is answered at the same beat whoever the number belongs to; a slow provider slows decoys down as much.
//! Each step is a compare-and-set: a process that dies between two of them leaves at most a request that nobody can win,
//! and whose place is free again when its time is over. The rules are [`psc::CibaGuard`](crate::psc::CibaGuard)'s.

use super::World;
use super::psc::{poll_once, run, sleep_until, wait};
use crate::base::Timestamp;
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use crate::psc::{
    Channel, CibaEvent, CibaGuard, CibaPoll, CibaStart, GuardAlarm, GuardAsk, GuardEnd, GuardEnded, GuardKey,
    GuardStore, PersonState, Service, SignedIn, StationState, Verdict,
};
use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How often a change is tried again when another instance was faster; then the start is held back.
const TRIES: u32 = 100;
/// Alarms kept for who asks for them.
const ALARMS: usize = 256;

type OnAlarm = Box<dyn Fn(&GuardAlarm) + Send + Sync>;

/// Sign-ins by CIBA behind a guard whose state all instances share. Make one per instance.
///
/// ```no_run
/// use sas_psc::base::ServerKey;
/// use sas_psc::drive::{GuardedCiba, HttpConfig, tokio::Psc};
/// use sas_psc::id::Rpps;
/// use sas_psc::psc::{Channel, CibaGuard, GuardRules};
/// use sas_psc::store::Memory;
///
/// # async fn example(psc: Psc, key: ServerKey, cookie: &str) -> sas_psc::Result<()> {
/// let guarded = GuardedCiba::new(CibaGuard::new(key, GuardRules::default()), Memory::new())
///     .on_alarm(|alarm| eprintln!("{} {} {}", alarm.kind.name(), alarm.person, alarm.count));
///
/// let person = Rpps::parse("99700218896")?.to_id_nat();
/// let (world, service) = (psc.world(), psc.service().await?);
/// let mut poll = guarded.start(world, &service, &person, Channel::Mobile, cookie.as_bytes()).await?;
/// println!("On your phone, pick {}", poll.digits());
/// let signed_in = guarded.wait(world, &service, &mut poll, |_, _| ()).await?;
/// # Ok(())
/// # }
/// ```
pub struct GuardedCiba<S> {
    guard: CibaGuard,
    store: S,
    /// How many beats the last request took: what a decoy takes too.
    beats: AtomicU32,
    on_alarm: OnAlarm,
    alarms: Mutex<VecDeque<GuardAlarm>>,
}

/// Where a start stands in the store.
struct Place {
    person: GuardKey,
    station: GuardKey,
}

impl<S: GuardStore> GuardedCiba<S> {
    /// A guard over a store.
    pub fn new(guard: CibaGuard, store: S) -> GuardedCiba<S> {
        GuardedCiba { guard, store, beats: AtomicU32::new(1), on_alarm: Box::new(|_| ()), alarms: Mutex::default() }
    }

    /// Tells alarms to the hospital.
    pub fn on_alarm(mut self, tell: impl Fn(&GuardAlarm) + Send + Sync + 'static) -> GuardedCiba<S> {
        self.on_alarm = Box::new(tell);
        self
    }

    /// The alarms since the last call, at most the 256 newest; for programs that ask rather than be called.
    pub fn take_alarms(&self) -> Vec<GuardAlarm> {
        let mut alarms = self.alarms.lock().unwrap_or_else(PoisonError::into_inner);
        alarms.drain(..).collect()
    }

    fn tell(&self, alarm: &GuardAlarm) {
        (self.on_alarm)(alarm);
        let mut alarms = self.alarms.lock().unwrap_or_else(PoisonError::into_inner);
        if alarms.len() == ALARMS {
            alarms.pop_front();
        }
        alarms.push_back(alarm.clone());
    }

    /// The store.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// Asks a person to sign in, if the guard lets it; shows the same in any case. `workstation` is what the
    /// application tells its workstations apart by: see [`CibaGuard::station`].
    ///
    /// # Errors
    /// `ciba-still-running` on a workstation that left its own request, with `retry_after`; what has nothing to do with
    /// the person: `client-refused`, `ciba-not-enabled`, `provider-unavailable`, those of the network and of the store.
    pub async fn start<W: World>(
        &self,
        world: &W,
        service: &Service,
        person: &IdNat,
        channel: Channel,
        workstation: &[u8],
    ) -> Result<CibaPoll> {
        // Drawn by the exchange itself, so that a decoy's digits are made in no other way.
        let exchange = service.ciba(person, channel, &mut world.random())?;
        self.begin(world, service, exchange, channel, workstation, false).await
    }

    /// The same with the two digits that the workstation drew and shows already, as a Proxy e-Santé gets them. Asked again
    /// with the same digits on the same channel, the wait goes on; with others, its own request is still running.
    ///
    /// # Errors
    /// Those of [`GuardedCiba::start`]; `ciba-digits` when they are not two.
    pub async fn start_showing<W: World>(
        &self,
        world: &W,
        service: &Service,
        person: &IdNat,
        channel: Channel,
        digits: &str,
        workstation: &[u8],
    ) -> Result<CibaPoll> {
        let exchange = service.ciba_named(person, channel, digits, &mut world.random())?;
        self.begin(world, service, exchange, channel, workstation, true).await
    }

    /// `shown_already`: the workstation shows the digits of `exchange`, and can show no others.
    async fn begin<W: World>(
        &self,
        world: &W,
        service: &Service,
        exchange: CibaStart,
        channel: Channel,
        workstation: &[u8],
        shown_already: bool,
    ) -> Result<CibaPoll> {
        let begun = world.now();
        let person = &exchange.person().clone();
        let place = Place {
            person: self.guard.person(service, person),
            station: self.guard.station(service, person, workstation),
        };
        let (attempt, digits) = (exchange.attempt().to_owned(), exchange.digits().to_owned());
        let at = self.beat_after(begun, begun);
        let mine = StationState::shown(&attempt, channel, &digits, at, self.guard.rules().life);
        let ask = GuardAsk { attempt: &attempt, channel, station: place.station, switch: false };
        let mut exchange = Some(exchange);
        for _ in 0..TRIES {
            let now = world.now();
            let (version, state) = self.person(place.person).await?;
            let (seen, shown) = self.station(place.station).await?;
            match self.guard.start(state.as_ref(), shown.as_ref(), &ask, place.person, now) {
                Verdict::StillRunning(left) => {
                    sleep_until(world, self.beat_after(begun, now)).await;
                    return Err(still_running(left));
                }
                Verdict::Show => {
                    sleep_until(world, self.beat_after(begun, now)).await;
                    // Read again: the start that is shown may have just been sent.
                    if let (_, Some(shown)) = self.station(place.station).await? {
                        if shown_already && !(shown.shows(&digits) && shown.channel() == channel) {
                            return Err(still_running(shown.until().since(world.now())));
                        }
                        return Ok(service.guarded(person, &shown, self.guard.rules().life));
                    }
                }
                Verdict::HoldBack(next, alarm) => {
                    if !mine_is(&shown, &attempt) && !self.claim(place.station, seen, &mine, now).await? {
                        continue;
                    }
                    // The count may be lost to a faster instance: it is for the alarm alone.
                    let counted = self.keep(place.person, version, &next, now).await?;
                    alarm.iter().filter(|_| counted).for_each(|alarm| self.tell(alarm));
                    sleep_until(world, at).await;
                    return Ok(service.guarded(person, &mine, self.guard.rules().life));
                }
                Verdict::Ring(next) => {
                    // The workstation first: two starts of one workstation then never take two places.
                    if !mine_is(&shown, &attempt) && !self.claim(place.station, seen, &mine, now).await? {
                        continue;
                    }
                    if self.keep(place.person, version, &next, now).await?
                        && let Some(exchange) = exchange.take()
                    {
                        let rung = self.ring(world, service, exchange, &place, mine, begun).await;
                        if rung.is_err() {
                            self.change_station(place.station, &attempt, now, |shown| shown.end(now)).await?;
                        }
                        sleep_until(world, self.beat_after(begun, world.now())).await;
                        return rung;
                    }
                }
            }
        }
        // Crowded out by other starts for the same person: nothing was sent.
        sleep_until(world, self.beat_after(begun, world.now())).await;
        Ok(service.guarded(person, &mine, self.guard.rules().life))
    }

    /// Asks PSC when it is time to, and answers at a beat, so that a page that reloads tells nothing by its time.
    ///
    /// # Errors
    /// Those of [`CibaPoll`]; `ciba-replaced` also for an acceptance that no longer counts.
    pub async fn poll<W: World>(&self, world: &W, service: &Service, poll: &mut CibaPoll) -> Result<Option<SignedIn>> {
        let begun = world.now();
        let result = poll_once(world, poll).await;
        let result = match result.transpose() {
            Some(result) => self.settle(world.now(), service, poll, result).await.map(Some),
            None => Ok(None),
        };
        sleep_until(world, self.beat_after(begun, world.now())).await;
        result
    }

    /// Waits until the person answers or their time is over; see [`super::Psc::wait_ciba`].
    ///
    /// # Errors
    /// As [`GuardedCiba::poll`].
    pub async fn wait<W: World>(
        &self,
        world: &W,
        service: &Service,
        poll: &mut CibaPoll,
        on_event: impl FnMut(&mut CibaPoll, CibaEvent) + Send,
    ) -> Result<SignedIn> {
        let result = wait(world, poll, on_event).await;
        self.settle(world.now(), service, poll, result).await
    }

    /// Leaves: an acceptance that comes later is never used, here or through another instance. `workstation` as at the
    /// start.
    ///
    /// # Errors
    /// Those of the store; the wait is left all the same.
    pub async fn leave(
        &self,
        now: Timestamp,
        service: &Service,
        poll: &mut CibaPoll,
        workstation: &[u8],
    ) -> Result<()> {
        poll.cancel();
        self.end(service, poll, GuardEnd::Left, now).await?;
        let key = self.guard.station(service, poll.person(), workstation);
        self.change_station(key, poll.attempt(), now, StationState::leave).await
    }

    /// Goes on with another channel in the same attempt: "use the card instead". Once it is asked, the request before can
    /// no longer win; when it cannot be, the one before goes on.
    ///
    /// # Errors
    /// Those of [`CibaPoll::on_channel`] and of [`GuardedCiba::start`].
    pub async fn switch<W: World>(
        &self,
        world: &W,
        service: &Service,
        poll: &mut CibaPoll,
        channel: Channel,
        workstation: &[u8],
    ) -> Result<()> {
        let begun = world.now();
        let person = poll.person().clone();
        let place = Place {
            person: self.guard.person(service, &person),
            station: self.guard.station(service, &person, workstation),
        };
        let exchange = poll.on_channel(channel, &mut world.random())?;
        let (attempt, digits) = (exchange.attempt().to_owned(), exchange.digits().to_owned());
        let at = self.beat_after(begun, begun);
        let mine = StationState::shown(&attempt, channel, &digits, at, self.guard.rules().life);
        let ask = GuardAsk { attempt: &attempt, channel, station: place.station, switch: true };
        let mut exchange = Some(exchange);
        for _ in 0..TRIES {
            let now = world.now();
            let (version, state) = self.person(place.person).await?;
            let verdict = self.guard.start(state.as_ref(), None, &ask, place.person, now);
            let (next, rings, alarm) = match verdict {
                Verdict::Ring(next) => (next, true, None),
                Verdict::HoldBack(next, alarm) => (next, false, alarm),
                Verdict::Show | Verdict::StillRunning(_) => return Err(Error::new(Code::BROKEN_INVARIANT)),
            };
            if !self.keep(place.person, version, &next, now).await? {
                continue;
            }
            alarm.iter().for_each(|alarm| self.tell(alarm));
            let other = match exchange.take() {
                Some(exchange) if rings => self.ring(world, service, exchange, &place, mine.clone(), begun).await?,
                _ => service.guarded(&person, &mine, self.guard.rules().life),
            };
            self.end(service, poll, GuardEnd::Left, world.now()).await?;
            if !rings {
                self.change_station(place.station, &attempt, now, |shown| *shown = mine.clone()).await?;
            }
            sleep_until(world, self.beat_after(begun, world.now())).await;
            return poll.replace(other);
        }
        Err(Error::new(Code::STORE_CONFLICT))
    }

    /// Sends the request and makes of it what every workstation sees.
    async fn ring<W: World>(
        &self,
        world: &W,
        service: &Service,
        exchange: CibaStart,
        place: &Place,
        mine: StationState,
        begun: Timestamp,
    ) -> Result<CibaPoll> {
        let (attempt, channel, life) = (mine.attempt().to_owned(), mine.channel(), self.guard.rules().life);
        let person = exchange.person().clone();
        let rung = run(world, exchange).await;
        self.pace(world, begun);
        // Shown from when it is answered: the request at the provider then ends no later than its countdown.
        let mine = mine.shown_at(self.beat_after(begun, world.now()));
        match rung {
            Ok(poll) => {
                let with = mine.clone().with_request(&poll);
                self.change_station(place.station, &attempt, world.now(), |shown| *shown = with).await?;
                Ok(poll.guarded(mine.started_at(), life))
            }
            // Whatever is the person's affair looks like a phone that does not answer.
            Err(error) if matches!(error.code(), Code::CIBA_UNKNOWN_PERSON | Code::CIBA_DEVICE_UNAVAILABLE) => {
                let shown = mine.clone();
                self.change_station(place.station, &attempt, world.now(), |at| *at = shown).await?;
                Ok(service.guarded(&person, &mine, life))
            }
            Err(error) => {
                let now = world.now();
                // Without an answer the phone may ring all the same: its place stays taken until its time is over.
                if error.facts().http_status.is_some() {
                    self.change(place.person, now, |guard, state| {
                        guard.end(state, &attempt, channel, GuardEnd::NotSent, place.person, now)
                    })
                    .await?;
                }
                Err(error)
            }
        }
    }

    /// Tells the store how a wait ended that something else drove, as [`super::CibaWaits`] does.
    /// [`GuardedCiba::poll`] and [`GuardedCiba::wait`] do it by themselves.
    ///
    /// # Errors
    /// The one that ended it; `ciba-replaced` for an acceptance that no longer counts: do not use it.
    pub async fn settle<T: Send>(
        &self,
        now: Timestamp,
        service: &Service,
        poll: &mut CibaPoll,
        result: Result<T>,
    ) -> Result<T> {
        let end = match &result {
            Ok(_) => GuardEnd::SignedIn,
            Err(error) => match error.code() {
                // Spent: the answer was lost with the instance that had it, and the phone is silent.
                Code::CIBA_REFUSED | Code::CIBA_EXPIRED | Code::CIBA_SPENT => GuardEnd::NotAnswered,
                _ => return result,
            },
        };
        match self.end(service, poll, end, now).await {
            Ok(true) => result,
            Ok(false) if result.is_ok() => {
                poll.replaced();
                Err(Error::new(Code::CIBA_REPLACED))
            }
            // A decoy has no place to give back.
            Ok(false) => result,
            Err(error) => Err(error),
        }
    }

    /// Whether the request still counted.
    async fn end(&self, service: &Service, poll: &CibaPoll, end: GuardEnd, now: Timestamp) -> Result<bool> {
        let key = self.guard.person(service, poll.person());
        let (attempt, channel) = (poll.attempt(), poll.channel());
        let counted = self.change(key, now, |guard, state| guard.end(state, attempt, channel, end, key, now)).await?;
        if let (Some(station), true) = (counted, end != GuardEnd::Left) {
            self.change_station(station, attempt, now, |shown| shown.end(now)).await?;
        }
        Ok(counted.is_some())
    }

    /// Changes a person's row; the workstation whose request it was, when there was something to change.
    async fn change(
        &self,
        key: GuardKey,
        now: Timestamp,
        next: impl Fn(&CibaGuard, &PersonState) -> Option<GuardEnded>,
    ) -> Result<Option<GuardKey>> {
        for _ in 0..TRIES {
            let (version, state) = self.person(key).await?;
            let Some(state) = state else { return Ok(None) };
            let Some(ended) = next(&self.guard, &state) else { return Ok(None) };
            if self.keep(key, version, &ended.next, now).await? {
                ended.alarm.iter().for_each(|alarm| self.tell(alarm));
                return Ok(Some(ended.station));
            }
        }
        Err(Error::new(Code::STORE_CONFLICT))
    }

    async fn change_station(
        &self,
        key: GuardKey,
        attempt: &str,
        now: Timestamp,
        change: impl FnOnce(&mut StationState),
    ) -> Result<()> {
        let mut change = Some(change);
        let mut changed: Option<StationState> = None;
        for _ in 0..TRIES {
            let (version, Some(mut shown)) = self.station(key).await? else { return Ok(()) };
            if shown.attempt() != attempt {
                return Ok(());
            }
            if let Some(change) = change.take() {
                change(&mut shown);
                changed = Some(shown);
            }
            let Some(next) = &changed else { return Ok(()) };
            if self.claim(key, version, next, now).await? {
                return Ok(());
            }
        }
        Err(Error::new(Code::STORE_CONFLICT))
    }

    async fn person(&self, key: GuardKey) -> Result<(u64, Option<PersonState>)> {
        Ok(match self.store.guard_row(key).await? {
            Some(row) => (row.version, Some(PersonState::resume(&row.state)?)),
            None => (0, None),
        })
    }

    async fn station(&self, key: GuardKey) -> Result<(u64, Option<StationState>)> {
        Ok(match self.store.guard_row(key).await? {
            Some(row) => (row.version, Some(StationState::resume(&row.state)?)),
            None => (0, None),
        })
    }

    async fn keep(&self, key: GuardKey, version: u64, state: &PersonState, now: Timestamp) -> Result<bool> {
        swapped(self.store.swap_guard_row(key, version, state.to_stored()?, self.guard.keep_person(now)).await)
    }

    async fn claim(&self, key: GuardKey, version: u64, state: &StationState, now: Timestamp) -> Result<bool> {
        swapped(self.store.swap_guard_row(key, version, state.to_stored()?, self.guard.keep_station(now)).await)
    }

    /// Remembers how long a true request took.
    fn pace<W: World>(&self, world: &W, begun: Timestamp) {
        let beat = self.guard.rules().beat.as_millis().max(1);
        let beats = world.now().since(begun).as_millis().div_ceil(beat).clamp(1, 60);
        self.beats.store(beats as u32, Ordering::Relaxed);
    }

    /// When as many beats have passed as the last true request took; when that is over, the next beat.
    fn beat_after(&self, begun: Timestamp, now: Timestamp) -> Timestamp {
        let beat = self.guard.rules().beat.max(Duration::from_millis(1));
        let passed = u32::try_from(now.since(begun).as_millis().div_ceil(beat.as_millis())).unwrap_or(u32::MAX);
        begun + beat.saturating_mul(passed.max(self.beats.load(Ordering::Relaxed)))
    }
}

/// Whether a row of a workstation is this start's own, from the try before.
fn mine_is(shown: &Option<StationState>, attempt: &str) -> bool {
    shown.as_ref().is_some_and(|shown| shown.attempt() == attempt)
}

fn still_running(left: Duration) -> Error {
    Error::new(Code::CIBA_STILL_RUNNING).with(|facts| facts.retry_after = Some(left))
}

fn swapped(result: Result<()>) -> Result<bool> {
    match result {
        Ok(()) => Ok(true),
        Err(error) if error.code() == Code::STORE_CONFLICT => Ok(false),
        Err(error) => Err(error),
    }
}

impl<S> fmt::Debug for GuardedCiba<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedCiba").field("guard", &self.guard).finish_non_exhaustive()
    }
}
