/* SPDX-License-Identifier: Apache-2.0 */
/* <hass/template.h>: errors with their place, results, variables, value templates. */
#include <stdio.h>
#include <string.h>

#include <hass/dt.h>

#include "base/mem.h"
#include "core/core.h"
#include "helpers/template_hass.h"
#include "support/cases.h"
#include "support/render.h"

/* errors */

static const struct {
    const char *text;
    uint32_t line, column;
    const char *shown; /* begins so */
} broken[] = {
    { "{{ a }} {{ b", 1, 13, "line 1, column 13: TemplateSyntaxError: " },
    { "a\nb {% endfor %}", 2, 6, "line 2, column 6: TemplateSyntaxError: " },
    { "\n\n  {{ 1 | nosuch }}", 3, 10, "line 3, column 10: Template" },
    { "  \t{{ 1 + }}", 1, 11, "line 1, column 11: TemplateSyntaxError: " },
};

START_TEST(an_error_has_its_place_in_the_text_as_it_was_written)
{
    struct hass_template_error where = HASS_TEMPLATE_ERROR_INIT;
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(hass_template_check(broken[_i].text, &where, &err), HASS_E_TEMPLATE);
    ck_assert_uint_eq(where.size, sizeof(where));
    ck_assert_uint_eq(where.line, broken[_i].line);
    ck_assert_uint_eq(where.column, broken[_i].column);
    ck_assert_int_eq(strncmp(err.message, broken[_i].shown, strlen(broken[_i].shown)), 0);
}
END_TEST

START_TEST(an_error_is_shown_below_its_line)
{
    struct hass_template_error where = HASS_TEMPLATE_ERROR_INIT;
    const char *text = "{# one #}\n\tgrößer {{ 1 + }}\n";
    autobuf shown = HASS_BUF_INIT;

    ck_assert_int_eq(hass_template_check(text, &where, NULL), HASS_E_TEMPLATE);
    strcpy(where.message, "wrong");
    strcpy(where.hint, "write it right");
    hass_template_error_write(&where, text, &shown);
    ck_assert_str_eq(hass_buf_string(&shown), "line 2, column 16: wrong\n"
                                              "  \tgrößer {{ 1 + }}\n"
                                              "  \t              ^\n"
                                              "  write it right");
}
END_TEST

START_TEST(a_good_text_passes_the_check)
{
    ck_assert_int_eq(hass_template_check("{{ 1 }}", NULL, NULL), 0);
    ck_assert_int_eq(hass_template_check("no template", NULL, NULL), 0);
    ck_assert_int_eq(hass_template_check("", NULL, NULL), 0);
}
END_TEST

/* results */

static const struct {
    const char *template;
    enum hass_template_parse parse;
    const char *expected;
} results[] = {
    { "{{ 1 + 1 }}", 0, "[2]" },
    { "{{ 1 + 1 }}", HASS_TEMPLATE_VALUE, "[2]" },
    { "{{ 1 + 1 }}", HASS_TEMPLATE_TEXT, "['2']" },
    { "{{ 0.5 }}", 0, "[0.5]" },
    { "007", 0, "['007']" },
    { " 42 ", 0, "[42]" },
    { " 42 ", HASS_TEMPLATE_TEXT, "['42']" },
    { "{{ none }}", 0, "[null]" },
    { "{{ true }}", 0, "[true]" },
    { "{{ [1, 'a'] }}", 0, "[[1, 'a']]" },
    { "{{ (1, 2) }}", 0, "[[1, 2]]" },
    { "{{ {'a': {'b': 1}} }}", 0, "[{'a': {'b': 1}}]" },
    { "on", 0, "['on']" },
    { "...", 0, "['...']" },
    { "", 0, "['']" },
};

START_TEST(a_result_is_what_its_text_reads_as)
{
    struct hass *hass = test_hass();
    autounref(hass_template) *template = NULL;
    json_t *result;
    autojson *list = json_array();

    ck_assert_int_eq(hass_template_new(hass, results[_i].template, &template, NULL), 0);
    ck_assert_int_eq(hass_template_async_render(template,
                                                HASS_TEMPLATE_OPTIONS(.parse = results[_i].parse),
                                                &result, NULL),
                     0);
    json_array_append_new(list, result);
    ck_assert_json(list, results[_i].expected);
}
END_TEST

START_TEST(a_text_without_tags_is_static)
{
    autounref(hass_template) *template = NULL;

    ck_assert_int_eq(hass_template_new(test_hass(), "  { { % } ", &template, NULL), 0);
    ck_assert(hass_template_is_static(template));
    ck_assert_str_eq(hass_template_text(template), "{ { % }");
    ck_assert_str_eq(looks(test_hass(), "text"), "is_static");
}
END_TEST

static const struct rendered failures[] = {
    { "{{ 1 / 0 }}", "ZeroDivisionError: division by zero" },
    { "{{ a.b }}", "UndefinedError: 'a' is undefined" },
    { "{{ states.Light }}", "TemplateError: Invalid domain name 'Light'" },
};

START_TEST(a_failing_template_fails_with_the_models_text)
{
    struct hass *hass = test_hass();

    CHECK_RENDERED(hass, failures[_i]);
}
END_TEST

START_TEST(strict_and_limited_are_refused_what_is_not_theirs)
{
    struct hass *hass = test_hass();

    ck_assert_str_eq(render_with(hass, "{{ a }}", HASS_TEMPLATE_OPTIONS(.strict = true)),
                     "UndefinedError: 'a' is undefined");
    ck_assert_str_eq(render_with(hass, "{{ a }}", NULL), "");
    ck_assert_str_eq(
        render_with(hass, "{{ states('a.b') }}", HASS_TEMPLATE_OPTIONS(.limited = true)),
        "TemplateError: Use of 'states' is not supported in limited templates");
    ck_assert_str_eq(render_with(hass, "{{ states.a.b }}", HASS_TEMPLATE_OPTIONS(.limited = true)),
                     "UndefinedError: 'function object' has no attribute 'a'");
}
END_TEST

START_TEST(undefined_variables_are_logged_with_the_template)
{
    struct logs *logs = test_logs();
    struct hass *hass = test_hass();

    render(hass, "{{ nothing }}");
    ck_assert_ptr_nonnull(logs_find(logs, "WARNING [core] Template variable warning: 'nothing' is "
                                          "undefined when rendering '{{ nothing }}'"));
    render(hass, "{{ nothing.at_all }}");
    ck_assert_ptr_nonnull(logs_find(logs, "ERROR [core] Template variable error: 'nothing' is "
                                          "undefined when rendering '{{ nothing.at_all }}'"));
    ck_assert_uint_eq(logs_count(logs, HASS_LOG_WARNING), 2);
}
END_TEST

/* variables */

START_TEST(variables_are_made_by_paths)
{
    struct hass *hass = test_hass();
    autounref(hass_template_variables) *variables = hass_template_variables_create();
    struct hass_zone *berlin;

    ck_assert_int_eq(hass_zone_new("Europe/Berlin", &berlin, NULL), 0);
    ck_assert_int_eq(
        hass_states_async_set(hass, "light.a", "on", test_json("{'b': 5}"), NULL, NULL), 0);
    hass_template_variables_set(variables, "trigger", test_json("{'id': 'door'}"));
    hass_template_variables_set_state(variables, "trigger.to_state",
                                      hass_states_async_get(hass, "light.a"));
    hass_template_variables_set_state(variables, "trigger.from_state", NULL);
    hass_template_variables_set_time(variables, "trigger.now", 0, berlin);
    hass_template_variables_set_time(variables, "start", 0, NULL);
    hass_template_variables_set_duration(variables, "trigger.for", 90.5);
    hass_template_variables_set(variables, "a.b.c", json_integer(3));
    hass_template_variables_set_all(variables, test_json("{'x': 1, 'y.z': 2}"));
    hass_zone_unref(berlin);
    ck_assert_int_eq(hass_states_async_remove(hass, "light.a", NULL, NULL), 1);
    for (int i = 0; i < 2; i++) {
        ck_assert_str_eq(
            render_with(hass,
                        "{{ trigger.id }} {{ trigger.to_state.state }} "
                        "{{ trigger.to_state.attributes.b }} {{ trigger.from_state }} "
                        "{{ trigger.now }} {{ start }} {{ trigger.for }} {{ a.b.c }} {{ x }} "
                        "{{ trigger | length }}",
                        HASS_TEMPLATE_OPTIONS(.variables = variables)),
            "door on 5 None 1970-01-01 01:00:00+01:00 1970-01-01 00:00:00+00:00 0:01:30.500000 3 1 "
            "5");
    }
}
END_TEST

START_TEST(a_state_among_the_variables_serves_many_renders)
{
    struct hass *hass = test_hass();
    autounref(hass_template_variables) *variables = hass_template_variables_create();
    const struct hass_template_options *options = HASS_TEMPLATE_OPTIONS(.variables = variables);

    ck_assert_int_eq(
        hass_states_async_set(hass, "light.a", "on", test_json("{'b': [5]}"), NULL, NULL), 0);
    hass_template_variables_set_state(variables, "s", hass_states_async_get(hass, "light.a"));
    ck_assert_str_eq(render_with(hass, "{{ s.attributes.b }}", options), "[5]");
    ck_assert_str_eq(
        render_with(hass, "{% set l = range(99) | map('string') | list %}{{ s.attributes.b }}",
                    options),
        "[5]");
}
END_TEST

START_TEST(a_path_through_a_text_makes_a_map_of_it)
{
    autounref(hass_template_variables) *variables = hass_template_variables_create();

    hass_template_variables_set(variables, "a", json_string("text"));
    hass_template_variables_set(variables, "a.b", json_integer(1));
    hass_template_variables_set(variables, "n", NULL);
    ck_assert_str_eq(
        render_with(test_hass(), "{{ a }} {{ n }}", HASS_TEMPLATE_OPTIONS(.variables = variables)),
        "{'b': 1} None");
}
END_TEST

/* value templates */

static const struct {
    const char *template, *payload;
    const char *otherwise; /* or NULL */
    enum hass_template_parse parse;
    const char *expected; /* of a list around it */
} payloads[] = {
    { "{{ value_json.a }}", "{\"a\": 21.50}", NULL, 0, "['21.5']" },
    { "{{ value_json.a }}", "{\"a\": 21.50}", NULL, HASS_TEMPLATE_VALUE, "[21.5]" },
    { "{{ value }}", "{\"a\": 21.50}", NULL, 0, "['{\\u0022a\\u0022: 21.50}']" },
    { "{{ value_json.a.b }}", "no JSON", NULL, 0, "['no JSON']" },
    { "{{ value_json.a.b }}", "no JSON", "[null]", 0, "[null]" },
    { "{{ value_json.a.b }}", "no JSON", "[5]", 0, "[5]" },
    { "static", "5", NULL, 0, "['static']" },
    { "{{ value_json is defined }}", "", NULL, 0, "['False']" },
};

START_TEST(a_value_template_is_rendered_over_what_was_received)
{
    struct hass *hass = test_hass();
    autounref(hass_template) *template = NULL;
    autojson *list = json_array();
    autojson *otherwise = payloads[_i].otherwise ? test_json(payloads[_i].otherwise) : NULL;
    json_t *result;

    ck_assert_int_eq(hass_template_new(hass, payloads[_i].template, &template, NULL), 0);
    ck_assert_int_eq(hass_template_async_render_with_possible_json_value(
                         template,
                         HASS_TEMPLATE_PAYLOAD(.data = payloads[_i].payload,
                                               .length = strlen(payloads[_i].payload),
                                               .otherwise = json_array_get(otherwise, 0)),
                         HASS_TEMPLATE_OPTIONS(.parse = payloads[_i].parse), &result, NULL),
                     0);
    json_array_append_new(list, result);
    ck_assert_json(list, payloads[_i].expected);
}
END_TEST

START_TEST(arithmetic_on_a_payload_fails)
{
    autounref(hass_template) *template = NULL;
    struct hass_error err = HASS_ERROR_INIT;
    json_t *result;

    ck_assert_int_eq(hass_template_new(test_hass(), "{{ value + 1 }}", &template, NULL), 0);
    ck_assert_int_eq(
        hass_template_async_render_with_possible_json_value(
            template, HASS_TEMPLATE_PAYLOAD(.data = "a", .length = 1), NULL, &result, &err),
        HASS_E_TEMPLATE);
    ck_assert_int_eq(strncmp(err.message, "TypeError: ", 11), 0);
}
END_TEST

/* lists and maps */

START_TEST(templates_within_lists_and_maps_are_rendered)
{
    autojson *value = test_json("{'a': ['{{ 1 + 1 }}', 'text', 3, null], '{{ \\u0022k\\u0022 }}': "
                                "{'b': '{{ [1] }}'}}");
    autojson *result = NULL;

    ck_assert_int_eq(hass_template_async_render_complex(test_hass(), value, NULL, &result, NULL),
                     0);
    ck_assert_json(result, "{'a': [2, 'text', 3, null], 'k': {'b': [1]}}");
}
END_TEST

START_TEST(one_that_fails_fails_them_all)
{
    autojson *value = test_json("{'a': ['{{ 1 / 0 }}']}");
    json_t *result = NULL;

    ck_assert_int_eq(hass_template_async_render_complex(test_hass(), value, NULL, &result, NULL),
                     HASS_E_TEMPLATE);
    ck_assert_ptr_null(result);
}
END_TEST

/* conditions */

static const struct {
    const char *result; /* in a list */
    bool holds;
} conditions[] = {
    { "[true]", true },    { "[false]", false },    { "[1]", true },   { "[0]", false },
    { "[-1]", true },      { "[0.0]", false },      { "[0.1]", true }, { "['on']", true },
    { "[' Yes ']", true }, { "['TRUE']", true },    { "['1']", true }, { "['enable']", true },
    { "['off']", false },  { "['2']", false },      { "['']", false }, { "[null]", false },
    { "[['on']]", false }, { "[{'a': 1}]", false },
};

START_TEST(a_result_is_read_as_a_condition)
{
    autojson *list = test_json(conditions[_i].result);

    ck_assert_int_eq(hass_template_result_as_boolean(json_array_get(list, 0)),
                     conditions[_i].holds);
}
END_TEST

/* what was looked at */

START_TEST(a_failed_render_tells_what_it_looked_at_and_why)
{
    struct hass *hass = test_hass();
    autounref(hass_template) *template = NULL;
    autounref(hass_render_info) *info = NULL;
    struct hass_template_error where = HASS_TEMPLATE_ERROR_INIT;
    struct hass_error err = HASS_ERROR_INIT;
    const json_t *result;

    ck_assert_int_eq(
        hass_template_new(hass, "{{ states('light.a') }}\n{{ 1 / 0 }}", &template, NULL), 0);
    ck_assert_int_eq(hass_template_async_render_to_info(template, NULL, &info, NULL), 0);
    ck_assert_int_eq(hass_render_info_result(info, &result, &err), HASS_E_TEMPLATE);
    ck_assert_str_eq(err.message, "ZeroDivisionError: division by zero");
    ck_assert(hass_render_info_error(info, &where));
    ck_assert_uint_eq(where.line, 2);
    ck_assert(hass_render_info_concerns(info, "light.a", false));
    ck_assert(!hass_render_info_concerns(info, "light.b", true));
    autojson *seen = hass_render_info_as_json(info);
    ck_assert_double_eq(hass_json_get_number(seen, "rate_limit", 0), 60);
}
END_TEST

START_TEST(a_good_render_lends_its_result)
{
    autounref(hass_template) *template = NULL;
    autounref(hass_render_info) *info = NULL;
    struct hass_template_error where = HASS_TEMPLATE_ERROR_INIT;
    const json_t *result;

    ck_assert_int_eq(hass_template_new(test_hass(), "{{ 6 * 7 }}", &template, NULL), 0);
    ck_assert_int_eq(hass_template_async_render_to_info(template, NULL, &info, NULL), 0);
    ck_assert_int_eq(hass_render_info_result(info, &result, NULL), 0);
    ck_assert_int_eq(json_integer_value(result), 42);
    ck_assert(!hass_render_info_error(info, &where));
}
END_TEST

/* threads */

static HASS_BLOCKING int render_elsewhere(struct hass *hass, void *userdata, struct hass_error *err)
{
    autounref(hass_template) *template = NULL;
    autojson *result = NULL;
    int r = hass_template_new(hass, "{{ states('light.a') }}", &template, err);

    if (r == 0)
        r = hass_template_render(template, NULL, &result, err);
    if (r < 0)
        return r;
    ck_assert_str_eq(json_string_value(result), "on");
    autojson *value = NULL;
    r = hass_template_render_with_possible_json_value(
        template, HASS_TEMPLATE_PAYLOAD(.data = "x", .length = 1), NULL, &value, err);
    ck_assert_str_eq(json_string_value(value), "on");
    return r;
}

START_TEST(another_thread_waits_for_the_loop_to_render)
{
    struct hass *hass = test_hass();

    ck_assert_int_eq(hass_states_async_set(hass, "light.a", "on", NULL, NULL, NULL), 0);
    ck_assert_int_eq(test_on_pool(hass, render_elsewhere, NULL), 0);
}
END_TEST

/* compiled texts */

static HASS_CALLBACK struct tmpl_template *compiled(struct hass *hass, const char *text)
{
    struct tmpl_template *template;

    ck_assert_int_eq(template_compile(hass, text, strlen(text), &template, NULL, NULL), 0);
    return template;
}

static HASS_CALLBACK void compile_many(struct hass *hass, int count)
{
    for (int i = 0; i < count; i++) {
        char text[32];
        snprintf(text, sizeof(text), "{{ %d }}", i);
        tmpl_unref(compiled(hass, text));
    }
}

START_TEST(the_last_512_texts_stay_compiled)
{
    struct hass *hass = test_hass();
    struct tmpl_template *first = compiled(hass, "{{ a }}");

    compile_many(hass, 511);
    struct tmpl_template *again = compiled(hass, "{{ a }}");
    ck_assert_ptr_eq(again, first);
    tmpl_unref(again);
    compile_many(hass, 512);
    again = compiled(hass, "{{ a }}");
    ck_assert_ptr_ne(again, first);
    tmpl_unref(again);
    tmpl_unref(first);
}
END_TEST

/* A text of @size bytes. */
static char *long_text(size_t size)
{
    char *text = mem_alloc(size + 1);

    memset(text, ' ', size);
    memcpy(text, "{{", 2);
    memcpy(text + size - 3, "1}}", 4);
    return text;
}

START_TEST(a_mebibyte_of_texts_stays_compiled)
{
    struct hass *hass = test_hass();
    autofree char *fits = long_text((1 << 20) - 7), *beyond = long_text((1 << 20) + 1);
    struct tmpl_template *first = compiled(hass, "{{ a }}"), *large, *again;

    tmpl_unref(compiled(hass, fits)); // together just so much
    again = compiled(hass, "{{ a }}");
    ck_assert_ptr_eq(again, first);
    tmpl_unref(again);
    large = compiled(hass, beyond); // never kept
    again = compiled(hass, beyond);
    ck_assert_ptr_ne(again, large);
    tmpl_unref(large);
    tmpl_unref(again);
    tmpl_unref(compiled(hass, "{{ b }}")); // the oldest makes room
    again = compiled(hass, "{{ a }}");
    ck_assert_ptr_ne(again, first);
    tmpl_unref(again);
    tmpl_unref(first);
}
END_TEST

CASES_MAIN("template", ROWS(an_error_has_its_place_in_the_text_as_it_was_written, broken),
           ONCE(an_error_is_shown_below_its_line), ONCE(a_good_text_passes_the_check),
           ROWS(a_result_is_what_its_text_reads_as, results), ONCE(a_text_without_tags_is_static),
           ROWS(a_failing_template_fails_with_the_models_text, failures),
           ONCE(strict_and_limited_are_refused_what_is_not_theirs),
           ONCE(undefined_variables_are_logged_with_the_template),
           ONCE(variables_are_made_by_paths), ONCE(a_state_among_the_variables_serves_many_renders),
           ONCE(a_path_through_a_text_makes_a_map_of_it),
           ROWS(a_value_template_is_rendered_over_what_was_received, payloads),
           ONCE(arithmetic_on_a_payload_fails), ONCE(templates_within_lists_and_maps_are_rendered),
           ONCE(one_that_fails_fails_them_all), ROWS(a_result_is_read_as_a_condition, conditions),
           ONCE(a_failed_render_tells_what_it_looked_at_and_why),
           ONCE(a_good_render_lends_its_result), ONCE(another_thread_waits_for_the_loop_to_render),
           ONCE(the_last_512_texts_stay_compiled), ONCE(a_mebibyte_of_texts_stays_compiled))
