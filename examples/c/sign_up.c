/*
 * Opens an account: a push to the person's e-CPS app, an address proven by its mail's code, terms, settings.
 *
 * For a server: it holds the service's secret. HTTP and mail are libcurl's, JSON is jansson's; bring your own.
 *
 *     cc sign_up.c $(pkg-config --cflags --libs sas-psc libcurl jansson) -o sign_up
 *     KEY=… SECRET=… ./sign_up my-client-id 99700218896 medecin@exemple.fr smtp://smtp.exemple.fr:587
 *
 * A fifth argument is the issuer of a simulator on this machine.
 */
#define _POSIX_C_SOURCE 200112L /* clock_gettime, nanosleep */
#include <curl/curl.h>
#include <jansson.h>
#include <sas_psc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char POLICY[] =
    "{\"service\":\"Exemple\",\"controller\":\"Exemple, 1 rue de l'Exemple, 75000 Paris\","
    "\"exit\":\"https://compte.exemple.fr/fermer\","
    "\"ui_build\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\","
    "\"terms\":[{\"slug\":\"cgu\",\"version\":\"2026-11\",\"lang\":\"fr\",\"effective_from\":\"2026-11-01T00:00:00Z\","
    "\"change\":\"material\",\"documents\":[{\"title\":\"CGU\",\"media_type\":\"text/plain; charset=utf-8\","
    "\"text\":\"Article 1. Ceci est un exemple.\\n\"}]}]}";

static const char SETTINGS[] = "{\"participation_sas\":true,\"participation_sas_via\":1,\"has_software\":false,"
                               "\"hours_available\":true}";

static int64_t now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void sleep_until(int64_t at)
{
    int64_t ms = at - now();
    struct timespec t;

    if (ms <= 0)
        return;
    t.tv_sec = (time_t)(ms / 1000);
    t.tv_nsec = (long)(ms % 1000) * 1000000;
    nanosleep(&t, NULL);
}

/* ---- HTTP ---- */

struct body {
    char *bytes;
    size_t len;
};

static size_t collect(char *bytes, size_t size, size_t count, void *to)
{
    struct body *body = to;
    char *larger = realloc(body->bytes, body->len + size * count);

    if (larger == NULL)
        return 0;
    memcpy(larger + body->len, bytes, size * count);
    body->bytes = larger;
    body->len += size * count;
    return size * count;
}

/* Sends a request, and gives its answer; null when none came. */
static sas_psc_response *send_it(const sas_psc_request *request)
{
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
    struct curl_header *header = NULL;
    struct body body = {NULL, 0};
    sas_psc_response *response = NULL;
    char line[8192];
    long status = 0;
    size_t at;

    for (at = 0; at < sas_psc_request_header_count(request); at++) {
        snprintf(line, sizeof line, "%s: %s", sas_psc_request_header_name(request, at),
                 sas_psc_request_header_value(request, at));
        headers = curl_slist_append(headers, line);
    }
    curl_easy_setopt(curl, CURLOPT_URL, sas_psc_request_url(request));
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 20L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
    if (sas_psc_request_body_len(request) > 0) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)sas_psc_request_body_len(request));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, sas_psc_request_body(request));
    }
    if (curl_easy_perform(curl) == CURLE_OK) {
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        sas_psc_response_new((uint16_t)status, body.bytes, body.len, &response, NULL);
        while ((header = curl_easy_nextheader(curl, CURLH_HEADER, 0, header)) != NULL)
            sas_psc_response_add_header(response, header->name, header->value, NULL);
    }
    free(body.bytes);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return response;
}

/* Every work of several requests goes so: what to send or until when to wait, until it is over or fails. */
#define RUN(kind, work, status, error)                                                                                 \
    do {                                                                                                               \
        sas_psc_request *request = NULL;                                                                               \
        sas_psc_response *response;                                                                                    \
        int64_t wait_until = 0;                                                                                        \
                                                                                                                       \
        status = kind##_next(work, now(), &request, &wait_until, error);                                               \
        if (status != 0 || (request == NULL && wait_until == 0))                                                       \
            break;                                                                                                     \
        sleep_until(wait_until);                                                                                       \
        if (request == NULL)                                                                                           \
            continue;                                                                                                  \
        response = send_it(request);                                                                                   \
        sas_psc_request_free(request);                                                                                 \
        status = response != NULL ? kind##_answered(work, response, now(), error)                                      \
                                  : kind##_failed(work, SAS_PSC_ERROR_CONNECTION_LOST, now(), error);                  \
        sas_psc_response_free(response);                                                                               \
    } while (status == 0)

/* ---- mail ---- */

/* A header's text as RFC 2047 has it. */
static void encoded(const char *text, char *out, size_t size)
{
    size_t len = (size_t)snprintf(out, size, "=?utf-8?Q?");

    for (; *text != '\0' && len + 6 < size; text++)
        len += (size_t)snprintf(out + len, size - len, *text > ' ' && !strchr("=?_\x7f", *text) ? "%c" : "=%02X",
                                (unsigned char)*text);
    snprintf(out + len, size - len, "?=");
}

/* Hands a mail over; 0, or why it did not leave. */
static int32_t send_mail(const char *server, const char *to, json_t *words)
{
    CURL *curl = curl_easy_init();
    curl_mime *parts = curl_mime_init(curl), *alternatives = curl_mime_init(curl);
    struct curl_slist *headers = NULL, *recipients = curl_slist_append(NULL, to);
    struct curl_slist *kind = curl_slist_append(NULL, "Content-Type: multipart/alternative");
    static const char *const forms[][2] = {{"text", "text/plain; charset=utf-8"}, {"html", "text/html; charset=utf-8"}};
    char line[1024], subject[900];
    curl_mimepart *part;
    const char *name;
    json_t *value;
    CURLcode sent;
    long answer = 0;
    size_t at;

    encoded(json_string_value(json_object_get(words, "subject")), subject, sizeof subject);
    snprintf(line, sizeof line, "Subject: %s", subject);
    headers = curl_slist_append(headers, line);
    snprintf(line, sizeof line, "To: <%s>", to);
    headers = curl_slist_append(headers, line);
    headers = curl_slist_append(headers, "From: <ne-pas-repondre@exemple.fr>");
    snprintf(line, sizeof line, "Message-ID: <%s@exemple.fr>", json_string_value(json_object_get(words, "id")));
    headers = curl_slist_append(headers, line);
    json_object_foreach(json_object_get(words, "headers"), name, value) {
        snprintf(line, sizeof line, "%s: %s", name, json_string_value(value));
        headers = curl_slist_append(headers, line);
    }
    for (at = 0; at < 2; at++) {
        part = curl_mime_addpart(alternatives);
        curl_mime_data(part, json_string_value(json_object_get(words, forms[at][0])), CURL_ZERO_TERMINATED);
        curl_mime_type(part, forms[at][1]);
        curl_mime_encoder(part, "quoted-printable");
    }
    part = curl_mime_addpart(parts);
    curl_mime_subparts(part, alternatives);
    curl_mime_headers(part, kind, 1);
    curl_easy_setopt(curl, CURLOPT_URL, server);
    curl_easy_setopt(curl, CURLOPT_USE_SSL, strstr(server, "//127.0.0.1:") != NULL ? CURLUSESSL_NONE : CURLUSESSL_ALL);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 20L);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, "<ne-pas-repondre@exemple.fr>");
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_MIMEPOST, parts);
    sent = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    curl_mime_free(parts);
    curl_slist_free_all(headers);
    curl_slist_free_all(recipients);
    curl_easy_cleanup(curl);
    if (sent == CURLE_OK)
        return 0;
    return answer >= 550 ? SAS_PSC_ERROR_MAIL_REFUSED : SAS_PSC_ERROR_MAIL_DEFERRED;
}

/* Sends what waits. A server calls it every few seconds too. */
static int32_t deliver(const sas_psc_sign_up *site, const char *server, sas_psc_error **error)
{
    for (;;) {
        sas_psc_sign_up_mail *mail = NULL;
        sas_psc_string *message = NULL, *answer = NULL;
        int32_t why, status = sas_psc_sign_up_next_mail(site, NULL, now(), &mail, error);
        json_t *words;

        if (status == 0 && mail == NULL)
            return 0;
        if (status == 0)
            status = sas_psc_sign_up_mail_message(mail, &message, error);
        if (status == 0) {
            words = json_loads(sas_psc_string_data(message), 0, NULL);
            why = send_mail(server, sas_psc_sign_up_mail_to(mail), words);
            json_decref(words);
            status = why == 0 ? sas_psc_sign_up_handed_over(site, mail, "fr", now(), &answer, error)
                              : sas_psc_sign_up_not_handed_over(site, mail, why, now(), error);
        }
        sas_psc_string_free(answer);
        sas_psc_string_free(message);
        sas_psc_sign_up_mail_free(mail);
        if (status != 0)
            return status;
    }
}

/* ---- the person ---- */

static const char *ask(const char *question)
{
    static char line[256];

    fprintf(stderr, "%s\n", question);
    if (fgets(line, sizeof line, stdin) == NULL)
        line[0] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    return line;
}

/* Who signs in on their phone. */
static int32_t sign_in(const sas_psc_service *service, const char *person, sas_psc_signed_in **signed_in,
                       sas_psc_error **error)
{
    sas_psc_ciba_start *start = NULL;
    sas_psc_ciba *wait = NULL;
    int32_t status = sas_psc_ciba_start_new(service, person, "mobile", &start, error);

    if (status == 0)
        RUN(sas_psc_ciba_start, start, status, error);
    if (status == 0)
        status = sas_psc_ciba_start_take(start, &wait, error);
    if (status == 0) {
        fprintf(stderr, "Code : %s\n", sas_psc_ciba_digits(wait));
        RUN(sas_psc_ciba, wait, status, error);
    }
    if (status == 0)
        status = sas_psc_signed_in_of_ciba(wait, signed_in, error);
    sas_psc_ciba_free(wait);
    sas_psc_ciba_start_free(start);
    return status;
}

/* Shows the terms in force, and takes the answer. */
static int32_t answer_terms(const sas_psc_sign_up *site, const char *account, const char *attempt,
                            sas_psc_string **answer, sas_psc_error **error)
{
    sas_psc_string *shown = NULL;
    int32_t status = sas_psc_sign_up_present_terms(site, account, attempt, "fr", now(), &shown, error);
    json_t *terms, *document;
    size_t at;

    if (status != 0)
        return status;
    terms = json_loads(sas_psc_string_data(shown), 0, NULL);
    json_array_foreach(json_object_get(terms, "documents"), at, document)
        fputs(json_string_value(json_object_get(document, "text")), stderr);
    status = sas_psc_sign_up_accept_terms(site, account, attempt, json_string_value(json_object_get(terms, "hash")),
                                          strcmp(ask("J'accepte (oui) :"), "oui") == 0, "fr", now(), answer, error);
    json_decref(terms);
    sas_psc_string_free(shown);
    return status;
}

/* Shows what the settings say on the person's honour, and saves them when the person declares it; no answer otherwise. */
static int32_t declare(const sas_psc_sign_up *site, const char *account, sas_psc_string **answer, sas_psc_error **error)
{
    sas_psc_string *shown = NULL;
    int32_t status = sas_psc_sign_up_declarations(SETTINGS, "fr", &shown, error);
    json_t *declarations, *declaration;
    size_t at;

    if (status != 0)
        return status;
    declarations = json_loads(sas_psc_string_data(shown), 0, NULL);
    json_array_foreach(declarations, at, declaration)
        fprintf(stderr, "- %s\n", json_string_value(json_object_get(declaration, "sentence")));
    json_decref(declarations);
    sas_psc_string_free(shown);
    if (strcmp(ask("Je le déclare (oui) :"), "oui") != 0)
        return 0;
    return sas_psc_sign_up_save_settings(site, account, SETTINGS, "fr", now(), answer, error);
}

/* The step that the account waits for. */
static int32_t step(const sas_psc_sign_up *site, const char *state, const char *account, const char *attempt,
                    const char *address, const char *server, sas_psc_string **answer, sas_psc_error **error)
{
    int32_t status;

    if (strcmp(state, "places-wanted") == 0)
        return sas_psc_sign_up_choose_places(site, account, "[0]", "fr", now(), answer, error);
    if (strcmp(state, "email-wanted") == 0 || strcmp(state, "mail-due") == 0) {
        status = sas_psc_sign_up_give_address(site, account, attempt, address, NULL, "fr", now(), answer, error);
        sas_psc_string_free(*answer);
        *answer = NULL;
        if (status == 0)
            status = deliver(site, server, error);
        return status != 0 ? status : sas_psc_sign_up_account(site, account, "fr", now(), answer, error);
    }
    if (strcmp(state, "mail-sent") == 0)
        return sas_psc_sign_up_answer_code(site, account, attempt, ask("Code du courriel :"), "fr", now(), answer, error);
    if (strcmp(state, "settings-wanted") == 0)
        return declare(site, account, answer, error);
    return answer_terms(site, account, attempt, answer, error);
}

/* What a site does, a page a step: whoever stops goes on from there at their next sign-in. */
static int32_t journey(const sas_psc_sign_up *site, const sas_psc_signed_in *signed_in, const char *address,
                       const char *server, sas_psc_error **error)
{
    sas_psc_string *answer = NULL;
    int32_t status = sas_psc_sign_up_welcome(site, signed_in, "fr", now(), &answer, error);

    while (status == 0 && answer != NULL) {
        /* A site draws a random one for each browser session. */
        static const char attempt[] = "this-terminal";
        json_t *account = json_loads(sas_psc_string_data(answer), 0, NULL);
        const char *state = json_string_value(json_object_get(account, "state"));

        sas_psc_string_free(answer);
        answer = NULL;
        if (strcmp(state, "active") == 0) {
            printf("%s\n", state);
            json_decref(account);
            break;
        }
        fprintf(stderr, "%s\n", json_string_value(json_object_get(account, "text")));
        status = step(site, state, json_string_value(json_object_get(account, "account")), attempt, address, server,
                      &answer, error);
        json_decref(account);
    }
    return status;
}

int main(int argc, char **argv)
{
    sas_psc_environment *environment = NULL;
    sas_psc_client *client = NULL;
    sas_psc_discovery *discovery = NULL;
    sas_psc_service *service = NULL;
    sas_psc_signed_in *signed_in = NULL;
    sas_psc_sign_up *site = NULL;
    sas_psc_error *error = NULL;
    const char *key = getenv("KEY"); /* 32 bytes or more, the same at every start */
    const char *accounts = getenv("ACCOUNTS");
    int32_t status;

    if (argc < 5 || key == NULL) {
        fprintf(stderr, "usage: KEY=… SECRET=… %s CLIENT_ID PERSON ADDRESS SMTP_URL [SIMULATOR]\n", argv[0]);
        return 2;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    status = argc > 5 ? sas_psc_danger_insecure_loopback(argv[5], &environment, &error)
                      : sas_psc_environment_bas(&environment, &error);
    if (status == 0 && argc > 5)
        status = sas_psc_danger_allow_simulator(environment, &error);
    if (status == 0)
        status = sas_psc_client_new(argv[1], getenv("SECRET"), "https://service.example.fr/callback", &client, &error);
    if (status == 0)
        status = sas_psc_discovery_new(environment, client, &discovery, &error);
    if (status == 0)
        RUN(sas_psc_discovery, discovery, status, &error);
    if (status == 0)
        status = sas_psc_discovery_service(discovery, &service, &error);
    if (status == 0)
        status = sas_psc_sign_up_new(accounts != NULL ? accounts : "accounts.sqlite", key, strlen(key), POLICY,
                                     "https://compte.exemple.fr/lien", NULL, NULL, &site, &error);
    if (status == 0)
        status = sign_in(service, argv[2], &signed_in, &error);
    if (status == 0)
        status = journey(site, signed_in, argv[3], argv[4], &error);
    if (status != 0)
        fprintf(stderr, "%s: %s %s\n", sas_psc_error_name(error), sas_psc_error_message(error, getenv("LANG")),
                sas_psc_error_hint(error, getenv("LANG")));
    sas_psc_error_free(error);
    sas_psc_signed_in_free(signed_in);
    sas_psc_sign_up_free(site);
    sas_psc_service_free(service);
    sas_psc_discovery_free(discovery);
    sas_psc_client_free(client);
    sas_psc_environment_free(environment);
    curl_global_cleanup();
    return status != 0;
}
