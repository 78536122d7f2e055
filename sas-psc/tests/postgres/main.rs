//! PostgreSQL keeps the promises of every store, and what it adds to them. Beside a server that `tools/postgres` starts.

#[path = "../contract/crashing.rs"]
mod crashing;
#[path = "../contract/guard.rs"]
mod guard;
#[path = "../contract/life.rs"]
mod life;
#[path = "../contract/limit.rs"]
mod limit;
#[path = "../contract/link.rs"]
mod link;
#[path = "../contract/local_sign_in.rs"]
mod local_sign_in;
#[path = "../contract/session.rs"]
mod session;
#[path = "../contract/suite.rs"]
mod suite;
#[path = "../contract/support.rs"]
mod support;

mod alone;
mod lost;
mod many;
mod place;
mod refusals;
mod tables;
mod wire;

use place::Place;

suite!(on_postgres, {
    let place = crate::Place::new();
    (place.open(), place)
});
session_suite!(sessions_on_postgres, {
    let place = crate::Place::new();
    (place.open(), place)
});
limit_suite!(limits_on_postgres, {
    let place = crate::Place::new();
    (place.open(), place)
});
life_suite!(lives_on_postgres, {
    let place = crate::Place::new();
    (place.open(), place)
});
link_suite!(links_on_postgres, {
    let place = crate::Place::new();
    (place.open(), place)
});
local_sign_in_suite!(local_sign_ins_on_postgres, {
    let place = crate::Place::new();
    (place.open(), place)
});

#[test]
fn the_rows_of_the_guard_on_postgres() {
    guard::a_row_is_changed_by_who_read_it_last(&Place::new().open());
    guard::rows_are_swept_when_their_time_is_over(&Place::new().open());
    let place = Place::new();
    guard::no_change_is_lost(&(0..4).map(|_| place.open()).collect::<Vec<_>>());
}

#[test]
fn instances_count_mails_together_on_postgres() {
    let place = Place::new();
    limit::instances_count_together((0..4).map(|_| place.open()).collect());
}
