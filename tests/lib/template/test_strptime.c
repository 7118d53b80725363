/* SPDX-License-Identifier: Apache-2.0 */
/* Reading dates by a format, against Python (golden/template/dates.py). */
#include "engine.h"
#include "support/cases.h"
#include "template/strptime.h"

static bool check_row(struct engine *engine, const json_t *row)
{
    const char *text = hass_json_get_string(row, "text", "");
    const char *format = hass_json_get_string(row, "format", "");
    const char *expected = hass_json_get_string(row, "result", NULL);
    const char *error = hass_json_get_string(row, "error", "");
    const struct tmpl_variable variables[] = {
        { "t", tmpl_string_static(text) },
        { "f", tmpl_string_static(format) },
    };
    const char *got = engine_render(engine, "{{ strptime(t, f).isoformat() }}", variables, 2);

    autofree char *what = mem_printf("\"%s\" by \"%s\"", text, format);

    if (!expected)
        expected = strstr(got, strcmp(error, "error") == 0 ? "redefinition" : "invalid input")
                       ? got
                       : error;
    return engine_same(got, expected, what);
}

START_TEST(texts_are_read_as_python_reads_them)
{
    struct engine engine;
    autojson *rows = engine_golden("strptime.jsonl");
    unsigned differ = 0;
    size_t i;
    json_t *row;

    engine_init(&engine, "2024-01-15T12:30:45Z");
    json_array_foreach(rows, i, row)
        differ += !check_row(&engine, row);
    ck_assert_uint_eq(differ, 0);
    engine_fini(&engine);
}
END_TEST

START_TEST(the_zones_offset_is_utc_when_it_is_zero)
{
    struct engine engine;

    engine_init(&engine, "2024-01-15T12:30:45Z");
    ck_assert_str_eq(
        engine_render(&engine, "{{ strptime('2024 +0000', '%Y %z').tzinfo }}", NULL, 0), "UTC");
    engine_fini(&engine);
}
END_TEST

START_TEST(a_format_of_all_directives_gives_way_quickly)
{
    struct engine engine;
    const struct tmpl_variable text = {
        "t", tmpl_string_static("11111111111111111111111111111111111111111111111111")
    };

    engine_init(&engine, "2024-01-15T12:30:45Z");
    ck_assert_str_eq(engine_render(&engine,
                                   "{{ strptime(t, '%d%f%H%I%j%m%M%S%u%U%V%w%W%y%Y%Gx', 'no') }}",
                                   &text, 1),
                     "no");
    engine_fini(&engine);
}
END_TEST

CASES_MAIN("strptime", ONCE(texts_are_read_as_python_reads_them),
           ONCE(the_zones_offset_is_utc_when_it_is_zero),
           ONCE(a_format_of_all_directives_gives_way_quickly))
