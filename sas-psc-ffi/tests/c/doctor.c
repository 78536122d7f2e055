/*
 * The doctor from C, over the HTTP of the program: a provider that is well, one that nobody reaches, one that shows what it is.
 * A file of this program stands for the provider.
 */
#include <sas_psc.h>

#include "cases.h"

static const int64_t NOW = 1795420800000;

#define AUTH "https://auth.bas.psc.esante.gouv.fr/auth/realms/esante-wallet"
#define AT AUTH "/protocol/openid-connect"

static const char DOCUMENT[] =
    "{\"issuer\":\"" AUTH "\",\"authorization_endpoint\":\"https://wallet.bas.psc.esante.gouv.fr/auth\","
    "\"token_endpoint\":\"" AT "/token\",\"userinfo_endpoint\":\"" AT "/userinfo\",\"jwks_uri\":\"" AT "/certs\"}";
static const char NO_KEYS[] = "{\"keys\":[]}";

/* How the provider is. */
enum { WELL, MUTE };

/* Plays steps; what they came to, to be freed. */
static sas_psc_string *played(const char *name, sas_psc_steps *steps, int provider)
{
    sas_psc_string *answer = NULL;
    int asked;

    for (asked = 0; asked < 9; asked++) {
        sas_psc_request *request = NULL;
        sas_psc_response *response = NULL;
        int64_t until = 0;

        CHECK(name, sas_psc_steps_next(steps, NOW, &request, &until, NULL) == 0);
        if (request == NULL)
            break;
        if (provider == WELL) {
            const char *body = strstr(sas_psc_request_url(request), "certs") == NULL ? DOCUMENT : NO_KEYS;
            CHECK(name, sas_psc_response_new(200, body, strlen(body), &response, NULL) == 0);
            CHECK(name, sas_psc_response_add_header(response, "date", "Mon, 23 Nov 2026 08:10:00 GMT", NULL) == 0);
            CHECK(name, sas_psc_steps_answered(steps, response, NOW, NULL) == 0);
        } else {
            CHECK(name, sas_psc_steps_failed(steps, SAS_PSC_ERROR_TLS_INSPECTED, NOW, NULL) == 0);
        }
        sas_psc_response_free(response);
        sas_psc_request_free(request);
    }
    CHECK(name, sas_psc_steps_answer(steps, &answer, NULL) == 0);
    sas_psc_steps_free(steps);
    return answer;
}

#define TELLS(name, answer, text) CHECK(name, strstr(sas_psc_string_data(answer), text) != NULL)

int main(void)
{
    sas_psc_environment *bas = NULL;
    sas_psc_client *client = NULL;
    sas_psc_readers *readers = NULL;
    sas_psc_steps *steps = NULL;
    sas_psc_string *found = NULL;

    CHECK("made", sas_psc_environment_bas(&bas, NULL) == 0);
    CHECK("made", sas_psc_client_new("service", "hush", "https://service.example/callback", &client, NULL) == 0);

    CHECK("well", sas_psc_examine(bas, client, "en", NOW, &steps, NULL) == 0);
    CHECK("well", sas_psc_steps_answer(steps, &found, NULL) == SAS_PSC_ERROR_NOT_DONE);
    found = played("well", steps, WELL);
    TELLS("well", found, "{\"check\":\"issuer\",\"status\":\"ok\",\"code\":null,\"message\":\"The issuer answers.\",\"hint\":\"\"}");
    TELLS("well", found, "{\"check\":\"endpoints\",\"status\":\"warning\"");
    TELLS("well", found, "{\"check\":\"keys\",\"status\":\"failed\"");
    TELLS("well", found, "{\"check\":\"clock\",\"status\":\"failed\"");
    sas_psc_string_free(found);

    CHECK("mute", sas_psc_examine(bas, client, NULL, NOW, &steps, NULL) == 0);
    found = played("mute", steps, MUTE);
    TELLS("mute", found, "{\"check\":\"issuer\",\"status\":\"failed\"");
    TELLS("mute", found, "{\"check\":\"discovery\",\"status\":\"skipped\"");
    sas_psc_string_free(found);

    CHECK("seen", sas_psc_observe(bas, client, "en", NOW, &steps, NULL) == 0);
    found = played("seen", steps, WELL);
    TELLS("seen", found, "\"observed\":");
    sas_psc_string_free(found);
    CHECK("nothing", sas_psc_examine(NULL, client, "en", NOW, &steps, NULL) != 0 && steps == NULL);

    CHECK("card", sas_psc_readers_new(&readers, NULL) == 0);
    CHECK("card", sas_psc_readers_examine(readers, "en", &found, NULL) == 0);
    TELLS("card", found, "[{\"check\":\"card-readers\"");
    TELLS("card", found, "{\"check\":\"card-session\"");
    sas_psc_string_free(found);

    sas_psc_readers_free(readers);
    sas_psc_client_free(client);
    sas_psc_environment_free(bas);
    printf("%d wrong\n", wrong);
    return wrong != 0;
}
