//! Documents signed by a card as CMS: the cases of `vectors/card-cms`, which C and Python judge too, and OpenSSL beside us, which
//! reads what we write and writes what we read.

use super::possession::{certificate, code, sign};
use super::{bytes, room, trust};
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sas_psc::Code;
use sas_psc::base::Timestamp;
use sas_psc::card::{CmsSignature, CmsToSign, RevocationPolicy, Trust, TrustedCertificate};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const DOCUMENT: &[u8] = "Je déclare sur l'honneur…\n".as_bytes();

fn now() -> Timestamp {
    Timestamp::parse_rfc3339("2026-11-25T10:00:00Z").unwrap()
}

fn policy() -> RevocationPolicy {
    RevocationPolicy { accept_unknown: true, ..RevocationPolicy::default() }
}

fn ours() -> CmsSignature {
    let to_sign = CmsToSign::new(&certificate("cps-signature.pem"), DOCUMENT, now()).unwrap();
    let signature = sign("holder.key", &RSA_PKCS1_SHA256, to_sign.bytes());
    to_sign.finish(&signature).unwrap()
}

fn judged(cms: &[u8], document: &[u8], trust: &Trust, at: Timestamp) -> sas_psc::Result<TrustedCertificate> {
    CmsSignature::parse(cms)?.verify(document, trust, &[], &policy(), at)
}

/// OpenSSL, in a folder that holds the document, the keys and the certificates.
fn openssl(place: &Path, arguments: &[&str]) -> std::process::Output {
    let run = Command::new("openssl").current_dir(place).args(arguments).output();
    run.expect("openssl is one of the programs that tools/setup sees to")
}

fn place() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    for name in ["cps-signature.pem", "cps-authentication.pem", "holder.key", "other.key", "authorities.pem"] {
        std::fs::copy(room().join("pki").join(name), place.path().join(name)).unwrap();
    }
    std::fs::write(place.path().join("document"), DOCUMENT).unwrap();
    place
}

/// What OpenSSL signs, DER.
fn theirs(more: &[&str]) -> Vec<u8> {
    let place = place();
    let sign = ["cms", "-sign", "-binary", "-in", "document", "-outform", "DER", "-out", "out"];
    let signed = openssl(place.path(), &[&sign[..], more].concat());
    assert!(signed.status.success(), "{}", String::from_utf8_lossy(&signed.stderr));
    std::fs::read(place.path().join("out")).unwrap()
}

const BY_HOLDER: [&str; 6] = ["-signer", "cps-signature.pem", "-inkey", "holder.key", "-md", "sha256"];

fn folder() -> PathBuf {
    room().join("../card-cms")
}

/// Name, what it is, the code or none, the signature, the document, when.
type Case = (String, &'static str, Option<Code>, Vec<u8>, Vec<u8>, Timestamp);

fn cases() -> Vec<Case> {
    let (good, hour) = (ours().as_der().to_vec(), now() + Duration::from_secs(3600));
    let clock = Timestamp::parse_rfc3339("2027-01-01T00:00:00Z").unwrap();
    let by = |more: &[&str]| theirs(&[&BY_HOLDER[..], more].concat());
    let pem = format!("-----BEGIN CMS-----\n{}\n-----END CMS-----\n", BASE64_STANDARD.encode(&good));
    let authentication = ["-signer", "cps-authentication.pem", "-inkey", "holder.key", "-md", "sha256", "-cades"];
    let two = ["-cades", "-signer", "cps-authentication.pem", "-inkey", "holder.key"];
    let mut all = vec![
        ("ok", "signed as the SDK makes it", None, good.clone(), DOCUMENT, hour),
        ("ok-pem", "the same as PEM", None, pem.into_bytes(), DOCUMENT, hour),
        ("ok-openssl", "signed by OpenSSL as CAdES-BES", None, by(&["-cades"]), DOCUMENT, clock),
        (
            "ok-openssl-chain",
            "with its authorities in it",
            None,
            by(&["-cades", "-certfile", "authorities.pem"]),
            DOCUMENT,
            clock,
        ),
        (
            "ok-openssl-key-identifier",
            "the signer by key identifier, or by issuer",
            None,
            by(&["-cades", "-nosmimecap"]),
            DOCUMENT,
            clock,
        ),
        (
            "document-other",
            "another document",
            Some(Code::CMS_CONTENT),
            good.clone(),
            b"Je ne d\xC3\xA9clare rien\n",
            hour,
        ),
        ("document-empty", "no document", Some(Code::CMS_CONTENT), good.clone(), b"", hour),
        (
            "signed-later",
            "signed after the time it is judged at",
            Some(Code::CMS_TIME),
            good.clone(),
            DOCUMENT,
            now() - Duration::from_secs(601),
        ),
        (
            "certificate-expired",
            "judged after the certificate's end",
            Some(Code::CARD_CERTIFICATE_EXPIRED),
            good.clone(),
            DOCUMENT,
            Timestamp::parse_rfc3339("2099-01-01T00:00:00Z").unwrap(),
        ),
        (
            "authentication-key",
            "by the authentication key",
            Some(Code::CARD_CERTIFICATE_USAGE),
            theirs(&authentication),
            DOCUMENT,
            clock,
        ),
        (
            "without-certificate-attribute",
            "not CAdES: any certificate of the key would do",
            Some(Code::CMS_UNSUPPORTED),
            by(&[]),
            DOCUMENT,
            clock,
        ),
        (
            "without-certificate",
            "the certificate is not in it",
            Some(Code::CMS_UNSUPPORTED),
            by(&["-cades", "-nocerts"]),
            DOCUMENT,
            clock,
        ),
        (
            "attached",
            "the document is in it",
            Some(Code::CMS_UNSUPPORTED),
            by(&["-cades", "-nodetach"]),
            DOCUMENT,
            clock,
        ),
        ("two-signers", "two signers", Some(Code::CMS_UNSUPPORTED), by(&two), DOCUMENT, clock),
        (
            "sha512",
            "another hash",
            Some(Code::CMS_UNSUPPORTED),
            theirs(&["-signer", "cps-signature.pem", "-inkey", "holder.key", "-md", "sha512", "-cades"]),
            DOCUMENT,
            clock,
        ),
        (
            "pss",
            "another padding",
            Some(Code::CMS_UNSUPPORTED),
            by(&["-cades", "-keyopt", "rsa_padding_mode:pss"]),
            DOCUMENT,
            clock,
        ),
        ("nothing", "no bytes", Some(Code::CMS_UNREADABLE), Vec::new(), DOCUMENT, hour),
        (
            "no-cms",
            "a certificate",
            Some(Code::CMS_UNREADABLE),
            certificate("cps-signature.pem").der().to_vec(),
            DOCUMENT,
            hour,
        ),
        ("cut", "cut short", Some(Code::CMS_UNREADABLE), good[..good.len() - 1].to_vec(), DOCUMENT, hour),
        ("longer", "a byte more", Some(Code::CMS_UNREADABLE), [&good[..], b"\0"].concat(), DOCUMENT, hour),
    ];
    let mut turned = good.clone();
    let last = turned.len() - 20;
    turned[last] ^= 1;
    all.push(("signature-turned", "a bit of the signature changed", Some(Code::CMS_SIGNATURE), turned, DOCUMENT, hour));
    // A later clock in the signed attributes, and another certificate hash.
    let at = |part: &[u8]| good.windows(part.len()).position(|window| window == part).unwrap();
    let mut redated = good.clone();
    redated[at(b"261125100000Z") + 5] = b'4';
    all.push(("time-turned", "another signing time", Some(Code::CMS_SIGNATURE), redated, DOCUMENT, hour));
    let mut renamed = good.clone();
    renamed[at(&certificate("cps-signature.pem").fingerprint())] ^= 1;
    all.push((
        "certificate-other",
        "the hash of another certificate",
        Some(Code::CMS_CERTIFICATE),
        renamed,
        DOCUMENT,
        hour,
    ));
    let own = |(name, about, expect, cms, document, at): (&str, _, _, _, &[u8], _)| {
        (name.to_owned(), about, expect, cms, document.to_vec(), at)
    };
    all.into_iter().map(own).collect()
}

/// What OpenSSL signs holds its clock, so the files are written once, by `UPDATE=1`.
#[test]
fn every_signature_of_the_vectors_is_judged_as_it_says() {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(folder()).unwrap();
        for (name, about, expect, cms, document, at) in cases() {
            let source =
                if name.contains("openssl") { "openssl cms -sign" } else { "sas-psc/tests/card_certificate/cms.rs" };
            let (cms, document) = (BASE64_STANDARD.encode(cms), BASE64_STANDARD.encode(document));
            let case = json!({ "source": source, "about": about, "expect": expect.map(Code::name), "cms": cms,
                               "document": document, "at": at.unix() });
            std::fs::write(folder().join(format!("{name}.json")), format!("{case:#}\n")).unwrap();
        }
    }
    let (mut good, mut bad) = (0, 0);
    for file in std::fs::read_dir(folder()).unwrap().map(|file| file.unwrap().path()) {
        let case: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let at = Timestamp::from_unix(case["at"].as_i64().unwrap());
        match (
            judged(&bytes(&case["cms"]), &bytes(&case["document"]), &trust("synthetic"), at),
            case["expect"].as_str(),
        ) {
            (Ok(trusted), None) => {
                assert_eq!(trusted.certificate().holder().unwrap().id_nat.as_str(), "899700218896");
                good += 1;
            }
            (Err(error), Some(expected)) => {
                assert_eq!(error.code().name(), expected, "{}", file.display());
                bad += 1;
            }
            (found, expect) => panic!("{}: {found:?}, not {expect:?}", file.display()),
        }
    }
    assert!(good >= 5 && bad >= 18, "{good} good, {bad} bad");
}

#[test]
fn openssl_verifies_what_we_make_and_we_what_it_makes() {
    let place = place();
    std::fs::write(place.path().join("ours.p7s"), ours().as_der()).unwrap();
    let verify = ["cms", "-verify", "-binary", "-inform", "DER", "-in", "ours.p7s", "-content", "document", "-cades"];
    let trusted = ["-CAfile", "authorities.pem", "-purpose", "any", "-attime", "1795600800", "-out", "out"];
    let verified = openssl(place.path(), &[&verify[..], &trusted].concat());
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    assert_eq!(std::fs::read(place.path().join("out")).unwrap(), DOCUMENT);
    std::fs::write(place.path().join("document"), "another").unwrap();
    assert!(!openssl(place.path(), &[&verify[..], &trusted].concat()).status.success(), "it judges, and not us alone");

    let fresh = theirs(&[&BY_HOLDER[..], &["-cades"]].concat());
    let read = CmsSignature::parse(&fresh).unwrap();
    judged(&fresh, DOCUMENT, &trust("synthetic"), read.signing_time()).unwrap();
    assert_eq!(
        code(judged(&fresh, DOCUMENT, &Trust::production(), read.signing_time())),
        Code::CARD_CERTIFICATE_AUTHORITY
    );
}

#[test]
fn no_bit_of_a_signature_changes_what_it_says() {
    let (good, synthetic, at) = (ours(), trust("synthetic"), now() + Duration::from_secs(60));
    let der = good.as_der();
    for octet in 0..der.len() {
        let mut damaged = der.to_vec();
        damaged[octet] ^= 1 << (octet % 8);
        let Ok(read) = CmsSignature::parse(&damaged) else { continue };
        if read.verify(DOCUMENT, &synthetic, &[], &policy(), at).is_ok() {
            // What is not signed and says nothing, such as a version, may differ.
            assert_eq!((read.signing_time(), read.certificate()), (good.signing_time(), good.certificate()), "{octet}");
        }
    }
}

#[test]
fn only_the_signature_key_signs_and_only_what_it_signed_is_a_cms() {
    let refused = CmsToSign::new(&certificate("cps-authentication.pem"), DOCUMENT, now()).unwrap_err();
    assert_eq!((refused.code(), refused.facts().field), (Code::CARD_CERTIFICATE_USAGE, Some("signature")));
    let early = CmsToSign::new(&certificate("cps-signature.pem"), DOCUMENT, Timestamp::from_unix(-1));
    assert_eq!(code(early), Code::TIME_INVALID);
    let to_sign = || CmsToSign::new(&certificate("cps-signature.pem"), DOCUMENT, now()).unwrap();
    let other = sign("other.key", &RSA_PKCS1_SHA256, to_sign().bytes());
    assert_eq!(code(to_sign().finish(&other)), Code::CMS_SIGNATURE);
    assert_eq!(code(to_sign().finish(b"")), Code::CMS_SIGNATURE);
    let shown = format!("{:?} {:?}", to_sign(), ours());
    assert!(!shown.contains("8997002") && !shown.contains("SPECIALISTE"), "{shown}");
}

/// A record signed by the card: the signature lies beside it as evidence, and the record commits to it.
#[test]
#[cfg(feature = "card")]
fn a_record_signed_by_the_card_is_evidence_of_its_own() {
    use sas_psc::base::ServerKey;
    use sas_psc::consent::{
        Change, Document, Evidence, EvidenceKind, Keeping, Presented, Recorder, SealedEvidence, Sha256, TermsVersion,
    };
    use sas_psc::onboarding::verify_card_signature;
    use sas_psc::person::Binding;

    let cgu = Document::new("CGU", "text/plain; charset=utf-8", "Article 1");
    let terms = TermsVersion::new("cgu", "1", "fr", Timestamp::from_unix(0), Change::Material, vec![cgu]).unwrap();
    let person = Binding::new("https://psc.example", "f:1:899700218896", "tab");
    let shown = Presented::new(&terms, person.clone(), Sha256([1; 32]), now());
    let answer = shown.accept(true, &terms.hash().to_string(), &terms, &person, now()).unwrap();
    let keeping = Keeping { controller: "Plateforme".into(), exit: "Mon compte".into(), retention_until: None };
    let recorder = Recorder { key: &ServerKey::new(&[7; 32]).unwrap(), keeping: &keeping };
    let token = Evidence::new(EvidenceKind::SignIn, "a token").unwrap();
    let record = recorder.accepted(&answer, None, None, &mut super::possession::Draws(0)).unwrap();
    let record = record.with_evidence(&[token]).unwrap();

    let to_sign = CmsToSign::new(&certificate("cps-signature.pem"), &record.signed_form().unwrap(), now()).unwrap();
    let signature = sign("holder.key", &RSA_PKCS1_SHA256, to_sign.bytes());
    let cms = to_sign.finish(&signature).unwrap();
    let piece = Evidence::new(EvidenceKind::CardSignature, cms.as_der()).unwrap();
    let signed = record.clone().with_evidence(std::slice::from_ref(&piece)).unwrap();
    assert_eq!(signed.fields().evidence_names(), "card-signature,sign-in");
    assert_eq!(signed.signed_form().unwrap(), record.as_bytes(), "the card signed all but its own signature");
    let sealed = SealedEvidence::seal(&piece, signed.id(), &[9; 32]).unwrap();
    let opened = sealed.open(signed.id(), &[9; 32]).unwrap();
    let synthetic = trust("synthetic");
    let trusted = verify_card_signature(&signed, opened.as_bytes(), &synthetic, &[], &policy()).unwrap();
    assert_eq!(trusted.certificate().holder().unwrap().id_nat.as_str(), "899700218896");
    let judged = |record, cms: &[u8]| code(verify_card_signature(record, cms, &synthetic, &[], &policy()));
    assert_eq!(judged(&record, opened.as_bytes()), Code::EVIDENCE_NONE);
    assert_eq!(judged(&signed, ours().as_der()), Code::EVIDENCE_OTHER_RECORD);
    // The signature of another document, put in its place.
    let piece = Evidence::new(EvidenceKind::CardSignature, ours().as_der()).unwrap();
    let wrong = record.clone().with_evidence(&[piece]).unwrap();
    assert_eq!(judged(&wrong, ours().as_der()), Code::CMS_CONTENT);
}
