/*
 * Every case of vectors/card-certificate: the verdicts are those of Rust and Python. The cases come as lines
 * (tests/lines.rs): fields separated by tabs, percent-encoded, "-" for one that is absent; revocation lists come last.
 */
#include <sas_psc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS = 16, LINE = 1 << 20 };

static int wrong = 0;

static void fault(const char *name, const char *what)
{
    wrong++;
    printf("%s: %s\n", name, what);
}

static bool same(const char *one, const char *other)
{
    return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

/* Decodes a field in place; null for one that is absent. */
static char *decoded(char *field)
{
    char *from = field, *to = field;

    if (strcmp(field, "-") == 0)
        return NULL;
    while (*from != '\0') {
        if (*from == '%') {
            char digits[3] = {from[1], from[2], '\0'};
            *to++ = (char)strtol(digits, NULL, 16);
            from += 3;
        } else {
            *to++ = *from++;
        }
    }
    *to = '\0';
    return field;
}

/* Whether a call ended as the case says: its code, and the claim or the field that it names. */
static bool as_expected(const char *name, const char *expect, const char *about, sas_psc_error *error)
{
    const char *field = sas_psc_error_fact_word(error, "field");

    if (!same(error == NULL ? "ok" : sas_psc_error_name(error), expect))
        fault(name, error == NULL ? "accepted" : sas_psc_error_name(error));
    else if (!same(field, about))
        fault(name, "names another part");
    sas_psc_error_free(error);
    return error == NULL;
}


static char *authorities;

static void card(char **f)
{
    const char *name = f[0], *expect = f[1], *about = f[2];
    sas_psc_error *error = NULL;
    sas_psc_card_certificate *certificate = NULL;
    sas_psc_card_trust *trust = NULL;
    sas_psc_trusted_certificate *trusted = NULL;
    size_t i;
    int code;

    if (strcmp(f[3], "production") == 0)
        code = sas_psc_card_trust_new(&trust, NULL);
    else if (strcmp(f[3], "test") == 0)
        code = sas_psc_danger_card_trust_test(&trust, NULL);
    else
        code = sas_psc_danger_card_trust_of(authorities, &trust, NULL);
    if (code != 0)
        fault(name, "trust");
    if (f[6] != NULL)
        sas_psc_card_trust_set_max_age(trust, strtoul(f[6], NULL, 10), NULL);
    if (same(f[7], "accept"))
        sas_psc_card_trust_set_accept_unknown_revocation(trust, NULL);
    code = sas_psc_card_certificate_read(f[11], strlen(f[11]), &certificate, &error);
    for (i = 12; code == 0 && i < FIELDS && f[i] != NULL; i++)
        code = sas_psc_card_trust_add_revocation_list(trust, f[i], strlen(f[i]), &error);
    if (code == 0)
        sas_psc_card_trust_verify(trust, certificate, f[4], strtoll(f[5], NULL, 10) * 1000, &trusted, &error);
    if (as_expected(name, expect, about, error)) {
        sas_psc_professional *holder = NULL;
        sas_psc_string *json = NULL;
        if (!same(sas_psc_card_certificate_kind(certificate), f[9]) || !same(sas_psc_card_certificate_purpose(certificate), f[4]))
            fault(name, "kind or purpose");
        if (sas_psc_card_certificate_professional(certificate, &holder, NULL) != 0
            || !same(sas_psc_professional_id_nat(holder), f[8]))
            fault(name, "holder");
        if (sas_psc_trusted_certificate_json(trusted, &json, NULL) != 0
            || strstr(sas_psc_string_data(json), strcmp(f[10], "good") == 0 ? "\"revocation\":\"good\"" : "\"revocation\":\"unknown\"") == NULL)
            fault(name, "revocation");
        if (sas_psc_card_certificate_not_before(certificate) >= sas_psc_card_certificate_not_after(certificate))
            fault(name, "times");
        if (sas_psc_card_certificate_check_signature(certificate, "pss-sha256", "m", 1, "s", 1, NULL)
            != SAS_PSC_ERROR_POSSESSION_SIGNATURE)
            fault(name, "a signature that is none");
        sas_psc_string_free(json);
        if (sas_psc_card_certificate_json(certificate, &json, NULL) != 0 || strstr(sas_psc_string_data(json), f[8]) == NULL)
            fault(name, "json");
        sas_psc_string_free(json);
        sas_psc_professional_free(holder);
        sas_psc_card_certificate_free(certificate);
        certificate = NULL;
        sas_psc_card_certificate_read_contactless(f[11], strlen(f[11]), &certificate, NULL);
        if (!same(sas_psc_card_certificate_purpose(certificate), "technical")
            || sas_psc_card_certificate_professional(certificate, &holder, NULL) != SAS_PSC_ERROR_CARD_CERTIFICATE_HOLDER)
            fault(name, "without contact");
    } else if (trusted != NULL) {
        fault(name, "a certificate beside an error");
    }
    sas_psc_trusted_certificate_free(trusted);
    sas_psc_card_certificate_free(certificate);
    sas_psc_card_trust_free(trust);
}

static int run(const char *path, void (*one)(char **))
{
    FILE *file = fopen(path, "r");
    char *line = malloc(LINE);
    int cases = 0;

    while (file != NULL && fgets(line, LINE, file) != NULL) {
        char *fields[FIELDS] = {0}, *next = line;
        int count = 0;
        line[strcspn(line, "\n")] = '\0';
        while (next != NULL && count < FIELDS) {
            char *end = strchr(next, '\t');
            if (end != NULL)
                *end = '\0';
            fields[count++] = decoded(next);
            next = end == NULL ? NULL : end + 1;
        }
        one(fields);
        cases++;
    }
    if (file != NULL)
        fclose(file);
    free(line);
    return cases;
}

int main(int argc, char **argv)
{
    int cases;
    FILE *file;

    if (argc != 3 || (authorities = calloc(LINE, 1)) == NULL || (file = fopen(argv[2], "r")) == NULL)
        return 2;
    if (fread(authorities, 1, LINE - 1, file) == 0)
        return 2;
    fclose(file);
    cases = run(argv[1], card);
    free(authorities);
    printf("%d cards, %d wrong\n", cases, wrong);
    return wrong != 0 || cases == 0;
}
