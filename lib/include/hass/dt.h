/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Points in time (microseconds UTC since 1970) and their texts. Time zones are IANA names, read from the system's zone files.
 */
#pragma once

#include <hass/error.h>

#define HASS_USEC_PER_SEC INT64_C(1000000)

/** Room for any text of this header. */
#define HASS_DT_TEXT 40

struct hass_zone;

/** Loads a zone ("Europe/Berlin", "UTC"); HASS_E_NOT_FOUND when unknown. Zones are immutable and counted. */
HASS_API int hass_zone_new(const char *name, struct hass_zone **ret_zone, struct hass_error *err);
HASS_API struct hass_zone *hass_zone_ref(struct hass_zone *zone);
HASS_API struct hass_zone *hass_zone_unref(struct hass_zone *zone);
HASS_API const char *hass_zone_name(const struct hass_zone *zone);

/** A broken-down local time; @fold is 1 in the second pass of an ambiguous hour. */
struct hass_dt {
    uint32_t size;
    int year, month, day; /* month 1..12 */
    int hour, minute, second, microsecond;
    int weekday; /* 0 = Monday */
    int offset;  /* seconds east of UTC */
    int fold;
};

/** Breaks @time down in @zone (NULL: UTC). */
HASS_API void hass_dt_local(int64_t time, const struct hass_zone *zone, struct hass_dt *ret_local);
/**
 * The point in time of local fields (offset and weekday are ignored, @fold selects the pass). Returns 0, or 1 when the local
 * time does not exist (a gap); @ret_time is then the time with the offset before the gap.
 */
HASS_API int hass_dt_utc(const struct hass_dt *local, const struct hass_zone *zone,
                         int64_t *ret_time);

/** "2024-03-05T10:00:00.000001+00:00", the model's isoformat: no fraction when it is zero. */
HASS_API void hass_dt_iso(int64_t time, const struct hass_zone *zone, char text[HASS_DT_TEXT]);
/** The second that @time is in, also before 1970: for texts without a fraction. */
static inline int64_t hass_dt_second(int64_t time)
{
    int64_t fraction = time % HASS_USEC_PER_SEC;

    return time - (fraction < 0 ? fraction + HASS_USEC_PER_SEC : fraction);
}
/** Reads ISO 8601 date-time with optional fraction and offset (without: @zone). HASS_E_INVALID otherwise. */
HASS_API int hass_dt_parse(const char *text, const struct hass_zone *zone, int64_t *ret_time,
                           struct hass_error *err);
