//! `sas_psc_sign_in_options`: what a sign-in asks beyond the client's defaults.

use crate::export::export;
use crate::handle::Handle;
use sas_psc::Lang;
use sas_psc::psc::{Prompt, ResponseMode, SignInOptions};
use std::ffi::c_char;
use std::time::Duration;

/// What a sign-in asks beyond the client's defaults. Made once, used for any number of sign-ins.
pub struct sas_psc_sign_in_options(pub(crate) SignInOptions);

impl Handle for sas_psc_sign_in_options {}

impl sas_psc_sign_in_options {
    fn change(&mut self, with: impl FnOnce(SignInOptions) -> SignInOptions) {
        self.0 = with(self.0.clone());
    }
}

export! {
    /// Options that ask nothing.
    fn sas_psc_sign_in_options_new(options: *mut *mut sas_psc_sign_in_options) -> Status {
        options.give(sas_psc_sign_in_options(SignInOptions::default()));
        Ok(())
    }

    /// The language of the provider's pages: "fr", "en" or a locale.
    fn sas_psc_sign_in_options_set_lang(options: *mut sas_psc_sign_in_options, lang: *const c_char) -> Status {
        options.change(|asked| asked.lang(Lang::from_tag(lang)));
        Ok(())
    }

    /// The person proved who they are within these seconds, else the sign-in ends with SAS_PSC_ERROR_SIGN_IN_NOT_FRESH,
    /// whose way on is sas_psc_exchange_sign_out_first.
    fn sas_psc_sign_in_options_set_fresh_within(options: *mut sas_psc_sign_in_options, seconds: u64) -> Status {
        options.change(|asked| asked.fresh_within(Duration::from_secs(seconds)));
        Ok(())
    }

    /// Asks the person again, whatever session the provider has.
    fn sas_psc_sign_in_options_set_prompt_login(options: *mut sas_psc_sign_in_options) -> Status {
        options.change(|asked| asked.prompt(Prompt::Login));
        Ok(())
    }

    /// Shows no page: SAS_PSC_ERROR_SIGN_IN_REQUIRED when the person would have to act.
    fn sas_psc_sign_in_options_set_prompt_none(options: *mut sas_psc_sign_in_options) -> Status {
        options.change(|asked| asked.prompt(Prompt::None));
        Ok(())
    }

    /// The answer comes back in the body of a POST, whose cookies are SameSite=None.
    fn sas_psc_sign_in_options_set_form_post(options: *mut sas_psc_sign_in_options) -> Status {
        options.change(|asked| asked.response_mode(ResponseMode::FormPost));
        Ok(())
    }

    /// Frees options. Null is allowed.
    fn sas_psc_sign_in_options_free(options: *mut sas_psc_sign_in_options) -> Freed {}
}
