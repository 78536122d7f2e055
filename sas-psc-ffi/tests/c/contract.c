/* The promises of the header's first page, one by one. */
#include <sas_psc.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef NDEBUG
#error "asserts are the test"
#endif

static void null_arguments_are_errors(void)
{
    sas_psc_error *error = NULL;
    sas_psc_rpps *rpps = (sas_psc_rpps *)1;

    assert(sas_psc_rpps_parse(NULL, &rpps, &error) == SAS_PSC_ERROR_NULL_ARGUMENT);
    assert(rpps == NULL);
    assert(sas_psc_error_code(error) == SAS_PSC_ERROR_NULL_ARGUMENT);
    assert(sas_psc_error_blame(error) == SAS_PSC_BLAME_CALLER);
    assert(strcmp(sas_psc_error_fact_word(error, "field"), "text") == 0);
    assert(sas_psc_error_fact_word(error, "claim") == NULL);
    sas_psc_error_free(error);

    assert(sas_psc_rpps_parse("99700218896", NULL, &error) == SAS_PSC_ERROR_NULL_ARGUMENT);
    assert(strcmp(sas_psc_error_fact_word(error, "field"), "rpps") == 0);
    sas_psc_error_free(error);
}

static void an_error_may_be_ignored(void)
{
    assert(sas_psc_rpps_check("99700218897", NULL) == SAS_PSC_ERROR_ID_KEY);
    assert(sas_psc_rpps_check("99700218896", NULL) == 0);
}

static void an_error_place_is_null_after_success(void)
{
    sas_psc_error *error = (sas_psc_error *)1;

    assert(sas_psc_rpps_check("99700218896", &error) == 0);
    assert(error == NULL);
}

static void text_that_is_not_utf8_is_an_error(void)
{
    assert(sas_psc_rpps_check("9970\xe9", NULL) == SAS_PSC_ERROR_NOT_UTF8);
}

static void getters_and_frees_take_null(void)
{
    uint64_t number = 7;
    sas_psc_professional *person = (sas_psc_professional *)1;

    assert(sas_psc_rpps_text(NULL) == NULL);
    assert(!sas_psc_rpps_is_test_number(NULL));
    assert(sas_psc_error_code(NULL) == 0);
    assert(sas_psc_error_message(NULL, "fr") == NULL);
    assert(!sas_psc_error_fact_number(NULL, "tries_left", &number) && number == 0);
    assert(sas_psc_string_data(NULL) == NULL && sas_psc_string_len(NULL) == 0);
    assert(sas_psc_verified_id_token_subject(NULL) == NULL && sas_psc_verified_id_token_expires_at(NULL) == 0);
    assert(sas_psc_professional_rpps(NULL) == NULL && sas_psc_professional_situation_count(NULL) == 0);
    assert(sas_psc_exchange_professional(NULL, &person, NULL) == SAS_PSC_ERROR_NULL_ARGUMENT && person == NULL);
    assert(sas_psc_ciba_digits(NULL) == NULL && sas_psc_ciba_seconds_left(NULL, 1) == 0);
    assert(sas_psc_ciba_professional(NULL, &person, NULL) == SAS_PSC_ERROR_NULL_ARGUMENT && person == NULL);
    sas_psc_ciba_free(NULL);
    sas_psc_ciba_start_free(NULL);
    sas_psc_ciba_guard_free(NULL);
    sas_psc_rpps_free(NULL);
    sas_psc_error_free(NULL);
    sas_psc_professional_free(NULL);
    sas_psc_userinfo_free(NULL);
    sas_psc_verified_id_token_free(NULL);
    sas_psc_id_token_check_free(NULL);
    sas_psc_string_free(NULL);
}

static void texts_come_in_both_languages(void)
{
    sas_psc_error *error = NULL;

    assert(sas_psc_rpps_check("1", &error) == SAS_PSC_ERROR_ID_LENGTH);
    assert(strncmp(sas_psc_error_message(error, "fr_FR.UTF-8"), "Le num", 6) == 0);
    assert(strncmp(sas_psc_error_message(error, "en"), "The num", 7) == 0);
    assert(strcmp(sas_psc_error_hint(error, NULL), sas_psc_error_hint(error, "fr")) == 0);
    sas_psc_error_free(error);
}

static void strings_know_their_length(void)
{
    sas_psc_rpps *rpps = NULL;
    sas_psc_string *id_nat = NULL;

    assert(sas_psc_rpps_parse("99700218896", &rpps, NULL) == 0);
    assert(sas_psc_rpps_id_nat(rpps, &id_nat, NULL) == 0);
    assert(strcmp(sas_psc_string_data(id_nat), "899700218896") == 0);
    assert(sas_psc_string_len(id_nat) == 12);
    sas_psc_string_free(id_nat);
    sas_psc_rpps_free(rpps);
}

static const int64_t NOW = 1763971200000;

/* A sign-in begun at the sandbox, and the callback that belongs to it. */
static sas_psc_authorization *begun(const sas_psc_service *service, char *callback, size_t size)
{
    sas_psc_authorization *authorization = NULL;
    sas_psc_string *url = NULL;
    const char *state;

    assert(sas_psc_authorization_begin(service, NOW, &authorization, &url, NULL) == 0);
    state = strstr(sas_psc_string_data(url), "&state=");
    assert(state != NULL);
    assert(strstr(sas_psc_string_data(url), "&kc_idp_hint=OKTA_chu") != NULL);
    assert(snprintf(callback, size, "https://service.example.fr/callback?code=c%.50s", state) < (int)size);
    sas_psc_string_free(url);
    return authorization;
}

static sas_psc_service *sandbox(void)
{
    sas_psc_environment *environment = NULL;
    sas_psc_client *client = NULL;
    sas_psc_service *service = NULL;

    assert(sas_psc_environment_bas(&environment, NULL) == 0);
    assert(sas_psc_client_new("my-service", "hush", "https://service.example.fr/callback", &client, NULL) == 0);
    assert(sas_psc_client_set_acr(client, "eidas9", NULL) == SAS_PSC_ERROR_ACR_UNKNOWN);
    assert(sas_psc_client_set_acr(client, "eidas1", NULL) == 0);
    assert(sas_psc_client_set_exact_acr(client, NULL) == 0);
    assert(sas_psc_client_set_allow_missing_acr(client, NULL) == 0);
    assert(sas_psc_client_set_leeway(client, 60, NULL) == 0);
    assert(sas_psc_client_set_login_hint_rpps(client, NULL) == 0);
    assert(sas_psc_client_set_idp_hint(client, "OKTA_chu", NULL) == 0);
    assert(sas_psc_service_new(environment, client, &service, NULL) == 0);
    sas_psc_environment_free(environment);
    sas_psc_client_free(client);
    return service;
}

static void another_sign_in_s_answer_leaves_this_one_as_it_was(void)
{
    char ours[256], theirs[256];
    sas_psc_service *service = sandbox();
    sas_psc_authorization *authorization = begun(service, ours, sizeof ours);
    sas_psc_authorization *other = begun(service, theirs, sizeof theirs);
    sas_psc_exchange *exchange = NULL;

    assert(sas_psc_authorization_finish(authorization, service, theirs, NOW, &exchange, NULL) ==
           SAS_PSC_ERROR_AUTHORIZATION_STATE);
    assert(exchange == NULL);
    assert(sas_psc_authorization_finish(authorization, service, ours, NOW, &exchange, NULL) == 0);
    sas_psc_exchange_free(exchange);
    assert(sas_psc_authorization_finish(authorization, service, ours, NOW, &exchange, NULL) ==
           SAS_PSC_ERROR_AUTHORIZATION_USED);
    sas_psc_authorization_free(authorization);
    sas_psc_authorization_free(other);
    sas_psc_service_free(service);
}

static void a_sign_in_outlives_its_process(void)
{
    char callback[256];
    sas_psc_service *service = sandbox();
    sas_psc_authorization *authorization = begun(service, callback, sizeof callback), *again = NULL;
    sas_psc_exchange *exchange = NULL;
    sas_psc_string *stored = NULL;
    const int64_t late = NOW + 11 * 60 * 1000;

    assert(sas_psc_authorization_to_stored(authorization, &stored, NULL) == 0);
    sas_psc_authorization_free(authorization);
    assert(sas_psc_authorization_resume(sas_psc_string_data(stored), sas_psc_string_len(stored), late, &again, NULL) ==
           SAS_PSC_ERROR_AUTHORIZATION_EXPIRED);
    assert(sas_psc_authorization_resume("{}", 2, NOW, &again, NULL) == SAS_PSC_ERROR_STORED_FORM_UNREADABLE);
    assert(sas_psc_authorization_resume(NULL, 2, NOW, &again, NULL) == SAS_PSC_ERROR_NULL_ARGUMENT);
    assert(sas_psc_authorization_resume(NULL, 0, NOW, &again, NULL) == SAS_PSC_ERROR_STORED_FORM_UNREADABLE);
    assert(sas_psc_authorization_resume(sas_psc_string_data(stored), sas_psc_string_len(stored), NOW, &again, NULL) ==
           0);
    assert(sas_psc_authorization_finish(again, service, callback, NOW, &exchange, NULL) == 0);
    sas_psc_exchange_free(exchange);
    sas_psc_string_free(stored);
    sas_psc_authorization_free(again);
    sas_psc_service_free(service);
}

static void an_exchange_goes_step_by_step(void)
{
    char callback[256];
    sas_psc_service *service = sandbox();
    sas_psc_authorization *authorization = begun(service, callback, sizeof callback);
    sas_psc_exchange *exchange = NULL;
    sas_psc_request *request = NULL;
    sas_psc_response *response = NULL;
    sas_psc_string *person = NULL;
    int64_t until = 7;

    assert(sas_psc_authorization_finish(authorization, service, callback, NOW, &exchange, NULL) == 0);
    sas_psc_service_free(service); /* the exchange goes on */
    assert(sas_psc_exchange_signed_in(exchange, NOW, &person, NULL) == SAS_PSC_ERROR_NOT_DONE);
    assert(sas_psc_exchange_next(exchange, NOW, &request, &until, NULL) == 0);
    assert(until == 0 && strcmp(sas_psc_request_method(request), "POST") == 0);
    assert(sas_psc_request_header_name(request, sas_psc_request_header_count(request)) == NULL);
    assert(memcmp(sas_psc_request_body(request), "grant_type=", 11) == 0);
    sas_psc_request_free(request);

    assert(sas_psc_response_new(400, "{\"error\":\"invalid_grant\"}", 25, &response, NULL) == 0);
    assert(sas_psc_response_add_header(response, "Content-Type", "application/json", NULL) == 0);
    assert(sas_psc_exchange_answered(exchange, response, NOW, NULL) == SAS_PSC_ERROR_CODE_REFUSED);
    sas_psc_response_free(response);
    sas_psc_exchange_free(exchange);
    sas_psc_authorization_free(authorization);
}

int main(void)
{
    assert(strcmp(sas_psc_version(), SAS_PSC_VERSION) == 0);
    null_arguments_are_errors();
    an_error_may_be_ignored();
    an_error_place_is_null_after_success();
    text_that_is_not_utf8_is_an_error();
    getters_and_frees_take_null();
    texts_come_in_both_languages();
    strings_know_their_length();
    another_sign_in_s_answer_leaves_this_one_as_it_was();
    a_sign_in_outlives_its_process();
    an_exchange_goes_step_by_step();
    return EXIT_SUCCESS;
}
