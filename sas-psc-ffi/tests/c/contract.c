/* The promises of the header's first page, one by one. */
#include <sas_psc.h>
#include <assert.h>
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

    assert(sas_psc_rpps_text(NULL) == NULL);
    assert(!sas_psc_rpps_is_test_number(NULL));
    assert(sas_psc_error_code(NULL) == 0);
    assert(sas_psc_error_message(NULL, "fr") == NULL);
    assert(!sas_psc_error_fact_number(NULL, "tries_left", &number) && number == 0);
    assert(sas_psc_string_data(NULL) == NULL && sas_psc_string_len(NULL) == 0);
    sas_psc_rpps_free(NULL);
    sas_psc_error_free(NULL);
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
    return EXIT_SUCCESS;
}
