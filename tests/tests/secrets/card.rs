//! What passes between a program and a card: PINs, certificates, names.

use crate::shown::Shown;
use sas_psc::card::{
    Atr, Card, CardCache, CardSerial, Command, Pin, PinEntry, Protocol, Puk, Response, SignRequest, SignatureScheme,
    Step, Usage,
};
use sas_psc_sim::card::{Generation, Profile, Reader, VirtualCard};

const PIN: &str = "8046";
const PUK: &str = "80461357";

/// The card of `vectors/card`, to which this PIN is told.
pub fn commands(shown: &mut Shown) {
    for code in [PIN, PUK] {
        shown.secret("a code, as bytes", format!("{:?}", code.as_bytes()).trim_matches(['[', ']']));
        shown.secret("a code, in hexadecimal", code.bytes().map(|digit| format!(" {digit:02x}")).collect::<String>());
        shown.secret("a code in quotes", format!("\"{code}\""));
    }
    shown.secret("a name in an answer", "83, 80, 69, 67");
    shown.secret("a card's serial number", "99000001");
    shown.secret("a name of the card's holder", "SYNTHETIQUE");
    shown.secret("a name of the card's holder, as bytes", "83, 89, 78, 84, 72");
    shown.debug(CardSerial::read(&[0x5A, 0x0A, 0x80, 0x25, 0, 0, 1, 0x99, 0, 0, 1, 0x0F]).unwrap());
    let verify = shown.debug(Command::new(0, 0x20, 0, 1).with_data(PIN.as_bytes()));
    let apdu = shown.debug(verify.to_apdus(Protocol::T0).remove(0));
    shown.text("a trace", apdu.masked());
    let response = shown.debug(Response::parse(b"SPECIALISTE0021889\x6A\x82").unwrap());
    shown.failed(response.done());
    for wrong in ["80461", "8O46"] {
        shown.failed(Pin::parse(wrong));
        shown.failed(Puk::parse(wrong));
    }
    let cache = CardCache::new();
    let card = || {
        let atr = [0x3B, 0xAC, 0, 0x40, 0x2A, 0, 0x12, 0x25, 0, 0x64, 0x80, 0, 3, 0x10, 0, 0x90, 0];
        Card::new(&Atr::new(&atr), Protocol::T0, &cache)
    };
    let pin = shown.debug(Pin::parse(PIN).unwrap());
    let entry = shown.debug(PinEntry::typed(pin));
    let hash = hex("71 73 0e 80 34 91 56 8d 6f 7b ec 13 02 5e c1 39 ef b6 b1 59 a0 c4 68 13 0f 27 f9 be 5e 6e ee ce");
    let request = SignRequest::of_hash(Usage::Authentication, SignatureScheme::Pkcs1Sha256, &hash).unwrap();
    let request = shown.debug(request);
    let mut dialogue = card().sign(request.clone(), entry.clone());
    let signed = play(shown, "cps3-sign-cold", &mut dialogue, usize::MAX).unwrap();
    shown.debug(signed);
    for cut in 3..8 {
        let end = play(shown, "cps3-sign-warm", &mut card().sign(request.clone(), entry.clone()), cut);
        shown.failed(end);
    }
    let pinpad = card().sign(request, PinEntry::on_pinpad());
    let mut dialogue = shown.debug(pinpad);
    play(shown, "cps3-sign-warm", &mut dialogue, usize::MAX).unwrap();
    let mut unblocking = card().unblock(shown.debug(Puk::parse(PUK).unwrap()), Pin::parse(PIN).unwrap(), false);
    play(shown, "cps3-unblock", &mut unblocking, usize::MAX).unwrap();
    cache.clear();
    let reader = Reader::with(VirtualCard::new(Profile::of(Generation::Cps3)));
    shown.debug(sas_psc_tests::slot::key(&reader, "1234").unwrap());

    let contents = play(shown, "cps3-read", &mut card().read(), usize::MAX).unwrap();
    for certificate in &contents.certificates {
        shown.debug(certificate);
    }
    shown.debug(contents);
}

/// Plays a case, whatever is sent; from exchange `cut` on the card answers 6F00.
fn play<T>(shown: &mut Shown, case: &str, dialogue: &mut sas_psc::card::Dialogue<T>, cut: usize) -> sas_psc::Result<T> {
    let text = std::fs::read_to_string(format!("../vectors/card/{case}.txt")).unwrap();
    let mut answers = text.lines().filter_map(|line| line.strip_prefix("< ")).map(hex);
    for at in 0.. {
        match dialogue.step()? {
            Step::Done(output) => return Ok(output),
            Step::Transmit(apdu) => shown.text("a trace", apdu.masked()),
            Step::Pinpad(request) => drop(shown.debug(request)),
        }
        shown.text("a dialogue", format!("{dialogue:?}"));
        let answer = answers.next().filter(|_| at < cut).unwrap_or(vec![0x6F, 0x00]);
        dialogue.answered(&answer);
    }
    unreachable!("a dialogue ends")
}

fn hex(text: &str) -> Vec<u8> {
    text.split(' ').map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
}
