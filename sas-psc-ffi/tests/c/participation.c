/*
 * Every case of vectors/participation, as Rust, Python and the command say. The cases come as lines (tests/lines.rs): name, kind,
 * compatible, now, settings, verdict.
 */
#include <sas_psc.h>
#include "cases.h"

static void verdict(char **f)
{
    sas_psc_error *error = NULL;
    sas_psc_string *found = NULL;
    bool compatible = f[2][0] == '1';

    if (f[1] == NULL)
        sas_psc_participation_check(f[4], compatible, NULL, &found, &error);
    else if (strcmp(f[1], "structure") == 0)
        sas_psc_participation_check_structure(f[4], compatible, NULL, &found, &error);
    else if (strcmp(f[1], "absences") == 0)
        sas_psc_participation_check_absences(f[4], compatible, NULL, strtoll(f[3], NULL, 10), &found, &error);
    else if (strcmp(f[1], "slot-days") == 0)
        sas_psc_participation_slot_days(f[4], compatible, NULL, strtoll(f[3], NULL, 10), &found, &error);
    else
        sas_psc_participation_check_slot(f[4], compatible, "fr", strtoll(f[3], NULL, 10), &found, &error);
    if (as_expected(f[0], "ok", NULL, error) && !same(sas_psc_string_data(found), f[5]))
        fault(f[0], sas_psc_string_data(found));
    sas_psc_string_free(found);
}

int main(int argc, char **argv)
{
    sas_psc_string *found = NULL;
    int cases;

    if (argc != 2)
        return 2;
    cases = each_case(argv[1], verdict);
    CHECK("none", sas_psc_participation_check("[]", false, "en", &found, NULL) == SAS_PSC_ERROR_SETTINGS_UNREADABLE);
    CHECK("english", sas_psc_participation_check_structure("{}", false, "en", &found, NULL) == 0
                         && strstr(sas_psc_string_data(found), "The structure has no number.") != NULL);
    sas_psc_string_free(found);
    printf("%d verdicts, %d wrong\n", cases, wrong);
    return wrong != 0;
}
