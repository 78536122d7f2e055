/*
 * A PKCS#11 module with a keypad of its own (a protected authentication path), which SoftHSM has not: SoftHSM's with three
 * functions in front. The person is the file that SAS_PSC_PAD names: each line is what they do when the module asks, digits,
 * "cancel" or "nothing". Only the order of the function list is taken for granted (PKCS #11 v2.40, CK_FUNCTION_LIST).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long rv;
enum { GET_FUNCTION_LIST = 3, GET_TOKEN_INFO = 6, LOGIN = 18, FUNCTIONS = 68, FLAGS_AT = 96 };
enum { ARGUMENTS_BAD = 0x07, GENERAL_ERROR = 0x05, FUNCTION_CANCELED = 0x50, OWN_ENTRY = 0x100 };

struct list {
    unsigned char version[2];
    void *function[FUNCTIONS];
};

static struct list own;
static const struct list *real;

static rv token_info(unsigned long slot, unsigned char *info)
{
    rv (*next)(unsigned long, unsigned char *) = (rv (*)(unsigned long, unsigned char *))real->function[GET_TOKEN_INFO];
    rv result = next(slot, info);
    unsigned long flags;

    if (result == 0) {
        memcpy(&flags, info + FLAGS_AT, sizeof flags);
        flags |= OWN_ENTRY;
        memcpy(info + FLAGS_AT, &flags, sizeof flags);
    }
    return result;
}

/* What the person does now: the first line of the file, which is taken from it. */
static int next_line(char *line, size_t size)
{
    char rest[1024];
    const char *path = getenv("SAS_PSC_PAD");
    FILE *file = path == NULL ? NULL : fopen(path, "r");
    size_t length;

    if (file == NULL || fgets(line, (int)size, file) == NULL)
        return 0;
    line[strcspn(line, "\n")] = 0;
    length = fread(rest, 1, sizeof rest, file);
    fclose(file);
    file = fopen(path, "w");
    fwrite(rest, 1, length, file);
    fclose(file);
    return 1;
}

static rv login(unsigned long session, unsigned long user, unsigned char *pin, unsigned long length)
{
    rv (*next)(unsigned long, unsigned long, unsigned char *, unsigned long) =
        (rv (*)(unsigned long, unsigned long, unsigned char *, unsigned long))real->function[LOGIN];
    char line[64];

    /* A program has no business with the code here. */
    if (pin != NULL || length != 0)
        return ARGUMENTS_BAD;
    if (!next_line(line, sizeof line) || strcmp(line, "nothing") == 0 || strcmp(line, "cancel") == 0)
        return FUNCTION_CANCELED;
    return next(session, user, (unsigned char *)line, strlen(line));
}

rv C_GetFunctionList(struct list **list);

rv C_GetFunctionList(struct list **list)
{
    void *module = dlopen(getenv("SAS_PSC_SOFTHSM"), RTLD_NOW);
    rv (*get)(const struct list **) = module == NULL ? NULL : (rv (*)(const struct list **))dlsym(module, "C_GetFunctionList");

    if (get == NULL || get(&real) != 0)
        return GENERAL_ERROR;
    own = *real;
    own.function[GET_FUNCTION_LIST] = (void *)C_GetFunctionList;
    own.function[GET_TOKEN_INFO] = (void *)token_info;
    own.function[LOGIN] = (void *)login;
    *list = &own;
    return 0;
}
