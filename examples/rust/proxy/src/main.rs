//! A Proxy e-Santé: workstations sign doctors in through it, and reach the APIs that Pro Santé Connect protects.
//!
//! It is the example to start from, and uses nothing but the SDK's public API. Read `routes.rs` first: it is the map. The
//! rules are the SDK's (`psc::proxy::server`); what is here is what a server adds: a listener, a store, an order.

mod app;
mod connect;
mod disconnect;
mod enrol;
mod failure;
mod guarded;
mod listen;
mod peer;
mod routes;
mod send;
mod settings;
mod store;
mod tls;
mod tokens;
mod traces;

use clap::Parser;
use settings::Command;
use std::process::ExitCode;

/// What stops a start: a sentence for the operator.
type Start<T> = Result<T, String>;

#[tokio::main]
async fn main() -> ExitCode {
    let done = match settings::Cli::parse().command {
        Command::Serve(settings) => listen::serve(*settings).await,
        Command::Invite(invite) => enrol::invite(&invite),
        Command::Workstations(data) => enrol::list(&data),
        Command::Revoke(revoke) => enrol::revoke(&revoke),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}
