/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time patterns. Between two changes of the UTC offset local time runs evenly, so a match is found there by looking at the
 * bits of a day; a candidate behind a change is dropped and the search goes on from the change, with the new offset. Gaps
 * and folds need no further thought.
 */
#include "helpers/time_pattern.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <hass/cleanup.h>

#include "base/mem.h"

#define MAX_SECOND       59
#define MAX_HOUR         23
#define SECONDS_PER_HOUR 3600
#define SECONDS_PER_DAY  86400

static uint64_t bits_up_to(unsigned max)
{
    return UINT64_MAX >> (63 - max);
}

/* A whole number in [0, @max], surrounded by nothing but blanks. */
static int parse_number(const char *text, unsigned long max, unsigned long *ret_number)
{
    text += strspn(text, " \t");
    if (*text < '0' || *text > '9')
        return HASS_E_INVALID;
    char *end;
    errno = 0;
    unsigned long number = strtoul(text, &end, 10);
    if (errno || end[strspn(end, " \t")] || number > max)
        return HASS_E_INVALID;
    *ret_number = number;
    return 0;
}

static int parse_list(const char *text, unsigned max, uint64_t *ret_bits, struct hass_error *err)
{
    autofree char *copy = mem_strdup(text);
    char *rest = copy;
    uint64_t bits = 0;

    for (char *item; (item = strsep(&rest, ",")) != NULL;) {
        unsigned long number;
        if (parse_number(item, max, &number))
            return hass_fail(err, HASS_E_INVALID,
                             "time expression '%s': '%s' is not a number from 0 to %u", text, item,
                             max);
        bits |= UINT64_C(1) << number;
    }
    *ret_bits = bits;
    return 0;
}

static int parse_step(const char *text, unsigned max, uint64_t *ret_bits, struct hass_error *err)
{
    unsigned long step;

    if (parse_number(text + 1, UINT32_MAX, &step) || !step)
        return hass_fail(err, HASS_E_INVALID, "time expression '%s': expected a number above 0",
                         text);
    uint64_t bits = 0;
    for (unsigned long value = 0; value <= max; value += step)
        bits |= UINT64_C(1) << value;
    *ret_bits = bits;
    return 0;
}

int time_pattern_parse_field(const char *text, unsigned max, uint64_t *ret_bits,
                             struct hass_error *err)
{
    if (!text || !strcmp(text, "*")) {
        *ret_bits = bits_up_to(max);
        return 0;
    }
    return text[0] == '/' ? parse_step(text, max, ret_bits, err)
                          : parse_list(text, max, ret_bits, err);
}

int time_pattern_check_field(const char *text, unsigned max, struct hass_error *err)
{
    unsigned long number;

    if (strcmp(text, "*") == 0 || !parse_number(text + (*text == '/'), max, &number))
        return 0;
    return hass_fail(err, HASS_E_INVALID,
                     "time pattern '%s' is not *, a number from 0 to %u, or / and such a number",
                     text, max);
}

int time_pattern_parse(const struct hass_track_time *text, struct time_pattern *ret_pattern,
                       struct hass_error *err)
{
    struct time_pattern pattern;
    int r = time_pattern_parse_field(text->second, MAX_SECOND, &pattern.seconds, err);

    if (!r)
        r = time_pattern_parse_field(text->minute, MAX_SECOND, &pattern.minutes, err);
    if (!r)
        r = time_pattern_parse_field(text->hour, MAX_HOUR, &pattern.hours, err);
    if (r)
        return r;
    *ret_pattern = pattern;
    return 0;
}

bool time_pattern_is_every_second(const struct time_pattern *pattern)
{
    return pattern->seconds == bits_up_to(MAX_SECOND) &&
           pattern->minutes == bits_up_to(MAX_SECOND) && pattern->hours == bits_up_to(MAX_HOUR);
}

/* The first set bit at or above @from, or -1. */
static int next_bit(uint64_t bits, int from)
{
    bits = from > 63 ? 0 : bits >> from << from;
    return bits ? __builtin_ctzll(bits) : -1;
}

/* The first matching second of a day at or after @second, or -1 when the day has no more. */
static int next_in_day(const struct time_pattern *pattern, int second)
{
    int hour = second / SECONDS_PER_HOUR;
    int minute = second / 60 % 60;
    int match = next_bit(pattern->seconds, second % 60);

    if (match < 0) {
        minute++;
        match = next_bit(pattern->seconds, 0);
    }
    int match_minute = next_bit(pattern->minutes, minute);
    if (match_minute < 0)
        hour++;
    int match_hour = next_bit(pattern->hours, hour);
    if (match_hour < 0)
        return -1;
    if (match_minute < 0 || match_hour != hour)
        match_minute = next_bit(pattern->minutes, 0);
    if (match_minute != minute || match_hour != hour)
        match = next_bit(pattern->seconds, 0);
    return match_hour * SECONDS_PER_HOUR + match_minute * 60 + match;
}

/* The same for seconds since 1970, all of them on one clock. */
static int64_t next_on_clock(const struct time_pattern *pattern, int64_t second)
{
    int64_t in_day = (second % SECONDS_PER_DAY + SECONDS_PER_DAY) % SECONDS_PER_DAY;
    int64_t midnight = second - in_day;
    int match = next_in_day(pattern, (int)in_day);

    if (match >= 0)
        return midnight + match;
    return midnight + SECONDS_PER_DAY + next_in_day(pattern, 0);
}

static int offset_at(int64_t second, const struct hass_zone *zone)
{
    struct hass_dt local = { .size = sizeof(local) };

    hass_dt_local(second * HASS_USEC_PER_SEC, zone, &local);
    return local.offset;
}

/* The first second after @low that has another offset, known to come no later than @high. */
static int64_t offset_change(int64_t low, int64_t high, const struct hass_zone *zone)
{
    int offset = offset_at(low, zone);

    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (offset_at(middle, zone) == offset)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static int64_t floor_seconds(int64_t time)
{
    int64_t second = time / HASS_USEC_PER_SEC;

    return time % HASS_USEC_PER_SEC < 0 ? second - 1 : second;
}

int64_t time_pattern_next(const struct time_pattern *pattern, int64_t after,
                          const struct hass_zone *zone)
{
    for (int64_t from = floor_seconds(after);;) {
        int offset = offset_at(from, zone);
        int64_t match = next_on_clock(pattern, from + offset) - offset;
        if (offset_at(match, zone) == offset)
            return match * HASS_USEC_PER_SEC;
        from = offset_change(from, match, zone);
    }
}
