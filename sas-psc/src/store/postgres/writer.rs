//! One writer for all changes of an instance: what comes while a transaction is on its way goes together with the next.
//!
//! A lone caller waits for nobody. Many share one transaction, so one sync of the server's disk and, with a synchronous
//! standby, one round to it. A change that cannot go with the others goes alone and holds up none.

use super::change::{self, Named};
use super::core::Shared;
use super::failure::Then;
use crate::error::{Code, Error, Result};
use crate::onboarding::Change;
use std::collections::BTreeSet;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;

/// At most this many changes go together, so that none waits long.
const MOST: usize = 256;

/// How often a transaction of many is tried again before its changes go alone.
const ROUNDS: u32 = 6;

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
        let (mut changes, mut answers) = (Vec::new(), Vec::new());
        for waiting in now {
            if seen.insert(waiting.change.account.id) {
                changes.push((waiting.change, core.tag()));
                answers.push(waiting.answer);
            } else {
                later.push(waiting);
            }
        }
        together(&core, changes, answers).await;
    }
}

async fn together(core: &Shared, changes: Vec<Named>, answers: Vec<oneshot::Sender<Result<u64>>>) {
    let mut met = 0;
    let (done, unsure) = loop {
        match core.try_once(&changes, change::many).await {
            Ok(done) => break (done, false),
            Err((failure, _)) if failure.then == Then::Again && met < ROUNDS => {
                met += 1;
                core.step_aside(met).await;
            }
            // Each will learn what became of it, also where the answer was lost.
            Err((failure, sent)) => break (BTreeSet::new(), sent && failure.then == Then::Elsewhere),
        }
    };
    for (named, answer) in changes.into_iter().zip(answers) {
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

/// What a caller is told whose change was thrown away with the runtime.
pub(super) fn thrown_away<E>(_: E) -> Error {
    Error::new(Code::STORE_OUTCOME_UNKNOWN)
}
