//! One writer for all changes of an instance: what comes while a transaction is on its way goes together with the next.
//!
//! A lone caller waits for nobody. Many share one transaction, so one sync of the server's disk and, with a synchronous
//! standby, one round to it. A change that cannot go with the others goes alone and holds up none.

use super::change::{self, Named};
use super::core::Shared;
use super::failure::Then;
use crate::error::{Code, Error, Result};
use crate::onboarding::{AccountId, Change};
use std::collections::BTreeSet;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// At most this many changes go together, so that none waits long.
const MOST: usize = 256;

/// Steps aside for a transaction of many grow up to this one: some 13 ms, a few syncs of a disk.
const LONGEST_STEP: u32 = 5;

/// A change whose caller waits.
pub(super) struct Waiting {
    pub(super) change: Change,
    pub(super) answer: oneshot::Sender<Result<u64>>,
}

/// Writes what comes, until nobody can send any more.
pub(super) async fn write(core: Shared, mut line: UnboundedReceiver<Waiting>) {
    let mut later: Vec<Waiting> = Vec::new();
    loop {
        let mut now = std::mem::take(&mut later);
        if now.is_empty() {
            match line.recv().await {
                Some(waiting) => now.push(waiting),
                None => return,
            }
        }
        while now.len() < MOST
            && let Ok(waiting) = line.try_recv()
        {
            now.push(waiting);
        }
        // In the order of their keys, as every instance does, so that two never wait for each other.
        now.sort_by_key(|waiting| waiting.change.account.id);
        let mut seen = BTreeSet::new();
        let mut batch = Batch::default();
        for waiting in now {
            if seen.insert(waiting.change.account.id) {
                batch.changes.push((waiting.change, core.tag()));
                batch.answers.push(waiting.answer);
            } else {
                later.push(waiting);
            }
        }
        together(&core, batch).await;
    }
}

/// Writes changes as one transaction. Met by another instance's, they stay together, however often: alone, each would meet
/// all the others. One that breaks a rule of the tables is found by halves; what was sent and not answered is looked for
/// one by one.
async fn together(core: &Shared, batch: Batch) {
    let (end, mut met) = (core.patience_ends(), 0);
    let mut parts = vec![batch];
    while let Some(mut part) = parts.pop() {
        match core.try_once(&part.changes, change::many).await {
            Ok(done) => part.settle(core, &done, false),
            Err((failure, _)) if failure.then == Then::Again && Instant::now() < end => {
                met += 1;
                core.step_aside(met.min(LONGEST_STEP)).await;
                parts.push(part);
            }
            Err((failure, _)) if failure.then == Then::Tell && part.changes.len() > 1 => {
                parts.push(part.split_off_half());
                parts.push(part);
            }
            Err((failure, sent)) => part.settle(core, &BTreeSet::new(), sent && failure.then == Then::Elsewhere),
        }
    }
}

/// Changes of different accounts, and who waits for each.
#[derive(Default)]
struct Batch {
    changes: Vec<Named>,
    answers: Vec<oneshot::Sender<Result<u64>>>,
}

impl Batch {
    fn split_off_half(&mut self) -> Batch {
        let half = self.changes.len() / 2;
        Batch { changes: self.changes.split_off(half), answers: self.answers.split_off(half) }
    }

    /// Answers for those that were done; each of the others is looked at by itself, and will learn what became of it.
    fn settle(self, core: &Shared, done: &BTreeSet<AccountId>, unsure: bool) {
        for (named, answer) in self.changes.into_iter().zip(self.answers) {
            if done.contains(&named.0.account.id) {
                let _ = answer.send(Ok(named.0.account.version + 1));
            } else {
                let core = core.clone();
                drop(tokio::spawn(async move {
                    let _ = answer.send(core.write_again(named, unsure, change::one).await);
                }));
            }
        }
    }
}

/// What a caller is told whose change was thrown away with the runtime.
pub(super) fn thrown_away<E>(_: E) -> Error {
    Error::new(Code::STORE_OUTCOME_UNKNOWN)
}
