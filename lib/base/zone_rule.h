/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The POSIX TZ string in a zone file's footer, "CET-1CEST,M3.5.0,M10.5.0/3": what holds after the last transition
 * listed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A day of the year and a time of that day. */
struct zone_rule_date {
    enum { RULE_JULIAN, RULE_DAY, RULE_WEEKDAY } kind;
    int day;   /* JULIAN 1..365 without leap days, DAY 0..365, WEEKDAY 0 (Sunday) .. 6 */
    int week;  /* WEEKDAY: 1..5, 5 is the last */
    int month; /* WEEKDAY: 1..12 */
    int time;  /* seconds after midnight, -167 to 167 hours */
};

#define ZONE_ABBREVIATION 16 /* of an abbreviation with its NUL; longer ones are cut */

struct zone_rule {
    int standard; /* seconds east of UTC */
    int daylight;
    bool has_daylight;
    char standard_name[ZONE_ABBREVIATION];
    char daylight_name[ZONE_ABBREVIATION];
    struct zone_rule_date begin; /* of daylight time */
    struct zone_rule_date end;
};

/** False when @text is no such string. */
bool zone_rule_parse(const char *text, struct zone_rule *ret_rule);

/** When daylight time begins and ends in @year, in seconds UTC. */
int64_t zone_rule_begin(const struct zone_rule *rule, int64_t year);
int64_t zone_rule_end(const struct zone_rule *rule, int64_t year);
