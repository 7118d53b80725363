/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time patterns (`minutes: "/5"`): which wall times match, and when the next one comes. Pure functions.
 *
 * Model: util.dt.parse_time_expression, find_next_time_expression_time
 */
#pragma once

#include <hass/dt.h>
#include <hass/event_helpers.h>

/* One bit for each value that matches; none is empty. */
struct time_pattern {
    uint64_t seconds, minutes, hours;
};

/**
 * Reads one field: NULL or "*": every value; "/N": those divisible by N; "3" or "1,2,30": exactly these. HASS_E_INVALID
 * names the value and the range.
 */
int time_pattern_parse_field(const char *text, unsigned max, uint64_t *ret_bits,
                             struct hass_error *err);
/**
 * As time_pattern_parse_field, for configuration: the N of "/N" is 0 to @max, and one number alone has no list beside it.
 * Model: components.homeassistant.triggers.time_pattern
 */
int time_pattern_check_field(const char *text, unsigned max, struct hass_error *err);
int time_pattern_parse(const struct hass_track_time *text, struct time_pattern *ret_pattern,
                       struct hass_error *err);
/** True when each second matches. */
bool time_pattern_is_every_second(const struct time_pattern *pattern);
/**
 * The first match at or after the second of @after, in @zone (NULL: UTC). Local times that do not exist are left out, those
 * that exist twice match twice.
 */
int64_t time_pattern_next(const struct time_pattern *pattern, int64_t after,
                          const struct hass_zone *zone);
