//! The sender of mails before a small DNS server on loopback: what the doctor finds, and what a server that errs, is
//! silent or answers something else brings about.

use sas_psc::Lang;
use sas_psc::drive::{CheckStatus, Finding, examine_sender};
use sas_psc::email::{Address, SenderDomain};
use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Answers TXT questions from a table, as RFC 1035 has it.
struct Dns {
    address: SocketAddr,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mood {
    Well,
    /// SERVFAIL to every question.
    Fails,
    Silent,
    Garbage,
}

impl Dns {
    fn start(records: &[(&str, &[&str])], mood: Mood) -> Dns {
        let records: BTreeMap<String, Vec<String>> = records
            .iter()
            .map(|(name, texts)| (name.to_string(), texts.iter().map(|t| t.to_string()).collect()))
            .collect();
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
        let (address, over) = (socket.local_addr().unwrap(), Arc::new(AtomicBool::new(false)));
        let stop = over.clone();
        let thread = std::thread::spawn(move || {
            let mut bytes = [0; 1500];
            while !stop.load(Ordering::SeqCst) {
                let Ok((length, from)) = socket.recv_from(&mut bytes) else { continue };
                let reply = match mood {
                    Mood::Silent => continue,
                    Mood::Garbage => b"no DNS".to_vec(),
                    Mood::Fails => reply(&bytes[..length], &records, 2),
                    Mood::Well => reply(&bytes[..length], &records, 0),
                };
                socket.send_to(&reply, from).unwrap();
            }
        });
        Dns { address, over, thread: Some(thread) }
    }
}

impl Drop for Dns {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        self.thread.take().unwrap().join().unwrap();
    }
}

/// The answer to one question; a name that the table does not have does not exist.
fn reply(question: &[u8], records: &BTreeMap<String, Vec<String>>, rcode: u8) -> Vec<u8> {
    let (mut labels, mut at) = (Vec::new(), 12);
    while question[at] != 0 {
        let length = usize::from(question[at]);
        labels.push(String::from_utf8(question[at + 1..=at + length].to_vec()).unwrap().to_lowercase());
        at += length + 1;
    }
    let end = at + 5;
    let found = records.get(&labels.join("."));
    let rcode = if rcode == 0 && found.is_none() { 3 } else { rcode };
    let texts = if rcode == 0 { found.cloned().unwrap_or_default() } else { Vec::new() };
    let mut out = question[..2].to_vec();
    out.extend([0x81, 0x80 | rcode, 0, 1, 0, texts.len() as u8, 0, 0, 0, 0]);
    out.extend(&question[12..end]);
    for text in texts {
        let strings: Vec<u8> =
            text.as_bytes().chunks(200).flat_map(|part| [&[part.len() as u8][..], part].concat()).collect();
        out.extend([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60]);
        out.extend((strings.len() as u16).to_be_bytes());
        out.extend(strings);
    }
    out
}

fn sender() -> SenderDomain {
    SenderDomain::of(&Address::parse("nepasrepondre@courrier.exemple.fr").unwrap(), Some("s1")).unwrap()
}

fn seen(found: &[Finding]) -> Vec<(&'static str, CheckStatus)> {
    found.iter().map(|found| (found.check, found.status)).collect()
}

#[test]
fn a_sender_that_publishes_all_three_is_in_order() {
    let key = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    let long = format!("v=spf1 {}-all", "ip4:192.0.2.1 ".repeat(20));
    let dns = Dns::start(
        &[
            ("courrier.exemple.fr", &["autre chose", &long]),
            ("s1._domainkey.courrier.exemple.fr", &[&format!("v=DKIM1; k=ed25519; p={key}")]),
            ("_dmarc.exemple.fr", &["v=DMARC1; p=quarantine"]),
        ],
        Mood::Well,
    );
    let found = examine_sender(&sender(), Some(dns.address), Lang::Fr).unwrap();
    let ok = CheckStatus::Ok;
    assert_eq!(seen(&found), [("spf", ok), ("dkim", ok), ("dmarc", ok)], "{found:?}");
    assert!(found.iter().all(|found| found.hint.is_empty() && found.code.is_none()));
}

#[test]
fn what_is_missing_is_named_with_what_to_publish() {
    let dns = Dns::start(&[("courrier.exemple.fr", &["v=spf1 +all"])], Mood::Well);
    let found = examine_sender(&sender(), Some(dns.address), Lang::Fr).unwrap();
    let failed = CheckStatus::Failed;
    assert_eq!(seen(&found), [("spf", failed), ("dkim", failed), ("dmarc", failed)]);
    assert_eq!(found[0].message, "L'enregistrement laisse envoyer n'importe qui.");
    assert!(found[0].hint.contains("courrier.exemple.fr. TXT \"v=spf1 mx -all\""), "{}", found[0].hint);
    assert!(found[1].hint.contains("s1._domainkey.courrier.exemple.fr. TXT"));
    let english = examine_sender(&sender(), Some(dns.address), Lang::En).unwrap();
    assert!(english[2].hint.contains("Publish: _dmarc.courrier.exemple.fr. TXT"), "{}", english[2].hint);
    let none = SenderDomain::of(&Address::parse("a@courrier.exemple.fr").unwrap(), None).unwrap();
    assert_eq!(seen(&examine_sender(&none, Some(dns.address), Lang::Fr).unwrap())[1], ("dkim", CheckStatus::Skipped));
}

#[test]
fn a_server_that_errs_or_is_silent_is_told_and_accuses_no_record() {
    for mood in [Mood::Fails, Mood::Garbage, Mood::Silent] {
        let dns = Dns::start(&[], mood);
        let one = SenderDomain::of(&Address::parse("a@exemple.fr").unwrap(), None).unwrap();
        let found = examine_sender(&one, Some(dns.address), Lang::Fr).unwrap();
        assert_eq!(found[0].status, CheckStatus::Warning, "{found:?}");
        assert_eq!(found[0].message, "Le DNS n'a pas répondu.");
        assert!(found[0].hint.is_empty());
    }
}
