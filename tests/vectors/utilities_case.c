/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cases of the utilities: finds the function, runs it, compares with what was recorded. Numbers are compared by value, within the case's
 * tolerance where it has one (relative, absolute below 1); which error it is does not count.
 */
#include <math.h>
#include <string.h>

#include <hass/dt.h>

#include "support/test.h"
#include "vectors/utilities.h"

static const struct utility *const tables[] = {
    name_utilities,  schema_utilities, time_utilities,     measure_utilities,
    color_utilities, sensor_utilities, template_utilities,
};

/* Where ours is another on purpose: README.md says why. A trailing "*" stands for all that begin so. */
static const struct {
    const char *id;
    const char *ours; /* as JSON, ' for "; NULL: an error */
    const char *why;
} deviations[] = {
    { "valid_entity_id/019", "false", "no id ends with a line break" },
    { "cv.string/012", NULL, "JSON of ours has integers of 64 bits" },
    { "split_entity_id/002", NULL, "no id has two dots" },
    { "color_temperature_mired_to_kelvin/006", "0", "no mired at all is off, not an error" },
    { "cv.entity_ids/008", "'all'", "one type takes both lists and the words" },
    { "distance_m/005", "19950277.343496535", "measured on a sphere instead of not at all" },
    { "sensor_state/055", "{'state': '2024-01-15', 'unit_of_measurement': null}",
      "in C a date is a text" },
};

static utility_fn *find_function(const char *name)
{
    for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
        for (const struct utility *utility = tables[i]; utility->function; utility++)
            if (strcmp(utility->function, name) == 0)
                return utility->run;
    return NULL;
}

/* arguments */

const char *utility_text(const json_t *args, const char *key)
{
    return json_string_value(json_object_get(args, key));
}

struct hass_zone *utility_zone(const json_t *vector)
{
    struct hass_zone *zone = NULL;

    hass_zone_new(hass_json_get_string(vector, "time_zone", "UTC"), &zone, NULL);
    return zone;
}

int64_t utility_now(const json_t *vector)
{
    int64_t now = 0;

    hass_dt_parse(hass_json_get_string(vector, "now", "2024-01-15T12:30:45+00:00"), NULL, &now,
                  NULL);
    return now;
}

/* comparing */

static bool is_near(double a, double b, double tolerance)
{
    return a == b || fabs(a - b) <= tolerance * fmax(1, fabs(b));
}

static bool is_equal(const json_t *got, const json_t *expected, double tolerance)
{
    size_t size = json_is_array(expected) ? json_array_size(expected) : json_object_size(expected);
    const char *key;
    json_t *value;

    if (json_is_number(expected))
        return json_is_number(got) &&
               is_near(json_number_value(got), json_number_value(expected), tolerance);
    if (json_is_null(expected))
        return !got || json_is_null(got);
    if (!got || json_typeof(got) != json_typeof(expected))
        return false;
    if (json_is_array(expected)) {
        for (size_t i = 0; i < size; i++)
            if (!is_equal(json_array_get(got, i), json_array_get(expected, i), tolerance))
                return false;
        return json_array_size(got) == size;
    }
    if (!json_is_object(expected))
        return json_equal(got, expected);
    json_object_foreach((json_t *)expected, key, value)
        if (!is_equal(json_object_get(got, key), value, tolerance))
            return false;
    return json_object_size(got) == size;
}

static void print_json(const json_t *value, struct hass_buf *why)
{
    if (value)
        hass_json_write(value, why);
    else
        hass_buf_add_string(why, "null");
}

/* @expected NULL: an error. */
static bool compare(int status, const json_t *got, const json_t *expected, double tolerance,
                    const struct hass_error *err, struct hass_buf *why)
{
    if (!expected && status < 0)
        return true;
    if (expected && status == 0 && is_equal(got, expected, tolerance))
        return true;
    hass_buf_add_string(why, "expected ");
    if (expected)
        print_json(expected, why);
    else
        hass_buf_add_string(why, "an error");
    hass_buf_add_string(why, ", got ");
    if (status < 0)
        hass_buf_printf(why, "the error \"%s\"", err->message);
    else
        print_json(got, why);
    return false;
}

static enum verdict run(const json_t *vector, utility_fn *function, const json_t *expected,
                        struct hass_buf *why)
{
    struct hass_error err = HASS_ERROR_INIT;
    const json_t *tolerance = hass_json_get(vector, "tolerance");
    autojson *got = NULL;
    int status = function(vector, hass_json_get(vector, "args"), &got, &err);

    return compare(status, got, expected, json_number_value(tolerance), &err, why) ? VERDICT_PASSED
                                                                                   : VERDICT_FAILED;
}

enum verdict utilities_case(const json_t *vector, struct hass_buf *why)
{
    const char *id = hass_json_get_string(vector, "id", "");
    utility_fn *function = find_function(hass_json_get_string(vector, "function", ""));

    if (!function) {
        hass_buf_printf(why, "%s is not there yet", hass_json_get_string(vector, "function", ""));
        return VERDICT_SKIPPED;
    }
    for (size_t i = 0; i < sizeof(deviations) / sizeof(*deviations); i++) {
        if (strcmp(deviations[i].id, id) != 0)
            continue;
        autojson *ours = deviations[i].ours ? test_json(deviations[i].ours) : NULL;
        if (run(vector, function, ours, why) != VERDICT_PASSED)
            return VERDICT_FAILED;
        hass_buf_printf(why, "on purpose: %s", deviations[i].why);
        return VERDICT_DEVIATES;
    }
    return run(vector, function, hass_json_get(vector, "expected"), why);
}
