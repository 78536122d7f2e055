//! Userinfo: what PSC says of a person, in every shape observed from 2021 to 2026.
//!
//! Only `sub` and an identity (`SubjectNameID`, else `preferred_username`) are required. An empty string means none, an
//! absent member means none, a number where a text is expected is its text, unknown members are kept. v1 has
//! `codeCivilite` inside `SubjectRefPro`, v2 beside it; one ANS model spells `otherIDs`. Nothing here is verified:
//! the evidence is [`super::SignIn`], made only when `sub` is that of the verified ID token.
//!
//! Source: prosanteconnect/proof-of-concept (`TmpTest.java`, `psc-data.json`), ad2ien/prosante-connect-synapse-module.

use super::AuthMode;
use super::answer;
use super::json;
use crate::base::Response;
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use crate::person::{Activity, Name, OtherId, Practice, Professional};
use serde_json::{Map, Value};
use std::fmt;

/// The claims of a userinfo answer, parsed.
///
/// ```
/// use sas_psc::psc::UserInfo;
///
/// let text = br#"{"sub":"f:u:899700000013","SubjectNameID":"899700000013","family_name":"DOC","new_claim":1}"#;
/// let info = UserInfo::parse(text)?;
/// assert_eq!(info.professional().name.family, "DOC");
/// assert_eq!(info.claims()["new_claim"], 1);
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct UserInfo {
    subject: String,
    professional: Professional,
    auth_mode: Option<AuthMode>,
    claims: Map<String, Value>,
}

impl UserInfo {
    /// Reads a userinfo document.
    ///
    /// # Errors
    /// `provider-answer` when it is not one JSON object without duplicate members; `userinfo-subject` without `sub`;
    /// `userinfo-identity` without a usable national identifier.
    pub fn parse(body: &[u8]) -> Result<UserInfo> {
        let unreadable = || Error::new(Code::PROVIDER_ANSWER);
        json::object(body).map_err(|_| unreadable())?;
        let claims: Map<String, Value> = serde_json::from_slice(body).map_err(|_| unreadable())?;
        // Compared with the ID token's byte for byte: no blank is taken off, no number is its digits.
        let subject = claims.get("sub").and_then(Value::as_str).unwrap_or_default().to_owned();
        if !is_subject(&subject) {
            return Err(Error::claim(Code::USERINFO_SUBJECT, "sub"));
        }
        let auth_mode = Some(text(&claims, "authMode")).filter(|mode| !mode.is_empty()).map(AuthMode::from);
        Ok(UserInfo { subject, professional: professional(&claims)?, auth_mode, claims })
    }

    /// Reads the answer of the userinfo endpoint.
    ///
    /// # Errors
    /// `access-token-refused` for 401 (its body is empty, its reason in a header); `provider-unavailable`; and those of
    /// [`UserInfo::parse`].
    pub fn answered(response: &Response) -> Result<UserInfo> {
        if matches!(response.status, 401 | 403) {
            return Err(Error::new(Code::ACCESS_TOKEN_REFUSED).with(|facts| facts.http_status = Some(response.status)));
        }
        answer::object(response)?;
        UserInfo::parse(&response.body)
    }

    /// The provider's own key of the person.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The person.
    pub fn professional(&self) -> &Professional {
        &self.professional
    }

    /// By card or by app, when said.
    pub fn auth_mode(&self) -> Option<&AuthMode> {
        self.auth_mode.as_ref()
    }

    /// Every claim as received, those read above and those unknown to us.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }
}

impl fmt::Debug for UserInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserInfo").field("professional", &self.professional.id_nat).finish_non_exhaustive()
    }
}

/// Whether a text can be a `sub`: at most 255 ASCII characters (OpenID Connect Core 1.0 §2). It is a key of accounts: what
/// cannot be seen in it, looks like another character, or ends a text in C, would make two people one.
pub(super) fn is_subject(text: &str) -> bool {
    (1..=255).contains(&text.len()) && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

fn professional(claims: &Map<String, Value>) -> Result<Professional> {
    let named = [text(claims, "SubjectNameID"), text(claims, "preferred_username")];
    let id = named.iter().find(|id| !id.is_empty()).map(|id| IdNat::parse(id));
    let id_nat = id.and_then(Result::ok).ok_or_else(|| Error::claim(Code::USERINFO_IDENTITY, "SubjectNameID"))?;
    let empty = Map::new();
    let reference = claims.get("SubjectRefPro").and_then(Value::as_object).unwrap_or(&empty);
    let civility = [text(claims, "codeCivilite"), text(reference, "codeCivilite")];
    Ok(Professional {
        id_nat,
        other_ids: list(claims, "otherIds").chain(list(claims, "otherIDs")).filter_map(other_id).collect(),
        name: Name {
            family: text(claims, "family_name"),
            given: text(claims, "given_name"),
            civility: civility.into_iter().find(|code| !code.is_empty()).unwrap_or_default(),
        },
        practices: list(reference, "exercices").map(practice).collect(),
    })
}

fn other_id(entry: &Map<String, Value>) -> Option<OtherId> {
    let quality = entry.get("qualite").and_then(|q| q.as_i64().or_else(|| q.as_str()?.parse().ok()));
    Some(OtherId { id: IdNat::parse(&text(entry, "identifiant")).ok()?, origin: text(entry, "origine"), quality })
}

fn practice(entry: &Map<String, Value>) -> Practice {
    Practice {
        profession: text(entry, "codeProfession"),
        category: text(entry, "codeCategorieProfessionnelle"),
        name: Name {
            family: text(entry, "nomDexercice"),
            given: text(entry, "prenomDexercice"),
            civility: text(entry, "codeCiviliteDexercice"),
        },
        speciality_kind: text(entry, "codeTypeSavoirFaire"),
        speciality: text(entry, "codeSavoirFaire"),
        activities: list(entry, "activities").map(activity).collect(),
    }
}

fn activity(entry: &Map<String, Value>) -> Activity {
    let get = |name| text(entry, name);
    let first =
        |names: [&'static str; 2]| names.map(get).into_iter().find(|value| !value.is_empty()).unwrap_or_default();
    let street = [
        "complementDestinataire",
        "complementPointGeographique",
        "numeroVoie",
        "indiceRepetitionVoie",
        "codeTypeDeVoie",
        "libelleVoie",
        "mentionDistribution",
    ];
    let street: Vec<String> = street.map(get).into_iter().filter(|part| !part.is_empty()).collect();
    Activity {
        mode: get("codeModeExercice"),
        sector: get("codeSecteurDactivite"),
        pharmacist_section: get("codeSectionPharmacien"),
        role: get("codeRole"),
        kind: get("codeGenreActivite"),
        organization: first(["raisonSocialeSite", "enseigneCommercialeSite"]),
        structure_id: get("identifiantTechniqueDeLaStructure"),
        former_structure_id: get("ancienIdentifiantDeLaStructure"),
        finess_site: get("numeroFinessSite"),
        finess_entity: first(["numeroFinessetablissementJuridique", "numeroFinessEtablissementJuridique"]),
        siret: get("numeroSiretSite"),
        siren: get("numeroSirenSite"),
        street: street.join(" "),
        postcode: get("codePostal"),
        city: get("bureauCedex"),
        registration_authority: get("autoriteDenregistrement"),
        trade_name: get("enseigneCommercialeSite"),
        commune: get("codeCommune"),
        department: get("codeDepartement"),
        country: get("codePays"),
        phone: get("telephone"),
        phone2: get("telephone2"),
        fax: get("telecopie"),
        email: get("adresseEMail"),
    }
}

/// A text without the blanks around it; empty when absent. A whole number is its digits: some codes came as numbers.
fn text(object: &Map<String, Value>, name: &str) -> String {
    match object.get(name) {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) if !number.is_f64() => number.to_string(),
        _ => String::new(),
    }
}

/// The objects of an array; nothing when it is absent or something else.
fn list<'a>(object: &'a Map<String, Value>, name: &str) -> impl Iterator<Item = &'a Map<String, Value>> {
    object.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

#[cfg(test)]
mod tests {
    use super::super::answer::tests::answer;
    use super::*;

    const MINIMAL: &str = r#"{"sub":"f:u:899700000013","SubjectNameID":"899700000013"}"#;

    fn code(body: &str) -> Code {
        UserInfo::parse(body.as_bytes()).unwrap_err().code()
    }

    #[test]
    fn what_is_required_is_required() {
        assert!(UserInfo::parse(MINIMAL.as_bytes()).is_ok());
        assert_eq!(code(r#"{"SubjectNameID":"899700000013"}"#), Code::USERINFO_SUBJECT);
        assert_eq!(code(r#"{"sub":"f:u:899700000013"}"#), Code::USERINFO_IDENTITY);
        assert_eq!(code(r#"{"sub":"s","SubjectNameID":"8 99700000013"}"#), Code::USERINFO_IDENTITY);
        assert_eq!(code(r#"{"sub":"s","sub":"t","SubjectNameID":"899700000013"}"#), Code::PROVIDER_ANSWER);
        assert_eq!(code("[]"), Code::PROVIDER_ANSWER);
    }

    #[test]
    fn a_refused_access_token_is_told_by_its_status_for_its_body_is_empty() {
        let error = UserInfo::answered(&answer(401, "text/plain", "")).unwrap_err();
        assert_eq!((error.code(), error.facts().http_status), (Code::ACCESS_TOKEN_REFUSED, Some(401)));
        assert_eq!(UserInfo::answered(&answer(502, "text/html", "")).unwrap_err().code(), Code::PROVIDER_UNAVAILABLE);
        let jwt = answer(200, "application/jwt", "e30.e30.");
        assert_eq!(UserInfo::answered(&jwt).unwrap_err().code(), Code::PROVIDER_ANSWER);
        assert!(UserInfo::answered(&answer(200, "application/json;charset=utf-8", MINIMAL)).is_ok());
    }

    #[test]
    fn debug_shows_nothing_personal() {
        let info =
            UserInfo::parse(br#"{"sub":"f:u:899700000013","SubjectNameID":"899700000013","family_name":"DUPONT"}"#);
        let shown = format!("{info:?}");
        assert!(!shown.contains("DUPONT") && !shown.contains("899700000013"), "{shown}");
    }
}
