/* vectors/identifiers-grouped.csv and identifiers-fhir.csv: how numbers are shown, and how FHIR names them. */
#include <sas_psc.h>
#include <stdio.h>
#include <string.h>

/* Cuts a line into cells, some of them empty; null for an empty one. */
static void cut(char *line, char *cells[], int count)
{
    int i;

    line[strcspn(line, "\r\n")] = 0;
    for (i = 0; i < count; i++) {
        char *end = strchr(line, ',');

        cells[i] = *line == 0 || *line == ',' ? NULL : line;
        if (end == NULL)
            end = line + strlen(line);
        line = *end == 0 ? end : end + 1;
        *end = 0;
    }
}

static const char *text(const char *cell)
{
    return cell == NULL ? "" : cell;
}

static int shown_as(char *cells[])
{
    sas_psc_string *grouped = NULL;
    int right = sas_psc_id_grouped(cells[0], cells[1], &grouped, NULL) == 0 &&
                strcmp(sas_psc_string_data(grouped), cells[2]) == 0;

    sas_psc_string_free(grouped);
    return right;
}

static int named_as(char *cells[])
{
    sas_psc_string *found = NULL;
    sas_psc_error *error = NULL;
    char wanted[256];
    int right;

    if (sas_psc_id_fhir_read(cells[0], cells[1], text(cells[2]), &found, &error) != 0) {
        snprintf(wanted, sizeof wanted, "error %s", sas_psc_error_name(error));
        right = strcmp(wanted, cells[3]) == 0;
    } else {
        snprintf(wanted, sizeof wanted, "{\"kind\":\"%s\",\"value\":\"%s\",\"rpps\":%s%s%s}", cells[3], text(cells[4]),
                 cells[5] == NULL ? "null" : "\"", text(cells[5]), cells[5] == NULL ? "" : "\"");
        right = strcmp(wanted, sas_psc_string_data(found)) == 0;
    }
    sas_psc_string_free(found);
    sas_psc_error_free(error);
    return right;
}

int main(int argc, char **argv)
{
    int file, rows[2] = {0, 0}, wrong = 0;

    if (argc != 3)
        return 2;
    for (file = 0; file < 2; file++) {
        FILE *from = fopen(argv[1 + file], "r");
        char line[512], *cells[6];

        if (from == NULL || fgets(line, sizeof line, from) == NULL)
            return 2;
        while (fgets(line, sizeof line, from) != NULL) {
            cut(line, cells, file == 0 ? 3 : 6);
            rows[file]++;
            if (!(file == 0 ? shown_as(cells) : named_as(cells))) {
                wrong++;
                printf("%s row %d\n", argv[1 + file], rows[file]);
            }
        }
        fclose(from);
    }
    printf("%d grouped, %d of FHIR, %d wrong\n", rows[0], rows[1], wrong);
    return wrong != 0;
}
