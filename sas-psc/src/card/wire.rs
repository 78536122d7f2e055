//! A dialogue with a card as a value: it says what to send, takes what came back, and ends with a result or an error.
//!
//! A dialogue reads as a sequence of commands, and is played one exchange at a time by whoever holds the reader: a
//! thread, a test, a C program. GET RESPONSE and lengths corrected by the card (ISO/IEC 7816-3, 12.2.5) are handled
//! here, so that each is an exchange that counts. A card that never ends an answer meets a limit. Which commands there
//! are is not known here.

use super::{Apdu, Command, Meaning, PinpadRequest, Protocol, Response, StatusWord};
use crate::error::{Code, Error, Result};
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use zeroize::Zeroizing;

/// The longest answer put together of several: a block of RSA-4096, eight times.
const MAX_ANSWER: usize = 4096;
/// More exchanges than this no dialogue has: two certificates of 8 kB are read in 64.
const MAX_EXCHANGES: u16 = 300;

/// What comes next in a dialogue.
#[derive(Debug)]
pub enum Step<T> {
    /// Send these bytes to the card; give what it answers to [`Dialogue::answered`].
    Transmit(Apdu),
    /// Have the reader take the code on its own keys and send it; give what it answers to [`Dialogue::answered`].
    Pinpad(PinpadRequest),
    /// It is over.
    Done(T),
}

/// How a transaction is to end, so that a code that we verified does not stay verified for other programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The card as it was found: no code was verified by us.
    Leave,
    /// Power it again: our code is forgotten.
    Reset,
}

/// A dialogue in progress: [`Card`](super::Card) begins one.
pub struct Dialogue<T> {
    wire: Wire,
    flow: Option<Flow<T>>,
}

type Flow<T> = Pin<Box<dyn Future<Output = Result<T>> + Send>>;

impl<T> Dialogue<T> {
    pub(super) fn of<F: Future<Output = Result<T>> + Send + 'static>(
        protocol: Protocol,
        flow: impl FnOnce(Wire) -> F,
    ) -> Dialogue<T> {
        let desk = Desk { request: None, answer: None, ending: Ending::Leave, pin_sent: false, exchanges: 0 };
        let wire = Wire { desk: Arc::new(Mutex::new(desk)), protocol };
        Dialogue { flow: Some(Box::pin(flow(wire.clone()))), wire }
    }

    /// Goes on as far as it can, and says what comes next: the same again until it is answered.
    ///
    /// # Errors
    /// Those of the dialogue, which is over then; `card-dialogue-over` when it was already.
    pub fn step(&mut self) -> Result<Step<T>> {
        let flow = self.flow.as_mut().ok_or_else(|| Error::new(Code::CARD_DIALOGUE_OVER))?;
        if let Poll::Ready(output) = flow.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            self.flow = None;
            return output.map(Step::Done);
        }
        match &self.wire.desk().request {
            Some(Request::Transmit(apdu)) => Ok(Step::Transmit(apdu.clone())),
            Some(Request::Pinpad(request)) => Ok(Step::Pinpad(request.clone())),
            None => Err(Error::new(Code::BROKEN_INVARIANT)),
        }
    }

    /// The same dialogue, its result changed.
    pub fn map<U>(self, change: impl FnOnce(T) -> U + Send + 'static) -> Dialogue<U>
    where
        T: 'static,
    {
        let flow = self.flow.map(|flow| -> Flow<U> { Box::pin(async move { Ok(change(flow.await?)) }) });
        Dialogue { wire: self.wire, flow }
    }

    /// What the card answered to the step before: data and status word.
    pub fn answered(&mut self, bytes: &[u8]) {
        self.wire.answer(Response::parse(bytes));
    }

    /// Why the card could not be asked. The dialogue ends with this error.
    pub fn failed(&mut self, error: Error) {
        self.wire.answer(Err(error));
    }

    /// How the transaction around it is to end, whether it came to its end or not.
    pub fn ending(&self) -> Ending {
        self.wire.desk().ending
    }

    /// A code was sent to the card: the dialogue must not be played again from its beginning.
    pub fn pin_was_sent(&self) -> bool {
        self.wire.desk().pin_sent
    }

    /// The exchanges so far, GET RESPONSE counted.
    pub fn exchanges(&self) -> u16 {
        self.wire.desk().exchanges
    }
}

impl<T> fmt::Debug for Dialogue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dialogue").field("exchanges", &self.exchanges()).finish_non_exhaustive()
    }
}

#[derive(Clone)]
enum Request {
    Transmit(Apdu),
    Pinpad(PinpadRequest),
}

struct Desk {
    request: Option<Request>,
    answer: Option<Result<Response>>,
    ending: Ending,
    pin_sent: bool,
    exchanges: u16,
}

/// The card as a dialogue sees it.
#[derive(Clone)]
pub(super) struct Wire {
    desk: Arc<Mutex<Desk>>,
    protocol: Protocol,
}

impl Wire {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        // Nothing panics while it is held.
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, answer: Result<Response>) {
        let mut desk = self.desk();
        if desk.request.take().is_some() {
            desk.answer = Some(answer);
        }
    }

    async fn exchange(&self, request: Request) -> Result<Response> {
        {
            let mut desk = self.desk();
            if desk.exchanges >= MAX_EXCHANGES {
                return Err(Error::new(Code::CARD_ANSWER));
            }
            desk.exchanges += 1;
            desk.pin_sent |= match &request {
                Request::Transmit(apdu) => apdu.carries_pin(),
                Request::Pinpad(_) => true,
            };
            desk.request = Some(request);
        }
        poll_fn(|_| self.desk().answer.take().map_or(Poll::Pending, Poll::Ready)).await
    }

    /// Sends a command and fetches the whole answer.
    pub(super) async fn send(&self, command: &Command) -> Result<Response> {
        let response = self.run(command).await?;
        let Meaning::More(mut more) = response.status().meaning() else { return Ok(response) };
        let mut data = Zeroizing::new(Vec::with_capacity(MAX_ANSWER));
        data.extend_from_slice(response.data());
        loop {
            let get = Command::new(command.channel(), 0xC0, 0, 0).expecting(u16::from(more));
            let next = self.run(&get).await?;
            // No progress: a card that goes on like this never ends.
            if next.data().is_empty() || data.len() + next.data().len() > MAX_ANSWER {
                return Err(next.status().error().unwrap_or_else(|| Error::new(Code::CARD_ANSWER)));
            }
            data.extend_from_slice(next.data());
            match next.status().meaning() {
                Meaning::More(left) => more = left,
                _ => return Ok(Response::joined(data, next.status())),
            }
        }
    }

    /// Sends a command whose answer holds nothing that is wanted: what waits there (`61xx`) is left.
    pub(super) async fn run(&self, command: &Command) -> Result<Response> {
        let mut apdus = command.to_apdus(self.protocol).into_iter();
        // A command has one APDU at least.
        let mut apdu = apdus.next().ok_or_else(|| Error::new(Code::BROKEN_INVARIANT))?;
        for next in apdus {
            self.exchange(Request::Transmit(apdu)).await?.done()?;
            apdu = next;
        }
        let response = self.exchange(Request::Transmit(apdu.clone())).await?;
        match response.status().meaning() {
            // A code is not sent twice, whatever the card says; and with T=0 the question for its state, asked with a
            // length, would be a code of that length.
            Meaning::Exactly(length) if !apdu.concerns_pin() => {
                self.exchange(Request::Transmit(apdu.expecting(length))).await
            }
            _ => Ok(response),
        }
    }

    /// Sends a command and wants `9000` without data, or `61xx`.
    pub(super) async fn order(&self, command: &Command) -> Result<()> {
        let status = self.run(command).await?.status();
        match (status.meaning(), status.error()) {
            (Meaning::More(_), _) | (_, None) => Ok(()),
            (_, Some(error)) => Err(error),
        }
    }

    /// The reader takes a code on its keys.
    pub(super) async fn pinpad(&self, request: PinpadRequest) -> Result<StatusWord> {
        Ok(self.exchange(Request::Pinpad(request)).await?.status())
    }

    /// From here on a code of ours may be verified.
    pub(super) fn end_by(&self, ending: Ending) {
        self.desk().ending = ending;
    }
}
