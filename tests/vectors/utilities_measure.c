/* SPDX-License-Identifier: Apache-2.0 */
/* Units, distances and the scales of devices. */
#include <math.h>
#include <string.h>

#include <hass/color.h>
#include <hass/location.h>
#include <hass/unit.h>

#include "vectors/utilities.h"

static double element(const json_t *args, const char *key, size_t index)
{
    const json_t *value = json_array_get(hass_json_get(args, key), index);

    return json_is_null(value) ? NAN : json_number_value(value);
}

/* units */

static int with_class(const char *name, const json_t *args, json_t **ret_value,
                      struct hass_error *err)
{
    const struct hass_unit_class *units = hass_unit_class_get(name);
    double value;
    int r =
        units ? hass_unit_convert(units, hass_json_get_number(args, "value", 0),
                                  utility_text(args, "from"), utility_text(args, "to"), &value, err)
              : hass_fail(err, HASS_E_NOT_FOUND, "no class of units \"%s\"", name);

    if (r >= 0)
        *ret_value = json_real(value);
    return r;
}

static int convert_unit(const json_t *vector, const json_t *args, json_t **ret_value,
                        struct hass_error *err)
{
    return with_class(utility_text(args, "unit_class"), args, ret_value, err);
}

static int convert_temperature_interval(const json_t *vector, const json_t *args,
                                        json_t **ret_value, struct hass_error *err)
{
    return with_class("temperature_delta", args, ret_value, err);
}

static int unit_ratio(const json_t *vector, const json_t *args, json_t **ret_value,
                      struct hass_error *err)
{
    double ratio;
    int r = hass_unit_ratio(hass_unit_class_get(utility_text(args, "unit_class")),
                            utility_text(args, "from"), utility_text(args, "to"), &ratio, err);

    if (r >= 0)
        *ret_value = json_real(ratio);
    return r;
}

static int converted_unit(const json_t *vector, const json_t *args, json_t **ret_value,
                          struct hass_error *err)
{
    const char *unit =
        hass_unit_system_converted(utility_text(args, "unit_system"),
                                   utility_text(args, "device_class"), utility_text(args, "unit"));

    *ret_value = unit ? json_string(unit) : NULL;
    return 0;
}

/* distances */

static int distance(const json_t *vector, const json_t *args, json_t **ret_value,
                    struct hass_error *err)
{
    double metres = hass_location_distance(element(args, "from", 0), element(args, "from", 1),
                                           element(args, "to", 0), element(args, "to", 1));

    *ret_value = isnan(metres) ? NULL : json_real(metres);
    return 0;
}

/* scales */

static struct hass_scale scale_of(const json_t *args)
{
    return (struct hass_scale){ element(args, "range", 0), element(args, "range", 1) };
}

static int value_to_brightness(const json_t *vector, const json_t *args, json_t **ret_value,
                               struct hass_error *err)
{
    double value = hass_json_get_number(args, "value", 0);

    *ret_value = json_integer(hass_scale_to_brightness(scale_of(args), value));
    return 0;
}

static int brightness_to_value(const json_t *vector, const json_t *args, json_t **ret_value,
                               struct hass_error *err)
{
    int brightness = (int)hass_json_get_int(args, "brightness", 0);

    *ret_value = json_real(hass_scale_from_brightness(scale_of(args), brightness));
    return 0;
}

static int value_to_percentage(const json_t *vector, const json_t *args, json_t **ret_value,
                               struct hass_error *err)
{
    double value = hass_json_get_number(args, "value", 0);

    *ret_value = json_integer(hass_scale_to_percentage(scale_of(args), value));
    return 0;
}

static int percentage_to_value(const json_t *vector, const json_t *args, json_t **ret_value,
                               struct hass_error *err)
{
    double percentage = hass_json_get_number(args, "percentage", 0);

    *ret_value = json_real(hass_scale_from_percentage(scale_of(args), percentage));
    return 0;
}

/* The cases' list of steps. */
static const char *const steps[] = { "low", "medium", "high" };
#define STEPS (sizeof(steps) / sizeof(*steps))

static int percentage_to_item(const json_t *vector, const json_t *args, json_t **ret_value,
                              struct hass_error *err)
{
    int percentage = (int)hass_json_get_int(args, "percentage", 0);

    *ret_value = json_string(steps[hass_scale_percentage_to_place(percentage, STEPS)]);
    return 0;
}

static int item_to_percentage(const json_t *vector, const json_t *args, json_t **ret_value,
                              struct hass_error *err)
{
    const char *item = utility_text(args, "item");

    for (size_t i = 0; i < STEPS; i++)
        if (strcmp(steps[i], item) == 0) {
            *ret_value = json_integer(hass_scale_place_to_percentage(i, STEPS));
            return 0;
        }
    return hass_fail(err, HASS_E_NOT_FOUND, "no step \"%s\"", item);
}

const struct utility measure_utilities[] = {
    { "convert_unit", convert_unit },
    { "convert_temperature_interval", convert_temperature_interval },
    { "unit_ratio", unit_ratio },
    { "converted_unit", converted_unit },
    { "distance_m", distance },
    { "value_to_brightness", value_to_brightness },
    { "brightness_to_value", brightness_to_value },
    { "ranged_value_to_percentage", value_to_percentage },
    { "percentage_to_ranged_value", percentage_to_value },
    { "percentage_to_ordered_list_item", percentage_to_item },
    { "ordered_list_item_to_percentage", item_to_percentage },
    { NULL, NULL },
};
