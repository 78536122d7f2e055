//! The certificate that a service shows on TLS (IGC-Santé ORG AUTH_CLI), from PEM files or from a PKCS#12 one.
//!
//! Read and judged when it is given: a key of another certificate, a wrong password or an unreadable file is told at
//! once, by name. Once held it tells until when it is good: ANS sends its renewal notice 60 days before.

use super::tls::{self, Certificate};
use crate::base::{ExposeSecret, SecretString, Timestamp, pem};
use crate::error::{Code, Error, Result};
use crate::psc::Thumbprint;
use p12_keystore::error::Error as P12Error;
use p12_keystore::{CertificateBag, Pkcs12Archive};
use pkcs8::EncryptedPrivateKeyInfoRef;
use pkcs8::der::Decode;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

/// No service's file is larger.
const LARGEST: usize = 1 << 20;
/// More work than any tool asks of who opens a key: ten seconds and more.
const MOST_ITERATIONS: u32 = 10_000_000;
const DAY: Duration = Duration::from_secs(24 * 3600);

/// A client certificate with its chain and its private key. Cheap to clone; its `Debug` shows no key.
///
/// ```no_run
/// use sas_psc::drive::{ClientCertificate, HttpConfig};
///
/// # fn example(p12: &[u8], password: String) -> sas_psc::Result<()> {
/// let certificate = ClientCertificate::from_pkcs12(p12, &password.into())?;
/// println!("good until {}", certificate.not_after());
/// let http = HttpConfig::default().with_certificate(certificate)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ClientCertificate(Arc<Inner>);

struct Inner {
    chain: Vec<Certificate>,
    key: PrivateKeyDer<'static>,
    not_before: Timestamp,
    not_after: Timestamp,
    thumbprint: Thumbprint,
}

/// How much of a certificate's life is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateLife {
    /// Good for these whole days, more than the notice.
    Good(u64),
    /// Good for these whole days, and no longer than the notice: ask for its renewal.
    EndsSoon(u64),
    /// Its end has passed.
    Ended,
    /// Its beginning has not come: the machine's clock may be behind.
    NotYet,
}

impl ClientCertificate {
    /// A certificate with its chain (PEM, the service's own first) and its key (PEM: PKCS#8, PKCS#1 or SEC1).
    ///
    /// # Errors
    /// `http-settings` (`client_certificate`) when the chain is no PEM of certificates; `client-key-form`;
    /// `client-key-encrypted`; `client-key-mismatch`.
    pub fn from_pem(chain: &[u8], key: &SecretString) -> Result<ClientCertificate> {
        ClientCertificate::of(Certificate::list(chain, "client_certificate")?, plain_key(key)?)
    }

    /// The same with an encrypted key (PEM, PKCS#8 with PBES2, as OpenSSL writes it).
    ///
    /// # Errors
    /// Those of [`ClientCertificate::from_pem`]; `client-key-password`.
    pub fn from_encrypted_pem(chain: &[u8], key: &SecretString, password: &SecretString) -> Result<ClientCertificate> {
        let key = match encrypted(key)? {
            Some(der) => decrypted(&der, password)?,
            // A password too many is no reason to refuse a key that needs none.
            None => plain_key(key)?,
        };
        ClientCertificate::of(Certificate::list(chain, "client_certificate")?, key)
    }

    /// A PKCS#12 file (`.p12`, `.pfx`) that holds the certificate, its key and its chain.
    ///
    /// # Errors
    /// `client-key-password`; `client-key-form` when it is no PKCS#12 or lacks a key or a certificate;
    /// `client-key-mismatch`.
    pub fn from_pkcs12(file: &[u8], password: &SecretString) -> Result<ClientCertificate> {
        let form = || Error::field(Code::CLIENT_KEY_FORM, "pkcs12");
        if file.len() > LARGEST {
            return Err(form());
        }
        let archive = Pkcs12Archive::from_pkcs12(file, password.expose_secret()).map_err(|error| match error {
            P12Error::MacError(_) | P12Error::Pkcs5Error(_) | P12Error::UnpadError => {
                Error::field(Code::CLIENT_KEY_PASSWORD, "pkcs12")
            }
            _ => form(),
        })?;
        let key = archive.keys.first().ok_or_else(form)?;
        let der = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.key.as_der().to_vec()));
        let mut bags: Vec<&CertificateBag> = archive.certs.iter().take(16).collect();
        if bags.is_empty() {
            return Err(form());
        }
        // The key says which certificate is the service's; whatever order and names a tool gave them.
        let own = bags.iter().position(|bag| fits(&bag.cert, &der));
        let mut chain = vec![bags.remove(own.ok_or_else(|| Error::field(Code::CLIENT_KEY_MISMATCH, "pkcs12"))?)];
        let issuer = |of: &CertificateBag, among: &[&CertificateBag]| {
            among.iter().position(|bag| bag.cert.subject() == of.cert.issuer())
        };
        while let Some(at) = chain.last().and_then(|last| issuer(last, &bags)) {
            chain.push(bags.remove(at));
        }
        let chain = chain.iter().map(|bag| Certificate::of_der(bag.cert.as_der())).collect();
        ClientCertificate::of(chain, der)
    }

    /// The certificate in whichever file it came: PEM with its key in `key` or in the same file, or PKCS#12 without
    /// `key`. `password` opens an encrypted key or the PKCS#12 file.
    ///
    /// # Errors
    /// Those of [`ClientCertificate::from_encrypted_pem`] and [`ClientCertificate::from_pkcs12`].
    pub fn read(file: &[u8], key: Option<&SecretString>, password: Option<&SecretString>) -> Result<ClientCertificate> {
        const BEGIN: &[u8] = b"-----BEGIN";
        if key.is_none() && !file.windows(BEGIN.len()).any(|window| window == BEGIN) {
            let none = SecretString::from(String::new());
            return ClientCertificate::from_pkcs12(file, password.unwrap_or(&none));
        }
        let whole = if key.is_none() { std::str::from_utf8(file).map_err(|_| form())? } else { "" };
        let whole = SecretString::from(whole.to_owned());
        let key = key.unwrap_or(&whole);
        match password {
            Some(password) => ClientCertificate::from_encrypted_pem(file, key, password),
            None => ClientCertificate::from_pem(file, key),
        }
    }

    fn of(chain: Vec<Certificate>, key: PrivateKeyDer<'static>) -> Result<ClientCertificate> {
        tls::signer(&chain, &key)?;
        let refused = || Error::field(Code::HTTP_SETTINGS, "client_certificate");
        let own = chain.first().ok_or_else(refused)?;
        let parsed = x509_cert::Certificate::from_der(own.as_der()).map_err(|_| refused())?;
        let validity = parsed.tbs_certificate().validity();
        let at = |time: x509_cert::time::Time| {
            Timestamp::from_unix(i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX))
        };
        Ok(ClientCertificate(Arc::new(Inner {
            not_before: at(validity.not_before),
            not_after: at(validity.not_after),
            thumbprint: Thumbprint::of_der(own.as_der()),
            chain,
            key,
        })))
    }

    /// The first moment it is good at.
    pub fn not_before(&self) -> Timestamp {
        self.0.not_before
    }

    /// The last moment it is good at.
    pub fn not_after(&self) -> Timestamp {
        self.0.not_after
    }

    /// Its hash, to compare with the `cnf` of a token.
    pub fn thumbprint(&self) -> Thumbprint {
        self.0.thumbprint
    }

    /// How much of its life is left; `notice` is how long before its end it ends "soon".
    pub fn life(&self, notice: Duration, now: Timestamp) -> CertificateLife {
        if now < self.0.not_before {
            return CertificateLife::NotYet;
        }
        if now > self.0.not_after {
            return CertificateLife::Ended;
        }
        let left = self.0.not_after.since(now);
        let days = left.as_secs() / DAY.as_secs();
        if left <= notice { CertificateLife::EndsSoon(days) } else { CertificateLife::Good(days) }
    }

    pub(super) fn chain(&self) -> Vec<CertificateDer<'static>> {
        self.0.chain.iter().map(Certificate::to_der).collect()
    }

    pub(super) fn key(&self) -> PrivateKeyDer<'static> {
        self.0.key.clone_key()
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCertificate").field("not_after", &self.0.not_after).finish_non_exhaustive()
    }
}

fn fits(certificate: &p12_keystore::Certificate, key: &PrivateKeyDer<'static>) -> bool {
    tls::signer(&[Certificate::of_der(certificate.as_der())], key).is_ok()
}

fn form() -> Error {
    Error::field(Code::CLIENT_KEY_FORM, "client_key")
}

/// The content of the first encrypted key of a PEM; none when it holds no such key.
fn encrypted(key: &SecretString) -> Result<Option<Zeroizing<Vec<u8>>>> {
    let text = key.expose_secret();
    let section = if text.len() > LARGEST { Err(form()) } else { Ok(pem(text, "ENCRYPTED PRIVATE KEY")) };
    section?.transpose().map_err(|_| form())
}

fn plain_key(pem: &SecretString) -> Result<PrivateKeyDer<'static>> {
    if encrypted(pem)?.is_some() {
        return Err(Error::field(Code::CLIENT_KEY_ENCRYPTED, "client_key"));
    }
    // Also what OpenSSL encrypted before PKCS#8: its header is no base64.
    PrivateKeyDer::from_pem_slice(pem.expose_secret().as_bytes()).map_err(|_| form())
}

fn decrypted(der: &[u8], password: &SecretString) -> Result<PrivateKeyDer<'static>> {
    let info = EncryptedPrivateKeyInfoRef::from_der(der).map_err(|_| form())?;
    let asked = info.encryption_algorithm.pbes2().map(|parameters| &parameters.kdf).ok_or_else(form)?;
    let bounded = asked.pbkdf2().is_none_or(|kdf| kdf.iteration_count <= MOST_ITERATIONS)
        && asked.scrypt().is_none_or(|kdf| {
            kdf.cost_parameter.saturating_mul(kdf.block_size.into()) <= 1 << 21 && kdf.parallelization <= 16
        });
    if !bounded {
        return Err(form());
    }
    let wrong = |_| Error::field(Code::CLIENT_KEY_PASSWORD, "client_key");
    let plain = info.decrypt(password.expose_secret()).map_err(wrong)?;
    Ok(PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(plain.as_bytes().to_vec())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn file(name: &str) -> Vec<u8> {
        fs::read(format!("{}/../vectors/client-certificate/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    fn text(name: &str) -> SecretString {
        String::from_utf8(file(name)).unwrap().into()
    }

    fn password(word: &str) -> SecretString {
        word.to_owned().into()
    }

    fn fails(result: Result<ClientCertificate>) -> (Code, Option<&'static str>) {
        let error = result.unwrap_err();
        (error.code(), error.facts().field)
    }

    #[test]
    fn the_same_certificate_comes_from_every_form() {
        let pem = file("client.pem");
        let plain = ClientCertificate::from_pem(&pem, &text("client.key")).unwrap();
        let right = password("motdepasse");
        let others = [
            ClientCertificate::from_pem(&pem, &text("client-pkcs1.key")),
            ClientCertificate::from_encrypted_pem(&pem, &text("client-encrypted.key"), &right),
            ClientCertificate::from_encrypted_pem(&pem, &text("client-scrypt.key"), &right),
            ClientCertificate::from_encrypted_pem(&pem, &text("client.key"), &right),
            ClientCertificate::from_pkcs12(&file("client.p12"), &right),
            ClientCertificate::from_pkcs12(&file("client-3des.p12"), &right),
        ];
        for other in others.map(Result::unwrap) {
            assert_eq!(other.thumbprint(), plain.thumbprint());
            assert_eq!(other.not_after(), plain.not_after());
        }
        let whole = ClientCertificate::from_pkcs12(&file("client.p12"), &right).unwrap();
        assert_eq!((whole.chain().len(), plain.chain().len()), (2, 1), "the authority comes along");
        let elliptic = ClientCertificate::from_pkcs12(&file("other-no-password.p12"), &password("")).unwrap();
        let same = ClientCertificate::from_pem(&file("other.pem"), &text("other.key")).unwrap();
        assert_eq!(elliptic.thumbprint(), same.thumbprint());
    }

    #[test]
    fn a_file_is_read_in_whichever_form_it_comes() {
        let (pem, right, wrong) = (file("client.pem"), password("motdepasse"), password("autre"));
        let both = [file("client.pem"), file("client.key")].concat();
        let (key, encrypted) = (text("client.key"), text("client-encrypted.key"));
        let expected = ClientCertificate::from_pem(&pem, &key).unwrap().thumbprint();
        for read in [
            ClientCertificate::read(&pem, Some(&key), None),
            ClientCertificate::read(&pem, Some(&encrypted), Some(&right)),
            ClientCertificate::read(&both, None, None),
            ClientCertificate::read(&file("client.p12"), None, Some(&right)),
        ] {
            assert_eq!(read.unwrap().thumbprint(), expected);
        }
        assert!(ClientCertificate::read(&file("other-no-password.p12"), None, None).is_ok());
        let read = ClientCertificate::read;
        assert_eq!(fails(read(&file("client.p12"), None, Some(&wrong))).0, Code::CLIENT_KEY_PASSWORD);
        assert_eq!(fails(read(&file("client.p12"), None, None)).0, Code::CLIENT_KEY_PASSWORD);
        assert_eq!(fails(read(&pem, Some(&encrypted), None)).0, Code::CLIENT_KEY_ENCRYPTED);
        assert_eq!(fails(read(&pem, None, None)), (Code::CLIENT_KEY_FORM, Some("client_key")), "no key in the file");
        assert_eq!(fails(read(b"", None, None)), (Code::CLIENT_KEY_FORM, Some("pkcs12")));
        assert_eq!(fails(read(&file("client.p12"), Some(&key), None)).0, Code::HTTP_SETTINGS, "a key besides PKCS#12");
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let (pem, right) = (file("client.pem"), password("motdepasse"));
        let key = Some("client_key");
        let of = ClientCertificate::from_pem;
        assert_eq!(fails(of(&pem, &text("other.key"))), (Code::CLIENT_KEY_MISMATCH, key));
        assert_eq!(fails(of(&pem, &text("client-encrypted.key"))), (Code::CLIENT_KEY_ENCRYPTED, key));
        assert_eq!(fails(of(&pem, &text("client-old-encryption.key"))), (Code::CLIENT_KEY_FORM, key));
        assert_eq!(fails(of(&pem, &text("client.pem"))), (Code::CLIENT_KEY_FORM, key));
        assert_eq!(fails(of(&pem, &password(""))), (Code::CLIENT_KEY_FORM, key));
        assert_eq!(fails(of(b"", &text("client.key"))), (Code::HTTP_SETTINGS, Some("client_certificate")));
        let encrypted = ClientCertificate::from_encrypted_pem;
        let wrong = encrypted(&pem, &text("client-encrypted.key"), &password("autre"));
        assert_eq!(fails(wrong), (Code::CLIENT_KEY_PASSWORD, key));
        assert_eq!(fails(encrypted(&pem, &text("client-old-encryption.key"), &right)), (Code::CLIENT_KEY_FORM, key));

        let p12 = Some("pkcs12");
        let of = ClientCertificate::from_pkcs12;
        for file_name in ["client.p12", "client-3des.p12"] {
            assert_eq!(fails(of(&file(file_name), &password("autre"))), (Code::CLIENT_KEY_PASSWORD, p12));
            assert_eq!(fails(of(&file(file_name), &password(""))), (Code::CLIENT_KEY_PASSWORD, p12));
            let whole = file(file_name);
            for cut in [0, 1, 100, whole.len() - 1] {
                assert_eq!(fails(of(&whole[..cut], &right)), (Code::CLIENT_KEY_FORM, p12), "{cut}");
            }
        }
        assert_eq!(fails(of(&file("no-key.p12"), &right)), (Code::CLIENT_KEY_FORM, p12));
        assert_eq!(fails(of(&file("client.pem"), &right)), (Code::CLIENT_KEY_FORM, p12));
        assert_eq!(fails(of(&vec![0x30; LARGEST + 1], &right)), (Code::CLIENT_KEY_FORM, p12));
    }

    #[test]
    fn its_life_is_counted_in_days() {
        let certificate = ClientCertificate::from_pem(&file("client.pem"), &text("client.key")).unwrap();
        let (end, notice) = (certificate.not_after(), DAY * 60);
        assert_eq!(certificate.life(notice, end - DAY * 61), CertificateLife::Good(61));
        assert_eq!(certificate.life(notice, end - DAY * 60), CertificateLife::EndsSoon(60));
        assert_eq!(certificate.life(notice, end - DAY / 2), CertificateLife::EndsSoon(0));
        assert_eq!(certificate.life(DAY, end - DAY * 60), CertificateLife::Good(60));
        assert_eq!(certificate.life(notice, end + Duration::from_secs(1)), CertificateLife::Ended);
        assert_eq!(certificate.life(notice, certificate.not_before() - DAY), CertificateLife::NotYet);
        let shown = format!("{certificate:?}");
        assert!(shown.contains("not_after") && !shown.contains("key"), "{shown}");
    }
}
