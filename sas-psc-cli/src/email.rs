//! `email check`: is this an address to which the verification mail can go. `email preview`: the mails as they will look.

use crate::output::{Output, sentences};
use clap::{Args, Subcommand, ValueEnum};
use sas_psc::drive::mail_templates;
use sas_psc::email::{Address, MailKind, SERVICE, Templates};
use sas_psc::{Error, Lang};
use serde::Serialize;
use std::path::PathBuf;

/// Commands on e-mail addresses and mails.
#[derive(Subcommand)]
pub enum Command {
    /// Check addresses: prints address, yes or no, and its canonical form or why it is refused
    Check(Check),
    /// Show the mails as they will look, with an invented link and code; checks a folder of templates
    Preview(Preview),
}

/// Arguments of `email check`.
#[derive(Args)]
pub struct Check {
    /// The addresses
    #[arg(required = true)]
    addresses: Vec<String>,
}

/// Arguments of `email preview`.
#[derive(Args)]
pub struct Preview {
    /// A folder of templates, such as verification.fr.txt and verification.fr.html; ours where it has none
    #[arg(long, value_name = "FOLDER")]
    templates: Option<PathBuf>,
    /// Only this mail: verification, new-address, already-linked, address-change
    #[arg(long)]
    mail: Option<String>,
    /// Only this language
    #[arg(long, value_enum)]
    mail_lang: Option<MailLang>,
    /// What the mail says the account is for
    #[arg(long, default_value = SERVICE)]
    service: String,
    /// Print the HTML, not the text
    #[arg(long)]
    html: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum MailLang {
    Fr,
    En,
}

/// A mail, as JSON has it.
#[derive(Serialize)]
struct Shown<'a> {
    mail: &'static str,
    lang: &'static str,
    subject: &'a str,
    text: &'a str,
    html: &'a str,
}

impl Command {
    /// Runs it.
    pub fn run(&self, out: &mut Output) -> Result<(), Error> {
        match self {
            Command::Check(check) => check.run(out),
            Command::Preview(preview) => return preview.run(out),
        }
        Ok(())
    }
}

impl Check {
    fn run(&self, out: &mut Output) {
        for address in &self.addresses {
            let found = Address::check(address);
            let answer = if found.valid { "yes" } else { "no" };
            let why = found.canonical.as_deref().or(found.reason).unwrap_or_default();
            out.answer(found.valid, &found, format_args!("{address}\t{answer}\t{why}"));
            if let Some(code) = found.code() {
                out.explain(sentences(code, out.lang));
            }
            for warning in Address::parse(address).iter().flat_map(Address::warnings) {
                out.explain(warning.text(out.lang));
            }
        }
    }
}

impl Preview {
    fn run(&self, out: &mut Output) -> Result<(), Error> {
        let templates = self.templates.as_ref().map_or_else(|| Ok(Templates::default()), mail_templates)?;
        let mails = match &self.mail {
            Some(name) => vec![MailKind::named(name)?],
            None => MailKind::ALL.to_vec(),
        };
        let langs = match self.mail_lang {
            Some(MailLang::Fr) => vec![Lang::Fr],
            Some(MailLang::En) => vec![Lang::En],
            None => vec![Lang::Fr, Lang::En],
        };
        for kind in mails {
            for lang in &langs {
                let mail = templates.preview(kind, *lang, &self.service);
                let (subject, text, html) = (mail.subject(), mail.text(), mail.html());
                let shown = Shown { mail: kind.name(), lang: lang.tag(), subject, text, html };
                let body = if self.html { html } else { text };
                let head = format_args!("{} ({})\nSubject: {subject}\n\n{body}", kind.name(), lang.tag()).to_string();
                out.result(&shown, head);
            }
        }
        Ok(())
    }
}
