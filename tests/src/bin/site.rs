//! The site in a process of its own, for a test that kills it.

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    sas_psc_tests::serve(&arguments);
}
