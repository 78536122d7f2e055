//! What both generations do alike: reading files, selecting them, counting codes, giving random bytes.
//!
//! The dialects are in `ias` and `chipdoc`.

use super::apdu::{
    BEYOND_END, Command, FILE_NOT_FOUND, NO_FILE_SELECTED, NOT_ALLOWED, REFERENCE_NOT_FOUND, Reply, Sw, WRONG_DATA,
    WRONG_LENGTH, WRONG_PARAMETERS,
};
use super::files::Folder;
use super::key::Hash;
use super::pin::Secret;
use super::{Generation, VirtualCard};
use aws_lc_rs::rand;

/// The security environment: what the next operation works with.
#[derive(Debug, Default)]
pub(super) struct Environment {
    /// Key and algorithm for INTERNAL AUTHENTICATE.
    pub authentication: Option<(u8, u8)>,
    /// Key and algorithm for a digital signature.
    pub signature: Option<(u8, u8)>,
    /// Key for deciphering.
    pub decipher: Option<u8>,
    /// Algorithm of a hash.
    pub hash: Option<Hash>,
    /// A hash that the card ended itself.
    pub hashed: Option<Vec<u8>>,
}

impl VirtualCard {
    fn contactless(&self) -> bool {
        self.profile.generation == Generation::Cps3Contactless
    }

    /// Walks down from a folder; what it finds becomes current. Without an EF at the end the folder itself is.
    pub(super) fn walk(&mut self, from: Folder, path: &[u8]) -> Result<(), Sw> {
        let (ids, []) = path.as_chunks::<2>() else { return Err(WRONG_LENGTH) };
        let (mut folder, mut file) = (from, None);
        for id in ids.iter().map(|id| u16::from_be_bytes(*id)) {
            if file.is_some() {
                return Err(FILE_NOT_FOUND);
            }
            let child = Folder::of(id).filter(|child| folder == Folder::Mf && *child != Folder::Mf);
            match (child, self.files.iter().position(|file| file.folder == folder && file.id == id)) {
                (Some(child), _) if child == Folder::Contact || self.profile.generation != Generation::Cps4 => {
                    folder = child;
                }
                (_, Some(at)) => file = Some(at),
                _ => return Err(FILE_NOT_FOUND),
            }
        }
        self.enter(folder, file);
        Ok(())
    }

    /// A folder, and perhaps a file of it, becomes current. Selecting a folder ends the security environment.
    pub(super) fn enter(&mut self, folder: Folder, file: Option<usize>) {
        if file.is_none() || folder != self.session.folder {
            self.session.environment = Environment::default();
        }
        (self.session.folder, self.session.file) = (folder, file);
    }

    /// What describes the current file, without its template.
    pub(super) fn description(&self) -> Vec<u8> {
        match self.session.file.and_then(|at| self.files.get(at)) {
            Some(file) => file.describe(),
            None => self.session.folder.describe(),
        }
    }

    pub(super) fn read(&mut self, command: &Command) -> Result<Reply, Sw> {
        if !command.data.is_empty() {
            return Err(WRONG_LENGTH);
        }
        let (at, offset) = if command.p1 & 0x80 == 0 {
            (self.session.file.ok_or(NO_FILE_SELECTED)?, usize::from(command.p1p2()))
        } else {
            let short = command.p1 & 0x1f;
            if command.p1 & 0x60 != 0 || short == 0 {
                return Err(WRONG_PARAMETERS);
            }
            let here = self.session.folder;
            let found = self.files.iter().position(|file| file.folder == here && file.short == short);
            (found.ok_or(FILE_NOT_FOUND)?, usize::from(command.p2))
        };
        let (contactless, verified) = (self.contactless(), self.pin.verified);
        let file = self.files.get(at).ok_or(FILE_NOT_FOUND)?;
        if (file.guarded && !verified) || (contactless && file.folder == Folder::Contact) {
            return Err(NOT_ALLOWED);
        }
        self.session.file = Some(at);
        match file.content.get(offset..) {
            Some(rest) if !rest.is_empty() => Ok(Reply::Read(rest[..rest.len().min(256)].to_vec())),
            _ => Err(BEYOND_END),
        }
    }

    /// VERIFY: the status without data, else a try.
    pub(super) fn verify(&mut self, command: &Command) -> Result<Reply, Sw> {
        if command.p1 != 0 {
            return Err(WRONG_PARAMETERS);
        }
        if self.contactless() {
            return Err(NOT_ALLOWED);
        }
        let third = self.profile.third_failure;
        let (secret, lengths): (&mut Secret, _) = match self.reference(command.p2) {
            Some(1) => (&mut self.pin, 4..=8),
            Some(2) => (&mut self.puk, 8..=8),
            _ => return Err(REFERENCE_NOT_FOUND),
        };
        match command.data.len() {
            0 => Ok(secret.status().into()),
            length if lengths.contains(&length) => Ok(secret.verify(command.data, third).into()),
            _ => Err(WRONG_LENGTH),
        }
    }

    /// The code that a reference names; CPS4 takes the bit of local references too.
    pub(super) fn reference(&self, p2: u8) -> Option<u8> {
        let reference = if self.profile.generation == Generation::Cps4 { p2 & 0x7f } else { p2 };
        Some(reference).filter(|reference| [1, 2].contains(reference))
    }

    pub(super) fn challenge(&self, command: &Command) -> Result<Reply, Sw> {
        match (command.p1p2(), command.data, command.le) {
            (0, [], Some(size)) => {
                let mut bytes = vec![0; size];
                rand::fill(&mut bytes).map_err(|_| WRONG_DATA)?;
                Ok(Reply::Read(bytes))
            }
            (0, ..) => Err(WRONG_LENGTH),
            _ => Err(WRONG_PARAMETERS),
        }
    }

    /// Adds a link of a chained command; the card has room for so much.
    pub(super) fn link(&mut self, data: &[u8]) -> Result<Reply, Sw> {
        if self.session.chain.len() + data.len() > 512 {
            self.session.chain.clear();
            return Err(WRONG_LENGTH);
        }
        self.session.chain.extend_from_slice(data);
        Ok(super::apdu::OK.into())
    }
}
