/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a sensor's value may be. Anything with a unit, a state class, a class of quantities or a precision is a number; a day, a
 * point in time, one of its options are texts of their own form. A unit or state class that does not go with the device class
 * is warned about once, and shown nevertheless: that is what the model does.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <hass/domain.h>

#include "parts.h"

#define SPACE " \t\n\v\f\r"

/* numbers */

bool sensor_read_number(struct hass_value value, double *ret_number)
{
    if (value.type != HASS_VALUE_STRING)
        return hass_value_number(value, ret_number) && isfinite(*ret_number);
    const char *text = value.text.data + strspn(value.text.data, SPACE);
    char *end;
    double number = strtod(text, &end);
    // strtod knows hexadecimal numbers.
    if (end == text || end[strspn(end, SPACE)] || !isfinite(number) || strpbrk(text, "xX"))
        return false;
    *ret_number = number;
    return true;
}

static HASS_CALLBACK bool is_numeric(struct hass_entity *entity)
{
    const struct sensor_data *data = sensor_data_of(entity);

    return data->quantity || sensor_state_class(entity) ||
           hass_entity_description(entity)->unit_of_measurement || data->has_precision ||
           sensor_suggestion(entity).has_display_precision;
}

/* days and points in time */

/* "2024-01-31T10:00:00+01:00", with its offset: a point in time, not a time of day. */
static bool read_timestamp(const char *text, int64_t *ret_time)
{
    const char *clock = strpbrk(text, "Tt ");

    return clock && strpbrk(clock, "Zz+-") && hass_dt_parse(text, NULL, ret_time, NULL) == 0;
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

/* Shown in UTC, to the second. */
static HASS_CALLBACK const char *check_timestamp(struct hass_entity *entity,
                                                 struct hass_value *value)
{
    struct sensor_data *data = sensor_data_of(entity);
    int64_t time;

    if (!read_timestamp(value->text.data, &time))
        return "is not a date and time with an offset";
    hass_dt_iso(hass_dt_second(time), NULL, data->text);
    *value = hass_value_string(data->text);
    return NULL;
}

static HASS_CALLBACK const char *check_text(struct hass_entity *entity, struct hass_value *value)
{
    const char *device_class = sensor_device_class(entity);
    bool is_string = value->type == HASS_VALUE_STRING;

    if (hass_entity_description(entity)->unit_of_measurement || sensor_state_class(entity))
        return "is of a class that has neither unit nor state class";
    if (!strcmp(device_class, "enum"))
        return is_string && hass_words_find(sensor_options(entity), value->text.data) >= 0
                   ? NULL
                   : "is not one of its options";
    if (!strcmp(device_class, "date"))
        return is_string && is_date(value->text.data) ? NULL : "is not a date";
    return is_string ? check_timestamp(entity, value) : "is not a date and time with an offset";
}

/* mismatches */

/* True the first time only. */
static HASS_CALLBACK bool warn_now(struct hass_entity *entity, enum sensor_warning warning)
{
    struct sensor_data *data = sensor_data_of(entity);
    bool now = !(data->warned & warning);

    data->warned |= warning;
    return now;
}

static void list_state_classes(uint32_t bits, struct hass_buf *list)
{
    static const char *const names[] = { "measurement", "measurement_angle", "total",
                                         "total_increasing", NULL };

    for (size_t i = 0; names[i]; i++) {
        if (bits & hass_state_class_bit(names[i]))
            hass_buf_printf(list, "%s%s", list->length ? " or " : "", names[i]);
    }
    if (!list->length)
        hass_buf_add_string(list, "none");
}

static HASS_CALLBACK void check_state_class(struct hass_entity *entity)
{
    const struct sensor_data *data = sensor_data_of(entity);
    const char *state_class = sensor_state_class(entity);
    autobuf good = HASS_BUF_INIT;

    if (!state_class || !data->quantity || data->quantity->text ||
        data->quantity->state_classes & hass_state_class_bit(state_class) ||
        !warn_now(entity, WARNED_STATE_CLASS))
        return;
    list_state_classes(data->quantity->state_classes, &good);
    const char *entity_id = hass_entity_async_entity_id(entity);
    hass_entity_log(HASS_LOG_WARNING, entity_id,
                    "%s has state class '%s', which device class '%s' does not go with: give it "
                    "%s, or leave it out",
                    entity_id, state_class, data->quantity->device_class, hass_buf_string(&good));
}

static HASS_CALLBACK void check_unit(struct hass_entity *entity)
{
    struct sensor_data *data = sensor_data_of(entity);
    const char *unit = sensor_native_unit(entity);
    autobuf good = HASS_BUF_INIT;

    data->unit_checked = true;
    if (!data->quantity || hass_quantity_has_unit(data->quantity, unit))
        return;
    for (const char *const *name = data->quantity->units; *name; name++)
        hass_buf_printf(&good, "%s%s", good.length ? ", " : "", **name ? *name : "none");
    const char *entity_id = hass_entity_async_entity_id(entity);
    hass_entity_log(HASS_LOG_WARNING, entity_id,
                    "%s is measured in '%s', which is no unit of device class '%s': give it one of "
                    "%s, or another device class",
                    entity_id, unit ? unit : "none", data->quantity->device_class,
                    hass_buf_string(&good));
}

const char *sensor_check(struct hass_entity *entity, struct hass_value *value)
{
    const struct sensor_data *data = sensor_data_of(entity);
    double number;

    check_state_class(entity);
    if (value->type == HASS_VALUE_NONE)
        return NULL;
    if (data->quantity && data->quantity->text)
        return check_text(entity, value);
    if (sensor_options(entity))
        return "has options, but not the device class enum";
    if (!is_numeric(entity))
        return NULL;
    if (!sensor_read_number(*value, &number))
        return "is not a finite number";
    if (!data->unit_checked)
        check_unit(entity);
    return NULL;
}
