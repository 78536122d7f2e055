//! `sas_psc_card_key` and `sas_psc_pkcs11`: a key that signs where it lies, for the program's own TLS; both doors to it.

use crate::argument::Maybe;
use crate::export::export;
use crate::handle::Handle;
use crate::readers::{named, sas_psc_readers};
use crate::string::{json, sas_psc_string};
use sas_psc::card::{PinEntry, SignatureScheme, Signer};
use sas_psc::drive::Pkcs11;
use std::ffi::{c_char, c_void};

/// The authentication key of a card, with the PIN that opens it: held until it is freed, wiped then. Any number of threads
/// may use it.
pub struct sas_psc_card_key(Box<dyn Signer>);

/// A module of PKCS#11, loaded into this process.
pub struct sas_psc_pkcs11(Pkcs11);

impl Handle for sas_psc_card_key {}
impl Handle for sas_psc_pkcs11 {}

export! {
    /// The authentication key of the card in a reader; null is the only one with a CPS. A PIN is tried now, with one
    /// signature, so that a wrong one is known before anybody is connected to; without it the reader's keys are used when
    /// the key signs. It blocks while the card is read. SAS_PSC_ERROR_CARD_…, _READER_….
    fn sas_psc_card_key_in_reader(
        readers: *const sas_psc_readers,
        reader: Maybe<*const c_char>,
        pin: Maybe<*const c_char>,
        last_try: bool,
        key: *mut *mut sas_psc_card_key,
    ) -> Status {
        let made = readers.0.key(named(reader).as_ref(), PinEntry::of(pin, last_try)?)?;
        key.give(sas_psc_card_key(Box::new(made)));
        Ok(())
    }

    /// The modules for health cards that are installed here, ANS's first, as a JSON array of paths.
    fn sas_psc_pkcs11_installed(modules: *mut *mut sas_psc_string) -> Status {
        modules.give(json(&Pkcs11::installed())?);
        Ok(())
    }

    /// Loads a module. It runs in this process: load only what the administrator installed. SAS_PSC_ERROR_PKCS11_MODULE.
    fn sas_psc_pkcs11_load(path: *const c_char, module: *mut *mut sas_psc_pkcs11) -> Status {
        module.give(sas_psc_pkcs11(Pkcs11::load(path)?));
        Ok(())
    }

    /// The tokens that are there: [{"label","manufacturer","own_pin_entry","has_pin","tries_left"}]. With own_pin_entry
    /// the module asks for the PIN itself: give none. SAS_PSC_ERROR_PKCS11_FAILURE.
    fn sas_psc_pkcs11_tokens(module: *const sas_psc_pkcs11, tokens: *mut *mut sas_psc_string) -> Status {
        tokens.give(json(&module.0.tokens()?)?);
        Ok(())
    }

    /// As sas_psc_card_key_in_reader, of a token by its label; null is the first that holds such a key. It blocks.
    fn sas_psc_pkcs11_key(
        module: *const sas_psc_pkcs11,
        label: Maybe<*const c_char>,
        pin: Maybe<*const c_char>,
        last_try: bool,
        key: *mut *mut sas_psc_card_key,
    ) -> Status {
        key.give(sas_psc_card_key(Box::new(module.0.key(label, PinEntry::of(pin, last_try)?)?)));
        Ok(())
    }

    /// Frees a module; its keys go on. Null is allowed.
    fn sas_psc_pkcs11_free(module: *mut sas_psc_pkcs11) -> Freed {}

    /// The certificate of the key, X.509, DER.
    fn sas_psc_card_key_certificate(key: *const sas_psc_card_key, certificate: *mut *mut sas_psc_string) -> Status {
        certificate.give(key.0.chain().first().map(|der| der.to_vec()).unwrap_or_default());
        Ok(())
    }

    /// What the key can really do, the best first, as a JSON array: "pss-sha256", "pkcs1-sha256"…. Without "pss-sha256" (a
    /// CPS3) TLS 1.3 is not possible: offer TLS 1.2, and rsa_pkcs1_* alone.
    fn sas_psc_card_key_schemes(key: *const sas_psc_card_key, schemes: *mut *mut sas_psc_string) -> Status {
        schemes.give(json(&key.0.schemes().iter().map(|scheme| scheme.word()).collect::<Vec<_>>())?);
        Ok(())
    }

    /// Signs a message, which is hashed here; it blocks as long as the card takes. SAS_PSC_ERROR_CARD_ALGORITHM for a scheme
    /// that is not one of the key's own; those of the card and of its reader.
    fn sas_psc_card_key_sign(
        key: *const sas_psc_card_key,
        scheme: *const c_char,
        message: *const c_void,
        message_len: usize,
        signature: *mut *mut sas_psc_string,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let message = unsafe { message.bytes(message_len) }?;
        signature.give(key.0.sign(SignatureScheme::of_word(scheme)?, message)?);
        Ok(())
    }

    /// The same for a hash that was made elsewhere, as TLS libraries make it: SHA-256 for "pkcs1-sha256".
    fn sas_psc_card_key_sign_hash(
        key: *const sas_psc_card_key,
        scheme: *const c_char,
        hash: *const c_void,
        hash_len: usize,
        signature: *mut *mut sas_psc_string,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let hash = unsafe { hash.bytes(hash_len) }?;
        signature.give(key.0.sign_hash(SignatureScheme::of_word(scheme)?, hash)?);
        Ok(())
    }

    /// Wipes the PIN and frees the key. Null is allowed.
    fn sas_psc_card_key_free(key: *mut sas_psc_card_key) -> Freed {}
}
