/* Mailboxes: every address of vectors/email as Rust and Python judge it; a challenge from end to end; templates; limits.
 * Arguments: the addresses as lines (tests/lines.rs), a path for a SQLite file. */
#include <sas_psc.h>
#include <assert.h>
#include "cases.h"

#ifdef NDEBUG
#error "asserts are the test"
#endif

#define NOW INT64_C(1795420800000)

static const char key[] = "thirty-two random bytes, kept...";
static const char *issuer = "https://psc.example", *subject = "f:subject", *attempt = "attempt 1";

static void address(char **f)
{
    const char *canonical = f[1], *reason = f[2];
    sas_psc_string *found = NULL;
    char wanted[512];

    if (sas_psc_email_check(f[0], &found, NULL) != 0) {
        fault(f[0], "not checked");
        return;
    }
    if (reason == NULL)
        sprintf(wanted, "\"valid\":true,\"canonical\":\"%s\",\"reason\":null", canonical);
    else
        sprintf(wanted, "\"valid\":false,\"canonical\":null,\"reason\":\"%s\"", reason);
    if (strstr(sas_psc_string_data(found), wanted) == NULL)
        fault(f[0], sas_psc_string_data(found));
    sas_psc_string_free(found);
}

static bool status_is(const sas_psc_email_challenge *challenge, int64_t now, const char *wanted)
{
    sas_psc_string *status = NULL;
    bool is;

    assert(sas_psc_email_challenge_status(challenge, now, &status, NULL) == 0);
    is = same(sas_psc_string_data(status), wanted);
    sas_psc_string_free(status);
    return is;
}

static void a_challenge(void)
{
    sas_psc_email_challenge *challenge = NULL, *again = NULL, *none = NULL;
    sas_psc_email_dispatch *mail = NULL;
    sas_psc_email_templates *words = NULL;
    sas_psc_string *stored = NULL, *code = NULL, *link = NULL, *text = NULL;
    sas_psc_error *error = NULL;
    int64_t until = 0;
    const char *wrong_code, *token;

    assert(sas_psc_email_challenge_new(issuer, subject, attempt, "Jeanne@Exemple.fr", 0, NOW, &challenge, NULL)
           == SAS_PSC_ERROR_EMAIL_LIFETIME);
    assert(sas_psc_email_challenge_new(issuer, subject, attempt, "Jeanne@Exemple.fr", 5, NOW, &challenge, NULL) == 0);
    assert(status_is(challenge, NOW, "sending"));
    assert(sas_psc_email_challenge_write(challenge, key, 31, NOW, &mail, NULL) == SAS_PSC_ERROR_SERVER_KEY_SHORT);
    assert(sas_psc_email_challenge_write(challenge, key, 32, NOW, &mail, NULL) == 0);
    assert(sas_psc_email_dispatch_expires(mail) == NOW + 300000);
    assert(sas_psc_email_challenge_handed_over(challenge, mail, NOW, &until, NULL) == 0 && until == NOW + 300000);
    assert(sas_psc_email_challenge_resend(challenge, NOW + 29000, &error) == SAS_PSC_ERROR_EMAIL_RESEND_TOO_EARLY);
    sas_psc_error_free(error);
    error = NULL;

    assert(sas_psc_email_challenge_to_stored(challenge, &stored, NULL) == 0);
    assert(sas_psc_email_challenge_resume(sas_psc_string_data(stored), sas_psc_string_len(stored), &again, NULL) == 0);
    assert(sas_psc_email_challenge_resume("{}", 2, &none, NULL) == SAS_PSC_ERROR_STORED_FORM_UNREADABLE);
    sas_psc_string_free(stored);

    assert(sas_psc_email_templates_new("/nowhere at all", &words, NULL) == SAS_PSC_ERROR_FILE_UNREADABLE && words == NULL);
    assert(sas_psc_email_templates_new(NULL, &words, NULL) == 0);
    assert(sas_psc_email_dispatch_code(mail, &code, NULL) == 0 && sas_psc_string_len(code) == 8);
    assert(sas_psc_email_dispatch_link(mail, "http://site.example/lien", &link, NULL) == SAS_PSC_ERROR_EMAIL_LINK_BASE);
    assert(sas_psc_email_dispatch_link(mail, "https://site.example/lien", &link, NULL) == 0);
    token = strstr(sas_psc_string_data(link), "?c=") + 3;
    assert(sas_psc_email_templates_challenge(words, "verification", "fr", "SAS", "https://site.example/lien", mail, &text,
                                             NULL) == 0);
    assert(strstr(sas_psc_string_data(text), token) != NULL);
    assert(strstr(sas_psc_string_data(text), "\"Auto-Submitted\":\"auto-generated\"") != NULL);
    sas_psc_string_free(text);
    assert(sas_psc_email_templates_challenge(words, "already-linked", "fr", "SAS", "https://site.example/lien", mail, &text,
                                             NULL) == SAS_PSC_ERROR_EMAIL_TEMPLATE_NAME);
    assert(sas_psc_email_templates_already_linked(words, "en", "SAS", mail, &text, NULL) == 0);
    assert(strstr(sas_psc_string_data(text), token) == NULL);
    sas_psc_string_free(text);
    assert(sas_psc_email_templates_preview(words, "address-change", "fr", "SAS", &text, NULL) == 0);
    assert(strstr(sas_psc_string_data(text), "1234 5678") != NULL);
    sas_psc_string_free(text);
    sas_psc_email_templates_free(words);

    wrong_code = same(sas_psc_string_data(code), "11111111") ? "22222222" : "11111111";
    assert(sas_psc_email_challenge_answer_code(again, key, 32, wrong_code, issuer, subject, attempt, NOW, &error)
           == SAS_PSC_ERROR_EMAIL_CODE_WRONG);
    sas_psc_error_free(error);
    assert(sas_psc_email_challenge_answer_code(again, key, 32, sas_psc_string_data(code), issuer, subject, "attempt 2", NOW,
                                               NULL) == SAS_PSC_ERROR_EMAIL_OTHER_SESSION);
    assert(sas_psc_email_challenge_answer_code(again, key, 32, sas_psc_string_data(code), issuer, subject, attempt, NOW,
                                               NULL) == 0);
    assert(status_is(again, NOW, "proven"));
    sas_psc_email_challenge_free(again);
    sas_psc_email_challenge_free(challenge);
    sas_psc_string_free(code);
    sas_psc_string_free(link);
    sas_psc_email_dispatch_free(mail);
}

static void a_link(void)
{
    sas_psc_email_challenge *challenge = NULL;
    sas_psc_email_dispatch *mail = NULL;
    sas_psc_string *link = NULL;
    const char *base = "https://site.example/lien";

    assert(sas_psc_email_challenge_new(issuer, subject, attempt, "jeanne@exemple.fr", 5, NOW, &challenge, NULL) == 0);
    assert(sas_psc_email_challenge_change_address(challenge, "autre@exemple.fr", NOW, NULL) == 0);
    assert(sas_psc_email_challenge_write(challenge, key, 32, NOW, &mail, NULL) == 0);
    assert(sas_psc_email_challenge_handed_over(challenge, mail, NOW, &(int64_t){0}, NULL) == 0);
    assert(sas_psc_email_dispatch_link(mail, base, &link, NULL) == 0);
    assert(sas_psc_email_challenge_answer_link(challenge, "x.y", issuer, subject, attempt, NOW, NULL)
           == SAS_PSC_ERROR_EMAIL_LINK_WRONG);
    assert(sas_psc_email_challenge_answer_link(challenge, sas_psc_string_data(link) + strlen(base) + 3, issuer, subject,
                                               attempt, NOW + 300000, NULL) == SAS_PSC_ERROR_EMAIL_EXPIRED);
    assert(sas_psc_email_challenge_answer_link(challenge, sas_psc_string_data(link) + strlen(base) + 3, issuer, subject,
                                               attempt, NOW, NULL) == 0);
    sas_psc_string_free(link);
    sas_psc_email_dispatch_free(mail);
    sas_psc_email_challenge_free(challenge);
}

static void limits(const char *path)
{
    static const char rules[] = "{\"person\":{\"free\":1,\"first_wait\":30,\"longest_wait\":900,\"a_day\":5}}";
    sas_psc_mail_limits *one = NULL, *other = NULL;
    sas_psc_error *error = NULL;
    uint64_t rows = 9;
    int64_t at = 0;

    assert(sas_psc_mail_limits_new(path, key, 32, "{\"v4_prefix\":0}", &one, NULL) == SAS_PSC_ERROR_EMAIL_LIMIT_RULES);
    assert(sas_psc_mail_limits_new(path, key, 32, rules, &one, NULL) == 0);
    assert(sas_psc_mail_limits_new(path, key, 32, rules, &other, NULL) == 0);
    assert(sas_psc_mail_limits_ask(one, "anne", 4, "a@exemple.fr", "192.0.2.1", NOW, &at, NULL) == 0 && at == NOW);
    assert(sas_psc_mail_limits_ask(other, "anne", 4, "b@exemple.fr", NULL, NOW, &at, &error)
           == SAS_PSC_ERROR_EMAIL_TOO_MANY);
    assert(sas_psc_error_fact_number(error, "retry_after", &rows) && rows == 30);
    sas_psc_error_free(error);
    assert(sas_psc_mail_limits_ask(one, "p", 1, "a@exemple.fr", "here", NOW, &at, NULL) == SAS_PSC_ERROR_USAGE);
    assert(sas_psc_mail_limits_ask(other, "p1", 2, "a@exemple.fr", NULL, NOW, &at, NULL) == 0 && at == NOW);
    assert(sas_psc_mail_limits_ask(one, "p2", 2, "a@exemple.fr", NULL, NOW, &at, NULL) == 0 && at == NOW);
    assert(sas_psc_mail_limits_ask(one, "p3", 2, "a@exemple.fr", NULL, NOW, &at, NULL) == 0 && at == NOW + 30000);
    assert(sas_psc_mail_limits_sweep(one, NOW + 90000000, &rows, NULL) == 0 && rows > 0);
    sas_psc_mail_limits_free(one);
    sas_psc_mail_limits_free(other);
}

int main(int argc, char **argv)
{
    int addresses;

    if (argc != 3)
        return 2;
    addresses = each_case(argv[1], address);
    a_challenge();
    a_link();
    limits(argv[2]);
    printf("%d addresses, %d wrong\n", addresses, wrong);
    return wrong != 0;
}
