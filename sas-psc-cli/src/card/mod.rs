//! `card`: what is in the readers, its certificates, a signature, the PIN.

mod codes;

use crate::input;
use crate::output::Output;
use clap::{Args, Subcommand};
pub use codes::Codes;
use sas_psc::base::Clock;
use sas_psc::card::{
    CardCertificate, CardKind, CmsToSign, DescribedReader, ReaderName, ReaderState, SignRequest, SignatureScheme, Usage,
};
use sas_psc::drive::{Pkcs11, Readers, SystemClock};
use sas_psc::onboarding::companion::{Need, Preparation};
use sas_psc::{Code, Error};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Longer than this no work with a card takes, the time at a keypad included.
const LONGEST: Duration = Duration::from_secs(90);

/// What of a sign-in with the card is at this machine: a reader, a CPS in it, ANS's software. No card is read.
pub fn looked(ready: Preparation) -> Preparation {
    // A machine without PC/SC sees no reader.
    let states = Readers::new().list().wait_for(Duration::from_secs(10)).unwrap_or_default();
    let cps = |state: &ReaderState| state.kind().is_some_and(|kind| kind != CardKind::Unknown);
    ready
        .look(Need::Reader, !states.is_empty())
        .look(Need::Card, states.iter().any(cps))
        .look(Need::Middleware, Pkcs11::installed_of_ans().is_some())
}

/// Commands on the cards in the readers of this machine.
#[derive(Subcommand)]
pub enum Command {
    /// Show every reader, and what its card shows without a PIN
    List,
    /// Print a certificate of the card as PEM
    Certificate(Certificate),
    /// Sign a file with a key of the card: RSA PKCS#1 v1.5 with SHA-256
    Sign(Sign),
    /// Give the card a new PIN, on the reader's own keys when it has them; with --pin-stdin, stdin holds the old one and the new
    /// one, one a line
    ChangePin(Change),
    /// Unblock the PIN; stdin holds the unblocking code (PUK) and the new PIN, one a line
    Unblock(Change),
}

/// Which reader.
#[derive(Args)]
pub struct Reader {
    /// The reader, by its name or a part of it that no other has; by default the only one with a card
    #[arg(long, value_name = "READER")]
    reader: Option<String>,
}

/// Arguments of `card certificate`.
#[derive(Args)]
pub struct Certificate {
    #[command(flatten)]
    reader: Reader,
    /// authentication, signature or technical
    #[arg(long, default_value = "authentication", value_parser = usage)]
    usage: Usage,
    /// Where to write it; `-` is stdout
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: PathBuf,
}

/// Arguments of `card sign`.
#[derive(Args)]
pub struct Sign {
    #[command(flatten)]
    reader: Reader,
    /// authentication or signature
    #[arg(long, value_parser = usage)]
    usage: Usage,
    /// The file to sign; `-` is stdin
    #[arg(long = "in", value_name = "FILE")]
    input: PathBuf,
    /// Where to write the signature
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// A detached CMS with the certificate in it (.p7s, CAdES-BES), by the signature key
    #[arg(long)]
    cms: bool,
    #[command(flatten)]
    codes: Codes,
}

/// Arguments of `card change-pin` and `card unblock`.
#[derive(Args)]
pub struct Change {
    #[command(flatten)]
    reader: Reader,
    #[command(flatten)]
    codes: Codes,
}

#[derive(Serialize)]
struct Pem<'a> {
    usage: &'a str,
    pem: &'a str,
}

#[derive(Serialize)]
struct Signature {
    certificate_sha256: String,
    algorithm: &'static str,
}

#[derive(Serialize)]
struct Done {
    done: bool,
}

impl Command {
    /// Runs it.
    pub fn run(&self, out: &mut Output) -> Result<(), Error> {
        let readers = Readers::new();
        match self {
            Command::List => list(&readers, out),
            Command::Certificate(certificate) => certificate.run(&readers, out),
            Command::Sign(sign) => sign.run(&readers, out),
            Command::ChangePin(change) => change.pin(&readers, out),
            Command::Unblock(change) => change.unblock(&readers, out),
        }
    }
}

fn list(readers: &Readers, out: &mut Output) -> Result<(), Error> {
    for state in readers.list().wait_for(LONGEST)? {
        let read = state.atr.as_ref().map(|_| readers.read(Some(&state.name)).wait_for(LONGEST)).transpose();
        let (contents, error) = read.map_or_else(|error| (None, Some(error)), |contents| (contents, None));
        let described = DescribedReader::of(&state, contents.as_ref());
        let (serial, tries) = (described.serial.as_deref().unwrap_or("-"), described.pin_tries_left);
        let tries = tries.map_or_else(|| "-".to_owned(), |tries| tries.to_string());
        out.result(&described, format_args!("{}\t{}\t{serial}\t{tries}", described.reader, described.card));
        for certificate in &described.certificates {
            let who = certificate.subject_id_nat.as_deref().unwrap_or("-");
            let until = certificate.not_after.as_deref().unwrap_or("-");
            let (usage, family, given) = (certificate.usage, &certificate.family_name, &certificate.given_name);
            out.explain(format_args!("  {usage}\t{who}\t{family} {given}\t{until}"));
        }
        // A card that is not a CPS is no mishap: the line says "unknown".
        error.filter(|error| error.code() != Code::CARD_UNKNOWN).iter().for_each(|error| out.error(error));
    }
    Ok(())
}

impl Certificate {
    fn run(&self, readers: &Readers, out: &mut Output) -> Result<(), Error> {
        let contents = readers.read(self.reader.find(readers)?.as_ref()).wait_for(LONGEST)?;
        let pem = contents.find(self.usage)?.to_pem();
        if self.out != Path::new("-") {
            return input::write("out", &self.out, pem.as_bytes());
        }
        out.result(&Pem { usage: self.usage.word(), pem: &pem }, pem.trim_end());
        Ok(())
    }
}

impl Sign {
    fn run(&self, readers: &Readers, out: &mut Output) -> Result<(), Error> {
        if self.cms {
            return self.cms(readers, out);
        }
        let mut file = input::open("in", &self.input)?;
        let scheme = SignatureScheme::Pkcs1Sha256;
        let request = SignRequest::of_reader(self.usage, scheme, &mut file);
        let request = request.map_err(|error| Error::field(Code::FILE_UNREADABLE, "in").caused_by(error))?;
        let reader = self.reader.find(readers)?;
        let pin = self.codes.pin(readers, reader.as_ref(), out)?;
        let signed = readers.sign(reader.as_ref(), request, pin).wait_for(LONGEST)?;
        input::write("out", &self.out, &signed.signature)?;
        let sha256: String = signed.certificate_sha256().iter().map(|byte| format!("{byte:02x}")).collect();
        let line = format!("{sha256}\t{}", scheme.word());
        out.result(&Signature { certificate_sha256: sha256, algorithm: scheme.word() }, line);
        Ok(())
    }
}

impl Sign {
    fn cms(&self, readers: &Readers, out: &mut Output) -> Result<(), Error> {
        let document = input::bytes("in", &self.input)?;
        let reader = self.reader.find(readers)?;
        let contents = readers.read(reader.as_ref()).wait_for(LONGEST)?;
        // The key asked for must be the one that signs documents: the certificate says so.
        let certificate = CardCertificate::read(&contents.find(self.usage)?.der)?;
        let to_sign = CmsToSign::new(&certificate, &document, SystemClock.now())?;
        let scheme = SignatureScheme::Pkcs1Sha256;
        let pin = self.codes.pin(readers, reader.as_ref(), out)?;
        let request = SignRequest::new(self.usage, scheme, to_sign.bytes());
        let signed = readers.sign(reader.as_ref(), request, pin).wait_for(LONGEST)?;
        input::write("out", &self.out, to_sign.finish(&signed.signature)?.as_der())?;
        let sha256: String = signed.certificate_sha256().iter().map(|byte| format!("{byte:02x}")).collect();
        let line = format!("{sha256}\t{}", scheme.word());
        out.result(&Signature { certificate_sha256: sha256, algorithm: scheme.word() }, line);
        Ok(())
    }
}

impl Change {
    fn pin(&self, readers: &Readers, out: &mut Output) -> Result<(), Error> {
        let reader = self.reader.find(readers)?;
        if self.codes.change_on_keys(readers, reader.as_ref(), out)? {
            // Three codes, each in its own time.
            readers.change_pin_on_pinpad(reader.as_ref(), self.codes.use_last_try).wait_for(LONGEST * 3)?;
        } else {
            let (old, new) = self.codes.old_and_new(out)?;
            readers.change_pin(reader.as_ref(), old, new).wait_for(LONGEST)?;
        }
        done(out);
        Ok(())
    }

    fn unblock(&self, readers: &Readers, out: &mut Output) -> Result<(), Error> {
        let reader = self.reader.find(readers)?;
        let (puk, new) = self.codes.puk_and_new(out)?;
        readers.unblock(reader.as_ref(), puk, new, self.codes.use_last_try).wait_for(LONGEST)?;
        done(out);
        Ok(())
    }
}

fn done(out: &mut Output) {
    out.result(&Done { done: true }, "ok");
}

impl Reader {
    /// The reader that is meant, when one is.
    ///
    /// # Errors
    /// `reader-unknown`.
    pub fn find(&self, readers: &Readers) -> Result<Option<ReaderName>, Error> {
        let Some(wanted) = &self.reader else { return Ok(None) };
        let states = readers.list().wait_for(LONGEST)?;
        let found = ReaderName::meant(states.iter().map(|state| &state.name), wanted);
        found.cloned().map(Some).ok_or_else(|| Error::new(Code::READER_UNKNOWN))
    }
}

fn usage(word: &str) -> Result<Usage, String> {
    Usage::of_word(word).map_err(|_| "authentication, signature or technical".to_owned())
}
