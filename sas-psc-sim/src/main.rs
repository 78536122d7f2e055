//! `sas-psc-sim`: the simulator as a program, for demonstrations and for tests in other languages.
//!
//! The addresses go to stdout as one line of JSON once everything listens; the text for people goes to stderr. It runs
//! until Ctrl-C or SIGTERM, and leaves nothing behind.

use clap::{Args, Parser, Subcommand};
use sas_psc_sim::{Config, Running, Scenario, Simulator, VirtualClock};
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

/// Simulator of Pro Santé Connect, of the e-CPS phone and of a mailbox. For tests and demonstrations only.
#[derive(Parser)]
#[command(name = "sas-psc-sim", version, after_help = HELP)]
struct Command {
    #[command(subcommand)]
    action: Action,
}

const HELP: &str =
    r#"A scenario is a list of rules: [{"fault": "wrong-nonce", "times": 1}]. Their names are in scenario.rs."#;

#[derive(Subcommand)]
enum Action {
    /// Starts the simulator on 127.0.0.1
    Serve(Serve),
}

#[derive(Args)]
struct Serve {
    /// First of four ports in a row: auth, wallet, web, mail. 0: free ones
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Simulated seconds per real second; 0: time moves by the control only
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// What goes wrong: a JSON file with a list of rules
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
}

fn main() -> ExitCode {
    let Action::Serve(options) = Command::parse().action;
    match serve(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("sas-psc-sim: {problem}");
            ExitCode::from(2)
        }
    }
}

fn serve(options: Serve) -> Result<(), String> {
    let scenario = match &options.scenario {
        Some(file) => {
            let place = file.display();
            let text = std::fs::read_to_string(file).map_err(|error| format!("{place}: {error}"))?;
            Scenario::parse(&text).map_err(|error| format!("{place}: {error}"))?
        }
        None => Scenario::default(),
    };
    let clock = VirtualClock::fast(options.speed);
    let config = Config { port: options.port, scenario, clock, ..Config::default() };
    let client = config.clients.first().cloned().unwrap_or_default();
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let stopped = stopped().map_err(|error| error.to_string())?;
        let running = Simulator::start(config).map_err(|error| format!("port {}: {error}", options.port))?;
        announce(&running, &client);
        stopped.await;
        running.stop();
        Ok(())
    })
}

/// Ends at Ctrl-C, and at SIGTERM where there is such a thing; both are caught from the call on.
#[cfg(unix)]
fn stopped() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
    })
}

#[cfg(windows)]
fn stopped() -> std::io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move { drop(interrupt.recv().await) })
}

fn announce(running: &Running, client: &sas_psc_sim::Client) {
    let (web, issuer, mail) = (running.web_base(), running.issuer(), running.mail_addr().to_string());
    let discovery = format!("{issuer}/.well-known/wallet-openid-configuration");
    println!(
        "{}",
        json!({
            "issuer": issuer, "discovery": discovery, "auth": running.auth_base(), "wallet": running.wallet_base(),
            "web": web, "mail": mail, "client_id": client.id, "client_secret": client.secret,
        })
    );
    eprintln!(
        "Simulateur de Pro Santé Connect — aucune valeur réelle\n\
         \n  accueil     {web}/\n  téléphones  {web}/phone\n  courriels   {web}/mail\n  SMTP        {mail}\n  \
         issuer      {issuer}\n\nCtrl-C pour arrêter."
    );
}
