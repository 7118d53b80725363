/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads and evaluates the footer of zone files: POSIX.1 section 8.3 with the extension of RFC 8536 section 3.3.1 (hours
 * from -167 to 167).
 */
#include "zone_rule.h"

#include <string.h>

#include "civil.h"
#include "utf8.h"

/* Reads an unsigned number in @low..@high. */
static bool read_number(const char **at, int low, int high, int *ret_number)
{
    int number = 0;

    if (!ascii_is_digit(**at))
        return false;
    for (; ascii_is_digit(**at) && number <= high; (*at)++)
        number = number * 10 + (**at - '0');
    *ret_number = number;
    return number >= low && number <= high;
}

static bool skip(const char **at, char c)
{
    if (**at != c)
        return false;
    (*at)++;
    return true;
}

/* "CET" or "<+0330>", of which the brackets are no part. */
static bool read_name(const char **at, char name[ZONE_ABBREVIATION])
{
    bool quoted = skip(at, '<');
    const char *start = *at;

    while (quoted ? **at && **at != '>' : ascii_is_lower(**at) || ascii_is_upper(**at))
        (*at)++;
    size_t length = (size_t)(*at - start);
    size_t kept = length < ZONE_ABBREVIATION ? length : ZONE_ABBREVIATION - 1;
    memcpy(name, start, kept);
    name[kept] = '\0';
    return quoted ? skip(at, '>') : length >= 3;
}

/* [+-]hh[:mm[:ss]] as seconds. */
static bool read_time(const char **at, int max_hour, int *ret_seconds)
{
    int hour, minute = 0, second = 0;
    bool negative = skip(at, '-');

    if (!negative)
        skip(at, '+');
    if (!read_number(at, 0, max_hour, &hour))
        return false;
    if (skip(at, ':') && !read_number(at, 0, 59, &minute))
        return false;
    if (skip(at, ':') && !read_number(at, 0, 59, &second))
        return false;
    *ret_seconds = (hour * 3600 + minute * 60 + second) * (negative ? -1 : 1);
    return true;
}

static bool read_weekday_rule(const char **at, struct zone_rule_date *ret_date)
{
    ret_date->kind = RULE_WEEKDAY;
    return read_number(at, 1, 12, &ret_date->month) && skip(at, '.') &&
           read_number(at, 1, 5, &ret_date->week) && skip(at, '.') &&
           read_number(at, 0, 6, &ret_date->day);
}

static bool read_date(const char **at, struct zone_rule_date *ret_date)
{
    bool good;

    if (skip(at, 'M')) {
        good = read_weekday_rule(at, ret_date);
    } else if (skip(at, 'J')) {
        ret_date->kind = RULE_JULIAN;
        good = read_number(at, 1, 365, &ret_date->day);
    } else {
        ret_date->kind = RULE_DAY;
        good = read_number(at, 0, 365, &ret_date->day);
    }
    ret_date->time = 2 * 3600;
    return good && (!skip(at, '/') || read_time(at, 167, &ret_date->time));
}

bool zone_rule_parse(const char *text, struct zone_rule *ret_rule)
{
    struct zone_rule rule = { 0 };
    int west;

    if (!read_name(&text, rule.standard_name) || !read_time(&text, 24, &west))
        return false;
    rule.standard = -west;
    if (*text) {
        rule.has_daylight = true;
        rule.daylight = rule.standard + 3600;
        if (!read_name(&text, rule.daylight_name))
            return false;
        if (*text != ',') {
            if (!read_time(&text, 24, &west))
                return false;
            rule.daylight = -west;
        }
        if (!skip(&text, ',') || !read_date(&text, &rule.begin) || !skip(&text, ',') ||
            !read_date(&text, &rule.end) || *text)
            return false;
    }
    *ret_rule = rule;
    return true;
}

static int64_t weekday_in_month(const struct zone_rule_date *date, int64_t year)
{
    int64_t first = civil_to_days(year, date->month, 1);
    int first_weekday = (civil_weekday(first) + 1) % 7; // 0 = Sunday, as the rule counts
    int day = (date->day - first_weekday + 7) % 7 + (date->week - 1) * 7;

    return first + (day < civil_days_in_month(year, date->month) ? day : day - 7);
}

/* Seconds since 1970 on the wall clock. */
static int64_t date_in_year(const struct zone_rule_date *date, int64_t year)
{
    int64_t days;

    switch (date->kind) {
    case RULE_WEEKDAY:
        days = weekday_in_month(date, year);
        break;
    case RULE_JULIAN:
        days = civil_to_days(year, 1, date->day) + (civil_is_leap(year) && date->day >= 60);
        break;
    default:
        days = civil_to_days(year, 1, 1 + date->day);
        break;
    }
    return days * SECONDS_PER_DAY + date->time;
}

int64_t zone_rule_begin(const struct zone_rule *rule, int64_t year)
{
    return date_in_year(&rule->begin, year) - rule->standard;
}

int64_t zone_rule_end(const struct zone_rule *rule, int64_t year)
{
    return date_in_year(&rule->end, year) - rule->daylight;
}
