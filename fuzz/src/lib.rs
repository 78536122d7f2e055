//! What is fuzzed: one function for each parser of foreign bytes, and the seeds it starts from.
//!
//! A target never fails on bad input: it panics when a promise is broken. `make test` runs each over its seeds, and over
//! small damage to them, with the stable toolchain (`tests/seeds.rs`); `make test-long PART=fuzz` lets libFuzzer search
//! with the nightly one (`libfuzzer/`). To add a target: a file in `src/targets` and its line in [`TARGETS`].

mod seeds;
mod targets;

use std::path::Path;

/// One parser under attack.
pub struct Target {
    /// Its name, and its folder in `fuzz/corpus`.
    pub name: &'static str,
    /// Runs it once.
    pub run: fn(&[u8]),
    /// What it starts from, out of `vectors`.
    pub seeds: fn(&Path) -> Vec<Vec<u8>>,
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target {
        name: "card-atr",
        run: targets::card_bytes::atr,
        seeds: |_| vec![vec![0x3B, 0xAC, 0, 0x40, 0x2A, 0, 0x12, 0x25, 0, 0x64, 0x80, 0, 3, 0x10, 0, 0x90, 0]],
    },
    Target {
        name: "card-dialogue",
        run: targets::card_bytes::dialogue,
        seeds: |at| seeds::dialogues(&at.join("card")),
    },
    Target {
        name: "card-directories",
        run: targets::card_bytes::directories,
        seeds: |at| seeds::card_answers(&at.join("card/cps3-read.txt")),
    },
    Target {
        name: "card-fcp",
        run: targets::card_bytes::fcp,
        seeds: |at| seeds::card_answers(&at.join("card/cps3-read.txt")),
    },
    Target {
        name: "card-status",
        run: targets::card_bytes::status,
        seeds: |at| seeds::card_answers(&at.join("card/cps3-sign-warm.txt")),
    },
    Target {
        name: "card-tlv",
        run: targets::card_bytes::tlv,
        seeds: |at| seeds::card_answers(&at.join("card/cps3-read.txt")),
    },
    Target {
        name: "card-certificate",
        run: targets::card::certificate,
        seeds: |at| seeds::these(&at.join("card-certificate/pki"), &["cps.der", "cpe.der", "cps-signature.pem"]),
    },
    Target {
        name: "card-revocation-list",
        run: targets::card::revocation_list,
        seeds: |at| seeds::these(&at.join("card-certificate/pki"), &["fort.crl"]),
    },
    Target { name: "card-stored", run: targets::card::stored, seeds: |_| targets::card::kept() },
    Target {
        name: "directory-extract",
        run: targets::directory::extract,
        seeds: |at| seeds::these(&at.join("directory"), &["extract.txt", "savoir-faire.txt"]),
    },
    Target {
        name: "directory-index",
        run: targets::directory::index,
        seeds: |at| seeds::these(&at.join("directory"), &["index-v1.bin"]),
    },
    Target { name: "directory-bundle", run: targets::directory::bundle, seeds: |at| seeds::answers(&at.join("fhir")) },
    Target {
        name: "identifiers",
        run: targets::identifiers::run,
        seeds: |at| seeds::cells(&at.join("identifiers.csv"), 0),
    },
    Target {
        name: "id-token",
        run: targets::provider::id_token,
        seeds: |at| targets::provider::tokens(&at.join("id-token")),
    },
    Target {
        name: "logout-token",
        run: targets::provider::logout_token,
        seeds: |at| targets::provider::tokens(&at.join("logout-token")),
    },
    Target { name: "jwks", run: targets::provider::keys, seeds: targets::provider::key_sets },
    Target {
        name: "userinfo",
        run: targets::provider::userinfo,
        seeds: |at| targets::provider::answers(&at.join("userinfo")),
    },
    Target { name: "discovery", run: targets::provider::discovery, seeds: targets::provider::discovery_documents },
    Target {
        name: "proxy-framing",
        run: targets::proxy::framing,
        seeds: |at| targets::proxy::requests(&at.join("proxy")),
    },
    Target { name: "proxy-connect", run: targets::proxy::connect, seeds: targets::proxy::bodies },
];

/// The target of this name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
