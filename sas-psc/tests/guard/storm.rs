//! 1,000 starts on one RPPS from 50 workstations over 10 instances: at most one push at a time and ten a day, and the
//! doctor signs in with the card all the same.

use super::*;
use sas_psc::store::Sqlite;
use std::sync::Arc;
use std::thread;

const INSTANCES: usize = 10;
const WAVES: usize = 40;
const A_WAVE: usize = 25; // 40 waves of 25: 1,000
const BETWEEN: u64 = 45 * 60;

fn storm<S: GuardStore>(store: impl Fn() -> S) {
    let psc = psc();
    let instances: Vec<_> = (0..INSTANCES).map(|_| Instance::new(&psc, store())).collect();
    let mut by_card = 0;
    for wave in 0..WAVES {
        thread::scope(|scope| {
            for (number, instance) in instances.iter().enumerate() {
                scope.spawn(move || {
                    for start in (0..A_WAVE).filter(|start| start % INSTANCES == number) {
                        let workstation = format!("attacker {}", (wave * A_WAVE + start) % 50);
                        instance.start(Channel::Mobile, &workstation).unwrap();
                    }
                });
            }
        });
        if wave % 8 == 7 {
            let doctor = &instances[wave % INSTANCES];
            let mut poll = doctor.start(Channel::Card, "office").unwrap();
            assert_eq!(doctor.wait(&mut poll).unwrap().sign_in.professional().id_nat, person());
            by_card += 1;
        }
        psc.world().advance(BETWEEN);
    }
    assert_eq!(by_card, 5);

    let state = psc.world().state();
    let ciba = |body: &[u8]| String::from_utf8_lossy(body).contains("channel=MOBILE");
    let pushes: Vec<i64> =
        state.requests.iter().filter(|(_, request)| ciba(&request.body)).map(|(at, _)| at.unix()).collect();
    for pair in pushes.windows(2) {
        assert!(pair[1] - pair[0] >= 120, "two on the phone at once: {pushes:?}");
    }
    for (number, first) in pushes.iter().enumerate() {
        let day = pushes[number..].iter().filter(|at| *at - first < 24 * 3600).count();
        assert!(day <= 10, "{day} in a day: {pushes:?}");
    }
    assert!((8..=20).contains(&pushes.len()), "a day and a quarter: {pushes:?}");
    drop(state);

    // From the office, where the card signed in, the phone still works: three of the ten are kept for it.
    let mut poll = instances[0].start(Channel::Mobile, "office").unwrap();
    assert!(instances[0].wait(&mut poll).is_ok());
}

#[test]
fn in_memory() {
    let shared = Arc::new(Memory::new());
    storm(|| shared.clone());
}

#[test]
fn on_ten_handles_of_one_sqlite_file() {
    let directory = tempfile::tempdir().unwrap();
    storm(|| Sqlite::open(directory.path().join("guard.sqlite")).unwrap());
}
