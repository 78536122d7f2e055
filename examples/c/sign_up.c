/*
 * Opens an account: a push to the person's e-CPS app, an address proven by its mail's code, terms, settings. Answers are the
 * lines of stdin. HTTP is OpenSSL's; a mail is printed, where yours goes to your mail server.
 *
 *     cc sign_up.c $(pkg-config --cflags --libs sas-psc libssl libcrypto) -o sign_up
 *     KEY=… SECRET=… ./sign_up my-client-id 99700218896 medecin@exemple.fr accounts.sqlite
 *
 * For a server: it holds the service's secret. A site does the same, a page a step. A fifth argument is the issuer of a
 * simulator on this machine, in place of the sandbox.
 */
#define _POSIX_C_SOURCE 200809L
#include <openssl/ssl.h>
#include <sas_psc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST = 1 << 20 };

static const char POLICY[] =
    "{\"service\":\"Exemple\",\"controller\":\"Exemple, 1 rue de l'Exemple, 75000 Paris\","
    "\"exit\":\"https://compte.exemple.fr/fermer\","
    "\"ui_build\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"," /* of what shows the terms */
    "\"terms\":[{\"slug\":\"cgu\",\"version\":\"2026-11\",\"lang\":\"fr\",\"effective_from\":\"2026-11-01T00:00:00Z\","
    "\"change\":\"material\",\"documents\":[{\"title\":\"CGU\",\"media_type\":\"text/plain; charset=utf-8\","
    "\"text\":\"Article 1. Ceci est un exemple.\\n\"}]}]}";

static const char SETTINGS[] = "{\"participation_sas\":true,\"participation_sas_via\":1,\"has_software\":false,"
                               "\"hours_available\":true}";

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_REALTIME, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static sas_psc_response *answer_of(char *text, size_t length)
{
    char *body = strstr(text, "\r\n\r\n"), *line = text, *next, *value;
    sas_psc_response *response = NULL;
    unsigned status;

    if (body == NULL || sscanf(text, "HTTP/%*s %u", &status) != 1)
        return NULL;
    body[2] = '\0';
    body += 4;
    if (sas_psc_response_new(status, body, length - (size_t)(body - text), &response, NULL) != 0)
        return NULL;
    while ((next = strstr(line, "\r\n")) != NULL) {
        *next = '\0';
        if (line != text && (value = strchr(line, ':')) != NULL) {
            *value++ = '\0';
            sas_psc_response_add_header(response, line, value + strspn(value, " "), NULL);
        }
        line = next + 2;
    }
    return response;
}

/* Sends a request on a connection of its own; null when there is no answer. HTTP 1.0: the answer ends with the connection.
 * The library asks for plain http at a simulator's address only. */
static sas_psc_response *send_it(SSL_CTX *tls, const sas_psc_request *request)
{
    const char *url = sas_psc_request_url(request), *at = strstr(url, "://") + 3, *path = at + strcspn(at, "/?");
    int secure = strncmp(url, "https:", 6) == 0, went;
    BIO *line = secure ? BIO_new_ssl_connect(tls) : BIO_new(BIO_s_connect());
    static char text[MOST];
    char host[256];
    size_t length = 0, header;
    SSL *connection = NULL;

    if (line == NULL)
        return NULL;
    snprintf(host, sizeof host, "%.*s", (int)(path - at), at);
    BIO_set_conn_hostname(line, host);
    if (secure) {
        BIO_get_ssl(line, &connection);
        if (strchr(host, ':') == NULL)
            BIO_set_conn_port(line, "443");
        host[strcspn(host, ":")] = '\0';
        SSL_set_tlsext_host_name(connection, host);
    }
    if ((!secure || SSL_set1_host(connection, host)) && BIO_do_connect(line) > 0) {
        BIO_printf(line, "%s %s HTTP/1.0\r\nhost: %.*s\r\n", sas_psc_request_method(request), *path ? path : "/",
                   (int)(path - at), at);
        for (header = 0; header < sas_psc_request_header_count(request); header++)
            BIO_printf(line, "%s: %s\r\n", sas_psc_request_header_name(request, header),
                       sas_psc_request_header_value(request, header));
        BIO_printf(line, "content-length: %lu\r\n\r\n", (unsigned long)sas_psc_request_body_len(request));
        BIO_write(line, sas_psc_request_body(request), (int)sas_psc_request_body_len(request));
        while (length < MOST - 1 && (went = BIO_read(line, text + length, (int)(MOST - 1 - length))) > 0)
            length += (size_t)went;
    }
    BIO_free_all(line);
    text[length] = '\0';
    return answer_of(text, length);
}

/* The loop of every exchange, whatever it is for: send, wait, or done. */
#define LOOP_OF(kind)                                                                                              \
    static int32_t run_##kind(sas_psc_##kind *exchange, SSL_CTX *tls, sas_psc_error **error)                       \
    {                                                                                                              \
        for (;;) {                                                                                                 \
            sas_psc_request *request = NULL;                                                                       \
            sas_psc_response *response;                                                                            \
            struct timespec pause = {0, 0};                                                                        \
            int64_t wait_until = 0, wait;                                                                          \
            int32_t status = sas_psc_##kind##_next(exchange, now(), &request, &wait_until, error);                 \
                                                                                                                   \
            if (status != 0 || (request == NULL && wait_until == 0))                                               \
                return status;                                                                                     \
            if (request == NULL) {                                                                                 \
                wait = wait_until - now();                                                                         \
                pause.tv_sec = wait > 0 ? wait / 1000 : 0;                                                         \
                pause.tv_nsec = wait > 0 ? wait % 1000 * 1000000 : 0;                                              \
                nanosleep(&pause, NULL);                                                                           \
                continue;                                                                                          \
            }                                                                                                      \
            response = send_it(tls, request);                                                                      \
            sas_psc_request_free(request);                                                                         \
            if (response != NULL)                                                                                  \
                status = sas_psc_##kind##_answered(exchange, response, now(), error);                              \
            else                                                                                                   \
                status = sas_psc_##kind##_failed(exchange, SAS_PSC_ERROR_CONNECTION_LOST, now(), error);           \
            sas_psc_response_free(response);                                                                       \
            if (status != 0)                                                                                       \
                return status;                                                                                     \
        }                                                                                                          \
    }

LOOP_OF(discovery)
LOOP_OF(ciba_start)
LOOP_OF(ciba)

/* The service at the sandbox, or at the simulator with this issuer. A server asks for the addresses every hour. */
static int32_t reach(const char *simulator, const char *client_id, SSL_CTX *tls, sas_psc_service **service,
                     sas_psc_error **error)
{
    sas_psc_environment *environment = NULL;
    sas_psc_client *client = NULL;
    sas_psc_discovery *discovery = NULL;
    int32_t status;

    if (simulator == NULL)
        status = sas_psc_environment_bas(&environment, error);
    else if ((status = sas_psc_danger_insecure_loopback(simulator, &environment, error)) == 0)
        status = sas_psc_danger_allow_simulator(environment, error);
    if (status == 0)
        status = sas_psc_client_new(client_id, getenv("SECRET"), "https://service.example.fr/callback", &client, error);
    if (status == 0 && (status = sas_psc_discovery_new(environment, client, &discovery, error)) == 0 &&
        (status = run_discovery(discovery, tls, error)) == 0)
        status = sas_psc_discovery_service(discovery, service, error);
    sas_psc_discovery_free(discovery);
    sas_psc_client_free(client);
    sas_psc_environment_free(environment);
    return status;
}

/* A push to the person's phone, until they have answered. */
static int32_t sign_in(const sas_psc_service *service, const char *person, SSL_CTX *tls, sas_psc_signed_in **signed_in,
                       sas_psc_error **error)
{
    sas_psc_ciba_start *start = NULL;
    sas_psc_ciba *ciba = NULL;
    int32_t status;

    if ((status = sas_psc_ciba_start_new(service, person, "mobile", &start, error)) == 0 &&
        (status = run_ciba_start(start, tls, error)) == 0 &&
        (status = sas_psc_ciba_start_take(start, &ciba, error)) == 0) {
        fprintf(stderr, "Code : %s\n", sas_psc_ciba_digits(ciba));
        if ((status = run_ciba(ciba, tls, error)) == 0)
            status = sas_psc_signed_in_of_ciba(ciba, signed_in, error);
    }
    sas_psc_ciba_free(ciba);
    sas_psc_ciba_start_free(start);
    return status;
}

/* A member of a JSON object that has no escapes. Here a program uses the JSON library it has. */
static void member(const sas_psc_string *json, const char *name, char *out, size_t size)
{
    char sought[32];
    const char *at;

    snprintf(sought, sizeof sought, "\"%s\":\"", name);
    at = strstr(sas_psc_string_data(json), sought);
    snprintf(out, size, "%.*s", at ? (int)strcspn(at + strlen(sought), "\"") : 0, at ? at + strlen(sought) : "");
}

static const char *ask(const char *question)
{
    static char answer[64];

    fprintf(stderr, "%s\n", question);
    if (fgets(answer, sizeof answer, stdin) == NULL)
        *answer = '\0';
    answer[strcspn(answer, "\r\n")] = '\0';
    return answer;
}

/* Sends what waits. A server calls it every few seconds too, and says what failed (sas_psc_sign_up_not_handed_over). */
static int32_t deliver(const sas_psc_sign_up *site, sas_psc_error **error)
{
    for (;;) {
        sas_psc_sign_up_mail *mail = NULL;
        sas_psc_string *message = NULL, *account = NULL;
        int32_t status = sas_psc_sign_up_next_mail(site, NULL, now(), &mail, error);

        if (status != 0 || mail == NULL)
            return status;
        if ((status = sas_psc_sign_up_mail_message(mail, &message, error)) == 0) {
            /* Here a program hands it to its mail server: "text", "html" and "headers". */
            fprintf(stderr, "%s: %s\n", sas_psc_sign_up_mail_to(mail), sas_psc_string_data(message));
            status = sas_psc_sign_up_handed_over(site, mail, "fr", now(), &account, error);
        }
        sas_psc_string_free(account);
        sas_psc_string_free(message);
        sas_psc_sign_up_mail_free(mail);
        if (status != 0)
            return status;
    }
}

/* What a site does, a page a step: whoever stops goes on from there at their next sign-in. The answer is the account, and
 * stays as it is when the person says no. */
static int32_t journey(const sas_psc_sign_up *site, const sas_psc_signed_in *signed_in, const char *address,
                       sas_psc_string **answer, sas_psc_error **error)
{
    static const char attempt[] = "a secret of the browser session";
    int32_t status = sas_psc_sign_up_welcome(site, signed_in, "fr", now(), answer, error);

    while (status == 0) {
        sas_psc_string *before = *answer, *shown = NULL;
        char key[64], state[32], hash[72];

        member(before, "account", key, sizeof key);
        member(before, "state", state, sizeof state);
        *answer = NULL;
        if (strcmp(state, "places-wanted") == 0) {
            status = sas_psc_sign_up_choose_places(site, key, "[0]", "fr", now(), answer, error);
        } else if (strcmp(state, "email-wanted") == 0 || strcmp(state, "mail-due") == 0) {
            status = sas_psc_sign_up_give_address(site, key, attempt, address, NULL, "fr", now(), answer, error);
            sas_psc_string_free(*answer);
            *answer = NULL;
            if (status == 0 && (status = deliver(site, error)) == 0)
                status = sas_psc_sign_up_account(site, key, "fr", now(), answer, error);
        } else if (strcmp(state, "mail-sent") == 0) {
            status = sas_psc_sign_up_answer_code(site, key, attempt, ask("Code du courriel :"), "fr", now(), answer, error);
        } else if (strcmp(state, "terms-wanted") == 0 || strcmp(state, "terms-refused") == 0) {
            status = sas_psc_sign_up_present_terms(site, key, attempt, "fr", now(), &shown, error);
            if (status == 0) {
                fprintf(stderr, "%s\n", sas_psc_string_data(shown));
                member(shown, "hash", hash, sizeof hash);
                status = sas_psc_sign_up_accept_terms(site, key, attempt, hash, strcmp(ask("J'accepte (oui) :"), "oui") == 0,
                                                      "fr", now(), answer, error);
            }
        } else if (strcmp(state, "settings-wanted") == 0) {
            status = sas_psc_sign_up_declarations(SETTINGS, "fr", &shown, error);
            if (status == 0) {
                fprintf(stderr, "%s\n", sas_psc_string_data(shown));
                if (strcmp(ask("Je le déclare (oui) :"), "oui") == 0)
                    status = sas_psc_sign_up_save_settings(site, key, SETTINGS, "fr", now(), answer, error);
            }
        }
        sas_psc_string_free(shown);
        if (status == 0 && *answer == NULL) {
            *answer = before; /* active, or the person said no */
            break;
        }
        sas_psc_string_free(before);
    }
    return status;
}

int main(int argc, char **argv)
{
    const char *key = getenv("KEY"); /* 32 bytes or more, the same at every start */
    SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
    sas_psc_service *service = NULL;
    sas_psc_signed_in *signed_in = NULL;
    sas_psc_sign_up *site = NULL;
    sas_psc_string *account = NULL;
    sas_psc_error *error = NULL;
    char state[32];

    if ((argc != 5 && argc != 6) || key == NULL || tls == NULL) {
        fprintf(stderr, "usage: KEY=… SECRET=… %s CLIENT_ID PERSON ADDRESS ACCOUNTS [SIMULATOR]\n", argv[0]);
        SSL_CTX_free(tls);
        return 2;
    }
    SSL_CTX_set_default_verify_paths(tls);
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
    if (reach(argc == 6 ? argv[5] : NULL, argv[1], tls, &service, &error) != 0 ||
        sas_psc_sign_up_new(argv[4], key, strlen(key), POLICY, "https://compte.exemple.fr/lien", NULL, NULL, &site, &error)
            != 0 ||
        sign_in(service, argv[2], tls, &signed_in, &error) != 0 ||
        journey(site, signed_in, argv[3], &account, &error) != 0)
        goto end;
    member(account, "state", state, sizeof state);
    printf("%s\n", state);

end:
    if (error != NULL)
        fprintf(stderr, "%s: %s %s\n", sas_psc_error_name(error), sas_psc_error_message(error, getenv("LANG")),
                sas_psc_error_hint(error, getenv("LANG")));
    argc = error != NULL;
    sas_psc_error_free(error);
    sas_psc_string_free(account);
    sas_psc_sign_up_free(site);
    sas_psc_signed_in_free(signed_in);
    sas_psc_service_free(service);
    SSL_CTX_free(tls);
    return argc;
}
