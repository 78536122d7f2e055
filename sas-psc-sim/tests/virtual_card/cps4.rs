//! CPS4: channel 1, raw RSA, PSS.

use super::{card, done, powered, send, sha256_info, shown, verifies};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256};
use sas_psc_sim::card::{Generation, Profile, Usage};

const APPLET: &str = "01a4040c 08 8025000001ff0100";
const PIN: &str = "01 20 00 01 04 31323334";

#[test]
fn the_serial_and_the_directories_are_found_by_path_from_the_mf() {
    let mut card = card(Generation::Cps4);
    done(&mut card, &[APPLET, "01a40800 02 d003 00"]);
    assert_eq!(send(&mut card, "01b0 0000 00"), "5a0a8025000001990000010f9000");
    assert_eq!(done(&mut card, &["01a40800 02 0001 00"])[0], 0x6f);
    done(&mut card, &["01a4080c 04 00015031"]);
    assert!(send(&mut card, "01b0 0000 00").starts_with("a806300404027001"));
    assert_eq!(send(&mut card, "01a40800 04 3f00d003 00"), "6a82", "the path does not name the MF");
    assert_eq!(send(&mut card, "01a40800 02 0002 00"), "6a82", "no contactless application");
    done(&mut card, &["01a4090c 04 00017002"]);
    let keys = send(&mut card, "01b0 0000 00");
    assert!(keys.contains("02020020") && keys.contains("02020021"), "{keys}");
}

#[test]
fn raw_rsa_and_both_paddings_verify() {
    let mut card = card(Generation::Cps4);
    done(&mut card, &[APPLET, PIN, "01a40800 02 0001 00"]);
    let message = b"message";
    let info = sha256_info(message);
    let block = format!("0001{}00{info}", "ff".repeat(256 - 3 - 51));
    let (first, last) = (format!("11 2a 80 86 ff {}", &block[..510]), format!("01 2a 80 86 01 {} 00", &block[510..]));
    let raw = done(&mut card, &["01 22 41 b8 03 830120", &first, &last]);
    verifies(&card, Usage::Authentication, &RSA_PKCS1_2048_8192_SHA256, message, &raw);

    let hash = format!("01 2a 9e 9a 20 {} 00", shown(digest(&SHA256, message).as_ref()));
    let pss = done(&mut card, &["01 22 81 b6 04 91022ca0", &hash]);
    verifies(&card, Usage::Authentication, &RSA_PSS_2048_8192_SHA256, message, &pss);
    let pkcs1 = done(&mut card, &["01 22 81 b6 04 910228a1", &hash]);
    verifies(&card, Usage::Signature, &RSA_PKCS1_2048_8192_SHA256, message, &pkcs1);

    done(&mut card, &["01 22 41 b8 03 830120", &format!("11 2a 80 86 ff {}", "ff".repeat(255))]);
    assert_eq!(send(&mut card, "01 2a 80 86 01 ff 00"), "6a80", "not below the modulus");
    assert_eq!(send(&mut card, "01 2a 80 86 01 ff 00"), "6700");
}

#[test]
fn nothing_is_signed_before_the_code_or_with_a_key_or_an_algorithm_that_is_not_there() {
    let mut card = card(Generation::Cps4);
    assert_eq!(send(&mut card, "01 20 00 01"), "6985", "the applet is not selected");
    let hash = format!("01 2a 9e 9a 20 {} 00", "07".repeat(32));
    done(&mut card, &[APPLET]);
    assert_eq!(send(&mut card, &hash), "6985");
    done(&mut card, &["01 22 81 b6 04 91022ca0"]);
    assert_eq!(send(&mut card, &hash), "6982");
    assert_eq!(send(&mut card, "01 22 81 b6 04 91022ca2"), "6a88");
    for algorithm in ["29", "2a", "2d", "2e", "00"] {
        assert_eq!(send(&mut card, &format!("01 22 81 b6 04 9102{algorithm}a0")), "6a80");
    }
}

#[test]
fn channel_0_belongs_to_another_applet() {
    let mut card = card(Generation::Cps4);
    for command in ["00 20 00 01", "00a4090c 04 3f00d003", "00 c1 00 00"] {
        assert_eq!(send(&mut card, command), "6e00", "{command}");
    }
    done(&mut card, &["00a4040c 08 8025000001ff0002"]);
    assert_eq!(send(&mut card, "02 20 00 01"), "6881");
}

#[test]
fn a_busy_channel_is_freed_as_the_module_does_it() {
    let mut card = powered(Profile { channel_busy: true, ..Profile::of(Generation::Cps4) });
    assert_eq!([send(&mut card, APPLET), send(&mut card, APPLET)], ["6985", "6985"]);
    done(&mut card, &["00a4040c 08 8025000001ff0002"]);
    assert_eq!(send(&mut card, APPLET), "6985", "the card manager comes first");
    done(&mut card, &["01a4040c 07 a0000001510000", "00a4040c 08 8025000001ff0002", APPLET]);
}

#[test]
fn the_labels_tell_the_generation() {
    for (generation, label) in [(Generation::Cps3, "CPS3v3-9900000001"), (Generation::Cps4, "CPS4v1-9900000001")] {
        let mut card = card(generation);
        let token = card.file_mut(&[0x3f00, 1, 0x5032]).unwrap();
        assert!(token.windows(17).any(|part| part == label.as_bytes()));
    }
}
