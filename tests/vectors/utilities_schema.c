/* SPDX-License-Identifier: Apache-2.0 */
/* The validators of configuration: types of <hass/schema.h>, with the bounds and words that the model's have. */
#include <math.h>
#include <string.h>

#include <hass/schema.h>

#include "vectors/utilities.h"

/* Ours as the vectors tag it: a duration is seconds, days and times are text. */
static json_t *tagged(const char *function, json_t *value)
{
    static const struct {
        const char *function, *tag;
    } tags[] = {
        { "cv.time", "$time" },
        { "cv.date", "$date" },
        { "cv.datetime", "$datetime" },
    };

    for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++)
        if (strcmp(tags[i].function, function) == 0)
            return json_pack("{s:o}", tags[i].tag, value);
    if (!strstr(function, "time_period"))
        return value;
    double seconds = json_number_value(value), days = floor(seconds / 86400);
    double rest = seconds - days * 86400, whole = floor(rest + 5e-7);
    json_decref(value);
    return json_pack("{s:[i,i,i]}", "$timedelta", (int)days, (int)whole,
                     (int)llrint((rest - whole) * 1e6));
}

/* A field of a table, so that lists and null are handled too. */
static int validate(const json_t *vector, const json_t *args, json_t **ret_value,
                    struct hass_error *err)
{
    const char *function = hass_json_get_string(vector, "function", "");
    const struct utility *validator = schema_utilities;
    autojson *checked = NULL;

    while (strcmp(validator->function, function) != 0)
        validator++;
    const struct hass_schema schema = { .size = sizeof(schema),
                                        .count = 1,
                                        .fields = &validator->field };
    int r = hass_schema_check(&schema, args, &checked, err);
    if (r < 0)
        return r;
    *ret_value = tagged(function, hass_json_ref(hass_json_get(checked, "value")));
    return 0;
}

const struct utility schema_utilities[] = {
    { "cv.boolean", validate, HASS_FIELD("value", &hass_type_bool) },
    { "cv.string", validate, HASS_FIELD("value", &hass_type_string) },
    { "cv.positive_int", validate, HASS_FIELD("value", &hass_type_int, .max = INFINITY) },
    { "cv.positive_float", validate, HASS_FIELD("value", &hass_type_number, .max = INFINITY) },
    { "cv.byte", validate, HASS_FIELD("value", &hass_type_int, .max = 255) },
    { "cv.small_float", validate, HASS_FIELD("value", &hass_type_number, .max = 1) },
    { "cv.port", validate, HASS_FIELD("value", &hass_type_int, .min = 1, .max = 65535) },
    { "cv.latitude", validate, HASS_FIELD("value", &hass_type_number, .min = -90, .max = 90) },
    { "cv.longitude", validate, HASS_FIELD("value", &hass_type_number, .min = -180, .max = 180) },
    { "cv.entity_id", validate, HASS_FIELD("value", &hass_type_entity_id) },
    { "cv.comp_entity_ids", validate, HASS_FIELD("value", &hass_type_entity_ids) },
    { "cv.entity_ids", validate, HASS_FIELD("value", &hass_type_entity_ids) },
    { "cv.slug", validate, HASS_FIELD("value", &hass_type_slug) },
    { "cv.icon", validate, HASS_FIELD("value", &hass_type_icon) },
    { "cv.service", validate, HASS_FIELD("value", &hass_type_service) },
    { "cv.time", validate, HASS_FIELD("value", &hass_type_time) },
    { "cv.date", validate, HASS_FIELD("value", &hass_type_date) },
    { "cv.datetime", validate, HASS_FIELD("value", &hass_type_datetime) },
    { "cv.time_period", validate, HASS_FIELD("value", &hass_type_duration) },
    { "cv.positive_time_period", validate,
      HASS_FIELD("value", &hass_type_duration, .max = INFINITY) },
    { "cv.weekdays", validate,
      HASS_FIELD("value", &hass_type_enum, .list = true,
                 .words = HASS_WORDS("mon", "tue", "wed", "thu", "fri", "sat", "sun")) },
    { "cv.ensure_list", validate, HASS_FIELD("value", &hass_type_any, .list = true) },
    { "cv.sun_event", validate, HASS_FIELD("value", &hass_type_sun_event) },
    { "cv.ensure_list_csv", validate, HASS_FIELD("value", &hass_type_list) },
    { "cv.string_with_no_html", validate, HASS_FIELD("value", &hass_type_plain_text) },
    { "cv.temperature_unit", validate, HASS_FIELD("value", &hass_type_temperature_unit) },
    { "cv.url", validate, HASS_FIELD("value", &hass_type_url) },
    { NULL, NULL },
};
