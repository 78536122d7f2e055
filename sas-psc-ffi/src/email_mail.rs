//! `sas_psc_email_templates`, `sas_psc_mail_limits`: the words of the mails, and how many may be asked for.

use crate::argument::Maybe;
use crate::email::sas_psc_email_dispatch;
use crate::export::export;
use crate::handle::Handle;
use crate::string::{json, sas_psc_string};
use sas_psc::base::{ServerKey, Timestamp};
use sas_psc::drive::{MailLimits, block_on, mail_templates};
use sas_psc::email::{Address, LimitRules, LimitStore, Limiter, MailAsk, MailKind, Templates};
use sas_psc::store::Sqlite;
use sas_psc::{Code, Error, Lang};
use std::ffi::{c_char, c_void};

/// The words of the mails: ours, or a platform's. Any number of threads may use it.
pub struct sas_psc_email_templates(pub(crate) Templates);

/// How many mails may be asked for, counted in a SQLite file that all instances share. Any number of threads may use it.
pub struct sas_psc_mail_limits(MailLimits<Sqlite>);

impl Handle for sas_psc_email_templates {}
impl Handle for sas_psc_mail_limits {}

export! {
    /// Our words, with those of a folder of templates in their place; null for ours alone. Files are verification.fr.txt,
    /// verification.fr.html and so on; a text file opens with "Subject: " and the subject. SAS_PSC_ERROR_FILE_UNREADABLE;
    /// with "template" and, where one is at fault, "field": _EMAIL_TEMPLATE_NAME, _EMAIL_TEMPLATE_PLACE,
    /// _EMAIL_TEMPLATE_SUBJECT, _EMAIL_TEMPLATE_UNSAFE.
    fn sas_psc_email_templates_new(
        folder: Maybe<*const c_char>,
        templates: *mut *mut sas_psc_email_templates,
    ) -> Status {
        templates.give(sas_psc_email_templates(folder.map_or_else(|| Ok(Templates::default()), mail_templates)?));
        Ok(())
    }

    /// The mail that carries a link and a code: kind is "verification", or "new-address" for one that replaces another;
    /// lang "fr" or "en"; service the platform's name; link_base the page that the link opens. mail is JSON:
    /// {"id","subject","text","html","headers":{…}}, the id being the left part of the Message-ID.
    /// SAS_PSC_ERROR_EMAIL_TEMPLATE_NAME, _EMAIL_LINK_BASE.
    fn sas_psc_email_templates_challenge(
        templates: *const sas_psc_email_templates,
        kind: *const c_char,
        lang: *const c_char,
        service: *const c_char,
        link_base: *const c_char,
        dispatch: *const sas_psc_email_dispatch,
        mail: *mut *mut sas_psc_string,
    ) -> Status {
        let (kind, lang) = (MailKind::named(kind)?, Lang::from_tag(lang));
        mail.give(json(&templates.0.challenge(kind, lang, service, link_base, &dispatch.0)?.parts())?);
        Ok(())
    }

    /// The mail to the reader of a mailbox that another account holds already: no link, no code. To be sent in the place of
    /// the one above, so that whoever asked cannot tell.
    fn sas_psc_email_templates_already_linked(
        templates: *const sas_psc_email_templates,
        lang: *const c_char,
        service: *const c_char,
        dispatch: *const sas_psc_email_dispatch,
        mail: *mut *mut sas_psc_string,
    ) -> Status {
        mail.give(json(&templates.0.already_linked(Lang::from_tag(lang), service, &dispatch.0).parts())?);
        Ok(())
    }

    /// A mail as it will look, with an invented link and code: kind is one of the above, "already-linked" or
    /// "address-change". SAS_PSC_ERROR_EMAIL_TEMPLATE_NAME.
    fn sas_psc_email_templates_preview(
        templates: *const sas_psc_email_templates,
        kind: *const c_char,
        lang: *const c_char,
        service: *const c_char,
        mail: *mut *mut sas_psc_string,
    ) -> Status {
        mail.give(json(&templates.0.preview(MailKind::named(kind)?, Lang::from_tag(lang), service).parts())?);
        Ok(())
    }

    /// Frees them. Null is allowed.
    fn sas_psc_email_templates_free(templates: *mut sas_psc_email_templates) -> Freed {}

    /// Limits counted in the SQLite file at this path, made when it is not there. key is a secret of at least 32 bytes, the
    /// same in every instance. rules is JSON, or null for ours: {"person":{"free":4,"first_wait":30,"longest_wait":900,
    /// "a_day":20},"address":{…},"network":{…},"v4_prefix":24,"v6_prefix":48}, waits in seconds.
    /// SAS_PSC_ERROR_EMAIL_LIMIT_RULES, _SERVER_KEY_SHORT, and those of the store.
    fn sas_psc_mail_limits_new(
        path: *const c_char,
        key: *const c_void,
        key_len: usize,
        rules: Maybe<*const c_char>,
        limits: *mut *mut sas_psc_mail_limits,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let key = ServerKey::new(unsafe { key.bytes(key_len) }?)?;
        let limiter = Limiter::new(key, LimitRules::from_json(rules.unwrap_or("{}"))?);
        limits.give(sas_psc_mail_limits(MailLimits::new(limiter, Sqlite::open(path)?)));
        Ok(())
    }

    /// Counts an ask. not_before is when its mail may leave: now, or later when others asked for the same mailbox, which the
    /// person is not to be told. person is what stays the same over their sign-ins; network the IP address they ask from,
    /// null when it is not known. SAS_PSC_ERROR_EMAIL_TOO_MANY with "retry_after": nothing was counted; _USAGE when
    /// network is no IP address.
    fn sas_psc_mail_limits_ask(
        limits: *const sas_psc_mail_limits,
        person: *const c_void,
        person_len: usize,
        address: *const c_char,
        network: Maybe<*const c_char>,
        now: i64,
        not_before: *mut i64,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let person = unsafe { person.bytes(person_len) }?;
        let network = network.map(str::parse).transpose().map_err(|_| Error::field(Code::USAGE, "network"))?;
        let ask = MailAsk { person, address: &Address::parse(address)?, network };
        not_before.set(block_on(limits.0.ask(&ask, Timestamp::from_unix_millis(now)))?.unix_millis());
        Ok(())
    }

    /// Deletes what is of no use any more, and says how many rows. Once an hour is often enough.
    fn sas_psc_mail_limits_sweep(limits: *const sas_psc_mail_limits, now: i64, rows: *mut u64) -> Status {
        rows.set(block_on(limits.0.store().sweep_limit_rows(Timestamp::from_unix_millis(now)))?);
        Ok(())
    }

    /// Frees them. Null is allowed.
    fn sas_psc_mail_limits_free(limits: *mut sas_psc_mail_limits) -> Freed {}
}
