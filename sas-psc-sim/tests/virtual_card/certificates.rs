//! The SYNTHETIC PKI: read by another library, chained, and like the certificates of real test cards.

use sas_psc_sim::card::{Family, Generation, Holder, Profile, Range, Usage, Validity, VirtualCard, pem, serial_number};
use std::sync::Arc;
use tokio_rustls::rustls::pki_types::{CertificateDer, CertificateRevocationListDer, UnixTime};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, crypto::aws_lc_rs};
use x509_cert::Certificate;
use x509_cert::der::{Decode, Encode};

const NOW: u64 = 1_795_000_000; // November 2026

/// Whether rustls accepts it for a client, at a time.
fn accepted(certificate: &[u8], range: Range, crls: Vec<Vec<u8>>, now: u64) -> bool {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(range.root())).unwrap();
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::new(aws_lc_rs::default_provider()))
            .with_crls(crls.into_iter().map(CertificateRevocationListDer::from))
            .only_check_end_entity_revocation()
            .build()
            .unwrap();
    let (end, between) = (CertificateDer::from(certificate), CertificateDer::from(range.authority()));
    verifier
        .verify_client_cert(&end, &[between], UnixTime::since_unix_epoch(std::time::Duration::from_secs(now)))
        .is_ok()
}

#[test]
fn the_authentication_certificate_of_every_family_chains_and_no_other_serves_a_client() {
    let holders = [Holder::physician(), Holder::nurse(), Holder::intern(), Holder::employee(), Holder::service()];
    for holder in holders {
        let range = Range::of(holder.family);
        assert_eq!(range == Range::Fort, [Family::Cps, Family::Cpf].contains(&holder.family));
        let card = VirtualCard::new(Profile { holder, ..Profile::of(Generation::Cps3) });
        let [authentication, signature] =
            [Usage::Authentication, Usage::Signature].map(|usage| card.certificate(usage));
        assert!(accepted(&authentication, range, vec![], NOW));
        assert!(!accepted(&signature, range, vec![], NOW), "it may not authenticate");
        let other = if range == Range::Fort { Range::Standard } else { Range::Fort };
        assert!(!accepted(&authentication, other, vec![], NOW), "another range's authority");
    }
}

#[test]
fn names_and_private_extensions_are_where_real_cards_have_them() {
    let card = VirtualCard::new(Profile::of(Generation::Cps3));
    let certificate = Certificate::from_der(&card.certificate(Usage::Authentication)).unwrap();
    let tbs = certificate.tbs_certificate();
    let last = tbs.subject().iter_rdn().last().unwrap();
    assert_eq!(last.iter().count(), 3, "one SET with the three names");
    let text = tbs.subject().to_string();
    assert!(text.contains("CN=899700218896") && text.contains("SN=SPECIALISTE0021889"), "{text}");
    assert!(tbs.issuer().to_string().contains("SYNTHETIC TEST AC IGC-SANTE FORT PERSONNES"));
    let value = |oid: &str| {
        let extensions = tbs.extensions().unwrap();
        extensions.iter().find(|own| own.extn_id.to_string() == oid).map(|own| own.extn_value.as_bytes().to_vec())
    };
    assert_eq!(value("1.2.250.1.71.1.2.2").unwrap(), [2, 1, 0]);
    assert_eq!(value("1.2.250.1.71.1.2.3").unwrap()[2..], *b"8025000001/9900000001");
    assert_eq!(value("1.2.250.1.71.1.2.5").unwrap(), [4, 1, 0x80]);
    assert_eq!(value("1.2.250.1.71.1.2.7").unwrap(), [2, 1, 10]);
    assert_eq!(value("2.5.29.15").unwrap(), [3, 2, 7, 0x80]);
    let notice = value("2.5.29.32").unwrap();
    assert!(notice.windows(9).any(|part| part == b"SYNTHETIC"));
    assert!(value("2.5.29.17").unwrap().windows(25).any(|part| part == b"899700218896@carte-cps.fr"));
    assert_eq!(serial_number(&card.certificate(Usage::Authentication)), tbs.serial_number().as_bytes());

    let signature = Certificate::from_der(&card.certificate(Usage::Signature)).unwrap();
    assert!(signature.tbs_certificate().extensions().unwrap().iter().any(|own| own.extn_id.to_string() == "2.5.29.16"));
    let technical = card.certificate(Usage::Technical);
    assert!(!technical.windows(12).any(|part| part == b"899700218896"), "nothing of the holder");
    Certificate::from_der(&technical).unwrap();
}

#[test]
fn every_certificate_is_der_and_the_same_at_every_making() {
    for generation in [Generation::Cps3, Generation::Cps4] {
        for profile in [Profile::of(generation), Profile::other(generation)] {
            let (one, two) = (VirtualCard::new(profile.clone()), VirtualCard::new(profile));
            for usage in [Usage::Authentication, Usage::Signature] {
                let der = one.certificate(usage);
                assert_eq!(der, two.certificate(usage));
                assert_eq!(Certificate::from_der(&der).unwrap().to_der().unwrap(), der);
            }
        }
    }
    let sizes = [Usage::Authentication, Usage::Signature]
        .map(|usage| VirtualCard::new(Profile::of(Generation::Cps3)).certificate(usage).len());
    assert_eq!(sizes, [1414, 1379], "the sizes with which OpenSC's dialogues were counted");
}

#[test]
fn the_authority_that_other_programs_are_told_to_trust_is_the_one_made_here() {
    assert_eq!(include_str!("../../src/card/authority.pem"), pem(&Range::Fort.authority()));
}

#[test]
fn one_revoked_one_expired_one_not_yet_valid_and_one_altered_are_refused() {
    let card = VirtualCard::new(Profile::of(Generation::Cps3));
    let der = card.certificate(Usage::Authentication);
    let none = Range::Fort.crl(&[], Validity::default());
    assert!(accepted(&der, Range::Fort, vec![none], NOW));
    let revoked = Range::Fort.crl(&[serial_number(&der)], Validity::default());
    assert!(!accepted(&der, Range::Fort, vec![revoked], NOW));
    for (from, to) in [("20200101000000Z", "20230101000000Z"), ("20440101000000Z", "20550101000000Z")] {
        let validity = Validity { from, to };
        let card = VirtualCard::new(Profile { validity, ..Profile::of(Generation::Cps3) });
        assert!(!accepted(&card.certificate(Usage::Authentication), Range::Fort, vec![], NOW), "{from}");
    }
    let mut altered = der;
    let last = altered.len() - 1;
    altered[last] ^= 1;
    assert!(!accepted(&altered, Range::Fort, vec![], NOW));
}
