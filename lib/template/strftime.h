/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts of dates and times by a format, as Python has them on a system with glibc: C locale, with the flags `-`, `_`, `0`, `^`, `#`, widths
 * and the modifiers E and O; %f, %z and %Z as Python's.
 */
#pragma once

#include <hass/buf.h>
#include <hass/dt.h>

struct strftime_moment {
    struct hass_dt fields; /* offset is that of %z */
    bool has_offset;
    const char *zone; /* %Z; "" for a naive one */
    int64_t epoch;    /* %s */
};

/** Appends the text; what is no directive stays as it is. */
void strftime_print(const struct strftime_moment *moment, const char *format, size_t length,
                    struct hass_buf *buf);

extern const char *const strftime_weekdays[7]; /* from Monday */
extern const char *const strftime_months[12];
