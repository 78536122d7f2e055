//! Links played as values: every event in every state, proofs carried elsewhere, people renumbered.

use super::*;
use crate::base::{Counter, ServerKey, Timestamp};
use crate::consent::{AccountEvent, Keeping, Kind, Record, Recorder, principal};
use crate::onboarding::tests::{person, sign_in};
use crate::person::{OtherId, Professional};
use crate::psc::SignIn;
use std::collections::BTreeSet;
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_unix(1_795_420_800);
const TAB: &str = "attempt-1";
pub(crate) const ANNE: &str = "899700218896";
pub(crate) const PAUL: &str = "899700245667";

fn later(seconds: u64) -> Timestamp {
    NOW + Duration::from_secs(seconds)
}

pub(crate) fn with(id: &str, others: &[(&str, &str)]) -> Professional {
    let other = |(id, origin): &(&str, &str)| OtherId {
        id: IdNat::parse(id).unwrap(),
        origin: (*origin).to_owned(),
        quality: None,
    };
    Professional { other_ids: others.iter().map(other).collect(), ..person(id, 1) }
}

pub(crate) fn account(key: &str) -> LocalAccount {
    LocalAccount::new(key).unwrap()
}

pub(crate) fn candidate(key: &str, numbers: &[&str], standing: Standing) -> Candidate {
    let numbers = numbers.iter().map(|number| (*number).to_owned()).collect();
    Candidate { account: account(key), numbers, standing }
}

fn key() -> ServerKey {
    ServerKey::new(&[7; 32]).unwrap()
}

/// What makes records, and the last one made.
struct Play {
    key: ServerKey,
    keeping: Keeping,
    random: Counter,
    link: AccountLink,
}

impl Play {
    fn new() -> Play {
        let keeping = Keeping { controller: "Plateforme".into(), exit: "Page du compte".into(), retention_until: None };
        Play { key: key(), keeping, random: Counter(1), link: AccountLink::free(account("1742")) }
    }

    fn event(&mut self, event: LinkEvent) -> Result<Record> {
        let Play { key, keeping, random, link } = self;
        let recorder = Recorder { key, keeping };
        let entry = match event {
            LinkEvent::Linked => link.link(&evidence(ANNE, "1742"), recorder, random, NOW)?,
            LinkEvent::Renumbered => {
                let again = sign_in(with("019c5172-a5c0-7188-b81f-5c16807b9140", &[("99700218896", "RPPS")]));
                link.signed_in(&again, &LinkPolicy::default(), recorder, random, NOW)?.expect("renumbered")
            }
            LinkEvent::SecondAccount => link.set_aside(&evidence(ANNE, "the-other"), recorder, random, NOW)?,
            LinkEvent::Claimed => link.claim(&evidence(PAUL, "1742"), recorder, random, NOW)?,
            LinkEvent::Kept => link.decided(Verdict::Keep, recorder, random, NOW)?,
            LinkEvent::Moved => link.decided(Verdict::Move, recorder, random, NOW)?,
            LinkEvent::Undone => link.undo(Decider::Administrator, recorder, random, NOW)?,
        };
        Record::parse(&entry.record)
    }

    fn in_state(state: LinkState) -> Play {
        let mut play = Play::new();
        let way: &[LinkEvent] = match state {
            LinkState::Free => &[],
            LinkState::Linked => &[LinkEvent::Linked],
            LinkState::Disputed => &[LinkEvent::Linked, LinkEvent::Claimed],
            LinkState::SetAside => &[LinkEvent::SecondAccount],
            LinkState::Undone => &[LinkEvent::Linked, LinkEvent::Undone],
        };
        for event in way {
            play.event(*event).unwrap();
        }
        assert_eq!(play.link.state(), state);
        play
    }
}

fn proven(who: &SignIn, key: &str) -> OldAccountProof {
    let request = ProofRequest::begin(who, TAB, NOW, ProofRequest::LIFETIME);
    request.proven(account(key), ProofMeans::Password, TAB, later(60)).unwrap()
}

fn evidence(id: &str, key: &str) -> LinkEvidence {
    let who = sign_in(person(id, 1));
    LinkEvidence::by_proof(&who, &proven(&who, key), TAB, &LinkPolicy::default(), later(61)).unwrap()
}

#[test]
fn the_picture_is_the_table() {
    let drawn: BTreeSet<String> = include_str!("link.mmd")
        .lines()
        .map(str::trim)
        .filter(|line| line.contains(" --> ") && !line.contains("[*]"))
        .map(str::to_owned)
        .collect();
    let told: BTreeSet<String> =
        LINK_TRANSITIONS.iter().map(|(from, by, to)| format!("{from:?} --> {to:?}: {by:?}")).collect();
    assert_eq!(drawn, told);
}

#[test]
fn every_event_in_every_state_does_what_the_table_says_and_makes_its_record() {
    use LinkEvent as E;
    for state in [LinkState::Free, LinkState::Linked, LinkState::Disputed, LinkState::SetAside, LinkState::Undone] {
        for event in [E::Linked, E::Renumbered, E::SecondAccount, E::Claimed, E::Kept, E::Moved, E::Undone] {
            let mut play = Play::in_state(state);
            let (before, last) = (play.link.to_stored().unwrap(), play.link.last_record());
            let allowed = LINK_TRANSITIONS.iter().find(|(from, by, _)| (*from, *by) == (state, event));
            match (play.event(event), allowed) {
                (Ok(record), Some((_, _, to))) => {
                    let word = match event {
                        E::Linked => AccountEvent::Linked,
                        E::Renumbered => AccountEvent::Renumbered,
                        E::SecondAccount => AccountEvent::SetAside,
                        E::Claimed => AccountEvent::Disputed,
                        E::Kept => AccountEvent::Kept,
                        E::Moved => AccountEvent::Moved,
                        E::Undone => AccountEvent::Unlinked,
                    };
                    let fields = record.fields();
                    assert_eq!((fields.kind, fields.account.as_ref().unwrap().event), (Kind::Account, word));
                    assert_eq!((fields.previous, play.link.last_record()), (last, Some(record.id())));
                    assert_eq!(play.link.state(), *to, "{state:?} {event:?}");
                }
                (Err(error), None) => {
                    let taken = [LinkState::Linked, LinkState::Disputed].contains(&state) && event == E::Linked;
                    let code = if taken { Code::LINK_CLAIMED } else { Code::LINK_OUT_OF_ORDER };
                    assert_eq!(error.code(), code, "{state:?} {event:?}");
                    assert_eq!(play.link.to_stored().unwrap(), before, "an error changes nothing");
                }
                (result, allowed) => panic!("{state:?} {event:?}: {result:?}, and the table says {allowed:?}"),
            }
        }
    }
}

#[test]
fn one_record_holds_both_proofs_and_the_sign_in() {
    let mut play = Play::new();
    let record = play.event(LinkEvent::Linked).unwrap();
    let fact = record.fields().account.clone().unwrap();
    assert_eq!(fact.proofs, ["psc-sign-in", "password"]);
    assert_eq!(fact.account, Recorder { key: &key(), keeping: &play.keeping }.account_hash("1742"));
    let signed_in = record.fields().signed_in.as_ref().unwrap();
    assert_eq!((signed_in.acr.as_str(), signed_in.auth_time), ("eidas1", NOW));
    let holder = play.link.holder().unwrap();
    assert_eq!((holder.identities()[0].as_str(), holder.since()), (ANNE, NOW));
    assert_eq!(holder.proofs(), ["psc-sign-in", "password"]);
}

#[test]
fn a_proof_is_good_for_one_person_one_session_and_ten_minutes() {
    let (anne, paul) = (sign_in(person(ANNE, 1)), sign_in(person(PAUL, 1)));
    let policy = LinkPolicy::default();
    let request = ProofRequest::begin(&anne, TAB, NOW, ProofRequest::LIFETIME);
    let proof = |attempt, now| request.proven(account("1742"), ProofMeans::OpenSession, attempt, now);
    let code = |result: Result<OldAccountProof>| result.unwrap_err().code();
    assert_eq!(code(proof("attempt-2", NOW)), Code::LINK_OTHER_SESSION);
    assert_eq!(code(proof(TAB, later(600))), Code::LINK_PROOF_EXPIRED);
    assert_eq!(code(proof(TAB, NOW - Duration::from_secs(1))), Code::LINK_PROOF_EXPIRED, "the clock went back");
    assert_eq!(request.ends_at(), later(600));

    let proof = proof(TAB, later(599)).unwrap();
    let by = |who, attempt, now| LinkEvidence::by_proof(who, &proof, attempt, &policy, now);
    assert_eq!(by(&anne, TAB, later(599)).unwrap().account(), proof.account());
    for (result, wanted) in [
        (by(&paul, TAB, later(599)), Code::LINK_OTHER_SESSION),
        (by(&anne, "attempt-2", later(599)), Code::LINK_OTHER_SESSION),
        (by(&anne, TAB, later(600)), Code::LINK_PROOF_EXPIRED),
    ] {
        assert_eq!(result.unwrap_err().code(), wanted);
    }
}

#[test]
fn a_request_survives_a_restart_and_stays_bound() {
    let anne = sign_in(person(ANNE, 1));
    let json = serde_json::to_string(&ProofRequest::begin(&anne, TAB, NOW, ProofRequest::LIFETIME)).unwrap();
    let read: ProofRequest = serde_json::from_str(&json).unwrap();
    let proof = read.proven(account("1"), ProofMeans::InPerson, TAB, NOW).unwrap();
    LinkEvidence::by_proof(&anne, &proof, TAB, &LinkPolicy::default(), NOW).unwrap();
}

#[test]
fn evidence_by_number_is_for_the_one_account_and_no_other_case() {
    let (anne, policy) = (sign_in(person(ANNE, 1)), LinkPolicy::default());
    let free = |key, number| candidate(key, &[number], Standing::Free);
    let of = |candidates: &[Candidate]| LinkEvidence::by_number(&anne, candidates, &policy).map_err(|e| e.code());
    assert_eq!(of(&[free("1", "99700218896"), free("2", PAUL)]).unwrap().account().as_str(), "1");
    assert_eq!(of(&[free("2", PAUL)]).unwrap_err(), Code::LINK_NOT_FOUND);
    assert_eq!(of(&[free("1", ANNE), free("2", ANNE)]).unwrap_err(), Code::LINK_SEVERAL);
    let linked = |id: &str| Standing::Linked(vec![IdNat::parse(id).unwrap()]);
    assert_eq!(of(&[candidate("1", &[ANNE], linked(PAUL))]).unwrap_err(), Code::LINK_CLAIMED);
    assert_eq!(of(&[candidate("1", &[ANNE], linked(ANNE))]).unwrap_err(), Code::LINK_OUT_OF_ORDER);
}

#[test]
fn a_person_chooses_among_their_own_accounts_alone() {
    let (anne, policy) = (sign_in(with(ANNE, &[("0B6087510", "ADELI")])), LinkPolicy::default());
    let linked = Standing::Linked(vec![IdNat::parse(PAUL).unwrap()]);
    let all = [
        candidate("rpps", &["99700218896"], Standing::Free),
        candidate("adeli", &["00B6087510"], Standing::Free),
        candidate("pauls", &[ANNE], linked),
        candidate("nobodys", &["899700000013"], Standing::Free),
    ];
    let choose = |key: &str| LinkEvidence::by_choice(&anne, &all, &account(key), &policy);
    let (evidence, others) = choose("adeli").unwrap();
    assert_eq!((evidence.account().as_str(), others), ("adeli", vec![account("rpps")]));
    assert_eq!(choose("pauls").unwrap_err().code(), Code::LINK_CLAIMED);
    for key in ["nobodys", "elsewhere"] {
        assert_eq!(choose(key).unwrap_err().code(), Code::LINK_NOT_FOUND, "{key}");
    }
}

#[test]
fn adeli_becomes_rpps_and_the_link_knows_both() {
    let mut play = Play::new();
    let adeli = sign_in(person("00B6087510", 1));
    let proof = proven(&adeli, "1742");
    let policy = LinkPolicy::default();
    let evidence = LinkEvidence::by_proof(&adeli, &proof, TAB, &policy, NOW).unwrap();
    let Play { key, keeping, random, link } = &mut play;
    let recorder = Recorder { key, keeping };
    link.link(&evidence, recorder, random, NOW).unwrap();

    let rpps = sign_in(with(ANNE, &[("0B6087510", "ADELI")]));
    let entry = link.signed_in(&rpps, &policy, recorder, random, later(60)).unwrap().unwrap();
    let record = Record::parse(&entry.record).unwrap();
    let fact = record.fields().account.clone().unwrap();
    assert_eq!(fact.event, AccountEvent::Renumbered);
    assert_eq!(fact.other, Some(principal(key, adeli.issuer(), adeli.subject())), "who they were");
    assert_eq!(record.fields().principal, principal(key, rpps.issuer(), rpps.subject()), "who they are");
    let known: Vec<&str> = link.holder().unwrap().identities().iter().map(IdNat::as_str).collect();
    assert_eq!(known, [ANNE, "00B6087510"]);
    // The same again tells nothing new; nor does a list that no longer has the old number.
    for person in [with(ANNE, &[("0B6087510", "ADELI")]), with(ANNE, &[])] {
        assert_eq!(link.signed_in(&sign_in(person), &policy, recorder, random, later(90)).unwrap(), None);
    }
    // An origin that is not trusted makes nobody the same person.
    let edit = sign_in(with("019c5172-a5c0-7188-b81f-5c16807b9140", &[(ANNE, "EDIT")]));
    let result = link.signed_in(&edit, &policy, recorder, random, later(90));
    assert_eq!(result.unwrap_err().code(), Code::ANOTHER_PERSON);
}

#[test]
fn an_undone_link_comes_back_by_a_proof_and_not_by_a_number() {
    let play = Play::in_state(LinkState::Undone);
    let candidate = candidate("1742", &[ANNE], play.link.standing());
    let decision = |id| decide(&person(id, 1), std::slice::from_ref(&candidate), &LinkPolicy::default());
    assert_eq!(decision(ANNE), Decision::Prove);
    // Someone else whose number it bears, which is why it was wrong, finds it.
    let mine = Candidate { numbers: vec![PAUL.to_owned()], ..candidate.clone() };
    let found = decide(&person(PAUL, 1), &[mine], &LinkPolicy::default());
    assert_eq!(found, Decision::Link { account: account("1742"), by: MatchedBy::SubjectNameId });
    let mut play = play;
    play.event(LinkEvent::Linked).unwrap();
}

#[test]
fn who_has_the_account_keeps_it_while_it_is_disputed() {
    let mut play = Play::in_state(LinkState::Disputed);
    let first = |play: &Play| play.link.holder().unwrap().identities()[0].as_str().to_owned();
    assert_eq!((first(&play).as_str(), play.link.claimant().unwrap().identities()[0].as_str()), (ANNE, PAUL));
    let record = play.event(LinkEvent::Moved).unwrap();
    assert_eq!((first(&play).as_str(), play.link.claimant()), (PAUL, None));
    assert_eq!(record.fields().method, "administrator");
    assert!(record.fields().signed_in.is_none(), "nobody signed in to decide");
}

#[test]
fn nobody_disputes_their_own_account() {
    let mut play = Play::in_state(LinkState::Linked);
    let Play { key, keeping, random, link } = &mut play;
    let result = link.claim(&evidence(ANNE, "1742"), Recorder { key, keeping }, random, NOW);
    assert_eq!(result.unwrap_err().code(), Code::LINK_OUT_OF_ORDER);
    let result = link.claim(&evidence(PAUL, "another"), Recorder { key, keeping }, random, NOW);
    assert_eq!(result.unwrap_err().code(), Code::LINK_OUT_OF_ORDER, "about another account");
}

#[test]
fn a_stored_link_comes_back_and_a_newer_one_is_refused() {
    let play = Play::in_state(LinkState::Disputed);
    let stored = play.link.to_stored().unwrap();
    assert_eq!(AccountLink::from_stored(&stored).unwrap().to_stored().unwrap(), stored);
    let newer = String::from_utf8(stored).unwrap().replace("\"v\":1", "\"v\":2");
    assert_eq!(AccountLink::from_stored(newer.as_bytes()).unwrap_err().code(), Code::STORED_FORM_NEWER);
}

#[test]
fn a_key_of_an_account_is_short_and_plain() {
    for bad in ["", "a\nb", &"x".repeat(256)] {
        assert_eq!(LocalAccount::new(bad).unwrap_err().code(), Code::LINK_ACCOUNT_NAME);
    }
    assert_eq!(format!("{:?}", account("dupont")), "LocalAccount(•••)");
}

#[test]
fn numbers_are_read_as_applications_keep_them() {
    let read = |text: &str| read_number(text).map(|id| id.as_str().to_owned()).map_err(|e| e.code());
    for (text, wanted) in [
        ("99700218896", ANNE),
        ("8 99 700 218 896", ANNE),
        ("99.700.218.896", ANNE),
        (ANNE, ANNE),
        ("0B6087510", "00B6087510"),
        ("00B6087510", "00B6087510"),
        ("30B0057881/CPET0002", "30B0057881/CPET0002"),
        ("019c5172-a5c0-7188-b81f-5c16807b9140", "019c5172-a5c0-7188-b81f-5c16807b9140"),
        ("ANS20231122132732", "ANS20231122132732"),
    ] {
        assert_eq!(read(text), Ok(wanted.to_owned()), "{text}");
    }
    for (text, wanted) in [
        ("99700218897", Code::ID_KEY),
        ("899700218897", Code::ID_KEY),
        ("123456789", Code::ID_KEY),
        ("", Code::ID_LENGTH),
    ] {
        assert_eq!(read(text), Err(wanted), "{text}");
    }
}
