/* Every value of vectors/identifiers.csv as one Arrow array: each row is judged as sas_psc_id_check judges its value. */
#include <assert.h>
#include <sas_psc.h>
#include <stdio.h>
#include <string.h>

#ifdef NDEBUG
#error "asserts are the test"
#endif

/* As the Arrow C data interface publishes them. */
struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

static int32_t ends[1000];
static char bytes[100000];
static const void *buffers[3] = {NULL, ends, bytes};
static int released, sent;

static void release_array(struct ArrowArray *array)
{
    released++;
    array->release = NULL;
}

static void release_schema(struct ArrowSchema *schema)
{
    schema->release = NULL;
}

static void release_stream(struct ArrowArrayStream *stream)
{
    stream->release = NULL;
}

static struct ArrowSchema column_of(const char *format)
{
    struct ArrowSchema schema = {NULL, "number", NULL, 2, 0, NULL, NULL, release_schema, NULL};

    schema.format = format;
    return schema;
}

static struct ArrowArray lend(int64_t rows)
{
    struct ArrowArray array = {0, 0, 0, 3, 0, buffers, NULL, NULL, release_array, NULL};

    array.length = rows;
    return array;
}

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *schema)
{
    (void)stream;
    *schema = column_of("u");
    return 0;
}

/* The same array twice, then the end, or an errno where the stream has private data. */
static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *array)
{
    memset(array, 0, sizeof *array);
    if (sent++ >= 2)
        return stream->private_data == NULL ? 0 : 5;
    *array = lend(3);
    return 0;
}

static bool bit(const struct ArrowArray *array, int64_t row)
{
    return ((const unsigned char *)array->buffers[1])[row / 8] >> (row % 8) & 1;
}

static void streams(void)
{
    const struct ArrowArrayStream whole = {get_schema, get_next, NULL, release_stream, NULL};
    struct ArrowArrayStream stream = whole, answer;
    struct ArrowArray array;
    int chunks = 0;

    released = 0;
    assert(sas_psc_ids_check_stream("rpps", NULL, false, &stream, &answer, NULL) == 0 && stream.release == NULL);
    while (answer.get_next(&answer, &array) == 0 && array.release != NULL) {
        assert(array.length == 3 && array.n_children == 4);
        chunks++;
        array.release(&array);
    }
    answer.release(&answer);
    assert(chunks == 2 && released == 2);

    sent = 0;
    stream = whole;
    stream.private_data = &sent;
    assert(sas_psc_ids_check_stream("rpps", NULL, false, &stream, &answer, NULL) == SAS_PSC_ERROR_ARROW_SOURCE);
    assert(stream.release == NULL && answer.release == NULL && released == 4);
}

static void refusals(int64_t rows)
{
    struct ArrowSchema texts = column_of("u"), floats = column_of("g"), answer_schema;
    struct ArrowArray array = lend(rows), answer;

    released = 0;
    assert(sas_psc_ids_check_array("nir", NULL, false, &texts, &array, &answer_schema, &answer, NULL) ==
           SAS_PSC_ERROR_ID_KIND_UNKNOWN);
    assert(array.release == NULL && answer.release == NULL && answer_schema.release == NULL && released == 1);
    array = lend(rows);
    assert(sas_psc_ids_check_array(NULL, NULL, false, &floats, &array, &answer_schema, &answer, NULL) ==
           SAS_PSC_ERROR_ID_COLUMN_TYPE);
    array = lend(-1);
    assert(sas_psc_ids_check_array(NULL, NULL, false, &texts, &array, &answer_schema, &answer, NULL) ==
           SAS_PSC_ERROR_ARROW_MALFORMED);
    assert(sas_psc_ids_check_array(NULL, NULL, false, &texts, NULL, &answer_schema, &answer, NULL) ==
           SAS_PSC_ERROR_NULL_ARGUMENT);
    assert(released == 3);
}

int main(int argc, char **argv)
{
    FILE *file = argc > 1 ? fopen(argv[1], "r") : NULL;
    struct ArrowSchema texts = column_of("u"), answer_schema;
    struct ArrowArray array, answer;
    char line[1024], value[1024];
    int64_t rows = 0, row, wrong = 0;

    if (file == NULL || fgets(line, sizeof line, file) == NULL)
        return 2;
    while (fgets(line, sizeof line, file) != NULL) {
        size_t length = strcspn(line, ",");

        memcpy(bytes + ends[rows], line, length);
        ends[rows + 1] = ends[rows] + (int32_t)length;
        rows++;
    }
    fclose(file);
    array = lend(rows);
    assert(sas_psc_ids_check_array(NULL, NULL, false, &texts, &array, &answer_schema, &answer, NULL) == 0);
    assert(array.release == NULL && answer.length == rows && answer.n_children == 5);
    assert(strcmp(answer_schema.format, "+s") == 0 && strcmp(answer_schema.children[0]->name, "valid") == 0);
    for (row = 0; row < rows; row++) {
        size_t length = (size_t)(ends[row + 1] - ends[row]);
        sas_psc_string *found = NULL;

        memcpy(value, bytes + ends[row], length);
        value[length] = 0;
        assert(sas_psc_id_check(NULL, value, false, &found, NULL) == 0);
        if (bit(answer.children[0], row) != (strstr(sas_psc_string_data(found), "\"valid\":true") != NULL)) {
            wrong++;
            printf("%s\n", sas_psc_string_data(found));
        }
        sas_psc_string_free(found);
    }
    assert(released == 0);
    answer_schema.release(&answer_schema);
    answer.release(&answer);
    assert(released == 1);
    refusals(rows);
    streams();
    printf("%d rows, %d wrong\n", (int)rows, (int)wrong);
    return wrong != 0 || rows == 0;
}
