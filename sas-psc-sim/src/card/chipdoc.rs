//! CPS4: the ChipDoc dialect on logical channel 1.
//!
//! Commands are those of ANS's own module (facts on the CPS card §9). What the card says beyond the data is this
//! project's choice: no public source shows a real one's answers.

use super::apdu::{
    BLOCKED, CONDITIONS, Command, FILE_NOT_FOUND, NO_CHAINING, NO_CHANNEL, NOT_ALLOWED, OK, REFERENCE_NOT_FOUND, Reply,
    Sw, UNKNOWN_CLASS, UNKNOWN_INSTRUCTION, WRONG_DATA, WRONG_LENGTH, WRONG_PARAMETERS,
};
use super::der::{all, tlv};
use super::files::Folder;
use super::key::{Hash, Key, SIZE, Which};
use super::{VirtualCard, pkcs15};

/// SESAM-Vitale's applet, to which channel 0 belongs.
const CPS2TER: [u8; 8] = [0x80, 0x25, 0, 0, 1, 0xff, 0, 2];
const CARD_MANAGER: [u8; 7] = [0xa0, 0, 0, 1, 0x51, 0, 0];

const AUTHENTICATION: u8 = 0x20;
const SIGNATURE: u8 = 0x21;

impl VirtualCard {
    pub(super) fn chipdoc(&mut self, command: &Command) -> Reply {
        match command.cla {
            0x01 => {}
            0x11 if (command.ins, command.p1p2()) == (0x2a, 0x8086) => return self.link(command.data).into(),
            0x11 => return NO_CHAINING.into(),
            0x00 if (command.ins, command.p1, command.data) == (0xa4, 4, &CPS2TER[..]) => {
                self.session.busy = self.session.busy.saturating_sub(u8::from(self.session.busy == 1));
                return OK.into();
            }
            0x02 | 0x03 => return NO_CHANNEL.into(),
            _ => return UNKNOWN_CLASS.into(),
        }
        let chain = std::mem::take(&mut self.session.chain);
        if command.ins != 0xa4 && !self.session.applet {
            return CONDITIONS.into();
        }
        match command.ins {
            0xa4 => self.chipdoc_select(command),
            0xb0 => self.read(command),
            0x20 => self.verify(command),
            0x24 => self.chipdoc_change(command),
            0x2c => self.chipdoc_unblock(command),
            0x84 => self.challenge(command),
            0x22 => self.chipdoc_environment(command),
            0x2a => match command.p1p2() {
                0x8086 => self.chipdoc_raw(&[&chain, command.data].concat()),
                0x9e9a => self.chipdoc_sign(command),
                _ => Err(WRONG_PARAMETERS),
            },
            _ => Err(UNKNOWN_INSTRUCTION),
        }
        .into()
    }

    fn chipdoc_select(&mut self, command: &Command) -> Result<Reply, Sw> {
        let template = match command.p2 {
            0x00 => Some(0x6f),
            0x04 => Some(0x62),
            0x0c => None,
            _ => return Err(WRONG_PARAMETERS),
        };
        match (command.p1, command.data) {
            (0x04, name) if name == CARD_MANAGER => {
                self.session.busy = self.session.busy.min(1);
                self.session.applet = false;
                return Ok(OK.into());
            }
            (0x04, name) if name == pkcs15::APPLET => {
                if self.session.busy > 0 {
                    return Err(CONDITIONS);
                }
                (self.pin.verified, self.puk.verified) = (false, false);
                self.session.applet = true;
                self.enter(Folder::Mf, None);
            }
            _ if !self.session.applet => return Err(CONDITIONS),
            (0x04, name) if name == pkcs15::aid(0x10) => self.enter(Folder::Contact, None),
            (0x04, _) => return Err(FILE_NOT_FOUND),
            // By path from the MF, which the path does not name. The source of 2024 says 09, the module shipped sends 08.
            (0x08 | 0x09, path) => self.walk(Folder::Mf, path)?,
            (0x02, [_, _]) => self.walk(self.session.folder, command.data)?,
            (0x02, _) => return Err(WRONG_LENGTH),
            _ => return Err(WRONG_PARAMETERS),
        }
        let description = self.description();
        Ok(match template {
            Some(tag) if !description.is_empty() => Reply::Result(tlv(tag, &description)),
            _ => OK.into(),
        })
    }

    /// CHANGE REFERENCE DATA with the new code alone, after VERIFY of the old one or of the PUK.
    fn chipdoc_change(&mut self, command: &Command) -> Result<Reply, Sw> {
        if command.p1 != 1 || self.reference(command.p2) != Some(1) {
            return Err(WRONG_PARAMETERS);
        }
        if !self.pin.verified && !self.puk.verified {
            return Err(NOT_ALLOWED);
        }
        if !(4..=8).contains(&command.data.len()) {
            return Err(WRONG_LENGTH);
        }
        self.puk.verified = false;
        self.pin.replace(command.data);
        Ok(OK.into())
    }

    /// RESET RETRY COUNTER without data, after the PUK: the tries come back, the code stays.
    fn chipdoc_unblock(&mut self, command: &Command) -> Result<Reply, Sw> {
        if command.p1 != 3 || self.reference(command.p2) != Some(1) || !command.data.is_empty() {
            return Err(WRONG_PARAMETERS);
        }
        if !self.puk.verified {
            return Err(NOT_ALLOWED);
        }
        if self.puk_uses == 0 {
            return Err(BLOCKED);
        }
        self.puk_uses -= 1;
        self.pin.left = self.pin.most;
        Ok(OK.into())
    }

    fn chipdoc_environment(&mut self, command: &Command) -> Result<Reply, Sw> {
        let given = all(command.data).ok_or(WRONG_DATA)?;
        let known = |key: u8| match key {
            AUTHENTICATION | SIGNATURE => Ok(key),
            _ => Err(REFERENCE_NOT_FOUND),
        };
        match (command.p1p2(), given.as_slice()) {
            (0x41b8, [(0x83, [key])]) => self.session.environment.decipher = Some(known(*key)?),
            (0x81b6, [(0x91, [algorithm, key])]) => {
                let key = known(*key & 0x7f)?;
                if hash_and_padding(*algorithm).is_none() {
                    return Err(WRONG_DATA);
                }
                self.session.environment.signature = Some((key, *algorithm));
            }
            (0x41b8 | 0x81b6, _) => return Err(WRONG_DATA),
            _ => return Err(WRONG_PARAMETERS),
        }
        Ok(OK.into())
    }

    fn chipdoc_key(&self, key: u8) -> Result<Which, Sw> {
        if !self.pin.verified {
            return Err(NOT_ALLOWED);
        }
        let (authentication, signature, _) = self.profile.keys();
        Ok(if key == AUTHENTICATION { authentication } else { signature })
    }

    /// DECIPHER, which is raw RSA: the caller builds the whole block.
    fn chipdoc_raw(&mut self, block: &[u8]) -> Result<Reply, Sw> {
        let key = self.session.environment.decipher.ok_or(CONDITIONS)?;
        let which = self.chipdoc_key(key)?;
        if key != AUTHENTICATION {
            return Err(NOT_ALLOWED);
        }
        if block.len() != SIZE {
            return Err(WRONG_LENGTH);
        }
        Key::of(which).raw(block).map(Reply::Result).ok_or(WRONG_DATA)
    }

    fn chipdoc_sign(&mut self, command: &Command) -> Result<Reply, Sw> {
        let (key, algorithm) = self.session.environment.signature.ok_or(CONDITIONS)?;
        let key = Key::of(self.chipdoc_key(key)?);
        let (hash, pss) = hash_and_padding(algorithm).ok_or(WRONG_DATA)?;
        if command.data.len() != hash.size() {
            return Err(WRONG_LENGTH);
        }
        let signature = match pss {
            true => key.pss(hash, command.data),
            false => key.pkcs1(&hash.digest_info(command.data)),
        };
        signature.map(Reply::Result).ok_or(WRONG_DATA)
    }
}

/// The hash of an algorithm number, and whether its padding is PSS.
fn hash_and_padding(algorithm: u8) -> Option<(Hash, bool)> {
    match algorithm {
        0x0a => Some((Hash::Sha1, false)),
        0x15 => Some((Hash::Sha1, true)),
        0x28 => Some((Hash::Sha256, false)),
        0x2c => Some((Hash::Sha256, true)),
        _ => None,
    }
}
