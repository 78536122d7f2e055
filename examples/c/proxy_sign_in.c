/*
 * Signs a doctor in from a workstation, through the hospital's Proxy e-Santé: shows the two digits and the countdown,
 * sends one request to an API behind the proxy, and signs out. No secret and no token is on the workstation.
 *
 * The library writes the requests and reads the answers; the program sends them with the HTTP it has, over TLS, with
 * the certificate by which the workstation was enrolled, without following redirects. This one has no HTTP: it stands
 * in for the proxy itself (see send_it), and shows where yours goes.
 *
 *     cc proxy_sign_in.c $(pkg-config --cflags --libs sas-psc) -o proxy_sign_in
 *     ./proxy_sign_in https://proxy.chu.example my-software 99700218896
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

/* A request under way. Yours holds a connection, and perhaps a thread. */
struct exchange {
    const sas_psc_request *request;
    int looks; /* how often this stand-in was looked at */
};

/* Whether the answer is there; look again in a moment otherwise. With libcurl it is curl_multi_perform. The stand-in
 * lets the doctor think for a moment, then answers as a proxy does. */
static sas_psc_response *send_it(struct exchange *exchange)
{
    static const char session[] = "{\"proxy_session_id\":\"demo-session-1\",\"session_state\":\"demo-state\"}";
    const char *url = sas_psc_request_url(exchange->request);
    sas_psc_response *response = NULL;
    int connects = strstr(url, "/connect") != NULL;

    if (connects && exchange->looks++ < 3)
        return NULL;
    printf("%s %s\n", sas_psc_request_method(exchange->request), url);
    sas_psc_response_new(200, connects ? session : "{}", connects ? strlen(session) : 2, &response, NULL);
    return response;
}

/* Asked at each moment of the wait: yours looks at a Cancel button. */
static int wants_to_leave(void *user_data)
{
    return user_data != NULL && *(const int *)user_data;
}

/* Shows the digits and the countdown until the doctor has answered, and leaves when told to. */
static int32_t sign_in(const sas_psc_proxy *proxy, const char *person, int (*leave)(void *), void *user_data,
                       sas_psc_proxy_session **session, sas_psc_error **error)
{
    sas_psc_proxy_connect *connect = NULL;
    sas_psc_request *request = NULL;
    sas_psc_response *response = NULL;
    struct exchange exchange = {NULL, 0};
    int32_t status = sas_psc_proxy_connect_new(proxy, person, "mobile", &connect, error);

    if (status == 0)
        status = sas_psc_proxy_connect_request(connect, now(), &request, error);
    if (status != 0)
        goto end;
    fprintf(stderr, "Code : %s\n", sas_psc_proxy_connect_digits(connect));
    exchange.request = request;
    while (response == NULL) {
        fprintf(stderr, "%u s\r", (unsigned)sas_psc_proxy_connect_seconds_left(connect, now()));
        if (leave(user_data)) {
            sas_psc_proxy_connect_cancel(connect, NULL);
            /* Here a program closes the connection. */
        }
        response = send_it(&exchange); /* a program sleeps for a moment between two looks */
    }
    status = sas_psc_proxy_connect_answered(connect, response, now(), session, error);
    if (status == SAS_PSC_ERROR_CIBA_CANCELLED) {
        /* The phone accepted all the same: the session that came too late is ended. */
        sas_psc_request *end = NULL;

        sas_psc_proxy_connect_late(connect, response, &end, NULL);
        if (end != NULL) {
            exchange.request = end;
            sas_psc_response_free(send_it(&exchange));
        }
        sas_psc_request_free(end);
    }
end:
    sas_psc_response_free(response);
    sas_psc_request_free(request);
    sas_psc_proxy_connect_free(connect);
    return status;
}

/* One request to an API of the proxy's list. */
static int32_t read_patient(const sas_psc_proxy *proxy, const sas_psc_proxy_session *session, sas_psc_error **error)
{
    sas_psc_proxy_send *send = NULL;
    sas_psc_request *request = NULL;
    sas_psc_response *response = NULL;
    struct exchange exchange = {NULL, 0};
    int32_t status = sas_psc_proxy_send_new(proxy, session, "GET", "dmp", "/Patient/1", NULL, NULL, 0, &send, error);

    if (status == 0)
        status = sas_psc_proxy_send_request(send, now(), &request, error);
    if (status == 0) {
        exchange.request = request;
        response = send_it(&exchange);
        status = sas_psc_proxy_send_answered(send, response, now(), error);
    }
    sas_psc_response_free(response);
    sas_psc_request_free(request);
    sas_psc_proxy_send_free(send);
    return status;
}

int main(int argc, char **argv)
{
    sas_psc_proxy *proxy = NULL;
    sas_psc_proxy_session *session = NULL;
    sas_psc_request *request = NULL;
    sas_psc_error *error = NULL;
    struct exchange exchange = {NULL, 0};
    int leaves = argc == 5 && strcmp(argv[4], "--leave") == 0;

    if (argc != 4 && !leaves) {
        fprintf(stderr, "usage: %s PROXY CLIENT_ID PERSON [--leave]\n", argv[0]);
        return 2;
    }
    if (sas_psc_proxy_new(argv[1], argv[2], &proxy, &error) != 0 ||
        sign_in(proxy, argv[3], wants_to_leave, &leaves, &session, &error) != 0 ||
        read_patient(proxy, session, &error) != 0 ||
        sas_psc_proxy_disconnect(proxy, session, &request, &error) != 0)
        goto end;
    exchange.request = request;
    sas_psc_response_free(send_it(&exchange));

end:
    if (error != NULL)
        fprintf(stderr, "%s: %s %s\n", sas_psc_error_name(error), sas_psc_error_message(error, getenv("LANG")),
                sas_psc_error_hint(error, getenv("LANG")));
    argc = error != NULL;
    sas_psc_error_free(error);
    sas_psc_request_free(request);
    sas_psc_proxy_session_free(session);
    sas_psc_proxy_free(proxy);
    return argc;
}
