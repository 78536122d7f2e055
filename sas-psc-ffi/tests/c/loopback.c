/* A program on a workstation: the browser comes back to 127.0.0.1, a stranger's answer does not count. */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <sas_psc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* A browser that asks for an address of the listener; its connection. */
static int browser(int port, const char *host, const char *query)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    char request[512];

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert(connect(connection, (struct sockaddr *)&to, sizeof to) == 0);
    assert(snprintf(request, sizeof request, "GET /callback?%s HTTP/1.1\r\nHost: %s\r\n\r\n", query, host) < (int)sizeof request);
    assert(write(connection, request, strlen(request)) == (ssize_t)strlen(request));
    return connection;
}

/* What it was answered. */
static void is_told(int connection, const char *status, const char *text)
{
    char page[4096] = "";
    size_t length = 0;
    ssize_t count;

    while (length + 1 < sizeof page && (count = read(connection, page + length, sizeof page - length - 1)) > 0)
        length += (size_t)count;
    assert(strncmp(page, status, strlen(status)) == 0 && strstr(page, text) != NULL);
    close(connection);
}

int main(void)
{
    sas_psc_loopback *loopback = NULL, *second = NULL;
    sas_psc_environment *environment = NULL;
    sas_psc_client *client = NULL;
    sas_psc_service *service = NULL;
    sas_psc_authorization *authorization = NULL;
    sas_psc_exchange *exchange = NULL;
    sas_psc_string *back = NULL, *url = NULL;
    char query[256], host[64];
    int port, ours, stranger;

    assert(sas_psc_loopback_new(70000, &loopback, NULL) == SAS_PSC_ERROR_PORT_UNAVAILABLE && loopback == NULL);
    assert(sas_psc_loopback_new(0, &loopback, NULL) == 0);
    assert(sas_psc_loopback_redirect_uri(loopback, &back, NULL) == 0);
    assert(sscanf(sas_psc_string_data(back), "http://127.0.0.1:%d/callback", &port) == 1);
    assert(sas_psc_loopback_new((uint32_t)port, &second, NULL) == SAS_PSC_ERROR_PORT_UNAVAILABLE);
    snprintf(host, sizeof host, "127.0.0.1:%d", port);

    sas_psc_environment_bas(&environment, NULL);
    assert(sas_psc_client_new("my-program", NULL, sas_psc_string_data(back), &client, NULL) == 0);
    assert(sas_psc_service_new(environment, client, &service, NULL) == 0);
    assert(sas_psc_authorization_begin(service, (int64_t)time(NULL) * 1000, &authorization, &url, NULL) == 0);
    assert(strstr(sas_psc_string_data(url), "redirect_uri=http%3A%2F%2F127.0.0.1%3A") != NULL);
    assert(snprintf(query, sizeof query, "code=c%.50s", strstr(sas_psc_string_data(url), "&state=")) < (int)sizeof query);

    assert(sas_psc_loopback_wait(loopback, service, authorization, 0, "en", &exchange, NULL) == SAS_PSC_ERROR_AUTHORIZATION_EXPIRED);
    stranger = browser(port, host, "code=c&state=another");
    assert(sas_psc_loopback_wait(loopback, service, authorization, 1, "en", &exchange, NULL) == SAS_PSC_ERROR_AUTHORIZATION_EXPIRED);
    is_told(stranger, "HTTP/1.1 400", "does not belong to the sign-in");
    ours = browser(port, host, query);
    assert(sas_psc_loopback_wait(loopback, service, authorization, 20, "en", &exchange, NULL) == 0 && exchange != NULL);
    is_told(ours, "HTTP/1.1 200", "Go back to your program");

    sas_psc_exchange_free(exchange);
    sas_psc_authorization_free(authorization);
    sas_psc_service_free(service);
    sas_psc_client_free(client);
    sas_psc_environment_free(environment);
    sas_psc_string_free(url);
    sas_psc_string_free(back);
    sas_psc_loopback_free(loopback);
    return EXIT_SUCCESS;
}
