//! The C face of sas-psc: handles, errors and strings over the SDK, and nothing else.
//!
//! `include/sas_psc.h` is made from this crate (tests/header.rs) and opens with the conventions a C programmer needs.
//! One file per handle; each function comes from the `export!` macro. Nothing here decides or parses: a body reads
//! its arguments, calls the SDK once, hands the result over.
#![allow(non_camel_case_types)] // a type's name in Rust is its name in C
#![deny(clippy::undocumented_unsafe_blocks)]

mod argument;
mod authorization;
mod availability;
mod card;
mod card_cache;
mod card_certificate;
mod card_choice;
mod card_cms;
mod card_dialogue;
mod card_key;
mod card_possession;
mod card_trust;
mod card_watch;
mod card_work;
mod ciba;
mod ciba_guard;
mod column;
mod companion;
mod consent_log;
mod crl_cache;
mod crosscheck;
mod directory;
mod directory_import;
mod discovery;
mod doctor;
mod email;
mod email_mail;
mod environment;
mod error;
mod exchange;
mod export;
mod fallback;
mod fhir;
mod fhir_page;
mod handle;
mod http;
mod id;
mod id_token;
mod key_ring;
mod life;
mod link;
mod local_sign_in;
mod logout_token;
mod loopback;
mod participation;
mod presence;
mod professional;
mod proxy;
mod readers;
mod rpps;
mod service;
mod service_tokens;
mod session_rules;
mod sessions;
mod sign_in_cookies;
mod sign_in_options;
mod sign_up;
mod sign_up_life;
mod sign_up_mail;
mod sign_up_settings;
mod sign_up_terms;
mod signed_in;
mod steps;
mod string;
mod thumbprint;
mod token_exchange;
mod tokens;
mod version;
