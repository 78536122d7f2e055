//! `sas_psc_fhir_search`, `sas_psc_fhir_page`: searches of the online directory page by page, over the program's own HTTP.

use crate::exchange::{step, why};
use crate::export::export;
use crate::fhir::sas_psc_fhir;
use crate::handle::Handle;
use crate::http::{sas_psc_request, sas_psc_response};
use crate::string::{json, sas_psc_string};
use sas_psc::base::Timestamp;
use sas_psc::directory::fhir::{Cursor, Page, PageRequest, Search};
use sas_psc::drive::SystemRandom;
use sas_psc::psc::Exchange;
use sas_psc::{Code, Error};
use std::ffi::{c_char, c_void};

/// What is searched. All that is asked has to hold; nothing asked is everybody.
pub struct sas_psc_fhir_search(Search);

/// A page being asked for, then what it tells. Loop as with sas_psc_exchange.
pub struct sas_psc_fhir_page {
    steps: PageRequest,
    page: Option<Page>,
}

impl Handle for sas_psc_fhir_search {}
impl Handle for sas_psc_fhir_page {}

impl From<PageRequest> for sas_psc_fhir_page {
    fn from(steps: PageRequest) -> sas_psc_fhir_page {
        sas_psc_fhir_page { steps, page: None }
    }
}

impl sas_psc_fhir_page {
    fn page(&self) -> Result<&Page, Error> {
        self.page.as_ref().ok_or_else(|| Error::new(Code::NOT_DONE))
    }
}

export! {
    /// A search of "Practitioner", "PractitionerRole" or "Organization". SAS_PSC_ERROR_FHIR_QUESTION.
    fn sas_psc_fhir_search_new(resource: *const c_char, search: *mut *mut sas_psc_fhir_search) -> Status {
        search.give(sas_psc_fhir_search(Search::new(resource.parse()?)));
        Ok(())
    }

    /// Asks for a parameter that ANS searches by, with ":contains" or ":exact" behind it where it is text:
    /// ("qualification-code", "10"), ("active", "true"). SAS_PSC_ERROR_FHIR_QUESTION.
    fn sas_psc_fhir_search_add(
        search: *mut sas_psc_fhir_search,
        parameter: *const c_char,
        value: *const c_char,
    ) -> Status {
        search.0 = search.0.clone().with(parameter, value)?;
        Ok(())
    }

    /// What changed since, at most 30 days before now; both in milliseconds since 1970.
    /// SAS_PSC_ERROR_FHIR_DELTA_TOO_OLD.
    fn sas_psc_fhir_search_updated_since(search: *mut sas_psc_fhir_search, since: i64, now: i64) -> Status {
        let [since, now] = [since, now].map(Timestamp::from_unix_millis);
        search.0 = search.0.clone().updated_since(since, now)?;
        Ok(())
    }

    /// With what belongs to each match in the same answer: a person's activities, an activity's place and person.
    fn sas_psc_fhir_search_with_related(search: *mut sas_psc_fhir_search) -> Status {
        search.0 = search.0.clone().with_related();
        Ok(())
    }

    /// Frees a search; pages that were begun go on. Null is allowed.
    fn sas_psc_fhir_search_free(search: *mut sas_psc_fhir_search) -> Freed {}

    /// Begins to read the first page of a search.
    fn sas_psc_fhir_page_new(
        fhir: *const sas_psc_fhir,
        search: *const sas_psc_fhir_search,
        page: *mut *mut sas_psc_fhir_page,
    ) -> Status {
        page.give(fhir.server.page(&search.0, &mut SystemRandom)?);
        Ok(())
    }

    /// Begins to read the page that another one named (sas_psc_fhir_page_cursor), now or in another process.
    /// SAS_PSC_ERROR_STORED_FORM_UNREADABLE, _FHIR_LINK_ELSEWHERE.
    fn sas_psc_fhir_page_after(
        fhir: *const sas_psc_fhir,
        cursor: *const c_void,
        cursor_len: usize,
        page: *mut *mut sas_psc_fhir_page,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let cursor = Cursor::resume(unsafe { cursor.bytes(cursor_len) }?)?;
        page.give(fhir.server.page_after(&cursor, &mut SystemRandom)?);
        Ok(())
    }

    /// What to do now; see sas_psc_exchange_next.
    fn sas_psc_fhir_page_next(
        page: *mut sas_psc_fhir_page,
        now: i64,
        request: *mut *mut sas_psc_request,
        wait_until: *mut i64,
    ) -> Status {
        if let Some(read) = step(&mut page.steps, now, request, wait_until)? {
            page.page = Some(read);
        }
        Ok(())
    }

    /// Takes the answer to the request. An error ends it.
    fn sas_psc_fhir_page_answered(
        page: *mut sas_psc_fhir_page,
        response: *const sas_psc_response,
        now: i64,
    ) -> Status {
        page.steps.answered(&response.0, Timestamp::from_unix_millis(now))
    }

    /// Says that the request got no answer; see sas_psc_exchange_failed.
    fn sas_psc_fhir_page_failed(page: *mut sas_psc_fhir_page, why: i32, now: i64) -> Status {
        page.steps.failed(self::why(why), Timestamp::from_unix_millis(now))
    }

    /// The people of the page, as sas_psc_fhir_lookup_people gives them. SAS_PSC_ERROR_NOT_DONE.
    fn sas_psc_fhir_page_people(page: *const sas_psc_fhir_page, people: *mut *mut sas_psc_string) -> Status {
        people.give(json(&page.page()?.people)?);
        Ok(())
    }

    /// The places of the page: a JSON array of {"id","active","last_updated","place"}. SAS_PSC_ERROR_NOT_DONE.
    fn sas_psc_fhir_page_organizations(
        page: *const sas_psc_fhir_page,
        organizations: *mut *mut sas_psc_string,
    ) -> Status {
        organizations.give(json(&page.page()?.organizations)?);
        Ok(())
    }

    /// Where the next page is, to be kept; null after the last. SAS_PSC_ERROR_NOT_DONE.
    fn sas_psc_fhir_page_cursor(page: *const sas_psc_fhir_page, cursor: *mut *mut sas_psc_string) -> Status {
        if let Some(next) = &page.page()?.next {
            cursor.give(next.to_stored()?);
        }
        Ok(())
    }

    /// Frees a page. Null is allowed.
    fn sas_psc_fhir_page_free(page: *mut sas_psc_fhir_page) -> Freed {}
}
