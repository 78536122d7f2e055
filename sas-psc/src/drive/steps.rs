//! A flow of a driver as an exchange, step by step: for C, Python, and any program with its own HTTP.
//!
//! The flow runs over a world whose `send` and `sleep` only write down what is to be done; each step goes on with it as
//! far as it gets. The store of such a flow must be an embedded one, whose futures are ready at once.

use super::{Finding, GuardedCiba, Psc, SystemRandom, World};
use crate::base::{Random, Request, Response, Timestamp};
use crate::error::{Code, Error, Lang, Result};
use crate::id::IdNat;
use crate::psc::{
    Channel, CibaPoll, Client, Environment, Exchange, GuardStore, Next, Service, SignInOptions, SignedIn,
};
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// The world of a flow that is played step by step.
#[derive(Clone)]
pub struct StepWorld(Arc<Mutex<Desk>>);

struct Desk {
    now: Timestamp,
    request: Option<Request>,
    answer: Option<Result<Response>>,
    until: Option<Timestamp>,
}

impl StepWorld {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        // Nothing panics while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl World for StepWorld {
    fn now(&self) -> Timestamp {
        self.desk().now
    }

    fn random(&self) -> impl Random + Send {
        SystemRandom
    }

    async fn send(&self, request: Request) -> Result<Response> {
        self.desk().request = Some(request);
        poll_fn(|_| self.desk().answer.take().map_or(Poll::Pending, Poll::Ready)).await
    }

    async fn sleep(&self, wait: Duration) {
        let until = self.desk().now + wait;
        poll_fn(|_| {
            let mut desk = self.desk();
            desk.until = Some(until);
            if desk.now >= until { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

/// A flow, played as an [`Exchange`].
pub struct Steps<T> {
    world: StepWorld,
    flow: Option<Pin<Box<dyn Future<Output = Result<T>> + Send>>>,
}

impl<T> Steps<T> {
    /// The flow that `make` begins over the world that it is given.
    pub fn of<F: Future<Output = Result<T>> + Send + 'static>(
        now: Timestamp,
        make: impl FnOnce(StepWorld) -> F,
    ) -> Self {
        let desk = Desk { now, request: None, answer: None, until: None };
        let world = StepWorld(Arc::new(Mutex::new(desk)));
        Steps { flow: Some(Box::pin(make(world.clone()))), world }
    }
}

impl<T> Steps<T> {
    /// The flow that sends nothing and waits for nothing, at once.
    pub(super) fn at_once<F: Future<Output = Result<T>> + Send + 'static>(
        now: Timestamp,
        make: impl FnOnce(StepWorld) -> F,
    ) -> Result<T> {
        match Steps::of(now, make).next(now)? {
            Next::Done(output) => Ok(output),
            Next::Send(_) | Next::Wait(_) => Err(Error::new(Code::BROKEN_INVARIANT)),
        }
    }
}

impl Steps<CibaPoll> {
    /// [`GuardedCiba::start`], step by step.
    pub fn guarded<S: GuardStore + 'static>(
        guarded: Arc<GuardedCiba<S>>,
        service: Service,
        person: IdNat,
        channel: Channel,
        workstation: &[u8],
        now: Timestamp,
    ) -> Steps<CibaPoll> {
        let workstation = workstation.to_vec();
        Steps::of(
            now,
            move |world| async move { guarded.start(&world, &service, &person, channel, &workstation).await },
        )
    }

    /// [`GuardedCiba::switch`], step by step: give what it comes to to [`CibaPoll::replace`]. Until then `poll` goes on.
    ///
    /// # Errors
    /// Those of [`Service::resume_ciba`]; `broken-invariant`.
    pub fn guarded_switch<S: GuardStore + 'static>(
        guarded: Arc<GuardedCiba<S>>,
        service: Service,
        poll: &CibaPoll,
        channel: Channel,
        workstation: &[u8],
        now: Timestamp,
    ) -> Result<Steps<CibaPoll>> {
        let mut poll = service.resume_ciba(&poll.to_stored()?, now)?;
        let workstation = workstation.to_vec();
        Ok(Steps::of(now, move |world| async move {
            guarded.switch(&world, &service, &mut poll, channel, &workstation).await?;
            Ok(poll)
        }))
    }
}

impl Steps<SignedIn> {
    /// [`Psc::sign_in_by_certificate`], step by step: send each request on connections that show the certificate.
    pub fn by_certificate(environment: Environment, client: Client, options: SignInOptions, now: Timestamp) -> Self {
        Steps::of(now, move |world| async move {
            Psc::over(world, environment, client).sign_in_by_certificate(&options).await
        })
    }
}

impl Steps<Vec<Finding>> {
    /// [`Psc::examine_provider`], step by step.
    pub fn examine(environment: Environment, client: Client, lang: Lang, now: Timestamp) -> Self {
        Steps::of(
            now,
            move |world| async move { Ok(Psc::over(world, environment, client).examine_provider(lang).await) },
        )
    }

    /// [`Psc::observe`], step by step.
    pub fn observe(environment: Environment, client: Client, lang: Lang, now: Timestamp) -> Self {
        Steps::of(now, move |world| async move { Ok(Psc::over(world, environment, client).observe(lang).await) })
    }
}

impl<T> Exchange for Steps<T> {
    type Output = T;

    fn next(&mut self, now: Timestamp) -> Result<Next<T>> {
        let Some(flow) = &mut self.flow else { return Err(Error::new(Code::REQUEST_SPENT)) };
        {
            let mut desk = self.world.desk();
            (desk.now, desk.until) = (now, None);
        }
        if let Poll::Ready(output) = flow.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            self.flow = None;
            return output.map(Next::Done);
        }
        let mut desk = self.world.desk();
        match (desk.request.take(), desk.until) {
            (Some(request), _) => Ok(Next::Send(request)),
            (None, Some(until)) => Ok(Next::Wait(until)),
            (None, None) => Err(Error::new(Code::REQUEST_SPENT)),
        }
    }

    fn answered(&mut self, response: &Response, now: Timestamp) -> Result<()> {
        let mut desk = self.world.desk();
        (desk.now, desk.answer) = (now, Some(Ok(response.clone())));
        Ok(())
    }

    fn failed(&mut self, error: Error, now: Timestamp) -> Result<()> {
        let mut desk = self.world.desk();
        (desk.now, desk.answer) = (now, Some(Err(error)));
        Ok(())
    }
}

impl<T> fmt::Debug for Steps<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Steps").finish_non_exhaustive()
    }
}
