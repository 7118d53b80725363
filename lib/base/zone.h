/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time zones as a run of spans, each with one offset. Seconds here, not microseconds.
 */
#pragma once

#include <stdint.h>

#include <hass/buf.h>
#include <hass/dt.h>

/**
 * Seconds in which one offset, its daylight saving and its abbreviation hold: start ≤ time < end; INT64_MIN and INT64_MAX where they
 * never change. Zone files say only whether it is daylight saving time; by how much is the difference to the standard time beside it.
 */
struct zone_span {
    int64_t start;
    int64_t end;
    int offset;       /* seconds east of UTC */
    int saving;       /* the part of it that is daylight saving, seconds; 0 in standard time */
    const char *name; /* "CET", "+0545"; lives as long as the zone */
};

/** The span of @time. NULL is UTC. */
struct zone_span zone_span_at(const struct hass_zone *zone, int64_t time);

#define ZONE_MAX_FILE 262144 /* bytes */
#define ZONE_MAX_NAME 128    /* characters */

/** Appends the file at @path to @buf. Returns 0, -errno, -EFBIG when it is larger than ZONE_MAX_FILE, -ENOENT when it is none. */
int zone_read_file(const char *path, struct hass_buf *buf);

/** As hass_zone_new, from the bytes of a TZif file. */
int zone_parse(const char *name, const void *data, size_t size, struct hass_zone **ret_zone,
               struct hass_error *err);
