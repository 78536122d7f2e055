//! A PC/SC library in the place of the system's, with a reader that has keys: what pcscd has no virtual one of.
//!
//! The library is C (`tests/cards/pcsc.c`) and knows nothing; each call comes here, to the simulator's reader, card and keys,
//! or to what a test says the reader answers. It has the name of the real one, so that whoever loads `libpcsclite.so.1` after
//! it gets this one: this process by [`Desk::here`], another program by `LD_LIBRARY_PATH`.

use sas_psc_sim::card::{Generation, Handle, Pinpad, Profile, Reader, ReaderError, VirtualCard};
use std::collections::{HashMap, VecDeque};
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;

/// The reader's name.
pub const NAME: &str = "Keys of a test 00 00";
/// CM_IOCTL_GET_FEATURE_REQUEST with pcsc-lite.
pub const FEATURES: u32 = 0x4200_0000 + 3400;
/// The control codes of its keys; the last byte is the feature.
pub const VERIFY: u32 = 0x4233_0006;
/// The other one.
pub const CHANGE: u32 = 0x4233_0007;
/// FEATURE_IFD_PIN_PROPERTIES, VERIFY, MODIFY, FEATURE_GET_TLV_PROPERTIES: what a keypad of the market says that it has.
pub const LIST: [u8; 24] = [
    0x0A, 4, 0x42, 0x33, 0, 0x0A, 0x06, 4, 0x42, 0x33, 0, 0x06, 0x07, 4, 0x42, 0x33, 0, 0x07, 0x12, 4, 0x42, 0x33, 0,
    0x12,
];

const NO_SMARTCARD: u32 = 0x8010_000C;
const REMOVED: u32 = 0x8010_0069;
const RESET: u32 = 0x8010_0068;
const UNKNOWN_READER: u32 = 0x8010_0009;
const INVALID_HANDLE: u32 = 0x8010_0003;
const UNSUPPORTED: u32 = 0x8010_001F;

/// What a control gives back instead of being done.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// The result of the call: 0, or an error of PC/SC.
    pub result: u32,
    /// How many bytes are said to be there; 0 is as many as there are.
    pub claimed: u32,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Said {
    /// Good bytes.
    pub fn bytes(bytes: &[u8]) -> Said {
        Said { bytes: bytes.to_vec(), ..Said::default() }
    }

    /// An error of PC/SC.
    pub fn error(result: u32) -> Said {
        Said { result, ..Said::default() }
    }
}

#[derive(Default)]
struct Shared {
    reader: Reader,
    pad: Pinpad,
    handles: Mutex<HashMap<u32, Arc<Mutex<Handle>>>>,
    features: Mutex<Said>,
    says: Mutex<VecDeque<Said>>,
    /// What the next command is answered with instead.
    transmit: Mutex<Option<Said>>,
    /// What the next question for the card's state is answered with instead.
    state: Mutex<Option<Said>>,
    asked: Mutex<Vec<u32>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The library, and the test behind it: one of each in a process.
struct Library {
    shared: Arc<Shared>,
    folder: tempfile::TempDir,
}

fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port of loopback");
        let port = listener.local_addr().expect("bound").port();
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("libpcsclite.so.1");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("cards/pcsc.c");
        let mut cc = Command::new("cc");
        cc.args(["-std=c99", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-Wl,-soname,libpcsclite.so.1"]);
        cc.arg(format!("-DPORT={port}")).arg(source).arg("-o").arg(&file);
        assert!(cc.status().expect("a C compiler").success());
        let shared = Arc::new(Shared::default());
        let answering = shared.clone();
        thread::spawn(move || {
            for line in listener.incoming().map_while(io::Result::ok) {
                let shared = answering.clone();
                thread::spawn(move || drop(serve(&shared, line)));
            }
        });
        Library { shared, folder }
    })
}

/// The reader with keys and a card in it. One at a time: there is one library.
pub struct Desk {
    shared: Arc<Shared>,
    _one: MutexGuard<'static, ()>,
}

impl Desk {
    /// A new card in the reader, whose keys nobody touches, for this process.
    pub fn here(generation: Generation) -> Desk {
        static LOADED: OnceLock<libloading::Library> = OnceLock::new();
        let file = library().folder.path().join("libpcsclite.so.1");
        // SAFETY: the library was made of our source, which has no initialisers. It stays, so that its name is taken for as long
        // as the process runs.
        LOADED.get_or_init(|| unsafe { libloading::Library::new(file) }.expect("it was just made"));
        Desk::new(generation)
    }

    /// The same for other programs.
    pub fn new(generation: Generation) -> Desk {
        static ONE: Mutex<()> = Mutex::new(());
        let one = lock(&ONE);
        let shared = library().shared.clone();
        shared.reader.insert(VirtualCard::new(Profile::of(generation)));
        shared.pad.will([]);
        *lock(&shared.features) = Said::bytes(&LIST);
        (*lock(&shared.transmit), *lock(&shared.state)) = (None, None);
        lock(&shared.says).clear();
        lock(&shared.asked).clear();
        Desk { shared, _one: one }
    }

    /// Where the library lies, for another program's `LD_LIBRARY_PATH`.
    pub fn folder(&self) -> PathBuf {
        library().folder.path().to_owned()
    }

    /// The keys.
    pub fn pad(&self) -> &Pinpad {
        &self.shared.pad
    }

    /// The reader.
    pub fn reader(&self) -> &Reader {
        &self.shared.reader
    }

    /// The card.
    pub fn card<T>(&self, look: impl FnOnce(&mut VirtualCard) -> T) -> T {
        self.shared.reader.card(look).expect("a card is in the reader")
    }

    /// What the question for features is answered from now on.
    pub fn features(&self, said: Said) {
        *lock(&self.shared.features) = said;
    }

    /// What the keys answer next, in this order, instead of asking the person.
    pub fn say(&self, said: impl IntoIterator<Item = Said>) {
        lock(&self.shared.says).extend(said);
    }

    /// What the next question for the card's state is answered with.
    pub fn state(&self, said: Said) {
        *lock(&self.shared.state) = Some(said);
    }

    /// What the next command to the card is answered with, instead of reaching it.
    pub fn answer(&self, said: Said) {
        *lock(&self.shared.transmit) = Some(said);
    }

    /// The control codes that were asked for since, but for the question for features.
    pub fn take_asked(&self) -> Vec<u32> {
        std::mem::take(&mut *lock(&self.shared.asked))
    }
}

fn code(error: ReaderError) -> u32 {
    match error {
        ReaderError::NoCard => NO_SMARTCARD,
        ReaderError::Removed => REMOVED,
        ReaderError::Reset => RESET,
        ReaderError::Unplugged => UNKNOWN_READER,
    }
}

fn said(answer: Result<Vec<u8>, ReaderError>) -> Said {
    answer.map_or_else(|error| Said::error(code(error)), |bytes| Said { bytes, ..Said::default() })
}

fn serve(shared: &Shared, mut line: TcpStream) -> io::Result<()> {
    let mut head = [0; 16];
    line.read_exact(&mut head)?;
    let mut words = head.chunks(4).map(|word| u32::from_ne_bytes(word.try_into().expect("four bytes")));
    let mut word = || words.next().expect("four words");
    let (what, handle, value, length) = (word(), word(), word(), word());
    let mut bytes = vec![0; length as usize];
    line.read_exact(&mut bytes)?;
    let Said { result, claimed, bytes } = shared.call(what as u8 as char, handle, value, &bytes);
    let words = [result, claimed, bytes.len() as u32].map(u32::to_ne_bytes);
    line.write_all(&[words.as_flattened(), &bytes].concat())
}

impl Shared {
    fn call(&self, what: char, handle: u32, value: u32, bytes: &[u8]) -> Said {
        let protocol = || self.reader.card(|card| if card.profile().generation.is_t0() { 1 } else { 2 }).unwrap_or(1);
        match what {
            'E' => Said::default(),
            'L' => Said::bytes(format!("{NAME}\0\0").as_bytes()),
            // Present, or empty.
            'S' => match self.reader.card(|card| card.atr().to_vec()) {
                Some(atr) => Said { claimed: 0x20, bytes: atr, result: 0 },
                None => Said { claimed: 0x10, ..Said::default() },
            },
            'C' if bytes != NAME.as_bytes() => Said::error(UNKNOWN_READER),
            'C' => match self.reader.connect() {
                Ok(opened) => {
                    let mut handles = lock(&self.handles);
                    let number = handles.len() as u32 + 1;
                    handles.insert(number, Arc::new(Mutex::new(opened)));
                    Said { claimed: number, bytes: vec![protocol() as u8], result: 0 }
                }
                Err(error) => Said::error(code(error)),
            },
            _ => match lock(&self.handles).get(&handle).cloned() {
                Some(handle) => self.on(what, &mut lock(&handle), value, bytes, protocol()),
                None => Said::error(INVALID_HANDLE),
            },
        }
    }

    fn on(&self, what: char, handle: &mut Handle, value: u32, bytes: &[u8], protocol: u32) -> Said {
        match what {
            'T' => {
                let scripted = lock(&self.state).take();
                scripted.unwrap_or_else(|| Said { claimed: protocol, ..said(handle.atr()) })
            }
            'R' => Said { claimed: protocol, ..said(handle.reconnect().map(|()| Vec::new())) },
            'B' => said(handle.begin().map(|()| Vec::new())),
            // SCARD_RESET_CARD; a card that is left is not touched.
            'N' | 'D' => {
                handle.end(value == 1);
                Said::default()
            }
            'X' => lock(&self.transmit).take().unwrap_or_else(|| said(handle.transmit(bytes))),
            'K' if value == FEATURES => lock(&self.features).clone(),
            'K' => {
                lock(&self.asked).push(value);
                let scripted = lock(&self.says).pop_front();
                scripted.unwrap_or_else(|| match value {
                    VERIFY | CHANGE => said(self.pad.control(value as u8, bytes, handle)),
                    _ => Said::error(UNSUPPORTED),
                })
            }
            _ => Said::error(UNSUPPORTED),
        }
    }
}
