//! A virtual CPS card: both generations and the contactless interface, for tests and demonstrations.
//!
//! It answers as the dialogues of OpenSC's and of ANS's own programs show; where no public source shows what a real card
//! says, the answer is this project's choice and the client must not lean on it. The keys, the authorities and the
//! people are SYNTHETIC. [`Reader`] is a reader in the same process, [`Vpcd`] the link to one that every program of the
//! machine sees.
//!
//! ```
//! use sas_psc_sim::card::{Fault, Generation, Profile, VirtualCard};
//!
//! let mut card = VirtualCard::new(Profile::of(Generation::Cps3));
//! card.power_on();
//! assert_eq!(card.transmit(&[0x00, 0x20, 0x00, 0x01, 0x00]), [0x63, 0xc3]); // three tries left, none spent
//! card.at(1, Fault::StatusWord(0x6f00));
//! assert_eq!(card.transmit(&[0x00, 0x20, 0x00, 0x01, 0x00]), [0x6f, 0x00]);
//! assert_eq!((card.counts().exchanges, card.counts().received), (2, 10));
//! ```

mod apdu;
mod chipdoc;
mod control;
mod der;
mod exchange;
mod files;
mod holder;
mod ias;
mod key;
mod pin;
mod pinpad;
mod pkcs15;
mod pki;
mod reader;
mod shared;
mod vpcd;

pub use control::Control;
pub use exchange::{Counts, Exchange, Fault};
pub use holder::{Family, Holder};
pub use key::authentication_key;
pub use pinpad::{Pinpad, Press};
pub use pki::{Range, Usage, Validity, authorities, pem, serial_number};
pub use reader::{Handle, Reader, ReaderError};
pub use vpcd::Vpcd;

use exchange::Hooks;
use files::{File, Folder};
use key::Which;
use pin::Secret;
use std::str::FromStr;

/// What a card speaks, and through which interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    /// CPS3 in a contact reader: IAS-ECC, T=0, so `61xx`, `6Cxx` and GET RESPONSE.
    Cps3,
    /// CPS3 on a contactless reader: T=1, the technical key without a code, nothing of the holder.
    Cps3Contactless,
    /// CPS4: ChipDoc on logical channel 1, T=1, raw RSA and PSS.
    Cps4,
}

impl Generation {
    /// All of them.
    pub const ALL: [Generation; 3] = [Generation::Cps3, Generation::Cps3Contactless, Generation::Cps4];

    /// `cps3`, `cps3-contactless`, `cps4`.
    pub fn name(self) -> &'static str {
        match self {
            Generation::Cps3 => "cps3",
            Generation::Cps3Contactless => "cps3-contactless",
            Generation::Cps4 => "cps4",
        }
    }

    /// The answer to reset.
    pub fn atr(self) -> &'static [u8] {
        match self {
            Generation::Cps3 => {
                &[0x3b, 0xac, 0x00, 0x40, 0x2a, 0x00, 0x12, 0x25, 0, 0x64, 0x80, 0, 0x03, 0x10, 0, 0x90, 0]
            }
            Generation::Cps3Contactless => &[
                0x3b, 0x8f, 0x80, 0x01, 0x00, 0x31, 0xb8, 0x64, 0x04, 0xb0, 0xec, 0xc1, 0x73, 0x94, 0x01, 0x80, 0x82,
                0x90, 0x00, 0x0e,
            ],
            Generation::Cps4 => {
                &[0x3b, 0x9b, 0x18, 0x80, 0x01, 0x00, 0x12, 0x25, 0, 0x64, 0x80, 0x04, 0x01, 0, 0, 0x90, 0x44]
            }
        }
    }

    /// Whether the transmission protocol is T=0.
    pub fn is_t0(self) -> bool {
        self == Generation::Cps3
    }
}

impl FromStr for Generation {
    type Err = String;

    fn from_str(text: &str) -> Result<Generation, String> {
        let found = Generation::ALL.into_iter().find(|generation| generation.name() == text);
        found.ok_or_else(|| "cps3, cps3-contactless or cps4".to_owned())
    }
}

/// What a card is made of. Start from [`Profile::of`] and change what the test is about.
#[derive(Debug, Clone)]
pub struct Profile {
    /// What it speaks.
    pub generation: Generation,
    /// The holder's code: 4 to 8 digits.
    pub pin: String,
    /// The code that unblocks it: 8 digits.
    pub puk: String,
    /// Tries left of the holder's code, of 3.
    pub tries: u8,
    /// Tries left of the other, of 10.
    pub puk_tries: u8,
    /// Uses left of the other, of 100.
    pub puk_uses: u16,
    /// The eight digits of EF.SN.
    pub serial: u32,
    /// The ten digits of the card's number, in its label and its certificates.
    pub number: u64,
    /// Who holds it.
    pub holder: Holder,
    /// From when until when its certificates are valid.
    pub validity: Validity,
    /// Where its certificates say that the revocation list is; empty: an address that nobody has.
    pub crl: String,
    /// The two dates of EF.ACTUA, `YYYYMMDDhhmmss`; the file is absent from a card that was never updated.
    pub updated: Option<(String, String)>,
    /// The answer to the failure that blocks: 0x63C0, as ANS's own code expects, or 0x6983.
    pub third_failure: u16,
    /// Other keys, for a second card beside the first.
    pub other_keys: bool,
    /// CPS4: the applet answers 6985 until the card manager and the CPS2ter applet were selected.
    pub channel_busy: bool,
}

impl Profile {
    /// The card of the simulator's physician: PIN `1234`, PUK `12345678`, serial 99000001.
    pub fn of(generation: Generation) -> Profile {
        Profile {
            generation,
            pin: "1234".into(),
            puk: "12345678".into(),
            tries: 3,
            puk_tries: 10,
            puk_uses: 100,
            serial: 99_000_001,
            number: 9_900_000_001,
            holder: Holder::physician(),
            validity: Validity::default(),
            crl: String::new(),
            updated: None,
            third_failure: 0x63c0,
            other_keys: false,
            channel_busy: false,
        }
    }

    /// Another person's card: the nurse's, serial 99000002, other keys.
    pub fn other(generation: Generation) -> Profile {
        Profile {
            serial: 99_000_002,
            number: 9_900_000_002,
            holder: Holder::nurse(),
            other_keys: true,
            ..Profile::of(generation)
        }
    }

    /// The keys for authentication and for signature, and the technical one.
    fn keys(&self) -> (Which, Which, Which) {
        match self.other_keys {
            false => (Which::Authentication, Which::Signature, Which::Technical),
            true => (Which::OtherAuthentication, Which::OtherSignature, Which::Technical),
        }
    }
}

/// The card. It answers any bytes at all, and never panics.
#[derive(Debug)]
pub struct VirtualCard {
    profile: Profile,
    files: Vec<File>,
    pin: Secret,
    puk: Secret,
    puk_uses: u16,
    session: Session,
    hooks: Hooks,
    counts: Counts,
    log: Vec<Exchange>,
    present: bool,
    resets: u64,
}

/// What a reset forgets.
#[derive(Debug)]
struct Session {
    folder: Folder,
    file: Option<usize>,
    environment: shared::Environment,
    /// What GET RESPONSE gives.
    pending: Vec<u8>,
    /// The data of a chained command so far.
    chain: Vec<u8>,
    /// CPS4: whether the applet was selected on channel 1.
    applet: bool,
    /// CPS4: selections that the busy channel still waits for.
    busy: u8,
}

impl Session {
    fn new(profile: &Profile) -> Session {
        Session {
            folder: Folder::Mf,
            file: None,
            environment: shared::Environment::default(),
            pending: Vec::new(),
            chain: Vec::new(),
            applet: false,
            busy: if profile.channel_busy { 2 } else { 0 },
        }
    }
}

impl VirtualCard {
    /// A card, in no reader yet. The same profile gives the same bytes.
    pub fn new(profile: Profile) -> VirtualCard {
        VirtualCard {
            files: files::all(&profile),
            pin: Secret::new(&profile.pin, 3, profile.tries.min(3)),
            puk: Secret::new(&profile.puk, 10, profile.puk_tries.min(10)),
            puk_uses: profile.puk_uses,
            session: Session::new(&profile),
            hooks: Hooks::default(),
            counts: Counts::default(),
            log: Vec::new(),
            present: true,
            resets: 0,
            profile,
        }
    }

    /// What it was made of. Codes that were changed since are not told.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// The answer to reset.
    pub fn atr(&self) -> &'static [u8] {
        self.profile.generation.atr()
    }

    /// Puts it into a reader, or powers it again: what was selected and verified is forgotten.
    pub fn power_on(&mut self) -> &'static [u8] {
        self.present = true;
        self.reset();
        self.atr()
    }

    /// A reset by the reader or by another program.
    pub fn reset(&mut self) {
        self.session = Session::new(&self.profile);
        (self.pin.verified, self.puk.verified) = (false, false);
        self.resets += 1;
    }

    /// Pulls it out: until [`power_on`](VirtualCard::power_on) every answer is empty.
    pub fn remove(&mut self) {
        self.reset();
        self.present = false;
    }

    /// Whether it is in the reader.
    pub fn is_present(&self) -> bool {
        self.present
    }

    /// How often it was reset.
    pub fn resets(&self) -> u64 {
        self.resets
    }

    /// Tries left of the holder's code.
    pub fn tries(&self) -> u8 {
        self.pin.left
    }

    /// Sets the tries left of the holder's code.
    pub fn set_tries(&mut self, left: u8) {
        self.pin.left = left.min(self.pin.most);
    }

    /// Whether the holder's code is verified now.
    pub fn is_verified(&self) -> bool {
        self.pin.verified
    }

    /// The card becomes another one: its eight digits change, and nothing else.
    pub fn set_serial(&mut self, serial: u32) {
        let other = Profile { serial, ..self.profile.clone() };
        let path = [0x3f00, 0xd003];
        let made = files::all(&other).into_iter().find(|file| file.folder == Folder::Mf && file.id == path[1]);
        if let (Some(file), Some(made)) = (self.file_mut(&path), made) {
            *file = made.content;
        }
        self.profile.serial = serial;
    }

    /// What a file holds, to be looked at or damaged: `[0x3f00, 0x0001, 0xa002]` is a certificate.
    pub fn file_mut(&mut self, path: &[u16]) -> Option<&mut Vec<u8>> {
        self.find(path).map(|file| &mut file.content)
    }

    /// The size that the card says a file has, whatever it holds.
    pub fn announce(&mut self, path: &[u16], size: u16) {
        if let Some(file) = self.find(path) {
            file.announced = Some(size);
        }
    }

    fn find(&mut self, path: &[u16]) -> Option<&mut File> {
        let (folder, id) = match path {
            [0x3f00, id] => (Folder::Mf, *id),
            [0x3f00, folder, id] => (Folder::of(*folder)?, *id),
            _ => return None,
        };
        self.files.iter_mut().find(|file| file.folder == folder && file.id == id)
    }

    /// A certificate of the card, DER, as made: damage to its file is not seen here.
    pub fn certificate(&self, usage: Usage) -> Vec<u8> {
        let (folder, id) = match usage {
            Usage::Authentication => (Folder::Contact, 0xa002),
            Usage::Signature => (Folder::Contact, 0xa001),
            Usage::Technical => (Folder::Contactless, 0xa001),
        };
        let made = files::all(&self.profile).into_iter().find(|file| file.folder == folder && file.id == id);
        made.map(|file| file.content).unwrap_or_default()
    }
}
