//! `sas_psc_sign_up_mail`: a mail of a sign-up, for the caller to send.

use crate::export::export;
use crate::handle::Handle;
use crate::string::{LazyText, json, sas_psc_string};
use sas_psc::drive::MailToSend;
use std::ffi::c_char;

/// A mail to send. It carries the link and the code: do not keep it.
pub struct sas_psc_sign_up_mail {
    pub(crate) mail: MailToSend,
    texts: [LazyText; 2],
}

impl Handle for sas_psc_sign_up_mail {}

impl From<MailToSend> for sas_psc_sign_up_mail {
    fn from(mail: MailToSend) -> sas_psc_sign_up_mail {
        sas_psc_sign_up_mail { mail, texts: Default::default() }
    }
}

export! {
    /// The account that it is of.
    fn sas_psc_sign_up_mail_account(mail: *const sas_psc_sign_up_mail) -> *const c_char {
        mail.texts[0].of(|| Some(mail.mail.account().to_hex()))
    }

    /// The address that it goes to.
    fn sas_psc_sign_up_mail_to(mail: *const sas_psc_sign_up_mail) -> *const c_char {
        mail.texts[1].of(|| Some(mail.mail.to().as_typed()))
    }

    /// What it says, as sas_psc_email_templates_challenge gives it: {"id","subject","text","html","headers":{…}}.
    fn sas_psc_sign_up_mail_message(mail: *const sas_psc_sign_up_mail, message: *mut *mut sas_psc_string) -> Status {
        message.give(json(&mail.mail.message().parts())?);
        Ok(())
    }

    /// Frees it. Null is allowed.
    fn sas_psc_sign_up_mail_free(mail: *mut sas_psc_sign_up_mail) -> Freed {}
}
