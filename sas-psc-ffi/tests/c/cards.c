/*
 * Every case of vectors/card-certificate, vectors/card-possession and vectors/crosscheck: the verdicts are those of Rust and
 * Python. The cases come as lines (tests/lines.rs): fields separated by tabs, percent-encoded, "-" for one that is absent;
 * revocation lists come last, a signature is base64.
 */
#include <sas_psc.h>
#include "cases.h"

static char *authorities;

static void card(char **f)
{
    const char *name = f[0], *expect = f[1], *about = f[2];
    sas_psc_error *error = NULL;
    sas_psc_card_certificate *certificate = NULL;
    sas_psc_card_trust *trust = NULL;
    sas_psc_trusted_certificate *trusted = NULL;
    size_t i;
    int code;

    if (strcmp(f[3], "production") == 0)
        code = sas_psc_card_trust_new(&trust, NULL);
    else if (strcmp(f[3], "test") == 0)
        code = sas_psc_danger_card_trust_test(&trust, NULL);
    else
        code = sas_psc_danger_card_trust_of(authorities, &trust, NULL);
    if (code != 0)
        fault(name, "trust");
    if (f[6] != NULL)
        sas_psc_card_trust_set_max_age(trust, strtoul(f[6], NULL, 10), NULL);
    if (same(f[7], "accept"))
        sas_psc_card_trust_set_accept_unknown_revocation(trust, NULL);
    code = sas_psc_card_certificate_read(f[11], strlen(f[11]), &certificate, &error);
    for (i = 12; code == 0 && i < FIELDS && f[i] != NULL; i++)
        code = sas_psc_card_trust_add_revocation_list(trust, f[i], strlen(f[i]), &error);
    if (code == 0)
        sas_psc_card_trust_verify(trust, certificate, f[4], strtoll(f[5], NULL, 10) * 1000, &trusted, &error);
    if (as_expected(name, expect, about, error)) {
        sas_psc_professional *holder = NULL;
        sas_psc_string *json = NULL;
        if (!same(sas_psc_card_certificate_kind(certificate), f[9]) || !same(sas_psc_card_certificate_purpose(certificate), f[4]))
            fault(name, "kind or purpose");
        if (sas_psc_card_certificate_professional(certificate, &holder, NULL) != 0
            || !same(sas_psc_professional_id_nat(holder), f[8]))
            fault(name, "holder");
        if (sas_psc_trusted_certificate_json(trusted, &json, NULL) != 0
            || strstr(sas_psc_string_data(json), strcmp(f[10], "good") == 0 ? "\"revocation\":\"good\"" : "\"revocation\":\"unknown\"") == NULL)
            fault(name, "revocation");
        if (sas_psc_card_certificate_not_before(certificate) >= sas_psc_card_certificate_not_after(certificate))
            fault(name, "times");
        if (sas_psc_card_certificate_check_signature(certificate, "pss-sha256", "m", 1, "s", 1, NULL)
            != SAS_PSC_ERROR_POSSESSION_SIGNATURE)
            fault(name, "a signature that is none");
        sas_psc_string_free(json);
        if (sas_psc_card_certificate_json(certificate, &json, NULL) != 0 || strstr(sas_psc_string_data(json), f[8]) == NULL)
            fault(name, "json");
        sas_psc_string_free(json);
        sas_psc_professional_free(holder);
        sas_psc_card_certificate_free(certificate);
        certificate = NULL;
        sas_psc_card_certificate_read_contactless(f[11], strlen(f[11]), &certificate, NULL);
        if (!same(sas_psc_card_certificate_purpose(certificate), "technical")
            || sas_psc_card_certificate_professional(certificate, &holder, NULL) != SAS_PSC_ERROR_CARD_CERTIFICATE_HOLDER)
            fault(name, "without contact");
    } else if (trusted != NULL) {
        fault(name, "a certificate beside an error");
    }
    sas_psc_trusted_certificate_free(trusted);
    sas_psc_card_certificate_free(certificate);
    sas_psc_card_trust_free(trust);
}

static void possession(char **f)
{
    const char *name = f[0], *expect = f[1], *about = f[2];
    sas_psc_error *error = NULL;
    sas_psc_card_certificate *certificate = NULL;
    sas_psc_card_trust *trust = NULL;
    sas_psc_trusted_certificate *trusted = NULL;
    sas_psc_card_challenge *challenge = NULL;
    sas_psc_card_possession *proven = NULL;
    int64_t now = strtoll(f[5], NULL, 10) * 1000;
    size_t length = base64(f[8]);

    sas_psc_danger_card_trust_of(authorities, &trust, NULL);
    sas_psc_card_trust_set_accept_unknown_revocation(trust, NULL);
    sas_psc_card_certificate_read(f[7], strlen(f[7]), &certificate, NULL);
    if (sas_psc_card_trust_verify(trust, certificate, sas_psc_card_certificate_purpose(certificate),
                                  strtoll(f[4], NULL, 10) * 1000, &trusted, NULL) != 0)
        fault(name, "certificate");
    if (sas_psc_card_challenge_resume(f[3], strlen(f[3]), &challenge, &error) == 0)
        sas_psc_card_challenge_prove(challenge, trusted, f[6], f[8], length, now, &proven, &error);
    if (as_expected(name, expect, about, error)) {
        sas_psc_professional *holder = NULL;
        sas_psc_card_possession *again = NULL;
        sas_psc_string *bytes = NULL;
        if (sas_psc_card_possession_professional(proven, &holder, NULL) != 0
            || !same(sas_psc_professional_rpps(holder), "99700218896"))
            fault(name, "holder");
        sas_psc_professional_free(holder);
        if (sas_psc_card_possession_once(proven, &bytes, NULL) != 0 || sas_psc_string_len(bytes) != 32)
            fault(name, "once");
        sas_psc_string_free(bytes);
        if (sas_psc_card_possession_remembered_until(proven) < now)
            fault(name, "remembered");
        if (sas_psc_card_challenge_prove(challenge, trusted, f[6], f[8], length, now, &again, NULL)
            != SAS_PSC_ERROR_POSSESSION_REPLAYED)
            fault(name, "twice");
        if (sas_psc_card_challenge_to_stored(challenge, &bytes, NULL) != 0)
            fault(name, "stored");
        sas_psc_string_free(bytes);
    } else if (proven != NULL) {
        fault(name, "a possession beside an error");
    }
    sas_psc_card_possession_free(proven);
    sas_psc_card_challenge_free(challenge);
    sas_psc_trusted_certificate_free(trusted);
    sas_psc_card_certificate_free(certificate);
    sas_psc_card_trust_free(trust);
}

static sas_psc_professional *described(const char *document)
{
    sas_psc_userinfo *info = NULL;
    sas_psc_professional *person = NULL;

    sas_psc_userinfo_parse(document, strlen(document), &info, NULL);
    sas_psc_userinfo_professional(info, &person, NULL);
    sas_psc_userinfo_free(info);
    return person;
}

static void crosscheck(char **f)
{
    sas_psc_professional *one = described(f[1]), *other = described(f[2]);
    int32_t mine = (int32_t)strtol(f[3], NULL, 10), theirs = (int32_t)strtol(f[4], NULL, 10);
    sas_psc_string *compared = NULL;
    char *word, *rest = f[6];
    int differences = 0;

    if (sas_psc_professional_crosscheck(one, other, mine, theirs, NULL, &compared, NULL) != 0
        || strstr(sas_psc_string_data(compared), f[5]) == NULL)
        fault(f[0], "person");
    for (; *rest != '\0'; rest += *rest == ',') {
        char quoted[64], alone[32] = {0};
        size_t length = strcspn(rest, ",");
        word = rest;
        memcpy(alone, word, length);
        snprintf(quoted, sizeof quoted, "\"what\":\"%s\"", alone);
        if (strstr(sas_psc_string_data(compared), quoted) == NULL)
            fault(f[0], alone);
        if (sas_psc_professional_crosscheck(one, other, mine, theirs, alone, &(sas_psc_string *){NULL}, NULL) == 0)
            fault(f[0], "not refused");
        rest += length;
        differences++;
    }
    if (differences == 0 && strstr(sas_psc_string_data(compared), "\"what\"") != NULL)
        fault(f[0], "a difference too many");
    sas_psc_string_free(compared);
    sas_psc_professional_free(one);
    sas_psc_professional_free(other);
}

/* What has no file: a challenge of its own, and the list to choose from. */
static void choice(const char *path)
{
    sas_psc_card_trust *trust = NULL;
    sas_psc_card_certificate *certificate = NULL;
    sas_psc_certificate_choice *list = NULL;
    sas_psc_trusted_certificate *chosen = NULL;
    sas_psc_card_challenge *challenge = NULL;
    sas_psc_string *text = NULL;
    char der[8192], key[17] = {0};
    size_t length = 0;
    int64_t now = 1795600800000;
    FILE *file = fopen(path, "rb");

    if (file != NULL) {
        length = fread(der, 1, sizeof der, file);
        fclose(file);
    }
    sas_psc_danger_card_trust_of(authorities, &trust, NULL);
    sas_psc_card_trust_set_accept_unknown_revocation(trust, NULL);
    sas_psc_certificate_choice_new(&list, NULL);
    if (sas_psc_card_certificate_read(der, length, &certificate, NULL) != 0
        || sas_psc_certificate_choice_add(list, certificate, NULL) != 0
        || sas_psc_certificate_choice_json(list, trust, NULL, "fr", now, &text, NULL) != 0
        || strstr(sas_psc_string_data(text), "\"default\":true") == NULL)
        fault("choice", "list");
    else
        memcpy(key, strstr(sas_psc_string_data(text), "\"key\":\"") + 7, 16);
    sas_psc_string_free(text);
    if (sas_psc_certificate_choice_choose(list, trust, key, now, &chosen, NULL) != 0)
        fault("choice", key);
    sas_psc_trusted_certificate_free(chosen);
    if (sas_psc_certificate_choice_choose(list, trust, "0", now, &chosen, NULL) != SAS_PSC_ERROR_CERTIFICATE_CHOICE)
        fault("choice", "of nothing");
    if (sas_psc_card_challenge_new("sign-in", "", now, &challenge, NULL) != SAS_PSC_ERROR_CHALLENGE_TEXT)
        fault("challenge", "of nothing");
    if (sas_psc_card_challenge_new("sign-in", "ward", now, &challenge, NULL) != 0
        || sas_psc_card_challenge_to_sign(challenge, &text, NULL) != 0
        || strncmp(sas_psc_string_data(text), "sas-psc: possession", 19) != 0)
        fault("challenge", "to sign");
    sas_psc_string_free(text);
    sas_psc_card_challenge_free(challenge);
    challenge = NULL;
    if (sas_psc_card_challenge_new_for("sign-in", "ward", 60, now, &challenge, NULL) != 0)
        fault("challenge", "for a minute");
    sas_psc_card_challenge_free(challenge);
    sas_psc_certificate_choice_free(list);
    sas_psc_card_certificate_free(certificate);
    sas_psc_card_trust_free(trust);
}

/* Local sign-in, up to a signature that no C program without a card can make. */
static void fallback(const char *path, const char *file)
{
    sas_psc_fallback *local = NULL;
    sas_psc_card_trust *trust = NULL;
    sas_psc_card_certificate *certificate = NULL;
    sas_psc_trusted_certificate *trusted = NULL;
    sas_psc_card_challenge *challenge = NULL;
    sas_psc_local_sign_in *sign_in = NULL;
    sas_psc_professional *holder = NULL;
    sas_psc_string *text = NULL;
    char der[8192];
    size_t length = 0;
    bool open = true;
    int64_t now = 1795600800000, minute = 60000;
    FILE *read = fopen(file, "rb");

    if (read != NULL) {
        length = fread(der, 1, sizeof der, read);
        fclose(read);
    }
    if (sas_psc_fallback_new(path, &local, NULL) != 0)
        fault("fallback", "new");
    if (sas_psc_fallback_challenge(local, "ward", now, &challenge, NULL) != SAS_PSC_ERROR_FALLBACK_CLOSED)
        fault("fallback", "closed");
    if (sas_psc_fallback_set(local, "anything", 1, NULL) != SAS_PSC_ERROR_FALLBACK_RULE
        || sas_psc_fallback_set(local, "accept_unknown_revocation", 1, NULL) != 0)
        fault("fallback", "rules");
    if (sas_psc_fallback_outage(local, now, SAS_PSC_ERROR_TIMED_OUT, now + 14 * minute, &open, NULL) != 0 || open
        || sas_psc_fallback_outage(local, now, SAS_PSC_ERROR_TIMED_OUT, now + 15 * minute, &open, NULL) != 0 || !open)
        fault("fallback", "outage");
    sas_psc_fallback_answered(local, NULL);
    if (sas_psc_fallback_opening(local, now + 16 * minute, &text, NULL) != 0 || !same(sas_psc_string_data(text), "null"))
        fault("fallback", "answered");
    sas_psc_string_free(text);
    if (sas_psc_fallback_open(local, "Dr Garde", "", now + minute, now, NULL) != SAS_PSC_ERROR_FALLBACK_OPENING
        || sas_psc_fallback_open(local, "Dr Garde", "panne", now + minute, now, NULL) != 0
        || sas_psc_fallback_opening(local, now, &text, NULL) != 0
        || strstr(sas_psc_string_data(text), "\"name\":\"Dr Garde\"") == NULL)
        fault("fallback", "open");
    sas_psc_string_free(text);
    sas_psc_danger_card_trust_of(authorities, &trust, NULL);
    sas_psc_fallback_apply_policy(local, trust, NULL);
    sas_psc_card_certificate_read(der, length, &certificate, NULL);
    if (sas_psc_card_trust_verify(trust, certificate, "authentication", now, &trusted, NULL) != 0
        || sas_psc_fallback_challenge(local, "ward", now, &challenge, NULL) != 0)
        fault("fallback", "challenge");
    if (sas_psc_fallback_finish(local, challenge, trusted, "pkcs1-sha256", "s", 1, false, now, &sign_in, NULL)
        != SAS_PSC_ERROR_FALLBACK_REALM)
        fault("fallback", "realm");
    sas_psc_danger_fallback_any_card(local, NULL);
    sas_psc_card_certificate_professional(certificate, &holder, NULL);
    if (sas_psc_fallback_finish(local, challenge, trusted, "pkcs1-sha256", "s", 1, false, now, &sign_in, NULL)
            != SAS_PSC_ERROR_POSSESSION_SIGNATURE
        || sas_psc_fallback_finish_found(local, challenge, trusted, "pkcs1-sha256", "s", 1, holder, 1, now, &sign_in, NULL)
            != SAS_PSC_ERROR_POSSESSION_REPLAYED
        || sign_in != NULL || sas_psc_local_sign_in_ends(NULL) != 0)
        fault("fallback", "a signature that is none");
    if (sas_psc_fallback_reconcile(local, holder, now, &text, NULL) != 0 || !same(sas_psc_string_data(text), "[]"))
        fault("fallback", "reconcile");
    sas_psc_string_free(text);
    if (sas_psc_fallback_waiting(local, now, &text, NULL) != 0 || !same(sas_psc_string_data(text), "[]"))
        fault("fallback", "waiting");
    sas_psc_string_free(text);
    sas_psc_fallback_close(local, NULL);
    sas_psc_local_sign_in_free(sign_in);
    sas_psc_professional_free(holder);
    sas_psc_card_challenge_free(challenge);
    sas_psc_trusted_certificate_free(trusted);
    sas_psc_card_certificate_free(certificate);
    sas_psc_card_trust_free(trust);
    sas_psc_fallback_free(local);
}

/* The cache, with the list of a case in the place of the site's. */
static void lists(const char *file)
{
    const char *address = "http://igc-sante.esante.gouv.fr/CRL/ACI-FO-PP.crl";
    sas_psc_crl_cache *cache = NULL, *again = NULL;
    sas_psc_card_trust *trust = NULL;
    sas_psc_string *text = NULL;
    static char list[65536];
    size_t length = 0;
    int64_t now = 1795600800000;
    FILE *read = fopen(file, "rb");

    if (read != NULL) {
        length = fread(list, 1, sizeof list, read);
        fclose(read);
    }
    sas_psc_danger_card_trust_of(authorities, &trust, NULL);
    sas_psc_crl_cache_new(&cache, NULL);
    if (sas_psc_crl_cache_want(cache, "http://169.254.169.254/", NULL) != SAS_PSC_ERROR_CRL_ADDRESS
        || sas_psc_crl_cache_want(cache, address, NULL) != 0)
        fault("lists", "want");
    if (sas_psc_crl_cache_next(cache, now, &text, NULL) != 0 || strstr(sas_psc_string_data(text), address) == NULL)
        fault("lists", "next");
    sas_psc_string_free(text);
    if (sas_psc_crl_cache_fetched(cache, address, list, length, "\"7\"", NULL, trust, now, NULL) != 0)
        fault("lists", "fetched");
    if (sas_psc_crl_cache_fetched(cache, address, "<html>", 6, NULL, NULL, trust, now, NULL)
        != SAS_PSC_ERROR_CRL_UNREADABLE)
        fault("lists", "a page in its place");
    sas_psc_crl_cache_unchanged(cache, address, now, NULL);
    sas_psc_crl_cache_failed(cache, address, 403, now, NULL);
    if (sas_psc_crl_cache_next(cache, now + 172800000, &text, NULL) != 0
        || strstr(sas_psc_string_data(text), "\"etag\":\"\\\"7\\\"\"") == NULL)
        fault("lists", "marks");
    sas_psc_string_free(text);
    if (sas_psc_crl_cache_to_stored(cache, &text, NULL) != 0
        || sas_psc_crl_cache_resume(sas_psc_string_data(text), sas_psc_string_len(text), trust, &again, NULL) != 0
        || sas_psc_crl_cache_apply(again, trust, NULL) != 0)
        fault("lists", "kept");
    sas_psc_string_free(text);
    sas_psc_crl_cache_free(again);
    sas_psc_crl_cache_free(cache);
    sas_psc_card_trust_free(trust);
}

int main(int argc, char **argv)
{
    int cards, possessions, pairs;

    if (argc != 8 || (authorities = whole(argv[4])) == NULL || *authorities == '\0')
        return 2;
    cards = each_case(argv[1], card);
    possessions = each_case(argv[2], possession);
    pairs = each_case(argv[3], crosscheck);
    choice(argv[5]);
    fallback(argv[6], argv[5]);
    lists(argv[7]);
    free(authorities);
    printf("%d cards, %d possessions, %d pairs, %d wrong\n", cards, possessions, pairs, wrong);
    return wrong != 0 || cards == 0 || possessions == 0 || pairs == 0;
}
