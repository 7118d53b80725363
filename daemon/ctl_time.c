/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times for people: the clock on the wall, ages, durations.
 */
#include "ctl_time.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include <hass/dt.h>

int64_t ctl_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * HASS_USEC_PER_SEC + now.tv_nsec / 1000;
}

void ctl_clock_text(const char *iso, char text[16])
{
    int64_t time;
    time_t seconds;
    struct tm local;

    if (!iso || hass_dt_parse(iso, NULL, &time, NULL) < 0)
        time = ctl_now();
    seconds = (time_t)(time / HASS_USEC_PER_SEC);
    if (!localtime_r(&seconds, &local))
        local = (struct tm){ 0 };
    snprintf(text, 16, "%02u:%02u:%02u.%03u", (unsigned)local.tm_hour % 24u,
             (unsigned)local.tm_min % 60u, (unsigned)local.tm_sec % 61u,
             (unsigned)(time / 1000 % 1000) % 1000u);
}

void ctl_age_text(const char *iso, char text[16])
{
    static const struct {
        int64_t seconds;
        const char *unit;
    } units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" } };
    int64_t time, age;

    text[0] = '\0';
    if (!iso || hass_dt_parse(iso, NULL, &time, NULL) < 0)
        return;
    age = (ctl_now() - time) / HASS_USEC_PER_SEC;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (age >= units[i].seconds || units[i].seconds == 1) {
            snprintf(text, 16, "%" PRId64 " %s", age / units[i].seconds, units[i].unit);
            return;
        }
    }
}

void ctl_duration_text(double seconds, char text[32])
{
    uint64_t all = seconds > 0 ? (uint64_t)seconds : 0;
    unsigned days = (unsigned)(all / 86400);
    unsigned rest = (unsigned)(all % 86400);

    if (days > 0)
        snprintf(text, 32, "%u d %02u:%02u:%02u", days, rest / 3600, rest / 60 % 60, rest % 60);
    else
        snprintf(text, 32, "%02u:%02u:%02u", rest / 3600, rest / 60 % 60, rest % 60);
}
