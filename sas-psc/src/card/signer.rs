//! A key that signs where it lies and never leaves it: on a card, behind PKCS#11; what TLS needs of it.
//!
//! [`CardKey`] is the authentication key of a card in a reader. Nothing here knows TLS, nor a reader: a driver gives both.

use super::pin::Source;
use super::transport::{Failed, played};
use super::{
    Card, CardCache, CardContents, CardKind, Dialogue, PinEntry, PinStatus, SignRequest, SignatureScheme, Signed,
    Transport, Usage, play,
};
use crate::error::{Code, Error, Result};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A key that signs, and the certificate of it.
pub trait Signer: Send + Sync {
    /// The certificate of the key, X.509, DER, then those of its authorities as far as they are known.
    fn chain(&self) -> Vec<Arc<[u8]>>;

    /// What the key can really do, the best first.
    fn schemes(&self) -> &[SignatureScheme];

    /// Signs a message, which is hashed here. It blocks as long as the card takes.
    ///
    /// # Errors
    /// Those of [`Signer::sign_hash`].
    fn sign(&self, scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>> {
        self.sign_hash(scheme, &scheme.digest(message))
    }

    /// Signs a hash of the scheme's algorithm that was made elsewhere, as TLS libraries make it.
    ///
    /// # Errors
    /// `card-algorithm` for a scheme that is not one of its own and a hash that is not the scheme's; those of the card and of
    /// its reader.
    fn sign_hash(&self, scheme: SignatureScheme, hash: &[u8]) -> Result<Vec<u8>>;
}

impl<S: Signer + ?Sized> Signer for Arc<S> {
    fn chain(&self) -> Vec<Arc<[u8]>> {
        (**self).chain()
    }

    fn schemes(&self) -> &[SignatureScheme] {
        (**self).schemes()
    }

    fn sign_hash(&self, scheme: SignatureScheme, hash: &[u8]) -> Result<Vec<u8>> {
        (**self).sign_hash(scheme, hash)
    }
}

type Sign = dyn Fn(SignRequest, PinEntry) -> Result<Signed> + Send + Sync;

/// The authentication key of a card, with the code that opens it.
///
/// The code is held as long as this value lives, and wiped with it: the card forgets it after each signature. One that the card
/// refused, since somebody changed it, is not tried again: a client that connects anew would spend try after try.
#[derive(Clone)]
pub struct CardKey {
    kind: CardKind,
    certificate: Arc<[u8]>,
    authorities: Vec<Arc<[u8]>>,
    pin: PinEntry,
    spent: Spent,
    sign: Arc<Sign>,
}

/// Whether a typed code was refused; shared by what shares the code.
#[derive(Clone, Default)]
pub(crate) struct Spent(Arc<AtomicBool>);

impl Spent {
    /// Signs with the code, which is sent no more once it was refused. What the person types elsewhere is theirs to repeat.
    ///
    /// # Errors
    /// `card-pin-wrong`; those of `sign`.
    pub(crate) fn guard<T>(&self, pin: &PinEntry, sign: impl FnOnce() -> Result<T>) -> Result<T> {
        if self.0.load(Ordering::Acquire) {
            return Err(Error::new(Code::CARD_PIN_WRONG));
        }
        let signed = sign();
        let refused = |error: &Error| [Code::CARD_PIN_WRONG, Code::CARD_PIN_BLOCKED].contains(&error.code());
        if matches!(pin.from, Source::Typed(_)) && signed.as_ref().is_err_and(refused) {
            self.0.store(true, Ordering::Release);
        }
        signed
    }
}

impl CardKey {
    /// The authentication key of the card of `transport`. A typed code is tried now, with one signature, so that a wrong
    /// one is known before anybody is connected to. A code from the reader's keys is asked for when the key signs.
    ///
    /// # Errors
    /// `card-key-missing`, `card-contactless`; those of [`Card::read`] and [`Card::sign`].
    pub fn over(transport: impl Transport + Send + 'static, cache: &CardCache, pin: PinEntry) -> Result<CardKey> {
        let transport = Arc::new(Mutex::new(transport));
        let (cache, other) = (cache.clone(), transport.clone());
        let contents = {
            let mut transport = transport.lock().unwrap_or_else(PoisonError::into_inner);
            play(&mut *transport, &cache, Card::read)?
        };
        let serial = contents.serial;
        CardKey::of(&contents, pin, move |request, pin| {
            let mut transport = other.lock().unwrap_or_else(PoisonError::into_inner);
            let sign =
                |card: &Card| -> Dialogue<Signed> { card.clone().expecting(serial).sign(request.clone(), pin.clone()) };
            let lost = |error: &Error| [Code::CARD_RESET, Code::CARD_REMOVED].contains(&error.code());
            match played(&mut *transport, &cache, sign) {
                // Whoever reset the card since, or pulled it and put it back, took nothing from us.
                Err(Failed { error, pin_was_sent: false }) if lost(&error) && transport.reconnect().is_ok() => {
                    play(&mut *transport, &cache, sign)
                }
                signed => signed.map_err(|failed| failed.error),
            }
        })
    }

    /// The same for a reader that signs in its own way.
    pub(crate) fn of(
        contents: &CardContents,
        pin: PinEntry,
        sign: impl Fn(SignRequest, PinEntry) -> Result<Signed> + Send + Sync + 'static,
    ) -> Result<CardKey> {
        if contents.kind == CardKind::Cps3Contactless {
            return Err(Error::new(Code::CARD_CONTACTLESS));
        }
        let certificate = contents.find(Usage::Authentication)?.der.clone();
        if contents.pin == Some(PinStatus::Blocked) {
            return Err(Error::new(Code::CARD_PIN_BLOCKED).with(|facts| facts.pin_tries_left = Some(0)));
        }
        let (authorities, spent, sign) = (Vec::new(), Spent::default(), Arc::new(sign));
        let key = CardKey { kind: contents.kind, certificate, authorities, pin, spent, sign };
        let typed = matches!(key.pin.from, Source::Typed(_));
        match key.schemes().first() {
            Some(_) if !typed => Ok(key),
            // What is signed is no message of any protocol.
            Some(scheme) => key.sign(*scheme, b"sas-psc: is the code right?").map(|_| key),
            None => Err(Error::new(Code::CARD_KEY_MISSING)),
        }
    }

    /// The same with the certificates of its authorities (DER), for a server that does not have them.
    pub fn with_authorities(self, authorities: impl IntoIterator<Item = Vec<u8>>) -> CardKey {
        CardKey { authorities: authorities.into_iter().map(Arc::from).collect(), ..self }
    }

    /// The certificate, X.509, DER. Nothing in it was checked but its key.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }
}

impl Signer for CardKey {
    fn chain(&self) -> Vec<Arc<[u8]>> {
        std::iter::once(&self.certificate).chain(&self.authorities).cloned().collect()
    }

    fn schemes(&self) -> &[SignatureScheme] {
        SignatureScheme::of(self.kind, Usage::Authentication)
    }

    fn sign_hash(&self, scheme: SignatureScheme, hash: &[u8]) -> Result<Vec<u8>> {
        let request = SignRequest::of_hash(Usage::Authentication, scheme, hash)?;
        let signed = self.spent.guard(&self.pin, || (self.sign)(request, self.pin.clone()))?;
        if signed.certificate != self.certificate {
            return Err(Error::new(Code::CARD_OTHER));
        }
        Ok(signed.signature)
    }
}

impl fmt::Debug for CardKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CardKey").field("kind", &self.kind).finish_non_exhaustive()
    }
}
