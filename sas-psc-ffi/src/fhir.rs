//! `sas_psc_fhir`, `sas_psc_fhir_lookup`: people of the online directory, over the HTTP of the program that uses it.

use crate::argument::Maybe;
use crate::exchange::{step, why};
use crate::export::export;
use crate::handle::Handle;
use crate::http::{sas_psc_request, sas_psc_response};
use crate::professional::sas_psc_professional;
use crate::string::{json, sas_psc_string};
use sas_psc::base::{SecretString, Timestamp};
use sas_psc::directory::danger;
use sas_psc::directory::fhir::{Lookup, Pace, Person, Server};
use sas_psc::drive::SystemRandom;
use sas_psc::id::IdNat;
use sas_psc::psc::Exchange;
use sas_psc::{Code, Error};
use std::ffi::c_char;

/// A server of the online directory, and the pace at which it may be asked. One per program.
pub struct sas_psc_fhir {
    pub(crate) server: Server,
    pace: Pace,
}

/// A look-up of people. Loop as with sas_psc_exchange.
pub struct sas_psc_fhir_lookup {
    steps: Lookup,
    found: Option<Vec<Person>>,
}

impl Handle for sas_psc_fhir {}
impl Handle for sas_psc_fhir_lookup {}

impl From<Server> for sas_psc_fhir {
    fn from(server: Server) -> sas_psc_fhir {
        sas_psc_fhir { server, pace: Pace::default() }
    }
}

impl sas_psc_fhir_lookup {
    fn found(&self) -> Result<&[Person], Error> {
        self.found.as_deref().ok_or_else(|| Error::new(Code::NOT_DONE))
    }
}

fn secret(key: Option<&str>) -> Option<SecretString> {
    key.map(|key| key.to_owned().into())
}

export! {
    /// Annuaire Santé of ANS, version 2, with the application's key of portal.api.esante.gouv.fr (ESANTE-API-KEY). Give an
    /// answer at least 35 seconds. SAS_PSC_ERROR_FHIR_SETTINGS.
    fn sas_psc_fhir_ans(key: *const c_char, fhir: *mut *mut sas_psc_fhir) -> Status {
        fhir.give(Server::ans(key.to_owned().into())?);
        Ok(())
    }

    /// A server at an https address, up to and with its version; a null key sends none. SAS_PSC_ERROR_ADDRESS_REFUSED,
    /// _FHIR_SETTINGS.
    fn sas_psc_fhir_new(base: *const c_char, key: Maybe<*const c_char>, fhir: *mut *mut sas_psc_fhir) -> Status {
        fhir.give(Server::at(base, secret(key))?);
        Ok(())
    }

    /// The same over plain http, on a loopback address only: whoever runs on this machine can read and change it.
    fn sas_psc_fhir_insecure_loopback(
        base: *const c_char,
        key: Maybe<*const c_char>,
        fhir: *mut *mut sas_psc_fhir,
    ) -> Status {
        fhir.give(danger::insecure_loopback_fhir(base, secret(key))?);
        Ok(())
    }

    /// How many matches a page asks for, 1 to 200; 50 when not said. SAS_PSC_ERROR_FHIR_SETTINGS.
    fn sas_psc_fhir_set_page_size(fhir: *mut sas_psc_fhir, matches: u32) -> Status {
        let matches = u16::try_from(matches).unwrap_or(u16::MAX);
        fhir.server = fhir.server.clone().with_page_size(matches)?;
        Ok(())
    }

    /// When the next request may be sent, in milliseconds since 1970: ANS grants 17 a second. Ask before each request,
    /// and send at that time; it is reserved for you.
    fn sas_psc_fhir_turn(fhir: *mut sas_psc_fhir, now: i64) -> i64 {
        fhir.pace.reserve(Timestamp::from_unix_millis(now)).unix_millis()
    }

    /// Frees a server; what was begun with it goes on. Null is allowed.
    fn sas_psc_fhir_free(fhir: *mut sas_psc_fhir) -> Freed {}

    /// Begins to look people up by RPPS number or national identifier: one, or up to 50 with white space between.
    /// SAS_PSC_ERROR_FHIR_QUESTION.
    fn sas_psc_fhir_lookup_new(
        fhir: *const sas_psc_fhir,
        ids: *const c_char,
        lookup: *mut *mut sas_psc_fhir_lookup,
    ) -> Status {
        let ids = ids.split_whitespace().map(IdNat::typed).collect::<Result<Vec<_>, _>>()?;
        let steps = fhir.server.lookup(&ids, &mut SystemRandom)?;
        lookup.give(sas_psc_fhir_lookup { steps, found: None });
        Ok(())
    }

    /// What to do now; see sas_psc_exchange_next.
    fn sas_psc_fhir_lookup_next(
        lookup: *mut sas_psc_fhir_lookup,
        now: i64,
        request: *mut *mut sas_psc_request,
        wait_until: *mut i64,
    ) -> Status {
        if let Some(people) = step(&mut lookup.steps, now, request, wait_until)? {
            lookup.found = Some(people);
        }
        Ok(())
    }

    /// Takes the answer to the request. An error ends the look-up, and none says that nobody is found.
    fn sas_psc_fhir_lookup_answered(
        lookup: *mut sas_psc_fhir_lookup,
        response: *const sas_psc_response,
        now: i64,
    ) -> Status {
        lookup.steps.answered(&response.0, Timestamp::from_unix_millis(now))
    }

    /// Says that the request got no answer; see sas_psc_exchange_failed.
    fn sas_psc_fhir_lookup_failed(lookup: *mut sas_psc_fhir_lookup, why: i32, now: i64) -> Status {
        lookup.steps.failed(self::why(why), Timestamp::from_unix_millis(now))
    }

    /// How many people were found, once it is over; 0 before. Who is not among them is not in the directory.
    fn sas_psc_fhir_lookup_count(lookup: *const sas_psc_fhir_lookup) -> usize {
        lookup.found.as_ref().map_or(0, Vec::len)
    }

    /// One of them, from 0, as the provider would describe them; null past the last. SAS_PSC_ERROR_NOT_DONE.
    fn sas_psc_fhir_lookup_professional(
        lookup: *const sas_psc_fhir_lookup,
        index: usize,
        professional: *mut *mut sas_psc_professional,
    ) -> Status {
        if let Some(person) = lookup.found()?.get(index) {
            professional.give(&person.professional);
        }
        Ok(())
    }

    /// All of them with what stands beside: a JSON array of {"professional","active","last_updated","unknown_places",
    /// "cards"}. SAS_PSC_ERROR_NOT_DONE.
    fn sas_psc_fhir_lookup_people(lookup: *const sas_psc_fhir_lookup, people: *mut *mut sas_psc_string) -> Status {
        people.give(json(&lookup.found()?)?);
        Ok(())
    }

    /// Frees a look-up. Null is allowed.
    fn sas_psc_fhir_lookup_free(lookup: *mut sas_psc_fhir_lookup) -> Freed {}
}
