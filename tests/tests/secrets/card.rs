//! What passes between a program and a card: PINs, certificates, names.

use crate::shown::Shown;
use sas_psc::card::{CardSerial, Command, Protocol, Response};

const PIN: &str = "80461";

pub fn commands(shown: &mut Shown) {
    shown.secret("a PIN", PIN);
    shown.secret("a PIN, as bytes", format!("{:?}", PIN.as_bytes()).trim_matches(['[', ']']));
    shown.secret("a PIN, in hexadecimal", "38 30 34 36 31");
    shown.secret("a name in an answer", "83, 80, 69, 67");
    shown.secret("a card's serial number", "99000001");
    shown.debug(CardSerial::read(&[0x5A, 0x0A, 0x80, 0x25, 0, 0, 1, 0x99, 0, 0, 1, 0x0F]).unwrap());
    let verify = shown.debug(Command::new(0, 0x20, 0, 1).with_data(PIN.as_bytes()));
    let apdu = shown.debug(verify.to_apdus(Protocol::T0).remove(0));
    shown.text("a trace", apdu.masked());
    let response = shown.debug(Response::parse(b"SPECIALISTE0021889\x6A\x82").unwrap());
    shown.failed(response.done());
}
