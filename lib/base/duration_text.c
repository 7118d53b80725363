/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The forms in which Python prints durations, PostgreSQL intervals, and ISO 8601 durations without weeks, months and years. Which of the
 * first two it is shows behind the days: only Python's has a comma there, only the interval may end there.
 */
#include <math.h>
#include <string.h>

#include <hass/dt.h>

#include "duration.h"
#include "utf8.h"

#define LARGEST_SECONDS 9e12 /* what 64 bits of microseconds hold */

static bool skip(const char **at, char c)
{
    if (**at != c)
        return false;
    (*at)++;
    return true;
}

static bool skip_word(const char **at, const char *word)
{
    size_t length = strlen(word);

    if (strncmp(*at, word, length) != 0)
        return false;
    *at += length;
    return true;
}

static bool read_digits(const char **at, double *ret_number, size_t *ret_count)
{
    const char *start = *at;

    for (*ret_number = 0; ascii_is_digit(**at); (*at)++)
        *ret_number = *ret_number * 10 + (**at - '0');
    *ret_count = (size_t)(*at - start);
    return *ret_count > 0;
}

/* Up to @max digits behind a point (or comma) as microseconds; those beyond the sixth are dropped. */
static bool read_fraction(const char **at, size_t max, double *ret_usec)
{
    size_t count = 0;

    for (*ret_usec = 0; ascii_is_digit(**at); (*at)++, count++)
        if (count < 6)
            *ret_usec = *ret_usec * 10 + (**at - '0');
    for (size_t i = count; i < 6; i++)
        *ret_usec *= 10;
    return count >= 1 && count <= max;
}

/* "[[H:]M:]S[.f]" */
static bool read_python_clock(const char *at, double *ret_usec)
{
    double seconds = 0, number, fraction = 0;
    size_t count, parts = 0;
    bool negative = skip(&at, '-');

    do {
        if (!read_digits(&at, &number, &count) || ++parts > 3)
            return false;
        seconds = seconds * 60 + number;
    } while (skip(&at, ':'));
    if ((skip(&at, '.') || skip(&at, ',')) && !read_fraction(&at, 12, &fraction))
        return false;
    *ret_usec = (seconds * 1e6 + fraction) * (negative ? -1 : 1);
    return !*at;
}

/* "H:MM:SS[.f]" or nothing. */
static bool read_interval_clock(const char *at, double *ret_usec)
{
    double hour, minute, second, fraction = 0;
    size_t count, minute_digits, second_digits;

    *ret_usec = 0;
    if (!*at)
        return true;
    bool negative = skip(&at, '-');
    if (!negative)
        skip(&at, '+');
    if (!read_digits(&at, &hour, &count) || !skip(&at, ':') ||
        !read_digits(&at, &minute, &minute_digits) || !skip(&at, ':') ||
        !read_digits(&at, &second, &second_digits) || minute_digits != 2 || second_digits != 2)
        return false;
    if (skip(&at, '.') && !read_fraction(&at, 6, &fraction))
        return false;
    *ret_usec = ((hour * 60 + minute) * 60 + second) * 1e6 + fraction;
    if (negative)
        *ret_usec = -*ret_usec;
    return !*at;
}

/* "-3 " in front of a clock. */
static bool read_days(const char **at, double *ret_usec)
{
    const char *start = *at;
    size_t count;
    bool negative = skip(at, '-');

    if (read_digits(at, ret_usec, &count) && skip(at, ' ')) {
        *ret_usec *= negative ? -86400e6 : 86400e6;
        return true;
    }
    *at = start;
    *ret_usec = 0;
    return false;
}

static bool read_plain(const char *at, double *ret_usec)
{
    double days, clock;
    bool has_days = read_days(&at, &days);
    bool named = has_days && skip_word(&at, "day");
    bool good;

    if (named)
        skip(&at, 's');
    if (named && skip_word(&at, ", ")) {
        good = read_python_clock(at, &clock);
    } else if (named) {
        skip(&at, ' ');
        good = read_interval_clock(at, &clock);
    } else {
        good = read_python_clock(at, &clock) || (!has_days && read_interval_clock(at, &clock));
    }
    *ret_usec = days + clock;
    return good;
}

/* "1.5H": a number before @unit, which may be missing. */
static bool read_iso_part(const char **at, char unit, double usec, double *sum)
{
    const char *start = *at;
    double number, fraction;
    size_t count;

    if (!read_digits(at, &number, &count))
        return true;
    if (skip(at, '.') || skip(at, ',')) {
        double scale = 1;
        if (!ascii_is_digit(**at))
            return false;
        for (fraction = 0; ascii_is_digit(**at); (*at)++) {
            fraction = fraction * 10 + (**at - '0');
            scale *= 10;
        }
        number += isfinite(fraction / scale) ? fraction / scale : 0;
    }
    if (skip(at, unit))
        *sum += number * usec;
    else
        *at = start;
    return true;
}

static bool read_iso(const char *at, double *ret_usec)
{
    double sum = 0;
    bool negative = skip(&at, '-');

    if (!negative)
        skip(&at, '+');
    if (!skip(&at, 'P') || !read_iso_part(&at, 'D', 86400e6, &sum))
        return false;
    if (skip(&at, 'T') &&
        (!read_iso_part(&at, 'H', 3600e6, &sum) || !read_iso_part(&at, 'M', 60e6, &sum) ||
         !read_iso_part(&at, 'S', 1e6, &sum)))
        return false;
    *ret_usec = negative ? -sum : sum;
    return !*at;
}

bool duration_read(const char *text, int64_t *ret_usec)
{
    double usec;

    if ((!read_plain(text, &usec) && !read_iso(text, &usec)) ||
        !(fabs(usec) < LARGEST_SECONDS * 1e6))
        return false;
    *ret_usec = llrint(usec);
    return true;
}
