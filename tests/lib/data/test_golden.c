/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Golden folders: tests/golden/{yaml,config,schema}/<case>/ holds the input, expected.json (the value) and expected.txt (the
 * diagnostics). Each folder is a test. With HASS_GOLDEN_UPDATE=1 the expectations are written instead; read the diff.
 */
#include <dirent.h>
#include <stdio.h>

#include <check.h>

#include <hass/buf.h>
#include <hass/json.h>
#include <hass/vec.h>

#include "base/mem.h"
#include "data/config_file.h"
#include "data/schema_check.h"
#include "data/yaml_load.h"
#include "golden_schema.h"

#define GOLDEN TEST_SOURCE "/tests/golden/"

/* What one case has to show. */
struct outcome {
    struct hass_buf json, text;
};

static void write_json(const json_t *value, struct hass_buf *buf)
{
    if (value)
        hass_json_write_pretty(value, buf);
    else
        hass_buf_add_string(buf, "nothing");
    hass_buf_add_char(buf, '\n');
}

static void run_yaml(const char *folder, struct outcome *outcome)
{
    struct diagnostics diagnostics = DIAGNOSTICS_INIT;
    struct yaml_marks *marks = yaml_marks_new();
    autofree char *path = mem_printf("%s/input.yaml", folder);
    autojson *value = NULL;

    yaml_load_file(folder, path, NULL, marks, &diagnostics, &value);
    write_json(value, &outcome->json);
    diagnostics_format(&diagnostics, &outcome->text);
    diagnostics_fini(&diagnostics);
    yaml_marks_unref(marks);
}

static void run_schema(const char *folder, struct outcome *outcome)
{
    struct diagnostics diagnostics = DIAGNOSTICS_INIT;
    struct yaml_marks *marks = yaml_marks_new();
    autofree char *path = mem_printf("%s/input.yaml", folder);
    autojson *value = NULL, *checked = NULL;

    ck_assert_int_eq(yaml_load_file(folder, path, NULL, marks, &diagnostics, &value), 0);
    schema_check_marked(golden_schema, value, marks, "golden", &diagnostics, &checked);
    write_json(checked, &outcome->json);
    diagnostics_format(&diagnostics, &outcome->text);
    diagnostics_fini(&diagnostics);
    yaml_marks_unref(marks);
}

static enum package_kind kind_of(const char *domain, void *userdata)
{
    if (strncmp(domain, "unknown", 7) == 0)
        return PACKAGE_UNKNOWN;
    return strcmp(domain, "light") == 0        ? PACKAGE_LIST
           : strcmp(domain, "input_text") == 0 ? PACKAGE_MAP
                                               : PACKAGE_BY_SHAPE;
}

/* Where the tests are differs from machine to machine. */
static void hide_folder(const char *folder, struct hass_buf *buf)
{
    char *at = buf->data ? strstr(buf->data, folder) : NULL;

    if (!at)
        return;
    autobuf hidden = HASS_BUF_INIT;
    hass_buf_add(&hidden, buf->data, (size_t)(at - buf->data));
    hass_buf_add_string(&hidden, "FOLDER");
    hass_buf_add_string(&hidden, at + strlen(folder));
    hass_buf_clear(buf);
    hass_buf_add_string(buf, hass_buf_string(&hidden));
}

static void run_config(const char *folder, struct outcome *outcome)
{
    struct config_file *file = config_file_load(folder, kind_of, NULL, NULL);

    diagnostics_format(&file->diagnostics, &outcome->text);
    hide_folder(folder, &outcome->text);
    autojson *both = json_pack("{s:O,s:O}", "core", file->core, "sections", file->sections);
    write_json(both, &outcome->json);
    config_file_destroy(file);
}

static const struct kind {
    const char *name;
    void (*run)(const char *folder, struct outcome *outcome);
} kinds[] = {
    { "yaml", run_yaml },
    { "schema", run_schema },
    { "config", run_config },
};

struct golden {
    const struct kind *kind;
    char *folder;
};

static HASS_VEC(struct golden) cases;

/* Compares with a file of the case, or writes it. */
static void compare(const struct golden *golden, const char *name, const struct hass_buf *buf)
{
    autofree char *path = mem_printf("%s/%s", golden->folder, name);

    if (getenv("HASS_GOLDEN_UPDATE")) {
        FILE *file = fopen(path, "w");
        ck_assert_ptr_nonnull(file);
        fputs(hass_buf_string(buf), file);
        fclose(file);
        return;
    }
    char expected[65536] = "";
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s is missing", path);
    size_t size = fread(expected, 1, sizeof(expected) - 1, file);
    fclose(file);
    expected[size] = 0;
    ck_assert_msg(strcmp(expected, hass_buf_string(buf)) == 0, "%s\n--- expected\n%s--- got\n%s",
                  path, expected, hass_buf_string(buf));
}

START_TEST(the_case_gives_what_is_expected)
{
    const struct golden *golden = &cases.data[_i];
    struct outcome outcome = { HASS_BUF_INIT, HASS_BUF_INIT };

    setenv("HASS_TEST_WORD", "from the environment", 1);
    golden->kind->run(golden->folder, &outcome);
    compare(golden, "expected.json", &outcome.json);
    compare(golden, "expected.txt", &outcome.text);
    hass_buf_fini(&outcome.json);
    hass_buf_fini(&outcome.text);
}
END_TEST

static void collect(const struct kind *kind)
{
    autofree char *folder = mem_printf(GOLDEN "%s", kind->name);
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);

    for (int i = 0; i < count; i++) {
        if (entries[i]->d_name[0] != '.')
            vec_push(&cases,
                     ((struct golden){ kind, mem_printf("%s/%s", folder, entries[i]->d_name) }));
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

int main(void)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        collect(&kinds[i]);
    Suite *suite = suite_create("golden");
    TCase *tcase = tcase_create("folders");
    tcase_add_loop_test(tcase, the_case_gives_what_is_expected, 0, (int)cases.length);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner) + (cases.length == 0);
    srunner_free(runner);
    vec_foreach(&cases, golden)
        free(golden->folder);
    vec_fini(&cases);
    return failed != 0;
}
