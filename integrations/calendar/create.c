/* SPDX-License-Identifier: Apache-2.0 */
/*
 * create_event: from days, from moments, or from a number of days counted from today.
 */
#include <string.h>

#include <hass/domain.h>
#include <hass/dt.h>

#include "parts.h"

/* Each kind of start, and the end that belongs to it. */
static const struct {
    const char *start, *end; /* end NULL: none */
} kinds[] = {
    { "start_date", "end_date" },
    { "start_date_time", "end_date_time" },
    { "in", NULL },
};

int calendar_check_create(const json_t *data, struct hass_error *err)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        bool ended = kinds[i].end && hass_json_get(data, kinds[i].end);
        bool started = hass_json_get(data, kinds[i].start);
        if (started && kinds[i].end && !ended)
            return hass_fail(err, HASS_E_INVALID, "%s needs %s", kinds[i].start, kinds[i].end);
        if (ended && !started)
            return hass_fail(err, HASS_E_INVALID, "%s needs %s", kinds[i].end, kinds[i].start);
        if (started && !strcmp(kinds[i].start, "in") &&
            json_object_size(hass_json_get(data, "in")) == 0)
            return hass_fail(err, HASS_E_INVALID, "in needs days or weeks");
        if (started)
            return 0;
    }
    return hass_fail(err, HASS_E_INVALID,
                     "must contain start_date and end_date, start_date_time and end_date_time, or "
                     "in");
}

static int64_t read_time(const json_t *data, const char *key, const struct hass_zone *zone)
{
    int64_t time = 0;

    (void)hass_dt_parse(hass_json_get_string(data, key, ""), zone, &time, NULL);
    return time;
}

/* Midnight of the day that is @days from today. */
static int64_t midnight(struct hass *hass, int days, const struct hass_zone *zone)
{
    struct hass_dt local = { .size = sizeof(local) };
    int64_t time;

    hass_dt_local(hass_now(hass), zone, &local);
    local.hour = 12; /* a day has 23 to 25 hours: noon plus days stays within its day */
    local.minute = local.second = local.microsecond = 0;
    (void)hass_dt_utc(&local, zone, &time);
    hass_dt_local(time + days * 86400 * HASS_USEC_PER_SEC, zone, &local);
    local.hour = local.minute = local.second = local.microsecond = local.fold = 0;
    (void)hass_dt_utc(&local, zone, &time);
    return time;
}

static void set_period(struct hass *hass, const json_t *data, const struct hass_zone *zone,
                       struct calendar_event *event)
{
    const json_t *in = hass_json_get(data, "in");

    event->all_day = !hass_json_get(data, "start_date_time");
    if (in) {
        int days = (int)hass_json_get_int(in, "days", 7 * hass_json_get_int(in, "weeks", 0));
        event->start = midnight(hass, days, zone);
        event->end = midnight(hass, days + 1, zone);
    } else {
        event->start = read_time(data, event->all_day ? "start_date" : "start_date_time", zone);
        event->end = read_time(data, event->all_day ? "end_date" : "end_date_time", zone);
    }
}

HASS_ENTITY_COMMAND(create_by_ops, struct calendar_ops, create, struct calendar_event)

int calendar_create_event(struct hass_entity *entity, const struct hass_service_call *call,
                          struct hass_error *err)
{
    const json_t *data = hass_service_call_data(call);
    struct hass *hass = hass_entity_hass(entity);
    struct calendar_event event = {
        .size = sizeof(event),
        .summary = hass_json_get_string(data, "summary", ""),
        .description = hass_json_get_string(data, "description", NULL),
        .location = hass_json_get_string(data, "location", NULL),
    };
    struct hass_zone *zone = hass_config_zone(hass);

    set_period(hass, data, zone, &event);
    hass_zone_unref(zone);
    if (event.end <= event.start)
        return hass_fail(err, HASS_E_SERVICE_VALIDATION, "the end must lie after the start");
    return create_by_ops(entity, call, &event, err);
}
