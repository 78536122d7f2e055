//! `sas-psc`: the SDK at a shell. One file per command; each reads its arguments, calls the SDK and prints.
//!
//! Results go to stdout, text for people to stderr; the exit status comes from who must act (`output.rs`).

mod card;
mod companion;
mod consent;
mod directory;
mod doctor;
mod email;
mod id;
mod input;
mod link;
mod login;
mod online;
mod output;
mod progress;
mod provider;
mod purge;
mod settings;
mod system_browser;
mod token;

use clap::{Parser, Subcommand};
use output::Output;
use sas_psc::{Code, Error, Lang};
use std::process::ExitCode;

/// Sign French health professionals in with Pro Santé Connect; check numbers, addresses, tokens and settings.
///
/// Exit status: 0 done, and every answer is yes; 1 an answer is no; 2 a mistake in the command or its files; 3 the user
/// refused, was too late or stopped; 4 the card or its reader; 5 the provider; 6 the machine or the network; 70 a bug.
#[derive(Parser)]
#[command(name = "sas-psc", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Print one JSON object per result, and an error as the last one
    #[arg(long, global = true, display_order = 100)]
    json: bool,
    /// The language of messages, fr or en; by default the one of the locale
    #[arg(long, global = true, display_order = 101, value_parser = ["fr", "en"])]
    lang: Option<String>,
}

#[derive(Subcommand)]
enum Command {
    /// Check RPPS and other numbers
    #[command(subcommand)]
    Id(id::Command),
    /// Keep a consent log: record answers, prove them, audit
    #[command(subcommand)]
    Consent(consent::Command),
    /// Import the national directory, and ask it
    #[command(subcommand)]
    Directory(directory::Command),
    /// Check e-mail addresses
    #[command(subcommand)]
    Email(email::Command),
    /// Prepare the sign-up at https://sas.sante.fr/ and go through it with the person
    Companion(companion::Companion),
    /// Examine the way to Pro Santé Connect: certificate, proxy, issuer, addresses, keys, clock
    Doctor(doctor::Doctor),
    /// Say how a base of existing accounts would be linked to people; changes nothing
    #[command(subcommand)]
    Link(link::Command),
    /// Sign in at a provider, and print who signed in
    #[command(subcommand)]
    Login(login::Command),
    /// Delete data whose time is over, with a record of it
    #[command(subcommand)]
    Purge(purge::Command),
    /// Check participation settings
    #[command(subcommand)]
    Settings(settings::Command),
    /// Verify tokens
    #[command(subcommand)]
    Token(token::Command),
    /// Show cards and their certificates, sign with them, change and unblock their PIN
    #[command(subcommand)]
    Card(card::Command),
}

impl Command {
    fn run(&self, out: &mut Output) -> Result<(), Error> {
        match self {
            Command::Id(command) => command.run(out),
            Command::Consent(command) => command.run(out),
            Command::Directory(command) => command.run(out),
            Command::Email(command) => command.run(out),
            Command::Companion(command) => command.run(out),
            Command::Doctor(command) => command.run(out),
            Command::Link(command) => command.run(out),
            Command::Login(command) => command.run(out),
            Command::Purge(command) => command.run(out),
            Command::Settings(command) => command.run(out),
            Command::Token(command) => command.run(out),
            Command::Card(command) => command.run(out),
        }
    }
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let mut out = Output::new(cli.json, cli.lang.map_or_else(locale, |tag| Lang::from_tag(&tag)));
    on_interrupt(out.clone());
    if let Err(error) = cli.command.run(&mut out) {
        out.error(&error);
    }
    out.exit()
}

/// Ctrl-C is an answer of the user. Where it cannot be caught, the system ends the program.
fn on_interrupt(mut out: Output) {
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
        if runtime.is_ok_and(|runtime| runtime.block_on(tokio::signal::ctrl_c()).is_ok()) {
            out.error(&Error::new(Code::USER_CANCELLED));
            out.leave();
        }
    });
}

/// A command line that was not understood; also `--help` and `--version`, which are no errors.
fn usage(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    if !error.use_stderr() {
        return ExitCode::SUCCESS;
    }
    let mut out = Output::new(std::env::args_os().any(|argument| argument == "--json"), locale());
    out.status_of(&Error::new(Code::USAGE));
    out.exit()
}

/// The language of the locale, as POSIX reads it.
fn locale() -> Lang {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    Lang::from_tag(&["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set).unwrap_or_default())
}
