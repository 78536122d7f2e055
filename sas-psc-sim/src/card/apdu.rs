//! A command as it reaches a card: short APDUs only (ISO 7816-4 §5.1), and the state words that the cards answer.
//!
//! Extended lengths are refused, as EF.ATR says. What the commands mean is `ias` and `chipdoc`.

/// A status word.
pub(crate) type Sw = u16;

pub(crate) const OK: Sw = 0x9000;
pub(crate) const WRONG_LENGTH: Sw = 0x6700;
pub(crate) const NO_CHANNEL: Sw = 0x6881;
pub(crate) const NO_SECURE_MESSAGING: Sw = 0x6882;
pub(crate) const NO_CHAINING: Sw = 0x6884;
pub(crate) const NOT_ALLOWED: Sw = 0x6982;
pub(crate) const BLOCKED: Sw = 0x6983;
pub(crate) const CONDITIONS: Sw = 0x6985;
pub(crate) const NO_FILE_SELECTED: Sw = 0x6986;
pub(crate) const WRONG_DATA: Sw = 0x6a80;
pub(crate) const FILE_NOT_FOUND: Sw = 0x6a82;
pub(crate) const WRONG_PARAMETERS: Sw = 0x6a86;
pub(crate) const REFERENCE_NOT_FOUND: Sw = 0x6a88;
pub(crate) const BEYOND_END: Sw = 0x6b00;
pub(crate) const UNKNOWN_INSTRUCTION: Sw = 0x6d00;
pub(crate) const UNKNOWN_CLASS: Sw = 0x6e00;

/// A command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Command<'a> {
    pub cla: u8,
    pub ins: u8,
    pub p1: u8,
    pub p2: u8,
    pub data: &'a [u8],
    /// How many bytes may come back: 1 to 256.
    pub le: Option<usize>,
}

impl<'a> Command<'a> {
    pub fn parse(bytes: &'a [u8]) -> Result<Command<'a>, Sw> {
        let le = |byte: u8| Some(if byte == 0 { 256 } else { usize::from(byte) });
        let (data, le): (&[u8], _) = match bytes {
            [_, _, _, _] => (&[], None),
            [_, _, _, _, last] => (&[], le(*last)),
            [_, _, _, _, lc, rest @ ..] if *lc != 0 && rest.len() == usize::from(*lc) => (rest, None),
            [_, _, _, _, lc, rest @ .., last] if *lc != 0 && rest.len() == usize::from(*lc) => (rest, le(*last)),
            _ => return Err(WRONG_LENGTH),
        };
        match bytes {
            [cla, ins, p1, p2, ..] => Ok(Command { cla: *cla, ins: *ins, p1: *p1, p2: *p2, data, le }),
            _ => Err(WRONG_LENGTH),
        }
    }

    pub fn p1p2(&self) -> u16 {
        u16::from_be_bytes([self.p1, self.p2])
    }
}

/// What a command gives, before the transmission protocol cuts it into answers.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// A status word alone.
    Word(Sw),
    /// Bytes of a file, which a T=0 card gives at once.
    Read(Vec<u8>),
    /// A result, which a T=0 card keeps for GET RESPONSE.
    Result(Vec<u8>),
}

impl From<Sw> for Reply {
    fn from(word: Sw) -> Reply {
        Reply::Word(word)
    }
}

impl From<Result<Reply, Sw>> for Reply {
    fn from(result: Result<Reply, Sw>) -> Reply {
        result.unwrap_or_else(Reply::Word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_cases_and_nothing_else() {
        let read = |bytes| Command::parse(bytes).map(|c| (c.data.to_vec(), c.le));
        assert_eq!(read(&[0, 0x20, 0, 1]), Ok((vec![], None)));
        assert_eq!(read(&[0, 0xb0, 0, 0, 0]), Ok((vec![], Some(256))));
        assert_eq!(read(&[0, 0xa4, 0, 0, 2, 0x3f, 0]), Ok((vec![0x3f, 0], None)));
        assert_eq!(read(&[0, 0xa4, 0, 0, 2, 0x3f, 0, 7]), Ok((vec![0x3f, 0], Some(7))));
        for wrong in [&[][..], &[0], &[0; 3], &[0, 0, 0, 0, 2, 1], &[0, 0, 0, 0, 1, 1, 1, 1], &[0, 0, 0, 0, 0, 1, 1]] {
            assert_eq!(Command::parse(wrong), Err(WRONG_LENGTH), "{wrong:?}");
        }
    }
}
