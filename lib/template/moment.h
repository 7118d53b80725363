/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dates and times as Python's datetime has them: naive, of a fixed offset, or of a named zone. Arithmetic is on the local fields, as in
 * Python; comparison of aware ones is on the point in time.
 */
#pragma once

#include "template/vm.h"

struct tmpl_moment {
    int64_t
        local; /* microseconds since 1970 of the local fields, as if they were UTC; of a time: since midnight */
    const struct hass_zone *zone; /* a named zone, or NULL */
    int32_t offset;               /* seconds east of UTC, when @fixed */
    bool fixed;                   /* a fixed offset; neither zone nor fixed: naive */
    bool utc;                     /* with fixed: prints as the zone "UTC" */
    uint8_t fold;
};

#define TMPL_MOMENT_MIN INT64_C(-62135596800000000) /* 0001-01-01 */
#define TMPL_MOMENT_MAX INT64_C(253402300799999999) /* 9999-12-31 23:59:59.999999 */

/** The point in time, microseconds UTC. A naive one is taken in @naive (NULL: UTC). */
int64_t tmpl_moment_utc(const struct tmpl_moment *moment, const struct hass_zone *naive);
/** The datetime of a point in time in a named zone (NULL: UTC). */
struct tmpl_value tmpl_moment_in(struct tmpl_heap *heap, int64_t usec,
                                 const struct hass_zone *zone);
struct tmpl_value tmpl_moment_naive(struct tmpl_heap *heap, int64_t local);
static inline bool tmpl_moment_is_naive(const struct tmpl_moment *moment)
{
    return !moment->zone && !moment->fixed;
}
/** Seconds east of UTC; false for a naive one. */
bool tmpl_moment_offset(const struct tmpl_moment *moment, int *ret_offset);

/** What value.h's kinds from TMPL_DATETIME to TMPL_TIMEDELTA do; called by ops.c, compare.c, print.c, access.c, dict.c. */
int tmpl_date_binary(struct tmpl_vm *vm, enum tmpl_binary op, const struct tmpl_value *left,
                     const struct tmpl_value *right, struct tmpl_value *ret_value);
/** 1 equal, 0 not; @a and @b are of these kinds both. */
int tmpl_date_equal(const struct tmpl_value *a, const struct tmpl_value *b);
int tmpl_date_order(struct tmpl_vm *vm, const struct tmpl_value *a, const struct tmpl_value *b,
                    int *ret_order);
void tmpl_date_print(const struct tmpl_value *value, struct hass_buf *buf);
void tmpl_date_repr(const struct tmpl_value *value, struct hass_buf *buf);
bool tmpl_date_hash(const struct tmpl_value *value, uint64_t *ret_hash);
/** Fields: 1 and the value, 0 when there is none ("year", "tzinfo", "days", "seconds", …). Methods are in the tables of methods.h. */
int tmpl_date_field(struct tmpl_vm *vm, const struct tmpl_value *value, const char *name,
                    size_t length, struct tmpl_value *ret_value);
/** A deep copy into @heap; the zone is shared (zones live as long as the process's configuration holds them). */
struct tmpl_value tmpl_date_copy(struct tmpl_heap *heap, const struct tmpl_value *value);
