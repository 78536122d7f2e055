//! Many CIBA waits on one server: one queue ordered by time, few connections, little memory for each wait.
//!
//! A task per wait would cost a timer and a half-built request each; here a wait is a value in a heap until its poll is
//! due, and only polls under way are tasks. A wait lives no longer than its process: keep
//! [`CibaPoll::to_stored`](crate::psc::CibaPoll::to_stored) where it must, and hand the resumed waits back after a start;
//! those that are due at once are spread over a second.

use super::World;
use crate::base::{Response, Timestamp};
use crate::error::{Code, Error, Result};
use crate::psc::{CibaPoll, Exchange, Next, SignedIn};
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

/// Polls under way at once: as many connections to the provider, at most.
const UNDER_WAY: usize = 256;
/// Over how many milliseconds waits that are due at once are spread.
const SPREAD: u64 = 1000;

/// Holds any number of waits and polls each on time. Share one per program; dropping it ends its waits.
///
/// ```no_run
/// # async fn example(psc: std::sync::Arc<sas_psc::drive::tokio::Psc>, person: sas_psc::id::IdNat) -> sas_psc::Result<()> {
/// use sas_psc::drive::CibaWaits;
/// use sas_psc::psc::Channel;
///
/// let waits = CibaWaits::new(std::sync::Arc::new(psc.world().clone()));
/// let poll = psc.ciba(&person, Channel::Mobile).await?;
/// println!("On your phone, pick {}", poll.digits());
/// let (_poll, signed_in) = waits.wait(poll).await;
/// println!("{:?}", signed_in?.sign_in.professional().rpps());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct CibaWaits {
    orders: mpsc::UnboundedSender<Box<Entry>>,
}

/// A wait in good hands; awaited, it gives the wait back with how it ended. Dropping it forgets the wait.
pub struct CibaWaiting(oneshot::Receiver<Ended>);

type Ended = (CibaPoll, Result<SignedIn>);

struct Entry {
    poll: CibaPoll,
    done: oneshot::Sender<Ended>,
}

/// A wait and when it is due.
struct Due {
    at: Timestamp,
    entry: Box<Entry>,
}

impl CibaWaits {
    /// Waits over this world, on the current runtime of tokio.
    ///
    /// # Panics
    /// Outside a runtime of tokio.
    pub fn new<W: World + 'static>(world: Arc<W>) -> CibaWaits {
        let (orders, taken) = mpsc::unbounded_channel();
        tokio::spawn(serve(world, taken));
        CibaWaits { orders }
    }

    /// Takes a wait over: it is polled on time until it ends.
    pub fn wait(&self, poll: CibaPoll) -> CibaWaiting {
        let (done, answer) = oneshot::channel();
        // When the task is gone, so is `done`, and the wait says that it was left.
        let _ = self.orders.send(Box::new(Entry { poll, done }));
        CibaWaiting(answer)
    }
}

impl Future for CibaWaiting {
    type Output = (Option<CibaPoll>, Result<SignedIn>);

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(|ended| match ended {
            Ok((poll, result)) => (Some(poll), result),
            Err(_) => (None, Err(Error::new(Code::CIBA_CANCELLED))),
        })
    }
}

impl fmt::Debug for CibaWaits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CibaWaits")
    }
}

impl fmt::Debug for CibaWaiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CibaWaiting")
    }
}

/// What woke the task.
enum Woken {
    Order(Option<Box<Entry>>),
    Answer(Box<Entry>, Result<Response>),
    Time,
}

async fn serve<W: World + 'static>(world: Arc<W>, mut orders: mpsc::UnboundedReceiver<Box<Entry>>) {
    let mut heap = BinaryHeap::new();
    let mut under_way: JoinSet<(Box<Entry>, Result<Response>)> = JoinSet::new();
    let (mut open, mut taken) = (true, 0u64);
    loop {
        let now = world.now();
        while under_way.len() < UNDER_WAY
            && let Some(due) = heap.pop_if_due(now)
        {
            step(&world, due.entry, &mut heap, &mut under_way);
        }
        if !open {
            return; // nobody listens any more
        }
        let wait = match heap.peek() {
            Some(next) if under_way.len() < UNDER_WAY => next.at.since(now).max(Duration::from_millis(1)),
            _ => Duration::from_secs(3600),
        };
        let mut sleep = pin!(world.sleep(wait));
        let woken = poll_fn(|context| {
            if let Poll::Ready(Some(joined)) = under_way.poll_join_next(context) {
                // A poll that panicked is gone with its wait, whose handle says that it was left.
                return joined
                    .map_or(Poll::Ready(Woken::Time), |(entry, result)| Poll::Ready(Woken::Answer(entry, result)));
            }
            if let Poll::Ready(order) = orders.poll_recv(context) {
                return Poll::Ready(Woken::Order(order));
            }
            sleep.as_mut().poll(context).map(|()| Woken::Time)
        });
        match woken.await {
            Woken::Time => {}
            Woken::Order(None) => open = false,
            Woken::Order(Some(entry)) => {
                taken = taken.wrapping_add(1);
                // A prime step spreads neighbours apart.
                let spread = Duration::from_millis(taken.wrapping_mul(7919) % SPREAD);
                let now = world.now();
                let late = entry.poll.next_poll_at() <= now;
                let at = if late { now + spread } else { entry.poll.next_poll_at() };
                heap.push(Due { at, entry });
            }
            Woken::Answer(mut entry, result) => {
                let now = world.now();
                let told = match result {
                    Ok(response) => entry.poll.answered(&response, now),
                    Err(error) => entry.poll.failed(error, now),
                };
                match told {
                    Ok(()) => step(&world, entry, &mut heap, &mut under_way),
                    Err(error) => end(*entry, Err(error)),
                }
            }
        }
    }
}

fn step<W: World + 'static>(
    world: &Arc<W>,
    mut entry: Box<Entry>,
    heap: &mut BinaryHeap<Due>,
    under_way: &mut JoinSet<(Box<Entry>, Result<Response>)>,
) {
    if entry.done.is_closed() {
        return;
    }
    match entry.poll.next(world.now()) {
        Ok(Next::Wait(at)) => heap.push(Due { at, entry }),
        Ok(Next::Done(signed_in)) => end(*entry, Ok(signed_in)),
        Err(error) => end(*entry, Err(error)),
        Ok(Next::Send(request)) => {
            let world = world.clone();
            under_way.spawn(async move {
                let result = world.send(request).await;
                (entry, result)
            });
        }
    }
}

fn end(Entry { poll, done }: Entry, result: Result<SignedIn>) {
    // Nobody may be listening: then the wait was left.
    let _ = done.send((poll, result));
}

trait PopIfDue {
    fn pop_if_due(&mut self, now: Timestamp) -> Option<Due>;
}

impl PopIfDue for BinaryHeap<Due> {
    fn pop_if_due(&mut self, now: Timestamp) -> Option<Due> {
        if self.peek()?.at <= now { self.pop() } else { None }
    }
}

/// The earliest is the greatest, as a heap wants it.
impl Ord for Due {
    fn cmp(&self, other: &Due) -> Ordering {
        other.at.cmp(&self.at)
    }
}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Due) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Eq for Due {}

impl PartialEq for Due {
    fn eq(&self, other: &Due) -> bool {
        self.at == other.at
    }
}
