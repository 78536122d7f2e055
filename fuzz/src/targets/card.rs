//! Certificates of cards and revocation lists: whatever the bytes, a typed answer; and what was read comes back the same.

use sas_psc::base::Timestamp;
use sas_psc::card::{CardCertificate, Crl, CrlCache, CrlRules, Purpose, RevocationPolicy, Trust, danger};
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
