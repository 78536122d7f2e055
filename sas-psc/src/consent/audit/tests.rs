//! Receipts and audits over logs in memory: every byte of a receipt, every bit of a log, every way to tamper.

use crate::base::{Counter, Timestamp};
use crate::consent::growth::tests::{Files, write};
use crate::consent::tests::{every_kind, record};
use crate::consent::tile::{self, TileTree, WIDTH, entries, push_entry};
use crate::consent::*;
use crate::error::{Code, Lang, Result};
use std::time::Duration;

const START: Timestamp = Timestamp::from_unix(1_795_420_000);

fn key() -> SigningKey {
    SigningKey::generate("exemple.fr/consentements", &mut Counter(9)).unwrap()
}

/// An entry, with its record and salt unless the person was forgotten; empty for a row that is not there.
type Row = (Vec<u8>, Option<(Vec<u8>, [u8; 32])>);

/// A log with its private records.
#[derive(Clone)]
struct Log {
    growth: Growth,
    files: Files,
    rows: Vec<Row>,
}

impl Log {
    fn new() -> Log {
        Log { growth: Growth::new(), files: Files::new(), rows: Vec::new() }
    }

    fn of(count: u64) -> Log {
        let (mut log, kinds) = (Log::new(), every_kind());
        for n in 0..count {
            log.append(&kinds[n as usize % kinds.len()].1, START + Duration::from_secs(n));
        }
        log.publish();
        log
    }

    fn append(&mut self, record: &Record, at: Timestamp) {
        let leaf = Leaf::new(record, &mut Counter(self.growth.size() + 1), at).unwrap();
        self.growth.append(leaf.entry()).unwrap();
        self.rows.push((leaf.entry().to_vec(), Some((record.as_bytes().to_vec(), *leaf.salt()))));
    }

    fn publish(&mut self) {
        write(&mut self.growth, &mut self.files);
        self.files.insert("checkpoint".into(), self.head().as_str().into());
    }

    fn head(&self) -> SignedCheckpoint {
        SignedCheckpoint::sign(self.growth.size(), self.growth.root(), &[&key()]).unwrap()
    }

    fn opening(&self, index: usize) -> Opening {
        let (record, salt) = self.rows[index].1.as_ref().unwrap();
        Opening::new(Record::parse(record).unwrap(), salt)
    }

    fn receipt(&self, index: u64) -> Receipt {
        let tree = TileTree::new(&self.files, self.growth.size());
        Receipt::new(&tree.entry(index).unwrap(), index, &tree, &self.head()).unwrap()
    }

    /// Writes the tree over other entries than those that were logged, as somebody who has the key would.
    fn forge(&mut self, change: impl FnOnce(&mut Vec<Vec<u8>>)) {
        let mut all = self.all_entries();
        change(&mut all);
        (self.growth, self.files) = (Growth::new(), Files::new());
        all.iter().for_each(|entry| drop(self.growth.append(entry)));
        self.publish();
    }

    fn all_entries(&self) -> Vec<Vec<u8>> {
        let tree = TileTree::new(&self.files, self.growth.size());
        (0..self.growth.size()).map(|n| tree.entry(n).unwrap()).collect()
    }

    /// Changes the entries of one bundle and nothing else.
    fn in_bundle(&mut self, name: &str, change: impl FnOnce(&mut Vec<Vec<u8>>)) {
        let bundle = &self.files[name];
        let mut all: Vec<Vec<u8>> = entries(bundle).map(|entry| entry.unwrap().to_vec()).collect();
        change(&mut all);
        let mut bytes = Vec::new();
        all.iter().for_each(|entry| push_entry(&mut bytes, entry).unwrap());
        self.files.insert(name.into(), bytes);
    }

    fn audit(&self, since: Option<&SignedCheckpoint>) -> Vec<(Option<u64>, ProblemKind)> {
        let found = audit(&self.files, &[key().verifier()], since, Some(&mut Rows(&self.rows, 0))).unwrap();
        let public = audit(&self.files, &[key().verifier()], since, None).unwrap();
        assert!(public.problems.iter().all(|problem| found.problems.contains(problem)), "{public:?} {found:?}");
        found.problems.iter().map(|problem| (problem.index, problem.kind)).collect()
    }
}

struct Rows<'a>(&'a [Row], usize);

impl HeldRecords for Rows<'_> {
    fn next(&mut self, see: &mut dyn FnMut(Held<'_>)) -> Result<bool> {
        let Some((entry, opening)) = self.0.get(self.1) else { return Ok(false) };
        let opening = opening.as_ref().map(|(record, salt)| (record.as_slice(), salt));
        if !entry.is_empty() {
            see(Held { index: self.1 as u64, entry, opening });
        }
        self.1 += 1;
        if entry.is_empty() { self.next(see) } else { Ok(true) }
    }
}

#[test]
fn a_receipt_proves_its_record_to_whoever_has_the_public_key() {
    let log = Log::of(700);
    for index in [0, 1, 255, 256, 511, 512, 699] {
        let receipt = log.receipt(index);
        let text = receipt.to_string();
        assert!(text.starts_with("c2sp.org/tlog-proof@v1\nextra ") && text.len() < 2048, "{}", text.len());
        let read: Receipt = text.parse().unwrap();
        assert_eq!(read, receipt);
        let opening = log.opening(index as usize);
        let logged = opening.verify(&read, &[key().verifier()]).unwrap();
        assert_eq!((logged.index, logged.logged_at), (index, START + Duration::from_secs(index)));
        assert_eq!(logged.checkpoint.checkpoint().size, 700);
        let again = Opening::parse(opening.to_json().unwrap().as_bytes()).unwrap();
        assert_eq!(again.record(), opening.record());
        assert!(again.verify(&read, &[key().verifier()]).is_ok());
        assert!(format!("{opening:?} {read:?}").find("8997").is_none());
    }
}

#[test]
fn no_byte_of_a_receipt_can_be_changed() {
    let log = Log::of(300);
    let (proof, json) = (log.receipt(77).to_string(), log.opening(77).to_json().unwrap());
    let verify = |proof: &[u8], json: &[u8]| {
        let proof = std::str::from_utf8(proof).map_err(|_| Code::RECEIPT_UNREADABLE)?;
        Opening::parse(json)?.verify(&proof.parse()?, &[key().verifier()])
    };
    assert!(verify(proof.as_bytes(), json.as_bytes()).is_ok());
    for (name, file) in [("proof", &proof), ("opening", &json)] {
        for at in 0..file.len() {
            for change in [1, 0x20] {
                let mut bytes = file.clone().into_bytes();
                bytes[at] ^= change;
                let found =
                    if name == "proof" { verify(&bytes, json.as_bytes()) } else { verify(proof.as_bytes(), &bytes) };
                assert!(found.is_err(), "byte {at} of the {name} ^ {change}");
            }
        }
    }
    let longer = format!("{json} ");
    assert_eq!(verify(proof.as_bytes(), longer.as_bytes()).unwrap_err().code(), Code::RECEIPT_UNREADABLE);
}

#[test]
fn a_receipt_of_another_record_or_another_log_is_refused_by_its_code() {
    let log = Log::of(300);
    let receipt = log.receipt(77);
    let code = |result: Result<Logged>| result.unwrap_err().code();
    assert_eq!(code(log.opening(78).verify(&receipt, &[key().verifier()])), Code::RECEIPT_RECORD);
    let other = SigningKey::generate("autre.fr/journal", &mut Counter(3)).unwrap();
    assert_eq!(code(receipt.verify(&[other.verifier()])), Code::NOTE_NOT_SIGNED);
    let moved: Receipt = receipt.to_string().replace("index 77", "index 78").parse().unwrap();
    assert_eq!(code(moved.verify(&[key().verifier()])), Code::PROOF_WRONG);
    for (from, to) in [("index 77", "index 077"), ("extra ", "extra  "), ("@v1", "@v2"), ("extra", "other")] {
        let text = receipt.to_string().replacen(from, to, 1);
        assert_eq!(text.parse::<Receipt>().unwrap_err().code(), Code::RECEIPT_UNREADABLE, "{to}");
    }
    let tree = TileTree::new(&log.files, 300);
    let wrong = Receipt::new(log.receipt(78).entry(), 77, &tree, &log.head());
    assert_eq!(wrong.unwrap_err().code(), Code::PROOF_WRONG);
}

#[test]
fn a_log_that_nobody_touched_is_whole_at_every_size() {
    let mut log = Log::new();
    let record = record(Kind::Terms, Event::Accepted);
    let mut heads = Vec::new();
    for n in 0..600 {
        if n % 37 == 0 || (254..259).contains(&n) {
            log.publish();
            heads.push(log.head());
            for since in heads.iter().rev().step_by(5) {
                assert_eq!(log.audit(Some(since)), [], "{n}");
            }
        }
        log.append(&record, START + Duration::from_secs(n));
    }
}

#[test]
fn a_bit_flipped_anywhere_in_the_log_is_found() {
    let log = Log::of(WIDTH + 3);
    let mut flipped = 0;
    for (name, bytes) in &log.files {
        // Every byte of the small files; of the full ones some, at every place within a hash and an entry.
        let step = if bytes.len() > 2000 { 101 } else { 1 };
        for at in (0..bytes.len()).step_by(step) {
            let mut changed = log.files.clone();
            changed.get_mut(name).unwrap()[at] ^= 1 << (at % 8);
            let found = audit(&changed, &[key().verifier()], None, None).unwrap();
            assert!(!found.is_valid(), "byte {at} of {name}");
            if name.starts_with("tile/entries/") && at % 43 >= 2 {
                let bundle: u64 = name[13..16].parse().unwrap();
                let index = bundle * WIDTH + at as u64 / 43;
                let wanted = Problem { index: Some(index), kind: ProblemKind::Changed, place: Where::Entries(index) };
                assert!(found.problems.contains(&wanted), "byte {at} of {name}: {:?}", found.problems);
            }
            flipped += 1;
        }
    }
    assert!(flipped > 600, "{flipped}");
}

#[test]
fn an_entry_changed_removed_or_moved_in_the_files_is_named() {
    let bundle = "tile/entries/001";
    let found = |change: &dyn Fn(&mut Vec<Vec<u8>>)| {
        let mut log = Log::of(700);
        log.in_bundle(bundle, change);
        log.audit(None)
    };
    let (changed, removed, moved) = (ProblemKind::Changed, ProblemKind::Removed, ProblemKind::Reordered);
    let mark = |entries: &mut Vec<Vec<u8>>, at: usize| entries[at][20] ^= 1;
    assert_eq!(found(&|all| mark(all, 9)).first(), Some(&(Some(265), changed)));
    // An entry touched after it was signed is no fork.
    let mut touched = Log::of(700);
    touched.in_bundle(bundle, |all| mark(all, 9));
    let since = Log::of(400).head();
    assert!(touched.audit(Some(&since)).iter().all(|(_, kind)| *kind == changed));
    let several = found(&|all| [3, 100, 255].into_iter().for_each(|at| mark(all, at)));
    assert_eq!(several.iter().filter(|(_, kind)| *kind == changed).count(), several.len());
    for index in [259, 356, 511] {
        assert!(several.contains(&(Some(index), changed)), "{several:?}");
    }
    let missing = found(&|all| drop(all.remove(9)));
    assert!(missing.contains(&(Some(265), removed)), "{missing:?}");
    assert!(!missing.contains(&(Some(264), removed)) && !missing.contains(&(Some(266), removed)), "{missing:?}");
    let swapped = found(&|all| all.swap(9, 200));
    assert!(swapped.contains(&(Some(265), moved)) && swapped.contains(&(Some(456), moved)), "{swapped:?}");
    let neighbours = found(&|all| all.swap(9, 10));
    assert!(neighbours.iter().any(|found| *found == (Some(265), moved) || *found == (Some(266), moved)));
    let added = found(&|all| all.insert(9, vec![1; 41]));
    assert!(added.iter().any(|(_, kind)| *kind == changed), "{added:?}");
}

#[test]
fn a_missing_file_is_missing_entries_or_a_missing_tile() {
    let mut log = Log::of(700);
    log.files.remove("tile/entries/001");
    let public = audit(&log.files, &[key().verifier()], None, None).unwrap();
    let gone = Problem { index: Some(256), kind: ProblemKind::Removed, place: Where::Entries(511) };
    assert!(public.problems.contains(&gone), "{:?}", public.problems);
    let mut log = Log::of(700);
    let tile = tile::Tile { holds: tile::Holds::Hashes(0), index: 1, width: 256 };
    log.files.remove("tile/0/001");
    let public = audit(&log.files, &[key().verifier()], None, None).unwrap();
    assert_eq!(public.problems, [Problem { index: Some(256), kind: ProblemKind::Changed, place: Where::Tile(tile) }]);
    assert!(public.problems[0].message(Lang::Fr).contains("tile/0/001"));
    log.files.remove("checkpoint");
    assert_eq!(log.audit(None), [(None, ProblemKind::Removed)]);
}

#[test]
fn who_signs_another_log_is_found_by_an_earlier_checkpoint_and_by_the_private_records() {
    let log = Log::of(400);
    let since = Log::of(300).head();
    assert_eq!(log.audit(Some(&since)), []);
    let mut forged = log.clone();
    forged.forge(|all| all[120][20] ^= 1);
    assert_eq!(audit(&forged.files, &[key().verifier()], None, None).unwrap().problems, []);
    let found = forged.audit(Some(&since));
    assert!(
        found.contains(&(None, ProblemKind::Fork)) && found.contains(&(Some(120), ProblemKind::Changed)),
        "{found:?}"
    );
    // A log that is shorter than what was signed, and one of another name.
    let mut shorter = log.clone();
    shorter.forge(|all| all.truncate(250));
    let found = shorter.audit(Some(&since));
    assert!(found.contains(&(Some(250), ProblemKind::Removed)), "{found:?}");
    let other = SigningKey::generate("autre.fr/journal", &mut Counter(3)).unwrap();
    let elsewhere = SignedCheckpoint::sign(300, since.checkpoint().root, &[&other]).unwrap();
    assert_eq!(log.audit(Some(&elsewhere)), [(None, ProblemKind::Fork)]);
    let tree = TileTree::new(&log.files, 400);
    since.precedes(&log.head(), &tree).unwrap();
    let code = |result: Result<()>| result.unwrap_err().code();
    assert_eq!(code(elsewhere.precedes(&log.head(), &tree)), Code::CHECKPOINT_ORIGIN);
    assert_eq!(code(log.head().precedes(&since, &tree)), Code::LOG_FORK);
    let forked = TileTree::new(&forged.files, 400);
    assert_eq!(code(since.precedes(&forged.head(), &forked)), Code::LOG_FORK);
}

#[test]
fn an_entry_that_is_dated_back_is_named_even_when_it_was_signed() {
    let mut log = Log::of(20);
    let record = record(Kind::Terms, Event::Accepted);
    log.append(&record, START - Duration::from_secs(86_400));
    log.append(&record, START + Duration::from_secs(30));
    log.publish();
    assert!(log.audit(None).contains(&(Some(20), ProblemKind::BackDated)));
    // Logged before it happened.
    let mut log = Log::new();
    log.append(&record, record.fields().at - Duration::from_secs(3600));
    log.publish();
    assert_eq!(log.audit(None), [(Some(0), ProblemKind::BackDated)]);
}

#[test]
fn the_private_side_is_audited_too_and_a_person_forgotten_is_no_problem() {
    let log = Log::of(40);
    let mut forgotten = log.clone();
    forgotten.rows[7].1 = None;
    assert_eq!(forgotten.audit(None), []);
    let mut changed = log.clone();
    changed.rows[7].1.as_mut().unwrap().0[60] ^= 1;
    assert_eq!(changed.audit(None), [(Some(7), ProblemKind::Changed)]);
    let mut salted = log.clone();
    salted.rows[7].1.as_mut().unwrap().1[0] ^= 1;
    assert_eq!(salted.audit(None), [(Some(7), ProblemKind::Changed)]);
    let mut moved = log.clone();
    let (one, other) = (moved.rows[7].1.clone(), moved.rows[20].1.clone());
    (moved.rows[7].1, moved.rows[20].1) = (other, one);
    assert_eq!(moved.audit(None), [(Some(7), ProblemKind::Reordered), (Some(20), ProblemKind::Reordered)]);
    let mut gone = log;
    gone.rows[7] = (Vec::new(), None);
    gone.rows[39] = (Vec::new(), None);
    assert_eq!(gone.audit(None), [(Some(7), ProblemKind::Removed), (Some(39), ProblemKind::Removed)]);
}

#[test]
fn the_person_is_gone_with_the_salt_and_the_log_still_verifies() {
    let mut log = Log::of(300);
    let (receipt, opening) = (log.receipt(77), log.opening(77));
    let record = opening.record().as_bytes().to_vec();
    log.rows[77].1 = None;
    drop(opening);
    assert_eq!(log.audit(None), []);
    // The public proof still holds, and even who guesses the whole record cannot tell that it was this one.
    assert!(receipt.verify(&[key().verifier()]).is_ok());
    for guess in 0..1000_u16 {
        let mut salt = [0; 32];
        salt[..2].copy_from_slice(&guess.to_be_bytes());
        assert!(!Leaf::opens(receipt.entry(), &salt, &record).unwrap());
    }
    let files: Vec<u8> = log.files.values().flatten().copied().collect();
    assert!(!files.windows(16).any(|window| window == &record[40..56]));
}

#[test]
fn an_audit_reads_as_the_contract_says() {
    let mut log = Log::of(3);
    log.files.get_mut("tile/entries/000.p/3").unwrap()[30] ^= 1;
    let audit = audit(&log.files, &[key().verifier()], None, None).unwrap();
    let json = serde_json::to_string(&audit.report(Lang::En)).unwrap();
    let wanted = r#"{"valid":false,"tree_size":3,"problems":[{"index":0,"kind":"changed","message":"Entry 0: not what was logged."}]}"#;
    assert_eq!(json, wanted);
    let fork = Problem { index: None, kind: ProblemKind::Fork, place: Where::Since };
    assert!(fork.message(Lang::Fr).starts_with("Point de contrôle antérieur :"));
    assert_eq!(serde_json::to_value(ProblemKind::BackDated).unwrap(), "back-dated");
}
