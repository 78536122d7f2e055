//! A column of ten million RPPS numbers judged, as a multiple of a plain loop over the same bytes; and one number at a time.
//!
//! Nine of ten are right. The column lies in target/bench/ids/numbers.txt, where the peers in other languages read it:
//! eleven characters a number, nothing between. `--quick` takes a million.

use sas_psc::id::column::Column;
use sas_psc::id::{Kind, Rpps};
use sas_psc_benches::Topic;
use std::fs;
use std::hint::black_box;
use std::path::Path;

const TOPIC: &str = "ids";
const BASELINE: &str = "10 M, a plain loop over the digits";

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick")
        || std::env::var_os("QUICK").is_some_and(|it| !it.is_empty());
    let bytes = numbers(if quick { 1_000_000 } else { 10_000_000 });
    let offsets: Vec<i32> = (0..=bytes.len() / 11).map(|at| at as i32 * 11).collect();
    let views: Vec<[u8; 16]> = bytes.chunks_exact(11).map(view).collect();
    let integers: Vec<i64> = bytes
        .chunks_exact(11)
        .map(|number| std::str::from_utf8(number).expect("digits").parse().expect("digits"))
        .collect();
    let wanted = bytes.chunks_exact(11).filter(|number| plain(number)).count();
    let check = |column: Column<'_>| {
        let found = black_box(column).check(Kind::Rpps, None, false);
        assert_eq!(black_box(found).accepted, wanted);
    };

    let mut topic = Topic::new(TOPIC, BASELINE, || {
        let mut verdicts = vec![false; bytes.len() / 11];
        for (number, verdict) in black_box(&bytes).chunks_exact(11).zip(&mut verdicts) {
            *verdict = plain(number);
        }
        black_box(verdicts);
    });
    let mut copy = vec![0; bytes.len()];
    topic.case("10 M, memory copied", None, || copy.copy_from_slice(black_box(&bytes)));
    topic.case("sas-psc, 10 M, a column of text", Some(0.67), || {
        check(Column::Text { offsets: &offsets, bytes: &bytes })
    });
    topic.case("sas-psc, 10 M, a column of views", None, || check(Column::View { views: &views, buffers: &[] }));
    topic.case("sas-psc, 10 M, a column of integers", Some(0.67), || check(Column::Integer(&integers)));
    topic.case("sas-psc, 10 M, one by one", Some(1.08), || {
        let right = black_box(&bytes).chunks_exact(11).filter(|number| Rpps::check(number).is_ok()).count();
        assert_eq!(black_box(right), wanted);
    });
}

/// Eleven digits with a Luhn key, as one would write it.
fn plain(number: &[u8]) -> bool {
    let mut sum = 0;
    for (at, byte) in number.iter().enumerate() {
        let digit = u32::from(byte.wrapping_sub(b'0'));
        if digit > 9 {
            return false;
        }
        let doubled = digit * 2;
        sum += if at % 2 == 0 { digit } else { doubled - if doubled > 9 { 9 } else { 0 } };
    }
    sum % 10 == 0
}

fn view(number: &[u8]) -> [u8; 16] {
    let mut view = [0; 16];
    view[0] = 11;
    view[4..15].copy_from_slice(number);
    view
}

/// The column, written once.
fn numbers(count: usize) -> Vec<u8> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../target/bench/ids/numbers-{count}.txt"));
    if let Ok(bytes) = fs::read(&file)
        && bytes.len() == count * 11
    {
        return bytes;
    }
    let (mut state, mut bytes) = (0x9e37_79b9_7f4a_7c15_u64, Vec::with_capacity(count * 11));
    for _ in 0..count {
        // xorshift64
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let body = format!("99{}{:07}", if state & 1 == 0 { 7 } else { 9 }, (state >> 8) % 10_000_000);
        let right = (0..10).find(|key| plain(format!("{body}{key}").as_bytes())).expect("a key");
        let key = if state >> 40 & 0xff < 26 { (right + 1) % 10 } else { right };
        bytes.extend_from_slice(format!("{body}{key}").as_bytes());
    }
    fs::create_dir_all(file.parent().expect("a folder")).expect("target/bench/ids");
    fs::write(&file, &bytes).expect("the column");
    bytes
}
