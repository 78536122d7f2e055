//! `login` and `token verify` against the simulator, as processes: what they print, what they return, what they hide.

mod options;

use sas_psc::base::ExposeSecret;
use sas_psc::drive::HttpConfig;
use sas_psc::drive::blocking::Psc;
use sas_psc::psc::{self, ClientAuth, SignInOptions, danger};
use sas_psc_sim::{Browser, Client, Config, Running, Simulator};
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;
use tempfile::TempDir;

const RPPS: &str = "99700218896";

/// A simulator, and a folder with the client's secret.
struct Place {
    sim: Running,
    folder: TempDir,
}

impl Place {
    fn new() -> Place {
        Place::of(Config::default())
    }

    fn of(config: Config) -> Place {
        let sim = Simulator::start(Config { ciba_interval: 1, ..config }).unwrap();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("secret"), Client::default().secret + "\n").unwrap();
        Place { sim, folder }
    }

    /// The command with these arguments; the provider's come by themselves.
    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sas-psc"));
        command
            .args(arguments.split(' '))
            .args(["--issuer", &self.sim.issuer()])
            .args(["--client-id", "plateforme-sas"]);
        command.args(["--insecure-loopback", "--dangerously-allow-simulator"]);
        command.current_dir(self.folder.path()).env("LC_ALL", "fr_FR.UTF-8");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn login(&self, arguments: &str) -> Command {
        let mut command = self.command(arguments);
        command.args(["--client-secret-file", "secret"]);
        command
    }

    /// `login browser --no-open`, up to its first line.
    fn browser(&self, arguments: &str) -> Browsing {
        Place::browsing(self.login(&format!("--json login browser --no-open{arguments}")))
    }

    fn browsing(mut command: Command) -> Browsing {
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let first: Value = serde_json::from_str(&line).unwrap();
        let url = first["authorization_url"].as_str().unwrap_or_else(|| panic!("{line}")).to_owned();
        Browsing { child, stdout, url }
    }

    /// `login ecps`, up to the two digits.
    fn ecps(&self, arguments: &str) -> (Child, String) {
        Place::ringing(self.login(&format!("--json login ecps {arguments}")))
    }

    fn ringing(mut command: Command) -> (Child, String) {
        let mut child = command.spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        stderr.read_line(&mut line).unwrap();
        let digits = line.trim_end().trim_end_matches('.').rsplit(' ').next().unwrap().to_owned();
        assert_eq!(line, format!("Sur l'application e-CPS, sélectionnez le code {digits}.\n"));
        child.stderr = Some(stderr.into_inner());
        (child, digits)
    }
}

struct Browsing {
    child: Child,
    stdout: BufReader<std::process::ChildStdout>,
    url: String,
}

impl Browsing {
    /// The callback that the person's refusal makes.
    fn refused(&self, issuer: &str) -> String {
        let param = |name| {
            let rest = self.url.split(&format!("{name}=")).nth(1).unwrap();
            rest.split('&').next().unwrap().to_owned()
        };
        let back = param("redirect_uri").replace("%3A", ":").replace("%2F", "/");
        format!("{back}?error=access_denied&state={}&iss={issuer}", param("state"))
    }

    /// The exit status and the last line of stdout.
    fn end(mut self) -> (i32, Value) {
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code().unwrap(), last(&rest))
    }
}

fn last(stdout: &str) -> Value {
    serde_json::from_str(stdout.lines().last().unwrap_or_default()).unwrap_or_else(|_| panic!("{stdout:?}"))
}

fn ended(output: &Output) -> (i32, Value) {
    (output.status.code().unwrap(), last(std::str::from_utf8(&output.stdout).unwrap()))
}

fn name(error: &Value) -> &str {
    error["error"]["name"].as_str().unwrap_or_else(|| panic!("{error}"))
}

#[test]
fn the_browser_comes_back_and_the_person_is_told() {
    let place = Place::new();
    let browsing = place.browser("");
    let callback = place.sim.sign_in_by_card(&browsing.url, "physician");
    let page = Browser::new().get(&callback).unwrap();
    assert!(page.status == 200 && page.body.contains("Revenez à votre logiciel"));
    let (status, person) = browsing.end();
    assert_eq!(status, 0);
    assert_eq!(person["id_nat"], "899700218896");
    assert_eq!((&person["family_name"], &person["acr"]), (&"SPECIALISTE0021889".into(), &"eidas1".into()));
    assert_eq!(person["practices"][0]["profession"], "10");
    assert!(person["access_token_expires_in"].as_u64().unwrap() > 0);
    assert!(!person.to_string().contains("eyJ"), "a token was printed");
}

#[test]
fn another_sign_in_s_answer_is_refused_and_the_right_one_still_comes() {
    let place = Place::new();
    let browsing = place.browser("");
    let right = place.sim.sign_in_by_card(&browsing.url, "physician");
    let wrong = right.replace("state=", "state=x");
    assert_eq!(Browser::new().get(&wrong).unwrap().status, 400);
    assert_eq!(Browser::new().get(&right).unwrap().status, 200);
    assert_eq!(browsing.end().0, 0);
}

#[test]
fn a_refusal_in_the_browser_is_the_user_s() {
    let place = Place::new();
    let browsing = place.browser("");
    Browser::new().get(&browsing.refused(&place.sim.issuer())).unwrap();
    let (status, error) = browsing.end();
    assert_eq!((status, name(&error)), (3, "sign-in-cancelled"));
}

#[test]
fn a_browser_that_never_comes_back_is_waited_for_no_longer_than_said() {
    let (status, error) = Place::new().browser(" --timeout 1").end();
    assert_eq!((status, name(&error)), (3, "authorization-expired"));
}

#[cfg(unix)]
#[test]
fn ctrl_c_is_an_answer_of_the_user() {
    let browsing = Place::new().browser("");
    let killed = Command::new("kill").args(["-INT", &browsing.child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let (status, error) = browsing.end();
    assert_eq!((status, name(&error)), (3, "user-cancelled"));
}

#[cfg(target_os = "linux")]
#[test]
fn the_system_s_browser_is_opened() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let opener = place.folder.path().join("xdg-open");
    fs::write(&opener, "#!/bin/sh\nprintf %s \"$1\" >opened.part && mv opened.part opened\n").unwrap();
    fs::set_permissions(&opener, fs::Permissions::from_mode(0o700)).unwrap();
    let path = format!("{}:/usr/bin:/bin", place.folder.path().display());
    let child = place.login("login browser").env("PATH", path).spawn().unwrap();
    let opened = place.folder.path().join("opened");
    let url = (0..200).find_map(|_| fs::read_to_string(&opened).inspect_err(|_| sleep(Duration::from_millis(50))).ok());
    let callback = place.sim.sign_in_by_card(&url.unwrap(), "nurse");
    Browser::new().get(&callback).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("899700245667\tL'ÉTANG-GARÇON\tMaël\teidas1\t"), "{text}");
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "Poursuivez dans le navigateur qui s'ouvre.\n");
}

#[test]
fn the_phone_answers_and_the_person_is_told() {
    let place = Place::new();
    let (child, digits) = place.ecps(&format!("--id-nat {RPPS}"));
    assert!(place.sim.phone().choose("physician", &digits));
    let (status, person) = ended(&child.wait_with_output().unwrap());
    assert_eq!((status, &person["id_nat"], &person["auth_mode"]), (0, &"899700218896".into(), &"MOBILE".into()));
}

#[test]
fn a_refusal_on_the_phone_is_the_user_s() {
    let place = Place::new();
    let (child, _) = place.ecps(&format!("--id-nat 8{RPPS}"));
    assert!(place.sim.phone().deny("physician"));
    let (status, error) = ended(&child.wait_with_output().unwrap());
    assert_eq!((status, name(&error)), (3, "ciba-refused"));
}

#[test]
fn a_phone_that_never_answers_is_waited_for_no_longer_than_said() {
    let place = Place::new();
    let (child, _) = place.ecps(&format!("--id-nat {RPPS} --timeout 1"));
    let (status, error) = ended(&child.wait_with_output().unwrap());
    assert_eq!((status, name(&error)), (3, "ciba-cancelled"));
}

#[test]
fn who_must_act_is_the_status() {
    let place = Place::new();
    let run = |command: &mut Command| ended(&command.output().unwrap());
    let login = format!("--json login ecps --id-nat {RPPS}");

    fs::write(place.folder.path().join("other"), "another secret").unwrap();
    let (status, error) = run(place.command(&login).args(["--client-secret-file", "other"]));
    assert_eq!((status, name(&error)), (2, "client-refused"));
    let (status, error) = run(place.command(&login).args(["--client-secret-file", "absent"]));
    assert_eq!(
        (status, name(&error), &error["error"]["facts"]["field"]),
        (6, "file-unreadable", &"client_secret_file".into())
    );
    let (status, error) = run(&mut place.login("--json login ecps --id-nat 89970036624X"));
    assert_eq!((status, name(&error)), (3, "ciba-unknown-person"));
    let (status, error) = run(place.login(&login).args(["--discovery-path", "/.well-known/absent"]));
    assert_eq!((status, name(&error)), (5, "provider-answer"));

    let mut strict = Command::new(env!("CARGO_BIN_EXE_sas-psc"));
    strict.args(login.split(' ')).args(["--client-id", "c", "--issuer", &place.sim.issuer()]);
    let (status, error) = run(&mut strict);
    assert_eq!((status, name(&error)), (2, "address-refused"));
    let (status, error) = run(strict.arg("--insecure-loopback"));
    assert_eq!((status, name(&error)), (2, "simulator-refused"));

    let mut nowhere = Command::new(env!("CARGO_BIN_EXE_sas-psc"));
    nowhere.args(login.split(' ')).args(["--client-id", "c", "--issuer", "http://127.0.0.1:1", "--insecure-loopback"]);
    let (status, error) = run(&mut nowhere);
    assert_eq!((status, name(&error)), (6, "connect-failed"));
}

/// An ID token and its access token, in files of the place.
fn tokens(place: &Place) {
    let environment = danger::allow_simulator(danger::insecure_loopback(&place.sim.issuer()).unwrap());
    let auth = ClientAuth::SecretBasic(Client::default().secret.into());
    let client = psc::Client::new("plateforme-sas", auth, "http://127.0.0.1:1/callback");
    let psc = Psc::new(environment, client, &HttpConfig::default()).unwrap();
    let (mut pending, url) = psc.begin(&SignInOptions::default()).unwrap();
    let callback = place.sim.sign_in_by_card(&url, "physician");
    let tokens = psc.finish(&mut pending, &callback).unwrap().tokens;
    fs::write(place.folder.path().join("token"), tokens.id_token().expose_secret()).unwrap();
    fs::write(place.folder.path().join("access"), tokens.access_token().expose_secret()).unwrap();
}

#[test]
fn a_token_is_verified_and_its_claims_shown_as_received() {
    let place = Place::new();
    tokens(&place);
    let verify = "--json token verify --discover --acr eidas1 --max-age 300 --access-token access token";
    let (status, claims) = ended(&place.command(verify).output().unwrap());
    assert_eq!(status, 0, "{claims}");
    assert_eq!((&claims["SubjectNameID"], &claims["aud"]), (&"899700218896".into(), &"plateforme-sas".into()));

    let jwks = Browser::new().get(&format!("{}/protocol/openid-connect/certs", place.sim.issuer())).unwrap();
    fs::write(place.folder.path().join("jwks"), jwks.body).unwrap();
    let (status, same) = ended(&place.command("--json token verify --jwks jwks token").output().unwrap());
    assert_eq!((status, same), (0, claims));
}

#[test]
fn what_is_wrong_with_a_token_is_an_answer() {
    let place = Place::new();
    tokens(&place);
    let token = fs::read_to_string(place.folder.path().join("token")).unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let other = if signature.starts_with('A') { "B" } else { "A" };
    fs::write(place.folder.path().join("forged"), format!("{signed}.{other}{}", &signature[1..])).unwrap();
    for (arguments, wrong, claim) in [
        ("--discover forged", "id-token-signature", Value::Null),
        ("--discover --nonce n token", "id-token-nonce", "nonce".into()),
        ("--discover --acr eidas2 token", "id-token-acr", "acr".into()),
        ("--discover --now 2000000000 token", "id-token-expired", "exp".into()),
        ("--discover --now 1000000000 token", "id-token-not-yet-valid", "iat".into()),
        ("--discover --access-token secret token", "id-token-access-token", "at_hash".into()),
        ("--discover secret", "id-token-malformed", Value::Null),
    ] {
        let (status, error) = ended(&place.command(&format!("--json token verify {arguments}")).output().unwrap());
        assert_eq!(
            (status, name(&error), &error["error"]["facts"]["claim"]),
            (1, wrong, &claim),
            "{arguments}: {error}"
        );
    }
    // What keeps the token from being looked at is no answer.
    let (status, error) = ended(&place.command("--json token verify --jwks secret token").output().unwrap());
    assert_eq!((status, name(&error)), (6, "file-unreadable"));
}

/// A Proxy e-Santé of one sign-in: what it is asked, and a session; then its end.
fn proxy_of_one_sign_in() -> (String, std::thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let answers = [
        "200 OK\r\nset-cookie: proxy_session_id=session-tres-secrete; Path=/\r\n",
        "200 OK\r\n", // the sign-out
    ];
    let serving = std::thread::spawn(move || {
        let one = |answer: &str| {
            let (mut stream, _) = listener.accept().unwrap();
            let (mut reader, mut head) = (BufReader::new(stream.try_clone().unwrap()), String::new());
            while !head.ends_with("\r\n\r\n") {
                assert!(reader.read_line(&mut head).unwrap() > 0);
            }
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
            reader.read_exact(&mut body).unwrap();
            let state = r#"{"session_state":"etat-psc"}"#;
            let length = state.len();
            write!(stream, "HTTP/1.1 {answer}content-length: {length}\r\nconnection: close\r\n\r\n{state}").unwrap();
            head + std::str::from_utf8(&body).unwrap()
        };
        answers.into_iter().map(one).collect()
    });
    (address, serving)
}

#[test]
fn a_workstation_signs_in_through_a_proxy_and_out_again() {
    let (address, serving) = proxy_of_one_sign_in();
    let mut command = Command::new(env!("CARGO_BIN_EXE_sas-psc"));
    command.args(["--json", "login", "proxy", "--insecure-loopback", "--client-id", "logiciel", "--id-nat", RPPS]);
    let output = command.args(["--proxy", &address]).env("LC_ALL", "fr_FR.UTF-8").output().unwrap();
    let (status, person) = ended(&output);
    assert_eq!(status, 0, "{output:?}");
    assert_eq!((&person["id_nat"], &person["session_state"]), (&"899700218896".into(), &"etat-psc".into()));
    assert!(person["access_token_expires_in"].is_null());
    let asked = serving.join().unwrap();
    let (head, body) = asked[0].split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /connect HTTP/1.1\r\n"), "{head}");
    let body: Value = serde_json::from_str(body).unwrap();
    let digits = body["bindingMessage"].as_str().unwrap();
    assert_eq!((&body["nationalId"], &body["channel"]), (&"899700218896".into(), &"MOBILE".into()));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains(&format!("sélectionnez le code {digits}.")), "{told}");
    assert!(asked[1].starts_with("DELETE /disconnect HTTP/1.1\r\n"), "{}", asked[1]);
    assert!(asked[1].contains("cookie: proxy_session_id=session-tres-secrete\r\n"), "{}", asked[1]);
    assert!(!told.contains("secrete") && !person.to_string().contains("secrete"), "the session was printed");
}
