/* Every row of vectors/identifiers.csv, through sas_psc_id_check: the answers are those of Rust and Python. */
#include <sas_psc.h>
#include <stdio.h>
#include <string.h>

/* The kind of a row, as sas_psc_id_check names it. */
static const char *kind_of(const char *row)
{
    static const char *const names[][2] = {
        {"idnat_struct", "structure"},  {"struct_technical", "structure-technical"},
        {"cpx_card_number", "card-number"}, {"psc_other", "opaque"},
        {"psc_psi", "opaque"},
    };
    size_t i;

    if (strncmp(row, "idnat_ps", 8) == 0)
        return "id-nat";
    for (i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(row, names[i][0]) == 0)
            return names[i][1];
    return row;
}

/* What the JSON must hold for a row that says true, false or format-only. */
static const char *wanted(const char *valid)
{
    if (strcmp(valid, "true") == 0)
        return "\"valid\":true,\"checked\":\"key\"";
    return strcmp(valid, "false") == 0 ? "\"valid\":false," : "\"valid\":true,\"checked\":\"format\"";
}

int main(int argc, char **argv)
{
    FILE *file = argc > 1 ? fopen(argv[1], "r") : NULL;
    char line[1024];
    int rows = 0, wrong = 0;

    if (file == NULL || fgets(line, sizeof line, file) == NULL)
        return 2;
    while (fgets(line, sizeof line, file) != NULL) {
        const char *value = strtok(line, ","), *kind = strtok(NULL, ","), *valid = strtok(NULL, ",");
        sas_psc_error *error = NULL;
        sas_psc_string *found = NULL;
        int32_t code = sas_psc_id_check(kind_of(kind), value, false, &found, &error);

        rows++;
        if (code != 0 || strstr(sas_psc_string_data(found), wanted(valid)) == NULL) {
            wrong++;
            printf("%s as %s: %s\n", value, kind, code != 0 ? sas_psc_error_name(error) : sas_psc_string_data(found));
        }
        sas_psc_string_free(found);
        sas_psc_error_free(error);
    }
    fclose(file);
    printf("%d rows, %d wrong\n", rows, wrong);
    return wrong != 0 || rows == 0;
}
