/*
 * Every case of vectors/sign-up: what each step comes to is what it comes to in Rust and Python. The person is the one of
 * sessions.c; each case has a file of its own under the path that is named. Then a whole journey into the consent log that is
 * named, to a receipt.
 */
#include <sas_psc.h>
#include "play.h"
#include <ctype.h>

enum { MAILS = 8 };

static const char AS[] = "save_settings_as_";
static const char PAGE[] = "https://compte.exemple.fr/lien";
static const char SETTINGS[] = "{\"participation_sas\":true,\"participation_sas_via\":1,\"has_software\":false,"
                               "\"hours_available\":true}";

/* One journey, and what its person has in hand. */
typedef struct {
    sas_psc_sign_up *sign_up;
    const sas_psc_signed_in *person;
    int64_t now;
    char account[64], codes[MAILS][16], tokens[MAILS][512], hash[65];
    int mails;
} journey;

/* The text of a member of a JSON object: enough for words without escapes. */
static void member(const sas_psc_string *json, const char *name, char *out, size_t size)
{
    char sought[64];
    const char *at;

    snprintf(sought, sizeof sought, "\"%s\":\"", name);
    at = strstr(sas_psc_string_data(json), sought);
    if (at == NULL) {
        *out = '\0';
        return;
    }
    at += strlen(sought);
    snprintf(out, size, "%.*s", (int)strcspn(at, "\""), at);
}

/* The code and the link's token of a mail, as its reader finds them. */
static void read_mail(journey *j, const sas_psc_sign_up_mail *mail)
{
    sas_psc_string *message = NULL;
    const char *at, *text;
    int digits = 0;

    CHECK("mail", sas_psc_sign_up_mail_message(mail, &message, NULL) == 0);
    text = strstr(sas_psc_string_data(message), "\"text\":\"");
    at = strstr(text, "?c=");
    CHECK("mail", at != NULL && j->mails < MAILS);
    snprintf(j->tokens[j->mails], sizeof j->tokens[0], "%.*s", (int)strcspn(at + 3, "\\\""), at + 3);
    for (at = strstr(at, "\\n\\n"); *at != '\0' && digits < 8; at++) {
        if (isdigit((unsigned char)*at))
            j->codes[j->mails][digits++] = *at;
        else if (*at != ' ' && (unsigned char)*at < 0x80)
            digits = 0; /* not a no-break space, which groups the digits */
    }
    CHECK("mail", digits == 8);
    j->mails++;
    sas_psc_string_free(message);
}

static int32_t state_of(journey *j, sas_psc_string **answer, sas_psc_error **error)
{
    return sas_psc_sign_up_account(j->sign_up, j->account, "fr", j->now, answer, error);
}

static int32_t mail_step(journey *j, const char *outcome, sas_psc_string **answer, const char **word, sas_psc_error **error)
{
    sas_psc_sign_up_mail *mail = NULL;
    int32_t why, status = sas_psc_sign_up_next_mail(j->sign_up, j->account, j->now, &mail, error);

    if (status != 0)
        return status;
    if (mail == NULL) {
        *word = "none";
        return 0;
    }
    CHECK("mail", strcmp(sas_psc_sign_up_mail_account(mail), j->account) == 0);
    CHECK("mail", strstr(sas_psc_sign_up_mail_to(mail), "@exemple.invalid") != NULL);
    read_mail(j, mail);
    why = same(outcome, "mail-refused") ? SAS_PSC_ERROR_MAIL_REFUSED : SAS_PSC_ERROR_MAIL_DEFERRED;
    if (same(outcome, "handed-over"))
        status = sas_psc_sign_up_handed_over(j->sign_up, mail, "fr", j->now, answer, error);
    else if ((status = sas_psc_sign_up_not_handed_over(j->sign_up, mail, why, j->now, error)) == 0)
        status = state_of(j, answer, error);
    sas_psc_sign_up_mail_free(mail);
    return status;
}

/* Which mail of the journey a value names: its rank, or -1. */
static int of_mail(const char *value)
{
    return value != NULL && strncmp(value, "mail ", 5) == 0 ? (int)strtol(value + 5, NULL, 10) - 1 : -1;
}

/* The first line of what changed between two versions of the terms; frees them. */
static const char *changed(sas_psc_string *terms)
{
    static char line[128];
    const char *at = terms != NULL ? strstr(sas_psc_string_data(terms), "\"difference\":\"") : NULL;

    snprintf(line, sizeof line, "%s", "none");
    if (at != NULL) {
        at += strlen("\"difference\":\"");
        snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\\"), at);
    }
    sas_psc_string_free(terms);
    return line;
}

/* How many records a file of all data has. */
static const char *records_of(sas_psc_string *file)
{
    static char words[32];
    const char *at = file != NULL ? strstr(sas_psc_string_data(file), "\"salt\"") : NULL;
    int count = 0;

    for (; at != NULL; at = strstr(at + 1, "\"salt\""))
        count++;
    snprintf(words, sizeof words, "%d records", count);
    sas_psc_string_free(file);
    return words;
}

/* The steps of an account's life, of an objection and of a notice; -1 when it is none of them. */
static int32_t play_later(journey *j, const char *step, const char *value, int rank, const char **word, sas_psc_error **error)
{
    static char words[32];
    sas_psc_sign_up *it = j->sign_up;
    sas_psc_string *text = NULL;
    int32_t status;

    if (same(step, "close"))
        return sas_psc_sign_up_close(it, j->account, j->now, error);
    if (same(step, "erase")) {
        uint64_t records;
        return sas_psc_sign_up_erase(it, j->account, j->now, &records, error);
    }
    if (same(step, "export")) {
        status = sas_psc_sign_up_export(it, j->account, NULL, j->now, &text, error);
        *word = records_of(text);
        return status;
    }
    if (same(step, "run_due")) {
        status = sas_psc_sign_up_run_due(it, 16, j->now, &text, error);
        if (status == 0) {
            member(text, "due", words, sizeof words);
            if (*words == '\0')
                strcpy(words, strstr(sas_psc_string_data(text), "\"erased\":0") != NULL ? "none" : "erased");
            *word = words;
        }
        sas_psc_string_free(text);
        return status;
    }
    if (same(step, "noticed") || same(step, "noticed_refused"))
        return sas_psc_sign_up_noticed(it, j->account, value, same(step, "noticed_refused"), j->now, error);
    if (same(step, "open_objection"))
        return sas_psc_sign_up_open_objection(it, j->tokens[rank], j->now, error);
    if (same(step, "object") || same(step, "object_wrong")) {
        char code[16];
        snprintf(code, sizeof code, "%s", j->codes[rank]);
        if (same(step, "object_wrong"))
            code[0] = code[0] == '1' ? '2' : '1';
        status = sas_psc_sign_up_object(it, j->tokens[rank], code, j->now, &text, error);
        snprintf(words, sizeof words, "%s", status == 0 ? sas_psc_string_data(text) : "");
        sas_psc_string_free(text);
        *word = words;
        return status;
    }
    if (same(step, "terms_notice")) {
        status = sas_psc_sign_up_terms_notice(it, j->account, "fr", j->now, &text, error);
        *word = changed(text);
        return status;
    }
    return -1;
}

/* Plays a step; its word is the state of the account, unless it has one of its own. */
static int32_t play_step(journey *j, char **f, sas_psc_string **answer, const char **word, sas_psc_error **error)
{
    const char *step = f[1], *attempt = f[2] != NULL ? f[2] : "tab-1", *value = f[3], *hash = value;
    sas_psc_sign_up *it = j->sign_up;
    int32_t status;
    int rank = of_mail(value);

    if (same(value, "shown"))
        hash = j->hash;
    if (same(step, "welcome"))
        return sas_psc_sign_up_welcome(it, j->person, "fr", j->now, answer, error);
    if (same(step, "reopen"))
        return sas_psc_sign_up_reopen(it, j->person, "fr", j->now, answer, error);
    if (same(step, "account"))
        return state_of(j, answer, error);
    if (same(step, "account_of"))
        return sas_psc_sign_up_account(it, value, NULL, j->now, answer, error);
    if (same(step, "give_address"))
        return sas_psc_sign_up_give_address(it, j->account, attempt, value, NULL, "fr", j->now, answer, error);
    if (same(step, "change_address"))
        return sas_psc_sign_up_change_address(it, j->account, attempt, value, NULL, "fr", j->now, answer, error);
    if (same(step, "drop_address_change"))
        return sas_psc_sign_up_drop_address_change(it, j->account, "fr", j->now, answer, error);
    if (same(step, "resend"))
        return sas_psc_sign_up_resend(it, j->account, attempt, "192.0.2.7", "fr", j->now, answer, error);
    if (same(step, "mail"))
        return mail_step(j, value, answer, word, error);
    if (same(step, "answer_code")) {
        char code[16];
        snprintf(code, sizeof code, "%s", rank >= 0 ? j->codes[rank] : value);
        if (same(value, "wrong")) {
            snprintf(code, sizeof code, "%s", j->codes[j->mails - 1]);
            code[0] = code[0] == '1' ? '2' : '1';
        }
        return sas_psc_sign_up_answer_code(it, j->account, attempt, code, "fr", j->now, answer, error);
    }
    if (same(step, "answer_link"))
        return sas_psc_sign_up_answer_link(it, j->account, attempt, j->tokens[rank], "fr", j->now, answer, error);
    if (same(step, "accept_terms") || same(step, "accept_terms_unticked"))
        return sas_psc_sign_up_accept_terms(it, j->account, attempt, hash, same(step, "accept_terms"), "fr", j->now, answer,
                                            error);
    if (same(step, "refuse_terms"))
        return sas_psc_sign_up_refuse_terms(it, j->account, attempt, hash, "fr", j->now, answer, error);
    if (same(step, "save_settings"))
        return sas_psc_sign_up_save_settings(it, j->account, value, "fr", j->now, answer, error);
    if (strncmp(step, AS, strlen(AS)) == 0)
        return sas_psc_sign_up_save_settings_as(it, j->account, step + strlen(AS), j->person, value, "fr", j->now, answer,
                                                error);
    if (same(step, "terms_noticed"))
        return sas_psc_sign_up_terms_noticed(it, j->account, "fr", j->now, answer, error);
    *word = "-";
    if (same(step, "wait")) {
        j->now += strtoll(value, NULL, 10) * 1000;
        return 0;
    }
    if (same(step, "open_link")) {
        sas_psc_string *page = NULL;
        static char words[32];
        status = sas_psc_sign_up_open_link(it, j->account, attempt, j->tokens[rank], j->now, &page, error);
        snprintf(words, sizeof words, "%s", status == 0 ? sas_psc_string_data(page) : "");
        sas_psc_string_free(page);
        *word = words;
        return status;
    }
    if (same(step, "present_terms") || same(step, "terms_difference")) {
        sas_psc_string *terms = NULL;
        status = sas_psc_sign_up_present_terms(it, j->account, attempt, "fr", j->now, &terms, error);
        if (status == 0)
            member(terms, "hash", j->hash, sizeof j->hash);
        *word = changed(terms);
        if (same(step, "present_terms"))
            *word = "shown";
        return status;
    }
    if ((status = play_later(j, step, value, rank, word, error)) != -1)
        return status;
    *word = step;
    return 0;
}

static void one_step(journey *j, const char *name, char **f)
{
    sas_psc_string *answer = NULL;
    sas_psc_error *error = NULL;
    const char *word = NULL;
    char state[32] = "";
    int32_t status = play_step(j, f, &answer, &word, &error);

    if (answer != NULL) {
        member(answer, "account", j->account, sizeof j->account);
        member(answer, "state", state, sizeof state);
    }
    if (status != 0)
        word = sas_psc_error_name(error);
    else if (word == NULL)
        word = state;
    if (!same(word, f[4])) {
        printf("%s, %s %s: %s, found %s\n", name, f[1], f[3] != NULL ? f[3] : "", f[4], word);
        wrong++;
    }
    sas_psc_string_free(answer);
    sas_psc_error_free(error);
}

static void begin(journey *j, const char *policy, const char *path, const sas_psc_signed_in *person, int64_t now)
{
    char key[32];

    memset(key, 7, sizeof key);
    memset(j, 0, sizeof *j);
    j->person = person;
    j->now = now;
    CHECK("new", sas_psc_sign_up_new(path, key, sizeof key, policy, PAGE, NULL, NULL, &j->sign_up, NULL) == 0);
}

static int vectors(char *text, const char *policy, const char *folder, const sas_psc_signed_in *person, int64_t now)
{
    char *line = text, *fields[FIELDS], path[512], name[64] = "";
    journey j = {0};
    int cases = 0;

    while (line != NULL && *line != '\0') {
        line = cut(line, fields);
        if (strcmp(fields[0], "case") == 0) {
            sas_psc_sign_up_free(j.sign_up);
            snprintf(name, sizeof name, "%s", fields[1]);
            snprintf(path, sizeof path, "%s/%d.sqlite", folder, cases++);
            begin(&j, policy, path, person, now);
        } else {
            one_step(&j, name, fields);
        }
    }
    sas_psc_sign_up_free(j.sign_up);
    return cases;
}

/* What is no sign-in, no policy, no page is refused; nothing but a handle of the library is a sign-in. */
static void what_is_refused(const char *policy, const char *folder)
{
    char path[512], key[32] = {7};
    sas_psc_sign_up *sign_up = NULL;
    sas_psc_string *answer = NULL;

    snprintf(path, sizeof path, "%s/refused.sqlite", folder);
    CHECK("policy", sas_psc_sign_up_new(path, key, 32, "{}", PAGE, NULL, NULL, &sign_up, NULL)
                        == SAS_PSC_ERROR_POLICY_UNREADABLE && sign_up == NULL);
    CHECK("page", sas_psc_sign_up_new(path, key, 32, policy, "http://compte.exemple.fr/", NULL, NULL, &sign_up, NULL)
                      == SAS_PSC_ERROR_EMAIL_LINK_BASE);
    CHECK("key", sas_psc_sign_up_new(path, key, 31, policy, PAGE, NULL, NULL, &sign_up, NULL)
                     == SAS_PSC_ERROR_SERVER_KEY_SHORT);
    CHECK("new", sas_psc_sign_up_new(path, key, 32, policy, PAGE, NULL, NULL, &sign_up, NULL) == 0);
    CHECK("welcome", sas_psc_sign_up_welcome(sign_up, NULL, "fr", BEGUN, &answer, NULL) == SAS_PSC_ERROR_NULL_ARGUMENT
                         && answer == NULL);
    CHECK("open link", sas_psc_sign_up_open_link(sign_up, NULL, NULL, "anything", BEGUN, &answer, NULL) == 0
                           && same(sas_psc_string_data(answer), "elsewhere"));
    sas_psc_string_free(answer);
    CHECK("objection", sas_psc_sign_up_open_objection(sign_up, "nothing", BEGUN, NULL) == SAS_PSC_ERROR_EMAIL_LINK_WRONG);
    CHECK("objection", sas_psc_sign_up_object(sign_up, "nothing", "12345678", BEGUN, &answer, NULL)
                           == SAS_PSC_ERROR_EMAIL_LINK_WRONG);
    sas_psc_sign_up_free(sign_up);
}

/* From a sign-in to an active account, its records in the log, the receipt of its terms. */
static void a_whole_journey(const char *policy, const char *folder, const char *log_folder, const sas_psc_signed_in *person,
                            int64_t now)
{
    static char *steps[][5] = {
        {"step", "welcome", NULL, NULL, "email-wanted"},
        {"step", "give_address", NULL, "medecin@exemple.invalid", "mail-due"},
        {"step", "mail", NULL, "handed-over", "mail-sent"},
        {"step", "answer_link", NULL, "mail 1", "terms-wanted"},
        {"step", "present_terms", NULL, NULL, "shown"},
        {"step", "accept_terms", NULL, "shown", "settings-wanted"},
    };
    char path[512], record[64] = "";
    journey j;
    sas_psc_string *text = NULL, *proof = NULL, *opening = NULL;
    sas_psc_consent_log *log = NULL;
    uint64_t records = 0;
    size_t at;

    snprintf(path, sizeof path, "%s/whole.sqlite", folder);
    begin(&j, policy, path, person, now);
    for (at = 0; at < sizeof steps / sizeof *steps; at++)
        one_step(&j, "whole", steps[at]);
    CHECK("oath", sas_psc_sign_up_declarations(SETTINGS, "en", &text, NULL) == 0
                      && strstr(sas_psc_string_data(text), "\"name\":\"sas-two-hours\"") != NULL);
    sas_psc_string_free(text);
    CHECK("oath", sas_psc_sign_up_declarations("{\"participation_sas\":true}", NULL, &text, NULL)
                      == SAS_PSC_ERROR_SETTINGS_VIA_MISSING);
    CHECK("active", sas_psc_sign_up_save_settings(j.sign_up, j.account, SETTINGS, "fr", j.now, &text, NULL) == 0);
    CHECK("active", strstr(sas_psc_string_data(text), "\"text\":\"Le compte est actif.\"") != NULL
                        && strstr(sas_psc_string_data(text), "\"sas-two-hours\":\"") != NULL);
    member(text, "terms", record, sizeof record);
    sas_psc_string_free(text);
    CHECK("log", sas_psc_consent_log_open(log_folder, &log, NULL) == 0);
    CHECK("log", sas_psc_sign_up_feed(j.sign_up, log, j.now, &records, NULL) == 0 && records == 3);
    CHECK("log", sas_psc_sign_up_feed(j.sign_up, log, j.now, &records, NULL) == 0 && records == 0);
    CHECK("receipt", sas_psc_consent_log_receipt(log, record, &proof, &opening, NULL) == 0);
    CHECK("export", sas_psc_sign_up_export(j.sign_up, j.account, log, j.now, &text, NULL) == 0
                        && strstr(sas_psc_string_data(text), "c2sp.org/tlog-proof") != NULL);
    sas_psc_string_free(text);
    CHECK("receipt", proof != NULL && strstr(sas_psc_string_data(proof), "c2sp.org/tlog-proof") != NULL);
    sas_psc_string_free(proof);
    sas_psc_string_free(opening);
    sas_psc_consent_log_free(log);
    sas_psc_sign_up_free(j.sign_up);
}

int main(int argc, char **argv)
{
    sas_psc_service *service = service_of_sandbox();
    char *ciba, *cases, *policy;
    play p = {0};
    sas_psc_signed_in *person;

    if (argc != 6)
        return 2;
    ciba = whole(argv[1]);
    cases = whole(argv[2]);
    policy = whole(argv[3]);
    if (ciba == NULL || cases == NULL || policy == NULL)
        return 2;
    person = person_of(service, ciba, &p);
    printf("%d sign-ups, ", vectors(cases, policy, argv[4], person, p.now));
    what_is_refused(policy, argv[4]);
    a_whole_journey(policy, argv[4], argv[5], person, p.now);
    printf("%d wrong\n", wrong);
    sas_psc_signed_in_free(person);
    sas_psc_service_free(service);
    free(ciba);
    free(cases);
    free(policy);
    return wrong != 0;
}
