/*
 * A person signed in by a case of vectors/ciba,
       and what a server does from there: their session in the file that is named,
 * their tokens, the lock of their workstation. Before it, sign-ins sealed in cookies,
       and a provider asked for its metadata.
 */
#include <sas_psc.h>
#include "play.h"

static const char NEWER[] = "{\"access_token\":\"a2\",\"expires_in\":120,\"refresh_token\":\"refresh-2\",\"refresh_expires_in\":1800,"
                            "\"token_type\":\"Bearer\",\"scope\":\"openid\"}";
static const char KEY[32] = "a key of the platform, 32 bytes";
static const char NEW_KEY[32] = "the key of next year,  32 bytes";

static sas_psc_key_ring *ring_of(const char *newest, const char *older)
{
    sas_psc_key_ring *ring = NULL;

    CHECK("ring", sas_psc_key_ring_new(newest, 32, &ring, NULL) == 0);
    if (older != NULL)
        CHECK("ring", sas_psc_key_ring_add_older(ring, older, 32, NULL) == 0);
    return ring;
}

static sas_psc_return_addresses *returns_of(const char *addresses)
{
    sas_psc_return_addresses *returns = NULL;

    CHECK("returns", sas_psc_return_addresses_new(addresses, &returns, NULL) == 0);
    return returns;
}

static void a_browser_is_sent_only_to_an_address_of_the_list(void)
{
    sas_psc_return_addresses *returns = NULL;
    sas_psc_string *address = NULL;

    CHECK("returns", sas_psc_return_addresses_new("", &returns, NULL) == SAS_PSC_ERROR_ADDRESS_REFUSED);
    CHECK("returns", sas_psc_return_addresses_new("/compte\n//evil.example", &returns, NULL)
          == SAS_PSC_ERROR_ADDRESS_REFUSED);
    CHECK("returns", sas_psc_return_addresses_new("http://127.0.0.1:9/", &returns, NULL)
          == SAS_PSC_ERROR_ADDRESS_REFUSED);
    CHECK("returns", sas_psc_return_addresses_with_loopback("http://127.0.0.1:9/", &returns, NULL) == 0);
    sas_psc_return_addresses_free(returns);
    returns = returns_of("/compte\n/agenda");
    CHECK("returns", sas_psc_return_addresses_parse(returns, "/compte/", &address, NULL)
          == SAS_PSC_ERROR_RETURN_ADDRESS_REFUSED);
    CHECK("returns", sas_psc_return_addresses_parse(returns, "/agenda", &address, NULL) == 0);
    CHECK("returns", strcmp(sas_psc_string_data(address), "/agenda") == 0);
    sas_psc_string_free(address);
    CHECK("returns", sas_psc_return_addresses_parse_or_first(returns, "//evil.example", &address, NULL) == 0);
    CHECK("returns", strcmp(sas_psc_string_data(address), "/compte") == 0);
    sas_psc_string_free(address);
    sas_psc_return_addresses_free(returns);
}

/* What a browser sends back of the cookies that it was given, added to those that it has. */
static void held(char *jar, size_t size, const sas_psc_leaving *leaving)
{
    size_t at;

    for (at = 0; at < sas_psc_leaving_cookie_count(leaving); at++) {
        const char *cookie = sas_psc_leaving_cookie(leaving, at);
        size_t length = strlen(jar);
        snprintf(jar + length, size - length, "%s%.*s", length == 0 ? "" : "; ", (int)strcspn(cookie, ";"), cookie);
    }
    CHECK("cookies", sas_psc_leaving_cookie(leaving, at) == NULL);
}

static void callback_of(char *callback, size_t size, const sas_psc_leaving *leaving)
{
    const char *state = strstr(sas_psc_leaving_url(leaving), "&state=");

    snprintf(callback, size, "https://service.example/callback?code=c%.50s"
             "&iss=https%%3A%%2F%%2Fauth.bas.psc.esante.gouv.fr%%2Fauth%%2Frealms%%2Fesante-wallet", state);
}

static void a_sealed_sign_in_comes_back_to_its_browser_and_to_no_other(const sas_psc_service *service)
{
    sas_psc_key_ring *ring = ring_of(KEY, NULL), *newer = ring_of(NEW_KEY, KEY), *strange = ring_of(NEW_KEY, NULL);
    sas_psc_return_addresses *returns = returns_of("/compte\n/agenda");
    sas_psc_sign_in_cookies *cookies = NULL, *after = NULL, *elsewhere = NULL;
    sas_psc_sign_in_options *options = NULL;
    sas_psc_leaving *one = NULL, *two = NULL, *posted = NULL;
    sas_psc_returned *back = NULL;
    sas_psc_authorization *pending = NULL;
    sas_psc_exchange *exchange = NULL;
    sas_psc_request *request = NULL;
    char jar[4096] = "", first[512], second[512];
    int64_t until;

    CHECK("ring", sas_psc_key_ring_add_older(ring, KEY, 5, NULL) == SAS_PSC_ERROR_SERVER_KEY_SHORT);
    CHECK("cookies", sas_psc_sign_in_cookies_new(ring, returns, &cookies, NULL) == 0);
    CHECK("cookies", sas_psc_sign_in_cookies_new(newer, returns, &after, NULL) == 0);
    CHECK("cookies", sas_psc_sign_in_cookies_new(strange, returns, &elsewhere, NULL) == 0);
    sas_psc_key_ring_free(ring);
    sas_psc_key_ring_free(newer);
    sas_psc_key_ring_free(strange);
    sas_psc_return_addresses_free(returns);

    /* Two tabs, each with its own state and its own way on. */
    CHECK("leave", sas_psc_sign_in_cookies_leave(cookies, service, NULL, NULL, "/agenda", BEGUN, &one, NULL) == 0);
    CHECK("leave", strstr(sas_psc_leaving_cookie(one, 0), "__Host-psc-") == sas_psc_leaving_cookie(one, 0));
    CHECK("leave", strstr(sas_psc_leaving_cookie(one, 0), "; SameSite=Lax") != NULL);
    held(jar, sizeof jar, one);
    CHECK("leave", sas_psc_sign_in_cookies_leave(cookies, service, NULL, jar, "//evil", BEGUN, &two, NULL) == 0);
    callback_of(first, sizeof first, one);
    callback_of(second, sizeof second, two);
    CHECK("back", sas_psc_sign_in_cookies_back(cookies, service, NULL, first, BEGUN, &back, NULL)
          == SAS_PSC_ERROR_AUTHORIZATION_STATE);
    CHECK("back", sas_psc_sign_in_cookies_back(cookies, service, jar, second, BEGUN, &back, NULL)
          == SAS_PSC_ERROR_AUTHORIZATION_STATE);
    CHECK("back", sas_psc_sign_in_cookies_back(elsewhere, service, jar, first, BEGUN, &back, NULL)
          == SAS_PSC_ERROR_AUTHORIZATION_STATE);
    CHECK("back", sas_psc_sign_in_cookies_back(cookies, service, jar, first, BEGUN + 600000, &back, NULL)
          == SAS_PSC_ERROR_AUTHORIZATION_EXPIRED);
    held(jar, sizeof jar, two);
    CHECK("back", sas_psc_sign_in_cookies_back(after, service, jar, second, BEGUN, &back, NULL) == 0);
    CHECK("back", strcmp(sas_psc_returned_return_to(back), "/compte") == 0);
    sas_psc_returned_free(back);
    CHECK("back", sas_psc_sign_in_cookies_back(after, service, jar, first, BEGUN, &back, NULL) == 0);
    CHECK("back", strcmp(sas_psc_returned_return_to(back), "/agenda") == 0);
    CHECK("back", sas_psc_returned_cookie_count(back)
          == 1 && strstr(sas_psc_returned_cookie(back, 0), "Max-Age=0") != NULL);
    CHECK("back", sas_psc_returned_take(back, &pending, NULL) == 0);
    CHECK("finish", sas_psc_authorization_finish(pending, service, first, BEGUN, &exchange, NULL) == 0);
    CHECK("finish", sas_psc_exchange_next(exchange, BEGUN, &request, &until, NULL) == 0 && request != NULL);
    sas_psc_authorization_free(pending);
    CHECK("back", sas_psc_returned_take(back, &pending, NULL) == SAS_PSC_ERROR_NOT_DONE && pending == NULL);

    /* What else a sign-in may ask. */
    sas_psc_sign_in_options_new(&options, NULL);
    sas_psc_sign_in_options_set_form_post(options, NULL);
    sas_psc_sign_in_options_set_lang(options, "en", NULL);
    sas_psc_sign_in_options_set_fresh_within(options, 300, NULL);
    sas_psc_sign_in_options_set_prompt_none(options, NULL);
    sas_psc_sign_in_options_set_prompt_login(options, NULL);
    CHECK("asked", sas_psc_sign_in_cookies_leave(cookies, service, options, "", "", BEGUN, &posted, NULL) == 0);
    CHECK("asked", strstr(sas_psc_leaving_cookie(posted, 1), "; SameSite=None") != NULL);
    CHECK("asked", strstr(sas_psc_leaving_url(posted), "response_mode=form_post") != NULL);
    CHECK("asked", strstr(sas_psc_leaving_url(posted), "max_age=300") != NULL);
    CHECK("asked", strstr(sas_psc_leaving_url(posted), "prompt=login") != NULL);
    CHECK("asked", strstr(sas_psc_leaving_url(posted), "ui_locales=en") != NULL);
    sas_psc_leaving_free(posted);
    sas_psc_sign_in_options_free(options);
    sas_psc_request_free(request);
    sas_psc_exchange_free(exchange);
    sas_psc_returned_free(back);
    sas_psc_leaving_free(two);
    sas_psc_leaving_free(one);
    sas_psc_sign_in_cookies_free(elsewhere);
    sas_psc_sign_in_cookies_free(after);
    sas_psc_sign_in_cookies_free(cookies);
}

static int32_t discovered(const sas_psc_environment *environment, const char *document, sas_psc_discovery **discovery)
{
    sas_psc_client *client = NULL;
    sas_psc_request *request = NULL;
    sas_psc_response *response = NULL;
    int64_t until = 0;
    int32_t status;

    sas_psc_client_new("sas-psc-test", "hush", "https://service.example/callback", &client, NULL);
    CHECK("discovery", sas_psc_discovery_new(environment, client, discovery, NULL) == 0);
    sas_psc_client_free(client);
    CHECK("discovery", sas_psc_discovery_next(*discovery, BEGUN, &request, &until, NULL) == 0);
    CHECK("discovery", strcmp(sas_psc_request_url(request), "http://127.0.0.1:9/realm/metadata") == 0);
    CHECK("discovery", sas_psc_discovery_failed(*discovery, SAS_PSC_ERROR_CONNECT_FAILED, BEGUN, NULL) == 0);
    sas_psc_request_free(request);
    CHECK("discovery", sas_psc_discovery_next(*discovery, BEGUN, &request, &until, NULL) == 0 && until > BEGUN);
    CHECK("discovery", sas_psc_discovery_next(*discovery, until, &request, &until, NULL) == 0 && request != NULL);
    sas_psc_request_free(request);
    sas_psc_response_new(200, document, strlen(document), &response, NULL);
    sas_psc_response_add_header(response, "Content-Type", "application/json", NULL);
    status = sas_psc_discovery_answered(*discovery, response, BEGUN, NULL);
    sas_psc_response_free(response);
    if (status == 0)
        CHECK("discovery", sas_psc_discovery_next(*discovery, BEGUN, &request, &until, NULL) == 0 && request
              == NULL && until == 0);
    return status;
}

static void a_provider_is_asked_for_its_metadata(void)
{
    static const char DOCUMENT[] = "{\"issuer\":\"http://127.0.0.1:9/realm\",\"authorization_endpoint\":\"http://127.0.0.1:9/auth\","
                                   "\"token_endpoint\":\"http://127.0.0.1:9/token\",\"jwks_uri\":\"http://127.0.0.1:9/keys\"}";
    sas_psc_environment *environment = NULL;
    sas_psc_discovery *discovery = NULL;
    sas_psc_service *service = NULL;
    sas_psc_authorization *authorization = NULL;
    sas_psc_string *text = NULL;

    CHECK("environment", sas_psc_environment_of("http://127.0.0.1:9/realm", &environment, NULL)
          == SAS_PSC_ERROR_ADDRESS_REFUSED);
    CHECK("environment", sas_psc_environment_of("https://auth.bas.esw.esante.gouv.fr/auth/realms/esante-wallet",
          &environment, NULL)
                             == SAS_PSC_ERROR_ENVIRONMENT_RETIRED);
    CHECK("environment", sas_psc_danger_insecure_loopback("http://127.0.0.1:9/realm", &environment, NULL) == 0);
    CHECK("environment", sas_psc_environment_set_discovery_path(environment, "/metadata", NULL) == 0);
    CHECK("environment", sas_psc_environment_set_endpoint(environment, "token", "https://a.example/t", NULL)
          == SAS_PSC_ERROR_ENDPOINT_UNKNOWN);
    CHECK("environment", sas_psc_environment_set_endpoint(environment, "token_endpoint", "ftp://a.example/t",
          NULL) == SAS_PSC_ERROR_ADDRESS_REFUSED);
    CHECK("environment", sas_psc_environment_set_endpoint(environment, "authorization_endpoint",
          "http://127.0.0.1:9/wallet", NULL) == 0);
    CHECK("environment", sas_psc_environment_set_hosts(environment, "127.0.0.1:9", NULL) == 0);
    CHECK("environment", sas_psc_environment_issuer(environment, &text, NULL) == 0);
    CHECK("environment", strcmp(sas_psc_string_data(text), "http://127.0.0.1:9/realm") == 0);
    sas_psc_string_free(text);

    CHECK("discovery", discovered(environment, "{\"issuer\":\"http://127.0.0.1:9/other\"}", &discovery)
          == SAS_PSC_ERROR_DISCOVERY_ISSUER);
    CHECK("discovery", sas_psc_discovery_service(discovery, &service, NULL) == SAS_PSC_ERROR_NOT_DONE);
    sas_psc_discovery_free(discovery);
    CHECK("discovery", discovered(environment, DOCUMENT, &discovery) == 0);
    CHECK("discovery", sas_psc_discovery_drift(discovery, &text, NULL)
          == 0 && strcmp(sas_psc_string_data(text), "[]") == 0);
    sas_psc_string_free(text);
    CHECK("discovery", sas_psc_discovery_service(discovery, &service, NULL) == 0);
    sas_psc_discovery_free(discovery);
    CHECK("discovery", sas_psc_authorization_begin(service, BEGUN, &authorization, &text, NULL) == 0);
    CHECK("discovery", strncmp(sas_psc_string_data(text), "http://127.0.0.1:9/wallet?", 26) == 0);
    sas_psc_string_free(text);
    sas_psc_authorization_free(authorization);
    sas_psc_service_free(service);
    sas_psc_environment_free(environment);
}

/* Runs a call of a session to its end: its status, its answer in `text` when that is 0. */
static int32_t ended(play *p, sas_psc_steps *steps, char *text, size_t size)
{
    sas_psc_string *answer = NULL;
    bool over = false;
    int32_t status;

    CHECK("steps", sas_psc_steps_answer(steps, &answer, NULL) == SAS_PSC_ERROR_NOT_DONE);
    status = run_steps(p, steps, &over, NULL);
    if (status == 0 && over) {
        CHECK("steps", sas_psc_steps_answer(steps, &answer, NULL) == 0);
        snprintf(text, size, "%s", sas_psc_string_data(answer));
        sas_psc_string_free(answer);
    }
    sas_psc_steps_free(steps);
    return status;
}

static int32_t token_of(play *p, const sas_psc_sessions *sessions, const sas_psc_string *id, char *text, size_t size)
{
    sas_psc_steps *steps = NULL;

    CHECK("token", sas_psc_sessions_access_token(sessions, sas_psc_string_data(id), p->now, &steps, NULL) == 0);
    return ended(p, steps, text, size);
}

static bool stands(const play *p, const sas_psc_sessions *sessions, const sas_psc_string *id, const char *how)
{
    sas_psc_string *state = NULL;
    bool found = sas_psc_sessions_state(sessions, sas_psc_string_data(id), p->now, &state, NULL) == 0
                 && strstr(sas_psc_string_data(state), how) != NULL;

    sas_psc_string_free(state);
    return found;
}

static void sessions_of(const sas_psc_service *service, const sas_psc_signed_in *signed_in, int64_t since,
      const char *path)
{
    play p = {.now = since, .begun = since};
    sas_psc_key_ring *ring = ring_of(KEY, NULL), *newer = ring_of(NEW_KEY, KEY), *strange = ring_of(NEW_KEY, NULL);
    sas_psc_return_addresses *returns = returns_of("https://service.example/bye");
    sas_psc_session_rules *rules = NULL;
    sas_psc_sessions *sessions = NULL, *other = NULL, *blind = NULL;
    sas_psc_steps *first = NULL, *second = NULL;
    sas_psc_request *request = NULL;
    sas_psc_response *response = NULL;
    sas_psc_string *id = NULL, *again = NULL, *third = NULL, *url = NULL, *state = NULL;
    char token[64] = "", why[16];
    int64_t until = 0;
    uint64_t rows = 0;

    CHECK("rules", sas_psc_session_rules_new(&rules, NULL) == 0);
    sas_psc_session_rules_set_idle(rules, 1800, NULL);
    sas_psc_session_rules_set_longest(rules, 14400, NULL);
    sas_psc_session_rules_set_lease(rules, 45, NULL);
    sas_psc_session_rules_set_provider_takes_a_token_twice(rules, NULL);
    CHECK("sessions", sas_psc_sessions_new(service, path, ring, rules, &sessions, NULL) == 0);
    CHECK("sessions", sas_psc_sessions_new(service, path, newer, NULL, &other, NULL) == 0);
    CHECK("sessions", sas_psc_sessions_new(service, path, strange, NULL, &blind, NULL) == 0);
    sas_psc_session_rules_free(rules);
    sas_psc_key_ring_free(ring);
    sas_psc_key_ring_free(newer);
    sas_psc_key_ring_free(strange);

    CHECK("begin", sas_psc_sessions_begin(sessions, signed_in, p.now, &id, NULL) == 0);
    CHECK("begin", sas_psc_sessions_begin(sessions, signed_in, p.now, &again, NULL) == 0);
    CHECK("begin", sas_psc_sessions_begin(sessions, signed_in, p.now, &third, NULL) == 0);
    CHECK("begin", strcmp(sas_psc_string_data(id), sas_psc_string_data(again)) != 0);
    CHECK("fresh", stands(&p, sessions, id, "{\"refresh_at\":") && stands(&p, other, id, "\"state\":\"fresh\""));
    CHECK("fresh", token_of(&p, sessions, id, token, sizeof token) == 0);
    CHECK("fresh", strstr(token, "access.token") != NULL && *p.posted == '\0');
    CHECK("keys", sas_psc_sessions_state(blind, sas_psc_string_data(id), p.now, &state, NULL)
          == SAS_PSC_ERROR_SEALED_VALUE_REFUSED);

    /* Once the token has ended one call asks for another, the other of the same moment waits for what it brings. */
    p.now += 130000;
    CHECK("refresh", stands(&p, sessions, id, "expired"));
    CHECK("refresh", sas_psc_sessions_access_token(sessions, sas_psc_string_data(id), p.now, &first, NULL) == 0);
    CHECK("refresh", sas_psc_sessions_access_token(other, sas_psc_string_data(id), p.now, &second, NULL) == 0);
    CHECK("refresh", sas_psc_steps_next(first, p.now, &request, &until, NULL) == 0 && request != NULL);
    CHECK("refresh", strstr(sas_psc_request_body(request), "grant_type=refresh_token") != NULL);
    sas_psc_request_free(request);
    CHECK("refresh", sas_psc_steps_next(second, p.now, &request, &until, NULL) == 0 && request
          == NULL && until > p.now);
    sas_psc_response_new(200, NEWER, strlen(NEWER), &response, NULL);
    sas_psc_response_add_header(response, "content-type", "application/json", NULL);
    CHECK("refresh", sas_psc_steps_answered(first, response, p.now, NULL) == 0);
    sas_psc_response_free(response);
    CHECK("refresh", ended(&p, first, token, sizeof token) == 0 && strcmp(token, "a2") == 0);
    p.now = until;
    *token = '\0';
    CHECK("refresh", ended(&p, second, token, sizeof token) == 0 && strcmp(token, "a2") == 0);
    CHECK("refresh", *p.posted == '\0');

    /* No network is not a person who signed out. */
    p.now += 130000;
    snprintf(why, sizeof why, "%d", SAS_PSC_ERROR_CONNECT_FAILED);
    p.answers[p.count][0] = "failed";
    p.answers[p.count++][1] = why;
    CHECK("unreachable", token_of(&p, sessions, id, token, sizeof token) == SAS_PSC_ERROR_SESSION_UNREACHABLE);
    CHECK("unreachable", stands(&p, other, id, "\"state\":\"unreachable\"") && stands(&p, other, id, "retry_at"));

    /* Out by a click, without a browser, by a timeout: each once. */
    CHECK("out", sas_psc_sessions_sign_out(sessions, sas_psc_string_data(id), returns, "https://evil.example/",
          p.now, &url, &state, NULL)
                     == SAS_PSC_ERROR_RETURN_ADDRESS_REFUSED);
    CHECK("out", sas_psc_sessions_sign_out(sessions, sas_psc_string_data(id), returns, "https://service.example/bye",
          p.now, &url, &state, NULL) == 0);
    CHECK("out", strstr(sas_psc_string_data(url), "id_token_hint=ey") != NULL);
    CHECK("out", strstr(sas_psc_string_data(url), sas_psc_string_data(state)) != NULL);
    CHECK("out", stands(&p, other, id, "\"why\":\"by-person\""));
    CHECK("out", token_of(&p, other, id, token, sizeof token) == SAS_PSC_ERROR_SESSION_ENDED);
    CHECK("server", sas_psc_sessions_sign_out_on_server(other, sas_psc_string_data(again), p.now, &first, NULL) == 0);
    then(&p, "204", "");
    CHECK("server", ended(&p, first, token, sizeof token) == 0 && *token == '\0');
    CHECK("forget", sas_psc_sessions_forget(other, sas_psc_string_data(third), p.now, NULL) == 0);
    CHECK("forget", stands(&p, other, third, "\"why\":\"locally\""));
    CHECK("forget", sas_psc_sessions_forget(other, "nobody's", p.now, NULL) == SAS_PSC_ERROR_SESSION_UNKNOWN);
    CHECK("back channel", sas_psc_sessions_back_channel_logout(other, "logout_token=a.b.c", 18, p.now, &first,
          NULL) == 0);
    CHECK("back channel", ended(&p, first, token, sizeof token) == SAS_PSC_ERROR_LOGOUT_TOKEN_MALFORMED);
    CHECK("sweep", sas_psc_sessions_sweep(other, p.now, &rows, NULL) == 0 && rows == 0);
    CHECK("sweep", sas_psc_sessions_sweep(other, p.now + 86400000, &rows, NULL) == 0 && rows == 3);

    sas_psc_string_free(state);
    sas_psc_string_free(url);
    sas_psc_string_free(third);
    sas_psc_string_free(again);
    sas_psc_string_free(id);
    sas_psc_sessions_free(blind);
    sas_psc_sessions_free(other);
    sas_psc_sessions_free(sessions);
    sas_psc_return_addresses_free(returns);
}

static void tokens_of(const sas_psc_service *service, const sas_psc_signed_in *signed_in, int64_t since)
{
    play p = {.now = since, .begun = since};
    sas_psc_tokens *tokens = NULL, *newer = NULL, *broken = NULL;
    sas_psc_steps *steps = NULL;
    sas_psc_string *text = NULL;
    char answer[4096] = "";

    CHECK("tokens", sas_psc_tokens_of(signed_in, &tokens, NULL) == 0);
    CHECK("tokens", same(sas_psc_tokens_subject(tokens), sas_psc_signed_in_subject(signed_in)));
    CHECK("tokens", same(sas_psc_tokens_granted_scope(tokens), "openid profile scope_all"));
    CHECK("tokens", sas_psc_tokens_refresh_expires_at(tokens) - sas_psc_tokens_access_expires_at(tokens) == 1680000);
    CHECK("tokens", sas_psc_tokens_access_token(tokens, &text, NULL) == 0);
    sas_psc_string_free(text);

    CHECK("refresh", sas_psc_service_refresh(service, tokens, p.now, &steps, NULL) == 0);
    then(&p, "200", NEWER);
    CHECK("refresh", ended(&p, steps, answer, sizeof answer) == 0);
    CHECK("refresh", sas_psc_tokens_resume(answer, strlen(answer), &newer, NULL) == 0);
    CHECK("refresh", sas_psc_tokens_access_token(newer, &text, NULL)
          == 0 && strcmp(sas_psc_string_data(text), "a2") == 0);
    sas_psc_string_free(text);
    CHECK("refresh", sas_psc_tokens_to_stored(newer, &text, NULL)
          == 0 && strcmp(sas_psc_string_data(text), answer) == 0);
    sas_psc_string_free(text);
    CHECK("refresh", sas_psc_tokens_resume("{", 1, &broken, NULL) == SAS_PSC_ERROR_STORED_FORM_UNREADABLE);
    CHECK("refresh", broken == NULL);
    CHECK("refresh", sas_psc_service_refresh(service, newer, p.now + 1800000, &steps, NULL)
          == SAS_PSC_ERROR_SESSION_ENDED);

    CHECK("introspect", sas_psc_service_introspect(service, "a2", &steps, NULL) == 0);
    then(&p, "200", "{\"active\":true,\"scope\":\"openid\"}");
    CHECK("introspect", ended(&p, steps, answer, sizeof answer)
          == 0 && strcmp(answer, "{\"active\":true,\"scope\":\"openid\"}") == 0);
    CHECK("introspect", sas_psc_service_introspect(service, "a2", &steps, NULL) == 0);
    then(&p, "200", "{\"active\":false}");
    CHECK("introspect", ended(&p, steps, answer, sizeof answer) == 0 && strcmp(answer, "{\"active\":false}") == 0);
    CHECK("introspect", sas_psc_service_introspect(service, "a2", &steps, NULL) == 0);
    then(&p, "401", "{\"error\":\"invalid_client\"}");
    CHECK("introspect", ended(&p, steps, answer, sizeof answer) == SAS_PSC_ERROR_CLIENT_REFUSED);
    CHECK("revoke", sas_psc_service_revoke(service, "refresh-2", &steps, NULL) == 0);
    then(&p, "200", "");
    CHECK("revoke", ended(&p, steps, answer, sizeof answer) == 0 && *answer == '\0');
    CHECK("end", sas_psc_service_end_session(service, newer, &steps, NULL) == 0);
    then(&p, "204", "");
    CHECK("end", ended(&p, steps, answer, sizeof answer) == 0);
    CHECK("end", sas_psc_service_logout_url(service, newer, "https://service.example/bye", "s", &text, NULL) == 0);
    CHECK("end", strstr(sas_psc_string_data(text),
          "post_logout_redirect_uri=https%3A%2F%2Fservice.example%2Fbye&state=s") != NULL);
    sas_psc_string_free(text);
    sas_psc_tokens_free(newer);
    sas_psc_tokens_free(tokens);
}

static void presence_of(const sas_psc_signed_in *signed_in, int64_t since)
{
    sas_psc_presence *presence = NULL, *again = NULL;
    const int64_t proved = sas_psc_signed_in_auth_time(signed_in);
    int64_t changes = 7;

    CHECK("evidence", same(sas_psc_signed_in_acr(signed_in), "eidas1")
          && same(sas_psc_signed_in_auth_mode(signed_in), "MOBILE"));
    CHECK("evidence", sas_psc_signed_in_session_id(signed_in) != NULL);
    CHECK("evidence", sas_psc_signed_in_is_fresh(signed_in, since, 60)
          && !sas_psc_signed_in_is_fresh(signed_in, since + 600000, 60));
    CHECK("presence", sas_psc_presence_of(signed_in, since, &presence, NULL) == 0);
    CHECK("presence", same(sas_psc_presence_judge(presence, since + 999999999, &changes), "open") && changes == 0);
    CHECK("presence", sas_psc_presence_set_lock_after(presence, 600, NULL) == 0);
    CHECK("presence", sas_psc_presence_set_renew_every(presence, 3600, NULL) == 0);
    CHECK("presence", same(sas_psc_presence_touched(presence, since + 500000, &changes), "open") && changes
          == since + 1100000);
    CHECK("presence", same(sas_psc_presence_touched(presence, changes, &changes), "lock") && changes
          == proved + 3600000);
    CHECK("presence", sas_psc_presence_is_locked(presence) && sas_psc_presence_active_at(presence) == since + 500000);
    CHECK("presence", sas_psc_presence_kept(sas_psc_presence_authenticated_at(presence),
          sas_psc_presence_active_at(presence), true, &again, NULL) == 0);
    CHECK("presence", same(sas_psc_presence_judge(again, since + 600000, &changes), "lock"));
    sas_psc_presence_unlocked(again, since + 700000, NULL);
    CHECK("presence", same(sas_psc_presence_judge(again, since + 700000, &changes), "open"));
    sas_psc_presence_lock(again, NULL);
    CHECK("presence", same(sas_psc_presence_judge(again, since + 700000, &changes), "lock"));
    CHECK("presence", same(sas_psc_presence_judge(presence, proved + 3600000, &changes), "renew") && changes == 0);
    sas_psc_presence_renewed(presence, proved + 3600000, proved + 3600000, NULL);
    CHECK("presence", same(sas_psc_presence_judge(presence, proved + 3600000, &changes), "open"));
    sas_psc_presence_free(again);
    sas_psc_presence_free(presence);
    CHECK("presence", sas_psc_presence_new(1, 2, &presence, NULL)
          == 0 && sas_psc_presence_authenticated_at(presence) == 1);
    sas_psc_presence_free(presence);
}

static void an_outage_is_told(void)
{
    sas_psc_availability *availability = NULL;
    sas_psc_response *response = NULL;
    sas_psc_error *error = NULL;
    sas_psc_string *outage = NULL;
    uint64_t wait = 0;
    int second;

    CHECK("outage", sas_psc_availability_new(&availability, NULL) == 0);
    for (second = 0; second <= 12; second += 6) {
        CHECK("outage", sas_psc_availability_outage(availability, NULL, BEGUN, &outage, NULL) == 0 && outage == NULL);
        sas_psc_availability_failed(availability, SAS_PSC_ERROR_TIMED_OUT, BEGUN + second * 1000, NULL);
    }
    CHECK("outage", sas_psc_availability_outage(availability, "en", BEGUN + 12000, &outage, NULL) == 0);
    CHECK("outage", strstr(sas_psc_string_data(outage), "\"cause\":\"timed-out\"") != NULL);
    CHECK("outage", strstr(sas_psc_string_data(outage), "for 12 seconds") != NULL);
    sas_psc_string_free(outage);
    CHECK("outage", sas_psc_availability_ready(availability, BEGUN + 13000, &error) == SAS_PSC_ERROR_PROVIDER_UNAVAILABLE);
    CHECK("outage", sas_psc_error_fact_number(error, "retry_after", &wait) && wait == 4);
    sas_psc_error_free(error);
    sas_psc_response_new(400, "{\"error\":\"invalid_grant\"}", 25, &response, NULL);
    sas_psc_availability_answered(availability, response, BEGUN + 14000, NULL);
    CHECK("outage", sas_psc_availability_ready(availability, BEGUN + 14000, NULL) == 0);
    sas_psc_response_free(response);
    sas_psc_availability_free(availability);
}

static void a_token_is_bound_to_its_certificate(void)
{
    static const char HEX[] = "{\"cnf\":{\"x5t#S256\":\"YmE3ODE2YmY4ZjAxY2ZlYTQxNDE0MGRlNWRhZTIyMjNiMDAzNjFhMzk2MTc3YTljYjQxMGZmNjFmMjAwMTVhZA==\"}}";
    sas_psc_string *x5t = NULL;
    bool bound = false;

    CHECK("binding", sas_psc_thumbprint_x5t("abc", 3, &x5t, NULL) == 0);
    CHECK("binding", strcmp(sas_psc_string_data(x5t), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0") == 0);
    CHECK("binding", sas_psc_thumbprint_matches("abc", 3, sas_psc_string_data(x5t)));
    CHECK("binding", !sas_psc_thumbprint_matches("abd", 3, sas_psc_string_data(x5t)));
    sas_psc_string_free(x5t);
    CHECK("binding", sas_psc_thumbprint_check("abc", 3, HEX, &bound, NULL) == 0 && bound);
    CHECK("binding", sas_psc_thumbprint_check("abd", 3, HEX, &bound, NULL) == SAS_PSC_ERROR_TOKEN_BINDING && !bound);
    CHECK("binding", sas_psc_thumbprint_check("abc", 3, "{}", &bound, NULL) == 0 && !bound);
    CHECK("binding", sas_psc_thumbprint_check("abc", 3, "[]", &bound, NULL) == SAS_PSC_ERROR_PROVIDER_ANSWER);
}

int main(int argc, char **argv)
{
    sas_psc_service *service = service_of_sandbox();
    char *text = argc == 3 ? whole(argv[1]) : NULL;
    play p = {0};
    sas_psc_signed_in *signed_in;

    if (text == NULL)
        return 2;
    a_browser_is_sent_only_to_an_address_of_the_list();
    a_sealed_sign_in_comes_back_to_its_browser_and_to_no_other(service);
    a_provider_is_asked_for_its_metadata();
    signed_in = person_of(service, text, &p);
    sessions_of(service, signed_in, p.now, argv[2]);
    tokens_of(service, signed_in, p.now);
    presence_of(signed_in, p.now);
    an_outage_is_told();
    a_token_is_bound_to_its_certificate();
    printf("%d wrong\n", wrong);
    sas_psc_signed_in_free(signed_in);
    sas_psc_service_free(service);
    free(text);
    return wrong != 0;
}
