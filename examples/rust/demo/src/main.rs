//! Plays the whole journey as a person would, against a sign-up site and a simulator that run beside it.
//!
//! `make demo` starts both (tools/site), then `play`; once they are stopped, `export` makes what they left readable.

mod export;
mod html;
mod journey;
mod people;
mod story;
mod window;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use story::Story;

/// Plays the whole journey: once with the CPS card, once with the e-CPS, and two refusals.
#[derive(Parser)]
#[command(name = "sas-psc-example-demo")]
struct Command {
    /// In English; in French without it
    #[arg(long, global = true)]
    english: bool,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Acts as the people, and keeps the mails that they got
    Play {
        /// The sign-up site: http://127.0.0.1:PORT
        #[arg(long)]
        site: String,
        /// The simulator's phones and mailbox: http://127.0.0.1:PORT
        #[arg(long)]
        simulator: String,
        /// Where the mails go
        folder: PathBuf,
    },
    /// Lists the simulated people: who they are, what they sign in with
    People,
    /// Makes accounts.json, consent-log.json and receipts/ from accounts.sqlite
    Export {
        /// Where the database is, and where they go
        folder: PathBuf,
    },
}

fn main() -> ExitCode {
    let Command { english, action } = Command::parse();
    let story = Story::new(english);
    let done = match action {
        Action::Play { site, simulator, folder } => {
            let stage = journey::Stage { story, site, simulator };
            story.note(story.say(
                "Un site d'inscription, un Pro Santé Connect simulé, un téléphone, une boîte aux lettres : tout est sur \
                 cette machine, les personnes sont inventées. À gauche, où l'on est ; « → », ce que fait la personne.",
                "A sign-up site, a simulated Pro Santé Connect, a phone, a mailbox: all on this machine, the people are \
                 invented. On the left, where we are; “→”, what the person does.",
            ));
            let played = stage
                .by_card()
                .and_then(|()| stage.by_phone())
                .and_then(|()| stage.refused_card())
                .and_then(|()| stage.refused_on_phone());
            // The mails help to see why it stopped.
            played.and(export::mails(&stage.simulator, &folder))
        }
        Action::People => {
            people::list();
            Ok(())
        }
        Action::Export { folder } => export::all(story, &folder),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            let words = story.say("La démonstration s'est arrêtée.", "The demonstration stopped.");
            eprintln!("\n{words} {problem}");
            ExitCode::FAILURE
        }
    }
}
