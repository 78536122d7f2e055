/* Consent logs: every receipt of vectors/consent-log as Rust, Python and Go judge it; a log appended to, proved, audited,
 * a person forgotten. Arguments: the receipts as lines (tests/lines.rs), a log that `sas-psc consent init` made, the hash
 * of terms that it knows, its public key, the cases of vectors/consent-evidence as lines. */
#include <sas_psc.h>
#include <assert.h>
#include "cases.h"

#ifdef NDEBUG
#error "asserts are the test"
#endif

static void receipt(char **f)
{
    const char *name = f[0], *expect = f[1], *vkey = f[2], *proof = f[3], *opening = f[4];
    sas_psc_string *proven = NULL;
    sas_psc_error *error = NULL;
    int status = sas_psc_consent_receipt_verify(proof, strlen(proof), opening, strlen(opening), vkey, &proven, &error);

    if (!same(status == 0 ? NULL : sas_psc_error_name(error), expect))
        fault(name, status == 0 ? "accepted" : sas_psc_error_name(error));
    else if (status == 0 ? strstr(sas_psc_string_data(proven), "\"tree_size\":300,") == NULL : proven != NULL)
        fault(name, "proves something else");
    sas_psc_string_free(proven);
    sas_psc_error_free(error);
}

static void evidence(char **f)
{
    const char *name = f[0], *expect = f[1], *opening = f[2], *file = f[3];
    sas_psc_string *proven = NULL;
    sas_psc_error *error = NULL;
    int status = sas_psc_consent_evidence_verify(opening, strlen(opening), file, strlen(file), &proven, &error);

    if (!same(status == 0 ? NULL : sas_psc_error_name(error), expect))
        fault(name, status == 0 ? "accepted" : sas_psc_error_name(error));
    else if (status == 0 ? strstr(sas_psc_string_data(proven), "\"id_nat\":\"899700000013\"") == NULL : proven != NULL)
        fault(name, "proves something else");
    sas_psc_string_free(proven);
    sas_psc_error_free(error);
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

    assert(sas_psc_consent_log_evidence(log, id, &proven, NULL) == SAS_PSC_ERROR_EVIDENCE_NONE && proven == NULL);
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

    assert(sas_psc_consent_terms_difference(folder, terms, terms, "en", &report, NULL) == 0);
    assert(strstr(sas_psc_string_data(report), "  (unchanged)\n") != NULL);
    sas_psc_string_free(report);
    assert(sas_psc_consent_log_verify(folder, vkey, NULL, "en", &report, NULL) == 0);
    assert(strcmp(sas_psc_string_data(report), "{\"valid\":true,\"tree_size\":1,\"problems\":[]}") == 0);
    sas_psc_string_free(report);
    assert(sas_psc_consent_log_verify("nowhere", vkey, NULL, NULL, &report, NULL) == SAS_PSC_ERROR_LOG_MISSING);
    assert(sas_psc_consent_log_verify(folder, "no key", NULL, NULL, &report, NULL) == SAS_PSC_ERROR_LOG_KEY_UNREADABLE);
}

int main(int count, char **arguments)
{
    int read, pieces;

    assert(count == 6);
    read = each_case(arguments[1], receipt);
    pieces = each_case(arguments[5], evidence);
    a_log(arguments[2], arguments[3], arguments[4]);
    printf("%d receipts, %d pieces of evidence, %d wrong\n", read, pieces, wrong);
    return wrong != 0;
}
