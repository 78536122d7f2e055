//! The dialogues of a lean client, in bytes and exchanges, and what they give: facts on the CPS card §7 to §9 and §12.

use super::{card, done, send, sha256_info, verifies};
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use aws_lc_rs::signature::{
    RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA512,
};
use sas_psc_sim::card::{Counts, Generation, Usage, VirtualCard};

const PIN: &str = "00 20 00 01 04 31323334";

/// The known path: select with the certificate, six reads.
fn read_certificate(card: &mut VirtualCard) -> Vec<u8> {
    done(card, &["00a4090c 06 3f000001a002"]);
    let reads = ["0000 00", "0100 00", "0200 00", "0300 00", "0400 00", "0500 86"];
    reads.iter().flat_map(|read| done(card, &[&format!("00b0{read}")])).collect()
}

fn sign(card: &mut VirtualCard) -> Vec<u8> {
    let internal = format!("00 88 00 00 33 {}", sha256_info(b"message"));
    assert_eq!(send(card, "00 20 00 01 00"), "63c3");
    done(card, &[PIN, "00 22 41 a4 06 840182 800102", &internal, "00 c0 00 00 00"])
}

#[test]
fn a_signature_takes_eight_exchanges_and_fourteen_with_the_certificate() {
    let mut card = card(Generation::Cps3);
    assert_eq!(done(&mut card, &["00a4090c 04 3f00d003", "00b00000 0c"])[2..7], [0x80, 0x25, 0, 0, 1]);
    done(&mut card, &["00a4090c 04 3f000001"]);
    let signature = sign(&mut card);
    let warm = Counts { exchanges: 8, get_responses: 1, received: 109, sent: 284 };
    assert_eq!(card.take_counts(), warm);
    verifies(&card, Usage::Authentication, &RSA_PKCS1_2048_8192_SHA256, b"message", &signature);

    card.power_on();
    done(&mut card, &["00a4090c 04 3f00d003", "00b00000 0c"]);
    assert_eq!(read_certificate(&mut card), card.certificate(Usage::Authentication));
    let signature = sign(&mut card);
    verifies(&card, Usage::Authentication, &RSA_PKCS1_2048_8192_SHA256, b"message", &signature);
    assert_eq!(card.take_counts(), Counts { exchanges: 14, get_responses: 1, received: 141, sent: 1710 });
}

#[test]
fn the_authentication_key_signs_any_digest_info_that_fits_and_adds_nothing() {
    let mut card = card(Generation::Cps3);
    done(&mut card, &["00a4090c 04 3f000001", PIN, "00 22 41 a4 06 800102 840182"]);
    let sha512 = digest(&aws_lc_rs::digest::SHA512, b"message");
    let info = format!("3051300d060960864801650304020305000440{}", super::shown(sha512.as_ref()));
    let signature = done(&mut card, &[&format!("00 88 00 00 53 {info}"), "00c00000 00"]);
    verifies(&card, Usage::Authentication, &RSA_PKCS1_2048_8192_SHA512, b"message", &signature);
    assert_eq!(send(&mut card, &format!("00 88 00 00 66 {}", "00".repeat(102))), "6100");
    assert_eq!(send(&mut card, &format!("00 88 00 00 67 {}", "00".repeat(103))), "6700");
    // As ANS's module reads it: in two pieces.
    send(&mut card, &format!("00 88 00 00 53 {info}"));
    let first = card.transmit(&[0, 0xc0, 0, 0, 0xe7]);
    assert_eq!((first.len(), &first[0xe7..]), (0xe9, &[0x61, 0x19][..]));
    let rest = done(&mut card, &["00c00000 19"]);
    assert_eq!([&first[..0xe7], &rest].concat(), signature);
}

#[test]
fn the_signature_key_takes_a_hash_or_ends_one() {
    let mut card = card(Generation::Cps3);
    let message = [7; 100];
    done(&mut card, &["00a4090c 04 3f000001", PIN]);
    let hash = super::shown(digest(&SHA256, &message).as_ref());
    let given = done(&mut card, &["00 22 41 b6 06 800142 840181", &format!("00 2a 9e 9a 20 {hash}"), "00c00000 00"]);
    verifies(&card, Usage::Signature, &RSA_PKCS1_2048_8192_SHA256, &message, &given);
    let sha1 = super::shown(digest(&SHA1_FOR_LEGACY_USE_ONLY, &message).as_ref());
    let given = done(&mut card, &["00 22 41 b6 06 800112 840181", &format!("00 2a 9e 9a 14 {sha1}"), "00c00000 00"]);
    verifies(&card, Usage::Signature, &RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, &message, &given);

    // 60 bytes: no whole block, so no state.
    let last = format!("00 2a 90 a0 40 90 00 80 3c {}", "07".repeat(60));
    let ended = done(
        &mut card,
        &["00 22 41 aa 03 800140", "00 22 41 b6 06 800142 840181", &last, "00 2a 9e 9a 00", "00c00000 00"],
    );
    verifies(&card, Usage::Signature, &RSA_PKCS1_2048_8192_SHA256, &[7; 60], &ended);
    assert_eq!(send(&mut card, "00 2a 9e 9a 00"), "6985", "the hash was for one signature");
}

#[test]
fn what_a_key_may_not_do_is_refused_and_never_signed() {
    let mut card = card(Generation::Cps3);
    let info = format!("00 88 00 00 33 {}", sha256_info(b"message"));
    done(&mut card, &["00a4090c 04 3f000001"]);
    assert_eq!(send(&mut card, &info), "6985", "no environment");
    done(&mut card, &["00 22 41 a4 06 840182 800102"]);
    assert_eq!(send(&mut card, &info), "6982", "no code");
    done(&mut card, &[PIN, "00 22 41 a4 06 840181 800102"]);
    assert_eq!(send(&mut card, &info), "6982", "the signature key does not authenticate");
    assert_eq!(send(&mut card, "00 22 41 a4 06 840183 800102"), "6a88");
    assert_eq!(send(&mut card, "00 22 41 a4 06 840182 800142"), "6a80", "no PSS, no raw RSA");
    assert_eq!(send(&mut card, "00 22 41 b6 06 840182 800142"), "9000");
    assert_eq!(send(&mut card, &format!("00 2a 9e 9a 20 {}", "00".repeat(32))), "6982");
    assert_eq!(send(&mut card, "01 20 00 01"), "6881", "CPS4's channel");
    // Another folder ends the environment.
    done(&mut card, &["00 22 41 a4 06 840182 800102", "00a4090c 04 3f000002", "00a4090c 04 3f000001"]);
    assert_eq!(send(&mut card, &info), "6985");
}

#[test]
fn a_cryptogram_is_read_with_the_code_alone() {
    let mut card = card(Generation::Cps3);
    done(&mut card, &["00a4090c 04 3f000001", "00 22 41 b8 06 840182 80011a"]);
    let (first, last) = (format!("10 2a 80 86 ff 81 {}", "01".repeat(254)), "00 2a 80 86 02 0101");
    done(&mut card, &[&first]);
    assert_eq!(send(&mut card, last), "6982");
    done(&mut card, &[PIN, &first]);
    assert_eq!(send(&mut card, last), "6a80", "no padding of type 2 comes out");
    assert_eq!(send(&mut card, last), "6700", "the chain was for one command");
}

#[test]
fn contactless_the_technical_key_signs_without_a_code_and_nothing_of_the_holder_is_told() {
    let mut card = card(Generation::Cps3Contactless);
    assert_eq!(done(&mut card, &["00a4090c 04 3f00d003", "00b00000 0c"]).len(), 12);
    done(&mut card, &["00a4090c 06 3f000002a001"]);
    let reads = ["0000 00", "0100 00", "0200 00", "0300 00", "0400 00", "0500 63"];
    let read: Vec<_> = reads.iter().flat_map(|read| done(&mut card, &[&format!("00b0{read}")])).collect();
    assert_eq!(read, card.certificate(Usage::Technical));
    let internal = format!("00 88 00 00 33 {} 00", sha256_info(b"message"));
    let signature = done(&mut card, &["00 22 41 a4 06 840181 800102", &internal]);
    assert_eq!((signature.len(), card.counts().exchanges), (256, 11));
    verifies(&card, Usage::Technical, &RSA_PKCS1_2048_8192_SHA256, b"message", &signature);

    for file in ["7001", "7002", "5031", "a001", "a002", "d101"] {
        done(&mut card, &[&format!("00a4090c 06 3f000001{file}")]);
        assert_eq!(send(&mut card, "00b0 0000 01"), "6982", "{file}");
    }
    for command in ["00 20 00 01", PIN, "00 24 00 01 08 3132333431323334", "00 2c 02 01 04 31323334"] {
        assert_eq!(send(&mut card, command), "6982", "{command}");
    }
    done(&mut card, &["00a4090c 04 3f000001", "00 22 41 a4 06 840182 800102"]);
    assert_eq!(send(&mut card, &internal), "6982");
    let mut warm = super::card(Generation::Cps3Contactless);
    done(&mut warm, &["00a4090c 04 3f00d003", "00b00000 0c", "00a4090c 04 3f000002", "00 22 41 a4 06 840181 800102"]);
    done(&mut warm, &[&internal]);
    assert_eq!(warm.counts(), Counts { exchanges: 5, get_responses: 0, received: 91, sent: 278 });
}

#[test]
fn files_are_read_by_path_by_short_number_and_not_beyond_their_end() {
    let mut card = card(Generation::Cps3);
    assert_eq!(send(&mut card, "00b0 9c00 0c"), "5a0a8025000001990000010f9000");
    assert_eq!(send(&mut card, "00b0 9c00 00"), "6c0c");
    assert_eq!(send(&mut card, "00b0 8100 00"), "6a82");
    assert_eq!(send(&mut card, "00a4090c 04 3f00d010"), "6a82", "never updated");
    done(&mut card, &["00a40904 02 2f00"]);
    assert_eq!(send(&mut card, "00b0 0065 01"), "6b00");
    assert_eq!(send(&mut card, "00a4090c 04 3f000001"), "9000");
    assert_eq!(send(&mut card, "00a40904 02 2f00"), "6a82", "a file of the MF, from a folder");
    assert_eq!(send(&mut card, "00b0 0000 01"), "6986", "a folder is not read");
    for p2 in ["00", "08"] {
        assert_eq!(send(&mut card, &format!("00a402{p2} 02 a001")), "6a86");
        assert_eq!(send(&mut card, &format!("00a404{p2} 0d e828bd080f8025000001ff0010")), "6a86");
    }
    done(&mut card, &["00a4040c 0d e828bd080f8025000001ff0010", "00a4020c 02 d120"]);
    assert_eq!(send(&mut card, "00b0 0000 04"), "6982", "an activity, behind the code");
    done(&mut card, &[PIN, "00b0 0000 04"]);
}
