/* The directory: an import, then every person of vectors/directory/people.jsonl, as Rust and Python find them.
 * Arguments: an empty folder, the extract, the people. */
#include <sas_psc.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef NDEBUG
#error "asserts are the test"
#endif

static sas_psc_directory_import *an_import(const char *folder, const char *file)
{
    sas_psc_directory_import *import = NULL;

    assert(sas_psc_directory_import_new(folder, &import, NULL) == 0);
    assert(sas_psc_directory_import_add_file(import, file, NULL) == 0);
    return import;
}

static void make(const char *folder, const char *file)
{
    sas_psc_directory_import *import = an_import(folder, file);
    sas_psc_string *imported = NULL;

    assert(sas_psc_directory_import_run(import, &imported, NULL) == 0);
    assert(strstr(sas_psc_string_data(imported), "\"rows\":11,\"people\":9,") != NULL);
    assert(strstr(sas_psc_string_data(imported), "\"rejected\":3,") != NULL);
    sas_psc_string_free(imported);
    sas_psc_directory_import_free(import);
}

/* A line of the file is the summary of a person, its first member the identifier. */
static int every_person(const sas_psc_directory *directory, const char *file)
{
    FILE *lines = fopen(file, "r");
    static char line[65536], wanted[65536 + 2];
    int people = 0;

    assert(lines != NULL);
    while (fgets(line, sizeof line, lines) != NULL) {
        char id[128];
        sas_psc_string *found = NULL;
        sas_psc_professional *person = NULL;

        line[strcspn(line, "\n")] = '\0';
        assert(sscanf(line, "{\"id_nat\":\"%127[^\"]", id) == 1);
        assert(sas_psc_directory_lookup(directory, id, &found, NULL) == 0);
        sprintf(wanted, "[%s]", line);
        assert(strcmp(sas_psc_string_data(found), wanted) == 0);
        assert(sas_psc_directory_find(directory, id, &person, NULL) == 0);
        assert(strcmp(sas_psc_professional_id_nat(person), id) == 0);
        sas_psc_professional_free(person);
        sas_psc_string_free(found);
        people++;
    }
    fclose(lines);
    return people;
}

static void answers(const sas_psc_directory *directory)
{
    sas_psc_string *people = NULL;
    sas_psc_professional *nobody = (sas_psc_professional *)1;
    sas_psc_error *error = NULL;

    assert(sas_psc_directory_find(directory, "99700366249", &nobody, NULL) == 0 && nobody == NULL);
    assert(sas_psc_directory_lookup(directory, "00000000099999", &people, NULL) == 0);
    assert(strcmp(sas_psc_string_data(people), "[]") == 0);
    sas_psc_string_free(people);
    assert(sas_psc_directory_search(directory, "la tour", "benedicte", NULL, NULL, NULL, 20, &people, NULL) == 0);
    assert(strncmp(sas_psc_string_data(people), "[{\"id_nat\":\"899700000104\",", 26) == 0);
    sas_psc_string_free(people);
    assert(sas_psc_directory_search(directory, NULL, NULL, NULL, NULL, NULL, 20, &people, &error) ==
           SAS_PSC_ERROR_DIRECTORY_QUESTION);
    assert(people == NULL && sas_psc_error_blame(error) == SAS_PSC_BLAME_CALLER);
    sas_psc_error_free(error);
    assert(strncmp(sas_psc_directory_attribution(directory), "Source : ANS, ", 14) == 0);
    assert(sas_psc_directory_meta(directory, &people, NULL) == 0);
    assert(strstr(sas_psc_string_data(people), "\"people\":9") != NULL);
    sas_psc_string_free(people);
    assert(sas_psc_directory_verify(directory, NULL) == 0);
}

/* What is refused leaves the index; nulls and what is not there are errors. */
static void refusals(const char *folder, const char *people)
{
    sas_psc_directory_import *import = an_import(folder, people);
    sas_psc_string *imported = (sas_psc_string *)1;
    sas_psc_directory *directory = (sas_psc_directory *)1;
    sas_psc_error *error = NULL;

    assert(sas_psc_directory_import_set_allow_shrink(import, NULL) == 0);
    assert(sas_psc_directory_import_run(import, &imported, &error) == SAS_PSC_ERROR_EXTRACT_HEADER);
    assert(imported == NULL && sas_psc_error_fact_word(error, "field") != NULL);
    sas_psc_error_free(error);
    sas_psc_directory_import_free(import);
    assert(sas_psc_directory_open("no such folder", &directory, NULL) == SAS_PSC_ERROR_DIRECTORY_MISSING);
    assert(directory == NULL && sas_psc_directory_person_count(NULL) == 0 && sas_psc_directory_attribution(NULL) == NULL);
    sas_psc_directory_free(NULL);
    sas_psc_directory_import_free(NULL);
}

int main(int argc, char **argv)
{
    sas_psc_directory *directory = NULL;
    sas_psc_string *delta = NULL;
    int people;

    assert(argc == 4);
    make(argv[1], argv[2]);
    assert(sas_psc_directory_open(argv[1], &directory, NULL) == 0);
    people = every_person(directory, argv[3]);
    assert(sas_psc_directory_person_count(directory) == (uint32_t)people);
    answers(directory);
    refusals(argv[1], argv[3]);
    assert(sas_psc_directory_delta(directory, argv[1], &delta, NULL) == 0);
    assert(strncmp(sas_psc_string_data(delta), "{\"arrived\":0,\"left\":0,\"changed\":0,", 34) == 0);
    sas_psc_string_free(delta);
    sas_psc_directory_free(directory);
    printf("%d people\n", people);
    return 0;
}
