/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frame: reads JSON arrays and JSON lines, or the files of a folder, runs every case, prints a line for each that fails, and counts.
 */
#include "vectors/vectors.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "support/test.h"

static const struct {
    const char *name;
    case_fn *run;
} kinds[] = {
    { "core", core_case },           { "utilities", utilities_case },
    { "templates", template_case },  { "automations", automation_case },
    { "household", household_case },
};

static size_t counts[4];        /* by verdict */
static const char *prefix = ""; /* of the ids that are run */

static case_fn *find_kind(const char *name)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (strcmp(kinds[i].name, name) == 0)
            return kinds[i].run;
    return NULL;
}

static HASS_CALLBACK void run_case(case_fn *run, const json_t *vector)
{
    static const char *const words[] = { "passed", "FAILED", "deviates", "skipped" };
    struct hass_buf why = HASS_BUF_INIT;
    const char *id = hass_json_get_string(vector, "id", "?");

    if (strncmp(id, prefix, strlen(prefix)) != 0)
        return;
    enum verdict verdict = run(vector, &why);
    counts[verdict]++;
    if (verdict != VERDICT_PASSED)
        printf("%s %s: %s\n", words[verdict], id, hass_buf_string(&why));
    hass_buf_fini(&why);
}

static HASS_CALLBACK void run_array(case_fn *run, const json_t *vectors)
{
    for (size_t i = 0; i < json_array_size(vectors); i++)
        run_case(run, json_array_get(vectors, i));
}

static HASS_CALLBACK void run_lines(case_fn *run, char *text, const char *path)
{
    char *rest = text;

    for (int number = 1; rest && *rest; number++) {
        char *line = strsep(&rest, "\n");
        json_error_t error;
        if (!*line)
            continue;
        /* Templates may have characters that JSON from outside may not. */
        autojson *vector = json_loads(line, JSON_ALLOW_NUL, &error);
        if (vector) {
            run_case(run, vector);
        } else {
            printf("FAILED %s:%d: %s\n", path, number, error.text);
            counts[VERDICT_FAILED]++;
        }
    }
}

static int is_case(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');

    return dot && strcmp(dot, ".yaml") == 0;
}

static HASS_CALLBACK void run_folder(case_fn *run, const char *path)
{
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, is_case, alphasort);

    test_require(count > 0, "%s: no files", path);
    for (int i = 0; i < count; i++) {
        autojson *vector =
            json_pack("{s:s%, s:o}", "id", entries[i]->d_name, strlen(entries[i]->d_name) - 5,
                      "path", json_sprintf("%s/%s", path, entries[i]->d_name));
        run_case(run, vector);
        free(entries[i]);
    }
    free(entries);
}

static bool is_folder(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static HASS_CALLBACK void run_file(case_fn *run, const char *path)
{
    autofree char *text = test_read_file(path);
    autojson *vectors = NULL;

    if (hass_json_parse(text, strlen(text), SIZE_MAX, &vectors, NULL) == 0 &&
        json_is_array(vectors))
        run_array(run, vectors);
    else
        run_lines(run, text, path);
}

static void print_counts(void)
{
    printf("%zu passed, %zu failed", counts[VERDICT_PASSED], counts[VERDICT_FAILED]);
    if (counts[VERDICT_DEVIATES])
        printf(", %zu deviate", counts[VERDICT_DEVIATES]);
    if (counts[VERDICT_SKIPPED])
        printf(", %zu skipped", counts[VERDICT_SKIPPED]);
    putchar('\n');
}

int main(int argc, char **argv)
{
    hass__assert_loop();
    case_fn *run = argc > 2 ? find_kind(argv[1]) : NULL;

    if (!run) {
        fprintf(stderr, "usage: vectors KIND FILE|FOLDER [PREFIX of ids]\n  KIND:");
        for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
            fprintf(stderr, " %s", kinds[i].name);
        fputc('\n', stderr);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0); // what was found is not lost with a crash
    test_without_check();
    test_logs(); // what the cases make the core log is not for the reader
    if (argc > 3)
        prefix = argv[3];
    if (is_folder(argv[2]))
        run_folder(run, argv[2]);
    else
        run_file(run, argv[2]);
    print_counts();
    return counts[VERDICT_FAILED] ? EXIT_FAILURE : EXIT_SUCCESS;
}
