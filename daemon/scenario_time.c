/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times and durations as people write them in scenarios.
 */
#include <stdio.h>
#include <string.h>

#include "scenario_input.h"

#define USEC_PER_DAY (24 * 3600 * HASS_USEC_PER_SEC)

int scenario_duration(const json_t *value, int64_t *ret_duration, struct hass_error *err)
{
    static const struct hass_field field = HASS_FIELD("", &hass_type_duration);
    autojson *seconds = NULL;
    int r = hass_type_duration.check(&field, value, &seconds, err);

    if (r < 0)
        return r;
    *ret_duration = (int64_t)(json_number_value(seconds) * (double)HASS_USEC_PER_SEC);
    return 0;
}

/* "07:30" and "07:30:15" on the day of @base, or on the next one when that has passed. */
static bool read_clock(const char *text, const struct hass_zone *zone, int64_t base,
                       int64_t *ret_time)
{
    struct hass_dt local = { .size = sizeof(local) };
    int hour, minute, second = 0, length = 0, more = 0;

    if (sscanf(text, "%2d:%2d%n:%2d%n", &hour, &minute, &length, &second, &more) < 2)
        return false;
    if (text[more ? more : length] || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
        second < 0 || second > 59)
        return false;
    hass_dt_local(base, zone, &local);
    for (int day = 0; day < 3; day++) {
        struct hass_dt wanted = local;
        wanted.hour = hour;
        wanted.minute = minute;
        wanted.second = second;
        wanted.microsecond = 0;
        wanted.fold = 0;
        if (hass_dt_utc(&wanted, zone, ret_time) == 0 && *ret_time >= base)
            return true;
        /* From noon to noon is a day in every zone. */
        local.hour = 12;
        int64_t noon;
        (void)hass_dt_utc(&local, zone, &noon);
        hass_dt_local(noon + USEC_PER_DAY, zone, &local);
    }
    return false;
}

int scenario_time(const json_t *value, const struct hass_zone *zone, int64_t base,
                  int64_t *ret_time, struct hass_error *err)
{
    const char *text = json_string_value(value);
    char midnight[HASS_DT_TEXT];
    int64_t offset;

    if (json_is_number(value))
        return hass_fail(err, HASS_E_INVALID,
                         "expected a time, got a number: put it in quotes, such as \"07:30\"");
    if (!text)
        return hass_fail(err, HASS_E_INVALID, "expected a time such as \"07:30\"");
    if (text[0] == '+') {
        autojson *rest = json_string(text + 1);
        int r = scenario_duration(rest, &offset, err);
        *ret_time = r < 0 ? 0 : base + offset;
        return r;
    }
    if (read_clock(text, zone, base, ret_time))
        return 0;
    snprintf(midnight, sizeof(midnight), "%.10sT00:00:00", text);
    if (hass_dt_parse(strlen(text) == 10 ? midnight : text, zone, ret_time, NULL) == 0)
        return 0;
    return hass_fail(err, HASS_E_INVALID,
                     "expected a time such as \"07:30\", \"2024-06-01 07:30\" or \"+00:10\", got "
                     "'%.60s'",
                     text);
}
