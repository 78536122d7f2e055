//! The life of an account: no log line, error or `Debug` tells whose it is, nor what an export holds.

use super::shown::Shown;
use super::{ADDRESS, TAB};
use sas_psc::base::{Clock, ServerKey, Timestamp};
use sas_psc::consent::Record;
use sas_psc::drive::{Lives, LogFeed, Mailer, Purge, SystemRandom, TimedSignUp, block_on};
use sas_psc::email::{Address, InactivityMail, Message};
use sas_psc::onboarding::lifecycle::{
    Due, Erasure, ExportedRecord, Life, LifeChange, LifeRules, LifeStore, NoticeOutcome, PersonExport, StoredLife,
};
use sas_psc::onboarding::retention::RETENTION;
use sas_psc::onboarding::{Author, Fed, LogEntry, Policy, State, Store};
use sas_psc::psc::SignIn;
use sas_psc::store::{AnyStore, Memory};
use sas_psc::{Lang, Result};
use sas_psc_tests::{NOW, Site, policy};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

struct Watch(AtomicI64);

impl Clock for Watch {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix(self.0.load(Ordering::SeqCst))
    }
}

struct Nowhere;

impl Mailer for Nowhere {
    async fn hand_over(&self, _: &Message, _: &Address) -> Result<()> {
        Ok(())
    }
}

struct Log;

impl sas_psc::onboarding::RecordLog for Log {
    fn fed(&self) -> Result<Fed> {
        Ok(Fed { entries: 9, last: Some([9; 16]) })
    }
    fn holds(&self, _: sas_psc::consent::RecordId) -> Result<bool> {
        Ok(false)
    }
    fn feed(&self, _: &[LogEntry], _: Fed) -> Result<()> {
        Ok(())
    }
    fn forget_person(&self, _: &sas_psc::consent::Sha256) -> Result<u64> {
        Ok(0)
    }
}

pub fn lives(site: &Site, shown: &mut Shown) {
    let sign_in = site.by_card("nurse").unwrap().sign_in;
    let store = Arc::new(Memory::new());
    shown.debug(AnyStore::Memory(store.clone()));
    let clock = Arc::new(Watch(AtomicI64::new(NOW.unix())));
    let (mail, rules) = (shown.debug(InactivityMail::Closed { erased_at: NOW }), shown.debug(LifeRules::default()));
    shown.debug(Message::inactivity(Lang::Fr, "SAS", "https://compte.invalid/", mail, "id", NOW));
    let sign_up = sas_psc::drive::SignUp::new(
        store.clone(),
        Nowhere,
        policy(),
        "https://compte.invalid/c",
        clock.clone(),
        SystemRandom,
    );
    let id = block_on(sign_up.welcome(&sign_in)).unwrap().id;
    call_by_call(&sign_in, shown);
    let parts = (store.clone(), Nowhere);
    let lives = Lives::new(parts, policy(), rules, "https://compte.invalid/", clock.clone(), SystemRandom).unwrap();
    let lives = shown.debug(lives);
    shown.debug(block_on(lives.signed_in(id)).unwrap());
    let life = shown.debug(block_on(lives.life(id)).unwrap().unwrap());
    assert_eq!(life.due(&LifeRules::default(), NOW), None);
    let export: PersonExport = shown.debug(block_on(lives.export(id, |_| None)).unwrap());
    shown.failed(PersonExport::of_parts(r#"{"courriel":"moi@cabinet-discret.invalid"}"#, NOW));
    drop(export);
    block_on(lives.close(id)).unwrap();
    shown.failed(block_on(lives.close(id)));
    let entry = block_on(store.log_entries(0, 1)).unwrap().remove(0);
    let record = Record::parse(&entry.record).unwrap();
    shown.debug(ExportedRecord { record: &record, salt: &entry.salt, receipt: None });
    let stored: StoredLife = shown.debug(block_on(store.life(id)).unwrap().unwrap());
    shown.debug(LifeChange { life: stored, entries: vec![entry] });
    let (records, tombstones) = (vec![[7; 16]], vec![]);
    let erasure = Erasure { account: id, version: 1, life_version: 0, records, tombstones, entries: vec![] };
    let erasure = shown.debug(erasure);
    shown.failed(block_on(store.erase(erasure)));
    shown.debug(block_on(lives.erase(id)).unwrap());
    shown.failed(block_on(lives.close(id)));
    shown.debug(block_on(lives.run_due(9)).unwrap());
    shown.failed(Life::from_json(r#"{"active_at":"moi@cabinet-discret.invalid"}"#));
    shown.failed(Life::from_stored(b"moi@cabinet-discret.invalid"));

    let keeping = policy().keeping;
    let purge = Purge::new(store.clone(), (policy().key, keeping), clock, SystemRandom);
    let purge = shown.debug(purge);
    shown.debug(block_on(purge.run()).unwrap());
    shown.debug(RETENTION[0]);
    shown.debug(Fed::default());
    shown.failed(block_on(LogFeed::open(store.clone(), Log)));
    let feed = shown.debug(block_on(LogFeed::open_after_loss(store, Log)).unwrap());
    shown.failed(block_on(feed.run()));
    shown.debug(sas_psc::drive::LogFed::default());
}

/// The journey as C and Python have it, to the mail of an account that is not used.
fn call_by_call(sign_in: &SignIn, shown: &mut Shown) {
    let (store, page) = (Arc::new(Memory::new()), "https://compte.invalid/c");
    let sign_up = shown.debug(TimedSignUp::new(store, policy(), page, None).unwrap());
    let id = sign_up.welcome(sign_in, NOW).unwrap().id;
    if sign_up.account(id, NOW).unwrap().state == State::PlacesWanted {
        sign_up.choose_places(id, &[0], NOW).unwrap();
    }
    shown.failed(sign_up.give_address(id, TAB, "kit.specialiste", Lang::Fr, None, NOW));
    shown.debug(sign_up.give_address(id, TAB, ADDRESS, Lang::Fr, Some("192.0.2.7"), NOW).unwrap());
    let mail = shown.debug(sign_up.next_mail(None, NOW).unwrap().unwrap());
    shown.debug(sign_up.handed_over(&mail, NOW).unwrap());
    shown.failed(sign_up.answer_code(id, TAB, "12345678", NOW));
    shown.failed(Author::of_role("moi@cabinet-discret.invalid", sign_in, Lang::Fr));
    let is_code = |line: &&str| line.chars().filter(char::is_ascii_digit).count() == 8 && !line.contains('?');
    let code = mail.message().text().lines().find(is_code).unwrap();
    sign_up.answer_code(id, TAB, code, NOW).unwrap();
    let later = NOW + std::time::Duration::from_secs(250 * 86_400);
    shown.debug(sign_up.take_due(9, later).unwrap());
    let mut taken = shown.debug(sign_up.take_due(9, later).unwrap());
    shown.debug(taken.mails.remove(0));
    shown.failed(sign_up.noticed(id, Due::Close, NoticeOutcome::HandedOver, later));
    shown.debug(sign_up.export(id, |_| None, later).unwrap());
    shown.debug(sign_up.erase(id, later).unwrap());
    shown.failed(Policy::from_json(ServerKey::new(&[7; 32]).unwrap(), ADDRESS));
}
