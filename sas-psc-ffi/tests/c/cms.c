/* Documents signed by a card: every case of vectors/card-cms as Rust and Python judge it; and the companion. Arguments: the
 * cases as lines (tests/lines.rs), the authorities, a signature certificate. */
#include <sas_psc.h>
#include <assert.h>
#include "cases.h"

#ifdef NDEBUG
#error "asserts are the test"
#endif

static sas_psc_card_trust *trust;

static void document(char **f)
{
    const char *name = f[0], *expect = f[1];
    size_t cms = base64(f[2]), text = base64(f[3]);
    sas_psc_trusted_certificate *trusted = NULL;
    sas_psc_error *error = NULL;
    int status = sas_psc_cms_verify(trust, f[2], cms, f[3], text, strtoll(f[4], NULL, 10) * 1000, &trusted, &error);

    if (!same(status == 0 ? NULL : sas_psc_error_name(error), expect))
        fault(name, status == 0 ? "accepted" : sas_psc_error_name(error));
    else if ((status == 0) != (trusted != NULL))
        fault(name, "believed");
    sas_psc_trusted_certificate_free(trusted);
    sas_psc_error_free(error);
}

static void to_sign(const char *pem)
{
    sas_psc_card_certificate *certificate = NULL;
    sas_psc_cms_to_sign *made = NULL;
    sas_psc_string *bytes = NULL, *cms = NULL;

    assert(sas_psc_card_certificate_read(pem, strlen(pem), &certificate, NULL) == 0);
    assert(sas_psc_cms_to_sign_new(certificate, "text", 4, 1795600800000, &made, NULL) == 0);
    assert(sas_psc_cms_to_sign_bytes(made, &bytes, NULL) == 0);
    assert(sas_psc_string_len(bytes) > 100 && sas_psc_string_data(bytes)[0] == 0x31);
    assert(sas_psc_cms_to_sign_finish(made, "none", 4, &cms, NULL) == SAS_PSC_ERROR_CMS_SIGNATURE && cms == NULL);
    sas_psc_string_free(bytes);
    sas_psc_cms_to_sign_free(made);
    sas_psc_card_certificate_free(certificate);
}

static void companion(void)
{
    sas_psc_string *said = NULL;
    const char *link = "https://seconnecter.example/realms/sas/login-actions/action-token"
                       "?key=e30.eyJ0eXAiOiJ2ZXJpZnktZW1haWwiLCJleHAiOjE3OTAwMDAzMDB9.c2ln&client_id=sas";

    assert(sas_psc_companion_prepare("{\"with\":\"card\",\"number\":\"99700218896\",\"seen\":{\"reader\":false}}", "en", &said, NULL) == 0);
    assert(strstr(sas_psc_string_data(said), "\"ready\":false") != NULL);
    assert(strstr(sas_psc_string_data(said), "Plug the card reader in.") != NULL);
    assert(strstr(sas_psc_string_data(said), "99700218896") == NULL);
    sas_psc_string_free(said);
    said = NULL;
    assert(sas_psc_companion_prepare("{}", NULL, &said, NULL) == SAS_PSC_ERROR_USAGE && said == NULL);
    assert(sas_psc_verification_link_read(link, "autre.example\nseconnecter.example", &said, NULL) == 0);
    assert(strcmp(sas_psc_string_data(said), "{\"purpose\":\"verify-email\",\"claimed_end\":\"2026-09-21T14:18:20Z\",\"verified\":false}") == 0);
    sas_psc_string_free(said);
    said = NULL;
    assert(sas_psc_verification_link_read(link, "autre.example", &said, NULL) == SAS_PSC_ERROR_VERIFICATION_LINK);
}

int main(int count, char **arguments)
{
    char *authorities, *certificate;
    int read;

    assert(count == 4);
    authorities = whole(arguments[2]);
    certificate = whole(arguments[3]);
    assert(sas_psc_danger_card_trust_of(authorities, &trust, NULL) == 0);
    assert(sas_psc_card_trust_set_accept_unknown_revocation(trust, NULL) == 0);
    read = each_case(arguments[1], document);
    to_sign(certificate);
    companion();
    sas_psc_card_trust_free(trust);
    free(certificate);
    free(authorities);
    printf("%d signatures, %d wrong\n", read, wrong);
    return wrong != 0;
}
