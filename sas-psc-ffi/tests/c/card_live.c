/*
 * A program that holds its reader itself: the simulator's card over the wire that vpcd would speak with it, power and then
 * command and answer. card_live SIMULATOR GENERATION; what it prints is what came of each dialogue.
 */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <sas_psc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int line = -1;

static void need(int right, const char *what)
{
    if (!right) {
        fprintf(stderr, "card_live: %s\n", what);
        exit(2);
    }
}

static void put(const void *bytes, size_t length)
{
    unsigned char size[2];

    size[0] = (unsigned char)(length >> 8);
    size[1] = (unsigned char)length;
    need(write(line, size, 2) == 2 && write(line, bytes, length) == (ssize_t)length, "the card is gone");
}

static void get(unsigned char *bytes, size_t length)
{
    for (size_t at = 0; at < length;) {
        ssize_t more = read(line, bytes + at, length - at);
        need(more > 0, "no answer");
        at += (size_t)more;
    }
}

static size_t answer(unsigned char *bytes, size_t most)
{
    unsigned char size[2];
    size_t length;

    get(size, 2);
    length = (size_t)size[0] << 8 | size[1];
    need(length <= most, "a long answer");
    get(bytes, length);
    return length;
}

/* Plays a dialogue, as within a transaction, and prints what it came to: a part of its result, or the error. */
static void play(const char *name, sas_psc_card_dialogue *dialogue, const char *part)
{
    unsigned char bytes[512];
    sas_psc_error *error = NULL;
    sas_psc_string *command = NULL, *result = NULL;
    uint32_t feature = 9;
    uint64_t left = 0;
    int exchanges = 0;

    while (sas_psc_card_dialogue_step(dialogue, &command, &feature, &error) == 0 && command != NULL) {
        need(feature == 0, "no keys were told");
        put(sas_psc_string_data(command), sas_psc_string_len(command));
        sas_psc_string_free(command);
        sas_psc_card_dialogue_answered(dialogue, bytes, answer(bytes, sizeof bytes), NULL);
        exchanges++;
    }
    if (sas_psc_card_dialogue_must_reset(dialogue))
        put("\2", 1);
    if (error != NULL) {
        printf("%s: %s", name, sas_psc_error_name(error));
        if (sas_psc_error_fact_number(error, "pin_tries_left", &left))
            printf(", %u left", (unsigned)left);
        putchar('\n');
    } else {
        need(sas_psc_card_dialogue_json(dialogue, &result, NULL) == 0, "no result");
        printf("%s: %s after %d\n", name, strstr(sas_psc_string_data(result), part) ? "as expected" : sas_psc_string_data(result),
               exchanges);
    }
    sas_psc_error_free(error);
    sas_psc_string_free(result);
    sas_psc_card_dialogue_free(dialogue);
}

/* Starts the simulator's card and takes its connection. */
static pid_t start(const char *simulator, const char *generation)
{
    struct sockaddr_in here;
    socklen_t size = sizeof here;
    int listener = socket(AF_INET, SOCK_STREAM, 0), input[2];
    char address[32];
    pid_t child;

    memset(&here, 0, sizeof here);
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    need(bind(listener, (struct sockaddr *)&here, size) == 0 && listen(listener, 1) == 0, "no port");
    need(getsockname(listener, (struct sockaddr *)&here, &size) == 0 && pipe(input) == 0, "no port");
    snprintf(address, sizeof address, "127.0.0.1:%d", ntohs(here.sin_port));
    if ((child = fork()) == 0) {
        dup2(input[0], 0);
        close(input[0]);
        close(input[1]);
        need(freopen("/dev/null", "w", stdout) != NULL, "no /dev/null");
        execl(simulator, simulator, "card", "--generation", generation, "--vpcd", address, (char *)NULL);
        _exit(127);
    }
    close(input[0]);
    need(child > 0 && (line = accept(listener, NULL, NULL)) >= 0, "no card");
    close(listener);
    return child;
}

int main(int argc, char **argv)
{
    unsigned char atr[33];
    size_t atr_len;
    sas_psc_card_cache *cache = NULL;
    sas_psc_card *card = NULL;
    sas_psc_card_dialogue *dialogue = NULL;
    sas_psc_string *session = NULL;
    pid_t child;

    need(argc == 3, "card_live SIMULATOR GENERATION");
    child = start(argv[1], argv[2]);
    put("\1", 1);
    put("\4", 1);
    atr_len = answer(atr, sizeof atr);
    setenv("SESSIONNAME", "RDP-Tcp#3", 1);
    sas_psc_readers_session(&session, NULL);
    need(strcmp(sas_psc_string_data(session), "rdp") == 0, "a remote session");
    sas_psc_string_free(session);
    sas_psc_card_cache_new(&cache, NULL);
    need(sas_psc_card_new(cache, atr, atr_len, strcmp(argv[2], "cps3") != 0, &card, NULL) == 0, "no card");

    sas_psc_card_read(card, &dialogue, NULL);
    play("read", dialogue, "\"serial\":\"99000001\",\"pin\":\"needed\",\"pin_tries_left\":3");
    sas_psc_card_sign(card, "authentication", "pkcs1-sha256", "a message", 9, "1234", false, &dialogue, NULL);
    play("sign", dialogue, "\"algorithm\":\"pkcs1-sha256\",\"usage\":\"authentication\"");
    sas_psc_card_pin_status(card, &dialogue, NULL);
    play("the PIN was dropped", dialogue, "{\"pin\":\"needed\",\"pin_tries_left\":3}");
    for (int wrong = 0; wrong < 2; wrong++) {
        sas_psc_card_sign(card, "signature", "pkcs1-sha256", "a message", 9, "0000", false, &dialogue, NULL);
        play("wrong", dialogue, "");
    }
    sas_psc_card_sign(card, "signature", "pkcs1-sha256", "a message", 9, "1234", false, &dialogue, NULL);
    play("the last try is kept", dialogue, "");
    sas_psc_card_sign(card, "signature", "pkcs1-sha256", "a message", 9, "0000", true, &dialogue, NULL);
    play("spent", dialogue, "");
    sas_psc_card_unblock(card, "12345678", "4321", false, &dialogue, NULL);
    play("unblock", dialogue, "{}");
    sas_psc_card_change_pin(card, "4321", "1234", false, &dialogue, NULL);
    play("change", dialogue, "{}");
    sas_psc_card_sign(card, "authentication", "pkcs1-sha256", "a message", 9, NULL, false, &dialogue, NULL);
    play("without a PIN", dialogue, "");
    sas_psc_card_set_expected(card, "99000002", NULL);
    sas_psc_card_read(card, &dialogue, NULL);
    play("another card's session", dialogue, "");

    sas_psc_card_free(card);
    sas_psc_card_cache_free(cache);
    close(line);
    kill(child, SIGTERM);
    waitpid(child, NULL, 0);
    return 0;
}
