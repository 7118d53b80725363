/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Datetimes, dates, times and timedeltas as values: their points in time, comparison, hashes and copies. Local fields are kept as one number
 * of microseconds, so that arithmetic on the wall clock is a sum; the offset is looked up when it is asked for.
 */
#include <math.h>

#include "base/civil.h"
#include "moment_parts.h"

enum {
    LARGEST_OFFSET = 26 * 3600, /* of any zone file, in seconds */
};

struct tmpl_value moment_value(struct tmpl_heap *heap, enum tmpl_kind kind,
                               const struct tmpl_moment *moment)
{
    struct tmpl_moment *copy = tmpl_alloc(heap, sizeof(*copy));

    *copy = *moment;
    return (struct tmpl_value){ .kind = (uint8_t)kind, .moment = copy };
}

struct tmpl_value tmpl_moment_in(struct tmpl_heap *heap, int64_t usec, const struct hass_zone *zone)
{
    struct tmpl_moment moment = { .local = usec, .zone = zone, .fixed = !zone, .utc = !zone };

    if (zone) {
        struct hass_dt local;
        hass_dt_local(usec, zone, &local);
        moment.local += local.offset * HASS_USEC_PER_SEC;
        moment.fold = (uint8_t)local.fold;
    }
    return moment_value(heap, TMPL_DATETIME, &moment);
}

struct tmpl_value tmpl_moment_naive(struct tmpl_heap *heap, int64_t local)
{
    return moment_value(heap, TMPL_DATETIME, &(struct tmpl_moment){ .local = local });
}

/* offsets */

struct zone_span moment_span(const struct hass_zone *zone, int64_t local, unsigned fold)
{
    int64_t second = floor_div(local, HASS_USEC_PER_SEC);
    struct zone_span span = zone_span_at(zone, second - LARGEST_OFFSET);

    while (span.end != INT64_MAX) {
        struct zone_span next = zone_span_at(zone, span.end);
        bool earlier = (next.offset < span.offset) == (fold != 0);
        if (second < span.end + (earlier ? next.offset : span.offset))
            break;
        span = next;
    }
    return span;
}

bool tmpl_moment_offset(const struct tmpl_moment *moment, int *ret_offset)
{
    if (moment->zone)
        *ret_offset = moment_span(moment->zone, moment->local, moment->fold).offset;
    else if (moment->fixed)
        *ret_offset = moment->offset;
    return !tmpl_moment_is_naive(moment);
}

int64_t tmpl_moment_utc(const struct tmpl_moment *moment, const struct hass_zone *naive)
{
    int offset = 0;

    if (!tmpl_moment_offset(moment, &offset) && naive)
        offset = moment_span(naive, moment->local, moment->fold).offset;
    return moment->local - offset * HASS_USEC_PER_SEC;
}

bool moment_time_offset(const struct tmpl_moment *time, int *ret_offset)
{
    if (!time->zone)
        return tmpl_moment_offset(time, ret_offset);
    struct zone_span span = zone_span_at(time->zone, 0);
    *ret_offset = span.offset;
    return span.start == INT64_MIN && span.end == INT64_MAX;
}

/* fields */

struct hass_dt moment_fields(int64_t local)
{
    struct hass_dt fields;

    hass_dt_local(local, NULL, &fields);
    return fields;
}

int moment_from_fields(struct tmpl_vm *vm, const struct hass_dt *f, int64_t *ret_local)
{
    if (f->year < 1 || f->year > 9999)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "year %d is out of range", f->year);
    if (f->month < 1 || f->month > 12)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "month must be in 1..12");
    if (f->day < 1 || f->day > civil_days_in_month(f->year, f->month))
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "day is out of range for month");
    if (f->hour < 0 || f->hour > 23)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "hour must be in 0..23");
    if (f->minute < 0 || f->minute > 59)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "minute must be in 0..59");
    if (f->second < 0 || f->second > 59)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "second must be in 0..59");
    if (f->microsecond < 0 || f->microsecond > 999999)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "microsecond must be in 0..999999");
    int second = f->hour * 3600 + f->minute * 60 + f->second;
    *ret_local = civil_to_days(f->year, f->month, f->day) * USEC_PER_DAY +
                 second * HASS_USEC_PER_SEC + f->microsecond;
    return 0;
}

/* timestamps */

double moment_timestamp(const struct tmpl_moment *moment, const struct hass_zone *zone)
{
    int64_t usec = tmpl_moment_utc(moment, zone);
    int64_t second = floor_div(usec, HASS_USEC_PER_SEC);

    // Python divides the microseconds of an aware one, and adds those of a naive one to its seconds.
    if (tmpl_moment_is_naive(moment))
        return (double)second + (double)floor_mod(usec, HASS_USEC_PER_SEC) / 1e6;
    bool is_exact = usec >= -(INT64_C(1) << 53) && usec <= INT64_C(1) << 53;
    return is_exact ? (double)usec / 1e6 : (double)((long double)usec / 1e6L);
}

int moment_from_timestamp(struct tmpl_vm *vm, double seconds, int64_t *ret_usec)
{
    double whole;

    if (isnan(seconds))
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "cannot convert float NaN to integer");
    if (isinf(seconds))
        return tmpl_raise(vm, TMPL_OVERFLOW_ERROR, "cannot convert float infinity to integer");
    double fraction = modf(seconds, &whole);
    if (whole < (double)TMPL_MOMENT_MIN / 1e6 || whole > (double)TMPL_MOMENT_MAX / 1e6)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "year is out of range");
    *ret_usec = (int64_t)whole * HASS_USEC_PER_SEC + llrint(fraction * 1e6); // half to even
    if (*ret_usec < TMPL_MOMENT_MIN || *ret_usec > TMPL_MOMENT_MAX)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "year is out of range");
    return 0;
}

int moment_shift(struct tmpl_vm *vm, int64_t usec, const struct tmpl_moment *zone,
                 struct tmpl_value *ret_value)
{
    struct tmpl_value value;

    if (zone->zone || zone->utc) {
        value = tmpl_moment_in(&vm->heap, usec, zone->zone);
    } else {
        struct tmpl_moment moment = *zone;
        moment.local = usec + zone->offset * HASS_USEC_PER_SEC;
        moment.fold = 0;
        value = moment_value(&vm->heap, TMPL_DATETIME, &moment);
    }
    if (value.moment->local < TMPL_MOMENT_MIN || value.moment->local > TMPL_MOMENT_MAX)
        return tmpl_raise(vm, TMPL_OVERFLOW_ERROR, "date value out of range");
    *ret_value = value;
    return 0;
}

/* comparing */

bool moment_is_same_zone(const struct tmpl_moment *a, const struct tmpl_moment *b)
{
    if (a->zone && b->zone)
        return a->zone == b->zone || strcmp(hass_zone_name(a->zone), hass_zone_name(b->zone)) == 0;
    return !a->zone && !b->zone && a->fixed == b->fixed && a->offset == b->offset;
}

/* Python calls a moment whose offset depends on its fold equal to none of another zone (PEP 495). */
static bool is_ambiguous(const struct tmpl_moment *moment)
{
    return moment->zone && moment_span(moment->zone, moment->local, 0).offset !=
                               moment_span(moment->zone, moment->local, 1).offset;
}

static int sign(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

/* Returns false where one is naive and the other is not. */
static bool compare_moments(const struct tmpl_value *a, const struct tmpl_value *b, int *ret_order)
{
    const struct tmpl_moment *left = a->moment, *right = b->moment;
    int left_offset = 0, right_offset = 0;

    if (moment_is_same_zone(left, right)) {
        *ret_order = sign(left->local, right->local);
        return true;
    }
    bool is_time = a->kind == TMPL_TIME;
    bool left_aware =
        is_time ? moment_time_offset(left, &left_offset) : tmpl_moment_offset(left, &left_offset);
    bool right_aware = is_time ? moment_time_offset(right, &right_offset)
                               : tmpl_moment_offset(right, &right_offset);
    if (left_aware != right_aware)
        return false;
    if (!left_aware)
        left_offset = right_offset = 0;
    *ret_order = sign(left->local - left_offset * HASS_USEC_PER_SEC,
                      right->local - right_offset * HASS_USEC_PER_SEC);
    return true;
}

int tmpl_date_equal(const struct tmpl_value *a, const struct tmpl_value *b)
{
    int order;

    if (a->kind != b->kind)
        return 0;
    if (a->kind == TMPL_DATE || a->kind == TMPL_TIMEDELTA)
        return a->integer == b->integer;
    if (!compare_moments(a, b, &order) || order != 0)
        return 0;
    return a->kind == TMPL_TIME || moment_is_same_zone(a->moment, b->moment) ||
           (!is_ambiguous(a->moment) && !is_ambiguous(b->moment));
}

int tmpl_date_order(struct tmpl_vm *vm, const struct tmpl_value *a, const struct tmpl_value *b,
                    int *ret_order)
{
    bool dates = (a->kind == TMPL_DATETIME || a->kind == TMPL_DATE) &&
                 (b->kind == TMPL_DATETIME || b->kind == TMPL_DATE);

    if (a->kind != b->kind && dates)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "can't compare datetime.datetime to datetime.date");
    if (a->kind != b->kind)
        return tmpl_raise(vm, TMPL_TYPE_ERROR,
                          "'<' not supported between instances of '%s' and '%s'", moment_class(a),
                          moment_class(b));
    if (a->kind == TMPL_DATE || a->kind == TMPL_TIMEDELTA) {
        *ret_order = sign(a->integer, b->integer);
        return 0;
    }
    if (!compare_moments(a, b, ret_order))
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "can't compare offset-naive and offset-aware %s",
                          a->kind == TMPL_TIME ? "times" : "datetimes");
    return 0;
}

bool tmpl_date_hash(const struct tmpl_value *value, uint64_t *ret_hash)
{
    int64_t number = value->integer;
    int offset = 0;

    if (value->kind == TMPL_DATETIME) {
        struct tmpl_moment moment = *value->moment;
        moment.fold = 0; // moments that differ by it alone are equal
        number = tmpl_moment_utc(&moment, NULL);
    } else if (value->kind == TMPL_TIME) {
        moment_time_offset(value->moment, &offset);
        number = value->moment->local - offset * HASS_USEC_PER_SEC;
    }
    uint64_t hash =
        ((uint64_t)number ^ ((uint64_t)value->kind << 56)) * UINT64_C(0x9e3779b97f4a7c15);
    *ret_hash = hash ^ hash >> 29;
    return true;
}

struct tmpl_value tmpl_date_copy(struct tmpl_heap *heap, const struct tmpl_value *value)
{
    if (value->kind == TMPL_DATE || value->kind == TMPL_TIMEDELTA)
        return *value;
    return moment_value(heap, value->kind, value->moment);
}

const char *moment_class(const struct tmpl_value *value)
{
    switch (value->kind) {
    case TMPL_DATETIME:
        return "datetime.datetime";
    case TMPL_DATE:
        return "datetime.date";
    case TMPL_TIME:
        return "datetime.time";
    case TMPL_TIMEDELTA:
        return "datetime.timedelta";
    default:
        return tmpl_class_name(value);
    }
}
