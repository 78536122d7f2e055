//! What a card tells of a file when it is selected: file control parameters, ISO/IEC 7816-4 clause 7.4.3.
//!
//! Only the size is used: a CPS3 wraps them in `62`, other cards in `6F`, the master file says nothing at all. Access
//! rules are not read: the card itself enforces them.

use super::{Tlv, Tlvs};

/// What a selected file said of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FileControl {
    /// How many bytes it has; a transparent file says it.
    pub size: Option<u16>,
    /// Its identifier.
    pub file: Option<u16>,
}

impl FileControl {
    /// Reads them; what is absent or makes no sense is absent.
    ///
    /// ```
    /// use sas_psc::card::FileControl;
    ///
    /// let fcp = [0x62, 0x0B, 0x80, 0x02, 0x05, 0x86, 0x82, 0x01, 0x01, 0x83, 0x02, 0xA0, 0x02];
    /// assert_eq!(FileControl::read(&fcp), FileControl { size: Some(0x586), file: Some(0xA002) });
    /// ```
    pub fn read(bytes: &[u8]) -> FileControl {
        let inner = Tlvs::new(bytes).find(|object| matches!(object.tag, 0x62 | 0x6F)).map(|object| object.inner());
        let Some(inner) = inner else { return FileControl::default() };
        // 80: the bytes of the file; 81: those with what the card adds.
        let size = inner.tagged(0x80).or_else(|| inner.tagged(0x81));
        FileControl { size: size.and_then(number), file: inner.tagged(0x83).and_then(number) }
    }
}

fn number(object: Tlv<'_>) -> Option<u16> {
    match object.value {
        [low] => Some(u16::from(*low)),
        [high, low] => Some(u16::from_be_bytes([*high, *low])),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_absent_or_makes_no_sense_is_absent() {
        assert_eq!(FileControl::read(&[]), FileControl::default());
        assert_eq!(FileControl::read(&[0x62, 0x04, 0x80, 0x03, 1, 2]), FileControl::default());
        assert_eq!(FileControl::read(&[0x62, 0x05, 0x80, 0x03, 1, 2, 3]), FileControl::default());
        let chipdoc = [0x6F, 0x07, 0x81, 0x02, 0x01, 0x00, 0x83, 0x01, 0x07];
        assert_eq!(FileControl::read(&chipdoc), FileControl { size: Some(256), file: Some(7) });
    }
}
