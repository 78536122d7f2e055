/*
 * A libpcsclite.so.1 of a test's own: every call goes to the test, at 127.0.0.1:PORT, which answers in the daemon's place. So
 * what a program does with the loaded library is done with this one, and a reader can be what pcscd has no virtual one for: one
 * with keys, one that lies. A call is a letter, a handle, a number, a length and bytes; an answer a result, a number, a length
 * and bytes. A number above the length of a control's or a command's answer is the length that is claimed.
 */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef long result;
typedef unsigned long number;
#define NO_SERVICE 0x8010001DL
#define TIMEOUT 0x8010000AL
#define INSUFFICIENT_BUFFER 0x80100008L
#define UNSUPPORTED 0x8010001FL
enum { ATR = 33, MOST = 4096 };

struct reader_state {
    const char *name;
    void *user_data;
    number current, event, atr_length;
    unsigned char atr[ATR];
};

struct answer {
    uint32_t result, number, length;
    unsigned char bytes[MOST];
};

static int whole(int line, void *bytes, size_t length, int out)
{
    unsigned char *at = bytes;
    ssize_t went;

    for (; length > 0; at += went, length -= (size_t)went)
        if ((went = out ? send(line, at, length, MSG_NOSIGNAL) : recv(line, at, length, 0)) <= 0)
            return 0;
    return 1;
}

/* Asks the test; without it there is no service. */
static result ask(char what, long handle, number value, const void *bytes, size_t length, struct answer *answer)
{
    struct sockaddr_in test = {.sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    uint32_t head[4] = {(uint32_t)what, (uint32_t)handle, (uint32_t)value, (uint32_t)length};
    int line = socket(AF_INET, SOCK_STREAM, 0), on = 1, good;

    setsockopt(line, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    good = connect(line, (struct sockaddr *)&test, sizeof test) == 0 && whole(line, head, sizeof head, 1)
        && whole(line, (void *)bytes, length, 1) && whole(line, answer, 12, 0) && answer->length <= MOST
        && whole(line, answer->bytes, answer->length, 0);
    close(line);
    return good ? (result)answer->result : NO_SERVICE;
}

/* What is told of a handle and brings nothing back. */
static result tell(char what, long handle, number value)
{
    struct answer answer;
    return ask(what, handle, value, "", 0, &answer);
}

/* Gives bytes to a caller who said how much room there is; a null place asks how much is needed. */
static result give(const struct answer *answer, number claimed, unsigned char *place, number *length)
{
    number room = *length;

    *length = claimed > answer->length ? claimed : answer->length;
    if (place == NULL)
        return 0;
    if (room < answer->length)
        return INSUFFICIENT_BUFFER;
    memcpy(place, answer->bytes, answer->length);
    return 0;
}

result SCardEstablishContext(number scope, const void *one, const void *two, long *context)
{
    *context = 1;
    (void)one, (void)two;
    return tell('E', 0, scope);
}

result SCardReleaseContext(long context) { return (void)context, 0; }
result SCardIsValidContext(long context) { return (void)context, 0; }
result SCardCancel(long context) { return (void)context, 0; }
result SCardGetAttrib(long card, number which, void *value, number *length) { return (void)card, (void)which, (void)value, (void)length, UNSUPPORTED; }
result SCardSetAttrib(long card, number which, const void *value, number length) { return (void)card, (void)which, (void)value, (void)length, UNSUPPORTED; }
result SCardDisconnect(long card, number disposition) { return tell('D', card, disposition); }
result SCardBeginTransaction(long card) { return tell('B', card, 0); }
result SCardEndTransaction(long card, number disposition) { return tell('N', card, disposition); }

result SCardListReaders(long context, const char *groups, char *readers, number *length)
{
    struct answer answer;
    result said = ask('L', context, 0, "", 0, &answer);

    (void)groups;
    return said ? said : give(&answer, 0, (unsigned char *)readers, length);
}

result SCardGetStatusChange(long context, number timeout, struct reader_state *states, number count)
{
    struct timespec slice = {0, 20000000};
    struct answer answer;
    int changed = 0;
    number at;
    result said;

    for (at = 0; at < count; at++) {
        states[at].event = states[at].current & ~2UL;
        if (states[at].name[0] == '\\')
            continue;
        said = ask('S', context, 0, states[at].name, strlen(states[at].name), &answer);
        if (said != 0)
            return said;
        states[at].event = answer.number;
        states[at].atr_length = answer.length < ATR ? answer.length : ATR;
        memcpy(states[at].atr, answer.bytes, states[at].atr_length);
        if ((states[at].current & 0xFFFF) != answer.number) {
            states[at].event |= 2;
            changed = 1;
        }
    }
    if (changed)
        return 0;
    if (timeout > 0)
        nanosleep(&slice, NULL);
    return TIMEOUT;
}

result SCardConnect(long context, const char *reader, number share, number protocols, long *card, number *protocol)
{
    struct answer answer;
    result said = ask('C', context, protocols, reader, strlen(reader), &answer);

    (void)share;
    *card = (long)answer.number;
    *protocol = said == 0 ? answer.bytes[0] : 0;
    return said;
}

result SCardReconnect(long card, number share, number protocols, number initialization, number *protocol)
{
    struct answer answer;
    result said = ask('R', card, initialization, "", 0, &answer);

    (void)share, (void)protocols;
    *protocol = said == 0 ? answer.number : 0;
    return said;
}

result SCardStatus(long card, char *name, number *name_length, number *state, number *protocol, unsigned char *atr, number *atr_length)
{
    struct answer answer;
    result said = ask('T', card, 0, "", 0, &answer);

    if (said != 0)
        return said;
    *state = 0x34;
    *protocol = answer.number;
    if (name != NULL && *name_length >= 2)
        memcpy(name, "\0", 2);
    *name_length = 2;
    return give(&answer, 0, atr, atr_length);
}

result SCardTransmit(long card, const void *send_pci, const unsigned char *out, number out_length, void *receive_pci,
                     unsigned char *in, number *in_length)
{
    struct answer answer;
    result said = ask('X', card, 0, out, out_length, &answer);

    (void)send_pci, (void)receive_pci;
    return said ? said : give(&answer, answer.number, in, in_length);
}

result SCardControl(long card, number code, const void *out, number out_length, void *in, number in_length, number *returned)
{
    struct answer answer;
    result said = ask('K', card, code, out, out_length, &answer);

    *returned = in_length;
    return said ? said : give(&answer, answer.number, in, returned);
}
