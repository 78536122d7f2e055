/* Consent logs: every receipt of vectors/consent-log as Rust, Python and Go judge it; a log appended to, proved, audited,
 * a person forgotten. Arguments: the receipts as lines (tests/lines.rs), a log that `sas-psc consent init` made, the hash
 * of terms that it knows, its public key. */
#include <sas_psc.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef NDEBUG
#error "asserts are the test"
#endif

/* Takes the next field of a line, decoded in place. */
static char *field(char **rest)
{
    char *start = *rest, *from = start, *to = start, digits[3] = {0};

    while (*from != '\0' && *from != '\t' && *from != '\n') {
        if (*from == '%') {
            memcpy(digits, from + 1, 2);
            *to++ = (char)strtol(digits, NULL, 16);
            from += 3;
        } else {
            *to++ = *from++;
        }
    }
    *rest = from + (*from != '\0');
    *to = '\0';
    return start;
}

static int receipts(const char *file, int *wrong)
{
    FILE *lines = fopen(file, "r");
    static char line[1 << 16];
    int count = 0;

    assert(lines != NULL);
    while (fgets(line, sizeof line, lines) != NULL) {
        char *rest = line;
        const char *name = field(&rest), *expect = field(&rest), *vkey = field(&rest), *proof = field(&rest);
        const char *opening = field(&rest);
        sas_psc_string *proven = NULL;
        sas_psc_error *error = NULL;
        int status = sas_psc_consent_receipt_verify(proof, strlen(proof), opening, strlen(opening), vkey, &proven, &error);
        int right = status == 0 ? strcmp(expect, "-") == 0 && strstr(sas_psc_string_data(proven), "\"tree_size\":300,") != NULL
                                : strcmp(expect, sas_psc_error_name(error)) == 0 && proven == NULL;

        if (!right) {
            fprintf(stderr, "%s: %d, not %s\n", name, status, expect);
            (*wrong)++;
        }
        sas_psc_string_free(proven);
        sas_psc_error_free(error);
        count++;
    }
    fclose(lines);
    return count;
}

static void answer(char *out, const char *event, const char *terms, const char *person)
{
    sprintf(out, "{\"event\":\"%s\",\"terms\":\"%s\",\"person\":\"%s\"}", event, terms, person);
}

static void a_log(const char *folder, const char *terms, const char *vkey)
{
    sas_psc_consent_log *log = NULL, *second = NULL;
    sas_psc_string *recorded = NULL, *proof = NULL, *opening = NULL, *proven = NULL, *report = NULL;
    char request[512], id[37];
    uint64_t deleted = 9;

    assert(sas_psc_consent_log_open(folder, &log, NULL) == 0);
    assert(sas_psc_consent_log_open(folder, &second, NULL) == SAS_PSC_ERROR_LOG_BUSY && second == NULL);
    answer(request, "accepted", terms, "899700218896");
    assert(sas_psc_consent_log_record(log, request, &recorded, NULL) == 0);
    assert(sscanf(sas_psc_string_data(recorded), "{\"record_id\":\"%36[^\"]\",\"leaf_index\":0,\"tree_size\":1}", id) == 1);
    sas_psc_string_free(recorded);
    answer(request, "withdrawn", terms, "899700245667");
    assert(sas_psc_consent_log_record(log, request, &recorded, NULL) == SAS_PSC_ERROR_RECORD_NONE_BEFORE && recorded == NULL);
    assert(sas_psc_consent_log_append(log, "SPCR", 4, &recorded, NULL) == SAS_PSC_ERROR_RECORD_UNREADABLE);

    assert(sas_psc_consent_log_receipt(log, id, &proof, &opening, NULL) == 0);
    assert(sas_psc_consent_receipt_verify(sas_psc_string_data(proof), sas_psc_string_len(proof), sas_psc_string_data(opening),
                                          sas_psc_string_len(opening), vkey, &proven, NULL) == 0);
    assert(strstr(sas_psc_string_data(proven), "\"event\":\"accepted\"") != NULL);
    assert(strstr(sas_psc_string_data(proven), "899700218896") == NULL);
    sas_psc_string_free(proven);
    sas_psc_string_free(opening);
    sas_psc_string_free(proof);

    assert(sas_psc_consent_log_forget(log, "899700218896", &deleted, NULL) == 0 && deleted == 1);
    assert(sas_psc_consent_log_receipt(log, id, &proof, &opening, NULL) == SAS_PSC_ERROR_RECORD_UNKNOWN);
    sas_psc_consent_log_free(log);

    assert(sas_psc_consent_log_verify(folder, vkey, NULL, "en", &report, NULL) == 0);
    assert(strcmp(sas_psc_string_data(report), "{\"valid\":true,\"tree_size\":1,\"problems\":[]}") == 0);
    sas_psc_string_free(report);
    assert(sas_psc_consent_log_verify("nowhere", vkey, NULL, NULL, &report, NULL) == SAS_PSC_ERROR_LOG_MISSING);
    assert(sas_psc_consent_log_verify(folder, "no key", NULL, NULL, &report, NULL) == SAS_PSC_ERROR_LOG_KEY_UNREADABLE);
}

int main(int count, char **arguments)
{
    int wrong = 0, read;

    assert(count == 5);
    read = receipts(arguments[1], &wrong);
    a_log(arguments[2], arguments[3], arguments[4]);
    printf("%d receipts, %d wrong\n", read, wrong);
    return wrong != 0;
}
