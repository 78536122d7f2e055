/*
 * One sign-in with Pro Santé Connect's sandbox, by a program that has its own HTTP: prints the address to open, reads
 * the address that the browser came back to, and prints each request that is to be sent.
 *
 *     cc sign_in_step.c $(pkg-config --cflags --libs sas-psc) -o sign_in_step
 *     SECRET=… ./sign_in_step my-client-id https://service.example.fr/callback
 */
#include <sas_psc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t now(void)
{
    return (int64_t)time(NULL) * 1000;
}

/* Here a program sends the request with the HTTP it has, over TLS and without following redirects. This one answers
 * as a provider does to a code that it does not know. */
static sas_psc_response *send_it(const sas_psc_request *request)
{
    static const char body[] = "{\"error\":\"invalid_grant\"}";
    sas_psc_response *response = NULL;

    printf("%s %s\n%lu headers, %lu bytes\n", sas_psc_request_method(request), sas_psc_request_url(request),
           (unsigned long)sas_psc_request_header_count(request), (unsigned long)sas_psc_request_body_len(request));
    if (sas_psc_response_new(400, body, strlen(body), &response, NULL) == 0)
        sas_psc_response_add_header(response, "content-type", "application/json", NULL);
    return response;
}

/* The loop of every exchange: send, wait, or done. */
static int32_t run(sas_psc_exchange *exchange, sas_psc_error **error)
{
    for (;;) {
        sas_psc_request *request = NULL;
        sas_psc_response *response;
        int64_t wait_until = 0;
        int32_t status = sas_psc_exchange_next(exchange, now(), &request, &wait_until, error);

        if (status != 0 || (request == NULL && wait_until == 0))
            return status;
        if (request == NULL)
            continue; /* a program sleeps until wait_until */
        response = send_it(request);
        sas_psc_request_free(request);
        if (response != NULL)
            status = sas_psc_exchange_answered(exchange, response, now(), error);
        else
            status = sas_psc_exchange_failed(exchange, SAS_PSC_ERROR_CONNECTION_LOST, now(), error);
        sas_psc_response_free(response);
        if (status != 0)
            return status;
    }
}

int main(int argc, char **argv)
{
    sas_psc_environment *environment = NULL;
    sas_psc_client *client = NULL;
    sas_psc_service *service = NULL;
    sas_psc_authorization *authorization = NULL;
    sas_psc_exchange *exchange = NULL;
    sas_psc_string *url = NULL, *person = NULL;
    sas_psc_error *error = NULL;
    char callback[8192];

    if (argc != 3) {
        fprintf(stderr, "usage: %s CLIENT_ID REDIRECT_URI\n", argv[0]);
        return 2;
    }
    if (sas_psc_environment_bas(&environment, &error) != 0 ||
        sas_psc_client_new(argv[1], getenv("SECRET"), argv[2], &client, &error) != 0 ||
        sas_psc_service_new(environment, client, &service, &error) != 0 ||
        sas_psc_authorization_begin(service, now(), &authorization, &url, &error) != 0)
        goto end;
    printf("%s\n", sas_psc_string_data(url));
    fflush(stdout);

    if (fgets(callback, sizeof callback, stdin) == NULL)
        goto end;
    callback[strcspn(callback, "\r\n")] = '\0';
    if (sas_psc_authorization_finish(authorization, service, callback, now(), &exchange, &error) != 0 ||
        run(exchange, &error) != 0 ||
        sas_psc_exchange_signed_in(exchange, now(), &person, &error) != 0)
        goto end;
    printf("%s\n", sas_psc_string_data(person));

end:
    if (error != NULL)
        fprintf(stderr, "%s: %s %s\n", sas_psc_error_name(error), sas_psc_error_message(error, getenv("LANG")),
                sas_psc_error_hint(error, getenv("LANG")));
    argc = error != NULL;
    sas_psc_error_free(error);
    sas_psc_string_free(person);
    sas_psc_exchange_free(exchange);
    sas_psc_string_free(url);
    sas_psc_authorization_free(authorization);
    sas_psc_service_free(service);
    sas_psc_client_free(client);
    sas_psc_environment_free(environment);
    return argc;
}
