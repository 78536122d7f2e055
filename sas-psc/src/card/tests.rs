//! The dialogues of `vectors/card`, played byte for byte, and what a card could do to them.

use super::*;
use crate::error::{Code, Error, Result};
use std::path::Path;

const HASH: [u8; 32] = [
    0x71, 0x73, 0x0e, 0x80, 0x34, 0x91, 0x56, 0x8d, 0x6f, 0x7b, 0xec, 0x13, 0x02, 0x5e, 0xc1, 0x39, 0xef, 0xb6, 0xb1,
    0x59, 0xa0, 0xc4, 0x68, 0x13, 0x0f, 0x27, 0xf9, 0xbe, 0x5e, 0x6e, 0xee, 0xce,
];

struct Case {
    name: &'static str,
    expected: String,
    exchanges: Vec<(Vec<u8>, Vec<u8>)>,
}

fn case(name: &'static str) -> Case {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/card").join(name).with_extension("txt");
    let text = std::fs::read_to_string(path).unwrap();
    let bytes = |line: &str| line.split(' ').skip(1).map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect();
    let lines: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let exchanges = lines.chunks(2).map(|pair| (bytes(pair[0]), bytes(pair[1]))).collect();
    let expected = text.lines().find_map(|line| line.strip_prefix("# expected: ")).unwrap();
    Case { name, expected: expected.to_owned(), exchanges }
}

fn card(cache: &CardCache) -> Card {
    let atr = [0x3B, 0xAC, 0, 0x40, 0x2A, 0, 0x12, 0x25, 0, 0x64, 0x80, 0, 3, 0x10, 0, 0x90, 0];
    Card::new(&Atr::new(&atr), Protocol::T0, cache)
}

fn pin() -> Pin {
    Pin::parse("1234").unwrap()
}

fn signing(cache: &CardCache, usage: Usage) -> Dialogue<Signed> {
    let request = SignRequest::of_hash(usage, SignatureScheme::Pkcs1Sha256, &HASH).unwrap();
    card(cache).sign(request, PinEntry::typed(pin()))
}

/// Plays a case to its end, which has to be the one expected.
fn play<T>(case: &Case, mut dialogue: Dialogue<T>) -> Result<T> {
    let mut exchanges = case.exchanges.iter();
    let result = loop {
        match dialogue.step() {
            Ok(Step::Transmit(apdu)) => {
                let (sent, answer) = exchanges.next().unwrap_or_else(|| panic!("{}: {apdu:?} is one more", case.name));
                assert_eq!(apdu.expose(), sent, "{}, exchange {}", case.name, dialogue.exchanges());
                dialogue.answered(answer);
            }
            Ok(Step::Done(output)) => break Ok(output),
            Ok(Step::Pinpad(_)) => panic!("{}: no keypad was asked for", case.name),
            Err(error) => break Err(error),
        }
    };
    assert_eq!(exchanges.count(), 0, "{}: the dialogue ended early", case.name);
    let end = match &result {
        Ok(_) => format!("{}, {} exchanges", case.expected.split(',').next().unwrap(), dialogue.exchanges()),
        Err(error) => error.code().name().to_owned(),
    };
    assert_eq!(end, case.expected, "{}", case.name);
    result
}

/// What the cache holds once a card was met.
fn warmed(name: &'static str, usage: Usage) -> CardCache {
    let cache = CardCache::new();
    play(&case(name), signing(&cache, usage)).unwrap();
    cache
}

#[test]
fn a_signature_costs_26_exchanges_at_first_14_where_the_certificate_is_known_to_be_and_8_afterwards() {
    let cache = CardCache::new();
    let cold = play(&case("cps3-sign-cold"), signing(&cache, Usage::Authentication)).unwrap();
    assert_eq!(cold.serial.as_str(), "99000001");
    let warm = play(&case("cps3-sign-warm"), signing(&cache, Usage::Authentication)).unwrap();
    assert_eq!((&warm.signature, &warm.certificate), (&cold.signature, &cold.certificate));
    cache.forget_certificates(&cold.serial);
    let known = play(&case("cps3-sign-known-path"), signing(&cache, Usage::Authentication)).unwrap();
    assert_eq!(known.certificate, cold.certificate);
    let signature = play(&case("cps3-sign-signature-key-cold"), signing(&CardCache::new(), Usage::Signature)).unwrap();
    assert_ne!(signature.certificate, cold.certificate);
}

#[test]
fn a_card_is_read_in_30_exchanges_and_again_in_5_unless_it_was_updated() {
    let cache = CardCache::new();
    let read = play(&case("cps3-read"), card(&cache).read()).unwrap();
    assert_eq!((read.kind, read.pin), (CardKind::Cps3, Some(PinStatus::Needed { tries_left: 3 })));
    assert_eq!(
        read.certificates.iter().map(|c| c.usage).collect::<Vec<_>>(),
        [Usage::Signature, Usage::Authentication]
    );
    let again = play(&case("cps3-read-warm"), card(&cache).read()).unwrap();
    assert_eq!(again.certificates, read.certificates);
    // The date of an update appears: nothing that is remembered holds.
    let mut updated = case("cps3-read");
    let date = [&[0xEC, 18, 0x81, 7][..], &[0x20; 7], &[0x82, 7], &[0x21; 7], &[0x90, 0]].concat();
    updated.exchanges[2].1 = vec![0x90, 0x00];
    updated.exchanges.insert(3, (vec![0, 0xB0, 0, 0, 0], vec![0x6C, 20]));
    updated.exchanges.insert(4, (vec![0, 0xB0, 0, 0, 20], date));
    updated.expected = "read, 32 exchanges".into();
    play(&updated, card(&cache).read()).unwrap();
    // A card that was met by signing only was not asked for that date: it is read whole once.
    play(&case("cps3-read"), card(&warmed("cps3-sign-cold", Usage::Authentication)).read()).unwrap();
}

#[test]
fn a_pin_is_asked_for_sent_once_and_its_tries_are_told() {
    let cache = || warmed("cps3-sign-cold", Usage::Authentication);
    for (name, left) in [("cps3-sign-pin-wrong", 2), ("cps3-sign-pin-blocked", 0), ("cps3-sign-last-try", 1)] {
        let error = play(&case(name), signing(&cache(), Usage::Authentication)).unwrap_err();
        assert_eq!(error.facts().pin_tries_left, Some(left), "{name}");
    }
    play(&case("cps3-change-pin"), card(&cache()).change_pin(PinEntry::typed(pin()), pin())).unwrap();
    let puk = Puk::parse("12345678").unwrap();
    play(&case("cps3-unblock"), card(&cache()).unblock(puk, pin(), false)).unwrap();
}

/// Plays against the answers of a case, as `change` has them: by the number of the exchange, from 1.
fn against<T>(
    case: &Case,
    mut dialogue: Dialogue<T>,
    change: impl Fn(usize, &[u8]) -> Result<Vec<u8>>,
) -> (Result<T>, Dialogue<T>, Vec<Apdu>) {
    let mut sent = Vec::new();
    let result = loop {
        match dialogue.step() {
            Ok(Step::Transmit(apdu)) => {
                let answer = case.exchanges.get(sent.len()).map_or(&[0x6F, 0][..], |(_, answer)| answer);
                sent.push(apdu);
                match change(sent.len(), answer) {
                    Ok(answer) => dialogue.answered(&answer),
                    Err(error) => dialogue.failed(error),
                }
            }
            Ok(Step::Done(output)) => break Ok(output),
            Ok(Step::Pinpad(_)) => panic!("no keypad was asked for"),
            Err(error) => break Err(error),
        }
    };
    (result, dialogue, sent)
}

#[test]
fn every_status_word_at_every_exchange_ends_in_a_code_and_never_sends_a_pin_twice() {
    let case = case("cps3-sign-warm");
    let words = (0x6000..=0x6FFF).step_by(7).chain([0x6100, 0x61FF, 0x6282, 0x63C0, 0x63C1, 0x63CF, 0x6983, 0x9000, 0]);
    for word in words {
        for at in 1..=case.exchanges.len() {
            let cache = warmed("cps3-sign-cold", Usage::Authentication);
            let (result, dialogue, sent) = against(&case, signing(&cache, Usage::Authentication), |number, answer| {
                Ok(if number == at { u16::to_be_bytes(word).to_vec() } else { answer.to_vec() })
            });
            let pins = sent.iter().filter(|apdu| apdu.carries_pin()).count();
            assert!(pins <= 1 && dialogue.pin_was_sent() == (pins == 1), "{word:04X} at {at}");
            if at < 4 && result.is_err() {
                assert_eq!(pins, 0, "{word:04X} at {at}: nothing was known of the PIN yet");
            }
            // What some exchanges answer anyway, or may.
            let good = word == 0x9000
                || word == 0x6282
                || matches!(word >> 8, 0x61 | 0x6C)
                || word & 0xFFF0 == 0x63C0 && at == 4;
            assert!(result.is_err() || good, "{word:04X} at {at}");
        }
    }
}

#[test]
fn a_card_pulled_at_any_exchange_is_told_and_what_was_verified_is_dropped() {
    for name in ["cps3-sign-cold", "cps3-sign-warm"] {
        let case = case(name);
        let verify = case.exchanges.iter().position(|(sent, _)| sent.starts_with(&[0, 0x20, 0, 1, 4])).unwrap() + 1;
        for at in 1..=case.exchanges.len() {
            let cache =
                if name.ends_with("warm") { warmed("cps3-sign-cold", Usage::Authentication) } else { CardCache::new() };
            let (result, dialogue, sent) = against(&case, signing(&cache, Usage::Authentication), |number, answer| {
                if number == at { Err(Error::new(Code::CARD_REMOVED)) } else { Ok(answer.to_vec()) }
            });
            assert_eq!(result.unwrap_err().code(), Code::CARD_REMOVED, "{name}, {at}");
            assert_eq!(sent.len(), at, "{name}: nothing is sent to a card that is gone");
            let ending = if at >= verify { Ending::Reset } else { Ending::Leave };
            assert_eq!(dialogue.ending(), ending, "{name}, {at}");
        }
    }
}

#[test]
fn answers_cut_short_or_too_long_at_any_exchange_end_in_a_code() {
    let case = case("cps3-sign-cold");
    for at in 1..=case.exchanges.len() {
        for lie in 0..6 {
            let (result, _, sent) =
                against(&case, signing(&CardCache::new(), Usage::Authentication), |number, answer| {
                    if number != at {
                        return Ok(answer.to_vec());
                    }
                    let (data, status) = answer.split_at(answer.len() - 2);
                    Ok(match lie {
                        0 => Vec::new(),
                        1 => answer[..1].to_vec(),
                        2 => [&data[..data.len() / 2], status].concat(),
                        3 => [&[0xFF; 300][..], status].concat(),
                        4 => [data, &[0x61, 0x01]].concat(),
                        _ => data.iter().map(|byte| byte ^ 0x80).chain(status.iter().copied()).collect(),
                    })
                });
            assert!(sent.len() <= 300, "exchange {at}, lie {lie}");
            if result.is_ok() {
                // A lie that changes nothing: no data to change, or an answer that is not looked at.
                assert!(matches!(lie, 2 | 4 | 5), "exchange {at}, lie {lie}");
            }
        }
    }
}

#[test]
fn a_card_that_never_ends_an_answer_meets_a_limit() {
    for (answer, most) in [(&[0x61, 0x10][..], 4), (&[7, 0x61, 0x10], 300), (&[7, 0x90, 0x00], 300), (&[0x6C, 0x10], 4)]
    {
        let (result, dialogue, _) =
            against(&case("cps3-sign-cold"), card(&CardCache::new()).read(), |number, first| {
                Ok(if number < 4 { first.to_vec() } else { answer.to_vec() })
            });
        assert_eq!(result.unwrap_err().blame(), crate::Blame::Card, "{answer:?}");
        assert!(dialogue.exchanges() <= most + 4, "{answer:?}: {}", dialogue.exchanges());
    }
}

#[test]
fn another_card_and_another_dialogue_are_refused() {
    let cache = CardCache::new();
    let other = CardSerial::try_from("99000002".to_owned()).unwrap();
    let case = case("cps3-sign-cold");
    let request = SignRequest::new(Usage::Authentication, SignatureScheme::Pkcs1Sha256, b"x");
    let dialogue = card(&cache).expecting(other).sign(request, PinEntry::none());
    let (result, mut dialogue, sent) = against(&case, dialogue, |_, answer| Ok(answer.to_vec()));
    assert_eq!((result.unwrap_err().code(), sent.len()), (Code::CARD_OTHER, 2));
    assert_eq!(dialogue.step().unwrap_err().code(), Code::CARD_DIALOGUE_OVER);
    let pss = SignRequest::new(Usage::Authentication, SignatureScheme::PssSha256, b"x");
    let (result, ..) = against(&case, card(&cache).sign(pss, PinEntry::none()), |_, answer| Ok(answer.to_vec()));
    assert_eq!(result.unwrap_err().code(), Code::CARD_ALGORITHM, "a CPS3 has no PSS");
}

#[test]
fn a_signature_that_is_not_its_certificate_s_is_never_given_and_the_card_is_forgotten() {
    let cold = case("cps3-sign-cold");
    let last = cold.exchanges.len();
    let cache = CardCache::new();
    let (result, ..) = against(&cold, signing(&cache, Usage::Authentication), |number, answer| {
        let mut answer = answer.to_vec();
        answer[0] ^= u8::from(number == last);
        Ok(answer)
    });
    assert_eq!(result.unwrap_err().code(), Code::CARD_SIGNATURE);
    assert!(cache.is_empty());
    // A byte of the certificate's structure, where its key stands.
    let (result, ..) = against(&cold, signing(&CardCache::new(), Usage::Authentication), |number, answer| {
        let mut answer = answer.to_vec();
        if number == 16 {
            answer[4] = 0x31;
        }
        if number == 17 {
            answer.iter_mut().take(256).for_each(|byte| *byte = 0xFF);
        }
        Ok(answer)
    });
    assert_eq!(result.unwrap_err().code(), Code::CARD_ANSWER);
}

#[test]
fn a_pin_that_another_program_verified_is_used_and_left() {
    let cache = warmed("cps3-sign-cold", Usage::Authentication);
    let mut case = case("cps3-sign-warm");
    case.exchanges[3].1 = vec![0x90, 0x00];
    case.exchanges.remove(4);
    case.expected = "signed, 7 exchanges".into();
    let request = SignRequest::of_hash(Usage::Authentication, SignatureScheme::Pkcs1Sha256, &HASH).unwrap();
    let (result, dialogue, _) =
        against(&case, card(&cache).sign(request.clone(), PinEntry::none()), |_, answer| Ok(answer.to_vec()));
    assert!(result.is_ok());
    assert_eq!((dialogue.ending(), dialogue.exchanges(), dialogue.pin_was_sent()), (Ending::Leave, 7, false));
    // Nobody verified it, and none was given.
    case.exchanges[3].1 = vec![0x63, 0xC3];
    let (result, ..) = against(&case, card(&cache).sign(request, PinEntry::none()), |_, answer| Ok(answer.to_vec()));
    let error = result.unwrap_err();
    assert_eq!((error.code(), error.facts().pin_tries_left), (Code::CARD_PIN_REQUIRED, Some(3)));
}

#[test]
fn a_keypad_is_told_what_to_ask_and_its_refusals_are_told() {
    let cache = warmed("cps3-sign-cold", Usage::Authentication);
    let answered = |word: u16| -> Result<Signed> {
        let request = SignRequest::of_hash(Usage::Authentication, SignatureScheme::Pkcs1Sha256, &HASH).unwrap();
        let mut dialogue = card(&cache).sign(request, PinEntry::on_pinpad());
        let case = case("cps3-sign-warm");
        let mut answers = case.exchanges.iter();
        loop {
            match dialogue.step()? {
                Step::Transmit(apdu) => {
                    assert!(!apdu.carries_pin());
                    dialogue.answered(&answers.next().unwrap().1);
                }
                Step::Pinpad(request) => {
                    assert_eq!(request.purpose(), PinpadUse::Verify);
                    answers.next();
                    dialogue.answered(&word.to_be_bytes());
                }
                Step::Done(signed) => {
                    assert_eq!(dialogue.ending(), Ending::Reset);
                    return Ok(signed);
                }
            }
        }
    };
    assert!(answered(0x9000).is_ok());
    for (word, code) in [
        (0x6400, Code::CARD_PIN_NOT_ENTERED),
        (0x6401, Code::CARD_PIN_NOT_ENTERED),
        (0x63C2, Code::CARD_PIN_WRONG),
        (0x6983, Code::CARD_PIN_BLOCKED),
    ] {
        assert_eq!(answered(word).unwrap_err().code(), code, "{word:04X}");
    }
}

#[test]
fn what_a_card_says_of_its_puk_is_told_as_such() {
    let cache = warmed("cps3-sign-cold", Usage::Authentication);
    let case = case("cps3-unblock");
    let puk = || Puk::parse("12345678").unwrap();
    let unblock = |at: usize, word: u16, last_try| {
        let dialogue = card(&cache).unblock(puk(), pin(), last_try);
        let (result, _, sent) = against(&case, dialogue, |number, answer| {
            Ok(if number == at { word.to_be_bytes().to_vec() } else { answer.to_vec() })
        });
        let error =
            result.err().map(|error| (error.code(), error.facts().puk_tries_left, error.facts().pin_tries_left));
        (error, sent.iter().filter(|apdu| apdu.carries_pin()).count())
    };
    assert_eq!(unblock(4, 0x63C1, false), (Some((Code::CARD_PUK_LAST_TRY, Some(1), None)), 0));
    assert_eq!(unblock(4, 0x63C1, true), (None, 2));
    assert_eq!(unblock(4, 0x6983, true), (Some((Code::CARD_PUK_BLOCKED, Some(0), None)), 0));
    assert_eq!(unblock(5, 0x63C9, false), (Some((Code::CARD_PUK_WRONG, Some(9), None)), 1));
    assert_eq!(unblock(5, 0x63C0, false), (Some((Code::CARD_PUK_BLOCKED, Some(0), None)), 1));
    assert_eq!(unblock(6, 0x6982, false), (Some((Code::CARD_LOCKED, None, None)), 2));
}

#[test]
fn directories_without_what_is_needed_are_told() {
    let cold = case("cps3-sign-cold");
    for at in [5, 8, 11] {
        // The directory of directories, of certificates, of keys: each empty.
        let (result, ..) = against(&cold, signing(&CardCache::new(), Usage::Authentication), |number, answer| {
            Ok(if number == at { [&vec![0xFF; answer.len() - 2][..], &[0x90, 0]].concat() } else { answer.to_vec() })
        });
        assert_eq!(result.unwrap_err().code(), Code::CARD_DIRECTORY, "{at}");
    }
    let technical = |cache: &CardCache| {
        let request = SignRequest::new(Usage::Technical, SignatureScheme::Pkcs1Sha256, b"x");
        card(cache).sign(request, PinEntry::none())
    };
    let (result, ..) = against(&cold, technical(&CardCache::new()), |_, answer| Ok(answer.to_vec()));
    assert_eq!(result.unwrap_err().code(), Code::CARD_KEY_MISSING, "a contact reader shows no technical key");
    let contactless =
        [0x3B, 0x8F, 0x80, 1, 0, 0x31, 0xB8, 0x64, 4, 0xB0, 0xEC, 0xC1, 0x73, 0x94, 1, 0x80, 0x82, 0x90, 0, 0x0E];
    let card = Card::new(&Atr::new(&contactless), Protocol::T1, &CardCache::new());
    let request = SignRequest::new(Usage::Authentication, SignatureScheme::Pkcs1Sha256, b"x");
    let (result, _, sent) = against(&cold, card.sign(request, PinEntry::typed(pin())), |_, answer| Ok(answer.to_vec()));
    assert_eq!((result.unwrap_err().code(), sent.len()), (Code::CARD_CONTACTLESS, 2));
}
