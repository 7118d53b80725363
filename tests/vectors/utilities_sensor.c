/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What sensors write: a home of the case's units, and a sensor in it. The user's choices stand in for suggestions: what becomes of a unit
 * is the same. A converted value is not rounded (README.md says why); it only has to round to what was recorded.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/sensor.h"
#include "support/home.h"
#include "vectors/utilities.h"

#define MAX_OPTIONS 8

/* The case under way; what an entity's ops and descriptions point to. */
static struct {
    const json_t *args;
    struct hass_entity_description description;
    const char *options[MAX_OPTIONS + 1];
    struct sensor_ops sensor;
    struct sensor_suggestion suggestion;
} now;

/* A date or time is text; of the two words that mark one, either may be there. */
static const char *marked(const json_t *value)
{
    const char *text = utility_text(value, "$datetime");

    return text ? text : utility_text(value, "$date");
}

static struct hass_value native_value(struct hass_entity *entity)
{
    const json_t *value = hass_json_get(now.args, "native_value");

    if (!value || json_is_null(value))
        return HASS_NONE;
    if (json_is_boolean(value))
        return HASS_BOOL(json_is_true(value));
    if (json_is_integer(value))
        return HASS_INT(json_integer_value(value));
    if (json_is_real(value))
        return HASS_DOUBLE(json_real_value(value));
    return hass_value_string(json_is_object(value) ? marked(value) : json_string_value(value));
}

static const struct sensor_suggestion *suggest(struct hass_entity *entity)
{
    return &now.suggestion;
}

static void describe(const json_t *args)
{
    const json_t *options = hass_json_get(args, "options");
    const char *unit = utility_text(args, "suggested_unit_of_measurement");

    if (hass_json_get(args, "user_unit"))
        unit = hass_json_get_string(args, "user_unit", "");
    now.args = args;
    memset(now.options, 0, sizeof(now.options));
    for (size_t i = 0; i < json_array_size(options) && i < MAX_OPTIONS; i++)
        now.options[i] = json_string_value(json_array_get(options, i));
    now.description = (struct hass_entity_description)
        HASS_ENTITY_DESCRIPTION(.name = "T", .device_class = utility_text(args, "device_class"),
                                .unit_of_measurement =
                                    utility_text(args, "native_unit_of_measurement"));
    now.suggestion = (struct sensor_suggestion)
        SENSOR_SUGGESTION(.unit_of_measurement = unit,
                          .has_display_precision =
                              hass_json_get(args, "suggested_display_precision") != NULL);
    now.sensor = (struct sensor_ops)SENSOR_OPS(.native_value = native_value, .suggestion = suggest,
                                               .state_class = utility_text(args, "state_class"),
                                               .options = *now.options ? now.options : NULL);
}

static HASS_COROUTINE int add(struct hass *hass, void *userdata, struct hass_error *err)
{
    static const struct hass_entity_ops ops = HASS_ENTITY_OPS(.values_size = 0);
    struct hass_entity *entity =
        hass_entity_new(hass, &ops, &now.description, &now.sensor, NULL, NULL);

    return hass_component_async_add_entities(hass_component_async_get(hass, "sensor"), &entity, 1,
                                             err);
}

/* True when @text is a number that rounds to @shown with its digits. */
static bool rounds_to(const char *text, const char *shown)
{
    const char *point = strchr(shown, '.');
    double digit = pow(10, point ? -(double)strlen(point + 1) : 0);

    return fabs(strtod(text, NULL) - strtod(shown, NULL)) <= digit * 0.500001;
}

/* Converted: what was recorded when ours rounds to it. */
static const char *comparable(const json_t *vector, const char *state, const char *unit)
{
    const json_t *expected = hass_json_get(vector, "expected");
    const char *recorded = utility_text(expected, "state");
    bool converted = !hass_unit_equal(unit, utility_text(now.args, "native_unit_of_measurement"));

    return recorded && converted && rounds_to(state, recorded) ? recorded : state;
}

static int sensor_state(const json_t *vector, const json_t *args, json_t **ret_value,
                        struct hass_error *err)
{
    hass__assert_loop();
    struct logs *logs = test_logs();
    autobuf yaml = HASS_BUF_INIT;

    hass_buf_printf(&yaml, "homeassistant:\n  unit_system: %s\nsensor:\n",
                    hass_json_get_string(args, "unit_system", "metric"));
    describe(args);
    struct hass *hass = test_home(hass_buf_string(&yaml));
    size_t errors = logs_count(logs, HASS_LOG_ERROR);
    int r = test_run_coroutine(hass, add, NULL);
    if (r >= 0 && logs_count(logs, HASS_LOG_ERROR) > errors)
        r = hass_fail(err, HASS_E_INVALID, "the log has: %s", logs_find(logs, "sensor.t"));
    if (r >= 0) {
        autojson *unit = home_attribute(hass, "sensor.t", "unit_of_measurement");
        const char *state =
            comparable(vector, home_state(hass, "sensor.t"), json_string_value(unit));
        *ret_value =
            json_pack("{s:s,s:O?}", "state", state, "unit_of_measurement", unit ? unit : NULL);
        if (!unit)
            json_object_set_new(*ret_value, "unit_of_measurement", json_null());
    }
    loader_end(hass);
    return r < 0 ? r : 0;
}

const struct utility sensor_utilities[] = {
    { "sensor_state", sensor_state },
    { NULL, NULL },
};
