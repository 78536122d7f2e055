//! `sas_psc_token_exchange`: the provider's access token exchanged for one of an API (RFC 8693).

use crate::argument::Maybe;
use crate::export::export;
use crate::handle::Handle;
use crate::service::sas_psc_client;
use crate::steps::sas_psc_steps;
use sas_psc::base::Timestamp;
use sas_psc::drive::SystemRandom;
use sas_psc::psc::proxy::server::{ApiToken, TokenExchange};
use std::ffi::c_char;

/// Where and how the provider's access token is exchanged for one of an API. Made once, used by any number of threads.
pub struct sas_psc_token_exchange(TokenExchange);

impl Handle for sas_psc_token_exchange {}

export! {
    /// At this token endpoint of the API's own authorization server, an https address, as this client, for these scopes.
    /// subject_issuer is "psc". The client is copied. SAS_PSC_ERROR_BACKEND_SETTINGS.
    fn sas_psc_token_exchange_new(
        token_url: *const c_char,
        client: *const sas_psc_client,
        scope: *const c_char,
        exchange: *mut *mut sas_psc_token_exchange,
    ) -> Status {
        exchange.give(sas_psc_token_exchange(TokenExchange::at(token_url, client.0.clone(), scope, false)?));
        Ok(())
    }

    /// Names another subject_issuer; null for none.
    fn sas_psc_token_exchange_set_subject_issuer(
        exchange: *mut sas_psc_token_exchange,
        issuer: Maybe<*const c_char>,
    ) -> Status {
        exchange.0 = exchange.0.clone().with_subject_issuer(issuer);
        Ok(())
    }

    /// Calls the provider's token a JWT instead of an access token, where the server wants it so.
    fn sas_psc_token_exchange_set_subject_as_jwt(exchange: *mut sas_psc_token_exchange) -> Status {
        exchange.0 = exchange.0.clone().with_subject_as_jwt();
        Ok(())
    }

    /// Begins to exchange an access token, on connections that show the same certificate as those to the API. It comes to
    /// {"access_token","expires_at","renew_at"}: exchange anew from then on. The steps end with
    /// SAS_PSC_ERROR_TOKEN_EXCHANGE_REFUSED, _CLIENT_REFUSED, _PROVIDER_UNAVAILABLE, _PROVIDER_ANSWER.
    fn sas_psc_token_exchange_begin(
        exchange: *const sas_psc_token_exchange,
        access_token: *const c_char,
        now: i64,
        steps: *mut *mut sas_psc_steps,
    ) -> Status {
        let begun = exchange.0.begin(&access_token.to_owned().into(), &mut SystemRandom, Timestamp::from_unix_millis(now))?;
        steps.give(sas_psc_steps::over(begun, |token: ApiToken| token.to_json().to_string()));
        Ok(())
    }

    /// Frees it. Null is allowed.
    fn sas_psc_token_exchange_free(exchange: *mut sas_psc_token_exchange) -> Freed {}
}
