/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts of dates by a format: against Python's (golden/template/dates.py), and against the C library's for flags and widths in many
 * combinations.
 */
#include <stdlib.h>
#include <time.h>

#include "base/dt_parse.h"
#include "engine.h"
#include "support/cases.h"
#include "template/moment_parts.h"
#include "template/strftime.h"

#define COMBINATIONS 200000

static const struct hass_zone *zone_of(const json_t *row, struct hass_zone **ret_zone)
{
    const char *name = hass_json_get_string(row, "zone", NULL);

    if (name)
        ck_assert_int_eq(hass_zone_new(name, ret_zone, NULL), 0);
    return *ret_zone;
}

static bool check_row(struct engine *engine, const json_t *row)
{
    struct hass_zone *zone = NULL;
    struct hass_dt fields;
    bool has_offset;
    const char *format = hass_json_get_string(row, "format", "");
    const char *iso = hass_json_get_string(row, "iso", "");

    ck_assert_int_eq(dt_parse_fields(iso, &fields, &has_offset, NULL), 0);
    struct tmpl_moment moment = {
        .zone = zone_of(row, &zone),
        .fixed = hass_json_get(row, "offset") != NULL,
        .offset = (int)hass_json_get_number(row, "offset", 0),
        .fold = (uint8_t)hass_json_get_int(row, "fold", 0),
    };
    ck_assert_int_eq(moment_from_fields(engine->vm, &fields, &moment.local), 0);
    const struct tmpl_variable variables[] = {
        { "m", { .kind = TMPL_DATETIME, .moment = &moment } },
        { "f", tmpl_string_static(format) },
    };
    const char *got = engine_render(engine, "[{{ m.strftime(f) }}]", variables, 2);
    autofree char *expected = mem_printf("[%s]", hass_json_get_string(row, "text", ""));
    autofree char *what = mem_printf("%s of %s", format, iso);
    bool same = engine_same(got, expected, what);
    hass_zone_unref(zone);
    return same;
}

START_TEST(texts_are_those_of_python)
{
    struct engine engine;
    autojson *rows = engine_golden("strftime.jsonl");
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

/* "%-5Ed": flags, width and modifier at random. What differs on purpose is left out: %z and %Z, and one wrong spelling (%#Eb). */
static void make_format(char format[16])
{
    static const char letters[] = "aAbBcCdDeFgGhHIjklmMnpPrRstTuUVwWxXyY%qLNKJv+";
    size_t length = 0;
    bool swap = false;

    format[length++] = '%';
    while (rand() % 3 == 0 && length < 4) {
        format[length] = "_-0^#"[rand() % 5];
        swap |= format[length++] == '#';
    }
    if (rand() % 4 == 0)
        length += (size_t)sprintf(format + length, "%d", rand() % 14);
    if (rand() % 6 == 0)
        format[length++] = swap ? 'O' : "EO"[rand() % 2];
    if (rand() % 50)
        format[length++] = letters[(size_t)rand() % (sizeof(letters) - 1)];
    format[length] = '\0';
}

START_TEST(flags_and_widths_are_those_of_the_c_library)
{
    setenv("TZ", "UTC", 1);
    tzset();
    srand(1);
    for (int i = 0; i < COMBINATIONS; i++) {
        char format[16], expected[256];
        // From the year 1 to 9999.
        time_t time = (time_t)(rand() / (double)RAND_MAX * 3.155e11 - 6.21355968e10);
        struct strftime_moment moment = { .zone = "", .epoch = time };
        struct tm broken;
        autobuf text = HASS_BUF_INIT;
        make_format(format);
        gmtime_r(&time, &broken);
        expected[strftime(expected, sizeof(expected), format, &broken)] = '\0';
        hass_dt_local(time * HASS_USEC_PER_SEC, NULL, &moment.fields);
        strftime_print(&moment, format, strlen(format), &text);
        ck_assert_msg(strcmp(hass_buf_string(&text), expected) == 0,
                      "%s of %lld: expected \"%s\", got \"%s\"", format, (long long)time, expected,
                      hass_buf_string(&text));
    }
}
END_TEST

static size_t length_of(const char *format)
{
    const struct strftime_moment moment = { .fields = { .year = 2024, .month = 1, .day = 1 },
                                            .zone = "" };
    autobuf text = HASS_BUF_INIT;

    strftime_print(&moment, format, strlen(format), &text);
    return text.length;
}

START_TEST(a_text_much_larger_than_its_format_is_empty)
{
    ck_assert_uint_eq(length_of("%1024d"), 1024);
    ck_assert_uint_eq(length_of("%1537d"), 0); // more than 256 times its six characters
    ck_assert_uint_eq(length_of("%99999999999999999999d"), 0);
}
END_TEST

CASES_MAIN("strftime", ONCE(texts_are_those_of_python),
           ONCE(flags_and_widths_are_those_of_the_c_library),
           ONCE(a_text_much_larger_than_its_format_is_empty))
