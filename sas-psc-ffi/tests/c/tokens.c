/*
 * Every case of vectors/id-token, vectors/userinfo and vectors/logout-token: the verdicts are those of Rust and Python. The cases come as lines
 * (tests/lines.rs): fields separated by tabs, percent-encoded, "-" for one that is absent.
 */
#include <sas_psc.h>
#include "cases.h"

static bool is_true(const char *text)
{
    return text != NULL && strcmp(text, "true") == 0;
}

static void id_token(char **f)
{
    const char *name = f[0], *expect = f[1], *about = f[2];
    sas_psc_error *error = NULL;
    sas_psc_id_token_check *check = NULL;
    sas_psc_verified_id_token *verified = NULL;

    if (sas_psc_id_token_check_new(f[3], f[4], f[13], strlen(f[13]), &check, &error) == 0) {
        if (f[6] != NULL && sas_psc_id_token_check_set_acr(check, f[6], NULL) != 0)
            fault(name, "acr");
        if (is_true(f[7]))
            sas_psc_id_token_check_set_exact_acr(check, NULL);
        if (is_true(f[8]))
            sas_psc_id_token_check_set_allow_missing_acr(check, NULL);
        if (f[9] != NULL)
            sas_psc_id_token_check_set_leeway(check, strtoul(f[9], NULL, 10), NULL);
        if (f[10] != NULL)
            sas_psc_id_token_check_set_max_age(check, strtoul(f[10], NULL, 10), NULL);
        sas_psc_id_token_check_verify(check, f[14], f[11], f[12], strtoll(f[5], NULL, 10) * 1000, &verified, &error);
    }
    if (as_expected(name, expect, about, error)) {
        sas_psc_string *claims = NULL;
        if (!same(sas_psc_verified_id_token_id_nat(verified), "899700000013"))
            fault(name, "id_nat");
        if (sas_psc_verified_id_token_subject(verified) != sas_psc_verified_id_token_subject(verified))
            fault(name, "a text moves");
        if (sas_psc_verified_id_token_expires_at(verified) < 1795420800000 - 120000)
            fault(name, "expires_at");
        if (sas_psc_verified_id_token_claims(verified, &claims, NULL) != 0
            || strstr(sas_psc_string_data(claims), "SubjectNameID") == NULL)
            fault(name, "claims");
        sas_psc_string_free(claims);
    } else if (verified != NULL) {
        fault(name, "a token beside an error");
    }
    sas_psc_verified_id_token_free(verified);
    sas_psc_id_token_check_free(check);
}

static void situations(const char *name, const sas_psc_professional *person)
{
    size_t i, count = sas_psc_professional_situation_count(person);
    sas_psc_string *chosen = NULL;

    for (i = 0; i < count; i++) {
        const char *key = sas_psc_professional_situation_key(person, i);
        if (sas_psc_professional_situation_label(person, i) == NULL || key == NULL || strlen(key) != 16)
            fault(name, "situation");
        if (sas_psc_professional_choose(person, key, &chosen, NULL) != 0
            || strstr(sas_psc_string_data(chosen), key) == NULL)
            fault(name, "choice");
        sas_psc_string_free(chosen);
    }
    if (sas_psc_professional_situation_key(person, count) != NULL)
        fault(name, "a situation past the last");
    if (sas_psc_professional_choose(person, "0123456789abcdef", &chosen, NULL) != SAS_PSC_ERROR_SITUATION_UNKNOWN)
        fault(name, "a choice that is not theirs");
}

static void userinfo(char **f)
{
    const char *name = f[0], *expect = f[1], *about = f[2];
    sas_psc_error *error = NULL;
    sas_psc_userinfo *info = NULL;
    sas_psc_professional *person = NULL;
    sas_psc_string *text = NULL;

    sas_psc_userinfo_parse(f[3], strlen(f[3]), &info, &error);
    if (as_expected(name, expect, about, error)) {
        if (sas_psc_userinfo_professional(info, &person, NULL) != 0)
            fault(name, "professional");
        if (!same(sas_psc_professional_id_nat(person), f[4]) || !same(sas_psc_professional_rpps(person), f[5]))
            fault(name, "numbers");
        if (!same(sas_psc_userinfo_auth_mode(info), f[6]) || sas_psc_userinfo_subject(info) == NULL)
            fault(name, "userinfo");
        if (sas_psc_professional_json(person, &text, NULL) != 0 || !same(sas_psc_string_data(text), f[7]))
            fault(name, "json");
        sas_psc_string_free(text);
        if (sas_psc_professional_continuity(person, f[4], &text, NULL) != 0 || !same(sas_psc_string_data(text), "same"))
            fault(name, "continuity");
        sas_psc_string_free(text);
        if (strcmp(name, "adeli-became-rpps") == 0) {
            sas_psc_professional_continuity(person, "00B6087510", &text, NULL);
            if (!same(sas_psc_string_data(text), "adeli-to-rpps") || !same(sas_psc_professional_adeli(person), "0B6087510"))
                fault(name, "change of number");
            sas_psc_string_free(text);
        }
        situations(name, person);
    }
    sas_psc_professional_free(person);
    sas_psc_userinfo_free(info);
}

static void logout_token(char **f)
{
    const char *name = f[0], *expect = f[1], *about = f[2];
    sas_psc_error *error = NULL;
    sas_psc_logout_token_check *check = NULL;
    sas_psc_logout_token *verified = NULL;

    if (sas_psc_logout_token_check_new(f[3], f[4], f[8], strlen(f[8]), &check, &error) == 0) {
        if (f[6] != NULL)
            sas_psc_logout_token_check_set_leeway(check, strtoul(f[6], NULL, 10), NULL);
        if (is_true(f[7]))
            sas_psc_logout_token_check_set_allow_untyped(check, NULL);
        sas_psc_logout_token_check_verify(check, f[9], strtoll(f[5], NULL, 10) * 1000, &verified, &error);
    }
    if (as_expected(name, expect, about, error)) {
        const char *once = sas_psc_logout_token_once(verified);
        if (once == NULL || strlen(once) != 64 || strspn(once, "0123456789abcdef") != 64)
            fault(name, "once");
        if (sas_psc_logout_token_subject(verified) == NULL && sas_psc_logout_token_session_id(verified) == NULL)
            fault(name, "nobody");
        if (sas_psc_logout_token_remembered_until(verified) <= sas_psc_logout_token_issued_at(verified))
            fault(name, "times");
    } else if (verified != NULL) {
        fault(name, "a token beside an error");
    }
    sas_psc_logout_token_free(verified);
    sas_psc_logout_token_check_free(check);
}

int main(int argc, char **argv)
{
    int tokens, people, logouts;

    if (argc != 4)
        return 2;
    tokens = each_case(argv[1], id_token);
    people = each_case(argv[2], userinfo);
    logouts = each_case(argv[3], logout_token);
    printf("%d tokens, %d people, %d logouts, %d wrong\n", tokens, people, logouts, wrong);
    return wrong != 0 || tokens == 0 || people == 0 || logouts == 0;
}
