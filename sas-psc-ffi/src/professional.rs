//! `sas_psc_userinfo`, `sas_psc_professional`: what the provider says of a person, who they are, what they choose.

use crate::ciba::sas_psc_ciba;
use crate::exchange::sas_psc_exchange;
use crate::export::export;
use crate::handle::Handle;
use crate::string::{LazyText, json, sas_psc_string};
use sas_psc::id::IdNat;
use sas_psc::person::Professional;
use sas_psc::psc::{AuthMode, UserInfo};
use std::ffi::{c_char, c_void};

/// A userinfo document, in any of the shapes that the provider has used.
pub struct sas_psc_userinfo {
    info: UserInfo,
    texts: [LazyText; 2],
}

/// A health professional. It holds their name and numbers.
pub struct sas_psc_professional {
    pub person: Professional,
    /// The key and the line of each situation.
    situations: Vec<(LazyText, LazyText)>,
    texts: [LazyText; 6],
}

impl Handle for sas_psc_userinfo {}
impl Handle for sas_psc_professional {}

impl From<&Professional> for sas_psc_professional {
    fn from(person: &Professional) -> sas_psc_professional {
        let text = |said: String| LazyText::known(&said);
        let situations =
            person.situations().iter().map(|one| (text(one.key().to_owned()), text(one.label()))).collect();
        sas_psc_professional { situations, person: person.clone(), texts: Default::default() }
    }
}

export! {
    /// Reads a userinfo document. It proves nothing: compare its subject with that of the verified ID token.
    /// SAS_PSC_ERROR_PROVIDER_ANSWER, _USERINFO_SUBJECT, _USERINFO_IDENTITY.
    fn sas_psc_userinfo_parse(body: *const c_void, body_len: usize, userinfo: *mut *mut sas_psc_userinfo) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let info = UserInfo::parse(unsafe { body.bytes(body_len) }?)?;
        userinfo.give(sas_psc_userinfo { info, texts: Default::default() });
        Ok(())
    }

    /// The provider's own key of the person (sub).
    fn sas_psc_userinfo_subject(userinfo: *const sas_psc_userinfo) -> *const c_char {
        userinfo.texts[0].of(|| Some(userinfo.info.subject()))
    }

    /// "CARD", "MOBILE" or another word; null when not said.
    fn sas_psc_userinfo_auth_mode(userinfo: *const sas_psc_userinfo) -> *const c_char {
        userinfo.texts[1].of(|| userinfo.info.auth_mode().map(AuthMode::as_str))
    }

    /// Every claim, known to the library or not, as a JSON object.
    fn sas_psc_userinfo_claims(userinfo: *const sas_psc_userinfo, claims: *mut *mut sas_psc_string) -> Status {
        claims.give(json(userinfo.info.claims())?);
        Ok(())
    }

    /// The person, copied.
    fn sas_psc_userinfo_professional(
        userinfo: *const sas_psc_userinfo,
        professional: *mut *mut sas_psc_professional,
    ) -> Status {
        professional.give(userinfo.info.professional());
        Ok(())
    }

    /// Frees a userinfo. Null is allowed.
    fn sas_psc_userinfo_free(userinfo: *mut sas_psc_userinfo) -> Freed {}

    /// The person who signed in, copied, once the exchange is over. SAS_PSC_ERROR_NOT_DONE before.
    fn sas_psc_exchange_professional(
        exchange: *const sas_psc_exchange,
        professional: *mut *mut sas_psc_professional,
    ) -> Status {
        professional.give(exchange.signed_in()?.sign_in.professional());
        Ok(())
    }

    /// The person who signed in by CIBA, copied; as sas_psc_ciba_signed_in.
    fn sas_psc_ciba_professional(
        ciba: *const sas_psc_ciba,
        professional: *mut *mut sas_psc_professional,
    ) -> Status {
        professional.give(ciba.signed_in()?.sign_in.professional());
        Ok(())
    }

    /// The national identifier.
    fn sas_psc_professional_id_nat(professional: *const sas_psc_professional) -> *const c_char {
        professional.texts[0].of(|| Some(professional.person.id_nat.as_str()))
    }

    /// The 11 digits of the RPPS number, whether PSC gives it as the national identifier or beside it; null without one.
    fn sas_psc_professional_rpps(professional: *const sas_psc_professional) -> *const c_char {
        professional.texts[1].of(|| professional.person.rpps().map(|rpps| rpps.to_string()))
    }

    /// The ADELI number; null without one.
    fn sas_psc_professional_adeli(professional: *const sas_psc_professional) -> *const c_char {
        professional.texts[2].of(|| professional.person.adeli().map(|adeli| adeli.to_string()))
    }

    /// Family name.
    fn sas_psc_professional_family_name(professional: *const sas_psc_professional) -> *const c_char {
        professional.texts[3].of(|| Some(professional.person.name.family.as_str()))
    }

    /// Given name.
    fn sas_psc_professional_given_name(professional: *const sas_psc_professional) -> *const c_char {
        professional.texts[4].of(|| Some(professional.person.name.given.as_str()))
    }

    /// The name behind its title, to show: "Dr KIT DOC0000001".
    fn sas_psc_professional_display_name(professional: *const sas_psc_professional) -> *const c_char {
        professional.texts[5].of(|| Some(professional.person.display_name()))
    }

    /// Everything known of the person as a JSON object: numbers, name, other identifiers, practices and activities with
    /// their codes and the French label of each, and the situations to choose from, {"key","label"}.
    fn sas_psc_professional_json(professional: *const sas_psc_professional, described: *mut *mut sas_psc_string) -> Status {
        described.give(json(&professional.person.described())?);
        Ok(())
    }

    /// How many situations the person may choose from: each activity, and each practice without one.
    fn sas_psc_professional_situation_count(professional: *const sas_psc_professional) -> usize {
        professional.situations.len()
    }

    /// The key of a situation, the same at every sign-in: what sas_psc_professional_choose takes. Null past the last.
    fn sas_psc_professional_situation_key(professional: *const sas_psc_professional, index: usize) -> *const c_char {
        professional.situations.get(index).map_or(std::ptr::null(), |(key, _)| key.of(|| None::<&str>))
    }

    /// The line to show for a situation, in French. Null past the last.
    fn sas_psc_professional_situation_label(professional: *const sas_psc_professional, index: usize) -> *const c_char {
        professional.situations.get(index).map_or(std::ptr::null(), |(_, label)| label.of(|| None::<&str>))
    }

    /// Takes the person's choice: {"person","key","practice"}, the practice with the chosen activity alone.
    /// SAS_PSC_ERROR_SITUATION_UNKNOWN when it is none of theirs, or not any more.
    fn sas_psc_professional_choose(
        professional: *const sas_psc_professional,
        key: *const c_char,
        chosen: *mut *mut sas_psc_string,
    ) -> Status {
        chosen.give(json(&professional.person.choose(key)?)?);
        Ok(())
    }

    /// What a national identifier kept before is to this person: "same"; "adeli-to-rpps" or "renumbered", the same person
    /// under a new number, which is to be kept from now on; "unknown", not theirs as far as the provider says.
    fn sas_psc_professional_continuity(
        professional: *const sas_psc_professional,
        kept_id_nat: *const c_char,
        word: *mut *mut sas_psc_string,
    ) -> Status {
        word.give(professional.person.continuity(&IdNat::parse(kept_id_nat)?).word());
        Ok(())
    }

    /// Frees a professional. Null is allowed.
    fn sas_psc_professional_free(professional: *mut sas_psc_professional) -> Freed {}
}
