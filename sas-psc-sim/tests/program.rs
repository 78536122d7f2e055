//! The program: one line of JSON on stdout, a clean end on a signal.

use sas_psc_sim::Browser;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};

fn serve(arguments: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sas-psc-sim"));
    command.arg("serve").args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

#[test]
fn serves_until_it_is_interrupted() {
    let mut scenario = tempfile::NamedTempFile::new().unwrap();
    scenario.write_all(br#"[{"fault":"answer","at":"jwks","status":503}]"#).unwrap();
    for signal in ["INT", "TERM"] {
        let mut child = serve(&["--scenario", scenario.path().to_str().unwrap(), "--speed", "0"]);
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let addresses: serde_json::Value = serde_json::from_str(&line).unwrap();
        let text = |name: &str| addresses[name].as_str().unwrap_or_else(|| panic!("{name}: {line}")).to_owned();
        let mut browser = Browser::new();
        let document = browser.get(&text("discovery")).unwrap().json();
        assert_eq!(document["issuer"], *text("issuer"));
        assert_eq!(browser.get(document["jwks_uri"].as_str().unwrap()).unwrap().status, 503);
        let index = browser.get(&format!("{}/", text("web"))).unwrap().body;
        assert!(index.contains("Simulateur — aucune valeur réelle") && index.contains("physician"));
        let time = || Browser::new().get(&format!("{}/control/time", text("web"))).unwrap().body;
        assert_eq!(time(), time(), "at speed 0 time stands still");
        for name in ["client_id", "client_secret", "mail"] {
            text(name);
        }
        let killed = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        assert!(child.wait().unwrap().success(), "SIG{signal}");
        let mut rest = String::new();
        stdout.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "", "one line and no more");
    }
}

#[test]
fn what_it_cannot_start_with() {
    let mut bad = tempfile::NamedTempFile::new().unwrap();
    bad.write_all(br#"[{"fault":"nonsense"}]"#).unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for arguments in [
        ["--scenario", bad.path().to_str().unwrap()],
        ["--scenario", "/nonexistent/scenario.json"],
        ["--port", &port],
        ["--speed", "fast"],
    ] {
        let output = serve(&arguments).wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty());
    }
}
