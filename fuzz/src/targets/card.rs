//! Certificates of cards, revocation lists and what a program keeps between two runs: whatever the bytes, a typed answer; and what was read comes back the same.

use sas_psc::base::{Random, Timestamp};
use sas_psc::card::fallback::{Fallback, FallbackRules};
use sas_psc::card::{
    CardCertificate, CardChallenge, Crl, CrlCache, CrlRules, Purpose, RevocationPolicy, Trust, danger,
};
use std::sync::LazyLock;

static AUTHORITIES: LazyLock<Trust> = LazyLock::new(|| {
    let pem = include_str!("../../../vectors/card-certificate/pki/authorities.pem");
    danger::authorities(pem).expect("authorities")
});
const NOW: Timestamp = Timestamp::from_unix(1_795_600_800);

/// Reads the bytes as a certificate, and asks everything of it.
pub fn certificate(bytes: &[u8]) {
    let Ok(read) = CardCertificate::read(bytes) else { return };
    let again = CardCertificate::read(read.der()).expect("what was read");
    assert!(again == read, "the same certificate");
    let described = read.described();
    assert_eq!(described.id_nat.is_some(), read.holder().is_ok());
    if let Ok(holder) = read.holder() {
        assert!(read.purpose() != Purpose::Technical, "a technical certificate names nobody");
        assert_eq!(holder.to_professional().id_nat, holder.id_nat);
    }
    let mut cache = CrlCache::new(CrlRules::default());
    for address in read.revocation_lists() {
        let _ = cache.want(address);
    }
    let policy = RevocationPolicy { accept_unknown: true, ..RevocationPolicy::default() };
    for purpose in [Purpose::Authentication, Purpose::Signature] {
        if let Ok(trusted) = AUTHORITIES.verify(&read, purpose, &[], &policy, NOW) {
            assert!(trusted.certificate().holder().is_ok());
        }
    }
    assert!(
        Trust::production().verify(&read, Purpose::Authentication, &[], &policy, NOW).is_err(),
        "nobody has its keys"
    );
}

/// Reads the bytes as a revocation list.
pub fn revocation_list(bytes: &[u8]) {
    let Ok(list) = AUTHORITIES.revocation_list(bytes) else { return };
    let again: Crl = AUTHORITIES.revocation_list(list.der()).expect("what was believed");
    assert!(again == list, "the same list");
    assert!(Trust::production().revocation_list(bytes).is_err());
}

/// Reads the bytes as what was kept of a challenge, of the revocation lists and of local sign-in: what is taken back is kept as
/// the same bytes again, and no opening outlives today's rules.
pub fn stored(bytes: &[u8]) {
    if let Ok(challenge) = CardChallenge::resume(bytes) {
        let again = challenge.to_stored().expect("what was read");
        assert_eq!(CardChallenge::resume(&again).expect("what was written").to_stored().expect("the same"), again);
    }
    if let Ok(cache) = CrlCache::resume(CrlRules::default(), &AUTHORITIES, bytes) {
        let again = cache.to_stored().expect("what was read");
        let cache = CrlCache::resume(CrlRules::default(), &AUTHORITIES, &again).expect("what was written");
        assert_eq!(cache.to_stored().expect("the same"), again);
    }
    let rules = FallbackRules::default();
    if let Ok(fallback) = Fallback::resume(rules.clone(), bytes) {
        let again = fallback.to_stored().expect("what was read");
        assert_eq!(
            Fallback::resume(rules.clone(), &again).expect("what was written").to_stored().expect("the same"),
            again
        );
        if let Some(opening) = fallback.opening(NOW) {
            assert!(opening.until() <= opening.from() + rules.longest, "it outlives the rules");
        }
    }
}

/// One of each, as they are kept.
pub fn kept() -> Vec<Vec<u8>> {
    struct Fixed;
    impl Random for Fixed {
        fn fill(&mut self, bytes: &mut [u8]) -> sas_psc::Result<()> {
            bytes.fill(7);
            Ok(())
        }
    }
    let challenge = CardChallenge::new("sign-in", "service.example.fr", &mut Fixed, NOW).expect("a challenge");
    let mut lists = CrlCache::new(CrlRules::default());
    lists.want("http://igc-sante.esante.gouv.fr/CRL/ACI-FO-PP.crl").expect("an address");
    let mut fallback = Fallback::on(FallbackRules::default());
    fallback.open("A. Dupont", "outage", NOW + std::time::Duration::from_secs(3600), NOW).expect("opened");
    vec![
        challenge.to_stored().expect("kept"),
        lists.to_stored().expect("kept"),
        fallback.to_stored().expect("kept"),
        Fallback::on(FallbackRules::default()).to_stored().expect("kept"),
    ]
}
