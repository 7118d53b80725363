/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arithmetic, comparison, fields, methods and printed forms of dates and times, against Python (golden/template/dates.py, which has the same
 * names).
 */
#include "base/civil.h"
#include "base/dt_parse.h"
#include "engine.h"
#include "support/cases.h"
#include "template/moment_parts.h"

/* Datetimes: local fields, and a named zone or an offset. */
static const struct {
    const char *name, *local, *zone;
    bool fixed;
    int offset;
    uint8_t fold;
} datetimes[] = {
    { "naive", "2024-02-29T12:30:45.123456" },
    { "plain", "1999-12-31" },
    { "utc", "2024-01-15T12:00", NULL, true },
    { "west", "2024-05-01T10:20:30.000005", NULL, true, -3 * 3600 },
    { "odd", "2024-01-01T00:00:01", NULL, true, -3661 },
    { "berlin", "2026-03-29T01:30", "Europe/Berlin" },
    { "gap", "2026-03-29T02:30", "Europe/Berlin" },
    { "first", "2026-10-25T02:30", "Europe/Berlin" },
    { "second", "2026-10-25T02:30", "Europe/Berlin", .fold = 1 },
    { "same", "2026-10-25T01:30", NULL, true },
    { "kolkata", "2024-02-29T20:00", "Asia/Kolkata" },
    { "lord_howe", "2025-04-06T01:45", "Australia/Lord_Howe" },
    { "low", "0001-01-01" },
    { "high", "9999-12-31T23:59:59.999999" },
};
#define DATETIMES (sizeof(datetimes) / sizeof(*datetimes))

/* Times: microseconds since midnight. */
static const struct {
    const char *name;
    int64_t usec;
    const char *zone;
    bool fixed;
} times[] = {
    { "clock", (6 * 60 + 5) * 60 * HASS_USEC_PER_SEC },
    { "exact", USEC_PER_DAY - 1 },
    { "zoned", 3600 * HASS_USEC_PER_SEC, "Europe/Berlin" },
    { "fixed", 3600 * HASS_USEC_PER_SEC, NULL, true },
};
#define TIMES (sizeof(times) / sizeof(*times))

static const struct {
    const char *name;
    enum tmpl_kind kind;
    int64_t integer;
} others[] = {
    { "day", TMPL_DATE, 19782 },
    { "other", TMPL_DATE, 19722 },
    { "hour", TMPL_TIMEDELTA, 3600 * HASS_USEC_PER_SEC },
    { "back", TMPL_TIMEDELTA, 5 * HASS_USEC_PER_SEC - USEC_PER_DAY },
    { "tiny", TMPL_TIMEDELTA, 7 },
    { "long", TMPL_TIMEDELTA, 100000 * USEC_PER_DAY + 3 },
    { "zero", TMPL_TIMEDELTA, 0 },
};
#define OTHERS (sizeof(others) / sizeof(*others))
#define NAMES  (DATETIMES + TIMES + OTHERS)

struct names {
    struct tmpl_moment moments[DATETIMES + TIMES];
    struct tmpl_variable variables[NAMES];
    struct hass_zone *zones[DATETIMES + TIMES];
};

static const struct hass_zone *load_zone(const char *name, struct hass_zone **ret_zone)
{
    if (name)
        ck_assert_int_eq(hass_zone_new(name, ret_zone, NULL), 0);
    return *ret_zone;
}

static void make_datetime(struct names *names, struct tmpl_vm *vm, size_t i)
{
    struct hass_dt fields;
    bool has_offset;

    ck_assert_int_eq(dt_parse_fields(datetimes[i].local, &fields, &has_offset, NULL), 0);
    names->moments[i] = (struct tmpl_moment){
        .zone = load_zone(datetimes[i].zone, &names->zones[i]),
        .fixed = datetimes[i].fixed,
        .utc = datetimes[i].fixed && !datetimes[i].offset,
        .offset = datetimes[i].offset,
        .fold = datetimes[i].fold,
    };
    ck_assert_int_eq(moment_from_fields(vm, &fields, &names->moments[i].local), 0);
    names->variables[i] =
        (struct tmpl_variable){ datetimes[i].name,
                                { .kind = TMPL_DATETIME, .moment = &names->moments[i] } };
}

static void make_time(struct names *names, size_t i)
{
    size_t at = DATETIMES + i;

    names->moments[at] = (struct tmpl_moment){
        .local = times[i].usec,
        .zone = load_zone(times[i].zone, &names->zones[at]),
        .fixed = times[i].fixed,
        .utc = times[i].fixed,
    };
    names->variables[at] =
        (struct tmpl_variable){ times[i].name,
                                { .kind = TMPL_TIME, .moment = &names->moments[at] } };
}

static void make_names(struct names *names, struct tmpl_vm *vm)
{
    memset(names, 0, sizeof(*names));
    for (size_t i = 0; i < DATETIMES; i++)
        make_datetime(names, vm, i);
    for (size_t i = 0; i < TIMES; i++)
        make_time(names, i);
    for (size_t i = 0; i < OTHERS; i++)
        names->variables[DATETIMES + TIMES + i] = (struct tmpl_variable){
            others[i].name, { .kind = (uint8_t)others[i].kind, .integer = others[i].integer }
        };
}

/* In a list, so that the printed form is repr's. */
static bool check_row(struct engine *engine, const struct names *names, const json_t *row)
{
    const char *expression = hass_json_get_string(row, "expression", "");
    const char *result = hass_json_get_string(row, "result", NULL);
    autofree char *source = mem_printf("{{ [%s] }}", expression);
    const char *got = engine_render(engine, source, names->variables, NAMES);
    autofree char *expected =
        result ? mem_printf("[%s]", result) : mem_strdup(hass_json_get_string(row, "error", ""));

    // Of some errors only the class is recorded.
    bool same_class = !result && strncmp(got, expected, strlen(expected)) == 0;
    return same_class || engine_same(got, expected, expression);
}

START_TEST(expressions_are_those_of_python)
{
    struct engine engine;
    struct names names;
    autojson *rows = engine_golden("moments.jsonl");
    unsigned differ = 0;
    size_t i;
    json_t *row;

    engine_init(&engine, "2024-01-15T12:30:45Z");
    make_names(&names, engine.vm);
    json_array_foreach(rows, i, row)
        differ += !check_row(&engine, &names, row);
    ck_assert_uint_eq(differ, 0);
    for (i = 0; i < DATETIMES + TIMES; i++)
        hass_zone_unref(names.zones[i]);
    engine_fini(&engine);
}
END_TEST

CASES_MAIN("moment", ONCE(expressions_are_those_of_python))
