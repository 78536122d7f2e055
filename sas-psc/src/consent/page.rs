//! A receipt that a person can read: one page in French, to print, with a QR code of the entry's hash and place.
//!
//! The page proves nothing: the two files of the receipt do, and it says so. It holds no name: the record has none.

use super::{Logged, Opening, Receipt, Sha256, VerifierKey, WrittenBy, merkle};
use crate::base::escaped;
use crate::error::{Code, Error, Lang, Result};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use std::fmt::Write;

const PAGE: &str = include_str!("page.html");

impl Opening {
    /// The page, as HTML without any reference to elsewhere, of a receipt that these keys verify. Its QR code is five
    /// lines: `sas-psc consent receipt v1`, the log, the index, the size, the hash of the entry's leaf in hexadecimal.
    ///
    /// # Errors
    /// Those of [`Opening::verify`].
    pub fn page(&self, receipt: &Receipt, keys: &[VerifierKey]) -> Result<String> {
        let logged = self.verify(receipt, keys)?;
        let leaf = merkle::leaf_hash(receipt.entry());
        let title = format!("Reçu : {}", self.record().title(Lang::Fr));
        let parts = [
            ("{title}", escaped(&title)),
            ("{qr}", qr(&logged, leaf)?),
            ("{answer}", self.answer()),
            ("{logged}", rows_of_log(&logged, leaf)),
        ];
        Ok(filled(&parts))
    }

    fn answer(&self) -> String {
        let (fields, mut rows) = (self.record().fields(), String::new());
        if let Some(fact) = &fields.account {
            row(&mut rows, "Événement", fact.event.text(Lang::Fr));
            row(&mut rows, "Preuves", &fact.proofs.join(", "));
            hash(&mut rows, "Compte (empreinte à clé)", fact.account);
        } else {
            row(&mut rows, "Texte", &format!("{}, version {}, langue {}", fields.slug, fields.version, fields.lang));
        }
        for document in &fields.documents {
            row(&mut rows, "Document", &format!("{} ({} octets)", document.title, document.length));
            hash(&mut rows, "SHA-256 du document", document.sha256);
        }
        if let Some(purpose) = &fields.purpose {
            row(&mut rows, "Finalité", purpose);
        }
        if let Some(declared) = &fields.declared {
            let says = |answer: Option<bool>| match answer {
                None => "sans réponse",
                Some(true) => "oui",
                Some(false) => "non",
            };
            let by = match declared.by {
                WrittenBy::Person => "la personne",
                WrittenBy::Delegate(_) => "un délégataire",
                WrittenBy::Administrator(_) => "un administrateur",
                WrittenBy::CptsManager(_) => "le gestionnaire de sa CPTS",
            };
            row(
                &mut rows,
                if declared.sworn { "Déclaration sur l'honneur" } else { "Déclaration" },
                &declared.sentence,
            );
            row(&mut rows, "Réponse", &format!("{}, auparavant {}", says(declared.after), says(declared.before)));
            row(&mut rows, "Écrite par", by);
        }
        if let Some(at) = fields.presented_at {
            row(&mut rows, "Texte affiché le", &at.to_string());
        }
        row(&mut rows, if fields.account.is_some() { "Date" } else { "Répondu le" }, &fields.at.to_string());
        row(&mut rows, "Manière", &fields.method);
        let signed_in = fields.signed_in.as_ref();
        let level = signed_in.map_or("aucune authentification connue".to_owned(), |signed_in| {
            format!("{} ({}), le {}", signed_in.acr, fields.issuer, signed_in.auth_time)
        });
        row(&mut rows, "Authentification", &level);
        row(&mut rows, "Responsable", &fields.keeping.controller);
        row(&mut rows, "Pour retirer ou quitter", &fields.keeping.exit);
        row(&mut rows, "Enregistrement", &fields.id.to_string());
        rows
    }
}

fn rows_of_log(logged: &Logged, leaf: Sha256) -> String {
    let (head, mut rows) = (logged.checkpoint.checkpoint(), String::new());
    row(&mut rows, "Journal", &head.origin);
    row(&mut rows, "Place", &format!("entrée {} d'un journal de {} entrées", logged.index, head.size));
    row(&mut rows, "Inscrit le", &logged.logged_at.to_string());
    hash(&mut rows, "Empreinte de l'entrée", leaf);
    hash(&mut rows, "Racine signée", head.root);
    rows
}

fn qr(logged: &Logged, leaf: Sha256) -> Result<String> {
    let head = logged.checkpoint.checkpoint();
    let text = format!("sas-psc consent receipt v1\n{}\n{}\n{}\n{leaf}", head.origin, logged.index, head.size);
    // An origin is at most 255 bytes, so the text has its place in a code of this level.
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| Error::new(Code::BROKEN_INVARIANT))?;
    let svg = code.render::<svg::Color<'_>>().min_dimensions(150, 150).build();
    // Without the XML declaration, which has no place inside a page.
    Ok(svg.find("<svg").map_or_else(String::new, |at| svg[at..].to_owned()))
}

fn row(rows: &mut String, name: &str, value: &str) {
    let _ = writeln!(rows, "<tr><th scope=\"row\">{}</th><td>{}</td></tr>", escaped(name), escaped(value));
}

fn hash(rows: &mut String, name: &str, value: Sha256) {
    let _ = writeln!(rows, "<tr><th scope=\"row\">{}</th><td class=\"hash\">{value}</td></tr>", escaped(name));
}

/// The page with its parts in their places; what a part holds is never read as a place.
fn filled(parts: &[(&str, String)]) -> String {
    let (mut page, mut rest) = (String::new(), PAGE);
    while let Some((at, (place, part))) =
        parts.iter().filter_map(|part| Some((rest.find(part.0)?, part))).min_by_key(|(at, _)| *at)
    {
        page.push_str(&rest[..at]);
        page.push_str(part);
        rest = &rest[at + place.len()..];
    }
    page + rest
}
