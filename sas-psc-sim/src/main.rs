//! `sas-psc-sim`: the simulator as a program, for demonstrations and for tests in other languages; and the bench of clients.
//!
//! The addresses go to stdout as one line of JSON once everything listens; the text for people goes to stderr. It runs
//! until Ctrl-C or SIGTERM, and leaves nothing behind.

use clap::{Args, Parser, Subcommand};
use sas_psc_sim::bench::{self, Judged, Verdict};
use sas_psc_sim::card::{self, Control, Generation, Profile, Range, Reader, Validity, VirtualCard, Vpcd};
use sas_psc_sim::conformance::{self, Expect};
use sas_psc_sim::directory::Extract;
use sas_psc_sim::{Client, Config, Running, Scenario, Simulator, VirtualClock};
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

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
    /// Tries a client of Pro Santé Connect, in any language, before a provider that is wrong in one way at a time
    #[command(long_about = BENCH)]
    Conformance(Conformance),
    /// Puts a virtual CPS card into the reader of vpcd; lines on stdin do things to it (docs: card/control.rs)
    Card(CardOptions),
    /// Writes an invented extract of the national directory to stdout
    Directory(Directory),
}

const BENCH: &str = "Tries a client of Pro Santé Connect, in any language, before a provider that is wrong in one way at a \
time, or right in a way that an over-strict client refuses. docs/CONFORMANCE.md says how a client is started and what it \
says. Without --client, lists the cases. Exit status: 0 all passed, 1 a case failed, 2 a mistake in the command, 3 the \
client did not pass a control, so that there is nothing to say of it.";

#[derive(Args)]
struct Conformance {
    /// The command that starts the client, for the shell, once a case
    #[arg(long, value_name = "COMMAND")]
    client: Option<String>,
    /// The client is a web application: it says {"start_url": …} when it is ready, and a browser goes there
    #[arg(long, requires = "client")]
    browser: bool,
    /// Only the cases whose name fits: * stands for anything
    #[arg(long, value_name = "GLOB", default_value = "*")]
    case: String,
    /// Write report.html and report.json there
    #[arg(long, value_name = "DIR", requires = "client")]
    report: Option<PathBuf>,
    /// How long the client may take for a case, in seconds
    #[arg(long, value_name = "S", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=600))]
    timeout: u64,
    /// How many cases at a time
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
    /// What the report calls the client; by default its command
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

#[derive(Args)]
struct CardOptions {
    /// cps3, cps3-contactless or cps4
    #[arg(long, default_value = "cps3")]
    generation: Generation,
    /// The holder's code: 4 to 8 digits
    #[arg(long, default_value = "1234", value_parser = digits)]
    pin: String,
    /// Where vpcd listens
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:35963")]
    vpcd: String,
    /// Another person's card, with other keys
    #[arg(long)]
    other: bool,
    /// Writes the certificates of the SYNTHETIC authorities there, PEM
    #[arg(long, value_name = "FILE")]
    authorities: Option<PathBuf>,
    /// Where the card's certificates say that their revocation list is
    #[arg(long, value_name = "URL")]
    crl_address: Option<String>,
    /// Writes a revocation list of nothing there, DER, to be served at that address
    #[arg(long, value_name = "FILE")]
    crl: Option<PathBuf>,
    /// Lines that are done to the card before anybody sees it
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
}

#[derive(Args)]
struct Directory {
    /// Rows, broken ones included
    #[arg(long, default_value_t = 20_000)]
    rows: u64,
    /// The same seed gives the same file
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many columns: the file of 2018, of 2022 or of today
    #[arg(long, default_value_t = 56, value_parser = columns)]
    columns: usize,
    /// Another order of the columns
    #[arg(long)]
    shuffled: bool,
    /// At most this many rows that no reader should take
    #[arg(long, default_value_t = 20)]
    broken: u64,
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
    /// Where the service is told that a session ended (back-channel logout): http on a loopback address
    #[arg(long, value_name = "URL")]
    logout_url: Option<String>,
}

fn main() -> ExitCode {
    let done = match Command::parse().action {
        Action::Serve(options) => serve(options).map(|()| ExitCode::SUCCESS),
        Action::Conformance(options) => conformance(options),
        Action::Card(options) => virtual_card(&options).map(|()| ExitCode::SUCCESS),
        Action::Directory(options) => directory(&options).map(|()| ExitCode::SUCCESS),
    };
    match done {
        Ok(status) => status,
        Err(problem) => {
            eprintln!("sas-psc-sim: {problem}");
            ExitCode::from(2)
        }
    }
}

fn conformance(options: Conformance) -> Result<ExitCode, String> {
    let Some(client) = options.client else {
        let cases = conformance::cases();
        for case in cases.iter().filter(|case| bench::fits(&options.case, &case.name)) {
            let hard = if case.expect == Expect::Refuse { "refuse" } else { "accept" };
            println!(
                "{}",
                json!({ "case": case.name, "provider": case.does, "client": hard, "source": case.source,
                                   "severity": case.severity })
            );
        }
        return Ok(ExitCode::SUCCESS);
    };
    let bench_options = bench::Options {
        name: options.name.unwrap_or_else(|| client.clone()),
        client,
        browser: options.browser,
        pattern: options.case,
        report: options.report,
        timeout: Duration::from_secs(options.timeout),
        jobs: options.jobs.into(),
    };
    let tell = |line: &Judged| {
        if line.verdict == Verdict::Failed {
            eprintln!("FAILED {}: {}; {}", line.case, line.provider, line.did);
        }
    };
    let lines = bench::run(&bench_options, tell).map_err(|error| format!("the report: {error}"))?;
    if lines.is_empty() {
        return Err("no case has such a name".into());
    }
    let totals = bench::totals(&lines);
    println!("{}", json!({ "client": bench_options.name, "totals": totals }));
    eprintln!(
        "{} of {} hard cases stopped, {} of {} right sign-ins accepted; {} not applicable, {} not run",
        totals.stopped, totals.hard, totals.accepted, totals.right, totals.not_applicable, totals.not_run
    );
    if let Some(folder) = &bench_options.report {
        eprintln!("{}", folder.join("report.html").display());
    }
    Ok(ExitCode::from(match totals {
        _ if totals.not_run > 0 => 3,
        _ if totals.stopped < totals.hard || totals.accepted < totals.right => 1,
        _ => 0,
    }))
}

fn digits(text: &str) -> Result<String, String> {
    let right = (4..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if right { Ok(text.to_owned()) } else { Err("4 to 8 digits".into()) }
}

fn virtual_card(options: &CardOptions) -> Result<(), String> {
    let made = if options.other { Profile::other(options.generation) } else { Profile::of(options.generation) };
    let crl = options.crl_address.clone().unwrap_or_default();
    let profile = Profile { pin: options.pin.clone(), crl, ..made };
    if let Some(file) = &options.crl {
        let list = Range::of(profile.holder.family).crl(&[], Validity::default());
        std::fs::write(file, list).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    if let Some(file) = &options.authorities {
        std::fs::write(file, card::authorities()).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    let vpcd = Vpcd::new(Reader::with(VirtualCard::new(profile.clone())), &options.vpcd);
    let control = Control::new(vpcd.clone(), profile.clone());
    if let Some(file) = &options.scenario {
        let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        text.lines().try_for_each(|line| control.obey(line).map(drop))?;
    }
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            match control.obey(&line) {
                Ok(answer) => println!("{answer}"),
                Err(problem) => println!("{}", json!({ "error": problem })),
            }
        }
    });
    let atr: String = profile.generation.atr().iter().map(|byte| format!("{byte:02x}")).collect();
    let connected = || {
        println!(
            "{}",
            json!({
                "card": profile.generation.name(), "atr": atr, "serial": format!("{:08}", profile.serial),
                "pin": profile.pin, "puk": profile.puk,
            })
        );
    };
    vpcd.run(connected).map_err(|error| format!("vpcd at {}: {error}", options.vpcd))
}

fn columns(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|count| [48, 52, 56].contains(count)).ok_or_else(|| "48, 52 or 56".to_owned())
}

fn directory(options: &Directory) -> Result<(), String> {
    let Directory { rows, seed, columns, shuffled, broken } = *options;
    let extract = Extract { rows, seed, columns, broken, shuffled };
    let broken = extract.write(std::io::stdout().lock()).map_err(|error| error.to_string())?;
    eprintln!("{rows} rows, {broken} of them broken");
    Ok(())
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
    let ours = Client { backchannel_logout: options.logout_url, ..Client::default() };
    let config =
        Config { port: options.port, scenario, clock, clients: vec![ours, Client::other()], ..Config::default() };
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
