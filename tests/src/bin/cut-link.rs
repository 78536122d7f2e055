//! Takes the loopback link down and up again in a network namespace of its own, in the middle of a sign-in, of a wait for a
//! phone and of a refresh. `tests/tests/cut.rs` starts it; outside a namespace it would cut everybody's link.
#![allow(clippy::disallowed_methods)] // it counts the time that a cut takes

use sas_psc::Code;
use sas_psc::drive::{HttpConfig, blocking};
use sas_psc::id::IdNat;
use sas_psc::psc::{Channel, SignInOptions};
use sas_psc_sim::{Config, Simulator, VirtualClock};
use sas_psc_tests::{client, environment};
use std::process::Command;
use std::time::{Duration, Instant};

/// Only in a namespace whose one link is `lo`.
fn link(state: &str) {
    assert!(Command::new("ip").args(["link", "set", "lo", state]).status().expect("ip").success());
}

fn in_time<T>(call: impl FnOnce() -> T) -> T {
    let since = Instant::now();
    let result = call();
    assert!(since.elapsed() < Duration::from_secs(4), "{:?}", since.elapsed());
    result
}

/// What a request meets while there is no link: refused at once, or silence on a connection that was open.
fn is_cut(code: Code) -> bool {
    [Code::CONNECT_FAILED, Code::TIMED_OUT, Code::CONNECTION_LOST].contains(&code)
}

fn main() {
    let outside = std::env::var_os("SAS_PSC_NAMESPACE").expect("tests/tests/cut.rs starts this");
    let here = std::fs::read_link("/proc/self/ns/net").expect("Linux");
    assert!(here.as_os_str() != outside, "in a namespace of its own, or everybody's link is cut");
    let sim =
        Simulator::start(Config { ciba_interval: 1, clock: VirtualClock::default(), ..Config::default() }).unwrap();
    let waiting = |time| {
        let http = HttpConfig::default().with_timeouts(time, time);
        blocking::Psc::new(environment(&sim.issuer()), client(), &http).unwrap()
    };
    // The hasty one asks while there is no link; the patient one does not mind a busy machine.
    let (psc, hasty) = (waiting(Duration::from_secs(30)), waiting(Duration::from_millis(900)));
    while hasty.service().is_err() {}
    let doctor = IdNat::parse("899700218896").unwrap();

    let (mut pending, url) = psc.begin(&SignInOptions::default()).unwrap();
    let callback = sim.sign_in_by_card(&url, "physician");
    link("down");
    let error = in_time(|| hasty.finish(&mut pending, &callback)).unwrap_err();
    assert!(is_cut(error.code()), "{}", error.code());
    println!("a sign-in without a link: {}", error.code());
    let error = in_time(|| hasty.ciba(&doctor, Channel::Mobile)).unwrap_err();
    assert!(is_cut(error.code()), "{}", error.code());
    link("up");
    let (mut pending, url) = psc.begin(&SignInOptions::default()).unwrap();
    let signed_in = psc.finish(&mut pending, &sim.sign_in_by_card(&url, "physician")).unwrap();

    let mut poll = psc.ciba(&doctor, Channel::Mobile).unwrap();
    link("down");
    for _ in 0..2 {
        std::thread::sleep(Duration::from_millis(1100));
        assert!(in_time(|| hasty.poll_ciba(&mut poll)).unwrap().is_none());
    }
    let error = in_time(|| hasty.refresh(&signed_in.tokens)).unwrap_err();
    assert!(is_cut(error.code()), "{}", error.code());
    println!("a refresh without a link: {}", error.code());
    link("up");
    assert!(sim.phone().choose("physician", poll.digits()));
    psc.wait_ciba(&mut poll, |_, _| ()).unwrap();
    psc.refresh(&signed_in.tokens).unwrap();
    println!("all is well");
}
