/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Types of values that name a day, or a day and a time.
 */
#include <stdlib.h>

#include <hass/buf.h>
#include <hass/schema.h>

#include "base/dt_parse.h"
#include "base/mem.h"
#include "data/schema_text.h"

static int check_date(const struct hass_field *field, const json_t *value, json_t **ret_value,
                      struct hass_error *err)
{
    struct hass_dt day;

    if (!json_is_string(value) || !dt_parse_date(json_string_value(value), &day))
        return schema_fail("a date such as 2024-01-31", value, err);
    autofree char *full = mem_printf("%04d-%02d-%02d", day.year, day.month, day.day);
    *ret_value = json_string(full);
    return 0;
}

const struct hass_field_type hass_type_date = {
    .size = sizeof(struct hass_field_type),
    .name = "a date",
    .check = check_date,
    .json_type = "string",
    .selector = "date",
};

/* ISO 8601, with or without an offset; a date alone is its midnight. */
static int check_datetime(const struct hass_field *field, const json_t *value, json_t **ret_value,
                          struct hass_error *err)
{
    struct hass_dt fields = { .size = sizeof(fields) };
    bool has_offset;

    if (!json_is_string(value) ||
        dt_parse_fields(json_string_value(value), &fields, &has_offset, NULL) < 0)
        return schema_fail("a date and time such as 2024-01-31 07:30:00", value, err);
    autobuf text = HASS_BUF_INIT;
    hass_buf_printf(&text, "%04d-%02d-%02dT%02d:%02d:%02d", fields.year, fields.month, fields.day,
                    fields.hour, fields.minute, fields.second);
    if (fields.microsecond)
        hass_buf_printf(&text, ".%06d", fields.microsecond);
    int minutes = abs(fields.offset) / 60;
    if (has_offset)
        hass_buf_printf(&text, "%c%02d:%02d", fields.offset < 0 ? '-' : '+', minutes / 60,
                        minutes % 60);
    *ret_value = json_string(hass_buf_string(&text));
    return 0;
}

const struct hass_field_type hass_type_datetime = {
    .size = sizeof(struct hass_field_type),
    .name = "a date and time",
    .check = check_datetime,
    .json_type = "string",
    .selector = "datetime",
};
