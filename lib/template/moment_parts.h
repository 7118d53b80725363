/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of dates and times share: moments and their fields, printed forms, zones as objects, and Python's tuples with names.
 */
#pragma once

#include "base/zone.h"
#include "template/moment.h"

#define USEC_PER_DAY       (INT64_C(86400) * HASS_USEC_PER_SEC)
/* Python's bound is 999,999,999 days; ours is what 64 bits of microseconds hold. */
#define TIMEDELTA_MAX_DAYS 106751990

/* moment.c */

/** A copy of @moment as a value of @kind, TMPL_DATETIME or TMPL_TIME. */
struct tmpl_value moment_value(struct tmpl_heap *heap, enum tmpl_kind kind,
                               const struct tmpl_moment *moment);
/** The span of a named zone that local fields lie in: in a gap that before it, or behind it with fold 1. */
struct zone_span moment_span(const struct hass_zone *zone, int64_t local, unsigned fold);
/** Local fields as a broken-down time; offset and fold are 0. */
struct hass_dt moment_fields(int64_t local);
/** Local fields to microseconds. Raises ValueError where one is out of range. */
int moment_from_fields(struct tmpl_vm *vm, const struct hass_dt *fields, int64_t *ret_local);
/** As tmpl_moment_offset for a TMPL_TIME, to which a zone that changes gives none. */
bool moment_time_offset(const struct tmpl_moment *time, int *ret_offset);
/** Seconds since 1970 as Python's timestamp() computes them. A naive one is local, in @zone. */
double moment_timestamp(const struct tmpl_moment *moment, const struct hass_zone *zone);
/** The moment of a timestamp in UTC, half a microsecond to even. Raises ValueError or OverflowError. */
int moment_from_timestamp(struct tmpl_vm *vm, double seconds, int64_t *ret_usec);
/** Takes a datetime's point in time into another zone: raises OverflowError beyond the years 1 to 9999. */
int moment_shift(struct tmpl_vm *vm, int64_t usec, const struct tmpl_moment *zone,
                 struct tmpl_value *ret_value);
/** True for the same named zone, the same fixed offset, or none at all. */
bool moment_is_same_zone(const struct tmpl_moment *a, const struct tmpl_moment *b);
/** "datetime.datetime" and its like; other kinds by their class. */
const char *moment_class(const struct tmpl_value *value);
/** Exact quotient of two integers, as Python divides them. */
int moment_quotient(struct tmpl_vm *vm, int64_t number, int64_t divisor, double *ret_quotient);
/** A timedelta; raises OverflowError where @usec is out of range. */
int moment_timedelta(struct tmpl_vm *vm, __int128 usec, struct tmpl_value *ret_value);

/* moment_print.c */

enum moment_timespec {
    TIMESPEC_AUTO,
    TIMESPEC_HOURS,
    TIMESPEC_MINUTES,
    TIMESPEC_SECONDS,
    TIMESPEC_MILLISECONDS,
    TIMESPEC_MICROSECONDS,
};

void moment_print_date(int64_t days, struct hass_buf *buf);
/** @separator is one character's bytes. */
void moment_print_iso(const struct tmpl_moment *moment, const char *separator, size_t length,
                      enum moment_timespec spec, struct hass_buf *buf);
void moment_print_time(const struct tmpl_moment *time, enum moment_timespec spec,
                       struct hass_buf *buf);
/** "+01:00", "-01:01:01"; @colon ":" or "". */
void moment_print_offset(int offset, const char *colon, struct hass_buf *buf);
void moment_repr_timedelta(int64_t usec, struct hass_buf *buf);

/* moment_zone.c: tzinfo objects */

/** The zone of @moment, or None. */
struct tmpl_value moment_zone(struct tmpl_heap *heap, const struct tmpl_moment *moment);
/** Puts the zone that @value is (TMPL_NONE: none) into @moment. Raises TypeError for anything else. */
int moment_set_zone(struct tmpl_vm *vm, const struct tmpl_value *value, struct tmpl_moment *moment);
void moment_repr_zone(const struct tmpl_moment *moment, struct hass_buf *buf);
/** Python's tzname(): "CET", "UTC+05:30"; None for naive ones. */
struct tmpl_value moment_zone_name(struct tmpl_heap *heap, const struct tmpl_moment *moment);
/** Python's dst(): None where it is not known. */
struct tmpl_value moment_saving(const struct tmpl_moment *moment);

/* moment_record.c: tuples with names */

struct tmpl_value moment_isocalendar(struct tmpl_heap *heap, int64_t days);
/** A struct_time; @is_dst is -1 where it is not known. */
struct tmpl_value moment_timetuple(struct tmpl_heap *heap, int64_t local, int is_dst);
/** The ISO year and week of a day. */
void moment_iso_week(int64_t days, int64_t *ret_year, int *ret_week);
/** The first day of an ISO year. */
int64_t moment_iso_year_start(int64_t year);
