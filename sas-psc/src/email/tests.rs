//! The challenge, played: the ways it ends well, and each way it must not.

use super::*;
use crate::base::{Counter, ExposeSecret, ServerKey, Timestamp};
use crate::error::{Code, Error};
use crate::person::Binding;
use std::time::Duration;

/// Seconds after 08:30 in Paris.
fn at(seconds: u64) -> Timestamp {
    Timestamp::from_unix(1_795_419_000) + Duration::from_secs(seconds)
}

fn me() -> Binding {
    Binding::new("https://psc.example", "f:1:899700218896", "attempt-1")
}

/// A challenge asked for at `at(0)`.
pub(super) fn requested() -> (Challenge, ServerKey, Counter) {
    let mut random = Counter(0);
    let address = Address::parse("Jeanne@Exemple.fr").unwrap();
    let challenge = Challenge::new(me(), address, Lifetime::default(), &mut random, at(0)).unwrap();
    (challenge, ServerKey::new(&[42; 32]).unwrap(), random)
}

/// A desk to play at: the challenge and what the last mail carried.
struct Play {
    challenge: Challenge,
    key: ServerKey,
    random: Counter,
}

struct Mail {
    number: u32,
    link: String,
    code: String,
}

impl Play {
    fn new() -> Play {
        let (challenge, key, random) = requested();
        Play { challenge, key, random }
    }

    fn write(&mut self, seconds: u64) -> Mail {
        let dispatch = self.challenge.write(&self.key, &mut self.random, at(seconds)).unwrap();
        Mail {
            number: dispatch.number(),
            link: dispatch.link_token().expose_secret().into(),
            code: dispatch.code().expose_secret().into(),
        }
    }

    /// Written and handed over at once.
    fn send(&mut self, seconds: u64) -> Mail {
        let mail = self.write(seconds);
        self.challenge.handed_over(mail.number, at(seconds)).unwrap();
        mail
    }

    fn code(&mut self, code: &str, seconds: u64) -> Result<EmailControl, Error> {
        match self.challenge.answer_code(&self.key, code, &me(), at(seconds))? {
            Answer::Proven(control) => Ok(control),
            Answer::Wrong(error) => Err(error),
        }
    }

    fn link(&mut self, link: &str, seconds: u64) -> Result<EmailControl, Error> {
        self.challenge.answer_link(link, &me(), at(seconds))
    }

    fn stored(&self) -> Vec<u8> {
        self.challenge.to_stored().unwrap()
    }
}

fn code_of<T>(result: Result<T, Error>) -> Code {
    result.err().expect("refused").code()
}

/// Another code than this one.
fn not(code: &str) -> String {
    let first = if code.starts_with('0') { '1' } else { '0' };
    format!("{first}{}", &code[1..])
}

#[test]
fn the_code_of_the_mail_gives_evidence_bound_to_person_attempt_and_address() {
    let mut play = Play::new();
    let mail = play.send(2);
    let control = play.code(&mail.code, 60).unwrap();
    assert_eq!((control.issuer(), control.subject()), ("https://psc.example", "f:1:899700218896"));
    assert_eq!((control.attempt(), control.address().canonical()), ("attempt-1", "jeanne@exemple.fr"));
    assert_eq!((control.proven_at(), control.by()), (at(60), By::Code));
    assert_eq!(play.challenge.status(at(60)), Status::Proven);
}

#[test]
fn the_link_of_the_mail_gives_it_too() {
    let mut play = Play::new();
    let mail = play.send(2);
    assert_eq!(Challenge::id_in(&mail.link), Some(play.challenge.id()));
    assert_eq!(play.link(&mail.link, 60).unwrap().by(), By::Link);
}

#[test]
fn a_pasted_code_with_spaces_is_read() {
    for pasted in ["{1} {2}", " {1}{2}\r\n", "{1}\u{a0}{2}", "{1}\u{202f}{2}"] {
        let mut play = Play::new();
        let mail = play.send(0);
        let pasted = pasted.replace("{1}", &mail.code[..4]).replace("{2}", &mail.code[4..]);
        play.code(&pasted, 1).unwrap();
    }
}

#[test]
fn what_is_not_eight_digits_costs_no_try() {
    let mut play = Play::new();
    play.send(0);
    let before = play.stored();
    for odd in ["", "1234567", "123456789", "1234567a", "１２３４５６７８", &"1".repeat(1 << 20)] {
        assert_eq!(code_of(play.code(odd, 1)), Code::EMAIL_CODE_FORM);
    }
    assert_eq!(play.stored(), before);
}

#[test]
fn five_wrong_codes_end_the_challenge_for_code_and_link() {
    let mut play = Play::new();
    let mail = play.send(0);
    for left in (1..5).rev() {
        let error = play.code(&not(&mail.code), 1).unwrap_err();
        assert_eq!((error.code(), error.facts().tries_left), (Code::EMAIL_CODE_WRONG, Some(left)));
        assert_eq!(play.challenge.tries_left(), left);
    }
    let error = play.code(&not(&mail.code), 1).unwrap_err();
    assert_eq!((error.code(), error.facts().tries_left), (Code::EMAIL_TRIES_USED_UP, Some(0)));
    assert_eq!(play.challenge.status(at(1)), Status::TriesUsedUp);
    assert_eq!(code_of(play.code(&mail.code, 2)), Code::EMAIL_TRIES_USED_UP);
    assert_eq!(code_of(play.link(&mail.link, 2)), Code::EMAIL_TRIES_USED_UP);
    // The way on: a new mail, after its wait, with tries of its own.
    assert_eq!(code_of(play.challenge.resend(at(2))), Code::EMAIL_RESEND_TOO_EARLY);
    play.challenge.resend(at(30)).unwrap();
    let mail = play.send(31);
    assert_eq!(play.code(&not(&mail.code), 39).unwrap_err().facts().tries_left, Some(4));
    play.code(&mail.code, 40).unwrap();
}

#[test]
fn the_five_minutes_start_at_the_hand_over() {
    let mut play = Play::new();
    let mail = play.write(10);
    assert_eq!(play.challenge.handed_over(mail.number, at(25)).unwrap(), at(325));
    assert_eq!(play.challenge.status(at(324)), Status::Live { until: at(325) });
    assert_eq!(play.challenge.status(at(325)), Status::Expired);
    let mut late = Play { challenge: play.challenge.clone(), key: play.key.clone(), random: Counter(9) };
    play.code(&mail.code, 324).unwrap();
    assert_eq!(code_of(late.code(&mail.code, 325)), Code::EMAIL_EXPIRED);
    assert_eq!(code_of(late.link(&mail.link, 325)), Code::EMAIL_EXPIRED);
    assert_eq!(code_of(late.code(&not(&mail.code), 325)), Code::EMAIL_EXPIRED, "and no try is counted");
    assert_eq!(late.challenge.tries_left(), 5);
}

#[test]
fn the_printed_end_is_never_later_than_the_real_one() {
    for (written, handed) in [(0, 0), (0, 59), (599, 601), (600, 600), (600, 899)] {
        let (mut challenge, key, mut random) = requested();
        let dispatch = challenge.write(&key, &mut random, at(written)).unwrap();
        assert!(dispatch.expires() <= challenge.handed_over(dispatch.number(), at(handed)).unwrap());
    }
}

#[test]
fn a_retry_is_written_afresh_and_none_ends_later_than_15_minutes_after_the_request() {
    let mut play = Play::new();
    let first = play.write(0);
    let second = play.write(600);
    assert_ne!((&first.code, &first.link), (&second.code, &second.link));
    assert_eq!(code_of(play.challenge.handed_over(first.number, at(601))), Code::EMAIL_SUPERSEDED);
    assert_eq!(play.challenge.handed_over(second.number, at(610)).unwrap(), at(900));
    assert_eq!(code_of(play.code(&first.code, 611)), Code::EMAIL_SUPERSEDED);
    play.code(&second.code, 899).unwrap();

    let mut play = Play::new();
    let late = play.challenge.write(&play.key, &mut play.random, at(601));
    assert_eq!(code_of(late), Code::EMAIL_SEND_WINDOW_OVER);
    assert_eq!(play.challenge.status(at(601)), Status::SendFailed);
    play.challenge.resend(at(601)).unwrap();
    play.send(602);
}

#[test]
fn nothing_can_be_answered_before_the_hand_over() {
    let mut play = Play::new();
    assert_eq!(code_of(play.code("12345678", 0)), Code::EMAIL_NOT_SENT);
    let mail = play.write(0);
    assert_eq!(code_of(play.code(&mail.code, 1)), Code::EMAIL_NOT_SENT);
    assert_eq!(code_of(play.link(&mail.link, 1)), Code::EMAIL_NOT_SENT);
    assert_eq!(play.challenge.status(at(1)), Status::Sending);
}

#[test]
fn a_resend_kills_the_old_link_and_code_and_says_so() {
    let mut play = Play::new();
    let old = play.send(0);
    play.challenge.resend(at(30)).unwrap();
    assert_eq!(code_of(play.code(&old.code, 31)), Code::EMAIL_SUPERSEDED);
    let new = play.send(31);
    assert_eq!(code_of(play.code(&old.code, 32)), Code::EMAIL_SUPERSEDED);
    assert_eq!(code_of(play.link(&old.link, 32)), Code::EMAIL_SUPERSEDED);
    assert_eq!(play.challenge.tries_left(), 5, "an old code is no guess");
    play.code(&new.code, 33).unwrap();
}

#[test]
fn resends_are_30_seconds_apart_and_growing() {
    let mut play = Play::new();
    let (mut now, mut waits) = (0, Vec::new());
    for _ in 0..8 {
        let error = play.challenge.resend(at(now)).unwrap_err();
        assert_eq!(error.code(), Code::EMAIL_RESEND_TOO_EARLY);
        let wait = error.facts().retry_after.unwrap().as_secs();
        assert_eq!(code_of(play.challenge.resend(at(now + wait - 1))), Code::EMAIL_RESEND_TOO_EARLY);
        now += wait;
        assert_eq!(play.challenge.resend_at(), at(now));
        play.challenge.resend(at(now)).unwrap();
        waits.push(wait);
    }
    assert_eq!(waits, [30, 60, 120, 240, 480, 900, 900, 900]);
}

#[test]
fn a_change_of_address_kills_the_old_mail_and_cannot_be_used_to_flood() {
    let mut play = Play::new();
    let old = play.send(0);
    let other = |n: usize| Address::parse(&format!("jeanne{n}@exemple.fr")).unwrap();
    for n in 0..3 {
        play.challenge.change_address(other(n), at(5)).unwrap();
    }
    assert_eq!(code_of(play.challenge.change_address(other(3), at(5))), Code::EMAIL_RESEND_TOO_EARLY);
    let mail = play.send(6);
    assert_eq!(code_of(play.code(&old.code, 7)), Code::EMAIL_CODE_WRONG);
    assert_eq!(play.code(&mail.code, 7).unwrap().address().canonical(), "jeanne2@exemple.fr");
    assert_eq!(code_of(play.challenge.change_address(other(4), at(5000))), Code::EMAIL_ALREADY_PROVEN);
}

#[test]
fn the_same_address_again_is_a_resend() {
    let mut play = Play::new();
    play.send(0);
    let same = Address::parse("Jeanne@EXEMPLE.fr").unwrap();
    assert_eq!(code_of(play.challenge.change_address(same, at(5))), Code::EMAIL_RESEND_TOO_EARLY);
}

#[test]
fn another_session_gets_nothing_and_changes_nothing() {
    let mut play = Play::new();
    let mail = play.send(0);
    let before = play.stored();
    for other in [
        Binding::new("https://psc.example", "f:1:899700218896", "attempt-2"),
        Binding::new("https://psc.example", "f:1:899700245667", "attempt-1"),
        Binding::new("https://other.example", "f:1:899700218896", "attempt-1"),
    ] {
        let code = play.challenge.answer_code(&play.key, &mail.code, &other, at(1));
        assert_eq!(code_of(code), Code::EMAIL_OTHER_SESSION);
        let wrong = play.challenge.answer_code(&play.key, &not(&mail.code), &other, at(1));
        assert_eq!(code_of(wrong), Code::EMAIL_OTHER_SESSION, "a stranger cannot use up the tries");
        assert_eq!(code_of(play.challenge.answer_link(&mail.link, &other, at(1))), Code::EMAIL_OTHER_SESSION);
        assert_eq!(play.challenge.open_link(&mail.link, Some(&other), at(1)).unwrap(), LinkPage::Elsewhere);
    }
    assert_eq!(play.stored(), before);
}

#[test]
fn the_link_page_depends_on_who_opens_it_and_changes_nothing() {
    let mut play = Play::new();
    let mail = play.send(0);
    let (mine, before) = (me(), play.stored());
    let open = |play: &Play, link: &str, seconds| play.challenge.open_link(link, Some(&mine), at(seconds));
    for _ in 0..2 {
        assert_eq!(play.challenge.open_link(&mail.link, None, at(1)).unwrap(), LinkPage::Elsewhere);
        assert_eq!(open(&play, &mail.link, 1).unwrap(), LinkPage::Confirm);
    }
    assert_eq!(open(&play, "x.y", 1).unwrap(), LinkPage::Elsewhere, "a link of another challenge");
    assert_eq!(open(&play, "", 1).unwrap(), LinkPage::Elsewhere);
    let forged = format!("{}.{}", play.challenge.id(), "A".repeat(43));
    assert_eq!(code_of(open(&play, &forged, 1)), Code::EMAIL_LINK_WRONG);
    assert_eq!(code_of(play.link(&forged, 1)), Code::EMAIL_LINK_WRONG);
    let renamed = format!("other.{}", mail.link.split_once('.').unwrap().1);
    assert_eq!(code_of(play.link(&renamed, 1)), Code::EMAIL_LINK_WRONG);
    assert_eq!(code_of(open(&play, &mail.link, 300)), Code::EMAIL_EXPIRED);
    assert_eq!(play.stored(), before);
    play.code(&mail.code, 2).unwrap();
    assert_eq!(open(&play, &mail.link, 400).unwrap(), LinkPage::AlreadyProven);
    // Somebody who holds the mail but not the session learns nothing, before or after.
    assert_eq!(play.challenge.open_link(&mail.link, None, at(400)).unwrap(), LinkPage::Elsewhere);
}

#[test]
fn a_second_answer_is_a_success_and_no_new_evidence() {
    let mut play = Play::new();
    let mail = play.send(0);
    let first = play.link(&mail.link, 10).unwrap();
    let after = play.stored();
    for again in [play.link(&mail.link, 400).unwrap(), play.code(&mail.code, 400).unwrap()] {
        assert_eq!((again.proven_at(), again.by()), (first.proven_at(), By::Link));
    }
    assert_eq!(code_of(play.code(&not(&mail.code), 11)), Code::EMAIL_ALREADY_PROVEN);
    assert_eq!(code_of(play.challenge.resend(at(400))), Code::EMAIL_ALREADY_PROVEN);
    let written = play.challenge.write(&play.key, &mut play.random, at(11));
    assert_eq!(code_of(written), Code::EMAIL_ALREADY_PROVEN);
    assert_eq!(play.stored(), after);
}

#[test]
fn a_refused_address_waits_for_another() {
    let mut play = Play::new();
    let mail = play.write(0);
    play.challenge.refused(mail.number).unwrap();
    assert_eq!(play.challenge.status(at(1)), Status::AddressRefused);
    assert_eq!(code_of(play.challenge.handed_over(mail.number, at(1))), Code::EMAIL_SUPERSEDED);
    let written = play.challenge.write(&play.key, &mut play.random, at(1));
    assert_eq!(code_of(written), Code::EMAIL_NOTHING_TO_SEND);
    play.challenge.change_address(Address::parse("j@exemple.fr").unwrap(), at(2)).unwrap();
    assert_eq!(code_of(play.challenge.refused(mail.number)), Code::EMAIL_SUPERSEDED);
    let mail = play.send(3);
    assert_eq!(code_of(play.challenge.refused(mail.number)), Code::EMAIL_SUPERSEDED, "it was handed over");
    play.code(&mail.code, 4).unwrap();
}

#[test]
fn a_hand_over_told_twice_moves_nothing() {
    let mut play = Play::new();
    let mail = play.send(0);
    assert_eq!(play.challenge.handed_over(mail.number, at(200)).unwrap(), at(300));
}

#[test]
fn a_clock_that_goes_back_does_not_lengthen_the_link_nor_lock_the_person_out() {
    let mut play = Play::new();
    play.challenge.resend(at(3600)).unwrap();
    let mail = play.send(3600);
    assert_eq!(play.challenge.status(at(3541)), Status::Live { until: at(3900) }, "instances differ a little");
    assert_eq!(code_of(play.code(&mail.code, 0)), Code::EMAIL_EXPIRED);
    play.challenge.resend(at(0)).unwrap();
}

#[test]
fn the_stored_form_comes_back_and_holds_no_secret() {
    let mut play = Play::new();
    let old = play.send(0);
    play.challenge.resend(at(30)).unwrap();
    let mail = play.send(31);
    let stored = play.stored();
    let text = String::from_utf8(stored.clone()).unwrap();
    for mail in [&old, &mail] {
        assert!(!text.contains(&mail.code) && !text.contains(mail.link.split('.').nth(1).unwrap()), "{text}");
    }
    play.challenge = Challenge::resume(&stored).unwrap();
    assert_eq!(play.stored(), stored);
    assert_eq!(code_of(play.code(&old.code, 32)), Code::EMAIL_SUPERSEDED);
    play.code(&mail.code, 33).unwrap();
    assert_eq!(Challenge::resume(&play.stored()).unwrap().control().unwrap().proven_at(), at(33));

    let newer = text.replacen("\"v\":2", "\"v\":3", 1);
    assert_eq!(code_of(Challenge::resume(newer.as_bytes())), Code::STORED_FORM_NEWER);
    assert!(Challenge::resume(text.replacen("\"v\":2", "\"v\":1", 1).as_bytes()).is_ok(), "version 1 is read");
    for broken in ["", "{}", &text[..text.len() - 9], &text.replacen("\"lifetime\":5", "\"lifetime\":0", 1)] {
        assert_eq!(code_of(Challenge::resume(broken.as_bytes())), Code::STORED_FORM_UNREADABLE);
    }
}

#[test]
fn a_challenge_does_not_grow_with_its_mails() {
    let mut play = Play::new();
    let mut lengths = Vec::new();
    for retry in 0..60 {
        play.write(retry);
        lengths.push(play.stored().len());
    }
    assert_eq!(lengths[20], lengths[59]);
}

#[test]
fn another_servers_key_does_not_know_the_code() {
    let mut play = Play::new();
    let mail = play.send(0);
    play.key = ServerKey::new(&[43; 32]).unwrap();
    assert_eq!(code_of(play.code(&mail.code, 1)), Code::EMAIL_CODE_WRONG);
}

#[test]
fn a_source_without_randomness_changes_nothing() {
    struct Dry;
    impl crate::base::Random for Dry {
        fn fill(&mut self, _: &mut [u8]) -> crate::error::Result<()> {
            Err(Error::new(Code::NO_RANDOMNESS))
        }
    }
    let mut play = Play::new();
    let before = play.stored();
    assert_eq!(code_of(play.challenge.write(&play.key, &mut Dry, at(0))), Code::NO_RANDOMNESS);
    assert_eq!(play.stored(), before);
}

#[test]
fn the_lifetime_is_a_setting_within_an_hour() {
    assert_eq!(Lifetime::default(), Lifetime::minutes(5).unwrap());
    assert_eq!(code_of(Lifetime::minutes(0)), Code::EMAIL_LIFETIME);
    assert_eq!(code_of(Lifetime::minutes(61)), Code::EMAIL_LIFETIME);
}

#[test]
fn no_debug_shows_person_address_link_or_code() {
    let mut play = Play::new();
    let mail = play.send(0);
    let control = play.code(&mail.code, 1).unwrap();
    let shown = format!("{:?} {control:?} {:?}", play.challenge, me()).to_lowercase();
    for secret in ["jeanne", "exemple", "8997", "attempt-1", &mail.code] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
