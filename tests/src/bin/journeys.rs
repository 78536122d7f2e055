//! An instance under load in a process of its own, for a test that kills it, and the judge of what it left.

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    sas_psc_tests::journeys(&arguments);
}
