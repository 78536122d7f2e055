//! The authorities of IGC-Santé as data: who may issue which cards.
//!
//! Source: `production.pem` and `test.pem` say where each was found. The range stands in the name: FORT issues CPS and CPF,
//! STANDARD issues staff cards, ELEMENTAIRE issues certificates that are in no card.

use crate::base::pem;
use crate::card::CardType;
use crate::error::{Code, Error, Result};
use rustls_pki_types::{CertificateDer, TrustAnchor};
use webpki::{EndEntityCert, anchor_from_trusted_cert};
use x509_cert::Certificate;
use x509_cert::der::Decode;

/// The range of an authority, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Range {
    /// CPS and CPF.
    Strong,
    /// Cards of staff: CPE, CPA, CDE.
    Standard,
    /// No cards: software certificates, servers.
    Elementary,
    /// An authority that is named otherwise.
    Other,
}

impl Range {
    fn of_name(name: &str) -> Range {
        let says = |word: &str| name.split(' ').any(|part| part == word);
        match (says("FORT"), says("STANDARD"), says("ELEMENTAIRE")) {
            (true, false, false) => Range::Strong,
            (false, true, false) => Range::Standard,
            (false, false, true) => Range::Elementary,
            _ => Range::Other,
        }
    }

    /// Whether cards of this type come from it; a type that is not known may come from any range that issues cards.
    pub(super) fn issues(self, card: Option<CardType>) -> bool {
        match (self, card) {
            (Range::Strong, Some(card)) => matches!(card, CardType::Cps | CardType::Cpf | CardType::Other),
            (Range::Standard, Some(card)) => !matches!(card, CardType::Cps | CardType::Cpf),
            _ => false,
        }
    }
}

/// One authority.
pub(super) struct Authority {
    pub der: CertificateDer<'static>,
    pub name: String,
    /// The subject without its header, as issuers are compared.
    pub subject: Vec<u8>,
    pub range: Range,
    /// Whether it issues certificates of persons.
    pub of_people: bool,
    pub is_root: bool,
}

fn unusable() -> Error {
    Error::new(Code::CARD_AUTHORITIES)
}

impl Authority {
    /// The authorities of a PEM text.
    ///
    /// # Errors
    /// `card-authorities`.
    pub fn list(text: &str) -> Result<Vec<Authority>> {
        let mut all = Vec::new();
        let mut rest = text;
        while let Some(section) = pem(rest, "CERTIFICATE") {
            all.push(Authority::read(&section.map_err(|_| unusable())?)?);
            rest = rest.split_once("-----END CERTIFICATE-----").map_or("", |(_, after)| after);
        }
        if all.is_empty() || all.len() > 64 { Err(unusable()) } else { Ok(all) }
    }

    fn read(der: &[u8]) -> Result<Authority> {
        let parsed = Certificate::from_der(der).map_err(|_| unusable())?;
        let der = CertificateDer::from(der.to_vec());
        let read = EndEntityCert::try_from(&der).map_err(|_| unusable())?;
        let name = parsed.tbs_certificate().subject().common_name().ok().flatten();
        let name = name.map(|name| name.value().into_owned()).unwrap_or_default();
        let (subject, is_root) = (read.subject().to_vec(), read.subject() == read.issuer());
        let (range, of_people) = (Range::of_name(&name), name.split(' ').any(|part| part == "PERSONNES"));
        Ok(Authority { name, subject, range, of_people, is_root, der })
    }

    /// What of it is trusted when it is a root.
    pub fn anchor(&self) -> Result<TrustAnchor<'static>> {
        anchor_from_trusted_cert(&self.der).map(|anchor| anchor.to_owned()).map_err(|_| unusable())
    }
}
