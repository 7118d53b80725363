/* SPDX-License-Identifier: Apache-2.0 */
/* Importable templates: which files they are, and that a bad one harms nobody. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "helpers/template_hass.h"
#include "support/cases.h"
#include "support/render.h"

static HASS_COROUTINE int load(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_template_async_load_custom(hass, err);
}

static struct hass *loaded(void) HASS__ANALYSIS(assert_capability(hass_loop));
static struct hass *loaded(void)
{
    struct hass *hass = test_hass();

    ck_assert_int_eq(test_run_coroutine(hass, load, NULL), 0);
    return hass;
}

START_TEST(templates_are_imported_by_their_path)
{
    test_file("custom_templates/tools.jinja", "{% macro twice(x) %}{{ 2 * x }}{% endmacro %}");
    test_file("custom_templates/deep/er/more.jinja", "{% set answer = 42 %}");
    struct hass *hass = loaded();
    ck_assert_str_eq(render(hass, "{% from 'tools.jinja' import twice %}{{ twice(4) }}"), "8");
    ck_assert_str_eq(render(hass, "{% import 'deep/er/more.jinja' as m %}{{ m.answer }}"), "42");
    ck_assert_str_eq(render(hass, "{% include 'none.jinja' %}"), "TemplateNotFound: none.jinja");
}
END_TEST

START_TEST(other_files_are_passed_over)
{
    test_file("custom_templates/notes.txt", "text");
    test_file("custom_templates/.hidden.jinja", "hidden");
    test_file("custom_templates/.git/x.jinja", "hidden");
    test_file("custom_templates/.jinja", "hidden");
    struct hass *hass = loaded();
    ck_assert_str_eq(render(hass, "{% include 'notes.txt' ignore missing %}"
                                  "{% include '.hidden.jinja' ignore missing %}"
                                  "{% include '.git/x.jinja' ignore missing %}"
                                  "{% include '.jinja' ignore missing %}."),
                     ".");
}
END_TEST

START_TEST(without_the_folder_there_are_none)
{
    struct hass *hass = loaded();

    ck_assert_str_eq(render(hass, "{% include 'a.jinja' ignore missing %}."), ".");
}
END_TEST

START_TEST(a_file_that_does_not_compile_fails_who_imports_it)
{
    struct logs *logs = test_logs();

    test_file("custom_templates/bad.jinja", "line\n{% endfor %}");
    test_file("custom_templates/good.jinja", "good");
    struct hass *hass = loaded();
    ck_assert_ptr_nonnull(logs_find(logs, "WARNING [core] custom_templates/bad.jinja:2:4: "));
    ck_assert_str_eq(render(hass, "{% include 'good.jinja' %}"), "good");
    ck_assert_int_eq(
        strncmp(render(hass, "{% include 'bad.jinja' %}"), "TemplateSyntaxError: ", 21), 0);
}
END_TEST

START_TEST(what_is_read_again_replaces_what_was)
{
    test_file("custom_templates/a.jinja", "old");
    test_file("custom_templates/b.jinja", "gone");
    struct hass *hass = loaded();
    ck_assert_str_eq(render(hass, "{% include 'a.jinja' %}"), "old");
    unlink(test_file("custom_templates/b.jinja", ""));
    test_file("custom_templates/a.jinja", "new");
    ck_assert_int_eq(test_run_coroutine(hass, load, NULL), 0);
    ck_assert_str_eq(render(hass, "{% include 'a.jinja' %}"), "new");
    ck_assert_str_eq(render(hass, "{% include 'b.jinja' ignore missing %}."), ".");
}
END_TEST

static const struct {
    size_t size;
    bool read;
} sizes[] = { { TEMPLATE_CUSTOM_MAX_BYTES, true }, { TEMPLATE_CUSTOM_MAX_BYTES + 1, false } };

START_TEST(a_file_has_5_mebibytes_at_most)
{
    struct logs *logs = test_logs();
    autofree char *text = mem_zalloc(sizes[_i].size + 1);

    memset(text, ' ', sizes[_i].size); // all of it a comment but the x
    memcpy(text, "{#", 2);
    memcpy(text + sizes[_i].size - 3, "#}x", 3);
    test_file("custom_templates/big.jinja", text);
    struct hass *hass = loaded();
    ck_assert_str_eq(render(hass, "{% include 'big.jinja' ignore missing %}"),
                     sizes[_i].read ? "x" : "");
    ck_assert_int_eq(logs_find(logs, "big.jinja is left out") != NULL, !sizes[_i].read);
}
END_TEST

START_TEST(a_thousand_files_are_read)
{
    struct logs *logs = test_logs();

    test_file("custom_templates/0000.jinja", "x");
    for (int i = 1; i <= TEMPLATE_CUSTOM_MAX_FILES; i++) {
        autofree char *path = mem_printf("%s/custom_templates/%04d.jinja", test_dir(), i);
        FILE *file = fopen(path, "w");
        ck_assert_ptr_nonnull(file);
        fputs("x", file);
        fclose(file);
    }
    struct hass *hass = loaded();
    ck_assert_str_eq(render(hass, "{% include '0999.jinja' %}"), "x");
    ck_assert_str_eq(render(hass, "{% include '1000.jinja' ignore missing %}."), ".");
    ck_assert_uint_eq(logs_matching(logs, "at most 1000 files"), 1);
}
END_TEST

static const struct {
    int folders; // custom_templates itself is one
    bool read;
} depths[] = { { 16, true }, { 17, false } };

START_TEST(sixteen_folders_are_within_each_other_at_most)
{
    struct logs *logs = test_logs();
    autobuf name = HASS_BUF_INIT;
    autofree char *template = NULL;

    for (int i = 1; i < depths[_i].folders; i++)
        hass_buf_add_string(&name, "d/");
    hass_buf_add_string(&name, "x.jinja");
    autofree char *path = mem_printf("custom_templates/%s", hass_buf_string(&name));
    test_file(path, "deep");
    template = mem_printf("{%% include '%s' ignore missing %%}", hass_buf_string(&name));
    struct hass *hass = loaded();
    ck_assert_str_eq(render(hass, template), depths[_i].read ? "deep" : "");
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_WARNING), !depths[_i].read);
}
END_TEST

CASES_MAIN("template_custom", ONCE(templates_are_imported_by_their_path),
           ONCE(other_files_are_passed_over), ONCE(without_the_folder_there_are_none),
           ONCE(a_file_that_does_not_compile_fails_who_imports_it),
           ONCE(what_is_read_again_replaces_what_was), ROWS(a_file_has_5_mebibytes_at_most, sizes),
           ONCE(a_thousand_files_are_read),
           ROWS(sixteen_folders_are_within_each_other_at_most, depths))
