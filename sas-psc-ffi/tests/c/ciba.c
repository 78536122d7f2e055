/*
 * Every case of vectors/ciba: the verdicts are those of Rust and Python; then help, the card instead, and the guard over
 * the file that is named. The cases come as lines (tests/lines.rs): "case" with its fields, then an "answer" each.
 */
#include <sas_psc.h>
#include "play.h"

static const char ID[] = "{\"auth_req_id\":\"e.y.J.W.E\",\"expires_in\":120,\"interval\":5}";
static const char PENDING[] = "{\"error\":\"authorization_pending\"}";
static const char REFUSED[] = "{\"error\":\"access_denied\"}";

/* name, now, person, channel, verdict, seconds left or none, posted */
static void judge(char **f, play *p)
{
    sas_psc_service *service = service_of_sandbox(); /* its own: a service keeps the keys that it has fetched */
    sas_psc_ciba_start *start = NULL;
    sas_psc_ciba *ciba = NULL;
    sas_psc_error *error = NULL;
    sas_psc_string *person = NULL;
    sas_psc_professional *professional = NULL;
    const char *verdict = "waiting";
    char left[16] = "";
    bool over = false;

    p->now = p->begun = strtoll(f[2], NULL, 10) * 1000;
    sas_psc_ciba_start_new(service, f[3], f[4], &start, &error);
    CHECK(f[1], sas_psc_ciba_start_take(start, &ciba, NULL) == SAS_PSC_ERROR_NOT_DONE);
    if (error == NULL && run_start(p, start, &over, &error) == 0 && over) {
        CHECK(f[1], sas_psc_ciba_start_take(start, &ciba, NULL) == 0);
        snprintf(left, sizeof left, "%lu", (unsigned long)sas_psc_ciba_seconds_left(ciba, p->now));
        CHECK(f[1], strlen(sas_psc_ciba_digits(ciba)) == 2 && !sas_psc_ciba_is_card(ciba));
        CHECK(f[1], sas_psc_ciba_signed_in(ciba, p->now, &person, NULL) == SAS_PSC_ERROR_NOT_DONE);
        if (run_ciba(p, ciba, &over, &error) == 0 && over) {
            verdict = "ok";
            CHECK(f[1], sas_psc_ciba_signed_in(ciba, p->now, &person, NULL) == 0);
            CHECK(f[1], strstr(sas_psc_string_data(person), f[3]) != NULL);
            CHECK(f[1], sas_psc_ciba_professional(ciba, &professional, NULL) == 0);
            CHECK(f[1], strcmp(sas_psc_professional_id_nat(professional), f[3]) == 0);
            sas_psc_professional_free(professional);
        }
    }
    if (error != NULL)
        verdict = sas_psc_error_name(error);
    if (strcmp(verdict, f[5]) != 0)
        fault(f[1], verdict);
    if (!same(*left != '\0' ? left : NULL, f[6]))
        fault(f[1], left);
    if (strcmp(p->posted, f[7]) != 0)
        fault(f[1], p->posted);
    CHECK(f[1], p->next == p->count);
    sas_psc_string_free(person);
    sas_psc_error_free(error);
    sas_psc_ciba_free(ciba);
    sas_psc_ciba_start_free(start);
    sas_psc_service_free(service);
}

static int vectors(char *text)
{
    char *line = text, *head[FIELDS] = {0}, *fields[FIELDS];
    play p = {0};
    int cases = 0;

    while (line != NULL && *line != '\0') {
        line = cut(line, fields);
        if (strcmp(fields[0], "case") == 0) {
            if (cases++ > 0)
                judge(head, &p);
            memcpy(head, fields, sizeof head);
            memset(&p, 0, sizeof p);
        } else if (p.count < ANSWERS) {
            memcpy(p.answers[p.count++], fields, sizeof fields);
        }
    }
    if (cases > 0)
        judge(head, &p);
    return cases;
}

/* Runs a start to its wait; null and its code when it has none. */
static sas_psc_ciba *wait_of(play *p, sas_psc_ciba_start *start, int32_t *status)
{
    sas_psc_ciba *ciba = NULL;
    bool over = false;

    *status = run_start(p, start, &over, NULL);
    if (*status == 0)
        CHECK("start", over && sas_psc_ciba_start_take(start, &ciba, NULL) == 0);
    sas_psc_ciba_start_free(start);
    return ciba;
}

static void what_a_wait_tells(const sas_psc_service *service)
{
    play p = {.now = BEGUN, .begun = BEGUN};
    sas_psc_ciba_start *start = NULL;
    sas_psc_ciba *ciba, *again = NULL;
    sas_psc_string *text = NULL;
    char attempt[64] = "";
    int32_t status;
    int second, told = 0, helped = 0;
    bool over;

    then(&p, "200", ID);
    CHECK("help", sas_psc_ciba_start_new(service, "99700000013", "mobile", &start, NULL) == 0);
    ciba = wait_of(&p, start, &status);
    for (second = 0; second < 120; second++) {
        int64_t now = p.now + second * 1000;
        CHECK("help", sas_psc_ciba_event(ciba, now, "en", &text, NULL) == 0);
        told += text != NULL;
        if (text != NULL && strstr(sas_psc_string_data(text), "\"step\":\"open-app\"") != NULL) {
            helped++;
            CHECK("help", second == 20 || second == 60);
            CHECK("help", strstr(sas_psc_string_data(text), "Open the e-CPS app") != NULL);
        }
        sas_psc_string_free(text);
        CHECK("help", sas_psc_ciba_next_event_at(ciba, now) == now + 1000);
    }
    CHECK("help", told == 120 && helped == 2);
    CHECK("warning", sas_psc_ciba_not_you(NULL, &text, NULL) == 0
                         && strncmp(sas_psc_string_data(text), "Si vous n'êtes pas à l'origine", 32) == 0);
    sas_psc_string_free(text);

    /* The card instead: the same attempt, and only it can win. */
    snprintf(attempt, sizeof attempt, "%s", sas_psc_ciba_attempt(ciba));
    CHECK("card", sas_psc_ciba_on_channel(ciba, "fax", &start, NULL) == SAS_PSC_ERROR_CHANNEL_UNKNOWN && start == NULL);
    CHECK("card", sas_psc_ciba_on_channel(ciba, "card", &start, NULL) == 0);
    CHECK("card", sas_psc_ciba_replace(ciba, start, NULL) == SAS_PSC_ERROR_NOT_DONE && !sas_psc_ciba_is_card(ciba));
    then(&p, "200", ID);
    CHECK("card", run_start(&p, start, &over, NULL) == 0 && over);
    CHECK("card", sas_psc_ciba_replace(ciba, start, NULL) == 0 && sas_psc_ciba_is_card(ciba));
    CHECK("card", strcmp(sas_psc_ciba_attempt(ciba), attempt) == 0);
    sas_psc_ciba_start_free(start);

    /* Another process goes on; one that was left signs nobody in. */
    CHECK("stored", sas_psc_ciba_to_stored(ciba, &text, NULL) == 0);
    CHECK("stored", sas_psc_ciba_resume(service, sas_psc_string_data(text), sas_psc_string_len(text), p.now, &again, NULL)
                        == 0);
    sas_psc_string_free(text);
    CHECK("stored", strcmp(sas_psc_ciba_digits(again), sas_psc_ciba_digits(ciba)) == 0);
    sas_psc_ciba_cancel(again, NULL);
    CHECK("left", run_ciba(&p, again, &over, NULL) == SAS_PSC_ERROR_CIBA_CANCELLED);
    then(&p, "400", REFUSED);
    CHECK("card", run_ciba(&p, ciba, &over, NULL) == SAS_PSC_ERROR_CIBA_REFUSED);
    sas_psc_ciba_free(again);
    sas_psc_ciba_free(ciba);
}

static sas_psc_ciba *behind(const sas_psc_ciba_guard *guard, const sas_psc_service *service, play *p, const char *where,
                            int32_t *status)
{
    sas_psc_ciba_start *start = NULL;

    CHECK("guard", sas_psc_ciba_guard_start(guard, service, "99700000013", "mobile", where, strlen(where), p->now,
                                            &start, NULL)
                       == 0);
    return wait_of(p, start, status);
}

static void the_guard(const sas_psc_service *service, const char *path)
{
    play p = {.now = BEGUN, .begun = BEGUN, .patient = true};
    sas_psc_ciba_guard *one = NULL, *other = NULL;
    sas_psc_ciba_start *start = NULL;
    sas_psc_ciba *mine, *again, *decoy, *late;
    sas_psc_string *alarms = NULL;
    sas_psc_error *error = NULL;
    int32_t status;
    uint64_t wait = 0, rows = 0;
    bool over;
    char key[32] = "a key of the platform, 32 bytes";

    CHECK("guard", sas_psc_ciba_guard_new(path, key, 5, &one, NULL) == SAS_PSC_ERROR_SERVER_KEY_SHORT && one == NULL);
    CHECK("guard", sas_psc_ciba_guard_new(path, key, sizeof key, &one, NULL) == 0);
    CHECK("guard", sas_psc_ciba_guard_new(path, key, sizeof key, &other, NULL) == 0);

    /* One phone rings; its workstation sees it again through any instance, another sees a decoy. */
    then(&p, "200", ID);
    mine = behind(one, service, &p, "office", &status);
    again = behind(other, service, &p, "office", &status);
    decoy = behind(other, service, &p, "elsewhere", &status);
    CHECK("guard", strcmp(sas_psc_ciba_digits(again), sas_psc_ciba_digits(mine)) == 0);
    CHECK("guard", strcmp(sas_psc_ciba_attempt(again), sas_psc_ciba_attempt(mine)) == 0);
    CHECK("guard", strcmp(sas_psc_ciba_attempt(decoy), sas_psc_ciba_attempt(mine)) != 0);
    CHECK("guard", sas_psc_ciba_seconds_left(decoy, p.now) == 120);
    CHECK("guard", strcmp(p.posted, "0") == 0);
    CHECK("alarms", sas_psc_ciba_guard_alarms(other, &alarms, NULL) == 0);
    CHECK("alarms", strstr(sas_psc_string_data(alarms), "\"held-back\"") != NULL);
    CHECK("alarms", strstr(sas_psc_string_data(alarms), "99700000013") == NULL);
    sas_psc_string_free(alarms);

    /* The card instead, through the guard; a start that was there before can win no more. */
    CHECK("switch", sas_psc_ciba_guard_switch(one, service, mine, "card", "office", 6, p.now, &start, NULL) == 0);
    then(&p, "200", ID);
    CHECK("switch", run_start(&p, start, &over, NULL) == 0 && over);
    CHECK("switch", sas_psc_ciba_replace(mine, start, NULL) == 0 && sas_psc_ciba_is_card(mine));
    sas_psc_ciba_start_free(start);
    CHECK("settle", sas_psc_ciba_guard_settle(other, service, again, 0, p.now, NULL) == SAS_PSC_ERROR_CIBA_REPLACED);
    CHECK("settle", run_ciba(&p, again, &over, NULL) == SAS_PSC_ERROR_CIBA_REPLACED);

    /* A refusal is told, and given back; a sign-in is accepted once. */
    then(&p, "400", PENDING);
    then(&p, "400", REFUSED);
    status = run_ciba(&p, mine, &over, &error);
    CHECK("settle", status == SAS_PSC_ERROR_CIBA_REFUSED);
    CHECK("settle", sas_psc_ciba_guard_settle(one, service, mine, status, p.now, NULL) == status);
    sas_psc_error_free(error);

    /* Left: its own workstation is told for how long. */
    p.now += 300000;
    then(&p, "200", ID);
    late = behind(one, service, &p, "office", &status);
    CHECK("leave", sas_psc_ciba_guard_leave(one, service, late, "office", 6, p.now, NULL) == 0);
    sas_psc_ciba_guard_start(other, service, "99700000013", "mobile", "office", 6, p.now, &start, NULL);
    CHECK("leave", run_start(&p, start, &over, &error) == SAS_PSC_ERROR_CIBA_STILL_RUNNING);
    CHECK("leave", sas_psc_error_fact_number(error, "retry_after", &wait) && wait > 100 && wait <= 120);
    CHECK("sweep", sas_psc_ciba_guard_sweep(one, p.now + 91 * 86400000LL, &rows, NULL) == 0 && rows == 3);
    sas_psc_ciba_start_free(start);
    sas_psc_error_free(error);
    sas_psc_ciba_free(late);
    sas_psc_ciba_free(decoy);
    sas_psc_ciba_free(again);
    sas_psc_ciba_free(mine);
    sas_psc_ciba_guard_free(other);
    sas_psc_ciba_guard_free(one);
}

int main(int argc, char **argv)
{
    sas_psc_service *service = service_of_sandbox();
    char *text = argc == 3 ? whole(argv[1]) : NULL;
    int cases;

    if (text == NULL)
        return 2;
    cases = vectors(text);
    what_a_wait_tells(service);
    the_guard(service, argv[2]);
    printf("%d sign-ins, %d wrong\n", cases, wrong);
    sas_psc_service_free(service);
    free(text);
    return wrong != 0 || cases == 0;
}
