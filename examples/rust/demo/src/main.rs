//! Plays the whole journey as a person would, against a sign-up site and a simulator that run beside it.
//!
//! `make demo` starts both and this program (tools/site).

mod export;
mod guide;
mod html;
mod journey;
mod story;
mod window;

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use story::Story;

/// Plays the whole journey: once with the CPS card, once with the e-CPS, and two refusals.
#[derive(Parser)]
#[command(name = "sas-psc-example-demo")]
struct Command {
    /// The language of the story: fr or en
    #[arg(long, global = true, env = "DEMO_LANG", default_value = "fr", value_parser = ["fr", "en"])]
    lang: String,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Acts as the people, then makes readable what they left: accounts, mails, consent log, receipts
    Play {
        #[command(flatten)]
        places: Places,
        /// The site's database, when it is not accounts.sqlite in the folder
        #[arg(long, env = "SAS_WEB_DATABASE", hide_env_values = true)]
        database: Option<PathBuf>,
        /// The site's consent log, when it is not consent-log in the folder
        #[arg(long, env = "SAS_WEB_CONSENT_LOG")]
        consent_log: Option<PathBuf>,
        /// Where the site's database is, accounts.sqlite, and the rest goes
        folder: PathBuf,
    },
    /// Tells a person where to go and as whom, and stays until it is ended
    Guide {
        #[command(flatten)]
        places: Places,
    },
}

#[derive(Args)]
struct Places {
    /// The sign-up site: http://127.0.0.1:PORT
    #[arg(long, env = "SAS_PSC_SITE")]
    site: String,
    /// The simulator's phones and mailbox: http://127.0.0.1:PORT
    #[arg(long, env = "SAS_PSC_SIMULATOR")]
    simulator: String,
}

fn main() -> ExitCode {
    let Command { lang, action } = Command::parse();
    let story = Story::new(lang == "en");
    let done = match action {
        Action::Play { places: Places { site, simulator }, database, consent_log, folder } => {
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
            // Whatever stopped it, the mails help to see why.
            let kept = export::mails(&stage.simulator, &folder);
            let left = || export::left(story, &folder, database.as_deref(), consent_log.as_deref());
            played.and(kept).and_then(|()| left())
        }
        Action::Guide { places: Places { site, simulator } } => guide::give(story, &site, &simulator),
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
