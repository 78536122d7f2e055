/*
 * Every dialogue of vectors/card, played byte for byte as Rust and Python play it: card_dialogues FOLDER CASE...
 * A case is a file of lines "> command" and "< answer" in hexadecimal, with "# expected: " in its header.
 */
#include <sas_psc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 2048 };

static const unsigned char ATR[] = {0x3B, 0xAC, 0x00, 0x40, 0x2A, 0x00, 0x12, 0x25, 0x00,
                                    0x64, 0x80, 0x00, 0x03, 0x10, 0x00, 0x90, 0x00};
static const unsigned char HASH[] = {0x71, 0x73, 0x0e, 0x80, 0x34, 0x91, 0x56, 0x8d, 0x6f, 0x7b, 0xec,
                                     0x13, 0x02, 0x5e, 0xc1, 0x39, 0xef, 0xb6, 0xb1, 0x59, 0xa0, 0xc4,
                                     0x68, 0x13, 0x0f, 0x27, 0xf9, 0xbe, 0x5e, 0x6e, 0xee, 0xce};
static int wrong = 0;

static void fault(const char *name, const char *what)
{
    wrong++;
    printf("%s: %s\n", name, what);
}

/* Reads the bytes of a line; how many there are. */
static size_t bytes_of(const char *text, unsigned char *bytes)
{
    size_t count = 0;
    unsigned byte;
    int used;

    while (count < LINE && sscanf(text, "%2x%n", &byte, &used) == 1) {
        bytes[count++] = (unsigned char)byte;
        text += used;
    }
    return count;
}

static sas_psc_card_dialogue *begin(const sas_psc_card *card, const char *name, sas_psc_error **error)
{
    sas_psc_card_dialogue *dialogue = NULL;

    if (strstr(name, "read") != NULL)
        sas_psc_card_read(card, &dialogue, error);
    else if (strstr(name, "change-pin") != NULL)
        sas_psc_card_change_pin(card, "1234", "1234", false, &dialogue, error);
    else if (strstr(name, "unblock") != NULL)
        sas_psc_card_unblock(card, "12345678", "1234", false, &dialogue, error);
    else
        sas_psc_card_sign_hash(card, strstr(name, "signature-key") != NULL ? "signature" : "authentication",
                               "pkcs1-sha256", HASH, sizeof HASH, "1234", false, &dialogue, error);
    return dialogue;
}

/* Plays a case with a card; whether it came to its end. */
static void play(const sas_psc_card *card, const char *folder, const char *name)
{
    static char path[4096], line[16384], expected[256], found[256];
    static unsigned char bytes[LINE];
    sas_psc_error *error = NULL;
    sas_psc_card_dialogue *dialogue = begin(card, name, &error);
    sas_psc_string *command = NULL, *result = NULL;
    uint32_t feature = 0;
    int exchanges = 0;
    FILE *file;

    snprintf(path, sizeof path, "%s/%s.txt", folder, name);
    if ((file = fopen(path, "r")) == NULL || dialogue == NULL) {
        fault(name, "cannot be read");
        return;
    }
    while (fgets(line, sizeof line, file) != NULL) {
        size_t count = bytes_of(line + 1, bytes);
        if (line[0] == '#') {
            sscanf(line, "# expected: %255[^\n]", expected);
        } else if (line[0] == '>') {
            if (sas_psc_card_dialogue_step(dialogue, &command, &feature, &error) != 0 || command == NULL) {
                fault(name, "it ended early");
                break;
            }
            if (sas_psc_string_len(command) != count || memcmp(sas_psc_string_data(command), bytes, count) != 0)
                fault(name, "another command");
            sas_psc_string_free(command);
            exchanges++;
        } else if (line[0] == '<') {
            sas_psc_card_dialogue_answered(dialogue, bytes, count, NULL);
        }
    }
    fclose(file);
    if (error == NULL && sas_psc_card_dialogue_step(dialogue, &command, &feature, &error) == 0 && command != NULL)
        fault(name, "one command more");
    if (error != NULL) {
        snprintf(found, sizeof found, "%s", sas_psc_error_name(error));
    } else if (sas_psc_card_dialogue_json(dialogue, &result, NULL) == 0) {
        char word[32] = "";
        sscanf(expected, "%31[^,]", word);
        snprintf(found, sizeof found, "%s, %d exchanges", word, exchanges);
        if (strcmp(word, "signed") == 0 && strstr(sas_psc_string_data(result), "\"algorithm\":\"pkcs1-sha256\"") == NULL)
            fault(name, "no signature");
        if (strcmp(word, "read") == 0 && strstr(sas_psc_string_data(result), "\"pin_tries_left\":3") == NULL)
            fault(name, "not read");
    }
    if (strcmp(expected, found) != 0)
        fault(name, found);
    if (strcmp(name, "cps3-sign-warm") == 0 && !sas_psc_card_dialogue_must_reset(dialogue))
        fault(name, "the PIN would stay verified");
    sas_psc_error_free(error);
    sas_psc_string_free(result);
    sas_psc_card_dialogue_free(dialogue);
}

int main(int argc, char **argv)
{
    for (int at = 2; at < argc; at++) {
        sas_psc_card_cache *cache = NULL;
        sas_psc_card *card = NULL;
        const char *name = argv[at];

        sas_psc_card_cache_new(&cache, NULL);
        sas_psc_card_new(cache, ATR, sizeof ATR, false, &card, NULL);
        if (strstr(name, "read-warm") != NULL)
            play(card, argv[1], "cps3-read");
        else if (strstr(name, "cold") == NULL && strstr(name, "read") == NULL)
            play(card, argv[1], "cps3-sign-cold");
        if (strstr(name, "known-path") != NULL)
            sas_psc_card_cache_forget_certificates(cache, NULL);
        play(card, argv[1], name);
        sas_psc_card_free(card);
        sas_psc_card_cache_free(cache);
    }
    printf("%d dialogues, %d wrong\n", argc - 2, wrong);
    return wrong != 0;
}
