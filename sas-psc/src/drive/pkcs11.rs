//! The second door to a card: PKCS#11. ANS's own cryptolib where it is installed, OpenSC, any token that holds a key with
//! a certificate for authentication.
//!
//! The same traits and the same errors as through PC/SC. The module is loaded at run time and runs in this process: load
//! only what the administrator installed. A code is given at each use and the token is logged out after it; where the
//! module has a path of its own to it (a keypad, its own window), no program sees the code.

use crate::card::{CardCertificate, PinEntry, Purpose, SignRequest, SignatureScheme, Signer, Spent, Usage};
use crate::error::{Code, Error, Result};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11 as Context};
use cryptoki::error::{Error as Failure, RvError};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::{Slot, TokenInfo};
use serde::Serialize;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// How the files of ANS's cryptolib are called.
const ANS: &str = "cps3_pkcs11";

/// Where ANS's cryptolib and OpenSC put their modules.
const PLACES: &[&str] = &[
    "/usr/lib/libcps3_pkcs11_lux.so",
    "/usr/lib64/libcps3_pkcs11_lux.so",
    "/usr/local/lib/libcps3_pkcs11_osx.dylib",
    r"C:\Windows\System32\cps3_pkcs11_w64.dll",
    r"C:\Windows\System32\cps3_pkcs11_w32.dll",
    "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so",
    "/usr/lib/aarch64-linux-gnu/opensc-pkcs11.so",
    "/usr/lib64/opensc-pkcs11.so",
    "/Library/OpenSC/lib/opensc-pkcs11.so",
    r"C:\Program Files\OpenSC Project\OpenSC\pkcs11\opensc-pkcs11.dll",
];

/// A PKCS#11 module. Clones share it.
///
/// ```no_run
/// use sas_psc::card::{Pin, PinEntry};
/// use sas_psc::drive::{HttpConfig, Pkcs11};
///
/// let module = Pkcs11::load("/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so")?;
/// let key = module.key(None, PinEntry::typed(Pin::parse("1234")?))?;
/// let http = HttpConfig::default().with_card(key)?;
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Clone)]
pub struct Pkcs11 {
    context: Context,
    /// One signature at a time: a login is the process's, not the session's.
    turn: Arc<Mutex<()>>,
}

/// A token that a module shows. As JSON it holds the card's number: an answer, never a log line.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Pkcs11Token {
    /// Its label.
    pub label: String,
    /// Who made it.
    pub manufacturer: String,
    /// The module asks for the code itself, on a keypad or in a window.
    pub own_pin_entry: bool,
    /// Whether it has a code at all.
    pub has_pin: bool,
    /// Tries left, where the module says so: 0 blocked, 1 the last one.
    pub tries_left: Option<u8>,
}

impl Pkcs11 {
    /// The modules for health cards that are installed here: ANS's first.
    pub fn installed() -> Vec<PathBuf> {
        PLACES.iter().map(PathBuf::from).filter(|place| place.exists()).collect()
    }

    /// ANS's own module, where it is installed: with it the system's browser can ask for the card.
    pub fn installed_of_ans() -> Option<PathBuf> {
        Pkcs11::installed().into_iter().find(|place| place.to_string_lossy().contains(ANS))
    }

    /// Loads a module and starts it.
    ///
    /// # Errors
    /// `pkcs11-module` when it is no such module or does not start.
    pub fn load(module: impl AsRef<Path>) -> Result<Pkcs11> {
        let refused = |error: Failure| Error::new(Code::PKCS11_MODULE).caused_by(error);
        let context = Context::new(module).map_err(refused)?;
        match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            // Another part of the program started it.
            Ok(()) | Err(Failure::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {
                Ok(Pkcs11 { context, turn: Arc::default() })
            }
            Err(error) => Err(refused(error)),
        }
    }

    /// The tokens that are there.
    ///
    /// # Errors
    /// `pkcs11-failure`.
    pub fn tokens(&self) -> Result<Vec<Pkcs11Token>> {
        Ok(self.present()?.iter().map(|(_, info)| token(info)).collect())
    }

    fn present(&self) -> Result<Vec<(Slot, TokenInfo)>> {
        let slots = self.context.get_slots_with_initialized_token().map_err(failure)?;
        // A token that went meanwhile, or that the module cannot read, is not there.
        Ok(slots.into_iter().filter_map(|slot| Some((slot, self.context.get_token_info(slot).ok()?))).collect())
    }

    /// The authentication key of a token, by its label; without one, of the first token that holds such a key. A typed
    /// code is tried now, with one signature, so that a wrong one is known before anybody is connected to.
    ///
    /// # Errors
    /// `card-absent` without such a token; `card-key-missing`; `card-pin-wrong`, `card-pin-blocked`, `card-pin-last-try`,
    /// `card-pin-required`, `card-pin-not-entered`; `pkcs11-failure`.
    pub fn key(&self, label: Option<&str>, pin: PinEntry) -> Result<Pkcs11Key> {
        let tokens = self.present()?;
        let mut wanted = tokens.into_iter().filter(|(_, info)| label.is_none_or(|label| info.label().trim() == label));
        let mut missing = Error::new(Code::CARD_ABSENT);
        let found = wanted.find_map(|(slot, info)| match self.certificate(slot) {
            Ok(Some(found)) => Some((slot, info, found)),
            Ok(None) => {
                missing = Error::new(Code::CARD_KEY_MISSING);
                None
            }
            Err(error) => {
                missing = error;
                None
            }
        });
        let Some((slot, info, (certificate, id))) = found else { return Err(missing) };
        let listed = self.context.get_mechanism_list(slot).map_err(failure)?;
        let mut schemes = Vec::new();
        if listed.contains(&MechanismType::RSA_PKCS_PSS) {
            schemes.push(SignatureScheme::PssSha256);
        }
        if listed.contains(&MechanismType::RSA_PKCS) {
            schemes.extend([SignatureScheme::Pkcs1Sha256, SignatureScheme::Pkcs1Sha384, SignatureScheme::Pkcs1Sha512]);
        }
        let own_entry = info.protected_authentication_path();
        let mut key = Pkcs11Key {
            module: self.clone(),
            slot,
            id,
            certificate: certificate.into(),
            schemes,
            pin,
            spent: Spent::default(),
            own_entry,
        };
        if key.pin.typed_pin().is_some() && !own_entry {
            key.prove()?;
        }
        if key.schemes.is_empty() { Err(Error::new(Code::CARD_KEY_MISSING)) } else { Ok(key) }
    }

    /// The certificate for authentication and the identifier that it shares with its key.
    fn certificate(&self, slot: Slot) -> Result<Option<(Vec<u8>, Vec<u8>)>> {
        let session = self.context.open_ro_session(slot).map_err(failure)?;
        let objects = session.find_objects(&[Attribute::Class(ObjectClass::CERTIFICATE)]).map_err(failure)?;
        for object in objects {
            let held = session.get_attributes(object, &[AttributeType::Value, AttributeType::Id]).map_err(failure)?;
            let (mut value, mut id) = (None, None);
            for attribute in held {
                match attribute {
                    Attribute::Value(bytes) => value = Some(bytes),
                    Attribute::Id(bytes) => id = Some(bytes),
                    _ => {}
                }
            }
            if let (Some(value), Some(id)) = (value, id)
                && CardCertificate::read(&value).is_ok_and(|read| read.purpose() == Purpose::Authentication)
            {
                return Ok(Some((value, id)));
            }
        }
        Ok(None)
    }
}

impl fmt::Debug for Pkcs11 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pkcs11")
    }
}

impl fmt::Debug for Pkcs11Token {
    /// Without its label, in which a card has its number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pkcs11Token").field("tries_left", &self.tries_left).finish_non_exhaustive()
    }
}

fn token(info: &TokenInfo) -> Pkcs11Token {
    Pkcs11Token {
        label: info.label().trim().to_owned(),
        manufacturer: info.manufacturer_id().trim().to_owned(),
        own_pin_entry: info.protected_authentication_path(),
        has_pin: info.login_required(),
        tries_left: match (info.user_pin_locked(), info.user_pin_final_try()) {
            (true, _) => Some(0),
            (false, true) => Some(1),
            (false, false) => None,
        },
    }
}

/// A key behind PKCS#11, with the code that opens it: so it has no `Debug`.
pub struct Pkcs11Key {
    module: Pkcs11,
    slot: Slot,
    id: Vec<u8>,
    certificate: Arc<[u8]>,
    schemes: Vec<SignatureScheme>,
    pin: PinEntry,
    spent: Spent,
    own_entry: bool,
}

impl Pkcs11Key {
    /// The certificate, X.509, DER.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// Signs once with what the token says that it can, and leaves out what it then refuses.
    fn prove(&mut self) -> Result<()> {
        while let Some(scheme) = self.schemes.first().copied() {
            // What is signed is no message of any protocol.
            match self.sign(scheme, b"sas-psc: is the code right?") {
                Err(error) if error.code() == Code::CARD_ALGORITHM => self.schemes.retain(|other| *other != scheme),
                other => return other.map(drop),
            }
        }
        Ok(())
    }

    fn login(&self, session: &Session) -> Result<()> {
        let info = self.module.context.get_token_info(self.slot).map_err(failure)?;
        if !info.login_required() {
            return Ok(());
        }
        if info.user_pin_locked() {
            return Err(Error::new(Code::CARD_PIN_BLOCKED).with(|facts| facts.pin_tries_left = Some(0)));
        }
        if info.user_pin_final_try() && !self.pin.may_spend_the_last_try() {
            return Err(Error::new(Code::CARD_PIN_LAST_TRY).with(|facts| facts.pin_tries_left = Some(1)));
        }
        let typed = self.pin.typed_pin();
        let given = match (&typed, self.own_entry) {
            (_, true) => None,
            (Some(pin), false) => Some(pin),
            (None, false) => return Err(Error::new(Code::CARD_PIN_REQUIRED)),
        };
        match session.login(UserType::User, given) {
            Ok(()) | Err(Failure::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(()),
            Err(error) => {
                let left = self.module.context.get_token_info(self.slot).ok().and_then(|info| token(&info).tries_left);
                // Some cards say "wrong" to the try that blocks them.
                let error = if left == Some(0) { Error::new(Code::CARD_PIN_BLOCKED) } else { failure(error) };
                Err(error.with(|facts| facts.pin_tries_left = left))
            }
        }
    }

    fn object(&self, session: &Session) -> Result<ObjectHandle> {
        let template = [Attribute::Class(ObjectClass::PRIVATE_KEY), Attribute::Id(self.id.clone())];
        let found = session.find_objects(&template).map_err(failure)?;
        found.first().copied().ok_or_else(|| Error::new(Code::CARD_KEY_MISSING))
    }
}

impl Signer for Pkcs11Key {
    fn chain(&self) -> Vec<Arc<[u8]>> {
        vec![self.certificate.clone()]
    }

    fn schemes(&self) -> &[SignatureScheme] {
        &self.schemes
    }

    fn sign_hash(&self, scheme: SignatureScheme, hash: &[u8]) -> Result<Vec<u8>> {
        let request = SignRequest::of_hash(Usage::Authentication, scheme, hash)?;
        if !self.schemes.contains(&scheme) {
            return Err(Error::new(Code::CARD_ALGORITHM));
        }
        let _turn = self.module.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let session = self.module.context.open_ro_session(self.slot).map_err(failure)?;
        match self.own_entry {
            true => self.login(&session)?,
            false => self.spent.guard(&self.pin, || self.login(&session))?,
        }
        let signed = self.object(&session).and_then(|key| {
            let (mechanism, input) = match scheme {
                SignatureScheme::PssSha256 => {
                    let parameters = PkcsPssParams {
                        hash_alg: MechanismType::SHA256,
                        mgf: PkcsMgfType::MGF1_SHA256,
                        s_len: 32usize.try_into().map_err(failure)?,
                    };
                    (Mechanism::RsaPkcsPss(parameters), request.hash().to_vec())
                }
                _ => (Mechanism::RsaPkcs, request.digest_info()),
            };
            session.sign(&mechanism, key, &input).map_err(failure)
        });
        // Logged out whatever came: the code stays verified for nobody. A token that went needs no logout.
        let _ = session.logout();
        let signature = signed?;
        request.check(&self.certificate, &signature)?;
        Ok(signature)
    }
}

/// What a module's answer means.
fn failure(error: Failure) -> Error {
    let code = match &error {
        Failure::Pkcs11(value, _) => match value {
            RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange => Code::CARD_PIN_WRONG,
            RvError::PinLocked => Code::CARD_PIN_BLOCKED,
            RvError::UserNotLoggedIn | RvError::UserPinNotInitialized => Code::CARD_PIN_REQUIRED,
            RvError::FunctionCanceled | RvError::Cancel => Code::CARD_PIN_NOT_ENTERED,
            RvError::TokenNotPresent => Code::CARD_ABSENT,
            RvError::DeviceRemoved => Code::CARD_REMOVED,
            RvError::TokenNotRecognized => Code::CARD_UNKNOWN,
            RvError::MechanismInvalid | RvError::MechanismParamInvalid | RvError::KeyTypeInconsistent => {
                Code::CARD_ALGORITHM
            }
            RvError::KeyHandleInvalid | RvError::ObjectHandleInvalid => Code::CARD_KEY_MISSING,
            _ => Code::PKCS11_FAILURE,
        },
        _ => Code::PKCS11_FAILURE,
    };
    Error::new(code).caused_by(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cryptoki::context::Function;

    #[test]
    fn what_a_module_says_is_one_of_our_codes() {
        for (said, code) in [
            (RvError::PinIncorrect, Code::CARD_PIN_WRONG),
            (RvError::PinLocked, Code::CARD_PIN_BLOCKED),
            (RvError::FunctionCanceled, Code::CARD_PIN_NOT_ENTERED),
            (RvError::TokenNotPresent, Code::CARD_ABSENT),
            (RvError::DeviceRemoved, Code::CARD_REMOVED),
            (RvError::MechanismInvalid, Code::CARD_ALGORITHM),
            (RvError::KeyHandleInvalid, Code::CARD_KEY_MISSING),
            (RvError::GeneralError, Code::PKCS11_FAILURE),
            (RvError::DeviceError, Code::PKCS11_FAILURE),
        ] {
            assert_eq!(failure(Failure::Pkcs11(said, Function::Sign)).code(), code, "{said:?}");
        }
        assert_eq!(failure(Failure::NullFunctionPointer).code(), Code::PKCS11_FAILURE);
    }
}
