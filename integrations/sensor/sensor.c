/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain sensor: states and attributes of everything that is measured.
 *
 * Configuration: a list of platforms (`sensor: [{platform: …}]`); the domain has no options of its own.
 * Values are checked against their class before they are shown; a wrong one is logged and shown as "unknown". Temperatures are
 * shown in the home's unit.
 */
#include "sensor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <hass/config.h>
#include <hass/domain.h>
#include <hass/dt.h>
#include <hass/integration.h>

#define CELSIUS    "°C"
#define FAHRENHEIT "°F"

#define SCAN_INTERVAL 30.0 /* seconds; the model's for this domain */

HASS_MANIFEST(.domain = "sensor", .name = "Sensor", .version = HASS_VERSION);

static const struct sensor_ops *ops_of(const struct hass_entity *entity)
{
    return hass_entity_domain_ops(entity);
}

static const char *device_class_of(const struct hass_entity *entity)
{
    return hass_entity_description(entity)->device_class;
}

static const char *state_class_of(struct hass_entity *entity)
{
    const struct sensor_ops *ops = ops_of(entity);

    return ops->state_class_of ? ops->state_class_of(entity) : ops->state_class;
}

static bool is_class(const struct hass_entity *entity, const char *device_class)
{
    const char *own = device_class_of(entity);

    return own && !strcmp(own, device_class);
}

static const char *unit_of(const struct hass_entity *entity)
{
    return hass_entity_description(entity)->unit_of_measurement;
}

/* what a value may be */

/* Reads INT, DOUBLE and decimal text; hexadecimal, "nan" and "inf" are none. */
static bool read_number(struct hass_value value, double *ret_number)
{
    if (value.type == HASS_VALUE_BOOL)
        return false;
    if (value.type != HASS_VALUE_STRING)
        return hass_value_number(value, ret_number) && isfinite(*ret_number);
    char *end;
    *ret_number = strtod(value.text.data, &end);
    return end != value.text.data && !end[strspn(end, " ")] && isfinite(*ret_number) &&
           !strpbrk(value.text.data, "xX");
}

/* "2024-01-31T10:00:00+01:00", with its offset: a point in time, not a time of day. */
static bool is_timestamp(const char *text)
{
    int64_t time;
    const char *clock = strpbrk(text, "Tt ");

    return clock && strpbrk(clock, "Zz+-") && hass_dt_parse(text, NULL, &time, NULL) == 0;
}

/* "2024-01-31": a day that exists. */
static bool is_date(const char *text)
{
    autobuf midnight = HASS_BUF_INIT;
    int64_t time;

    hass_buf_printf(&midnight, "%sT00:00:00Z", text);
    return strlen(text) == strlen("2024-01-31") &&
           hass_dt_parse(hass_buf_string(&midnight), NULL, &time, NULL) == 0;
}

/* Classes whose values are no numbers; these have neither unit nor state class. */
static bool is_text_class(const struct hass_entity *entity)
{
    return is_class(entity, "date") || is_class(entity, "timestamp") || is_class(entity, "enum");
}

/* Returns what is wrong with @text for a class of text, or NULL. */
static const char *text_problem(struct hass_entity *entity, const char *text)
{
    if (unit_of(entity) || state_class_of(entity))
        return "is of a class that has neither unit nor state class";
    if (is_class(entity, "enum"))
        return hass_words_find(ops_of(entity)->options, text) >= 0 ? NULL
                                                                   : "is not one of its options";
    if (is_class(entity, "timestamp"))
        return is_timestamp(text) ? NULL : "is not a date and time with an offset";
    return is_date(text) ? NULL : "is not a date";
}

/* Returns what is wrong with @value, or NULL. Anything with a unit, a state class or a class of quantities is a number. */
static const char *problem_of(struct hass_entity *entity, struct hass_value value)
{
    double number;

    if (is_text_class(entity))
        return text_problem(entity, value.type == HASS_VALUE_STRING ? value.text.data : "");
    if (ops_of(entity)->options)
        return "has options, but not the device class enum";
    if (!device_class_of(entity) && !state_class_of(entity) && !unit_of(entity))
        return NULL;
    return read_number(value, &number) ? NULL : "is not a finite number";
}

/* temperatures */

static bool is_temperature(const struct hass_entity *entity)
{
    const char *unit = unit_of(entity);

    return is_class(entity, "temperature") && unit &&
           (!strcmp(unit, CELSIUS) || !strcmp(unit, FAHRENHEIT));
}

static const char *unit_of_measurement(struct hass_entity *entity)
{
    struct hass_home home = { .size = sizeof(home) };

    if (!is_temperature(entity))
        return unit_of(entity);
    hass_config_home(hass_entity_hass(entity), &home);
    return strcmp(home.unit_system, "us_customary") ? CELSIUS : FAHRENHEIT;
}

/* The value in the unit that is shown. Not rounded: how many digits are shown is the frontend's. */
static struct hass_value converted(struct hass_entity *entity, struct hass_value value)
{
    const char *shown = unit_of_measurement(entity);
    double number;

    if (!is_temperature(entity) || !strcmp(shown, unit_of(entity)) || !read_number(value, &number))
        return value;
    return HASS_DOUBLE(strcmp(shown, CELSIUS) ? number * 1.8 + 32 : (number - 32) / 1.8);
}

/* state and attributes */

static const char *or_none(const char *text)
{
    return text ? text : "none";
}

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    struct hass_value value = ops_of(entity)->native_value(entity);

    if (value.type == HASS_VALUE_NONE)
        return value;
    const char *problem = problem_of(entity, value);
    if (!problem)
        return converted(entity, value);

    const char *entity_id = hass_entity_async_entity_id(entity);
    autobuf text = HASS_BUF_INIT;
    hass_value_write_text(value, &text);
    hass_entity_log(HASS_LOG_ERROR, entity_id,
                    "%s: value '%s' %s (device class %s, state class %s, unit %s)", entity_id,
                    hass_buf_string(&text), problem, or_none(device_class_of(entity)),
                    or_none(state_class_of(entity)), or_none(unit_of(entity)));
    return HASS_NONE;
}

static void capability_attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    const char *state_class = state_class_of(entity);

    if (state_class)
        hass_attrs_set_string(writer, HASS_ATTR_STATE_CLASS, state_class);
    if (ops_of(entity)->options)
        hass_attrs_set_words(writer, "options", ops_of(entity)->options);
}

static void state_attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    const char *state_class = state_class_of(entity);
    int64_t reset = ops_of(entity)->last_reset ? ops_of(entity)->last_reset(entity) : 0;

    if (reset && state_class && !strcmp(state_class, "total")) {
        char text[HASS_DT_TEXT];
        hass_dt_iso(reset, NULL, text);
        hass_attrs_set_string(writer, "last_reset", text);
    }
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .capability_attributes = capability_attributes,
    .state_attributes = state_attributes,
    .unit_of_measurement = unit_of_measurement,
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    const struct hass_component_options options = {
        .size = sizeof(options),
        .domain = "sensor",
        .scan_interval = SCAN_INTERVAL,
        .ops = &domain_ops,
    };

    return hass_component_async_create(hass, &options, config, NULL, err);
}
