//! The card's key through PKCS#11, and through pcscd: OpenSC's module and SoftHSM's, the virtual card in vpcd's reader.
//!
//! `tools/parts/counterpart-pkcs11` starts a pcscd of its own and says in the environment where things are.

use sas_psc::card::{Pin, PinEntry, SignatureScheme, Signer};
use sas_psc::drive::{Pkcs11, Readers};
use sas_psc::{Code, Error};
use sas_psc_sim::card::{Generation, Profile, Reader, Usage, VirtualCard, Vpcd};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Once;
use std::thread;
use std::time::Duration;

fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run tools/test pkcs11"))
}

fn pin(code: &str) -> PinEntry {
    PinEntry::typed(Pin::parse(code).unwrap())
}

/// A card in vpcd's first reader, until it is dropped.
struct Inserted(Vpcd);

impl Inserted {
    fn new(profile: Profile) -> Inserted {
        let vpcd = Vpcd::new(Reader::with(VirtualCard::new(profile)), "127.0.0.1:35963");
        let own = vpcd.clone();
        thread::spawn(move || own.run(|| ()));
        let seen = || Readers::new().list().wait().is_ok_and(|states| states.iter().any(|state| state.atr.is_some()));
        until(seen);
        Inserted(vpcd)
    }
}

impl Drop for Inserted {
    fn drop(&mut self) {
        self.0.stop();
        until(|| Readers::new().list().wait().is_ok_and(|states| states.iter().all(|state| state.atr.is_none())));
    }
}

fn until(seen: impl Fn() -> bool) {
    for _ in 0..200 {
        if seen() {
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("pcscd did not see it");
}

fn opensc() -> Pkcs11 {
    Pkcs11::load(setting("SAS_PSC_OPENSC")).unwrap()
}

fn code<T>(result: Result<T, Error>) -> (Code, Option<u8>) {
    let error = result.err().expect("this is refused");
    (error.code(), error.facts().pin_tries_left)
}

#[test]
fn a_cps3_signs_through_opensc_and_its_code_is_watched() {
    let inserted = Inserted::new(Profile::of(Generation::Cps3));
    let module = opensc();
    let tokens = module.tokens().unwrap();
    let token = tokens.iter().find(|token| token.label.contains("CPS3v3-9900000001")).expect("the token is there");
    assert!(token.has_pin && !token.own_pin_entry && token.tries_left.is_none());

    let key = module.key(None, pin("1234")).unwrap();
    let card = inserted.0.reader().clone();
    assert_eq!(key.certificate(), card.card(|card| card.certificate(Usage::Authentication)).unwrap());
    assert!(!key.schemes().contains(&SignatureScheme::PssSha256), "{:?}", key.schemes());
    assert_eq!(key.sign(SignatureScheme::Pkcs1Sha512, b"message").unwrap().len(), 256);
    assert_eq!(code(key.sign(SignatureScheme::PssSha256, b"message")).0, Code::CARD_ALGORITHM);
    assert!(!card.card(|card| card.is_verified()).unwrap(), "it is logged out");

    assert_eq!(code(module.key(Some("no such token"), pin("1234"))).0, Code::CARD_ABSENT);
    assert_eq!(
        code(module.key(None, PinEntry::none()).and_then(|key| key.sign(SignatureScheme::Pkcs1Sha256, b"m"))).0,
        Code::CARD_PIN_REQUIRED
    );
    assert_eq!(code(module.key(None, pin("0000"))).0, Code::CARD_PIN_WRONG);
    assert_eq!(code(module.key(None, pin("0000"))), (Code::CARD_PIN_WRONG, Some(1)));
    assert_eq!(code(module.key(None, pin("0000"))), (Code::CARD_PIN_LAST_TRY, Some(1)));
    assert_eq!(card.card(|card| card.tries()), Some(1), "the last try is not spent unasked");
    assert_eq!(code(module.key(None, pin("0000").spending_the_last_try())).0, Code::CARD_PIN_BLOCKED);
    assert_eq!(code(module.key(None, pin("1234"))).0, Code::CARD_PIN_BLOCKED);
}

#[test]
fn either_generation_signs_through_pcscd() {
    for generation in [Generation::Cps3, Generation::Cps4] {
        let inserted = Inserted::new(Profile::of(generation));
        let readers = Readers::new();
        let key = readers.key(None, pin("1234")).unwrap();
        inserted.0.reader().take_counts();
        key.sign(SignatureScheme::Pkcs1Sha256, b"message").unwrap();
        let exchanges = inserted.0.reader().take_counts().exchanges;
        assert!(exchanges <= 9, "{generation:?}: {exchanges}");
        assert_eq!(code(readers.key(None, pin("0000"))), (Code::CARD_PIN_WRONG, Some(2)));
    }
}

/// The tokens of SoftHSM, made before its library is first loaded: it looks for them then.
fn tokens() {
    static MADE: Once = Once::new();
    MADE.call_once(|| ["ESSAI", "PAVE"].into_iter().for_each(token));
}

/// A token of SoftHSM with the card's key and certificate under this label.
fn token(label: &str) {
    let (module, folder) = (setting("SAS_PSC_SOFTHSM"), PathBuf::from(setting("SAS_PSC_TOKENS")));
    let run = |program: &str, arguments: &[&str]| {
        let done = Command::new(program).args(arguments).output().unwrap();
        assert!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
    };
    let (key, certificate) = (folder.join("key.pem"), folder.join("certificate.der"));
    std::fs::write(&key, sas_psc_sim::card::authentication_key()).unwrap();
    let card = VirtualCard::new(Profile::of(Generation::Cps3));
    std::fs::write(&certificate, card.certificate(Usage::Authentication)).unwrap();
    let (key, certificate) = (key.to_str().unwrap(), certificate.to_str().unwrap());
    run("softhsm2-util", &["--init-token", "--free", "--label", label, "--pin", "1234", "--so-pin", "12345678"]);
    run("softhsm2-util", &["--import", key, "--token", label, "--label", "auth", "--id", "02", "--pin", "1234"]);
    run(
        "pkcs11-tool",
        &[
            "--module",
            &module,
            "--token-label",
            label,
            "-l",
            "-p",
            "1234",
            "--write-object",
            certificate,
            "--type",
            "cert",
            "--id",
            "02",
        ],
    );
}

#[test]
fn softhsm_holds_a_key_as_a_card_does() {
    tokens();
    let module = Pkcs11::load(setting("SAS_PSC_SOFTHSM")).unwrap();
    let key = module.key(Some("ESSAI"), pin("1234")).unwrap();
    // It has PSS, and a signature of each scheme verifies.
    assert_eq!(key.schemes()[0], SignatureScheme::PssSha256);
    for scheme in key.schemes() {
        key.sign(*scheme, b"message").unwrap();
    }
    assert_eq!(code(module.key(Some("ESSAI"), pin("0000"))).0, Code::CARD_PIN_WRONG);
}

/// A module with a keypad, or a window, of its own: no code passes through a program of ours. SoftHSM's with that in front.
#[test]
fn a_module_that_asks_itself_is_asked_by_nobody_else() {
    tokens();
    let does = |lines: &str| std::fs::write(setting("SAS_PSC_PAD"), lines).unwrap();
    let left = || std::fs::read_to_string(setting("SAS_PSC_PAD")).unwrap();
    let module = Pkcs11::load(setting("SAS_PSC_OWN_ENTRY")).unwrap();
    let own = module.tokens().unwrap().into_iter().find(|token| token.label == "PAVE").unwrap().own_pin_entry;
    assert!(own);
    does("1234\n1234\n");
    let entry = PinEntry::preferred(false, own, || panic!("nobody is asked at the screen")).unwrap();
    let key = module.key(Some("PAVE"), entry).unwrap();
    assert_eq!(left(), "1234\n1234\n", "not before there is somebody to sign for");
    key.sign(SignatureScheme::Pkcs1Sha256, b"message").unwrap();
    // One that is given all the same is not passed on.
    let key = module.key(Some("PAVE"), pin("0000")).unwrap();
    key.sign(SignatureScheme::PssSha256, b"message").unwrap();
    assert_eq!(left(), "");
    for (press, wanted) in [
        ("cancel", Code::CARD_PIN_NOT_ENTERED),
        ("nothing", Code::CARD_PIN_NOT_ENTERED),
        ("0000", Code::CARD_PIN_WRONG),
    ] {
        does(press);
        assert_eq!(code(key.sign(SignatureScheme::Pkcs1Sha256, b"message")).0, wanted, "{press}");
    }
    does("1234\n");
    key.sign(SignatureScheme::Pkcs1Sha256, b"message").unwrap();
}

#[test]
fn what_is_no_module_is_told() {
    assert_eq!(code(Pkcs11::load("/nowhere/module.so")).0, Code::PKCS11_MODULE);
    assert_eq!(code(Pkcs11::load(setting("SAS_PSC_NO_MODULE"))).0, Code::PKCS11_MODULE);
}
