/* SPDX-License-Identifier: Apache-2.0 */
/* Templates in field tables: mistakes are told where they stand in the file, however the scalar is written. */
#include <string.h>

#include <hass/template.h>

#include "data/schema_check.h"
#include "data/yaml_load.h"
#include "support/cases.h"
#include "support/test.h"

HASS_SCHEMA(schema, HASS_FIELD("t", &hass_type_template),
            HASS_FIELD("data", &hass_type_template_complex));

/* Each is wrong where ^ stands, which is taken out of it. */
static const char *const files[] = {
    "t: \"{{ 1 | ^nosuch }}\"\n",
    "t: '{{ 1 | ^nosuch }}'\n",
    "t: '{{ ''a'' | ^nosuch }}'\n",
    "t: \"{{ \\\"a\\\" | ^nosuch }}\"\n",
    "t: \"a\\n{{ 1 | ^nosuch }}\"\n",
    "t: \"a \\\n  b {{ 1 | ^nosuch }}\"\n",
    "t: >-\n  one\n  two {{ 1 |\n  ^nosuch }}\n",
    "t: >\n\n  one\n\n    two\n  {{ 1 | ^nosuch }}\n",
    "t: |\n  one\n    größer {{ 1 | ^nosuch }}\n",
    "t: |2-  # why not\n   one\n\n\n  {{ 1 | ^nosuch }}\n  three\n",
    "t: one\n  two {{ 1 |\n  ^nosuch }}\n",
    "t: &anchor '{{ 1 | ^nosuch }}'\n",
    "x: 1\n\nt:\n  '{{ 1 | ^nosuch }}'\n",
    "t: |\n  {% if true %}\n  ä {% ^endfor %}\n",
    "data: 'a {{ 1 | ^nosuch }}'\n",
};

/* The place of the ^ in @file, and the text without it. */
static char *take_caret(const char *file, unsigned *ret_line, unsigned *ret_column)
{
    char *text = strdup(file), *caret = strchr(text, '^');

    *ret_line = *ret_column = 1;
    for (const char *at = text; at < caret; at++) {
        if (((unsigned char)*at & 0xc0) != 0x80)
            (*ret_column)++;
        if (*at == '\n') {
            (*ret_line)++;
            *ret_column = 1;
        }
    }
    memmove(caret, caret + 1, strlen(caret));
    return text;
}

static void check(const char *text, struct diagnostics *diagnostics)
{
    struct yaml_marks *marks = yaml_marks_new();
    struct hass_schema open = schema;
    autojson *value = NULL;
    autojson *checked = NULL;

    open.extra = true;
    ck_assert_int_eq(yaml_load_text("f.yaml", text, strlen(text), marks, diagnostics, &value), 0);
    (void)schema_check_marked(&open, value, marks, "", diagnostics, &checked);
    yaml_marks_unref(marks);
}

START_TEST(a_mistake_is_told_at_its_place_in_the_file)
{
    struct diagnostics diagnostics = DIAGNOSTICS_INIT;
    unsigned line, column;
    autofree char *text = take_caret(files[_i], &line, &column);

    check(text, &diagnostics);
    ck_assert_uint_eq(diagnostics.list.length, 1);
    const struct diagnostic *found = &diagnostics.list.data[0];
    ck_assert_msg(found->line == line && found->column == column, "%u:%u instead of %u:%u: %s",
                  found->line, found->column, line, column, text);
    ck_assert_ptr_null(strstr(found->message, "line "));
    diagnostics_fini(&diagnostics);
}
END_TEST

START_TEST(the_hint_stands_beside_the_message)
{
    struct diagnostics diagnostics = DIAGNOSTICS_INIT;
    autobuf shown = HASS_BUF_INIT;

    check("t: |\n  a {{ 1 | flaot }}\n", &diagnostics);
    diagnostics_format(&diagnostics, &shown);
    ck_assert_str_eq(hass_buf_string(&shown),
                     "f.yaml:2:12: error: TemplateAssertionError: No filter named 'flaot'.\n"
                     "    2 |   a {{ 1 | flaot }}\n"
                     "      |            ^\n"
                     "   at: t\n"
                     "   hint: did you mean 'float'?\n");
    diagnostics_fini(&diagnostics);
}
END_TEST

START_TEST(service_data_is_told_the_place_in_the_text)
{
    struct hass_error err = HASS_ERROR_INIT;
    autojson *value = test_json("{'t': 'a\\n{{ 1 | flaot }}'}");
    autojson *checked = NULL;

    ck_assert_int_eq(hass_schema_check(&schema, value, &checked, &err), HASS_E_INVALID);
    ck_assert_str_eq(err.message, "t: line 2, column 8: TemplateAssertionError: No filter named "
                                  "'flaot'.; did you mean 'float'?");
}
END_TEST

START_TEST(good_templates_pass)
{
    autojson *value = test_json("{'t': ' {{ 1 }} ', 'data': {'{{ k }}': ['{{ 1 }}', 5, 'x']}}");
    autojson *checked = NULL;

    ck_assert_int_eq(hass_schema_check(&schema, value, &checked, NULL), 0);
    ck_assert_json(checked, "{'t': '{{ 1 }}', 'data': {'{{ k }}': ['{{ 1 }}', 5, 'x']}}");
}
END_TEST

static const struct {
    const char *value, *message;
} bad[] = {
    { "{'t': [1]}", "expected a template, got a list" },
    { "{'t': null}", "expected a template, got nothing" },
    { "{'data': {'a': ['x', '{{ 1 +'] }}", "data: a: item 2: line 1, column" },
    { "{'data': {'{{ k': 1}}", "data: {{ k: line 1, column" },
};

START_TEST(what_is_no_template_is_refused)
{
    struct hass_error err = HASS_ERROR_INIT;
    autojson *value = test_json(bad[_i].value);
    autojson *checked = NULL;

    ck_assert_int_eq(hass_schema_check(&schema, value, &checked, &err), HASS_E_INVALID);
    ck_assert_msg(strstr(err.message, bad[_i].message) != NULL, "%s", err.message);
}
END_TEST

CASES_MAIN("template_type", ROWS(a_mistake_is_told_at_its_place_in_the_file, files),
           ONCE(the_hint_stands_beside_the_message),
           ONCE(service_data_is_told_the_place_in_the_text), ONCE(good_templates_pass),
           ROWS(what_is_no_template_is_refused, bad))
