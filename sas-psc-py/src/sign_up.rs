//! The journey from a sign-in to an active account. Accounts go to Python as the JSON of their page.

use crate::consent::ConsentLog;
use crate::email::{EmailTemplates, ServerKey};
use crate::error::{Raised, code_of};
use crate::professional::objects;
use crate::signed_in::SignedIn;
use crate::time::at;
use pyo3::prelude::*;
use sas_psc::base::Timestamp;
use sas_psc::drive::{self, Account, TimedSignUp};
use sas_psc::onboarding::lifecycle::{Due, NoticeOutcome};
use sas_psc::onboarding::{AccountId, Author, Policy};
use sas_psc::store::AnyStore;
use sas_psc::{Code, Error, Lang};
use serde::Serialize;
use std::path::PathBuf;

/// The sign-ups of a platform. One may serve any number of threads; what waits releases the interpreter.
#[pyclass(frozen, module = "sas_psc.sign_up")]
pub struct SignUp(TimedSignUp<AnyStore>);

type Answer<'py> = PyResult<Bound<'py, PyAny>>;

impl SignUp {
    /// Runs a step and gives the account as its page shows it.
    fn step<'py>(
        &self,
        py: Python<'py>,
        lang: &str,
        now: Option<f64>,
        step: impl FnOnce(&TimedSignUp<AnyStore>, Timestamp) -> sas_psc::Result<Account> + Send,
    ) -> Answer<'py> {
        let now = at(now);
        let account = py.detach(|| step(&self.0, now)).map_err(Raised::from)?;
        objects(py, &account.report(self.0.policy(), Lang::from_tag(lang), now))
    }
}

#[pymethods]
impl SignUp {
    #[new]
    #[pyo3(signature = (path, key, policy, link_page, objection_page=None, templates=None))]
    fn new(
        py: Python<'_>,
        path: PathBuf,
        key: &ServerKey,
        policy: &str,
        link_page: &str,
        objection_page: Option<&str>,
        templates: Option<&EmailTemplates>,
    ) -> Result<SignUp, Raised> {
        let mut policy = Policy::from_json(key.0.clone(), policy)?;
        if let Some(templates) = templates {
            policy.templates = templates.0.clone();
        }
        Ok(SignUp(py.detach(|| TimedSignUp::new(AnyStore::open(path)?, policy, link_page, objection_page))?))
    }

    fn welcome<'py>(&self, py: Python<'py>, signed_in: &SignedIn, lang: &str, now: Option<f64>) -> Answer<'py> {
        let sign_in = &signed_in.0.sign_in;
        self.step(py, lang, now, |it, now| it.welcome(sign_in, now))
    }

    fn reopen<'py>(&self, py: Python<'py>, signed_in: &SignedIn, lang: &str, now: Option<f64>) -> Answer<'py> {
        let sign_in = &signed_in.0.sign_in;
        self.step(py, lang, now, |it, now| it.reopen(sign_in, now))
    }

    fn account<'py>(&self, py: Python<'py>, account: &str, lang: &str, now: Option<f64>) -> Answer<'py> {
        self.step(py, lang, now, |it, now| it.account(AccountId::from_hex(account)?, now))
    }

    fn choose_places<'py>(
        &self,
        py: Python<'py>,
        account: &str,
        ranks: Vec<usize>,
        lang: &str,
        now: Option<f64>,
    ) -> Answer<'py> {
        self.step(py, lang, now, |it, now| it.choose_places(AccountId::from_hex(account)?, &ranks, now))
    }

    #[allow(clippy::too_many_arguments)] // named in Python, here and below
    fn give_address<'py>(
        &self,
        py: Python<'py>,
        account: &str,
        attempt: &str,
        address: &str,
        lang: &str,
        network: Option<&str>,
        now: Option<f64>,
    ) -> Answer<'py> {
        let tongue = Lang::from_tag(lang);
        self.step(py, lang, now, |it, now| {
            it.give_address(AccountId::from_hex(account)?, attempt, address, tongue, network, now)
        })
    }

    #[allow(clippy::too_many_arguments)]
    fn change_address<'py>(
        &self,
        py: Python<'py>,
        account: &str,
        attempt: &str,
        address: &str,
        lang: &str,
        network: Option<&str>,
        now: Option<f64>,
    ) -> Answer<'py> {
        let tongue = Lang::from_tag(lang);
        self.step(py, lang, now, |it, now| {
            it.change_address(AccountId::from_hex(account)?, attempt, address, tongue, network, now)
        })
    }

    fn drop_address_change<'py>(&self, py: Python<'py>, account: &str, lang: &str, now: Option<f64>) -> Answer<'py> {
        self.step(py, lang, now, |it, now| it.drop_address_change(AccountId::from_hex(account)?, now))
    }

    fn resend<'py>(
        &self,
        py: Python<'py>,
        account: &str,
        attempt: &str,
        lang: &str,
        network: Option<&str>,
        now: Option<f64>,
    ) -> Answer<'py> {
        self.step(py, lang, now, |it, now| it.resend(AccountId::from_hex(account)?, attempt, network, now))
    }

    #[pyo3(signature = (account=None, *, now=None))]
    fn next_mail(&self, py: Python<'_>, account: Option<&str>, now: Option<f64>) -> Result<Option<MailToSend>, Raised> {
        let id = account.map(AccountId::from_hex).transpose()?;
        Ok(py.detach(|| self.0.next_mail(id, at(now)))?.map(MailToSend))
    }

    fn handed_over<'py>(&self, py: Python<'py>, mail: &MailToSend, lang: &str, now: Option<f64>) -> Answer<'py> {
        self.step(py, lang, now, |it, now| it.handed_over(&mail.0, now))
    }

    /// `why` is an exception: one of ours, or any other, which is worth another try.
    #[pyo3(signature = (mail, why, *, now=None))]
    fn not_handed_over(
        &self,
        py: Python<'_>,
        mail: &MailToSend,
        why: &Bound<'_, PyAny>,
        now: Option<f64>,
    ) -> Result<(), Raised> {
        let why = code_of(why);
        Ok(py.detach(|| self.0.not_handed_over(&mail.0, why, at(now)))?)
    }

    fn answer_code<'py>(
        &self,
        py: Python<'py>,
        account: &str,
        attempt: &str,
        code: &str,
        lang: &str,
        now: Option<f64>,
    ) -> Answer<'py> {
        self.step(py, lang, now, |it, now| it.answer_code(AccountId::from_hex(account)?, attempt, code, now))
    }

    #[pyo3(signature = (token, account=None, attempt=None, *, now=None))]
    fn open_link(
        &self,
        py: Python<'_>,
        token: &str,
        account: Option<&str>,
        attempt: Option<&str>,
        now: Option<f64>,
    ) -> Result<&'static str, Raised> {
        let id = account.map(AccountId::from_hex).transpose()?;
        Ok(py.detach(|| self.0.open_link(id.zip(attempt), token, at(now)))?.name())
    }

    fn answer_link<'py>(
        &self,
        py: Python<'py>,
        account: &str,
        attempt: &str,
        token: &str,
        lang: &str,
        now: Option<f64>,
    ) -> Answer<'py> {
        self.step(py, lang, now, |it, now| it.answer_link(AccountId::from_hex(account)?, attempt, token, now))
    }

    fn present_terms<'py>(
        &self,
        py: Python<'py>,
        account: &str,
        attempt: &str,
        lang: &str,
        now: Option<f64>,
    ) -> Answer<'py> {
        let (now, lang) = (at(now), Lang::from_tag(lang));
        let id = AccountId::from_hex(account).map_err(Raised::from)?;
        let terms = py.detach(|| value(&self.0.present_terms(id, attempt, lang, now)?));
        objects(py, &terms.map_err(Raised::from)?)
    }

    /// None when there is nothing to tell.
    fn terms_notice<'py>(&self, py: Python<'py>, account: &str, lang: &str, now: Option<f64>) -> Answer<'py> {
        let (now, lang) = (at(now), Lang::from_tag(lang));
        let id = AccountId::from_hex(account).map_err(Raised::from)?;
        let notice = py.detach(|| value(&self.0.terms_notice(id, lang, now)?));
        objects(py, &notice.map_err(Raised::from)?)
    }

    fn terms_noticed<'py>(&self, py: Python<'py>, account: &str, lang: &str, now: Option<f64>) -> Answer<'py> {
        self.step(py, lang, now, |it, now| it.terms_noticed(AccountId::from_hex(account)?, now))
    }

    #[allow(clippy::too_many_arguments)]
    fn accept_terms<'py>(
        &self,
        py: Python<'py>,
        account: &str,
        attempt: &str,
        terms: &str,
        ticked: bool,
        lang: &str,
        now: Option<f64>,
    ) -> Answer<'py> {
        self.step(py, lang, now, |it, now| it.accept_terms(AccountId::from_hex(account)?, attempt, terms, ticked, now))
    }

    fn refuse_terms<'py>(
        &self,
        py: Python<'py>,
        account: &str,
        attempt: &str,
        terms: &str,
        lang: &str,
        now: Option<f64>,
    ) -> Answer<'py> {
        self.step(py, lang, now, |it, now| it.refuse_terms(AccountId::from_hex(account)?, attempt, terms, now))
    }

    fn save_settings<'py>(
        &self,
        py: Python<'py>,
        account: &str,
        settings: &str,
        lang: &str,
        now: Option<f64>,
    ) -> Answer<'py> {
        let tongue = Lang::from_tag(lang);
        self.step(py, lang, now, |it, now| it.save_settings(AccountId::from_hex(account)?, settings, tongue, now))
    }

    #[allow(clippy::too_many_arguments)]
    fn save_settings_as<'py>(
        &self,
        py: Python<'py>,
        account: &str,
        role: &str,
        signed_in: &SignedIn,
        settings: &str,
        lang: &str,
        now: Option<f64>,
    ) -> Answer<'py> {
        let author = Author::of_role(role, &signed_in.0.sign_in, Lang::from_tag(lang)).map_err(Raised::from)?;
        self.step(py, lang, now, |it, now| it.save_settings_as(AccountId::from_hex(account)?, settings, &author, now))
    }

    #[pyo3(signature = (token, *, now=None))]
    fn open_objection(&self, py: Python<'_>, token: &str, now: Option<f64>) -> Result<(), Raised> {
        Ok(py.detach(|| self.0.open_objection(token, at(now)))?)
    }

    #[pyo3(signature = (token, code, *, now=None))]
    fn object(&self, py: Python<'_>, token: &str, code: &str, now: Option<f64>) -> Result<&'static str, Raised> {
        Ok(py.detach(|| self.0.object(token, code, at(now)))?.name())
    }

    #[pyo3(signature = (account, *, now=None))]
    fn close(&self, py: Python<'_>, account: &str, now: Option<f64>) -> Result<(), Raised> {
        Ok(py.detach(|| self.0.close(AccountId::from_hex(account)?, at(now)))?)
    }

    #[pyo3(signature = (account, *, now=None))]
    fn erase(&self, py: Python<'_>, account: &str, now: Option<f64>) -> Result<u64, Raised> {
        Ok(py.detach(|| self.0.erase(AccountId::from_hex(account)?, at(now)))?.records)
    }

    /// The file, as JSON.
    #[pyo3(signature = (account, log=None, *, now=None))]
    fn export(
        &self,
        py: Python<'_>,
        account: &str,
        log: Option<&ConsentLog>,
        now: Option<f64>,
    ) -> Result<Vec<u8>, Raised> {
        let log = log.map(ConsentLog::log).transpose()?;
        let receipt = |record| log.as_ref()?.receipt_files(record).ok();
        Ok(py.detach(|| self.0.export(AccountId::from_hex(account)?, receipt, at(now))?.to_json())?)
    }

    #[pyo3(signature = (limit, *, now=None))]
    fn run_due<'py>(&self, py: Python<'py>, limit: u32, now: Option<f64>) -> Answer<'py> {
        objects(py, &py.detach(|| self.0.take_due(limit, at(now))).map_err(Raised::from)?)
    }

    #[pyo3(signature = (account, due, refused, *, now=None))]
    fn noticed(&self, py: Python<'_>, account: &str, due: &str, refused: bool, now: Option<f64>) -> Result<(), Raised> {
        let due = Due::of_word(due).ok_or_else(|| Error::field(Code::USAGE, "due"))?;
        let outcome = if refused { NoticeOutcome::Refused } else { NoticeOutcome::HandedOver };
        Ok(py.detach(|| self.0.noticed(AccountId::from_hex(account)?, due, outcome, at(now)))?)
    }

    #[pyo3(signature = (log, *, now=None))]
    fn feed(&self, py: Python<'_>, log: &ConsentLog, now: Option<f64>) -> Result<u64, Raised> {
        let log = log.log()?;
        Ok(py.detach(|| self.0.feed(log, at(now)))?.records)
    }

    fn __repr__(&self) -> &'static str {
        "<SignUp>"
    }
}

fn value(shown: &impl Serialize) -> sas_psc::Result<serde_json::Value> {
    serde_json::to_value(shown).map_err(|_| Error::new(Code::BROKEN_INVARIANT))
}

/// A mail to send.
#[pyclass(frozen, module = "sas_psc.sign_up")]
pub struct MailToSend(drive::MailToSend);

#[pymethods]
impl MailToSend {
    #[getter]
    fn account(&self) -> String {
        self.0.account().to_hex()
    }

    #[getter]
    fn to(&self) -> &str {
        self.0.to().as_typed()
    }

    #[getter]
    fn message<'py>(&self, py: Python<'py>) -> Answer<'py> {
        objects(py, &self.0.message().parts())
    }

    fn __repr__(&self) -> &'static str {
        "<MailToSend>"
    }
}

/// What settings, which come as JSON, say on the person's honour.
#[pyfunction]
pub fn sign_up_declarations<'py>(py: Python<'py>, settings: &str, lang: &str) -> Answer<'py> {
    objects(py, &drive::declarations(settings, Lang::from_tag(lang)).map_err(Raised::from)?)
}
