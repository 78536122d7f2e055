//! The virtual CPS card, as a card: what it answers, what it counts, what goes wrong on demand.
//!
//! `dialogues` replays what OpenSC's programs said to a virtual card of other authorship; that OpenSC itself accepts
//! this one is `tools/parts/counterpart-cards`.

mod certificates;
mod codes;
mod cps4;
mod dialogues;
mod faults;
mod lean;
mod reader;
mod vpcd;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{UnparsedPublicKey, VerificationAlgorithm};
use sas_psc_sim::card::{Generation, Profile, Usage, VirtualCard};
use x509_cert::Certificate;
use x509_cert::der::Decode;

/// A card that is powered.
fn card(generation: Generation) -> VirtualCard {
    powered(Profile::of(generation))
}

fn powered(profile: Profile) -> VirtualCard {
    let mut card = VirtualCard::new(profile);
    card.power_on();
    card
}

fn hex(text: &str) -> Vec<u8> {
    let digits: String = text.split_whitespace().collect();
    digits.as_bytes().chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn shown(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Sends a command written in hexadecimal; what comes back, in hexadecimal.
fn send(card: &mut VirtualCard, command: &str) -> String {
    shown(&card.transmit(&hex(command)))
}

/// Sends commands of which each must succeed; the data of the last one.
fn done(card: &mut VirtualCard, commands: &[&str]) -> Vec<u8> {
    let mut data = Vec::new();
    for command in commands {
        let answer = card.transmit(&hex(command));
        assert!(answer.ends_with(&[0x90, 0]) || answer[answer.len() - 2] == 0x61, "{command}: {}", shown(&answer));
        data = answer[..answer.len() - 2].to_vec();
    }
    data
}

fn sha256_info(message: &[u8]) -> String {
    format!("3031300d060960864801650304020105000420{}", shown(digest(&SHA256, message).as_ref()))
}

fn verifies(card: &VirtualCard, usage: Usage, how: &'static dyn VerificationAlgorithm, message: &[u8], by: &[u8]) {
    let certificate = Certificate::from_der(&card.certificate(usage)).unwrap();
    let key = certificate.tbs_certificate().subject_public_key_info().subject_public_key.raw_bytes().to_vec();
    UnparsedPublicKey::new(how, key).verify(message, by).unwrap();
}
