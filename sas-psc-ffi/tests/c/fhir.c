/*
 * Every case of vectors/fhir: the verdicts are those of Rust and Python; then the searches, and the pace. The cases come as
 * lines (tests/lines.rs): "case" with its fields, then an "answer" each.
 */
#include <sas_psc.h>
#include "cases.h"

static const int64_t BEGUN = 1795420800000;

/* "case", name, ids, verdict, people; the answers follow. The line after them. */
static char *judge(const sas_psc_fhir *fhir, char **f, char *line)
{
    sas_psc_fhir_lookup *lookup = NULL;
    sas_psc_error *error = NULL;
    sas_psc_string *people = NULL;
    sas_psc_professional *person = NULL;
    char found[256] = "", *answer[FIELDS];
    int64_t now = BEGUN;
    size_t i;

    CHECK(f[1], sas_psc_fhir_lookup_new(fhir, f[2], &lookup, NULL) == 0);
    CHECK(f[1], sas_psc_fhir_lookup_people(lookup, &people, NULL) == SAS_PSC_ERROR_NOT_DONE);
    for (;;) {
        sas_psc_request *request = NULL;
        int64_t until = 0;
        if (sas_psc_fhir_lookup_next(lookup, now, &request, &until, &error) != 0 || (request == NULL && until == 0))
            break;
        if (request == NULL) {
            now = until;
            continue;
        }
        CHECK(f[1], strcmp(sas_psc_request_method(request), "GET") == 0);
        sas_psc_request_free(request);
        if (line == NULL || strncmp(line, "answer\t", 7) != 0) {
            fault(f[1], "asks once more");
            break;
        }
        line = cut(line, answer);
        sas_psc_response *response = response_of(answer);
        int32_t status = sas_psc_fhir_lookup_answered(lookup, response, now, &error);
        sas_psc_response_free(response);
        if (status != 0)
            break;
    }
    CHECK(f[1], strcmp(error != NULL ? sas_psc_error_name(error) : "ok", f[3]) == 0);
    for (i = 0; i < sas_psc_fhir_lookup_count(lookup); i++) {
        CHECK(f[1], sas_psc_fhir_lookup_professional(lookup, i, &person, NULL) == 0);
        snprintf(found + strlen(found), sizeof found - strlen(found), i == 0 ? "%s" : " %s",
                 sas_psc_professional_id_nat(person));
        sas_psc_professional_free(person);
    }
    CHECK(f[1], strcmp(found, f[4]) == 0);
    if (error == NULL) {
        CHECK(f[1], sas_psc_fhir_lookup_professional(lookup, i, &person, NULL) == 0 && person == NULL);
        CHECK(f[1], sas_psc_fhir_lookup_people(lookup, &people, NULL) == 0);
        CHECK(f[1], (strstr(sas_psc_string_data(people), "\"unknown_places\":") != NULL) == (i > 0));
        sas_psc_string_free(people);
    }
    CHECK(f[1], line == NULL || strncmp(line, "answer\t", 7) != 0);
    sas_psc_error_free(error);
    sas_psc_fhir_lookup_free(lookup);
    return line;
}

static void searches(const sas_psc_fhir *fhir)
{
    static const char PAGE[] =
        "{\"resourceType\":\"Bundle\",\"link\":[{\"relation\":\"next\",\"url\":\"https://directory.example/fhir/v2/_page?id=u1\"}],"
        "\"entry\":[{\"resource\":{\"resourceType\":\"Organization\",\"id\":\"7\",\"name\":\"CABINET\"}}]}";
    sas_psc_fhir_search *search = NULL;
    sas_psc_fhir_page *page = NULL;
    sas_psc_request *request = NULL;
    sas_psc_response *response = NULL;
    sas_psc_string *text = NULL;
    int64_t until = 0;

    CHECK("search", sas_psc_fhir_search_new("Patient", &search, NULL) == SAS_PSC_ERROR_FHIR_QUESTION);
    CHECK("search", sas_psc_fhir_search_new("Organization", &search, NULL) == 0);
    CHECK("search", sas_psc_fhir_search_add(search, "rpps", "1", NULL) == SAS_PSC_ERROR_FHIR_QUESTION);
    CHECK("search", sas_psc_fhir_search_add(search, "name:contains", "CABINET", NULL) == 0);
    CHECK("search", sas_psc_fhir_search_updated_since(search, 0, BEGUN, NULL) == SAS_PSC_ERROR_FHIR_DELTA_TOO_OLD);
    CHECK("search", sas_psc_fhir_search_updated_since(search, BEGUN - 1000, BEGUN, NULL) == 0);
    CHECK("search", sas_psc_fhir_search_with_related(search, NULL) == 0);
    CHECK("page", sas_psc_fhir_page_new(fhir, search, &page, NULL) == 0);
    sas_psc_fhir_search_free(search);
    CHECK("page", sas_psc_fhir_page_people(page, &text, NULL) == SAS_PSC_ERROR_NOT_DONE);
    CHECK("page", sas_psc_fhir_page_next(page, BEGUN, &request, &until, NULL) == 0);
    CHECK("page", strstr(sas_psc_request_url(request), "/Organization?name:contains=CABINET&_lastUpdated=ge2026") != NULL);
    sas_psc_request_free(request);
    CHECK("page", sas_psc_fhir_page_failed(page, SAS_PSC_ERROR_CONNECTION_LOST, BEGUN, NULL) == 0);
    CHECK("page", sas_psc_fhir_page_next(page, BEGUN, &request, &until, NULL) == 0 && request == NULL && until > BEGUN);
    CHECK("page", sas_psc_fhir_page_next(page, until, &request, &until, NULL) == 0 && request != NULL);
    sas_psc_request_free(request);
    sas_psc_response_new(200, PAGE, strlen(PAGE), &response, NULL);
    CHECK("page", sas_psc_fhir_page_answered(page, response, BEGUN, NULL) == 0);
    sas_psc_response_free(response);
    CHECK("page", sas_psc_fhir_page_next(page, BEGUN + 60000, &request, &until, NULL) == 0 && request == NULL);
    CHECK("page", sas_psc_fhir_page_people(page, &text, NULL) == 0 && strcmp(sas_psc_string_data(text), "[]") == 0);
    sas_psc_string_free(text);
    CHECK("page", sas_psc_fhir_page_organizations(page, &text, NULL) == 0);
    CHECK("page", strstr(sas_psc_string_data(text), "\"organization\":\"CABINET\"") != NULL);
    sas_psc_string_free(text);
    CHECK("page", sas_psc_fhir_page_cursor(page, &text, NULL) == 0 && text != NULL);
    sas_psc_fhir_page_free(page);
    CHECK("page", sas_psc_fhir_page_after(fhir, sas_psc_string_data(text), sas_psc_string_len(text), &page, NULL) == 0);
    sas_psc_string_free(text);
    CHECK("page", sas_psc_fhir_page_next(page, BEGUN, &request, &until, NULL) == 0);
    CHECK("page", strcmp(sas_psc_request_url(request), "https://directory.example/fhir/v2/_page?id=u1") == 0);
    sas_psc_request_free(request);
    sas_psc_fhir_page_free(page);
    CHECK("page", sas_psc_fhir_page_after(fhir, "{}", 2, &page, NULL) == SAS_PSC_ERROR_STORED_FORM_UNREADABLE);
}

int main(int argc, char **argv)
{
    sas_psc_fhir *fhir = NULL;
    char *text = argc == 2 ? whole(argv[1]) : NULL, *line, *fields[FIELDS];
    int cases = 0, i;

    if (text == NULL)
        return 2;
    CHECK("server", sas_psc_fhir_ans("", &fhir, NULL) == SAS_PSC_ERROR_FHIR_SETTINGS && fhir == NULL);
    CHECK("server", sas_psc_fhir_new("http://127.0.0.1:1", NULL, &fhir, NULL) == SAS_PSC_ERROR_ADDRESS_REFUSED);
    CHECK("server", sas_psc_fhir_insecure_loopback("http://127.0.0.1:1", NULL, &fhir, NULL) == 0);
    sas_psc_fhir_free(fhir);
    CHECK("server", sas_psc_fhir_ans("a-key", &fhir, NULL) == 0);
    for (i = 0; i < 17; i++)
        CHECK("pace", sas_psc_fhir_turn(fhir, BEGUN) == BEGUN);
    CHECK("pace", sas_psc_fhir_turn(fhir, BEGUN) > BEGUN + 1000);
    sas_psc_fhir_free(fhir);
    CHECK("server", sas_psc_fhir_new("https://directory.example/fhir/v2", "a-key", &fhir, NULL) == 0);
    CHECK("server", sas_psc_fhir_set_page_size(fhir, 201, NULL) == SAS_PSC_ERROR_FHIR_SETTINGS);
    for (line = text; line != NULL && *line != '\0'; cases++) {
        line = cut(line, fields);
        line = judge(fhir, fields, line);
    }
    searches(fhir);
    sas_psc_fhir_free(fhir);
    free(text);
    printf("%d look-ups, %d wrong\n", cases, wrong);
    return wrong != 0;
}
