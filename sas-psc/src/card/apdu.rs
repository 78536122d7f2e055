//! Commands to a card and its answers, ISO/IEC 7816-4 clause 5, in short form: no CPS takes extended lengths.
//!
//! Both are secret from birth, because some carry a PIN and most carry the holder's data: `Debug` shows the header, the
//! lengths and the status word, and the bytes are wiped when dropped. Which command means what is not known here.

use super::StatusWord;
use crate::error::{Code, Error, Result};
use std::fmt;
use zeroize::Zeroizing;

/// The longest data field of one command.
const MAX_DATA: usize = 255;
/// The longest data field of one answer.
const MAX_ANSWER: usize = 256;

/// How the bytes travel, ISO/IEC 7816-3: what follows an instruction that has data and wants data depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// T=0: the card says how much there is (`61xx`), and is asked for it.
    T0,
    /// T=1, and contactless: the answer comes at once.
    T1,
}

impl Protocol {
    /// As a face says it: T=1, or T=0.
    pub const fn of_t1(t1: bool) -> Protocol {
        if t1 { Protocol::T1 } else { Protocol::T0 }
    }
}

/// A command. Data longer than 255 bytes goes in several that are chained.
#[derive(Clone)]
pub struct Command {
    header: [u8; 4],
    data: Zeroizing<Vec<u8>>,
    expected: Option<u16>,
}

impl Command {
    /// A command of class, instruction and two parameters, without data.
    ///
    /// ```
    /// use sas_psc::card::{Command, Protocol};
    ///
    /// let status_of_pin = Command::new(0x00, 0x20, 0x00, 0x01);
    /// assert_eq!(status_of_pin.to_apdus(Protocol::T0)[0].expose(), [0x00, 0x20, 0x00, 0x01]);
    /// ```
    pub fn new(class: u8, instruction: u8, p1: u8, p2: u8) -> Command {
        Command { header: [class, instruction, p1, p2], data: Zeroizing::new(Vec::new()), expected: None }
    }

    /// The same with data.
    pub fn with_data(self, data: &[u8]) -> Command {
        Command { data: Zeroizing::new(data.to_vec()), ..self }
    }

    /// The same, asking for at most `length` bytes: 1 to 256.
    pub fn expecting(mut self, length: u16) -> Command {
        self.expected = Some(if length == 0 || length > 256 { 256 } else { length });
        self
    }

    /// What is sent, in this order, each after the card agreed to the one before.
    pub fn to_apdus(&self, protocol: Protocol) -> Vec<Apdu> {
        let mut blocks: Vec<&[u8]> = self.data.chunks(MAX_DATA).collect();
        let last = blocks.pop().unwrap_or_default();
        let mut apdus: Vec<Apdu> = blocks.into_iter().map(|block| self.apdu(0x10, block, None)).collect();
        // With T=0 a command that has data says nothing of what it expects (ISO/IEC 7816-3, 12.2.5).
        let expected = if last.is_empty() || protocol == Protocol::T1 { self.expected } else { None };
        apdus.push(self.apdu(0, last, expected));
        apdus
    }

    /// The class of a command on the same logical channel, without chaining.
    pub(super) fn channel(&self) -> u8 {
        self.header[0] & 0x03
    }

    fn apdu(&self, chained: u8, data: &[u8], expected: Option<u16>) -> Apdu {
        // The whole length at once: growing would leave copies of a PIN behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(6 + data.len()));
        bytes.extend_from_slice(&self.header);
        bytes[0] |= chained;
        if !data.is_empty() {
            bytes.push(data.len() as u8); // at most 255: a block
            bytes.extend_from_slice(data);
        }
        bytes.extend(expected.map(|length| length as u8)); // 256 is written 00
        Apdu(bytes)
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, "Command", &self.header, self.data.len())
    }
}

/// The bytes of one command, as a reader takes them.
#[derive(Clone)]
pub struct Apdu(Zeroizing<Vec<u8>>);

impl Apdu {
    /// The bytes. They may hold a PIN: give them to the card and to nobody else.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The instruction byte.
    pub fn instruction(&self) -> u8 {
        self.0[1]
    }

    /// The data field carries a PIN or a PUK: VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER.
    pub fn carries_pin(&self) -> bool {
        self.concerns_pin() && self.0.len() > 5
    }

    /// The instruction is one that may carry a PIN or a PUK.
    pub(super) fn concerns_pin(&self) -> bool {
        matches!(self.instruction(), 0x20 | 0x24 | 0x2C)
    }

    /// The bytes in hexadecimal for a trace of ours, the data field of a command that carries a PIN as `**`.
    ///
    /// ```
    /// use sas_psc::card::{Command, Protocol};
    ///
    /// let verify = Command::new(0x00, 0x20, 0x00, 0x01).with_data(b"1234");
    /// assert_eq!(verify.to_apdus(Protocol::T0)[0].masked(), "00 20 00 01 04 ** ** ** **");
    /// ```
    pub fn masked(&self) -> String {
        let masked = self.carries_pin();
        let byte = |(at, byte): (usize, &u8)| if masked && at > 4 { "**".to_owned() } else { format!("{byte:02x}") };
        self.0.iter().enumerate().map(byte).collect::<Vec<_>>().join(" ")
    }

    /// The same command asking for another length: what `6Cxx` requests.
    pub fn expecting(&self, length: u8) -> Apdu {
        let mut bytes = Zeroizing::new(Vec::with_capacity(self.0.len() + 1));
        bytes.extend_from_slice(&self.0);
        let whole = match self.0.get(4) {
            Some(data) if self.0.len() > 5 => 5 + usize::from(*data),
            _ => 4,
        };
        bytes.truncate(whole);
        bytes.push(length);
        Apdu(bytes)
    }
}

impl fmt::Debug for Apdu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, "Apdu", &self.0[..4], self.0.len().saturating_sub(5))
    }
}

fn show(f: &mut fmt::Formatter<'_>, name: &str, header: &[u8], data: usize) -> fmt::Result {
    write!(f, "{name}(")?;
    header.iter().try_for_each(|byte| write!(f, "{byte:02x} "))?;
    write!(f, "+ {data} bytes)")
}

/// What a card answered.
#[derive(Clone)]
pub struct Response {
    data: Zeroizing<Vec<u8>>,
    status: StatusWord,
}

impl Response {
    /// Reads data and status word.
    ///
    /// # Errors
    /// `card-answer`: no status word, or more than 256 bytes before it.
    pub fn parse(bytes: &[u8]) -> Result<Response> {
        match bytes.split_last_chunk::<2>() {
            Some((data, status)) if data.len() <= MAX_ANSWER => Ok(Response {
                data: Zeroizing::new(data.to_vec()),
                status: StatusWord::new(u16::from_be_bytes(*status)),
            }),
            _ => Err(Error::new(Code::CARD_ANSWER)),
        }
    }

    pub(super) fn joined(data: Zeroizing<Vec<u8>>, status: StatusWord) -> Response {
        Response { data, status }
    }

    /// The bytes before the status word.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// The status word.
    pub fn status(&self) -> StatusWord {
        self.status
    }

    /// The response itself when the card did what it was told.
    ///
    /// # Errors
    /// Those of [`StatusWord::error`].
    pub fn done(self) -> Result<Response> {
        match self.status.error() {
            None => Ok(self),
            Some(error) => Err(error),
        }
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response({} bytes, {})", self.data.len(), self.status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(command: &Command, protocol: Protocol) -> Vec<Vec<u8>> {
        command.to_apdus(protocol).iter().map(|apdu| apdu.expose().to_vec()).collect()
    }

    #[test]
    fn a_command_with_data_that_wants_data_says_how_much_on_t1_alone() {
        let select = Command::new(0, 0xA4, 9, 4).with_data(&[0x3F, 0x00]).expecting(256);
        assert_eq!(bytes(&select, Protocol::T0), [[0, 0xA4, 9, 4, 2, 0x3F, 0].to_vec()]);
        assert_eq!(bytes(&select, Protocol::T1), [[0, 0xA4, 9, 4, 2, 0x3F, 0, 0].to_vec()]);
        let read = Command::new(0, 0xB0, 0, 0).expecting(12);
        assert_eq!(bytes(&read, Protocol::T0), [[0, 0xB0, 0, 0, 12].to_vec()]);
    }

    #[test]
    fn data_of_256_bytes_goes_in_two_chained_commands() {
        let decipher = Command::new(1, 0x2A, 0x80, 0x86).with_data(&[7; 256]).expecting(256);
        let [first, last] = &bytes(&decipher, Protocol::T1)[..] else { panic!("two commands") };
        assert_eq!(first[..5], [0x11, 0x2A, 0x80, 0x86, 255]);
        assert_eq!(first.len(), 260, "nothing is expected of the first");
        assert_eq!(last[..], [1, 0x2A, 0x80, 0x86, 1, 7, 0]);
    }

    #[test]
    fn the_length_a_card_asks_for_replaces_the_one_that_was_sent() {
        let read = &Command::new(0, 0xB0, 0x9C, 0).expecting(192).to_apdus(Protocol::T0)[0];
        assert_eq!(read.expecting(12).expose(), [0, 0xB0, 0x9C, 0, 12]);
        let select = Command::new(0, 0xA4, 9, 4).with_data(&[0x3F, 0x00]).expecting(256);
        assert_eq!(select.to_apdus(Protocol::T1)[0].expecting(5).expose(), [0, 0xA4, 9, 4, 2, 0x3F, 0, 5]);
        assert_eq!(Command::new(0, 0x20, 0, 1).to_apdus(Protocol::T0)[0].expecting(4).expose(), [0, 0x20, 0, 1, 4]);
    }

    #[test]
    fn no_pin_is_shown() {
        for instruction in [0x20, 0x24, 0x2C] {
            let command = Command::new(0, instruction, 0, 1).with_data(b"7531");
            let apdu = &command.to_apdus(Protocol::T0)[0];
            assert!(apdu.carries_pin());
            for text in [apdu.masked(), format!("{apdu:?} {command:?}")] {
                assert!(!text.contains("37") && !text.contains("7531") && !text.contains("55, 53"), "{text}");
            }
        }
        let status = &Command::new(0, 0x20, 0, 1).to_apdus(Protocol::T0)[0];
        assert!(!status.carries_pin());
        assert_eq!(status.masked(), "00 20 00 01");
        assert_eq!(format!("{:?}", Response::parse(&[1, 2, 0x90, 0]).unwrap()), "Response(2 bytes, 9000)");
    }

    #[test]
    fn an_answer_without_a_status_word_or_too_long_is_refused() {
        for bytes in [&[][..], &[0x90], &[0; 259]] {
            assert_eq!(Response::parse(bytes).unwrap_err().code(), Code::CARD_ANSWER);
        }
        assert_eq!(Response::parse(&[0; 258]).unwrap().data().len(), 256);
    }
}
