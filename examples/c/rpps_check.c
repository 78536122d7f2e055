/*
 * Checks RPPS numbers: one line each on stdout, what is wrong on stderr.
 *
 *     cc rpps_check.c $(pkg-config --cflags --libs sas-psc) -o rpps_check
 *     ./rpps_check 99700218896 99700218897
 */
#include <sas_psc.h>
#include <stdio.h>
#include <stdlib.h>

static int check(const char *text, const char *lang)
{
    sas_psc_error *error = NULL;
    sas_psc_rpps *rpps = NULL;

    if (sas_psc_rpps_parse(text, &rpps, &error) != 0) {
        printf("%s\tno\t%s\n", text, sas_psc_error_name(error));
        fprintf(stderr, "%s %s\n", sas_psc_error_message(error, lang), sas_psc_error_hint(error, lang));
        sas_psc_error_free(error);
        return 1;
    }
    printf("%s\tyes\t%s\n", sas_psc_rpps_text(rpps), sas_psc_rpps_is_test_number(rpps) ? "test number" : "");
    sas_psc_rpps_free(rpps);
    return 0;
}

int main(int argc, char **argv)
{
    int status = 0;
    int i;

    for (i = 1; i < argc; i++)
        status |= check(argv[i], getenv("LANG"));
    return status;
}
