//! Tasks that append to one log, on a runtime that none of them may block.

use crate::support::{Draws, record, world};
use sas_psc::consent::RecordId;
use sas_psc::store::{LogFolder, LogOptions};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

#[test]
fn sixty_four_tasks_of_one_thread_append_and_each_has_its_own_places() {
    let directory = tempfile::tempdir().unwrap();
    let folder = LogFolder::new(directory.path().join("log"));
    folder.init("exemple.fr/consentements", &LogOptions::default(), &mut Draws(5)).unwrap();
    let log = Arc::new(folder.open(world()).unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let places: BTreeMap<RecordId, u64> = runtime.block_on(async {
        let caller = |caller: u64| {
            let log = log.clone();
            tokio::spawn(async move {
                let mut places = Vec::new();
                for number in 0..20 {
                    let record = record(caller * 100 + number);
                    // Who gives up at once has asked all the same, and asking again tells the place.
                    let given_up = tokio::time::timeout(Duration::ZERO, log.append_async(&record)).await;
                    let place = log.append_async(&record).await.unwrap();
                    assert!(given_up.is_err() || given_up.unwrap().unwrap().leaf_index == place.leaf_index);
                    assert!(place.leaf_index < place.tree_size);
                    places.push((record.id(), place.leaf_index));
                }
                places
            })
        };
        let callers: Vec<_> = (0..64).map(caller).collect();
        let mut all = BTreeMap::new();
        for caller in callers {
            all.extend(caller.await.unwrap());
        }
        all
    });
    Arc::into_inner(log).unwrap().close().unwrap();
    let mut logged = BTreeMap::new();
    let each = |found: sas_psc::store::LoggedRecord| {
        logged.insert(found.record.id(), found.leaf_index);
        Ok(())
    };
    folder.records(None, each).unwrap();
    assert_eq!((logged.len(), &logged), (64 * 20, &places));
    assert!(folder.audit(&folder.keys().unwrap(), None).unwrap().is_valid());
}
