/*
 * A sign-in played against answers that are written down: the loop of every exchange, for the tests that need one. Time moves
 * only when there is something to wait for.
 */
#ifndef PLAY_H
#define PLAY_H

#include "cases.h"

enum { ANSWERS = 64 };

static const int64_t BEGUN = 1795420800000;

/* What the provider answers in its order, the time, and when something was posted. */
typedef struct {
    char *answers[ANSWERS][FIELDS];
    int count, next;
    int64_t now, begun;
    bool patient; /* waits although nothing is answered any more */
    char posted[256];
} play;

typedef int32_t next_of(void *, int64_t, sas_psc_request **, int64_t *, sas_psc_error **);
typedef int32_t answered_of(void *, const sas_psc_response *, int64_t, sas_psc_error **);
typedef int32_t failed_of(void *, int32_t, int64_t, sas_psc_error **);

static inline int32_t start_next(void *start, int64_t now, sas_psc_request **request, int64_t *until, sas_psc_error **error)
{
    return sas_psc_ciba_start_next(start, now, request, until, error);
}

static inline int32_t start_answered(void *start, const sas_psc_response *response, int64_t now, sas_psc_error **error)
{
    return sas_psc_ciba_start_answered(start, response, now, error);
}

static inline int32_t start_failed(void *start, int32_t why, int64_t now, sas_psc_error **error)
{
    return sas_psc_ciba_start_failed(start, why, now, error);
}

static inline int32_t ciba_next(void *ciba, int64_t now, sas_psc_request **request, int64_t *until, sas_psc_error **error)
{
    return sas_psc_ciba_next(ciba, now, request, until, error);
}

static inline int32_t ciba_answered(void *ciba, const sas_psc_response *response, int64_t now, sas_psc_error **error)
{
    return sas_psc_ciba_answered(ciba, response, now, error);
}

static inline int32_t ciba_failed(void *ciba, int32_t why, int64_t now, sas_psc_error **error)
{
    return sas_psc_ciba_failed(ciba, why, now, error);
}

/* The loop of every exchange; `over` is false when nothing is answered any more. Time moves only in a wait. */
static inline int32_t run(play *p, void *steps, next_of *next, answered_of *answered, failed_of *failed, bool *over,
                   sas_psc_error **error)
{
    *over = false;
    for (;;) {
        sas_psc_request *request = NULL;
        int64_t until = 0;
        int32_t status = next(steps, p->now, &request, &until, error);
        char **answer = p->answers[p->next];

        if (status != 0)
            return status;
        if (request == NULL && until == 0) {
            *over = true;
            return 0;
        }
        if (request == NULL) {
            if (p->next == p->count && !p->patient)
                return 0;
            p->now = until;
            continue;
        }
        if (strcmp(sas_psc_request_method(request), "POST") == 0) {
            size_t length = strlen(p->posted);
            snprintf(p->posted + length, sizeof p->posted - length, length == 0 ? "%ld" : ",%ld",
                     (long)((p->now - p->begun) / 1000));
        }
        sas_psc_request_free(request);
        if (p->next == p->count)
            return 0;
        p->next++;
        if (strcmp(answer[0], "failed") == 0) {
            status = failed(steps, (int32_t)strtol(answer[1], NULL, 10), p->now, error);
        } else {
            sas_psc_response *response = response_of(answer);
            status = answered(steps, response, p->now, error);
            sas_psc_response_free(response);
        }
        if (status != 0)
            return status;
    }
}

static inline int32_t run_start(play *p, sas_psc_ciba_start *start, bool *over, sas_psc_error **error)
{
    return run(p, start, start_next, start_answered, start_failed, over, error);
}

static inline int32_t run_ciba(play *p, sas_psc_ciba *ciba, bool *over, sas_psc_error **error)
{
    return run(p, ciba, ciba_next, ciba_answered, ciba_failed, over, error);
}

static inline int32_t steps_next(void *steps, int64_t now, sas_psc_request **request, int64_t *until, sas_psc_error **error)
{
    return sas_psc_steps_next(steps, now, request, until, error);
}

static inline int32_t steps_answered(void *steps, const sas_psc_response *response, int64_t now, sas_psc_error **error)
{
    return sas_psc_steps_answered(steps, response, now, error);
}

static inline int32_t steps_failed(void *steps, int32_t why, int64_t now, sas_psc_error **error)
{
    return sas_psc_steps_failed(steps, why, now, error);
}

static inline int32_t run_steps(play *p, sas_psc_steps *steps, bool *over, sas_psc_error **error)
{
    return run(p, steps, steps_next, steps_answered, steps_failed, over, error);
}

static inline sas_psc_service *service_of_sandbox(void)
{
    sas_psc_environment *environment = NULL;
    sas_psc_client *client = NULL;
    sas_psc_service *service = NULL;

    sas_psc_environment_bas(&environment, NULL);
    sas_psc_client_new("sas-psc-test", "hush", "https://service.example/callback", &client, NULL);
    CHECK("service", sas_psc_service_new(environment, client, &service, NULL) == 0);
    sas_psc_client_free(client);
    sas_psc_environment_free(environment);
    return service;
}

static inline void then(play *p, const char *status, const char *body)
{
    char **answer = p->answers[p->count++];

    answer[0] = "answer";
    answer[1] = (char *)status;
    answer[2] = (char *)body;
    answer[3] = "content-type";
    answer[4] = "application/json";
}

static const char CASE[] = "wait-accepted-at-once";

/* The person of the case; the time afterwards is in the play, whose answers are used up. */
static inline sas_psc_signed_in *person_of(const sas_psc_service *service, char *text, play *p)
{
    char *line = text, *fields[FIELDS], person[32] = "";
    sas_psc_ciba_start *start = NULL;
    sas_psc_ciba *ciba = NULL;
    sas_psc_signed_in *signed_in = NULL;
    bool ours = false, over;

    while (line != NULL && *line != '\0') {
        line = cut(line, fields);
        if (strcmp(fields[0], "case") == 0) {
            ours = strcmp(fields[1], CASE) == 0;
            if (ours) {
                snprintf(person, sizeof person, "%s", fields[3]);
                p->now = p->begun = strtoll(fields[2], NULL, 10) * 1000;
            }
        } else if (ours) {
            memcpy(p->answers[p->count++], fields, sizeof fields);
        }
    }
    CHECK(CASE, sas_psc_ciba_start_new(service, person, "mobile", &start, NULL) == 0);
    CHECK(CASE, run_start(p, start, &over, NULL) == 0 && over && sas_psc_ciba_start_take(start, &ciba, NULL) == 0);
    CHECK(CASE, sas_psc_signed_in_of_ciba(ciba, &signed_in, NULL) == SAS_PSC_ERROR_NOT_DONE);
    CHECK(CASE, run_ciba(p, ciba, &over, NULL) == 0 && over);
    CHECK(CASE, sas_psc_signed_in_of_ciba(ciba, &signed_in, NULL) == 0);
    sas_psc_ciba_start_free(start);
    sas_psc_ciba_free(ciba);
    return signed_in;
}

#endif
