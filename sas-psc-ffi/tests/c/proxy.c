/* The workstation's client of a Proxy e-Santé, from its first request to its last, and what goes wrong on the way. */
#include <sas_psc.h>
#include <assert.h>
#include <stdio.h>
#include <string.h>

#ifdef NDEBUG
#error "asserts are the test"
#endif

#define NOW 1795420800000

static const char session_body[] = "{\"proxy_session_id\":\"session-1\",\"session_state\":\"state-1\"}";

static sas_psc_response *answer(uint32_t status, const char *body)
{
    sas_psc_response *response = NULL;

    assert(sas_psc_response_new(status, body, strlen(body), &response, NULL) == 0);
    return response;
}

static sas_psc_proxy *at(const char *base)
{
    sas_psc_proxy *proxy = NULL;

    assert(sas_psc_proxy_new(base, "logiciel", &proxy, NULL) == 0);
    return proxy;
}

static sas_psc_proxy_connect *begin(const sas_psc_proxy *proxy)
{
    sas_psc_proxy_connect *connect = NULL;

    assert(sas_psc_proxy_connect_new(proxy, "99700218896", "card", &connect, NULL) == 0);
    return connect;
}

static sas_psc_proxy_session *signed_in(const sas_psc_proxy *proxy)
{
    sas_psc_proxy_connect *connect = begin(proxy);
    sas_psc_proxy_session *session = NULL;
    sas_psc_request *request = NULL;
    sas_psc_response *response = answer(200, session_body);
    const char *digits = sas_psc_proxy_connect_digits(connect);

    assert(strlen(digits) == 2 && sas_psc_proxy_connect_seconds_left(connect, NOW) == 120);
    assert(sas_psc_proxy_connect_request(connect, NOW, &request, NULL) == 0);
    assert(strcmp(sas_psc_request_url(request), "https://proxy.example/connect") == 0);
    assert(strstr((const char *)sas_psc_request_body(request), digits) != NULL);
    assert(sas_psc_proxy_connect_seconds_left(connect, NOW + 59500) == 61);
    sas_psc_request_free(request);
    assert(sas_psc_proxy_connect_request(connect, NOW, &request, NULL) == SAS_PSC_ERROR_REQUEST_SPENT);
    assert(sas_psc_proxy_connect_answered(connect, response, NOW, &session, NULL) == 0);
    sas_psc_response_free(response);
    sas_psc_proxy_connect_free(connect);
    return session;
}

static void a_doctor_signs_in_works_and_signs_out(void)
{
    sas_psc_proxy *proxy = at("https://proxy.example");
    sas_psc_proxy_session *session = signed_in(proxy), *back = NULL;
    sas_psc_proxy_send *send = NULL;
    sas_psc_request *request = NULL;
    sas_psc_response *response;
    sas_psc_string *stored = NULL;

    assert(sas_psc_proxy_session_store(session, &stored, NULL) == 0);
    assert(sas_psc_proxy_session_resume(sas_psc_string_data(stored), sas_psc_string_len(stored), &back, NULL) == 0);
    sas_psc_string_free(stored);
    sas_psc_proxy_session_free(session);
    assert(sas_psc_proxy_session_resume("{}", 2, &session, NULL) == SAS_PSC_ERROR_STORED_FORM_UNREADABLE);

    assert(sas_psc_proxy_send_new(proxy, back, "POST", "dmp", "/Patient", "application/json", "{}", 2, &send, NULL) == 0);
    assert(sas_psc_proxy_send_request(send, NOW, &request, NULL) == 0);
    assert(strcmp(sas_psc_request_url(request), "https://proxy.example/send/dmp/Patient") == 0);
    assert(sas_psc_request_body_len(request) == 2);
    sas_psc_request_free(request);
    response = answer(401, "");
    assert(sas_psc_proxy_send_answered(send, response, NOW, NULL) == SAS_PSC_ERROR_PROXY_SESSION_UNKNOWN);
    sas_psc_response_free(response);
    sas_psc_proxy_send_free(send);
    assert(sas_psc_proxy_send_new(proxy, back, "GET", "dmp", "../x", NULL, NULL, 0, &send, NULL) ==
           SAS_PSC_ERROR_BACKEND_PATH);
    assert(sas_psc_proxy_send_new(proxy, back, "TRACE", "dmp", "x", NULL, NULL, 0, &send, NULL) ==
           SAS_PSC_ERROR_MESSAGE_METHOD);

    assert(sas_psc_proxy_disconnect(proxy, back, &request, NULL) == 0);
    assert(strcmp(sas_psc_request_method(request), "DELETE") == 0);
    assert(strcmp(sas_psc_request_header_value(request, 0), "proxy_session_id=session-1") == 0);
    sas_psc_request_free(request);
    sas_psc_proxy_session_free(back);
    sas_psc_proxy_free(proxy);
}

static void who_leaves_is_not_signed_in(void)
{
    sas_psc_proxy *proxy = at("https://proxy.example");
    sas_psc_proxy_connect *connect = begin(proxy);
    sas_psc_proxy_session *session = NULL;
    sas_psc_request *request = NULL;
    sas_psc_response *late = answer(200, session_body), *refused = answer(401, "{\"code\":\"ciba-refused\"}");

    assert(sas_psc_proxy_connect_request(connect, NOW, &request, NULL) == 0);
    sas_psc_request_free(request);
    assert(sas_psc_proxy_connect_cancel(connect, NULL) == 0);
    assert(sas_psc_proxy_connect_answered(connect, late, NOW, &session, NULL) == SAS_PSC_ERROR_CIBA_CANCELLED);
    assert(session == NULL);
    assert(sas_psc_proxy_connect_late(connect, late, &request, NULL) == 0 && request != NULL);
    assert(strcmp(sas_psc_request_url(request), "https://proxy.example/disconnect") == 0);
    sas_psc_request_free(request);
    assert(sas_psc_proxy_connect_late(connect, refused, &request, NULL) == 0 && request == NULL);
    sas_psc_proxy_connect_free(connect);
    connect = begin(proxy);
    assert(sas_psc_proxy_connect_answered(connect, refused, NOW, &session, NULL) == SAS_PSC_ERROR_CIBA_REFUSED);
    sas_psc_proxy_connect_free(connect);
    sas_psc_response_free(refused);
    sas_psc_response_free(late);
    sas_psc_proxy_free(proxy);
}

static void settings_are_checked(void)
{
    sas_psc_proxy *proxy = at("https://proxy.example");
    sas_psc_proxy *other = NULL;
    sas_psc_proxy_connect *connect = NULL;

    assert(sas_psc_proxy_set(proxy, "connect-path", "/api/login", NULL) == 0);
    assert(sas_psc_proxy_set(proxy, "colour", "red", NULL) == SAS_PSC_ERROR_PROXY_SETTING);
    assert(sas_psc_proxy_new("http://proxy.example", "c", &other, NULL) == SAS_PSC_ERROR_ADDRESS_REFUSED);
    assert(sas_psc_proxy_connect_new(proxy, "99700218896", "fax", &connect, NULL) == SAS_PSC_ERROR_CHANNEL_UNKNOWN);
    sas_psc_proxy_free(proxy);
    sas_psc_proxy_session_free(NULL);
    assert(sas_psc_proxy_connect_digits(NULL) == NULL);
}

int main(void)
{
    a_doctor_signs_in_works_and_signs_out();
    who_leaves_is_not_signed_in();
    settings_are_checked();
    return 0;
}
