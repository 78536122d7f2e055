//! A virtual reader of pcscd with a card of the simulator in it, and the programs that are run beside.

use sas_psc::drive::Readers;
use sas_psc_sim::card::{Profile, Reader, VirtualCard, Vpcd};
use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// vpcd's first reader.
const VPCD: &str = "127.0.0.1:35963";
/// One desk at a time: there is one reader.
static ONE: Mutex<()> = Mutex::new(());

pub struct Desk {
    vpcd: Vpcd,
    run: Option<JoinHandle<()>>,
    _one: MutexGuard<'static, ()>,
}

impl Desk {
    pub fn empty() -> Desk {
        let one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        let vpcd = Vpcd::new(Reader::new(), VPCD);
        let link = vpcd.clone();
        let run = thread::spawn(move || drop(link.run(|| {})));
        let desk = Desk { vpcd, run: Some(run), _one: one };
        desk.until(false);
        desk
    }

    pub fn with(profile: Profile) -> Desk {
        let desk = Desk::empty();
        desk.put(VirtualCard::new(profile));
        desk
    }

    pub fn reader(&self) -> &Reader {
        self.vpcd.reader()
    }

    pub fn card<T>(&self, look: impl FnOnce(&mut VirtualCard) -> T) -> T {
        self.reader().card(look).unwrap()
    }

    pub fn put(&self, card: VirtualCard) {
        self.vpcd.insert(card);
        self.until(true);
    }

    pub fn pull(&self) -> VirtualCard {
        let card = self.vpcd.remove().unwrap();
        self.until(false);
        card
    }

    /// pcscd looks every 400 ms or so.
    fn until(&self, present: bool) {
        for _ in 0..200 {
            let states = Readers::new().list().wait_for(Duration::from_secs(20)).unwrap();
            if states.iter().any(|state| state.atr.is_some()) == present {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("pcscd never saw the card {}", if present { "come" } else { "go" });
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.vpcd.stop();
        self.run.take().into_iter().for_each(|run| drop(run.join()));
    }
}

pub fn openssl_verifies(pem: &str, message: &[u8], signature: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("pem"), pem).unwrap();
    std::fs::write(at("message"), message).unwrap();
    std::fs::write(at("signature"), signature).unwrap();
    let script =
        "openssl x509 -in pem -pubkey -noout >key && openssl dgst -sha256 -verify key -signature signature message";
    let output = Command::new("sh").args(["-c", script]).current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn command() -> Command {
    // Without a terminal, where nobody could be asked for a PIN.
    let mut command = Command::new("setsid");
    command.arg("--wait").arg(std::env::var("SAS_PSC").expect("tools/parts/counterpart-readers says where it is"));
    command.env("LANG", "C");
    command
}

/// Runs the command; its exit status, and its lines of JSON.
pub fn sas_psc(arguments: &[&str], stdin: &str) -> (i32, Vec<serde_json::Value>) {
    finish(command().args(arguments), stdin)
}

/// The same with another PC/SC library in the place of the system's.
pub fn sas_psc_with(arguments: &[&str], stdin: &str, library: &std::path::Path) -> (i32, Vec<serde_json::Value>) {
    finish(command().args(arguments).env("LD_LIBRARY_PATH", library), stdin)
}

fn finish(command: &mut Command, stdin: &str) -> (i32, Vec<serde_json::Value>) {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // It may not read at all.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let output = child.wait_with_output().unwrap();
    let lines = String::from_utf8_lossy(&output.stdout);
    let lines = lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    (output.status.code().unwrap(), lines)
}

/// A program in a mount namespace where the library is hidden.
pub fn hidden(program: &[&str]) -> Command {
    let hide = "for library in $(find /usr/lib /lib -name 'libpcsclite.so*'); do mount --bind /dev/null \"$library\"; done; exec \"$0\" \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", hide]).args(program).env("LANG", "C");
    command
}

/// The command there.
pub fn sas_psc_without_the_library(arguments: &[&str]) -> (i32, Vec<serde_json::Value>) {
    let program = std::env::var("SAS_PSC").unwrap();
    let whole: Vec<&str> = [program.as_str()].into_iter().chain(arguments.iter().copied()).collect();
    finish(&mut hidden(&whole), "")
}

pub fn stop_the_daemon() {
    let pid = std::env::var("SAS_PSC_PCSCD_PID").expect("tools/pcscd tells it");
    assert!(Command::new("kill").arg(&pid).status().unwrap().success());
    for _ in 0..200 {
        if !std::path::Path::new("/run/pcscd/pcscd.comm").exists() {
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("pcscd did not stop");
}

pub struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub fn start_the_daemon() -> Daemon {
    let quiet = || Stdio::null();
    let daemon = Command::new("pcscd").arg("--foreground").stdout(quiet()).stderr(quiet()).spawn().unwrap();
    for _ in 0..200 {
        if Readers::new().list().wait_for(Duration::from_secs(20)).is_ok_and(|states| !states.is_empty()) {
            break;
        }
        thread::sleep(Duration::from_millis(50));
    }
    Daemon(daemon)
}
