//! What a card says: status words, TLV, file descriptions, directories, ATR, and whole dialogues with a card that says
//! anything at all.

use sas_psc::card::{
    Atr, Card, CardCache, CardSerial, Dialogue, Ending, FileControl, Pin, PinEntry, Protocol, Puk, Response,
    SignRequest, SignatureScheme, StatusWord, Step, Tlv, Tlvs, Usage, bits, pkcs15,
};

/// Each status word is done, or an error that carries it.
pub fn status(data: &[u8]) {
    let Ok(response) = Response::parse(data) else { return };
    let word: StatusWord = response.status();
    assert_eq!(format!("{word}").len(), 4);
    match response.clone().done() {
        Ok(done) => assert!(matches!(done.status().value(), 0x9000 | 0x6282)),
        Err(error) => assert_eq!(error.facts().status_word, Some(word.value())),
    }
    assert!(!format!("{response:?}").contains('['), "the data is shown");
}

/// Objects never reach beyond their bytes, and reading them ends.
pub fn tlv(data: &[u8]) {
    if let Ok((object, length)) = Tlv::first(data) {
        assert!(length <= data.len() && object.value.len() < length);
        assert_eq!(Tlv::announced(data).unwrap(), length);
    }
    let mut bytes = 0;
    for object in Tlvs::new(data) {
        bytes += object.value.len();
        assert!(object.inner().count() <= object.value.len());
    }
    assert!(bytes <= data.len());
    bits(data);
}

/// What a file says of itself, and a serial number that is written as it was read.
pub fn fcp(data: &[u8]) {
    FileControl::read(data);
    if let Ok(serial) = CardSerial::read(data) {
        assert_eq!(CardSerial::try_from(serial.as_str().to_owned()).unwrap(), serial);
    }
}

/// Directories: what is kept of them is bounded.
pub fn directories(data: &[u8]) {
    pkcs15::directories(data);
    let (keys, places, codes) = (pkcs15::keys(data), pkcs15::certificates(data), pkcs15::codes(data));
    assert!(keys.len() <= 32 && places.len() <= 32 && codes.len() <= 32);
    assert!(keys.iter().all(|key| key.id.len() <= 64));
    assert!(places.iter().all(|place| !place.path.files().is_empty() && place.label.chars().count() <= 64));
}

/// An ATR's historical bytes are its own.
pub fn atr(data: &[u8]) {
    let atr = Atr::new(data);
    assert!(atr.as_bytes().len() <= 33);
    assert!(atr.historical().is_none_or(|bytes| bytes.len() <= 15));
    atr.kind();
}

/// A card that answers what the input says: two bytes of length and the answer, one after the other, then nothing but `6F00`. The
/// dialogue ends, sends each code at most once, the first only after the card said how many tries are left, and leaves none verified.
pub fn dialogue(data: &[u8]) {
    let Some((&which, answers)) = data.split_first() else { return };
    let atrs: [&[u8]; 4] = [
        &[0x3B, 0xAC, 0, 0x40, 0x2A, 0, 0x12, 0x25, 0, 0x64, 0x80, 0, 3, 0x10, 0, 0x90, 0],
        &[0x3B, 0x9B, 0x18, 0x80, 1, 0, 0x12, 0x25, 0, 0x64, 0x80, 4, 1, 0, 0, 0x90, 0x44],
        &[0x3B, 0x8F, 0x80, 1, 0, 0x31, 0xB8, 0x64, 4, 0xB0, 0xEC, 0xC1, 0x73, 0x94, 1, 0x80, 0x82, 0x90, 0, 0x0E],
        &[0x3B, 0x00],
    ];
    let protocol = if which & 4 == 0 { Protocol::T0 } else { Protocol::T1 };
    let card = Card::new(&Atr::new(atrs[usize::from(which & 3)]), protocol, &CardCache::new());
    let usage = [Usage::Authentication, Usage::Signature, Usage::Technical][usize::from(which >> 3) % 3];
    let request = SignRequest::new(usage, SignatureScheme::Pkcs1Sha256, b"x");
    let Ok(pin) = Pin::parse("1234") else { return };
    let entry = || PinEntry::typed(pin.clone());
    match which >> 5 & 3 {
        0 => played(card.sign(request, entry()), answers, false),
        1 => played(card.read(), answers, false),
        2 => played(card.change_pin(entry(), pin.clone()), answers, true),
        _ => {
            let Ok(puk) = Puk::parse("12345678") else { return };
            played(card.unblock(puk, pin, false), answers, true);
        }
    }
}

/// `verifies` a code even when the card says that it is verified: a card that says so has all its tries.
fn played<T>(mut dialogue: Dialogue<T>, mut answers: &[u8], verifies: bool) {
    let (mut pins, mut state, mut refused) = (0, [0, 0], true);
    while let Ok(step) = dialogue.step() {
        let Step::Transmit(apdu) = step else { break };
        let carries = apdu.carries_pin();
        if carries {
            let told = state[0] == 0x63 && state[1] & 0xF0 == 0xC0 && state[1] > 0xC1;
            let verified = state == [0x90, 0x00] && verifies;
            assert!(pins > 0 || told || verified, "a try was spent in the dark");
            pins += usize::from(apdu.instruction() == 0x20);
        }
        let length = answers.first_chunk().map_or(0, |length| usize::from(u16::from_be_bytes(*length)));
        let answer = answers.get(2..2 + length).filter(|answer| !answer.is_empty()).unwrap_or(&[0x6F, 0x00]);
        answers = answers.get(2 + length..).unwrap_or_default();
        let word = answer.last_chunk().copied().unwrap_or_default();
        if apdu.instruction() == 0x20 {
            state = word;
        }
        if carries {
            refused &= answer.len() > 1 && StatusWord::new(u16::from_be_bytes(word)).refuses();
        }
        dialogue.answered(answer);
    }
    assert!(pins <= 1 && dialogue.exchanges() <= 300);
    assert!(refused || dialogue.ending() == Ending::Reset, "a code stays verified");
}
