/* How a client proves who it is: what stands in the request for tokens, for each way. The argument is a P-256 key, PEM. */
#include <assert.h>
#include <sas_psc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t NOW = 1763971200000;

static sas_psc_client *client(const char *secret)
{
    sas_psc_client *made = NULL;

    assert(sas_psc_client_new("my-service", secret, "https://service.example.fr/callback", &made, NULL) == 0);
    return made;
}

/* The request for tokens of a sign-in with this client, which is freed: its body as text, and whether a header proves it. */
static char *asked(sas_psc_client *client, bool *header)
{
    sas_psc_environment *environment = NULL;
    sas_psc_service *service = NULL;
    sas_psc_authorization *authorization = NULL;
    sas_psc_exchange *exchange = NULL;
    sas_psc_request *request = NULL;
    sas_psc_string *url = NULL;
    char callback[256], *body;
    int64_t until;
    size_t at, size;

    assert(sas_psc_environment_bas(&environment, NULL) == 0);
    assert(sas_psc_service_new(environment, client, &service, NULL) == 0);
    assert(sas_psc_authorization_begin(service, NOW, &authorization, &url, NULL) == 0);
    assert(snprintf(callback, sizeof callback, "https://service.example.fr/callback?code=c%.50s",
                    strstr(sas_psc_string_data(url), "&state=")) < (int)sizeof callback);
    assert(sas_psc_authorization_finish(authorization, service, callback, NOW, &exchange, NULL) == 0);
    assert(sas_psc_exchange_next(exchange, NOW, &request, &until, NULL) == 0);
    *header = false;
    for (at = 0; at < sas_psc_request_header_count(request); at++)
        *header = *header || strcmp(sas_psc_request_header_name(request, at), "authorization") == 0;
    size = sas_psc_request_body_len(request);
    body = malloc(size + 1);
    assert(body != NULL);
    memcpy(body, sas_psc_request_body(request), size);
    body[size] = '\0';
    sas_psc_request_free(request);
    sas_psc_exchange_free(exchange);
    sas_psc_string_free(url);
    sas_psc_authorization_free(authorization);
    sas_psc_service_free(service);
    sas_psc_environment_free(environment);
    sas_psc_client_free(client);
    return body;
}

static void is_asked(sas_psc_client *client, bool header, const char *has, const char *has_not)
{
    bool found;
    char *body = asked(client, &found);

    assert(found == header);
    assert(strstr(body, has) != NULL && strstr(body, has_not) == NULL);
    free(body);
}

int main(int argc, char **argv)
{
    static char key[4096];
    FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;
    sas_psc_client *made;

    assert(file != NULL && fread(key, 1, sizeof key - 1, file) > 0);
    fclose(file);

    is_asked(client("hush"), true, "grant_type=authorization_code", "hush");
    is_asked(client(NULL), false, "client_id=my-service", "client_secret");

    made = client("hush");
    assert(sas_psc_client_set_secret_in_body(made, "hush", NULL) == 0);
    is_asked(made, false, "client_secret=hush", "client_assertion");

    made = client(NULL);
    assert(sas_psc_client_set_private_key(made, "no PEM", NULL, NULL, NULL) == SAS_PSC_ERROR_ASSERTION_KEY);
    assert(sas_psc_client_set_private_key(made, key, "k1", "https://a.example/token", NULL) == 0);
    is_asked(made, false, "client_assertion=eyJ", "client_secret");

    made = client("hush");
    assert(sas_psc_client_set_presents_certificate(made, NULL) == 0);
    is_asked(made, true, "grant_type=authorization_code", "hush");

    assert(sas_psc_client_set_private_key(NULL, key, NULL, NULL, NULL) == SAS_PSC_ERROR_NULL_ARGUMENT);
    assert(sas_psc_client_set_secret_in_body(NULL, "hush", NULL) == SAS_PSC_ERROR_NULL_ARGUMENT);
    assert(sas_psc_client_set_presents_certificate(NULL, NULL) == SAS_PSC_ERROR_NULL_ARGUMENT);
    return EXIT_SUCCESS;
}
