//! `login card`: the card's own certificate on TLS, at a provider whose login it is.

use super::Login;
use crate::card::{Codes, Reader};
use crate::output::Output;
use clap::Args;
use sas_psc::card::Signer;
use sas_psc::drive::{Pkcs11, Readers};
use sas_psc::psc::{SignInOptions, SignedIn};
use sas_psc::{Code, Error};
use std::path::PathBuf;

/// Arguments of `login card`.
#[derive(Args)]
pub struct Card {
    #[command(flatten)]
    pub(super) login: Login,
    #[command(flatten)]
    reader: Reader,
    #[command(flatten)]
    codes: Codes,
    /// Reach the card through this PKCS#11 module instead of the reader
    #[arg(long, value_name = "MODULE", conflicts_with = "reader")]
    pkcs11: Option<PathBuf>,
    /// The token of the module, by its label; by default the first with a key for authentication
    #[arg(long, value_name = "LABEL", requires = "pkcs11")]
    token: Option<String>,
    /// The return address that is registered for the client; nothing listens there
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1/callback")]
    redirect_uri: String,
}

impl Card {
    /// Runs it.
    pub fn run(&self, out: &mut Output) -> Result<SignedIn, Error> {
        // Told before anybody is asked for a code.
        if self.login.provider.environment()?.is_psc() {
            return Err(Error::new(Code::CARD_LOGIN_NOT_OFFERED));
        }
        if let Some(module) = &self.pkcs11 {
            let module = Pkcs11::load(module)?;
            let wanted = |label: &str| self.token.as_ref().is_none_or(|token| token == label);
            let own_entry = module.tokens()?.iter().any(|token| wanted(&token.label) && token.own_pin_entry);
            let pin = self.codes.for_module(own_entry, out)?;
            return self.sign_in(module.key(self.token.as_deref(), pin)?, out);
        }
        let readers = Readers::new();
        let reader = self.reader.find(&readers)?;
        let pin = self.codes.pin(&readers, reader.as_ref(), out)?;
        self.sign_in(readers.key(reader.as_ref(), pin)?, out)
    }

    fn sign_in(&self, key: impl Signer + 'static, out: &Output) -> Result<SignedIn, Error> {
        let http = self.login.provider.reach.http()?.with_card(key)?;
        let psc = self.login.over(self.login.client(&self.redirect_uri)?, &http)?;
        psc.sign_in_by_certificate(&SignInOptions::default().lang(out.lang))
    }
}
