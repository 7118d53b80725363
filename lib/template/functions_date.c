/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model's functions of dates and times. The host says what time it is and which zone is local; what depends on the time tells it so
 * (looked_at_time), whatever comes of it.
 */
#include <math.h>

#include "base/age.h"
#include "base/civil.h"
#include "base/dt_parse.h"
#include "base/duration.h"
#include "template/builtins.h"
#include "template/env.h"
#include "template/moment_parts.h"
#include "template/strftime.h"
#include "template/strptime.h"

/* --- what time it is ------------------------------------------------------------------------------ */

static int64_t look_at_time(struct tmpl_vm *vm)
{
    if (vm->host.looked_at_time)
        vm->host.looked_at_time(vm->host.userdata);
    return vm->host.now ? vm->host.now(vm->host.userdata) : 0;
}

static int function_now(struct tmpl_vm *vm, const struct tmpl_call *call,
                        struct tmpl_value *ret_value)
{
    *ret_value = tmpl_moment_in(&vm->heap, look_at_time(vm), vm->host.zone);
    return 0;
}

static int function_utcnow(struct tmpl_vm *vm, const struct tmpl_call *call,
                           struct tmpl_value *ret_value)
{
    *ret_value = tmpl_moment_in(&vm->heap, look_at_time(vm), NULL);
    return 0;
}

/* Puts a moment of local fields into the local zone. */
static struct tmpl_value local_moment(struct tmpl_vm *vm, int64_t local, unsigned fold)
{
    struct tmpl_moment moment = {
        .local = local,
        .zone = vm->host.zone,
        .fixed = !vm->host.zone,
        .utc = !vm->host.zone,
        .fold = (uint8_t)fold,
    };

    return moment_value(&vm->heap, TMPL_DATETIME, &moment);
}

static int function_today_at(struct tmpl_vm *vm, const struct tmpl_call *call,
                             struct tmpl_value *ret_value)
{
    struct tmpl_value now = tmpl_moment_in(&vm->heap, look_at_time(vm), vm->host.zone), text;
    struct hass_dt time = { 0 };

    if (read_text_or(vm, &call->args[0], "", &text) < 0)
        return -1;
    if (text.length && !dt_parse_time(c_string(vm, &text), &time))
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "could not convert %s to datetime: '%s'",
                          tmpl_class_name(&call->args[0]), c_string(vm, &text));
    int64_t midnight = floor_div(now.moment->local, USEC_PER_DAY) * USEC_PER_DAY;
    int second = time.hour * 3600 + time.minute * 60 + time.second;
    *ret_value = local_moment(vm, midnight + second * HASS_USEC_PER_SEC, 0);
    return 0;
}

/* --- reading -------------------------------------------------------------------------------------- */

/* Returns 1, 0 when @text has not the shape of a date and time, or -1 with an error for impossible fields. */
static int read_datetime(struct tmpl_vm *vm, const struct tmpl_value *text,
                         struct tmpl_value *ret_value)
{
    struct hass_dt fields;
    struct hass_error err = HASS_ERROR_INIT;
    struct tmpl_moment moment = { 0 };
    bool has_offset;
    const char *string = c_string(vm, text);
    int error = strlen(string) == text->length ? dt_parse_fields(string, &fields, &has_offset, &err)
                                               : HASS_E_PARSE;

    if (error == HASS_E_PARSE)
        return 0;
    if (error < 0)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "%s", err.message);
    if (moment_from_fields(vm, &fields, &moment.local) < 0)
        return -1;
    moment.fixed = has_offset;
    moment.offset = fields.offset;
    moment.utc = has_offset && !fields.offset;
    *ret_value = moment_value(&vm->heap, TMPL_DATETIME, &moment);
    return 1;
}

static int function_as_timestamp(struct tmpl_vm *vm, const struct tmpl_call *call,
                                 struct tmpl_value *ret_value)
{
    const struct tmpl_value *value = &call->args[0];
    struct tmpl_value text, moment = *value;
    int read = 1;

    if (value->kind != TMPL_DATETIME) {
        if (read_text(vm, value, &text) < 0)
            return -1;
        read = read_datetime(vm, &text, &moment);
    }
    if (read <= 0) {
        tmpl_forgive(vm);
        return return_default(vm, "as_timestamp", value, &call->args[1], ret_value);
    }
    *ret_value = tmpl_float(moment_timestamp(moment.moment, vm->host.zone));
    return 0;
}

/* Text that is neither a number nor a date: none when there is no default, as always; an impossible date is an error. */
static int read_datetime_or(struct tmpl_vm *vm, const struct tmpl_call *call,
                            struct tmpl_value *ret_value)
{
    const struct tmpl_value *value = &call->args[0];

    if (value->kind != TMPL_STRING)
        return return_default(vm, "as_datetime", value, &call->args[1], ret_value);
    int read = read_datetime(vm, value, ret_value);
    if (read > 0)
        return 0;
    if (is_given(&call->args[1])) {
        tmpl_forgive(vm);
        *ret_value = call->args[1];
        return 0;
    }
    *ret_value = tmpl_none();
    return read;
}

static int function_as_datetime(struct tmpl_vm *vm, const struct tmpl_call *call,
                                struct tmpl_value *ret_value)
{
    const struct tmpl_value *value = &call->args[0];
    double seconds;
    int64_t usec;

    if (value->kind == TMPL_DATETIME) {
        *ret_value = *value;
        return 0;
    }
    if (value->kind == TMPL_DATE) {
        *ret_value = tmpl_moment_naive(&vm->heap, value->integer * USEC_PER_DAY);
        return 0;
    }
    int read = read_float(vm, value, &seconds);
    if (read < 0)
        return read;
    if (!read)
        return read_datetime_or(vm, call, ret_value);
    if (moment_from_timestamp(vm, seconds, &usec) < 0) {
        if (vm->error.class != TMPL_VALUE_ERROR)
            return -1;
        tmpl_forgive(vm);
        return read_datetime_or(vm, call, ret_value);
    }
    *ret_value = tmpl_moment_in(&vm->heap, usec, NULL);
    return 0;
}

/* A datetime in the local zone; a naive one is there already. */
static int to_local(struct tmpl_vm *vm, const struct tmpl_moment *moment,
                    struct tmpl_value *ret_value)
{
    struct tmpl_moment zone = { .zone = vm->host.zone,
                                .fixed = !vm->host.zone,
                                .utc = !vm->host.zone };

    if (!tmpl_moment_is_naive(moment) && !moment_is_same_zone(moment, &zone))
        return moment_shift(vm, tmpl_moment_utc(moment, NULL), &zone, ret_value);
    *ret_value = local_moment(vm, moment->local, moment->fold);
    return 0;
}

static int function_as_local(struct tmpl_vm *vm, const struct tmpl_call *call,
                             struct tmpl_value *ret_value)
{
    if (call->args[0].kind != TMPL_DATETIME)
        return tmpl_raise(vm, TMPL_ATTRIBUTE_ERROR, "'%s' object has no attribute 'tzinfo'",
                          moment_class(&call->args[0]));
    return to_local(vm, call->args[0].moment, ret_value);
}

static int function_as_timedelta(struct tmpl_vm *vm, const struct tmpl_call *call,
                                 struct tmpl_value *ret_value)
{
    const struct tmpl_value *value = &call->args[0];
    int64_t usec;

    if (value->kind != TMPL_STRING)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "expected string or bytes-like object, got '%s'",
                          tmpl_class_name(value));
    *ret_value = duration_read(c_string(vm, value), &usec) ? tmpl_timedelta(usec) : tmpl_none();
    return 0;
}

static int function_strptime(struct tmpl_vm *vm, const struct tmpl_call *call,
                             struct tmpl_value *ret_value)
{
    const struct tmpl_value *text = &call->args[0], *format = &call->args[1];
    struct tmpl_moment moment;

    if (text->kind == TMPL_STRING && format->kind == TMPL_STRING) {
        if (tmpl_strptime(vm, text->text, text->length, format->text, format->length, &moment) >=
            0) {
            *ret_value = moment_value(&vm->heap, TMPL_DATETIME, &moment);
            return 0;
        }
        if (vm->error.class != TMPL_VALUE_ERROR)
            return -1;
        tmpl_forgive(vm);
    }
    return return_default(vm, "strptime", text, &call->args[2], ret_value);
}

/* --- timedelta ------------------------------------------------------------------------------------ */

/* The whole microseconds of a sum, and what is left of its parts. */
struct sum {
    __int128 usec;
    double rest;
};

/* Adds @value units of @usec each. Floats are taken apart as Python does, so that no part of them is rounded early. */
static int add_unit(struct tmpl_vm *vm, const struct tmpl_value *value, const char *name,
                    int64_t usec, struct sum *sum)
{
    double whole, whole_usec;
    int64_t integer;

    if (tmpl_is_integer(value)) {
        if (tmpl_to_int64(vm, value, &integer) < 0)
            return -1;
        sum->usec += (__int128)integer * usec;
        return 0;
    }
    if (value->kind != TMPL_FLOAT)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "unsupported type for timedelta %s component: %s",
                          name, tmpl_class_name(value));
    if (isnan(value->number))
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "cannot convert float NaN to integer");
    if (isinf(value->number))
        return tmpl_raise(vm, TMPL_OVERFLOW_ERROR, "cannot convert float infinity to integer");
    double fraction = modf(value->number, &whole);
    if (fabs(whole) > 0x1p62)
        return tmpl_raise(vm, TMPL_OVERFLOW_ERROR, "%s=%.0f; must have magnitude <= %d days", name,
                          whole, TIMEDELTA_MAX_DAYS);
    sum->rest += modf(fraction * (double)usec, &whole_usec);
    sum->usec += (__int128)(int64_t)whole * usec + (int64_t)whole_usec;
    return 0;
}

/* The sum with its rest rounded, so that half a microsecond makes the whole even. */
static __int128 round_sum(const struct sum *sum)
{
    double whole = round(sum->rest);

    if (fabs(whole - sum->rest) == 0.5) {
        int odd = (int)(sum->usec & 1);
        whole = 2.0 * round((sum->rest + odd) * 0.5) - odd;
    }
    return sum->usec + (int64_t)whole;
}

static int function_timedelta(struct tmpl_vm *vm, const struct tmpl_call *call,
                              struct tmpl_value *ret_value)
{
    // The order in which Python adds them up, by their places among the arguments.
    static const struct {
        unsigned place;
        const char *name;
        int64_t usec;
    } units[] = {
        { 2, "microseconds", 1 },         { 3, "milliseconds", 1000 }, { 1, "seconds", 1000000 },
        { 4, "minutes", 60000000 },       { 5, "hours", 3600000000 },  { 0, "days", USEC_PER_DAY },
        { 6, "weeks", 7 * USEC_PER_DAY },
    };
    struct sum sum = { 0 };

    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
        if (is_given(&call->args[units[i].place]) &&
            add_unit(vm, &call->args[units[i].place], units[i].name, units[i].usec, &sum) < 0)
            return -1;
    return moment_timedelta(vm, round_sum(&sum), ret_value);
}

/* --- timestamps as text --------------------------------------------------------------------------- */

/* Numbers alone are timestamps here. Returns 1, 0 for anything else or a time out of range, or an error. */
static int read_timestamp(struct tmpl_vm *vm, const struct tmpl_value *value, int64_t *ret_usec)
{
    double seconds;

    if (!tmpl_is_number(value))
        return 0;
    if (tmpl_to_double(vm, value, &seconds) >= 0 &&
        moment_from_timestamp(vm, seconds, ret_usec) >= 0)
        return 1;
    if (vm->error.class != TMPL_VALUE_ERROR)
        return -1;
    tmpl_forgive(vm);
    return 0;
}

static int print_timestamp(struct tmpl_vm *vm, int64_t usec, const struct hass_zone *zone,
                           const struct tmpl_value *format, struct tmpl_value *ret_value)
{
    autobuf text = HASS_BUF_INIT;
    struct strftime_moment moment = { .has_offset = true,
                                      .epoch = floor_div(usec, HASS_USEC_PER_SEC) };

    hass_dt_local(usec, zone, &moment.fields);
    moment.zone = zone_span_at(zone, moment.epoch).name;
    strftime_print(&moment, format->text, format->length, &text);
    return return_buf(vm, &text, ret_value);
}

static int filter_timestamp_custom(struct tmpl_vm *vm, const struct tmpl_call *call,
                                   struct tmpl_value *ret_value)
{
    const struct tmpl_value *value = &call->args[0], *fallback = &call->args[3];
    struct tmpl_value format = call->args[1];
    bool local;
    int64_t usec;
    int read = read_timestamp(vm, value, &usec);

    if (!is_given(&format))
        format = tmpl_string_static("%Y-%m-%d %H:%M:%S");
    if (read < 0 || read_flag(vm, &call->args[2], true, &local) < 0)
        return -1;
    if (!read || format.kind != TMPL_STRING)
        return return_default(vm, "timestamp_custom", value, fallback, ret_value);
    return print_timestamp(vm, usec, local ? vm->host.zone : NULL, &format, ret_value);
}

static int print_iso(struct tmpl_vm *vm, const struct tmpl_call *call, const char *name,
                     const struct hass_zone *zone, struct tmpl_value *ret_value)
{
    autobuf text = HASS_BUF_INIT;
    int64_t usec;
    int read = read_timestamp(vm, &call->args[0], &usec);

    if (read < 0)
        return read;
    if (!read)
        return return_default(vm, name, &call->args[0], &call->args[1], ret_value);
    struct tmpl_value moment = tmpl_moment_in(&vm->heap, usec, zone);
    moment_print_iso(moment.moment, "T", 1, TIMESPEC_AUTO, &text);
    return return_buf(vm, &text, ret_value);
}

static int filter_timestamp_local(struct tmpl_vm *vm, const struct tmpl_call *call,
                                  struct tmpl_value *ret_value)
{
    return print_iso(vm, call, "timestamp_local", vm->host.zone, ret_value);
}

static int filter_timestamp_utc(struct tmpl_vm *vm, const struct tmpl_call *call,
                                struct tmpl_value *ret_value)
{
    return print_iso(vm, call, "timestamp_utc", NULL, ret_value);
}

/* --- ages ----------------------------------------------------------------------------------------- */

/*
 * How long ago (@sign 1) or ahead (-1) the datetime @value is. False when it is none, or on the other side; @ret_value
 * is then what the function returns: @value, a naive one in the local zone.
 */
static bool read_age(struct tmpl_vm *vm, const struct tmpl_value *value, int sign,
                     double *ret_seconds, struct tmpl_value *ret_value)
{
    int64_t now = look_at_time(vm);

    *ret_value = *value;
    if (value->kind != TMPL_DATETIME)
        return false;
    if (tmpl_moment_is_naive(value->moment))
        *ret_value = local_moment(vm, value->moment->local, value->moment->fold);
    int64_t age = (now - tmpl_moment_utc(ret_value->moment, NULL)) * sign;
    *ret_seconds = (double)age / 1e6;
    return age >= 0;
}

static int function_relative_time(struct tmpl_vm *vm, const struct tmpl_call *call,
                                  struct tmpl_value *ret_value)
{
    char text[AGE_TEXT];
    double seconds;

    if (!read_age(vm, &call->args[0], 1, &seconds, ret_value))
        return 0;
    age_format(seconds, text);
    *ret_value = tmpl_string_copy(&vm->heap, text, strlen(text));
    return 0;
}

static int print_age(struct tmpl_vm *vm, const struct tmpl_call *call, int sign,
                     struct tmpl_value *ret_value)
{
    char text[AGE_TEXT];
    double seconds;
    int64_t precision;

    if (read_integer(vm, &call->args[1], 1, &precision) < 0)
        return -1;
    if (!read_age(vm, &call->args[0], sign, &seconds, ret_value))
        return 0;
    age_format_precise(
        seconds, precision < 1 || precision > AGE_PRECISION ? AGE_PRECISION : (int)precision, text);
    *ret_value = tmpl_string_copy(&vm->heap, text, strlen(text));
    return 0;
}

static int function_time_since(struct tmpl_vm *vm, const struct tmpl_call *call,
                               struct tmpl_value *ret_value)
{
    return print_age(vm, call, 1, ret_value);
}

static int function_time_until(struct tmpl_vm *vm, const struct tmpl_call *call,
                               struct tmpl_value *ret_value)
{
    return print_age(vm, call, -1, ret_value);
}

static int test_datetime(struct tmpl_vm *vm, const struct tmpl_call *call,
                         struct tmpl_value *ret_value)
{
    *ret_value = tmpl_bool(call->args[0].kind == TMPL_DATETIME);
    return 0;
}

#define BOTH (TMPL_GLOBAL | TMPL_FILTER)

static const struct tmpl_function table[] = {
    { "as_datetime", function_as_datetime, "value ? default", BOTH | TMPL_UNDEFINED_OK },
    { "as_local", function_as_local, "value", BOTH },
    { "as_timedelta", function_as_timedelta, "value", BOTH | TMPL_UNDEFINED_OK },
    { "as_timestamp", function_as_timestamp, "value ? default", BOTH | TMPL_UNDEFINED_OK },
    { "datetime", test_datetime, "value", TMPL_TEST | TMPL_UNDEFINED_OK },
    { "now", function_now, "", TMPL_GLOBAL | TMPL_NOT_LIMITED },
    { "relative_time", function_relative_time, "value",
      BOTH | TMPL_UNDEFINED_OK | TMPL_NOT_LIMITED },
    { "strptime", function_strptime, "string fmt ? default", TMPL_GLOBAL | TMPL_UNDEFINED_OK },
    { "time_since", function_time_since, "value ? precision",
      BOTH | TMPL_UNDEFINED_OK | TMPL_NOT_LIMITED },
    { "time_until", function_time_until, "value ? precision",
      BOTH | TMPL_UNDEFINED_OK | TMPL_NOT_LIMITED },
    { "timedelta", function_timedelta,
      "? days seconds microseconds milliseconds minutes hours weeks", TMPL_GLOBAL },
    { "timestamp_custom", filter_timestamp_custom, "value ? date_format local default",
      TMPL_FILTER | TMPL_UNDEFINED_OK },
    { "timestamp_local", filter_timestamp_local, "value ? default",
      TMPL_FILTER | TMPL_UNDEFINED_OK },
    { "timestamp_utc", filter_timestamp_utc, "value ? default", TMPL_FILTER | TMPL_UNDEFINED_OK },
    { "today_at", function_today_at, "? time_str", BOTH | TMPL_NOT_LIMITED },
    { "utcnow", function_utcnow, "", TMPL_GLOBAL | TMPL_NOT_LIMITED },
};

const struct tmpl_functions tmpl_date_functions = { table, sizeof(table) / sizeof(*table) };
