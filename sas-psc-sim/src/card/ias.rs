//! CPS3: the IAS-ECC dialect, contact and contactless.
//!
//! Facts on the CPS card §5 to §8. Status words for wrong use (no environment, code missing, unknown key) are this
//! project's choice where the facts mark them so.

use super::apdu::{
    BLOCKED, CONDITIONS, Command, FILE_NOT_FOUND, NO_CHAINING, NO_CHANNEL, NO_SECURE_MESSAGING, NOT_ALLOWED, OK,
    REFERENCE_NOT_FOUND, Reply, Sw, UNKNOWN_CLASS, UNKNOWN_INSTRUCTION, WRONG_DATA, WRONG_LENGTH, WRONG_PARAMETERS,
};
use super::der::{all, join, tlv};
use super::files::Folder;
use super::key::{Hash, Key};
use super::{Generation, VirtualCard, pkcs15};

/// At most 40 % of the modulus (ISO 7816-4: what INTERNAL AUTHENTICATE may pad).
const MOST_TO_SIGN: usize = 102;

impl VirtualCard {
    pub(super) fn ias(&mut self, command: &Command) -> Reply {
        match command.cla {
            0x00 => {}
            0x10 if (command.ins, command.p1p2()) == (0x2a, 0x8086) => return self.link(command.data).into(),
            0x10 => return NO_CHAINING.into(),
            0x01..=0x03 => return NO_CHANNEL.into(),
            0x04..=0x0f => return NO_SECURE_MESSAGING.into(),
            _ => return UNKNOWN_CLASS.into(),
        }
        let chain = std::mem::take(&mut self.session.chain);
        match command.ins {
            0xa4 => self.ias_select(command),
            0xb0 => self.read(command),
            0x20 => self.verify(command),
            0x24 => self.ias_change(command),
            0x2c => self.ias_unblock(command),
            0x84 => self.challenge(command),
            0xcb => self.ias_data_object(command),
            0x22 => self.ias_environment(command),
            0x88 => self.ias_authenticate(command),
            0x2a => match command.p1p2() {
                0x90a0 => self.ias_hash(command),
                0x9e9a => self.ias_sign(command),
                0x8086 => self.ias_decipher(&[&chain, command.data].concat()),
                _ => Err(WRONG_PARAMETERS),
            },
            _ => Err(UNKNOWN_INSTRUCTION),
        }
        .into()
    }

    fn ias_select(&mut self, command: &Command) -> Result<Reply, Sw> {
        let describe = match (command.p1, command.p2) {
            (0x09 | 0x02 | 0x04, 0x0c) => false,
            (0x09 | 0x02 | 0x04, 0x04) => true,
            (0x04, 0x00) if command.data == pkcs15::APPLET => false,
            _ => return Err(WRONG_PARAMETERS),
        };
        match command.p1 {
            0x09 => match command.data {
                [] => return Err(WRONG_LENGTH),
                [0x3f, 0x00, path @ ..] => self.walk(Folder::Mf, path)?,
                path => self.walk(self.session.folder, path)?,
            },
            0x02 => match command.data {
                [0x3f, 0x00] => self.walk(Folder::Mf, &[])?,
                [_, _] => {
                    self.walk(self.session.folder, command.data)?;
                }
                _ => return Err(WRONG_LENGTH),
            },
            _ => match command.data {
                name if name == pkcs15::APPLET => {
                    (self.pin.verified, self.puk.verified) = (false, false);
                    self.enter(Folder::Mf, None);
                }
                name if name == pkcs15::aid(0x10) => self.enter(Folder::Contact, None),
                name if name == pkcs15::aid(0x20) => self.enter(Folder::Contactless, None),
                _ => return Err(FILE_NOT_FOUND),
            },
        }
        let description = self.description();
        Ok(if describe && !description.is_empty() { Reply::Result(tlv(0x62, &description)) } else { OK.into() })
    }

    /// CHANGE REFERENCE DATA: the old code, then the new one.
    fn ias_change(&mut self, command: &Command) -> Result<Reply, Sw> {
        if command.p1p2() != 0x0001 {
            return Err(WRONG_PARAMETERS);
        }
        if self.profile.generation == Generation::Cps3Contactless {
            return Err(NOT_ALLOWED);
        }
        let (old, new) = command.data.split_at_checked(self.pin.value.len()).ok_or(WRONG_LENGTH)?;
        if !(4..=8).contains(&new.len()) {
            return Err(WRONG_LENGTH);
        }
        let before = self.pin.verified;
        let word = self.pin.verify(old, self.profile.third_failure);
        if word == OK {
            self.pin.verified = before;
            self.pin.replace(new);
        }
        Ok(word.into())
    }

    /// RESET RETRY COUNTER with a new code, after the PUK.
    fn ias_unblock(&mut self, command: &Command) -> Result<Reply, Sw> {
        if command.p1p2() != 0x0201 {
            return Err(WRONG_PARAMETERS);
        }
        if !self.puk.verified {
            return Err(NOT_ALLOWED);
        }
        if self.puk_uses == 0 {
            return Err(BLOCKED);
        }
        if !(4..=8).contains(&command.data.len()) {
            return Err(WRONG_LENGTH);
        }
        self.puk_uses -= 1;
        self.puk.verified = false;
        self.pin.verified = false;
        self.pin.replace(command.data);
        Ok(OK.into())
    }

    /// GET DATA of a security data object: `4D { 70 { class reference { tag } } }`.
    fn ias_data_object(&self, command: &Command) -> Result<Reply, Sw> {
        if command.p1p2() != 0x3fff {
            return Err(WRONG_PARAMETERS);
        }
        let whole = command.data.len();
        let (class, reference, asked) = match command.data {
            [0x4d, outer, 0x70, inner, 0xbf, class, reference, length, asked @ ..]
                if usize::from(*outer) + 2 == whole
                    && usize::from(*inner) + 4 == whole
                    && usize::from(*length) == asked.len() =>
            {
                (*class, *reference, asked)
            }
            _ => return Err(WRONG_DATA),
        };
        let here = self.session.folder;
        let content = match (class, here, reference) {
            (0x81, Folder::Mf, 1) => join(&[
                tlv(0x9a, &[self.pin.most]),
                tlv(0x9b, &[self.pin.left]),
                tlv(0xa1, &tlv(0x8c, &[0xf3, 0, 0, 0x13, 0xff, 0])),
            ]),
            (0x81, Folder::Mf, 2) => join(&[
                tlv(0x9a, &[self.puk.most]),
                tlv(0x9b, &[self.puk.left]),
                tlv(0x9d, &self.puk_uses.to_be_bytes()),
                tlv(0xa1, &tlv(0x8c, &[0xf3, 0xff, 0, 0xff, 0xff, 0])),
            ]),
            (0x90, Folder::Contact, 1) => key_object(&[0x7b, 0x11, 0xff, 0xff, 0xff, 0xff, 0]),
            (0x90, Folder::Contact, 2) => key_object(&[0x7b, 0xff, 0x11, 0x11, 0xff, 0xff, 0]),
            (0x90, Folder::Contactless, 1) => key_object(&[0x7b, 0xff, 0x00, 0xff, 0xff, 0xff, 0]),
            // A security environment: it is there, and has nothing to tell.
            (0xfb, Folder::Mf, 1 | 3) => return Ok(OK.into()),
            _ => return Err(REFERENCE_NOT_FOUND),
        };
        if asked != [0xa0, 0x80] {
            return Err(WRONG_DATA); // the public part of a key or of a code: there is none
        }
        let tag = u32::from_be_bytes([0, 0xbf, class, reference]);
        Ok(Reply::Result(tlv(0x70, &tlv(tag, &tlv(0xa0, &content)))))
    }

    fn ias_environment(&mut self, command: &Command) -> Result<Reply, Sw> {
        if command.p1 != 0x41 {
            return Err(WRONG_PARAMETERS);
        }
        let given = all(command.data).ok_or(WRONG_DATA)?;
        let one = |tag: u8| match given.iter().find(|(found, _)| *found == tag) {
            Some((_, [value])) => Ok(*value),
            _ => Err(WRONG_DATA),
        };
        let algorithm = one(0x80)?;
        let environment = &mut self.session.environment;
        if command.p2 == 0xaa {
            environment.hash = Some(hash_of(algorithm & 0xf0).filter(|_| algorithm & 0x0f == 0).ok_or(WRONG_DATA)?);
            environment.hashed = None;
            return Ok(OK.into());
        }
        let key = one(0x84)?;
        let known: &[u8] = match self.session.folder {
            Folder::Mf => &[],
            Folder::Contact => &[0x81, 0x82],
            Folder::Contactless => &[0x81],
        };
        if !known.contains(&key) {
            return Err(REFERENCE_NOT_FOUND);
        }
        match (command.p2, algorithm) {
            (0xa4, 0x02) => environment.authentication = Some((key, algorithm)),
            (0xb6, 0x12 | 0x42) => environment.signature = Some((key, algorithm)),
            (0xb8, 0x1a) => environment.decipher = Some(key),
            (0xa4 | 0xb6 | 0xb8, _) => return Err(WRONG_DATA),
            _ => return Err(WRONG_PARAMETERS),
        }
        Ok(OK.into())
    }

    /// Whether the holder's key of the contact application may be used now.
    fn ias_may(&self, key: u8, wanted: u8) -> Result<(), Sw> {
        let contact = self.profile.generation == Generation::Cps3 && self.session.folder == Folder::Contact;
        if contact && key == wanted && self.pin.verified { Ok(()) } else { Err(NOT_ALLOWED) }
    }

    /// INTERNAL AUTHENTICATE: pads what it is given and signs it.
    fn ias_authenticate(&mut self, command: &Command) -> Result<Reply, Sw> {
        if command.p1p2() != 0 {
            return Err(WRONG_PARAMETERS);
        }
        let (key, _) = self.session.environment.authentication.ok_or(CONDITIONS)?;
        let (authentication, _, technical) = self.profile.keys();
        let which = if self.session.folder == Folder::Contactless {
            technical
        } else {
            self.ias_may(key, 0x82)?;
            authentication
        };
        if command.data.is_empty() || command.data.len() > MOST_TO_SIGN {
            return Err(WRONG_LENGTH);
        }
        Key::of(which).pkcs1(command.data).map(Reply::Result).ok_or(WRONG_DATA)
    }

    /// The last round of a hash: `90` the state and the bits so far, `80` the bytes that are left.
    fn ias_hash(&mut self, command: &Command) -> Result<Reply, Sw> {
        let hash = self.session.environment.hash.ok_or(CONDITIONS)?;
        let given = all(command.data).ok_or(WRONG_DATA)?;
        let (state, last) = match given.as_slice() {
            [(0x90, state), (0x80, last)] if last.len() <= 64 => (*state, *last),
            _ => return Err(WRONG_DATA),
        };
        let (state, count) = match state.split_at_checked(hash.size()) {
            Some((words, count)) => (words, u64::from_be_bytes(count.try_into().map_err(|_| WRONG_DATA)?)),
            None if state.is_empty() => (state, 0),
            None => return Err(WRONG_DATA),
        };
        self.session.environment.hashed = Some(hash.finish(state, count, last).ok_or(WRONG_DATA)?);
        Ok(OK.into())
    }

    fn ias_sign(&mut self, command: &Command) -> Result<Reply, Sw> {
        let (key, algorithm) = self.session.environment.signature.ok_or(CONDITIONS)?;
        self.ias_may(key, 0x81)?;
        let hash = hash_of(algorithm & 0xf0).ok_or(WRONG_DATA)?;
        let digest = match command.data {
            [] => self.session.environment.hashed.take().ok_or(CONDITIONS)?,
            given => given.to_vec(),
        };
        if digest.len() != hash.size() {
            return Err(WRONG_LENGTH);
        }
        let (_, signature, _) = self.profile.keys();
        Key::of(signature).pkcs1(&hash.digest_info(&digest)).map(Reply::Result).ok_or(WRONG_DATA)
    }

    fn ias_decipher(&mut self, data: &[u8]) -> Result<Reply, Sw> {
        let key = self.session.environment.decipher.ok_or(CONDITIONS)?;
        self.ias_may(key, 0x82)?;
        let cryptogram = data.strip_prefix(&[0x81]).filter(|rest| rest.len() == 256).ok_or(WRONG_LENGTH)?;
        let (authentication, ..) = self.profile.keys();
        Key::of(authentication).decipher(cryptogram).map(Reply::Result).ok_or(WRONG_DATA)
    }
}

/// The description of a key: its size in bytes and who may use it.
fn key_object(rules: &[u8]) -> Vec<u8> {
    join(&[tlv(0x80, &[1, 0]), tlv(0xa1, &tlv(0x8c, rules))])
}

fn hash_of(algorithm: u8) -> Option<Hash> {
    match algorithm {
        0x10 => Some(Hash::Sha1),
        0x40 => Some(Hash::Sha256),
        _ => None,
    }
}
