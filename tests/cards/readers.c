/*
 * A program in C at a reader of pcscd that has the simulator's card: readers list|all; at one with keys: readers keys. What
 * came of each step is printed.
 * tests/tests/counterpart_readers builds on it.
 */
#include <sas_psc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SOON = 20000 };

/* Waits for a work and says what it came to: whether a part is in its result, or the error. */
static void told(const char *name, int32_t begun, sas_psc_card_work *work, const char *part)
{
    sas_psc_error *error = NULL;
    sas_psc_string *result = NULL;
    uint64_t left = 0;

    if (begun != 0) {
        printf("%s: not begun, %d\n", name, (int)begun);
    } else if (sas_psc_card_work_wait(work, SOON, &result, &error) == 0) {
        printf("%s: %s\n", name, strstr(sas_psc_string_data(result), part) ? "as expected" : sas_psc_string_data(result));
    } else {
        printf("%s: %s", name, sas_psc_error_name(error));
        if (sas_psc_error_fact_number(error, "pin_tries_left", &left))
            printf(", %u left", (unsigned)left);
        putchar('\n');
    }
    sas_psc_error_free(error);
    sas_psc_string_free(result);
    sas_psc_card_work_free(work);
}

static void list(const sas_psc_readers *readers, const char *part)
{
    sas_psc_card_work *work = NULL;
    int32_t begun = sas_psc_readers_list(readers, &work, NULL);

    told("list", begun, work, part);
}

static void sign(const sas_psc_readers *readers, const char *name, const char *pin)
{
    sas_psc_card_work *work = NULL;
    int32_t begun = sas_psc_readers_sign(readers, NULL, "authentication", "pkcs1-sha256", "a message", 9, pin, false, &work, NULL);

    told(name, begun, work, "\"algorithm\":\"pkcs1-sha256\"");
}

static void key(const sas_psc_readers *readers)
{
    sas_psc_card_key *key = NULL;
    sas_psc_error *error = NULL;
    sas_psc_string *text = NULL, *der = NULL, *signature = NULL;
    sas_psc_card_certificate *certificate = NULL;

    printf("key, wrong PIN: %s\n",
           sas_psc_card_key_in_reader(readers, NULL, "0000", false, &key, &error) == 0 ? "made" : sas_psc_error_name(error));
    sas_psc_error_free(error);
    if (sas_psc_card_key_in_reader(readers, NULL, "1234", false, &key, NULL) != 0)
        exit(2);
    sas_psc_card_key_schemes(key, &text, NULL);
    printf("key: %s\n", sas_psc_string_data(text));
    sas_psc_card_key_certificate(key, &der, NULL);
    sas_psc_card_certificate_read(sas_psc_string_data(der), sas_psc_string_len(der), &certificate, NULL);
    if (sas_psc_card_key_sign(key, "pkcs1-sha512", "a message", 9, &signature, NULL) != 0)
        exit(2);
    printf("signed: %d\n",
           (int)sas_psc_card_certificate_check_signature(certificate, "pkcs1-sha512", "a message", 9, sas_psc_string_data(signature),
                                                         sas_psc_string_len(signature), NULL));
    sas_psc_string_free(text);
    sas_psc_string_free(der);
    sas_psc_string_free(signature);
    sas_psc_card_certificate_free(certificate);
    sas_psc_card_key_free(key);
}

/* A card that never comes is waited for, until that is given up. */
static void wait(const sas_psc_readers *readers)
{
    sas_psc_card_work *work = NULL;
    sas_psc_string *result = NULL;

    sas_psc_readers_wait_for_card(readers, "Virtual PCD 00 01", &work, NULL);
    printf("waiting: %s\n", sas_psc_card_work_wait(work, 300, &result, NULL) == SAS_PSC_ERROR_NOT_DONE ? "not done" : "done");
    sas_psc_card_work_cancel(work, NULL);
    told("given up", 0, work, "");
}

static void watch(const sas_psc_readers *readers)
{
    sas_psc_card_watch *watch = NULL;
    sas_psc_string *event = NULL;
    int found = 0;

    sas_psc_card_watch_new(readers, &watch, NULL);
    while (!found && sas_psc_card_watch_next(watch, SOON, &event, NULL) == 0) {
        found = strstr(sas_psc_string_data(event), "\"event\":\"card-inserted\",\"reader\":\"Virtual PCD 00 00\",\"card\":\"cps3\"") != NULL;
        sas_psc_string_free(event);
    }
    printf("watched: %s\n", found ? "the card" : "nothing");
    printf("nothing more: %s\n", sas_psc_card_watch_next(watch, 0, &event, NULL) == SAS_PSC_ERROR_NOT_DONE ? "yes" : "no");
    sas_psc_card_watch_free(watch);
}

/* The person types on the reader: signs, changes the PIN, and changes their mind. */
static void keys(const sas_psc_readers *readers)
{
    sas_psc_card_work *work = NULL;
    int32_t begun = sas_psc_readers_pinpad(readers, NULL, false, &work, NULL);

    told("keys", begun, work, "true");
    begun = sas_psc_readers_pinpad(readers, NULL, true, &work, NULL);
    told("keys for a change", begun, work, "true");
    sign(readers, "sign", NULL);
    begun = sas_psc_readers_change_pin_on_pinpad(readers, NULL, false, &work, NULL);
    told("change", begun, work, "{}");
    begun = sas_psc_readers_change_pin_on_pinpad(readers, NULL, false, &work, NULL);
    told("cancelled", begun, work, "{}");
    sign(readers, "wrong", NULL);
}

int main(int argc, char **argv)
{
    sas_psc_readers *readers = NULL;
    sas_psc_card_work *work = NULL;
    int32_t begun;

    sas_psc_readers_new(&readers, NULL);
    if (argc == 2 && strcmp(argv[1], "list") == 0) {
        list(readers, "Virtual PCD");
    } else if (argc == 2 && strcmp(argv[1], "keys") == 0) {
        keys(readers);
    } else {
        list(readers, "\"reader\":\"Virtual PCD 00 00\",\"card\":\"cps3\"");
        begun = sas_psc_readers_read(readers, NULL, &work, NULL);
        told("read", begun, work, "\"serial\":\"99000001\",\"pin\":\"needed\",\"pin_tries_left\":3");
        begun = sas_psc_readers_pinpad(readers, NULL, false, &work, NULL);
        told("keys", begun, work, "false");
        sign(readers, "sign", "1234");
        sign(readers, "wrong", "0000");
        sign(readers, "without a PIN", NULL);
        begun = sas_psc_readers_pin_status(readers, NULL, &work, NULL);
        told("status", begun, work, "{\"pin\":\"needed\",\"pin_tries_left\":2}");
        begun = sas_psc_readers_change_pin(readers, NULL, "1234", "4321", false, &work, NULL);
        told("change", begun, work, "{}");
        begun = sas_psc_readers_unblock(readers, NULL, "12345678", "1234", false, &work, NULL);
        told("unblock", begun, work, "{}");
        key(readers);
        wait(readers);
        watch(readers);
        sas_psc_readers_set_expected(readers, "99000002", NULL);
        sign(readers, "another session", "1234");
    }
    sas_psc_readers_free(readers);
    return 0;
}
