//! DER as the cards and their certificates need it: written by hand, so that it can be written wrongly on purpose.
//!
//! Real cards break X.690 in places, and a test may want any byte elsewhere: an encoder that only writes right values
//! would not do. It reads nothing but the tags and lengths of what a card receives.

/// `tag length content`, with as many tag bytes as the number has.
pub(crate) fn tlv(tag: u32, content: &[u8]) -> Vec<u8> {
    let tag = tag.to_be_bytes();
    let start = tag.iter().position(|byte| *byte != 0).unwrap_or(3);
    let mut out = tag[start..].to_vec();
    match content.len() {
        short @ ..128 => out.push(short as u8),
        short @ 128..256 => out.extend([0x81, short as u8]),
        long => out.extend([0x82, (long >> 8) as u8, long as u8]),
    }
    out.extend_from_slice(content);
    out
}

pub(crate) fn join(parts: &[Vec<u8>]) -> Vec<u8> {
    parts.concat()
}

pub(crate) fn seq(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &join(parts))
}

pub(crate) fn utf8(text: &str) -> Vec<u8> {
    tlv(0x0c, text.as_bytes())
}

pub(crate) fn octets(bytes: &[u8]) -> Vec<u8> {
    tlv(0x04, bytes)
}

/// An INTEGER that is not negative, from its big-endian bytes.
pub(crate) fn unsigned(bytes: &[u8]) -> Vec<u8> {
    let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len().saturating_sub(1));
    let sign: &[u8] = if bytes.get(start).is_none_or(|byte| *byte >= 0x80) { &[0] } else { &[] };
    tlv(0x02, &[sign, &bytes[start..]].concat())
}

/// A BIT STRING: its initial octet, then its bytes, whatever they are.
pub(crate) fn bits(unused: u8, bytes: &[u8]) -> Vec<u8> {
    tlv(0x03, &[&[unused], bytes].concat())
}

pub(crate) fn oid(dotted: &str) -> Vec<u8> {
    let arcs: Vec<u32> = dotted.split('.').filter_map(|arc| arc.parse().ok()).collect();
    let mut content = Vec::new();
    if let [first, second, rest @ ..] = arcs.as_slice() {
        content.push((first * 40 + second) as u8);
        for arc in rest {
            let mut groups = vec![(arc & 0x7f) as u8];
            let mut left = arc >> 7;
            while left > 0 {
                groups.push((left & 0x7f) as u8 | 0x80);
                left >>= 7;
            }
            content.extend(groups.iter().rev());
        }
    }
    tlv(0x06, &content)
}

/// The tag, the content and the rest of a simple TLV (one tag byte, a length below 256).
pub(crate) fn next(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (length, rest) = match rest.split_first()? {
        (0x81, rest) => {
            let (length, rest) = rest.split_first()?;
            (*length, rest)
        }
        (length @ ..=0x7f, rest) => (*length, rest),
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length.into())?;
    Some((*tag, content, rest))
}

/// Every TLV of a template, or nothing when the last one is cut.
pub(crate) fn all(mut bytes: &[u8]) -> Option<Vec<(u8, &[u8])>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let (tag, content, rest) = next(bytes)?;
        found.push((tag, content));
        bytes = rest;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_der() {
        assert_eq!(oid("1.2.250.1.71.1.2.7"), [0x06, 8, 0x2a, 0x81, 0x7a, 1, 71, 1, 2, 7]);
        assert_eq!(unsigned(&[0, 0x80]), [2, 2, 0, 0x80]);
        assert_eq!(unsigned(&[0]), [2, 1, 0]);
        assert_eq!(unsigned(&[]), [2, 1, 0]);
        assert_eq!(tlv(0xbf_81_01, &[7; 200])[..5], [0xbf, 0x81, 0x01, 0x81, 200]);
        assert_eq!(tlv(0x30, &[7; 300])[..4], [0x30, 0x82, 1, 44]);
    }

    #[test]
    fn a_template_that_is_cut_is_none() {
        assert_eq!(all(&[0x84, 1, 0x82, 0x80, 1, 2]).unwrap(), [(0x84, &[0x82][..]), (0x80, &[2][..])]);
        assert!(all(&[0x84, 2, 0x82]).is_none() && all(&[0x84]).is_none() && all(&[0x84, 0x82, 0, 0]).is_none());
    }
}
