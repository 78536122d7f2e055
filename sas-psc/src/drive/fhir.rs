//! The online directory, driven: look-ups and pages over a [`World`] that sends, waits and draws, at the pace that ANS
//! allows. `tokio::Fhir` and `blocking::Fhir` are the two in use.
//!
//! Nothing of a sign-in waits for it: a program asks beside it, and works on when the answer is late.

use super::World;
use super::psc::sleep_until;
use crate::base::{Exchange, Next};
use crate::directory::Index;
use crate::directory::fhir::{Answer, Cursor, Pace, Page, Person, Search, Server};
use crate::error::Result;
use crate::id::IdNat;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

/// How long ANS works on a question before it gives up, and a little for the way.
#[cfg(any(feature = "blocking", feature = "tokio"))]
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(35);
/// 200 people with their activities have about 2 MB.
#[cfg(any(feature = "blocking", feature = "tokio"))]
const LARGEST_ANSWER: usize = 32 << 20;

/// The settings of HTTP for this server: patient, and for large pages.
#[cfg(any(feature = "blocking", feature = "tokio"))]
pub(super) fn patient(http: &super::HttpConfig) -> super::HttpConfig {
    http.patient(PATIENCE).with_largest_answer(LARGEST_ANSWER)
}

/// A server of the online directory, ready to be asked. Share one per program: it keeps the pace for all.
pub struct Fhir<W> {
    world: W,
    server: Server,
    pace: Mutex<Pace>,
}

impl<W: World> Fhir<W> {
    /// A server over a world of yours. Nothing is sent yet.
    pub fn over(world: W, server: Server) -> Fhir<W> {
        Fhir { world, server, pace: Mutex::new(Pace::default()) }
    }

    /// Asks at another pace than 17 calls a second: the part of this program, where several share a key.
    pub fn with_pace(mut self, pace: Pace) -> Fhir<W> {
        self.pace = Mutex::new(pace);
        self
    }

    /// The server.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The person with an identifier, with every practice and activity; none when the directory knows nobody of it.
    ///
    /// # Errors
    /// Those of [`Lookup`](crate::directory::fhir::Lookup).
    pub async fn lookup(&self, id: &IdNat) -> Result<Option<Person>> {
        Ok(self.lookup_all(std::slice::from_ref(id)).await?.into_iter().next())
    }

    /// The people with these identifiers, at most 50 in two requests. Who is not among them is not in the directory.
    ///
    /// # Errors
    /// Those of [`Lookup`](crate::directory::fhir::Lookup).
    pub async fn lookup_all(&self, ids: &[IdNat]) -> Result<Vec<Person>> {
        let lookup = self.server.lookup(ids, &mut self.world.random())?;
        self.run(lookup).await
    }

    /// The same from an index when the server or the way there fails.
    ///
    /// # Errors
    /// Those of [`Answer::offline`].
    pub async fn lookup_or<B: AsRef<[u8]> + Sync>(&self, id: &IdNat, index: &Index<B>) -> Result<Answer> {
        match self.lookup(id).await {
            Ok(person) => Ok(Answer::Online(person.map(Box::new))),
            Err(why) => Answer::offline(id, index, why),
        }
    }

    /// The first page of a search.
    ///
    /// # Errors
    /// Those of [`PageRequest`](crate::directory::fhir::PageRequest).
    pub async fn page(&self, search: &Search) -> Result<Page> {
        let page = self.server.page(search, &mut self.world.random())?;
        self.run(page).await
    }

    /// The page after another.
    ///
    /// # Errors
    /// Those of [`PageRequest`](crate::directory::fhir::PageRequest).
    pub async fn page_after(&self, cursor: &Cursor) -> Result<Page> {
        let page = self.server.page_after(cursor, &mut self.world.random())?;
        self.run(page).await
    }

    /// Reads every page, each given to `on_page`, which may stop. Keep [`Page::next`] of the last page that was dealt
    /// with, to go on after a failure: [`Fhir::each_after`].
    ///
    /// # Errors
    /// Those of [`PageRequest`](crate::directory::fhir::PageRequest).
    pub async fn each(&self, search: &Search, mut on_page: impl FnMut(&Page) -> ControlFlow<()> + Send) -> Result<()> {
        let page = self.page(search).await?;
        match (on_page(&page), page.next) {
            (ControlFlow::Continue(()), Some(next)) => self.each_after(next, on_page).await,
            _ => Ok(()),
        }
    }

    /// Reads the pages from a place on.
    ///
    /// # Errors
    /// Those of [`PageRequest`](crate::directory::fhir::PageRequest); `fhir-page-gone` after too long a stop.
    pub async fn each_after(
        &self,
        from: Cursor,
        mut on_page: impl FnMut(&Page) -> ControlFlow<()> + Send,
    ) -> Result<()> {
        let mut cursor = Some(from);
        while let Some(at) = cursor {
            let page = self.page_after(&at).await?;
            cursor = match on_page(&page) {
                // A page that names itself would be read for ever.
                ControlFlow::Continue(()) => page.next.filter(|next| *next != at),
                ControlFlow::Break(()) => None,
            };
        }
        Ok(())
    }

    /// Runs an exchange to its end, each request when its turn has come.
    ///
    /// # Errors
    /// Those of the exchange.
    pub async fn run<E: Exchange + Send>(&self, mut exchange: E) -> Result<E::Output> {
        loop {
            match exchange.next(self.world.now())? {
                Next::Done(output) => return Ok(output),
                Next::Wait(until) => sleep_until(&self.world, until).await,
                Next::Send(request) => {
                    let turn = self.pace.lock().unwrap_or_else(PoisonError::into_inner).reserve(self.world.now());
                    sleep_until(&self.world, turn).await;
                    match self.world.send(request).await {
                        Ok(response) => exchange.answered(&response, self.world.now())?,
                        Err(error) => exchange.failed(error, self.world.now())?,
                    }
                }
            }
        }
    }
}

impl<W> fmt::Debug for Fhir<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Fhir").field(&self.server).finish()
    }
}
