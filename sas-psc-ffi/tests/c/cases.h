/*
 * The cases of vectors/ as the C tests read them, and how they count what is wrong. tests/lines.rs writes each case as a line:
 * fields parted by tabs, percent-encoded, "-" for one that is absent. Include it after <sas_psc.h>.
 */
#ifndef CASES_H
#define CASES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS = 16 };

static int wrong = 0;

static inline void fault(const char *name, const char *what)
{
    wrong++;
    printf("%s: %s\n", name, what);
}

#define CHECK(name, condition) ((condition) ? (void)0 : fault(name, #condition))

static inline bool same(const char *one, const char *other)
{
    return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

/* Decodes a field in place; null for one that is absent. */
static inline char *decoded(char *field)
{
    char *from = field, *to = field;

    if (strcmp(field, "-") == 0)
        return NULL;
    while (*from != '\0') {
        if (*from == '%') {
            char digits[3] = {from[1], from[2], '\0'};
            *to++ = (char)strtol(digits, NULL, 16);
            from += 3;
        } else {
            *to++ = *from++;
        }
    }
    *to = '\0';
    return field;
}

/* Decodes base64 in place; returns the count of bytes. */
static inline size_t base64(char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned long bits = 0;
    size_t count = 0, held = 0;
    char *from;

    for (from = text; *from != '\0' && *from != '='; from++) {
        bits = (bits << 6 | (unsigned long)(strchr(digits, *from) - digits)) & 0xFFFFFF;
        held += 6;
        if (held >= 8) {
            held -= 8;
            text[count++] = (char)(bits >> held & 0xFF);
        }
    }
    return count;
}

/* Cuts a line into its fields, FIELDS of them, null where there are none; the line after it, or null. */
static inline char *cut(char *line, char **fields)
{
    char *end = strchr(line, '\n'), *next = line;
    int count = 0;

    memset(fields, 0, FIELDS * sizeof *fields);
    if (end != NULL)
        *end++ = '\0';
    while (next != NULL && count < FIELDS) {
        char *tab = strchr(next, '\t');
        if (tab != NULL)
            *tab++ = '\0';
        fields[count++] = decoded(next);
        next = tab;
    }
    return end;
}

/* A whole file as text, to be freed; null when it cannot be read. */
static inline char *whole(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    long size;

    if (file == NULL)
        return NULL;
    fseek(file, 0, SEEK_END);
    size = ftell(file);
    rewind(file);
    text = calloc((size_t)size + 1, 1);
    if (text != NULL && fread(text, 1, (size_t)size, file) != (size_t)size)
        text[0] = '\0';
    fclose(file);
    return text;
}

/* Plays every case of a file; how many there were. */
static inline int each_case(const char *path, void (*one)(char **))
{
    char *text = whole(path), *line = text, *fields[FIELDS];
    int cases = 0;

    for (; line != NULL && *line != '\0'; cases++) {
        line = cut(line, fields);
        one(fields);
    }
    free(text);
    return cases;
}

/* Whether a call ended as the case says: its code, and the claim or the field that it names. Frees the error. */
static inline bool as_expected(const char *name, const char *expect, const char *about, sas_psc_error *error)
{
    const char *claim = sas_psc_error_fact_word(error, "claim"), *field = sas_psc_error_fact_word(error, "field");

    if (!same(error == NULL ? "ok" : sas_psc_error_name(error), expect))
        fault(name, error == NULL ? "accepted" : sas_psc_error_name(error));
    else if (!same(claim != NULL ? claim : field, about))
        fault(name, "names another part");
    sas_psc_error_free(error);
    return error == NULL;
}

/* An answer of a case: "answer", status, body, then the headers. */
static inline sas_psc_response *response_of(char **answer)
{
    sas_psc_response *response = NULL;
    int i;

    sas_psc_response_new(strtoul(answer[1], NULL, 10), answer[2], strlen(answer[2]), &response, NULL);
    for (i = 3; i + 1 < FIELDS && answer[i] != NULL; i += 2)
        sas_psc_response_add_header(response, answer[i], answer[i + 1], NULL);
    return response;
}

#endif
