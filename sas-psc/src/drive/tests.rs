//! The driver over the memory store and a mailer that keeps what it is given.

use super::{Account, Mailer, SignUp, block_on};
use crate::base::{Clock, Counter, Timestamp};
use crate::email::{Address, LinkPage, Message};
use crate::error::{Code, Error, Lang, Result};
use crate::onboarding::tests::{person, policy, settings, sign_in};
use crate::onboarding::{AccountId, State, Store};
use crate::store::Memory;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

const TAB: &str = "attempt-1";
const BASE: &str = "https://compte.exemple.fr/courriel";

struct Watch(AtomicI64);

impl Clock for Watch {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix(self.0.load(Ordering::SeqCst))
    }
}

impl Watch {
    fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

/// Keeps the mails; refuses, or takes its time, while told to.
#[derive(Default)]
struct Postbox {
    mails: Mutex<Vec<(String, Message)>>,
    refuse: Mutex<Option<Code>>,
    slow: AtomicBool,
}

impl Mailer for Arc<Postbox> {
    async fn hand_over(&self, message: &Message, to: &Address) -> Result<()> {
        poll_fn(|_| if self.slow.swap(false, Ordering::SeqCst) { Poll::Pending } else { Poll::Ready(()) }).await;
        if let Some(code) = *self.refuse.lock().unwrap() {
            return Err(Error::new(code));
        }
        self.mails.lock().unwrap().push((to.as_typed().to_owned(), message.clone()));
        Ok(())
    }
}

impl Postbox {
    fn last(&self) -> (String, Message) {
        self.mails.lock().unwrap().last().unwrap().clone()
    }

    fn code(&self) -> String {
        let text = self.last().1.text().to_owned();
        let code = text.lines().find(|l| l.len() == 9 && l.replace(' ', "").bytes().all(|b| b.is_ascii_digit()));
        code.unwrap().to_owned()
    }

    fn link_token(&self) -> String {
        let text = self.last().1.text().to_owned();
        text.lines().find_map(|l| l.strip_prefix(&format!("{BASE}?c="))).unwrap().to_owned()
    }
}

struct Site {
    sign_up: SignUp<Memory, Arc<Postbox>>,
    clock: Arc<Watch>,
    post: Arc<Postbox>,
}

impl Site {
    fn new() -> Site {
        let (clock, post) = (Arc::new(Watch(AtomicI64::new(1_795_420_800))), Arc::new(Postbox::default()));
        let sign_up = SignUp::new(Memory::new(), post.clone(), policy(), BASE, clock.clone(), Counter(3));
        Site { sign_up, clock, post }
    }

    fn welcome(&self, id: &str) -> Result<Account> {
        block_on(self.sign_up.welcome(&sign_in(person(id, 1))))
    }

    fn address(&self, id: AccountId, address: &str) -> Result<Account> {
        let address = Address::parse(address).unwrap();
        block_on(self.sign_up.give_address(id, TAB, &address, Lang::Fr, None))
    }

    fn deliver(&self, id: AccountId) -> Result<Account> {
        block_on(self.sign_up.deliver(id))
    }

    fn accept(&self, id: AccountId) -> Result<Account> {
        let hash = block_on(self.sign_up.present_terms(id, TAB, Lang::Fr))?.hash().to_string();
        block_on(self.sign_up.accept_terms(id, TAB, &hash, true))
    }

    /// As far as an active account.
    fn open(&self, id: &str, address: &str) -> Account {
        let account = self.welcome(id).unwrap().id;
        self.address(account, address).unwrap();
        self.deliver(account).unwrap();
        block_on(self.sign_up.answer_code(account, TAB, &self.post.code())).unwrap();
        self.accept(account).unwrap();
        block_on(self.sign_up.save_settings(account, &settings())).unwrap()
    }
}

#[test]
fn from_sign_in_to_an_active_account_and_back_again() {
    let site = Site::new();
    let account = site.open("899700218896", "kit@cabinet.example");
    assert_eq!(account.state, State::Active);
    assert_eq!(block_on(site.sign_up.store().log_size()).unwrap(), 1);
    let back = site.welcome("899700218896").unwrap();
    assert_eq!((back.id, back.state), (account.id, State::Active));
}

#[test]
fn the_link_of_the_mail_is_confirmed_in_the_session_that_started() {
    let site = Site::new();
    let account = site.welcome("899700218896").unwrap().id;
    site.address(account, "kit@cabinet.example").unwrap();
    site.deliver(account).unwrap();
    let token = site.post.link_token();
    let open = |visitor| block_on(site.sign_up.open_link(visitor, &token)).unwrap();
    assert_eq!(open(None), LinkPage::Elsewhere);
    assert_eq!(open(Some((account, "attempt-2"))), LinkPage::Elsewhere);
    for _ in 0..3 {
        assert_eq!(open(Some((account, TAB))), LinkPage::Confirm, "opening changes nothing");
    }
    let state = block_on(site.sign_up.answer_link(account, TAB, &token)).unwrap().state;
    assert_eq!(state, State::TermsWanted);
    assert_eq!(open(Some((account, TAB))), LinkPage::AlreadyProven);
    assert!(block_on(site.sign_up.answer_link(account, TAB, &token)).is_ok(), "a second click is no error");
}

#[test]
fn a_taken_address_is_neither_linked_nor_revealed() {
    let site = Site::new();
    site.open("899700218896", "Kit@cabinet.example");
    let second = site.welcome("899700245667").unwrap().id;
    let free = site.address(second, "autre@cabinet.example").unwrap().state;
    let taken = site.address(second, "kit@CABINET.example").unwrap().state;
    assert_eq!(free, taken, "the page is the same");
    assert_eq!(site.deliver(second).unwrap().state, State::MailSent);
    let (to, mail) = site.post.last();
    assert_eq!(to, "kit@CABINET.example");
    assert_eq!(mail.subject(), "Votre courriel est déjà lié à un compte");
    assert!(!mail.text().contains("http"));
    let error = block_on(site.sign_up.answer_code(second, TAB, "12345678")).unwrap_err();
    assert_eq!(error.code(), Code::EMAIL_CODE_WRONG);
}

#[test]
fn an_address_proven_by_two_at_once_goes_to_the_first() {
    let site = Site::new();
    let (one, two) = (site.welcome("899700218896").unwrap().id, site.welcome("899700245667").unwrap().id);
    let mut codes = Vec::new();
    for account in [one, two] {
        site.address(account, "commun@cabinet.example").unwrap();
        site.deliver(account).unwrap();
        codes.push(site.post.code());
    }
    block_on(site.sign_up.answer_code(one, TAB, &codes[0])).unwrap();
    let error = block_on(site.sign_up.answer_code(two, TAB, &codes[1])).unwrap_err();
    assert_eq!(error.code(), Code::STORE_EMAIL_TAKEN);
    assert_eq!(block_on(site.sign_up.account(two)).unwrap().state, State::MailSent, "and may give another");
    site.address(two, "seul@cabinet.example").unwrap();
}

#[test]
fn a_mail_that_could_not_leave_is_tried_again_by_itself() {
    let site = Site::new();
    let account = site.welcome("899700218896").unwrap().id;
    site.address(account, "kit@cabinet.example").unwrap();
    *site.post.refuse.lock().unwrap() = Some(Code::CONNECT_FAILED);
    assert_eq!(site.deliver(account).unwrap_err().code(), Code::CONNECT_FAILED);
    assert_eq!(block_on(site.sign_up.run_due()).unwrap(), 0, "not before its time");
    *site.post.refuse.lock().unwrap() = None;
    site.clock.pass(6);
    assert_eq!(block_on(site.sign_up.run_due()).unwrap(), 1);
    assert_eq!(block_on(site.sign_up.account(account)).unwrap().state, State::MailSent);
    assert_eq!(block_on(site.sign_up.run_due()).unwrap(), 0, "once");
}

#[test]
fn a_mail_that_is_being_handed_over_is_not_written_twice() {
    let site = Site::new();
    let account = site.welcome("899700218896").unwrap().id;
    site.address(account, "kit@cabinet.example").unwrap();
    site.post.slow.store(true, Ordering::SeqCst);
    let mut first = pin!(site.sign_up.deliver(account));
    assert!(first.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    site.clock.pass(10);
    assert_eq!(site.deliver(account).unwrap().state, State::MailDue);
    assert_eq!(block_on(site.sign_up.run_due()).unwrap(), 0);
    assert_eq!(block_on(first).unwrap().state, State::MailSent);
    assert_eq!(site.post.mails.lock().unwrap().len(), 1);
    assert!(block_on(site.sign_up.answer_code(account, TAB, &site.post.code())).is_ok());
}

#[test]
fn a_refused_address_is_asked_for_again() {
    let site = Site::new();
    let account = site.welcome("899700218896").unwrap().id;
    site.address(account, "kit@refuse.invalid").unwrap();
    *site.post.refuse.lock().unwrap() = Some(Code::MAIL_REFUSED);
    assert_eq!(site.deliver(account).unwrap_err().code(), Code::MAIL_REFUSED);
    assert_eq!(block_on(site.sign_up.account(account)).unwrap().state, State::EmailWanted);
}

#[test]
fn five_minutes_are_counted_from_the_hand_over() {
    let site = Site::new();
    let account = site.welcome("899700218896").unwrap().id;
    site.address(account, "kit@cabinet.example").unwrap();
    site.clock.pass(120);
    site.deliver(account).unwrap();
    let code = site.post.code();
    site.clock.pass(300);
    let late = block_on(site.sign_up.answer_code(account, TAB, &code)).unwrap_err();
    assert_eq!(late.code(), Code::EMAIL_EXPIRED);
    block_on(site.sign_up.resend(account, TAB, None)).unwrap();
    site.deliver(account).unwrap();
    site.clock.pass(299);
    assert!(block_on(site.sign_up.answer_code(account, TAB, &site.post.code())).is_ok());
}

#[test]
fn two_tabs_that_answer_at_once_leave_one_record() {
    let site = Site::new();
    let account = site.welcome("899700218896").unwrap().id;
    site.address(account, "kit@cabinet.example").unwrap();
    site.deliver(account).unwrap();
    block_on(site.sign_up.answer_code(account, TAB, &site.post.code())).unwrap();
    let hash = block_on(site.sign_up.present_terms(account, TAB, Lang::Fr)).unwrap().hash().to_string();
    block_on(site.sign_up.accept_terms(account, TAB, &hash, true)).unwrap();
    let second = block_on(site.sign_up.accept_terms(account, TAB, &hash, true)).unwrap_err();
    assert_eq!(second.code(), Code::STEP_OUT_OF_ORDER);
    assert_eq!(block_on(site.sign_up.store().log_size()).unwrap(), 1);
}

#[test]
fn an_unticked_box_and_an_old_text_leave_no_record() {
    let site = Site::new();
    let account = site.welcome("899700218896").unwrap().id;
    site.address(account, "kit@cabinet.example").unwrap();
    site.deliver(account).unwrap();
    block_on(site.sign_up.answer_code(account, TAB, &site.post.code())).unwrap();
    let hash = block_on(site.sign_up.present_terms(account, TAB, Lang::Fr)).unwrap().hash().to_string();
    let empty = block_on(site.sign_up.accept_terms(account, TAB, &hash, false)).unwrap_err();
    assert_eq!(empty.code(), Code::TERMS_NOT_TICKED);
    site.clock.pass(86_400);
    let old = block_on(site.sign_up.accept_terms(account, TAB, &hash, true)).unwrap_err();
    assert_eq!(old.code(), Code::TERMS_CHANGED);
    assert_eq!(block_on(site.sign_up.store().log_size()).unwrap(), 0);
}

#[test]
fn an_account_that_does_not_exist_is_said_so() {
    let site = Site::new();
    let error = block_on(site.sign_up.account(AccountId([9; 16]))).unwrap_err();
    assert_eq!(error.code(), Code::ACCOUNT_UNKNOWN);
}

#[test]
fn a_person_whose_numbers_are_on_two_accounts_is_not_joined_silently() {
    let site = Site::new();
    site.open("899700218896", "un@cabinet.example");
    site.open("00B6087510", "deux@cabinet.example");
    let mut both = person("899700218896", 1);
    let (id, origin) = (crate::id::IdNat::parse("00B6087510").unwrap(), String::from("ADELI"));
    both.other_ids.push(crate::person::OtherId { id, origin, quality: None });
    let error = block_on(site.sign_up.welcome(&sign_in(both))).unwrap_err();
    assert_eq!(error.code(), Code::NUMBER_CLAIMED_TWICE);
}
