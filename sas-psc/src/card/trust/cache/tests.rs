//! A cache of revocation lists over days, in a millisecond.

use super::*;
use crate::card::danger;
use serde_json::Value;

const ONE: &str = "http://igc-sante.esante.gouv.fr/CRL/ACI-FO-PP.crl";
const OTHER: &str = "http://igc-sante.esante.gouv.fr/CRL/ACI-ST-PP.crl";

fn trust() -> Trust {
    danger::authorities(include_str!("../../../../../vectors/card-certificate/pki/authorities.pem")).unwrap()
}

/// The list of a vector: signed four hours before the vector's own time, good for two days.
fn list(case: &str, at: usize) -> Vec<u8> {
    let file = format!("{}/../vectors/card-certificate/{case}.json", env!("CARGO_MANIFEST_DIR"));
    let case: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    BASE64_STANDARD.decode(case["crls"][at].as_str().unwrap()).unwrap()
}

fn hours(count: u64) -> Timestamp {
    // The lists of the vectors were signed at 06:00.
    Timestamp::parse_rfc3339("2026-11-25T06:00:00Z").unwrap() + Duration::from_secs(3600 * count)
}

fn minutes(from: Timestamp, count: u64) -> Timestamp {
    from + Duration::from_secs(60 * count)
}

fn cache() -> CrlCache {
    let mut cache = CrlCache::new(CrlRules::default());
    cache.want(ONE).unwrap();
    cache.want(OTHER).unwrap();
    cache
}

fn address(cache: &mut CrlCache, now: Timestamp) -> Option<String> {
    cache.next(now).map(|need| need.address)
}

#[test]
fn a_list_is_asked_for_once_and_again_when_its_end_nears() {
    let (trust, mut cache) = (trust(), cache());
    let start = hours(4);
    assert_eq!(address(&mut cache, start).as_deref(), Some(ONE));
    assert_eq!(cache.next(minutes(start, 1)), None, "one is under way");
    cache.fetched(ONE, &list("ok-cps", 0), (Some("\"7\""), Some("Wed")), &trust, start).unwrap();
    assert_eq!(address(&mut cache, start).as_deref(), Some(OTHER));
    cache.fetched(OTHER, &list("ok-cpe", 0), (None, None), &trust, start).unwrap();
    assert_eq!(cache.lists().len(), 2);
    // 48 hours of life, a tenth is 4 h 48 min: due after 43 h 12 min.
    assert_eq!(cache.due_at(), Some(minutes(hours(43), 12)));
    assert_eq!(cache.next(minutes(hours(43), 11)), None);
    let need = cache.next(minutes(hours(43), 12)).unwrap();
    assert_eq!((need.address.as_str(), need.etag.as_deref()), (ONE, Some("\"7\"")));
    assert_eq!(need.last_modified.as_deref(), Some("Wed"));
    cache.unchanged(ONE, minutes(hours(43), 12));
    assert_eq!(address(&mut cache, minutes(hours(43), 12)).as_deref(), Some(OTHER));
    cache.unchanged(OTHER, minutes(hours(43), 12));
    assert_eq!(cache.next(minutes(hours(43), 26)), None);
    assert!(cache.next(minutes(hours(43), 27)).is_some(), "a quarter of an hour later");
}

#[test]
fn a_request_that_nobody_answers_for_is_given_up() {
    let mut cache = cache();
    assert!(cache.next(hours(4)).is_some());
    assert_eq!(cache.next(minutes(hours(4), 1)), None);
    assert!(cache.next(minutes(hours(4), 2)).is_some());
}

#[test]
fn failures_are_waited_out_longer_each_time() {
    let mut cache = CrlCache::new(CrlRules::default());
    cache.want(ONE).unwrap();
    let mut now = hours(0);
    for wait in [15, 30, 60, 120, 240, 360, 360, 360] {
        assert!(cache.next(now).is_some(), "{wait}");
        cache.failed(ONE, Some(500), now);
        assert_eq!(cache.due_at(), Some(minutes(now, wait)));
        assert_eq!(cache.next(minutes(now, wait - 1)), None, "{wait}");
        now = minutes(now, wait);
    }
}

#[test]
fn a_refusal_of_the_site_holds_everything_back() {
    for status in [403, 429] {
        let mut cache = cache();
        assert_eq!(address(&mut cache, hours(0)).as_deref(), Some(ONE));
        cache.failed(ONE, Some(status), hours(0));
        assert_eq!(cache.next(minutes(hours(0), 59)), None, "{status}");
        assert!(cache.next(hours(1)).is_some());
    }
    let mut cache = cache();
    cache.next(hours(0)).unwrap();
    cache.failed(ONE, Some(404), hours(0));
    assert_eq!(address(&mut cache, hours(0)).as_deref(), Some(OTHER), "404 is about one list");
}

#[test]
fn what_cannot_be_believed_is_a_failure_and_the_list_held_stays() {
    let (trust, mut cache) = (trust(), cache());
    let now = hours(9);
    let newer = list("revoked-in-the-newer-of-two", 1);
    cache.fetched(ONE, &newer, (None, None), &trust, now).unwrap();
    let code =
        |cache: &mut CrlCache, bytes: &[u8]| cache.fetched(ONE, bytes, (None, None), &trust, now).unwrap_err().code();
    assert_eq!(code(&mut cache, &list("ok-cps", 0)), Code::CRL_OLDER);
    assert_eq!(code(&mut cache, &list("ok-cpe", 0)), Code::CRL_AUTHORITY, "of another authority than before");
    assert_eq!(code(&mut cache, &list("list-of-tomorrow", 0)), Code::CRL_NOT_YET_VALID);
    assert_eq!(code(&mut cache, &list("list-altered", 0)), Code::CRL_SIGNATURE);
    assert_eq!(code(&mut cache, b"<html>"), Code::CRL_UNREADABLE);
    assert_eq!(cache.lists()[0].der(), newer);
    assert_eq!(cache.due_at(), Some(Timestamp::from_unix(0)), "the other is missing still");
}

#[test]
fn only_the_site_is_asked() {
    let mut cache = CrlCache::new(CrlRules::default());
    for address in [
        "ldap://annuaire-igc.esante.gouv.fr/cn=x",
        "http://igc-sante.esante.gouv.fr.evil.example/CRL/a.crl",
        "http://igc-sante.esante.gouv.fr@evil.example/a.crl",
        "http://igc-sante.esante.gouv.fr:25/a.crl",
        "http://169.254.169.254/latest",
        "http://igc-sante.esante.gouv.fr/a b",
        "file:///etc/passwd",
        "",
    ] {
        assert_eq!(cache.want(address).unwrap_err().code(), Code::CRL_ADDRESS, "{address}");
    }
    assert_eq!((cache.next(hours(0)), cache.due_at()), (None, None));
    for number in 0..MOST_LISTS {
        cache.want(&format!("http://igc-sante.esante.gouv.fr/{number}.crl")).unwrap();
    }
    assert_eq!(cache.want(ONE).unwrap_err().code(), Code::CRL_ADDRESS, "too many");
    cache.want("http://igc-sante.esante.gouv.fr/0.crl").unwrap();
}

#[test]
fn what_was_kept_comes_back_and_is_believed_anew() {
    let (trust, mut cache) = (trust(), cache());
    let now = hours(4);
    cache.fetched(ONE, &list("ok-cps", 0), (Some("\"7\""), None), &trust, now).unwrap();
    cache.failed(OTHER, Some(403), now);
    let stored = cache.to_stored().unwrap();
    let mut back = CrlCache::resume(CrlRules::default(), &trust, &stored).unwrap();
    assert_eq!((back.lists(), back.due_at()), (cache.lists(), cache.due_at()));
    assert_eq!(back.next(minutes(now, 59)), None);
    let others = Trust::production();
    let mut distrusted = CrlCache::resume(CrlRules::default(), &others, &stored).unwrap();
    assert_eq!(distrusted.lists(), []);
    assert_eq!(distrusted.next(minutes(now, 61)).unwrap().etag, None, "whole, not if it has changed");
    let error = CrlCache::resume(CrlRules::default(), &trust, b"{}").unwrap_err();
    assert_eq!(error.code(), Code::STORED_FORM_UNREADABLE);
    assert!(format!("{cache:?}").contains("FORT"));
}
