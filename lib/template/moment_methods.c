/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields and methods of datetimes, dates, times and timedeltas, as Python's classes have them. What asks for the local zone without naming one
 * (timestamp() of a naive datetime, astimezone()) means the host's.
 */
#include <math.h>

#include "base/civil.h"
#include "base/dt_parse.h"
#include "template/builtins.h"
#include "template/methods.h"
#include "template/moment_parts.h"
#include "template/strftime.h"
#include "template/strptime.h"

/* --- fields --------------------------------------------------------------------------------------- */

static bool is_name(const char *name, size_t length, const char *wanted)
{
    return strlen(wanted) == length && memcmp(name, wanted, length) == 0;
}

static int timedelta_field(int64_t usec, const char *name, size_t length,
                           struct tmpl_value *ret_value)
{
    int64_t rest = floor_mod(usec, USEC_PER_DAY);

    if (is_name(name, length, "days"))
        *ret_value = tmpl_int(floor_div(usec, USEC_PER_DAY));
    else if (is_name(name, length, "seconds"))
        *ret_value = tmpl_int(rest / HASS_USEC_PER_SEC);
    else if (is_name(name, length, "microseconds"))
        *ret_value = tmpl_int(rest % HASS_USEC_PER_SEC);
    else
        return 0;
    return 1;
}

/* The number that a field is, from @first on of the table: dates end before the hour, times begin with it. */
static int number_field(const struct hass_dt *f, size_t first, size_t last, const char *name,
                        size_t length, struct tmpl_value *ret_value)
{
    const struct {
        const char *name;
        int number;
    } fields[] = {
        { "year", f->year },
        { "month", f->month },
        { "day", f->day },
        { "hour", f->hour },
        { "minute", f->minute },
        { "second", f->second },
        { "microsecond", f->microsecond },
    };

    for (size_t i = first; i < last; i++)
        if (is_name(name, length, fields[i].name)) {
            *ret_value = tmpl_int(fields[i].number);
            return 1;
        }
    return 0;
}

int tmpl_date_field(struct tmpl_vm *vm, const struct tmpl_value *value, const char *name,
                    size_t length, struct tmpl_value *ret_value)
{
    if (value->kind == TMPL_TIMEDELTA)
        return timedelta_field(value->integer, name, length, ret_value);
    bool is_date = value->kind == TMPL_DATE;
    struct hass_dt fields =
        moment_fields(is_date ? value->integer * USEC_PER_DAY : value->moment->local);
    if (number_field(&fields, value->kind == TMPL_TIME ? 3 : 0, is_date ? 3 : 7, name, length,
                     ret_value))
        return 1;
    if (is_date)
        return 0;
    if (is_name(name, length, "tzinfo"))
        *ret_value = moment_zone(&vm->heap, value->moment);
    else if (is_name(name, length, "fold"))
        *ret_value = tmpl_int(value->moment->fold);
    else
        return 0;
    return 1;
}

/* --- what several kinds have ------------------------------------------------------------------------ */

static const struct tmpl_moment *self(const struct tmpl_call *call)
{
    return call->args[0].moment;
}

/* The day of a datetime or date. */
static int64_t days_of(const struct tmpl_value *value)
{
    return value->kind == TMPL_DATE ? value->integer
                                    : floor_div(value->moment->local, USEC_PER_DAY);
}

static int64_t local_of(const struct tmpl_value *value)
{
    return value->kind == TMPL_DATE ? value->integer * USEC_PER_DAY : value->moment->local;
}

/* What strftime needs; a date is its midnight, a time is of the 1st of January 1900. */
static struct strftime_moment describe(struct tmpl_vm *vm, const struct tmpl_value *value)
{
    struct strftime_moment described = { .fields = moment_fields(local_of(value)), .zone = "" };
    struct tmpl_moment naive = { .local = local_of(value) };

    if (value->kind == TMPL_TIME) {
        naive.local += civil_to_days(1900, 1, 1) * USEC_PER_DAY;
        described.fields = moment_fields(naive.local);
        described.has_offset = moment_time_offset(value->moment, &described.fields.offset);
    } else if (value->kind == TMPL_DATETIME) {
        naive.fold = value->moment->fold;
        described.has_offset = tmpl_moment_offset(value->moment, &described.fields.offset);
    }
    if (described.has_offset) {
        struct tmpl_value name = moment_zone_name(&vm->heap, value->moment);
        described.zone = c_string(vm, &name);
    }
    described.epoch = floor_div(tmpl_moment_utc(&naive, vm->host.zone), HASS_USEC_PER_SEC);
    return described;
}

static int method_strftime(struct tmpl_vm *vm, const struct tmpl_call *call,
                           struct tmpl_value *ret_value)
{
    const char *format;
    size_t length;
    autobuf text = HASS_BUF_INIT;

    if (tmpl_want_string(vm, &call->args[1], &format, &length) < 0)
        return -1;
    struct strftime_moment moment = describe(vm, &call->args[0]);
    strftime_print(&moment, format, length, &text);
    return return_buf(vm, &text, ret_value);
}

static int method_weekday(struct tmpl_vm *vm, const struct tmpl_call *call,
                          struct tmpl_value *ret_value)
{
    *ret_value = tmpl_int(civil_weekday(days_of(&call->args[0])));
    return 0;
}

static int method_isoweekday(struct tmpl_vm *vm, const struct tmpl_call *call,
                             struct tmpl_value *ret_value)
{
    *ret_value = tmpl_int(civil_weekday(days_of(&call->args[0])) + 1);
    return 0;
}

static int method_isocalendar(struct tmpl_vm *vm, const struct tmpl_call *call,
                              struct tmpl_value *ret_value)
{
    *ret_value = moment_isocalendar(&vm->heap, days_of(&call->args[0]));
    return 0;
}

static int method_toordinal(struct tmpl_vm *vm, const struct tmpl_call *call,
                            struct tmpl_value *ret_value)
{
    *ret_value = tmpl_int(days_of(&call->args[0]) - civil_to_days(1, 1, 1) + 1);
    return 0;
}

static int method_ctime(struct tmpl_vm *vm, const struct tmpl_call *call,
                        struct tmpl_value *ret_value)
{
    autobuf text = HASS_BUF_INIT;
    struct strftime_moment moment = { .fields = moment_fields(local_of(&call->args[0])),
                                      .zone = "" };

    strftime_print(&moment, "%a %b %e %H:%M:%S ", 18, &text);
    hass_buf_printf(&text, "%04d", moment.fields.year);
    return return_buf(vm, &text, ret_value);
}

static int method_timetuple(struct tmpl_vm *vm, const struct tmpl_call *call,
                            struct tmpl_value *ret_value)
{
    const struct tmpl_value *value = &call->args[0];
    struct tmpl_value saving =
        value->kind == TMPL_DATE ? tmpl_none() : moment_saving(value->moment);
    int is_dst = saving.kind == TMPL_NONE ? -1 : saving.integer != 0;

    *ret_value = moment_timetuple(&vm->heap, local_of(value), is_dst);
    return 0;
}

static int method_utctimetuple(struct tmpl_vm *vm, const struct tmpl_call *call,
                               struct tmpl_value *ret_value)
{
    *ret_value = moment_timetuple(&vm->heap, tmpl_moment_utc(self(call), NULL), 0);
    return 0;
}

static int method_utcoffset(struct tmpl_vm *vm, const struct tmpl_call *call,
                            struct tmpl_value *ret_value)
{
    int offset;
    bool known = call->args[0].kind == TMPL_TIME ? moment_time_offset(self(call), &offset)
                                                 : tmpl_moment_offset(self(call), &offset);

    *ret_value = known ? tmpl_timedelta(offset * HASS_USEC_PER_SEC) : tmpl_none();
    return 0;
}

/* A time has these of a zone only when it never changes. */
static bool has_zone(const struct tmpl_value *value)
{
    int offset;

    return value->kind == TMPL_DATETIME || moment_time_offset(value->moment, &offset);
}

static int method_dst(struct tmpl_vm *vm, const struct tmpl_call *call,
                      struct tmpl_value *ret_value)
{
    *ret_value = has_zone(&call->args[0]) ? moment_saving(self(call)) : tmpl_none();
    return 0;
}

static int method_tzname(struct tmpl_vm *vm, const struct tmpl_call *call,
                         struct tmpl_value *ret_value)
{
    *ret_value = has_zone(&call->args[0]) ? moment_zone_name(&vm->heap, self(call)) : tmpl_none();
    return 0;
}

static int read_timespec(struct tmpl_vm *vm, const struct tmpl_value *value,
                         enum moment_timespec *ret_spec)
{
    static const char *const names[] = {
        [TIMESPEC_AUTO] = "auto",
        [TIMESPEC_HOURS] = "hours",
        [TIMESPEC_MINUTES] = "minutes",
        [TIMESPEC_SECONDS] = "seconds",
        [TIMESPEC_MILLISECONDS] = "milliseconds",
        [TIMESPEC_MICROSECONDS] = "microseconds",
    };

    *ret_spec = TIMESPEC_AUTO;
    if (!is_given(value))
        return 0;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (tmpl_is_text(value, names[i])) {
            *ret_spec = (enum moment_timespec)i;
            return 0;
        }
    return tmpl_raise(vm, TMPL_VALUE_ERROR, "Unknown timespec value");
}

/* Reads the numbers that replace fields: @args has one for each from @first on. */
static int replace_fields(struct tmpl_vm *vm, const struct tmpl_value *args, size_t count,
                          int *const *fields)
{
    int64_t number;

    for (size_t i = 0; i < count; i++) {
        if (!is_given(&args[i]))
            continue;
        if (tmpl_to_int64(vm, &args[i], &number) < 0)
            return -1;
        *fields[i] = number < INT32_MIN || number > INT32_MAX ? INT32_MAX : (int)number;
    }
    return 0;
}

static int replace_fold(struct tmpl_vm *vm, const struct tmpl_value *value,
                        struct tmpl_moment *moment)
{
    int64_t fold;

    if (!is_given(value))
        return 0;
    if (tmpl_to_int64(vm, value, &fold) < 0)
        return -1;
    if (fold != 0 && fold != 1)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "fold must be either 0 or 1");
    moment->fold = (uint8_t)fold;
    return 0;
}

/* The text of fromisoformat() as fields. */
static int read_iso(struct tmpl_vm *vm, const struct tmpl_value *value, struct hass_dt *ret_fields,
                    bool *ret_has_offset)
{
    if (value->kind != TMPL_STRING)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "fromisoformat: argument must be str");
    const char *text = c_string(vm, value);
    if (dt_parse_fields(text, ret_fields, ret_has_offset, NULL) < 0)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "Invalid isoformat string: '%s'", text);
    return 0;
}

/* --- datetime ------------------------------------------------------------------------------------- */

static int datetime_isoformat(struct tmpl_vm *vm, const struct tmpl_call *call,
                              struct tmpl_value *ret_value)
{
    enum moment_timespec spec;
    const char *separator = "T";
    size_t length = 1;
    autobuf text = HASS_BUF_INIT;

    if (is_given(&call->args[1]) && tmpl_want_string(vm, &call->args[1], &separator, &length) < 0)
        return -1;
    if (is_given(&call->args[1]) && tmpl_length(&call->args[1]) != 1)
        return tmpl_raise(vm, TMPL_TYPE_ERROR,
                          "isoformat() argument 1 must be a unicode character, not str");
    if (read_timespec(vm, &call->args[2], &spec) < 0)
        return -1;
    moment_print_iso(self(call), separator, length, spec, &text);
    return return_buf(vm, &text, ret_value);
}

static int datetime_timestamp(struct tmpl_vm *vm, const struct tmpl_call *call,
                              struct tmpl_value *ret_value)
{
    *ret_value = tmpl_float(moment_timestamp(self(call), vm->host.zone));
    return 0;
}

static int datetime_date(struct tmpl_vm *vm, const struct tmpl_call *call,
                         struct tmpl_value *ret_value)
{
    *ret_value = tmpl_date(days_of(&call->args[0]));
    return 0;
}

static int datetime_time(struct tmpl_vm *vm, const struct tmpl_call *call,
                         struct tmpl_value *ret_value)
{
    struct tmpl_moment time = { .local = floor_mod(self(call)->local, USEC_PER_DAY),
                                .fold = self(call)->fold };

    *ret_value = moment_value(&vm->heap, TMPL_TIME, &time);
    return 0;
}

static int datetime_timetz(struct tmpl_vm *vm, const struct tmpl_call *call,
                           struct tmpl_value *ret_value)
{
    struct tmpl_moment time = *self(call);

    time.local = floor_mod(time.local, USEC_PER_DAY);
    *ret_value = moment_value(&vm->heap, TMPL_TIME, &time);
    return 0;
}

static int datetime_replace(struct tmpl_vm *vm, const struct tmpl_call *call,
                            struct tmpl_value *ret_value)
{
    struct tmpl_moment moment = *self(call);
    struct hass_dt f = moment_fields(moment.local);
    int *const fields[] = {
        &f.year, &f.month, &f.day, &f.hour, &f.minute, &f.second, &f.microsecond
    };

    if (replace_fields(vm, call->args + 1, 7, fields) < 0 ||
        (is_given(&call->args[8]) && moment_set_zone(vm, &call->args[8], &moment) < 0) ||
        replace_fold(vm, &call->args[9], &moment) < 0 ||
        moment_from_fields(vm, &f, &moment.local) < 0)
        return -1;
    *ret_value = moment_value(&vm->heap, TMPL_DATETIME, &moment);
    return 0;
}

static int datetime_astimezone(struct tmpl_vm *vm, const struct tmpl_call *call,
                               struct tmpl_value *ret_value)
{
    struct tmpl_moment zone = { 0 };
    int64_t usec = tmpl_moment_utc(self(call), vm->host.zone);

    if (is_set(&call->args[1])) {
        if (moment_set_zone(vm, &call->args[1], &zone) < 0)
            return -1;
        // Staying in a zone leaves a time that does not exist as it is.
        if (moment_is_same_zone(&zone, self(call)) && !tmpl_moment_is_naive(&zone)) {
            *ret_value = call->args[0];
            return 0;
        }
    } else {
        struct hass_dt local;
        hass_dt_local(usec, vm->host.zone, &local);
        zone.fixed = true;
        zone.offset = local.offset;
    }
    return moment_shift(vm, usec, &zone, ret_value);
}

static int datetime_combine(struct tmpl_vm *vm, const struct tmpl_call *call,
                            struct tmpl_value *ret_value)
{
    const struct tmpl_value *date = &call->args[1], *time = &call->args[2];

    if (date->kind != TMPL_DATE && date->kind != TMPL_DATETIME)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "combine() argument 1 must be datetime.date, not %s",
                          moment_class(date));
    if (time->kind != TMPL_TIME)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "combine() argument 2 must be datetime.time, not %s",
                          moment_class(time));
    struct tmpl_moment moment = *time->moment;
    if (is_given(&call->args[3]) && moment_set_zone(vm, &call->args[3], &moment) < 0)
        return -1;
    moment.local += days_of(date) * USEC_PER_DAY;
    *ret_value = moment_value(&vm->heap, TMPL_DATETIME, &moment);
    return 0;
}

static int datetime_fromisoformat(struct tmpl_vm *vm, const struct tmpl_call *call,
                                  struct tmpl_value *ret_value)
{
    struct hass_dt fields;
    struct tmpl_moment moment = { 0 };
    bool has_offset;

    if (read_iso(vm, &call->args[1], &fields, &has_offset) < 0 ||
        moment_from_fields(vm, &fields, &moment.local) < 0)
        return -1;
    moment.fixed = has_offset;
    moment.offset = fields.offset;
    moment.utc = has_offset && !fields.offset;
    *ret_value = moment_value(&vm->heap, TMPL_DATETIME, &moment);
    return 0;
}

static int datetime_strptime(struct tmpl_vm *vm, const struct tmpl_call *call,
                             struct tmpl_value *ret_value)
{
    const char *text, *format;
    size_t length, format_length;
    struct tmpl_moment moment;

    if (tmpl_want_string(vm, &call->args[1], &text, &length) < 0 ||
        tmpl_want_string(vm, &call->args[2], &format, &format_length) < 0 ||
        tmpl_strptime(vm, text, length, format, format_length, &moment) < 0)
        return -1;
    *ret_value = moment_value(&vm->heap, TMPL_DATETIME, &moment);
    return 0;
}

#define ANY TMPL_GLOBAL

static const struct tmpl_function datetime_table[] = {
    { "astimezone", datetime_astimezone, "self ? tz", ANY },
    { "combine", datetime_combine, "self date time ? tzinfo", ANY },
    { "ctime", method_ctime, "self", ANY },
    { "date", datetime_date, "self", ANY },
    { "dst", method_dst, "self", ANY },
    { "fromisoformat", datetime_fromisoformat, "self date_string", ANY },
    { "isocalendar", method_isocalendar, "self", ANY },
    { "isoformat", datetime_isoformat, "self ? sep timespec", ANY },
    { "isoweekday", method_isoweekday, "self", ANY },
    { "replace", datetime_replace,
      "self ? year month day hour minute second microsecond tzinfo fold", ANY },
    { "strftime", method_strftime, "self format", ANY },
    { "strptime", datetime_strptime, "self date_string format", ANY },
    { "time", datetime_time, "self", ANY },
    { "timestamp", datetime_timestamp, "self", ANY },
    { "timetuple", method_timetuple, "self", ANY },
    { "timetz", datetime_timetz, "self", ANY },
    { "toordinal", method_toordinal, "self", ANY },
    { "tzname", method_tzname, "self", ANY },
    { "utcoffset", method_utcoffset, "self", ANY },
    { "utctimetuple", method_utctimetuple, "self", ANY },
    { "weekday", method_weekday, "self", ANY },
};

/* --- date ----------------------------------------------------------------------------------------- */

static int date_isoformat(struct tmpl_vm *vm, const struct tmpl_call *call,
                          struct tmpl_value *ret_value)
{
    autobuf text = HASS_BUF_INIT;

    moment_print_date(call->args[0].integer, &text);
    return return_buf(vm, &text, ret_value);
}

static int date_replace(struct tmpl_vm *vm, const struct tmpl_call *call,
                        struct tmpl_value *ret_value)
{
    struct hass_dt f = moment_fields(local_of(&call->args[0]));
    int *const fields[] = { &f.year, &f.month, &f.day };
    int64_t local = 0;

    if (replace_fields(vm, call->args + 1, 3, fields) < 0 || moment_from_fields(vm, &f, &local) < 0)
        return -1;
    *ret_value = tmpl_date(floor_div(local, USEC_PER_DAY));
    return 0;
}

static int date_fromisoformat(struct tmpl_vm *vm, const struct tmpl_call *call,
                              struct tmpl_value *ret_value)
{
    struct hass_dt fields;
    bool has_offset;

    if (read_iso(vm, &call->args[1], &fields, &has_offset) < 0)
        return -1;
    *ret_value = tmpl_date(civil_to_days(fields.year, fields.month, fields.day));
    return 0;
}

static const struct tmpl_function date_table[] = {
    { "ctime", method_ctime, "self", ANY },
    { "fromisoformat", date_fromisoformat, "self date_string", ANY },
    { "isocalendar", method_isocalendar, "self", ANY },
    { "isoformat", date_isoformat, "self", ANY },
    { "isoweekday", method_isoweekday, "self", ANY },
    { "replace", date_replace, "self ? year month day", ANY },
    { "strftime", method_strftime, "self format", ANY },
    { "timetuple", method_timetuple, "self", ANY },
    { "toordinal", method_toordinal, "self", ANY },
    { "weekday", method_weekday, "self", ANY },
};

/* --- time ----------------------------------------------------------------------------------------- */

static int time_isoformat(struct tmpl_vm *vm, const struct tmpl_call *call,
                          struct tmpl_value *ret_value)
{
    enum moment_timespec spec;
    autobuf text = HASS_BUF_INIT;

    if (read_timespec(vm, &call->args[1], &spec) < 0)
        return -1;
    moment_print_time(self(call), spec, &text);
    return return_buf(vm, &text, ret_value);
}

static int time_replace(struct tmpl_vm *vm, const struct tmpl_call *call,
                        struct tmpl_value *ret_value)
{
    struct tmpl_moment time = *self(call);
    struct hass_dt f = moment_fields(time.local);
    int *const fields[] = { &f.hour, &f.minute, &f.second, &f.microsecond };

    if (replace_fields(vm, call->args + 1, 4, fields) < 0 ||
        (is_given(&call->args[5]) && moment_set_zone(vm, &call->args[5], &time) < 0) ||
        replace_fold(vm, &call->args[6], &time) < 0 || moment_from_fields(vm, &f, &time.local) < 0)
        return -1;
    *ret_value = moment_value(&vm->heap, TMPL_TIME, &time);
    return 0;
}

static const struct tmpl_function time_table[] = {
    { "dst", method_dst, "self", ANY },
    { "isoformat", time_isoformat, "self ? timespec", ANY },
    { "replace", time_replace, "self ? hour minute second microsecond tzinfo fold", ANY },
    { "strftime", method_strftime, "self format", ANY },
    { "tzname", method_tzname, "self", ANY },
    { "utcoffset", method_utcoffset, "self", ANY },
};

/* --- timedelta ------------------------------------------------------------------------------------ */

static int timedelta_total_seconds(struct tmpl_vm *vm, const struct tmpl_call *call,
                                   struct tmpl_value *ret_value)
{
    double seconds;

    if (moment_quotient(vm, call->args[0].integer, HASS_USEC_PER_SEC, &seconds) < 0)
        return -1;
    *ret_value = tmpl_float(seconds);
    return 0;
}

static const struct tmpl_function timedelta_table[] = {
    { "total_seconds", timedelta_total_seconds, "self", ANY },
};

#define TABLE(entries)                                                                             \
    {                                                                                              \
        entries, sizeof(entries) / sizeof(*(entries))                                              \
    }

const struct tmpl_functions tmpl_datetime_methods = TABLE(datetime_table);
const struct tmpl_functions tmpl_date_methods = TABLE(date_table);
const struct tmpl_functions tmpl_time_methods = TABLE(time_table);
const struct tmpl_functions tmpl_timedelta_methods = TABLE(timedelta_table);
