//! The link to vpcd, vsmartcard's virtual reader: with it pcscd, and every program on it, sees the card.
//!
//! pcscd's driver listens, the card connects. A frame is a length of two bytes and that many bytes: one byte says power
//! off, on, reset or "your ATR", more are a command. A closed connection is a card that was pulled. vpcd 3.3 sends length
//! and payload in two packets, so acknowledgements are not delayed here (44 ms a command otherwise).

use super::{Reader, VirtualCard};
use crate::lock;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A reader whose card is shown to vpcd. Clones are the same link.
#[derive(Clone)]
pub struct Vpcd {
    reader: Reader,
    address: String,
    line: Arc<Mutex<Line>>,
}

#[derive(Default)]
struct Line {
    stream: Option<TcpStream>,
    stopped: bool,
}

impl Vpcd {
    /// A link, not connected yet, to `address` (`127.0.0.1:35963` is vpcd's own).
    pub fn new(reader: Reader, address: &str) -> Vpcd {
        Vpcd { reader, address: address.to_owned(), line: Arc::default() }
    }

    /// The reader behind it.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Connects, and answers until [`stop`](Vpcd::stop) or until vpcd is gone for two seconds. While the reader is empty
    /// there is no connection. `connected` is called at each one.
    ///
    /// # Errors
    ///
    /// What the network said when vpcd could not be reached within two seconds at first.
    pub fn run(&self, connected: impl Fn()) -> io::Result<()> {
        let mut reached = false;
        while !lock(&self.line).stopped {
            if !self.reader.has_card() {
                thread::sleep(Duration::from_millis(5));
                continue;
            }
            let mut stream = match self.connect() {
                Err(_) if reached => return Ok(()), // pcscd went: there is nobody to answer any more
                stream => stream?,
            };
            reached = true;
            connected();
            let _ = self.answer(&mut stream);
            // Whoever hangs up here takes the stream away. Still there, the other side closed: vpcd does so too when a
            // card comes before it saw the one before go.
            if lock(&self.line).stream.take().is_some() {
                thread::sleep(Duration::from_millis(50));
            }
        }
        Ok(())
    }

    fn connect(&self) -> io::Result<TcpStream> {
        let mut tries = 0;
        loop {
            match TcpStream::connect(&self.address) {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    let mut line = lock(&self.line);
                    // Pulled or stopped meanwhile: who did it found no connection to hang up.
                    if line.stopped || !self.reader.has_card() {
                        let _ = stream.shutdown(Shutdown::Both);
                    } else {
                        line.stream = Some(stream.try_clone()?);
                    }
                    return Ok(stream);
                }
                Err(error) if tries == 40 => return Err(error),
                Err(_) => thread::sleep(Duration::from_millis(50)),
            }
            tries += 1;
        }
    }

    fn answer(&self, stream: &mut TcpStream) -> io::Result<()> {
        loop {
            let mut length = [0; 2];
            if !read(stream, &mut length)? {
                return Ok(());
            }
            let mut frame = vec![0; usize::from(u16::from_be_bytes(length))];
            if !read(stream, &mut frame)? {
                return Ok(());
            }
            let answer = self.reader.card(|card| obey(card, &frame)).unwrap_or(Answer::Gone);
            match answer {
                Answer::Nothing => {}
                Answer::Bytes(bytes) => {
                    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
                    let framed = [&length.to_be_bytes(), &bytes[..length.into()]].concat();
                    stream.write_all(&framed)?;
                }
                Answer::Gone => {
                    let _ = stream.shutdown(Shutdown::Both);
                    return Err(io::ErrorKind::ConnectionAborted.into());
                }
            }
        }
    }

    fn hang_up(&self) {
        if let Some(stream) = lock(&self.line).stream.take() {
            // Already closed by the other side: as wanted.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Pulls the card: what it was, to be put in again.
    pub fn remove(&self) -> Option<VirtualCard> {
        let card = self.reader.remove();
        self.hang_up();
        card
    }

    /// Puts a card in.
    pub fn insert(&self, card: VirtualCard) {
        // Empty first: no connection lives through a change of cards.
        self.remove();
        self.reader.insert(card);
    }

    /// Ends [`run`](Vpcd::run).
    pub fn stop(&self) {
        lock(&self.line).stopped = true;
        self.hang_up();
    }
}

enum Answer {
    Nothing,
    Bytes(Vec<u8>),
    Gone,
}

fn obey(card: &mut VirtualCard, frame: &[u8]) -> Answer {
    if !card.is_present() {
        return Answer::Gone;
    }
    match frame {
        [] => Answer::Nothing,
        [1] => {
            card.power_on();
            Answer::Nothing
        }
        [0 | 2] => {
            card.reset();
            Answer::Nothing
        }
        [4] => Answer::Bytes(card.atr().to_vec()),
        command => {
            let answer = card.transmit(command);
            if card.is_present() { Answer::Bytes(answer) } else { Answer::Gone }
        }
    }
}

/// Fills the buffer; whether it could, the other side having closed between two frames or in one.
fn read(stream: &mut TcpStream, mut buffer: &mut [u8]) -> io::Result<bool> {
    while !buffer.is_empty() {
        match stream.read(buffer) {
            Ok(0) => return Ok(false),
            Ok(count) => buffer = &mut buffer[count..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        acknowledge(stream);
    }
    Ok(true)
}

/// Acknowledges now; the kernel forgets the wish after each packet.
#[cfg(target_os = "linux")]
fn acknowledge(stream: &TcpStream) {
    use std::os::linux::net::TcpStreamExt;
    let _ = stream.set_quickack(true);
}

#[cfg(not(target_os = "linux"))]
fn acknowledge(_: &TcpStream) {}
