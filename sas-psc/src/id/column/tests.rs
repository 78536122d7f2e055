//! A column and the check of one value say the same, in every layout.

use super::*;
use proptest::prelude::*;

/// What a test column is made of.
fn values() -> impl Strategy<Value = Vec<Option<String>>> {
    let value = prop_oneof![
        4 => (0u64..10_000_000_000).prop_map(|n| { // a right RPPS, or one with its key off
            let body = format!("{n:010}");
            let key = (0..10).find(|key| super::super::luhn::is_valid(format!("{body}{key}").as_bytes())).unwrap();
            format!("{body}{}", (key + u64::from(n % 10 == 0)) % 10)
        }),
        1 => "[0-9]{9,15}",
        1 => "[ \u{a0}]?[0-9A-Zab/é]{0,14}\r?",
        1 => Just("00000000000".to_owned()),
        1 => "[0-9]{60,70}",
    ];
    let mixed = prop::collection::vec(prop::option::weighted(0.9, value), 0..200);
    // Whole blocks of eleven digits, and one stranger in some.
    let digits =
        prop_oneof![9 => "(99[79])?[1-9][0-9]{10}", 1 => "[0-9]{11}"].prop_map(|text| Some(text[..11].to_owned()));
    let odd = prop_oneof![Just(None), Just(Some("00000000000".to_owned())), "[0-9a]{10,12}".prop_map(Some)];
    let uniform = (prop::collection::vec(digits, 0..300), odd, 0..600usize).prop_map(|(mut values, odd, at)| {
        values.get_mut(at).into_iter().for_each(|value| value.clone_from(&odd));
        values
    });
    prop_oneof![mixed, uniform]
}

fn bit(bits: &[u8], at: usize) -> bool {
    (bits[at / 8] >> (at % 8)) & 1 == 1
}

/// The bitmap of the rows that hold a value, after `offset` bits of noise.
fn bitmap(values: &[Option<String>], offset: usize) -> Vec<u8> {
    let mut bits = vec![0b1010_1010; (values.len() + offset) / 8 + 1];
    for (at, value) in values.iter().enumerate() {
        let place = at + offset;
        bits[place / 8] = (bits[place / 8] & !(1 << (place % 8))) | (u8::from(value.is_some()) << (place % 8));
    }
    bits
}

fn compare(kind: Kind, values: &[Option<String>], found: &Found, refuse: bool) {
    assert_eq!(found.rows, values.len());
    assert_eq!(found.reason.len(), values.len());
    assert_eq!(found.absent, values.iter().filter(|value| value.is_none()).count());
    let mut repairs = found.repairs.iter();
    let mut accepted = 0;
    for (row, value) in values.iter().enumerate() {
        assert_eq!(found.present.as_ref().is_none_or(|bits| bit(bits, row)), value.is_some(), "{row}");
        let Some(value) = value else {
            assert!(!bit(&found.valid, row));
            continue;
        };
        let one = judge(kind, value, refuse);
        accepted += usize::from(one.is_valid());
        assert_eq!(bit(&found.valid, row), one.is_valid(), "{value:?}");
        assert_eq!(bit(&found.test_number, row), one.test_number, "{value:?}");
        if let Some(reason) = one.reason {
            assert_eq!(Reason::ALL[found.reason[row] as usize], reason, "{value:?}");
        }
        if let Some(kinds) = &found.kind {
            assert_eq!(Kind::ALL[kinds[row] as usize], one.kind, "{value:?}");
        }
        if let Some(normal) = one.normalized(value).filter(|normal| normal != value) {
            assert_eq!(repairs.next(), Some((row, &*normal)));
        }
    }
    assert_eq!(repairs.next(), None);
    assert_eq!(found.accepted, accepted);
}

proptest! {
    #[test]
    fn every_layout_gives_the_answers_of_single_checks(values in values(), refuse in any::<bool>(), offset in 0..20usize, kind in 0..Kind::ALL.len()) {
        // RPPS numbers have a way of their own: every other time.
        let kind = if offset % 2 == 0 { Kind::Rpps } else { Kind::ALL[kind] };
        let bits = bitmap(&values, offset);
        let presence = Some(Presence { bits: &bits, offset });

        let mut bytes = b"noise".to_vec();
        let (mut offsets, mut large) = (vec![5i32], vec![5i64]);
        let mut views = Vec::new();
        for value in &values {
            let text = value.as_deref().unwrap_or("").as_bytes();
            let mut view = [0; 16];
            view[..4].copy_from_slice(&(text.len() as u32).to_le_bytes());
            if text.len() <= 12 {
                view[4..4 + text.len()].copy_from_slice(text);
            } else {
                view[4..8].copy_from_slice(&text[..4]);
                view[8..12].copy_from_slice(&1u32.to_le_bytes());
                view[12..].copy_from_slice(&(bytes.len() as u32).to_le_bytes());
            }
            views.push(view);
            bytes.extend_from_slice(text);
            offsets.push(bytes.len() as i32);
            large.push(bytes.len() as i64);
        }
        let columns = [
            Column::Text { offsets: &offsets, bytes: &bytes },
            Column::LargeText { offsets: &large, bytes: &bytes },
            Column::View { views: &views, buffers: &[&[], &bytes] },
        ];
        for column in &columns {
            compare(kind, &values, &column.check(kind, presence, refuse), refuse);
        }
        let whole: Vec<Option<String>> = values.iter().map(|value| Some(value.clone().unwrap_or_default())).collect();
        let found = columns[0].check(kind, None, refuse);
        assert!(found.present.is_none());
        compare(kind, &whole, &found, refuse);

        // As a dictionary, each value twice, some rows without a key.
        let keys: Vec<Option<usize>> = (0..values.len()).map(|row| (row % 7 != 0).then_some(values.len() - 1 - row)).collect();
        let spread: Vec<Option<String>> = keys.iter().map(|key| values[(*key)?].clone()).collect();
        let mut through = columns[0].check(kind, presence, refuse).of_keys(keys.into_iter());
        assert!(through.repairs.is_empty(), "the dictionary is what is repaired");
        for (row, value) in spread.iter().enumerate() {
            let Some(value) = value else { continue };
            let normal = judge(kind, value, refuse).normalized(value).filter(|normal| normal != value).map(String::from);
            normal.into_iter().for_each(|normal| through.repairs.push(row, &normal));
        }
        compare(kind, &spread, &through, refuse);
    }

    #[test]
    fn integers_are_read_as_their_digits(numbers in prop::collection::vec(prop_oneof![any::<i64>(), -10..100_000_000_000i64, 9_970_000_000..9_971_000_000i64], 0..200), kind in 0..Kind::ALL.len()) {
        let kind = if numbers.len() % 2 == 0 { Kind::Rpps } else { Kind::ALL[kind] };
        let texts: Vec<Option<String>> = numbers.iter().map(|number| Some(match *number {
            1.. => format!("{number:0width$}", width = width(kind)),
            _ => number.to_string(),
        })).collect();
        compare(kind, &texts, &Column::Integer(&numbers).check(kind, None, false), false);
    }

    #[test]
    fn buffers_that_contradict_themselves_give_refused_rows(offsets in prop::collection::vec(any::<i32>(), 0..50), views in prop::collection::vec(any::<[u8; 16]>(), 0..50), bytes in prop::collection::vec(any::<u8>(), 0..50)) {
        let presence = Some(Presence { bits: &bytes, offset: 3 });
        for kind in Kind::ALL {
            let found = Column::Text { offsets: &offsets, bytes: &bytes }.check(*kind, presence, false);
            prop_assert_eq!(found.rows, offsets.len().saturating_sub(1));
            let found = Column::View { views: &views, buffers: &[&bytes] }.check(*kind, None, false);
            prop_assert_eq!(found.reason.len(), views.len());
        }
    }
}

#[test]
fn the_leading_zeros_of_a_finess_come_back() {
    let found = Column::Integer(&[10_000_024, 540_002_698]).check(Kind::Finess, None, false);
    assert_eq!(found.accepted, 2);
    assert_eq!(
        Column::Integer(&[9_970_021_889]).check(Kind::Rpps, None, false).reason,
        [index_of_reason(Reason::Length)]
    );
}

#[test]
fn indexes_are_those_of_the_lists() {
    for (at, reason) in Reason::ALL.iter().enumerate() {
        assert_eq!(index_of_reason(*reason) as usize, at);
    }
    for (at, kind) in Kind::ALL.iter().enumerate() {
        assert_eq!(index_of_kind(*kind) as usize, at);
    }
}
