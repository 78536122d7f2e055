//! The SDK's dialogues with the simulator's card: how many exchanges, and whatever the card does.

mod pinpad;
mod rig;

use rig::{Job, PIN, PUK, Rig, jobs, profile, request, typed};
use sas_psc::card::{
    CardCache, CardCertificate, CardKind, CardSerial, Pin, PinEntry, PinStatus, Puk, SignRequest, SignatureScheme,
    Signer, Usage, play,
};
use sas_psc::{Blame, Code};
use sas_psc_sim::card::{Fault, Generation, Profile, Reader, VirtualCard};
use sas_psc_tests::slot::{Slot, key};

#[test]
fn each_dialogue_takes_as_many_exchanges_as_published() {
    // Never met, the certificate forgotten, met.
    for (generation, usage, scheme, counts) in [
        (Generation::Cps3, Usage::Authentication, SignatureScheme::Pkcs1Sha256, [26, 14, 8]),
        (Generation::Cps3, Usage::Authentication, SignatureScheme::Pkcs1Sha512, [26, 14, 8]),
        (Generation::Cps3, Usage::Signature, SignatureScheme::Pkcs1Sha256, [26, 14, 8]),
        (Generation::Cps3Contactless, Usage::Technical, SignatureScheme::Pkcs1Sha256, [17, 11, 5]),
        (Generation::Cps4, Usage::Authentication, SignatureScheme::Pkcs1Sha256, [23, 15, 9]),
        (Generation::Cps4, Usage::Authentication, SignatureScheme::PssSha256, [22, 14, 8]),
        (Generation::Cps4, Usage::Signature, SignatureScheme::Pkcs1Sha256, [22, 14, 8]),
    ] {
        let mut rig = Rig::new(generation);
        let what = format!("{} {} {}", generation.name(), usage.word(), scheme.word());
        let mut found = Vec::new();
        for _ in 0..3 {
            let (exchanges, signed) =
                rig.counted(|card| card.sign(SignRequest::new(usage, scheme, b"a message"), typed()));
            let signed = signed.unwrap_or_else(|error| panic!("{what}: {error}"));
            found.push(exchanges);
            // The judge is the certificate's own check, not the one that the dialogue made.
            let certificate = CardCertificate::read(&signed.certificate).unwrap();
            certificate.verify(scheme, b"a message", &signed.signature).unwrap();
            assert!(certificate.verify(scheme, b"another", &signed.signature).is_err());
            rig.nothing_lost(&what);
            match found.len() {
                1 => rig.cache.forget_certificates(&signed.serial),
                _ => assert_eq!(rig.cache.len(), 1),
            }
        }
        assert_eq!(found, counts, "{what}");
    }
}

/// The question for the PIN's state is 4 bytes here; with T=0 the reader adds the fifth, and the 109 of the specification.
/// On a serial reader a byte takes 1.2 ms: with 0.47 s for these, and nothing of the card's own time, a sign-in with a card
/// that was met stays under 0.6 s.
#[test]
#[allow(clippy::disallowed_methods)] // how long it takes is the question
fn a_signature_with_a_card_that_was_met_moves_108_bytes_to_it_and_284_back() {
    let mut rig = Rig::new(Generation::Cps3);
    rig.play(|card| card.read()).unwrap();
    rig.card(|card| card.slow(std::time::Duration::from_micros(1200), std::time::Duration::ZERO));
    rig.reader.take_counts();
    let started = std::time::Instant::now();
    rig.play(|card| card.sign(request(Usage::Authentication), typed())).unwrap();
    let took = started.elapsed();
    let counts = rig.reader.take_counts();
    assert_eq!((counts.exchanges, counts.get_responses, counts.received, counts.sent), (8, 1, 108, 284));
    assert!(took.as_millis() >= 470, "{took:?}: the card was slow");
}

#[test]
fn a_card_is_read_once_and_again_only_when_it_was_updated() {
    for (generation, cold, warm) in
        [(Generation::Cps3, 30, 5), (Generation::Cps3Contactless, 15, 2), (Generation::Cps4, 27, 6)]
    {
        let mut rig = Rig::new(generation);
        let (exchanges, read) = rig.counted(|card| card.read());
        let read = read.unwrap();
        assert_eq!((exchanges, read.serial.as_str()), (cold, "99000001"), "{}", generation.name());
        assert_eq!(read.kind.name(), generation.name());
        let usages: Vec<_> = read.certificates.iter().map(|certificate| certificate.usage).collect();
        let (again, second) = rig.counted(|card| card.read());
        assert_eq!((again, second.unwrap().certificates), (warm, read.certificates.clone()), "{}", generation.name());
        if generation == Generation::Cps3Contactless {
            assert_eq!((read.pin, &usages[..]), (None, &[Usage::Technical][..]));
            // Over the air nobody is authenticated, whatever is asked.
            for usage in [Usage::Authentication, Usage::Signature] {
                let refused = rig.play(|card| card.sign(request(usage), typed())).unwrap_err();
                assert_eq!(refused.code(), Code::CARD_CONTACTLESS);
            }
            assert_eq!(rig.play(|card| card.pin_status()).unwrap_err().code(), Code::CARD_CONTACTLESS);
            continue;
        }
        assert_eq!(read.pin, Some(PinStatus::Needed { tries_left: 3 }));
        assert!(usages.contains(&Usage::Authentication) && usages.contains(&Usage::Signature));
        let updated =
            Profile { updated: Some(("20260101120000".into(), "20260101120500".into())), ..profile(generation) };
        rig.reader.insert(VirtualCard::new(updated));
        sas_psc::card::Transport::reconnect(&mut rig).unwrap();
        let (exchanges, read) = rig.counted(|card| card.read());
        assert!(exchanges > cold && read.is_ok(), "{}: {exchanges}", generation.name());
        let (exchanges, _) = rig.counted(|card| card.read());
        assert!(exchanges < 10, "{}: {exchanges}", generation.name());
    }
}

/// How many exchanges a job takes with a card that was met, or never.
fn length(generation: Generation, (_, job): Job, met: bool) -> u64 {
    let mut rig = Rig::new(generation);
    if met {
        rig.play(|card| card.read()).unwrap();
    }
    let (exchanges, result) = rig.counted(job);
    result.unwrap();
    exchanges
}

/// Plays every job with something wrong at every exchange; `judge` has the last word.
fn at_every_exchange(met: bool, faults: &[Fault], judge: impl Fn(&mut Rig, &str, sas_psc::Result<()>)) {
    for generation in Generation::ALL {
        for job in jobs(generation) {
            let length = length(generation, job, met);
            let cases = (1..=length).flat_map(|at| faults.iter().map(move |fault| (at, fault)));
            let mut rig = Rig::new(generation);
            for (number, (at, fault)) in cases.enumerate() {
                if number % 64 == 63 {
                    // A PUK serves a hundred times.
                    rig = Rig::new(generation);
                }
                rig.afresh(met);
                rig.card(|card| card.at(at, fault.clone()));
                let result = rig.play(job.1);
                let context = format!("{} {} {fault:?} at {at}", generation.name(), job.0);
                if let Err(error) = &result {
                    let blamed = matches!(error.blame(), Blame::Card | Blame::User);
                    assert!(blamed, "{context}: {}", error.code());
                }
                rig.nothing_lost(&context);
                judge(&mut rig, &context, result);
            }
        }
    }
}

/// Every word that ISO/IEC 7816-4 (tables 6 and 7) gives a meaning for these commands, and some that nothing does.
fn words() -> Vec<Fault> {
    let of = |high: u16, low: &[u16]| low.iter().map(|low| high << 8 | low).collect::<Vec<_>>();
    let words = [
        of(0x61, &[0x00, 0x01, 0x10, 0xFF]),
        of(0x62, &[0x00, 0x81, 0x82, 0x83, 0x84]),
        of(0x63, &[0x00, 0x81, 0xC0, 0xC1, 0xC3, 0xCA, 0xCF]),
        of(0x64, &[0x00, 0x01]),
        of(0x65, &[0x00, 0x81]),
        of(0x66, &[0x00]),
        of(0x67, &[0x00]),
        of(0x68, &[0x00, 0x81, 0x82, 0x83, 0x84]),
        of(0x69, &[0x00, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88]),
        of(0x6A, &[0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89]),
        of(0x6B, &[0x00]),
        of(0x6C, &[0x00, 0x01, 0x10, 0xFF]),
        of(0x6D, &[0x00]),
        of(0x6E, &[0x00]),
        of(0x6F, &[0x00]),
        vec![0x9000, 0x90FF, 0x9404, 0x9804, 0x9840, 0x0000, 0xFFFF],
    ];
    words.concat().into_iter().map(Fault::StatusWord).collect()
}

#[test]
fn every_status_word_at_every_exchange_of_every_dialogue_ends_and_costs_no_try() {
    at_every_exchange(true, &words(), |_, _, _| {});
}

#[test]
fn the_words_that_mean_something_are_survived_while_a_card_is_met_too() {
    let some = [0x6100, 0x6282, 0x63C0, 0x63C1, 0x6700, 0x6982, 0x6983, 0x6A82, 0x6A88, 0x6C00, 0x6D00, 0x9000];
    at_every_exchange(false, &some.map(Fault::StatusWord), |_, _, _| {});
}

#[test]
fn a_card_that_lies_about_lengths_is_survived_at_every_exchange() {
    let lies = [
        Fault::Answer(Vec::new()),
        Fault::Answer(vec![0x90]),
        Fault::Answer(vec![0xFF; 300]),
        Fault::Answer([&[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF][..], &[0x90, 0x00]].concat()),
        Fault::Extra(vec![0x55; 3]),
        Fault::Cut(1),
        Fault::Cut(2),
        Fault::Cut(7),
    ];
    at_every_exchange(false, &lies, |_, _, _| {});
}

#[test]
fn a_card_pulled_at_every_exchange_is_told_and_works_when_it_is_back() {
    at_every_exchange(true, &[Fault::Remove, Fault::RemoveAfter], |rig, context, result| {
        assert_eq!(result.unwrap_err().code(), Code::CARD_REMOVED, "{context}");
        assert_eq!(rig.play(|card| card.serial()).unwrap_err().code(), Code::CARD_REMOVED, "{context}");
        let card = rig.reader.remove().unwrap();
        assert_eq!(sas_psc::card::Transport::reconnect(rig).unwrap_err().code(), Code::CARD_ABSENT, "{context}");
        rig.reader.insert(card);
        sas_psc::card::Transport::reconnect(rig).unwrap();
        assert_eq!(rig.play(|card| card.serial()).unwrap().as_str(), "99000001", "{context}");
    });
}

#[test]
fn a_reset_at_every_exchange_begins_the_dialogue_anew_or_is_told_once_a_code_was_sent() {
    at_every_exchange(true, &[Fault::Reset], |_, context, result| {
        if let Err(error) = result {
            assert_eq!(error.code(), Code::CARD_RESET, "{context}");
            assert!(!context.contains(" serial ") && !context.contains(" read ") && !context.contains(" status "));
        }
    });
}

#[test]
fn another_card_is_refused_after_the_first_was_pulled() {
    let mut rig = Rig::new(Generation::Cps3);
    let first = rig.play(|card| card.serial()).unwrap();
    rig.reader.insert(VirtualCard::new(Profile { pin: PIN.into(), ..Profile::other(Generation::Cps3) }));
    sas_psc::card::Transport::reconnect(&mut rig).unwrap();
    let sign = |card: &sas_psc::card::Card| {
        card.clone()
            .expecting(CardSerial::try_from("99000001".to_owned()).unwrap())
            .sign(request(Usage::Authentication), typed())
    };
    assert_eq!(rig.play(sign).unwrap_err().code(), Code::CARD_OTHER);
    rig.nothing_lost("another card");
    let other = rig.play(|card| card.sign(request(Usage::Authentication), typed())).unwrap();
    assert_ne!(other.serial, first);
    // A card whose certificate is no longer the one that is remembered: what is remembered is dropped, and read anew.
    let mut rig = Rig::new(Generation::Cps3);
    let first = rig.play(|card| card.sign(request(Usage::Authentication), typed())).unwrap();
    rig.reader.insert(VirtualCard::new(Profile { other_keys: true, ..profile(Generation::Cps3) }));
    sas_psc::card::Transport::reconnect(&mut rig).unwrap();
    let (exchanges, renewed) = rig.counted(|card| card.sign(request(Usage::Authentication), typed()));
    assert_ne!(renewed.unwrap().certificate, first.certificate);
    assert_eq!(exchanges, 8 + 7, "the certificate was read again");
    rig.nothing_lost("a renewed certificate");
}

#[test]
fn a_wrong_pin_costs_one_try_the_last_is_the_person_s_and_a_blocked_card_is_unblocked() {
    for generation in [Generation::Cps3, Generation::Cps4] {
        for third_failure in [0x63C0, 0x6983] {
            let mut rig = Rig::with(Profile { third_failure, ..profile(generation) });
            let wrong = || PinEntry::typed(Pin::parse("0000").unwrap());
            let mut refused = |entry: PinEntry| {
                let error = rig.play(|card| card.sign(request(Usage::Authentication), entry.clone())).unwrap_err();
                (error.code(), error.facts().pin_tries_left, rig.card(|card| card.tries()))
            };
            assert_eq!(refused(PinEntry::none()), (Code::CARD_PIN_REQUIRED, Some(3), 3));
            assert_eq!(refused(wrong()), (Code::CARD_PIN_WRONG, Some(2), 2));
            assert_eq!(refused(wrong()), (Code::CARD_PIN_WRONG, Some(1), 1));
            // Not even the right one is tried.
            assert_eq!(refused(typed()), (Code::CARD_PIN_LAST_TRY, Some(1), 1));
            assert_eq!(refused(wrong().spending_the_last_try()), (Code::CARD_PIN_BLOCKED, Some(0), 0));
            assert_eq!(refused(typed().spending_the_last_try()), (Code::CARD_PIN_BLOCKED, Some(0), 0));
            assert_eq!(rig.play(|card| card.pin_status()).unwrap(), PinStatus::Blocked);
            let new = || Pin::parse("2468").unwrap();
            let bad = rig.play(|card| card.unblock(Puk::parse("00000000").unwrap(), new(), false)).unwrap_err();
            assert_eq!((bad.code(), bad.facts().puk_tries_left), (Code::CARD_PUK_WRONG, Some(9)));
            rig.play(|card| card.unblock(Puk::parse(PUK).unwrap(), new(), false)).unwrap();
            assert_eq!(rig.card(|card| (card.tries(), card.is_verified())), (3, false));
            rig.play(|card| card.sign(request(Usage::Signature), PinEntry::typed(new()))).unwrap();
            rig.play(|card| card.change_pin(PinEntry::typed(new()), Pin::parse(PIN).unwrap())).unwrap();
            let old = rig.play(|card| card.change_pin(PinEntry::typed(new()), new())).unwrap_err();
            assert_eq!((old.code(), old.facts().pin_tries_left), (Code::CARD_PIN_WRONG, Some(2)));
            rig.play(|card| card.sign(request(Usage::Authentication), typed())).unwrap();
            rig.nothing_lost(generation.name());
        }
    }
}

#[test]
fn a_puk_has_a_last_try_too() {
    for generation in [Generation::Cps3, Generation::Cps4] {
        let mut rig = Rig::with(Profile { puk_tries: 1, ..profile(generation) });
        let unblock = |last_try| {
            move |card: &sas_psc::card::Card| {
                card.unblock(Puk::parse("11111111").unwrap(), Pin::parse(PIN).unwrap(), last_try)
            }
        };
        assert_eq!(rig.play(unblock(false)).unwrap_err().code(), Code::CARD_PUK_LAST_TRY);
        assert_eq!(rig.play(unblock(true)).unwrap_err().code(), Code::CARD_PUK_BLOCKED);
        assert_eq!(rig.play(unblock(true)).unwrap_err().code(), Code::CARD_PUK_BLOCKED);
        rig.nothing_lost(generation.name());
    }
}

#[test]
fn a_pin_that_another_program_verified_is_used_and_left_to_it() {
    for generation in [Generation::Cps3, Generation::Cps4] {
        let mut rig = Rig::new(generation);
        let mut other = rig.reader.connect().unwrap();
        if generation == Generation::Cps4 {
            other.transmit(&[1, 0xA4, 4, 0x0C, 8, 0x80, 0x25, 0, 0, 1, 0xFF, 1, 0]).unwrap();
        }
        let class = u8::from(generation == Generation::Cps4);
        let verify = [&[class, 0x20, 0, 1, 4][..], PIN.as_bytes()].concat();
        assert_eq!(other.transmit(&verify).unwrap(), [0x90, 0x00]);
        let result = rig.play(|card| card.sign(request(Usage::Authentication), PinEntry::none()));
        if generation == Generation::Cps4 {
            // Its applet forgets the PIN when it is selected, by us too.
            assert_eq!(result.unwrap_err().code(), Code::CARD_PIN_REQUIRED);
            continue;
        }
        result.unwrap();
        assert!(rig.card(|card| card.is_verified()), "it is the other program's");
        rig.play(|card| card.sign(request(Usage::Authentication), typed())).unwrap();
        assert!(rig.card(|card| card.is_verified()), "ours was not needed, so nothing of ours is dropped");
    }
}

#[test]
fn two_programs_on_one_card_do_not_disturb_each_other() {
    let mut rig = Rig::new(Generation::Cps3);
    let mut other = rig.reader.connect().unwrap();
    let busy = std::thread::spawn(move || {
        let mut served = 0;
        for _ in 0..400 {
            // Another folder, another file: what would spoil a dialogue that is not in a transaction.
            match other.transmit(&[0, 0xA4, 9, 0x0C, 4, 0x3F, 0, 0x2F, 0]) {
                Ok(_) => served += 1,
                Err(_) => other.reconnect().unwrap(),
            }
        }
        served
    });
    for _ in 0..20 {
        rig.play(|card| card.sign(request(Usage::Authentication), typed())).unwrap();
    }
    assert!(busy.join().unwrap() > 0);
    rig.nothing_lost("two programs");
}

#[test]
fn a_busy_channel_of_a_cps4_is_freed_and_a_generation_that_the_atr_hides_is_found() {
    let mut rig = Rig::with(Profile { channel_busy: true, ..profile(Generation::Cps4) });
    rig.play(|card| card.sign(request(Usage::Authentication), typed())).unwrap();
    for generation in [Generation::Cps3, Generation::Cps4] {
        let mut rig = Rig::new(generation);
        let kind = rig
            .play(|card| {
                let unknown = sas_psc::card::Atr::new(&[0x3B, 0x00]);
                assert_eq!(unknown.kind(), CardKind::Unknown);
                let protocol =
                    if generation.is_t0() { sas_psc::card::Protocol::T0 } else { sas_psc::card::Protocol::T1 };
                let _ = card;
                sas_psc::card::Card::new(&unknown, protocol, &sas_psc::card::CardCache::new()).read()
            })
            .unwrap()
            .kind;
        assert_eq!(kind.name(), generation.name());
    }
}

#[test]
fn a_key_sends_its_code_once_whatever_happens_to_the_card_after() {
    let reader = Reader::with(VirtualCard::new(profile(Generation::Cps3)));
    let key = key(&reader, PIN).unwrap();
    // Serial number, application, state of the code; it is sent fifth.
    for at in 1..=8 {
        reader.card(|card| card.at(at, Fault::Reset));
        let signed = key.sign(SignatureScheme::Pkcs1Sha256, b"a handshake");
        match at {
            1..5 => drop(signed.unwrap()),
            _ => assert_eq!(signed.unwrap_err().code(), Code::CARD_RESET, "at {at}"),
        }
    }
    key.sign(SignatureScheme::Pkcs1Sha256, b"a handshake").unwrap();
}

#[test]
fn a_key_whose_code_somebody_changed_spends_one_try_however_often_it_is_asked() {
    for generation in [Generation::Cps3, Generation::Cps4] {
        let reader = Reader::with(VirtualCard::new(profile(generation)));
        let key = key(&reader, PIN).unwrap();
        let new = || Pin::parse("2468").unwrap();
        play(&mut Slot::of(&reader), &CardCache::new(), |card| card.change_pin(typed(), new())).unwrap();
        let tries = || reader.card(|card| card.tries()).unwrap();
        let wrong = key.sign(SignatureScheme::Pkcs1Sha256, b"a handshake").unwrap_err();
        assert_eq!((wrong.code(), wrong.facts().pin_tries_left, tries()), (Code::CARD_PIN_WRONG, Some(2), 2));
        for again in [&key, &key.clone()] {
            let wrong = again.sign(SignatureScheme::Pkcs1Sha256, b"a handshake").unwrap_err();
            assert_eq!((wrong.code(), tries()), (Code::CARD_PIN_WRONG, 2), "{}", generation.name());
        }
    }
}
